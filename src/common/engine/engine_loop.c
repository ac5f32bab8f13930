#include "common/engine/engine.h"
#include "lib/log/board.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include <poll.h>

enum { TICK_MS = 1000, GREETING_MS = 200, SEED_MS = 2000, SEED_LATER_MS = 5000, SEED_ALONE_MS = 60000 };

/* All memory of the loop, taken once. */
struct loop {
    const struct engine_place *place;
    struct engine_keys keys;
    struct pollfd polled[ENGINE_CHANNELS + 1]; /* the keeper's last */
    uint8_t in[ENGINE_MESSAGE_MAX], out[ENGINE_MESSAGE_MAX];
    bool told;         /* what was last said about the keys */
    bool more;         /* the service has work left */
    int64_t next_tick, next_seed;
};

void engine_keys_lost(struct engine_keys *k)
{
    k->open = false;
    wipe(&k->token, sizeof k->token);
}

static uint16_t code_of(status s)
{
    switch (s) {
    case OK: return CODE_OK;
    case INVALID:
    case CONFLICT: return CODE_BAD;
    case LOCKED: return CODE_LOCKED;
    case LIMIT: return CODE_LIMIT;
    case BUSY:
    case WAIT: return CODE_BUSY;
    case NOT_FOUND: return CODE_NONE;
    case FAULT: break;
    }
    return CODE_STORE;
}

static status answer_state(const struct engine_service *s, const struct engine_keys *keys, struct wire *out)
{
    uint64_t documents = 0, upto = 0;
    if (!keys->begun)
        return BUSY;
    if (s->count)
        s->count(s->ctx, &documents, &upto);
    wire_u64(out, keys->open);
    wire_u64(out, documents);
    wire_u64(out, upto);
    return OK;
}

/* An engine without keys may know a document still, from before its keeper began anew, and its file does. */
static status answer_forget(const struct engine_service *s, struct wire *in)
{
    id documents[ENGINE_FORGET_MOST];
    ptrdiff_t length = in->cap - in->len, n = length / (ptrdiff_t)sizeof(id);
    if (!s->forget || !n || n > ENGINE_FORGET_MOST || length % (ptrdiff_t)sizeof(id))
        return INVALID;
    memcpy(documents, wire_get_bytes(in, length), (size_t)length);
    return s->forget(s->ctx, documents, n);
}

static const struct engine_rule *rule_for(const struct engine_service *s, uint16_t type)
{
    for (ptrdiff_t i = 0; i < s->rule_count; i++)
        if (s->rules[i].type == type)
            return &s->rules[i];
    return NULL;
}

/* Of the service, which staff alone ask. */
static status judge_rule(const struct engine_service *s, struct engine_keys *keys, uint16_t type, struct wire *in, struct wire *out)
{
    const struct engine_rule *rule = rule_for(s, type);
    ptrdiff_t length = in->cap - in->len;
    if (!rule || length < rule->least || length > rule->most)
        return INVALID;
    if (!keys->open)
        return LOCKED;
    status answered = rule->answer(s->ctx, keys, in, out);
    if (answered == OK && in->bad)
        return INVALID; /* it was shorter than what stands in it says */
    return answered == OK && out->bad ? FAULT : answered;
}

static status judge(const struct engine_service *s, struct engine_keys *keys, enum engine_asker from, const struct message_head *head, struct wire *in, struct wire *out)
{
    if (head->type == ENGINE_STATE)
        return in->cap > in->len ? INVALID : answer_state(s, keys, out);
    if ((head->type == ENGINE_FORGET) != (from == ENGINE_OF_JOBS))
        return INVALID;
    return from == ENGINE_OF_JOBS ? answer_forget(s, in) : judge_rule(s, keys, head->type, in, out);
}

status engine_serve(const struct engine_service *s, struct engine_keys *keys, enum engine_asker from, str in, uint8_t *out, ptrdiff_t *n)
{
    struct message_head head = { 0 };
    struct wire to = { out, CHANNEL_HEADER, ENGINE_MESSAGE_MAX, false };
    status judged = INVALID;
    if (message_head_read(in, &head)) {
        struct wire body = { (uint8_t *)(uintptr_t)in.at, CHANNEL_HEADER, in.len, false };
        judged = judge(s, keys, from, &head, &body, &to);
    }
    if (judged != OK) {
        wipe(out, to.len);
        to.len = CHANNEL_HEADER;
    }
    *n = to.len;
    message_head_write(out, (struct message_head){ head.type, code_of(judged), (uint32_t)to.len, head.serial });
    return judged;
}

/* False: the asker's end is closed. FAULT goes to *ends. */
static bool serve_one(struct loop *l, ptrdiff_t i, bool *ends)
{
    ptrdiff_t length = 0, n = 0;
    status got = channel_receive(l->polled[i].fd, l->in, ENGINE_MESSAGE_MAX, 0, &length);
    if (got == BUSY)
        return true;
    if (got != OK && got != INVALID)
        return false;
    status s = engine_serve(l->place->service, &l->keys, (enum engine_asker)l->place->askers[i], (str){ (char *)l->in, got == OK ? length : 0 }, l->out, &n);
    if (s == INVALID)
        log_event(LOG_ENGINE_REFUSED, i, length >= 2 ? l->in[0] | l->in[1] << 8 : -1);
    *ends |= s == FAULT;
    board_add(BOARD_ENGINE_ASKED, 1);
    got = channel_send(l->polled[i].fd, (str){ (char *)l->out, n }, 0); /* who does not take it has gone, or asks again */
    wipe(l->in, length);
    wipe(l->out, n);
    return got != NOT_FOUND;
}

static void listen_to_keeper(struct loop *l)
{
    struct keeper_greeting g;
    if (!keeper_greeted(l->keys.keeper, &g))
        return;
    if (g.open || l->keys.open)
        l->next_tick = 0;
    l->keys.begun = true;
    l->keys.open = g.open;
    l->keys.token = g.token;
    l->keys.gen = g.gen;
    wipe(&g, sizeof g);
}

/* Keys come by a greeting and go by one, or by what the service hears from the keeper. */
static void tell(struct loop *l)
{
    if (l->told == l->keys.open)
        return;
    l->told = l->keys.open;
    log_event(LOG_ENGINE_OPEN, l->told, 0);
    if (l->place->told)
        l->place->told(l->told);
}

/* Of a house with further nodes: the seed goes to those that wait for it, or is asked of those that have it. */
static void pass_seed(struct loop *l)
{
    bool others = false;
    int64_t now = os_monotonic_ms();
    if (!l->keys.begun || now < l->next_seed)
        return;
    status s = keeper_engine_seed(l->keys.keeper, l->keys.token, &others);
    if (s == LOCKED && l->keys.open)
        engine_keys_lost(&l->keys);
    l->next_seed = now + (others ? SEED_MS : s == LOCKED ? SEED_LATER_MS : SEED_ALONE_MS); /* a keeper that is silent keeps us from those who ask */
    listen_to_keeper(l);
}

/* FAULT: the process ends. */
static status tick(struct loop *l)
{
    const struct engine_service *s = l->place->service;
    if (!l->keys.begun) {
        status asked = keeper_engine_begins(l->keys.keeper);
        l->keys.begun = asked == OK || asked == LOCKED;
        listen_to_keeper(l);
    }
    pass_seed(l);
    l->next_tick = os_monotonic_ms() + TICK_MS;
    status done = s->tick ? s->tick(s->ctx, &l->keys) : OK;
    l->more = done == WAIT;
    return done == FAULT ? FAULT : OK;
}

static int wait_ms(const struct loop *l)
{
    int64_t ms = l->next_tick - os_monotonic_ms();
    return l->more || ms < 0 ? 0 : (int)ms;
}

/* How many questions were answered; channels that are closed are passed over from now on. */
static int serve_all(struct loop *l, bool *ends)
{
    int served = 0;
    for (ptrdiff_t i = 0; i < l->place->channel_count; i++)
        if (l->polled[i].revents) {
            served++;
            if (!serve_one(l, i, ends))
                l->polled[i].fd = -1;
        }
    return served;
}

static bool anybody(const struct loop *l)
{
    for (ptrdiff_t i = 0; i < l->place->channel_count; i++)
        if (l->polled[i].fd >= 0)
            return true;
    return false;
}

int engine_main(const struct engine_place *p)
{
    struct arena a = arena_reserve(sizeof(struct loop) + 64);
    struct loop *l = arena_new(&a, struct loop, 1);
    must(p->channel_count <= ENGINE_CHANNELS);
    l->place = p;
    l->keys.keeper = p->keeper;
    for (ptrdiff_t i = 0; i < p->channel_count; i++)
        l->polled[i] = (struct pollfd){ p->channels[i], POLLIN, 0 };
    l->polled[p->channel_count] = (struct pollfd){ keeper_fd(p->keeper), POLLIN, 0 };
    l->next_tick = os_monotonic_ms() + GREETING_MS; /* a keeper that begins beside us says hello before that */
    listen_to_keeper(l);
    while (anybody(l)) {
        bool ends = false;
        if (poll(l->polled, (nfds_t)(p->channel_count + 1), wait_ms(l)) < 0)
            continue;
        listen_to_keeper(l);
        int served = serve_all(l, &ends);
        if (!ends && ((!served && l->more) || os_monotonic_ms() >= l->next_tick))
            ends = tick(l) != OK;
        tell(l);
        if (ends)
            return 1;
    }
    return 0;
}
