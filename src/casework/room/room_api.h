/*
 * Cases for a partner's system, by its key: those it was put on, as anybody who is put on one, and no other. What it reads is opened by
 * the keeper for its own principal, stands in the log, and counts against its own budget.
 */
#ifndef CASEWORK_ROOM_ROOM_API_H
#define CASEWORK_ROOM_ROOM_API_H
#include "lib/web/api.h"

extern const struct routes case_api_routes;
extern const struct api_operations case_operations;
#endif
