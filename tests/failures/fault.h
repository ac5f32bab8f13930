/*
 * The n-th call of a kind fails: of the allocators, of the arenas, of the calls to the disk. Of this process only, its libraries included: the
 * functions stand in the program itself, before those of every library. (tests/fire has a disk that fails under a whole house in its cages; it
 * counts no calls and knows no memory.)
 */
#ifndef TESTS_FAILURES_FAULT_H
#define TESTS_FAILURES_FAULT_H
#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_MEMORY, /* malloc, calloc, realloc, and mmap of memory: NULL */
    FAULT_ARENA,  /* arena_take finds its arena empty */
    FAULT_EIO,    /* any call on a file or a folder */
    FAULT_ENOSPC, /* what makes or changes a file, a name or a folder, and the flush of it */
    FAULT_EINTR,  /* opening, reading, writing, flushing, ended by a signal */
    FAULT_SHORT,  /* reading and writing: half of what was asked */
    FAULT_KINDS
};
struct fault_order {
    enum fault_kind kind;
    int64_t at; /* the at-th call from now on; 0: none, they are only counted */
    bool all;   /* and every one after it */
};
void fault_arm(struct fault_order order);
/* Nothing fails any more. How many calls of each kind there were; how many failed. */
int64_t fault_disarm(int64_t seen[FAULT_KINDS]);
#endif
