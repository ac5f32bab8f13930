/*
 * Search by words beside SQLite's FTS5 on the same texts, in one run: bench_search [TIPS]. Texts are made up: words by Zipf's law out of 60,000,
 * some of them names, a telephone in three of ten. Both rank by BM25 and give the ten best; FTS5 is asked twice, for all of the words and for any of
 * them, since the engine answers both at once and counts both. CPU of this thread, in microseconds; nothing is written to a disk.
 */
#include "linkage/terms.h"
#include "triage/match/match_words.h"
#include "triage/search/search.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VOCABULARY = 60000, TEXT_MOST = 2048, QUESTIONS = 2000, PEER_EACH = 20 /* of which FTS5 is asked one */, PEERS = QUESTIONS / PEER_EACH, GROUPS = 8, GOAL = 3 };

static struct {
    char word[VOCABULARY][16];
    double upto[VOCABULARY]; /* of Zipf's law, summed up */
    uint64_t state;
    struct words words;
    struct arena scratch;
    char *texts;
    sqlite3 *db;
} b;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint64_t drawn(uint64_t below)
{
    b.state = b.state * 6364136223846793005u + 1442695040888963407u;
    return (b.state >> 33) % below;
}

static int zipf(void)
{
    double at = (double)drawn(1 << 30) / (1 << 30) * b.upto[VOCABULARY - 1];
    int low = 0, high = VOCABULARY - 1;
    while (low < high) {
        int half = (low + high) / 2;
        if (b.upto[half] < at)
            low = half + 1;
        else
            high = half;
    }
    return low;
}

static void make_words(void)
{
    static const char *const first[] = { "b", "k", "d", "fr", "g", "h", "l", "m", "n", "p", "r", "st", "t", "v", "z", "tr" }, *const then[] = { "a", "e", "i", "o", "u", "ai", "ou" };
    double sum = 0;
    for (int i = 0; i < VOCABULARY; i++) {
        size_t n = 0;
        for (int k = 0, parts = i < 200 ? 1 + i % 2 : 2 + (int)drawn(3); k < parts; k++)
            n += (size_t)snprintf(b.word[i] + n, sizeof b.word[i] - n, "%s%s", first[drawn(countof(first))], then[drawn(countof(then))]);
        b.upto[i] = sum += 1.0 / (i + 1);
    }
}

static char *text_of(uint32_t number)
{
    return b.texts + (size_t)number * TEXT_MOST;
}

static void make_text(char *to)
{
    int words = 40 + (int)drawn(110);
    size_t n = 0;
    for (int i = 0; i < words; i++) {
        size_t at = n;
        n += (size_t)snprintf(to + n, TEXT_MOST - n, "%s%s", b.word[zipf()], drawn(12) ? " " : ". ");
        if (!drawn(15))
            to[at] = (char)(to[at] - 32);
    }
    if (drawn(10) < 3)
        snprintf(to + n, TEXT_MOST - n, "(2%02d) 555-%04d", (int)drawn(100), (int)drawn(10000));
}

static void sql(const char *text)
{
    char *wrong = NULL;
    if (sqlite3_exec(b.db, text, NULL, NULL, &wrong) != SQLITE_OK) {
        fprintf(stderr, "bench_search: %s\n", wrong);
        exit(1);
    }
}

static double put_all(uint32_t tips, double *fts)
{
    sqlite3_stmt *s;
    double began = now();
    for (uint32_t i = 1; i <= tips; i++) {
        struct arena a = b.scratch;
        struct match_facts *facts = arena_new(&a, struct match_facts, 1);
        struct match_said said = { .at = { str_of(text_of(i)) }, .len = 1 };
        match_read(&a, said.at[0], lit("US"), facts);
        must(match_say(&b.words, &said, facts) && words_put(&b.words, i, i % 97 ? 0 : i % GROUPS));
    }
    double between = now();
    sql("CREATE VIRTUAL TABLE t USING fts5(x, content=''); BEGIN");
    must(sqlite3_prepare_v2(b.db, "INSERT INTO t (rowid, x) VALUES (?, ?)", -1, &s, NULL) == SQLITE_OK);
    for (uint32_t i = 1; i <= tips; i++) {
        must(sqlite3_bind_int(s, 1, (int)i) == SQLITE_OK && sqlite3_bind_text(s, 2, text_of(i), -1, SQLITE_STATIC) == SQLITE_OK);
        must(sqlite3_step(s) == SQLITE_DONE && sqlite3_reset(s) == SQLITE_OK);
    }
    sqlite3_finalize(s);
    sql("COMMIT; INSERT INTO t (t) VALUES ('optimize')");
    *fts = now() - between;
    return between - began;
}

static bool higher(const void *context, uint32_t x, uint32_t y)
{
    (void)context;
    return x > y;
}

static double ask_engine(const char *typed, uint32_t *all)
{
    static const uint32_t groups[GROUPS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    struct search_query q;
    struct words_answer out;
    double began = now();
    struct arena a = b.scratch;
    search_read(&a, str_of(typed), lit("US"), &q);
    words_seek(&b.words, &(struct words_question){ .items = q.items, .item_count = q.len, .groups = groups, .group_count = GROUPS, .before = higher }, &out);
    *all = out.whole;
    return now() - began;
}

static double ask_fts(sqlite3_stmt *s, const char *match)
{
    double began = now();
    int rows = 0;
    must(sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC) == SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        rows++;
    must(sqlite3_reset(s) == SQLITE_OK && rows <= 10);
    return now() - began;
}

static int by_size(const void *x, const void *y)
{
    double left = *(const double *)x, right = *(const double *)y;
    return (left > right) - (left < right);
}

static double tell(const char *what, double *times, int n, double *p99)
{
    qsort(times, (size_t)n, sizeof *times, by_size);
    *p99 = times[n * 99 / 100];
    printf("%-34s %4d  p50 %8.1f  p99 %9.1f  max %9.1f us CPU\n", what, n, times[n / 2], *p99, times[n - 1]);
    return times[n / 2];
}

/* One to four words that stand together in some text; of FTS5 between signs, so that both ask for the same. */
static void some_words(uint32_t tips, char typed[200], char all[400], char any[400])
{
    const char *text = text_of(1 + (uint32_t)drawn(tips));
    size_t n = 0, m = 0, k = 0;
    int words = 1 + (int)drawn(4), skip = (int)drawn(30);
    struct term_reader r = term_reader(str_of(text));
    struct term t;
    while (words && term_next(&r, &t))
        if (t.at[0] == TERM_WORD && --skip < 0 && !(t.at[1] >= '0' && t.at[1] <= '9')) {
            n += (size_t)snprintf(typed + n, 200 - n, "%.*s ", t.len - 1, t.at + 1);
            m += (size_t)snprintf(all + m, 400 - m, "%s%.*s", m ? " AND " : "", t.len - 1, t.at + 1);
            k += (size_t)snprintf(any + k, 400 - k, "%s%.*s", k ? " OR " : "", t.len - 1, t.at + 1);
            words--;
        }
}

static bool count_bytes(void *context, const void *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)context += n;
    return true;
}

int main(int argc, char **argv)
{
    static double engine[QUESTIONS], of_all[PEERS], of_any[PEERS];
    static char typed[200], all[400], any[400];
    uint32_t tips = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000, found;
    double fts, p99[3], asked[3], erased;
    size_t written = 0, letters = 0;
    sqlite3_stmt *s, *count;
    b.state = 7;
    b.scratch = arena_reserve(64 << 20);
    must(tips > 0 && words_open(&b.words, GROUPS) && sqlite3_open(":memory:", &b.db) == SQLITE_OK);
    struct space space;
    must(space_take(&space, ((size_t)tips + 1) * TEXT_MOST));
    b.texts = space.at;
    make_words();
    for (uint32_t i = 1; i <= tips; i++) {
        make_text(text_of(i));
        letters += strlen(text_of(i));
    }
    double put = put_all(tips, &fts);
    must(words_write(&b.words, count_bytes, &written));
    must(sqlite3_prepare_v2(b.db, "SELECT sum(length(block)) FROM t_data", -1, &count, NULL) == SQLITE_OK && sqlite3_step(count) == SQLITE_ROW);
    printf("%u tips of %zu bytes; put: %.1f us a tip with all that it names, FTS5 %.1f us\n", tips, letters / tips, put / tips, fts / tips);
    printf("memory %.1f MiB, %.0f bytes a tip; written %.1f MiB; FTS5 %.1f MiB\n", (double)words_bytes(&b.words) / (1 << 20),
           (double)words_bytes(&b.words) / tips, (double)written / (1 << 20), (double)sqlite3_column_int64(count, 0) / (1 << 20));
    sqlite3_finalize(count);
    must(sqlite3_prepare_v2(b.db, "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", -1, &s, NULL) == SQLITE_OK);
    for (int i = 0; i < QUESTIONS; i++) {
        some_words(tips, typed, all, any);
        engine[i] = ask_engine(typed, &found);
        must(found > 0);
        if (i % PEER_EACH)
            continue;
        of_all[i / PEER_EACH] = ask_fts(s, all);
        of_any[i / PEER_EACH] = ask_fts(s, any);
    }
    asked[0] = tell("engine: all of it first, both counted", engine, QUESTIONS, &p99[0]);
    asked[1] = tell("FTS5: all of the words, ten best", of_all, PEERS, &p99[1]);
    asked[2] = tell("FTS5: any of the words, ten best", of_any, PEERS, &p99[2]);
    printf("ratio of FTS5 (any) to the engine: p50 %.1f, p99 %.1f; of FTS5 (all): %.1f, %.1f\n", asked[2] / asked[0], p99[2] / p99[0], asked[1] / asked[0], p99[1] / p99[0]);
    erased = now();
    for (uint32_t i = 1; i <= tips; i += 100)
        words_drop(&b.words, i);
    printf("erased: %.1f us a tip\n", (now() - erased) / ((tips + 99) / 100));
    sqlite3_finalize(s);
    sqlite3_close(b.db);
    return p99[2] / p99[0] < GOAL;
}
