#include "vault/sheet.h"

/* One session's look at one thing, until it turns to another or does something. */
struct look {
    uint8_t session[8], object[16];
    int64_t since;
    int week;
    bool open;
};
enum { LOOKS = 2 * SESSIONS_A_PERSON, HOURS = 48 }; /* HOURS: of a working day, and of a Saturday or Sunday */

int sheet_week(uint32_t today, uint32_t day)
{
    uint32_t age = today - day;
    return day > today || age >= SHEET_WEEKS * SHEET_WEEK_DAYS ? -1 : (int)(age / SHEET_WEEK_DAYS);
}

/* A look at the log, or at this sheet: no work on what people told us. */
static bool of_the_log(const struct sheet_act *a)
{
    return (a->action == ACT_OPEN || a->action == ACT_REFUSED) && a->compartment == AUDIT;
}

static bool reads_one(const struct sheet_act *a, const uint8_t nothing[16])
{
    return a->action == ACT_OPEN && a->purpose == PURPOSE_READ && a->compartment && memcmp(a->object, nothing, 16);
}

static void count_act(const struct sheet_act *a, uint32_t to[SHEET_MEASURES])
{
    to[SHEET_ENTRIES]++;
    if (of_the_log(a))
        return;
    if (a->action == ACT_OPEN)
        to[SHEET_ROWS] += a->count;
    to[SHEET_REFUSED] += a->action == ACT_REFUSED;
    to[SHEET_EXPORTED] += a->action == ACT_EXPORT || a->action == ACT_RELEASE;
}

/* Where the session's look is kept; the one that began longest ago makes room. */
static struct look *look_of(struct look *looks, const struct sheet_act *a)
{
    struct look *oldest = &looks[0];
    for (int i = 0; i < LOOKS; i++) {
        if (!memcmp(looks[i].session, a->session, sizeof a->session))
            return &looks[i];
        if (looks[i].since < oldest->since)
            oldest = &looks[i];
    }
    *oldest = (struct look){ .open = false };
    memcpy(oldest->session, a->session, sizeof a->session);
    return oldest;
}

/* Opened, and in the same session another thing opened a few seconds later with nothing done in between. Lists between them do not count as something done. */
static void follow_look(struct look *looks, const struct sheet_act *a, int week, const uint8_t nothing[16], struct sheet *out)
{
    if ((a->action == ACT_OPEN && (a->purpose == PURPOSE_LIST || a->purpose == PURPOSE_INDEX)) || a->action == ACT_REFUSED || of_the_log(a))
        return;
    struct look *l = look_of(looks, a);
    bool reads = reads_one(a, nothing);
    if (reads && l->open && !memcmp(l->object, a->object, 16))
        return;
    if (reads && l->open && a->time - l->since <= SHEET_QUICK_SECONDS)
        out->at[l->week][SHEET_QUICK]++;
    l->open = reads;
    l->since = a->time;
    l->week = week;
    memcpy(l->object, a->object, 16);
}

static int hour_of(const struct sheet_act *a)
{
    int64_t weekday = (day_of(a->time) + 3) % 7; /* the first day of 1970 was a Thursday; 0 is a Monday */
    return (int)(a->time % 86400 / 3600) + (weekday >= 5 ? HOURS / 2 : 0);
}

/* Of this week, at an hour in which this person opened nothing in the weeks before. Nobody's hours are known who has no such week. */
static void count_hours(const struct sheet_act *acts, ptrdiff_t n, uint32_t today, struct sheet *out)
{
    bool known[HOURS] = { false }, any = false;
    for (ptrdiff_t i = 0; i < n; i++)
        if (acts[i].action == ACT_OPEN && acts[i].time && sheet_week(today, acts[i].day) > 0)
            known[hour_of(&acts[i])] = any = true;
    for (ptrdiff_t i = 0; any && i < n; i++)
        if (acts[i].action == ACT_OPEN && acts[i].time && !sheet_week(today, acts[i].day))
            out->at[0][SHEET_HOURS] += !of_the_log(&acts[i]) && !known[hour_of(&acts[i])];
}

static int by_object(const void *left, const void *right)
{
    const struct sheet_act *a = left, *b = right;
    return memcmp(a->object, b->object, 16);
}

/* Each thing once a week, however often it was opened to be read. */
static void count_things(struct sheet_act *acts, ptrdiff_t n, uint32_t today, const uint8_t nothing[16], struct sheet *out)
{
    if (n > 1)
        qsort(acts, (size_t)n, sizeof *acts, by_object);
    for (ptrdiff_t i = 0, next; i < n; i = next) {
        unsigned weeks = 0;
        for (next = i; next < n && !memcmp(acts[next].object, acts[i].object, 16); next++) {
            int week = sheet_week(today, acts[next].day);
            if (week >= 0 && reads_one(&acts[next], nothing) && !of_the_log(&acts[next]))
                weeks |= 1u << week;
        }
        for (int week = 0; week < SHEET_WEEKS; week++)
            out->at[week][SHEET_THINGS] += weeks >> week & 1;
    }
}

void sheet_count(struct sheet_act *acts, ptrdiff_t n, uint32_t today, const uint8_t nothing[16], struct sheet *out)
{
    struct look looks[LOOKS] = { 0 };
    memset(out->at, 0, sizeof out->at);
    for (ptrdiff_t i = 0; i < n; i++) {
        int week = sheet_week(today, acts[i].day);
        if (week < 0)
            continue;
        count_act(&acts[i], out->at[week]);
        follow_look(looks, &acts[i], week, nothing, out);
    }
    count_hours(acts, n, today, out);
    count_things(acts, n, today, nothing, out);
}
