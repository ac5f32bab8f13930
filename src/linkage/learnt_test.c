/* What one run learnt serves another, and what must not matter does not: the order of records and of files, and records that share nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/web/json_in.h"
#include "in_memory.h"
#include "linkage/dedupe.h"
#include "linkage/settings.h"
#include <stdlib.h>
#include <unistd.h>

enum { PERSONS = 500, LINE = 160, LINES_MOST = 2 * PERSONS };
static struct arena arena;
static struct dedupe d;
static char lines[LINES_MOST][LINE];

static void make_lines(uint64_t seed)
{
    static const char *const given[] = { "anna", "boris", "clara", "dimitri", "elena", "farid", "grace", "hana", "ivan", "julia" };
    struct chance c = chance_seeded(seed);
    for (int person = 0; person < PERSONS; person++) {
        uint32_t g = below(&c, 10), s = below(&c, 90), year = 1950 + below(&c, 50), day = 1 + below(&c, 28), phone = below(&c, 100000000);
        for (int copy = 0; copy < 2; copy++)
            snprintf(lines[2 * person + copy], LINE, "p%d.%d,%s,surname%u,%04u-05-%02u,%u,city%u\n", person, copy, given[g], copy && !below(&c, 6) ? s + 100 : s, year,
                     copy && !below(&c, 8) ? 1 + below(&c, 28) : day, copy && !below(&c, 3) ? below(&c, 100000000) : phone, person % 5u);
    }
}

/* The lines from one to another, in an order that the seed says (0: as they are), and one more. */
static str text_of(int from, int to, uint64_t seed, const char *more)
{
    struct chance c = chance_seeded(seed);
    struct out o = { .arena = &arena };
    static int order[LINES_MOST];
    for (int i = from; i < to; i++)
        order[i] = i;
    for (int i = to - 1; seed && i > from; i--) {
        int other = from + (int)below(&c, (uint32_t)(i - from + 1)), x = order[i];
        order[i] = order[other];
        order[other] = x;
    }
    out_str(&o, lit("id,given,surname,dob,phone,city\n"));
    for (int i = from; i < to; i++)
        out_str(&o, str_of(lines[order[i]]));
    out_str(&o, str_of(more));
    return out_view(&o);
}

static void run(str one, const str *other, const struct learnt *learnt)
{
    int fds[2] = { file_of(one), other ? file_of(*other) : -1 };
    struct dedupe_wish wish = { .threads = 1, .block_most = 1000, .cluster_most = 100, .keep = 0.01, .join = 0.9, .learnt = learnt };
    assert_int_equal(dedupe_files(&d, fds, other ? 2 : 1, learnt ? &learnt->plan : NULL, &wish), OK);
    close(fds[0]);
    close(fds[1]);
}

/* ---- pairs by name ---- */

struct named {
    char names[2][16];
    int32_t weight;
};
struct linked {
    struct named at[20000];
    size_t n;
};

static int by_names(const void *a, const void *b)
{
    return memcmp(((const struct named *)a)->names, ((const struct named *)b)->names, sizeof((const struct named *)a)->names);
}

/* The pairs of the run, whichever record came first, in the order of their names. Of two files the name says which. */
static void name_pairs(struct linked *to, bool turned)
{
    char scratch[NAME_SCRATCH];
    to->n = d.edges.count;
    must(to->n < countof(to->at));
    for (size_t i = 0; i < to->n; i++) {
        struct named *x = &to->at[i];
        memset(x, 0, sizeof *x);
        x->weight = d.edges.at[i].weight;
        for (int side = 0; side < 2; side++) {
            uint32_t record = side ? d.edges.at[i].b : d.edges.at[i].a;
            str name = table_name(&d.table, record, scratch);
            snprintf(x->names[side], sizeof x->names[side], "%.*s%s", (int)name.len, name.at, d.table.split ? ((record >= d.table.split) != turned ? "/2" : "/1") : "");
        }
        if (strcmp(x->names[0], x->names[1]) > 0) {
            char first[sizeof x->names[0]];
            memcpy(first, x->names[0], sizeof first);
            memcpy(x->names[0], x->names[1], sizeof first);
            memcpy(x->names[1], first, sizeof first);
        }
    }
    qsort(to->at, to->n, sizeof *to->at, by_names);
}

static struct linked before, after;

static void assert_same_pairs(int32_t apart)
{
    assert_int_equal(before.n, after.n);
    for (size_t i = 0; i < before.n; i++) {
        assert_memory_equal(before.at[i].names, after.at[i].names, sizeof before.at[i].names);
        assert_true(abs(before.at[i].weight - after.at[i].weight) <= apart);
    }
}

/* What the program writes with --model, as far as it is read. */
static str model_text(void)
{
    static const char *const classes[] = { "same_person", "same_home", "strangers" };
    struct out o = { .arena = &arena };
    char number[200];
    out_str(&o, (str){ number, snprintf(number, sizeof number, "{\"records\":%u,\"pairs\":%.0f,\"shares\":{", d.table.count, d.model.pairs) });
    for (int c = 0; c < PAIR_CLASSES; c++)
        out_str(&o, (str){ number, snprintf(number, sizeof number, "%s\"%s\":%.18f", c ? "," : "", classes[c], d.model.share[c]) });
    out_str(&o, lit("},\"comparisons\":["));
    for (int k = 0; k < d.table.plan.comparison_count; k++) {
        out_str(&o, k ? lit(",{\"levels\":[") : lit("{\"levels\":["));
        for (int l = 0; l < d.table.plan.comparisons[k].levels; l++)
            for (int c = 0; c < PAIR_CLASSES; c++)
                out_str(&o, (str){ number, snprintf(number, sizeof number, "%s\"%s\":%.12f%s", c ? "," : l ? ",{" : "{", classes[c], d.model.level[c][k][l], c + 1 == PAIR_CLASSES ? "}" : "") });
        out_str(&o, lit("]}"));
    }
    out_str(&o, lit("],\"settings\":"));
    settings_write(&o, &d.table.plan);
    out_str(&o, lit("}"));
    return out_view(&o);
}

/* ---- what holds ---- */

static void what_was_learnt_gives_the_same_again(void **state)
{
    (void)state;
    struct learnt learnt;
    str why = { 0 };
    make_lines(51);
    run(text_of(0, LINES_MOST, 0, ""), NULL, NULL);
    name_pairs(&before, false);
    assert_true(before.n > 300);
    str text = model_text();
    dedupe_close(&d);
    assert_int_equal(learnt_read(&arena, text, &learnt, &why), OK);
    run(text_of(0, LINES_MOST, 0, ""), NULL, &learnt);
    name_pairs(&after, false);
    assert_same_pairs(0); /* to the last bit */
    dedupe_close(&d);
    run(text_of(0, LINES_MOST, 0, "new.0,quirin,zzyzx,1901-01-01,987654321,nowhere\n"), NULL, &learnt);
    name_pairs(&after, false);
    assert_same_pairs(1); /* one record more: a thousandth of a bit less likely from the start */
    dedupe_close(&d);
    char again[LINE];
    snprintf(again, sizeof again, "new.0%s", strchr(lines[0], ','));
    run(text_of(0, LINES_MOST, 0, again), NULL, &learnt);
    name_pairs(&after, false);
    assert_true(after.n > before.n); /* the control: this one shares all */
    dedupe_close(&d);
    for (int half = 0; half < 2; half++) { /* a smaller file is weighed too, by what the larger one taught */
        run(text_of(half * PERSONS, (half + 1) * PERSONS, 0, ""), NULL, &learnt);
        assert_true(d.edges.count > 100 && d.model.share[SAME_PERSON] > 1.9 * learnt.model.share[SAME_PERSON] && d.model.share[SAME_PERSON] < 2.1 * learnt.model.share[SAME_PERSON]);
        dedupe_close(&d);
    }
}

static void the_order_of_records_does_not_matter(void **state)
{
    (void)state;
    make_lines(52);
    run(text_of(0, LINES_MOST, 0, ""), NULL, NULL);
    name_pairs(&before, false);
    struct learnt learnt = { d.table.plan, d.model, d.table.count };
    str plan_text = model_text(), why = { 0 };
    assert_int_equal(learnt_read(&arena, plan_text, &learnt, &why), OK);
    dedupe_close(&d);
    for (uint64_t seed = 1; seed < 6; seed++) {
        run(text_of(0, LINES_MOST, seed, ""), NULL, &learnt);
        name_pairs(&after, false);
        assert_same_pairs(0);
        dedupe_close(&d);
    }
}

static void the_order_of_two_files_does_not_matter(void **state)
{
    (void)state;
    make_lines(53);
    str one = text_of(0, PERSONS, 1, ""), other = text_of(PERSONS / 2, LINES_MOST, 2, ""), why = { 0 };
    struct learnt learnt;
    run(one, &other, NULL);
    name_pairs(&before, false);
    assert_true(before.n > 100);
    str text = model_text();
    dedupe_close(&d);
    assert_int_equal(learnt_read(&arena, text, &learnt, &why), OK);
    run(other, &one, &learnt);
    name_pairs(&after, true);
    assert_same_pairs(0);
    dedupe_close(&d);
}

static void a_wrong_model_is_told(void **state)
{
    (void)state;
    static const char *const cuts[][2] = { { "\"shares\"", "\"share\"" }, { "\"records\":1000", "\"records\":1" }, { "\"same_home\":0.", "\"same_home\":7." },
                                           { "\"settings\"", "\"setting\"" }, { "\"strangers\"", "\"stranger\"" }, { "\"pairs\"", "\"pair\"" }, { "{\"levels\":[{", "{\"levels\":[3,{" } };
    struct learnt learnt;
    make_lines(54);
    run(text_of(0, LINES_MOST, 0, ""), NULL, NULL);
    char *whole = str_c(&arena, model_text());
    dedupe_close(&d);
    for (ptrdiff_t i = 0; i < countof(cuts); i++) {
        struct out o = { .arena = &arena };
        str why = { 0 };
        char *at = strstr(whole, cuts[i][0]);
        assert_non_null(at);
        out_str(&o, (str){ whole, at - whole });
        out_str(&o, str_of(cuts[i][1]));
        out_str(&o, str_of(at + strlen(cuts[i][0])));
        assert_int_equal(learnt_read(&arena, out_view(&o), &learnt, &why), INVALID);
        assert_true(why.len > 0);
    }
}

int main(void)
{
    arena = arena_reserve(64 << 20);
    json_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learnt_gives_the_same_again),
        cmocka_unit_test(the_order_of_records_does_not_matter),
        cmocka_unit_test(the_order_of_two_files_does_not_matter),
        cmocka_unit_test(a_wrong_model_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
