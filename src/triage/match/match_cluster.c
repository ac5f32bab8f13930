#include "triage/match/match_cluster.h"
#include "triage/match/match_flood.h"

/*
 * The order is Prim's: the strongest link of those that are there to one that is not. Each member is one question to the index, in which each of its
 * facts is compared with each of everybody who shares one; so the sum of these has a ceiling too, taking all to have as many. It is some 30 ms.
 */
enum { FOUND_MOST = 1 << 13, FOUND_SLOTS = 2 * FOUND_MOST, FACT_SLOTS = 2 * GROUP_FACTS_MOST, HOLD_SLOTS = 2 * GROUP_HOLDS_MOST, KIN_ROOM = 1024, OWN_SLOTS = 2 * FACTS_MOST,
       WORK_MOST = 1 << 22, NOT_YET = UINT16_MAX };

struct growing {
    const struct match_service *m;
    struct match_cluster *out;
    struct found {
        uint32_t number;
        int32_t weight;     /* of its strongest link to one that is there */
        uint16_t place;     /* among the members, or NOT_YET */
    } found[FOUND_MOST];
    int found_count;
    uint16_t found_slots[FOUND_SLOTS], fact_slots[FACT_SLOTS], hold_slots[HOLD_SLOTS], own_slots[OWN_SLOTS]; /* a place + 1; 0: empty */
    uint64_t facts[GROUP_FACTS_MOST]; /* field and value */
    uint64_t own[FACTS_MOST];         /* of the member that was asked about: what may link it */
    int own_count;
    int64_t work;
};

static uint32_t slot_of(uint64_t key, uint32_t slots)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15 >> 40) & (slots - 1);
}

static uint64_t key_of(const struct index_told *fact)
{
    return (uint64_t)fact->field << 32 | fact->value;
}

/* NULL: there is no room for one more. */
static struct found *find(struct growing *g, uint32_t number)
{
    uint32_t slot = slot_of(number, FOUND_SLOTS);
    for (; g->found_slots[slot]; slot = (slot + 1) & (FOUND_SLOTS - 1))
        if (g->found[g->found_slots[slot] - 1].number == number)
            return &g->found[g->found_slots[slot] - 1];
    if (g->found_count == FOUND_MOST)
        return NULL;
    g->found[g->found_count] = (struct found){ number, INT32_MIN, NOT_YET };
    g->found_slots[slot] = (uint16_t)++g->found_count;
    return &g->found[g->found_count - 1];
}

/* -1: no room. */
static int fact_number(struct growing *g, uint64_t key)
{
    uint32_t slot = slot_of(key, FACT_SLOTS);
    for (; g->fact_slots[slot]; slot = (slot + 1) & (FACT_SLOTS - 1))
        if (g->facts[g->fact_slots[slot] - 1] == key)
            return g->fact_slots[slot] - 1;
    if (g->out->facts == GROUP_FACTS_MOST)
        return -1;
    g->facts[g->out->facts] = key;
    g->out->field[g->out->facts] = (uint8_t)(key >> 32);
    g->fact_slots[slot] = ++g->out->facts;
    return g->out->facts - 1;
}

static bool hold(struct growing *g, int fact, uint16_t member, int32_t weight)
{
    struct match_cluster *c = g->out;
    uint32_t slot = slot_of((uint64_t)fact << 16 | member, HOLD_SLOTS);
    for (; g->hold_slots[slot]; slot = (slot + 1) & (HOLD_SLOTS - 1)) {
        struct group_hold *h = &c->hold[g->hold_slots[slot] - 1];
        if (h->fact == fact && h->member == member) {
            h->weight = weight > h->weight ? weight : h->weight;
            return true;
        }
    }
    if (c->holds == GROUP_HOLDS_MOST)
        return false;
    c->hold[c->holds] = (struct group_hold){ (uint16_t)fact, member, weight };
    g->hold_slots[slot] = ++c->holds;
    return true;
}

/* What may link the member that was asked about: not what too many have. */
static void read_own(struct growing *g, uint32_t number, const struct kin_answer *answer)
{
    const struct index_told *facts = index_facts(&g->m->index, number);
    memset(g->own_slots, 0, sizeof g->own_slots);
    g->own_count = 0;
    for (int i = 0; i < index_entry(&g->m->index, number)->facts; i++) {
        bool crowded = false;
        for (int k = 0; k < answer->crowded_count; k++)
            crowded = crowded || key_of(&answer->crowded[k].fact) == key_of(&facts[i]);
        if (crowded)
            continue;
        uint32_t slot = slot_of(key_of(&facts[i]), OWN_SLOTS);
        while (g->own_slots[slot])
            slot = (slot + 1) & (OWN_SLOTS - 1);
        g->own[g->own_count++] = key_of(&facts[i]);
        g->own_slots[slot] = (uint16_t)g->own_count;
    }
}

static bool is_own(const struct growing *g, uint64_t key)
{
    uint32_t slot = slot_of(key, OWN_SLOTS);
    for (; g->own_slots[slot]; slot = (slot + 1) & (OWN_SLOTS - 1))
        if (g->own[g->own_slots[slot] - 1] == key)
            return true;
    return false;
}

/* All that two members share. False: no room. */
static bool link_two(struct growing *g, uint16_t member, const struct found *other, int32_t weight)
{
    const struct index_told *facts = index_facts(&g->m->index, other->number);
    for (int i = 0; i < index_entry(&g->m->index, other->number)->facts; i++) {
        if (!is_own(g, key_of(&facts[i])))
            continue;
        int fact = fact_number(g, key_of(&facts[i]));
        if (fact < 0 || !hold(g, fact, member, weight) || !hold(g, fact, other->place, weight))
            return false;
    }
    return true;
}

static struct found *strongest(struct growing *g)
{
    struct found *best = NULL;
    for (int i = 0; i < g->found_count; i++) {
        struct found *f = &g->found[i];
        if (f->place != NOT_YET || (best && f->weight < best->weight))
            continue;
        if (!best || f->weight > best->weight ||
            memcmp(index_entry(&g->m->index, f->number)->id.at, index_entry(&g->m->index, best->number)->id.at, sizeof(id)) < 0)
            best = f;
    }
    return best;
}

/* One more member, and who hangs on it. False: there is no room for all of it. */
static bool take(struct growing *g, struct found *f, const struct index_wish *wish)
{
    static struct kin kin[KIN_ROOM];
    struct kin_answer answer = { .at = kin, .room = KIN_ROOM };
    const struct index_entry *e = index_entry(&g->m->index, f->number);
    bool fine = true;
    f->place = g->out->members;
    g->out->member[g->out->members++] = e->id;
    index_kin(&g->m->index, f->number, wish, &answer);
    read_own(g, f->number, &answer);
    g->work += (int64_t)(answer.looked_at + 1) * (e->facts + 1) * (e->facts + 1);
    for (int i = 0; fine && i < answer.len; i++) {
        struct found *other = find(g, kin[i].number);
        if (other && other->place == NOT_YET)
            other->weight = kin[i].weight > other->weight ? kin[i].weight : other->weight;
        else
            fine = other && link_two(g, f->place, other, kin[i].weight);
    }
    return fine && answer.len < KIN_ROOM;
}

/* Which members stand for floods, and whom they stand for. */
static void tell_floods(const struct growing *g, struct match_flooding *f)
{
    struct match_cluster *c = g->out;
    const struct index *x = &g->m->index;
    for (uint16_t i = 0; i < c->members; i++) {
        const uint32_t *all;
        uint32_t number = index_find(x, c->member[i]);
        const struct match_fold *fold = match_flood_of(f, number);
        if (!fold->copies || fold->lead != number)
            continue;
        c->flood[c->floods++] = (struct match_cluster_flood){ i, fold->copies, fold->folded, index_entry(x, fold->last)->id };
        int n = match_flood_copies(f, number, &all);
        for (int k = 0; k < n && c->folded < MATCH_FOLDED_MOST; k++)
            if (!match_flood_stands(f, all[k]))
                c->fold[c->folded++] = index_entry(x, all[k])->id;
    }
}

void match_cluster_grow(const struct match_service *m, const struct match_asker *asker, const id *seeds, int seed_count, struct match_cluster *out)
{
    static struct growing g; /* one thread */
    static struct match_flooding floods;
    struct index_wish wish = { .may = match_may_see, .stands = match_flood_stands, .context = &floods, .least = MATCH_TOGETHER, .crowd = MATCH_CROWD };
    struct found *f;
    g = (struct growing){ .m = m, .out = out };
    *out = (struct match_cluster){ .whole = m->whole };
    wish.among = match_flood_begin(m, asker, seeds + 1, seed_count - 1, &floods);
    for (int i = 0; i < seed_count; i++) {
        uint32_t number = index_find(&m->index, seeds[i]);
        if (number != NO_DOCUMENT && match_may_see(&floods, index_entry(&m->index, number)->group))
            find(&g, match_flood_stands(&floods, number) ? number : match_flood_of(&floods, number)->lead)->weight = INT32_MAX - i;
        else if (i == 0)
            return;
    }
    out->known = true;
    while (!out->more && (f = strongest(&g)))
        out->more = out->members == GROUP_MEMBERS_MOST || g.work > WORK_MOST || !take(&g, f, &wish);
    tell_floods(&g, &floods);
}

/* ---- on the wire ---- */

void match_cluster_write(const struct match_cluster *c, struct wire *to)
{
    wire_u8(to, (uint8_t)(c->known | c->whole << 1 | c->more << 2));
    wire_u16(to, c->members);
    wire_u16(to, c->facts);
    wire_u16(to, c->holds);
    for (int i = 0; i < c->members; i++)
        wire_bytes(to, c->member[i].at, sizeof(id));
    wire_bytes(to, c->field, c->facts);
    for (int i = 0; i < c->holds; i++) {
        wire_u16(to, c->hold[i].fact);
        wire_u16(to, c->hold[i].member);
        wire_u32(to, (uint32_t)c->hold[i].weight);
    }
    wire_u16(to, c->floods);
    wire_u16(to, c->folded);
    for (int i = 0; i < c->floods; i++) {
        wire_u16(to, c->flood[i].member);
        wire_u32(to, c->flood[i].copies);
        wire_u32(to, c->flood[i].folded);
        wire_bytes(to, c->flood[i].last.at, sizeof(id));
    }
    for (int i = 0; i < c->folded; i++)
        wire_bytes(to, c->fold[i].at, sizeof(id));
}
_Static_assert(CHANNEL_HEADER + 11 + GROUP_MEMBERS_MOST * (16 + 26) + GROUP_FACTS_MOST + GROUP_HOLDS_MOST * 8 + MATCH_FOLDED_MOST * 16 <= ENGINE_MESSAGE_MAX,
               "the answer fits one message");

static bool read_floods(struct wire *from, struct match_cluster *out)
{
    out->floods = wire_get_u16(from);
    out->folded = wire_get_u16(from);
    if (out->floods > out->members || out->folded > MATCH_FOLDED_MOST)
        return false;
    for (int i = 0; i < out->floods; i++) {
        struct match_cluster_flood *f = &out->flood[i];
        f->member = wire_get_u16(from);
        f->copies = wire_get_u32(from);
        f->folded = wire_get_u32(from);
        f->last = match_get_id(from);
        if (f->member >= out->members || f->folded >= f->copies)
            return false;
    }
    for (int i = 0; i < out->folded; i++)
        out->fold[i] = match_get_id(from);
    return wire_done(from);
}

bool match_cluster_read(struct wire *from, struct match_cluster *out)
{
    uint8_t flags = wire_get_u8(from);
    *out = (struct match_cluster){ .known = flags & 1, .whole = flags >> 1 & 1, .more = flags >> 2 & 1 };
    out->members = wire_get_u16(from);
    out->facts = wire_get_u16(from);
    out->holds = wire_get_u16(from);
    if (flags > 7 || out->members > GROUP_MEMBERS_MOST || out->facts > GROUP_FACTS_MOST || out->holds > GROUP_HOLDS_MOST)
        return false;
    for (int i = 0; i < out->members; i++)
        out->member[i] = match_get_id(from);
    for (int i = 0; i < out->facts; i++) {
        out->field[i] = wire_get_u8(from);
        if (out->field[i] >= MATCH_FIELDS)
            return false;
    }
    for (int i = 0; i < out->holds; i++) {
        out->hold[i].fact = wire_get_u16(from);
        out->hold[i].member = wire_get_u16(from);
        out->hold[i].weight = (int32_t)wire_get_u32(from);
        if (out->hold[i].fact >= out->facts || out->hold[i].member >= out->members)
            return false;
    }
    return read_floods(from, out);
}

status match_answer_cluster(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    static struct match_cluster answer; /* one thread */
    struct match_asker asker;
    id rings[MATCH_RINGS_MOST], seeds[MATCH_SEEDS_MOST];
    int n = 0;
    status s = match_asker_read(keys, in, rings, &asker);
    while (s == OK && in->len < in->cap && n < MATCH_SEEDS_MOST)
        seeds[n++] = match_get_id(in);
    if (s == OK && !wire_done(in))
        s = INVALID;
    if (s != OK)
        return s;
    match_cluster_grow(ctx, &asker, seeds, n, &answer);
    match_cluster_write(&answer, out);
    return OK;
}

status match_ask_cluster(struct engine_client *engine, struct keeper *keeper, token t, id office, const id *seeds, int seed_count, struct match_cluster *out)
{
    uint8_t rest[sizeof(id) + MATCH_SEEDS_MOST * sizeof(id)], said[ENGINE_MESSAGE_MAX];
    struct wire asked = { .at = rest, .cap = sizeof rest }, answer;
    *out = (struct match_cluster){ .members = 0 };
    wire_bytes(&asked, office.at, sizeof office);
    for (int i = 0; i < seed_count; i++)
        wire_bytes(&asked, seeds[i].at, sizeof seeds[i]);
    status s = match_ask(&(struct match_way){ engine, keeper, t }, MATCH_CLUSTER, (str){ (const char *)rest, asked.len }, said, &answer);
    if (s != OK)
        return s;
    return match_cluster_read(&answer, out) ? OK : FAULT;
}
