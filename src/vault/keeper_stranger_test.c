/* What strangers at the sign-in page can do to those who belong to the house: wait, and nothing else. */
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

static status owner_signs_in(struct world *x, struct signed_in *out)
{
    return world_sign_in(x, world_people[LIN].name, world_people[LIN].passphrase, x->made.people[LIN].otp_secret, out);
}

static void strangers_lock_themselves_out_of_a_name_and_not_its_owner_on_a_known_device(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN), in;
    uint8_t stranger[32] = { 0 };
    static const str names[] = { LIT("lin"), LIT("nobody") };
    for (ptrdiff_t n = 0; n < countof(names); n++) {
        for (int i = 0; i < 5; i++)
            assert_int_equal(world_sign_in(x, names[n], lit("a guess at a passphrase"), NULL, &in), NOT_FOUND);
        assert_int_equal(world_sign_in(x, names[n], lit("a guess at a passphrase"), NULL, &in), LIMIT); /* a name that is not: alike */
    }
    assert_int_equal(owner_signs_in(x, &in), LIMIT);
    memcpy(x->device, lin.device, 32);
    assert_int_equal(owner_signs_in(x, &in), OK);
    /* a made-up cookie, or that of another name, is a stranger's */
    x->device[31] ^= 1;
    assert_int_equal(owner_signs_in(x, &in), LIMIT);
    memcpy(x->device, stranger, 32);
    world_pass(x, 15 * 60);
    assert_int_equal(owner_signs_in(x, &in), OK);
    /* a second round of the stranger's waits twice as long */
    for (int i = 0; i < 5; i++)
        assert_int_equal(world_sign_in(x, lit("nobody"), lit("a guess at a passphrase"), NULL, &in), NOT_FOUND);
    world_pass(x, 16 * 60);
    assert_int_equal(world_sign_in(x, lit("nobody"), lit("a guess at a passphrase"), NULL, &in), LIMIT);
    world_pass(x, 16 * 60);
    assert_int_equal(world_sign_in(x, lit("nobody"), lit("a guess at a passphrase"), NULL, &in), NOT_FOUND);
}

/* One ticket is out to strangers at a time, as on two cores; a flood of them leaves the devices that are known their own. */
static void a_flood_of_strangers_leaves_a_ticket_to_known_devices(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct keeper *other = keeper_in_process(x->core, ROLE_STAFF), *third = keeper_in_process(x->core, ROLE_STAFF);
    uint8_t stranger[32] = { 0 };
    struct ticket t;
    x->core->tickets_out = 1;
    assert_int_equal(keeper_begin(other, lit("nobody"), stranger, &t), OK);
    assert_int_equal(keeper_begin(third, world_people[LIN].name, stranger, &t), BUSY);
    assert_int_equal(keeper_begin(third, world_people[SAM].name, lin.device, &t), BUSY); /* a cookie of another name is a stranger's */
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, lin.device, &t), OK);
    assert_int_equal(keeper_begin(third, world_people[LIN].name, lin.device, &t), BUSY); /* known ones have a bound too */
}

/* While a pair waits, tries change nothing and leave no record: a flood must not fill the log, which is never cut. */
static void tries_of_a_pair_that_must_wait_do_not_grow_the_log(void **state)
{
    struct world *x = *state;
    struct signed_in in;
    for (int i = 0; i < 5; i++)
        assert_int_equal(world_sign_in(x, lit("nobody"), lit("a guess at a passphrase"), NULL, &in), NOT_FOUND);
    int64_t before = world_count(x, "SELECT count(*) FROM leaf");
    for (int i = 0; i < 20; i++)
        assert_int_equal(world_sign_in(x, lit("nobody"), lit("a guess at a passphrase"), NULL, &in), LIMIT);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before);
}

/* Its 160 bits are not guessed: strangers may not keep the house from its second person. */
static void strangers_do_not_lock_out_the_envelope(void **state)
{
    struct world *x = *state;
    struct signed_in in;
    struct ticket t;
    uint8_t code[KEY] = { 0 }, wrong[KEY] = { 3 };
    memcpy(code, x->made.envelope, RECOVERY_CODE);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(keeper_begin(x->staff, lit("envelope"), x->device, &t), OK);
        assert_int_equal(keeper_finish(x->staff, t.number, wrong, 0, NULL, &in), i < 5 ? NOT_FOUND : LIMIT);
    }
    assert_int_equal(keeper_begin(x->staff, lit("envelope"), x->device, &t), OK);
    assert_int_equal(keeper_finish(x->staff, t.number, code, 0, NULL, &in), OK);
}

/* By these names the keeper finds its own: whoever bore one would be put on every new ring, or sign in without a code. */
static void nobody_is_invited_by_a_name_of_the_house(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM);
    static const str names[] = { LIT("engine"), LIT("envelope"), LIT("node") };
    uint8_t code[20];
    uint64_t gen;
    id who;
    assert_int_equal(keeper_revoke(x->staff, sam.token, x->made.engine, lit("away"), &gen), OK);
    assert_int_equal(keeper_revoke(x->staff, sam.token, x->made.envelope_principal, lit("away"), &gen), OK);
    for (ptrdiff_t i = 0; i < countof(names); i++)
        assert_int_equal(keeper_principal(x->staff, sam.token, names[i], CLASS_ANALYST, 0, (uint32_t)day_of(x->now) + 9, &who, code),
                         CONFLICT);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(strangers_lock_themselves_out_of_a_name_and_not_its_owner_on_a_known_device),
        HOUSE(a_flood_of_strangers_leaves_a_ticket_to_known_devices),
        HOUSE(tries_of_a_pair_that_must_wait_do_not_grow_the_log),
        HOUSE(strangers_do_not_lock_out_the_envelope),
        HOUSE(nobody_is_invited_by_a_name_of_the_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
