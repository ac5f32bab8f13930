/* What goes out when the store failed on the way to a page, and the handler made do without. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <unistd.h>
#include "lib/crypt/crypt.h"
#include "lib/web/web.h"

static void fail_on(struct db *db)
{
    assert_int_equal(db_begin(db), OK);
    db_abandon(db);
    assert_int_equal(db_end(db, OK), FAULT);
}

static status plain(struct request *r, struct response *w)
{
    (void)r;
    out_str(&w->body, lit("all of it"));
    return OK;
}

static status lossy(struct request *r, struct response *w)
{
    fail_on(r->db);
    out_str(&w->body, lit("all but what could not be read"));
    return OK;
}

static status led_on(struct request *r, struct response *w)
{
    fail_on(r->db);
    redirect(w, lit("/plain"));
    return OK;
}

static status found_nothing(struct request *r, struct response *w)
{
    (void)w;
    fail_on(r->db);
    return NOT_FOUND;
}

static const struct route table[] = {
    { PUBLIC_SIDE, GET, "/plain", ANYONE, NOTHING, plain },
    { PUBLIC_SIDE, GET, "/lossy", ANYONE, NOTHING, lossy },
    { PUBLIC_SIDE, GET, "/led-on", ANYONE, NOTHING, led_on },
    { PUBLIC_SIDE, GET, "/nothing", ANYONE, NOTHING, found_nothing },
};
static const struct routes sets[] = { { table, countof(table) } };

static int64_t now(void)
{
    return 1764000000;
}

static void draw_problem(struct request *r, int http_status, struct response *w)
{
    (void)r;
    out_str(&w->body, lit("problem "));
    out_int(&w->body, http_status);
}

static int answered(struct web *web, struct arena a, const char *path, const char *body)
{
    struct http_request in = { .method = GET, .path = str_of(path), .arena = &a };
    struct http_response out = { .body.arena = &a };
    assert_int_equal(web_dispatch(web, (struct http_place){ 0 }, &in, &out), OK);
    assert_true(!body || str_equal(out_view(&out.body), str_of(body)));
    return out.status;
}

static void a_page_whose_store_failed_does_not_go_out_but_what_was_done_stands(void **state)
{
    (void)state;
    struct web web = { .sets = sets, .set_count = countof(sets), .now = now, .draw_problem = draw_problem };
    struct arena a = arena_reserve(1 << 20);
    assert_int_equal(db_open(":memory:", (struct db_options){ 0 }, &web.db), OK);
    assert_int_equal(answered(&web, a, "/plain", "all of it"), 200);
    assert_int_equal(answered(&web, a, "/lossy", "problem 500"), 500);
    assert_int_equal(answered(&web, a, "/led-on", NULL), 303);
    assert_int_equal(answered(&web, a, "/nothing", "problem 404"), 404);
    assert_int_equal(answered(&web, a, "/plain", "all of it"), 200); /* the next request is another */
    db_close(web.db);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_page_whose_store_failed_does_not_go_out_but_what_was_done_stands) };
    crypt_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
