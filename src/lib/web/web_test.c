#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <unistd.h>
#include "lib/crypt/crypt.h"
#include "lib/web/html.h"
#include "lib/web/web.h"

enum { SECRET_READ = FIRST_FEATURE_PERMISSION };
#define SOME_ID "0190a0b0c0d0e0f00102030405060708"

struct world {
    struct web web;
    struct arena arena, memory; /* memory: arena as it is before each request */
    struct caller caller;
    status caller_status;
    struct http_response out;
    int ran;
};
static struct world *world; /* the handlers' way to the world: struct services has no shape here */

static status plain(struct request *r, struct response *w)
{
    world->ran++;
    out_str(&w->body, lit("page "));
    html_text(&w->body, r->word);
    html_text(&w->body, str_of(r->language->code));
    return OK;
}

static status leaky_not_found(struct request *r, struct response *w)
{
    (void)r;
    out_str(&w->body, lit("a secret half page"));
    set_header(w, lit("Set-Cookie"), lit("secret=1"));
    set_header(w, lit("X-Secret"), lit("1"));
    w->type = lit("text/plain");
    return NOT_FOUND;
}

static status save(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str text = form_text(&f, lit("text"), 1, 10);
    world->ran++;
    if (!form_ok(&f)) {
        out_str(&w->body, problem_of(&f.problems, lit("text")));
        return INVALID;
    }
    redirect(w, text);
    return OK;
}

static status greedy(struct request *r, struct response *w)
{
    if (r->db)
        assert_int_equal(db_begin(r->db), OK);
    for (int i = 0; i < 1 << 20; i++)
        out_str(&w->body, lit("more and more and more and more"));
    return OK;
}

static status says(struct request *r, struct response *w)
{
    static const struct {
        str word;
        status s;
    } words[] = { { LIT("conflict"), CONFLICT }, { LIT("invalid"), INVALID }, { LIT("locked"), LOCKED }, { LIT("limit"), LIMIT },
        { LIT("busy"), BUSY }, { LIT("fault"), FAULT }, { LIT("wait"), WAIT } };
    out_str(&w->body, str_equal(r->word, lit("fault")) ? lit("half a page") : (str){ 0 });
    for (ptrdiff_t i = 0; i < countof(words); i++)
        if (str_equal(words[i].word, r->word))
            return words[i].s;
    return NOT_FOUND;
}

static const struct route public_table[] = {
    { PUBLIC_SIDE, GET, "/tip", ANYONE, NOTHING, plain },
    { PUBLIC_SIDE, POST, "/tip", ANYONE, FORM, save },
    { PUBLIC_SIDE, POST, "/api/v1/tips", ANYONE, JSON, plain },
    { PUBLIC_SIDE, GET, "/says/:word", ANYONE, NOTHING, says },
    { PUBLIC_SIDE, GET, "/greedy", ANYONE, NOTHING, greedy },
    { PUBLIC_SIDE, GET, "/forgotten", NOBODY, NOTHING, plain },
};
static const struct route staff_table[] = {
    { STAFF_SIDE, POST, "/secret/:id", SECRET_READ, FORM, save },
    { STAFF_SIDE, GET, "/secret/:id", SECRET_READ, NOTHING, plain },
    { STAFF_SIDE, GET, "/mine", SIGNED_IN, NOTHING, plain },
    { STAFF_SIDE, POST, "/sign-in", ANYONE, FORM, save },
    { STAFF_SIDE, GET, "/half", SIGNED_IN, NOTHING, leaky_not_found },
    { STAFF_SIDE, GET, "/says/:word", ANYONE, NOTHING, says },
    { STAFF_SIDE, POST, "/secret.json", SECRET_READ, JSON, plain },
};
static const struct routes sets[] = { { public_table, countof(public_table) }, { staff_table, countof(staff_table) } };

static int64_t now(void)
{
    return 1764000000;
}

static status find_caller(struct request *r)
{
    r->caller = world->caller;
    return world->caller_status;
}

static void draw_problem(struct request *r, int http_status, struct response *w)
{
    (void)r;
    out_str(&w->body, lit("problem "));
    out_int(&w->body, http_status);
}

static int build(void **state)
{
    static struct world x;
    x = (struct world){ .web = { .sets = sets, .set_count = countof(sets), .now = now, .find_caller = find_caller,
        .draw_problem = draw_problem } };
    x.memory = arena_reserve(1 << 20);
    crypt_start();
    world = &x;
    *state = &x;
    return 0;
}

static void become(struct world *x, uint64_t held)
{
    x->caller = (struct caller){ .signed_in = true, .held = held, .form_key = { 7 } };
}

static status ask(struct world *x, enum side side, enum method m, str path, const struct header *headers, ptrdiff_t n, str body)
{
    ptrdiff_t query = str_find(path, '?');
    x->arena = x->memory;
    x->web.side = side;
    x->out = (struct http_response){ .body.arena = &x->arena };
    struct http_request in = { m, query < 0 ? path : str_part(path, 0, query),
        query < 0 ? (str){ 0 } : str_part(path, query + 1, path.len), headers, n, body, &x->arena };
    return web_dispatch(&x->web, (struct http_place){ 0 }, &in, &x->out);
}

static void get(struct world *x, enum side side, str path)
{
    assert_int_equal(ask(x, side, GET, path, NULL, 0, (str){ 0 }), OK);
}

#define FORM_TYPE { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") }
#define HOST { LIT("Host"), LIT("staff.example") }

static str body_of(const struct world *x)
{
    return x->out.fixed ? (str){ x->out.fixed, x->out.fixed_len } : out_view(&x->out.body);
}

/* Everything a client could see, as one text. */
static str whole(struct world *x, char *to, size_t room)
{
    FILE *f = fmemopen(to, room, "w");
    fprintf(f, "%d %.*s\n%.*s", x->out.status, (int)x->out.type.len, x->out.type.at, (int)x->out.lines.len, x->out.lines.at);
    for (ptrdiff_t i = 0; i < x->out.header_count; i++)
        fprintf(f, "%.*s: %.*s\n", (int)x->out.headers[i].name.len, x->out.headers[i].name.at,
            (int)x->out.headers[i].value.len, x->out.headers[i].value.at);
    str b = body_of(x);
    fprintf(f, "%d\n%.*s", x->out.close, (int)b.len, b.at);
    long n = ftell(f);
    fclose(f);
    assert_true(n > 0 && (size_t)n < room);
    return (str){ to, n };
}

static str header_of(const struct world *x, str name)
{
    str found = { 0 }, lines = x->out.lines, line, made;
    while (str_split(&lines, '\n', &line))
        if (str_split(&line, ':', &made) && str_equal(made, name))
            found = str_trim(line);
    for (ptrdiff_t i = 0; i < x->out.header_count; i++)
        if (str_equal(x->out.headers[i].name, name)) {
            assert_int_equal(found.len, 0);
            found = x->out.headers[i].value;
        }
    return found;
}

static void what_may_not_be_seen_answers_byte_for_byte_like_what_is_not_there(void **state)
{
    struct world *x = *state;
    char absent_text[8192], text[8192];
    static const struct {
        enum side side;
        enum method m;
        str path;
    } denied[] = {
        { STAFF_SIDE, GET, LIT("/secret/" SOME_ID) },  { STAFF_SIDE, POST, LIT("/secret/" SOME_ID) },
        { STAFF_SIDE, HEAD, LIT("/secret/" SOME_ID) }, { STAFF_SIDE, OTHER_METHOD, LIT("/secret/" SOME_ID) },
        { STAFF_SIDE, POST, LIT("/mine") },            { STAFF_SIDE, GET, LIT("/half") },
        { STAFF_SIDE, GET, LIT("/sign-in") },          { STAFF_SIDE, GET, LIT("/tip") },
        { STAFF_SIDE, GET, LIT("/secret/" SOME_ID "0") }, { STAFF_SIDE, GET, LIT("/secret/" SOME_ID "?a=%zz") },
    };
    for (int signed_in = 0; signed_in < 2; signed_in++) {
        x->caller = (struct caller){ 0 };
        if (signed_in)
            become(x, ~(uint64_t)0 & ~(1ull << SECRET_READ));
        get(x, STAFF_SIDE, lit("/nowhere"));
        str absent = whole(x, absent_text, sizeof absent_text);
        assert_int_equal(x->out.status, 404);
        for (ptrdiff_t i = 0; i < countof(denied); i++) {
            assert_int_equal(ask(x, denied[i].side, denied[i].m, denied[i].path, NULL, 0, (str){ 0 }), OK);
            assert_true(str_equal(whole(x, text, sizeof text), absent));
        }
    }
    assert_int_equal(x->ran, 0);
    static const str unseen[] = { LIT("/secret/" SOME_ID), LIT("/mine"), LIT("/forgotten"), LIT("/tip/"), LIT("/says/UPPER") };
    become(x, ~(uint64_t)0);
    get(x, PUBLIC_SIDE, lit("/nowhere"));
    str absent = whole(x, absent_text, sizeof absent_text);
    for (ptrdiff_t i = 0; i < countof(unseen); i++) {
        get(x, PUBLIC_SIDE, unseen[i]);
        assert_true(str_equal(whole(x, text, sizeof text), absent));
    }
}

static void who_holds_the_permission_gets_the_page_and_head_runs_as_get(void **state)
{
    struct world *x = *state;
    become(x, 1ull << SECRET_READ);
    get(x, STAFF_SIDE, lit("/secret/" SOME_ID));
    assert_int_equal(x->out.status, 200);
    assert_true(str_equal(body_of(x), lit("page en")));
    assert_int_equal(ask(x, STAFF_SIDE, HEAD, lit("/mine?lang=es"), NULL, 0, (str){ 0 }), OK);
    assert_int_equal(x->out.status, 200);
    assert_true(str_equal(body_of(x), lit("page es")));
    assert_int_equal(x->ran, 2);
}

static int post_secret(struct world *x, struct header site, struct header origin, str token)
{
    char body[128];
    int n = snprintf(body, sizeof body, "text=%%2Fmine&_token=%.*s", (int)token.len, token.at);
    struct header headers[] = { HOST, FORM_TYPE, site, origin };
    assert_int_equal(ask(x, STAFF_SIDE, POST, lit("/secret/" SOME_ID), headers, 4, (str){ body, n }), OK);
    return x->out.status;
}

static void a_staff_form_must_come_from_our_page_with_the_token_of_its_action(void **state)
{
    struct world *x = *state;
    become(x, 1ull << SECRET_READ);
    x->arena = x->memory;
    char kept[32], other[32];
    struct request r = { .arena = &x->arena, .caller = x->caller };
    memcpy(kept, form_token(&r, lit("/secret/" SOME_ID "?lang=es")).at, 32);
    memcpy(other, form_token(&r, lit("/sign-in")).at, 32);
    str token = { kept, 32 }, wrong = { other, 32 };
    const struct header none = { LIT("X-None"), LIT("1") }, same = { LIT("Sec-Fetch-Site"), LIT("same-origin") },
        cross = { LIT("Sec-Fetch-Site"), LIT("cross-site") }, sibling = { LIT("Sec-Fetch-Site"), LIT("same-site") },
        ours = { LIT("Origin"), LIT("http://staff.example") }, theirs = { LIT("Origin"), LIT("http://evil.example") },
        longer = { LIT("Origin"), LIT("http://staff.example.evil.example") }, null = { LIT("Origin"), LIT("null") };
    assert_int_equal(post_secret(x, same, ours, token), 303);
    assert_true(str_equal(header_of(x, lit("Location")), lit("/mine")));
    assert_int_equal(post_secret(x, none, ours, token), 303);
    assert_int_equal(post_secret(x, same, null, token), 303);
    assert_int_equal(x->ran, 3);
    assert_int_equal(post_secret(x, none, none, token), 403);
    assert_int_equal(post_secret(x, none, null, token), 403);
    assert_int_equal(post_secret(x, cross, ours, token), 403);
    assert_int_equal(post_secret(x, sibling, ours, token), 403);
    assert_int_equal(post_secret(x, same, theirs, token), 403);
    assert_int_equal(post_secret(x, none, longer, token), 403);
    assert_int_equal(post_secret(x, same, ours, wrong), 403);
    assert_int_equal(post_secret(x, same, ours, (str){ 0 }), 403);
    assert_int_equal(post_secret(x, same, ours, str_part(token, 0, 31)), 403);
    x->caller.form_key[0]++;
    assert_int_equal(post_secret(x, same, ours, token), 403);
    assert_int_equal(x->ran, 3);
}

static void signing_in_needs_our_page_but_no_token_yet(void **state)
{
    struct world *x = *state;
    struct header ours[] = { HOST, FORM_TYPE, { LIT("Origin"), LIT("http://staff.example") } };
    struct header theirs[] = { HOST, FORM_TYPE, { LIT("Origin"), LIT("http://evil.example") } };
    ask(x, STAFF_SIDE, POST, lit("/sign-in"), ours, 3, lit("text=/"));
    assert_int_equal(x->out.status, 303);
    ask(x, STAFF_SIDE, POST, lit("/sign-in"), theirs, 3, lit("text=/"));
    assert_int_equal(x->out.status, 403);
}

static void json_on_the_staff_side_bears_its_token_in_a_header(void **state)
{
    struct world *x = *state;
    become(x, 1ull << SECRET_READ);
    x->arena = x->memory;
    char kept[32];
    memcpy(kept, form_token(&(struct request){ .arena = &x->arena, .caller = x->caller }, lit("/secret.json")).at, 32);
    struct header headers[] = { HOST, { LIT("Content-Type"), LIT("application/json") },
        { LIT("Sec-Fetch-Site"), LIT("same-origin") }, { LIT("Form-Token"), { kept, 32 } } };
    ask(x, STAFF_SIDE, POST, lit("/secret.json"), headers, 4, lit("{}"));
    assert_int_equal(x->out.status, 200);
    ask(x, STAFF_SIDE, POST, lit("/secret.json"), headers, 3, lit("{}"));
    assert_int_equal(x->out.status, 403);
}

static void the_public_form_is_taken_from_anywhere_and_without_a_token(void **state)
{
    struct world *x = *state;
    struct header headers[] = { FORM_TYPE, { LIT("Origin"), LIT("https://elsewhere.example") },
        { LIT("Sec-Fetch-Site"), LIT("cross-site") } };
    ask(x, PUBLIC_SIDE, POST, lit("/tip"), headers, 3, lit("text=+%2Ftip%0D%0Ax+"));
    assert_int_equal(x->out.status, 303);
    assert_true(str_equal(header_of(x, lit("Location")), lit("/tip\nx")));
    ask(x, PUBLIC_SIDE, POST, lit("/tip"), headers, 3, lit("text=++"));
    assert_int_equal(x->out.status, 422);
    assert_true(str_equal(body_of(x), lit("Please fill this in.")));
}

static void a_body_of_another_kind_never_reaches_the_handler(void **state)
{
    struct world *x = *state;
    static const struct {
        struct header type;
        str path, body;
        int status;
    } cases[] = {
        { { LIT("Content-Type"), LIT("application/json") }, LIT("/tip"), LIT("text=a"), 415 },
        { { LIT("Content-Type"), LIT("text/plain") }, LIT("/tip"), LIT("text=a"), 415 },
        { { LIT("X-None"), LIT("") }, LIT("/tip"), LIT("text=a"), 415 },
        { FORM_TYPE, LIT("/tip"), LIT("text=%zz"), 400 },
        { FORM_TYPE, LIT("/tip"), LIT("text=%ff"), 400 },
        { FORM_TYPE, LIT("/tip?a=%zz"), LIT("text=a"), 400 },
        { FORM_TYPE, LIT("/api/v1/tips"), LIT("{}"), 415 },
    };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        ask(x, PUBLIC_SIDE, POST, cases[i].path, &cases[i].type, 1, cases[i].body);
        assert_int_equal(x->out.status, cases[i].status);
    }
    assert_int_equal(x->ran, 0);
    struct header json = { LIT("content-type"), LIT("Application/JSON; charset=utf-8") };
    ask(x, PUBLIC_SIDE, POST, lit("/api/v1/tips"), &json, 1, lit("{}"));
    assert_int_equal(x->out.status, 200);
    ask(x, PUBLIC_SIDE, POST, lit("/api/v1/nothing"), &json, 1, lit("{}"));
    assert_true(str_equal(x->out.type, lit("application/problem+json")));
    assert_true(str_starts(body_of(x), lit("{\"type\":\"urn:plainsight:problem:not-found\",\"title\":\"Not found\",\"status\":404,\"detail\":")));
}

static void each_outcome_has_its_status_and_half_pages_never_go_out(void **state)
{
    struct world *x = *state;
    static const struct {
        str path;
        int on_public, on_staff;
    } cases[] = { { LIT("/says/conflict"), 409, 409 }, { LIT("/says/invalid"), 422, 422 }, { LIT("/says/locked"), 503, 423 },
        { LIT("/says/limit"), 429, 429 }, { LIT("/says/busy"), 503, 503 }, { LIT("/says/fault"), 500, 500 },
        { LIT("/says/other"), 404, 404 } };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        get(x, PUBLIC_SIDE, cases[i].path);
        assert_int_equal(x->out.status, cases[i].on_public);
        get(x, STAFF_SIDE, cases[i].path);
        assert_int_equal(x->out.status, cases[i].on_staff);
        assert_true(str_starts(body_of(x), lit("problem ")));
        bool later = x->out.status == 503 || x->out.status == 429;
        assert_true(str_equal(header_of(x, lit("Retry-After")), later ? lit("5") : lit("")));
    }
    assert_int_equal(ask(x, PUBLIC_SIDE, GET, lit("/says/wait"), NULL, 0, (str){ 0 }), WAIT);
    x->caller_status = BUSY;
    get(x, STAFF_SIDE, lit("/mine"));
    assert_int_equal(x->out.status, 503);
}

static void every_answer_bears_the_security_headers(void **state)
{
    struct world *x = *state;
    const str css = asset_url("base.css"), paths[] = { lit("/tip"), lit("/nowhere"), lit("/greedy"), css, lit("/says/fault") };
    x->web.secure = true;
    for (int side = 0; side < 2; side++)
        for (ptrdiff_t i = 0; i < countof(paths); i++) {
            get(x, (enum side)side, paths[i]);
            assert_true(str_starts(header_of(x, lit("Content-Security-Policy")), lit("default-src 'none';")));
            assert_true(str_equal(header_of(x, lit("X-Content-Type-Options")), lit("nosniff")));
            assert_true(header_of(x, lit("Permissions-Policy")).len && header_of(x, lit("Cross-Origin-Opener-Policy")).len);
            assert_true(str_equal(header_of(x, lit("Referrer-Policy")), side ? lit("same-origin") : lit("no-referrer")));
            assert_true(header_of(x, lit("Strict-Transport-Security")).len > 0);
            bool asset = str_equal(paths[i], css);
            assert_true(str_equal(header_of(x, lit("Cache-Control")),
                asset ? lit("public, max-age=31536000, immutable") : lit("no-store")));
            assert_true(!asset || x->out.status == 200);
        }
    x->web.secure = false;
    get(x, PUBLIC_SIDE, lit("/tip"));
    assert_int_equal(header_of(x, lit("Strict-Transport-Security")).len, 0);
}

static void an_empty_arena_answers_503_and_rolls_back(void **state)
{
    struct world *x = *state;
    char folder[] = "/tmp/web_test_XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    assert_int_equal(db_open(path, (struct db_options){ .create = true, .busy_ms = 100 }, &x->web.db), OK);
    for (int i = 0; i < 3; i++) {
        get(x, PUBLIC_SIDE, lit("/greedy"));
        assert_int_equal(x->out.status, 503);
        assert_true(str_equal(header_of(x, lit("Retry-After")), lit("5")));
        assert_true(str_equal(body_of(x), lit("problem 503")));
        /* A transaction left open would refuse this one. */
        assert_int_equal(db_begin(x->web.db), OK);
        assert_int_equal(db_end(x->web.db, CONFLICT), CONFLICT);
    }
    db_close(x->web.db);
    x->web.db = NULL;
    static const char *const files[] = { "a.db", "a.db-wal", "a.db-shm" };
    for (ptrdiff_t i = 0; i < countof(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void even_without_any_memory_there_is_an_answer(void **state)
{
    struct world *x = *state;
    struct arena whole_memory = x->memory;
    x->memory.end = x->memory.at + 64;
    get(x, PUBLIC_SIDE, lit("/tip"));
    x->memory = whole_memory;
    assert_int_equal(x->out.status, 503);
    assert_true(str_starts(body_of(x), lit("Not now")));
}

static const char *permission_name(permission p)
{
    return p == NOBODY ? "NOBODY" : p == ANYONE ? "ANYONE" : p == SIGNED_IN ? "SIGNED_IN" : "SECRET_READ";
}

static void the_printed_routes_are_sorted_and_complete(void **state)
{
    struct world *x = *state;
    x->arena = x->memory;
    struct out o = { .arena = &x->arena };
    web_print_routes(sets, countof(sets), permission_name, &o);
    str rest = out_view(&o), line, last = { 0 };
    ptrdiff_t n = 0;
    while (str_split(&rest, '\n', &line) && line.len) {
        str path = line, field;
        str_split(&path, '\t', &field);
        str_split(&path, '\t', &field);
        assert_true(str_split(&path, '\t', &field) && str_compare(last, field) <= 0);
        last = field;
        n++;
    }
    assert_int_equal(n, countof(public_table) + countof(staff_table));
    assert_true(str_starts(out_view(&o), lit("POST\tpublic\t/api/v1/tips\tANYONE\tjson\n"
        "GET\tpublic\t/forgotten\tNOBODY\tnothing\n")));
}

static void a_form_hands_back_only_what_was_offered(void **state)
{
    struct world *x = *state;
    x->arena = x->memory;
    struct field fields[] = { { lit("a"), lit("yes") }, { lit("a"), lit("no") }, { lit("b"), lit("other") },
        { lit("c"), lit(" x\x01y\rz ") } };
    struct request r = { .arena = &x->arena, .language = languages[0], .form = { fields, 4 } };
    struct form f = form_read(&r);
    const str choices[] = { lit("yes"), lit("no") };
    str all[1];
    assert_true(str_equal(form_choice(&f, lit("a"), choices, 2), lit("yes")) && form_ok(&f));
    assert_true(form_has(&f, lit("a"), lit("no")) && !form_has(&f, lit("a"), lit("n")));
    assert_int_equal(form_choice(&f, lit("absent"), choices, 2).len, 0);
    assert_true(form_ok(&f));
    assert_int_equal(form_choice(&f, lit("b"), choices, 2).len, 0);
    assert_false(form_ok(&f));
    assert_true(problem_of(&f.problems, lit("b")).len > 0);
    assert_true(str_equal(form_text(&f, lit("c"), 0, 9), lit("xy\nz")));
    form_text(&f, lit("c"), 0, 3);
    assert_true(str_equal(problem_of(&f.problems, lit("c")), lit("This is too long.")));
    assert_int_equal(form_all(&f, lit("a"), all, 1), 1);
}

#define T(name) cmocka_unit_test_setup(name, build)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_may_not_be_seen_answers_byte_for_byte_like_what_is_not_there),
        T(who_holds_the_permission_gets_the_page_and_head_runs_as_get),
        T(a_staff_form_must_come_from_our_page_with_the_token_of_its_action),
        T(signing_in_needs_our_page_but_no_token_yet),
        T(json_on_the_staff_side_bears_its_token_in_a_header),
        T(the_public_form_is_taken_from_anywhere_and_without_a_token),
        T(a_body_of_another_kind_never_reaches_the_handler),
        T(each_outcome_has_its_status_and_half_pages_never_go_out),
        T(every_answer_bears_the_security_headers),
        T(an_empty_arena_answers_503_and_rolls_back),
        T(even_without_any_memory_there_is_an_answer),
        T(the_printed_routes_are_sorted_and_complete),
        T(a_form_hands_back_only_what_was_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
