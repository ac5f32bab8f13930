#include "common/pack/pack.h"
#include "common/services.h"
#include "staff/role/role.h"
#include "triage/match/match_group_page.h"
#include <stdlib.h>

/* Asked again when a person said of a member that it is the same as a tip elsewhere; after so many times the page says that there is more. */
enum { ROUNDS = 4 };

/* ---- what people decided ---- */

static void take_word(struct group_seen *seen, id one, const struct match_decision *d)
{
    for (uint32_t i = 0; i < seen->word_count; i++) {
        struct group_word *w = &seen->words[i];
        if ((id_equal(w->one, one) && id_equal(w->other, d->other)) || (id_equal(w->one, d->other) && id_equal(w->other, one))) {
            if (d->turn > w->turn)
                *w = (struct group_word){ one, d->other, d->turn, d->verdict };
            return;
        }
    }
    seen->words[seen->word_count++] = (struct group_word){ one, d->other, d->turn, d->verdict };
}

/* Acts of several tips that are opened by one message. */
struct acts_opening {
    struct match_opening o;
    struct tip_act acts[SEALED_ROWS_MOST];
};

static status read_acts(struct request *r, struct acts_opening *a, struct group_seen *seen)
{
    struct match_decision d;
    status s = a->o.len ? sealed_open(r, PURPOSE_LINK, r->id, a->o.rows, a->o.len) : OK;
    for (ptrdiff_t i = 0; s == OK && i < a->o.len; i++)
        if (match_decision_read(&a->acts[i], &a->o.fields[i], &d))
            take_word(seen, a->acts[i].tip, &d);
    a->o.len = 0;
    return s;
}

static status add_acts(struct request *r, struct acts_opening *a, id tip, struct group_seen *seen)
{
    struct tip_acts acts = { .len = SEALED_ROWS_MOST };
    status s = OK;
    for (int64_t skip = 0; s == OK && acts.len == SEALED_ROWS_MOST; skip += acts.len) {
        s = tip_act_links(r->db, r->arena, tip, skip, SEALED_ROWS_MOST, &acts);
        if (s == OK && a->o.len + acts.len > SEALED_ROWS_MOST)
            s = read_acts(r, a, seen);
        ptrdiff_t first = a->o.len;
        for (ptrdiff_t i = 0; s == OK && i < acts.len; i++) {
            if (seen->acts_read == GROUP_DECISIONS_MOST) {
                seen->unread = true;
                acts.len = i; /* and no more of them */
                break;
            }
            seen->acts_read++;
            a->acts[a->o.len] = acts.at[i];
            a->acts[a->o.len].tip = tip;
            match_opening_add(&a->o, acts.at[i].id, TABLE_TIP_ACT, acts.at[i].sealed, false);
        }
        if (s == OK)
            s = sealed_fit(r, a->o.ring, tip, a->o.rows + first, a->o.len - first);
    }
    return s;
}

static bool among(const id *list, int n, id one)
{
    for (int i = 0; i < n; i++)
        if (id_equal(list[i], one))
            return true;
    return false;
}

/* Of those that an earlier round did not have. */
static status load_words(struct request *r, const struct match_cluster *before, struct group_seen *seen)
{
    struct acts_opening *a = arena_new(r->arena, struct acts_opening, 1);
    status s = match_opening_begin(r, &a->o);
    for (int i = 0; s == OK && i < seen->cluster.members; i++)
        if (!among(before->member, before->members, seen->cluster.member[i]))
            s = add_acts(r, a, seen->cluster.member[i], seen);
    return s == OK ? read_acts(r, a, seen) : s;
}

/* Copies that stand for themselves, since a person decided something of them. Those of an earlier round had nothing. */
static status find_decided_copies(struct request *r, const struct match_cluster *before, struct group_seen *seen, id *seeds, int *n)
{
    const struct match_cluster *c = &seen->cluster;
    uint32_t folded = 0;
    status s = OK;
    for (int i = 0; s == OK && i < c->folded; i++) {
        struct arena scratch = *r->arena;
        struct tip_acts acts = { .len = 0 };
        if (among(before->fold, before->folded, c->fold[i]))
            continue;
        s = tip_act_links(r->db, &scratch, c->fold[i], 0, 1, &acts);
        if (s == OK && acts.len && *n < MATCH_SEEDS_MOST)
            seeds[(*n)++] = c->fold[i];
        else
            seen->unread |= acts.len > 0;
    }
    for (int i = 0; i < c->floods; i++)
        folded += c->flood[i].folded;
    seen->unread |= folded > c->folded;
    return s;
}

/* Tips elsewhere that a person said are the same as a member. */
static status find_seeds(struct request *r, const struct group_seen *seen, id *seeds, int *n)
{
    const struct match_cluster *c = &seen->cluster;
    status s = OK;
    for (uint32_t i = 0; s == OK && i < seen->word_count && *n < MATCH_SEEDS_MOST; i++) {
        const struct group_word *w = &seen->words[i];
        bool here = among(c->member, c->members, w->one);
        id other = here ? w->other : w->one, office;
        if (!str_equal(w->verdict, lit("same")) || among(c->member, c->members, other) || among(seeds, *n, other))
            continue;
        s = tip_office(r->db, other, &office);
        if (s == OK && id_equal(office, r->caller.office))
            seeds[(*n)++] = other;
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

static status ask_until_whole(struct request *r, struct group_seen *seen)
{
    struct match_cluster *before = arena_new(r->arena, struct match_cluster, 1);
    id seeds[MATCH_SEEDS_MOST] = { r->id };
    int n = 1, asked = 0;
    status s = OK;
    for (int round = 0; s == OK && asked < n; round++) {
        if (round == ROUNDS) {
            seen->cluster.more = true;
            break;
        }
        asked = n;
        seen->engine = match_ask_cluster(r->services->engine, r->services->keeper, caller_token(r), r->caller.office, seeds, n, &seen->cluster);
        if (seen->engine != OK || !seen->cluster.known)
            return OK;
        s = load_words(r, before, seen);
        if (s == OK)
            s = find_seeds(r, seen, seeds, &n);
        if (s == OK)
            s = find_decided_copies(r, before, seen, seeds, &n);
        *before = seen->cluster;
    }
    return s;
}

/* ---- the graph ---- */

static const struct match_cluster *sorted; /* one thread */
static int by_id(const void *a, const void *b)
{
    return memcmp(sorted->member[*(const uint16_t *)a].at, sorted->member[*(const uint16_t *)b].at, sizeof(id));
}

/* number: of each member now. */
static status put_floods(struct request *r, const struct match_cluster *old, const uint16_t *number, struct group_seen *seen)
{
    status s = OK;
    for (int i = 0; (s == OK || s == NOT_FOUND) && i < old->floods; i++) {
        const struct match_cluster_flood *f = &old->flood[i];
        struct arena scratch = *r->arena;
        struct tip_row row = { .day = 0 };
        if (number[f->member] == GROUP_NOBODY)
            continue;
        s = tip_find(r->db, &scratch, r->caller.office, f->last, &row);
        int64_t first = seen->clear[number[f->member]].day;
        seen->copies[number[f->member]] = (struct group_copies){ f->copies, f->folded, s == OK ? row.day : first };
    }
    return s == NOT_FOUND ? OK : s;
}

/* Members by id, those alone that are at this office now: each node, and each of their pages, sees the same groups. */
static status put_in_order(struct request *r, struct group_seen *seen)
{
    uint16_t order[GROUP_MEMBERS_MOST], number[GROUP_MEMBERS_MOST];
    struct match_cluster *c = &seen->cluster, *old = arena_new(r->arena, struct match_cluster, 1);
    status s = OK;
    *old = *c;
    for (uint16_t i = 0; i < old->members; i++)
        order[i] = i;
    sorted = old;
    qsort(order, old->members, sizeof *order, by_id);
    c->members = c->holds = 0;
    for (int i = 0; i < old->members; i++) {
        struct arena scratch = *r->arena;
        struct tip_row row;
        s = tip_find(r->db, &scratch, r->caller.office, old->member[order[i]], &row);
        if (s == OK)
            seen->clear[c->members] = (struct group_clear){ row.priority, row.day, row.closed };
        number[order[i]] = s == OK ? c->members : GROUP_NOBODY;
        if (s == OK)
            c->member[c->members++] = old->member[order[i]];
        else if (s != NOT_FOUND)
            return s;
    }
    for (int i = 0; i < old->holds; i++)
        if (number[old->hold[i].member] != GROUP_NOBODY) {
            c->hold[c->holds] = old->hold[i];
            c->hold[c->holds++].member = number[old->hold[i].member];
        }
    s = put_floods(r, old, number, seen);
    seen->own = old->members ? number[0] : GROUP_NOBODY;
    return s;
}

static uint16_t number_of(const struct match_cluster *c, id tip)
{
    for (uint16_t i = 0; i < c->members; i++)
        if (id_equal(c->member[i], tip))
            return i;
    return GROUP_NOBODY;
}

static void take_decisions(struct group_seen *seen)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < seen->word_count; i++) {
        const struct group_word *w = &seen->words[i];
        uint16_t a = number_of(&seen->cluster, w->one), b = number_of(&seen->cluster, w->other);
        bool same = str_equal(w->verdict, lit("same"));
        if (a != GROUP_NOBODY && b != GROUP_NOBODY && (same || str_equal(w->verdict, lit("different"))))
            seen->decisions[n++] = (struct group_decision){ a, b, same };
    }
    seen->graph = (struct group_graph){ .members = seen->cluster.members, .facts = seen->cluster.facts, .holds = seen->cluster.hold,
                                        .hold_count = seen->cluster.holds, .decisions = seen->decisions, .decision_count = n,
                                        .large = MATCH_LARGE, .part = MATCH_PART };
}

/* ---- what the page shows ---- */

static void want(struct request *r, struct group_seen *seen, uint16_t member, id *tips, struct seen_tip **to, ptrdiff_t *n)
{
    if (seen->open[member])
        return;
    seen->open[member] = to[*n] = arena_new(r->arena, struct seen_tip, 1);
    tips[(*n)++] = seen->cluster.member[member];
}

static status open_shown(struct request *r, str country, struct group_seen *seen)
{
    enum { MOST = 2 * GROUP_SHOWN + 2 * GROUP_NEAR_MOST };
    id tips[MOST];
    struct seen_tip *to[MOST];
    ptrdiff_t n = 0;
    for (int i = seen->first; i < seen->size && i < seen->first + GROUP_SHOWN; i++) {
        want(r, seen, seen->walk[i].member, tips, to, &n);
        want(r, seen, seen->walk[i].from, tips, to, &n);
    }
    for (int i = 0; i < seen->near_count; i++) {
        want(r, seen, seen->near[i].own, tips, to, &n);
        want(r, seen, seen->near[i].other, tips, to, &n);
    }
    return match_load_tips(r, PURPOSE_LINK, country, tips, to, n);
}

status match_group_load(struct request *r, struct group_seen *seen)
{
    str country = pack_country(r->services->pack, day_of(r->now));
    struct seen_tip *own = arena_new(r->arena, struct seen_tip, 1);
    int64_t first;
    status s = match_load_own(r, PURPOSE_LINK, country, own);
    if (s == OK)
        s = ask_until_whole(r, seen);
    if (s != OK || seen->engine != OK || !seen->cluster.known)
        return s;
    s = put_in_order(r, seen);
    if (s != OK)
        return s;
    if (seen->own == GROUP_NOBODY) { /* it, or who stands for it, went to another office a moment ago */
        seen->cluster.known = false;
        return OK;
    }
    if (id_equal(seen->cluster.member[seen->own], r->id))
        seen->open[seen->own] = own;
    take_decisions(seen);
    if (!group_part(&seen->graph, &seen->parts))
        return FAULT;
    seen->size = group_walk(&seen->graph, &seen->parts, seen->own, seen->walk);
    seen->near_count = group_neighbours(&seen->graph, &seen->parts, seen->parts.of[seen->own], seen->near, GROUP_NEAR_MOST);
    if (str_to_int(query_text(r, lit("from")), &first) && first > 0 && first < seen->size)
        seen->first = (int)first;
    return open_shown(r, country, seen);
}
