/*
 * kindgen: the kinds of entries of packs/int to C rows, so that a new kind is one line of data.
 *     kindgen OUT.c entry_kinds.csv entry_fields.csv
 *     kindgen --strings entry_kinds.csv entry_fields.csv     the words people see of them, as messages to translate
 * Which compartment a kind lies in and who may write it is decided at build and by nobody at run time.
 */
#include "tool.h"

enum { CELLS = 16, ROWS = 2048 };

struct row {
    char *cell[CELLS];
    int count, line;
};
struct table {
    const char *path;
    struct row rows[ROWS]; /* the first is the header */
    int len;
};

/* One cell of RFC 4180 from *at; *at is then behind its comma or line end. True: the row goes on. */
static bool read_cell(const struct table *t, int line, const char **at, char **cell)
{
    struct text c = { 0 };
    add_bytes(&c, "", 0);
    bool quoted = **at == '"';
    *at += quoted;
    for (; **at && (quoted || !strchr(",\r\n", **at)); ++*at) {
        if (quoted && **at == '"') {
            if (*++*at != '"')
                break;
        }
        if (quoted && **at == '\n')
            stop_at(t->path, line, "a cell over two lines");
        add_char(&c, **at);
    }
    *cell = c.at;
    if (**at == ',') {
        ++*at;
        return true;
    }
    if (**at && !strchr("\r\n", **at))
        stop_at(t->path, line, "text after a closing quote");
    *at += strspn(*at, "\r\n");
    return false;
}

static void read_table(struct table *t, const char *path)
{
    struct text file = read_file(path);
    const char *bad = bad_utf8(file.at, file.len);
    t->path = path;
    if (bad)
        stop_at(path, line_of(file.at, bad), "not UTF-8");
    for (const char *at = file.at; *at;) {
        if (t->len == ROWS)
            stop_at(path, t->len, "more rows than kindgen has room for");
        struct row *r = &t->rows[t->len++];
        r->line = t->len;
        do
            if (r->count == CELLS)
                stop_at(path, r->line, "more than %d cells", CELLS);
        while (read_cell(t, r->line, &at, &r->cell[r->count++]));
        if (r->count != t->rows[0].count)
            stop_at(path, r->line, "%d cells under a header of %d", r->count, t->rows[0].count);
    }
}

static int column(const struct table *t, const char *name)
{
    for (int i = 0; i < t->rows[0].count; i++)
        if (!strcmp(t->rows[0].cell[i], name))
            return i;
    stop_at(t->path, 1, "no column \"%s\"", name);
}

static const char *cell(const struct table *t, const struct row *r, const char *name)
{
    return r->cell[column(t, name)];
}

/* The enum constant of a word, out of a list; any other word stops the build. */
static const char *constant(const struct table *t, const struct row *r, const char *name, const char *const *words, const char *const *constants)
{
    const char *word = cell(t, r, name);
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], word))
            return constants[i];
    stop_at(t->path, r->line, "%s \"%s\" is none that the program knows", name, word);
}

static bool yes(const struct table *t, const struct row *r, const char *name)
{
    const char *word = cell(t, r, name);
    if (strcmp(word, "yes") && strcmp(word, "no"))
        stop_at(t->path, r->line, "%s is yes or no", name);
    return *word == 'y';
}

static void add_string(struct text *c, const char *s)
{
    add(c, "LIT(\"");
    add_quoted(c, s, strlen(s));
    add(c, "\")");
}

static void add_field(struct text *c, const struct table *t, const struct row *r)
{
    static const char *const words[] = { "text", "longtext", "date", "bool", "int", "decimal", "money", "choice", "code", "multi", NULL };
    static const char *const constants[] = { "FIELD_TEXT", "FIELD_LONGTEXT", "FIELD_DATE", "FIELD_BOOL", "FIELD_INT", "FIELD_DECIMAL",
                                             "FIELD_MONEY", "FIELD_CHOICE", "FIELD_CODE", "FIELD_MULTI" };
    if (strstr(cell(t, r, "type"), "text") && !yes(t, r, "sealed"))
        stop_at(t->path, r->line, "what people type in words of their own is sealed");
    add(c, "    { ");
    add_string(c, cell(t, r, "name"));
    add(c, ", ");
    add_string(c, cell(t, r, "label"));
    add(c, ", ");
    add_string(c, cell(t, r, "choices"));
    add(c, ", %s, %s, %s, %s },\n", constant(t, r, "type", words, constants), cell(t, r, "pos"), yes(t, r, "required") ? "true" : "false",
        yes(t, r, "sealed") ? "true" : "false");
}

/* The fields of one kind, in order; how many. The names must be those of the kind's own list. */
static int add_fields(struct text *c, const struct table *kinds, const struct row *kind, const struct table *fields)
{
    const char *code = cell(kinds, kind, "code"), *listed = cell(kinds, kind, "fields");
    int n = 0;
    add(c, "static const struct kind_field fields_%s[] = {\n", code);
    for (int i = 1; i < fields->len; i++) {
        const struct row *f = &fields->rows[i];
        if (strcmp(cell(fields, f, "kind"), code))
            continue;
        const char *name = cell(fields, f, "name");
        size_t length = strlen(name);
        if (atoi(cell(fields, f, "pos")) != ++n || strncmp(listed, name, length) || (listed[length] && listed[length] != ';'))
            stop_at(fields->path, f->line, "the fields of \"%s\" are not those listed in entry_kinds.csv, in that order", code);
        listed += length + (listed[length] == ';');
        add_field(c, fields, f);
    }
    if (!n || *listed)
        stop_at(kinds->path, kind->line, "\"%s\" lists fields that entry_fields.csv does not have: %s", code, listed);
    add(c, "};\n");
    return n;
}

static void add_kind(struct text *list, const struct table *t, const struct row *r, int fields)
{
    static const char *const areas[] = { "casework", "care", NULL };
    static const char *const area_constants[] = { "KIND_CASEWORK", "KIND_CARE" };
    static const char *const walls[] = { "CASE", "EVIDENCE", "VICTIM", "LOCATION", "FUND", NULL };
    add(list, "    { ");
    add_string(list, cell(t, r, "code"));
    add(list, ", ");
    add_string(list, cell(t, r, "label"));
    add(list, ", ");
    add_string(list, cell(t, r, "permission"));
    add(list, ", ");
    add_string(list, cell(t, r, "measures"));
    add(list, ", ");
    add_string(list, cell(t, r, "predecessors"));
    add(list, ", ");
    add_string(list, cell(t, r, "starts_clock"));
    add(list, ", %s, %s, fields_%s, %d },\n", constant(t, r, "area", areas, area_constants), constant(t, r, "compartment", walls, walls),
        cell(t, r, "code"), fields);
}

static void print_message(const char *path, int line, const char *words, size_t n)
{
    struct text t = { 0 };
    add_quoted(&t, words, n);
    printf("#: %s:%d\nmsgid \"%s\"\nmsgstr \"\"\n\n", path, line, t.at);
}

/* "real_estate" as src/common/kind shows it: "Real estate". */
static void print_choice(const char *path, int line, const char *code, size_t n)
{
    char *words = copy_bytes(code, n);
    for (size_t i = 0; i < n; i++)
        if (words[i] == '_')
            words[i] = ' ';
    words[0] = (char)toupper((unsigned char)words[0]);
    print_message(path, line, words, n);
}

static void print_strings(const struct table *kinds, const struct table *fields)
{
    for (int i = 1; i < kinds->len; i++)
        print_message(kinds->path, i + 1, cell(kinds, &kinds->rows[i], "label"), strlen(cell(kinds, &kinds->rows[i], "label")));
    for (int i = 1; i < fields->len; i++) {
        const struct row *f = &fields->rows[i];
        print_message(fields->path, i + 1, cell(fields, f, "label"), strlen(cell(fields, f, "label")));
        const char *at = cell(fields, f, "choices");
        if (!strchr(at, ';') && strcmp(cell(fields, f, "type"), "choice"))
            continue; /* rows of a pack, or what the page names */
        for (size_t n; *at; at += n + (at[n] == ';')) {
            n = strcspn(at, ";");
            print_choice(fields->path, i + 1, at, n);
        }
    }
}

int main(int argc, char **argv)
{
    static struct table kinds, fields;
    if (argc != 4) {
        fprintf(stderr, "usage: kindgen OUT.c entry_kinds.csv entry_fields.csv\n");
        return 2;
    }
    read_table(&kinds, argv[2]);
    read_table(&fields, argv[3]);
    if (!strcmp(argv[1], "--strings")) {
        print_strings(&kinds, &fields);
        return 0;
    }
    struct text c = { 0 }, list = { 0 };
    add(&c, "/* Made by tools/kindgen. */\n#include \"common/kind/kind.h\"\n");
    for (int i = 1; i < kinds.len; i++) {
        for (int k = 1; k < i; k++)
            if (!strcmp(cell(&kinds, &kinds.rows[k], "code"), cell(&kinds, &kinds.rows[i], "code")))
                stop_at(kinds.path, kinds.rows[i].line, "the code \"%s\" stands twice", cell(&kinds, &kinds.rows[i], "code"));
        add_kind(&list, &kinds, &kinds.rows[i], add_fields(&c, &kinds, &kinds.rows[i], &fields));
    }
    for (int i = 1, known; i < fields.len; i++) {
        known = 0;
        for (int k = 1; k < kinds.len; k++)
            known |= !strcmp(cell(&fields, &fields.rows[i], "kind"), cell(&kinds, &kinds.rows[k], "code"));
        if (!known)
            stop_at(fields.path, fields.rows[i].line, "a field of no kind: \"%s\"", cell(&fields, &fields.rows[i], "kind"));
    }
    add(&c, "const struct kind kinds[] = {\n%s};\nconst ptrdiff_t kind_count = %d;\n", list.at, kinds.len - 1);
    write_file(argv[1], &c);
    return 0;
}
