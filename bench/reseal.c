/*
 * How long the keeper takes to box the rows of a long case to its new keys: what "this case may be compromised" does, message by message,
 * in one process; and the whole of it with the pages. The house of the tests; everything is invented.
 *
 * usage: reseal    in the build folder. The goal: 5,000 rows in 0.4 s of the keeper. About 20 s.
 */
#include "../tests/matrix.h"
#include "common/reseal/reseal.h"
#include "served.h"
#include <time.h>

enum { ENTRIES = 5000, ROUNDS = 5 };
static const double goal = 0.4;

static struct ring_key ring_of(struct matrix *m)
{
    struct ring_key key;
    must(keeper_ring_key(m->app->keys->pub, SCOPE_CASE, m->casefile[0], CASE, &key) == OK);
    return key;
}

static void write_entries(struct matrix *m)
{
    struct arena a = m->keep;
    struct sealer *sealer = sealer_new();
    struct ring_key ring = ring_of(m);
    struct sealed_field field = { 1, lit("Nobody at the place at six. An invented entry of a long case.") };
    struct out sql = { .arena = &a };
    char *hex = arena_new(&a, char, 2048), root[33] = "", row[33] = "", values[200];
    hex_write(root, m->casefile[0].at, 16);
    out_str(&sql, lit("BEGIN;"));
    for (int i = 0; i < ENTRIES; i++) {
        struct arena each = m->scratch;
        id entry = { { 0xee, (uint8_t)(i >> 8), (uint8_t)i, 7 } };
        str sealed = envelope_seal(sealer, 0, &each, &ring, TABLE_ENTRY, entry, &field, 1);
        hex_write(row, entry.at, 16);
        hex_write(hex, sealed.at, sealed.len);
        out_str(&sql, lit("INSERT INTO entry (root, id, kind, compartment, office, author, day, written_day, number, withdrawn, counted, sealed) VALUES ("));
        snprintf(values, sizeof values, "x'%s', x'%s', 'note', 3, x'%s', x'%s', 20000, 20000, %d, 0, 0, x'", root, row, root, root, 1000 + i);
        out_str(&sql, str_of(values));
        out_str(&sql, (str){ hex, 2 * sealed.len });
        out_str(&sql, lit("');"));
    }
    out_str(&sql, lit("COMMIT"));
    app_break(m->app, str_c(&a, out_view(&sql)));
}

static void turn(struct matrix *m, const struct matrix_caller *who)
{
    struct ring_act act = { .token = who->token, .ring = ring_of(m).ring, .reason = "a bench" };
    struct ring_done done;
    must(keeper_ring(m->app->keys->staff, RING_ROTATE, &act, &done) == OK);
}

/* Processor time of this process: of the clock on the wall other programs take their part. */
static double cpu_seconds(void)
{
    struct timespec t;
    must(!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t));
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* All rows: seconds in the keeper by the processor and on the wall, and seconds with the content database. */
static void move_all(struct matrix *m, const struct matrix_caller *who, double *cpu, double *keeper, double *all)
{
    static struct reseal_row rows[ROWS];
    static uint8_t boxes[ROWS][KEYBOX];
    struct open_row asked[ROWS];
    struct db *db = m->app->content;
    struct ring_key ring = ring_of(m);
    double start = bench_seconds();
    *keeper = *cpu = 0;
    for (ptrdiff_t n = 0;;) {
        must(reseal_find(db, m->casefile[0], &ring, rows, ROWS, &n) == OK);
        if (!n)
            break;
        for (ptrdiff_t i = 0; i < n; i++)
            asked[i] = (struct open_row){ .row = rows[i].id, .keybox = rows[i].keybox };
        double before = bench_seconds(), used = cpu_seconds();
        must(keeper_share(m->app->keys->staff, who->token, PURPOSE_EDIT, m->casefile[0], ring.ring, (id){ { 0 } }, asked, n, boxes) == OK);
        *keeper += bench_seconds() - before;
        *cpu += cpu_seconds() - used;
        must(db_begin(db) == OK);
        for (ptrdiff_t i = 0; i < n; i++)
            must(!asked[i].code && reseal_put(db, m->scratch, &rows[i], boxes[i]) == OK);
        must(db_end(db, OK) == OK);
    }
    *all = bench_seconds() - start;
}

int main(void)
{
    static double cpu[ROUNDS], keeper[ROUNDS], all[ROUNDS];
    struct matrix *m = matrix_make();
    const struct matrix_caller *who = matrix_find(m, "supervisor", MEMBER);
    write_entries(m);
    for (int i = 0; i < ROUNDS; i++) {
        turn(m, who);
        move_all(m, who, &cpu[i], &keeper[i], &all[i]);
    }
    double k = bench_part(cpu, ROUNDS, 0.5);
    printf("| what | median s | least | most | over its goal |\n|---|---|---|---|---|\n");
    printf("| the keeper boxes %d rows anew, processor time | %.3f | %.3f | %.3f | %.2f |\n", ENTRIES, k, bench_part(cpu, ROUNDS, 0), bench_part(cpu, ROUNDS, 1), k / goal);
    printf("| the same on the clock, with a flush of the log each message | %.3f | %.3f | %.3f | - |\n", bench_part(keeper, ROUNDS, 0.5), bench_part(keeper, ROUNDS, 0), bench_part(keeper, ROUNDS, 1));
    printf("| with the content database | %.3f | %.3f | %.3f | - |\n", bench_part(all, ROUNDS, 0.5), bench_part(all, ROUNDS, 0), bench_part(all, ROUNDS, 1));
    matrix_end(m);
    return k < goal ? 0 : 1;
}
