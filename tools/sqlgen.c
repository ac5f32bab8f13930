/*
 * sqlgen: turns named SQL blocks into C constants, and refuses any that does not prepare against the
 * migrated schema, so that a mistyped column stops the build.
 *
 *   sqlgen DATABASE OUT_DIR MIGRATION... -- FILE...
 *
 * x.sql becomes OUT_DIR/x_sql.h: for each block "-- name: foo" one struct sql sql_foo, its parameters
 * (foo_param, from 1) and its columns (foo_col_column, from 0). All statements and the migrations become
 * OUT_DIR/sql_DATABASE.c. Parameters are written :name and go out as $1..$n in order of first use:
 * SQLite numbers them so, PostgreSQL demands them so. Comments do not go out, so that mending one in an
 * old migration does not change the text whose checksum installations hold.
 */
#include "../src/lib/store/functions.h"
#include <ctype.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *at;
    size_t len, cap;
};
struct names {
    char **at;
    int len;
};
struct place {
    const char *file;
    int line;
};
struct statement {
    char *name, *text, *needs;
};
enum { READ = 1, INSERT = 2, UPDATE = 4, DELETE = 8, TABLES_MOST = 32 }; /* as in lib/store/db.h */
struct build {
    const char *database, *folder;
    sqlite3 *lite;
    bool migrating;      /* only then may the schema change */
    bool altering;       /* ALTER TABLE: the engine rewrites its schema with functions of its own */
    const char *refused; /* why the authorizer said no */
    struct names tables; /* that the statement at hand touches, and how */
    unsigned touched[TABLES_MOST];
    struct text migrations;
    struct statement *statements;
    int statement_count;
    struct names stems;
};

static _Noreturn void __attribute__((format(printf, 2, 3))) fail(struct place at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s:%d: error: ", at.file, at.line);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(1);
}

static void *grow(void *p, size_t size)
{
    p = realloc(p, size);
    if (!p) {
        fputs("sqlgen: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static void add(struct text *t, const char *from, size_t n)
{
    if (t->len + n + 1 > t->cap)
        t->at = grow(t->at, t->cap = 2 * t->cap + n + 256);
    if (n)
        memcpy(t->at + t->len, from, n);
    t->at[t->len += n] = 0;
}

static void __attribute__((format(printf, 2, 3))) print(struct text *t, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    size_t n = (size_t)vsnprintf(NULL, 0, format, list);
    char *b = grow(NULL, n + 1);
    vsnprintf(b, n + 1, format, again);
    va_end(again);
    va_end(list);
    add(t, b, n);
    free(b);
}

static char *copy(const char *from, size_t n)
{
    struct text t = { 0 };
    add(&t, from, n);
    return t.at;
}

/* Where name stands in the list, counted from 1; 0 when it is not there. */
static int find(const struct names *l, const char *name)
{
    for (int i = 0; i < l->len; i++)
        if (!strcmp(l->at[i], name))
            return i + 1;
    return 0;
}

static int remember(struct names *l, const char *name)
{
    l->at = grow(l->at, (size_t)(l->len + 1) * sizeof *l->at);
    l->at[l->len++] = copy(name, strlen(name));
    return l->len;
}

static struct text read_file(const char *path)
{
    struct text t = { 0 };
    char part[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        fail((struct place){ path, 0 }, "%s", strerror(errno));
    add(&t, "", 0);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        add(&t, part, n);
    if (ferror(f))
        fail((struct place){ path, 0 }, "%s", strerror(errno));
    fclose(f);
    const char *nul = memchr(t.at, 0, t.len);
    if (nul)
        fail((struct place){ path, 1 }, "a NUL byte in SQL");
    return t;
}

static void write_file(const struct build *b, const char *name, const struct text *t)
{
    struct text path = { 0 };
    print(&path, "%s/%s", b->folder, name);
    FILE *f = fopen(path.at, "wb");
    if (!f || fwrite(t->at, 1, t->len, f) != t->len || fclose(f))
        fail((struct place){ path.at, 0 }, "%s", strerror(errno));
    free(path.at);
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool c_name(const char *s)
{
    if (!islower((unsigned char)*s))
        return false;
    while (islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '_')
        s++;
    return !*s;
}

static int lines_before(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

/* Copies 'text' or "name", a doubled quote inside it included; returns what follows. */
static const char *take_quoted(struct place at, struct text *out, const char *p)
{
    const char *from = p, quote = *p;
    for (p++; *p && *p != '\n'; p++) { /* literals are trimmed by line, so a text may not hold one */
        if (*p != quote)
            continue;
        if (p[1] != quote) {
            add(out, from, (size_t)(p + 1 - from));
            return p + 1;
        }
        p++;
    }
    fail(at, "a %c is not closed on its line", quote);
}

/* Leaves out a comment but not its line ends, so that lines can still be counted. */
static const char *skip_comment(struct place at, struct text *out, const char *p)
{
    if (p[0] == '-') {
        while (*p && *p != '\n')
            p++;
        return p;
    }
    const char *end = strstr(p + 2, "*/");
    if (!end)
        fail(at, "a comment is not closed");
    add(out, " ", 1);
    for (; p < end + 2; p++)
        if (*p == '\n')
            add(out, p, 1);
    return p;
}

/* SQL as the engine shall see it: no comments, and :name as $n. params NULL: none are allowed. */
static char *clean_sql(struct place at, const char *sql, struct names *params)
{
    struct text out = { 0 };
    add(&out, "", 0);
    for (const char *p = sql; *p;) {
        struct place here = { at.file, at.line + lines_before(sql, p) };
        if (*p == '\'' || *p == '"') {
            p = take_quoted(here, &out, p);
        } else if (!strncmp(p, "--", 2) || !strncmp(p, "/*", 2)) {
            p = skip_comment(here, &out, p);
        } else if (!strncmp(p, "::", 2)) {
            fail(here, "write CAST(x AS type), which both engines know, instead of ::");
        } else if (*p == '?' || *p == '@' || *p == '$' || *p == '`' || *p == '[') {
            fail(here, "'%c' is not of the SQL both engines share; parameters are written :name", *p);
        } else if (*p == ':') {
            const char *from = ++p;
            while (word_char(*p))
                p++;
            char *name = copy(from, (size_t)(p - from));
            if (!params || !c_name(name))
                fail(here, params ? "parameter \":%s\" needs a lower-case name" : "parameter \":%s\" in a migration", name);
            int n = find(params, name);
            print(&out, "$%d", n ? n : remember(params, name));
            free(name);
        } else {
            add(&out, p++, 1);
        }
    }
    return out.at;
}

/* Cuts the end: white space, and the semicolon of a single statement. */
static void trim_end(char *sql)
{
    size_t n = strlen(sql);
    while (n && isspace((unsigned char)sql[n - 1]))
        n--;
    if (n && sql[n - 1] == ';')
        n--;
    while (n && isspace((unsigned char)sql[n - 1]))
        n--;
    sql[n] = 0;
}

static bool blank(const char *from, const char *end)
{
    while (from < end && isspace((unsigned char)*from))
        from++;
    return from == end;
}

/* One C string literal a line; blank lines and trailing spaces are left out. */
static void print_literal(struct text *out, const char *sql)
{
    while (*sql) {
        const char *end = strchr(sql, '\n'), *next = end ? end + 1 : sql + strlen(sql);
        if (!end)
            end = next;
        if (!blank(sql, end)) {
            while (isspace((unsigned char)end[-1]))
                end--;
            add(out, "\n    \"", 6);
            for (; sql < end; sql++) {
                unsigned char c = (unsigned char)*sql;
                if (c == '"' || c == '\\' || c == '?') /* "\?": no trigraphs */
                    print(out, "\\%c", c);
                else if (c < ' ' || c > '~')
                    print(out, "\\%03o", c);
                else
                    add(out, sql, 1);
            }
            add(out, "\\n\"", 3);
        }
        sql = next;
    }
}

static void print_enum(struct text *out, struct place at, struct names *taken, const char *prefix, const struct names *l,
                       int first)
{
    if (!l->len)
        return;
    add(out, "enum {", 6);
    for (int i = 0; i < l->len; i++) {
        struct text name = { 0 };
        print(&name, "%s%s", prefix, l->at[i]);
        if (find(taken, name.at))
            fail(at, "two things here would both be called %s in C", name.at);
        remember(taken, name.at);
        print(out, i ? " %s," : " %s = %d,", name.at, first);
        free(name.at);
    }
    add(out, " };\n", 4);
}

/* The engines' guard asks for exactly this: what is read, and what is written, of which table. */
static void touch(struct build *b, int action, const char *table)
{
    unsigned how = action == SQLITE_READ ? READ : action == SQLITE_INSERT ? INSERT : action == SQLITE_UPDATE ? UPDATE
                 : action == SQLITE_DELETE ? DELETE : 0;
    if (!how || b->migrating)
        return;
    int n = find(&b->tables, table);
    if (!n)
        n = remember(&b->tables, table);
    if (n > TABLES_MOST) {
        fputs("sqlgen: a statement touches too many tables\n", stderr);
        exit(1);
    }
    b->touched[n - 1] |= how;
}

static bool is_table(sqlite3 *lite, const char *name)
{
    return !sqlite3_table_column_metadata(lite, NULL, name, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* "{ { "tip", 3 }, { 0, 0 } }": without what is no table, such as a common table expression. */
static char *write_needs(const struct build *b)
{
    struct text t = { 0 };
    add(&t, "{ ", 2);
    for (int i = 0; i < b->tables.len; i++)
        if (is_table(b->lite, b->tables.at[i]))
            print(&t, "{ \"%s\", %u }, ", b->tables.at[i], b->touched[i]);
    add(&t, "{ 0, 0 } }", 10);
    return t.at;
}

static void print_statement(struct text *out, int slot, const struct statement *s)
{
    print(out, "\nstatic const struct db_right sql_%s_needs[] = %s;\n", s->name, s->needs);
    print(out, "static const struct sql sql_%s = { %d, \"%s\",", s->name, slot, s->name);
    print_literal(out, s->text);
    print(out, ",\n    sql_%s_needs };\n", s->name);
}

/* Neither migrations nor statements may touch settings, files or transactions; only migrations the schema. */
static int authorize(void *context, int action, const char *one, const char *two, const char *three, const char *four)
{
    (void)three, (void)four;
    struct build *b = context;
    touch(b, action, one);
    switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: b->refused = "transactions are db_begin and db_end"; return SQLITE_DENY;
    case SQLITE_PRAGMA:
        if (b->altering) /* it looks whether the rows there keep the new column's word; the text itself is an ALTER */
            return SQLITE_OK;
        /* fall through */
    case SQLITE_ATTACH:
    case SQLITE_DETACH: b->refused = "settings and other files are no matter for SQL here"; return SQLITE_DENY;
    case SQLITE_FUNCTION:
        for (size_t i = 0; i < sizeof store_functions / sizeof *store_functions; i++)
            if (!strcmp(store_functions[i], two))
                return SQLITE_OK;
        if (b->altering && (!strcmp(two, "printf") || !strcmp(two, "glob")))
            return SQLITE_OK;
        b->refused = "this function is not in lib/store/functions.h";
        return SQLITE_DENY;
    }
    static const int rows[] = { SQLITE_SELECT, SQLITE_READ, SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE, SQLITE_RECURSIVE };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (action == rows[i])
            return SQLITE_OK;
    if (b->migrating)
        return SQLITE_OK;
    b->refused = "only a migration may shape the schema";
    return SQLITE_DENY;
}

static _Noreturn void refuse(const struct build *b, struct place at, const char *sql)
{
    int offset = sqlite3_error_offset(b->lite);
    if (offset > 0)
        at.line += lines_before(sql, sql + offset);
    if (b->refused)
        fail(at, "%s (%s)", sqlite3_errmsg(b->lite), b->refused);
    fail(at, "%s", sqlite3_errmsg(b->lite));
}

/* Says the line where the first word of sql stands, not the blank lines before it. */
static struct place at_first_word(struct place at, const char **sql)
{
    for (; isspace((unsigned char)**sql); ++*sql)
        at.line += **sql == '\n';
    return at;
}

static void run_migration(struct build *b, const char *path, const char *sql)
{
    struct place at = { path, 1 };
    for (const char *p = sql, *next; *p; p = next) {
        at = at_first_word(at, &p);
        if (!*p)
            break;
        sqlite3_stmt *s;
        b->refused = NULL;
        b->altering = !strncmp(p, "ALTER TABLE ", 12);
        if (sqlite3_prepare_v2(b->lite, p, -1, &s, &next))
            refuse(b, at, p);
        int rc = SQLITE_DONE;
        while (s && (rc = sqlite3_step(s)) == SQLITE_ROW)
            ;
        sqlite3_finalize(s);
        if (rc != SQLITE_DONE)
            refuse(b, at, p);
        at.line += lines_before(p, next);
    }
}

static void check_strict(struct build *b, const char *path)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(b->lite, "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0"
                                    " AND schema = 'main' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'", -1, &s, NULL))
        refuse(b, (struct place){ path, 1 }, "");
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        fail((struct place){ path, 1 }, "table %s is not STRICT", sqlite3_column_text(s, 0));
    if (rc != SQLITE_DONE)
        refuse(b, (struct place){ path, 1 }, "");
    sqlite3_finalize(s);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Numbers ascend; gaps are fine, since each area has its own ten. Hands back the number. */
static int take_migration(struct build *b, const char *path, int after)
{
    const char *name = base_name(path);
    size_t n = strlen(name);
    for (int i = 0; i < 4; i++)
        if (n < 10 || !isdigit((unsigned char)name[i]) || name[4] != '_' || strcmp(name + n - 4, ".sql"))
            fail((struct place){ path, 1 }, "a migration is called NNNN_name.sql");
    int number = (int)strtol(name, NULL, 10);
    if (number <= after)
        fail((struct place){ path, 1 }, "the next migration must have a number above %04d", after);
    struct text source = read_file(path);
    char *sql = clean_sql((struct place){ path, 1 }, source.at, NULL);
    if (blank(sql, sql + strlen(sql)))
        fail((struct place){ path, 1 }, "an empty migration");
    b->migrating = true;
    sqlite3_set_authorizer(b->lite, authorize, b);
    run_migration(b, path, sql);
    sqlite3_set_authorizer(b->lite, NULL, NULL);
    b->migrating = false;
    check_strict(b, path);
    print(&b->migrations, "    { %d, \"%.*s\",", number, (int)(n - 9), name + 5);
    print_literal(&b->migrations, sql);
    add(&b->migrations, " },\n", 4);
    free(sql);
    free(source.at);
    return number;
}

static struct names column_names(struct place at, sqlite3_stmt *s)
{
    struct names columns = { 0 };
    for (int i = 0; i < sqlite3_column_count(s); i++) {
        const char *name = sqlite3_column_name(s, i);
        if (!c_name(name))
            fail(at, "column %d, \"%s\", needs a name: AS name", i + 1, name);
        if (find(&columns, name))
            fail(at, "two columns are called %s", name);
        remember(&columns, name);
    }
    return columns;
}

static void take_block(struct build *b, struct text *out, struct names *taken, struct place at, char *name, const char *sql)
{
    if (!c_name(name))
        fail(at, "\"%s\": a statement's name is lower-case letters, digits and _", name);
    for (int i = 0; i < b->statement_count; i++)
        if (!strcmp(b->statements[i].name, name))
            fail(at, "there is already a statement %s", name);
    struct names params = { 0 };
    char *text = clean_sql(at, sql, &params);
    const char *start = text, *rest;
    struct place first = at_first_word(at, &start);
    if (!*start)
        fail(at, "%s has no SQL", name);
    sqlite3_stmt *s;
    b->refused = NULL;
    b->tables = (struct names){ 0 };
    memset(b->touched, 0, sizeof b->touched);
    sqlite3_set_authorizer(b->lite, authorize, b);
    if (sqlite3_prepare_v2(b->lite, start, -1, &s, &rest))
        refuse(b, first, start);
    sqlite3_set_authorizer(b->lite, NULL, NULL);
    struct place second = at_first_word((struct place){ at.file, first.line + lines_before(start, rest) }, &rest);
    if (*rest)
        fail(second, "%s holds more than one statement", name);
    struct names columns = column_names(first, s);
    sqlite3_finalize(s);
    trim_end(text);

    struct statement made = { name, text, write_needs(b) };
    print_statement(out, b->statement_count, &made);
    struct text prefix = { 0 };
    print(&prefix, "%s_", name);
    print_enum(out, first, taken, prefix.at, &params, 1);
    add(&prefix, "col_", 4);
    print_enum(out, first, taken, prefix.at, &columns, 0);
    free(prefix.at);

    b->statements = grow(b->statements, (size_t)(b->statement_count + 1) * sizeof *b->statements);
    b->statements[b->statement_count++] = made;
}

/* The next line that starts a block, from p on, which is the start of a line. */
static char *next_block(char *p)
{
    while (p && *p) {
        if (!strncmp(p, "-- name:", 8))
            return p;
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    return NULL;
}

/* Takes the name off the line at p; *body is what follows the line. */
static char *block_name(struct place at, char *p, char **body)
{
    p += strlen("-- name:");
    size_t line = strcspn(p, "\n");
    *body = p + line + (p[line] == '\n');
    size_t from = strspn(p, " \t"), n = strcspn(p + from, " \t\r\n");
    if (from + n + strspn(p + from + n, " \t\r") != line)
        fail(at, "only the name may stand on this line");
    return copy(p + from, n);
}

static void take_file(struct build *b, const char *path)
{
    const char *file = base_name(path);
    size_t n = strlen(file);
    char *stem = copy(file, n > 4 ? n - 4 : 0);
    if (n < 5 || strcmp(file + n - 4, ".sql") || !c_name(stem))
        fail((struct place){ path, 1 }, "a file of statements is called name.sql");
    if (find(&b->stems, stem))
        fail((struct place){ path, 1 }, "another file is called %s.sql: their headers would collide", stem);
    remember(&b->stems, stem);

    struct text source = read_file(path), out = { 0 };
    struct names taken = { 0 };
    print(&out, "/* Made by sqlgen from %s. */\n#pragma once\n#include \"lib/store/db.h\"\n", file);
    print(&out, "#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n");
    char *p = next_block(source.at);
    char *lead = copy(source.at, p ? (size_t)(p - source.at) : source.len);
    const char *stray = clean_sql((struct place){ path, 1 }, lead, NULL);
    struct place at = at_first_word((struct place){ path, 1 }, &stray);
    if (*stray || !p)
        fail(at, p ? "SQL before the first \"-- name:\"" : "no \"-- name:\" in this file");
    while (p) {
        at = (struct place){ path, 1 + lines_before(source.at, p) };
        char *body, *name = block_name(at, p, &body);
        p = next_block(body);
        char *sql = copy(body, p ? (size_t)(p - body) : strlen(body));
        at.line++;
        take_block(b, &out, &taken, at, name, sql);
        free(sql);
    }
    print(&out, "\n#pragma GCC diagnostic pop\n");
    struct text name = { 0 };
    print(&name, "%s_sql.h", stem);
    write_file(b, name.at, &out);
    free(name.at);
    free(out.at);
    free(source.at);
}

static void write_list(const struct build *b)
{
    struct text out = { 0 }, name = { 0 };
    print(&out, "/* Made by sqlgen: the statements and migrations of the %s database. */\n", b->database);
    print(&out, "#include \"lib/store/db.h\"\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n");
    for (int i = 0; i < b->statement_count; i++)
        print_statement(&out, i, &b->statements[i]);
    print(&out, "\nconst struct sql *const sql_all_%s[] = {\n", b->database);
    for (int i = 0; i < b->statement_count; i++)
        print(&out, "    &sql_%s,\n", b->statements[i].name);
    print(&out, "    NULL,\n};\nconst int sql_all_%s_count = %d;\n\n", b->database, b->statement_count);
    print(&out, "static const struct migration table[] = {\n%s};\n", b->migrations.at);
    print(&out, "const struct migrations migrations_%s = { table, countof(table) };\n", b->database);
    print(&name, "sql_%s.c", b->database);
    write_file(b, name.at, &out);
    free(name.at);
    free(out.at);
}

int main(int argc, char **argv)
{
    int split = 3;
    while (split < argc && strcmp(argv[split], "--"))
        split++;
    if (split >= argc || split == 3 || !c_name(argv[1])) {
        fputs("usage: sqlgen DATABASE OUT_DIR MIGRATION... -- FILE...\n", stderr);
        return 2;
    }
    struct build b = { .database = argv[1], .folder = argv[2] };
    if (sqlite3_open(":memory:", &b.lite) || sqlite3_db_config(b.lite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL)
        || sqlite3_db_config(b.lite, SQLITE_DBCONFIG_DQS_DML, 0, NULL)
        || sqlite3_exec(b.lite, "PRAGMA foreign_keys = 1; PRAGMA trusted_schema = 0", NULL, NULL, NULL)) {
        fprintf(stderr, "sqlgen: %s\n", sqlite3_errmsg(b.lite));
        return 1;
    }
    for (int i = 3, number = 0; i < split; i++)
        number = take_migration(&b, argv[i], number);
    for (int i = split + 1; i < argc; i++)
        take_file(&b, argv[i]);
    write_list(&b);
    sqlite3_close(b.lite);
    return 0;
}
