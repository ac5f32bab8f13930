#include "intake/mailbox/mailbox.h"

str reply_seal(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct mailbox *to, id reply, str words, int64_t at)
{
    uint8_t time[8];
    for (int i = 0; i < 8; i++)
        time[i] = (uint8_t)((uint64_t)at >> (8 * i));
    struct ring_key ring = { .epoch = 0 };
    memcpy(ring.ring.at, to->locator, sizeof ring.ring.at);
    memcpy(ring.open, to->open, sizeof ring.open);
    const struct sealed_field fields[] = { { REPLY_TEXT, words }, { REPLY_AT, { (const char *)time, sizeof time } } };
    return envelope_seal(s, monotonic_ms, a, &ring, TABLE_REPLY, reply, fields, countof(fields));
}
