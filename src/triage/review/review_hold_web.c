/* A legal hold on a tip: its rows lie in rings of its office by the month, so what is held is those months. */
#include "triage/review/review_page.h"
#include "staff/hold/hold.h"
#include "staff/sealed/sealed.h"

static void add_box(struct hold_subject *s, const uint8_t *keybox)
{
    id ring;
    uint32_t epoch;
    uint16_t table;
    if (!keybox_names(keybox, &ring, &epoch, &table))
        return;
    for (ptrdiff_t i = 0; i < s->ring_count; i++)
        if (id_equal(s->rings[i].ring, ring)) {
            s->rings[i].epoch = epoch < s->rings[i].epoch ? epoch : s->rings[i].epoch;
            return;
        }
    if (s->ring_count < HOLD_RINGS_MOST)
        s->rings[s->ring_count++] = (struct hold_ring){ ring, epoch };
}

/* The rows as they were written, and the tip's own as this office reads it, if another one sent it here. */
static status add_rings(struct request *r, const struct tip_row *tip, struct hold_subject *s)
{
    enum { BOXES = 2048 };
    struct tip_boxes boxes = { .at = arena_new(r->arena, struct tip_box, BOXES), .most = BOXES };
    struct sealed_row own = { .id = tip->id, .table = TABLE_TIP, .sealed = tip->sealed };
    id ring;
    status st = tip_list_boxes(r->db, tip->id, &boxes);
    if (st == OK)
        st = sealed_ring(r, s->place, &ring);
    if (st == OK)
        st = sealed_fit(r, ring, tip->id, &own, 1);
    for (ptrdiff_t i = 0; st == OK && i < boxes.len; i++)
        add_box(s, boxes.at[i].keybox);
    if (st == OK && own.keybox)
        add_box(s, own.keybox);
    return st;
}

static status subject(struct request *r, struct hold_subject *s)
{
    struct tip_opened row;
    *s = (struct hold_subject){ .root = r->id, .kind = "tip", .place = { SCOPE_OFFICE, r->caller.office, TIP }, .back = review_path(r, ""),
                                .path = review_path(r, "/hold"), .clocked = true,
                                .name = tr_fill(r->arena, tr(r->language, N_("Tip %1")), (const str[]){ id_short(r->arena, r->id) }, 1) };
    status st = tips_reach(r, &r->id, 1, &row);
    if (st == OK && !row.opened)
        st = NOT_FOUND;
    return st == OK ? add_rings(r, &row.row, s) : st;
}

status review_hold(struct request *r, struct response *w)
{
    struct hold_subject s;
    status st = subject(r, &s);
    return st == OK ? hold_serve(r, w, &s) : st;
}
