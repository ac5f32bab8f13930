/* Who comes back with a new account gets the keys that the former one had: of cases the caller is on, by name, one by one. */
#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "staff/account/account.h"
#include "staff/sealed/sealed.h"
#include "person_cases_html.h"

enum { LISTED = SEALED_ROWS_MOST, FORMERS = 300 };

static str page_path(struct arena *a, id account)
{
    return str_join(a, str_join(a, lit("/people/"), id_text(a, account)), lit("/cases"));
}

/* May ever read a case, and is let in. */
static bool can_have_cases(const struct account *a)
{
    const struct role *role = role_find(a->role);
    return role && role_holds(role, CASE_READ) && wall_allows(role->class, role->powers, CASE) && str_equal(a->state, lit("active"));
}

/* Accounts that have ended, to choose from. */
static status formers(struct request *r, str chosen, struct choices *out)
{
    struct accounts all;
    status s = account_list(r->db, r->arena, (str){ 0 }, FORMERS, &all);
    *out = (struct choices){ .at = arena_new(r->arena, struct choice, all.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < all.len; i++)
        if (str_equal(all.at[i].state, lit("left")) && !(role_find(all.at[i].role) && role_find(all.at[i].role)->node))
            out->at[out->len++] = (struct choice){ all.at[i].name, all.at[i].name, str_equal(all.at[i].name, chosen) };
    return s;
}

/* Cases that both are on and the newcomer is not, whose title opens for the caller. */
static status list_cases(struct request *r, id former, struct choices *out)
{
    struct casefiles found;
    status s = casefile_list_shared(r->db, r->arena, r->caller.account, former, r->id, LISTED, &found);
    *out = (struct choices){ .at = arena_new(r->arena, struct choice, LISTED) };
    if (s != OK || !found.len)
        return s;
    struct sealed_row *rows = arena_new(r->arena, struct sealed_row, LISTED);
    struct sealed_fields *fields = arena_new(r->arena, struct sealed_fields, LISTED);
    for (ptrdiff_t i = 0; i < found.len; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_CASE, .sealed = found.at[i].sealed, .to = &fields[i] };
    s = sealed_open(r, PURPOSE_LIST, r->id, rows, found.len);
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++)
        if (rows[i].opened)
            out->at[out->len++] = (struct choice){ id_text(r->arena, found.at[i].id), sealed_field(&fields[i], CASE_TITLE), true };
    return s;
}

struct former_ask {
    struct account newcomer, former;
    str name;
    bool found;
};

/* The newcomer of the path, and the former account of that name when there is one that has ended. */
static status read_former(struct request *r, str name, struct former_ask *out)
{
    *out = (struct former_ask){ .name = name };
    status s = account_find(r->db, r->arena, r->id, &out->newcomer);
    if (s != OK || !name.len)
        return s;
    s = account_find_name(r->db, r->arena, name, &out->former);
    out->found = s == OK && str_equal(out->former.state, lit("left"));
    return s == NOT_FOUND ? OK : s;
}

static status draw(struct request *r, struct response *w, const struct former_ask *ask, const char *problem)
{
    struct person_cases_page page = { .page = staff_page(r, N_("Cases of a former account")), .name = ask->newcomer.name, .former = ask->name,
                                      .action = page_path(r->arena, r->id), .person = str_join(r->arena, lit("/people/"), id_text(r->arena, r->id)),
                                      .can = can_have_cases(&ask->newcomer), .chosen = ask->found };
    page.token = form_token(r, page.action);
    page.problem = problem ? tr(r->language, problem) : (str){ 0 };
    page.page.problem = problem;
    page.done = str_equal(query_text(r, lit("done")), lit("given")) && !problem;
    status s = formers(r, ask->name, &page.formers);
    if (s == OK && page.can && ask->found)
        s = list_cases(r, ask->former.id, &page.cases);
    if (s != OK)
        return s;
    person_cases_html(&w->body, r->language, &page);
    return problem ? INVALID : OK;
}

status room_former(struct request *r, struct response *w)
{
    struct former_ask ask;
    status s = read_former(r, query_text(r, lit("former")), &ask);
    return s == OK ? draw(r, w, &ask, NULL) : s;
}

/* What was listed and is ticked; a grant and a wrap a ring. It may be pressed again: who is on a case is not listed any more. */
status room_former_give(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct former_ask ask;
    struct choices cases;
    int given = 0;
    status s = read_former(r, form_text(&f, lit("former"), 0, 64), &ask);
    if (s != OK)
        return s;
    if (!can_have_cases(&ask.newcomer) || !ask.found)
        return draw(r, w, &ask, ask.found ? N_("The job of this person can never read a case. Nobody can change that.") : N_("Choose the account they had before."));
    s = list_cases(r, ask.former.id, &cases);
    for (ptrdiff_t i = 0; s == OK && i < cases.len; i++) {
        id root;
        if (!form_has(&f, lit("case"), cases.at[i].value) || !id_read(cases.at[i].value, &root))
            continue;
        s = room_put_on(r, root, &ask.newcomer);
        given++;
    }
    if (s == NOT_FOUND)
        return draw(r, w, &ask, N_("The keeper refused: two people must vouch for this person first."));
    if (s == OK && !given)
        return draw(r, w, &ask, N_("Tick a case."));
    if (s == OK)
        redirect(w, str_join(r->arena, str_join(r->arena, page_path(r->arena, r->id), lit("?done=given&former=")), ask.name));
    return s;
}
