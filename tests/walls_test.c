/*
 * The wall as a key: every class x every compartment x (member, outsider), opened through the keeper with real keys.
 * The table below is docs/keys.md 1.2 written down a second time, by hand; the keeper's own is not asked. What forged
 * rows of members and wraps are worth (nothing) is shown in src/vault/keeper_ring_test.c.
 */
#include "keeper_world.h"

enum { CLASSES = CLASS_ROOT + 1, SIGNING_IN = 8, EACH = 3 }; /* of each class: one who grants, a member, an outsider */
enum { GRANTER, JOINER, OUTSIDER };

/* y: may hold it; c: only with the power CERTIFY. In the order TIP ... SERVICE. */
static const char *const may_hold[CLASSES] = {
    [CLASS_NONE] = "..........",    [CLASS_LINE] = "yy........",        [CLASS_ANALYST] = "yyy..y.y.c",
    [CLASS_INVESTIGATOR] = "yyy..y.y.c", [CLASS_CARE] = "y..yy.yy.c",   [CLASS_IMMIGRATION] = "..y..y....",
    [CLASS_PARTNER] = ".......y..", [CLASS_ENGINE] = "y.y.......",      [CLASS_AUDITOR] = "........y.",
    [CLASS_ROOT] = "yyyyyyyyyy",
};
static const enum wall_class signing_in[SIGNING_IN] = { CLASS_NONE, CLASS_ANALYST, CLASS_LINE, CLASS_INVESTIGATOR,
                                                        CLASS_CARE, CLASS_IMMIGRATION, CLASS_PARTNER, CLASS_AUDITOR };

static bool allowed(enum wall_class class, uint8_t powers, int c)
{
    char cell = may_hold[class][c - 1];
    return cell == 'y' || (cell == 'c' && (powers & POWER_CERTIFY));
}

static struct plan_person people[SIGNING_IN * EACH];
static char names[SIGNING_IN * EACH][16];

/* person(0) and person(1) are the first certifiers, so the first two granters stand first. */
static ptrdiff_t person(ptrdiff_t class, int which)
{
    return which == GRANTER ? class : SIGNING_IN + class * (EACH - 1) + (which - 1);
}

static int make_world(void **state)
{
    static const enum compartment of_ceremony[] = { TIP, SOURCE, VICTIM, AUDIT, SERVICE };
    for (int i = 0; i < SIGNING_IN; i++)
        for (int which = 0; which < EACH; which++) {
            ptrdiff_t n = person(i, which);
            snprintf(names[n], sizeof names[n], "class%d.%d", signing_in[i], which);
            people[n] = (struct plan_person){ str_of(names[n]), lit("an invented passphrase of the wall"), signing_in[i],
                                              which == GRANTER ? 7 : 0, 0 };
            for (ptrdiff_t k = 0; which == GRANTER && k < countof(of_ceremony); k++)
                if (allowed(signing_in[i], 7, of_ceremony[k]))
                    people[n].rings |= 1u << of_ceremony[k];
        }
    *state = world_make_of(true, people, SIGNING_IN * EACH);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

/* The ring of a compartment: the ceremony's, or one of a case made by the first granter the wall lets. */
static id ring_of(struct world *x, const struct signed_in *in, int c, enum scope_kind *kind, id *scope, int *granter)
{
    struct ring_key key;
    id ring;
    for (*granter = 0; !allowed(signing_in[*granter], 7, c);)
        (*granter)++;
    *kind = c == AUDIT || c == SERVICE ? SCOPE_INSTALLATION : SCOPE_OFFICE;
    *scope = *kind == SCOPE_OFFICE ? x->office : x->made.install;
    if (keeper_ring_key(x->staff, *kind, *scope, (enum compartment)c, &key) == OK)
        return key.ring;
    *kind = SCOPE_CASE;
    *scope = (id){ { 0x0c, 7 } };
    must(world_make_ring(x, in[person(*granter, GRANTER)].token, *kind, *scope, (enum compartment)c, &ring) == OK);
    return ring;
}

static void a_grant_within_the_wall_opens_and_nothing_else_does(void **state)
{
    struct world *x = *state;
    struct signed_in in[SIGNING_IN * EACH];
    int cells = 0, wrong = 0;
    for (int n = 0; n < SIGNING_IN * EACH; n++)
        in[n] = world_in(x, (enum someone)n);
    for (int c = TIP; c <= COMPARTMENTS; c++) {
        enum scope_kind kind;
        id scope;
        int granter;
        id ring = ring_of(x, in, c, &kind, &scope, &granter);
        struct row r = world_seal(x, kind, scope, (enum compartment)c, "an invented secret");
        for (int i = 0; i < SIGNING_IN; i++) {
            bool may = allowed(signing_in[i], 0, c);
            status added = world_ring(x, RING_ADD, in[person(granter, GRANTER)].token, ring, (enum someone)person(i, JOINER), NULL);
            uint8_t joined = world_open(x, in[person(i, JOINER)].token, &r), outside = world_open(x, in[person(i, OUTSIDER)].token, &r);
            bool right = added == (may ? OK : NOT_FOUND) && (joined == CODE_OK) == may && outside == CODE_NONE;
            cells += 2;
            wrong += !right;
            if (!right)
                print_error("class %d, compartment %d: added %d, member %d, outsider %d\n", signing_in[i], c, added, joined, outside);
        }
    }
    print_message("wall by keys: %d cells, %d wrong\n", cells, wrong);
    assert_int_equal(cells, SIGNING_IN * COMPARTMENTS * 2);
    assert_int_equal(wrong, 0);
}

static void with_every_power_a_class_gets_no_further_than_its_row(void **state)
{
    struct world *x = *state;
    struct signed_in in[SIGNING_IN];
    for (int i = 0; i < SIGNING_IN; i++)
        in[i] = world_in(x, (enum someone)person(i, GRANTER));
    for (int c = TIP; c <= COMPARTMENTS; c++) {
        enum scope_kind kind;
        id scope;
        int granter;
        id ring = ring_of(x, in, c, &kind, &scope, &granter);
        struct row r = world_seal(x, kind, scope, (enum compartment)c, "an invented secret");
        for (int i = 0; i < SIGNING_IN; i++) {
            status s = world_ring(x, RING_ADD, in[granter].token, ring, (enum someone)person(i, GRANTER), NULL);
            bool may = allowed(signing_in[i], 7, c), opens = world_open(x, in[i].token, &r) == CODE_OK;
            if (opens != may || (!may && s != NOT_FOUND))
                fail_msg("class %d with every power, compartment %d: added %d, opens %d", signing_in[i], c, s, opens);
        }
    }
}

/* The engine's keys are for TIP and CASE; root's are on paper. Neither signs in, and nobody adds them where the wall has no cell. */
static void the_engine_and_root_have_no_door(void **state)
{
    static const char *const services[] = { "engine", "root", "node" };
    struct world *x = *state;
    struct signed_in out, in[SIGNING_IN];
    for (ptrdiff_t i = 0; i < countof(services); i++)
        assert_int_equal(world_sign_in(x, str_of(services[i]), lit("an invented passphrase of the wall"), NULL, &out), NOT_FOUND);
    for (int i = 0; i < SIGNING_IN; i++)
        in[i] = world_in(x, (enum someone)person(i, GRANTER));
    for (int c = TIP; c <= COMPARTMENTS; c++) {
        enum scope_kind kind;
        id scope;
        int granter;
        struct ring_done done;
        struct ring_act act = { .ring = ring_of(x, in, c, &kind, &scope, &granter), .member = x->made.engine, .reason = "a test" };
        act.token = in[granter].token;
        status s = keeper_ring(x->staff, RING_ADD, &act, &done);
        if (allowed(CLASS_ENGINE, 0, c))
            assert_true(s == OK || s == CONFLICT); /* it is put on such rings when they are made */
        else
            assert_int_equal(s, NOT_FOUND);
    }
}

static const char *hex_of(struct world *x, id i)
{
    struct out o = { .arena = &x->arena };
    out_hex(&o, i.at, sizeof i.at);
    return str_c(&x->arena, out_view(&o));
}

/* Puts the officer on a ring behind the keeper's back, with somebody's signature and wrap copied. */
static void forge(struct world *x, id ring, id officer)
{
    char text[1024];
    const char *r = hex_of(x, ring), *o = hex_of(x, officer);
    snprintf(text, sizeof text, "INSERT INTO member SELECT ring, x'%s', compartment, 5, granter, since_epoch, day, until_day, flags, sig"
             " FROM member WHERE ring = x'%s' LIMIT 1", o, r);
    world_sql(x, text);
    snprintf(text, sizeof text, "INSERT INTO wrap SELECT ring, x'%s', epoch, box FROM wrap WHERE ring = x'%s' LIMIT 1", o, r);
    world_sql(x, text);
}

/*
 * 8 U.S.C. 1367 as a key: an immigration-enforcement account is on no ring of tips, of who told us, of persons and of safe places. The
 * keeper refuses the act, the database refuses the row, and a row forced past the database opens nothing.
 */
static void immigration_enforcement_is_shut_out_three_times(void **state)
{
    static const enum compartment shut[] = { TIP, SOURCE, VICTIM, LOCATION };
    struct world *x = *state;
    struct signed_in in[SIGNING_IN];
    int officer = 0, carer = 0;
    for (int i = 0; i < SIGNING_IN; i++) {
        in[i] = world_in(x, (enum someone)person(i, GRANTER));
        officer = signing_in[i] == CLASS_IMMIGRATION ? i : officer;
        carer = signing_in[i] == CLASS_CARE ? i : carer;
    }
    id who = x->made.people[person(officer, GRANTER)].principal, case_ring;
    for (ptrdiff_t k = 0; k < countof(shut); k++) {
        char text[512];
        enum scope_kind kind;
        id scope;
        int granter;
        id ring = ring_of(x, in, shut[k], &kind, &scope, &granter);
        struct row r = world_seal(x, kind, scope, shut[k], "an invented person");
        int by = shut[k] == VICTIM || shut[k] == LOCATION ? carer : granter;
        assert_int_equal(world_ring(x, RING_ADD, in[by].token, ring, (enum someone)person(officer, GRANTER), NULL), NOT_FOUND);
        for (int class = CLASS_CARE; class <= CLASS_IMMIGRATION; class ++) { /* as what it is, and as what it is not */
            snprintf(text, sizeof text, "INSERT INTO member VALUES (x'%s', x'%s', %d, %d, zeroblob(16), 1, 1, 0, 0, zeroblob(64))", hex_of(x, ring),
                     hex_of(x, who), shut[k], class);
            assert_false(world_sql_tries(x, text));
        }
        forge(x, ring, who);
        assert_int_equal(world_open(x, in[officer].token, &r), CODE_NONE);
    }
    /* Control: of a criminal case it may be told, by the same act and the same statement's constraints. */
    int granter;
    enum scope_kind kind;
    id scope;
    case_ring = ring_of(x, in, CASE, &kind, &scope, &granter);
    struct row r = world_seal(x, kind, scope, CASE, "an invented case");
    char text[512];
    snprintf(text, sizeof text, "INSERT INTO member VALUES (x'%s', x'%s', %d, %d, zeroblob(16), 1, 1, 0, 0, zeroblob(64))", hex_of(x, case_ring),
             hex_of(x, who), CASE, CLASS_IMMIGRATION);
    assert_true(world_sql_tries(x, text)); /* not believed, but not refused: the statement itself is sound */
    assert_int_equal(world_open(x, in[officer].token, &r), CODE_NONE);
    assert_int_equal(world_ring(x, RING_ADD, in[granter].token, case_ring, (enum someone)person(officer, GRANTER), NULL), OK);
    assert_int_equal(world_open(x, in[officer].token, &r), CODE_OK);
}

/* The row that says so a second time must not be the one that is wrong. */
static void the_table_by_hand_and_the_table_in_the_program_are_one(void **state)
{
    (void)state;
    int cells = 0;
    for (int class = 0; class < CLASSES; class ++)
        for (int c = TIP; c <= COMPARTMENTS; c++)
            for (int powers = 0; powers < 8; powers++, cells++)
                if (wall_allows((enum wall_class)class, (uint8_t)powers, (enum compartment)c) != allowed((enum wall_class)class, (uint8_t)powers, c))
                    fail_msg("class %d, powers %d, compartment %d", class, powers, c);
    assert_int_equal(cells, 800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_grant_within_the_wall_opens_and_nothing_else_does, make_world, end_world),
        cmocka_unit_test_setup_teardown(with_every_power_a_class_gets_no_further_than_its_row, make_world, end_world),
        cmocka_unit_test_setup_teardown(the_engine_and_root_have_no_door, make_world, end_world),
        cmocka_unit_test_setup_teardown(immigration_enforcement_is_shut_out_three_times, make_world, end_world),
        cmocka_unit_test(the_table_by_hand_and_the_table_in_the_program_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
