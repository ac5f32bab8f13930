/* `doctor`: what is missing or weak on this machine, each with its mend. Changes nothing. */
#include "app/witness.h"
#include "common/house/house.h"
#include "lib/os/cage.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "vault/backup.h"
#include "vault/keeper.h"
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct findings {
    int bad, weak;
};

static void say(struct findings *f, bool good, bool serious, const char *what, const char *mend)
{
    printf("%-6s %s\n", good ? "good" : serious ? "BAD" : "weak", what);
    if (good)
        return;
    printf("       %s\n", mend);
    *(serious ? &f->bad : &f->weak) += 1;
}

static bool is_private(const char *path, mode_t mask)
{
    struct stat s;
    return !stat(path, &s) && !(s.st_mode & mask);
}

static void look_at_folder(struct findings *f, const struct folder *d)
{
    struct statvfs v;
    say(f, is_private(d->path, 077), true, "the data folder is closed to other accounts", "chmod 700 the data folder");
    say(f, is_private(d->secret, 077), true, "the house secret is closed to other accounts", "chmod 600 keeper.secret");
    bool room = !statvfs(d->path, &v) && (uint64_t)v.f_bavail * v.f_frsize > (uint64_t)1 << 30;
    say(f, room, true, "more than 1 GiB is free for tips", "free space: on a full disk staff wait, and tips are taken only as long as the file `reserve` lasts");
}

/* Backups are meant to be made each night: two days are late, and after a week nobody looks. */
static void look_at_backup(struct findings *f, const struct folder *d)
{
    enum { LATE = 2, LOST = 7 };
    int64_t day = 0, today = day_of(os_now());
    char words[128];
    status s = backup_last_day(d->keys, &day);
    if (s == OK && day >= today)
        snprintf(words, sizeof words, "the last backup was made today");
    else if (s == OK)
        snprintf(words, sizeof words, "the last backup was made %lld day%s ago", (long long)(today - day), today - day == 1 ? "" : "s");
    else
        snprintf(words, sizeof words, "%s", s == NOT_FOUND ? "no backup was ever made" : "keys.db can be asked for the last backup");
    say(f, s == OK && today - day < LATE, s == FAULT || (s == OK && today - day > LOST), words,
        "each night: plainsight backup; see plainsight-backup(1), and Backup in docs/operations.md");
}

static const char witness_mend[] = "see Witnesses in docs/operations.md; without one, a log cut at its end looks whole";

/* A checkpoint that lies a day behind is late: jobs writes one each minute in which the log grew. */
static void look_at_file(struct findings *f, const struct folder *d, const struct witnesses *w)
{
    struct audit_seen last;
    struct stat house, other;
    int64_t day = 0, today = day_of(os_now());
    char words[160];
    status s = witness_last(w, &last);
    if (s != OK) {
        say(f, false, true, s == FAULT ? "the witness file can be read" : "the witness file holds a checkpoint", "mount its device, start serve again; `witness_not_written` in the journal says more");
        return;
    }
    enum witness_state state = backup_witnessed(d->keys, &last, &day);
    int64_t behind = state == WITNESS_BEHIND ? today - day : 0;
    snprintf(words, sizeof words, state == WITNESS_DIFFERS ? "the log is the one that the witness file saw up to entry %llu"
                                  : state == WITNESS_UNREADABLE ? "keys.db can be asked about the %llu entries the witness file saw"
                                                                : "the witness file saw %llu entries; the first it has not seen is %lld days old",
             (unsigned long long)last.size, (long long)behind);
    say(f, state <= WITNESS_BEHIND && behind <= 1, true, words,
        state == WITNESS_DIFFERS ? "the log was changed, cut or brought back from a backup: stop, copy everything, prove it with audit verify --seen"
                                 : "is the device there, is serve running and unlocked? `witness_not_written` in the journal says more");
    bool apart = !stat(d->path, &house) && !stat(w->file, &other) && house.st_dev != other.st_dev;
    say(f, apart, false, "the witness file lies on another device than the house", "who loses or takes this disk loses or takes both");
}

/* Asked for only where somebody's key is named: then a checkpoint that they signed comes home about once a month. */
static void look_at_signers(struct findings *f, const struct folder *d)
{
    enum { LATE = 35 };
    uint64_t size = 0;
    int64_t day = 0, today = day_of(os_now());
    char words[160];
    status s = backup_came_home(d->keys, &size, &day);
    snprintf(words, sizeof words, s == OK ? "a witness signed for %llu entries, the last of them %lld days old" : "a checkpoint that a witness signed came home",
             (unsigned long long)size, (long long)(today - day));
    say(f, s == OK && today - day <= LATE, false, words, "plainsight audit DIR witness FILE with what they sent back; see Witnesses in docs/operations.md");
}

static void look_at_mail(struct findings *f, struct db *db)
{
    struct outbox_item item;
    int64_t due = 0, dead = 0;
    status s = outbox_find(db, EFFECT_WITNESS_MAIL, &item, &due, &dead);
    bool late = s == OK && due + 86400 < os_now();
    say(f, s == OK && !dead && !late && item.tries < 3, dead || late, "checkpoints leave by mail each day",
        "is the relay there, is serve running and unlocked? `witness_mail_failed` in the journal says more");
}

static void look_at_witnesses(struct findings *f, const struct folder *d)
{
    static const struct db_right rights[] = { { "outbox", DB_READ }, { NULL, 0 } };
    struct witnesses w;
    struct db *db;
    bool good = witnesses_read(d, &w);
    say(f, good && (*w.file || w.to_count), !good, "somebody outside keeps checkpoints of the log", witness_mend);
    if (good && *w.file)
        look_at_file(f, d, &w);
    if (good && w.signer_count)
        look_at_signers(f, d);
    if (good && w.to_count && db_open(d->content, (struct db_options){ .rights = rights, .busy_ms = 2000 }, &db) == OK) {
        look_at_mail(f, db);
        db_close(db);
    }
}

/* Asked of the house that is served, if one is: after a start both wait for a person, and only one of them holds up people. */
static void look_at_keys(struct findings *f, const struct folder *d)
{
    enum { PATIENCE_MS = 3000 };
    struct keeper_state state = { .open = false };
    int fd;
    if (socket_connect_local(d->control, &fd) != OK)
        return; /* not served now */
    struct keeper *k = keeper_on_channel(fd, PATIENCE_MS);
    status s = keeper_state(k, &state);
    close(fd);
    say(f, s == OK && state.open, s != OK, "the house is open", s == OK ? "plainsight unlock: until then nobody signs in, and tips are taken all the same"
                                                                     : "serve does not answer; the lines in its journal say why");
    if (s == OK && state.open)
        say(f, state.engine_open, false, state.engine_open ? "search and look-alikes are ready" : "search and look-alikes: waiting for a supervisor",
            "they open when a supervisor signs in, after each start; everything else works without them");
}

static void look_at_machine(struct findings *f)
{
    char pattern[256] = "";
    FILE *core = fopen("/proc/sys/kernel/core_pattern", "re");
    if (core) {
        if (!fgets(pattern, sizeof pattern, core))
            pattern[0] = 0;
        fclose(core);
    }
    say(f, os_may_lock_memory(), false, "memory can be kept out of swap",
        "set LimitMEMLOCK=infinity for the account (any other limit is too small), or use encrypted swap");
    say(f, pattern[0] != '|', false, "core files are not handed to a program",
        "roles switch their own core files off; still, turn the handler off for this account");
    say(f, geteuid() != 0, false, "the program does not run as root", "run it under an account of its own");
    static const char *const walls[] = { "a role can give up its privileges", "a role can be kept to its own files (landlock)",
                                         "a role can be kept to its own system calls (seccomp)" };
    unsigned lacking = cage_lacks();
    for (int i = 0; i < countof(walls); i++)
        say(f, !(lacking & 1u << i), true, walls[i], cage_explain(1u << i));
    if (lacking)
        printf("       serve refuses to start here unless it is told --no-sandbox\n");
}

static void look_at_settings(struct findings *f, const struct folder *d)
{
    struct arena a = arena_reserve(4 << 20);
    struct house h;
    struct db *db;
    static const struct db_right rights[] = { { "setting", DB_READ }, { NULL, 0 } };
    bool good = db_open(d->content, (struct db_options){ .rights = rights, .busy_ms = 2000 }, &db) == OK;
    say(f, good, true, "content.db opens", "is this a data folder made by init or demo?");
    if (!good)
        return;
    good = house_load(db, &a, &h) == OK;
    say(f, good && house_may_serve_form(&h), true, "the line has said who it is", "answer line_name, line_is_police, line_shares_immigration under /settings");
    say(f, good && house_text(&h, HOUSE_EMERGENCY_NUMBER).len, false, "an emergency number stands on every page", "set emergency_number under /settings");
    say(f, good && !house_yes(&h, HOUSE_DEMO), false, "this is not a demonstration", "never enter anything real here: its key lies beside it");
    db_close(db);
}

int command_doctor(int argc, char **argv)
{
    struct option options[] = { { NULL, false, NULL } };
    struct findings f = { 0 };
    struct folder d;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &d))
        return EXIT_USAGE;
    look_at_folder(&f, &d);
    look_at_settings(&f, &d);
    look_at_backup(&f, &d);
    look_at_witnesses(&f, &d);
    look_at_keys(&f, &d);
    look_at_machine(&f);
    printf("\n%d bad, %d weak\n", f.bad, f.weak);
    return f.bad ? EXIT_FAILED : EXIT_DONE;
}
