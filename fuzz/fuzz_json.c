/* JSON of a stranger: whatever comes, one tree within the limits or INVALID; what is read can be written again. */
#include "fuzz.h"
#include "lib/web/html.h"
#include "lib/web/json_in.h"

enum { DEPTH = 16 };

static void write_again(struct json *j, const struct json_value *v, int depth)
{
    must(depth <= DEPTH + 1);
    ptrdiff_t inside = 0;
    switch (v->kind) {
    case JSON_IS_NULL: json_nothing(j); return;
    case JSON_IS_BOOL: json_bool(j, v->number); return;
    case JSON_IS_REAL: json_int(j, 0); return;
    case JSON_IS_INT:  json_int(j, v->number); return;
    case JSON_IS_TEXT: must(utf8_valid(v->text)); json_str(j, v->text); return;
    case JSON_IS_LIST:
    case JSON_IS_OBJECT: break;
    }
    json_open(j, v->kind == JSON_IS_LIST ? '[' : '{');
    for (const struct json_value *m = v->first; m; m = m->next, inside++) {
        if (v->kind == JSON_IS_OBJECT) {
            json_key(j, m->name);
            must(json_in_member(v, m->name) == m);
        }
        write_again(j, m, depth + 1);
    }
    must(inside == v->count);
    json_close(j, v->kind == JSON_IS_LIST ? ']' : '}');
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    static struct arena whole;
    struct arena a = fuzz_arena(&whole);
    jmp_buf empty;
    if (setjmp(empty))
        return 0;
    a.on_empty = &empty;
    const struct json_value *v, *again;
    if (json_in_read(&a, (str){ (const char *)at, (ptrdiff_t)n }, (struct json_limits){ 1 << 16, DEPTH }, &v) != OK) {
        must(!v);
        return 0;
    }
    struct out o = { .arena = &a };
    struct json j = { .o = &o };
    write_again(&j, v, 1);
    must(json_in_read(&a, out_view(&o), (struct json_limits){ 1 << 20, DEPTH }, &again) == OK);
    must(again->kind == (v->kind == JSON_IS_REAL ? JSON_IS_INT : v->kind) && again->count == v->count);
    return 0;
}
