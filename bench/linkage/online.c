/*
 * One record against all that came before it: bench_online PEOPLE.csv [QUERIES]. The model is learnt of the file; all records but the last
 * QUERIES are put to an index, and each of these is put and asked about in turn, while every tenth step also erases an older one. Then the index
 * is written out and read back. CPU of this thread, in microseconds; nothing is written to a disk.
 */
#include "linkage/dedupe.h"
#include "linkage/index.h"
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { KEYS_KEPT = 500, ROOM = 64, ERASE_EACH = 10 };
static struct dedupe d;
static struct index x;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void describe(uint32_t record, struct index_document *doc, struct index_fact facts[FIELDS_MOST])
{
    *doc = (struct index_document){ .facts = facts, .group = 1 };
    memcpy(doc->id.at, &(uint32_t){ record + 1 }, 4);
    for (int f = 0; f < d.table.plan.field_count; f++) {
        uint32_t number = table_row(&d.table, record)[f];
        if (number)
            facts[doc->fact_count++] = (struct index_fact){ f, value_text(&d.table.values[f], number) };
    }
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void tell(const char *what, double *times, int n)
{
    qsort(times, (size_t)n, sizeof *times, by_size);
    printf("%-28s %7d  p50 %8.1f  p99 %8.1f  p99.9 %8.1f  max %8.1f us CPU\n", what, n, times[n / 2], times[(int)(n * 0.99)], times[(int)(n * 0.999)], times[n - 1]);
}

struct sink {
    char *at;
    size_t len;
};
static bool take(void *context, const void *bytes, size_t n)
{
    struct sink *s = context;
    memcpy(s->at + s->len, bytes, n);
    s->len += n;
    return true;
}
static bool give(void *context, void *bytes, size_t n)
{
    struct sink *s = context;
    memcpy(bytes, s->at + s->len, n);
    s->len += n;
    return true;
}

static void written_and_read(void)
{
    struct space space;
    static struct index back;
    must(space_take(&space, (size_t)64 << 30));
    struct sink s = { space.at, 0 };
    double began = now();
    must(index_write(&x, take, &s));
    double written = now();
    size_t size = s.len;
    s.len = 0;
    must(index_open(&back, &d.table.plan, &d.model, d.table.count, KEYS_KEPT) && index_read(&back, give, &s) == OK);
    printf("written in %.2f s, read back in %.2f s; %.0f MiB, %.0f bytes a record\n", (written - began) / 1e6, (now() - written) / 1e6, (double)size / (1 << 20),
           (double)size / x.live);
    index_close(&back);
    space_give(&space);
}

int main(int argc, char **argv)
{
    int queries = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 20000, fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, erased = 0;
    const struct dedupe_wish wish = { .threads = 1, .block_most = KEYS_KEPT, .cluster_most = 100, .keep = 0.01, .join = 0.95 };
    if (fd < 0 || queries < 1 || dedupe_files(&d, &fd, 1, NULL, &wish) != OK) {
        fprintf(stderr, "usage: bench_online PEOPLE.csv [QUERIES]: %s\n", d.complaint);
        return 2;
    }
    must((uint32_t)queries < d.table.count && index_open(&x, &d.table.plan, &d.model, d.table.count, KEYS_KEPT));
    struct space times;
    must(space_take(&times, 2 * (size_t)queries * sizeof(double)));
    double *put = (double *)(void *)times.at, *erase = put + queries, began = now();
    struct index_document doc;
    struct index_fact facts[FIELDS_MOST];
    uint32_t number, first = d.table.count - (uint32_t)queries;
    for (uint32_t i = 0; i < first; i++) {
        describe(i, &doc, facts);
        must(index_put(&x, &doc, &number));
    }
    printf("%u records put in %.2f s CPU\n", first, (now() - began) / 1e6);
    struct kin kin[ROOM];
    struct kin_answer answer = { .at = kin, .room = ROOM };
    const struct index_wish asked = { .least = (int32_t)lround(log2(0.95 / 0.05) * BIT) };
    uint64_t found = 0, looked_at = 0;
    for (int i = 0; i < queries; i++) {
        describe(first + (uint32_t)i, &doc, facts);
        double from = now();
        must(index_put(&x, &doc, &number));
        index_kin(&x, number, &asked, &answer);
        put[i] = now() - from;
        found += (uint64_t)answer.len;
        looked_at += (uint64_t)answer.looked_at;
        if (i % ERASE_EACH == 0) {
            describe((uint32_t)i * 7919u % first, &doc, facts);
            from = now();
            index_drop(&x, doc.id);
            erase[erased++] = now() - from;
        }
    }
    tell("put and asked about", put, queries);
    tell("erased", erase, erased);
    printf("%.2f candidates and %.2f links of p >= 0.95 a record\n", (double)looked_at / queries, (double)found / queries);
    written_and_read();
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("peak of the process, the file and both indexes in it: %ld MiB\n", use.ru_maxrss >> 10);
    return 0;
}
