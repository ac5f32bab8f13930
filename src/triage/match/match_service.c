#include "triage/match/match_service.h"
#include "triage/match/match_file.h"
#include "triage/match/match_flood.h"
#include "triage/match/match_words.h"

bool match_service_open(struct match_service *m, struct db *db, struct keeper *keeper, str country)
{
    struct model model;
    size_t documents;
    *m = (struct match_service){ .db = db, .keeper = keeper, .country = country };
    match_model(&model);
    if (index_open(&m->index, match_plan(), &model, MATCH_LEARNT_OF, MATCH_KEPT) && words_open(&m->words, MATCH_GROUPS_MOST) &&
        space_take(&m->group_space, MATCH_GROUPS_MOST * sizeof(struct match_group)) &&
        (documents = m->index.entries.size / sizeof(struct index_entry)) && space_take(&m->mark_space, documents * sizeof(struct match_mark)) &&
        space_take(&m->fold_space, documents * sizeof(struct match_fold)) && space_take(&m->copy_space, documents * sizeof(uint32_t))) {
        m->groups = (struct match_group *)(void *)m->group_space.at;
        m->marks = (struct match_mark *)(void *)m->mark_space.at;
        m->folds = (struct match_fold *)(void *)m->fold_space.at;
        m->copies = (uint32_t *)(void *)m->copy_space.at;
        return true;
    }
    match_service_close(m);
    return false;
}

void match_service_close(struct match_service *m)
{
    index_close(&m->index);
    words_close(&m->words);
    space_give(&m->group_space);
    space_give(&m->mark_space);
    space_give(&m->fold_space);
    space_give(&m->copy_space);
}

/* ---- what is put and taken out ---- */

/* Offices apart: near copies are those of one office. The group is of tips. */
static uint32_t office_number(const struct match_service *m, uint32_t group)
{
    uint32_t first = 0;
    while (m->groups[first].file || !id_equal(m->groups[first].office, m->groups[group].office))
        first++;
    return first;
}

static bool take_out(struct match_service *m, id tip)
{
    uint32_t number = index_find(&m->index, tip);
    if (number == NO_DOCUMENT)
        return false;
    m->groups[index_entry(&m->index, number)->group].tips--;
    m->marks[number] = (struct match_mark){ 0 };
    m->changed = true;
    words_drop(&m->words, number);
    return index_drop(&m->index, tip);
}

bool match_service_forget(struct match_service *m, id tip)
{
    bool there = take_out(m, tip);
    m->dropped |= there;
    return there;
}

status match_service_put(struct match_service *m, const struct match_tip *met, uint32_t group, const struct match_facts *facts, const struct match_said *said)
{
    uint32_t number;
    take_out(m, met->id);
    struct index_document d = { .id = met->id, .group = group, .facts = facts->at, .fact_count = facts->len };
    if (said) {
        d.apart = office_number(m, group);
        d.text = said->at[0];
    }
    if (!index_put(&m->index, &d, &number) || (said && (!match_say(&m->words, said, facts) || !words_put(&m->words, number, group))))
        return FAULT;
    m->marks[number] = (struct match_mark){ m->walk, met->further };
    m->groups[group].tips++;
    m->changed = true;
    return OK;
}

/* ---- questions ---- */

bool match_may_see(void *context, uint32_t group)
{
    const struct match_held *h = context;
    return h->group[group / 8] >> group % 8 & 1;
}

bool match_group_opens(const struct match_group *g, const id *rings, ptrdiff_t n)
{
    for (int i = 0; i < MATCH_RINGS && !id_is_zero(g->rings[i]); i++)
        for (ptrdiff_t k = 0; k < n; k++)
            if (id_equal(g->rings[i], rings[k]))
                return true;
    return false;
}

uint32_t match_note_held(const struct match_service *m, const struct match_asker *asker, struct match_held *h)
{
    uint32_t tips = 0;
    memset(h, 0, sizeof *h);
    for (uint32_t i = 0; i < m->group_count; i++)
        if (!m->groups[i].file && id_equal(m->groups[i].office, asker->office) && match_group_opens(&m->groups[i], asker->rings, asker->ring_count)) {
            h->group[i / 8] |= (uint8_t)(1u << i % 8);
            tips += m->groups[i].tips;
        }
    return tips;
}

uint32_t match_service_groups(const struct match_service *m, const struct match_asker *asker, uint32_t *to)
{
    static struct match_held held;
    uint32_t n = 0;
    match_note_held(m, asker, &held);
    for (uint32_t i = 0; i < m->group_count; i++)
        if (match_may_see(&held, i))
            to[n++] = i;
    return n;
}

/* Of a flood each copy has the others for kin: they stand in their own list alone. */
static void take_kin(const struct match_flooding *f, const struct kin_answer *answer, uint32_t number, struct match_answer *out)
{
    const struct match_fold *own = match_flood_of(f, number);
    for (int i = 0; i < answer->len; i++) {
        const struct kin *k = &answer->at[i];
        struct match_bits bits;
        if ((own->copies && match_flood_of(f, k->number) == own) || out->kin_count == MATCH_KIN_MOST)
            continue;
        match_bits_of(f->m, k, &bits);
        out->kin[out->kin_count++] = (struct match_found){ index_entry(&f->m->index, k->number)->id, k->weight, bits.same };
    }
    for (int i = 0; i < answer->crowded_count; i++)
        out->crowd[out->crowd_count++] = (struct match_crowd){ answer->crowded[i].fact.field, (uint32_t)answer->crowded[i].documents };
}

/* By id, whichever order they came in: each node shows the same page. */
static void take_copies(const struct match_flooding *f, uint32_t number, uint32_t skip, struct match_answer *out)
{
    const uint32_t *all;
    int n = match_flood_copies(f, number, &all);
    out->copies = (uint32_t)n;
    for (int i = 0; i < n && out->copy_count < MATCH_COPIES_MOST; i++) {
        if (all[i] == number)
            continue;
        if (skip)
            skip--;
        else
            out->copy[out->copy_count++] = index_entry(&f->m->index, all[i])->id;
    }
}

void match_service_kin(const struct match_service *m, const struct match_asker *asker, id tip, uint32_t skip, struct match_answer *out)
{
    enum { ROOM = 256 };
    static struct match_flooding floods;
    struct kin found[ROOM];
    uint32_t number = index_find(&m->index, tip);
    struct kin_answer answer = { .at = found, .room = ROOM };
    struct index_wish wish = { .may = match_may_see, .stands = match_flood_stands, .context = &floods, .least = MATCH_LEAST, .crowd = MATCH_CROWD };
    *out = (struct match_answer){ .whole = m->whole, .among = match_flood_begin(m, asker, NULL, 0, &floods) };
    wish.among = out->among;
    if (number == NO_DOCUMENT || !match_may_see(&floods, index_entry(&m->index, number)->group))
        return;
    out->known = true;
    index_kin(&m->index, number, &wish, &answer);
    take_kin(&floods, &answer, number, out);
    take_copies(&floods, number, skip, out);
}
