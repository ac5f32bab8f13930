/*
 * What has been kept its time: in the house of the access matrix, with the rights of the jobs role, by a keeper that knows no person's word
 * of it. Everybody and everything in it is invented.
 */
#include "jobs_house.h"
#include "app/jobs_keep.h"
#include "engine.h"
#include "packs.h"

enum { DAY = 86400, FAR = 20000 };

static struct jobs_house h;

static int open_house(void **state)
{
    jobs_house_open(&h);
    *state = &h;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    jobs_house_close(&h);
    return 0;
}

static void pass_days(int days)
{
    world_pass(h.m->app->keys, (int64_t)days * DAY);
}

/* %s in sql is the id. */
static const char *with_id(const char *sql, id i)
{
    char *text = arena_new(&h.a, char, 1024);
    str hex = id_text(&h.a, i);
    char bare[33];
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < hex.len && n < 32; k++)
        if (hex.at[k] != '-')
            bare[n++] = hex.at[k];
    bare[n] = 0;
    snprintf(text, 1024, sql, bare, bare, bare);
    return text;
}

static int64_t count_of(const char *sql, id i)
{
    return app_count(h.m->app, with_id(sql, i));
}

static void change(const char *sql, id i)
{
    app_break(h.m->app, with_id(sql, i));
}

static void close_tip(id tip, const char *why, int64_t day)
{
    char sql[256];
    snprintf(sql, sizeof sql, "UPDATE tip SET state = 'closed', disposition = '%s', closed_day = %lld WHERE id = x'%%s'", why, (long long)day);
    change(sql, tip);
}

static void close_case(id root, int64_t day)
{
    char sql[160];
    snprintf(sql, sizeof sql, "UPDATE casefile SET status = 'closed', closed_day = %lld WHERE id = x'%%s'", (long long)day);
    change(sql, root);
}

static void hold(id root, int64_t until)
{
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO hold (root, id, kind, author, day, until_day, sealed) VALUES (x'%%s', x'%%s', 'tip', x'%%s', 1, %lld, x'00')",
             (long long)until);
    change(sql, root);
}

static str get(const char *role, const char *area, id i)
{
    const struct matrix_caller *who = matrix_open_keys(h.m, role, MEMBER);
    str path = str_join(&h.a, str_of(area), id_text(&h.a, i));
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = path, .caller = who };
    return matrix_ask(h.m, &h.a, &q);
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static int64_t records(int action)
{
    char text[96];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'%02x'", action);
    return world_count(h.m->app->keys, text);
}

/* ---- the table ---- */

static void every_table_is_swept_or_says_why_not(void **state)
{
    (void)state;
    const char *why;
    int64_t there = app_count(h.m->app, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    assert_int_equal(there, keep_tables());
    for (ptrdiff_t i = 0; i < keep_tables(); i++) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '%s'", keep_table(i, &why));
        assert_int_equal(app_count(h.m->app, sql), 1);
        assert_true(!why || strlen(why) > 8);
    }
}

static int64_t days_of_row(const char *code)
{
    const struct pack_row *row = pack_find(&h.m->app->pack, lit("retention"), str_of(code), jobs_house_today(&h));
    assert_non_null(row);
    return pack_cell_int(row, RETENTION_DAYS, KEEP_EVER);
}

static void the_table_of_the_pack_says_how_long(void **state)
{
    (void)state;
    assert_int_equal(keep_days(&h.rules, KEEP_TIPS, lit("tip_acted")), days_of_row("TIP"));
    assert_int_equal(keep_days(&h.rules, KEEP_TIPS, lit("tip_viral")), days_of_row("TIP_SHORT"));
    assert_int_equal(keep_days(&h.rules, KEEP_TIPS, lit("tip_withdrawn")), days_of_row("TIP_STOPPED"));
    assert_true(days_of_row("TIP_STOPPED") < days_of_row("TIP_SHORT") && days_of_row("TIP_SHORT") < days_of_row("TIP"));
    assert_int_equal(keep_days(&h.rules, KEEP_CASES, (str){ 0 }), days_of_row("CASE"));
    assert_int_equal(keep_days(&h.rules, KEEP_FILES, (str){ 0 }), days_of_row("CARE"));
    assert_int_equal(keep_days(&(struct keep_rules){ 0 }, KEEP_CASES, (str){ 0 }), KEEP_EVER);
    /* what the program holds itself */
    assert_int_equal(days_of_row("REPLY"), REPLY_DAYS);
    assert_int_equal(days_of_row("ANSWER"), IDEM_DAYS);
    assert_int_equal(days_of_row("MAILBOX"), house_number(&(struct house){ .values[HOUSE_MAILBOX_DAYS] = house_rules[HOUSE_MAILBOX_DAYS].otherwise },
                                                          HOUSE_MAILBOX_DAYS));
    assert_int_equal(days_of_row("AUDIT"), KEEP_EVER);
    assert_int_equal(keep_month_after(20727), 20727); /* 2026-10-01 */
    assert_int_equal(keep_month_after(20726), 20727);
    assert_int_equal(keep_month_after(20790), 20819); /* 2026-12-03 -> 2027-01-01 */
}

/* ---- tips ---- */

static void a_tip_is_erased_when_its_time_is_over_and_not_before(void **state)
{
    (void)state;
    id tip = h.m->tip[0];
    change("DELETE FROM case_tip WHERE tip = x'%s'", tip);
    change("INSERT INTO tip_mark (tip, turn, id, author, day, sealed) SELECT tip, 1, id, author, day, sealed FROM tip_entry WHERE tip = x'%s' LIMIT 1", tip);
    change("INSERT INTO tip_across (tip, id, sealed) SELECT tip, id, sealed FROM tip_entry WHERE tip = x'%s' LIMIT 1", tip);
    change("INSERT INTO tip_told (tip, id, sealed) SELECT tip, id, sealed FROM tip_entry WHERE tip = x'%s' LIMIT 1", tip);
    close_tip(tip, "tip_thin", jobs_house_today(&h) - days_of_row("TIP"));
    jobs_house_sweep(&h);
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 1); /* a mailbox of it lives, and the last day is today */
    change("DELETE FROM mailbox WHERE tip = x'%s'", tip);
    jobs_house_sweep(&h);
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 1);
    assert_int_equal(records(ACT_ERASE), 0);
    close_tip(tip, "tip_thin", jobs_house_today(&h) - days_of_row("TIP") - 1);
    hold(tip, jobs_house_today(&h));
    jobs_house_sweep(&h);
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 1); /* held, this day included */
    change("UPDATE hold SET until_day = until_day - 1 WHERE root = x'%s'", tip);
    int64_t all = app_count(h.m->app, "SELECT count(*) FROM tip");
    jobs_house_sweep(&h);
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM tip"), all - 1);
    static const char *const tables[] = { "tip_source WHERE tip", "tip_addition WHERE tip", "tip_entry WHERE tip", "tip_act WHERE tip", "tip_mark WHERE tip",
                                          "tip_across WHERE tip", "tip_told WHERE tip",
                                          "share WHERE root", "clock WHERE root", "notice WHERE about", "hold WHERE root", "tip WHERE id" };
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        char sql[120];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s = x'%%s'", tables[i]);
        assert_int_equal(count_of(sql, tip), 0);
    }
    assert_int_equal(records(ACT_ERASE), 1);
    assert_int_equal(app_count(h.m->app, "SELECT n FROM tally WHERE measure = 'ended.tips.tip_thin'"), 1);
    assert_int_equal(count_of("SELECT count(*) FROM forget WHERE tip = x'%s'", tip), 1); /* the index may know it still */
    assert_true(says(get("call_taker", "/tips/", tip), "404"));
}

/* The office's keys of that month go, and the case reads on by its own. */
static void a_tip_of_a_case_stays_on_the_case_alone(void **state)
{
    (void)state;
    id tip = h.m->tip[0];
    struct ring_key before, after;
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_OFFICE, h.m->office[0], TIP, &before), OK);
    /* what else is sealed to this month of this office is closed too */
    change("DELETE FROM mailbox WHERE tip <> x'%s'", (id){ { 0 } });
    app_break(h.m->app, "UPDATE tip SET state = 'closed', disposition = 'tip_to_case', closed_day = 1");
    change("DELETE FROM mailbox WHERE tip = x'%s'", tip);
    const struct matrix_caller *sam = matrix_open_keys(h.m, "supervisor", MEMBER);
    struct ring_act turn = { .token = sam->token, .ring = before.ring, .reason = "a new month" };
    struct ring_done done;
    assert_int_equal(keeper_ring(h.m->app->keys->staff, RING_ROTATE, &turn, &done), OK);
    assert_true(says(get("investigator", "/cases/", h.m->casefile[0]), h.m->planted[0][IN_TIP]));
    jobs_house_sweep(&h);
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s' AND office = x'00000000000000000000000000000000'", tip), 1);
    assert_int_equal(count_of("SELECT count(*) FROM forget WHERE tip = x'%s'", tip), 1); /* and the words that no case was given */
    assert_true(says(get("call_taker", "/tips/", tip), "404"));
    assert_true(says(get("investigator", "/cases/", h.m->casefile[0]), h.m->planted[0][IN_TIP]));
    struct keep_tolds told;
    bool is_told = false;
    assert_int_equal(keep_told_list(h.db, &h.a, KEEP_MONTHS, 10, &told), OK);
    for (ptrdiff_t i = 0; i < told.len; i++)
        is_told |= id_equal(told.at[i].root, before.ring) && told.at[i].day == jobs_house_today(&h) + NOTICE_DAYS;
    assert_true(is_told);
    pass_days(NOTICE_DAYS - 1);
    jobs_house_sweep(&h);
    assert_int_equal(records(ACT_SHRED), 0);
    pass_days(1);
    jobs_house_sweep(&h);
    assert_true(records(ACT_SHRED) > 0);
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_OFFICE, h.m->office[0], TIP, &after), OK);
    assert_true(id_equal(before.ring, after.ring));
    assert_true(says(get("investigator", "/cases/", h.m->casefile[0]), h.m->planted[0][IN_TIP]));
    /* and ends with it */
    close_case(h.m->casefile[0], jobs_house_today(&h) - FAR);
    jobs_house_sweep(&h);
    pass_days(NOTICE_DAYS);
    jobs_house_sweep(&h);
    jobs_house_sweep(&h);
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 0);
}

/* ---- cases ---- */

static void a_case_is_told_then_destroyed_and_its_neighbour_reads_on(void **state)
{
    (void)state;
    id root = h.m->casefile[0];
    struct ring_key key;
    int64_t day = 0;
    change("INSERT INTO tip_across (tip, id, sealed) SELECT root, id, sealed FROM entry WHERE root = x'%s' LIMIT 1", root);
    change("INSERT INTO tip_told (tip, id, sealed) SELECT root, id, sealed FROM entry WHERE root = x'%s' LIMIT 1", root);
    close_case(root, jobs_house_today(&h) - days_of_row("CASE") + NOTICE_DAYS);
    jobs_house_sweep(&h);
    assert_int_equal(keep_told_day(h.db, root, &day), NOT_FOUND);
    pass_days(1);
    jobs_house_sweep(&h);
    assert_int_equal(keep_told_day(h.db, root, &day), OK);
    assert_int_equal(day, jobs_house_today(&h) + NOTICE_DAYS);
    assert_int_equal(records(ACT_TELL), 3); /* CASE, EVIDENCE, TIP */
    assert_true(says(get("investigator", "/cases/", root), h.m->planted[0][IN_CASE]));
    pass_days(NOTICE_DAYS);
    jobs_house_sweep(&h);
    assert_int_equal(records(ACT_SHRED), 3);
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, root, CASE, &key), NOT_FOUND);
    static const char *const tables[] = { "casefile WHERE id", "case_person WHERE root", "case_office WHERE root", "case_tip WHERE root",
                                          "tip_across WHERE tip", "tip_told WHERE tip", "subject WHERE root", "entry WHERE root", "entry_value WHERE root", "expiry WHERE root" };
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        char sql[120];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s = x'%%s'", tables[i]);
        assert_int_equal(count_of(sql, root), 0);
    }
    assert_int_equal(count_of("SELECT count(*) FROM forget WHERE tip = x'%s'", root), 1); /* the index may know what it named */
    assert_true(says(get("investigator", "/cases/", root), "404"));
    const struct matrix_caller *there = matrix_open_keys(h.m, "investigator", ELSEWHERE);
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .caller = there,
                                .path = str_join(&h.a, lit("/cases/"), id_text(&h.a, h.m->casefile[1])) };
    assert_true(says(matrix_ask(h.m, &h.a, &q), h.m->planted[1][IN_CASE])); /* the control */
}

static void what_is_opened_again_is_not_destroyed(void **state)
{
    (void)state;
    id root = h.m->casefile[0];
    int64_t day;
    close_case(root, jobs_house_today(&h) - FAR);
    jobs_house_sweep(&h);
    assert_int_equal(keep_told_day(h.db, root, &day), OK);
    change("UPDATE casefile SET status = 'open', closed_day = NULL WHERE id = x'%s'", root);
    pass_days(NOTICE_DAYS + 1);
    jobs_house_sweep(&h);
    assert_int_equal(keep_told_day(h.db, root, &day), NOT_FOUND);
    assert_int_equal(records(ACT_SHRED), 0);
    assert_int_equal(world_count(h.m->app->keys, "SELECT count(*) FROM ring_expiry"), 0);
    assert_true(says(get("investigator", "/cases/", root), h.m->planted[0][IN_CASE]));
    close_case(root, jobs_house_today(&h) - FAR); /* and again: the notice begins anew */
    jobs_house_sweep(&h);
    assert_int_equal(keep_told_day(h.db, root, &day), OK);
    assert_int_equal(day, jobs_house_today(&h) + NOTICE_DAYS);
}

/* Whatever the content database says: the keeper has the hold too, and who took the row out of the one has not lifted the other. */
static void the_keeper_holds_what_somebody_took_out_of_the_rows(void **state)
{
    (void)state;
    id root = h.m->casefile[0];
    struct ring_key key;
    int64_t day;
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, root, EVIDENCE, &key), OK);
    const struct matrix_caller *sam = matrix_open_keys(h.m, "supervisor", MEMBER);
    struct hold_act act = { .token = sam->token, .ring = key.ring, .hold = { { 7 } }, .about = root,
                            .until_day = (uint32_t)jobs_house_today(&h) + 100, .reason = "court" };
    assert_int_equal(keeper_hold(h.m->app->keys->staff, &act), OK);
    close_case(root, jobs_house_today(&h) - FAR);
    jobs_house_sweep(&h);
    pass_days(NOTICE_DAYS);
    jobs_house_sweep(&h);
    assert_int_equal(records(ACT_SHRED), 0); /* nor its neighbours: a case is held or it is not */
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, root, EVIDENCE, &key), OK);
    assert_int_equal(count_of("SELECT count(*) FROM casefile WHERE id = x'%s'", root), 1); /* and no row goes while a key is left */
    assert_int_equal(keep_told_day(h.db, root, &day), OK);
}

/* ---- files of care and packets ---- */

static void a_file_of_care_and_a_packet_end(void **state)
{
    (void)state;
    id file = h.m->victim[0];
    struct ring_key key;
    int64_t packets = app_count(h.m->app, "SELECT count(*) FROM packet"), tallies = app_count(h.m->app, "SELECT coalesce(sum(n), 0) FROM tally");
    change("UPDATE care_file SET end_day = 20000 WHERE id = x'%s'", file);
    change("INSERT INTO reseal (root, author, day) VALUES (x'%s', x'%s', 1)", file);
    change("INSERT INTO reseal (root, author, day) VALUES (x'%s', x'%s', 1)", h.m->victim[1]);
    app_break(h.m->app, "UPDATE packet SET until_day = 20000 WHERE id IN (SELECT id FROM packet ORDER BY id LIMIT 1)");
    jobs_house_sweep(&h);
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, file, VICTIM, &key), OK);
    pass_days(NOTICE_DAYS);
    jobs_house_sweep(&h);
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, file, VICTIM, &key), NOT_FOUND);
    assert_int_equal(keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, file, LOCATION, &key), NOT_FOUND);
    static const char *const tables[] = { "care_file WHERE id", "care_name WHERE root", "care_entry WHERE root", "care_place WHERE root",
                                          "caseload WHERE root", "reseal WHERE root" };
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        char sql[120];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s = x'%%s'", tables[i]);
        assert_int_equal(count_of(sql, file), 0);
        assert_true(count_of(sql, h.m->victim[1]) > 0); /* the control */
    }
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM packet"), packets - 1);
    assert_int_equal(app_count(h.m->app, "SELECT coalesce(sum(n), 0) FROM tally"), tallies); /* what was counted stays counted */
}

/* ---- the clock ---- */

static void nothing_ends_by_a_clock_that_nobody_believes(void **state)
{
    (void)state;
    id tip = h.m->tip[0];
    struct jobs_keep job = { 0 };
    int64_t ms = 1, now = h.m->app->keys->now;
    char sql[160];
    struct pack_problems problems;
    assert_int_equal(pack_load(h.m->app->content, &h.a, packs_folder(&h.a, "int"), jobs_house_today(&h), &problems), OK);
    change("DELETE FROM case_tip WHERE tip = x'%s'", tip);
    change("DELETE FROM mailbox WHERE tip = x'%s'", tip);
    close_tip(tip, "tip_thin", jobs_house_today(&h) - FAR);
    static const int kept[][2] = { { -2, 0 }, { 1, 0 }, { 400, 0 }, { 0, 1 } }; /* the acceptor's last look: days off, and whether it doubts */
    for (ptrdiff_t i = -1; i < countof(kept); i++) {
        if (i >= 0) {
            snprintf(sql, sizeof sql, "DELETE FROM sweep_look; INSERT INTO sweep_look (one, day, odd_day, odd_seconds) VALUES (1, %lld, %lld, 0)",
                     (long long)jobs_house_today(&h) + kept[i][0], kept[i][1] ? (long long)jobs_house_today(&h) : 0LL);
            app_break(h.m->app, sql);
        }
        ms = job.next_ms + 1;
        assert_int_equal(jobs_keep(&job, h.db, h.m->app->keys->jobs, h.a, now, ms), OK);
        assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 1);
        assert_true(job.next_ms > ms);
    }
    snprintf(sql, sizeof sql, "UPDATE sweep_look SET day = %lld, odd_day = 0", (long long)jobs_house_today(&h) - 1);
    app_break(h.m->app, sql);
    assert_int_equal(jobs_keep(&job, h.db, h.m->app->keys->jobs, h.a, now, ms + 1), OK); /* not due yet */
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 1);
    assert_int_equal(jobs_keep(&job, h.db, h.m->app->keys->jobs, h.a, now, job.next_ms + 1), OK); /* the control */
    assert_int_equal(count_of("SELECT count(*) FROM tip WHERE id = x'%s'", tip), 0);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(every_table_is_swept_or_says_why_not),
        HOUSE(the_table_of_the_pack_says_how_long),
        HOUSE(a_tip_is_erased_when_its_time_is_over_and_not_before),
        HOUSE(a_tip_of_a_case_stays_on_the_case_alone),
        HOUSE(a_case_is_told_then_destroyed_and_its_neighbour_reads_on),
        HOUSE(what_is_opened_again_is_not_destroyed),
        HOUSE(the_keeper_holds_what_somebody_took_out_of_the_rows),
        HOUSE(a_file_of_care_and_a_packet_end),
        HOUSE(nothing_ends_by_a_clock_that_nobody_believes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
