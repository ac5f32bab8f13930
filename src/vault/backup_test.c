/*
 * Three sets of a house in process, and the house brought back from them, with the keeper's own code on what comes out.
 * Over 500 lines by a little: making and bringing back are one subject, and each test of the one is the fixture of the other.
 */
#include "keeper_world.h"
#include "vault/restore.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/* A house that has a content database too, a folder of sets, and the key they are sealed to. */
struct house {
    struct world *x;
    char content[128], sets[128], back[128], scratch[128];
    struct box_pair offline;
};

static void in_folder(const struct house *h, const char *name, char to[128])
{
    snprintf(to, 128, "%s/%s", h->x->folder, name);
}

static void empty(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

static int start_of(void **state, bool demo)
{
    struct arena a = arena_reserve(1 << 16);
    struct house *h = arena_new(&a, struct house, 1);
    struct db *db;
    h->x = world_make(demo);
    in_folder(h, "content.db", h->content);
    in_folder(h, "sets", h->sets);
    in_folder(h, "back", h->back);
    in_folder(h, "copy", h->scratch);
    assert_int_equal(mkdir(h->sets, 0700) || mkdir(h->back, 0700), 0);
    assert_int_equal(db_open(h->content, (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    db_close(db);
    box_pair_make(&h->offline);
    *state = h;
    return 0;
}

static int start(void **state)
{
    return start_of(state, true);
}

static int start_locked(void **state)
{
    return start_of(state, false);
}

static int stop(void **state)
{
    struct house *h = *state;
    empty(h->sets);
    empty(h->back);
    rmdir(h->sets);
    rmdir(h->back);
    unlink(h->content);
    world_end(h->x);
    return 0;
}

/* ---- content: a sealed row is a setting whose value is its bytes in hexadecimal ---- */

static const char *statement(struct house *h, const char *before, str bytes, const char *after)
{
    struct out o = { .arena = &h->x->arena };
    out_str(&o, str_of(before));
    out_hex(&o, bytes.at, bytes.len);
    out_str(&o, str_of(after));
    return str_c(&h->x->arena, out_view(&o));
}

/* The world's shell, on another database. */
static struct world beside(struct house *h, const char *path)
{
    struct world y = *h->x;
    must(strlen(path) < sizeof y.path);
    memcpy(y.path, path, strlen(path) + 1);
    return y;
}

static void keep_row(struct house *h, const struct row *r)
{
    struct world y = beside(h, h->content);
    world_sql(&y, statement(h, "INSERT INTO setting (name, value, changed_day) SELECT 'row' || count(*), '", r->sealed, "', 1 FROM setting"));
}

static bool holds_row(struct house *h, const char *path, const struct row *r)
{
    struct world y = beside(h, path);
    return world_count(&y, statement(h, "SELECT count(*) FROM setting WHERE name LIKE 'row%' AND value = '", r->sealed, "'")) == 1;
}

/* ---- backup and restore as the commands do them ---- */

static status record(void *with, uint32_t set, const uint8_t sha[32])
{
    const struct house *h = with;
    uint64_t seq;
    return keeper_note(h->x->control, NULL, ACT_BACKUP, set, (id){ 0 }, sha, &seq);
}

static struct backup_job job_of(struct house *h)
{
    return (struct backup_job){ .content = h->content, .keys = h->x->path, .scratch = h->scratch, .folder = h->sets,
                                .anchor = { (char *)h->x->made.anchor, ANCHOR }, .recipients = (const uint8_t(*)[KEY]) & h->offline.open,
                                .recipient_count = 1, .now = h->x->now, .record = record, .with = h };
}

static struct manifest back_up(struct house *h)
{
    struct backup_job job = job_of(h);
    struct manifest m;
    const char *why;
    world_pass(h->x, 1);
    job.now = h->x->now;
    assert_int_equal(backup_make(&job, &m, &why), OK);
    return m;
}

struct paths {
    char at[SETS][256], content[256], keys[256], scratch[256];
};

static struct restore_job restoring(struct house *h, const char *content, const char *keys, const char *log, struct paths *p)
{
    const char *const names[SETS] = { [SET_KEYS] = keys, [SET_CONTENT] = content, [SET_LOG] = log };
    struct restore_job job = { .identity = h->offline.secret };
    empty(h->back);
    for (int i = 0; i < SETS; i++) {
        snprintf(p->at[i], sizeof p->at[i], "%s/%s", h->sets, names[i]);
        job.sets[i] = p->at[i];
    }
    snprintf(p->content, sizeof p->content, "%s/content.db", h->back);
    snprintf(p->keys, sizeof p->keys, "%s/keys.db", h->back);
    snprintf(p->scratch, sizeof p->scratch, "%s/set", h->back);
    job.content = p->content;
    job.keys = p->keys;
    job.scratch = p->scratch;
    return job;
}

static status restore(struct house *h, const struct manifest *content, const struct manifest *keys, const struct manifest *log,
                      struct restored *out)
{
    struct paths p;
    struct restore_job job = restoring(h, content->sets[SET_CONTENT].name, keys->sets[SET_KEYS].name, log->sets[SET_LOG].name, &p);
    return restore_databases(&job, out);
}

/* A keeper on the restored keys, somebody who signs in there, and the row that the restored content has. */
static uint8_t opens_after(struct house *h, enum someone who, const struct restored *r, const struct row *row)
{
    char keys[256], content[256];
    snprintf(keys, sizeof keys, "%s/keys.db", h->back);
    snprintf(content, sizeof content, "%s/content.db", h->back);
    assert_true(holds_row(h, content, row));
    struct world y = *h->x;
    assert_int_equal(db_open(keys, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &y.db), OK);
    str anchor = { (char *)r->anchor, ANCHOR }, secret = { (char *)y.made.secret, SECRET_FILE };
    assert_int_equal(core_open(y.db, anchor, secret, y.chance, 8, &y.core), OK);
    core_set_time(y.core, y.now, y.now);
    assert_int_equal(core_start(y.core), OK);
    y.staff = keeper_in_process(y.core, ROLE_STAFF);
    struct signed_in in = world_in(&y, who);
    uint8_t code = world_open(&y, in.token, row);
    core_close(y.core);
    db_close(y.db);
    h->x->now = y.now;
    return code;
}

static struct row seal_tip(struct house *h)
{
    struct row r = world_seal(h->x, SCOPE_OFFICE, h->x->office, TIP, "an invented text that must come back");
    keep_row(h, &r);
    return r;
}

/* ---- sentences ---- */

static void what_was_sealed_before_a_backup_is_read_after_a_restore_with_the_same_passphrase(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct row row = seal_tip(h);
    struct manifest m = back_up(h);
    assert_int_equal(restore(h, &m, &m, &m, &r), OK);
    assert_int_equal(r.gen, m.gen);
    assert_int_equal(r.entries, m.entries);
    assert_int_equal(r.unsigned_from, r.entries);
    assert_memory_equal(r.anchor, h->x->made.anchor, ANCHOR);
    assert_int_equal(opens_after(h, LIN, &r, &row), CODE_OK);
}

static bool is_there(struct house *h, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", h->sets, name);
    return !access(path, F_OK);
}

/* As a backup of the night after a power cut: nothing can be signed, and it is a backup all the same. */
static void a_locked_house_is_backed_up_and_what_is_not_signed_is_told(void **state)
{
    struct house *h = *state;
    struct restored r;
    char keys[256];
    struct manifest m = back_up(h);
    assert_int_equal(restore(h, &m, &m, &m, &r), OK);
    assert_int_equal(r.unsigned_from, 1); /* all but the ceremony's own record */
    assert_int_equal(r.entries, m.entries);
    snprintf(keys, sizeof keys, "%s/keys.db", h->back);
    struct world y = *h->x;
    str anchor = { (char *)r.anchor, ANCHOR }, secret = { (char *)y.made.secret, SECRET_FILE };
    assert_int_equal(db_open(keys, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &y.db), OK);
    assert_int_equal(core_open(y.db, anchor, secret, y.chance, 8, &y.core), OK);
    core_set_time(y.core, y.now, y.now);
    assert_int_equal(core_start(y.core), OK);
    y.control = keeper_in_process(y.core, ROLE_CONTROL);
    assert_int_equal(world_unlock(&y, WORLD_HOUSE), OK);
    core_close(y.core);
    db_close(y.db);
}

static void old_content_with_newer_keys_reads_nothing_of_what_was_destroyed(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct signed_in sam = world_in(h->x, SAM), cam = world_in(h->x, CAM);
    struct row row = seal_tip(h);
    struct manifest old = back_up(h);
    assert_int_equal(restore(h, &old, &old, &old, &r), OK);
    assert_int_equal(opens_after(h, SAM, &r, &row), CODE_OK); /* control: the old keys open it */

    struct ring_act act = { .token = sam.token, .second = cam.token, .ring = world_ring_of(h->x, TIP), .reason = "a test" };
    struct ring_done done;
    assert_int_equal(keeper_ring(h->x->staff, RING_SHRED, &act, &done), OK);
    world_pass(h->x, 36 * 86400);
    struct manifest fresh = back_up(h);
    assert_true(is_there(h, old.sets[SET_KEYS].name));
    assert_int_equal(backup_expire(h->sets, h->x->now), 1);
    assert_false(is_there(h, old.sets[SET_KEYS].name));
    assert_true(is_there(h, old.sets[SET_CONTENT].name) && is_there(h, old.sets[SET_LOG].name) && is_there(h, fresh.sets[SET_KEYS].name));

    assert_int_equal(restore(h, &old, &fresh, &fresh, &r), OK);
    assert_int_equal(opens_after(h, SAM, &r, &row), CODE_NONE);
}

static struct row seal_case(struct house *h, id scope)
{
    id ring;
    assert_int_equal(world_make_ring(h->x, world_in(h->x, SAM).token, SCOPE_CASE, scope, CASE, &ring), OK);
    struct row r = world_seal(h->x, SCOPE_CASE, scope, CASE, "an invented case");
    keep_row(h, &r);
    return r;
}

static void what_ended_by_itself_is_noise_in_an_older_copy(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct keep_answer a;
    struct expire_ask ended = { SCOPE_CASE, { { 0xe0, 1 } }, CASE, 0 };
    struct row gone = seal_case(h, ended.scope), kept = seal_case(h, (id){ { 0xe0, 2 } });
    struct manifest old = back_up(h);
    assert_int_equal(restore(h, &old, &old, &old, &r), OK);
    assert_int_equal(opens_after(h, SAM, &r, &gone), CODE_OK); /* control: the old keys open it */
    assert_int_equal(keeper_expire(h->x->jobs, EXPIRE, &ended, &a), OK);
    assert_int_equal(a.state, KEEP_TOLD);
    world_pass(h->x, NOTICE_DAYS * 86400);
    assert_int_equal(keeper_expire(h->x->jobs, EXPIRE, &ended, &a), OK);
    assert_int_equal(a.state, KEEP_GONE);
    world_pass(h->x, 36 * 86400);
    struct manifest fresh = back_up(h);
    assert_int_equal(backup_expire(h->sets, h->x->now), 1);
    assert_false(is_there(h, old.sets[SET_KEYS].name));
    assert_int_equal(restore(h, &old, &fresh, &fresh, &r), OK);
    assert_int_equal(opens_after(h, SAM, &r, &gone), CODE_NONE);
    assert_int_equal(opens_after(h, SAM, &r, &kept), CODE_OK); /* control: its neighbour in the same copy */
}

static void flip(struct house *h, const char *name, ptrdiff_t at)
{
    char path[256];
    uint8_t byte;
    snprintf(path, sizeof path, "%s/%s", h->sets, name);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fread(&byte, 1, 1, f), 1);
    byte ^= 1;
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(&byte, 1, 1, f), 1);
    fclose(f);
}

static void a_set_with_one_bit_changed_anywhere_is_refused(void **state)
{
    struct house *h = *state;
    static const ptrdiff_t places[] = { 0, 40, 150, 300, 70000, -1 };
    struct restored r;
    struct manifest m = back_up(h);
    for (int i = 0; i < SETS; i++)
        for (ptrdiff_t k = 0; k < countof(places); k++) {
            flip(h, m.sets[i].name, places[k]);
            assert_int_equal(restore(h, &m, &m, &m, &r), FAULT);
            assert_true(r.why[0] != 0);
            flip(h, m.sets[i].name, places[k]);
        }
    assert_int_equal(restore(h, &m, &m, &m, &r), OK);
}

/* Whoever knows the public key can seal anything to it: what the log never recorded is not taken. */
static void a_content_set_made_by_somebody_else_is_refused(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct paths p;
    struct set forged;
    struct manifest m = back_up(h);
    uint8_t sha[32];
    FILE *f;
    struct restore_job job = restoring(h, m.sets[SET_CONTENT].name, m.sets[SET_KEYS].name, m.sets[SET_LOG].name, &p);
    f = fopen(p.scratch, "w+b");
    assert_non_null(f);
    int fd = fileno(f);
    assert_int_equal(set_open(job.sets[SET_CONTENT], h->offline.secret, file_write_piece, &fd, sha), OK);
    assert_memory_equal(sha, m.sets[SET_CONTENT].sha256, sizeof sha);
    assert_int_equal(unlink(job.sets[SET_CONTENT]), 0);
    const uint8_t(*to)[KEY] = (const uint8_t(*)[KEY]) & h->offline.open;
    assert_int_equal(set_seal(&(struct set_source){ .fd = fd }, job.sets[SET_CONTENT], to, 1, &forged), OK);
    fclose(f);
    empty(h->back);
    assert_int_equal(restore_databases(&job, &r), CONFLICT);
    assert_non_null(strstr(r.why, "no record of this content set"));
}

static void what_is_older_than_known_stops_and_is_said(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct paths p;
    struct signed_in ada = world_in(h->x, ADA);
    uint64_t gen;
    seal_tip(h);
    struct manifest old = back_up(h);
    assert_int_equal(keeper_revoke(h->x->staff, ada.token, h->x->made.people[LIN].principal, lit("left"), &gen), OK);
    struct manifest fresh = back_up(h);
    assert_true(fresh.gen > old.gen);

    /* Old keys under the newer log: somebody who left would be back. */
    assert_int_equal(restore(h, &fresh, &old, &fresh, &r), CONFLICT);
    assert_non_null(strstr(r.why, "1 departures"));

    /* All of the old ones, and a checkpoint of the newer: the log was cut. */
    struct restore_job job = restoring(h, old.sets[SET_CONTENT].name, old.sets[SET_KEYS].name, old.sets[SET_LOG].name, &p);
    struct audit_seen seen = { .size = fresh.entries };
    memcpy(seen.root, fresh.root, sizeof seen.root);
    job.seen = &seen;
    job.seen_count = 1;
    assert_int_equal(restore_databases(&job, &r), CONFLICT);
    assert_non_null(strstr(r.why, "Rolled back: the log ends"));
    empty(h->back);
    job.accept_older = true;
    assert_int_equal(restore_databases(&job, &r), OK);
    assert_true(r.older);

    /* A checkpoint that the log reaches and denies is never accepted. */
    empty(h->back);
    seen.size = old.entries;
    assert_int_equal(restore_databases(&job, &r), FAULT);
    assert_non_null(strstr(r.why, "differs from a checkpoint"));

    /* A wall known from elsewhere. */
    job = restoring(h, fresh.sets[SET_CONTENT].name, fresh.sets[SET_KEYS].name, fresh.sets[SET_LOG].name, &p);
    job.gen = fresh.gen + 1;
    assert_int_equal(restore_databases(&job, &r), CONFLICT);
    empty(h->back);
    job.gen = fresh.gen;
    assert_int_equal(restore_databases(&job, &r), OK);
}

static void sets_exchanged_or_of_two_houses_are_refused(void **state)
{
    struct house *h = *state;
    struct restored r;
    struct paths p;
    struct manifest m = back_up(h);
    struct restore_job job = restoring(h, m.sets[SET_LOG].name, m.sets[SET_KEYS].name, m.sets[SET_CONTENT].name, &p);
    assert_int_equal(restore_databases(&job, &r), FAULT);
    assert_non_null(strstr(r.why, "exchanged"));

    void *other_state;
    start(&other_state);
    struct house *other = other_state;
    other->offline = h->offline;
    struct manifest n = back_up(other);
    job = restoring(h, m.sets[SET_CONTENT].name, m.sets[SET_KEYS].name, m.sets[SET_LOG].name, &p);
    snprintf(p.at[SET_CONTENT], sizeof p.at[SET_CONTENT], "%s/%s", other->sets, n.sets[SET_CONTENT].name);
    assert_int_equal(restore_databases(&job, &r), FAULT);
    assert_non_null(strstr(r.why, "another house"));
    stop(&other_state);
}

static bool somebody_leaves;
static status record_and_leave(void *with, uint32_t set, const uint8_t sha[32])
{
    struct house *h = with;
    if (set == SET_CONTENT && somebody_leaves) {
        uint64_t gen;
        struct signed_in ada = world_in(h->x, ADA);
        somebody_leaves = false;
        assert_int_equal(keeper_revoke(h->x->staff, ada.token, h->x->made.people[LIN].principal, lit("left"), &gen), OK);
    }
    return record(with, set, sha);
}

static void a_departure_while_it_runs_makes_a_backup_begin_anew(void **state)
{
    struct house *h = *state;
    struct backup_job job = job_of(h);
    struct manifest m;
    struct restored r;
    const char *why;
    job.record = record_and_leave;
    somebody_leaves = true;
    assert_int_equal(backup_make(&job, &m, &why), OK);
    assert_false(somebody_leaves);
    assert_int_equal(restore(h, &m, &m, &m, &r), OK);
}

static status refuse_record(void *with, uint32_t set, const uint8_t sha[32])
{
    (void)with, (void)set, (void)sha;
    return BUSY;
}

static void what_the_log_did_not_record_is_no_backup_and_leaves_no_file(void **state)
{
    struct house *h = *state;
    struct backup_job job = job_of(h);
    struct manifest m;
    const char *why;
    job.record = refuse_record;
    assert_int_equal(backup_make(&job, &m, &why), FAULT);
    assert_non_null(strstr(why, "did not record"));
    assert_int_equal(rmdir(h->sets), 0); /* empty */
    assert_int_equal(mkdir(h->sets, 0700), 0);
    assert_int_not_equal(access(h->scratch, F_OK), 0);
}

static void the_log_knows_when_the_last_backup_was_made(void **state)
{
    struct house *h = *state;
    int64_t day = 0, first;
    assert_int_equal(backup_last_day(h->x->path, &day), NOT_FOUND);
    (void)back_up(h);
    first = h->x->now / 86400;
    world_pass(h->x, 5 * 86400);
    assert_int_equal(backup_last_day(h->x->path, &day), OK);
    assert_int_equal(day, first);
    (void)back_up(h);
    assert_int_equal(backup_last_day(h->x->path, &day), OK);
    assert_int_equal(day, first + 5);
    struct who who;
    assert_int_equal(keeper_who(h->x->staff, world_in(h->x, LIN).token, &who), OK);
    assert_int_equal(who.backup_day, first + 5); /* the keeper tells it too, for the page of the administrator */
    assert_int_equal(backup_last_day("/nowhere/keys.db", &day), FAULT);
}

static void no_set_holds_a_table_of_another(void **state)
{
    struct house *h = *state;
    struct manifest m = back_up(h);
    static const char *const absent[SETS] = { [SET_KEYS] = "leaf", [SET_CONTENT] = "wrap", [SET_LOG] = "wrap" };
    static const char *const present[SETS] = { [SET_KEYS] = "wrap", [SET_CONTENT] = "tip", [SET_LOG] = "leaf" };
    for (int i = 0; i < SETS; i++) {
        char path[256], inside[256];
        uint8_t sha[32];
        struct db *db;
        table_names names;
        bool has = false, lacks = true;
        snprintf(path, sizeof path, "%s/%s", h->sets, m.sets[i].name);
        snprintf(inside, sizeof inside, "%s/set", h->back);
        FILE *f = fopen(inside, "wb");
        assert_non_null(f);
        int fd = fileno(f);
        assert_int_equal(set_open(path, h->offline.secret, file_write_piece, &fd, sha), OK);
        fclose(f);
        assert_int_equal(db_open(inside, (struct db_options){ .scratch = true }, &db), OK);
        assert_int_equal(db_tables(db, &h->x->arena, &names), OK);
        for (; *names; names++) {
            has |= !strcmp(*names, present[i]);
            lacks &= strcmp(*names, absent[i]) != 0;
        }
        assert_true(has && lacks);
        db_close(db);
    }
}

static void the_printed_house_key_makes_a_new_secret_and_another_does_not(void **state)
{
    struct house *h = *state;
    struct anchor house;
    uint8_t secret[SECRET_FILE], stretched[KEY], k0[KEY], want[KEY];
    struct secret_head head;
    assert_true(anchor_read((str){ (char *)h->x->made.anchor, ANCHOR }, &house));
    str printed = { h->x->made.k0, K0_TEXT };
    assert_int_equal(restore_secret(&house, printed, lit("a new passphrase"), SECRET_SMALL, secret), OK);
    assert_true(secret_head_read((str){ (char *)secret, SECRET_FILE }, &head));
    assert_int_equal(stretch(lit("a new passphrase"), head.salt, head.cost, stretched), OK);
    assert_true(secret_open((str){ (char *)secret, SECRET_FILE }, stretched, k0));
    assert_true(base32_read(printed, want, KEY));
    assert_memory_equal(k0, want, KEY);
    char other[K0_TEXT];
    memcpy(other, printed.at, K0_TEXT);
    other[3] = other[3] == '7' ? '8' : '7';
    assert_int_equal(restore_secret(&house, (str){ other, K0_TEXT }, lit("a new passphrase"), SECRET_SMALL, secret), NOT_FOUND);
    assert_int_equal(restore_secret(&house, lit("short"), lit("a new passphrase"), SECRET_SMALL, secret), INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_sealed_before_a_backup_is_read_after_a_restore_with_the_same_passphrase),
        cmocka_unit_test_setup_teardown(a_locked_house_is_backed_up_and_what_is_not_signed_is_told, start_locked, stop),
        TEST(old_content_with_newer_keys_reads_nothing_of_what_was_destroyed),
        TEST(what_ended_by_itself_is_noise_in_an_older_copy),
        TEST(a_set_with_one_bit_changed_anywhere_is_refused),
        TEST(a_content_set_made_by_somebody_else_is_refused),
        TEST(what_is_older_than_known_stops_and_is_said),
        TEST(sets_exchanged_or_of_two_houses_are_refused),
        TEST(a_departure_while_it_runs_makes_a_backup_begin_anew),
        TEST(what_the_log_did_not_record_is_no_backup_and_leaves_no_file),
        TEST(the_log_knows_when_the_last_backup_was_made),
        TEST(no_set_holds_a_table_of_another),
        TEST(the_printed_house_key_makes_a_new_secret_and_another_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
