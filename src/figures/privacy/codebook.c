#include "figures/privacy/codebook.h"
#include "lib/crypt/crypt.h"
#include "lib/web/json_in.h"

/* Reading one file: every fault names the place in it. */
struct reading {
    struct arena *arena;
    const char *path;
    struct codebook *book;
    struct said *said;
};

ptrdiff_t codebook_column(const struct codebook *c, str name)
{
    for (ptrdiff_t i = 0; i < c->column_count; i++)
        if (str_equal(c->columns[i].name, name))
            return i;
    return -1;
}

ptrdiff_t codebook_code(const struct codebook_column *c, str code)
{
    ptrdiff_t low = 0, high = c->len;
    while (low < high) {
        ptrdiff_t middle = low + (high - low) / 2;
        int order = str_compare(code, c->codes[c->sorted[middle]]);
        if (!order)
            return c->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

ptrdiff_t codebook_breaks(const struct codebook *c, const uint16_t *codes)
{
    for (ptrdiff_t i = 0; i < c->rule_count; i++) {
        const struct codebook_rule *r = &c->rules[i];
        ptrdiff_t met = 0;
        while (met < r->len && codes[r->part[met].column] == r->part[met].code)
            met++;
        if (met == r->len)
            return i;
    }
    return -1;
}

static const struct ordering {
    const str *codes;
} *sorting;
static int by_code(const void *x, const void *y)
{
    return str_compare(sorting->codes[*(const uint16_t *)x], sorting->codes[*(const uint16_t *)y]);
}

static bool sort_codes(struct reading *r, struct codebook_column *c)
{
    uint16_t *order = arena_new(r->arena, uint16_t, c->len);
    for (ptrdiff_t i = 0; i < c->len; i++)
        order[i] = (uint16_t)i;
    struct ordering by = { c->codes };
    sorting = &by;
    qsort(order, (size_t)c->len, sizeof *order, by_code);
    sorting = NULL;
    c->sorted = order;
    for (ptrdiff_t i = 1; i < c->len; i++)
        if (str_equal(c->codes[order[i]], c->codes[order[i - 1]]))
            return say(r->said, "%s: column %.*s has the code \"%.*s\" twice; take one out", r->path, SHOWN(c->name),
                       SHOWN(c->codes[order[i]]));
    return true;
}

static bool read_codes(struct reading *r, const struct json_value *list, struct codebook_column *c)
{
    if (!list || list->kind != JSON_IS_LIST || !list->count || list->count > CODES_MOST)
        return say(r->said, "%s: column %.*s needs \"codes\", a list of 1 to %d texts, or \"number\": true", r->path, SHOWN(c->name),
                   CODES_MOST);
    str *codes = arena_new(r->arena, str, list->count);
    c->codes = codes;
    for (const struct json_value *v = list->first; v; v = v->next) {
        if (v->kind != JSON_IS_TEXT)
            return say(r->said, "%s: column %.*s: code %lld is no text; write it in quotes, as it stands in the data", r->path,
                       SHOWN(c->name),
                       (long long)c->len + 1);
        codes[c->len++] = v->text;
    }
    return sort_codes(r, c);
}

static bool read_column(struct reading *r, const struct json_value *v, ptrdiff_t i)
{
    static const char *const known[] = { "name", "codes", "other", "number", "about", NULL };
    struct codebook_column *c = (struct codebook_column *)r->book->columns + i;
    char where[40];
    snprintf(where, sizeof where, "column %lld", (long long)i + 1);
    *c = (struct codebook_column){ .other = -1 };
    if (v->kind != JSON_IS_OBJECT)
        return say(r->said, "%s: %s is no object; it is written {\"name\": ..., \"codes\": [...]}", r->path, where);
    if (!said_members(r->said, r->path, v, where, known))
        return false;
    if (!json_in_text(v, lit("name"), &c->name) || !c->name.len)
        return say(r->said, "%s: %s has no \"name\"; give it that of the data's header", r->path, where);
    if (codebook_column(r->book, c->name) != -1)
        return say(r->said, "%s: the column %.*s stands twice; take one out", r->path, SHOWN(c->name));
    const struct json_value *number = json_in_member(v, lit("number")), *other = json_in_member(v, lit("other"));
    c->number = number && number->kind == JSON_IS_BOOL && number->number;
    if (c->number)
        return !json_in_member(v, lit("codes")) || say(r->said, "%s: column %.*s is a number and has codes; keep one of the two", r->path,
                                                       SHOWN(c->name));
    if (!read_codes(r, json_in_member(v, lit("codes")), c))
        return false;
    c->other = other && other->kind == JSON_IS_TEXT ? codebook_code(c, other->text) : -1;
    return !other || c->other >= 0 || say(r->said, "%s: column %.*s: \"other\" is not one of its codes; add it to them", r->path,
                                          SHOWN(c->name));
}

static bool read_columns(struct reading *r, const struct json_value *list)
{
    if (!list || list->kind != JSON_IS_LIST || !list->count || list->count > COLUMNS_MOST)
        return say(r->said, "%s: \"columns\" must be a list of 1 to %d columns", r->path, COLUMNS_MOST);
    r->book->columns = arena_new(r->arena, struct codebook_column, list->count);
    for (const struct json_value *v = list->first; v; v = v->next) {
        if (!read_column(r, v, r->book->column_count))
            return false;
        r->book->column_count++;
    }
    return true;
}

static bool read_ignored(struct reading *r, const struct json_value *list)
{
    if (!list)
        return true;
    if (list->kind != JSON_IS_LIST)
        return say(r->said, "%s: \"ignored\" must be a list of names of columns", r->path);
    str *names = arena_new(r->arena, str, list->count + 1);
    r->book->ignored = names;
    for (const struct json_value *v = list->first; v; v = v->next) {
        if (v->kind != JSON_IS_TEXT || codebook_column(r->book, v->text) >= 0)
            return say(r->said, "%s: \"ignored\", place %lld, is no name, or that of a column with codes", r->path,
                       (long long)r->book->ignored_count + 1);
        names[r->book->ignored_count++] = v->text;
    }
    return true;
}

static bool read_rule(struct reading *r, const struct json_value *v, ptrdiff_t i)
{
    struct codebook_rule *rule = (struct codebook_rule *)r->book->rules + i;
    if (v->kind != JSON_IS_OBJECT || v->count < 2 || v->count > RULE_PARTS_MOST)
        return say(r->said, "%s: impossible combination %lld must be an object of 2 to %d columns and a code of each", r->path,
                   (long long)i + 1,
                   RULE_PARTS_MOST);
    for (const struct json_value *m = v->first; m; m = m->next) {
        ptrdiff_t column = codebook_column(r->book, m->name);
        bool coded = column >= 0 && m->kind == JSON_IS_TEXT && !r->book->columns[column].number;
        ptrdiff_t code = coded ? codebook_code(&r->book->columns[column], m->text) : -1;
        if (!coded)
            return say(r->said, "%s: impossible combination %lld: \"%.*s\" is no column of codes, or its code is no text in quotes", r->path,
                       (long long)i + 1, SHOWN(m->name));
        if (code < 0)
            return say(r->said, "%s: impossible combination %lld: column %.*s has no code \"%.*s\"; add it, or mend the combination", r->path,
                       (long long)i + 1, SHOWN(m->name), SHOWN(m->text));
        rule->part[rule->len].column = column;
        rule->part[rule->len++].code = (uint16_t)code;
    }
    return true;
}

static bool read_rules(struct reading *r, const struct json_value *list)
{
    if (!list)
        return true;
    if (list->kind != JSON_IS_LIST)
        return say(r->said, "%s: \"impossible\" must be a list of objects", r->path);
    r->book->rules = arena_new(r->arena, struct codebook_rule, list->count + 1);
    for (const struct json_value *v = list->first; v; v = v->next) {
        if (!read_rule(r, v, r->book->rule_count))
            return false;
        r->book->rule_count++;
    }
    return true;
}

static bool read_year(struct reading *r, const struct json_value *top)
{
    str name;
    r->book->year = -1;
    if (!json_in_text(top, lit("year"), &name))
        return say(r->said, "%s: \"year\" must be the name of a column", r->path);
    if (!name.len)
        return true;
    r->book->year = codebook_column(r->book, name);
    return (r->book->year >= 0 && !r->book->columns[r->book->year].number)
        || say(r->said, "%s: \"year\": %.*s is no column with codes", r->path, SHOWN(name));
}

bool codebook_read(struct arena *a, const char *path, str text, struct codebook *out, struct said *said)
{
    static const char *const known[] = { "codebook", "version", "confirmed", "about", "columns", "ignored", "year", "impossible", NULL };
    struct reading r = { a, path, out, said };
    const struct json_value *top;
    struct json_fault fault;
    *out = (struct codebook){ .year = -1 };
    plain_hash(text, out->hash, CODEBOOK_HASH);
    if (json_in_read(a, text, (struct json_limits){ CODEBOOK_BYTES, 6 }, &top) != OK) {
        json_in_explain(text, (struct json_limits){ CODEBOOK_BYTES, 6 }, &fault);
        return say(said, "%s:%d:%d: not JSON: %s", path, fault.line, fault.column, fault.what);
    }
    if (top->kind != JSON_IS_OBJECT)
        return say(said, "%s: a codebook is one JSON object", path);
    if (!said_members(r.said, r.path, top, "the codebook", known))
        return false;
    if (!json_in_text(top, lit("codebook"), &out->name) || !out->name.len || !json_in_text(top, lit("version"), &out->version)
        || !out->version.len)
        return say(said, "%s: \"codebook\" and \"version\" must say which one it is", path);
    if (!json_in_text(top, lit("confirmed"), &out->confirmed) || !str_trim(out->confirmed).len)
        return say(said, "%s: nobody has confirmed it: read it through, and write into \"confirmed\" who did and when", path);
    return read_columns(&r, json_in_member(top, lit("columns"))) && read_ignored(&r, json_in_member(top, lit("ignored")))
        && read_year(&r, top)
           && read_rules(&r, json_in_member(top, lit("impossible")));
}
