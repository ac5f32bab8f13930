#include "triage/match/match_service.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"
#include "triage/mark/mark.h"
#include "triage/match/match_file.h"
#include "triage/match/match_flood.h"
#include "triage/match/match_words.h"

enum { WALK = 512, VERSION = 3 };

/* What is known of a document beside its facts. */
struct match_mark {
    uint32_t walk;      /* the last one that met it */
    uint32_t further;   /* as struct match_tip */
};

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

/* ---- reading ---- */

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

/* said: NULL of a case, whose words are looked for by nobody here. */
static status put_into(struct match_service *m, const struct match_tip *met, uint32_t group, const struct match_facts *facts, const struct match_said *said)
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
    return s == OK ? put_into(m, met, group, facts, said) : s;
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
            s = put_into(m, &met[i], group, facts, NULL);
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

/* ---- the snapshot ---- */

struct service_head {
    uint32_t version, groups, marks, unused;
};

bool match_service_write(const struct match_service *m, bool (*put_bytes)(void *context, const void *bytes, size_t n), void *context)
{
    struct service_head head = { VERSION << 16 | MATCH_VERSION, m->group_count, m->index.count + 1, 0 };
    return put_bytes(context, &head, sizeof head) && put_bytes(context, m->groups, m->group_count * sizeof *m->groups) &&
           put_bytes(context, m->marks, (size_t)head.marks * sizeof *m->marks) && index_write(&m->index, put_bytes, context) && words_write(&m->words, put_bytes, context);
}

status match_service_read(struct match_service *m, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct service_head head;
    if (!get(context, &head, sizeof head) || head.version != (VERSION << 16 | MATCH_VERSION) || head.groups > MATCH_GROUPS_MOST ||
        (size_t)head.marks * sizeof *m->marks > m->mark_space.size)
        return INVALID;
    if (!get(context, m->groups, head.groups * sizeof *m->groups) || !get(context, m->marks, (size_t)head.marks * sizeof *m->marks))
        return INVALID;
    m->group_count = head.groups;
    for (uint32_t i = 0; i < m->group_count; i++)
        m->file_count += m->groups[i].file;
    status s = index_read(&m->index, get, context);
    if (s == OK)
        s = words_read(&m->words, get, context);
    for (uint32_t i = 1; s == OK && i <= m->index.count; i++) {
        m->marks[i].walk = 0;
        if (index_entry(&m->index, i)->live && index_entry(&m->index, i)->group >= m->group_count)
            s = INVALID;
    }
    return s == OK && m->index.count + 1 != head.marks ? INVALID : s;
}
