/*
 * Each statement that the keeper asks of its database fails once, for each kind of message: nothing of it is answered, the keeper ends, and the
 * next one finds a whole log. People are renewed, so that what is believed of them hangs on many rows.
 */
#include "engine.h"
#include "keeper_world.h"

enum { DAY = 86400 };

/* What a message needs: who is signed in, and what there is to open. */
struct failing {
    struct world *x;
    struct signed_in in[PEOPLE];
    token engine;  /* of this keeper, when Sam is in and opened it */
    struct row tip, entry;
    id tips, victims; /* rings of the office */
};

static status open_two(struct failing *f)
{
    struct open_row rows[] = { { .row = f->tip.id, .keybox = (const uint8_t *)f->tip.sealed.at },
                               { .row = f->tip.id, .keybox = (const uint8_t *)f->tip.sealed.at } };
    status s = keeper_open(f->x->staff, f->in[LIN].token, PURPOSE_LIST, f->x->office, rows, 2);
    if (s == OK)
        assert_true(rows[0].code == CODE_OK && rows[1].code == CODE_OK);
    return s;
}

/* By a grant of somebody's, not of root's. */
static status open_entry(struct failing *f)
{
    struct open_row row = { .row = f->entry.id, .keybox = (const uint8_t *)f->entry.sealed.at };
    status s = keeper_open(f->x->staff, f->in[SAM].token, PURPOSE_READ, f->entry.id, &row, 1);
    if (s == OK)
        assert_int_equal(row.code, CODE_OK);
    return s;
}

static status share_one(struct failing *f)
{
    struct open_row row = { .row = f->tip.id, .keybox = (const uint8_t *)f->tip.sealed.at };
    uint8_t box[1][KEYBOX];
    status s = keeper_share(f->x->staff, f->in[LIN].token, PURPOSE_LINK, f->tip.id, f->victims, (id){ 0 }, &row, 1, box);
    if (s == OK)
        assert_int_equal(row.code, CODE_OK);
    return s;
}

static status ask_budgets(struct failing *f)
{
    struct opening_budget b[COMPARTMENTS + 1];
    return keeper_budgets(f->x->staff, f->in[SAM].token, b);
}

static status set_budget(struct failing *f)
{
    return keeper_budget(f->x->staff, f->in[SAM].token, f->in[CAM].token, FUND, 90, 900);
}

static status ask_ring_key(struct failing *f)
{
    struct ring_key key;
    return keeper_ring_key(f->x->pub, SCOPE_OFFICE, f->x->office, TIP, &key);
}

static status rotate(struct failing *f)
{
    return world_ring(f->x, RING_ROTATE, f->in[SAM].token, f->tips, PEOPLE, NULL);
}

/* Who is on the ring already: nothing is done, but only when that is known. */
static status add_again(struct failing *f)
{
    return world_ring(f->x, RING_ADD, f->in[SAM].token, f->tips, LIN, NULL);
}

static status ask_term(struct failing *f)
{
    struct person_term t;
    return keeper_term(f->x->staff, f->in[SAM].token, f->x->made.people[LIN].principal, &t);
}

static status open_engine(struct failing *f)
{
    token t;
    status s = world_engine(f->x, f->in[SAM].token, &t);
    assert_int_equal(s == OK, !same_bytes(t.at, (token){ { 0 } }.at, KEY));
    return s;
}

static status ask_rings(struct failing *f)
{
    static id rings[RINGS_A_PAGE];
    struct search_ticket ticket;
    uint64_t gen;
    ptrdiff_t n = 0;
    status s = keeper_search_ticket(f->x->staff, f->in[SAM].token, &ticket);
    if (s == OK)
        s = keeper_rings(f->x->engine, &ticket, 0, &gen, rings, &n);
    assert_int_equal(n, s == OK ? 2 : 0);
    return s;
}

/* The key that a failed turn made is nobody's: the one before goes on. */
static status new_snapshot_key(struct failing *f)
{
    uint8_t key[KEY] = { 0 };
    static const uint8_t none[KEY];
    status s = keeper_snapshot_key(f->x->engine, f->engine, true, key);
    assert_int_equal(s == OK, !same_bytes(key, none, KEY));
    return s;
}

static status read_snapshot_key(struct failing *f)
{
    uint8_t key[KEY];
    return keeper_snapshot_key(f->x->engine, f->engine, false, key);
}

static status sign_in(struct failing *f)
{
    struct signed_in in;
    return world_sign_in(f->x, world_people[LIN].name, world_people[LIN].passphrase, f->x->made.people[LIN].otp_secret, &in);
}

#define BIT(who) (1u << (who))
#define ENGINE BIT(PEOPLE)
static const struct {
    const char *name;
    status (*run)(struct failing *f);
    unsigned signed_in;
    int least; /* statements, so that none is tried for nothing */
} acts[] = {
    { "rows are opened", open_two, BIT(LIN), 20 },
    { "an entry of a case is opened", open_entry, BIT(SAM), 20 },
    { "a row is shared", share_one, BIT(LIN), 20 },
    { "budgets are asked for", ask_budgets, BIT(SAM), COMPARTMENTS },
    { "a budget is set", set_budget, BIT(SAM) | BIT(CAM), 3 },
    { "a ring's key is asked for", ask_ring_key, 0, 3 },
    { "a ring gets a new epoch", rotate, BIT(SAM), 20 },
    { "somebody is put on a ring again", add_again, BIT(SAM), 5 },
    { "the end of a certificate is asked for", ask_term, BIT(SAM), 5 },
    { "somebody signs in", sign_in, 0, 10 },
    { "the engine is opened", open_engine, BIT(SAM), 20 },
    { "the rings of a search are asked for", ask_rings, BIT(SAM), 5 },
    { "a snapshot gets a new key", new_snapshot_key, BIT(SAM) | ENGINE, 5 },
    { "the key of a snapshot is asked for", read_snapshot_key, BIT(SAM) | ENGINE, 5 },
};

/* Four people renew each other, and the first certificates end. */
static void renew_all(struct world *x)
{
    static const enum someone whom[][3] = { { SAM, ADA, CAM }, { ADA, SAM, CAM }, { CAM, SAM, ADA }, { LIN, SAM, ADA } };
    struct person_term t;
    token unread;
    world_pass(x, (int64_t)(CERT_DAYS - 20) * DAY);
    for (ptrdiff_t i = 0; i < countof(whom); i++)
        for (int by = 1; by < 3; by++)
            assert_int_equal(keeper_renew(x->staff, world_in(x, whom[i][by]).token, x->made.people[whom[i][0]].principal, &t), OK);
    for (int by = 0; by < 2; by++) /* and the engine, whose certificate is theirs too */
        assert_int_equal(world_engine(x, world_in(x, by ? CAM : SAM).token, &unread), OK);
    world_pass(x, (int64_t)30 * DAY);
}

static int make_world(void **state)
{
    static struct failing f;
    f = (struct failing){ .x = world_make(true) };
    f.tips = world_ring_of(f.x, TIP);
    world_sql(f.x, "UPDATE budget SET hour_rows = 9999, day_rows = 9999 WHERE compartment = 10"); /* the engine is opened once a try */
    f.victims = world_ring_of(f.x, VICTIM);
    renew_all(f.x);
    id ring, scope = { { 0x0c, 7 } };
    assert_int_equal(world_make_ring(f.x, world_in(f.x, SAM).token, SCOPE_CASE, scope, CASE, &ring), OK);
    f.entry = world_seal(f.x, SCOPE_CASE, scope, CASE, "an invented entry");
    f.tip = world_seal(f.x, SCOPE_OFFICE, f.x->office, TIP, "an invented tip");
    *state = &f;
    return 0;
}

static int end_world(void **state)
{
    world_end(((struct failing *)*state)->x);
    return 0;
}

/* A new keeper, which holds nothing in memory of what it once believed. */
static void begin_anew(struct failing *f, unsigned who)
{
    engine_fail_statement(0, OK);
    world_restart(f->x);
    for (int i = 0; i < PEOPLE; i++)
        if (who & BIT(i))
            f->in[i] = world_in(f->x, (enum someone)i);
    if (who & ENGINE)
        assert_int_equal(world_engine(f->x, f->in[SAM].token, &f->engine), OK);
}

static void a_statement_that_fails_is_answered_with_nothing_and_ends_the_keeper(void **state)
{
    struct failing *f = *state;
    for (ptrdiff_t i = 0; i < countof(acts); i++) {
        status s = FAULT;
        int64_t n = 0;
        while (s != OK) {
            begin_anew(f, acts[i].signed_in);
            engine_fail_statement(++n, FAULT);
            s = acts[i].run(f);
            if (engine_failed_statement() != (s != OK) || (s != OK && (s != FAULT || !f->x->core->dead)))
                fail_msg("%s, statement %d: %d", acts[i].name, (int)n, s);
        }
        if (n <= acts[i].least)
            fail_msg("%s: %d statements", acts[i].name, (int)n - 1);
    }
    engine_fail_statement(0, OK);
}

/* "Nothing is due" is said of a certificate that is known, never because it could not be read. */
static void a_renewal_that_cannot_be_read_is_not_called_done(void **state)
{
    struct failing *f = *state;
    struct person_term t;
    status s = FAULT;
    for (int64_t n = 1; s != OK; n++) {
        begin_anew(f, BIT(SAM));
        engine_fail_statement(n, FAULT);
        s = keeper_term(f->x->staff, f->in[SAM].token, f->x->made.people[LIN].principal, &t);
        assert_int_equal(engine_failed_statement(), s != OK);
        assert_int_equal(s, s == OK ? OK : FAULT);
    }
    assert_int_equal(t.missing, QUORUM);
    engine_fail_statement(0, OK);
}

static int make_ending(void **state)
{
    static struct failing f;
    f = (struct failing){ .x = world_make(true) };
    world_pass(f.x, (int64_t)(CERT_DAYS - 20) * DAY);
    *state = &f;
    return 0;
}

/* Keys are computed after the commit, beside other writers: the last statement then asks for the epoch of an older row. */
static void a_database_that_fails_or_is_busy_after_the_commit_is_not_taken_for_a_refusal(void **state)
{
    struct failing *f = *state;
    static status (*const opening[])(struct failing *) = { open_two, share_one };
    static const status with[] = { BUSY, FAULT };
    begin_anew(f, BIT(SAM));
    assert_int_equal(rotate(f), OK);
    for (ptrdiff_t i = 0; i < 2 * countof(opening); i++) {
        status (*open)(struct failing *) = opening[i / 2];
        begin_anew(f, BIT(LIN));
        assert_int_equal(open(f), OK); /* the ring's newest secret is held from now on */
        int64_t before = engine_statements();
        assert_int_equal(open(f), OK);
        engine_fail_statement(engine_statements() - before, with[i % 2]);
        assert_int_equal(open(f), FAULT);
        assert_true(engine_failed_statement() && f->x->core->dead);
    }
    engine_fail_statement(0, OK);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_statement_that_fails_is_answered_with_nothing_and_ends_the_keeper),
        cmocka_unit_test_setup_teardown(a_renewal_that_cannot_be_read_is_not_called_done, make_ending, end_world),
        HOUSE(a_database_that_fails_or_is_busy_after_the_commit_is_not_taken_for_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
