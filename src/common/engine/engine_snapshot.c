#include "common/engine/engine.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include <unistd.h>

enum { SNAPSHOT_VERSION = 1, HEAD = 16, SEALED_CHUNK = SNAPSHOT_CHUNK + STREAM_MORE };
static const char fresh_name[] = ENGINE_SNAPSHOT ".new";

/* Room of both directions. The clear chunk is wiped when it was written or read. */
struct chunk {
    struct stream stream;
    uint8_t head[HEAD], clear[SNAPSHOT_CHUNK], sealed[SEALED_CHUNK];
};
static struct chunk chunk; /* one file at a time; lives as long as the process */

static str view(const uint8_t *at, ptrdiff_t n)
{
    return (str){ (const char *)at, n };
}

static void write_head(uint64_t upto)
{
    struct wire w = { chunk.head, 0, HEAD, false };
    wire_bytes(&w, "PSE1", 4);
    wire_u16(&w, SNAPSHOT_VERSION);
    wire_u16(&w, 0);
    wire_u64(&w, upto);
}

/* A whole chunk, or what is left: every chunk but the last is full. */
static status fill(snapshot_produce *produce, void *ctx, ptrdiff_t *n)
{
    *n = 0;
    while (*n < SNAPSHOT_CHUNK) {
        ptrdiff_t more = 0;
        status s = produce(ctx, chunk.clear + *n, SNAPSHOT_CHUNK - *n, &more);
        if (s != OK || !more)
            return s;
        must(more > 0 && more <= SNAPSHOT_CHUNK - *n);
        *n += more;
    }
    return OK;
}

static status write_chunks(struct fresh_file *f, const uint8_t key[KEY], snapshot_produce *produce, void *ctx)
{
    uint8_t header[STREAM_HEADER];
    ptrdiff_t n = SNAPSHOT_CHUNK;
    stream_seal_start(&chunk.stream, key, header);
    status s = file_fresh_add(f, view(chunk.head, HEAD));
    if (s == OK)
        s = file_fresh_add(f, view(header, STREAM_HEADER));
    while (s == OK && n == SNAPSHOT_CHUNK) {
        s = fill(produce, ctx, &n);
        if (s != OK)
            break;
        stream_seal(&chunk.stream, view(chunk.clear, n), view(chunk.head, HEAD), n < SNAPSHOT_CHUNK, chunk.sealed);
        s = file_fresh_add(f, view(chunk.sealed, n + STREAM_MORE));
    }
    return s;
}

status engine_snapshot_write(int folder, const uint8_t key[KEY], uint64_t upto, snapshot_produce *produce, void *ctx)
{
    struct fresh_file f;
    status s = file_fresh(folder, fresh_name, ENGINE_SNAPSHOT, &f);
    if (s != OK)
        return s;
    write_head(upto);
    s = write_chunks(&f, key, produce, ctx);
    wipe(&chunk, sizeof chunk);
    if (s == OK)
        return file_fresh_done(&f);
    file_fresh_drop(&f);
    return s;
}

/* INVALID: not what we write. */
static status read_head(int fd, uint8_t header[STREAM_HEADER], uint64_t *upto)
{
    ptrdiff_t n = 0, m = 0;
    status s = file_read_some(fd, chunk.head, HEAD, &n);
    if (s == OK)
        s = file_read_some(fd, header, STREAM_HEADER, &m);
    if (s != OK || n != HEAD || m != STREAM_HEADER)
        return s == OK ? INVALID : s;
    struct wire w = { chunk.head, 4, HEAD, false };
    bool good = !memcmp(chunk.head, "PSE1", 4) && wire_get_u16(&w) == SNAPSHOT_VERSION;
    good = wire_get_u16(&w) == 0 && good;
    *upto = wire_get_u64(&w);
    return good ? OK : INVALID;
}

static status read_chunks(int fd, const uint8_t key[KEY], const uint8_t header[STREAM_HEADER], snapshot_consume *consume, void *ctx)
{
    bool last = false;
    if (!stream_open_start(&chunk.stream, key, header))
        return INVALID;
    while (!last) {
        ptrdiff_t n;
        status s = file_read_some(fd, chunk.sealed, SEALED_CHUNK, &n);
        if (s != OK)
            return s;
        if (!stream_open(&chunk.stream, view(chunk.sealed, n), view(chunk.head, HEAD), &last, chunk.clear))
            return INVALID;
        if (last == (n == SEALED_CHUNK))
            return INVALID; /* the last one is the short one */
        if (n > STREAM_MORE && consume(ctx, view(chunk.clear, n - STREAM_MORE)) != OK)
            return INVALID;
    }
    ptrdiff_t behind;
    status s = file_read_some(fd, chunk.sealed, 1, &behind);
    return s == OK && behind ? INVALID : s;
}

status engine_snapshot_read(int folder, const uint8_t key[KEY], uint64_t *upto, snapshot_consume *consume, void *ctx)
{
    uint8_t header[STREAM_HEADER];
    int fd;
    status s = file_open_in(folder, ENGINE_SNAPSHOT, &fd);
    if (s != OK)
        return s;
    s = read_head(fd, header, upto);
    if (s == OK)
        s = read_chunks(fd, key, header, consume, ctx);
    close(fd);
    wipe(&chunk, sizeof chunk);
    if (s != INVALID)
        return s;
    log_event(LOG_ENGINE_SNAPSHOT, s, 0);
    return file_remove_in(folder, ENGINE_SNAPSHOT) == OK ? INVALID : FAULT;
}

status engine_snapshot_remove(int folder)
{
    status s = file_remove_in(folder, fresh_name);
    return s == OK ? file_remove_in(folder, ENGINE_SNAPSHOT) : s;
}
