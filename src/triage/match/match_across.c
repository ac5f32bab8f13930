#include "triage/match/match_across.h"
#include "triage/match/match_flood.h"

/* ---- which two ---- */

enum { ROOM = 256 };

static bool newer(const id *a, const id *b)
{
    return memcmp(a->at, b->at, sizeof *a) > 0;
}

/*
 * Somebody who opens the one may open the other. Of a case the office says so, which has people on it who read its tips; who else is on one is asked of the
 * rows by the worker (match_across_rows.h).
 */
static bool together(const struct match_group *a, const struct match_group *b)
{
    if (a->file || b->file)
        return a->file != b->file && id_equal(a->office, b->office);
    return id_equal(a->office, b->office) && match_group_opens(a, b->rings, MATCH_RINGS);
}

struct beyond {
    const struct match_service *m;
    const struct match_group *own;
};
static bool beyond_the_wall(void *context, uint32_t group)
{
    const struct beyond *b = context;
    return !together(b->own, &b->m->groups[group]);
}

/*
 * Each copy of a ring gets the first by id of those that the same people read, which knows how many these are: somebody's copies, whether others of the office
 * have a thousand more or none. A ring is walked twice a question.
 */
static void fold_ring(const struct match_service *m, uint32_t number, uint32_t question)
{
    static struct {
        uint32_t ring, lead; /* of a group: the ring that it was last met in, and its first copy there */
    } of[MATCH_GROUPS_MOST];
    static uint32_t ring;
    uint32_t i = number;
    ring++;
    do {
        const struct index_entry *e = index_entry(&m->index, i);
        if (of[e->group].ring != ring || newer(&index_entry(&m->index, of[e->group].lead)->id, &e->id)) {
            of[e->group].ring = ring;
            of[e->group].lead = i;
        }
        m->folds[i] = (struct match_fold){ .question = question };
        i = e->next;
    } while (i != number);
    do {
        const struct index_entry *e = index_entry(&m->index, i);
        m->folds[i].lead = of[e->group].lead;
        m->folds[m->folds[i].lead].copies++;
        i = e->next;
    } while (i != number);
}

/*
 * Of a flood the first copy stands for all, and those that name more than it does: a hundred pointers would say no more. A copy that other people read stands
 * for nobody here: whoever reads this one would be told of nothing, and whether they are told would hang on what they may not see.
 */
static bool counts(const struct match_service *m, uint32_t number)
{
    const struct index_entry *e = index_entry(&m->index, number);
    uint32_t question = m->folds[NO_DOCUMENT].question; /* of match_service_across */
    if (!e->live || !e->facts || index_entry(&m->index, e->lead)->copies <= MATCH_FLOOD)
        return e->live && e->facts;
    if (m->folds[number].question != question)
        fold_ring(m, number, question);
    uint32_t lead = m->folds[number].lead;
    return lead == number || m->folds[lead].copies <= MATCH_FLOOD || match_adds_a_fact(m, number, lead);
}

static void describe(const struct match_service *m, uint32_t own, const struct kin *k, struct match_pair *out)
{
    const struct index_entry *a = index_entry(&m->index, own), *b = index_entry(&m->index, k->number);
    *out = (struct match_pair){ .tip = { a->id, b->id }, .office = { m->groups[a->group].office, m->groups[b->group].office },
                                .file = { m->groups[a->group].file, m->groups[b->group].file } };
    match_bits_of(m, k, &out->bits);
}

/* The pairs of one tip with older ones: those behind *skip that there is room for. False: there are more. *work: what was compared. */
static bool pairs_of(const struct match_service *m, uint32_t number, id other, uint32_t skip, struct match_across_answer *out, int *work)
{
    static struct kin found[ROOM];
    const struct index_entry *own = index_entry(&m->index, number);
    struct kin_answer answer = { .at = found, .room = ROOM };
    struct beyond beyond = { m, &m->groups[own->group] };
    struct index_wish wish = { .may = beyond_the_wall, .context = &beyond, .least = MATCH_LEAST, .crowd = MATCH_CROWD };
    index_kin(&m->index, number, &wish, &answer);
    *work += answer.looked_at;
    out->next = (struct match_across_question){ .from = own->id };
    for (int i = 0; i < answer.len; i++) {
        struct match_pair p;
        const struct index_entry *e = index_entry(&m->index, found[i].number);
        if (!counts(m, found[i].number) || !newer(&own->id, &e->id) || (!id_is_zero(other) && !id_equal(e->id, other)))
            continue;
        describe(m, number, &found[i], &p);
        if (!match_bits_tell(&p.bits))
            continue;
        if (out->next.skip++ < skip)
            continue;
        if (out->len == MATCH_ACROSS_MOST) {
            out->next.skip--;
            return false;
        }
        out->at[out->len++] = p;
    }
    out->next.skip = MATCH_ACROSS_ALL;
    return true;
}

/* ---- the newest first ---- */

/* The tips of a heap, the oldest on top: a newer one takes its place when there is no room. */
struct newest {
    const struct index *x;
    uint32_t at[MATCH_ACROSS_TIPS];
    int len;
};

static const id *id_at(const struct newest *n, int i)
{
    return &index_entry(n->x, n->at[i])->id;
}

static void swap(struct newest *n, int i, int k)
{
    uint32_t was = n->at[i];
    n->at[i] = n->at[k];
    n->at[k] = was;
}

static void sink(struct newest *n, int i)
{
    for (;;) {
        int least = i;
        for (int k = 2 * i + 1; k <= 2 * i + 2 && k < n->len; k++)
            least = newer(id_at(n, least), id_at(n, k)) ? k : least;
        if (least == i)
            return;
        swap(n, i, least);
        i = least;
    }
}

static void take(struct newest *n, uint32_t number)
{
    if (n->len == MATCH_ACROSS_TIPS) {
        if (newer(&index_entry(n->x, number)->id, id_at(n, 0))) {
            n->at[0] = number;
            sink(n, 0);
        }
        return;
    }
    int i = n->len++;
    n->at[i] = number;
    for (; i && newer(id_at(n, (i - 1) / 2), id_at(n, i)); i = (i - 1) / 2)
        swap(n, i, (i - 1) / 2);
}

/* Newest first, in place: what comes off the top goes to the end. */
static void order(struct newest *n)
{
    int all = n->len;
    while (n->len > 1) {
        swap(n, 0, --n->len);
        sink(n, 0);
    }
    n->len = all;
}

void match_service_across(const struct match_service *m, const struct match_across_question *q, struct match_across_answer *out)
{
    static struct newest n;
    int work = 0, i = 0;
    uint32_t one = id_is_zero(q->other) ? NO_DOCUMENT : index_find(&m->index, q->from);
    *out = (struct match_across_answer){ .whole = m->whole };
    m->folds[NO_DOCUMENT].question++; /* as match_flood_begin */
    n = (struct newest){ .x = &m->index };
    for (uint32_t k = m->index.count; id_is_zero(q->other) && k; k--) /* the newest have the highest numbers, nearly */
        if (counts(m, k) && (id_is_zero(q->from) || !newer(&index_entry(&m->index, k)->id, &q->from)))
            take(&n, k);
    if (one != NO_DOCUMENT && counts(m, one))
        take(&n, one);
    order(&n);
    for (bool room = true; room && i < n.len && work < MATCH_ACROSS_WORK; i += room)
        room = pairs_of(m, n.at[i], q->other, id_equal(*id_at(&n, i), q->from) ? q->skip : 0, out, &work);
    out->more = id_is_zero(q->other) && (i < n.len || n.len == MATCH_ACROSS_TIPS);
}

/* ---- question and answer ---- */

status match_answer_across(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    struct search_ticket ticket;
    struct match_across_question q;
    struct match_across_answer answer;
    const uint8_t *at = wire_get_bytes(in, SEARCH_TICKET);
    if (!at)
        return INVALID;
    memcpy(ticket.at, at, SEARCH_TICKET);
    q.from = match_get_id(in);
    q.other = match_get_id(in);
    q.skip = wire_get_u32(in);
    status s = keeper_deconfliction(keys->keeper, &ticket);
    if (s != OK)
        return s;
    match_service_across(ctx, &q, &answer);
    match_across_write(&answer, out);
    return OK;
}

void match_across_write(const struct match_across_answer *a, struct wire *to)
{
    wire_u8(to, (uint8_t)(a->whole | a->more << 1));
    wire_bytes(to, a->next.from.at, sizeof a->next.from);
    wire_u32(to, a->next.skip);
    wire_u8(to, (uint8_t)a->len);
    for (int i = 0; i < a->len; i++) {
        const struct match_pair *p = &a->at[i];
        for (int k = 0; k < 2; k++) {
            wire_bytes(to, p->tip[k].at, sizeof(id));
            wire_bytes(to, p->office[k].at, sizeof(id));
            wire_u8(to, p->file[k]);
        }
        match_bits_write(&p->bits, to);
    }
}

bool match_across_read(struct wire *from, struct match_across_answer *out)
{
    uint8_t flags = wire_get_u8(from);
    *out = (struct match_across_answer){ .whole = flags & 1, .more = flags >> 1 & 1, .next.from = match_get_id(from) };
    out->next.skip = wire_get_u32(from);
    out->len = wire_get_u8(from);
    if (flags > 3 || out->len > MATCH_ACROSS_MOST)
        return false;
    for (int i = 0; i < out->len; i++) {
        struct match_pair *p = &out->at[i];
        for (int k = 0; k < 2; k++) {
            p->tip[k] = match_get_id(from);
            p->office[k] = match_get_id(from);
            uint8_t file = wire_get_u8(from);
            if (file > 1)
                return false;
            p->file[k] = file;
        }
        if (!match_bits_read(from, &p->bits))
            return false;
    }
    return wire_done(from);
}

status match_ask_across(struct engine_client *engine, struct keeper *keeper, token t, const struct match_across_question *q,
                        struct match_across_answer *out)
{
    uint8_t rest[MATCH_ACROSS_BODY - SEARCH_TICKET], said[ENGINE_MESSAGE_MAX];
    struct wire asked = { .at = rest, .cap = sizeof rest }, answer;
    *out = (struct match_across_answer){ .len = 0 };
    wire_bytes(&asked, q->from.at, sizeof q->from);
    wire_bytes(&asked, q->other.at, sizeof q->other);
    wire_u32(&asked, q->skip);
    status s = match_ask(&(struct match_way){ engine, keeper, t }, MATCH_ACROSS, (str){ (const char *)rest, asked.len }, said, &answer);
    if (s != OK)
        return s;
    return match_across_read(&answer, out) ? OK : FAULT;
}
