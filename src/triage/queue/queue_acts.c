/* What is done from the queue: to the chosen tips together, and with the filters a person keeps. */
#include "staff/role/role.h"
#include "triage/act/act.h"
#include "triage/queue/queue.h"
#include "triage/queue/queue_page.h"

static str form_value(const struct request *r, str name)
{
    struct form f = { .r = r };
    str found = { 0 };
    return form_all(&f, name, &found, 1) ? found : (str){ 0 };
}

static str place_of(struct request *r, const struct queue_wish *wish, str more)
{
    return str_join(r->arena, str_join(r->arena, lit("/queue?"), queue_wish_text(r->arena, wish)), more);
}

/* Ids that were ticked; what is no id was not ours. */
static ptrdiff_t chosen_ids(struct form *f, id *to)
{
    str typed[TIP_CHANGES_MOST];
    ptrdiff_t n = form_all(f, lit("id"), typed, TIP_CHANGES_MOST), good = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        good += id_read(typed[i], &to[good]);
    return good;
}

static status change_all(struct request *r, const struct tip_change *c, const id *tips, ptrdiff_t n, ptrdiff_t *done)
{
    struct tip_opened *rows = arena_new(r->arena, struct tip_opened, n);
    status s = tips_reach(r, tips, n, rows);
    return s == OK ? tips_change(r, c, rows, n, done) : s;
}

static str done_text(struct request *r, ptrdiff_t done, ptrdiff_t n)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("&done="));
    out_int(&o, done);
    out_str(&o, lit("&left="));
    out_int(&o, n - done);
    return out_view(&o);
}

static bool read_change(struct request *r, struct form *f, struct queue_typed *typed, struct tip_change *c)
{
    bool close = form_has(f, lit("do"), lit("dispose"));
    if (!typed->chosen_count)
        form_note(f, lit("chosen"), tr(r->language, N_("Choose one tip or more first.")));
    if (!close) {
        *c = (struct tip_change){ .kind = TIP_ASSIGN_TO, .assignee = r->caller.account, .assignee_name = r->caller.name };
        return form_ok(f);
    }
    typed->code = form_text(f, lit("code"), 0, 64);
    typed->reason = form_text(f, lit("reason"), 0, TIP_ACT_REASON_MOST);
    if (!tip_close_reason(r, typed->code))
        form_note(f, lit("code"), tr(r->language, N_("Choose what became of it.")));
    *c = (struct tip_change){ .kind = TIP_CLOSE, .code = typed->code, .reason = typed->reason };
    return form_ok(f);
}

status queue_chosen(struct request *r, struct response *w)
{
    id chosen[TIP_CHANGES_MOST];
    struct form f = form_read(r);
    struct queue_typed typed = { .form = &f, .chosen = chosen, .chosen_count = chosen_ids(&f, chosen) };
    struct queue_wish wish = queue_wish_of(form_value, r);
    struct tip_change c;
    ptrdiff_t done = 0;
    if (form_has(&f, lit("do"), lit("dispose")) && !caller_may(r, TIP_DISPOSE))
        return NOT_FOUND;
    if (!read_change(r, &f, &typed, &c))
        return queue_draw(r, w, &wish, &typed);
    status s = change_all(r, &c, chosen, typed.chosen_count, &done);
    if (s == OK)
        redirect(w, place_of(r, &wish, done_text(r, done, typed.chosen_count)));
    return s;
}

status queue_filter_add(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct queue_typed typed = { .form = &f, .name = form_text(&f, lit("name"), 1, QUEUE_FILTER_NAME_MOST) };
    struct queue_wish wish = queue_wish_of(form_value, r);
    struct queue_filters kept;
    status s = queue_filter_list(r->db, r->arena, r->caller.account, &kept);
    bool known = false;
    for (ptrdiff_t i = 0; s == OK && i < kept.len; i++)
        known = known || str_equal(kept.at[i].name, typed.name);
    if (s == OK && kept.len == QUEUE_FILTERS_MOST && !known)
        form_note(&f, lit("name"), tr(r->language, N_("There are 20 filters already. Delete one first.")));
    if (s == OK && !form_ok(&f))
        return queue_draw(r, w, &wish, &typed);
    if (s == OK)
        s = queue_filter_put(r->db, r->caller.account, &(struct queue_filter){ typed.name, queue_wish_text(r->arena, &wish) });
    if (s == OK)
        redirect(w, place_of(r, &wish, (str){ 0 }));
    return s;
}

status queue_filter_drop(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str name = form_text(&f, lit("name"), 0, 4 * QUEUE_FILTER_NAME_MOST);
    struct queue_wish wish = queue_wish_of(form_value, r);
    status s = queue_filter_delete(r->db, r->caller.account, name);
    if (s == OK)
        redirect(w, place_of(r, &wish, (str){ 0 }));
    return s;
}
