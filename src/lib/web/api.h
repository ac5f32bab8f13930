/*
 * What a machine may ask, as tables: the rows below check the query of a request and are its description in the OpenAPI document, so that
 * the two cannot differ. Schemas are JSON Schema 2020-12, as OpenAPI 3.1 has it.
 */
#ifndef LIB_WEB_API_H
#define LIB_WEB_API_H
#include "lib/web/html.h"
#include "lib/web/web.h"

enum api_kind {
    API_NUMBER, /* least..most */
    API_CHOICE, /* one of choices */
    API_WORD,   /* 1 to 64 of A-Z a-z 0-9 _ . - */
    API_HEX     /* exactly most hex digits: ids and cursors */
};
struct api_query {
    const char *name, *about;
    enum api_kind kind;
    int64_t least, most;
    const char *const *choices; /* NULL ends */
};
typedef void api_schema(const struct request *r, struct json *j); /* writes one schema object */
struct api_operation {
    enum side side;
    enum method method;
    const char *path, *name, *about; /* path as in the route; name: operationId */
    const char *scope;               /* of the key it needs; "": any key; NULL: none */
    const struct api_query *query;
    ptrdiff_t query_count;
    api_schema *body, *answer;       /* body NULL: takes none */
    int status;                      /* of success */
};
struct api_operations {
    const struct api_operation *at;
    ptrdiff_t len;
};

/* Is every parameter in the table, and as its row says? Else w is the 422 that names it. */
bool api_query_fits(const struct request *r, struct response *w, const struct api_query *query, ptrdiff_t n) MUST_CHECK;
/* Of a parameter that fits: its number, or otherwise when it was not sent. */
int64_t api_query_number(const struct request *r, const char *name, int64_t otherwise);

/* One operation as a member of its path: "get": { ... }. */
void api_operation_json(const struct request *r, const struct api_operation *o, struct json *j);
/* "/cases/:id" as "/cases/{id}". */
str api_path(struct arena *a, const char *route_path);

/* Members of a schema. */
void json_member(struct json *j, const char *key, str value);
void json_member_int(struct json *j, const char *key, int64_t n);
void json_member_bool(struct json *j, const char *key, bool b);
/* "key": {"type": "string", "description": about} and a pattern, unless empty. Or of another type. */
void schema_member(struct json *j, const char *key, const char *type, const char *about, const char *pattern);
/* {"type": "object", "additionalProperties": false, "required": [words, ' ' between them], "properties": { ... and two closing brackets. */
void schema_object(struct json *j, const char *required);
void schema_object_end(struct json *j);
/* "key": {"type": "array", "maxItems": most, "items": and then what each of them is; and one closing brace. */
void schema_list(struct json *j, const char *key, int64_t most);
/* "key": {"type": ["string", "null"], ...}: where the next page begins; null on the last. */
void schema_next(struct json *j);
/* The member "next" of an answer: path, query without "after", then after. Empty after: null. */
void api_next(struct json *j, const struct request *r, str after);
extern const char *const api_id_pattern, *const api_day_pattern;
#endif
