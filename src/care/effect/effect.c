#include "care/effect/effect.h"
#include "staff/sealed/sealed.h"

/* Columns of the packs that are read here alone. */
enum { MEASURE_COUNT = 4, YEAR_MONTH = 2, YEAR_DAY, YEAR_NAMED, STATUS_COUNTS = 3 };
enum { STEP_TERMINAL = 6, STEP_SETS = 8 };
enum { DEADLINE_RELIEF = 1, DEADLINE_FROM, DEADLINE_RULE, DEADLINE_AMOUNT, DEADLINE_UNIT, DEADLINE_ALERTS, DEADLINE_LABEL };
enum { DAY_MINUTES = 24 * 60, NOON = 43200 };

/* ---- an entry as sealed fields ---- */

static str bytes_of(struct arena *a, id i)
{
    return str_copy(a, (str){ (const char *)i.at, 16 });
}

static id id_of(str s)
{
    id i = { 0 };
    if (s.len == 16)
        memcpy(i.at, s.at, 16);
    return i;
}

ptrdiff_t care_entry_write(struct arena *a, const struct care_entry *e, struct sealed_field *to)
{
    ptrdiff_t n = 0;
    to[n++] = (struct sealed_field){ ENTRY_WRITTEN_AT, sealed_time(a, e->written) };
    to[n++] = (struct sealed_field){ ENTRY_KIND, e->kind->code };
    to[n++] = (struct sealed_field){ ENTRY_HAPPENED, sealed_time(a, e->day) };
    to[n++] = (struct sealed_field){ CARE_AUTHOR, bytes_of(a, e->author) };
    to[n++] = (struct sealed_field){ CARE_OFFICE, bytes_of(a, e->office) };
    if (!id_is_zero(e->corrects))
        to[n++] = (struct sealed_field){ ENTRY_CORRECTS, bytes_of(a, e->corrects) };
    if (e->withdrawn)
        to[n++] = (struct sealed_field){ CARE_WITHDRAWN, lit("yes") };
    if (e->reason.len)
        to[n++] = (struct sealed_field){ CARE_REASON, e->reason };
    return n + entry_sealed(e->kind, &e->values, to + n);
}

bool care_entry_read(const struct sealed_fields *f, id entry, struct care_entry *out)
{
    *out = (struct care_entry){
        .id = entry,
        .author = id_of(sealed_field(f, CARE_AUTHOR)),
        .office = id_of(sealed_field(f, CARE_OFFICE)),
        .corrects = id_of(sealed_field(f, ENTRY_CORRECTS)),
        .kind = kind_find(sealed_field(f, ENTRY_KIND)),
        .day = sealed_time_read(sealed_field(f, ENTRY_HAPPENED)),
        .written = sealed_time_read(sealed_field(f, ENTRY_WRITTEN_AT)),
        .withdrawn = sealed_field(f, CARE_WITHDRAWN).len > 0,
        .reason = sealed_field(f, CARE_REASON),
    };
    if (!out->kind)
        return false;
    entry_unseal(out->kind, f, &out->values);
    return true;
}

static str value_of(const struct kind *k, const struct entry_values *v, str name)
{
    const struct kind_field *f = kind_field_find(k, name);
    return f ? v->at[f - k->fields] : (str){ 0 };
}

/* ---- what is counted ---- */

bool care_counts_persons(const struct pack *p, str measure, int64_t day)
{
    const struct pack_row *row = pack_find(p, lit("measures"), measure, day);
    return row && str_equal(pack_cell(row, MEASURE_COUNT), lit("distinct"));
}

/* The named dates that the step of a relief entry sets; NULL for other entries. */
static const struct pack_row *step_of(const struct care_rules *w, const struct kind *k, const struct entry_values *v, int64_t day)
{
    str step = value_of(k, v, lit("step"));
    return str_find(step, '|') > 0 ? pack_find(w->pack, lit("relief_steps"), step, day) : NULL;
}

static bool status_counts(const struct care_rules *w, str code, int64_t day)
{
    const struct pack_row *row = pack_find(w->pack, lit("trafficking_status"), code, day);
    return row && pack_cell_yes(row, STATUS_COUNTS);
}

/* Measures that not every entry of their kind is in: what the words of measures.csv ask of a field. */
static bool is_in(const struct care_rules *w, const struct kind *k, const struct entry_values *v, str measure, int64_t day)
{
    static const struct {
        const char *measure, *field, *value;
    } only[] = {
        { "needs_met", "outcome", "completed" }, { "certifications", "answer", "signed" },
        { "missing_reports", "state", "missing" }, { "right_notices", "result", "sent" },
    };
    static const struct {
        const char *measure, *dates[2];
    } steps[] = { { "relief_requested", { "requested_on", "filed_on" } }, { "relief_granted", { "granted_on", "approved_on" } } };
    if (str_equal(measure, lit("victims_identified")))
        return status_counts(w, value_of(k, v, lit("status")), day);
    for (ptrdiff_t i = 0; i < countof(only); i++)
        if (str_equal(measure, str_of(only[i].measure)))
            return str_equal(value_of(k, v, str_of(only[i].field)), str_of(only[i].value));
    for (ptrdiff_t i = 0; i < countof(steps); i++) {
        const struct pack_row *step = str_equal(measure, str_of(steps[i].measure)) ? step_of(w, k, v, day) : NULL;
        str sets = step ? pack_cell(step, STEP_SETS) : (str){ 0 };
        if (str_equal(measure, str_of(steps[i].measure)))
            return list_has(sets, str_of(steps[i].dates[0])) || list_has(sets, str_of(steps[i].dates[1]));
    }
    return true;
}

/* A sum is of the first number among the fields. */
static int64_t sum_of(const struct kind *k, const struct entry_values *v)
{
    int64_t n;
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        if ((k->fields[i].type == FIELD_DECIMAL || k->fields[i].type == FIELD_MONEY) && entry_number(&k->fields[i], v->at[i], &n))
            return n;
    return 0;
}

int64_t care_counts(const struct care_rules *w, const struct kind *k, const struct entry_values *v, str measure, int64_t day)
{
    const struct pack_row *row = pack_find(w->pack, lit("measures"), measure, day);
    if (!row || !is_in(w, k, v, measure, day))
        return 0;
    return str_equal(pack_cell(row, MEASURE_COUNT), lit("sum")) ? sum_of(k, v) : 1;
}

int64_t care_year(const struct care_rules *w, int64_t day)
{
    struct arena scratch = *w->arena;
    struct civil c = civil_from(day * 86400);
    struct pack_rows rows = pack_list(w->pack, &scratch, lit("fiscal_year"), day);
    if (!rows.len)
        return c.year;
    int64_t month = pack_cell_int(rows.at[0], YEAR_MONTH, 1), first = pack_cell_int(rows.at[0], YEAR_DAY, 1);
    bool begun = c.month > month || (c.month == month && c.day >= first);
    bool by_end = str_equal(pack_cell(rows.at[0], YEAR_NAMED), lit("end_year"));
    return by_end ? c.year + begun : c.year - !begun;
}

static void change(struct care_changes *out, str measure, id office, int64_t day, int64_t more)
{
    for (ptrdiff_t i = 0; i < out->len; i++)
        if (str_equal(out->at[i].measure, measure) && id_equal(out->at[i].office, office) && out->at[i].day == day) {
            out->at[i].more += more;
            return;
        }
    must(out->len < countof(out->at));
    out->at[out->len++] = (struct care_change){ measure, office, day, more };
}

/* The earliest entry that counts the person for measure, office and year. */
static const struct care_item *first_of(const struct care_rules *w, const struct care_items *list, const struct care_item *like)
{
    const struct care_item *best = NULL;
    int64_t year = care_year(w, like->a);
    for (ptrdiff_t i = 0; i < list->len; i++) {
        const struct care_item *c = &list->at[i];
        if (str_equal(c->text, like->text) && id_equal(c->other, like->other) && care_year(w, c->a) == year && (!best || c->a < best->a))
            best = c;
    }
    return best;
}

static void count_persons(const struct care_rules *w, struct care_item item, bool more, struct care_head *h, struct care_changes *out)
{
    const struct care_item *found = first_of(w, &h->counted, &item);
    struct care_item before = found ? *found : (struct care_item){ 0 };
    bool was = found != NULL;
    if (more)
        care_add(w->arena, &h->counted, item);
    for (ptrdiff_t i = 0; !more && i < h->counted.len; i++)
        if (id_equal(h->counted.at[i].id, item.id) && str_equal(h->counted.at[i].text, item.text)) {
            h->counted.at[i] = h->counted.at[--h->counted.len];
            break;
        }
    found = first_of(w, &h->counted, &item);
    if (was)
        change(out, item.text, item.other, before.a, -1);
    if (found)
        change(out, item.text, item.other, found->a, 1);
}

static void count(const struct care_rules *w, const struct care_entry *e, bool more, struct care_head *h, struct care_changes *out)
{
    str all = e->kind->measures;
    for (str measure; !e->withdrawn && str_split(&all, ';', &measure);) {
        int64_t n = care_counts(w, e->kind, &e->values, measure, e->day);
        if (!n)
            continue;
        if (care_counts_persons(w->pack, measure, e->day))
            count_persons(w, (struct care_item){ e->id, e->office, e->day, 0, measure }, more, h, out);
        else
            change(out, measure, e->office, e->day, more ? n : -n);
    }
}

/* ---- what is due ---- */

static void drop_due(struct care_head *h, str code)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < h->due.len; i++)
        if (!str_equal(h->due.at[i].text, code))
            h->due.at[n++] = h->due.at[i];
    h->due.len = n;
}

void care_event(const struct care_rules *w, str event, const struct facts *f, id entry, int64_t at, struct care_head *h)
{
    struct clock_starts starts = { 0 };
    for (ptrdiff_t i = 0; i < w->clocks->clock_count; i++)
        if (str_equal(w->clocks->clocks[i].stop_event, event))
            drop_due(h, w->clocks->clocks[i].code);
    clocks_started(w->clocks, event, f, at, &starts);
    for (ptrdiff_t i = 0; i < starts.len; i++) {
        drop_due(h, starts.at[i].code);
        care_add(w->arena, &h->due, (struct care_item){ .id = entry, .b = starts.at[i].due_minute, .text = starts.at[i].code });
    }
}

/* Which event of clocks.csv an entry is. field empty: always. */
static str event_of(const struct care_entry *e)
{
    static const struct {
        const char *kind, *event, *field, *value;
    } rows[] = {
        { "contact_attempt", "contact.made", "reached", "yes" }, { "needs_assessment", "assessment.needs", "", "" },
        { "acuity", "assessment.acuity", "", "" },               { "outcome_measure", "assessment.outcome", "", "" },
        { "plan", "plan.agreed", "agreed_by_person", "yes" },    { "plan_review", "plan.reviewed", "", "" },
        { "service", "service.delivered", "outcome", "completed" }, { "enrolment", "victim.enrolled", "", "" },
        { "safe_contact", "contact.confirmed", "", "" },         { "release_revoked", "release.ended", "", "" },
        { "right_notice", "right.notified", "", "" },            { "relief_step", "relief.considered", "", "" },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(e->kind->code, str_of(rows[i].kind))
            && (!*rows[i].field || str_equal(value_of(e->kind, &e->values, str_of(rows[i].field)), str_of(rows[i].value))))
            return str_of(rows[i].event);
    return (str){ 0 };
}

/* The clock of the kind. What says itself when it ends is due then. */
static void start_clock(const struct care_rules *w, const struct care_entry *e, int64_t at, struct care_head *h)
{
    int64_t day, due = e->kind->starts_clock.len ? clock_due(w->clocks, e->kind->starts_clock, at) : CLOCK_NEVER;
    if (due == CLOCK_NEVER)
        return;
    if (day_read(value_of(e->kind, &e->values, lit("expires_on")), &day))
        due = day * DAY_MINUTES + DAY_MINUTES - 1;
    drop_due(h, e->kind->starts_clock);
    care_add(w->arena, &h->due, (struct care_item){ .id = e->id, .b = due, .text = e->kind->starts_clock });
}

/* The same day of the month some months on, or the month's last. */
static int64_t months_after(int64_t day, int64_t months)
{
    struct civil c = civil_from(day * 86400);
    int64_t m = 12 * (int64_t)c.year + c.month - 1 + months;
    struct civil first = { .year = (int)(m / 12), .month = (int)(m % 12) + 1, .day = 1 };
    struct civil next = { .year = (int)((m + 1) / 12), .month = (int)((m + 1) % 12) + 1, .day = 1 };
    int64_t from = day_of(civil_to(first)), length = day_of(civil_to(next)) - from;
    return from + (c.day <= length ? c.day : length) - 1;
}

static int64_t deadline_of(const struct pack_row *row, int64_t from)
{
    int64_t n = pack_cell_int(row, DEADLINE_AMOUNT, 0);
    str rule = pack_cell(row, DEADLINE_RULE), unit = pack_cell(row, DEADLINE_UNIT);
    if (str_equal(rule, lit("before")))
        n = -n;
    if (str_equal(unit, lit("month")))
        return months_after(from, n);
    return str_equal(unit, lit("year")) ? months_after(from, 12 * n) : from + n;
}

static void add_due_day(const struct care_rules *w, str code, id entry, int64_t day, int64_t before, struct care_head *h)
{
    if (before && day < day_of(w->now))
        return; /* the time to warn is over; the deadline itself stands */
    care_add(w->arena, &h->due, (struct care_item){ .id = entry, .a = before, .b = day * DAY_MINUTES + DAY_MINUTES - 1, .text = code });
}

/* The deadline and each warning before it (alert_days of the pack) are due on their own. */
static void add_deadline(const struct care_rules *w, const struct pack_row *row, const struct care_entry *e, int64_t from, struct care_head *h)
{
    int64_t day = deadline_of(row, from), before;
    str alerts = pack_cell(row, DEADLINE_ALERTS);
    drop_due(h, row->key);
    add_due_day(w, row->key, e->id, day, 0, h);
    for (str piece; str_split(&alerts, ';', &piece);)
        if (str_to_int(piece, &before) && before > 0)
            add_due_day(w, row->key, e->id, day - before, before, h);
}

/* A step of a relief sets named dates: the day it happened, but those that are an end are typed. A last step ends all of its deadlines. */
static void apply_relief(const struct care_rules *w, const struct care_entry *e, struct care_head *h)
{
    const struct pack_row *step = step_of(w, e->kind, &e->values, e->day);
    if (!step)
        return;
    struct pack_rows rows = pack_list(w->pack, w->arena, lit("relief_deadlines"), day_of(w->now));
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        str from = pack_cell(rows.at[i], DEADLINE_FROM), rule = pack_cell(rows.at[i], DEADLINE_RULE);
        int64_t day = e->day;
        if (!str_equal(pack_cell(rows.at[i], DEADLINE_RELIEF), pack_cell(step, 0)))
            continue;
        if (pack_cell_yes(step, STEP_TERMINAL))
            drop_due(h, rows.at[i]->key);
        bool typed = str_ends(from, lit("expires_on")) || str_ends(from, lit("due_on"));
        bool dated = str_equal(rule, lit("at")) || str_equal(rule, lit("after")) || str_equal(rule, lit("before"));
        if (!dated || !list_has(pack_cell(step, STEP_SETS), from)
            || (typed && !day_read(value_of(e->kind, &e->values, lit("expires_on")), &day)))
            continue;
        add_deadline(w, rows.at[i], e, day, h);
    }
}

str care_due_label(const struct pack *p, str code, int64_t day)
{
    const struct pack_row *row = pack_find(p, lit("clocks"), code, day);
    if (row)
        return pack_cell(row, CLOCK_LABEL);
    row = pack_find(p, lit("relief_deadlines"), code, day);
    return row ? pack_cell(row, DEADLINE_LABEL) : (str){ 0 };
}

/* ---- the whole ---- */

static void apply_contact(const struct care_entry *e, struct care_head *h)
{
    if (!str_equal(e->kind->code, lit("safe_contact")))
        return;
    str names[] = { lit("method"), lit("window_from"), lit("window_to"), lit("timezone"), lit("language"), lit("voicemail"), lit("never_call_back") };
    str *to[] = { &h->rule.method, &h->rule.from, &h->rule.to, &h->rule.zone, &h->rule.language, &h->rule.voicemail, &h->rule.never_call };
    h->rule.place = e->id;
    h->rule.day = e->day;
    for (ptrdiff_t i = 0; i < countof(names); i++)
        *to[i] = value_of(e->kind, &e->values, names[i]);
}

static void apply_release(const struct care_rules *w, const struct care_entry *e, struct care_head *h)
{
    int64_t until;
    if (str_equal(e->kind->code, lit("release_revoked")))
        h->releases.len = 0; /* it does not say which one, so none holds any longer */
    if (str_equal(e->kind->code, lit("release")) && day_read(value_of(e->kind, &e->values, lit("expires_on")), &until))
        care_add(w->arena, &h->releases, (struct care_item){ .id = e->id, .a = until });
}

static bool is_closure(const struct care_entry *e)
{
    return str_equal(e->kind->code, lit("care_closure"));
}

/* Nobody owes a person whose care has ended a step of care. What a law sets for their papers stays: it does not end with us. */
static void apply_closure(const struct care_rules *w, const struct care_entry *e, struct care_head *h)
{
    ptrdiff_t n = 0;
    if (!is_closure(e))
        return;
    h->ended = e->day;
    for (ptrdiff_t i = 0; i < h->due.len; i++)
        if (!pack_find(w->pack, lit("clocks"), h->due.at[i].text, day_of(w->now)))
            h->due.at[n++] = h->due.at[i];
    h->due.len = n;
}

static void take_out(const struct care_rules *w, const struct care_entry *e, const struct care_entry *old, struct care_head *h)
{
    care_add(w->arena, &h->superseded, (struct care_item){ .id = old->id, .other = e->id });
    care_drop(&h->due, old->id);
    care_drop(&h->releases, old->id);
    care_drop(&h->places, old->id);
    if (id_equal(h->rule.place, old->id))
        h->rule = (struct care_rule){ 0 };
}

void care_apply(const struct care_rules *w, const struct care_entry *e, const struct care_entry *old, struct care_head *h,
                struct care_changes *out)
{
    int64_t at = e->day < day_of(w->now) ? e->day * 86400 + NOON : w->now;
    struct facts none = { .arena = w->arena };
    str event = event_of(e);
    if (old ? is_closure(old) : !e->withdrawn)
        h->ended = 0; /* what is written after the end says that care goes on */
    if (old) {
        take_out(w, e, old, h);
        count(w, old, false, h, out);
    }
    if (e->withdrawn)
        return;
    count(w, e, true, h, out);
    if (event.len)
        care_event(w, event, &none, e->id, at, h);
    start_clock(w, e, at, h);
    apply_relief(w, e, h);
    apply_release(w, e, h);
    apply_closure(w, e, h);
    apply_contact(e, h);
    if (e->kind->compartment == LOCATION)
        care_add(w->arena, &h->places, (struct care_item){ .id = e->id, .a = e->day, .text = e->kind->code });
}
