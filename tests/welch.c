#include "welch.h"
#include "keeper_world.h"
#include "lib/crypt/crypt.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 12800, CONTROL_SAMPLES = 6400, LEAST = 10000, KEPT_PERCENT = 90, WARM_UP = 400, TRIES = 3 };
static const double found_from = 4.5;
struct sample {
    double ns;
    uint8_t which;
    bool is;
};

void welch_begin(void)
{
    if (!access("/dev/shm", W_OK))
        world_parent = "/dev/shm";
}

static double processor_ns(void)
{
    struct timespec at;
    must(!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at));
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static void take_samples(void *about, const struct welch_question *q, welch_ask *once, struct sample *to, int n)
{
    struct chance chance = chance_system();
    for (int i = -WARM_UP; i < n; i++) {
        uint8_t drawn[2];
        chance.fill(&chance, drawn, sizeof drawn);
        bool is = drawn[0] & 1;
        if (q->between)
            q->between(about);
        double began = processor_ns();
        once(about, drawn[1] % WELCH_THINGS, is);
        double took = processor_ns() - began;
        if (i >= 0)
            to[i] = (struct sample){ took, drawn[1] % WELCH_THINGS, is };
    }
}

static int by_time(const void *a, const void *b)
{
    double d = ((const struct sample *)a)->ns - ((const struct sample *)b)->ns;
    return (d > 0) - (d < 0);
}

/* A running mean, and the sum of the squares about it (Welford). */
struct running {
    int n;
    double mean, squares;
};

static void run_on(struct running *r, double x)
{
    double off = x - r->mean;
    r->mean += off / ++r->n;
    r->squares += off * (x - r->mean);
}

/*
 * Welch's t, squared, of what is left when the slowest of all are cropped. What it weighs are the means of the things and not the askings: one
 * name stands elsewhere in an index than the next, some tens of nanoseconds apart for good, and a hundred thousand askings would only be surer
 * that these sixteen are not those sixteen. A kind that costs more than the other does so beyond what its things differ by among themselves.
 */
struct welch {
    int n[2];
    double mean[2], t_squared;
};

static struct welch judge(struct sample *all, int n)
{
    struct running things[2][WELCH_THINGS] = { 0 }, kinds[2] = { 0 };
    struct welch w = { 0 };
    double variance = 0;
    qsort(all, (size_t)n, sizeof *all, by_time);
    for (int i = 0; i < n * KEPT_PERCENT / 100; i++)
        run_on(&things[all[i].is][all[i].which], all[i].ns);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < WELCH_THINGS; i++) {
            must(things[k][i].n > 0);
            w.n[k] += things[k][i].n;
            run_on(&kinds[k], things[k][i].mean);
        }
        w.mean[k] = kinds[k].mean;
        variance += kinds[k].squares / ((double)(WELCH_THINGS - 1) * WELCH_THINGS);
    }
    double apart = w.mean[1] - w.mean[0];
    w.t_squared = apart * apart / variance;
    return w;
}

static bool told_apart(void *about, const struct welch_question *q, welch_ask *once, int samples)
{
    static struct sample all[2 * SAMPLES];
    must(samples <= SAMPLES);
    take_samples(about, q, once, all, samples * 2);
    struct welch w = judge(all, samples * 2);
    bool told = w.t_squared >= found_from * found_from;
    printf("%s%s: is %.0f ns (%d), is not %.0f ns (%d), t squared %.2f: %s\n", q->words, once == q->leaky ? ", control" : "", w.mean[1],
           w.n[1], w.mean[0], w.n[0], w.t_squared, told ? "told apart" : "alike");
    assert_true(samples < SAMPLES || (w.n[0] >= LEAST && w.n[1] >= LEAST));
    return told;
}

/* A loaded machine may make chance look like a cause: fresh samples, three times at most; the control is found every time. */
void welch_assert_alike(void *about, const struct welch_question *q)
{
    for (int i = 0; i < TRIES; i++) {
        assert_true(told_apart(about, q, q->leaky, CONTROL_SAMPLES));
        if (!told_apart(about, q, q->once, SAMPLES))
            return;
    }
    fail_msg("%s: told apart %d times", q->words, TRIES);
}
