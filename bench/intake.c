/*
 * Sealed durable tips a second through HTTP, over the bare group commit of the same rows and over one commit a
 * tip, all sides interleaved in one run. The load generator runs on the same machine and is inside the times.
 *
 * usage: intake PLAINSIGHT FOLDER   PLAINSIGHT a release build; FOLDER on a real disk, must not exist. About 75 s.
 */
#include "load.h"
#include "served.h"
#include "common/house/house.h"
#include "intake/acceptor/acceptor_store.h"
#include "intake/tip/idem.h"
#include "intake/tip/tip.h"
#include "lib/os/os.h"
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 5, LEVELS = 3, MOST_CLIENTS = 256, CLOCKS = 16, COMMITS_MOST = 1 << 16 };
static const int levels[LEVELS] = { 8, 64, MOST_CLIENTS };
static const double http_seconds = 1.2, bare_seconds = 0.8, single_seconds = 0.5, warm_seconds = 0.4;
static const double goal = 0.7, floor_ratio = 0.3;
static const char *const roles[] = { "web-public", "acceptor", "keeper" };

enum side { FORM_SIDE, API_SIDE, BARE_SIDE, SINGLE_SIDE, SIDES };
static const char *const side_names[SIDES] = { "POST /tip", "POST /api/v1/tips", "bare group commit", "one commit a tip" };

/* One side at one level, all rounds. */
struct series {
    double a_second[ROUNDS], p50[ROUNDS], p99[ROUNDS];
    double cpu[countof(roles)], own_cpu; /* seconds, summed */
    int64_t tips;
};
struct bench {
    const char *program;
    char folder[256], house[300], file[300]; /* the data folder served; the database of the bare side */
    struct arena arena;
    struct served served;
    struct db *bare;
    struct chance chance;
    struct submission rows[MOST_CLIENTS]; /* what the bare side writes: fresh names, lengths as served */
    struct load loads[2];
    struct series series[SIDES][LEVELS];
    float commits[COMMITS_MOST]; /* of one round of a bare side, milliseconds each */
    int64_t refused;
};

/* --- what is sent: one invented report, some 1.5 KB as a form ---------------------------------------- */

#define STORY                                                                                                          \
    "Invented for a measurement. I deliver boxes to the packing house behind the old mill. About twelve people work "  \
    "there from before sunrise until after dark, every day of the week. They came in a white van with a man who is "   \
    "called the uncle; he keeps all of the passports in a drawer of the office. One of them told me that each owes "   \
    "money for the journey and that the sum grows every month, for the bed, for the food and for the van. They sleep " \
    "in two rooms over the cold store, and the door of the stairs is locked from outside at night. Last week one had " \
    "a deep cut in the hand and was told to go on working. When I asked whether somebody should see a doctor, the "    \
    "uncle stood beside us and nobody answered. A boy who may be sixteen loads the pallets; I never saw him at the "   \
    "school where my own children go. I do not want them to be punished because of what I say, and I am afraid that "  \
    "the uncle will know who told. I am there on Tuesdays and on Fridays at about nine in the morning."
#define PLACE "Packing house behind the old mill, invented road 14"
#define PLATE "white van, plate INV 0142"
#define PHONE "202-555-0142"
#define KEY_HOLE "00000000000000000000000000000000"

static void out_field(struct out *o, const char *name, str value)
{
    if (o->len)
        out_char(o, '&');
    out_str(o, str_of(name));
    out_char(o, '=');
    for (ptrdiff_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == ' ') {
            out_char(o, '+');
        } else if (plain) {
            out_char(o, c);
        } else {
            out_char(o, '%');
            out_hex(o, &c, 1);
        }
    }
}

static str form_body(struct arena *a)
{
    static const char *const fields[][2] = {
        { "narrative", STORY }, { "danger", "no" }, { "place", PLACE }, { "venue", "factory" }, { "industry", "NIEM-09" },
        { "when", "now" }, { "minor", "not_sure" }, { "how_many", "12" }, { "identifiers", PLATE }, { "sign", "CD_DOCS" },
        { "sign", "CD_DEBT" }, { "who", "observed" }, { "consent", "confidential" }, { "method", "text" },
        { "contact", PHONE }, { "safe_when", "in the evening" }, { "code_word", "" }, { "key", KEY_HOLE },
    };
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < countof(fields); i++)
        out_field(&o, fields[i][0], str_of(fields[i][1]));
    return out_view(&o);
}

static const char json_body[] =
    "{\"narrative\":\"" STORY "\",\"language\":\"en\",\"danger\":\"no\",\"happening_now\":\"yes\",\"minor\":\"not_sure\","
    "\"place\":{\"text\":\"" PLACE "\",\"kind\":\"factory\",\"industry\":\"NIEM-09\"},\"when\":\"now\",\"how_many\":12,"
    "\"identifiers\":[\"" PLATE "\"],\"indicators\":[\"CD_DOCS\",\"CD_DEBT\"],\"proximity\":\"observed\","
    "\"contact\":{\"method\":\"text\",\"address\":\"" PHONE "\",\"when\":\"in the evening\"},\"consent\":\"confidential\"}";

static str request_of(struct arena *a, const char *path, const char *type, const char *more, str body)
{
    char *head = arena_new(a, char, 1024);
    int n = snprintf(head, 1024,
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) "
                     "Gecko/20100101 Firefox/140.0\r\nAccept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
                     "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nOrigin: http://127.0.0.1\r\n"
                     "Content-Type: %s\r\n%sContent-Length: %td\r\n\r\n",
                     path, type, more, body.len);
    must(n > 0 && n < 1024);
    return str_join(a, (str){ head, n }, body);
}

static void make_loads(struct bench *b)
{
    static const char uuid[] = "Idempotency-Key: 00000000-0000-0000-0000-000000000000\r\n";
    str form = request_of(&b->arena, "/tip?lang=en", "application/x-www-form-urlencoded", "", form_body(&b->arena));
    str api = request_of(&b->arena, "/api/v1/tips", "application/json", uuid, str_of(json_body));
    b->loads[FORM_SIDE] = (struct load){ .expect = 201, .request = form, .key_at = form.len - 32 };
    const char *key = memmem(api.at, (size_t)api.len, uuid, sizeof uuid - 1);
    must(key != NULL);
    b->loads[API_SIDE] = (struct load){ .expect = 201, .request = api, .key_is_uuid = true, .key_at = key + 17 - api.at };
}

/* --- the bare side ---------------------------------------------------------------------------------- */

static str random_bytes(struct bench *b, ptrdiff_t n)
{
    char *at = arena_new(&b->arena, char, n);
    b->chance.fill(&b->chance, at, n);
    return (str){ at, n };
}

/* Rows as the program stored them just now, so that both sides write the same columns of the same length. */
static bool learn_rows(struct bench *b)
{
    static const struct db_right look[] = { { "setting", DB_READ }, { "tip", DB_READ }, { "tip_source", DB_READ },
                                            { "clock", DB_READ }, { NULL, 0 } };
    char path[320];
    struct db *db;
    struct house house;
    struct tip_filter all = { .priority = -1 };
    struct tip_rows tips;
    struct tip_row tip;
    struct clocks clocks;
    str source;
    snprintf(path, sizeof path, "%s/content.db", b->house);
    if (db_open(path, (struct db_options){ .rights = look, .busy_ms = 1000 }, &db) != OK)
        return false;
    bool good = house_load(db, &b->arena, &house) == OK && house_id(&house, HOUSE_OFFICE_ID, &all.office)
                && tip_list(db, &b->arena, &all, &(struct tip_place){ 0 }, 1, &tips) == OK && tips.len
                && tip_find(db, &b->arena, all.office, tips.at[0].id, &tip) == OK
                && tip_find_source(db, &b->arena, tip.id, &source) == OK
                && clock_list_of(db, &b->arena, tip.id, CLOCKS, &clocks) == OK;
    db_close(db);
    if (!good)
        return false;
    for (int i = 0; i < MOST_CLIENTS; i++) {
        struct submission *s = &b->rows[i];
        *s = (struct submission){ .type = SUBMIT_TIP, .office = tip.office, .day = tip.day, .priority = tip.priority,
                                  .keep_days = 90, .language = tip.language, .channel = tip.channel, .pepper = 1 };
        s->sealed = random_bytes(b, tip.sealed.len);
        s->source = random_bytes(b, source.len);
        s->answer = random_bytes(b, ANSWER_BOX);
        s->idem = (const uint8_t *)random_bytes(b, 16).at;
        s->locator = (const uint8_t *)random_bytes(b, 16).at;
        s->open = (const uint8_t *)random_bytes(b, KEY).at;
        for (ptrdiff_t k = 0; k < clocks.len; k++)
            s->clocks[s->clock_count++] = (struct clock_start){ clocks.at[k].code, clocks.at[k].due_minute };
    }
    printf("one tip: a request of %td bytes as form, %td as JSON; rows tip (sealed %td bytes), tip_source (%td), mailbox, "
           "idem, %td in clock\n\n",
           b->loads[FORM_SIDE].request.len, b->loads[API_SIDE].request.len, tip.sealed.len, source.len, clocks.len);
    return true;
}

/* Tips as the acceptor stores them, without the messages, the reading and the digests. */
static status put_group(struct bench *b, struct submission *rows, int n)
{
    int64_t unread;
    for (int i = 0; i < n; i++) {
        rows[i].tip = chance_id(&b->chance, rows[i].day * 86400000, true);
        b->chance.fill(&b->chance, (void *)(uintptr_t)rows[i].idem, 16);
        b->chance.fill(&b->chance, (void *)(uintptr_t)rows[i].locator, 16);
        idem_claim(b->bare, &rows[i], &unread);
        tip_put(b->bare, &rows[i], &unread);
    }
    status done = db_settle(b->bare);
    for (int i = 0; done == OK && i < n; i++) {
        mailbox_put(b->bare, &rows[i], &unread);
        source_put(b->bare, &rows[i], &unread);
        for (ptrdiff_t k = 0; k < rows[i].clock_count; k++)
            clock_start_first(b->bare, rows[i].tip, rows[i].clocks[k], rows[i].day, &unread);
    }
    return done == OK ? db_settle(b->bare) : done;
}

static int by_size(const void *a, const void *b)
{
    float d = *(const float *)a - *(const float *)b;
    return (d > 0) - (d < 0);
}

/* Commits that many tips at once, again and again. */
static void bare_round(struct bench *b, int group, double seconds, struct series *to, int round)
{
    int64_t tips = 0;
    ptrdiff_t n = 0;
    double cpu = bench_cpu();
    double start = bench_seconds(), now = start, before = start;
    for (; now < start + seconds; before = now) {
        status s = db_begin(b->bare);
        if (s == OK)
            s = put_group(b, b->rows, group);
        must(db_end(b->bare, s) == OK);
        tips += group;
        now = bench_seconds();
        if (n < COMMITS_MOST)
            b->commits[n++] = (float)((now - before) * 1000);
    }
    qsort(b->commits, (size_t)n, sizeof *b->commits, by_size);
    to->p50[round] = (double)b->commits[n / 2];
    to->p99[round] = (double)b->commits[n * 99 / 100];
    to->tips += tips;
    to->own_cpu += bench_cpu() - cpu;
    to->a_second[round] = (double)tips / (now - start);
}

/* --- a round ---------------------------------------------------------------------------------------- */

static void drive(struct bench *b, enum side side, int level, int round)
{
    struct series *s = &b->series[side][level];
    struct load l = b->loads[side];
    double before[countof(roles)];
    l.port = b->served.port;
    l.clients = levels[level];
    l.seconds = http_seconds;
    for (ptrdiff_t i = 0; i < countof(roles); i++)
        before[i] = served_cpu(&b->served, roles[i]);
    struct load_result got = load_run(&l);
    for (ptrdiff_t i = 0; i < countof(roles); i++)
        s->cpu[i] += served_cpu(&b->served, roles[i]) - before[i];
    s->a_second[round] = got.a_second;
    s->p50[round] = got.p50_ms;
    s->p99[round] = got.p99_ms;
    s->own_cpu += got.own_cpu;
    s->tips += got.answered;
    b->refused += got.refused;
}

static void measure(struct bench *b, enum side side, int level, int round)
{
    struct series *s = &b->series[side][level];
    if (side == FORM_SIDE || side == API_SIDE)
        drive(b, side, level, round);
    else if (side == BARE_SIDE)
        bare_round(b, levels[level], bare_seconds, s, round);
    else
        bare_round(b, 1, single_seconds, s, round);
}

static void warm_up(struct bench *b)
{
    for (int i = API_SIDE; i >= FORM_SIDE; i--) {
        struct load l = b->loads[i];
        l.port = b->served.port;
        l.clients = 64;
        l.seconds = warm_seconds;
        b->refused += load_run(&l).refused;
    }
}

/* --- the tables ------------------------------------------------------------------------------------- */

static struct spread ratio(const struct bench *b, enum side side, enum side over, int level)
{
    double each[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        each[i] = b->series[side][level].a_second[i] / b->series[over][level].a_second[i];
    return spread_of(each, ROUNDS);
}

static void print_rates(const struct bench *b)
{
    printf("| clients | side | tips/s, median | range | p50 ms | p99 ms | over bare | over one commit a tip |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (int level = 0; level < LEVELS; level++)
        for (int side = 0; side < SIDES; side++) {
            const struct series *s = &b->series[side][level];
            struct spread a = spread_of(s->a_second, ROUNDS);
            printf("| %d | %s | %.0f | %.0f - %.0f |", levels[level], side_names[side], a.middle, a.least, a.most);
            printf(" %.1f | %.1f |", spread_of(s->p50, ROUNDS).middle, spread_of(s->p99, ROUNDS).middle);
            if (side == FORM_SIDE || side == API_SIDE) {
                struct spread bare = ratio(b, (enum side)side, BARE_SIDE, level), one = ratio(b, (enum side)side, SINGLE_SIDE, level);
                printf(" %.2f (%.2f - %.2f) | %.1f (%.1f - %.1f) |\n", bare.middle, bare.least, bare.most, one.middle, one.least, one.most);
            } else {
                printf(" | |\n"); /* of a bare side p50 and p99 are those of a commit */
            }
        }
}

static void print_cpu(const struct bench *b)
{
    printf("\n| processor time a tip, microseconds | web-public | acceptor | keeper | load generator | the bare loop |\n|---|---|---|---|---|---|\n");
    for (int level = 0; level < LEVELS; level++) {
        const struct series *bare = &b->series[BARE_SIDE][level];
        for (int side = FORM_SIDE; side <= API_SIDE; side++) {
            const struct series *s = &b->series[side][level];
            printf("| %s, %d clients |", side_names[side], levels[level]);
            for (ptrdiff_t i = 0; i < countof(roles); i++)
                printf(" %.0f |", s->cpu[i] / (double)s->tips * 1e6);
            printf(" %.0f | |\n", s->own_cpu / (double)s->tips * 1e6);
        }
        printf("| %s, %d a commit | | | | | %.0f |\n", side_names[BARE_SIDE], levels[level], bare->own_cpu / (double)bare->tips * 1e6);
    }
}

static bool print_verdict(const struct bench *b)
{
    struct spread form = ratio(b, FORM_SIDE, BARE_SIDE, LEVELS - 1);
    double load[1] = { 0 };
    must(getloadavg(load, 1) == 1);
    printf("\nThe load generator's processor time is inside: it shares the %ld cores with the program. Load average at the "
           "end %.1f.\nPOST /tip over bare group commit at %d clients: %.2f (rounds %.2f - %.2f), goal %.1f: %s, floor %.1f: %s\n",
           sysconf(_SC_NPROCESSORS_ONLN), load[0], MOST_CLIENTS, form.middle, form.least, form.most, goal,
           form.middle >= goal ? "met" : "not met", floor_ratio, form.middle >= floor_ratio ? "met" : "not met");
    if (b->refused)
        fprintf(stderr, "%lld requests were not answered with 201\n", (long long)b->refused);
    return !b->refused && form.middle >= floor_ratio;
}

static bool prepare(struct bench *b)
{
    snprintf(b->house, sizeof b->house, "%s/house", b->folder);
    snprintf(b->file, sizeof b->file, "%s/bare.db", b->folder);
    make_loads(b);
    if (!served_make(b->program, b->house, "0"))
        return false;
    served_spawn(&b->served, b->program, b->house, 0);
    if (!served_wait(&b->served))
        return false;
    warm_up(b);
    return db_open(b->file, (struct db_options){ .create = true, .busy_ms = 1000 }, &b->bare) == OK
           && db_migrate(b->bare, migrations_content) == OK && learn_rows(b);
}

int main(int argc, char **argv)
{
    static struct bench b;
    if (argc != 3 || strlen(argv[2]) >= sizeof b.folder) {
        fputs("usage: intake PLAINSIGHT FOLDER\n", stderr);
        return 2;
    }
    if (mkdir(argv[2], 0700)) {
        fprintf(stderr, "cannot make %s; is it there already?\n", argv[2]);
        return 1;
    }
    b.program = argv[1];
    snprintf(b.folder, sizeof b.folder, "%s", argv[2]);
    b.arena = arena_reserve(64 << 20);
    b.chance = chance_seeded((uint64_t)os_monotonic_ms());
    bool good = prepare(&b);
    for (int round = 0; good && round < ROUNDS; round++)
        for (int level = 0; level < LEVELS; level++)
            for (int i = 0; i < SIDES; i++)
                measure(&b, (enum side)((i + round) % SIDES), level, round);
    served_end(&b.served);
    db_close(b.bare);
    if (good) {
        print_rates(&b);
        print_cpu(&b);
        good = print_verdict(&b);
    }
    served_remove(b.folder);
    return good ? 0 : 1;
}
