#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ledger_made.h"
#include "lib/os/os.h"

static void costs_are_rounded_up_and_overflow_is_refused(void **state)
{
    (void)state;
    uint64_t n;
    struct ratio v;
    assert_true(ledger_cost(1, (struct ratio){ 50, 1 }, &n));
    assert_int_equal(n, 10000000);
    assert_true(ledger_cost(1, (struct ratio){ 3, 1 }, &n));
    assert_int_equal(n, 166666667);
    assert_true(ledger_cost(12, (struct ratio){ 50, 1 }, &n));
    assert_int_equal(n, 120000000);
    assert_false(ledger_cost(UINT64_MAX, (struct ratio){ 1, UINT64_MAX }, &n));
    assert_false(ledger_cost(1, (struct ratio){ 0, 1 }, &n));
    assert_false(ledger_variance(1, 0, &v));
    assert_false(ledger_variance(UINT64_MAX, 1, &v));
    for (uint64_t rho = 1; rho < 2 * NANO; rho = rho * 7 + 3)
        for (uint64_t s2 = 1; s2 < 700; s2 += 37) {
            assert_true(ledger_variance(s2, rho, &v) && ledger_cost(s2, v, &n));
            assert_int_equal(n, rho);
        }
}

static void amounts_are_read_exactly(void **state)
{
    (void)state;
    struct arena a = space;
    static const char *const bad[] = { "", ".", "1.", ".5", "-1", "+1", "1e3", "0.1234567891", "1001", "1000.1", "0x1", "1,5", " 1",
                                       "99999999999999999999" };
    uint64_t n;
    for (ptrdiff_t i = 0; i < countof(bad); i++)
        assert_false(nano_read(str_of(bad[i]), &n));
    assert_true(nano_read(lit("0.12"), &n) && n == 120000000);
    assert_true(nano_read(lit("1000.000000000"), &n) && n == 1000 * NANO);
    assert_true(nano_read(lit("0.000000001"), &n) && n == 1);
    assert_true(str_equal(nano_text(&a, 120000000), lit("0.12")) && str_equal(nano_text(&a, 2 * NANO), lit("2.0")));
}

static void a_refusal_names_what_is_asked_and_what_is_left(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 };
    struct release r;
    made_with(&a, 1, &l);
    struct ledger_ask ask = made_ask("victims", "2024", 2 * NANO, 77);
    assert_int_equal(release_begin(&l, &ask, &r, &said), LIMIT);
    assert_non_null(strstr(said.at, "asked: rho 2.0"));
    assert_non_null(strstr(said.at, "left for victims, year 2024: rho 1.99."));
    assert_int_equal(l.book.lines, 2);
    ask = made_ask("victims", "2023", 2 * NANO, 77);
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    ledger_close(&l);
}

static void the_last_nano_can_be_spent_and_not_one_more(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 };
    struct release r;
    made_with(&a, 1, &l);
    struct ledger_ask ask = made_ask("victims", "2024", 199 * (NANO / 100) + 1, 9);
    assert_int_equal(release_begin(&l, &ask, &r, &said), LIMIT);
    ask.rho--;
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    ask = made_ask("victims", "2024", 1, 10);
    assert_int_equal(release_begin(&l, &ask, &r, &said), LIMIT);
    ledger_close(&l);
}

static void all_years_count_for_every_year_and_each_year_for_all(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 };
    struct release r;
    uint64_t left;
    const struct ledger_spend *before;
    made_with(&a, 10, &l);
    struct ledger_ask all = made_ask("victims", "all", NANO / 2, 100), year = made_ask("victims", "2024", 1, 101),
        other = made_ask("victims", "1999", 1, 102);
    ledger_admit(&l.book, &all, &left, &before);
    assert_int_equal(left, 19 * NANO / 10);
    assert_int_equal(release_begin(&l, &all, &r, &said), OK);
    ledger_admit(&l.book, &year, &left, &before);
    assert_int_equal(left, 14 * NANO / 10);
    ledger_admit(&l.book, &other, &left, &before);
    assert_int_equal(left, 15 * NANO / 10);
    assert_int_equal(ledger_append(&l, ledger_line_cap(&l.book, 0, lit("victims"), lit("2024"), NANO), "", &said), OK);
    ledger_admit(&l.book, &year, &left, &before);
    assert_int_equal(left, 4 * NANO / 10);
    ledger_admit(&l.book, &other, &left, &before);
    assert_int_equal(left, 15 * NANO / 10);
    ledger_close(&l);
}

static void noise_and_suppression_are_never_mixed_for_the_same_people(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 };
    struct release r;
    made_with(&a, 1, &l);
    static const struct {
        const char *scope, *year;
        uint64_t rho;
        status s;
    } tries[] = { { "victims", "2024", 0, LIMIT }, { "victims", "all", 0, LIMIT },   { "cases", "2024", 0, OK },
                    { "cases", "2024", 1, LIMIT },
                  { "cases", "all", 1, LIMIT },    { "cases", "2023", 1, OK },       { "cases", "all", 0, LIMIT },
                      { "victims", "2023", 0, OK },
                  { "victims", "all", 1, LIMIT },  { "victims", "2024", 1, OK } };
    for (ptrdiff_t i = 0; i < countof(tries); i++) {
        struct ledger_ask ask = made_ask(tries[i].scope, tries[i].year, tries[i].rho, (uint8_t)(100 + i));
        assert_int_equal(release_begin(&l, &ask, &r, &said), tries[i].s);
    }
    assert_non_null(strstr(said.at, "never mixed"));
    ledger_close(&l);
}

static void the_same_request_finds_what_was_stored_and_spends_nothing(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 }, note;
    struct release r;
    uint8_t files[LEDGER_HASH] = { 9 };
    made_with(&a, 1, &l);
    struct ledger_ask ask = made_ask("victims", "2024", NANO, 5);
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    /* Not stored yet: a crash came between. It may have been seen, so it is paid again. */
    assert_int_equal(release_begin(&l, &ask, &r, &said), LIMIT);
    assert_int_equal(ledger_append(&l, ledger_line_stored(&l.book, 0, 2, files), "", &said), OK);
    uint64_t was = made_spent(&l.book);
    int64_t lines = l.book.lines;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(release_begin(&l, &ask, &r, &said), CONFLICT);
    assert_int_equal(r.spend, 2);
    ledger_close(&l);
    assert_int_equal(made_open(&a, NULL, &l, &said, &note), OK);
    assert_int_equal(release_begin(&l, &ask, &r, &said), CONFLICT);
    assert_int_equal(made_spent(&l.book), was);
    assert_int_equal(l.book.lines, lines);
    ledger_close(&l);
}

/* 100,000 sequences of requests: what was granted is added up apart, and never passes a cap for anybody. */
static void no_sequence_of_requests_passes_a_cap(void **state)
{
    (void)state;
    static const char *const years[] = { "all", "2022", "2023", "2024" };
    struct chance c = chance_seeded(11);
    int64_t granted = 0, refused = 0;
    for (int run = 0; run < 100000; run++) {
        struct arena a = space;
        struct ledger_book b = { .arena = &a, .cap = NANO };
        uint64_t sum[4] = { 0 };
        uint8_t dice[24];
        c.fill(&c, dice, sizeof dice);
        for (int i = 0; i < 12; i++) {
            int y = dice[i] % 4;
            struct ledger_ask ask = made_ask("s", years[y], 1 + dice[12 + i] * (NANO / 300), dice[i]);
            uint64_t left;
            const struct ledger_spend *before;
            if (ledger_admit(&b, &ask, &left, &before) != LEDGER_GRANTED) {
                refused++;
                continue;
            }
            granted++;
            sum[y] += ask.rho;
            /* One run in a hundred goes through the text, hashes and all. */
            if (run % 100) {
                if (!b.accounts)
                    b.accounts = arena_new(&a, struct ledger_account, 4), b.account_count = 4;
                b.accounts[y].scope = ask.scope;
                b.accounts[y].year = ask.year;
                b.accounts[y].spent += ask.rho;
            } else {
                if (!b.lines) {
                    str line = ledger_line_open(&b, 0, NANO);
                    assert_null(ledger_add(&b, str_part(line, 0, line.len - 1)));
                }
                str line = ledger_line_spend(&b, 0, &ask);
                assert_null(ledger_add(&b, str_part(line, 0, line.len - 1)));
            }
            for (int k = 1; k < 4; k++)
                assert_true(sum[0] + sum[k] <= NANO);
        }
    }
    assert_true(granted > 200000 && refused > 200000);
}

static void add_line(struct ledger_book *b, str line)
{
    assert_null(ledger_add(b, str_part(line, 0, line.len - 1)));
}

/* What a person of year k may lose: the year's own cap, or that of all years, or the book's. 0: none of its own. */
static uint64_t cap_for(const uint64_t *caps, int k)
{
    return caps[k] ? caps[k] : caps[0] ? caps[0] : NANO;
}

/* The same with caps that are set anew in between, and with requests that are made again once they are stored; all through the text. */
static void caps_and_repeats_between_open_no_way_round(void **state)
{
    (void)state;
    static const char *const years[] = { "all", "2022", "2023", "2024" };
    struct chance c = chance_seeded(12);
    int granted = 0, over = 0, stored = 0;
    for (int run = 0; run < 2000; run++) {
        struct arena a = space;
        struct ledger_book b = { .arena = &a, .cap = NANO };
        uint64_t sum[4] = { 0 }, caps[4] = { 0 }, left;
        uint8_t dice[48], files[LEDGER_HASH] = { 1 };
        c.fill(&c, dice, sizeof dice);
        add_line(&b, ledger_line_open(&b, 0, NANO));
        for (int i = 0; i < 12; i++) {
            const uint8_t *d = dice + 4 * i;
            int y = d[0] % 4;
            const struct ledger_spend *before;
            if (d[1] < 40) {
                caps[y] = 1 + d[2] * (NANO / 200);
                add_line(&b, ledger_line_cap(&b, 0, lit("s"), str_of(years[y]), caps[y]));
            }
            struct ledger_ask ask = made_ask("s", years[y], 1 + d[3] * (NANO / 300), (uint8_t)(10 * run + i));
            enum ledger_verdict v = ledger_admit(&b, &ask, &left, &before);
            over += v == LEDGER_OVER;
            if (v != LEDGER_GRANTED)
                continue;
            granted++;
            sum[y] += ask.rho;
            add_line(&b, ledger_line_spend(&b, 0, &ask));
            for (int k = 1; k < 4; k++)
                assert_true((y && y != k) || sum[0] + sum[k] <= cap_for(caps, k));
            if (d[1] % 2) {
                add_line(&b, ledger_line_stored(&b, 0, b.lines - 1, files));
                assert_int_equal(ledger_admit(&b, &ask, &left, &before), LEDGER_STORED);
                stored++;
            }
            assert_int_equal(made_spent(&b), sum[0] + sum[1] + sum[2] + sum[3]);
        }
    }
    assert_true(granted > 5000 && over > 5000 && stored > 1000);
}

static void every_changed_byte_is_found_with_its_line(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    made_with(&a, 5, &l);
    ledger_close(&l);
    str text = made_text(&a);
    int64_t at = 1;
    for (ptrdiff_t i = 0; i < text.len; i++) {
        struct arena scratch = a;
        struct ledger_book b;
        ptrdiff_t whole;
        int64_t line;
        const char *fault;
        char *changed = str_c(&scratch, text);
        changed[i] ^= 1;
        bool good = ledger_read(&scratch, (str){ changed, text.len }, &b, &whole, &line, &fault);
        /* The last line feed alone: then that line was never ended. */
        if (i == text.len - 1)
            assert_true(good && b.lines == 5);
        else
            assert_true(!good && line == at);
        at += text.at[i] == '\n';
    }
}

static void lines_taken_out_or_exchanged_are_found(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct ledger_book b;
    ptrdiff_t whole;
    int64_t line;
    const char *fault;
    made_with(&a, 3, &l);
    ledger_close(&l);
    str text = made_text(&a), lines[4], rest = text;
    for (int i = 0; i < 4; i++) {
        assert_true(str_split(&rest, '\n', &lines[i]));
        lines[i].len++;
    }
    str out = str_join(&a, str_join(&a, lines[0], lines[1]), lines[3]), swapped = str_join(&a, str_join(&a, lines[0], lines[2]), lines[1]);
    assert_false(ledger_read(&a, out, &b, &whole, &line, &fault));
    assert_int_equal(line, 3);
    assert_false(ledger_read(&a, swapped, &b, &whole, &line, &fault));
    assert_int_equal(line, 2);
    assert_true(ledger_read(&a, text, &b, &whole, &line, &fault));
}

static void an_older_copy_is_refused(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said, note;
    char head[128];
    snprintf(head, sizeof head, "%s.head", made_path);
    made_with(&a, 3, &l);
    str kept = ledger_head_text(&a, &l.book);
    const char *given = str_c(&a, kept);
    ledger_close(&l);
    str text = made_text(&a), older_head;
    struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, 50);
    struct release r;
    assert_int_equal(file_read(&a, head, 128, &older_head), OK);
    assert_int_equal(made_open(&a, NULL, &l, &said, &note), OK);
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    const char *newer = str_c(&a, ledger_head_text(&a, &l.book));
    ledger_close(&l);
    /* The older file alone: the head beside it knows better. */
    assert_int_equal(file_replace(made_path, text), OK);
    assert_int_equal(made_open(&a, NULL, &l, &said, &note), INVALID);
    assert_non_null(strstr(said.at, "older copy"));
    /* File and head together are a consistent past; who kept the newer head elsewhere is not deceived. */
    assert_int_equal(file_replace(head, older_head), OK);
    assert_int_equal(made_open(&a, newer, &l, &said, &note), INVALID);
    assert_int_equal(made_open(&a, given, &l, &said, &note), OK);
    ledger_close(&l);
    /* Without a head nobody can tell. */
    assert_int_equal(unlink(head), 0);
    assert_int_equal(made_open(&a, NULL, &l, &said, &note), INVALID);
    assert_int_equal(made_open(&a, given, &l, &said, &note), OK);
    ledger_close(&l);
    assert_int_equal(unlink(made_path), 0);
    assert_int_equal(made_open(&a, NULL, &l, &said, &note), INVALID);
}

static void a_second_opener_is_kept_out(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l, other;
    struct said said, note;
    made_with(&a, 1, &l);
    pid_t child = fork();
    if (!child)
        _exit(made_open(&a, NULL, &other, &said, &note) == BUSY && strstr(said.at, "another release") ? 0 : 1);
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    ledger_close(&l);
    assert_int_equal(made_open(&a, NULL, &other, &said, &note), OK);
    ledger_close(&other);
}

static void a_handle_gives_no_more_noise_than_was_paid(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct said said = { 0 };
    struct release r;
    struct ratio v;
    int64_t cells[4] = { 0 };
    made_with(&a, 0, &l);
    struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, 1);
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    assert_true(ledger_variance(1, NANO / 200, &v));
    release_noise(&r, v, 1, cells, 4);
    release_noise(&r, v, 1, cells, 4);
    assert_int_equal(r.used, r.rho);
    pid_t child = fork();
    if (!child) {
        fclose(stderr);
        release_noise(&r, v, 1, cells, 4);
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(how != 0);
    release_end(&r);
    ledger_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_are_rounded_up_and_overflow_is_refused),
        cmocka_unit_test(amounts_are_read_exactly),
        cmocka_unit_test(a_refusal_names_what_is_asked_and_what_is_left),
        cmocka_unit_test(the_last_nano_can_be_spent_and_not_one_more),
        cmocka_unit_test(all_years_count_for_every_year_and_each_year_for_all),
        cmocka_unit_test(noise_and_suppression_are_never_mixed_for_the_same_people),
        cmocka_unit_test(the_same_request_finds_what_was_stored_and_spends_nothing),
        cmocka_unit_test(no_sequence_of_requests_passes_a_cap),
        cmocka_unit_test(caps_and_repeats_between_open_no_way_round),
        cmocka_unit_test(every_changed_byte_is_found_with_its_line),
        cmocka_unit_test(lines_taken_out_or_exchanged_are_found),
        cmocka_unit_test(an_older_copy_is_refused),
        cmocka_unit_test(a_second_opener_is_kept_out),
        cmocka_unit_test(a_handle_gives_no_more_noise_than_was_paid),
    };
    return cmocka_run_group_tests_name("ledger", tests, made_set_up, made_tear_down);
}
