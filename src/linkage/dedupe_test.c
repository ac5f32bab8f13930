/*
 * Whole runs on invented people: what is compared, that no thread count changes a byte, and what a wrong file is told. Over 500 lines: the makers of
 * people and of files, and the reading of what a run kept, are two hundred of them and serve every test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/csv.h"
#include "in_memory.h"
#include "linkage/dedupe.h"
#include "linkage/normal.h"
#include "linkage/sound.h"
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEOPLE = 1500 };
static struct arena arena;
static struct dedupe d;

static void word(char *to, uint32_t rank)
{
    static const char *const parts[] = { "ba", "ko", "ri", "mu", "te", "sa", "lo", "ni", "va", "de" };
    ptrdiff_t n = 0;
    for (uint32_t x = rank + 11; x; x /= 10)
        for (const char *p = parts[x % 10]; *p; p++)
            to[n++] = *p;
    to[n] = 0;
}

static void slip(struct chance *c, char *text)
{
    size_t n = strlen(text), at = n > 2 ? below(c, (uint32_t)n - 1) : 0;
    char turned = text[at];
    if (n > 2 && below(c, 4) == 0) {
        text[at] = text[at + 1];
        text[at + 1] = turned;
    }
}

/* Each person has one to three records; one in six is kin of the one before: surname, street and often the phone are shared. */
static str people(uint64_t seed, int count)
{
    struct chance c = chance_seeded(seed);
    struct out o = { .arena = &arena };
    char given[32], surname[32] = "", street[48] = "", line[400];
    uint32_t phone = 0;
    int record = 0;
    out_str(&o, lit("id,person,given,surname,dob,phone,street,city\n"));
    for (int person = 0; person < count; person++) {
        bool kin = person && below(&c, 6) == 0;
        word(given, below(&c, below(&c, 400) + 1));
        if (!kin) {
            word(surname, below(&c, below(&c, 3000) + 1));
            snprintf(street, sizeof street, "%u road %u", 1 + below(&c, 200), below(&c, 300));
        }
        if (!kin || below(&c, 2))
            phone = 100000000 + below(&c, 800000000);
        uint32_t year = 1950 + below(&c, 55), month = 1 + below(&c, 12), day = 1 + below(&c, 28);
        for (uint32_t copies = 1 + below(&c, 3); copies; copies--, record++) {
            char g[32], s[32];
            snprintf(g, sizeof g, "%s", given);
            snprintf(s, sizeof s, "%s", surname);
            slip(&c, g);
            slip(&c, s);
            char number[32] = "";
            if (below(&c, 4))
                snprintf(number, sizeof number, "+1%u", phone);
            int n = snprintf(line, sizeof line, "r%d,%d,%s,%s,%04u-%02u-%02u,%s,%s,city%u\n", record, person, g, s, year, month,
                             below(&c, 12) ? day : 1 + below(&c, 28), number, street, person % 7u);
            out_str(&o, (str){ line, n });
        }
    }
    return out_view(&o);
}

static struct dedupe_wish wish_of(int threads)
{
    return (struct dedupe_wish){ .threads = threads, .block_most = 1000, .cluster_most = 100, .keep = 0.01, .join = 0.9 };
}

static void run(str text, const struct dedupe_wish *wish)
{
    int fd = file_of(text);
    assert_int_equal(dedupe_files(&d, &fd, 1, NULL, wish), OK);
    close(fd);
}

/* ---- who is compared ---- */

struct found {
    uint64_t *at;
    size_t n, of_sample;
};

static void take(void *context, int thread, int part, const struct pair *lot, int n)
{
    struct found *f = context;
    (void)thread, (void)part;
    for (int i = 0; i < n; i++)
        f->at[__atomic_fetch_add(&f->n, 1, __ATOMIC_RELAXED)] = (uint64_t)lot[i].a << 32 | lot[i].b;
}

static bool count_sample(void *context)
{
    struct found *f = context;
    f->of_sample = f->n;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* By the words of the rule alone, on the texts of the values. */
static bool agree(const struct table *t, const struct rule *r, uint32_t a, uint32_t b)
{
    uint32_t apart = 0;
    for (int i = 0; i < r->count; i++) {
        const struct rule_part *p = &r->parts[i];
        uint32_t x = table_row(t, a)[p->field], y = table_row(t, b)[p->field];
        if (!x || !y)
            return false;
        str left = value_text(&t->values[p->field], x), right = value_text(&t->values[p->field], y);
        str of_left[WORDS_MOST], of_right[WORDS_MOST];
        if (p->sound)
            apart += sound_words(of_left, name_words(left, of_left)) - sound_words(of_right, name_words(right, of_right));
        else if (!str_equal(p->first ? str_part(left, 0, p->first) : left, p->first ? str_part(right, 0, p->first) : right))
            return false;
    }
    return !apart;
}

/* In how large a block each record is, by each rule: records that agree with it, and itself. */
static uint32_t *block_sizes(const struct table *t)
{
    uint32_t *sizes = arena_new(&arena, uint32_t, (ptrdiff_t)RULES_MOST * t->count);
    for (int r = 0; r < t->plan.rule_count; r++)
        for (uint32_t a = 0; a < t->count; a++)
            for (uint32_t b = a; b < t->count; b++)
                if (agree(t, &t->plan.rules[r], a, b)) {
                    sizes[(size_t)r * t->count + a]++;
                    sizes[(size_t)r * t->count + b] += a != b;
                }
    return sizes;
}

/* The pairs of the plan's rules whose block is no larger than most, each looked up among all pairs of records. Returns how many. */
static size_t assert_pairs_of_the_rules(const struct table *t, uint32_t most)
{
    struct arena mark = arena;
    const uint32_t *sizes = block_sizes(t);
    struct found met = { arena_new(&arena, uint64_t, 2000000), 0, 0 }, wanted = { arena_new(&arena, uint64_t, 2000000), 0, 0 };
    for (uint32_t a = 0; a < t->count; a++)
        for (uint32_t b = a + 1; b < t->count; b++)
            for (int r = 0; r < t->plan.rule_count; r++)
                if (sizes[(size_t)r * t->count + a] <= most && agree(t, &t->plan.rules[r], a, b)) {
                    wanted.at[wanted.n++] = (uint64_t)a << 32 | b;
                    break;
                }
    for (int threads = 1; threads <= 4; threads += 3) {
        struct rule_yield yields[RULES_MOST];
        struct pairs_wish pairs = { most, 1, NULL, threads, take, &met, NULL, NULL };
        met.n = 0;
        assert_true(pairs_walk(t, &pairs, yields));
        qsort(met.at, met.n, sizeof *met.at, by_number);
        assert_int_equal(met.n, wanted.n);
        assert_memory_equal(met.at, wanted.at, met.n * sizeof *met.at);
    }
    arena = mark;
    return wanted.n;
}

/* A sample comes first, and then all that is not of it. */
static void assert_sample_and_rest(const struct table *t, int threads)
{
    struct arena mark = arena;
    struct found all = { arena_new(&arena, uint64_t, 2000000), 0, 0 }, parted = { arena_new(&arena, uint64_t, 2000000), 0, 0 };
    struct rule_yield yields[RULES_MOST], parts[RULES_MOST];
    struct pairs_wish pairs = { 1000, 1, count_sample, threads, take, &all, NULL, NULL };
    assert_true(pairs_walk(t, &pairs, yields) && !all.of_sample);
    pairs.one_in = 4;
    pairs.context = &parted;
    assert_true(pairs_walk(t, &pairs, parts));
    assert_true(parted.of_sample > all.n / 8 && parted.of_sample < all.n / 2);
    for (int i = 0; i < t->plan.rule_count; i++)
        assert_true(parts[i].pairs == yields[i].pairs && parts[i].blocks == yields[i].blocks && parts[i].largest == yields[i].largest);
    qsort(all.at, all.n, sizeof *all.at, by_number);
    qsort(parted.at, parted.n, sizeof *parted.at, by_number);
    assert_int_equal(all.n, parted.n);
    assert_memory_equal(all.at, parted.at, all.n * sizeof *all.at);
    arena = mark;
}

static void a_sample_and_the_rest_are_all_pairs(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(1);
    run(people(5, 4000), &wish);
    for (int threads = 1; threads <= 4; threads += 3)
        assert_sample_and_rest(&d.table, threads);
    dedupe_close(&d);
}

static void each_pair_of_a_rule_is_met_once_and_no_other(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(1);
    run(people(3, 500), &wish);
    struct plan *p = &d.table.plan;
    assert_true(assert_pairs_of_the_rules(&d.table, 1000) > 300);
    p->rule_count = 1; /* the whole names alone, and the same by ear */
    size_t exact = assert_pairs_of_the_rules(&d.table, 1000);
    p->rules[0].parts[0].sound = p->rules[0].parts[1].sound = true;
    assert_true(assert_pairs_of_the_rules(&d.table, 1000) > exact);
    dedupe_close(&d);
}

/* Whatever is the largest block: what a rule left out comes by a later one, if that has it in a block that is small enough. */
static void a_pair_that_a_rule_left_out_comes_by_a_later_one(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(1);
    struct plan *p = &d.table.plan;
    run(people(4, 200), &wish);
    size_t before = 0;
    for (uint32_t most = 2; most <= 64; most *= 2) {
        size_t pairs = assert_pairs_of_the_rules(&d.table, most);
        assert_true(pairs >= before);
        before = pairs;
    }
    struct rule first = p->rules[0]; /* and with a rule before them that leaves out nearly all: a name by ear, then by its beginning */
    p->rules[0] = (struct rule){ { { .field = first.parts[0].field, .sound = true } }, 1 };
    size_t by_ear = assert_pairs_of_the_rules(&d.table, 5);
    p->rules[0] = (struct rule){ { { .field = first.parts[0].field, .first = 1 } }, 1 };
    size_t beginning = assert_pairs_of_the_rules(&d.table, 5);
    p->rules[0] = (struct rule){ { { .field = first.parts[0].field } }, 1 };
    assert_true(by_ear > 100 && beginning > 100 && assert_pairs_of_the_rules(&d.table, 5) > 100);
    dedupe_close(&d);
}

static void a_block_too_large_is_left_out_and_counted(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(2);
    struct out o = { .arena = &arena };
    out_str(&o, lit("id,name,phone\n"));
    for (int i = 0; i < 60; i++) {
        char line[64];
        out_str(&o, (str){ line, snprintf(line, sizeof line, "%d,n%d,%d\n", i, i / 2, i < 40 ? 5551234 : 5550000 + i) });
    }
    wish.block_most = 39;
    run(out_view(&o), &wish);
    uint64_t pairs = 0, dropped = 0, blocks = 0;
    for (int i = 0; i < d.table.plan.rule_count; i++) {
        pairs += d.yields[i].pairs;
        dropped += d.yields[i].dropped_pairs;
        blocks += d.yields[i].dropped_blocks;
    }
    assert_true(blocks == 1 && dropped == 40 * 39 / 2 && pairs == 30);
    dedupe_close(&d);
}

/* ---- what comes out ---- */

static uint64_t stamp(void)
{
    uint64_t h = d.clusters.count;
    for (size_t i = 0; i < d.edges.count; i++)
        h = hash_pair(h, hash_pair((uint64_t)d.edges.at[i].a << 32 | d.edges.at[i].b, (uint64_t)(uint32_t)d.edges.at[i].weight << 32 | edge_pattern(&d.table, &d.patterns, &d.edges.at[i])));
    for (uint32_t i = 0; i < d.table.count; i++)
        h = hash_pair(h, d.clusters.of[i]);
    return h;
}

static void any_number_of_threads_gives_the_same(void **state)
{
    (void)state;
    str text = people(4, PEOPLE);
    uint64_t first = 0;
    for (int threads = 1; threads <= 8; threads *= 2) {
        struct dedupe_wish wish = wish_of(threads);
        run(text, &wish);
        assert_true(d.edges.count > 500);
        first = first ? first : stamp();
        assert_true(stamp() == first);
        dedupe_close(&d);
    }
}

/* Whatever it is learnt from, the same pairs are compared; also when blocks are too large that the sample knows nothing of. */
static void a_large_table_learns_from_a_sample(void **state)
{
    (void)state;
    str text = people(7, PEOPLE);
    static const uint32_t largest[] = { 2, 3, 4, 6, 1000 };
    for (ptrdiff_t i = 0; i < countof(largest); i++) {
        struct rule_yield whole[RULES_MOST];
        struct dedupe_wish wish = wish_of(2);
        wish.block_most = largest[i];
        run(text, &wish);
        memcpy(whole, d.yields, sizeof whole);
        size_t kept = d.edges.count;
        double pairs = d.learnt_from;
        dedupe_close(&d);
        wish.learn_from = 300;
        uint64_t first = 0;
        for (wish.threads = 1; wish.threads <= 8; wish.threads *= 2) {
            run(text, &wish);
            assert_true(d.learnt_from > 0 && d.learnt_from < pairs / 2);
            assert_memory_equal(d.yields, whole, (size_t)d.table.plan.rule_count * sizeof *whole);
            assert_true(d.edges.count > kept * 9 / 10 && d.edges.count < kept * 11 / 10);
            first = first ? first : stamp();
            assert_true(stamp() == first);
            dedupe_close(&d);
        }
    }
}

static void persons_are_found_and_kin_are_not_joined(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(2);
    str text = people(6, PEOPLE);
    struct csv c;
    run(text, &wish);
    assert_int_equal(csv_read(&arena, text, &c), OK);
    double same = 0, joined = 0, both = 0;
    for (uint32_t a = 0; a < d.table.count; a++)
        for (uint32_t b = a + 1; b < d.table.count; b++) {
            bool person = str_equal(c.at[a + 1].cells[1], c.at[b + 1].cells[1]), cluster = d.clusters.of[a] == d.clusters.of[b];
            same += person;
            joined += cluster;
            both += person && cluster;
        }
    assert_true(both / joined > 0.97 && both / same > 0.9);
    dedupe_close(&d);
}

static void two_files_are_linked_across_alone(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(2);
    str text = people(8, 300);
    int fds[2] = { file_of(text), file_of(text) };
    assert_int_equal(dedupe_files(&d, fds, 2, NULL, &wish), OK);
    assert_true(d.table.split * 2 == d.table.count);
    for (size_t i = 0; i < d.edges.count; i++)
        assert_true(d.edges.at[i].a < d.table.split && d.edges.at[i].b >= d.table.split);
    for (uint32_t i = 0; i < d.table.split; i++) /* each finds itself */
        assert_true(d.clusters.of[i] == d.clusters.of[i + d.table.split]);
    dedupe_close(&d);
}

static void a_cluster_does_not_grow_beyond_its_limit(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(2);
    wish.cluster_most = 2;
    run(people(4, PEOPLE), &wish);
    assert_true(d.clusters.cut > 0 && d.clusters.largest == 2);
    dedupe_close(&d);
}

/* The level of a pair depends on the pair alone, and not on its order. */
static void a_pair_is_the_same_either_way_and_beside_others(void **state)
{
    (void)state;
    struct dedupe_wish wish = wish_of(1);
    static int levels[100][COMPARISONS_MOST];
    static struct comparer memory;
    for (int round = 0; round < 2; round++) {
        str text = people(9, round ? 400 : 200); /* the same beginning */
        struct pair lot[100];
        uint32_t patterns[100];
        run(text, &wish);
        for (uint32_t i = 0; i < 100; i++) {
            lot[i] = (struct pair){ i, i + 1, 0, 0 };
            pair_rows(&lot[i], table_row(&d.table, i), table_row(&d.table, i + 1), d.table.stride);
        }
        memset(&memory, 0, sizeof memory);
        compare_lot(&d.table, &d.patterns, &memory, lot, 100, patterns);
        for (uint32_t i = 0; i < 100; i++)
            for (int k = 0; k < d.table.plan.comparison_count; k++) {
                struct pair p = { i, i + 1, 0, 0 }, q = { i + 1, i, 0, 0 };
                pair_rows(&p, table_row(&d.table, i), table_row(&d.table, i + 1), d.table.stride);
                pair_rows(&q, table_row(&d.table, i + 1), table_row(&d.table, i), d.table.stride);
                int level = compare_rows(&d.table, &d.table.plan.comparisons[k], &p);
                assert_int_equal(level, compare_rows(&d.table, &d.table.plan.comparisons[k], &q));
                assert_int_equal(level, pattern_level(&d.patterns, &d.table.plan, patterns[i], k)); /* in a lot and alone */
                if (round)
                    assert_int_equal(level, levels[i][k]);
                levels[i][k] = level;
            }
        dedupe_close(&d);
    }
}

/* ---- files ---- */

static str random_cells(struct chance *c, ptrdiff_t bytes)
{
    struct out o = { .arena = &arena };
    out_str(&o, lit("id,name,city\n"));
    for (int row = 0; o.len < bytes; row++) {
        out_int(&o, row);
        for (int i = 0; i < 2; i++) {
            out_char(&o, ',');
            bool quoted = below(c, 3) == 0;
            if (quoted)
                out_char(&o, '"');
            for (uint32_t n = below(c, 30); n; n--)
                out_str(&o, quoted && !below(c, 9) ? (!below(c, 3) ? lit("\"\"") : !below(c, 2) ? lit("\n") : lit(",")) : lit("q"));
            if (quoted)
                out_char(&o, '"');
        }
        out_str(&o, below(c, 2) ? lit("\r\n") : lit("\n"));
    }
    return out_view(&o);
}

/* The same cells as the strict reader of lib/base finds, across the borders of what is read at once. */
static void a_file_is_cut_into_the_cells_it_has(void **state)
{
    (void)state;
    struct chance c = chance_seeded(10);
    str text = random_cells(&c, 1200000);
    static struct table t;
    struct csv strict;
    int fd = file_of(text);
    assert_int_equal(csv_read(&arena, text, &strict), OK);
    assert_int_equal(table_read(&t, &fd, 1, NULL, NULL), OK);
    assert_int_equal(t.count, strict.len - 1);
    char scratch[NAME_SCRATCH];
    for (uint32_t i = 0; i < t.count; i++) {
        assert_true(str_equal(table_name(&t, i, scratch), strict.at[i + 1].cells[0]));
        for (int f = 0; f < 2; f++) {
            char plain[VALUE_MOST];
            ptrdiff_t n = normal_value(t.plan.fields[f].kind, strict.at[i + 1].cells[1 + f], plain);
            uint32_t number = table_row(&t, i)[f];
            str has = number ? value_text(&t.values[f], number) : (str){ 0 };
            assert_int_equal(has.len, n);
            assert_memory_equal(n ? has.at : "", plain, (size_t)n);
        }
    }
    close(fd);
    table_close(&t);
}

/* The last line need not end, empty lines are no records, and the bytes of a mark at the front are no name. */
static void ends_and_empty_lines_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = { "id,name\n1,a\n2,\"b\"", "id,name\n1,a\n2,\"b\"\n", "id,name\r\n1,a\r\n\r\n2,b\r\n\r\n", "\xef\xbb\xbfid,name\n1,a\n2,b",
                                         " id , name\n 1, a\n 2 ,b ", "id,name\n1,a\n\"2\",\"b\"" };
    static struct table t;
    char scratch[NAME_SCRATCH];
    for (ptrdiff_t i = 0; i < countof(texts); i++) {
        int fd = file_of(str_of(texts[i]));
        assert_int_equal(table_read(&t, &fd, 1, NULL, NULL), OK);
        assert_int_equal(t.count, 2);
        assert_true(str_equal(table_name(&t, 1, scratch), lit("2")));
        assert_true(str_equal(value_text(&t.values[0], table_row(&t, 1)[0]), lit("b")));
        close(fd);
        table_close(&t);
    }
}

static void a_wrong_file_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } wrong[] = {
        { "", "empty" }, { "id,x\n1,2\n", "--settings" }, { "id,name\n1,a\n2\n", "line 3: fewer" }, { "id,name\n1,a\n2,b,c\n", "line 3: more" },
        { "id,name\n1,\"a\n", "not closed" }, { "id,name\n1,a\"b\n", "line 2: a quote" }, { "id,name\n1,\"a\"b\n", "line 2: text after" },
        { "id,name\n1,a\n1,b\n", "record 2" }, { "id,name\n1,a\n,b\n", "without an identifier" }, { "id,name\n1,a\n2,caf\xe9\n", "line 3, column name" },
        { "id,name\n1,a\n", "fewer than two" },
    };
    struct dedupe_wish wish = wish_of(1);
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        int fd = file_of(str_of(wrong[i].text));
        assert_int_equal(dedupe_files(&d, &fd, 1, NULL, &wish), INVALID);
        assert_non_null(strstr(d.complaint, wrong[i].said));
        close(fd);
        dedupe_close(&d);
    }
    char *endless = arena_new(&arena, char, 3 << 20);
    memset(endless, 'x', 3 << 20);
    memcpy(endless, "id,name\n1,", 10);
    int fd = file_of((str){ endless, 3 << 20 });
    assert_int_equal(dedupe_files(&d, &fd, 1, NULL, &wish), INVALID);
    assert_non_null(strstr(d.complaint, "line 2: longer than a mebibyte"));
    close(fd);
    dedupe_close(&d);
}

/* ---- memory and words on the way ---- */

static size_t address_space(void)
{
    size_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    must(f && fscanf(f, "%zu", &pages) == 1);
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Another process, which may reserve so much more, runs; how it ended: 0 as it should, 1 told that memory is short. */
static int with_room(str text, size_t bytes)
{
    int fd = file_of(text), how = 0;
    pid_t child = fork();
    must(child >= 0);
    if (!child) {
        struct dedupe_wish wish = wish_of(1);
        struct rlimit most = { address_space() + bytes, address_space() + bytes };
        must(!setrlimit(RLIMIT_AS, &most));
        status s = dedupe_files(&d, &fd, 1, NULL, &wish);
        bool told = s == FAULT && strstr(d.complaint, "memory");
        dedupe_close(&d);
        _exit(s == OK ? 0 : told ? 1 : 2);
    }
    must(waitpid(child, &how, 0) == child);
    close(fd);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 3;
}

static void memory_that_ends_anywhere_is_told(void **state)
{
    (void)state;
    str text = people(11, 100);
    int fine = 0, told = 0;
    for (size_t gib = 0; gib <= 320 && !fine; gib++) {
        int how = with_room(text, gib << 30);
        assert_true(how == 0 || how == 1);
        fine += how == 0;
        told += how == 1;
    }
    assert_true(fine && told > 10);
}

static void hear(void *context, const char *stage, double done)
{
    char *heard = context;
    assert_true(done >= 0 && done <= 1);
    if (!strstr(heard, stage))
        snprintf(heard + strlen(heard), 100 - strlen(heard), "%s;", stage);
}

static void each_stage_is_told(void **state)
{
    (void)state;
    char heard[100] = "";
    struct dedupe_wish wish = wish_of(1);
    wish.teller = (struct teller){ hear, heard };
    wish.learn_from = 40; /* of fewer nothing is compared after it was learnt from */
    run(people(12, 50), &wish);
    assert_string_equal(heard, "reading;learning;comparing;joining;");
    dedupe_close(&d);
}

/* ---- arithmetic ---- */

static void weights_add_up_in_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        int32_t bits;
    } known[] = { { 1, 0 }, { 2, 256 }, { 3, 405 }, { 1024, 2560 }, { 1000, 2551 }, { UINT64_MAX, 16383 } };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        assert_int_equal(log2_of(known[i].n), known[i].bits);
    for (int32_t a = -3000; a < 3000; a += 77)
        for (int32_t b = -3000; b < 3000; b += 91) {
            assert_int_equal(weight_against_both(a, b), weight_against_both(b, a));
            assert_true(weight_against_both(a, b) <= (a < b ? a : b));
            double odds = -__builtin_log2(__builtin_exp2(-a / 256.0) + __builtin_exp2(-b / 256.0)) * 256;
            assert_true(weight_against_both(a, b) - odds < 3 && odds - weight_against_both(a, b) < 3);
        }
}

int main(void)
{
    arena = arena_reserve(256 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_of_a_rule_is_met_once_and_no_other),
        cmocka_unit_test(a_sample_and_the_rest_are_all_pairs),
        cmocka_unit_test(a_pair_that_a_rule_left_out_comes_by_a_later_one),
        cmocka_unit_test(a_block_too_large_is_left_out_and_counted),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(a_large_table_learns_from_a_sample),
        cmocka_unit_test(persons_are_found_and_kin_are_not_joined),
        cmocka_unit_test(two_files_are_linked_across_alone),
        cmocka_unit_test(a_cluster_does_not_grow_beyond_its_limit),
        cmocka_unit_test(a_pair_is_the_same_either_way_and_beside_others),
        cmocka_unit_test(a_file_is_cut_into_the_cells_it_has),
        cmocka_unit_test(ends_and_empty_lines_are_read),
        cmocka_unit_test(a_wrong_file_is_told_with_its_line),
        cmocka_unit_test(memory_that_ends_anywhere_is_told),
        cmocka_unit_test(each_stage_is_told),
        cmocka_unit_test(weights_add_up_in_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
