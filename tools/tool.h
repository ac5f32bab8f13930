/* What the generators share: growing text, whole files, and one way to stop. They run at build and
 * end soon, so memory is left to the system. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A generator ends at once and frees nothing on purpose; a sanitised build must not stop over that. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

#define TOOL static inline __attribute__((unused))

/* file:line: message, as compilers say it. Line 0 means the whole file. */
__attribute__((noreturn, format(printf, 3, 4))) TOOL void stop_at(const char *file, int line, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    if (line)
        fprintf(stderr, "%s:%d: ", file, line);
    else
        fprintf(stderr, "%s: ", file);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

TOOL void *grow(void *p, size_t count, size_t size)
{
    p = realloc(p, count * size);
    if (!p)
        stop_at("memory", 0, "none left");
    return p;
}

struct text {
    char *at; /* always NUL-terminated once something was added */
    size_t len, cap;
};

TOOL void add_bytes(struct text *t, const char *s, size_t n)
{
    if (t->cap - t->len <= n) {
        t->cap = 2 * t->cap + n + 64;
        t->at = grow(t->at, t->cap, 1);
    }
    if (n)
        memcpy(t->at + t->len, s, n);
    t->at[t->len += n] = 0;
}

TOOL void add_char(struct text *t, char c)
{
    add_bytes(t, &c, 1);
}

__attribute__((format(printf, 2, 3))) TOOL void add(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *s = grow(NULL, (size_t)n + 1, 1);
    vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    add_bytes(t, s, (size_t)n);
    free(s);
}

TOOL char *copy_bytes(const char *s, size_t n)
{
    struct text t = { 0 };
    add_bytes(&t, s, n);
    return t.at;
}

TOOL struct text read_file(const char *path)
{
    struct text t = { 0 };
    char part[1 << 16];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        stop_at(path, 0, "%s", strerror(errno));
    while ((n = fread(part, 1, sizeof part, f)))
        add_bytes(&t, part, n);
    if (ferror(f))
        stop_at(path, 0, "%s", strerror(errno));
    fclose(f);
    add_bytes(&t, "", 0);
    return t;
}

/* All or nothing: a failed generator leaves no half of a file that the build would trust. */
TOOL void write_file(const char *path, const struct text *t)
{
    FILE *f = fopen(path, "wb");
    bool fine = f && fwrite(t->at, 1, t->len, f) == t->len;
    if (f && fclose(f))
        fine = false;
    if (!fine) {
        remove(path);
        stop_at(path, 0, "cannot be written");
    }
}

/* The inside of a C string literal. Question marks too, or ??= would be a trigraph. */
TOOL void add_quoted(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n')
            add(t, "\\n");
        else if (strchr("\"\\?", s[i]) && s[i])
            add(t, "\\%c", s[i]);
        else if ((unsigned char)s[i] < ' ' || s[i] == 127)
            add(t, "\\%03o", (unsigned char)s[i]);
        else
            add_char(t, s[i]);
    }
}

/* "dir/tip_form.html" gives "tip_form.html". */
TOOL const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

TOOL int line_of(const char *from, const char *to)
{
    int n = 1;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

/* Bytes of s are UTF-8 by structure; a catalogue or template in Latin-1 must not pass. */
TOOL const char *bad_utf8(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s[i];
        size_t more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || n - i <= more)
            return s + i;
        for (size_t k = 1; k <= more; k++)
            if (((unsigned char)s[i + k] & 0xc0) != 0x80)
                return s + i;
        i += more + 1;
    }
    return NULL;
}
#endif
