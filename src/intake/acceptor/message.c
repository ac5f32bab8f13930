#include "intake/acceptor/message.h"

enum { MINUTES_MOST = 1 << 30, KEEP_MOST = 3650, LANGUAGE_MOST = 16, CHANNEL_MOST = 16, SEALED_LEAST = KEYBOX + AEAD_MORE + 256, SEALED_MOST = 262144 };

static void put_short(struct wire *w, str s)
{
    wire_u8(w, (uint8_t)s.len);
    wire_bytes(w, s.at, s.len);
}

static void put_long(struct wire *w, str s)
{
    wire_u32(w, (uint32_t)s.len);
    wire_bytes(w, s.at, s.len);
}

static str get(struct wire *w, ptrdiff_t n)
{
    const uint8_t *at = wire_get_bytes(w, n);
    return at ? (str){ (const char *)at, n } : (str){ 0 };
}

static id get_id(struct wire *w)
{
    id i = { 0 };
    const uint8_t *at = wire_get_bytes(w, sizeof i.at);
    if (at)
        memcpy(i.at, at, sizeof i.at);
    return i;
}

/* Codes are what packs and languages use: letters, digits, dash, dot, underscore. */
static bool is_code(str s, ptrdiff_t most)
{
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return s.len >= 1 && s.len <= most;
}

/* The day a public id carries must be the day said beside it, and nothing finer. */
static bool day_agrees(id i, int64_t day)
{
    uint64_t ms = 0;
    for (int k = 0; k < 6; k++)
        ms = ms << 8 | i.at[k];
    return ms == (uint64_t)day * 86400000;
}

static bool is_sealed(str s, uint16_t table)
{
    id ring;
    uint32_t epoch;
    uint16_t named;
    return s.len >= SEALED_LEAST && s.len <= SEALED_MOST && keybox_names((const uint8_t *)s.at, &ring, &epoch, &named)
        && named == table;
}

static bool keep_fits(int days)
{
    return days >= 1 && days <= KEEP_MOST;
}

static void put_clock(struct wire *w, const struct clock_start *c)
{
    put_short(w, c->code);
    wire_u64(w, (uint64_t)c->due_minute);
}

static bool get_clock(struct wire *w, struct clock_start *out)
{
    out->code = get(w, wire_get_u8(w));
    uint64_t minute = wire_get_u64(w);
    out->due_minute = (int64_t)minute;
    return is_code(out->code, CLOCK_CODE_MOST) && minute > 0 && minute < MINUTES_MOST;
}

static void put_clocks(struct wire *w, const struct submission *s)
{
    wire_u8(w, (uint8_t)s->clock_count);
    for (ptrdiff_t i = 0; i < s->clock_count; i++)
        put_clock(w, &s->clocks[i]);
}

static bool get_clocks(struct wire *w, ptrdiff_t most, struct submission *out)
{
    out->clock_count = wire_get_u8(w);
    if (out->clock_count > most)
        return false;
    for (ptrdiff_t i = 0; i < out->clock_count; i++)
        if (!get_clock(w, &out->clocks[i]))
            return false;
    return true;
}

static void put_tip(struct wire *w, const struct submission *s)
{
    wire_bytes(w, s->idem, 16);
    wire_bytes(w, s->tip.at, 16);
    wire_bytes(w, s->office.at, 16);
    wire_u32(w, (uint32_t)s->day);
    wire_u8(w, (uint8_t)s->priority);
    put_short(w, s->language);
    put_short(w, s->channel);
    wire_bytes(w, s->locator, 16);
    wire_u32(w, s->pepper);
    wire_bytes(w, s->open, KEY);
    wire_u16(w, (uint16_t)s->keep_days);
    put_clocks(w, s);
    put_long(w, s->sealed);
    put_long(w, s->source);
    put_long(w, s->answer);
}

static bool get_tip(struct wire *w, struct submission *out)
{
    out->idem = wire_get_bytes(w, 16);
    out->tip = get_id(w);
    out->office = get_id(w);
    out->day = wire_get_u32(w);
    out->priority = wire_get_u8(w);
    out->language = get(w, wire_get_u8(w));
    out->channel = get(w, wire_get_u8(w));
    out->locator = wire_get_bytes(w, 16);
    out->pepper = wire_get_u32(w);
    out->open = wire_get_bytes(w, KEY);
    out->keep_days = wire_get_u16(w);
    if (!get_clocks(w, SUBMISSION_CLOCKS, out))
        return false;
    out->sealed = get(w, wire_get_u32(w));
    out->source = get(w, wire_get_u32(w));
    out->answer = get(w, wire_get_u32(w));
    return wire_done(w) && out->priority <= 4 && keep_fits(out->keep_days) && is_code(out->language, LANGUAGE_MOST) && is_code(out->channel, CHANNEL_MOST)
        && day_agrees(out->tip, out->day) && is_sealed(out->sealed, TABLE_TIP)
        && (!out->source.len || is_sealed(out->source, TABLE_TIP_SOURCE)) && out->answer.len > AEAD_MORE
        && out->answer.len <= ANSWER_BOX_MOST;
}

static void put_addition(struct wire *w, const struct submission *s)
{
    wire_bytes(w, s->locator, 16);
    wire_bytes(w, s->tip.at, 16);
    wire_bytes(w, s->addition.at, 16);
    wire_bytes(w, s->office.at, 16);
    wire_u32(w, (uint32_t)s->day);
    put_clocks(w, s);
    put_long(w, s->sealed);
}

static bool get_addition(struct wire *w, struct submission *out)
{
    out->locator = wire_get_bytes(w, 16);
    out->tip = get_id(w);
    out->addition = get_id(w);
    out->office = get_id(w);
    out->day = wire_get_u32(w);
    if (!get_clocks(w, 1, out))
        return false;
    out->sealed = get(w, wire_get_u32(w));
    return wire_done(w) && day_agrees(out->addition, out->day) && is_sealed(out->sealed, TABLE_TIP_ADDITION);
}

static void put_visit(struct wire *w, const struct submission *s)
{
    wire_bytes(w, s->locator, 16);
    wire_u32(w, s->pepper);
    wire_u32(w, (uint32_t)s->day);
    wire_u16(w, (uint16_t)s->keep_days);
    wire_u8(w, (uint8_t)s->seen_count);
    for (ptrdiff_t i = 0; i < s->seen_count; i++)
        wire_bytes(w, s->seen[i].at, 16);
}

static bool get_visit(struct wire *w, struct submission *out)
{
    out->locator = wire_get_bytes(w, 16);
    out->pepper = wire_get_u32(w);
    out->day = wire_get_u32(w);
    out->keep_days = wire_get_u16(w);
    out->seen_count = wire_get_u8(w);
    if (out->seen_count > SUBMISSION_SEEN)
        return false;
    for (ptrdiff_t i = 0; i < out->seen_count; i++)
        out->seen[i] = get_id(w);
    return wire_done(w) && keep_fits(out->keep_days);
}

static const struct {
    void (*put)(struct wire *, const struct submission *);
    bool (*get)(struct wire *, struct submission *);
} forms[] = {
    [SUBMIT_TIP] = { put_tip, get_tip },
    [SUBMIT_ADDITION] = { put_addition, get_addition },
    [SUBMIT_LESS] = { put_addition, get_addition },
    [SUBMIT_VISIT] = { put_visit, get_visit },
};

str submission_write(struct arena *a, const struct submission *s)
{
    ptrdiff_t cap = s->sealed.len + s->source.len + s->answer.len + 4096;
    must(s->type > SUBMIT_HELLO && s->type < countof(forms) && cap <= ACCEPTOR_MESSAGE_MAX);
    uint8_t *at = arena_new(a, uint8_t, cap);
    struct wire w = { .at = at + CHANNEL_HEADER, .cap = cap - CHANNEL_HEADER };
    forms[s->type].put(&w, s);
    must(!w.bad);
    message_head_write(at, (struct message_head){ .type = (uint16_t)s->type, .length = (uint32_t)(w.len + CHANNEL_HEADER) });
    return (str){ (const char *)at, w.len + CHANNEL_HEADER };
}

bool submission_read(str message, struct submission *out)
{
    struct message_head head;
    *out = (struct submission){ 0 };
    if (!message_head_read(message, &head) || head.type <= SUBMIT_HELLO || head.type >= countof(forms))
        return false;
    out->type = (enum submission_type)head.type;
    /* The wire reads only; its pointer is not const because writers share the type. */
    struct wire w = { .at = (uint8_t *)(uintptr_t)message.at + CHANNEL_HEADER, .cap = message.len - CHANNEL_HEADER };
    return forms[out->type].get(&w, out);
}

str verdict_write(struct arena *a, const struct verdict *v)
{
    ptrdiff_t cap = CHANNEL_HEADER + (v->already ? 4 + v->answer.len : 0);
    uint8_t *at = arena_new(a, uint8_t, cap);
    struct wire w = { .at = at + CHANNEL_HEADER, .cap = cap - CHANNEL_HEADER };
    if (v->already)
        put_long(&w, v->answer);
    must(!w.bad);
    message_head_write(at, (struct message_head){ v->type, v->code, (uint32_t)cap, v->serial });
    return (str){ (const char *)at, cap };
}

bool verdict_read(str message, struct verdict *out)
{
    struct message_head head;
    *out = (struct verdict){ 0 };
    if (!message_head_read(message, &head) || head.type >= countof(forms))
        return false;
    *out = (struct verdict){ .type = head.type, .code = head.code, .serial = head.serial };
    if (message.len == CHANNEL_HEADER)
        return true;
    struct wire w = { .at = (uint8_t *)(uintptr_t)message.at + CHANNEL_HEADER, .cap = message.len - CHANNEL_HEADER };
    out->answer = get(&w, wire_get_u32(&w));
    out->already = true;
    return wire_done(&w) && head.type == SUBMIT_TIP && head.code == CODE_OK && out->answer.len <= ANSWER_BOX_MOST;
}
