#include "common/pack/pack_type.h"

static bool all_code(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'
              || c == '*'))
            return false;
    }
    return true;
}

static bool is_decimal(str s)
{
    int64_t n;
    ptrdiff_t point = str_find(s, '.');
    if (point < 0)
        return str_to_int(s, &n);
    str after = str_part(s, point + 1, s.len);
    return str_to_int(str_part(s, 0, point), &n) && after.len && after.at[0] != '-' && str_to_int(after, &n);
}

static bool is_day(str s)
{
    int64_t day;
    return day_read(s, &day);
}

static bool is_whole(str s)
{
    int64_t n;
    return str_to_int(s, &n);
}

static bool is_bool(str s)
{
    return str_equal(s, lit("yes")) || str_equal(s, lit("no"));
}

static const struct pack_type types[] = {
    { LIT("code"), all_code, "is not a code", "use letters, digits and _ . - * only" },
    { LIT("bool"), is_bool, "is not yes or no", "write yes or no" },
    { LIT("int"), is_whole, "is not a whole number", "write digits only" },
    { LIT("decimal"), is_decimal, "is not a number", "write digits with one point" },
    { LIT("date"), is_day, "is not a date", "write it as YYYY-MM-DD" },
};

const struct pack_type *pack_type_find(str type)
{
    for (ptrdiff_t i = 0; i < countof(types); i++)
        if (str_equal(types[i].type, type))
            return &types[i];
    return NULL;
}
