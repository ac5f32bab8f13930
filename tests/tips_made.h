/* Invented tips and cases for tests of the engine's index, from a seed: no database and no keys. Rumours of many copies are among them. */
#ifndef TESTS_TIPS_MADE_H
#define TESTS_TIPS_MADE_H
#include "triage/match/match_service.h"
#include "triage/match/match_words.h"

/* Who reads: an office and rings. Cases come behind these, each with a ring of its own. */
static const struct {
    uint8_t office, rings[2];
} made_readers[] = { { 1, { 1 } }, { 1, { 1, 2 } }, { 1, { 2 } }, { 2, { 3 } }, { 3, { 4, 1 } } };
enum { MADE_READERS = countof(made_readers) };

struct made_tip {
    uint32_t number;    /* tells its id; 0: it is not there */
    uint32_t reader;    /* of made_readers; beyond them a case */
    uint32_t further;
    str text;
    bool aside;         /* its text is no narrative: it is no copy of any */
};

static inline uint32_t made_below(struct chance *c, uint32_t n)
{
    uint32_t x;
    c->fill(c, &x, sizeof x);
    return x % n;
}

static inline id made_id(uint32_t number)
{
    id out = { { 0 } };
    memcpy(out.at, &(uint32_t){ __builtin_bswap32(number) }, 4);
    return out;
}

static inline struct match_group made_group(uint32_t reader)
{
    struct match_group g = { .file = reader >= MADE_READERS };
    if (g.file) {
        g.office.at[0] = (uint8_t)(1 + reader % 2);
        memcpy(g.rings[0].at, &(uint32_t){ 0x8000 + reader }, 4);
        return g;
    }
    g.office.at[0] = made_readers[reader].office;
    for (int i = 0; i < 2; i++)
        g.rings[i].at[0] = made_readers[reader].rings[i];
    return g;
}

/* As the walk does it: the number of a group is that of its first document. */
static inline uint32_t made_group_number(struct match_service *m, uint32_t reader)
{
    struct match_group wanted = made_group(reader);
    for (uint32_t i = 0; i < m->group_count; i++)
        if (id_equal(m->groups[i].office, wanted.office) && !memcmp(m->groups[i].rings, wanted.rings, sizeof wanted.rings) && m->groups[i].file == wanted.file)
            return i;
    m->groups[m->group_count] = wanted;
    m->file_count += wanted.file;
    return m->group_count++;
}

static inline void made_word(struct chance *c, struct out *o)
{
    static const char *const parts[] = { "ka", "lo", "mer", "tin", "sa", "ru", "vel", "ondo", "ish", "tar", "quen", "bo", "fli", "gar", "ny", "pos" };
    for (uint32_t i = 2 + made_below(c, 2); i > 0; i--)
        out_str(o, str_of(parts[made_below(c, countof(parts))]));
    out_char(o, ' ');
}

/* What links: of about so many of each kind. */
static inline void made_facts(struct chance *c, struct out *o, uint32_t many)
{
    static const char *const forms[] = { "call 202-555-%04u ", "write to made%u@example.org ", "the car has plate 7KLM%03u ", "see https://ads.example/made-%u ", "@made_%u on Telegram ", "Instagram: made.%u " };
    for (uint32_t i = made_below(c, 4); i > 0; i--) {
        uint32_t form = made_below(c, countof(forms)), n = made_below(c, many) % (form == 2 ? 1000 : 10000);
        char text[64];
        snprintf(text, sizeof text, forms[form], n);
        out_str(o, str_of(text));
    }
}

static inline str made_text(struct chance *c, struct arena *a, uint32_t many)
{
    static const char *const rumours[] = {
        "Forwarded many times: a white van takes children at the market of the old town, share this before they delete it and tell everybody you know. ",
        "They say that a man with a green book stands before each school on Fridays and writes down who goes home alone, and the police keep quiet. ",
        "Whoever is offered work on the invented ship Lapwing must not go aboard, since eight women went and none of them has written home again. "
    };
    struct out o = { .arena = a };
    bool rumour = !made_below(c, 4);
    if (rumour)
        out_str(&o, str_of(rumours[made_below(c, countof(rumours))]));
    for (uint32_t i = rumour ? made_below(c, 3) : 8 + made_below(c, 30); i > 0; i--)
        made_word(c, &o);
    if (!rumour || !made_below(c, 4))
        made_facts(c, &o, many);
    return out_view(&o);
}

/* Reads it anew and puts it in place of what was known of it, as the walk does. */
static inline void made_put(struct match_service *m, struct arena a, const struct made_tip *t)
{
    struct match_facts *facts = arena_new(&a, struct match_facts, 1);
    struct match_said said = { .len = 2 };
    struct match_group g = made_group(t->reader);
    const struct match_tip met = { made_id(t->number), g.office, t->further };
    facts->len = 0;
    said.at[t->aside] = t->text;
    match_read(&a, t->text, lit("US"), facts);
    must(match_service_put(m, &met, made_group_number(m, t->reader), facts, t->reader < MADE_READERS ? &said : NULL) == OK);
}
#endif
