/* Names of sets and manifests, and what a name brings with it: being deleted after 35 days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/os/os.h"
#include "vault/backup.h"
#include <unistd.h>

static char folder[] = "/tmp/backup-names-XXXXXX";

static void path_of(const char *name, char to[128])
{
    snprintf(to, 128, "%s/%s", folder, name);
}

static bool is_there(const char *name)
{
    char path[128];
    path_of(name, path);
    return !access(path, F_OK);
}

static void keys_sets_live_35_days_and_files_of_others_are_left_alone(void **state)
{
    (void)state;
    static const char *const names[] = { "keys-20260817T120000Z.age", "keys-20260818T120000Z.age", "content-20200101T000000Z.age",
                                         "keys-20200101T000000Z.age.txt", "my-keys-20200101T000000Z.age", "keys-20200230T000000Z.age",
                                         ".log-20200101T000000Z.age.part" };
    static const bool stays[] = { false, true, true, true, true, true, false };
    char path[128];
    assert_non_null(mkdtemp(folder));
    for (ptrdiff_t i = 0; i < countof(names); i++) {
        path_of(names[i], path);
        assert_int_equal(file_create(path, lit("x")), OK);
    }
    int64_t now = civil_to((struct civil){ 2026, 9, 22, 11, 0, 0 });
    assert_int_equal(backup_expire(folder, now), 1);
    for (ptrdiff_t i = 0; i < countof(names); i++) {
        assert_int_equal(is_there(names[i]), stays[i]);
        path_of(names[i], path);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(backup_expire("/nowhere", now), -1);
}

static void names_are_read_strictly(void **state)
{
    (void)state;
    int64_t made;
    assert_true(backup_name_read(lit("log-20261124T091500Z.age"), "log", ".age", &made));
    assert_int_equal(made, civil_to((struct civil){ 2026, 11, 24, 9, 15, 0 }));
    static const str bad[] = { LIT("log-20261124T091500Z.ag"), LIT("log-20261124T091500z.age"), LIT("log-20261324T091500Z.age"),
                               LIT("log-2026112-T091500Z.age"), LIT("key-20261124T091500Z.age"), LIT("log-20261124T096000Z.age"), LIT("") };
    for (ptrdiff_t i = 0; i < countof(bad); i++)
        assert_false(backup_name_read(bad[i], "log", ".age", &made));
}

static struct manifest some_manifest(void)
{
    struct manifest m = { .stamp = "20261124T091500Z", .install = { { 1, 2, 3 } }, .gen = 7, .entries = 1234, .root = { 9, 8, 7 } };
    for (int i = 0; i < SETS; i++) {
        snprintf(m.sets[i].name, SET_NAME, "%s-20261124T091500Z.age", set_kinds[i]);
        m.sets[i].sha256[i] = 0xa5;
        m.sets[i].bytes = 1000 + i;
    }
    return m;
}

static void a_manifest_reads_back_and_ends_in_a_checkpoint(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 16);
    struct manifest m = some_manifest(), again;
    struct audit_seen seen;
    str text = manifest_text(&a, &m);
    assert_true(manifest_read(text, &again));
    assert_string_equal(again.stamp, m.stamp);
    assert_memory_equal(again.root, m.root, sizeof m.root);
    assert_true(id_equal(again.install, m.install));
    assert_int_equal(again.gen, 7);
    assert_int_equal(again.entries, 1234);
    for (int i = 0; i < SETS; i++) {
        assert_string_equal(again.sets[i].name, m.sets[i].name);
        assert_memory_equal(again.sets[i].sha256, m.sets[i].sha256, 32);
        assert_int_equal(again.sets[i].bytes, m.sets[i].bytes);
    }
    const char *checkpoint = strstr(str_c(&a, text), "\nplainsight/") + 1; /* what `audit verify --seen` takes */
    assert_true(audit_seen_read(&a, str_of(checkpoint), &seen));
    assert_int_equal(seen.size, 1234);
}

static void a_manifest_that_was_cut_or_edited_badly_does_not_read(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 20);
    struct manifest m = some_manifest(), again;
    str text = manifest_text(&a, &m);
    for (ptrdiff_t n = 0; n < text.len - 1; n++)
        assert_false(manifest_read(str_part(text, 0, n), &again));
    assert_false(manifest_read(str_part(text, 1, text.len), &again));
    char *bad = str_c(&a, text);
    strstr(bad, "content-")[0] = 'k';
    assert_false(manifest_read(str_of(bad), &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_sets_live_35_days_and_files_of_others_are_left_alone),
        cmocka_unit_test(names_are_read_strictly),
        cmocka_unit_test(a_manifest_reads_back_and_ends_in_a_checkpoint),
        cmocka_unit_test(a_manifest_that_was_cut_or_edited_badly_does_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
