/* `pack load`: checks a folder of country data whole, then keeps it. `pack confirm`: a person has checked one row. */
#include "common/pack/pack.h"
#include "app/command.h"
#include "lib/os/os.h"

enum { PACK_BYTES = 256 << 20, SOURCE_MOST = 200 };

static void tell(const struct pack_problems *p)
{
    for (ptrdiff_t i = 0; i < p->len; i++) {
        const struct pack_problem *x = &p->at[i];
        complain("%.*s:%lld: %.*s%s%.*s", (int)x->file.len, x->file.at, (long long)x->line, (int)x->column.len, x->column.at,
                 x->column.len ? ": " : "", (int)x->message.len, x->message.at);
    }
}

static bool open_content(const struct folder *f, struct db **db)
{
    struct db_options how = { .busy_ms = 5000 };
    if (db_open(f->content, how, db) == OK && db_migrate(*db, migrations_content) == OK)
        return true;
    complain("cannot open %s; is it a data folder made by init or demo?", f->path);
    return false;
}

static int load(struct arena *a, const struct folder *f, const char *packs)
{
    struct pack_problems problems = { 0 };
    struct db *db;
    if (!open_content(f, &db))
        return EXIT_FAILED;
    status s = pack_load(db, a, str_of(packs), day_of(os_now()), &problems);
    tell(&problems);
    db_close(db);
    if (s == OK)
        puts("Loaded. A running house follows within a minute.");
    else
        complain("%s was not loaded; nothing was changed", packs);
    return s == OK ? EXIT_DONE : EXIT_FAILED;
}

/* NULL: it is told why. */
static const struct pack_row *find_row(const struct pack *p, const char *file, const char *key)
{
    const struct pack_row *row = pack_find(p, str_of(file), str_of(key), day_of(os_now()));
    bool known = false;
    for (ptrdiff_t i = 0; i < p->len && !known; i++)
        known = str_equal(p->rows[i].file, str_of(file));
    if (!known)
        complain("no pack of this house has a file %s; the name stands without .csv, as in hotlines", file);
    else if (!row)
        complain("%s has no row %s that is valid today; nothing was confirmed", file, key);
    return row;
}

static bool source_fits(const char *source)
{
    str s = str_of(source ? source : "");
    bool line = utf8_valid(s) && str_trim(s).len > 0 && utf8_length(s) <= SOURCE_MOST;
    for (ptrdiff_t i = 0; i < s.len; i++)
        line = line && (unsigned char)s.at[i] >= ' ' && s.at[i] != 127;
    if (!line)
        complain("--source says in one line of at most %d characters who checked it, and how", SOURCE_MOST);
    return line;
}

/* What was confirmed, to be read once more: the cells but for basis, source and the days. */
static void print_row(const struct pack_row *row)
{
    printf("Confirmed, as it stands in the pack %.*s:\n", (int)row->pack.len, row->pack.at);
    for (ptrdiff_t i = 0; i < row->cell_count - 4; i++)
        if (row->cells[i].len)
            printf("  %.*s\n", (int)row->cells[i].len, row->cells[i].at);
    puts("A running house follows within a minute. A row that changes must be confirmed again.");
}

static int confirm(struct arena *a, const struct folder *f, const char *file, const char *key, const char *source)
{
    const char *files[] = { file, NULL };
    struct pack pack;
    struct db *db;
    if (!source_fits(source))
        return EXIT_USAGE;
    if (!open_content(f, &db))
        return EXIT_FAILED;
    status s = pack_open(db, a, files, &pack);
    const struct pack_row *row = s == OK ? find_row(&pack, file, key) : NULL;
    if (row)
        s = pack_confirm(db, a, row, (id){ 0 }, str_trim(str_of(source)), day_of(os_now()));
    db_close(db);
    if (s != OK)
        complain("%s: the packs could not be read or written", f->path);
    if (s != OK || !row)
        return EXIT_FAILED;
    print_row(row);
    return EXIT_DONE;
}

int command_pack(int argc, char **argv)
{
    struct option options[] = { { "source", true, NULL }, { NULL, false, NULL } };
    struct arena a = arena_reserve(PACK_BYTES);
    struct folder f;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest < 3 || !folder_name(argv[2], &f))
        return EXIT_USAGE;
    const char *source = option_value(options, "source");
    if (rest == 3 && !strcmp(argv[1], "load") && !source)
        return load(&a, &f, argv[3]);
    if (rest == 4 && !strcmp(argv[1], "confirm"))
        return confirm(&a, &f, argv[3], argv[4], source);
    return EXIT_USAGE;
}
