/*
 * How telephones of a country are dialled: its code, what stands before the number within the country, and how long the number is then
 * (ITU-T E.164 and the national plans, as a person knows them: mobile and fixed lines, no short numbers).
 */
#include "linkage/extract_parts.h"

struct plan {
    char country[3], code[4];
    char trunk;        /* 0: none */
    bool spare_trunk;  /* it may be left out at home */
    uint8_t least, most;
};

/* Of countries that share a code, the first is the one whose lengths are looked at. */
static const struct plan plans[] = {
    { "US", "1", '1', true, 10, 10 },   { "CA", "1", '1', true, 10, 10 },   { "DO", "1", '1', true, 10, 10 },    { "GB", "44", '0', false, 9, 10 },
    { "IE", "353", '0', false, 7, 9 },  { "FR", "33", '0', false, 9, 9 },   { "ES", "34", 0, false, 9, 9 },      { "PT", "351", 0, false, 9, 9 },
    { "BE", "32", '0', false, 8, 9 },   { "NL", "31", '0', false, 9, 9 },   { "DE", "49", '0', false, 7, 11 },   { "AT", "43", '0', false, 7, 13 },
    { "CH", "41", '0', false, 9, 9 },   { "IT", "39", 0, false, 8, 11 },    { "LU", "352", 0, false, 6, 9 },     { "DK", "45", 0, false, 8, 8 },
    { "NO", "47", 0, false, 8, 8 },     { "SE", "46", '0', false, 7, 10 },  { "FI", "358", '0', false, 6, 11 },  { "PL", "48", 0, false, 9, 9 },
    { "CZ", "420", 0, false, 9, 9 },    { "SK", "421", '0', false, 9, 9 },  { "HU", "36", '0', false, 8, 9 },    { "RO", "40", '0', false, 9, 9 },
    { "BG", "359", '0', false, 7, 9 },  { "GR", "30", 0, false, 10, 10 },   { "RS", "381", '0', false, 8, 10 },  { "HR", "385", '0', false, 8, 9 },
    { "AL", "355", '0', false, 8, 9 },  { "MD", "373", '0', false, 8, 8 },  { "UA", "380", '0', false, 9, 9 },   { "BY", "375", '8', false, 9, 9 },
    { "RU", "7", '8', true, 10, 10 },   { "KZ", "7", '8', true, 10, 10 },   { "UZ", "998", 0, false, 9, 9 },     { "KG", "996", '0', false, 9, 9 },
    { "TJ", "992", 0, false, 9, 9 },    { "GE", "995", '0', true, 9, 9 },   { "AM", "374", '0', false, 8, 8 },   { "AZ", "994", '0', false, 9, 9 },
    { "TR", "90", '0', true, 10, 10 },  { "IL", "972", '0', false, 8, 9 },  { "EG", "20", '0', false, 8, 10 },   { "MA", "212", '0', false, 9, 9 },
    { "DZ", "213", '0', false, 8, 9 },  { "TN", "216", 0, false, 8, 8 },    { "LY", "218", '0', false, 8, 9 },   { "SA", "966", '0', false, 8, 9 },
    { "AE", "971", '0', false, 8, 9 },  { "KW", "965", 0, false, 8, 8 },    { "QA", "974", 0, false, 8, 8 },     { "BH", "973", 0, false, 8, 8 },
    { "OM", "968", 0, false, 8, 8 },    { "JO", "962", '0', false, 8, 9 },  { "LB", "961", '0', false, 7, 8 },   { "SY", "963", '0', false, 8, 9 },
    { "IQ", "964", '0', false, 8, 10 }, { "YE", "967", '0', false, 7, 9 },  { "IR", "98", '0', false, 10, 10 },  { "MX", "52", 0, false, 10, 10 },
    { "GT", "502", 0, false, 8, 8 },    { "SV", "503", 0, false, 8, 8 },    { "HN", "504", 0, false, 8, 8 },     { "NI", "505", 0, false, 8, 8 },
    { "CR", "506", 0, false, 8, 8 },    { "PA", "507", 0, false, 7, 8 },    { "CU", "53", '0', false, 6, 8 },    { "CO", "57", 0, false, 10, 10 },
    { "VE", "58", '0', false, 10, 10 }, { "EC", "593", '0', false, 8, 9 },  { "PE", "51", '0', true, 8, 9 },     { "BO", "591", '0', true, 8, 8 },
    { "PY", "595", '0', false, 9, 9 },  { "UY", "598", '0', true, 8, 8 },   { "AR", "54", '0', true, 10, 11 },   { "CL", "56", 0, false, 9, 9 },
    { "BR", "55", '0', true, 10, 11 },  { "AO", "244", 0, false, 9, 9 },    { "MZ", "258", 0, false, 8, 9 },     { "ZA", "27", '0', false, 9, 9 },
    { "NG", "234", '0', false, 8, 10 }, { "GH", "233", '0', false, 9, 9 },  { "KE", "254", '0', false, 9, 9 },   { "ET", "251", '0', false, 9, 9 },
    { "SN", "221", 0, false, 9, 9 },    { "CI", "225", 0, false, 10, 10 },  { "CM", "237", 0, false, 9, 9 },     { "IN", "91", '0', true, 10, 10 },
    { "PK", "92", '0', false, 9, 10 },  { "BD", "880", '0', false, 8, 10 }, { "NP", "977", '0', false, 8, 10 },  { "LK", "94", '0', false, 9, 9 },
    { "TH", "66", '0', false, 8, 9 },   { "VN", "84", '0', false, 9, 10 },  { "KH", "855", '0', false, 8, 9 },   { "LA", "856", '0', false, 8, 10 },
    { "MM", "95", '0', false, 7, 10 },  { "MY", "60", '0', false, 8, 10 },  { "SG", "65", 0, false, 8, 8 },      { "ID", "62", '0', false, 8, 12 },
    { "PH", "63", '0', false, 8, 10 },  { "CN", "86", '0', true, 10, 11 },  { "HK", "852", 0, false, 8, 8 },     { "TW", "886", '0', false, 8, 9 },
    { "JP", "81", '0', false, 9, 10 },  { "KR", "82", '0', false, 8, 10 },  { "AU", "61", '0', false, 9, 9 },    { "NZ", "64", '0', false, 8, 10 },
};

static bool fits(const struct plan *p, str national)
{
    if (national.len < p->least || national.len > p->most || (p->trunk == '0' && national.at[0] == '0'))
        return false;
    return p->code[0] != '1' || (national.at[0] > '1' && national.at[3] > '1'); /* of North America, by its plan */
}

static bool write(struct finding *f, const struct plan *p, str national, bool *sure)
{
    *sure = true;
    f->normal_len = 0;
    finding_put(f, lit("+"));
    finding_put(f, str_of(p->code));
    finding_put(f, national);
    return true;
}

static const struct plan *plan_of_code(str digits)
{
    for (ptrdiff_t i = 0; i < countof(plans); i++)
        if (str_starts(digits, str_of(plans[i].code)))
            return &plans[i];
    return NULL;
}

static bool abroad(str digits, struct finding *f, bool *sure)
{
    const struct plan *p = plan_of_code(digits);
    if (!p) { /* a code that is not in the table: by the longest and the shortest that E.164 has */
        if (digits.len < 8 || digits.len > 15 || digits.at[0] == '0')
            return false;
        *sure = false;
        finding_put(f, lit("+"));
        finding_put(f, digits);
        return true;
    }
    str national = str_part(digits, (ptrdiff_t)strlen(p->code), digits.len);
    if (national.len > 1 && p->trunk == '0' && national.at[0] == '0')
        national = str_part(national, 1, national.len);
    return fits(p, national) && write(f, p, national, sure);
}

bool phone_normal(str digits, bool international, const char country[3], struct finding *f, bool *sure)
{
    f->normal_len = 0;
    *sure = false;
    if (international)
        return abroad(digits, f, sure);
    for (ptrdiff_t i = 0; i < countof(plans); i++) {
        const struct plan *p = &plans[i];
        if (memcmp(p->country, country, 2) != 0)
            continue;
        if (p->trunk && digits.len && digits.at[0] == p->trunk && fits(p, str_part(digits, 1, digits.len)))
            return write(f, p, str_part(digits, 1, digits.len), sure);
        if ((!p->trunk || p->spare_trunk) && fits(p, digits))
            return write(f, p, digits, sure);
        if (str_starts(digits, str_of(p->code)) && digits.len > p->most && fits(p, str_part(digits, (ptrdiff_t)strlen(p->code), digits.len)))
            return write(f, p, str_part(digits, (ptrdiff_t)strlen(p->code), digits.len), sure);
    }
    if (digits.len < 7 || digits.len > 13)
        return false;
    finding_put(f, digits);
    return true;
}
