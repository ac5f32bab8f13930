/* Does the time of an answer tell whether a number, a name or a tip exists? Judged by Welch's t (welch.h). */
#include "matrix.h"
#include "welch.h"
#include "intake/mailbox/mailbox_web.h"
#include "intake/tip/tip.h"
#include "vault/keeper_store.h"

enum { THINGS = WELCH_THINGS };

struct town {
    struct matrix *m;
    struct chance chance;
    struct arena scratch;
    const struct matrix_caller *caller; /* of the first office */
    char digits[2][THINGS][RECEIPT_DIGITS]; /* [true]: that are */
    char names[2][THINGS][48];
    id tips[2][THINGS];                 /* of the second office */
    int asked;
};

/* ---- what is asked ---- */

static struct request public_request(struct town *t, struct arena *a)
{
    struct app *x = t->m->app;
    return (struct request){ .db = t->m->public_db, .services = &x->services, .arena = a, .chance = &x->chance, .now = x->keys->now };
}

static void ask_receipt(void *town, int which, bool is)
{
    struct town *t = town;
    struct arena a = t->scratch;
    struct request r = public_request(t, &a);
    struct visit v = { 0 };
    memcpy(v.digits, t->digits[is][which], sizeof v.digits);
    must(mailbox_look(&r, &v) == OK && v.there == is);
}

/* As if only a box that is there were looked into. */
static void ask_receipt_leaky(void *town, int which, bool is)
{
    struct town *t = town;
    static struct locator locators[LOCATORS];
    ptrdiff_t n = 0;
    if (is)
        ask_receipt(t, which, is);
    else
        must(keeper_mail(t->m->app->keys->pub, t->digits[is][which], locators, &n, NULL, 0) == OK);
}

static void ask_name(void *town, int which, bool is)
{
    struct town *t = town;
    struct world *x = t->m->app->keys;
    struct ticket ticket;
    must(keeper_begin(x->staff, str_of(t->names[is][which]), x->device, &ticket) == OK);
}

static void ask_name_leaky(void *town, int which, bool is)
{
    struct town *t = town;
    struct world *x = t->m->app->keys;
    struct slot slot;
    ask_name(t, which, is);
    if (is)
        must(slot_find(x->db, t->caller->account, SLOT_PASSPHRASE, &slot) == OK);
}

static void ask_tip(void *town, int which, bool is)
{
    struct town *t = town;
    struct arena a = t->scratch;
    str path = str_join(&a, lit("/tips/"), id_text(&a, t->tips[is][which]));
    (void)matrix_ask(t->m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .path = path, .caller = t->caller });
    must(t->m->app->w.status == 404);
}

static void ask_tip_leaky(void *town, int which, bool is)
{
    struct town *t = town;
    struct arena a = t->scratch;
    struct tip_row row;
    ask_tip(t, which, is);
    if (is)
        must(tip_find(t->m->staff_db, &a, t->m->office[1], t->tips[true][which], &row) == OK);
}

/* So many numbers a second and no more, says the keeper: time passes. */
static void let_time_pass(void *town)
{
    struct town *t = town;
    if (t->asked++ % 8 == 0)
        world_pass(t->m->app->keys, 1);
}

/* ---- the town ---- */

static void send_tip(struct town *t, int i)
{
    struct app *x = t->m->app;
    char shown[RECEIPT_DIGITS + 1];
    app_post(x, "/tip", "narrative=the+house+by+the+mill&consent=share&method=text&contact=555-0142");
    app_settle(x);
    must(x->w.status == 201);
    app_receipt(x, shown);
    memcpy(t->digits[true][i], shown, RECEIPT_DIGITS);
    t->tips[true][i] = app_last_tip(x);
}

/* What is not, in the shape of what is: as many digits, a name as long, an id of the same day. */
static void invent(struct town *t, int i)
{
    for (int k = 0; k < RECEIPT_DIGITS; k++) {
        uint8_t one;
        t->chance.fill(&t->chance, &one, 1);
        t->digits[false][i][k] = (char)('0' + one % 10);
    }
    t->tips[false][i] = chance_id(&t->chance, t->m->app->keys->now * 1000, true);
    memcpy(t->names[false][i], t->names[true][i], sizeof t->names[false][i]);
    t->names[false][i][0] = 'z';
}

static void name_people(struct town *t)
{
    int n = 0;
    for (ptrdiff_t i = 0; n < THINGS; i = (i + 1) % t->m->caller_count) {
        const struct matrix_caller *c = &t->m->callers[i];
        if (!c->role || !c->role->invited || c->standing == DEPARTED)
            continue;
        str name = t->m->app->keys->people[i].name;
        snprintf(t->names[true][n], sizeof t->names[true][n], "%.*s", (int)name.len, name.at);
        n++;
    }
}

static int make_town(void **state)
{
    struct arena keep = arena_reserve(1 << 20);
    struct town *t = arena_new(&keep, struct town, 1);
    welch_begin();
    t->m = matrix_make();
    t->chance = chance_system();
    t->scratch = arena_reserve(8 << 20);
    t->caller = matrix_find(t->m, "call_taker", MEMBER);
    t->m->app->house.values[HOUSE_OFFICE_ID] = id_text(&t->m->keep, t->m->office[1]);
    name_people(t);
    for (int i = 0; i < THINGS; i++) {
        send_tip(t, i);
        invent(t, i);
    }
    *state = t;
    return 0;
}

static int end_town(void **state)
{
    struct town *t = *state;
    matrix_end(t->m);
    return 0;
}

static void a_number_that_is_and_one_that_is_not_take_the_same_time(void **state)
{
    welch_assert_alike(*state, &(struct welch_question){ "receipt", ask_receipt, ask_receipt_leaky, let_time_pass });
}

static void a_name_that_is_and_one_that_is_not_take_the_same_time(void **state)
{
    welch_assert_alike(*state, &(struct welch_question){ "name at sign-in", ask_name, ask_name_leaky, NULL });
}

static void a_tip_of_others_and_one_that_is_not_take_the_same_time(void **state)
{
    welch_assert_alike(*state, &(struct welch_question){ "tip of another office", ask_tip, ask_tip_leaky, NULL });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tip_of_others_and_one_that_is_not_take_the_same_time, make_town, end_town),
        cmocka_unit_test_setup_teardown(a_name_that_is_and_one_that_is_not_take_the_same_time, make_town, end_town),
        cmocka_unit_test_setup_teardown(a_number_that_is_and_one_that_is_not_take_the_same_time, make_town, end_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
