/*
 * The SQL functions that statements may call: known to both engines, same meaning in both, no clock, no
 * randomness, no files. Read by the guard at run time and by tools/sqlgen at build, so that a statement the
 * guard would refuse never ships. LIKE is a function to SQLite.
 */
#ifndef LIB_STORE_FUNCTIONS_H
#define LIB_STORE_FUNCTIONS_H
static const char *const store_functions[] = {
    "abs",  "avg",   "coalesce", "count", "dense_rank", "first_value", "lag",   "last_value", "lead", "length", "like",
    "lower", "max", "min",   "nullif",   "rank",  "replace",    "round",       "row_number", "substr", "sum", "trim", "upper",
};
#endif
