/* A word that stands only in tips that one may not see takes the time of one that nobody wrote: judged by Welch's t (welch.h). All made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "welch.h"
#include "triage/match/match_words.h"
#include "triage/search/search_engine.h"

enum { OURS = 400, HIDDEN = 400, OTHER_GROUP = 1 };

static struct {
    struct match_service tips;
    struct arena scratch;
    struct search_query query[2][WELCH_THINGS]; /* [true]: hidden tips say it, many times */
    id office, ring;
} h;

static void add_tip(uint32_t number, const char *words)
{
    struct match_said said = { .at = { str_of(words) }, .len = 1 };
    struct match_facts none = { .len = 0 };
    uint32_t group = number <= OURS ? 0 : OTHER_GROUP, given;
    struct index_document d = { .group = group };
    memcpy(d.id.at, &number, sizeof number);
    must(index_put(&h.tips.index, &d, &given) && given == number);
    must(match_say(&h.tips.words, &said, &none) && words_put(&h.tips.words, number, group));
    h.tips.groups[group].tips++;
}

static int make(void **state)
{
    char words[600];
    (void)state;
    must(match_service_open(&h.tips, NULL, NULL, lit("US")));
    h.scratch = arena_reserve(32 << 20);
    memset(&h.office, 1, sizeof h.office);
    memset(&h.ring, 2, sizeof h.ring);
    h.tips.group_count = 2;
    h.tips.groups[0] = (struct match_group){ .office = h.office, .rings = { h.ring } };
    h.tips.groups[OTHER_GROUP] = (struct match_group){ .office = h.office }; /* the same office, another ring */
    memset(&h.tips.groups[OTHER_GROUP].rings[0], 3, sizeof(id));
    for (uint32_t i = 1; i <= OURS; i++) {
        snprintf(words, sizeof words, "a common lantern over door number%u", i);
        add_tip(i, words);
    }
    for (uint32_t i = OURS + 1; i <= OURS + HIDDEN; i++) {
        size_t n = 0;
        for (int k = 0; k < WELCH_THINGS; k++)
            n += (size_t)snprintf(words + n, sizeof words - n, "wychavon%c common ", 'a' + k);
        add_tip(i, words);
    }
    for (int is = 0; is < 2; is++)
        for (int k = 0; k < WELCH_THINGS; k++) {
            snprintf(words, sizeof words, "%s%c", is ? "wychavon" : "wychuven", 'a' + k);
            search_read(&h.scratch, str_of(words), lit("US"), &h.query[is][k]);
        }
    return 0;
}

static int end(void **state)
{
    (void)state;
    match_service_close(&h.tips);
    return 0;
}

static void ask(const struct search_query *q, const id *rings, ptrdiff_t n, uint32_t found)
{
    struct search_answer answer;
    search_ask(&h.tips, &(struct match_asker){ h.office, rings, n }, q, 0, &answer);
    must(answer.total == found);
}

static void ask_word(void *about, int which, bool is)
{
    (void)about;
    ask(&h.query[is][which], &h.ring, 1, 0);
}

/* As if the lists of all were read, and what one may not see were left out afterwards. */
static void ask_leaky(void *about, int which, bool is)
{
    const id both[] = { h.tips.groups[0].rings[0], h.tips.groups[OTHER_GROUP].rings[0] };
    (void)about;
    ask(&h.query[is][which], both, 2, is ? HIDDEN : 0);
}

static void what_only_others_say_takes_the_time_of_what_nobody_says(void **state)
{
    (void)state;
    welch_assert_alike(&h, &(struct welch_question){ "a word of hidden tips", ask_word, ask_leaky, NULL });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_only_others_say_takes_the_time_of_what_nobody_says) };
    return cmocka_run_group_tests_name("search_times", tests, make, end);
}
