/* The walk of the engine over tips and cases: what is read and put, in small steps, and what is no longer there. */
#include "triage/match/match_service.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"
#include "triage/mark/mark.h"
#include "triage/match/match_words.h"

enum { WALK = 512 };

/* The group of those who hold a ring of that tip at its office; the first of the rings is the one that the row itself names. */
static status group_of(struct match_service *m, id office, const id rings[MATCH_RINGS], uint32_t *group)
{
    for (*group = 0; *group < m->group_count; ++*group) {
        const struct match_group *g = &m->groups[*group];
        if (!g->file && id_equal(g->office, office) && !memcmp(g->rings, rings, sizeof g->rings))
            return OK;
    }
    if (m->group_count == MATCH_GROUPS_MOST)
        return FAULT;
    m->groups[m->group_count] = (struct match_group){ .office = office };
    memcpy(m->groups[m->group_count++].rings, rings, sizeof m->groups->rings);
    return OK;
}

/* The group of a case: its own, or one whose case is gone. False: there are too many. */
static bool group_of_file(struct match_service *m, id office, id ring, uint32_t *group)
{
    uint32_t empty = m->group_count;
    for (*group = 0; *group < m->group_count; ++*group) {
        const struct match_group *g = &m->groups[*group];
        if (g->file && id_equal(g->office, office) && id_equal(g->rings[0], ring))
            return true;
        if (g->file && !g->tips)
            empty = *group;
    }
    if (empty == m->group_count && (m->file_count == MATCH_FILES_MOST || m->group_count == MATCH_GROUPS_MOST))
        return false;
    *group = empty;
    if (empty == m->group_count) {
        m->group_count++;
        m->file_count++;
    }
    m->groups[empty] = (struct match_group){ .office = office, .rings = { ring }, .file = 1 };
    return true;
}

/* Those of the next stretch of the walk that the index does not have as they are now; at most MATCH_STEP. *more: the walk goes on. */
static status next_met(struct match_service *m, struct match_tip *to, ptrdiff_t *n, bool *more)
{
    struct match_tip met[WALK];
    ptrdiff_t rows = 0, i = 0, most = m->at_files ? MATCH_FILE_STEP : MATCH_STEP;
    status s = (m->at_files ? m->feed->list : match_tips)(m->db, m->after, WALK, met, &rows);
    *n = 0;
    for (; s == OK && i < rows && *n < most; i++) {
        uint32_t number = index_find(&m->index, met[i].id);
        if (number == NO_DOCUMENT || m->marks[number].further != met[i].further ||
            !id_equal(m->groups[index_entry(&m->index, number)->group].office, met[i].office))
            to[(*n)++] = met[i];
        else
            m->marks[number].walk = m->walk;
    }
    if (i)
        m->after = met[i - 1].id;
    *more = i < rows || rows == WALK;
    return s;
}

/* A tip, its newest marks and what its sender added, as sealed rows, in this order among those that are opened together. */
struct sealed_tip {
    const struct match_tip *met;
    str sealed;
    struct tip_mark mark; /* its id is zero: nobody decided anything */
    struct tip_additions additions;
    ptrdiff_t first, rows;
};

static status find_rows(struct match_service *m, struct arena *a, struct sealed_tip *t)
{
    status s = match_tip_sealed(m->db, a, t->met->id, &t->sealed);
    if (s == OK)
        s = tip_mark_newest(m->db, a, t->met->id, &t->mark);
    if (s == NOT_FOUND)
        t->mark = (struct tip_mark){ .turn = 0 };
    if (s == OK || s == NOT_FOUND)
        s = tip_list_additions(m->db, a, t->met->id, 0, MATCH_ADDITIONS_READ, &t->additions);
    t->rows = 1 + !id_is_zero(t->mark.id) + t->additions.len;
    return s;
}

static status put(struct match_service *m, const struct match_tip *met, str sealed, const struct match_facts *facts, const struct match_said *said)
{
    id rings[MATCH_RINGS] = { { { 0 } } };
    uint32_t group = 0, epoch;
    uint16_t table;
    ptrdiff_t more;
    if (!keybox_names((const uint8_t *)sealed.at, &rings[0], &epoch, &table))
        return OK;
    status s = match_tip_rings(m->db, met->id, rings + 1, MATCH_RINGS - 1, &more);
    if (s == OK)
        s = group_of(m, met->office, rings, &group);
    return s == OK ? match_service_put(m, met, group, facts, said) : s;
}

enum { ROWS_MOST = 64 };

static void ask_for(const struct sealed_tip *t, struct open_row *to)
{
    *to++ = (struct open_row){ .row = t->met->id, .keybox = (const uint8_t *)t->sealed.at };
    if (!id_is_zero(t->mark.id))
        *to++ = (struct open_row){ .row = t->mark.id, .keybox = (const uint8_t *)t->mark.sealed.at };
    for (ptrdiff_t k = 0; k < t->additions.len; k++)
        to[k] = (struct open_row){ .row = t->additions.at[k].id, .keybox = (const uint8_t *)t->additions.at[k].sealed.at };
}

/* False: its own row is sealed to what the engine has no key for, or was changed: whoever opens it is told. */
static bool read_facts(const struct match_service *m, struct arena *a, const struct sealed_tip *t, const struct open_row *row, struct match_facts *facts, struct match_said *said)
{
    struct sealed_fields fields, marks = { 0 };
    struct tip tip;
    if (row->code || !envelope_open(a, row->key, TABLE_TIP, row->row, t->sealed, &fields))
        return false;
    row++;
    if (!id_is_zero(t->mark.id)) {
        if (row->code || !envelope_open(a, row->key, TABLE_TIP_MARK, row->row, t->mark.sealed, &marks))
            marks = (struct sealed_fields){ 0 };
        row++;
    }
    tip_read(&fields, &tip);
    match_said_of(&tip, said);
    match_read_tip(a, &tip, m->country, sealed_field(&marks, MARK_LIST), facts);
    for (ptrdiff_t k = 0; k < t->additions.len; k++)
        if (!row[k].code && envelope_open(a, row[k].key, TABLE_TIP_ADDITION, row[k].row, t->additions.at[k].sealed, &fields)) {
            said->at[said->len++] = sealed_field(&fields, ADDITION_TEXT);
            match_read(a, sealed_field(&fields, ADDITION_TEXT), m->country, facts);
        }
    return true;
}

/* Opens the rows of some tips, at most ROWS_MOST, and puts each tip whose own row opened. */
static status open_and_put(struct match_service *m, token t, struct arena a, const struct sealed_tip *tips, ptrdiff_t n, ptrdiff_t rows)
{
    struct open_row *asked = arena_new(&a, struct open_row, rows);
    for (ptrdiff_t i = 0; i < n; i++)
        ask_for(&tips[i], &asked[tips[i].first]);
    status s = keeper_open(m->keeper, t, PURPOSE_INDEX, tips[0].met->id, asked, rows);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct arena scratch = a;
        struct match_facts *facts = arena_new(&scratch, struct match_facts, 1);
        struct match_said said = { .len = 0 };
        if (read_facts(m, &scratch, &tips[i], &asked[tips[i].first], facts, &said))
            s = put(m, tips[i].met, tips[i].sealed, facts, &said);
    }
    wipe(asked, rows * (ptrdiff_t)sizeof *asked);
    return s;
}

static status read_tips(struct match_service *m, token t, struct arena a, const struct match_tip *met, ptrdiff_t n)
{
    struct sealed_tip tips[MATCH_STEP];
    ptrdiff_t count = 0, rows = 0;
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct sealed_tip *tip = &tips[count];
        *tip = (struct sealed_tip){ .met = &met[i], .first = rows };
        s = find_rows(m, &a, tip);
        if (s != OK || tip->sealed.len < KEYBOX)
            continue; /* erased a moment ago */
        if (rows + tip->rows > ROWS_MOST) {
            struct sealed_tip last = *tip;
            s = open_and_put(m, t, a, tips, count, rows);
            tips[0] = last;
            tips[0].first = count = rows = 0;
        }
        rows += tip->rows;
        count++;
    }
    return s == OK && count ? open_and_put(m, t, a, tips, count, rows) : s;
}

static status read_files(struct match_service *m, token t, struct arena a, const struct match_tip *met, ptrdiff_t n)
{
    const struct match_feed_way way = { m->db, m->keeper, t, m->country };
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct arena scratch = a;
        struct match_facts *facts = arena_new(&scratch, struct match_facts, 1);
        uint32_t group;
        id ring;
        s = m->feed->read(&way, met[i].id, &scratch, facts, &ring);
        if (s == OK && group_of_file(m, met[i].office, ring, &group))
            s = match_service_put(m, &met[i], group, facts, NULL);
        s = s == NOT_FOUND ? OK : s; /* it went, or opens for nobody: the walk over all drops what was known of it */
    }
    return s;
}

/* What the walk did not meet is no longer there. */
static void drop_unmet(struct match_service *m)
{
    for (uint32_t i = 1; i <= m->index.count; i++)
        if (index_entry(&m->index, i)->live && m->marks[i].walk != m->walk)
            match_service_forget(m, index_entry(&m->index, i)->id);
}

void match_service_walk(struct match_service *m, id behind)
{
    m->after = m->behind = behind;
    m->at_files = false;
    m->over_all = id_is_zero(behind);
    m->walk += m->over_all;
}

status match_service_step(struct match_service *m, token t, struct arena scratch)
{
    struct match_tip met[MATCH_STEP];
    ptrdiff_t n;
    bool more;
    id before = m->after;
    status s = next_met(m, met, &n, &more);
    if (s == OK && n)
        s = m->at_files ? read_files(m, t, scratch, met, n) : read_tips(m, t, scratch, met, n);
    if (s != OK) {
        m->after = before;
        return s;
    }
    if (more)
        return OK;
    if (m->feed && !m->at_files) {
        m->at_files = true;
        m->after = m->behind;
        return OK;
    }
    if (m->over_all) {
        drop_unmet(m);
        m->whole = true;
    }
    return NOT_FOUND;
}
