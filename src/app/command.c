#include "app/command.h"
#include "lib/os/os.h"
#include "lib/store/db.h"
#include <stdarg.h>
#include <unistd.h>

enum { DATABASES_MOST = 16384 };

void complain(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("plainsight: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
}

static struct option *find_option(struct option *options, str name)
{
    for (; options->name; options++)
        if (str_equal(str_of(options->name), name))
            return options;
    return NULL;
}

bool options_read(int argc, char **argv, struct option *options, int *rest)
{
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        str word = str_of(argv[i]);
        if (!str_starts(word, lit("--"))) {
            argv[kept++] = argv[i];
            continue;
        }
        word = str_part(word, 2, word.len);
        ptrdiff_t equals = str_find(word, '=');
        struct option *o = find_option(options, equals < 0 ? word : str_part(word, 0, equals));
        if (!o || (!o->takes_value && equals >= 0)) {
            complain("%s: no such option %s", argv[0], argv[i]);
            return false;
        }
        if (o->takes_value && equals < 0 && i + 1 == argc) {
            complain("%s: %s needs a value", argv[0], argv[i]);
            return false;
        }
        o->value = !o->takes_value ? "" : equals >= 0 ? argv[i] + 2 + equals + 1 : argv[++i];
    }
    *rest = kept - 1;
    return true;
}

const char *option_value(const struct option *options, const char *name)
{
    for (; options->name; options++)
        if (!strcmp(options->name, name))
            return options->value;
    return NULL;
}

static bool join(char *to, size_t cap, const char *folder, const char *name)
{
    int n = snprintf(to, cap, "%s/%s", folder, name);
    return n > 0 && (size_t)n < cap;
}

/* One line of DIR/databases. */
static bool read_place(struct folder *out, str line)
{
    str word;
    if (!str_split(&line, ' ', &word) || !line.len || line.len >= (ptrdiff_t)sizeof out->content)
        return false;
    char *to = str_equal(word, lit("content")) ? out->content : str_equal(word, lit("keys")) ? out->keys : NULL;
    if (!to)
        return false;
    memcpy(to, line.at, (size_t)line.len);
    to[line.len] = 0;
    return db_is_url(to);
}

static bool read_databases(struct folder *out)
{
    struct arena a = arena_reserve(DATABASES_MOST + 4096);
    str text, line;
    int lines = 0;
    status s = file_read(&a, out->databases, DATABASES_MOST, &text);
    bool good = s == OK || s == NOT_FOUND;
    while (s == OK && good && str_split(&text, '\n', &line))
        if (str_trim(line).len) {
            good = read_place(out, str_trim(line));
            lines++;
        }
    good = good && (s == NOT_FOUND || lines == 2);
    if (!good)
        complain("%s must hold two lines, \"content postgres://...\" and \"keys postgres://...\"", out->databases);
    return good;
}

bool folder_node_fits(str name)
{
    bool fits = name.len >= 1 && name.len <= 32 && name.at[0] >= 'a' && name.at[0] <= 'z';
    for (ptrdiff_t i = 0; fits && i < name.len; i++)
        fits = (name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '-';
    return fits;
}

static bool read_node(struct folder *out)
{
    struct arena a = arena_reserve(4096);
    str name = lit(FOLDER_FIRST);
    status s = file_read(&a, out->node, 64, &name);
    if (s == OK)
        name = str_trim(name);
    bool good = (s == OK || s == NOT_FOUND) && folder_node_fits(name);
    if (good)
        snprintf(out->node_name, sizeof out->node_name, "%.*s", (int)name.len, name.at);
    else
        complain("%s must hold the name of this node as `plainsight node add` wrote it", out->node);
    return good;
}

bool folder_is_first(const struct folder *f)
{
    return !strcmp(f->node_name, FOLDER_FIRST);
}

bool folder_use(struct folder *f, const char *content, const char *keys)
{
    if (!content)
        return true;
    str url = str_of(content);
    ptrdiff_t mark = str_find(url, '?'), end = mark < 0 ? url.len : mark, slash = end;
    while (slash > 0 && url.at[slash - 1] != '/')
        slash--;
    bool good = db_is_url(content) && url.len + 5 < (ptrdiff_t)sizeof f->content && slash > 11 && slash < end;
    if (good) {
        snprintf(f->content, sizeof f->content, "%s", content);
        snprintf(f->keys, sizeof f->keys, "%.*s_keys%s", (int)end, content, content + end);
    }
    if (good && keys) {
        good = db_is_url(keys) && strlen(keys) < sizeof f->keys && strcmp(keys, content);
        snprintf(f->keys, sizeof f->keys, "%s", keys);
    }
    if (!good)
        complain("--db takes the URL of a database, like postgres://plainsight@db.example.org/plainsight, and --db-keys that of another");
    return good;
}

bool folder_keep(const struct folder *f)
{
    char text[2 * sizeof f->content];
    if (!db_is_url(f->content))
        return true;
    int n = snprintf(text, sizeof text, "content %s\nkeys %s\n", f->content, f->keys);
    return n > 0 && n < (int)sizeof text && file_create(f->databases, (str){ text, n }) == OK;
}

bool folder_name(const char *path, struct folder *out)
{
    out->path = path;
    bool fits = join(out->content, sizeof out->content, path, "content.db") && join(out->keys, sizeof out->keys, path, "keys.db")
        && join(out->secret, sizeof out->secret, path, "keeper.secret") && join(out->anchor, sizeof out->anchor, path, "anchor")
        && join(out->control, sizeof out->control, path, "control") && join(out->lock, sizeof out->lock, path, "lock")
        && join(out->databases, sizeof out->databases, path, "databases") && join(out->reserve, sizeof out->reserve, path, "reserve")
        && join(out->engine, sizeof out->engine, path, "engine") && join(out->node, sizeof out->node, path, "node");
    if (!fits)
        complain("the name of the folder is too long");
    return fits && read_databases(out) && read_node(out);
}

void progress_tell(void *context, const char *stage, double done)
{
    enum { STEPS = 20 };
    static const char *last;
    static int told;
    (void)context;
    if (last == stage && (int)(done * STEPS) == told)
        return;
    last = stage;
    told = (int)(done * STEPS);
    if (isatty(STDERR_FILENO)) {
        char bar[31];
        int full = (int)(done * 30);
        for (int i = 0; i < 30; i++)
            bar[i] = i < full ? '#' : '.';
        bar[30] = 0;
        fprintf(stderr, "\r%-10s [%s] %3d %%", stage, bar, (int)(done * 100));
    } else {
        fprintf(stderr, "{\"stage\":\"%s\",\"done\":%.2f}\n", stage, done);
    }
}

void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
