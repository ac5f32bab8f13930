/*
 * JSON that a stranger sent, read strictly (RFC 8259) into the request's arena: UTF-8 only, no name
 * twice in an object, no NUL in text, limits on size and depth.
 */
#ifndef LIB_WEB_JSON_IN_H
#define LIB_WEB_JSON_IN_H
#include "lib/base/base.h"

enum json_kind { JSON_IS_NULL, JSON_IS_BOOL, JSON_IS_INT, JSON_IS_REAL, JSON_IS_TEXT, JSON_IS_LIST, JSON_IS_OBJECT };
struct json_value {
    enum json_kind kind;
    str name;            /* of a member, else empty */
    str text;            /* of JSON_IS_TEXT */
    int64_t number;      /* of JSON_IS_INT; 0 or 1 of JSON_IS_BOOL */
    double real;         /* of JSON_IS_REAL */
    const struct json_value *first, *next; /* what is inside, in the order it came; who follows */
    ptrdiff_t count;     /* how many are inside */
};
/* Draws the seed against floods of equal hashes, which opens /dev/urandom: before the cage shuts, or at the first object. */
void json_start(void);
struct json_limits {
    ptrdiff_t bytes;
    int depth;           /* 1: no value inside another */
};

/* INVALID: not JSON, or beyond the limits. The result lives as long as a. */
status json_in_read(struct arena *a, str text, struct json_limits limits, const struct json_value **out) MUST_CHECK;
/* Of a text that json_in_read refused: where it stopped, from 1, and why, for the person who wrote it. */
struct json_fault {
    int line, column;
    char what[200];
};
void json_in_explain(str text, struct json_limits limits, struct json_fault *out);
/* The member of that name, or NULL when v is NULL, no object, or has none. */
const struct json_value *json_in_member(const struct json_value *v, str name);
/* The text of that member; empty when absent or null. False when it is of another kind. */
bool json_in_text(const struct json_value *v, str name, str *out) MUST_CHECK;
#endif
