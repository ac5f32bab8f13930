/* GET /api/v1/figures: what was published and nothing else, on both addresses; on that of the staff for a key. */
#ifndef FIGURES_RELEASE_RELEASE_API_H
#define FIGURES_RELEASE_RELEASE_API_H
#include "lib/web/api.h"

extern const struct routes figure_api_routes;
extern const struct api_operations figure_operations;
#endif
