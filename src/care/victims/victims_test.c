/* Care as carers and officers meet it: the house of the access matrix, two offices, everything in it invented. */
#include "care_desk.h"

static void a_file_is_found_by_its_alias_and_shows_the_name_only_when_asked(void **state)
{
    (void)state;
    str page = care_ask(care_desk.carer, GET, "/victims", "");
    assert_true(care_says(page, "Cedar"));
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "Cedar"));
    assert_false(care_says(page, "Invented Person"));
    page = care_ask(care_desk.carer, POST, care_under("/name"), "why=");
    assert_true(care_says(page, "422"));
    assert_false(care_says(page, "Invented Person"));
    page = care_ask(care_desk.carer, POST, care_under("/name"), "why=a+form");
    assert_true(care_says(page, "Invented Person"));
    assert_true(care_says(care_ask(care_desk.carer, GET, care_desk.file, ""), "a form"));
}

static int64_t tally(const char *measure)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(n), 0) FROM tally WHERE measure = '%s'", measure);
    return care_sql_count(sql);
}

/* The entry that stands first in the timeline. */
static const char *newest(void)
{
    return care_after(care_ask(care_desk.carer, GET, care_desk.file, ""), "&amp;corrects=");
}

static void an_entry_is_corrected_and_withdrawn_and_the_first_of_a_person_counts_once(void **state)
{
    (void)state;
    const char *day = care_day_words(care_today());
    care_enter("_kind=service&happened=%s&service=safety_planning&mode=direct&units=1&outcome=completed", day);
    care_enter("_kind=service&happened=%s&service=safety_planning&mode=direct&units=2.5&outcome=completed", day);
    assert_int_equal(tally("clients_served"), 1);
    assert_int_equal(tally("services_delivered"), 2);
    char body[256];
    snprintf(body, sizeof body, "_kind=service&_corrects=%s&happened=%s&service=safety_planning&mode=direct&units=3&outcome=declined", newest(), day);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    assert_int_equal(tally("services_delivered"), 2);
    assert_int_equal(tally("needs_met"), 1);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "409")); /* corrected a second time */
    for (int left = 2; left > 0; left--) {
        assert_int_equal(tally("clients_served"), 1);
        snprintf(body, sizeof body, "entry=%s&reason=", newest());
        care_ask(care_desk.carer, POST, care_under("/withdraw"), body);
        assert_int_equal(tally("services_delivered"), left);
        snprintf(body, sizeof body, "entry=%s&reason=not+so", newest());
        assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/withdraw"), body), "303"));
        assert_int_equal(tally("services_delivered"), left - 1);
    }
    assert_int_equal(tally("clients_served"), 0);
    assert_true(care_says(care_ask(care_desk.carer, GET, care_desk.file, ""), "Withdrawn. Reason: not so"));
}

static void nothing_about_an_entry_stands_in_clear(void **state)
{
    (void)state;
    care_enter("_kind=safety_plan&happened=%s&level=high&plan=an+invented+plan", care_day_words(care_today()));
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_entry WHERE instr(sealed, CAST('safety' AS BLOB)) > 0"), 0);
    assert_int_equal(care_sql_count("SELECT count(*) FROM pragma_table_info('care_entry')"), 3);
    assert_int_equal(care_sql_count("SELECT count(*) FROM pragma_table_info('care_place')"), 3);
    assert_int_equal(care_sql_count("SELECT count(*) FROM pragma_table_info('care_file')"), 4); /* with the day it ends, the first of a month */
    assert_int_equal(care_sql_count("SELECT count(*) FROM clock WHERE root IN (SELECT id FROM care_file)"), 0);
}

static const char contact[] = "_kind=safe_contact&happened=%s&method=%s&value=555-0199+back+door&window_from=14:00&window_to=16:00"
                              "&voicemail=no&never_call_back=yes&language=es&code_word=library+books";

static void the_rule_of_contact_stands_everywhere_and_the_address_only_when_asked(void **state)
{
    (void)state;
    char body[512];
    str form = care_ask(care_desk.carer, GET, care_under("/entry?kind=safe_contact"), "");
    assert_true(care_says(form, "name=\"value\""));
    const char *list = memmem(form.at, (size_t)form.len, "name=\"method\"", 13);
    assert_non_null(list);
    const char *method = care_after((str){ list, form.at + form.len - list }, "</option>\n<option value=\"");
    snprintf(body, sizeof body, contact, care_day_words(care_today()), method);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    str page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "14:00"));
    assert_true(care_says(page, "Calling back"));
    assert_false(care_says(page, "555-0199"));
    assert_false(care_says(page, "library books"));
    page = care_ask(care_desk.carer, GET, care_under("/entry?kind=contact_attempt"), "");
    assert_true(care_says(page, "How this person may be contacted"));
    assert_true(care_says(page, "name=\"safe_check\""));
    assert_false(care_says(page, "555-0199"));
    const char *place = care_after(care_ask(care_desk.carer, GET, care_desk.file, ""), "name=\"place\" value=\"");
    snprintf(body, sizeof body, "place=%s&why=", place);
    page = care_ask(care_desk.carer, POST, care_under("/place"), body);
    assert_true(care_says(page, "422") && !care_says(page, "555-0199"));
    snprintf(body, sizeof body, "place=%s&why=to+text+her", place);
    page = care_ask(care_desk.carer, POST, care_under("/place"), body);
    assert_true(care_says(page, "555-0199 back door") && care_says(page, "library books"));
    for (int i = 0; i < 9; i++)
        assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/place"), body), "555-0199"));
    page = care_ask(care_desk.carer, POST, care_under("/place"), body);
    assert_true(care_says(page, "429") && !care_says(page, "555-0199")); /* the eleventh of an hour */
}

static void what_is_due_stands_first_and_can_be_done(void **state)
{
    (void)state;
    str page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "Consider Continued Presence")); /* not a citizen: the pack's clock */
    assert_true(care_sql_count("SELECT count(*) FROM care_file WHERE due_hour > 0") > 0);
    char body[256];
    const char *entry = care_after(page, "name=\"entry\" value=\"");
    const char *code = care_after(page, "name=\"code\" value=\"");
    snprintf(body, sizeof body, "code=%s&entry=%s&before=0", code, entry);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/done"), body), "303"));
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    char input[96];
    snprintf(input, sizeof input, "name=\"code\" value=\"%s\"", code);
    assert_false(care_says(page, input));
}

static void continued_presence_has_its_steps_and_its_warnings(void **state)
{
    (void)state;
    char body[256];
    const char *day = care_day_words(care_today()), *end = care_day_words(care_today() + 200);
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=T1&step=CP%%7Cgranted&expires_on=%s", day, end);
    str page = care_ask(care_desk.carer, POST, care_under("/entry"), body);
    assert_true(care_says(page, "422") && care_says(page, "This step belongs to another relief."));
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Crequested", day);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    assert_int_equal(tally("relief_requested"), 1);
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_false(care_says(page, "Consider Continued Presence"));
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s", day, end);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    assert_int_equal(tally("relief_granted"), 1);
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "Certification letter should have arrived"));
    assert_true(care_says(page, "180 days before"));
    assert_true(care_says(page, care_day_words(care_today() + 20))); /* the first warning of 180 days */
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Crevoked", day);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_false(care_says(page, "180 days before"));
}

static void the_end_of_care_ends_what_is_owed_here_and_not_what_a_law_sets(void **state)
{
    (void)state;
    char body[256];
    const char *day = care_day_words(care_today()), *end = care_day_words(care_today() + 200);
    care_enter("_kind=relief_step&happened=%s&relief=CP&step=CP%%7Crequested", day);
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s", day, end);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    str page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "First needs assessment") && care_says(page, "Continued Presence ends"));
    care_enter("_kind=care_closure&happened=%s&reason=care_goals&living=own&relief_obtained=no&continued_elsewhere=yes", day);
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_false(care_says(page, "First needs assessment"));
    assert_true(care_says(page, "Continued Presence ends"));
    /* from now on it has an end: the first of a month, years away. Whoever goes on writing takes it off. */
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM care_file WHERE end_day > %lld", (long long)care_today() + 2000);
    assert_int_equal(care_sql_count(sql), 1);
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_file WHERE end_day IS NOT NULL"), 1);
    care_enter("_kind=need&happened=%s&service=safety_planning&urgent=no", day);
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_file WHERE end_day IS NOT NULL"), 0);
}

static int64_t files_that_end(const char *where)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM care_file WHERE end_day %s", where);
    return care_sql_count(sql);
}

/* As a program left it that knew no end, or under other days of the pack: whoever opens it, or their list, writes the end. */
static void a_file_without_its_end_gets_it_when_one_of_its_people_opens_it(void **state)
{
    (void)state;
    static const char *const opened[] = { "/victims", care_desk.file };
    char right[40];
    care_enter("_kind=care_closure&happened=%s&reason=care_goals&living=own&relief_obtained=no&continued_elsewhere=yes", care_day_words(care_today()));
    int64_t end = care_sql_count("SELECT max(end_day) FROM care_file");
    assert_true(end > care_today() + 2000);
    snprintf(right, sizeof right, "= %lld", (long long)end);
    for (ptrdiff_t i = 0; i < countof(opened); i++) {
        app_break(care_desk.m->app, "UPDATE care_file SET end_day = NULL");
        assert_true(care_says(care_ask(care_desk.officer, GET, opened[i], ""), "404"));
        assert_true(care_says(care_ask(care_desk.colleague, GET, care_desk.file, ""), "404")); /* a carer who is not on it */
        (void)care_ask(care_desk.colleague, GET, "/victims", "");
        assert_int_equal(files_that_end("IS NOT NULL"), 0);
        assert_true(care_says(care_ask(care_desk.carer, GET, opened[i], ""), "200"));
        assert_int_equal(files_that_end(right), 1);
        assert_int_equal(files_that_end("IS NOT NULL"), 1); /* none of those that go on */
        app_break(care_desk.m->app, "UPDATE care_file SET end_day = 20000");
        assert_true(care_says(care_ask(care_desk.carer, GET, opened[i], ""), "200"));
        assert_int_equal(files_that_end(right), 1);
    }
    assert_true(files_that_end("= 20000") > 0); /* files of other people stay as they are */
}

static void a_step_before_its_predecessor_is_asked_about_once_and_then_saved(void **state)
{
    (void)state;
    char body[256];
    const char *day = care_day_words(care_today()), *end = care_day_words(care_today() + 200);
    int64_t entries = care_sql_count("SELECT count(*) FROM care_entry");
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s", day, end);
    str page = care_ask(care_desk.carer, POST, care_under("/entry"), body);
    assert_true(care_says(page, "422") && care_says(page, "This usually comes after: Sent to the Center"));
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_entry"), entries);
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s&_sure=CP%%7Cdenied", day, end);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "422")); /* another warning was seen */
    snprintf(body, sizeof body, "_kind=relief_step&happened=%s&relief=CP&step=CP%%7Cgranted&expires_on=%s&_sure=CP%%7Cgranted", day, end);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/entry"), body), "303"));
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_entry"), entries + 1);
}

static void a_kind_before_its_predecessor_says_so_on_its_form(void **state)
{
    (void)state;
    str page = care_ask(care_desk.carer, GET, care_under("/entry?kind=plan_review"), "");
    assert_true(care_says(page, "This usually comes after: ") && care_says(page, "name=\"_sure\" value=\"plan_review\""));
    care_enter("_kind=plan&happened=%s&objectives=sleep&agreed_by_person=yes", care_day_words(care_today()));
    page = care_ask(care_desk.carer, GET, care_under("/entry?kind=plan_review"), "");
    assert_false(care_says(page, "This usually comes after: ") || care_says(page, "name=\"_sure\""));
}

/* ---- the door ---- */

static const char *packet_body(const char *basis, const char *until, const char *field)
{
    char body[512];
    snprintf(body, sizeof body, "officer=investigator.member&purpose=continued_presence&until=%s&words=Please+ask+for+it&basis=%s&field=%s", until,
             basis, field);
    return str_c(&care_desk.a, str_copy(&care_desk.a, str_of(body)));
}

static void a_packet_needs_a_release_or_a_law_and_ends_on_its_day(void **state)
{
    (void)state;
    const char *until = care_day_words(care_today() + 10);
    str page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("", until, "name.full"));
    assert_true(care_says(page, "422") && care_says(page, "Say what allows it"));
    assert_false(care_says(page, "Choose at least one field"));
    page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("release", until, "name.full"));
    assert_true(care_says(page, "422") && care_says(page, "No release of this person holds"));
    page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("law", until, "name.full"));
    assert_true(care_says(page, "422") && care_says(page, "Name the law"));
    assert_int_equal(care_sql_count("SELECT count(*) FROM packet"), care_desk.packets);
    char release[256];
    snprintf(release, sizeof release, "_kind=release&happened=%%s&to_partner=law_enforcement&what=name&purpose=presence&form=written&expires_on=%s",
             care_day_words(care_today() + 5));
    care_enter(release, care_day_words(care_today()));
    page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("release", until, "name.full"));
    assert_true(care_says(page, "422") && care_says(page, "release ends before this day"));
    page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("release", care_day_words(care_today() + 5), "name.full"));
    assert_true(care_says(page, "303"));
    page = care_ask(care_desk.officer, GET, "/packets", "");
    assert_true(care_says(page, "Invented Person") && care_says(page, "Please ask for it"));
    assert_false(care_says(page, "A000") || care_says(page, "Cedar")); /* what was not chosen */
    page = care_ask(matrix_find(care_desk.m, "investigator", ELSEWHERE), GET, "/packets", "");
    assert_false(care_says(page, "Invented Person"));
    assert_int_equal(world_count(care_desk.m->app->keys, "SELECT count(*) FROM member WHERE compartment = 8 AND until_day > 0"), care_desk.packets + 1);
    assert_int_equal(tally("relief_requested"), 1); /* what is asked for through the packet is a step of the relief */
    page = care_ask(care_desk.carer, GET, care_desk.file, "");
    assert_true(care_says(page, "Asked of the sponsoring agency"));
    assert_false(care_says(page, "Consider Continued Presence"));
    care_enter("_kind=release_revoked&happened=%s&how=spoken", care_day_words(care_today()));
    page = care_ask(care_desk.carer, POST, care_under("/packet"), packet_body("release", care_day_words(care_today()), "name.full"));
    assert_true(care_says(page, "422"));
}

/* Every field that the form offers. */
static const char *all_fields(str page, char to[4096], const char *start)
{
    const char mark[] = "name=\"field\" value=\"", *at = page.at;
    size_t n = (size_t)snprintf(to, 4096, "%s", start);
    while ((at = memmem(at, (size_t)(page.at + page.len - at), mark, sizeof mark - 1))) {
        at += sizeof mark - 1;
        const char *end = memchr(at, '"', (size_t)(page.at + page.len - at));
        must(end);
        n += (size_t)snprintf(to + n, 4096 - n, "&field=%.*s", (int)(end - at), at);
        must(n < 4096);
    }
    return to;
}

static void what_was_chosen_from_a_list_is_read_in_the_language_of_the_officer(void **state)
{
    (void)state;
    char body[4096], start[256];
    care_enter("_kind=release&happened=%s&to_partner=law_enforcement&what=name&purpose=presence&form=written&expires_on=2027-09-01", care_day_words(care_today()));
    snprintf(start, sizeof start, "officer=investigator.member&purpose=other&until=%s&words=x&basis=law&law=y", care_day_words(care_today() + 3));
    str form = care_ask(care_desk.carer, GET, care_under("/packet"), "");
    assert_true(care_says(form, "Police or other law enforcement") && care_says(form, "Spanish"));
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/packet"), all_fields(form, body, start)), "303"));
    str page = care_ask(care_desk.officer, GET, "/packets?lang=es", "");
    assert_true(care_says(page, "Policía u otra fuerza del orden") && care_says(page, "Español"));
    assert_false(care_says(page, "Police or other") || care_says(page, "Spanish"));
    page = care_ask(care_desk.officer, GET, "/packets", "");
    assert_true(care_says(page, "Police or other law enforcement") && care_says(page, "Spanish"));
    assert_false(care_says(page, "law_enforcement"));
}

static void a_packet_can_be_taken_back(void **state)
{
    (void)state;
    char body[512];
    snprintf(body, sizeof body, "%s&law=18+U.S.C.+3771", packet_body("law", care_day_words(care_today() + 10), "head.alias"));
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/packet"), body), "303"));
    assert_true(care_says(care_ask(care_desk.officer, GET, "/packets", ""), "Cedar"));
    snprintf(body, sizeof body, "packet=%s", care_after(care_ask(care_desk.carer, GET, care_desk.file, ""), "name=\"packet\" value=\""));
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/packet-end"), body), "303"));
    assert_false(care_says(care_ask(care_desk.officer, GET, "/packets", ""), "Cedar"));
    assert_int_equal(care_sql_count("SELECT count(*) FROM packet"), care_desk.packets);
}

static void a_request_reaches_the_carers_of_the_office_and_becomes_a_file(void **state)
{
    (void)state;
    char body[512], office[33];
    hex_write(office, care_desk.m->office[0].at, 16);
    office[32] = 0;
    app_break(care_desk.m->app, "INSERT INTO office (id, code, name, city, state, kind, made_day)"
                           " VALUES (x'00000000000000000000000000000001', 'NOBODY', 'An office without carers', '', '', '', 1)");
    str page = care_ask(care_desk.officer, GET, "/ask-help?language=es", "");
    assert_true(care_says(page, "coordinator.member") && care_says(page, "speaks the language"));
    assert_true(care_says(care_ask(care_desk.officer, POST, "/ask-help", "office=00000000000000000000000000000001&about=assist&words=help"), "Nobody of that office"));
    snprintf(body, sizeof body, "office=%s&about=assist&words=meet+somebody+from+sorrelbank&language=es&police_case=C-1", office);
    assert_true(care_says(care_ask(care_desk.officer, POST, "/ask-help", body), "303"));
    assert_false(care_says(care_ask(care_desk.officer, GET, "/ask-help", ""), "sorrelbank"));
    page = care_ask(care_desk.carer, GET, "/victims", "");
    assert_true(care_says(page, "sorrelbank") && care_says(page, "coordinator.member"));
    assert_false(care_says(care_ask(matrix_find(care_desk.m, "specialist", ELSEWHERE), GET, "/victims", ""), "sorrelbank"));
    const char *row = memmem(page.at, (size_t)page.len, "sorrelbank", 10);
    const char *request = care_after((str){ row, page.at + page.len - row }, "/victims/new?request=");
    snprintf(body, sizeof body, "/victims/new?request=%s", request);
    assert_true(care_says(care_ask(care_desk.carer, GET, body, ""), "sorrelbank"));
    str account = id_text(&care_desk.a, care_desk.colleague->account);
    snprintf(body, sizeof body, "alias=Rowan&request=%s&colleague=%.*s", request, (int)account.len, account.at);
    assert_true(care_says(care_ask(care_desk.carer, POST, "/victims/new", body), "303"));
    assert_int_equal(care_sql_count("SELECT count(*) FROM care_request"), care_desk.requests);
    page = care_ask(care_desk.colleague, GET, "/victims", "");
    assert_true(care_says(page, "Rowan"));
    assert_false(care_says(page, "Cedar"));
    assert_true(care_says(care_ask(care_desk.colleague, GET, care_desk.file, ""), "404"));
    snprintf(body, sizeof body, "colleague=%.*s", (int)account.len, account.at);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/colleague"), body), "303"));
    assert_true(care_says(care_ask(care_desk.colleague, GET, care_desk.file, ""), "Cedar"));
}

static uint32_t epoch_of(enum compartment c)
{
    struct ring_key key;
    id file;
    must(id_read(str_of(care_desk.file + strlen("/victims/")), &file));
    must(keeper_ring_key(care_desk.m->app->keys->staff, SCOPE_CASE, file, c, &key) == OK);
    return key.epoch;
}

static void a_colleague_is_taken_off_a_file_its_keys_turn_and_the_log_says_so(void **state)
{
    (void)state;
    static struct log_line lines[LOG_LINES];
    char put[64], off[96];
    ptrdiff_t n, removed = 0;
    str account = id_text(&care_desk.a, care_desk.colleague->account), own = id_text(&care_desk.a, care_desk.carer->account);
    snprintf(put, sizeof put, "colleague=%.*s", (int)account.len, account.at);
    snprintf(off, sizeof off, "do=remove&colleague=%.*s", (int)account.len, account.at);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/colleague"), off), "404")); /* not on it */
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/colleague"), put), "303"));
    assert_true(care_says(care_ask(care_desk.colleague, GET, care_desk.file, ""), "Cedar"));
    uint32_t victim = epoch_of(VICTIM), place = epoch_of(LOCATION);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/colleague"), off), "303"));
    assert_int_equal(epoch_of(VICTIM), victim + 1);
    assert_int_equal(epoch_of(LOCATION), place + 1);
    str nowhere = care_ask(care_desk.colleague, GET, "/victims/00000000000070008000000000000001", "");
    assert_true(str_equal(care_ask(care_desk.colleague, GET, care_desk.file, ""), nowhere));
    assert_false(care_says(care_ask(care_desk.colleague, GET, "/victims", ""), "Cedar"));
    assert_true(care_says(care_ask(care_desk.carer, GET, care_desk.file, ""), "Cedar")); /* who stays reads on */
    must(keeper_log(care_desk.m->app->keys->staff, matrix_find(care_desk.m, "auditor", MEMBER)->token, false, 0, lines, &n) == OK);
    for (ptrdiff_t i = 0; i < n; i++)
        removed += lines[i].action == ACT_REMOVE && id_equal(lines[i].principal, care_desk.carer->account);
    assert_int_equal(removed, 2);
    snprintf(off, sizeof off, "do=remove&colleague=%.*s", (int)own.len, own.at);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/colleague"), off), "404")); /* never oneself */
}

static void who_is_not_on_the_file_finds_nothing_there(void **state)
{
    (void)state;
    static const char *const roles_outside[] = { "investigator", "analyst", "supervisor", "call_taker", "auditor", "administrator" };
    static const char *const ends[] = { "", "/entry?kind=service", "/packet" };
    for (ptrdiff_t i = 0; i < countof(roles_outside); i++) {
        const struct matrix_caller *c = matrix_find(care_desk.m, roles_outside[i], MEMBER);
        str nowhere = care_ask(c, GET, "/nowhere", "");
        assert_true(str_equal(care_ask(c, GET, "/victims", ""), nowhere));
        for (ptrdiff_t k = 0; k < countof(ends); k++)
            assert_true(str_equal(care_ask(c, GET, care_under(ends[k]), ""), nowhere));
    }
    assert_true(str_equal(care_ask(care_desk.colleague, GET, care_desk.file, ""), care_ask(care_desk.colleague, GET, "/victims/00000000000070008000000000000001", "")));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, care_desk_open, care_desk_close)
    const struct CMUnitTest tests[] = {
        test(a_file_is_found_by_its_alias_and_shows_the_name_only_when_asked),
        test(an_entry_is_corrected_and_withdrawn_and_the_first_of_a_person_counts_once),
        test(nothing_about_an_entry_stands_in_clear),
        test(the_rule_of_contact_stands_everywhere_and_the_address_only_when_asked),
        test(what_is_due_stands_first_and_can_be_done),
        test(continued_presence_has_its_steps_and_its_warnings),
        test(the_end_of_care_ends_what_is_owed_here_and_not_what_a_law_sets),
        test(a_file_without_its_end_gets_it_when_one_of_its_people_opens_it),
        test(a_step_before_its_predecessor_is_asked_about_once_and_then_saved),
        test(a_kind_before_its_predecessor_says_so_on_its_form),
        test(a_packet_needs_a_release_or_a_law_and_ends_on_its_day),
        test(what_was_chosen_from_a_list_is_read_in_the_language_of_the_officer),
        test(a_packet_can_be_taken_back),
        test(a_request_reaches_the_carers_of_the_office_and_becomes_a_file),
        test(a_colleague_is_taken_off_a_file_its_keys_turn_and_the_log_says_so),
        test(who_is_not_on_the_file_finds_nothing_there),
    };
    return cmocka_run_group_tests_name("care", tests, NULL, NULL);
}
