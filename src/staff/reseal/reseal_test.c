/*
 * A case or a file of care that may be compromised: afterwards the old secrets open nothing of it and everybody on it still reads
 * everything, however often the work was interrupted. And the list of sealed tables is held against the tables there are.
 */
#include "matrix.h"
#include "common/reseal/reseal.h"

enum { WRITTEN = 1500, ALL = 4000, KINDS_MOST = 3 };

/* What gets new keys, who may say so, who reads it, who is the second person of another office. */
static struct record {
    const char *area, *lead, *reader, *entries; /* entries: the table that most of it stands in */
    enum compartment kinds[KINDS_MOST];
    int kind_count;
    uint16_t table;
} a_case = { "/cases/", "supervisor", "investigator", "entry", { CASE, EVIDENCE, TIP }, 3, TABLE_ENTRY },
  a_file = { "/victims/", "coordinator", "specialist", "care_entry", { VICTIM, LOCATION }, 2, TABLE_CARE_ENTRY };

static struct ward {
    struct record *of;
    struct matrix *m;
    const struct matrix_caller *sam, *ivy;
    struct arena a;
    id root;
    struct box_pair old[KINDS_MOST];
    struct reseal_row *rows; /* of one ring at a time */
    enum compartment listed; /* which */
} ward;

static int open_ward(void **state)
{
    ward.of = *state;
    ward.m = matrix_make();
    ward.sam = matrix_find(ward.m, ward.of->lead, MEMBER);
    ward.ivy = matrix_find(ward.m, ward.of->reader, MEMBER);
    ward.a = arena_reserve(512 << 20);
    ward.root = ward.of == &a_case ? ward.m->casefile[0] : ward.m->victim[0];
    ward.rows = arena_new(&ward.a, struct reseal_row, ALL);
    for (int c = TIP; c <= COMPARTMENTS; c++)
        must(keeper_budget(ward.m->app->keys->staff, ward.m->administrator.token, ward.m->supervisor.token, c, 100000, 100000) == OK);
    return 0;
}

static int close_ward(void **state)
{
    (void)state;
    matrix_end(ward.m);
    return 0;
}

static str ask(const struct matrix_caller *who, enum method method, const char *body)
{
    str path = str_join(&ward.a, str_join(&ward.a, str_of(ward.of->area), id_text(&ward.a, ward.root)), lit("/reseal"));
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = path, .type = lit("application/x-www-form-urlencoded"),
                                .body = str_of(body), .caller = who };
    return matrix_ask(ward.m, &ward.a, &q);
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static bool answered(str page, const char *code)
{
    return str_starts(page, str_of(code));
}

static struct ring_key ring_of(enum compartment c)
{
    struct ring_key key;
    assert_int_equal(keeper_ring_key(ward.m->app->keys->pub, SCOPE_CASE, ward.root, c, &key), OK);
    return key;
}

static void insert_entry(int i, const char *row, const char *sealed)
{
    char *sql = arena_new(&ward.a, char, 4096), root[33] = "";
    bool tenth = i % 10 == 0;
    hex_write(root, ward.root.at, 16);
    if (ward.of == &a_case)
        snprintf(sql, 4096, "INSERT INTO entry (root, id, kind, compartment, office, author, day, written_day, number, withdrawn, counted, sealed)"
                 " VALUES (x'%s', x'%s', 'note', %d, x'%s', x'%s', 20000, 20000, %d, 0, 0, x'%s')", root, row, tenth ? EVIDENCE : CASE, root, root,
                 1000 + i, sealed);
    else
        snprintf(sql, 4096, "INSERT INTO %s (root, id, sealed) VALUES (x'%s', x'%s', x'%s')", tenth ? "care_place" : "care_entry", root, row, sealed);
    app_break(ward.m->app, sql);
}

/* Entries as a long record has them, sealed as the page seals them; every tenth is evidence, or a place. */
static void write_entries(int n)
{
    struct sealer *sealer = sealer_new();
    struct sealed_field field = { 1, lit("an invented entry of a long record") };
    struct ring_key most = ring_of(ward.of->kinds[0]), tenth = ring_of(ward.of->kinds[1]);
    char *hex = arena_new(&ward.a, char, 2048), row[33] = "";
    for (int i = 0; i < n; i++) {
        id entry = { { 0xee, (uint8_t)(i >> 8), (uint8_t)i, 7 } };
        uint16_t table = ward.of == &a_file && i % 10 == 0 ? TABLE_CARE_PLACE : ward.of->table;
        str sealed = envelope_seal(sealer, 0, &ward.a, i % 10 ? &most : &tenth, table, entry, &field, 1);
        hex_write(row, entry.at, 16);
        hex_write(hex, sealed.at, sealed.len);
        hex[2 * sealed.len] = 0;
        insert_entry(i, row, hex);
    }
}

/* A member's secrets of now, by way of their session: what a thief of the keys would have. */
static void steal_secrets(struct box_pair out[KINDS_MOST])
{
    struct keeper_core *core = ward.m->app->keys->core;
    struct identity own;
    uint8_t key[KEY], wrap[WRAP], secret[KEY];
    bool found = false;
    keyed_hash(ward.sam->token.at, "session kek", lit(""), key, KEY);
    for (int i = 0; i < SESSIONS && !found; i++)
        found = id_equal(core->sessions[i].who, ward.sam->account) && session_identity(&core->sessions[i], key, &own);
    assert_true(found);
    for (ptrdiff_t k = 0; k < ward.of->kind_count; k++) {
        struct ring_key ring = ring_of(ward.of->kinds[k]);
        assert_int_equal(wrap_find(core->db, ring.ring, ward.sam->account, ring.epoch, wrap), OK);
        assert_true(wrap_open(wrap, ring.ring, ring.epoch, ward.sam->account, &own.box, secret));
        box_pair_from(secret, &out[k]);
    }
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct reseal_row *)a)->id.at, ((const struct reseal_row *)b)->id.at, sizeof(id));
}

/* All rows of the record in one ring, in the order of their ids, whatever epoch: no row is of epoch 0. */
static ptrdiff_t all_rows(enum compartment c)
{
    struct ring_key none = ring_of(c);
    ptrdiff_t n = 0;
    ward.listed = c;
    none.epoch = 0;
    assert_int_equal(reseal_find(ward.m->app->content, ward.root, &none, ward.rows, ALL, &n), OK);
    qsort(ward.rows, (size_t)n, sizeof *ward.rows, by_id);
    return n;
}

/* How many rows of the record the stolen secrets open, of *all. */
static int64_t stolen_open(int64_t *all)
{
    int64_t opened = 0;
    uint8_t key[ROW_KEY];
    *all = 0;
    for (ptrdiff_t k = 0; k < ward.of->kind_count; k++) {
        ptrdiff_t n = all_rows(ward.of->kinds[k]);
        for (ptrdiff_t i = 0; i < n; i++)
            opened += keybox_open(ward.old[k].secret, ward.old[k].open, ward.rows[i].keybox, ward.rows[i].id, key);
        *all += n;
    }
    return opened;
}

static int64_t opens_for(const struct matrix_caller *who, const uint8_t (*keyboxes)[KEYBOX], ptrdiff_t n)
{
    int64_t opened = 0;
    ptrdiff_t most = ward.listed == LOCATION ? 1 : ROWS; /* a safe address is opened alone */
    for (ptrdiff_t from = 0; from < n; from += most) {
        struct open_row asked[ROWS];
        ptrdiff_t some = n - from < most ? n - from : most;
        for (ptrdiff_t i = 0; i < some; i++)
            asked[i] = (struct open_row){ .row = ward.rows[from + i].id, .keybox = keyboxes ? keyboxes[from + i] : ward.rows[from + i].keybox };
        assert_int_equal(keeper_open(ward.m->app->keys->staff, who->token, PURPOSE_READ, ward.root, asked, some), OK);
        for (ptrdiff_t i = 0; i < some; i++)
            opened += !asked[i].code;
    }
    return opened;
}

static int64_t rows_left(void)
{
    int64_t left = 0, n;
    for (ptrdiff_t k = 0; k < ward.of->kind_count; k++) {
        struct ring_key ring = ring_of(ward.of->kinds[k]);
        assert_int_equal(reseal_count(ward.m->app->content, ward.root, &ring, &n), OK);
        left += n;
    }
    return left;
}

static str end_with(const char *name, const char *role, enum standing s, const char *pass)
{
    struct matrix *m = ward.m;
    const struct matrix_caller *second = matrix_find(m, role, s);
    char *body = arena_new(&ward.a, char, 300);
    world_pass(m->app->keys, 31);
    snprintf(body, 300, "do=end&name=%s&pass=%s&otp=%06u", name, pass,
             (unsigned)totp_code(m->app->keys->made.people[second - m->callers].otp_secret, m->app->keys->now));
    return ask(ward.sam, POST, body);
}

#define PASS "an+invented+passphrase+of+the+matrix"

/* The keeper has boxed the rows and the content database fails, as if the process had been killed there: nothing is half done. */
static void interrupt(void)
{
    static struct db_right weak_rights[64];
    const struct db_right *all = role_rights(PROCESS_WEB_STAFF);
    struct db *weak;
    for (int n = 0; all[n].table; n++) {
        weak_rights[n] = all[n];
        if (!strcmp(all[n].table, ward.of->entries))
            weak_rights[n].may = DB_READ;
    }
    must(db_open(ward.m->app->path, (struct db_options){ .rights = weak_rights, .busy_ms = 1000 }, &weak) == OK);
    int64_t before = rows_left();
    ward.m->staff.db = weak;
    (void)ask(ward.sam, POST, "do=go");
    ward.m->staff.db = ward.m->staff_db;
    assert_true(ward.m->app->w.status >= 500);
    assert_true(rows_left() <= before && rows_left() > 0);
    db_close(weak);
}

static str oneself(void)
{
    return str_join(&ward.a, str_of(ward.of->lead), lit(".member"));
}

static void a_record_under_new_keys_is_shut_to_the_old_and_open_to_its_people(void **state)
{
    (void)state;
    int64_t all, again;
    ptrdiff_t n;
    static uint8_t old_boxes[ALL][KEYBOX];
    write_entries(WRITTEN);
    steal_secrets(ward.old);
    assert_true(stolen_open(&all) >= WRITTEN); /* the control: the thief reads all that was written since the last turn of the page */
    assert_true(all > WRITTEN + 3);
    n = all_rows(ward.of->kinds[0]);
    for (ptrdiff_t i = 0; i < n; i++)
        memcpy(old_boxes[i], ward.rows[i].keybox, KEYBOX);
    assert_false(says(ask(ward.sam, GET, ""), "Under way"));
    assert_true(answered(ask(ward.sam, POST, "do=begin&reason=a+stolen+machine"), "303"));
    assert_true(rows_left() > 0 && rows_left() < all); /* one piece is done, and no more than one */
    assert_true(says(ask(ward.sam, GET, ""), "rows are still boxed to old keys"));
    assert_true(answered(end_with("supervisor.elsewhere", "supervisor", ELSEWHERE, PASS), "422") || rows_left() > 0);
    n = all_rows(ward.of->kinds[0]);
    assert_int_equal(opens_for(ward.ivy, NULL, n), n); /* in the middle everybody reads everything */
    interrupt();
    assert_int_equal(opens_for(ward.ivy, NULL, all_rows(ward.of->kinds[0])), n);
    int presses = 0;
    while (rows_left()) {
        assert_true(answered(ask(ward.sam, POST, "do=go"), "303"));
        assert_true(++presses < 10);
    }
    assert_int_equal(stolen_open(&again), 0);
    assert_int_equal(again, all);
    n = all_rows(ward.of->kinds[0]);
    assert_int_equal(opens_for(ward.ivy, (const uint8_t(*)[KEYBOX])old_boxes, n), n); /* the old keys still stand: the control of what follows */
    assert_true(answered(end_with(str_c(&ward.a, oneself()), ward.of->lead, MEMBER, PASS), "422"));
    assert_true(answered(end_with("supervisor.elsewhere", "supervisor", ELSEWHERE, "not+the+passphrase+of+anybody"), "422"));
    assert_int_equal(opens_for(ward.ivy, (const uint8_t(*)[KEYBOX])old_boxes, n), n);
    assert_true(answered(end_with("supervisor.elsewhere", "supervisor", ELSEWHERE, PASS), "303"));
    assert_true(says(ask(ward.sam, GET, ""), "under new keys alone"));
    assert_int_equal(opens_for(ward.ivy, (const uint8_t(*)[KEYBOX])old_boxes, n), 0);
    for (ptrdiff_t k = 0; k < ward.of->kind_count; k++) {
        n = all_rows(ward.of->kinds[k]);
        assert_true(n > 0);
        assert_int_equal(opens_for(ward.ivy, NULL, n), n);
    }
}

static int64_t records(int action)
{
    char text[96];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'%02x'", action);
    return world_count(ward.m->app->keys, text);
}

/* The bodies were never touched: the pages say what they said. And the log has each ring that turned, what was moved, and each end. */
static void every_page_of_it_says_what_it_said(void **state)
{
    (void)state;
    static const enum planted of_case[] = { IN_CASE, IN_ENTRY, IN_SUBJECT, IN_TIP }, of_file[] = { IN_ALIAS, IN_CARE, IN_NAME };
    bool file = ward.of == &a_file;
    str path = str_join(&ward.a, str_of(ward.of->area), id_text(&ward.a, ward.root));
    struct matrix_request q = { .side = STAFF_SIDE, .path = path, .caller = ward.ivy };
    if (file)
        q = (struct matrix_request){ .side = STAFF_SIDE, .method = POST, .path = str_join(&ward.a, path, lit("/name")), .caller = ward.ivy,
                                     .type = lit("application/x-www-form-urlencoded"), .body = lit("why=a+form") };
    int64_t turned = records(ACT_ROTATE), moved = records(ACT_SHARE), ended = records(ACT_SHRED);
    assert_true(answered(ask(ward.sam, POST, "do=begin&reason=a+lost+copy"), "303"));
    while (rows_left())
        assert_true(answered(ask(ward.sam, POST, "do=go"), "303"));
    assert_true(answered(end_with("supervisor.elsewhere", "supervisor", ELSEWHERE, PASS), "303"));
    assert_int_equal(records(ACT_ROTATE) - turned, ward.of->kind_count);
    assert_true(records(ACT_SHARE) > moved);
    assert_int_equal(records(ACT_SHRED) - ended, ward.of->kind_count);
    str page = matrix_ask(ward.m, &ward.a, &q);
    for (ptrdiff_t i = 0; i < (file ? countof(of_file) : countof(of_case)); i++)
        assert_true(says(page, ward.m->planted[0][file ? of_file[i] : of_case[i]]));
}

/* Nobody who only works on it, nor who leads elsewhere, nor the other side of the wall: nobody outside learns that there is one. */
static void only_who_leads_and_is_on_it_says_so(void **state)
{
    (void)state;
    const char *other_side = ward.of == &a_file ? "supervisor" : "coordinator";
    struct ring_key before = ring_of(ward.of->kinds[0]);
    assert_true(answered(ask(ward.ivy, POST, "do=begin&reason=invented"), "404"));
    assert_true(answered(ask(matrix_find(ward.m, ward.of->lead, ELSEWHERE), POST, "do=begin&reason=invented"), "404"));
    assert_true(answered(ask(matrix_find(ward.m, ward.of->lead, ELSEWHERE), GET, ""), "404"));
    assert_true(answered(ask(matrix_find(ward.m, other_side, MEMBER), GET, ""), "404"));
    assert_true(answered(ask(matrix_find(ward.m, other_side, MEMBER), POST, "do=begin&reason=invented"), "404"));
    assert_true(answered(ask(ward.sam, POST, "do=begin&reason="), "422"));
    assert_true(answered(end_with("supervisor.elsewhere", "supervisor", ELSEWHERE, PASS), "404")); /* nothing was begun */
    assert_int_equal(ring_of(ward.of->kinds[0]).epoch, before.epoch);
}

/* Packets keep their own keys: the page says how many there are, for they are to be ended by hand. */
static void the_page_of_a_file_tells_of_the_packets_whose_keys_stay(void **state)
{
    (void)state;
    assert_true(says(ask(ward.sam, GET, ""), "1 packet that an officer can read"));
}

/* ---- the list of tables ---- */

static int64_t count(const char *sql)
{
    return app_count(ward.m->app, sql);
}

#define COLUMNS "SELECT count(*) FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' AND "

static void no_sealed_table_is_forgotten(void **state)
{
    (void)state;
    char sql[400];
    const char *never;
    int moved = 0;
    assert_int_equal(count(COLUMNS "c.name IN ('sealed', 'keybox')"), reseal_tables());
    for (ptrdiff_t i = 0; i < reseal_tables(); i++) {
        snprintf(sql, sizeof sql, COLUMNS "s.name = '%s' AND c.name IN ('sealed', 'keybox')", reseal_table(i, &never));
        assert_int_equal(count(sql), 1);
        moved += !never;
        assert_true(!never || strlen(never) > 10);
    }
    assert_int_equal(moved, 10);
    /* A sealed column under another name would pass the count above: every other blob is an id, a locator, or what the public side knows. */
    assert_int_equal(count(COLUMNS "c.type = 'BLOB' AND c.name NOT IN ('sealed', 'keybox', 'id', 'about', 'who', 'root', 'office', 'assignee', 'tip',"
                           " 'locator', 'open', 'idem', 'answer', 'account', 'author',"
                           " 'row_id', 'ring', 'corrects', 'entry', 'holder', 'release', 'bytes', 'verifier', 'maker', 'successor')"), 0);
    app_break(ward.m->app, "CREATE TABLE forgotten (root BLOB NOT NULL, sealed BLOB NOT NULL)"); /* the control */
    assert_int_equal(count(COLUMNS "c.name IN ('sealed', 'keybox')"), reseal_tables() + 1);
}

/* A row in each table there is, in both kinds of case: found, and its box put in place of the old, the body kept. */
static void each_table_of_the_list_is_found_and_moved(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "INSERT INTO casefile VALUES (x'%1$s', x'%1$s', 'open', 1, NULL, x'%2$s')",
        "INSERT INTO subject VALUES (x'%1$s', x'%1$s', 1, 1, x'%1$s', 1, x'%2$s')",
        "INSERT INTO entry VALUES (x'%1$s', x'%1$s', 'note', 3, x'%1$s', x'%1$s', 1, 1, 1, NULL, 0, 0, x'%2$s')",
        "INSERT INTO care_file VALUES (x'%1$s', NULL, x'%2$s', NULL)",
        "INSERT INTO care_name VALUES (x'%1$s', x'%2$s')",
        "INSERT INTO care_entry VALUES (x'%1$s', x'%1$s', x'%2$s')",
        "INSERT INTO care_place VALUES (x'%1$s', x'%1$s', x'%2$s')",
        "INSERT INTO hold VALUES (x'%1$s', x'%1$s', 'case', x'%1$s', 1, 2, NULL, x'%2$s')",
        "INSERT INTO tip_told VALUES (x'%1$s', x'%1$s', x'%2$s')",
        "INSERT INTO share VALUES (x'%1$s', x'%1$s', x'%3$s', NULL, substr(x'%2$s', 1, 128))",
    };
    struct app *app = ward.m->app;
    id root = { { 0xab, 1 } };
    struct ring_key ring = { .ring = { { 0xcd, 2 } }, .epoch = 3 }, next = ring;
    uint8_t sealed[KEYBOX + 40], fresh[KEYBOX];
    char sql[1024], where[33] = "", bytes[2 * sizeof sealed + 1], at[33] = "", body[81] = "", box[2 * KEYBOX + 1];
    ptrdiff_t n;
    next.epoch = 4;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)sizeof sealed; i++)
        sealed[i] = (uint8_t)(i * 7); /* zeros too */
    sealed[0] = sealed[1] = 1; /* suite and kind of a keybox */
    memcpy(sealed + 4, (const uint8_t[]){ 3, 0, 0, 0 }, 4);
    memcpy(sealed + 8, ring.ring.at, 16);
    memcpy(fresh, sealed, KEYBOX);
    fresh[4] = 4;
    hex_write(where, root.at, 16);
    hex_write(at, ring.ring.at, 16);
    hex_write(bytes, sealed, sizeof sealed);
    bytes[2 * sizeof sealed] = 0;
    hex_write(body, sealed + KEYBOX, 40);
    hex_write(box, fresh, KEYBOX);
    box[2 * KEYBOX] = 0;
    for (ptrdiff_t i = 0; i < countof(rows); i++) {
        snprintf(sql, sizeof sql, rows[i], where, bytes, at);
        app_break(app, sql);
    }
    assert_int_equal(reseal_find(app->content, root, &ring, ward.rows, ALL, &n), OK);
    assert_int_equal(n, 0); /* of the newest epoch already */
    assert_int_equal(reseal_find(app->content, root, &next, ward.rows, ALL, &n), OK);
    assert_int_equal(n, countof(rows));
    for (ptrdiff_t i = 0; i < n; i++) {
        const char *never, *table = reseal_table(ward.rows[i].table, &never);
        assert_int_equal(reseal_put(app->content, ward.a, &ward.rows[i], fresh), OK);
        bool shared = !strcmp(table, "share");
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s = x'%s%s' AND typeof(%s) = 'blob'", table, shared ? "keybox" : "sealed", box,
                 shared ? "" : body, shared ? "keybox" : "sealed");
        assert_int_equal(app_count(app, sql), 1);
    }
    assert_int_equal(reseal_find(app->content, root, &next, ward.rows, ALL, &n), OK);
    assert_int_equal(n, 0);
}

int main(void)
{
#define OF(record, test) { #test " (" #record ")", test, open_ward, close_ward, &record }
    const struct CMUnitTest tests[] = {
        OF(a_case, a_record_under_new_keys_is_shut_to_the_old_and_open_to_its_people),
        OF(a_file, a_record_under_new_keys_is_shut_to_the_old_and_open_to_its_people),
        OF(a_case, every_page_of_it_says_what_it_said),
        OF(a_file, every_page_of_it_says_what_it_said),
        OF(a_case, only_who_leads_and_is_on_it_says_so),
        OF(a_file, only_who_leads_and_is_on_it_says_so),
        OF(a_file, the_page_of_a_file_tells_of_the_packets_whose_keys_stay),
        OF(a_case, no_sealed_table_is_forgotten),
        OF(a_case, each_table_of_the_list_is_found_and_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
