/* Addresses of the web: RFC 3986 for what may be written in several ways, RFC 3492 for names of hosts in other letters. */
#include "linkage/accounts_parts.h"
#include "linkage/roman.h"
#include "linkage/services.h"
#include "linkage/values.h"

enum { LABEL_MOST = 63, NUMBER_OF_ITS_OWN = 5 };

static bool within(str text, str piece)
{
    return piece.len <= text.len && memmem(text.at, (size_t)text.len, piece.at, (size_t)piece.len);
}

/* So many digits in a row: the number of an advertisement, a user, a picture. */
static bool has_number(str text)
{
    int digits = 0;
    for (ptrdiff_t i = 0; i < text.len && digits < NUMBER_OF_ITS_OWN; i++)
        digits = text.at[i] >= '0' && text.at[i] <= '9' ? digits + 1 : 0;
    return digits == NUMBER_OF_ITS_OWN;
}

/* ---- the query ---- */

/* What says whence a reader came or in which language, and not what is read. Some of the names have another meaning elsewhere: not with a number. */
static bool traces(str parameter)
{
    static const str always[] = { LIT("fbclid"), LIT("gclid"), LIT("gbraid"), LIT("wbraid"), LIT("dclid"), LIT("msclkid"), LIT("igshid"), LIT("igsh"), LIT("mc_cid"), LIT("mc_eid"),
                                  LIT("yclid"), LIT("ttclid"), LIT("_ga"), LIT("twclid"), LIT("srsltid"), LIT("mibextid"), LIT("rdid"), LIT("share_url"), LIT("sfnsn"), LIT("_rdr"),
                                  LIT("_rdc"), LIT("__tn__"), LIT("fref"), LIT("hc_ref"), LIT("ref_src"), LIT("ref_url"), LIT("is_from_webapp"), LIT("sender_device"), LIT("_hsenc"), LIT("_hsmi") };
    static const str mostly[] = { LIT("ref"), LIT("refsrc"), LIT("si"), LIT("share"), LIT("feature"), LIT("hl"), LIT("lang"), LIT("locale") };
    ptrdiff_t equals = str_find(parameter, '=');
    str name = str_part(parameter, 0, equals < 0 ? parameter.len : equals);
    for (ptrdiff_t i = 0; i < countof(always); i++)
        if (str_equal_fold(name, always[i]))
            return true;
    for (ptrdiff_t i = 0; i < countof(mostly); i++)
        if (str_equal_fold(name, mostly[i]))
            return !has_number(parameter);
    return name.len > 4 && str_equal_fold(str_part(name, 0, 4), lit("utm_"));
}

/* A path whose last step has a number of its own names the page, whatever is asked of it; a program is told by its query. */
static bool tells_all(str path)
{
    static const str programs[] = { LIT(".php"), LIT(".asp"), LIT(".cgi"), LIT(".jsp") };
    ptrdiff_t from = path.len;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    str step = str_part(path, from, path.len);
    for (ptrdiff_t i = 0; i < countof(programs); i++)
        if (within(step, programs[i]))
            return false;
    return has_number(step);
}

/* ---- what may be written as % and two digits ---- */

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static int coded(str text, ptrdiff_t i)
{
    int high = i + 2 < text.len && text.at[i] == '%' ? hex_of(text.at[i + 1]) : -1, low = high < 0 ? -1 : hex_of(text.at[i + 2]);
    return low < 0 ? -1 : high << 4 | low;
}

static bool means_itself(int byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') || (byte && byte < 0x80 && strchr("-._~@", byte));
}

/* A whole letter beyond ASCII that begins at i in codes, but blanks and signs that are not seen; its bytes, or 0. */
static ptrdiff_t coded_letter(str text, ptrdiff_t i, char to[4])
{
    int first = coded(text, i);
    ptrdiff_t n = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        int byte = coded(text, i + 3 * k);
        if (byte < 0)
            return 0;
        to[k] = (char)byte;
    }
    uint32_t point;
    if (!n || !utf8_valid((str){ to, n }) || next_letter((str){ to, n }, &point) != n)
        return 0;
    return point <= 0xa0 || point == 0xad || (point >= 0x2000 && point < 0x2070) || point == 0x3000 || point == 0xfeff || point > 0x1ffff ? 0 : n;
}

/* One sign of the text at *i, as it is compared; a % that begins no code stands for itself. */
static ptrdiff_t one_sign(str text, ptrdiff_t *i, char to[4])
{
    static const char digits[] = "0123456789ABCDEF";
    uint32_t point;
    int byte = coded(text, *i);
    ptrdiff_t n = byte >= 0x80 ? coded_letter(text, *i, to) : 0;
    if (n) {
        *i += 3 * n;
        return n;
    }
    if (byte < 0 && text.at[*i] != '%') {
        n = next_letter(str_part(text, *i, text.len), &point);
        memcpy(to, text.at + *i, (size_t)n);
        *i += n;
        return n;
    }
    *i += byte < 0 ? 1 : 3;
    byte = byte < 0 ? '%' : byte;
    if (means_itself(byte)) {
        to[0] = (char)byte;
        return 1;
    }
    to[0] = '%';
    to[1] = digits[byte >> 4];
    to[2] = digits[byte & 15];
    return 3;
}

/* Behind the n bytes that stand there; what does not fit whole ends it. */
static ptrdiff_t put_decoded(str text, char *to, ptrdiff_t n)
{
    char sign[4];
    for (ptrdiff_t i = 0; i < text.len;) {
        ptrdiff_t len = one_sign(text, &i, sign);
        if (n + len > VALUE_MOST)
            break;
        memcpy(to + n, sign, (size_t)len);
        n += len;
    }
    return n;
}

/* ---- the host ---- */

static ptrdiff_t put_point(uint32_t point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    to[0] = (char)(lead[more] | point >> (6 * more));
    for (int i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (point >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

struct punycode {
    uint32_t points[LABEL_MOST];
    uint32_t point, count, bias, at;
};

/* RFC 3492 6.1 */
static uint32_t adapted(uint32_t delta, uint32_t count, bool first)
{
    enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700 };
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    for (delta += delta / count; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* One letter more out of the digits at *i (6.2); its numbers stay below 2^31 because a label is short. False: no punycode. */
static bool next_point(struct punycode *p, str digits, ptrdiff_t *i)
{
    enum { BASE = 36, T_MIN = 1, T_MAX = 26, TOO_MUCH = 1 << 30 };
    uint64_t before = p->at, weight = 1, sum = p->at;
    for (uint32_t k = BASE;; k += BASE) {
        if (*i == digits.len)
            return false;
        char c = digits.at[(*i)++];
        uint32_t digit = c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a') : c >= '0' && c <= '9' ? (uint32_t)(c - '0' + 26) : BASE;
        sum += digit * weight;
        if (digit == BASE || sum > TOO_MUCH)
            return false;
        uint32_t threshold = k <= p->bias ? T_MIN : k >= p->bias + T_MAX ? T_MAX : k - p->bias;
        if (digit < threshold)
            break;
        weight *= BASE - threshold;
        if (weight > TOO_MUCH)
            return false;
    }
    p->bias = adapted((uint32_t)(sum - before), p->count + 1, before == 0);
    p->point += (uint32_t)(sum / (p->count + 1));
    p->at = (uint32_t)(sum % (p->count + 1));
    if (p->point > 0x10ffff || (p->point >= 0xd800 && p->point < 0xe000))
        return false;
    memmove(p->points + p->at + 1, p->points + p->at, (p->count - p->at) * sizeof *p->points);
    p->points[p->at++] = p->point;
    p->count++;
    return true;
}

/* The letters of xn--..., folded: at most LABEL_MOST of them, LABEL_MOST * 4 bytes. 0: it has none, or some that would end or part a host. */
static ptrdiff_t letters_of(str label, char *to, ptrdiff_t most)
{
    char raw[LABEL_MOST * 4];
    struct punycode p = { .point = 0x80, .bias = 72 };
    str code = str_part(label, 4, label.len);
    ptrdiff_t dash = code.len, n = 0;
    for (ptrdiff_t i = 0; i < label.len; i++)
        if (label.len > LABEL_MOST || (unsigned char)label.at[i] >= 0x80)
            return 0;
    while (dash > 0 && code.at[dash - 1] != '-')
        dash--;
    for (ptrdiff_t i = 0; i < dash - 1; i++)
        p.points[p.count++] = (unsigned char)code.at[i];
    for (ptrdiff_t i = dash; i < code.len;)
        if (p.count == LABEL_MOST || !next_point(&p, code, &i))
            return 0;
    for (uint32_t i = 0; i < p.count; i++)
        n += put_point(p.points[i], raw + n);
    if (dash == code.len || !utf8_valid((str){ raw, n }))
        return 0;
    n = utf8_fold((str){ raw, n }, to, most);
    for (ptrdiff_t i = 0; i < n; i++)
        if ((unsigned char)to[i] < 0x80 && !(to[i] == '-' || to[i] == '_' || (to[i] >= 'a' && to[i] <= 'z') || (to[i] >= '0' && to[i] <= '9')))
            return 0;
    return n;
}

/* Labels in one case, in their own letters. */
static ptrdiff_t put_labels(str host, char *to)
{
    char letters[VALUE_MOST];
    ptrdiff_t n = 0;
    for (ptrdiff_t from = 0; from <= host.len;) {
        str label = str_part(host, from, from + address_until(str_part(host, from, host.len), ".:"));
        ptrdiff_t len = str_starts(label, lit("xn--")) ? letters_of(label, letters, sizeof letters) : 0;
        str as = len > 0 ? (str){ letters, len } : label;
        if (n + as.len > VALUE_MOST)
            break;
        n += account_copied(as, to + n, VALUE_MOST - n);
        from += label.len;
        if (from < host.len && n < VALUE_MOST)
            to[n++] = host.at[from];
        from++;
    }
    return n;
}

/* Without the scheme's port and the point of the root. */
static ptrdiff_t put_host(str host, char *to)
{
    char folded[VALUE_MOST];
    ptrdiff_t n = put_labels((str){ folded, utf8_fold(host, folded, sizeof folded) }, to);
    for (ptrdiff_t before = -1; before != n;) {
        before = n;
        n -= str_ends((str){ to, n }, lit(":80")) ? 3 : str_ends((str){ to, n }, lit(":443")) ? 4 : str_ends((str){ to, n }, lit(".")); /* the root */
    }
    return n;
}

/* "www", and what small screens are sent to, before a name that has a point of its own. */
static str without_lead(str host)
{
    static const str leads[] = { LIT("www."), LIT("m."), LIT("mobile.") };
    for (ptrdiff_t i = 0; i < countof(leads); i++) {
        str rest = str_part(host, leads[i].len, host.len);
        if (str_equal_fold(str_part(host, 0, leads[i].len), leads[i]) && (i == 0 || str_find(str_part(rest, 0, address_until(rest, "/?#")), '.') > 0)) {
            host = rest;
            i = -1; /* and what stood behind it */
        }
    }
    return host;
}

/* ---- all of it ---- */

static str without_scheme(str text)
{
    static const str leads[] = { LIT("http://"), LIT("https://"), LIT("/") }; /* //host/path */
    for (ptrdiff_t i = 0; i < countof(leads); i++)
        if (str_equal_fold(str_part(text, 0, leads[i].len), leads[i])) {
            text = str_part(text, leads[i].len, text.len);
            i = -1;
        }
    return text;
}

static ptrdiff_t put_query(str query, char *to, ptrdiff_t n)
{
    char decoded[VALUE_MOST];
    str rest = { decoded, put_decoded(query, decoded, 0) }, parameter;
    char sign = '?';
    while (str_split(&rest, '&', &parameter))
        if (parameter.len && !traces(parameter) && n + 1 + parameter.len <= VALUE_MOST) {
            to[n++] = sign;
            memcpy(to + n, parameter.at, (size_t)parameter.len);
            n += parameter.len;
            sign = '&';
        }
    return n;
}

/* "instagram:jane", as a profile comes out. */
static bool is_profile(str text)
{
    ptrdiff_t colon = str_find(text, ':');
    return colon > 0 && colon + 2 < text.len && service_is(str_part(text, 0, colon)) && str_find(text, '/') < 0;
}

static ptrdiff_t put_profile(str service, str name, char *to)
{
    ptrdiff_t n = account_copied(service, to, VALUE_MOST - 1);
    to[n++] = ':';
    return n + utf8_fold(name, to + n, VALUE_MOST - n);
}

static ptrdiff_t url_once(str text, char *to)
{
    char whole[VALUE_MOST];
    struct profile profile;
    text = without_scheme(str_trim(text));
    if (is_profile(text))
        return put_profile(str_part(text, 0, str_find(text, ':')), str_part(text, str_find(text, ':') + 1, text.len), to);
    ptrdiff_t fragment = str_find(text, '#'), query;
    str inside = fragment < 0 ? (str){ 0 } : str_part(text, fragment + 1, text.len); /* of a page that is a program: what it shows */
    bool shown = inside.len > 1 && (inside.at[0] == '!' || inside.at[0] == '/');
    text = fragment >= 0 ? str_part(text, 0, fragment) : text;
    query = str_find(text, '?');
    ptrdiff_t host = address_until(text, "/?"), n = put_host(without_lead(str_part(text, 0, host)), whole);
    str path = str_part(text, host, query < 0 ? text.len : query);
    if (!n) /* nothing is where no host is */
        return 0;
    while (path.len && path.at[path.len - 1] == '/')
        path.len--;
    n = put_decoded(path, whole, n);
    if (query >= 0 && !tells_all(path))
        n = put_query(str_part(text, query + 1, text.len), whole, n);
    if (service_profile((str){ whole, n }, &profile))
        return put_profile(profile.service, profile.name, to);
    if (!shown && service_alone((str){ whole, n }))
        return 0;
    if (shown && n < VALUE_MOST) {
        whole[n++] = '#';
        n = put_decoded(inside, whole, n);
    }
    return account_copied((str){ whole, n }, to, VALUE_MOST);
}

ptrdiff_t account_url(str text, char *to)
{
    return account_stable(url_once, text, to);
}

/* Whether b has that parameter with another value. */
static bool contradicts(str parameter, str query)
{
    ptrdiff_t name = str_find(parameter, '=') + 1;
    str other;
    while (name && str_split(&query, '&', &other))
        if (str_equal(str_part(other, 0, name), str_part(parameter, 0, name)) && !str_equal(other, parameter))
            return true;
    return false;
}

bool account_same_page(str a, str b)
{
    ptrdiff_t x = str_find(a, '?'), y = str_find(b, '?'), page = x < 0 ? a.len : x;
    str own = str_part(a, page + 1, a.len), other = str_part(b, (y < 0 ? b.len : y) + 1, b.len), parameter;
    if ((x < 0 && y < 0) || !str_equal(str_part(a, 0, page), str_part(b, 0, y < 0 ? b.len : y)) || str_find(str_part(a, 0, page), '/') < 0)
        return false;
    while (str_split(&own, '&', &parameter))
        if (contradicts(parameter, other))
            return false;
    return true;
}
