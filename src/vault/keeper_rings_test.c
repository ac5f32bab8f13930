/* Searches: a ticket of who asks, and which rings the engine is told for it. */
#include "thief.h"
#include <time.h>

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

static struct search_ticket ticket_of(struct world *x, token t)
{
    struct search_ticket ticket;
    assert_int_equal(keeper_search_ticket(x->staff, t, &ticket), OK);
    return ticket;
}

static id rings[RINGS_A_PAGE];

static ptrdiff_t rings_of(struct world *x, token t)
{
    struct search_ticket ticket = ticket_of(x, t);
    uint64_t gen;
    ptrdiff_t n;
    assert_int_equal(keeper_rings(x->engine, &ticket, 0, &gen, rings, &n), OK);
    assert_int_equal(gen, world_count(x, "SELECT gen FROM wall"));
    return n;
}

static bool has_ring(ptrdiff_t n, id ring)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (id_equal(rings[i], ring))
            return true;
    return false;
}

static void a_search_is_told_the_tip_and_case_rings_of_who_asks_and_no_others(void **state)
{
    struct world *x = *state;
    id of_case, evidence, scope = { { 0x0c, 2 } };
    struct signed_in sam = world_in(x, SAM), lin = world_in(x, LIN), cam = world_in(x, CAM), aud = world_in(x, AUD);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, EVIDENCE, &evidence), OK);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, CASE, &of_case), OK);
    ptrdiff_t n = rings_of(x, sam.token);
    assert_int_equal(n, 2); /* of SOURCE, EVIDENCE and SERVICE nothing, which he holds too */
    assert_true(has_ring(n, world_ring_of(x, TIP)) && has_ring(n, of_case));
    n = rings_of(x, lin.token);
    assert_true(n == 1 && has_ring(n, world_ring_of(x, TIP)));
    assert_int_equal(rings_of(x, cam.token), 0);
    assert_int_equal(rings_of(x, aud.token), 0);
    assert_int_equal(world_ring(x, RING_ADD, sam.token, of_case, OFFICER, NULL), OK); /* cases may be theirs, tips never */
    n = rings_of(x, world_in(x, OFFICER).token);
    assert_true(n == 1 && has_ring(n, of_case));
}

static void who_was_removed_or_left_drops_out_at_once(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), lin = world_in(x, LIN);
    uint64_t gen;
    ptrdiff_t n;
    struct search_ticket before = ticket_of(x, lin.token);
    assert_int_equal(rings_of(x, lin.token), 1);
    assert_int_equal(world_ring(x, RING_REMOVE, sam.token, world_ring_of(x, TIP), LIN, NULL), OK);
    assert_int_equal(keeper_rings(x->engine, &before, 0, &gen, rings, &n), OK); /* a ticket of before */
    assert_int_equal(n, 0);
    assert_int_equal(rings_of(x, sam.token), 1);
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, TIP), LIN, NULL), OK);
    assert_int_equal(rings_of(x, lin.token), 1);
    before = ticket_of(x, lin.token);
    assert_int_equal(keeper_revoke(x->staff, sam.token, x->made.people[LIN].principal, lit("left"), &gen), OK);
    assert_int_equal(keeper_rings(x->engine, &before, 0, &gen, rings, &n), LOCKED);
    assert_int_equal(n, 0);
}

static void a_ticket_is_for_a_minute_of_a_session_that_lives(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct search_ticket good = ticket_of(x, lin.token), t;
    uint64_t gen, records = x->core->tree.size;
    ptrdiff_t n;
    for (int bit = 0; bit < SEARCH_TICKET * 8; bit++) {
        t = good;
        t.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(keeper_rings(x->engine, &t, 0, &gen, rings, &n), NOT_FOUND);
    }
    assert_int_equal(x->core->tree.size, records + SEARCH_TICKET * 8); /* each on record */
    assert_int_equal(keeper_rings(x->staff, &good, 0, &gen, rings, &n), INVALID); /* the engine's question alone */
    world_pass(x, 60);
    assert_int_equal(keeper_rings(x->engine, &good, 0, &gen, rings, &n), OK);
    world_pass(x, 1);
    records = x->core->tree.size;
    assert_int_equal(keeper_rings(x->engine, &good, 0, &gen, rings, &n), LOCKED);
    assert_int_equal(x->core->tree.size, records); /* old is no refusal */
    good = ticket_of(x, lin.token);
    assert_int_equal(keeper_end(x->staff, lin.token), OK);
    assert_int_equal(keeper_rings(x->engine, &good, 0, &gen, rings, &n), LOCKED);
    good = ticket_of(x, world_in(x, LIN).token);
    world_restart(x); /* the mark is still K0's, the session is gone */
    assert_int_equal(keeper_rings(x->engine, &good, 0, &gen, rings, &n), LOCKED);
}

/* Who searches uses the session; that the engine asks does not keep it open. */
static void asking_for_rings_is_no_use_of_the_session(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct search_ticket t;
    uint64_t gen;
    ptrdiff_t n;
    for (int i = 0; i < 29; i++) {
        world_pass(x, 61);
        t = ticket_of(x, lin.token);
    }
    world_pass(x, 31 * 60);
    assert_int_equal(keeper_search_ticket(x->staff, lin.token, &t), LOCKED);
    lin = world_in(x, LIN);
    for (int i = 0; i < 60; i++) { /* as long as the ticket stands, which is what may be asked */
        t = i ? t : ticket_of(x, lin.token);
        assert_int_equal(keeper_rings(x->engine, &t, 0, &gen, rings, &n), OK);
        world_pass(x, 1);
    }
    world_pass(x, 29 * 60 + 1);
    assert_int_equal(keeper_search_ticket(x->staff, lin.token, &t), LOCKED);
}

static void a_grant_that_is_not_believed_names_no_ring(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM), no_sam = forged(x, sam.named);
    struct ring tips = ring_row(x, TIP);
    struct principal ivy;
    uint8_t secret[KEY];
    secret_of(x, &tips, &sam, secret);
    assert_int_equal(principal_find(x->db, x->made.people[IVY].principal, &ivy), OK);
    put_member(x, &tips, &ivy, &no_sam);
    put_wrap(x, &tips, ivy.id, ivy.box, secret);
    struct signed_in in = world_in(x, IVY);
    assert_int_equal(rings_of(x, in.token), 0);
    world_sql(x, "DELETE FROM wrap WHERE member IN (SELECT id FROM principal WHERE class = 3); DELETE FROM member WHERE class = 3");
    put_member(x, &tips, &ivy, &sam); /* granted in earnest, and no wrap yet */
    assert_int_equal(rings_of(x, in.token), 0);
    put_wrap(x, &tips, ivy.id, ivy.box, secret);
    assert_int_equal(rings_of(x, in.token), 1); /* the control */
}

static void a_grant_until_a_day_names_its_ring_until_then(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), in = world_in(x, IVY);
    struct ring_act act = { .token = sam.token, .ring = world_ring_of(x, TIP), .member = x->made.people[IVY].principal,
                            .until_day = (uint32_t)day_of(x->now) + 1, .reason = "a test" };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_ADD, &act, &done), OK);
    assert_int_equal(rings_of(x, in.token), 1);
    world_pass(x, 2 * DAY);
    assert_int_equal(rings_of(x, world_in(x, IVY).token), 0);
}

/* RINGS_TIMED=N: asked N times in each of five rounds, for docs/figures.md. */
static void time_rings(struct world *x, const struct search_ticket *t)
{
    const char *asked = getenv("RINGS_TIMED");
    int64_t times = 0;
    uint64_t gen;
    ptrdiff_t n;
    if (!asked || !str_to_int(str_of(asked), &times) || times <= 0)
        return;
    for (int round = 0; round < 5; round++) {
        clock_t from = clock();
        for (int64_t i = 0; i < times; i++)
            assert_int_equal(keeper_rings(x->engine, t, 0, &gen, rings, &n), OK);
        printf("%d rings: %.2f ms of processor\n", (int)n, (double)(clock() - from) * 1000 / CLOCKS_PER_SEC / (double)times);
    }
}

static void more_rings_than_a_page_come_by_pages(void **state)
{
    struct world *x = *state;
    enum { MORE = RINGS_A_PAGE + 10 };
    struct signed_in sam = world_in(x, SAM);
    id ring, first;
    uint64_t gen;
    ptrdiff_t n;
    for (int i = 0; i < MORE; i++)
        assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, (id){ { 0x0d, (uint8_t)(i >> 8), (uint8_t)i } }, CASE, &ring), OK);
    struct search_ticket t = ticket_of(x, sam.token);
    assert_int_equal(keeper_rings(x->engine, &t, 0, &gen, rings, &n), OK);
    assert_int_equal(n, RINGS_A_PAGE);
    first = rings[RINGS_A_PAGE - 1];
    time_rings(x, &t);
    assert_int_equal(keeper_rings(x->engine, &t, 1, &gen, rings, &n), OK);
    assert_int_equal(n, MORE + 1 - RINGS_A_PAGE);
    assert_true(memcmp(first.at, rings[0].at, sizeof first.at) < 0); /* none twice */
    assert_int_equal(keeper_rings(x->engine, &t, 2, &gen, rings, &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(keeper_rings(x->engine, &t, UINT32_MAX, &gen, rings, &n), OK);
    assert_int_equal(n, 0);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_search_is_told_the_tip_and_case_rings_of_who_asks_and_no_others),
        HOUSE(who_was_removed_or_left_drops_out_at_once),
        HOUSE(a_ticket_is_for_a_minute_of_a_session_that_lives),
        HOUSE(asking_for_rings_is_no_use_of_the_session),
        HOUSE(a_grant_that_is_not_believed_names_no_ring),
        HOUSE(a_grant_until_a_day_names_its_ring_until_then),
        HOUSE(more_rings_than_a_page_come_by_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
