/* What people say of pairs: labels measure and teach nothing, decisions win, and a wrong file is told with its lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "in_memory.h"
#include "linkage/dedupe.h"
#include <math.h>
#include <unistd.h>

enum { PERSONS = 400 };
static struct arena arena;
static struct dedupe d;

/* Two records a person, the second with slips; names are few enough that strangers are alike, too. */
static str people(uint64_t seed)
{
    static const char *const given[] = { "anna", "boris", "clara", "dimitri", "elena", "farid", "grace", "hana", "ivan", "julia" };
    struct chance c = chance_seeded(seed);
    struct out o = { .arena = &arena };
    char line[200];
    out_str(&o, lit("id,given,surname,dob,phone,city\n"));
    for (int person = 0; person < PERSONS; person++) {
        uint32_t g = below(&c, 10), s = below(&c, 60), year = 1950 + below(&c, 50), day = 1 + below(&c, 28), phone = below(&c, 100000000), city = below(&c, 5);
        for (int copy = 0; copy < 2; copy++)
            out_str(&o, (str){ line, snprintf(line, sizeof line, "p%d.%d,%s,surname%u,%04u-05-%02u,%u,city%u\n", person, copy, given[g], copy && !below(&c, 6) ? s + 100 : s, year,
                                              copy && !below(&c, 8) ? 1 + below(&c, 28) : day, copy && !below(&c, 3) ? below(&c, 100000000) : phone, city) });
    }
    return out_view(&o);
}

static status run(str text, const char *labels, const char *decisions)
{
    int fd = file_of(text), label_fd = labels ? file_of(str_of(labels)) : -1, decision_fd = decisions ? file_of(str_of(decisions)) : -1;
    struct dedupe_wish wish = { .threads = 1, .block_most = 1000, .cluster_most = 100, .keep = 0.01, .join = 0.9,
                                .labels = labels ? &label_fd : NULL, .decisions = decisions ? &decision_fd : NULL };
    status s = dedupe_files(&d, &fd, 1, NULL, &wish);
    close(fd);
    close(label_fd);
    close(decision_fd);
    return s;
}

static uint64_t stamp(bool with_clusters)
{
    uint64_t h = d.edges.count;
    for (size_t i = 0; i < d.edges.count; i++)
        h += hash_pair(hash_pair(d.edges.at[i].a, d.edges.at[i].b), (uint32_t)d.edges.at[i].weight); /* in any order */
    for (uint32_t i = 0; with_clusters && i < d.table.count; i++)
        h = hash_pair(h, d.clusters.of[i]);
    return h;
}

static char *verdicts(uint64_t seed, int count, bool true_ones)
{
    struct chance c = chance_seeded(seed);
    struct out o = { .arena = &arena };
    char line[100];
    out_str(&o, lit("a,b,note,verdict\n"));
    for (int i = 0; i < count; i++) {
        uint32_t p = below(&c, PERSONS), q = below(&c, 3) ? p : below(&c, PERSONS), x = below(&c, 2), y = p == q ? !x : below(&c, 2);
        bool same = true_ones ? p == q : below(&c, 2);
        out_str(&o, (str){ line, snprintf(line, sizeof line, "p%u.%u,p%u.%u,,%s\n", p, x, q, y, !below(&c, 9) ? "" : same ? "same" : "Different") });
    }
    return str_c(&arena, out_view(&o));
}

/* ---- labels ---- */

static void labels_measure_and_teach_nothing(void **state)
{
    (void)state;
    str text = people(41);
    char *labels = verdicts(42, 500, true);
    assert_int_equal(run(text, NULL, NULL), OK);
    uint64_t before = stamp(true);
    dedupe_close(&d);
    assert_int_equal(run(text, labels, NULL), OK);
    assert_true(stamp(true) == before);
    assert_true(d.curve.same > 100 && d.curve.different > 50 && d.curve.same + d.curve.different == d.labels.count);
    double best = 0;
    for (int i = 0; i < CURVE_POINTS; i++) { /* against a plain count */
        struct curve_point want = { .weight = (int32_t)lround(log2(curve_probabilities[i] / (1 - curve_probabilities[i])) * BIT) };
        for (uint32_t k = 0; k < d.labels.count; k++) {
            bool linked = false;
            for (size_t e = 0; e < d.edges.count; e++)
                linked |= d.edges.at[e].a == d.labels.at[k].a && d.edges.at[e].b == d.labels.at[k].b && d.edges.at[e].weight >= want.weight;
            want.right += linked && d.labels.at[k].same;
            want.wrong += linked && !d.labels.at[k].same;
            want.missed += !linked && d.labels.at[k].same;
        }
        assert_memory_equal(&want, &d.curve.at[i], sizeof want);
        best = curve_f1(&want) > best ? curve_f1(&want) : best;
    }
    assert_true(curve_f1(&d.curve.best) >= best && best > 0.7);
    assert_true(d.curve.at[0].right > d.curve.at[CURVE_POINTS - 1].right);
    dedupe_close(&d);
}

/* ---- decisions ---- */

static void decisions_win_and_leave_no_trace(void **state)
{
    (void)state;
    str text = people(43);
    int split = 0, joined = 0;
    assert_int_equal(run(text, NULL, NULL), OK);
    uint64_t before = stamp(true), pairs = stamp(false);
    static uint32_t of[2 * PERSONS];
    memcpy(of, d.clusters.of, sizeof of);
    dedupe_close(&d);
    for (uint64_t round = 0; round < 20; round++) {
        char *decisions = verdicts(100 + round, 12, false);
        status s = run(text, NULL, decisions);
        assert_true(s == OK || (s == INVALID && d.wrong == WRONG_DECISIONS && strstr(d.complaint, "line")));
        for (uint32_t i = 0; s == OK && i < d.decisions.count; i++) {
            const struct decision *v = &d.decisions.at[i];
            assert_true((d.clusters.of[v->a] == d.clusters.of[v->b]) == v->same);
            split += !v->same && of[v->a] == of[v->b];
            joined += v->same && of[v->a] != of[v->b];
        }
        assert_true(s != OK || stamp(false) == pairs); /* the pairs and their weights stay */
        dedupe_close(&d);
    }
    assert_true(split > 10 && joined > 10);
    assert_int_equal(run(text, NULL, "a,b,verdict\n"), OK);
    assert_true(stamp(true) == before);
    dedupe_close(&d);
}

/* Six in a row, and the weakest link between the two that are different gives way, wherever it is; a limit of size does not hold what is decided. */
static void a_cluster_is_cut_where_it_is_weakest(void **state)
{
    (void)state;
    enum { ROW = 6 };
    for (uint32_t weakest = 0; weakest + 1 < ROW; weakest++) {
        struct edge at[ROW - 1];
        struct edges edges = { .at = at, .count = ROW - 1 };
        struct decision said[2] = { { 0, ROW - 1, 2, false }, { 0, 1, 3, true } };
        struct verdicts decisions = { .at = said, .count = weakest ? 2 : 1 };
        struct clusters c;
        for (uint32_t i = 0; i + 1 < ROW; i++)
            at[i] = (struct edge){ i, i + 1, i == weakest ? 1000 : 3000 + (int32_t)i };
        assert_true(clusters_join(&c, ROW, &edges, 900, 100, &decisions));
        for (uint32_t i = 0; i < ROW; i++)
            assert_int_equal(c.of[i], i <= weakest ? 0 : weakest + 1);
        assert_int_equal(c.apart, 1);
        clusters_close(&c);
    }
    struct decision all[] = { { 0, 1, 2, true }, { 1, 2, 3, true }, { 2, 3, 4, true } };
    struct verdicts decisions = { .at = all, .count = 3 };
    struct edges none = { 0 };
    struct clusters c;
    assert_true(clusters_join(&c, 4, &none, 900, 2, &decisions));
    assert_true(c.count == 1 && c.largest == 4 && c.together == 3);
    clusters_close(&c);
}

static void wrong_verdicts_are_told_with_their_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } wrong[] = {
        { "", NULL }, { "a,b\n", "at least three" }, { "a,b,c\np1.0,p1.1\n", "line 2: not as many" }, { "a,b,c\np1.0,p1.1,perhaps\n", "but not perhaps" },
        { "a,b,c\np1.0,nobody,same\n", "line 2: no record is called nobody" }, { "a,b,c\np1.0,p1.0,same\n", "itself" },
        { "a,b,c\np1.0,p1.1,same\np1.1,p1.0,different\n", "lines 2 and 3" },
        { "a,b,c\np1.0,p2.0,same\np3.0,p4.0,same\np2.0,p3.0,same\np4.0,p1.0,different\n", "line 5 calls different what is joined by line" },
    };
    str text = people(44);
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        status s = run(text, NULL, wrong[i].text);
        assert_int_equal(s, wrong[i].said ? INVALID : OK);
        if (wrong[i].said)
            assert_non_null(strstr(d.complaint, wrong[i].said));
        dedupe_close(&d);
    }
    assert_int_equal(run(text, NULL, wrong[7].text), INVALID);
    assert_true(strstr(d.complaint, "3, 4, 2") || strstr(d.complaint, "2, 4, 3"));
    dedupe_close(&d);
    assert_int_equal(run(text, "a,b,c\np1.0,p2.0,different\n", NULL), INVALID);
    assert_true(d.wrong == WRONG_LABELS && strstr(d.complaint, "nothing can be measured"));
    dedupe_close(&d);
}

/* Each reservation of a run fails once, and the run says that memory is short, or does without what it lacks. */
static void memory_that_fails_anywhere_is_told(void **state)
{
    (void)state;
    str text = people(45);
    char *labels = verdicts(46, 60, true), *decisions = verdicts(47, 30, true);
    assert_int_equal(run(text, labels, decisions), OK);
    uint64_t whole = stamp(true);
    dedupe_close(&d);
    int told = 0;
    for (bool done = false; !done;) {
        space_fail(1 + told);
        status s = run(text, labels, decisions);
        space_fail(0);
        assert_true(s == OK || (s == FAULT && strstr(d.complaint, "not enough memory")));
        assert_true(s != OK || stamp(true) == whole);
        done = s == OK;
        told += !done;
        dedupe_close(&d);
    }
    assert_true(told > 90 && told < 1000);
}

int main(void)
{
    arena = arena_reserve(64 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_measure_and_teach_nothing),
        cmocka_unit_test(decisions_win_and_leave_no_trace),
        cmocka_unit_test(a_cluster_is_cut_where_it_is_weakest),
        cmocka_unit_test(wrong_verdicts_are_told_with_their_lines),
        cmocka_unit_test(memory_that_fails_anywhere_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
