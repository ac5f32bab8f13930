/* What somebody searches for, and a text it is looked for in: whatever both are, the question has its bounds and places lie in the text, in whole letters. */
#include "fuzz.h"
#include "linkage/terms.h"
#include "triage/search/search.h"

static void read_terms(str text)
{
    struct term_reader r = term_reader(text);
    struct term t;
    ptrdiff_t begin = 0, n = 0;
    for (; term_next(&r, &t); n++) {
        must(t.len > 1 && t.len <= TERM_MOST && t.begin >= begin && t.end > t.begin && t.end <= text.len);
        must(utf8_valid(str_part(text, t.begin, t.end)));
        begin = t.begin;
    }
    must(n <= 2 * text.len);
}

/* The first byte says how long the question is; the text is what follows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    static struct search_query q, again;
    static struct search_place places[64];
    if (!size)
        return 0;
    if (!arena.at)
        arena = arena_reserve(64 << 20);
    struct arena a = arena;
    ptrdiff_t rest = (ptrdiff_t)size - 1, n = data[0] < rest ? data[0] : rest;
    str typed = { (const char *)data + 1, n }, text = { (const char *)data + 1 + n, rest - n };
    read_terms(text);
    search_read(&a, typed, lit("US"), &q);
    must(q.len >= 0 && q.len <= WORDS_ITEMS_MOST && (utf8_valid(typed) || !q.len));
    for (int i = 0; i < q.len; i++) {
        must(q.items[i].way_count > 0 && q.items[i].way_count <= WORDS_WAYS_MOST);
        for (int k = 0; k < q.items[i].way_count; k++)
            must(q.items[i].ways[k].term.len > 0 && q.items[i].ways[k].term.len <= VALUE_MOST && q.items[i].ways[k].weight > 0 &&
                 (!k || q.items[i].ways[k].weight <= q.items[i].ways[k - 1].weight));
    }
    search_read(&a, typed, lit("US"), &again);
    must(again.len == q.len);
    ptrdiff_t found = search_places(&a, &q, text, lit("US"), places, countof(places)), end = 0;
    for (ptrdiff_t i = 0; i < found; i++) {
        must(places[i].begin >= end && places[i].end > places[i].begin && places[i].end <= text.len && places[i].item < q.len);
        must(utf8_valid(str_part(text, places[i].begin, places[i].end)));
        end = places[i].end;
    }
    return 0;
}
