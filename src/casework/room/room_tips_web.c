#include "casework/casefile/casefile.h"
#include "casework/room/room_tips.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "triage/review/review.h"
#include "triage/told/told.h"

enum { SHARED_MOST = 1024, SHOWN_MOST = 16 }; /* rows of one tip that go with a case; of each sort shown on its page */

/* ---- the ring they are for ---- */

/* Whoever the keeper refuses holds no key of the case either, or was put on it by somebody without this one: linking again mends that. */
static status let_in(struct request *r, id root, id ring)
{
    struct case_people people;
    status s = casefile_people(r->db, r->arena, root, &people);
    for (ptrdiff_t i = 0; s == OK && i < people.len; i++) {
        const struct case_person *p = &people.at[i];
        const struct role *role = role_find(p->role);
        struct ring_act act = { .token = caller_token(r), .ring = ring, .member = p->account, .reason = "need to know" };
        struct ring_done done;
        if (id_equal(p->account, r->caller.account) || !role || !wall_allows(role->class, role->powers, TIP))
            continue;
        s = keeper_ring(r->services->keeper, RING_ADD, &act, &done);
        wipe(&act, sizeof act);
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

status room_tip_ring(struct request *r, id root, id *ring)
{
    struct sealed_place place = { SCOPE_CASE, root, TIP };
    struct ring_done done;
    status s = sealed_ring(r, place, ring);
    if (s == NOT_FOUND) {
        struct ring_act act = { .token = caller_token(r), .kind = place.kind, .scope = root, .compartment = TIP, .reason = "tip linked" };
        s = keeper_ring(r->services->keeper, RING_CREATE, &act, &done);
        wipe(&act, sizeof act);
        *ring = done.ring;
    }
    return s == OK ? let_in(r, root, *ring) : s;
}

/* ---- boxed again for the case ---- */

struct tip_rows_of {
    struct sealed_row *at;
    ptrdiff_t len;
};

static void add_row(struct tip_rows_of *list, id row, uint16_t table, str sealed)
{
    if (list->len < SHARED_MOST && sealed.len >= KEYBOX)
        list->at[list->len++] = (struct sealed_row){ .id = row, .table = table, .sealed = sealed };
}

static status rows_of_tip(struct request *r, const struct tip_row *tip, struct tip_rows_of *list)
{
    enum { AT_ONCE = 64 };
    struct tip_additions additions = { .len = AT_ONCE };
    struct tip_entries entries = { .len = AT_ONCE };
    struct across_rows told;
    status s = tip_told_list(r->db, r->arena, tip->id, SHARED_MOST / 2, &told);
    add_row(list, tip->id, TABLE_TIP, tip->sealed);
    for (int64_t skip = 0; s == OK && additions.len == AT_ONCE && list->len < SHARED_MOST; skip += AT_ONCE) {
        s = tip_list_additions(r->db, r->arena, tip->id, skip, AT_ONCE, &additions);
        for (ptrdiff_t i = 0; s == OK && i < additions.len; i++)
            add_row(list, additions.at[i].id, TABLE_TIP_ADDITION, additions.at[i].sealed);
    }
    for (int64_t skip = 0; s == OK && entries.len == AT_ONCE && list->len < SHARED_MOST; skip += AT_ONCE) {
        s = tip_entry_list(r->db, r->arena, tip->id, skip, AT_ONCE, &entries);
        for (ptrdiff_t i = 0; s == OK && i < entries.len; i++)
            add_row(list, entries.at[i].id, TABLE_TIP_NOTE, entries.at[i].sealed);
    }
    for (ptrdiff_t i = 0; s == OK && i < told.len; i++)
        add_row(list, told.at[i].id, TABLE_TIP_TOLD, told.at[i].sealed);
    return s;
}

static status share_some(struct request *r, id root, id ring, id tip, const struct sealed_row *rows, ptrdiff_t n, struct shares *out)
{
    static const uint8_t none[KEYBOX] = { 0 };
    struct open_row asked[SEALED_ROWS_MOST];
    uint8_t boxes[SEALED_ROWS_MOST][KEYBOX];
    for (ptrdiff_t i = 0; i < n; i++)
        asked[i] = (struct open_row){ .row = rows[i].id, .keybox = rows[i].keybox ? rows[i].keybox : (const uint8_t *)rows[i].sealed.at };
    token t = caller_token(r);
    status s = keeper_share(r->services->keeper, t, PURPOSE_LINK, root, ring, (id){ { 0 } }, asked, n, boxes);
    wipe(&t, sizeof t);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (!memcmp(boxes[i], none, KEYBOX))
            continue;
        struct share *to = &out->at[out->len++];
        *to = (struct share){ .root = tip, .row = rows[i].id, .ring = ring, .until_day = SHARE_FOR_EVER };
        memcpy(to->keybox, boxes[i], KEYBOX);
    }
    return s;
}

status room_share_tip(struct request *r, id root, id ring, const struct tip_row *tip, struct shares *out)
{
    struct tip_rows_of list = { .at = arena_new(r->arena, struct sealed_row, SHARED_MOST) };
    id office_ring = { { 0 } };
    *out = (struct shares){ 0 };
    status s = rows_of_tip(r, tip, &list);
    if (s == OK)
        s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &office_ring);
    if (s == OK)
        s = sealed_fit(r, office_ring, tip->id, list.at, list.len); /* a tip that another office sent on */
    out->at = arena_new(r->arena, struct share, list.len + 1);
    for (ptrdiff_t at = 0; s == OK && at < list.len; at += SEALED_ROWS_MOST)
        s = share_some(r, root, ring, tip->id, list.at + at, list.len - at < SEALED_ROWS_MOST ? list.len - at : SEALED_ROWS_MOST, out);
    return s == OK && (!out->len || !id_equal(out->at[0].row, tip->id)) ? NOT_FOUND : s;
}

status room_store_tip(struct request *r, id root, id tip, const struct shares *shares)
{
    int64_t today = day_of(r->now);
    status s = casefile_tip_add(r->db, root, tip, r->caller.account, today);
    for (ptrdiff_t i = 0; s == OK && i < shares->len; i++)
        s = share_put(r->db, &shares->at[i]);
    return s == OK ? clock_event(r->db, r->services->clocks, tip, lit("tip.acted"), today) : s;
}

/* ---- shown on the case ---- */

/* One row that will be opened, and where it is shown. */
struct shown {
    struct case_tip_row *tip;
    const char *heading; /* NULL: the tip itself */
    uint16_t text;       /* tag of the words */
    struct sealed_fields fields;
};
struct showing {
    struct sealed_row rows[SEALED_ROWS_MOST];
    struct shown what[SEALED_ROWS_MOST];
    ptrdiff_t n;
    id ring;
};

/* Only what was boxed for the case; what came later is told, not shown. */
static status show_row(struct request *r, struct showing *x, struct case_tip_row *to, const struct sealed_row *row, id tip, const char *heading,
                       uint16_t text)
{
    if (x->n == SEALED_ROWS_MOST) {
        to->cut = true;
        return OK;
    }
    struct sealed_row *next = &x->rows[x->n];
    *next = *row;
    status s = share_find(r->db, r->arena, tip, row->id, x->ring, day_of(r->now), &next->keybox);
    if (s == NOT_FOUND) {
        to->newer = heading != NULL;
        return OK;
    }
    x->what[x->n] = (struct shown){ .tip = to, .heading = heading, .text = text };
    next->to = &x->what[x->n].fields;
    x->n += s == OK;
    return s;
}

static status show_history(struct request *r, struct showing *x, struct case_tip_row *to, id tip)
{
    struct tip_additions additions;
    struct tip_entries entries;
    status s = tip_list_additions(r->db, r->arena, tip, 0, SHOWN_MOST, &additions);
    if (s == OK)
        s = tip_entry_list(r->db, r->arena, tip, 0, SHOWN_MOST, &entries);
    if (s != OK)
        return s;
    to->cut = additions.len == SHOWN_MOST || entries.len == SHOWN_MOST;
    to->words.at = arena_new(r->arena, struct case_tip_word, 2 * SHOWN_MOST);
    for (ptrdiff_t i = 0; s == OK && i < additions.len; i++) {
        struct sealed_row row = { .id = additions.at[i].id, .table = TABLE_TIP_ADDITION, .sealed = additions.at[i].sealed };
        bool less = str_equal(additions.at[i].kind, lit("share_less"));
        s = show_row(r, x, to, &row, tip, less ? N_("They chose to share less") : N_("They added"), ADDITION_TEXT);
    }
    for (ptrdiff_t i = 0; s == OK && i < entries.len; i++) {
        struct sealed_row row = { .id = entries.at[i].id, .table = TABLE_TIP_NOTE, .sealed = entries.at[i].sealed };
        bool answer = str_equal(entries.at[i].kind, lit("answer"));
        s = show_row(r, x, to, &row, tip, answer ? N_("Our answer") : N_("Note"), ENTRY_TEXT);
    }
    return s;
}

static void put_words(struct request *r, const struct showing *x)
{
    for (ptrdiff_t i = 0; i < x->n; i++) {
        const struct shown *s = &x->what[i];
        str text = sealed_field(&s->fields, s->text);
        if (x->rows[i].opened && !s->heading)
            s->tip->text = text;
        else if (x->rows[i].opened)
            s->tip->words.at[s->tip->words.len++] = (struct case_tip_word){ tr(r->language, s->heading), text };
    }
}

status room_draw_tips(struct request *r, struct case_page *page)
{
    struct case_tips tips;
    const struct role *role = role_find(r->caller.role);
    struct showing *x = arena_new(r->arena, struct showing, 1);
    if (!role || !wall_allows(role->class, role->powers, TIP))
        return OK; /* nothing of them, not even that there are some */
    status s = casefile_tips(r->db, r->arena, r->id, &tips);
    if (s == OK && tips.len)
        s = sealed_ring(r, (struct sealed_place){ SCOPE_CASE, r->id, TIP }, &x->ring);
    if (s != OK || !tips.len)
        return s == NOT_FOUND ? OK : s;
    page->tips.at = arena_new(r->arena, struct case_tip_row, CASE_TIPS_MOST);
    for (ptrdiff_t i = 0; s == OK && i < tips.len; i++) {
        const struct case_tip *t = &tips.at[i];
        bool readable = caller_may(r, TIP_READ) && id_equal(t->office, r->caller.office);
        struct case_tip_row *to = &page->tips.at[page->tips.len++];
        *to = (struct case_tip_row){ .name = id_short(r->arena, t->tip), .day = day_text(r->arena, t->day), .tip = id_text(r->arena, t->tip) };
        if (readable)
            to->href = str_join(r->arena, lit("/tips/"), to->tip);
        struct sealed_row row = { .id = t->tip, .table = TABLE_TIP, .sealed = t->sealed };
        s = show_row(r, x, to, &row, t->tip, NULL, TIP_NARRATIVE);
    }
    for (ptrdiff_t i = 0; s == OK && i < tips.len; i++)
        s = show_history(r, x, &page->tips.at[i], tips.at[i].tip);
    if (s == OK)
        s = sealed_open(r, PURPOSE_READ, r->id, x->rows, x->n);
    if (s != OK)
        return s;
    put_words(r, x);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < page->tips.len; i++)
        if (page->tips.at[i].text.len) {
            s = s == OK ? told_words(r, (struct sealed_place){ SCOPE_CASE, r->id, TIP }, tips.at[i].tip, &page->tips.at[i].told) : s;
            page->tip_told = page->tip_told || page->tips.at[i].told.len;
            page->tips.at[n++] = page->tips.at[i];
        }
    page->tips.len = n;
    return s;
}
