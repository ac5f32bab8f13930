/*
 * The words everything else is written in: counted text, the request's memory, growing output,
 * outcomes. Knows nothing of any floor above and does no input or output.
 */
#ifndef LIB_BASE_BASE_H
#define LIB_BASE_BASE_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <string.h>
#include "lib/base/banned.h"

#define MUST_CHECK __attribute__((warn_unused_result))
#define countof(a) ((ptrdiff_t)(sizeof(a) / sizeof(*(a))))

/* A broken promise of ours, in tests and in production: the process dies, its parent starts another. */
#define must(condition) ((condition) ? (void)0 : base_broken(__FILE__, __LINE__, #condition))
noreturn void base_broken(const char *file, int line, const char *promise);

/* Text or bytes: where, and how many. Not NUL-terminated, not owned. */
typedef struct {
    const char *at;
    ptrdiff_t len;
} str;
#define lit(s) ((str){ (s), sizeof(s) - 1 })
#define LIT(s) { (s), sizeof(s) - 1 } /* lit() for static tables */

/* What a call that can fail in a foreseen way returns. Faults are logged once, where they happen. */
typedef enum {
    OK,
    NOT_FOUND, /* absent, or not for this caller: nobody outside can tell which */
    CONFLICT,  /* a unique key is taken, or the row changed meanwhile */
    INVALID,   /* the input must be mended; the details stand in struct problems */
    LOCKED,    /* the house or the session needs a passphrase first */
    LIMIT,     /* a budget is used up */
    BUSY,      /* try again in a moment */
    FAULT,     /* ours; already logged */
    WAIT,      /* the answer comes later (parked request) */
} status;

/*
 * Memory with one of three lifetimes: process, request, job. Nothing is freed singly. An empty
 * arena jumps to on_empty, the one boundary of its lifetime; without one the process dies.
 */
struct arena {
    char *at, *end;
    jmp_buf *on_empty;
};
void *arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count); /* zeroed */
#define arena_new(a, type, n) ((type *)arena_take((a), sizeof(type), _Alignof(type), (n)))
/* Reserves size bytes of address space from the system, for the life of the process. */
struct arena arena_reserve(ptrdiff_t size);

str str_of(const char *nul_terminated);              /* a view; NULL gives the empty text */
char *str_c(struct arena *a, str s);                 /* a NUL-terminated copy, for C interfaces */
str str_copy(struct arena *a, str s);
str str_join(struct arena *a, str left, str right);
bool str_equal(str a, str b);
bool str_equal_fold(str a, str b);                   /* ASCII case ignored */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
int str_compare(str a, str b);                       /* bytewise order, as memcmp */
ptrdiff_t str_find(str s, char c);                   /* index, or -1 */
str str_part(str s, ptrdiff_t from, ptrdiff_t to);   /* clamped to s */
str str_trim(str s);                                 /* without white space and controls at both ends */
/* Takes the text before the next separator from *rest; false when *rest was exhausted. */
bool str_split(str *rest, char separator, str *piece);
bool str_to_int(str s, int64_t *out);                /* whole decimal number, all of s, no overflow */

/* Text under construction. Grows inside its arena, never beyond ceiling (0: no ceiling but the arena). */
struct out {
    char *at;
    ptrdiff_t len, cap, ceiling;
    struct arena *arena;
    bool full; /* ceiling met: what came after was left out */
};
void out_str(struct out *o, str s);
void out_char(struct out *o, char c);
void out_int(struct out *o, int64_t n);
str int_text(struct arena *a, int64_t n); /* as out_int writes it, in arena memory */
void out_hex(struct out *o, const void *bytes, ptrdiff_t n);
str out_view(const struct out *o);

/* UTF-8, strict (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(str s);
ptrdiff_t utf8_length(str s); /* code points of valid text */
/* NFKC of valid text (utf8proc). False when s is not UTF-8. */
bool utf8_nfkc(struct arena *a, str s, str *out);
/*
 * For comparing: compatibility forms taken apart (NFKD), folded to one case, without marks and what is not seen. As many bytes as fit
 * whole into most; -1 when s is not UTF-8 (to may be written then).
 */
ptrdiff_t utf8_fold(str s, char *to, ptrdiff_t most);

/* 128-bit name of a row, made by us: UUIDv7 layout (RFC 9562). */
typedef struct {
    uint8_t at[16];
} id;
bool id_equal(id a, id b);
bool id_is_zero(id a);
/* From 16 random bytes and the time. day_only floors the time to the UTC day: for rows a stranger
 * causes (a millisecond in clear would tell when somebody wrote). */
id id_make(const uint8_t random[16], int64_t unix_ms, bool day_only);
str id_text(struct arena *a, id i);       /* 32 lower-case hex digits */
bool id_read(str s, id *out);             /* the same, strictly */
/* Short name for people, from 40 random bits: "7K3M-9QXP" (Crockford base32). */
str id_short(struct arena *a, id i);

/* Bytes to text and back. The readers are strict and return false on any other character. */
void hex_write(char *to, const void *bytes, ptrdiff_t n); /* 2n digits, no NUL */
bool hex_read(str s, uint8_t *to, ptrdiff_t n);           /* exactly 2n digits */
str base32_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n);     /* Crockford, no padding */
str base32_rfc_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n); /* RFC 4648, no padding: authenticators */
bool base32_read(str s, uint8_t *to, ptrdiff_t n);  /* ignores '-' and spaces, folds case, O=0 I=L=1 */
str base64_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n);     /* RFC 4648, padded */
bool base64_read(struct arena *a, str s, str *out);

/* Time: Unix seconds, UTC, proleptic Gregorian. Days are whole days since 1970-01-01. */
struct civil {
    int year, month, day, hour, minute, second;
};
struct civil civil_from(int64_t unix_seconds);
int64_t civil_to(struct civil c);
int64_t day_of(int64_t unix_seconds);
str day_text(struct arena *a, int64_t day);            /* 2026-11-24 */
bool day_read(str s, int64_t *out);
str time_text(struct arena *a, int64_t unix_seconds);  /* 2026-11-24T09:15:00Z (RFC 3339) */

/* Where random bytes come from: the system in the program, a seeded stream in tests. */
struct chance {
    void (*fill)(struct chance *self, void *at, ptrdiff_t n);
    uint64_t state[4]; /* of the seeded stream */
};
id chance_id(struct chance *c, int64_t unix_ms, bool day_only);
struct chance chance_seeded(uint64_t seed); /* repeatable; never for keys in the program */
#endif
