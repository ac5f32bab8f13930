#include "common/condition/condition.h"

enum { MOST_STEPS = 64, MOST_DEPTH = 16 };

/* FNV-1a: names are ours, not a stranger's, so no keyed hash is needed. */
static uint64_t hash_of(str s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (ptrdiff_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.at[i]) * 0x100000001b3u;
    return h;
}

static struct fact *slot_of(const struct facts *f, str name)
{
    for (uint64_t i = hash_of(name);; i++) {
        struct fact *slot = &f->slots[i & (uint64_t)(f->cap - 1)];
        if (!slot->name.at || str_equal(slot->name, name))
            return slot;
    }
}

static void facts_grow(struct facts *f)
{
    struct facts more = { f->arena, NULL, f->cap ? 2 * f->cap : 128, f->len };
    more.slots = arena_new(f->arena, struct fact, more.cap);
    for (ptrdiff_t i = 0; i < f->cap; i++)
        if (f->slots[i].name.at)
            *slot_of(&more, f->slots[i].name) = f->slots[i];
    *f = more;
}

void facts_set(struct facts *f, str name, str value)
{
    if (2 * f->len >= f->cap)
        facts_grow(f);
    struct fact *slot = slot_of(f, name);
    f->len += !slot->name.at;
    *slot = (struct fact){ name, value };
}

void facts_set_int(struct facts *f, str name, int64_t n)
{
    struct out o = { .arena = f->arena };
    out_int(&o, n);
    facts_set(f, name, out_view(&o));
}

str facts_get(const struct facts *f, str name)
{
    if (!f->cap || !name.len)
        return (str){ 0 };
    const struct fact *slot = slot_of(f, name);
    if (slot->name.at || str_find(name, '.') >= 0)
        return slot->value;
    char long_name[80] = "answer.";
    const ptrdiff_t before = 7;
    if (name.len > (ptrdiff_t)sizeof long_name - before)
        return (str){ 0 };
    memcpy(long_name + before, name.at, (size_t)name.len);
    return slot_of(f, (str){ long_name, before + name.len })->value;
}

bool facts_has(const struct facts *f, str name, str value)
{
    str rest = facts_get(f, name), piece;
    while (str_split(&rest, ';', &piece))
        if (piece.len && str_equal(piece, value))
            return true;
    return false;
}

/* ---- reading */

struct parser {
    str text;
    ptrdiff_t i;
    int depth;
    struct condition_step *steps;
    ptrdiff_t len;
    struct condition_fault *fault;
};

static bool refuse(struct parser *p, const char *what)
{
    if (!p->fault->what)
        *p->fault = (struct condition_fault){ p->i, what };
    return false;
}

static bool word_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'
        || c == '*';
}

static void skip_spaces(struct parser *p)
{
    while (p->i < p->text.len && p->text.at[p->i] == ' ')
        p->i++;
}

/* The word at the reading point, without taking it. */
static str peek_word(struct parser *p)
{
    skip_spaces(p);
    ptrdiff_t end = p->i;
    while (end < p->text.len && word_letter(p->text.at[end]))
        end++;
    return str_part(p->text, p->i, end);
}

static bool take_word(struct parser *p, str word)
{
    str w = peek_word(p);
    bool is = str_equal(w, word);
    p->i += is ? w.len : 0;
    return is;
}

static bool take_sign(struct parser *p, str sign)
{
    skip_spaces(p);
    bool is = str_starts(str_part(p->text, p->i, p->text.len), sign);
    p->i += is ? sign.len : 0;
    return is;
}

static bool add_step(struct parser *p, struct condition_step step)
{
    if (p->len == MOST_STEPS)
        return refuse(p, "too long: split it into two rules");
    p->steps[p->len++] = step;
    return true;
}

static bool is_reserved(str w)
{
    return str_equal(w, lit("and")) || str_equal(w, lit("or")) || str_equal(w, lit("in"));
}

static bool read_name(struct parser *p)
{
    str w = peek_word(p);
    if (!w.len || is_reserved(w))
        return refuse(p, "a name is missing here");
    p->i += w.len;
    if (!str_equal(w, lit("count")) || !take_sign(p, lit("(")))
        return true;
    w = peek_word(p);
    p->i += w.len;
    return w.len && take_sign(p, lit(")")) ? true : refuse(p, "count(word) expected");
}

static bool read_value(struct parser *p)
{
    str w = peek_word(p);
    if (!w.len || is_reserved(w))
        return refuse(p, "a value is missing here");
    p->i += w.len;
    return true;
}

static bool read_values(struct parser *p, struct condition_step step, bool several)
{
    skip_spaces(p);
    ptrdiff_t from = p->i;
    do {
        if (!read_value(p))
            return false;
    } while (several && take_sign(p, lit(",")));
    step.right = str_part(p->text, from, p->i);
    return add_step(p, step);
}

static bool read_number(struct parser *p, struct condition_step step)
{
    str w = peek_word(p);
    if (!str_to_int(w, &step.number))
        return refuse(p, "a whole number is missing here");
    p->i += w.len;
    return add_step(p, step);
}

static bool read_test(struct parser *p)
{
    if (take_word(p, lit("always")))
        return add_step(p, (struct condition_step){ .what = STEP_ALWAYS });
    skip_spaces(p);
    ptrdiff_t from = p->i;
    bool sum = false;
    if (!read_name(p))
        return false;
    struct condition_step step = { .left = str_part(p->text, from, p->i) };
    while (take_sign(p, lit("+"))) {
        if (!read_name(p))
            return false;
        step.left = str_part(p->text, from, p->i);
        sum = true;
    }
    if (take_sign(p, lit(">=")) || take_sign(p, lit("<="))) {
        step.what = p->text.at[p->i - 2] == '>' ? STEP_LEAST : STEP_MOST;
        return read_number(p, step);
    }
    if (sum)
        return refuse(p, "a sum needs >= or <=");
    if (take_sign(p, lit("="))) {
        step.what = STEP_EQUAL;
        return read_values(p, step, false);
    }
    if (take_word(p, lit("in"))) {
        step.what = STEP_IN;
        return read_values(p, step, true);
    }
    step.what = STEP_YES;
    return add_step(p, step);
}

static bool read_any(struct parser *p);

static bool read_part(struct parser *p)
{
    if (!take_sign(p, lit("(")))
        return read_test(p);
    if (++p->depth > MOST_DEPTH)
        return refuse(p, "too many brackets inside each other");
    if (!read_any(p))
        return false;
    p->depth--;
    return take_sign(p, lit(")")) ? true : refuse(p, "a closing bracket is missing here");
}

static bool read_every(struct parser *p)
{
    bool fine = read_part(p);
    while (fine && take_word(p, lit("and")))
        fine = read_part(p) && add_step(p, (struct condition_step){ .what = STEP_AND });
    return fine;
}

static bool read_any(struct parser *p)
{
    bool fine = read_every(p);
    while (fine && take_word(p, lit("or")))
        fine = read_every(p) && add_step(p, (struct condition_step){ .what = STEP_OR });
    return fine;
}

status condition_read(struct arena *a, str text, struct condition *out, struct condition_fault *fault)
{
    struct condition_step steps[MOST_STEPS] = { 0 };
    struct parser p = { .text = text, .steps = steps, .fault = fault };
    *fault = (struct condition_fault){ 0 };
    *out = (struct condition){ 0 };
    bool fine = read_any(&p);
    skip_spaces(&p);
    if (fine && p.i != text.len)
        fine = refuse(&p, "not understood from here");
    if (!fine)
        return INVALID;
    struct condition_step *kept = arena_new(a, struct condition_step, p.len);
    memcpy(kept, steps, (size_t)p.len * sizeof *kept);
    *out = (struct condition){ kept, p.len };
    return OK;
}

/* ---- asking */

/* False when one of the names is missing or no number: no part of a sum is guessed. */
static bool sum_of(const struct facts *f, str names, int64_t *sum)
{
    str name;
    *sum = 0;
    while (str_split(&names, '+', &name)) {
        int64_t n;
        if (!str_to_int(facts_get(f, str_trim(name)), &n) || __builtin_add_overflow(*sum, n, sum))
            return false;
    }
    return true;
}

static bool has_any(const struct facts *f, str name, str values)
{
    str value;
    while (str_split(&values, ',', &value))
        if (facts_has(f, name, str_trim(value)))
            return true;
    return false;
}

static bool test_holds(const struct condition_step *t, const struct facts *f)
{
    int64_t sum;
    switch (t->what) {
    case STEP_ALWAYS: return true;
    case STEP_YES:    return facts_has(f, t->left, lit("yes"));
    case STEP_EQUAL:  return facts_has(f, t->left, t->right);
    case STEP_IN:     return has_any(f, t->left, t->right);
    case STEP_LEAST:  return sum_of(f, t->left, &sum) && sum >= t->number;
    case STEP_MOST:   return sum_of(f, t->left, &sum) && sum <= t->number;
    case STEP_AND:
    case STEP_OR:     break;
    }
    return false;
}

bool condition_holds(const struct condition *c, const struct facts *f)
{
    bool stack[MOST_STEPS];
    int top = 0;
    for (ptrdiff_t i = 0; i < c->len; i++) {
        const struct condition_step *t = &c->at[i];
        if (t->what == STEP_AND || t->what == STEP_OR) {
            must(top >= 2);
            top--;
            stack[top - 1] = t->what == STEP_AND ? stack[top - 1] && stack[top] : stack[top - 1] || stack[top];
        } else {
            stack[top++] = test_holds(t, f);
        }
    }
    return top == 1 && stack[0];
}
