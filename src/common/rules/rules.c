#include "common/rules/rules.h"

static bool suits(str age, bool child)
{
    return str_equal(age, lit("any")) || str_equal(age, child ? lit("child") : lit("adult"));
}

static void compile_signs(struct arena *a, const struct pack *p, int64_t day, struct pack_rules *out)
{
    struct pack_rows rows = pack_list(p, a, lit("indicators"), day);
    out->signs = arena_new(a, struct sign, rows.len);
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        str strength = pack_cell(row, INDICATOR_STRENGTH), age = pack_cell(row, INDICATOR_AGE);
        out->signs[out->sign_count++] = (struct sign){
            .fact = str_join(a, lit("indicator."), row->key),
            .dimension = pack_cell(row, INDICATOR_DIMENSION),
            .strength = str_equal(strength, lit("strong")) ? STRONG : str_equal(strength, lit("medium")) ? MEDIUM : WEAK,
            .scored = pack_cell_yes(row, INDICATOR_SCORED),
            .for_child = suits(age, true),
            .for_adult = suits(age, false),
        };
    }
}

static status compile_condition(struct arena *a, str text, struct condition *out)
{
    struct condition_fault fault;
    return condition_read(a, text, out, &fault);
}

static status compile_sign_rules(struct arena *a, const struct pack *p, int64_t day, struct pack_rules *out)
{
    struct pack_rows rows = pack_list(p, a, lit("indicator_rules"), day);
    out->sign_rules = arena_new(a, struct sign_rule, rows.len);
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        struct sign_rule *rule = &out->sign_rules[out->sign_rule_count++];
        rule->result = pack_cell(row, INDICATOR_RULE_RESULT);
        rule->person = str_equal(pack_cell(row, INDICATOR_RULE_LEVEL), lit("person"));
        rule->for_child = suits(pack_cell(row, INDICATOR_RULE_AGE), true);
        rule->for_adult = suits(pack_cell(row, INDICATOR_RULE_AGE), false);
        s = compile_condition(a, pack_cell(row, INDICATOR_RULE_CONDITION), &rule->condition);
    }
    return s;
}

static int urgency_order(const void *left, const void *right)
{
    const struct urgency_rule *a = left, *b = right;
    int d = (a->pos > b->pos) - (a->pos < b->pos);
    return d ? d : str_compare(a->code, b->code);
}

static status compile_urgency(struct arena *a, const struct pack *p, int64_t day, struct pack_rules *out)
{
    struct pack_rows rows = pack_list(p, a, lit("urgency_rules"), day);
    out->urgency = arena_new(a, struct urgency_rule, rows.len);
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        struct urgency_rule *rule = &out->urgency[out->urgency_count++];
        *rule = (struct urgency_rule){ .pos = pack_cell_int(row, URGENCY_POS, 0),
                                       .code = row->key,
                                       .priority = pack_cell(row, URGENCY_PRIORITY),
                                       .reason = pack_cell(row, URGENCY_REASON),
                                       .clock = pack_cell(row, URGENCY_CLOCK),
                                       .alert = str_equal(pack_cell(row, URGENCY_ALERT), lit("supervisor")),
                                       .lowerable = pack_cell_yes(row, URGENCY_OVERRIDE) };
        s = compile_condition(a, pack_cell(row, URGENCY_CONDITION), &rule->condition);
    }
    if (out->urgency_count)
        qsort(out->urgency, (size_t)out->urgency_count, sizeof *out->urgency, urgency_order);
    return s;
}

status rules_compile(struct arena *a, const struct pack *p, int64_t day, struct pack_rules *out)
{
    *out = (struct pack_rules){ 0 };
    compile_signs(a, p, day, out);
    status s = compile_sign_rules(a, p, day, out);
    return s == OK ? compile_urgency(a, p, day, out) : s;
}

/* ---- asking */

static bool answered(const struct sign *sign, const struct facts *f, bool child)
{
    return (child ? sign->for_child : sign->for_adult) && facts_has(f, sign->fact, lit("yes"));
}

/* Is the dimension there? One that is never weighed (a plain list of outward signs) is there when one of its signs is. */
static bool dimension_stands(const struct pack_rules *rules, const struct facts *f, str dimension, bool child)
{
    int64_t count[3] = { 0 };
    bool plain = false;
    for (ptrdiff_t i = 0; i < rules->sign_count; i++) {
        const struct sign *sign = &rules->signs[i];
        if (!str_equal(sign->dimension, dimension) || !answered(sign, f, child))
            continue;
        count[sign->strength] += sign->scored;
        plain = plain || !sign->scored;
    }
    if (plain)
        return true;
    struct facts counts = { .arena = f->arena };
    facts_set_int(&counts, lit("strong"), count[STRONG]);
    facts_set_int(&counts, lit("medium"), count[MEDIUM]);
    facts_set_int(&counts, lit("weak"), count[WEAK]);
    for (ptrdiff_t i = 0; i < rules->sign_rule_count; i++) {
        const struct sign_rule *rule = &rules->sign_rules[i];
        if (!rule->person && (child ? rule->for_child : rule->for_adult) && condition_holds(&rule->condition, &counts))
            return true;
    }
    return false;
}

static struct facts dimensions_of(const struct pack_rules *rules, const struct facts *f, bool child)
{
    struct facts dimensions = { .arena = f->arena };
    for (ptrdiff_t i = 0; i < rules->sign_count; i++) {
        str dimension = rules->signs[i].dimension;
        if (!facts_get(&dimensions, dimension).len)
            facts_set(&dimensions, dimension, dimension_stands(rules, f, dimension, child) ? lit("yes") : lit("no"));
    }
    return dimensions;
}

/* The rules of the person's own age are asked before those of any age: what is true of a child is not said in weaker words. */
static str result_of(const struct pack_rules *rules, const struct facts *f, bool child)
{
    struct facts dimensions = dimensions_of(rules, f, child);
    for (int own = 1; own >= 0; own--)
        for (ptrdiff_t i = 0; i < rules->sign_rule_count; i++) {
            const struct sign_rule *rule = &rules->sign_rules[i];
            bool any_age = rule->for_child && rule->for_adult;
            if (rule->person && (child ? rule->for_child : rule->for_adult) && any_age != own
                && condition_holds(&rule->condition, &dimensions))
                return rule->result;
        }
    return (str){ 0 };
}

static void set_counts(const struct pack_rules *rules, struct facts *f)
{
    int64_t count[3] = { 0 };
    for (ptrdiff_t i = 0; i < rules->sign_count; i++)
        count[rules->signs[i].strength] += rules->signs[i].scored && facts_has(f, rules->signs[i].fact, lit("yes"));
    facts_set_int(f, lit("count(strong)"), count[STRONG]);
    facts_set_int(f, lit("count(medium)"), count[MEDIUM]);
    facts_set_int(f, lit("count(weak)"), count[WEAK]);
}

struct urgency urgency_of(const struct pack_rules *rules, struct facts *f)
{
    bool child = facts_has(f, lit("answer.minor"), lit("yes")) || facts_has(f, lit("answer.minor"), lit("likely"));
    struct urgency u = { .result = result_of(rules, f, child) };
    facts_set(f, lit("result"), u.result);
    set_counts(rules, f);
    for (ptrdiff_t i = 0; i < rules->urgency_count; i++) {
        const struct urgency_rule *rule = &rules->urgency[i];
        if (!condition_holds(&rule->condition, f))
            continue;
        u = (struct urgency){ rule->priority, rule->code, rule->reason, rule->clock, rule->alert, rule->lowerable, u.result };
        break;
    }
    facts_set(f, lit("priority"), u.priority);
    return u;
}
