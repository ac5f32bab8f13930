#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "suppress_made.h"

static const char solver[] = "/usr/bin/glpsol";

static bool full(void)
{
    const char *word = getenv("CHECK_FULL");
    return word && !strcmp(word, "1");
}

/* What is chosen when nobody thinks of them. */
static bool *without_insiders(struct made *m)
{
    int32_t *kept = m->s.insider_of;
    m->s.insider_of = arena_new(&m->arena, int32_t, m->s.cells);
    bool *open = chosen(m);
    m->s.insider_of = kept;
    return open;
}

static const struct shape shapes[] = {
    { { 6, 5, 1, 1 }, { 3 }, 300, 1 },          /* two columns */
    { { 4, 4, 3, 1 }, { 7 }, 400, 1 },          /* three */
    { { 6, 5, 4, 1 }, { 3, 6 }, 400, 1 },       /* two tables that share a margin */
    { { 4, 4, 4, 1 }, { 3, 6, 5 }, 400, 1 },    /* a ring of three */
    { { 5, 3, 3, 3 }, { 3, 14 }, 600, 1 },      /* two columns and three, that share one */
    { { 12, 1, 1, 1 }, { 1 }, 200, 2 },         /* one column */
    { { 3, 3, 2, 1 }, { 3, 4 }, 40, 1 },        /* so few people that whole margins are unsafe */
};

static void what_is_chosen_withstands_every_attacker_and_the_unsafe_cells_alone_do_not(void **state)
{
    (void)state;
    int broken[5] = { 0 }, linked = 0;
    for (ptrdiff_t x = 0; x < countof(shapes); x++)
        for (uint32_t seed = 1; seed <= 3; seed++) {
            struct made m = { .arena = made_space };
            make(&m, &shapes[x], seed, 5);
            bool *naive = primary(&m), *open = chosen(&m);
            assert_int_equal(narrows(&m, open, true), 0);
            assert_int_equal(narrows(&m, open, false), 0);
            assert_int_equal(eliminates(&m, open), 0);
            assert_int_equal(bounds(&m, open, 5), 0);
            assert_int_equal(insiders(&m, open), 0);
            broken[4] += insiders(&m, without_insiders(&m));
            broken[0] += narrows(&m, naive, true);
            broken[1] += narrows(&m, naive, false);
            broken[2] += eliminates(&m, naive);
            broken[3] += bounds(&m, naive, 5);
            linked += shapes[x].table[1] && shapes[x].table[1] < 8 ? eliminates(&m, naive) : 0;
        }
    /* Each attacker breaks tables in which the unsafe cells alone are left out, and the better one more of them. */
    assert_true(broken[0] > 20 && broken[1] >= broken[0] && broken[2] >= broken[0] && broken[3] > broken[2] && broken[4] > 10
                && linked > 5);
}

/* Each table is safe by itself, and the two together are not: the shared margin is hidden in one and shown by the other. */
static void tables_that_are_safe_alone_are_broken_together_and_the_audit_says_so(void **state)
{
    (void)state;
    static const struct shape alone = { { 5, 4, 4, 1 }, { 3 }, 60, 2 }, both = { { 5, 4, 4, 1 }, { 3, 6 }, 60, 2 };
    int broken = 0;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        struct made one = { .arena = made_space }, m;
        make(&one, &alone, seed, 5);
        m = (struct made){ .arena = one.arena };
        make(&m, &both, seed, 5);
        bool *in_one = arena_new(&m.arena, bool, one.s.cells), *open = primary(&m), *good = chosen(&m);
        one.arena = m.arena;
        memcpy(in_one, chosen(&one), (size_t)one.s.cells);
        assert_int_equal(judge(&one, in_one).failed, -1);
        /* The first table as it was protected by itself; of the second only what is unsafe. */
        for (ptrdiff_t i = 0; i < one.s.set_count; i++)
            for (ptrdiff_t o = 0; o < m.s.set_count; o++)
                for (ptrdiff_t c = 0; set_equal(&one.s.sets[i].set, &m.s.sets[o].set) && c < one.s.sets[i].set.cells; c++)
                    open[m.s.sets[o].first + c] = in_one[one.s.sets[i].first + c];
        int found = eliminates(&m, open);
        broken += found > 0;
        if (found)
            assert_true(judge(&m, open).failed >= 0);
        assert_int_equal(judge(&m, good).failed, -1);
    }
    assert_true(broken >= 3);
}

/* A mutant that hides the unsafe cells alone, and one that shows a single cell too many, are refused. */
static void the_audit_refuses_what_hides_too_little(void **state)
{
    (void)state;
    int naive = 0, one_less = 0, tried = 0;
    for (ptrdiff_t x = 0; x < countof(shapes); x++) {
        struct made m = { .arena = made_space };
        make(&m, &shapes[x], 3, 5);
        bool *open = chosen(&m);
        struct suppress_verdict v = judge(&m, open);
        assert_true(v.failed == -1 && v.spanned && v.unsafe > 0 && v.hidden >= v.unsafe);
        naive += judge(&m, primary(&m)).failed >= 0;
        for (ptrdiff_t i = 0; i < m.s.cells; i++) {
            if (!open[i] || suppress_unsafe(&m.s, i) || m.s.sets[m.s.set_of_cell[i]].hidden)
                continue;
            open[i] = false;
            tried++;
            bool told = judge(&m, open).failed >= 0, known = bounds(&m, open, 5) > 0;
            one_less += told;
            if (known)
                assert_true(told); /* never more lenient than linear programming */
            open[i] = true;
        }
    }
    print_message("%d mutants that hide the small cells alone; %d that show one cell more, %d of them refused\n", naive, tried, one_less);
    assert_true(naive == countof(shapes) && tried > 20 && 10 * one_less >= 8 * tried); /* some cells are hidden in vain */
}

/* How many cells an insider knows exactly, by linear programming; where tables do not turn in a ring its ends are whole. */
static int near_bounds(struct made *m, bool *open)
{
    int found = 0;
    for (ptrdiff_t i = 0; i < m->s.insider_count; i++) {
        const struct suppress_insider *x = &m->s.insiders[i];
        for (ptrdiff_t c = 0; c < x->len; c++)
            open[x->cell[c]] = false;
        found += bounds(m, open, 1);
        for (ptrdiff_t c = 0; c < x->len; c++)
            open[x->cell[c]] = true;
    }
    return found;
}

/* The cheapest of all patterns, by trying them all. */
static int64_t cheapest(struct made *m)
{
    ptrdiff_t cell[20], n = 0;
    int64_t best = INT64_MAX;
    bool *open = primary(m);
    for (ptrdiff_t i = 0; i < m->s.cells; i++)
        if (!open[i]) {
            assert_true(n < countof(cell));
            cell[n++] = i;
        }
    for (uint32_t mask = 0; mask < 1u << n; mask++) {
        for (ptrdiff_t i = 0; i < n; i++)
            open[cell[i]] = mask >> i & 1;
        int64_t cost = suppress_costs(&m->s, open);
        if (cost < best && !bounds(m, open, (double)m->s.k) && !near_bounds(m, open))
            best = cost;
    }
    return best;
}

static void the_solver_finds_the_cheapest_and_the_heuristic_comes_near(void **state)
{
    (void)state;
    static const struct shape small[] = {
        { { 3, 3, 1, 1 }, { 3 }, 60, 1 },
        { { 4, 2, 1, 1 }, { 3 }, 50, 1 },
        { { 2, 2, 3, 1 }, { 3, 6 }, 60, 1 },
        { { 6, 1, 1, 1 }, { 1 }, 60, 2 },
    };
    int64_t sums[2] = { 0 };
    int solved = 0, alone = 0, proved = 0;
    if (access(solver, X_OK))
        skip();
    for (ptrdiff_t x = 0; x < countof(small); x++)
        for (uint32_t seed = 1; seed <= 5; seed++) {
            struct made m = { .arena = made_space };
            make(&m, &small[x], seed, 4);
            bool *open = arena_new(&m.arena, bool, m.s.cells), *near = chosen(&m);
            int64_t best = cheapest(&m);
            enum suppress_answer answer = suppress_exact(&m.arena, &m.s, solver, open);
            if (answer == SUPPRESS_NONE) {
                assert_int_equal(best, 0); /* nobody is unsafe */
                continue;
            }
            if (answer == SUPPRESS_BEST) {
                assert_int_equal(suppress_costs(&m.s, open), best);
                assert_int_equal(judge(&m, open).failed, -1);
                proved++;
            }
            ptrdiff_t failed;
            assert_true(suppress_complete(&m.arena, &m.s, open, &failed) && judge(&m, open).failed == -1);
            assert_true(suppress_costs(&m.s, open) >= best);
            alone += m.s.insider_count > 0;
            assert_true(suppress_costs(&m.s, near) >= best);
            sums[0] += best;
            sums[1] += suppress_costs(&m.s, near);
            solved++;
        }
    print_message("%d small systems, %d with insiders, %d proved: cheapest %lld, heuristic %lld\n", solved, alone, proved,
                  (long long)sums[0], (long long)sums[1]);
    assert_true(proved >= 12 && alone >= 5 && sums[0] > 0 && (double)sums[1] <= 1.3 * (double)sums[0]);
}

static void without_a_solver_nothing_is_believed(void **state)
{
    (void)state;
    struct made m = { .arena = made_space };
    make(&m, &shapes[0], 1, 5);
    bool *open = arena_new(&m.arena, bool, m.s.cells);
    assert_int_equal(suppress_exact(&m.arena, &m.s, "/nonexistent/glpsol", open), SUPPRESS_NONE);
    assert_int_equal(suppress_exact(&m.arena, &m.s, "/bin/true", open), SUPPRESS_NONE);
    assert_int_equal(suppress_exact(&m.arena, &m.s, "/bin/false", open), SUPPRESS_NONE);
}

static void impossible_cells_cover_nobody(void **state)
{
    (void)state;
    /* In a table of two by two everything is hidden for one cell; if the far corner is impossible, margins must go too. */
    struct made m = { .arena = made_space };
    static const struct shape two = { { 2, 2, 1, 1 }, { 3 }, 0, 0 };
    make(&m, &two, 1, 5);
    const struct suppress *s = &m.s;
    int64_t inner[4] = { 2, 30, 30, 0 };
    for (ptrdiff_t i = 0; i < s->set_count; i++)
        for (int c = 0; c < 4; c++) {
            const struct suppress_set *x = &s->sets[i];
            int cell = x->set.columns == 2 ? c : x->set.columns == 0 ? 0 : x->set.column[0] ? c % 2 : c / 2;
            s->count[x->first + cell] += inner[c];
        }
    ptrdiff_t impossible = s->sets[s->set_count - 1].first + 3;
    int64_t cost = suppress_costs(s, chosen(&m));
    s->closed[impossible] = true;
    bool *open = chosen(&m);
    assert_false(open[impossible]);
    assert_true(suppress_costs(s, open) > cost);
    assert_int_equal(judge(&m, open).failed, -1);
    open[impossible] = true; /* to hide what everybody knows helps nobody */
    assert_int_equal(judge(&m, open).failed, -1);
}

/* Office 0 and 1 are those of region 1, 2 is that of region 0: the codebook says so, and no table has both columns. */
static void what_is_impossible_across_tables_tells_too(void **state)
{
    (void)state;
    static const struct shape apart = { { 3, 2, 1, 1 }, { 1, 2 }, 0, 0 };
    static struct codebook_rule rules[3] = { { { { 0, 0 }, { 1, 0 } }, 2 }, { { { 0, 1 }, { 1, 0 } }, 2 }, { { { 0, 2 }, { 1, 1 } }, 2 } };
    static const int64_t office[3] = { 4, 6, 50 }, region[2] = { 50, 10 };
    for (int with = 0; with < 2; with++) {
        struct made m = { .arena = made_space };
        rules_of_made = with ? rules : NULL;
        make(&m, &apart, 1, 5);
        rules_of_made = NULL;
        const struct suppress *s = &m.s;
        ptrdiff_t offices = 0;
        for (ptrdiff_t i = 0; i < s->set_count; i++) {
            const struct suppress_set *x = &s->sets[i];
            for (ptrdiff_t c = 0; c < x->set.cells; c++)
                s->count[x->first + c] = x->set.columns == 0 ? 60 : x->set.columns == 2 ? (c == 1 ? 4 : c == 3 ? 6 : c == 4 ? 50 : 0)
                                         : x->set.column[0] ? region[c] : office[c];
            offices = x->set.columns == 1 && !x->set.column[0] ? x->first : offices;
        }
        bool *open = primary(&m);
        open[offices + 2] = true; /* 4 and 50 are hidden, 6 is shown; so are the 10 of its region, and the 4 are what is left of them */
        assert_int_equal(judge(&m, open).failed, with ? offices : -1);
        open = chosen(&m);
        assert_true(judge(&m, open).failed == -1 && (open[offices + 1] || !with));
    }
}

static void rounded_tables_add_up_and_tell_no_small_cell(void **state)
{
    (void)state;
    int ups = 0, downs = 0;
    for (ptrdiff_t x = 0; x < countof(shapes); x++)
        for (uint32_t seed = 1; seed <= 4; seed++) {
            struct made m = { .arena = made_space };
            bool too_wide = false;
            for (int t = 0; t < TABLES; t++)
                too_wide = too_wide || __builtin_popcount(shapes[x].table[t]) > 2;
            if (too_wide)
                continue;
            make(&m, &shapes[x], seed, 5);
            int64_t *to = arena_new(&m.arena, int64_t, m.s.cells);
            assert_true(suppress_round(&m.arena, &m.s, 7, to));
            for (ptrdiff_t l = 0; l < m.s.link_count; l++)
                for (ptrdiff_t e = 0; e < m.s.sets[m.s.links[l].to].set.cells && !m.s.sets[m.s.links[l].of].hidden; e++) {
                    int64_t sum = 0;
                    for (ptrdiff_t i = 0; i < m.s.sets[m.s.links[l].of].set.cells; i++)
                        sum += m.s.links[l].cell[i] == e ? to[m.s.sets[m.s.links[l].of].first + i] : 0;
                    assert_int_equal(sum, to[m.s.sets[m.s.links[l].to].first + e]);
                }
            for (ptrdiff_t i = 0; i < m.s.cells; i++) {
                if (m.s.sets[m.s.set_of_cell[i]].hidden)
                    continue;
                assert_true(to[i] % 7 == 0 && llabs(to[i] - m.s.count[i]) < 7);
                ups += to[i] > m.s.count[i];
                downs += to[i] < m.s.count[i];
            }
            struct suppress_box box = suppress_box_rounded(&m.arena, &m.s, 7, to);
            assert_int_equal(suppress_audit(&m.arena, &m.s, &box).failed, -1);
            /* Shown as they are, the same auditor finds them. */
            memcpy(box.low, m.s.count, (size_t)m.s.cells * sizeof *to);
            memcpy(box.high, m.s.count, (size_t)m.s.cells * sizeof *to);
            assert_true(suppress_audit(&m.arena, &m.s, &box).failed >= 0);
        }
    assert_true(ups > 100 && downs > 100);
}

/* A system of the largest size that people ask for. CHECK_FULL says how long it takes. */
static void large_tables_are_protected_too(void **state)
{
    (void)state;
    static const struct shape large[] = { { { 99, 99, 1, 1 }, { 3 }, 150000, 0 }, { { 24, 19, 19, 1 }, { 7 }, 400000, 1 } };
    if (!full())
        skip();
    for (ptrdiff_t x = 0; x < countof(large); x++) {
        struct made m = { .arena = made_space };
        make(&m, &large[x], 1, 10);
        clock_t from = clock();
        bool *open = chosen(&m);
        clock_t audit = clock();
        struct suppress_verdict v = judge(&m, open);
        clock_t to = clock();
        print_message("%td cells, %td unsafe, %td not shown: chosen in %.2f s, audited in %.2f s, elimination %s\n", m.s.cells, v.unsafe,
                      v.hidden, (double)(audit - from) / CLOCKS_PER_SEC, (double)(to - audit) / CLOCKS_PER_SEC, v.spanned ? "too" : "not");
        assert_int_equal(v.failed, -1);
    }
}

/* Many more of the small ones, behind CHECK_FULL: a minute. */
static void thousands_of_systems_find_cover_and_withstand(void **state)
{
    (void)state;
    int systems = 0, found = 0;
    if (!full())
        skip();
    for (ptrdiff_t x = 0; x < countof(shapes); x++)
        for (uint32_t seed = 100; seed < 300; seed++)
            for (int64_t k = 3; k <= 12; k += 4) {
                struct made m = { .arena = made_space };
                make(&m, &shapes[x], seed, k);
                bool *open = chosen(&m);
                assert_int_equal(judge(&m, open).failed, -1);
                found += narrows(&m, open, false) + eliminates(&m, open) + bounds(&m, open, (double)k) + insiders(&m, open);
                systems++;
            }
    print_message("%d systems, %d cells found by an attacker\n", systems, found);
    assert_int_equal(found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_chosen_withstands_every_attacker_and_the_unsafe_cells_alone_do_not),
        cmocka_unit_test(tables_that_are_safe_alone_are_broken_together_and_the_audit_says_so),
        cmocka_unit_test(the_audit_refuses_what_hides_too_little),
        cmocka_unit_test(the_solver_finds_the_cheapest_and_the_heuristic_comes_near),
        cmocka_unit_test(without_a_solver_nothing_is_believed),
        cmocka_unit_test(impossible_cells_cover_nobody),
        cmocka_unit_test(what_is_impossible_across_tables_tells_too),
        cmocka_unit_test(rounded_tables_add_up_and_tell_no_small_cell),
        cmocka_unit_test(large_tables_are_protected_too),
        cmocka_unit_test(thousands_of_systems_find_cover_and_withstand),
    };
    made_space = arena_reserve((ptrdiff_t)4 << 30);
    return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
