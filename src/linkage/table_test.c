/*
 * The names of records: numbers in a row, numbers, texts, and one after the other in one file or two; each comes back as it was. And values that
 * are looked for together before they are put.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/table.h"
#include <sys/mman.h>
#include <unistd.h>

static struct arena arena;

/* Names with a comma between; FROM-TO is each number from one to the other. */
static int file_of(const char *names)
{
    struct out o = { .arena = &arena };
    str rest = str_of(names), name, from;
    int64_t first, last, row = 0;
    out_str(&o, lit("id,surname\n"));
    while (str_split(&rest, ',', &name)) {
        bool many = str_find(name, '-') > 0 && str_split(&name, '-', &from) && str_to_int(from, &first) && str_to_int(name, &last);
        for (int64_t i = many ? first : 0; i <= (many ? last : 0); i++) {
            if (many)
                out_int(&o, i);
            else
                out_str(&o, name);
            out_str(&o, lit(",s"));
            out_int(&o, row++);
            out_char(&o, '\n');
        }
    }
    int fd = memfd_create("names", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, o.at, (size_t)o.len) == o.len && !lseek(fd, 0, SEEK_SET));
    return fd;
}

static status read_names(struct table *t, const char *one, const char *other)
{
    int fds[2] = { file_of(one), other ? file_of(other) : -1 };
    status s = table_read(t, fds, other ? 2 : 1, NULL, NULL);
    close(fds[0]);
    close(fds[1]);
    return s;
}

/* The names as they stand, with commas between. */
static str names_of(const struct table *t)
{
    struct out o = { .arena = &arena };
    char scratch[NAME_SCRATCH];
    for (uint32_t i = 0; i < t->count; i++) {
        out_str(&o, i ? lit(",") : lit(""));
        out_str(&o, table_name(t, i, scratch));
    }
    return out_view(&o);
}

static str written_out(const char *one, const char *other)
{
    struct out o = { .arena = &arena };
    for (int i = 0; i < 2; i++) {
        str rest = str_of(i ? other : one), name, from;
        int64_t first, last;
        while (str_split(&rest, ',', &name)) {
            bool many = str_find(name, '-') > 0 && str_split(&name, '-', &from) && str_to_int(from, &first) && str_to_int(name, &last);
            for (int64_t k = many ? first : 0; k <= (many ? last : 0); k++) {
                out_str(&o, o.len ? lit(",") : lit(""));
                if (many)
                    out_int(&o, k);
                else
                    out_str(&o, name);
            }
        }
    }
    return out_view(&o);
}

static void names_come_back_as_they_were(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        { "5,6,7", NULL }, { "0,1,2", NULL }, { "5,6,9,10", NULL }, { "5,6,x,7", NULL }, { "007,008", NULL }, { "9,8,7", NULL }, { "4294967295,4294967296", NULL },
        { "4294967295,0", NULL }, { "1-2000", NULL }, { "1-700,q,701-1400", NULL }, { "1-700,5000,701-1400", NULL }, { "x,1-600", NULL },
        { "1-3", "1-3" }, { "1-3", "7-9" }, { "1-3", "7,9" }, { "1-300", "a,9" }, { "1,5", "2,3" }, { "a,b", "1,2" }, { "1-600", "1-300,7000,301-600" },
    };
    static struct table t;
    for (ptrdiff_t i = 0; i < countof(files); i++) {
        assert_int_equal(read_names(&t, files[i][0], files[i][1]), OK);
        assert_true(str_equal(names_of(&t), written_out(files[i][0], files[i][1])));
        table_close(&t);
    }
}

static void a_name_given_twice_is_refused(void **state)
{
    (void)state;
    static const char *const files[][2] = { { "5,6,5", NULL }, { "1,2,3,3", NULL }, { "a,b,a", NULL }, { "1-900,7", NULL }, { "1-900,x,7", NULL }, { "1-3", "4,4" }, { "1-3,2", "1-3" } };
    static struct table t;
    for (ptrdiff_t i = 0; i < countof(files); i++) {
        assert_int_equal(read_names(&t, files[i][0], files[i][1]), INVALID);
        assert_non_null(strstr(t.complaint, "another record is called"));
        table_close(&t);
    }
}

/* What was not there is put from the slot where it was missed, also when the slots were made wider since. */
static void what_was_missed_is_put_once(void **state)
{
    (void)state;
    enum { N = 600 };
    static char texts[N][40];
    static uint32_t numbers[2 * N];
    static struct value_put puts[2 * N];
    struct values v;
    assert_true(values_open(&v) && values_room(&v, 2 * N));
    for (int i = 0; i < 2 * N; i++) { /* each of them twice */
        str text = { texts[i % N], snprintf(texts[i % N], sizeof texts[0], "value %d", i % N) };
        puts[i] = (struct value_put){ text, hash_text(text.at, text.len), &numbers[i], 0, 0 };
    }
    assert_int_equal(values_put_known(&v, puts, 2 * N), 2 * N);
    for (int i = 0; i < 2 * N; i++) {
        if (i == N / 2)
            assert_true(values_room(&v, 64 * N));
        *puts[i].to = values_put_unknown(&v, &puts[i]);
    }
    assert_int_equal(v.count, N);
    for (int i = 0; i < N; i++) {
        assert_int_equal(numbers[i], numbers[N + i]);
        assert_int_equal(numbers[i], values_find(&v, texts[i], (ptrdiff_t)strlen(texts[i]), puts[i].hash));
        assert_int_equal(value_of(&v, numbers[i])->seen, 2);
    }
    values_close(&v);
}

int main(void)
{
    arena = arena_reserve(64 << 20);
    const struct CMUnitTest tests[] = { cmocka_unit_test(names_come_back_as_they_were), cmocka_unit_test(a_name_given_twice_is_refused), cmocka_unit_test(what_was_missed_is_put_once) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
