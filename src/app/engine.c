#include "app/engine.h"
#include "casework/alike/alike_engine.h"
#include "common/pack/pack.h"
#include "lib/log/board.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include "triage/match/match_engine.h"
#include "triage/search/search_engine.h"
#include <sys/mman.h>

/*
 * A walk over what came lately follows another after a second, one over everything after ten minutes: it finds what was erased by others than the
 * jobs role, which says so. FORGOT_MS: what is forgotten comes in parts, and each part ends the key of the file; so the next one waits.
 */
enum { WALK_ALL_MS = 600000, WRITE_MS = 600000, FORGOT_MS = 60000, LATELY_S = 2 * 86400, STEP_BYTES = 32 << 20, PROCESS_BYTES = 4096, ENGINE_RULES_MOST = 16 };

struct engine_index {
    struct match_service tips; /* first: the rules know it alone */
    struct arena steps;       /* of one step, and empty again after it */
    int folder;
    bool begun, walking;      /* the file was looked for; a walk is not at its end */
    int64_t walked_all_ms, wrote_ms, forgot_ms; /* 0: not yet; forgot_ms 0: a file was written since */
};

/* ---- its file ---- */

/* The index hands out pieces of its own; the file takes them by chunks. Both run in one thread, so the pieces wait in memory. */
struct pieces {
    struct space space;
    size_t len, at;
};

static bool gather(void *context, const void *bytes, size_t n)
{
    struct pieces *p = context;
    if (p->len + n > p->space.size)
        return false;
    memcpy(p->space.at + p->len, bytes, n);
    p->len += n;
    return true;
}

static bool hand_back(void *context, void *bytes, size_t n)
{
    struct pieces *p = context;
    if (p->at + n > p->len)
        return false;
    memcpy(bytes, p->space.at + p->at, n);
    p->at += n;
    return true;
}

static status produce(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    struct pieces *p = ctx;
    size_t left = p->len - p->at;
    *n = (ptrdiff_t)(left < (size_t)room ? left : (size_t)room);
    memcpy(to, p->space.at + p->at, (size_t)*n);
    p->at += (size_t)*n;
    return OK;
}

static status consume(void *ctx, str bytes)
{
    return gather(ctx, bytes.at, (size_t)bytes.len) ? OK : INVALID;
}

enum { PIECES_MOST_GIB = 2 };

static bool pieces_open(struct pieces *p)
{
    *p = (struct pieces){ .len = 0 };
    return space_take(&p->space, (size_t)PIECES_MOST_GIB << 30);
}

static void pieces_close(struct pieces *p)
{
    wipe(p->space.at, (ptrdiff_t)p->len);
    space_give(&p->space);
}

/* A new key first: from then on what was written before opens no more, also when this file is never finished. */
static status write_file(struct engine_index *x, struct engine_keys *keys)
{
    struct pieces p;
    uint8_t key[KEY];
    status s = keeper_snapshot_key(keys->keeper, keys->token, true, key);
    if (s != OK || !pieces_open(&p))
        return s == OK ? FAULT : s;
    s = match_service_write(&x->tips, gather, &p) ? OK : LIMIT; /* too large to be kept: it is made anew after a start */
    if (s == OK)
        s = engine_snapshot_write(x->folder, key, x->tips.index.live, produce, &p);
    wipe(key, sizeof key);
    pieces_close(&p);
    x->wrote_ms = os_monotonic_ms();
    x->forgot_ms = 0;
    x->tips.changed = x->tips.dropped = false;
    return s == LIMIT ? OK : s;
}

/* Memory first: a file that is written from then on has nothing of them. What lay on the disk opens no more when the jobs role has its key destroyed. */
static status forget(void *ctx, const id *tips, ptrdiff_t n)
{
    struct engine_index *x = ctx;
    bool dropped = x->tips.dropped;
    for (ptrdiff_t i = 0; i < n; i++)
        (void)match_service_forget(&x->tips, tips[i]);
    x->tips.dropped = dropped; /* no other file is owed for these at once */
    must(madvise(x->steps.at, (size_t)(x->steps.end - x->steps.at), MADV_DONTNEED) == 0); /* words that it read last */
    x->forgot_ms = os_monotonic_ms();
    return engine_snapshot_remove(x->folder);
}

/* Tips, and cases by the feed that triage does not know. */
static bool open_tips(struct match_service *tips, struct db *db, struct keeper *keeper, str country)
{
    if (!match_service_open(tips, db, keeper, country))
        return false;
    tips->feed = &alike_feed;
    return true;
}

/* Of a file that opened and is none of ours, or that there was no memory for. */
static status begin_anew(struct engine_index *x, status why)
{
    log_event(LOG_ENGINE_SNAPSHOT, why, 0);
    match_service_close(&x->tips);
    return open_tips(&x->tips, x->tips.db, x->tips.keeper, x->tips.country) ? engine_snapshot_remove(x->folder) : FAULT;
}

/* Whatever is wrong with the file: the walk makes the index anew. */
static status read_file(struct engine_index *x, struct engine_keys *keys)
{
    struct pieces p;
    uint8_t key[KEY];
    uint64_t upto;
    status s = keeper_snapshot_key(keys->keeper, keys->token, false, key);
    if (s != OK || !pieces_open(&p))
        return s == NOT_FOUND ? OK : s == OK ? FAULT : s;
    s = engine_snapshot_read(x->folder, key, &upto, consume, &p);
    wipe(key, sizeof key);
    if (s == OK) {
        s = match_service_read(&x->tips, hand_back, &p);
        if (s != OK || p.at != p.len)
            s = begin_anew(x, s == OK ? INVALID : s);
    }
    pieces_close(&p);
    return s == FAULT ? FAULT : OK;
}

/* ---- its work ---- */

static void begin_walk(struct engine_index *x)
{
    static const uint8_t zeros[16];
    int64_t now = os_monotonic_ms();
    bool all = !x->tips.whole || now - x->walked_all_ms >= WALK_ALL_MS;
    if (all)
        x->walked_all_ms = now;
    match_service_walk(&x->tips, all ? (id){ { 0 } } : id_make(zeros, (os_now() - LATELY_S) * 1000, true));
    x->walking = true;
}

/* LOCKED: the keeper began anew, and a supervisor opens it again; what is known stays, and answers nobody meanwhile. */
static status told_by_keeper(struct engine_keys *keys, status s)
{
    if (s == LOCKED)
        engine_keys_lost(keys);
    return s == FAULT ? FAULT : OK;
}

/* What is no longer to be in it makes it due at once. */
static bool write_is_due(const struct engine_index *x)
{
    int64_t now = os_monotonic_ms();
    if (!x->tips.whole || x->tips.dropped)
        return x->tips.whole;
    if (x->forgot_ms)
        return now - x->forgot_ms >= FORGOT_MS;
    return x->tips.changed && (!x->wrote_ms || now - x->wrote_ms >= WRITE_MS);
}

static status tick(void *ctx, struct engine_keys *keys)
{
    struct engine_index *x = ctx;
    status s = OK;
    if (db_broken(x->tips.db))
        return FAULT;
    if (!keys->open)
        return OK;
    if (!x->begun) {
        s = read_file(x, keys);
        x->begun = s == OK;
        if (s != OK)
            return told_by_keeper(keys, s);
    }
    if (!x->walking)
        begin_walk(x);
    s = match_service_step(&x->tips, keys->token, x->steps);
    if (s == OK)
        return WAIT;
    x->walking = s != NOT_FOUND;
    if (s != NOT_FOUND)
        return told_by_keeper(keys, s);
    if (write_is_due(x))
        s = write_file(x, keys);
    return told_by_keeper(keys, s);
}

static void count(const void *ctx, uint64_t *documents, uint64_t *upto)
{
    const struct engine_index *x = ctx;
    *documents = x->tips.index.live;
    *upto = x->tips.whole;
}

void engine_told(bool open)
{
    board_set(BOARD_ENGINE_OPEN, open);
}

/* What each feature of the index is asked; their types are apart. */
static ptrdiff_t rules_of(struct engine_rule *to, ptrdiff_t most)
{
    const struct {
        const struct engine_rule *at;
        ptrdiff_t len;
    } all[] = { { match_rules, match_rule_count }, { search_rules, search_rule_count } };
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < countof(all); i++) {
        must(n + all[i].len <= most);
        memcpy(to + n, all[i].at, (size_t)all[i].len * sizeof *to);
        n += all[i].len;
    }
    return n;
}

const struct engine_service *engine_service_open(struct db *db, struct keeper *keeper, int folder)
{
    static struct engine_index x; /* lives as long as the process */
    static struct engine_service service;
    static struct engine_rule rules[ENGINE_RULES_MOST];
    struct arena process = arena_reserve(PROCESS_BYTES), scratch;
    struct pack pack;
    engine_told(false);
    x = (struct engine_index){ .steps = arena_reserve(STEP_BYTES), .folder = folder };
    scratch = x.steps;
    if (pack_open(db, &scratch, NULL, &pack) != OK ||
        !open_tips(&x.tips, db, keeper, str_copy(&process, pack_country(&pack, day_of(os_now())))))
        return NULL;
    service = (struct engine_service){ .ctx = &x, .rules = rules, .rule_count = rules_of(rules, ENGINE_RULES_MOST), .tick = tick, .count = count, .forget = forget };
    return &service;
}
