/*
 * How heavy and how quick the house is: memory of all its processes, and the time from `serve` to the first page.
 * Both as a ratio to their limit. Run it as root: the roles hide their memory from everybody else.
 *
 * usage: house PLAINSIGHT FOLDER    PLAINSIGHT a release build; FOLDER must not exist. About 15 s.
 */
#include "load.h"
#include "served.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, IDLE_US = 1500000, POLL_US = 500, PORT = 8473 };
static const double start_limit = 1.0, memory_limit = 60.0 * (1 << 20), patience = 20;
static const char *const roles[] = { "supervisor", "keeper", "acceptor", "web-public", "web-staff", "jobs", "engine" };

struct round {
    double start;
    double memory[countof(roles)], whole; /* bytes */
};

/* Seconds until GET /tip says 200, from before the fork; -1: never. */
static double first_page(const char *program, const char *folder, struct served *s)
{
    double start = bench_seconds();
    int code = 0;
    served_spawn(s, program, folder, PORT);
    while (code != 200 && bench_seconds() - start < patience) {
        code = load_get(PORT, "/tip");
        if (code != 200)
            usleep(POLL_US);
    }
    return code == 200 ? bench_seconds() - start : -1;
}

static bool measure(const char *program, const char *folder, struct round *r)
{
    struct served s;
    r->start = first_page(program, folder, &s);
    bool good = r->start > 0 && served_wait(&s);
    usleep(IDLE_US);
    for (ptrdiff_t i = 0; good && i < countof(roles); i++)
        good = (r->memory[i] = (double)served_pss(&s, roles[i])) >= 0;
    good = good && (r->whole = (double)served_pss(&s, NULL)) > 0;
    served_end(&s);
    return good;
}

static void print_role(const char *name, const struct round *rounds, ptrdiff_t offset)
{
    double each[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        memcpy(&each[i], (const char *)&rounds[i] + offset, sizeof each[i]);
    struct spread m = spread_of(each, ROUNDS);
    printf("| %s | %.1f | %.1f - %.1f |\n", name, m.middle / (1 << 20), m.least / (1 << 20), m.most / (1 << 20));
}

static bool print_all(const struct round *rounds)
{
    double starts[ROUNDS], wholes[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        starts[i] = rounds[i].start;
        wholes[i] = rounds[i].whole;
    }
    struct spread start = spread_of(starts, ROUNDS), whole = spread_of(wholes, ROUNDS);
    printf("| idle memory (PSS) of | MiB, median | range |\n|---|---|---|\n");
    for (ptrdiff_t i = 0; i < countof(roles); i++)
        print_role(roles[i], rounds, (ptrdiff_t)offsetof(struct round, memory) + i * (ptrdiff_t)sizeof(double));
    print_role("all of them", rounds, (ptrdiff_t)offsetof(struct round, whole));
    printf("\nmemory over its limit of %.0f MiB: %.2f (%.2f - %.2f)\n", memory_limit / (1 << 20), whole.middle / memory_limit,
           whole.least / memory_limit, whole.most / memory_limit);
    printf("serve to first page over its limit of %.0f s: %.3f (%.3f - %.3f)\n", start_limit, start.middle / start_limit,
           start.least / start_limit, start.most / start_limit);
    return whole.middle <= memory_limit && start.middle <= start_limit;
}

int main(int argc, char **argv)
{
    struct round rounds[ROUNDS];
    if (argc != 3) {
        fputs("usage: house PLAINSIGHT FOLDER\n", stderr);
        return 2;
    }
    if (!access(argv[2], F_OK)) {
        fprintf(stderr, "%s is there already\n", argv[2]);
        return 1;
    }
    bool good = served_make(argv[1], argv[2], "60");
    for (int i = 0; good && i < ROUNDS; i++)
        if (!(good = measure(argv[1], argv[2], &rounds[i])))
            fputs("no first page, or the memory of the roles is not to be seen: run it as root\n", stderr);
    good = good && print_all(rounds);
    served_remove(argv[2]);
    return good ? 0 : 1;
}
