/* For tests: a file that lies in memory, bytes written one after another and read again, and small numbers by chance. */
#ifndef TESTS_IN_MEMORY_H
#define TESTS_IN_MEMORY_H
#include "lib/base/base.h"
#include <sys/mman.h>
#include <unistd.h>

/* An open descriptor at its beginning; the caller closes it. */
static inline int file_of(str text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, text.at, (size_t)text.len) == text.len && !lseek(fd, 0, SEEK_SET));
    return fd;
}

static inline uint32_t below(struct chance *c, uint32_t n)
{
    uint32_t x;
    c->fill(c, &x, sizeof x);
    return x % n;
}

struct bytes {
    char *at;
    size_t len, room; /* written or read so far, of so many */
};
/* False: there is no room. */
static inline bool take_bytes(void *context, const void *bytes, size_t n)
{
    struct bytes *b = context;
    if (b->len + n > b->room)
        return false;
    memcpy(b->at + b->len, bytes, n);
    b->len += n;
    return true;
}
/* False: there are not so many. */
static inline bool give_bytes(void *context, void *bytes, size_t n)
{
    struct bytes *b = context;
    if (b->len + n > b->room)
        return false;
    memcpy(bytes, b->at + b->len, n);
    b->len += n;
    return true;
}
#endif
