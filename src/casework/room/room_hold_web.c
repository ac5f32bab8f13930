#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "staff/hold/hold.h"

static status subject(struct request *r, enum purpose why, struct hold_subject *s)
{
    static const enum compartment all[] = { CASE, EVIDENCE, TIP };
    struct opened_case c;
    status st = casefile_open(r, r->id, why, &c);
    if (st != OK)
        return st;
    str number = str_join(r->arena, id_short(r->arena, r->id), lit(" "));
    *s = (struct hold_subject){ .root = r->id, .kind = "case", .place = { SCOPE_CASE, r->id, CASE }, .back = casefile_path(r->arena, r->id, ""),
                                .path = casefile_path(r->arena, r->id, "/hold"), .name = str_join(r->arena, number, c.title), .clocked = true };
    return hold_add_rings(r, s, all, countof(all));
}

status room_hold(struct request *r, struct response *w)
{
    struct hold_subject s;
    status st = subject(r, r->method == POST ? PURPOSE_EDIT : PURPOSE_READ, &s);
    return st == OK ? hold_serve(r, w, &s) : st;
}
