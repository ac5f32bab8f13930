#include "figures/chart/chart.h"
#include "chart_html.h"

void chart_draw(struct out *o, const struct language *in, const struct chart *c)
{
    chart_html(o, in, c);
}
