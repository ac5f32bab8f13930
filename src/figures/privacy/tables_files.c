/* The published files. CSV with CRLF, the columns of the table first, in the words of the codebook. */
#include "figures/privacy/manifest.h"
#include "figures/privacy/tables.h"
#include <math.h>

static const double in_95_of_100 = 1.959963984540054; /* deviations of a normal law to either side */

static void number(struct out *o, int64_t n, bool last)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)n);
    csv_cell(o, (str){ text, len }, last);
}

static void decimal(struct out *o, double n, int digits, bool last)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.*f", digits, n);
    csv_cell(o, (str){ text, len }, last);
}

static void head(struct out *o, const struct codebook *book, const struct table_spec *t, const char *const *more)
{
    for (int i = 0; i < t->columns; i++)
        csv_cell(o, book->columns[t->column[i]].name, false);
    for (; *more; more++)
        csv_cell(o, str_of(*more), !more[1]);
}

static void codes(struct out *o, const struct codebook *book, const struct table_spec *t, ptrdiff_t cell)
{
    ptrdiff_t step = t->cells;
    for (int i = 0; i < t->columns; i++) {
        step /= t->size[i];
        csv_cell(o, book->columns[t->column[i]].codes[cell / step % t->size[i]], false);
    }
}

static str whole_numbers(struct arena *a, const struct codebook *book, const struct table_spec *t, const int64_t *cells)
{
    static const char *const more[] = { "count", NULL };
    struct out o = { .arena = a };
    head(&o, book, t, more);
    for (ptrdiff_t i = 0; i < t->cells; i++) {
        codes(&o, book, t, i);
        number(&o, cells[i], true);
    }
    return out_view(&o);
}

static int64_t half_width(const struct table_fit *fit)
{
    return (int64_t)ceil(in_95_of_100 * fit->sd);
}

/* Below twice its deviation a number cannot be told from none: it is shown as fewer than this. Chosen from public numbers alone. */
static int64_t legible_from(const struct table_fit *fit, int64_t base)
{
    return ((int64_t)ceil(2 * fit->sd / (double)base)) * base;
}

static str plus_minus(struct arena *a, const struct codebook *book, const struct tables_spec *s, const struct table_spec *t,
                      const struct table_fit *fit,
                      const struct table_tidy *tidy)
{
    static const char *const more[] = { "count", "shown", "estimate", "plus_minus", "low", "high", NULL };
    struct out o = { .arena = a };
    int64_t width = half_width(fit), from = legible_from(fit, s->base);
    head(&o, book, t, more);
    for (ptrdiff_t i = 0; i < t->cells; i++) {
        char text[40];
        int len = snprintf(text, sizeof text, tidy->cells[i] < from ? "fewer than %lld" : "%lld",
                           (long long)(tidy->cells[i] < from ? from : tidy->cells[i]));
        double low = floor(fit->cells[i] - (double)width), high = ceil(fit->cells[i] + (double)width);
        codes(&o, book, t, i);
        number(&o, tidy->cells[i], false);
        csv_cell(&o, (str){ text, len }, false);
        decimal(&o, fit->cells[i], 1, false);
        number(&o, width, false);
        decimal(&o, fmax(low, 0), 0, false);
        decimal(&o, fmax(high, 0), 0, true);
    }
    return out_view(&o);
}

static void columns_of(struct arena *a, struct out *o, const struct codebook *book, const struct table_spec *t)
{
    struct out names = { .arena = a };
    for (int i = 0; i < t->columns; i++) {
        if (i)
            out_char(&names, ';');
        out_str(&names, book->columns[t->column[i]].name);
    }
    csv_cell(o, out_view(&names), false);
}

static str overview(struct arena *a, const struct codebook *book, const struct tables_spec *s, const struct table_fit *fit,
                    const struct table_tidy *tidy)
{
    static const char *const names[] = { "table", "columns", "cells", "counts", "most_per_person", "rho", "variance", "raw_sd",
                                         "estimate_sd", "plus_minus",
                                         "round", "adds_up" };
    struct arena scratch = arena_reserve(1 << 20);
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < countof(names); i++)
        csv_cell(&o, str_of(names[i]), i + 1 == countof(names));
    for (ptrdiff_t i = 0; i < s->len; i++) {
        const struct table_spec *t = &s->at[i];
        struct arena words = scratch;
        char variance[60];
        snprintf(variance, sizeof variance, "%llu/%llu", (unsigned long long)t->variance.over, (unsigned long long)t->variance.under);
        csv_cell(&o, t->name, false);
        columns_of(&words, &o, book, t);
        number(&o, t->cells, false);
        csv_cell(&o, t->sum >= 0 ? book->columns[t->sum].name : s->person.len ? lit("rows") : lit("people"), false);
        number(&o, t->most, false);
        csv_cell(&o, nano_text(&words, t->rho), false);
        csv_cell(&o, str_of(variance), false);
        decimal(&o, sqrt((double)t->variance.over / (double)t->variance.under), 3, false);
        decimal(&o, fit[i].sd, 3, false);
        number(&o, half_width(&fit[i]), false);
        number(&o, s->base, false);
        csv_cell(&o, tidy[i].adds_up ? lit("yes") : lit("no"), true);
    }
    return out_view(&o);
}

static int by_name(const void *x, const void *y)
{
    const struct release_file *a = x, *b = y;
    return str_compare(a->name, b->name);
}

void tables_files(struct arena *a, const struct codebook *book, const struct tables_spec *t, int64_t *const *noisy,
                  const struct table_fit *fit,
                  const struct table_tidy *tidy, struct release_files *out)
{
    struct release_file *f = out->at = arena_new(a, struct release_file, 3 * t->len + 1 + MANIFEST_FILES);
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct table_spec *x = &t->at[i];
        *f++ = (struct release_file){ str_join(a, x->name, lit(".raw.csv")), whole_numbers(a, book, x, noisy[i]) };
        *f++ = (struct release_file){ str_join(a, x->name, lit(".tidy.csv")), whole_numbers(a, book, x, tidy[i].cells) };
        *f++ = (struct release_file){ str_join(a, x->name, lit(".plusminus.csv")), plus_minus(a, book, t, x, &fit[i], &tidy[i]) };
    }
    *f++ = (struct release_file){ lit("tables.csv"), overview(a, book, t, fit, tidy) };
    out->len = f - out->at;
    qsort(out->at, (size_t)out->len, sizeof *out->at, by_name);
}

int64_t tables_bytes_most(const struct codebook *book, const struct tables_spec *t)
{
    int64_t sum = 4096;
    for (ptrdiff_t i = 0; i < t->len; i++) {
        int64_t row = 200;
        for (int c = 0; c < t->at[i].columns; c++) {
            const struct codebook_column *x = &book->columns[t->at[i].column[c]];
            int64_t widest = x->name.len;
            for (ptrdiff_t k = 0; k < x->len; k++)
                widest = x->codes[k].len > widest ? x->codes[k].len : widest;
            row += 2 * widest + 4; /* each quote doubled, and the quotes around */
        }
        sum += 3 * (row + 24) * (t->at[i].cells + 1) + 1024;
    }
    return sum;
}
