#include "triage/match/match_engine.h"
#include "triage/match/match_across.h"
#include "triage/match/match_cluster.h"
#include "triage/match/match_file.h"

void match_answer_write(const struct match_answer *a, struct wire *to)
{
    wire_u8(to, (uint8_t)(a->known | a->whole << 1));
    wire_u32(to, a->among);
    wire_u32(to, a->copies);
    wire_u8(to, (uint8_t)a->kin_count);
    wire_u8(to, (uint8_t)a->copy_count);
    wire_u8(to, (uint8_t)a->crowd_count);
    for (int i = 0; i < a->kin_count; i++) {
        wire_bytes(to, a->kin[i].tip.at, sizeof(id));
        wire_u32(to, (uint32_t)a->kin[i].weight);
        wire_u8(to, a->kin[i].same);
    }
    for (int i = 0; i < a->copy_count; i++)
        wire_bytes(to, a->copy[i].at, sizeof(id));
    for (int i = 0; i < a->crowd_count; i++) {
        wire_u32(to, a->crowd[i].field);
        wire_u32(to, a->crowd[i].tips);
    }
}

id match_get_id(struct wire *from)
{
    id out = { { 0 } };
    const uint8_t *at = wire_get_bytes(from, sizeof out);
    if (at)
        memcpy(out.at, at, sizeof out);
    return out;
}

bool match_answer_read(struct wire *from, struct match_answer *out)
{
    uint8_t flags = wire_get_u8(from);
    *out = (struct match_answer){ .known = flags & 1, .whole = flags >> 1 & 1 };
    out->among = wire_get_u32(from);
    out->copies = wire_get_u32(from);
    out->kin_count = wire_get_u8(from);
    out->copy_count = wire_get_u8(from);
    out->crowd_count = wire_get_u8(from);
    if (flags > 3 || out->kin_count > MATCH_KIN_MOST || out->copy_count > MATCH_COPIES_MOST || out->crowd_count > CROWDED_MOST)
        return false;
    for (int i = 0; i < out->kin_count; i++) {
        out->kin[i].tip = match_get_id(from);
        out->kin[i].weight = (int32_t)wire_get_u32(from);
        out->kin[i].same = wire_get_u8(from);
    }
    for (int i = 0; i < out->copy_count; i++)
        out->copy[i] = match_get_id(from);
    for (int i = 0; i < out->crowd_count; i++) {
        out->crowd[i].field = wire_get_u32(from);
        out->crowd[i].tips = wire_get_u32(from);
        if (out->crowd[i].field >= MATCH_FIELDS)
            return false;
    }
    return wire_done(from);
}

/* ---- in the engine ---- */

/* All rings that the person of the ticket opens now. */
static status rings_of(struct engine_keys *keys, const struct search_ticket *ticket, id *rings, ptrdiff_t *n)
{
    enum { PAGES = MATCH_RINGS_MOST / RINGS_A_PAGE };
    ptrdiff_t page_len = RINGS_A_PAGE;
    uint64_t gen;
    status s = OK;
    *n = 0;
    for (uint32_t page = 0; s == OK && page < PAGES && page_len == RINGS_A_PAGE; page++) {
        s = keeper_rings(keys->keeper, ticket, page, &gen, rings + *n, &page_len);
        if (s == OK)
            *n += page_len;
    }
    return s;
}

status match_asker_read(struct engine_keys *keys, struct wire *in, id *rings, struct match_asker *out)
{
    struct search_ticket ticket;
    const uint8_t *at = wire_get_bytes(in, SEARCH_TICKET);
    if (!at)
        return INVALID;
    memcpy(ticket.at, at, SEARCH_TICKET);
    *out = (struct match_asker){ .office = match_get_id(in), .rings = rings };
    return in->bad ? INVALID : rings_of(keys, &ticket, rings, &out->ring_count);
}

static status answer_kin(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    struct match_answer answer;
    struct match_asker asker;
    id rings[MATCH_RINGS_MOST];
    status s = match_asker_read(keys, in, rings, &asker);
    if (s != OK)
        return s;
    id tip = match_get_id(in);
    uint32_t skip = wire_get_u32(in);
    match_service_kin(ctx, &asker, tip, skip, &answer);
    match_answer_write(&answer, out);
    return OK;
}

const struct engine_rule match_rules[] = {
    { MATCH_KIN, MATCH_KIN_BODY, MATCH_KIN_BODY, answer_kin },
    { MATCH_ACROSS, MATCH_ACROSS_BODY, MATCH_ACROSS_BODY, match_answer_across },
    { MATCH_FILE, MATCH_FILE_BODY, MATCH_FILE_BODY, match_answer_file },
    { MATCH_CLUSTER, MATCH_CLUSTER_HEAD + (int)sizeof(id), MATCH_CLUSTER_HEAD + MATCH_SEEDS_MOST * (int)sizeof(id), match_answer_cluster },
};
const ptrdiff_t match_rule_count = countof(match_rules);

/* ---- who asks ---- */

status match_ask(const struct match_way *way, uint16_t type, str rest, uint8_t said[ENGINE_MESSAGE_MAX], struct wire *answer)
{
    uint8_t body[SEARCH_TICKET + MATCH_REST_MOST];
    struct search_ticket ticket;
    struct wire asked = { .at = body, .cap = sizeof body };
    ptrdiff_t n;
    status s = keeper_search_ticket(way->keeper, way->who, &ticket);
    if (s != OK)
        return s;
    wire_bytes(&asked, ticket.at, SEARCH_TICKET);
    wire_bytes(&asked, rest.at, rest.len);
    must(!asked.bad);
    s = engine_ask(way->engine, type, (str){ (const char *)body, asked.len }, said, ENGINE_MESSAGE_MAX, &n);
    *answer = (struct wire){ .at = said, .cap = s == OK ? n : 0 };
    return s;
}

status match_ask_kin(struct engine_client *engine, struct keeper *keeper, token t, const struct match_question *q, struct match_answer *out)
{
    uint8_t rest[MATCH_KIN_BODY - SEARCH_TICKET], said[ENGINE_MESSAGE_MAX];
    struct wire asked = { .at = rest, .cap = sizeof rest }, answer;
    *out = (struct match_answer){ 0 };
    wire_bytes(&asked, q->office.at, sizeof q->office);
    wire_bytes(&asked, q->tip.at, sizeof q->tip);
    wire_u32(&asked, q->skip);
    status s = match_ask(&(struct match_way){ engine, keeper, t }, MATCH_KIN, (str){ (const char *)rest, asked.len }, said, &answer);
    if (s != OK)
        return s;
    return match_answer_read(&answer, out) ? OK : FAULT;
}
