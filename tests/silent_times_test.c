/* What is hidden takes no other time than what is not there: judged by Welch's t (welch.h), in a house that hides all (two_worlds.h). */
#include "engine.h"
#include "two_worlds.h"
#include "welch.h"
#include "care/file/file.h"
#include "casework/casefile/casefile.h"

static struct {
    struct matrix *m;
    struct things hidden;
    struct arena arena;
} house;

static int make_house(void **state)
{
    static struct things many, few;
    (void)state;
    house.m = world_that(HIDES_NOTHING);
    world_things(house.m, &few);
    matrix_end(house.m);
    house.m = world_that(HIDES_ALL);
    world_things(house.m, &many);
    assert_true(world_difference(&many, &few, &house.hidden));
    house.arena = arena_reserve(64 << 20);
    return 0;
}

static int end_house(void **state)
{
    (void)state;
    matrix_end(house.m);
    return 0;
}

/* One page, asked for a thing that is hidden and for one that is not there. */
struct clocked {
    struct matrix *m;
    const struct matrix_caller *caller;
    enum thing kind;
    const char *before;         /* of the address, in front of the id */
    id things[2][WELCH_THINGS]; /* [true]: that are */
    struct arena scratch;
};

static void ask_thing(void *about, int which, bool is)
{
    struct clocked *x = about;
    struct arena a = x->scratch;
    str path = str_join(&a, str_of(x->before), id_text(&a, x->things[is][which]));
    (void)matrix_ask(x->m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .path = path, .caller = x->caller });
    must(x->m->app->w.status == 404);
}

/* As if its rows were read before anybody asked whose they are. */
static void ask_thing_leaky(void *about, int which, bool is)
{
    struct clocked *x = about;
    struct arena a = x->scratch;
    struct casefile c;
    struct case_people people;
    struct care_rows rows;
    str name;
    ask_thing(about, which, is);
    id thing = x->things[true][which];
    if (is && x->kind == A_CASE)
        must(casefile_find(x->m->staff_db, &a, thing, &c) == OK && casefile_people(x->m->staff_db, &a, thing, &people) == OK);
    else if (is)
        must(care_entry_list(x->m->staff_db, &a, thing, NULL, 40, &rows) == OK && care_name_find(x->m->staff_db, &a, thing, &name) == OK);
}

static void assert_silent_in_time(const char *words, const char *role, enum thing kind, const char *before)
{
    struct matrix *m = house.m;
    struct clocked x = { .m = m, .caller = matrix_find(m, role, MEMBER), .kind = kind, .before = before,
                         .scratch = house.arena };
    struct chance chance = chance_seeded(62);
    must(house.hidden.len[kind] >= WELCH_THINGS);
    for (int i = 0; i < WELCH_THINGS; i++) {
        x.things[true][i] = house.hidden.at[kind][i];
        x.things[false][i] = chance_id(&chance, m->app->keys->now * 1000, true);
    }
    welch_assert_alike(&x, &(struct welch_question){ words, ask_thing, ask_thing_leaky, NULL });
}

static void what_is_hidden_takes_the_time_of_what_is_not_there(void **state)
{
    (void)state;
    assert_silent_in_time("a case of others", "investigator", A_CASE, "/cases/");
    assert_silent_in_time("a file of a colleague", "coordinator", A_FILE, "/victims/");
}

/* Whose it is comes first: so nothing of what is hidden is read before that is known. */
static void who_is_on_it_is_looked_up_first(void **state)
{
    (void)state;
    struct app *x = house.m->app;
    if (engine_is_postgres()) /* whose statistics choose anew on each house: its times alone are measured, above */
        return;
    assert_true(str_starts(app_plan(x, "casefile_find_mine"), lit("SEARCH case_person ")));
    assert_true(str_starts(app_plan(x, "care_file_find"), lit("SEARCH caseload ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_on_it_is_looked_up_first),
        cmocka_unit_test(what_is_hidden_takes_the_time_of_what_is_not_there),
    };
    return cmocka_run_group_tests_name("silent_times", tests, make_house, end_house);
}
