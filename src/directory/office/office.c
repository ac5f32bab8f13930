#include "directory/office/office.h"

enum { CODE_LEAST = 2, CODE_MOST = 32, POSTAL_ZONE = 3 };
/* Columns of jurisdictions.csv. */
enum { AREA_ID, AREA_OFFICE, AREA_LEVEL, AREA_COUNTRY, AREA_STATE, AREA_CODE, AREA_NAME, AREA_FROM, AREA_TO, AREA_PRIORITY, AREA_DISPUTED };

bool office_code_fits(str code)
{
    if (code.len < CODE_LEAST || code.len > CODE_MOST)
        return false;
    for (ptrdiff_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static bool area_holds(const struct pack_row *row, const struct place *p)
{
    str level = pack_cell(row, AREA_LEVEL), code = pack_cell(row, AREA_CODE), country = pack_cell(row, AREA_COUNTRY);
    if (country.len && p->country.len && !str_equal(country, p->country))
        return false;
    if (str_equal(level, lit("postal"))) {
        str zone = str_part(p->postal, 0, POSTAL_ZONE);
        return zone.len == POSTAL_ZONE && str_compare(zone, pack_cell(row, AREA_FROM)) >= 0 && str_compare(zone, pack_cell(row, AREA_TO)) <= 0;
    }
    if (str_equal(level, lit("county")))
        return p->county.len && str_equal(code, p->county);
    if (str_equal(level, lit("state")))
        return p->state.len && str_equal(code, p->state);
    return str_equal(level, lit("country")) && p->country.len && (str_equal(code, p->country) || str_equal(code, lit("*")));
}

static bool same_letters(str a, str b)
{
    for (ptrdiff_t i = 0; a.len == b.len && i < a.len; i++) {
        char x = a.at[i], y = b.at[i];
        if ((x >= 'A' && x <= 'Z' ? x + 32 : x) != (y >= 'A' && y <= 'Z' ? y + 32 : y))
            return false;
    }
    return a.len == b.len;
}

str office_state(const struct pack *p, struct arena *a, str words, int64_t day)
{
    enum { STATE_CODE, STATE_LABEL }; /* columns of states.csv */
    struct pack_rows rows = pack_list(p, a, lit("states"), day);
    for (ptrdiff_t i = 0; words.len && i < rows.len; i++)
        if (same_letters(pack_cell(rows.at[i], STATE_CODE), words) || same_letters(pack_cell(rows.at[i], STATE_LABEL), words))
            return pack_cell(rows.at[i], STATE_CODE);
    return words;
}

str office_county(const struct pack *p, struct arena *a, str state, str words, int64_t day)
{
    struct pack_rows rows = pack_list(p, a, lit("jurisdictions"), day);
    for (ptrdiff_t i = 0; words.len && i < rows.len; i++) {
        const struct pack_row *row = rows.at[i];
        str name = pack_cell(row, AREA_NAME), code = pack_cell(row, AREA_CODE);
        if (!str_equal(pack_cell(row, AREA_LEVEL), lit("county")) || (state.len && !str_equal(pack_cell(row, AREA_STATE), state)))
            continue;
        if (str_equal(code, words) || same_letters(name, words) || same_letters(name, str_join(a, words, lit(" County"))))
            return code;
    }
    return (str){ 0 };
}

bool office_of_place(const struct pack *p, struct arena *a, const struct place *place, int64_t day, struct area_answer *out)
{
    struct pack_rows rows = pack_list(p, a, lit("jurisdictions"), day);
    int64_t best = INT64_MAX;
    *out = (struct area_answer){ 0 };
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        /* "*" is any country that no other row of that priority names. */
        int64_t priority = 2 * pack_cell_int(rows.at[i], AREA_PRIORITY, INT32_MAX) + str_equal(pack_cell(rows.at[i], AREA_CODE), lit("*"));
        if (priority >= best || !area_holds(rows.at[i], place))
            continue;
        best = priority;
        *out = (struct area_answer){ rows.at[i], pack_cell(rows.at[i], AREA_OFFICE), pack_cell_yes(rows.at[i], AREA_DISPUTED),
                                     pack_cell(rows.at[i], AREA_NAME) };
    }
    return out->row != NULL;
}
