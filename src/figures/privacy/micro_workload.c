/* The declared workload: which sets of three columns somebody will ask for, as it was written. */
#include "figures/privacy/micro.h"
#include "lib/web/json_in.h"

struct reading {
    const char *path;
    const struct codebook *book;
    struct micro_workload *out;
    struct said *said;
};

/* In the order of the codebook, so that the same columns are the same set. */
static bool read_set(struct reading *r, const struct json_value *v)
{
    int *set = r->out->set[r->out->sets], number = r->out->sets + 1;
    if (v->kind != JSON_IS_LIST || v->count != MICRO_SET)
        return say(r->said, "%s: set %d is no list of %d columns", r->path, number, MICRO_SET);
    int n = 0;
    for (const struct json_value *c = v->first; c; c = c->next, n++) {
        ptrdiff_t column = c->kind == JSON_IS_TEXT ? codebook_column(r->book, c->text) : -1;
        if (column < 0)
            return say(r->said, "%s: set %d: \"%.*s\" is no column of the codebook", r->path, number, SHOWN(c->text));
        int at = n;
        for (; at > 0 && set[at - 1] >= column; at--) {
            if (set[at - 1] == column)
                return say(r->said, "%s: set %d names the column %.*s twice", r->path, number, SHOWN(c->text));
            set[at] = set[at - 1];
        }
        set[at] = (int)column;
    }
    for (int i = 0; i < r->out->sets; i++)
        if (!memcmp(r->out->set[i], set, sizeof r->out->set[i]))
            return say(r->said, "%s: sets %d and %d are the same", r->path, i + 1, number);
    r->out->sets++;
    return true;
}

bool micro_workload(struct arena *a, const char *path, str text, const struct codebook *book, struct micro_workload *out,
                    struct said *said)
{
    static const char *const known[] = { "sets", "about", NULL };
    static const struct json_limits limits = { MICRO_WORKLOAD_BYTES, 4 };
    struct reading r = { path, book, out, said };
    const struct json_value *top;
    struct json_fault fault;
    *out = (struct micro_workload){ .sets = 0 };
    if (json_in_read(a, text, limits, &top) != OK) {
        json_in_explain(text, limits, &fault);
        return say(said, "%s:%d:%d: not JSON: %s", path, fault.line, fault.column, fault.what);
    }
    if (top->kind != JSON_IS_OBJECT || !said_members(said, path, top, "the workload", known))
        return say(said, "%s: a workload is one JSON object", path);
    const struct json_value *list = json_in_member(top, lit("sets"));
    if (!list || list->kind != JSON_IS_LIST || !list->count || list->count > MICRO_SETS_MOST)
        return say(said, "%s: \"sets\" must be a list of 1 to %d lists of %d columns", path, MICRO_SETS_MOST, MICRO_SET);
    for (const struct json_value *v = list->first; v; v = v->next)
        if (!read_set(&r, v))
            return false;
    return true;
}
