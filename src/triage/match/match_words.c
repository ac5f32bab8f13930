#include "triage/match/match_words.h"
#include "lib/crypt/crypt.h"
#include "linkage/normal.h"
#include "linkage/terms.h"

void match_said_of(const struct tip *t, struct match_said *out)
{
    *out = (struct match_said){ .at = { t->narrative, t->identifiers, t->people, t->place }, .len = MATCH_TEXTS };
}

str match_fact_term(enum match_field field, str normal, char *to)
{
    enum { HEAD = 2 };
    char value[VALUE_MOST];
    ptrdiff_t n = normal_value(match_plan()->fields[field].kind, normal, value);
    if (n <= 0)
        return (str){ 0 };
    n = n < VALUE_MOST - HEAD ? n : VALUE_MOST - HEAD;
    to[0] = TERM_FACT;
    to[1] = (char)('0' + field);
    memcpy(to + HEAD, value, (size_t)n);
    wipe(value, sizeof value);
    return (str){ to, n + HEAD };
}

static bool say_text(struct words *w, str text)
{
    struct term_reader r = term_reader(text);
    struct term t;
    while (term_next(&r, &t))
        if (!words_say(w, term_text(&t)))
            return false;
    return true;
}

bool match_say(struct words *w, const struct match_said *said, const struct match_facts *facts)
{
    char term[VALUE_MOST];
    bool fine = true;
    for (int i = 0; fine && i < said->len; i++)
        fine = say_text(w, said->at[i]);
    for (int i = 0; fine && i < facts->len; i++)
        fine = words_say(w, match_fact_term((enum match_field)facts->at[i].field, facts->at[i].text, term));
    if (!fine)
        words_unsay(w);
    return fine;
}
