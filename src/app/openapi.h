/* GET /api/v1/openapi.json: what machines may ask at the address that serves it, from the tables that check what they ask. */
#ifndef APP_OPENAPI_H
#define APP_OPENAPI_H
#include "lib/web/api.h"

extern const struct routes openapi_routes;
/* The same document, of r->side; of r it reads the arena, the language, the day and the packs. */
void openapi_write(const struct request *r, struct out *to);
/* Every operation there is, both sides; for the test that holds them equal to the routes. */
extern const struct api_operations *const openapi_sets[];
extern const ptrdiff_t openapi_set_count;
#endif
