#include "vault/keeper_main.h"
#include <poll.h>
#include <unistd.h>
#include "lib/log/log.h"
#include "lib/os/os.h"
#include "vault/keeper_core.h"

enum { CLAIM_TRIES = 20, CLAIM_WAIT_US = 100000 };
enum { STACK_WIPED = 64 * 1024, TICK_MS = 1000, ANSWER_MS = 200, PASSED_OVER_MOST = 8 };

/* All memory of the loop, taken once. */
struct loop {
    struct keeper_core *core;
    struct pollfd polled[KEEPER_CHANNELS];
    enum keeper_role roles[KEEPER_CHANNELS];
    ptrdiff_t channels;
    int passed_over; /* turns that the engine waited, since others had something to ask */
    uint8_t in[CORE_MESSAGES][KEEPER_MESSAGE_MAX];
    struct core_message messages[CORE_MESSAGES];
    int from[CORE_MESSAGES]; /* the channel of each message */
};
_Static_assert((int)KEEPER_CHANNELS <= (int)CORE_MESSAGES, "a turn takes one message of every channel");

bool keeper_channel_read(str text, struct keeper_channel *out)
{
    str fd;
    int64_t number, role;
    if (!str_split(&text, ':', &fd) || !str_to_int(fd, &number) || !str_to_int(text, &role) || number < 0 || number > 65535 ||
        role < ROLE_PUBLIC || role > ROLE_CONTROL)
        return false;
    *out = (struct keeper_channel){ (int)number, (enum keeper_role)role };
    return true;
}

static bool others_ask(const struct loop *l)
{
    for (ptrdiff_t i = 0; i < l->channels; i++)
        if (l->polled[i].revents && l->roles[i] != ROLE_ENGINE)
            return true;
    return false;
}

/* The engine has the lowest turn: when nobody else asks, or when it was passed over often enough. */
static bool is_its_turn(struct loop *l, ptrdiff_t i, bool others)
{
    if (!l->polled[i].revents)
        return false;
    if (l->roles[i] != ROLE_ENGINE)
        return true;
    bool passed = others && l->passed_over < PASSED_OVER_MOST;
    l->passed_over = passed ? l->passed_over + 1 : 0;
    return !passed;
}

/* At most one message of each channel that has one. False: the control channel is closed, the house shuts. */
static bool gather(struct loop *l, ptrdiff_t *n)
{
    bool others = others_ask(l);
    *n = 0;
    for (ptrdiff_t i = 0; i < l->channels; i++) {
        ptrdiff_t length = 0;
        if (!is_its_turn(l, i, others))
            continue;
        status s = channel_receive(l->polled[i].fd, l->in[*n], KEEPER_MESSAGE_MAX, 0, &length);
        if (s == BUSY)
            continue;
        if (s != OK && s != INVALID) {
            if (l->roles[i] == ROLE_CONTROL)
                return false;
            l->polled[i].fd = -1; /* poll passes over it */
            continue;
        }
        struct core_message *m = &l->messages[*n];
        m->role = l->roles[i];
        m->channel = (uint32_t)i;
        m->in = (str){ (char *)l->in[*n], s == OK ? length : 0 }; /* longer than any message: judged as one without a head */
        l->from[(*n)++] = (int)i;
    }
    return true;
}

/* The token that the turn made, to the one process that may have it. */
static void tell_engine(struct loop *l)
{
    uint8_t *out = l->messages[0].out;
    ptrdiff_t length = core_engine_hello(l->core, out);
    status s = length ? NOT_FOUND : OK;
    for (ptrdiff_t i = 0; length && i < l->channels; i++)
        if (l->roles[i] == ROLE_ENGINE)
            s = channel_send(l->polled[i].fd, (str){ (char *)out, length }, 0);
    wipe(out, length);
    if (s == OK)
        return;
    log_event(LOG_KEEPER_UNHEARD, ROLE_ENGINE, s);
    core_engine_unheard(l->core);
}

/*
 * One turn, in a frame of its own: whatever the compiler left of keys in registers' stack slots lies below the
 * loop's frame and is wiped after it.
 */
static __attribute__((noinline)) bool turn(struct loop *l, ptrdiff_t n)
{
    core_set_time(l->core, os_now(), os_monotonic_ms() / 1000);
    bool good = core_turn(l->core, l->messages, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        struct core_message *m = &l->messages[i];
        /* A client that does not take its answer has gone; it will empty its channel when it comes back. */
        status s = channel_send(l->polled[l->from[i]].fd, (str){ (char *)m->out, m->out_len }, ANSWER_MS);
        if (s != OK)
            log_event(LOG_KEEPER_UNHEARD, l->roles[l->from[i]], s);
        wipe(m->out, m->out_len);
        wipe(l->in[i], m->in.len);
    }
    tell_engine(l);
    return good;
}

static int serve(struct loop *l)
{
    for (;;) {
        ptrdiff_t n;
        if (poll(l->polled, (nfds_t)l->channels, TICK_MS) < 0)
            continue;
        sealer_tick(l->core->sealer, os_monotonic_ms());
        if (!gather(l, &n))
            return 0;
        if (!n)
            continue;
        bool good = turn(l, n);
        wipe_stack(STACK_WIPED);
        if (!good) {
            log_event(LOG_KEEPER_STORE, 0, 0);
            return 1;
        }
    }
}

/* Which log the node of that name writes; and that no other program of that name does. */
static status be_node(struct keeper_core *c, struct db *db, struct arena *a, str name)
{
    struct node nodes[NODES];
    int n = 0, i = 0;
    status s = node_list(db, a, nodes, &n);
    while (s == OK && i < n && !str_equal(nodes[i].name, name))
        i++;
    if (s != OK || i == n) {
        log_event(LOG_NODE_STRANGE, 0, 0);
        return s == OK ? NOT_FOUND : s;
    }
    s = CONFLICT;
    for (int tries = 0; s == CONFLICT && tries < CLAIM_TRIES; tries++) {
        s = db_claim(db, (int)nodes[i].number);
        if (s == CONFLICT)
            usleep(CLAIM_WAIT_US); /* of a predecessor that was killed a moment ago */
    }
    if (s == CONFLICT)
        log_event(LOG_NODE_TAKEN, nodes[i].number, 0);
    if (s == OK)
        core_be_node(c, nodes[i].number, name);
    return s;
}

static status open_core(const char *folder, const char *database, str node, struct arena *a, struct keeper_core **out)
{
    static const char *const names[] = { KEEPER_ANCHOR, KEEPER_SECRET };
    char *paths[2];
    for (int i = 0; i < 2; i++)
        paths[i] = str_c(a, str_join(a, str_join(a, str_of(folder), lit("/")), str_of(names[i])));
    str anchor, secret;
    struct db *db;
    status s = file_read(a, paths[0], ANCHOR, &anchor);
    if (s == OK)
        s = file_read(a, paths[1], SECRET_FILE, &secret);
    if (s == OK)
        s = db_open(database, (struct db_options){ .busy_ms = 2000 }, &db);
    if (s == OK) {
        s = db_migrate(db, migrations_keys);
        db_close(db);
    }
    if (s == OK)
        s = db_open(database, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &db);
    if (s == OK)
        s = core_open(db, anchor, secret, chance_system(), (int)sysconf(_SC_NPROCESSORS_ONLN), out);
    if (s == OK)
        s = be_node(*out, db, a, node);
    if (s != OK)
        return s;
    wipe((void *)(uintptr_t)secret.at, secret.len);
    core_set_time(*out, os_now(), os_monotonic_ms() / 1000);
    return core_start(*out);
}

static __attribute__((noinline)) int start(const char *folder, const char *database, str node, struct loop *l)
{
    struct arena a = arena_reserve(1 << 16);
    status s = open_core(folder, database, node, &a, &l->core);
    if (s != OK) {
        if (s != LIMIT) /* a full disk was named already, and is waited for */
            log_event(LOG_KEEPER_NOT_WHOLE, s, 0);
        return 1;
    }
    for (ptrdiff_t i = 0; i < l->channels; i++) {
        ptrdiff_t length = core_hello(l->core, l->messages[0].out);
        s = channel_send(l->polled[i].fd, (str){ (char *)l->messages[0].out, length }, 0);
        if (s != OK)
            log_event(LOG_KEEPER_UNHEARD, l->roles[i], s);
    }
    return 0;
}

int keeper_main(const char *folder, const char *database, str node, const struct keeper_channel *channels, ptrdiff_t n, keeper_ready *ready, void *app)
{
    must(n > 0 && n <= KEEPER_CHANNELS);
    crypt_start();
    os_no_dump();
    struct arena a = arena_reserve(sizeof(struct loop) + 64);
    struct loop *l = arena_new(&a, struct loop, 1);
    l->channels = n;
    for (ptrdiff_t i = 0; i < n; i++) {
        l->polled[i] = (struct pollfd){ channels[i].fd, POLLIN, 0 };
        l->roles[i] = channels[i].role;
    }
    if (start(folder, database, node, l))
        return 1;
    wipe_stack(STACK_WIPED);
    if (!os_lock_memory())
        log_event(LOG_KEEPER_SWAPPABLE, 0, 0);
    if (ready)
        ready(app);
    int code = serve(l);
    core_close(l->core);
    return code;
}
