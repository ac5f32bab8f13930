#include "common/kind/kind.h"

const struct kind *kind_find(str code)
{
    for (ptrdiff_t i = 0; i < kind_count; i++)
        if (str_equal(kinds[i].code, code))
            return &kinds[i];
    return NULL;
}

const struct kind_field *kind_field_find(const struct kind *k, str name)
{
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        if (str_equal(k->fields[i].name, name))
            return &k->fields[i];
    return NULL;
}

bool list_has(str list, str s)
{
    for (str piece; str_split(&list, ';', &piece);)
        if (str_equal(piece, s))
            return true;
    return false;
}

bool kind_counts_in(const struct kind *k, str measure)
{
    return list_has(k->measures, measure);
}

bool kind_field_is_clear(const struct kind *k, const struct kind_field *f)
{
    return !f->sealed && (k->compartment == CASE || k->compartment == EVIDENCE);
}

str choice_label(struct arena *a, str code)
{
    char *p = arena_new(a, char, code.len + 1);
    for (ptrdiff_t i = 0; i < code.len; i++)
        p[i] = code.at[i] == '_' ? ' ' : code.at[i];
    if (code.len && p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 'a' + 'A');
    return (str){ p, code.len };
}
