/*
 * The group of a tip: bench_groups [TIPS [QUESTIONS]]. Invented tips of one office, put to the engine's index; some of them are asked about, as
 * the page /tips/ID/group does: grown, written as a message, and parted. CPU of this thread, in microseconds; no database, no keys.
 */
#include "lib/crypt/crypt.h"
#include "triage/match/match_cluster.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct match_service house;
static const id ring = { { 2 } };
static const struct match_asker asker = { .office = { { 1 } }, .rings = &ring, .ring_count = 1 };
static uint64_t state = 7;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint32_t one_of(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static id id_of(uint32_t number)
{
    id out = { { 0 } };
    memcpy(out.at, &(uint32_t){ __builtin_bswap32(number) }, 4);
    return out;
}

static void put(uint32_t tip, const uint32_t *phones, int n)
{
    char words[4][24];
    struct index_fact facts[4];
    uint32_t number;
    for (int i = 0; i < n; i++)
        facts[i] = (struct index_fact){ MATCH_PHONE, { words[i], snprintf(words[i], sizeof words[i], "+1%010u", 2000000000u + phones[i] * 7919u % 1000000000u) } };
    struct index_document d = { .id = id_of(tip), .facts = facts, .fact_count = n };
    must(index_put(&house.index, &d, &number));
    house.groups[0].tips++;
}

/* Half of them name a number that nobody else names; the others belong to networks of 2 to 60, each around three numbers, and one in fifty of these also names a number of another network. */
static void fill(uint32_t tips)
{
    uint32_t phone = 1, tip = 1;
    while (tip <= tips) {
        uint32_t size = one_of(2) ? 1 : 2 + one_of(one_of(4) ? 8 : 58), first = phone;
        phone += size == 1 ? 1 : 3;
        for (uint32_t i = 0; i < size && tip <= tips; i++) {
            uint32_t named[3] = { first + (size == 1 ? 0 : one_of(3)), first + (size == 1 ? 0 : one_of(3)), 0 };
            int n = named[0] == named[1] ? 1 : 2;
            if (size > 1 && !one_of(50))
                named[n++] = 1 + one_of(first);
            put(tip++, named, n);
        }
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
    printf("%-12s %6d  p50 %8.1f  p99 %8.1f  max %8.1f us CPU\n", what, n, times[n / 2], times[(int)(n * 0.99)], times[n - 1]);
}

int main(int argc, char **argv)
{
    enum { MOST = 100000 };
    static struct match_cluster c;
    static uint8_t message[ENGINE_MESSAGE_MAX];
    static double grown[MOST], parted[MOST];
    uint32_t tips = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000, members = 0, most = 0, more = 0, cut = 0;
    int questions = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2000;
    ptrdiff_t longest = 0;
    if (!tips || questions < 1 || questions > MOST || !match_service_open(&house, NULL, NULL, lit("US"))) {
        fprintf(stderr, "usage: bench_groups [TIPS [QUESTIONS]]\n");
        return 2;
    }
    house.groups[0] = (struct match_group){ .office = asker.office, .rings = { ring } };
    house.group_count = 1;
    fill(tips);
    for (int i = 0; i < questions; i++) {
        id seed = id_of(1 + one_of(tips));
        struct wire w = { .at = message, .cap = sizeof message };
        struct group_parts p;
        double from = now();
        match_cluster_grow(&house, &asker, &seed, 1, &c);
        match_cluster_write(&c, &w);
        grown[i] = now() - from;
        struct group_graph g = { .members = c.members, .facts = c.facts, .holds = c.hold, .hold_count = c.holds, .large = MATCH_LARGE, .part = MATCH_PART };
        from = now();
        must(group_part(&g, &p));
        parted[i] = now() - from;
        members += c.members;
        most = c.members > most ? c.members : most;
        more += c.more;
        cut += memcmp(p.of, p.joined, sizeof p.of) != 0;
        longest = w.len > longest ? w.len : longest;
    }
    printf("%u tips; %.1f members a question, at most %u; %u questions ended at a ceiling, %u groups were cut; the longest answer has %td bytes\n", tips,
           (double)members / questions, most, more, cut, longest);
    tell("grown", grown, questions);
    tell("parted", parted, questions);
    match_service_close(&house);
    return 0;
}
