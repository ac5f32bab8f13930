#include "linkage/extract_parts.h"

const char *const finding_words[FOUND_KINDS] = { "phone", "email", "url", "handle", "plate", "money", "date", "age", "address", "ad" };

void finding_span(const struct reader *r, struct finding *f, enum finding_kind kind, int first, int last)
{
    f->kind = (uint8_t)kind;
    f->begin = token_at(r, first)->begin;
    f->end = token_at(r, last)->end;
    f->normal_len = 0;
}

/* A form that is too long is none: cut, two different ones would be the same. */
static void put(struct finding *f, const char *at, ptrdiff_t n)
{
    if (f->normal_len + n > NORMAL_MOST)
        f->normal_len = UINT8_MAX;
    if (f->normal_len == UINT8_MAX || !n)
        return;
    memcpy(f->normal + f->normal_len, at, (size_t)n);
    f->normal_len = (uint8_t)(f->normal_len + n);
}

void finding_put(struct finding *f, str text)
{
    put(f, text.at, text.len);
}

void finding_fold(struct finding *f, str text)
{
    for (ptrdiff_t i = 0; i < text.len; i++) {
        char c = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] + 32) : text.at[i];
        put(f, &c, 1);
    }
}

void finding_point(struct finding *f, uint32_t c)
{
    char bytes[4] = { (char)c };
    ptrdiff_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (c == 0x20e3 || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x200b && c <= 0x200f))
        return;
    if (n > 1)
        bytes[0] = (char)((0xf00 >> n & 0xff) | c >> 6 * (n - 1));
    for (ptrdiff_t i = 1; i < n; i++)
        bytes[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
    put(f, bytes, n);
}

str finding_normal(const struct finding *f)
{
    return (str){ f->normal, f->normal_len };
}

/* What is surest of its shape comes first: a mailbox is no link, a price no telephone. */
static bool find_any(const struct reader *r, int i, struct finding *f)
{
    static bool (*const readers[])(const struct reader *, int, struct finding *) = { find_email, find_link,  find_handle,  find_money, find_date,
                                                                                     find_age,   find_plate, find_address, find_ad,    find_phone };
    f->normal_len = 0;
    for (ptrdiff_t k = 0; k < countof(readers); k++)
        if (readers[k](r, i, f)) {
            f->normal_len = f->normal_len == UINT8_MAX ? 0 : f->normal_len;
            return true;
        }
    return false;
}

bool extract(str text, str country, struct findings *out)
{
    static _Thread_local struct reader r;
    out->len = 0;
    out->full = false;
    if (!utf8_valid(text))
        return false;
    reader_open(&r, text, country);
    for (int i = reader_slide(&r, 0); token_at(&r, i)->kind != TOKEN_NONE; i = reader_slide(&r, i)) {
        struct finding *f = &out->at[out->len], none;
        if (!find_any(&r, i, out->len < FINDINGS_MOST ? f : &none)) {
            i++;
            continue;
        }
        if (out->len == FINDINGS_MOST) {
            out->full = true;
            return true;
        }
        out->len++;
        r.last_end = f->end;
        while (token_at(&r, i)->kind != TOKEN_NONE && token_at(&r, i)->begin < f->end)
            i++;
    }
    return true;
}
