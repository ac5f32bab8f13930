/*
 * What group commit is worth on this store: durable rows a second, 64 rows a transaction over one row a
 * transaction, same rows, same run, interleaved; median of 5 ratios. usage: commit FOLDER (a real disk)
 */
#include "lib/store/outbox.h"
#include <unistd.h>

enum { ROUNDS = 5, ROWS = 1024, GROUP = 64 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Rows a second with that many rows in each transaction. */
static double rate(struct db *db, struct chance *chance, int group)
{
    double start = seconds();
    for (int i = 0; i < ROWS; i += group) {
        status s = db_begin(db);
        for (int j = 0; s == OK && j < group; j++)
            s = outbox_put(db, chance_id(chance, 0, true), 1, (id){ { 1 } }, 0);
        must(db_end(db, s) == OK);
    }
    return ROWS / (seconds() - start);
}

static int by_size(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

static double median(double *at)
{
    qsort(at, ROUNDS, sizeof *at, by_size);
    return at[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    if (argc != 2 || chdir(argv[1])) {
        fputs("usage: commit FOLDER\n", stderr);
        return 2;
    }
    static const char *const files[] = { "commit.db", "commit.db-wal", "commit.db-shm" };
    struct db *db = NULL;
    struct chance chance = chance_seeded(1);
    if (access(files[0], F_OK) == 0) {
        fputs("commit.db is there already\n", stderr);
        return 1;
    }
    must(db_open(files[0], (struct db_options){ .create = true, .busy_ms = 1000 }, &db) == OK);
    must(db_migrate(db, migrations_content) == OK);
    double single[ROUNDS], grouped[ROUNDS], ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        single[i] = rate(db, &chance, 1);
        grouped[i] = rate(db, &chance, GROUP);
        ratio[i] = grouped[i] / single[i];
    }
    db_close(db);
    for (ptrdiff_t i = 0; i < countof(files); i++)
        unlink(files[i]);
    printf("durable rows/s, %d rows a commit over 1: ratio %.1f (%.0f over %.0f, medians of %d)\n", GROUP, median(ratio),
           median(grouped), median(single), ROUNDS);
    return 0;
}
