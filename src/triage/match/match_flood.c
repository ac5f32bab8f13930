#include "triage/match/match_flood.h"

uint32_t match_flood_begin(const struct match_service *m, const struct match_asker *asker, const id *alone, int alone_count, struct match_flooding *out)
{
    out->m = m;
    out->alone = alone;
    out->alone_count = alone_count;
    out->question = ++m->folds[NO_DOCUMENT].question; /* no document has that number */
    return match_note_held(m, asker, &out->held);
}

bool match_adds_a_fact(const struct match_service *m, uint32_t copy, uint32_t other)
{
    const struct index_told *own = index_facts(&m->index, copy), *first = index_facts(&m->index, other);
    for (int i = 0, k; i < index_entry(&m->index, copy)->facts; i++) {
        for (k = 0; k < index_entry(&m->index, other)->facts; k++)
            if (own[i].field == first[k].field && own[i].value == first[k].value)
                break;
        if (k == index_entry(&m->index, other)->facts)
            return true;
    }
    return false;
}

static int read_copies(const struct match_flooding *f, uint32_t number)
{
    const struct index *x = &f->m->index;
    uint32_t told = index_entry(x, index_entry(x, number)->lead)->copies, room = told < x->count ? told : x->count;
    const struct index_wish wish = { .may = match_may_see, .context = (void *)(uintptr_t)&f->held };
    return index_copies(x, number, &wish, f->m->copies, (int)room);
}

int match_flood_copies(const struct match_flooding *f, uint32_t number, const uint32_t **out)
{
    *out = f->m->copies;
    return read_copies(f, number);
}

static bool is_alone(const struct match_flooding *f, uint32_t number)
{
    for (int i = 0; i < f->alone_count; i++)
        if (id_equal(f->alone[i], index_entry(&f->m->index, number)->id))
            return true;
    return false;
}

static struct match_fold *read_fold(const struct match_flooding *f, uint32_t number)
{
    const struct match_service *m = f->m;
    struct match_fold *fold = &m->folds[number];
    if (fold->question == f->question)
        return fold;
    *fold = (struct match_fold){ .question = f->question, .lead = number, .stands = true };
    if (index_entry(&m->index, index_entry(&m->index, number)->lead)->copies <= MATCH_FLOOD)
        return fold;
    int n = read_copies(f, number);
    for (int i = 0; n > MATCH_FLOOD && i < n; i++) {
        uint32_t copy = m->copies[i], lead = m->copies[0];
        struct match_fold *one = &m->folds[copy];
        *one = (struct match_fold){ .question = f->question, .lead = lead };
        one->stands = copy == lead || match_adds_a_fact(m, copy, lead) || is_alone(f, copy);
        m->folds[lead].folded += !one->stands;
    }
    if (n > MATCH_FLOOD) {
        m->folds[m->copies[0]].copies = (uint32_t)n;
        m->folds[m->copies[0]].last = m->copies[n - 1];
    }
    return fold;
}

bool match_flood_stands(void *flooding, uint32_t number)
{
    return read_fold(flooding, number)->stands;
}

const struct match_fold *match_flood_of(const struct match_flooding *f, uint32_t number)
{
    return &f->m->folds[read_fold(f, number)->lead];
}
