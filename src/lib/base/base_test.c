/* Arena, growing output, broken promises and the seeded stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/base/base.h"

static struct arena arena_over(char *memory, ptrdiff_t size, jmp_buf *on_empty)
{
    return (struct arena){ memory, memory + size, on_empty };
}

/* True when doing it kills the process by SIGABRT, which is what must() promises. */
static bool dies(void (*doing)(void))
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        signal(SIGABRT, SIG_DFL); /* cmocka's own handler would turn it into a test failure */
        fclose(stderr);
        doing();
        _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT;
}

static void break_a_promise(void)
{
    must(1 + 1 == 3);
}

static void keep_a_promise(void)
{
    must(1 + 1 == 2);
}

static void empty_an_arena_without_a_boundary(void)
{
    char memory[16];
    struct arena a = arena_over(memory, sizeof memory, NULL);
    arena_new(&a, char, 17);
}

static void take_a_negative_count(void)
{
    char memory[16];
    struct arena a = arena_over(memory, sizeof memory, NULL);
    arena_new(&a, char, -1);
}

static void a_broken_promise_ends_the_process(void **state)
{
    (void)state;
    assert_true(dies(break_a_promise));
    assert_false(dies(keep_a_promise));
    assert_true(dies(empty_an_arena_without_a_boundary));
    assert_true(dies(take_a_negative_count));
}

static void an_arena_gives_zeroed_memory_that_does_not_overlap(void **state)
{
    (void)state;
    _Alignas(16) char memory[256];
    memset(memory, 0xa5, sizeof memory);
    struct arena a = arena_over(memory, sizeof memory, NULL);
    char *one = arena_new(&a, char, 3);
    uint64_t *two = arena_new(&a, uint64_t, 4);
    for (int i = 0; i < 3; i++)
        assert_int_equal(one[i], 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(two[i], 0);
    assert_true((char *)two >= one + 3);
    assert_true((uint8_t)memory[sizeof memory - 1] == 0xa5); /* nothing beyond was touched */
}

static void an_arena_aligns_what_it_gives(void **state)
{
    (void)state;
    _Alignas(64) char memory[4096];
    struct arena a = arena_over(memory, sizeof memory, NULL);
    for (ptrdiff_t align = 1; align <= 64; align *= 2) {
        arena_new(&a, char, 1); /* put it off balance */
        assert_int_equal((uintptr_t)arena_take(&a, 8, align, 3) % (uintptr_t)align, 0);
    }
}

/* True when taking jumps to the boundary. The arena is the caller's, so it is not lost to longjmp. */
static bool jumps(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count)
{
    jmp_buf boundary;
    a->on_empty = &boundary;
    if (setjmp(boundary))
        return true;
    arena_take(a, size, align, count);
    return false;
}

static void an_empty_arena_jumps_and_stays_as_it_was(void **state)
{
    (void)state;
    _Alignas(16) char memory[64];
    struct arena a = arena_over(memory, sizeof memory, NULL);
    assert_false(jumps(&a, 1, 1, 63));
    char *before = a.at;
    assert_true(jumps(&a, 1, 1, 2));
    assert_true(jumps(&a, 1, 8, 1)); /* the padding alone does not fit beside it */
    assert_ptr_equal(a.at, before);
    assert_false(jumps(&a, 1, 1, 1)); /* the last byte is still there */
    assert_true(jumps(&a, 1, 1, 1));
    assert_false(jumps(&a, 8, 1, 0)); /* nothing fits always */
}

static void an_arena_is_not_fooled_by_products_that_overflow(void **state)
{
    (void)state;
    char memory[64];
    struct arena a = arena_over(memory, sizeof memory, NULL);
    assert_true(jumps(&a, PTRDIFF_MAX, 1, 2));
    assert_true(jumps(&a, 16, 1, PTRDIFF_MAX / 8));
    assert_true(jumps(&a, 3, 1, PTRDIFF_MAX));
    assert_true(jumps(&a, PTRDIFF_MAX, 16, PTRDIFF_MAX));
}

static void reserved_memory_can_be_used_to_its_last_byte(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 20);
    char *p = arena_new(&a, char, 1 << 20);
    p[0] = 1;
    p[(1 << 20) - 1] = 1;
    assert_true(jumps(&a, 1, 1, 1));
}

static void output_grows_and_keeps_every_byte(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 22);
    struct out o = { .arena = &a };
    assert_int_equal(out_view(&o).len, 0);
    for (int i = 0; i < 20000; i++)
        out_int(&o, i % 10);
    assert_int_equal(o.len, 20000);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(o.at[i], '0' + i % 10);
    assert_false(o.full);
}

static void output_stops_at_its_ceiling_and_says_so(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 16);
    struct out o = { .arena = &a, .ceiling = 10 };
    out_str(&o, lit("0123456789"));
    assert_false(o.full); /* exactly full is not over */
    out_str(&o, (str){ 0 });
    assert_false(o.full);
    out_char(&o, 'x');
    assert_true(o.full);
    assert_true(str_equal(out_view(&o), lit("0123456789")));

    struct out p = { .arena = &a, .ceiling = 10 };
    out_str(&p, lit("01234"));
    out_str(&p, lit("too long for it"));
    assert_true(p.full);
    out_str(&p, lit("ok")); /* it would fit, but a hole in the middle would be worse than an end */
    assert_true(str_equal(out_view(&p), lit("01234")));
}

static void output_of_a_huge_piece_meets_the_ceiling_instead_of_overflowing(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 16);
    struct out o = { .arena = &a, .ceiling = 10 };
    out_char(&o, 'x');
    out_str(&o, (str){ "x", PTRDIFF_MAX });
    assert_true(o.full);
    assert_int_equal(o.len, 1);
}

static void output_that_outgrows_its_arena_jumps(void **state)
{
    (void)state;
    char memory[512];
    jmp_buf boundary;
    struct arena a = arena_over(memory, sizeof memory, &boundary);
    struct out o = { .arena = &a };
    if (!setjmp(boundary)) {
        for (;;)
            out_str(&o, lit("0123456789abcdef"));
    }
    assert_true(a.at <= a.end);
}

static void output_writes_numbers_and_hex(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 16);
    struct out o = { .arena = &a };
    out_int(&o, INT64_MIN);
    out_char(&o, ' ');
    out_int(&o, INT64_MAX);
    out_char(&o, ' ');
    out_int(&o, 0);
    out_char(&o, ' ');
    out_hex(&o, "\x00\x7f\xff", 3);
    out_hex(&o, NULL, 0);
    assert_true(str_equal(out_view(&o), lit("-9223372036854775808 9223372036854775807 0 007fff")));
}

static void the_seeded_stream_repeats_and_differs_by_seed(void **state)
{
    (void)state;
    uint8_t one[1000], again[1000], other[1000];
    struct chance c = chance_seeded(7), d = chance_seeded(7), e = chance_seeded(8);
    c.fill(&c, one, sizeof one);
    d.fill(&d, again, sizeof again);
    e.fill(&e, other, sizeof other);
    assert_memory_equal(one, again, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    d.fill(&d, again, sizeof again);
    assert_memory_not_equal(one, again, sizeof one); /* it moves on */
}

static void the_seeded_stream_fills_odd_lengths_and_no_more(void **state)
{
    (void)state;
    struct chance c = chance_seeded(1);
    for (ptrdiff_t n = 0; n <= 17; n++) {
        uint8_t at[24];
        memset(at, 0xa5, sizeof at);
        c.fill(&c, at, n);
        for (ptrdiff_t i = n; i < (ptrdiff_t)sizeof at; i++)
            assert_int_equal(at[i], 0xa5);
    }
    /* The known answer of xoshiro256** behind splitmix64 of 0: first word of the stream. */
    struct chance zero = chance_seeded(0);
    uint64_t word;
    zero.fill(&zero, &word, sizeof word);
    assert_true(word == UINT64_C(0x99ec5f36cb75f2b4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_promise_ends_the_process),
        cmocka_unit_test(an_arena_gives_zeroed_memory_that_does_not_overlap),
        cmocka_unit_test(an_arena_aligns_what_it_gives),
        cmocka_unit_test(an_empty_arena_jumps_and_stays_as_it_was),
        cmocka_unit_test(an_arena_is_not_fooled_by_products_that_overflow),
        cmocka_unit_test(reserved_memory_can_be_used_to_its_last_byte),
        cmocka_unit_test(output_grows_and_keeps_every_byte),
        cmocka_unit_test(output_stops_at_its_ceiling_and_says_so),
        cmocka_unit_test(output_of_a_huge_piece_meets_the_ceiling_instead_of_overflowing),
        cmocka_unit_test(output_that_outgrows_its_arena_jumps),
        cmocka_unit_test(output_writes_numbers_and_hex),
        cmocka_unit_test(the_seeded_stream_repeats_and_differs_by_seed),
        cmocka_unit_test(the_seeded_stream_fills_odd_lengths_and_no_more),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
