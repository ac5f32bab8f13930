/* Rings and the wall, in process and with a clock that stands still. */
#include "keeper_world.h"

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

/* An id as SQL writes a blob. */
static const char *blob(struct world *x, id i)
{
    return str_c(&x->arena, str_join(&x->arena, str_join(&x->arena, lit("x'"), id_text(&x->arena, i)), lit("'")));
}

static char *sql(struct world *x, const char *pattern, const char *a, const char *b, const char *c)
{
    char *text = arena_new(&x->arena, char, 2048);
    int n = snprintf(text, 2048, pattern, a, b, c);
    must(n > 0 && n < 2048);
    return text;
}

static void members_of_a_ring_read_what_strangers_sealed_and_nobody_else_does(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct row victim = world_seal(x, SCOPE_OFFICE, x->office, VICTIM, "an invented need");
    static const struct {
        enum someone who;
        uint8_t tip, victim;
    } cells[] = { { LIN, CODE_OK, CODE_NONE },   { SAM, CODE_OK, CODE_NONE },     { ADA, CODE_NONE, CODE_NONE },
                  { CAM, CODE_NONE, CODE_OK },   { AUD, CODE_NONE, CODE_NONE },   { OFFICER, CODE_NONE, CODE_NONE },
                  { IVY, CODE_NONE, CODE_NONE }, { PAT, CODE_NONE, CODE_NONE } };
    for (ptrdiff_t i = 0; i < countof(cells); i++) {
        struct signed_in in = world_in(x, cells[i].who);
        assert_int_equal(world_open(x, in.token, &tip), cells[i].tip);
        assert_int_equal(world_open(x, in.token, &victim), cells[i].victim);
    }
}

/* --- the wall ---------------------------------------------------------------------------------- */

static void the_sql_check_and_the_table_in_c_say_the_same_of_every_cell(void **state)
{
    struct world *x = *state;
    char text[1024];
    for (int class = 0; class <= 9; class ++) {
        snprintf(text, sizeof text,
                 "INSERT INTO principal VALUES (x'%032x', NULL, %d, 0, 1, 1, 2, 2, zeroblob(32), zeroblob(32))", 0x41 + class, class);
        world_sql(x, text);
    }
    for (int c = 1; c <= COMPARTMENTS; c++) {
        snprintf(text, sizeof text, "INSERT INTO ring VALUES (x'%032x', 2, zeroblob(16), %d, 1)", 0x41 + c, c);
        world_sql(x, text);
    }
    int taken = 0;
    for (int class = 0; class <= 9; class ++)
        for (int c = 1; c <= COMPARTMENTS; c++) {
            snprintf(text, sizeof text,
                     "INSERT INTO member VALUES (x'%032x', x'%032x', %d, %d, zeroblob(16), 1, 1, 0, 0, zeroblob(64))", 0x41 + c,
                     0x41 + class, c, class);
            bool in = world_sql_tries(x, text);
            /* SERVICE asks for CERTIFY besides, which SQL does not see */
            if (in != wall_allows((enum wall_class)class, POWER_CERTIFY, (enum compartment)c))
                fail_msg("class %d, compartment %d: the database says %d", class, c, in);
            taken += in;
        }
    assert_int_equal(taken, 2 + 6 + 6 + 6 + 2 + 1 + 2 + 1 + 10);
    /* a class cannot be changed under its grants, nor a grant's class be another than the person's */
    assert_false(world_sql_tries(x, "UPDATE principal SET class = 4 WHERE class = 2"));
    assert_false(world_sql_tries(x, "UPDATE member SET class = 3 WHERE class = 2"));
}

static void no_act_of_adding_crosses_the_wall(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), cam = world_in(x, CAM);
    id scope = { { 0x0c, 1 } };
    for (int c = TIP; c <= SHARED; c++) {
        bool police = wall_allows(CLASS_ANALYST, 7, c);
        id ring;
        assert_int_equal(world_make_ring(x, police ? sam.token : cam.token, SCOPE_CASE, scope, c, &ring), OK);
        for (int who = 0; who < PEOPLE; who++) {
            bool may = wall_allows(world_people[who].class, world_people[who].powers, c);
            status s = world_ring(x, RING_ADD, police ? sam.token : cam.token, ring, who, NULL);
            if (s != (may ? OK : NOT_FOUND))
                fail_msg("person %d into compartment %d: %d", who, c, s);
        }
    }
    id ring;
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, (id){ { 2 } }, VICTIM, &ring), NOT_FOUND);
    assert_int_equal(world_make_ring(x, cam.token, SCOPE_CASE, (id){ { 2 } }, SOURCE, &ring), NOT_FOUND);
}

/* Root alone on a ring could let nobody in: without a carer in the plan the first who comes makes the carers' ring. */
static void a_plan_without_carers_leaves_their_ring_to_the_first_who_comes(void **state)
{
    (void)state;
    enum { CARER = PEOPLE, SECOND, ALL };
    static struct plan_person people[ALL];
    memcpy(people, world_people, sizeof world_people);
    people[CAM].rings = 0;
    people[CARER] = (struct plan_person){ LIT("rue"), LIT("an invented passphrase rue"), CLASS_CARE, POWER_GRANT, 0 };
    people[SECOND] = (struct plan_person){ LIT("ash"), LIT("an invented passphrase ash"), CLASS_CARE, 0, 0 };
    struct world *x = world_make_of(true, people, ALL);
    struct ring_key key;
    id ring;
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, x->office, VICTIM, &key), NOT_FOUND);
    struct signed_in rue = world_in(x, (enum someone)CARER), ash = world_in(x, (enum someone)SECOND);
    assert_int_equal(world_make_ring(x, world_in(x, SAM).token, SCOPE_OFFICE, x->office, VICTIM, &ring), NOT_FOUND);
    assert_int_equal(world_make_ring(x, rue.token, SCOPE_OFFICE, x->office, VICTIM, &ring), OK);
    struct row r = world_seal(x, SCOPE_OFFICE, x->office, VICTIM, "an invented need");
    assert_int_equal(world_open(x, rue.token, &r), CODE_OK);
    assert_int_equal(world_open(x, ash.token, &r), CODE_NONE);
    assert_int_equal(world_ring(x, RING_ADD, rue.token, ring, (enum someone)SECOND, NULL), OK);
    assert_int_equal(world_open(x, ash.token, &r), CODE_OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM member WHERE class = 9 AND compartment = 4"), 1);
    world_end(x);
}

static void a_forged_grant_with_a_copied_wrap_opens_nothing_and_gets_no_wrap_in_the_next_epoch(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    id ring = world_ring_of(x, TIP);
    const char *r = blob(x, ring), *ivy = blob(x, x->made.people[IVY].principal), *sam = blob(x, x->made.people[SAM].principal);
    world_sql(x, sql(x, "INSERT INTO member SELECT ring, %s, compartment, 3, granter, since_epoch, day, until_day, flags, sig FROM member "
                        "WHERE ring = %s AND member = %s", ivy, r, sam));
    world_sql(x, sql(x, "INSERT INTO wrap SELECT ring, %s, epoch, box FROM wrap WHERE ring = %s AND member = %s", ivy, r, sam));
    struct signed_in in = world_in(x, IVY), boss = world_in(x, SAM);
    for (int i = 0; i < 50; i++)
        assert_int_equal(world_open(x, in.token, &tip), CODE_NONE);
    struct ring_done done;
    assert_int_equal(world_ring(x, RING_ROTATE, boss.token, ring, PEOPLE, &done), OK);
    assert_int_equal(done.epoch, 2);
    assert_int_equal(world_count(x, sql(x, "SELECT count(*) FROM wrap WHERE member = %s AND ring = %s%s", ivy, r, "")), 0);
    assert_int_equal(world_count(x, sql(x, "SELECT count(*) FROM wrap WHERE member = %s AND ring = %s%s", sam, r, "")), 1);
    assert_int_equal(world_open(x, in.token, &tip), CODE_NONE);
    /* the control: a grant of the keeper's own hand, and the old rows by way of back */
    assert_int_equal(world_ring(x, RING_ADD, boss.token, ring, IVY, NULL), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
}

static void keys_and_people_that_sql_put_in_are_not_believed(void **state)
{
    struct world *x = *state;
    struct ring_key key;
    struct signed_in in = world_in(x, LIN);
    const char *lin = blob(x, x->made.people[LIN].principal);
    world_sql(x, sql(x, "UPDATE principal SET powers = 7 WHERE id = %s%s%s", lin, "", ""));
    assert_int_equal(world_sign_in(x, world_people[LIN].name, world_people[LIN].passphrase, x->made.people[LIN].otp_secret, &in), NOT_FOUND);
    world_sql(x, sql(x, "UPDATE principal SET powers = 0 WHERE id = %s%s%s", lin, "", ""));
    in = world_in(x, LIN);
    world_sql(x, sql(x, "DELETE FROM cert WHERE principal = %s AND rowid = (SELECT min(rowid) FROM cert WHERE principal = %s)%s", lin, lin, ""));
    assert_int_equal(world_sign_in(x, world_people[LIN].name, world_people[LIN].passphrase, x->made.people[LIN].otp_secret, &in), NOT_FOUND);

    id ring = world_ring_of(x, TIP);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    world_sql(x, sql(x, "UPDATE ring_epoch SET pub = CAST(zeroblob(31)||x'09' AS BLOB) WHERE ring = %s%s%s", blob(x, ring), "", ""));
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), NOT_FOUND);
}

/* A signature copied under a second name or row is still one hand's. */
static void one_certifiers_signature_twice_is_no_quorum(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), in;
    struct ticket t;
    struct enrolled made;
    uint8_t code[20], stretched[KEY];
    uint32_t missing;
    id who;
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, (uint32_t)day_of(x->now) + 9, &who, code), OK);
    assert_int_equal(keeper_begin(x->staff, lit("new"), x->device, &t), OK);
    assert_int_equal(stretch(lit("an invented passphrase new"), t.salt, t.cost, stretched), OK);
    assert_int_equal(keeper_enrol(x->staff, code, t.number, stretched, &made), OK);
    assert_int_equal(keeper_certify(x->staff, sam.token, who, made.fingerprint, &missing), OK);
    assert_int_equal(missing, 1);
    world_sql(x, sql(x, "UPDATE principal SET state = 2 WHERE id = %s%s%s", blob(x, who), "", ""));
    world_sql(x, "ALTER TABLE cert RENAME TO was; CREATE TABLE cert (principal BLOB, signer BLOB, sig BLOB);"
                 "INSERT INTO cert SELECT * FROM was; INSERT INTO cert SELECT * FROM was");
    world_restart(x);
    assert_int_equal(world_sign_in(x, lit("new"), lit("an invented passphrase new"), made.otp_secret, &in), NOT_FOUND);
    /* the control: the people whom root signed still come in */
    world_in(x, SAM);
}

/* Taking root off a ring, or to a day, and then its members one by one would be a shredding by one person. */
static void nobody_takes_root_off_a_ring(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA);
    id ring = world_ring_of(x, TIP), root = x->core->root;
    struct ring_act act = { .token = ada.token, .ring = ring, .member = root };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_REMOVE, &act, &done), NOT_FOUND);
    act = (struct ring_act){ .token = sam.token, .ring = ring, .member = root, .until_day = (uint32_t)day_of(x->now) };
    assert_int_equal(keeper_ring(x->staff, RING_ADD, &act, &done), NOT_FOUND);
    assert_int_equal(world_count(x, sql(x, "SELECT count(*) FROM wrap WHERE ring = %s AND member = %s%s", blob(x, ring), blob(x, root), "")), 1);
    assert_int_equal(world_count(x, sql(x, "SELECT until_day FROM member WHERE ring = %s AND member = %s%s", blob(x, ring), blob(x, root), "")), 0);
    assert_int_equal(world_ring(x, RING_REMOVE, ada.token, ring, LIN, NULL), OK); /* the control */
    struct ring_key before, after;
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, x->office, TIP, &before), OK);
    assert_int_equal(world_ring(x, RING_REMOVE, ada.token, ring, LIN, NULL), OK); /* repeated, by a page that could not write its own part: */
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, x->office, TIP, &after), OK);
    assert_int_equal(after.epoch, before.epoch); /* off already, and no page turns for it */
}

static void a_removed_member_reads_nothing_more_not_even_out_of_a_warm_session(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in lin = world_in(x, LIN), sam = world_in(x, SAM);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_ring(x, RING_REMOVE, sam.token, world_ring_of(x, TIP), LIN, NULL), OK);
    for (int i = 0; i < 50; i++)
        assert_int_equal(world_open(x, lin.token, &tip), CODE_NONE);
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
    struct row later = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented later tip");
    assert_int_equal(world_open(x, lin.token, &later), CODE_NONE);
    assert_int_equal(world_open(x, sam.token, &later), CODE_OK);
}

/* The control of the test above: with the wall's generation put back, the warm session would go on reading. */
static void it_is_the_walls_generation_that_stops_a_warm_session(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in sam = world_in(x, SAM), lin = world_in(x, LIN);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(world_ring(x, RING_REMOVE, sam.token, world_ring_of(x, TIP), LIN, NULL), OK);
    world_sql(x, "UPDATE wall SET gen = gen - 1");
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    world_sql(x, "UPDATE wall SET gen = gen + 1");
    assert_int_equal(world_open(x, lin.token, &tip), CODE_NONE);
}

static void who_removes_without_being_a_member_leaves_the_chain_to_be_closed_by_one(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in ada = world_in(x, ADA), sam = world_in(x, SAM);
    id ring = world_ring_of(x, TIP);
    assert_int_equal(world_ring(x, RING_REMOVE, ada.token, ring, LIN, NULL), OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE epoch = 2 AND back IS NULL"), 1);
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK); /* by the old wrap, and closes the chain */
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE epoch = 2 AND back IS NULL"), 0);
    assert_int_equal(world_count(x, sql(x, "SELECT count(*) FROM wrap WHERE epoch = 1 AND ring = %s%s%s", blob(x, ring), "", "")), 0);
    assert_int_equal(world_ring(x, RING_ADD, sam.token, ring, IVY, NULL), OK);
    assert_int_equal(world_open(x, world_in(x, IVY).token, &tip), CODE_OK);
}

static void a_shredded_epoch_is_noise_and_takes_two_persons(void **state)
{
    struct world *x = *state;
    struct row old = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in sam = world_in(x, SAM), cam = world_in(x, CAM);
    id ring = world_ring_of(x, TIP);
    assert_int_equal(world_ring(x, RING_ROTATE, sam.token, ring, PEOPLE, NULL), OK);
    struct row fresh = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented newer tip");
    struct ring_act act = { .token = sam.token, .second = sam.token, .ring = ring, .epoch = 1 };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND);
    assert_int_equal(world_open(x, sam.token, &old), CODE_OK);
    act.second = cam.token;
    assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), OK);
    assert_int_equal(world_open(x, sam.token, &old), CODE_NONE);
    assert_int_equal(world_open(x, sam.token, &fresh), CODE_OK);
}

/* No carer holds APPROVE. What the rings of a file have left behind ends one of them all the same, with a second person; and no more than that. */
static void of_a_file_a_carer_ends_what_was_left_behind_and_not_alone(void **state)
{
    (void)state;
    enum { CARER = PEOPLE, OUTSIDE, ALL };
    const enum someone nobody = (enum someone)PLAN_PEOPLE;
    static struct plan_person people[ALL];
    memcpy(people, world_people, sizeof world_people);
    people[CARER] = (struct plan_person){ LIT("rue"), LIT("an invented passphrase rue"), CLASS_CARE, POWER_GRANT, 1u << VICTIM };
    people[OUTSIDE] = (struct plan_person){ LIT("ash"), LIT("an invented passphrase ash"), CLASS_CARE, POWER_GRANT, 0 };
    struct world *x = world_make_of(true, people, ALL);
    struct signed_in rue = world_in(x, (enum someone)CARER), ash = world_in(x, (enum someone)OUTSIDE), sam = world_in(x, SAM);
    static const enum compartment of_file[] = { VICTIM, LOCATION };
    for (ptrdiff_t i = 0; i < countof(of_file); i++) {
        id ring, scope = { { 0xca, 0x4e } };
        assert_int_equal(world_make_ring(x, rue.token, SCOPE_CASE, scope, of_file[i], &ring), OK);
        struct row old = world_seal(x, SCOPE_CASE, scope, of_file[i], "an invented need");
        assert_int_equal(world_ring(x, RING_ROTATE, rue.token, ring, nobody, NULL), OK);
        struct row fresh = world_seal(x, SCOPE_CASE, scope, of_file[i], "an invented newer need");
        struct ring_act act = { .token = rue.token, .ring = ring, .epoch = 1 };
        struct ring_done done;
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* alone */
        act.second = ash.token;
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* with one who may not approve */
        act = (struct ring_act){ .token = ash.token, .second = sam.token, .ring = ring, .epoch = 1 };
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* a carer who is not on the file */
        act = (struct ring_act){ .token = rue.token, .second = sam.token, .ring = ring, .epoch = 2 };
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* the newest too */
        act.epoch = 0;
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* the whole */
        assert_int_equal(world_open(x, rue.token, &old), CODE_OK);
        act.epoch = 1;
        assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), OK);
        assert_int_equal(world_open(x, rue.token, &old), CODE_NONE);
        assert_int_equal(world_open(x, rue.token, &fresh), CODE_OK);
    }
    id office = world_ring_of(x, VICTIM);
    assert_int_equal(world_ring(x, RING_ROTATE, rue.token, office, nobody, NULL), OK);
    struct ring_act act = { .token = rue.token, .second = sam.token, .ring = office, .epoch = 1 };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* the in-tray of an office is no file */
    world_end(x);
}

static void sharing_goes_only_where_the_wall_lets_it(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ivy = world_in(x, IVY);
    id ring, scope = { { 0x0c, 7 } };
    uint8_t box[1][KEYBOX];
    static const struct {
        enum compartment from, to;
        uint8_t code;
    } ways[] = { { TIP, TIP, CODE_OK }, { TIP, CASE, CODE_NONE }, { SOURCE, TIP, CODE_NONE }, { SOURCE, CASE, CODE_NONE } };
    for (ptrdiff_t i = 0; i < countof(ways); i++) {
        assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, ways[i].to, &ring), OK);
        assert_int_equal(world_ring(x, RING_ADD, sam.token, ring, IVY, NULL), OK);
        struct row r = world_seal(x, SCOPE_OFFICE, x->office, ways[i].from, "an invented tip");
        struct open_row row = { .row = r.id, .keybox = (const uint8_t *)r.sealed.at };
        assert_int_equal(keeper_share(x->staff, sam.token, PURPOSE_LINK, r.id, ring, (id){ 0 }, &row, 1, box), OK);
        assert_int_equal(row.code, ways[i].code);
        if (row.code)
            continue;
        memcpy((char *)(uintptr_t)r.sealed.at, box[0], KEYBOX); /* the same body, boxed to the case */
        assert_int_equal(world_open(x, ivy.token, &r), CODE_OK);
    }
    struct row own[] = { world_seal(x, SCOPE_OFFICE, x->office, TIP, "one"), world_seal(x, SCOPE_OFFICE, x->office, TIP, "two") };
    struct open_row both[] = { { .row = own[0].id, .keybox = (const uint8_t *)own[0].sealed.at },
                               { .row = own[1].id, .keybox = (const uint8_t *)own[1].sealed.at } };
    uint8_t boxes[2][KEYBOX];
    int64_t counted = world_count(x, "SELECT sum(day_rows) FROM opened");
    assert_int_equal(keeper_share(x->staff, sam.token, PURPOSE_LINK, own[0].id, world_ring_of(x, TIP), (id){ 0 }, both, 2, boxes), OK);
    for (int i = 0; i < 2; i++) { /* anew for the ring it is in: no opening */
        assert_int_equal(both[i].code, CODE_OK);
        memcpy((char *)(uintptr_t)own[i].sealed.at, boxes[i], KEYBOX);
    }
    assert_int_equal(world_count(x, "SELECT sum(day_rows) FROM opened"), counted);
    assert_int_equal(world_open(x, sam.token, &own[1]), CODE_OK);
    assert_int_equal(world_make_ring(x, sam.token, SCOPE_RELEASE, scope, SHARED, &ring), OK);
    struct row r = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct open_row row = { .row = r.id, .keybox = (const uint8_t *)r.sealed.at };
    assert_int_equal(keeper_share(x->staff, sam.token, PURPOSE_LINK, r.id, ring, (id){ 0 }, &row, 1, box), NOT_FOUND);
    assert_int_equal(keeper_share(x->staff, sam.token, PURPOSE_LINK, r.id, (id){ { 9 } }, (id){ 0 }, &row, 1, box), NOT_FOUND); /* no ring */
    assert_int_equal(keeper_share(x->staff, (token){ { 1 } }, PURPOSE_LINK, r.id, ring, (id){ 0 }, &row, 1, box), LOCKED);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(members_of_a_ring_read_what_strangers_sealed_and_nobody_else_does),
        HOUSE(the_sql_check_and_the_table_in_c_say_the_same_of_every_cell),
        HOUSE(no_act_of_adding_crosses_the_wall),
        cmocka_unit_test(a_plan_without_carers_leaves_their_ring_to_the_first_who_comes),
        HOUSE(a_forged_grant_with_a_copied_wrap_opens_nothing_and_gets_no_wrap_in_the_next_epoch),
        HOUSE(keys_and_people_that_sql_put_in_are_not_believed),
        HOUSE(one_certifiers_signature_twice_is_no_quorum),
        HOUSE(nobody_takes_root_off_a_ring),
        HOUSE(a_removed_member_reads_nothing_more_not_even_out_of_a_warm_session),
        HOUSE(it_is_the_walls_generation_that_stops_a_warm_session),
        HOUSE(who_removes_without_being_a_member_leaves_the_chain_to_be_closed_by_one),
        HOUSE(a_shredded_epoch_is_noise_and_takes_two_persons),
        cmocka_unit_test(of_a_file_a_carer_ends_what_was_left_behind_and_not_alone),
        HOUSE(sharing_goes_only_where_the_wall_lets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
