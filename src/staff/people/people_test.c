/* The keeper has done its part and the content database fails: the act is repeated, and nobody is left half in or half out. */
#include "matrix.h"
#include "staff/account/account.h"

/* The rights of web-staff without those to write accounts: every such write is a fault, after the keeper's commit. */
enum { RIGHTS_MOST = 64 };
static struct db_right weak_rights[RIGHTS_MOST];
static struct db *weak;

static void open_weak(const struct matrix *m)
{
    const struct db_right *all = role_rights(PROCESS_WEB_STAFF);
    int n = 0;
    for (; all[n].table; n++) {
        must(n < RIGHTS_MOST - 1);
        weak_rights[n] = all[n];
        if (!strcmp(all[n].table, "account"))
            weak_rights[n].may = DB_READ;
    }
    must(db_open(m->app->path, (struct db_options){ .rights = weak_rights, .busy_ms = 1000 }, &weak) == OK);
}

static int make_world(void **state)
{
    struct matrix *m = matrix_make();
    *state = m;
    open_weak(m);
    return 0;
}

static int end_world(void **state)
{
    db_close(weak);
    matrix_end(*state);
    return 0;
}

static str text_of(struct arena *a, const char *text)
{
    return str_copy(a, str_of(text));
}

/* who: a role of the first office; "": somebody who is not signed in. */
static str ask(struct matrix *m, struct arena *a, const char *who, str path, const char *body)
{
    const struct matrix_caller *c = *who ? matrix_find(m, who, MEMBER) : matrix_find(m, "call_taker", DEPARTED);
    return matrix_ask(m, a, &(struct matrix_request){ STAFF_SIDE, POST, path, lit("application/x-www-form-urlencoded"),
                      text_of(a, body), SOUND, c });
}

/* The act while accounts cannot be written: told as a fault of ours, never as done nor as absent. */
static void assert_half_done(struct matrix *m, const char *who, str path, const char *body)
{
    struct arena a = m->scratch;
    m->staff.db = weak;
    (void)ask(m, &a, who, path, body);
    m->staff.db = m->staff_db;
    assert_true(m->app->w.status >= 500);
}

static str person_path(struct arena *a, id who, const char *act)
{
    return str_join(a, str_join(a, lit("/people/"), id_text(a, who)), str_of(act));
}

static str state_of(struct matrix *m, struct arena *a, str name)
{
    struct account found;
    return account_find_name(m->app->content, a, name, &found) == OK ? found.state : (str){ 0 };
}

#define assert_state(m, name, expected) assert_true(str_equal(state_of((m), &(m)->keep, (name)), lit(expected)))

static void a_departure_that_could_not_be_written_is_repeated(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    const struct matrix_caller *leaver = matrix_find(m, "call_taker", MEMBER);
    str path = person_path(&m->keep, leaver->account, "/depart"), name = lit("call_taker.member");
    struct who who;
    assert_half_done(m, "supervisor", path, "reason=has+left");
    assert_state(m, name, "active");
    assert_int_equal(keeper_who(m->app->keys->staff, leaver->token, &who), LOCKED); /* closed first */
    assert_true(str_starts(ask(m, &a, "supervisor", path, "reason=has+left"), lit("303\n")));
    assert_state(m, name, "left");
    assert_true(str_starts(ask(m, &a, "supervisor", path, "reason=has+left"), lit("404\n")));
}

static void an_invitation_that_could_not_be_written_is_repeated(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    assert_half_done(m, "administrator", lit("/people"), "name=newcomer&role=call_taker");
    assert_int_equal(state_of(m, &a, lit("newcomer")).len, 0);
    assert_true(str_starts(ask(m, &a, "administrator", lit("/people"), "name=newcomer&role=call_taker"), lit("200\n")));
    assert_state(m, lit("newcomer"), "invited");
    assert_true(str_starts(ask(m, &a, "administrator", lit("/people"), "name=newcomer&role=call_taker"), lit("422\n")));
}

/* Digits that stand in a page after a mark, spaces left out. */
static void digits_after(str page, const char *mark, char *to, int n)
{
    const char *at = memmem(page.at, (size_t)page.len, mark, strlen(mark));
    assert_non_null(at);
    int got = 0;
    for (at += strlen(mark); got < n && at < page.at + page.len; at++)
        if (*at >= '0' && *at <= '9')
            to[got++] = *at;
    assert_int_equal(got, n);
    to[n] = 0;
}

static id invite(struct matrix *m, uint8_t code[20])
{
    struct world *x = m->app->keys;
    struct account made = { .office = m->office[0], .name = lit("newcomer"), .role = lit("call_taker"), .state = lit("invited"),
                            .made_day = day_of(x->now) };
    const struct role *role = role_find(made.role);
    must(keeper_principal(x->staff, m->administrator.token, made.name, role->class, role->powers, (uint32_t)day_of(x->now) + 300,
                          &made.id, code) == OK);
    must(account_add(m->app->content, &made) == OK);
    return made.id;
}

static void keys_and_vouching_that_could_not_be_written_are_repeated(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    uint8_t code[20];
    char body[256], fingerprint[25];
    id who = invite(m, code);
    str typed = base32_text(&m->keep, code, sizeof code), path = person_path(&m->keep, who, "/certify");
    snprintf(body, sizeof body, "name=newcomer&code=%.*s&pass=a+long+invented+passphrase&pass2=a+long+invented+passphrase", (int)typed.len,
             typed.at);
    assert_half_done(m, "", lit("/enrol"), body);
    assert_state(m, lit("newcomer"), "invited");
    str page = ask(m, &a, "", lit("/enrol"), body);
    assert_true(str_starts(page, lit("200\n")));
    assert_state(m, lit("newcomer"), "pending");
    digits_after(page, "id=\"fingerprint\"", fingerprint, 24);
    snprintf(body, sizeof body, "fingerprint=%s", fingerprint);
    assert_true(str_starts(ask(m, &a, "administrator", path, body), lit("303\n")));
    assert_half_done(m, "supervisor", path, body);
    assert_state(m, lit("newcomer"), "pending");
    assert_true(str_starts(ask(m, &a, "supervisor", path, body), lit("303\n")));
    assert_state(m, lit("newcomer"), "active");
}

/* One stranger at a time on a small machine: the other is told so on the form, and neither code is used up. */
static void who_comes_while_another_makes_keys_keeps_the_form_and_tries_again(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    struct world *x = m->app->keys;
    struct keeper *other = keeper_in_process(x->core, ROLE_STAFF);
    uint8_t code[20], stranger[32] = { 0 };
    char body[256];
    struct ticket t;
    (void)invite(m, code);
    str typed = base32_text(&m->keep, code, sizeof code), busy = lit("Somebody else is signing in right now"), name = lit("value=\"newcomer\"");
    static const char passes[] = "pass=a+long+invented+passphrase&pass2=a+long+invented+passphrase";
    x->core->tickets_out = 1;
    snprintf(body, sizeof body, "name=newcomer&code=%.*s&%s", (int)typed.len, typed.at, passes);
    assert_int_equal(keeper_begin(other, lit("nobody"), stranger, &t), OK);
    for (int i = 0; i < 2; i++) {
        str page = ask(m, &a, "", i ? lit("/recover") : lit("/enrol"), body);
        assert_true(str_starts(page, lit("503\n")));
        assert_non_null(memmem(page.at, (size_t)page.len, busy.at, (size_t)busy.len));
        assert_non_null(memmem(page.at, (size_t)page.len, name.at, (size_t)name.len));
    }
    x->core->tickets_out = 2;
    assert_true(str_starts(ask(m, &a, "", lit("/enrol"), body), lit("200\n")));
}

static bool on_ring(struct matrix *m, id ring, const struct matrix_caller *c)
{
    char sql[200], r[33], who[33];
    hex_write(r, ring.at, 16);
    hex_write(who, c->account.at, 16);
    r[32] = who[32] = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM member WHERE ring = x'%s' AND member = x'%s'", r, who);
    return world_count(m->app->keys, sql) == 1;
}

/* A coordinator lets carers in, and nobody else; where no ring of carers is, the first who looks makes it. */
static void a_coordinator_gives_the_keys_of_carers_and_no_others(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    struct world *x = m->app->keys;
    const struct matrix_caller *coordinator = matrix_find(m, "coordinator", MEMBER), *specialist = matrix_find(m, "specialist", MEMBER);
    const struct matrix_caller *taker = matrix_find(m, "call_taker", MEMBER);
    id bare = { { 0x0f, 9 } };
    struct ring_key key;
    app_break(m->app, "UPDATE account SET office = x'0f090000000000000000000000000000' WHERE name IN"
                      " ('coordinator.member', 'specialist.member', 'call_taker.member')");
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, bare, VICTIM, &key), NOT_FOUND);
    assert_true(str_starts(ask(m, &a, "coordinator", person_path(&m->keep, specialist->account, "/admit"), ""), lit("303\n")));
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, bare, VICTIM, &key), OK);
    assert_true(on_ring(m, key.ring, coordinator) && on_ring(m, key.ring, specialist));
    assert_true(str_starts(ask(m, &a, "coordinator", person_path(&m->keep, taker->account, "/admit"), ""), lit("404\n")));
    assert_true(str_starts(ask(m, &a, "supervisor", person_path(&m->keep, specialist->account, "/admit"), ""), lit("404\n")));
    assert_int_equal(keeper_ring_key(x->staff, SCOPE_OFFICE, bare, TIP, &key), NOT_FOUND);
}

static str get_as(struct matrix *m, struct arena *a, const struct matrix_caller *c, str path)
{
    return matrix_ask(m, a, &(struct matrix_request){ STAFF_SIDE, GET, path, { 0 }, { 0 }, SOUND, c });
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

/* In the last 60 days the first page of who vouches says so, the page of the person has the form, and two renew. */
static void two_who_vouch_renew_an_account_before_it_ends(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    struct world *x = m->app->keys;
    const struct matrix_caller *taker = matrix_find(m, "call_taker", MEMBER), *who = matrix_find(m, "administrator", MEMBER);
    str path = person_path(&m->keep, taker->account, ""), act = person_path(&m->keep, taker->account, "/renew");
    str page = get_as(m, &a, who, path);
    assert_true(says(page, "Ends on") && !says(page, "Renew this account"));
    assert_true(says(ask(m, &a, "administrator", act, ""), "not yet time"));
    assert_false(says(get_as(m, &a, who, lit("/people")), "Renew the account of"));
    world_pass(x, (int64_t)(CERT_DAYS - 50) * 86400);
    who = matrix_open_keys(m, "administrator", MEMBER);
    page = get_as(m, &a, who, lit("/people"));
    assert_true(says(page, "Renew the account of"));
    assert_true(says(get_as(m, &a, who, path), "Renew this account"));
    assert_true(str_starts(ask(m, &a, "administrator", act, ""), lit("303\n")));
    page = get_as(m, &a, who, path);
    assert_true(says(page, "One more person must") && !says(page, "for another term"));
    matrix_open_keys(m, "supervisor", MEMBER);
    assert_true(says(get_as(m, &a, matrix_find(m, "supervisor", MEMBER), path), "you are the second"));
    assert_true(str_starts(ask(m, &a, "supervisor", act, ""), lit("303\n")));
    assert_false(says(get_as(m, &a, matrix_find(m, "supervisor", MEMBER), path), "Renew this account"));
    struct person_term t;
    assert_int_equal(keeper_term(x->staff, matrix_find(m, "supervisor", MEMBER)->token, taker->account, &t), OK);
    assert_int_equal(t.until_day, day_of(x->now) + CERT_DAYS);
    /* oneself: told, and no form */
    page = get_as(m, &a, who, person_path(&m->keep, who->account, ""));
    assert_true(says(page, "Ends on") && !says(page, "Renew this account"));
    assert_true(str_starts(ask(m, &a, "administrator", person_path(&m->keep, who->account, "/renew"), ""), lit("404\n")));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_departure_that_could_not_be_written_is_repeated),
        HOUSE(an_invitation_that_could_not_be_written_is_repeated),
        HOUSE(keys_and_vouching_that_could_not_be_written_are_repeated),
        HOUSE(who_comes_while_another_makes_keys_keeps_the_form_and_tries_again),
        HOUSE(two_who_vouch_renew_an_account_before_it_ends),
        HOUSE(a_coordinator_gives_the_keys_of_carers_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
