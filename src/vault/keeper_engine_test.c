/* The engine as the keeper knows it: who opens it, what it may open, and the key of its snapshot. */
#include "thief.h"
#include <fcntl.h>
#include <unistd.h>
#include "engine.h"
#include "lib/os/os.h"

enum { DAY = 86400 };

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static bool is_told(token t)
{
    static const token none;
    return !same_bytes(t.at, none.at, KEY);
}

/* In the engine's own name, on its own channel. */
static uint8_t engine_opens(struct world *x, token t, enum purpose why, const struct row *r)
{
    struct open_row row = { .row = r->id, .keybox = (const uint8_t *)r->sealed.at };
    struct sealed_fields f;
    status s = keeper_open(x->engine, t, why, (id){ 0 }, &row, 1);
    if (s != OK)
        return s == LIMIT ? CODE_LIMIT : s == LOCKED ? CODE_LOCKED : s == INVALID ? CODE_BAD : CODE_STORE;
    assert_true(row.code != CODE_OK || envelope_open(&x->arena, row.key, TABLE_TIP, r->id, r->sealed, &f));
    return row.code;
}

static int64_t acts(struct world *x, int action, int result)
{
    char text[160];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'%02x' AND substr(record, 49, 1) = x'%02x'", action,
             result);
    return world_count(x, text);
}

static struct row seal_tip(struct world *x)
{
    return world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
}

/* --- who opens it, and what for ------------------------------------------------------------------ */

static void a_certifier_who_holds_service_opens_the_engine_and_nobody_else_does(void **state)
{
    struct world *x = *state;
    struct keeper_state house;
    token t;
    assert_int_equal(world_engine(x, world_in(x, LIN).token, &t), NOT_FOUND); /* certifies nobody */
    assert_false(is_told(t));
    struct signed_in ada = world_in(x, ADA);
    uint64_t records = x->core->tree.size;
    assert_int_equal(world_engine(x, ada.token, &t), NOT_FOUND); /* certifies, and of a class that never holds SERVICE: no refusal either */
    assert_false(is_told(t));
    assert_int_equal(x->core->tree.size, records);
    assert_int_equal(world_engine(x, (token){ { 7 } }, &t), LOCKED);
    assert_int_equal(keeper_engine(x->engine, world_in(x, SAM).token), INVALID); /* not on the engine's own channel */
    assert_int_equal(acts(x, ACT_ENGINE, ENGINE_UNLOCKED), 0);
    assert_int_equal(keeper_state(x->control, &house), OK);
    assert_false(house.engine_open);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_true(is_told(t));
    assert_int_equal(acts(x, ACT_ENGINE, ENGINE_UNLOCKED), 1);
    assert_int_equal(keeper_state(x->jobs, &house), OK);
    assert_true(house.engine_open);
    uint8_t none[KEEPER_MESSAGE_MAX];
    assert_int_equal(core_engine_hello(x->core, none), 0); /* said once, and forgotten */
}

static void the_engine_opens_tips_and_cases_for_its_index_and_nothing_else(void **state)
{
    struct world *x = *state;
    id scope = { { 0x0c, 1 } }, ring;
    token t;
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, CASE, &ring), OK);
    struct row tip = seal_tip(x), entry = world_seal(x, SCOPE_CASE, scope, CASE, "an invented entry");
    struct row source = world_seal(x, SCOPE_OFFICE, x->office, SOURCE, "an invented caller");
    struct row victim = world_seal(x, SCOPE_OFFICE, x->office, VICTIM, "an invented person");
    assert_int_equal(world_engine(x, sam.token, &t), OK);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &entry), CODE_OK);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &source), CODE_NONE);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &victim), CODE_NONE);
    assert_int_equal(engine_opens(x, t, PURPOSE_READ, &tip), CODE_BAD);
    assert_int_equal(engine_opens(x, t, PURPOSE_NONE, &tip), CODE_BAD);
}

static void tokens_serve_on_their_own_channel_alone(void **state)
{
    struct world *x = *state;
    struct who who;
    struct signed_in sam = world_in(x, SAM);
    struct search_ticket ticket;
    struct row tip = seal_tip(x);
    token t;
    assert_int_equal(world_engine(x, sam.token, &t), OK);
    assert_int_equal(world_open(x, t, &tip), CODE_LOCKED); /* a staff worker that stole it */
    assert_int_equal(keeper_who(x->staff, t, &who), LOCKED);
    assert_int_equal(keeper_end(x->staff, t), LOCKED);
    assert_int_equal(keeper_search_ticket(x->staff, t, &ticket), LOCKED);
    assert_int_equal(engine_opens(x, sam.token, PURPOSE_INDEX, &tip), CODE_LOCKED); /* an engine that stole a person's */
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
}

static void its_session_ends_with_the_keeper_and_when_its_process_begins_anew(void **state)
{
    struct world *x = *state;
    token first, second;
    struct row tip = seal_tip(x);
    assert_int_equal(keeper_engine_begins(x->engine), LOCKED);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &first), OK);
    world_pass(x, 20 * 3600); /* a person's would have ended twice by now */
    assert_int_equal(engine_opens(x, first, PURPOSE_INDEX, &tip), CODE_OK);
    struct signed_in sam = world_in(x, SAM);
    uint64_t records = x->core->tree.size;
    assert_int_equal(world_engine(x, sam.token, &second), OK); /* it is open: nothing is done, told or recorded */
    assert_false(is_told(second));
    assert_int_equal(x->core->tree.size, records);
    assert_int_equal(engine_opens(x, first, PURPOSE_INDEX, &tip), CODE_OK);
    assert_int_equal(keeper_engine_begins(x->engine), OK);
    assert_false(core_engine_open(x->core));
    assert_int_equal(engine_opens(x, first, PURPOSE_INDEX, &tip), CODE_LOCKED);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &second), OK);
    assert_true(is_told(second) && !same_bytes(first.at, second.at, KEY));
    assert_int_equal(engine_opens(x, second, PURPOSE_INDEX, &tip), CODE_OK);
    first = second;
    world_restart(x);
    assert_int_equal(engine_opens(x, first, PURPOSE_INDEX, &tip), CODE_LOCKED);
    assert_false(core_engine_open(x->core));
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &first), OK);
    assert_int_equal(engine_opens(x, first, PURPOSE_INDEX, &tip), CODE_OK);
}

/* As many others as there is room for: the one that was not used for longest gives way, and never the engine. */
static void sessions_of_people_do_not_push_it_out(void **state)
{
    struct world *x = *state;
    struct principal p;
    uint8_t seed[KEY] = { 1 }, key[KEY], cookie[KEY] = { 0 };
    token t;
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(trust_person(x->core, x->made.people[LIN].principal, &p), OK);
    for (int i = 0; i < 2 * SESSIONS; i++) {
        memcpy(cookie, &i, sizeof i), memcpy(p.id.at, &i, sizeof i);
        world_pass(x, 1);
        session_make(x->core, &p, seed, cookie, SESSION_PERSON, key);
    }
    struct row tip = seal_tip(x);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
}

static void it_has_a_bucket_of_its_own(void **state)
{
    struct world *x = *state;
    struct row tip = seal_tip(x);
    struct signed_in sam = world_in(x, SAM), lin = world_in(x, LIN);
    char text[256];
    token t;
    assert_int_equal(world_engine(x, sam.token, &t), OK);
    assert_int_equal(keeper_budget(x->staff, sam.token, world_in(x, CAM).token, TIP, 1, 1), OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_LIMIT);
    for (int i = 0; i < 3; i++)
        assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
    str engine = id_text(&x->arena, x->made.engine);
    snprintf(text, sizeof text, "UPDATE opened SET hour_rows = %d WHERE principal = x'%.*s'", ENGINE_HOUR_ROWS - 1, (int)engine.len, engine.at);
    world_sql(x, text);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_LIMIT);
    world_pass(x, 3600);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
}

static void it_may_not_be_opened_more_often_than_service_may(void **state)
{
    struct world *x = *state;
    token t;
    struct signed_in sam = world_in(x, SAM);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(world_engine(x, sam.token, &t), OK);
        assert_int_equal(keeper_engine_begins(x->engine), OK);
    }
    assert_int_equal(world_engine(x, sam.token, &t), LIMIT);
    assert_false(is_told(t));
}

/* --- certifiers who came later, and a certificate that ends --------------------------------------- */

static void whoever_certifies_is_put_on_service_by_the_next_who_is_on_it(void **state)
{
    struct world *x = *state;
    token t;
    assert_int_equal(world_engine(x, world_in(x, CAM).token, &t), NOT_FOUND); /* a supervisor of carers whom the plan left out */
    struct hand ada = hand_of(x, ADA), no_sam = forged(x, x->made.people[SAM].principal);
    struct false_person f;
    struct principal p = put_person(x, lit("thief"), CLASS_ANALYST, 7, &f); /* one signature of two */
    put_cert(x, &p, &ada), put_cert(x, &p, &no_sam);
    int64_t before = world_count(x, "SELECT count(*) FROM member WHERE compartment = 10");
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM member WHERE compartment = 10"), before + 1);
    assert_int_equal(keeper_engine_begins(x->engine), OK);
    assert_int_equal(world_engine(x, world_in(x, CAM).token, &t), OK);
    assert_true(is_told(t));
}

static void renew(struct world *x, enum someone who, enum someone by)
{
    struct person_term t;
    assert_int_equal(keeper_renew(x->staff, world_in(x, by).token, x->made.people[who].principal, &t), OK);
}

static void those_who_open_it_renew_its_certificate(void **state)
{
    struct world *x = *state;
    token t;
    struct row tip = seal_tip(x);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    int64_t certified = acts(x, ACT_CERTIFY, 1);
    world_pass(x, (int64_t)(CERT_DAYS - 20) * DAY);
    renew(x, SAM, ADA), renew(x, SAM, CAM), renew(x, CAM, SAM), renew(x, CAM, ADA), renew(x, ADA, SAM), renew(x, ADA, CAM);
    certified = acts(x, ACT_CERTIFY, 1) - certified;
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK); /* one hand is one, however often */
    assert_int_equal(world_count(x, "SELECT count(*) FROM term WHERE whole = 0"), 1);
    assert_int_equal(world_engine(x, world_in(x, ADA).token, &t), NOT_FOUND); /* an administrator signs, and opens nothing */
    assert_false(is_told(t));
    assert_int_equal(world_count(x, "SELECT count(*) FROM term WHERE whole = 0"), 0);
    world_pass(x, (int64_t)30 * DAY);
    assert_int_equal(keeper_engine_begins(x->engine), OK);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(engine_opens(x, t, PURPOSE_INDEX, &tip), CODE_OK);
    assert_true(certified > 0);
}

static void an_engine_whose_certificate_is_over_waits_for_two(void **state)
{
    struct world *x = *state;
    token t;
    world_pass(x, (int64_t)(CERT_DAYS - 20) * DAY);
    renew(x, SAM, ADA), renew(x, SAM, CAM), renew(x, CAM, SAM), renew(x, CAM, ADA);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK); /* puts Cam on SERVICE, and signs */
    world_sql(x, "DELETE FROM term_cert WHERE principal IN (SELECT principal FROM service); DELETE FROM term WHERE principal IN (SELECT principal FROM service)");
    world_pass(x, (int64_t)30 * DAY);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), NOT_FOUND);
    assert_false(is_told(t));
    assert_int_equal(world_engine(x, world_in(x, CAM).token, &t), OK);
    assert_true(is_told(t));
}

/* --- the key of the snapshot --------------------------------------------------------------------- */

static void a_new_snapshot_key_takes_the_place_of_the_old(void **state)
{
    struct world *x = *state;
    uint8_t first[KEY], again[KEY], second[KEY];
    token t;
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    uint64_t records = x->core->tree.size;
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, first), NOT_FOUND); /* nothing was kept */
    assert_int_equal(x->core->tree.size, records);
    assert_int_equal(keeper_snapshot_key(x->engine, t, true, first), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, again), OK);
    assert_memory_equal(first, again, KEY);
    assert_int_equal(keeper_snapshot_key(x->engine, t, true, second), OK);
    assert_memory_not_equal(first, second, KEY);
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, again), OK);
    assert_memory_equal(second, again, KEY);
    assert_int_equal(world_count(x, "SELECT count(*) FROM engine_snapshot"), 1);
    assert_int_equal(acts(x, ACT_ENGINE, ENGINE_SNAPSHOT_NEW), 2);
    assert_int_equal(acts(x, ACT_ENGINE, ENGINE_SNAPSHOT_READ), 2);
    assert_int_equal(keeper_snapshot_key(x->engine, (token){ { 5 } }, false, again), LOCKED);
    assert_int_equal(keeper_snapshot_key(x->staff, world_in(x, SAM).token, false, again), INVALID);
    world_restart(x);
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, again), LOCKED);
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, again), OK);
    assert_memory_equal(second, again, KEY);
}

/* Sealed to the public half it could be a thief's own key, and what the thief wrote would be taken for the index. */
static void a_box_that_the_engine_did_not_make_gives_no_key(void **state)
{
    struct world *x = *state;
    uint8_t key[KEY], got[KEY];
    token t;
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, t, true, key), OK);
    world_sql(x, "CREATE TABLE kept AS SELECT * FROM engine_snapshot; UPDATE engine_snapshot SET box = (SELECT box FROM slot WHERE kind = 3)");
    uint64_t records = x->core->tree.size;
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, got), NOT_FOUND);
    assert_int_equal(x->core->tree.size, records + 2); /* asked, and refused */
    world_sql(x, "DELETE FROM engine_snapshot; INSERT INTO engine_snapshot SELECT * FROM kept; DROP TABLE kept");
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, got), OK);
    assert_memory_equal(key, got, KEY);
}

/* Of SQLite the files are searched, of PostgreSQL what the engine's acts wrote. */
static bool on_disk(struct world *x, const uint8_t *bytes, ptrdiff_t n)
{
    static const char *const tails[] = { "", "-wal" };
    bool found = false;
    if (engine_is_postgres()) {
        struct arena a = arena_reserve(4 << 20);
        str rows[512];
        ptrdiff_t count = engine_rows(x->path, "SELECT box FROM engine_snapshot UNION ALL SELECT record FROM leaf UNION ALL SELECT sealed FROM detail",
                                      &a, rows, countof(rows));
        for (ptrdiff_t i = 0; i < count; i++)
            found |= memmem(rows[i].at, (size_t)rows[i].len, bytes, (size_t)n) != NULL;
        return found;
    }
    for (ptrdiff_t i = 0; i < countof(tails); i++) {
        struct arena a = arena_reserve(64 << 20);
        str file;
        char path[160];
        snprintf(path, sizeof path, "%s%s", x->path, tails[i]);
        if (file_read(&a, path, 32 << 20, &file) == OK)
            found |= memmem(file.at, (size_t)file.len, bytes, (size_t)n) != NULL;
    }
    return found;
}

static void neither_the_key_nor_the_seed_nor_the_token_stands_in_the_database(void **state)
{
    struct world *x = *state;
    uint8_t key[KEY], box[BOX], seed[KEY];
    token t;
    assert_int_equal(world_engine(x, world_in(x, SAM).token, &t), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, t, true, key), OK);
    assert_int_equal(snapshot_find(x->db, x->made.node, box), OK);
    struct session *s = engine_session(x->core);
    uint8_t kek[KEY];
    keyed_hash(t.at, "session kek", lit(""), kek, KEY);
    assert_true(session_seed(s, kek, seed));
    assert_true(on_disk(x, box, BOX)); /* the control */
    assert_false(on_disk(x, key, KEY));
    assert_false(on_disk(x, seed, KEY));
    assert_false(on_disk(x, t.at, KEY));
}

static int make_locked_world(void **state)
{
    *state = world_make(false);
    return 0;
}

static void a_locked_house_has_no_engine(void **state)
{
    struct world *x = *state;
    static id rings[RINGS_A_PAGE];
    struct search_ticket t = { { 0 } };
    uint8_t key[KEY];
    uint64_t gen;
    ptrdiff_t n;
    struct keeper_state house;
    assert_int_equal(keeper_engine(x->staff, (token){ { 1 } }), LOCKED);
    assert_int_equal(keeper_rings(x->engine, &t, 0, &gen, rings, &n), LOCKED);
    assert_int_equal(keeper_snapshot_key(x->engine, (token){ { 1 } }, true, key), LOCKED);
    assert_int_equal(keeper_engine_begins(x->engine), LOCKED);
    assert_int_equal(keeper_state(x->control, &house), OK);
    assert_false(house.open || house.engine_open);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK); /* K0 alone opens no content: the engine waits on */
    assert_int_equal(keeper_state(x->control, &house), OK);
    assert_true(house.open && !house.engine_open);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_certifier_who_holds_service_opens_the_engine_and_nobody_else_does),
        HOUSE(the_engine_opens_tips_and_cases_for_its_index_and_nothing_else),
        HOUSE(tokens_serve_on_their_own_channel_alone),
        HOUSE(its_session_ends_with_the_keeper_and_when_its_process_begins_anew),
        HOUSE(sessions_of_people_do_not_push_it_out),
        HOUSE(it_has_a_bucket_of_its_own),
        HOUSE(it_may_not_be_opened_more_often_than_service_may),
        HOUSE(whoever_certifies_is_put_on_service_by_the_next_who_is_on_it),
        HOUSE(those_who_open_it_renew_its_certificate),
        HOUSE(an_engine_whose_certificate_is_over_waits_for_two),
        HOUSE(a_new_snapshot_key_takes_the_place_of_the_old),
        HOUSE(a_box_that_the_engine_did_not_make_gives_no_key),
        HOUSE(neither_the_key_nor_the_seed_nor_the_token_stands_in_the_database),
        cmocka_unit_test_setup_teardown(a_locked_house_has_no_engine, make_locked_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
