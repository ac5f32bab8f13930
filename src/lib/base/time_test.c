/* Civil time against the C library, which is a witness of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/base.h"

static struct arena arena;

static int64_t library_seconds(int year, int month, int day, int hour, int minute, int second)
{
    struct tm t = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second };
    return timegm(&t);
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void every_day_from_1900_to_2200_agrees_with_the_library(void **state)
{
    (void)state;
    int64_t expected = library_seconds(1900, 1, 1, 0, 0, 0) / 86400;
    for (int year = 1900; year <= 2200; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++, expected++) {
                struct civil noon = { year, month, day, 12, 34, 56 };
                int64_t t = civil_to(noon);
                if (t != library_seconds(year, month, day, 12, 34, 56) || day_of(t) != expected)
                    fail_msg("%04d-%02d-%02d", year, month, day);
                struct civil back = civil_from(t);
                if (memcmp(&back, &noon, sizeof back) != 0)
                    fail_msg("back from %04d-%02d-%02d", year, month, day);
            }
    assert_int_equal(expected, library_seconds(2201, 1, 1, 0, 0, 0) / 86400);
}

static void every_second_of_the_days_around_the_epoch_agrees(void **state)
{
    (void)state;
    for (int64_t t = -2 * 86400; t < 2 * 86400; t++) {
        struct civil c = civil_from(t);
        time_t seconds = (time_t)t;
        struct tm *l = gmtime(&seconds);
        if (c.year != l->tm_year + 1900 || c.month != l->tm_mon + 1 || c.day != l->tm_mday || c.hour != l->tm_hour
            || c.minute != l->tm_min || c.second != l->tm_sec || civil_to(c) != t)
            fail_msg("%lld", (long long)t);
    }
}

static void far_years_come_back_as_they_went(void **state)
{
    (void)state;
    for (int64_t t = -100000000000; t <= 300000000000; t += 98765431) {
        struct civil c = civil_from(t);
        assert_true(civil_to(c) == t);
        assert_true(c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= days_in(c.year, c.month));
    }
}

static void days_begin_at_midnight_before_and_after_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(day_of(0), 0);
    assert_int_equal(day_of(86399), 0);
    assert_int_equal(day_of(86400), 1);
    assert_int_equal(day_of(-1), -1);
    assert_int_equal(day_of(-86400), -1);
    assert_int_equal(day_of(-86401), -2);
}

static void days_are_written_and_read_back(void **state)
{
    (void)state;
    assert_true(str_equal(day_text(&arena, 0), lit("1970-01-01")));
    assert_true(str_equal(day_text(&arena, -1), lit("1969-12-31")));
    struct arena mark = arena;
    for (int64_t day = -719528; day <= 2932896; day += 13) { /* 0000-01-01 to 9999-12-31 */
        int64_t back;
        arena = mark;
        if (!day_read(day_text(&arena, day), &back) || back != day)
            fail_msg("day %lld", (long long)day);
    }
    int64_t last;
    assert_true(day_read(lit("9999-12-31"), &last));
    assert_int_equal(last, 2932896);
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    const str wrong[] = {
        { 0 },
        LIT(""),
        LIT("2026-02-29"),
        LIT("1900-02-29"),
        LIT("2026-02-30"),
        LIT("2026-04-31"),
        LIT("2026-00-10"),
        LIT("2026-13-10"),
        LIT("2026-11-00"),
        LIT("2026-11-32"),
        LIT("2026-11-99"),
        LIT("2026/11/24"),
        LIT("2026-11-2"),
        LIT("2026-11-024"),
        LIT(" 026-11-24"),
        LIT("+026-11-24"),
        LIT("-026-11-24"),
        LIT("-000-01-01"), /* a signed zero is no year */
        LIT("2026--1-24"),
        LIT("2026-11--4"),
        LIT("2026-1\0-24"),
        LIT("26-11-2026"),
        LIT("2026-11-24T"),
        LIT("20261-1-24"),
    };
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        int64_t day = 4242;
        if (day_read(wrong[i], &day))
            fail_msg("case %td was read", i);
        assert_true(day == 4242); /* and the caller's value is left alone */
    }
    int64_t leap;
    assert_true(day_read(lit("2024-02-29"), &leap) && day_read(lit("2000-02-29"), &leap));
}

static void times_are_written_as_rfc_3339(void **state)
{
    (void)state;
    assert_true(str_equal(time_text(&arena, 0), lit("1970-01-01T00:00:00Z")));
    assert_true(str_equal(time_text(&arena, -1), lit("1969-12-31T23:59:59Z")));
    assert_true(str_equal(time_text(&arena, 951827696), lit("2000-02-29T12:34:56Z")));
    assert_true(str_equal(time_text(&arena, 4102444799), lit("2099-12-31T23:59:59Z")));
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_reserve(1 << 20);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_from_1900_to_2200_agrees_with_the_library),
        cmocka_unit_test(every_second_of_the_days_around_the_epoch_agrees),
        cmocka_unit_test(far_years_come_back_as_they_went),
        cmocka_unit_test(days_begin_at_midnight_before_and_after_the_epoch),
        cmocka_unit_test(days_are_written_and_read_back),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(times_are_written_as_rfc_3339),
    };
    return cmocka_run_group_tests_name("time", tests, set_up, NULL);
}
