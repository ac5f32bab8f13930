/* The published files. A table stands with all its margins; "of" says which columns a row is of, and the others are empty in it. */
#include "figures/privacy/manifest.h"
#include "figures/privacy/suppress.h"

static void number(struct out *o, int64_t n, bool last)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)n);
    csv_cell(o, (str){ text, len }, last);
}

static void columns_of(struct arena a, struct out *o, const struct codebook *book, const struct set *x)
{
    struct out names = { .arena = &a };
    for (int i = 0; i < x->columns; i++) {
        if (i)
            out_char(&names, ';');
        out_str(&names, book->columns[x->column[i]].name);
    }
    csv_cell(o, out_view(&names), false);
}

static const struct suppress_set *set_at(const struct suppress *s, const struct set *x)
{
    ptrdiff_t i = 0;
    while (s->sets[i].hidden || !set_equal(&s->sets[i].set, x))
        i++;
    return &s->sets[i];
}

static void line(struct arena names, struct out *o, const struct suppress *s, const struct table_spec *t, const struct suppress_set *x,
                 ptrdiff_t cell, int64_t shown)
{
    columns_of(names, o, s->book, &x->set);
    for (int c = 0, met = 0; c < t->columns; c++) {
        bool in = met < x->set.columns && x->set.column[met] == t->column[c];
        csv_cell(o, in ? s->book->columns[t->column[c]].codes[cell / x->step[met] % x->set.size[met]] : lit(""), false);
        met += in;
    }
    if (shown < 0)
        csv_cell(o, lit("not shown"), true);
    else
        number(o, shown, true);
}

struct told_of {
    int64_t cells, shown;
};

static str table_of(struct arena *a, struct arena *names, const struct suppress *s, const struct table_spec *t, const int64_t *shown,
                    struct told_of *n)
{
    struct out o = { .arena = a };
    csv_cell(&o, lit("of"), false);
    for (int c = 0; c < t->columns; c++)
        csv_cell(&o, s->book->columns[t->column[c]].name, false);
    csv_cell(&o, lit("count"), true);
    for (unsigned mask = 0; mask < 1u << t->columns; mask++) {
        struct set x = set_of(t, mask);
        const struct suppress_set *in = set_at(s, &x);
        for (ptrdiff_t i = 0; i < x.cells; i++) {
            line(*names, &o, s, t, in, i, shown[in->first + i]);
            n->cells++;
            n->shown += shown[in->first + i] >= 0;
        }
    }
    return out_view(&o);
}

static int by_name(const void *x, const void *y)
{
    const struct release_file *a = x, *b = y;
    return str_compare(a->name, b->name);
}

/* Goes with the tables wherever they go: they are of the weaker class, and whoever reads them must know. */
static str warning(struct arena *a, const struct suppress *s, int64_t base)
{
    struct out o = { .arena = a };
    if (base) {
        out_str(&o, lit("These tables are protected by rounding only.\nEvery number is a multiple of "));
        out_int(&o, base);
        out_str(&o, lit(" next to the true one, up or down by chance, and all add up.\n"));
    } else {
        out_str(&o, lit("These tables are protected by suppression only.\nCounts are exact. Cells of 1 to "));
        out_int(&o, s->k - 1);
        out_str(&o, lit(" people are not shown, nor are others that would tell them.\n"));
    }
    out_str(&o, lit("Whoever knows several of the people counted can subtract them.\nNo figures with noise are released about the same "
                    "people, and no second release like this one.\n"));
    return out_view(&o);
}

void suppress_files(struct arena *a, const struct suppress *s, const int64_t *shown, int64_t base, struct release_files *out)
{
    static const char *const heads[] = { "table", "columns", "cells", "shown", "k", "round" };
    struct arena names = arena_reserve(1 << 20);
    struct release_file *f = out->at = arena_new(a, struct release_file, s->tables->len + 2 + MANIFEST_FILES);
    struct told_of *n = arena_new(a, struct told_of, s->tables->len);
    for (ptrdiff_t i = 0; i < s->tables->len; i++) {
        const struct table_spec *t = &s->tables->at[i];
        f[i] = (struct release_file){ str_join(a, t->name, lit(".csv")), table_of(a, &names, s, t, shown, &n[i]) };
    }
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < countof(heads); i++)
        csv_cell(&o, str_of(heads[i]), i + 1 == countof(heads));
    for (ptrdiff_t i = 0; i < s->tables->len; i++) {
        const struct table_spec *t = &s->tables->at[i];
        struct set all = set_of(t, (1u << t->columns) - 1);
        csv_cell(&o, t->name, false);
        columns_of(names, &o, s->book, &all);
        number(&o, n[i].cells, false);
        number(&o, n[i].shown, false);
        number(&o, s->k, false);
        number(&o, base, true);
    }
    f[s->tables->len] = (struct release_file){ lit("tables.csv"), out_view(&o) };
    f[s->tables->len + 1] = (struct release_file){ lit("protection.txt"), warning(a, s, base) };
    out->len = s->tables->len + 2;
    qsort(f, (size_t)out->len, sizeof *f, by_name);
}

int64_t suppress_bytes_most(const struct suppress *s)
{
    int64_t sum = 4096;
    for (ptrdiff_t t = 0; t < s->tables->len; t++) {
        const struct table_spec *x = &s->tables->at[t];
        int64_t row = 100, cells = 1;
        for (int c = 0; c < x->columns; c++) {
            const struct codebook_column *column = &s->book->columns[x->column[c]];
            int64_t widest = column->name.len;
            for (ptrdiff_t k = 0; k < column->len; k++)
                widest = column->codes[k].len > widest ? column->codes[k].len : widest;
            row += 2 * (widest + column->name.len) + 8; /* each quote doubled, and the quotes around */
            cells *= x->size[c] + 1;
        }
        sum += row * (cells + 3) + 1024;
    }
    return sum;
}
