#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/clock/clock.h"
#include "packs.h"
#include <unistd.h>

static struct arena arena;
static struct pack_clocks us, base;
static struct db *db;
static char folder[] = "/tmp/clock_test_XXXXXX";
static char path[64];

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return civil_to((struct civil){ year, month, day, hour, minute, 59 });
}

static void assert_due(const struct pack_clocks *c, const char *code, int64_t now, int64_t due)
{
    assert_int_equal(clock_due(c, str_of(code), now), due / 60);
}

static void hours_run_through_nights_weekends_and_changes_of_the_hour(void **state)
{
    (void)state;
    assert_due(&us, "P0_ACT", at(2026, 11, 24, 23, 50), at(2026, 11, 25, 0, 5));
    assert_due(&us, "P1_ACT", at(2026, 10, 31, 12, 0), at(2026, 11, 1, 12, 0)); /* the hour changes in the US that night */
    assert_due(&us, "P2_ACT", at(2028, 2, 27, 6, 0), at(2028, 3, 1, 6, 0));     /* leap year */
    assert_int_equal(clock_due(&us, lit("NO_SUCH"), 0), CLOCK_NEVER);
}

static void business_days_leave_out_weekends_and_holidays_and_end_with_the_day(void **state)
{
    (void)state;
    /* Tuesday 24 November 2026; the 26th is Thanksgiving in the us pack, a day like any other in the base. */
    assert_due(&base, "MAILBOX_REPLY", at(2026, 11, 24, 9, 0), at(2026, 11, 26, 23, 59));
    assert_due(&us, "MAILBOX_REPLY", at(2026, 11, 24, 9, 0), at(2026, 11, 27, 23, 59));
    assert_due(&base, "LEAD_ACCEPT", at(2026, 11, 27, 9, 0), at(2026, 11, 30, 23, 59)); /* Friday to Monday */
    assert_due(&base, "LEAD_ACCEPT", at(2026, 11, 28, 9, 0), at(2026, 11, 30, 23, 59)); /* Saturday to Monday */
    assert_due(&us, "RELEASE_EXPIRY", at(2026, 11, 24, 9, 0), at(2026, 12, 24, 23, 59)); /* plain days count all */
}

static void the_minute_of_a_clock_in_days_tells_nothing_of_the_hour_of_the_event(void **state)
{
    (void)state;
    int64_t first = clock_due(&us, lit("P3_ACT"), at(2026, 11, 24, 0, 0));
    for (int hour = 0; hour < 24; hour++)
        assert_int_equal(clock_due(&us, lit("P3_ACT"), at(2026, 11, 24, hour, 17)), first);
}

static bool starts(const struct clock_starts *s, const char *code)
{
    for (ptrdiff_t i = 0; i < s->len; i++)
        if (str_equal(s->at[i].code, str_of(code)))
            return true;
    return false;
}

static void a_tip_starts_the_clocks_its_facts_call_for_and_no_other(void **state)
{
    (void)state;
    struct facts f = { .arena = &arena };
    struct clock_starts s;
    facts_set(&f, lit("priority"), lit("P0"));
    clocks_of_tip(&us, &f, false, 0, &s);
    assert_int_equal(s.len, 1);
    assert_true(starts(&s, "P0_ACT"));
    facts_set(&f, lit("priority"), lit("P1"));
    facts_set(&f, lit("answer.minor"), lit("yes"));
    clocks_of_tip(&us, &f, true, 0, &s);
    assert_int_equal(s.len, 3);
    assert_true(starts(&s, "P1_ACT") && starts(&s, "SUP_ACK_P1") && starts(&s, "MINOR_REPORT"));
    facts_set(&f, lit("answer.foreign_national"), lit("unknown"));
    clocks_of_tip(&us, &f, true, 0, &s);
    assert_true(s.len == 4 && starts(&s, "HHS_MINOR_24H"));
    clocks_of_tip(&base, &f, true, 0, &s);
    assert_int_equal(s.len, 3); /* the law of one country binds nobody elsewhere */
}

static void steps_stand_between_the_event_and_what_follows(void **state)
{
    (void)state;
    int64_t now = at(2026, 11, 24, 9, 0);
    struct clock c = { .code = lit("P1_ACT"), .started_day = day_of(now), .due_minute = clock_due(&us, lit("P1_ACT"), now) };
    struct clock_steps steps = clock_steps_of(&us, &arena, &c);
    assert_int_equal(steps.len, 3);
    assert_int_equal(steps.at[0].minute, now / 60 + 12 * 60);
    assert_true(str_equal(steps.at[0].to_role, lit("owner")) && str_equal(steps.at[0].action, lit("remind")));
    assert_int_equal(steps.at[2].minute, c.due_minute);
    struct clock days = { .code = lit("P3_ACT"), .started_day = day_of(now), .due_minute = clock_due(&us, lit("P3_ACT"), now) };
    steps = clock_steps_of(&us, &arena, &days);
    assert_int_equal(steps.len, 2);
    assert_true(steps.at[0].minute < steps.at[1].minute);
    assert_int_equal(steps.at[1].minute, days.due_minute);
    c.due_minute = CLOCK_NEVER;
    assert_int_equal(clock_steps_of(&us, &arena, &c).len, 0);
}

static id root_of(int n)
{
    return (id){ { (uint8_t)(n >> 8), (uint8_t)n } };
}

static void a_running_clock_keeps_its_deadline_and_a_stopped_one_only_its_day(void **state)
{
    (void)state;
    struct clocks list;
    id root = root_of(9999);
    assert_int_equal(clock_start(db, root, (struct clock_start){ lit("MAILBOX_REPLY"), 500 }, 100), OK);
    assert_int_equal(clock_start(db, root, (struct clock_start){ lit("MAILBOX_REPLY"), 900 }, 101), OK);
    assert_int_equal(clock_list_of(db, &arena, root, 10, &list), OK);
    assert_true(list.len == 1 && list.at[0].due_minute == 500 && list.at[0].stopped_day == PACK_NO_DAY);
    assert_int_equal(clock_event(db, &us, root, lit("mailbox.reply_out"), 102), OK);
    assert_int_equal(clock_stop(db, root, lit("MAILBOX_REPLY"), 103), NOT_FOUND);
    assert_int_equal(clock_start(db, root, (struct clock_start){ lit("MAILBOX_REPLY"), 1900 }, 104), OK);
    assert_int_equal(clock_list_of(db, &arena, root, 10, &list), OK);
    assert_int_equal(list.len, 2);
    assert_true(list.at[0].due_minute == 1900 && list.at[0].run == 2); /* what runs stands first: a short list shows it */
    assert_true(list.at[1].due_minute == CLOCK_NEVER && list.at[1].stopped_day == 102 && list.at[1].run == 1);
    assert_int_equal(clock_stop(db, root, lit("MAILBOX_REPLY"), 105), OK);
}

static void what_is_due_comes_in_pages_without_a_gap_or_a_double(void **state)
{
    (void)state;
    for (int i = 0; i < 57; i++)
        assert_int_equal(clock_start(db, root_of(i), (struct clock_start){ lit("P1_ACT"), 1000 + i / 4 }, 1), OK);
    struct clock last, *after = NULL;
    int seen = 0, pages = 0;
    for (struct clocks page;; pages++) {
        assert_int_equal(clock_list_due(db, &arena, 1012, after, 10, &page), OK);
        if (!page.len)
            break;
        for (ptrdiff_t i = 0; i < page.len; i++, seen++)
            assert_true(id_equal(page.at[i].root, root_of(seen)) && page.at[i].due_minute == 1000 + seen / 4);
        last = page.at[page.len - 1];
        after = &last;
    }
    assert_int_equal(seen, 52); /* minutes 1000 to 1012, four each */
    assert_int_equal(pages, 6);
}

static int open_database(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/c.db", folder);
    return db_open(path, (struct db_options){ .create = true }, &db) == OK && db_migrate(db, migrations_content) == OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    db_close(db);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    arena = arena_reserve(512 << 20);
    struct pack both = packs_of_the_tree(&arena, true), one = packs_of_the_tree(&arena, false);
    must(clocks_compile(&arena, &both, 20781, &us) == OK && clocks_compile(&arena, &one, 20781, &base) == OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_run_through_nights_weekends_and_changes_of_the_hour),
        cmocka_unit_test(business_days_leave_out_weekends_and_holidays_and_end_with_the_day),
        cmocka_unit_test(the_minute_of_a_clock_in_days_tells_nothing_of_the_hour_of_the_event),
        cmocka_unit_test(a_tip_starts_the_clocks_its_facts_call_for_and_no_other),
        cmocka_unit_test(steps_stand_between_the_event_and_what_follows),
        cmocka_unit_test(a_running_clock_keeps_its_deadline_and_a_stopped_one_only_its_day),
        cmocka_unit_test(what_is_due_comes_in_pages_without_a_gap_or_a_double),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
