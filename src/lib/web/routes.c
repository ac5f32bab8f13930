#include "lib/web/web.h"

static int compare(const struct route *a, const struct route *b)
{
    int d = strcmp(a->path, b->path);
    if (!d)
        d = (int)a->side - (int)b->side;
    return d ? d : (int)a->method - (int)b->method;
}

/* How many routes stand before t: its place in the sorted list. Equal ones keep the order of the tables. */
static ptrdiff_t place_of(const struct routes *sets, ptrdiff_t n, const struct route *t)
{
    ptrdiff_t before = 0;
    bool passed = false;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t k = 0; k < sets[i].len; k++) {
            const struct route *other = &sets[i].at[k];
            int d = compare(other, t);
            passed |= other == t;
            before += d < 0 || (d == 0 && !passed);
        }
    return before;
}

static void print_route(const struct route *t, const char *(*permission_name)(permission), struct out *o)
{
    static const char *const methods[] = { "GET", "POST", "HEAD", "OTHER" };
    static const char *const sides[] = { "public", "staff" };
    static const char *const bodies[] = { "nothing", "form", "json" };
    const char *const words[] = { methods[t->method], sides[t->side], t->path, permission_name(t->needs) };
    for (ptrdiff_t i = 0; i < countof(words); i++) {
        out_str(o, str_of(words[i]));
        out_char(o, '\t');
    }
    out_str(o, str_of(bodies[t->accepts]));
    out_char(o, '\n');
}

void web_print_routes(const struct routes *sets, ptrdiff_t n, const char *(*permission_name)(permission), struct out *o)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        count += sets[i].len;
    const struct route **sorted = arena_new(o->arena, const struct route *, count);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t k = 0; k < sets[i].len; k++)
            sorted[place_of(sets, n, &sets[i].at[k])] = &sets[i].at[k];
    for (ptrdiff_t i = 0; i < count; i++)
        print_route(sorted[i], permission_name, o);
}
