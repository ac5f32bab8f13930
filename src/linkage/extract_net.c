/* Mailboxes, links and names at a service, also with "(at)" and "[dot]". */
#include "linkage/extract_parts.h"
#include "linkage/services.h"

static bool is_latin(const struct reader *r, int i)
{
    str text = token_text(r, i);
    const struct token *t = token_at(r, i);
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_NUMBER)
        return false;
    for (ptrdiff_t k = 0; k < text.len; k++)
        if ((unsigned char)text.at[k] >= 0x80)
            return false;
    return true;
}

/* A word between brackets, or bare between blanks when bare is true: the token behind it, or i when it is not there. */
static int disguised(const struct reader *r, int i, enum word_class c, uint32_t sign, bool bare)
{
    static const uint32_t open[] = { '(', '[', '{', '<' }, close[] = { ')', ']', '}', '>' };
    for (int k = 0; k < 4; k++)
        if (is_sign(r, i, open[k]) && (is_word(r, i + 1, c) || is_sign(r, i + 1, sign)) && is_sign(r, i + 2, close[k]))
            return i + 3;
    return bare && is_word(r, i, c) && !is_glued(r, i) && !is_glued(r, i + 1) ? i + 1 : i;
}

/* "." glued, or a disguise of it. */
static int dot_at(const struct reader *r, int i, bool bare)
{
    if (is_sign(r, i, '.') && is_glued(r, i) && is_glued(r, i + 1))
        return i + 1;
    return disguised(r, i, DOT, '.', bare);
}

struct host {
    int last, labels; /* its last token */
    bool hidden, bracketed, dashed;
};

static bool in_label(const struct reader *r, int i, bool any)
{
    return is_latin(r, i) || (any && token_at(r, i)->kind == TOKEN_WORD);
}

/* How many hyphens stand within a label at i: one, or the two of punycode (xn--...) behind its first word. */
static int hyphens_at(const struct reader *r, int from, int i, bool any)
{
    int n = 0, most = i == from + 1 && str_equal_fold(token_text(r, from), lit("xn")) ? 2 : 1;
    while (n < most && is_glued(r, i + n) && is_sign(r, i + n, '-'))
        n++;
    return n && is_glued(r, i + n) && in_label(r, i + n, any) ? n : 0;
}

/* One label: letters and digits, hyphens within; any: letters of any script. The token behind it, or i. */
static int label_at(const struct reader *r, int i, bool any, struct host *h)
{
    int from = i, hyphens;
    for (; in_label(r, i, any) && (i == from || is_glued(r, i)) && i - from < 24; i += 1 + hyphens) {
        hyphens = hyphens_at(r, from, i + 1, any);
        h->dashed = h->dashed || hyphens || token_at(r, i)->kind == TOKEN_NUMBER;
    }
    return i;
}

static bool is_domain_end(str label)
{
    static const char ends[] = " com org net info biz xyz online site club shop top live chat vip app dev pro mobi name work jobs agency cam sex xxx porn adult dating "
                               "escort example test invalid onion ru su ua by kz uz kg tj ge am az br mx ar cl co pe ec ve uy py bo gt cr pa hn sv ni do cu pr es pt fr de "
                               "it uk ie nl pl cz sk hu ro bg gr rs hr si al md ch at lu dk no se fi ee lv lt tr il eg ma dz tn ly sa ae kw qa bh om jo lb sy iq ye ir in pk "
                               "bd np lk th vn kh la mm my sg id ph cn hk tw jp kr au nz za ng gh ke et sn ci cm ao mz us ca me tv io cc ws eu to gg ly li be is xn space "
                               "website store tech fun link click world today life group media news one ";
    char word[16] = " ";
    if (label.len < 2 || label.len > 12)
        return false;
    for (ptrdiff_t i = 0; i < label.len; i++)
        word[i + 1] = (char)(label.at[i] | 32);
    word[label.len + 1] = ' ';
    return strstr(ends, word) != NULL;
}

static bool is_punycode(const struct reader *r, int i, int end)
{
    return end > i && str_starts(str_part(r->text, token_at(r, i)->begin, token_at(r, end - 1)->end), lit("xn--"));
}

/* Labels with dots between, the last a known end; any: of any script, then the last as well; f takes it in small letters. */
static bool host_at(const struct reader *r, int i, bool bare, bool any, struct host *h, struct finding *f)
{
    int good_last = -1;
    uint8_t good_len = 0;
    bool other = false; /* the label before is of another script: only then a last one may be */
    memset(h, 0, sizeof *h);
    for (int labels = 1; labels <= 6; labels++) {
        int end = label_at(r, i, any, h);
        if (end == i)
            break;
        finding_fold(f, str_part(r->text, token_at(r, i)->begin, token_at(r, end - 1)->end));
        if (labels > 1 && ((end == i + 1 && (is_domain_end(token_text(r, i)) || (other && !is_latin(r, i)))) || is_punycode(r, i, end))) {
            good_last = end - 1;
            good_len = f->normal_len;
            h->labels = labels;
        }
        other = !is_latin(r, i);
        int next = dot_at(r, end, bare);
        if (next == end)
            break;
        h->bracketed = h->bracketed || (next > end + 1 && token_at(r, end)->kind == TOKEN_SIGN);
        h->hidden = h->hidden || next > end + 1 || !is_sign(r, end, '.');
        finding_put(f, lit("."));
        i = next;
    }
    h->last = good_last;
    f->normal_len = good_len;
    return good_last >= 0;
}

/* ---- mailboxes ---- */

/* Letters, digits and what a mailbox may have between them: the token behind, or i. */
static int mailbox_at(const struct reader *r, int i, bool *odd)
{
    int from = i;
    for (; i - from < 16 && (i == from || is_glued(r, i)); i++) {
        const struct token *t = token_at(r, i);
        bool sign = t->kind == TOKEN_SIGN && (t->point == '.' || t->point == '_' || t->point == '-' || t->point == '+') && i > from && is_glued(r, i + 1);
        if (!is_latin(r, i) && !sign)
            break;
        *odd = *odd || sign || t->kind == TOKEN_NUMBER;
    }
    return i;
}

bool find_email(const struct reader *r, int i, struct finding *f)
{
    bool odd = false;
    struct host h;
    const struct token *before = token_at(r, i - 1);
    if (!is_latin(r, i) || (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "._-+@"))))
        return false;
    int end = mailbox_at(r, i, &odd);
    if (end == i)
        return false;
    bool said = is_word(r, end, AT) && !is_glued(r, end), english = said && str_equal_fold(token_text(r, end), lit("at"));
    int host = is_sign(r, end, '@') || (said && is_sign(r, end + 1, '@')) ? end + 1 : disguised(r, end, AT, '@', true);
    if (host == end || (host == end + 1 && !said && !is_glued(r, end) && is_glued(r, host))) /* "kik me @mila" */
        return false;
    finding_fold(f, str_part(r->text, token_at(r, i)->begin, token_at(r, end - 1)->end));
    finding_put(f, lit("@"));
    struct finding part = { .normal_len = 0 };
    if (!host_at(r, host, true, false, &h, &part))
        return false;
    /* "She works at shop dot com" is hardly one; a name with a digit, or the word e-mail before it, is. */
    if (english && !(h.bracketed || (h.hidden && odd) || class_before(r, i, BIT(MAIL), 6)))
        return false;
    finding_put(f, finding_normal(&part));
    struct finding span;
    finding_span(r, &span, FOUND_EMAIL, i, h.last);
    f->kind = span.kind;
    f->begin = span.begin;
    f->end = span.end;
    return true;
}

/* ---- links ---- */

/* "http://", also written hxxp, and "www.": the token behind. */
static int scheme_at(const struct reader *r, int i, bool *scheme, bool *www)
{
    str word = token_text(r, i);
    *scheme = (str_equal_fold(word, lit("http")) || str_equal_fold(word, lit("https")) || str_equal_fold(word, lit("hxxp")) || str_equal_fold(word, lit("hxxps")))
              && is_sign(r, i + 1, ':') && is_sign(r, i + 2, '/') && is_sign(r, i + 3, '/');
    i += *scheme ? 4 : 0;
    *www = str_equal_fold(token_text(r, i), lit("www")) && dot_at(r, i + 1, false) > i + 1;
    return *www ? dot_at(r, i + 1, false) : i;
}

/* A sign of a path: bytes of it, 0: none. Letters beyond ASCII are those of scripts that put a blank between what is no word of theirs and the next. */
static ptrdiff_t path_sign(str text, ptrdiff_t at)
{
    static const uint32_t letters[][2] = { { 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x24f }, { 0x370, 0x52f }, { 0x5d0, 0x5ea }, { 0x620, 0x64a }, { 0x900, 0x963 }, { 0x10d0, 0x10ff } };
    ptrdiff_t n;
    uint32_t point = utf8_point(text, at, &n);
    if (point < 0x80)
        return point > ' ' && point < 0x7f && !point_in(point, "\"<>");
    for (ptrdiff_t i = 0; i < countof(letters); i++)
        if (point >= letters[i][0] && point <= letters[i][1])
            return n;
    return 0;
}

/* Where the link ends: at a blank, without the signs that close a sentence. */
static ptrdiff_t path_end(str text, ptrdiff_t at)
{
    ptrdiff_t end = at;
    if (end < text.len && !point_in((unsigned char)text.at[end], "/?#:"))
        return end;
    for (ptrdiff_t n = 1; n && end < text.len; end += n)
        n = path_sign(text, end);
    while (end > at && point_in((unsigned char)text.at[end - 1], ".,;:!?)]}'"))
        end--;
    return end;
}

/* The number of wa.me/447700900123 and of ?phone=. */
static bool telephone_of(const struct reader *r, str path, struct finding *f)
{
    char digits[20];
    int n = 0;
    bool sure;
    ptrdiff_t at = 0;
    while (at < path.len && point_digit((unsigned char)path.at[at]) < 0)
        at++;
    for (; at < path.len && n < 20 && point_digit((unsigned char)path.at[at]) >= 0; at++)
        digits[n++] = path.at[at];
    if (n < 8 || n > 15 || !phone_normal((str){ digits, n }, true, r->country, f, &sure))
        return false;
    f->kind = FOUND_PHONE;
    return true;
}

/* A profile of a service is a name there, and of one that knows people by their telephones a telephone. */
static void name_link(const struct reader *r, struct finding *f, str path)
{
    char address[2 * NORMAL_MOST];
    struct profile p;
    str host = finding_normal(f), read = str_part(path, 0, countof(address) - host.len);
    memcpy(address, host.at, (size_t)host.len);
    if (read.len)
        memcpy(address + host.len, read.at, (size_t)read.len);
    str whole = { address, host.len + read.len };
    bool known = service_profile(whole, &p) && (read.len == path.len || p.name.at + p.name.len < whole.at + whole.len);
    if (known && str_equal(p.service, lit("whatsapp"))) {
        struct finding phone = *f;
        if (telephone_of(r, p.name, &phone))
            *f = phone;
    } else if (known) {
        f->kind = FOUND_HANDLE;
        f->normal_len = 0;
        finding_put(f, p.service);
        finding_put(f, lit(":"));
        finding_fold(f, p.name);
    }
    if (f->kind == FOUND_URL)
        finding_put(f, str_ends(path, lit("/")) ? str_part(path, 0, path.len - 1) : path);
}

/* A sentence that goes on without a blank ("at home.It was") is none, nor a word of one. */
static bool is_bare_host(const struct reader *r, const struct host *h, bool path)
{
    const struct token *end = token_at(r, h->last), *first = token_at(r, h->last - 2);
    if (path || h->hidden)
        return true;
    if (class_before(r, h->last - 2, BIT(SERVICE), 2)) /* "my ig is nova.jobs" */
        return false;
    if (end->capital && !first->capital)
        return false;
    bool word = end->end - end->begin == 2 || end->classes;
    return !word || h->labels > 2 || h->dashed;
}

bool find_link(const struct reader *r, int i, struct finding *f)
{
    bool scheme, www;
    struct host h;
    const struct token *before = token_at(r, i - 1);
    if (!is_latin(r, i) || (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "._-@/"))))
        return false;
    int host = scheme_at(r, i, &scheme, &www);
    if (!host_at(r, host, false, scheme, &h, f))
        return false;
    ptrdiff_t from = token_at(r, h.last)->end, to = path_end(r->text, from);
    if (!scheme && !www && !is_bare_host(r, &h, to > from))
        return false;
    f->kind = FOUND_URL;
    f->begin = token_at(r, i)->begin;
    f->end = to;
    name_link(r, f, str_part(r->text, from, to));
    return true;
}
