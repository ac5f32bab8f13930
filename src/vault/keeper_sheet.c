#include "vault/sheet.h"
#include "vault/keeper_core.h"

/*
 * A person's weeks in counts, for who leads them and holds no AUDIT key. Read are the clear record and what its own actor may see of it
 * (time and compartment); no detail is opened, and what leaves are numbers.
 */
struct reading {
    struct keeper_core *core;
    id who;
    struct sheet_act *acts;
    int n, most;
    uint32_t first;      /* the first day of the oldest week */
    bool reached;        /* a record from before it was met: all weeks are whole */
};

static bool take(void *to, const uint8_t record[AUDIT_RECORD], str own)
{
    struct reading *x = to;
    struct audit_record r;
    if (!audit_record_read(record, &r))
        return true;
    x->reached = r.day < x->first;
    if (x->reached || x->n == x->most)
        return false;
    struct sheet_act *a = &x->acts[x->n++];
    *a = (struct sheet_act){ .day = r.day, .purpose = r.purpose, .count = r.count, .action = r.action };
    memcpy(a->object, r.object, sizeof a->object);
    memcpy(a->session, r.session, sizeof a->session);
    if (!log_own(x->core, x->who, own, &a->time, &a->compartment))
        a->time = a->compartment = 0;
    return true;
}

/* A session lives on one node and so in one log; between logs the order is that of their clocks, and a record that tells no time begins its day. */
static int older(const void *one, const void *other)
{
    const struct sheet_act *a = one, *b = other;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return a->time < b->time ? -1 : a->time > b->time;
}

static void oldest_first(struct sheet_act *acts, int n)
{
    for (int i = 0; i < n / 2; i++) {
        struct sheet_act kept = acts[i];
        acts[i] = acts[n - 1 - i];
        acts[n - 1 - i] = kept;
    }
}

/* Those of one log behind what others gave, oldest first; *whole: how many weeks of it are. */
static status read_log(struct reading *x, uint32_t log, const uint8_t actor[16], int *whole)
{
    uint32_t today = core_today(x->core);
    int from = x->n;
    x->most = x->n + SHEET_RECORDS;
    x->reached = false;
    status s = leaf_acts(x->core->db, &x->core->arena, log, actor, SHEET_RECORDS, take, x);
    int oldest = x->n == x->most ? sheet_week(today, x->acts[x->n - 1].day) : SHEET_WEEKS;
    *whole = x->reached || oldest < 0 ? SHEET_WEEKS : oldest;
    oldest_first(x->acts + from, x->n - from);
    return s;
}

static status count_records(struct keeper_core *c, id who, struct sheet *out)
{
    uint8_t actor[16], nothing[16];
    uint32_t today = core_today(c);
    int logs = 0, whole, given = 0;
    status s = OK;
    for (uint32_t log = 1; log <= NODES; log++)
        logs += node_has_log(c, log);
    struct reading x = { .core = c, .who = who, .acts = arena_new(&c->arena, struct sheet_act, SHEET_RECORDS * (ptrdiff_t)logs),
                         .first = today - (SHEET_WEEKS * SHEET_WEEK_DAYS - 1) };
    house_pseudonym(&c->house, "principal", who, actor);
    house_pseudonym(&c->house, "object", (id){ { 0 } }, nothing);
    out->whole = SHEET_WEEKS;
    for (uint32_t log = 1; s == OK && log <= NODES; log++) {
        int before = x.n;
        if (!node_has_log(c, log))
            continue;
        s = read_log(&x, log, actor, &whole);
        out->whole = (uint32_t)whole < out->whole ? (uint32_t)whole : out->whole;
        given += x.n > before;
    }
    if (given > 1)
        qsort(x.acts, (size_t)x.n, sizeof *x.acts, older);
    sheet_count(x.acts, x.n, today, nothing, out);
    return s;
}

/* By the name, whoever typed it: the log says of a failed sign-in under which name, and never who it was. */
static status count_failed_in(struct keeper_core *c, uint32_t log, const struct leaf_objects *which, struct sheet *out)
{
    enum { AT_ONCE = 256 };
    struct leaf_row *rows = arena_new(&c->arena, struct leaf_row, AT_ONCE);
    int n = AT_ONCE;
    status s = OK;
    for (uint64_t skip = 0; s == OK && n == AT_ONCE && skip < SHEET_RECORDS; skip += AT_ONCE) {
        struct arena mark = c->arena;
        s = leaf_about(c->db, &c->arena, log, which, skip, AT_ONCE, rows, &n);
        for (int i = 0; s == OK && i < n; i++) {
            struct audit_record r;
            int week = audit_record_read(rows[i].record, &r) ? sheet_week(core_today(c), r.day) : -1;
            if (week >= 0)
                out->at[week][SHEET_FAILED] += r.action == ACT_LOGIN_FAILED;
            else if (r.day < core_today(c))
                n = 0; /* the rest is older */
        }
        c->arena = mark;
    }
    return s;
}

static status count_failed(struct keeper_core *c, const struct principal *p, struct sheet *out)
{
    static const uint8_t none[16];
    struct leaf_objects which = { 0 };
    id name;
    status s = OK;
    memcpy(name.at, p->name, sizeof name.at);
    house_pseudonym(&c->house, "name", name, which.object);
    memcpy(which.other, which.object, sizeof which.other);
    house_pseudonym(&c->house, "principal", p->id, which.but); /* a failed sign-in is nobody's act: none is left out */
    if (!memcmp(p->name, none, sizeof none))
        return OK; /* who left has no name here any more */
    for (uint32_t log = 1; s == OK && log <= NODES; log++)
        if (node_has_log(c, log))
            s = count_failed_in(c, log, &which, out);
    return s;
}

/* Out of the budgets' own counts, which know of every row whose it is: a record names one compartment, of a message that may open several. */
static status count_budget(struct keeper_core *c, id who, struct sheet *out)
{
    enum { MOST = SHEET_WEEKS * SHEET_WEEK_DAYS * COMPARTMENTS };
    struct opened_day days[MOST];
    uint32_t today = core_today(c);
    int n;
    status s = opened_since(c->db, who, today - (SHEET_WEEKS * SHEET_WEEK_DAYS - 1), days, MOST, &n);
    for (int i = 0; s == OK && i < n; i++) {
        struct budget b = { 0 };
        int week = sheet_week(today, (uint32_t)days[i].day);
        s = budget_find(c->db, (enum compartment)days[i].compartment, &b);
        if (s != OK || week < 0)
            continue;
        int64_t percent = b.day_rows ? days[i].rows * 100 / b.day_rows : 100;
        if (days[i].compartment == SOURCE || days[i].compartment == LOCATION)
            out->at[week][SHEET_GUARDED] += (uint32_t)days[i].rows;
        if (percent > out->at[week][SHEET_BUDGET])
            out->at[week][SHEET_BUDGET] = (uint32_t)percent;
    }
    return s;
}

/* Who left is on no ring any more. That they were on this one nobody knows; that no wall stood between the two jobs is certain. */
static bool left_from_here(struct keeper_core *c, const struct session *asker, const struct principal *p)
{
    if (p->state != PERSON_REVOKED || !trust_revoked(c, p->id) || p->class == CLASS_NONE)
        return false;
    for (int k = TIP; k <= COMPARTMENTS; k++)
        if (wall_allows(p->class, p->powers, k) && !wall_allows(asker->class, asker->powers, k))
            return false;
    return true;
}

/* May who asks be told about this person, and who is it? */
static status find_led(struct keeper_core *c, struct asked *q, id office, enum compartment ring, id who, struct principal *out)
{
    const struct session *asker = q->session;
    uint8_t needed = asker->class == CLASS_CARE ? POWER_GRANT : POWER_CERTIFY | POWER_APPROVE;
    struct ring r;
    struct held *held;
    struct member m;
    if ((asker->powers & needed) != needed)
        return NOT_FOUND;
    status s = ring_by_scope(c->db, SCOPE_OFFICE, office, ring, &r);
    if (s == OK)
        s = ring_hold(c, q, r.id, &held);
    if (s == OK)
        s = principal_find(c->db, who, out);
    if (s != OK || left_from_here(c, asker, out))
        return s;
    s = member_find(c->db, r.id, who, &m);
    return s == OK ? trust_member(c, &r, &m, out) : s;
}

static void answer(struct asked *q, const struct sheet *x)
{
    wire_u32(&q->out, x->whole);
    for (int week = 0; week < SHEET_WEEKS; week++)
        for (int m = 0; m < SHEET_MEASURES; m++)
            wire_u32(&q->out, x->at[week][m]);
}

/* On record like any refusal; but as one of the log, so that whoever reads a sheet is not counted for who was on it last week. */
static status refuse(struct keeper_core *c, struct asked *q, id who)
{
    status s = log_asked(c, q, (struct entry){ .action = ACT_REFUSED, .purpose = q->head.type, .result = CODE_NONE, .object = who,
                                               .object_kind = "principal", .about = who, .compartment = AUDIT });
    return s == OK ? core_refuse(q, CODE_NONE) : s;
}

status judge_sheet(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    id office, who;
    struct principal p;
    struct sheet sheet = { 0 };
    memcpy(office.at, wire_get_bytes(&q->in, 16), 16);
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    uint8_t ring = wire_get_u8(&q->in);
    const uint8_t *zero = wire_get_bytes(&q->in, 3);
    if (s != OK)
        return s;
    if ((ring != TIP && ring != VICTIM) || zero[0] || zero[1] || zero[2])
        return INVALID;
    s = find_led(c, q, office, ring, who, &p);
    if (s == NOT_FOUND)
        return refuse(c, q, who);
    if (s == OK)
        s = count_records(c, who, &sheet);
    if (s == OK)
        s = count_failed(c, &p, &sheet);
    if (s == OK)
        s = count_budget(c, who, &sheet);
    if (s != OK)
        return s;
    answer(q, &sheet);
    return log_asked(c, q, (struct entry){ .action = ACT_OPEN, .purpose = PURPOSE_READ, .object = who, .object_kind = "principal",
                                           .about = who, .compartment = AUDIT, .count = 1 });
}
