/*
 * Room on the disk that is kept for what strangers write: a file of nothing, so that nobody else fills those blocks. When the disk is full
 * it is made shorter piece by piece, and a submission finds room when nothing else does. It grows again when the disk has room again.
 */
#ifndef INTAKE_ACCEPTOR_RESERVE_H
#define INTAKE_ACCEPTOR_RESERVE_H
#include "lib/base/base.h"

enum { RESERVE_BYTES = 16 << 20, RESERVE_PIECE = 256 << 10, RESERVE_PAUSE_MS = 5000 };
struct reserve {
    int fd;              /* -1: none is kept, and none is ever released */
    int64_t whole, have; /* bytes it is to have and has */
    bool used;           /* released since it was whole last */
    int64_t next_ms;     /* not filled before: the disk was full */
};
/*
 * Opens the file, made when it is not there, before the cage shuts. It is to have RESERVE_BYTES, at most an eighth of its file system.
 * One that cannot be opened is none: the house serves all the same.
 */
void reserve_open(struct reserve *r, const char *path);
/* Gives a piece back to the file system. False: nothing is left to give. */
bool reserve_release(struct reserve *r);
/* One piece more, if it is not whole and the disk has room. True: there may be more to do. Monotonic milliseconds. */
bool reserve_fill(struct reserve *r, int64_t now_ms);
#endif
