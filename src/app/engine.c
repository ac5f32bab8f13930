#include "app/engine.h"
#include "lib/log/board.h"

struct index {
    struct db *db;
    int folder;
    uint64_t documents, upto;
};

/* A lost connection ends the process: its successor connects anew. */
static status tick(void *ctx, struct engine_keys *keys)
{
    const struct index *x = ctx;
    (void)keys;
    return db_broken(x->db) ? FAULT : OK;
}

static void count(const void *ctx, uint64_t *documents, uint64_t *upto)
{
    const struct index *x = ctx;
    *documents = x->documents;
    *upto = x->upto;
}

void engine_told(bool open)
{
    board_set(BOARD_ENGINE_OPEN, open);
}

const struct engine_service *engine_service_open(struct db *db, int folder)
{
    static struct index x; /* lives as long as the process */
    static const struct engine_service service = { .ctx = &x, .tick = tick, .count = count };
    x = (struct index){ .db = db, .folder = folder };
    engine_told(false);
    return &service;
}
