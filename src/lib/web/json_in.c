#include "lib/web/json_in.h"
#include <jansson.h>

void json_start(void)
{
    json_object_seed(0);
}

/* Before the parser sees it: how deep the brackets go, strings apart. False when deeper than most. */
static bool shallow(str s, int most)
{
    int depth = 0;
    bool quoted = false;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > most)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

static void copy(struct arena *a, json_t *from, struct json_value *to);

static struct json_value *add(struct arena *a, json_t *from, struct json_value *to, struct json_value *last)
{
    struct json_value *v = arena_new(a, struct json_value, 1);
    copy(a, from, v);
    if (last)
        last->next = v;
    else
        to->first = v;
    to->count++;
    return v;
}

static void copy_inside(struct arena *a, json_t *from, struct json_value *to)
{
    struct json_value *last = NULL;
    size_t i;
    const char *name;
    json_t *inside;
    if (to->kind == JSON_IS_LIST) {
        json_array_foreach(from, i, inside)
            last = add(a, inside, to, last);
        return;
    }
    json_object_foreach(from, name, inside) {
        last = add(a, inside, to, last);
        last->name = str_copy(a, str_of(name));
    }
}

static void copy(struct arena *a, json_t *from, struct json_value *to)
{
    switch (json_typeof(from)) {
    case JSON_NULL:  to->kind = JSON_IS_NULL; break;
    case JSON_TRUE:
    case JSON_FALSE: to->kind = JSON_IS_BOOL; to->number = json_is_true(from); break;
    case JSON_REAL:  to->kind = JSON_IS_REAL; to->real = json_real_value(from); break;
    case JSON_INTEGER:
        to->kind = JSON_IS_INT;
        to->number = json_integer_value(from);
        break;
    case JSON_STRING:
        to->kind = JSON_IS_TEXT;
        to->text = str_copy(a, (str){ json_string_value(from), (ptrdiff_t)json_string_length(from) });
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        to->kind = json_is_array(from) ? JSON_IS_LIST : JSON_IS_OBJECT;
        copy_inside(a, from, to);
        break;
    }
}

/* The library's tree is not in the arena: when the arena runs dry on the way, it must go before the jump goes on. */
static void copy_and_release(struct arena *a, json_t *tree, struct json_value *to)
{
    jmp_buf *outer = a->on_empty, empty;
    if (setjmp(empty)) {
        json_decref(tree);
        a->on_empty = outer;
        must(outer != NULL);
        longjmp(*outer, 1);
    }
    a->on_empty = &empty;
    copy(a, tree, to);
    a->on_empty = outer;
    json_decref(tree);
}

status json_in_read(struct arena *a, str text, struct json_limits limits, const struct json_value **out)
{
    json_error_t error;
    *out = NULL;
    if (!text.len || text.len > limits.bytes || !utf8_valid(text) || !shallow(text, limits.depth))
        return INVALID;
    struct json_value *v = arena_new(a, struct json_value, 1);
    json_t *tree = json_loadb(text.at, (size_t)text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree)
        return INVALID;
    copy_and_release(a, tree, v);
    *out = v;
    return OK;
}

void json_in_explain(str text, struct json_limits limits, struct json_fault *out)
{
    json_error_t error = { .line = 1, .column = 1 };
    const char *ours = !text.len                         ? "the text is empty"
                       : text.len > limits.bytes         ? "the text is too long"
                       : !utf8_valid(text)               ? "the text is not UTF-8"
                       : !shallow(text, limits.depth)    ? "brackets stand too deep inside brackets"
                                                         : NULL;
    json_t *tree = ours ? NULL : json_loadb(text.at, (size_t)text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (tree)
        json_decref(tree);
    out->line = error.line > 0 ? error.line : 1;
    out->column = error.column > 0 ? error.column : 1;
    snprintf(out->what, sizeof out->what, "%s", ours ? ours : error.text);
}

const struct json_value *json_in_member(const struct json_value *v, str name)
{
    if (!v || v->kind != JSON_IS_OBJECT)
        return NULL;
    for (const struct json_value *m = v->first; m; m = m->next)
        if (str_equal(m->name, name))
            return m;
    return NULL;
}

bool json_in_text(const struct json_value *v, str name, str *out)
{
    const struct json_value *m = json_in_member(v, name);
    *out = m && m->kind == JSON_IS_TEXT ? m->text : (str){ 0 };
    return !m || m->kind == JSON_IS_TEXT || m->kind == JSON_IS_NULL;
}
