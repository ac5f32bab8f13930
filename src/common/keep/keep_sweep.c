#include "common/keep/keep_rows.h"
#include "common/share/share.h"
#include "lib/crypt/crypt.h"

/* ---- the record ---- */

static void digest_of(const id *roots, ptrdiff_t n, uint8_t digest[32])
{
    struct sha256_state h;
    sha256_start(&h);
    for (ptrdiff_t i = 0; i < n; i++)
        sha256_more(&h, (str){ (const char *)roots[i].at, sizeof roots[i].at });
    sha256_end(&h, digest);
}

/* Before anything goes: what nobody recorded cannot happen. about: the one thing, or zero for several tips. */
static status record(const struct keep *k, id about, const id *roots, ptrdiff_t n)
{
    uint8_t digest[32];
    uint64_t seq;
    digest_of(roots, n, digest);
    return keeper_note(k->keeper, NULL, ACT_ERASE, (uint32_t)n, about, digest, &seq);
}

/* ---- tips ---- */

/* The TIP rings of the cases that have it. */
static status rings_of_tip(const struct keep *k, id tip, id *rings, ptrdiff_t *n)
{
    id cases[KEEP_CASES_OF_TIP];
    ptrdiff_t count = 0;
    struct ring_key key;
    status s = keep_cases_of_tip(k->db, tip, cases, &count);
    *n = 0;
    for (ptrdiff_t i = 0; s == OK && i < count; i++) {
        s = keeper_ring_key(k->keeper, SCOPE_CASE, cases[i], TIP, &key);
        if (s == OK)
            rings[(*n)++] = key.ring;
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

static status erase_tip(const struct keep *k, struct arena a, const struct keep_row *tip, bool counted)
{
    bool more = true;
    status s = OK;
    while (s == OK && more) {
        s = db_begin(k->db);
        if (s != OK)
            return s;
        s = keep_drop_part(k->db, KEEP_TIPS, tip->id, false, &more);
        if (s == OK && !more && !counted)
            s = keep_count_tip(k->db, a, tip);
        if (s == OK && !more)
            s = keep_drop_root(k->db, KEEP_TIPS, tip->id);
        if (s == OK && !more)
            s = keep_forget_put(k->db, tip->id, k->today);
        s = db_end(k->db, s);
    }
    return s == CONFLICT ? OK : s; /* another node's sweep was there first: nothing of this one stands */
}

/* Its words under the case's key, its office without it. */
static status give_tip(const struct keep *k, struct arena a, const struct keep_row *tip, id ring, const id *rings, ptrdiff_t n)
{
    bool more = true;
    status s = OK;
    while (s == OK && more) {
        s = db_begin(k->db);
        if (s != OK)
            return s;
        s = keep_drop_part(k->db, KEEP_TIPS, tip->id, true, &more);
        if (s == OK && !more)
            s = keep_give_tip(k->db, a, tip->id, ring, k->today, &more);
        if (s == OK && !more)
            s = keep_share_trim(k->db, tip->id, rings, n);
        if (s == OK && !more)
            s = keep_count_tip(k->db, a, tip);
        if (s == OK && !more)
            s = keep_forget_put(k->db, tip->id, k->today); /* the index knows what the case was not given; it reads what is left anew */
        s = db_end(k->db, s);
    }
    return s;
}

/* A case that was given the words keeps them; without one the tip goes. */
static status end_tip(const struct keep *k, struct arena a, const struct keep_row *tip)
{
    id rings[KEEP_CASES_OF_TIP];
    ptrdiff_t n = 0, at = 0;
    const uint8_t *box;
    status s = rings_of_tip(k, tip->id, rings, &n);
    if (s != OK)
        return s;
    for (s = NOT_FOUND; s == NOT_FOUND && at < n; at++)
        s = share_find(k->db, &a, tip->id, tip->id, rings[at], k->today, &box);
    if (s == OK)
        return give_tip(k, a, tip, rings[at - 1], rings, n);
    return s == NOT_FOUND ? erase_tip(k, a, tip, false) : s;
}

static status end_tips(const struct keep *k, struct arena a, const struct keep_row *rows, ptrdiff_t n, bool lost)
{
    id roots[KEEP_AT_ONCE];
    for (ptrdiff_t i = 0; i < n; i++)
        roots[i] = rows[i].id;
    status s = record(k, (id){ { 0 } }, roots, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = lost ? erase_tip(k, a, &rows[i], true) : end_tip(k, a, &rows[i]);
    return s;
}

static status step_tips(const struct keep *k, struct arena a)
{
    struct keep_row rows[KEEP_AT_ONCE];
    ptrdiff_t n = 0;
    str reason = { 0 };
    status s;
    while ((s = keep_next_disposition(k->db, &a, reason, &reason)) == OK) {
        int64_t days = keep_days(k->rules, KEEP_TIPS, reason);
        if (days == KEEP_EVER)
            continue;
        s = keep_ended_tips(k->db, reason, k->today - days, k->today, rows, &n);
        if (s != OK || n)
            return s == OK ? end_tips(k, a, rows, n, false) : s;
    }
    if (s != NOT_FOUND)
        return s;
    s = keep_lost_tips(k->db, k->today, rows, &n);
    if (s == OK)
        s = n ? end_tips(k, a, rows, n, true) : NOT_FOUND;
    return s;
}

/* ---- the index ---- */

/* The keeper says which node this is, and which may serve: what a node that was taken out knew is noise since then (keeper_people.c). */
static status list_for(const struct keep_forgetting *f, uint32_t *own, id *tips, ptrdiff_t room, ptrdiff_t *n)
{
    struct keeper_nodes nodes;
    int64_t day;
    status s = keep_forget_since(f->db, &day);
    if (s == OK)
        s = keeper_nodes(f->keeper, &nodes);
    if (s == OK && nodes.admitted)
        s = keep_nodes_gone(f->db, nodes.admitted);
    if (s != OK)
        return s;
    *own = nodes.own;
    s = keep_forget_list(f->db, *own, tips, room, n);
    return s == OK && !*n ? NOT_FOUND : s;
}

status keep_end_in_index(const struct keep_forgetting *f)
{
    id tips[ENGINE_FORGET_MOST];
    uint8_t digest[32];
    uint32_t own = 0;
    uint64_t seq;
    ptrdiff_t n = 0;
    status s = list_for(f, &own, tips, countof(tips), &n);
    if (s != OK)
        return s;
    s = engine_forget(f->engine, tips, n);
    if (s != OK)
        return s == NOT_FOUND ? FAULT : s;
    digest_of(tips, n, digest);
    s = keeper_forgotten(f->keeper, (uint32_t)n, digest, &seq);
    if (s == OK)
        s = db_begin(f->db);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = keep_forget_drop(f->db, own, tips[i]);
    return db_end(f->db, s);
}

/* ---- cases, files of care, packets ---- */

struct ring_kind {
    enum scope_kind kind;
    enum compartment compartments[4]; /* zero: no more */
};
static const struct ring_kind kinds_of[] = {
    [KEEP_CASES] = { SCOPE_CASE, { CASE, EVIDENCE, TIP } },
    [KEEP_FILES] = { SCOPE_CASE, { VICTIM, LOCATION, FUND } },
    [KEEP_PACKETS] = { SCOPE_RELEASE, { SHARED } },
};

static status put_told(const struct keep *k, enum keep_class class, id root, const struct keep_answer *answer)
{
    struct keep_ring told = { 0, answer->state == KEEP_HELD ? answer->day + 1 : answer->day };
    status s = db_begin(k->db);
    return s == OK ? db_end(k->db, keep_told_put(k->db, class, root, answer->ring, &told)) : s;
}

/* *gone: no key of it is left. */
static status end_rings(const struct keep *k, enum keep_class class, id root, enum expire_verb verb, bool *gone)
{
    const struct ring_kind *of = &kinds_of[class];
    status s = OK;
    *gone = true;
    for (int i = 0; s == OK && i < countof(of->compartments) && of->compartments[i]; i++) {
        struct keep_answer answer;
        s = keeper_expire(k->keeper, verb, &(struct expire_ask){ of->kind, root, of->compartments[i], 0 }, &answer);
        if (s != OK || answer.state == KEEP_GONE)
            continue;
        *gone = false;
        if (verb == EXPIRE)
            s = put_told(k, class, root, &answer);
    }
    return s;
}

static status erase_root(const struct keep *k, struct arena a, enum keep_class class, id root)
{
    bool more = true;
    status s = record(k, root, &root, 1);
    while (s == OK && more) {
        bool entries = false;
        s = db_begin(k->db);
        if (s != OK)
            return s;
        s = class == KEEP_CASES ? keep_drop_entries(k->db, a, root, &entries) : OK;
        more = entries;
        if (s == OK && !more)
            s = keep_drop_part(k->db, class, root, false, &more);
        if (s == OK && !more && class == KEEP_CASES)
            s = keep_count_case(k->db, root);
        if (s == OK && !more)
            s = keep_drop_root(k->db, class, root);
        if (s == OK && !more && class == KEEP_CASES)
            s = keep_forget_put(k->db, root, k->today);
        s = db_end(k->db, s);
    }
    return s == CONFLICT ? OK : s;
}

static status take_back(const struct keep *k, enum keep_class class, id root)
{
    bool gone;
    status s = end_rings(k, class, root, EXPIRE_NOT, &gone);
    if (s == OK)
        s = db_begin(k->db);
    return s == OK ? db_end(k->db, keep_told_delete(k->db, root)) : s;
}

/* Told so early that the notice is over when the time is. */
static status step_roots(const struct keep *k, struct arena a, enum keep_class class)
{
    int64_t days = keep_days(k->rules, class, (str){ 0 });
    int64_t before = days == KEEP_EVER ? INT32_MIN : class == KEEP_FILES ? k->today + NOTICE_DAYS : k->today + NOTICE_DAYS - days;
    bool gone;
    id root;
    status s = keep_kept_root(k->db, class, before, &root);
    if (s != NOT_FOUND)
        return s == OK ? take_back(k, class, root) : s;
    s = keep_ended_root(k->db, class, before, k->today, &root);
    if (s == OK)
        s = end_rings(k, class, root, EXPIRE, &gone);
    return s == OK && gone ? erase_root(k, a, class, root) : s;
}

status keep_step(const struct keep *k, struct arena a)
{
    static const enum keep_class classes[] = { KEEP_CASES, KEEP_FILES, KEEP_PACKETS };
    status s = step_tips(k, a);
    for (int i = 0; s == NOT_FOUND && i < countof(classes); i++)
        s = step_roots(k, a, classes[i]);
    return s;
}

/* ---- months of an office ---- */

/* The last epoch of those from first on, all before now, that no row needs. first - 1: the first is needed. */
static status last_unused(const struct keep *k, enum compartment compartment, id ring, uint32_t first, uint32_t now, uint32_t *last)
{
    bool used = false;
    status s = OK;
    *last = first - 1;
    for (uint32_t e = first; s == OK && !used && e < now; e++) {
        s = keep_epoch_used(k->db, compartment, ring, e, &used);
        *last = used ? *last : e;
    }
    return s;
}

static status end_epoch(const struct keep *k, const struct expire_ask *ask, id ring)
{
    struct keep_answer answer;
    status s = keeper_expire(k->keeper, EXPIRE, ask, &answer);
    struct keep_ring told = { ask->epoch, answer.state == KEEP_HELD ? answer.day + 1 : answer.day };
    if (s == OK)
        s = db_begin(k->db);
    if (s != OK)
        return s;
    if (answer.state == KEEP_GONE) {
        s = keep_cut_put(k->db, ring, ask->epoch + 1);
        if (s == OK)
            s = keep_told_delete(k->db, ring);
    } else {
        s = keep_told_put(k->db, KEEP_MONTHS, ring, ring, &told);
    }
    return db_end(k->db, s);
}

static status end_months(const struct keep *k, struct expire_ask *ask)
{
    struct ring_key key;
    struct keep_ring told = { 0, 0 };
    uint32_t first = 1, last = 0;
    status s = keeper_ring_key(k->keeper, ask->kind, ask->scope, ask->compartment, &key);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    s = keep_cut_find(k->db, key.ring, &first);
    if (s == OK)
        s = keep_told_find(k->db, key.ring, key.ring, &told);
    if (s == OK && told.day > k->today)
        return OK;
    if (s == OK || s == NOT_FOUND)
        s = last_unused(k, ask->compartment, key.ring, first, told.epoch ? told.epoch + 1 : key.epoch, &last);
    ask->epoch = told.epoch ? told.epoch : last;
    return s == OK && last >= first && ask->epoch <= last ? end_epoch(k, ask, key.ring) : s;
}

status keep_months(const struct keep *k, id office)
{
    static const enum compartment rings[] = { TIP, SOURCE, VICTIM };
    status s = OK;
    for (int i = 0; s == OK && i < countof(rings); i++)
        s = end_months(k, &(struct expire_ask){ SCOPE_OFFICE, office, rings[i], 0 });
    return s;
}
