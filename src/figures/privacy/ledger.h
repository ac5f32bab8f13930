/*
 * The ledger of a privacy budget: what was spent on whom, and what may still be. A text file of lines, each bound to the one before
 * by a hash, that only grows. docs/release.md has the format exactly.
 *
 * The unit is nano-rho: a billionth of one rho of zCDP (Bun and Steinke 2016), which adds up over releases. Costs are rounded up.
 *
 * A scope is a population ("victims"), a year is a fiscal year of it, or "all". A person belongs to one year of a scope: years are
 * apart, and what is spent on "all" is spent on every year. Who can be in two scopes has the sum of both caps.
 */
#ifndef FIGURES_PRIVACY_LEDGER_H
#define FIGURES_PRIVACY_LEDGER_H
#include "figures/privacy/noise.h"
#include "figures/privacy/said.h"

#define NANO UINT64_C(1000000000)
enum { LEDGER_HASH = 32, LEDGER_WORD_MOST = 64, LEDGER_TERMS_MOST = 16384, LEDGER_BYTES_MOST = 64 << 20 };

/* Two classes that are never mixed for the same people: an exact table, though with holes, voids what noise promises. */
enum ledger_class { LEDGER_NOISE, LEDGER_SUPPRESSION };

/* What a release asks of the ledger. The words are [A-Za-z0-9._-], at most LEDGER_WORD_MOST; terms also :/,=+ */
struct ledger_ask {
    enum ledger_class class;
    str scope, year;               /* year: four digits, or all */
    uint64_t rho;                  /* nano-rho; above 0 for noise, 0 for suppression */
    str name, mechanism, terms;    /* of the release; "tables"; variance and sensitivity of each part */
    uint8_t codebook[LEDGER_HASH];
    uint8_t request[LEDGER_HASH];  /* the same for the same request on the same data, and to others without the key a random number */
};

struct ledger_account {
    str scope, year;
    uint64_t spent, cap; /* nano-rho; cap only with has_cap */
    bool has_cap, noise, suppression; /* noise, suppression: a release of that class was made */
};
struct ledger_spend {
    int64_t line;
    uint8_t request[LEDGER_HASH], files[LEDGER_HASH];
    bool stored; /* the release was made whole; files is the hash of what it is */
    bool suppression;
    ptrdiff_t account;
};
/* The file, read. Grows in its arena. */
struct ledger_book {
    struct arena *arena;
    uint64_t cap; /* of every scope and year without one of its own */
    int64_t lines;
    uint8_t head[LEDGER_HASH]; /* the hash of the last line */
    struct ledger_account *accounts;
    struct ledger_spend *spends;
    ptrdiff_t account_count, account_room, spend_count, spend_room;
};

/* What a mechanism of that squared sensitivity and variance costs, in nano-rho rounded up: sensitivity2 / (2 variance). False: overflow. */
bool ledger_cost(uint64_t sensitivity2, struct ratio variance, uint64_t *nano) MUST_CHECK;
/* The variance for which such a mechanism costs exactly rho, in lowest terms. False: overflow, or rho is 0. */
bool ledger_variance(uint64_t sensitivity2, uint64_t rho, struct ratio *variance) MUST_CHECK;

enum ledger_verdict { LEDGER_GRANTED, LEDGER_STORED, LEDGER_OVER, LEDGER_MIXED, LEDGER_AGAIN };
/*
 * May it be? *left: what is left for that scope and year, in nano-rho. LEDGER_STORED: the same request was made and is whole, *before is
 * it. LEDGER_OVER: more than is left. LEDGER_MIXED: the other class was released about some of these people. LEDGER_AGAIN: suppression
 * was, by another request: the difference of two such releases tells what each hides.
 */
uint64_t ledger_cap(const struct ledger_book *b, str scope, str year); /* what a person of it may lose at most, in nano-rho */
enum ledger_verdict ledger_admit(const struct ledger_book *b, const struct ledger_ask *ask, uint64_t *left,
                                 const struct ledger_spend **before);

/* The next line of the book, with its line feed. The book is not changed. */
str ledger_line_open(struct ledger_book *b, int64_t now, uint64_t cap);
str ledger_line_cap(struct ledger_book *b, int64_t now, str scope, str year, uint64_t cap);
str ledger_line_spend(struct ledger_book *b, int64_t now, const struct ledger_ask *ask);
str ledger_line_stored(struct ledger_book *b, int64_t now, int64_t spend, const uint8_t files[LEDGER_HASH]);
/* Adds one line without its line feed. NULL, or what is wrong with it; then the book is as it was. */
const char *ledger_add(struct ledger_book *b, str line);
/*
 * Reads the text of a file into *b. False: *line and *fault say where and why. *whole is where the last line ends that was written to
 * its end; what stands behind it was cut off by a crash before anything followed from it. What is read
 * lives in a; text need not.
 */
bool ledger_read(struct arena *a, str text, struct ledger_book *b, ptrdiff_t *whole, int64_t *line, const char **fault);
bool ledger_word(str s);      /* may it be a scope, a name, a mechanism? */
bool ledger_year(str s);      /* four digits, or all */
bool ledger_ask_fits(const struct ledger_ask *ask, struct said *said); /* are its words words, and is its rho a spending? */
/* "0.12" to 120000000 and back. False: no number, more than nine decimals, or more than a thousand rho. */
bool nano_read(str s, uint64_t *nano) MUST_CHECK;
str nano_text(struct arena *a, uint64_t nano);

/* An open ledger: locked against every other until it is closed. */
struct ledger {
    struct arena *arena;
    int fd;
    const char *path, *head_path;
    int64_t size;           /* bytes, of whole lines */
    uint8_t key[KEY_BYTES]; /* makes request numbers that nobody can guess data by (PATH.key) */
    struct ledger_book book;
};
/*
 * Opens PATH. Absent: made with cap, which *made tells. given, when it is not empty, is a head "LINE:HASH" kept elsewhere; it must be a
 * line of the file, and so must PATH.head, which this program keeps: an older copy in the place of the file is refused.
 * BUSY: another holds it. INVALID: tampered with, or older than its head. FAULT: the disk. said tells all of these to a person.
 * A line that a crash cut off is taken away, and note tells so.
 */
struct ledger_how {
    const char *path;
    uint64_t cap;
    str given;
};
status ledger_open(struct arena *a, const struct ledger_how *how, struct ledger *out, bool *made, struct said *said,
                   struct said *note) MUST_CHECK;
void ledger_close(struct ledger *l);
/*
 * Writes the line and its head to the disk before it returns OK. FAULT: said tells that the line stands all the same (then it counts), or
 * that the file is as it was, and then what that means: "nothing was spent". Nobody may draw noise after a FAULT.
 */
status ledger_append(struct ledger *l, str line, const char *then, struct said *said) MUST_CHECK;
/* Reads PATH for show and verify, without lock or mending: *text is its whole lines, *torn the bytes a crash left behind them. */
status ledger_look(struct arena *a, const char *path, str given, str *text, ptrdiff_t *torn, struct ledger_book *b,
                   struct said *said) MUST_CHECK;
str ledger_head_text(struct arena *a, const struct ledger_book *b); /* "LINE:HASH" */
#endif
