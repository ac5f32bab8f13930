/* The list of tables, as somebody wrote it, and how the budget is split among them. */
#include "figures/privacy/tables.h"
#include "lib/web/json_in.h"

struct reading {
    const char *path;
    const struct codebook *book;
    struct tables_spec *spec;
    struct said *said;
};

static bool number_of(struct reading *r, const struct json_value *v, const char *where, const char *name, int64_t otherwise, int64_t most,
                      int64_t *out)
{
    const struct json_value *m = json_in_member(v, str_of(name));
    *out = m ? m->number : otherwise;
    return !m || (m->kind == JSON_IS_INT && *out >= 1 && *out <= most)
           || say(r->said, "%s: %s: \"%s\" must be a whole number from 1 to %lld", r->path, where, name, (long long)most);
}

/* In the order of the codebook, so that the same columns are the same table. */
static bool add_column(struct reading *r, struct table_spec *t, str name)
{
    ptrdiff_t c = codebook_column(r->book, name);
    if (c < 0 || r->book->columns[c].number)
        return say(r->said, "%s: table %.*s: \"%.*s\" is no column of the codebook with codes", r->path, SHOWN(t->name), SHOWN(name));
    int at = t->columns++;
    for (; at > 0 && t->column[at - 1] >= c; at--) {
        if (t->column[at - 1] == c)
            return say(r->said, "%s: table %.*s names the column %.*s twice", r->path, SHOWN(t->name), SHOWN(name));
        t->column[at] = t->column[at - 1];
        t->size[at] = t->size[at - 1];
    }
    t->column[at] = c;
    t->size[at] = r->book->columns[c].len;
    return true;
}

static bool read_columns(struct reading *r, struct table_spec *t, const struct json_value *list)
{
    if (!list || list->kind != JSON_IS_LIST || !list->count || list->count > TABLE_COLUMNS_MOST)
        return say(r->said, "%s: table %.*s needs \"columns\", a list of 1 to %d names", r->path, SHOWN(t->name), TABLE_COLUMNS_MOST);
    for (const struct json_value *v = list->first; v; v = v->next)
        if (v->kind != JSON_IS_TEXT || !add_column(r, t, v->text))
            return say(r->said, "%s: table %.*s: \"columns\" holds names", r->path, SHOWN(t->name));
    t->cells = 1;
    for (int i = 0; i < t->columns; i++)
        if ((t->cells *= t->size[i]) > TABLE_CELLS_MOST)
            return say(r->said, "%s: table %.*s would have more than %d cells; leave out a column, or merge codes", r->path,
                       SHOWN(t->name), TABLE_CELLS_MOST);
    return true;
}

static bool read_table(struct reading *r, const struct json_value *v)
{
    static const char *const known[] = { "name", "columns", "sum", "most", "share", "about", NULL };
    struct table_spec *t = &r->spec->at[r->spec->len];
    char where[40];
    int64_t share;
    str sum;
    snprintf(where, sizeof where, "table %lld", (long long)r->spec->len + 1);
    *t = (struct table_spec){ .sum = -1 };
    if (v->kind != JSON_IS_OBJECT || !said_members(r->said, r->path, v, where, known))
        return say(r->said, "%s: %s is no object", r->path, where);
    if (!json_in_text(v, lit("name"), &t->name) || !ledger_word(t->name) || t->name.at[0] == '.')
        return say(r->said, "%s: %s needs a \"name\" of letters, digits and . _ -, at most %d", r->path, where, LEDGER_WORD_MOST);
    for (ptrdiff_t i = 0; i < r->spec->len; i++)
        if (str_equal(r->spec->at[i].name, t->name))
            return say(r->said, "%s: two tables have the name %.*s", r->path, SHOWN(t->name));
    if (!read_columns(r, t, json_in_member(v, lit("columns"))))
        return false;
    if (!json_in_text(v, lit("sum"), &sum) || (sum.len && ((t->sum = codebook_column(r->book, sum)) < 0
                                                           || !r->book->columns[t->sum].number)))
        return say(r->said, "%s: table %.*s: \"sum\" must be a column of the codebook that is a number", r->path, SHOWN(t->name));
    if (!number_of(r, v, where, "most", 1, TABLE_CLAMP_MOST, &t->most) || !number_of(r, v, where, "share", 1, 1000000, &share))
        return false;
    t->share = (uint64_t)share;
    if (t->most > 1 && t->sum < 0 && !r->spec->person.len)
        return say(r->said, "%s: table %.*s counts rows, and a row is a person: \"most\" is 1, or name the column \"person\"", r->path,
                   SHOWN(t->name));
    return true;
}

bool tables_read(struct arena *a, const char *path, str text, const struct codebook *book, struct tables_spec *out, struct said *said)
{
    static const char *const known[] = { "person", "round", "tables", "about", NULL };
    struct reading r = { path, book, out, said };
    const struct json_value *top, *list;
    struct json_fault fault;
    *out = (struct tables_spec){ 0 };
    if (json_in_read(a, text, (struct json_limits){ TABLES_BYTES, 6 }, &top) != OK) {
        json_in_explain(text, (struct json_limits){ TABLES_BYTES, 6 }, &fault);
        return say(said, "%s:%d:%d: not JSON: %s", path, fault.line, fault.column, fault.what);
    }
    if (top->kind != JSON_IS_OBJECT || !said_members(r.said, r.path, top, "the list", known))
        return say(said, "%s: a list of tables is one JSON object", path);
    if (!json_in_text(top, lit("person"), &out->person))
        return say(said, "%s: \"person\" must be the name of a column", path);
    if (!number_of(&r, top, "the list", "round", 5, 1000000, &out->base))
        return false;
    list = json_in_member(top, lit("tables"));
    if (!list || list->kind != JSON_IS_LIST || !list->count || list->count > TABLES_MOST)
        return say(said, "%s: \"tables\" must be a list of 1 to %d tables", path, TABLES_MOST);
    out->at = arena_new(a, struct table_spec, list->count);
    ptrdiff_t cells = 0;
    for (const struct json_value *v = list->first; v; v = v->next, out->len++)
        if (!read_table(&r, v) || (cells += out->at[out->len].cells) > ALL_CELLS_MOST)
            return say(said, "%s: all tables together would have more than %d cells; make two releases of them", path, ALL_CELLS_MOST);
    return true;
}

bool tables_plan(struct tables_spec *t, uint64_t rho, struct said *said)
{
    uint64_t shares = 0, cost;
    for (ptrdiff_t i = 0; i < t->len; i++)
        shares += t->at[i].share;
    for (ptrdiff_t i = 0; i < t->len; i++) {
        struct table_spec *x = &t->at[i];
        x->rho = (uint64_t)((wide)rho * x->share / shares);
        x->sensitivity2 = (uint64_t)(x->most * x->most);
        if (!ledger_variance(x->sensitivity2, x->rho, &x->variance) || !noise_gaussian_fits(x->variance))
            return say(said, "table %.*s would get so little of the budget that its noise says nothing; raise --rho, or publish fewer "
                       "tables", SHOWN(x->name));
        must(ledger_cost(x->sensitivity2, x->variance, &cost) && cost == x->rho);
    }
    return true;
}

str tables_terms(struct arena *a, const struct tables_spec *t)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct table_spec *x = &t->at[i];
        if (i)
            out_char(&o, ',');
        out_str(&o, x->name);
        out_char(&o, ':');
        out_int(&o, (int64_t)x->variance.over);
        out_char(&o, '/');
        out_int(&o, (int64_t)x->variance.under);
        out_char(&o, ':');
        out_int(&o, (int64_t)x->sensitivity2);
    }
    return out_view(&o);
}
