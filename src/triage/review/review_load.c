#include "triage/review/review_page.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"

enum { PAGES_MOST = 100000 };

static status find_mailbox(struct request *r, struct opened_tip *o)
{
    status s = mailbox_of_tip(r->db, o->row.id, day_of(r->now), &o->mailbox);
    o->mailbox_there = s == OK;
    o->mailbox_good = s == OK && same_bytes(o->mailbox.open, o->tip.mailbox, KEY);
    return s == NOT_FOUND ? OK : s;
}

/* A message of its own, so that the log says that who told us was opened, and not only the tip. */
static status open_source(struct request *r, enum purpose why, struct opened_tip *o)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = r->id, .table = TABLE_TIP_SOURCE, .needed = true, .to = &fields };
    id ring = { { 0 } };
    status s = tip_find_source(r->db, r->arena, r->id, &row.sealed);
    if (s != OK)
        return s == NOT_FOUND ? OK : s; /* taken back a moment ago */
    s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, SOURCE }, &ring);
    if (s == OK)
        s = sealed_fit(r, ring, r->id, &row, 1);
    if (s == OK)
        s = sealed_open(r, why, r->id, &row, 1);
    o->source_open = s == OK;
    if (s == OK)
        source_read(&fields, &o->source);
    return s;
}

static void ask(struct sealed_row *rows, ptrdiff_t *n, id row, uint16_t table, str sealed, struct sealed_fields *to)
{
    rows[(*n)++] = (struct sealed_row){ .id = row, .table = table, .sealed = sealed, .to = to };
}

/* The tip first: without it there is no page. */
static ptrdiff_t ask_all(struct request *r, struct opened_tip *o, struct sealed_row *rows, struct sealed_fields *tip_fields)
{
    ptrdiff_t n = 0;
    o->addition_fields = arena_new(r->arena, struct sealed_fields, o->additions.len + 1);
    o->entry_fields = arena_new(r->arena, struct sealed_fields, o->entries.len + 1);
    o->act_fields = arena_new(r->arena, struct sealed_fields, o->acts.len + 1);
    ask(rows, &n, r->id, TABLE_TIP, o->row.sealed, tip_fields);
    rows[0].needed = true;
    for (ptrdiff_t i = 0; i < o->additions.len; i++)
        ask(rows, &n, o->additions.at[i].id, TABLE_TIP_ADDITION, o->additions.at[i].sealed, &o->addition_fields[i]);
    for (ptrdiff_t i = 0; i < o->entries.len; i++)
        ask(rows, &n, o->entries.at[i].id, TABLE_TIP_NOTE, o->entries.at[i].sealed, &o->entry_fields[i]);
    for (ptrdiff_t i = 0; i < o->acts.len; i++)
        ask(rows, &n, o->acts.at[i].id, TABLE_TIP_ACT, o->acts.at[i].sealed, &o->act_fields[i]);
    if (o->mark.turn)
        ask(rows, &n, o->mark.id, TABLE_TIP_MARK, o->mark.sealed, &o->mark_fields);
    return n;
}

static status find_mark(struct request *r, struct opened_tip *o)
{
    status s = tip_mark_newest(r->db, r->arena, r->id, &o->mark);
    return s == NOT_FOUND ? OK : s;
}

status review_load(struct request *r, enum purpose why, bool with_source, struct opened_tip *o)
{
    struct sealed_row rows[2 + ADDITIONS + ENTRIES + ACTS];
    struct sealed_fields tip_fields;
    id ring = { { 0 } };
    _Static_assert(countof(rows) <= SEALED_ROWS_MOST, "one opening");
    if (!str_to_int(query_text(r, lit("older")), &o->page) || o->page < 0 || o->page > PAGES_MOST)
        o->page = 0;
    status s = tip_find(r->db, r->arena, r->caller.office, r->id, &o->row);
    if (s == OK)
        s = tip_list_additions(r->db, r->arena, r->id, o->page * ADDITIONS, ADDITIONS, &o->additions);
    if (s == OK)
        s = tip_entry_list(r->db, r->arena, r->id, o->page * ENTRIES, ENTRIES, &o->entries);
    if (s == OK)
        s = tip_act_list(r->db, r->arena, r->id, o->page * ACTS, ACTS, &o->acts);
    if (s == OK)
        s = find_mark(r, o);
    if (s == OK)
        s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &ring);
    if (s != OK)
        return s;
    ptrdiff_t n = ask_all(r, o, rows, &tip_fields);
    s = sealed_fit(r, ring, r->id, rows, n);
    if (s == OK)
        s = sealed_open(r, why, r->id, rows, n);
    if (s != OK)
        return s;
    tip_read(&tip_fields, &o->tip);
    if (with_source && o->row.has_source)
        s = open_source(r, why, o);
    if (s == OK)
        s = told_words(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, r->id, &o->told);
    return s == OK ? find_mailbox(r, o) : s;
}
