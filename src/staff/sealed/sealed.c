#include "staff/sealed/sealed.h"
#include "common/services.h"
#include "common/share/share.h"
#include "staff/role/role.h"

/* The keeper gave the key and the body does not open: somebody changed the row. The keeper cannot see it; the log shall. */
static status record_broken(struct request *r, id about, uint32_t broken)
{
    static const uint8_t no_digest[32];
    uint64_t seq;
    token t = caller_token(r);
    return broken ? keeper_note(r->services->keeper, &t, ACT_REFUSED, broken, about, no_digest, &seq) : OK;
}

static void ask(const struct sealed_row *row, struct open_row *to)
{
    static const uint8_t none[KEYBOX] = { 0 }; /* of a row cut short: it opens nothing */
    to->row = row->id;
    to->keybox = row->keybox ? row->keybox : row->sealed.len < KEYBOX ? none : (const uint8_t *)row->sealed.at;
}

status sealed_open(struct request *r, enum purpose why, id about, struct sealed_row *rows, ptrdiff_t n)
{
    must(n <= SEALED_ROWS_MOST);
    if (!n)
        return OK;
    struct open_row *asked = arena_new(r->arena, struct open_row, n);
    uint32_t broken = 0;
    bool whole = true;
    for (ptrdiff_t i = 0; i < n; i++)
        ask(&rows[i], &asked[i]);
    status s = keeper_open(r->services->keeper, caller_token(r), why, about, asked, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct sealed_row *row = &rows[i];
        row->opened = !asked[i].code && envelope_open(r->arena, asked[i].key, row->table, row->id, row->sealed, row->to);
        if (row->opened)
            continue;
        *row->to = (struct sealed_fields){ 0 };
        broken += !asked[i].code;
        whole = whole && !row->needed;
    }
    wipe(asked, n * (ptrdiff_t)sizeof *asked);
    if (s == OK)
        s = record_broken(r, about, broken);
    return s == OK && !whole ? NOT_FOUND : s;
}

status sealed_refuse(struct request *r, enum purpose why, id about)
{
    struct sealed_fields none;
    struct sealed_row row = { .id = about, .needed = true, .to = &none };
    return sealed_open(r, why, about, &row, 1);
}

static status fit(struct request *r, id ring, id root, struct sealed_row *row)
{
    id named;
    uint32_t epoch;
    uint16_t table;
    if (row->sealed.len < KEYBOX || !keybox_names((const uint8_t *)row->sealed.at, &named, &epoch, &table) || id_equal(named, ring))
        return OK;
    status s = share_find(r->db, r->arena, root, row->id, ring, day_of(r->now), &row->keybox);
    return s == NOT_FOUND ? OK : s;
}

status sealed_ring(struct request *r, struct sealed_place place, id *ring)
{
    struct ring_key key;
    status s = keeper_ring_key(r->services->keeper, place.kind, place.scope, place.compartment, &key);
    if (s == OK)
        *ring = key.ring;
    return s;
}

status sealed_fit(struct request *r, id ring, id root, struct sealed_row *rows, ptrdiff_t n)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = fit(r, ring, root, &rows[i]);
    return s;
}

status sealed_make_also(struct request *r, struct sealed_place place, id root, uint16_t table, id row, const struct sealed_field *fields, ptrdiff_t n,
                        const struct sealed_place *also, ptrdiff_t count, str *out, struct shares *shares)
{
    struct ring_key ring, *more = arena_new(r->arena, struct ring_key, count);
    uint8_t(*boxes)[KEYBOX] = (uint8_t(*)[KEYBOX])arena_new(r->arena, uint8_t, count * KEYBOX);
    ptrdiff_t found = 0;
    *out = (str){ 0 };
    status s = keeper_ring_key(r->services->keeper, place.kind, place.scope, place.compartment, &ring);
    for (ptrdiff_t i = 0; s == OK && i < count; i++) {
        s = keeper_ring_key(r->services->keeper, also[i].kind, also[i].scope, also[i].compartment, &more[found]);
        found += s == OK;
        s = s == NOT_FOUND ? OK : s;
    }
    if (s == OK)
        *out = envelope_seal_also(r->services->sealer, r->services->monotonic_ms(), r->arena, &ring, table, row, fields, n, more, found, boxes);
    for (ptrdiff_t i = 0; out->len && i < found; i++) {
        struct share *to = &shares->at[shares->len++];
        *to = (struct share){ .root = root, .row = row, .ring = more[i].ring, .until_day = SHARE_FOR_EVER };
        memcpy(to->keybox, boxes[i], KEYBOX);
    }
    return s == OK && !out->len ? INVALID : s;
}

status sealed_make(struct request *r, struct sealed_place place, uint16_t table, id row, const struct sealed_field *fields, ptrdiff_t n,
                   str *out)
{
    return sealed_make_also(r, place, row, table, row, fields, n, NULL, 0, out, NULL);
}

status sealed_record(struct request *r, id about, const str *sealed, ptrdiff_t n)
{
    uint8_t digest[32];
    uint64_t seq;
    struct sha256_state h;
    sha256_start(&h);
    for (ptrdiff_t i = 0; i < n; i++)
        sha256_more(&h, sealed[i]);
    sha256_end(&h, digest);
    token t = caller_token(r);
    return keeper_note(r->services->keeper, &t, ACT_WRITE, (uint32_t)n, about, digest, &seq);
}

str sealed_time(struct arena *a, int64_t unix_seconds)
{
    char *p = arena_new(a, char, 8);
    for (int i = 0; i < 8; i++)
        p[i] = (char)((uint64_t)unix_seconds >> (8 * i));
    return (str){ p, 8 };
}

int64_t sealed_time_read(str eight)
{
    uint64_t n = 0;
    for (ptrdiff_t i = 0; i < eight.len && i < 8; i++)
        n |= (uint64_t)(uint8_t)eight.at[i] << (8 * i);
    return (int64_t)n;
}
