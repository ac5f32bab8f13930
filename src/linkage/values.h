/*
 * Each different value of a field once, under a number that never changes: that two fields are equal is a comparison of two numbers, and how
 * often a value occurs stands beside it. Memory follows the number of different values.
 */
#ifndef LINKAGE_VALUES_H
#define LINKAGE_VALUES_H
#include "linkage/space.h"

enum { VALUE_MOST = 250 }; /* bytes of a value; a longer one is cut */

struct value {
    uint32_t seen;    /* records that have it */
    uint32_t letters; /* which of 32 classes of bytes occur: a bound for every measure of likeness */
    uint8_t len;
    char text[]; /* len bytes, then at least eight that may be read */
};

struct values {
    struct space pool;  /* of struct value, each at a multiple of four; 0 is no value */
    struct space slots; /* open addressing: hash << 32 | number */
    size_t used;        /* bytes of the pool */
    uint32_t count;     /* different values */
    uint64_t filled;    /* records that have one */
    int bits;           /* log2 of the slots */
    bool alike;         /* they are compared by likeness: their letters are noted */
};

/* Well mixed, not keyed. */
__extension__ typedef unsigned __int128 wide;
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    wide m = (wide)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
    return hash_mix(a ^ 0x9e3779b97f4a7c15u, b ^ 0xd6e8feb86659fd93u);
}
uint64_t hash_bytes(const char *at, ptrdiff_t n); /* reads no byte beyond */
/* The first words of a text of at least n bytes, zero behind: word 0 to 3. 32 bytes may be read. */
extern const char text_masks[64];
static inline uint64_t text_word(const char *at, ptrdiff_t n, int word)
{
    uint64_t bytes, mask;
    memcpy(&bytes, at + 8 * word, sizeof bytes);
    memcpy(&mask, text_masks + (n < 32 ? 32 - n : 0) + 8 * word, sizeof mask);
    return bytes & mask;
}
/* Another hash, quicker for what is short: 32 bytes may be read. */
static inline uint64_t hash_text(const char *at, ptrdiff_t n)
{
    uint64_t a = hash_mix(text_word(at, n, 0) ^ 0x8ebc6af09c88c6e3u, text_word(at, n, 1) ^ 0xe7037ed1a0b428dbu);
    uint64_t b = n <= 16 ? hash_mix(0x589965cc75374cc3u, 0xa0761d6478bd642fu) : hash_mix(text_word(at, n, 2) ^ 0x589965cc75374cc3u, text_word(at, n, 3) ^ 0xa0761d6478bd642fu);
    return hash_mix(a ^ (n > 32 ? hash_bytes(at + 32, n - 32) : (uint64_t)n), b ^ 0x1d8e4e27c47d124fu);
}

bool values_open(struct values *v) MUST_CHECK;     /* false: no memory */
bool values_open_within(struct values *v, size_t most) MUST_CHECK; /* of at most so many bytes of address space for the values */
void values_close(struct values *v);
/* Room for so many new ones without a further look: false when there is no memory. */
bool values_room(struct values *v, uint32_t more) MUST_CHECK;
static inline void values_prefetch(const struct values *v, uint64_t hash) /* the slot */
{
    __builtin_prefetch(v->slots.at + sizeof(uint64_t) * ((uint32_t)(hash >> 32) >> (32 - v->bits)));
}
/*
 * The number of that text, counted once more; its hash is always made by the same of the two functions. The caller made room; 32 bytes may be
 * read from its start on, and eight behind its end.
 */
uint32_t values_put(struct values *v, const char *text, ptrdiff_t len, uint64_t hash);
uint32_t values_put_unseen(struct values *v, const char *text, ptrdiff_t len, uint64_t hash); /* the same, but no record has it: nothing is counted */
struct value_put {
    str text;
    uint64_t hash;
    uint32_t *to;  /* where its number is written */
    uint32_t likely; /* of one that was not there: the slot from which on it is looked for, */
    int bits;        /* as long as there are so many */
};
/*
 * Each that is there already, whose slot was fetched, as values_put. The others are moved to the front in their order, to be put one by one;
 * returns how many.
 */
int values_put_known(struct values *v, struct value_put *puts, int n);
/* As values_put, of one that was left. */
uint32_t values_put_unknown(struct values *v, const struct value_put *p);
void values_done(struct values *v);                /* no more come: the slots are given back */
uint32_t values_find(const struct values *v, const char *text, ptrdiff_t len, uint64_t hash); /* as values_put, but counts nothing; 0: not there */
/* Counted once less. When nobody has it any more its text is wiped and its number is never given again. Not after values_done. */
void values_drop(struct values *v, uint32_t number);
/* What is written of them beside the bytes of the pool (at, used). */
struct values_told {
    uint64_t used, filled;
    uint32_t count, unused;
};
/*
 * Those bytes into one just opened, and its slots made anew. INVALID: too few, or not what is left by values_put and values_drop: another number of
 * values or of records than was told, one twice, one of nobody that still says something. FAULT: no memory. Close it then.
 */
status values_read(struct values *v, const struct values_told *told, bool (*get)(void *context, void *bytes, size_t n), void *context) MUST_CHECK;

/*
 * Whether those who have them are as many as the values say: begun, then told for each who has which, by rising number from one on, then ended. A
 * value takes at least three units of its number, so each has a place of its own.
 */
enum { VALUES_APART = 3 };
struct values_tally {
    const struct values *values;
    struct space owed;  /* of each value: how many are still to be told, and who was the last one */
    uint64_t left;      /* of all of them */
};
bool values_tally_begin(struct values_tally *t, const struct values *v) MUST_CHECK; /* false: no memory */
/* False: there is no such value, this one was told before, or there are more than it says. */
bool values_tally(struct values_tally *t, uint32_t number, uint32_t who) MUST_CHECK;
static inline void values_tally_prefetch(const struct values_tally *t, uint32_t number)
{
    __builtin_prefetch(t->owed.at + number / VALUES_APART * 2 * sizeof(uint32_t), 1);
}
void values_tally_end(struct values_tally *t); /* also of one that was not begun */

uint32_t values_first(void);                      /* all of them in turn, as they came; there must be one */
uint32_t values_after(const struct values *v, uint32_t number); /* 0: that was the last */

static inline const struct value *value_of(const struct values *v, uint32_t number)
{
    return (const struct value *)(const void *)(v->pool.at + (size_t)number * 4);
}
static inline str value_text(const struct values *v, uint32_t number)
{
    const struct value *x = value_of(v, number);
    return (str){ x->text, x->len };
}
#endif
