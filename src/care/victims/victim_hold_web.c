#include "care/victims/victims_web.h"
#include "staff/hold/hold.h"

static status subject(struct request *r, enum purpose why, struct hold_subject *s)
{
    static const enum compartment all[] = { VICTIM, LOCATION };
    struct care_opened o;
    status st = care_open(r, why, r->id, &o);
    if (st != OK)
        return st;
    *s = (struct hold_subject){ .root = r->id, .kind = "file", .place = care_ring(r->id, VICTIM), .back = care_path(r, r->id, ""),
                                .path = care_path(r, r->id, "/hold"), .name = o.head.alias };
    return hold_add_rings(r, s, all, countof(all));
}

status victim_hold(struct request *r, struct response *w)
{
    struct hold_subject s;
    status st = subject(r, r->method == POST ? PURPOSE_EDIT : PURPOSE_READ, &s);
    return st == OK ? hold_serve(r, w, &s) : st;
}
