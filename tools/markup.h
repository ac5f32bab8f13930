/*
 * Follows HTML one character at a time, so that tmplgen knows where a hole would stand. Not a parser
 * of all HTML: a reader of the plain markup we write, which refuses whatever it would have to guess.
 */
#ifndef TOOLS_MARKUP_H
#define TOOLS_MARKUP_H
#include "tool.h"

enum place {
    IN_TEXT,
    TAG_OPEN,   /* after '<' */
    TAG_NAME,
    TAG_GAP,    /* in a tag, after white space: an attribute may begin */
    TAG_TIGHT,  /* in a tag, right after a value or a name: white space or the end must come */
    ATTR_NAME,
    ATTR_EQUALS,
    ATTR_VALUE, /* quoted */
    TAG_SLASH,  /* after '/' in a tag */
    CLOSE_NAME, /* in </name */
    IN_DECLARATION, /* <!doctype html>; comments never get here */
};
enum { NAME_ROOM = 48 };

struct markup {
    enum place place;
    char tag[NAME_ROOM], attr[NAME_ROOM];
    char kept[NAME_ROOM]; /* script, style, textarea, title, pre: the element whose text is special */
    char start[16];       /* how a URL value begins, as far as it matters */
    int begun;            /* characters or holes in the value so far: 0, or more */
    int whole_url;        /* the value began with a hole that is a whole URL */
};

struct spot { /* where the character stands, for messages */
    const char *file;
    int line;
};

TOOL bool one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(word, *words))
            return true;
    return false;
}

TOOL bool is_url_attr(const char *name)
{
    static const char *const names[] = { "href", "src", "action", "formaction", "poster", "cite", NULL };
    return one_of(name, names);
}

TOOL void name_add(char name[NAME_ROOM], char c, struct spot at)
{
    size_t n = strlen(name);
    if (n + 1 >= NAME_ROOM)
        stop_at(at.file, at.line, "the name %s... is too long", name);
    name[n] = (char)tolower((unsigned char)c);
    name[n + 1] = 0;
}

/* Elements that would load, run or frame something, or whose text browsers read in a way of its own. */
TOOL void tag_check(const struct markup *m, struct spot at)
{
    static const char *const refused[] = { "style", "iframe", "frame", "frameset", "object", "embed", "applet", "base",
        "xmp", "listing", "plaintext", "noembed", "noframes", "template", "math", "animate", "set", "foreignobject", NULL };
    if (one_of(m->tag, refused))
        stop_at(at.file, at.line, "<%s> has no place in our pages", m->tag);
}

TOOL void attr_check(const struct markup *m, struct spot at)
{
    static const char *const refused[] = { "style", "srcdoc", "ping", "http-equiv", "srcset", "xlink:href", "background",
        "manifest", "data", "codebase", NULL };
    if (!strncmp(m->attr, "on", 2) || one_of(m->attr, refused))
        stop_at(at.file, at.line, "the attribute %s has no place in our pages", m->attr);
}

TOOL void tag_end(struct markup *m)
{
    static const char *const kept[] = { "script", "textarea", "title", "pre", NULL };
    if (one_of(m->tag, kept))
        strcpy(m->kept, m->tag);
    m->place = IN_TEXT;
    m->attr[0] = 0;
}

TOOL void text_step(struct markup *m, char c, char next, struct spot at)
{
    if (!strcmp(m->kept, "script") && c != '<' && !isspace((unsigned char)c))
        stop_at(at.file, at.line, "a script may not stand in the page");
    if (c != '<')
        return;
    if (m->kept[0] && strcmp(m->kept, "pre") && next != '/')
        stop_at(at.file, at.line, "a tag may not stand inside <%s>", m->kept);
    m->place = TAG_OPEN;
    m->tag[0] = m->attr[0] = 0;
}

TOOL void open_step(struct markup *m, char c, struct spot at)
{
    if (c == '/')
        m->place = CLOSE_NAME;
    else if (c == '!')
        m->place = IN_DECLARATION;
    else if (isalpha((unsigned char)c)) {
        m->place = TAG_NAME;
        name_add(m->tag, c, at);
    } else {
        stop_at(at.file, at.line, "'<' must begin a tag; write &lt;");
    }
}

TOOL void close_step(struct markup *m, char c, struct spot at)
{
    if (isalnum((unsigned char)c)) {
        name_add(m->tag, c, at);
        return;
    }
    if (c != '>')
        stop_at(at.file, at.line, "a closing tag is </name>");
    if (m->kept[0] && !strcmp(m->kept, m->tag))
        m->kept[0] = 0;
    else if (m->kept[0] && strcmp(m->kept, "pre"))
        stop_at(at.file, at.line, "<%s> is still open", m->kept);
    m->place = IN_TEXT;
}

/* White space, '/' and '>' inside a tag; false when c is none of them. */
TOOL bool tag_step(struct markup *m, char c, struct spot at)
{
    if (c == '>')
        tag_check(m, at), tag_end(m);
    else if (isspace((unsigned char)c))
        m->place = TAG_GAP;
    else if (c == '/')
        m->place = TAG_SLASH;
    else
        return false;
    return true;
}

TOOL void value_step(struct markup *m, char c)
{
    if (c == '"') {
        m->place = TAG_TIGHT;
        return;
    }
    size_t n = strlen(m->start);
    if (!m->whole_url && m->begun == (int)n && n + 1 < sizeof m->start) {
        m->start[n] = c;
        m->start[n + 1] = 0;
    }
    m->begun++;
}

TOOL void attr_step(struct markup *m, char c, struct spot at)
{
    if (c == '=') {
        attr_check(m, at);
        m->place = ATTR_EQUALS;
    } else if (tag_step(m, c, at)) {
        attr_check(m, at);
    } else if (isalnum((unsigned char)c) || strchr("-_:", c)) {
        name_add(m->attr, c, at);
    } else {
        stop_at(at.file, at.line, "'%c' cannot stand in the name of an attribute", c);
    }
}

TOOL void markup_step(struct markup *m, char c, char next, struct spot at)
{
    switch (m->place) {
    case IN_TEXT:    text_step(m, c, next, at); break;
    case TAG_OPEN:   open_step(m, c, at); break;
    case CLOSE_NAME: close_step(m, c, at); break;
    case ATTR_NAME:  attr_step(m, c, at); break;
    case ATTR_VALUE: value_step(m, c); break;
    case TAG_NAME:
        if (!tag_step(m, c, at))
            name_add(m->tag, c, at);
        break;
    case TAG_TIGHT:
        if (!tag_step(m, c, at))
            stop_at(at.file, at.line, "white space must stand between attributes");
        break;
    case TAG_SLASH:
        if (c != '>')
            stop_at(at.file, at.line, "'/' in a tag must be followed by '>'");
        tag_check(m, at), tag_end(m);
        break;
    case TAG_GAP:
        if (tag_step(m, c, at))
            break;
        m->attr[0] = 0;
        m->place = ATTR_NAME;
        attr_step(m, c, at);
        break;
    case ATTR_EQUALS:
        if (c != '"')
            stop_at(at.file, at.line, "the value of %s must stand in double quotes", m->attr);
        m->place = ATTR_VALUE;
        m->start[0] = 0;
        m->begun = m->whole_url = 0;
        break;
    case IN_DECLARATION:
        if (c == '>')
            m->place = IN_TEXT;
        break;
    }
}

/* A block tag ends a name that was being read: <input{% if x %} checked{% end %}>. */
TOOL void markup_settle(struct markup *m, struct spot at)
{
    if (m->place == TAG_OPEN || m->place == CLOSE_NAME || m->place == ATTR_EQUALS || m->place == TAG_SLASH)
        stop_at(at.file, at.line, "nothing may be put into a tag's name or in place of a quoted value");
    if (m->place == IN_DECLARATION)
        stop_at(at.file, at.line, "nothing may be put into a declaration");
    if (m->place == ATTR_NAME)
        attr_check(m, at);
    if (m->place == TAG_NAME || m->place == ATTR_NAME)
        m->place = TAG_TIGHT;
}

/* One state for two ways of getting here, or false when they differ in what a hole would mean. */
TOOL bool markup_join(struct markup *a, const struct markup *b)
{
    bool in_tag = (a->place == TAG_GAP || a->place == TAG_TIGHT) && (b->place == TAG_GAP || b->place == TAG_TIGHT);
    if (!(in_tag || a->place == b->place) || strcmp(a->kept, b->kept))
        return false;
    if (a->place == IN_TEXT)
        return true;
    if (strcmp(a->tag, b->tag))
        return false;
    if (in_tag) {
        a->place = a->place == b->place ? a->place : TAG_TIGHT;
        return true;
    }
    if (a->place == ATTR_VALUE && is_url_attr(a->attr))
        return !strcmp(a->attr, b->attr) && !strcmp(a->start, b->start) && !a->begun == !b->begun && a->whole_url == b->whole_url;
    if (a->place == ATTR_VALUE && b->begun > a->begun)
        a->begun = b->begun;
    return !strcmp(a->attr, b->attr);
}

/* The writer for a hole here. */
TOOL const char *markup_writer(struct markup *m, bool message, struct spot at)
{
    static const char *const starts[] = { "/", "#", "?", "http://", "https://", "tel:", "mailto:", "sms:", NULL };
    markup_settle(m, at);
    if (m->place == IN_TEXT && !strcmp(m->kept, "script"))
        stop_at(at.file, at.line, "a hole may not stand inside <script>");
    if (m->place == IN_TEXT)
        return "html_text";
    if (m->place != ATTR_VALUE)
        stop_at(at.file, at.line, "a hole in a tag must stand inside a quoted value");
    if (!is_url_attr(m->attr)) {
        m->begun++;
        return "html_attr";
    }
    if (message)
        stop_at(at.file, at.line, "a message may not stand in the URL of %s", m->attr);
    if (!m->begun) {
        m->begun = m->whole_url = 1;
        return "html_url";
    }
    bool known = m->whole_url;
    for (const char *const *s = starts; *s; s++)
        known |= !strncmp(m->start, *s, strlen(*s)) && strncmp(m->start, "//", 2);
    if (!known)
        stop_at(at.file, at.line, "the URL of %s must begin with / # ? http: https: tel: mailto: or sms:", m->attr);
    m->begun++;
    return "html_url_part";
}
#endif
