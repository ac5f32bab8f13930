/* What the engine of this program knows: the one place where its index is plugged into the loop of common/engine. */
#ifndef APP_ENGINE_H
#define APP_ENGINE_H
#include "common/engine/engine.h"
#include "lib/store/db.h"

/* folder: held open, for its file (engine_snapshot_write). All three live as long as the process. NULL: it cannot begin; its successor tries again. */
const struct engine_service *engine_service_open(struct db *db, struct keeper *keeper, int folder);
void engine_told(bool open); /* the keys came or went: for whoever watches the house */
#endif
