/* Two keepers of one house on one keys database: a log each, one wall, one set of receipts (docs/keys.md 4.5). */
#include "engine.h"
#include "keeper_world.h"
#include "vault/log_export.h"

enum { MONTH = 31 * 86400 };

/* The first node, and a second that two have vouched for. */
struct pair {
    struct world *one, *two;
    struct node_made node;
};

static int make_pair(void **state)
{
    static struct pair p;
    p.one = world_make(true);
    p.node = world_node(p.one, "north");
    world_admit(p.one, &p.node);
    p.two = world_beside(p.one, &p.node, "north");
    *state = &p;
    return 0;
}

static int end_pair(void **state)
{
    struct pair *p = *state;
    world_part(p->two);
    world_end(p->one);
    return 0;
}

/* The clocks of two machines that are set: both show the later time. */
static void same_time(struct pair *p)
{
    int64_t now = p->one->now > p->two->now ? p->one->now : p->two->now;
    world_pass(p->one, now - p->one->now);
    world_pass(p->two, now - p->two->now);
}

static struct signed_in comes_to(struct pair *p, struct world *x, enum someone who)
{
    same_time(p);
    struct signed_in in = world_in(x, who);
    same_time(p);
    return in;
}

static status add_piece(void *to, str piece)
{
    out_str(to, piece);
    return OK;
}

static struct audit_verdict prove(struct world *x, uint32_t log, const uint8_t key[KEY])
{
    struct out o = { .arena = &x->arena };
    uint64_t entries;
    struct db *db;
    assert_int_equal(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db), OK);
    struct arena scratch = arena_reserve(16 << 20);
    assert_int_equal(log_export(db, (str){ (char *)x->made.anchor, ANCHOR }, log, &scratch, add_piece, &o, &entries), OK);
    db_close(db);
    return audit_verify(out_view(&o), key, NULL, 0);
}

static void node_key(struct world *x, const struct node_made *node, uint8_t key[KEY])
{
    id who;
    assert_int_equal(node_sign_find(x->db, node->number, key, &who), OK);
    assert_true(id_equal(who, node->principal));
}

/* --- a log each ---------------------------------------------------------------------------------- */

static void each_writes_its_own_log_and_both_are_proved(void **state)
{
    struct pair *p = *state;
    uint8_t key[KEY];
    comes_to(p, p->two, LIN);
    comes_to(p, p->one, SAM);
    comes_to(p, p->two, CAM);
    node_key(p->one, &p->node, key);
    struct audit_verdict first = prove(p->one, LOG_NUMBER, p->one->made.node_sign), second = prove(p->one, 2, key);
    assert_true(first.good);
    assert_true(second.good);
    assert_int_equal(first.size, p->one->core->tree.size);
    assert_int_equal(second.size, p->two->core->tree.size);
    assert_true(second.size >= 3); /* its START and two who signed in */
    assert_false(prove(p->one, 2, p->one->made.node_sign).good); /* no node signs another's */
    world_restart(p->one);
    world_restart(p->two);
    comes_to(p, p->one, LIN);
    comes_to(p, p->two, SAM);
}

static status starts(struct world *x, uint32_t number, const char *name)
{
    struct keeper_core *core;
    struct db *db;
    assert_int_equal(db_open(x->path, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &db), OK);
    assert_int_equal(core_open(db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)x->made.secret, SECRET_FILE }, x->chance, 8, &core), OK);
    core_set_time(core, x->now, x->now);
    core_be_node(core, number, str_of(name));
    status s = core_start(core);
    core_close(core);
    db_close(db);
    return s;
}

static void a_node_that_two_have_not_vouched_for_does_not_start(void **state)
{
    struct pair *p = *state;
    struct node_made node = world_node(p->one, "south");
    uint32_t missing;
    char other[24];
    assert_int_equal(node.number, 3);
    assert_int_equal(starts(p->one, 4, "west"), FAULT); /* there is none of that number */
    assert_int_equal(starts(p->one, 3, "south"), CONFLICT);
    struct signed_in ada = comes_to(p, p->one, ADA);
    memcpy(other, p->node.fingerprint, sizeof other);
    assert_int_equal(keeper_certify(p->one->staff, ada.token, node.principal, other, &missing), NOT_FOUND);
    assert_int_equal(keeper_certify(p->one->staff, ada.token, node.principal, node.fingerprint, &missing), OK);
    assert_int_equal(starts(p->one, 3, "south"), CONFLICT);
    world_sql(p->one, "UPDATE principal SET state = 2 WHERE state = 1"); /* who writes to the table alone admits nobody */
    assert_int_equal(starts(p->one, 3, "south"), CONFLICT);
    world_sql(p->one, "UPDATE principal SET state = 1 WHERE id = (SELECT principal FROM node WHERE number = 3)");
    struct signed_in sam = comes_to(p, p->one, SAM);
    assert_int_equal(keeper_certify(p->one->staff, sam.token, node.principal, node.fingerprint, &missing), OK);
    assert_int_equal(starts(p->one, 3, "north"), CONFLICT); /* by another's name */
    assert_int_equal(starts(p->one, 3, "south"), OK);
}

static void nobody_is_invited_by_the_name_of_a_node(void **state)
{
    struct pair *p = *state;
    struct signed_in ada = comes_to(p, p->one, ADA);
    uint32_t until = (uint32_t)day_of(p->one->now) + 30;
    uint8_t code[20];
    id who;
    assert_int_equal(keeper_principal(p->one->staff, ada.token, lit("node/north"), CLASS_NONE, 0, until, &who, code), CONFLICT);
    assert_int_equal(keeper_principal(p->one->staff, ada.token, lit("node/east"), CLASS_NONE, 0, until, &who, code), CONFLICT);
    assert_int_equal(keeper_principal(p->one->staff, ada.token, lit("node"), CLASS_NONE, 0, until, &who, code), CONFLICT);
    assert_int_equal(keeper_principal(p->one->staff, ada.token, lit("north"), CLASS_NONE, 0, until, &who, code), OK);
}

/* Whoever edits one log shuts the house on every node, as an edit of its own would. */
static void the_log_of_the_other_is_judged_like_ones_own(void **state)
{
    struct pair *p = *state;
    comes_to(p, p->two, LIN);
    assert_int_equal(starts(p->one, LOG_NUMBER, FIRST_NODE), OK);
    world_sql(p->one, "UPDATE leaf SET sig = (SELECT sig FROM leaf WHERE log = 1 AND seq = 0) WHERE log = 2");
    assert_int_equal(starts(p->one, LOG_NUMBER, FIRST_NODE), FAULT);
}

static void a_record_of_the_other_that_is_gone_or_changed_is_found(void **state)
{
    struct pair *p = *state;
    comes_to(p, p->two, LIN);
    world_sql(p->one, "UPDATE leaf SET record = (SELECT record FROM leaf WHERE log = 1 AND seq = 0) WHERE log = 2 AND seq = 0");
    assert_int_equal(starts(p->one, LOG_NUMBER, FIRST_NODE), FAULT);
}

static void a_log_that_is_nobodys_is_found(void **state)
{
    struct pair *p = *state;
    comes_to(p, p->two, LIN);
    assert_int_equal(starts(p->one, LOG_NUMBER, FIRST_NODE), OK);
    world_sql(p->one, "DELETE FROM node WHERE number = 2");
    assert_int_equal(starts(p->one, LOG_NUMBER, FIRST_NODE), FAULT);
}

/* --- one wall ------------------------------------------------------------------------------------ */

static void who_is_removed_on_one_is_refused_by_the_other_with_the_next_message(void **state)
{
    struct pair *p = *state;
    struct row r = world_seal(p->one, SCOPE_OFFICE, p->one->office, TIP, "an invented tip");
    struct signed_in sam = comes_to(p, p->one, SAM), lin = comes_to(p, p->two, LIN);
    id ring = world_ring_of(p->one, TIP);
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_OK);
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_OK); /* out of what the session holds */
    assert_int_equal(world_ring(p->one, RING_REMOVE, sam.token, ring, LIN, NULL), OK);
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_NONE);
    assert_int_equal(world_ring(p->one, RING_ADD, sam.token, ring, LIN, NULL), OK);
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_OK);
}

static void who_left_on_one_is_gone_on_the_other_and_stays_so(void **state)
{
    struct pair *p = *state;
    struct row r = world_seal(p->one, SCOPE_OFFICE, p->one->office, TIP, "an invented tip");
    struct signed_in ada = comes_to(p, p->two, ADA), lin = comes_to(p, p->one, LIN), in;
    struct who who;
    uint64_t gen;
    assert_int_equal(world_open(p->one, lin.token, &r), CODE_OK);
    assert_int_equal(keeper_revoke(p->two->staff, ada.token, p->one->made.people[LIN].principal, lit("a test"), &gen), OK);
    assert_int_equal(world_open(p->one, lin.token, &r), CODE_LOCKED);
    assert_int_equal(keeper_who(p->one->staff, lin.token, &who), LOCKED);
    same_time(p);
    assert_int_equal(world_sign_in(p->one, lit("lin"), p->one->people[LIN].passphrase, p->one->made.people[LIN].otp_secret, &in), NOT_FOUND);
    same_time(p);
    /* A thief who writes the row back: the other's log says that he left, to a keeper that read on and to one that began anew. */
    assert_true(trust_revoked(p->one->core, p->one->made.people[LIN].principal));
    world_restart(p->one);
    assert_true(trust_revoked(p->one->core, p->one->made.people[LIN].principal));
    assert_false(trust_revoked(p->one->core, p->one->made.people[CAM].principal));
}

static void a_session_lives_on_one_node(void **state)
{
    struct pair *p = *state;
    struct signed_in lin = comes_to(p, p->one, LIN);
    struct who who;
    assert_int_equal(keeper_who(p->one->staff, lin.token, &who), OK);
    assert_int_equal(keeper_who(p->two->staff, lin.token, &who), LOCKED);
    assert_int_equal(keeper_who(p->one->staff, lin.token, &who), OK);
}

static void a_node_that_is_taken_out_ends_and_never_starts_again(void **state)
{
    struct pair *p = *state;
    struct signed_in ada = comes_to(p, p->one, ADA), lin = comes_to(p, p->two, LIN);
    struct row r = world_seal(p->one, SCOPE_OFFICE, p->one->office, TIP, "an invented tip");
    uint64_t gen;
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_OK);
    assert_int_equal(keeper_revoke(p->one->staff, ada.token, p->node.principal, lit("a test"), &gen), OK);
    assert_int_equal(world_open(p->two, lin.token, &r), CODE_STORE);
    assert_true(p->two->core->dead);
    assert_int_equal(starts(p->one, 2, "north"), CONFLICT);
    world_restart(p->one); /* its log stays, and is judged as before */
    comes_to(p, p->one, SAM);
}

/* --- what both give and count -------------------------------------------------------------------- */

static bool finds(struct world *x, const struct receipt *r)
{
    struct locator found[LOCATORS];
    ptrdiff_t n = 0;
    assert_int_equal(keeper_mail(x->pub, r->digits, found, &n, NULL, 0), OK);
    for (ptrdiff_t i = 0; i < n; i++)
        if (!memcmp(found[i].at, r->locator, sizeof r->locator))
            return true;
    return false;
}

static void a_receipt_of_one_is_found_by_the_other(void **state)
{
    struct pair *p = *state;
    struct receipt r[2];
    assert_int_equal(keeper_receipts(p->one->pub, 1, &r[0]), OK);
    assert_true(finds(p->two, &r[0]));
    world_pass(p->one, MONTH);
    same_time(p);
    assert_int_equal(keeper_receipts(p->two->pub, 1, &r[1]), OK); /* the first of its month: by a pepper that the other did not know */
    assert_true(finds(p->one, &r[1]));
    assert_true(finds(p->one, &r[0]));
    assert_true(finds(p->two, &r[0]));
    assert_int_equal(keeper_receipts(p->one->pub, 1, &r[0]), OK); /* and no other is made for it */
    assert_int_equal(r[0].pepper, r[1].pepper);
}

/* What somebody did on the other node is in the counts of the week too. */
static void the_week_counts_what_was_done_on_every_node(void **state)
{
    struct pair *p = *state;
    struct row r = world_seal(p->one, SCOPE_OFFICE, p->one->office, TIP, "an invented tip");
    struct signed_in at_one = comes_to(p, p->one, LIN), at_two = comes_to(p, p->two, LIN), sam = comes_to(p, p->one, SAM);
    struct sheet s;
    id lin = p->one->made.people[LIN].principal;
    assert_int_equal(world_open(p->one, at_one.token, &r), CODE_OK);
    assert_int_equal(world_open(p->two, at_two.token, &r), CODE_OK);
    assert_int_equal(world_open(p->two, at_two.token, &r), CODE_OK);
    same_time(p);
    assert_int_equal(keeper_sheet(p->one->staff, sam.token, p->one->office, TIP, lin, &s), OK);
    assert_int_equal(s.at[0][SHEET_ROWS], 3);
    assert_int_equal(s.whole, SHEET_WEEKS);
}

/* --- the engine's seed ------------------------------------------------------------------------------ */

/* One question of the engine without keys; the token that its keeper then tells it, or zeros. */
static token asks(struct world *x)
{
    static uint8_t hello[KEEPER_MESSAGE_MAX];
    struct wire w = { hello, CHANNEL_HEADER + 24, sizeof hello, false };
    token got = { { 0 } };
    bool others = false;
    assert_int_equal(keeper_engine_seed(x->engine, got, &others), OK);
    assert_true(others);
    if (core_engine_hello(x->core, hello))
        memcpy(got.at, wire_get_bytes(&w, KEY), KEY);
    return got;
}

static void gives(struct world *x, token t)
{
    bool others = false;
    assert_int_equal(keeper_engine_seed(x->engine, t, &others), OK);
    assert_true(others);
}

static bool is_token(token t)
{
    static const token none;
    return !same_bytes(t.at, none.at, KEY);
}

static uint8_t engine_opens(struct world *x, token t, const struct row *r)
{
    struct open_row row = { .row = r->id, .keybox = (const uint8_t *)r->sealed.at };
    return keeper_open(x->engine, t, PURPOSE_INDEX, (id){ 0 }, &row, 1) == OK ? row.code : CODE_LOCKED;
}

static void the_seed_reaches_the_other_engine_without_a_person(void **state)
{
    struct pair *p = *state;
    struct row r = world_seal(p->one, SCOPE_OFFICE, p->one->office, TIP, "an invented tip");
    struct signed_in sam = comes_to(p, p->one, SAM);
    token first, second;
    assert_false(is_token(asks(p->two))); /* nobody has it */
    assert_false(is_token(asks(p->two)));
    assert_int_equal(world_engine(p->one, sam.token, &first), OK);
    assert_false(is_token(asks(p->two)));
    gives(p->one, first);
    second = asks(p->two);
    assert_true(is_token(second));
    assert_int_equal(engine_opens(p->two, second, &r), CODE_OK);
    assert_int_equal(engine_opens(p->one, second, &r), CODE_LOCKED); /* a token is of one keeper */
    assert_int_equal(engine_opens(p->two, first, &r), CODE_LOCKED);
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot"), 0);
    /* And back, when the first began anew: nobody has to sign in. */
    world_restart(p->one);
    assert_false(is_token(asks(p->one)));
    gives(p->two, second);
    first = asks(p->one);
    assert_int_equal(engine_opens(p->one, first, &r), CODE_OK);
}

static void what_was_given_opens_for_the_keeper_that_asked_and_no_other(void **state)
{
    struct pair *p = *state;
    struct signed_in sam = comes_to(p, p->one, SAM);
    token first;
    assert_int_equal(world_engine(p->one, sam.token, &first), OK);
    assert_false(is_token(asks(p->two)));
    gives(p->one, first);
    world_restart(p->two); /* its pair went with its memory */
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE box IS NOT NULL"), 1);
    assert_false(is_token(asks(p->two)));
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE box IS NOT NULL"), 0);
    gives(p->one, first);
    assert_true(is_token(asks(p->two)));
}

/* Who writes to the table a key of their own, or moves one that a node signed, is given nothing; nor is a node that was taken out. */
static void the_seed_goes_to_nodes_alone(void **state)
{
    struct pair *p = *state;
    struct signed_in sam = comes_to(p, p->one, SAM), ada = comes_to(p, p->one, ADA);
    struct node_made south = world_node(p->one, "south");
    uint64_t gen;
    token first;
    assert_int_equal(south.number, 3);
    assert_int_equal(world_engine(p->one, sam.token, &first), OK);
    assert_false(is_token(asks(p->two)));
    world_sql(p->one, "UPDATE node_boot SET pub = (SELECT xpub FROM principal WHERE class = 9)");
    gives(p->one, first);
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE box IS NOT NULL"), 0);
    assert_false(is_token(asks(p->two))); /* asks anew, with what it has */
    world_sql(p->one, "INSERT INTO node_boot (number, pub, sig) SELECT 3, pub, sig FROM node_boot WHERE number = 2");
    gives(p->one, first);
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE box IS NOT NULL"), 1); /* the control: the node's own */
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE number = 3 AND box IS NOT NULL"), 0);
    world_sql(p->one, "UPDATE node_boot SET box = NULL");
    assert_int_equal(keeper_revoke(p->one->staff, ada.token, p->node.principal, lit("a test"), &gen), OK);
    gives(p->one, first);
    assert_int_equal(world_count(p->one, "SELECT count(*) FROM node_boot WHERE box IS NOT NULL"), 0);
}

static void jobs_is_told_which_nodes_there_are(void **state)
{
    struct pair *p = *state;
    struct keeper_nodes n;
    struct signed_in ada = comes_to(p, p->one, ADA);
    uint64_t gen;
    world_node(p->one, "south");
    assert_int_equal(keeper_nodes(p->two->jobs, &n), OK);
    assert_int_equal(n.own, 2);
    assert_int_equal(n.admitted, 1 << 1 | 1 << 2);
    assert_int_equal(keeper_revoke(p->one->staff, ada.token, p->node.principal, lit("a test"), &gen), OK);
    assert_int_equal(keeper_nodes(p->one->jobs, &n), OK);
    assert_int_equal(n.own, LOG_NUMBER);
    assert_int_equal(n.admitted, 1 << 1);
}

static void one_program_alone_serves_as_a_node(void **state)
{
    struct pair *p = *state;
    struct db *a, *b;
    struct db_options o = { .rights = keeper_rights, .busy_ms = 2000 };
    if (!engine_is_postgres())
        return; /* a file's programs are kept apart by the lock of their folder */
    assert_int_equal(db_open(p->one->path, o, &a), OK);
    assert_int_equal(db_open(p->one->path, o, &b), OK);
    assert_int_equal(db_claim(a, 2), OK);
    assert_int_equal(db_claim(b, 2), CONFLICT);
    assert_int_equal(db_claim(b, 1), OK);
    db_close(a);
    status s = CONFLICT;
    for (int i = 0; s == CONFLICT && i < 10000; i++)
        s = db_claim(b, 2); /* the server ends a connection in its own time */
    assert_int_equal(s, OK);
    db_close(b);
}

int main(void)
{
#define PAIR(f) cmocka_unit_test_setup_teardown(f, make_pair, end_pair)
    const struct CMUnitTest tests[] = {
        PAIR(each_writes_its_own_log_and_both_are_proved),
        PAIR(a_node_that_two_have_not_vouched_for_does_not_start),
        PAIR(nobody_is_invited_by_the_name_of_a_node),
        PAIR(the_log_of_the_other_is_judged_like_ones_own),
        PAIR(a_record_of_the_other_that_is_gone_or_changed_is_found),
        PAIR(a_log_that_is_nobodys_is_found),
        PAIR(who_is_removed_on_one_is_refused_by_the_other_with_the_next_message),
        PAIR(who_left_on_one_is_gone_on_the_other_and_stays_so),
        PAIR(a_session_lives_on_one_node),
        PAIR(a_node_that_is_taken_out_ends_and_never_starts_again),
        PAIR(a_receipt_of_one_is_found_by_the_other),
        PAIR(the_week_counts_what_was_done_on_every_node),
        PAIR(the_seed_reaches_the_other_engine_without_a_person),
        PAIR(what_was_given_opens_for_the_keeper_that_asked_and_no_other),
        PAIR(the_seed_goes_to_nodes_alone),
        PAIR(jobs_is_told_which_nodes_there_are),
        PAIR(one_program_alone_serves_as_a_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
