#include "linkage/rows.h"
#include <errno.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { PIECE = 1 << 18, BLOCK = 64 };

status rows_complain(struct rows *r, status s, const char *format, uint64_t line, str what)
{
    int n = what.len < 60 ? (int)what.len : 60;
    snprintf(r->complaint, COMPLAINT, format, (unsigned long long)line, n, n ? what.at : "");
    return s;
}

/* Moves what is left to the front and reads on. */
static status more(struct rows *r)
{
    memmove(r->buffer, r->buffer + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    r->block = NULL;
    if (r->to >= LINE_MOST)
        return rows_complain(r, INVALID, "line %llu: longer than a mebibyte; is a quote not closed?%.*s", r->line, (str){ 0 });
    ssize_t n;
    do
        n = read(r->fd, r->buffer + r->to, PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return rows_complain(r, FAULT, "line %llu: the file cannot be read on: %.*s", r->line, str_of(strerror(errno)));
    r->ended = n == 0;
    r->to += (size_t)n;
    r->read += n;
    if (r->teller && r->teller->tell && r->size > 0 && n)
        r->teller->tell(r->teller->context, "reading", r->read < r->size ? (double)r->read / (double)r->size : 1);
    r->buffer[r->to] = 0;
    return OK;
}

/* A cell in quotes, undone in place. *at is behind the opening quote, and then behind the closing one. NULL: it does not close. */
static const char *undo_quotes(char **at, char *end, ptrdiff_t *len, uint64_t *lines)
{
    char *from = *at, *to = from;
    for (char *p = from; p < end; p++) {
        bool quote = *p == '"', doubled = quote && p + 1 < end && p[1] == '"';
        if (quote && !doubled) {
            *at = p + 1;
            *len = to - from;
            return from;
        }
        *lines += *p == '\n';
        p += doubled;
        *to++ = *p;
    }
    return NULL;
}

/* A bit for each comma, line feed and quote of a block. */
static uint64_t separators(const char *p)
{
    uint64_t met = 0;
#ifdef __SSE2__
    const __m128i comma = _mm_set1_epi8(','), feed = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
    for (int i = 0; i < BLOCK; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i any = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, comma), _mm_cmpeq_epi8(x, feed)), _mm_cmpeq_epi8(x, quote));
        met |= (uint64_t)(uint32_t)_mm_movemask_epi8(any) << i;
    }
#else
    for (int i = 0; i < BLOCK; i++)
        met |= (uint64_t)(p[i] == ',' || p[i] == '\n' || p[i] == '"') << i;
#endif
    return met;
}

/* The next comma, line feed or quote, or end. */
static inline char *next_separator(char **block, uint64_t *met, char *end)
{
    while (!*met) {
        *block += BLOCK;
        if (*block >= end)
            return end;
        *met = separators(*block);
    }
    char *at = *block + __builtin_ctzll(*met);
    *met &= *met - 1;
    return at < end ? at : end;
}

/* One row into cells; `from` is then the start of the following. BUSY: it goes on beyond what is read. WAIT: it has a quote. */
static status cut(struct rows *r, str *cells, int *n)
{
    char *p = r->buffer + r->from, *end = r->buffer + r->to, *block = r->block ? r->block : p;
    uint64_t met = r->block ? r->met : separators(p);
    int count = 0;
    for (bool last = false; !last;) {
        char *from = p;
        p = next_separator(&block, &met, end);
        if (p >= end && !r->ended) {
            r->block = NULL; /* it is looked at again */
            return BUSY;
        }
        if (*p == '"') /* what lies at the end is zero */
            return WAIT;
        ptrdiff_t len = p - from;
        last = p >= end || *p == '\n';
        if (last && len && from[len - 1] == '\r')
            len--;
        if (count < COLUMNS_MOST)
            cells[count] = (str){ from, len };
        count++;
        p += p < end;
    }
    *n = count;
    r->from = (size_t)(p - r->buffer);
    r->block = block;
    r->met = met;
    return OK;
}

/* Is a whole row there, by its quotes? */
static bool whole(const struct rows *r)
{
    bool inside = false;
    for (const char *p = r->buffer + r->from, *end = r->buffer + r->to; p < end; p++) {
        inside ^= *p == '"';
        if (*p == '\n' && !inside)
            return true;
    }
    return r->ended;
}

static status cut_quoted(struct rows *r, str *cells, int *n, uint64_t *lines)
{
    char *p = r->buffer + r->from, *end = r->buffer + r->to;
    if (!whole(r))
        return BUSY;
    *n = 0;
    *lines = 1;
    for (bool last = false; !last;) {
        str cell = { p, 0 };
        if (p < end && *p == '"') {
            p++;
            cell.at = undo_quotes(&p, end, &cell.len, lines);
            if (!cell.at)
                return rows_complain(r, INVALID, "line %llu: a quote is not closed%.*s", r->line, (str){ 0 });
        } else {
            while (p < end && *p != ',' && *p != '\n' && *p != '"')
                p++;
            cell.len = p - cell.at;
            if (p < end && *p == '"')
                return rows_complain(r, INVALID, "line %llu: a quote inside a cell that does not begin with one: put the whole cell in quotes and double the quotes in it%.*s", r->line, (str){ 0 });
        }
        if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
            p++;
        last = p >= end || *p == '\n';
        if (!last && *p != ',')
            return rows_complain(r, INVALID, "line %llu: text after a closing quote%.*s", r->line, (str){ 0 });
        if (cell.len && cell.at[cell.len - 1] == '\r' && last)
            cell.len--;
        if (*n < COLUMNS_MOST)
            cells[*n] = cell;
        ++*n;
        p += p < end;
    }
    r->from = (size_t)(p - r->buffer);
    return OK;
}

status rows_next(struct rows *r, str *cells, int *n, bool held)
{
    uint64_t lines = 1;
    for (;;) {
        if (r->from == r->to && r->ended)
            return NOT_FOUND;
        status s = r->from == r->to ? BUSY : cut(r, cells, n);
        if (s == WAIT) {
            s = cut_quoted(r, cells, n, &lines);
            r->block = NULL;
        }
        if (s == OK)
            r->line += lines;
        if (s != BUSY || held)
            return s;
        s = more(r);
        if (s != OK)
            return s;
    }
}
