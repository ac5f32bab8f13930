/* Need to know: who is put on a case or taken off it, which offices join, what is marked as done. */
#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "staff/sealed/sealed.h"

/* CASE last: who is off it is off all, and a page sent again finds what is left to do. */
static const enum compartment of_a_case[] = { TIP, EVIDENCE, CASE };

static status change_ring(struct request *r, enum ring_verb verb, id root, enum compartment c, id account)
{
    struct ring_key ring;
    struct ring_done done;
    status s = keeper_ring_key(r->services->keeper, SCOPE_CASE, root, c, &ring);
    if (s != OK)
        return s;
    struct ring_act act = { .token = caller_token(r), .ring = ring.ring, .member = account, .reason = "need to know" };
    s = keeper_ring(r->services->keeper, verb, &act, &done);
    wipe(&act, sizeof act);
    return s;
}

/*
 * All rings of the case that the wall lets this role hold; who is off one already is no obstacle. NOT_FOUND: the keeper refused. A TIP ring is
 * there only once a tip was linked (room_tips.h).
 */
static status change_rings(struct request *r, enum ring_verb verb, id root, id account, str job)
{
    const struct role *role = role_find(job);
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < countof(of_a_case); i++) {
        enum compartment c = of_a_case[i];
        if (role && !wall_allows(role->class, role->powers, c))
            continue;
        s = change_ring(r, verb, root, c, account);
        if (s == NOT_FOUND && (c == TIP || (verb == RING_REMOVE && c == EVIDENCE)))
            s = OK;
    }
    return s;
}

static const struct case_person *on_case(const struct case_people *people, id account)
{
    for (ptrdiff_t i = 0; i < people->len; i++)
        if (id_equal(people->at[i].account, account))
            return &people->at[i];
    return NULL;
}

static status write_person(struct request *r, id root, id account, bool add)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = add ? casefile_person_add(r->db, root, account, lit("member"), day_of(r->now))
            : casefile_person_end(r->db, root, account, day_of(r->now));
    return db_end(r->db, s);
}

status room_put_on(struct request *r, id root, const struct account *who)
{
    status s = change_rings(r, RING_ADD, root, who->id, who->role);
    return s == OK ? write_person(r, root, who->id, true) : s;
}

/* NULL: may be put on it. Else why not, in words. */
static const char *why_not(const struct account *a, const struct case_people *people)
{
    const struct role *role = role_find(a->role);
    if (on_case(people, a->id))
        return N_("This person is on the case already.");
    if (people->len >= CASE_PEOPLE_MOST)
        return N_("This case has as many people as a case can have.");
    if (!str_equal(a->state, lit("active")))
        return N_("This account is not active: it has left, or two people have not vouched for it yet.");
    if (!role || !role_reads_cases(role))
        return N_("The job of this person can never read a case. Nobody can change that.");
    return NULL;
}

static status add_person(struct request *r, struct response *w, struct form *f, id account, const struct case_people *people)
{
    struct account a;
    status s = account_find(r->db, r->arena, account, &a);
    const char *fault = s == NOT_FOUND ? N_("Choose one of your colleagues.") : s == OK ? why_not(&a, people) : NULL;
    if (s != OK && s != NOT_FOUND)
        return s;
    if (!fault) {
        s = change_rings(r, RING_ADD, r->id, account, a.role);
        if (s == NOT_FOUND)
            fault = N_("The keeper refused: two people must vouch for this person first.");
        else if (s != OK)
            return s;
    }
    if (fault) {
        form_note(f, lit("person"), tr(r->language, fault));
        return room_draw(r, w, PURPOSE_EDIT, f);
    }
    s = write_person(r, r->id, account, true);
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, "?done=person"));
    return s;
}

static status remove_person(struct request *r, struct response *w, struct form *f, id account, const struct case_people *people)
{
    const char *fault = NULL;
    if (!on_case(people, account))
        fault = N_("This person is not on the case.");
    else if (id_equal(account, r->caller.account))
        fault = N_("You cannot take yourself off: somebody must stay who can read it. Ask a colleague on the case.");
    if (fault) {
        form_note(f, lit("person"), tr(r->language, fault));
        return room_draw(r, w, PURPOSE_EDIT, f);
    }
    status s = change_rings(r, RING_REMOVE, r->id, account, on_case(people, account)->role);
    if (s == NOT_FOUND && str_equal(on_case(people, account)->state, lit("left")))
        s = OK; /* the rings let go when the account ended */
    if (s == NOT_FOUND) {
        form_note(f, lit("person"), tr(r->language, N_("The keeper refused. Nothing was changed; tell your supervisor.")));
        return room_draw(r, w, PURPOSE_EDIT, f);
    }
    if (s == OK)
        s = write_person(r, r->id, account, false);
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, "?done=left"));
    return s;
}

status room_add_person(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opened_case c;
    struct case_people people;
    id account = { 0 };
    status s = casefile_open(r, r->id, PURPOSE_EDIT, &c);
    if (s == OK)
        s = casefile_people(r->db, r->arena, r->id, &people);
    if (s != OK)
        return s;
    if (!id_read(form_text(&f, lit("person"), 0, 64), &account))
        account = (id){ 0 };
    return form_has(&f, lit("do"), lit("remove")) ? remove_person(r, w, &f, account, &people) : add_person(r, w, &f, account, &people);
}

status room_add_office(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opened_case c;
    struct subjects none = { 0 };
    struct entry_words words;
    str chosen = form_text(&f, lit("office"), 0, 64);
    id office;
    bool offered = false;
    status s = casefile_open(r, r->id, PURPOSE_EDIT, &c);
    if (s == OK)
        s = timeline_words(r, r->id, &none, &words);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; i < words.source_count; i++)
        for (ptrdiff_t k = 0; !strcmp(words.sources[i].name, "office") && k < words.sources[i].list.len; k++)
            offered = offered || str_equal(words.sources[i].list.at[k].value, chosen);
    if (!offered || !id_read(chosen, &office)) {
        form_note(&f, lit("office"), tr(r->language, N_("Choose one of the offices.")));
        return room_draw(r, w, PURPOSE_EDIT, &f);
    }
    s = db_begin(r->db);
    if (s == OK)
        s = db_end(r->db, casefile_office_add(r->db, r->id, office, day_of(r->now)));
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, "?done=office"));
    return s;
}

/* What the clock waited for is done. A clock that does not run: done already, by a colleague. */
status room_stop_clock(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opened_case c;
    str code = form_text(&f, lit("clock"), 0, 64);
    status s = casefile_open(r, r->id, PURPOSE_EDIT, &c);
    if (s == OK)
        s = sealed_record(r, r->id, &code, 1);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = clock_stop(r->db, r->id, code, day_of(r->now));
    s = db_end(r->db, s == NOT_FOUND ? OK : s);
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, "?done=clock"));
    return s;
}
