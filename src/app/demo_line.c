#include "app/demo_line.h"
#include "app/demo_story.h"
#include "app/feature_list.h"
#include "common/clock/clock.h"
#include "common/pack/pack.h"
#include "common/rules/rules.h"
#include "common/services.h"
#include "intake/acceptor/acceptor.h"
#include "intake/mailbox/mailbox.h"
#include "intake/post/post.h"
#include "intake/public/public_web.h"
#include "lib/os/channel.h"
#include "lib/os/os.h"
#include "staff/sealed/sealed.h"
#include "triage/review/review.h"
#include "vault/keeper_core.h"

enum { REQUEST_BYTES = 16 << 20, MOST_ROUTES = 32, PARKED_BYTES = 8 << 20 };

struct demo_line {
    struct db *content, *keys;
    struct keeper_core *core;
    struct chance chance, keeper_chance;
    struct house house;
    struct pack pack;
    struct pack_rules rules;
    struct pack_clocks clocks;
    struct services services;
    struct routes sets[MOST_ROUTES];
    struct web web;
    int ends[2]; /* the post's, the acceptor's */
    struct arena memory;
    int status;
    str body;
    int64_t (*now)(void);
};

static void answered(void *server, struct http_place place, http_filler *fill, void *app, void *detail)
{
    (void)place;
    struct demo_line *l = server;
    struct http_response w = { .body.arena = &l->memory };
    fill(app, &l->memory, &w, detail);
    l->status = w.status;
    l->body = out_view(&w.body);
}

static void not_paused(void *server, bool paused)
{
    (void)server;
    (void)paused;
}

static void not_stopped(void *server)
{
    (void)server;
    must(!"the line of the demonstration has no server to stop");
}

static void open_keeper(struct demo_line *l, struct arena *a, const struct folder *f)
{
    str anchor, secret;
    must(file_read(a, f->anchor, 4096, &anchor) == OK && file_read(a, f->secret, 4096, &secret) == OK);
    must(db_open(f->keys, (struct db_options){ .busy_ms = 2000 }, &l->keys) == OK);
    l->keeper_chance = chance_system();
    must(core_open(l->keys, anchor, secret, l->keeper_chance, 1, &l->core) == OK);
    core_set_time(l->core, l->now(), os_monotonic_ms() / 1000);
    must(core_start(l->core) == OK);
}

struct demo_line *demo_line_open(struct arena *process, const struct folder *f, struct db *content, int64_t (*now)(void))
{
    struct demo_line *l = arena_new(process, struct demo_line, 1);
    int64_t today = day_of(now());
    l->content = content;
    l->now = now;
    l->chance = chance_system();
    l->memory = arena_reserve(REQUEST_BYTES);
    open_keeper(l, process, f);
    must(house_load(content, process, &l->house) == OK && pack_open(content, process, NULL, &l->pack) == OK);
    must(rules_compile(process, &l->pack, today, &l->rules) == OK && clocks_compile(process, &l->pack, today, &l->clocks) == OK);
    must(channel_pair(l->ends) == OK);
    struct post_line line = { l, answered, not_paused, not_stopped, os_monotonic_ms };
    l->services = (struct services){ .keeper = keeper_in_process(l->core, ROLE_PUBLIC), .sealer = sealer_new(), .pack = &l->pack,
                                     .rules = &l->rules, .clocks = &l->clocks, .house = &l->house,
                                     .post = post_open(l->ends[0], PARKED_BYTES, line, &l->chance),
                                     .monotonic_ms = os_monotonic_ms };
    l->web = (struct web){ .sets = l->sets, .set_count = features_collect(l->sets, MOST_ROUTES), .side = PUBLIC_SIDE,
                           .db = content, .services = &l->services, .chance = &l->chance, .now = now,
                           .draw_problem = public_draw_problem };
    return l;
}

/* Plays the acceptor: everything that was sent, one commit, the verdicts. */
static void accept_waiting(struct demo_line *l)
{
    static uint8_t message[ACCEPTOR_MESSAGE_MAX]; /* one at a time, too large for the stack */
    struct arena a = l->memory;
    struct acceptor_limits limits = { l->now(), os_monotonic_ms, ACCEPTOR_HOLD_MS };
    struct verdict v;
    struct accepted done;
    ptrdiff_t n;
    while (channel_receive(l->ends[1], message, sizeof message, 0, &n) == OK) {
        str one = { (const char *)message, n };
        must(acceptor_take(l->content, &a, limits, &one, 1, &v, &done) == OK);
        must(channel_send(l->ends[1], verdict_write(&a, &v), 1000) == OK);
    }
}

int demo_line_post(struct demo_line *l, str path, str form, str *body)
{
    struct arena whole = l->memory;
    const struct header headers[] = { { LIT("Host"), LIT("demo.invalid") },
                                      { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") } };
    ptrdiff_t mark = str_find(path, '?');
    struct http_request r = { .method = POST, .path = mark < 0 ? path : str_part(path, 0, mark), .headers = headers,
                              .header_count = countof(headers), .body = form, .arena = &l->memory };
    if (mark >= 0)
        r.query = str_part(path, mark + 1, path.len);
    struct http_response w = { .body.arena = &l->memory };
    core_set_time(l->core, l->now(), os_monotonic_ms() / 1000);
    status s = web_dispatch(&l->web, (struct http_place){ 0, 1 }, &r, &w);
    if (s == WAIT) {
        accept_waiting(l);
        post_ready(l->services.post, l->ends[0]);
    } else {
        l->status = w.status;
        l->body = out_view(&w.body);
    }
    supply_refill(post_supply(l->services.post), l->services.keeper, os_monotonic_ms());
    *body = l->body;
    l->memory = whole; /* the page stays readable until the next call writes over it */
    return l->status;
}

static status keep_entry(struct demo_line *l, struct arena *a, id tip, id author, str kind, str words)
{
    struct ring_key ring;
    id office;
    int64_t now = l->now();
    struct tip_entry e = { .tip = tip, .id = chance_id(&l->chance, now * 1000, true), .author = author, .kind = kind,
                           .day = day_of(now) };
    status s = house_id(&l->house, HOUSE_OFFICE_ID, &office) ? OK : FAULT;
    if (s == OK)
        s = keeper_ring_key(l->services.keeper, SCOPE_OFFICE, office, TIP, &ring);
    if (s != OK)
        return s;
    const struct sealed_field fields[] = { { ENTRY_TEXT, words }, { ENTRY_AT, sealed_time(a, now) } };
    e.sealed = envelope_seal(l->services.sealer, os_monotonic_ms(), a, &ring, TABLE_TIP_NOTE, e.id, fields, countof(fields));
    return tip_entry_add(l->content, &e);
}

status demo_line_answer(struct demo_line *l, id tip, id author, bool spanish)
{
    struct arena a = l->memory;
    struct mailbox box;
    int64_t now = l->now();
    str words = demo_answer(&l->chance, spanish);
    id reply = chance_id(&l->chance, now * 1000, true);
    status s = mailbox_of_tip(l->content, tip, day_of(now), &box);
    if (s != OK)
        return s;
    str sealed = reply_seal(l->services.sealer, os_monotonic_ms(), &a, &box, reply, words, now);
    s = db_begin(l->content);
    if (s != OK)
        return s;
    s = reply_add(l->content, &box, reply, day_of(now), sealed);
    if (s == OK)
        s = keep_entry(l, &a, tip, author, lit("answer"), words);
    if (s == OK)
        s = clock_event(l->content, &l->clocks, tip, lit("tip.acted"), day_of(now));
    return db_end(l->content, s);
}
