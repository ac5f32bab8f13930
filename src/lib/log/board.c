#include "lib/log/board.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TAKERS = 512, PROBES = 16, MINUTE_BITS = 32 };

/* A taker: whose, and minute << 32 | count. */
struct taker {
    _Atomic uint64_t key, taken;
};
struct board {
    _Atomic int64_t counts[BOARD_COUNTS];
    struct taker takers[TAKERS];
};
static struct board own;
static struct board *board = &own;

int board_make(void)
{
    int fd = memfd_create("plainsight-board", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, sizeof(struct board))) {
        close(fd);
        return -1;
    }
    return fd;
}

void board_open(int fd)
{
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        board = at;
}

void board_add(enum board_count c, int64_t n)
{
    atomic_fetch_add_explicit(&board->counts[c], n, memory_order_relaxed);
}

void board_set(enum board_count c, int64_t n)
{
    atomic_store_explicit(&board->counts[c], n, memory_order_relaxed);
}

int64_t board_read(enum board_count c)
{
    return atomic_load_explicit(&board->counts[c], memory_order_relaxed);
}

/* The place of a key: its own, a free one, or one that was quiet for a minute. NULL: all of its places are others' and busy. */
static struct taker *taker_of(uint64_t key, int64_t minute)
{
    for (int i = 0; i < PROBES; i++) {
        struct taker *t = &board->takers[(key + (uint64_t)i) % TAKERS];
        uint64_t there = atomic_load(&t->key);
        if (there == key)
            return t;
        bool over = (int64_t)(atomic_load(&t->taken) >> MINUTE_BITS) < minute;
        if ((!there || over) && atomic_compare_exchange_strong(&t->key, &there, key)) {
            atomic_store(&t->taken, (uint64_t)minute << MINUTE_BITS);
            return t;
        }
        if (there == key)
            return t; /* another worker was faster */
    }
    return NULL;
}

bool board_take(uint64_t key, int64_t minute, int64_t most)
{
    struct taker *t = taker_of(key, minute);
    if (!t)
        return true; /* more keys at work than places: a limit is not worth refusing somebody for */
    uint64_t old = atomic_load(&t->taken), fresh;
    do {
        bool same = (int64_t)(old >> MINUTE_BITS) == minute;
        int64_t count = same ? (int64_t)(old & UINT32_MAX) : 0;
        if (count >= most)
            return false;
        fresh = (uint64_t)minute << MINUTE_BITS | (uint64_t)(count + 1);
    } while (!atomic_compare_exchange_weak(&t->taken, &old, fresh));
    return true;
}
