/*
 * GET /api/v1/offices. On the public address: the offices the country's data names. On that of the staff, for a key: those of this house,
 * which may get a tip.
 */
#ifndef STAFF_DIRECTORY_DIRECTORY_API_H
#define STAFF_DIRECTORY_DIRECTORY_API_H
#include "lib/web/api.h"

extern const struct routes directory_api_routes;
extern const struct api_operations directory_operations;
#endif
