#include "app/openapi.h"
#include "casework/room/room_web.h"
#include "common/house/house.h"
#include "common/services.h"
#include "figures/release/release_web.h"
#include "intake/tip/tip_web.h"
#include "staff/directory/directory_web.h"

static handler show;

/* clang-format off */
static const struct route table[] = {
    { PUBLIC_SIDE, GET, "/api/v1/openapi.json", ANYONE,    NOTHING, show },
    { STAFF_SIDE,  GET, "/api/v1/openapi.json", SIGNED_IN, NOTHING, show },
};
/* clang-format on */
const struct routes openapi_routes = { table, countof(table) };

static void own_schema(const struct request *r, struct json *j)
{
    (void)r;
    json_open(j, '{');
    json_member(j, "type", lit("object"));
    json_close(j, '}');
}

static const struct api_operation own[] = {
    { PUBLIC_SIDE, GET, "/api/v1/openapi.json", "describe", "This description", NULL, NULL, 0, NULL, own_schema, 200 },
    { STAFF_SIDE, GET, "/api/v1/openapi.json", "describe", "This description", "", NULL, 0, NULL, own_schema, 200 },
};
static const struct api_operations own_operations = { own, countof(own) };
const struct api_operations *const openapi_sets[] = { &own_operations, &tip_operations, &figure_operations, &directory_operations, &case_operations };
const ptrdiff_t openapi_set_count = countof(openapi_sets);

static void paths(const struct request *r, struct json *j)
{
    json_key(j, lit("paths"));
    json_open(j, '{');
    for (ptrdiff_t i = 0; i < openapi_set_count; i++)
        for (ptrdiff_t k = 0; k < openapi_sets[i]->len; k++) {
            const struct api_operation *o = &openapi_sets[i]->at[k];
            if (o->side != r->side)
                continue;
            json_key(j, api_path(r->arena, o->path)); /* each path has one method */
            json_open(j, '{');
            api_operation_json(r, o, j);
            json_close(j, '}');
        }
    json_close(j, '}');
}

static void problem_schema(struct json *j)
{
    json_key(j, lit("problem"));
    schema_object(j, "type title status detail");
    schema_member(j, "type", "string", "A name of the kind of problem.", "");
    schema_member(j, "title", "string", "", "");
    schema_member(j, "status", "integer", "As in the status line.", "");
    schema_member(j, "detail", "string", "What to mend.", "");
    schema_member(j, "field", "string", "The member, parameter or header at fault.", "");
    schema_object_end(j);
}

static void components(struct json *j)
{
    json_key(j, lit("components"));
    json_open(j, '{');
    json_key(j, lit("schemas"));
    json_open(j, '{');
    problem_schema(j);
    json_close(j, '}');
    json_key(j, lit("responses"));
    json_open(j, '{');
    json_key(j, lit("problem"));
    json_open(j, '{');
    json_member(j, "description", lit("Problem details (RFC 9457)"));
    json_key(j, lit("content"));
    json_open(j, '{');
    json_key(j, lit("application/problem+json"));
    json_open(j, '{');
    json_key(j, lit("schema"));
    json_open(j, '{');
    json_member(j, "$ref", lit("#/components/schemas/problem"));
    for (int i = 0; i < 5; i++)
        json_close(j, '}');
    json_key(j, lit("securitySchemes"));
    json_open(j, '{');
    json_key(j, lit("key"));
    json_open(j, '{');
    json_member(j, "type", lit("http"));
    json_member(j, "scheme", lit("bearer"));
    json_member(j, "description", lit("A key made at /keys of the staff address, shown once."));
    for (int i = 0; i < 3; i++)
        json_close(j, '}');
}

void openapi_write(const struct request *r, struct out *to)
{
    struct json j = { .o = to };
    json_open(&j, '{');
    json_member(&j, "openapi", lit("3.1.0"));
    json_key(&j, lit("info"));
    json_open(&j, '{');
    json_member(&j, "title", r->side == STAFF_SIDE ? lit("Plainsight, the staff address") : lit("Plainsight, the public address"));
    json_member(&j, "version", lit("1"));
    json_member(&j, "description", lit("docs/api.md says the same in words, with examples."));
    json_close(&j, '}');
    paths(r, &j);
    components(&j);
    json_close(&j, '}');
}

static status show(struct request *r, struct response *w)
{
    if (!api_query_fits(r, w, NULL, 0))
        return OK;
    openapi_write(r, &w->body);
    w->type = lit("application/json");
    return OK;
}
