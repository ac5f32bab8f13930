/*
 * embed: static files to C, each under a URL that bears a hash of its content, so that browsers may
 * keep it for ever.
 *     embed OUT.c OUT.txt FILE...     OUT.txt lists "name url" a line, for tmplgen
 */
#include "tool.h"

static const struct {
    const char *suffix, *type;
} types[] = {
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".ico", "image/x-icon" },
    { ".webp", "image/webp" },
    { ".woff2", "font/woff2" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".json", "application/json" },
};

static const char *type_of(const char *path)
{
    const char *dot = strrchr(base_name(path), '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (!strcmp(dot, types[i].suffix))
            return types[i].type;
    stop_at(path, 0, "no media type is known for this suffix");
}

/* FNV-1a, folded: it tells versions of one file apart, it protects nothing. */
static uint32_t content_hash(const struct text *t)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < t->len; i++)
        h = (h ^ (unsigned char)t->at[i]) * 0x100000001b3u;
    return (uint32_t)(h ^ h >> 32);
}

static char *url_of(const char *path, const struct text *content)
{
    const char *name = base_name(path), *dot = strrchr(name, '.');
    for (const char *p = name; *p; p++)
        if (!(islower((unsigned char)*p) || isdigit((unsigned char)*p) || strchr("._-", *p)))
            stop_at(path, 0, "a static file's name has a-z 0-9 . _ - only");
    struct text url = { 0 };
    add(&url, "/static/%.*s.%08x%s", (int)(dot - name), name, content_hash(content), dot);
    return url.at;
}

static void add_content(struct text *c, size_t i, const struct text *content)
{
    add(c, "static const unsigned char content_%zu[] = {", i);
    for (size_t k = 0; k < content->len; k++)
        add(c, "%s%u,", k % 24 ? "" : "\n    ", (unsigned char)content->at[k]);
    add(c, "\n};\n");
}

static bool is_css(const char *path)
{
    const char *dot = strrchr(base_name(path), '.');
    return dot && !strcmp(dot, ".css");
}

/*
 * A style without its comments and without the blanks that mean nothing: over a slow line each byte of the form counts. A blank means
 * nothing beside { } ; and ','; after ':' (before it, it stands between two selectors); and after another. Strings stay as they are.
 */
static struct text squeezed(const struct text *css)
{
    struct text out = { 0 };
    char last = '{', quote = 0;
    bool blank = false;
    for (size_t i = 0; i < css->len; i++) {
        char ch = css->at[i];
        if (!quote && ch == '/' && i + 1 < css->len && css->at[i + 1] == '*') {
            const char *end = strstr(css->at + i + 2, "*/");
            i = end ? (size_t)(end - css->at) + 1 : css->len;
            blank = true;
        } else if (!quote && isspace((unsigned char)ch)) {
            blank = true;
        } else {
            if (blank && !strchr("{};,:", last) && !strchr("{};,", ch))
                add(&out, " ");
            blank = false;
            add(&out, "%c", ch);
            last = ch;
            if (quote ? ch == quote : ch == '"' || ch == '\'')
                quote = quote ? 0 : ch;
        }
    }
    return out;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: embed OUT.c OUT.txt FILE...\n");
        return 2;
    }
    char **files = argv + 3;
    size_t n = (size_t)argc - 3;
    qsort(files, n, sizeof *files, by_name);
    struct text c = { 0 }, table = { 0 }, list = { 0 };
    add(&c, "/* made by embed */\n#include \"lib/web/html.h\"\n\n");
    for (size_t i = 0; i < n; i++) {
        if (i && !by_name(&files[i - 1], &files[i]))
            stop_at(files[i], 0, "a second static file of this name");
        struct text content = read_file(files[i]);
        if (!content.len)
            stop_at(files[i], 0, "is empty");
        if (is_css(files[i]))
            content = squeezed(&content);
        const char *name = base_name(files[i]), *type = type_of(files[i]), *url = url_of(files[i], &content);
        add_content(&c, i, &content);
        add(&table, "    { \"%s\", \"%s\", \"%s\", content_%zu, %zu },\n", name, url, type, i, content.len);
        add(&list, "%s %s\n", name, url);
    }
    add(&c, "const struct asset assets[] = {\n%s};\nconst ptrdiff_t asset_count = countof(assets);\n", table.at);
    write_file(argv[1], &c);
    write_file(argv[2], &list);
    return 0;
}
