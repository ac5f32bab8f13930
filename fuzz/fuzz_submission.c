/* What a worker may send the acceptor, and what comes back: the strict readers stay inside, and what one takes is written back alike. */
#include "fuzz.h"
#include "intake/acceptor/acceptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    struct arena a = fuzz_arena(&whole);
    str message = { (const char *)data, (ptrdiff_t)size };
    struct submission s;
    struct verdict v;
    if (size > ACCEPTOR_MESSAGE_MAX)
        return 0;
    if (submission_read(message, &s)) {
        str again = submission_write(&a, &s);
        must(again.len == message.len);
        must(!memcmp(again.at + CHANNEL_HEADER, message.at + CHANNEL_HEADER, (size_t)(message.len - CHANNEL_HEADER)));
    }
    if (verdict_read(message, &v)) {
        str again = verdict_write(&a, &v);
        must(str_equal(again, message));
    }
    return 0;
}
