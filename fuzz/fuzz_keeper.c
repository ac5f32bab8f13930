/*
 * The keeper's turn, on a house in memory: messages of any role, alone and several to a turn, whole and broken, with
 * tokens and names of things that are there. It answers each in form, lets no role do what is not its own, opens
 * nothing for who has no ring, and never dies.
 */
#include "fuzz.h"
#include "vault/ceremony.h"
#include "vault/keeper_client.h"
#include <sys/mman.h>

/*
 * An input is messages of a head and some bytes. given bytes follow; the body is as long as length says, or (WHOLE) as
 * the rule of its type and count say, zeros behind what was given. A graft lays something real over the body.
 */
enum { HEAD = 13, WHOLE = 0x8000, SAME_TURN = 0x80, TURN = 8, MESSAGES = 24, LIFE = 400, PEOPLE = 6, HOUSE_NOW = 1790000000 };
struct piece {
    enum keeper_role role;
    bool same_turn;
    uint8_t type, token, second, graft[2], at[2], step, given;
    uint16_t length;
    int8_t claims;
};

#define PERSON(n) LIT(n), LIT("an invented passphrase " n)
static const struct plan_person people[PEOPLE] = {
    { PERSON("ada"), CLASS_NONE, POWER_CERTIFY, 0 },
    { PERSON("sam"), CLASS_ANALYST, 7, 1u << TIP | 1u << SOURCE | 1u << SERVICE },
    { PERSON("lin"), CLASS_LINE, 0, 1u << TIP | 1u << SOURCE },
    { PERSON("cam"), CLASS_CARE, 7, 1u << VICTIM },
    { PERSON("aud"), CLASS_AUDITOR, 0, 1u << AUDIT },
    { PERSON("officer"), CLASS_IMMIGRATION, 0, 0 }, /* of no ring, and of none that holds tips */
};
enum { LIN = 2, OFFICER = 5 };

struct house {
    struct db *db;
    struct keeper_core *core;
    struct keeper *staff, *pub;
    struct house_made made;
    struct arena arena;
    struct chance chance;
    int64_t now;
    int lived;
    id office, rings[6];
    token tokens[PEOPLE];
    struct receipt receipt;
    uint8_t device[32], tip[OPEN_ROW], reply[OPEN_ROW], stretched[KEY], ticket[8], code[INVITE_CODE], newcomer[16], fingerprint[24];
};
static struct house house;

/* The sanitiser's question after leaks: a database in memory grows with every message and loses none of it. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}

/* --- the house --------------------------------------------------------------------------------- */

static void pass(struct house *h, int64_t seconds)
{
    h->now += seconds;
    core_set_time(h->core, h->now, h->now);
}

static status sign_in(struct house *h, int who)
{
    struct ticket t;
    struct signed_in in = { 0 };
    uint8_t stretched[KEY];
    pass(h, 31);
    status s = keeper_begin(h->staff, people[who].name, h->device, &t);
    if (s != OK)
        return s;
    must(stretch(people[who].passphrase, t.salt, t.cost, stretched) == OK);
    s = keeper_finish(h->staff, t.number, stretched, totp_code(h->made.people[who].otp_secret, h->now), NULL, &in);
    h->tokens[who] = in.token;
    if (who == LIN)
        memcpy(h->stretched, stretched, KEY);
    return s;
}

/* A row for the office's tips, and a reply to a receipt, as OPEN and MAIL take them. */
static void seal_rows(struct house *h)
{
    struct ring_key tips, mailbox = { .epoch = 0 };
    struct box_pair pair;
    uint8_t key[ROW_KEY] = { 1 };
    id row = { { 1 } };
    must(keeper_ring_key(h->pub, SCOPE_OFFICE, h->office, TIP, &tips) == OK);
    must(keeper_receipts(h->pub, 1, &h->receipt) == OK);
    box_pair_from(h->receipt.secret, &pair);
    memcpy(mailbox.ring.at, h->receipt.locator, 16);
    memcpy(mailbox.open, pair.open, KEY);
    memcpy(h->tip, row.at, 16);
    memcpy(h->reply, row.at, 16);
    must(keybox_seal(key, &tips, TABLE_TIP, row, h->tip + 16) && keybox_seal(key, &mailbox, TABLE_REPLY, row, h->reply + 16));
}

static void find_rings(struct house *h)
{
    static const enum compartment office[] = { TIP, SOURCE, VICTIM };
    struct ring r;
    for (int i = 0; i < countof(office); i++) {
        must(ring_by_scope(h->db, SCOPE_OFFICE, h->office, office[i], &r) == OK);
        h->rings[i] = r.id;
    }
    must(ring_by_scope(h->db, SCOPE_INSTALLATION, h->made.install, AUDIT, &r) == OK);
    h->rings[3] = r.id;
    must(ring_by_scope(h->db, SCOPE_INSTALLATION, h->made.install, SERVICE, &r) == OK);
    h->rings[4] = r.id;
}

static void house_leave(struct house *h)
{
    if (!h->core)
        return;
    struct keeper_core gone = *h->core;
    core_close(h->core);
    must(!munmap(gone.memory, (size_t)(gone.turn.end - gone.memory)));
    db_close(h->db);
    h->core = NULL;
}

static void house_enter(struct house *h)
{
    struct house_plan plan = { .demo = true, .cost = { 1, 8 }, .shares = 1, .need = 1, .office = { { 0x0f, 1 } }, .people = people,
                               .people_count = PEOPLE };
    crypt_start();
    if (!h->staff) {
        h->staff = keeper_in_process(NULL, ROLE_STAFF);
        h->pub = keeper_in_process(NULL, ROLE_PUBLIC);
        h->arena = arena_reserve(1 << 20);
    }
    h->chance = chance_seeded(7);
    h->office = plan.office;
    h->now = HOUSE_NOW;
    h->lived = 0;
    must(db_open(":memory:", (struct db_options){ .create = true }, &h->db) == OK && db_migrate(h->db, migrations_keys) == OK);
    must(ceremony_make(h->db, &plan, &h->chance, h->now, &h->made) == OK);
    str anchor = { (char *)h->made.anchor, ANCHOR }, secret = { (char *)h->made.secret, SECRET_FILE };
    must(core_open(h->db, anchor, secret, h->chance, 4, &h->core) == OK);
    pass(h, 0);
    must(core_start(h->core) == OK);
    h->staff->core = h->pub->core = h->core;
    find_rings(h);
    seal_rows(h);
    for (int i = 0; i < PEOPLE; i++)
        must(sign_in(h, i) == OK);
}

static bool signed_in(struct house *h, int who)
{
    id i;
    keyed_hash(h->tokens[who].at, "session id", lit(""), i.at, sizeof i.at);
    for (int k = 0; k < SESSIONS; k++)
        if (id_equal(h->core->sessions[k].id, i))
            return !h->core->sessions[k].shut && h->core->mono - h->core->sessions[k].used < 600;
    return false;
}

/* Everybody is in when an input begins; when somebody cannot, or the log grew long, the house is made again. */
static void house_ready(struct house *h)
{
    if (h->core)
        pass(h, 10); /* tickets of the input before end */
    for (int i = 0; h->core && i < PEOPLE; i++)
        if (h->lived >= LIFE || (!signed_in(h, i) && sign_in(h, i) != OK))
            house_leave(h);
    if (!h->core)
        house_enter(h);
    h->lived++;
}

/* --- messages ---------------------------------------------------------------------------------- */

static const struct message_rule *rule_of(uint16_t type)
{
    ptrdiff_t n;
    const struct message_rule *rules = core_rules(&n);
    for (ptrdiff_t i = 0; i < n; i++)
        if (rules[i].type == type)
            return &rules[i];
    return NULL;
}

static bool piece_read(const uint8_t **at, const uint8_t *end, struct piece *out)
{
    const uint8_t *b = *at;
    if (end - b < HEAD)
        return false;
    *out = (struct piece){ .role = (b[0] & ~SAME_TURN) % (ROLE_CONTROL + 1), .same_turn = b[0] & SAME_TURN, .type = b[1],
                           .token = b[2], .second = b[3], .graft = { b[4], b[6] }, .at = { b[5], b[7] }, .step = b[8],
                           .length = (uint16_t)(b[9] | b[10] << 8), .claims = (int8_t)b[11], .given = b[12] };
    *at = b + HEAD;
    out->given = (uint8_t)(out->given < end - *at ? out->given : end - *at);
    return true;
}

static void graft(struct house *h, uint8_t what, ptrdiff_t at, uint8_t *body, ptrdiff_t length)
{
    const struct { const void *at; ptrdiff_t len; } real[] = {
        { h->tip, OPEN_ROW }, { h->reply, OPEN_ROW }, { h->receipt.digits, 24 }, { h->device, 32 }, { h->stretched, KEY }, { h->ticket, 8 },
        { h->code, INVITE_CODE }, { h->newcomer, 16 }, { h->fingerprint, 24 }, { h->office.at, 16 }, { h->made.install.at, 16 },
        { h->rings[0].at, 16 }, { h->rings[1].at, 16 }, { h->rings[2].at, 16 }, { h->rings[3].at, 16 }, { h->rings[4].at, 16 },
        { h->made.people[0].principal.at, 16 }, { h->made.people[1].principal.at, 16 }, { h->made.people[2].principal.at, 16 },
        { h->made.people[3].principal.at, 16 }, { h->made.people[OFFICER].principal.at, 16 }, { h->made.people[2].recovery, RECOVERY_CODE },
        { h->made.envelope, RECOVERY_CODE }, { h->core->root.at, 16 }, { h->made.engine.at, 16 },
    };
    if (!what || what > countof(real))
        return;
    for (ptrdiff_t i = 0; i < real[what - 1].len && at + i < length; i++)
        body[at + i] = ((const uint8_t *)real[what - 1].at)[i];
}

static ptrdiff_t body_length(const struct piece *p, const struct message_rule *rule)
{
    enum { MOST = KEEPER_MESSAGE_MAX - CHANNEL_HEADER };
    ptrdiff_t n = p->length & WHOLE && rule ? rule->length + (rule->count_bytes ? p->length & 0x7f : 0) * rule->each : p->length & ~WHOLE;
    return n < MOST ? n : MOST;
}

/* Where the place'th message of a turn ends: a forbidden page begins there, so that a byte read too far is seen. */
static uint8_t *message_end(ptrdiff_t place)
{
    enum { GUARD = 1 << 16 };
    static char *ends[TURN];
    if (!ends[place]) {
        ends[place] = arena_reserve(KEEPER_MESSAGE_MAX + GUARD).at + KEEPER_MESSAGE_MAX;
        must(!mprotect(ends[place], GUARD, PROT_NONE));
    }
    return (uint8_t *)ends[place];
}

static str message_make(struct house *h, const struct piece *p, const uint8_t *given, ptrdiff_t place, uint64_t serial)
{
    const struct message_rule *rule = rule_of(p->type);
    ptrdiff_t length = body_length(p, rule);
    uint8_t *body = message_end(place) - length, *at = body - CHANNEL_HEADER;
    memset(body, 0, (size_t)length);
    memcpy(body, given, (size_t)(p->given < length ? p->given : length));
    if (p->token && p->token <= PEOPLE && length >= KEY)
        memcpy(body, h->tokens[p->token - 1].at, KEY);
    if (p->second && p->second <= PEOPLE && length >= 2 * KEY)
        memcpy(body + KEY, h->tokens[p->second - 1].at, KEY);
    if (p->length & WHOLE && rule && rule->count_bytes && rule->length >= rule->count_at + rule->count_bytes)
        body[rule->count_at] = p->length & 0x7f;
    for (int i = 0; i < 2; i++)
        graft(h, p->graft[i], p->at[i], body, length);
    message_head_write(at, (struct message_head){ p->type, 0, (uint32_t)(CHANNEL_HEADER + length + p->claims), serial });
    return (str){ (char *)at, CHANNEL_HEADER + length };
}

/* What later messages can be about. */
static void remember(struct house *h, const struct message_head *head, const uint8_t *body)
{
    if (head->code != CODE_OK)
        return;
    if (head->type == 1)
        memcpy(h->ticket, body, sizeof h->ticket);
    if (head->type == 13)
        memcpy(h->newcomer, body, 16), memcpy(h->code, body + 16, sizeof h->code);
    if (head->type == 14)
        memcpy(h->fingerprint, body + 16 + 20 + 20, sizeof h->fingerprint);
}

static void answer_check(struct house *h, const struct piece *p, const struct core_message *m)
{
    struct message_head asked, head;
    const struct message_rule *rule = rule_of(p->type);
    must(m->out_len >= CHANNEL_HEADER && m->out_len <= KEEPER_MESSAGE_MAX);
    must(message_head_read((str){ (const char *)m->out, m->out_len }, &head));
    must(head.code <= CODE_TAKEN && head.code != CODE_STORE);
    must(head.code == CODE_OK || m->out_len == CHANNEL_HEADER);
    bool whole = message_head_read(m->in, &asked);
    must(whole == !p->claims);
    must(!whole || (head.type == asked.type && head.serial == asked.serial));
    if (!whole || !rule || !(rule->roles & 1u << m->role))
        must(head.code == CODE_BAD);
    if (whole && rule && !rule->count_bytes && m->in.len - CHANNEL_HEADER != rule->length)
        must(head.code == CODE_BAD);
    const uint8_t *body = m->out + CHANNEL_HEADER;
    if (head.type == 5 && head.code == CODE_OK && p->token == OFFICER + 1)
        for (ptrdiff_t i = 10; i < m->out_len - CHANNEL_HEADER; i += 1 + ROW_KEY)
            must(body[i] == CODE_NONE); /* no tip for the officer, whatever went before */
    remember(h, &head, body);
}

static void turn(struct house *h, const struct piece *pieces, struct core_message *m, ptrdiff_t n)
{
    must(core_turn(h->core, m, n));
    for (ptrdiff_t i = 0; i < n; i++)
        answer_check(h, &pieces[i], &m[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct core_message m[TURN];
    struct piece pieces[TURN];
    const uint8_t *at = data, *end = data + size;
    ptrdiff_t n = 0;
    house_ready(&house);
    for (int count = 0; count < MESSAGES && piece_read(&at, end, &pieces[n]); count++) {
        const struct piece *p = &pieces[n];
        m[n].role = p->role;
        m[n].channel = 40 + p->role;
        m[n].in = message_make(&house, p, at, n, (uint64_t)count * 0x0101010101);
        at += p->given;
        n++;
        if (p->same_turn && n < TURN)
            continue;
        pass(&house, p->step);
        turn(&house, pieces, m, n);
        n = 0;
    }
    if (n)
        turn(&house, pieces, m, n);
    return 0;
}
