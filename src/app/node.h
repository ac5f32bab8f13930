/* Nodes: further machines that serve the same house (docs/keys.md 4.5, docs/postgres.md). */
#ifndef APP_NODE_H
#define APP_NODE_H
#include "app/command.h"

/* Before any role starts: is this folder's node one that may serve, and does no other program serve as it? False, and a line on stderr: no. */
bool node_may_serve(const struct folder *f, uint32_t *number); /* of this folder's node */
#endif
