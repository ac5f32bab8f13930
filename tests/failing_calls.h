/*
 * The calls to the disk of one test program, counted: it is killed before the n-th, or the n-th fails with ENOSPC. Compiled into the programs
 * that ask for it and into no library, because it stands in for the system's own functions.
 */
#ifndef TESTS_FAILING_CALLS_H
#define TESTS_FAILING_CALLS_H

extern struct calls {
    int made, die_at, fail_at; /* from 1; 0: neither */
    int linked_at;             /* the last link(2) was that call */
} calls;
#endif
