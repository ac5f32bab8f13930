/* The page of a release: privacy.html filled in, with its frame around it. Takes what is public alone. */
#include "figures/privacy/page.h"
#include "lib/web/html.h"
#include "lib/web/language.h"
#include "exact_html.h"
#include "privacy_html.h"
#include <math.h>

enum { FRAME_BYTES = 1 << 16, ROW_BYTES = 512, ESCAPED = 6, HALVINGS = 200 };
static const double in_95_of_100 = 1.959963984540054, log_delta = -16.118095650958319; /* ln 1e-7 */
static const double weak_from = 10; /* epsilon: beyond it the odds mean nothing to a person */

/* ---- what rho means ---- */

/* The logarithm of the delta at which rho gives epsilon: the least over orders, where its derivative is 0. */
static double log_delta_of(double rho, double epsilon)
{
    double low = 1.01, high = (epsilon + 1) / (2 * rho) + 2, order = low;
    for (int i = 0; i < HALVINGS; i++) {
        order = (low + high) / 2;
        if ((2 * order - 1) * rho - epsilon + log1p(-1 / order) < 0)
            low = order;
        else
            high = order;
    }
    return (order - 1) * (order * rho - epsilon) + order * log1p(-1 / order) - log(order - 1);
}

double page_epsilon(double rho)
{
    double low = 0, high = rho + 2 * sqrt(rho * -log_delta);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (log_delta_of(rho, middle) > log_delta)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double page_guess(double rho)
{
    return 50 * erfc(-sqrt(rho / 2) / sqrt(2));
}

/* ---- the view ---- */

static str decimal(struct arena *a, double n, int digits)
{
    char text[400];
    int len = snprintf(text, sizeof text, "%.*f", digits, n);
    return str_copy(a, (str){ text, len });
}

static double sd_of(struct ratio v)
{
    return sqrt((double)v.over / (double)v.under);
}

static int64_t within(double sd)
{
    return (int64_t)ceil(in_95_of_100 * sd);
}

/* A promise is rounded to its worse side. */
static double promised(uint64_t nano)
{
    return ceil(page_epsilon((double)nano / (double)NANO) * 100) / 100;
}

static void say_rho(struct arena *a, struct privacy_page *v, uint64_t nano)
{
    double rho = (double)nano / (double)NANO, epsilon = promised(nano);
    v->rho = nano_text(a, nano);
    v->epsilon = decimal(a, epsilon, 2);
    v->weak = epsilon > weak_from;
    v->odds = v->weak ? lit("many thousand") : decimal(a, ceil(exp(epsilon) * 10) / 10, 1);
    v->guess = (int64_t)fmin(ceil(page_guess(rho)), 100);
}

static void say_book(struct arena *a, struct privacy_page *v, const struct codebook *book)
{
    v->codebook = book->name;
    v->version = book->version;
    v->impossible = book->rule_count;
    v->others.at = arena_new(a, struct page_name, book->column_count);
    v->ignored.at = arena_new(a, struct page_name, book->ignored_count + 1);
    for (ptrdiff_t c = 0; c < book->column_count; c++) {
        const struct codebook_column *x = &book->columns[c];
        if (!x->number && x->other >= 0)
            v->others.at[v->others.len++] = (struct page_name){ x->name, x->codes[x->other].len ? x->codes[x->other] : lit("(empty)") };
    }
    for (; v->ignored.len < book->ignored_count; v->ignored.len++)
        v->ignored.at[v->ignored.len].text = book->ignored[v->ignored.len];
}

static struct privacy_page view_of(struct arena *a, const struct page_terms *t)
{
    struct privacy_page v = { .name = t->name, .scope = t->scope, .year = t->year, .head = t->head, .line = t->line,
                              .every_year = str_equal(t->year, lit("all")), .spent = nano_text(a, t->spent), .left = nano_text(a, t->left),
                              .cap = nano_text(a, t->cap) };
    if (t->rho) {
        say_rho(a, &v, t->rho);
        v.spent_epsilon = decimal(a, promised(t->spent), 2);
        v.cap_epsilon = decimal(a, promised(t->cap), 2);
    }
    say_book(a, &v, t->book);
    v.keys.at = arena_new(a, struct page_name, SIGNS_MOST);
    for (; v.keys.len < t->keys->len; v.keys.len++) {
        struct out o = { .arena = a };
        out_hex(&o, t->keys->at[v.keys.len].open, KEY);
        v.keys.at[v.keys.len].text = out_view(&o);
    }
    return v;
}

/* Where a name ends a line may break, so that a long list of them fits a narrow page. */
static str names_of(struct arena *a, const struct codebook *book, const ptrdiff_t *columns, int n)
{
    struct out o = { .arena = a };
    for (int i = 0; i < n; i++) {
        if (i)
            out_str(&o, lit(", "));
        out_str(&o, book->columns[columns[i]].name);
    }
    return out_view(&o);
}

static str page_of(struct arena *a, const struct privacy_page *v)
{
    struct out o = { .arena = a };
    privacy_html(&o, languages[0], v);
    return page_framed(a, lit("How these figures protect people"), out_view(&o));
}

str page_of_tables(struct arena *a, const struct page_terms *terms, const struct tables_spec *t, const struct table_fit *fit,
                   const struct table_tidy *tidy)
{
    struct privacy_page v = view_of(a, terms);
    v.person = t->person;
    v.base = t->base;
    v.adds_up = true;
    v.measured.at = arena_new(a, struct page_measured, t->len);
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct table_spec *x = &t->at[i];
        double sd = sd_of(x->variance);
        v.measured.at[i] = (struct page_measured){
            .name = x->name, .columns = names_of(a, terms->book, x->column, x->columns), .rho = nano_text(a, x->rho), .most = x->most,
            .counts = x->sum >= 0 ? terms->book->columns[x->sum].name : t->person.len ? lit("rows") : lit("people"), .cells = x->cells,
            .sd = decimal(a, sd, 2), .within = within(sd), .estimate_within = decimal(a, (double)within(fit[i].sd), 0)
        };
        v.adds_up = v.adds_up && tidy[i].adds_up;
    }
    v.measured.len = t->len;
    return page_of(a, &v);
}

str page_of_exact(struct arena *a, const struct page_terms *terms, const struct tables_spec *t, int64_t k, int64_t base)
{
    struct privacy_page v = view_of(a, terms);
    struct out o = { .arena = a };
    v.k = k;
    v.most = k - 1;
    v.base = base;
    v.measured.at = arena_new(a, struct page_measured, t->len);
    for (; v.measured.len < t->len; v.measured.len++) {
        const struct table_spec *x = &t->at[v.measured.len];
        v.measured.at[v.measured.len] = (struct page_measured){ .name = x->name, .cells = x->cells,
                                                                .columns = names_of(a, terms->book, x->column, x->columns) };
    }
    exact_html(&o, languages[0], &v);
    return page_framed(a, lit("How these tables protect people"), out_view(&o));
}

static void say_measured(struct arena *a, struct privacy_page *v, const struct micro *m)
{
    v->measured.at = arena_new(a, struct page_measured, m->columns);
    v->measured_pairs.at = arena_new(a, struct page_measured, m->tables);
    for (; v->measured.len < m->columns; v->measured.len++) {
        const struct micro_one *x = &m->one[v->measured.len];
        double sd = sd_of(x->variance);
        v->measured.at[v->measured.len] = (struct page_measured){
            .name = m->book->columns[v->measured.len].name, .cells = x->size, .rho = nano_text(a, x->rho), .sd = decimal(a, sd, 2),
            .within = within(sd), .estimate_within = decimal(a, (double)within(x->sd), 0)
        };
    }
    for (int t = 0; t < m->tables; t++) {
        const struct micro_table *x = &m->table[t];
        ptrdiff_t columns[MICRO_SET] = { 0 };
        double sd = x->taken ? sd_of(x->variance) : 0;
        for (int c = 0; c < x->columns; c++)
            columns[c] = x->column[c];
        str name = names_of(a, m->book, columns, x->columns);
        if (x->taken)
            v->measured_pairs.at[v->measured_pairs.len++] = (struct page_measured){
                .name = x->columns > 1 ? name : str_join(a, name, lit(", once more")), .cells = x->cells, .rho = nano_text(a, x->rho), .sd = decimal(a, sd, 2),
                .within = within(sd)
            };
    }
}

str page_of_micro(struct arena *a, const struct page_terms *terms, const struct micro *m, int64_t rows)
{
    struct privacy_page v = view_of(a, terms);
    double sd = sd_of(m->choice) / DISTANCE_PARTS;
    v.micro = v.adds_up = true;
    v.pairs = m->pairs;
    v.rows = rows;
    v.dial = decimal(a, m->dial, 3);
    v.rho_choice = nano_text(a, m->rho_choice);
    v.choice_sd = decimal(a, sd, 1);
    v.choice_within = within(sd);
    say_measured(a, &v, m);
    v.sets = m->declared;
    v.found = m->sets - m->declared;
    v.any_sets = m->sets > 0;
    v.taken = m->taken;
    v.again = v.measured_pairs.len - m->taken - m->sets;
    return page_of(a, &v);
}

/* ---- the frame ---- */

static void add_sheet(struct out *o, const char *name)
{
    const struct asset *sheet = asset_find(asset_url(name));
    must(sheet);
    out_str(o, (str){ (const char *)sheet->bytes, sheet->len });
}

/* The compiler of templates knows no style element: pages of the house have none. This one is a file alone, and brings its sheets along. */
str page_framed(struct arena *a, str title, str body)
{
    struct out o = { .arena = a };
    out_str(&o, lit("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                    "<title>"));
    html_text_str(&o, title);
    out_str(&o, lit("</title>\n<style>\n"));
    add_sheet(&o, "base.css");
    add_sheet(&o, "public.css");
    /* A hash is longer than a telephone is wide. */
    out_str(&o, lit("code { overflow-wrap: anywhere; }\n</style>\n</head>\n<body>\n"));
    out_str(&o, body);
    out_str(&o, lit("\n</body>\n</html>\n"));
    return out_view(&o);
}

/* ---- how long it can be ---- */

static int64_t names_bytes(const struct codebook *book)
{
    int64_t bytes = FRAME_BYTES + ESCAPED * (book->name.len + book->version.len);
    for (ptrdiff_t c = 0; c < book->column_count; c++) {
        const struct codebook_column *x = &book->columns[c];
        bytes += ESCAPED * x->name.len + ROW_BYTES + (!x->number && x->other >= 0 ? ESCAPED * x->codes[x->other].len : 0);
    }
    for (ptrdiff_t i = 0; i < book->ignored_count; i++)
        bytes += ESCAPED * book->ignored[i].len + ROW_BYTES;
    return bytes;
}

int64_t page_tables_bytes(const struct codebook *book, const struct tables_spec *t)
{
    int64_t bytes = names_bytes(book) + 4 * ESCAPED * t->person.len;
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct table_spec *x = &t->at[i];
        bytes += 2 * ROW_BYTES + (x->sum >= 0 ? ESCAPED * book->columns[x->sum].name.len : 0);
        for (int c = 0; c < x->columns; c++)
            bytes += ESCAPED * (book->columns[x->column[c]].name.len + 2);
    }
    return bytes;
}

int64_t page_micro_bytes(const struct micro *m)
{
    int64_t bytes = names_bytes(m->book) + (int64_t)m->columns * ROW_BYTES, longest = 0;
    for (int c = 0; c < m->columns; c++) {
        bytes += ESCAPED * m->book->columns[c].name.len;
        longest = m->book->columns[c].name.len > longest ? m->book->columns[c].name.len : longest;
    }
    bytes += m->found_most * (ROW_BYTES + MICRO_SET * ESCAPED * longest);
    for (int t = 0; t < m->tables; t++) {
        bytes += ROW_BYTES;
        for (int c = 0; c < m->table[t].columns; c++)
            bytes += ESCAPED * m->book->columns[m->table[t].column[c]].name.len;
    }
    return bytes;
}
