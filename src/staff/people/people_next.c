/* What waits among the accounts: somebody who was invited, somebody to vouch for, and who alone can read. */
#include "common/services.h"
#include "directory/office/office.h"
#include "staff/account/account.h"
#include "staff/people/people_web.h"

static str person_link(const struct request *r, id account)
{
    return str_join(r->arena, lit("/people/"), id_text(r->arena, account));
}

/* A code is valid for seven days from the day it was made. */
status people_next_invited(struct request *r, struct next_items *to)
{
    enum { CODE_DAYS = 7 };
    struct account a;
    status s = account_oldest(r->db, r->arena, lit("invited"), &a);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    struct next_item item = { .what = next_words(r, N_("%1 has a code and has not made keys yet"), a.name), .href = person_link(r, a.id) };
    bool over = day_of(r->now) > a.made_day + CODE_DAYS;
    item.why = tr(r->language, over ? N_("The code has run out: end the account and make another.") : N_("The code is valid for seven days. Ask whether it arrived."));
    next_due_day(r, &item, a.made_day + CODE_DAYS);
    next_add(to, &item);
    return OK;
}

status people_next_pending(struct request *r, struct next_items *to)
{
    struct account a;
    status s = account_oldest(r->db, r->arena, lit("pending"), &a);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    struct next_item item = { .what = next_words(r, N_("Vouch for %1, or find who does"), a.name), .href = person_link(r, a.id),
                              .why = tr(r->language, N_("They read nothing before two people have compared their fingerprint.")),
                              .due = next_words(r, N_("since %1"), day_text(r->arena, a.made_day)) };
    next_add(to, &item);
    return OK;
}

static status next_own_end(struct request *r, struct next_items *to, int64_t until)
{
    struct next_item item = { .what = tr(r->language, N_("Your own account ends: ask two people who vouch to renew it")), .href = lit("/people") };
    next_due_day(r, &item, until);
    next_add(to, &item);
    return OK;
}

/* Whose certificate ends soon and still lacks the caller's signature: the first to end. */
status people_next_ending(struct request *r, struct next_items *to)
{
    struct person_ending list[ENDING_PEOPLE];
    ptrdiff_t n;
    status s = keeper_ending(r->services->keeper, caller_token(r), (uint32_t)day_of(r->now) + RENEW_DAYS, list, &n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct account a;
        struct person_term term = { 0 };
        if (id_equal(list[i].principal, r->caller.account)) {
            s = next_own_end(r, to, list[i].until_day);
            continue;
        }
        s = account_find(r->db, r->arena, list[i].principal, &a);
        if (s == OK)
            s = keeper_term(r->services->keeper, caller_token(r), a.id, &term);
        if (s == OK && term.missing && !term.signed_by_asker) {
            struct next_item item = { .what = next_words(r, N_("Renew the account of %1"), a.name), .href = person_link(r, a.id),
                                      .why = tr(r->language, N_("After that day nobody signs in with it. Two people who vouch renew it.")) };
            next_due_day(r, &item, term.until_day);
            next_add(to, &item);
            return OK;
        }
        if (s == NOT_FOUND)
            s = OK; /* no account, or left meanwhile */
    }
    return s;
}

/* Active people of an office whose job is on that ring; from is where the office begins in the list. */
static int64_t on_ring(const struct role_counts *all, ptrdiff_t from, enum compartment c)
{
    int64_t people = 0;
    for (ptrdiff_t i = from; i < all->len && id_equal(all->at[i].office, all->at[from].office); i++) {
        const struct role *role = role_find(all->at[i].role);
        people += role && role_on_ring(role, c) ? all->at[i].people : 0;
    }
    return people;
}

static str office_name(struct request *r, id office)
{
    struct office o;
    return office_find(r->db, r->arena, office, &o) == OK ? o.name : tr(r->language, N_("the office"));
}

/* By the jobs of the accounts, which every administrator sees on the same page; what is on a ring the keeper alone knows. */
status people_next_alone(struct request *r, struct next_items *to)
{
    struct role_counts all;
    status s = account_active_roles(r->db, r->arena, &all);
    for (ptrdiff_t i = 0; s == OK && i < all.len; i++) {
        if ((i && id_equal(all.at[i].office, all.at[i - 1].office)) || on_ring(&all, i, TIP) != 1)
            continue;
        struct next_item item = { .what = next_words(r, N_("Only one active person has the keys of tips in %1"), office_name(r, all.at[i].office)),
                                  .why = tr(r->language, N_("If they leave or forget, nobody there can let others in. Make a second account and have its keys given.")),
                                  .href = lit("/people") };
        next_add(to, &item);
        return OK;
    }
    return s;
}
