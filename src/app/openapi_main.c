/* `openapi`: the description of the interface for machines as a house serves it, without a server. */
#include "app/command.h"
#include "app/openapi.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "lib/os/os.h"

int command_openapi(int argc, char **argv)
{
    struct option options[] = { { "staff", false, NULL }, { NULL, false, NULL } };
    static const struct db_right rights[] = { { "pack_row", DB_READ }, { "pack_version", DB_READ }, { "pack_confirmation", DB_READ }, { NULL, 0 } };
    struct arena a = arena_reserve(256 << 20);
    struct out o = { .arena = &a };
    struct folder f;
    struct pack pack;
    struct db *db;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &f))
        return EXIT_USAGE;
    if (db_open(f.content, (struct db_options){ .rights = rights, .busy_ms = 10000 }, &db) != OK) {
        complain("%s is not a data folder, or is not yours to read", f.path);
        return EXIT_FAILED;
    }
    status s = pack_open(db, &a, NULL, &pack);
    db_close(db);
    if (s != OK) {
        complain("%s: the packs could not be read", f.path);
        return EXIT_FAILED;
    }
    struct services services = { .pack = &pack };
    struct request r = { .side = option_value(options, "staff") ? STAFF_SIDE : PUBLIC_SIDE, .arena = &a, .services = &services,
                         .language = languages[0], .now = os_now() };
    openapi_write(&r, &o);
    out_char(&o, '\n');
    bool good = fwrite(o.at, 1, (size_t)o.len, stdout) == (size_t)o.len && !fflush(stdout);
    return good ? EXIT_DONE : EXIT_FAILED;
}
