#include "intake/acceptor/reserve.h"
#include "lib/crypt/crypt.h"
#include "lib/log/log.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void reserve_open(struct reserve *r, const char *path)
{
    struct statvfs disk;
    struct stat about;
    *r = (struct reserve){ .fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) };
    if (r->fd < 0 || fstat(r->fd, &about) || fstatvfs(r->fd, &disk))
        return;
    int64_t eighth = (int64_t)(disk.f_blocks * disk.f_frsize / 8);
    r->whole = (eighth < RESERVE_BYTES ? eighth : RESERVE_BYTES) / RESERVE_PIECE * RESERVE_PIECE;
    r->have = about.st_size / RESERVE_PIECE * RESERVE_PIECE;
    r->used = r->have > 0 && r->have < r->whole;
    if (r->have > r->whole && !ftruncate(r->fd, r->whole))
        r->have = r->whole;
}

bool reserve_release(struct reserve *r)
{
    if (r->fd < 0 || r->have < RESERVE_PIECE || ftruncate(r->fd, r->have - RESERVE_PIECE))
        return false;
    r->have -= RESERVE_PIECE;
    if (!r->used || r->have < RESERVE_PIECE) /* once at its start and once at its end, not for every piece */
        log_event(LOG_RESERVE_USED, r->have >> 10, 0);
    r->used = true;
    return true;
}

/* Written, for a file that is only long takes no blocks; and with noise, which no file system makes smaller. */
bool reserve_fill(struct reserve *r, int64_t now_ms)
{
    static uint8_t noise[RESERVE_PIECE];
    static bool drawn;
    if (r->fd < 0 || r->have >= r->whole || now_ms < r->next_ms)
        return false;
    struct chance chance = chance_system();
    if (!drawn)
        chance.fill(&chance, noise, sizeof noise);
    drawn = true;
    ssize_t n = pwrite(r->fd, noise, sizeof noise, r->have);
    if (n != sizeof noise) {
        (void)!ftruncate(r->fd, r->have); /* what is not a whole piece is left to others */
        r->next_ms = now_ms + RESERVE_PAUSE_MS;
        return false;
    }
    r->have += n;
    if (r->have >= r->whole && r->used) {
        log_event(LOG_RESERVE_WHOLE, r->have >> 10, 0);
        r->used = false;
    }
    return r->have < r->whole;
}
