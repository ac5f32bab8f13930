#include "vault/keeper_core.h"

enum { DIGITS = 24, MISSES_A_SECOND = 20 };
enum mail_kind { MAIL_DIGITS = 1 };

static str digits_text(const uint8_t *digits)
{
    return (str){ (const char *)digits, DIGITS };
}

static bool same_month(int64_t day_a, int64_t day_b)
{
    struct civil a = civil_from(day_a * 86400), b = civil_from(day_b * 86400);
    return a.year == b.year && a.month == b.month;
}

/* A pepper is boxed to the house key and committed with the message that asked for its first receipt. */
static status pepper_make(struct keeper_core *c)
{
    struct pepper p = { .day = core_today(c) };
    struct pepper_row row = { .day = p.day };
    c->chance.fill(&c->chance, p.key, KEY);
    struct pepper_row newest;
    int n = 0;
    status s = pepper_list(c->db, &newest, 1, &n);
    row.id = p.id = n ? newest.id + 1 : 1;
    pepper_seal(p.key, c->anchor.house, row.box);
    if (s == OK)
        s = pepper_insert(c->db, &row);
    if (s == OK) {
        c->pepper_newest = row.id;
        memmove(c->peppers + 1, c->peppers, sizeof *c->peppers * (PEPPERS - 1));
        c->peppers[0] = p;
        c->pepper_count += c->pepper_count < PEPPERS;
    }
    wipe(&p, sizeof p);
    return s;
}

/* Another node may have made one since. A locked house reads none of them, and goes on with its own. */
static status peppers_follow(struct keeper_core *c)
{
    struct pepper_row newest;
    int n = 0;
    status s = c->house.open && node_has_others(c) ? pepper_list(c->db, &newest, 1, &n) : OK;
    return s == OK && n && newest.id != c->pepper_newest ? mail_unlock(c) : s;
}

/*
 * An open house goes on with this month's pepper; a locked one cannot read it and makes another. Only when a receipt
 * is asked for: a start that gave none leaves none, or a locked house that fails again and again would bury, under
 * peppers that no mailbox uses, those that some do.
 */
static status pepper_ready(struct keeper_core *c)
{
    status s = peppers_follow(c);
    if (s != OK)
        return s;
    if (c->pepper_count && (c->full || same_month(c->peppers[0].day, core_today(c))))
        return OK; /* on a full disk that of the month before does as well */
    return c->full ? BUSY : pepper_make(c);
}

status mail_unlock(struct keeper_core *c)
{
    struct pepper_row *rows = arena_new(&c->arena, struct pepper_row, PEPPERS);
    int n = 0;
    status s = pepper_list(c->db, rows, PEPPERS, &n);
    if (s != OK)
        return s;
    c->pepper_count = 0;
    c->pepper_newest = n ? rows[0].id : 0;
    for (int i = 0; i < n; i++) {
        struct pepper *p = &c->peppers[c->pepper_count];
        *p = (struct pepper){ rows[i].id, rows[i].day, { 0 } };
        c->pepper_count += pepper_open(rows[i].box, &c->house.box, p->key);
    }
    return OK;
}

static void locator(const struct pepper *p, str digits, uint8_t to[16])
{
    keyed_hash(p->key, "locator", digits, to, 16);
}

/* Uniform digits: a byte of 250 or more would favour the low ones. */
static void draw_digits(struct keeper_core *c, uint8_t digits[DIGITS])
{
    for (int n = 0; n < DIGITS;) {
        uint8_t some[DIGITS];
        c->chance.fill(&c->chance, some, sizeof some);
        for (int i = 0; i < DIGITS && n < DIGITS; i++)
            if (some[i] < 250)
                digits[n++] = (uint8_t)('0' + some[i] % 10);
        wipe(some, sizeof some);
    }
}

status judge_receipt(struct keeper_core *c, struct asked *q)
{
    int n = wire_get_u8(&q->in);
    if (n < 1 || n > ROWS)
        return INVALID;
    status s = pepper_ready(c);
    const struct pepper *p = &c->peppers[0];
    for (int i = 0; s == OK && i < n; i++) {
        uint8_t digits[DIGITS], place[16], secret[KEY];
        draw_digits(c, digits);
        locator(p, digits_text(digits), place);
        keyed_hash(p->key, "mailbox", digits_text(digits), secret, KEY);
        wire_bytes(&q->out, digits, DIGITS);
        wire_u32(&q->out, p->id);
        wire_bytes(&q->out, place, sizeof place);
        wire_bytes(&q->out, secret, KEY);
        wipe(digits, sizeof digits);
        wipe(secret, KEY);
    }
    return s;
}

/* 20 misses a second in all: a lookup that opens a reply gives its credit back. */
static bool mail_credit(struct keeper_core *c)
{
    c->mail_credit += (double)(c->mono - c->mail_at) * MISSES_A_SECOND;
    c->mail_at = c->mono;
    if (c->mail_credit > MISSES_A_SECOND)
        c->mail_credit = MISSES_A_SECOND;
    if (c->mail_credit < 1)
        return false;
    c->mail_credit -= 1;
    return true;
}

status judge_mail(struct keeper_core *c, struct asked *q)
{
    uint8_t kind = wire_get_u8(&q->in);
    q->n = wire_get_u8(&q->in);
    wire_get_u16(&q->in);
    const uint8_t *digits = wire_get_bytes(&q->in, KEY);
    if (kind != MAIL_DIGITS)
        return INVALID;
    for (int i = 0; i < DIGITS; i++)
        if (digits[i] < '0' || digits[i] > '9')
            return INVALID;
    q->rows = q->in.at + q->in.len;
    wire_get_bytes(&q->in, q->n * OPEN_ROW);
    if (q->n == 0 && !mail_credit(c))
        return BUSY;
    status s = peppers_follow(c);
    if (s != OK)
        return s;
    id place = { 0 };
    if (q->n)
        memcpy(place.at, q->rows + 16 + 8, sizeof place.at); /* the first keybox names the mailbox */
    return q->n ? log_asked(c, q, (struct entry){ .action = ACT_OPEN, .purpose = PURPOSE_READ, .count = q->n, .object = place,
                                                  .object_kind = "mailbox" })
                : OK;
}

/* Every lookup does the same work: all locators, and one exchange of keys a row, whether or not it is theirs. */
static bool open_reply(struct keeper_core *c, str digits, const uint8_t (*places)[16], const uint8_t *row_and_box, uint8_t key[ROW_KEY])
{
    id row, ring;
    uint32_t epoch;
    uint16_t table;
    memcpy(row.at, row_and_box, sizeof row.at);
    const struct pepper *fits = &c->peppers[0];
    bool named = keybox_names(row_and_box + 16, &ring, &epoch, &table), found = false;
    for (int i = 0; i < c->pepper_count; i++)
        if (named && same_bytes(places[i], ring.at, sizeof places[i])) {
            fits = &c->peppers[i];
            found = true;
        }
    uint8_t secret[KEY];
    struct box_pair pair;
    keyed_hash(fits->key, "mailbox", digits, secret, KEY);
    box_pair_from(secret, &pair);
    bool opened = keybox_open(pair.secret, pair.open, row_and_box + 16, row, key);
    wipe(secret, KEY);
    wipe(&pair, sizeof pair);
    return found && opened && epoch == 0;
}

status answer_mail(struct keeper_core *c, struct asked *q)
{
    str digits = digits_text(q->rows - KEY);
    uint8_t(*places)[16] = arena_take(&c->arena, 16, 1, PEPPERS);
    wire_u16(&q->out, (uint16_t)(q->n ? 0 : c->pepper_count));
    for (int i = 0; i < c->pepper_count; i++) {
        locator(&c->peppers[i], digits, places[i]);
        if (q->n)
            continue;
        wire_bytes(&q->out, places[i], sizeof places[i]);
        wire_u32(&q->out, c->peppers[i].id);
    }
    for (int i = 0; i < q->n; i++) {
        uint8_t key[ROW_KEY] = { 0 };
        bool good = open_reply(c, digits, (const uint8_t(*)[16])places, q->rows + i * OPEN_ROW, key);
        if (!good) {
            wipe(key, ROW_KEY);
            q->failed++;
        } else if (!i) {
            c->mail_credit += 1;
        }
        wire_u8(&q->out, good ? CODE_OK : CODE_NONE);
        wire_bytes(&q->out, key, ROW_KEY);
        wipe(key, ROW_KEY);
    }
    return OK;
}

/* Some ring of that kind. */
static status hold_any(struct keeper_core *c, struct asked *q, enum compartment compartment)
{
    struct ids rings;
    struct held *held = NULL;
    status s = member_rings(c->db, &c->arena, q->session->who, compartment, &rings), found = NOT_FOUND;
    for (ptrdiff_t i = 0; s == OK && found == NOT_FOUND && i < rings.len; i++)
        found = ring_hold(c, q, rings.at[i], &held);
    return s == OK ? found : s;
}

/* A packet gives nobody a blind key: of SHARED it is the ring of deconfliction alone. What it blinds are ids that nobody guesses: a message is one row. */
static status hold_deconfliction(struct keeper_core *c, struct asked *q)
{
    struct ring r;
    struct held *held = NULL;
    status s = ring_by_scope(c->db, SCOPE_INSTALLATION, c->anchor.install, SHARED, &r);
    return s == OK ? ring_hold(c, q, r.id, &held) : s;
}

/* Blind keys for SOURCE and FUND alone: equal values match inside a compartment, and cannot be listed without K0. */
status judge_blind(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    uint16_t field = wire_get_u16(&q->in);
    uint8_t compartment = wire_get_u8(&q->in), n = wire_get_u8(&q->in);
    if (s != OK)
        return s;
    if (compartment != SOURCE && compartment != FUND && compartment != SHARED)
        return core_refuse(q, CODE_WALL);
    s = compartment == SHARED ? hold_deconfliction(c, q) : hold_any(c, q, compartment);
    if (s == OK)
        s = budget_take(c, q->session->who, compartment, compartment == SHARED ? 1 : n);
    if (s != OK)
        return s;
    for (int i = 0; i < n; i++) {
        uint8_t length = wire_get_u8(&q->in), text[3 + 63], blind[16];
        const uint8_t *value = wire_get_bytes(&q->in, 63);
        if (!length || length > 63)
            return INVALID;
        text[0] = (uint8_t)field;
        text[1] = (uint8_t)(field >> 8);
        text[2] = compartment;
        memcpy(text + 3, value, length);
        keyed_hash(c->house.blind, "blind", (str){ (char *)text, 3 + length }, blind, sizeof blind);
        wire_bytes(&q->out, blind, sizeof blind);
    }
    return log_asked(c, q, (struct entry){ .action = ACT_BLIND, .count = n, .purpose = field, .compartment = compartment });
}
