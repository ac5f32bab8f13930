#include "vault/keeper_core.h"
#include "lib/log/log.h"

#define ROLE(r) (1u << (r))
enum { STAFF = ROLE(ROLE_STAFF), ANYBODY = ROLE(ROLE_PUBLIC) | ROLE(ROLE_STAFF) | ROLE(ROLE_ACCEPTOR) | ROLE(ROLE_JOBS) };
enum { OPEN_HEAD = 52, SHARE_HEAD = 84, BLIND_HEAD = 36, MAIL_HEAD = 36, BLIND_ITEM = 64 };

/* Every message the keeper knows (keys.md 4.3). */
static const struct message_rule rules[] = {
    /* clang-format off */
    {  1, STAFF, 96, 0, 0, 0, 0, false, judge_begin, NULL },
    {  2, STAFF, 80, 0, 0, 0, 0, false, judge_finish, NULL },
    {  3, STAFF | ROLE(ROLE_ENGINE), 32, 0, 0, 0, 0, false, judge_end, NULL },
    {  4, STAFF, 32, 0, 0, 0, 0, false, judge_who, NULL, true },
    {  5, STAFF | ROLE(ROLE_ENGINE), OPEN_HEAD, OPEN_ROW, 34, 2, 1, false, judge_open, answer_open },
    {  6, STAFF, SHARE_HEAD, OPEN_ROW, 34, 2, 1, false, judge_share, answer_share },
    {  7, ANYBODY, 36, 0, 0, 0, 0, true, judge_pub, NULL, true },
    {  8, STAFF, 160, 0, 0, 0, 0, false, judge_ring, NULL },
    {  9, STAFF, 160, 0, 0, 0, 0, false, judge_ring, NULL },
    { 10, STAFF, 160, 0, 0, 0, 0, false, judge_ring, NULL },
    { 11, STAFF, 160, 0, 0, 0, 0, false, judge_ring, NULL },
    { 12, STAFF, 160, 0, 0, 0, 0, false, judge_ring, NULL },
    { 13, STAFF, 104, 0, 0, 0, 0, false, judge_principal, NULL },
    { 14, STAFF, 64, 0, 0, 0, 0, false, judge_enrol, NULL },
    { 15, STAFF, 72, 0, 0, 0, 0, false, judge_certify, NULL },
    { 16, STAFF, 80, 0, 0, 0, 0, false, judge_revoke, NULL },
    { 17, STAFF, 128, 0, 0, 0, 0, false, judge_slot, NULL },
    { 18, STAFF | ROLE(ROLE_ACCEPTOR) | ROLE(ROLE_JOBS) | ROLE(ROLE_CONTROL), 88, 0, 0, 0, 0, true, judge_note, NULL },
    { 19, STAFF, BLIND_HEAD, BLIND_ITEM, 35, 1, 1, false, judge_blind, NULL },
    { 20, ROLE(ROLE_PUBLIC), 1, 0, 0, 0, 0, true, judge_receipt, NULL, true },
    { 21, ROLE(ROLE_PUBLIC), MAIL_HEAD, OPEN_ROW, 1, 1, 0, false, judge_mail, answer_mail },
    { 22, STAFF, 32, 0, 0, 0, 0, false, judge_ticket, NULL, true },
    { 23, ROLE(ROLE_ENGINE), SEARCH_TICKET + 4, 0, 0, 0, 0, false, judge_rings, NULL, true },
    { 24, STAFF, 32, 0, 0, 0, 0, false, judge_engine, answer_engine },
    { 25, ROLE(ROLE_ENGINE), 40, 0, 0, 0, 0, false, judge_snapshot, answer_snapshot },
    { 26, ROLE(ROLE_JOBS) | ROLE(ROLE_CONTROL), 0, 0, 0, 0, 0, false, judge_head, NULL, true },
    { 27, ROLE(ROLE_JOBS) | ROLE(ROLE_CONTROL), CHECKPOINT_MOST, 0, 0, 0, 0, false, judge_witness, NULL },
    { 28, STAFF, 48, 0, 0, 0, 0, false, judge_log, NULL },
    { 29, STAFF, 76, 0, 0, 0, 0, false, judge_budget, NULL },
    { 30, STAFF, 32, 0, 0, 0, 0, false, judge_budgets, NULL },
    { 31, STAFF, 48, 0, 0, 0, 0, false, judge_term, NULL },
    { 32, STAFF, 48, 0, 0, 0, 0, false, judge_renew, NULL },
    { 33, STAFF, 36, 0, 0, 0, 0, false, judge_ending, NULL },
    { 34, STAFF, 40, 0, 0, 0, 0, false, judge_key, NULL },
    { 35, ROLE(ROLE_JOBS) | ROLE(ROLE_WATCH) | ROLE(ROLE_CONTROL), 0, 0, 0, 0, 0, true, judge_state, NULL, true },
    { 37, ROLE(ROLE_JOBS), 24, 0, 0, 0, 0, false, judge_expire, NULL },
    { 38, STAFF, 120, 0, 0, 0, 0, false, judge_hold, NULL },
    { 39, STAFF, 128, 0, 0, 0, 0, false, judge_lift, NULL },
    { 40, ROLE(ROLE_CONTROL), 32, 0, 0, 0, 0, true, judge_unlock, NULL },
    { 41, STAFF, 68, 0, 0, 0, 0, false, judge_sheet, NULL },
    { 42, STAFF, 64, 0, 0, 0, 0, false, judge_acts, NULL },
    { 43, ROLE(ROLE_JOBS), 40, 0, 0, 0, 0, false, judge_forgotten, NULL },
    { 44, ROLE(ROLE_ENGINE), SEARCH_TICKET, 0, 0, 0, 0, false, judge_deconfliction, NULL, true },
    { 47, ROLE(ROLE_ENGINE), 32, 0, 0, 0, 0, false, judge_seed, answer_seed },
    { 48, ROLE(ROLE_JOBS), 0, 0, 0, 0, 0, true, judge_nodes, NULL, true },
    /* clang-format on */
};

const struct message_rule *core_rules(ptrdiff_t *n)
{
    *n = countof(rules);
    return rules;
}

uint32_t core_today(const struct keeper_core *c)
{
    return (uint32_t)day_of(c->now);
}

status core_refuse(struct asked *q, uint16_t code)
{
    q->code = code;
    return NOT_FOUND;
}

status core_wall_moved(struct keeper_core *c)
{
    c->gen++;
    return wall_move(c->db);
}

void core_set_time(struct keeper_core *c, int64_t unix_seconds, int64_t monotonic_seconds)
{
    c->now = unix_seconds;
    c->mono = monotonic_seconds;
    if (!c->timed)
        c->wall_off = unix_seconds - monotonic_seconds;
    c->timed = true;
}

/* Whether a body is as long as its rule and its own count say. */
static bool body_fits(const struct message_rule *rule, const struct message_head *head, const uint8_t *body)
{
    ptrdiff_t length = (ptrdiff_t)head->length - CHANNEL_HEADER;
    if (length < rule->length)
        return false;
    int count = 0;
    for (int i = rule->count_bytes; i-- > 0;)
        count = count << 8 | body[rule->count_at + i];
    return count <= ROWS && count >= rule->least && length == rule->length + count * rule->each;
}

static const struct message_rule *rule_for(uint16_t type)
{
    for (ptrdiff_t i = 0; i < countof(rules); i++)
        if (rules[i].type == type)
            return &rules[i];
    return NULL;
}

static uint16_t code_of(status s)
{
    switch (s) {
    case OK: return CODE_OK;
    case INVALID: return CODE_BAD;
    case LOCKED: return CODE_LOCKED;
    case LIMIT: return CODE_LIMIT;
    case BUSY:
    case WAIT: return CODE_BUSY;
    case CONFLICT: return CODE_TAKEN;
    case NOT_FOUND: return CODE_NONE;
    case FAULT: break;
    }
    return CODE_STORE;
}

/* One message: the rules of the table, then its own. The refusal of anything known by session or form is recorded. */
static status judge(struct keeper_core *c, struct asked *q, const struct core_message *m, const struct message_rule **rule)
{
    *rule = NULL;
    if (!message_head_read(m->in, &q->head))
        return INVALID;
    const struct message_rule *found = rule_for(q->head.type);
    const uint8_t *body = (const uint8_t *)m->in.at + CHANNEL_HEADER;
    if (!found || !(found->roles & ROLE(m->role)) || !body_fits(found, &q->head, body))
        return INVALID;
    if (!c->house.open && !found->locked)
        return LOCKED;
    if (c->full && !found->quiet)
        return BUSY;
    q->in = (struct wire){ (uint8_t *)(uintptr_t)body, 0, m->in.len - CHANNEL_HEADER, false };
    status s = found->judge(c, q);
    if (s == OK)
        must(!q->in.bad && !q->out.bad);
    *rule = found;
    return s;
}

static status judge_and_record(struct keeper_core *c, struct asked *q, const struct core_message *m, const struct message_rule **rule)
{
    status s = judge(c, q, m, rule);
    if (s == OK)
        return OK;
    if (!q->code)
        q->code = code_of(s);
    *rule = NULL;
    q->out.len = CHANNEL_HEADER;
    if (s == FAULT || q->recorded || q->code == CODE_BUSY || q->code == CODE_LOCKED)
        return s == FAULT ? FAULT : OK;
    if (!c->full)
        return log_refusal(c, q, q->code);
    q->code = CODE_BUSY; /* a refusal is said when it is on record */
    return OK;
}

static void start_answer(struct asked *q, struct core_message *m)
{
    memset(q, 0, sizeof *q);
    q->role = m->role;
    q->channel = m->channel;
    q->out = (struct wire){ m->out, CHANNEL_HEADER, KEEPER_MESSAGE_MAX, false };
}

static void finish_answer(struct asked *q, struct core_message *m)
{
    if (q->code)
        q->out.len = CHANNEL_HEADER;
    m->out_len = q->out.len;
    message_head_write(m->out, (struct message_head){ q->head.type, q->code, (uint32_t)q->out.len, q->head.serial });
}

/* Nothing that was staged may leave. Only a lock that somebody else held at the start leaves us as we were. */
static void answer_nothing(struct keeper_core *c, struct core_message *messages, ptrdiff_t n, uint16_t code)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        struct asked *q = &c->asked[i];
        wipe(messages[i].out, KEEPER_MESSAGE_MAX);
        q->code = code;
        finish_answer(q, &messages[i]);
    }
    c->dead |= code == CODE_STORE;
}

static status stage(struct keeper_core *c, struct core_message *messages, ptrdiff_t n, const struct message_rule **ruled)
{
    uint64_t known = c->gen;
    status s = wall_read(c->db, &c->gen);
    if (s == OK)
        s = node_follow(c, known);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = judge_and_record(c, &c->asked[i], &messages[i], &ruled[i]);
    if (s == OK && c->tree_moved)
        s = loghead_put(c->db, c->log, &c->tree);
    c->tree_moved = false;
    return db_end(c->db, s);
}

/* Rows asked for and recorded that then did not open: a second record each message (keys.md 5). */
static status record_failed_rows(struct keeper_core *c, ptrdiff_t n)
{
    int failed = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        failed += c->asked[i].failed;
    if (!failed)
        return OK;
    status s = db_begin(c->db);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct asked *q = &c->asked[i];
        if (q->failed)
            s = log_asked(c, q, (struct entry){ .action = ACT_REFUSED, .purpose = q->head.type, .result = CODE_NONE,
                                                .count = (uint16_t)q->failed, .about = q->about });
    }
    if (s == OK)
        s = loghead_put(c->db, c->log, &c->tree);
    c->tree_moved = false;
    return db_end(c->db, s);
}

/*
 * A commit that fails after everything was judged cannot be taken back from memory, and a keeper that ends leaves a locked house: so room
 * for the records of a turn is made before it. FAULT: the disk is worse than full.
 */
static status make_room(struct keeper_core *c, ptrdiff_t messages)
{
    enum { LEAST = 256 << 10, EACH = 64 << 10 };
    status s = db_make_room(c->db, LEAST + messages * EACH);
    bool full = s == LIMIT;
    if (full != c->full)
        log_event(full ? LOG_KEEPER_FULL : LOG_KEEPER_ROOM, 0, 0);
    c->full = full;
    return full ? OK : s;
}

bool core_turn(struct keeper_core *c, struct core_message *messages, ptrdiff_t n)
{
    const struct message_rule *ruled[CORE_MESSAGES] = { 0 };
    must(n <= CORE_MESSAGES);
    c->arena = c->turn;
    wipe(c->engine_token, KEY);
    for (ptrdiff_t i = 0; i < n; i++)
        start_answer(&c->asked[i], &messages[i]);
    status s = c->dead ? FAULT : make_room(c, n);
    if (s == OK)
        s = db_begin(c->db);
    uint16_t failure = s == BUSY ? CODE_BUSY : CODE_STORE;
    if (s == OK)
        s = stage(c, messages, n, ruled);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (ruled[i] && ruled[i]->answer)
            s = ruled[i]->answer(c, &c->asked[i]);
    if (s == OK)
        s = record_failed_rows(c, n);
    if (s != OK)
        answer_nothing(c, messages, n, failure), wipe(c->engine_token, KEY);
    else
        for (ptrdiff_t i = 0; i < n; i++)
            finish_answer(&c->asked[i], &messages[i]);
    wipe(c->asked, (ptrdiff_t)sizeof *c->asked * CORE_MESSAGES);
    wipe(c->turn.at, c->arena.at - c->turn.at);
    return !c->dead;
}

ptrdiff_t core_hello(const struct keeper_core *c, uint8_t to[KEEPER_MESSAGE_MAX])
{
    static const uint8_t no_token[KEY] = { 0 };
    struct wire w = { to, CHANNEL_HEADER, KEEPER_MESSAGE_MAX, false };
    wire_bytes(&w, c->boot, sizeof c->boot);
    wire_u64(&w, c->gen);
    wire_bytes(&w, no_token, KEY);
    message_head_write(to, (struct message_head){ 0, CODE_OK, (uint32_t)w.len, 0 });
    return w.len;
}

status core_open(struct db *db, str anchor, str secret, struct chance chance, int cores, struct keeper_core **out)
{
    enum { TURN_MEMORY = 64 << 20 };
    ptrdiff_t size = (ptrdiff_t)sizeof(struct keeper_core) + (ptrdiff_t)sizeof(struct session) * SESSIONS +
                     (ptrdiff_t)sizeof(struct asked) * CORE_MESSAGES + 16 * (MEMO + REVOKED) + TURN_MEMORY + 4096;
    struct arena a = arena_reserve(size);
    char *memory = a.at;
    a.at += 16 * MEMO; /* of zeros, and no page of it is there before it is used */
    struct keeper_core *c = arena_new(&a, struct keeper_core, 1);
    c->memory = memory;
    c->sessions = arena_new(&a, struct session, SESSIONS);
    c->asked = arena_new(&a, struct asked, CORE_MESSAGES);
    c->memo = (uint8_t(*)[16])(void *)memory;
    c->revoked = arena_take(&a, 16, 1, REVOKED);
    c->db = db;
    core_be_node(c, LOG_NUMBER, lit(FIRST_NODE));
    c->turn = c->arena = a;
    c->chance = chance;
    c->tickets_out = cores > 3 ? cores / 2 : 1;
    c->sealer = sealer_new();
    struct secret_head head;
    if (!anchor_read(anchor, &c->anchor) || !secret_head_read(secret, &head))
        return INVALID;
    if (head.version == SECRET_DEMO && !c->anchor.demo)
        return INVALID; /* a key in clear opens only what was made as a demo */
    memcpy(c->secret_file, secret.at, SECRET_FILE);
    sha256(anchor, c->anchor_hash);
    c->root = anchor_root(&c->anchor);
    c->chance.fill(&c->chance, c->boot, sizeof c->boot);
    c->chance.fill(&c->chance, c->memo_key, KEY);
    *out = c;
    return OK;
}

/* Only what was touched: the last part of the turn's memory never was. */
void core_close(struct keeper_core *c)
{
    sealer_wipe(c->sealer);
    wipe(c->memory, c->arena.at - c->memory);
}

status core_unlock(struct keeper_core *c, const uint8_t stretched[KEY])
{
    uint8_t k0[KEY], seed[KEY];
    struct house_keys h = { 0 };
    if (!secret_open((str){ (char *)c->secret_file, SECRET_FILE }, stretched, k0))
        return NOT_FOUND;
    house_from(k0, &h);
    wipe(k0, KEY);
    if (!same_bytes(h.box.open, c->anchor.house, KEY))
        return NOT_FOUND; /* another house's key */
    struct principal node;
    struct slot slot;
    uint8_t name[16];
    house_name(&h, node_principal_name(&c->arena, c->log, str_of(c->name)), name);
    status s = principal_by_name(c->db, name, &node);
    if (s == OK)
        s = slot_find(c->db, node.id, SLOT_NODE, &slot);
    if (s == NOT_FOUND && c->log != LOG_NUMBER)
        return CONFLICT; /* it was taken out */
    if (s != OK)
        return FAULT;
    if (!slot_open(&h, node.id, SLOT_NODE, lit(""), slot.box, seed))
        return FAULT;
    struct identity own;
    identity_from(seed, &own);
    wipe(seed, KEY);
    c->node = own;
    wipe(&own, sizeof own);
    c->node_id = node.id;
    c->house = h;
    wipe(&h, sizeof h);
    s = node_judge_all(c);
    if (s == OK)
        return mail_unlock(c);
    wipe(&c->node, sizeof c->node);
    wipe(&c->house, sizeof c->house);
    c->node_id = (id){ { 0 } };
    return s;
}

status core_start(struct keeper_core *c)
{
    status s = wall_read(c->db, &c->gen);
    if (s == OK)
        s = log_start(c);
    if (s == OK)
        s = node_may_start(c);
    if (s == OK)
        s = make_room(c, 1);
    if (s == OK && c->full)
        return LIMIT;
    struct secret_head head;
    if (s == OK && secret_head_read((str){ (char *)c->secret_file, SECRET_FILE }, &head) && head.version == SECRET_DEMO)
        s = core_unlock(c, NULL);
    if (s != OK)
        return s == INVALID ? FAULT : s;
    s = db_begin(c->db);
    if (s != OK)
        return s;
    s = log_append(c, &(struct entry){ .action = ACT_START, .digest = c->anchor_hash });
    if (s == OK && c->house.open)
        s = log_root_acts(c);
    if (s == OK)
        s = loghead_put(c->db, c->log, &c->tree);
    c->tree_moved = false;
    s = db_end(c->db, s);
    wipe(c->turn.at, c->arena.at - c->turn.at);
    c->arena = c->turn;
    return s;
}

status judge_unlock(struct keeper_core *c, struct asked *q)
{
    const uint8_t *stretched = wire_get_bytes(&q->in, KEY);
    if (c->house.open)
        return OK;
    status s = core_unlock(c, stretched);
    if (s == INVALID) {
        log_event(LOG_KEEPER_NOT_WHOLE, s, 0); /* receipts go on, and nobody signs in */
        return core_refuse(q, CODE_STORE);
    }
    if (s == CONFLICT) {
        log_event(LOG_NODE_STRANGE, c->log, 0);
        return core_refuse(q, CODE_TAKEN);
    }
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_START, .result = STARTED_UNLOCKED, .actor = c->node_id });
    return s == OK ? log_root_acts(c) : s;
}
