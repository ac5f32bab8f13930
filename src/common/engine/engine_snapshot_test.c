/* The sealed file of the index: whole or nothing, under one key, and nothing of it in clear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/engine/engine.h"
#include "lib/os/os.h"

static char place[64];
static int folder;
static const uint8_t key[KEY] = { 1, 2, 3 }, other_key[KEY] = { 1, 2, 4 };
enum { FILE_HEAD = 16 + STREAM_HEADER, SEALED = SNAPSHOT_CHUNK + STREAM_MORE };

static int make_folder(void **state)
{
    (void)state;
    crypt_start();
    snprintf(place, sizeof place, "/tmp/snapshot-test-XXXXXX");
    must(mkdtemp(place) != NULL && folder_open_for(place, &folder) == OK);
    return 0;
}

static int end_folder(void **state)
{
    (void)state;
    unlinkat(folder, ENGINE_SNAPSHOT, 0);
    unlinkat(folder, ENGINE_SNAPSHOT ".new", 0);
    close(folder);
    return rmdir(place);
}

/* ---- content: bytes that follow from a seed and their place ---- */

struct content {
    uint8_t seed;
    ptrdiff_t length, at, piece; /* piece: how much is given at a time */
    bool good;
};

static uint8_t byte_at(const struct content *c, ptrdiff_t i)
{
    return (uint8_t)(c->seed + i * 7 + (i >> 8));
}

static status produce(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    struct content *c = ctx;
    *n = c->length - c->at;
    if (*n > c->piece)
        *n = c->piece;
    if (*n > room)
        *n = room;
    for (ptrdiff_t i = 0; i < *n; i++)
        to[i] = byte_at(c, c->at + i);
    c->at += *n;
    return OK;
}

static status compare(void *ctx, str bytes)
{
    struct content *c = ctx;
    for (ptrdiff_t i = 0; i < bytes.len; i++)
        c->good &= (uint8_t)bytes.at[i] == byte_at(c, c->at + i);
    c->at += bytes.len;
    return OK;
}

static status write_it(uint8_t seed, ptrdiff_t length, const uint8_t k[KEY])
{
    struct content c = { seed, length, 0, 1000, true };
    return engine_snapshot_write(folder, k, seed, produce, &c);
}

/* OK alone when it is all there and the same. */
static status read_it(uint8_t seed, ptrdiff_t length, const uint8_t k[KEY])
{
    struct content c = { seed, length, 0, 0, true };
    uint64_t upto = 0;
    status s = engine_snapshot_read(folder, k, &upto, compare, &c);
    if (s == OK)
        assert_true(upto == seed && c.good && c.at == length);
    return s;
}

static bool is_there(const char *name)
{
    struct stat about;
    return !fstatat(folder, name, &about, 0);
}

static str whole_file(struct arena *a)
{
    char path[128];
    str bytes;
    snprintf(path, sizeof path, "%s/%s", place, ENGINE_SNAPSHOT);
    assert_int_equal(file_read(a, path, 16 << 20, &bytes), OK);
    return bytes;
}

static void put_file(str bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place, ENGINE_SNAPSHOT);
    assert_int_equal(file_replace(path, bytes), OK);
}

/* ---- tests ---- */

static void what_was_written_is_read_whatever_its_length(void **state)
{
    (void)state;
    static const ptrdiff_t lengths[] = { 0, 1, 999, SNAPSHOT_CHUNK - 1, SNAPSHOT_CHUNK, SNAPSHOT_CHUNK + 1, 2 * SNAPSHOT_CHUNK, 300000 };
    assert_int_equal(read_it(1, 0, key), NOT_FOUND);
    for (ptrdiff_t i = 0; i < countof(lengths); i++) {
        struct arena a = arena_reserve(1 << 20);
        assert_int_equal(write_it((uint8_t)(i + 1), lengths[i], key), OK);
        assert_int_equal(read_it((uint8_t)(i + 1), lengths[i], key), OK);
        assert_false(is_there(ENGINE_SNAPSHOT ".new"));
        str file = whole_file(&a);
        assert_memory_equal(file.at, "PSE1\1\0\0\0", 8);
        assert_int_equal(file.len, FILE_HEAD + lengths[i] + (lengths[i] / SNAPSHOT_CHUNK + 1) * STREAM_MORE);
    }
}

static void under_another_key_it_is_dropped(void **state)
{
    (void)state;
    assert_int_equal(write_it(1, 5000, key), OK);
    assert_int_equal(read_it(1, 5000, other_key), INVALID);
    assert_false(is_there(ENGINE_SNAPSHOT));
    assert_int_equal(read_it(1, 5000, key), NOT_FOUND);
}

/* Each piece of a file that is not the file: dropped, and the control is read. */
static void assert_dropped(str whole, str bytes)
{
    put_file(bytes);
    assert_int_equal(read_it(9, 150000, key), INVALID);
    assert_false(is_there(ENGINE_SNAPSHOT));
    put_file(whole);
}

static void torn_cut_longer_and_changed_files_are_dropped(void **state)
{
    (void)state;
    struct arena a = arena_reserve(16 << 20);
    assert_int_equal(write_it(9, 150000, key), OK);
    str whole = str_copy(&a, whole_file(&a));
    char *bytes = arena_new(&a, char, whole.len + 8);
    static const ptrdiff_t cuts[] = { 0, 1, 15, 16, FILE_HEAD - 1, FILE_HEAD, FILE_HEAD + 1, FILE_HEAD + SEALED - 1, FILE_HEAD + SEALED,
                                      FILE_HEAD + SEALED + 1, FILE_HEAD + 2 * SEALED };
    for (ptrdiff_t i = 0; i < countof(cuts); i++)
        assert_dropped(whole, str_part(whole, 0, cuts[i]));
    assert_dropped(whole, str_part(whole, 0, whole.len - 1));
    memcpy(bytes, whole.at, (size_t)whole.len), bytes[whole.len] = 0;
    assert_dropped(whole, (str){ bytes, whole.len + 1 });
    for (ptrdiff_t i = 0; i < FILE_HEAD * 8 + 200; i++) { /* every bit of the head, and some of the rest */
        ptrdiff_t bit = i < FILE_HEAD * 8 ? i : FILE_HEAD * 8 + (i * 7919 * 31) % ((whole.len - FILE_HEAD) * 8);
        memcpy(bytes, whole.at, (size_t)whole.len);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        assert_dropped(whole, (str){ bytes, whole.len });
    }
    memcpy(bytes, whole.at, (size_t)whole.len); /* two chunks change places */
    memcpy(bytes + FILE_HEAD, whole.at + FILE_HEAD + SEALED, SEALED), memcpy(bytes + FILE_HEAD + SEALED, whole.at + FILE_HEAD, SEALED);
    assert_dropped(whole, (str){ bytes, whole.len });
    assert_int_equal(read_it(9, 150000, key), OK); /* the control */
}

static status refuse(void *ctx, str bytes)
{
    (void)ctx, (void)bytes;
    return INVALID;
}

static void what_its_reader_does_not_want_is_dropped_too(void **state)
{
    (void)state;
    uint64_t upto;
    assert_int_equal(write_it(1, 100, key), OK);
    assert_int_equal(engine_snapshot_read(folder, key, &upto, refuse, NULL), INVALID);
    assert_false(is_there(ENGINE_SNAPSHOT));
}

static status produce_and_fail(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    struct content *c = ctx;
    return c->at > SNAPSHOT_CHUNK * 2 ? LIMIT : produce(ctx, to, room, n);
}

static void a_writing_that_fails_leaves_what_was_there(void **state)
{
    (void)state;
    struct content c = { 2, 1 << 20, 0, 1000, true };
    assert_int_equal(write_it(1, 70000, key), OK);
    assert_int_equal(engine_snapshot_write(folder, key, 2, produce_and_fail, &c), LIMIT);
    assert_false(is_there(ENGINE_SNAPSHOT ".new"));
    assert_int_equal(read_it(1, 70000, key), OK);
}

static noreturn void write_for_ever(void)
{
    for (uint8_t seed = 1;; seed = (uint8_t)(seed % 250 + 1))
        if (write_it(seed, 100000 + 1000 * seed, key) != OK)
            _exit(1);
}

/* The reader takes no part in it and sees one whole file, whichever; what lay beside it is thrown away by the next writer. */
static void a_writer_killed_at_any_moment_leaves_a_whole_file_or_none(void **state)
{
    (void)state;
    int whole = 0, left_beside = 0;
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (!child)
            write_for_ever();
        usleep((useconds_t)(500 + 613 * i));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        left_beside += is_there(ENGINE_SNAPSHOT ".new");
        if (!is_there(ENGINE_SNAPSHOT))
            continue;
        struct arena a = arena_reserve(2 << 20);
        str file = whole_file(&a);
        assert_true(file.len > 8);
        uint8_t seed = (uint8_t)file.at[8];
        assert_int_equal(read_it(seed, 100000 + 1000 * seed, key), OK);
        whole++;
    }
    assert_true(whole > 30 && left_beside > 0);
    assert_int_equal(write_it(3, 5, key), OK);
    assert_false(is_there(ENGINE_SNAPSHOT ".new"));
}

#define CANARY "an invented canary that sings in clear"
static status produce_canaries(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    int *left = ctx;
    *n = 0;
    if (room < (ptrdiff_t)sizeof CANARY || !*left)
        return OK;
    memcpy(to, CANARY, sizeof CANARY);
    *n = sizeof CANARY;
    --*left;
    return OK;
}

static int canaries_heard;
static status hear_canaries(void *ctx, str bytes)
{
    (void)ctx;
    for (const char *at = bytes.at; (at = memmem(at, (size_t)(bytes.at + bytes.len - at), CANARY, sizeof CANARY)); at++)
        canaries_heard++;
    return OK;
}

static void nothing_of_it_stands_there_in_clear(void **state)
{
    (void)state;
    int left = 1000;
    uint64_t upto;
    struct arena a = arena_reserve(4 << 20);
    assert_int_equal(engine_snapshot_write(folder, key, 7, produce_canaries, &left), OK);
    str file = whole_file(&a);
    assert_true(file.len > 30000);
    assert_null(memmem(file.at, (size_t)file.len, "canary", 6));
    assert_null(memmem(file.at, (size_t)file.len, key, KEY));
    struct stat about;
    assert_int_equal(fstatat(folder, ENGINE_SNAPSHOT, &about, 0), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(engine_snapshot_read(folder, key, &upto, hear_canaries, NULL), OK);
    assert_true(canaries_heard > 990); /* the control */
}

/* Somebody who may write in the folder lays a link where the file is to be made, or read. */
static void no_link_is_followed(void **state)
{
    (void)state;
    char outside[] = "/tmp/snapshot-outside-XXXXXX";
    int fd = mkstemp(outside);
    uint64_t upto;
    struct content c = { 1, 1, 0, 0, true };
    must(fd >= 0);
    close(fd);
    assert_int_equal(symlinkat(outside, folder, ENGINE_SNAPSHOT ".new"), 0);
    assert_int_equal(write_it(1, 1, key), OK);
    struct stat about;
    assert_int_equal(stat(outside, &about), 0);
    assert_int_equal(about.st_size, 0);
    assert_int_equal(unlinkat(folder, ENGINE_SNAPSHOT, 0), 0);
    assert_int_equal(symlinkat(outside, folder, ENGINE_SNAPSHOT), 0);
    assert_int_equal(engine_snapshot_read(folder, key, &upto, compare, &c), FAULT);
    unlink(outside);
}

int main(void)
{
#define FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, end_folder)
    const struct CMUnitTest tests[] = {
        FOLDER(what_was_written_is_read_whatever_its_length),
        FOLDER(under_another_key_it_is_dropped),
        FOLDER(torn_cut_longer_and_changed_files_are_dropped),
        FOLDER(what_its_reader_does_not_want_is_dropped_too),
        FOLDER(a_writing_that_fails_leaves_what_was_there),
        FOLDER(a_writer_killed_at_any_moment_leaves_a_whole_file_or_none),
        FOLDER(nothing_of_it_stands_there_in_clear),
        FOLDER(no_link_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
