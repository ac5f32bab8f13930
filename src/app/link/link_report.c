/*
 * `link --report`: one page that explains a run to a person, without a network: what was compared, what was learnt, how sure the pairs are,
 * how large the clusters, and some pairs added up line by line. It is a file on the machine of who asked, not a page of the house; text of
 * the records goes through the same escaping all the same.
 */
#include "app/command.h"
#include "app/link/link.h"
#include "lib/web/html.h"
#include <math.h>

enum { COLUMN = 12, HIGH = 120, SIZES_MOST = 20, SHOWN = 12, BAR_BIT = 8 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>Linkage report</title>\n"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:82rem;margin:2rem auto;padding:0 1rem;color:#1b1f23;background:#fff}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .7rem;text-align:left;border-bottom:1px solid #d8dde2;vertical-align:top}td{white-space:nowrap}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}div.wide{overflow-x:auto}svg{max-width:100%}rect{fill:#2f6f9f}rect.less{fill:#b4541a}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#14171a}td,th{border-color:#3a4047}rect{fill:#6fb1e0}rect.less{fill:#e8935c}text{fill:#e6e9ec}}"
    "</style>\n";

struct page {
    struct out o;
    const struct dedupe *d;
};

static void words(struct page *p, const char *text)
{
    out_str(&p->o, str_of(text));
}

static void number(struct page *p, double n, int digits)
{
    char text[64];
    words(p, "<td class=\"n\">");
    out_str(&p->o, (str){ text, snprintf(text, sizeof text, "%.*f", digits, n) });
    words(p, "</td>");
}

static void begin_table(struct page *p, const char *title, const char *about, const char *header)
{
    words(p, "<h2>");
    words(p, title);
    words(p, "</h2>\n<p>");
    words(p, about);
    words(p, "</p>\n<div class=\"wide\"><table><tr>");
    words(p, header);
    words(p, "</tr>\n");
}

static void end_table(struct page *p)
{
    words(p, "</table></div>\n");
}

/* ---- what was done ---- */

static void write_rules(struct page *p)
{
    const struct plan *plan = &p->d->table.plan;
    begin_table(p, "Who was compared", "Two records are compared when they agree in all columns of a rule. A pair counts for the first rule that has it. "
                "A group larger than --block is left out, and stands here.",
                "<th>Rule<th class=\"n\">Pairs<th class=\"n\">Groups<th class=\"n\">Largest<th class=\"n\">Groups left out<th class=\"n\">Pairs left out");
    for (int i = 0; i < plan->rule_count; i++) {
        const struct rule_yield *y = &p->d->yields[i];
        words(p, "<tr><td>");
        for (int k = 0; k < plan->rules[i].count; k++) {
            words(p, k ? ", " : "");
            html_text_str(&p->o, plan->fields[plan->rules[i].parts[k].field].column);
            if (plan->rules[i].parts[k].first) {
                words(p, " (first ");
                html_text_int(&p->o, plan->rules[i].parts[k].first);
                words(p, ")");
            }
        }
        words(p, "</td>");
        number(p, (double)y->pairs, 0);
        number(p, (double)y->blocks, 0);
        number(p, y->largest, 0);
        number(p, (double)y->dropped_blocks, 0);
        number(p, (double)y->dropped_pairs, 0);
        words(p, "\n");
    }
    end_table(p);
}

/* ---- what was learnt ---- */

static void bar(struct page *p, double bits)
{
    char text[200];
    double length = fabs(bits) * BAR_BIT < 200 ? fabs(bits) * BAR_BIT : 200;
    int n = snprintf(text, sizeof text, "<td><svg width=\"280\" height=\"14\" role=\"img\" aria-label=\"%.1f bits\"><rect%s x=\"%.0f\" width=\"%.0f\" height=\"14\"/></svg></td>",
                     bits, bits < 0 ? " class=\"less\"" : "", bits < 0 ? 80 - (length < 80 ? length : 80) : 80, bits < 0 && length > 80 ? 80 : length);
    out_str(&p->o, (str){ text, n });
}

static double bits_of(double over, double under)
{
    return over > 0 && under > 0 ? log2(over / under) : 0;
}

static void write_model(struct page *p)
{
    const struct model *m = &p->d->model;
    const struct plan *plan = &p->d->table.plan;
    begin_table(p, "What was learnt", "How often a level is reached by records of one person, by those of one home, and by strangers, of a hundred pairs that have the fact; "
                "and how many bits it adds for one person against strangers. Each bit doubles the odds.",
                "<th>Fact<th>Level<th class=\"n\">One person %<th class=\"n\">One home %<th class=\"n\">Strangers %<th class=\"n\">Bits<th>");
    for (int k = 0; k < plan->comparison_count; k++)
        for (int l = 0; l < plan->comparisons[k].levels; l++) {
            words(p, "<tr><td>");
            html_text_str(&p->o, l ? lit("") : plan->comparisons[k].name);
            words(p, "</td><td>");
            struct out level = { .arena = p->o.arena };
            level_words(&level, plan, &plan->comparisons[k], l);
            html_text_str(&p->o, out_view(&level));
            words(p, "</td>");
            number(p, 100 * m->level[SAME_PERSON][k][l], 2);
            number(p, 100 * m->level[SAME_HOME][k][l], 2);
            number(p, 100 * m->level[STRANGERS][k][l], 6);
            double bits = bits_of(m->level[SAME_PERSON][k][l], m->level[STRANGERS][k][l]);
            number(p, bits, 2);
            bar(p, bits);
            words(p, "\n");
        }
    end_table(p);
}

/* ---- what came out ---- */

/* Columns of counts from the first to the last that is not 0. */
static void columns(struct page *p, const char *about, const uint64_t *counts, int from, int n, int least)
{
    uint64_t most = 1;
    char text[200];
    for (int i = 0; i < n; i++)
        most = counts[i] > most ? counts[i] : most;
    out_str(&p->o, (str){ text, snprintf(text, sizeof text, "<div class=\"wide\"><svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">", (n + 1) * COLUMN, HIGH + 20, about) });
    for (int i = 0; i < n; i++) {
        int high = (int)(counts[i] * HIGH / most);
        high += !high && counts[i];
        out_str(&p->o, (str){ text, snprintf(text, sizeof text, "<rect%s x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%d: %llu</title></rect>", from + i < least ? " class=\"less\"" : "",
                                             i * COLUMN, HIGH - high, COLUMN - 2, high, from + i, (unsigned long long)counts[i]) });
        if ((from + i) % 10 == 0)
            out_str(&p->o, (str){ text, snprintf(text, sizeof text, "<text x=\"%d\" y=\"%d\" font-size=\"12\">%d</text>", i * COLUMN, HIGH + 15, from + i) });
    }
    words(p, "</svg></div>\n");
}

static void write_weights(struct page *p, int32_t join)
{
    enum { FROM = -20, MOST = 100 };
    uint64_t counts[MOST] = { 0 };
    int n = 0;
    words(p, "<h2>How sure the pairs are</h2>\n<p>Pairs that were kept, by their weight in bits: 0 is as likely as not, 10 a thousand to one. Those in the other colour are too unsure to join records.</p>\n");
    for (size_t i = 0; i < p->d->edges.count; i++) {
        int at = (p->d->edges.at[i].weight - FROM * BIT) / BIT;
        at = at < 0 ? 0 : at >= MOST ? MOST - 1 : at;
        counts[at]++;
        n = at >= n ? at + 1 : n;
    }
    int first = 0;
    while (first < n && !counts[first])
        first++;
    columns(p, "pairs by weight", counts + first, FROM + first, n - first, join / BIT);
}

static void write_clusters(struct page *p)
{
    const struct dedupe *d = p->d;
    uint64_t sizes[SIZES_MOST + 1] = { 0 };
    struct space work;
    if (!space_take(&work, ((size_t)d->table.count + 1) * sizeof(uint32_t)))
        return;
    uint32_t *size = (uint32_t *)(void *)work.at;
    for (uint32_t i = 0; i < d->table.count; i++)
        size[d->clusters.of[i]]++;
    for (uint32_t i = 0; i < d->table.count; i++)
        if (size[i])
            sizes[size[i] < SIZES_MOST ? size[i] : SIZES_MOST]++;
    space_give(&work);
    begin_table(p, "Clusters", "Records that are taken for one person, by how many they are.", "<th class=\"n\">Records<th class=\"n\">Clusters");
    for (int i = 1; i <= SIZES_MOST; i++) {
        if (!sizes[i])
            continue;
        words(p, "<tr>");
        number(p, i, 0);
        number(p, (double)sizes[i], 0);
        words(p, i == SIZES_MOST ? "<td>and more</td>\n" : "\n");
    }
    end_table(p);
    if (d->clusters.cut) {
        words(p, "<p>Links refused because a cluster would have grown too large: ");
        html_text_int(&p->o, (int64_t)d->clusters.cut);
        words(p, ". They stand among the pairs.</p>\n");
    }
    if (d->decisions.count) {
        words(p, "<p>Decided by people, which wins over the weights: ");
        html_text_int(&p->o, d->decisions.same);
        words(p, " pairs the same, which made ");
        html_text_int(&p->o, (int64_t)d->clusters.together);
        words(p, " joins; ");
        html_text_int(&p->o, d->decisions.count - d->decisions.same);
        words(p, " pairs different, for which ");
        html_text_int(&p->o, (int64_t)d->clusters.apart);
        words(p, " links were refused, the weakest that would have joined them.</p>\n");
    }
}

/* ---- labels ---- */

static void write_point(struct page *p, const struct curve_point *at, const char *name)
{
    words(p, "<tr><td>");
    words(p, name);
    words(p, "</td>");
    number(p, probability_of(at->weight), 4);
    number(p, (double)at->weight / BIT, 2);
    number(p, curve_precision(at), 4);
    number(p, curve_recall(at), 4);
    number(p, curve_f1(at), 4);
    number(p, at->right, 0);
    number(p, at->wrong, 0);
    number(p, at->missed, 0);
    words(p, "\n");
}

static void write_curve(struct page *p)
{
    const struct curve *c = &p->d->curve;
    begin_table(p, "What the labels tell", "Of the labelled pairs alone, at each threshold: how many that are linked are the same (precision), and how many that are the same are linked (recall). "
                "Nothing was learnt from the labels. Pairs that no rule compares, or that are too unsure to be kept, count as not linked. Figures hold for other pairs as far as the labelled ones were drawn at random.",
                "<th><th class=\"n\">Probability from<th class=\"n\">Bits<th class=\"n\">Precision<th class=\"n\">Recall<th class=\"n\">F1<th class=\"n\">Rightly linked<th class=\"n\">Wrongly<th class=\"n\">Missed");
    for (int i = 0; i < CURVE_POINTS; i++)
        write_point(p, &c->at[i], "");
    write_point(p, &c->best, "best F1");
    end_table(p);
}

/* ---- pairs added up ---- */

static void write_values(struct page *p, const struct comparison *c, uint32_t record)
{
    words(p, "<td>");
    for (int i = 0; i < c->field_count; i++) {
        uint32_t n = table_row(&p->d->table, record)[c->fields[i]];
        words(p, i ? ", " : "");
        html_text_str(&p->o, n ? value_text(&p->d->table.values[c->fields[i]], n) : lit("-"));
    }
    words(p, "</td>");
}

static void write_name(struct page *p, uint32_t record)
{
    char scratch[NAME_SCRATCH];
    html_text_str(&p->o, table_name(&p->d->table, record, scratch));
}

static void write_pair(struct page *p, struct edge e)
{
    const struct model *m = &p->d->model;
    const struct plan *plan = &p->d->table.plan;
    uint32_t pattern = edge_pattern(&p->d->table, &p->d->patterns, &e);
    double strangers = bits_of(m->share[SAME_PERSON], m->share[STRANGERS]), home = bits_of(m->share[SAME_PERSON], m->share[SAME_HOME]);
    words(p, "<h3>");
    write_name(p, e.a);
    words(p, " and ");
    write_name(p, e.b);
    words(p, "</h3>\n<div class=\"wide\"><table><tr><th>Fact<th>First<th>Second<th>Level<th class=\"n\">Bits against strangers<th class=\"n\">so far<th class=\"n\">against one home</tr>\n<tr><td>any two records</td><td></td><td></td><td></td>");
    number(p, strangers, 2);
    number(p, strangers, 2);
    number(p, home, 2);
    words(p, "\n");
    for (int k = 0; k < plan->comparison_count; k++) {
        int l = pattern_level(&p->d->patterns, plan, pattern, k);
        struct out level = { .arena = p->o.arena };
        bool there = l < plan->comparisons[k].levels;
        double more = there ? bits_of(m->level[SAME_PERSON][k][l], m->level[STRANGERS][k][l]) : 0;
        double rare = l == 0 ? edge_rarity(&p->d->table, &p->d->weights, e.a, k) / (double)BIT : 0;
        level_words(&level, plan, &plan->comparisons[k], l);
        words(p, "<tr><td>");
        html_text_str(&p->o, plan->comparisons[k].name);
        words(p, "</td>");
        write_values(p, &plan->comparisons[k], e.a);
        write_values(p, &plan->comparisons[k], e.b);
        words(p, "<td>");
        html_text_str(&p->o, out_view(&level));
        words(p, rare > 0.05 ? ", and rare" : rare < -0.05 ? ", but common" : "");
        words(p, "</td>");
        strangers += more + rare;
        home += (there ? bits_of(m->level[SAME_PERSON][k][l], m->level[SAME_HOME][k][l]) : 0) + (p->d->weights.rare_at_home[k] ? rare : 0);
        number(p, more + rare, 2);
        number(p, strangers, 2);
        number(p, home, 2);
        words(p, "\n");
    }
    words(p, "<tr><th>Against both<td></td><td></td><td></td>");
    number(p, (double)e.weight / BIT, 2);
    words(p, "<td class=\"n\">probability</td>");
    number(p, probability_of(e.weight), 4);
    words(p, "</table></div>\n");
}

/* Pairs stand in order of their weight: some of all, and the last that joins beside the first that does not. */
static void write_pairs(struct page *p, int32_t join)
{
    const struct edges *e = &p->d->edges;
    size_t border = 0, shown[SHOWN], n = 0;
    words(p, "<h2>Some pairs, added up</h2>\n<p>From the surest to the least sure, and two at the border of joining. A fact that both do not have says nothing.</p>\n");
    while (border < e->count && e->at[border].weight >= join)
        border++;
    for (size_t i = 0; i + 2 < SHOWN && e->count; i++)
        shown[n++] = i * (e->count - 1) / (SHOWN - 3);
    if (border)
        shown[n++] = border - 1;
    if (border < e->count)
        shown[n++] = border;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || shown[i] != shown[i - 1])
            write_pair(p, e->at[shown[i]]);
}

bool link_write_report(struct dedupe *d, const char *path, double join)
{
    struct target t;
    struct arena a = arena_reserve(64 << 20);
    struct page p = { { .arena = &a }, d };
    int32_t least = (int32_t)lround(log2(join / (1 - join)) * BIT);
    char text[300];
    if (!edges_by_weight(&d->edges)) {
        complain("%s: not enough memory to order the pairs", path);
        return false;
    }
    words(&p, head);
    out_str(&p.o, (str){ text, snprintf(text, sizeof text, "<h1>Linkage report</h1>\n<p>%u records, %u clusters, %zu pairs kept. Learnt from %.0f pairs in %d rounds; some %.0f pairs of records are taken to be one "
                                        "person, %.0f one home.</p>\n<p><strong>This page shows values of records.</strong> Keep it as you keep the file.</p>\n",
                                        d->table.count, d->clusters.count, d->edges.count, d->learnt_from, d->model.rounds, d->model.share[SAME_PERSON] * d->model.pairs,
                                        d->model.share[SAME_HOME] * d->model.pairs) });
    write_rules(&p);
    write_model(&p);
    write_weights(&p, least);
    write_clusters(&p);
    if (d->labels.count)
        write_curve(&p);
    write_pairs(&p, least);
    if (!target_open(&t, path))
        return false;
    fwrite(p.o.at, 1, (size_t)p.o.len, t.to);
    return target_close(&t);
}
