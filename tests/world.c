#include "world.h"
#include "engine.h"
#include "app/feature_list.h"
#include "intake/mailbox/mailbox_web.h"
#include "intake/public/public_web.h"
#include "intake/tip/tip.h"
#include "intake/tip/tip_web.h"
#include "lib/log/log.h"
#include "packs.h"
#include "vault/keeper_client.h"
#include <stdio.h>
#include <stdlib.h>

static struct app *current; /* whose turn it is: the clock and the server need no argument of their own */

static int64_t test_now(void)
{
    return current->keys->now;
}

static int64_t test_ms(void)
{
    return current->keys->now * 1000;
}

/* What http does when a parked request is answered. */
static void answer(void *server, struct http_place place, http_filler *fill, void *app, void *detail)
{
    struct app *x = server;
    (void)place;
    x->later = x->later_whole;
    x->w = (struct http_response){ .body.arena = &x->later };
    x->parked = false;
    fill(app, &x->later, &x->w, detail);
}

static void pause_reading(void *server, bool paused)
{
    ((struct app *)server)->paused = paused;
}

static void stop(void *server)
{
    (void)server;
    fail();
}

static const char *const settings[HOUSE_SETTINGS] = {
    [HOUSE_LINE_NAME] = "Invented Line", [HOUSE_LINE_IS_POLICE] = "no", [HOUSE_LINE_SHARES_IMMIGRATION] = "no",
    [HOUSE_LINE_PHONE] = "+18005550142", [HOUSE_EMERGENCY_NUMBER] = "911", [HOUSE_LEAVE_URL] = "https://www.example.org/",
};

static void furnish(struct app *x)
{
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        x->house.values[i] = settings[i] ? str_of(settings[i]) : house_rules[i].otherwise;
    x->house.values[HOUSE_OFFICE_ID] = id_text(&x->process, x->keys->office);
    x->house.values[HOUSE_INSTALL_ID] = id_text(&x->process, x->keys->made.install);
    x->pack = packs_of_the_tree(&x->process, true);
    must(rules_compile(&x->process, &x->pack, day_of(WORLD_NOW), &x->rules) == OK);
    must(clocks_compile(&x->process, &x->pack, day_of(WORLD_NOW), &x->clocks) == OK);
}

void app_new_channel(struct app *x)
{
    struct post_line line = { x, answer, pause_reading, stop, test_ms };
    must(channel_pair(x->channel) == OK);
    x->services.keeper = x->keys->pub;
    x->services.post = post_open(x->channel[0], PARKED_BYTES_EACH, line, &x->chance);
}

static void open_web(struct app *x)
{
    struct routes *sets = arena_new(&x->process, struct routes, 3);
    sets[0] = public_routes;
    sets[1] = tip_routes;
    sets[2] = mailbox_routes;
    x->services = (struct services){ .sealer = sealer_new(), .pack = &x->pack, .rules = &x->rules,
                                     .clocks = &x->clocks, .house = &x->house, .monotonic_ms = test_ms };
    app_new_channel(x);
    x->web = (struct web){ .sets = sets, .set_count = 3, .side = PUBLIC_SIDE, .db = x->reader, .services = &x->services,
                           .chance = &x->chance, .now = test_now, .draw_problem = public_draw_problem };
}

static void open_stores(struct app *x, bool create)
{
    snprintf(x->path, sizeof x->path, "%s/content.db", x->keys->folder);
    must(db_open(x->path, (struct db_options){ .create = create, .busy_ms = 1000 }, &x->content) == OK);
    must(!create || db_migrate(x->content, migrations_content) == OK);
    must(db_open(x->path, (struct db_options){ .rights = role_rights(PROCESS_WEB_PUBLIC), .busy_ms = 1000 }, &x->reader) == OK);
    must(db_open(x->path, (struct db_options){ .rights = role_rights(PROCESS_ACCEPTOR), .busy_ms = 1000 }, &x->acceptor) == OK);
}

const struct db_right *app_acceptor_rights(void)
{
    return role_rights(PROCESS_ACCEPTOR);
}

struct app_work app_work(const struct app *x)
{
    return (struct app_work){ (int64_t)x->keys->pub->serial, engine_statements() };
}

struct app *app_make(bool demo)
{
    return app_make_of(demo, world_people, PEOPLE);
}

struct app *app_make_of(bool demo, const struct plan_person *people, ptrdiff_t n)
{
    struct arena process = arena_reserve(256 << 20);
    struct app *x = arena_new(&process, struct app, 1);
    current = x;
    x->process = process;
    x->keys = world_make_of(demo, people, n);
    x->chance = chance_seeded(7);
    open_stores(x, true);
    x->request = x->request_whole = arena_reserve(32 << 20);
    x->later = x->later_whole = arena_reserve(8 << 20);
    furnish(x);
    open_web(x);
    return x;
}

void app_shut(struct app *x)
{
    close(x->channel[0]);
    close(x->channel[1]);
    db_close(x->reader);
    db_close(x->acceptor);
    db_close(x->content);
    world_shut(x->keys);
}

void app_reopen(struct app *x, const char *folder, bool fresh)
{
    current = x;
    world_reopen(x->keys, folder, fresh);
    open_stores(x, false);
    app_new_channel(x);
    x->web.db = x->reader;
}

void app_end(struct app *x)
{
    char left[160];
    close(x->channel[0]);
    close(x->channel[1]);
    db_close(x->reader);
    db_close(x->acceptor);
    db_close(x->content);
    for (int i = 0; i < 3; i++) {
        snprintf(left, sizeof left, "%s%s", x->path, (const char *const[]){ "", "-wal", "-shm" }[i]);
        unlink(left);
    }
    engine_remove(x->path);
    world_end(x->keys);
}

void app_request(struct app *x, struct web *web, struct http_request *r)
{
    ptrdiff_t mark = str_find(r->path, '?');
    current = x;
    if (mark >= 0) {
        r->query = str_part(r->path, mark + 1, r->path.len);
        r->path = str_part(r->path, 0, mark);
    }
    x->request = x->request_whole;
    r->arena = &x->request;
    x->w = (struct http_response){ .body.arena = &x->request };
    x->parked = web_dispatch(web, (struct http_place){ 1, 1 }, r, &x->w) == WAIT;
}

static void send_request(struct app *x, enum method method, const char *path, str type, str key, str body)
{
    struct header headers[2] = { { lit("Content-Type"), type }, { lit("Idempotency-Key"), key } };
    struct http_request r = { .method = method, .path = str_of(path), .headers = headers,
                              .header_count = key.len ? 2 : type.len ? 1 : 0, .body = body };
    app_request(x, &x->web, &r);
}

void app_get(struct app *x, const char *path)
{
    send_request(x, GET, path, (str){ 0 }, (str){ 0 }, (str){ 0 });
}

void app_post_str(struct app *x, const char *path, str body)
{
    send_request(x, POST, path, lit("application/x-www-form-urlencoded"), (str){ 0 }, body);
}

void app_post(struct app *x, const char *path, const char *body)
{
    app_post_str(x, path, str_of(body));
}

void app_post_json(struct app *x, const char *path, const char *key, const char *body)
{
    send_request(x, POST, path, lit("application/json"), str_of(key), str_of(body));
}

/* Everything that waits on the acceptor's end, through one acceptor_take; answers unless they are to be lost. */
static void take_all(struct app *x, bool answers)
{
    struct arena job = arena_reserve(64 << 20);
    str messages[ACCEPTOR_BATCH];
    struct verdict verdicts[ACCEPTOR_BATCH];
    struct accepted done;
    ptrdiff_t n = 0, got;
    for (; n < ACCEPTOR_BATCH; n++) {
        uint8_t *to = arena_new(&job, uint8_t, 65536 * 2);
        if (channel_receive(x->channel[1], to, 65536 * 2, 0, &got) != OK)
            break;
        messages[n] = (str){ (const char *)to, got };
    }
    if (!n)
        return;
    struct acceptor_limits limits = { test_now(), test_ms, ACCEPTOR_HOLD_MS };
    assert_int_equal(acceptor_take(x->acceptor, &job, limits, messages, n, verdicts, &done), OK);
    assert_int_equal(done.taken, n);
    x->commits++;
    x->taken += (int)n;
    for (ptrdiff_t i = 0; answers && i < n; i++)
        assert_int_equal(channel_send(x->channel[1], verdict_write(&job, &verdicts[i]), 100), OK);
}

void app_settle(struct app *x)
{
    current = x;
    if (x->settle) {
        x->settle(x);
        return;
    }
    take_all(x, true);
    post_ready(x->services.post, x->channel[0]);
}

void app_crash_acceptor(struct app *x)
{
    uint8_t hello[CHANNEL_HEADER];
    take_all(x, false);
    message_head_write(hello, (struct message_head){ .type = SUBMIT_HELLO, .length = sizeof hello });
    assert_int_equal(channel_send(x->channel[1], (str){ (const char *)hello, sizeof hello }, 100), OK);
    post_ready(x->services.post, x->channel[0]);
}

str app_body(const struct app *x)
{
    return x->w.fixed ? (str){ x->w.fixed, x->w.fixed_len } : out_view(&x->w.body);
}

bool app_says(const struct app *x, const char *text)
{
    str body = app_body(x);
    return body.len && memmem(body.at, (size_t)body.len, text, strlen(text)) != NULL;
}

int64_t app_count(struct app *x, const char *sql)
{
    struct arena a = x->process;
    int64_t n = 0;
    str one;
    must(engine_rows(x->path, sql, &a, &one, 1) == 1 && (!one.len || str_to_int(one, &n)));
    return n;
}

ptrdiff_t app_ids(struct app *x, const char *sql, id *out, ptrdiff_t most)
{
    struct arena a = x->process;
    str *rows = arena_new(&a, str, most);
    ptrdiff_t n = engine_rows(x->path, sql, &a, rows, most);
    for (ptrdiff_t i = 0; i < n; i++) {
        must(rows[i].len == (ptrdiff_t)sizeof out->at);
        memcpy(out[i].at, rows[i].at, sizeof out->at);
    }
    return n;
}

str app_plan(struct app *x, const char *statement)
{
    const struct sql *const *one = sql_all_content;
    while (*one && strcmp((*one)->name, statement))
        one++;
    must(*one != NULL);
    return engine_plan(x->path, *one, &x->process);
}

void app_break(struct app *x, const char *sql)
{
    must(engine_tries(x->path, sql, true));
}

id app_last_tip(struct app *x)
{
    id tip;
    must(app_ids(x, "SELECT id FROM tip ORDER BY rowid DESC LIMIT 1", &tip, 1) == 1);
    return tip;
}

void app_receipt(const struct app *x, char digits[25])
{
    str body = app_body(x);
    int n = 0;
    const char *p = memmem(body.at, (size_t)body.len, "class=\"digits\"", 14);
    if (!p)
        p = memmem(body.at, (size_t)body.len, "\"receipt\"", 9);
    must(p);
    for (; n < 24 && p < body.at + body.len; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    digits[n] = 0;
}

bool app_open_tip(struct app *x, id tip, struct sealed_fields *out)
{
    struct tip_row row;
    struct signed_in in = world_in(x->keys, LIN);
    if (tip_find(x->content, &x->process, x->keys->office, tip, &row) != OK)
        return false;
    struct open_row one = { .row = tip, .keybox = (const uint8_t *)row.sealed.at };
    return keeper_open(x->keys->staff, in.token, PURPOSE_READ, tip, &one, 1) == OK && one.code == CODE_OK
        && envelope_open(&x->process, one.key, TABLE_TIP, tip, row.sealed, out);
}
