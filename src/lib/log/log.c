#include "lib/log/log.h"
#include <unistd.h>

enum level { NOTE, WARNING, ERROR };
static const char *const level_names[] = { "note", "warning", "error" };

/* a and b name the two integers; NULL where the event has none. */
static const struct {
    const char *name;
    enum level level;
    const char *a, *b;
} events[LOG_EVENTS] = {
    // clang-format off
    [LOG_STORE_OPEN]       = { "store_open_failed",   ERROR,   "code",   "system"    },
    [LOG_STORE_FAULT]      = { "store_fault",         ERROR,   "code",   "slot"      },
    [LOG_STORE_BROKEN]     = { "store_broken",        ERROR,   "code",   "system"    },
    [LOG_STORE_REFUSED]    = { "store_refused",       ERROR,   "action", NULL        },
    [LOG_STORE_ENDED_BUSY] = { "store_commit_busy",   WARNING, NULL,     NULL        },
    [LOG_MIGRATION_DONE]   = { "migration_done",      NOTE,    "number", NULL        },
    [LOG_MIGRATION_FAILED] = { "migration_failed",    ERROR,   "number", "code"      },
    [LOG_MIGRATION_EDITED] = { "migration_edited",    ERROR,   "number", NULL        },
    [LOG_MIGRATION_NEWER]  = { "migration_newer",     ERROR,   "number", "known"     },
    [LOG_OUTBOX_DEAD]      = { "outbox_gave_up",      ERROR,   "kind",   "tries"     },
    [LOG_ACCEPTOR_REFUSED] = { "acceptor_refused",    WARNING, "channel", "type"     },
    [LOG_ACCEPTOR_UNHEARD] = { "acceptor_unheard",    WARNING, "channel", "type"     },
    [LOG_ACCEPTOR_FAULT]   = { "acceptor_ends",       ERROR,   "status", NULL        },
    [LOG_CLOCK_JUMPED]     = { "clock_jumped",        ERROR,   "days",   "even_hours" },
    [LOG_KEEP_FAILED]      = { "retention_failed",    WARNING, "status", NULL        },
    [LOG_FORGET_FAILED]    = { "forget_failed",       WARNING, "status", NULL        },
    [LOG_POST_REFUSED]     = { "post_refused",        ERROR,   "status", NULL        },
    [LOG_KEEPER_NOT_WHOLE] = { "keeper_not_whole",    ERROR,   "status", NULL        },
    [LOG_KEEPER_STORE]     = { "keeper_store_failed", ERROR,   NULL,     NULL        },
    [LOG_KEEPER_UNHEARD]   = { "keeper_unheard",      WARNING, "role",   "status"    },
    [LOG_KEEPER_SWAPPABLE] = { "keeper_may_be_swapped", WARNING, NULL,   NULL        },
    [LOG_KEEPER_FULL]      = { "keeper_has_no_room",  ERROR,   NULL,     NULL        },
    [LOG_KEEPER_ROOM]      = { "keeper_has_room",     NOTE,    NULL,     NULL        },
    [LOG_NODE_STRANGE]     = { "node_not_admitted",   ERROR,   "node",   NULL        },
    [LOG_NODE_TAKEN]       = { "node_served_already", ERROR,   "node",   NULL        },
    [LOG_RESERVE_USED]     = { "reserve_used",        ERROR,   "kib_left", NULL      },
    [LOG_RESERVE_WHOLE]    = { "reserve_whole",       NOTE,    "kib",    NULL        },
    [LOG_ROLE_ENDED]       = { "role_ended",          WARNING, "role",   "how"       },
    [LOG_ROLE_FAILING]     = { "role_ends_at_every_start", ERROR, "role", "times"    },
    [LOG_CAGE_OPEN]        = { "cage_not_shut",       ERROR,   "role",   "wall"      },
    [LOG_WITNESS_FILE]     = { "witness_not_written", ERROR,   "system", NULL        },
    [LOG_WITNESS_MAIL]     = { "witness_mail_failed", WARNING, "status", "tries"     },
    [LOG_ENGINE_REFUSED]   = { "engine_refused",      WARNING, "channel", "type"     },
    [LOG_ENGINE_OPEN]      = { "engine_keys",         NOTE,    "open",   NULL        },
    [LOG_ENGINE_SNAPSHOT]  = { "snapshot_dropped",    WARNING, "status", NULL        },
    // clang-format on
};

static int add_number(char *line, size_t size, const char *name, int64_t n)
{
    return name ? snprintf(line, size, ",\"%s\":%lld", name, (long long)n) : 0;
}

void log_event(enum log_event e, int64_t a, int64_t b)
{
    must((unsigned)e < LOG_EVENTS && events[e].name);
    char line[256]; /* the longest name, level and two numbers take less than 140 */
    int n = snprintf(line, sizeof line, "{\"event\":\"%s\",\"level\":\"%s\"", events[e].name, level_names[events[e].level]);
    n += add_number(line + n, sizeof line - (size_t)n, events[e].a, a);
    n += add_number(line + n, sizeof line - (size_t)n, events[e].b, b);
    n += snprintf(line + n, sizeof line - (size_t)n, "}\n");
    ssize_t written = write(STDERR_FILENO, line, (size_t)n);
    (void)written; /* a log that cannot be written must not stop the work */
}
