#include "linkage/join.h"

/* ---- decisions ---- */

/* By which decision each record was reached from the first, breadth first over those that say the same: how, and 0 for who was not. */
static void reach(const struct verdicts *v, uint32_t from, uint32_t to, uint32_t *how)
{
    how[from] = UINT32_MAX;
    for (bool more = true; more && !how[to];) {
        more = false;
        for (uint32_t i = 0; i < v->count; i++) {
            uint32_t a = v->at[i].a, b = v->at[i].b;
            if (!v->at[i].same || !how[a] == !how[b])
                continue;
            how[how[a] ? b : a] = i + 1;
            more = true;
        }
    }
}

static void name_lines(const struct verdicts *v, uint32_t from, uint32_t to, uint32_t line, const uint32_t *how, char *complaint)
{
    enum { NAMED = 12 };
    int n = snprintf(complaint, COMPLAINT, "line %u calls different what is joined by line ", line), named = 0;
    for (uint32_t at = to; at != from && named < NAMED && n < COMPLAINT - 16; named++) {
        const struct decision *d = &v->at[how[at] - 1];
        n += snprintf(complaint + n, (size_t)(COMPLAINT - n), "%s%u", named ? ", " : "", d->line);
        at = d->a == at ? d->b : d->a;
        if (at != from && named + 1 == NAMED)
            snprintf(complaint + n, (size_t)(COMPLAINT - n), " and more");
    }
}

status decisions_agree(const struct verdicts *v, uint32_t records, char *complaint)
{
    struct space up_space, how_space = { 0 };
    if (!space_take(&up_space, ((size_t)records + 1) * sizeof(uint32_t)) || !space_take(&how_space, ((size_t)records + 1) * sizeof(uint32_t))) {
        space_give(&up_space);
        snprintf(complaint, COMPLAINT, "not enough memory for the decisions");
        return FAULT;
    }
    uint32_t *up = (uint32_t *)(void *)up_space.at, *how = (uint32_t *)(void *)how_space.at;
    status s = OK;
    for (uint32_t i = 0; i < records; i++)
        up[i] = i;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->at[i].same) {
            uint32_t a = first_of(up, v->at[i].a), b = first_of(up, v->at[i].b);
            up[a > b ? a : b] = a < b ? a : b;
        }
    for (uint32_t i = 0; s == OK && i < v->count; i++)
        if (!v->at[i].same && first_of(up, v->at[i].a) == first_of(up, v->at[i].b)) {
            reach(v, v->at[i].a, v->at[i].b, how);
            name_lines(v, v->at[i].a, v->at[i].b, v->at[i].line, how, complaint);
            s = INVALID;
        }
    space_give(&up_space);
    space_give(&how_space);
    return s;
}

/* ---- joining ---- */

struct joining {
    struct clusters *c;
    const struct verdicts *decisions;
    uint32_t *size;
    /* Whom a cluster must not hold: for each leader the first place in a list, 0: nobody. Place p is decision (p - 1) / 2, from one side. */
    uint32_t *apart, *next;
};

static uint32_t other_of(const struct joining *j, uint32_t place)
{
    const struct decision *d = &j->decisions->at[(place - 1) / 2];
    return (place - 1) % 2 ? d->a : d->b;
}

static bool decided_apart(const struct joining *j, uint32_t a, uint32_t b)
{
    if (!j->apart || !j->apart[a] || !j->apart[b])
        return false;
    for (uint32_t place = j->apart[a]; place; place = j->next[place])
        if (first_of(j->c->of, other_of(j, place)) == b)
            return true;
    return false;
}

static void make_one(struct joining *j, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b, high = a ^ b ^ low;
    j->c->of[high] = low;
    j->size[low] += j->size[high];
    if (!j->apart || !j->apart[high])
        return;
    uint32_t last = j->apart[high];
    while (j->next[last])
        last = j->next[last];
    j->next[last] = j->apart[low];
    j->apart[low] = j->apart[high];
}

static void begin(struct joining *j, uint32_t records)
{
    for (uint32_t i = 0; i < records; i++) {
        j->c->of[i] = i;
        j->size[i] = 1;
    }
    for (uint32_t i = 0; i < j->decisions->count; i++) {
        const struct decision *d = &j->decisions->at[i];
        for (uint32_t side = 0; !d->same && side < 2; side++) {
            uint32_t place = 2 * i + 1 + side, from = side ? d->b : d->a;
            j->next[place] = j->apart[from];
            j->apart[from] = place;
        }
    }
    for (uint32_t i = 0; i < j->decisions->count; i++) {
        uint32_t a = first_of(j->c->of, j->decisions->at[i].a), b = first_of(j->c->of, j->decisions->at[i].b);
        if (j->decisions->at[i].same && a != b) {
            make_one(j, a, b);
            j->c->together++;
        }
    }
}

static void join_edges(struct joining *j, uint32_t records, const struct edges *edges, int32_t least, uint32_t most)
{
    struct clusters *c = j->c;
    c->count = c->largest = 0;
    c->cut = c->apart = c->together = 0;
    begin(j, records);
    for (size_t i = 0; i < edges->count; i++) {
        if (edges->at[i].weight < least)
            continue;
        uint32_t a = first_of(c->of, edges->at[i].a), b = first_of(c->of, edges->at[i].b);
        if (a == b)
            continue;
        if (decided_apart(j, a, b))
            c->apart++;
        else if (j->size[a] + j->size[b] > most)
            c->cut++;
        else
            make_one(j, a, b);
    }
    for (uint32_t i = 0; i < records; i++) {
        c->of[i] = first_of(c->of, i);
        c->count += c->of[i] == i;
        c->largest = j->size[c->of[i]] > c->largest ? j->size[c->of[i]] : c->largest;
    }
}

bool clusters_join(struct clusters *c, uint32_t records, struct edges *edges, int32_t least, uint32_t most, const struct verdicts *decisions)
{
    struct joining j = { .c = c, .decisions = decisions };
    struct space sizes = { 0 }, apart = { 0 };
    size_t n = (size_t)records + 1;
    *c = (struct clusters){ 0 };
    bool fine = space_take(&c->space, n * sizeof(uint32_t)) && space_take(&sizes, n * sizeof(uint32_t))
                && (!decisions->count || space_take(&apart, (n + 2 * (size_t)decisions->count + 1) * sizeof(uint32_t)));
    c->of = (uint32_t *)(void *)c->space.at;
    j.size = (uint32_t *)(void *)sizes.at;
    if (fine && decisions->count) {
        j.apart = (uint32_t *)(void *)apart.at;
        j.next = j.apart + n;
        fine = edges_by_weight(edges);
    }
    if (fine)
        join_edges(&j, records, edges, least, decisions->count ? most : UINT32_MAX);
    if (fine && !decisions->count && c->largest > most) { /* now their order matters */
        fine = edges_by_weight(edges);
        if (fine)
            join_edges(&j, records, edges, least, most);
    }
    space_give(&sizes);
    space_give(&apart);
    return fine;
}

void clusters_close(struct clusters *c)
{
    space_give(&c->space);
}
