#include "lib/web/api.h"

const char *const api_id_pattern = "^[0-9a-f]{32}$", *const api_day_pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/* ---- what is asked ---- */

static bool is_word(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-'))
            return false;
    }
    return s.len >= 1 && s.len <= 64;
}

static bool is_hex(str s, int64_t digits)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'f')))
            return false;
    return s.len == digits;
}

static bool is_choice(const char *const *choices, str s)
{
    for (; *choices; choices++)
        if (str_equal(s, str_of(*choices)))
            return true;
    return false;
}

static const char *fault_of(const struct api_query *q, str value)
{
    int64_t n;
    switch (q->kind) {
    case API_NUMBER: return str_to_int(value, &n) && n >= q->least && n <= q->most ? NULL : " is not a whole number in its bounds";
    case API_CHOICE: return is_choice(q->choices, value) ? NULL : " is not one of its choices";
    case API_WORD:   return is_word(value) ? NULL : " is not a code";
    case API_HEX:    return is_hex(value, q->most) ? NULL : " is not one that an answer gave";
    }
    return NULL;
}

bool api_query_fits(const struct request *r, struct response *w, const struct api_query *query, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < r->query.len; i++) {
        const struct field *f = &r->query.at[i];
        ptrdiff_t k = 0;
        while (k < n && !str_equal(f->name, str_of(query[k].name)))
            k++;
        const char *fault = k < n ? fault_of(&query[k], f->value) : " is not a parameter of this address";
        if (!fault)
            continue;
        (void)web_problem(w, 422, str_join(r->arena, f->name, str_of(fault)), f->name);
        return false;
    }
    return true;
}

int64_t api_query_number(const struct request *r, const char *name, int64_t otherwise)
{
    int64_t n;
    return str_to_int(query_text(r, str_of(name)), &n) ? n : otherwise;
}

/* ---- how it is described ---- */

void json_member(struct json *j, const char *key, str value)
{
    json_key(j, str_of(key));
    json_str(j, value);
}

void json_member_int(struct json *j, const char *key, int64_t n)
{
    json_key(j, str_of(key));
    json_int(j, n);
}

void json_member_bool(struct json *j, const char *key, bool b)
{
    json_key(j, str_of(key));
    json_bool(j, b);
}

void schema_member(struct json *j, const char *key, const char *type, const char *about, const char *pattern)
{
    json_key(j, str_of(key));
    json_open(j, '{');
    json_member(j, "type", str_of(type));
    if (*about)
        json_member(j, "description", str_of(about));
    if (*pattern)
        json_member(j, "pattern", str_of(pattern));
    json_close(j, '}');
}

void schema_object(struct json *j, const char *required)
{
    str words = str_of(required), word;
    json_open(j, '{');
    json_member(j, "type", lit("object"));
    json_member_bool(j, "additionalProperties", false);
    if (words.len) {
        json_key(j, lit("required"));
        json_open(j, '[');
        while (str_split(&words, ' ', &word))
            json_str(j, word);
        json_close(j, ']');
    }
    json_key(j, lit("properties"));
    json_open(j, '{');
}

void schema_object_end(struct json *j)
{
    json_close(j, '}');
    json_close(j, '}');
}

void schema_list(struct json *j, const char *key, int64_t most)
{
    json_key(j, str_of(key));
    json_open(j, '{');
    json_member(j, "type", lit("array"));
    json_member_int(j, "maxItems", most);
    json_key(j, lit("items"));
}

void schema_next(struct json *j)
{
    json_key(j, lit("next"));
    json_open(j, '{');
    json_key(j, lit("type"));
    json_open(j, '[');
    json_str(j, lit("string"));
    json_str(j, lit("null"));
    json_close(j, ']');
    json_member(j, "description", lit("Where the next page begins, at this address; null on the last."));
    json_close(j, '}');
}

/* What fits is letters, digits, '_', '.' and '-': nothing of it needs an escape. */
void api_next(struct json *j, const struct request *r, str after)
{
    struct out o = { .arena = r->arena };
    json_key(j, lit("next"));
    if (!after.len) {
        json_nothing(j);
        return;
    }
    out_str(&o, r->path);
    out_char(&o, '?');
    for (ptrdiff_t i = 0; i < r->query.len; i++) {
        if (str_equal(r->query.at[i].name, lit("after")))
            continue;
        out_str(&o, r->query.at[i].name);
        out_char(&o, '=');
        out_str(&o, r->query.at[i].value);
        out_char(&o, '&');
    }
    out_str(&o, lit("after="));
    out_str(&o, after);
    json_str(j, out_view(&o));
}

static void query_schema(const struct request *r, const struct api_query *q, struct json *j)
{
    json_open(j, '{');
    json_member(j, "type", q->kind == API_NUMBER ? lit("integer") : lit("string"));
    if (q->kind == API_NUMBER) {
        json_member_int(j, "minimum", q->least);
        json_member_int(j, "maximum", q->most);
    } else if (q->kind == API_CHOICE) {
        json_key(j, lit("enum"));
        json_open(j, '[');
        for (const char *const *c = q->choices; *c; c++)
            json_str(j, str_of(*c));
        json_close(j, ']');
    } else if (q->kind == API_WORD) {
        json_member(j, "pattern", lit("^[A-Za-z0-9_.-]{1,64}$"));
    } else {
        json_member(j, "pattern", str_join(r->arena, str_join(r->arena, lit("^[0-9a-f]{"), int_text(r->arena, q->most)), lit("}$")));
    }
    json_close(j, '}');
}

static void parameter_head(struct json *j, const char *name, const char *in, bool required, const char *about)
{
    json_open(j, '{');
    json_member(j, "name", str_of(name));
    json_member(j, "in", str_of(in));
    json_member_bool(j, "required", required);
    json_member(j, "description", str_of(about));
    json_key(j, lit("schema"));
}

static void text_schema(struct json *j, const char *word, const char *value)
{
    json_open(j, '{');
    json_member(j, "type", lit("string"));
    json_member(j, word, str_of(value));
    json_close(j, '}');
}

static void parameters(const struct request *r, const struct api_operation *o, struct json *j)
{
    json_key(j, lit("parameters"));
    json_open(j, '[');
    if (strstr(o->path, ":id")) {
        parameter_head(j, "id", "path", true, "As the list gave it.");
        text_schema(j, "pattern", api_id_pattern);
        json_close(j, '}');
    }
    if (o->method == POST) {
        parameter_head(j, "Idempotency-Key", "header", true,
                       "A UUID made for this submission and kept until there is an answer: the same key and body is one submission.");
        text_schema(j, "format", "uuid");
        json_close(j, '}');
    }
    for (ptrdiff_t i = 0; i < o->query_count; i++) {
        parameter_head(j, o->query[i].name, "query", false, o->query[i].about);
        query_schema(r, &o->query[i], j);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void content(const struct request *r, api_schema *schema, struct json *j)
{
    json_key(j, lit("content"));
    json_open(j, '{');
    json_key(j, lit("application/json"));
    json_open(j, '{');
    json_key(j, lit("schema"));
    schema(r, j);
    json_close(j, '}');
    json_close(j, '}');
}

/* Which refusals there may be. 404 of a row in the table: what :id names is not there, or the key has another scope. */
static void refusals(const struct api_operation *o, struct json *j)
{
    static const struct {
        const char *status;
        bool get, post, staff_alone;
    } rows[] = {
        { "400", true, true, false },  { "401", true, true, false },  { "404", true, true, false },  { "411", false, true, false },
        { "413", false, true, false }, { "414", true, true, false },  { "415", false, true, false }, { "422", true, true, false },
        { "423", true, true, true },   { "429", true, false, false }, { "431", true, true, false },  { "503", true, true, false },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++) {
        if (!(o->method == POST ? rows[i].post : rows[i].get) || (rows[i].staff_alone && o->side != STAFF_SIDE))
            continue;
        json_key(j, str_of(rows[i].status));
        json_open(j, '{');
        json_member(j, "$ref", lit("#/components/responses/problem"));
        json_close(j, '}');
    }
}

static void security(const struct api_operation *o, struct json *j)
{
    json_key(j, lit("security"));
    json_open(j, '[');
    if (!o->scope) {
        json_open(j, '{');
        json_close(j, '}');
    }
    json_open(j, '{');
    json_key(j, lit("key"));
    json_open(j, '[');
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, ']');
}

void api_operation_json(const struct request *r, const struct api_operation *o, struct json *j)
{
    char code[16];
    snprintf(code, sizeof code, "%d", o->status);
    json_key(j, o->method == POST ? lit("post") : lit("get"));
    json_open(j, '{');
    json_member(j, "operationId", str_of(o->name));
    json_member(j, "summary", str_of(o->about));
    json_member(j, "description", !o->scope     ? lit("No key is needed.")
                                  : *o->scope   ? str_join(r->arena, lit("The key must be made for: "), str_of(o->scope))
                                                : lit("Any key will do."));
    security(o, j);
    parameters(r, o, j);
    if (o->body) {
        json_key(j, lit("requestBody"));
        json_open(j, '{');
        json_member_bool(j, "required", true);
        content(r, o->body, j);
        json_close(j, '}');
    }
    json_key(j, lit("responses"));
    json_open(j, '{');
    json_key(j, str_of(code));
    json_open(j, '{');
    json_member(j, "description", o->status == 201 ? lit("Taken") : lit("Here it is"));
    content(r, o->answer, j);
    json_close(j, '}');
    refusals(o, j);
    json_close(j, '}');
    json_close(j, '}');
}

str api_path(struct arena *a, const char *route_path)
{
    struct out o = { .arena = a };
    for (const char *p = route_path; *p; p++) {
        bool named = *p == ':';
        out_char(&o, named ? '{' : *p);
        while (named && p[1] && p[1] != '/')
            out_char(&o, *++p);
        if (named)
            out_char(&o, '}');
    }
    return out_view(&o);
}
