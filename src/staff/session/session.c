#include "common/services.h"
#include "staff/session/session.h"

static str cookie_name(const struct request *r, bool device)
{
    if (r->secure)
        return device ? lit("__Host-d") : lit("__Host-s");
    return device ? lit("d") : lit("s");
}

static bool read_token(const struct request *r, bool device, uint8_t to[32])
{
    return hex_read(http_cookie(r->http, cookie_name(r, device)), to, 32);
}

static void set_cookie(struct request *r, struct response *w, bool device, str value, int64_t seconds)
{
    struct out o = { .arena = r->arena };
    out_str(&o, cookie_name(r, device));
    out_char(&o, '=');
    out_str(&o, value);
    out_str(&o, lit("; Path=/; HttpOnly; SameSite=Strict; Max-Age="));
    out_int(&o, seconds);
    if (r->secure)
        out_str(&o, lit("; Secure"));
    set_header(w, lit("Set-Cookie"), out_view(&o));
}

static str hex_of(struct arena *a, const uint8_t *bytes)
{
    char *p = arena_new(a, char, 65);
    hex_write(p, bytes, 32);
    return (str){ p, 64 };
}

void session_set_cookie(struct request *r, struct response *w, token t)
{
    set_cookie(r, w, false, hex_of(r->arena, t.at), SESSION_HARD_SECONDS);
}

void session_clear_cookie(struct request *r, struct response *w)
{
    set_cookie(r, w, false, (str){ 0 }, 0);
}

void session_set_device(struct request *r, struct response *w, const uint8_t device[32])
{
    enum { DEVICE_SECONDS = 400 * 86400 };
    set_cookie(r, w, true, hex_of(r->arena, device), DEVICE_SECONDS);
}

void session_device(const struct request *r, uint8_t device[32])
{
    if (!read_token(r, true, device))
        memset(device, 0, 32);
}

/* What the account may do follows from its role; a role or account that ended holds nothing. */
static status fill_caller(struct request *r, token t, const struct session_row *row)
{
    struct account a;
    status s = account_find(r->db, r->arena, row->account, &a);
    if (s != OK)
        return s;
    const struct role *role = role_find(a.role);
    if (!role || !str_equal(a.state, lit("active")))
        return NOT_FOUND;
    struct who who = { 0 };
    s = keeper_who(r->services->keeper, t, &who);
    if (s != OK && s != LOCKED && s != NOT_FOUND)
        return s;
    bool locked = s != OK;
    if (!locked && !id_equal(who.principal, a.id))
        return NOT_FOUND;
    r->caller = (struct caller){ .signed_in = true, .locked = locked, .account = a.id, .office = a.office,
                                 .name = a.name, .role = str_of(role->code), .held = role->held, .alarm_day = who.envelope_day,
                                 .root_day = who.ceremony_day };
    memcpy(r->caller.token, t.at, sizeof t.at);
    keyed_hash(t.at, "form key", (str){ 0 }, r->caller.form_key, sizeof r->caller.form_key);
    return OK;
}

status session_become(struct request *r, token fresh)
{
    struct session_row row;
    status s = session_find(r->db, fresh, &row);
    return s == OK ? fill_caller(r, fresh, &row) : s;
}

status session_find_caller(struct request *r)
{
    token t;
    struct session_row row;
    if (!read_token(r, false, t.at))
        return OK;
    status s = session_find(r->db, t, &row);
    if (s == OK)
        s = row.hard_at > r->now ? fill_caller(r, t, &row) : NOT_FOUND;
    wipe(&t, sizeof t);
    return s == NOT_FOUND ? OK : s;
}
