/* The published files of microdata. CSV with CRLF, in the words of the codebook. */
#include "figures/privacy/micro.h"
#include <math.h>

static void number(struct out *o, int64_t n, bool last)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)n);
    csv_cell(o, (str){ text, len }, last);
}

static void decimal(struct out *o, double n, bool last)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.3f", n);
    csv_cell(o, (str){ text, len }, last);
}

/* Each code as it stands in a file, with its comma, written once. */
static str *cells_of(struct arena *a, const struct codebook_column *c, bool last)
{
    str *to = arena_new(a, str, c->len);
    for (ptrdiff_t i = 0; i < c->len; i++) {
        struct out o = { .arena = a };
        csv_cell(&o, c->codes[i], last);
        to[i] = out_view(&o);
    }
    return to;
}

str micro_csv(struct arena *a, const struct codebook *book, const struct micro_rows *rows, const int *header, int columns)
{
    str **cells = arena_new(a, str *, columns);
    int64_t bytes = 0;
    for (int i = 0; i < columns; i++) {
        cells[i] = cells_of(a, &book->columns[header[i]], i + 1 == columns);
        const uint16_t *codes = rows->codes[header[i]];
        for (ptrdiff_t r = 0; r < rows->len; r++)
            bytes += cells[i][codes[r]].len;
    }
    struct out head = { .arena = a };
    for (int i = 0; i < columns; i++)
        csv_cell(&head, book->columns[header[i]].name, i + 1 == columns);
    char *text = arena_new(a, char, head.len + bytes), *at = text + head.len;
    memcpy(text, head.at, (size_t)head.len);
    for (ptrdiff_t r = 0; r < rows->len; r++)
        for (int i = 0; i < columns; i++) {
            str cell = cells[i][rows->codes[header[i]][r]];
            memcpy(at, cell.at, (size_t)cell.len);
            at += cell.len;
        }
    return (str){ text, at - text };
}

str micro_ones_csv(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    out_str(&o, lit("column,code,noisy,again,estimate,estimate_sd\r\n"));
    for (int c = 0; c < m->columns; c++) {
        const struct micro_table *again = &m->table[m->pairs + m->sets + c];
        for (ptrdiff_t i = 0; i < m->one[c].size; i++) {
            csv_cell(&o, m->book->columns[c].name, false);
            csv_cell(&o, m->book->columns[c].codes[i], false);
            number(&o, m->one[c].noisy[i], false);
            if (again->taken)
                number(&o, again->noisy[i], false);
            else
                csv_cell(&o, (str){ 0 }, false);
            decimal(&o, m->one[c].fitted[i], false);
            decimal(&o, m->one[c].sd, true);
        }
    }
    return out_view(&o);
}

/* Every cell of a measured table: its columns, their codes, noisy, fitted. */
static void table_cells(struct out *o, const struct micro *m, const struct micro_table *t)
{
    const struct codebook_column *columns[MICRO_SET];
    for (int i = 0; i < t->columns; i++)
        columns[i] = &m->book->columns[t->column[i]];
    for (ptrdiff_t cell = 0; cell < t->cells; cell++) {
        ptrdiff_t stride = t->cells;
        for (int i = 0; i < t->columns; i++)
            csv_cell(o, columns[i]->name, false);
        for (int i = 0; i < t->columns; i++) {
            stride /= columns[i]->len;
            csv_cell(o, columns[i]->codes[cell / stride % columns[i]->len], false);
        }
        number(o, t->noisy[cell], false);
        decimal(o, t->fitted[cell], true);
    }
}

str micro_pairs_csv(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    out_str(&o, lit("column_1,column_2,code_1,code_2,noisy,estimate\r\n"));
    for (int p = 0; p < m->pairs; p++)
        if (m->table[p].taken)
            table_cells(&o, m, &m->table[p]);
    return out_view(&o);
}

str micro_sets_csv(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    if (!m->sets)
        return (str){ 0 };
    out_str(&o, lit("column_1,column_2,column_3,code_1,code_2,code_3,noisy,estimate\r\n"));
    for (int t = m->pairs; t < m->pairs + m->sets; t++)
        table_cells(&o, m, &m->table[t]);
    return out_view(&o);
}

static void table_line(struct out *o, const struct micro *m, const int *column, int columns, ptrdiff_t cells, uint64_t rho, struct ratio v)
{
    for (int i = 0; i < MICRO_SET; i++)
        csv_cell(o, i < columns ? m->book->columns[column[i]].name : (str){ 0 }, false);
    number(o, cells, false);
    number(o, (int64_t)rho, false);
    decimal(o, rho ? sqrt((double)v.over / (double)v.under) : 0, false);
}

/* distance: how far a pair is from independence, in people, noisy. A pair that was not measured has no rho. */
str micro_tables_csv(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    out_str(&o, lit("column_1,column_2,column_3,cells,nano_rho,sd,distance,distance_sd\r\n"));
    for (int c = 0; c < m->columns; c++) {
        table_line(&o, m, &c, 1, m->one[c].size, m->one[c].rho, m->one[c].variance);
        out_str(&o, lit(",\r\n"));
    }
    double sd = sqrt((double)m->choice.over / (double)m->choice.under) / DISTANCE_PARTS;
    for (int t = 0; t < m->tables; t++) {
        const struct micro_table *x = &m->table[t];
        if (x->columns == 1 && !x->taken)
            continue;
        table_line(&o, m, x->column, x->columns, x->cells, x->rho, x->variance);
        if (t >= m->pairs) {
            out_str(&o, lit(",\r\n"));
            continue;
        }
        decimal(&o, (double)x->distance / DISTANCE_PARTS, false);
        decimal(&o, sd, true);
    }
    return out_view(&o);
}

static int64_t longest(const struct codebook_column *c)
{
    int64_t most = 0;
    for (ptrdiff_t i = 0; i < c->len; i++)
        most = c->codes[i].len > most ? c->codes[i].len : most;
    return 2 * most + 4;
}

int64_t micro_bytes_most(const struct micro *m, int64_t rows)
{
    int64_t bytes = 1 << 16, row = 4, widest = 0;
    for (int c = 0; c < m->columns; c++) {
        const struct codebook_column *x = &m->book->columns[c];
        row += longest(x);
        bytes += x->len * (2 * x->name.len + longest(x) + 100);
        widest = 2 * x->name.len + longest(x) > widest ? 2 * x->name.len + longest(x) : widest;
    }
    bytes += m->found_most * (m->found_cells + 1) * (80 + MICRO_SET * widest);
    for (int t = 0; t < m->tables; t++) {
        int64_t line = 80;
        for (int i = 0; i < m->table[t].columns; i++) {
            const struct codebook_column *x = &m->book->columns[m->table[t].column[i]];
            line += 2 * x->name.len + longest(x);
        }
        bytes += (m->table[t].cells + 1) * line;
    }
    return bytes + rows * row;
}
