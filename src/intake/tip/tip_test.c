#include "world.h"
#include "intake/tip/tip.h"

static int make_world(void **state)
{
    *state = app_make(true);
    return 0;
}

static int make_locked_world(void **state)
{
    *state = app_make(false);
    return 0;
}

static int end_world(void **state)
{
    app_end(*state);
    return 0;
}

static void a_tip_is_received_only_after_the_acceptor_has_committed(void **state)
{
    struct app *x = *state;
    struct sealed_fields f;
    struct tip t;
    app_post(x, "/tip", "narrative=They+keep+the+passports+%28invented%29&danger=no&consent=anonymous");
    assert_true(x->parked);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
    app_settle(x);
    assert_false(x->parked);
    assert_http(x, 201);
    assert_says(x, "Received. Thank you.");
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    assert_true(app_open_tip(x, app_last_tip(x), &f));
    tip_read(&f, &t);
    assert_true(str_equal(t.narrative, lit("They keep the passports (invented)")));
    assert_true(str_equal(t.danger, lit("no")));
    assert_int_equal(t.received, WORLD_NOW);
}

static void danger_reported_to_a_locked_house_has_its_clock_running(void **state)
{
    struct app *x = *state;
    app_post(x, "/tip", "narrative=Locked+in&danger=yes");
    app_settle(x);
    assert_http(x, 201);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip WHERE priority = 0"), 1);
    assert_int_equal(app_count(x, "SELECT due_minute - 1790000000 / 60 FROM clock WHERE code = 'P0_ACT'"), 15);
}

static void a_field_error_keeps_every_word(void **state)
{
    struct app *x = *state;
    app_post(x, "/tip?lang=en",
             "narrative=&danger=not_sure&place=Packing+shed&venue=farm_ranch&when=now&minor=yes&how_many=seven&identifiers=555-0101"
             "%0D%0AABC+123&sign=CD_DOCS&sign=CD_PHONE&who=told&consent=share&contact=me%40example.org&method=mail&message=yes"
             "&nocontact=yes&safe_when=evenings&code_word=heron&key=00112233445566778899aabbccddeeff");
    assert_http(x, 422);
    assert_false(x->parked);
    static const char *const kept[] = {
        "<title>Problem: Write to us", "2 things before we can send", "href=\"#narrative\"", "href=\"#how_many\"",
        "value=\"not_sure\" checked", "value=\"Packing shed\"", "value=\"farm_ranch\" selected", "value=\"now\" checked",
        "value=\"yes\" checked", "value=\"seven\"", "ABC 123", "value=\"CD_DOCS\" checked", "value=\"CD_PHONE\" checked",
        "value=\"told\" checked", "value=\"share\" checked", "value=\"me@example.org\"", "value=\"mail\" checked",
        "value=\"evenings\"", "value=\"heron\"", "value=\"00112233445566778899aabbccddeeff\"",
    };
    for (ptrdiff_t i = 0; i < countof(kept); i++)
        assert_says(x, kept[i]);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
}

static void markup_in_a_field_is_made_harmless(void **state)
{
    struct app *x = *state;
    app_post(x, "/tip", "narrative=&place=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&identifiers=%3C%2Ftextarea%3E%3Cb%3E");
    assert_http(x, 422);
    assert_silent(x, "<script>alert");
    assert_silent(x, "</textarea><b>");
    assert_says(x, "&lt;script&gt;");
}

static void the_form_is_small_and_each_one_carries_a_key_of_its_own(void **state)
{
    struct app *x = *state;
    static const char name[] = "name=\"key\" value=\"";
    char first[32];
    for (int i = 0; i < 2; i++) {
        app_get(x, i ? "/tip?lang=en" : "/tip?lang=en");
        assert_http(x, 200);
        str body = app_body(x);
        const char *key = memmem(body.at, (size_t)body.len, name, sizeof name - 1);
        assert_non_null(key);
        uint8_t bytes[16];
        assert_true(hex_read((str){ key + sizeof name - 1, 32 }, bytes, 16));
        if (i)
            assert_memory_not_equal(first, key + sizeof name - 1, 32);
        memcpy(first, key + sizeof name - 1, 32);
        assert_true(str_find(body, 0) < 0);
    }
    assert_says(x, "This line is run by Invented Line. Invented Line is not police.");
    assert_silent(x, "hole");
    static const char *const languages_tried[] = { "/tip?lang=en", "/tip?lang=es" };
    const struct asset *base = NULL, *looks = NULL;
    for (ptrdiff_t i = 0; i < asset_count; i++) {
        base = !strcmp(assets[i].name, "base.css") ? &assets[i] : base;
        looks = !strcmp(assets[i].name, "public.css") ? &assets[i] : looks;
    }
    for (int i = 0; i < 2; i++) {
        app_get(x, languages_tried[i]);
        print_message("%s: %td bytes with style\n", languages_tried[i], app_body(x).len + base->len + looks->len);
        assert_true(app_body(x).len + base->len + looks->len < 30000);
    }
}

static void nothing_is_chosen_for_a_person_but_the_safest_consent(void **state)
{
    struct app *x = *state;
    app_get(x, "/tip?lang=en");
    str body = app_body(x);
    int checked = 0;
    for (const char *p = body.at; (p = memmem(p, (size_t)(body.at + body.len - p), " checked", 8)); p += 8)
        checked++;
    assert_int_equal(checked, 1);
    assert_says(x, "value=\"anonymous\" checked");
    assert_silent(x, " selected");
}

static void without_a_word_on_who_reads_it_there_is_no_form(void **state)
{
    struct app *x = *state;
    x->house.values[HOUSE_LINE_IS_POLICE] = (str){ 0 };
    app_get(x, "/tip");
    assert_http(x, 503);
    assert_silent(x, "<form");
    assert_says(x, "tel:911");
    app_post(x, "/tip", "narrative=x");
    assert_http(x, 503);
}

static void who_stays_unknown_leaves_no_row_about_themselves(void **state)
{
    struct app *x = *state;
    app_post(x, "/tip", "narrative=one&consent=anonymous&contact=555-0101&code_word=heron");
    app_settle(x);
    assert_http(x, 201);
    assert_says(x, "so we did not keep the way to reach you");
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 0);
    app_post(x, "/tip", "narrative=two&consent=confidential");
    app_settle(x);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 0);
    app_post(x, "/tip", "narrative=three&consent=share&contact=555-0101");
    app_settle(x);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 1);
}

static void the_same_page_sent_twice_is_one_tip_with_one_number(void **state)
{
    struct app *x = *state;
    char first[25], second[25];
    const char *body = "narrative=twice&key=00112233445566778899aabbccddeeff";
    app_post(x, "/tip", body);
    app_settle(x);
    app_receipt(x, first);
    app_post(x, "/tip", body);
    app_settle(x);
    assert_http(x, 201);
    app_receipt(x, second);
    assert_string_equal(first, second);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    app_post(x, "/tip", "narrative=other+words&key=00112233445566778899aabbccddeeff");
    app_settle(x);
    assert_http(x, 201);
    app_receipt(x, second);
    assert_string_not_equal(first, second);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 2);
}

#define UUID "c56a4180-65aa-42ec-a945-5fd21dec0538"

static void the_api_answers_the_same_bytes_to_the_same_submission_and_422_to_another(void **state)
{
    struct app *x = *state;
    char first[256];
    app_post_json(x, "/api/v1/tips", UUID, "{\"narrative\":\"an invented tip\"}");
    app_settle(x);
    assert_http(x, 201);
    str body = app_body(x);
    assert_true(body.len < (ptrdiff_t)sizeof first);
    memcpy(first, body.at, (size_t)body.len);
    ptrdiff_t len = body.len;
    app_post_json(x, "/api/v1/tips", UUID, "{\"narrative\":\"an invented tip\"}");
    app_settle(x);
    assert_http(x, 201);
    assert_int_equal(app_body(x).len, len);
    assert_memory_equal(app_body(x).at, first, (size_t)len);
    app_post_json(x, "/api/v1/tips", UUID, "{\"narrative\":\"another tip\"}");
    app_settle(x);
    assert_http(x, 422);
    assert_silent(x, "receipt");
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
}

static void the_api_names_what_it_refuses(void **state)
{
    struct app *x = *state;
    static const struct {
        const char *key, *body, *says;
    } bad[] = {
        { "", "{\"narrative\":\"x\"}", "Idempotency-Key" },
        { "not-a-uuid", "{\"narrative\":\"x\"}", "Idempotency-Key" },
        { UUID, "{\"narrative\":\"x\"", "not one JSON object" },
        { UUID, "[]", "must be an object" },
        { UUID, "{}", "narrative is required" },
        { UUID, "{\"narrative\":\" \"}", "narrative is required" },
        { UUID, "{\"narrative\":7}", "narrative must be text" },
        { UUID, "{\"narrative\":\"x\",\"priority\":0}", "priority is not a field" },
        { UUID, "{\"narrative\":\"x\",\"contact\":{\"ip\":\"1\"}}", "contact.ip is not a field" },
        { UUID, "{\"narrative\":\"x\",\"danger\":\"maybe\"}", "danger is not one of its choices" },
        { UUID, "{\"narrative\":\"x\",\"indicators\":[\"NOPE\"]}", "indicators has a code" },
        { UUID, "{\"narrative\":\"x\",\"people\":\"two\"}", "people must be a list" },
        { UUID, "{\"narrative\":\"x\",\"how_many\":-1}", "how_many must be" },
        { UUID, "{\"narrative\":\"x\",\"place\":{\"kind\":\"moon\"}}", "place.kind is not a code" },
        { UUID, "{\"narrative\":\"x\",\"language\":\"zz\"}", "language is not a code" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        app_post_json(x, "/api/v1/tips", bad[i].key, bad[i].body);
        assert_http(x, 400);
        assert_says(x, bad[i].says);
        assert_true(str_equal(x->w.type, lit("application/problem+json")));
    }
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
}

static void the_api_takes_every_field_of_a_tip(void **state)
{
    struct app *x = *state;
    struct sealed_fields f;
    struct tip t;
    app_post_json(x, "/api/v1/tips", UUID,
                  "{\"narrative\":\"n\",\"language\":\"es\",\"danger\":\"no\",\"happening_now\":\"yes\",\"minor\":\"yes\","
                  "\"place\":{\"text\":\"p\",\"kind\":\"farm_ranch\",\"industry\":\"NIEM-01\"},\"when\":\"w\",\"how_many\":3,"
                  "\"people\":[\"a\",\"b\"],\"identifiers\":[\"555-0101\"],\"indicators\":[\"CD_DOCS\"],\"proximity\":\"observed\","
                  "\"reporter\":\"coworker\",\"contact\":{\"method\":\"phone\",\"address\":\"555-0102\",\"message\":false,"
                  "\"none\":true},\"consent\":\"share\"}");
    app_settle(x);
    assert_http(x, 201);
    assert_true(app_open_tip(x, app_last_tip(x), &f));
    tip_read(&f, &t);
    assert_true(str_equal(t.people, lit("a\nb")));
    assert_true(str_equal(t.industry, lit("NIEM-01")));
    assert_true(str_equal(t.signs, lit("CD_DOCS")));
    assert_int_equal(t.how_many, 3);
    assert_true(t.do_not_contact);
    assert_int_equal(t.priority, 0); /* a child, now */
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 1);
}

static void text_up_to_its_ceiling_is_taken_and_one_byte_more_is_kept_on_the_page(void **state)
{
    struct app *x = *state;
    static char body[TIP_NARRATIVE_MOST + 64] = "narrative=";
    memset(body + 10, 'a', TIP_NARRATIVE_MOST + 1);
    app_post_str(x, "/tip", (str){ body, 10 + TIP_NARRATIVE_MOST + 1 });
    assert_http(x, 422);
    assert_true(app_body(x).len > TIP_NARRATIVE_MOST);
    app_post_str(x, "/tip", (str){ body, 10 + TIP_NARRATIVE_MOST });
    app_settle(x);
    assert_http(x, 201);
}

static void urgency_does_not_change_with_language_or_place(void **state)
{
    struct app *x = *state;
    struct tip t = { .danger = lit("not_sure"), .happening = lit("yes"), .minor = lit("no"), .place = lit("North Street"),
                     .signs = lit("CD_VIOLENCE"), .language = lit("en"), .narrative = lit("one") };
    struct tip other = t;
    other.place = lit("Calle del Sur");
    other.language = lit("ht");
    other.narrative = lit("otra cosa");
    struct facts a = tip_rule_facts(&x->process, &t), b = tip_rule_facts(&x->process, &other);
    tip_judge(&x->rules, &t, &a);
    tip_judge(&x->rules, &other, &b);
    assert_int_equal(t.priority, other.priority);
    assert_true(str_equal(t.reasons, other.reasons));
    assert_int_equal(t.priority, 1);
}

static void a_crash_between_commit_and_answer_gives_the_same_number_and_no_second_tip(void **state)
{
    struct app *x = *state;
    char digits[25];
    app_post(x, "/tip", "narrative=crash");
    app_crash_acceptor(x);
    assert_true(x->parked);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    app_settle(x);
    assert_false(x->parked);
    assert_http(x, 201);
    app_receipt(x, digits);
    assert_int_equal(strlen(digits), 24);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    assert_int_equal(post_waiting(x->services.post), 0);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)
    const struct CMUnitTest tests[] = {
        test(a_tip_is_received_only_after_the_acceptor_has_committed),
        cmocka_unit_test_setup_teardown(danger_reported_to_a_locked_house_has_its_clock_running, make_locked_world, end_world),
        test(a_field_error_keeps_every_word),
        test(markup_in_a_field_is_made_harmless),
        test(the_form_is_small_and_each_one_carries_a_key_of_its_own),
        test(nothing_is_chosen_for_a_person_but_the_safest_consent),
        test(without_a_word_on_who_reads_it_there_is_no_form),
        test(who_stays_unknown_leaves_no_row_about_themselves),
        test(the_same_page_sent_twice_is_one_tip_with_one_number),
        test(the_api_answers_the_same_bytes_to_the_same_submission_and_422_to_another),
        test(the_api_names_what_it_refuses),
        test(the_api_takes_every_field_of_a_tip),
        test(text_up_to_its_ceiling_is_taken_and_one_byte_more_is_kept_on_the_page),
        test(urgency_does_not_change_with_language_or_place),
        test(a_crash_between_commit_and_answer_gives_the_same_number_and_no_second_tip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
