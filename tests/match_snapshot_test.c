/*
 * What the engine knows of tips and cases, as bytes and back: what no engine wrote is refused, and whichever way an index came to be, it answers with the
 * same bytes. Everybody and everything in it is invented (tests/tips_made.h). forge() is over fifty lines: a case for each promise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "in_memory.h"
#include "tips_made.h"
#include "lib/crypt/crypt.h"
#include "linkage/index_keys.h"
#include "triage/match/match_across.h"
#include "triage/match/match_cluster.h"
#include "triage/search/search_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); /* fuzz/fuzz_index.c */

enum { FILE_MOST = 64 << 20 };
static struct arena arena;
static struct bytes file;

static void open_service(struct match_service *m)
{
    assert_true(match_service_open(m, NULL, NULL, lit("US")));
    m->whole = true;
}

static void write_file(const struct match_service *m)
{
    file.len = 0;
    file.room = FILE_MOST;
    assert_true(match_service_write(m, take_bytes, &file));
}

static status read_file(struct match_service *m)
{
    open_service(m);
    file.room = file.len;
    file.len = 0;
    return match_service_read(m, give_bytes, &file);
}

/* ---- forged ---- */

static struct match_service house;
enum { FIRST = 1, SECOND, ALONE, GONE, OF_CASE };

/* Two copies of one text of two readers, one tip alone, one that is gone, and a case. */
static int open_house(void **state)
{
    static const char text[] = "The foreman keeps all papers in his car, plate 7KLM214; call 202-555-0143 and ask for the room behind the laundry";
    const struct made_tip tips[] = { { FIRST, 0, 0, str_of(text), false }, { SECOND, 1, 0, str_of(text), false }, { ALONE, 3, 0, lit("Write to alone@example.org and stone@example.org or to 202-555-0143"), false },
                                     { GONE, 0, 0, lit("gone@example.org wrote"), false }, { OF_CASE, MADE_READERS, 0, lit("plate 7KLM214"), false } };
    (void)state;
    open_service(&house);
    for (ptrdiff_t i = 0; i < countof(tips); i++)
        made_put(&house, arena, &tips[i]);
    assert_true(match_service_forget(&house, made_id(GONE)));
    assert_int_equal(index_entry(&house.index, SECOND)->lead, FIRST);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    match_service_close(&house);
    return 0;
}

static struct index_entry *entry(uint32_t number)
{
    return (struct index_entry *)(void *)house.index.entries.at + number;
}

static struct index_told *fact(uint32_t number, int which)
{
    return (struct index_told *)(void *)house.index.facts.at + entry(number)->facts_at + which;
}

static struct value *value(struct index_told t)
{
    return (struct value *)(void *)(house.index.table.values[t.field].pool.at + (size_t)t.value * 4);
}

static struct value *term(void) /* the first of the words */
{
    return (struct value *)(void *)(house.words.terms.pool.at + (size_t)values_first() * 4);
}

static struct words_entry *words(uint32_t number)
{
    return (struct words_entry *)(void *)house.words.entries.at + number;
}

/* One more of those that have a value, or one less: with the sum that stands beside them. */
static void seen(struct values *v, struct value *x, int more)
{
    x->seen += (uint32_t)more;
    v->filled += (uint64_t)(int64_t)more;
}

/* Each breaks one promise of the writer. False: there are no more of them. */
static bool forge(int which)
{
    struct index *x = &house.index;
    struct words *w = &house.words;
    struct index_told shared = *fact(FIRST, 0), of_alone = *fact(ALONE, 0);
    switch (which) {
    case 0: /* its erasure would end the engine */
        seen(&x->table.values[shared.field], value(shared), -1);
        return true;
    case 1: /* it would be there when all who named it are erased */
        seen(&x->table.values[shared.field], value(shared), 1);
        return true;
    case 2:
        seen(&w->terms, term(), -1);
        return true;
    case 3:
        seen(&w->terms, term(), 1);
        return true;
    case 4: /* a number inside of another value */
        fact(ALONE, 0)->value++;
        return true;
    case 5: /* a number of nobody's any more */
        fact(ALONE, 0)->value = 0x7fffffff;
        return true;
    case 6: /* of two that have one place for their facts one takes the other's along */
        entry(SECOND)->facts_at = entry(FIRST)->facts_at;
        return true;
    case 7:
        fact(FIRST, 1)->field = shared.field;
        fact(FIRST, 1)->value = shared.value;
        return true;
    case 8:
        entry(OF_CASE)->facts = FACTS_MOST + 1;
        return true;
    case 9: /* once too large, and times the size of a fact a small number again */
        x->facts_used = (uint64_t)1 << 61;
        return true;
    case 10: /* what is gone still says something */
        entry(GONE)->id = made_id(GONE);
        return true;
    case 11:
        value(of_alone)->text[value(of_alone)->len] = 'x';
        return true;
    case 12:
        x->table.values[shared.field].count++;
        return true;
    case 13: /* one text under two numbers */
        memcpy(value(*fact(ALONE, 2)), value(*fact(ALONE, 1)), offsetof(struct value, text) + strlen("alone@example.org"));
        return true;
    case 14: /* nobody would find it to erase it */
        postings_drop(&x->ids, index_id_key(made_id(ALONE)), ALONE);
        return true;
    case 15:
        return postings_put(&x->ids, 4711, ALONE);
    case 16: /* the second would be left when the first is erased */
        entry(SECOND)->id = entry(FIRST)->id;
        return true;
    case 17: /* its erasure would leave it there */
        return postings_put(&x->keys, 4711, ALONE);
    case 18:
        return postings_put(&x->bands, 4711, FIRST);
    case 19:
        entry(FIRST)->copies = 3;
        return true;
    case 20: /* led by one of another ring */
        entry(FIRST)->lead = entry(SECOND)->lead = ALONE;
        return true;
    case 21: /* the first by id leads */
        entry(FIRST)->lead = entry(SECOND)->lead = SECOND;
        entry(SECOND)->copies = 2;
        return true;
    case 22: /* copies of two offices in one ring */
        entry(SECOND)->apart = entry(ALONE)->apart;
        return true;
    case 23: /* a ring that never comes back */
        entry(FIRST)->next = SECOND;
        entry(SECOND)->next = SECOND;
        return true;
    case 24:
        entry(ALONE)->group = house.group_count;
        return true;
    case 25: /* readers of another office */
        entry(ALONE)->group = entry(FIRST)->group;
        return true;
    case 26:
        house.groups[entry(FIRST)->group].tips++;
        return true;
    case 27: /* a tip among the cases */
        house.groups[entry(FIRST)->group].file = 1;
        return true;
    case 28:
        house.groups[entry(FIRST)->group].file = 2;
        return true;
    case 29:
        house.marks[GONE].further = 1;
        return true;
    case 30: /* a question would divide by it */
        words(FIRST)->length = words(SECOND)->length = words(ALONE)->length = 0;
        return true;
    case 31:
        words(FIRST)->length++;
        return true;
    case 32: /* who reads the one would find the other's words */
        words(FIRST)->group = words(ALONE)->group;
        return true;
    case 33: /* the next tip would end the engine */
        w->last = x->count + 1;
        return true;
    case 34: /* of many words more than their slots: a search in them has no end */
        w->terms.count = 1;
        return true;
    case 35:
        w->terms.used += 4;
        return true;
    case 36: /* words of none, which no erasure reaches */
        *words(GONE) = *words(FIRST);
        w->documents++;
        return true;
    case 37:
        x->live++;
        return true;
    case 38:
        value(shared)->letters ^= 1;
        return true;
    default:
        return false;
    }
}

static void what_no_engine_wrote_is_refused(void **state)
{
    struct match_service back;
    int forged = 0;
    for (;; forged++) {
        open_house(state);
        write_file(&house);
        assert_int_equal(read_file(&back), OK); /* the control: as it is, it is taken */
        match_service_close(&back);
        bool more = forge(forged);
        if (more) {
            write_file(&house);
            if (read_file(&back) != INVALID)
                fail_msg("forgery %d is taken", forged);
            match_service_close(&back);
        }
        close_house(state);
        if (!more)
            break;
    }
    assert_true(forged > 30);
}

/* By chance, and from a seed: the target of fuzz/ says what must hold. */
static void many_changed_files_are_refused_or_whole(void **state)
{
    const char *full = getenv("CHECK_FULL");
    const int rounds = full && *full == '1' ? 3000 : 600;
    struct chance chance = chance_seeded(1129);
    (void)state;
    for (int i = 0; i < rounds; i++) {
        uint8_t changes[3 * 8];
        chance.fill(&chance, changes, sizeof changes);
        if (changes[0] % 8 == 7 && i % 4)
            changes[0]--; /* a torn file is refused at once */
        assert_int_equal(LLVMFuzzerTestOneInput(changes, 8 * (1 + below(&chance, 3))), 0);
    }
}

/* ---- one index, whichever way it came to be ---- */

enum { TIPS = 2400, CASES = 60, OLDEST = 900, ALL = TIPS + CASES, DIGEST = 32 };
static struct made_tip made[ALL + 1];

/* Everything that readers can ask: of each tip and case what names the same and its copies, groups, pairs beyond a wall, and words. One hash over all answers, each behind the one before. */
struct digest {
    uint8_t at[DIGEST];
    uint32_t answers;
};

static void add(struct digest *d, const struct wire *w)
{
    static uint8_t both[DIGEST + ENGINE_MESSAGE_MAX];
    assert_false(w->bad);
    memcpy(both, d->at, DIGEST);
    memcpy(both + DIGEST, w->at, (size_t)w->len);
    plain_hash((str){ (char *)both, DIGEST + w->len }, d->at, DIGEST);
    d->answers++;
}

static struct wire empty_answer(void)
{
    static uint8_t room[ENGINE_MESSAGE_MAX];
    return (struct wire){ .at = room, .cap = sizeof room };
}

static void ask_of(struct match_service *m, const struct match_asker *asker, uint32_t tip, struct digest *d)
{
    static struct match_cluster cluster;
    static struct match_named_answer named;
    static struct match_answer kin;
    id of = made_id(tip);
    struct wire w = empty_answer();
    match_service_kin(m, asker, of, tip % 3, &kin);
    match_answer_write(&kin, &w);
    add(d, &w);
    w = empty_answer();
    match_service_file(m, asker, of, &named);
    match_named_write(&named, &w);
    add(d, &w);
    if (tip % 8)
        return;
    id seeds[] = { of, made_id(1 + (tip * 7) % ALL) };
    w = empty_answer();
    match_cluster_grow(m, asker, seeds, 1 + tip % 16 / 8, &cluster);
    match_cluster_write(&cluster, &w);
    add(d, &w);
}

static void ask_for_words(struct match_service *m, const struct match_asker *asker, struct digest *d)
{
    static const char *const typed[] = { "white van market", "kalo", "202-555-0007", "made3@example.org", "7KLM005", "lomer tinsa", "foreman", "green book Fridays", "velondo \"old town\"", "ads.example/made-4" };
    struct arena a = arena;
    static struct search_query query;
    struct search_answer found;
    for (ptrdiff_t i = 0; i < countof(typed); i++) {
        search_read(&a, str_of(typed[i]), lit("US"), &query);
        for (uint32_t skip = 0; skip <= 40; skip += SEARCH_PAGE) {
            struct wire w = empty_answer();
            search_ask(m, asker, &query, skip, &found);
            search_answer_write(&found, &w);
            add(d, &w);
        }
    }
}

static struct digest answers_of(struct match_service *m)
{
    struct digest d = { .answers = 0 };
    static struct match_across_answer pairs;
    struct match_across_question q = { .skip = 0 };
    for (uint32_t r = 0; r < MADE_READERS; r++) {
        id rings[2 + CASES / MADE_READERS];
        struct match_asker asker = { .office = made_group(r).office, .rings = rings };
        for (uint32_t i = 0; i < CASES; i += MADE_READERS) /* whoever is on a fifth of the cases */
            rings[asker.ring_count++] = made_group(MADE_READERS + i + r).rings[0];
        for (int k = 0; k < 2; k++)
            if (made_readers[r].rings[k])
                rings[asker.ring_count++] = made_group(r).rings[k];
        qsort(rings, (size_t)asker.ring_count, sizeof *rings, match_ring_order);
        for (uint32_t i = 1; i <= ALL; i++)
            ask_of(m, &asker, i, &d);
        ask_for_words(m, &asker, &d);
    }
    do {
        struct wire w = empty_answer();
        match_service_across(m, &q, &pairs);
        match_across_write(&pairs, &w);
        add(&d, &w);
        q = pairs.next;
    } while (pairs.more);
    return d;
}

static void assert_same_answers(struct match_service *m, const struct digest *wanted)
{
    struct digest d = answers_of(m);
    assert_int_equal(d.answers, wanted->answers);
    assert_memory_equal(d.at, wanted->at, DIGEST);
}

static void assert_from_its_file(const struct match_service *m, const struct digest *wanted)
{
    struct match_service back;
    write_file(m);
    assert_int_equal(read_file(&back), OK);
    assert_int_equal(file.len, file.room);
    assert_same_answers(&back, wanted);
    match_service_close(&back);
}

/* As the walk of an engine that has no file makes it: by id, each once, as it stands now. */
static void assert_as_rebuilt(const struct digest *wanted)
{
    struct match_service anew;
    open_service(&anew);
    for (uint32_t i = 1; i <= ALL; i++)
        if (made[i].number)
            made_put(&anew, arena, &made[i]);
    assert_same_answers(&anew, wanted);
    match_service_close(&anew);
}

static void make_all(struct chance *chance)
{
    for (uint32_t i = 1; i <= ALL; i++)
        made[i] = (struct made_tip){ .number = i, .reader = i > TIPS ? MADE_READERS + i - TIPS - 1 : below(chance, MADE_READERS), .text = made_text(chance, &arena, 400) };
}

/*
 * One is erased, is sent on, or says a little more; the oldest are erased first. A little alone: texts that are hardly copies are found or missed by who came
 * first in a band of their sketches (linkage/index.c).
 */
static void change_one(struct match_service *m, struct chance *chance, uint32_t which, uint32_t how)
{
    struct made_tip *t = &made[which];
    char more[40];
    if (!t->number)
        return;
    if (how == 0) {
        assert_true(match_service_forget(m, made_id(t->number)));
        t->number = 0;
        return;
    }
    if (how == 1 && t->reader < MADE_READERS)
        t->reader = below(chance, MADE_READERS);
    else
        t->text = str_join(&arena, t->text, (str){ more, snprintf(more, sizeof more, " or 202-555-%04u", below(chance, 400)) });
    t->further++;
    made_put(m, arena, t);
}

static void every_way_to_an_index_answers_with_the_same_bytes(void **state)
{
    struct match_service m;
    struct chance chance = chance_seeded(311);
    static uint32_t order[ALL + 1];
    (void)state;
    make_all(&chance);
    for (uint32_t i = 1; i <= ALL; i++) { /* as they come in: nearly by id, cases between tips */
        uint32_t with = i - below(&chance, i < 40 ? i : 40);
        order[i] = order[with];
        order[with] = i;
    }
    open_service(&m);
    for (uint32_t i = 1; i <= ALL; i++)
        made_put(&m, arena, &made[order[i]]);
    struct digest first = answers_of(&m);
    assert_true(first.answers > 2 * ALL * MADE_READERS);
    assert_from_its_file(&m, &first);
    assert_as_rebuilt(&first);
    for (uint32_t step = 0; step < 2000; step++)
        change_one(&m, &chance, step < OLDEST ? 1 + step : 1 + below(&chance, ALL), step < OLDEST ? 0 : below(&chance, 4));
    struct digest later = answers_of(&m);
    assert_memory_not_equal(later.at, first.at, DIGEST);
    assert_from_its_file(&m, &later);
    assert_as_rebuilt(&later);
    match_service_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_engine_wrote_is_refused),
        cmocka_unit_test(many_changed_files_are_refused_or_whole),
        cmocka_unit_test(every_way_to_an_index_answers_with_the_same_bytes),
    };
    struct arena bytes = arena_reserve(FILE_MOST + (1 << 20));
    arena = arena_reserve(256 << 20);
    file.at = arena_new(&bytes, char, FILE_MOST);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
