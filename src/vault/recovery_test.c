/* The root ceremony on a copy of a house, and its list brought to the house itself: who reads afterwards, what the log says, what is refused. */
#include "keeper_world.h"
#include "lib/store/copy.h"
#include "vault/recovery.h"
#include <fcntl.h>
#include <unistd.h>

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int make_locked_world(void **state)
{
    *state = world_make(false);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static str anchor_of(struct world *x)
{
    return (str){ (char *)x->made.anchor, ANCHOR };
}

static str secret_of(struct world *x)
{
    return (str){ (char *)x->made.secret, SECRET_FILE };
}

/* The copy: a file, as a restored set would be, of whatever engine the house has. */
static struct db *copy_of(struct world *x, char path[128])
{
    struct db *db, *from;
    struct arena a = x->arena;
    table_names tables;
    snprintf(path, 128, "%s/copy.db", x->folder);
    unlink(path);
    assert_int_equal(db_open(path, (struct db_options){ .create = true, .scratch = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_keys), OK);
    assert_int_equal(db_tables(db, &a, &tables), OK);
    assert_int_equal(db_open(x->path, (struct db_options){ .rights = db_reading(&a, tables), .busy_ms = 1000 }, &from), OK);
    assert_int_equal(db_copy(from, db, &a, tables), OK);
    db_close(from);
    db_close(db);
    assert_int_equal(db_open(path, (struct db_options){ .rights = keeper_rights, .busy_ms = 1000 }, &db), OK);
    return db;
}

static void drop_copy(struct db *db, const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char name[160];
    db_close(db);
    for (ptrdiff_t i = 0; i < countof(ends); i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static status begin(struct world *x, struct db *copy, struct recovery **out)
{
    return recovery_open(copy, anchor_of(x), secret_of(x), NULL, x->chance, x->now, out);
}

static status root_with(struct world *x, struct recovery *r, int a, int b, int c)
{
    uint8_t shares[3][SHARE];
    memcpy(shares[0], x->made.shares[a], SHARE);
    memcpy(shares[1], x->made.shares[b], SHARE);
    memcpy(shares[2], x->made.shares[c], SHARE);
    return recovery_root(r, (const uint8_t(*)[SHARE])shares, 3);
}

static status no_note(void *with, str line)
{
    (void)with;
    (void)line;
    return OK;
}

static status bring(struct world *x, str list, struct recovery_brought *out)
{
    status s = db_begin(x->db);
    if (s == OK)
        s = db_end(x->db, recovery_bring(x->db, anchor_of(x), list, no_note, NULL, out));
    return s;
}

/* Gives who all keys of the house, on a copy; the list in the world's arena. */
static str give_all(struct world *x, enum someone who, struct recovery_given *given)
{
    char path[128];
    struct db *copy = copy_of(x, path);
    struct recovery *r;
    str list;
    assert_int_equal(begin(x, copy, &r), OK);
    assert_int_equal(root_with(x, r, 4, 1, 2), OK);
    status s = recovery_give(r, x->made.people[who].principal, &(struct recovery_rings){ 0 }, NULL, NULL, given);
    assert_int_equal(s, OK);
    assert_int_equal(recovery_end(r, s, &x->arena, &list), OK);
    drop_copy(copy, path);
    return list;
}

static int64_t records_of_root(struct world *x)
{
    char text[200], actor[33] = "";
    uint8_t pseudonym[16];
    house_pseudonym(&x->core->house, "principal", x->core->root, pseudonym);
    hex_write(actor, pseudonym, 16);
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE actor = x'%s' AND substr(record, 2, 1) = x'%02x'", actor, ACT_CEREMONY);
    return world_count(x, text);
}

static void keys_that_nobody_holds_any_more_are_given_by_root_and_the_log_says_so(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip"), care = world_seal(x, SCOPE_OFFICE, x->office, VICTIM, "a need");
    struct signed_in sam = world_in(x, SAM), ivy;
    uint64_t gen;
    struct recovery_given given;
    struct recovery_brought brought;
    assert_int_equal(keeper_revoke(x->staff, sam.token, x->made.people[LIN].principal, lit("left"), &gen), OK);
    assert_int_equal(keeper_revoke(x->staff, world_in(x, ADA).token, x->made.people[SAM].principal, lit("left"), &gen), OK);
    ivy = world_in(x, IVY);
    assert_int_equal(world_open(x, ivy.token, &tip), CODE_NONE);
    str list = give_all(x, IVY, &given);
    assert_int_equal(given.given, 2); /* TIP and SOURCE of the office: the wall lets an investigator hold no other of this house */
    assert_int_equal(given.had + given.closed, 0);
    assert_int_equal(world_open(x, world_in(x, IVY).token, &tip), CODE_NONE); /* the copy is not the house */
    assert_int_equal(records_of_root(x), 0);
    assert_int_equal(bring(x, list, &brought), OK);
    assert_int_equal(brought.stale, 0);
    world_restart(x);
    assert_int_equal(records_of_root(x), 1); /* one person, two rings */
    ivy = world_in(x, IVY);
    assert_int_equal(world_open(x, ivy.token, &tip), CODE_OK); /* of before both departures: the chain was mended */
    assert_int_equal(world_open(x, ivy.token, &care), CODE_NONE);
    struct who who;
    assert_int_equal(keeper_who(x->staff, ivy.token, &who), OK);
    assert_int_equal(who.ceremony_day, day_of(x->now));
    world_restart(x);
    assert_int_equal(records_of_root(x), 1); /* once */
    struct log_line lines[LOG_LINES];
    ptrdiff_t n, found = 0;
    struct signed_in aud = world_in(x, AUD);
    assert_int_equal(keeper_log(x->staff, aud.token, false, 0, lines, &n), OK);
    for (ptrdiff_t i = 0; i < n; i++)
        if (lines[i].action == ACT_CEREMONY) {
            assert_true(lines[i].opened && id_equal(lines[i].about, x->made.people[IVY].principal) && lines[i].count == 2);
            found++;
        }
    assert_int_equal(found, 1);
}

static void a_house_that_lost_both_certifiers_comes_back(void **state)
{
    struct world *x = *state;
    static const struct plan_person fresh = { LIT("nell"), LIT("an invented passphrase nell"), CLASS_ANALYST, 7, 0 };
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    char path[128];
    struct recovery *r;
    struct made_person made;
    struct recovery_given given;
    struct recovery_brought brought;
    struct signed_in in;
    str list;
    world_pass(x, (int64_t)(CERT_DAYS + 30) * 86400); /* everybody's certificate has ended */
    world_restart(x);
    assert_int_equal(world_sign_in(x, world_people[SAM].name, world_people[SAM].passphrase, x->made.people[SAM].otp_secret, &in), NOT_FOUND);
    struct db *copy = copy_of(x, path);
    uint32_t until;
    assert_int_equal(begin(x, copy, &r), OK);
    assert_int_equal(root_with(x, r, 0, 2, 4), OK);
    assert_int_equal(recovery_person(r, &world_people[SAM], &made), CONFLICT);
    assert_int_equal(recovery_person(r, &fresh, &made), OK);
    assert_int_equal(recovery_give(r, made.principal, &(struct recovery_rings){ 0 }, NULL, NULL, &given), OK);
    assert_int_equal(given.given, 3); /* TIP, SOURCE, SERVICE */
    assert_int_equal(recovery_certify(r, x->made.people[ADA].principal, &until), OK);
    assert_int_equal(until, day_of(x->now) + CERT_DAYS);
    assert_int_equal(recovery_end(r, OK, &x->arena, &list), OK);
    drop_copy(copy, path);
    assert_int_equal(bring(x, list, &brought), OK);
    world_restart(x);
    assert_int_equal(records_of_root(x), 3); /* nell's certificate, nell's keys, ada's certificate */
    assert_int_equal(world_sign_in(x, fresh.name, fresh.passphrase, made.otp_secret, &in), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    struct signed_in ada = world_in(x, ADA);
    struct person_term t;
    assert_int_equal(keeper_renew(x->staff, ada.token, x->made.people[LIN].principal, &t), OK);
    assert_int_equal(keeper_renew(x->staff, in.token, x->made.people[LIN].principal, &t), OK);
    assert_int_equal(t.missing, 0); /* and the two vouch for everybody else, as ever */
    world_in(x, LIN);
    assert_int_equal(bring(x, list, &brought), CONFLICT); /* a second time */
}

static void shares_that_are_too_few_wrong_or_of_another_house_give_nothing(void **state)
{
    struct world *x = *state, *other = world_make(true);
    char path[128];
    struct db *copy = copy_of(x, path);
    struct recovery *r;
    uint8_t shares[5][SHARE];
    str list;
    memcpy(shares, x->made.shares, sizeof shares);
    assert_int_equal(begin(x, copy, &r), OK);
    assert_int_equal(recovery_root(r, (const uint8_t(*)[SHARE])shares, 2), NOT_FOUND);
    assert_int_equal(root_with(x, r, 1, 1, 2), NOT_FOUND); /* one given twice */
    shares[1][9] ^= 1;
    assert_int_equal(recovery_root(r, (const uint8_t(*)[SHARE])shares, 3), NOT_FOUND);
    assert_int_equal(root_with(other, r, 0, 1, 2), NOT_FOUND);
    assert_int_equal(root_with(x, r, 0, 3, 4), OK); /* the control */
    assert_int_equal(recovery_end(r, NOT_FOUND, &x->arena, &list), NOT_FOUND);
    assert_int_equal(list.len, 0);
    drop_copy(copy, path);
    world_end(other);
}

/* The secret of root must not outlive the ceremony. */
static void nothing_of_the_root_key_stays(void **state)
{
    struct world *x = *state;
    char path[128];
    struct db *copy = copy_of(x, path);
    struct recovery *r;
    struct identity root;
    uint8_t seed[KEY];
    str list;
    must(shares_join((const uint8_t(*)[SHARE])x->made.shares, 3, seed));
    identity_from(seed, &root);
    assert_int_equal(begin(x, copy, &r), OK);
    assert_int_equal(root_with(x, r, 0, 1, 2), OK);
    assert_non_null(memmem(r, 512, root.box.secret, KEY)); /* the control: it is there while it is needed */
    assert_int_equal(recovery_end(r, OK, &x->arena, &list), OK);
    assert_null(memmem(r, 512, root.box.secret, KEY));
    assert_null(memmem(r, 512, root.sign.secret, KEY));
    drop_copy(copy, path);
}

static void a_list_is_taken_whole_and_as_root_signed_it_or_not_at_all(void **state)
{
    struct world *x = *state, *other = world_make(true);
    struct recovery_given given;
    struct recovery_brought brought;
    uint64_t gen;
    assert_int_equal(keeper_revoke(x->staff, world_in(x, ADA).token, x->made.people[SAM].principal, lit("left"), &gen), OK);
    str list = give_all(x, IVY, &given);
    char *bytes = (char *)(uintptr_t)list.at;
    char ivys[128], ivy[33] = "";
    hex_write(ivy, x->made.people[IVY].principal.at, 16);
    snprintf(ivys, sizeof ivys, "SELECT count(*) FROM member WHERE member = x'%s'", ivy);
    int refused = 0, tried = 0;
    for (ptrdiff_t i = 0; i < list.len; i += 13) {
        bytes[i] ^= 1;
        refused += bring(x, list, &brought) == INVALID;
        bytes[i] ^= 1;
        tried++;
    }
    assert_true(tried > 50);
    assert_int_equal(refused, tried);
    for (ptrdiff_t cut = 1; cut < list.len; cut += 97)
        assert_int_equal(bring(x, str_part(list, 0, list.len - cut), &brought), INVALID);
    assert_int_equal(bring(other, list, &brought), INVALID);
    assert_int_equal(world_count(x, ivys), 0); /* nothing of any of these stays */
    assert_int_equal(bring(x, list, &brought), OK); /* the control */
    assert_int_equal(world_count(x, ivys), 2);
    world_end(other);
}

static void a_ring_that_turned_since_the_copy_reads_from_its_next_turn_on(void **state)
{
    struct world *x = *state;
    struct recovery_given given;
    struct recovery_brought brought;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    str list = give_all(x, IVY, &given);
    struct signed_in sam = world_in(x, SAM);
    id ring = world_ring_of(x, TIP);
    assert_int_equal(world_ring(x, RING_ROTATE, sam.token, ring, PEOPLE, NULL), OK);
    assert_int_equal(bring(x, list, &brought), OK);
    assert_int_equal(brought.stale, 1);
    world_restart(x);
    assert_int_equal(world_open(x, world_in(x, IVY).token, &tip), CODE_NONE);
    sam = world_in(x, SAM);
    assert_int_equal(world_ring(x, RING_ROTATE, sam.token, ring, PEOPLE, NULL), OK);
    assert_int_equal(world_open(x, world_in(x, IVY).token, &tip), CODE_OK);
}

/* Who left stays out, whatever root is asked; and rows that only look like root's are no act of root's. */
static void root_gives_nothing_to_who_left_and_a_forged_row_is_not_recorded(void **state)
{
    struct world *x = *state;
    char path[128], text[600], ring[33] = "", ivy[33] = "", root[33] = "";
    struct recovery *r;
    struct recovery_given given;
    uint32_t until;
    uint64_t gen;
    str list;
    assert_int_equal(keeper_revoke(x->staff, world_in(x, SAM).token, x->made.people[LIN].principal, lit("left"), &gen), OK);
    world_sql(x, "UPDATE principal SET state = 2 WHERE state = 3"); /* the table says otherwise; the log knows */
    struct db *copy = copy_of(x, path);
    assert_int_equal(begin(x, copy, &r), OK);
    assert_int_equal(root_with(x, r, 0, 1, 2), OK);
    assert_int_equal(recovery_give(r, x->made.people[LIN].principal, &(struct recovery_rings){ 0 }, NULL, NULL, &given), NOT_FOUND);
    assert_int_equal(recovery_certify(r, x->made.people[LIN].principal, &until), NOT_FOUND);
    assert_int_equal(recovery_give(r, x->made.people[ADA].principal, &(struct recovery_rings){ 0 }, NULL, NULL, &given), INVALID); /* class NONE */
    assert_int_equal(recovery_give(r, x->made.people[OFFICER].principal, &(struct recovery_rings){ .only = TIP }, NULL, NULL, &given), INVALID);
    assert_int_equal(recovery_end(r, NOT_FOUND, &x->arena, &list), NOT_FOUND);
    drop_copy(copy, path);
    hex_write(ring, world_ring_of(x, TIP).at, 16);
    hex_write(ivy, x->made.people[IVY].principal.at, 16);
    hex_write(root, x->core->root.at, 16);
    snprintf(text, sizeof text, "INSERT INTO member VALUES (x'%s', x'%s', 1, 3, x'%s', 1, 1, 0, 0, zeroblob(64))", ring, ivy, root);
    world_sql(x, text);
    world_restart(x);
    assert_int_equal(records_of_root(x), 0);
    assert_int_equal(world_count(x, "SELECT count(*) FROM root_act WHERE sig = zeroblob(64)"), 1);
}

static void the_ceremony_needs_the_house_passphrase_and_a_log_of_this_house(void **state)
{
    struct world *x = *state;
    char path[128];
    struct recovery *r;
    struct secret_head head;
    uint8_t stretched[KEY];
    str list;
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    struct db *copy = copy_of(x, path);
    must(secret_head_read(secret_of(x), &head));
    must(stretch(lit("another house by another river"), head.salt, head.cost, stretched) == OK);
    assert_int_equal(recovery_open(copy, anchor_of(x), secret_of(x), stretched, x->chance, x->now, &r), NOT_FOUND);
    must(stretch(WORLD_HOUSE, head.salt, head.cost, stretched) == OK);
    assert_int_equal(recovery_open(copy, anchor_of(x), secret_of(x), stretched, x->chance, x->now, &r), OK);
    assert_int_equal(recovery_end(r, NOT_FOUND, &x->arena, &list), NOT_FOUND);
    drop_copy(copy, path);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(keys_that_nobody_holds_any_more_are_given_by_root_and_the_log_says_so),
        HOUSE(a_house_that_lost_both_certifiers_comes_back),
        HOUSE(shares_that_are_too_few_wrong_or_of_another_house_give_nothing),
        HOUSE(nothing_of_the_root_key_stays),
        HOUSE(a_list_is_taken_whole_and_as_root_signed_it_or_not_at_all),
        HOUSE(a_ring_that_turned_since_the_copy_reads_from_its_next_turn_on),
        HOUSE(root_gives_nothing_to_who_left_and_a_forged_row_is_not_recorded),
        cmocka_unit_test_setup_teardown(the_ceremony_needs_the_house_passphrase_and_a_log_of_this_house, make_locked_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
