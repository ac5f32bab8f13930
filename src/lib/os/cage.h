/*
 * Cages: what a process may still ask of the system once it has opened what it needs. Four walls, each shut for good: no
 * privileges and no capabilities, limits, the files it may still open (landlock), the system calls it may still make (seccomp).
 * Nothing here is undone: a process that shut a wall too early ends and is started anew.
 */
#ifndef LIB_OS_CAGE_H
#define LIB_OS_CAGE_H
#include "lib/base/base.h"

/* What a process may do with one file or folder that it opens from now on. What is open already stays open. */
enum { CAGE_READ = 1, CAGE_WRITE = 2, CAGE_LIST = 4, CAGE_MAKE = 8, CAGE_RUN = 16 };
struct cage_file {
    const char *name; /* in the data folder; "" is the folder itself; "/..." anywhere. NULL ends the list */
    unsigned may;     /* of a folder: also all beneath it */
};

/* Calls beyond those that every caged process needs (memory, clocks, open descriptors). */
enum { CAGE_SERVES = 1, /* takes connections from a listening socket that it was given */
       CAGE_OPENS = 2,  /* opens what its files list names; never makes one */
       CAGE_KEEPS = 8,  /* makes, renames and removes files where its files list says so */
       CAGE_STARTS = 4  /* starts the roles: everything but what no part of the program ever does */ };

/* One row a role. */
struct cage {
    const char *name;
    unsigned calls;
    const struct cage_file *files;    /* what it may open once it is shut; NULL: nothing */
    const struct cage_file *writable; /* cage_keep_from_writing: all it may open for writing before; NULL: not used */
    int64_t most_bytes;               /* of address space; 0: no limit */
    int64_t file_bytes;               /* longest file it may write; 0: no limit */
};

/* The walls a host can lack, as bits. */
enum { CAGE_PRIVILEGES = 1, CAGE_LANDLOCK = 2, CAGE_SECCOMP = 4 };
/* One sentence of what wall is, what this host lacks for it and how that is mended; for people. wall is one bit. */
const char *cage_explain(unsigned wall);
/* Tries each wall in a child of its own and says which did not shut; 0 when all did. Costs about a millisecond. */
unsigned cage_lacks(void);
/* False in a program with a sanitiser in it, which opens files and maps memory by itself: it is never caged. */
bool cage_fits_this_build(void);

/* Before the process opens its database: of all files only c->writable may be opened for writing. False: the wall did not shut. */
bool cage_keep_from_writing(const struct cage *c, const char *folder);
/*
 * Shuts all walls around this process. Call it when everything is open and before the first byte from outside is read.
 * 0, or the bit of the wall that did not shut: the process must end, for some of the others may be shut.
 */
unsigned cage_shut(const struct cage *c, const char *folder);
/* The same as on a kernel whose landlock has this version (1 to that of this kernel), for tests. */
unsigned cage_shut_as(const struct cage *c, const char *folder, int landlock);
#endif
