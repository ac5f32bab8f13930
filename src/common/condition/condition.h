/*
 * Conditions: the small language of the packs (packs/README.md), and the facts it is asked about. Read once when a pack is loaded,
 * asked at every tip. A condition sees named answers only, never what a person wrote in their own words.
 *
 *   condition = every { "or" every }          every = part { "and" part }        part = "(" condition ")" | test
 *   test      = "always" | name | name "=" value | name "in" value { "," value } | sum ( ">=" | "<=" ) number
 *   sum       = name { "+" name }             name  = word | "count(" word ")"
 *
 * A bare name holds when the fact is "yes". A fact may hold several values, split by ';': one that fits is enough.
 * An unknown or missing fact makes a test false, so no condition can be made true by leaving something out.
 */
#ifndef COMMON_CONDITION_CONDITION_H
#define COMMON_CONDITION_CONDITION_H
#include "lib/base/base.h"

struct fact {
    str name, value;
};
/* Named answers. Zero but for the arena is an empty one; grows in the arena. */
struct facts {
    struct arena *arena;
    struct fact *slots; /* hashed, a power of two of them */
    ptrdiff_t cap, len;
};
void facts_set(struct facts *f, str name, str value); /* the last word counts; text must outlive f */
void facts_set_int(struct facts *f, str name, int64_t n);
/* The value, or empty. A name without a point that is not known is looked up as answer.NAME (clock conditions). */
str facts_get(const struct facts *f, str name);
bool facts_has(const struct facts *f, str name, str value); /* value is among the ';'-split ones */

struct condition_step {
    enum { STEP_ALWAYS, STEP_YES, STEP_EQUAL, STEP_IN, STEP_LEAST, STEP_MOST, STEP_AND, STEP_OR } what;
    str left;       /* name; of a sum, the names with '+' between them */
    str right;      /* value, or values with ',' between them */
    int64_t number;
};
/* In the order of a stack: both sides, then AND or OR. */
struct condition {
    const struct condition_step *at;
    ptrdiff_t len;
};
struct condition_fault {
    ptrdiff_t at; /* bytes into the text */
    const char *what;
};
/* Steps live in a and point into text. INVALID: *fault says where and why. */
status condition_read(struct arena *a, str text, struct condition *out, struct condition_fault *fault) MUST_CHECK;
bool condition_holds(const struct condition *c, const struct facts *f);
#endif
