/* What `link` writes: CSV as others read it, and the model. A file is there whole, or not at all. */
#include "app/command.h"
#include "app/link/link.h"
#include "lib/base/csv.h"
#include "lib/web/html.h"
#include "linkage/settings.h"
#include <math.h>
#include <unistd.h>

bool target_open(struct target *t, const char *path)
{
    t->path = path;
    int n = snprintf(t->beside, sizeof t->beside, "%s.%ld.part", path, (long)getpid());
    t->to = n > 0 && (size_t)n < sizeof t->beside ? fopen(t->beside, "wxe") : NULL;
    if (!t->to)
        complain("%s: cannot be written", path);
    return t->to;
}

bool target_close(struct target *t)
{
    bool good = !ferror(t->to) && !fflush(t->to) && !fsync(fileno(t->to));
    good = !fclose(t->to) && good;
    if (good && !rename(t->beside, t->path))
        return true;
    complain("%s: could not be written to its end; nothing was put there", t->path);
    unlink(t->beside);
    return false;
}

void target_drop(struct target *t)
{
    fclose(t->to);
    unlink(t->beside);
}

static void cell_of(struct out *o, const struct table *t, uint32_t record, bool last)
{
    char scratch[NAME_SCRATCH];
    csv_cell(o, table_name(t, record, scratch), last);
}

bool link_write_pairs(struct dedupe *d, const char *path)
{
    struct target t;
    struct arena memory = arena_reserve(1 << 20);
    char numbers[64];
    if (!edges_by_weight(&d->edges)) {
        complain("%s: not enough memory to order the pairs", path);
        return false;
    }
    if (!target_open(&t, path))
        return false;
    fputs("id_a,id_b,weight,probability\r\n", t.to);
    for (size_t i = 0; i < d->edges.count; i++) {
        struct edge e = d->edges.at[i];
        struct arena a = memory;
        struct out o = { .arena = &a };
        cell_of(&o, &d->table, e.a, false);
        cell_of(&o, &d->table, e.b, false);
        int n = snprintf(numbers, sizeof numbers, "%.3f,%.6f\r\n", (double)e.weight / BIT, probability_of(e.weight));
        out_str(&o, (str){ numbers, n });
        fwrite(o.at, 1, (size_t)o.len, t.to);
    }
    return target_close(&t);
}

bool link_write_clusters(const struct dedupe *d, const char *path)
{
    struct target t;
    struct arena memory = arena_reserve(1 << 20);
    if (!target_open(&t, path))
        return false;
    fputs(d->table.split ? "file,id,cluster_id\r\n" : "id,cluster_id\r\n", t.to);
    for (uint32_t i = 0; i < d->table.count; i++) {
        struct arena a = memory;
        struct out o = { .arena = &a };
        if (d->table.split)
            out_str(&o, i < d->table.split ? lit("1,") : lit("2,"));
        cell_of(&o, &d->table, i, false);
        cell_of(&o, &d->table, d->clusters.of[i], true);
        fwrite(o.at, 1, (size_t)o.len, t.to);
    }
    return target_close(&t);
}

/* Weights in thousandths of a bit. */
static int64_t bits(double over, double under)
{
    return over > 0 && under > 0 ? llround(1000 * log2(over / under)) : 0;
}

static const str class_names[PAIR_CLASSES] = { LIT("same_person"), LIT("same_home"), LIT("strangers") };

static void write_level(struct json *j, const struct dedupe *d, int k, int l)
{
    const struct model *m = &d->model;
    struct out words = { .arena = j->o->arena };
    level_words(&words, &d->table.plan, &d->table.plan.comparisons[k], l);
    json_open(j, '{');
    json_key(j, lit("level"));
    json_str(j, out_view(&words));
    for (int c = 0; c < PAIR_CLASSES; c++) {
        json_key(j, class_names[c]);
        json_decimal(j, llround(m->level[c][k][l] * LEVEL_PARTS), 12);
    }
    json_key(j, lit("bits_against_strangers"));
    json_decimal(j, bits(m->level[SAME_PERSON][k][l], m->level[STRANGERS][k][l]), 3);
    json_key(j, lit("bits_against_same_home"));
    json_decimal(j, bits(m->level[SAME_PERSON][k][l], m->level[SAME_HOME][k][l]), 3);
    json_close(j, '}');
}

static void write_point(struct json *j, const struct curve_point *p)
{
    json_open(j, '{');
    json_key(j, lit("probability"));
    json_decimal(j, llround(probability_of(p->weight) * 1e6), 6);
    json_key(j, lit("precision"));
    json_decimal(j, llround(curve_precision(p) * 1e6), 6);
    json_key(j, lit("recall"));
    json_decimal(j, llround(curve_recall(p) * 1e6), 6);
    json_key(j, lit("f1"));
    json_decimal(j, llround(curve_f1(p) * 1e6), 6);
    json_close(j, '}');
}

/* What labels tell of the thresholds. */
static void write_curve(struct json *j, const struct curve *c)
{
    json_key(j, lit("labels"));
    json_open(j, '{');
    json_key(j, lit("note"));
    json_str(j, lit("measured on the labelled pairs alone; nothing was learnt from them"));
    json_key(j, lit("same"));
    json_int(j, c->same);
    json_key(j, lit("different"));
    json_int(j, c->different);
    json_key(j, lit("best"));
    write_point(j, &c->best);
    json_key(j, lit("thresholds"));
    json_open(j, '[');
    for (int i = 0; i < CURVE_POINTS; i++)
        write_point(j, &c->at[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void write_model(struct json *j, const struct dedupe *d)
{
    const struct plan *p = &d->table.plan;
    json_open(j, '{');
    json_key(j, lit("records"));
    json_int(j, d->table.count);
    json_key(j, lit("pairs"));
    json_int(j, llround(d->model.pairs));
    json_key(j, lit("pairs_looked_at"));
    json_int(j, (int64_t)d->learnt_from);
    json_key(j, lit("rounds"));
    json_int(j, d->model.rounds);
    json_key(j, lit("expected_pairs_of_one_person"));
    json_int(j, llround(d->model.share[SAME_PERSON] * d->model.pairs));
    json_key(j, lit("expected_pairs_of_one_home"));
    json_int(j, llround(d->model.share[SAME_HOME] * d->model.pairs));
    json_key(j, lit("shares"));
    json_open(j, '{');
    for (int c = 0; c < PAIR_CLASSES; c++) {
        json_key(j, class_names[c]);
        json_decimal(j, llround(d->model.share[c] * SHARE_PARTS), 18);
    }
    json_close(j, '}');
    json_key(j, lit("bits_at_the_start"));
    json_decimal(j, bits(d->model.share[SAME_PERSON], d->model.share[STRANGERS]), 3);
    json_key(j, lit("comparisons"));
    json_open(j, '[');
    for (int k = 0; k < p->comparison_count; k++) {
        json_open(j, '{');
        json_key(j, lit("name"));
        json_str(j, p->comparisons[k].name);
        json_key(j, lit("levels"));
        json_open(j, '[');
        for (int l = 0; l < p->comparisons[k].levels; l++)
            write_level(j, d, k, l);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
    if (d->labels.count)
        write_curve(j, &d->curve);
    json_key(j, lit("settings"));
    settings_json(j, p);
    json_close(j, '}');
}

bool link_write_model(const struct dedupe *d, const char *path)
{
    struct target t;
    struct arena a = arena_reserve(16 << 20);
    struct out o = { .arena = &a };
    struct json j = { .o = &o };
    write_model(&j, d);
    if (!target_open(&t, path))
        return false;
    fwrite(o.at, 1, (size_t)o.len, t.to);
    fputc('\n', t.to);
    return target_close(&t);
}
