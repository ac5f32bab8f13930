/*
 * Deconfliction in the house of the access matrix, with an engine of its own: pairs beyond a wall are told to the officer by pointers and to nobody
 * else, owners are told by an act alone, and what goes takes its pointers along. Everybody and everything in it is invented.
 */
#include "engine_desk.h"
#include "common/house/house.h"
#include "triage/match/match_across.h"
#include "triage/match/match_across_rows.h"

enum { PATH_MOST = 200 };

static const struct matrix_caller *officer(void)
{
    return matrix_find(desk.m, "deconfliction_officer", MEMBER);
}

static str officers_page(const char *query)
{
    return ask(officer(), GET, page_of("/deconfliction", query), "");
}

/* To the office of Georgia, where others work. */
static void send_on(const char *tip_path)
{
    assert_true(says(ask(desk.here, POST, page_of(tip_path, "/route"), "do=send&state=Georgia&office=HSI-ATL"), "303"));
}

/* A tip of ours and one of the other office that names the same. */
struct two {
    const char *ours, *theirs;
};
static struct two two_tips(const char *ours, const char *theirs)
{
    struct two t = { tip(ours), tip(theirs) };
    send_on(t.theirs);
    walk();
    return t;
}

static bool is_newer(const char *a, const char *b)
{
    return strcmp(a, b) > 0;
}

/* The form of the pair as the page writes it: the newer tip first. */
static const char *pair(struct two t, const char *verdict)
{
    bool first = is_newer(t.ours, t.theirs);
    struct out o = { .arena = &desk.a };
    out_str(&o, lit("own="));
    out_str(&o, str_of((first ? t.ours : t.theirs) + 6));
    out_str(&o, lit("&other="));
    out_str(&o, str_of((first ? t.theirs : t.ours) + 6));
    out_str(&o, lit("&verdict="));
    out_str(&o, str_of(verdict));
    return str_c(&desk.a, out_view(&o));
}

static str decides(struct two t, const char *verdict)
{
    return ask(officer(), POST, "/deconfliction", pair(t, verdict));
}

static void a_pair_is_told_by_pointers_to_the_officer_alone(void **state)
{
    (void)state;
    struct two t = two_tips("narrative=Whitmarsh+says+call+202-555-0143,+plate+7KLM214", "narrative=Saltburn+has+(202)+555+0143");
    str page = officers_page("");
    assert_true(str_starts(page, lit("200")));
    assert_true(says(page, t.ours + 6) && says(page, t.theirs + 6));
    assert_true(says(page, "Invented Baltimore") && says(page, "Invented Atlanta") && says(page, "<dd>Telephone</dd>"));
    static const char *const content[] = { "Whitmarsh", "Saltburn", "555-0143", "555 0143", "5550143", "7KLM214", "whitmoor", "sallowgate" };
    for (ptrdiff_t i = 0; i < countof(content); i++)
        assert_false(says(page, content[i]));
    /* Nobody else has the page, and an officer has no page of a tip or of a case. */
    static const char *const jobs[] = { "call_taker", "supervisor", "analyst", "investigator", "auditor", "administrator", "coordinator", "specialist", "statistician" };
    for (ptrdiff_t i = 0; i < countof(jobs); i++)
        assert_true(str_starts(ask(matrix_find(desk.m, jobs[i], MEMBER), GET, "/deconfliction", ""), lit("404")));
    assert_true(str_starts(ask(officer(), GET, t.ours, ""), lit("404")));
    assert_true(str_starts(ask(officer(), GET, page_of(t.ours, "/alike"), ""), lit("404")));
    assert_true(str_starts(ask(officer(), GET, "/queue", ""), lit("404")));
    assert_true(str_starts(ask(officer(), GET, "/cases", ""), lit("404")));
    /* An officer whom nobody gave the keys, and one from whom they were taken. */
    assert_true(says(ask(matrix_find(desk.m, "deconfliction_officer", ELSEWHERE), GET, "/deconfliction", ""), "You do not hold the keys of deconfliction"));
    assert_true(says(ask(matrix_find(desk.m, "deconfliction_officer", REMOVED), GET, "/deconfliction", ""), "You do not hold the keys of deconfliction"));
    assert_true(str_starts(ask(matrix_find(desk.m, "deconfliction_officer", REMOVED), POST, "/deconfliction", pair(t, "told")), lit("404")));
    assert_true(str_starts(ask(matrix_find(desk.m, "deconfliction_officer", SHUT), GET, "/deconfliction", ""), lit("423")));
}

/* Two tips of one office are its own people's to compare; what nothing links is no pair. */
static void what_readers_see_together_is_no_pair(void **state)
{
    (void)state;
    const char *one = tip("narrative=Call+202-555-0143"), *other = tip("narrative=202-555-0143+again"), *far = tip("narrative=Write+to+somebody@example.org");
    send_on(far);
    walk();
    assert_true(says(officers_page(""), "Nothing to decide here"));
    send_on(other);
    walk();
    str page = officers_page("");
    assert_true(says(page, one + 6) && says(page, other + 6) && !says(page, far + 6));
    send_on(one); /* now both are theirs */
    walk();
    assert_true(says(officers_page(""), "Nothing to decide here"));
}

/* A rumour that everybody sends on, and the one copy of it with a telephone, which is the valuable one. */
static void a_copy_of_a_flood_that_names_more_is_told(void **state)
{
#define RUMOUR "narrative=They+say+a+white+van+takes+children+from+the+fair+and+that+the+police+keep+quiet+about+it,+tell+everybody+you+know.+See+fair-rumour.example/van"
    (void)state;
    for (int i = 0; i < MATCH_FLOOD + 2; i++)
        (void)tip(RUMOUR);
    const char *valuable = tip(RUMOUR "+The+driver+has+202-555-0143");
    const char *theirs = tip("narrative=Saltburn+has+(202)+555+0143");
    send_on(theirs);
    walk();
    str page = officers_page("");
    assert_true(says(page, valuable + 6) && says(page, theirs + 6) && !says(page, "Nothing to decide here"));
    const char *plain = tip("narrative=fair-rumour.example/van+again");
    send_on(plain);
    walk();
    int rows = 0;
    page = officers_page("");
    for (const char *at = page.at; (at = memmem(at, (size_t)(page.at + page.len - at), "data-row", 8)); at++)
        rows++;
    assert_int_equal(rows, 3); /* the address: with the first copy and with the valuable one, not with the ten others */
#undef RUMOUR
}

/* Pages of the owners, to the byte, while a hidden pair comes and goes, and until the officer says so. */
static void nobody_sees_anything_before_the_act(void **state)
{
    (void)state;
    const char *ours = tip("narrative=He+answers+at+202-555-0151");
    walk();
    str queue = ask(desk.here, GET, "/queue", ""), own = ask(desk.here, GET, ours, ""), alike = ask(desk.here, GET, page_of(ours, "/alike"), "");
    struct two t = { ours, tip("narrative=Ask+at+202-555-0151") };
    send_on(t.theirs);
    walk();
    assert_true(says(officers_page(""), ours + 6)); /* there is one */
    assert_true(str_equal(own, ask(desk.here, GET, ours, "")));
    assert_true(str_equal(alike, ask(desk.here, GET, page_of(ours, "/alike"), "")));
    assert_true(str_equal(queue, ask(desk.here, GET, "/queue", "")));
    str theirs = ask(desk.there, GET, t.theirs, ""), theirs_alike = ask(desk.there, GET, page_of(t.theirs, "/alike"), "");
    id gone;
    assert_true(id_read(str_of(ours + 6), &gone) && match_service_forget(&engine.tips, gone));
    assert_true(says(officers_page(""), "Nothing to decide here"));
    assert_true(str_equal(theirs, ask(desk.there, GET, t.theirs, "")));
    assert_true(str_equal(theirs_alike, ask(desk.there, GET, page_of(t.theirs, "/alike"), "")));
    walk();
    assert_true(str_starts(decides(t, "nothing"), lit("303"))); /* what is put aside tells nobody */
    assert_true(str_equal(own, ask(desk.here, GET, ours, "")));
    assert_true(str_equal(alike, ask(desk.here, GET, page_of(ours, "/alike"), "")));
    assert_true(str_equal(theirs, ask(desk.there, GET, t.theirs, "")));
    assert_true(str_starts(decides(t, "told"), lit("303"))); /* the control */
    assert_false(str_equal(own, ask(desk.here, GET, ours, "")));
    assert_false(str_equal(alike, ask(desk.here, GET, page_of(ours, "/alike"), "")));
    assert_false(str_equal(theirs, ask(desk.there, GET, t.theirs, "")));
    assert_true(str_equal(queue, ask(desk.here, GET, "/queue", ""))); /* no count and no mark in a list */
}

static void both_owners_are_told_and_nothing_of_each_other(void **state)
{
    (void)state;
    struct two t = two_tips("narrative=Wyvern+on+202-555-0143+and+plate+7KLM214", "narrative=Osprey+has+202-555-0143");
    assert_true(str_starts(decides(t, "told"), lit("303")));
    const char *of[] = { t.ours, t.theirs }, *not_of[] = { t.theirs, t.ours };
    const struct matrix_caller *owners[] = { desk.here, desk.there };
    static const char *const others_words[] = { "Osprey", "Wyvern" }, *const others_office[] = { "Invented Atlanta", "Invented Baltimore" };
    for (int k = 0; k < 2; k++) {
        str page = ask(owners[k], GET, of[k], ""), alike = ask(owners[k], GET, page_of(of[k], "/alike"), "");
        assert_true(says(page, "Someone else has this: Telephone.") && says(page, "deconfliction_officer.member"));
        assert_true(says(alike, "Someone else has this: Telephone."));
        str pages[] = { page, alike };
        for (int i = 0; i < 2; i++)
            assert_false(says(pages[i], not_of[k] + 6) || says(pages[i], others_words[k]) || (!(k && !i) && says(pages[i], others_office[k]))); /* the history of the sent one says from where it came */
    }
    assert_true(says(officers_page(""), "Nothing to decide here"));
    str decided = officers_page("?list=decided");
    assert_true(says(decided, "both owners were told") && says(decided, "Invented Baltimore") && says(decided, "Invented Atlanta"));
    assert_true(says(decided, "deconfliction_officer.member</bdi></small>"));
    assert_false(says(decided, "name=\"verdict\"")); /* what is told is told */
    assert_false(says(decided, "555-0143") || says(decided, "5550143") || says(decided, "Wyvern"));
    assert_int_equal(count("SELECT count(*) FROM tip_told"), 2);
    assert_int_equal(count("SELECT count(*) FROM tip_across"), 2);
    assert_true(str_starts(decides(t, "told"), lit("303"))); /* once more: the same rows */
    assert_int_equal(count("SELECT count(*) FROM tip_told"), 2);
    assert_true(says(decides(t, "nothing"), "done=already"));
    assert_true(says(ask(desk.here, GET, t.ours, ""), "Someone else has this"));
    /* On the disk neither row names the other tip, nor says what was decided. */
    char sql[PATH_MOST];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM tip_across WHERE tip <> x'%s' AND instr(sealed, x'%s') > 0", t.ours + 6, t.ours + 6);
    assert_int_equal(count(sql), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_across WHERE instr(sealed, CAST('told' AS BLOB)) > 0"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_across a JOIN tip_across b ON a.id = b.id WHERE a.tip <> b.tip"), 0);
}

static void what_is_put_aside_may_still_be_told(void **state)
{
    (void)state;
    struct two t = two_tips("narrative=Call+202-555-0143", "narrative=202-555-0143+again");
    assert_true(says(decides(t, "nothing"), "done=nothing"));
    assert_true(says(officers_page(""), "Nothing to decide here"));
    assert_int_equal(count("SELECT count(*) FROM tip_told"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_across"), 2);
    assert_true(says(officers_page("?list=decided"), "nothing in common") && says(officers_page("?list=decided"), "Tell both owners"));
    assert_true(says(decides(t, "nothing"), "done=already"));
    assert_true(says(decides(t, "told"), "done=told"));
    assert_true(says(ask(desk.there, GET, t.theirs, ""), "Someone else has this"));
}

static int records(uint8_t action, uint16_t with)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n = 0;
    int found = 0;
    const struct matrix_caller *auditor = matrix_find(desk.m, "auditor", MEMBER);
    must(keeper_log(desk.m->app->keys->staff, auditor->token, false, 0, lines, &n) == OK);
    for (ptrdiff_t i = 0; i < n; i++)
        found += lines[i].action == action && lines[i].count == with && id_equal(lines[i].principal, officer()->account);
    return found;
}

/* A form that names no pair decides nothing; each decision is on record, one of each tip. */
static void a_decision_is_of_a_pair_that_the_engine_knows(void **state)
{
    (void)state;
    struct two t = two_tips("narrative=Call+202-555-0143", "narrative=202-555-0143+again");
    struct two turned = { t.theirs, desk.page };
    char body[PATH_MOST];
    snprintf(body, sizeof body, "own=%s&other=%s&verdict=told", t.ours + 6, t.ours + 6);
    assert_true(str_starts(ask(officer(), POST, "/deconfliction", body), lit("404")));
    snprintf(body, sizeof body, "own=%s&other=%s&verdict=whatever", t.ours + 6, t.theirs + 6);
    assert_true(str_starts(ask(officer(), POST, "/deconfliction", body), lit("404")));
    assert_true(str_starts(ask(officer(), POST, "/deconfliction", "verdict=told"), lit("404")));
    assert_true(str_starts(decides(turned, "told"), lit("404"))); /* nothing in common */
    assert_int_equal(count("SELECT count(*) FROM tip_across") + records(ACT_DECONFLICT, 2) + records(ACT_DECONFLICT, 1), 0);
    assert_true(says(decides(t, "nothing"), "done=nothing"));
    assert_int_equal(records(ACT_DECONFLICT, 1), 2);
    assert_true(says(decides(t, "told"), "done=told"));
    assert_int_equal(records(ACT_DECONFLICT, 2), 2);
    assert_true(says(ask(matrix_find(desk.m, "auditor", MEMBER), GET, "/audit", ""), "decided on two beyond a wall that name the same"));
}

/* With one of them its pointers go: the other's owner is told nothing more, and the officer's list has none of it. */
static void a_tip_that_goes_takes_its_pointers_along(void **state)
{
    (void)state;
    struct two t = two_tips("narrative=Call+202-555-0143", "narrative=202-555-0143+again");
    str before = ask(desk.there, GET, t.theirs, "");
    assert_true(says(decides(t, "told"), "done=told"));
    assert_true(says(ask(desk.there, GET, t.theirs, ""), "Someone else has this"));
    char sql[PATH_MOST];
    static const char *const tables[] = { "tip_across WHERE tip", "tip_told WHERE tip", "tip WHERE id" }; /* what erasing does: tests/keep_test.c */
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        snprintf(sql, sizeof sql, "DELETE FROM %s = x'%s'", tables[i], t.ours + 6);
        app_break(desk.m->app, sql);
    }
    walk();
    assert_true(str_equal(before, ask(desk.there, GET, t.theirs, "")));
    assert_false(says(officers_page("?list=decided"), t.theirs + 6));
    assert_true(says(officers_page(""), "Nothing to decide here"));
}

/* What its owner was told goes with a tip that is sent on. */
static void the_next_office_is_told_too(void **state)
{
    (void)state;
    const char *one = tip("narrative=Call+202-555-0143"), *third = tip("narrative=202-555-0143+again");
    send_on(third);
    walk();
    struct two t = { one, third };
    assert_true(says(decides(t, "told"), "done=told"));
    send_on(one);
    assert_true(says(ask(desk.there, GET, one, ""), "deconfliction officer: deconfliction_officer.member. Told on"));
    desk.m->app->house.values[HOUSE_DECONFLICTION_PHONE] = lit("+1 202-555-0100 & 7");
    assert_true(says(ask(desk.there, GET, one, ""), "deconfliction officer: deconfliction_officer.member, +1 202-555-0100 &amp; 7. Told on"));
    desk.m->app->house.values[HOUSE_DECONFLICTION_PHONE] = (str){ 0 };
}

/* ---- many ---- */

static status across(const struct match_across_question *q, struct match_across_answer *out)
{
    match_service_across(&engine.tips, q, out);
    return OK;
}

/* Straight into the index, past keys and rows: tips of two offices in turn. */
static void put_many(int n, int numbers)
{
    struct arena a = desk.a;
    for (int i = 0; i < n; i++) {
        char phone[24];
        snprintf(phone, sizeof phone, "+1202555%04d", i % numbers);
        struct index_fact fact = { MATCH_PHONE, str_copy(&a, str_of(phone)) };
        struct index_document d = { .group = (uint32_t)(i & 1), .apart = (uint32_t)(i & 1), .facts = &fact, .fact_count = 1 };
        d.id = (id){ { 0x7f, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } };
        uint32_t number;
        assert_true(index_put(&engine.tips.index, &d, &number));
        a = desk.a;
    }
}

static void many_pairs_come_by_pages_each_once_newest_first(void **state)
{
    (void)state;
    enum { TIPS = 3000 };
    engine.tips.group_count = 2;
    engine.tips.groups[0] = (struct match_group){ .office = { { 1 } }, .rings = { { { 1 } } } };
    engine.tips.groups[1] = (struct match_group){ .office = { { 2 } }, .rings = { { { 2 } } } };
    put_many(TIPS, TIPS / 2 - 1); /* an odd number: each telephone stands in tips of both offices */
    struct match_across_question q = { .skip = 0 };
    struct match_across_answer answer, again;
    id last = { { 0xff } };
    int pairs = 0, asked = 0;
    do {
        across(&q, &answer);
        across(&q, &again);
        assert_memory_equal(&answer, &again, sizeof answer);
        for (int i = 0; i < answer.len; i++) {
            const struct match_pair *p = &answer.at[i];
            assert_true(memcmp(p->tip[0].at, p->tip[1].at, sizeof(id)) > 0 && memcmp(last.at, p->tip[0].at, sizeof(id)) > 0);
            assert_false(id_equal(p->office[0], p->office[1]));
            assert_int_equal(p->bits.same, 1 << MATCH_PHONE);
            last = p->tip[0];
        }
        pairs += answer.len;
        q = answer.next;
    } while (answer.more && ++asked < 1000);
    assert_int_equal(pairs, TIPS - (TIPS / 2 - 1));
    /* One pair alone, and its other side is asked in vain. */
    struct match_across_question one = { .from = { { 0x7f, 0, (TIPS - 1) >> 8, (uint8_t)(TIPS - 1) } },
                                         .other = { { 0x7f, 0, (TIPS / 2) >> 8, (uint8_t)(TIPS / 2) } } };
    across(&one, &answer);
    assert_int_equal(answer.len, 1);
    assert_false(answer.more);
    id was = one.from;
    one.from = one.other;
    one.other = was;
    across(&one, &answer);
    assert_int_equal(answer.len, 0);
}

/* A tip with more pairs than an answer has room for is gone on with where it stopped. */
static void a_tip_of_many_pairs_is_told_whole(void **state)
{
    (void)state;
    enum { OLD = 35 };
    engine.tips.group_count = 2;
    engine.tips.groups[0] = (struct match_group){ .office = { { 1 } }, .rings = { { { 1 } } } };
    engine.tips.groups[1] = (struct match_group){ .office = { { 1 } }, .rings = { { { 2 } } } }; /* the same office, and no ring in common */
    struct index_fact fact = { MATCH_EMAIL, lit("one@example.org") };
    for (int i = 0; i <= OLD; i++) {
        uint32_t number;
        struct index_document d = { .id = { { 0x7f, (uint8_t)(i == OLD), 0, (uint8_t)i } }, .group = i == OLD, .apart = (uint32_t)i, .facts = &fact, .fact_count = 1 };
        assert_true(index_put(&engine.tips.index, &d, &number));
    }
    struct match_across_question q = { .skip = 0 };
    struct match_across_answer answer;
    bool met[OLD] = { false };
    int asked = 0, pairs = 0;
    do {
        across(&q, &answer);
        for (int i = 0; i < answer.len; i++) {
            uint8_t old = answer.at[i].tip[1].at[3];
            assert_true(old < OLD && !met[old]);
            met[old] = true;
            pairs++;
        }
        q = answer.next;
    } while (answer.more && ++asked < 100);
    assert_int_equal(pairs, OLD);
    engine.tips.groups[1].rings[1] = (id){ { 1 } }; /* the control: a ring in common */
    across(&(struct match_across_question){ .skip = 0 }, &answer);
    assert_int_equal(answer.len, 0);
}

/* Bytes that no engine wrote are no answer, or one within its bounds; a question without a ticket is none. */
static void a_wrong_question_or_answer_is_none(void **state)
{
    (void)state;
    uint8_t body[MATCH_ACROSS_BODY] = { 0 }, out[ENGINE_MESSAGE_MAX];
    ptrdiff_t n;
    struct match_across_answer answer;
    struct chance chance = chance_seeded(9);
    assert_int_equal(engine_ask(desk.m->staff_services.engine, MATCH_ACROSS, (str){ (char *)body, sizeof body - 1 }, out, sizeof out, &n), INVALID);
    assert_int_not_equal(engine_ask(desk.m->staff_services.engine, MATCH_ACROSS, (str){ (char *)body, sizeof body }, out, sizeof out, &n), OK);
    for (int i = 0; i < 20000; i++) {
        chance.fill(&chance, out, 200);
        out[0] %= 4;
        out[21] %= 3;
        struct wire w = { .at = out, .cap = (ptrdiff_t)(out[199] % 190) };
        if (match_across_read(&w, &answer))
            assert_true(answer.len <= MATCH_ACROSS_MOST);
    }
}

/* ACROSS_TIMED=N: one page of an index of N tips, for docs/figures.md. */
static void a_page_of_a_large_index_is_timed(void **state)
{
    (void)state;
    const char *asked = getenv("ACROSS_TIMED");
    int64_t n = 0;
    struct match_across_answer answer;
    if (!asked || !str_to_int(str_of(asked), &n))
        n = 200;
    engine.tips.group_count = 2;
    engine.tips.groups[0] = (struct match_group){ .office = { { 1 } } };
    engine.tips.groups[1] = (struct match_group){ .office = { { 2 } } };
    put_many((int)n, 9973);
    struct match_across_question q = { .skip = 0 };
    for (int i = 0; i < 5; i++) {
        clock_t from = clock();
        across(&q, &answer);
        if (asked)
            printf("%lld tips: %d pairs, %.2f ms of processor\n", (long long)n, answer.len, (double)(clock() - from) * 1000 / CLOCKS_PER_SEC);
        q = answer.next;
    }
    assert_true(answer.len <= MATCH_ACROSS_MOST);
}

/* Copies of one rumour, each with that telephone, of that group of readers. */
static void put_rumour(uint32_t group, uint32_t office, int first, int last)
{
    struct index_fact fact = { MATCH_PHONE, lit("+12025550143") };
    uint32_t number;
    for (int i = first; i <= last; i++) {
        struct index_document d = { .id = { { 0x7f, (uint8_t)i } }, .group = group, .apart = office, .facts = &fact, .fact_count = 1,
                                    .text = lit("They say a white van takes children from the fair and that the police keep quiet about it, tell everybody you know") };
        assert_true(index_put(&engine.tips.index, &d, &number));
    }
}

static bool told_together(int one, int other)
{
    const struct match_across_question all = { .skip = 0 };
    struct match_across_answer answer;
    across(&all, &answer);
    assert_false(answer.more);
    for (int i = 0; i < answer.len; i++)
        if (answer.at[i].tip[0].at[1] == one && answer.at[i].tip[1].at[1] == other)
            return true;
    return false;
}

/* Two circles of one office, of which neither reads the other's copies of a rumour, and a tip of another office: whether a circle is told hangs on its own copies alone. */
static void a_copy_that_others_read_stands_for_nobody_here(void **state)
{
    enum { OURS, THEIRS, OUR_OTHERS, GROUPS, FIRST = 1, MANY = MATCH_FLOOD + 2, OTHER = 100, FAR = 200 };
    (void)state;
    engine.tips.group_count = GROUPS;
    engine.tips.groups[OURS] = (struct match_group){ .office = { { 1 } }, .rings = { { { 1 } } } };
    engine.tips.groups[THEIRS] = (struct match_group){ .office = { { 2 } }, .rings = { { { 2 } } } };
    engine.tips.groups[OUR_OTHERS] = (struct match_group){ .office = { { 1 } }, .rings = { { { 3 } } } };
    put_rumour(OUR_OTHERS, OURS, OTHER, OTHER + MANY);
    put_rumour(THEIRS, THEIRS, FAR, FAR);
    assert_true(told_together(FAR, OTHER) && !told_together(FAR, OTHER + 1)); /* one for all of them */
    put_rumour(OURS, OURS, FIRST, FIRST + MANY); /* with a lower id, for others of the office */
    assert_true(told_together(FAR, OTHER) && !told_together(FAR, OTHER + 1));
    assert_true(told_together(FAR, FIRST) && !told_together(FAR, FIRST + 1) && told_together(OTHER, FIRST));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(a_pair_is_told_by_pointers_to_the_officer_alone),
        HOUSE(what_readers_see_together_is_no_pair),
        HOUSE(a_copy_of_a_flood_that_names_more_is_told),
        HOUSE(a_copy_that_others_read_stands_for_nobody_here),
        HOUSE(nobody_sees_anything_before_the_act),
        HOUSE(both_owners_are_told_and_nothing_of_each_other),
        HOUSE(what_is_put_aside_may_still_be_told),
        HOUSE(a_decision_is_of_a_pair_that_the_engine_knows),
        HOUSE(a_tip_that_goes_takes_its_pointers_along),
        HOUSE(the_next_office_is_told_too),
        HOUSE(many_pairs_come_by_pages_each_once_newest_first),
        HOUSE(a_tip_of_many_pairs_is_told_whole),
        HOUSE(a_wrong_question_or_answer_is_none),
        HOUSE(a_page_of_a_large_index_is_timed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
