/*
 * Rows that a thief puts into the keys database, with tools of their own and every secret of the house but people's:
 * K0 is theirs too. The same rows with the right signatures are the control each time.
 */
#include "thief.h"

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

static int64_t count_of(struct world *x, const char *pattern, id a, id b)
{
    char text[512];
    str sa = id_text(&x->arena, a), sb = id_text(&x->arena, b);
    int n = snprintf(text, sizeof text, pattern, (int)sa.len, sa.at, (int)sb.len, sb.at);
    must(n > 0 && n < (int)sizeof text);
    return world_count(x, text);
}
#define WRAPS \
    "SELECT count(*) FROM wrap WHERE ring = x'%.*s' AND member = x'%.*s'" \
    " AND epoch = (SELECT max(epoch) FROM ring_epoch WHERE ring = wrap.ring)"

/* --- people ------------------------------------------------------------------------------------ */

static void a_person_put_in_by_sql_signs_in_under_two_real_signatures_and_no_others(void **state)
{
    struct world *x = *state;
    struct hand ada = hand_of(x, ADA), sam = hand_of(x, SAM);
    struct hand no_ada = forged(x, ada.named), no_sam = forged(x, sam.named), no_root = forged(x, x->core->root);
    struct false_person one, two, f;
    struct cert certs[CERTS_READ];
    struct signed_in in;
    int n = 0;

    struct principal p = put_person(x, lit("bare"), CLASS_ANALYST, 7, &f);
    assert_nobody(x, &f);
    p = put_person(x, lit("forged"), CLASS_ANALYST, 7, &f);
    put_cert(x, &p, &no_ada), put_cert(x, &p, &no_sam), put_cert(x, &p, &no_root);
    assert_nobody(x, &f);
    p = put_person(x, lit("halved"), CLASS_ANALYST, 7, &f); /* one supervisor was bought */
    put_cert(x, &p, &sam), put_cert(x, &p, &no_ada);
    assert_nobody(x, &f);
    struct hand self = { f.id, f.own };
    put_cert(x, &p, &self);
    assert_nobody(x, &f);

    p = put_person(x, lit("copied"), CLASS_LINE, 0, &f); /* what was signed of Lin */
    struct db *db = thief_in(x);
    assert_int_equal(cert_list(db, x->made.people[LIN].principal, certs, &n), OK);
    assert_true(n >= QUORUM);
    for (int i = 0; i < n; i++)
        assert_int_equal(cert_insert(db, p.id, &certs[i]), OK);
    db_close(db);
    assert_nobody(x, &f);

    struct principal a = put_person(x, lit("one"), CLASS_NONE, 7, &one), b = put_person(x, lit("two"), CLASS_NONE, 7, &two);
    p = put_person(x, lit("three"), CLASS_ANALYST, 7, &f);
    struct hand first = { one.id, one.own }, second = { two.id, two.own }, third = { f.id, f.own };
    put_cert(x, &a, &second), put_cert(x, &a, &third); /* three who certify each other, and no way to root */
    put_cert(x, &b, &first), put_cert(x, &b, &third);
    put_cert(x, &p, &first), put_cert(x, &p, &second);
    assert_nobody(x, &one), assert_nobody(x, &two), assert_nobody(x, &f);

    p = put_person(x, lit("honest"), CLASS_ANALYST, 7, &f); /* the control: the same statements */
    put_cert(x, &p, &sam), put_cert(x, &p, &ada);
    assert_int_equal(false_sign_in(x, &f, &in), OK);
    assert_true(id_equal(in.principal, f.id));
}

static void a_member_put_in_by_sql_opens_nothing_and_gets_no_wrap_but_under_a_real_grant(void **state)
{
    struct world *x = *state;
    struct hand ada = hand_of(x, ADA), sam = hand_of(x, SAM), no_sam = forged(x, sam.named), no_ada = forged(x, ada.named);
    struct ring r = ring_row(x, TIP);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct false_person thief, self, forger, honest;
    struct signed_in in, boss;
    uint8_t secret[KEY];
    secret_of(x, &r, &sam, secret); /* even with the ring's own secret in the wrap: it is the grant that is missing */

    struct principal p = put_person(x, lit("thief"), CLASS_ANALYST, 7, &thief);
    put_cert(x, &p, &no_ada), put_cert(x, &p, &no_sam);
    put_member(x, &r, &p, &sam); /* granted in earnest, to nobody */
    put_wrap(x, &r, p.id, p.box, secret);
    assert_nobody(x, &thief);
    assert_int_equal(world_open(x, (token){ { 1 } }, &tip), CODE_LOCKED);

    struct false_person *people[] = { &self, &forger, &honest };
    static const str names[] = { LIT("self"), LIT("forger"), LIT("honest") };
    for (int i = 0; i < 3; i++) {
        p = put_person(x, names[i], CLASS_ANALYST, 7, people[i]);
        put_cert(x, &p, &ada), put_cert(x, &p, &sam);
        struct hand granters[] = { { p.id, people[i]->own }, no_sam, sam };
        if (i == 0)
            granters[0].named = ada.named; /* who has no GRANT, and did not sign */
        put_member(x, &r, &p, &granters[i]);
        put_wrap(x, &r, p.id, p.box, secret);
        assert_int_equal(false_sign_in(x, people[i], &in), OK);
        for (int k = 0; k < 10; k++)
            assert_int_equal(world_open(x, in.token, &tip), i == 2 ? CODE_OK : CODE_NONE);
    }
    boss = world_in(x, SAM);
    assert_int_equal(world_ring(x, RING_ROTATE, boss.token, r.id, PEOPLE, NULL), OK);
    assert_int_equal(count_of(x, WRAPS, r.id, thief.id), 0);
    assert_int_equal(count_of(x, WRAPS, r.id, self.id), 0);
    assert_int_equal(count_of(x, WRAPS, r.id, forger.id), 0);
    assert_int_equal(count_of(x, WRAPS, r.id, honest.id), 1);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK); /* the honest one, by the new wrap and the link back */
}

/* --- rings ------------------------------------------------------------------------------------- */

static struct row seal_to(struct world *x, const struct ring *r, const struct box_pair *pair)
{
    struct ring_key key = { .ring = r->id, .epoch = r->epoch };
    struct sealed_field field = { 1, lit("an invented lie") };
    struct row row = { chance_id(&x->chance, x->now * 1000, true), { 0 } };
    memcpy(key.open, pair->open, KEY);
    row.sealed = envelope_seal(sealer_new(), 0, &x->arena, &key, TABLE_TIP, row.id, &field, 1);
    return row;
}

static void an_epoch_with_a_thiefs_key_is_given_to_nobody_and_learns_no_older_secret(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM), lin = hand_of(x, LIN), no_sam = forged(x, sam.named);
    struct ring r = ring_row(x, TIP);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct ring_key key;
    struct box_pair pair;
    box_pair_make(&pair);
    put_epoch(x, &r, &no_sam, &pair);
    put_wrap(x, &r, sam.named, sam.own.box.open, pair.secret);
    put_wrap(x, &r, lin.named, lin.own.box.open, pair.secret);
    struct row lie = seal_to(x, &r, &pair);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), NOT_FOUND);
    assert_int_equal(keeper_ring_key(x->acceptor, SCOPE_OFFICE, x->office, TIP, &key), NOT_FOUND);
    assert_int_equal(world_open(x, world_in(x, LIN).token, &lie), CODE_NONE);
    assert_int_equal(world_open(x, world_in(x, LIN).token, &tip), CODE_NONE);

    /* A certifier makes a new epoch, and members find their way to it; the thief's is bound to nothing. */
    assert_int_equal(world_ring(x, RING_ROTATE, world_in(x, SAM).token, r.id, PEOPLE, NULL), OK);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_int_equal(key.epoch, 3);
    struct row later = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented later tip");
    assert_int_equal(world_open(x, world_in(x, LIN).token, &later), CODE_OK);
    assert_int_equal(world_open(x, world_in(x, SAM).token, &later), CODE_OK);
    assert_int_equal(world_open(x, world_in(x, LIN).token, &lie), CODE_NONE);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE back IS NOT NULL"), 0);
    /* Nothing was thrown away for its sake: the wraps of the good epoch stand. */
    assert_int_equal(world_count(x, "SELECT CASE WHEN count(*) > 0 THEN 1 ELSE 0 END FROM wrap WHERE epoch = 1"), 1);
}

static void an_epoch_put_in_by_sql_under_a_real_signature_is_served(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM), lin = hand_of(x, LIN);
    struct ring r = ring_row(x, TIP);
    struct ring_key key;
    struct box_pair pair;
    box_pair_make(&pair);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    put_epoch(x, &r, &sam, &pair);
    put_wrap(x, &r, lin.named, lin.own.box.open, pair.secret);
    struct row row = seal_to(x, &r, &pair);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_memory_equal(key.open, pair.open, KEY);
    struct signed_in in = world_in(x, LIN);
    assert_int_equal(world_open(x, in.token, &row), CODE_OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
}

/* A wrap is sealed to a public key, so anybody can make one. It counts when what is in it is the ring's own secret. */
static void a_wrap_with_a_thiefs_secret_is_not_held_and_has_nothing_sealed_under_it(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in ada = world_in(x, ADA);
    struct ring r = ring_row(x, TIP);
    assert_int_equal(world_ring(x, RING_REMOVE, ada.token, r.id, LIN, NULL), OK); /* no link back: Ada holds no secret */
    r = ring_row(x, TIP);
    assert_int_equal(r.epoch, 2);
    struct box_pair pair;
    box_pair_make(&pair);
    world_sql(x, "CREATE TABLE kept AS SELECT * FROM wrap; DELETE FROM wrap WHERE epoch = 2");
    put_wrap(x, &r, sam.named, sam.own.box.open, pair.secret);
    assert_int_equal(world_open(x, world_in(x, SAM).token, &tip), CODE_NONE);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE epoch = 2 AND back IS NOT NULL"), 0);
    world_sql(x, "DELETE FROM wrap; INSERT INTO wrap SELECT * FROM kept; DROP TABLE kept"); /* the control */
    assert_int_equal(world_open(x, world_in(x, SAM).token, &tip), CODE_OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE epoch = 2 AND back IS NOT NULL"), 1);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_person_put_in_by_sql_signs_in_under_two_real_signatures_and_no_others),
        HOUSE(a_member_put_in_by_sql_opens_nothing_and_gets_no_wrap_but_under_a_real_grant),
        HOUSE(an_epoch_with_a_thiefs_key_is_given_to_nobody_and_learns_no_older_secret),
        HOUSE(an_epoch_put_in_by_sql_under_a_real_signature_is_served),
        HOUSE(a_wrap_with_a_thiefs_secret_is_not_held_and_has_nothing_sealed_under_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
