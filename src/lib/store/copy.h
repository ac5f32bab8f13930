/*
 * Whole tables from one database to another, for backups and restores. The target's schema is always our own
 * (migrations), never the source's: a file from outside brings rows, not statements.
 */
#ifndef LIB_STORE_COPY_H
#define LIB_STORE_COPY_H
#include "lib/store/db.h"

/* Names, ended by NULL. */
typedef const char *const *table_names;

/* Every table of a migrated database, by name; without the one that says which migrations ran. Names live in a. */
status db_tables(struct db *db, struct arena *a, table_names *out) MUST_CHECK;
/* Rights to read these tables, the number of the schema, and the notes of a copy: for whoever opens a source. */
const struct db_right *db_reading(struct arena *a, table_names tables);
/* The last migration that ran. */
status db_schema(struct db *db, int64_t *number) MUST_CHECK;
/* The migrations as they were when this was the last one. Empty: that number is unknown here, or newer than all of them. */
struct migrations db_migrations_until(struct migrations all, int64_t number);

/*
 * All rows of these tables as they were at one moment, while others write; rows that were in `to` go first. Both have the
 * same schema; `to` was opened without rights. One transaction of it, foreign keys held at its end. FAULT: nothing was changed.
 */
status db_copy(struct db *from, struct db *to, struct arena *a, table_names tables) MUST_CHECK;
/* Drops every table but these, and the one that says which migrations ran. Foreign keys are not asked. */
status db_keep(struct db *db, struct arena *a, table_names tables) MUST_CHECK;
/* The engine's own look at every page, index and foreign key. FAULT: not whole. */
status db_check(struct db *db) MUST_CHECK;

/* Short values that belong to a copy, not to the house: made by the first put. NOT_FOUND: none of this name. */
status db_note_put(struct db *db, str name, str value) MUST_CHECK;
status db_note_get(struct db *db, struct arena *a, str name, str *value) MUST_CHECK;

/* A database in memory (":memory:") as the bytes of its file, and such bytes as a database to read. */
status db_bytes(struct db *db, struct arena *a, str *out) MUST_CHECK;
/* bytes stay the caller's, until db_close. Read only. */
status db_open_bytes(str bytes, const struct db_right *rights, struct db **out) MUST_CHECK;
#endif
