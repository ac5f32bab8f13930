#include "common/clock/clock.h"

enum { HOUR = 60, DAY = 24 * 60, MOST_DAYS = 4000 };

static bool in_days(str unit)
{
    return str_equal(unit, lit("day"));
}

static int64_t amount_of(str unit, int64_t amount)
{
    return str_equal(unit, lit("hour")) ? amount * HOUR : amount;
}

static status compile_clocks(struct arena *a, const struct pack *p, int64_t day, struct pack_clocks *out)
{
    struct pack_rows rows = pack_list(p, a, lit("clocks"), day);
    out->clocks = arena_new(a, struct clock_rule, rows.len);
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        struct clock_rule *rule = &out->clocks[out->clock_count++];
        *rule = (struct clock_rule){ .code = row->key,
                                     .label = pack_cell(row, CLOCK_LABEL),
                                     .trigger = pack_cell(row, CLOCK_TRIGGER),
                                     .stop_event = pack_cell(row, CLOCK_STOP_EVENT),
                                     .amount = amount_of(pack_cell(row, CLOCK_UNIT), pack_cell_int(row, CLOCK_DURATION, 0)),
                                     .in_days = in_days(pack_cell(row, CLOCK_UNIT)),
                                     .business_days = pack_cell_yes(row, CLOCK_BUSINESS_DAYS) };
        str condition = pack_cell(row, CLOCK_CONDITION);
        struct condition_fault fault;
        if (condition.len)
            s = condition_read(a, condition, &rule->condition, &fault);
    }
    return s;
}

static void compile_steps(struct arena *a, const struct pack *p, int64_t day, struct pack_clocks *out)
{
    struct pack_rows rows = pack_list(p, a, lit("clock_steps"), day);
    out->steps = arena_new(a, struct clock_step_rule, rows.len);
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        str unit = pack_cell(row, STEP_AT_UNIT);
        out->steps[out->step_count++] = (struct clock_step_rule){
            .clock = pack_cell(row, STEP_CLOCK),
            .to_role = pack_cell(row, STEP_TO_ROLE),
            .action = pack_cell(row, STEP_ACTION),
            .seq = pack_cell_int(row, STEP_SEQ, 0),
            .amount = amount_of(unit, pack_cell_int(row, STEP_AT_AMOUNT, 0)),
            .in_days = in_days(unit),
        };
    }
}

static int day_order(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void compile_holidays(struct arena *a, const struct pack *p, int64_t day, struct pack_clocks *out)
{
    str calendar = pack_calendar(p, day);
    struct pack_rows rows = pack_list(p, a, lit("holidays"), day);
    out->holidays = arena_new(a, int64_t, rows.len);
    for (ptrdiff_t i = 0; i < rows.len; i++)
        if (str_equal(pack_cell(rows.at[i], HOLIDAY_CALENDAR), calendar)
            && day_read(pack_cell(rows.at[i], HOLIDAY_DATE), &out->holidays[out->holiday_count]))
            out->holiday_count++;
    if (out->holiday_count)
        qsort(out->holidays, (size_t)out->holiday_count, sizeof *out->holidays, day_order);
}

status clocks_compile(struct arena *a, const struct pack *p, int64_t day, struct pack_clocks *out)
{
    *out = (struct pack_clocks){ 0 };
    compile_steps(a, p, day, out);
    compile_holidays(a, p, day, out);
    return compile_clocks(a, p, day, out);
}

const struct clock_rule *clock_find(const struct pack_clocks *c, str code)
{
    for (ptrdiff_t i = 0; i < c->clock_count; i++)
        if (str_equal(c->clocks[i].code, code))
            return &c->clocks[i];
    return NULL;
}

static bool is_business_day(const struct pack_clocks *c, int64_t day)
{
    int64_t weekday = ((day + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    if (weekday == 0 || weekday == 6)
        return false;
    return !c->holiday_count
        || !bsearch(&day, c->holidays, (size_t)c->holiday_count, sizeof day, day_order);
}

/* The last minute of the day that lies amount days after day. */
static int64_t end_of_day_after(const struct pack_clocks *c, const struct clock_rule *rule, int64_t day, int64_t amount)
{
    if (!rule->business_days)
        day += amount;
    for (int64_t left = amount, looked = 0; rule->business_days && left > 0 && looked < MOST_DAYS; looked++)
        left -= is_business_day(c, ++day);
    return day * DAY + DAY - 1;
}

static int64_t minute_of(int64_t unix_seconds)
{
    return unix_seconds / 60 - (unix_seconds % 60 < 0);
}

static int64_t due_of(const struct pack_clocks *c, const struct clock_rule *rule, int64_t now)
{
    return rule->in_days ? end_of_day_after(c, rule, day_of(now), rule->amount) : minute_of(now) + rule->amount;
}

int64_t clock_due(const struct pack_clocks *c, str code, int64_t now)
{
    const struct clock_rule *rule = clock_find(c, code);
    return rule ? due_of(c, rule, now) : CLOCK_NEVER;
}

static bool has_started(const struct clock_starts *starts, str code)
{
    for (ptrdiff_t i = 0; i < starts->len; i++)
        if (str_equal(starts->at[i].code, code))
            return true;
    return false;
}

void clocks_started(const struct pack_clocks *c, str trigger, const struct facts *f, int64_t now, struct clock_starts *out)
{
    for (ptrdiff_t i = 0; i < c->clock_count && out->len < CLOCK_MOST_STARTED; i++) {
        const struct clock_rule *rule = &c->clocks[i];
        if (!str_equal(rule->trigger, trigger) || has_started(out, rule->code)
            || (rule->condition.len && !condition_holds(&rule->condition, f)))
            continue;
        out->at[out->len++] = (struct clock_start){ rule->code, due_of(c, rule, now) };
    }
}

void clocks_of_tip(const struct pack_clocks *c, const struct facts *f, bool alert, int64_t now, struct clock_starts *out)
{
    /* In the order of what matters most, should a pack ever fill the list. */
    static const str triggers[] = { LIT("tip.priority_set"), LIT("tip.minor_set"), LIT("tip.minor_foreign_set"),
                                    LIT("tip.missing_foster_set"), LIT("tip.foster_victim_set") };
    *out = (struct clock_starts){ 0 };
    for (ptrdiff_t i = 0; i < countof(triggers); i++)
        clocks_started(c, triggers[i], f, now, out);
    if (alert)
        clocks_started(c, lit("alert.sent"), f, now, out);
}

static int step_order(const void *left, const void *right)
{
    const struct clock_step *a = left, *b = right;
    int d = (a->minute > b->minute) - (a->minute < b->minute);
    return d ? d : (a->seq > b->seq) - (a->seq < b->seq);
}

struct clock_steps clock_steps_of(const struct pack_clocks *c, struct arena *a, const struct clock *clock)
{
    const struct clock_rule *rule = clock_find(c, clock->code);
    struct clock_steps steps = { arena_new(a, struct clock_step, c->step_count), 0 };
    if (!rule || clock->due_minute == CLOCK_NEVER)
        return steps;
    /* The minute of the event is not kept: a clock in minutes gives it back, a clock in days needs the day alone. */
    int64_t event = rule->in_days ? clock->started_day * DAY : clock->due_minute - rule->amount;
    for (ptrdiff_t i = 0; i < c->step_count; i++) {
        const struct clock_step_rule *step = &c->steps[i];
        if (!str_equal(step->clock, clock->code))
            continue;
        int64_t minute = step->in_days ? end_of_day_after(c, rule, clock->started_day, step->amount) : event + step->amount;
        steps.at[steps.len++] = (struct clock_step){ step->seq, minute, step->to_role, step->action };
    }
    if (steps.len)
        qsort(steps.at, (size_t)steps.len, sizeof *steps.at, step_order);
    return steps;
}
