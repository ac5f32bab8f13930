/*
 * The engine beside the features: what a staff worker asks it over a channel, the loop of its process, and the sealed file it keeps its index
 * in. What an index is, and what is asked of it, comes from whoever plugs in (struct engine_service): nothing here knows a tip.
 *
 * A message is a head of 16 bytes as the keeper's (lib/os/channel.h) and a body whose length stands between what its rule says.
 */
#ifndef COMMON_ENGINE_ENGINE_H
#define COMMON_ENGINE_ENGINE_H
#include "lib/crypt/crypt.h"
#include "lib/os/channel.h"
#include "vault/keeper.h"

enum { ENGINE_MESSAGE_MAX = 65536, ENGINE_CHANNELS = 48, ENGINE_WAIT_MS = 2000 };
enum {
    ENGINE_STATE = 1, /* this and the next the loop answers itself, also while it waits for its keys */
    ENGINE_FORGET,
    ENGINE_SERVICE,   /* types of a service begin here */
    ENGINE_FORGET_MOST = 512
};
/* Who sits at the other end of a channel. Staff ask, and are not told to forget; the jobs role is told nothing of what is in the index. */
enum engine_asker { ENGINE_OF_STAFF, ENGINE_OF_JOBS };

/* ---- who asks ---- */

struct engine_client; /* one channel, one question in flight */
struct engine_client *engine_on_channel(int fd); /* lives as long as the process */
/*
 * Asks and waits, never longer than ENGINE_WAIT_MS; after a silence as long as that, not again for some seconds. OK: out holds *n bytes.
 * LOCKED: the engine waits for a supervisor. BUSY: no answer in time. INVALID: it knows no such question, or not of that length.
 * NOT_FOUND, LIMIT: as its service says. FAULT: it has gone, or its answer is longer than room. A client that is NULL is BUSY.
 */
status engine_ask(struct engine_client *c, uint16_t type, str body, uint8_t *out, ptrdiff_t room, ptrdiff_t *n) MUST_CHECK;
struct engine_standing {
    bool open;          /* it has its keys */
    uint64_t documents; /* in its index */
    uint64_t upto;      /* how far it has read, as its service counts */
};
status engine_standing(struct engine_client *c, struct engine_standing *out) MUST_CHECK; /* never LOCKED: open says so. BUSY also: it just began */
/*
 * On a channel of ENGINE_OF_JOBS: nothing of these documents is left in the index, and its file has gone, once this says OK; also of an engine
 * that waits for its keys, and of documents that it does not know. As engine_ask, but never LOCKED; to be asked again until it says OK.
 * n: 1 to ENGINE_FORGET_MOST.
 */
status engine_forget(struct engine_client *c, const id *documents, ptrdiff_t n) MUST_CHECK;

/* ---- the process ---- */

/* What it may open with, from its keeper. */
struct engine_keys {
    struct keeper *keeper; /* on a channel of ROLE_ENGINE */
    bool begun;            /* it was heard since this process began: what it opened for a predecessor is over. Until then nobody is told how things stand */
    bool open;             /* token is good; else the engine waits for a supervisor */
    token token;
    uint64_t gen;          /* of the wall, when the keeper spoke last of it */
};
void engine_keys_lost(struct engine_keys *k); /* the keeper said LOCKED: the token is wiped */

/* Reads in, writes out. OK, or one of LOCKED, NOT_FOUND, INVALID, LIMIT, BUSY, which the asker is told; FAULT ends the process. */
typedef status engine_answer(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out);
struct engine_rule {
    uint16_t type;         /* from ENGINE_SERVICE on */
    ptrdiff_t least, most; /* of the body */
    engine_answer *answer; /* called with open keys alone, for staff alone; who asks an engine without them is told LOCKED */
};
struct engine_service {
    void *ctx;
    const struct engine_rule *rules;
    ptrdiff_t rule_count;
    /*
     * Each second, and when keys come or go. A part of the work that no question should wait behind (50 ms). WAIT: there is more, call it
     * again when nobody asks. FAULT ends the process. NULL: nothing is done beside answering.
     */
    status (*tick)(void *ctx, struct engine_keys *keys);
    void (*count)(const void *ctx, uint64_t *documents, uint64_t *upto); /* NULL: zeros */
    /* Nothing of these is left, in memory or in its file, when it says OK; keys may be shut. FAULT ends the process. NULL: nobody may ask it. */
    status (*forget)(void *ctx, const id *documents, ptrdiff_t n);
};
/* One message as the loop answers it; out has room for ENGINE_MESSAGE_MAX, *n of it are used. FAULT: answered so, and the process must end. */
status engine_serve(const struct engine_service *s, struct engine_keys *keys, enum engine_asker from, str in, uint8_t *out, ptrdiff_t *n) MUST_CHECK;

struct engine_place {
    struct keeper *keeper;
    const int *channels;   /* to those who ask */
    const int *askers;     /* of each channel, an enum engine_asker */
    ptrdiff_t channel_count;
    const struct engine_service *service;
    void (*told)(bool open); /* when keys came or went; NULL: nobody is told */
};
int engine_main(const struct engine_place *p); /* 0 when all channels are closed; 1 after a FAULT */

/* ---- the file ---- */

/*
 * engine.snap in a folder that is held open: "PSE1" | u16 version | u16 0 | u64 upto | header[24] | a secretstream of 64 KiB chunks, the first
 * 16 bytes authenticated with each. Written beside and renamed: whoever reads finds the old one or the new one whole, or none.
 */
#define ENGINE_SNAPSHOT "engine.snap"
enum { SNAPSHOT_CHUNK = 65536 };
/* Up to room bytes that follow; *n 0: that was all. Not OK ends the writing, and what was there before stays. */
typedef status snapshot_produce(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n);
status engine_snapshot_write(int folder, const uint8_t key[KEY], uint64_t upto, snapshot_produce *produce, void *ctx) MUST_CHECK;
/*
 * Chunks in order. What consume was given counts only when this says OK. NOT_FOUND: there is no file. INVALID: it was torn, of another key or
 * version, or consume did not want it; then it is removed and one line of the log says so. FAULT: the disk.
 */
typedef status snapshot_consume(void *ctx, str bytes);
status engine_snapshot_read(int folder, const uint8_t key[KEY], uint64_t *upto, snapshot_consume *consume, void *ctx) MUST_CHECK;
status engine_snapshot_remove(int folder) MUST_CHECK; /* also one that was not finished. OK also: there is none */
#endif
