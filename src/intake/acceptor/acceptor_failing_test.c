/* Each statement of the acceptor fails once: nothing is acknowledged and nothing stands, and the same batch is taken when the store works again. */
#include "engine.h"
#include "lib/store/faulty_disk.h"
#include "world.h"

static int make_world(void **state)
{
    *state = app_make(true);
    return 0;
}

static int make_world_on_a_faulty_disk(void **state)
{
    faulty_disk_use();
    return make_world(state);
}

static int end_world(void **state)
{
    engine_fail_statement(0, OK);
    app_end(*state);
    return 0;
}

static int64_t still(void)
{
    return 0;
}

static struct acceptor_limits limits(const struct app *x)
{
    return (struct acceptor_limits){ x->keys->now, still, ACCEPTOR_HOLD_MS };
}

static str caught(struct app *x, const char *body)
{
    uint8_t *to = arena_new(&x->process, uint8_t, 65536);
    ptrdiff_t n;
    app_post(x, "/tip", body);
    assert_int_equal(channel_receive(x->channel[1], to, 65536, 0, &n), OK);
    return (str){ (const char *)to, n };
}

static str words(struct app *x, const struct submission *tip, enum submission_type type, id addition)
{
    struct ring_key ring;
    struct submission s = { .type = type, .locator = tip->locator, .tip = tip->tip, .office = x->keys->office, .day = tip->day,
                            .clock_count = 1, .addition = addition };
    s.clocks[0] = (struct clock_start){ lit("first_look"), tip->day * 1440 + 60 };
    assert_int_equal(keeper_ring_key(x->keys->pub, SCOPE_OFFICE, x->keys->office, TIP, &ring), OK);
    s.sealed = envelope_seal(x->services.sealer, 0, &x->process, &ring, TABLE_TIP_ADDITION, s.addition, NULL, 0);
    return submission_write(&x->process, &s);
}

/* One of everything, and of everything that is not stored: an urgent tip, the same again, its name and its mailbox under other keys,
 * words for it, the same words again, less of it, and a visit. What was refused a moment ago is refused again. */
enum { BATCH = 9 };
struct batch {
    str messages[BATCH];
    struct verdict verdicts[BATCH];
};

static struct batch batch(struct app *x)
{
    static uint8_t other[2][16] = { { 1 }, { 2 } };
    struct submission s;
    assert_true(submission_read(caught(x, "narrative=a&consent=share&contact=555-0101"), &s));
    s.priority = 0;
    s.clock_count = 1;
    s.clocks[0] = (struct clock_start){ lit("first_look"), s.day * 1440 + 60 };
    str tip = submission_write(&x->process, &s);
    struct submission taken = s, visit = { .type = SUBMIT_VISIT, .locator = s.locator, .pepper = s.pepper, .day = s.day, .keep_days = 300 };
    visit.seen_count = 2;
    taken.idem = other[0];
    str name = submission_write(&x->process, &taken);
    taken.idem = other[1];
    taken.tip = chance_id(&x->chance, x->keys->now * 1000, true);
    id addition = chance_id(&x->chance, x->keys->now * 1000, true);
    return (struct batch){ .messages = { tip, tip, name, name, submission_write(&x->process, &taken), words(x, &s, SUBMIT_ADDITION, addition),
                                         words(x, &s, SUBMIT_ADDITION, addition),
                                         words(x, &s, SUBMIT_LESS, chance_id(&x->chance, x->keys->now * 1000, true)),
                                         submission_write(&x->process, &visit) } };
}

static int64_t rows(struct app *x)
{
    return app_count(x, "SELECT (SELECT COUNT(*) FROM tip) + (SELECT COUNT(*) FROM idem) + (SELECT COUNT(*) FROM mailbox)"
                        " + (SELECT COUNT(*) FROM tip_addition) + (SELECT COUNT(*) FROM tip_source) + (SELECT COUNT(*) FROM clock)"
                        " + (SELECT COUNT(*) FROM outbox)");
}

static void a_batch_of_which_a_statement_fails_is_not_kept(void **state)
{
    struct app *x = *state;
    static const uint16_t codes[BATCH] = { [2] = CODE_BAD, [3] = CODE_BAD, [4] = CODE_BAD };
    struct batch b = batch(x);
    struct accepted done;
    int64_t before = rows(x), n = 0;
    for (status s = FAULT; s != OK;) {
        engine_fail_statement(++n, FAULT);
        s = acceptor_take(x->acceptor, &x->process, limits(x), b.messages, BATCH, b.verdicts, &done);
        if (engine_failed_statement() != (s != OK) || (s != OK && s != FAULT))
            fail_msg("statement %d: %d", (int)n, s);
        if (s != OK)
            assert_int_equal(rows(x), before);
    }
    assert_true(n > 20);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(b.verdicts[i].code, codes[i]);
    assert_true(b.verdicts[1].already && !b.verdicts[0].already);
    assert_int_equal(done.rows, 4); /* the tip, who is named in it, and two additions */
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_addition"), 2);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 0);
}

/* What has outlived its days, of every table that is swept. */
static int64_t old_things(struct app *x)
{
    char text[512];
    long long day = (long long)day_of(x->keys->now) - 200;
    snprintf(text, sizeof text,
             "DELETE FROM idem; INSERT INTO idem (idem, tip, answer, day) VALUES (x'%032x', x'%032x', x'00', %lld)", 1, 1, day);
    app_break(x, text);
    return app_count(x, "SELECT COUNT(*) FROM idem");
}

static void a_sweep_of_which_a_statement_fails_forgets_nothing(void **state)
{
    struct app *x = *state;
    int64_t today = day_of(x->keys->now), n = 0;
    assert_int_equal(old_things(x), 1);
    static const status with[] = { FAULT, BUSY };
    for (ptrdiff_t i = 0; i < countof(with); i++) {
        n = 0;
        for (status s = FAULT; s != OK;) {
            engine_fail_statement(++n, with[i]);
            s = acceptor_sweep(x->acceptor, today);
            assert_int_equal(s, engine_failed_statement() ? with[i] : OK);
            assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), s != OK);
        }
        assert_true(n > 4);
        old_things(x);
    }
    n = 0;
    for (status s = FAULT; s != OK;) {
        struct sweep_clock clock = { 0 };
        bool more = true;
        engine_fail_statement(++n, FAULT);
        s = acceptor_sweep_by(x->acceptor, &clock, x->keys->now, 1000, &more);
        assert_int_equal(s, engine_failed_statement() ? FAULT : OK);
        assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), s != OK);
        assert_int_equal(app_count(x, "SELECT COUNT(*) FROM sweep_look WHERE day > 0"), s == OK);
        assert_int_equal(memcmp(&clock, &(struct sweep_clock){ 0 }, sizeof clock) != 0, s == OK); /* a look that was not stored never was */
    }
    assert_true(n > 6);
    bool believed = true;
    engine_fail_statement(1, FAULT);
    assert_int_equal(acceptor_believes(x->acceptor, today, &believed), FAULT);
    assert_false(believed);
    assert_int_equal(acceptor_believes(x->acceptor, today, &believed), OK);
    assert_true(believed);
    assert_int_equal(acceptor_believes(x->acceptor, today + 5, &believed), OK);
    assert_false(believed);
}

/* A look is one statement; what it changed is another; what it allows are the four of a sweep. */
static void a_look_at_the_clock_is_stored_when_it_says_something_new(void **state)
{
    enum { HOUR = 3600, DAY = 86400 };
    struct app *x = *state;
    static const struct {
        int64_t wall, awake;
        int statements;
    } looks[] = {
        { 0, 0, 6 },
        { HOUR, HOUR, 5 },              /* the same day: nothing new */
        { 40 * DAY, HOUR, 2 },          /* a jump */
        { 40 * DAY, HOUR, 1 },          /* and no time since */
        { 40 * DAY + HOUR, 2 * HOUR, 2 }, /* it goes evenly */
    };
    struct sweep_clock clock = { 0 };
    int64_t noon = x->keys->now / DAY * DAY + DAY / 2;
    for (ptrdiff_t i = 0; i < countof(looks); i++) {
        bool more;
        int64_t before = engine_statements();
        assert_int_equal(acceptor_sweep_by(x->acceptor, &clock, noon + looks[i].wall, looks[i].awake * 1000, &more), OK);
        assert_int_equal(engine_statements() - before, looks[i].statements);
    }
    assert_int_equal(app_count(x, "SELECT odd_seconds FROM sweep_look"), HOUR);
}

/* Days decide what is kept how long: a worker may be a minute beside midnight, and no more. */
static void a_message_of_another_day_than_about_today_is_refused(void **state)
{
    struct app *x = *state;
    static const int off[] = { -2, 2, -1, 1 };
    struct submission s;
    assert_true(submission_read(caught(x, "narrative=a"), &s));
    int64_t today = s.day;
    for (ptrdiff_t i = 0; i < countof(off); i++) {
        struct verdict v;
        struct accepted done;
        s.day = today + off[i];
        s.tip = chance_id(&x->chance, s.day * 86400000, true); /* an id says its day */
        str m = submission_write(&x->process, &s);
        assert_int_equal(acceptor_take(x->acceptor, &x->process, limits(x), &m, 1, &v, &done), OK);
        assert_int_equal(v.code, i < 2 ? CODE_BAD : CODE_OK);
        assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), i >= 2);
    }
}

/* The disk takes nothing more: that is said of each, nothing of it stands, and it is taken when there is room. */
static void what_finds_no_room_on_the_disk_is_refused_for_now(void **state)
{
    struct app *x = *state;
    if (engine_is_postgres())
        skip(); /* it has room or none for itself */
    struct verdict v;
    struct accepted done;
    str m = caught(x, "narrative=a");
    faulty_disk.write_full = 1;
    assert_int_equal(acceptor_take(x->acceptor, &x->process, limits(x), &m, 1, &v, &done), LIMIT);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
    assert_int_equal(acceptor_take(x->acceptor, &x->process, limits(x), &m, 1, &v, &done), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    assert_int_equal(old_things(x), 1);
    faulty_disk.write_full = 1;
    assert_int_equal(acceptor_sweep(x->acceptor, day_of(x->keys->now)), LIMIT);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 1);
}

/* Another writer holds the lock: nothing was begun. */
static void who_finds_the_database_locked_takes_and_sweeps_nothing(void **state)
{
    struct app *x = *state;
    if (engine_is_postgres())
        skip(); /* writers do not wait for each other there */
    struct db *db;
    struct verdict v;
    struct accepted done;
    struct sweep_clock clock = { 0 };
    bool more = true;
    str m = caught(x, "narrative=a");
    must(db_open(x->path, (struct db_options){ .rights = app_acceptor_rights(), .busy_ms = 1 }, &db) == OK);
    assert_int_equal(old_things(x), 1);
    assert_int_equal(db_begin(x->content), OK);
    assert_int_equal(acceptor_take(db, &x->process, limits(x), &m, 1, &v, &done), BUSY);
    assert_int_equal(acceptor_sweep(db, day_of(x->keys->now)), BUSY);
    assert_int_equal(acceptor_sweep_by(db, &clock, x->keys->now, 1000, &more), BUSY);
    assert_false(more);
    assert_int_equal(db_end(x->content, OK), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 1);
    assert_int_equal(acceptor_take(db, &x->process, limits(x), &m, 1, &v, &done), OK); /* the control */
    assert_int_equal(acceptor_sweep(db, day_of(x->keys->now)), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_batch_of_which_a_statement_fails_is_not_kept, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_sweep_of_which_a_statement_fails_forgets_nothing, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_look_at_the_clock_is_stored_when_it_says_something_new, make_world, end_world),
        cmocka_unit_test_setup_teardown(a_message_of_another_day_than_about_today_is_refused, make_world, end_world),
        cmocka_unit_test_setup_teardown(who_finds_the_database_locked_takes_and_sweeps_nothing, make_world, end_world),
        cmocka_unit_test_setup_teardown(what_finds_no_room_on_the_disk_is_refused_for_now, make_world_on_a_faulty_disk, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
