/* A fact of a packet in the reader's words: what was chosen from a list crosses as its code, and the list is read in the reader's language. */
#include "care/packet/packet_web.h"
#include "common/services.h"

bool packet_crosses_as_code(const struct kind_field *f)
{
    return f->type == FIELD_CHOICE || f->type == FIELD_CODE || f->type == FIELD_MULTI || f->type == FIELD_BOOL;
}

/* "safe_contact.method" */
static const struct kind_field *field_of(str of)
{
    str kind;
    return str_split(&of, '.', &kind) && kind_find(kind) ? kind_field_find(kind_find(kind), of) : NULL;
}

static str fact_words(struct request *r, const struct entry_words *words, const struct packet_fact *f)
{
    const struct kind_field *field = field_of(f->of);
    if (field)
        return entry_show(r->arena, words, field, f->value);
    if (str_equal(f->of, lit("languages")))
        return care_language(r, f->value);
    const struct pack_row *country = str_equal(f->of, lit("countries")) ? pack_find(r->services->pack, f->of, f->value, day_of(r->now)) : NULL;
    return country ? tr(r->language, str_c(r->arena, pack_cell(country, COUNTRY_LABEL))) : f->value;
}

static str purpose_words(const struct request *r, str code)
{
    for (ptrdiff_t i = 0; i < packet_purpose_count; i++)
        if (str_equal(code, str_of(packet_purposes[i].code)))
            return tr(r->language, packet_purposes[i].label);
    return code;
}

struct packet_shown packet_shown_of(struct request *r, const struct entry_words *words, struct packet *p)
{
    for (ptrdiff_t i = 0; i < p->fact_count; i++) {
        p->facts[i].value = fact_words(r, words, &p->facts[i]);
        p->facts[i].label = tr(r->language, str_c(r->arena, p->facts[i].label));
    }
    return (struct packet_shown){
        .id = id_text(r->arena, p->id), .from = p->from, .purpose = purpose_words(r, p->purpose), .when = staff_time(r->arena, p->at),
        .until = day_text(r->arena, p->until_day), .words = p->words, .police_case = p->police_case,
        .basis = str_equal(p->basis, lit("release")) ? tr(r->language, N_("with the person’s release")) : p->basis,
        .facts = { p->facts, p->fact_count },
    };
}
