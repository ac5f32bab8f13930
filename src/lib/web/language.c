#include "lib/web/language.h"

const struct language *language_find(str code)
{
    for (ptrdiff_t i = 0; languages[i]; i++)
        if (str_equal_fold(code, str_of(languages[i]->code)))
            return languages[i];
    return NULL;
}

bool language_offered(const struct language_offer *o, const struct language *l)
{
    for (int i = 0; i < o->len; i++)
        if (o->at[i] == l)
            return true;
    return !o->len && l->offered;
}

static void offer(struct language_offer *o, const struct language *l)
{
    if (l && l->offered && o->len < LANGUAGES_OFFERED && (!o->len || !language_offered(o, l)))
        o->at[o->len++] = l;
}

struct language_offer language_offer(str codes, str otherwise)
{
    struct language_offer o = { 0 };
    str code;
    bool all = !codes.len;
    offer(&o, language_find(otherwise));
    if (!o.len)
        offer(&o, languages[0]);
    for (ptrdiff_t i = 0; all && languages[i]; i++)
        offer(&o, languages[i]);
    while (str_split(&codes, ';', &code))
        offer(&o, language_find(str_trim(code)));
    return o;
}

static const struct language *find_offered(const struct language_offer *o, str code)
{
    const struct language *l = language_find(code);
    return l && language_offered(o, l) ? l : NULL;
}

/* "es-MX" and "es_MX" are served by "es". */
static const struct language *find_range(const struct language_offer *o, str range)
{
    const struct language *found = find_offered(o, range);
    for (ptrdiff_t i = 0; i < range.len && !found; i++)
        if (range.at[i] == '-' || range.at[i] == '_')
            found = find_offered(o, str_part(range, 0, i));
    return found;
}

/* Thousandths of "q=0.5" (RFC 9110 12.4.2); 1000 without one, 0 when it is not understood. */
static int weight_of(str parameters)
{
    str p;
    while (str_split(&parameters, ';', &p)) {
        p = str_trim(p);
        if (p.len < 3 || (p.at[0] | 32) != 'q' || p.at[1] != '=')
            continue;
        int n = 0, unit = 1000;
        for (ptrdiff_t i = 2; i < p.len && i < 7; i++) {
            if (p.at[i] == '.' && i == 3)
                continue;
            if (p.at[i] < '0' || p.at[i] > '9')
                return 0;
            n += (p.at[i] - '0') * unit;
            unit /= 10;
        }
        return n > 1000 ? 1000 : n;
    }
    return 1000;
}

const struct language *language_choose(const struct language_offer *o, str query_code, str accept_language)
{
    const struct language *best = language_find(query_code);
    if (best && (!best->offered || language_offered(o, best)))
        return best;
    best = NULL;
    int most = 0;
    str range, name;
    for (int count = 0; count < 32 && str_split(&accept_language, ',', &range); count++) {
        if (!str_split(&range, ';', &name))
            continue;
        const struct language *one = find_range(o, str_trim(name));
        int weight = weight_of(range);
        if (one && weight > most) {
            best = one;
            most = weight;
        }
    }
    return best ? best : o->len ? o->at[0] : languages[0];
}

static const struct message *find_message(const struct language *in, const char *source)
{
    ptrdiff_t from = 0, to = in->message_count;
    while (from < to) {
        ptrdiff_t middle = from + (to - from) / 2;
        int d = strcmp(source, in->messages[middle].source);
        if (!d)
            return &in->messages[middle];
        if (d < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

str tr(const struct language *in, const char *source)
{
    const struct message *m = find_message(in, source);
    return m ? m->forms[0] : str_of(source);
}

str tr_n(const struct language *in, int64_t n, const char *one, const char *many)
{
    const struct message *m = find_message(in, one);
    if (!m)
        return str_of(n == 1 ? one : many);
    str form = m->forms[in->plural(n < 0 ? -n : n) & 3];
    return form.len ? form : m->forms[0]; /* the same words stand elsewhere without a count */
}

str tr_fill(struct arena *a, str message, const str *with, ptrdiff_t n)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < message.len; i++) {
        ptrdiff_t which = message.at[i] == '%' && i + 1 < message.len ? message.at[i + 1] - '1' : -1;
        if (which >= 0 && which < n && which < 9) {
            out_str(&o, with[which]);
            i++;
        } else {
            out_char(&o, message.at[i]);
        }
    }
    return out_view(&o);
}
