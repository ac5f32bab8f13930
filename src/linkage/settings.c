#include "linkage/settings.h"
#include "lib/web/html.h"
#include "lib/web/json_in.h"
#include "linkage/phone.h"
#include "linkage/values.h"

struct reader {
    struct arena *a;
    struct plan *plan;
    str *why;
};

static status wrong(struct reader *r, str member, const char *what)
{
    struct out o = { .arena = r->a };
    out_str(&o, member);
    out_str(&o, lit(": "));
    out_str(&o, str_of(what));
    *r->why = out_view(&o);
    return INVALID;
}

static int field_named(const struct plan *p, str column)
{
    for (int i = 0; i < p->field_count; i++)
        if (str_equal(p->fields[i].column, column))
            return i;
    return -1;
}

static status read_field(struct reader *r, const struct json_value *v)
{
    struct plan *p = r->plan;
    str column, kind;
    if (!json_in_text(v, lit("column"), &column) || !json_in_text(v, lit("kind"), &kind) || !column.len)
        return wrong(r, lit("fields"), "each is {\"column\": the header's name, \"kind\": one of exact, name, date, phone, email, plate, address, handle, text, number, url}");
    if (p->field_count == FIELDS_MOST)
        return wrong(r, lit("fields"), "more than 16");
    if (field_named(p, column) >= 0)
        return wrong(r, column, "named twice in fields");
    for (int k = 0; k < FIELD_KINDS; k++)
        if (str_equal(kind, str_of(field_kind_names[k]))) {
            p->fields[p->field_count++] = (struct plan_field){ column, (enum field_kind)k };
            return OK;
        }
    return wrong(r, column, "its kind is none of exact, name, date, phone, email, plate, address, handle, text, number, url");
}

/* Rising likeness in thousandths, or falling slips; the file has the strongest first. */
static status read_levels(struct reader *r, const struct json_value *list, struct comparison *c)
{
    int n = 0, before = likeness_kind(c->kind) ? 1000 : 0;
    if (c->kind == KIND_ADDRESS)
        return wrong(r, c->name, "an address has the levels of its fields: leave out \"levels\"");
    if (c->kind == KIND_URL && list->kind == JSON_IS_LIST && list->count > 1)
        return wrong(r, c->name, "a url has one level, [1]: the same page");
    if (list->kind != JSON_IS_LIST || list->count > BETWEEN_MOST)
        return wrong(r, c->name, "\"levels\" is a list of at most 4 numbers");
    for (const struct json_value *v = list->first; v; v = v->next, n++) {
        double number = v->kind == JSON_IS_INT ? (double)v->number : v->kind == JSON_IS_REAL ? v->real : -1;
        int level = (int)(likeness_kind(c->kind) ? number * 1000 + 0.5 : number);
        if (likeness_kind(c->kind) ? level >= before || level < 500 : level <= before || level > 8)
            return wrong(r, c->name, likeness_kind(c->kind) ? "\"levels\" are likenesses that fall, below 1 and from 0.5 on" : "\"levels\" are slips that rise, from 1 to 8");
        c->thresholds[list->count - 1 - n] = before = level;
    }
    c->between = n;
    comparison_levels(c);
    return OK;
}

static status read_flag(struct reader *r, const struct json_value *v, const char *name, bool *flag)
{
    const struct json_value *given = json_in_member(v, str_of(name));
    if (given && given->kind != JSON_IS_BOOL)
        return wrong(r, str_of(name), "true or false");
    *flag = given ? given->number : *flag;
    return OK;
}

/* The column of the other part of a name; who compares that is found when all comparisons are read. */
static status read_swapped(struct reader *r, const struct json_value *v, struct comparison *c)
{
    int field = v->kind == JSON_IS_TEXT ? field_named(r->plan, v->text) : -1;
    if (field < 0 || field == c->fields[0] || c->kind != KIND_NAME || r->plan->fields[field].kind != KIND_NAME)
        return wrong(r, c->name, "\"swapped\" names the column of the other part of a name, among fields");
    c->with = field + 1;
    return OK;
}

static status join_swapped(struct reader *r)
{
    struct plan *p = r->plan;
    uint32_t leads = 0;
    for (int i = 0; i < p->comparison_count; i++)
        leads |= (uint32_t)(p->comparisons[i].with != 0) << i;
    for (int i = 0; i < p->comparison_count; i++) {
        int other = -1;
        for (int k = 0; k < p->comparison_count && leads >> i & 1; k++)
            if (k != i && p->comparisons[k].kind == KIND_NAME && p->comparisons[k].fields[0] == p->comparisons[i].with - 1 && !p->comparisons[k].with)
                other = k;
        if (other >= 0)
            comparison_swap(p, i, other);
        else if (leads >> i & 1)
            return wrong(r, p->comparisons[i].name, "\"swapped\" names a column that one other comparison compares, which has none itself");
    }
    return OK;
}

static status read_comparison(struct reader *r, const struct json_value *v)
{
    struct plan *p = r->plan;
    const struct json_value *fields = json_in_member(v, lit("fields")), *levels = json_in_member(v, lit("levels"));
    int of[COMPARED_MOST], n = 0;
    str name;
    if (!json_in_text(v, lit("name"), &name) || !name.len || !fields || fields->kind != JSON_IS_LIST || !fields->count)
        return wrong(r, lit("comparisons"), "each is {\"name\": for people, \"fields\": [columns]}, and may have levels, frequent, shared");
    if (p->comparison_count == COMPARISONS_MOST)
        return wrong(r, lit("comparisons"), "more than 8");
    for (const struct json_value *f = fields->first; f; f = f->next) {
        int field = f->kind == JSON_IS_TEXT ? field_named(p, f->text) : -1;
        if (field < 0)
            return wrong(r, name, "compares a column that fields does not have");
        if (n == COMPARED_MOST || (n && (p->fields[field].kind != KIND_ADDRESS || p->fields[of[0]].kind != KIND_ADDRESS)))
            return wrong(r, name, "only an address compares several columns, and at most 3");
        of[n++] = field;
    }
    struct comparison *c = &p->comparisons[p->comparison_count++];
    *c = comparison_of(name, p->fields[of[0]].kind, of, n);
    status s = levels ? read_levels(r, levels, c) : OK;
    if (s == OK)
        s = read_flag(r, v, "frequent", &c->frequent);
    if (s == OK)
        s = read_flag(r, v, "shared", &c->shared);
    if (s == OK && json_in_member(v, lit("swapped")))
        s = read_swapped(r, json_in_member(v, lit("swapped")), c);
    return s == OK && c->frequent && c->kind == KIND_ADDRESS ? wrong(r, name, "an address is not weighed by frequency") : s;
}

/* "surname" or, its first four letters, "surname:4", or how it sounds, "surname~". */
static status read_part(struct reader *r, const struct json_value *v, struct rule *to)
{
    str column = v->kind == JSON_IS_TEXT ? v->text : (str){ 0 };
    int64_t first = 0;
    bool sound = column.len && column.at[column.len - 1] == '~';
    column.len -= sound;
    if (to->count == PARTS_MOST)
        return wrong(r, lit("rules"), "a rule has at most 3 parts");
    for (ptrdiff_t i = column.len; i-- > 0 && !first && !sound;)
        if (column.at[i] == ':' && str_to_int(str_part(column, i + 1, column.len), &first))
            column.len = i;
    int field = field_named(r->plan, column);
    if (field < 0 || first < 0 || first > VALUE_MOST)
        return wrong(r, column.len ? column : lit("rules"), "a rule is a list of columns that fields has; \"column:4\" is its first four letters, \"column~\" how a name sounds");
    if (sound && r->plan->fields[field].kind != KIND_NAME)
        return wrong(r, column, "only a name has a sound (~)");
    to->parts[to->count++] = (struct rule_part){ field, (int)first, sound };
    return OK;
}

static status read_rule(struct reader *r, const struct json_value *v)
{
    status s = OK;
    if (v->kind != JSON_IS_LIST || !v->count)
        return wrong(r, lit("rules"), "each is a list of columns that two records must agree in to be compared");
    if (r->plan->rule_count == RULES_MOST)
        return wrong(r, lit("rules"), "more than 32");
    struct rule *to = &r->plan->rules[r->plan->rule_count++];
    *to = (struct rule){ .count = 0 };
    for (const struct json_value *part = v->first; s == OK && part; part = part->next)
        s = read_part(r, part, to);
    return s;
}

static status read_list(struct reader *r, const struct json_value *all, str name, status (*one)(struct reader *, const struct json_value *))
{
    const struct json_value *list = json_in_member(all, name);
    status s = OK;
    if (!list || list->kind != JSON_IS_LIST || !list->count)
        return wrong(r, name, "a list with something in it");
    for (const struct json_value *v = list->first; s == OK && v; v = v->next)
        s = one(r, v);
    return s;
}

static status refuse_unknown(struct reader *r, const struct json_value *all)
{
    static const str known[] = { LIT("id"), LIT("country"), LIT("fields"), LIT("comparisons"), LIT("rules") };
    for (const struct json_value *v = all->first; v; v = v->next) {
        bool is = false;
        for (ptrdiff_t i = 0; i < countof(known); i++)
            is |= str_equal(v->name, known[i]);
        if (!is)
            return wrong(r, v->name, "no such setting: there are id, country, fields, comparisons and rules");
    }
    return OK;
}

status settings_of(struct arena *a, const struct json_value *all, struct plan *out, str *why)
{
    struct reader r = { a, out, why };
    str country = { 0 };
    *out = (struct plan){ 0 };
    status s = refuse_unknown(&r, all);
    if (s == OK && !json_in_text(all, lit("id"), &out->id))
        s = wrong(&r, lit("id"), "the name of a column");
    if (s == OK && !json_in_text(all, lit("country"), &country))
        s = wrong(&r, lit("country"), "two letters, as GB");
    if (s == OK && country.len && !(out->country = phone_country(country)))
        s = wrong(&r, lit("country"), "no country of ISO 3166 that has telephone numbers; two letters, as GB");
    if (s == OK)
        s = read_list(&r, all, lit("fields"), read_field);
    if (s == OK)
        s = read_list(&r, all, lit("comparisons"), read_comparison);
    if (s == OK)
        s = join_swapped(&r);
    return s == OK ? read_list(&r, all, lit("rules"), read_rule) : s;
}

status settings_read(struct arena *a, str json, struct plan *out, str *why)
{
    struct reader r = { a, out, why };
    const struct json_value *all;
    *out = (struct plan){ 0 };
    if (json_in_read(a, json, (struct json_limits){ SETTINGS_BYTES, 6 }, &all) != OK || all->kind != JSON_IS_OBJECT)
        return wrong(&r, lit("the settings"), "no JSON object");
    return settings_of(a, all, out, why);
}

/* ---- writing ---- */

static void write_comparison(struct json *j, const struct plan *p, const struct comparison *c)
{
    json_open(j, '{');
    json_key(j, lit("name"));
    json_str(j, c->name);
    json_key(j, lit("fields"));
    json_open(j, '[');
    for (int i = 0; i < c->field_count; i++)
        json_str(j, p->fields[c->fields[i]].column);
    json_close(j, ']');
    if (c->kind != KIND_ADDRESS) {
        json_key(j, lit("levels"));
        json_open(j, '[');
        for (int i = c->between; i-- > 0;)
            json_decimal(j, c->thresholds[i], likeness_kind(c->kind) ? 3 : 0);
        json_close(j, ']');
    }
    if (c->swapped) {
        json_key(j, lit("swapped"));
        json_str(j, p->fields[c->with - 1].column);
    }
    json_key(j, lit("frequent"));
    json_bool(j, c->frequent);
    json_key(j, lit("shared"));
    json_bool(j, c->shared);
    json_close(j, '}');
}

static void write_rule(struct json *j, const struct plan *p, const struct rule *r)
{
    json_open(j, '[');
    for (int i = 0; i < r->count; i++) {
        struct out column = { .arena = j->o->arena };
        out_str(&column, p->fields[r->parts[i].field].column);
        if (r->parts[i].first) {
            out_char(&column, ':');
            out_int(&column, r->parts[i].first);
        }
        if (r->parts[i].sound)
            out_char(&column, '~');
        json_str(j, out_view(&column));
    }
    json_close(j, ']');
}

void settings_json(struct json *to, const struct plan *p)
{
    json_open(to, '{');
    if (p->id.len) {
        json_key(to, lit("id"));
        json_str(to, p->id);
    }
    if (p->country) {
        json_key(to, lit("country"));
        json_str(to, phone_country_letters(p->country));
    }
    json_key(to, lit("fields"));
    json_open(to, '[');
    for (int i = 0; i < p->field_count; i++) {
        json_open(to, '{');
        json_key(to, lit("column"));
        json_str(to, p->fields[i].column);
        json_key(to, lit("kind"));
        json_str(to, str_of(field_kind_names[p->fields[i].kind]));
        json_close(to, '}');
    }
    json_close(to, ']');
    json_key(to, lit("comparisons"));
    json_open(to, '[');
    for (int i = 0; i < p->comparison_count; i++)
        write_comparison(to, p, &p->comparisons[i]);
    json_close(to, ']');
    json_key(to, lit("rules"));
    json_open(to, '[');
    for (int i = 0; i < p->rule_count; i++)
        write_rule(to, p, &p->rules[i]);
    json_close(to, ']');
    json_close(to, '}');
}

void settings_write(struct out *o, const struct plan *p)
{
    struct json j = { .o = o };
    settings_json(&j, p);
}
