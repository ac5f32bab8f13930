/* The plural rule of a catalogue: gettext's subset of C, parsed, tried, and written out again with every bracket. */
#ifndef TOOLS_PLURAL_H
#define TOOLS_PLURAL_H
#include "tool.h"

struct plural {
    const char *operator; /* "n", "1" (a number), "!", "?", or one of two sides */
    long number;
    struct plural *a, *b, *c;
};
struct plural_reader {
    const char *p, *file;
    int line, depth;
};

TOOL struct plural *plural_make(const char *operator, long number, struct plural *a, struct plural *b, struct plural *c)
{
    struct plural *p = grow(NULL, 1, sizeof *p);
    *p = (struct plural){ operator, number, a, b, c };
    return p;
}

TOOL bool plural_take(struct plural_reader *r, const char *word)
{
    while (isspace((unsigned char)*r->p))
        r->p++;
    size_t n = strlen(word);
    if (strncmp(r->p, word, n) || (n == 1 && strchr("<>!", *word) && r->p[1] == '='))
        return false;
    r->p += n;
    return true;
}

static struct plural *plural_choice(struct plural_reader *r);

TOOL struct plural *plural_unit(struct plural_reader *r)
{
    if (++r->depth > 200)
        stop_at(r->file, r->line, "the plural rule is nested too deep");
    if (plural_take(r, "n"))
        return plural_make("n", 0, NULL, NULL, NULL);
    if (plural_take(r, "!"))
        return plural_make("!", 0, plural_unit(r), NULL, NULL);
    if (plural_take(r, "(")) {
        struct plural *inner = plural_choice(r);
        if (!plural_take(r, ")"))
            stop_at(r->file, r->line, "the plural rule lacks a ')'");
        return inner;
    }
    char *end;
    if (!isdigit((unsigned char)*r->p))
        stop_at(r->file, r->line, "the plural rule is not understood at '%s'", r->p);
    long n = strtol(r->p, &end, 10);
    if (n > 1000000)
        stop_at(r->file, r->line, "the plural rule has too large a number");
    r->p = end;
    return plural_make("1", n, NULL, NULL, NULL);
}

/* Two-sided operators, loosest first. */
TOOL struct plural *plural_level(struct plural_reader *r, int level)
{
    static const char *const levels[][5] = { { "||" }, { "&&" }, { "==", "!=" }, { "<=", ">=", "<", ">" }, { "+", "-" },
        { "*", "%" } };
    if (level == sizeof levels / sizeof *levels)
        return plural_unit(r);
    struct plural *left = plural_level(r, level + 1);
    for (int i = 0; levels[level][i]; i++)
        if (plural_take(r, levels[level][i])) {
            left = plural_make(levels[level][i], 0, left, plural_level(r, level + 1), NULL);
            i = -1;
        }
    return left;
}

static struct plural *plural_choice(struct plural_reader *r)
{
    struct plural *test = plural_level(r, 0);
    if (!plural_take(r, "?"))
        return test;
    struct plural *yes = plural_choice(r);
    if (!plural_take(r, ":"))
        stop_at(r->file, r->line, "the plural rule lacks a ':'");
    return plural_make("?", 0, test, yes, plural_choice(r));
}

TOOL struct plural *plural_parse(const char *rule, const char *file, int line)
{
    struct plural_reader r = { rule, file, line, 0 };
    struct plural *p = plural_choice(&r);
    if (r.p[strspn(r.p, " \t\r")])
        stop_at(file, line, "the plural rule is not understood at '%s'", r.p);
    return p;
}

TOOL long plural_value(const struct plural *p, long n)
{
    const char *o = p->operator;
    if (!strcmp(o, "n") || !strcmp(o, "1"))
        return *o == 'n' ? n : p->number;
    long a = plural_value(p->a, n);
    if (!strcmp(o, "!"))
        return !a;
    if (!strcmp(o, "?"))
        return plural_value(a ? p->b : p->c, n);
    long b = plural_value(p->b, n);
    switch (o[0]) {
    case '|': return a || b;
    case '&': return a && b;
    case '=': return a == b;
    case '!': return a != b;
    case '<': return o[1] ? a <= b : a < b;
    case '>': return o[1] ? a >= b : a > b;
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    default:  return b ? a % b : -1;
    }
}

TOOL void plural_write(struct text *t, const struct plural *p)
{
    if (!strcmp(p->operator, "n")) {
        add(t, "n");
    } else if (!strcmp(p->operator, "1")) {
        add(t, "%ld", p->number);
    } else if (!strcmp(p->operator, "!")) {
        add(t, "(!");
        plural_write(t, p->a);
        add(t, ")");
    } else {
        add(t, "(");
        plural_write(t, p->a);
        add(t, " %s ", p->operator);
        plural_write(t, p->b);
        if (p->c) {
            add(t, " : ");
            plural_write(t, p->c);
        }
        add(t, ")");
    }
}
#endif
