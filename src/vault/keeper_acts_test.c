/* What others did to one's account, and what a system did whose key one made: told to that person, and to nobody else. */
#include "keeper_world.h"

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

struct page {
    struct log_line at[LOG_LINES];
    ptrdiff_t n;
};

static struct page on_me(struct world *x, token t)
{
    struct page p;
    assert_int_equal(keeper_on_me(x->staff, t, 0, p.at, &p.n), OK);
    return p;
}

static void acts_of_others_on_an_account_are_told_with_who_did_them(void **state)
{
    struct world *x = *state;
    struct sheet sheet;
    struct signed_in in;
    token sam = world_in(x, SAM).token, lin = world_in(x, LIN).token;
    struct page before = on_me(x, lin);
    assert_int_equal(keeper_sheet(x->staff, sam, x->office, TIP, x->made.people[LIN].principal, &sheet), OK);
    assert_int_equal(world_sign_in(x, lit("lin"), lit("not the passphrase of anybody"), NULL, &in), NOT_FOUND);
    struct page p = on_me(x, lin);
    assert_int_equal(p.n, before.n + 2);
    assert_int_equal(p.at[0].action, ACT_LOGIN_FAILED); /* newest first */
    assert_true(p.at[0].opened && p.at[0].time == x->now && id_is_zero(p.at[0].principal));
    assert_int_equal(p.at[1].action, ACT_OPEN);
    assert_true(p.at[1].opened && id_equal(p.at[1].principal, x->made.people[SAM].principal));
    assert_int_equal(p.at[1].compartment, AUDIT);
    assert_true(id_is_zero(p.at[1].about) && id_is_zero(p.at[1].ring) && !p.at[1].reason[0]);

    struct page sams = on_me(x, sam);
    for (ptrdiff_t i = 0; i < sams.n; i++)
        assert_int_not_equal(sams.at[i].action, ACT_LOGIN_FAILED); /* hers, and not his */
    int64_t records = (int64_t)x->core->tree.size;
    assert_int_equal(keeper_on_me(x->staff, lin, 1, p.at, &p.n), OK); /* but for the newest */
    assert_int_equal(p.at[0].action, ACT_OPEN);
    assert_int_equal(x->core->tree.size, records);
}

/* One's own acts, changing one's passphrase too, stand in one's own list; here they would be told twice. */
static void ones_own_acts_are_not_among_them(void **state)
{
    struct world *x = *state;
    token ada = world_in(x, ADA).token, sam = world_in(x, SAM).token;
    struct page p = on_me(x, sam);
    for (ptrdiff_t i = 0; i < p.n; i++)
        assert_false(id_equal(p.at[i].principal, x->made.people[SAM].principal));
    uint8_t code[20];
    id who;
    uint32_t missing;
    struct enrolled e;
    assert_int_equal(keeper_principal(x->staff, sam, lit("county.records"), CLASS_INVESTIGATOR, 0, (uint32_t)day_of(x->now) + 90, &who, code), OK);
    assert_int_equal(keeper_enrol_key(x->staff, code, &e), OK);
    assert_int_equal(keeper_certify(x->staff, sam, e.principal, e.fingerprint, &missing), OK);
    assert_int_equal(keeper_certify(x->staff, ada, e.principal, e.fingerprint, &missing), OK);
    struct signed_in in;
    assert_int_equal(keeper_key(x->staff, e.principal, e.recovery, &in), OK);
    p = on_me(x, in.token);
    int vouched = 0;
    for (ptrdiff_t i = 0; i < p.n; i++)
        vouched += p.at[i].action == ACT_CERTIFY &&
                   (id_equal(p.at[i].principal, x->made.people[SAM].principal) || id_equal(p.at[i].principal, x->made.people[ADA].principal));
    assert_int_equal(vouched, 2);

    /* What the key did is told to who made it, ended or not. */
    uint64_t gen;
    assert_int_equal(keeper_of_key(x->staff, sam, e.principal, 0, p.at, &p.n), OK);
    assert_true(p.n >= 2 && p.at[0].action == ACT_LOGIN && p.at[0].opened && id_equal(p.at[0].principal, e.principal));
    assert_int_equal(keeper_of_key(x->staff, ada, e.principal, 0, p.at, &p.n), NOT_FOUND);
    assert_int_equal(keeper_revoke(x->staff, ada, e.principal, lit("over"), &gen), OK);
    assert_int_equal(keeper_of_key(x->staff, world_in(x, SAM).token, e.principal, 0, p.at, &p.n), OK);
}

/* A colleague whom one invited is no key: what they do is theirs. */
static void what_a_person_did_is_told_to_nobody_who_made_their_account(void **state)
{
    struct world *x = *state;
    struct page p;
    uint8_t code[20], stretched[32];
    id who;
    struct enrolled e;
    struct ticket t;
    token sam = world_in(x, SAM).token;
    assert_int_equal(keeper_principal(x->staff, sam, lit("nia"), CLASS_LINE, 0, (uint32_t)day_of(x->now) + 90, &who, code), OK);
    assert_int_equal(keeper_begin(x->staff, lit("nia"), x->device, &t), OK);
    assert_int_equal(stretch(lit("an invented passphrase nia"), t.salt, t.cost, stretched), OK);
    assert_int_equal(keeper_enrol(x->staff, code, t.number, stretched, &e), OK);
    assert_int_equal(keeper_of_key(x->staff, sam, e.principal, 0, p.at, &p.n), NOT_FOUND);
    assert_int_equal(keeper_of_key(x->staff, sam, x->made.people[LIN].principal, 0, p.at, &p.n), NOT_FOUND);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(acts_of_others_on_an_account_are_told_with_who_did_them),
        HOUSE(ones_own_acts_are_not_among_them),
        HOUSE(what_a_person_did_is_told_to_nobody_who_made_their_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
