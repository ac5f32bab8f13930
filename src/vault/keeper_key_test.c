/* Keys of the API: a system that reads cases is a principal, its key opens its seed, and no other class may ever have one. */
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

struct made_key {
    struct enrolled e;
    status said;
};

static struct made_key make_key(struct world *x, token by, const char *name, enum wall_class class, uint8_t powers)
{
    struct made_key k = { .said = OK };
    uint8_t code[20];
    id who;
    assert_int_equal(keeper_principal(x->staff, by, str_of(name), class, powers, (uint32_t)day_of(x->now) + 90, &who, code), OK);
    k.said = keeper_enrol_key(x->staff, code, &k.e);
    return k;
}

static void vouch(struct world *x, const struct enrolled *e, token by)
{
    uint32_t missing;
    assert_int_equal(keeper_certify(x->staff, by, e->principal, e->fingerprint, &missing), OK);
}

static void a_key_opens_what_its_principal_was_put_on_and_nothing_before_two_vouched(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), in;
    struct made_key k = make_key(x, sam.token, "county.records", CLASS_INVESTIGATOR, 0);
    assert_int_equal(k.said, OK);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), NOT_FOUND);
    vouch(x, &k.e, sam.token);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), NOT_FOUND);
    vouch(x, &k.e, ada.token);
    int64_t logins = world_count(x, "SELECT count(*) FROM leaf");
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
    assert_int_equal(in.class, CLASS_INVESTIGATOR);
    assert_int_equal(in.powers, 0);
    assert_int_equal(in.flags, SIGNED_IN_KEY);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), logins + 1);
    /* Another worker shows the same key: the same session, and no further record. */
    struct signed_in again;
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &again), OK);
    assert_memory_equal(again.token.at, in.token.at, sizeof in.token.at);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), logins + 1);

    id scope = chance_id(&x->chance, 0, false), other = chance_id(&x->chance, 0, false), ring, closed;
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, CASE, &ring), OK);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, other, CASE, &closed), OK);
    struct row row = world_seal(x, SCOPE_CASE, scope, CASE, "an invented case"), hidden = world_seal(x, SCOPE_CASE, other, CASE, "another");
    assert_int_equal(world_open(x, in.token, &row), CODE_NONE);
    struct ring_act act = { .token = sam.token, .ring = ring, .member = k.e.principal };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_ADD, &act, &done), OK);
    assert_int_equal(world_open(x, in.token, &row), CODE_OK);
    assert_int_equal(world_open(x, in.token, &hidden), CODE_NONE);
    assert_int_equal(keeper_ring(x->staff, RING_REMOVE, &act, &done), OK);
    assert_int_equal(world_open(x, in.token, &row), CODE_NONE);
}

static void a_wrong_an_ended_and_an_old_key_open_nothing(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), in;
    struct made_key k = make_key(x, sam.token, "county.records", CLASS_INVESTIGATOR, 0), other = make_key(x, sam.token, "city.records", CLASS_ANALYST, 0);
    vouch(x, &k.e, sam.token), vouch(x, &k.e, ada.token);
    vouch(x, &other.e, sam.token), vouch(x, &other.e, ada.token);
    uint8_t wrong[20];
    memcpy(wrong, k.e.recovery, sizeof wrong);
    wrong[19] ^= 1;
    assert_int_equal(keeper_key(x->staff, k.e.principal, wrong, &in), NOT_FOUND);
    assert_int_equal(keeper_key(x->staff, k.e.principal, other.e.recovery, &in), NOT_FOUND);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
    /* Half an hour of silence shuts what was open; the key opens it again, and says so in the log. */
    world_pass(x, 31 * 60);
    struct who who;
    assert_int_equal(keeper_who(x->staff, in.token, &who), LOCKED);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
    assert_int_equal(keeper_who(x->staff, in.token, &who), OK);
    world_restart(x);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
    /* Ended: at once, in the session that was open too. */
    uint64_t gen;
    sam = world_in(x, SAM);
    assert_int_equal(keeper_revoke(x->staff, sam.token, k.e.principal, lit("over"), &gen), OK);
    assert_int_equal(keeper_who(x->staff, in.token, &who), LOCKED);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), NOT_FOUND);
    assert_int_equal(world_count(x, "SELECT count(*) FROM api_slot"), 1);
    /* And by its day. */
    assert_int_equal(keeper_key(x->staff, other.e.principal, other.e.recovery, &in), OK);
    world_pass(x, 91 * 86400);
    assert_int_equal(keeper_key(x->staff, other.e.principal, other.e.recovery, &in), NOT_FOUND);
}

static void only_classes_that_read_cases_may_have_a_key_and_immigration_enforcement_never(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM);
    char name[16], sql[200];
    for (int class = CLASS_NONE; class < CLASS_ROOT; class++) {
        bool may = class == CLASS_ANALYST || class == CLASS_INVESTIGATOR;
        assert_int_equal(wall_lets_key((enum wall_class)class), may);
        snprintf(sql, sizeof sql, "INSERT INTO principal (id, class, powers, serial, not_before, not_after, state) VALUES (x'%032x', %d, 0, 1, 0, 0, 2)",
                 0x700 + class, class);
        assert_true(world_sql_tries(x, sql));
        snprintf(sql, sizeof sql, "INSERT INTO api_slot VALUES (x'%032x', %d, x'00')", 0x700 + class, class);
        assert_int_equal(world_sql_tries(x, sql), may);
        if (class == CLASS_ENGINE)
            continue; /* nobody invites one */
        snprintf(name, sizeof name, "system.%d", class);
        assert_int_equal(make_key(x, sam.token, name, (enum wall_class)class, 0).said, may ? OK : NOT_FOUND);
    }
    /* A false class beside the principal's own. */
    snprintf(sql, sizeof sql, "INSERT INTO api_slot VALUES (x'%032x', %d, x'00')", 0x700 + CLASS_IMMIGRATION, CLASS_INVESTIGATOR);
    assert_false(world_sql_tries(x, sql));
    /* Nor one that could vouch, or let others in. */
    assert_int_equal(make_key(x, sam.token, "system.grant", CLASS_INVESTIGATOR, POWER_GRANT).said, NOT_FOUND);
}

static void a_slot_forged_for_a_person_of_another_class_opens_no_session(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), in;
    struct made_key k = make_key(x, sam.token, "county.records", CLASS_INVESTIGATOR, 0);
    vouch(x, &k.e, sam.token), vouch(x, &k.e, ada.token);
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
    assert_int_equal(keeper_end(x->staff, in.token), OK);
    world_sql(x, "UPDATE principal SET class = 5 WHERE id = (SELECT principal FROM api_slot)");
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), NOT_FOUND);
    world_sql(x, "UPDATE principal SET class = 3 WHERE id = (SELECT principal FROM api_slot)");
    assert_int_equal(keeper_key(x->staff, k.e.principal, k.e.recovery, &in), OK);
}

static void a_locked_house_opens_for_no_key(void **state)
{
    struct world *x = *state;
    struct signed_in in;
    uint8_t key[20] = { 1 };
    assert_int_equal(keeper_key(x->staff, x->office, key, &in), LOCKED);
    struct keeper_state locked;
    assert_int_equal(keeper_state(x->jobs, &locked), OK);
    assert_false(locked.open);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    assert_int_equal(keeper_key(x->staff, x->office, key, &in), NOT_FOUND);
    assert_int_not_equal(keeper_key(x->pub, x->office, key, &in), OK);
    struct keeper_state state_now;
    assert_int_equal(keeper_state(x->jobs, &state_now), OK);
    assert_true(state_now.open);
    assert_int_not_equal(keeper_state(x->pub, &state_now), OK);
}

static int make_locked_world(void **state)
{
    *state = world_make(false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_opens_what_its_principal_was_put_on_and_nothing_before_two_vouched, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_wrong_an_ended_and_an_old_key_open_nothing, make_world, end_world),
        cmocka_unit_test_setup_teardown(only_classes_that_read_cases_may_have_a_key_and_immigration_enforcement_never, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_slot_forged_for_a_person_of_another_class_opens_no_session, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_locked_house_opens_for_no_key, make_locked_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
