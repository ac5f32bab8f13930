#include "figures/chart/chart.h"

enum { EDGE = 8, COLUMN_TOP = 44, COLUMN_BASE = 250, COLUMN_LABEL = 286, COLUMN_HEIGHT = 300, ROW_STEP = 68, ROW_LABEL = 26, ROW_BAR = 36,
       ROW_THICK = 22, ROW_VALUE = 55, ROW_LONGEST = 520, DOT = 8 };

static void add_text(struct chart *c, int64_t x, int64_t y, str words, bool strong, bool middle)
{
    c->texts.at[c->texts.len++] = (struct chart_text){ x, y, words, strong, middle };
}

static void add_bar(struct chart *c, struct chart_bar b)
{
    if (b.width > 0 && b.height > 0)
        c->bars.at[c->bars.len++] = b;
}

/* Of length whole for the largest; what is not nothing is seen. */
static int64_t length_of(const struct chart_point *p, int64_t largest, int64_t whole)
{
    if (p->hidden || p->n <= 0 || largest <= 0)
        return 0;
    int64_t n = p->n, most = largest;
    while (most > INT64_MAX / whole) { /* sums of money can be that large; a chart needs no more digits */
        n /= 2;
        most /= 2;
    }
    int64_t length = n * whole / most;
    return length ? length : 1;
}

/* The first characters of a label, whole ones, and an ellipsis. */
static str shortened(struct arena *a, str s)
{
    ptrdiff_t at = 0, characters = 0;
    while (at < s.len && characters < CHART_LABEL_MOST) {
        at++;
        while (at < s.len && ((unsigned char)s.at[at] & 0xc0) == 0x80)
            at++;
        characters++;
    }
    return at == s.len ? s : str_join(a, str_part(s, 0, at), lit("\xe2\x80\xa6"));
}

static void make_rows(struct chart *c, struct arena *a, const struct chart_point *points, ptrdiff_t n, int64_t largest)
{
    c->height = n * ROW_STEP + EDGE;
    c->axis = (struct chart_segment){ 1, 0, 1, c->height };
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t top = i * ROW_STEP, length = length_of(&points[i], largest, ROW_LONGEST);
        add_text(c, EDGE, top + ROW_LABEL, shortened(a, points[i].label), false, false);
        add_bar(c, (struct chart_bar){ 1, top + ROW_BAR, length, ROW_THICK });
        add_text(c, length + EDGE, top + ROW_VALUE, points[i].value, true, false);
    }
}

static void make_columns(struct chart *c, const struct chart_point *points, ptrdiff_t n, int64_t largest, bool lines)
{
    int64_t step = n ? (CHART_WIDTH - 2 * EDGE) / n : 0, wide = step * 3 / 5, last_x = 0, last_y = 0;
    bool joined = false;
    c->height = COLUMN_HEIGHT;
    c->axis = (struct chart_segment){ EDGE, COLUMN_BASE, CHART_WIDTH - EDGE, COLUMN_BASE };
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t x = EDGE + i * step + step / 2, y = COLUMN_BASE - length_of(&points[i], largest, COLUMN_BASE - COLUMN_TOP);
        if (!lines)
            add_bar(c, (struct chart_bar){ x - wide / 2, y, wide, COLUMN_BASE - y });
        if (lines && !points[i].hidden) {
            add_bar(c, (struct chart_bar){ x - DOT / 2, y - DOT / 2, DOT, DOT });
            if (joined)
                c->segments.at[c->segments.len++] = (struct chart_segment){ last_x, last_y, x, y };
        }
        joined = !points[i].hidden;
        last_x = x;
        last_y = y;
        add_text(c, x, y - EDGE - (lines ? DOT / 2 : 0), points[i].value, true, true);
        add_text(c, x, COLUMN_LABEL, points[i].label, false, true);
    }
}

struct chart chart_make(struct arena *a, enum chart_kind kind, str name, str title, const struct chart_point *points, ptrdiff_t n)
{
    must(n >= 0 && n <= CHART_POINTS_MOST);
    struct chart c = { .id = name, .title = title, .width = CHART_WIDTH };
    int64_t largest = 0;
    c.texts.at = arena_new(a, struct chart_text, 2 * n + 1);
    c.bars.at = arena_new(a, struct chart_bar, n + 1);
    c.segments.at = arena_new(a, struct chart_segment, n + 1);
    for (ptrdiff_t i = 0; i < n; i++)
        if (!points[i].hidden && points[i].n > largest)
            largest = points[i].n;
    if (kind == CHART_ROWS)
        make_rows(&c, a, points, n, largest);
    else
        make_columns(&c, points, n, largest, kind == CHART_LINES);
    return c;
}
