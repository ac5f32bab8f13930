/*
 * tmplgen: compile an HTML template to a C function over a typed view. Every hole is escaped for the
 * place where it stands (tools/markup.h); there is no way to write raw text.
 *     tmplgen [--assets OUT.txt] OUT.h FILE.html
 *     tmplgen --strings FILE.html...           the messages, as a .pot on standard output
 * The language of templates is described in docs/templates.md.
 */
#include "template.h"

/* --- messages ---------------------------------------------------------------------------------- */

static unsigned holes_in(const char *message)
{
    unsigned found = 0;
    for (const char *p = message; *p; p++)
        if (*p == '%' && p[1] >= '1' && p[1] <= '9')
            found |= 1u << (p[1] - '0');
    return found;
}

static void list_string(struct compiler *c, const char *one, const char *many)
{
    add(&c->strings, "#: %s:%d\nmsgid \"", c->file, c->line);
    add_quoted(&c->strings, one, strlen(one));
    if (many) {
        add(&c->strings, "\"\nmsgid_plural \"");
        add_quoted(&c->strings, many, strlen(many));
        add(&c->strings, "\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n");
    } else {
        add(&c->strings, "\"\nmsgstr \"\"\n\n");
    }
}

static void check_holes(struct compiler *c, const char *message, size_t arguments, bool count_may_lack)
{
    unsigned found = holes_in(message);
    for (size_t i = 1; i <= 9; i++) {
        bool has = found >> i & 1;
        if (has && i > arguments)
            stop(c, "the message has %%%zu but there are %zu arguments", i, arguments);
        if (!has && i <= arguments && !(count_may_lack && i == 1))
            stop(c, "the argument for %%%zu is not used in the message", i);
    }
}

static void emit_line(struct compiler *c)
{
    flush(c);
    c->begun = true;
    add(&c->code, "#line %d \"%s\"\n", c->line, c->file);
}

static void add_literal(struct text *t, const char *s)
{
    add(t, "\"");
    add_quoted(t, s, strlen(s));
    add(t, "\"");
}

/* {% t "Send" %}  {% t "Call %1" phone %}  {% t n "%1 tip" "%1 tips" more %} */
static void compile_message(struct compiler *c, const struct tokens *t)
{
    bool plural = t->len > 1 && !t->at[1].quoted;
    size_t first = plural ? 4 : 2, arguments = (t->len > first ? t->len - first : 0) + plural;
    const char *one = string_at(c, t, plural ? 2 : 1), *many = plural ? string_at(c, t, 3) : NULL;
    if (arguments > 9)
        stop(c, "a message has at most nine arguments");
    check_holes(c, one, arguments, plural);
    if (plural)
        check_holes(c, many, arguments, false);
    list_string(c, one, many);
    const char *writer = markup_writer(&c->markup, true, here(c));
    struct text found = { 0 };
    if (plural) {
        add(&found, "tr_n(in, %s, ", expression(c, t, 1));
        add_literal(&found, one);
        add(&found, ", ");
        add_literal(&found, many);
    } else {
        add(&found, "tr(in, ");
        add_literal(&found, one);
    }
    emit_line(c);
    if (!arguments) {
        add(&c->code, "    %s(o, %s));\n", writer, found.at);
        return;
    }
    add(&c->code, "    html_text_filled(o, %s), (const str[]){", found.at);
    if (plural)
        add(&c->code, " html_argument(o, %s),", expression(c, t, 1));
    for (size_t i = first; i < t->len; i++)
        add(&c->code, " html_argument(o, %s),", expression(c, t, i));
    add(&c->code, " }, %zu);\n", arguments);
}

/* --- holes, layouts, includes ------------------------------------------------------------------ */

static void compile_asset(struct compiler *c, const struct tokens *t)
{
    const char *name = string_at(c, t, 1);
    expect_end(c, t, 2);
    struct text key = { 0 };
    add(&key, "%s ", name);
    for (const char *p = c->assets.at; p && *p; p = strchr(p, '\n') + 1) {
        if (strncmp(p, key.at, key.len))
            continue;
        for (p += key.len; *p != '\n'; p++)
            write_char(c, *p, p[1]);
        return;
    }
    stop(c, "there is no static file '%s'", name);
}

static void compile_hole(struct compiler *c, const struct tokens *t)
{
    if (is_word(t, 0, "asset")) {
        compile_asset(c, t);
        return;
    }
    const char *writer = markup_writer(&c->markup, false, here(c)), *value = expression(c, t, 0);
    expect_end(c, t, 1);
    emit_line(c);
    add(&c->code, "    %s(o, %s);\n", writer, value);
}

static void expect_text(struct compiler *c, const char *what)
{
    if (c->markup.place != IN_TEXT || c->markup.kept[0])
        stop(c, "%s must stand between tags", what);
}

static char *passed(struct compiler *c, const struct tokens *t, size_t i)
{
    struct text whole = { 0 };
    add(&whole, "(*v)");
    return i < t->len ? expression(c, t, i) : whole.at;
}

static void compile_include(struct compiler *c, const struct tokens *t)
{
    expect_text(c, "an include");
    const char *function = function_of(c, string_at(c, t, 1)), *value = passed(c, t, 2);
    expect_end(c, t, 3);
    include_header(c, function);
    emit_line(c);
    add(&c->code, "    %s_of(o, in, %s);\n", function, value);
}

static void compile_layout(struct compiler *c, const struct tokens *t)
{
    if (c->layout || c->begun || c->depth)
        stop(c, "one layout, before everything else");
    c->layout = function_of(c, string_at(c, t, 1));
    c->layout_expr = passed(c, t, 2);
    expect_end(c, t, 3);
    include_header(c, c->layout);
    emit_line(c);
    add(&c->code, "    %s_head_of(o, in, %s);\n", c->layout, c->layout_expr);
    c->begun = false;
}

static void begin_function(struct compiler *c, const char *suffix)
{
    add(&c->code, "\n__attribute__((unused)) static void %s%s(struct out *o, const struct language *in, const %s *v)\n"
        "{\n    (void)o, (void)in, (void)v;\n", c->name, suffix, c->view);
}

static void end_function(struct compiler *c, const char *suffix)
{
    /* A view may be handed on as a value or by its address. */
    add(&c->code, "}\n#define %s%s_of(o, in, x) %s%s((o), (in), _Generic((x), %s: &(x), %s *: (x), const %s *: (x)))\n",
        c->name, suffix, c->name, suffix, c->view, c->view, c->view);
}

static void compile_body(struct compiler *c, const struct tokens *t)
{
    expect_end(c, t, 1);
    expect_text(c, "the body");
    if (c->is_layout || c->depth)
        stop(c, "one body, outside of every block");
    c->is_layout = true;
    flush(c);
    end_function(c, "_head");
    begin_function(c, "_foot");
}

/* --- blocks ------------------------------------------------------------------------------------ */

static struct block *push(struct compiler *c, enum block_kind kind)
{
    markup_settle(&c->markup, here(c));
    c->blocks = grow(c->blocks, c->depth + 1, sizeof *c->blocks);
    struct block *b = &c->blocks[c->depth++];
    *b = (struct block){ .kind = kind, .line = c->line, .before = c->markup };
    return b;
}

static char *condition(struct compiler *c, const struct tokens *t, size_t i)
{
    struct text out = { 0 };
    bool negated = is_word(t, i, "not");
    i += negated;
    const char *value = expression(c, t, i++);
    if (is_word(t, i, "is")) {
        add(&out, "%sstr_equal(%s, lit(", negated ? "!" : "", value);
        add_literal(&out, string_at(c, t, i + 1));
        add(&out, "))");
        i += 2;
    } else {
        add(&out, "%shtml_truth(%s)", negated ? "!" : "", value);
    }
    expect_end(c, t, i);
    return out.at;
}

static void compile_if(struct compiler *c, const struct tokens *t)
{
    const char *test = condition(c, t, 1);
    emit_line(c);
    push(c, IF_BLOCK);
    add(&c->code, "    if (%s) {\n", test);
}

static void compile_for(struct compiler *c, const struct tokens *t)
{
    if (t->len < 2 || t->at[1].quoted || !is_name(t->at[1].text, strlen(t->at[1].text)) || !is_word(t, 2, "in"))
        stop(c, "a loop is written: for x in xs");
    char *list = expression(c, t, 3);
    expect_end(c, t, 4);
    emit_line(c);
    struct block *b = push(c, FOR_BLOCK);
    b->variable = t->at[1].text;
    b->list = list;
    b->number = ++c->loops;
    add(&c->code, "    for (ptrdiff_t i_%d = 0; i_%d < %s.len; i_%d++) {\n", b->number, b->number, list, b->number);
    add(&c->code, "    __typeof__(&%s.at[0]) each_%s_%d = &%s.at[i_%d];\n", list, b->variable, b->number, list, b->number);
    add(&c->code, "    (void)each_%s_%d;\n", b->variable, b->number);
}

static void branch_ends(struct compiler *c, struct block *b)
{
    markup_settle(&c->markup, here(c));
    if (!b->any_joined)
        b->joined = c->markup;
    else if (!markup_join(&b->joined, &c->markup))
        stop(c, "the branches of the block at line %d end at different places of the markup", b->line);
    b->any_joined = true;
}

static struct block *top(struct compiler *c, const char *word)
{
    if (!c->depth)
        stop(c, "'%s' without a block", word);
    return &c->blocks[c->depth - 1];
}

static void compile_else(struct compiler *c, const struct tokens *t)
{
    struct block *b = top(c, "else");
    if (b->has_else)
        stop(c, "a second else");
    branch_ends(c, b);
    flush(c);
    if (is_word(t, 1, "if")) {
        if (b->kind != IF_BLOCK)
            stop(c, "'else if' belongs to an if");
        const char *test = condition(c, t, 2);
        add(&c->code, "#line %d \"%s\"\n    } else if (%s) {\n", c->line, c->file, test);
    } else {
        expect_end(c, t, 1);
        b->has_else = true;
        if (b->kind == IF_BLOCK)
            add(&c->code, "    } else {\n");
        else
            add(&c->code, "    }\n    if (%s.len == 0) {\n", b->list);
    }
    c->markup = b->before;
}

static void compile_end(struct compiler *c, const struct tokens *t)
{
    struct block *b = top(c, "end");
    expect_end(c, t, 1);
    branch_ends(c, b);
    /* Without an else, or with a loop that may run twice, the end must also fit the beginning. */
    if (!b->has_else || b->kind == FOR_BLOCK) {
        c->markup = b->before;
        branch_ends(c, b);
    }
    flush(c);
    add(&c->code, "    }\n");
    c->markup = b->joined;
    c->depth--;
}

/* --- the whole file ---------------------------------------------------------------------------- */

static void compile_view(struct compiler *c, const struct tokens *t)
{
    if (!is_word(t, 0, "view") || !is_word(t, 1, "struct") || t->len != 5 || t->at[2].quoted
        || !is_name(t->at[2].text, strlen(t->at[2].text)) || !is_word(t, 3, "from"))
        stop(c, "a template begins: {%% view struct NAME from \"header.h\" %%}");
    struct text view = { 0 };
    add(&view, "struct %s", t->at[2].text);
    c->view = view.at;
    c->header = string_at(c, t, 4);
}

static const struct {
    const char *word;
    void (*compile)(struct compiler *c, const struct tokens *t);
    bool prints; /* leaves text on its line */
} words[] = {
    { "t", compile_message, true },
    { "include", compile_include, false },
    { "layout", compile_layout, false },
    { "body", compile_body, false },
    { "if", compile_if, false },
    { "for", compile_for, false },
    { "else", compile_else, false },
    { "end", compile_end, false },
};

/* Finds the mark outside of strings. */
static const char *find_end(struct compiler *c, const char *p, const char *mark)
{
    for (bool quoted = false; *p; p++) {
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && !strncmp(p, mark, 2))
            return p;
    }
    stop(c, "'%s' is missing", mark);
}

static void read_tag(struct compiler *c)
{
    const char *from = c->p, *end = find_end(c, from + 2, from[1] == '{' ? "}}" : "%}");
    struct tokens t = read_tokens(c, from + 2, end);
    bool prints = true;
    if (!t.len)
        stop(c, "the hole is empty");
    if (from[1] == '{') {
        compile_hole(c, &t);
    } else if (!c->view) {
        compile_view(c, &t);
        begin_function(c, "%s"); /* the suffix is known at the end: layouts have two functions */
        prints = false;
    } else {
        size_t i = 0, n = sizeof words / sizeof *words;
        while (i < n && !is_word(&t, 0, words[i].word))
            i++;
        if (i == n)
            stop(c, "'%s' is not known", t.at[0].text);
        words[i].compile(c, &t);
        prints = words[i].prints;
    }
    for (; c->p < end + 2; c->p++)
        c->line += *c->p == '\n';
    if (!prints && !keeps_space(&c->markup) && alone_on_line(c, from, c->p))
        skip_space(c);
}

static void compile(struct compiler *c)
{
    const char *bad = bad_utf8(c->source.at, c->source.len);
    if (bad || strlen(c->source.at) != c->source.len)
        stop_at(c->file, bad ? line_of(c->source.at, bad) : 0, "is not UTF-8 text");
    c->line = 1;
    c->p = c->source.at;
    if (strncmp(c->p, "{%", 2))
        stop(c, "a template begins: {%% view struct NAME from \"header.h\" %%}");
    while (*c->p) {
        if (!strncmp(c->p, "{{", 2) || !strncmp(c->p, "{%", 2))
            read_tag(c);
        else if (!strncmp(c->p, "{#", 2))
            skip_comment(c, "#}");
        else if (!strncmp(c->p, "<!--", 4) && c->markup.place == IN_TEXT)
            skip_comment(c, "-->");
        else
            read_literal(c);
    }
    if (c->depth)
        stop_at(c->file, c->blocks[c->depth - 1].line, "the block is never ended");
    expect_text(c, "the end of the file");
    flush(c);
    if (c->layout)
        add(&c->code, "    %s_foot_of(o, in, %s);\n", c->layout, c->layout_expr);
    end_function(c, c->is_layout ? "_foot" : "");
}

static void write_header(struct compiler *c, const char *path)
{
    struct text out = { 0 };
    char *mark = strstr(c->code.at, "%s"), *guard = copy_bytes(c->name, strlen(c->name));
    for (char *g = guard; *g; g++)
        *g = (char)toupper((unsigned char)*g);
    add(&out, "/* made by tmplgen from %s */\n#ifndef %s_H\n#define %s_H\n", base_name(c->file), guard, guard);
    add(&out, "#include \"lib/web/html.h\"\n#include \"lib/web/language.h\"\n#include \"%s\"\n", c->header);
    add_bytes(&out, c->includes.at, c->includes.len);
    add_bytes(&out, c->code.at, (size_t)(mark - c->code.at));
    add(&out, "%s%s#endif\n", c->is_layout ? "_head" : "", mark + 2);
    write_file(path, &out);
}

static struct compiler compile_file(const char *path, struct text assets)
{
    struct compiler c = { .file = path, .source = read_file(path), .assets = assets };
    c.name = function_of(&c, path);
    compile(&c);
    return c;
}

/* Every asset is accepted when only messages are asked for. */
static struct text any_asset(const char *path)
{
    struct text source = read_file(path), list = { 0 };
    for (const char *p = source.at; (p = strstr(p, "asset \"")); ) {
        p += strlen("asset \"");
        add(&list, "%.*s /static/x\n", (int)strcspn(p, "\""), p);
    }
    return list;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "--strings")) {
        for (int i = 2; i < argc; i++) {
            struct compiler c = compile_file(argv[i], any_asset(argv[i]));
            fwrite(c.strings.at ? c.strings.at : "", 1, c.strings.len, stdout);
        }
        return fflush(stdout) ? 1 : 0;
    }
    bool with_assets = argc == 5 && !strcmp(argv[1], "--assets");
    if (argc != 3 && !with_assets) {
        fprintf(stderr, "usage: tmplgen [--assets OUT.txt] OUT.h FILE.html\n       tmplgen --strings FILE.html...\n");
        return 2;
    }
    struct compiler c = compile_file(argv[argc - 1], with_assets ? read_file(argv[2]) : (struct text){ 0 });
    write_header(&c, argv[argc - 2]);
    return 0;
}
