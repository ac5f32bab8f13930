/*
 * The walls are silent. Two houses differ in what is hidden alone (two_worlds.h); every job asks each of them the same thousand times,
 * for pages, exports and acts, with ids of its own, of what is hidden and of nothing. Not one byte of status, headers or body may differ.
 */
#include "silent_asking.h"
#include "care/file/file.h"
#include "casework/casefile/casefile.h"
#include "intake/tip/tip.h"

enum { ASKINGS = 1000, SHOWN_MOST = 8 };

struct silence {
    struct matrix *worlds[HIDINGS];
    struct things own, hidden;
    struct arena arena;
    bool quiet; /* a control: its differences are wanted */
};
static struct silence *all;

static int make_worlds(void **state)
{
    static struct things things[HIDINGS], care;
    struct arena keep = arena_reserve(1 << 20);
    all = arena_new(&keep, struct silence, 1);
    for (int h = 0; h < HIDINGS; h++) {
        all->worlds[h] = world_that((enum hiding)h);
        world_things(all->worlds[h], &things[h]);
    }
    all->arena = arena_reserve(64 << 20);
    all->own = things[HIDES_NOTHING];
    assert_true(world_difference(&things[HIDES_CARE], &things[HIDES_NOTHING], &care));
    assert_true(world_difference(&things[HIDES_ALL], &things[HIDES_NOTHING], &all->hidden));
    for (int k = 0; k < THINGS; k++)
        assert_true((k == A_FILE || k >= A_CARE_ENTRY) == (care.len[k] > 1));
    for (int k = 0; k < THINGS; k++)
        assert_true(all->own.len[k] > 0 && all->hidden.len[k] > 1);
    *state = all;
    return 0;
}

static int end_worlds(void **state)
{
    (void)state;
    for (int h = 0; h < HIDINGS; h++)
        matrix_end(all->worlds[h]);
    return 0;
}

/* ---- bytes ---- */

/*
 * What a job is there to see is not hidden from it: an auditor has the log of the whole house, which says that somebody was at work, and
 * never on what; measures count acts, cases and tips of every office, each act with its office and its day. They do not count care.
 * Who leads an office is told how much each of its people opened, whatever it was: of carers who leads carers, and nobody else.
 */
static bool hidden_from(const struct matrix_caller *c, str path, enum hiding h)
{
    if (str_starts(path, lit("/audit")))
        return !role_holds(c->role, AUDIT_READ);
    if (str_starts(path, lit("/sheet")) && role_holds(c->role, SHEET_READ))
        return h == HIDES_CARE && !role_on_ring(c->role, VICTIM);
    return h == HIDES_CARE || !str_starts(path, lit("/measures")) || !role_holds(c->role, FIGURE_READ);
}

struct count {
    int64_t asked, bytes, served, named, differing, shown;
};

static str answer_of(struct matrix *m, struct arena *a, const struct asking *q, const struct matrix_caller *c)
{
    const struct matrix_caller *same = &m->callers[c - all->worlds[HIDES_NOTHING]->callers];
    return matrix_ask(m, a, &(struct matrix_request){ .side = STAFF_SIDE, .method = q->method, .path = q->path,
                      .type = lit("application/x-www-form-urlencoded"), .body = q->body, .caller = same });
}

static bool has(str text, str word)
{
    return text.len && memmem(text.at, (size_t)text.len, word.at, (size_t)word.len);
}

static bool has_hidden_word(str page, const struct asking *q)
{
    str word = lit(HIDDEN_WORD);
    bool sent = has(q->path, word) || has(q->body, word);
    return !sent && has(page, word);
}

static void show_difference(const struct matrix_caller *c, const struct asking *q, str a, str b)
{
    ptrdiff_t i = 0, from;
    while (i < a.len && i < b.len && a.at[i] == b.at[i])
        i++;
    from = i < 60 ? 0 : i - 60;
    print_error("%s: %s %.*s {%.*s}\n  without: %.*s\n  with:    %.*s\n", c->role->code, q->method == GET ? "GET" : "POST",
                (int)q->path.len, q->path.at, (int)q->body.len, q->body.at, (int)(a.len - from < 160 ? a.len - from : 160), a.at + from,
                (int)(b.len - from < 160 ? b.len - from : 160), b.at + from);
}

static void ask_all(const struct matrix_caller *c, const struct asking *q, struct arena a, struct count *n)
{
    str bare = answer_of(all->worlds[HIDES_NOTHING], &a, q, c);
    n->asked++;
    n->bytes += bare.len;
    n->named += q->names_hidden;
    n->served += str_starts(bare, lit("200\n")) || str_starts(bare, lit("303\n"));
    for (int h = HIDES_CARE; h < HIDINGS; h++) {
        str full = answer_of(all->worlds[h], &a, q, c);
        if (has_hidden_word(full, q))
            fail_msg("%s was shown what is hidden: %.*s", c->role->code, (int)q->path.len, q->path.at);
        if (str_equal(bare, full))
            continue;
        if (!hidden_from(c, q->path, (enum hiding)h)) {
            n->shown++;
            continue;
        }
        if (n->differing++ < SHOWN_MOST && !all->quiet)
            show_difference(c, q, bare, full);
    }
}

static struct count ask_as(const struct matrix_caller *c, int askings)
{
    struct count n = { 0 };
    struct asker x = { .m = all->worlds[HIDES_NOTHING], .caller = c, .own = &all->own, .hidden = &all->hidden,
                       .chance = chance_seeded((uint64_t)(c - all->worlds[HIDES_NOTHING]->callers) + 100) };
    for (int i = 0; i < askings; i++) {
        struct arena a = all->arena;
        struct asking q = asking_next(&x, &a);
        ask_all(c, &q, a, &n);
    }
    return n;
}

static void no_job_can_tell_the_worlds_apart(void **state)
{
    (void)state;
    const struct matrix *m = all->worlds[HIDES_NOTHING];
    int jobs = 0;
    int64_t wrong = 0;
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        if (!c->role || c->standing != MEMBER)
            continue;
        struct count n = ask_as(c, ASKINGS);
        printf("%-14s %lld asked, %lld served, %lld naming what is hidden, %lld bytes, %lld answers differ; %lld of what the job is shown\n",
               c->role->code, (long long)n.asked, (long long)n.served, (long long)n.named, (long long)n.bytes, (long long)n.differing,
               (long long)n.shown);
        assert_true(n.asked >= ASKINGS && n.served >= ASKINGS / 5);
        /* Control: the same comparison sees what is not hidden. */
        assert_true(n.shown > 0 || !(role_holds(c->role, AUDIT_READ) || role_holds(c->role, FIGURE_READ)));
        wrong += n.differing;
        jobs++;
    }
    assert_int_equal(jobs, (int)role_count - 2); /* a machine and a partner's system sign in nowhere: tests/api_test.c asks as the latter */
    assert_int_equal(wrong, 0);
}

/* ---- controls: faults that the comparison must find ---- */

enum { CONTROL_ASKINGS = 300, ROUTES_MOST = 64 };

static id colleague(void)
{
    return matrix_find(all->worlds[HIDES_NOTHING], "investigator", SHUT)->account;
}

/* As if a list were asked for without who asks. */
static status list_of_a_colleague(struct request *r, struct response *w)
{
    struct casefiles found;
    status s = casefile_list_mine(r->db, r->arena, colleague(), (str){ 0 }, NULL, 50, &found);
    out_int(&w->body, found.len);
    return s;
}

/* As if the office were forgotten where the tips are counted. */
static status count_of_another_office(struct request *r, struct response *w)
{
    struct tip_filter filter = { .office = all->worlds[HIDES_NOTHING]->office[1], .priority = -1 };
    struct tip_place after = { 0 };
    struct tip_rows tips;
    status s = tip_list(r->db, r->arena, &filter, &after, 60, &tips);
    out_int(&w->body, tips.len);
    return s;
}

/* As if the row were found first and its reader asked about afterwards: another status, and the same page with one header more. */
static status a_status_of_its_own(struct request *r, struct response *w)
{
    struct casefile c;
    (void)w;
    return casefile_find(r->db, r->arena, r->id, &c) == OK ? INVALID : NOT_FOUND;
}

static status a_header_more(struct request *r, struct response *w)
{
    struct care_rows found;
    if (care_entry_list(r->db, r->arena, r->id, NULL, 1, &found) == OK && found.len)
        set_header(w, lit("Allow"), lit("GET"));
    w->status = 404;
    return OK;
}

static struct route changed[ROUTES_MOST];

/* In every world this route is served by another handler. */
static void spoil(const char *path, handler *run)
{
    for (int h = 0; h < HIDINGS; h++) {
        struct matrix *m = all->worlds[h];
        for (ptrdiff_t i = 0; i < m->set_count; i++)
            for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
                if (m->table[i].at[k].method != GET || m->table[i].at[k].side != STAFF_SIDE || strcmp(m->table[i].at[k].path, path))
                    continue;
                must(m->table[i].len <= ROUTES_MOST);
                memcpy(changed, m->table[i].at, (size_t)m->table[i].len * sizeof *changed);
                changed[k].run = run;
                m->served[i].at = changed;
            }
    }
}

static void a_fault_that_is_planted_is_found(void **state)
{
    static const struct {
        const char *path, *role;
        handler *run;
    } faults[] = { { "/cases", "supervisor", list_of_a_colleague }, { "/queue", "call_taker", count_of_another_office },
                   { "/cases/:id", "investigator", a_status_of_its_own }, { "/victims/:id", "coordinator", a_header_more } };
    (void)state;
    for (ptrdiff_t i = 0; i < countof(faults); i++) {
        spoil(faults[i].path, faults[i].run);
        all->quiet = true;
        struct count n = ask_as(matrix_find(all->worlds[HIDES_NOTHING], faults[i].role, MEMBER), CONTROL_ASKINGS);
        all->quiet = false;
        for (int h = 0; h < HIDINGS; h++)
            memcpy(all->worlds[h]->served, all->worlds[h]->table, sizeof all->worlds[h]->served);
        printf("control, %s of the %s: %lld answers differ\n", faults[i].path, faults[i].role, (long long)n.differing);
        assert_true(n.differing > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_job_can_tell_the_worlds_apart),
        cmocka_unit_test(a_fault_that_is_planted_is_found),
    };
    return cmocka_run_group_tests_name("silent_walls", tests, make_worlds, end_worlds);
}
