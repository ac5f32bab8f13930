/* What is believed of rows that a thief put in: chains of certificates, hands that count, grants and epochs. Everything is right but for one thing. */
#include "engine.h"
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

static str bytes(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

/* --- chains ------------------------------------------------------------------------------------ */

static struct principal put_under(struct world *x, str name, const struct hand *a, const struct hand *b, struct false_person *out)
{
    struct principal p = put_person(x, name, CLASS_ANALYST, 7, out);
    put_cert(x, &p, a), put_cert(x, &p, b);
    return p;
}

static void a_chain_of_real_signatures_reaches_four_certificates_to_root_and_no_further(void **state)
{
    struct world *x = *state;
    static const str names[] = { LIT("1"), LIT("1 too"), LIT("2"), LIT("2 too"), LIT("3"), LIT("3 too"), LIT("4"), LIT("4 too") };
    struct hand by[2] = { hand_of(x, ADA), hand_of(x, SAM) };
    struct signed_in in;
    for (int level = 0; level < 4; level++) {
        struct false_person next[2];
        for (int i = 0; i < 2; i++) {
            put_under(x, names[2 * level + i], &by[0], &by[1], &next[i]);
            assert_int_equal(false_sign_in(x, &next[i], &in), level + 2 <= CHAIN ? OK : NOT_FOUND); /* and one more from the two to root */
        }
        for (int i = 0; i < 2; i++)
            by[i] = (struct hand){ next[i].id, next[i].own };
    }
}

static void set_life(struct world *x, struct principal *p, uint32_t from, uint32_t to)
{
    char text[160];
    p->not_before = from;
    p->not_after = to;
    str i = id_text(&x->arena, p->id);
    snprintf(text, sizeof text, "UPDATE principal SET not_before = %u, not_after = %u WHERE id = x'%.*s'", from, to, (int)i.len, i.at);
    world_sql(x, text);
}

static void set_state(struct world *x, id who, enum person_state state)
{
    char text[128];
    str i = id_text(&x->arena, who);
    snprintf(text, sizeof text, "UPDATE principal SET state = %d WHERE id = x'%.*s'", (int)state, (int)i.len, i.at);
    world_sql(x, text);
}

static void a_hand_counts_only_of_somebody_who_could_certify_in_those_days(void **state)
{
    struct world *x = *state;
    struct hand ada = hand_of(x, ADA), sam = hand_of(x, SAM), lin = hand_of(x, LIN);
    struct hand stranger = forged(x, chance_id(&x->chance, x->now * 1000, true));
    uint32_t today = (uint32_t)day_of(x->now);
    struct false_person f, other;
    struct signed_in in;
    put_under(x, lit("by one without the power"), &sam, &lin, &f);
    assert_nobody(x, &f);
    put_under(x, lit("by one who is not there"), &sam, &stranger, &f);
    assert_nobody(x, &f);
    struct principal p = put_person(x, lit("another root"), CLASS_ROOT, 7, &f);
    put_cert(x, &p, &ada), put_cert(x, &p, &sam);
    assert_nobody(x, &f);

    put_under(x, lit("other"), &ada, &sam, &other);
    struct hand by_other = { other.id, other.own };
    put_under(x, lit("by one invited"), &sam, &by_other, &f);
    set_state(x, other.id, PERSON_INVITED);
    assert_nobody(x, &f);
    set_state(x, other.id, PERSON_ACTIVE);
    assert_int_equal(false_sign_in(x, &f, &in), OK);

    p = put_person(x, lit("later"), CLASS_NONE, 7, &other); /* certified only when the other's life is over */
    set_life(x, &p, today + 200, today + 300);
    put_cert(x, &p, &ada), put_cert(x, &p, &sam);
    by_other = (struct hand){ other.id, other.own };
    assert_nobody(x, &other);
    put_under(x, lit("by one of later days"), &sam, &by_other, &f);
    assert_nobody(x, &f);
    p = put_person(x, lit("of longer days"), CLASS_NONE, 0, &f); /* the control: the days of both meet */
    set_life(x, &p, today, today + 250);
    put_cert(x, &p, &sam), put_cert(x, &p, &by_other);
    assert_int_equal(false_sign_in(x, &f, &in), OK);
}

static void one_hand_is_one_whatever_the_table_holds(void **state)
{
    struct world *x = *state;
    struct hand ada = hand_of(x, ADA), sam = hand_of(x, SAM);
    struct false_person f;
    struct signed_in in;
    world_sql(x, engine_is_postgres() ? "ALTER TABLE cert DROP CONSTRAINT cert_pkey"
                                      : "CREATE TABLE loose AS SELECT * FROM cert; DROP TABLE cert; ALTER TABLE loose RENAME TO cert");
    struct principal p = put_person(x, lit("twice"), CLASS_ANALYST, 7, &f);
    put_cert(x, &p, &sam), put_cert(x, &p, &sam);
    assert_nobody(x, &f);
    put_cert(x, &p, &ada);
    assert_int_equal(false_sign_in(x, &f, &in), OK);
}

/* A renewal makes no chain longer, so renewals that vouch for each other would lead round and round. */
static void renewals_that_vouch_for_each_other_come_to_an_end_and_count_for_nothing(void **state)
{
    enum { RING = 3 };
    struct world *x = *state;
    static const str names[RING] = { LIT("one"), LIT("two"), LIT("three") };
    struct false_person f[RING];
    struct principal p[RING];
    for (int i = 0; i < RING; i++) {
        p[i] = put_person(x, names[i], CLASS_ANALYST, 7, &f[i]);
        p[i].serial = 2;
    }
    struct db *db = thief_in(x);
    for (int i = 0; i < RING; i++) {
        uint8_t statement[CERT_STATEMENT];
        struct term t = { .serial = 2, .not_before = p[i].not_before, .not_after = p[i].not_after };
        cert_statement(x->made.install, &p[i], statement);
        assert_int_equal(term_insert(db, p[i].id, &t), OK);
        for (int k = 0; k < RING; k++) {
            struct cert c = { .signer = p[k].id };
            sign_bytes(&f[k].own.sign, bytes(statement, CERT_STATEMENT), c.signature);
            assert_int_equal(term_cert_insert(db, p[i].id, 2, &c), OK);
        }
    }
    db_close(db);
    for (int i = 0; i < RING; i++)
        assert_nobody(x, &f[i]);
}

/* --- grants, one by one ------------------------------------------------------------------------- */

static void a_grant_is_believed_only_when_everything_in_it_is_right(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM), lin = hand_of(x, LIN), stranger = forged(x, chance_id(&x->chance, x->now * 1000, true));
    struct ring r = ring_row(x, TIP), other = ring_row(x, VICTIM);
    uint32_t today = (uint32_t)day_of(x->now);
    const struct member good = { .ring = r.id, .member = lin.named, .compartment = TIP, .class = CLASS_LINE, .since = 1, .day = today };
    struct false_person nobody;
    put_person(x, lit("nobody vouched for"), CLASS_ANALYST, 7, &nobody);
    struct hand unvouched = { nobody.id, nobody.own };
    struct {
        struct member m;
        const struct hand *by;
        status believed;
    } table[] = { { good, &sam, OK }, { good, &sam, OK },       { good, &sam, NOT_FOUND }, { good, &sam, NOT_FOUND }, { good, &sam, NOT_FOUND },
                  { good, &sam, NOT_FOUND }, { good, &sam, NOT_FOUND }, { good, &stranger, NOT_FOUND }, { good, &lin, NOT_FOUND },
                  { good, &unvouched, NOT_FOUND } };
    table[1].m.until = today;
    table[2].m.until = today - 1;
    table[3].m.compartment = SOURCE;
    table[4].m.ring = other.id;
    table[5].m.class = CLASS_ANALYST;
    table[6].m.member = x->made.people[OFFICER].principal; /* the wall, whoever signs */
    table[6].m.class = CLASS_IMMIGRATION;
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        struct principal who;
        uint8_t statement[JOIN_STATEMENT];
        table[i].m.granter = table[i].by->named;
        join_statement(x->made.install, &table[i].m, statement);
        sign_bytes(&table[i].by->own.sign, bytes(statement, JOIN_STATEMENT), table[i].m.signature);
        if (trust_member(x->core, &r, &table[i].m, &who) != table[i].believed)
            fail_msg("%d", (int)i);
    }
}

static void an_epoch_of_somebody_without_the_power_or_of_no_row_at_all_is_none(void **state)
{
    struct world *x = *state;
    struct hand lin = hand_of(x, LIN);
    struct ring r = ring_row(x, TIP);
    struct ring_key key;
    struct box_pair pair;
    box_pair_make(&pair);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    put_epoch(x, &r, &lin, &pair);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), NOT_FOUND);
    world_sql(x, "UPDATE ring SET epoch = 9 WHERE compartment = 1");
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), NOT_FOUND);
    world_sql(x, "UPDATE ring SET epoch = 1 WHERE compartment = 1"); /* the control */
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
}

/* A certifier turned thief signs a key that is no point: nothing is boxed to it, and that is on record. */
static void nothing_is_shared_to_a_key_that_is_no_usable_point(void **state)
{
    struct world *x = *state;
    struct hand sam = hand_of(x, SAM);
    struct ring victims = ring_row(x, VICTIM);
    struct box_pair none = { { 0 }, { 0 } };
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct open_row row = { .row = tip.id, .keybox = (const uint8_t *)tip.sealed.at };
    uint8_t box[1][KEYBOX], zeros[KEYBOX] = { 0 };
    struct signed_in lin = world_in(x, LIN);
    assert_int_equal(keeper_share(x->staff, lin.token, PURPOSE_LINK, tip.id, victims.id, (id){ 0 }, &row, 1, box), OK);
    assert_memory_not_equal(box[0], zeros, KEYBOX); /* the control */
    put_epoch(x, &victims, &sam, &none);
    int64_t before = world_count(x, "SELECT count(*) FROM leaf");
    assert_int_equal(keeper_share(x->staff, lin.token, PURPOSE_LINK, tip.id, victims.id, (id){ 0 }, &row, 1, box), OK);
    assert_memory_equal(box[0], zeros, KEYBOX);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + 2);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_chain_of_real_signatures_reaches_four_certificates_to_root_and_no_further),
        HOUSE(a_hand_counts_only_of_somebody_who_could_certify_in_those_days),
        HOUSE(one_hand_is_one_whatever_the_table_holds),
        HOUSE(renewals_that_vouch_for_each_other_come_to_an_end_and_count_for_nothing),
        HOUSE(a_grant_is_believed_only_when_everything_in_it_is_right),
        HOUSE(nothing_is_shared_to_a_key_that_is_no_usable_point),
        HOUSE(an_epoch_of_somebody_without_the_power_or_of_no_row_at_all_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
