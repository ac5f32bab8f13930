/*
 * pogen: gettext catalogues to C tables, sorted, one a language, with their plural rule; and the
 * right-to-left pseudo-language qps, made from every message, for tests of layout.
 *     pogen OUT.c FILE.po...
 *     pogen --strings FILE.c...               tr("..."), tr_n(..), N_("..") of C sources, as a .pot
 *     pogen --check FILE.po... -- FILE.pot... -- FILE.csv...
 *         every message has its translation, none is left over; words marked "#. pack" stand in a .csv
 * Several .po of one language make one catalogue, so a feature may bring its own.
 */
#include "plural.h"
#include "po.h"

struct catalogue {
    char *code;
    int form_count;
    const char *file;
    struct plural *plural;
    struct entries entries;
};
struct catalogues {
    struct catalogue *at;
    size_t len;
};

/* Every language that may have a catalogue: its own name, and which way it is written. */
static const struct {
    const char *code, *name;
    bool right_to_left;
} known[] = {
    { "am", "አማርኛ", false },    { "ar", "العربية", true },   { "bn", "বাংলা", false },     { "de", "Deutsch", false },
    { "es", "Español", false },  { "fa", "فارسی", true },     { "fr", "Français", false },  { "hi", "हिन्दी", false },
    { "ht", "Kreyòl ayisyen", false }, { "it", "Italiano", false }, { "ja", "日本語", false }, { "ko", "한국어", false },
    { "nl", "Nederlands", false }, { "pl", "Polski", false }, { "pt", "Português", false }, { "ro", "Română", false },
    { "ru", "Русский", false },  { "so", "Soomaali", false }, { "sw", "Kiswahili", false }, { "th", "ไทย", false },
    { "tl", "Tagalog", false },  { "uk", "Українська", false }, { "ur", "اردو", true },     { "vi", "Tiếng Việt", false },
    { "zh", "中文", false },
};

/* --- checking ---------------------------------------------------------------------------------- */

/* How often each of %1..%9 stands in s; [0] counts conversions of printf, which have no place here. */
static void count_holes(const char *s, int counts[10])
{
    memset(counts, 0, 10 * sizeof *counts);
    for (const char *p = s; *p; p++)
        if (*p == '%' && p[1] >= '1' && p[1] <= '9')
            counts[p[1] - '0']++;
}

/* The count itself (%1 of a plural) may be said in words: "one tip". */
static void check_holes(const struct entry *e, const char *source, const char *form, bool count_may_lack)
{
    int want[10], have[10];
    count_holes(source, want);
    count_holes(form, have);
    for (int i = 1; i < 10; i++)
        if (!want[i] != !have[i] && !(count_may_lack && i == 1))
            stop_at(e->file, e->line, "%%%d stands in one of message and translation only", i);
    if (strlen(form) > 4000 || strlen(source) > 4000)
        stop_at(e->file, e->line, "the message is longer than 4000 bytes");
}

static void check_entry(const struct catalogue *c, const struct entry *e)
{
    for (int i = 0; i < FORMS; i++) {
        bool wanted = e->many ? i < c->form_count : i == 0;
        if (wanted && (!e->forms[i] || !*e->forms[i]))
            stop_at(e->file, e->line, "form %d of the translation is missing", i);
        if (!wanted && e->forms[i])
            stop_at(e->file, e->line, "this language has no form %d", i);
        if (wanted)
            check_holes(e, e->many ? e->many : e->one, e->forms[i], e->many != NULL);
    }
}

static int by_source(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->one, ((const struct entry *)b)->one);
}

static bool same_text(const char *a, const char *b)
{
    return !a || !b ? a == b : !strcmp(a, b);
}

/* Sorted; a message may come twice only with the same words. */
static void sort_entries(struct entries *e)
{
    size_t n = 0;
    if (e->len)
        qsort(e->at, e->len, sizeof *e->at, by_source);
    for (size_t i = 0; i < e->len; i++) {
        if (n && !by_source(&e->at[n - 1], &e->at[i])) {
            const struct entry *first = &e->at[n - 1], *again = &e->at[i];
            bool same = same_text(first->many, again->many);
            for (int f = 0; f < FORMS; f++)
                same &= same_text(first->forms[f], again->forms[f]);
            if (!same)
                stop_at(again->file, again->line, "this message is translated otherwise at %s:%d", first->file, first->line);
            continue;
        }
        e->at[n++] = e->at[i];
    }
    e->len = n;
}

/* --- the head of a catalogue ------------------------------------------------------------------- */

static char *head_value(const struct entry *head, const char *name)
{
    const char *p = head->forms[0];
    size_t n = strlen(name);
    for (; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        if (!strncmp(p, name, n) && p[n] == ':')
            return copy_bytes(p + n + 1 + strspn(p + n + 1, " "), strcspn(p + n + 1 + strspn(p + n + 1, " "), "\n"));
    stop_at(head->file, head->line, "the head has no %s", name);
}

static void read_plural(struct catalogue *c, const struct entry *head)
{
    char *p = head_value(head, "Plural-Forms"), *rule = strstr(p, "plural=");
    char *count = strstr(p, "nplurals=");
    int n = count ? (int)strtol(count + strlen("nplurals="), NULL, 10) : 0;
    if (!rule || n < 1 || n > FORMS)
        stop_at(head->file, head->line, "Plural-Forms: nplurals=1..%d; plural=...;", FORMS);
    rule += strlen("plural=");
    rule[strcspn(rule, ";")] = 0;
    struct plural *plural = plural_parse(rule, head->file, head->line);
    for (long k = 0; k < 1200; k++) {
        long form = plural_value(plural, k);
        if (form < 0 || form >= n)
            stop_at(head->file, head->line, "the rule gives form %ld for %ld, but nplurals=%d", form, k, n);
    }
    c->form_count = n;
    c->plural = plural;
}

static struct catalogue *catalogue_of(struct catalogues *all, const struct entry *head)
{
    char *code = head_value(head, "Language");
    for (size_t i = 0; i < all->len; i++)
        if (!strcmp(all->at[i].code, code))
            return &all->at[i];
    all->at = grow(all->at, all->len + 1, sizeof *all->at);
    struct catalogue *c = &all->at[all->len++];
    *c = (struct catalogue){ .code = code, .file = head->file };
    read_plural(c, head);
    return c;
}

static void read_catalogue(struct catalogues *all, const char *file)
{
    struct entries found = { 0 };
    read_entries(file, &found);
    if (!found.len || found.at[0].one[0])
        stop_at(file, 1, "a catalogue begins with its head: msgid \"\"");
    struct catalogue *c = catalogue_of(all, &found.at[0]);
    for (size_t i = 1; i < found.len; i++) {
        struct entry *e = &found.at[i];
        if (!e->one[0])
            stop_at(e->file, e->line, "an empty message");
        if (e->fuzzy) {
            fprintf(stderr, "%s:%d: warning: fuzzy, left out\n", e->file, e->line);
            continue;
        }
        check_entry(c, e);
        c->entries.at = grow(c->entries.at, c->entries.len + 1, sizeof *e);
        c->entries.at[c->entries.len++] = *e;
    }
}

static struct catalogues read_catalogues(char **files, int n)
{
    struct catalogues all = { 0 };
    for (int i = 0; i < n; i++)
        read_catalogue(&all, files[i]);
    for (size_t i = 0; i < all.len; i++)
        sort_entries(&all.at[i].entries);
    return all;
}

/* --- the pseudo-language ----------------------------------------------------------------------- */

/* Every letter gets an accent, vowels are doubled (translations are longer than English), and marks of
 * right-to-left stand around it all. Holes stay. */
static char *pseudo(const char *s)
{
    static const char *const lower[] = { "á", "ƀ", "ç", "đ", "é", "ƒ", "ĝ", "ħ", "í", "ĵ", "ķ", "ĺ", "ɱ",
        "ñ", "ó", "þ", "ɋ", "ŕ", "š", "ŧ", "ú", "ṽ", "ŵ", "ẋ", "ý", "ž" };
    static const char *const upper[] = { "Á", "Ɓ", "Ç", "Đ", "É", "Ƒ", "Ĝ", "Ħ", "Í", "Ĵ", "Ķ", "Ĺ", "Ṁ",
        "Ñ", "Ó", "Þ", "Ɋ", "Ŕ", "Š", "Ŧ", "Ú", "Ṽ", "Ŵ", "Ẋ", "Ý", "Ž" };
    struct text t = { 0 };
    add(&t, "\xe2\x80\x8f"); /* U+200F */
    for (; *s; s++) {
        const char *accented = islower((unsigned char)*s) ? lower[*s - 'a'] : isupper((unsigned char)*s) ? upper[*s - 'A'] : NULL;
        if (accented)
            add(&t, "%s", accented);
        else
            add_char(&t, *s);
        if (accented && strchr("aeiou", *s))
            add(&t, "%s", accented);
    }
    add(&t, "\xe2\x80\x8f");
    return t.at;
}

static struct catalogue pseudo_catalogue(const struct catalogues *all)
{
    struct catalogue c = { .code = "qps", .form_count = 2, .file = "qps" };
    for (size_t i = 0; i < all->len; i++)
        for (size_t k = 0; k < all->at[i].entries.len; k++) {
            const struct entry *from = &all->at[i].entries.at[k];
            struct entry e = { .file = "qps", .one = from->one, .many = from->many, .forms = { pseudo(from->one) } };
            if (from->many)
                e.forms[1] = pseudo(from->many);
            c.entries.at = grow(c.entries.at, c.entries.len + 1, sizeof e);
            c.entries.at[c.entries.len++] = e;
        }
    c.plural = plural_parse("n != 1", "qps", 0);
    sort_entries(&c.entries);
    return c;
}

/* --- C ----------------------------------------------------------------------------------------- */

static void add_catalogue(struct text *t, const struct catalogue *c, const char *name, bool right_to_left, bool offered)
{
    add(t, "\nstatic int plural_%s(int64_t n)\n{\n    (void)n;\n    return (int)", c->code);
    plural_write(t, c->plural);
    add(t, ";\n}\nstatic const struct message messages_%s[] = {\n", c->code);
    for (size_t i = 0; i < c->entries.len; i++) {
        const struct entry *e = &c->entries.at[i];
        add(t, "    { \"");
        add_quoted(t, e->one, strlen(e->one));
        add(t, "\", {");
        for (int f = 0; f < FORMS && e->forms[f]; f++) {
            add(t, " LIT(\"");
            add_quoted(t, e->forms[f], strlen(e->forms[f]));
            add(t, "\"),");
        }
        add(t, " } },\n");
    }
    add(t, "    { NULL, { { NULL, 0 } } },\n};\n");
    add(t, "static const struct language language_%s = { \"%s\", \"%s\", %s, %s, plural_%s, messages_%s, %zu };\n", c->code,
        c->code, name, right_to_left ? "true" : "false", offered ? "true" : "false", c->code, c->code, c->entries.len);
}

static void write_languages(const char *path, const struct catalogues *all)
{
    struct text t = { 0 }, list = { 0 };
    add(&t, "/* made by pogen */\n#include \"lib/web/language.h\"\n");
    add(&t, "\nstatic int plural_en(int64_t n)\n{\n    return n != 1;\n}\n");
    add(&t, "static const struct language language_en = { \"en\", \"English\", false, true, plural_en, NULL, 0 };\n");
    add(&list, "\nconst struct language *const languages[] = {\n    &language_en,\n");
    for (size_t i = 0; i < all->len; i++) {
        size_t k = 0, n = sizeof known / sizeof *known;
        while (k < n && strcmp(known[k].code, all->at[i].code))
            k++;
        if (k == n)
            stop_at(all->at[i].file, 1, "the language '%s' is not in the table of tools/pogen.c", all->at[i].code);
        add_catalogue(&t, &all->at[i], known[k].name, known[k].right_to_left, true);
        add(&list, "    &language_%s,\n", known[k].code);
    }
    struct catalogue qps = pseudo_catalogue(all);
    add_catalogue(&t, &qps, "Pseudo", true, false);
    add(&t, "%s    &language_qps,\n    NULL,\n};\n", list.at);
    write_file(path, &t);
}

/* --- messages in C sources --------------------------------------------------------------------- */

/* The literals (adjacent ones joined) that begin at *p; NULL when there is none. */
static char *c_literal(const char **p, const char *file, int line)
{
    struct text t = { 0 };
    while (true) {
        while (isspace((unsigned char)**p))
            (*p)++;
        if (**p != '"')
            return t.at;
        const char *end = *p + 1;
        while (*end && *end != '"' && *end != '\n')
            end += *end == '\\' && end[1] ? 2 : 1;
        char *one = copy_bytes(*p, (size_t)(end - *p + 1));
        add_string(&t, one, file, line);
        free(one);
        *p = end + (*end == '"');
    }
}

static void print_message(const char *file, int line, const char *one, const char *many)
{
    struct text t = { 0 };
    add(&t, "#: %s:%d\nmsgid \"", file, line);
    add_quoted(&t, one, strlen(one));
    if (many) {
        add(&t, "\"\nmsgid_plural \"");
        add_quoted(&t, many, strlen(many));
        add(&t, "\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n");
    } else {
        add(&t, "\"\nmsgstr \"\"\n\n");
    }
    fwrite(t.at, 1, t.len, stdout);
    free(t.at);
}

/* Past n commas at this depth of brackets; NULL when the call ends first. */
static const char *skip_arguments(const char *p, int n)
{
    for (int depth = 0; *p && n; p++) {
        depth += (*p == '(') - (*p == ')');
        if (depth < 0)
            return NULL;
        n -= *p == ',' && !depth;
    }
    return *p ? p : NULL;
}

static void scan_call(const char *file, const char *start, const char *p, int before, bool plural)
{
    int line = line_of(start, p);
    p = skip_arguments(p, before);
    char *one = p ? c_literal(&p, file, line) : NULL;
    if (!one)
        return; /* a variable: its texts are marked with N_ where they stand */
    char *many = NULL;
    if (plural && *p == ',' && p++)
        many = c_literal(&p, file, line);
    if (plural && !many)
        stop_at(file, line, "tr_n needs two literals");
    print_message(file, line, one, many);
}

static const char *skip_foreign(const char *p)
{
    if (!strncmp(p, "/*", 2)) {
        const char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    char quote = *p;
    for (p++; *p && *p != quote && *p != '\n'; p++)
        p += *p == '\\' && p[1];
    return p + (*p != 0);
}

static void scan_source(const char *file)
{
    static const struct {
        const char *word;
        int before;
        bool plural;
    } calls[] = { { "tr(", 1, false }, { "tr_n(", 2, true }, { "N_(", 0, false } };
    struct text t = read_file(file);
    for (const char *p = t.at, *last = ""; *p;) {
        bool inside = p > t.at && (isalnum((unsigned char)*last) || *last == '_');
        if (!strncmp(p, "/*", 2) || *p == '"' || *p == '\'') {
            p = skip_foreign(p);
            last = p - 1;
            continue;
        }
        for (size_t i = 0; !inside && i < sizeof calls / sizeof *calls; i++)
            if (!strncmp(p, calls[i].word, strlen(calls[i].word)))
                scan_call(file, t.at, p + strlen(calls[i].word), calls[i].before, calls[i].plural);
        last = p++;
    }
}

/* --- the check --------------------------------------------------------------------------------- */

static const struct entry *find_entry(const struct entries *e, const char *one)
{
    struct entry key = { .one = (char *)one };
    return e->len ? bsearch(&key, e->at, e->len, sizeof key, by_source) : NULL;
}

static int check_used(const struct catalogue *c, const struct entries *used, const struct text *packs)
{
    int wrong = 0;
    for (size_t i = 0; i < used->len; i++) {
        const struct entry *u = &used->at[i], *e = find_entry(&c->entries, u->one);
        if (e && (!u->many || same_text(u->many, e->many)))
            continue;
        fprintf(stderr, "%s: '%s' has no translation in %s\n", u->place ? u->place : u->file, u->one, c->code);
        wrong++;
    }
    for (size_t i = 0; i < c->entries.len; i++) {
        const struct entry *e = &c->entries.at[i];
        if (find_entry(used, e->one) || (e->pack && packs->at && strstr(packs->at, e->one)))
            continue;
        fprintf(stderr, "%s:%d: '%s' is used nowhere\n", e->file, e->line, e->one);
        wrong++;
    }
    return wrong;
}

/* One message may stand at many places; a plural use outweighs a plain one. */
static void merge_used(struct entries *e)
{
    size_t n = 0;
    if (e->len)
        qsort(e->at, e->len, sizeof *e->at, by_source);
    for (size_t i = 0; i < e->len; i++) {
        if (!n || by_source(&e->at[n - 1], &e->at[i]))
            e->at[n++] = e->at[i];
        else if (e->at[i].many)
            e->at[n - 1] = e->at[i];
    }
    e->len = n;
}

/* The files up to the next "--" or the end; *i is left behind it. */
static int until_mark(char **arguments, int n, int *i)
{
    int from = *i, count = 0;
    while (from + count < n && strcmp(arguments[from + count], "--"))
        count++;
    *i = from + count + 1;
    return count;
}

static int check(char **arguments, int n)
{
    int i = 0, wrong = 0;
    struct entries used = { 0 };
    struct text packs = { 0 };
    struct catalogues all = read_catalogues(arguments, until_mark(arguments, n, &i));
    for (int from = i, count = until_mark(arguments, n, &i); count > 0; from++, count--)
        read_entries(arguments[from], &used);
    for (; i < n; i++) {
        struct text one = read_file(arguments[i]);
        add_bytes(&packs, one.at, one.len);
    }
    merge_used(&used);
    for (size_t k = 0; k < all.len; k++)
        wrong += check_used(&all.at[k], &used, &packs);
    printf("%zu messages, %zu catalogues, %d wrong\n", used.len, all.len, wrong);
    return wrong || !used.len || !all.len;
}

int main(int argc, char **argv)
{
    if (argc > 3 && !strcmp(argv[1], "--check"))
        return check(argv + 2, argc - 2);
    if (argc > 2 && !strcmp(argv[1], "--strings")) {
        for (int i = 2; i < argc; i++)
            scan_source(argv[i]);
        return fflush(stdout) ? 1 : 0;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: pogen OUT.c FILE.po...\n       pogen --strings FILE.c...\n"
            "       pogen --check FILE.po... -- FILE.pot... -- FILE.csv...\n");
        return 2;
    }
    struct catalogues all = read_catalogues(argv + 2, argc - 2);
    write_languages(argv[1], &all);
    return 0;
}
