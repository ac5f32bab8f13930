#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>
#include "lib/log/log.h"

/* What log_event writes to stderr, as text. */
static str said(enum log_event e, int64_t a, int64_t b, char *into, size_t size)
{
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_event(e, a, b);
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[1]);
    ssize_t n = read(ends[0], into, size);
    close(ends[0]);
    assert_true(n > 0);
    return (str){ into, n };
}

static void an_event_is_one_json_line_of_a_name_and_integers(void **state)
{
    (void)state;
    char line[512];
    str s = said(LOG_OUTBOX_DEAD, 3, 12, line, sizeof line);
    assert_true(str_equal(s, lit("{\"event\":\"outbox_gave_up\",\"level\":\"error\",\"kind\":3,\"tries\":12}\n")));
    s = said(LOG_STORE_ENDED_BUSY, 3, 12, line, sizeof line);
    assert_true(str_equal(s, lit("{\"event\":\"store_commit_busy\",\"level\":\"warning\"}\n")));
}

static void every_event_has_a_name_and_fits_with_the_widest_numbers(void **state)
{
    (void)state;
    char line[512];
    for (int e = 0; e < LOG_EVENTS; e++) {
        str s = said((enum log_event)e, INT64_MIN, INT64_MIN, line, sizeof line);
        assert_true(str_starts(s, lit("{\"event\":\"")));
        assert_true(str_ends(s, lit("}\n")));
        assert_int_equal(str_find(s, '\n'), s.len - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_json_line_of_a_name_and_integers),
        cmocka_unit_test(every_event_has_a_name_and_fits_with_the_widest_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
