#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "staff/reseal/reseal.h"

status room_reseal(struct request *r, struct response *w)
{
    struct opened_case c;
    status st = casefile_open(r, r->id, r->method == POST ? PURPOSE_EDIT : PURPOSE_READ, &c);
    if (st != OK)
        return st;
    struct reseal_subject s = { .root = r->id, .rings = { CASE, EVIDENCE, TIP }, .back = casefile_path(r->arena, r->id, ""),
                                .path = casefile_path(r->arena, r->id, "/reseal"), .name = id_short(r->arena, r->id), .title = c.title };
    return reseal_serve(r, w, &s);
}
