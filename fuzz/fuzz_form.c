/* A form: what is read is UTF-8, no longer than what was sent, and says the same when it is read piece by piece. */
#include "fuzz.h"
#include "lib/http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena memory;
    struct arena a = fuzz_arena(&memory);
    str bytes = { (const char *)data, (ptrdiff_t)size }, rest = bytes, piece;
    struct fields all;
    if (http_form_read(&a, bytes, 100, &all) != OK) {
        must(all.len == 0);
        return 0;
    }
    ptrdiff_t total = 0, at = 0;
    for (ptrdiff_t i = 0; i < all.len; i++) {
        must(all.at[i].name.len > 0 && utf8_valid(all.at[i].name) && utf8_valid(all.at[i].value));
        must(str_find(all.at[i].name, '\0') < 0 && str_find(all.at[i].value, '\0') < 0);
        total += all.at[i].name.len + all.at[i].value.len;
    }
    must(all.len <= 100 && total <= bytes.len);
    while (str_split(&rest, '&', &piece)) {
        struct fields one;
        must(http_form_read(&a, piece, 1, &one) == OK && one.len <= 1);
        if (one.len) {
            must(at < all.len && str_equal(one.at[0].name, all.at[at].name));
            must(str_equal(one.at[0].value, all.at[at].value));
            at++;
        }
    }
    must(at == all.len);
    return 0;
}
