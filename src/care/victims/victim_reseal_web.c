#include "care/victims/victims_web.h"
#include "staff/reseal/reseal.h"

/* A packet has a ring of its own, on which of the carers only its maker is: it is ended and made anew, on the file's page. */
static int64_t standing_packets(const struct care_head *h, int64_t today)
{
    int64_t n = 0;
    for (ptrdiff_t i = 0; i < h->packets.len; i++)
        n += h->packets.at[i].a >= today;
    return n;
}

status victim_reseal(struct request *r, struct response *w)
{
    struct care_opened o;
    status st = care_open(r, r->method == POST ? PURPOSE_EDIT : PURPOSE_READ, r->id, &o);
    if (st != OK)
        return st;
    struct reseal_subject s = { .root = r->id, .file = true, .rings = { VICTIM, LOCATION }, .back = care_path(r, r->id, ""),
                                .path = care_path(r, r->id, "/reseal"), .title = o.head.alias,
                                .packets = standing_packets(&o.head, day_of(r->now)) };
    return reseal_serve(r, w, &s);
}
