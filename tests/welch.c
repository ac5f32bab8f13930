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
            to[i] = (struct sample){ took, is };
    }
}

static int by_time(const void *a, const void *b)
{
    double d = ((const struct sample *)a)->ns - ((const struct sample *)b)->ns;
    return (d > 0) - (d < 0);
}

/* Welch's t, squared, of what is left when the slowest of all are cropped. */
struct welch {
    int n[2];
    double mean[2], t_squared;
};

static struct welch judge(struct sample *all, int n)
{
    struct welch w = { { 0 }, { 0 }, 0 };
    double variance[2] = { 0 };
    qsort(all, (size_t)n, sizeof *all, by_time);
    n = n * KEPT_PERCENT / 100;
    for (int i = 0; i < n; i++) { /* Welford's running mean and sum of squares */
        bool k = all[i].is;
        double off = all[i].ns - w.mean[k];
        w.mean[k] += off / ++w.n[k];
        variance[k] += off * (all[i].ns - w.mean[k]);
    }
    must(w.n[0] > 1 && w.n[1] > 1);
    for (int k = 0; k < 2; k++)
        variance[k] /= (double)(w.n[k] - 1) * w.n[k];
    double apart = w.mean[1] - w.mean[0];
    w.t_squared = apart * apart / (variance[0] + variance[1]);
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
