/*
 * Many rows in one journey to PostgreSQL: a pipeline, and COPY where one INSERT has many rows. Measured (reference: stack.md 3): COPY is
 * 1.3 times a pipeline at 256 rows and loses at 8.
 */
#include "lib/store/postgres.h"

enum { COPY_FROM = 32, PIPELINE_MOST = 512 /* their answers must fit into the socket's buffer while we send */ };

/* One row that waits: what was bound, in memory of its own but for the caller's bytes. */
struct later {
    struct later *next;
    struct statement *stmt;
    int64_t *changed;
    bool done;
    const char **values;
    int *lengths, *formats;
    char (*small)[SMALL];
};

status postgres_later(struct db *db, void *stmt, int64_t *changed)
{
    struct statement *s = stmt;
    struct postgres *p = db->postgres;
    size_t n = (size_t)s->params;
    struct later *l = calloc(1, sizeof *l + n * (sizeof *l->values + sizeof *l->small + 2 * sizeof *l->lengths));
    must(l);
    *l = (struct later){ .stmt = s, .changed = changed, .values = (const char **)(l + 1) };
    l->lengths = (int *)(l->values + n);
    l->formats = l->lengths + n;
    l->small = (char(*)[SMALL])(l->formats + n);
    for (size_t i = 0; i < n; i++) {
        bool small = s->values[i] == s->small[i];
        memcpy(l->small[i], s->small[i], SMALL);
        l->values[i] = small ? l->small[i] : s->values[i];
        l->lengths[i] = s->lengths[i];
        l->formats[i] = s->formats[i];
    }
    if (p->last)
        p->last->next = l;
    else
        p->first = l;
    p->last = l;
    return OK;
}

static void forget(struct postgres *p)
{
    for (struct later *l = p->first, *next; l; l = next) {
        next = l->next;
        free(l);
    }
    p->first = p->last = NULL;
}

/* ---- a pipeline ---- */

static int64_t rows_of(PGresult *r)
{
    return strtoll(PQcmdTuples(r), NULL, 10);
}

/* The answers of those from `first` to the sync, in order. */
static status take_answers(struct db *db, struct later *first)
{
    PGconn *c = postgres_of(db);
    status verdict = OK;
    for (struct later *l = first;;) {
        PGresult *r = PQgetResult(c);
        if (!r && !(r = PQgetResult(c))) /* the end of one; twice: the connection is gone */
            return postgres_status(db, NULL, NO_SLOT);
        ExecStatusType how = PQresultStatus(r);
        if (verdict == OK && how != PGRES_PIPELINE_ABORTED)
            verdict = postgres_status(db, r, l ? l->stmt->slot : NO_SLOT);
        while (l && l->done)
            l = l->next;
        if (how != PGRES_PIPELINE_SYNC && l) {
            *l->changed = rows_of(r);
            l->done = true;
        }
        PQclear(r);
        if (how == PGRES_PIPELINE_SYNC || db->broken)
            return verdict;
    }
}

static status pipeline(struct db *db, struct later *first)
{
    PGconn *c = postgres_of(db);
    int n = 0;
    bool sent = PQenterPipelineMode(c);
    for (struct later *l = first; sent && l && n < PIPELINE_MOST; l = l->next) {
        if (l->done)
            continue;
        sent = PQsendQueryPrepared(c, l->stmt->name, l->stmt->params, l->values, l->lengths, l->formats, 1);
        n++;
    }
    status s = sent && PQpipelineSync(c) ? take_answers(db, first) : postgres_status(db, NULL, NO_SLOT);
    return db->broken || PQexitPipelineMode(c) ? s : postgres_status(db, NULL, NO_SLOT);
}

/* ---- COPY ---- */

char *postgres_copy_text(const char *insert, int params)
{
    static const char into[] = "INSERT INTO ";
    const char *values = strstr(insert, "VALUES ("), *p = values ? values + 8 : NULL;
    if (!values || strncmp(insert, into, sizeof into - 1))
        return NULL;
    for (int i = 1; i <= params; i++) { /* each parameter once, in the order of the columns */
        char wanted[16];
        size_t n = (size_t)snprintf(wanted, sizeof wanted, i < params ? "$%d, " : "$%d)", i);
        if (strncmp(p, wanted, n))
            return NULL;
        p += n;
    }
    if (*p && strncmp(p, "\nON CONFLICT", 12))
        return NULL;
    if (*p && (!strstr(p, "DO NOTHING") || strstr(p, "RETURNING")))
        return NULL;
    int n = (int)(values - insert) - (int)sizeof into + 1;
    size_t cap = (size_t)n + 128;
    char *text = calloc(1, cap);
    must(text);
    /* A key that is taken undoes the copy alone; then each row is tried for itself. */
    snprintf(text, cap, "SAVEPOINT one; COPY %.*s FROM STDIN (FORMAT binary); RELEASE one", n, insert + sizeof into - 1);
    return text;
}

static bool put_number(PGconn *c, uint32_t n, int bytes)
{
    const char b[] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };
    return PQputCopyData(c, b + 4 - bytes, bytes) == 1;
}

static bool put_row(PGconn *c, const struct later *l)
{
    int n = l->stmt->params;
    bool good = put_number(c, (uint32_t)n, 2);
    for (int i = 0; good && i < n; i++) {
        good = put_number(c, l->values[i] ? (uint32_t)l->lengths[i] : UINT32_MAX, 4);
        if (good && l->values[i] && l->lengths[i])
            good = PQputCopyData(c, l->values[i], l->lengths[i]) == 1;
    }
    return good;
}

static status send_rows(struct db *db, struct later *first, const struct statement *s)
{
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"; /* 11 bytes, flags, no extension */
    PGconn *c = postgres_of(db);
    bool good = PQputCopyData(c, head, 19) == 1;
    for (struct later *l = first; good && l; l = l->next)
        if (l->stmt == s && !l->done)
            good = put_row(c, l);
    good = good && put_number(c, UINT16_MAX, 2);
    if (PQputCopyEnd(c, good ? NULL : "ended") != 1)
        return postgres_status(db, NULL, s->slot);
    status verdict = OK;
    for (PGresult *r; (r = PQgetResult(c));) {
        if (verdict == OK)
            verdict = postgres_status(db, r, s->slot);
        PQclear(r);
    }
    return verdict;
}

static status copy(struct db *db, struct later *first, struct statement *s)
{
    PGresult *r = PQexec(postgres_of(db), s->copy);
    bool ready = PQresultStatus(r) == PGRES_COPY_IN;
    status verdict = ready ? send_rows(db, first, s) : postgres_status(db, r, s->slot);
    PQclear(r);
    if (verdict == CONFLICT && s->ignores)
        return postgres_exec(db, "ROLLBACK TO one; RELEASE one"); /* none is done: each for itself */
    for (struct later *l = first; verdict == OK && l; l = l->next)
        if (l->stmt == s && !l->done) {
            *l->changed = 1;
            l->done = true;
        }
    return verdict;
}

/* COPY takes every value in binary. */
static bool fits_copy(const struct later *l, const struct statement *s, int *count)
{
    *count = 0;
    for (; l; l = l->next) {
        if (l->stmt != s || l->done)
            continue;
        for (int i = 0; i < s->params; i++)
            if (l->values[i] && !l->formats[i])
                return false;
        ++*count;
    }
    return true;
}

status postgres_settle(struct db *db, bool keep)
{
    struct postgres *p = db->postgres;
    status s = keep || !p->first ? OK : FAULT;
    const struct statement *tried = NULL;
    for (struct later *l = p->first; s == OK && l; l = l->next) {
        int n;
        if (l->done || l->stmt == tried || !l->stmt->copy)
            continue;
        tried = l->stmt;
        if (fits_copy(l, l->stmt, &n) && n >= COPY_FROM)
            s = copy(db, l, l->stmt);
    }
    for (struct later *l = p->first; s == OK && l; l = l->next)
        if (!l->done)
            s = pipeline(db, l);
    forget(p);
    return s;
}
