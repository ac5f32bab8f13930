/*
 * Counts of the whole house, in the text format of Prometheus: nothing about a person, a tip or an office, so that whoever keeps the
 * machine may keep them for years. It has no key, may read two tables and nothing in them but how many rows there are to do.
 */
#include "app/watch.h"
#include "common/clock/clock.h"
#include "lib/log/board.h"
#include "lib/os/os.h"
#include "lib/store/outbox.h"

enum { ACCEPTOR_SILENT_MS = 5000, MINUTE = 60 };

/* NULL: well. Else the word that says what is not. */
static const char *ill(const struct watch *x)
{
    int64_t waiting, heard = board_read(BOARD_ACCEPTOR_MS);
    if (outbox_waiting(x->db, &waiting) != OK)
        return "database\n";
    if (!heard || x->monotonic_ms() - heard > ACCEPTOR_SILENT_MS)
        return "acceptor\n";
    return NULL;
}

static void healthz(const struct watch *x, struct http_response *w)
{
    const char *reason = ill(x);
    w->status = reason ? 503 : 200;
    w->type = lit("text/plain; charset=utf-8");
    out_str(&w->body, reason ? str_of(reason) : lit("ok\n"));
}

static void head(struct out *o, const char *name, const char *type, const char *help)
{
    const char *const parts[] = { "# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n" };
    for (ptrdiff_t i = 0; i < countof(parts); i++)
        out_str(o, str_of(parts[i]));
}

static void sample(struct out *o, const char *name, const char *labels, int64_t value)
{
    out_str(o, str_of(name));
    out_str(o, str_of(labels));
    out_char(o, ' ');
    out_int(o, value);
    out_char(o, '\n');
}

static void one(struct out *o, const char *name, const char *type, const char *help, int64_t value)
{
    head(o, name, type, help);
    sample(o, name, "", value);
}

static void requests(struct out *o)
{
    static const char *const labels[] = { "{side=\"public\",class=\"2xx\"}", "{side=\"public\",class=\"3xx\"}", "{side=\"public\",class=\"4xx\"}",
                                          "{side=\"public\",class=\"5xx\"}", "{side=\"staff\",class=\"2xx\"}",  "{side=\"staff\",class=\"3xx\"}",
                                          "{side=\"staff\",class=\"4xx\"}",  "{side=\"staff\",class=\"5xx\"}" };
    head(o, "plainsight_requests_total", "counter", "Requests answered at once, by address and class of the answer.");
    for (int i = 0; i < countof(labels); i++)
        sample(o, "plainsight_requests_total", labels[i], board_read((enum board_count)(BOARD_PUBLIC_2XX + i)));
}

static void keeper_counts(const struct watch *x, struct out *o)
{
    struct keeper_state state = { 0 };
    bool answers = keeper_state(x->keeper, &state) == OK;
    one(o, "plainsight_keeper_answers", "gauge", "1 when the keeper answers.", answers);
    one(o, "plainsight_keeper_locked", "gauge", "1 while nobody has typed the house passphrase since the start.", !answers || !state.open);
    if (answers && state.backup_day)
        one(o, "plainsight_backup_age_days", "gauge", "Days since the last backup that the log has; absent when there is none.",
            day_of(x->now()) - (int64_t)state.backup_day);
}

static void metrics(const struct watch *x, struct http_response *w)
{
    struct out *o = &w->body;
    int64_t waiting = 0, dead = 0, due = 0;
    bool counted = outbox_waiting(x->db, &waiting) == OK && outbox_dead(x->db, &dead) == OK
        && clock_count_due(x->db, x->now() / MINUTE, &due) == OK;
    w->status = 200;
    w->type = lit("text/plain; version=0.0.4; charset=utf-8");
    one(o, "plainsight_healthy", "gauge", "1 when /healthz says 200.", ill(x) == NULL);
    requests(o);
    one(o, "plainsight_parked_total", "counter", "Submissions that waited for the acceptor's commit.", board_read(BOARD_PARKED));
    one(o, "plainsight_submissions_total", "counter", "Submissions the acceptor has committed, or knew already.", board_read(BOARD_TIPS));
    one(o, "plainsight_role_starts_total", "counter", "Processes started, the first of each included.", board_read(BOARD_ROLE_STARTS));
    if (counted) {
        one(o, "plainsight_outbox_waiting", "gauge", "Work in the outbox that is not done.", waiting);
        one(o, "plainsight_outbox_dead", "gauge", "Work that failed so often that it is not tried again.", dead);
        one(o, "plainsight_clocks_overdue", "gauge", "Clocks that run and are past their minute, of the whole house.", due);
    }
    keeper_counts(x, o);
    one(o, "plainsight_engine_open", "gauge", "0 while search and look-alikes wait for a supervisor.", board_read(BOARD_ENGINE_OPEN));
    one(o, "plainsight_engine_questions_total", "counter", "Questions the engine answered.", board_read(BOARD_ENGINE_ASKED));
}

static bool was_sent_on(const struct http_request *r)
{
    return http_header(r, lit("Forwarded")).len || http_header(r, lit("X-Forwarded-For")).len || http_header(r, lit("Via")).len;
}

status watch_answer(void *app, struct http_place place, const struct http_request *r, struct http_response *w)
{
    const struct watch *x = app;
    (void)place;
    w->body.arena = r->arena;
    bool read = r->method == GET || r->method == HEAD;
    if (read && !was_sent_on(r) && str_equal(r->path, lit("/healthz")))
        healthz(x, w);
    else if (read && !was_sent_on(r) && str_equal(r->path, lit("/metrics")))
        metrics(x, w);
    else {
        w->status = 404;
        w->type = lit("text/plain; charset=utf-8");
        out_str(&w->body, lit("not here\n"));
    }
    return OK;
}

struct http_server *watch_open(struct db *db, struct keeper *keeper, int listening)
{
    static struct watch x; /* lives as long as the process */
    x = (struct watch){ db, keeper, os_now, os_monotonic_ms };
    return http_open(listening, (struct http_limits){ .connections = 64, .arena_bytes = 1 << 20 }, watch_answer, &x);
}
