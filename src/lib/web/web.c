#include "lib/log/board.h"
#include "lib/web/respond.h"

enum { FIELDS = 512 };

/* One request on its way, so that the guarded part needs a single argument. */
struct way {
    struct web *web;
    const struct http_request *in;
    struct request r;
    struct response w;
    const struct route *route;
    status verdict;
    str allow;                 /* of a 405 */
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* Segment by segment; ":id" takes 32 hex digits, ":word" takes a short plain word. */
static bool path_matches(const char *pattern, str path, struct request *r)
{
    const char *p = path.at, *end = p + path.len;
    while (*pattern) {
        if (!strncmp(pattern, ":id", 3)) {
            if (end - p < 32 || !id_read((str){ p, 32 }, &r->id))
                return false;
            p += 32;
            pattern += 3;
        } else if (!strncmp(pattern, ":word", 5)) {
            const char *from = p;
            while (p < end && p - from < 64 && is_word(*p))
                p++;
            if (p == from)
                return false;
            r->word = (str){ from, p - from };
            pattern += 5;
        } else if (p == end || *p++ != *pattern++) {
            return false;
        }
    }
    return p == end;
}

static const struct route *find_route(const struct web *web, struct request *r)
{
    for (ptrdiff_t i = 0; i < web->set_count; i++)
        for (ptrdiff_t k = 0; k < web->sets[i].len; k++) {
            const struct route *t = &web->sets[i].at[k];
            if (t->side == r->side && t->method == r->method && path_matches(t->path, r->path, r))
                return t;
        }
    return NULL;
}

static bool may(const struct caller *c, permission needs)
{
    if (needs == NOBODY || needs >= PERMISSIONS)
        return false;
    if (needs == ANYONE || needs == SIGNED_IN)
        return needs == ANYONE || c->signed_in;
    return c->signed_in && (c->held >> needs & 1);
}

/*
 * LOCKED: the public hears "not now" (503), staff hear 423, whose page leads to the passphrase.
 * LIMIT is the caller's own budget (429), BUSY is ours (503).
 */
static int http_code(status s, enum side side)
{
    static const int codes[] = { [OK] = 200, [NOT_FOUND] = 404, [CONFLICT] = 409, [INVALID] = 422, [LOCKED] = 503, [LIMIT] = 429, [BUSY] = 503,
                                 [WAIT] = 500, [FAULT] = 500 };
    return s == LOCKED && side == STAFF_SIDE ? 423 : codes[s];
}

static bool has_type(const struct http_request *in, str wanted)
{
    str type = http_header(in, lit("Content-Type")), name;
    return str_split(&type, ';', &name) && str_equal_fold(str_trim(name), wanted);
}

/* 0, or the HTTP status that refuses the body. */
static int read_body(struct way *way)
{
    struct request *r = &way->r;
    if (way->route->accepts == NOTHING)
        return way->in->body.len ? 400 : 0;
    if (way->route->accepts == JSON)
        return has_type(way->in, lit("application/json")) ? 0 : 415;
    if (!has_type(way->in, lit("application/x-www-form-urlencoded")))
        return 415;
    return http_form_read(r->arena, way->in->body, FIELDS, &r->form) == OK ? 0 : 400;
}

static str token_of(const struct request *r)
{
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        if (str_equal(r->form.at[i].name, lit("_token")))
            return r->form.at[i].value;
    return http_header(r->http, lit("Form-Token")); /* for JSON */
}

/* The public side knows no visitor, and no browser sends a key by itself: there is nothing another site could misuse. */
static bool from_our_page(const struct way *way)
{
    const struct request *r = &way->r;
    if (r->side == PUBLIC_SIDE || r->caller.by_key || r->method != POST)
        return true;
    return origin_fits(way->web, r) && (!r->caller.signed_in || token_fits(r, token_of(r)));
}

/*
 * What somebody typed while their keys shut must not be lost: the page that says so gets it, to hand it on. Only words from
 * our own page with the token of its action, and no page of one's own account, where passphrases are typed.
 */
static void keep_words(struct way *way)
{
    struct request *r = &way->r;
    ptrdiff_t bytes = 0;
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        bytes += r->form.at[i].name.len + r->form.at[i].value.len;
    if (way->route->needs >= FIRST_FEATURE_PERMISSION && r->form.len <= KEPT_FIELDS && bytes <= KEPT_BYTES)
        r->kept = r->form;
}

static int keys_shut(struct way *way)
{
    if (way->route->accepts == FORM && !read_body(way) && from_our_page(way))
        keep_words(way);
    return 423;
}

/* The methods of this path that the caller may use: "GET, HEAD, POST", or empty. */
static str methods_here(struct way *way)
{
    struct out o = { .arena = way->r.arena };
    struct request r = way->r;
    static const struct {
        enum method method;
        str words;
    } known[] = { { GET, LIT("GET, HEAD") }, { POST, LIT("POST") } };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        r.method = known[i].method;
        const struct route *t = find_route(way->web, &r);
        if (!t || !may(&r.caller, t->needs))
            continue;
        out_str(&o, o.len ? lit(", ") : (str){ 0 });
        out_str(&o, known[i].words);
    }
    return out_view(&o);
}

static bool is_api(const struct request *r)
{
    return str_starts(r->path, lit("/api/"));
}

/* Before a route is looked at: 0, or what a machine hears that may not come here. All of the staff side needs a key, there or not. */
static int check_key(struct way *way)
{
    const struct request *r = &way->r;
    if (r->caller.refused || (!r->caller.by_key && r->side == STAFF_SIDE))
        return 401;
    if (way->route && !r->caller.by_key && way->route->needs != ANYONE)
        return 401;
    if (way->route)
        return 0;
    way->allow = methods_here(way);
    return way->allow.len ? 405 : 404;
}

static int check(struct way *way)
{
    struct request *r = &way->r;
    way->route = find_route(way->web, r);
    int unknown = is_api(r) ? check_key(way) : 0;
    if (unknown)
        return unknown;
    if (!way->route || !may(&r->caller, way->route->needs))
        return 404;
    /* Before the handler looks for anything: what is there and what is not answer alike while the keys are shut. */
    if (r->caller.locked && way->route->needs >= FIRST_FEATURE_PERMISSION)
        return keys_shut(way);
    int refused = read_body(way);
    if (!refused && !from_our_page(way))
        refused = 403;
    return refused;
}

static bool has_body(const struct response *w)
{
    return w->body.len || w->fixed || w->location.len;
}

/* A page on whose way the store failed would lack what could not be read, and nobody could tell. What was done and only leads on stands. */
static bool lacks(const struct way *way, status s)
{
    return way->r.db && db_failed(way->r.db) && s == OK && !way->w.location.len;
}

static void run_handler(struct way *way)
{
    if (way->r.db)
        (void)db_failed(way->r.db); /* what went before, for another request */
    status s = way->route->run(&way->r, &way->w);
    if (s != WAIT && lacks(way, s))
        s = FAULT;
    way->verdict = s;
    if (s == WAIT)
        return;
    /* A page of the handler's own goes out only where it can tell nothing that should not be told. */
    bool own = s == OK || ((s == INVALID || s == CONFLICT || s == LOCKED || s == LIMIT) && has_body(&way->w));
    if (!own && s == LOCKED)
        keep_words(way); /* they shut a moment ago: the form was looked at already */
    if (!own)
        respond_problem(way->web, &way->r, http_code(s, way->r.side), &way->w);
    else if (!way->w.status)
        way->w.status = http_code(s, way->r.side);
}

static status read_query(const struct web *web, struct request *r)
{
    status s = r->http->query.len ? http_form_read(r->arena, r->http->query, FIELDS, &r->query) : OK;
    str code = { 0 };
    for (ptrdiff_t i = 0; i < r->query.len; i++)
        if (str_equal(r->query.at[i].name, lit("lang")))
            code = r->query.at[i].value;
    r->language = language_choose(&web->offer, code, http_header(r->http, lit("Accept-Language")));
    return s;
}

/* The caller is looked up whether the path exists or not: the time it takes says nothing. */
static void go(struct way *way)
{
    struct request *r = &way->r;
    status s = read_query(way->web, r), who = OK;
    if (way->web->find_caller)
        who = way->web->find_caller(r);
    if (who != OK) {
        r->caller = (struct caller){ .wait_seconds = r->caller.wait_seconds };
        respond_problem(way->web, r, http_code(who, r->side), &way->w);
        return;
    }
    int refused = check(way);
    if (!refused && s != OK)
        refused = 400;
    if (!refused)
        run_handler(way);
    else
        respond_problem(way->web, r, refused, &way->w);
    if (way->allow.len)
        set_header(&way->w, lit("Allow"), way->allow);
}

static const struct language *first_language(const struct web *web)
{
    return web->offer.len ? web->offer.at[0] : languages[0];
}

static void go_busy(struct way *way)
{
    way->r.caller = (struct caller){ 0 };
    respond_problem(way->web, &way->r, 503, &way->w);
}

/* The one boundary of a request's memory. False: the arena was empty; its memory is free again. */
static bool guarded(struct arena *a, void (*run)(struct way *), struct way *way)
{
    struct arena before = *a;
    jmp_buf empty;
    if (setjmp(empty)) {
        *a = before;
        return false;
    }
    a->on_empty = &empty;
    run(way);
    a->on_empty = before.on_empty;
    return true;
}

static bool serve_asset(const struct request *r, struct http_response *out)
{
    const struct asset *a = str_starts(r->path, lit("/static/")) && r->method == GET ? asset_find(r->path) : NULL;
    if (!a)
        return false;
    out->status = 200;
    out->type = str_of(a->type);
    out->fixed = (const char *)a->bytes;
    out->fixed_len = a->len;
    respond_header(out, lit("Cache-Control"), lit("public, max-age=31536000, immutable"));
    return true;
}

static void count(enum side side, int http_status)
{
    must(http_status >= 200 && http_status < 600);
    board_add((enum board_count)((side == STAFF_SIDE ? BOARD_STAFF_2XX : BOARD_PUBLIC_2XX) + http_status / 100 - 2), 1);
}

status web_dispatch(struct web *web, struct http_place place, const struct http_request *in, struct http_response *out)
{
    struct way way = {
        .web = web,
        .in = in,
        .r = { .http = in, .side = web->side, .method = in->method == HEAD ? GET : in->method, .path = in->path,
            .db = web->db, .services = web->services, .arena = in->arena, .chance = web->chance,
            .now = web->now(), .place = place, .secure = web->secure, .language = first_language(web) },
        .w.body.arena = in->arena,
    };
    web_headers(web->side, web->secure, out);
    if (serve_asset(&way.r, out)) {
        count(web->side, out->status);
        return OK;
    }
    if (!guarded(in->arena, go, &way)) {
        if (web->db)
            db_abandon(web->db);
        way.verdict = BUSY;
        if (!guarded(in->arena, go_busy, &way)) {
            way.w = (struct response){ 0 };
            respond_plain(503, &way.w);
            set_header(&way.w, lit("Retry-After"), lit("5"));
        }
    }
    if (way.verdict == WAIT) {
        board_add(BOARD_PARKED, 1);
        return WAIT;
    }
    respond_finish(&way.w, out);
    count(web->side, out->status);
    return OK;
}
