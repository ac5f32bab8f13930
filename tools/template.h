/* The ground of tmplgen: its state, how literal text is written, and how the inside of a hole is read. */
#ifndef TOOLS_TEMPLATE_H
#define TOOLS_TEMPLATE_H
#include "markup.h"

struct token {
    char *text;
    bool quoted; /* a "string", without its quotes, escapes resolved */
};
struct tokens {
    struct token *at;
    size_t len;
};

enum block_kind { IF_BLOCK, FOR_BLOCK };
struct block {
    enum block_kind kind;
    int line, number;
    bool has_else;
    struct markup before; /* the markup's state where the block began */
    struct markup joined; /* where the branches so far have ended */
    bool any_joined;
    char *variable, *list; /* of a for */
};

struct compiler {
    const char *file;
    struct text source;
    const char *p;
    int line;
    struct markup markup;
    struct block *blocks;
    size_t depth;
    int loops;                /* counts, so that every loop has variables of its own */
    struct text includes, code, literal, strings;
    struct text assets;       /* "name url" lines */
    char *view, *header;
    char *name;               /* tip_form_html */
    char *layout, *layout_expr;
    bool is_layout;
    bool begun;               /* something was already written */
};

#define stop(c, ...) stop_at((c)->file, (c)->line, __VA_ARGS__)

TOOL struct spot here(const struct compiler *c)
{
    return (struct spot){ c->file, c->line };
}

/* --- literal text ------------------------------------------------------------------------------ */

enum { LITERAL_MOST = 4000 }; /* C17 promises 4095 characters in one literal */

TOOL void flush(struct compiler *c)
{
    for (size_t from = 0; from < c->literal.len;) {
        size_t n = c->literal.len - from;
        if (n > LITERAL_MOST)
            for (n = LITERAL_MOST; ((unsigned char)c->literal.at[from + n] & 0xc0) == 0x80; n--)
                ;
        add(&c->code, "    out_str(o, lit(\"");
        add_quoted(&c->code, c->literal.at + from, n);
        add(&c->code, "\"));\n");
        from += n;
    }
    c->literal.len = 0;
}

TOOL void write_char(struct compiler *c, char ch, char next)
{
    enum place before = c->markup.place;
    markup_step(&c->markup, ch, next, here(c));
    add_char(&c->literal, ch);
    c->begun = true;
    /* Browsers drop one newline after these tags; without ours they would drop the person's. */
    bool started = ch == '>' && before != CLOSE_NAME && c->markup.place == IN_TEXT;
    if (started && (!strcmp(c->markup.kept, "textarea") || !strcmp(c->markup.kept, "pre")) && next != '\n')
        add_char(&c->literal, '\n');
}

TOOL bool keeps_space(const struct markup *m)
{
    return m->place == ATTR_VALUE || !strcmp(m->kept, "textarea") || !strcmp(m->kept, "pre");
}

/* Indentation is for us, not for the reader's line: a break and what follows becomes one character. */
TOOL void skip_space(struct compiler *c)
{
    for (; isspace((unsigned char)*c->p); c->p++)
        c->line += *c->p == '\n';
}

TOOL void read_literal(struct compiler *c)
{
    char ch = *c->p++;
    bool kept = keeps_space(&c->markup);
    if (ch == '\n' && !kept) {
        write_char(c, c->markup.place == IN_TEXT ? '\n' : ' ', *c->p);
        c->line++;
        skip_space(c);
        return;
    }
    write_char(c, ch, *c->p);
    c->line += ch == '\n';
}

TOOL bool alone_on_line(const struct compiler *c, const char *from, const char *to)
{
    while (from > c->source.at && (from[-1] == ' ' || from[-1] == '\t'))
        from--;
    to += strspn(to, " \t\r");
    return (from == c->source.at || from[-1] == '\n') && (*to == '\n' || !*to);
}

TOOL void skip_comment(struct compiler *c, const char *end_mark)
{
    const char *end = strstr(c->p, end_mark);
    if (!end)
        stop(c, "the comment is never ended");
    for (const char *q = c->p; q < end - 1; q++)
        if (q[0] == '{' && (q[1] == '{' || q[1] == '%'))
            stop(c, "a hole may not stand inside a comment");
    const char *from = c->p;
    for (end += strlen(end_mark); c->p < end; c->p++)
        c->line += *c->p == '\n';
    if (!keeps_space(&c->markup) && alone_on_line(c, from, end))
        skip_space(c);
}

/* --- tokens and expressions -------------------------------------------------------------------- */

TOOL char *read_quoted(struct compiler *c, const char **p, const char *end)
{
    struct text t = { 0 };
    add_bytes(&t, "", 0);
    for ((*p)++; *p < end && **p != '"'; (*p)++) {
        if (**p == '\n')
            stop(c, "a string may not go over the end of a line");
        if (**p == '\\' && ++*p < end && !strchr("\"\\", **p))
            stop(c, "only \\\" and \\\\ are known in strings");
        add_char(&t, **p);
    }
    if (*p >= end)
        stop(c, "the string is never ended");
    (*p)++;
    return t.at;
}

TOOL struct tokens read_tokens(struct compiler *c, const char *p, const char *end)
{
    struct tokens t = { 0 };
    while (true) {
        while (p < end && isspace((unsigned char)*p))
            p++;
        if (p >= end)
            return t;
        t.at = grow(t.at, t.len + 1, sizeof *t.at);
        if (*p == '"') {
            t.at[t.len++] = (struct token){ read_quoted(c, &p, end), true };
            continue;
        }
        const char *from = p;
        while (p < end && !isspace((unsigned char)*p) && *p != '"')
            p++;
        t.at[t.len++] = (struct token){ copy_bytes(from, (size_t)(p - from)), false };
    }
}

TOOL bool is_word(const struct tokens *t, size_t i, const char *word)
{
    return i < t->len && !t->at[i].quoted && !strcmp(t->at[i].text, word);
}

TOOL bool is_name(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(isalpha((unsigned char)s[i]) || s[i] == '_' || (i && isdigit((unsigned char)s[i]))))
            return false;
    return n > 0;
}

/* a.b or a->b, where a is a loop's variable, "in" (the language), or a member of the view. */
TOOL char *expression(struct compiler *c, const struct tokens *t, size_t i)
{
    if (i >= t->len || t->at[i].quoted)
        stop(c, "a name is missing here");
    const char *path = t->at[i].text, *rest = path + strcspn(path, ".-");
    size_t head = (size_t)(rest - path);
    bool fine = is_name(path, head);
    for (const char *q = rest; *q && fine;) {
        q += *q == '.' ? 1 : !strncmp(q, "->", 2) ? 2 : 0;
        size_t n = strcspn(q, ".-");
        fine = is_name(q, n);
        q += n;
    }
    if (!fine)
        stop(c, "'%s' is not a name like a or a.b", path);
    struct text out = { 0 };
    for (size_t b = c->depth; b-- > 0;) {
        const struct block *k = &c->blocks[b];
        if (k->kind == FOR_BLOCK && !k->has_else && strlen(k->variable) == head && !strncmp(k->variable, path, head)) {
            add(&out, "(*each_%s_%d)%s", k->variable, k->number, rest);
            return out.at;
        }
    }
    if (head == 2 && !strncmp(path, "in", 2))
        add(&out, "(*in)%s", rest);
    else
        add(&out, "v->%s", path);
    return out.at;
}

TOOL void expect_end(struct compiler *c, const struct tokens *t, size_t n)
{
    if (t->len > n)
        stop(c, "'%s' is too much here", t->at[n].text);
}

TOOL char *string_at(struct compiler *c, const struct tokens *t, size_t i)
{
    if (i >= t->len || !t->at[i].quoted)
        stop(c, "a \"string\" is missing here");
    if (!t->at[i].text[0])
        stop(c, "the string is empty");
    return t->at[i].text;
}

/* "tip_form.html" becomes tip_form_html. */
TOOL char *function_of(struct compiler *c, const char *file)
{
    const char *name = base_name(file), *dot = strrchr(name, '.');
    if (!dot || strcmp(dot, ".html") || !is_name(name, (size_t)(dot - name)))
        stop(c, "'%s' is not named like a_page.html", name);
    struct text t = { 0 };
    add(&t, "%.*s_html", (int)(dot - name), name);
    return t.at;
}

TOOL void include_header(struct compiler *c, const char *function)
{
    struct text one = { 0 };
    add(&one, "#include \"%s.h\"\n", function);
    if (!c->includes.len || !strstr(c->includes.at, one.at))
        add(&c->includes, "%s", one.at);
}
#endif
