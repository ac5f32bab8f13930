#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/csv.h"
#include "lib/os/os.h"
#include "packs.h"
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static const int64_t day = 20781; /* 2026-11-24 */

static void assert_text(str is, const char *want)
{
    assert_int_equal(is.len, strlen(want));
    assert_memory_equal(is.len ? is.at : "", want, (size_t)is.len);
}

static void both_packs_of_the_tree_pass_their_own_check(void **state)
{
    (void)state;
    struct pack p = packs_of_the_tree(&arena, true);
    assert_true(p.len > 3600);
    const struct pack_row *row = pack_find(&p, lit("venues"), lit("farm_ranch"), day);
    assert_non_null(row);
    assert_text(pack_cell(row, VENUE_LABEL), "Farm or ranch");
    assert_int_equal(row->basis, BASIS_VERIFIED);
    assert_null(pack_find(&p, lit("venues"), lit("moon"), day));
    assert_null(pack_find(&p, lit("nothing"), lit("moon"), day));
    assert_int_equal(pack_list(&p, &arena, lit("venues"), day).len, 34);
    assert_text(pack_calendar(&p, day), "US");
    assert_text(pack_country(&p, day), "US");
}

static void every_column_number_of_the_header_is_that_of_the_schema(void **state)
{
    (void)state;
    static const struct {
        const char *file, *column;
        int number;
    } columns[] = {
        { "pack", "code", PACK_CODE },
        { "pack", "version", PACK_VERSION },
        { "pack", "requires", PACK_REQUIRES },
        { "pack", "calendar", PACK_CALENDAR },
        { "clocks", "code", CLOCK_CODE },
        { "clocks", "label", CLOCK_LABEL },
        { "clocks", "trigger", CLOCK_TRIGGER },
        { "clocks", "condition", CLOCK_CONDITION },
        { "clocks", "duration", CLOCK_DURATION },
        { "clocks", "unit", CLOCK_UNIT },
        { "clocks", "business_days", CLOCK_BUSINESS_DAYS },
        { "clocks", "stop_event", CLOCK_STOP_EVENT },
        { "clocks", "rule", CLOCK_RULE },
        { "clock_steps", "clock", STEP_CLOCK },
        { "clock_steps", "seq", STEP_SEQ },
        { "clock_steps", "at_amount", STEP_AT_AMOUNT },
        { "clock_steps", "at_unit", STEP_AT_UNIT },
        { "clock_steps", "to_role", STEP_TO_ROLE },
        { "clock_steps", "action", STEP_ACTION },
        { "indicators", "code", INDICATOR_CODE },
        { "indicators", "pos", INDICATOR_POS },
        { "indicators", "dimension", INDICATOR_DIMENSION },
        { "indicators", "strength", INDICATOR_STRENGTH },
        { "indicators", "age", INDICATOR_AGE },
        { "indicators", "scored", INDICATOR_SCORED },
        { "indicators", "public", INDICATOR_PUBLIC },
        { "indicators", "ask_self", INDICATOR_ASK_SELF },
        { "indicators", "ask_other", INDICATOR_ASK_OTHER },
        { "indicators", "trauma_note", INDICATOR_TRAUMA_NOTE },
        { "indicator_rules", "level", INDICATOR_RULE_LEVEL },
        { "indicator_rules", "applies_age", INDICATOR_RULE_AGE },
        { "indicator_rules", "condition", INDICATOR_RULE_CONDITION },
        { "indicator_rules", "result", INDICATOR_RULE_RESULT },
        { "answers", "choices", ANSWER_CHOICES },
        { "answers", "public", ANSWER_PUBLIC },
        { "answers", "ask_self", ANSWER_ASK_SELF },
        { "answers", "ask_other", ANSWER_ASK_OTHER },
        { "answers", "note", ANSWER_NOTE },
        { "urgency_rules", "pos", URGENCY_POS },
        { "urgency_rules", "priority", URGENCY_PRIORITY },
        { "urgency_rules", "condition", URGENCY_CONDITION },
        { "urgency_rules", "reason", URGENCY_REASON },
        { "urgency_rules", "clock", URGENCY_CLOCK },
        { "urgency_rules", "alert", URGENCY_ALERT },
        { "urgency_rules", "override", URGENCY_OVERRIDE },
        { "venues", "label", VENUE_LABEL },
        { "languages", "label", LANGUAGE_LABEL },
        { "industries", "label", INDUSTRY_LABEL },
        { "industries", "scheme", INDUSTRY_SCHEME },
        { "industries", "pick", INDUSTRY_PICK },
        { "contact_types", "list", CONTACT_LIST },
        { "contact_types", "label", CONTACT_LABEL },
        { "contact_types", "priority", CONTACT_PRIORITY },
        { "case_close_reasons", "label", CLOSE_LABEL },
        { "case_close_reasons", "area", CLOSE_AREA },
        { "case_close_reasons", "counts_as", CLOSE_COUNTS_AS },
        { "hotlines", "number", HOTLINE_NUMBER },
        { "hotlines", "publish", HOTLINE_PUBLISH },
        { "hotlines", "conflict_group", HOTLINE_CONFLICT_GROUP },
        { "holidays", "date", HOLIDAY_DATE },
        { "holidays", "kind", HOLIDAY_KIND },
        { "holidays", "calendar", HOLIDAY_CALENDAR },
        { "offices", "code", OFFICE_CODE },
        { "offices", "name", OFFICE_NAME },
        { "offices", "kind", OFFICE_KIND },
        { "offices", "timezone", OFFICE_TIMEZONE },
        { "countries", "label", COUNTRY_LABEL },
    };
    str text;
    struct csv c;
    char *path = str_c(&arena, str_join(&arena, packs_folder(&arena, ""), lit("schema.csv")));
    assert_int_equal(file_read(&arena, path, 1 << 20, &text), OK);
    assert_int_equal(csv_read(&arena, text, &c), OK);
    for (ptrdiff_t i = 0; i < countof(columns); i++) {
        int found = 0;
        for (ptrdiff_t k = 1; k < c.len; k++) {
            const str *cells = c.at[k].cells;
            int64_t position;
            if (!str_equal(cells[1], str_of(columns[i].file)) || !str_equal(cells[3], str_of(columns[i].column)))
                continue;
            assert_true(str_to_int(cells[2], &position));
            assert_int_equal(position - 1, columns[i].number);
            found++;
        }
        assert_true(found > 0);
    }
}

static void a_country_clock_replaces_the_base_and_brings_all_its_steps(void **state)
{
    (void)state;
    struct pack both = packs_of_the_tree(&arena, true);
    assert_text(pack_find(&both, lit("clocks"), lit("P0_ACT"), day)->pack, "us");
    assert_int_equal(pack_list(&both, &arena, lit("clocks"), day).len, 50);
    struct pack_rows steps = pack_list(&both, &arena, lit("clock_steps"), day);
    assert_int_equal(steps.len, 105);
    for (ptrdiff_t i = 0; i < steps.len; i++)
        assert_text(steps.at[i]->pack, "us");
}

/* ---- small packs made for one fault each */

static char folder[] = "/tmp/pack_test_XXXXXX";

static void put(const char *name, const char *text)
{
    char *path = str_c(&arena, str_join(&arena, str_join(&arena, str_of(folder), lit("/")), str_of(name)));
    unlink(path);
    assert_int_equal(file_create(path, str_of(text)), OK);
}

#define TAIL "basis,source,valid_from,valid_to"
static const char schema[] = "pack,file,position,column,type,required,key,label,references,choices,meaning\n"
                             "xx,pack,1,code,code,yes,yes,no,,,\nxx,pack,2,label,text,yes,no,no,,,\n"
                             "xx,pack,3,version,text,yes,no,no,,,\nxx,pack,4,country,text,no,no,no,,,\n"
                             "xx,pack,5,requires,list,no,no,no,,,\nxx,pack,6,basis,enum,yes,no,no,,verified|excerpt|general_knowledge,\n"
                             "xx,pack,7,source,text,yes,no,no,,,\nxx,pack,8,valid_from,date,no,no,no,,,\n"
                             "xx,pack,9,valid_to,date,no,no,no,,,\n"
                             "xx,things,1,code,code,yes,yes,no,,,\nxx,things,2,size,int,yes,no,no,,,\n"
                             "xx,things,3,kind,enum,no,no,no,,big|small,\nxx,things,4,parent,ref,no,no,no,xx/things.code,,\n"
                             "xx,things,5,ok,bool,no,no,no,,,\nxx,things,6,weight,decimal,no,no,no,,,\n"
                             "xx,things,7,tags,list,no,no,no,,,\n"
                             "xx,things,8,basis,enum,yes,no,no,,verified|excerpt|general_knowledge,\n"
                             "xx,things,9,source,text,yes,no,no,,,\nxx,things,10,valid_from,date,no,no,no,,,\n"
                             "xx,things,11,valid_to,date,no,no,no,,,\n";
static const char pack_row[] = "code,label,version,country,requires," TAIL "\nxx,Invented,1,,,general_knowledge,invented,,\n";
#define THINGS "code,size,kind,parent,ok,weight,tags," TAIL "\n"
#define END ",verified,invented,,\n"

static void each_fault_of_a_cell_is_told_with_file_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *column;
        int64_t line;
    } bad[] = {
        { "a,1,,,,," END "b,,,,,," END, "size", 3 },
        { "a,one,,,,," END, "size", 2 },
        { "a b,1,,,,," END, "code", 2 },
        { "a,1,huge,,,," END, "kind", 2 },
        { "a,1,,z,,," END, "parent", 2 },
        { "a,1,,,maybe,," END, "ok", 2 },
        { "a,1,,,,1.2.3," END, "weight", 2 },
        { "a,1,,,,,x;;y" END, "tags", 2 },
        { "a,1,,,,,,guess,invented,,\n", "basis", 2 },
        { "a,1,,,,,,verified,,,\n", "source", 2 },
        { "a,1,,,,,,verified,invented,2026-02-30,\n", "valid_from", 2 },
        { "a,1,,,,,,verified,invented,2026-02-02,2026-02-01\n", "valid_to", 2 },
        { "a,1,,,,," END "a,2,,,,," END, "", 3 },
        { "a,1,,,,\n", "", 2 },
        { "a,1,,,,, end" END, "tags", 2 },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct pack_draft draft;
        struct pack_problems problems;
        put("things.csv", str_c(&arena, str_join(&arena, lit(THINGS), str_of(bad[i].rows))));
        assert_int_equal(pack_read(&arena, str_of(folder), NULL, &draft, &problems), INVALID);
        assert_true(problems.len >= 1);
        assert_text(problems.at[0].file, "things.csv");
        assert_text(problems.at[0].column, bad[i].column);
        assert_int_equal(problems.at[0].line, bad[i].line);
    }
    struct pack_draft draft;
    struct pack_problems problems;
    put("things.csv", THINGS "a,1,big,,yes,-1.5,x;y" END "b,-2,small,a,no,2," END);
    assert_int_equal(pack_read(&arena, str_of(folder), NULL, &draft, &problems), OK);
    assert_int_equal(draft.len, 3);
}

static void a_pack_is_refused_without_what_it_requires_and_with_files_nobody_knows(void **state)
{
    (void)state;
    struct pack_draft draft;
    struct pack_problems problems;
    assert_int_equal(pack_read(&arena, packs_folder(&arena, "us"), NULL, &draft, &problems), INVALID);
    assert_text(problems.at[0].file, "pack.csv");
    assert_text(problems.at[0].column, "requires");
    put("things.csv", THINGS "a,1,,,,," END);
    put("strange.csv", "code," TAIL "\n");
    assert_int_equal(pack_read(&arena, str_of(folder), NULL, &draft, &problems), INVALID);
    assert_text(problems.at[0].file, "strange.csv");
    unlink(str_c(&arena, str_join(&arena, str_of(folder), lit("/strange.csv"))));
    assert_int_equal(pack_read(&arena, lit("/nowhere/at/all"), NULL, &draft, &problems), NOT_FOUND);
}

/* ---- keeping them */

static struct db *fresh_database(void)
{
    static int number;
    char path[80];
    snprintf(path, sizeof path, "%s/%d.db", folder, number++);
    struct db *db;
    assert_int_equal(db_open(path, (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    return db;
}

static void load(struct db *db, str from, int64_t today)
{
    struct pack_problems problems;
    assert_int_equal(pack_load(db, &arena, from, today, &problems), OK);
}

static struct pack opened(struct db *db)
{
    struct pack p;
    assert_int_equal(pack_open(db, &arena, NULL, &p), OK);
    return p;
}

static void a_loaded_pack_is_read_back_as_it_was_and_loading_again_changes_nothing(void **state)
{
    (void)state;
    struct db *db = fresh_database();
    load(db, packs_folder(&arena, "int"), day);
    load(db, packs_folder(&arena, "us"), day);
    struct pack kept = opened(db), read = packs_of_the_tree(&arena, true);
    load(db, packs_folder(&arena, "int"), day + 9);
    load(db, packs_folder(&arena, "us"), day + 9);
    struct pack again = opened(db);
    assert_int_equal(kept.len, read.len);
    assert_int_equal(kept.len, again.len);
    for (ptrdiff_t i = 0; i < kept.len; i++) {
        assert_true(str_equal(kept.rows[i].key, read.rows[i].key));
        assert_int_equal(kept.rows[i].basis, read.rows[i].basis);
        assert_int_equal(again.rows[i].load, 1);
        assert_int_equal(again.rows[i].valid_to, read.rows[i].valid_to);
        assert_int_equal(kept.rows[i].cell_count, read.rows[i].cell_count);
        for (ptrdiff_t k = 0; k < kept.rows[i].cell_count; k++)
            assert_true(str_equal(kept.rows[i].cells[k], read.rows[i].cells[k]));
    }
    struct pack some;
    assert_int_equal(pack_open(db, &arena, (const char *const[]){ "venues", "answers", NULL }, &some), OK);
    assert_int_equal(some.len, 34 + 18);
    db_close(db);
}

static void a_changed_row_ends_and_events_of_before_still_see_it(void **state)
{
    (void)state;
    struct db *db = fresh_database();
    put("things.csv", THINGS "a,1,,,,," END "b,2,,,,," END);
    load(db, str_of(folder), day);
    put("things.csv", THINGS "a,5,,,,," END);
    load(db, str_of(folder), day + 10);
    struct pack p = opened(db);
    assert_text(pack_cell(pack_find(&p, lit("things"), lit("a"), day), 1), "1");
    assert_text(pack_cell(pack_find(&p, lit("things"), lit("a"), day + 9), 1), "1");
    assert_text(pack_cell(pack_find(&p, lit("things"), lit("a"), day + 10), 1), "5");
    assert_non_null(pack_find(&p, lit("things"), lit("b"), day + 9));
    assert_null(pack_find(&p, lit("things"), lit("b"), day + 10));
    assert_int_equal(pack_list(&p, &arena, lit("things"), day + 10).len, 1);
    put("things.csv", THINGS "a,5,,,,," END "b,2,,,,," END);
    load(db, str_of(folder), day + 20);
    p = opened(db);
    assert_null(pack_find(&p, lit("things"), lit("b"), day + 19));
    assert_non_null(pack_find(&p, lit("things"), lit("b"), day + 20));
    db_close(db);
}

static void a_pack_with_one_fault_writes_nothing(void **state)
{
    (void)state;
    struct db *db = fresh_database();
    struct pack_problems problems;
    put("things.csv", THINGS "a,1,,,,," END "b,many,,,,," END);
    assert_int_equal(pack_load(db, &arena, str_of(folder), day, &problems), INVALID);
    assert_int_equal(problems.len, 1);
    assert_int_equal(opened(db).len, 0);
    db_close(db);
}

static void a_confirmation_survives_an_upgrade_but_not_another_number(void **state)
{
    (void)state;
    struct db *db = fresh_database();
    put("things.csv", THINGS "a,1,,,,,,general_knowledge,invented,,\nb,2,,,,,,general_knowledge,invented,,\n");
    load(db, str_of(folder), day);
    struct pack p = opened(db);
    id who = { { 7 } };
    assert_int_equal(pack_find(&p, lit("things"), lit("a"), day)->basis, BASIS_UNCONFIRMED);
    assert_int_equal(pack_confirm(db, &arena, pack_find(&p, lit("things"), lit("a"), day), who, lit("called, invented"), day), OK);
    uint8_t before[32], after[32];
    assert_int_equal(pack_stamp(db, &arena, before), OK);
    assert_int_equal(pack_confirm(db, &arena, pack_find(&p, lit("things"), lit("b"), day), who, lit("called, invented"), day), OK);
    assert_int_equal(pack_stamp(db, &arena, after), OK);
    assert_memory_not_equal(before, after, 32); /* running workers see that something was confirmed */
    assert_int_equal(pack_stamp(db, &arena, before), OK);
    assert_memory_equal(before, after, 32);
    put("things.csv", THINGS "a,1,,,,,,general_knowledge,another source,,\nb,3,,,,,,general_knowledge,invented,,\n");
    load(db, str_of(folder), day + 5);
    p = opened(db);
    assert_int_equal(pack_stamp(db, &arena, after), OK);
    assert_memory_not_equal(before, after, 32); /* and that a pack was loaded */
    assert_int_equal(pack_find(&p, lit("things"), lit("a"), day + 5)->basis, BASIS_CONFIRMED);
    assert_int_equal(pack_find(&p, lit("things"), lit("b"), day + 5)->basis, BASIS_UNCONFIRMED);
    db_close(db);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    put("schema.csv", schema);
    put("pack.csv", pack_row);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    static const char *const names[] = { "schema.csv", "pack.csv", "things.csv", "strange.csv" };
    for (ptrdiff_t i = 0; i < countof(names); i++)
        unlink(str_c(&arena, str_join(&arena, str_join(&arena, str_of(folder), lit("/")), str_of(names[i]))));
    static const char *const ends[] = { ".db", ".db-wal", ".db-shm" };
    for (int i = 0; i < 9 * 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%d%s", folder, i / 3, ends[i % 3]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    arena = arena_reserve(512 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_packs_of_the_tree_pass_their_own_check),
        cmocka_unit_test(every_column_number_of_the_header_is_that_of_the_schema),
        cmocka_unit_test(a_country_clock_replaces_the_base_and_brings_all_its_steps),
        cmocka_unit_test(each_fault_of_a_cell_is_told_with_file_line_and_column),
        cmocka_unit_test(a_pack_is_refused_without_what_it_requires_and_with_files_nobody_knows),
        cmocka_unit_test(a_loaded_pack_is_read_back_as_it_was_and_loading_again_changes_nothing),
        cmocka_unit_test(a_changed_row_ends_and_events_of_before_still_see_it),
        cmocka_unit_test(a_pack_with_one_fault_writes_nothing),
        cmocka_unit_test(a_confirmation_survives_an_upgrade_but_not_another_number),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
