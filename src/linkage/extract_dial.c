/* Digits in a text as a telephone that somebody could dial: by the plans of the pack (phone_plan.h), and of these by the numbers of ordinary lines. */
#include "linkage/extract_parts.h"
#include "linkage/phone_plan.h"

static bool fits(const struct phone_plan *p, str national)
{
    bool trunk = p->trunk[0] == '0' && national.len && national.at[0] == '0'; /* no national number begins with it */
    return national.len >= p->usual_least && national.len <= p->usual_most && !trunk && phone_plan_allows(p, national);
}

static bool write(struct finding *f, const struct phone_plan *p, str national, bool *sure)
{
    char code[8];
    *sure = true;
    f->normal_len = 0;
    finding_put(f, (str){ code, snprintf(code, sizeof code, "+%d", p->code) });
    finding_put(f, national);
    return true;
}

static str without_trunk(const struct phone_plan *p, str digits)
{
    return str_starts(digits, str_of(p->trunk)) ? str_part(digits, (ptrdiff_t)strlen(p->trunk), digits.len) : digits;
}

static bool abroad(str digits, struct finding *f, bool *sure)
{
    str national;
    if (!digits.len || digits.at[0] == '0')
        return false; /* no code begins with it */
    const struct phone_plan *p = phone_plan_of_code(digits, &national);
    if (p) {
        national = p->trunk[0] == '0' ? without_trunk(p, national) : national;
        return fits(p, national) && write(f, p, national, sure);
    }
    if (digits.len < 8 || digits.len > E164_MOST)
        return false; /* a code that is not in the table: by the longest and the shortest that E.164 has */
    finding_put(f, lit("+"));
    finding_put(f, digits);
    return true;
}

/* As it is dialled within the country: with the trunk prefix, without it where that may be, or with the country's code and no plus. */
static bool at_home(const struct phone_plan *p, str digits, struct finding *f, bool *sure)
{
    str national = without_trunk(p, digits);
    if (national.len < digits.len && fits(p, national))
        return write(f, p, national, sure);
    if ((!p->trunk[0] || (p->bare && digits.len >= p->bare)) && fits(p, digits))
        return write(f, p, digits, sure);
    const struct phone_plan *named = digits.len > p->usual_most && digits.at[0] != '0' ? phone_plan_of_code(digits, &national) : NULL;
    return named && named->code == p->code && fits(p, national) && write(f, p, national, sure);
}

bool phone_normal(str digits, bool international, const char country[3], struct finding *f, bool *sure)
{
    f->normal_len = 0;
    *sure = false;
    if (international)
        return abroad(digits, f, sure);
    int home = phone_country((str){ country, 2 });
    if (home && at_home(phone_plan(home), digits, f, sure))
        return true;
    if (digits.len < 7 || digits.len > 13)
        return false;
    finding_put(f, digits);
    return true;
}
