#include "casework/alike/alike_engine.h"
#include "casework/casefile/casefile.h"
#include "casework/subject/subject.h"
#include "casework/timeline/timeline.h"

enum { AT_ONCE = 64 }; /* rows that the keeper opens by one message */

/* Sealed rows of one case that are opened together. */
struct lot {
    struct piece {
        id row;
        uint16_t table;
        str sealed;
        const struct kind *kind; /* of an entry */
    } at[AT_ONCE];
    ptrdiff_t len;
};

static void add(struct lot *lot, id row, uint16_t table, str sealed, const struct kind *kind)
{
    if (sealed.len >= KEYBOX && lot->len < AT_ONCE)
        lot->at[lot->len++] = (struct piece){ row, table, sealed, kind };
}

/* The words of a row are read where they lie, and what they name is kept in a place of its own, so that the next row may lie there. */
struct naming {
    struct match_facts *facts;
    char *room;                /* FACTS_MOST times NORMAL_MOST bytes */
    ptrdiff_t used;
    str country;
};

static void name(struct naming *n, struct arena a, str text)
{
    int had = n->facts->len;
    match_read(&a, text, n->country, n->facts);
    for (int i = had; i < n->facts->len; i++) {
        str *fact = &n->facts->at[i].text;
        must(n->used + fact->len <= (ptrdiff_t)FACTS_MOST * NORMAL_MOST);
        memcpy(n->room + n->used, fact->at, (size_t)fact->len);
        fact->at = n->room + n->used;
        n->used += fact->len;
    }
}

static void name_row(struct naming *n, struct arena a, const struct piece *p, const struct sealed_fields *fields)
{
    static const uint16_t case_tags[] = { CASE_TITLE, CASE_SUMMARY }, subject_tags[] = { SUBJECT_NAME, SUBJECT_ABOUT };
    for (int i = 0; i < 2 && !p->kind; i++)
        name(n, a, sealed_field(fields, p->table == TABLE_CASE ? case_tags[i] : subject_tags[i]));
    for (ptrdiff_t i = 0; p->kind && i < p->kind->field_count; i++) {
        const struct kind_field *f = &p->kind->fields[i];
        if (f->type == FIELD_TEXT || f->type == FIELD_LONGTEXT)
            name(n, a, sealed_field(fields, (uint16_t)(ENTRY_FIELD + f->pos)));
    }
}

/* A row that does not open names nothing. *opened: how many did. */
static status name_lot(const struct match_feed_way *way, id root, struct arena a, const struct lot *lot, struct naming *n, ptrdiff_t *opened)
{
    struct open_row asked[AT_ONCE];
    *opened = 0;
    if (!lot->len)
        return OK;
    for (ptrdiff_t i = 0; i < lot->len; i++)
        asked[i] = (struct open_row){ .row = lot->at[i].row, .keybox = (const uint8_t *)lot->at[i].sealed.at };
    status s = keeper_open(way->keeper, way->who, PURPOSE_INDEX, root, asked, lot->len);
    for (ptrdiff_t i = 0; s == OK && i < lot->len; i++) {
        struct arena scratch = a;
        struct sealed_fields fields;
        if (asked[i].code || !envelope_open(&scratch, asked[i].key, lot->at[i].table, asked[i].row, lot->at[i].sealed, &fields))
            continue;
        ++*opened;
        name_row(n, scratch, &lot->at[i], &fields);
    }
    wipe(asked, sizeof asked);
    return s;
}

/* Those of the CASE ring that stand: what somebody took back, or put right, is not what the case says. */
static void add_entries(struct lot *lot, const struct timeline_entries *list)
{
    lot->len = 0;
    for (ptrdiff_t i = 0; i < list->len; i++) {
        const struct timeline_entry *e = &list->at[i];
        const struct kind *kind = kind_find(e->kind);
        if (kind && e->compartment == CASE && !e->withdrawn && id_is_zero(e->later.id))
            add(lot, e->id, TABLE_ENTRY, e->sealed, kind);
    }
}

static status name_entries(const struct match_feed_way *way, id root, struct arena a, struct lot *lot, struct naming *n)
{
    struct timeline_entry after;
    bool more = true;
    ptrdiff_t opened;
    status s = OK;
    for (int page = 0; s == OK && more && page < ALIKE_ENTRIES_MOST / AT_ONCE; page++) {
        struct arena scratch = a;
        struct timeline_entries list;
        s = timeline_list(way->db, &scratch, root, (str){ 0 }, page ? &after : NULL, AT_ONCE, &list);
        more = s == OK && list.len == AT_ONCE;
        if (s != OK || !list.len)
            break;
        after = list.at[list.len - 1];
        add_entries(lot, &list);
        s = name_lot(way, root, scratch, lot, n, &opened);
    }
    return s;
}

static status name_subjects(const struct match_feed_way *way, id root, struct arena a, struct lot *lot, struct naming *n)
{
    struct subjects subjects;
    ptrdiff_t opened;
    status s = subject_list(way->db, &a, root, &subjects);
    lot->len = 0;
    for (ptrdiff_t i = 0; s == OK && i < subjects.len; i++)
        add(lot, subjects.at[i].id, TABLE_SUBJECT, subjects.at[i].sealed, NULL);
    return s == OK ? name_lot(way, root, a, lot, n, &opened) : s;
}

static status read_case(const struct match_feed_way *way, id root, struct arena *a, struct match_facts *facts, id *ring)
{
    struct naming n = { facts, arena_take(a, NORMAL_MOST, 1, FACTS_MOST), 0, way->country };
    struct arena scratch = *a;
    struct lot *lot = arena_new(&scratch, struct lot, 1);
    struct casefile c;
    ptrdiff_t opened = 0;
    uint32_t epoch;
    uint16_t table;
    status s = casefile_find(way->db, &scratch, root, &c);
    if (s == OK && (c.sealed.len < KEYBOX || !keybox_names((const uint8_t *)c.sealed.at, ring, &epoch, &table)))
        s = NOT_FOUND;
    if (s != OK)
        return s;
    add(lot, root, TABLE_CASE, c.sealed, NULL);
    s = name_lot(way, root, scratch, lot, &n, &opened);
    if (s == OK && !opened)
        s = NOT_FOUND;
    if (s == OK)
        s = name_subjects(way, root, scratch, lot, &n);
    return s == OK ? name_entries(way, root, scratch, lot, &n) : s;
}

const struct match_feed alike_feed = { alike_cases, read_case };
