/* Who lost passphrase and recovery code comes back: another account, and the keys of the cases the former one was on, given by who is on them. */
#include "matrix.h"
#include "staff/account/account.h"
#include "staff/session/session.h"

static struct back {
    struct matrix *m;
    const struct matrix_caller *sam, *ivy;
    struct matrix_caller again; /* ivy's new account */
    struct arena a;
} back;

static str ask(const struct matrix_caller *who, enum method method, str path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = path, .type = lit("application/x-www-form-urlencoded"),
                                .body = str_of(body), .caller = who };
    return matrix_ask(back.m, &back.a, &q);
}

static str path(const char *before, id i, const char *after)
{
    return str_join(&back.a, str_join(&back.a, str_of(before), id_text(&back.a, i)), str_of(after));
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

/* Made, enrolled, vouched for by two, and with the account of that job. */
static void come_again(const char *role)
{
    struct matrix *m = back.m;
    struct world *x = m->app->keys;
    const struct role *job = role_find(str_of(role));
    struct ticket t;
    struct enrolled made;
    struct signed_in in;
    uint8_t code[20], stretched[KEY];
    uint32_t missing;
    str name = lit("ivy.again"), passphrase = lit("another invented passphrase of hers");
    id who;
    must(keeper_principal(x->staff, m->administrator.token, name, job->class, job->powers, (uint32_t)day_of(x->now) + 300, &who, code) == OK);
    must(keeper_begin(x->staff, name, x->device, &t) == OK && stretch(passphrase, t.salt, t.cost, stretched) == OK);
    must(keeper_enrol(x->staff, code, t.number, stretched, &made) == OK);
    must(keeper_certify(x->staff, m->administrator.token, who, made.fingerprint, &missing) == OK);
    must(keeper_certify(x->staff, m->supervisor.token, who, made.fingerprint, &missing) == OK && !missing);
    must(world_sign_in(x, name, passphrase, made.otp_secret, &in) == OK);
    struct account account = { .id = who, .office = m->office[0], .name = name, .role = str_of(role), .state = lit("active"), .made_day = day_of(x->now) };
    back.again = (struct matrix_caller){ .role = job, .signed_in = true, .account = who, .token = in.token };
    memcpy(back.again.cookie, "s=", 2);
    hex_write(back.again.cookie + 2, in.token.at, sizeof in.token.at);
    keyed_hash(in.token.at, "form key", (str){ 0 }, back.again.form_key, sizeof back.again.form_key);
    must(account_add(m->app->content, &account) == OK);
    must(session_open(m->app->content, in.token, (token){ { 0 } }, who, x->now) == OK);
}

static int open_back(void **state)
{
    back.m = matrix_make();
    back.sam = matrix_find(back.m, "supervisor", MEMBER);
    back.ivy = matrix_find(back.m, "investigator", MEMBER);
    back.a = arena_reserve(128 << 20);
    *state = &back;
    return 0;
}

static int close_back(void **state)
{
    (void)state;
    matrix_end(back.m);
    return 0;
}

static void the_new_account_gets_the_cases_of_the_former_one_and_no_others(void **state)
{
    (void)state;
    struct matrix *m = back.m;
    str its_case = path("/cases/", m->casefile[0], "");
    char body[300], root[33] = "", other[33] = "";
    const char *title = m->planted[0][IN_CASE];
    assert_true(str_starts(ask(back.ivy, GET, its_case, ""), lit("200")));
    assert_true(str_starts(ask(matrix_find(m, "administrator", MEMBER), POST, path("/people/", back.ivy->account, "/depart"), "reason=lost"), lit("303")));
    come_again("investigator");
    str page = path("/people/", back.again.account, "/cases"), chosen = str_join(&back.a, page, lit("?former=investigator.member"));
    assert_true(str_starts(ask(&back.again, GET, its_case, ""), lit("404")));
    assert_true(says(ask(back.sam, GET, path("/people/", back.again.account, ""), ""), "They had an account before"));
    assert_false(says(ask(back.sam, GET, page, ""), title));
    assert_true(says(ask(back.sam, GET, chosen, ""), title));
    assert_false(says(ask(matrix_find(m, "supervisor", ELSEWHERE), GET, chosen, ""), title)); /* not on it: not listed */
    assert_false(says(ask(&back.again, GET, chosen, ""), title));
    hex_write(root, m->casefile[0].at, 16);
    hex_write(other, m->casefile[1].at, 16);
    snprintf(body, sizeof body, "former=investigator.member&case=%s", other); /* of another office: not among those listed */
    assert_true(str_starts(ask(back.sam, POST, page, body), lit("422")));
    snprintf(body, sizeof body, "former=investigator.member&case=%s", root);
    assert_true(str_starts(ask(matrix_find(m, "supervisor", ELSEWHERE), POST, page, body), lit("422")));
    assert_true(str_starts(ask(&back.again, GET, its_case, ""), lit("404")));
    assert_true(str_starts(ask(back.sam, POST, page, body), lit("303")));
    str now = ask(&back.again, GET, its_case, "");
    assert_true(str_starts(now, lit("200")) && says(now, m->planted[0][IN_ENTRY]));
    assert_false(says(ask(back.sam, GET, chosen, ""), title)); /* is on it now */
    assert_true(str_starts(ask(&back.again, GET, path("/cases/", m->casefile[1], ""), ""), lit("404")));
}

static void a_job_that_reads_no_case_is_given_none(void **state)
{
    (void)state;
    struct matrix *m = back.m;
    char body[200], root[33] = "";
    hex_write(root, m->casefile[0].at, 16);
    snprintf(body, sizeof body, "former=investigator.member&case=%s", root);
    assert_true(str_starts(ask(matrix_find(m, "administrator", MEMBER), POST, path("/people/", back.ivy->account, "/depart"), "reason=lost"), lit("303")));
    come_again("call_taker");
    str page = path("/people/", back.again.account, "/cases");
    assert_true(says(ask(back.sam, GET, str_join(&back.a, page, lit("?former=investigator.member")), ""), "can never read a case"));
    assert_true(str_starts(ask(back.sam, POST, page, body), lit("422")));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_back, close_back)
    const struct CMUnitTest tests[] = {
        HOUSE(the_new_account_gets_the_cases_of_the_former_one_and_no_others),
        HOUSE(a_job_that_reads_no_case_is_given_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
