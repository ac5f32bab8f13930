#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "casework/casefile/casefile.h"
#include "casework/timeline/timeline.h"
#include "staff/role/role.h"
#include "packs.h"

static struct arena arena;
static struct db *db;
static const id one = { { 100, 1 } }, two = { { 100, 2 } }, office = { { 1 } }, ivy = { { 10 } };

static int start(void **state)
{
    (void)state;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    const struct casefile a = { .id = one, .office = office, .opened_day = 200, .sealed = lit("x") };
    struct casefile b = a;
    b.id = two;
    assert_int_equal(casefile_add(db, &a), OK);
    assert_int_equal(casefile_add(db, &b), OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static ptrdiff_t field_of(const char *kind, const char *name)
{
    const struct kind *k = kind_find(str_of(kind));
    return kind_field_find(k, str_of(name)) - k->fields;
}

static struct timeline_entry made(uint8_t n, const char *kind, int64_t day)
{
    return (struct timeline_entry){ .root = one, .id = { { 1, n } }, .kind = str_of(kind), .compartment = CASE, .office = office, .author = ivy,
                                    .day = day, .written_day = day, .counted = true, .sealed = lit("sealed") };
}

static status add(uint8_t n, const char *kind, int64_t day, uint8_t corrects)
{
    struct timeline_entry e = made(n, kind, day);
    if (corrects)
        e.corrects = (id){ { 1, corrects } };
    return timeline_add(db, &e);
}

static void values_in_clear_come_back_and_sealed_ones_are_not_beside_the_row(void **state)
{
    (void)state;
    struct timeline_entry e = made(1, "indictment", 210), got;
    e.values.at[field_of("indictment", "subject")] = lit("1");
    e.values.at[field_of("indictment", "statutes")] = lit("US-18-1589;US-18-1592");
    e.values.at[field_of("indictment", "counts")] = lit("5");
    assert_int_equal(timeline_add(db, &e), OK);
    assert_int_equal(timeline_find(db, &arena, one, e.id, &got), OK);
    assert_true(str_equal(got.values.at[field_of("indictment", "statutes")], lit("US-18-1589;US-18-1592")));
    assert_true(str_equal(got.values.at[field_of("indictment", "counts")], lit("5")));
    assert_int_equal(got.values.at[field_of("indictment", "subject")].len, 0);
    assert_int_equal(got.number, 1);
    assert_int_equal(timeline_find(db, &arena, two, e.id, &got), NOT_FOUND); /* of another case */
}

static void an_entry_is_corrected_once(void **state)
{
    (void)state;
    struct timeline_entry got;
    assert_int_equal(add(1, "note", 210, 0), OK);
    assert_int_equal(add(2, "note", 210, 1), OK);
    assert_int_equal(add(3, "note", 210, 1), CONFLICT);
    assert_int_equal(add(4, "note", 210, 2), OK); /* the correction may be corrected */
    assert_int_equal(add(4, "note", 210, 0), CONFLICT); /* the id is taken */
    assert_int_equal(timeline_find(db, &arena, one, (id){ { 1, 1 } }, &got), OK);
    assert_true(id_equal(got.later.id, (id){ { 1, 2 } }));
    struct timeline_entries standing;
    assert_int_equal(timeline_standing(db, &arena, one, lit("note"), &standing), OK);
    assert_int_equal(standing.len, 1);
    assert_true(id_equal(standing.at[0].id, (id){ { 1, 4 } }));
}

static void pages_run_from_the_newest_day_and_lose_nothing(void **state)
{
    (void)state;
    enum { ENTRIES = 57 };
    for (uint8_t n = 1; n <= ENTRIES; n++)
        assert_int_equal(add(n, n % 3 ? "note" : "arrest", 200 + n % 5, 0), OK);
    bool seen[ENTRIES + 1] = { false };
    struct timeline_entries page;
    struct timeline_entry last = { .day = INT64_MAX };
    int n = 0;
    do {
        assert_int_equal(timeline_list(db, &arena, one, (str){ 0 }, n ? &last : NULL, 10, &page), OK);
        for (ptrdiff_t i = 0; i < page.len; i++, n++) {
            assert_true(page.at[i].day < last.day || (page.at[i].day == last.day && page.at[i].number < last.number));
            assert_false(seen[page.at[i].id.at[1]]);
            seen[page.at[i].id.at[1]] = true;
            last = page.at[i];
        }
    } while (page.len == 10);
    assert_int_equal(n, ENTRIES);
    assert_int_equal(timeline_list(db, &arena, one, lit("arrest"), NULL, 50, &page), OK);
    assert_int_equal(page.len, ENTRIES / 3);
    assert_int_equal(timeline_list(db, &arena, two, (str){ 0 }, NULL, 50, &page), OK);
    assert_int_equal(page.len, 0);
}

static void the_newest_standing_status_is_that_of_the_case(void **state)
{
    (void)state;
    int64_t day;
    str code;
    ptrdiff_t status_field = field_of("status_change", "status");
    assert_int_equal(timeline_last_status(db, &arena, one, &day, &code), NOT_FOUND);
    struct timeline_entry open = made(1, "status_change", 210), closed = made(2, "status_change", 220), undone = made(3, "status_change", 220);
    open.values.at[status_field] = lit("CAS_Active");
    closed.values.at[status_field] = lit("CAS_Closed");
    undone.corrects = closed.id;
    undone.withdrawn = true;
    assert_int_equal(timeline_add(db, &open), OK);
    assert_int_equal(timeline_add(db, &closed), OK);
    assert_int_equal(timeline_last_status(db, &arena, one, &day, &code), OK);
    assert_true(str_equal(code, lit("CAS_Closed")) && day == 220);
    assert_int_equal(timeline_add(db, &undone), OK);
    assert_int_equal(timeline_last_status(db, &arena, one, &day, &code), OK);
    assert_true(str_equal(code, lit("CAS_Active")) && day == 210);
}

static void a_predecessor_is_looked_for_among_what_stands(void **state)
{
    (void)state;
    struct timeline_kinds have;
    const struct kind *conviction = kind_find(lit("conviction")), *note = kind_find(lit("note"));
    assert_int_equal(timeline_kinds(db, &arena, one, &have), OK);
    assert_true(timeline_has_before(&have, note));
    assert_false(timeline_has_before(&have, conviction));
    assert_int_equal(add(1, "plea", 210, 0), OK);
    assert_int_equal(timeline_kinds(db, &arena, one, &have), OK);
    assert_true(timeline_has_before(&have, conviction));
    struct timeline_entry undone = made(2, "plea", 210);
    undone.corrects = (id){ { 1, 1 } };
    undone.withdrawn = true;
    undone.counted = false;
    assert_int_equal(timeline_add(db, &undone), OK);
    assert_int_equal(timeline_kinds(db, &arena, one, &have), OK);
    assert_false(timeline_has_before(&have, conviction));
}

static void who_may_write_a_kind_stands_in_its_row(void **state)
{
    (void)state;
    assert_int_equal(timeline_permission(kind_find(lit("note"))), CASE_WRITE);
    assert_int_equal(timeline_permission(kind_find(lit("seizure"))), EVIDENCE_WRITE);
    assert_int_equal(timeline_permission(kind_find(lit("assignment"))), CASE_GRANT);
    assert_int_equal(timeline_permission(kind_find(lit("operation_link"))), NOBODY);
    for (ptrdiff_t i = 0; i < kind_count; i++)
        if (kinds[i].area == KIND_CARE)
            assert_int_equal(timeline_permission(&kinds[i]), NOBODY);
}

static void only_kinds_whose_measure_counts_persons_once_count_once(void **state)
{
    (void)state;
    enum { TODAY = 20600 };
    struct pack pack = packs_of_the_tree(&arena, false);
    const struct kind_field *subject;
    assert_true(timeline_counts_once(&pack, kind_find(lit("conviction")), TODAY, &subject));
    assert_true(str_equal(subject->name, lit("subject")));
    assert_false(timeline_counts_once(&pack, kind_find(lit("arrest")), TODAY, &subject));
    assert_false(timeline_counts_once(&pack, kind_find(lit("note")), TODAY, &subject));
}

/* ---- convictions: however they are written, corrected and withdrawn, each person counts exactly once ---- */

enum { STEPS = 400, PERSONS = 3 };
struct model {
    struct timeline_entry all[STEPS];
    ptrdiff_t len;
};

static void standing_of(const struct model *m, struct timeline_entries *out)
{
    *out = (struct timeline_entries){ .at = arena_new(&arena, struct timeline_entry, m->len + 1) };
    for (ptrdiff_t i = 0; i < m->len; i++)
        if (!m->all[i].withdrawn && id_is_zero(m->all[i].later.id))
            out->at[out->len++] = m->all[i];
}

static struct timeline_entry *find(struct model *m, id i)
{
    for (ptrdiff_t k = 0; k < m->len; k++)
        if (id_equal(m->all[k].id, i))
            return &m->all[k];
    return NULL;
}

static void check(const struct model *m)
{
    static const char *const persons[PERSONS] = { "1", "2", "3" };
    struct timeline_entries standing;
    standing_of(m, &standing);
    for (int p = 0; p < PERSONS; p++) {
        int there = 0, counted = 0;
        for (ptrdiff_t i = 0; i < standing.len; i++)
            if (str_equal(standing.at[i].values.at[0], str_of(persons[p]))) {
                there++;
                counted += standing.at[i].counted;
            }
        assert_int_equal(counted, there > 0);
    }
}

static void each_person_counts_once_whatever_is_corrected(void **state)
{
    (void)state;
    static const str persons[PERSONS] = { LIT("1"), LIT("2"), LIT("3") };
    static struct model m;
    struct chance chance = chance_seeded(41);
    for (int step = 0; step < STEPS; step++) {
        struct arena mark = arena;
        uint8_t dice[3];
        struct timeline_entries standing;
        chance.fill(&chance, dice, sizeof dice);
        standing_of(&m, &standing);
        const struct timeline_entry *old = standing.len && dice[0] % 2 ? &standing.at[dice[1] % standing.len] : NULL;
        struct timeline_entry fresh = { .id = { { 9, (uint8_t)(step >> 8), (uint8_t)step } }, .withdrawn = old && dice[0] % 3 == 0 };
        fresh.values.at[0] = persons[dice[2] % PERSONS];
        const struct timeline_entry *begins = timeline_recount(&standing, old, &fresh, 0);
        if (begins)
            find(&m, begins->id)->counted = true;
        if (old)
            find(&m, old->id)->later.id = fresh.id;
        m.all[m.len++] = fresh;
        check(&m);
        arena = mark;
    }
}

int main(void)
{
    arena = arena_reserve(256 << 20);
#define test(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        test(values_in_clear_come_back_and_sealed_ones_are_not_beside_the_row),
        test(an_entry_is_corrected_once),
        test(pages_run_from_the_newest_day_and_lose_nothing),
        test(the_newest_standing_status_is_that_of_the_case),
        test(a_predecessor_is_looked_for_among_what_stands),
        test(who_may_write_a_kind_stands_in_its_row),
        test(only_kinds_whose_measure_counts_persons_once_count_once),
        cmocka_unit_test(each_person_counts_once_whatever_is_corrected),
    };
    return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
