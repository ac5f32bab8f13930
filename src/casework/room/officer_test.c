/*
 * 8 U.S.C. 1367 on the pages of a case: an immigration officer who was put on it reads what is of the case, and nothing of its tips. No
 * job of this version has that class; here the keeper knows somebody by it whom the pages take for an investigator, so that only the
 * keys stand in the way.
 */
#include "matrix.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"
#include "lib/crypt/crypt.h"
#include "lib/web/html.h"
#include "staff/account/account.h"
#include "staff/session/session.h"

static struct post {
    struct matrix *m;
    const struct matrix_caller *ivy, *ann; /* investigator, who opens the cases; analyst */
    struct matrix_caller officer;
    struct arena a;
    int made;
} post;

/* Made, enrolled, and vouched for by two: as anybody who begins. */
static struct signed_in begin_work(struct matrix *m, str name, enum wall_class class)
{
    struct world *x = m->app->keys;
    struct ticket t;
    struct enrolled made;
    struct signed_in in;
    uint8_t code[20], stretched[KEY];
    uint32_t missing;
    str passphrase = lit("an invented passphrase of an officer");
    id who;
    must(keeper_principal(x->staff, m->administrator.token, name, class, 0, (uint32_t)day_of(x->now) + 300, &who, code) == OK);
    must(keeper_begin(x->staff, name, x->device, &t) == OK && stretch(passphrase, t.salt, t.cost, stretched) == OK);
    must(keeper_enrol(x->staff, code, t.number, stretched, &made) == OK);
    must(keeper_certify(x->staff, m->administrator.token, who, made.fingerprint, &missing) == OK);
    must(keeper_certify(x->staff, m->supervisor.token, who, made.fingerprint, &missing) == OK && !missing);
    must(world_sign_in(x, name, passphrase, made.otp_secret, &in) == OK);
    return in;
}

static int open_post(void **state)
{
    post.m = matrix_make();
    post.ivy = matrix_find(post.m, "investigator", MEMBER);
    post.ann = matrix_find(post.m, "analyst", MEMBER);
    post.a = arena_reserve(64 << 20);
    struct signed_in in = begin_work(post.m, lit("officer"), CLASS_IMMIGRATION);
    struct account account = { .id = in.principal, .office = post.m->office[0], .name = lit("officer"), .role = lit("investigator"),
                               .state = lit("active"), .made_day = day_of(post.m->app->keys->now) };
    post.officer = (struct matrix_caller){ .role = post.ivy->role, .signed_in = true, .account = in.principal, .token = in.token };
    memcpy(post.officer.cookie, "s=", 2);
    hex_write(post.officer.cookie + 2, in.token.at, sizeof in.token.at);
    keyed_hash(in.token.at, "form key", (str){ 0 }, post.officer.form_key, sizeof post.officer.form_key);
    must(account_add(post.m->app->content, &account) == OK);
    must(session_open(post.m->app->content, in.token, (token){ { 0 } }, in.principal, post.m->app->keys->now) == OK);
    *state = &post;
    return 0;
}

static int close_post(void **state)
{
    (void)state;
    matrix_end(post.m);
    return 0;
}

static str ask(const struct matrix_caller *who, enum method method, str path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = path, .type = lit("application/x-www-form-urlencoded"),
                                .body = str_of(body), .caller = who };
    return matrix_ask(post.m, &post.a, &q);
}

static str path(id root, const char *after)
{
    return str_join(&post.a, str_join(&post.a, lit("/cases/"), id_text(&post.a, root)), str_of(after));
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static void assert_done(str page)
{
    if (!str_starts(page, lit("303\n")))
        fail_msg("%.*s", (int)page.len, page.at);
}

static id open_case(bool from_tip)
{
    struct request r = { .arena = &post.a };
    char body[512];
    id root = { { 0x73, (uint8_t)post.made++ } };
    str text = id_text(&post.a, root);
    memcpy(r.caller.form_key, post.ivy->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(&post.a, lit("/cases/new/"), text));
    snprintf(body, sizeof body, "title=a+shed&case=%.*s&made=%.*s&tip=%s", (int)text.len, text.at, (int)proof.len, proof.at,
             from_tip ? post.m->planted[0][TIP_ID] : "");
    assert_done(ask(post.ivy, POST, lit("/cases/new"), body));
    assert_done(ask(post.ivy, POST, path(root, "/add"), "_kind=note&_day=2026-09-01&text=seen+from+the+road"));
    return root;
}

static void put_on(id root, const struct matrix_caller *who)
{
    char body[80];
    str text = id_text(&post.a, who->account);
    snprintf(body, sizeof body, "do=add&person=%.*s", (int)text.len, text.at);
    assert_done(ask(post.ivy, POST, path(root, "/people"), body));
}

static void link_tip(id root)
{
    char body[160];
    str text = id_text(&post.a, root);
    snprintf(body, sizeof body, "do=link&tip=%s&into=%.*s", post.m->planted[0][TIP_ID], (int)text.len, text.at);
    assert_done(ask(post.ivy, POST, lit("/cases/new"), body));
}

static id ring_of(id root, enum compartment c)
{
    struct ring_key ring;
    must(keeper_ring_key(post.m->app->keys->staff, SCOPE_CASE, root, c, &ring) == OK);
    return ring.ring;
}

/* With the officer's own keys, past every page: the box of the tip that was made for the case. */
static uint8_t opens_box(const struct matrix_caller *who, id root)
{
    struct app *x = post.m->app;
    struct open_row row = { .row = post.m->tip[0] };
    must(share_find(x->content, &post.a, post.m->tip[0], post.m->tip[0], ring_of(root, TIP), day_of(x->keys->now), &row.keybox) == OK);
    must(keeper_open(x->keys->staff, who->token, PURPOSE_READ, root, &row, 1) == OK);
    return row.code;
}

static void assert_of_the_case_and_nothing_of_the_tip(id root)
{
    static const enum planted of_the_tip[] = { IN_TIP, IN_SOURCE, IN_ADDITION, IN_NOTE, IN_REPLY, TIP_ID };
    static const char *const pages[] = { "", "/csv", "/json", "/subject", "/add" };
    str page = ask(&post.officer, GET, path(root, ""), "");
    assert_true(str_starts(page, lit("200\n")) && says(page, "a shed") && says(page, "seen from the road"));
    assert_true(says(ask(&post.officer, GET, path(root, "/csv"), ""), "seen from the road"));
    for (ptrdiff_t i = 0; i < countof(pages); i++)
        for (ptrdiff_t k = 0; k < countof(of_the_tip); k++)
            assert_false(says(ask(&post.officer, GET, path(root, pages[i]), ""), post.m->planted[0][of_the_tip[k]]));
    assert_int_equal(opens_box(&post.officer, root), CODE_NONE);
    /* Controls: the same pages and the same box, for a colleague of another class who was put on it by the same act. */
    page = ask(post.ann, GET, path(root, ""), "");
    assert_true(says(page, "seen from the road") && says(page, post.m->planted[0][IN_TIP]) && says(page, post.m->planted[0][IN_NOTE]));
    assert_int_equal(opens_box(post.ann, root), CODE_OK);
}

static void an_officer_put_on_the_case_reads_the_case_and_not_its_tip(void **state)
{
    (void)state;
    id root = open_case(true);
    put_on(root, &post.officer);
    put_on(root, post.ann);
    assert_of_the_case_and_nothing_of_the_tip(root);
}

static void a_tip_linked_later_reaches_everybody_on_the_case_but_the_officer(void **state)
{
    (void)state;
    struct ring_key none;
    id root = open_case(false);
    put_on(root, &post.officer);
    put_on(root, post.ann);
    assert_int_equal(keeper_ring_key(post.m->app->keys->staff, SCOPE_CASE, root, TIP, &none), NOT_FOUND);
    link_tip(root);
    assert_of_the_case_and_nothing_of_the_tip(root);
    link_tip(root); /* pressed twice */
    assert_of_the_case_and_nothing_of_the_tip(root);
}

/* The keeper's answer to the act itself, whoever of the case does it; and to the row boxed for the ring that the officer does hold. */
static void the_keeper_refuses_the_ring_and_the_way_around_it(void **state)
{
    (void)state;
    struct app *x = post.m->app;
    struct tip_row tip;
    struct ring_done done;
    uint8_t box[1][KEYBOX];
    static const uint8_t none[KEYBOX];
    id root = open_case(true);
    put_on(root, &post.officer);
    struct ring_act act = { .token = post.ivy->token, .ring = ring_of(root, TIP), .member = post.officer.account, .reason = "a test" };
    assert_int_equal(keeper_ring(x->keys->staff, RING_ADD, &act, &done), NOT_FOUND);
    assert_int_equal(tip_find(x->content, &post.a, post.m->office[0], post.m->tip[0], &tip), OK);
    struct open_row row = { .row = tip.id, .keybox = (const uint8_t *)tip.sealed.at };
    assert_int_equal(keeper_share(x->keys->staff, post.ivy->token, PURPOSE_LINK, root, ring_of(root, CASE), (id){ 0 }, &row, 1, box), OK);
    assert_memory_equal(box[0], none, KEYBOX);
    assert_int_equal(keeper_share(x->keys->staff, post.ivy->token, PURPOSE_LINK, root, ring_of(root, TIP), (id){ 0 }, &row, 1, box), OK);
    assert_memory_not_equal(box[0], none, KEYBOX);
}

static void taken_off_the_case_a_colleague_reads_no_tip_that_comes_after(void **state)
{
    (void)state;
    char body[80];
    id root = open_case(true);
    put_on(root, post.ann);
    str text = id_text(&post.a, post.ann->account);
    snprintf(body, sizeof body, "do=remove&person=%.*s", (int)text.len, text.at);
    assert_int_equal(opens_box(post.ann, root), CODE_OK);
    assert_done(ask(post.ivy, POST, path(root, "/people"), body));
    assert_int_equal(opens_box(post.ann, root), CODE_NONE);
    assert_int_equal(opens_box(post.ivy, root), CODE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_officer_put_on_the_case_reads_the_case_and_not_its_tip),
        cmocka_unit_test(a_tip_linked_later_reaches_everybody_on_the_case_but_the_officer),
        cmocka_unit_test(the_keeper_refuses_the_ring_and_the_way_around_it),
        cmocka_unit_test(taken_off_the_case_a_colleague_reads_no_tip_that_comes_after),
    };
    return cmocka_run_group_tests_name("room_officer", tests, open_post, close_post);
}
