/*
 * The API by key, in the house of the matrix: a key is made and ended as a person does it, sees the case its system was put on and nothing
 * else, and what is not there, not its own and not its scope are the same bytes. Everybody here is invented.
 */
#include "matrix.h"
#include "app/openapi.h"
#include "lib/web/json_in.h"
#include "staff/key/key.h"

static struct matrix *m;

static int make(void **state)
{
    (void)state;
    m = matrix_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    matrix_end(m);
    return 0;
}

static str ask_with(enum side side, enum method method, const char *path, str key, const char *body)
{
    struct header headers[4] = { { LIT("Host"), LIT("staff.invalid") } };
    ptrdiff_t n = 1;
    if (key.len)
        headers[n++] = (struct header){ LIT("Authorization"), str_join(&m->keep, lit("Bearer "), key) };
    if (method == POST) {
        char uuid[40];
        snprintf(uuid, sizeof uuid, "c56a4180-65aa-42ec-a945-%012d", ++m->errand);
        headers[n++] = (struct header){ LIT("Content-Type"), LIT("application/json") };
        headers[n++] = (struct header){ LIT("Idempotency-Key"), str_copy(&m->keep, str_of(uuid)) };
    }
    struct http_request r = { .method = method, .path = str_of(path), .headers = headers, .header_count = n };
    if (method == POST)
        r.body = str_of(body);
    app_request(m->app, side == STAFF_SIDE ? &m->staff : &m->public, &r);
    if (m->app->parked)
        app_settle(m->app);
    return str_copy(&m->keep, app_body(m->app));
}

static str get(const char *path, str key)
{
    return ask_with(STAFF_SIDE, GET, path, key, "");
}

static bool says(str text, const char *word)
{
    return memmem(text.at, (size_t)text.len, word, strlen(word)) != NULL;
}

/* By hand of the administrator: the page shows key and, of one for cases, fingerprint. */
struct shown {
    str key;
    id id;
};

static str between(str page, const char *from, const char *to)
{
    const char *a = memmem(page.at, (size_t)page.len, from, strlen(from));
    must(a != NULL);
    a += strlen(from);
    const char *b = memmem(a, (size_t)(page.at + page.len - a), to, strlen(to));
    must(b != NULL);
    return str_copy(&m->keep, (str){ a, b - a });
}

static int send_form(const struct matrix_caller *c, const char *path, const char *body)
{
    struct arena a = m->scratch;
    str answer = matrix_ask(m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = POST, .path = str_of(path), .caller = c,
                                   .type = lit("application/x-www-form-urlencoded"), .body = str_of(body) });
    int64_t code = 0;
    must(str_to_int(str_part(answer, 0, 3), &code));
    return (int)code;
}

static struct shown make_key(const char *name, const char *scopes, const char *limit)
{
    struct shown s;
    char body[200];
    uint8_t secret[KEY_SECRET];
    snprintf(body, sizeof body, "name=%s&%s&days=30&per_minute=%s", name, scopes, limit);
    assert_int_equal(send_form(matrix_find(m, "administrator", MEMBER), "/keys", body), 200);
    s.key = between(app_body(m->app), "<code class=\"secret\" id=\"key\" dir=\"ltr\">", "</code>");
    assert_true(key_read(s.key, &s.id, secret));
    return s;
}

static char *path_text(const char *before, id i, const char *after)
{
    return str_c(&m->keep, str_join(&m->keep, str_join(&m->keep, str_of(before), id_text(&m->keep, i)), str_of(after)));
}

static void vouch(const struct shown *s, str fingerprint, const char *role)
{
    struct out body = { .arena = &m->keep };
    out_str(&body, lit("fingerprint="));
    for (ptrdiff_t i = 0; i < fingerprint.len; i++)
        out_char(&body, fingerprint.at[i] == ' ' ? '+' : fingerprint.at[i]);
    assert_int_equal(send_form(matrix_find(m, role, MEMBER), path_text("/people/", s->id, "/certify"), str_c(&m->keep, out_view(&body))), 303);
}

/* A key for cases, vouched for, on the case of the first office. */
static struct shown make_reader(const char *name, const char *limit)
{
    struct shown s = make_key(name, "scope=cases", limit);
    str fingerprint = between(app_body(m->app), "id=\"fingerprint\" dir=\"ltr\">", "</code>");
    get("/api/v1/cases", s.key);
    assert_http(m->app, 401); /* nobody has vouched */
    vouch(&s, fingerprint, "administrator");
    get("/api/v1/cases", s.key);
    assert_http(m->app, 401); /* one is not two */
    vouch(&s, fingerprint, "supervisor");
    return s;
}

static void put_on_case(const struct shown *s)
{
    struct out body = { .arena = &m->keep };
    out_str(&body, lit("person="));
    out_str(&body, id_text(&m->keep, s->id));
    assert_int_equal(send_form(matrix_find(m, "supervisor", MEMBER), path_text("/cases/", m->casefile[0], "/people"), str_c(&m->keep, out_view(&body))), 303);
}

static bool shows_nothing_planted(str text, int office)
{
    for (int p = 0; p < PLANTED; p++)
        if (says(text, m->planted[office][p]))
            return false;
    return true;
}

static void a_system_reads_the_case_it_was_put_on_and_no_other(void **state)
{
    (void)state;
    struct shown s = make_reader("county.records", "600");
    str list = get("/api/v1/cases", s.key);
    assert_http(m->app, 200);
    assert_true(shows_nothing_planted(list, 0) && shows_nothing_planted(list, 1) && says(list, "\"cases\":[],\"next\":null"));
    str gone = get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key);
    assert_http(m->app, 404);
    put_on_case(&s);
    list = get("/api/v1/cases", s.key);
    assert_true(says(list, m->planted[0][IN_CASE]) && shows_nothing_planted(list, 1));
    str one = get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key);
    assert_http(m->app, 200);
    assert_true(says(one, m->planted[0][IN_CASE]) && says(one, m->planted[0][IN_SUBJECT]) && shows_nothing_planted(one, 1));
    str timeline = get(path_text("/api/v1/cases/", m->casefile[0], "/entries"), s.key);
    assert_http(m->app, 200);
    assert_true(says(timeline, m->planted[0][IN_ENTRY]) && says(timeline, "\"next\":null"));
    /* The case of others, of nobody, and what is no address at all: one answer. */
    static const char *const nowhere[] = { "/api/v1/cases/00000000000070008000000000000001", "/api/v1/cases/0123", "/api/v1/nothing" };
    assert_true(str_equal(get(path_text("/api/v1/cases/", m->casefile[1], ""), s.key), gone));
    assert_http(m->app, 404);
    assert_true(str_equal(get(path_text("/api/v1/cases/", m->casefile[1], "/entries"), s.key), gone));
    for (ptrdiff_t i = 0; i < countof(nowhere); i++) {
        assert_true(str_equal(get(nowhere[i], s.key), gone));
        assert_http(m->app, 404);
    }
    /* A query at fault says so only on a case of one's own. */
    str path = str_of(path_text("/api/v1/cases/", m->casefile[1], "/entries?limit=x"));
    assert_true(str_equal(get(str_c(&m->keep, path), s.key), gone));
    get(path_text("/api/v1/cases/", m->casefile[0], "/entries?limit=x"), s.key);
    assert_http(m->app, 422);
    /* Taken off again. */
    struct out body = { .arena = &m->keep };
    out_str(&body, lit("do=remove&person="));
    out_str(&body, id_text(&m->keep, s.id));
    assert_int_equal(send_form(matrix_find(m, "supervisor", MEMBER), path_text("/cases/", m->casefile[0], "/people"), str_c(&m->keep, out_view(&body))), 303);
    assert_true(str_equal(get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key), gone));
}

static void every_reading_by_key_is_in_the_log_as_an_opening_and_an_export(void **state)
{
    (void)state;
    struct shown s = make_reader("county.records", "600");
    put_on_case(&s);
    get("/api/v1/cases", s.key);
    int64_t before = world_count(m->app->keys, "SELECT count(*) FROM leaf");
    get(path_text("/api/v1/cases/", m->casefile[0], "/entries"), s.key);
    assert_http(m->app, 200);
    struct log_line lines[LOG_LINES];
    ptrdiff_t n, opens = 0, exports = 0;
    const struct matrix_caller *auditor = matrix_find(m, "auditor", MEMBER);
    assert_true(world_count(m->app->keys, "SELECT count(*) FROM leaf") > before);
    assert_int_equal(keeper_log(m->app->keys->staff, auditor->token, false, 0, lines, &n), OK);
    for (ptrdiff_t i = 0; i < n; i++)
        if (id_equal(lines[i].principal, s.id)) {
            opens += lines[i].action == ACT_OPEN;
            exports += lines[i].action == ACT_EXPORT;
        }
    assert_true(opens >= 2 && exports >= 1);
}

static void a_key_does_what_it_is_for_and_elsewhere_nothing_is_there(void **state)
{
    (void)state;
    struct shown tips = make_key("city.hotline", "scope=tips&scope=calls", "60"), offices = make_key("city.web", "scope=directory", "60");
    str nothing = get("/api/v1/nothing", tips.key);
    assert_true(str_equal(get("/api/v1/cases", tips.key), nothing));
    assert_http(m->app, 404);
    assert_true(str_equal(get("/api/v1/offices", tips.key), nothing));
    get("/api/v1/offices", offices.key);
    assert_http(m->app, 200);
    assert_true(str_equal(get("/api/v1/figures", offices.key), nothing));
    get("/api/v1/openapi.json", offices.key);
    assert_http(m->app, 200);
    /* A page of the staff is not opened by a key, nor an act of theirs. */
    get("/cases", tips.key);
    assert_http(m->app, 404);
    get("/keys", tips.key);
    assert_http(m->app, 404);
    /* A tip bears its name, a call too; a stranger's and that of a key for something else do not. */
    static const char story[] = "{\"narrative\":\"an invented story\"}";
    ask_with(PUBLIC_SIDE, POST, "/api/v1/calls", offices.key, story);
    assert_http(m->app, 404);
    ask_with(PUBLIC_SIDE, POST, "/api/v1/calls", (str){ 0 }, story);
    assert_http(m->app, 401);
    static const struct {
        const char *path, *channel;
        int key; /* 0 none, 1 tips, 2 offices */
        bool named;
    } rows[] = { { "/api/v1/tips", "partner", 1, true }, { "/api/v1/calls", "phone", 1, true }, { "/api/v1/tips", "api", 0, false },
                 { "/api/v1/tips", "api", 2, false } };
    for (ptrdiff_t i = 0; i < countof(rows); i++) {
        ask_with(PUBLIC_SIDE, POST, rows[i].path, rows[i].key == 1 ? tips.key : rows[i].key == 2 ? offices.key : (str){ 0 }, story);
        assert_http(m->app, 201);
        const struct matrix_caller *supervisor = matrix_find(m, "supervisor", MEMBER);
        struct arena a = m->scratch;
        str page = matrix_ask(m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .caller = supervisor,
                                      .path = str_of(path_text("/tips/", app_last_tip(m->app), "")) });
        assert_int_equal(says(page, "city.hotline"), rows[i].named);
        assert_true(says(page, "an invented story"));
    }
}

static void who_shows_no_key_a_wrong_one_an_ended_or_an_old_one_hears_the_same(void **state)
{
    (void)state;
    struct shown s = make_key("city.web", "scope=directory", "60"), old = make_key("city.old", "scope=directory", "60");
    str wrong = str_copy(&m->keep, s.key);
    ((char *)(uintptr_t)wrong.at)[wrong.len - 1] = wrong.at[wrong.len - 1] == 'a' ? 'b' : 'a';
    str none = get("/api/v1/offices", (str){ 0 });
    assert_http(m->app, 401);
    const str shown[] = { wrong, lit("psk_"), lit("x"), str_join(&m->keep, s.key, lit("A")) };
    for (ptrdiff_t i = 0; i < countof(shown); i++) {
        assert_true(str_equal(get("/api/v1/offices", shown[i]), none));
        assert_http(m->app, 401);
        assert_true(str_equal(get("/api/v1/nothing", shown[i]), none));
        ask_with(PUBLIC_SIDE, GET, "/api/v1/figures", shown[i], "");
        assert_http(m->app, 401);
    }
    get("/api/v1/offices", s.key);
    assert_http(m->app, 200);
    assert_int_equal(send_form(matrix_find(m, "administrator", MEMBER), path_text("/keys/", s.id, "/end"), ""), 303);
    assert_true(str_equal(get("/api/v1/offices", s.key), none));
    assert_int_equal(send_form(matrix_find(m, "administrator", MEMBER), path_text("/keys/", s.id, "/end"), ""), 404);
    world_pass(m->app->keys, 30 * 86400);
    get("/api/v1/offices", old.key);
    assert_http(m->app, 200); /* its last day */
    world_pass(m->app->keys, 86400);
    assert_true(str_equal(get("/api/v1/offices", old.key), none));
}

/* A successor for the same and for as long; the earlier one beside it for two weeks, and never longer than it would have lasted. */
static void a_key_is_followed_by_another_and_both_are_good_for_two_weeks(void **state)
{
    (void)state;
    const struct matrix_caller *admin = matrix_find(m, "administrator", MEMBER);
    struct shown first = make_key("city.shelf", "scope=directory", "60"), second, third;
    uint8_t secret[KEY_SECRET];
    assert_int_equal(send_form(admin, path_text("/keys/", first.id, "/renew"), ""), 200);
    assert_true(says(app_body(m->app), "city.shelf.2") && says(app_body(m->app), "goes on working until"));
    second.key = between(app_body(m->app), "<code class=\"secret\" id=\"key\" dir=\"ltr\">", "</code>");
    assert_true(key_read(second.key, &second.id, secret));
    assert_int_equal(send_form(admin, path_text("/keys/", first.id, "/renew"), ""), 404); /* once */
    get("/api/v1/offices", first.key);
    assert_http(m->app, 200);
    get("/api/v1/offices", second.key);
    assert_http(m->app, 200);
    assert_int_equal(send_form(admin, path_text("/keys/", second.id, "/renew"), ""), 200);
    third.key = between(app_body(m->app), "<code class=\"secret\" id=\"key\" dir=\"ltr\">", "</code>");
    assert_true(says(app_body(m->app), "city.shelf.3") && key_read(third.key, &third.id, secret));
    get("/api/v1/cases", third.key);
    assert_http(m->app, 404); /* for no more than the first was for */
    world_pass(m->app->keys, KEY_OVERLAP_DAYS * 86400);
    get("/api/v1/offices", first.key);
    assert_http(m->app, 200);
    world_pass(m->app->keys, 86400);
    get("/api/v1/offices", first.key);
    assert_http(m->app, 401);
    get("/api/v1/offices", third.key);
    assert_http(m->app, 200);
    world_pass(m->app->keys, (30 - KEY_OVERLAP_DAYS - 1) * 86400);
    get("/api/v1/offices", third.key);
    assert_http(m->app, 200); /* its last day: as long as the first had */
    world_pass(m->app->keys, 86400);
    get("/api/v1/offices", third.key);
    assert_http(m->app, 401);
    struct arena a = m->scratch;
    static const char *const names[][2] = { { "a", "a.2" }, { "a.2", "a.3" }, { "a.b", "a.b.2" }, { "a2", "a2.2" }, { "a.9", "a.10" }, { "a.", "a..2" } };
    for (ptrdiff_t i = 0; i < countof(names); i++)
        assert_true(str_equal(key_name_after(&a, str_of(names[i][0])), str_of(names[i][1])));
}

static str own_page(const char *role, const struct shown *s)
{
    return matrix_ask(m, &m->scratch, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .caller = matrix_find(m, role, MEMBER),
                                      .path = str_of(path_text("/own?key=", s->id, "")) });
}

static void an_ended_key_for_cases_is_a_principal_that_left(void **state)
{
    (void)state;
    struct shown s = make_reader("county.records", "600");
    put_on_case(&s);
    get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key);
    assert_http(m->app, 200);
    /* Who made it answers for what it does, and sees it; nobody else does. */
    str own = own_page("administrator", &s);
    assert_true(says(own, "county.records") && says(own, "id=\"system\"") && says(own, "exported"));
    assert_false(says(own_page("supervisor", &s), "id=\"system\""));
    assert_int_equal(send_form(matrix_find(m, "administrator", MEMBER), path_text("/keys/", s.id, "/end"), ""), 303);
    get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key);
    assert_http(m->app, 401);
    /* Whoever undoes the end in the content database alone has a key that the keeper does not take. */
    app_break(m->app, "UPDATE api_key SET ended_day = NULL");
    get(path_text("/api/v1/cases/", m->casefile[0], ""), s.key);
    assert_http(m->app, 401);
}

static void reading_has_a_limit_and_handing_in_has_none(void **state)
{
    (void)state;
    world_pass(m->app->keys, 120); /* houses of one seed have keys of one id: what they asked in other tests is of another minute */
    struct shown s = make_key("city.web", "scope=directory&scope=tips", "3");
    for (int i = 0; i < 3; i++) {
        get("/api/v1/offices", s.key);
        assert_http(m->app, 200);
    }
    str refused = get("/api/v1/offices", s.key);
    assert_http(m->app, 429);
    assert_true(says(refused, "too-many"));
    bool told = false;
    for (ptrdiff_t i = 0; i < m->app->w.header_count; i++) {
        int64_t seconds = 0;
        if (str_equal(m->app->w.headers[i].name, lit("Retry-After")))
            told = str_to_int(m->app->w.headers[i].value, &seconds) && seconds >= 1 && seconds <= 60;
    }
    assert_true(told);
    ask_with(PUBLIC_SIDE, POST, "/api/v1/tips", s.key, "{\"narrative\":\"an invented story\"}");
    assert_http(m->app, 201);
    world_pass(m->app->keys, 60);
    get("/api/v1/offices", s.key);
    assert_http(m->app, 200);
}

static void no_database_row_makes_a_key_of_immigration_enforcement(void **state)
{
    (void)state;
    char sql[300];
    for (int class = 0; class < 10; class++) {
        struct api_key k = { .id = { { 0x77, (uint8_t)class } }, .name = str_copy(&m->keep, (str){ &"abcdefghijkl"[class], 2 }), .scopes = KEY_CASES,
                             .class = class, .office = m->office[0], .per_minute = 1, .maker = m->administrator.principal };
        assert_int_equal(key_add(m->app->content, &k) == OK, class == CLASS_NONE || class == CLASS_ANALYST || class == CLASS_INVESTIGATOR);
    }
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM api_key WHERE class = %d", CLASS_IMMIGRATION);
    assert_int_equal(app_count(m->app, sql), 0);
}

static void every_address_for_machines_is_described_and_nothing_else_is(void **state)
{
    (void)state;
    int routes = 0, described = 0;
    for (ptrdiff_t i = 0; i < m->set_count; i++)
        for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
            const struct route *t = &m->table[i].at[k];
            bool found = false;
            if (!str_starts(str_of(t->path), lit("/api/")))
                continue;
            for (ptrdiff_t s = 0; s < openapi_set_count; s++)
                for (ptrdiff_t o = 0; o < openapi_sets[s]->len; o++) {
                    const struct api_operation *op = &openapi_sets[s]->at[o];
                    bool same = op->side == t->side && op->method == t->method && !strcmp(op->path, t->path);
                    found = found || same;
                    if (same)
                        assert_int_equal(t->needs == ANYONE, op->scope == NULL);
                    if (same)
                        assert_int_equal(t->accepts == JSON, op->body != NULL);
                }
            assert_true(found);
            routes++;
        }
    for (ptrdiff_t s = 0; s < openapi_set_count; s++)
        described += (int)openapi_sets[s]->len;
    assert_int_equal(routes, described);
    const struct json_value *v;
    str text = ask_with(PUBLIC_SIDE, GET, "/api/v1/openapi.json", (str){ 0 }, "");
    assert_http(m->app, 200);
    struct arena a = m->scratch;
    assert_int_equal(json_in_read(&a, text, (struct json_limits){ 1 << 20, 40 }, &v), OK);
    assert_true(json_in_member(json_in_member(v, lit("paths")), lit("/api/v1/tips")) != NULL);
    assert_true(json_in_member(json_in_member(v, lit("paths")), lit("/api/v1/cases")) == NULL);
}

static void pages_follow_one_another_without_a_gap(void **state)
{
    (void)state;
    struct shown s = make_key("city.web", "scope=directory", "600");
    str all = ask_with(PUBLIC_SIDE, GET, "/api/v1/offices", s.key, "");
    ptrdiff_t n = 0, seen = 0;
    for (ptrdiff_t i = 0; i + 8 < all.len; i++)
        n += str_starts(str_part(all, i, all.len), lit("{\"code\":"));
    assert_true(n > 10);
    char path[200] = "/api/v1/offices?limit=7";
    for (int turn = 0; turn < 100; turn++) {
        str page = ask_with(PUBLIC_SIDE, GET, path, s.key, "");
        assert_http(m->app, 200);
        for (ptrdiff_t i = 0; i + 8 < page.len; i++)
            seen += str_starts(str_part(page, i, page.len), lit("{\"code\":"));
        if (says(page, "\"next\":null"))
            break;
        str next = between(page, "\"next\":\"", "\"");
        struct out o = { .arena = &m->keep };
        for (ptrdiff_t i = 0; i < next.len; i++) { /* the writer escapes '&' */
            bool amp = str_starts(str_part(next, i, next.len), lit("\\u0026"));
            out_char(&o, amp ? '&' : next.at[i]);
            i += amp ? 5 : 0;
        }
        snprintf(path, sizeof path, "%.*s", (int)o.len, o.at);
    }
    /* The country's data names more than one page of the most: the first page alone is full, all pages together are all. */
    assert_true(n == 100 ? seen > n : seen == n);
}

#define API_TEST(f) cmocka_unit_test_setup_teardown(f, make, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        API_TEST(a_system_reads_the_case_it_was_put_on_and_no_other),
        API_TEST(every_reading_by_key_is_in_the_log_as_an_opening_and_an_export),
        API_TEST(a_key_does_what_it_is_for_and_elsewhere_nothing_is_there),
        API_TEST(who_shows_no_key_a_wrong_one_an_ended_or_an_old_one_hears_the_same),
        API_TEST(an_ended_key_for_cases_is_a_principal_that_left),
        API_TEST(a_key_is_followed_by_another_and_both_are_good_for_two_weeks),
        API_TEST(reading_has_a_limit_and_handing_in_has_none),
        API_TEST(no_database_row_makes_a_key_of_immigration_enforcement),
        API_TEST(every_address_for_machines_is_described_and_nothing_else_is),
        API_TEST(pages_follow_one_another_without_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
