#include "lib/base/base.h"

/* Days from civil and back: H. Hinnant, chrono-compatible low-level date algorithms. */
static int64_t days_from(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t day_of(int64_t unix_seconds)
{
    int64_t d = unix_seconds / 86400;
    return d - (unix_seconds % 86400 < 0);
}

struct civil civil_from(int64_t unix_seconds)
{
    int64_t day = day_of(unix_seconds), rest = unix_seconds - day * 86400, z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t mp = (5 * of_year + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct civil){ (int)(year + era * 400 + (month <= 2)), month, (int)(of_year - (153 * mp + 2) / 5 + 1),
                           (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60) };
}

int64_t civil_to(struct civil c)
{
    return days_from(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
}

str day_text(struct arena *a, int64_t day)
{
    struct civil c = civil_from(day * 86400);
    char b[40];
    return str_copy(a, (str){ b, snprintf(b, sizeof b, "%04d-%02d-%02d", c.year, c.month, c.day) });
}

bool day_read(str s, int64_t *out)
{
    int64_t y, m, d;
    if (s.len != 10 || s.at[4] != '-' || s.at[7] != '-' || !str_to_int(str_part(s, 0, 4), &y)
        || !str_to_int(str_part(s, 5, 7), &m) || !str_to_int(str_part(s, 8, 10), &d) || s.at[0] == '-'
        || m < 1 || m > 12 || d < 1)
        return false;
    int64_t day = days_from(y, (int)m, (int)d);
    struct civil back = civil_from(day * 86400);
    if (back.month != m || back.day != d)
        return false;
    *out = day;
    return true;
}

str time_text(struct arena *a, int64_t unix_seconds)
{
    struct civil c = civil_from(unix_seconds);
    char b[64];
    return str_copy(a, (str){ b, snprintf(b, sizeof b, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
                                          c.minute, c.second) });
}
