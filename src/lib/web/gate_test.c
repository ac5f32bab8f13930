/* What stands before a handler and behind it: which path is which route's, who may come, which body, what a machine hears, which page goes out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "lib/crypt/crypt.h"
#include "lib/web/html.h"
#include "lib/web/web.h"

enum { FEATURE = FIRST_FEATURE_PERMISSION };
#define HEX31 "0190a0b0c0d0e0f0010203040506070"

static struct arena memory, arena;
static struct caller caller;
static struct http_response out;
static int ran;
static char word[65];

/* What the handler of /says answers and draws. */
static struct {
    status s;
    int code;
    str body, location, fixed;
} saying;

static status plain(struct request *r, struct response *w)
{
    ran++;
    snprintf(word, sizeof word, "%.*s", (int)r->word.len, r->word.at);
    out_str(&w->body, str_of(r->language->code));
    return OK;
}

static status says(struct request *r, struct response *w)
{
    (void)r;
    w->status = saying.code;
    w->location = saying.location;
    w->fixed = saying.fixed.at;
    w->fixed_len = saying.fixed.len;
    out_str(&w->body, saying.body);
    return saying.s;
}

static const struct route public_table[] = {
    { PUBLIC_SIDE, GET, "/word/:word", ANYONE, NOTHING, plain },
    { PUBLIC_SIDE, GET, "/id/:id", ANYONE, NOTHING, plain },
    { PUBLIC_SIDE, GET, "/beyond", PERMISSIONS, NOTHING, plain },
    { PUBLIC_SIDE, GET, "/says", ANYONE, NOTHING, says },
    { PUBLIC_SIDE, GET, "/api/v1/open", ANYONE, NOTHING, plain },
    { PUBLIC_SIDE, GET, "/api/v1/held", FEATURE, NOTHING, plain },
    { PUBLIC_SIDE, POST, "/api/v1/held", ANYONE, JSON, plain },
};
static const struct route staff_table[] = {
    { STAFF_SIDE, GET, "/feature", FEATURE, NOTHING, plain },
    { STAFF_SIDE, POST, "/feature", FEATURE, FORM, plain },
    { STAFF_SIDE, POST, "/json", FEATURE, JSON, plain },
    { STAFF_SIDE, GET, "/own", SIGNED_IN, NOTHING, plain },
    { STAFF_SIDE, GET, "/api/v1/feature", FEATURE, NOTHING, plain },
    { STAFF_SIDE, POST, "/api/v1/feature", FEATURE, JSON, plain },
    { STAFF_SIDE, GET, "/api/v1/open", ANYONE, NOTHING, plain },
};
static const struct routes sets[] = { { public_table, countof(public_table) }, { staff_table, countof(staff_table) } };

static int64_t now(void)
{
    return 1764000000;
}

static status find_caller(struct request *r)
{
    r->caller = caller;
    return OK;
}

static str refused_in; /* the language of the last refusal */
static void draw_problem(struct request *r, int http_status, struct response *w)
{
    refused_in = str_of(r->language->code);
    out_str(&w->body, lit("problem "));
    out_int(&w->body, http_status);
}

static struct web web = { .sets = sets, .set_count = countof(sets), .now = now, .find_caller = find_caller, .draw_problem = draw_problem };

#define JSON_TYPE { LIT("Content-Type"), LIT("application/json") }
#define OUR_PAGE { LIT("Sec-Fetch-Site"), LIT("same-origin") }

/* One request; the headers are those of a page of ours, with JSON if there is a body. */
static int ask(enum side side, enum method m, str path, str query, str body)
{
    static const struct header headers[] = { { LIT("Host"), LIT("staff.example") }, OUR_PAGE, JSON_TYPE };
    arena = memory;
    ran = 0;
    web.side = side;
    out = (struct http_response){ .body.arena = &arena };
    struct http_request in = { m, path, query, headers, body.len ? 3 : 2, body, &arena };
    assert_int_equal(web_dispatch(&web, (struct http_place){ 0 }, &in, &out), OK);
    return out.status;
}

static int get(enum side side, const char *path)
{
    return ask(side, GET, str_of(path), (str){ 0 }, (str){ 0 });
}

static str body(void)
{
    return out.fixed ? (str){ out.fixed, out.fixed_len } : out_view(&out.body);
}

static str allow(void)
{
    for (ptrdiff_t i = 0; i < out.header_count; i++)
        if (str_equal(out.headers[i].name, lit("Allow")))
            return out.headers[i].value;
    return (str){ 0 };
}

static void a_path_is_a_routes_letter_by_letter(void **state)
{
    (void)state;
    static char w64[] = "/word/0123456789012345678901234567890123456789012345678901234567890123";
    static const struct {
        const char *path;
        bool there;
    } table[] = {
        { "/word/a", true },  { "/word/z", true },   { "/word/0", true },  { "/word/9", true },    { "/word/_", true },
        { "/word/.", true },  { "/word/-", true },   { "/word/{", false }, { "/word/`", false },   { "/word/:", false },
        { "/word//", false }, { "/word/A", false },  { "/word/", false },  { "/word/a/b", false }, { "/word", false },
        { "/wore/a", false }, { w64, true },         { "/id/" HEX31 "8", true }, { "/id/" HEX31, false }, { "/id/" HEX31 "g", false },
        { "/id/" HEX31 "88", false },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++)
        if (get(PUBLIC_SIDE, table[i].path) != (table[i].there ? 200 : 404))
            fail_msg("%s: %d", table[i].path, out.status);
    assert_int_equal(get(PUBLIC_SIDE, w64), 200);
    assert_string_equal(word, w64 + 6);
    char w65[sizeof w64 + 1];
    snprintf(w65, sizeof w65, "%s4", w64);
    assert_int_equal(get(PUBLIC_SIDE, w65), 404);
}

static void nobody_comes_in_by_a_permission_that_is_none_or_without_being_signed_in(void **state)
{
    (void)state;
    caller = (struct caller){ .signed_in = true, .held = ~(uint64_t)0 };
    assert_int_equal(get(PUBLIC_SIDE, "/beyond"), 404);
    assert_int_equal(get(STAFF_SIDE, "/feature"), 200); /* the control */
    caller.signed_in = false;
    assert_int_equal(get(STAFF_SIDE, "/feature"), 404);
    assert_int_equal(get(STAFF_SIDE, "/own"), 404);
    caller = (struct caller){ 0 };
    web.find_caller = NULL; /* all are strangers */
    assert_int_equal(get(STAFF_SIDE, "/feature"), 404);
    assert_int_equal(get(PUBLIC_SIDE, "/word/a"), 200);
    web.find_caller = find_caller;
}

static void a_body_where_none_is_taken_is_refused_and_so_is_a_bad_query(void **state)
{
    (void)state;
    assert_int_equal(ask(PUBLIC_SIDE, GET, lit("/word/a"), (str){ 0 }, lit("{}")), 400);
    assert_int_equal(ask(PUBLIC_SIDE, GET, lit("/word/a"), lit("a=%zz"), (str){ 0 }), 400);
    assert_int_equal(ran, 0);
    assert_int_equal(ask(PUBLIC_SIDE, GET, lit("/word/a"), lit("a=1&lang=es&b=2"), (str){ 0 }), 200);
    assert_true(str_equal(body(), lit("es")));
    web.offer = (struct language_offer){ { language_find(lit("es")) }, 1 }; /* of a house that offers this one */
    assert_int_equal(get(PUBLIC_SIDE, "/word/a"), 200);
    assert_true(str_equal(body(), lit("es")));
    struct arena whole = memory;
    char many[800];
    for (ptrdiff_t i = 0; i < countof(many); i++)
        many[i] = i % 2 ? '&' : 'a';
    memory.end = memory.at + 8192; /* too little for so many: the refusal is in the language of the house */
    assert_int_equal(ask(PUBLIC_SIDE, GET, lit("/word/a"), (str){ many, sizeof many }, (str){ 0 }), 503);
    memory = whole;
    assert_true(str_equal(refused_in, lit("es")));
    web.offer = (struct language_offer){ 0 };
}

static void while_keys_are_shut_a_feature_is_shut_and_ones_own_page_is_not(void **state)
{
    (void)state;
    caller = (struct caller){ .signed_in = true, .locked = true, .held = 1ull << FEATURE };
    assert_int_equal(get(STAFF_SIDE, "/feature"), 423);
    assert_int_equal(ask(STAFF_SIDE, POST, lit("/feature"), (str){ 0 }, lit("{}")), 423); /* no form: nothing of it is kept */
    assert_int_equal(ask(STAFF_SIDE, POST, lit("/json"), (str){ 0 }, lit("{}")), 423);
    assert_int_equal(ran, 0);
    assert_int_equal(get(STAFF_SIDE, "/own"), 200);
    caller.locked = false;
    assert_int_equal(get(STAFF_SIDE, "/feature"), 200);
}

static void a_machine_hears_what_it_may_do_and_nothing_of_the_rest(void **state)
{
    (void)state;
    static const struct {
        enum side side;
        enum method method;
        const char *path;
        bool by_key, refused;
        uint64_t held;
        int status;
        const char *allow;
    } table[] = {
        { PUBLIC_SIDE, GET, "/api/v1/open", .status = 200 },
        { PUBLIC_SIDE, GET, "/api/v1/open", .refused = true, .status = 401 },
        { PUBLIC_SIDE, POST, "/api/v1/open", .status = 405, .allow = "GET, HEAD" },
        { PUBLIC_SIDE, OTHER_METHOD, "/api/v1/held", .by_key = true, .held = 1ull << FEATURE, .status = 405, .allow = "GET, HEAD, POST" },
        { PUBLIC_SIDE, OTHER_METHOD, "/api/v1/held", .status = 405, .allow = "POST" },
        { PUBLIC_SIDE, GET, "/api/v1/held", .status = 401 },
        { PUBLIC_SIDE, GET, "/api/v1/none", .status = 404 },
        { STAFF_SIDE, GET, "/api/v1/open", .status = 401 },
        { STAFF_SIDE, GET, "/api/v1/none", .status = 401 },
        { STAFF_SIDE, GET, "/api/v1/none", .by_key = true, .status = 404 },
        { STAFF_SIDE, GET, "/api/v1/feature", .by_key = true, .held = 1ull << FEATURE, .status = 200 },
        { STAFF_SIDE, POST, "/api/v1/feature", .by_key = true, .held = 1ull << FEATURE, .status = 200 }, /* a key bears no token */
        { STAFF_SIDE, POST, "/api/v1/feature", .by_key = true, .status = 404 },
        { STAFF_SIDE, GET, "/api/v1/feature", .by_key = true, .refused = true, .held = 1ull << FEATURE, .status = 401 },
        { STAFF_SIDE, GET, "/api/v1/feature", .held = 1ull << FEATURE, .status = 401 }, /* a cookie is none here */
        { STAFF_SIDE, OTHER_METHOD, "/api/v1/feature", .by_key = true, .status = 404 },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        caller = (struct caller){ .signed_in = table[i].held != 0, .by_key = table[i].by_key, .refused = table[i].refused, .held = table[i].held };
        str sent = table[i].method == POST ? lit("{}") : (str){ 0 };
        if (ask(table[i].side, table[i].method, str_of(table[i].path), (str){ 0 }, sent) != table[i].status)
            fail_msg("%d: %d", (int)i, out.status);
        assert_true(str_equal(allow(), str_of(table[i].allow)));
        assert_int_equal(ran, table[i].status == 200);
    }
    caller = (struct caller){ 0 };
}

static void a_handlers_own_page_goes_out_only_with_what_it_may_tell(void **state)
{
    (void)state;
    static const struct {
        status s;
        int code;
        str body, location, fixed;
        int status;
        bool own;
    } table[] = {
        { OK, 0, LIT("own"), { 0 }, { 0 }, 200, true },
        { OK, 201, LIT("own"), { 0 }, { 0 }, 201, true },
        { INVALID, 0, LIT("own"), { 0 }, { 0 }, 422, true },
        { INVALID, 0, { 0 }, { 0 }, LIT("fixed"), 422, true },
        { CONFLICT, 0, LIT("own"), { 0 }, { 0 }, 409, true },
        { CONFLICT, 303, { 0 }, LIT("/elsewhere"), { 0 }, 303, true },
        { LIMIT, 0, LIT("own"), { 0 }, { 0 }, 429, true },
        { LOCKED, 0, LIT("own"), { 0 }, { 0 }, 503, true },
        { LOCKED, 0, { 0 }, { 0 }, { 0 }, 503, false },
        { INVALID, 0, { 0 }, { 0 }, { 0 }, 422, false },
        { NOT_FOUND, 0, LIT("own"), { 0 }, { 0 }, 404, false },
        { BUSY, 0, LIT("own"), { 0 }, { 0 }, 503, false },
        { FAULT, 0, LIT("own"), { 0 }, { 0 }, 500, false },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        saying.s = table[i].s;
        saying.code = table[i].code;
        saying.body = table[i].body;
        saying.location = table[i].location;
        saying.fixed = table[i].fixed;
        if (get(PUBLIC_SIDE, "/says") != table[i].status)
            fail_msg("%d: %d", (int)i, out.status);
        assert_int_equal(str_starts(body(), lit("problem ")), !table[i].own);
    }
}

static void only_what_is_there_is_given_as_a_file_and_only_to_who_gets_it(void **state)
{
    (void)state;
    str css = asset_url("base.css");
    assert_int_equal(ask(PUBLIC_SIDE, GET, css, (str){ 0 }, (str){ 0 }), 200);
    assert_int_equal(ask(PUBLIC_SIDE, POST, css, (str){ 0 }, (str){ 0 }), 404);
    assert_int_equal(get(PUBLIC_SIDE, "/static/nothing.css"), 404);
}

/* Behind TLS a page of ours is one of https, and of a host that is named. */
static void a_page_is_ours_only_by_scheme_and_host(void **state)
{
    (void)state;
    static const struct {
        bool secure;
        str host, origin;
        int status;
    } table[] = {
        { true, LIT("staff.example"), LIT("https://staff.example"), 200 },  { true, LIT("staff.example"), LIT("http://staff.example"), 403 },
        { false, LIT("staff.example"), LIT("http://staff.example"), 200 },  { false, LIT("staff.example"), LIT("https://staff.example"), 403 },
        { true, LIT("staff.example"), LIT("https://other.example"), 403 },  { true, LIT(""), LIT("https://"), 403 },
        { true, LIT("staff.example"), LIT("null"), 403 },                   { true, LIT("staff.example"), LIT(""), 403 },
    };
    caller = (struct caller){ .signed_in = true, .held = 1ull << FEATURE, .form_key = { 7 } };
    char kept[32];
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        arena = memory;
        memcpy(kept, form_token(&(struct request){ .arena = &arena, .caller = caller }, lit("/json")).at, 32);
        struct header headers[] = { { LIT("Host"), table[i].host }, { LIT("Origin"), table[i].origin }, JSON_TYPE, { LIT("Form-Token"), { kept, 32 } } };
        struct http_request in = { POST, lit("/json"), { 0 }, headers, countof(headers), lit("{}"), &arena };
        web.side = STAFF_SIDE;
        web.secure = table[i].secure;
        out = (struct http_response){ .body.arena = &arena };
        assert_int_equal(web_dispatch(&web, (struct http_place){ 0 }, &in, &out), OK);
        if (out.status != table[i].status)
            fail_msg("%d: %d", (int)i, out.status);
    }
    web.secure = false;
    caller = (struct caller){ 0 };
}

static const char *permission_name(permission p)
{
    return p == ANYONE ? "ANYONE" : "other";
}

/* Two features that claim one route are both in the list, in the order of their tables. */
static void a_route_that_stands_twice_is_printed_twice(void **state)
{
    (void)state;
    static const struct route twice[] = {
        { STAFF_SIDE, GET, "/b", ANYONE, NOTHING, plain },  { PUBLIC_SIDE, POST, "/b", ANYONE, FORM, plain },
        { STAFF_SIDE, GET, "/b", ANYONE, FORM, plain },     { PUBLIC_SIDE, GET, "/b", ANYONE, NOTHING, plain },
        { PUBLIC_SIDE, GET, "/a", SIGNED_IN, JSON, plain },
    };
    static const struct routes set = { twice, countof(twice) };
    arena = memory;
    struct out o = { .arena = &arena };
    web_print_routes(&set, 1, permission_name, &o);
    assert_true(str_equal(out_view(&o), lit("GET\tpublic\t/a\tother\tjson\nGET\tpublic\t/b\tANYONE\tnothing\nPOST\tpublic\t/b\tANYONE\tform\n"
                                            "GET\tstaff\t/b\tANYONE\tnothing\nGET\tstaff\t/b\tANYONE\tform\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_a_routes_letter_by_letter),
        cmocka_unit_test(nobody_comes_in_by_a_permission_that_is_none_or_without_being_signed_in),
        cmocka_unit_test(a_body_where_none_is_taken_is_refused_and_so_is_a_bad_query),
        cmocka_unit_test(while_keys_are_shut_a_feature_is_shut_and_ones_own_page_is_not),
        cmocka_unit_test(a_machine_hears_what_it_may_do_and_nothing_of_the_rest),
        cmocka_unit_test(a_handlers_own_page_goes_out_only_with_what_it_may_tell),
        cmocka_unit_test(only_what_is_there_is_given_as_a_file_and_only_to_who_gets_it),
        cmocka_unit_test(a_page_is_ours_only_by_scheme_and_host),
        cmocka_unit_test(a_route_that_stands_twice_is_printed_twice),
    };
    crypt_start();
    memory = arena_reserve(1 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
