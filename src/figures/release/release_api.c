#include "figures/release/release_web.h"
#include "figures/release/release.h"
#include "lib/base/csv.h"
#include "staff/role/role.h"

static handler show;

/* clang-format off */
static const struct route table[] = {
    { PUBLIC_SIDE, GET, "/api/v1/figures", ANYONE,      NOTHING, show },
    { STAFF_SIDE,  GET, "/api/v1/figures", API_FIGURES, NOTHING, show },
};
/* clang-format on */
const struct routes figure_api_routes = { table, countof(table) };

enum { FIGURES_PAGE = 200, FIGURES_PAGE_MOST = 1000, CURSOR_DIGITS = 8 };
static const struct api_query query[] = {
    { "measure", "Only this measure.", API_WORD, 0, 0, NULL },
    { "office", "Only this office, by its code.", API_WORD, 0, 0, NULL },
    { "fiscal_year", "Only this fiscal year.", API_WORD, 0, 0, NULL },
    { "limit", "How many at most; 200 when absent.", API_NUMBER, 1, FIGURES_PAGE_MOST, NULL },
    { "after", "From the member next of the page before.", API_HEX, 0, CURSOR_DIGITS, NULL },
};

/* The columns of the file that was made when it was published (release_csv). */
enum { COLUMN_MEASURE, COLUMN_OFFICE, COLUMN_YEAR, COLUMN_VALUE, COLUMN_CLASS, COLUMNS };

static bool fits(const struct request *r, const char *name, str value)
{
    str wanted = query_text(r, str_of(name));
    return !wanted.len || str_equal(wanted, value);
}

static void row_json(struct json *j, const struct csv_row *row)
{
    json_open(j, '{');
    json_member(j, "measure", row->cells[COLUMN_MEASURE]);
    json_member(j, "office", row->cells[COLUMN_OFFICE]);
    json_member(j, "fiscal_year", row->cells[COLUMN_YEAR]);
    json_member(j, "value", row->cells[COLUMN_VALUE]);
    json_member(j, "class", row->cells[COLUMN_CLASS]);
    json_close(j, '}');
}

/* A cursor is the number of the last row shown, in hex. */
static str cursor_of(struct arena *a, ptrdiff_t row)
{
    struct out o = { .arena = a };
    uint8_t bytes[] = { (uint8_t)(row >> 24), (uint8_t)(row >> 16), (uint8_t)(row >> 8), (uint8_t)row };
    out_hex(&o, bytes, sizeof bytes);
    return out_view(&o);
}

static ptrdiff_t row_after(const struct request *r)
{
    uint8_t bytes[4];
    if (!hex_read(query_text(r, lit("after")), bytes, sizeof bytes))
        return 1; /* behind the header */
    uint32_t row = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return (ptrdiff_t)row + 1;
}

static status show(struct request *r, struct response *w)
{
    struct csv c = { 0 };
    struct json j = { .o = &w->body };
    str bytes, next = { 0 };
    if (!api_query_fits(r, w, query, countof(query)))
        return OK;
    status s = release_bytes(r->db, r->arena, lit("csv"), &bytes);
    if (s == OK)
        s = csv_read(r->arena, bytes, &c) == OK ? OK : FAULT;
    if (s != OK && s != NOT_FOUND)
        return s;
    int64_t left = api_query_number(r, "limit", FIGURES_PAGE);
    json_open(&j, '{');
    json_key(&j, lit("figures"));
    json_open(&j, '[');
    for (ptrdiff_t i = row_after(r), last = 0; i < c.len && c.at[i].len == COLUMNS; i++) {
        const str *cells = c.at[i].cells;
        if (!fits(r, "measure", cells[COLUMN_MEASURE]) || !fits(r, "office", cells[COLUMN_OFFICE]) || !fits(r, "fiscal_year", cells[COLUMN_YEAR]))
            continue;
        if (!left--) {
            next = cursor_of(r->arena, last);
            break;
        }
        row_json(&j, &c.at[i]);
        last = i;
    }
    json_close(&j, ']');
    api_next(&j, r, next);
    json_close(&j, '}');
    w->type = lit("application/json");
    return OK;
}

static void schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "figures next");
    schema_list(j, "figures", FIGURES_PAGE_MOST);
    schema_object(j, "measure office fiscal_year value class");
    schema_member(j, "measure", "string", "Its code; /figures says what it counts.", "");
    schema_member(j, "office", "string", "Its code; empty: the whole country.", "");
    schema_member(j, "fiscal_year", "string", "", "");
    schema_member(j, "value", "string", "A decimal number as it was published.", "^-?[0-9]+([.][0-9]+)?$");
    schema_member(j, "class", "string", "exact, rounded, noise or published: how far the number may be trusted.", "");
    schema_object_end(j);
    json_close(j, '}');
    schema_next(j);
    schema_object_end(j);
}

static const struct api_operation operations[] = {
    { PUBLIC_SIDE, GET, "/api/v1/figures", "listFigures", "Published figures", NULL, query, countof(query), NULL, schema, 200 },
    { STAFF_SIDE, GET, "/api/v1/figures", "listFigures", "Published figures", "figures", query, countof(query), NULL, schema, 200 },
};
const struct api_operations figure_operations = { operations, countof(operations) };
