/* Names at a service: "@mila_rose", "my ig is mila_rose", "mila_rose on telegram". */
#include "linkage/extract_parts.h"

/* The nearest service named before i, in words; 0: none. */
static int service_before(const struct reader *r, int i, int words, uint8_t *service)
{
    int n = class_before(r, i, BIT(SERVICE), words), left = n;
    for (int k = i - 1; k >= 0 && left; k--) {
        const struct token *t = token_at(r, k);
        left -= t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
        *service = t->service;
    }
    return n;
}

/* "... on telegram" right behind, with at most one word between. */
static int service_behind(const struct reader *r, int i, uint8_t *service)
{
    for (int k = 0; k < 3; k++, i++) {
        const struct token *t = token_at(r, i);
        if (t->kind == TOKEN_SIGN && !point_in(t->point, "(,"))
            return 0;
        if (t->classes & BIT(SERVICE) && (is_word(r, i - 1, ON) || is_sign(r, i - 1, '('))) {
            *service = t->service;
            return k + 1;
        }
    }
    return 0;
}

struct shape {
    int last;
    bool odd, letter; /* a sign, a digit or a capital within; a letter at all */
};

static bool is_name_part(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    if (t->kind == TOKEN_SIGN)
        return t->point == '_' || (t->point == '.' && is_glued(r, i + 1) && token_at(r, i + 1)->kind != TOKEN_SIGN);
    str text = token_text(r, i);
    return t->kind != TOKEN_NONE && (unsigned char)text.at[0] < 0x80;
}

/* The name from i on; false: none. */
static bool name_at(const struct reader *r, int i, struct shape *s)
{
    int k = i;
    memset(s, 0, sizeof *s);
    for (; k - i < 24 && (k == i || is_glued(r, k)) && is_name_part(r, k); k++) {
        const struct token *t = token_at(r, k);
        str text = token_text(r, k);
        s->odd = s->odd || t->kind == TOKEN_NUMBER || t->kind == TOKEN_SIGN;
        s->letter = s->letter || t->kind == TOKEN_WORD;
        for (ptrdiff_t c = 1; t->kind == TOKEN_WORD && c < text.len; c++)
            s->odd = s->odd || (text.at[c] >= 'A' && text.at[c] <= 'Z' && text.at[c - 1] >= 'a');
    }
    s->last = k - 1;
    ptrdiff_t bytes = k > i ? token_at(r, k - 1)->end - token_at(r, i)->begin : 0;
    return bytes >= 2 && bytes <= 40 && s->letter;
}

bool find_handle(const struct reader *r, int i, struct finding *f)
{
    struct shape s;
    uint8_t before = S_NONE, behind = S_NONE;
    const struct token *prior = token_at(r, i - 1);
    bool at = is_sign(r, i, '@') && is_glued(r, i + 1);
    if (is_glued(r, i) && (prior->kind != TOKEN_SIGN || point_in(prior->point, "._-@/+")))
        return false;
    if (!name_at(r, i + at, &s) || (!at && (token_at(r, i)->kind != TOKEN_WORD || is_word(r, i, SERVICE) || !s.odd || is_sign(r, s.last + 1, '@'))))
        return false;
    int back = service_before(r, i, at ? 6 : 4, &before), ahead = service_behind(r, s.last + 1, &behind);
    if (!at && !back && !ahead)
        return false;
    uint8_t service = back && (!ahead || back <= ahead) ? before : behind;
    struct finding span;
    finding_span(r, &span, FOUND_HANDLE, i, s.last);
    f->kind = span.kind;
    f->begin = span.begin;
    f->end = span.end;
    finding_put(f, service ? str_of(service_names[service]) : lit("@"));
    finding_put(f, service ? lit(":") : lit(""));
    finding_fold(f, str_part(r->text, token_at(r, i + at)->begin, f->end));
    return true;
}
