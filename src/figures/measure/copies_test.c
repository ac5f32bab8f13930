/* Tips are counted once: those that were closed as repeating another in one measure, all others in the other. Told one by one on one side. */
#include "common/keep/keep.h"
#include "figures/measure/measure.h"
#include "world.h"

enum { OFFICES_OF_TEST = 4, TIPS = 800, REASONS = 5, FIRST_DAY = 18200 /* 2019-10-31 */, DAYS = 3200, TODAY = 20781, FAR = 30000 };

static struct app *x;
static struct arena arena;
static uint64_t turn;

static int open_world(void **state)
{
    (void)state;
    x = app_make(true);
    arena = arena_reserve(256 << 20);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    app_end(x);
    return 0;
}

static int64_t any(int64_t below)
{
    turn = turn * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((turn >> 33) % (uint64_t)below);
}

static void say(struct out *o, const char *text)
{
    out_str(o, str_of(text));
}

static void write_id(struct out *o, int kind, int64_t n)
{
    char b[40];
    snprintf(b, sizeof b, "x'%02x000000%024llx'", (unsigned)kind, (unsigned long long)n);
    say(o, b);
}

static id office_id(int n)
{
    id i = { { 1 } };
    i.at[15] = (uint8_t)n;
    return i;
}

static int year_by_hand(int64_t day)
{
    struct civil c = civil_from(day * 86400);
    return c.month >= 10 ? c.year + 1 : c.year;
}

static const char *const reasons[REASONS] = { "tip_thin", "tip_duplicate", "tip_viral", "tip_acted", NULL }; /* the second and the third are copies; open */

static struct told_tip {
    int office, reason;
    int64_t day;
} told_tips[TIPS];

static void fill_tips(uint64_t seed)
{
    struct arena a = arena;
    struct out o = { .arena = &a };
    char b[160];
    turn = seed;
    say(&o, "BEGIN; DELETE FROM tip; DELETE FROM tally;");
    for (int i = 0; i < TIPS; i++) {
        told_tips[i] = (struct told_tip){ (int)any(OFFICES_OF_TEST), (int)any(REASONS), FIRST_DAY + any(DAYS) };
        const struct told_tip *t = &told_tips[i];
        bool closed = reasons[t->reason];
        say(&o, "INSERT INTO tip (id, office, priority, day, language, channel, state, disposition, closed_day, sealed) VALUES (");
        write_id(&o, 5, i);
        say(&o, ",");
        write_id(&o, 1, t->office);
        snprintf(b, sizeof b, ",3,%lld,'en','form','%s',%s%s%s,%s,x'00');", (long long)t->day, closed ? "closed" : "open", closed ? "'" : "",
                 closed ? reasons[t->reason] : "''", closed ? "'" : "", closed ? "20500" : "NULL");
        say(&o, b);
    }
    say(&o, "COMMIT;");
    app_break(x, str_c(&a, out_view(&o)));
}

/* How many figures of both measures differ from what was told; *copies: how many copies they told of. */
static int compare_tips(int last_year, int64_t *copies)
{
    struct arena a = arena;
    struct measures m = measures_of(&x->pack, &a, TODAY);
    struct fiscal f = fiscal_of(&x->pack, &a, TODAY);
    struct figures g;
    int wrong = 0;
    *copies = 0;
    assert_int_equal(figures_count(x->content, &a, &m, &f, last_year, &g), OK);
    for (int copy = 0; copy < 2; copy++) {
        ptrdiff_t at = measure_find(&m, copy ? lit("tips_repeated") : lit("tips_received")) - m.at;
        for (int year = g.first_year; year <= last_year; year++) {
            int64_t all_offices = 0;
            for (int office = 0; office < OFFICES_OF_TEST; office++) {
                int64_t want = 0;
                for (int i = 0; i < TIPS; i++) {
                    const struct told_tip *t = &told_tips[i];
                    want += t->office == office && year_by_hand(t->day) == year && (t->reason == 1 || t->reason == 2) == copy;
                }
                wrong += figure_of(&g, at, figures_office(&g, office_id(office)), year).value != want;
                all_offices += want;
            }
            wrong += figure_national(&g, at, year).value != all_offices;
            *copies += copy ? all_offices : 0;
        }
    }
    return wrong;
}

/* Whatever became of them, and when they were erased: what was closed as a copy is in the one figure, all else in the other, nothing in both. */
static void tips_that_repeat_another_are_counted_apart_always(void **state)
{
    (void)state;
    int64_t copies;
    struct keep_rules rules = keep_rules_of(&x->pack, &arena, TODAY);
    struct keep k = { .db = x->content, .keeper = x->keys->jobs, .rules = &rules, .today = FAR };
    for (uint64_t seed = 1; seed <= 4; seed++) {
        status s;
        fill_tips(seed);
        assert_int_equal(compare_tips(2026, &copies), 0);
        assert_true(copies > TIPS / 5);
        for (int i = 0; i < TIPS / 4; i++) { /* a flood is closed, and some of it was opened again */
            int at = (int)any(TIPS);
            char sql[200];
            bool again = told_tips[at].reason != REASONS - 1 && any(2);
            told_tips[at].reason = again ? REASONS - 1 : 2;
            snprintf(sql, sizeof sql, "UPDATE tip SET state = '%s', disposition = %s, closed_day = %s WHERE id = x'05000000%024x'", again ? "open" : "closed",
                     again ? "''" : "'tip_viral'", again ? "NULL" : "20500", at);
            app_break(x, sql);
        }
        assert_int_equal(compare_tips(2026, &copies), 0);
        while ((s = keep_step(&k, arena)) == OK)
            ;
        assert_int_equal(s, NOT_FOUND);
        assert_true(app_count(x, "SELECT count(*) FROM tip") < TIPS / 2);
        assert_int_equal(app_count(x, "SELECT count(*) FROM tip WHERE disposition = 'tip_viral'"), 0);
        assert_int_equal(compare_tips(2026, &copies), 0);
        assert_int_equal(compare_tips(2028, &copies), 0);
    }
    app_break(x, "UPDATE tally SET measure = 'ended.tips.invented' WHERE measure = 'ended.tips.tip_viral' AND office = x'01000000000000000000000000000002'"); /* the controls */
    assert_true(compare_tips(2026, &copies) > 0);
    fill_tips(9);
    app_break(x, "UPDATE tip SET disposition = 'tip_acted' WHERE disposition = 'tip_viral'");
    assert_true(compare_tips(2026, &copies) > 0);
    app_break(x, "DELETE FROM tip");
    app_break(x, "DELETE FROM tally");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tips_that_repeat_another_are_counted_apart_always) };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
