#include "common/keep/keep.h"

static bool class_of(str name, enum keep_class *out)
{
    static const str names[] = { [KEEP_TIPS] = LIT("tip"), [KEEP_CASES] = LIT("case"), [KEEP_FILES] = LIT("care"), [KEEP_PACKETS] = LIT("packet") };
    for (ptrdiff_t i = 0; i < countof(names); i++)
        if (str_equal(names[i], name)) {
            *out = (enum keep_class)i;
            return true;
        }
    return false;
}

bool keep_rule_of(const struct pack_row *row, struct keep_rule *out)
{
    *out = (struct keep_rule){ .reasons = pack_cell(row, RETENTION_REASONS), .days = pack_cell_int(row, RETENTION_DAYS, KEEP_EVER) };
    if (out->days < 0)
        out->days = KEEP_EVER;
    return !pack_cell_yes(row, RETENTION_FIXED) && class_of(pack_cell(row, RETENTION_CLASS), &out->class);
}

struct keep_rules keep_rules_of(const struct pack *p, struct arena *a, int64_t day)
{
    struct pack_rows rows = pack_list(p, a, lit("retention"), day);
    struct keep_rules rules = { .len = 0 };
    for (ptrdiff_t i = 0; i < rows.len && rules.len < KEEP_RULES_MOST; i++)
        rules.len += keep_rule_of(rows.at[i], &rules.at[rules.len]);
    return rules;
}

static bool names(str reasons, str reason)
{
    for (str one; str_split(&reasons, ';', &one);)
        if (str_equal(one, reason))
            return true;
    return false;
}

const struct keep_rule *keep_rule_for(const struct keep_rules *rules, enum keep_class class, str reason)
{
    const struct keep_rule *otherwise = NULL;
    for (ptrdiff_t i = 0; i < rules->len; i++) {
        const struct keep_rule *rule = &rules->at[i];
        if (rule->class != class)
            continue;
        if (!rule->reasons.len)
            otherwise = rule;
        else if (names(rule->reasons, reason))
            return rule;
    }
    return otherwise;
}

int64_t keep_days(const struct keep_rules *rules, enum keep_class class, str reason)
{
    const struct keep_rule *rule = keep_rule_for(rules, class, reason);
    return rule ? rule->days : KEEP_EVER;
}

int64_t keep_month_after(int64_t day)
{
    struct civil c = civil_from(day * 86400);
    if (c.day == 1)
        return day;
    c.month = c.month == 12 ? 1 : c.month + 1;
    c.year += c.month == 1;
    return day_of(civil_to((struct civil){ .year = c.year, .month = c.month, .day = 1 }));
}
