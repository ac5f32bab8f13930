/* `restore`: three sets of a backup into an empty folder, on a machine that has nothing else of the house. */
#include "app/command.h"
#include "app/terminal.h"
#include "lib/os/os.h"
#include "lib/web/json_in.h"
#include "vault/restore.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEEN_MOST = 1024, SMALL_FILE = 65536, WITNESS_FILE = 1 << 26, TRIES = 3 };

struct wish {
    struct folder house;
    const char *dir, *sets[SETS], *identity, *answers, *db, *db_keys;
    bool accept_older, made_folder;
    struct audit_seen seen[SEEN_MOST];
    ptrdiff_t seen_count;
    uint64_t gen;
    uint8_t secret[KEY]; /* of the identity */
};

/* ---- what is known from elsewhere ---- */

static bool add_seen(struct wish *w, struct audit_seen seen, uint64_t gen)
{
    if (w->seen_count == SEEN_MOST)
        return false;
    w->seen[w->seen_count++] = seen;
    w->gen = gen > w->gen ? gen : w->gen;
    return true;
}

/* One may be of every minute: enough of them stay when each second one goes, and the newest always stays. */
static bool add_all(struct wish *w, struct audit_seen *seen, ptrdiff_t n)
{
    audit_seen_sort(seen, n);
    while (n > SEEN_MOST / 4) {
        ptrdiff_t kept = 0;
        for (ptrdiff_t i = (n - 1) % 2; i < n; i += 2)
            seen[kept++] = seen[i];
        n = kept;
    }
    bool good = n > 0;
    for (ptrdiff_t i = 0; good && i < n; i++)
        good = add_seen(w, seen[i], 0);
    return good;
}

/* Checkpoints (three lines), one or the whole file of a witness, or the manifest of a backup. */
static bool read_seen(const char *path, struct wish *w)
{
    struct arena own = arena_reserve(3 * (ptrdiff_t)WITNESS_FILE);
    str text;
    struct audit_seen seen, *all;
    struct manifest m;
    if (file_read(&own, path, WITNESS_FILE, &text) == OK) {
        if (text.len <= SMALL_FILE && manifest_read(text, &m)) {
            seen.size = m.entries;
            memcpy(seen.root, m.root, sizeof seen.root);
            return add_seen(w, seen, m.gen);
        }
        ptrdiff_t n = audit_seen_all(&own, text, &all);
        if (add_all(w, all, n))
            return true;
    }
    complain("%s holds neither a checkpoint (three lines: origin, size, root) nor a manifest, or there are more than %d", path, SEEN_MOST);
    return false;
}

/* Manifests beside the log set: the newest of them tells what a backup reached. Those that do not read are said, not passed over. */
static bool read_manifests(struct wish *w)
{
    char folder[PATH_MAX], path[PATH_MAX + 300];
    const char *slash = strrchr(w->sets[SET_LOG], '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - w->sets[SET_LOG] + 1) : 1, slash ? w->sets[SET_LOG] : ".");
    DIR *d = opendir(folder);
    bool good = true;
    for (struct dirent *e; good && d && (e = readdir(d));) {
        int64_t made;
        if (!backup_name_read(str_of(e->d_name), "manifest", ".txt", &made))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        good = read_seen(path, w);
    }
    if (d)
        closedir(d);
    return good;
}

/* ---- the command line ---- */

/* --seen may stand several times, so the common reader does not fit. */
static bool read_word(int argc, char **argv, int *i, struct wish *w, bool *fault)
{
    const struct {
        const char *name, **to;
    } values[] = { { "--content", &w->sets[SET_CONTENT] }, { "--keys", &w->sets[SET_KEYS] }, { "--log", &w->sets[SET_LOG] },
                   { "--identity", &w->identity },         { "--answers", &w->answers },
                   { "--db", &w->db },                     { "--db-keys", &w->db_keys } };
    if (!strcmp(argv[*i], "--accept-older"))
        return w->accept_older = true;
    if (argv[*i][0] != '-' && !w->dir) {
        w->dir = argv[*i];
        return true;
    }
    if (*i + 1 == argc)
        return false;
    if (!strcmp(argv[*i], "--seen")) {
        *fault = !read_seen(argv[++*i], w);
        return true;
    }
    for (ptrdiff_t k = 0; k < countof(values); k++)
        if (!strcmp(argv[*i], values[k].name)) {
            *values[k].to = argv[++*i];
            return true;
        }
    return false;
}

static int read_wish(int argc, char **argv, struct wish *w)
{
    bool fault = false;
    for (int i = 1; i < argc && !fault; i++)
        if (!read_word(argc, argv, &i, w, &fault))
            return EXIT_USAGE;
    if (fault)
        return EXIT_FAILED;
    bool whole = w->dir && w->sets[SET_CONTENT] && w->sets[SET_KEYS] && w->sets[SET_LOG] && w->identity;
    return whole && folder_name(w->dir, &w->house) && folder_use(&w->house, w->db, w->db_keys) ? EXIT_DONE : EXIT_USAGE;
}

/* The first key in a file of age-keygen. */
static bool read_identity(struct arena *a, struct wish *w)
{
    str text, line;
    bool found = false;
    if (file_read(a, w->identity, SMALL_FILE, &text) != OK) {
        complain("cannot read %s", w->identity);
        return false;
    }
    for (str rest = text; !found && str_split(&rest, '\n', &line);)
        found = age_identity_read(str_trim(line), w->secret);
    wipe((char *)(uintptr_t)text.at, text.len);
    if (!found)
        complain("%s holds no key that begins with AGE-SECRET-KEY-1. Is it sealed itself? Open it into memory first: "
                 "age -d FILE > /dev/shm/key", w->identity);
    return found;
}

/* ---- the folder ---- */

static bool is_empty(const char *path)
{
    DIR *d = opendir(path);
    bool empty = d != NULL;
    for (struct dirent *e; d && (e = readdir(d));)
        empty = empty && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."));
    if (d)
        closedir(d);
    return empty;
}

static bool make_folder(struct wish *w)
{
    w->made_folder = !mkdir(w->dir, 0700);
    if (!w->made_folder && (errno != EEXIST || !is_empty(w->dir))) {
        complain("%s is not an empty folder; nothing in it was touched", w->dir);
        return false;
    }
    if (!chmod(w->dir, 0700) && folder_keep(&w->house))
        return true;
    complain("%s is not yours to close to others, or to write to", w->dir);
    return false;
}

/* It was empty when we began: all that is in it is ours. */
static void clear(const struct wish *w)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char path[4200];
    for (ptrdiff_t i = 0; i < countof(tails) && !db_is_url(w->house.content); i++) {
        snprintf(path, sizeof path, "%s%s", w->house.content, tails[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s%s", w->house.keys, tails[i]);
        unlink(path);
    }
    unlink(w->house.anchor);
    unlink(w->house.databases);
    if (w->made_folder)
        rmdir(w->dir);
}

/* ---- the house key and a new passphrase ---- */

static bool answers_read(struct arena *a, const char *path, str *k0, str *passphrase)
{
    const struct json_value *v;
    str text;
    if (file_read(a, path, SMALL_FILE, &text) == OK && json_in_read(a, text, (struct json_limits){ SMALL_FILE, 4 }, &v) == OK
        && v->kind == JSON_IS_OBJECT && json_in_text(v, lit("house_key"), k0) && json_in_text(v, lit("house_passphrase"), passphrase))
        return true;
    complain("%s is not a JSON object with house_key and house_passphrase; man plainsight-restore shows one", path);
    return false;
}

static bool ask(struct arena *a, str *k0, str *passphrase)
{
    str again;
    fputs("\nThe house key is the 52 letters that init printed. The passphrase is a new one, to be typed after every start.\n", stderr);
    if (!terminal_secret(a, "House key: ", k0) || !terminal_secret(a, "New house passphrase: ", passphrase)
        || !terminal_secret(a, "Once more: ", &again))
        return false;
    if (str_equal(*passphrase, again))
        return true;
    fputs("  The two are not the same.\n", stderr);
    *passphrase = (str){ 0 };
    return true;
}

static const char *fault_of(struct arena *a, const struct anchor *house, str k0, str passphrase, uint8_t secret[SECRET_FILE])
{
    if (!utf8_nfkc(a, passphrase, &passphrase) || utf8_length(passphrase) < 15 || passphrase.len > 1024)
        return "the new house passphrase needs 15 characters or more, twice the same";
    switch (restore_secret(house, str_trim(k0), passphrase, SECRET_FULL, secret)) {
    case OK:        return NULL;
    case NOT_FOUND: return "this is not the house key of this house";
    case INVALID:   return "this is no house key: 52 letters and digits, as they were printed";
    default:        return "memory is short: 256 MiB are needed for a moment";
    }
}

static bool make_secret(struct arena *a, const struct wish *w, const struct anchor *house, uint8_t secret[SECRET_FILE])
{
    str k0, passphrase;
    for (int i = 0; i < (w->answers ? 1 : TRIES); i++) {
        if (!(w->answers ? answers_read(a, w->answers, &k0, &passphrase) : ask(a, &k0, &passphrase)))
            return false;
        const char *fault = fault_of(a, house, k0, passphrase, secret);
        if (!fault)
            return true;
        complain("%s", fault);
    }
    return false;
}

/* ---- all of it ---- */

static void print_found(const struct restored *r)
{
    printf("Read: keys of %s, content of %s, log of %s. The log has %llu entries and is whole; the wall is at %llu.\n", r->made[SET_KEYS],
           r->made[SET_CONTENT], r->made[SET_LOG], (unsigned long long)r->entries, (unsigned long long)r->gen);
    if (r->unsigned_from < r->entries)
        printf("From entry %llu on a locked house wrote the log, so nothing is signed there: hold the sets to a manifest kept elsewhere.\n",
               (unsigned long long)r->unsigned_from);
    if (r->older)
        printf("%s\nTaken all the same, as --accept-older says.\n", r->why);
    fflush(stdout);
}

static bool restore(struct arena *a, const struct wish *w)
{
    char scratch[PATH_MAX];
    uint8_t secret[SECRET_FILE];
    static struct restored r;
    snprintf(scratch, sizeof scratch, "%s/restore.set", w->dir);
    struct restore_job job = { .sets = { w->sets[0], w->sets[1], w->sets[2] }, .content = w->house.content, .keys = w->house.keys,
                               .scratch = scratch, .identity = w->secret, .seen = w->seen, .seen_count = w->seen_count, .gen = w->gen,
                               .accept_older = w->accept_older };
    status s = restore_databases(&job, &r);
    if (s != OK) {
        complain("%s", r.why);
        if (s == CONFLICT)
            complain("nothing was restored. Find the newer sets; if they are lost for good, say --accept-older");
        return false;
    }
    print_found(&r);
    if (!make_secret(a, w, &r.house, secret))
        return false;
    /* The secret last: until it stands, the folder is no house. */
    bool written = file_create(w->house.anchor, (str){ (char *)r.anchor, ANCHOR }) == OK
        && file_create(w->house.secret, (str){ (char *)secret, SECRET_FILE }) == OK;
    if (!written)
        complain("the last files could not be written to %s", w->dir);
    return written;
}

int command_restore(int argc, char **argv)
{
    static struct wish w; /* large */
    struct arena a = arena_reserve(512 << 20);
    int code = read_wish(argc, argv, &w);
    if (code != EXIT_DONE)
        return code;
    os_no_dump();
    if (!read_identity(&a, &w) || !read_manifests(&w) || !make_folder(&w))
        return EXIT_FAILED;
    bool done = restore(&a, &w);
    wipe(w.secret, sizeof w.secret);
    if (!done) {
        clear(&w);
        return EXIT_FAILED;
    }
    printf("Restored. Next: plainsight serve %s, then plainsight unlock %s\n", w.dir, w.dir);
    return EXIT_DONE;
}
