#include "common/entry/entry.h"
#include "lib/base/csv.h"
#include "lib/web/html.h"

/* ---- choices: from the field itself, from a pack, or from the page ---- */

/* Files whose label is not the second column, or whose rows are sorted into lists. */
static const struct list_file {
    str file;
    int label, more, list; /* -1: none. more: shown after the label */
} list_files[] = {
    { LIT("contact_types"), CONTACT_LABEL, -1, CONTACT_LIST },
    { LIT("htcds_lists"), 3, -1, 1 },
    { LIT("case_close_reasons"), 1, -1, 2 },
    { LIT("countries"), COUNTRY_LABEL, -1, -1 },
    { LIT("languages"), LANGUAGE_LABEL, -1, -1 },
    { LIT("rights"), 3, -1, -1 },
    { LIT("services"), 2, -1, -1 },
    { LIT("consent_points"), 2, -1, -1 },
    { LIT("indicators"), INDICATOR_STAFF, -1, -1 },
    { LIT("statutes"), 3, 4, -1 },
    { LIT("relief_steps"), 0, 3, -1 },
};
static const struct list_file other_file = { { 0 }, 1, -1, -1 };

/* "int/case_close_reasons.code@case" in its parts. */
struct pack_choices {
    str file, list;
    const struct list_file *how;
};

static bool read_pack_choices(str choices, struct pack_choices *out)
{
    str rest = choices, pack;
    if (str_find(choices, '/') < 0 || !str_split(&rest, '/', &pack))
        return false;
    *out = (struct pack_choices){ .how = &other_file };
    (void)str_split(&rest, '.', &out->file);
    ptrdiff_t at = str_find(rest, '@');
    if (at >= 0)
        out->list = str_part(rest, at + 1, rest.len);
    for (ptrdiff_t i = 0; i < countof(list_files); i++)
        if (str_equal(list_files[i].file, out->file))
            out->how = &list_files[i];
    return true;
}

static str row_label(struct arena *a, const struct language *in, const struct list_file *how, const struct pack_row *row)
{
    str label = tr(in, str_c(a, pack_cell(row, how->label)));
    str more = how->more < 0 ? (str){ 0 } : tr(in, str_c(a, pack_cell(row, how->more)));
    return !more.len || str_equal(more, label) ? label : str_join(a, label, str_join(a, lit(": "), more));
}

static struct choices pack_choices(struct arena *a, const struct entry_words *w, const struct pack_choices *p, str value)
{
    struct pack_rows rows = pack_list(w->pack, a, p->file, w->day);
    struct choices list = { .at = arena_new(a, struct choice, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        if (p->list.len && p->how->list >= 0 && !str_equal(pack_cell(row, p->how->list), p->list))
            continue;
        list.at[list.len++] = (struct choice){ row->key, row_label(a, w->in, p->how, row), list_has(value, row->key) };
    }
    return list;
}

static struct choices own_choices(struct arena *a, const struct entry_words *w, str codes, str value)
{
    ptrdiff_t n = 1;
    for (ptrdiff_t i = 0; i < codes.len; i++)
        n += codes.at[i] == ';';
    struct choices list = { .at = arena_new(a, struct choice, n) };
    for (str code; str_split(&codes, ';', &code);)
        list.at[list.len++] = (struct choice){ code, tr(w->in, str_c(a, choice_label(a, code))), list_has(value, code) };
    return list;
}

static struct choices source_choices(struct arena *a, const struct entry_words *w, str name, str value)
{
    for (ptrdiff_t i = 0; i < w->source_count; i++) {
        const struct choices *from = &w->sources[i].list;
        if (!str_equal(name, str_of(w->sources[i].name)))
            continue;
        struct choices list = { .at = arena_new(a, struct choice, from->len + 1) };
        for (ptrdiff_t k = 0; k < from->len; k++)
            list.at[list.len++] = (struct choice){ from->at[k].value, from->at[k].label, list_has(value, from->at[k].value) };
        return list;
    }
    return (struct choices){ 0 };
}

struct choices entry_choices(struct arena *a, const struct entry_words *w, const struct kind_field *f, str value)
{
    struct pack_choices p;
    if (f->type != FIELD_CHOICE && f->type != FIELD_CODE && f->type != FIELD_MULTI)
        return (struct choices){ 0 };
    if (read_pack_choices(f->choices, &p))
        return pack_choices(a, w, &p, value);
    return str_find(f->choices, ';') >= 0 ? own_choices(a, w, f->choices, value) : source_choices(a, w, f->choices, value);
}

/* ---- showing ---- */

static str code_label(struct arena *a, const struct entry_words *w, const struct kind_field *f, str code)
{
    struct pack_choices p;
    if (read_pack_choices(f->choices, &p)) { /* one look-up: statutes alone are hundreds */
        const struct pack_row *row = pack_find(w->pack, p.file, code, w->day);
        return row ? row_label(a, w->in, p.how, row) : code;
    }
    struct choices list = entry_choices(a, w, f, (str){ 0 });
    for (ptrdiff_t i = 0; i < list.len; i++)
        if (str_equal(list.at[i].value, code))
            return list.at[i].label;
    return code;
}

str entry_show(struct arena *a, const struct entry_words *w, const struct kind_field *f, str value)
{
    if (f->type == FIELD_BOOL && value.len)
        return str_equal(value, lit("yes")) ? tr(w->in, N_("Yes")) : tr(w->in, N_("No"));
    if (f->type != FIELD_CHOICE && f->type != FIELD_CODE && f->type != FIELD_MULTI)
        return value;
    struct out o = { .arena = a };
    for (str code; str_split(&value, ';', &code);) {
        if (o.len)
            out_str(&o, lit(", "));
        out_str(&o, code_label(a, w, f, code));
    }
    return out_view(&o);
}

/* "12", "12.5", "12.50" in hundredths. */
static bool read_hundredths(str s, int64_t *out)
{
    ptrdiff_t dot = str_find(s, '.');
    str whole = dot < 0 ? s : str_part(s, 0, dot), part = dot < 0 ? (str){ 0 } : str_part(s, dot + 1, s.len);
    int64_t n, cents = 0;
    if (!str_to_int(whole, &n) || n < 0 || n > INT64_MAX / 1000 || (dot >= 0 && (part.len < 1 || part.len > 2)))
        return false;
    if (part.len && (!str_to_int(part, &cents) || cents < 0 || part.at[0] == '-' || part.at[0] == '+'))
        return false;
    *out = n * 100 + (part.len == 1 ? cents * 10 : cents);
    return true;
}

bool entry_number(const struct kind_field *f, str value, int64_t *out)
{
    switch (f->type) {
    case FIELD_DATE: return day_read(value, out);
    case FIELD_INT: return str_to_int(value, out);
    case FIELD_DECIMAL:
    case FIELD_MONEY: return read_hundredths(value, out);
    case FIELD_BOOL: *out = str_equal(value, lit("yes")); return value.len > 0;
    case FIELD_TEXT:
    case FIELD_LONGTEXT:
    case FIELD_CHOICE:
    case FIELD_CODE:
    case FIELD_MULTI: break;
    }
    return false;
}

struct entry_facts entry_facts(struct arena *a, const struct entry_words *w, const struct kind *k, const struct entry_values *v)
{
    struct entry_facts list = { .at = arena_new(a, struct entry_fact, k->field_count) };
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        if (v->at[i].len)
            list.at[list.len++] = (struct entry_fact){ tr(w->in, str_c(a, f->label)), entry_show(a, w, f, v->at[i]),
                                                       f->type == FIELD_LONGTEXT };
    }
    return list;
}

/* ---- forms ---- */

struct entry_inputs entry_inputs(struct arena *a, const struct entry_words *w, const struct kind *k, const struct entry_values *v,
                                 const struct problems *problems)
{
    static const char *const types[] = { [FIELD_TEXT] = "text", [FIELD_LONGTEXT] = "longtext", [FIELD_DATE] = "date",
                                         [FIELD_BOOL] = "yes_no", [FIELD_INT] = "number", [FIELD_DECIMAL] = "number",
                                         [FIELD_MONEY] = "number", [FIELD_CHOICE] = "one", [FIELD_CODE] = "one", [FIELD_MULTI] = "many" };
    struct entry_inputs list = { .at = arena_new(a, struct entry_input, k->field_count) };
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        list.at[list.len++] = (struct entry_input){ f->name, tr(w->in, str_c(a, f->label)), v->at[i],
                                                    problems ? problem_of(problems, f->name) : (str){ 0 }, str_of(types[f->type]),
                                                    entry_choices(a, w, f, v->at[i]), f->required };
    }
    return list;
}

static void note(struct form *f, const struct entry_words *w, str field, const char *message)
{
    form_note(f, field, tr(w->in, message));
}

static bool is_choice(const struct choices *list, str value)
{
    for (ptrdiff_t i = 0; i < list->len; i++)
        if (str_equal(list->at[i].value, value))
            return true;
    return false;
}

static str read_many(struct form *f, const struct entry_words *w, const struct kind_field *field)
{
    struct arena *a = f->r->arena;
    str *picked = arena_new(a, str, ENTRY_CODES_MOST);
    ptrdiff_t n = form_all(f, field->name, picked, ENTRY_CODES_MOST);
    struct choices offered = entry_choices(a, w, field, (str){ 0 });
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!picked[i].len || list_has(out_view(&o), picked[i]))
            continue;
        if (!is_choice(&offered, picked[i])) {
            note(f, w, field->name, N_("Please choose among these."));
            return (str){ 0 };
        }
        if (o.len)
            out_char(&o, ';');
        out_str(&o, picked[i]);
    }
    return out_view(&o);
}

/* Two decimals always, so that the same sum is the same text. */
static str hundredths_text(struct arena *a, int64_t n)
{
    struct out o = { .arena = a };
    out_int(&o, n / 100);
    out_char(&o, '.');
    out_char(&o, (char)('0' + n % 100 / 10));
    out_char(&o, (char)('0' + n % 10));
    return out_view(&o);
}

static str checked(struct form *f, const struct entry_words *w, const struct kind_field *field, str s)
{
    int64_t n;
    struct choices offered;
    switch (field->type) {
    case FIELD_DATE:
        if (!day_read(s, &n))
            note(f, w, field->name, N_("A date looks like 2026-11-24."));
        break;
    case FIELD_INT:
        if (!str_to_int(s, &n) || n < 0 || n > 1000000000)
            note(f, w, field->name, N_("Please write a whole number, in digits."));
        break;
    case FIELD_DECIMAL:
    case FIELD_MONEY:
        if (read_hundredths(s, &n))
            return hundredths_text(f->r->arena, n);
        note(f, w, field->name, N_("Please write a number such as 12 or 12.50."));
        break;
    case FIELD_BOOL:
        if (!str_equal(s, lit("yes")) && !str_equal(s, lit("no")))
            note(f, w, field->name, N_("Please say yes or no."));
        break;
    case FIELD_CHOICE:
    case FIELD_CODE:
        offered = entry_choices(f->r->arena, w, field, (str){ 0 });
        if (!is_choice(&offered, s))
            note(f, w, field->name, N_("Please choose one of these."));
        break;
    case FIELD_TEXT:
    case FIELD_LONGTEXT:
    case FIELD_MULTI: break;
    }
    return s;
}

void entry_read_form(struct form *f, const struct entry_words *w, const struct kind *k, struct entry_values *out)
{
    must(k->field_count <= ENTRY_FIELDS_MOST);
    *out = (struct entry_values){ 0 };
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        const struct kind_field *field = &k->fields[i];
        str s;
        if (field->type == FIELD_MULTI) {
            s = read_many(f, w, field);
        } else {
            s = form_text(f, field->name, 0, field->type == FIELD_LONGTEXT ? ENTRY_LONGTEXT : ENTRY_TEXT_LINE);
            if (s.len)
                s = checked(f, w, field, s);
        }
        if (!s.len && field->required && !problem_of(&f->problems, field->name).len)
            note(f, w, field->name, N_("Please fill this in."));
        out->at[i] = s;
    }
}

/* ---- sealed ---- */

ptrdiff_t entry_sealed(const struct kind *k, const struct entry_values *v, struct sealed_field *to)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        if (v->at[i].len && !kind_field_is_clear(k, &k->fields[i]))
            to[n++] = (struct sealed_field){ (uint16_t)(ENTRY_FIELD + k->fields[i].pos), v->at[i] };
    return n;
}

void entry_unseal(const struct kind *k, const struct sealed_fields *f, struct entry_values *v)
{
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        str s = sealed_field(f, (uint16_t)(ENTRY_FIELD + k->fields[i].pos));
        if (s.len)
            v->at[i] = s;
    }
}

/* ---- JSON and CSV ---- */

static void json_value(struct json *j, const struct kind_field *f, str value)
{
    int64_t n;
    if (f->type == FIELD_INT && entry_number(f, value, &n)) {
        json_int(j, n);
    } else if (f->type == FIELD_BOOL) {
        json_bool(j, str_equal(value, lit("yes")));
    } else if (f->type == FIELD_MULTI) {
        json_open(j, '[');
        for (str code; str_split(&value, ';', &code);)
            json_str(j, code);
        json_close(j, ']');
    } else {
        json_str(j, value); /* a sum too: a reader that takes numbers for binary fractions would change it */
    }
}

void entry_json(struct json *j, const struct kind *k, const struct entry_values *v)
{
    json_open(j, '{');
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        if (!v->at[i].len)
            continue;
        json_key(j, k->fields[i].name);
        json_value(j, &k->fields[i], v->at[i]);
    }
    json_close(j, '}');
}

void entry_csv_head(struct out *o, const struct kind *k)
{
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        csv_cell(o, k->fields[i].name, false);
}

void entry_csv(struct out *o, const struct kind *k, const struct entry_values *v)
{
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        csv_cell(o, v->at[i], false);
}
