#include "triage/search/search_engine.h"
#include "triage/match/match_engine.h"

void search_answer_write(const struct search_answer *a, struct wire *to)
{
    wire_u8(to, a->whole);
    wire_u32(to, a->total);
    wire_u32(to, a->all);
    wire_u8(to, (uint8_t)a->len);
    for (int i = 0; i < a->len; i++) {
        wire_bytes(to, a->at[i].tip.at, sizeof(id));
        wire_u32(to, a->at[i].items);
    }
}

bool search_answer_read(struct wire *from, struct search_answer *out)
{
    uint8_t whole = wire_get_u8(from);
    *out = (struct search_answer){ .whole = whole == 1 };
    out->total = wire_get_u32(from);
    out->all = wire_get_u32(from);
    out->len = wire_get_u8(from);
    if (whole > 1 || out->len > SEARCH_PAGE || out->all > out->total || (uint32_t)out->len > out->total)
        return false;
    for (int i = 0; i < out->len; i++) {
        out->at[i].tip = match_get_id(from);
        out->at[i].items = wire_get_u32(from);
    }
    return wire_done(from);
}

/* ---- in the engine ---- */

/* The id begins with the day, and all of it tells two apart: each node shows the same page. */
static bool newer(const void *context, uint32_t a, uint32_t b)
{
    const struct match_service *m = context;
    return memcmp(&index_entry(&m->index, a)->id, &index_entry(&m->index, b)->id, sizeof(id)) > 0;
}

void search_ask(struct match_service *m, const struct match_asker *asker, const struct search_query *q, uint32_t skip, struct search_answer *out)
{
    static uint32_t groups[MATCH_GROUPS_MOST]; /* one thread */
    struct words_answer found;
    struct words_question asked = { .items = q->items, .item_count = q->len, .groups = groups, .group_count = match_service_groups(m, asker, groups),
                                    .before = newer, .context = m, .skip = skip };
    words_seek(&m->words, &asked, &found);
    *out = (struct search_answer){ .whole = m->whole, .total = found.total, .all = found.whole, .len = found.len };
    for (int i = 0; i < found.len; i++)
        out->at[i] = (struct search_hit){ index_entry(&m->index, found.at[i].number)->id, found.at[i].items };
}

enum { READING_BYTES = 1 << 20 };

static status answer_words(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    static struct arena reading; /* lives as long as the process */
    struct search_query query;
    struct search_answer answer;
    struct match_asker asker;
    id rings[MATCH_RINGS_MOST];
    status s = match_asker_read(keys, in, rings, &asker);
    if (s != OK)
        return s;
    uint32_t skip = wire_get_u32(in);
    ptrdiff_t n = in->cap - in->len;
    str typed = { (const char *)wire_get_bytes(in, n), n };
    if (in->bad || !utf8_valid(typed))
        return INVALID;
    if (!reading.at)
        reading = arena_reserve(READING_BYTES);
    struct arena scratch = reading;
    const struct match_service *m = ctx;
    search_read(&scratch, typed, m->country, &query);
    search_ask(ctx, &asker, &query, skip, &answer);
    wipe(reading.at, scratch.at - reading.at); /* what somebody searches for */
    search_answer_write(&answer, out);
    return OK;
}

const struct engine_rule search_rules[] = {
    { SEARCH_WORDS, SEARCH_HEAD + 1, SEARCH_HEAD + SEARCH_MOST, answer_words },
};
const ptrdiff_t search_rule_count = countof(search_rules);

/* ---- who asks ---- */

status search_engine_ask(struct engine_client *engine, const struct search_ticket *ticket, const struct search_question *q, struct search_answer *out)
{
    uint8_t body[SEARCH_HEAD + SEARCH_MOST], said[ENGINE_MESSAGE_MAX];
    struct wire asked = { .at = body, .cap = sizeof body };
    ptrdiff_t n;
    *out = (struct search_answer){ 0 };
    must(q->typed.len > 0 && q->typed.len <= SEARCH_MOST);
    wire_bytes(&asked, ticket->at, SEARCH_TICKET);
    wire_bytes(&asked, q->office.at, sizeof q->office);
    wire_u32(&asked, q->skip);
    wire_bytes(&asked, q->typed.at, q->typed.len);
    status s = engine_ask(engine, SEARCH_WORDS, (str){ (const char *)body, asked.len }, said, sizeof said, &n);
    wipe(body, sizeof body);
    if (s != OK)
        return s;
    struct wire w = { .at = said, .cap = n };
    return search_answer_read(&w, out) ? OK : FAULT;
}
