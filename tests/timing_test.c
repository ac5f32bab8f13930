/*
 * Does the time of an answer tell whether a number, a name or a tip exists? After dudect (Reparaz, Balasch, Verbauwhede,
 * 2017): samples of both kinds in random order, the slow tail cropped, Welch's t. Processor time of this thread, so that a
 * busy machine adds little. The folder is in memory where it can be: what is asked is what we do, not what the disk does.
 */
#include "matrix.h"
#include "intake/mailbox/mailbox_web.h"
#include "intake/tip/tip.h"
#include "vault/keeper_store.h"
#include <stdlib.h>
#include <time.h>

enum { THINGS = 16, SAMPLES = 12800, CONTROL_SAMPLES = 6400, LEAST = 10000, KEPT_PERCENT = 90, WARM_UP = 400, TRIES = 3 };
static const double found_from = 4.5;

struct town {
    struct matrix *m;
    struct chance chance;
    struct arena scratch;
    const struct matrix_caller *caller; /* of the first office */
    char digits[2][THINGS][RECEIPT_DIGITS]; /* [true]: that are */
    char names[2][THINGS][48];
    id tips[2][THINGS];                 /* of the second office */
    int asked;
};

/* One asking for what is or is not, and the same with a fault that must be found: of what is, more is read. */
typedef void ask(struct town *t, int which, bool is);
struct question {
    const char *words;
    ask *once, *leaky;
    bool rationed; /* so many a second and no more, says the keeper: let time pass */
};

/* ---- what is asked ---- */

static struct request public_request(struct town *t, struct arena *a)
{
    struct app *x = t->m->app;
    return (struct request){ .db = t->m->public_db, .services = &x->services, .arena = a, .chance = &x->chance, .now = x->keys->now };
}

static void ask_receipt(struct town *t, int which, bool is)
{
    struct arena a = t->scratch;
    struct request r = public_request(t, &a);
    struct visit v = { 0 };
    memcpy(v.digits, t->digits[is][which], sizeof v.digits);
    must(mailbox_look(&r, &v) == OK && v.there == is);
}

/* As if only a box that is there were looked into. */
static void ask_receipt_leaky(struct town *t, int which, bool is)
{
    static struct locator locators[LOCATORS];
    ptrdiff_t n = 0;
    if (is)
        ask_receipt(t, which, is);
    else
        must(keeper_mail(t->m->app->keys->pub, t->digits[is][which], locators, &n, NULL, 0) == OK);
}

static void ask_name(struct town *t, int which, bool is)
{
    struct world *x = t->m->app->keys;
    struct ticket ticket;
    must(keeper_begin(x->staff, str_of(t->names[is][which]), x->device, &ticket) == OK);
}

static void ask_name_leaky(struct town *t, int which, bool is)
{
    struct world *x = t->m->app->keys;
    struct slot slot;
    ask_name(t, which, is);
    if (is)
        must(slot_find(x->db, t->caller->account, SLOT_PASSPHRASE, &slot) == OK);
}

static void ask_tip(struct town *t, int which, bool is)
{
    struct arena a = t->scratch;
    str path = str_join(&a, lit("/tips/"), id_text(&a, t->tips[is][which]));
    (void)matrix_ask(t->m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .path = path, .caller = t->caller });
    must(t->m->app->w.status == 404);
}

static void ask_tip_leaky(struct town *t, int which, bool is)
{
    struct arena a = t->scratch;
    struct tip_row row;
    ask_tip(t, which, is);
    if (is)
        must(tip_find(t->m->staff_db, &a, t->m->office[1], t->tips[true][which], &row) == OK);
}

/* ---- the town ---- */

static void send_tip(struct town *t, int i)
{
    struct app *x = t->m->app;
    char shown[RECEIPT_DIGITS + 1];
    app_post(x, "/tip", "narrative=the+house+by+the+mill&consent=share&method=text&contact=555-0142");
    app_settle(x);
    must(x->w.status == 201);
    app_receipt(x, shown);
    memcpy(t->digits[true][i], shown, RECEIPT_DIGITS);
    t->tips[true][i] = app_last_tip(x);
}

/* What is not, in the shape of what is: as many digits, a name as long, an id of the same day. */
static void invent(struct town *t, int i)
{
    for (int k = 0; k < RECEIPT_DIGITS; k++) {
        uint8_t one;
        t->chance.fill(&t->chance, &one, 1);
        t->digits[false][i][k] = (char)('0' + one % 10);
    }
    t->tips[false][i] = chance_id(&t->chance, t->m->app->keys->now * 1000, true);
    memcpy(t->names[false][i], t->names[true][i], sizeof t->names[false][i]);
    t->names[false][i][0] = 'z';
}

static void name_people(struct town *t)
{
    int n = 0;
    for (ptrdiff_t i = 0; n < THINGS; i = (i + 1) % t->m->caller_count) {
        const struct matrix_caller *c = &t->m->callers[i];
        if (!c->role || !c->role->invited || c->standing == DEPARTED)
            continue;
        str name = t->m->app->keys->people[i].name;
        snprintf(t->names[true][n], sizeof t->names[true][n], "%.*s", (int)name.len, name.at);
        n++;
    }
}

static int make_town(void **state)
{
    struct arena keep = arena_reserve(1 << 20);
    struct town *t = arena_new(&keep, struct town, 1);
    if (!access("/dev/shm", W_OK))
        world_parent = "/dev/shm";
    t->m = matrix_make();
    t->chance = chance_system();
    t->scratch = arena_reserve(8 << 20);
    t->caller = matrix_find(t->m, "call_taker", MEMBER);
    t->m->app->house.values[HOUSE_OFFICE_ID] = id_text(&t->m->keep, t->m->office[1]);
    name_people(t);
    for (int i = 0; i < THINGS; i++) {
        send_tip(t, i);
        invent(t, i);
    }
    *state = t;
    return 0;
}

static int end_town(void **state)
{
    struct town *t = *state;
    matrix_end(t->m);
    return 0;
}

/* ---- measuring ---- */

struct sample {
    double ns;
    bool is;
};

static double processor_ns(void)
{
    struct timespec at;
    must(!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at));
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static void take_samples(struct town *t, ask *once, bool rationed, struct sample *to, int n)
{
    for (int i = -WARM_UP; i < n; i++) {
        uint8_t drawn[2];
        t->chance.fill(&t->chance, drawn, sizeof drawn);
        bool is = drawn[0] & 1;
        if (rationed && t->asked++ % 8 == 0)
            world_pass(t->m->app->keys, 1);
        double began = processor_ns();
        once(t, drawn[1] % THINGS, is);
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

static bool told_apart(struct town *t, const struct question *q, ask *once, int samples)
{
    static struct sample all[2 * SAMPLES];
    must(samples <= SAMPLES);
    take_samples(t, once, q->rationed, all, samples * 2);
    struct welch w = judge(all, samples * 2);
    bool told = w.t_squared >= found_from * found_from;
    printf("%s%s: is %.0f ns (%d), is not %.0f ns (%d), t squared %.2f: %s\n", q->words, once == q->leaky ? ", control" : "", w.mean[1],
           w.n[1], w.mean[0], w.n[0], w.t_squared, told ? "told apart" : "alike");
    assert_true(samples < SAMPLES || (w.n[0] >= LEAST && w.n[1] >= LEAST));
    return told;
}

/* A loaded machine may make chance look like a cause: fresh samples, three times at most; the control is found every time. */
static void assert_alike(struct town *t, const struct question *q)
{
    for (int i = 0; i < TRIES; i++) {
        assert_true(told_apart(t, q, q->leaky, CONTROL_SAMPLES));
        if (!told_apart(t, q, q->once, SAMPLES))
            return;
    }
    fail_msg("%s: told apart %d times", q->words, TRIES);
}

static void a_number_that_is_and_one_that_is_not_take_the_same_time(void **state)
{
    assert_alike(*state, &(struct question){ "receipt", ask_receipt, ask_receipt_leaky, true });
}

static void a_name_that_is_and_one_that_is_not_take_the_same_time(void **state)
{
    assert_alike(*state, &(struct question){ "name at sign-in", ask_name, ask_name_leaky, false });
}

static void a_tip_of_others_and_one_that_is_not_take_the_same_time(void **state)
{
    assert_alike(*state, &(struct question){ "tip of another office", ask_tip, ask_tip_leaky, false });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tip_of_others_and_one_that_is_not_take_the_same_time, make_town, end_town),
        cmocka_unit_test_setup_teardown(a_name_that_is_and_one_that_is_not_take_the_same_time, make_town, end_town),
        cmocka_unit_test_setup_teardown(a_number_that_is_and_one_that_is_not_take_the_same_time, make_town, end_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
