#include "casework/timeline/timeline.h"
#include "casework/casefile/casefile.h"
#include "common/clock/clock.h"
#include "common/house/house.h"
#include "common/services.h"
#include "directory/office/office.h"
#include "staff/account/account.h"
#include "staff/role/role.h"
#include "staff/sealed/sealed.h"

/* ---- rules ---- */

permission timeline_permission(const struct kind *k)
{
    static const struct {
        str word;
        permission needs;
    } rows[] = { { LIT("case.write"), CASE_WRITE }, { LIT("evidence.write"), EVIDENCE_WRITE }, { LIT("case.assign"), CASE_GRANT } };
    for (ptrdiff_t i = 0; k->area == KIND_CASEWORK && i < countof(rows); i++)
        if (str_equal(rows[i].word, k->permission))
            return rows[i].needs;
    return NOBODY;
}

bool timeline_counts_once(const struct pack *p, const struct kind *k, int64_t day, const struct kind_field **subject)
{
    enum { COUNT_COLUMN = 4 }; /* of measures.csv: rows, distinct, sum ... */
    str rest = k->measures;
    bool once = false;
    for (str measure; str_split(&rest, ';', &measure);) {
        const struct pack_row *row = measure.len ? pack_find(p, lit("measures"), measure, day) : NULL;
        once = once || (row && str_equal(pack_cell(row, COUNT_COLUMN), lit("distinct")));
    }
    for (ptrdiff_t i = 0; once && i < k->field_count; i++)
        if (str_equal(k->fields[i].choices, lit("subject"))) {
            *subject = &k->fields[i];
            return true;
        }
    return false;
}

bool timeline_has_before(const struct timeline_kinds *have, const struct kind *k)
{
    if (!k->predecessors.len)
        return true;
    for (ptrdiff_t i = 0; i < have->len; i++)
        if (list_has(k->predecessors, have->at[i].kind->code))
            return true;
    return false;
}

/* The first of these about that person, counted or not yet; skip: the one whose place is taken. */
static const struct timeline_entry *first_about(const struct timeline_entries *list, ptrdiff_t subject, str who, const struct timeline_entry *skip,
                                                bool counted)
{
    for (ptrdiff_t i = 0; i < list->len; i++) {
        const struct timeline_entry *e = &list->at[i];
        bool same = who.len && str_equal(e->values.at[subject], who);
        if (same && e->counted == counted && (!skip || !id_equal(e->id, skip->id)))
            return e;
    }
    return NULL;
}

const struct timeline_entry *timeline_recount(const struct timeline_entries *standing, const struct timeline_entry *old,
                                              struct timeline_entry *fresh, ptrdiff_t subject)
{
    str now = fresh->withdrawn ? (str){ 0 } : fresh->values.at[subject], before = old ? old->values.at[subject] : (str){ 0 };
    fresh->counted = !fresh->withdrawn && !first_about(standing, subject, now, old, true);
    if (!old || !old->counted || str_equal(now, before))
        return NULL;
    return first_about(standing, subject, before, old, true) ? NULL : first_about(standing, subject, before, old, false);
}

/* ---- opened, sealed ---- */

static void take(struct timeline_entry *e, const struct sealed_fields *f)
{
    const struct kind *k = kind_find(e->kind);
    e->opened = true;
    e->at = sealed_time_read(sealed_field(f, ENTRY_WRITTEN_AT));
    e->reason = sealed_field(f, TIMELINE_REASON);
    if (k)
        entry_unseal(k, f, &e->values);
}

/* Those of one compartment: each has a budget of its own, and using up one must not shut the other. */
static status open_some(struct request *r, id root, enum purpose why, struct timeline_entries *list, enum compartment c)
{
    struct sealed_fields *fields = arena_new(r->arena, struct sealed_fields, SEALED_ROWS_MOST);
    struct sealed_row *rows = arena_new(r->arena, struct sealed_row, SEALED_ROWS_MOST);
    struct timeline_entry **asked = arena_new(r->arena, struct timeline_entry *, SEALED_ROWS_MOST);
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < list->len;) {
        ptrdiff_t n = 0;
        for (; n < SEALED_ROWS_MOST && i < list->len; i++) {
            if (list->at[i].compartment != c)
                continue;
            asked[n] = &list->at[i];
            rows[n] = (struct sealed_row){ .id = asked[n]->id, .table = TABLE_ENTRY, .sealed = asked[n]->sealed, .to = &fields[n] };
            n++;
        }
        s = sealed_open(r, why, root, rows, n);
        for (ptrdiff_t k = 0; s == OK && k < n; k++)
            if (rows[k].opened)
                take(asked[k], &fields[k]);
    }
    return s;
}

status timeline_open(struct request *r, id root, enum purpose why, struct timeline_entries *list, bool *limited)
{
    *limited = false;
    status s = open_some(r, root, why, list, CASE);
    if (s == OK)
        s = open_some(r, root, why, list, EVIDENCE);
    else
        return s;
    *limited = s == LIMIT;
    return s == LIMIT ? OK : s;
}

status timeline_seal(struct request *r, struct timeline_entry *e)
{
    const struct kind *k = kind_find(e->kind);
    struct sealed_field fields[ENTRY_FIELDS_MOST + 2];
    ptrdiff_t n = 0;
    if (!k)
        return INVALID;
    fields[n++] = (struct sealed_field){ ENTRY_WRITTEN_AT, sealed_time(r->arena, r->now) };
    if (e->reason.len)
        fields[n++] = (struct sealed_field){ TIMELINE_REASON, e->reason };
    n += entry_sealed(k, &e->values, fields + n);
    e->compartment = k->compartment;
    return sealed_make(r, (struct sealed_place){ SCOPE_CASE, e->root, k->compartment }, TABLE_ENTRY, e->id, fields, n, &e->sealed);
}

/* ---- what follows from an entry ---- */

static status start_clocks(struct request *r, id root, const struct clock_starts *list)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < list->len; i++)
        s = clock_start(r->db, root, list->at[i], day_of(r->now));
    return s;
}

/* A case without a new entry for long warns; a closed one does not. */
static status idle_clock(struct request *r, id root, bool open)
{
    struct clock_starts starts = { .len = 0 };
    struct facts none = { 0 };
    status s = clock_event(r->db, r->services->clocks, root, lit("case.entry"), day_of(r->now));
    if (open)
        clocks_started(r->services->clocks, lit("case.entry"), &none, r->now, &starts);
    return s == OK ? start_clocks(r, root, &starts) : s;
}

static status follow_status(struct request *r, id root, bool *open)
{
    int64_t day;
    str code;
    status s = timeline_last_status(r->db, r->arena, root, &day, &code);
    *open = s != OK || !str_starts(code, lit("CAS_Closed"));
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    return *open ? casefile_reopen(r->db, root) : casefile_close(r->db, root, day);
}

status timeline_follow(struct request *r, const struct kind *k, id root, bool fresh)
{
    bool open;
    status s = follow_status(r, root, &open);
    if (s == OK)
        s = idle_clock(r, root, open);
    if (s != OK || !fresh || !k->starts_clock.len)
        return s;
    int64_t due = clock_due(r->services->clocks, k->starts_clock, r->now);
    return due == CLOCK_NEVER ? OK : clock_start(r->db, root, (struct clock_start){ k->starts_clock, due }, day_of(r->now));
}

/* ---- words ---- */

static void add_choice(struct choices *list, str value, str label)
{
    list->at[list->len++] = (struct choice){ value, label, false };
}

static struct choices subject_choices(struct arena *a, const struct subjects *subjects)
{
    struct choices list = { .at = arena_new(a, struct choice, subjects->len + 1) };
    for (ptrdiff_t i = 0; i < subjects->len; i++) {
        str number = subject_number(a, subjects->at[i].number);
        add_choice(&list, number, str_join(a, str_join(a, number, lit(" ")), subjects->at[i].name));
    }
    return list;
}

/* The house's own office first, also where nobody has entered it among the offices yet. */
static status office_choices(struct request *r, struct choices *list)
{
    struct offices offices;
    id own = { 0 };
    bool listed = !house_id(r->services->house, HOUSE_OFFICE_ID, &own);
    status s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &offices);
    *list = (struct choices){ .at = arena_new(r->arena, struct choice, offices.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < offices.len; i++)
        listed = listed || id_equal(offices.at[i].id, own);
    if (s == OK && !listed)
        add_choice(list, id_text(r->arena, own), house_text(r->services->house, HOUSE_OFFICE_NAME));
    for (ptrdiff_t i = 0; s == OK && i < offices.len; i++)
        add_choice(list, id_text(r->arena, offices.at[i].id), offices.at[i].name);
    return s;
}

static status staff_choices(struct request *r, struct choices *list)
{
    enum { STAFF_MOST = 300 };
    struct accounts found;
    status s = account_list(r->db, r->arena, (str){ 0 }, STAFF_MOST, &found);
    *list = (struct choices){ .at = arena_new(r->arena, struct choice, found.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++)
        if (str_equal(found.at[i].state, lit("active")))
            add_choice(list, found.at[i].name, found.at[i].name);
    return s;
}

static status tip_choices(struct request *r, id root, struct choices *list)
{
    struct case_tips tips;
    status s = casefile_tips(r->db, r->arena, root, &tips);
    *list = (struct choices){ .at = arena_new(r->arena, struct choice, tips.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < tips.len; i++)
        add_choice(list, id_text(r->arena, tips.at[i].tip), id_short(r->arena, tips.at[i].tip));
    return s;
}

status timeline_words(struct request *r, id root, const struct subjects *subjects, struct entry_words *out)
{
    enum { SOURCES = 4 };
    struct choice_source *sources = arena_new(r->arena, struct choice_source, SOURCES);
    sources[0] = (struct choice_source){ "subject", subject_choices(r->arena, subjects) };
    sources[1].name = "office";
    sources[2].name = "staff";
    sources[3].name = "tip";
    status s = office_choices(r, &sources[1].list);
    if (s == OK)
        s = staff_choices(r, &sources[2].list);
    if (s == OK)
        s = tip_choices(r, root, &sources[3].list);
    *out = (struct entry_words){ r->language, r->services->pack, day_of(r->now), sources, SOURCES };
    return s;
}
