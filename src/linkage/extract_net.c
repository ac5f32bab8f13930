/* Mailboxes, links and names at a service, also with "(at)" and "[dot]". */
#include "linkage/extract_parts.h"

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

/* One label: letters and digits, hyphens within. The token behind it, or i. */
static int label_at(const struct reader *r, int i, struct host *h)
{
    int from = i;
    for (; is_latin(r, i) && (i == from || is_glued(r, i)) && i - from < 16; i++)
        if (is_glued(r, i + 1) && is_sign(r, i + 1, '-') && is_glued(r, i + 2) && is_latin(r, i + 2)) {
            h->dashed = true;
            i++;
        } else {
            h->dashed = h->dashed || token_at(r, i)->kind == TOKEN_NUMBER;
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

/* Labels with dots between, the last a known end; f takes it in small letters. */
static bool host_at(const struct reader *r, int i, bool bare, struct host *h, struct finding *f)
{
    int good_last = -1;
    uint8_t good_len = 0;
    memset(h, 0, sizeof *h);
    for (int labels = 1; labels <= 6; labels++) {
        int end = label_at(r, i, h);
        if (end == i)
            break;
        finding_fold(f, str_part(r->text, token_at(r, i)->begin, token_at(r, end - 1)->end));
        if (labels > 1 && end == i + 1 && is_domain_end(token_text(r, i))) {
            good_last = i;
            good_len = f->normal_len;
            h->labels = labels;
        }
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
    if (!host_at(r, host, true, &h, &part))
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

/* Where the link ends: at a blank, without the signs that close a sentence. */
static ptrdiff_t path_end(str text, ptrdiff_t at)
{
    ptrdiff_t end = at;
    if (end < text.len && !point_in((unsigned char)text.at[end], "/?#:"))
        return end;
    while (end < text.len && (unsigned char)text.at[end] > ' ' && (unsigned char)text.at[end] < 0x7f && !point_in((unsigned char)text.at[end], "\"<>"))
        end++;
    while (end > at && point_in((unsigned char)text.at[end - 1], ".,;:!?)]}'"))
        end--;
    return end;
}

static const struct {
    str host;
    uint8_t service;
} services[] = { { LIT("instagram.com"), S_INSTAGRAM }, { LIT("facebook.com"), S_FACEBOOK }, { LIT("fb.com"), S_FACEBOOK },   { LIT("m.facebook.com"), S_FACEBOOK },
                 { LIT("t.me"), S_TELEGRAM },           { LIT("telegram.me"), S_TELEGRAM },  { LIT("vk.com"), S_VK },         { LIT("ok.ru"), S_ODNOKLASSNIKI },
                 { LIT("tiktok.com"), S_TIKTOK },       { LIT("twitter.com"), S_TWITTER },   { LIT("x.com"), S_TWITTER },     { LIT("snapchat.com"), S_SNAPCHAT },
                 { LIT("onlyfans.com"), S_ONLYFANS },   { LIT("youtube.com"), S_YOUTUBE },   { LIT("twitch.tv"), S_TWITCH },  { LIT("linkedin.com"), S_LINKEDIN },
                 { LIT("reddit.com"), S_REDDIT },       { LIT("kik.me"), S_KIK },            { LIT("paypal.me"), S_PAYPAL },  { LIT("wa.me"), S_WHATSAPP },
                 { LIT("api.whatsapp.com"), S_WHATSAPP } };

/* The person's name in a path: "/mila_rose/", "/@mila", "/add/mila". Empty: none, or the page of something else. */
static str profile_of(str path)
{
    static const str steps[] = { LIT("add"), LIT("in"), LIT("user"), LIT("u"), LIT("c") };
    static const str pages[] = { LIT("p"), LIT("reel"), LIT("reels"), LIT("stories"), LIT("explore"), LIT("watch"),
                                 LIT("share"), LIT("groups"), LIT("profile.php"), LIT("joinchat"), LIT("login") };
    str name = str_part(path, 1, path.len), rest = name;
    while (str_split(&rest, '/', &name)) {
        bool step = false;
        for (ptrdiff_t i = 0; i < countof(steps); i++)
            step = step || str_equal(name, steps[i]);
        for (ptrdiff_t i = 0; i < countof(pages); i++)
            if (str_equal(name, pages[i]))
                return (str){ 0 };
        if (!step)
            break;
    }
    ptrdiff_t query = str_find(name, '?');
    name = query < 0 ? name : str_part(name, 0, query);
    return str_starts(name, lit("@")) ? str_part(name, 1, name.len) : name;
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

static void name_link(const struct reader *r, struct finding *f, str path)
{
    for (ptrdiff_t i = 0; i < countof(services); i++) {
        if (!str_equal(finding_normal(f), services[i].host))
            continue;
        if (services[i].service == S_WHATSAPP) {
            struct finding phone = *f;
            if (telephone_of(r, path, &phone))
                *f = phone;
            break;
        }
        str name = profile_of(path);
        if (name.len < 2 || name.at[0] == '+')
            break;
        f->kind = FOUND_HANDLE;
        f->normal_len = 0;
        finding_put(f, str_of(service_names[services[i].service]));
        finding_put(f, lit(":"));
        finding_fold(f, name);
        return;
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
    if (!host_at(r, host, false, &h, f))
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
