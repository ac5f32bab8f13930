/* Checkpoints from outside: ours come home and must be what the log was; another house's are recorded and signed, and nothing else is. */
#include "keeper_world.h"

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static status bring(struct world *x, str text, str *line)
{
    uint64_t seq;
    return keeper_witness(x->jobs, &x->arena, text, &seq, line);
}

/* The first three lines of a note. */
static str body_of(str note)
{
    str rest = note, line;
    for (int i = 0; i < 3; i++)
        assert_true(str_split(&rest, '\n', &line));
    return str_part(note, 0, note.len - rest.len);
}

static uint64_t witnessed(struct world *x)
{
    uint64_t size;
    assert_int_equal(loghead_witnessed(x->db, LOG_NUMBER, &size), OK);
    return size;
}

static struct audit_record last(struct world *x)
{
    struct leaf l;
    struct audit_record r;
    assert_int_equal(leaf_at(x->db, LOG_NUMBER, x->core->tree.size - 1, &l), OK);
    assert_true(audit_record_read(l.record, &r));
    return r;
}

static void a_checkpoint_of_ours_comes_home_only_if_the_log_is_still_the_one(void **state)
{
    struct world *x = *state;
    str note, older, line;
    assert_int_equal(keeper_head(x->jobs, &x->arena, &note), OK);
    older = body_of(note);
    world_in(x, SAM);
    assert_int_equal(keeper_head(x->jobs, &x->arena, &note), OK);
    str body = body_of(note);
    uint64_t size = x->core->tree.size;
    assert_int_equal(witnessed(x), 0);
    assert_int_equal(bring(x, body, &line), OK);
    assert_int_equal(line.len, 0); /* our own is not signed a second time */
    assert_int_equal(witnessed(x), size);
    assert_int_equal(last(x).action, ACT_WITNESS);
    assert_int_equal(last(x).result, 0);
    assert_int_equal(bring(x, older, &line), OK); /* an older one is good too, and takes nothing back */
    assert_int_equal(witnessed(x), size);

    /* Another root, and an entry more than there is: both are refused, and stand in the log. */
    struct audit_seen seen;
    assert_true(audit_seen_read(&x->arena, body, &seen));
    seen.root[0] ^= 1;
    assert_int_equal(bring(x, audit_checkpoint(&x->arena, x->made.install, LOG_NUMBER, seen.size, seen.root), &line), NOT_FOUND);
    assert_int_equal(last(x).action, ACT_WITNESS);
    assert_int_equal(last(x).result, CODE_NONE);
    seen.root[0] ^= 1;
    assert_int_equal(bring(x, audit_checkpoint(&x->arena, x->made.install, LOG_NUMBER, x->core->tree.size + 1, seen.root), &line), NOT_FOUND);
    assert_int_equal(witnessed(x), size);
    /* The log was changed since, by whoever holds the database: what came home before is no more what it was. */
    world_sql(x, "UPDATE leaf SET root = (SELECT root FROM leaf WHERE seq = 1) WHERE seq = 0");
    struct leaf first;
    assert_int_equal(leaf_at(x->db, LOG_NUMBER, 0, &first), OK);
    struct audit_tree tree = { 0 };
    uint8_t root[32];
    audit_tree_add(&tree, (str){ (char *)first.record, AUDIT_RECORD });
    audit_tree_root(&tree, root);
    assert_int_equal(bring(x, audit_checkpoint(&x->arena, x->made.install, LOG_NUMBER, 1, root), &line), NOT_FOUND);
}

static void anothers_checkpoint_is_recorded_and_bears_our_signature(void **state)
{
    struct world *x = *state;
    str line, note, name;
    id theirs = { { 7, 7 } };
    uint8_t root[32] = { 9 }, wrong[KEY];
    str body = audit_checkpoint(&x->arena, theirs, 1, 123, root);
    assert_int_equal(keeper_head(x->jobs, &x->arena, &note), OK);
    assert_true(str_split(&note, '\n', &name));
    uint64_t before = x->core->tree.size;
    assert_int_equal(bring(x, body, &line), OK);
    assert_int_equal(x->core->tree.size, before + 1);
    assert_int_equal(witnessed(x), 0);
    uint8_t digest[32];
    sha256(body, digest);
    assert_memory_equal(last(x).digest, digest, 32);
    assert_true(audit_note_signed(&x->arena, body, line, name, x->made.node_sign));
    /* Controls: another key, another name, another body. */
    memcpy(wrong, x->made.node_sign, KEY);
    wrong[0] ^= 1;
    assert_false(audit_note_signed(&x->arena, body, line, name, wrong));
    assert_false(audit_note_signed(&x->arena, body, line, lit("plainsight/other/1"), x->made.node_sign));
    assert_false(audit_note_signed(&x->arena, audit_checkpoint(&x->arena, theirs, 1, 124, root), line, name, x->made.node_sign));
}

/* The node's key signs checkpoints of others and nothing that could be taken for one of ours. */
static void nothing_but_a_checkpoint_is_signed(void **state)
{
    struct world *x = *state;
    uint8_t root[32] = { 9 };
    str line = { 0 };
    str good = audit_checkpoint(&x->arena, (id){ { 7 } }, 1, 5, root);
    assert_int_equal(bring(x, good, &line), OK); /* the control */
    assert_int_equal(bring(x, lit(""), &line), INVALID);
    assert_int_equal(bring(x, lit("hello\n5\nAAAA\n"), &line), INVALID);
    assert_int_equal(bring(x, str_part(good, 0, good.len - 1), &line), INVALID);
    assert_int_equal(bring(x, str_join(&x->arena, good, lit("\n")), &line), INVALID);
    assert_int_equal(bring(x, str_join(&x->arena, good, lit("more\n")), &line), INVALID);
    assert_int_equal(bring(x, str_join(&x->arena, lit("x"), good), &line), INVALID);
    assert_int_equal(bring(x, audit_checkpoint(&x->arena, x->made.install, 2, 5, root), &line), INVALID); /* our name, another log */
    str shouting = str_copy(&x->arena, good);
    ((char *)(uintptr_t)shouting.at)[12] = 'A';
    assert_int_equal(bring(x, shouting, &line), INVALID);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_checkpoint_of_ours_comes_home_only_if_the_log_is_still_the_one),
        HOUSE(anothers_checkpoint_is_recorded_and_bears_our_signature),
        HOUSE(nothing_but_a_checkpoint_is_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
