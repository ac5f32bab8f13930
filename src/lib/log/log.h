/*
 * What the program says about itself: one JSON line on stderr an event, made of the event's name and two
 * integers. There is no call that takes text, so nothing a person wrote, no id and no address can get into
 * a log. No time either: the journal stamps lines, and a stranger's hour is not ours to keep.
 */
#ifndef LIB_LOG_LOG_H
#define LIB_LOG_LOG_H
#include "lib/base/base.h"

/* Each has its row in log.c: name, level, and what its two integers mean. */
enum log_event {
    LOG_STORE_OPEN,
    LOG_STORE_FAULT,
    LOG_STORE_BROKEN,
    LOG_STORE_REFUSED,
    LOG_STORE_ENDED_BUSY,
    LOG_MIGRATION_DONE,
    LOG_MIGRATION_FAILED,
    LOG_MIGRATION_EDITED,
    LOG_MIGRATION_NEWER,
    LOG_OUTBOX_DEAD,
    LOG_ACCEPTOR_REFUSED,
    LOG_ACCEPTOR_UNHEARD,
    LOG_ACCEPTOR_FAULT,
    LOG_CLOCK_JUMPED,
    LOG_KEEP_FAILED,
    LOG_FORGET_FAILED,
    LOG_POST_REFUSED,
    LOG_KEEPER_NOT_WHOLE,
    LOG_KEEPER_STORE,
    LOG_KEEPER_UNHEARD,
    LOG_KEEPER_SWAPPABLE,
    LOG_KEEPER_FULL,
    LOG_KEEPER_ROOM,
    LOG_NODE_STRANGE,
    LOG_NODE_TAKEN,
    LOG_RESERVE_USED,
    LOG_RESERVE_WHOLE,
    LOG_ROLE_ENDED,
    LOG_ROLE_FAILING,
    LOG_CAGE_OPEN,
    LOG_WITNESS_FILE,
    LOG_WITNESS_MAIL,
    LOG_ENGINE_REFUSED,
    LOG_ENGINE_OPEN,
    LOG_ENGINE_SNAPSHOT,
    LOG_EVENTS /* how many there are */
};

/* Writes the line at once and whole (one write), so that lines of several processes do not mix. */
void log_event(enum log_event e, int64_t a, int64_t b);
#endif
