/*
 * Charts: numbers to plain SVG, drawn by the server, without a style or a script. Every chart stands beside a table with the same
 * numbers; its title says the finding. Coordinates are whole units of a box 640 wide, so it holds on a screen of 320 px; it is not
 * mirrored where text runs from right to left, numbers are read as they are everywhere.
 */
#ifndef FIGURES_CHART_CHART_H
#define FIGURES_CHART_CHART_H
#include "lib/base/base.h"
#include "lib/web/language.h"

enum { CHART_WIDTH = 640, CHART_POINTS_MOST = 24, CHART_LABEL_MOST = 40 /* characters of a row's label, then an ellipsis */ };
enum chart_kind { CHART_COLUMNS, CHART_LINES, CHART_ROWS }; /* rows: one bar under each label, longest words fit */

struct chart_point {
    str label, value;     /* value: as it stands in the table */
    int64_t n;            /* its length; below zero counts as zero */
    bool hidden;          /* there is no number: value says why, and nothing is drawn */
};
struct chart_text {
    int64_t x, y;
    str words;
    bool strong, middle;
};
struct chart_bar {
    int64_t x, y, width, height;
};
struct chart_segment {
    int64_t x1, y1, x2, y2;
};
struct chart {
    str id, title;
    int64_t width, height;
    struct { struct chart_text *at; ptrdiff_t len; } texts;
    struct { struct chart_bar *at; ptrdiff_t len; } bars;
    struct { struct chart_segment *at; ptrdiff_t len; } segments;
    struct chart_segment axis;
};
/* At most CHART_POINTS_MOST points; of none there is an axis and no more. name: id of the title on the page. */
struct chart chart_make(struct arena *a, enum chart_kind kind, str name, str title, const struct chart_point *points, ptrdiff_t n);
void chart_draw(struct out *o, const struct language *in, const struct chart *c);
#endif
