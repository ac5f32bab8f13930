#include "lib/crypt/crypt.h"
#include "vault/keeper_core.h"

/* One request in flight: its buffers live here and are wiped when the answer was read. */
struct keeper {
    int fd, wait_ms;
    struct keeper_core *core; /* in process: no socket */
    enum keeper_role role;
    uint32_t channel;
    uint64_t serial;
    struct wire out, in;
    uint8_t request[KEEPER_MESSAGE_MAX];
    struct core_message message;
};

static struct keeper *keeper_make(void)
{
    struct arena a = arena_reserve(sizeof(struct keeper) + 64);
    struct keeper *k = arena_new(&a, struct keeper, 1);
    crypt_random(&k->serial, sizeof k->serial); /* no answer meant for a predecessor fits */
    crypt_random(&k->channel, sizeof k->channel);
    return k;
}

struct keeper *keeper_on_channel(int fd, int wait_ms)
{
    struct keeper *k = keeper_make();
    k->fd = fd;
    k->wait_ms = wait_ms;
    ptrdiff_t n;
    while (channel_receive(fd, k->message.out, KEEPER_MESSAGE_MAX, 0, &n) == OK)
        ; /* what a predecessor left lying */
    return k;
}

struct keeper *keeper_in_process(struct keeper_core *core, enum keeper_role role)
{
    struct keeper *k = keeper_make();
    k->core = core;
    k->role = role;
    return k;
}

static struct wire *ask(struct keeper *k)
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
    status s = channel_send(k->fd, (str){ (char *)k->request, k->out.len }, k->wait_ms);
    while (s == OK) {
        s = channel_receive(k->fd, m->out, KEEPER_MESSAGE_MAX, k->wait_ms, &m->out_len);
        if (s != OK)
            break;
        if (!message_head_read((str){ (char *)m->out, m->out_len }, head))
            return FAULT;
        if (head->type == 0)
            return BUSY; /* a new keeper said hello: what we asked its predecessor is lost */
        if (head->serial == k->serial)
            return OK;
        /* else: a late answer to an earlier request */
    }
    return s == NOT_FOUND ? FAULT : s;
}

static status send_ask(struct keeper *k, uint16_t type)
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
static status done(struct keeper *k, status s)
{
    if (s == OK && !wire_done(&k->in))
        s = FAULT;
    wipe(k->message.out, KEEPER_MESSAGE_MAX);
    return s;
}

static void take(struct wire *w, void *to, ptrdiff_t n)
{
    const uint8_t *bytes = wire_get_bytes(w, n);
    if (bytes)
        memcpy(to, bytes, (size_t)n);
    else
        memset(to, 0, (size_t)n);
}

static void put_padded(struct wire *w, str text, ptrdiff_t width)
{
    static const uint8_t zeros[64];
    ptrdiff_t n = text.len < width ? text.len : width;
    wire_bytes(w, text.at, n);
    wire_bytes(w, zeros, width - n);
}

status keeper_begin(struct keeper *k, str name, const uint8_t device[32], struct ticket *out)
{
    struct wire *w = ask(k);
    if (name.len > 64 || !name.len)
        return NOT_FOUND; /* nobody is called that */
    put_padded(w, name, 64);
    wire_bytes(w, device, 32);
    status s = send_ask(k, 1);
    if (s == OK) {
        out->number = wire_get_u64(&k->in);
        take(&k->in, out->salt, sizeof out->salt);
        out->cost.ops = wire_get_u32(&k->in);
        out->cost.mem_kib = wire_get_u32(&k->in);
    }
    return done(k, s);
}

status keeper_finish(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, const token *old,
                     struct signed_in *out)
{
    static const token none;
    struct wire *w = ask(k);
    wire_u64(w, ticket);
    wire_bytes(w, stretched, KEY);
    wire_u32(w, otp);
    wire_u32(w, 0);
    wire_bytes(w, old ? old->at : none.at, KEY);
    status s = send_ask(k, 2);
    if (s == OK) {
        take(&k->in, out->token.at, KEY);
        take(&k->in, out->principal.at, 16);
        out->class = wire_get_u8(&k->in);
        out->powers = wire_get_u8(&k->in);
        out->flags = wire_get_u16(&k->in);
        take(&k->in, out->device, 32);
    }
    return done(k, s);
}

status keeper_end(struct keeper *k, token t)
{
    wire_bytes(ask(k), t.at, KEY);
    return done(k, send_ask(k, 3));
}

status keeper_who(struct keeper *k, token t, struct who *out)
{
    wire_bytes(ask(k), t.at, KEY);
    status s = send_ask(k, 4);
    if (s == OK) {
        take(&k->in, out->principal.at, 16);
        out->class = wire_get_u8(&k->in);
        out->powers = wire_get_u8(&k->in);
        wire_get_u16(&k->in);
        out->idle_seconds = wire_get_u32(&k->in);
        out->envelope_day = wire_get_u32(&k->in);
    }
    return done(k, s);
}

static void put_rows(struct wire *w, const struct open_row *rows, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        wire_bytes(w, rows[i].id.at, 16);
        wire_bytes(w, rows[i].keybox, KEYBOX);
    }
}

static void take_keys(struct wire *w, struct open_row *rows, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        rows[i].code = wire_get_u8(w);
        take(w, rows[i].key, ROW_KEY);
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
    struct wire *w = ask(k);
    put_open(w, t, why, about, n);
    put_rows(w, rows, n);
    status s = send_ask(k, 5);
    if (s == OK) {
        wire_get_u64(&k->in);
        if (wire_get_u16(&k->in) != n)
            s = FAULT;
        else
            take_keys(&k->in, rows, n);
    }
    return done(k, s);
}

status keeper_share(struct keeper *k, token t, enum purpose why, id about, id target_ring, id release, struct open_row *rows,
                    ptrdiff_t n, uint8_t (*keyboxes)[KEYBOX])
{
    struct wire *w = ask(k);
    put_open(w, t, why, about, n);
    wire_bytes(w, target_ring.at, 16);
    wire_bytes(w, release.at, 16);
    put_rows(w, rows, n);
    status s = send_ask(k, 6);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        take(&k->in, keyboxes[i], KEYBOX);
        rows[i].code = keyboxes[i][0] ? CODE_OK : CODE_NONE; /* the suite byte of a real one is not zero */
    }
    return done(k, s);
}

status keeper_ring_key(struct keeper *k, enum scope_kind kind, id scope, enum compartment c, struct ring_key *out)
{
    static const id none;
    struct wire *w = ask(k);
    wire_u8(w, (uint8_t)kind);
    wire_u8(w, (uint8_t)c);
    wire_u16(w, 0);
    wire_bytes(w, scope.at, 16);
    wire_bytes(w, none.at, 16);
    status s = send_ask(k, 7);
    if (s == OK) {
        take(&k->in, out->ring.at, 16);
        out->epoch = wire_get_u32(&k->in);
        take(&k->in, out->open, KEY);
        out->gen = wire_get_u64(&k->in);
    }
    return done(k, s);
}

status keeper_ring(struct keeper *k, enum ring_verb verb, const struct ring_act *act, struct ring_done *out)
{
    struct wire *w = ask(k);
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
    status s = send_ask(k, (uint16_t)verb);
    if (s == OK) {
        take(&k->in, out->ring.at, 16);
        out->epoch = wire_get_u32(&k->in);
        wire_get_u32(&k->in);
        out->gen = wire_get_u64(&k->in);
    }
    return done(k, s);
}

status keeper_principal(struct keeper *k, token t, str name, enum wall_class class, uint8_t powers, uint32_t not_after_day,
                        id *principal, uint8_t code[20])
{
    struct wire *w = ask(k);
    if (name.len > 64 || !name.len)
        return INVALID;
    wire_bytes(w, t.at, KEY);
    put_padded(w, name, 64);
    wire_u8(w, (uint8_t)class);
    wire_u8(w, powers);
    wire_u16(w, 0);
    wire_u32(w, not_after_day);
    status s = send_ask(k, 13);
    if (s == OK) {
        take(&k->in, principal->at, 16);
        take(&k->in, code, 20);
    }
    return done(k, s);
}

status keeper_enrol(struct keeper *k, const uint8_t code[20], uint64_t ticket, const uint8_t stretched[32], struct enrolled *out)
{
    struct wire *w = ask(k);
    wire_bytes(w, code, 20);
    wire_u32(w, 0);
    wire_u64(w, ticket);
    wire_bytes(w, stretched, KEY);
    status s = send_ask(k, 14);
    if (s == OK) {
        take(&k->in, out->principal.at, 16);
        take(&k->in, out->otp_secret, 20);
        take(&k->in, out->recovery, 20);
        take(&k->in, out->fingerprint, 24);
    }
    return done(k, s);
}

status keeper_certify(struct keeper *k, token t, id principal, const char fingerprint[24], uint32_t *missing)
{
    struct wire *w = ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, principal.at, 16);
    wire_bytes(w, fingerprint, 24);
    status s = send_ask(k, 15);
    if (s == OK) {
        *missing = wire_get_u32(&k->in);
        wire_get_u64(&k->in);
    }
    return done(k, s);
}

status keeper_revoke(struct keeper *k, token t, id principal, str reason, uint64_t *gen)
{
    struct wire *w = ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, principal.at, 16);
    put_padded(w, reason, 32);
    status s = send_ask(k, 16);
    if (s == OK) {
        wire_get_u32(&k->in);
        *gen = wire_get_u64(&k->in);
    }
    return done(k, s);
}

status keeper_slot(struct keeper *k, const struct slot_change *change, uint8_t recovery[20])
{
    static const uint8_t zeros[3];
    struct wire *w = ask(k);
    wire_bytes(w, change->token.at, KEY);
    wire_bytes(w, change->principal.at, 16);
    wire_u8(w, change->kind);
    wire_bytes(w, zeros, 3);
    wire_u32(w, change->otp);
    wire_bytes(w, change->old, KEY);
    wire_u64(w, change->ticket);
    wire_bytes(w, change->fresh, KEY);
    status s = send_ask(k, 17);
    if (s == OK)
        take(&k->in, recovery, 20);
    return done(k, s);
}

status keeper_note(struct keeper *k, const token *t, enum audit_action action, uint32_t count, id object,
                   const uint8_t digest[32], uint64_t *seq)
{
    static const token none;
    static const uint8_t zeros[3];
    struct wire *w = ask(k);
    wire_bytes(w, t ? t->at : none.at, KEY);
    wire_u8(w, (uint8_t)action);
    wire_bytes(w, zeros, 3);
    wire_u32(w, count);
    wire_bytes(w, object.at, 16);
    wire_bytes(w, digest, 32);
    status s = send_ask(k, 18);
    if (s == OK)
        *seq = wire_get_u64(&k->in);
    return done(k, s);
}

status keeper_blind(struct keeper *k, token t, uint16_t field, enum compartment c, const str *values, ptrdiff_t n,
                    uint8_t (*out)[16])
{
    struct wire *w = ask(k);
    must(n > 0 && n <= ROWS);
    wire_bytes(w, t.at, KEY);
    wire_u16(w, field);
    wire_u8(w, (uint8_t)c);
    wire_u8(w, (uint8_t)n);
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t length = values[i].len < 63 ? values[i].len : 63;
        wire_u8(w, (uint8_t)length);
        put_padded(w, values[i], 63);
    }
    status s = send_ask(k, 19);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        take(&k->in, out[i], 16);
    return done(k, s);
}

status keeper_receipts(struct keeper *k, ptrdiff_t n, struct receipt *out)
{
    must(n > 0 && n <= ROWS);
    wire_u8(ask(k), (uint8_t)n);
    status s = send_ask(k, 20);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        take(&k->in, out[i].digits, 24);
        out[i].pepper = wire_get_u32(&k->in);
        take(&k->in, out[i].locator, 16);
        take(&k->in, out[i].secret, 32);
    }
    return done(k, s);
}

status keeper_mail(struct keeper *k, const char digits[24], struct locator *locators, ptrdiff_t *locator_count,
                   struct open_row *rows, ptrdiff_t n)
{
    struct wire *w = ask(k);
    must(n >= 0 && n <= ROWS);
    wire_u8(w, 1);
    wire_u8(w, (uint8_t)n);
    wire_u16(w, 0);
    put_padded(w, (str){ digits, 24 }, KEY);
    put_rows(w, rows, n);
    status s = send_ask(k, 21);
    if (s != OK)
        return done(k, s);
    ptrdiff_t m = wire_get_u8(&k->in);
    for (ptrdiff_t i = 0; i < m; i++) {
        take(&k->in, locators[i].at, 16);
        locators[i].pepper = wire_get_u32(&k->in);
    }
    if (!n)
        *locator_count = m;
    take_keys(&k->in, rows, n);
    return done(k, OK);
}

status keeper_head(struct keeper *k, struct arena *a, str *checkpoint)
{
    ask(k);
    status s = send_ask(k, 26);
    if (s == OK) {
        ptrdiff_t n = k->in.cap - k->in.len;
        *checkpoint = str_copy(a, (str){ (const char *)wire_get_bytes(&k->in, n), n });
    }
    return done(k, s);
}

static void take_line(struct wire *w, struct log_line *out)
{
    struct audit_record r = { 0 };
    uint8_t record[AUDIT_RECORD];
    *out = (struct log_line){ .seq = wire_get_u64(w) };
    take(w, record, AUDIT_RECORD);
    w->bad |= !audit_record_read(record, &r);
    out->action = r.action;
    out->purpose = r.purpose;
    out->result = r.result;
    out->count = r.count;
    out->day = r.day;
    out->gen = r.gen;
    out->opened = wire_get_u8(w);
    out->time = (int64_t)wire_get_u64(w);
    out->compartment = wire_get_u8(w);
    take(w, out->principal.at, 16);
    take(w, out->about.at, 16);
    take(w, out->ring.at, 16);
    take(w, out->reason, sizeof out->reason);
}

status keeper_log(struct keeper *k, token t, bool own, uint64_t before, struct log_line *out, ptrdiff_t *n)
{
    static const uint8_t zeros[7];
    struct wire *w = ask(k);
    *n = 0;
    wire_bytes(w, t.at, KEY);
    wire_u8(w, own);
    wire_bytes(w, zeros, 7);
    wire_u64(w, before);
    status s = send_ask(k, 28);
    if (s == OK) {
        *n = wire_get_u16(&k->in);
        wire_get_u16(&k->in);
        if (*n > LOG_LINES)
            return done(k, FAULT);
        for (ptrdiff_t i = 0; i < *n; i++)
            take_line(&k->in, &out[i]);
    }
    return done(k, s);
}

status keeper_budget(struct keeper *k, token t, token second, enum compartment c, uint32_t hour_rows, uint32_t day_rows)
{
    static const uint8_t zeros[3];
    struct wire *w = ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, second.at, KEY);
    wire_u8(w, (uint8_t)c);
    wire_bytes(w, zeros, 3);
    wire_u32(w, hour_rows);
    wire_u32(w, day_rows);
    return done(k, send_ask(k, 29));
}

status keeper_unlock(struct keeper *k, const uint8_t stretched[32])
{
    wire_bytes(ask(k), stretched, KEY);
    return done(k, send_ask(k, 40));
}
