/* `pack load`: checks a folder of country data whole, then keeps it. */
#include "common/pack/pack.h"
#include "app/command.h"
#include "lib/os/os.h"

enum { PACK_BYTES = 256 << 20 };

static void tell(const struct pack_problems *p)
{
    for (ptrdiff_t i = 0; i < p->len; i++) {
        const struct pack_problem *x = &p->at[i];
        complain("%.*s:%lld: %.*s%s%.*s", (int)x->file.len, x->file.at, (long long)x->line, (int)x->column.len, x->column.at,
                 x->column.len ? ": " : "", (int)x->message.len, x->message.at);
    }
}

int command_pack(int argc, char **argv)
{
    struct option options[] = { { NULL, false, NULL } };
    struct arena a = arena_reserve(PACK_BYTES);
    struct pack_problems problems = { 0 };
    struct folder f;
    struct db *db;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 3 || strcmp(argv[1], "load") || !folder_name(argv[2], &f))
        return EXIT_USAGE;
    struct db_options how = { .busy_ms = 5000 };
    if (db_open(f.content, how, &db) != OK || db_migrate(db, migrations_content) != OK) {
        complain("cannot open %s; is it a data folder made by init or demo?", argv[2]);
        return EXIT_FAILED;
    }
    status s = pack_load(db, &a, str_of(argv[3]), day_of(os_now()), &problems);
    tell(&problems);
    db_close(db);
    if (s == OK)
        puts("Loaded. Running workers take it up at their next start.");
    else
        complain("%s was not loaded; nothing was changed", argv[3]);
    return s == OK ? EXIT_DONE : EXIT_FAILED;
}
