#include "staff/page/page.h"

/* Begins with a dot nowhere else: no form of ours has a field of such a name. */
static const str before = LIT("kept.");

static str typed(const struct request *r, str name)
{
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        if (str_equal(r->form.at[i].name, name))
            return r->form.at[i].value;
    return (str){ 0 };
}

static void add(struct kept *k, str name, str value)
{
    k->fields.at[k->fields.len++] = (struct kept_field){ name, value };
}

struct kept kept_of(const struct request *r)
{
    struct kept k = { .path = r->path };
    k.fields.at = arena_new(r->arena, struct kept_field, r->kept.len);
    for (ptrdiff_t i = 0; i < r->kept.len; i++) {
        str name = r->kept.at[i].name;
        if (str_equal(name, lit("_token")))
            k.token = r->kept.at[i].value;
        else
            add(&k, name, r->kept.at[i].value);
    }
    return k;
}

struct kept kept_read(const struct request *r)
{
    struct kept k = { .path = typed(r, lit("kept.path")), .token = typed(r, lit("kept.token")) };
    if (!r->caller.signed_in || !k.path.len || !str_equal(k.token, form_token(r, k.path)))
        return (struct kept){ 0 };
    k.fields.at = arena_new(r->arena, struct kept_field, r->form.len);
    for (ptrdiff_t i = 0; i < r->form.len; i++) {
        str name = r->form.at[i].name;
        if (str_starts(name, before) && !str_equal(name, lit("kept.path")) && !str_equal(name, lit("kept.token")))
            add(&k, str_part(name, before.len, name.len), r->form.at[i].value);
    }
    return k;
}
