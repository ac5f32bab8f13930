#include "app/command.h"
#include <stdarg.h>

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

bool folder_name(const char *path, struct folder *out)
{
    out->path = path;
    return join(out->content, sizeof out->content, path, "content.db") && join(out->keys, sizeof out->keys, path, "keys.db")
        && join(out->secret, sizeof out->secret, path, "keeper.secret") && join(out->anchor, sizeof out->anchor, path, "anchor")
        && join(out->control, sizeof out->control, path, "control") && join(out->lock, sizeof out->lock, path, "lock");
}
