/*
 * The index: what is put is found, what is dropped is gone to the byte, and what is read back is the same. Over 500 lines: one plan, one
 * maker of papers and one model for all of it, and what spoilt bytes do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "in_memory.h"
#include "linkage/dedupe.h"
#include "linkage/index.h"
#include "linkage/index_keys.h"
#include <math.h>
#include <unistd.h>

enum { PHONE, MAIL, NAME, CITY, FIELDS };
static struct arena arena;
static struct chance chance;

/* A telephone, a mailbox, a name; and a rule of two parts. */
static struct plan plan_of_test(void)
{
    static const int fields[] = { PHONE, MAIL, NAME, CITY };
    struct plan p = { .field_count = FIELDS, .comparison_count = FIELDS, .rule_count = 4 };
    p.fields[PHONE] = (struct plan_field){ lit("phone"), KIND_PHONE };
    p.fields[MAIL] = (struct plan_field){ lit("mail"), KIND_EMAIL };
    p.fields[NAME] = (struct plan_field){ lit("name"), KIND_NAME };
    p.fields[CITY] = (struct plan_field){ lit("city"), KIND_EXACT };
    for (int i = 0; i < FIELDS; i++)
        p.comparisons[i] = comparison_of(p.fields[i].column, p.fields[i].kind, &fields[i], 1);
    p.rules[0] = (struct rule){ { { PHONE, 0 } }, 1 };
    p.rules[1] = (struct rule){ { { MAIL, 0 } }, 1 };
    p.rules[2] = (struct rule){ { { NAME, 0 }, { CITY, 0 } }, 2 };
    p.rules[3] = (struct rule){ { { NAME, 4 }, { CITY, 0 } }, 2 };
    return p;
}

static struct model model_of_test(const struct plan *p)
{
    struct model m = { .share = { 1e-5, 1e-6, 1 - 1.1e-5 }, .pairs = 1e6 };
    for (int c = 0; c < p->comparison_count; c++)
        for (int l = 0; l < p->comparisons[c].levels; l++) {
            bool last = l == p->comparisons[c].levels - 1;
            m.level[SAME_PERSON][c][l] = l == 0 ? 0.8 : 0.2 / (p->comparisons[c].levels - 1);
            m.level[STRANGERS][c][l] = m.level[SAME_HOME][c][l] = last ? 0.99 : 1e-4 * (l + 1);
        }
    return m;
}

static void open_index(struct index *x, uint32_t most)
{
    struct plan p = plan_of_test();
    struct model m = model_of_test(&p);
    assert_true(index_open(x, &p, &m, 1000, most));
}

struct paper {
    struct index_document d;
    struct index_fact facts[16];
};
static void name_of(struct paper *paper, uint32_t number, uint32_t group)
{
    *paper = (struct paper){ .d = { .group = group, .apart = group } };
    memcpy(paper->d.id.at, &(uint32_t){ __builtin_bswap32(number) }, 4);
    paper->d.facts = paper->facts;
}
static void say(struct paper *paper, int field, const char *words)
{
    paper->facts[paper->d.fact_count++] = (struct index_fact){ field, str_copy(&arena, str_of(words)) };
}
static uint32_t put(struct index *x, const struct paper *paper)
{
    uint32_t number;
    assert_true(index_put(x, &paper->d, &number));
    return number;
}

static bool nobody(void *context, uint32_t group)
{
    (void)context;
    (void)group;
    return false;
}

static bool only_group(void *context, uint32_t group)
{
    return group == *(uint32_t *)context;
}

static void a_fact_in_common_links_and_says_how(void **state)
{
    struct index x;
    struct paper a, b, c;
    struct kin found[4];
    struct kin_answer answer = { .at = found, .room = 4 };
    const struct index_wish wish = { .least = 0 };
    (void)state;
    open_index(&x, 64);
    name_of(&a, 1, 1);
    say(&a, PHONE, "+1 202 555 0100");
    say(&a, PHONE, "+1 202 555 0142");
    say(&a, NAME, "Nadia Petrova");
    name_of(&b, 2, 1);
    say(&b, PHONE, "(1) 202-555-0142");
    say(&b, NAME, "Nadja Petrova");
    name_of(&c, 3, 1);
    say(&c, PHONE, "+1 202 555 0199");
    say(&c, NAME, "Nadia Petrova");
    uint32_t na = put(&x, &a), nb = put(&x, &b);
    put(&x, &c);
    index_kin(&x, na, &wish, &answer);
    assert_int_equal(answer.len, 1); /* one name without a city is no key */
    assert_int_equal(answer.at[0].number, nb);
    assert_int_equal(pattern_level(&x.patterns, &x.table.plan, answer.at[0].pattern, PHONE), 0);
    assert_in_range(pattern_level(&x.patterns, &x.table.plan, answer.at[0].pattern, NAME), 1, 2); /* alike, not the same */
    assert_int_equal(pattern_level(&x.patterns, &x.table.plan, answer.at[0].pattern, MAIL), x.table.plan.comparisons[MAIL].levels);
    int32_t weight = answer.at[0].weight;
    index_kin(&x, nb, &wish, &answer);
    assert_int_equal(answer.len, 1);
    assert_int_equal(answer.at[0].weight, weight); /* symmetry */
    index_close(&x);
}

static void what_is_only_asked_about_is_weighed_alike(void **state)
{
    struct index x;
    struct paper a, b;
    struct kin found[4];
    struct kin_answer answer = { .at = found, .room = 4 };
    const struct index_wish wish = { .least = -100 * BIT };
    (void)state;
    open_index(&x, 64);
    name_of(&a, 1, 1);
    say(&a, MAIL, "someone@example.org");
    say(&a, NAME, "Maria Lopez");
    put(&x, &a);
    name_of(&b, 2, 1);
    say(&b, MAIL, "Some.One@Example.org");
    say(&b, MAIL, "someone+x@example.org");
    say(&b, NAME, "Marya Lopez"); /* a value that the index has not met */
    index_kin_of(&x, &b.d, &wish, &answer);
    assert_int_equal(answer.len, 1);
    int32_t asked = answer.at[0].weight;
    assert_int_equal(x.live, 1);
    uint32_t number = put(&x, &b);
    index_kin(&x, number, &wish, &answer);
    assert_int_equal(answer.len, 1);
    assert_int_equal(answer.at[0].weight, asked);
    index_close(&x);
}

static void hidden_groups_change_nothing_that_is_seen(void **state)
{
    struct index x;
    struct paper p;
    struct kin found[8];
    uint32_t own = 7, first = 0, copies[8];
    struct kin_answer before = { .at = found, .room = 8 }, after;
    struct kin found_after[8];
    const struct index_wish wish = { .may = only_group, .context = &own, .among = 3 };
    (void)state;
    open_index(&x, 64);
    for (uint32_t i = 1; i <= 3; i++) {
        name_of(&p, i, own);
        say(&p, PHONE, "202 555 0100");
        p.d.text = lit("They keep three women in the house behind the station and take their passports away from them");
        first = i == 1 ? put(&x, &p) : (put(&x, &p), first);
    }
    index_kin(&x, first, &wish, &before);
    assert_int_equal(before.len, 2);
    for (uint32_t i = 10; i < 15; i++) {
        name_of(&p, i, 8);
        say(&p, PHONE, "202 555 0100");
        p.d.text = lit("They keep three women in the house behind the station and take their passports away from them");
        put(&x, &p);
    }
    after = (struct kin_answer){ .at = found_after, .room = 8 };
    index_kin(&x, first, &wish, &after);
    assert_int_equal(after.len, 2);
    assert_int_equal(after.looked_at, before.looked_at);
    assert_memory_equal(found_after, found, 2 * sizeof *found);
    assert_int_equal(index_copies(&x, first, &wish, copies, 8), 3);
    assert_int_equal(index_entry(&x, first)->copies, 3);
    const struct index_wish everyone = { 0 };
    index_kin(&x, first, &everyone, &after); /* the control: they are there */
    assert_int_equal(after.len, 7);
    assert_int_equal(index_copies(&x, first, &everyone, copies, 2), 2);
    index_close(&x);
}

/* Whatever came before: as many as a house's index keeps of a fact. */
static void a_hidden_crowd_does_not_stand_before_what_is_seen(void **state)
{
    struct index x;
    struct paper p;
    struct kin found[8];
    uint32_t own = 7, number = 0;
    struct kin_answer answer = { .at = found, .room = 8 };
    const struct index_wish wish = { .may = only_group, .context = &own, .among = 2, .crowd = 64 };
    (void)state;
    open_index(&x, 4096);
    for (uint32_t i = 1; i <= 4096; i++) {
        name_of(&p, i, i < 4095 ? 8 : own);
        say(&p, PHONE, "202 555 0100");
        number = put(&x, &p);
    }
    index_kin(&x, number, &wish, &answer);
    assert_int_equal(answer.len, 1);
    assert_int_equal(answer.looked_at, 1);
    assert_int_equal(answer.crowded_count, 0);
    index_close(&x);
}

static void what_too_many_have_is_told_and_not_linked(void **state)
{
    struct index x;
    struct paper p;
    struct kin found[8];
    struct kin_answer answer = { .at = found, .room = 8 };
    struct index_wish wish = { .crowd = 16 };
    uint32_t number = 0;
    (void)state;
    open_index(&x, 200);
    for (uint32_t i = 1; i <= 40; i++) {
        name_of(&p, i, 1);
        say(&p, PHONE, "888 373 7888");
        if (i >= 39)
            say(&p, MAIL, "rare@example.org");
        number = put(&x, &p);
    }
    index_kin(&x, number, &wish, &answer);
    assert_int_equal(answer.len, 1);
    assert_int_equal(answer.crowded_count, 1);
    assert_int_equal(answer.crowded[0].fact.field, PHONE);
    assert_int_equal(answer.crowded[0].documents, 39);
    wish.crowd = 0;
    index_kin(&x, number, &wish, &answer);
    assert_int_equal(answer.len, 8); /* as many as there is room for */
    assert_int_equal(answer.looked_at, 39);
    assert_int_equal(answer.crowded_count, 0);
    index_close(&x);
}

/* ---- erased ---- */

static bool holds(const void *at, size_t size, const char *canary)
{
    return memmem(at, size, canary, strlen(canary)) != NULL;
}

static bool anywhere(const struct index *x, const char *canary)
{
    for (int f = 0; f < FIELDS; f++)
        if (holds(x->table.values[f].pool.at, x->table.values[f].used + 64, canary))
            return true;
    return false;
}

static void what_is_dropped_leaves_nothing(void **state)
{
    struct index x;
    struct paper p;
    struct kin found[4];
    struct kin_answer answer = { .at = found, .room = 4 };
    const struct index_wish wish = { .least = -100 * BIT };
    uint32_t filled = 0;
    static const uint8_t zeros[sizeof(struct sketch)];
    (void)state;
    open_index(&x, 64);
    name_of(&p, 1, 1);
    say(&p, MAIL, "canary-one@example.org");
    say(&p, MAIL, "shared@example.org");
    say(&p, NAME, "canaryname");
    say(&p, CITY, "springfield");
    p.d.text = lit("a text that is long enough to be sketched, and that nobody shall find again");
    uint32_t number = put(&x, &p);
    name_of(&p, 2, 1);
    say(&p, MAIL, "shared@example.org");
    uint32_t other = put(&x, &p);
    assert_true(anywhere(&x, "canary-one") && anywhere(&x, "canaryname"));
    static const char canary[40] = "canaryname";
    uint32_t name = values_find(&x.table.values[NAME], canary, 10, hash_bytes(canary, 10));
    struct heard heard = *heard_of(&x.table.heard[NAME], name);
    index_kin(&x, other, &wish, &answer); /* it is the last that a question met */
    assert_int_equal(answer.len, 1);
    name_of(&p, 1, 1);
    assert_true(index_drop(&x, p.d.id));
    assert_false(index_drop(&x, p.d.id));
    assert_false(anywhere(&x, "canary") || anywhere(&x, "springfield"));
    assert_true(anywhere(&x, "shared@")); /* another still says it */
    assert_memory_equal((struct sketch *)(void *)x.sketches.at + number, zeros, sizeof zeros);
    assert_true(id_is_zero(index_entry(&x, number)->id));
    const struct heard nothing = { 0 };
    assert_memory_not_equal(&heard, &nothing, sizeof heard);
    assert_memory_equal(heard_of(&x.table.heard[NAME], name), &nothing, sizeof nothing);
    static const struct index_side no_side; /* nor does the place where questions are worked out say it */
    assert_memory_equal(&index_room(&x)->own, &no_side, sizeof no_side);
    assert_memory_equal(&index_room(&x)->other, &no_side, sizeof no_side);
    for (int i = 0; i < POSTING_PARTS; i++)
        filled += x.keys.filled[i] + x.bands.filled[i] + x.ids.filled[i];
    assert_int_equal(filled, 2); /* one mailbox and one id */
    index_kin(&x, other, &wish, &answer);
    assert_int_equal(answer.len, 0);
    index_close(&x);
}

/* ---- at random, beside a plain list ---- */

enum { LIVES = 400, STEPS = 6000 };
static void make_paper(struct paper *p, uint32_t number)
{
    char word[40];
    name_of(p, number, 1 + number % 3);
    for (uint32_t i = below(&chance, 4); i > 0; i--) {
        snprintf(word, sizeof word, "20255501%02u", below(&chance, 60));
        say(p, PHONE, word);
    }
    for (uint32_t i = below(&chance, 3); i > 0; i--) {
        snprintf(word, sizeof word, "m%u@example.org", below(&chance, 200));
        say(p, MAIL, word);
    }
    if (below(&chance, 2)) {
        snprintf(word, sizeof word, "name%c%u", 'a' + (char)below(&chance, 3), below(&chance, 9));
        say(p, NAME, word);
        snprintf(word, sizeof word, "city%u", below(&chance, 5));
        say(p, CITY, word);
    }
    if (below(&chance, 2)) {
        struct out o = { .arena = &arena };
        for (int i = 0; i < 30; i++) {
            out_int(&o, below(&chance, 20) ? number % 8 * 100 + (uint32_t)i : below(&chance, 100000));
            out_str(&o, lit(" words "));
        }
        p->d.text = out_view(&o);
    }
}

struct view {
    id id;
    int32_t weight;
    uint32_t pattern;
};
/* What a document is kin to, in an order that does not follow the numbers. */
static int kin_view(const struct index *x, uint32_t number, struct view *to)
{
    static struct kin found[LIVES];
    struct kin_answer answer = { .at = found, .room = LIVES };
    index_kin(x, number, &(struct index_wish){ .least = -60 * BIT }, &answer);
    for (int i = 0; i < answer.len; i++) {
        to[i].id = index_entry(x, found[i].number)->id;
        to[i].weight = found[i].weight;
        to[i].pattern = found[i].pattern;
    }
    return answer.len;
}

static void assert_same(const struct index *a, const struct index *b)
{
    static struct view one[LIVES], other[LIVES];
    assert_int_equal(a->live, b->live);
    for (uint32_t i = 1; i <= a->count; i++) {
        if (!index_entry(a, i)->live)
            continue;
        uint32_t there = index_find(b, index_entry(a, i)->id);
        assert_int_not_equal(there, NO_DOCUMENT);
        int n = kin_view(a, i, one);
        assert_int_equal(kin_view(b, there, other), n);
        assert_memory_equal(one, other, (size_t)n * sizeof *one);
    }
}

static void any_life_ends_as_if_it_had_been_built_anew(void **state)
{
    static struct paper papers[LIVES];
    struct index x, anew, back;
    uint32_t number;
    (void)state;
    open_index(&x, 1000);
    for (int step = 0; step < STEPS; step++) {
        uint32_t i = below(&chance, LIVES);
        struct arena before = arena;
        if (below(&chance, 3)) {
            make_paper(&papers[i], i + 1);
            put(&x, &papers[i]);
        } else {
            name_of(&papers[i], i + 1, 0);
            index_drop(&x, papers[i].d.id);
        }
        if (arena.end - arena.at < 1 << 20)
            arena = before;
    }
    open_index(&anew, 1000);
    for (uint32_t i = LIVES; i-- > 0;)
        if (papers[i].d.group)
            assert_true(index_put(&anew, &papers[i].d, &number));
    assert_true(x.live > 100);
    assert_same(&x, &anew);
    struct bytes b = { arena_new(&arena, char, 1 << 23), 0, 1 << 23 };
    assert_true(index_write(&x, take_bytes, &b));
    open_index(&back, 1000);
    b.room = b.len;
    b.len = 0;
    assert_int_equal(index_read(&back, give_bytes, &b), OK);
    assert_int_equal(b.len, b.room); /* all of it was read */
    assert_same(&x, &back);
    for (uint32_t i = 1; i <= x.count; i++)
        assert_int_equal(index_entry(&x, i)->lead, index_entry(&back, i)->lead);
    index_close(&back);
    for (size_t cut = 0; cut < b.room; cut += 1 + b.room / 50) { /* a piece of it is none */
        struct bytes part = { b.at, 0, cut };
        open_index(&back, 1000);
        assert_int_equal(index_read(&back, give_bytes, &part), INVALID);
        index_close(&back);
    }
    index_close(&x);
    index_close(&anew);
}

static status read_of(struct index *x, struct bytes b)
{
    open_index(x, 1000);
    b.room = b.len;
    b.len = 0;
    return index_read(x, give_bytes, &b);
}

/* Sealed by ourselves or not: what is read is looked at. Whatever the bytes, nothing is read beyond what is there, and every walk ends. */
static void spoilt_bytes_are_refused_or_do_no_harm(void **state)
{
    enum { ROUNDS = 600 };
    static struct view seen[LIVES];
    struct index x, back;
    struct paper p;
    uint32_t copies[8];
    int refused = 0;
    (void)state;
    open_index(&x, 1000);
    for (uint32_t i = 1; i <= 60; i++) {
        make_paper(&p, i);
        put(&x, &p);
    }
    name_of(&p, 7, 1);
    assert_true(index_drop(&x, p.d.id));
    struct bytes b = { arena_new(&arena, char, 1 << 20), 0, 1 << 20 };
    assert_true(index_write(&x, take_bytes, &b));
    for (int round = 0; round < ROUNDS; round++) {
        char was[4];
        uint32_t at = below(&chance, 2) ? below(&chance, (uint32_t)b.len - 4) : below(&chance, 16384); /* the numbers in front more often */
        memcpy(was, b.at + at, sizeof was);
        for (uint32_t i = 0; i <= below(&chance, 4) && i < 4; i++)
            b.at[at + i] = (char)below(&chance, 256);
        if (read_of(&back, b) == OK) {
            for (uint32_t i = 1; i <= back.count; i++)
                if (index_entry(&back, i)->live) {
                    kin_view(&back, i, seen);
                    index_copies(&back, i, &(struct index_wish){ .may = nobody }, copies, 8);
                    index_copies(&back, i, &(struct index_wish){ 0 }, copies, 8);
                }
        } else {
            refused++;
        }
        index_close(&back);
        memcpy(b.at + at, was, sizeof was);
    }
    assert_in_range(refused, ROUNDS / 10, ROUNDS);
    assert_int_equal(read_of(&back, b), OK); /* the control */
    assert_same(&x, &back);
    index_close(&back);
    index_close(&x);
}

/* Of two documents: each number that points elsewhere than to what stands is found. */
static void what_points_to_nothing_is_refused(void **state)
{
    struct index x, back;
    struct paper p;
    struct bytes b = { arena_new(&arena, char, 1 << 20), 0, 1 << 20 };
    (void)state;
    open_index(&x, 64);
    for (uint32_t i = 1; i <= 3; i++) {
        name_of(&p, i, 1);
        say(&p, PHONE, "202 555 0100");
        put(&x, &p);
    }
    name_of(&p, 2, 1);
    assert_true(index_drop(&x, p.d.id));
    struct index_entry *first = (struct index_entry *)(void *)x.entries.at + 1, was = *first;
    struct index_told *fact = (struct index_told *)(void *)x.facts.at + was.facts_at, fact_was = *fact;
    for (int wrong = 0; wrong < 8; wrong++) {
        first->next = wrong == 0 ? 3 : wrong == 1 ? 2 : was.next; /* two before one; one that is gone */
        first->lead = wrong == 2 ? 2 : was.lead;
        first->facts_at = wrong == 3 ? UINT64_MAX : was.facts_at; /* with the number of facts it is a small one again */
        fact->field = wrong == 4 ? FIELDS : fact_was.field;
        fact->value = wrong == 5 ? 0 : wrong == 6 ? 1 << 20 : fact_was.value;
        if (wrong == 7)
            assert_true(postings_put(&x.keys, 12345, 2)); /* of one that is gone */
        b.len = 0;
        assert_true(index_write(&x, take_bytes, &b));
        assert_int_equal(read_of(&back, b), INVALID);
        index_close(&back);
        *first = was;
        *fact = fact_was;
    }
    postings_drop(&x.keys, 12345, 2);
    b.len = 0;
    assert_true(index_write(&x, take_bytes, &b));
    assert_int_equal(read_of(&back, b), OK); /* the control */
    index_close(&back);
    index_close(&x);
}

static void another_model_does_not_read_it(void **state)
{
    struct index x, other;
    struct plan p = plan_of_test();
    struct model m = model_of_test(&p);
    struct bytes b = { arena_new(&arena, char, 1 << 20), 0, 1 << 20 };
    (void)state;
    open_index(&x, 64);
    assert_true(index_write(&x, take_bytes, &b));
    b.len = 0;
    m.level[SAME_PERSON][0][0] = 0.5;
    assert_true(index_open(&other, &p, &m, 1000, 64));
    assert_int_equal(index_read(&other, give_bytes, &b), INVALID);
    index_close(&other);
    index_close(&x);
}

/* ---- beside a run over a whole file ---- */

static int people_file(int people)
{
    struct out o = { .arena = &arena };
    char line[200];
    out_str(&o, lit("id,given,surname,dob,phone,city\n"));
    for (int i = 0; i < people; i++) {
        uint32_t given = below(&chance, 60), surname = below(&chance, 400), day = 1 + below(&chance, 28), phone = below(&chance, 100000);
        for (uint32_t copy = 0, copies = 1 + below(&chance, 3); copy < copies; copy++) {
            char names[2][32];
            bool swapped = below(&chance, 12) == 0;
            snprintf(names[swapped], sizeof names[0], "gi%cven%u", "vn"[below(&chance, 9) == 0], given);
            snprintf(names[!swapped], sizeof names[0], "sur%u%cname", surname, "lm"[below(&chance, 9) == 0]);
            int n = snprintf(line, sizeof line, "%d-%u,%s,%s,19%02u-07-%02u,+1202%05u,town%u\n", i, copy, names[0], names[1], given + 20, below(&chance, 9) ? day : 30, phone, below(&chance, 12));
            out_str(&o, (str){ line, n });
        }
    }
    return file_of(out_view(&o));
}

static uint32_t put_record(struct index *x, const struct table *t, uint32_t record)
{
    struct paper p;
    name_of(&p, record + 1, 1);
    for (int f = 0; f < t->plan.field_count; f++)
        if (table_row(t, record)[f])
            p.facts[p.d.fact_count++] = (struct index_fact){ f, value_text(&t->values[f], table_row(t, record)[f]) };
    return put(x, &p);
}

/* The same pairs, with the same patterns, and weights that differ by rounding alone. */
static void one_by_one_links_what_a_file_links(void **state)
{
    static struct dedupe d;
    static struct index x;
    static struct kin found[1000];
    const struct dedupe_wish wish = { .threads = 1, .block_most = 500, .cluster_most = 100, .keep = 0.05, .join = 0.9 };
    int fd = people_file(1200);
    uint64_t met = 0, asked_for = 0;
    (void)state;
    assert_int_equal(dedupe_files(&d, &fd, 1, NULL, &wish), OK);
    close(fd);
    assert_true(index_open(&x, &d.table.plan, &d.model, d.table.count, 500));
    for (uint32_t i = 0; i < d.table.count; i++)
        assert_int_equal(put_record(&x, &d.table, i), i + 1);
    int32_t keep = (int32_t)lround(log2(wish.keep / (1 - wish.keep)) * BIT);
    struct kin_answer answer = { .at = found, .room = 1000 };
    for (uint32_t i = 0; i < d.table.count; i++) {
        index_kin(&x, i + 1, &(struct index_wish){ .least = keep + 8 }, &answer);
        asked_for += (uint64_t)answer.len;
        for (int k = 0; k < answer.len; k++) {
            uint32_t a = i < found[k].number - 1 ? i : found[k].number - 1, b = i ^ (found[k].number - 1) ^ a;
            for (size_t e = 0; e < d.edges.count; e++)
                if (d.edges.at[e].a == a && d.edges.at[e].b == b) {
                    met++;
                    assert_int_equal(edge_pattern(&d.table, &d.patterns, &d.edges.at[e]), found[k].pattern);
                    assert_in_range(d.edges.at[e].weight - found[k].weight + 100, 92, 108);
                }
        }
    }
    assert_int_equal(met, asked_for); /* nothing that the file does not link */
    for (size_t e = 0; e < d.edges.count; e++)
        asked_for -= d.edges.at[e].weight >= keep + 16 ? 2 : 0;
    assert_in_range(asked_for, 0, met / 20); /* and what it links is there: but for a few at the edge, counted on one side alone */
    assert_true(met > 2000);
    index_close(&x);
    dedupe_close(&d);
}

/* ---- copies ---- */

static uint32_t put_copy(struct index *x, uint32_t number)
{
    struct paper p;
    struct out o = { .arena = &arena };
    name_of(&p, number, 1);
    out_str(&o, lit("Forwarded many times: a white van takes children at the market of the old town, share before they delete this. Seen at "));
    out_int(&o, number);
    p.d.text = out_view(&o);
    return put(x, &p);
}

static void copies_hang_together_and_their_first_leads(void **state)
{
    struct index x;
    struct paper p;
    uint32_t to[8];
    (void)state;
    open_index(&x, 64);
    for (uint32_t i = 50; i > 30; i--) /* the later id comes first */
        put_copy(&x, i);
    name_of(&p, 5, 1);
    p.d.text = lit("My employer keeps my passport and does not pay me; eight of us sleep in one room above the kitchen");
    uint32_t apart = put(&x, &p);
    name_of(&p, 31, 1);
    uint32_t lead = index_find(&x, p.d.id);
    assert_int_equal(index_entry(&x, lead)->copies, 20);
    assert_int_equal(index_entry(&x, apart)->copies, 1);
    assert_int_equal(index_copies(&x, lead, &(struct index_wish){ 0 }, to, 8), 8);
    assert_true(index_drop(&x, p.d.id)); /* the lead goes: the next one leads */
    name_of(&p, 32, 1);
    lead = index_find(&x, p.d.id);
    assert_int_equal(index_entry(&x, lead)->copies, 19);
    for (uint32_t i = 33; i <= 50; i++) {
        name_of(&p, i, 1);
        assert_int_equal(index_entry(&x, index_find(&x, p.d.id))->lead, lead);
    }
    index_close(&x);
}

/* Whoever came first has the few places of a band, and is erased first. */
static void a_copy_is_found_when_the_first_ones_are_gone(void **state)
{
    struct index x;
    struct paper p;
    (void)state;
    open_index(&x, 64);
    for (uint32_t i = 1; i <= 30; i++)
        put_copy(&x, i);
    for (uint32_t i = 1; i <= 25; i++) {
        name_of(&p, i, 1);
        assert_true(index_drop(&x, p.d.id));
    }
    uint32_t number = put_copy(&x, 31);
    assert_int_equal(index_entry(&x, index_entry(&x, number)->lead)->copies, 6);
    index_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_in_common_links_and_says_how),
        cmocka_unit_test(what_is_only_asked_about_is_weighed_alike),
        cmocka_unit_test(hidden_groups_change_nothing_that_is_seen),
        cmocka_unit_test(a_hidden_crowd_does_not_stand_before_what_is_seen),
        cmocka_unit_test(what_too_many_have_is_told_and_not_linked),
        cmocka_unit_test(what_is_dropped_leaves_nothing),
        cmocka_unit_test(any_life_ends_as_if_it_had_been_built_anew),
        cmocka_unit_test(spoilt_bytes_are_refused_or_do_no_harm),
        cmocka_unit_test(what_points_to_nothing_is_refused),
        cmocka_unit_test(another_model_does_not_read_it),
        cmocka_unit_test(one_by_one_links_what_a_file_links),
        cmocka_unit_test(copies_hang_together_and_their_first_leads),
        cmocka_unit_test(a_copy_is_found_when_the_first_ones_are_gone),
    };
    arena = arena_reserve(64 << 20);
    chance = chance_seeded(11);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
