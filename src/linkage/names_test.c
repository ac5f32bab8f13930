/* Names as they are heard, shortened, ordered and written in other scripts: known answers, and what must not meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/dedupe.h"
#include "linkage/han.h"
#include "linkage/names.h"
#include "linkage/nicknames.h"
#include "linkage/normal.h"
#include "linkage/sound.h"
#include <sys/mman.h>
#include <unistd.h>

static struct dedupe d;

static str plain(const char *name, char to[VALUE_MOST])
{
    ptrdiff_t n = normal_value(KIND_NAME, str_of(name), to);
    assert_true(n > 0);
    return (str){ to, n };
}

static uint32_t heard(const char *name)
{
    char to[VALUE_MOST];
    str words[WORDS_MOST];
    return sound_words(words, name_words(plain(name, to), words));
}

/* Each row is one name as clerks of several languages and scripts write it. */
static void spellings_of_one_name_sound_the_same(void **state)
{
    (void)state;
    static const char *const same[][6] = {
        { "mohamed", "Mohammed", "Muhammad", "محمد", "мохамед", "Mouhamad" },
        { "yusuf", "Youssef", "Yousuf", "يوسف", "Jusuf", "Юсуф" },
        { "yosef", "Josef", "Joseph", "יוסף", "Iosif", "Yossef" },
        { "ali", "علي", "Aly", "עלי", "Али", "Alí" },
        { "ahmed", "Ahmad", "أحمد", "احمد" },
        { "khalid", "Halid", "خالد", "Khaled", "Халид" },
        { "julia", "Yulia", "Iulia", "Giulia", "Юлия", "Julija" },
        { "Jamal", "Djamal", "Джамал", "Jammal" },
        { "Ivanov", "Iwanow", "Ivanoff", "Иванов", "Ιβανοβ" },
        { "Kowalski", "Kovalsky", "Ковальский", "Kowalskij" },
        { "Yelena", "Elena", "Jelena", "Елена", "Ελένη" },
        { "Nikolic", "Nikolich", "Nikolić", "Николич", "Nikolitch" },
        { "Stephen", "Stefan", "Стефан", "Steffen" },
        { "Gonzales", "Gonzalez", "González" },
        { "de la Cruz", "Cruz", "la Cruz", "CRUZ" },
        { "al-Hassan", "Hassan", "حسن", "Al Hasan" },
        { "王小明", "Wang Xiaoming", "王小明 " },
        { "Garcia Juan", "Juan García", "garcia, juan" },
    };
    for (ptrdiff_t i = 0; i < countof(same); i++)
        for (int k = 1; k < 6 && same[i][k]; k++)
            if (heard(same[i][0]) != heard(same[i][k]))
                fail_msg("%s and %s", same[i][0], same[i][k]);
    static const char *const others[][2] = { { "maria", "marta" }, { "ivan", "igor" }, { "smith", "jones" }, { "jose", "josefa" }, { "ali", "omar" },
                                             { "juan garcia", "juan perez" }, { "mohamed", "mahdi" } };
    for (ptrdiff_t i = 0; i < countof(others); i++)
        assert_true(heard(others[i][0]) != heard(others[i][1]));
}

static void a_word_has_a_skeleton(void **state)
{
    (void)state;
    static const char *const known[][2] = { { "schmidt", "smt" }, { "o'brien", "abrn" }, { "xavier", "ksvr" }, { "a", "a" }, { "quintero", "kntr" },
                                            { "tchaikovsky", "ckvsk" }, { "hannah", "hn" }, { "mmm", "m" }, { "mamo", "mm" }, { "zhang", "sng" } };
    char to[SOUND_MOST];
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        ptrdiff_t n = sound_word(str_of(known[i][0]), to);
        assert_int_equal(n, strlen(known[i][1]));
        assert_memory_equal(to, known[i][1], (size_t)n);
    }
    char long_word[VALUE_MOST];
    for (int i = 0; i < VALUE_MOST; i++)
        long_word[i] = i % 2 ? 'k' : 't';
    assert_int_equal(sound_word((str){ long_word, VALUE_MOST }, to), SOUND_MOST);
    assert_int_equal(heard("-"), 0);
}

static bool meet(const char *a, const char *b)
{
    return nicknames_meet(nickname_of(str_of(a)), nickname_of(str_of(b)));
}

static void short_forms_meet_their_names(void **state)
{
    (void)state;
    static const char *const same[][2] = { { "bob", "robert" }, { "bob", "rob" }, { "sasha", "aleksandr" }, { "sasha", "alexandra" }, { "pepe", "jose" }, { "paco", "francisco" },
                                           { "dima", "dmitri" }, { "gheorghe", "gigi" }, { "abdou", "abdullah" }, { "maite", "maria teresa" }, { "vova", "volodymyr" },
                                           { "lula", "luiz" }, { "manon", "marie" }, { "kobi", "yaakov" } };
    static const char *const others[][2] = { { "alexander", "alexandra" }, { "bob", "william" }, { "nobody", "nobody" }, { "maria", "jose" }, { "", "" }, { "sasha", "masha" } };
    for (ptrdiff_t i = 0; i < countof(same); i++)
        if (!meet(same[i][0], same[i][1]) || !meet(same[i][1], same[i][0]))
            fail_msg("%s and %s", same[i][0], same[i][1]);
    for (ptrdiff_t i = 0; i < countof(others); i++)
        assert_false(meet(others[i][0], others[i][1]));
}

static void particles_are_left_out_unless_they_are_all(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int count;
        const char *first;
    } known[] = { { "maria de los angeles", 2, "maria" }, { "van der berg", 1, "berg" }, { "al", 1, "al" }, { "de la", 2, "de" }, { "o'brien-smith", 2, "o'brien" },
                  { "abu omar", 1, "omar" }, { "a b c d e f g h i j k l", 8, "a" }, { "", 0, "" }, { "--", 0, "" } };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        str words[WORDS_MOST];
        assert_int_equal(name_words(str_of(known[i].name), words), known[i].count);
        assert_true(!known[i].count || str_equal(words[0], str_of(known[i].first)));
    }
}

static void chinese_names_are_read_with_the_surname_apart(void **state)
{
    (void)state;
    static const char *const known[][2] = { { "王小明", "wang xiaoming" }, { "欧阳修", "ouyang xiu" }, { "張偉", "zhang wei" }, { "李", "li" }, { "小明", "xiaoming" },
                                            { "曾国藩", "zeng guofan" }, { "北京市朝阳区", "beijingshichaoyangqu" }, { "吕布", "lu bu" } };
    char to[VALUE_MOST];
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        str name = plain(known[i][0], to);
        if (!str_equal(name, str_of(known[i][1])))
            fail_msg("%s: %.*s", known[i][0], (int)name.len, name.at);
    }
    assert_null(han_reading(0x9fff, false)); /* a character that is not common */
    assert_null(han_reading('a', true));
    assert_string_equal(han_reading(0x66fe, false), "ceng");
}

/* ---- levels ---- */

/* The levels of the first two rows, a comparison each. */
static void levels_of(const char *header, const char *one, const char *other, int levels[COMPARISONS_MOST])
{
    char text[600];
    int n = snprintf(text, sizeof text, "id,%s\n1,%s\n2,%s\n", header, one, other), fd = memfd_create("people", MFD_CLOEXEC);
    must(n < (int)sizeof text && write(fd, text, (size_t)n) == n && !lseek(fd, 0, SEEK_SET));
    assert_int_equal(table_read(&d.table, &fd, 1, NULL, NULL), OK);
    close(fd);
    struct pair p = { 0, 1, 0, 0 };
    struct patterns s;
    static struct comparer memory;
    uint32_t pattern;
    pair_rows(&p, table_row(&d.table, 0), table_row(&d.table, 1), d.table.stride);
    memset(&memory, 0, sizeof memory);
    assert_true(patterns_of(&d.table.plan, &s));
    compare_lot(&d.table, &s, &memory, &p, 1, &pattern);
    for (int k = 0; k < d.table.plan.comparison_count; k++) {
        levels[k] = compare_rows(&d.table, &d.table.plan.comparisons[k], &p);
        assert_int_equal(pattern_level(&s, &d.table.plan, pattern, k), levels[k]); /* in a lot and alone */
    }
    table_close(&d.table);
}

static void two_addresses_have_a_level(void **state)
{
    (void)state;
    static const char *const others[] = { /* of each level, from the same house to another town; and of no address */
        "12 main road,rome,11111", "12 main road,rome,22222", "12 mian road,oslo,11111", "12 hill road,oslo,11111", "12 mian road,rome,22222", "9 hill road,oslo,22222", ",,",
    };
    for (int i = 0; i < (int)countof(others); i++) {
        int levels[COMPARISONS_MOST];
        levels_of("street,city,postcode", others[0], others[i], levels);
        assert_int_equal(levels[0], i);
    }
}

static void two_names_have_a_level(void **state)
{
    (void)state;
    enum { SAME, WORDS, ALIKE, SOUND, WEAK, ELSE };
    static const struct {
        const char *a, *b;
        int level;
    } known[] = {
        { "Maria", "MARÍA", SAME }, { "Иван", "иван", SAME }, { "Иван", "Ivan", WORDS }, { "Juan Garcia", "Garcia Juan", WORDS }, { "张", "章", WORDS }, { "张", "張", WORDS },
        { "Juan de la Cruz", "Cruz Juan", WORDS }, { "al-Hassan", "Hassan", WORDS }, { "marhta", "martha", ALIKE }, { "Juan Garcia", "Juan Garcia Lopez", ALIKE },
        { "Bob Smith", "Robert Smith", ALIKE }, { "Mohamed", "محمد", SOUND }, { "Liz", "Elizabeth", SOUND }, { "J", "John", SOUND }, { "J Smith", "Smith John", SOUND },
        { "dixon", "dicksonx", WEAK }, { "Garcia", "Lopez Garcia", WEAK }, { "Maria", "Peter", ELSE }, { "Juan Garcia", "Pedro Lopez", ELSE }, { "J", "K", ELSE },
        { "سعيد", "小明", ELSE },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        int there[COMPARISONS_MOST], back[COMPARISONS_MOST];
        levels_of("name", known[i].a, known[i].b, there);
        levels_of("name", known[i].b, known[i].a, back);
        if (there[0] != known[i].level || back[0] != there[0])
            fail_msg("%s and %s: %d, %d", known[i].a, known[i].b, there[0], back[0]);
    }
}

static void swapped_parts_are_one_fact(void **state)
{
    (void)state;
    int levels[COMPARISONS_MOST];
    levels_of("given,surname", "Maria,Lopez", "Lopez,Maria", levels);
    assert_int_equal(levels[0], 2);
    assert_int_equal(levels[1], 6); /* says nothing */
    levels_of("given,surname", "Мария,Лопез", "Lopes,Maria", levels);
    assert_int_equal(levels[0], 2);
    levels_of("given,surname", "Maria,Maria", "Maria,Maria", levels);
    assert_true(levels[0] == 0 && levels[1] == 0);
    levels_of("given,surname", "Maria,Lopez", "Maria,Perez", levels);
    assert_true(levels[0] == 0 && levels[1] == 5);
    levels_of("given,surname", "Maria,Lopez", "Lopez,", levels);
    assert_true(levels[0] == 6 && levels[1] == 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_name_sound_the_same),
        cmocka_unit_test(a_word_has_a_skeleton),
        cmocka_unit_test(short_forms_meet_their_names),
        cmocka_unit_test(particles_are_left_out_unless_they_are_all),
        cmocka_unit_test(chinese_names_are_read_with_the_surname_apart),
        cmocka_unit_test(two_addresses_have_a_level),
        cmocka_unit_test(two_names_have_a_level),
        cmocka_unit_test(swapped_parts_are_one_fact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
