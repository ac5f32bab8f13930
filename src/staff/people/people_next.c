/* What waits among the accounts: somebody who was invited, somebody to vouch for, and who alone can read. */
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
