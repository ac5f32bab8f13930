#include "care/desk/desk.h"
#include "common/keep/keep.h"
#include "common/services.h"
#include "common/tally/tally.h"
#include "directory/office/office.h"
#include "staff/role/role.h"

enum { SOON_DAYS = 3, DAY_MINUTES = 24 * 60 };

struct sealed_place care_ring(id file, enum compartment c)
{
    return (struct sealed_place){ SCOPE_CASE, file, c };
}

struct care_rules care_rules_of(struct request *r)
{
    return (struct care_rules){ r->arena, r->services->pack, r->services->clocks, r->now };
}

status care_open(struct request *r, enum purpose why, id file, struct care_opened *out)
{
    struct sealed_fields fields;
    status s = care_file_find(r->db, r->arena, file, r->caller.account, &out->row);
    if (s != OK)
        return s == NOT_FOUND ? sealed_refuse(r, why, file) : s;
    struct sealed_row row = { .id = file, .table = TABLE_CARE_FILE, .sealed = out->row.sealed, .needed = true, .to = &fields };
    s = sealed_open(r, why, file, &row, 1);
    if (s == OK)
        care_head_read(r->arena, &fields, &out->head);
    return s;
}

/* When the file ends, by the row of the pack that holds today. */
static int64_t end_day(struct request *r, const struct care_head *h)
{
    struct keep_rules rules;
    if (!h->ended)
        return 0;
    rules = keep_rules_of(r->services->pack, r->arena, day_of(r->now));
    int64_t days = keep_days(&rules, KEEP_FILES, (str){ 0 });
    return days == KEEP_EVER ? 0 : keep_month_after(h->ended + days);
}

status care_mend_end(struct request *r, const struct care_row *row, const struct care_head *h)
{
    int64_t day = end_day(r, h);
    if (day == row->end_day)
        return OK;
    status s = db_begin(r->db);
    if (s == OK)
        s = db_end(r->db, care_file_end(r->db, row, day));
    return s == CONFLICT ? OK : s;
}

status care_change_begin(struct request *r, const struct care_opened *o, const str *also, ptrdiff_t n)
{
    ptrdiff_t fields;
    struct care_row head = { .id = o->row.id, .root = o->row.id, .due_hour = care_due_hour(&o->head), .end_day = end_day(r, &o->head) };
    struct sealed_field *f = care_head_write(r->arena, &o->head, &fields);
    str *written = arena_new(r->arena, str, n + 1);
    status s = sealed_make(r, care_ring(head.id, VICTIM), TABLE_CARE_FILE, head.id, f, fields, &head.sealed);
    if (s != OK)
        return s;
    written[0] = head.sealed;
    for (ptrdiff_t i = 0; i < n; i++)
        written[i + 1] = also[i];
    s = sealed_record(r, head.id, written, n + 1);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = care_file_change(r->db, &head, o->row.sealed);
    return s == OK ? OK : db_end(r->db, s);
}

status care_tally(struct db *db, const struct care_changes *changes)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < changes->len; i++)
        if (changes->at[i].more)
            s = tally_add(db, changes->at[i].measure, changes->at[i].office, changes->at[i].day, changes->at[i].more);
    return s;
}

status care_seal_entry(struct request *r, const struct care_entry *e, struct care_row *row)
{
    struct sealed_field fields[CARE_ENTRY_FIELDS];
    bool place = e->kind->compartment == LOCATION;
    row->id = e->id;
    ptrdiff_t n = care_entry_write(r->arena, e, fields);
    return sealed_make(r, care_ring(row->root, place ? LOCATION : VICTIM), place ? TABLE_CARE_PLACE : TABLE_CARE_ENTRY, row->id, fields, n,
                       &row->sealed);
}

status care_entry_store(struct db *db, const struct care_entry *e, const struct care_row *row)
{
    return e->kind->compartment == LOCATION ? care_place_add(db, row) : care_entry_add(db, row);
}

permission care_permission(const struct kind *k)
{
    static const struct {
        const char *name;
        permission needs;
    } rows[] = { { "victim.write", VICTIM_WRITE }, { "relief.write", RELIEF_WRITE }, { "location.write", LOCATION_WRITE } };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (k->area == KIND_CARE && str_equal(k->permission, str_of(rows[i].name)))
            return rows[i].needs;
    return NOBODY;
}

/* ---- words ---- */

struct choices care_offices(struct request *r, id chosen, status *s)
{
    struct offices found;
    struct choices list = { .at = arena_new(r->arena, struct choice, OFFICES_MOST + 1) };
    *s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &found);
    for (ptrdiff_t i = 0; *s == OK && i < found.len; i++)
        list.at[list.len++] = (struct choice){ id_text(r->arena, found.at[i].id), found.at[i].name, id_equal(found.at[i].id, chosen) };
    if (*s == OK && !found.len) /* a house of one office that nobody has written down */
        list.at[list.len++] = (struct choice){ id_text(r->arena, r->caller.office), tr(r->language, N_("This office")),
                                               id_equal(r->caller.office, chosen) };
    return list;
}

static struct choices organisations(struct request *r, status *s)
{
    struct offices found;
    struct pack_rows kinds_of = pack_list(r->services->pack, r->arena, lit("org_types"), day_of(r->now));
    struct choices list = { .at = arena_new(r->arena, struct choice, OFFICES_MOST + kinds_of.len + 1) };
    *s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &found);
    for (ptrdiff_t i = 0; *s == OK && i < found.len; i++)
        list.at[list.len++] = (struct choice){ found.at[i].code, found.at[i].name, false };
    for (ptrdiff_t i = 0; i < kinds_of.len; i++)
        list.at[list.len++] = (struct choice){ kinds_of.at[i]->key, tr(r->language, str_c(r->arena, pack_cell(kinds_of.at[i], 1))), false };
    return list;
}

status care_words(struct request *r, struct entry_words *out)
{
    status s;
    struct choice_source *sources = arena_new(r->arena, struct choice_source, 3);
    struct choice *tools = arena_new(r->arena, struct choice, 2);
    tools[0] = (struct choice){ lit("pack"), tr(r->language, N_("The questions of this program")), false };
    tools[1] = (struct choice){ lit("other"), tr(r->language, N_("Another tool")), false };
    sources[0] = (struct choice_source){ "partner", organisations(r, &s) };
    sources[1] = (struct choice_source){ "provider", sources[0].list };
    sources[2] = (struct choice_source){ "screening", { tools, 2 } };
    *out = (struct entry_words){ r->language, r->services->pack, day_of(r->now), sources, 3 };
    return s;
}

str care_language(const struct request *r, str code)
{
    const struct pack_row *row = code.len ? pack_find(r->services->pack, lit("languages"), code, day_of(r->now)) : NULL;
    return row ? tr(r->language, str_c(r->arena, pack_cell(row, LANGUAGE_LABEL))) : code;
}

struct choices care_languages(const struct request *r, str chosen)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("languages"), day_of(r->now));
    struct choices list = { .at = arena_new(r->arena, struct choice, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len; i++)
        list.at[list.len++] = (struct choice){ rows.at[i]->key, tr(r->language, str_c(r->arena, pack_cell(rows.at[i], LANGUAGE_LABEL))),
                                               str_equal(rows.at[i]->key, chosen) };
    return list;
}

str care_path(const struct request *r, id file, const char *act)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/victims/"));
    out_str(&o, id_text(r->arena, file));
    out_str(&o, str_of(act));
    return out_view(&o);
}

static int due_order(const void *left, const void *right)
{
    const struct care_item *a = left, *b = right;
    return (a->b > b->b) - (a->b < b->b);
}

static struct care_due due_of(const struct request *r, const struct care_item *i)
{
    int64_t minute = r->now / 60;
    bool late = i->b < minute, soon = !late && i->b - minute <= SOON_DAYS * DAY_MINUTES;
    str label = care_due_label(r->services->pack, i->text, day_of(r->now));
    return (struct care_due){
        .label = label.len ? tr(r->language, str_c(r->arena, label)) : i->text,
        .day = day_text(r->arena, i->b / DAY_MINUTES),
        .class = late ? lit("late") : soon ? lit("soon") : (str){ 0 },
        .state = late ? tr(r->language, N_("over time")) : soon ? tr(r->language, N_("soon")) : (str){ 0 },
        .code = i->text,
        .entry = id_text(r->arena, i->id),
        .before = i->a,
    };
}

struct care_dues care_due_list(const struct request *r, const struct care_head *h, ptrdiff_t most)
{
    struct care_item *sorted = arena_new(r->arena, struct care_item, h->due.len + 1);
    struct care_dues list = { .at = arena_new(r->arena, struct care_due, most) };
    if (h->due.len) {
        memcpy(sorted, h->due.at, (size_t)h->due.len * sizeof *sorted);
        qsort(sorted, (size_t)h->due.len, sizeof *sorted, due_order);
    }
    for (ptrdiff_t i = 0; i < h->due.len && list.len < most; i++)
        list.at[list.len++] = due_of(r, &sorted[i]);
    return list;
}
