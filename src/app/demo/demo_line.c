#include "app/demo/demo_line.h"
#include "app/feature_list.h"
#include "common/clock/clock.h"
#include "common/pack/pack.h"
#include "common/rules/rules.h"
#include "common/services.h"
#include "figures/measure/measure.h"
#include "intake/acceptor/acceptor.h"
#include "intake/post/post.h"
#include "intake/public/public_web.h"
#include "lib/crypt/crypt.h"
#include "lib/os/channel.h"
#include "lib/os/os.h"
#include "lib/web/html.h"
#include "staff/account/account.h"
#include "staff/page/page.h"
#include "staff/role/role.h"
#include "staff/passphrase/passphrase.h"
#include "staff/session/session.h"
#include "vault/keeper_core.h"
#include <fcntl.h>
#include <unistd.h>

enum { REQUEST_BYTES = 64 << 20, MOST_ROUTES = 32, PARKED_BYTES = 8 << 20, YEARS_BEFORE = 2 };

/* The rest of a line, which only this file knows. */
struct line {
    struct demo_line seen; /* first: the two are one address */
    struct db *keys;
    struct keeper_core *core;
    struct chance chance, keeper_chance;
    struct house house;
    struct pack pack;
    struct pack_rules rules;
    struct pack_clocks clocks;
    struct services public, staff;
    struct routes sets[MOST_ROUTES];
    struct web web, desk;
    int ends[2]; /* the post's, the acceptor's */
    struct arena memory;
    int status; /* of the last public answer */
};

static int64_t told; /* the time the pages have: a page asks a function for it, without more */

void demo_line_at(int64_t unix_seconds)
{
    int64_t now = os_now();
    told = unix_seconds < now ? unix_seconds : now;
}

int64_t demo_line_now(void)
{
    return told;
}

static void answered(void *server, struct http_place place, http_filler *fill, void *app, void *detail)
{
    (void)place;
    struct line *l = server;
    struct http_response w = { .body.arena = &l->memory };
    fill(app, &l->memory, &w, detail);
    l->status = w.status;
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

static void set_keeper_clock(struct line *l)
{
    core_set_time(l->core, os_now() - DEMO_EARLIER, os_monotonic_ms() / 1000);
}

static void open_keeper(struct line *l, struct arena *a, const struct folder *f)
{
    str anchor, secret;
    must(file_read(a, f->anchor, 4096, &anchor) == OK && file_read(a, f->secret, 4096, &secret) == OK);
    must(db_open(f->keys, (struct db_options){ .scratch = true }, &l->keys) == OK);
    l->keeper_chance = chance_system();
    must(core_open(l->keys, anchor, secret, l->keeper_chance, 1, &l->core) == OK);
    set_keeper_clock(l);
    must(core_start(l->core) == OK);
}

static void open_world(struct line *l, struct arena *process, int64_t today)
{
    struct db *content = l->seen.content;
    must(house_load(content, process, &l->house) == OK && pack_open(content, process, NULL, &l->pack) == OK);
    must(house_id(&l->house, HOUSE_OFFICE_ID, &l->seen.office));
    must(rules_compile(process, &l->pack, today, &l->rules) == OK && clocks_compile(process, &l->pack, today, &l->clocks) == OK);
    struct fiscal fiscal = fiscal_of(&l->pack, process, today);
    l->seen.from = fiscal_first_day(&fiscal, fiscal_year(&fiscal, today) - YEARS_BEFORE);
    l->seen.to = today;
}

static bool on_disk(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool good = file >= 0 && !fsync(file);
    if (file >= 0)
        close(file);
    return good;
}

bool demo_line_close(struct demo_line *seen, const struct folder *f)
{
    struct line *l = (struct line *)seen;
    if (acceptor_sweep(seen->content, seen->to) != OK) { /* as every day of these years would have done */
        complain("demo: mailboxes that nobody visits any more could not be let go");
        return false;
    }
    core_close(l->core);
    db_close(l->keys);
    db_close(seen->content);
    bool good = db_is_url(f->keys) || (on_disk(f->keys) && on_disk(f->content));
    if (!good)
        complain("demo: the databases did not reach the disk");
    return good;
}

struct demo_line *demo_line_open(struct arena *process, const struct folder *f, struct chance *stories, int64_t today)
{
    struct line *l = arena_new(process, struct line, 1);
    struct db *content;
    must(db_open(f->content, (struct db_options){ .scratch = true }, &content) == OK);
    l->seen = (struct demo_line){ .content = content, .stories = stories, .services = &l->staff };
    l->chance = chance_system();
    l->memory = arena_reserve(REQUEST_BYTES);
    demo_line_at(os_now());
    open_keeper(l, process, f);
    open_world(l, process, today);
    must(channel_pair(l->ends) == OK);
    struct post_line line = { l, answered, not_paused, not_stopped, os_monotonic_ms };
    l->public = (struct services){ .keeper = keeper_in_process(l->core, ROLE_PUBLIC), .sealer = sealer_new(), .pack = &l->pack,
                                   .rules = &l->rules, .clocks = &l->clocks, .house = &l->house,
                                   .post = post_open(l->ends[0], PARKED_BYTES, line, &l->chance), .monotonic_ms = os_monotonic_ms };
    l->staff = l->public;
    l->staff.keeper = keeper_in_process(l->core, ROLE_STAFF);
    l->staff.post = NULL;
    l->web = (struct web){ .sets = l->sets, .set_count = features_collect(l->sets, MOST_ROUTES), .side = PUBLIC_SIDE,
                           .db = content, .services = &l->public, .chance = &l->chance, .now = demo_line_now,
                           .draw_problem = public_draw_problem };
    l->desk = l->web;
    l->desk.side = STAFF_SIDE;
    l->desk.services = &l->staff;
    l->desk.find_caller = session_find_caller;
    l->desk.draw_problem = staff_draw_problem;
    return &l->seen;
}

/* ---- forms ---- */

void demo_field(struct out *o, const char *name, str value)
{
    if (!value.len)
        return;
    if (o->len)
        out_char(o, '&');
    out_str(o, str_of(name));
    out_char(o, '=');
    html_url_part_str(o, value);
}

/* Plays the acceptor: everything that was sent, one commit, the verdicts. */
static void accept_waiting(struct line *l)
{
    static uint8_t message[ACCEPTOR_MESSAGE_MAX]; /* one at a time, too large for the stack */
    struct arena a = l->memory;
    struct acceptor_limits limits = { demo_line_now(), os_monotonic_ms, ACCEPTOR_HOLD_MS };
    struct verdict v;
    struct accepted done;
    ptrdiff_t n;
    while (channel_receive(l->ends[1], message, sizeof message, 0, &n) == OK) {
        str one = { (const char *)message, n };
        must(acceptor_take(l->seen.content, &a, limits, &one, 1, &v, &done) == OK);
        if (!id_is_zero(done.tip))
            l->seen.last_tip = done.tip;
        must(channel_send(l->ends[1], verdict_write(&a, &v), 1000) == OK);
    }
}

/* One request of either side; headers has room for what every form bears. */
static status ask(struct line *l, struct web *web, str path, str form, const struct header *headers, ptrdiff_t n, struct http_response *w)
{
    ptrdiff_t mark = str_find(path, '?');
    struct http_request r = { .method = POST, .path = mark < 0 ? path : str_part(path, 0, mark), .headers = headers,
                              .header_count = n, .body = form, .arena = &l->memory };
    if (mark >= 0)
        r.query = str_part(path, mark + 1, path.len);
    set_keeper_clock(l);
    return web_dispatch(web, (struct http_place){ 0, 1 }, &r, w);
}

int demo_line_post(struct demo_line *seen, str path, str form)
{
    struct line *l = (struct line *)seen;
    struct arena whole = l->memory;
    const struct header headers[] = { { LIT("Host"), LIT("demo.invalid") },
                                      { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") } };
    struct http_response w = { .body.arena = &l->memory };
    if (ask(l, &l->web, path, form, headers, countof(headers), &w) == WAIT) {
        accept_waiting(l);
        post_ready(l->public.post, l->ends[0]);
    } else {
        l->status = w.status;
    }
    supply_refill(post_supply(l->public.post), l->public.keeper, os_monotonic_ms());
    l->memory = whole;
    return l->status;
}

/* ---- the staff ---- */

status demo_sign_in(struct demo_line *seen, struct arena *a, str name, str passphrase, const uint8_t otp_secret[20], struct demo_person *out)
{
    struct line *l = (struct line *)seen;
    const uint8_t device[32] = { 0 };
    struct stretched st;
    struct signed_in in;
    struct account who;
    char *cookie = arena_new(a, char, 2 + 2 * sizeof in.token.at);
    set_keeper_clock(l);
    status s = passphrase_stretch(l->staff.keeper, name, device, str_copy(a, passphrase), &st);
    if (s == OK)
        s = keeper_finish(l->staff.keeper, st.ticket, st.at, totp_code(otp_secret, os_now() - DEMO_EARLIER), NULL, &in);
    if (s == OK)
        s = account_find(seen->content, a, in.principal, &who);
    if (s == OK)
        s = session_open(seen->content, in.token, (token){ { 0 } }, in.principal, os_now());
    if (s != OK)
        return s;
    *out = (struct demo_person){ .account = who.id, .office = who.office, .name = who.name, .role = who.role, .token = in.token };
    keyed_hash(in.token.at, "form key", (str){ 0 }, out->form_key, sizeof out->form_key);
    memcpy(cookie, "s=", 2);
    hex_write(cookie + 2, in.token.at, sizeof in.token.at);
    out->cookie = (str){ cookie, 2 + 2 * (ptrdiff_t)sizeof in.token.at };
    return OK;
}

str demo_token(struct arena *a, const struct demo_person *who, str action)
{
    struct request r = { .arena = a };
    memcpy(r.caller.form_key, who->form_key, sizeof r.caller.form_key);
    return form_token(&r, action);
}

id demo_id(struct demo_line *seen)
{
    return chance_id(&((struct line *)seen)->chance, demo_line_now() * 1000, true);
}

bool demo_post(struct demo_line *seen, const struct demo_person *who, str path, str form, str *to)
{
    struct line *l = (struct line *)seen;
    struct arena whole = l->memory;
    struct out body = { .arena = &l->memory };
    demo_field(&body, "_token", demo_token(&l->memory, who, path));
    if (form.len)
        out_char(&body, '&');
    out_str(&body, form);
    const struct header headers[] = { { LIT("Host"), LIT("demo.invalid") }, { LIT("Sec-Fetch-Site"), LIT("same-origin") },
                                      { LIT("Cookie"), who->cookie },
                                      { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") } };
    struct http_response w = { .body.arena = &l->memory };
    status s = ask(l, &l->desk, path, out_view(&body), headers, countof(headers), &w);
    bool good = s == OK && w.status == 303;
    if (!good)
        complain("demo: %.*s at %.*s was answered with %d: %.*s", (int)who->name.len, who->name.at, (int)path.len, path.at, w.status,
                 (int)form.len, form.at);
    for (ptrdiff_t i = 0; good && to && i < w.header_count; i++)
        if (str_equal(w.headers[i].name, lit("Location")))
            *to = w.headers[i].value;
    l->memory = whole;
    return good;
}
