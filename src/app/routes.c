/* `routes`: every page with the permission it needs, as the golden list holds it. */
#include "app/command.h"
#include "app/feature_list.h"
#include "staff/role/role.h"

int command_routes(int argc, char **argv)
{
    enum { MOST = 32 };
    struct option options[] = { { NULL, false, NULL } };
    struct arena a = arena_reserve(1 << 20);
    struct routes sets[MOST];
    struct out o = { .arena = &a };
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest)
        return EXIT_USAGE;
    web_print_routes(sets, features_collect(sets, MOST), permission_name, &o);
    fwrite(o.at, 1, (size_t)o.len, stdout);
    return EXIT_DONE;
}
