/* Reads gettext's .po and .pot files, strictly, with the line of every message. */
#ifndef TOOLS_PO_H
#define TOOLS_PO_H
#include "tool.h"

enum { FORMS = 4 };
struct entry {
    const char *file;
    int line;
    char *one, *many;   /* msgid, msgid_plural or NULL */
    char *forms[FORMS];
    bool fuzzy, pack;   /* pack: "#. pack", a word of the packs, not of the program */
    char *place;        /* where the message is used: "file:line", or NULL */
};
struct entries {
    struct entry *at;
    size_t len;
};
/* Appends the "string" at p to t, resolving its escapes. */
TOOL void add_string(struct text *t, const char *p, const char *file, int line)
{
    static const char from[] = "nt\"\\?", to[] = "\n\t\"\\?";
    add_bytes(t, "", 0);
    while (isspace((unsigned char)*p))
        p++;
    if (*p != '"')
        stop_at(file, line, "a \"string\" is missing");
    for (p++; *p && *p != '"' && *p != '\n'; p++) {
        if (*p != '\\') {
            add_char(t, *p);
            continue;
        }
        const char *e = *++p ? strchr(from, *p) : NULL;
        if (!e)
            stop_at(file, line, "this escape is not known");
        add_char(t, to[e - from]);
    }
    if (*p != '"' || p[1 + strspn(p + 1, " \t\r")] != 0)
        stop_at(file, line, "the string is never ended, or more stands after it");
}

struct reader {
    const char *file;
    int line;
    struct entries *entries;
    struct text *target;       /* what a bare "string" line continues */
    struct text one, many, forms[FORMS];
    bool has_one, has_many, fuzzy, pack;
    char *place;
    int begun;                 /* line of the msgid */
};

TOOL void finish_entry(struct reader *r)
{
    if (r->has_one) {
        struct entry e = { .file = r->file, .line = r->begun, .one = r->one.at, .fuzzy = r->fuzzy, .pack = r->pack, .place = r->place };
        if (!r->forms[0].at)
            stop_at(r->file, r->begun, "this message has no msgstr");
        e.many = r->has_many ? r->many.at : NULL;
        for (int i = 0; i < FORMS; i++)
            e.forms[i] = r->forms[i].at;
        r->entries->at = grow(r->entries->at, r->entries->len + 1, sizeof *r->entries->at);
        r->entries->at[r->entries->len++] = e;
        *r = (struct reader){ .file = r->file, .line = r->line, .entries = r->entries };
    }
}

static const char *after(const char *line, const char *word)
{
    size_t n = strlen(word);
    return !strncmp(line, word, n) && (isspace((unsigned char)line[n]) || line[n] == '"') ? line + n : NULL;
}

TOOL struct text *form_target(struct reader *r, const char **p)
{
    int i = isdigit((unsigned char)(*p)[1]) && (*p)[2] == ']' ? (*p)[1] - '0' : -1;
    if (i < 0 || i >= FORMS || r->forms[i].at)
        stop_at(r->file, r->line, "msgstr[0] to msgstr[%d], each once", FORMS - 1);
    *p += 3;
    return &r->forms[i];
}

TOOL void read_line(struct reader *r, const char *line)
{
    const char *p;
    if (!*line || line[0] == '#') {
        if (r->target)
            finish_entry(r);
        if (line[0] == '#' && line[1] == ',' && strstr(line, "fuzzy"))
            r->fuzzy = true;
        if (!strcmp(line, "#. pack"))
            r->pack = true;
        if (!strncmp(line, "#: ", 3))
            r->place = copy_bytes(line + 3, strlen(line + 3));
        return;
    }
    if ((p = after(line, "msgid"))) {
        finish_entry(r);
        r->has_one = true;
        r->begun = r->line;
        r->target = &r->one;
    } else if ((p = after(line, "msgid_plural")) && r->has_one && !r->has_many) {
        r->has_many = true;
        r->target = &r->many;
    } else if ((p = after(line, "msgstr")) && r->has_one && !r->forms[0].at) {
        r->target = &r->forms[0];
    } else if (!strncmp(line, "msgstr[", 7) && r->has_many) {
        p = line + 6;
        r->target = form_target(r, &p);
    } else if (line[0] == '"' && r->target) {
        p = line;
    } else {
        stop_at(r->file, r->line, "this line is not understood (msgctxt is not used here)");
    }
    add_string(r->target, p, r->file, r->line);
}

TOOL void read_entries(const char *file, struct entries *to)
{
    struct text t = read_file(file);
    const char *bad = bad_utf8(t.at, t.len);
    if (bad)
        stop_at(file, line_of(t.at, bad), "is not UTF-8");
    struct reader r = { .file = file, .entries = to };
    for (char *line = t.at, *end; line && *line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = 0;
        r.line++;
        size_t n = strlen(line);
        if (n && line[n - 1] == '\r')
            line[n - 1] = 0;
        read_line(&r, line);
    }
    finish_entry(&r);
}
#endif
