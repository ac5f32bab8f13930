/*
 * Messages between roles: whatever the bytes, the readers stay inside, the first failure stays, and a
 * message that reads to its end is written back to the same bytes. Bodies after docs/keys.md 4.3.
 */
#include "fuzz.h"
#include "lib/os/channel.h"

/*
 * a u8, b u16, c u32, d u64, i 16 bytes, s 20, v 24, t 32, m 63, n 64, k 128 (a keybox); '*': what
 * follows comes as often as the number read last says.
 */
static const char *const shapes[] = {
    /* HELLO */ "idt", /* BEGIN */ "nt", /* FINISH */ "dtcct", /* END */ "t", /* WHO */ "t", /* OPEN */ "tbib*ik",
    /* SHARE */ "tbiiib*ik", /* PUB */ "aibai", /* RING ADD REMOVE ROTATE SHRED */ "ttiiiaabccct", "ttiiiaabccct",
    "ttiiiaabccct", "ttiiiaabccct", "ttiiiaabccct", /* PRINCIPAL */ "tnaabc", /* ENROL */ "scdt", /* CERTIFY */ "tiv",
    /* REVOKE */ "tit", /* SLOT */ "tiaaaactdt", /* NOTE */ "taaaacit", /* BLIND */ "tbaa*am", /* RECEIPT */ "a",
    /* MAIL */ "aabt*ik", /* TICKET */ "t", /* RINGS */ "idvc", /* ENGINE */ "t", /* SNAP */ "taaaaaaaa", /* HEAD */ "",
    /* OPEN's answer */ "db*at", /* RECEIPT's answer */ "a*vcit", /* MAIL's answer */ "b*ic",
};

static ptrdiff_t width_of(char piece)
{
    static const struct { char piece; uint8_t width; } widths[] = {
        { 'i', 16 }, { 's', 20 }, { 'v', 24 }, { 't', 32 }, { 'm', 63 }, { 'n', 64 }, { 'k', 128 },
    };
    for (int i = 0; i < countof(widths); i++)
        if (widths[i].piece == piece)
            return widths[i].width;
    return 0;
}

/* Reads one piece and writes it again; an integer is returned. */
static uint64_t piece_copy(char piece, struct wire *from, struct wire *to)
{
    uint64_t n = 0;
    switch (piece) {
    case 'a': wire_u8(to, (uint8_t)(n = wire_get_u8(from))); break;
    case 'b': wire_u16(to, (uint16_t)(n = wire_get_u16(from))); break;
    case 'c': wire_u32(to, (uint32_t)(n = wire_get_u32(from))); break;
    case 'd': wire_u64(to, n = wire_get_u64(from)); break;
    default: {
        const uint8_t *p = wire_get_bytes(from, width_of(piece));
        must(!p == from->bad);
        if (p)
            wire_bytes(to, p, width_of(piece));
    }
    }
    must(from->len >= 0 && from->len <= from->cap && (!from->bad || n == 0));
    return n;
}

static bool body_copy(const char *shape, struct wire *from, struct wire *to)
{
    uint64_t n = 0;
    for (; *shape && *shape != '*'; shape++)
        n = piece_copy(*shape, from, to);
    if (*shape == '*')
        for (; n && !from->bad; n--)
            for (const char *p = shape + 1; *p; p++)
                (void)piece_copy(*p, from, to);
    return wire_done(from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    struct arena a = fuzz_arena(&whole);
    struct message_head h;
    uint8_t head[CHANNEL_HEADER];
    str message = { (const char *)data, (ptrdiff_t)size };
    if (!message_head_read(message, &h))
        return 0;
    must(h.length == size && size >= CHANNEL_HEADER);
    message_head_write(head, h);
    must(!memcmp(head, data, CHANNEL_HEADER));
    ptrdiff_t cap = message.len - CHANNEL_HEADER;
    struct wire from = { .at = (uint8_t *)data + CHANNEL_HEADER, .cap = cap };
    struct wire to = { .at = arena_new(&a, uint8_t, cap), .cap = cap };
    if (!body_copy(shapes[h.type % countof(shapes)], &from, &to))
        return 0;
    must(wire_done(&to) && !memcmp(to.at, from.at, (size_t)cap));
    must(!wire_get_bytes(&from, 1) && from.bad && !wire_done(&from)); /* nothing behind the end */
    return 0;
}
