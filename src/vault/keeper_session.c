#include "vault/keeper_core.h"

enum { IDLE = 30 * 60, HARD_END = 12 * 3600, ONCE_END = 60, TICKET_LIFE = 10, TRIES = 5, TRY_WINDOW = 15 * 60, STRIKES_MAX = 6 };
static const uint8_t nothing[KEY];

static void token_id(const uint8_t cookie[KEY], id *out)
{
    keyed_hash(cookie, "session id", lit(""), out->at, sizeof out->at);
}

static struct session *session_by_id(struct keeper_core *c, id i)
{
    for (int k = 0; k < SESSIONS; k++)
        if (id_equal(c->sessions[k].id, i))
            return &c->sessions[k];
    return NULL;
}

void session_end(struct session *s)
{
    wipe(s, sizeof *s);
}

void session_end_all(struct keeper_core *c, id who, const struct session *but)
{
    for (int k = 0; k < SESSIONS; k++)
        if (&c->sessions[k] != but && !id_is_zero(c->sessions[k].id) && id_equal(c->sessions[k].who, who))
            session_end(&c->sessions[k]);
}

static void session_shut(struct session *s)
{
    wipe(s->seed, sizeof s->seed);
    wipe(s->held, sizeof s->held);
    s->shut = true;
}

/* Ends what is over and shuts what lay idle; NULL: ended. */
static struct session *session_aged(struct keeper_core *c, struct session *s)
{
    if (!s || s->kind == SESSION_SERVICE)
        return s;
    if (c->mono - s->started >= (s->kind == SESSION_ONCE ? ONCE_END : HARD_END)) {
        session_end(s);
        return NULL;
    }
    if (!s->shut && c->mono - s->used >= IDLE)
        session_shut(s);
    return s;
}

/* A session this keeper knows, open or shut; NULL when it never was, or its day is over. */
static struct session *session_known(struct keeper_core *c, const uint8_t cookie[KEY])
{
    id i;
    token_id(cookie, &i);
    return session_aged(c, same_bytes(cookie, nothing, KEY) ? NULL : session_by_id(c, i));
}

/* When the wall moved, whatever the session holds is forgotten and the person is looked at afresh. */
static status session_refresh(struct keeper_core *c, struct session *s)
{
    if (s->gen == c->gen && s->day == core_today(c) && core_today(c) <= s->not_after)
        return OK;
    wipe(s->held, sizeof s->held);
    struct principal p;
    status st = trust_person(c, s->who, &p);
    if (st == OK && (p.class != s->class || p.powers != s->powers))
        st = NOT_FOUND;
    if (st == NOT_FOUND) {
        session_end(s);
        return LOCKED;
    }
    s->gen = c->gen;
    s->day = core_today(c);
    return st;
}

status session_live(struct keeper_core *c, const uint8_t cookie[KEY], struct session **out)
{
    *out = session_known(c, cookie);
    if (!*out || (*out)->shut)
        return LOCKED;
    status st = session_refresh(c, *out);
    if (st == LOCKED)
        *out = NULL;
    return st;
}

status session_by_name(struct keeper_core *c, id session, struct session **out)
{
    *out = session_aged(c, id_is_zero(session) ? NULL : session_by_id(c, session));
    if (!*out || (*out)->shut)
        return LOCKED;
    return session_refresh(c, *out);
}

/* A token serves where it was given: the engine's on its own channel and nobody else's there. */
static bool is_of_role(const struct session *s, enum keeper_role role)
{
    return (s->kind == SESSION_SERVICE) == (role == ROLE_ENGINE);
}

status session_need(struct keeper_core *c, struct asked *q, const uint8_t cookie[KEY], uint8_t powers)
{
    struct session *s;
    status st = session_live(c, cookie, &s);
    if (st != OK || !is_of_role(s, q->role))
        return st == OK ? LOCKED : st;
    q->session = s;
    q->session_id = s->id;
    q->who = s->who;
    keyed_hash(cookie, "session kek", lit(""), q->key, KEY);
    s->used = c->mono;
    return (s->powers & powers) == powers ? OK : NOT_FOUND;
}

status session_second(struct keeper_core *c, struct asked *q, const uint8_t cookie[KEY], uint8_t powers, id *who)
{
    struct session *s;
    status st = session_live(c, cookie, &s);
    if (st != OK)
        return st;
    *who = s->who;
    return (s->powers & powers) == powers && !id_equal(s->who, q->session->who) ? OK : NOT_FOUND;
}

bool session_seed(const struct session *s, const uint8_t key[KEY], uint8_t seed[KEY])
{
    return aead_open(key, (str){ (const char *)s->seed, BOX }, (str){ (const char *)s->id.at, 16 }, seed);
}

bool session_identity(const struct session *s, const uint8_t key[KEY], struct identity *out)
{
    uint8_t seed[KEY];
    if (!session_seed(s, key, seed))
        return false;
    identity_from(seed, out);
    wipe(seed, KEY);
    return true;
}

/* A device cookie: 16 random bytes and our mark over them and the name: only a device that once signed in has one. */
static void device_mark(struct keeper_core *c, const uint8_t device[16], const uint8_t name[16], uint8_t mark[16])
{
    uint8_t both[32];
    memcpy(both, device, 16);
    memcpy(both + 16, name, 16);
    keyed_hash(c->house.ticket, "device", (str){ (char *)both, sizeof both }, mark, 16);
}

static str wire_name(const uint8_t name[64])
{
    ptrdiff_t n = 64;
    while (n > 0 && !name[n - 1])
        n--;
    return (str){ (const char *)name, n };
}

/* Strangers and known devices do not take each other's tickets: a flood of sign-ins must not keep everybody out. */
static struct ticket_out *ticket_place(struct keeper_core *c, uint32_t channel, bool known)
{
    struct ticket_out *free_one = NULL;
    int out = 0;
    for (int i = 0; i < TICKETS; i++) {
        struct ticket_out *t = &c->tickets[i];
        if (t->number && (t->until <= c->mono || t->channel == channel))
            wipe(t, sizeof *t);
        if (t->number)
            out += known == !same_bytes(t->device, nothing, sizeof t->device);
        else if (!free_one)
            free_one = t;
    }
    return out < c->tickets_out ? free_one : NULL;
}

/*
 * An unknown name has a salt too, and its neighbour's slot is read for it: one statement finds one row either way, so that
 * the time of the answer does not tell which names are ours (tests/timing_test.c).
 */
static status ticket_salt(struct keeper_core *c, str name, struct ticket_out *t)
{
    uint8_t nearest[16] = { 0 };
    struct slot slot = { 0 };
    keyed_hash(c->house.fake, "salt", name, t->salt, sizeof t->salt);
    t->cost = c->anchor.cost;
    status s = slot_nearest(c->db, t->name, nearest, &slot);
    bool known = s == OK && same_bytes(nearest, t->name, sizeof nearest);
    uint8_t keep = (uint8_t)(known - 1); /* all bits: the salt above stays */
    for (int i = 0; i < (int)sizeof t->salt; i++)
        t->salt[i] = (uint8_t)((t->salt[i] & keep) | (slot.salt[i] & ~keep));
    t->cost = known ? slot.cost : t->cost;
    return s == NOT_FOUND ? OK : s;
}

/* Known and unknown names walk the same path, and an unknown one fails where a wrong passphrase fails. */
status judge_begin(struct keeper_core *c, struct asked *q)
{
    str name = wire_name(wire_get_bytes(&q->in, 64));
    const uint8_t *device = wire_get_bytes(&q->in, 32);
    if (!name.len || !utf8_valid(name))
        return INVALID;
    uint8_t hash[16], mark[16];
    house_name(&c->house, name, hash);
    device_mark(c, device, hash, mark);
    bool known = same_bytes(mark, device + 16, sizeof mark);
    struct ticket_out *t = ticket_place(c, q->channel, known);
    if (!t)
        return BUSY;
    c->chance.fill(&c->chance, &t->number, sizeof t->number);
    t->number |= 1;
    t->channel = q->channel;
    t->until = c->mono + TICKET_LIFE;
    t->envelope = str_equal(name, lit("envelope"));
    memcpy(t->name, hash, sizeof t->name);
    if (known)
        memcpy(t->device, device, sizeof t->device);
    status s = ticket_salt(c, name, t);
    if (s != OK)
        return s;
    wire_u64(&q->out, t->number);
    wire_bytes(&q->out, t->salt, sizeof t->salt);
    wire_u32(&q->out, t->cost.ops);
    wire_u32(&q->out, t->cost.mem_kib);
    return OK;
}

/* Takes the ticket: it serves once. */
bool ticket_take(struct keeper_core *c, const struct asked *q, uint64_t number, struct ticket_out *out)
{
    for (int i = 0; i < TICKETS; i++) {
        struct ticket_out *t = &c->tickets[i];
        if (number && t->number == number && t->channel == q->channel && t->until > c->mono) {
            *out = *t;
            wipe(t, sizeof *t);
            return true;
        }
    }
    return false;
}

/* Five failures in 15 minutes and this pair waits 15 minutes, doubling; other devices of the name are not touched. */
static status count_failure(struct keeper_core *c, const struct ticket_out *t)
{
    struct failure f;
    status s = failure_prune(c->db, c->now - 7 * 86400);
    if (s == OK)
        s = failure_find(c->db, t->name, t->device, &f);
    if (s != OK)
        return s;
    if (c->now - f.since > TRY_WINDOW)
        f = (struct failure){ .since = c->now, .strikes = f.strikes };
    if (++f.tries >= TRIES) {
        f.wait_until = c->now + ((int64_t)TRY_WINDOW << f.strikes);
        f.strikes += f.strikes < STRIKES_MAX;
        f.tries = 0;
    }
    return failure_put(c->db, t->name, t->device, &f);
}

status session_login_failed(struct keeper_core *c, struct asked *q, const struct ticket_out *t)
{
    status s = count_failure(c, t);
    id name;
    memcpy(name.at, t->name, sizeof name.at);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_LOGIN_FAILED, .result = CODE_NONE, .object = name, .object_kind = "name" });
    return s == OK ? core_refuse(q, CODE_NONE) : s;
}

/* The failures that led here are on record; more of them change nothing, and must not fill a log that is never cut. */
status session_must_wait(struct asked *q)
{
    q->recorded = true;
    return core_refuse(q, CODE_LIMIT);
}

/* Every step counts once, even within its half minute. */
status session_check_otp(struct keeper_core *c, id who, uint32_t otp)
{
    uint8_t boxed[20 + AEAD_MORE], secret[20];
    int64_t step;
    status s = factor_find(c->db, who, boxed);
    if (s != OK)
        return s;
    bool good = aead_open(c->house.otp, (str){ (char *)boxed, sizeof boxed }, (str){ (char *)who.at, 16 }, secret) &&
                totp_check(secret, c->now, otp, &step);
    wipe(secret, sizeof secret);
    return good ? factor_step(c->db, who, step) : NOT_FOUND;
}

/* Opens a person's seed by passphrase or code; an unknown name opens a box of noise and fails alike. */
status session_open_seed(struct keeper_core *c, const struct ticket_out *t, enum slot_kind kind, const uint8_t secret[KEY],
                         struct principal *p, uint8_t seed[KEY])
{
    struct slot slot = { 0 };
    *p = (struct principal){ 0 };
    status s = principal_by_name(c->db, t->name, p);
    if (s == OK || s == NOT_FOUND)
        s = slot_find(c->db, p->id, kind, &slot);
    if (s != OK && s != NOT_FOUND)
        return s;
    str text = { (const char *)secret, kind == SLOT_RECOVERY ? RECOVERY_CODE : KEY };
    bool good = slot_open(&c->house, p->id, kind, text, slot.box, seed);
    struct identity own;
    if (good) {
        identity_from(seed, &own);
        good = same_bytes(own.box.open, p->box, KEY) && (kind == SLOT_RECOVERY || cost_allowed(&c->anchor, slot.cost));
        wipe(&own, sizeof own);
    }
    return good && s == OK ? OK : NOT_FOUND;
}

/* What is opened for one act has a place of its own: it neither counts among the three nor ends one of them. */
static struct session *session_place(struct keeper_core *c, id who, enum session_kind kind)
{
    int most = kind == SESSION_PERSON ? SESSIONS_A_PERSON : 1;
    struct session *oldest = NULL, *own = NULL, *free_one = NULL;
    int owned = 0;
    for (int k = 0; k < SESSIONS; k++) {
        struct session *s = &c->sessions[k];
        if (id_is_zero(s->id)) {
            free_one = free_one ? free_one : s;
            continue;
        }
        if (id_equal(s->who, who) && s->kind == kind) {
            owned++;
            own = !own || s->used < own->used ? s : own;
        }
        if (s->kind != SESSION_SERVICE)
            oldest = !oldest || s->used < oldest->used ? s : oldest;
    }
    struct session *place = owned >= most ? own : free_one ? free_one : oldest;
    session_end(place);
    return place;
}

struct session *session_make(struct keeper_core *c, const struct principal *p, const uint8_t seed[KEY], const uint8_t cookie[KEY],
                             enum session_kind kind, uint8_t key[KEY])
{
    struct session *s = session_place(c, p->id, kind);
    token_id(cookie, &s->id);
    keyed_hash(cookie, "session kek", lit(""), key, KEY);
    aead_seal(key, (str){ (const char *)seed, KEY }, (str){ (char *)s->id.at, 16 }, s->seed);
    s->who = p->id;
    s->kind = kind;
    s->class = p->class;
    s->powers = p->powers;
    s->not_after = p->not_after;
    s->started = s->used = c->mono;
    s->gen = c->gen;
    s->day = core_today(c);
    return s;
}

static void answer_signed_in(struct keeper_core *c, struct asked *q, const struct ticket_out *t, const uint8_t cookie[KEY])
{
    uint8_t device[32];
    if (same_bytes(t->device, nothing, 16))
        c->chance.fill(&c->chance, device, 16);
    else
        memcpy(device, t->device, 16);
    device_mark(c, device, t->name, device + 16);
    wire_bytes(&q->out, cookie, KEY);
    wire_bytes(&q->out, q->session->who.at, 16);
    wire_u8(&q->out, q->session->class);
    wire_u8(&q->out, q->session->powers);
    wire_u16(&q->out, t->envelope ? SIGNED_IN_ENVELOPE : 0);
    wire_bytes(&q->out, device, sizeof device);
}

static status sign_in(struct keeper_core *c, struct asked *q, const struct ticket_out *t, const struct principal *p,
                      const uint8_t seed[KEY], struct session *old, bool once)
{
    uint8_t cookie[KEY];
    c->chance.fill(&c->chance, cookie, KEY);
    int64_t started = old ? old->started : c->mono;
    if (old)
        session_end(old);
    q->session = session_make(c, p, seed, cookie, once ? SESSION_ONCE : SESSION_PERSON, q->key);
    q->session->started = started;
    q->session_id = q->session->id;
    q->who = p->id;
    status s = failure_delete(c->db, t->name, t->device);
    int turned = 0;
    if (s == OK && (p->powers & POWER_CERTIFY) && !t->envelope)
        s = ring_turn_month(c, q, &turned);
    if (s == OK && turned)
        s = log_asked(c, q, (struct entry){ .action = ACT_ROTATE, .count = (uint16_t)turned });
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_LOGIN, .result = t->envelope ? SIGNED_IN_ENVELOPE : 0 });
    if (t->envelope)
        c->envelope_day = core_today(c);
    answer_signed_in(c, q, t, cookie);
    wipe(cookie, KEY);
    return s;
}

status judge_finish(struct keeper_core *c, struct asked *q)
{
    struct ticket_out t;
    struct failure f;
    bool good = ticket_take(c, q, wire_get_u64(&q->in), &t);
    const uint8_t *stretched = wire_get_bytes(&q->in, KEY);
    uint32_t otp = wire_get_u32(&q->in);
    bool once = wire_get_u32(&q->in) & FINISH_ONCE;
    struct session *old = session_known(c, wire_get_bytes(&q->in, KEY));
    if (!good)
        return NOT_FOUND;
    status s = failure_find(c->db, t.name, t.device, &f);
    if (s != OK)
        return s;
    bool waits = f.wait_until > c->now;
    if (waits && !t.envelope) /* 160 bits are not guessed: nobody is to be kept from the envelope */
        return session_must_wait(q);
    struct principal p, person;
    uint8_t seed[KEY];
    s = session_open_seed(c, &t, t.envelope ? SLOT_RECOVERY : SLOT_PASSPHRASE, stretched, &p, seed);
    if (s == OK)
        s = trust_person(c, p.id, &person);
    if (old && (once || !id_equal(old->who, p.id)))
        old = NULL;
    if (s == OK && !old && !t.envelope)
        s = session_check_otp(c, p.id, otp);
    if (s == OK)
        s = sign_in(c, q, &t, &person, seed, old, once);
    else if (s == NOT_FOUND)
        s = waits ? session_must_wait(q) : session_login_failed(c, q, &t);
    wipe(seed, KEY);
    return s;
}

status judge_end(struct keeper_core *c, struct asked *q)
{
    struct session *s = session_known(c, wire_get_bytes(&q->in, KEY));
    if (s && !is_of_role(s, q->role))
        s = NULL;
    if (!s && q->role == ROLE_ENGINE)
        s = engine_session(c);
    if (!s)
        return LOCKED;
    q->session = s;
    q->session_id = s->id;
    q->who = s->who;
    status st = log_asked(c, q, (struct entry){ .action = ACT_END });
    session_end(s);
    return st;
}

status judge_who(struct keeper_core *c, struct asked *q)
{
    struct session *s;
    status st = session_live(c, wire_get_bytes(&q->in, KEY), &s);
    if (st != OK || !is_of_role(s, q->role))
        return st == OK ? LOCKED : st;
    wire_bytes(&q->out, s->who.at, 16);
    wire_u8(&q->out, s->class);
    wire_u8(&q->out, s->powers);
    wire_u16(&q->out, 0);
    wire_u32(&q->out, (uint32_t)(c->mono - s->used));
    wire_u32(&q->out, c->envelope_day);
    wire_u32(&q->out, c->backup_day);
    wire_u32(&q->out, c->ceremony_day);
    return OK;
}
