/* A person's week in counts: they are those of a scan of the log by an auditor, and are told to nobody but who leads. */
#include "keeper_world.h"
#include "vault/sheet.h"
#include <time.h>

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static status ask(struct world *x, token t, enum compartment ring, enum someone who, struct sheet *out)
{
    return keeper_sheet(x->staff, t, x->office, ring, x->made.people[who].principal, out);
}

/* --- the log as an auditor has it, scanned without an index ------------------------------------- */

enum { SEEN_MOST = 20000 };
struct seen {
    struct log_line line;
    uint8_t session[8];
};
struct scan {
    struct seen at[SEEN_MOST]; /* by number */
    ptrdiff_t n;
};
static struct scan scan;

static void take_session(void *to, const struct leaf *l)
{
    struct scan *s = to;
    struct audit_record r;
    must(l->seq < SEEN_MOST && audit_record_read(l->record, &r));
    memcpy(s->at[l->seq].session, r.session, sizeof r.session);
}

static void scan_log(struct world *x)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n = LOG_LINES;
    uint64_t before = 0;
    token aud = world_in(x, AUD).token;
    memset(&scan, 0, sizeof scan);
    while (n == LOG_LINES) {
        world_pass(x, 1);
        assert_int_equal(keeper_log(x->staff, aud, false, before, lines, &n), OK);
        for (ptrdiff_t i = 0; i < n; i++) {
            assert_true(lines[i].seq < SEEN_MOST);
            scan.at[lines[i].seq].line = lines[i];
            scan.n = (ptrdiff_t)lines[i].seq >= scan.n ? (ptrdiff_t)lines[i].seq + 1 : scan.n;
            before = lines[i].seq;
        }
    }
    assert_int_equal(leaf_scan(x->db, LOG_NUMBER, 0, take_session, &scan), OK);
}

static bool of(const struct seen *s, id who)
{
    return s->line.opened && id_equal(s->line.principal, who);
}

static bool looks(const struct seen *s, id who)
{
    const struct log_line *l = &s->line;
    return of(s, who) && l->action == ACT_OPEN && l->purpose == PURPOSE_READ && l->compartment && l->compartment != AUDIT && !id_is_zero(l->about);
}

/* What ends a look or begins the next one; lists and refusals do neither. */
static bool counts_between(const struct seen *s)
{
    const struct log_line *l = &s->line;
    bool list = l->action == ACT_OPEN && (l->purpose == PURPOSE_LIST || l->purpose == PURPOSE_INDEX);
    return !list && l->action != ACT_REFUSED && !(l->action == ACT_OPEN && l->compartment == AUDIT);
}

static int64_t weeks_ago(const struct world *x, const struct seen *s)
{
    return (day_of(x->now) - (int64_t)s->line.day) / SHEET_WEEK_DAYS;
}

static const struct seen *next_in_session(ptrdiff_t i, id who, bool forward)
{
    for (ptrdiff_t k = i + (forward ? 1 : -1); k >= 0 && k < scan.n; k += forward ? 1 : -1)
        if (of(&scan.at[k], who) && !memcmp(scan.at[k].session, scan.at[i].session, 8) && counts_between(&scan.at[k]))
            return &scan.at[k];
    return NULL;
}

/* The first of a run of looks at one thing, when the run was followed by another thing soon enough. */
static bool is_quick(ptrdiff_t i, id who)
{
    const struct seen *first = &scan.at[i], *before = next_in_session(i, who, false), *after = first;
    if (!looks(first, who) || (before && looks(before, who) && id_equal(before->line.about, first->line.about)))
        return false;
    do
        after = next_in_session(after - scan.at, who, true);
    while (after && looks(after, who) && id_equal(after->line.about, first->line.about));
    return after && looks(after, who) && after->line.time - first->line.time <= SHEET_QUICK_SECONDS;
}

static bool seen_earlier_that_week(const struct world *x, ptrdiff_t i, id who)
{
    for (ptrdiff_t k = 0; k < i; k++)
        if (looks(&scan.at[k], who) && id_equal(scan.at[k].line.about, scan.at[i].line.about) && weeks_ago(x, &scan.at[k]) == weeks_ago(x, &scan.at[i]))
            return true;
    return false;
}

static bool same_hour(int64_t a, int64_t b)
{
    int64_t weekday_a = (a / 86400 + 3) % 7, weekday_b = (b / 86400 + 3) % 7;
    return a / 3600 % 24 == b / 3600 % 24 && (weekday_a > 4) == (weekday_b > 4);
}

/* Nobody's hours are known of whom the weeks before say nothing. */
static bool at_another_hour(const struct world *x, ptrdiff_t i, id who)
{
    bool any = false;
    for (ptrdiff_t k = 0; k < scan.n; k++) {
        const struct seen *s = &scan.at[k];
        if (!of(s, who) || s->line.action != ACT_OPEN || weeks_ago(x, s) < 1 || weeks_ago(x, s) >= SHEET_WEEKS)
            continue;
        if (same_hour(s->line.time, scan.at[i].line.time))
            return false;
        any = true;
    }
    return any;
}

static void scan_person(const struct world *x, id who, struct sheet *out)
{
    memset(out, 0, sizeof *out);
    for (ptrdiff_t i = 0; i < scan.n; i++) {
        const struct seen *s = &scan.at[i];
        int64_t week = weeks_ago(x, s);
        if (!of(s, who) || week >= SHEET_WEEKS)
            continue;
        uint32_t *to = out->at[week];
        bool opens = s->line.action == ACT_OPEN && s->line.compartment != AUDIT;
        to[SHEET_ENTRIES]++;
        to[SHEET_ROWS] += opens ? s->line.count : 0;
        to[SHEET_THINGS] += looks(s, who) && !seen_earlier_that_week(x, i, who);
        to[SHEET_HOURS] += opens && !week && at_another_hour(x, i, who);
        to[SHEET_QUICK] += is_quick(i, who);
        to[SHEET_REFUSED] += s->line.action == ACT_REFUSED && s->line.compartment != AUDIT;
        to[SHEET_EXPORTED] += s->line.action == ACT_EXPORT || s->line.action == ACT_RELEASE;
    }
}

/* --- weeks of invented work ---------------------------------------------------------------------- */

enum { TIPS = 8, ACTS = 700, DAYS = 45 };
struct work {
    struct world *x;
    struct chance dice;
    struct row tips[TIPS], source, hidden;
    struct {
        enum someone who;
        token t[2];               /* two browsers */
        bool in[2];
        uint32_t failed[DAYS + 40], source_rows[DAYS + 40]; /* by day: a record names no one compartment, and nobody who failed */
    } people[2];
    int64_t first_day;
};

static uint32_t roll(struct work *w, uint32_t sides)
{
    uint32_t n;
    w->dice.fill(&w->dice, &n, sizeof n);
    return n % sides;
}

static status open_rows(struct work *w, token t, enum purpose why, const struct row *rows, int n, bool about)
{
    struct open_row asked[TIPS];
    for (int i = 0; i < n; i++)
        asked[i] = (struct open_row){ .row = rows[i].id, .keybox = (const uint8_t *)rows[i].sealed.at };
    return keeper_open(w->x->staff, t, why, about ? rows[0].id : (id){ { 0 } }, asked, n);
}

static status note(struct work *w, token t, enum audit_action action)
{
    uint8_t digest[32] = { 1 };
    uint64_t seq;
    return keeper_note(w->x->staff, &t, action, 1, w->tips[0].id, digest, &seq);
}

static status one_act(struct work *w, int person, token t)
{
    const struct row *tip = &w->tips[roll(w, TIPS)];
    switch (roll(w, 12)) {
    case 0: return open_rows(w, t, PURPOSE_LIST, w->tips, 1 + (int)roll(w, TIPS), false);
    case 1: return open_rows(w, t, PURPOSE_EDIT, tip, 1, true);
    case 2: return note(w, t, ACT_WRITE);
    case 3: return roll(w, 3) ? OK : note(w, t, ACT_EXPORT);
    case 4: return roll(w, 3) ? OK : note(w, t, ACT_RELEASE);
    case 5: return open_rows(w, t, PURPOSE_READ, &w->hidden, 1, true); /* nobody's of these two: on record as refused */
    case 6: {
        status s = open_rows(w, t, PURPOSE_READ, &w->source, 1, true);
        w->people[person].source_rows[day_of(w->x->now) - w->first_day] += s == OK;
        return s;
    }
    default: return open_rows(w, t, PURPOSE_READ, tip, 1, true);
    }
}

static void fail_sign_in(struct work *w, int person)
{
    struct signed_in in;
    status s = world_sign_in(w->x, world_people[w->people[person].who].name, lit("not the passphrase of anybody"), NULL, &in);
    w->people[person].failed[day_of(w->x->now) - w->first_day] += s == NOT_FOUND; /* LIMIT leaves no record */
}

static void pass(struct work *w)
{
    uint32_t n = roll(w, 40);
    world_pass(w->x, n < 30 ? (int64_t)roll(w, 25) : n < 38 ? (int64_t)roll(w, 1500) : (int64_t)(roll(w, 36) + 6) * 3600);
}

static void act(struct work *w)
{
    int person = (int)roll(w, 2), browser = (int)roll(w, 2);
    pass(w);
    if (!roll(w, 40)) {
        fail_sign_in(w, person);
        return;
    }
    if (w->people[person].in[browser] && one_act(w, person, w->people[person].t[browser]) != LOCKED)
        return;
    w->people[person].t[browser] = world_in(w->x, w->people[person].who).token;
    w->people[person].in[browser] = true;
}

static void begin_work(struct work *w, struct world *x, uint64_t seed)
{
    *w = (struct work){ .x = x, .dice = chance_seeded(seed), .people = { { .who = SAM }, { .who = LIN } } };
    w->first_day = day_of(x->now);
    for (int i = 0; i < TIPS; i++)
        w->tips[i] = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    w->source = world_seal(x, SCOPE_OFFICE, x->office, SOURCE, "an invented caller");
    w->hidden = world_seal(x, SCOPE_OFFICE, x->office, VICTIM, "an invented person");
}

static void compare(struct work *w, int person, const struct sheet *told)
{
    struct sheet scanned;
    struct world *x = w->x;
    scan_person(x, x->made.people[w->people[person].who].principal, &scanned);
    for (int64_t day = w->first_day; day <= day_of(x->now); day++) {
        int week = sheet_week((uint32_t)day_of(x->now), (uint32_t)day);
        if (week < 0)
            continue;
        scanned.at[week][SHEET_FAILED] += w->people[person].failed[day - w->first_day];
        scanned.at[week][SHEET_GUARDED] += w->people[person].source_rows[day - w->first_day];
    }
    for (int week = 0; week < SHEET_WEEKS; week++)
        for (int m = 0; m < SHEET_BUDGET; m++)
            if (told->at[week][m] != scanned.at[week][m])
                fail_msg("person %d, week %d, measure %d: told %u, scanned %u", person, week, m, told->at[week][m], scanned.at[week][m]);
}

/* The scan knows neither index nor session table of the keeper; it reads what the auditor's own key opens, line by line. */
static void the_counts_are_those_of_a_scan_of_the_log_by_an_auditor(void **state)
{
    static struct work w;
    static struct sheet told[2];
    uint64_t seen[SHEET_MEASURES] = { 0 };
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        world_seed = seed;
        struct world *x = world_make(true);
        begin_work(&w, x, seed);
        for (int i = 0; i < ACTS && day_of(x->now) < w.first_day + DAYS; i++)
            act(&w);
        token sam = world_in(x, SAM).token;
        assert_int_equal(ask(x, sam, TIP, SAM, &told[0]), OK);
        assert_int_equal(ask(x, sam, TIP, LIN, &told[1]), OK);
        uint64_t size = x->core->tree.size;
        scan_log(x);
        for (ptrdiff_t i = (ptrdiff_t)size - 2; i < scan.n; i++)
            scan.at[i].line.opened = false; /* the two askings, and the auditor's */
        compare(&w, 0, &told[0]);
        compare(&w, 1, &told[1]);
        assert_int_equal(told[0].whole, SHEET_WEEKS);
        for (int week = 0; week < SHEET_WEEKS; week++)
            for (int m = 0; m < SHEET_MEASURES; m++)
                seen[m] += told[0].at[week][m] + told[1].at[week][m];
        assert_true(memcmp(told[0].at, told[1].at, sizeof told[0].at) != 0); /* control: the two are not alike */
        world_end(x);
    }
    world_seed = 0;
    for (int m = 0; m < SHEET_BUDGET; m++)
        assert_true(seen[m] > 0); /* control: every measure had something to count */
}

/* --- the rules, one by one ------------------------------------------------------------------------ */

/* One act of a person who has one session. */
static struct sheet_act at(int64_t time, enum audit_action action, enum purpose why, uint8_t thing)
{
    return (struct sheet_act){ .time = time, .day = (uint32_t)day_of(time), .action = action, .purpose = why, .count = 1, .compartment = TIP,
                               .object = { thing }, .session = { 1 } };
}

static uint32_t quick_of(struct sheet_act *acts, ptrdiff_t n)
{
    static const uint8_t nothing[16];
    struct sheet out;
    sheet_count(acts, n, (uint32_t)day_of(WORLD_NOW), nothing, &out);
    return out.at[0][SHEET_QUICK];
}

static void a_quick_look_is_left_for_another_thing_with_nothing_done(void **state)
{
    const int64_t t = WORLD_NOW - 3600;
    (void)state;
#define QUICK(expected, ...) \
    do { \
        struct sheet_act acts[] = { __VA_ARGS__ }; \
        assert_int_equal(quick_of(acts, countof(acts)), expected); \
    } while (0)
    QUICK(1, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + SHEET_QUICK_SECONDS, ACT_OPEN, PURPOSE_READ, 2));
    QUICK(0, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + SHEET_QUICK_SECONDS + 1, ACT_OPEN, PURPOSE_READ, 2));
    QUICK(0, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 1, ACT_OPEN, PURPOSE_READ, 1));
    QUICK(1, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 1, ACT_OPEN, PURPOSE_LIST, 0), at(t + 2, ACT_OPEN, PURPOSE_READ, 2));
    QUICK(0, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 1, ACT_WRITE, PURPOSE_NONE, 1), at(t + 2, ACT_OPEN, PURPOSE_READ, 2));
    QUICK(0, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 1, ACT_OPEN, PURPOSE_EDIT, 1), at(t + 2, ACT_OPEN, PURPOSE_READ, 2));
    QUICK(2, at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 9, ACT_OPEN, PURPOSE_READ, 2), at(t + 18, ACT_OPEN, PURPOSE_READ, 1));
    struct sheet_act two[] = { at(t, ACT_OPEN, PURPOSE_READ, 1), at(t + 1, ACT_OPEN, PURPOSE_READ, 2) };
    two[1].session[0] = 2; /* two browsers side by side */
    assert_int_equal(quick_of(two, 2), 0);
}

static void weeks_are_seven_days_back_from_today(void **state)
{
    (void)state;
    assert_int_equal(sheet_week(100, 100), 0);
    assert_int_equal(sheet_week(100, 94), 0);
    assert_int_equal(sheet_week(100, 93), 1);
    assert_int_equal(sheet_week(100, 66), 4);
    assert_int_equal(sheet_week(100, 65), -1);
    assert_int_equal(sheet_week(100, 101), -1);
}

static void the_highest_day_is_told_in_percent_of_its_budget(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct sheet sheet;
    token sam = world_in(x, SAM).token, lin = world_in(x, LIN).token;
    world_sql(x, "UPDATE budget SET day_rows = 20 WHERE compartment = 1");
    for (int i = 0; i < 5; i++)
        assert_int_equal(world_open(x, lin, &tip), CODE_OK);
    assert_int_equal(ask(x, sam, TIP, LIN, &sheet), OK);
    assert_int_equal(sheet.at[0][SHEET_BUDGET], 25);
    assert_int_equal(sheet.at[0][SHEET_THINGS], 1);
    assert_int_equal(sheet.at[0][SHEET_ROWS], 5);
}

/* --- who is told ---------------------------------------------------------------------------------- */

static void only_who_leads_is_told_and_only_of_their_own_office_and_side_of_the_wall(void **state)
{
    struct world *x = *state;
    struct sheet sheet;
    uint64_t gen, before;
    token sam = world_in(x, SAM).token, lin = world_in(x, LIN).token, cam = world_in(x, CAM).token, ada = world_in(x, ADA).token;
    assert_int_equal(ask(x, sam, TIP, LIN, &sheet), OK);
    assert_int_equal(ask(x, cam, VICTIM, CAM, &sheet), OK);
    assert_int_equal(ask(x, lin, TIP, SAM, &sheet), NOT_FOUND);   /* leads nobody */
    assert_int_equal(ask(x, ada, TIP, LIN, &sheet), NOT_FOUND);   /* on no ring */
    assert_int_equal(ask(x, sam, VICTIM, CAM, &sheet), NOT_FOUND); /* what carers do is not told across the wall */
    assert_int_equal(ask(x, sam, TIP, CAM, &sheet), NOT_FOUND);
    assert_int_equal(ask(x, cam, TIP, LIN, &sheet), NOT_FOUND);
    assert_int_equal(ask(x, sam, TIP, IVY, &sheet), NOT_FOUND);   /* not on this office's ring */
    assert_int_equal(ask(x, sam, TIP, ADA, &sheet), NOT_FOUND);
    assert_int_equal(ask(x, sam, CASE, LIN, &sheet), INVALID);
    assert_int_equal(keeper_sheet(x->staff, sam, (id){ { 9 } }, TIP, x->made.people[LIN].principal, &sheet), NOT_FOUND);
    before = x->core->tree.size;
    assert_int_equal(ask(x, sam, TIP, LIN, &sheet), OK);
    assert_int_equal(x->core->tree.size, before + 1); /* on record, each time */
    assert_int_equal(keeper_revoke(x->staff, sam, x->made.people[LIN].principal, lit("left"), &gen), OK);
    assert_int_equal(ask(x, sam, TIP, LIN, &sheet), OK); /* who left last week is on the sheet of this week */
    assert_true(sheet.at[0][SHEET_ENTRIES] > 0);
    assert_int_equal(keeper_revoke(x->staff, sam, x->made.people[CAM].principal, lit("left"), &gen), OK);
    assert_int_equal(ask(x, sam, TIP, CAM, &sheet), NOT_FOUND);
}

/* --- bounds ----------------------------------------------------------------------------------------- */

static void fill_log(struct world *x, id who, int n, int days)
{
    struct keeper_core *c = x->core;
    int64_t end = x->now;
    assert_int_equal(db_begin(c->db), OK);
    for (int i = 0; i < n; i++) {
        core_set_time(c, end - (int64_t)days * 86400 + (int64_t)days * 86400 * i / n, end);
        assert_int_equal(log_append(c, &(struct entry){ .action = ACT_OPEN, .purpose = PURPOSE_READ, .count = 1, .actor = who, .compartment = TIP,
                                                        .object = { { (uint8_t)i, (uint8_t)(i >> 8), 1 } } }), OK);
        c->arena = c->turn;
    }
    assert_int_equal(loghead_put(c->db, LOG_NUMBER, &c->tree), OK);
    c->tree_moved = false;
    assert_int_equal(db_end(c->db, OK), OK);
    core_set_time(c, end, end);
}

/* Of whoever fills the log with records the newest are counted, and the weeks that were not read to their beginning are said to be so. */
static void no_more_than_so_many_records_are_read_and_what_is_missing_is_said(void **state)
{
    struct world *x = *state;
    bool full = getenv("CHECK_FULL") && !strcmp(getenv("CHECK_FULL"), "1");
    int n = full ? 400000 : SHEET_RECORDS + 2000;
    struct sheet sheet;
    struct timespec from, to;
    token sam = world_in(x, SAM).token;
    fill_log(x, x->made.people[LIN].principal, n, 35);
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(ask(x, sam, TIP, LIN, &sheet), OK);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%d records of one person: the sheet took %.1f ms\n", n, (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6);
    uint64_t all = 0;
    for (int week = 0; week < SHEET_WEEKS; week++)
        all += sheet.at[week][SHEET_ENTRIES];
    assert_int_equal(all, SHEET_RECORDS);
    assert_true(sheet.whole < SHEET_WEEKS);
    assert_true(full || sheet.whole == SHEET_WEEKS - 1);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counts_are_those_of_a_scan_of_the_log_by_an_auditor),
        cmocka_unit_test(a_quick_look_is_left_for_another_thing_with_nothing_done),
        cmocka_unit_test(weeks_are_seven_days_back_from_today),
        HOUSE(the_highest_day_is_told_in_percent_of_its_budget),
        HOUSE(only_who_leads_is_told_and_only_of_their_own_office_and_side_of_the_wall),
        HOUSE(no_more_than_so_many_records_are_read_and_what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
