/*
 * Keeps the house in order: reads layers.txt and the includes of every source file, and says where a
 * rule is broken as `file:line: rule: what`. Usage: layers ROOT LAYERS.TXT. Exit 0 when nothing is.
 *
 * Lines of layers.txt (# begins a comment; patterns are fnmatch(3), a star crosses slashes):
 *   root FOLDER                     what to read
 *   floor FOLDER...                 from the ground up; an include goes down, or stays in its folder
 *   never FOLDER FOLDER             the first includes nothing of the second, though it stands higher
 *   arrow FOLDER FOLDER REASON      two folders of one floor, in this direction
 *   port FOLDER...                  of a folder x below these, others include x/x.h only
 *   opens FOLDER PATTERN...         ... but this folder may include headers of these names too
 *   only HEADER PATTERN...          files that may include it
 *   pair SUFFIX SUFFIX              x + first suffix is included by x + second suffix
 *   word "WORDS" PATTERN...         files that may write it (a call, when it ends with a bracket)
 *   lines N                         no file is longer ...
 *   long FILE REASON                ... but this one
 * An arrow or a long that nothing needs is a fault too, so that the list stays true.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <ctype.h>

enum { MAX_WORDS = 64 };

/* One line of layers.txt, cut into words; words[0] names the rule. */
struct rule {
    char *words[MAX_WORDS];
    int count, line;
    bool used;
};

struct include {
    char *file, *folder; /* who includes */
    char *what;          /* as written */
    char *target;        /* folder of the header below src, or NULL for an outside one */
    int line;
    bool system;
};

static struct {
    const char *root, *list;
    struct rule *rules;
    ptrdiff_t rule_count, faults, files, includes;
} house;

static void *grow(void *at, ptrdiff_t count, size_t size)
{
    /* Powers of two: a new block only when the count reaches one. */
    if (count & (count - 1))
        return at;
    void *p = realloc(at, (size_t)(count ? 2 * count : 1) * size);
    if (!p) {
        perror("layers");
        exit(2);
    }
    return p;
}

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *format, ...)
{
    char *p;
    va_list v;
    va_start(v, format);
    int n = vasprintf(&p, format, v);
    va_end(v);
    if (n < 0)
        exit(2);
    return p;
}

static void fault(const char *file, int line, const char *rule, const char *what)
{
    printf("%s:%d: %s: %s\n", file, line, rule, what);
    house.faults++;
}

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    if (!f || fstat(fileno(f), &s)) {
        perror(path);
        exit(2);
    }
    char *p = calloc(1, (size_t)s.st_size + 1);
    if (!p || fread(p, 1, (size_t)s.st_size, f) != (size_t)s.st_size) {
        perror(path);
        exit(2);
    }
    fclose(f);
    return p;
}

static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? strndup(file, (size_t)(slash - file)) : strdup(".");
}

static const char *name_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

static bool below(const char *folder, const char *top)
{
    size_t n = strlen(top);
    return !strncmp(folder, top, n) && (!folder[n] || folder[n] == '/');
}

static bool ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && !strcmp(s + n - m, suffix);
}

static bool matches_any(const struct rule *r, int from, const char *file)
{
    for (int i = from; i < r->count; i++)
        if (!fnmatch(r->words[i], file, 0))
            return true;
    return false;
}

/* ---- layers.txt ---- */

static int cut_words(char *line, char **words)
{
    int n = 0;
    for (char *p = line; n < MAX_WORDS;) {
        p += strspn(p, " \t");
        if (!*p || *p == '#')
            break;
        char stop = *p == '"' ? *p++ : 0;
        words[n++] = p;
        p += stop ? strcspn(p, "\"") : strcspn(p, " \t");
        if (!*p)
            break;
        *p++ = 0;
    }
    return n;
}

static void read_rules(void)
{
    static const struct {
        const char *name;
        int at_least;
    } kinds[] = { { "root", 2 }, { "floor", 2 }, { "never", 3 }, { "arrow", 4 }, { "port", 2 }, { "opens", 3 },
                  { "only", 3 }, { "pair", 3 },  { "word", 2 },  { "lines", 2 }, { "long", 3 } };
    char *rest = read_whole(house.list), *line;
    for (int number = 1; (line = strsep(&rest, "\n")); number++) {
        struct rule r = { .line = number };
        r.count = cut_words(line, r.words);
        if (!r.count)
            continue;
        bool known = false;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            known |= !strcmp(r.words[0], kinds[i].name) && r.count >= kinds[i].at_least;
        if (!known) {
            fprintf(stderr, "%s:%d: no such rule, or too few words: %s\n", house.list, number, r.words[0]);
            exit(2);
        }
        house.rules = grow(house.rules, house.rule_count, sizeof r);
        house.rules[house.rule_count++] = r;
    }
}

/* The next rule of a kind after r, or the first when r is NULL. */
static struct rule *next_rule(const char *kind, struct rule *r)
{
    for (r = r ? r + 1 : house.rules; r < house.rules + house.rule_count; r++)
        if (!strcmp(r->words[0], kind))
            return r;
    return NULL;
}
#define each_rule(r, kind) (struct rule *r = NULL; (r = next_rule(kind, r));)

/* ---- the rules about includes ---- */

static int floor_of(const char *folder)
{
    int level = 1;
    for each_rule (r, "floor") {
        for (int i = 1; i < r->count; i++)
            if (below(folder, r->words[i]))
                return level;
        level++;
    }
    return 0;
}

static void check_floor(const struct include *in)
{
    int from = floor_of(in->folder), to = floor_of(in->target);
    if (!from || !strcmp(in->folder, in->target))
        return;
    if (!to || to > from)
        fault(in->file, in->line, "floor", text("%s stands higher than %s", in->target, in->folder));
    for each_rule (r, "never")
        if (below(in->folder, r->words[1]) && below(in->target, r->words[2]))
            fault(in->file, in->line, "never", text("%s includes nothing of %s", r->words[1], r->words[2]));
    if (to != from)
        return;
    for each_rule (r, "arrow")
        if (!strcmp(r->words[1], in->folder) && !strcmp(r->words[2], in->target)) {
            r->used = true;
            return;
        }
    fault(in->file, in->line, "arrow",
          text("not in the list; if it must be: arrow %s %s WHY", in->folder, in->target));
}

static void check_port(const struct include *in)
{
    if (!strcmp(in->folder, in->target) || !floor_of(in->folder))
        return;
    for each_rule (r, "opens")
        if (below(in->folder, r->words[1]) && matches_any(r, 2, name_of(in->what)))
            return;
    for each_rule (r, "port")
        for (int i = 1; i < r->count; i++)
            if (below(in->target, r->words[i]) && strcmp(in->target, r->words[i]) != 0
                && strcmp(name_of(in->what), text("%s.h", name_of(in->target))) != 0)
                fault(in->file, in->line, "port", text("of %s others see %s.h only", in->target, name_of(in->target)));
}

static void check_only(const struct include *in)
{
    for each_rule (r, "only")
        if (!fnmatch(r->words[1], in->what, 0) && !matches_any(r, 2, in->file))
            fault(in->file, in->line, "only", text("%s is not included here (%s:%d)", in->what, house.list, r->line));
    for each_rule (r, "pair") {
        if (!ends(in->what, r->words[1]))
            continue;
        const char *stem = name_of(in->what);
        int n = (int)(strlen(stem) - strlen(r->words[1]));
        char *partner = text("%.*s%s", n, stem, r->words[2]);
        if (strcmp(name_of(in->file), partner) != 0)
            fault(in->file, in->line, "pair", text("%s is included by %s only", in->what, partner));
    }
}

static void check_include(struct include *in)
{
    house.includes++;
    struct stat s;
    if (!in->system && !stat(text("%s/src/%s", house.root, in->what), &s))
        in->target = folder_of(text("src/%s", in->what));
    check_only(in);
    if (in->target) {
        check_floor(in);
        check_port(in);
    } else if (!in->system && strchr(in->what, '/')) {
        fault(in->file, in->line, "absent", text("src/%s does not exist", in->what));
    }
}

/* ---- reading one file ---- */

/* Blanks comments and the insides of strings, so that only code is left; include lines stay whole. */
static void leave_code(char *p)
{
    bool directive = false, fresh = true;
    while (*p) {
        if (fresh && *p == '#')
            directive = !strncmp(p + 1 + strspn(p + 1, " \t"), "include", 7);
        fresh = *p == '\n' || (fresh && isspace((unsigned char)*p));
        if (*p == '\n')
            directive = false;
        if (p[0] == '/' && p[1] == '*') {
            for (; *p && !(p[0] == '*' && p[1] == '/'); p++)
                if (*p != '\n')
                    *p = ' ';
            if (*p)
                p[0] = p[1] = ' ';
        } else if (p[0] == '/' && p[1] == '/') {
            for (; *p && *p != '\n'; p++)
                *p = ' ';
            continue;
        } else if (!directive && (*p == '"' || *p == '\'')) {
            char quote = *p++;
            for (; *p && *p != quote && *p != '\n'; *p++ = ' ')
                if (*p == '\\' && p[1])
                    *p++ = ' ';
        }
        if (*p)
            p++;
    }
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* A word stands alone: neither inside a longer one nor a member of something. */
static bool writes(const char *line, const char *words)
{
    size_t n = strlen(words);
    bool call = words[n - 1] == '(';
    n -= call;
    for (const char *p = line; (p = strchr(p, *words)); p++) {
        if (strncmp(p, words, n) != 0)
            continue;
        bool member = p > line && (p[-1] == '.' || (p[-1] == '>' && p - line > 1 && p[-2] == '-'));
        if ((p > line && in_word(p[-1])) || member || in_word(p[n]))
            continue;
        if (!call || p[n + strspn(p + n, " \t")] == '(')
            return true;
    }
    return false;
}

static void check_line(const char *file, char *line, int number)
{
    for each_rule (r, "word")
        if (writes(line, r->words[1]) && !matches_any(r, 2, file))
            fault(file, number, "word", text("'%s' is not written here (%s:%d)", r->words[1], house.list, r->line));
    char *p = line + strspn(line, " \t");
    if (*p != '#')
        return;
    p += 1 + strspn(p + 1, " \t");
    if (strncmp(p, "include", 7) != 0)
        return;
    p += 7 + strspn(p + 7, " \t");
    char close = *p == '<' ? '>' : '"';
    if (*p != '<' && *p != '"')
        return;
    char *end = strchr(++p, close);
    if (!end)
        return;
    *end = 0;
    check_include(&(struct include){ .file = strdup(file), .folder = folder_of(file), .what = p, .line = number,
                                     .system = close == '>' });
}

static void check_length(const char *file, int lines)
{
    for each_rule (limit, "lines") {
        if (lines <= strtol(limit->words[1], NULL, 10))
            continue;
        bool excused = false;
        for each_rule (r, "long")
            if (!strcmp(r->words[1], file))
                excused = r->used = true;
        if (!excused)
            fault(file, lines, "lines", text("more than %s; split it, or: long %s WHY", limit->words[1], file));
    }
}

static void check_file(const char *file)
{
    house.files++;
    char *rest = read_whole(text("%s/%s", house.root, file)), *line;
    leave_code(rest);
    int number = 0;
    while ((line = strsep(&rest, "\n")))
        if (rest || *line)
            check_line(file, line, ++number);
    check_length(file, number);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk(const char *folder)
{
    struct dirent **names;
    int n = scandir(text("%s/%s", house.root, folder), &names, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char *path = text("%s/%s", folder, names[i]->d_name);
        struct stat s;
        if (names[i]->d_name[0] == '.' || lstat(text("%s/%s", house.root, path), &s))
            continue;
        if (S_ISDIR(s.st_mode))
            walk(path);
        else if (S_ISREG(s.st_mode) && (ends(path, ".c") || ends(path, ".h")))
            check_file(path);
    }
}

/* ---- the list itself ---- */

/* True when to can be reached from at along listed arrows; every step may be taken once. */
static bool reaches(const char *at, const char *to, int steps)
{
    if (steps > house.rule_count)
        return false;
    for each_rule (r, "arrow")
        if (!strcmp(r->words[1], at) && (!strcmp(r->words[2], to) || reaches(r->words[2], to, steps + 1)))
            return true;
    return false;
}

static void check_list(void)
{
    for each_rule (r, "arrow") {
        if (reaches(r->words[2], r->words[1], 0) || !strcmp(r->words[1], r->words[2]))
            fault(house.list, r->line, "cycle", text("%s leads back to itself", r->words[1]));
        if (!r->used)
            fault(house.list, r->line, "stale", text("no file needs this arrow: %s %s", r->words[1], r->words[2]));
    }
    for each_rule (r, "long")
        if (!r->used)
            fault(house.list, r->line, "stale", text("%s is not long, or not there", r->words[1]));
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fputs("usage: layers ROOT LAYERS.TXT\n", stderr);
        return 2;
    }
    house.root = arguments[1];
    house.list = arguments[2];
    read_rules();
    for each_rule (r, "root")
        for (int i = 1; i < r->count; i++)
            walk(r->words[i]);
    check_list();
    if (!house.files) {
        fputs("layers: no source file found\n", stderr);
        return 2;
    }
    printf("layers: %td files, %td includes, %td faults\n", house.files, house.includes, house.faults);
    return house.faults != 0;
}
