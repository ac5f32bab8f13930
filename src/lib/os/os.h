/* The system below us: clocks, what a process may show of itself, small files. */
#ifndef LIB_OS_OS_H
#define LIB_OS_OS_H
#include "lib/base/base.h"

int64_t os_now(void);          /* Unix seconds */
int64_t os_monotonic_ms(void); /* since some start; never goes back */

/* No core file and no reading of our memory by other processes of the same account. */
void os_no_dump(void);
/* As many open files as this account may have, up to 8192, for this process and those it starts: a visitor is one, and a shell grants 1024. */
void os_many_files(void);
/* May this account keep a process out of swap? Raises RLIMIT_MEMLOCK where it may; only no limit at all is enough. */
bool os_may_lock_memory(void);
/* Keeps this process out of swap. False when the limit (RLIMIT_MEMLOCK) forbids it: the caller warns. */
bool os_lock_memory(void);

/*
 * A whole file into a. NOT_FOUND: no such file; LIMIT: longer than ceiling; FAULT: anything else.
 * The caller wipes what was secret.
 */
status file_read(struct arena *a, const char *path, ptrdiff_t ceiling, str *out) MUST_CHECK;
/*
 * The whole file or nothing, on disk when it returns OK: a new file beside it (mode 0600, never an
 * existing one), fsync, rename over path, fsync of the folder. FAULT: path is as it was before, or
 * (the folder's fsync failed) nobody knows: do not go on as if it were written.
 */
status file_replace(const char *path, str content) MUST_CHECK;
/* The same, but CONFLICT when path exists already; after a FAULT it is not there (unless it could not be taken away again either). */
status file_create(const char *path, str content) MUST_CHECK;

/*
 * The same for a file that is written piece by piece, in a folder held open: fresh stands beside it until it is whole (one that somebody left
 * is thrown away), then takes the place of name. fd -1: none. FAULT of file_fresh_done as of file_replace; after it fresh is gone.
 */
struct fresh_file {
    int folder, fd;
    const char *fresh, *name;
};
status file_fresh(int folder, const char *fresh, const char *name, struct fresh_file *out) MUST_CHECK;
status file_fresh_add(struct fresh_file *f, str bytes) MUST_CHECK;
status file_fresh_done(struct fresh_file *f) MUST_CHECK;
void file_fresh_drop(struct fresh_file *f);
/* A file of such a folder for reading; NOT_FOUND: no such file. */
status file_open_in(int folder, const char *name, int *fd) MUST_CHECK;
/* Up to cap bytes, fewer at the end of the file alone. */
status file_read_some(int fd, void *to, ptrdiff_t cap, ptrdiff_t *n) MUST_CHECK;
status file_remove_in(int folder, const char *name) MUST_CHECK; /* OK also when there is none */
status folder_open_for(const char *path, int *fd) MUST_CHECK;   /* to be held; NOT_FOUND: no such folder */
#endif
