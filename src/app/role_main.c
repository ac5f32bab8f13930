/* What each role does between its start and its end. One function a role; the supervisor starts them again. */
#include "app/command.h"
#include "app/engine.h"
#include "app/feature_list.h"
#include "app/jobs.h"
#include "app/role.h"
#include "app/watch.h"
#include "common/clock/clock.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/rules/rules.h"
#include "common/services.h"
#include "intake/acceptor/acceptor.h"
#include "intake/post/post.h"
#include "intake/public/public_web.h"
#include "lib/crypt/crypt.h"
#include "lib/log/board.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "lib/web/json_in.h"
#include "staff/key/key.h"
#include "staff/page/page.h"
#include "vault/keeper_main.h"
#include <signal.h>
#include <unistd.h>

/*
 * How long a request waits for the keeper and for the database. The public's pages say soon that they cannot, and keep the words; an act of
 * staff may have been done when its answer is late, and what it shows once (a recovery code, a key) would be lost: it waits out a slow disk.
 */
enum { WAIT_MS = 2000, STAFF_WAIT_MS = 8000 };
enum { PROCESS_BYTES = 64 << 20, MOST_ROUTES = 32, SCRATCH_BYTES = 8 << 20, LOOK_SECONDS = 30 };

/* One worker of either side. Lives as long as the process. */
struct worker {
    struct role_start start;
    struct folder folder;
    struct arena process;
    struct chance chance;
    struct db *db;
    struct house house;
    struct pack pack;
    struct services services;
    struct routes sets[MOST_ROUTES];
    struct web web;
    struct http_server *server;
    struct arena scratch;
    int64_t loaded_day, ticks;
    uint8_t pack_stamp[32];
};

static int wait_ms(const struct role_start *s)
{
    return s->role == PROCESS_WEB_STAFF ? STAFF_WAIT_MS : WAIT_MS;
}

static void tell_ready(const struct role_start *s)
{
    uint8_t number = (uint8_t)s->number;
    if (s->ready >= 0 && write(s->ready, &number, 1) != 1)
        log_event(LOG_ROLE_ENDED, s->role, 0);
}

/*
 * Shuts the cage when all is open, and only then says that the role is ready: what comes from outside comes later. False is the end
 * of this role.
 */
static bool shut_and_tell(const struct role_start *s, const struct folder *f)
{
    unsigned open_wall = s->uncaged ? 0 : cage_shut(role_cage(s->role), f->path);
    if (open_wall) {
        log_event(LOG_CAGE_OPEN, s->role, open_wall);
        return false;
    }
    tell_ready(s);
    return true;
}

static bool open_database(const struct role_start *s, const struct folder *f, struct db **out)
{
    struct db_options options = { .rights = role_rights(s->role), .busy_ms = wait_ms(s), .beside = s->role == PROCESS_ACCEPTOR };
    if (!s->uncaged && !cage_keep_from_writing(role_cage(s->role), f->path)) {
        log_event(LOG_CAGE_OPEN, s->role, CAGE_LANDLOCK);
        return false;
    }
    return db_open(f->content, options, out) == OK;
}

/* What every web worker reads once at its start: settings, packs, rules. */
static bool load_world(struct worker *w)
{
    struct arena *a = &w->process;
    int64_t today = day_of(os_now());
    struct pack_rules *rules = arena_new(a, struct pack_rules, 1);
    struct pack_clocks *clocks = arena_new(a, struct pack_clocks, 1);
    if (!open_database(&w->start, &w->folder, &w->db) || house_load(w->db, a, &w->house) != OK
        || pack_stamp(w->db, a, w->pack_stamp) != OK /* before the packs: what comes in between is seen at the next look */
        || pack_open(w->db, a, NULL, &w->pack) != OK || rules_compile(a, &w->pack, today, rules) != OK
        || clocks_compile(a, &w->pack, today, clocks) != OK)
        return false;
    w->loaded_day = today;
    w->services = (struct services){ .keeper = keeper_on_channel(w->start.keeper, wait_ms(&w->start)), .sealer = sealer_new(),
                                     .pack = &w->pack, .rules = rules, .clocks = clocks, .house = &w->house,
                                     .monotonic_ms = os_monotonic_ms };
    w->services.engine = w->start.engine < 0 ? NULL : engine_on_channel(w->start.engine);
    return true;
}

static bool same_settings(const struct house *a, const struct house *b)
{
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        if (!str_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

/*
 * Each second: shared keys that are over are wiped. Twice a minute: a changed setting, a pack loaded or
 * confirmed, or a new day (rows of a pack begin and end by day) ends this worker, and its successor starts with what holds now.
 */
static bool world_changed(const struct worker *w)
{
    struct arena scratch = w->scratch;
    struct house house;
    uint8_t stamp[32];
    if (day_of(os_now()) != w->loaded_day || (house_load(w->db, &scratch, &house) == OK && !same_settings(&house, &w->house)))
        return true;
    return pack_stamp(w->db, &scratch, stamp) == OK && memcmp(stamp, w->pack_stamp, sizeof stamp);
}

static void tick(void *app, int fd)
{
    (void)fd;
    struct worker *w = app;
    sealer_tick(w->services.sealer, os_monotonic_ms());
    if (db_broken(w->db))
        http_stop(w->server);
    if (++w->ticks % LOOK_SECONDS)
        return;
    if (world_changed(w))
        http_stop(w->server);
}

static status handle(void *app, struct http_place place, const struct http_request *r, struct http_response *w)
{
    return web_dispatch(app, place, r, w);
}

static int run_web(struct worker *w, enum side side)
{
    bool staff = side == STAFF_SIDE;
    w->chance = chance_system();
    json_start();
    w->scratch = arena_reserve(SCRATCH_BYTES);
    if (!load_world(w))
        return EXIT_FAILED;
    w->web = (struct web){ .sets = w->sets, .set_count = features_collect(w->sets, MOST_ROUTES), .side = side, .db = w->db,
                           .services = &w->services, .chance = &w->chance, .now = os_now, .secure = w->start.secure,
                           .find_caller = key_find_caller,
                           .draw_problem = staff ? staff_draw_problem : public_draw_problem };
    str otherwise = house_text(&w->house, HOUSE_DEFAULT_LANGUAGE);
    w->web.offer = language_offer(staff ? (str){ 0 } : house_text(&w->house, HOUSE_LANGUAGES), otherwise);
    w->server = http_open(w->start.listen, (struct http_limits){ 0 }, handle, &w->web);
    http_watch(w->server, -1, tick, w);
    if (!staff)
        public_open(&w->services, w->server, w->start.acceptor, &w->chance);
    return shut_and_tell(&w->start, &w->folder) ? http_run(w->server) : EXIT_FAILED;
}

static void keeper_is_ready(void *app)
{
    struct worker *w = app;
    if (!shut_and_tell(&w->start, &w->folder))
        exit(EXIT_FAILED);
}

static int run_keeper(struct worker *w)
{
    struct keeper_channel channels[ROLE_CLIENTS];
    for (int i = 0; i < w->start.client_count; i++)
        channels[i] = (struct keeper_channel){ w->start.clients[i], (enum keeper_role)w->start.client_roles[i] };
    return keeper_main(w->folder.path, w->folder.keys, str_of(w->folder.node_name), channels, w->start.client_count, keeper_is_ready, w);
}

static int run_acceptor(struct worker *w)
{
    if (!open_database(&w->start, &w->folder, &w->db))
        return EXIT_FAILED;
    struct reserve reserve;
    reserve_open(&reserve, w->folder.reserve);
    struct acceptor_place p = { .db = w->db, .reserve = db_is_url(w->folder.content) ? NULL : &reserve, .channels = w->start.clients, .channel_count = w->start.client_count,
                                .keeper = keeper_on_channel(w->start.keeper, wait_ms(&w->start)), .now = os_now,
                                .monotonic_ms = os_monotonic_ms };
    return shut_and_tell(&w->start, &w->folder) ? acceptor_main(&p) : EXIT_FAILED;
}

static int run_jobs(struct worker *w)
{
    static struct jobs j; /* large; lives as long as the process */
    if (!open_database(&w->start, &w->folder, &w->db))
        return EXIT_FAILED;
    j = (struct jobs){ .db = w->db, .keeper = keeper_on_channel(w->start.keeper, wait_ms(&w->start)), .chance = chance_system(),
                       .witness = w->start.witness, .first = folder_is_first(&w->folder) };
    j.keep.engine = w->start.engine < 0 ? NULL : engine_on_channel(w->start.engine);
    if (!witnesses_read(&w->folder, &j.witnesses))
        j.witnesses.to_count = 0; /* somebody is writing it: the line on stderr says so, and the other work goes on */
    if (!j.first)
        j.witnesses.to_count = 0;
    if (jobs_prepare(&j) != OK)
        return EXIT_FAILED;
    if (!shut_and_tell(&w->start, &w->folder))
        return EXIT_FAILED;
    return jobs_run(&j);
}

static int run_watch(struct worker *w)
{
    if (!open_database(&w->start, &w->folder, &w->db))
        return EXIT_FAILED;
    w->server = watch_open(w->db, keeper_on_channel(w->start.keeper, wait_ms(&w->start)), w->start.listen);
    return shut_and_tell(&w->start, &w->folder) ? http_run(w->server) : EXIT_FAILED;
}

static int run_engine(struct worker *w)
{
    int folder;
    w->chance = chance_system();
    if (!open_database(&w->start, &w->folder, &w->db) || folder_open_for(w->folder.engine, &folder) != OK)
        return EXIT_FAILED;
    struct keeper *keeper = keeper_on_channel(w->start.keeper, wait_ms(&w->start));
    struct engine_place p = { .keeper = keeper, .channels = w->start.clients, .askers = w->start.client_roles, .channel_count = w->start.client_count,
                              .service = engine_service_open(w->db, keeper, folder), .told = engine_told };
    return p.service && shut_and_tell(&w->start, &w->folder) ? engine_main(&p) : EXIT_FAILED;
}

int command_role(int argc, char **argv)
{
    const char *path;
    static struct worker w; /* large; lives as long as the process */
    if (!role_read(argc, argv, &w.start, &path) || !folder_name(path, &w.folder))
        return EXIT_USAGE;
    os_no_dump();
    signal(SIGPIPE, SIG_IGN);
    w.process = arena_reserve(PROCESS_BYTES);
    board_open(w.start.board);
    switch (w.start.role) {
    case PROCESS_KEEPER:     return run_keeper(&w);
    case PROCESS_ACCEPTOR:   return run_acceptor(&w);
    case PROCESS_WEB_PUBLIC: return run_web(&w, PUBLIC_SIDE);
    case PROCESS_WEB_STAFF:  return run_web(&w, STAFF_SIDE);
    case PROCESS_JOBS:       return run_jobs(&w);
    case PROCESS_WATCH:      return run_watch(&w);
    case PROCESS_ENGINE:     return run_engine(&w);
    case PROCESS_KINDS:      break;
    }
    return EXIT_USAGE;
}
