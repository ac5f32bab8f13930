/* `backup`: a served house into three sealed sets, and a line in its own log for each. */
#include "app/command.h"
#include "intake/acceptor/acceptor.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "vault/backup.h"
#include "vault/keeper.h"
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, KNOCKS = 10, RECIPIENTS_MOST = 16384, ANCHOR_MOST = 4096 };

struct wish {
    struct folder house;
    const char *dir, *to;
    uint8_t recipients[AGE_RECIPIENTS][KEY];
    ptrdiff_t count;
};

static bool add_recipient(struct wish *w, str text, const char *where)
{
    if (w->count == AGE_RECIPIENTS) {
        complain("%s: at most %d recipients", where, AGE_RECIPIENTS);
        return false;
    }
    if (age_recipient_read(text, w->recipients[w->count])) {
        w->count++;
        return true;
    }
    complain("%s: this is no recipient: \"%.*s\". One begins with age1 and is what age-keygen prints as the public key", where,
             (int)(text.len > 80 ? 80 : text.len), text.at);
    return false;
}

/* DIR --to FOLDER [--recipient AGE1]...: --recipient may stand several times, so the common reader does not fit. */
static bool read_wish(int argc, char **argv, struct wish *w)
{
    for (int i = 1; i < argc; i++) {
        bool last = i + 1 == argc;
        if (!strcmp(argv[i], "--to") && !last)
            w->to = argv[++i];
        else if (!strcmp(argv[i], "--recipient") && !last) {
            if (!add_recipient(w, str_of(argv[++i]), "--recipient"))
                return false;
        } else if (argv[i][0] != '-' && !w->dir)
            w->dir = argv[i];
        else
            return false;
    }
    return w->dir && w->to && folder_name(w->dir, &w->house);
}

/* DIR/backup.recipients: one a line, # begins a remark. Read when the command line names none. */
static bool read_recipients(struct arena *a, struct wish *w)
{
    char path[PATH_MAX];
    str text, line;
    snprintf(path, sizeof path, "%s/backup.recipients", w->dir);
    if (w->count)
        return true;
    status s = file_read(a, path, RECIPIENTS_MOST, &text);
    while (s == OK && str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len && line.at[0] != '#' && !add_recipient(w, line, path))
            return false;
    }
    if (w->count)
        return true;
    complain("no recipient: nothing is written that is not sealed. Make a key pair on another machine (age-keygen), and give its public "
             "half with --recipient or in %s", path);
    return false;
}

static bool is_inside(const char *inner, const char *outer)
{
    char a[PATH_MAX], b[PATH_MAX];
    if (!realpath(inner, a) || !realpath(outer, b))
        return true;
    size_t n = strlen(b);
    return !strncmp(a, b, n) && (a[n] == '/' || !a[n]);
}

static bool places_fit(const struct wish *w)
{
    struct stat s;
    if (stat(w->to, &s) || !S_ISDIR(s.st_mode)) {
        complain("%s is no folder: make it, on another disk than the house", w->to);
        return false;
    }
    if (access(w->house.anchor, R_OK)) {
        complain("%s is not a data folder, or is not yours to read", w->dir);
        return false;
    }
    if (is_inside(w->to, w->dir)) {
        complain("%s lies in the data folder: what takes the one takes the other", w->to);
        return false;
    }
    return true;
}

/* By the control socket: one message a connection. Two commands at once make one of them wait a little. */
static status record(void *with, uint32_t set, const uint8_t sha[32])
{
    const struct wish *w = with;
    uint64_t seq;
    status s = FAULT;
    for (int i = 0; i < KNOCKS; i++) {
        int fd;
        if (socket_connect_local(w->house.control, &fd) != OK)
            return NOT_FOUND;
        s = keeper_note(keeper_on_channel(fd, PATIENCE_MS), NULL, ACT_BACKUP, set, (id){ 0 }, sha, &seq);
        close(fd);
        if (s == OK || s == INVALID)
            return s;
        usleep(200000);
    }
    return s;
}

static bool is_served(const struct wish *w)
{
    int fd;
    if (socket_connect_local(w->house.control, &fd) == OK) {
        close(fd);
        return true;
    }
    complain("nothing serves %s, so nobody could record the backup in its log; start it first: plainsight serve %s", w->dir, w->dir);
    return false;
}

static void print_made(const struct manifest *m, const char *folder)
{
    for (int i = 0; i < SETS; i++)
        printf("%-8s %s/%s, %lld bytes, read back\n", set_kinds[i], folder, m->sets[i].name, (long long)m->sets[i].bytes);
    printf("manifest %s/manifest-%s.txt: wall %llu, log of %llu entries\n", folder, m->stamp, (unsigned long long)m->gen,
           (unsigned long long)m->entries);
}

/* As the acceptor last said: a clock that jumped a year ahead would make every keys set an old one. False: it cannot be asked. */
static bool clock_is_believed(const struct wish *w, int64_t today, bool *believed)
{
    static const struct db_right rights[] = { { "sweep_look", DB_READ }, { NULL, 0 } };
    struct db *db;
    if (db_open(w->house.content, (struct db_options){ .rights = rights, .busy_ms = PATIENCE_MS }, &db) != OK)
        return false;
    status s = acceptor_believes(db, today, believed);
    db_close(db);
    return s == OK;
}

static int make(struct arena *a, struct wish *w)
{
    char scratch[PATH_MAX], lock[PATH_MAX];
    struct manifest made;
    const char *why;
    snprintf(scratch, sizeof scratch, "%s/backup.copy", w->dir);
    snprintf(lock, sizeof lock, "%s/backup.lock", w->dir);
    struct backup_job job = { .content = w->house.content, .keys = w->house.keys, .scratch = scratch, .folder = w->to,
                              .recipients = (const uint8_t(*)[KEY])w->recipients, .recipient_count = w->count, .now = os_now(),
                              .record = record, .with = w };
    if (file_read(a, w->house.anchor, ANCHOR_MOST, &job.anchor) != OK || folder_lock(lock) != OK) {
        complain("%s is being backed up already, or is not yours to read", w->dir);
        return EXIT_FAILED;
    }
    if (backup_make(&job, &made, &why) != OK) {
        complain("no backup: %s", why);
        return EXIT_FAILED;
    }
    print_made(&made, w->to);
    bool believed = false;
    if (!clock_is_believed(w, day_of(job.now), &believed) || !believed) {
        complain("the backup stands, but no old keys set was deleted: the house does not believe its clock. Set the clock right; if it is right, "
                 "the house believes it after a day, and the next backup deletes them");
        return EXIT_DONE;
    }
    int gone = backup_expire(w->to, job.now);
    if (gone < 0) {
        complain("the backup stands, but keys sets older than %d days could not be deleted: delete them, or nothing that was destroyed "
                 "is gone", KEYS_KEPT_DAYS);
        return EXIT_FAILED;
    }
    printf("%d keys sets older than %d days deleted here. Copies of them elsewhere are yours to destroy.\n", gone, KEYS_KEPT_DAYS);
    return EXIT_DONE;
}

int command_backup(int argc, char **argv)
{
    static struct wish w; /* large */
    struct arena a = arena_reserve(1 << 20);
    if (!read_wish(argc, argv, &w))
        return EXIT_USAGE;
    os_no_dump();
    if (!folder_is_first(&w.house)) {
        complain("%s is a further node of its house: backups are made on the first, whose log says of each that it was made", w.dir);
        return EXIT_FAILED;
    }
    if (!places_fit(&w) || !read_recipients(&a, &w) || !is_served(&w))
        return EXIT_FAILED;
    return make(&a, &w);
}
