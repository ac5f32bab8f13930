#include "care/packet/packet.h"
#include "staff/sealed/sealed.h"

const struct packet_purpose packet_purposes[] = {
    { "continued_presence", N_("To ask for Continued Presence"), "CP|requested" },
    { "declaration_t", N_("Declaration for T status (I-914B)"), "T1|declaration_asked" },
    { "certification_u", N_("Certification for U status (I-918B)"), "U1|cert_asked" },
    { "interview", N_("To prepare an interview"), "" },
    { "safety", N_("To keep the person safe"), "" },
    { "court", N_("Notice or support in court"), "" },
    { "other", N_("Another purpose, said in the words"), "" },
};
const ptrdiff_t packet_purpose_count = countof(packet_purposes);

enum packet_tag { PACKET_AT = 1, PACKET_FROM, PACKET_PURPOSE, PACKET_CASE, PACKET_WORDS, PACKET_BASIS, PACKET_LABEL = 16, PACKET_VALUE, PACKET_OF };

struct sealed_field *packet_write(struct arena *a, const struct packet *p, ptrdiff_t *n)
{
    const str texts[] = { p->from, p->purpose, p->police_case, p->words, p->basis };
    struct sealed_field *f = arena_new(a, struct sealed_field, countof(texts) + 1 + 3 * p->fact_count);
    *n = 0;
    f[(*n)++] = (struct sealed_field){ PACKET_AT, sealed_time(a, p->at) };
    for (ptrdiff_t i = 0; i < countof(texts); i++)
        if (texts[i].len)
            f[(*n)++] = (struct sealed_field){ (uint16_t)(PACKET_FROM + i), texts[i] };
    for (ptrdiff_t i = 0; i < p->fact_count; i++) {
        f[(*n)++] = (struct sealed_field){ PACKET_LABEL, p->facts[i].label };
        if (p->facts[i].of.len)
            f[(*n)++] = (struct sealed_field){ PACKET_OF, p->facts[i].of };
        f[(*n)++] = (struct sealed_field){ PACKET_VALUE, p->facts[i].value };
    }
    return f;
}

void packet_read(struct arena *a, const struct sealed_fields *f, struct packet *out)
{
    str *texts[] = { &out->from, &out->purpose, &out->police_case, &out->words, &out->basis };
    str label = { 0 }, of = { 0 };
    out->at = sealed_time_read(sealed_field(f, PACKET_AT));
    for (ptrdiff_t i = 0; i < countof(texts); i++)
        *texts[i] = sealed_field(f, (uint16_t)(PACKET_FROM + i));
    out->facts = arena_new(a, struct packet_fact, f->len + 1);
    out->fact_count = 0;
    for (ptrdiff_t i = 0; i < f->len; i++) {
        if (f->at[i].tag == PACKET_LABEL)
            label = f->at[i].bytes;
        else if (f->at[i].tag == PACKET_OF)
            of = f->at[i].bytes;
        else if (f->at[i].tag == PACKET_VALUE) {
            out->facts[out->fact_count++] = (struct packet_fact){ label, f->at[i].bytes, of };
            of = (str){ 0 };
        }
    }
}
