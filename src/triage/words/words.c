#include "common/clock/clock.h"
#include "common/services.h"
#include "triage/words/words.h"

static const struct {
    const char *class, *words;
} levels[] = {
    { "u p0", N_("P0 Danger now") },  { "u p1", N_("P1 Within a day") }, { "u p2", N_("P2 Specific") },
    { "u p3", N_("P3 General") },     { "u p4", N_("P4 Information") },
};

static int level(int priority)
{
    return priority < 0 ? 0 : priority > 4 ? 4 : priority;
}

str urgency_class(int priority)
{
    return str_of(levels[level(priority)].class);
}

str urgency_words(const struct request *r, int priority)
{
    return tr(r->language, levels[level(priority)].words);
}

/* "%1" of a translated pattern replaced by a number. */
static str with_number(struct arena *a, str pattern, int64_t n)
{
    struct out o = { .arena = a };
    out_int(&o, n);
    return tr_fill(a, pattern, (const str[]){ out_view(&o) }, 1);
}

static str span(const struct request *r, int64_t seconds, bool over)
{
    int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
    if (days >= 2)
        return with_number(r->arena, over ? tr_n(r->language, days, "%1 day over", "%1 days over")
                                          : tr_n(r->language, days, "%1 day left", "%1 days left"), days);
    if (hours >= 2)
        return with_number(r->arena, over ? tr_n(r->language, hours, "%1 hour over", "%1 hours over")
                                          : tr_n(r->language, hours, "%1 hour left", "%1 hours left"), hours);
    return with_number(r->arena, over ? tr_n(r->language, minutes, "%1 min over", "%1 min over")
                                      : tr_n(r->language, minutes, "%1 min left", "%1 min left"), minutes);
}

struct countdown countdown_to(const struct request *r, int64_t due)
{
    enum { SOON_SECONDS = 3 * 3600 };
    if (due == CLOCK_NEVER)
        return (struct countdown){ { 0 }, tr(r->language, N_("no deadline")) };
    if (due < r->now)
        return (struct countdown){ lit("late"), span(r, r->now - due, true) };
    return (struct countdown){ due - r->now < SOON_SECONDS ? lit("soon") : (str){ 0 }, span(r, due - r->now, false) };
}

status countdown_of(struct request *r, id tip, struct countdown *out)
{
    enum { CLOCKS = 16 };
    struct clocks list;
    int64_t due = CLOCK_NEVER;
    status s = clock_list_of(r->db, r->arena, tip, CLOCKS, &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        int64_t minute = list.at[i].due_minute;
        if (minute != CLOCK_NEVER && (due == CLOCK_NEVER || minute * 60 < due))
            due = minute * 60;
    }
    *out = countdown_to(r, due);
    return s;
}

static str label_of(const struct request *r, const char *file, str key, ptrdiff_t column, str otherwise)
{
    const struct pack_row *row = otherwise.len ? pack_find(r->services->pack, str_of(file), key, day_of(r->now)) : NULL;
    return row ? tr(r->language, str_c(r->arena, pack_cell(row, column))) : otherwise;
}

str venue_words(const struct request *r, str code)
{
    return label_of(r, "venues", code, VENUE_LABEL, code);
}

str industry_words(const struct request *r, str code)
{
    return label_of(r, "industries", code, INDUSTRY_LABEL, code);
}

str language_words(const struct request *r, str code)
{
    return label_of(r, "languages", code, LANGUAGE_LABEL, code);
}

/* Keys of contact_types.csv bear their list in front: "channel.web". */
str contact_words(const struct request *r, const char *list, str code)
{
    str key = str_join(r->arena, str_join(r->arena, str_of(list), lit(".")), code);
    return label_of(r, "contact_types", key, CONTACT_LABEL, code);
}

str close_words(const struct request *r, str code)
{
    return label_of(r, "case_close_reasons", code, CLOSE_LABEL, code);
}

str clock_words(const struct request *r, str code)
{
    const struct clock_rule *rule = clock_find(r->services->clocks, code);
    return rule ? tr(r->language, str_c(r->arena, rule->label)) : code;
}

str fill_words(const struct request *r, const char *pattern, str one, str two)
{
    return tr_fill(r->arena, tr(r->language, pattern), (const str[]){ one, two }, 2);
}

str count_words(const struct request *r, str pattern, int64_t n)
{
    return with_number(r->arena, pattern, n);
}
