#include "commands.h"
#include "app/setup.h"
#include "app/witness.h"
#include "lib/os/os.h"
#include "lib/store/copy.h"
#include "engine.h"
#include "packs.h"
#include "vault/audit.h"
#include "vault/recovery.h"
#include "vault/restore.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { COPIES = 3, FILE_MOST = 1 << 22 };

static const char *under(const struct tried *s, const char *folder, const char *name, char to[256])
{
    snprintf(to, 256, "%s/%s", folder ? folder : s->at, name);
    return to;
}

static const char *own(const struct tried *s, const char *name, char to[256])
{
    char numbered[64];
    snprintf(numbered, sizeof numbered, "%s.%d", name, s->attempt);
    return under(s, NULL, numbered, to);
}

static str anchor_of(const struct tried *s)
{
    return (str){ (char *)s->m->app->keys->made.anchor, ANCHOR };
}

static str secret_of(const struct tried *s)
{
    return (str){ (char *)s->m->app->keys->made.secret, SECRET_FILE };
}

/* ---- opening ---- */

bool open_all(struct tried *s)
{
    const struct world *x = s->m->app->keys;
    struct db *keys = NULL, *content = NULL;
    struct keeper_core *core;
    bool good = db_open(s->m->app->path, (struct db_options){ .rights = role_rights(PROCESS_ACCEPTOR), .busy_ms = 1000 }, &content) == OK
        && db_open(x->path, (struct db_options){ .rights = keeper_rights, .busy_ms = 1000 }, &keys) == OK
        && core_open(keys, anchor_of(s), secret_of(s), x->chance, 8, &core) == OK;
    if (good) {
        core_set_time(core, x->now, x->now);
        good = core_start(core) == OK;
    }
    db_close(keys);
    db_close(content);
    return good;
}

/* ---- a house, a pack ---- */

bool make_house(struct tried *s)
{
    static struct house_made made;
    struct arena a = s->a;
    char path[256];
    struct folder f;
    struct db *content;
    struct setup plan = { .shares = 5, .need = 3, .cost = { 1, 8 }, .demo = true, .people_count = 2,
                          .people = { { LIT("ada"), LIT("an invented passphrase ada"), role_find(lit("administrator")) },
                                      { LIT("sam"), LIT("an invented passphrase sam"), role_find(lit("supervisor")) } } };
    plan.packs = str_c(&a, packs_folder(&a, ""));
    plan.values[HOUSE_OFFICE_ID] = id_text(&a, s->m->app->keys->office);
    plan.values[HOUSE_LINE_NAME] = plan.values[HOUSE_OFFICE_NAME] = lit("Invented Line");
    plan.values[HOUSE_LINE_IS_POLICE] = plan.values[HOUSE_LINE_SHARES_IMMIGRATION] = lit("no");
    if (!folder_name(under(s, NULL, "house", path), &f) || setup_make(&a, &f, &plan, s->m->app->keys->now, &made, &content) != OK)
        return false;
    db_close(content);
    return true;
}

/* The secret file is what makes a folder a house: with it all is there, without it nothing is promised. */
bool house_is_whole(struct tried *s, bool done)
{
    struct arena a = s->a;
    char path[256];
    struct folder f;
    struct db *keys = NULL, *content = NULL;
    struct keeper_core *core;
    str secret, anchor;
    must(folder_name(under(s, NULL, "house", path), &f));
    if (file_read(&a, f.secret, FILE_MOST, &secret) != OK)
        return !done;
    bool good = (done || s->done_again || s->no_way_back) && file_read(&a, f.anchor, FILE_MOST, &anchor) == OK
        && db_open(f.keys, (struct db_options){ 0 }, &keys) == OK
        && db_open(f.content, (struct db_options){ 0 }, &content) == OK && db_migrate(content, migrations_content) == OK
        && core_open(keys, anchor, secret, s->m->app->chance, 8, &core) == OK;
    if (good) {
        core_set_time(core, s->m->app->keys->now, s->m->app->keys->now);
        good = core_start(core) == OK && core->house.open;
    }
    db_close(keys);
    db_close(content);
    return good;
}

bool load_pack(struct tried *s)
{
    struct arena a = s->a;
    struct pack_problems problems = { 0 };
    return pack_load(s->m->app->content, &a, packs_folder(&a, "int"), day_of(s->m->app->keys->now), &problems) == OK;
}

/* ---- backups ---- */

static status record(void *with, uint32_t set, const uint8_t sha[32])
{
    const struct tried *s = with;
    uint64_t seq;
    return keeper_note(s->m->app->keys->control, NULL, ACT_BACKUP, set, (id){ 0 }, sha, &seq);
}

static bool back_up(struct tried *s, const char *folder, int64_t now)
{
    char sets[256], scratch[256];
    struct manifest made;
    const char *why;
    struct backup_job job = { .content = s->m->app->path, .keys = s->m->app->keys->path, .scratch = under(s, folder, "copy", scratch),
                              .folder = under(s, folder, "sets", sets), .anchor = anchor_of(s),
                              .recipients = (const uint8_t(*)[KEY])s->offline, .recipient_count = 1, .now = now, .record = record,
                              .with = s };
    return backup_make(&job, &made, &why) == OK;
}

/* The sets of a moment, into databases beside them. */
static bool restore_from(struct tried *s, int64_t now, const char *tail)
{
    char stamp[STAMP + 1], names[SETS][300], content[256], keys[256], scratch[256], name[64];
    static struct restored found;
    struct restore_job job = { .content = content, .keys = keys, .scratch = scratch, .identity = s->offline[1] };
    backup_stamp(now, stamp);
    for (int i = 0; i < SETS; i++) {
        snprintf(names[i], sizeof names[i], "%s/sets/%s-%s.age", s->at, set_kinds[i], stamp);
        job.sets[i] = names[i];
    }
    snprintf(name, sizeof name, "content%s", tail);
    under(s, NULL, name, content);
    snprintf(name, sizeof name, "keys%s", tail);
    under(s, NULL, name, keys);
    under(s, NULL, "restore.set", scratch);
    return restore_databases(&job, &found) == OK;
}

static int64_t moment(const struct tried *s, int attempt)
{
    return s->m->app->keys->now + 60 * attempt;
}

bool make_backup(struct tried *s)
{
    return back_up(s, NULL, moment(s, s->attempt));
}

/* A manifest is the word that a backup stands: then all three sets are made a house again. The first attempt is asked about. */
bool backup_is_whole(struct tried *s, bool done)
{
    char stamp[STAMP + 1], path[300];
    backup_stamp(moment(s, 1), stamp);
    snprintf(path, sizeof path, "%s/sets/manifest-%s.txt", s->at, stamp);
    if (access(path, F_OK))
        return !done;
    return restore_from(s, moment(s, 1), ".proof");
}

bool bring_back(struct tried *s)
{
    char tail[16];
    snprintf(tail, sizeof tail, ".back%d", s->attempt);
    return restore_from(s, moment(s, 0), tail);
}

static bool holds_a_tip(const char *path)
{
    struct arena a = arena_reserve(4096);
    str one;
    struct db *db;
    if (access(path, F_OK) || db_open(path, (struct db_options){ .busy_ms = 1000 }, &db) != OK)
        return false;
    bool good = db_migrate(db, migrations_content) == OK;
    db_close(db);
    return good && engine_rows(path, "SELECT count(*) FROM tip", &a, &one, 1) == 1 && str_equal(one, lit("2"));
}

bool restored_is_whole(struct tried *s, bool done)
{
    char path[256];
    return !done || holds_a_tip(under(s, NULL, "content.back1", path));
}

/* ---- the log ---- */

bool export_log(struct tried *s)
{
    char path[256];
    struct folder f;
    return folder_name(s->at, &f) && audit_export(&f, 0, own(s, "log", path)) == 0;
}

bool export_is_whole(struct tried *s, bool done)
{
    struct arena a = s->a;
    char path[256];
    str file;
    if (!done)
        return true;
    return file_read(&a, under(s, NULL, "log.1", path), FILE_MOST, &file) == OK && audit_verify(file, NULL, NULL, 0).good;
}

/* ---- the root ceremony: on a copy, and its list brought to the house ---- */

static bool give_all(struct tried *s, const char *copy, str *list)
{
    struct world *x = s->m->app->keys;
    struct recovery *r;
    struct recovery_given given;
    struct db *db;
    id who = matrix_find(s->m, "supervisor", ELSEWHERE)->account;
    if (db_open(copy, (struct db_options){ .rights = keeper_rights, .busy_ms = 1000 }, &db) != OK)
        return false;
    status done = recovery_open(db, anchor_of(s), secret_of(s), NULL, x->chance, x->now, &r);
    if (done == OK) {
        done = recovery_root(r, (const uint8_t(*)[SHARE])x->made.shares, 3);
        if (done == OK)
            done = recovery_give(r, who, &(struct recovery_rings){ .kind = SCOPE_OFFICE, .scope = s->m->office[0] }, NULL, NULL, &given);
        done = recovery_end(r, done, &s->a, list);
    }
    db_close(db);
    return done == OK;
}

bool hold_ceremony(struct tried *s)
{
    char copy[256], path[256];
    str list;
    return give_all(s, own(s, "ceremony", copy), &list) && file_create(own(s, "list", path), list) == OK;
}

static status no_note(void *with, str line)
{
    (void)with;
    (void)line;
    return OK;
}

static bool bring(struct tried *s, str list)
{
    struct db *db = s->m->app->keys->db;
    struct recovery_brought brought;
    status done = db_begin(db);
    if (done == OK)
        done = db_end(db, recovery_bring(db, anchor_of(s), list, no_note, NULL, &brought));
    return done == OK;
}

bool list_is_whole(struct tried *s, bool done)
{
    struct arena a = s->a;
    char path[256];
    str list;
    if (file_read(&a, under(s, NULL, "list.1", path), FILE_MOST, &list) != OK)
        return !done;
    return bring(s, list);
}

bool bring_list(struct tried *s)
{
    return bring(s, s->list);
}

/* ---- what is there before ---- */

static void copy_file(struct tried *s, const char *from, const char *to)
{
    struct arena a = s->a;
    str bytes;
    must(file_read(&a, from, 1 << 26, &bytes) == OK && file_replace(to, bytes) == OK);
}

void commands_prepare(struct tried *s)
{
    char sets[256], path[256], name[32];
    struct box_pair pair;
    snprintf(s->at, sizeof s->at, "%s", s->base);
    box_pair_make(&pair);
    memcpy(s->offline[0], pair.open, KEY);
    memcpy(s->offline[1], pair.secret, KEY);
    must(file_create(under(s, NULL, "anchor", path), anchor_of(s)) == OK);
    must(!mkdir(under(s, NULL, "sets", sets), 0700) && back_up(s, s->base, moment(s, 0)));
    must(db_checkpoint(s->m->app->keys->db) == OK);
    for (int i = 1; i <= COPIES + 1; i++) {
        snprintf(name, sizeof name, "ceremony.%d", i);
        copy_file(s, s->m->app->keys->path, under(s, NULL, name, path));
    }
    must(give_all(s, path, &s->list));
    unlink(path);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "ceremony.%d-%s", COPIES + 1, i ? "wal" : "shm");
        unlink(under(s, NULL, name, path));
    }
}

/* ---- what must be found ---- */

bool lie_of_a_file(struct tried *s)
{
    char path[256];
    int fd = open(own(s, "lie", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)!write(fd, "an invented line\n", 17);
    close(fd);
    return true;
}

bool lied_file_is_whole(struct tried *s, bool done)
{
    struct arena a = s->a;
    char path[256];
    str file;
    return !done || (file_read(&a, under(s, NULL, "lie.1", path), FILE_MOST, &file) == OK && file.len == 17);
}

bool trust_memory(struct tried *s)
{
    char *p = malloc(16);
    p[s->attempt] = 1;
    bool good = p[s->attempt] == 1;
    free(p);
    return good;
}
