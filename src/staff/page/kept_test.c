#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/crypt/crypt.h"
#include "staff/page/page.h"

#define TIP "/tips/0190a0b0c0d0e0f00102030405060708"

static struct arena memory, arena;
static struct caller caller;
static struct http_response out;
static struct kept kept; /* what the page of the last refusal was given */
static int ran;

static status take(struct request *r, struct response *w)
{
    (void)r, (void)w;
    ran++;
    return LOCKED; /* the keys shut between the look at the caller and the work */
}

static status find_caller(struct request *r)
{
    r->caller = caller;
    return OK;
}

static void draw_problem(struct request *r, int http_status, struct response *w)
{
    out_int(&w->body, http_status);
    kept = kept_of(r);
}

static int64_t now(void)
{
    return 1764000000;
}

static const struct route table[] = {
    { STAFF_SIDE, POST, "/tips/:id/note", TIP_NOTE, FORM, take },
    { STAFF_SIDE, POST, "/own/passphrase", SIGNED_IN, FORM, take },
};
static const struct routes sets[] = { { table, countof(table) } };

/* With the token of that action; body: the other fields. */
static int post(const char *path, const char *action, const char *site, const char *body)
{
    static struct web web = { .sets = sets, .set_count = 1, .side = STAFF_SIDE, .now = now, .find_caller = find_caller,
                              .draw_problem = draw_problem };
    struct header headers[] = { { LIT("Host"), LIT("staff.example") }, { LIT("Sec-Fetch-Site"), str_of(site) },
                                { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") } };
    arena = memory;
    kept = (struct kept){ 0 };
    str proof = form_token(&(struct request){ .arena = &arena, .caller = caller }, str_of(action));
    str whole = str_join(&arena, str_join(&arena, lit("_token="), proof), str_of(body));
    struct http_request in = { POST, str_of(path), { 0 }, headers, countof(headers), whole, &arena };
    out = (struct http_response){ .body.arena = &arena };
    assert_int_equal(web_dispatch(&web, (struct http_place){ 0 }, &in, &out), OK);
    return out.status;
}

static void become(bool locked)
{
    caller = (struct caller){ .signed_in = true, .locked = locked, .held = 1ull << TIP_NOTE, .form_key = { 7 } };
}

static void a_form_that_meets_shut_keys_goes_along_with_its_words(void **state)
{
    (void)state;
    for (int locked = 0; locked < 2; locked++) {
        become(locked);
        ran = 0;
        assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", "&note=two%0Alines+%3Cb%3E&more="), 423);
        assert_int_equal(ran, !locked);
        assert_int_equal(kept.fields.len, 2);
        assert_true(str_equal(kept.path, lit(TIP "/note")));
        assert_true(str_equal(kept.fields.at[0].name, lit("note")));
        assert_true(str_equal(kept.fields.at[0].value, lit("two\nlines <b>")));
        assert_int_equal(kept.token.len, 32);
    }
}

static void what_came_from_elsewhere_or_is_a_passphrase_or_too_much_does_not(void **state)
{
    (void)state;
    become(true);
    ran = 0;
    assert_int_equal(post(TIP "/note", TIP "/note", "cross-site", "&note=words"), 423);
    assert_int_equal(kept.fields.len, 0);
    assert_int_equal(post(TIP "/note", "/sign-in", "same-origin", "&note=words"), 423);
    assert_int_equal(kept.fields.len, 0);
    assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", "&note=%zz"), 423);
    assert_int_equal(kept.fields.len, 0);
    assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", ""), 423);
    assert_int_equal(kept.fields.len, 0);
    assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", "&a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=&n=&o=&p="), 423);
    assert_int_equal(kept.fields.len, 0);
    assert_int_equal(ran, 0);
    assert_int_equal(post("/own/passphrase", "/own/passphrase", "same-origin", "&old=an+invented+passphrase"), 423);
    assert_int_equal(ran, 1);
    assert_int_equal(kept.fields.len, 0);

    static char much[KEPT_BYTES + 100] = "&note=";
    memset(much + 6, 'a', KEPT_BYTES - 100);
    assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", much), 423);
    assert_int_equal(kept.fields.len, 1);
    memset(much + 6, 'a', KEPT_BYTES);
    assert_int_equal(post(TIP "/note", TIP "/note", "same-origin", much), 423);
    assert_int_equal(kept.fields.len, 0);
}

static struct kept read_back(const char *path, const char *action, const struct caller *who)
{
    struct request r = { .arena = &arena, .caller = caller };
    str proof = form_token(&r, str_of(action));
    struct field fields[] = { { LIT("name"), LIT("cal") }, { LIT("kept.path"), str_of(path) }, { LIT("kept.token"), proof },
                              { LIT("kept.name"), LIT("words") }, { LIT("kept."), LIT("") } };
    r.caller = *who;
    r.form = (struct fields){ fields, countof(fields) };
    return kept_read(&r);
}

/* Else a form of a sign-in could ask for a fresh token of any path. */
static void a_path_comes_back_only_with_the_token_the_person_had_for_it(void **state)
{
    (void)state;
    arena = memory;
    become(true);
    struct caller other = caller, stranger = { 0 };
    other.form_key[0]++;
    struct kept k = read_back(TIP "/note", TIP "/note", &caller);
    assert_int_equal(k.fields.len, 2);
    assert_true(str_equal(k.fields.at[0].name, lit("name")));
    assert_true(str_equal(k.fields.at[0].value, lit("words")));
    assert_int_equal(read_back(TIP "/answer", TIP "/note", &caller).fields.len, 0);
    assert_int_equal(read_back("https://evil.example/", TIP "/note", &caller).fields.len, 0);
    assert_int_equal(read_back("", "", &caller).fields.len, 0);
    assert_int_equal(read_back(TIP "/note", TIP "/note", &other).fields.len, 0);
    assert_int_equal(read_back(TIP "/note", TIP "/note", &stranger).fields.len, 0);
}

int main(void)
{
    crypt_start();
    memory = arena_reserve(4 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_that_meets_shut_keys_goes_along_with_its_words),
        cmocka_unit_test(what_came_from_elsewhere_or_is_a_passphrase_or_too_much_does_not),
        cmocka_unit_test(a_path_comes_back_only_with_the_token_the_person_had_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
