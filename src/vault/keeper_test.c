/* Openings, budgets, mail and the log, in process and with a clock that stands still. */
#include "engine.h"
#include "keeper_world.h"
#include "lib/store/faulty_disk.h"

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

/* --- openings ---------------------------------------------------------------------------------- */

static void a_bad_row_in_a_batch_fails_alone_and_makes_a_record_of_its_own(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct row good = world_seal(x, SCOPE_OFFICE, x->office, TIP, "one"), bad = world_seal(x, SCOPE_OFFICE, x->office, TIP, "two");
    struct open_row rows[] = { { .row = good.id, .keybox = (const uint8_t *)good.sealed.at },
                               { .row = good.id, .keybox = (const uint8_t *)bad.sealed.at } }; /* another row's box */
    int64_t before = world_count(x, "SELECT count(*) FROM leaf");
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_LIST, x->office, rows, 2), OK);
    assert_int_equal(rows[0].code, CODE_OK);
    assert_int_equal(rows[1].code, CODE_NONE);
    uint8_t zero[ROW_KEY] = { 0 };
    assert_memory_equal(rows[1].key, zero, ROW_KEY);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + 2);
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_LIST, x->office, rows, 1), OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + 3);
}

static void no_key_leaves_when_its_record_cannot_be_written(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct open_row row = { .row = tip.id, .keybox = (const uint8_t *)tip.sealed.at };
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    world_sql(x, engine_is_postgres() ? "ALTER TABLE leaf ADD CONSTRAINT no_room CHECK (seq < 0) NOT VALID"
                                      : "CREATE TRIGGER full BEFORE INSERT ON leaf BEGIN SELECT RAISE(ABORT, 'no room'); END");
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_READ, tip.id, &row, 1), FAULT);
    assert_true(x->core->dead);
    world_sql(x, engine_is_postgres() ? "ALTER TABLE leaf DROP CONSTRAINT no_room" : "DROP TRIGGER full");
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_READ, tip.id, &row, 1), FAULT); /* the process has to end first */
    world_restart(x);
    lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
}

static int make_world_on_a_faulty_disk(void **state)
{
    faulty_disk_use();
    return make_world(state);
}

static void a_full_disk_opens_nothing_and_locks_nothing(void **state)
{
    struct world *x = *state;
    if (engine_is_postgres())
        skip(); /* it has room or none for itself: a commit that fails ends the keeper */
    struct signed_in lin = world_in(x, LIN);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct receipt receipt;
    assert_int_equal(keeper_receipts(x->pub, 1, &receipt), OK);
    int64_t before = world_count(x, "SELECT count(*) FROM leaf");
    faulty_disk.no_room = true;
    int opened = 0;
    uint8_t code;
    while ((code = world_open(x, lin.token, &tip)) == CODE_OK && opened < 1000)
        opened++;
    assert_true(opened > 0 && opened < 1000);
    assert_int_not_equal(code, CODE_OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + opened); /* each on record */
    struct open_row row = { .row = tip.id, .keybox = (const uint8_t *)tip.sealed.at };
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_READ, tip.id, &row, 1), BUSY);
    struct signed_in again;
    assert_int_not_equal(world_sign_in(x, world_people[SAM].name, world_people[SAM].passphrase, x->made.people[SAM].otp_secret, &again), OK);
    assert_int_equal(keeper_receipts(x->pub, 1, &receipt), OK); /* who hands in a tip still gets one */
    assert_false(x->core->dead);
    faulty_disk.no_room = false;
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK); /* signed in as before */
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + opened + 1);
    world_restart(x); /* the log is whole */
    lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
}

static void budgets_hold_by_the_hour_and_the_day_across_restarts_and_two_persons_change_them(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), cam = world_in(x, CAM), lin = world_in(x, LIN);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    assert_int_equal(keeper_budget(x->staff, sam.token, sam.token, TIP, 3, 5), NOT_FOUND);
    assert_int_equal(keeper_budget(x->staff, lin.token, cam.token, TIP, 3, 5), NOT_FOUND);
    assert_int_equal(keeper_budget(x->staff, sam.token, (token){ { 1 } }, TIP, 3, 5), NOT_FOUND); /* nobody's */
    assert_int_equal(keeper_budget(x->staff, sam.token, cam.token, 0, 3, 5), INVALID);
    assert_int_equal(keeper_budget(x->staff, sam.token, cam.token, COMPARTMENTS + 1, 3, 5), INVALID);
    assert_int_equal(keeper_budget(x->staff, sam.token, cam.token, TIP, 3, 5), OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_LIMIT);
    world_restart(x);
    lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_LIMIT);
    world_pass(x, 3600);
    lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_LIMIT);
    world_pass(x, 86400);
    lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
}

static void safe_addresses_open_one_at_a_time_and_for_something(void **state)
{
    struct world *x = *state;
    struct signed_in cam = world_in(x, CAM);
    id ring, scope = { { 0x0c, 9 } };
    assert_int_equal(world_make_ring(x, cam.token, SCOPE_CASE, scope, LOCATION, &ring), OK);
    struct row r = world_seal(x, SCOPE_CASE, scope, LOCATION, "an invented shelter");
    struct open_row rows[] = { { .row = r.id, .keybox = (const uint8_t *)r.sealed.at }, { .row = r.id, .keybox = (const uint8_t *)r.sealed.at } };
    assert_int_equal(keeper_open(x->staff, cam.token, PURPOSE_READ, r.id, rows, 2), LIMIT);
    assert_int_equal(keeper_open(x->staff, cam.token, PURPOSE_NONE, r.id, rows, 1), LIMIT);
    assert_int_equal(keeper_open(x->staff, cam.token, PURPOSE_READ, (id){ 0 }, rows, 1), LIMIT);
    for (int i = 0; i < 10; i++)
        assert_int_equal(world_open(x, cam.token, &r), CODE_OK);
    assert_int_equal(world_open(x, cam.token, &r), CODE_LIMIT);
}

/* Each row by the ring and the epoch that its own keybox names, whatever stood before it. */
static void rows_of_a_message_are_opened_by_what_each_of_them_names(void **state)
{
    enum { ROWS_HERE = 8, EPOCH_AT = 4 };
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN), sam = world_in(x, SAM);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "a tip"), source = world_seal(x, SCOPE_OFFICE, x->office, SOURCE, "a name");
    assert_int_equal(world_ring(x, RING_ROTATE, sam.token, world_ring_of(x, TIP), PEOPLE, NULL), OK);
    struct row later = world_seal(x, SCOPE_OFFICE, x->office, TIP, "a later tip");
    static const uint8_t codes[ROWS_HERE] = { CODE_OK, CODE_OK, CODE_OK, CODE_OK, CODE_NONE, CODE_NONE, CODE_NONE, CODE_NONE };
    const struct row *of[ROWS_HERE] = { &tip, &source, &later, &tip, &tip, &tip, &tip, &tip };
    uint8_t boxes[ROWS_HERE][KEYBOX];
    struct open_row rows[ROWS_HERE];
    for (int i = 0; i < ROWS_HERE; i++) {
        memcpy(boxes[i], of[i]->sealed.at, KEYBOX);
        rows[i] = (struct open_row){ .row = of[i]->id, .keybox = boxes[i] };
    }
    memset(boxes[4], 0, KEYBOX); /* no keybox of ours */
    boxes[5][EPOCH_AT] = 0;      /* epochs that never were */
    boxes[6][EPOCH_AT] = 0;
    boxes[7][EPOCH_AT] = 9;
    assert_int_equal(keeper_open(x->staff, lin.token, PURPOSE_LIST, x->office, rows, ROWS_HERE), OK);
    for (int i = 0; i < ROWS_HERE; i++)
        assert_int_equal(rows[i].code, codes[i]);
}

/* The bytes of a message of one session; OPEN has a row behind. */
static struct core_message raw(uint8_t *in, uint16_t type, token t, const struct row *r)
{
    struct wire w = { in, CHANNEL_HEADER, KEEPER_MESSAGE_MAX, false };
    wire_bytes(&w, t.at, KEY);
    if (r) {
        wire_u16(&w, PURPOSE_READ);
        wire_u16(&w, 1);
        wire_bytes(&w, r->id.at, 16);
        wire_bytes(&w, r->id.at, 16);
        wire_bytes(&w, r->sealed.at, KEYBOX);
    }
    message_head_write(in, (struct message_head){ type, 0, (uint32_t)w.len, 1 });
    return (struct core_message){ .role = ROLE_STAFF, .in = { (char *)in, w.len } };
}

static void a_session_that_ends_in_the_same_turn_opens_nothing_any_more(void **state)
{
    enum { OPEN = 5, END = 3, CODE_AT = CHANNEL_HEADER + 8 + 2 };
    struct world *x = *state;
    static struct core_message m[2];
    static uint8_t in[2][KEEPER_MESSAGE_MAX];
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    for (int ends = 0; ends < 2; ends++) {
        struct signed_in lin = world_in(x, LIN);
        int64_t before = world_count(x, "SELECT count(*) FROM leaf");
        m[0] = raw(in[0], OPEN, lin.token, &tip);
        m[1] = ends ? raw(in[1], END, lin.token, NULL) : raw(in[1], OPEN, lin.token, &tip);
        assert_true(core_turn(x->core, m, 2));
        assert_int_equal(m[0].out[CODE_AT], ends ? CODE_NONE : CODE_OK);
        assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), before + 2 + ends); /* what did not open is on record too */
    }
}

/* --- mail -------------------------------------------------------------------------------------- */

/* A reply to whoever holds the receipt. */
static void seal_reply(const struct receipt *r, id reply, const uint8_t row_key[ROW_KEY], uint8_t box[KEYBOX])
{
    struct box_pair pair;
    struct ring_key mailbox = { .epoch = 0 };
    box_pair_from(r->secret, &pair);
    memcpy(mailbox.ring.at, r->locator, 16);
    memcpy(mailbox.open, pair.open, KEY);
    assert_true(keybox_seal(row_key, &mailbox, TABLE_REPLY, reply, box));
}

static void a_receipt_opens_the_replies_of_its_mailbox_and_no_other_digits_do(void **state)
{
    struct world *x = *state;
    struct receipt receipts[2];
    struct locator places[LOCATORS];
    ptrdiff_t n = 0;
    uint8_t row_key[ROW_KEY] = { 7 }, box[KEYBOX];
    assert_int_equal(keeper_receipts(x->pub, 2, receipts), OK);
    id reply = { { 1, 2, 3 } };
    seal_reply(&receipts[0], reply, row_key, box);
    world_restart(x);
    struct open_row row = { .row = reply, .keybox = box };
    assert_int_equal(keeper_mail(x->pub, receipts[0].digits, places, &n, NULL, 0), OK);
    bool found = false;
    for (ptrdiff_t i = 0; i < n; i++)
        found |= !memcmp(places[i].at, receipts[0].locator, 16) && places[i].pepper == receipts[0].pepper;
    assert_true(found);
    assert_int_equal(keeper_mail(x->pub, receipts[0].digits, places, &n, &row, 1), OK);
    assert_int_equal(row.code, CODE_OK);
    assert_memory_equal(row.key, row_key, ROW_KEY);
    assert_int_equal(keeper_mail(x->pub, receipts[1].digits, places, &n, &row, 1), OK);
    assert_int_equal(row.code, CODE_NONE);
    /* misses are few a second; a receipt is never refused */
    status s = OK;
    for (int i = 0; i < 30 && s == OK; i++)
        s = keeper_mail(x->pub, receipts[1].digits, places, &n, NULL, 0);
    assert_int_equal(s, BUSY);
    assert_int_equal(keeper_receipts(x->pub, 2, receipts), OK);
    world_pass(x, 1);
    assert_int_equal(keeper_mail(x->pub, receipts[1].digits, places, &n, NULL, 0), OK);
}

/* A locked house that fails and starts again cannot read its peppers, so each start that gives receipts has one of its own. */
static void three_hundred_locked_starts_bury_no_mailbox_and_those_that_gave_no_receipt_leave_nothing(void **state)
{
    struct world *x = *state;
    enum { STARTS = 300 };
    struct receipt first, last;
    static struct locator places[LOCATORS];
    ptrdiff_t n = 0;
    uint8_t row_key[ROW_KEY] = { 7 }, boxes[2][KEYBOX];
    id reply = { { 1, 2, 3 } };
    for (int i = 0; i < 5; i++)
        world_restart(x);
    assert_int_equal(world_count(x, "SELECT count(*) FROM pepper"), 0);
    assert_int_equal(keeper_receipts(x->pub, 1, &first), OK);
    for (int i = 0; i < STARTS; i++) {
        world_restart(x);
        assert_int_equal(keeper_receipts(x->pub, 1, &last), OK);
        assert_int_equal(last.pepper, first.pepper + (uint32_t)i + 1);
    }
    for (int i = 0; i < 5; i++)
        world_restart(x);
    assert_int_equal(world_count(x, "SELECT count(*) FROM pepper"), STARTS + 1);
    seal_reply(&first, reply, row_key, boxes[0]);
    seal_reply(&last, reply, row_key, boxes[1]);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    const struct receipt *held[] = { &first, &last };
    for (int i = 0; i < 2; i++) {
        struct open_row row = { .row = reply, .keybox = boxes[i] };
        bool found = false;
        assert_int_equal(keeper_mail(x->pub, held[i]->digits, places, &n, NULL, 0), OK);
        assert_int_equal(n, STARTS + 1);
        for (ptrdiff_t k = 0; k < n; k++)
            found |= !memcmp(places[k].at, held[i]->locator, 16) && places[k].pepper == held[i]->pepper;
        assert_true(found);
        assert_int_equal(keeper_mail(x->pub, held[i]->digits, places, &n, &row, 1), OK);
        assert_int_equal(row.code, CODE_OK);
        assert_memory_equal(row.key, row_key, ROW_KEY);
        row.keybox = boxes[!i]; /* the control: another's digits */
        assert_int_equal(keeper_mail(x->pub, held[i]->digits, places, &n, &row, 1), OK);
        assert_int_equal(row.code, CODE_NONE);
    }
    assert_int_equal(keeper_receipts(x->pub, 1, &first), OK); /* an open house goes on with the newest of the month */
    assert_int_equal(first.pepper, last.pepper);
    world_pass(x, 40 * 86400);
    assert_int_equal(keeper_receipts(x->pub, 1, &first), OK);
    assert_int_equal(first.pepper, last.pepper + 1);
}

static void blind_keys_are_for_source_and_fund_and_for_members_alone(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN), cam = world_in(x, CAM);
    str values[] = { LIT("555-0142"), LIT("555-0142"), LIT("555-0143") };
    uint8_t keys[3][16];
    assert_int_equal(keeper_blind(x->staff, lin.token, 1, SOURCE, values, 3, keys), OK);
    assert_memory_equal(keys[0], keys[1], 16);
    assert_memory_not_equal(keys[0], keys[2], 16);
    assert_int_equal(keeper_blind(x->staff, cam.token, 1, SOURCE, values, 3, keys), NOT_FOUND);
    assert_int_equal(keeper_blind(x->staff, lin.token, 1, TIP, values, 3, keys), NOT_FOUND);
    assert_int_equal(keeper_blind(x->staff, cam.token, 1, VICTIM, values, 3, keys), NOT_FOUND);
}

/* --- the log ----------------------------------------------------------------------------------- */

static void the_auditor_reads_the_log_and_everybody_their_own_part_of_it(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN), aud = world_in(x, AUD);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    static struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(keeper_log(x->staff, lin.token, false, 0, lines, &n), NOT_FOUND);
    assert_int_equal(keeper_log(x->staff, lin.token, true, 0, lines, &n), OK);
    assert_int_equal(n, 3); /* refused, opened, signed in */
    assert_int_equal(lines[1].action, ACT_OPEN);
    assert_int_equal(lines[1].time, x->now);
    assert_int_equal(lines[1].compartment, TIP);
    assert_true(id_is_zero(lines[1].about));
    assert_int_equal(keeper_log(x->staff, aud.token, false, 0, lines, &n), OK);
    assert_true(n > 3);
    ptrdiff_t at = 0;
    while (at < n && lines[at].action != ACT_OPEN)
        at++;
    assert_true(at < n && lines[at].opened);
    assert_true(id_equal(lines[at].principal, x->made.people[LIN].principal));
    assert_true(id_equal(lines[at].about, tip.id));
    assert_int_equal(keeper_log(x->staff, aud.token, false, lines[at].seq, lines, &n), OK);
    assert_true(n > 0 && lines[0].seq < (uint64_t)world_count(x, "SELECT max(seq) FROM leaf"));
}

static void export_leaf(void *to, const struct leaf *l)
{
    audit_export_entry(to, l->record, l->root, l->signature);
}

static str export(struct world *x)
{
    struct out o = { .arena = &x->arena };
    uint64_t size = 0;
    uint8_t root[32];
    assert_int_equal(leaf_last_root(x->db, LOG_NUMBER, &size, root), OK);
    audit_export_head(&o, x->made.install, LOG_NUMBER, x->made.node_sign, size);
    assert_int_equal(leaf_scan(x->db, LOG_NUMBER, 0, export_leaf, &o), OK);
    audit_export_end(&o);
    return out_view(&o);
}

static void the_log_of_a_working_day_verifies_and_a_start_finds_it_edited(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    for (int i = 0; i < 5; i++)
        assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    str file = export(x);
    struct audit_verdict v = audit_verify(file, x->made.node_sign, NULL, 0);
    assert_string_equal(v.why, "");
    assert_true(v.good && v.size > 6);
    str head;
    assert_int_equal(keeper_head(x->jobs, &x->arena, &head), OK);
    struct audit_seen seen;
    assert_true(audit_seen_read(&x->arena, head, &seen));
    assert_true(audit_verify(file, x->made.node_sign, &seen, 1).good);

    world_sql(x, "UPDATE leaf SET record = CAST(substr(record, 1, 30) || CASE substr(record, 31, 1) WHEN x'ff' THEN x'fe' ELSE x'ff' END || substr(record, 32) AS BLOB) WHERE seq = 3");
    v = audit_verify(export(x), x->made.node_sign, NULL, 0);
    assert_false(v.good);
    assert_int_equal(v.bad_at, 3);
    struct keeper_core *again;
    assert_int_equal(core_open(x->db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)x->made.secret, SECRET_FILE }, x->chance,
                               2, &again),
                     OK);
    core_set_time(again, x->now, x->now);
    assert_int_equal(core_start(again), FAULT);
}

static void notes_are_taken_from_staff_and_from_the_acceptor_for_the_node(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN);
    uint8_t digest[32] = { 9 };
    uint64_t seq = 0, next = 0;
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_WRITE, 3, (id){ { 1 } }, digest, &seq), OK);
    assert_int_equal(keeper_note(x->staff, &lin.token, ACT_WRITE, 1, (id){ { 2 } }, digest, &next), OK);
    assert_int_equal(next, seq + 1);
    assert_int_equal(keeper_note(x->staff, NULL, ACT_WRITE, 1, (id){ { 2 } }, digest, &next), LOCKED);
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_LOGIN, 1, (id){ { 2 } }, digest, &next), INVALID);
    assert_int_equal(keeper_note(x->staff, &lin.token, ACT_REFUSED, 1, (id){ { 2 } }, digest, &next), OK);
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_REFUSED, 1, (id){ { 2 } }, digest, &next), INVALID);
    assert_int_equal(keeper_note(x->control, NULL, ACT_BACKUP, 1, (id){ 0 }, digest, &next), OK);
    assert_int_equal(keeper_note(x->control, NULL, ACT_WRITE, 1, (id){ { 2 } }, digest, &next), INVALID);
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_BACKUP, 1, (id){ 0 }, digest, &next), INVALID);
    assert_int_equal(keeper_note(x->staff, &lin.token, ACT_BACKUP, 1, (id){ 0 }, digest, &next), INVALID);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
#define LOCKED_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_locked_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_bad_row_in_a_batch_fails_alone_and_makes_a_record_of_its_own),
        HOUSE(no_key_leaves_when_its_record_cannot_be_written),
        cmocka_unit_test_setup_teardown(a_full_disk_opens_nothing_and_locks_nothing, make_world_on_a_faulty_disk, end_world),
        HOUSE(budgets_hold_by_the_hour_and_the_day_across_restarts_and_two_persons_change_them),
        HOUSE(safe_addresses_open_one_at_a_time_and_for_something),
        HOUSE(rows_of_a_message_are_opened_by_what_each_of_them_names),
        HOUSE(a_session_that_ends_in_the_same_turn_opens_nothing_any_more),
        HOUSE(a_receipt_opens_the_replies_of_its_mailbox_and_no_other_digits_do),
        LOCKED_HOUSE(three_hundred_locked_starts_bury_no_mailbox_and_those_that_gave_no_receipt_leave_nothing),
        HOUSE(blind_keys_are_for_source_and_fund_and_for_members_alone),
        HOUSE(the_auditor_reads_the_log_and_everybody_their_own_part_of_it),
        HOUSE(the_log_of_a_working_day_verifies_and_a_start_finds_it_edited),
        HOUSE(notes_are_taken_from_staff_and_from_the_acceptor_for_the_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
