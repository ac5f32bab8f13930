#include "lib/crypt/crypt.h"
#include "lib/web/respond.h"

enum { TOKEN = 16 };

static bool same_host(const struct web *web, str origin, str host)
{
    str scheme = web->secure ? lit("https://") : lit("http://");
    return host.len && str_starts(origin, scheme) && str_equal_fold(str_part(origin, scheme.len, origin.len), host);
}

/*
 * Sec-Fetch-Site is the browser's own word on who sent the form; Origin is the older one. At least one
 * must be there and none may speak against us. Behind a proxy the Host header must be passed on.
 */
bool origin_fits(const struct web *web, const struct request *r)
{
    str site = http_header(r->http, lit("Sec-Fetch-Site")), origin = http_header(r->http, lit("Origin"));
    bool ours = same_host(web, origin, http_header(r->http, lit("Host")));
    if (site.len && !str_equal(site, lit("same-origin")))
        return false;
    if (origin.len && !str_equal(origin, lit("null")) && !ours)
        return false;
    return site.len || ours;
}

str form_token(const struct request *r, str action)
{
    uint8_t hash[TOKEN];
    ptrdiff_t query = str_find(action, '?');
    keyed_hash(r->caller.form_key, "form", query < 0 ? action : str_part(action, 0, query), hash, TOKEN);
    char *text = arena_new(r->arena, char, 2 * TOKEN);
    hex_write(text, hash, TOKEN);
    return (str){ text, 2 * TOKEN };
}

bool token_fits(const struct request *r, str token)
{
    str wanted = form_token(r, r->path);
    return token.len == wanted.len && same_bytes(token.at, wanted.at, wanted.len);
}
