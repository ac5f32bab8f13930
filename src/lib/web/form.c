#include "lib/web/web.h"

enum { PROBLEMS = 64 };

struct form form_read(const struct request *r)
{
    return (struct form){ r, { arena_new(r->arena, struct problem, PROBLEMS), 0 } };
}

void form_note(struct form *f, str field, str message)
{
    if (f->problems.len < PROBLEMS)
        f->problems.at[f->problems.len++] = (struct problem){ field, message };
}

bool form_ok(const struct form *f)
{
    return f->problems.len == 0;
}

static str value_of(const struct form *f, str name)
{
    for (ptrdiff_t i = 0; i < f->r->form.len; i++)
        if (str_equal(f->r->form.at[i].name, name))
            return f->r->form.at[i].value;
    return (str){ 0 };
}

/* Browsers send line ends as CR LF; we keep LF, tabs, and no other control character. */
static str plain_text(struct arena *a, str s)
{
    ptrdiff_t n = 0;
    char *to = arena_new(a, char, s.len + 1);
    for (ptrdiff_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool line_end = c == '\r' && (i + 1 == s.len || s.at[i + 1] != '\n');
        if (c >= ' ' || c == '\n' || c == '\t')
            to[n++] = (char)c;
        else if (line_end)
            to[n++] = '\n';
    }
    return (str){ to, n };
}

str form_text(struct form *f, str name, ptrdiff_t least, ptrdiff_t most)
{
    str s = str_trim(plain_text(f->r->arena, value_of(f, name)));
    if (s.len < least)
        form_note(f, name, tr(f->r->language, "Please fill this in."));
    else if (s.len > most)
        form_note(f, name, tr(f->r->language, "This is too long."));
    return s;
}

bool form_has(const struct form *f, str name, str value)
{
    for (ptrdiff_t i = 0; i < f->r->form.len; i++)
        if (str_equal(f->r->form.at[i].name, name) && str_equal(f->r->form.at[i].value, value))
            return true;
    return false;
}

str form_choice(struct form *f, str name, const str *choices, ptrdiff_t n)
{
    str s = value_of(f, name);
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_equal(s, choices[i]))
            return choices[i];
    if (s.len)
        form_note(f, name, tr(f->r->language, "Please choose one of these."));
    return (str){ 0 };
}

ptrdiff_t form_all(struct form *f, str name, str *to, ptrdiff_t most)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < f->r->form.len && n < most; i++)
        if (str_equal(f->r->form.at[i].name, name))
            to[n++] = f->r->form.at[i].value;
    return n;
}

str problem_of(const struct problems *p, str field)
{
    for (ptrdiff_t i = 0; i < p->len; i++)
        if (str_equal(p->at[i].field, field))
            return p->at[i].message;
    return (str){ 0 };
}

str query_text(const struct request *r, str name)
{
    str found = { 0 };
    for (ptrdiff_t i = 0; i < r->query.len; i++)
        if (str_equal(r->query.at[i].name, name))
            found = r->query.at[i].value;
    return found;
}
