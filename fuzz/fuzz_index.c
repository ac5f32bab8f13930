/*
 * The file of the index, opened: the bytes of a real small index of the engine (tests/tips_made.h) are changed as the input says, eight of its bytes a change.
 * Whatever comes of it, it is refused, or it is a whole index: every question has an end and an answer, what is written of it is read again, and when
 * each document is erased nothing is left.
 */
#include "fuzz.h"
#include "../tests/tips_made.h"
#include "triage/match/match_across.h"
#include "triage/match/match_cluster.h"
#include "triage/search/search_engine.h"
#include <sys/prctl.h>

enum { TIPS = 16, CASES = 3, ROOM = 1 << 16, ALL = TIPS + CASES };

struct file {
    uint8_t at[ROOM];
    size_t len, place;
};
static struct file original, changed, again;
static struct match_asker askers[MADE_READERS];
static id rings[MADE_READERS][2 + CASES];

static bool put(void *context, const void *bytes, size_t n)
{
    struct file *f = context;
    must(f->len + n <= ROOM);
    memcpy(f->at + f->len, bytes, n);
    f->len += n;
    return true;
}

static bool get(void *context, void *bytes, size_t n)
{
    struct file *f = context;
    if (n > f->len - f->place)
        return false;
    memcpy(bytes, f->at + f->place, n);
    f->place += n;
    return true;
}

static void make_original(struct arena a)
{
    static struct match_service m;
    struct chance chance = chance_seeded(77);
    must(match_service_open(&m, NULL, NULL, lit("US")));
    for (uint32_t i = 1; i <= ALL; i++) {
        struct made_tip t = { .number = i, .reader = i <= TIPS ? made_below(&chance, MADE_READERS) : MADE_READERS + i - TIPS, .text = made_text(&chance, &a, 5) };
        t.aside = i % 4; /* each copy takes its part of three thousand small spaces, which is what an input costs */
        made_put(&m, a, &t);
        if (i % 6 == 0)
            match_service_forget(&m, made_id(i / 2));
    }
    must(match_service_write(&m, put, &original));
    match_service_close(&m);
    for (uint32_t i = 0; i < MADE_READERS; i++) {
        for (int k = 0; k < 2; k++)
            rings[i][k] = made_group(i).rings[k];
        for (uint32_t k = 0; k < CASES; k++)
            rings[i][2 + k] = made_group(MADE_READERS + 1 + k).rings[0];
        askers[i] = (struct match_asker){ made_group(i).office, rings[i], 2 + CASES };
    }
}

/* One change: how and with what, and where; the numbers in front as often as all that stands behind them. False: the file ends here. */
static bool change(const uint8_t how[8])
{
    uint32_t at = how[2] | (uint32_t)how[3] << 8 | (uint32_t)how[1] << 16, number;
    uint64_t large = (uint64_t)1 << (how[4] & 63);
    at %= (uint32_t)original.len - 8;
    memcpy(&number, how + 4, sizeof number);
    switch (how[0] % 8) {
    case 0:
        changed.at[at] = how[4];
        break;
    case 1:
        changed.at[at] ^= (uint8_t)(1 << how[4] % 8);
        break;
    case 2:
        memcpy(changed.at + (at & ~3u), &number, sizeof number);
        break;
    case 3: /* one more or less */
        memcpy(&number, changed.at + (at & ~3u), sizeof number);
        number += how[4] & 1 ? 1 : UINT32_MAX;
        memcpy(changed.at + (at & ~3u), &number, sizeof number);
        break;
    case 4:
        memcpy(changed.at + (at & ~7u), &large, sizeof large);
        break;
    case 5: /* what stands elsewhere */
        memmove(changed.at + (at & ~3u), changed.at + number % ((uint32_t)original.len - 64) / 4 * 4, how[1] % 16 * 4u % (original.len - (at & ~3u)));
        break;
    case 6:
        memset(changed.at + at, how[4], how[5] % (original.len - at));
        break;
    default:
        changed.len = at;
        return false;
    }
    return true;
}

static void ask(struct match_service *m, const struct match_asker *asker, struct arena a)
{
    static uint8_t bytes[ENGINE_MESSAGE_MAX];
    static struct match_cluster cluster;
    static struct match_named_answer named;
    static struct match_answer kin;
    static struct search_query query;
    struct search_answer found;
    for (uint32_t i = 1; i <= ALL; i++) {
        struct wire w = { .at = bytes, .cap = sizeof bytes };
        id tip = made_id(i);
        match_service_kin(m, asker, tip, 0, &kin);
        match_answer_write(&kin, &w);
        w.len = 0;
        match_service_file(m, asker, tip, &named);
        match_named_write(&named, &w);
        w.len = 0;
        match_cluster_grow(m, asker, &tip, 1, &cluster);
        match_cluster_write(&cluster, &w);
        must(!w.bad);
    }
    search_read(&a, lit("van market kalo 202-555-0003"), lit("US"), &query);
    search_ask(m, asker, &query, 0, &found);
}

/* Each that stands, by its id; then it is as it was when it was opened, but for numbers that were given. */
static void erase(struct match_service *m)
{
    for (uint32_t i = 1; i <= m->index.count; i++) {
        id tip = index_entry(&m->index, i)->id;
        if (index_entry(&m->index, i)->live)
            must(match_service_forget(m, tip) && index_find(&m->index, tip) == NO_DOCUMENT);
    }
    must(!m->index.live && !m->words.documents && !m->words.terms.count && !m->words.terms.filled);
    must(!postings_count(&m->index.keys) && !postings_count(&m->index.bands) && !postings_count(&m->index.ids));
    for (int f = 0; f < MATCH_FIELDS; f++)
        must(!m->index.table.values[f].count && !m->index.table.values[f].filled);
    for (uint32_t i = 0; i < m->group_count; i++)
        must(!m->groups[i].tips);
    for (int i = 0; i < WORD_PARTS; i++)
        must(!m->words.part[i].filled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    static struct match_service m;
    static struct match_across_answer pairs;
    struct arena a = fuzz_arena(&arena);
    if (!original.len) {
        (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* sixty spaces an input, of which a few pages are touched */
        make_original(a);
    }
    changed = original;
    for (size_t i = 0; i + 8 <= size && change(data + i); i += 8)
        ;
    must(match_service_open(&m, NULL, NULL, lit("US")));
    status s = match_service_read(&m, get, &changed);
    must(s == OK || s == INVALID);
    must(s == OK || size >= 8); /* as it is, it is taken */
    if (s == OK) {
        for (uint32_t i = 0; i < MADE_READERS; i++)
            ask(&m, &askers[i], a);
        match_service_across(&m, &(struct match_across_question){ .skip = 0 }, &pairs);
        static struct match_service back;
        again.len = again.place = 0;
        must(match_service_write(&m, put, &again) && match_service_open(&back, NULL, NULL, lit("US")) && match_service_read(&back, get, &again) == OK);
        match_service_close(&back);
        struct made_tip t = { .number = ALL + 1, .text = lit("One more: call 202-555-0003, a white van at the market of the old town") };
        made_put(&m, a, &t);
        erase(&m);
    }
    match_service_close(&m);
    return 0;
}
