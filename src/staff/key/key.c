#include "staff/key/key.h"
#include "common/services.h"
#include "lib/crypt/crypt.h"
#include "lib/log/board.h"
#include "staff/session/session.h"

enum { ID_DIGITS = 32, SECRET_SIGNS = 32, KEY_SIGNS = 4 + ID_DIGITS + 1 + SECRET_SIGNS, MINUTE = 60 };

void key_verifier(id key, const uint8_t secret[KEY_SECRET], uint8_t to[32])
{
    uint8_t wide[KEY] = { 0 };
    memcpy(wide, secret, KEY_SECRET);
    keyed_hash(wide, "api key", (str){ (const char *)key.at, sizeof key.at }, to, 32);
    wipe(wide, sizeof wide);
}

str key_text(struct arena *a, id key, const uint8_t secret[KEY_SECRET])
{
    struct out o = { .arena = a };
    out_str(&o, lit("psk_"));
    out_str(&o, id_text(a, key));
    out_char(&o, '_');
    out_str(&o, base32_text(a, secret, KEY_SECRET));
    return out_view(&o);
}

str key_name_after(struct arena *a, str name)
{
    ptrdiff_t dot = name.len;
    int64_t n = 1;
    while (dot > 0 && name.at[dot - 1] >= '0' && name.at[dot - 1] <= '9')
        dot--;
    bool numbered = dot > 1 && dot < name.len && name.at[dot - 1] == '.' && str_to_int(str_part(name, dot, name.len), &n) && n < 1000000;
    struct out o = { .arena = a };
    out_str(&o, numbered ? str_part(name, 0, dot - 1) : str_part(name, 0, 56));
    out_char(&o, '.');
    out_int(&o, (numbered ? n : 1) + 1);
    return out_view(&o);
}

bool key_read(str text, id *key, uint8_t secret[KEY_SECRET])
{
    return text.len == KEY_SIGNS && str_starts(text, lit("psk_")) && text.at[4 + ID_DIGITS] == '_'
        && id_read(str_part(text, 4, 4 + ID_DIGITS), key) && base32_read(str_part(text, 4 + ID_DIGITS + 1, KEY_SIGNS), secret, KEY_SECRET);
}

uint64_t key_held(int64_t scopes)
{
    static const struct {
        enum key_scope scope;
        permission held;
    } rows[] = { { KEY_TIPS, API_TIPS }, { KEY_CALLS, API_CALLS }, { KEY_CASES, API_CASES }, { KEY_FIGURES, API_FIGURES }, { KEY_DIRECTORY, API_DIRECTORY } };
    uint64_t held = 0;
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (scopes & rows[i].scope)
            held |= (uint64_t)1 << rows[i].held;
    return held;
}

/* The random half of its id: enough to tell keys apart, and never zero. */
static uint64_t bits_of(id key)
{
    uint64_t bits;
    memcpy(&bits, key.at + 8, sizeof bits);
    return bits | 1;
}

/* Text is never refused: what hands in a tip or a call is not counted, from a key as little as from a stranger. */
static status take_one(struct request *r, const struct api_key *k)
{
    if (r->method == POST || board_take(bits_of(k->id), r->now / MINUTE, k->per_minute))
        return OK;
    r->caller.wait_seconds = MINUTE - r->now % MINUTE;
    return LIMIT;
}

/* The keeper is asked only where something can be opened. A key it does not take is refused for all: two must vouch first. */
static status open_session(struct request *r, const struct api_key *k, const uint8_t secret[KEY_SECRET])
{
    struct signed_in in;
    if (!(k->scopes & KEY_CASES) || r->side != STAFF_SIDE)
        return OK;
    status s = keeper_key(r->services->keeper, k->id, secret, &in);
    memcpy(r->caller.token, in.token.at, sizeof r->caller.token);
    wipe(&in, sizeof in);
    if (s == NOT_FOUND)
        r->caller = (struct caller){ .refused = true };
    return s == NOT_FOUND ? OK : s;
}

static status caller_of(struct request *r, id key, const uint8_t secret[KEY_SECRET])
{
    struct api_key k;
    uint8_t verifier[32];
    status s = key_find(r->db, r->arena, key, &k);
    if (s == NOT_FOUND)
        return OK;
    if (s != OK)
        return s;
    key_verifier(key, secret, verifier);
    if (!same_bytes(verifier, k.verifier, sizeof verifier) || k.ended_day || k.until_day < day_of(r->now))
        return OK;
    r->caller = (struct caller){ .signed_in = true, .by_key = true, .account = k.id, .office = k.office, .name = k.name,
                                 .role = lit("system"), .held = key_held(k.scopes) };
    s = take_one(r, &k);
    return s == OK ? open_session(r, &k, secret) : s;
}

status key_find_caller(struct request *r)
{
    if (!str_starts(r->path, lit("/api/")))
        return r->side == STAFF_SIDE ? session_find_caller(r) : OK;
    str shown = http_header(r->http, lit("Authorization")), scheme = lit("Bearer ");
    id key;
    uint8_t secret[KEY_SECRET];
    if (!shown.len)
        return OK;
    r->caller.refused = true;
    if (!str_equal_fold(str_part(shown, 0, scheme.len), scheme) || !key_read(str_trim(str_part(shown, scheme.len, shown.len)), &key, secret))
        return OK;
    status s = caller_of(r, key, secret);
    wipe(secret, sizeof secret);
    return s;
}
