#include "matrix.h"
#include <stdlib.h>

static int make_world(void **state)
{
    *state = matrix_make();
    return 0;
}

static int end_world(void **state)
{
    matrix_end(*state);
    return 0;
}

static void say(const struct matrix *m, const char *what)
{
    printf("%s: %lld cells, %lld of them over HTTP, %lld wrong, %lld not taught\n", what, (long long)m->cells, (long long)m->http_cells,
           (long long)m->wrong, (long long)m->untaught);
}

static void every_cell_of_the_table_is_as_the_table_says(void **state)
{
    struct matrix *m = *state;
    const char *list = getenv("MATRIX_CELLS");
    if (list)
        must((m->list = fopen(list, "w")) != NULL);
    matrix_serve(m);
    m->http = HTTP_SAMPLE;
    matrix_run(m, NULL, NULL);
    if (m->list)
        fclose(m->list);
    m->list = NULL;
    say(m, "access matrix");
    assert_true(m->cells > 5000);
    assert_true(m->http_cells > m->cells * 4 / 100);
    assert_int_equal(m->untaught, 0);
    assert_int_equal(m->wrong, 0);
}

/* ---- controls: what the matrix must find ---- */

enum { ROUTES_MOST = 64 };
static struct route changed[ROUTES_MOST];

/* A copy of the set that holds this row, served in its place. The row itself is handed back, to be spoiled. */
static struct route *copy_of(struct matrix *m, enum method method, const char *path)
{
    for (ptrdiff_t i = 0; i < m->set_count; i++)
        for (ptrdiff_t k = 0; k < m->served[i].len; k++) {
            const struct route *t = &m->served[i].at[k];
            if (t->method != method || strcmp(t->path, path))
                continue;
            must(m->served[i].len <= ROUTES_MOST);
            memcpy(changed, m->served[i].at, (size_t)m->served[i].len * sizeof *changed);
            m->served[i].at = changed;
            return &changed[k];
        }
    must(!"no such route");
    return NULL;
}

static void assert_found(struct matrix *m, const char *path, const char *what)
{
    m->quiet = true;
    matrix_run(m, path, NULL);
    m->quiet = false;
    say(m, what);
    assert_true(m->cells > 0);
    assert_true(m->wrong > 0);
    assert_int_equal(m->untaught, 0);
    memcpy(m->served, m->table, sizeof m->served);
}

static status leak_the_source(struct request *r, struct response *w)
{
    (void)r;
    out_str(&w->body, lit("sallowgate1"));
    return OK;
}

static status hide(struct request *r, struct response *w)
{
    (void)r;
    (void)w;
    return NOT_FOUND;
}

/* As if a handler told apart what is not there and what is not for you. */
static status tell_apart(struct request *r, struct response *w)
{
    set_header(w, lit("Allow"), lit("GET"));
    out_str(&w->body, lit("this is not for you"));
    w->status = 404;
    (void)r;
    return OK;
}

static void a_spoiled_route_is_found(void **state)
{
    struct matrix *m = *state;
    copy_of(m, GET, "/queue")->needs = SIGNED_IN;
    assert_found(m, "/queue", "control, a permission let go");
    copy_of(m, GET, "/settings")->needs = AUDIT_READ;
    assert_found(m, "/settings", "control, another permission");
    copy_of(m, POST, "/tips/:id/note")->needs = ANYONE;
    assert_found(m, "/tips/:id/note", "control, open to anyone");
    copy_of(m, GET, "/people")->run = leak_the_source;
    assert_found(m, "/people", "control, a planted word in the wrong place");
    copy_of(m, GET, "/tips/:id")->run = hide;
    assert_found(m, "/tips/:id", "control, a page that is hidden from its own people");
    copy_of(m, GET, "/tips/:id")->run = tell_apart;
    assert_found(m, "/tips/:id", "control, a refusal of its own");
    copy_of(m, GET, "/cases/:id")->run = hide;
    assert_found(m, "/cases/:id", "control, a case that is hidden from its own people");
    copy_of(m, GET, "/cases/:id")->run = tell_apart;
    assert_found(m, "/cases/:id", "control, a case refused in its own way");
    copy_of(m, GET, "/victims/:id")->run = hide;
    assert_found(m, "/victims/:id", "control, a file that is hidden from its own people");
    copy_of(m, GET, "/victims/:id")->needs = SIGNED_IN;
    copy_of(m, GET, "/victims/:id")->run = tell_apart;
    assert_found(m, "/victims/:id", "control, a file that says it is there");
    copy_of(m, POST, "/api/v1/calls")->needs = ANYONE;
    assert_found(m, "/api/v1/calls", "control, calls from anybody");
    copy_of(m, GET, "/report")->side = STAFF_SIDE;
    assert_found(m, "/report", "control, the other side");
    matrix_run(m, "/queue", NULL);
    assert_int_equal(m->wrong, 0);
}

/* What the sample can find: the same controls, every cell over the sockets. */
static void over_http_a_spoiled_route_is_found_too(void **state)
{
    struct matrix *m = *state;
    matrix_serve(m);
    m->http = HTTP_ALWAYS;
    copy_of(m, POST, "/tips/:id/note")->needs = ANYONE;
    assert_found(m, "/tips/:id/note", "control over HTTP, open to anyone");
    copy_of(m, GET, "/tips/:id")->run = tell_apart;
    assert_found(m, "/tips/:id", "control over HTTP, a refusal of its own");
    matrix_run(m, "/queue", NULL);
    assert_int_equal(m->http_cells, m->cells);
    assert_int_equal(m->wrong, 0);
}

static void a_kind_of_route_nobody_taught_is_not_passed_over(void **state)
{
    struct matrix *m = *state;
    static const struct route row = { STAFF_SIDE, GET, "/boats/:id", TIP_READ, NOTHING, hide };
    must(m->set_count < MATRIX_SETS);
    m->table[m->set_count++] = (struct routes){ &row, 1 };
    matrix_run(m, "/boats/:id", NULL);
    assert_true(m->untaught > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cell_of_the_table_is_as_the_table_says, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_spoiled_route_is_found, make_world, end_world),
        cmocka_unit_test_setup_teardown(over_http_a_spoiled_route_is_found_too, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_kind_of_route_nobody_taught_is_not_passed_over, make_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
