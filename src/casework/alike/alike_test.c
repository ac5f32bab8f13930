/*
 * What a case names, in the house of the access matrix with an engine of its own: told to whoever is on the case and to nobody else, never from evidence,
 * and gone with the words that named it. Everybody and everything in it is invented.
 */
#include "engine_desk.h"
#include "casework/timeline/timeline.h"
#include "common/keep/keep.h"
#include "triage/match/match_across.h"

static int made;

static const struct matrix_caller *ivy(void)
{
    return matrix_find(desk.m, "investigator", MEMBER);
}

/* A case that who opens; its path. */
static const char *open_case(const struct matrix_caller *who, const char *fields)
{
    struct request r = { .arena = &desk.a };
    id root = { { 0x7a, 0, (uint8_t)++made } };
    const char *text = str_c(&desk.a, id_text(&desk.a, root));
    char body[1024];
    memcpy(r.caller.form_key, who->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(&desk.a, lit("/cases/new/"), str_of(text)));
    snprintf(body, sizeof body, "case=%s&made=%.*s&tip=&%s", text, (int)proof.len, proof.at, fields);
    assert_true(says(ask(who, POST, "/cases/new", body), "303"));
    return str_c(&desk.a, str_join(&desk.a, lit("/cases/"), str_of(text)));
}

static void write_in(const char *case_path, const char *body)
{
    assert_true(says(ask(ivy(), POST, page_of(case_path, "/add"), body), "303"));
}

static str alike(const struct matrix_caller *who, const char *path)
{
    return ask(who, GET, page_of(path, "/alike"), "");
}

static const char *named(const char *path)
{
    return strrchr(path, '/') + 1;
}

static id id_of(const char *path)
{
    id out;
    assert_true(id_read(str_of(named(path)), &out));
    return out;
}

static bool offers(str page, const char *path)
{
    return says(page, page_of(path, "\""));
}

static void a_case_and_a_tip_that_name_the_same_are_told_from_either(void **state)
{
    (void)state;
    const char *root = open_case(ivy(), "title=Invented+row&summary=He+answers+at+202-555-0161"), *one = tip("narrative=Call+202-555-0161+for+a+room"),
               *other = open_case(ivy(), "title=Another+invented+one&summary=Again+(202)+555-0161");
    assert_true(says(alike(ivy(), root), "has not been read for look-alikes yet"));
    walk();
    str page = alike(ivy(), root);
    assert_true(offers(page, one) && offers(page, other) && says(page, "the same: Telephone") && says(page, "Another invented one"));
    page = alike(ivy(), one);
    assert_true(offers(page, root) && offers(page, other) && says(page, "Your cases that name the same"));
    /* A supervisor of the same office, who reads that tip, is on neither; others are not even here. */
    assert_false(says(alike(desk.here, one), "Your cases that name the same"));
    assert_true(says(alike(desk.here, root), "404") && says(alike(matrix_find(desk.m, "investigator", ELSEWHERE), root), "404"));
    char body[200];
    snprintf(body, sizeof body, "tip=%s&into=%s&do=link", one + 6, root + 7);
    assert_true(says(ask(ivy(), POST, "/cases/new", body), "303"));
    uint32_t number = index_find(&engine.tips.index, id_of(one));
    assert_true(id_is_zero(engine.tips.groups[index_entry(&engine.tips.index, number)->group].rings[1]));
    walk();
    number = index_find(&engine.tips.index, id_of(one));
    assert_false(id_is_zero(engine.tips.groups[index_entry(&engine.tips.index, number)->group].rings[1])); /* and who holds the ring of its tips is among its readers */
    page = alike(ivy(), root);
    assert_true(!offers(page, one) && offers(page, other)); /* on it by now */
    page = alike(ivy(), one);
    assert_true(!offers(page, root) && offers(page, other));
}

static void what_subjects_and_entries_say_is_read_while_it_stands_and_evidence_never(void **state)
{
    (void)state;
    const char *root = open_case(ivy(), "title=Read+entries&summary="), *noted = tip("narrative=Ask+at+202-555-0162"), *named = tip("narrative=Write+to+an.invented@example.org"),
               *kept = tip("narrative=See+https://ads.example/invented-77");
    write_in(root, "_kind=note&_day=2026-09-01&text=The+landlord+has+202-555-0162");
    write_in(root, "_kind=ad_capture&_day=2026-09-01&url=https://ads.example/invented-77&minor_suspected=no");
    assert_true(says(ask(ivy(), POST, page_of(root, "/subject"), "name=Invented+man&about=an.invented@example.org"), "303"));
    walk();
    str page = alike(ivy(), root);
    assert_true(offers(page, noted) && offers(page, named) && !offers(page, kept) && says(page, "the same: E-mail"));
    struct timeline_entries list;
    assert_int_equal(timeline_list(desk.m->app->content, &desk.a, id_of(root), lit("note"), NULL, 1, &list), OK);
    char form[200];
    snprintf(form, sizeof form, "_corrects=%s&_do=withdraw&_why=not+so", str_c(&desk.a, id_text(&desk.a, list.at[0].id)));
    assert_true(says(ask(ivy(), POST, page_of(root, "/correct"), form), "303"));
    walk();
    page = alike(ivy(), root);
    assert_true(!offers(page, noted) && offers(page, named));
}

/* Pages of who is not on it are the same to the byte, whatever it names: a tip's, a group's, the count that weighs them, and pairs beyond walls. */
static void a_case_changes_nothing_for_who_is_not_on_it(void **state)
{
    (void)state;
    const char *one = tip("narrative=Plate+7XYZ321+stood+there"), *other = tip("narrative=The+car+has+plate+7XYZ321");
    struct match_across_answer pairs;
    const struct match_across_question all = { .skip = 0 };
    walk();
    str page = alike(desk.here, one), group = ask(desk.here, GET, page_of(one, "/group"), ""), mine = alike(ivy(), one);
    const char *root = open_case(ivy(), "title=Plate&summary=Seen:+plate+7XYZ321");
    walk();
    assert_true(str_equal(alike(desk.here, one), page) && str_equal(ask(desk.here, GET, page_of(one, "/group"), ""), group));
    assert_true(!str_equal(alike(ivy(), one), mine) && offers(alike(ivy(), root), other)); /* the control */
    match_service_across(&engine.tips, &all, &pairs);
    for (int i = 0; i < pairs.len; i++)
        assert_true(!id_equal(pairs.at[i].tip[0], id_of(root)) && !id_equal(pairs.at[i].tip[1], id_of(root)));
}

/* Whoever is put on it from another office sees it name the same as theirs; taken off it, no more. */
static void who_is_put_on_it_sees_it(void **state)
{
    (void)state;
    const struct matrix_caller *ann = matrix_find(desk.m, "analyst", MEMBER);
    const char *root = open_case(ivy(), "title=For+two&summary=mail+two.invented@example.org"), *one = tip("narrative=two.invented@example.org+wrote+me");
    char person[64];
    walk();
    assert_false(says(alike(ann, one), "Your cases that name the same"));
    snprintf(person, sizeof person, "do=add&person=%s", str_c(&desk.a, id_text(&desk.a, ann->account)));
    assert_true(says(ask(ivy(), POST, page_of(root, "/people"), person), "303"));
    assert_true(offers(alike(ann, one), root) && offers(alike(ann, root), one));
    snprintf(person, sizeof person, "do=remove&person=%s", str_c(&desk.a, id_text(&desk.a, ann->account)));
    assert_true(says(ask(ivy(), POST, page_of(root, "/people"), person), "303"));
    assert_false(says(alike(ann, one), "Your cases that name the same"));
}

static void a_case_that_is_gone_is_forgotten_and_its_place_is_taken(void **state)
{
    (void)state;
    const char *root = open_case(ivy(), "title=Short+lived&summary=gone.invented@example.org"), *one = tip("narrative=gone.invented@example.org");
    walk();
    uint32_t groups = engine.tips.group_count, live = engine.tips.index.live;
    assert_true(offers(alike(ivy(), one), root));
    assert_true(match_service_forget(&engine.tips, id_of(root)) && !match_service_forget(&engine.tips, id_of(root)));
    assert_false(says(alike(ivy(), one), "Your cases that name the same"));
    assert_int_equal(engine.tips.index.live, live - 1);
    const char *next = open_case(ivy(), "title=In+its+place&summary=gone.invented@example.org");
    walk();
    assert_true(offers(alike(ivy(), one), next) && offers(alike(ivy(), one), root)); /* the first one was read anew: it is there */
    assert_int_equal(engine.tips.group_count, groups + 1);
    assert_int_equal(engine.tips.index.live, live + 1);
}

/* In a house with more cases than there is room for, the others are left out, and tips find their place. */
static void too_many_cases_leave_room_for_tips(void **state)
{
    (void)state;
    uint32_t had = engine.tips.file_count;
    engine.tips.file_count = MATCH_FILES_MOST;
    const char *root = open_case(ivy(), "title=One+too+many&summary=full.invented@example.org"), *one = tip("narrative=full.invented@example.org");
    walk();
    assert_true(says(alike(ivy(), root), "has not been read for look-alikes yet") && says(alike(ivy(), one), "No other tip to compare"));
    engine.tips.file_count = had;
    walk();
    assert_true(offers(alike(ivy(), root), one));
}

/* Tips that are on the case already take nobody's place, however many they are. */
static void what_is_on_the_case_hides_nothing(void **state)
{
    (void)state;
    const char *root = open_case(ivy(), "title=Many+tips&summary=many.invented@example.org"), *last = tip("narrative=Last:+many.invented@example.org");
    char sql[300];
    for (int i = 0; i < MATCH_NAMED_SHOWN + 5; i++) { /* like the tip but for its id, which is later: the older of equal ones come first */
        snprintf(sql, sizeof sql, "INSERT INTO case_tip (root, tip, author, day) VALUES (x'%s', x'%032x', x'%s', 1)", named(root), i + 1, named(root));
        app_break(desk.m->app, sql);
    }
    walk();
    id of = id_of(last);
    uint32_t group = index_entry(&engine.tips.index, index_find(&engine.tips.index, of))->group, number;
    for (int i = 0; i < MATCH_NAMED_SHOWN + 5; i++) {
        struct index_fact fact = { MATCH_EMAIL, lit("many.invented@example.org") };
        struct index_document d = { .group = group, .facts = &fact, .fact_count = 1, .id = { { [15] = (uint8_t)(i + 1) } } };
        assert_true(index_put(&engine.tips.index, &d, &number));
    }
    assert_true(offers(alike(ivy(), root), last));
    for (int i = 0; i < MATCH_NAMED_SHOWN + 5; i++)
        assert_true(index_drop(&engine.tips.index, (id){ { [15] = (uint8_t)(i + 1) } }));
}

/* ---- beyond a wall ---- */

static const struct matrix_caller *far(void)
{
    return matrix_find(desk.m, "investigator", ELSEWHERE);
}

static const struct matrix_caller *officer(void)
{
    return matrix_find(desk.m, "deconfliction_officer", MEMBER);
}

static str officers_page(void)
{
    return ask(officer(), GET, "/deconfliction", "");
}

static str decides(const char *one, const char *other, const char *verdict)
{
    char body[200];
    bool first = memcmp(id_of(one).at, id_of(other).at, sizeof(id)) > 0;
    snprintf(body, sizeof body, "own=%s&other=%s&verdict=%s", named(first ? one : other), named(first ? other : one), verdict);
    return ask(officer(), POST, "/deconfliction", body);
}

/* Pairs of which both stand among those that are to be decided. */
static bool pairs(str page, const char *one, const char *other)
{
    bool first = memcmp(id_of(one).at, id_of(other).at, sizeof(id)) > 0;
    char form[200];
    snprintf(form, sizeof form, "name=\"own\" value=\"%s\"><input type=\"hidden\" name=\"other\" value=\"%s\"", named(first ? one : other), named(first ? other : one));
    return says(page, form);
}

/* A case of one office and a tip and a case of another: pointers to the officer, and a line for both sides when the officer says so. */
static void the_officer_is_told_of_cases_and_their_people_by_the_officer(void **state)
{
    (void)state;
    const char *theirs = open_case(far(), "title=Cormorant&summary=He+answers+at+202-555-0166"), *ours = open_case(ivy(), "title=Lapwing&summary=202-555-0166"),
               *one = tip("narrative=Kestrel:+call+202-555-0166");
    walk();
    str before[] = { ask(far(), GET, theirs, ""), ask(ivy(), GET, ours, ""), ask(desk.here, GET, one, "") }, page = officers_page();
    assert_true(pairs(page, theirs, one) && pairs(page, theirs, ours) && !pairs(page, ours, one)); /* the last two are one office's */
    assert_true(says(page, "Case ") && says(page, "Invented Atlanta") && says(page, "<dd>Telephone</dd>"));
    assert_false(says(page, "Cormorant") || says(page, "Lapwing") || says(page, "Kestrel") || says(page, "555-0166") || says(page, "5550166"));
    assert_true(says(decides(ours, one, "told"), "404")); /* no form makes a pair */
    assert_true(says(decides(theirs, one, "told"), "done=told") && says(decides(theirs, ours, "nothing"), "done=nothing"));
    page = ask(far(), GET, theirs, "");
    assert_true(says(page, "Someone else has this: Telephone.") && says(page, "deconfliction_officer.member"));
    assert_false(says(page, "Kestrel") || says(page, named(one)));
    assert_true(says(ask(desk.here, GET, one, ""), "Someone else has this: Telephone.") && str_equal(before[1], ask(ivy(), GET, ours, "")));
    assert_false(pairs(officers_page(), theirs, one) || pairs(officers_page(), theirs, ours));
    page = ask(officer(), GET, "/deconfliction?list=decided", "");
    assert_true(says(page, "both owners were told") && says(page, "nothing in common") && says(page, "Case "));
    static const char *const tables[] = { "tip_across WHERE tip", "tip_told WHERE tip" }; /* as erasing does: tests/keep_test.c */
    for (ptrdiff_t i = 0; i < countof(tables); i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "DELETE FROM %s = x'%s'", tables[i], named(one));
        app_break(desk.m->app, sql);
    }
    assert_true(str_equal(before[0], ask(far(), GET, theirs, ""))); /* with the tip nobody else has this any more */
}

/* ivy's case with somebody of another office on it, and that tip of ours. */
static const char *shared_case(const char *fields, const char *tip_path)
{
    const char *root = open_case(ivy(), fields);
    char body[200];
    snprintf(body, sizeof body, "do=link&tip=%s&into=%s", named(tip_path), named(root));
    assert_true(says(ask(ivy(), POST, "/cases/new", body), "303"));
    snprintf(body, sizeof body, "do=add&person=%s", str_c(&desk.a, id_text(&desk.a, far()->account)));
    assert_true(says(ask(ivy(), POST, page_of(root, "/people"), body), "303"));
    return root;
}

/* Whoever is on the case of a tip is told what its owner is told, by the keys of the case, whether it was put on the case before or after. */
static void the_people_of_its_case_are_told_with_the_owner_of_a_tip(void **state)
{
    (void)state;
    const char *one = tip("narrative=Dunlin:+call+202-555-0168"), *theirs = tip("narrative=202-555-0168+is+his"), *root = shared_case("title=Before", one);
    assert_true(says(ask(desk.here, POST, page_of(theirs, "/route"), "do=send&state=Georgia&office=HSI-ATL"), "303"));
    walk();
    str before = ask(far(), GET, root, "");
    assert_true(says(before, "Dunlin") && !says(before, "Someone else has this"));
    assert_true(says(decides(one, theirs, "told"), "done=told"));
    assert_true(says(ask(far(), GET, root, ""), "Someone else has this: Telephone."));
    assert_true(says(ask(far(), GET, shared_case("title=After", one), ""), "Someone else has this: Telephone."));
    char sql[200];
    snprintf(sql, sizeof sql, "DELETE FROM tip_across WHERE tip = x'%s'", named(theirs));
    app_break(desk.m->app, sql);
    assert_true(str_equal(before, ask(far(), GET, root, "")));
}

static void put_on(const char *case_path, const struct matrix_caller *who)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO case_person (root, account, part, since_day) VALUES (x'%s', x'%s', 'member', 1)", named(case_path),
             str_c(&desk.a, id_text(&desk.a, who->account)));
    app_break(desk.m->app, sql);
}

/* Who is on both, or reads the tip too, needs no officer. */
static void who_has_both_is_no_pair(void **state)
{
    (void)state;
    const char *first = open_case(ivy(), "title=One&summary=202-555-0167"), *second = open_case(ivy(), "title=Two&summary=202-555-0167"), *theirs = open_case(far(), "title=Three&summary=202-555-0167"),
               *one = tip("narrative=202-555-0167");
    walk();
    str page = officers_page();
    assert_true(!pairs(page, first, second) && pairs(page, first, theirs) && pairs(page, second, theirs) && pairs(page, theirs, one));
    put_on(theirs, ivy());
    page = officers_page();
    assert_false(pairs(page, first, theirs) || pairs(page, second, theirs) || pairs(page, theirs, one));
    assert_true(says(decides(first, theirs, "told"), "404") && says(decides(theirs, one, "told"), "404"));
    app_break(desk.m->app, "UPDATE case_person SET until_day = 2 WHERE since_day = 1"); /* and off it again */
    page = officers_page();
    assert_true(pairs(page, first, theirs) && pairs(page, theirs, one));
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO case_tip (root, tip, author, day) VALUES (x'%s', x'%s', x'%s', 1)", named(theirs), named(one), named(one));
    app_break(desk.m->app, sql);
    assert_false(pairs(officers_page(), theirs, one)); /* it was put on that case */
}

/* Written and read back, it answers as before: which groups are cases is kept. */
struct bytes {
    uint8_t *at;
    size_t len, read;
};
static bool keep_bytes(void *context, const void *from, size_t n)
{
    struct bytes *b = context;
    must(b->len + n <= 512u << 20);
    memcpy(b->at + b->len, from, n);
    b->len += n;
    return true;
}
static bool give_bytes(void *context, void *to, size_t n)
{
    struct bytes *b = context;
    if (b->read + n > b->len)
        return false;
    memcpy(to, b->at + b->read, n);
    b->read += n;
    return true;
}
static void a_snapshot_keeps_them_apart(void **state)
{
    (void)state;
    struct arena a = arena_reserve(513 << 20);
    struct bytes b = { .at = arena_take(&a, 512 << 20, 1, 1) };
    uint32_t files = engine.tips.file_count;
    const char *root = open_case(ivy(), "title=Kept&summary=kept.invented@example.org"), *one = tip("narrative=kept.invented@example.org");
    walk();
    str before = alike(ivy(), root), theirs = alike(desk.here, one);
    assert_true(offers(before, one) && match_service_write(&engine.tips, keep_bytes, &b));
    match_service_close(&engine.tips);
    assert_true(match_service_open(&engine.tips, desk.m->staff_db, desk.m->app->keys->engine, lit("US")));
    engine.tips.feed = &alike_feed;
    assert_int_equal(match_service_read(&engine.tips, give_bytes, &b), OK);
    assert_int_equal(engine.tips.file_count, files + 1);
    walk();
    assert_true(str_equal(alike(ivy(), root), before) && str_equal(alike(desk.here, one), theirs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_and_a_tip_that_name_the_same_are_told_from_either),
        cmocka_unit_test(what_subjects_and_entries_say_is_read_while_it_stands_and_evidence_never),
        cmocka_unit_test(a_case_changes_nothing_for_who_is_not_on_it),
        cmocka_unit_test(who_is_put_on_it_sees_it),
        cmocka_unit_test(a_case_that_is_gone_is_forgotten_and_its_place_is_taken),
        cmocka_unit_test(too_many_cases_leave_room_for_tips),
        cmocka_unit_test(what_is_on_the_case_hides_nothing),
        cmocka_unit_test(the_officer_is_told_of_cases_and_their_people_by_the_officer),
        cmocka_unit_test(the_people_of_its_case_are_told_with_the_owner_of_a_tip),
        cmocka_unit_test(who_has_both_is_no_pair),
        cmocka_unit_test(a_snapshot_keeps_them_apart),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
