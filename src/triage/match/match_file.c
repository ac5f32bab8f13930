#include "triage/match/match_file.h"
#include "linkage/compare.h"
#include "triage/match/match_flood.h"
#include <stdlib.h>

/* ---- what two have in common ---- */

enum { IDENTIFIERS = (1 << MATCH_FIELDS) - 1 - (1 << MATCH_ADDRESS) };

void match_bits_of(const struct match_service *m, const struct kin *k, struct match_bits *out)
{
    const struct plan *plan = match_plan();
    *out = (struct match_bits){ .band = (uint8_t)match_band(k->weight / 256.0) };
    for (int f = 0; f < MATCH_FIELDS; f++) {
        int level = pattern_level(&m->index.patterns, plan, k->pattern, f);
        out->same |= (uint8_t)((level == 0) << f);
        out->near |= (uint8_t)((level > 0 && level < plan->comparisons[f].levels - 1) << f);
    }
}

bool match_bits_tell(const struct match_bits *b)
{
    return b->band > MATCH_POSSIBLE || b->same & IDENTIFIERS;
}

void match_bits_write(const struct match_bits *b, struct wire *to)
{
    wire_u8(to, b->same);
    wire_u8(to, b->near);
    wire_u8(to, b->band);
}

bool match_bits_read(struct wire *from, struct match_bits *out)
{
    out->same = wire_get_u8(from);
    out->near = wire_get_u8(from);
    out->band = wire_get_u8(from);
    return !((out->same | out->near) >> MATCH_FIELDS) && out->band <= MATCH_VERY_LIKELY;
}

str match_kinds_words(const struct request *r, unsigned kinds)
{
    struct out o = { .arena = r->arena };
    for (int f = 0; f < MATCH_FIELDS; f++)
        if (kinds >> f & 1) {
            out_str(&o, out_view(&o).len ? lit(", ") : (str){ 0 });
            out_str(&o, tr(r->language, match_field_words((enum match_field)f)));
        }
    return out_view(&o);
}

static str told_kinds(const struct request *r, const char *words, unsigned kinds)
{
    str list = match_kinds_words(r, kinds);
    return list.len ? tr_fill(r->arena, tr(r->language, words), &list, 1) : list;
}

str match_bits_words(const struct request *r, const struct match_bits *b)
{
    str same = told_kinds(r, N_("the same: %1"), b->same), near = told_kinds(r, N_("alike: %1"), b->near);
    return same.len && near.len ? str_join(r->arena, str_join(r->arena, same, lit("; ")), near) : same.len ? same : near;
}

str match_waits_words(const struct request *r, status engine, bool known)
{
    if (engine == LOCKED)
        return tr(r->language, N_("Look-alikes wait for a supervisor: after a start, the first one who signs in opens them."));
    if (engine != OK)
        return tr(r->language, N_("Look-alikes cannot be asked just now. Everything else works; try again in a moment."));
    return known ? (str){ 0 } : tr(r->language, N_("This has not been read for look-alikes yet: try again in a moment."));
}

/* ---- in the engine ---- */

int match_ring_order(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(id));
}

/* floods is first: match_flood_stands takes the whole of it for its context. */
struct naming {
    struct match_flooding floods;
    const struct match_asker *asker;
    bool own_file;
};

static bool is_on(const struct match_asker *asker, const struct match_group *g)
{
    return bsearch(&g->rings[0], asker->rings, (size_t)asker->ring_count, sizeof *asker->rings, match_ring_order);
}

static bool may_name(void *context, uint32_t group)
{
    struct naming *n = context;
    const struct match_group *g = &n->floods.m->groups[group];
    return g->file ? is_on(n->asker, g) : n->own_file && match_may_see(&n->floods.held, group);
}

void match_service_file(const struct match_service *m, const struct match_asker *asker, id own, struct match_named_answer *out)
{
    enum { ROOM = 256 };
    static struct naming naming;
    struct kin found[ROOM];
    struct kin_answer answer = { .at = found, .room = ROOM };
    uint32_t number = index_find(&m->index, own), tips = match_flood_begin(m, asker, NULL, 0, &naming.floods);
    const struct index_wish wish = { .may = may_name, .stands = match_flood_stands, .context = &naming, .least = MATCH_LEAST,
                                     .among = tips + (uint32_t)asker->ring_count, .crowd = MATCH_CROWD };
    *out = (struct match_named_answer){ .whole = m->whole };
    if (number == NO_DOCUMENT)
        return;
    const struct match_group *g = &m->groups[index_entry(&m->index, number)->group];
    naming.asker = asker;
    naming.own_file = g->file;
    if (!(g->file ? is_on(asker, g) : match_may_see(&naming.floods.held, index_entry(&m->index, number)->group)))
        return;
    out->known = true;
    index_kin(&m->index, number, &wish, &answer);
    for (int i = 0; i < answer.len && out->len < MATCH_NAMED_MOST; i++) {
        const struct index_entry *e = index_entry(&m->index, found[i].number);
        struct match_named *to = &out->at[out->len];
        *to = (struct match_named){ .id = e->id, .file = m->groups[e->group].file };
        match_bits_of(m, &found[i], &to->bits);
        out->len += match_bits_tell(&to->bits);
    }
}

status match_answer_file(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    struct match_named_answer answer;
    struct match_asker asker;
    id rings[MATCH_RINGS_MOST];
    status s = match_asker_read(keys, in, rings, &asker);
    if (s != OK)
        return s;
    qsort(rings, (size_t)asker.ring_count, sizeof *rings, match_ring_order);
    match_service_file(ctx, &asker, match_get_id(in), &answer);
    match_named_write(&answer, out);
    return OK;
}

/* ---- question and answer ---- */

void match_named_write(const struct match_named_answer *a, struct wire *to)
{
    wire_u8(to, (uint8_t)(a->known | a->whole << 1));
    wire_u8(to, (uint8_t)a->len);
    for (int i = 0; i < a->len; i++) {
        wire_bytes(to, a->at[i].id.at, sizeof(id));
        wire_u8(to, a->at[i].file);
        match_bits_write(&a->at[i].bits, to);
    }
}

bool match_named_read(struct wire *from, struct match_named_answer *out)
{
    uint8_t flags = wire_get_u8(from);
    *out = (struct match_named_answer){ .known = flags & 1, .whole = flags >> 1 & 1, .len = wire_get_u8(from) };
    if (flags > 3 || out->len > MATCH_NAMED_MOST)
        return false;
    for (int i = 0; i < out->len; i++) {
        out->at[i].id = match_get_id(from);
        uint8_t file = wire_get_u8(from);
        out->at[i].file = file;
        if (file > 1 || !match_bits_read(from, &out->at[i].bits))
            return false;
    }
    return wire_done(from);
}

status match_ask_file(struct engine_client *engine, struct keeper *keeper, token t, id office, id own, struct match_named_answer *out)
{
    uint8_t rest[MATCH_FILE_BODY - SEARCH_TICKET], said[ENGINE_MESSAGE_MAX];
    struct wire asked = { .at = rest, .cap = sizeof rest }, answer;
    *out = (struct match_named_answer){ .len = 0 };
    wire_bytes(&asked, office.at, sizeof office);
    wire_bytes(&asked, own.at, sizeof own);
    status s = match_ask(&(struct match_way){ engine, keeper, t }, MATCH_FILE, (str){ (const char *)rest, asked.len }, said, &answer);
    if (s != OK)
        return s;
    return match_named_read(&answer, out) ? OK : FAULT;
}
