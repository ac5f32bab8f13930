#include "linkage/verdicts.h"
#include <math.h>

enum { VERDICTS_MOST = 1 << 24 };
static const uint32_t nobody = UINT32_MAX;

/* ---- names ---- */

/* Those names that verdicts speak of, and whose they are: open addressing. */
struct asked {
    struct space space;
    struct asked_name {
        str name;           /* NULL: free */
        uint32_t record[2]; /* of the first and of the second file, or nobody */
    } *at;
    size_t mask;
};

static struct asked_name *slot_of(const struct asked *a, str name)
{
    size_t i = hash_bytes(name.at, name.len) & a->mask;
    while (a->at[i].name.at && !str_equal(a->at[i].name, name))
        i = (i + 1) & a->mask;
    return &a->at[i];
}

static void find_records(const struct asked *a, const struct table *t)
{
    char scratch[NAME_SCRATCH];
    for (uint32_t i = 0; i < t->count; i++) {
        struct asked_name *s = slot_of(a, table_name(t, i, scratch));
        if (s->name.at)
            s->record[t->split && i >= t->split] = i;
    }
}

/* ---- the file ---- */

struct said {
    str a, b; /* names */
    uint32_t line;
    bool same;
};

struct hearing {
    struct rows rows;
    struct verdicts *v;
    const struct table *t;
    struct space work, said, names;
    size_t names_used;
    struct said *at;
    uint32_t count;
};

static status without_memory(struct hearing *h)
{
    return rows_complain(&h->rows, FAULT, "line %llu: not enough memory for the verdicts%.*s", h->rows.line, (str){ 0 });
}

static str keep_name(struct hearing *h, str name)
{
    char *to = h->names.at + h->names_used;
    memcpy(to, name.len ? name.at : "", (size_t)name.len);
    h->names_used += (size_t)name.len;
    return (str){ to, name.len };
}

static status hear_row(struct hearing *h, const str *cells, int n, int width)
{
    uint64_t line = h->rows.line - 1;
    if (n == 1 && !cells[0].len)
        return OK; /* an empty line */
    if (n != width)
        return rows_complain(&h->rows, INVALID, "line %llu: not as many cells as the header has columns%.*s", line, (str){ 0 });
    str word = str_trim(cells[n - 1]), a = str_trim(cells[0]), b = str_trim(cells[1]);
    bool same = str_equal_fold(word, lit("same"));
    if (!word.len)
        return OK;
    if (!same && !str_equal_fold(word, lit("different")))
        return rows_complain(&h->rows, INVALID, "line %llu: the last column says same or different, or nothing, but not %.*s", line, word);
    if (a.len > VALUE_MOST || b.len > VALUE_MOST)
        return rows_complain(&h->rows, INVALID, "line %llu: a name of more than 250 bytes%.*s", line, (str){ 0 });
    if (h->count == VERDICTS_MOST)
        return rows_complain(&h->rows, INVALID, "line %llu: more than 16 million verdicts%.*s", line, (str){ 0 });
    h->at[h->count++] = (struct said){ keep_name(h, a), keep_name(h, b), (uint32_t)line, same };
    return OK;
}

static status hear(struct hearing *h)
{
    static str cells[COLUMNS_MOST];
    int n = 0, width = 0;
    status s = rows_next(&h->rows, cells, &width, false);
    if (s == OK && (width < 3 || width > COLUMNS_MOST))
        return rows_complain(&h->rows, INVALID, "line %llu: verdicts have at least three columns: two names of records, and last same or different%.*s", 1, (str){ 0 });
    while (s == OK && (s = rows_next(&h->rows, cells, &n, false)) == OK)
        s = hear_row(h, cells, n, width);
    return s == NOT_FOUND ? OK : s;
}

static uint32_t record_of(const struct asked *a, str name, const struct table *t, bool second)
{
    return slot_of(a, name)->record[t->split && second];
}

static status resolve(struct hearing *h, const struct asked *a)
{
    struct verdicts *v = h->v;
    for (uint32_t i = 0; i < h->count; i++) {
        const struct said *s = &h->at[i];
        uint32_t x = record_of(a, s->a, h->t, false), y = record_of(a, s->b, h->t, true);
        if (x == nobody || y == nobody)
            return rows_complain(&h->rows, INVALID, "line %llu: no record is called %.*s", s->line, x == nobody ? s->a : s->b);
        if (x == y)
            return rows_complain(&h->rows, INVALID, "line %llu: a record and itself%.*s", s->line, (str){ 0 });
        v->at[v->count++] = (struct decision){ x < y ? x : y, x < y ? y : x, s->line, s->same };
        v->same += s->same;
    }
    return OK;
}

static status name_records(struct hearing *h)
{
    struct asked a = { .mask = 15 };
    while (a.mask < (size_t)h->count * 4)
        a.mask = a.mask * 2 + 1;
    if (!space_take(&a.space, (a.mask + 1) * sizeof *a.at) || !space_take(&h->v->space, ((size_t)h->count + 1) * sizeof *h->v->at)) {
        space_give(&a.space);
        return without_memory(h);
    }
    a.at = (struct asked_name *)(void *)a.space.at;
    h->v->at = (struct decision *)(void *)h->v->space.at;
    for (uint32_t i = 0; i < 2 * h->count; i++) {
        str name = i % 2 ? h->at[i / 2].b : h->at[i / 2].a;
        *slot_of(&a, name) = (struct asked_name){ name, { nobody, nobody } };
    }
    find_records(&a, h->t);
    status s = resolve(h, &a);
    space_give(&a.space);
    return s;
}

/* ---- both of one pair ---- */

struct pair_slots {
    struct space space;
    uint32_t *at; /* a verdict and one; 0: free */
    size_t mask;
};

static bool slots_take(struct pair_slots *p, uint32_t count)
{
    p->mask = 15;
    while (p->mask < (size_t)count * 2)
        p->mask = p->mask * 2 + 1;
    if (!space_take(&p->space, (p->mask + 1) * sizeof *p->at))
        return false;
    p->at = (uint32_t *)(void *)p->space.at;
    return true;
}

/* The slot of the pair, free or with a verdict on it. */
static uint32_t *slot_of_pair(const struct pair_slots *p, const struct verdicts *v, uint32_t a, uint32_t b)
{
    size_t i = hash_pair(a, b) & p->mask;
    while (p->at[i] && (v->at[p->at[i] - 1].a != a || v->at[p->at[i] - 1].b != b))
        i = (i + 1) & p->mask;
    return &p->at[i];
}

/* What is said twice counts once. */
static status once_each(struct hearing *h)
{
    struct verdicts *v = h->v;
    struct pair_slots p;
    status s = OK;
    uint32_t left = 0;
    if (!slots_take(&p, v->count))
        return without_memory(h);
    v->same = 0;
    for (uint32_t i = 0; s == OK && i < v->count; i++) {
        struct decision x = v->at[i];
        uint32_t *slot = slot_of_pair(&p, v, x.a, x.b);
        if (*slot && v->at[*slot - 1].same != x.same) {
            snprintf(h->rows.complaint, COMPLAINT, "lines %u and %u: one pair is called the same and different", v->at[*slot - 1].line, x.line);
            s = INVALID;
        } else if (!*slot) {
            v->at[left++] = x;
            v->same += x.same;
            *slot = left;
        }
    }
    v->count = left;
    space_give(&p.space);
    return s;
}

status verdicts_read(struct verdicts *v, int fd, const struct table *t, char *complaint)
{
    struct hearing h = { .rows = { .fd = fd, .complaint = complaint, .line = 1 }, .v = v, .t = t };
    *v = (struct verdicts){ 0 };
    status s = space_take(&h.work, ROWS_BUFFER) && space_take(&h.said, (size_t)VERDICTS_MOST * sizeof *h.at)
                       && space_take(&h.names, (size_t)VERDICTS_MOST * 2 * VALUE_MOST) ? OK : without_memory(&h);
    h.rows.buffer = h.work.at;
    h.at = (struct said *)(void *)h.said.at;
    s = s == OK ? hear(&h) : s;
    s = s == OK ? name_records(&h) : s;
    s = s == OK ? once_each(&h) : s;
    space_give(&h.work);
    space_give(&h.said);
    space_give(&h.names);
    return s;
}

void verdicts_close(struct verdicts *v)
{
    space_give(&v->space);
}

/* ---- the curve ---- */

const double curve_probabilities[CURVE_POINTS] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999 };

double curve_precision(const struct curve_point *p)
{
    return p->right + p->wrong ? (double)p->right / (p->right + p->wrong) : 1;
}

double curve_recall(const struct curve_point *p)
{
    return p->right + p->missed ? (double)p->right / (p->right + p->missed) : 1;
}

double curve_f1(const struct curve_point *p)
{
    uint64_t all = 2 * (uint64_t)p->right + p->wrong + p->missed;
    return all ? 2.0 * p->right / (double)all : 1;
}

static int heavier(const void *a, const void *b)
{
    int32_t x = ((const struct edge *)a)->weight, y = ((const struct edge *)b)->weight;
    return (x < y) - (x > y);
}

/* found: labelled pairs that were kept, the heaviest first; `a` says whether they are the same. */
static void count_points(struct curve *c, const struct edge *found, size_t n)
{
    struct curve_point now = { .missed = c->same };
    int next = CURVE_POINTS;
    c->best = (struct curve_point){ c->at[CURVE_POINTS - 1].weight, 0, 0, c->same };
    for (size_t i = 0; i <= n; i++) {
        if (i == n || i == 0 || found[i].weight != found[i - 1].weight)
            for (; next > 0 && (i == n || found[i].weight < c->at[next - 1].weight); next--) {
                now.weight = c->at[next - 1].weight;
                c->at[next - 1] = now;
            }
        if (i == n)
            return;
        now.right += found[i].a;
        now.missed -= found[i].a;
        now.wrong += !found[i].a;
        now.weight = found[i].weight;
        if ((i + 1 == n || found[i + 1].weight != found[i].weight) && curve_f1(&now) > curve_f1(&c->best))
            c->best = now;
    }
}

bool curve_draw(const struct verdicts *labels, const struct edges *edges, struct curve *out)
{
    struct pair_slots p;
    struct space kept = { 0 };
    size_t n = 0;
    if (!slots_take(&p, labels->count) || !space_take(&kept, ((size_t)labels->count + 1) * sizeof(struct edge))) {
        space_give(&p.space);
        return false;
    }
    struct edge *found = (struct edge *)(void *)kept.at;
    for (uint32_t i = 0; i < labels->count; i++)
        *slot_of_pair(&p, labels, labels->at[i].a, labels->at[i].b) = i + 1;
    for (size_t i = 0; i < edges->count; i++) {
        uint32_t slot = *slot_of_pair(&p, labels, edges->at[i].a, edges->at[i].b);
        if (slot)
            found[n++] = (struct edge){ labels->at[slot - 1].same, 0, edges->at[i].weight };
    }
    qsort(found, n, sizeof *found, heavier);
    *out = (struct curve){ .same = labels->same, .different = labels->count - labels->same };
    for (int i = 0; i < CURVE_POINTS; i++)
        out->at[i].weight = (int32_t)lround(log2(curve_probabilities[i] / (1 - curve_probabilities[i])) * BIT);
    count_points(out, found, n);
    space_give(&kept);
    space_give(&p.space);
    return true;
}
