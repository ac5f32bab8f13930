/* What is typed, and where in a text it stands. All numbers and names are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "linkage/terms.h"
#include "triage/search/search_engine.h"

static struct arena arena;

static int reserve(void **state)
{
    (void)state;
    arena = arena_reserve(16 << 20);
    return 0;
}

/* Items between bars, ways between blanks. */
static const char *read_as(const char *typed)
{
    static char all[4000];
    struct arena a = arena;
    struct search_query q;
    size_t n = 0;
    search_read(&a, str_of(typed), lit("US"), &q);
    all[0] = 0;
    for (int i = 0; i < q.len; i++)
        for (int k = 0; k < q.items[i].way_count; k++) {
            str term = q.items[i].ways[k].term;
            assert_true(q.items[i].ways[k].weight > 0 && (k == 0 || q.items[i].ways[k].weight <= q.items[i].ways[k - 1].weight));
            n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", k ? " " : i ? "|" : "", (int)term.len, term.at);
        }
    return all;
}

static void words_names_and_signs_are_asked_for(void **state)
{
    (void)state;
    assert_string_equal(read_as("the red door"), "wthe|wred|wdoor");
    assert_string_equal(read_as("door DOOR door"), "wdoor");
    assert_string_equal(read_as("王小明"), "c王小|c小明");
    assert_string_equal(read_as("王"), "c王");
    assert_string_equal(read_as("王 店"), "c王|c店");
    assert_string_equal(read_as(" ... "), "");
    assert_string_equal(read_as("\xff"), "");
    struct arena a = arena;
    struct search_query q;
    search_read(&a, lit("Mohammed"), lit("US"), &q);
    assert_true(q.len == 1 && q.items[0].way_count == 2 && q.items[0].ways[1].term.at[0] == TERM_SOUND && q.items[0].ways[1].weight < WORDS_FULL);
}

static void a_number_is_one_thing_however_it_is_written(void **state)
{
    (void)state;
    char first[400];
    snprintf(first, sizeof first, "%s", read_as("202-555-0143"));
    assert_true(first[0] == 'f' && !strchr(first, '|'));
    assert_string_equal(read_as("(202) 555 0143"), first);
    assert_string_equal(read_as("+1 202.555.0143"), first);
    snprintf(first, sizeof first, "%s", read_as("Rosa.Lane+x@example.org"));
    assert_true(first[0] == 'f' && !strchr(first, '|'));
    assert_true(strstr(read_as("7KLM214"), "f4") != NULL); /* nobody says that it is a plate: as a word, and as one */
    assert_true(strstr(read_as("7KLM 214"), "w7klm f4") != NULL);
}

static void more_words_than_are_looked_for_are_left_out(void **state)
{
    (void)state;
    char typed[SEARCH_MOST + 1];
    struct arena a = arena;
    struct search_query q;
    size_t n = 0;
    for (int i = 0; i < 40; i++)
        n += (size_t)snprintf(typed + n, sizeof typed - n, "%c%c ", 'a' + i % 26, 'a' + i / 26);
    search_read(&a, str_of(typed), lit("US"), &q);
    assert_true(q.len == WORDS_ITEMS_MOST && q.more);
    search_read(&a, lit("one two"), lit("US"), &q);
    assert_true(q.len == 2 && !q.more);
}

/* The text with brackets around what was found. */
static const char *marked(const char *typed, const char *text)
{
    static char all[4000];
    struct arena a = arena;
    struct search_query q;
    struct search_place places[64];
    search_read(&a, str_of(typed), lit("US"), &q);
    ptrdiff_t n = search_places(&a, &q, str_of(text), lit("US"), places, 64), at = 0;
    size_t len = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        assert_true(places[i].begin >= at && places[i].item < q.len);
        len += (size_t)snprintf(all + len, sizeof all - len, "%.*s[%.*s]", (int)(places[i].begin - at), text + at, (int)(places[i].end - places[i].begin), text + places[i].begin);
        at = places[i].end;
    }
    snprintf(all + len, sizeof all - len, "%s", text + at);
    return all;
}

static void what_was_found_is_shown_where_it_stands(void **state)
{
    (void)state;
    assert_string_equal(marked("red door", "A Red house with a green DOOR."), "A [Red] house with a green [DOOR].");
    assert_string_equal(marked("2025550143", "Call (202) 555-0143 now"), "Call [(202) 555-0143] now");
    assert_string_equal(marked("muhamad", "His name is Mohammed."), "His name is [Mohammed].");
    assert_string_equal(marked("小明", "王小明在店"), "王[小明]在店");
    assert_string_equal(marked("王小明", "王小明在店"), "[王小明]在店");
    assert_string_equal(marked("nothing", "A red house"), "A red house");
}

static void an_answer_that_is_none_is_refused(void **state)
{
    (void)state;
    struct search_answer answer = { .whole = true, .total = 30, .all = 4, .len = 2, .at = { { { { 1 } }, 3 }, { { { 2 } }, 1 } } }, back;
    uint8_t bytes[256];
    struct wire to = { .at = bytes, .cap = sizeof bytes };
    search_answer_write(&answer, &to);
    struct wire from = { .at = bytes, .cap = to.len };
    assert_true(search_answer_read(&from, &back) && back.whole && back.total == 30 && back.all == 4 && back.len == 2);
    assert_true(id_equal(back.at[1].tip, answer.at[1].tip) && back.at[0].items == 3);
    for (ptrdiff_t cut = 0; cut < to.len; cut++) {
        from = (struct wire){ .at = bytes, .cap = cut };
        assert_false(search_answer_read(&from, &back));
    }
    bytes[9] = SEARCH_PAGE + 1;
    from = (struct wire){ .at = bytes, .cap = sizeof bytes };
    assert_false(search_answer_read(&from, &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_names_and_signs_are_asked_for),
        cmocka_unit_test(a_number_is_one_thing_however_it_is_written),
        cmocka_unit_test(more_words_than_are_looked_for_are_left_out),
        cmocka_unit_test(what_was_found_is_shown_where_it_stands),
        cmocka_unit_test(an_answer_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, reserve, NULL);
}
