/*
 * The engine's loop, one message: whatever the bytes, it is answered in form, nothing is answered without keys but how it stands, a service
 * sees only what its rule allows, and of a refusal nothing goes out.
 */
#include "fuzz.h"
#include "common/engine/engine.h"

enum { TAKE = ENGINE_SERVICE, COPY, MOST = 64 };

struct seen {
    int calls, forgotten;
    uint8_t last;
};

static status forget(void *ctx, const id *documents, ptrdiff_t n)
{
    must(n > 0 && n <= ENGINE_FORGET_MOST);
    ((struct seen *)ctx)->forgotten += (int)n;
    ((struct seen *)ctx)->last = documents[n - 1].at[15]; /* they are there to their end */
    return OK;
}

/* A list with a count in front, as a question about several things has it. */
static status take(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    ((struct seen *)ctx)->calls++;
    must(keys->open && in->cap - in->len >= 1 && in->cap - in->len <= MOST);
    uint8_t n = wire_get_u8(in);
    for (int i = 0; i < n; i++) {
        const uint8_t *item = wire_get_bytes(in, 8);
        if (item)
            wire_bytes(out, item, 8);
    }
    return wire_done(in) ? OK : INVALID;
}

static status copy(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    ((struct seen *)ctx)->calls++;
    must(keys->open);
    ptrdiff_t n = in->cap - in->len;
    wire_bytes(out, wire_get_bytes(in, n), n);
    return OK;
}

static const struct engine_rule rules[] = { { TAKE, 1, MOST, take }, { COPY, 0, ENGINE_MESSAGE_MAX, copy } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[ENGINE_MESSAGE_MAX];
    struct message_head asked = { 0 }, head;
    if (!size || size > ENGINE_MESSAGE_MAX)
        return 0;
    struct seen seen = { 0 };
    struct engine_keys keys = { .begun = true, .open = data[0] & 1 };
    struct engine_service s = { .ctx = &seen, .rules = rules, .rule_count = countof(rules), .forget = forget };
    enum engine_asker from = data[0] & 2 ? ENGINE_OF_JOBS : ENGINE_OF_STAFF;
    str message = { (const char *)data + 1, (ptrdiff_t)size - 1 };
    ptrdiff_t n = 0;
    status judged = engine_serve(&s, &keys, from, message, out, &n);
    bool whole = message_head_read(message, &asked);
    must(judged != FAULT && message_head_read((str){ (char *)out, n }, &head));
    must((head.code == CODE_OK) == (judged == OK) && (judged == OK || n == CHANNEL_HEADER));
    must(whole ? head.type == asked.type && head.serial == asked.serial : judged == INVALID);
    must((keys.open && from == ENGINE_OF_STAFF) || !seen.calls);
    must(from == ENGINE_OF_JOBS || !seen.forgotten);
    if (judged == OK && asked.type == ENGINE_FORGET)
        must(n == CHANNEL_HEADER && seen.forgotten == (message.len - CHANNEL_HEADER) / 16 && !seen.calls);
    if (judged == OK && asked.type == ENGINE_STATE)
        must(n == CHANNEL_HEADER + 24 && !seen.calls);
    if (judged == OK && asked.type == COPY)
        must(n == message.len && !memcmp(out + CHANNEL_HEADER, data + 1 + CHANNEL_HEADER, (size_t)n - CHANNEL_HEADER));
    if (judged == OK && asked.type == TAKE)
        must(n == message.len - 1);
    must(judged != OK || (asked.type >= ENGINE_STATE && asked.type <= COPY));
    return 0;
}
