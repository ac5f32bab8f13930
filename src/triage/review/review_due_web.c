/* What is due on a tip: the clocks that run, and the word of a person that a duty is done which no act of these pages can know of. */
#include "common/clock/clock.h"
#include "common/services.h"
#include "triage/review/review_page.h"
#include "triage/review/review_web.h"
#include "triage/words/words.h"

enum { CLOCKS = 32, CODE_MOST = 64 };

static struct due_row due_row(const struct request *r, const struct clock *c, const struct review_typed *typed)
{
    struct countdown due = countdown_to(r, c->due_minute * 60);
    bool mine = typed->form && typed->clock.len && str_equal(typed->clock, c->code);
    struct due_row row = { .code = c->code, .label = clock_words(r, c->code), .due_class = due.class, .due = due.words,
                           .said = tip_clock_said(r, c->code), .field = lit("reference") };
    if (mine) {
        row.reference = typed->reference;
        row.problem = problem_of(&typed->form->problems, lit("reference"));
    } else {
        row.field = str_join(r->arena, lit("reference-"), c->code); /* two forms, two fields: the link of a problem leads to the typed one */
    }
    return row;
}

status review_add_due(struct request *r, const struct review_typed *typed, struct review_page *p)
{
    struct clocks list;
    status s = clock_list_of(r->db, r->arena, r->id, CLOCKS, &list);
    p->due_list.at = arena_new(r->arena, struct due_row, CLOCKS);
    p->duties.at = arena_new(r->arena, str, CLOCKS);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        if (list.at[i].due_minute == CLOCK_NEVER)
            continue;
        struct due_row row = due_row(r, &list.at[i], typed);
        if (row.said)
            p->duties.at[p->duties.len++] = row.label;
        p->due_list.at[p->due_list.len++] = row;
    }
    p->path_clock = review_path(r, "/clock");
    p->token_clock = form_token(r, p->path_clock);
    return s;
}

static status clock_runs(struct request *r, str code, bool *runs)
{
    struct clocks list;
    status s = clock_list_of(r->db, r->arena, r->id, CLOCKS, &list);
    *runs = false;
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++)
        *runs = *runs || (list.at[i].due_minute != CLOCK_NEVER && str_equal(list.at[i].code, code));
    return s;
}

static status make_act(struct request *r, str code, str words, struct tip_act *out)
{
    struct sealed_field fields[] = { { TIP_ACT_TO, code }, { TIP_ACT_REASON, words } };
    return tip_act_make(r, r->caller.office, r->id, lit("clock"), fields, words.len ? 2 : 1, out);
}

/* NOT_FOUND: somebody said it a moment before, or the tip went elsewhere; nothing is written then. */
static status stop(struct request *r, str code, const struct tip_act *act)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = review_still_here(r);
    if (s == OK)
        s = clock_stop(r->db, r->id, code, act->day);
    if (s == OK)
        s = tip_act_add(r->db, act);
    return db_end(r->db, s);
}

static status say_done(struct request *r, str code, str words, bool *done)
{
    struct tip_opened row;
    struct tip_act act;
    status s = tips_reach(r, &r->id, 1, &row);
    if (s == OK && (!row.opened || !tip_clock_said(r, code)))
        s = NOT_FOUND;
    if (s == OK)
        s = clock_runs(r, code, done);
    if (s != OK || !*done)
        return s;
    s = make_act(r, code, words, &act);
    if (s == OK)
        s = sealed_record(r, r->id, &act.sealed, 1);
    if (s != OK)
        return s;
    s = stop(r, code, &act);
    *done = s == OK;
    return s == NOT_FOUND ? OK : s;
}

status review_say_done(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct review_typed typed = { .form = &f, .priority = -1 };
    bool done = false;
    typed.clock = form_text(&f, lit("clock"), 0, CODE_MOST);
    typed.reference = form_text(&f, lit("reference"), 0, TIP_ACT_REASON_MOST);
    if (!form_ok(&f))
        return review_again(r, w, &typed);
    status s = say_done(r, typed.clock, typed.reference, &done);
    if (s == OK)
        redirect(w, review_path(r, done ? "?done=clock" : "?done=same"));
    return s;
}
