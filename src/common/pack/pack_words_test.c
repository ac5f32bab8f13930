/* What the public form shows of the packs is there in every language that the form offers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/web/language.h"
#include "packs.h"

static struct arena arena;
static struct pack base;
static const int64_t day = 20781; /* 2026-11-24 */

static int missing_in(const struct language *in, str source)
{
    for (ptrdiff_t i = 0; i < in->message_count; i++)
        if (str_equal(str_of(in->messages[i].source), source) && in->messages[i].forms[0].len)
            return 0;
    print_message("%s lacks: %.*s\n", in->code, (int)source.len, source.at);
    return 1;
}

static int missing_of(const struct language *in, const char *file, int column, int when, const char *is)
{
    struct pack_rows rows = pack_list(&base, &arena, str_of(file), day);
    int missing = 0, looked = 0;
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        if (is && !str_equal(pack_cell(rows.at[i], when), str_of(is)))
            continue;
        looked++;
        if (pack_cell(rows.at[i], column).len)
            missing += missing_in(in, pack_cell(rows.at[i], column));
    }
    assert_true(looked > 0);
    return missing;
}

static void every_word_of_the_pack_on_the_public_form_is_there_in_spanish(void **state)
{
    (void)state;
    const struct language *es = language_find(lit("es"));
    assert_non_null(es);
    int missing = missing_of(es, "venues", VENUE_LABEL, 0, NULL)
                + missing_of(es, "industries", INDUSTRY_LABEL, INDUSTRY_PICK, "yes")
                + missing_of(es, "indicators", INDICATOR_ASK_SELF, INDICATOR_PUBLIC, "yes")
                + missing_of(es, "indicators", INDICATOR_ASK_OTHER, INDICATOR_PUBLIC, "yes")
                + missing_of(es, "answers", ANSWER_ASK_SELF, ANSWER_PUBLIC, "yes")
                + missing_of(es, "answers", ANSWER_ASK_OTHER, ANSWER_PUBLIC, "yes")
                + missing_of(es, "contact_types", CONTACT_LABEL, CONTACT_LIST, "reporter")
                + missing_of(es, "contact_types", CONTACT_LABEL, CONTACT_LIST, "proximity")
                + missing_of(es, "contact_types", CONTACT_LABEL, CONTACT_LIST, "consent")
                + missing_of(es, "contact_types", CONTACT_LABEL, CONTACT_LIST, "need")
                + missing_of(es, "hotlines", HOTLINE_LABEL, HOTLINE_PUBLISH, "yes")
                + missing_of(es, "hotlines", HOTLINE_HOURS, HOTLINE_PUBLISH, "yes");
    assert_int_equal(missing, 0);
    assert_int_equal(missing_in(es, lit("Not a word of any pack, invented")), 1); /* the search can fail */
}

static void every_word_of_the_pack_on_a_tip_is_there_in_spanish(void **state)
{
    (void)state;
    const struct language *es = language_find(lit("es"));
    assert_non_null(es);
    assert_int_equal(missing_of(es, "languages", LANGUAGE_LABEL, 0, NULL), 0);
    assert_int_equal(missing_of(es, "indicators", INDICATOR_STAFF, 0, NULL), 0);
    assert_int_equal(missing_of(es, "urgency_rules", URGENCY_REASON, 0, NULL), 0);
    assert_int_equal(missing_of(es, "contact_types", CONTACT_LABEL, CONTACT_LIST, "channel"), 0);
    assert_int_equal(missing_of(es, "case_close_reasons", CLOSE_LABEL, CLOSE_AREA, "tip"), 0);
}

static void every_clock_and_deadline_of_the_pack_is_there_in_spanish(void **state)
{
    (void)state;
    enum { DEADLINE_LABEL = 7 };
    const struct language *es = language_find(lit("es"));
    assert_non_null(es);
    assert_int_equal(missing_of(es, "clocks", CLOCK_LABEL, 0, NULL), 0);
    assert_int_equal(missing_of(es, "relief_deadlines", DEADLINE_LABEL, 0, NULL), 0);
    assert_int_equal(missing_of(es, "org_types", 1, 0, NULL), 0);
}

int main(void)
{
    arena = arena_reserve(256 << 20);
    base = packs_of_the_tree(&arena, true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_pack_on_the_public_form_is_there_in_spanish),
        cmocka_unit_test(every_word_of_the_pack_on_a_tip_is_there_in_spanish),
        cmocka_unit_test(every_clock_and_deadline_of_the_pack_is_there_in_spanish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
