/* A log rewritten by whoever holds the database and not the node's key: what a start and an opening of the house find. */
#include "keeper_world.h"

static int make_world(void **state)
{
    *state = world_make(false);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

/* --- the thief's tools ------------------------------------------------------------------------- */

enum { LEAVES = 256 };
struct log {
    uint64_t n;
    struct leaf at[LEAVES];
};
enum signing { AS_IT_WAS, UNSIGNED, BY_THE_THIEF };

static struct db *thief_in(struct world *x)
{
    struct db *db;
    must(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db) == OK);
    return db;
}

static void take_leaf(void *to, const struct leaf *l)
{
    struct log *log = to;
    must(log->n < LEAVES);
    log->at[log->n++] = *l;
}

static void read_log(struct world *x, struct log *out)
{
    struct db *db = thief_in(x);
    out->n = 0;
    assert_int_equal(leaf_scan(db, LOG_NUMBER, 0, take_leaf, out), OK);
    db_close(db);
}

/* Numbers and roots made good from an entry on, signatures as told; the head of the log agrees. */
static void write_log(struct world *x, struct log *log, uint64_t from, enum signing how)
{
    struct audit_tree t = { 0 };
    struct sign_pair thief;
    sign_pair_from((const uint8_t *)"an invented thief's invented key", &thief);
    world_sql(x, "DELETE FROM leaf; DELETE FROM detail; DELETE FROM loghead");
    struct db *db = thief_in(x);
    assert_int_equal(db_begin(db), OK);
    for (uint64_t i = 0; i < log->n; i++) {
        struct leaf *l = &log->at[i];
        struct audit_record r;
        assert_true(audit_record_read(l->record, &r));
        r.seq = l->seq = i;
        audit_record_write(&r, l->record);
        audit_tree_add(&t, (str){ (char *)l->record, AUDIT_RECORD });
        audit_tree_root(&t, l->root);
        if (i >= from && how == UNSIGNED)
            memset(l->signature, 0, SIGNATURE);
        if (i >= from && how == BY_THE_THIEF)
            sign_bytes(&thief, audit_checkpoint(&x->arena, x->made.install, LOG_NUMBER, i + 1, l->root), l->signature);
        assert_int_equal(leaf_insert(db, LOG_NUMBER, l, lit("sealed"), lit("own")), OK);
    }
    assert_int_equal(loghead_put(db, LOG_NUMBER, &t), OK);
    assert_int_equal(db_end(db, OK), OK);
    db_close(db);
}

static uint64_t find_last(const struct log *log, enum audit_action action)
{
    struct audit_record r;
    for (uint64_t i = log->n; i-- > 0;)
        if (audit_record_read(log->at[i].record, &r) && r.action == action)
            return i;
    fail_msg("no record of action %d", action);
    return 0;
}

static void take_out(struct log *log, uint64_t at)
{
    memmove(&log->at[at], &log->at[at + 1], (size_t)(log->n - at - 1) * sizeof log->at[0]);
    log->n--;
}

static void change_action(struct leaf *l, enum audit_action action)
{
    struct audit_record r;
    assert_true(audit_record_read(l->record, &r));
    r.action = (uint8_t)action;
    audit_record_write(&r, l->record);
}

static struct audit_verdict verify(struct world *x, const struct log *log, const struct audit_seen *seen, ptrdiff_t n)
{
    struct out o = { .arena = &x->arena };
    audit_export_head(&o, x->made.install, LOG_NUMBER, x->made.node_sign, log->n);
    for (uint64_t i = 0; i < log->n; i++)
        audit_export_entry(&o, log->at[i].record, log->at[i].root, log->at[i].signature);
    audit_export_end(&o);
    return audit_verify(out_view(&o), x->made.node_sign, seen, n);
}

/* --- a house out of which Lin went --------------------------------------------------------------- */

static const char *const tables[] = { "principal", "cert", "slot", "factor", "ring", "ring_epoch", "member", "wrap" };

/* Every row about people and rings, to be put back as if nobody had left. */
static void keep_rows(struct world *x, bool back)
{
    char text[256];
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        const char *t = tables[i];
        int n = back ? snprintf(text, sizeof text, "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept_%s", t, t, t)
                     : snprintf(text, sizeof text, "CREATE TABLE kept_%s AS SELECT * FROM %s", t, t);
        must(n > 0 && n < (int)sizeof text);
        world_sql(x, text);
    }
}

static void lin_leaves(struct world *x)
{
    uint64_t gen;
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    world_in(x, LIN);
    keep_rows(x, false);
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(keeper_revoke(x->staff, sam.token, x->made.people[LIN].principal, lit("left"), &gen), OK);
    world_in(x, SAM);
    keep_rows(x, true);
}

static status lin_comes(struct world *x)
{
    struct signed_in in;
    return world_sign_in(x, world_people[LIN].name, world_people[LIN].passphrase, x->made.people[LIN].otp_secret, &in);
}

/* A start that may fail, beside the world's own keeper. */
static status starts(struct world *x)
{
    struct keeper_core *again;
    assert_int_equal(core_open(x->db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)x->made.secret, SECRET_FILE }, x->chance,
                               2, &again), OK);
    core_set_time(again, x->now, x->now);
    status s = core_start(again);
    core_close(again);
    return s;
}

/* What was rewritten is not opened, not even by the right passphrase; receipts and tips go on. */
static void assert_stays_locked(struct world *x)
{
    struct ticket t;
    struct ring_key key;
    world_restart(x);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), FAULT);
    assert_int_equal(keeper_begin(x->staff, lit("sam"), x->device, &t), LOCKED);
    assert_int_equal(lin_comes(x), LOCKED);
    assert_int_equal(keeper_receipts(x->pub, 1, &(struct receipt){ { 0 } }), OK);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
}

static void a_log_without_a_departure_opens_no_house_and_brings_nobody_back(void **state)
{
    struct world *x = *state;
    static struct log good, bad;
    lin_leaves(x);
    read_log(x, &good);
    uint64_t at = find_last(&good, ACT_REVOKE);
    assert_true(at < good.n - 1);
    struct audit_seen seen = { .size = good.n };
    memcpy(seen.root, good.at[good.n - 1].root, sizeof seen.root);
    assert_true(verify(x, &good, &seen, 1).good);

    world_restart(x); /* the control: the rows say that she is there, the log that she went */
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    assert_int_equal(lin_comes(x), NOT_FOUND);

    bad = good;
    take_out(&bad, at);
    write_log(x, &bad, at, AS_IT_WAS);
    assert_int_equal(verify(x, &bad, NULL, 0).bad_at, at); /* the whole verifier names the place too */
    assert_stays_locked(x);
    bad = good;
    take_out(&bad, at);
    write_log(x, &bad, at, BY_THE_THIEF);
    assert_int_equal(verify(x, &bad, NULL, 0).bad_at, at);
    assert_stays_locked(x);
    bad = good;
    change_action(&bad.at[at], ACT_SETTING);
    write_log(x, &bad, at, AS_IT_WAS);
    assert_int_equal(verify(x, &bad, NULL, 0).bad_at, at);
    assert_stays_locked(x);
    bad = good;
    write_log(x, &bad, 0, UNSIGNED); /* as if no house had ever been open */
    assert_int_equal(starts(x), FAULT);

    write_log(x, &good, good.n, AS_IT_WAS); /* put back: it opens, and she is gone */
    world_restart(x);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    assert_int_equal(lin_comes(x), NOT_FOUND);
    world_in(x, SAM);
}

static void behind_the_last_signature_stands_only_what_a_locked_house_writes(void **state)
{
    struct world *x = *state;
    static struct log good, bad;
    uint8_t digest[32] = { 1 };
    uint64_t seq;
    lin_leaves(x);
    read_log(x, &good);
    uint64_t at = find_last(&good, ACT_REVOKE);
    bad = good;
    take_out(&bad, at);
    write_log(x, &bad, at, UNSIGNED); /* no start explains it */
    assert_int_equal(verify(x, &bad, NULL, 0).bad_at, at);
    assert_int_equal(starts(x), FAULT);
    bad = good;
    change_action(&bad.at[at], ACT_START);
    write_log(x, &bad, at, UNSIGNED); /* a start, and then people who sign in */
    assert_false(verify(x, &bad, NULL, 0).good);
    assert_int_equal(starts(x), FAULT);
    bad = good;
    bad.at[bad.n] = bad.at[at], change_action(&bad.at[bad.n++], ACT_START);
    bad.at[bad.n] = bad.at[at], bad.n++;
    write_log(x, &bad, good.n, UNSIGNED); /* a departure that nobody ordered */
    assert_int_equal(starts(x), FAULT);

    write_log(x, &good, good.n, AS_IT_WAS);
    for (int i = 0; i < 3; i++) { /* the control: nights of a locked house, with all that happens in them */
        world_restart(x);
        assert_int_equal(keeper_note(x->acceptor, NULL, ACT_WRITE, 1, (id){ { 1 } }, digest, &seq), OK);
        assert_int_equal(keeper_note(x->control, NULL, ACT_BACKUP, 1, (id){ 0 }, digest, &seq), OK);
        assert_int_equal(keeper_note(x->acceptor, NULL, ACT_OPEN, 1, (id){ { 1 } }, digest, &seq), INVALID);
        assert_int_equal(world_unlock(x, lit("a house by another river")), NOT_FOUND);
    }
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    world_in(x, SAM);
    read_log(x, &good);
    assert_true(verify(x, &good, NULL, 0).good);
}

/* The limit that docs/keys.md 5 names: what was cut off is missed only by those who saw it. */
static void a_log_cut_off_before_a_departure_is_found_by_a_kept_checkpoint_alone(void **state)
{
    struct world *x = *state;
    static struct log good, bad;
    lin_leaves(x);
    read_log(x, &good);
    struct audit_seen seen = { .size = good.n };
    memcpy(seen.root, good.at[good.n - 1].root, sizeof seen.root);
    bad = good;
    bad.n = find_last(&good, ACT_REVOKE);
    write_log(x, &bad, bad.n, AS_IT_WAS);
    assert_true(verify(x, &bad, NULL, 0).good);
    assert_int_equal(verify(x, &bad, &seen, 1).bad_at, bad.n);
    assert_int_equal(starts(x), OK);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_log_without_a_departure_opens_no_house_and_brings_nobody_back),
        HOUSE(behind_the_last_signature_stands_only_what_a_locked_house_writes),
        HOUSE(a_log_cut_off_before_a_departure_is_found_by_a_kept_checkpoint_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
