/* One set as a file: sealed, brought to the disk, read back; and opened again. */
#include "lib/os/os.h"
#include "vault/backup.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Memory of one pass; the system has it back at the end of the command. */
struct pass {
    struct arena arena;
    struct age_stream stream;
    struct sha256_state sealed, plain;
    uint8_t *text, *piece;
    int64_t bytes;
};

static void pass_begin(struct pass *p)
{
    *p = (struct pass){ .arena = arena_reserve(1 << 20) };
    p->text = arena_new(&p->arena, uint8_t, AGE_CHUNK);
    p->piece = arena_new(&p->arena, uint8_t, AGE_SEALED);
    sha256_start(&p->sealed);
    sha256_start(&p->plain);
}

static void pass_end(struct pass *p)
{
    wipe(&p->stream, sizeof p->stream);
    wipe(p->text, AGE_CHUNK);
}

/* As many bytes as there are, up to n; -1: it cannot be read. */
static ptrdiff_t read_full(int fd, uint8_t *to, ptrdiff_t n)
{
    ptrdiff_t have = 0;
    while (have < n) {
        ssize_t got = read(fd, to + have, (size_t)(n - have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (!got)
            break;
        have += got;
    }
    return have;
}

status file_write_piece(void *to, str piece)
{
    for (int fd = *(int *)to; piece.len;) {
        ssize_t n = write(fd, piece.at, (size_t)piece.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FAULT;
        piece = str_part(piece, n, piece.len);
    }
    return OK;
}

static status put(struct pass *p, int fd, str piece)
{
    sha256_more(&p->sealed, piece);
    p->bytes += piece.len;
    return file_write_piece(&fd, piece);
}

/* The piece of the source at an offset; the last one is at its end. */
static bool take(struct pass *p, const struct set_source *from, int64_t at, int64_t size, str *piece)
{
    int64_t n = size - at > AGE_CHUNK ? AGE_CHUNK : size - at;
    if (from->fd < 0) {
        *piece = str_part(from->bytes, at, at + n);
        return true;
    }
    *piece = (str){ (char *)p->text, n };
    return read_full(from->fd, p->text, n) == n;
}

static status seal_pieces(struct pass *p, const struct set_source *from, int64_t size, int fd)
{
    int64_t at = 0;
    status s = OK;
    do {
        str piece;
        if (!take(p, from, at, size, &piece))
            return FAULT;
        sha256_more(&p->plain, piece);
        at += piece.len;
        age_seal(&p->stream, piece, at == size, p->piece);
        s = put(p, fd, (str){ (char *)p->piece, piece.len + AEAD_TAG });
    } while (s == OK && at < size);
    return s;
}

/* Opens what follows the head, piece by piece; a piece is the last when nothing comes after it. */
static status open_pieces(struct pass *p, int fd, status (*write)(void *to, str piece), void *to)
{
    uint8_t *next = arena_new(&p->arena, uint8_t, AGE_SEALED);
    ptrdiff_t n = read_full(fd, p->piece, AGE_SEALED), after = 0;
    status s = OK;
    do {
        after = n < 0 ? -1 : read_full(fd, next, AGE_SEALED);
        if (n < 0 || after < 0)
            return FAULT;
        sha256_more(&p->sealed, (str){ (char *)p->piece, n });
        p->bytes += n;
        if (!age_open(&p->stream, (str){ (char *)p->piece, n }, !after, p->text))
            return INVALID;
        str text = { (char *)p->text, n - AEAD_TAG };
        sha256_more(&p->plain, text);
        s = write ? write(to, text) : OK;
        memcpy(p->piece, next, (size_t)after);
        n = after;
    } while (s == OK && n > 0);
    return s;
}

/* From the disk, with the stream as it was before the first piece: the same file, the same text. */
static bool reads_back(const char *path, ptrdiff_t head, struct age_stream stream, struct pass *written, struct set *s)
{
    uint8_t sha[32], plain[32], plain_written[32];
    struct pass p;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* from the disk rather than from memory, where the system agrees */
    pass_begin(&p);
    p.stream = stream;
    uint8_t *first = arena_new(&p.arena, uint8_t, head);
    bool good = read_full(fd, first, head) == head;
    sha256_more(&p.sealed, (str){ (char *)first, head });
    p.bytes = head;
    good = good && open_pieces(&p, fd, NULL, NULL) == OK && p.bytes == written->bytes;
    sha256_end(&p.sealed, sha);
    sha256_end(&p.plain, plain);
    sha256_end(&written->sealed, s->sha256);
    sha256_end(&written->plain, plain_written);
    s->bytes = written->bytes;
    close(fd);
    pass_end(&p);
    return good && same_bytes(sha, s->sha256, sizeof sha) && same_bytes(plain, plain_written, sizeof plain);
}

status set_seal(const struct set_source *from, const char *path, const uint8_t (*recipients)[KEY], ptrdiff_t n, struct set *s)
{
    struct pass p;
    struct age_stream first;
    int64_t size = from->fd < 0 ? from->bytes.len : lseek(from->fd, 0, SEEK_END);
    if (size < 0 || (from->fd >= 0 && lseek(from->fd, 0, SEEK_SET)))
        return FAULT;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? CONFLICT : FAULT;
    pass_begin(&p);
    str head = age_head_make(&p.arena, recipients, n, &p.stream);
    first = p.stream;
    status done = head.len ? put(&p, fd, head) : INVALID;
    if (done == OK)
        done = seal_pieces(&p, from, size, fd);
    if (done == OK && fsync(fd))
        done = FAULT;
    if (close(fd) && done == OK)
        done = FAULT;
    if (done == OK && !reads_back(path, head.len, first, &p, s))
        done = FAULT;
    wipe(&first, sizeof first);
    pass_end(&p);
    if (done != OK)
        unlink(path);
    return done;
}

static status open_file(struct pass *p, int fd, const uint8_t identity[KEY], status (*write)(void *to, str piece), void *to)
{
    uint8_t *start = arena_new(&p->arena, uint8_t, AGE_HEAD_MOST);
    ptrdiff_t n = read_full(fd, start, AGE_HEAD_MOST), head;
    if (n < 0)
        return FAULT;
    status s = age_head_open(&p->arena, (str){ (char *)start, n }, identity, &head, &p->stream);
    if (s != OK)
        return s;
    sha256_more(&p->sealed, (str){ (char *)start, head });
    if (lseek(fd, head, SEEK_SET) != head)
        return FAULT;
    return open_pieces(p, fd, write, to);
}

status set_open(const char *path, const uint8_t identity[KEY], status (*write)(void *to, str piece), void *to, uint8_t sha[32])
{
    struct pass p;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? NOT_FOUND : FAULT;
    pass_begin(&p);
    status s = open_file(&p, fd, identity, write, to);
    sha256_end(&p.sealed, sha);
    close(fd);
    pass_end(&p);
    return s;
}
