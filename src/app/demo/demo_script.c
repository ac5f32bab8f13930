#include "app/demo/demo_script.h"
#include "app/demo/demo_story.h"
#include "common/kind/kind.h"

enum { WRITTEN_AT = 15 * 3600, QUARTER_DAYS = 90, YEAR_DAYS = 365 };

static void amount(struct out *o, struct chance *c)
{
    out_int(o, 200 + 50 * demo_pick(c, 900));
    out_str(o, lit(".00"));
}

static void hole(struct demo_line *l, struct out *o, const struct script *s, char which)
{
    const struct script_part *p = &s->part;
    switch (which) {
    case 's': out_str(o, p->subject); return;
    case 'o': out_str(o, p->office); return;
    case 'x': out_str(o, p->exploitation); return;
    case 't': out_str(o, p->statute); return;
    case 'v': out_str(o, p->venue); return;
    case 'i': out_str(o, p->industry); return;
    case 'l': out_str(o, p->language); return;
    case 'S': out_str(o, str_of(p->services[demo_pick(l->stories, p->service_count)])); return;
    case 'D': out_str(o, day_text(o->arena, s->day)); return;
    case 'M': out_str(o, day_text(o->arena, s->day + QUARTER_DAYS)); return;
    case 'Y': out_str(o, day_text(o->arena, s->day + YEAR_DAYS)); return;
    case 'n': out_int(o, 1 + demo_pick(l->stories, 9)); return;
    case 'm': out_int(o, 12 + demo_pick(l->stories, 229)); return;
    case 'a': amount(o, l->stories); return;
    default:  must(!"unknown hole in a script");
    }
}

static str value_of(struct demo_line *l, struct arena *a, const struct script *s, str text)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < text.len; i++)
        if (text.at[i] == '%' && i + 1 < text.len)
            hole(l, &o, s, text.at[++i]);
        else
            out_char(&o, text.at[i]);
    return out_view(&o);
}

static bool write_beat(struct demo_line *l, struct arena *a, struct script *s, const struct beat *b)
{
    struct out form = { .arena = a };
    str rest = str_of(b->fields);
    demo_field(&form, "_kind", str_of(b->kind));
    demo_field(&form, s->day_field, day_text(a, s->day));
    for (str pair; str_split(&rest, '&', &pair);) {
        ptrdiff_t is = str_find(pair, '=');
        must(is > 0);
        str value = value_of(l, a, s, str_part(pair, is + 1, pair.len));
        demo_field(&form, str_c(a, str_part(pair, 0, is)), value);
    }
    demo_line_at(s->day * 86400 + WRITTEN_AT + 60 * demo_pick(l->stories, 120));
    return demo_post(l, s->by, s->path, out_view(&form), NULL);
}

/* People tell the victim in time, as a rule; a few times they forget to say so. */
static bool end_clock(struct demo_line *l, struct arena *a, const struct script *s, const struct beat *b)
{
    enum { IN_TIME = 96 };
    const struct kind *k = kind_find(str_of(b->kind));
    struct out form = { .arena = a };
    must(k);
    if (!s->clock_path.len || !k->starts_clock.len || !demo_of_hundred(l->stories, IN_TIME))
        return true;
    demo_field(&form, "clock", k->starts_clock);
    demo_line_at(demo_line_now() + 3600);
    return demo_post(l, s->by, s->clock_path, out_view(&form), NULL);
}

bool script_play(struct demo_line *l, struct arena *a, struct script *s, const struct beat *beats, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n && !s->over; i++) {
        struct arena one = *a;
        const struct beat *b = &beats[i];
        s->day += b->after + (b->spread ? demo_pick(l->stories, b->spread + 1) : 0);
        bool happens = demo_of_hundred(l->stories, b->of_hundred);
        s->over = s->day > l->to || (!happens && b->ends);
        if (s->over || !happens)
            continue;
        if (!write_beat(l, &one, s, b) || !end_clock(l, &one, s, b))
            return false;
    }
    return true;
}
