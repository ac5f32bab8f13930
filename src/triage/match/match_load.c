#include "common/pack/pack.h"
#include "common/services.h"
#include "triage/mark/mark.h"
#include "staff/role/role.h"
#include "triage/match/match_page.h"

enum { SKIP_MOST = 1 << 20 };

bool match_verdict(str verdict)
{
    static const str all[] = { LIT("same"), LIT("different"), LIT("later"), LIT("undone") };
    for (ptrdiff_t i = 0; i < countof(all); i++)
        if (str_equal(verdict, all[i]))
            return true;
    return false;
}

status match_opening_begin(struct request *r, struct match_opening *o)
{
    o->len = 0;
    return sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &o->ring);
}

void match_opening_add(struct match_opening *o, id row, uint16_t table, str sealed, bool needed)
{
    must(o->len < SEALED_ROWS_MOST);
    o->rows[o->len] = (struct sealed_row){ .id = row, .table = table, .sealed = sealed, .needed = needed, .to = &o->fields[o->len] };
    o->len++;
}

/* One tip, its newest marks and its newest additions; first: the place of its own row. NOT_FOUND: not at this office. */
static status add_tip(struct request *r, struct match_opening *o, id tip, struct seen_tip *to, ptrdiff_t *first, ptrdiff_t *rows)
{
    struct tip_additions additions;
    struct tip_mark mark = { .turn = 0 };
    status s = tip_find(r->db, r->arena, r->caller.office, tip, &to->row);
    if (s == OK)
        s = tip_mark_newest(r->db, r->arena, tip, &mark);
    if (s == NOT_FOUND && to->row.sealed.len)
        s = OK; /* nobody decided anything of what it names */
    if (s == OK)
        s = tip_list_additions(r->db, r->arena, tip, 0, MATCH_ADDITIONS, &additions);
    if (s != OK)
        return s;
    to->row.id = tip;
    *first = o->len;
    match_opening_add(o, tip, TABLE_TIP, to->row.sealed, false);
    if (!id_is_zero(mark.id))
        match_opening_add(o, mark.id, TABLE_TIP_MARK, mark.sealed, false);
    for (ptrdiff_t i = 0; i < additions.len; i++)
        match_opening_add(o, additions.at[i].id, TABLE_TIP_ADDITION, additions.at[i].sealed, false);
    *rows = o->len - *first;
    return sealed_fit(r, o->ring, tip, o->rows + *first, *rows);
}

static void read_tip(struct request *r, const struct match_opening *o, ptrdiff_t first, ptrdiff_t rows, str country, struct seen_tip *to)
{
    to->open = o->rows[first].opened;
    if (!to->open)
        return;
    bool marked = rows > 1 && o->rows[first + 1].table == TABLE_TIP_MARK;
    tip_read(&o->fields[first], &to->tip);
    match_read_tip(r->arena, &to->tip, country, marked ? sealed_field(&o->fields[first + 1], MARK_LIST) : (str){ 0 }, &to->facts);
    for (ptrdiff_t i = first + 1 + marked; i < first + rows; i++)
        match_read(r->arena, sealed_field(&o->fields[i], ADDITION_TEXT), country, &to->facts);
}

/* The last word on each other tip counts. */
static void take_decision(struct match_seen *seen, const struct match_decision *d)
{
    for (ptrdiff_t i = 0; i < seen->decision_count; i++)
        if (id_equal(seen->decisions[i].other, d->other)) {
            if (d->turn > seen->decisions[i].turn)
                seen->decisions[i] = *d;
            return;
        }
    seen->decisions[seen->decision_count++] = *d;
}

bool match_decision_read(const struct tip_act *act, const struct sealed_fields *fields, struct match_decision *out)
{
    str other = sealed_field(fields, TIP_ACT_OTHER);
    *out = (struct match_decision){ .author = act->author, .verdict = sealed_field(fields, TIP_ACT_VERDICT), .at = sealed_time_read(sealed_field(fields, TIP_ACT_AT)) };
    if (other.len != sizeof out->other || !match_verdict(out->verdict))
        return false; /* it did not open */
    memcpy(out->other.at, other.at, sizeof out->other);
    (void)!str_to_int(sealed_field(fields, TIP_ACT_TURN), &out->turn);
    out->proposed = str_to_int(sealed_field(fields, TIP_ACT_WEIGHT), &out->weight) && str_to_int(sealed_field(fields, TIP_ACT_SAME), &out->same);
    return true;
}

static void read_decisions(const struct tip_acts *acts, const struct sealed_fields *fields, struct match_seen *seen)
{
    struct match_decision d;
    for (ptrdiff_t i = 0; i < acts->len; i++)
        if (match_decision_read(&acts->at[i], &fields[i], &d))
            take_decision(seen, &d);
}

static void leave_undone(struct match_seen *seen)
{
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < seen->decision_count; i++)
        if (!str_equal(seen->decisions[i].verdict, lit("undone")))
            seen->decisions[kept++] = seen->decisions[i];
    seen->decision_count = kept;
}

status match_load_own(struct request *r, enum purpose why, str country, struct seen_tip *own)
{
    struct match_opening *o = arena_new(r->arena, struct match_opening, 1);
    ptrdiff_t first, rows;
    status s = match_opening_begin(r, o);
    if (s == OK)
        s = add_tip(r, o, r->id, own, &first, &rows);
    if (s != OK)
        return s == NOT_FOUND ? sealed_refuse(r, why, r->id) : s;
    o->rows[first].needed = true;
    s = sealed_open(r, why, r->id, o->rows, o->len);
    if (s == OK)
        read_tip(r, o, first, rows, country, own);
    return s;
}

/* All that was decided on it, a message of the keeper for each few: what is decided is never asked again. */
static status load_decisions(struct request *r, enum purpose why, struct match_seen *seen)
{
    struct tip_acts acts = { .len = SEALED_ROWS_MOST };
    status s = OK;
    for (int64_t skip = 0; s == OK && acts.len == SEALED_ROWS_MOST && skip < MATCH_DECISIONS; skip += acts.len) {
        struct match_opening *o = arena_new(r->arena, struct match_opening, 1);
        s = match_opening_begin(r, o);
        if (s == OK)
            s = tip_act_links(r->db, r->arena, r->id, skip, SEALED_ROWS_MOST, &acts);
        for (ptrdiff_t i = 0; s == OK && i < acts.len; i++)
            match_opening_add(o, acts.at[i].id, TABLE_TIP_ACT, acts.at[i].sealed, false);
        if (s == OK)
            s = sealed_fit(r, o->ring, r->id, o->rows, o->len);
        if (s == OK)
            s = sealed_open(r, why, r->id, o->rows, o->len);
        if (s == OK)
            read_decisions(&acts, o->fields, seen);
    }
    return s;
}

status match_next_turn(struct request *r, id other, int64_t *turn)
{
    struct match_seen *seen = arena_new(r->arena, struct match_seen, 1);
    status s = load_decisions(r, PURPOSE_LINK, seen);
    *turn = 1;
    for (ptrdiff_t i = 0; i < seen->decision_count; i++)
        if (id_equal(seen->decisions[i].other, other))
            *turn = seen->decisions[i].turn + 1;
    return s;
}

static bool decided(const struct match_seen *seen, id other)
{
    for (ptrdiff_t i = 0; i < seen->decision_count; i++)
        if (id_equal(seen->decisions[i].other, other))
            return true;
    return false;
}

/* What is decided, or not at this office, is not proposed. */
static status propose(struct request *r, struct match_seen *seen)
{
    id office;
    int64_t at;
    for (int i = 0; i < seen->answer.kin_count; i++) {
        const struct match_found *found = &seen->answer.kin[i];
        if (decided(seen, found->tip))
            continue;
        status s = tip_office(r->db, found->tip, &office);
        if (s == OK && id_equal(office, r->caller.office))
            seen->proposed[seen->proposed_count++] = *found;
        if (s != OK && s != NOT_FOUND)
            return s;
    }
    if (str_to_int(query_text(r, lit("at")), &at) && at > 0)
        seen->at = at < seen->proposed_count ? (ptrdiff_t)at : seen->proposed_count - (seen->proposed_count > 0);
    return OK;
}

/* Some tips by one message; those that went meanwhile stay shut. */
static status load_some(struct request *r, enum purpose why, str country, const id *tips, struct seen_tip **to, ptrdiff_t n)
{
    struct match_opening *o = arena_new(r->arena, struct match_opening, 1);
    ptrdiff_t first[SEALED_ROWS_MOST], rows[SEALED_ROWS_MOST];
    status s = match_opening_begin(r, o);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        rows[i] = 0;
        s = add_tip(r, o, tips[i], to[i], &first[i], &rows[i]);
        s = s == NOT_FOUND ? OK : s;
    }
    if (s == OK)
        s = sealed_open(r, why, r->id, o->rows, o->len);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (rows[i])
            read_tip(r, o, first[i], rows[i], country, to[i]);
    return s;
}

status match_load_tips(struct request *r, enum purpose why, str country, const id *tips, struct seen_tip **to, ptrdiff_t n)
{
    enum { AT_ONCE = SEALED_ROWS_MOST / (2 + MATCH_ADDITIONS) };
    status s = OK;
    for (ptrdiff_t from = 0; s == OK && from < n; from += AT_ONCE)
        s = load_some(r, why, country, tips + from, to + from, n - from < AT_ONCE ? n - from : AT_ONCE);
    return s;
}

static status load_copies(struct request *r, enum purpose why, str country, struct match_seen *seen)
{
    struct seen_tip *to[MATCH_COPIES_SHOWN];
    for (int i = 0; i < seen->answer.copy_count; i++)
        to[i] = &seen->copies[i].tip;
    status s = match_load_tips(r, why, country, seen->answer.copy, to, seen->answer.copy_count);
    for (int i = 0; s == OK && i < seen->answer.copy_count; i++) {
        struct seen_copy *c = &seen->copies[seen->copy_count];
        *c = seen->copies[i];
        if (id_is_zero(c->tip.row.id))
            continue; /* erased, or sent on, a moment ago */
        c->flags = c->tip.open ? match_flags(&seen->own.facts, &c->tip.tip, &c->tip.facts, c->tip.row.priority) : 0;
        seen->copy_count++;
    }
    return s;
}

bool match_close_code(const struct request *r, str code)
{
    const struct pack_row *row = tip_close_reason(r, code);
    return row && str_equal(pack_cell(row, CLOSE_COUNTS_AS), lit("duplicate"));
}

bool match_closable(const struct seen_copy *c)
{
    return c->tip.open && !c->tip.row.closed && !c->flags;
}

/* Cases of the reader's own: those that the tip was put on already say nothing new. */
static status load_files(struct request *r, struct match_seen *seen)
{
    struct match_named_answer *found = arena_new(r->arena, struct match_named_answer, 1);
    if (!caller_may(r, CASE_READ))
        return OK;
    seen->engine = match_ask_file(r->services->engine, r->services->keeper, caller_token(r), r->caller.office, r->id, found);
    status s = OK;
    for (int i = 0; seen->engine == OK && s == OK && i < found->len && seen->file_count < MATCH_NAMED_SHOWN; i++) {
        bool on;
        s = match_on_case(r->db, found->at[i].id, r->id, &on);
        if (s == OK && !on)
            seen->files[seen->file_count++] = found->at[i];
    }
    return s;
}

status match_load(struct request *r, enum purpose why, struct match_seen *seen)
{
    str country = pack_country(r->services->pack, day_of(r->now));
    status s = match_load_own(r, why, country, &seen->own);
    if (s == OK)
        s = load_decisions(r, why, seen);
    if (s == OK)
        s = told_words(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, r->id, &seen->told);
    if (s != OK)
        return s;
    leave_undone(seen);
    int64_t skip;
    if (str_to_int(query_text(r, lit("copies")), &skip) && skip > 0 && skip < SKIP_MOST)
        seen->skipped = (uint32_t)skip;
    const struct match_question q = { r->caller.office, r->id, seen->skipped };
    seen->engine = match_ask_kin(r->services->engine, r->services->keeper, caller_token(r), &q, &seen->answer);
    if (seen->engine != OK)
        return OK;
    s = propose(r, seen);
    if (s == OK)
        s = load_files(r, seen);
    struct seen_tip *other = &seen->other;
    if (s == OK && seen->proposed_count)
        s = match_load_tips(r, why, country, &seen->proposed[seen->at].tip, &other, 1);
    if (s == OK)
        s = load_copies(r, why, country, seen);
    if (s == OK && seen->other.open)
        match_weigh(r->arena, &seen->own.facts, &seen->other.facts, seen->answer.among, &seen->why);
    return s;
}
