/*
 * Dialect debt: runs every migration and prepares every statement of both databases on PostgreSQL (where: the
 * PG* variables; tests/with_postgres.sh makes a private cluster). Prints what it refuses and exits 1. The SQL
 * is the SQL that ships; migrations get the few word replacements of "one SQL text, two engines".
 */
#include "lib/store/db.h"
#include <libpq-fe.h>

static const struct {
    str sqlite, postgres;
} words[] = {
    { LIT("INTEGER"), LIT("BIGINT") },
    { LIT("BLOB"), LIT("BYTEA") },
    { LIT("REAL"), LIT("DOUBLE PRECISION") },
    { LIT(") STRICT, WITHOUT ROWID"), LIT(")") },
    { LIT(") STRICT"), LIT(")") },
};

struct database {
    const char *name, *fresh;
    const struct migrations *migrations;
    const struct sql *const *statements;
    int count;
};

static bool word_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The length of the word that stands at from, or 0. */
static ptrdiff_t word_at(str text, ptrdiff_t from, str word)
{
    if (!str_starts(str_part(text, from, text.len), word))
        return 0;
    bool starts = !from || !word_char(text.at[from - 1]) || !word_char(word.at[0]);
    bool ends = from + word.len == text.len || !word_char(text.at[from + word.len]);
    return starts && ends ? word.len : 0;
}

/* Literals stay as they are. */
static char *translated(struct arena *a, const char *sqlite)
{
    str text = str_of(sqlite);
    struct out o = { .arena = a };
    bool quoted = false;
    for (ptrdiff_t i = 0; i < text.len;) {
        ptrdiff_t n = 0;
        quoted ^= text.at[i] == '\'';
        for (ptrdiff_t j = 0; !quoted && !n && j < countof(words); j++)
            if ((n = word_at(text, i, words[j].sqlite)) > 0)
                out_str(&o, words[j].postgres);
        if (!n)
            out_char(&o, text.at[i]);
        i += n ? n : 1;
    }
    return str_c(a, out_view(&o));
}

/* 1 when refused, which is said; else 0. */
static int refused(PGresult *r, const char *kind, const char *database, const char *name)
{
    ExecStatusType s = PQresultStatus(r);
    bool fine = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY;
    if (!fine)
        printf("%s %s/%s: %s", kind, database, name, PQresultErrorMessage(r));
    PQclear(r);
    return !fine;
}

/* PostgreSQL takes it, but as 32 bits: seconds end in 2038. */
static int narrow(const char *database, const struct sql *s)
{
    if (!strstr(s->text, "AS INTEGER)"))
        return 0;
    printf("statement %s/%s: CAST AS INTEGER has 32 bits on PostgreSQL: write BIGINT\n", database, s->name);
    return 1;
}

static int try_database(PGconn *c, struct arena *a, const struct database *d)
{
    int wrong = refused(PQexec(c, d->fresh), "schema", d->name, "");
    for (ptrdiff_t i = 0; i < d->migrations->len; i++)
        wrong += refused(PQexec(c, translated(a, d->migrations->at[i].text)), "migration", d->name, d->migrations->at[i].name);
    for (int i = 0; i < d->count; i++) {
        const struct sql *s = d->statements[i];
        wrong += refused(PQprepare(c, "", s->text, 0, NULL), "statement", d->name, s->name) + narrow(d->name, s);
    }
    printf("%s: %td migrations, %d statements, %d refused\n", d->name, d->migrations->len, d->count, wrong);
    return wrong;
}

/* The control: SQL that SQLite takes must be refused here, or this program proves nothing. */
static bool can_refuse(PGconn *c)
{
    static const char *const foreign[] = { "SELECT max(1, 2)", "SELECT id FROM nowhere", "SELECT $1 IS NULL OR $1 = 'a'" };
    for (ptrdiff_t i = 0; i < countof(foreign); i++) {
        PGresult *r = PQprepare(c, "", foreign[i], 0, NULL);
        bool fine = PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
        if (fine) {
            fprintf(stderr, "not refused: %s\n", foreign[i]);
            return false;
        }
    }
    return true;
}

int main(void)
{
    struct arena a = arena_reserve(64 << 20);
    PGconn *c = PQconnectdb("options='-c client_min_messages=warning'");
    if (PQstatus(c) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(c));
        return 2;
    }
    if (!can_refuse(c))
        return 2;
    const struct database all[] = {
        { "content", "DROP SCHEMA IF EXISTS content CASCADE; CREATE SCHEMA content; SET search_path = content",
          &migrations_content, sql_all_content, sql_all_content_count },
        { "keys", "DROP SCHEMA IF EXISTS keys CASCADE; CREATE SCHEMA keys; SET search_path = keys", &migrations_keys,
          sql_all_keys, sql_all_keys_count },
    };
    int wrong = 0;
    for (ptrdiff_t i = 0; i < countof(all); i++)
        wrong += try_database(c, &a, &all[i]);
    PQfinish(c);
    return wrong ? 1 : 0;
}
