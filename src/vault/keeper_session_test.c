/*
 * Who gets in, who is kept out, who leaves; and the locked house.
 * Over 500 lines by a little: one table of people and one clock for all of it.
 */
#include "keeper_world.h"

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int make_locked_world(void **state)
{
    *state = world_make(false);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static status sign_in(struct world *x, enum someone who, str passphrase, struct signed_in *out)
{
    return world_sign_in(x, world_people[who].name, passphrase, x->made.people[who].otp_secret, out);
}

static struct who who_is(struct world *x, token t)
{
    struct who who;
    assert_int_equal(keeper_who(x->staff, t, &who), OK);
    return who;
}

static void a_wrong_passphrase_a_wrong_code_and_an_unknown_name_get_the_same_answer(void **state)
{
    struct world *x = *state;
    struct signed_in in;
    struct ticket known, unknown, again;
    assert_int_equal(sign_in(x, LIN, lit("not the passphrase of lin"), &in), NOT_FOUND);
    assert_int_equal(world_sign_in(x, world_people[LIN].name, world_people[LIN].passphrase, NULL, &in), NOT_FOUND);
    assert_int_equal(world_sign_in(x, lit("nobody"), world_people[LIN].passphrase, x->made.people[LIN].otp_secret, &in), NOT_FOUND);
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, x->device, &known), OK);
    assert_int_equal(keeper_begin(x->staff, lit("nobody"), x->device, &unknown), OK);
    assert_int_equal(keeper_begin(x->staff, lit("nobody"), x->device, &again), OK);
    assert_memory_equal(unknown.salt, again.salt, 16); /* a salt that changed would tell */
    assert_int_equal(known.cost.ops, unknown.cost.ops);
    assert_int_equal(known.cost.mem_kib, unknown.cost.mem_kib);
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), OK);
}

static void a_totp_code_counts_once(void **state)
{
    struct world *x = *state;
    struct signed_in in = world_in(x, LIN);
    struct ticket t;
    uint8_t stretched[KEY];
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, x->device, &t), OK);
    assert_int_equal(stretch(world_people[LIN].passphrase, t.salt, t.cost, stretched), OK);
    uint32_t code = totp_code(x->made.people[LIN].otp_secret, x->now);
    assert_int_equal(keeper_finish(x->staff, t.number, stretched, code, NULL, &in), NOT_FOUND);
    in = world_in(x, LIN); /* the next one does */
}

static void a_ticket_serves_once_on_its_own_channel_and_for_ten_seconds(void **state)
{
    struct world *x = *state;
    struct keeper *other = keeper_in_process(x->core, ROLE_STAFF);
    struct signed_in in;
    struct ticket t;
    uint8_t stretched[KEY];
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, x->device, &t), OK);
    assert_int_equal(stretch(world_people[LIN].passphrase, t.salt, t.cost, stretched), OK);
    uint32_t code = totp_code(x->made.people[LIN].otp_secret, x->now);
    assert_int_equal(keeper_finish(other, t.number, stretched, code, NULL, &in), NOT_FOUND);
    world_pass(x, 11);
    assert_int_equal(keeper_finish(x->staff, t.number, stretched, code, NULL, &in), NOT_FOUND);
    /* four may be out on eight cores: the fifth caller waits, and one who asks again gives up the old one */
    struct keeper *callers[5];
    for (int i = 0; i < 5; i++)
        callers[i] = keeper_in_process(x->core, ROLE_STAFF);
    for (int i = 0; i < 4; i++)
        assert_int_equal(keeper_begin(callers[i], lit("lin"), x->device, &t), OK);
    assert_int_equal(keeper_begin(callers[4], lit("lin"), x->device, &t), BUSY);
    assert_int_equal(keeper_begin(callers[0], lit("lin"), x->device, &t), OK);
    world_pass(x, 11);
    assert_int_equal(keeper_begin(callers[4], lit("lin"), x->device, &t), OK);
}

static void an_idle_session_asks_for_the_passphrase_alone_and_ends_after_its_day(void **state)
{
    struct world *x = *state;
    struct signed_in first = world_in(x, LIN), in;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct who who;
    struct ticket t;
    uint8_t stretched[KEY];
    world_pass(x, 20 * 60);
    assert_int_equal(world_open(x, first.token, &tip), CODE_OK);
    assert_int_equal(who_is(x, first.token).idle_seconds, 0);
    world_pass(x, 20 * 60);
    assert_int_equal(who_is(x, first.token).idle_seconds, 20 * 60);
    world_pass(x, 10 * 60);
    assert_int_equal(keeper_who(x->staff, first.token, &who), LOCKED);
    assert_int_equal(world_open(x, first.token, &tip), CODE_LOCKED);
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, x->device, &t), OK);
    assert_int_equal(stretch(world_people[LIN].passphrase, t.salt, t.cost, stretched), OK);
    assert_int_equal(keeper_finish(x->staff, t.number, stretched, 0, &first.token, &in), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    assert_int_equal(keeper_who(x->staff, first.token, &who), LOCKED); /* one session, a new token */
    for (int i = 0; i < 33; i++) { /* never idle; the day that began with the first sign-in ends all the same */
        world_pass(x, 20 * 60);
        assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    }
    world_pass(x, 20 * 60);
    assert_int_equal(world_open(x, in.token, &tip), CODE_LOCKED);
    assert_int_equal(keeper_begin(x->staff, world_people[LIN].name, x->device, &t), OK);
    assert_int_equal(keeper_finish(x->staff, t.number, stretched, 0, &in.token, &in), NOT_FOUND); /* TOTP again */
}

static void a_fourth_session_ends_the_oldest_and_an_ended_one_is_gone(void **state)
{
    struct world *x = *state;
    struct signed_in in[4];
    struct who who;
    for (int i = 0; i < 4; i++)
        in[i] = world_in(x, LIN);
    assert_int_equal(keeper_who(x->staff, in[0].token, &who), LOCKED);
    for (int i = 1; i < 4; i++)
        assert_int_equal(keeper_who(x->staff, in[i].token, &who), OK);
    assert_int_equal(keeper_end(x->staff, in[3].token), OK);
    assert_int_equal(keeper_who(x->staff, in[3].token, &who), LOCKED);
    assert_int_equal(keeper_end(x->staff, in[3].token), LOCKED);
}

static token sign_once(struct world *x, enum someone who)
{
    struct ticket t;
    uint8_t stretched[KEY];
    struct signed_in in;
    world_pass(x, 31);
    must(keeper_begin(x->staff, world_people[who].name, x->device, &t) == OK);
    must(stretch(world_people[who].passphrase, t.salt, t.cost, stretched) == OK);
    assert_int_equal(keeper_finish_once(x->staff, t.number, stretched, totp_code(x->made.people[who].otp_secret, x->now), &in), OK);
    return in.token;
}

static void who_signs_once_keeps_their_three_sessions_and_has_one_such_place(void **state)
{
    struct world *x = *state;
    struct signed_in in[3];
    struct who who;
    for (int i = 0; i < 3; i++)
        in[i] = world_in(x, LIN);
    token first = sign_once(x, LIN);
    for (int i = 0; i < 3; i++)
        assert_int_equal(keeper_who(x->staff, in[i].token, &who), OK);
    token second = sign_once(x, LIN);
    assert_int_equal(keeper_who(x->staff, first, &who), LOCKED); /* one place, not any number */
    assert_int_equal(keeper_who(x->staff, second, &who), OK);
    world_pass(x, 60);
    assert_int_equal(keeper_who(x->staff, second, &who), LOCKED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(keeper_who(x->staff, in[i].token, &who), OK);
}

static status change(struct world *x, token t, enum someone who, uint8_t kind, str old, str fresh, uint8_t recovery[20])
{
    struct ticket ticket;
    struct slot_change c = { .token = t, .principal = x->made.people[who].principal, .kind = kind };
    world_pass(x, 31);
    c.otp = totp_code(x->made.people[who].otp_secret, x->now);
    must(keeper_begin(x->staff, world_people[who].name, x->device, &ticket) == OK);
    if (kind == SLOT_PASSPHRASE)
        must(stretch(old, ticket.salt, ticket.cost, c.old) == OK);
    else
        memcpy(c.old, old.at, (size_t)old.len);
    must(stretch(fresh, ticket.salt, ticket.cost, c.fresh) == OK);
    c.ticket = ticket.number;
    return keeper_slot(x->staff, &c, recovery);
}

static void a_passphrase_is_changed_with_the_old_one_and_other_sessions_end(void **state)
{
    struct world *x = *state;
    str old = world_people[LIN].passphrase, fresh = lit("another invented passphrase");
    struct signed_in other = world_in(x, LIN), lin = world_in(x, LIN), in;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct who who;
    uint8_t none[20];
    assert_int_equal(change(x, lin.token, LIN, SLOT_PASSPHRASE, lit("not the old passphrase"), fresh, none), NOT_FOUND);
    assert_int_equal(change(x, lin.token, SAM, SLOT_PASSPHRASE, world_people[SAM].passphrase, fresh, none), NOT_FOUND);
    assert_int_equal(change(x, (token){ { 0 } }, LIN, SLOT_PASSPHRASE, old, fresh, none), LOCKED);
    assert_int_equal(change(x, lin.token, LIN, SLOT_PASSPHRASE, old, fresh, none), OK);
    assert_int_equal(keeper_who(x->staff, other.token, &who), LOCKED);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    assert_int_equal(sign_in(x, LIN, old, &in), NOT_FOUND);
    assert_int_equal(sign_in(x, LIN, fresh, &in), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
}

static void a_recovery_code_gives_a_new_passphrase_and_serves_once(void **state)
{
    struct world *x = *state;
    str fresh = lit("another invented passphrase"), code = { (char *)x->made.people[LIN].recovery, RECOVERY_CODE };
    struct signed_in in;
    uint8_t next[20], wrong[20] = { 1 }, after[20];
    token none = { { 0 } };
    assert_int_equal(change(x, none, LIN, SLOT_RECOVERY, (str){ (char *)wrong, 20 }, fresh, next), NOT_FOUND);
    assert_int_equal(change(x, none, LIN, SLOT_RECOVERY, code, fresh, next), OK);
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), NOT_FOUND);
    assert_int_equal(sign_in(x, LIN, fresh, &in), OK);
    assert_int_equal(change(x, none, LIN, SLOT_RECOVERY, code, lit("a third invented passphrase"), after), NOT_FOUND);
    assert_int_equal(change(x, none, LIN, SLOT_RECOVERY, (str){ (char *)next, 20 }, lit("a third invented passphrase"), after), OK);
}

/* --- newcomers and leavers --------------------------------------------------------------------- */

static status enrol_with(struct world *x, str name, str passphrase, const uint8_t code[20], struct enrolled *out)
{
    struct ticket t;
    uint8_t stretched[KEY];
    must(keeper_begin(x->staff, name, x->device, &t) == OK);
    must(stretch(passphrase, t.salt, t.cost, stretched) == OK);
    return keeper_enrol(x->staff, code, t.number, stretched, out);
}

static status enrol(struct world *x, str name, const uint8_t code[20], struct enrolled *out)
{
    return enrol_with(x, name, lit("an invented passphrase new"), code, out);
}

static void a_newcomer_is_nobody_until_two_others_have_compared_the_fingerprint(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), lin = world_in(x, LIN), in;
    struct enrolled made;
    uint32_t today = (uint32_t)day_of(x->now), missing = 9;
    uint8_t code[20], wrong[20] = { 4 };
    id who;
    assert_int_equal(keeper_principal(x->staff, lin.token, lit("new"), CLASS_LINE, 0, today + 400, &who, code), NOT_FOUND);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_ENGINE, 0, today + 400, &who, code), INVALID);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_ROOT, 0, today + 400, &who, code), INVALID);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, today + 401, &who, code), INVALID);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("lin"), CLASS_LINE, 0, today + 400, &who, code), CONFLICT);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, today + 400, &who, code), OK);
    assert_int_equal(enrol(x, lit("new"), wrong, &made), NOT_FOUND);
    assert_int_equal(enrol(x, lit("lin"), code, &made), NOT_FOUND);
    assert_int_equal(enrol(x, lit("new"), code, &made), OK);
    assert_int_equal(enrol_with(x, lit("new"), lit("another invented passphrase"), code, &made), NOT_FOUND); /* a code serves one */
    str pass = lit("an invented passphrase new");
    assert_int_equal(keeper_certify(x->staff, sam.token, who, "000000000000000000000000", &missing), NOT_FOUND);
    assert_int_equal(keeper_certify(x->staff, lin.token, who, made.fingerprint, &missing), NOT_FOUND);
    assert_int_equal(keeper_certify(x->staff, sam.token, who, made.fingerprint, &missing), OK);
    assert_int_equal(missing, 1);
    assert_int_equal(keeper_certify(x->staff, sam.token, who, made.fingerprint, &missing), OK); /* the same hand twice is one */
    assert_int_equal(missing, 1);
    assert_int_equal(world_sign_in(x, lit("new"), pass, made.otp_secret, &in), NOT_FOUND);
    assert_int_equal(keeper_certify(x->staff, ada.token, who, made.fingerprint, &missing), OK);
    assert_int_equal(missing, 0);
    assert_int_equal(world_sign_in(x, lit("new"), pass, made.otp_secret, &in), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    assert_int_equal(world_open(x, in.token, &tip), CODE_NONE);
    struct ring_act act = { .token = sam.token, .ring = world_ring_of(x, TIP), .member = who };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_ADD, &act, &done), OK);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    world_pass(x, 401 * 86400LL);
    assert_int_equal(world_sign_in(x, lit("new"), pass, made.otp_secret, &in), NOT_FOUND); /* a certificate ends */
}

/* What is lost between here and the content database, or on its way to the browser, is asked for again. */
static void acts_on_people_may_be_repeated(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), in;
    struct enrolled first, again;
    uint32_t until = (uint32_t)day_of(x->now) + 300, missing = 9;
    uint8_t lost[20], code[20];
    uint64_t gen;
    id nobody, who;
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, until, &nobody, lost), OK);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, until, &who, code), OK);
    assert_int_equal(enrol(x, lit("new"), lost, &first), NOT_FOUND); /* the earlier code is void */
    assert_int_equal(enrol(x, lit("new"), code, &first), OK);
    assert_int_equal(enrol(x, lit("new"), code, &again), OK);
    assert_memory_equal(first.fingerprint, again.fingerprint, sizeof first.fingerprint);
    assert_memory_equal(first.otp_secret, again.otp_secret, sizeof first.otp_secret);
    assert_memory_not_equal(first.recovery, again.recovery, sizeof first.recovery);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, until, &nobody, lost), CONFLICT); /* has keys */
    assert_int_equal(keeper_certify(x->staff, sam.token, who, first.fingerprint, &missing), OK);
    assert_int_equal(keeper_certify(x->staff, ada.token, who, first.fingerprint, &missing), OK);
    int64_t signatures = world_count(x, "SELECT count(*) FROM cert");
    missing = 9;
    assert_int_equal(keeper_certify(x->staff, ada.token, who, first.fingerprint, &missing), OK);
    assert_int_equal(missing, 0);
    assert_int_equal(keeper_certify(x->staff, ada.token, who, "000000000000000000000000", &missing), NOT_FOUND);
    assert_int_equal(world_count(x, "SELECT count(*) FROM cert"), signatures);
    assert_int_equal(enrol(x, lit("new"), code, &again), NOT_FOUND); /* and once let in, the code is void too */
    assert_int_equal(world_sign_in(x, lit("new"), lit("an invented passphrase new"), first.otp_secret, &in), OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(keeper_revoke(x->staff, ada.token, who, lit("left"), &gen), OK);
    world_restart(x);
    assert_int_equal(world_sign_in(x, lit("new"), lit("an invented passphrase new"), first.otp_secret, &in), NOT_FOUND);
}

/* Whoever finds a used code guesses at the passphrase behind it no more often than at the door. */
static void a_used_code_is_no_way_to_guess_a_passphrase(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM);
    struct enrolled made;
    uint8_t code[20];
    id who;
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, (uint32_t)day_of(x->now) + 300, &who, code), OK);
    assert_int_equal(enrol(x, lit("new"), code, &made), OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(enrol_with(x, lit("new"), lit("another invented passphrase"), code, &made), NOT_FOUND);
    assert_int_equal(enrol(x, lit("new"), code, &made), LIMIT);
    world_pass(x, 16 * 60);
    assert_int_equal(enrol(x, lit("new"), code, &made), OK);
}

static void who_leaves_is_out_by_cookie_passphrase_and_code_and_no_table_row_brings_them_back(void **state)
{
    struct world *x = *state;
    struct signed_in lin = world_in(x, LIN), ada = world_in(x, ADA), sam = world_in(x, SAM), in;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct who who;
    uint64_t gen;
    uint8_t next[20];
    id id_lin = x->made.people[LIN].principal;
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    world_sql(x, "CREATE TABLE kept_p AS SELECT * FROM principal; CREATE TABLE kept_s AS SELECT * FROM slot;"
                 "CREATE TABLE kept_f AS SELECT * FROM factor; CREATE TABLE kept_m AS SELECT * FROM member;"
                 "CREATE TABLE kept_w AS SELECT * FROM wrap");
    assert_int_equal(keeper_revoke(x->staff, lin.token, x->made.people[SAM].principal, lit("left"), &gen), NOT_FOUND);
    assert_int_equal(keeper_revoke(x->staff, ada.token, id_lin, lit("left"), &gen), OK);
    assert_int_equal(keeper_who(x->staff, lin.token, &who), LOCKED);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_LOCKED);
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), NOT_FOUND);
    assert_int_equal(change(x, (token){ { 0 } }, LIN, SLOT_RECOVERY, (str){ (char *)x->made.people[LIN].recovery, 20 },
                            lit("another invented passphrase"), next), NOT_FOUND);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_epoch WHERE epoch = 2"), 2); /* TIP and SOURCE turned */
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
    /* every row put back as it was: the log remembers */
    world_sql(x, "DELETE FROM principal; INSERT INTO principal SELECT * FROM kept_p; DELETE FROM slot; INSERT INTO slot SELECT * FROM kept_s;"
                 "DELETE FROM factor; INSERT INTO factor SELECT * FROM kept_f; DELETE FROM member; INSERT INTO member SELECT * FROM kept_m;"
                 "DELETE FROM wrap; INSERT INTO wrap SELECT * FROM kept_w");
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), NOT_FOUND);
    world_restart(x);
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), NOT_FOUND);
    assert_int_equal(sign_in(x, SAM, world_people[SAM].passphrase, &in), OK); /* the control */
}

static void the_envelope_certifies_reads_nothing_and_its_use_is_seen(void **state)
{
    struct world *x = *state;
    struct ticket t;
    struct signed_in in;
    uint8_t code[KEY] = { 0 };
    memcpy(code, x->made.envelope, RECOVERY_CODE);
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(who_is(x, sam.token).envelope_day, 0);
    code[0] ^= 1;
    assert_int_equal(keeper_begin(x->staff, lit("envelope"), x->device, &t), OK);
    assert_int_equal(keeper_finish(x->staff, t.number, code, 0, NULL, &in), NOT_FOUND);
    code[0] ^= 1;
    assert_int_equal(keeper_begin(x->staff, lit("envelope"), x->device, &t), OK);
    assert_int_equal(keeper_finish(x->staff, t.number, code, 0, NULL, &in), OK);
    assert_int_equal(in.flags, SIGNED_IN_ENVELOPE);
    assert_int_equal(in.class, CLASS_NONE);
    assert_int_equal(in.powers, POWER_CERTIFY | POWER_APPROVE);
    static const enum compartment all[] = { TIP, SOURCE, VICTIM };
    for (ptrdiff_t i = 0; i < countof(all); i++) {
        struct row r = world_seal(x, SCOPE_OFFICE, x->office, all[i], "an invented row");
        assert_int_equal(world_open(x, in.token, &r), CODE_NONE);
    }
    assert_int_equal(who_is(x, sam.token).envelope_day, day_of(x->now));
    world_restart(x);
    assert_int_equal(who_is(x, world_in(x, SAM).token).envelope_day, day_of(x->now));
}

static void the_first_certifier_of_a_month_turns_the_page_of_the_offices(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    world_pass(x, 10 * 86400); /* into October */
    struct signed_in lin = world_in(x, LIN);
    struct ring_key key;
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_int_equal(key.epoch, 1);
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_int_equal(key.epoch, 2);
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
    assert_int_equal(world_open(x, lin.token, &tip), CODE_OK);
    sam = world_in(x, SAM);
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    assert_int_equal(key.epoch, 2);
}

static void an_invitation_that_ran_out_gives_its_name_free_and_its_code_opens_nothing(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM);
    struct enrolled made;
    uint8_t code[20], next[20];
    uint32_t until = (uint32_t)day_of(x->now) + 300;
    id who, again;
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, until, &who, code), OK);
    world_pass(x, 8 * 86400);
    sam = world_in(x, SAM);
    assert_int_equal(enrol(x, lit("new"), code, &made), NOT_FOUND);
    assert_int_equal(keeper_principal(x->staff, sam.token, lit("new"), CLASS_LINE, 0, until, &again, next), OK);
    assert_int_equal(enrol(x, lit("new"), code, &made), NOT_FOUND);
    assert_int_equal(enrol(x, lit("new"), next, &made), OK);
}

static void who_leaves_forty_rings_leaves_them_in_one_act(void **state)
{
    struct world *x = *state;
    struct signed_in sam = world_in(x, SAM), ada = world_in(x, ADA), ivy = world_in(x, IVY);
    struct row r = { 0 };
    uint64_t gen;
    for (uint8_t i = 0; i < 40; i++) {
        id ring, scope = { { 0x0c, i } };
        assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, scope, CASE, &ring), OK);
        assert_int_equal(world_ring(x, RING_ADD, sam.token, ring, IVY, NULL), OK);
        r = world_seal(x, SCOPE_CASE, scope, CASE, "an invented case");
        assert_int_equal(world_open(x, ivy.token, &r), CODE_OK);
    }
    assert_int_equal(keeper_revoke(x->staff, ada.token, x->made.people[IVY].principal, lit("left"), &gen), OK);
    assert_int_equal(world_open(x, ivy.token, &r), CODE_LOCKED);
    assert_int_equal(world_open(x, sam.token, &r), CODE_OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring WHERE compartment = 3 AND epoch = 2"), 40);
    assert_int_equal(world_count(x, "SELECT count(*) FROM member WHERE class = 3"), 0);
}

/* --- the locked house -------------------------------------------------------------------------- */

static void a_locked_house_seals_and_gives_receipts_and_does_nothing_else(void **state)
{
    struct world *x = *state;
    struct signed_in in;
    struct receipt receipt, later;
    struct ring_key key;
    struct ticket t;
    struct locator places[LOCATORS];
    ptrdiff_t n;
    uint64_t seq;
    uint8_t digest[32] = { 1 };
    str head;
    assert_int_equal(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, TIP, &key), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    assert_int_equal(keeper_receipts(x->pub, 1, &receipt), OK);
    assert_int_equal(keeper_note(x->acceptor, NULL, ACT_WRITE, 1, tip.id, digest, &seq), OK);
    assert_int_equal(keeper_begin(x->staff, lit("sam"), x->device, &t), LOCKED);
    assert_int_equal(keeper_mail(x->pub, receipt.digits, places, &n, NULL, 0), LOCKED);
    assert_int_equal(keeper_head(x->jobs, &x->arena, &head), LOCKED);
    world_restart(x); /* locked again: another pepper */
    assert_int_equal(keeper_receipts(x->pub, 1, &later), OK);
    assert_int_not_equal(later.pepper, receipt.pepper);
    assert_int_equal(world_unlock(x, lit("a house by another river")), NOT_FOUND);
    assert_int_equal(keeper_begin(x->staff, lit("sam"), x->device, &t), LOCKED);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    in = world_in(x, LIN);
    assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    assert_int_equal(keeper_mail(x->pub, receipt.digits, places, &n, NULL, 0), OK);
    bool found = false;
    for (ptrdiff_t i = 0; i < n; i++)
        found |= !memcmp(places[i].at, receipt.locator, 16);
    assert_true(found);
    assert_int_equal(keeper_unlock(x->staff, digest), INVALID); /* the unlock channel's alone */
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf WHERE sig = zeroblob(64)") > 2, true);
    world_restart(x);
    assert_int_equal(keeper_begin(x->staff, lit("sam"), x->device, &t), LOCKED);
}

static void what_was_not_made_as_a_demo_opens_with_no_clear_key_and_no_cheap_passphrase(void **state)
{
    struct world *x = *state;
    struct keeper_core *core;
    uint8_t k0[KEY] = { 1 }, salt[16] = { 0 }, clear[SECRET_FILE];
    secret_write(SECRET_DEMO, salt, k0, k0, clear);
    assert_int_equal(core_open(x->db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)clear, SECRET_FILE }, x->chance, 2, &core), INVALID);
    x->made.anchor[4] ^= 1; /* the demo flag, without root's signature */
    assert_int_equal(core_open(x->db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)clear, SECRET_FILE }, x->chance, 2, &core), INVALID);
    x->made.anchor[4] ^= 1;
    struct signed_in in;
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    in = world_in(x, LIN);
    world_sql(x, "UPDATE slot SET ops = 1, mem_kib = 8 WHERE kind = 1");
    assert_int_equal(sign_in(x, LIN, world_people[LIN].passphrase, &in), NOT_FOUND);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
#define LOCKED_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_locked_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_wrong_passphrase_a_wrong_code_and_an_unknown_name_get_the_same_answer),
        HOUSE(a_totp_code_counts_once),
        HOUSE(a_ticket_serves_once_on_its_own_channel_and_for_ten_seconds),
        HOUSE(an_idle_session_asks_for_the_passphrase_alone_and_ends_after_its_day),
        HOUSE(a_fourth_session_ends_the_oldest_and_an_ended_one_is_gone),
        HOUSE(who_signs_once_keeps_their_three_sessions_and_has_one_such_place),
        HOUSE(a_passphrase_is_changed_with_the_old_one_and_other_sessions_end),
        HOUSE(a_recovery_code_gives_a_new_passphrase_and_serves_once),
        HOUSE(a_newcomer_is_nobody_until_two_others_have_compared_the_fingerprint),
        HOUSE(acts_on_people_may_be_repeated),
        HOUSE(a_used_code_is_no_way_to_guess_a_passphrase),
        HOUSE(who_leaves_is_out_by_cookie_passphrase_and_code_and_no_table_row_brings_them_back),
        HOUSE(the_envelope_certifies_reads_nothing_and_its_use_is_seen),
        HOUSE(the_first_certifier_of_a_month_turns_the_page_of_the_offices),
        HOUSE(an_invitation_that_ran_out_gives_its_name_free_and_its_code_opens_nothing),
        HOUSE(who_leaves_forty_rings_leaves_them_in_one_act),
        LOCKED_HOUSE(a_locked_house_seals_and_gives_receipts_and_does_nothing_else),
        LOCKED_HOUSE(what_was_not_made_as_a_demo_opens_with_no_clear_key_and_no_cheap_passphrase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
