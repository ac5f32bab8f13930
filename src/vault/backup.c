#include "vault/backup.h"
#include "lib/os/os.h"
#include "vault/keeper_core.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { TRIES = 3, SOURCE_WAIT_MS = 10000, PATH_ROOM = 4200 };

/* One try. */
struct work {
    const struct backup_job *job;
    struct arena *a;
    struct manifest *made;
    struct anchor anchor;
    char copy[PATH_ROOM];
    uint64_t gen_then; /* of the wall, in the last record of the log set */
    const char *why;
};

static status failed(struct work *w, const char *why)
{
    w->why = why;
    return FAULT;
}

/* ---- a copy: a database of its own, of one moment of the house ---- */

static status source_schema(struct arena *a, const char *path, int64_t *number)
{
    static const char *const none[] = { NULL };
    struct db *from;
    status s = db_open(path, (struct db_options){ .rights = db_reading(a, none), .busy_ms = SOURCE_WAIT_MS }, &from);
    if (s != OK)
        return s;
    s = db_schema(from, number);
    db_close(from);
    return s;
}

static status chosen_tables(struct db *db, struct arena *a, enum backup_set_kind which, table_names *out)
{
    switch (which) {
    case SET_KEYS:    return backup_keys_tables(db, a, out);
    case SET_CONTENT: return db_tables(db, a, out);
    default:          *out = backup_log_tables; return OK;
    }
}

static status fill_copy(struct work *w, enum backup_set_kind which, const char *path, struct db *to)
{
    struct migrations all = which == SET_CONTENT ? migrations_content : migrations_keys;
    struct db *from = NULL;
    table_names tables = NULL;
    int64_t number;
    status s = source_schema(w->a, path, &number);
    if (s == OK) {
        all = db_migrations_until(all, number);
        s = all.len ? db_migrate(to, all) : FAULT; /* the house is of a newer program than we are */
    }
    if (s == OK)
        s = chosen_tables(to, w->a, which, &tables);
    if (s == OK)
        s = db_open(path, (struct db_options){ .rights = db_reading(w->a, tables), .busy_ms = SOURCE_WAIT_MS }, &from);
    if (s == OK)
        s = db_copy(from, to, w->a, tables);
    if (from)
        db_close(from);
    if (s == OK)
        s = db_keep(to, w->a, tables);
    return s;
}

/* Says of itself what it is, so that a restore does not take one set for another. */
static status sign_copy(struct work *w, enum backup_set_kind which, struct db *db)
{
    str install = { (char *)w->anchor.install.at, sizeof w->anchor.install.at };
    status s = db_note_put(db, lit("set"), str_of(set_kinds[which]));
    if (s == OK)
        s = db_note_put(db, lit("install"), install);
    if (s == OK)
        s = db_note_put(db, lit("made"), str_of(w->made->stamp));
    if (s == OK && which == SET_CONTENT)
        s = db_note_put(db, lit("anchor"), w->job->anchor);
    return s == OK ? db_check(db) : s;
}

static status make_copy(struct work *w, enum backup_set_kind which, const char *to, struct db **out)
{
    const char *from = which == SET_CONTENT ? w->job->content : w->job->keys;
    bool memory = !strcmp(to, ":memory:");
    if (!memory)
        unlink(to);
    status s = db_open(to, (struct db_options){ .create = true, .scratch = true }, out);
    if (s != OK)
        return failed(w, "the copy could not be begun: is there room on the disk of the data folder?");
    s = fill_copy(w, which, from, *out);
    if (s == OK)
        s = sign_copy(w, which, *out);
    return s == OK ? OK : failed(w, "the house could not be copied; the lines above say why");
}

/* ---- what the log says ---- */

struct scan {
    struct audit_tree tree;
    uint64_t gen;
    bool whole;
};

static void scan_leaf(void *to, const struct leaf *l)
{
    struct scan *scan = to;
    struct audit_record r;
    scan->whole = scan->whole && audit_record_read(l->record, &r) && l->seq == scan->tree.size && r.seq == l->seq;
    if (!scan->whole)
        return;
    audit_tree_add(&scan->tree, (str){ (const char *)l->record, AUDIT_RECORD });
    scan->gen = r.gen;
}

/* The tree is built again from the copy's own records: its head is the one recorded. */
static status read_log(struct work *w, struct db *copy)
{
    struct scan scan = { .whole = true };
    struct audit_tree head;
    uint8_t root[32];
    status s = leaf_scan(copy, LOG_NUMBER, 0, scan_leaf, &scan);
    if (s == OK)
        s = loghead_find(copy, LOG_NUMBER, &head);
    if (s != OK)
        return failed(w, "the log inside the copy cannot be read");
    audit_tree_root(&scan.tree, w->made->root);
    audit_tree_root(&head, root);
    w->made->entries = scan.tree.size;
    w->gen_then = scan.gen;
    bool good = scan.whole && head.size == scan.tree.size && same_bytes(root, w->made->root, sizeof root);
    return good ? OK : failed(w, "the log inside the copy is not whole");
}

/* ---- the sets ---- */

static void part_path(const struct work *w, enum backup_set_kind which, char to[PATH_ROOM])
{
    snprintf(to, PATH_ROOM, "%s/.%s.part", w->job->folder, w->made->sets[which].name);
}

static void name_set(struct work *w, enum backup_set_kind which)
{
    char stamp[STAMP + 1];
    memcpy(stamp, w->made->stamp, sizeof stamp);
    snprintf(w->made->sets[which].name, SET_NAME, "%s-%s.age", set_kinds[which], stamp);
}

static status seal(struct work *w, enum backup_set_kind which, const struct set_source *from)
{
    char part[PATH_ROOM];
    part_path(w, which, part);
    unlink(part);
    status s = set_seal(from, part, w->job->recipients, w->job->recipient_count, &w->made->sets[which]);
    if (s == INVALID)
        return failed(w, "a recipient is no usable key");
    return s == OK ? OK : failed(w, "a set could not be written and read back: is there room where the sets go?");
}

static status record(struct work *w, enum backup_set_kind which)
{
    status s = w->job->record(w->job->with, which, w->made->sets[which].sha256);
    return s == OK ? OK : failed(w, "the keeper did not record the set in the log, so there is no backup; is the house served?");
}

/* In memory only: a second copy of the wraps on the disk would outlive their destruction. */
static status make_keys(struct work *w)
{
    struct db *copy = NULL;
    str bytes;
    status s = make_copy(w, SET_KEYS, ":memory:", &copy);
    if (s == OK && wall_read(copy, &w->made->gen) != OK)
        s = failed(w, "the wall inside the copy cannot be read");
    if (s == OK && db_bytes(copy, w->a, &bytes) != OK)
        s = failed(w, "memory is short");
    db_close(copy);
    if (s == OK)
        s = seal(w, SET_KEYS, &(struct set_source){ .fd = -1, .bytes = bytes });
    return s == OK ? record(w, SET_KEYS) : s;
}

static status make_large(struct work *w, enum backup_set_kind which)
{
    struct db *copy = NULL;
    status s = make_copy(w, which, w->copy, &copy);
    if (s == OK && which == SET_LOG)
        s = read_log(w, copy);
    db_close(copy);
    int fd = s == OK ? open(w->copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    unlink(w->copy); /* its bytes stay until fd is closed */
    if (s == OK)
        s = fd < 0 ? failed(w, "the copy cannot be read") : seal(w, which, &(struct set_source){ .fd = fd });
    if (fd >= 0)
        close(fd);
    return s;
}

static void drop_parts(struct work *w)
{
    char part[PATH_ROOM];
    for (int i = 0; i < SETS; i++) {
        part_path(w, (enum backup_set_kind)i, part);
        unlink(part);
    }
    unlink(w->copy);
}

/* Keys first, content second, log third: so the log holds the records of both. *again: the wall moved meanwhile. */
static status try_once(struct work *w, bool *again)
{
    *again = false;
    status s = make_keys(w);
    if (s == OK)
        s = make_large(w, SET_CONTENT);
    if (s == OK)
        s = record(w, SET_CONTENT);
    if (s == OK)
        s = make_large(w, SET_LOG);
    *again = s == OK && w->gen_then != w->made->gen;
    return s;
}

/* ---- into their places ---- */

static status publish(struct work *w)
{
    char part[PATH_ROOM], path[PATH_ROOM];
    for (int i = 0; i < SETS; i++) {
        part_path(w, (enum backup_set_kind)i, part);
        snprintf(path, sizeof path, "%s/%s", w->job->folder, w->made->sets[i].name);
        if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE)) {
            failed(w, errno == EEXIST ? "a backup of this very second is there already" : "a set could not be given its name");
            return errno == EEXIST ? CONFLICT : FAULT;
        }
    }
    snprintf(path, sizeof path, "%s/manifest-%s.txt", w->job->folder, w->made->stamp);
    /* Brings the folder to the disk too, and so the three names. */
    return file_create(path, manifest_text(w->a, w->made)) == OK ? OK : failed(w, "the manifest could not be written");
}

status backup_make(const struct backup_job *job, struct manifest *out, const char **why)
{
    struct arena a = arena_reserve((ptrdiff_t)8 << 30); /* address space; what is taken follows the size of the keys */
    struct work w = { .job = job, .a = &a, .made = out };
    bool again = true;
    status s = OK;
    *out = (struct manifest){ 0 };
    *why = "";
    snprintf(w.copy, sizeof w.copy, "%s", job->scratch);
    if (!anchor_read(job->anchor, &w.anchor))
        s = failed(&w, "the anchor is not this program's");
    out->install = w.anchor.install;
    backup_stamp(job->now, out->stamp);
    for (int i = 0; i < SETS; i++)
        name_set(&w, (enum backup_set_kind)i);
    for (int i = 0; s == OK && again && i < TRIES; i++)
        s = try_once(&w, &again);
    if (s == OK && again)
        s = failed(&w, "keys were taken back at each of three tries; start it again");
    if (s == OK)
        s = publish(&w);
    drop_parts(&w);
    *why = w.why;
    return s;
}

/* ---- after 35 days ---- */

static bool is_broken_try(str name)
{
    int64_t made;
    if (!str_starts(name, lit(".")))
        return false;
    for (int i = 0; i < SETS; i++)
        if (backup_name_read(str_part(name, 1, name.len), set_kinds[i], ".age.part", &made))
            return true;
    return false;
}

int backup_expire(const char *folder, int64_t now)
{
    enum { DAY_SECONDS = 86400 };
    DIR *d = opendir(folder);
    int gone = 0;
    bool good = d != NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        int64_t made;
        str name = str_of(e->d_name);
        bool old = backup_name_read(name, set_kinds[SET_KEYS], ".age", &made) && made < now - (int64_t)KEYS_KEPT_DAYS * DAY_SECONDS;
        if (!old && !is_broken_try(name))
            continue;
        good = !unlinkat(dirfd(d), e->d_name, 0) && good;
        gone += old;
    }
    good = good && !fsync(dirfd(d));
    if (d)
        closedir(d);
    return good ? gone : -1;
}

static enum witness_state compare_seen(struct db *db, const struct audit_seen *seen, int64_t *day)
{
    struct leaf at = { 0 }, next = { 0 };
    struct audit_record r;
    if (seen->size > INT64_MAX || (seen->size && leaf_at(db, LOG_NUMBER, seen->size - 1, &at) != OK)
        || (seen->size && memcmp(at.root, seen->root, sizeof at.root)))
        return WITNESS_DIFFERS;
    status s = leaf_at(db, LOG_NUMBER, seen->size, &next);
    if (s != OK || !audit_record_read(next.record, &r))
        return s == NOT_FOUND ? WITNESS_ABREAST : WITNESS_UNREADABLE;
    *day = r.day;
    return WITNESS_BEHIND;
}

enum witness_state backup_witnessed(const char *keys, const struct audit_seen *seen, int64_t *day)
{
    static const struct db_right rights[] = { { "leaf", DB_READ }, { NULL, 0 } };
    struct db *db;
    if (db_open(keys, (struct db_options){ .rights = rights, .busy_ms = 2000 }, &db) != OK)
        return WITNESS_UNREADABLE;
    enum witness_state state = compare_seen(db, seen, day);
    db_close(db);
    return state;
}

status backup_last_day(const char *keys, int64_t *day)
{
    static const struct db_right rights[] = { { "leaf", DB_READ }, { NULL, 0 } };
    struct audit_record r;
    struct db *db;
    status s = db_open(keys, (struct db_options){ .rights = rights, .busy_ms = 2000 }, &db);
    if (s != OK)
        return FAULT;
    s = leaf_last_of(db, LOG_NUMBER, ACT_BACKUP, &r);
    db_close(db);
    if (s == OK)
        *day = r.day;
    return s;
}

status backup_came_home(const char *keys, uint64_t *size, int64_t *day)
{
    static const struct db_right rights[] = { { "leaf", DB_READ }, { "loghead", DB_READ }, { NULL, 0 } };
    struct audit_record r;
    struct leaf l;
    struct db *db;
    if (db_open(keys, (struct db_options){ .rights = rights, .busy_ms = 2000 }, &db) != OK)
        return FAULT;
    status s = loghead_witnessed(db, LOG_NUMBER, size);
    if (s == OK)
        s = *size ? leaf_at(db, LOG_NUMBER, *size - 1, &l) : NOT_FOUND;
    db_close(db);
    if (s == OK && !audit_record_read(l.record, &r))
        return FAULT;
    if (s == OK)
        *day = r.day;
    return s;
}
