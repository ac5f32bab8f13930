#include "lib/crypt/crypt.h"
#include "vault/keeper_client.h"

static struct keeper *keeper_make(void)
{
    struct arena a = arena_reserve(sizeof(struct keeper) + 64);
    struct keeper *k = arena_new(&a, struct keeper, 1);
    crypt_random(&k->serial, sizeof k->serial); /* no answer meant for a predecessor fits */
    crypt_random(&k->channel, sizeof k->channel);
    return k;
}

/* HELLO: boot, gen, token. It may have lain there for a predecessor that died: the engine's token is for whoever reads it. */
static bool note_greeting(struct keeper *k, ptrdiff_t n)
{
    static const token none;
    struct message_head head;
    struct wire w = { k->message.out, CHANNEL_HEADER, n, false };
    if (!message_head_read((str){ (char *)k->message.out, n }, &head) || head.type)
        return false;
    wire_get_bytes(&w, 16);
    k->greeting.gen = wire_get_u64(&w);
    wire_take(&w, k->greeting.token.at, KEY);
    if (!wire_done(&w)) /* not as a keeper says it: it ended our question, and gives nothing */
        k->greeting = (struct keeper_greeting){ .open = false };
    k->greeting.open = !same_bytes(k->greeting.token.at, none.at, KEY);
    k->greeted = true;
    wipe(k->message.out, n);
    return true;
}

/* What lies in the channel was said before we asked: a keeper's hello, or an answer that came too late. */
static void listen_first(struct keeper *k)
{
    ptrdiff_t n;
    while (channel_receive(k->fd, k->message.out, KEEPER_MESSAGE_MAX, 0, &n) == OK)
        note_greeting(k, n);
}

bool keeper_greeted(struct keeper *k, struct keeper_greeting *out)
{
    if (!k->core)
        listen_first(k);
    bool greeted = k->greeted;
    *out = k->greeting;
    k->greeted = false;
    if (greeted)
        wipe(&k->greeting, sizeof k->greeting);
    return greeted;
}

int keeper_fd(const struct keeper *k)
{
    return k->fd;
}

struct keeper *keeper_on_channel(int fd, int wait_ms)
{
    struct keeper *k = keeper_make();
    k->fd = fd;
    k->wait_ms = wait_ms;
    listen_first(k); /* what a predecessor left lying */
    return k;
}

struct keeper *keeper_in_process(struct keeper_core *core, enum keeper_role role)
{
    struct keeper *k = keeper_make();
    k->core = core;
    k->role = role;
    return k;
}

struct wire *keeper_ask(struct keeper *k)
{
    k->out = (struct wire){ k->request, CHANNEL_HEADER, KEEPER_MESSAGE_MAX, false };
    return &k->out;
}

static status status_of(uint16_t code)
{
    static const status known[] = { OK, INVALID, LOCKED, NOT_FOUND, NOT_FOUND, LIMIT, BUSY, FAULT, CONFLICT };
    return code < countof(known) ? known[code] : FAULT;
}

static status exchange(struct keeper *k, struct message_head *head)
{
    struct core_message *m = &k->message;
    if (k->core) {
        m->role = k->role;
        m->channel = k->channel;
        m->in = (str){ (char *)k->request, k->out.len };
        core_turn(k->core, m, 1);
        return message_head_read((str){ (char *)m->out, m->out_len }, head) ? OK : FAULT;
    }
    listen_first(k);
    status s = channel_send(k->fd, (str){ (char *)k->request, k->out.len }, k->wait_ms);
    while (s == OK) {
        s = channel_receive(k->fd, m->out, KEEPER_MESSAGE_MAX, k->wait_ms, &m->out_len);
        if (s != OK)
            break;
        if (!message_head_read((str){ (char *)m->out, m->out_len }, head))
            return FAULT;
        if (note_greeting(k, m->out_len))
            return BUSY; /* a new keeper said hello: what we asked its predecessor is lost */
        if (head->serial == k->serial)
            return OK;
        /* else: a late answer to an earlier request */
    }
    return s == NOT_FOUND || s == INVALID ? FAULT : s; /* closed, or longer than any message: not what the keeper said of ours */
}

status keeper_send(struct keeper *k, uint16_t type)
{
    struct message_head head = { 0 };
    must(!k->out.bad);
    message_head_write(k->request, (struct message_head){ type, 0, (uint32_t)k->out.len, ++k->serial });
    status s = exchange(k, &head);
    if (s == OK)
        s = status_of(head.code);
    k->in = (struct wire){ k->message.out, CHANNEL_HEADER, k->message.out_len, false };
    wipe(k->request, k->out.len);
    return s;
}

/* An answer that is not as long as it should be is a fault of one of the two programs. */
status keeper_done(struct keeper *k, status s)
{
    if (s == OK && !wire_done(&k->in))
        s = FAULT;
    wipe(k->message.out, KEEPER_MESSAGE_MAX);
    return s;
}

void wire_take(struct wire *w, void *to, ptrdiff_t n)
{
    const uint8_t *bytes = wire_get_bytes(w, n);
    if (bytes)
        memcpy(to, bytes, (size_t)n);
    else
        memset(to, 0, (size_t)n);
}

void wire_put_padded(struct wire *w, str text, ptrdiff_t width)
{
    static const uint8_t zeros[64];
    ptrdiff_t n = text.len < width ? text.len : width;
    wire_bytes(w, text.at, n);
    wire_bytes(w, zeros, width - n);
}

status keeper_begin(struct keeper *k, str name, const uint8_t device[32], struct ticket *out)
{
    struct wire *w = keeper_ask(k);
    if (name.len > 64 || !name.len)
        return NOT_FOUND; /* nobody is called that */
    wire_put_padded(w, name, 64);
    wire_bytes(w, device, 32);
    status s = keeper_send(k, 1);
    if (s == OK) {
        out->number = wire_get_u64(&k->in);
        wire_take(&k->in, out->salt, sizeof out->salt);
        out->cost.ops = wire_get_u32(&k->in);
        out->cost.mem_kib = wire_get_u32(&k->in);
    }
    return keeper_done(k, s);
}

static status finish(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, uint32_t wish, const token *old,
                     struct signed_in *out)
{
    static const token none;
    struct wire *w = keeper_ask(k);
    wire_u64(w, ticket);
    wire_bytes(w, stretched, KEY);
    wire_u32(w, otp);
    wire_u32(w, wish);
    wire_bytes(w, old ? old->at : none.at, KEY);
    status s = keeper_send(k, 2);
    if (s == OK) {
        wire_take(&k->in, out->token.at, KEY);
        wire_take(&k->in, out->principal.at, 16);
        out->class = wire_get_u8(&k->in);
        out->powers = wire_get_u8(&k->in);
        out->flags = wire_get_u16(&k->in);
        wire_take(&k->in, out->device, 32);
    }
    return keeper_done(k, s);
}

status keeper_finish(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, const token *old,
                     struct signed_in *out)
{
    return finish(k, ticket, stretched, otp, 0, old, out);
}

status keeper_finish_once(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, struct signed_in *out)
{
    return finish(k, ticket, stretched, otp, FINISH_ONCE, NULL, out);
}

status keeper_end(struct keeper *k, token t)
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    return keeper_done(k, keeper_send(k, 3));
}

status keeper_who(struct keeper *k, token t, struct who *out)
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    status s = keeper_send(k, 4);
    if (s == OK) {
        wire_take(&k->in, out->principal.at, 16);
        out->class = wire_get_u8(&k->in);
        out->powers = wire_get_u8(&k->in);
        wire_get_u16(&k->in);
        out->idle_seconds = wire_get_u32(&k->in);
        out->envelope_day = wire_get_u32(&k->in);
        out->backup_day = wire_get_u32(&k->in);
        out->ceremony_day = wire_get_u32(&k->in);
    }
    return keeper_done(k, s);
}

void wire_put_rows(struct wire *w, const struct open_row *rows, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        wire_bytes(w, rows[i].row.at, 16);
        wire_bytes(w, rows[i].keybox, KEYBOX);
    }
}

void wire_take_keys(struct wire *w, struct open_row *rows, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        rows[i].code = wire_get_u8(w);
        wire_take(w, rows[i].key, ROW_KEY);
    }
}

static void put_open(struct wire *w, token t, enum purpose why, id about, ptrdiff_t n)
{
    must(n > 0 && n <= ROWS);
    wire_bytes(w, t.at, KEY);
    wire_u16(w, (uint16_t)why);
    wire_u16(w, (uint16_t)n);
    wire_bytes(w, about.at, 16);
}

status keeper_open(struct keeper *k, token t, enum purpose why, id about, struct open_row *rows, ptrdiff_t n)
{
    struct wire *w = keeper_ask(k);
    put_open(w, t, why, about, n);
    wire_put_rows(w, rows, n);
    status s = keeper_send(k, 5);
    if (s == OK) {
        wire_get_u64(&k->in);
        if (wire_get_u16(&k->in) != n)
            s = FAULT;
        else
            wire_take_keys(&k->in, rows, n);
    }
    return keeper_done(k, s);
}

status keeper_share(struct keeper *k, token t, enum purpose why, id about, id target_ring, id release, struct open_row *rows,
                    ptrdiff_t n, uint8_t (*keyboxes)[KEYBOX])
{
    struct wire *w = keeper_ask(k);
    put_open(w, t, why, about, n);
    wire_bytes(w, target_ring.at, 16);
    wire_bytes(w, release.at, 16);
    wire_put_rows(w, rows, n);
    status s = keeper_send(k, 6);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        wire_take(&k->in, keyboxes[i], KEYBOX);
        rows[i].code = keyboxes[i][0] ? CODE_OK : CODE_NONE; /* the suite byte of a real one is not zero */
    }
    return keeper_done(k, s);
}

status keeper_ring_key(struct keeper *k, enum scope_kind kind, id scope, enum compartment c, struct ring_key *out)
{
    static const id none;
    struct wire *w = keeper_ask(k);
    wire_u8(w, (uint8_t)kind);
    wire_u8(w, (uint8_t)c);
    wire_u16(w, 0);
    wire_bytes(w, scope.at, 16);
    wire_bytes(w, none.at, 16);
    status s = keeper_send(k, 7);
    if (s == OK) {
        wire_take(&k->in, out->ring.at, 16);
        out->epoch = wire_get_u32(&k->in);
        wire_take(&k->in, out->open, KEY);
        out->gen = wire_get_u64(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_ring(struct keeper *k, enum ring_verb verb, const struct ring_act *act, struct ring_done *out)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, act->token.at, KEY);
    wire_bytes(w, act->second.at, KEY);
    wire_bytes(w, act->ring.at, 16);
    wire_bytes(w, act->member.at, 16);
    wire_bytes(w, act->scope.at, 16);
    wire_u8(w, (uint8_t)act->kind);
    wire_u8(w, (uint8_t)act->compartment);
    wire_u16(w, 0);
    wire_u32(w, act->epoch);
    wire_u32(w, act->until_day);
    wire_u32(w, act->flags);
    wire_bytes(w, act->reason, sizeof act->reason);
    status s = keeper_send(k, (uint16_t)verb);
    if (s == OK) {
        wire_take(&k->in, out->ring.at, 16);
        out->epoch = wire_get_u32(&k->in);
        wire_get_u32(&k->in);
        out->gen = wire_get_u64(&k->in);
    }
    return keeper_done(k, s);
}
