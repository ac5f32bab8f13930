#include "staff/directory/directory_web.h"
#include "common/services.h"
#include "directory/office/office.h"
#include "staff/role/role.h"

static handler of_country, of_house;

/* clang-format off */
static const struct route table[] = {
    { PUBLIC_SIDE, GET, "/api/v1/offices", ANYONE,        NOTHING, of_country },
    { STAFF_SIDE,  GET, "/api/v1/offices", API_DIRECTORY, NOTHING, of_house   },
};
/* clang-format on */
const struct routes directory_api_routes = { table, countof(table) };

enum { OFFICES_PAGE = 100 };
static const struct api_query query[] = {
    { "state", "Only offices in this state, by its code.", API_WORD, 0, 0, NULL },
    { "limit", "How many at most; 100 when absent.", API_NUMBER, 1, OFFICES_PAGE, NULL },
    { "after", "From the member next of the page before.", API_WORD, 0, 0, NULL },
};

static void office_json(struct json *j, const struct office *o)
{
    json_open(j, '{');
    json_member(j, "code", o->code);
    json_member(j, "name", o->name);
    json_member(j, "city", o->city);
    json_member(j, "state", o->state);
    json_member(j, "kind", o->kind);
    json_close(j, '}');
}

/* The least code beyond after, of that state (empty: of any). */
static const struct office *first_after(const struct office *at, ptrdiff_t n, str state, str after)
{
    const struct office *one = NULL;
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_compare(at[i].code, after) > 0 && (!state.len || str_equal(state, at[i].state)) && (!one || str_compare(at[i].code, one->code) < 0))
            one = &at[i];
    return one;
}

/* In order of their codes, which are unique: the cursor is the last code shown. */
static status answer(struct request *r, struct response *w, const struct office *at, ptrdiff_t n)
{
    str state = query_text(r, lit("state")), after = query_text(r, lit("after")), next = { 0 };
    int64_t left = api_query_number(r, "limit", OFFICES_PAGE);
    struct json j = { .o = &w->body };
    json_open(&j, '{');
    json_key(&j, lit("offices"));
    json_open(&j, '[');
    for (const struct office *one; (one = first_after(at, n, state, after)) != NULL; after = one->code) {
        if (!left--) {
            next = after;
            break;
        }
        office_json(&j, one);
    }
    json_close(&j, ']');
    api_next(&j, r, next);
    json_close(&j, '}');
    w->type = lit("application/json");
    return OK;
}

static status of_country(struct request *r, struct response *w)
{
    if (!api_query_fits(r, w, query, countof(query)))
        return OK;
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("offices"), day_of(r->now));
    struct office *at = arena_new(r->arena, struct office, rows.len + 1);
    for (ptrdiff_t i = 0; i < rows.len; i++)
        at[i] = (struct office){ .code = rows.at[i]->key, .name = pack_cell(rows.at[i], OFFICE_NAME), .city = pack_cell(rows.at[i], OFFICE_CITY),
                                 .state = pack_cell(rows.at[i], OFFICE_STATE), .kind = pack_cell(rows.at[i], OFFICE_KIND) };
    return answer(r, w, at, rows.len);
}

static status of_house(struct request *r, struct response *w)
{
    struct offices list;
    if (!api_query_fits(r, w, query, countof(query)))
        return OK;
    status s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &list);
    return s == OK ? answer(r, w, list.at, list.len) : s;
}

static void schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "offices next");
    schema_list(j, "offices", OFFICES_PAGE);
    schema_object(j, "code name city state kind");
    schema_member(j, "code", "string", "", "");
    schema_member(j, "name", "string", "", "");
    schema_member(j, "city", "string", "", "");
    schema_member(j, "state", "string", "The state's code; empty outside of states.", "");
    schema_member(j, "kind", "string", "hq, field, center and the like: a code of the country's data.", "");
    schema_object_end(j);
    json_close(j, '}');
    schema_next(j);
    schema_object_end(j);
}

static const struct api_operation operations[] = {
    { PUBLIC_SIDE, GET, "/api/v1/offices", "listOffices", "Offices that the country's data names", NULL, query, countof(query), NULL, schema, 200 },
    { STAFF_SIDE, GET, "/api/v1/offices", "listOffices", "Offices of this house", "directory", query, countof(query), NULL, schema, 200 },
};
const struct api_operations directory_operations = { operations, countof(operations) };
