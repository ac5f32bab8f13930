/*
 * Sealed rows as handlers use them: opened together in one message of the keeper and one record of the log, and written only after
 * the record that says so. What the caller holds no key for is absent, exactly like what is not there.
 */
#ifndef STAFF_SEALED_SEALED_H
#define STAFF_SEALED_SEALED_H
#include "common/share/share.h"
#include "lib/web/web.h"
#include "vault/keeper.h"

enum { SEALED_ROWS_MOST = 64 }; /* of one opening */
struct sealed_row {
    id id;
    uint16_t table;              /* enum sealed_table */
    str sealed;                  /* keybox and body as stored */
    const uint8_t *keybox;       /* another ring's box of the same row (common/share); NULL: the row's own */
    bool needed;                 /* without this row there is no page */
    struct sealed_fields *to;    /* empty when the row did not open */
    bool opened;                 /* out */
};
/*
 * Opens at most SEALED_ROWS_MOST rows about one thing. NOT_FOUND: a needed row did not open. A row whose key came and whose body is
 * not that key's was changed behind our back: the log says so.
 */
status sealed_open(struct request *r, enum purpose why, id about, struct sealed_row *rows, ptrdiff_t n) MUST_CHECK;

/*
 * For what is not there, or is not the caller's: always NOT_FOUND, or why the keeper cannot be asked. It asks the keeper to open a row
 * that opens for nobody, so that the attempt stands in the log and takes the same time, whatever it was that was not found.
 */
status sealed_refuse(struct request *r, enum purpose why, id about) MUST_CHECK;

/* Whose ring a row is sealed to. */
struct sealed_place {
    enum scope_kind kind;
    id scope;
    enum compartment compartment;
};
/* Seals fields to the ring's newest epoch; out is the value of the sealed column. NOT_FOUND: there is no such ring. */
status sealed_make(struct request *r, struct sealed_place place, uint16_t table, id row, const struct sealed_field *fields, ptrdiff_t n,
                   str *out) MUST_CHECK;
/*
 * The same for a row of root that the rings of also, count of them, open too from the beginning: their boxes are added to shares, whose array the caller has
 * made long enough. A place that has no ring gets none.
 */
status sealed_make_also(struct request *r, struct sealed_place place, id root, uint16_t table, id row, const struct sealed_field *fields, ptrdiff_t n,
                        const struct sealed_place *also, ptrdiff_t count, str *out, struct shares *shares) MUST_CHECK;
/*
 * For rows that came from another place: where a row's own keybox names another ring and common/share holds one for this ring, that
 * one is set. root: what the rows belong to. Rows without such a box stay as they are, and open only for whom they always did.
 */
status sealed_fit(struct request *r, id ring, id root, struct sealed_row *rows, ptrdiff_t n) MUST_CHECK;
status sealed_ring(struct request *r, struct sealed_place place, id *ring) MUST_CHECK; /* NOT_FOUND: there is no such ring */

/* The record of a write, before the write: one that nobody recorded cannot happen. sealed: what will be stored, n of them. */
status sealed_record(struct request *r, id about, const str *sealed, ptrdiff_t n) MUST_CHECK;

/* Eight bytes, little-endian: how an exact time stands in a sealed field. */
str sealed_time(struct arena *a, int64_t unix_seconds);
int64_t sealed_time_read(str eight);
#endif
