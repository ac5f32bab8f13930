/* The ring of deconfliction: who may be on it, whom the engine is told of, and what is blinded for them. Everybody is invented. */
#include "thief.h"

#define PASS(n) LIT("an invented passphrase " n)
/* Places in the world's list of people: DEE is on the ring from the first, ROY is of the same class, PAT has no power. */
enum { MANY = 6 };
#define DEE ((enum someone)3)
#define ROY ((enum someone)4)
#define PAT_HERE ((enum someone)5)
static const struct plan_person people[MANY] = {
    [ADA] = { LIT("ada"), PASS("ada"), CLASS_NONE, POWER_CERTIFY, 0 },
    [SAM] = { LIT("sam"), PASS("sam"), CLASS_ANALYST, 7, 1u << TIP | 1u << SOURCE | 1u << SERVICE },
    [LIN] = { LIT("lin"), PASS("lin"), CLASS_LINE, 0, 1u << TIP | 1u << SOURCE },
    [DEE] = { LIT("dee"), PASS("dee"), CLASS_PARTNER, POWER_GRANT, 1u << SHARED },
    [ROY] = { LIT("roy"), PASS("roy"), CLASS_PARTNER, POWER_GRANT, 0 },
    [PAT_HERE] = { LIT("pat"), PASS("pat"), CLASS_PARTNER, 0, 0 },
};

static int make_world(void **state)
{
    *state = world_make_of(true, people, MANY);
    return 0;
}

static int make_without(void **state)
{
    static struct plan_person nobody[MANY];
    memcpy(nobody, people, sizeof nobody);
    nobody[DEE].rings = 0;
    *state = world_make_of(true, nobody, MANY);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static status ring_of(struct world *x, id *ring)
{
    struct ring_key key = { 0 };
    status s = keeper_ring_key(x->staff, SCOPE_INSTALLATION, x->made.install, SHARED, &key);
    *ring = key.ring;
    return s;
}

/* As the engine asks it, for a search of that person. */
static status is_told(struct world *x, enum someone who)
{
    struct search_ticket t;
    assert_int_equal(keeper_search_ticket(x->staff, world_in(x, who).token, &t), OK);
    return keeper_deconfliction(x->engine, &t);
}

static void the_engine_is_told_of_members_and_of_nobody_else(void **state)
{
    struct world *x = *state;
    id ring;
    struct search_ticket t;
    assert_int_equal(ring_of(x, &ring), OK);
    assert_int_equal(is_told(x, DEE), OK);
    assert_int_equal(is_told(x, ROY), NOT_FOUND); /* the class alone is not enough */
    assert_int_equal(is_told(x, SAM), NOT_FOUND);
    assert_int_equal(is_told(x, LIN), NOT_FOUND);
    struct signed_in dee = world_in(x, DEE);
    assert_int_equal(world_ring(x, RING_ADD, dee.token, ring, ROY, NULL), OK);
    assert_int_equal(is_told(x, ROY), OK);
    assert_int_equal(keeper_search_ticket(x->staff, dee.token, &t), OK);
    assert_int_equal(keeper_deconfliction(x->staff, &t), INVALID); /* the engine's question alone */
    struct search_ticket changed = t;
    changed.at[3] ^= 1;
    assert_int_equal(keeper_deconfliction(x->engine, &changed), NOT_FOUND);
    assert_int_equal(keeper_deconfliction(x->engine, &t), OK);
    assert_int_equal(world_ring(x, RING_REMOVE, world_in(x, SAM).token, ring, DEE, NULL), OK); /* whoever certifies may take off */
    assert_int_equal(keeper_deconfliction(x->engine, &t), NOT_FOUND); /* with a ticket of before */
    assert_int_equal(is_told(x, ROY), OK);
    world_pass(x, 61);
    assert_int_equal(keeper_deconfliction(x->engine, &t), LOCKED);
}

/* Neither by asking, nor by being given it, nor by a row that says so: the certificates of those who read tips name another class. */
static void nobody_who_reads_tips_is_ever_on_it(void **state)
{
    struct world *x = *state;
    id ring, other;
    struct signed_in dee = world_in(x, DEE), sam = world_in(x, SAM);
    assert_int_equal(ring_of(x, &ring), OK);
    assert_int_equal(world_ring(x, RING_ADD, dee.token, ring, SAM, NULL), NOT_FOUND);
    assert_int_equal(world_ring(x, RING_ADD, dee.token, ring, LIN, NULL), NOT_FOUND);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_INSTALLATION, x->made.install, SHARED, &other), NOT_FOUND);
    struct ring r = { 0 };
    struct principal p;
    uint8_t secret[KEY];
    struct hand hand = hand_of(x, DEE);
    assert_int_equal(ring_find(x->db, ring, &r), OK);
    assert_int_equal(principal_find(x->db, x->made.people[SAM].principal, &p), OK);
    secret_of(x, &r, &hand, secret);
    put_member(x, &r, &p, &hand); /* a grant in earnest, by a member, written behind the keeper */
    put_wrap(x, &r, p.id, p.box, secret);
    assert_int_equal(is_told(x, SAM), NOT_FOUND);
    assert_int_equal(principal_find(x->db, x->made.people[ROY].principal, &p), OK); /* the control: the same rows for one of the class */
    put_member(x, &r, &p, &hand);
    assert_int_equal(is_told(x, ROY), NOT_FOUND); /* no wrap yet */
    put_wrap(x, &r, p.id, p.box, secret);
    assert_int_equal(is_told(x, ROY), OK);
    /* And the other way: no ring of tips or cases takes an officer. */
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, TIP), DEE, NULL), NOT_FOUND);
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, SOURCE), DEE, NULL), NOT_FOUND);
    for (int c = TIP; c <= SERVICE; c++)
        if (c != SHARED)
            assert_int_equal(world_make_ring(x, dee.token, SCOPE_CASE, (id){ { 0x0e, (uint8_t)c } }, c, &other) == OK, 0);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "invented");
    assert_int_equal(world_open(x, dee.token, &tip), CODE_NONE);
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
}

static void the_first_officer_makes_it_where_the_house_has_none(void **state)
{
    struct world *x = *state;
    id ring, again;
    assert_int_equal(ring_of(x, &ring), NOT_FOUND);
    assert_int_equal(is_told(x, DEE), NOT_FOUND);
    struct signed_in dee = world_in(x, DEE), pat = world_in(x, PAT_HERE);
    assert_int_equal(world_make_ring(x, pat.token, SCOPE_INSTALLATION, x->made.install, SHARED, &ring), NOT_FOUND); /* without the power */
    assert_int_equal(world_make_ring(x, world_in(x, SAM).token, SCOPE_INSTALLATION, x->made.install, SHARED, &ring), NOT_FOUND);
    assert_int_equal(world_make_ring(x, dee.token, SCOPE_INSTALLATION, x->made.install, TIP, &ring), INVALID);
    assert_int_equal(world_make_ring(x, dee.token, SCOPE_INSTALLATION, (id){ { 7 } }, SHARED, &ring), INVALID); /* of this house alone */
    assert_int_equal(world_make_ring(x, dee.token, SCOPE_INSTALLATION, x->made.install, SHARED, &ring), OK);
    assert_int_equal(world_make_ring(x, dee.token, SCOPE_INSTALLATION, x->made.install, SHARED, &again), OK);
    assert_true(id_equal(ring, again));
    assert_int_equal(is_told(x, DEE), OK);
    assert_int_equal(world_make_ring(x, world_in(x, ROY).token, SCOPE_INSTALLATION, x->made.install, SHARED, &again), NOT_FOUND);
    assert_int_equal(world_count(x, "SELECT count(*) FROM member WHERE compartment = 8"), 2); /* the officer and root: never the engine */
}

static void what_is_blinded_for_them_is_blinded_for_nobody_else(void **state)
{
    struct world *x = *state;
    uint8_t one[2][16], other[2][16];
    const str values[] = { LIT("a pair of tips"), LIT("another pair") };
    id ring;
    struct signed_in dee = world_in(x, DEE), sam = world_in(x, SAM);
    assert_int_equal(keeper_blind(x->staff, dee.token, 1, SHARED, values, 2, one), OK);
    assert_int_equal(keeper_blind(x->staff, dee.token, 1, SHARED, values, 2, other), OK);
    assert_memory_equal(one, other, sizeof one);
    assert_memory_not_equal(one[0], one[1], sizeof one[0]);
    assert_int_equal(world_count(x, "SELECT day_rows FROM opened WHERE compartment = 8"), 2); /* a message is one row */
    assert_int_equal(keeper_blind(x->staff, sam.token, 1, SOURCE, values, 2, other), OK);
    assert_memory_not_equal(one, other, sizeof one); /* another compartment */
    assert_int_equal(keeper_blind(x->staff, sam.token, 1, SHARED, values, 2, other), NOT_FOUND);
    assert_int_equal(keeper_blind(x->staff, world_in(x, ROY).token, 1, SHARED, values, 2, other), NOT_FOUND);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_RELEASE, (id){ { 9 } }, SHARED, &ring), OK); /* a packet of one's own opens no blind key */
    assert_int_equal(keeper_blind(x->staff, sam.token, 1, SHARED, values, 2, other), NOT_FOUND);
}

static void the_record_of_a_decision_is_an_officers(void **state)
{
    struct world *x = *state;
    const uint8_t digest[32] = { 1 };
    uint64_t seq, records = x->core->tree.size;
    struct signed_in dee = world_in(x, DEE), sam = world_in(x, SAM);
    records = x->core->tree.size;
    assert_int_equal(keeper_note(x->staff, &dee.token, ACT_DECONFLICT, 2, (id){ { 5 } }, digest, &seq), OK);
    assert_int_equal(x->core->tree.size, records + 1);
    assert_int_equal(keeper_note(x->staff, &sam.token, ACT_DECONFLICT, 2, (id){ { 5 } }, digest, &seq), NOT_FOUND);
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_DECONFLICT, 2, (id){ { 5 } }, digest, &seq), INVALID);
    world_restart(x); /* the log with it is read again */
    assert_int_equal(is_told(x, DEE), OK);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(the_engine_is_told_of_members_and_of_nobody_else),
        HOUSE(nobody_who_reads_tips_is_ever_on_it),
        cmocka_unit_test_setup_teardown(the_first_officer_makes_it_where_the_house_has_none, make_without, end_world),
        HOUSE(what_is_blinded_for_them_is_blinded_for_nobody_else),
        HOUSE(the_record_of_a_decision_is_an_officers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
