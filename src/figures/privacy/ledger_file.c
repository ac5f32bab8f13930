/* The ledger on the disk: one writer, whole lines, a head that an older copy does not have. */
#include "figures/privacy/ledger.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES_MOST = 128 };

static const char *path_with(struct arena *a, const char *path, str end)
{
    return str_c(a, str_join(a, str_of(path), end));
}

/* "LINE:HASH" must be a line of text, whose chain holds. */
static bool has_head(str text, str head)
{
    str number, line = { 0 };
    int64_t n;
    if (!str_split(&head, ':', &number) || !str_to_int(number, &n) || n < 0 || head.len != 2 * LEDGER_HASH)
        return false;
    for (int64_t i = 0; i <= n; i++) {
        ptrdiff_t end = str_find(text, '\n');
        if (end < 0)
            return false;
        line = str_part(text, 0, end);
        text = str_part(text, end + 1, text.len);
    }
    return str_ends(line, head);
}

static bool heads_agree(struct arena *a, const char *path, str text, str given, int64_t lines, struct said *said)
{
    str head = { 0 };
    const char *beside = path_with(a, path, lit(".head"));
    status s = file_read(a, beside, HEAD_BYTES_MOST, &head);
    if (given.len && !has_head(text, given))
        return say(said, "%s is not the ledger of that head, or an older copy of it: no line is %.*s", path, SHOWN(given));
    if (s == NOT_FOUND)
        return lines == 1 || given.len
               || say(said, "%s is not there, so nobody can tell whether %s is an older copy: give --head LINE:HASH from where it was "
                      "kept", beside, path);
    if (s != OK)
        return say(said, "cannot read %s", beside);
    if (!has_head(text, str_trim(head)))
        return say(said, "%s is an older copy than %s knows, or of another ledger: bring back the newest copy; nothing is spent on this "
                   "one", path, beside);
    return true;
}

/* Reads and proves all of it. *whole: where the last whole line ends. */
static status take_in(struct arena *a, const char *path, str given, str *text, struct ledger_book *b, ptrdiff_t *whole, struct said *said)
{
    int64_t line;
    const char *fault;
    status s = file_read(a, path, LEDGER_BYTES_MOST, text);
    if (s != OK) {
        say(said, s == NOT_FOUND ? "there is no ledger %s" : s == LIMIT ? "%s is too long for a ledger" : "cannot read %s", path);
        return s == NOT_FOUND ? s : FAULT;
    }
    if (!ledger_read(a, *text, b, whole, &line, &fault)) {
        say(said, line == 1 ? "%s:%lld: %s: it is no ledger, or its first line was changed" : "%s:%lld: %s", path, (long long)line, fault);
        return INVALID;
    }
    return heads_agree(a, path, str_part(*text, 0, *whole), given, b->lines, said) ? OK : INVALID;
}

status ledger_look(struct arena *a, const char *path, str given, str *text, ptrdiff_t *torn, struct ledger_book *b, struct said *said)
{
    ptrdiff_t whole = 0;
    status s = take_in(a, path, given, text, b, &whole, said);
    *torn = s == OK ? text->len - whole : 0;
    if (s == OK)
        *text = str_part(*text, 0, whole);
    return s;
}

static status keep_head(struct ledger *l)
{
    struct arena scratch = *l->arena;
    return file_replace(l->head_path, str_join(&scratch, ledger_head_text(&scratch, &l->book), lit("\n")));
}

/* The key beside the ledger. Lost, it is made anew: then an earlier release is not recognised, and made again it is paid again. */
static bool read_key(struct ledger *l, struct said *said)
{
    struct arena scratch = *l->arena;
    const char *path = path_with(&scratch, l->path, lit(".key"));
    str key;
    status s = file_read(&scratch, path, KEY_BYTES, &key);
    if (s == NOT_FOUND) {
        crypt_random(l->key, KEY_BYTES);
        s = file_create(path, (str){ (char *)l->key, KEY_BYTES });
    } else if (s == OK && key.len == KEY_BYTES) {
        memcpy(l->key, key.at, KEY_BYTES);
        wipe((char *)key.at, KEY_BYTES);
    } else {
        s = FAULT;
    }
    return s == OK || say(said, "cannot read or make %s, which holds 32 bytes", path);
}

/* A ledger of one line. Its head follows at once; a crash between the two leaves a ledger of one line, which needs none. */
static status make(struct arena *a, const struct ledger_how *how, const char *head, struct said *said)
{
    struct ledger_book b = { .arena = a };
    str text;
    if (file_read(a, head, HEAD_BYTES_MOST, &text) != NOT_FOUND) {
        say(said, "%s is gone, but %s remembers it: bring back the newest copy", how->path, head);
        return INVALID;
    }
    if (how->given.len) {
        say(said, "there is no ledger %s to which that head could belong", how->path);
        return INVALID;
    }
    status s = file_create(how->path, ledger_line_open(&b, os_now(), how->cap));
    if (s != OK && s != CONFLICT)
        say(said, "cannot make the ledger %s: %s", how->path, strerror(errno));
    return s;
}

static bool lock(struct ledger *l, status *s, struct said *said)
{
    struct stat held, named;
    *s = FAULT;
    l->fd = open(l->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    if (l->fd < 0)
        return say(said, "cannot open the ledger %s: %s", l->path, strerror(errno));
    if (flock(l->fd, LOCK_EX | LOCK_NB)) {
        *s = errno == EWOULDBLOCK ? BUSY : FAULT;
        return say(said, *s == BUSY ? "another release holds the ledger %s: wait until it is done" : "cannot lock the ledger %s", l->path);
    }
    if (fstat(l->fd, &held) || stat(l->path, &named) || held.st_ino != named.st_ino || held.st_dev != named.st_dev)
        return say(said, "the ledger %s was exchanged while it was opened", l->path);
    return true;
}

static status cut_torn(struct ledger *l, ptrdiff_t torn, struct said *said, struct said *note)
{
    if (!torn)
        return OK;
    if (ftruncate(l->fd, l->size) || fsync(l->fd)) {
        say(said, "cannot take away the line of %s that a crash cut off: %s", l->path, strerror(errno));
        return FAULT;
    }
    say(note, "%s ended in %lld bytes of a line that a crash cut off; they were taken away, nothing had followed from them", l->path,
        (long long)torn);
    return OK;
}

status ledger_open(struct arena *a, const struct ledger_how *how, struct ledger *out, bool *made, struct said *said, struct said *note)
{
    *out = (struct ledger){ .arena = a, .fd = -1, .path = how->path, .head_path = path_with(a, how->path, lit(".head")) };
    *made = false;
    status s = access(how->path, F_OK) ? make(a, how, out->head_path, said) : CONFLICT;
    *made = s == OK;
    if (s != OK && s != CONFLICT)
        return s;
    str text;
    ptrdiff_t whole = 0;
    if (lock(out, &s, said))
        s = take_in(a, how->path, how->given, &text, &out->book, &whole, said);
    out->size = whole;
    if (s == OK)
        s = cut_torn(out, text.len - whole, said, note);
    if (s == OK && !read_key(out, said))
        s = FAULT;
    /* A crash between a line and its head left the head behind. */
    if (s == OK && keep_head(out) != OK) {
        say(said, "cannot write %s: %s. Nothing was spent", out->head_path, strerror(errno));
        s = FAULT;
    }
    if (s != OK)
        ledger_close(out);
    return s;
}

void ledger_close(struct ledger *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    wipe(l->key, sizeof l->key);
}

static bool write_at(int fd, str text, int64_t at)
{
    while (text.len) {
        ssize_t n = pwrite(fd, text.at, (size_t)text.len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = str_part(text, n, text.len);
        at += n;
    }
    return true;
}

/* Nothing followed from the line yet, so it may go. errno stays. */
static status take_back(struct ledger *l, const char *then, struct said *said)
{
    int why = errno;
    if (!ftruncate(l->fd, l->size) && !fsync(l->fd))
        say(said, "the ledger %s could not be written (%s): %s", l->path, strerror(why), then);
    else
        say(said, "the ledger %s could not be written (%s), nor set back: if the line is there, it counts; nothing was drawn", l->path,
            strerror(why));
    return FAULT;
}

/* Is the head on the disk still the one before? Then the new one never took its place. */
static bool head_is(struct ledger *l, str old)
{
    struct arena scratch = *l->arena;
    str head;
    return file_read(&scratch, l->head_path, HEAD_BYTES_MOST, &head) == OK && str_equal(str_trim(head), old);
}

status ledger_append(struct ledger *l, str line, const char *then, struct said *said)
{
    if (!write_at(l->fd, line, l->size) || fsync(l->fd))
        return take_back(l, then, said);
    str old = ledger_head_text(l->arena, &l->book);
    struct ledger_book before = l->book;
    must(!ledger_add(&l->book, str_part(line, 0, line.len - 1)));
    if (keep_head(l) == OK) {
        l->size += line.len;
        return OK;
    }
    if (head_is(l, old)) {
        /* The sums of the book are ahead of the file now: it is not used again. */
        l->book = before;
        return take_back(l, then, said);
    }
    l->size += line.len;
    say(said, "the line stands in the ledger %s and counts, but %s could not be written (%s); nothing was drawn", l->path, l->head_path,
        strerror(errno));
    return FAULT;
}
