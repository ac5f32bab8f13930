/*
 * The rules a schema must keep to be spread over servers (Citus; reference: stack.md 8), asked of the catalogue of the migrated database, where
 * tests/postgres_prepare left it: every unique key holds the column by which its table is spread, a foreign key leads to the same shard or to a
 * table that stands on every server, nothing is numbered by the server, nothing has a trigger, and no statement moves a row to another shard.
 */
#include "engine.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

/* By which column each table is spread; NULL: small, and whole on every server. of: whose rows it lies beside (one number a family). */
enum family { EVERYWHERE, TIPS, CASES, FILES, BOXES, ALONE };
static const struct spread {
    const char *table, *by;
    enum family of;
} spreads[] = {
    { "tip", "id", TIPS }, { "tip_source", "tip", TIPS }, { "tip_addition", "tip", TIPS }, { "tip_entry", "tip", TIPS }, { "tip_act", "tip", TIPS },
    { "tip_mark", "tip", TIPS }, { "tip_across", "tip", TIPS }, { "tip_told", "tip", TIPS },
    { "casefile", "id", CASES }, { "case_person", "root", CASES }, { "case_office", "root", CASES }, { "case_tip", "root", CASES },
    { "subject", "root", CASES }, { "entry", "root", CASES }, { "entry_value", "root", CASES },
    { "care_file", "id", FILES }, { "care_name", "root", FILES }, { "care_entry", "root", FILES }, { "care_place", "root", FILES }, { "caseload", "root", FILES },
    { "mailbox", "locator", BOXES }, { "reply", "locator", BOXES },
    { "idem", "idem", ALONE }, { "clock", "root", ALONE }, { "share", "root", ALONE }, { "packet", "id", ALONE }, { "outbox", "id", ALONE },
    { "hold", "root", ALONE }, { "reseal", "root", ALONE }, { "expiry", "root", ALONE }, { "ring_cut", NULL, EVERYWHERE }, { "forget", "tip", TIPS },
    { "index_node", NULL, EVERYWHERE }, { "lease", NULL, EVERYWHERE },
    { "account", NULL, EVERYWHERE }, { "session", NULL, EVERYWHERE }, { "notice", NULL, EVERYWHERE }, { "office", NULL, EVERYWHERE },
    { "roster", NULL, EVERYWHERE }, { "sheet_read", NULL, EVERYWHERE }, { "queue_filter", NULL, EVERYWHERE }, { "api_key", NULL, EVERYWHERE }, { "care_request", NULL, EVERYWHERE },
    { "setting", NULL, EVERYWHERE }, { "sweep_look", NULL, EVERYWHERE }, { "tally", NULL, EVERYWHERE },
    { "pack_version", NULL, EVERYWHERE }, { "pack_row", NULL, EVERYWHERE }, { "pack_confirmation", NULL, EVERYWHERE },
    { "figure_release", NULL, EVERYWHERE }, { "figure_published", NULL, EVERYWHERE }, { "figure_page", NULL, EVERYWHERE },
    { "schema_migration", NULL, EVERYWHERE },
};
static const struct spread nowhere = { "", NULL, EVERYWHERE };

static int wrong, asked;
static bool quiet; /* while the control is asked */

static void rule(bool kept, const char *table, const char *what, const char *detail)
{
    asked++;
    wrong += !kept;
    if (!kept && !quiet)
        printf("%s: %s (%s)\n", table, what, detail);
}

static const struct spread *spread_of(const char *table)
{
    for (ptrdiff_t i = 0; i < countof(spreads); i++)
        if (!strcmp(spreads[i].table, table))
            return &spreads[i];
    return &nowhere;
}

static PGresult *ask(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s", PQerrorMessage(c));
        exit(2);
    }
    return r;
}

/* "{id,tip}" holds "tip". */
static bool holds(const char *list, const char *column)
{
    char text[512], wanted[80];
    snprintf(text, sizeof text, ",%.*s,", (int)strlen(list) - 2, list + 1);
    snprintf(wanted, sizeof wanted, ",%s,", column);
    return strstr(text, wanted) != NULL;
}

#define NAMES(of, keys) "ARRAY(SELECT a.attname FROM unnest(" keys ") k(n) JOIN pg_attribute a ON a.attrelid = " of " AND a.attnum = k.n)::text"
#define OURS " JOIN pg_namespace s ON s.oid = r.relnamespace AND s.nspname = 'public' "

static void ask_keys(PGconn *c)
{
    PGresult *r = ask(c, "SELECT r.relname, " NAMES("i.indrelid", "i.indkey::int[]") " FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid" OURS
                         "WHERE i.indisunique");
    for (int i = 0; i < PQntuples(r); i++) {
        const struct spread *s = spread_of(PQgetvalue(r, i, 0));
        rule(!s->by || holds(PQgetvalue(r, i, 1), s->by), PQgetvalue(r, i, 0), "a unique key does not hold the column it is spread by", PQgetvalue(r, i, 1));
    }
    PQclear(r);
}

static void ask_foreign_keys(PGconn *c)
{
    PGresult *r = ask(c, "SELECT r.relname, t.relname, " NAMES("c.conrelid", "c.conkey::int[]") ", " NAMES("c.confrelid", "c.confkey::int[]")
                         " FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid" OURS "JOIN pg_class t ON t.oid = c.confrelid WHERE c.contype = 'f'");
    for (int i = 0; i < PQntuples(r); i++) {
        const struct spread *from = spread_of(PQgetvalue(r, i, 0)), *to = spread_of(PQgetvalue(r, i, 1));
        bool beside = from->of == to->of && from->by && to->by && holds(PQgetvalue(r, i, 2), from->by) && holds(PQgetvalue(r, i, 3), to->by);
        rule(!to->by || beside, from->table, "a foreign key leads to another shard", PQgetvalue(r, i, 1));
    }
    PQclear(r);
}

static void ask_tables(PGconn *c)
{
    PGresult *r = ask(c, "SELECT r.relname, (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = r.oid AND NOT t.tgisinternal)"
                         " FROM pg_class r" OURS "WHERE r.relkind = 'r' ORDER BY 1");
    for (int i = 0; i < PQntuples(r); i++) {
        rule(spread_of(PQgetvalue(r, i, 0)) != &nowhere, PQgetvalue(r, i, 0), "is not in the list of this test", "how is it spread?");
        rule(!strcmp(PQgetvalue(r, i, 1), "0"), PQgetvalue(r, i, 0), "has a trigger", PQgetvalue(r, i, 1));
    }
    PQclear(r);
    r = ask(c, "SELECT r.relname FROM pg_class r" OURS "WHERE r.relkind = 'S'");
    rule(PQntuples(r) == 0, PQntuples(r) ? PQgetvalue(r, 0, 0) : "", "the server numbers rows", "a sequence");
    PQclear(r);
}

/* "UPDATE tip\n SET office = ..." must not set what tip is spread by; and nothing locks rows by FOR UPDATE. */
static void ask_statement(const struct sql *s)
{
    char table[64], wanted[80];
    const char *set = strstr(s->text, " SET "), *where = strstr(s->text, "WHERE");
    rule(!strstr(s->text, "FOR UPDATE"), s->name, "locks rows", "FOR UPDATE");
    if (sscanf(s->text, "UPDATE %63s", table) != 1 || !set)
        return;
    const struct spread *t = spread_of(table);
    if (!t->by)
        return;
    snprintf(wanted, sizeof wanted, " %s = ", t->by);
    const char *found = strstr(set, wanted);
    rule(!found || (where && found > where), s->name, "moves a row to another shard", t->by);
}

static int ask_all(PGconn *c)
{
    wrong = asked = 0;
    ask_tables(c);
    ask_keys(c);
    ask_foreign_keys(c);
    for (int i = 0; i < sql_all_content_count; i++)
        ask_statement(sql_all_content[i]);
    return wrong;
}

/* Each of these breaks one rule, and must be found. */
static bool finds_what_is_wrong(PGconn *c)
{
    static const char *const faults[] = {
        "CREATE TABLE unknown (id BYTEA PRIMARY KEY)",
        "CREATE UNIQUE INDEX one_office ON tip (office)",
        "ALTER TABLE entry ADD FOREIGN KEY (author) REFERENCES tip (id)",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t AFTER INSERT ON tip EXECUTE FUNCTION f()",
    };
    bool good = true;
    quiet = true;
    for (ptrdiff_t i = 0; i < countof(faults); i++) {
        PQclear(PQexec(c, "BEGIN"));
        PGresult *r = PQexec(c, faults[i]);
        bool found = PQresultStatus(r) == PGRES_COMMAND_OK && ask_all(c) > 0;
        if (!found)
            printf("not found: %s %s\n", faults[i], PQresultErrorMessage(r));
        good = good && found;
        PQclear(r);
        PQclear(PQexec(c, "ROLLBACK"));
    }
    struct sql moves = { 0, "moves", "UPDATE tip\n   SET id = $1\n WHERE office = $2", NULL }, stays = { 0, "stays", "UPDATE tip\n   SET state = $1\n WHERE id = $2", NULL };
    wrong = 0;
    ask_statement(&stays);
    good = good && !wrong;
    ask_statement(&moves);
    good = good && wrong == 1;
    quiet = false;
    return good;
}

int main(void)
{
    char url[512];
    engine_url("plainsight_content", url);
    PGconn *c = PQconnectdb(url);
    if (PQstatus(c) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(c));
        return 2;
    }
    PQclear(PQexec(c, "SET client_min_messages = error"));
    bool control = finds_what_is_wrong(c);
    int faults = ask_all(c);
    printf("shards: %d rules asked, %d broken, control %s\n", asked, faults, control ? "found" : "NOT FOUND");
    PQfinish(c);
    return faults || !control;
}
