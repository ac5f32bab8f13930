#include "triage/match/match.h"
#include "lib/web/language.h"
#include "linkage/normal.h"
#include "triage/mark/mark.h"
#include <math.h>

/*
 * How often a fact is the same, or near to it, in tips of one matter, and in tips that have nothing to do with each other. These are
 * judgements, not measurements: there is no labelled set of tips. A telephone has some 10^9 values in use, so two strangers name the same
 * one by an error alone. That tips of one matter name different telephones says little, hence the low shares of "the same".
 */
static const struct {
    const char *words;
    const char *column;
    enum field_kind kind;
    double same_if_one, near_if_one, same_by_chance, near_by_chance;
} fields[MATCH_FIELDS] = {
    [MATCH_PHONE] = { N_("Telephone"), "phone", KIND_PHONE, 0.5, 0.03, 1e-8, 1e-6 },
    [MATCH_EMAIL] = { N_("E-mail"), "email", KIND_EMAIL, 0.5, 0.05, 1e-8, 1e-6 },
    [MATCH_HANDLE] = { N_("Account name"), "handle", KIND_HANDLE, 0.4, 0.05, 1e-7, 1e-5 },
    [MATCH_URL] = { N_("Web address"), "url", KIND_URL, 0.4, 0.05, 1e-7, 1e-5 },
    [MATCH_PLATE] = { N_("Number plate"), "plate", KIND_PLATE, 0.5, 0.1, 1e-7, 1e-5 },
    [MATCH_AD] = { N_("Number of an advertisement"), "ad", KIND_EXACT, 0.5, 0, 1e-7, 0 },
    [MATCH_ADDRESS] = { N_("Address"), "address", KIND_ADDRESS, 0.3, 0.1, 1e-6, 1e-4 },
};
enum { ADULT = 18, ADDRESS_BEGUN = 10 }; /* years; bytes of an address: the number and how the street begins */
static const double kin_of_a_tip = 0.5; /* tips of the same matter that a tip has among MATCH_LEARNT_OF */

/* What the extractor finds, and under which field it is compared; money, dates and ages link nobody. */
static const int field_of[FOUND_KINDS] = {
    [FOUND_PHONE] = MATCH_PHONE, [FOUND_EMAIL] = MATCH_EMAIL, [FOUND_URL] = MATCH_URL, [FOUND_HANDLE] = MATCH_HANDLE, [FOUND_PLATE] = MATCH_PLATE,
    [FOUND_ADDRESS] = MATCH_ADDRESS, [FOUND_AD] = MATCH_AD, [FOUND_MONEY] = -1, [FOUND_DATE] = -1, [FOUND_AGE] = -1,
};

enum match_band match_band(double bits)
{
    enum { LIKELY = 7, VERY_LIKELY = 13 };
    return bits >= VERY_LIKELY ? MATCH_VERY_LIKELY : bits >= LIKELY ? MATCH_LIKELY : MATCH_POSSIBLE;
}

const char *match_band_words(enum match_band band)
{
    return band == MATCH_VERY_LIKELY ? N_("very likely") : band == MATCH_LIKELY ? N_("likely") : N_("possible");
}

const char *match_field_words(enum match_field field)
{
    must((unsigned)field < MATCH_FIELDS);
    return fields[field].words;
}

int match_field_of(enum finding_kind kind)
{
    return field_of[kind];
}

const struct plan *match_plan(void)
{
    static struct plan p;
    if (p.field_count)
        return &p;
    for (int f = 0; f < MATCH_FIELDS; f++) {
        p.fields[f] = (struct plan_field){ str_of(fields[f].column), fields[f].kind };
        p.comparisons[f] = comparison_of(p.fields[f].column, fields[f].kind, &f, 1);
        p.comparisons[f].shared = false; /* tips have no home */
        p.comparisons[f].frequent = false; /* a number that many name is told as such: it does not weigh less */
        p.rules[f] = (struct rule){ { { f, 0 } }, 1 };
    }
    p.rules[MATCH_FIELDS] = (struct rule){ { { MATCH_ADDRESS, ADDRESS_BEGUN } }, 1 }; /* with and without an apartment, a town, or a slip near its end */
    p.comparison_count = p.field_count = MATCH_FIELDS;
    p.rule_count = MATCH_FIELDS + 1;
    return &p;
}

/* The share of a level: what is near is spread over the levels between the same and different. */
static double share_of(int level, int levels, double same, double near)
{
    int between = levels - 2;
    if (level == 0)
        return same;
    if (level < levels - 1)
        return near / between;
    return 1 - same - (between > 0 ? near : 0);
}

void match_model(struct model *out)
{
    const struct plan *p = match_plan();
    static const double nobody = 1e-15;
    *out = (struct model){ .pairs = MATCH_LEARNT_OF * (MATCH_LEARNT_OF - 1) / 2.0 };
    out->share[SAME_PERSON] = kin_of_a_tip / MATCH_LEARNT_OF;
    out->share[SAME_HOME] = nobody; /* tips have no home */
    out->share[STRANGERS] = 1 - out->share[SAME_PERSON];
    for (int f = 0; f < MATCH_FIELDS; f++)
        for (int l = 0; l < p->comparisons[f].levels; l++) {
            int levels = p->comparisons[f].levels;
            out->level[SAME_PERSON][f][l] = share_of(l, levels, fields[f].same_if_one, fields[f].near_if_one);
            out->level[STRANGERS][f][l] = share_of(l, levels, fields[f].same_by_chance, fields[f].near_by_chance);
            out->level[SAME_HOME][f][l] = out->agree[f][l] = out->level[STRANGERS][f][l];
        }
}

/* ---- facts ---- */

static int place_of(const struct match_facts *list, int field, str normal)
{
    for (int i = 0; i < list->len; i++)
        if (list->at[i].field == field && str_equal(list->at[i].text, normal))
            return i;
    return -1;
}

static void add_finding(enum finding_kind kind, str normal, struct match_facts *to)
{
    int field = field_of[kind];
    char value[VALUE_MOST];
    int64_t years;
    if (kind == FOUND_AGE && str_to_int(normal, &years) && years < ADULT)
        to->minor = true;
    if (field >= 0 && to->len < FACTS_MOST && place_of(to, field, normal) < 0 && normal_value(fields[field].kind, normal, value) > 0)
        to->at[to->len++] = (struct index_fact){ field, normal };
}

void match_read(struct arena *a, str text, str country, struct match_facts *to)
{
    struct findings *found = arena_new(a, struct findings, 1);
    if (!extract(text, country, found))
        return;
    for (ptrdiff_t i = 0; i < found->len; i++)
        add_finding((enum finding_kind)found->at[i].kind, finding_normal(&found->at[i]), to);
}

void match_read_tip(struct arena *a, const struct tip *t, str country, str decided, struct match_facts *to)
{
    const str words[] = { t->identifiers, t->people, t->place };
    struct marks marks = marks_of(a, t->narrative, country, decided);
    for (ptrdiff_t i = 0; i < marks.len; i++)
        if (marks.at[i].state != MARK_STRUCK)
            add_finding(marks.at[i].kind, marks.at[i].normal, to);
    for (ptrdiff_t i = 0; i < countof(words); i++)
        match_read(a, words[i], country, to);
}

int match_new_facts(const struct match_facts *own, const struct match_facts *other, struct index_fact *to, int room)
{
    int n = 0;
    for (int i = 0; i < other->len && n < room; i++)
        if (place_of(own, other->at[i].field, other->at[i].text) < 0)
            to[n++] = other->at[i];
    return n;
}

/* ---- two tips ---- */

/* A value as it is compared, with the room that its measures read beyond it. */
static const struct value *value_for(struct arena *a, enum field_kind kind, str text)
{
    struct value *v = arena_take(a, sizeof *v + VALUE_MOST + 8, _Alignof(struct value), 1);
    ptrdiff_t n = normal_value(kind, text, v->text);
    v->len = n > 0 ? (uint8_t)n : 0;
    for (ptrdiff_t i = 0; i < v->len; i++)
        v->letters |= (uint32_t)1 << (v->text[i] & 31);
    return v;
}

static bool nearest(struct arena *a, const struct match_facts *own, const struct match_facts *other, int f, struct match_reason *out)
{
    const struct comparison *c = &match_plan()->comparisons[f];
    *out = (struct match_reason){ .field = (enum match_field)f, .level = c->levels, .levels = c->levels };
    for (int i = 0; i < own->len; i++)
        for (int j = 0; j < other->len; j++) {
            if (own->at[i].field != f || other->at[j].field != f)
                continue;
            struct arena scratch = *a;
            const struct value *x = value_for(&scratch, fields[f].kind, own->at[i].text), *y = value_for(&scratch, fields[f].kind, other->at[j].text);
            bool same = str_equal((str){ x->text, x->len }, (str){ y->text, y->len });
            int level = !x->len || !y->len ? c->levels : same ? 0 : value_level(c, x, y);
            if (level < out->level) {
                out->level = level;
                out->own = level < c->levels - 1 ? own->at[i].text : (str){ 0 };
                out->other = level < c->levels - 1 ? other->at[j].text : (str){ 0 };
            }
        }
    return out->level < c->levels;
}

void match_weigh(struct arena *a, const struct match_facts *own, const struct match_facts *other, uint32_t among, struct match_case *out)
{
    struct model m;
    match_model(&m);
    *out = (struct match_case){ .prior = log2(m.share[SAME_PERSON] / m.share[STRANGERS]) + log2(MATCH_LEARNT_OF) - log2(among > 1 ? among : 1) };
    out->bits = out->prior;
    for (int f = 0; f < MATCH_FIELDS; f++) {
        struct match_reason *r = &out->at[out->len];
        if (!nearest(a, own, other, f, r))
            continue;
        r->bits = log2(m.level[SAME_PERSON][f][r->level] / m.level[STRANGERS][f][r->level]);
        out->bits += r->bits;
        out->len++;
    }
}

/* ---- copies ---- */

static const struct {
    enum match_flag flag;
    const char *words;
} flags[MATCH_FLAGS] = {
    { MATCH_FIRST_HAND, N_("somebody who knows it first hand") }, { MATCH_MINOR, N_("perhaps a child") }, { MATCH_DANGER, N_("danger now") },
    { MATCH_URGENT, N_("urgent") }, { MATCH_NEW, N_("names something new") },
};

const char *match_flag_words(enum match_flag flag)
{
    for (ptrdiff_t i = 0; i < countof(flags); i++)
        if (flags[i].flag == flag)
            return flags[i].words;
    must(!"a flag of the table");
    return NULL;
}

static bool one_of(str code, const str *codes, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_equal(code, codes[i]))
            return true;
    return false;
}

unsigned match_flags(const struct match_facts *own, const struct tip *copy, const struct match_facts *facts, int priority)
{
    /* codes of contact_types.csv */
    static const str near_by[] = { LIT("is_victim"), LIT("with_victim"), LIT("direct"), LIT("observed") }, themselves[] = { LIT("victim"), LIT("family"), LIT("observer"), LIT("coworker") };
    static const str perhaps[] = { LIT("yes"), LIT("not_sure") };
    enum { P1 = 1 };
    struct index_fact fresh;
    unsigned out = 0;
    if (one_of(copy->proximity, near_by, countof(near_by)) || one_of(copy->reporter, themselves, countof(themselves)))
        out |= MATCH_FIRST_HAND;
    if (str_equal(copy->minor, lit("yes")) || facts->minor)
        out |= MATCH_MINOR;
    if (one_of(copy->danger, perhaps, countof(perhaps)))
        out |= MATCH_DANGER;
    if (priority <= P1)
        out |= MATCH_URGENT;
    if (match_new_facts(own, facts, &fresh, 1))
        out |= MATCH_NEW;
    return out;
}
