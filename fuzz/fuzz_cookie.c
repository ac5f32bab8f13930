/* A Cookie header: the value found lies inside it, ends at a semicolon, and is gone when the name comes twice. */
#include "fuzz.h"
#include "lib/http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str value = { (const char *)data, (ptrdiff_t)size };
    struct header twice[] = { { lit("Cookie"), value }, { lit("cookie"), value } };
    struct http_request once = { .headers = twice, .header_count = 1 };
    struct http_request both = { .headers = twice, .header_count = 2 };
    str found = http_cookie(&once, lit("s"));
    must(!http_cookie(&both, lit("s")).len);
    if (!found.len)
        return 0;
    must(found.at >= value.at && found.at + found.len <= value.at + value.len);
    must(found.at - value.at >= 2 && found.at[-1] == '=' && found.at[-2] == 's');
    must(str_find(found, ';') < 0);
    return 0;
}
