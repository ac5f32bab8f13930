/* Care as carers and officers meet it: the house of the access matrix, two offices, everything in it invented. */
#include "matrix.h"
#include "staff/roster/roster.h"

struct desk {
    struct matrix *m;
    const struct matrix_caller *carer, *colleague, *officer;
    struct arena a;
    char file[80];  /* "/victims/ID" */
};
static struct desk desk;

static str ask(const struct matrix_caller *who, enum method method, const char *path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = str_of(path),
                                .type = lit("application/x-www-form-urlencoded"), .body = str_of(body), .caller = who };
    return matrix_ask(desk.m, &desk.a, &q);
}

static const char *under(const char *end)
{
    return str_c(&desk.a, str_join(&desk.a, str_of(desk.file), str_of(end)));
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static int64_t count(const char *sql)
{
    return app_count(desk.m->app, sql);
}

/* What follows the words in a page, up to the next quote. */
static const char *after(str page, const char *words)
{
    const char *at = memmem(page.at, (size_t)page.len, words, strlen(words));
    must(at);
    at += strlen(words);
    const char *end = memchr(at, '"', (size_t)(page.at + page.len - at));
    must(end);
    return str_c(&desk.a, (str){ at, end - at });
}

static int64_t today(void)
{
    return day_of(desk.m->app->keys->now);
}

static void on_duty(const struct matrix_caller *who, uint8_t number, const char *language)
{
    struct duty d = { .office = desk.m->office[0], .id = { { number } }, .account = who->account, .duty = lit("victim_assistance"),
                      .language = str_of(language), .from_day = today() - 5, .to_day = today() + 50 };
    must(duty_add(desk.m->app->content, &d) == OK);
}

static int open_desk(void **state)
{
    desk.m = matrix_make();
    desk.carer = matrix_find(desk.m, "specialist", MEMBER);
    desk.colleague = matrix_find(desk.m, "coordinator", MEMBER);
    desk.officer = matrix_find(desk.m, "investigator", MEMBER);
    desk.a = arena_reserve(256 << 20);
    app_break(desk.m->app, "INSERT OR IGNORE INTO office (id, code, name, city, state, kind, made_day)"
                           " SELECT office, 'HERE', 'The first office', '', '', '', 1 FROM account WHERE name = 'specialist.member'");
    on_duty(desk.colleague, 1, "es");
    str page = ask(desk.carer, POST, "/victims/new", "alias=Cedar&language=es&name=Invented+Person&a_number=A000&foreign=yes");
    must(says(page, "303"));
    str place = str_of(after(str_join(&desk.a, page, lit("\"")), "/victims/"));
    snprintf(desk.file, sizeof desk.file, "/victims/%.32s", place.at);
    *state = &desk;
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    matrix_end(desk.m);
    return 0;
}

static void a_file_is_found_by_its_alias_and_shows_the_name_only_when_asked(void **state)
{
    (void)state;
    str page = ask(desk.carer, GET, "/victims", "");
    assert_true(says(page, "Cedar"));
    page = ask(desk.carer, GET, desk.file, "");
    assert_true(says(page, "Cedar"));
    assert_false(says(page, "Invented Person"));
    page = ask(desk.carer, POST, under("/name"), "why=");
    assert_true(says(page, "422"));
    assert_false(says(page, "Invented Person"));
    page = ask(desk.carer, POST, under("/name"), "why=a+form");
    assert_true(says(page, "Invented Person"));
    assert_true(says(ask(desk.carer, GET, desk.file, ""), "a form"));
}

static const char *day_words(int64_t day)
{
    return str_c(&desk.a, day_text(&desk.a, day));
}

/* Adds an entry that must be taken. */
static void add(const char *format, const char *day)
{
    char body[1024];
    snprintf(body, sizeof body, format, day);
    str page = ask(desk.carer, POST, under("/entry"), body);
    if (!says(page, "303"))
        print_error("%.*s\n", (int)page.len, page.at);
    assert_true(says(page, "303"));
}

static int64_t tally(const char *measure)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(n), 0) FROM tally WHERE measure = '%s'", measure);
    return count(sql);
}

/* The entry that stands first in the timeline. */
static const char *newest(void)
{
    return after(ask(desk.carer, GET, desk.file, ""), "&amp;corrects=");
}

static void an_entry_is_corrected_and_withdrawn_and_the_first_of_a_person_counts_once(void **state)
{
    (void)state;
    const char *day = day_words(today());
    add("kind=service&happened=%s&service=safety_planning&mode=direct&units=1&outcome=completed", day);
    add("kind=service&happened=%s&service=safety_planning&mode=direct&units=2.5&outcome=completed", day);
    assert_int_equal(tally("clients_served"), 1);
    assert_int_equal(tally("services_delivered"), 2);
    char body[256];
    snprintf(body, sizeof body, "kind=service&corrects=%s&happened=%s&service=safety_planning&mode=direct&units=3&outcome=declined", newest(), day);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "303"));
    assert_int_equal(tally("services_delivered"), 2);
    assert_int_equal(tally("needs_met"), 1);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "409")); /* corrected a second time */
    for (int left = 2; left > 0; left--) {
        assert_int_equal(tally("clients_served"), 1);
        snprintf(body, sizeof body, "entry=%s&reason=", newest());
        ask(desk.carer, POST, under("/withdraw"), body);
        assert_int_equal(tally("services_delivered"), left);
        snprintf(body, sizeof body, "entry=%s&reason=not+so", newest());
        assert_true(says(ask(desk.carer, POST, under("/withdraw"), body), "303"));
        assert_int_equal(tally("services_delivered"), left - 1);
    }
    assert_int_equal(tally("clients_served"), 0);
    assert_true(says(ask(desk.carer, GET, desk.file, ""), "Withdrawn. Reason: not so"));
}

static void nothing_about_an_entry_stands_in_clear(void **state)
{
    (void)state;
    add("kind=safety_plan&happened=%s&level=high&plan=an+invented+plan", day_words(today()));
    assert_int_equal(count("SELECT count(*) FROM care_entry WHERE instr(CAST(sealed AS TEXT), 'safety') > 0"), 0);
    assert_int_equal(count("SELECT count(*) FROM pragma_table_info('care_entry')"), 3);
    assert_int_equal(count("SELECT count(*) FROM pragma_table_info('care_place')"), 3);
    assert_int_equal(count("SELECT count(*) FROM pragma_table_info('care_file')"), 3);
    assert_int_equal(count("SELECT count(*) FROM clock WHERE root IN (SELECT id FROM care_file)"), 0);
}

static const char contact[] = "kind=safe_contact&happened=%s&method=%s&value=555-0199+back+door&window_from=14:00&window_to=16:00"
                              "&voicemail=no&never_call_back=yes&language=es&code_word=library+books";

static void the_rule_of_contact_stands_everywhere_and_the_address_only_when_asked(void **state)
{
    (void)state;
    char body[512];
    str form = ask(desk.carer, GET, under("/entry?kind=safe_contact"), "");
    assert_true(says(form, "name=\"value\""));
    const char *list = memmem(form.at, (size_t)form.len, "name=\"method\"", 13);
    assert_non_null(list);
    const char *method = after((str){ list, form.at + form.len - list }, "</option>\n<option value=\"");
    snprintf(body, sizeof body, contact, day_words(today()), method);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "303"));
    str page = ask(desk.carer, GET, desk.file, "");
    assert_true(says(page, "14:00"));
    assert_true(says(page, "Calling back"));
    assert_false(says(page, "555-0199"));
    assert_false(says(page, "library books"));
    page = ask(desk.carer, GET, under("/entry?kind=contact_attempt"), "");
    assert_true(says(page, "How this person may be contacted"));
    assert_true(says(page, "name=\"safe_check\""));
    assert_false(says(page, "555-0199"));
    const char *place = after(ask(desk.carer, GET, desk.file, ""), "name=\"place\" value=\"");
    snprintf(body, sizeof body, "place=%s&why=", place);
    page = ask(desk.carer, POST, under("/place"), body);
    assert_true(says(page, "422") && !says(page, "555-0199"));
    snprintf(body, sizeof body, "place=%s&why=to+text+her", place);
    page = ask(desk.carer, POST, under("/place"), body);
    assert_true(says(page, "555-0199 back door") && says(page, "library books"));
    for (int i = 0; i < 9; i++)
        assert_true(says(ask(desk.carer, POST, under("/place"), body), "555-0199"));
    page = ask(desk.carer, POST, under("/place"), body);
    assert_true(says(page, "429") && !says(page, "555-0199")); /* the eleventh of an hour */
}

static void what_is_due_stands_first_and_can_be_done(void **state)
{
    (void)state;
    str page = ask(desk.carer, GET, desk.file, "");
    assert_true(says(page, "Consider Continued Presence")); /* not a citizen: the pack's clock */
    assert_true(count("SELECT due_hour FROM care_file") > 0);
    char body[256];
    const char *entry = after(page, "name=\"entry\" value=\"");
    const char *code = after(page, "name=\"code\" value=\"");
    snprintf(body, sizeof body, "code=%s&entry=%s&before=0", code, entry);
    assert_true(says(ask(desk.carer, POST, under("/done"), body), "303"));
    page = ask(desk.carer, GET, desk.file, "");
    char input[96];
    snprintf(input, sizeof input, "name=\"code\" value=\"%s\"", code);
    assert_false(says(page, input));
}

static void continued_presence_has_its_steps_and_its_warnings(void **state)
{
    (void)state;
    char body[256];
    const char *day = day_words(today()), *end = day_words(today() + 200);
    snprintf(body, sizeof body, "kind=relief_step&happened=%s&relief=T1&step=CP%%7Cgranted&expires_on=%s", day, end);
    str page = ask(desk.carer, POST, under("/entry"), body);
    assert_true(says(page, "422") && says(page, "This step belongs to another relief."));
    snprintf(body, sizeof body, "kind=relief_step&happened=%s&relief=CP&step=CP%%7Crequested", day);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "303"));
    assert_int_equal(tally("relief_requested"), 1);
    page = ask(desk.carer, GET, desk.file, "");
    assert_false(says(page, "Consider Continued Presence"));
    snprintf(body, sizeof body, "kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s", day, end);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "303"));
    assert_int_equal(tally("relief_granted"), 1);
    page = ask(desk.carer, GET, desk.file, "");
    assert_true(says(page, "Certification letter should have arrived"));
    assert_true(says(page, "180 days before"));
    assert_true(says(page, day_words(today() + 20))); /* the first warning of 180 days */
    snprintf(body, sizeof body, "kind=relief_step&happened=%s&relief=CP&step=CP%%7Crevoked", day);
    assert_true(says(ask(desk.carer, POST, under("/entry"), body), "303"));
    page = ask(desk.carer, GET, desk.file, "");
    assert_false(says(page, "180 days before"));
}

/* ---- the door ---- */

static const char *packet_body(const char *basis, const char *until, const char *field)
{
    char body[512];
    snprintf(body, sizeof body, "officer=investigator.member&purpose=continued_presence&until=%s&words=Please+ask+for+it&basis=%s&field=%s", until,
             basis, field);
    return str_c(&desk.a, str_copy(&desk.a, str_of(body)));
}

static void a_packet_needs_a_release_or_a_law_and_ends_on_its_day(void **state)
{
    (void)state;
    const char *until = day_words(today() + 10);
    str page = ask(desk.carer, POST, under("/packet"), packet_body("", until, "name.full"));
    assert_true(says(page, "422") && says(page, "Say what allows it"));
    page = ask(desk.carer, POST, under("/packet"), packet_body("release", until, "name.full"));
    assert_true(says(page, "422") && says(page, "No release of this person holds"));
    page = ask(desk.carer, POST, under("/packet"), packet_body("law", until, "name.full"));
    assert_true(says(page, "422") && says(page, "Name the law"));
    assert_int_equal(count("SELECT count(*) FROM packet"), 0);
    char release[256];
    snprintf(release, sizeof release, "kind=release&happened=%%s&to_partner=law_enforcement&what=name&purpose=presence&form=written&expires_on=%s",
             day_words(today() + 5));
    add(release, day_words(today()));
    page = ask(desk.carer, POST, under("/packet"), packet_body("release", until, "name.full"));
    assert_true(says(page, "422") && says(page, "release ends before this day"));
    page = ask(desk.carer, POST, under("/packet"), packet_body("release", day_words(today() + 5), "name.full"));
    assert_true(says(page, "303"));
    page = ask(desk.officer, GET, "/packets", "");
    assert_true(says(page, "Invented Person") && says(page, "Please ask for it"));
    assert_false(says(page, "A000") || says(page, "Cedar")); /* what was not chosen */
    page = ask(matrix_find(desk.m, "investigator", ELSEWHERE), GET, "/packets", "");
    assert_false(says(page, "Invented Person"));
    assert_int_equal(world_count(desk.m->app->keys, "SELECT count(*) FROM member WHERE compartment = 8 AND until_day > 0"), 1);
    add("kind=release_revoked&happened=%s&how=spoken", day_words(today()));
    page = ask(desk.carer, POST, under("/packet"), packet_body("release", day_words(today()), "name.full"));
    assert_true(says(page, "422"));
}

static void a_packet_can_be_taken_back(void **state)
{
    (void)state;
    char body[512];
    snprintf(body, sizeof body, "%s&law=18+U.S.C.+3771", packet_body("law", day_words(today() + 10), "head.alias"));
    assert_true(says(ask(desk.carer, POST, under("/packet"), body), "303"));
    assert_true(says(ask(desk.officer, GET, "/packets", ""), "Cedar"));
    snprintf(body, sizeof body, "packet=%s", after(ask(desk.carer, GET, desk.file, ""), "name=\"packet\" value=\""));
    assert_true(says(ask(desk.carer, POST, under("/packet-end"), body), "303"));
    assert_false(says(ask(desk.officer, GET, "/packets", ""), "Cedar"));
    assert_int_equal(count("SELECT count(*) FROM packet"), 0);
}

static void a_request_reaches_the_carers_of_the_office_and_becomes_a_file(void **state)
{
    (void)state;
    char body[512], office[33];
    hex_write(office, desk.m->office[0].at, 16);
    office[32] = 0;
    app_break(desk.m->app, "INSERT INTO office (id, code, name, city, state, kind, made_day)"
                           " VALUES (x'00000000000000000000000000000001', 'NOBODY', 'An office without carers', '', '', '', 1)");
    str page = ask(desk.officer, GET, "/ask-help?language=es", "");
    assert_true(says(page, "coordinator.member") && says(page, "speaks the language"));
    assert_true(says(ask(desk.officer, POST, "/ask-help", "office=00000000000000000000000000000001&about=assist&words=help"), "Nobody of that office"));
    snprintf(body, sizeof body, "office=%s&about=assist&words=meet+somebody+from+larkspur&language=es&police_case=C-1", office);
    assert_true(says(ask(desk.officer, POST, "/ask-help", body), "303"));
    assert_false(says(ask(desk.officer, GET, "/ask-help", ""), "larkspur"));
    page = ask(desk.carer, GET, "/victims", "");
    assert_true(says(page, "larkspur") && says(page, "coordinator.member"));
    assert_false(says(ask(matrix_find(desk.m, "specialist", ELSEWHERE), GET, "/victims", ""), "larkspur"));
    const char *request = after(page, "/victims/new?request=");
    snprintf(body, sizeof body, "/victims/new?request=%s", request);
    assert_true(says(ask(desk.carer, GET, body, ""), "larkspur"));
    str account = id_text(&desk.a, desk.colleague->account);
    snprintf(body, sizeof body, "alias=Rowan&request=%s&colleague=%.*s", request, (int)account.len, account.at);
    assert_true(says(ask(desk.carer, POST, "/victims/new", body), "303"));
    assert_int_equal(count("SELECT count(*) FROM care_request"), 0);
    page = ask(desk.colleague, GET, "/victims", "");
    assert_true(says(page, "Rowan"));
    assert_false(says(page, "Cedar"));
    assert_true(says(ask(desk.colleague, GET, desk.file, ""), "404"));
    snprintf(body, sizeof body, "colleague=%.*s", (int)account.len, account.at);
    assert_true(says(ask(desk.carer, POST, under("/colleague"), body), "303"));
    assert_true(says(ask(desk.colleague, GET, desk.file, ""), "Cedar"));
}

static void who_is_not_on_the_file_finds_nothing_there(void **state)
{
    (void)state;
    static const char *const roles_outside[] = { "investigator", "analyst", "supervisor", "call_taker", "auditor", "administrator" };
    static const char *const ends[] = { "", "/entry?kind=service", "/packet" };
    for (ptrdiff_t i = 0; i < countof(roles_outside); i++) {
        const struct matrix_caller *c = matrix_find(desk.m, roles_outside[i], MEMBER);
        str nowhere = ask(c, GET, "/nowhere", "");
        assert_true(str_equal(ask(c, GET, "/victims", ""), nowhere));
        for (ptrdiff_t k = 0; k < countof(ends); k++)
            assert_true(str_equal(ask(c, GET, under(ends[k]), ""), nowhere));
    }
    assert_true(str_equal(ask(desk.colleague, GET, desk.file, ""), ask(desk.colleague, GET, "/victims/00000000000070008000000000000001", "")));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        test(a_file_is_found_by_its_alias_and_shows_the_name_only_when_asked),
        test(an_entry_is_corrected_and_withdrawn_and_the_first_of_a_person_counts_once),
        test(nothing_about_an_entry_stands_in_clear),
        test(the_rule_of_contact_stands_everywhere_and_the_address_only_when_asked),
        test(what_is_due_stands_first_and_can_be_done),
        test(continued_presence_has_its_steps_and_its_warnings),
        test(a_packet_needs_a_release_or_a_law_and_ends_on_its_day),
        test(a_packet_can_be_taken_back),
        test(a_request_reaches_the_carers_of_the_office_and_becomes_a_file),
        test(who_is_not_on_the_file_finds_nothing_there),
    };
    return cmocka_run_group_tests_name("care", tests, NULL, NULL);
}
