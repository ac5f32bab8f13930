/*
 * Dialect debt: makes both databases on PostgreSQL (PLAINSIGHT_TEST_POSTGRES, tests/with_postgres.sh) with the migrations that ship,
 * as the templates of the tests that run there, and prepares every statement. Prints what is refused and exits 1.
 */
#include "engine.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

/* 1 when refused, which is said; else 0. */
static int refused(PGconn *c, const char *database, const struct sql *s)
{
    PGresult *r = PQprepare(c, "", s->text, 0, NULL);
    bool fine = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!fine)
        printf("statement %s/%s: %s", database, s->name, PQresultErrorMessage(r));
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

static int try_database(const char *name, const struct sql *const *statements, int count)
{
    char url[512];
    int wrong = 0;
    engine_url(name, url);
    PGconn *c = PQconnectdb(url);
    if (PQstatus(c) != CONNECTION_OK || !can_refuse(c)) {
        fprintf(stderr, "%s", PQerrorMessage(c));
        exit(2);
    }
    for (int i = 0; i < count; i++)
        wrong += refused(c, name, statements[i]) + narrow(name, statements[i]);
    PQfinish(c);
    printf("%s: %d statements, %d refused\n", name, count, wrong);
    return wrong;
}

int main(void)
{
    engine_make_templates();
    int wrong = try_database("plainsight_content", sql_all_content, sql_all_content_count)
                + try_database("plainsight_keys", sql_all_keys, sql_all_keys_count);
    return wrong ? 1 : 0;
}
