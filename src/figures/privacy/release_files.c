/* Where the files of a release go: kept beside the ledger, and whole or not at all where they were asked for. */
#include "figures/privacy/release.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES_MOST = 1 << 30, FILES_MOST = 1000 };

static const char *joined(struct arena *a, const char *left, const char *middle, str right)
{
    return str_c(a, str_join(a, str_join(a, str_of(left), str_of(middle)), right));
}

/* The hash of the list "HASH name" of all files, in order. */
static void hash_of(struct arena *a, const struct release_files *f, uint8_t to[LEDGER_HASH])
{
    struct arena scratch = *a;
    struct out list = { .arena = &scratch };
    for (ptrdiff_t i = 0; i < f->len; i++) {
        uint8_t hash[LEDGER_HASH];
        plain_hash(f->at[i].content, hash, LEDGER_HASH);
        out_hex(&list, hash, LEDGER_HASH);
        out_char(&list, ' ');
        out_str(&list, f->at[i].name);
        out_char(&list, '\n');
    }
    plain_hash(out_view(&list), to, LEDGER_HASH);
}

/* Takes away a folder of ours with the files in it. */
static void take_away(struct arena *a, const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            unlink(joined(a, folder, "/", str_of(e->d_name)));
    closedir(d);
    rmdir(folder);
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && !fsync(fd);
    if (fd >= 0)
        close(fd);
    return good;
}

static const char *parent_of(struct arena *a, const char *path)
{
    str s = str_of(path);
    while (s.len > 1 && s.at[s.len - 1] == '/')
        s.len--;
    while (s.len && s.at[s.len - 1] != '/')
        s.len--;
    return s.len ? str_c(a, s) : ".";
}

/* Written beside, under a name of this process, then renamed: nobody sees half of it. */
static status put(struct arena *a, const char *folder, const struct release_files *f, bool mine)
{
    struct arena scratch = *a;
    char end[40];
    snprintf(end, sizeof end, ".making.%ld", (long)getpid());
    str name = str_of(folder);
    while (name.len > 1 && name.at[name.len - 1] == '/')
        name.len--;
    const char *fresh = str_c(&scratch, str_join(&scratch, name, str_of(end)));
    if (mkdir(fresh, mine ? 0700 : 0755))
        return FAULT;
    bool good = true;
    for (ptrdiff_t i = 0; good && i < f->len; i++) {
        const char *path = joined(&scratch, fresh, "/", f->at[i].name);
        good = file_create(path, f->at[i].content) == OK && (mine || !chmod(path, 0644));
    }
    status s = FAULT;
    if (good) {
        s = !renameat2(AT_FDCWD, fresh, AT_FDCWD, str_c(&scratch, name), RENAME_NOREPLACE) ? OK : errno == EEXIST ? CONFLICT : FAULT;
        if (s == OK && !sync_folder(parent_of(&scratch, folder)))
            s = FAULT;
    }
    int why = errno;
    if (s != OK)
        take_away(&scratch, fresh);
    errno = why;
    return s;
}

bool release_is_put(struct arena *a, const char *folder, const struct release_files *f)
{
    DIR *d = opendir(folder);
    ptrdiff_t names = 0;
    bool same = d != NULL;
    for (struct dirent *e; same && (e = readdir(d));)
        names += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    if (d)
        closedir(d);
    for (ptrdiff_t i = 0; same && i < f->len; i++) {
        struct arena scratch = *a;
        str content;
        same = file_read(&scratch, joined(&scratch, folder, "/", f->at[i].name), FILE_BYTES_MOST, &content) == OK
               && str_equal(content, f->at[i].content);
    }
    return same && names == f->len;
}

status release_put(struct arena *a, const char *folder, const struct release_files *f, struct said *said)
{
    status s = put(a, folder, f, false);
    if (s == CONFLICT)
        say(said, "%s is there already: --out takes the name of a new folder", folder);
    else if (s != OK)
        say(said, "cannot write %s: %s. The release is kept beside the ledger: the same command brings it and spends nothing", folder,
            strerror(errno));
    return s;
}

static const char *store_of(struct ledger *l)
{
    return joined(l->arena, l->path, ".releases", lit(""));
}

static const char *kept_at(struct ledger *l, const uint8_t request[LEDGER_HASH])
{
    char hex[2 * LEDGER_HASH];
    hex_write(hex, request, LEDGER_HASH);
    return joined(l->arena, store_of(l), "/", (str){ hex, sizeof hex });
}

static bool has_room(const char *folder, int64_t bytes, struct arena *a)
{
    char name[60];
    snprintf(name, sizeof name, "/.room.%ld", (long)getpid());
    const char *path = joined(a, folder, name, lit(""));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    errno = posix_fallocate(fd, 0, bytes);
    bool good = !errno;
    int why = errno;
    close(fd);
    unlink(path);
    errno = why;
    return good;
}

static bool no_room(struct said *said, const char *folder)
{
    bool full = errno == ENOSPC || errno == EFBIG || errno == EDQUOT;
    return say(said, full ? "no room for the release in %s: %s. Nothing was spent" : "cannot write into %s: %s. Nothing was spent", folder,
               strerror(errno));
}

bool release_room(struct ledger *l, const char *out, int64_t bytes, struct said *said)
{
    struct stat about;
    const char *store = store_of(l), *beside = parent_of(l->arena, out);
    if (!lstat(out, &about))
        return say(said, "%s is there already: --out takes the name of a new folder. Nothing was spent", out);
    if (mkdir(store, 0700) ? errno != EEXIST : !sync_folder(parent_of(l->arena, store)))
        return say(said, "cannot make %s: %s. Nothing was spent", store, strerror(errno));
    if (!has_room(store, 2 * bytes, l->arena))
        return no_room(said, store);
    if (!has_room(beside, bytes, l->arena))
        return no_room(said, beside);
    return true;
}

status release_store(struct release *r, const struct release_files *f, struct said *said)
{
    struct ledger *l = r->ledger;
    uint8_t files[LEDGER_HASH];
    const char *place = kept_at(l, r->request);
    hash_of(l->arena, f, files);
    take_away(l->arena, place); /* of a run that ended before the ledger knew of it: nobody has seen it */
    if (put(l->arena, place, f, true) != OK) {
        say(said, "rho %.*s is spent, but the release could not be kept in %s: %s. Nothing was published",
            SHOWN(nano_text(l->arena, r->rho)), place,
            strerror(errno));
        return FAULT;
    }
    return ledger_append(l, ledger_line_stored(&l->book, os_now(), r->spend, files),
                         "the budget of this release is spent, and nothing was published", said);
}

static int by_name(const void *x, const void *y)
{
    const struct release_file *a = x, *b = y;
    return str_compare(a->name, b->name);
}

status release_stored(struct ledger *l, const struct ledger_spend *s, struct release_files *out, struct said *said)
{
    const char *place = kept_at(l, s->request);
    uint8_t files[LEDGER_HASH];
    *out = (struct release_files){ arena_new(l->arena, struct release_file, FILES_MOST), 0 };
    DIR *d = opendir(place);
    bool good = d != NULL;
    for (struct dirent *e; good && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        struct release_file *f = &out->at[out->len];
        f->name = str_copy(l->arena, str_of(e->d_name));
        good = ++out->len < FILES_MOST && file_read(l->arena, joined(l->arena, place, "/", f->name), FILE_BYTES_MOST, &f->content) == OK;
    }
    if (d)
        closedir(d);
    qsort(out->at, (size_t)out->len, sizeof *out->at, by_name);
    hash_of(l->arena, out, files);
    if (good && same_bytes(files, s->files, LEDGER_HASH))
        return OK;
    say(said, "the same release was made before (line %lld), and %s is not what it was: bring that folder back. Nothing was spent",
        (long long)s->line, place);
    return INVALID;
}
