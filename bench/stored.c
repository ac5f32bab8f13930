/*
 * What a tip costs a store that holds many already: the group commit of the acceptor's rows into an empty store and into one with N
 * tips, interleaved in one run, so that machine and neighbours are the same for both.
 *
 * usage: bench_stored N SMALL LARGE [DAYS]   two new databases: files that do not exist, or URLs of empty databases of PostgreSQL.
 *     N tips are put into LARGE first, spread evenly over the last DAYS (1825: as long as packs/int/retention.csv keeps a tip). Mailboxes
 *     stand for the last 180 days, answers of repeated submissions for three, as the sweep leaves them.
 *     Their sealed columns are short (160 and 64 bytes), the measured ones as long as a real report's.
 */
#include "served.h"
#include "intake/acceptor/acceptor.h"
#include "intake/acceptor/acceptor_store.h"
#include "intake/tip/idem.h"
#include "lib/os/os.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUNDS = 9, LEVELS = 3, GROUP = 8192, STORED_DAYS = 1825, MAILBOX_DAYS = 180, MINUTES = 1440, TODAY = 20700 };
static const int levels[LEVELS] = { 1, 8, 64 };
static const double seconds = 1.5;
enum { SMALL, LARGE, STORES };
static const char *const store_names[STORES] = { "empty", "filled" };

struct bench {
    struct db *db[STORES];
    struct chance chance;
    struct submission rows[GROUP];
    char sealed[1512], source[424]; /* as long as those of the report of bench/intake.c */
    uint8_t names[GROUP][16 + 16 + KEY], answer[ANSWER_BOX];
    double a_second[STORES][LEVELS][ROUNDS];
};

/* A tip of that minute with fresh names; what is sealed is as long as the caller says. */
static void renew(struct bench *b, int i, int64_t minute, ptrdiff_t sealed, ptrdiff_t source)
{
    static const id office = { "an office here" };
    int64_t day = minute / MINUTES;
    uint8_t *names = b->names[i];
    b->chance.fill(&b->chance, names, sizeof b->names[i]);
    b->rows[i] = (struct submission){
        .type = SUBMIT_TIP, .office = office, .day = day, .priority = i % 5, .keep_days = MAILBOX_DAYS,
        .language = lit("en"), .channel = lit("web"), .pepper = (uint32_t)((day + 15) / 30), /* one a month, of which half is over today */
        .tip = chance_id(&b->chance, day * 86400000, true),
        .idem = names, .locator = names + 16, .open = names + 32,
        .sealed = { b->sealed, sealed }, .source = { b->source, source },
        .answer = { (const char *)b->answer, sizeof b->answer },
        .clocks = { { lit("FIRST_LOOK"), minute + 30 } }, .clock_count = 1,
    };
}

/* One transaction as the acceptor makes it, in lots that go through side by side. */
static void put_group(struct bench *b, struct db *db, int n)
{
    int64_t unread;
    must(db_begin(db) == OK);
    for (int from = 0; from < n; from += ACCEPTOR_LOT) {
        int to = from + ACCEPTOR_LOT < n ? from + ACCEPTOR_LOT : n;
        for (int i = from; i < to; i++) {
            if (b->rows[i].day >= TODAY - IDEM_DAYS) /* older ones were swept long ago */
                idem_claim(db, &b->rows[i], &unread);
            tip_put(db, &b->rows[i], &unread);
        }
        must(db_settle(db) == OK);
        for (int i = from; i < to; i++) {
            if (b->rows[i].day >= TODAY - MAILBOX_DAYS)
                mailbox_put(db, &b->rows[i], &unread);
            source_put(db, &b->rows[i], &unread);
            clock_start_first(db, b->rows[i].tip, b->rows[i].clocks[0], b->rows[i].day, &unread);
        }
        must(db_settle(db) == OK);
    }
    must(db_end(db, OK) == OK);
}

/* Scratch: what is filled in is not what is measured, and a crash would only cost it. */
static bool open_store(struct bench *b, const char *const *paths, int i, bool scratch)
{
    if (db_open(paths[i], (struct db_options){ .create = true, .busy_ms = 1000, .scratch = scratch }, &b->db[i]) == OK
        && db_migrate(b->db[i], migrations_content) == OK)
        return true;
    fprintf(stderr, "cannot make the %s store\n", store_names[i]);
    return false;
}

static void fill(struct bench *b, int64_t tips, int64_t days)
{
    double start = bench_seconds();
    for (int64_t k = 0; k < tips; k += GROUP) {
        for (int i = 0; i < GROUP; i++)
            renew(b, i, (TODAY - days) * MINUTES + (k + i) * days * MINUTES / (tips + GROUP), 160, 64);
        put_group(b, b->db[LARGE], GROUP);
        if (k / GROUP % 64 == 63)
            fprintf(stderr, "%lld stored, %.0f s\n", (long long)(k + GROUP), bench_seconds() - start);
    }
    printf("%lld tips stored over %lld days in %.0f s\n", (long long)tips, (long long)days, bench_seconds() - start);
}

static double round_of(struct bench *b, struct db *db, int group)
{
    int64_t tips = 0;
    double start = bench_seconds(), now;
    do {
        for (int i = 0; i < group; i++)
            renew(b, i, TODAY * MINUTES + (int64_t)(bench_seconds() / 60) % MINUTES, sizeof b->sealed, sizeof b->source);
        put_group(b, db, group);
        tips += group;
        now = bench_seconds();
    } while (now < start + seconds);
    return (double)tips / (now - start);
}

static void print_table(const struct bench *b)
{
    printf("| tips a commit | empty store, tips/s | filled | times slower, median (rounds) |\n|---|---|---|---|\n");
    for (int level = 0; level < LEVELS; level++) {
        double slower[ROUNDS];
        for (int i = 0; i < ROUNDS; i++)
            slower[i] = b->a_second[SMALL][level][i] / b->a_second[LARGE][level][i];
        struct spread s = spread_of(slower, ROUNDS);
        printf("| %d | %.0f | %.0f | %.2f (%.2f - %.2f) |\n", levels[level], spread_of(b->a_second[SMALL][level], ROUNDS).middle,
               spread_of(b->a_second[LARGE][level], ROUNDS).middle, s.middle, s.least, s.most);
    }
}

int main(int argc, char **argv)
{
    static struct bench b;
    int64_t tips, days = STORED_DAYS;
    if (argc < 4 || argc > 5 || !str_to_int(str_of(argv[1]), &tips) || tips < 0
        || (argc == 5 && (!str_to_int(str_of(argv[4]), &days) || days < 1))) {
        fputs("usage: bench_stored N SMALL LARGE [DAYS]\n", stderr);
        return 2;
    }
    b.chance = chance_seeded((uint64_t)os_monotonic_ms());
    b.chance.fill(&b.chance, b.sealed, sizeof b.sealed);
    b.chance.fill(&b.chance, b.source, sizeof b.source);
    const char *const *paths = (const char *const *)(uintptr_t)(argv + 2);
    if (!open_store(&b, paths, LARGE, true))
        return 1;
    fill(&b, tips, days);
    db_close(b.db[LARGE]);
    if (!open_store(&b, paths, SMALL, false) || !open_store(&b, paths, LARGE, false))
        return 1;
    for (int round = 0; round < ROUNDS; round++)
        for (int level = 0; level < LEVELS; level++)
            for (int i = 0; i < STORES; i++) {
                int store = (i + round) % STORES;
                b.a_second[store][level][round] = round_of(&b, b.db[store], levels[level]);
            }
    print_table(&b);
    for (int i = 0; i < STORES; i++)
        db_close(b.db[i]);
    return 0;
}
