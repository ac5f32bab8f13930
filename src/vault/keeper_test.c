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

static void members_of_a_ring_read_what_strangers_sealed_and_nobody_else_does(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    static const struct {
        enum someone who;
        uint8_t code;
    } cells[] = { { LIN, CODE_OK }, { SAM, CODE_OK }, { ADA, CODE_NONE }, { CAM, CODE_NONE }, { AUD, CODE_NONE }, { OFFICER, CODE_NONE } };
    for (ptrdiff_t i = 0; i < countof(cells); i++) {
        struct signed_in in = world_in(x, cells[i].who);
        assert_int_equal(world_open(x, in.token, &tip), cells[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(members_of_a_ring_read_what_strangers_sealed_and_nobody_else_does, make_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
