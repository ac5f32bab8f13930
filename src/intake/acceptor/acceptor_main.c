/* The process: one thread, all channels, no network and no keys. */
#include "intake/acceptor/acceptor.h"
#include "lib/crypt/crypt.h"
#include "lib/log/board.h"
#include "lib/log/log.h"
#include "lib/os/channel.h"
#include <poll.h>
#include <time.h>

enum {
    CHANNELS_MOST = 64, INBOX_BYTES = 32 << 20, ARENA_BYTES = 16 << 20, IDLE_MS = 1000, PART_MS = 5,
    ANSWER_WAIT_MS = 1000, SWEEP_SECONDS = 3600, FULL_SECONDS = 60, BREATH_NS = 1000000
};

/* What keeper has not yet noted: commits are merged while it is away. */
struct unnoted {
    uint32_t rows;
    uint8_t digest[32];
    int64_t next_ms; /* not before */
};
struct inbox {
    uint8_t *bytes;
    ptrdiff_t used;
    str messages[ACCEPTOR_BATCH];
    int from[ACCEPTOR_BATCH];
    ptrdiff_t count, first; /* messages[first..count) wait */
};
struct acceptor {
    const struct acceptor_place *place;
    int channels[CHANNELS_MOST]; /* -1: closed */
    struct inbox inbox;
    struct arena arena;
    struct verdict verdicts[ACCEPTOR_BATCH];
    struct unnoted unnoted;
    struct sweep_clock clock;
    int64_t next_sweep_ms; /* not before */
};

static bool inbox_has_room(const struct inbox *in)
{
    return in->count < ACCEPTOR_BATCH && INBOX_BYTES - in->used >= ACCEPTOR_MESSAGE_MAX;
}

/* Everything that waits on one channel, up to its share of a batch. False: the channel is closed. */
static bool take_from(struct acceptor *p, int fd)
{
    struct inbox *in = &p->inbox;
    ptrdiff_t share = ACCEPTOR_BATCH / p->place->channel_count;
    for (ptrdiff_t i = 0; i < share && inbox_has_room(in); i++) {
        ptrdiff_t n;
        status s = channel_receive(fd, in->bytes + in->used, ACCEPTOR_MESSAGE_MAX, 0, &n);
        if (s == INVALID) {
            log_event(LOG_ACCEPTOR_REFUSED, fd, 0);
            continue;
        }
        if (s != OK)
            return s == BUSY;
        in->messages[in->count] = (str){ (const char *)in->bytes + in->used, n };
        in->from[in->count++] = fd;
        in->used += n;
    }
    return true;
}

static bool collect(struct acceptor *p)
{
    bool any = false;
    for (ptrdiff_t i = 0; i < p->place->channel_count; i++) {
        if (p->channels[i] >= 0 && !take_from(p, p->channels[i]))
            p->channels[i] = -1;
        any = any || p->channels[i] >= 0;
    }
    return any;
}

static void answer(struct acceptor *p, ptrdiff_t first, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const struct verdict *v = &p->verdicts[i];
        if (v->code == CODE_BAD)
            log_event(LOG_ACCEPTOR_REFUSED, p->inbox.from[first + i], v->type);
        /* A worker that takes no answer is ending; its successor or it will ask again with the same key. */
        if (channel_send(p->inbox.from[first + i], verdict_write(&p->arena, v), ANSWER_WAIT_MS) != OK)
            log_event(LOG_ACCEPTOR_UNHEARD, p->inbox.from[first + i], v->type);
    }
}

/* No room on the disk, nor in the reserve: everybody who waits hears no at once, and may try again. Nothing was stored. */
static void refuse_all(struct acceptor *p)
{
    struct inbox *in = &p->inbox;
    for (ptrdiff_t i = in->first; i < in->count; i++) {
        struct message_head head = { 0 };
        bool whole = message_head_read(in->messages[i], &head);
        p->verdicts[i - in->first] = (struct verdict){ .type = whole ? head.type : (uint16_t)SUBMIT_HELLO,
                                                       .code = whole ? CODE_STORE : CODE_BAD, .serial = head.serial };
    }
    answer(p, in->first, in->count - in->first);
    in->first = in->count;
}

/* Two commits in one note: the digest of both digests. */
static void merge(struct unnoted *u, const struct accepted *done)
{
    if (!u->rows) {
        u->rows = done->rows;
        memcpy(u->digest, done->digest, sizeof u->digest);
        return;
    }
    uint8_t both[64];
    memcpy(both, u->digest, 32);
    memcpy(both + 32, done->digest, 32);
    sha256((str){ (const char *)both, sizeof both }, u->digest);
    u->rows += done->rows;
}

/* After the answers, and never in their way: an unwilling keeper is asked once a second. */
static void note(struct acceptor *p)
{
    struct unnoted *u = &p->unnoted;
    uint64_t seq;
    int64_t now = p->place->monotonic_ms();
    if (!u->rows || !p->place->keeper || now < u->next_ms)
        return;
    if (keeper_note(p->place->keeper, NULL, ACT_WRITE, u->rows, (id){ 0 }, u->digest, &seq) == OK)
        *u = (struct unnoted){ 0 };
    else
        u->next_ms = p->place->monotonic_ms() + 1000;
}

/*
 * On a full disk what people wrote finds its room in the reserve, piece by piece until it fits. A piece goes further when the log is begun
 * anew: the database itself grows by a few pages a tip, the log by some twenty.
 */
static status take_from_reserve(struct acceptor *p, struct arena whole, struct acceptor_limits limits, struct accepted *done)
{
    struct inbox *in = &p->inbox;
    status s = LIMIT;
    while (s == LIMIT && p->place->reserve && reserve_release(p->place->reserve)) {
        p->arena = whole;
        if (db_reuse_log(p->place->db) != OK && db_broken(p->place->db))
            return FAULT;
        s = acceptor_take(p->place->db, &p->arena, limits, in->messages + in->first, in->count - in->first, p->verdicts, done);
    }
    return s;
}

static void breathe(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = BREATH_NS }, NULL);
}

/* One batch; OK also when the lock was held by another. */
static status take_batch(struct acceptor *p)
{
    struct inbox *in = &p->inbox;
    struct arena whole = p->arena;
    struct accepted done;
    struct acceptor_limits limits = { p->place->now(), p->place->monotonic_ms, ACCEPTOR_HOLD_MS };
    status s = acceptor_take(p->place->db, &p->arena, limits, in->messages + in->first, in->count - in->first, p->verdicts, &done);
    if (s == LIMIT)
        s = take_from_reserve(p, whole, limits, &done);
    if (s == OK) {
        answer(p, in->first, done.taken);
        board_add(BOARD_TIPS, done.taken);
        in->first += done.taken;
        if (done.rows)
            merge(&p->unnoted, &done);
    }
    if (s == LIMIT)
        refuse_all(p);
    p->arena = whole;
    if (in->first == in->count)
        in->first = in->count = in->used = 0;
    else
        breathe(); /* the lock is free: staff first */
    return s == BUSY || s == LIMIT ? OK : s;
}

static status sweep_when_due(struct acceptor *p)
{
    int64_t ms = p->place->monotonic_ms();
    if (ms < p->next_sweep_ms)
        return OK;
    bool more;
    status s = acceptor_sweep_by(p->place->db, &p->clock, p->place->now(), ms, &more);
    if (s == OK)
        p->next_sweep_ms = more ? ms : ms + SWEEP_SECONDS * 1000;
    if (s == LIMIT)
        p->next_sweep_ms = ms + FULL_SECONDS * 1000;
    return s == BUSY || s == LIMIT ? OK : s;
}

static void wait_for_work(struct acceptor *p)
{
    struct pollfd fds[CHANNELS_MOST];
    for (ptrdiff_t i = 0; i < p->place->channel_count; i++)
        fds[i] = (struct pollfd){ .fd = p->channels[i], .events = POLLIN };
    bool goes_on = p->place->monotonic_ms() >= p->next_sweep_ms; /* a part of the sweep is left */
    poll(fds, (nfds_t)p->place->channel_count, goes_on ? PART_MS : IDLE_MS);
}

/* To every worker: whatever you sent to my predecessor and heard nothing about, send again. */
static void say_hello(struct acceptor *p)
{
    uint8_t hello[CHANNEL_HEADER];
    message_head_write(hello, (struct message_head){ .type = SUBMIT_HELLO, .length = sizeof hello });
    for (ptrdiff_t i = 0; i < p->place->channel_count; i++)
        if (channel_send(p->channels[i], (str){ (const char *)hello, sizeof hello }, ANSWER_WAIT_MS) != OK)
            log_event(LOG_ACCEPTOR_UNHEARD, p->channels[i], SUBMIT_HELLO);
}

int acceptor_main(const struct acceptor_place *place)
{
    must(place->channel_count <= CHANNELS_MOST);
    struct arena process = arena_reserve(ARENA_BYTES);
    struct acceptor *p = arena_new(&process, struct acceptor, 1);
    p->place = place;
    p->inbox.bytes = (uint8_t *)arena_reserve(INBOX_BYTES).at; /* not through arena_new, which would touch every page */
    p->arena = process;
    if (place->reserve) /* others start too, and a part of it may have been released for that */
        place->reserve->next_ms = place->monotonic_ms() + RESERVE_PAUSE_MS;
    memcpy(p->channels, place->channels, (size_t)place->channel_count * sizeof(int));
    say_hello(p);
    for (;;) {
        status s = OK;
        board_set(BOARD_ACCEPTOR_MS, p->place->monotonic_ms());
        if (!collect(p) && p->inbox.first == p->inbox.count)
            return 0;
        if (p->inbox.first < p->inbox.count)
            s = take_batch(p);
        else
            s = sweep_when_due(p);
        if (s != OK) {
            log_event(LOG_ACCEPTOR_FAULT, s, 0);
            return 1;
        }
        note(p);
        if (p->inbox.first == p->inbox.count && !(p->place->reserve && reserve_fill(p->place->reserve, p->place->monotonic_ms())))
            wait_for_work(p);
    }
}
