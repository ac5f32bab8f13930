/*
 * Releases that cannot hurt: what the command `plainsight release` does, step by step. What is to be told
 * goes into a struct privacy_told.
 * The engine stands behind this header: noise, ledger, codebook, rows, tables.
 */
#ifndef FIGURES_PRIVACY_PRIVACY_H
#define FIGURES_PRIVACY_PRIVACY_H
#include "figures/privacy/said.h"

enum { LINES_MOST = 4, SIGNS_MOST = 2 };

struct privacy_ask {
    const char *data, *codebook, *tables, *ledger, *out; /* paths */
    str rho, cap, scope, year, name, head;               /* as typed; empty: not given. year empty: all. head: LINE:HASH */
    str dial;                      /* of microdata: deviations, as typed; empty: 1.5 */
    str k, round;                  /* of exact tables, as typed: fewer people than k are not shown; round empty: not rounded */
    const char *solver;            /* path of glpsol; NULL: where Debian has it */
    const char *workload;          /* of microdata: the path of its sets of three columns, or NULL */
    const char *sign[SIGNS_MOST];  /* paths of keys; signs of them */
    int signs;
    void (*tell)(void *context, const char *stage, double done); /* how far it is, or NULL */
};
/* What happened, for people: done goes to stdout, notes to stderr. */
struct privacy_told {
    struct said done, note[LINES_MOST], failed;
    int notes;
};
/* Noisy tables of data into the new folder out. INVALID: an input must be mended; LIMIT: the budget says no; FAULT: the machine. */
status privacy_tables(const struct privacy_ask *ask, struct privacy_told *told);
/*
 * Invented rows like data into the new file out, and what was measured, beside a copy of the rows, into the new folder OUT.release.
 * Answers as privacy_tables.
 */
status privacy_micro(const struct privacy_ask *ask, struct privacy_told *told);
/*
 * Exact tables of data into the new folder out, cells of 1 to k-1 people and what would tell them left out, or all rounded. LIMIT: the
 * audit says no, or the ledger: noise about these people, or another such release. Else as privacy_tables.
 */
status privacy_suppress(const struct privacy_ask *ask, struct privacy_told *told);
/* Is the folder what its manifest says? ledger, when not NULL, must hold its line. Unsigned is said, and no fault. */
status privacy_verify(const char *folder, const char *ledger, struct privacy_told *told);
/* A new key to sign with, at path; told->done says its public half. */
status privacy_key(const char *path, struct privacy_told *told);
/* Writes DATA.codebook.json. OK: it is there now, and waits for a person. */
status privacy_draft(const char *data, struct privacy_told *told);
/* Proves the ledger and prints it for people, or only proves it. */
status privacy_ledger_show(const char *ledger, str head, FILE *to, struct privacy_told *told);
status privacy_ledger_verify(const char *ledger, str head, struct privacy_told *told);
/* Sets the cap of a scope and year from here on; it stands in the ledger for ever. */
status privacy_ledger_cap(const struct privacy_ask *ask, struct privacy_told *told);
#endif
