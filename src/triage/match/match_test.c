/* What tips are linked by: facts from their words, the weight of each, and what a copy must be read for. Invented tips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "triage/mark/mark.h"
#include "triage/match/match.h"
#include <math.h>

static struct arena arena;

static struct match_facts facts_of(const char *narrative)
{
    struct match_facts f = { .len = 0 };
    match_read(&arena, str_of(narrative), lit("US"), &f);
    return f;
}

static bool names(const struct match_facts *f, enum match_field field, const char *normal)
{
    for (int i = 0; i < f->len; i++)
        if (f->at[i].field == (int)field && str_equal(f->at[i].text, str_of(normal)))
            return true;
    return false;
}

static void a_tip_is_read_in_all_its_words(void **state)
{
    struct tip t = { .narrative = lit("Call (202) 555-0143. She is 16 years old."), .identifiers = lit("plate 4TKR882\nsomeone@example.org"),
                     .people = lit("telegram: @nightline_77"), .place = lit("12 Harbor Street") };
    struct match_facts f = { .len = 0 };
    (void)state;
    match_read_tip(&arena, &t, lit("US"), (str){ 0 }, &f);
    assert_true(names(&f, MATCH_PHONE, "+12025550143"));
    assert_true(names(&f, MATCH_EMAIL, "someone@example.org"));
    assert_true(names(&f, MATCH_PLATE, "4TKR882"));
    assert_true(f.minor); /* the age links nobody, but it is not lost */
    int before = f.len;
    match_read_tip(&arena, &t, lit("US"), (str){ 0 }, &f);
    assert_int_equal(f.len, before); /* each fact once */
}

static void what_a_person_struck_links_nobody(void **state)
{
    struct tip t = { .narrative = lit("Call (202) 555-0143 or 202-555-0199.") };
    struct match_facts f = { .len = 0 };
    struct marks marks = marks_of(&arena, t.narrative, lit("US"), (str){ 0 });
    (void)state;
    assert_int_equal(marks.len, 2);
    marks.at[0].state = MARK_STRUCK;
    marks.at[1].state = MARK_CONFIRMED;
    match_read_tip(&arena, &t, lit("US"), marks_write(&arena, &marks), &f);
    assert_false(names(&f, MATCH_PHONE, "+12025550143"));
    assert_true(names(&f, MATCH_PHONE, "+12025550199"));
}

static void the_weight_is_symmetric_and_that_of_the_index(void **state)
{
    static struct index x;
    struct model model;
    struct match_facts own = facts_of("Write to hotel.nine@example.org or call 202-555-0143 or 202-555-0144"),
                       other = facts_of("They use hotel.nine@example.org, and 202 555 0147");
    struct match_case why, turned;
    struct kin found[4];
    struct kin_answer answer = { .at = found, .room = 4 };
    uint32_t number;
    (void)state;
    match_weigh(&arena, &own, &other, 2, &why);
    match_weigh(&arena, &other, &own, 2, &turned);
    assert_int_equal(why.len, 2);
    assert_true(fabs(why.bits - turned.bits) < 1e-9);
    assert_int_equal(why.at[0].field, MATCH_PHONE);
    assert_int_equal(why.at[0].level, 1); /* one digit apart */
    assert_int_equal(why.at[1].level, 0);
    assert_true(str_equal(why.at[1].own, lit("hotel.nine@example.org")));
    match_model(&model);
    assert_true(index_open(&x, match_plan(), &model, MATCH_LEARNT_OF, MATCH_KEPT));
    struct index_document a = { .id = { { 1 } }, .facts = own.at, .fact_count = own.len }, b = { .id = { { 2 } }, .facts = other.at, .fact_count = other.len };
    assert_true(index_put(&x, &a, &number) && index_put(&x, &b, &number));
    index_kin(&x, number, &(struct index_wish){ .least = -100 * BIT }, &answer);
    assert_int_equal(answer.len, 1);
    assert_true(fabs((double)found[0].weight / BIT - why.bits) < 0.05);
    index_close(&x);
}

/* How two tips that name these links stand to each other: the level of the reason, or -1 when there is none. */
static int link_level(const char *one, const char *other, enum match_field *field)
{
    struct match_facts own = facts_of(one), others = facts_of(other);
    struct match_case why;
    match_weigh(&arena, &own, &others, 2, &why);
    assert_true(why.len <= 1);
    *field = why.len ? why.at[0].field : MATCH_FIELDS;
    return why.len ? why.at[0].level : -1;
}

static void links_are_compared_by_what_they_lead_to(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        int level;
        enum match_field field;
    } known[] = {
        { "his page https://m.facebook.com/some.one?ref=x", "I saw facebook.com/some.one", 0, MATCH_HANDLE },
        { "his page https://m.facebook.com/some.one?ref=x", "I saw facebook.com/lola_rz88", 2, MATCH_HANDLE },
        { "see https://www.night.example/Ad/77/?utm_source=x#top", "see http://m.night.example/Ad/%37%37", 0, MATCH_URL },
        { "see night.example/ad/1234567.html?city=3", "see https://night.example/ad/1234567.html", 0, MATCH_URL },
        { "see https://xn--90ais.xn--p1ai/x", "see https://бел.рф/x", 0, MATCH_URL },
        { "see night.example/rosa?city=3", "see night.example/rosa", 1, MATCH_URL },
        { "see night.example/rosa?id=3", "see night.example/rosa?id=4", 2, MATCH_URL },
        { "see night.example/ad/77", "see night.example/ad/78", 2, MATCH_URL },
        { "found on facebook.com", "found on https://www.facebook.com/", -1, MATCH_FIELDS },
        { "found on facebook.com", "found on night.example/ad/78", -1, MATCH_FIELDS },
    };
    enum match_field field;
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        int level = link_level(known[i].one, known[i].other, &field), turned = link_level(known[i].other, known[i].one, &field);
        if (level != known[i].level || turned != level || field != known[i].field)
            fail_msg("%s; %s: level %d, turned %d, field %d", known[i].one, known[i].other, level, turned, (int)field);
    }
}

/* Through the index, as the engine has it: by the normal form alone the two would never be looked at. */
static void a_link_in_other_words_finds_its_tip(void **state)
{
    static struct index x;
    struct model model;
    struct match_facts link = facts_of("his page is https://m.facebook.com/some.one?ref=x and https://www.night.example/Ad/77/?fbclid=1"),
                       profile = facts_of("I saw facebook.com/some.one"), page = facts_of("an advert on http://m.night.example/Ad/77#top"), host = facts_of("from facebook.com and instagram.com");
    const struct match_facts *all[] = { &link, &profile, &page, &host };
    struct kin found[4];
    struct kin_answer answer = { .at = found, .room = countof(found) };
    uint32_t number[countof(all)];
    (void)state;
    assert_int_equal(host.len, 0); /* what everybody shares links nobody */
    match_model(&model);
    assert_true(index_open(&x, match_plan(), &model, MATCH_LEARNT_OF, MATCH_KEPT));
    for (int i = 0; i < countof(all); i++) {
        struct index_document d = { .id = { { (uint8_t)(i + 1) } }, .facts = all[i]->at, .fact_count = all[i]->len };
        assert_true(index_put(&x, &d, &number[i]));
    }
    index_kin(&x, number[0], &(struct index_wish){ .least = 0 }, &answer);
    assert_int_equal(answer.len, 2);
    for (int i = 0; i < 2; i++) {
        assert_true(answer.at[i].number == number[1] || answer.at[i].number == number[2]);
        assert_int_equal(match_band((double)answer.at[i].weight / BIT), MATCH_VERY_LIKELY);
    }
    index_close(&x);
}

/* Two addresses that are written in other ways, or of which one says more, are looked at; a number or a street of its own is another. */
static void an_address_in_other_words_finds_its_tip(void **state)
{
    static struct index x;
    struct model model;
    static const struct {
        const char *address;
        int level; /* to the first; -1: they are not looked at */
    } known[] = {
        { "the house is 221 Old Quarry Street", 0 },       { "they keep them at 221 Old Quarry St.", 0 },     { "at 221 Old Quarry Street, Apt 4B", 1 },
        { "at 221 Old Quary Street", 1 },                  { "at 221 Odl Quarry Street", -1 },                { "at 223 Old Quarry Street", -1 },                { "at 221 Harbor Street", -1 },
        { "somewhere at 221 Old Quarrry Street", 1 },      { "at 221 Old Question Street", 2 },
    };
    struct match_facts facts[countof(known)];
    uint32_t number[countof(known)];
    (void)state;
    match_model(&model);
    assert_true(index_open(&x, match_plan(), &model, MATCH_LEARNT_OF, MATCH_KEPT));
    for (int i = 0; i < countof(known); i++) {
        facts[i] = facts_of(known[i].address);
        assert_true(facts[i].len == 1 && facts[i].at[0].field == MATCH_ADDRESS);
        struct index_document d = { .id = { { (uint8_t)(i + 1) } }, .facts = facts[i].at, .fact_count = facts[i].len };
        assert_true(index_put(&x, &d, &number[i]));
    }
    struct kin found[countof(known)];
    struct kin_answer answer = { .at = found, .room = countof(found) };
    index_kin(&x, number[0], &(struct index_wish){ .least = -100 * BIT }, &answer);
    for (int i = 1; i < countof(known); i++) {
        struct match_case why;
        bool met = false;
        match_weigh(&arena, &facts[0], &facts[i], countof(known), &why);
        for (int k = 0; k < answer.len; k++)
            if (found[k].number == number[i]) {
                met = true;
                assert_true(fabs((double)found[k].weight / BIT - why.bits) < 0.05);
            }
        if (met != (known[i].level >= 0) || (met && why.at[0].level != known[i].level))
            fail_msg("%s: %d, level %d of %d", known[i].address, met, why.at[0].level, why.at[0].levels);
    }
    index_kin(&x, number[0], &(struct index_wish){ .least = -100 * BIT, .crowd = 2 }, &answer);
    assert_true(answer.len == 1 && found[0].number == number[1] && answer.crowded_count == 0); /* many begin so: no address that many name */
    index_close(&x);
}

/* The more tips there are, the less one common fact says; of what both name differently, a little against. */
static void the_prior_follows_the_number_of_tips(void **state)
{
    struct match_facts own = facts_of("call 202-555-0143"), same = facts_of("her number is 202.555.0143"), different = facts_of("call 310-555-0188");
    struct match_case few, many, against;
    (void)state;
    match_weigh(&arena, &own, &same, 1000, &few);
    match_weigh(&arena, &own, &same, 1000000, &many);
    match_weigh(&arena, &own, &different, 1000, &against);
    assert_true(fabs(few.bits - many.bits - log2(1000)) < 1e-9);
    assert_true(few.bits > 13 && many.bits > 0);
    assert_true(against.bits < against.prior);
}

static void what_a_copy_adds_is_told(void **state)
{
    struct match_facts own = facts_of("White van at the old market, share this"), copy = facts_of("White van at the old market, share this. Plate 4TKR882");
    struct tip t = { .proximity = lit("rumour"), .danger = lit("no"), .minor = lit("no") };
    struct index_fact fresh[4];
    (void)state;
    assert_int_equal(match_new_facts(&own, &own, fresh, 4), 0);
    assert_int_equal(match_new_facts(&own, &copy, fresh, 4), 1);
    assert_int_equal(fresh[0].field, MATCH_PLATE);
    assert_int_equal(match_flags(&own, &t, &own, 3), 0);
    assert_int_equal(match_flags(&own, &t, &copy, 3), MATCH_NEW);
    assert_int_equal(match_flags(&own, &t, &own, 1), MATCH_URGENT);
    t.danger = lit("not_sure");
    t.proximity = lit("observed");
    t.minor = lit("yes");
    assert_int_equal(match_flags(&own, &t, &own, 3), MATCH_DANGER | MATCH_FIRST_HAND | MATCH_MINOR);
    t = (struct tip){ .reporter = lit("victim") };
    copy = facts_of("I am 15 years old");
    assert_int_equal(match_flags(&own, &t, &copy, 3), MATCH_FIRST_HAND | MATCH_MINOR);
    for (unsigned flag = 1; flag < 1u << MATCH_FLAGS; flag *= 2)
        assert_true(str_of(match_flag_words((enum match_flag)flag)).len > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tip_is_read_in_all_its_words),
        cmocka_unit_test(what_a_person_struck_links_nobody),
        cmocka_unit_test(the_weight_is_symmetric_and_that_of_the_index),
        cmocka_unit_test(links_are_compared_by_what_they_lead_to),
        cmocka_unit_test(a_link_in_other_words_finds_its_tip),
        cmocka_unit_test(an_address_in_other_words_finds_its_tip),
        cmocka_unit_test(the_prior_follows_the_number_of_tips),
        cmocka_unit_test(what_a_copy_adds_is_told),
    };
    arena = arena_reserve(16 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
