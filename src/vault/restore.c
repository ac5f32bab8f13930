#include "vault/restore.h"
#include "lib/os/os.h"
#include "vault/keeper_core.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A restore under way. */
struct work {
    const struct restore_job *job;
    struct restored *out;
    struct arena a;
    uint8_t sha[SETS][32];
    id install;        /* of the set read first */
    bool install_known;
    int64_t schema;    /* of the keys set: the log set must have the same */
    struct db *keys;
};

status restore_refuse(struct restored *out, const char *why)
{
    snprintf(out->why, sizeof out->why, "%s", why);
    return FAULT;
}

static status refuse_set(struct work *w, enum backup_set_kind which, const char *why)
{
    snprintf(w->out->why, sizeof w->out->why, "the %s set %s", set_kinds[which], why);
    return FAULT;
}

/* ---- out of the file ---- */

static status add_piece(void *to, str piece)
{
    struct out *o = to;
    out_str(o, piece);
    return OK;
}

static status unseal(struct work *w, enum backup_set_kind which, status (*write)(void *to, str piece), void *to)
{
    status s = set_open(w->job->sets[which], w->job->identity, write, to, w->sha[which]);
    switch (s) {
    case OK:        return OK;
    case NOT_FOUND: return refuse_set(w, which, "is not there, or was sealed to another key than the one given");
    case INVALID:   return refuse_set(w, which, "is no backup, or was changed or cut");
    default:        return refuse_set(w, which, "cannot be read, or there is no room for what is inside");
    }
}

static status unseal_to_memory(struct work *w, enum backup_set_kind which, str *bytes)
{
    struct stat about;
    if (stat(w->job->sets[which], &about))
        return refuse_set(w, which, "is not there");
    struct out o = { .at = arena_new(&w->a, char, about.st_size), .cap = about.st_size, .arena = &w->a };
    status s = unseal(w, which, add_piece, &o);
    *bytes = out_view(&o);
    return s;
}

static status unseal_to_file(struct work *w, enum backup_set_kind which)
{
    int fd = open(w->job->scratch, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return refuse_set(w, which, "has no room in the new folder");
    status s = unseal(w, which, file_write_piece, &fd);
    close(fd);
    return s;
}

/* ---- what a set says of itself ---- */

static bool note_is(struct work *w, struct db *db, str name, str wanted)
{
    str value;
    return db_note_get(db, &w->a, name, &value) == OK && str_equal(value, wanted);
}

static status read_notes(struct work *w, enum backup_set_kind which, struct db *set)
{
    str install, made;
    if (!note_is(w, set, lit("set"), str_of(set_kinds[which])))
        return refuse_set(w, which, "holds something else: were two sets exchanged?");
    if (db_note_get(set, &w->a, lit("install"), &install) != OK || install.len != sizeof w->install.at
        || db_note_get(set, &w->a, lit("made"), &made) != OK || made.len != STAMP)
        return refuse_set(w, which, "does not say whose it is");
    if (w->install_known && memcmp(w->install.at, install.at, sizeof w->install.at))
        return refuse_set(w, which, "is of another house than the set before");
    memcpy(w->install.at, install.at, sizeof w->install.at);
    w->install_known = true;
    memcpy(w->out->made[which], made.at, STAMP);
    return OK;
}

/* ---- from a set into a database ---- */

/* A set opened to be read: bytes in memory, or the scratch file where bytes is empty. */
static status open_set(struct work *w, enum backup_set_kind which, str bytes, table_names tables, struct db **out)
{
    const struct db_right *rights = db_reading(&w->a, tables);
    status s = bytes.len ? db_open_bytes(bytes, rights, out) : db_open(w->job->scratch, (struct db_options){ .rights = rights }, out);
    return s == OK ? OK : refuse_set(w, which, "holds no database");
}

static status look_at_set(struct work *w, enum backup_set_kind which, str bytes, int64_t *schema)
{
    static const char *const none[] = { NULL };
    struct db *set;
    status s = open_set(w, which, bytes, none, &set);
    if (s != OK)
        return s;
    if (db_check(set) != OK || db_schema(set, schema) != OK)
        s = refuse_set(w, which, "is damaged inside");
    if (s == OK)
        s = read_notes(w, which, set);
    db_close(set);
    return s;
}

static status take_rows(struct work *w, enum backup_set_kind which, str bytes, struct db *to, table_names tables)
{
    struct db *set;
    status s = open_set(w, which, bytes, tables, &set);
    if (s != OK)
        return s;
    s = db_copy(set, to, &w->a, tables);
    db_close(set);
    return s == OK ? OK : refuse_set(w, which, "does not fit this program's tables, or the disk is full");
}

/* An empty database of the schema that the set has. */
static status make_database(struct work *w, enum backup_set_kind which, const char *path, int64_t schema, struct db **out)
{
    struct migrations all = db_migrations_until(which == SET_CONTENT ? migrations_content : migrations_keys, schema);
    if (!all.len)
        return refuse_set(w, which, "was made by a newer program: install that one");
    table_names tables;
    if (db_open(path, (struct db_options){ .create = true }, out) != OK)
        return refuse_set(w, which, "cannot be brought back: the new database could not be made");
    if (db_is_url(path) && (db_tables(*out, &w->a, &tables) != OK || tables[0]))
        return refuse_set(w, which, "cannot be brought back: its database holds tables already");
    return db_migrate(*out, all) == OK ? OK : refuse_set(w, which, "cannot be brought back: the new database could not be made");
}

static status restore_keys(struct work *w)
{
    table_names tables;
    str bytes;
    status s = unseal_to_memory(w, SET_KEYS, &bytes);
    if (s == OK)
        s = look_at_set(w, SET_KEYS, bytes, &w->schema);
    if (s == OK)
        s = make_database(w, SET_KEYS, w->job->keys, w->schema, &w->keys);
    if (s == OK && backup_keys_tables(w->keys, &w->a, &tables) != OK)
        s = FAULT;
    return s == OK ? take_rows(w, SET_KEYS, bytes, w->keys, tables) : s;
}

static status restore_log(struct work *w)
{
    int64_t schema;
    status s = unseal_to_file(w, SET_LOG);
    if (s == OK)
        s = look_at_set(w, SET_LOG, lit(""), &schema);
    if (s == OK && schema != w->schema)
        s = refuse_set(w, SET_LOG, "and the keys set were made by different versions of the program: take two of one version");
    if (s == OK)
        s = take_rows(w, SET_LOG, lit(""), w->keys, backup_log_tables);
    return s;
}

static status read_anchor(struct work *w)
{
    static const char *const none[] = { NULL };
    struct db *set;
    str anchor;
    status s = open_set(w, SET_CONTENT, lit(""), none, &set);
    if (s != OK)
        return s;
    bool good = db_note_get(set, &w->a, lit("anchor"), &anchor) == OK && anchor_read(anchor, &w->out->house)
        && id_equal(w->out->house.install, w->install);
    db_close(set);
    if (!good)
        return refuse_set(w, SET_CONTENT, "holds no anchor of this house");
    memcpy(w->out->anchor, anchor.at, ANCHOR);
    return OK;
}

static status restore_content(struct work *w)
{
    struct db *to = NULL;
    table_names tables;
    int64_t schema;
    status s = unseal_to_file(w, SET_CONTENT);
    if (s == OK)
        s = look_at_set(w, SET_CONTENT, lit(""), &schema);
    if (s == OK)
        s = read_anchor(w);
    if (s == OK)
        s = make_database(w, SET_CONTENT, w->job->content, schema, &to);
    if (s == OK && db_tables(to, &w->a, &tables) != OK)
        s = FAULT;
    if (s == OK)
        s = take_rows(w, SET_CONTENT, lit(""), to, tables);
    if (s == OK && (db_check(to) != OK || db_checkpoint(to) != OK))
        s = refuse_set(w, SET_CONTENT, "was not written whole");
    db_close(to);
    return s;
}

static status finish_keys(struct work *w)
{
    bool good = db_check(w->keys) == OK && wall_read(w->keys, &w->out->gen) == OK && db_checkpoint(w->keys) == OK;
    return good ? OK : refuse_set(w, SET_KEYS, "was not written whole");
}

status restore_databases(const struct restore_job *job, struct restored *out)
{
    struct work w = { .job = job, .out = out, .a = arena_reserve((ptrdiff_t)16 << 30) };
    *out = (struct restored){ 0 };
    status s = restore_keys(&w);
    if (s == OK)
        s = restore_log(&w);
    if (s == OK)
        s = restore_content(&w);
    unlink(job->scratch);
    if (s == OK)
        s = finish_keys(&w);
    if (s == OK)
        s = restore_check_log(job, w.keys, (const uint8_t(*)[32])w.sha, out);
    db_close(w.keys);
    if (s != OK && !out->why[0])
        restore_refuse(out, "the sets could not be read; the lines above say why");
    return s;
}

status restore_secret(const struct anchor *house, str k0_text, str passphrase, enum secret_version version, uint8_t to[SECRET_FILE])
{
    uint8_t k0[KEY], salt[16], stretched[KEY];
    struct house_keys h;
    if (!base32_read(k0_text, k0, KEY))
        return INVALID;
    house_from(k0, &h);
    status s = same_bytes(h.box.open, house->house, KEY) ? OK : NOT_FOUND;
    wipe(&h, sizeof h);
    crypt_random(salt, sizeof salt);
    if (s == OK)
        s = stretch(passphrase, salt, secret_cost(version), stretched);
    if (s == OK)
        secret_write(version, salt, stretched, k0, to);
    wipe(stretched, KEY);
    wipe(k0, KEY);
    return s;
}
