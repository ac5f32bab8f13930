/* Certificates end, and two people renew them: neither alone, nobody for themselves, and not with a hand that was no certifier's then. */
#include "keeper_world.h"

enum { DAY = 86400 };

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

static id principal_of(const struct world *x, enum someone who)
{
    return x->made.people[who].principal;
}

static status renew(struct world *x, token t, enum someone who, struct person_term *out)
{
    return keeper_renew(x->staff, t, principal_of(x, who), out);
}

static status sign_in(struct world *x, enum someone who, struct signed_in *out)
{
    return world_sign_in(x, world_people[who].name, world_people[who].passphrase, x->made.people[who].otp_secret, out);
}

static bool ends_soon(struct world *x, token t, enum someone who)
{
    struct person_ending list[ENDING_PEOPLE];
    ptrdiff_t n;
    assert_int_equal(keeper_ending(x->staff, t, (uint32_t)day_of(x->now) + RENEW_DAYS, list, &n), OK);
    for (ptrdiff_t i = 0; i < n; i++)
        if (id_equal(list[i].principal, principal_of(x, who)))
            return true;
    return false;
}

static void two_renew_a_third_in_the_last_days_and_the_work_goes_on(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), in;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct person_term t;
    uint32_t first_end = (uint32_t)day_of(x->now) + CERT_DAYS;
    assert_int_equal(keeper_term(x->staff, sam.token, principal_of(x, LIN), &t), OK);
    assert_int_equal(t.until_day, first_end);
    assert_int_equal(t.missing, 0);
    assert_int_equal(renew(x, sam.token, LIN, &t), OK); /* too early: told, not done */
    assert_int_equal(t.until_day, first_end);
    assert_int_equal(world_count(x, "SELECT count(*) FROM term"), 0);
    assert_false(ends_soon(x, sam.token, LIN));
    world_pass(x, (int64_t)(CERT_DAYS - RENEW_DAYS + 1) * DAY);
    sam = world_in(x, SAM);
    assert_true(ends_soon(x, sam.token, LIN));
    assert_int_equal(keeper_term(x->staff, sam.token, principal_of(x, LIN), &t), OK);
    assert_int_equal(t.missing, QUORUM);
    for (int i = 0; i < 3; i++) { /* one hand stays one */
        assert_int_equal(renew(x, sam.token, LIN, &t), OK);
        assert_int_equal(t.missing, 1);
        assert_int_equal(t.until_day, first_end);
        assert_true(t.signed_by_asker);
    }
    struct signed_in ada = world_in(x, ADA);
    assert_int_equal(keeper_term(x->staff, ada.token, principal_of(x, LIN), &t), OK);
    assert_true(t.missing == 1 && !t.signed_by_asker);
    assert_int_equal(renew(x, ada.token, LIN, &t), OK);
    assert_int_equal(t.missing, 0);
    assert_int_equal(t.until_day, (uint32_t)day_of(x->now) + CERT_DAYS);
    assert_false(ends_soon(x, ada.token, LIN));
    /* IVY and CAM have one signature or none, and end: the control */
    assert_int_equal(renew(x, ada.token, IVY, &t), OK);
    world_pass(x, (int64_t)RENEW_DAYS * DAY);
    world_restart(x);
    assert_int_equal(sign_in(x, IVY, &in), NOT_FOUND);
    assert_int_equal(sign_in(x, CAM, &in), NOT_FOUND);
    assert_int_equal(sign_in(x, LIN, &in), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK); /* the same keys, the same rings */
}

static void nobody_renews_themselves_and_no_one_without_the_power_does(void **state)
{
    struct world *x = *state;
    struct person_term t;
    world_pass(x, (int64_t)(CERT_DAYS - 10) * DAY);
    struct signed_in sam = world_in(x, SAM), lin = world_in(x, LIN);
    assert_int_equal(renew(x, sam.token, SAM, &t), NOT_FOUND);
    assert_int_equal(keeper_term(x->staff, sam.token, principal_of(x, SAM), &t), OK);
    assert_true(t.until_day && !t.missing);
    assert_int_equal(renew(x, lin.token, SAM, &t), NOT_FOUND);
    assert_int_equal(keeper_term(x->staff, lin.token, principal_of(x, SAM), &t), NOT_FOUND);
    assert_int_equal(keeper_renew(x->staff, sam.token, x->core->root, &t), NOT_FOUND);
    assert_int_equal(keeper_renew(x->staff, sam.token, x->made.node, &t), NOT_FOUND);
    uint64_t gen;
    assert_int_equal(keeper_revoke(x->staff, sam.token, principal_of(x, LIN), lit("left"), &gen), OK);
    assert_int_equal(renew(x, sam.token, LIN, &t), NOT_FOUND);
    assert_int_equal(keeper_term(x->staff, sam.token, principal_of(x, LIN), &t), NOT_FOUND);
    assert_int_equal(world_count(x, "SELECT count(*) FROM term"), 0);
    assert_int_equal(renew(x, sam.token, IVY, &t), OK); /* the control */
    assert_int_equal(world_count(x, "SELECT count(*) FROM term"), 1);
}

/* ADA, SAM and CAM renew each other and LIN; no chain to root grows by it, however long the house stands. */
static void a_house_renews_itself_year_after_year(void **state)
{
    enum { YEARS = 15 };
    struct world *x = *state;
    static const enum someone certifiers[] = { ADA, SAM, CAM };
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct person_term t;
    for (int year = 0; year < YEARS; year++) {
        world_pass(x, (int64_t)(CERT_DAYS - 20) * DAY);
        for (int i = 0; i < 3; i++) {
            struct signed_in in = world_in(x, certifiers[i]);
            for (int k = 0; k < 3; k++)
                if (k != i)
                    assert_int_equal(renew(x, in.token, certifiers[k], &t), OK);
            assert_int_equal(renew(x, in.token, LIN, &t), OK);
        }
    }
    world_pass(x, (int64_t)(CERT_DAYS - 30) * DAY);
    world_restart(x); /* nothing of it is remembered: all is looked at again, within its bounds */
    struct signed_in lin = world_in(x, LIN), sam = world_in(x, SAM);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    /* what was granted in an earlier certificate is still believed: SAM adds IVY no more, for IVY ended long ago, and CAM is a carer */
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, TIP), IVY, NULL), NOT_FOUND);
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, TIP), CAM, NULL), OK);
}

/* --- forged: everything right but for one thing ------------------------------------------------- */

static struct identity identity_of(struct world *x, enum someone who)
{
    struct signed_in in = world_in(x, who);
    struct identity own;
    uint8_t key[KEY];
    keyed_hash(in.token.at, "session kek", lit(""), key, KEY);
    for (int i = 0; i < SESSIONS; i++)
        if (id_equal(x->core->sessions[i].who, principal_of(x, who)) && session_identity(&x->core->sessions[i], key, &own))
            return own;
    fail();
    return own;
}

/* A term of LIN behind the keeper's back, signed by two with their own keys. */
static void forge(struct world *x, const struct identity *a, enum someone who_a, const struct identity *b, enum someone who_b,
                  uint32_t from, uint32_t to)
{
    struct principal p;
    uint8_t statement[CERT_STATEMENT], sig[2][SIGNATURE];
    char text[1600], hex[2][2 * SIGNATURE + 1] = { { 0 } }, ids[3][33] = { { 0 } };
    assert_int_equal(principal_find(x->db, principal_of(x, LIN), &p), OK);
    p.serial = 2;
    p.not_before = from;
    p.not_after = to;
    cert_statement(x->made.install, &p, statement);
    sign_bytes(&a->sign, (str){ (char *)statement, CERT_STATEMENT }, sig[0]);
    sign_bytes(&b->sign, (str){ (char *)statement, CERT_STATEMENT }, sig[1]);
    hex_write(hex[0], sig[0], SIGNATURE);
    hex_write(hex[1], sig[1], SIGNATURE);
    hex_write(ids[0], p.id.at, 16);
    hex_write(ids[1], principal_of(x, who_a).at, 16);
    hex_write(ids[2], principal_of(x, who_b).at, 16);
    snprintf(text, sizeof text, "DELETE FROM term_cert; DELETE FROM term; INSERT INTO term VALUES (x'%s', 2, %u, %u, 1);"
             "INSERT INTO term_cert VALUES (x'%s', 2, x'%s', x'%s') ON CONFLICT DO NOTHING;"
             "INSERT INTO term_cert VALUES (x'%s', 2, x'%s', x'%s') ON CONFLICT DO NOTHING",
             ids[0], from, to, ids[0], ids[1], hex[0], ids[0], ids[2], hex[1]);
    world_sql(x, text);
    world_pass(x, 3600); /* five wrong tries in a quarter of an hour would be made to wait */
    world_restart(x);
}

static void a_forged_renewal_is_believed_only_if_two_certifiers_of_its_days_signed_it(void **state)
{
    struct world *x = *state;
    struct identity ada = identity_of(x, ADA), sam = identity_of(x, SAM), lin = identity_of(x, LIN);
    uint32_t made = (uint32_t)day_of(x->now), end = made + CERT_DAYS;
    struct signed_in in;
    world_pass(x, (int64_t)(CERT_DAYS + 10) * DAY);
    uint32_t now = (uint32_t)day_of(x->now);
    forge(x, &ada, ADA, &sam, SAM, now, now + 100); /* certifiers once, and no more on its first day */
    assert_int_equal(sign_in(x, LIN, &in), NOT_FOUND);
    forge(x, &ada, ADA, &lin, LIN, end - 10, now + 100); /* oneself */
    assert_int_equal(sign_in(x, LIN, &in), NOT_FOUND);
    forge(x, &ada, ADA, &ada, ADA, end - 10, now + 100); /* one hand */
    assert_int_equal(sign_in(x, LIN, &in), NOT_FOUND);
    forge(x, &ada, ADA, &ada, SAM, end - 10, now + 100); /* one hand under two names */
    assert_int_equal(sign_in(x, LIN, &in), NOT_FOUND);
    forge(x, &ada, ADA, &sam, SAM, end - 10, end - 10 + CERT_DAYS + 1); /* too long a life */
    assert_int_equal(sign_in(x, LIN, &in), NOT_FOUND);
    forge(x, &ada, ADA, &sam, SAM, end - 10, now + 100); /* the control: both, in time */
    assert_int_equal(sign_in(x, LIN, &in), OK);
}

static void a_renewal_that_waited_too_long_is_begun_anew(void **state)
{
    struct world *x = *state;
    struct person_term t;
    world_pass(x, (int64_t)(CERT_DAYS - RENEW_DAYS + 1) * DAY);
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(renew(x, sam.token, LIN, &t), OK);
    world_pass(x, 31 * (int64_t)DAY);
    struct signed_in ada = world_in(x, ADA);
    assert_int_equal(renew(x, ada.token, LIN, &t), OK);
    assert_int_equal(t.missing, 1);
    sam = world_in(x, SAM);
    assert_int_equal(renew(x, sam.token, LIN, &t), OK);
    assert_int_equal(t.missing, 0);
    assert_int_equal(t.until_day, (uint32_t)day_of(x->now) + CERT_DAYS);
    assert_int_equal(world_count(x, "SELECT count(*) FROM term WHERE whole = 1 AND serial = 3"), 1);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(two_renew_a_third_in_the_last_days_and_the_work_goes_on),
        HOUSE(nobody_renews_themselves_and_no_one_without_the_power_does),
        HOUSE(a_house_renews_itself_year_after_year),
        HOUSE(a_forged_renewal_is_believed_only_if_two_certifiers_of_its_days_signed_it),
        HOUSE(a_renewal_that_waited_too_long_is_begun_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
