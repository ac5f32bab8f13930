#include "triage/search/search.h"
#include "linkage/terms.h"
#include "triage/match/match_words.h"
#include <stdlib.h>

enum { HALF = WORDS_FULL / 2, PLATE_LEAST = 4, PLATE_MOST = 12, PLATE_WORDS = 3 };

/* ---- what is typed ---- */

static str keep(struct arena *a, str term)
{
    return term.len ? str_copy(a, term) : term;
}

/* By falling weight. */
static void add_way(struct words_item *item, str term, int32_t weight)
{
    for (int i = 0; i < item->way_count; i++)
        if (str_equal(item->ways[i].term, term))
            return;
    if (!term.len || item->way_count == WORDS_WAYS_MOST)
        return;
    int at = item->way_count++;
    for (; at > 0 && item->ways[at - 1].weight < weight; at--)
        item->ways[at] = item->ways[at - 1];
    item->ways[at] = (struct words_way){ term, weight };
}

/* What is asked for twice is asked for once. NULL: there are enough. */
static struct words_item *add_item(struct search_query *q, str term)
{
    for (int i = 0; i < q->len; i++)
        if (str_equal(q->items[i].ways[0].term, term))
            return &q->items[i];
    if (q->len == WORDS_ITEMS_MOST) {
        q->more = true;
        return NULL;
    }
    struct words_item *item = &q->items[q->len++];
    add_way(item, term, WORDS_FULL);
    return item;
}

/* Of these the value alone is looked for; of the others also the words, since texts name them in many ways. */
static bool exact(enum finding_kind kind)
{
    return kind == FOUND_PHONE || kind == FOUND_EMAIL || kind == FOUND_PLATE || kind == FOUND_AD;
}

static str fact_term(struct arena *a, const struct finding *f)
{
    char term[VALUE_MOST];
    int field = match_field_of((enum finding_kind)f->kind);
    return field < 0 ? (str){ 0 } : keep(a, match_fact_term((enum match_field)field, finding_normal(f), term));
}

static const struct finding *finding_at(const struct findings *found, const struct term *t)
{
    for (ptrdiff_t i = 0; i < found->len; i++)
        if (t->begin < found->at[i].end && t->end > found->at[i].begin)
            return &found->at[i];
    return NULL;
}

/* Some letters and digits that may be a plate, when nobody says that it is one. Empty: it is none. */
static str plate_term(struct arena *a, str typed)
{
    char term[VALUE_MOST];
    ptrdiff_t letters = 0, digits = 0, words = 1;
    for (ptrdiff_t i = 0; i < typed.len; i++) {
        unsigned char c = (unsigned char)typed.at[i];
        bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        digits += digit;
        letters += letter;
        words += c == ' ';
        if (!digit && !letter && c != ' ' && c != '-')
            return (str){ 0 };
    }
    bool fits = digits && letters + digits >= PLATE_LEAST && letters + digits <= PLATE_MOST && words <= PLATE_WORDS;
    return fits ? keep(a, match_fact_term(MATCH_PLATE, typed, term)) : (str){ 0 };
}

/* A sign alone is looked for where none stands beside it; else each two. */
static bool is_asked(const struct term *t, const struct term *before, const struct term *behind)
{
    bool paired = (before && before->at[0] == TERM_SIGN && before->end > t->begin) || (behind && behind->begin == t->begin);
    if (t->at[0] == TERM_SIGN)
        return !paired;
    return t->at[0] == TERM_WORD;
}

static void add_word(struct arena *a, struct search_query *q, const struct term *t, str plate, str fact)
{
    struct term sound;
    struct words_item *item = add_item(q, keep(a, term_text(t)));
    if (!item)
        return;
    add_way(item, fact, WORDS_FULL);
    add_way(item, plate, WORDS_FULL);
    if (t->at[0] == TERM_WORD)
        add_way(item, plate_term(a, str_part(term_text(t), 1, t->len)), WORDS_FULL);
    if (term_sound(t, &sound))
        add_way(item, keep(a, term_text(&sound)), HALF);
}

void search_read(struct arena *a, str typed, str country, struct search_query *out)
{
    enum { TERMS = 4 * SEARCH_MOST };
    struct findings *found = arena_new(a, struct findings, 1);
    struct term *terms = arena_new(a, struct term, TERMS);
    struct term_reader r = term_reader(typed);
    str plate = plate_term(a, typed);
    ptrdiff_t n = 0, pair = -1; /* pair: the last two signs that were met */
    *out = (struct search_query){ .len = 0 };
    if (!extract(typed, country, found))
        return;
    while (n < TERMS && term_next(&r, &terms[n]))
        n++;
    for (ptrdiff_t i = 0; i < n; i++) {
        const struct term *t = &terms[i];
        const struct finding *f = finding_at(found, t);
        bool two = i > 0 && t->at[0] == TERM_SIGN && terms[i - 1].at[0] == TERM_SIGN && terms[i - 1].begin == t->begin;
        str fact = f ? fact_term(a, f) : (str){ 0 };
        if (fact.len && exact((enum finding_kind)f->kind))
            (void)add_item(out, fact);
        else if (two || is_asked(t, pair >= 0 ? &terms[pair] : NULL, i + 1 < n ? &terms[i + 1] : NULL))
            add_word(a, out, t, plate, fact);
        pair = two ? i : pair;
    }
}

/* ---- where it stands ---- */

static int item_of(const struct search_query *q, str term)
{
    for (int i = 0; i < q->len; i++)
        for (int k = 0; k < q->items[i].way_count; k++)
            if (str_equal(q->items[i].ways[k].term, term))
                return i;
    return -1;
}

static int by_begin(const void *left, const void *right)
{
    const struct search_place *a = left, *b = right;
    return a->begin != b->begin ? (a->begin > b->begin) - (a->begin < b->begin) : (a->end < b->end) - (a->end > b->end);
}

static void add_place(const struct search_query *q, str term, ptrdiff_t begin, ptrdiff_t end, struct search_place *to, ptrdiff_t *n, ptrdiff_t room)
{
    int item = term.len && *n < room ? item_of(q, term) : -1;
    if (item >= 0)
        to[(*n)++] = (struct search_place){ begin, end, item };
}

ptrdiff_t search_places(struct arena *a, const struct search_query *q, str text, str country, struct search_place *to, ptrdiff_t room)
{
    struct findings *found = arena_new(a, struct findings, 1);
    struct term_reader r = term_reader(text);
    struct term t;
    ptrdiff_t n = 0, kept = 0, end = 0;
    if (!extract(text, country, found))
        return 0;
    for (ptrdiff_t i = 0; i < found->len; i++)
        add_place(q, fact_term(a, &found->at[i]), found->at[i].begin, found->at[i].end, to, &n, room);
    while (n < room && term_next(&r, &t))
        add_place(q, term_text(&t), t.begin, t.end, to, &n, room);
    qsort(to, (size_t)n, sizeof *to, by_begin);
    for (ptrdiff_t i = 0; i < n; i++)
        if (to[i].begin >= end) {
            end = to[i].end;
            to[kept++] = to[i];
        } else if (to[i].end > end) {
            end = to[kept - 1].end = to[i].end;
        }
    return kept;
}
