/* Two persons change how much one person may open; one alone does not, whoever it is. */
#include "matrix.h"

static int make_world(void **state)
{
    *state = matrix_make();
    return 0;
}

static int end_world(void **state)
{
    matrix_end(*state);
    return 0;
}

static str ask(struct matrix *m, struct arena *a, enum method method, const char *path, const char *body)
{
    return matrix_ask(m, a, &(struct matrix_request){ STAFF_SIDE, method, str_of(path), lit("application/x-www-form-urlencoded"),
                      str_of(body), SOUND, matrix_find(m, "administrator", MEMBER) });
}

static bool shows(str page, const char *text)
{
    return memmem(page.at, (size_t)page.len, text, strlen(text)) != NULL;
}

/* The budget of TIP as the page shows it. */
static bool shows_tips(struct matrix *m, const char *hour, const char *day)
{
    struct arena a = m->scratch;
    char row[128];
    snprintf(row, sizeof row, "<th scope=\"row\">tip</th><td>%s</td><td>%s</td>", hour, day);
    return shows(ask(m, &a, GET, "/settings", ""), row);
}

/* Six digits of somebody of the house, fresh. */
static uint32_t code_of(struct matrix *m, const struct matrix_caller *c)
{
    world_pass(m->app->keys, 31);
    return totp_code(m->app->keys->made.people[c - m->callers].otp_secret, m->app->keys->now);
}

/* Asks for 7 in an hour and 9 in a day; the status of the answer. */
static int ask_with(struct matrix *m, const char *name, const char *pass, uint32_t otp)
{
    struct arena a = m->scratch;
    char body[256];
    snprintf(body, sizeof body, "kind=tip&hour=7&day=9&name=%s&pass=%s&otp=%06u", name, pass, (unsigned)otp);
    (void)ask(m, &a, POST, "/budgets", body);
    return m->app->w.status;
}

#define PASS "an+invented+passphrase+of+the+matrix"

static void an_administrator_and_somebody_who_may_approve_change_a_budget(void **state)
{
    struct matrix *m = *state;
    const struct matrix_caller *supervisor = matrix_find(m, "supervisor", MEMBER);
    static struct log_line lines[LOG_LINES];
    ptrdiff_t n, set = 0;
    assert_true(shows_tips(m, "5000", "25000"));
    assert_int_equal(ask_with(m, "supervisor.member", PASS, code_of(m, supervisor)), 303);
    assert_true(shows_tips(m, "7", "9"));
    must(keeper_log(m->app->keys->staff, matrix_find(m, "auditor", MEMBER)->token, false, 0, lines, &n) == OK);
    while (set < n && lines[set].action != ACT_SETTING)
        set++;
    assert_true(set > 0 && set < n);
    assert_true(lines[set].opened && lines[set].compartment == TIP && id_equal(lines[set].about, supervisor->account));
    assert_true(id_equal(lines[set].principal, matrix_find(m, "administrator", MEMBER)->account));
    assert_int_equal(lines[set - 1].action, ACT_END); /* the second person's session ended with the act */
    assert_true(id_equal(lines[set - 1].principal, supervisor->account));
}

static void who_agrees_elsewhere_with_three_sign_ins_keeps_them(void **state)
{
    struct matrix *m = *state;
    const struct matrix_caller *supervisor = matrix_find(m, "supervisor", MEMBER);
    const uint8_t *otp = m->app->keys->made.people[supervisor - m->callers].otp_secret;
    struct signed_in in[3];
    struct who who;
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_sign_in(m->app->keys, lit("supervisor.member"), lit("an invented passphrase of the matrix"), otp, &in[i]), OK);
    assert_int_equal(keeper_who(m->app->keys->staff, supervisor->token, &who), LOCKED); /* a fourth does end one */
    assert_int_equal(ask_with(m, "supervisor.member", PASS, code_of(m, supervisor)), 303);
    for (int i = 0; i < 3; i++)
        assert_int_equal(keeper_who(m->app->keys->staff, in[i].token, &who), OK);
}

static void the_envelope_is_a_second_person_too(void **state)
{
    struct matrix *m = *state;
    struct arena a = m->scratch;
    str code = base32_text(&a, m->app->keys->made.envelope, sizeof m->app->keys->made.envelope);
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)code.len, code.at);
    m->scratch = a; /* the text above stays */
    assert_int_equal(ask_with(m, "envelope", text, 0), 303);
    assert_true(shows_tips(m, "7", "9"));
}

static void one_person_alone_changes_nothing(void **state)
{
    struct matrix *m = *state;
    const struct matrix_caller *own = matrix_find(m, "administrator", MEMBER), *auditor = matrix_find(m, "auditor", MEMBER),
                               *left = matrix_find(m, "supervisor", DEPARTED), *supervisor = matrix_find(m, "supervisor", MEMBER);
    assert_int_equal(ask_with(m, "administrator.member", PASS, code_of(m, own)), 422);
    assert_int_equal(ask_with(m, "auditor.member", PASS, code_of(m, auditor)), 422);
    assert_int_equal(ask_with(m, "supervisor.departed", PASS, code_of(m, left)), 422);
    assert_int_equal(ask_with(m, "nobody.here", PASS, 123456), 422);
    assert_int_equal(ask_with(m, "supervisor.member", "another+invented+passphrase", code_of(m, supervisor)), 422);
    assert_int_equal(ask_with(m, "supervisor.member", PASS, UINT32_MAX), 422);
    assert_true(shows_tips(m, "5000", "25000"));
}

static void numbers_that_make_no_sense_are_shown_again(void **state)
{
    struct matrix *m = *state;
    static const char *const bodies[] = {
        "kind=tip&hour=0&day=9&name=x&pass=y", "kind=tip&hour=12&day=9&name=x&pass=y", "kind=tip&hour=ten&day=9&name=x&pass=y",
        "kind=all&hour=7&day=9&name=x&pass=y", "kind=tip&hour=7&day=10000001&name=x&pass=y", "kind=tip&hour=7&day=9&name=&pass=y",
    };
    for (ptrdiff_t i = 0; i < countof(bodies); i++) {
        struct arena a = m->scratch;
        str page = ask(m, &a, POST, "/budgets", bodies[i]);
        assert_true(str_starts(page, lit("422\n")));
        assert_true(shows(page, "id=\"problems\""));
    }
    assert_true(shows_tips(m, "5000", "25000"));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(an_administrator_and_somebody_who_may_approve_change_a_budget),
        HOUSE(who_agrees_elsewhere_with_three_sign_ins_keeps_them),
        HOUSE(the_envelope_is_a_second_person_too),
        HOUSE(one_person_alone_changes_nothing),
        HOUSE(numbers_that_make_no_sense_are_shown_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
