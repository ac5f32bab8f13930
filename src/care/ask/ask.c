#include "care/ask/ask.h"
#include "staff/sealed/sealed.h"

const struct ask_topic ask_topics[] = {
    { "assist", N_("Somebody needs help: please meet them") },
    { "interview", N_("A question for an interview") },
    { "notice", N_("Notice of a hearing or of a release from custody") },
    { "continued_presence", N_("Continued Presence") },
    { "declaration", N_("A declaration for T or U status") },
    { "safety", N_("Safety: something I learned") },
    { "other", N_("Something else") },
};
const ptrdiff_t ask_topic_count = countof(ask_topics);

enum ask_tag { ASK_FROM = 1, ASK_AT, ASK_NAME, ASK_CASE, ASK_ABOUT, ASK_WORDS, ASK_BY, ASK_LANGUAGE, ASK_SUGGESTED, ASK_WHY };

ptrdiff_t ask_write(struct arena *a, const struct ask *x, struct sealed_field *to)
{
    const str texts[] = { x->name, x->police_case, x->about, x->words, x->by, x->language, x->suggested, x->why };
    ptrdiff_t n = 0;
    to[n++] = (struct sealed_field){ ASK_FROM, str_copy(a, (str){ (const char *)x->from.at, 16 }) };
    to[n++] = (struct sealed_field){ ASK_AT, sealed_time(a, x->at) };
    for (ptrdiff_t i = 0; i < countof(texts); i++)
        if (texts[i].len)
            to[n++] = (struct sealed_field){ (uint16_t)(ASK_NAME + i), texts[i] };
    return n;
}

void ask_read(const struct sealed_fields *f, struct ask *out)
{
    str *texts[] = { &out->name, &out->police_case, &out->about, &out->words, &out->by, &out->language, &out->suggested, &out->why };
    str from = sealed_field(f, ASK_FROM);
    out->at = sealed_time_read(sealed_field(f, ASK_AT));
    if (from.len == 16)
        memcpy(out->from.at, from.at, 16);
    for (ptrdiff_t i = 0; i < countof(texts); i++)
        *texts[i] = sealed_field(f, (uint16_t)(ASK_NAME + i));
}
