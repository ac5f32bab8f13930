#include "jobs_house.h"
#include "app/role.h"

void jobs_house_open(struct jobs_house *h)
{
    h->m = matrix_make();
    h->a = arena_reserve(64 << 20);
    must(db_open(h->m->app->path, (struct db_options){ .rights = role_rights(PROCESS_JOBS), .busy_ms = 2000 }, &h->db) == OK);
    h->rules = keep_rules_of(&h->m->app->pack, &h->a, jobs_house_today(h));
}

void jobs_house_close(struct jobs_house *h)
{
    db_close(h->db);
    matrix_end(h->m);
}

int64_t jobs_house_today(const struct jobs_house *h)
{
    return day_of(h->m->app->keys->now);
}

struct keep jobs_house_keep(const struct jobs_house *h)
{
    return (struct keep){ .db = h->db, .keeper = h->m->app->keys->jobs, .rules = &h->rules, .today = jobs_house_today(h) };
}

void jobs_house_sweep(const struct jobs_house *h)
{
    struct keep k = jobs_house_keep(h);
    status s;
    int steps = 0;
    while ((s = keep_step(&k, h->a)) == OK)
        must(++steps < 1000);
    must(s == NOT_FOUND);
    for (int i = 0; i < OFFICES; i++)
        must(keep_months(&k, h->m->office[i]) == OK);
}
