/*
 * Urgency does not move when nationality, race, language or neighbourhood in a tip change: the same answers, sent by the form and by
 * the API with hundreds of different persons and places in the words, get the same level, the same reasons and the same clocks.
 * Everything in it is invented; the words stand for what people write.
 */
#include "world.h"
#include "intake/tip/tip.h"
#include "common/clock/clock.h"
#include <stdio.h>

enum { ANSWERS = 8, VARIANTS = 32, WORDS = 10, TIPS = ANSWERS * (VARIANTS + 1) };

static const char *const nationalities[WORDS] = { "American", "Mexican", "Chinese", "Nigerian", "Ukrainian", "Filipino", "Honduran", "Haitian",
                                                  "Canadian", "undocumented" };
static const char *const races[WORDS] = { "white", "Black", "Asian", "Latina", "Native", "Arab", "Roma", "brown", "mixed", "Pacific Islander" };
static const char *const places[WORDS] = { "Belle Meade", "the Southside", "Chinatown", "the reservation", "Little Haiti", "the trailer park",
                                           "Park Avenue", "the projects", "the border road", "Beverly Hills" };
static const char *const spoken[WORDS] = { "English", "Spanish", "Mandarin", "Igbo", "Ukrainian", "Tagalog", "Garifuna", "Haitian Creole", "French",
                                           "Mixteco" };
static const char *const languages_sent[WORDS] = { "en", "es", "zh", "vi", "ru", "tl", "ar", "ht", "fr", "ko" };

/* What was answered: this alone may decide. As the form names it, and as the API does. */
static const struct {
    const char *form, *json;
} answers[ANSWERS] = {
    { "", "" },
    { "&danger=yes", ",\"danger\":\"yes\"" },
    { "&danger=no&minor=yes", ",\"danger\":\"no\",\"minor\":\"yes\"" },
    { "&minor=yes&when=now", ",\"minor\":\"yes\",\"happening_now\":\"yes\"" },
    { "&sign=CD_LOCKED&when=now", ",\"indicators\":[\"CD_LOCKED\"],\"happening_now\":\"yes\"" },
    { "&sign=CD_DOCS&sign=CD_PHONE&how_many=6", ",\"indicators\":[\"CD_DOCS\",\"CD_PHONE\"],\"how_many\":6" },
    { "&who=is_victim", ",\"proximity\":\"is_victim\"" },
    { "&who=told&when=before", ",\"proximity\":\"told\",\"happening_now\":\"no\"" },
};

struct sent {
    id tip;
    int priority;
    str reasons;
    char clocks[600];
};
static struct sent sent[TIPS];
static uint32_t seed = 20261128;

static int pick(void)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 16) % WORDS;
}

static void read_clocks(struct app *x, struct sent *to)
{
    struct clocks list;
    int n = 0;
    assert_int_equal(clock_list_of(x->content, &x->process, to->tip, 16, &list), OK);
    for (ptrdiff_t i = 0; i < list.len; i++)
        n += snprintf(to->clocks + n, sizeof to->clocks - (size_t)n, "%.*s %lld\n", (int)list.at[i].code.len, list.at[i].code.at,
                      (long long)list.at[i].due_minute);
}

static void keep(struct app *x, struct sent *to)
{
    app_settle(x);
    assert_http(x, 201);
    to->tip = app_last_tip(x);
    read_clocks(x, to);
}

/* The words that must not count; every field in which a person may write them. */
static void send_form(struct app *x, const char *said, struct sent *to)
{
    char body[1200], path[32];
    int language = pick() & 1;
    snprintf(path, sizeof path, "/tip?lang=%s", language ? "es" : "en");
    snprintf(body, sizeof body, "narrative=A+%s+%s+person+who+speaks+%s+is+at+work+in+%s&place=%s&identifiers=a+%s+man%s", races[pick()],
             nationalities[pick()], spoken[pick()], places[pick()], places[pick()], nationalities[pick()], said);
    for (char *p = body; (p = strchr(p, ' '));)
        *p = '+';
    app_post(x, path, body);
    keep(x, to);
}

static void send_json(struct app *x, const char *said, int number, struct sent *to)
{
    char body[1200], key[40];
    snprintf(key, sizeof key, "c56a4180-65aa-42ec-a945-%012d", number);
    snprintf(body, sizeof body,
             "{\"narrative\":\"A %s %s person who speaks %s is at work in %s\",\"language\":\"%s\",\"place\":{\"text\":\"%s\"},"
             "\"people\":[\"a %s %s man\"]%s}",
             races[pick()], nationalities[pick()], spoken[pick()], places[pick()], languages_sent[pick()], places[pick()], races[pick()],
             nationalities[pick()], said);
    app_post_json(x, "/api/v1/tips", key, body);
    keep(x, to);
}

/* Opened with one sign-in at the end: the clock of the test moves by it. */
static void open_all(struct app *x)
{
    struct signed_in in = world_in(x->keys, LIN);
    for (int i = 0; i < TIPS; i++) {
        struct tip_row row;
        struct sealed_fields f;
        struct tip t;
        assert_int_equal(tip_find(x->content, &x->process, x->keys->office, sent[i].tip, &row), OK);
        struct open_row one = { .row = row.id, .keybox = (const uint8_t *)row.sealed.at };
        assert_int_equal(keeper_open(x->keys->staff, in.token, PURPOSE_READ, row.id, &one, 1), OK);
        assert_true(envelope_open(&x->process, one.key, TABLE_TIP, row.id, row.sealed, &f));
        tip_read(&f, &t);
        assert_int_equal(t.priority, row.priority);
        sent[i].priority = row.priority;
        sent[i].reasons = t.reasons;
    }
}

static bool alike(const struct sent *a, const struct sent *b)
{
    return a->priority == b->priority && str_equal(a->reasons, b->reasons) && !strcmp(a->clocks, b->clocks);
}

static void the_same_answers_weigh_the_same_whoever_and_wherever_it_is(void **state)
{
    struct app *x = *state;
    int number = 0, tried = 0;
    for (int i = 0; i < ANSWERS; i++)
        for (int k = 0; k <= VARIANTS; k++) {
            struct sent *to = &sent[i * (VARIANTS + 1) + k];
            if (k % 2)
                send_form(x, answers[i].form, to);
            else
                send_json(x, answers[i].json, number++, to);
        }
    open_all(x);
    for (int i = 0; i < ANSWERS; i++)
        for (int k = 1; k <= VARIANTS; k++, tried++) {
            const struct sent *first = &sent[i * (VARIANTS + 1)], *one = first + k;
            if (!alike(first, one))
                print_message("answers %d, variant %d: P%d \"%.*s\" %s\n", i, k, one->priority, (int)one->reasons.len, one->reasons.at, one->clocks);
            assert_true(alike(first, one));
        }
    assert_true(tried >= 200);
    /* The control: an answer that does matter moves it, so a difference would have been seen. */
    const struct sent *nothing = &sent[0], *danger = &sent[VARIANTS + 1], *child = &sent[2 * (VARIANTS + 1)];
    assert_int_equal(danger->priority, 0);
    assert_true(child->priority > danger->priority && child->priority < nothing->priority);
    assert_false(alike(nothing, danger));
    assert_false(alike(nothing, child));
    assert_string_not_equal(nothing->clocks, danger->clocks);
}

static int make_world(void **state)
{
    *state = app_make(true);
    return 0;
}

static int end_world(void **state)
{
    app_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_answers_weigh_the_same_whoever_and_wherever_it_is, make_world, end_world),
    };
    return cmocka_run_group_tests_name("urgency_same", tests, NULL, NULL);
}
