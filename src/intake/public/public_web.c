#include "intake/public/public_web.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "closed_html.h"
#include "help_html.h"
#include "home_html.h"
#include "report_html.h"

enum { LANGUAGES_MOST = 32 };

static handler show_home, show_report, show_help;
static const struct route table[] = {
    { PUBLIC_SIDE, GET, "/",       ANYONE, NOTHING, show_home },
    { PUBLIC_SIDE, GET, "/report", ANYONE, NOTHING, show_report },
    { PUBLIC_SIDE, GET, "/help",   ANYONE, NOTHING, show_help },
};
const struct routes public_routes = { table, countof(table) };

/* --- the frame ------------------------------------------------------------------------------------- */

str public_typed(const struct request *r, str name)
{
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        if (str_equal(r->form.at[i].name, name))
            return r->form.at[i].value;
    return (str){ 0 };
}

str public_path(struct arena *a, const struct language *language, str path)
{
    return str_join(a, str_join(a, path, lit("?lang=")), str_of(language->code));
}

str public_fresh_key(struct request *r)
{
    uint8_t random[FORM_KEY];
    char *text = arena_new(r->arena, char, 32);
    post_fresh_key(r->services->post, r->chance, random);
    hex_write(text, random, sizeof random);
    return (str){ text, 32 };
}

id public_office(const struct request *r)
{
    id office = { 0 };
    must(house_id(r->services->house, HOUSE_OFFICE_ID, &office)); /* set once by init, before anything is served */
    return office;
}

void public_pad(struct out *o)
{
    static const ptrdiff_t sizes[] = { 16384, 65536, 262144, 1048576 };
    char line[128]; /* appended whole: character by character it was a third of what a tip cost the worker */
    memset(line, ' ', sizeof line);
    line[sizeof line - 1] = '\n';
    ptrdiff_t i = 0;
    while (i < countof(sizes) - 1 && sizes[i] < o->len)
        i++;
    while (o->len < sizes[i] && !o->full) {
        ptrdiff_t at = o->len % (ptrdiff_t)sizeof line;
        out_str(o, str_part((str){ line, sizeof line }, at, at + sizes[i] - o->len));
    }
}

/* Digits and a leading plus: what a telephone dials. */
static str dial(struct arena *a, const char *scheme, str number)
{
    struct out o = { .arena = a };
    out_str(&o, str_of(scheme));
    for (ptrdiff_t i = 0; i < number.len; i++)
        if ((number.at[i] >= '0' && number.at[i] <= '9') || (number.at[i] == '+' && i == 0))
            out_char(&o, number.at[i]);
    return out_view(&o);
}

/* "+18005550142" is read as "1-800-555-0142" where such numbers are written so; others stay as they are. */
static str spoken(struct arena *a, str number)
{
    if (number.len != 12 || !str_starts(number, lit("+1")))
        return number;
    struct out o = { .arena = a };
    for (ptrdiff_t i = 1; i < number.len; i++) {
        if (i == 2 || i == 5 || i == 8)
            out_char(&o, '-');
        out_char(&o, number.at[i]);
    }
    return out_view(&o);
}

static struct page_languages languages_of(struct request *r, str path)
{
    struct page_languages l = { arena_new(r->arena, struct page_language, LANGUAGES_MOST), 0 };
    const struct house *h = r->services->house;
    struct language_offer offer = language_offer(house_text(h, HOUSE_LANGUAGES), house_text(h, HOUSE_DEFAULT_LANGUAGE));
    for (ptrdiff_t i = 0; languages[i] && l.len < LANGUAGES_MOST; i++) {
        const struct language *one = languages[i];
        if (one == r->language || language_offered(&offer, one))
            l.at[l.len++] = (struct page_language){ public_path(r->arena, one, path), str_of(one->code), str_of(one->name),
                                                    one == r->language };
    }
    return l;
}

/* A row may stand before the public only when the pack offers it and a person of the house has confirmed it. */
static bool is_public(const struct pack_row *row)
{
    return row && row->basis == BASIS_CONFIRMED && str_equal(pack_cell(row, HOTLINE_PUBLISH), lit("yes"));
}

static str emergency_text(struct request *r)
{
    const struct pack_row *row = pack_find(r->services->pack, lit("hotlines"), lit("EMERGENCY_TEXT"), day_of(r->now));
    return is_public(row) ? pack_cell(row, HOTLINE_NUMBER) : (str){ 0 };
}

struct public_page public_page(struct request *r, const char *title, str path)
{
    const struct house *h = r->services->house;
    struct arena *a = r->arena;
    struct public_page p = {
        .title = tr(r->language, title),
        .code = str_of(r->language->code),
        .direction = r->language->right_to_left ? lit("rtl") : lit("ltr"),
        .language = str_of(r->language->name),
        .languages = languages_of(r, path),
        .home = public_path(a, r->language, lit("/")),
        .report = public_path(a, r->language, lit("/report")),
        .help = public_path(a, r->language, lit("/help")),
        .figures = public_path(a, r->language, lit("/figures")),
        .leave = house_text(h, HOUSE_LEAVE_URL),
        .emergency = house_text(h, HOUSE_EMERGENCY_NUMBER),
        .line = spoken(a, house_text(h, HOUSE_LINE_PHONE)),
        .demo = house_yes(h, HOUSE_DEMO),
    };
    if (p.emergency.len) {
        p.emergency_link = dial(a, "tel:", p.emergency);
        p.emergency_text = emergency_text(r);
    }
    if (p.line.len)
        p.line_link = dial(a, "tel:", house_text(h, HOUSE_LINE_PHONE));
    p.calls = p.emergency.len || p.line.len;
    return p;
}

/* A name of left-to-right letters keeps its own order among right-to-left words (Unicode TR9, isolates). */
static str isolated(const struct request *r, str name)
{
    if (!r->language->right_to_left)
        return name;
    return str_join(r->arena, str_join(r->arena, lit("\xe2\x81\xa8"), name), lit("\xe2\x81\xa9"));
}

str public_who(struct request *r)
{
    const struct house *h = r->services->house;
    if (!house_may_serve_form(h))
        return (str){ 0 };
    const char *sentences[] = {
        N_("This line is run by %1."),
        house_yes(h, HOUSE_LINE_IS_POLICE) ? N_("%1 is police.") : N_("%1 is not police."),
        house_yes(h, HOUSE_LINE_SHARES_IMMIGRATION) ? N_("%1 shares with immigration authorities.")
                                                    : N_("%1 does not share with immigration authorities."),
        N_("You may stop here."),
    };
    str name = isolated(r, house_text(h, HOUSE_LINE_NAME));
    struct out o = { .arena = r->arena };
    for (ptrdiff_t i = 0; i < countof(sentences); i++) {
        if (i)
            out_char(&o, ' ');
        out_str(&o, tr_fill(r->arena, tr(r->language, sentences[i]), &name, 1));
    }
    return out_view(&o);
}

/* --- telephone lines ------------------------------------------------------------------------------- */

/* Which purposes of hotlines.csv stand in which group; a NULL list takes what no other group took. */
struct grouping {
    const char *name, *title;
    const char *const *purposes;
};
static const char *const urgent[] = { "emergency", NULL };
static const char *const reports[] = { "help and tips", "report crime", "children", "online child exploitation", NULL };
static const char *const help_lines[] = { "help and tips", NULL };
static const struct grouping report_groups[] = {
    { "urgent", N_("In an emergency"), urgent },
    { "lines", N_("Other lines that take reports"), reports },
    { "more", N_("Lines for help"), NULL },
};
static const struct grouping help_groups[] = {
    { "urgent", N_("In an emergency"), urgent },
    { "lines", N_("Someone to talk with, day and night"), help_lines },
    { "more", N_("More lines"), NULL },
};

static bool purpose_in(const char *const *purposes, str purpose)
{
    for (ptrdiff_t i = 0; purposes && purposes[i]; i++)
        if (str_equal(purpose, str_of(purposes[i])))
            return true;
    return false;
}

static bool belongs(const struct grouping *groups, ptrdiff_t n, ptrdiff_t which, str purpose)
{
    if (groups[which].purposes)
        return purpose_in(groups[which].purposes, purpose);
    for (ptrdiff_t i = 0; i < n; i++)
        if (purpose_in(groups[i].purposes, purpose))
            return false;
    return true;
}

static str link_of(struct arena *a, const struct pack_row *row)
{
    str channel = pack_cell(row, HOTLINE_CHANNEL), number = pack_cell(row, HOTLINE_NUMBER);
    if (str_equal(channel, lit("web")))
        return number;
    if (str_equal(channel, lit("mail")))
        return str_join(a, lit("mailto:"), number);
    return dial(a, str_equal(channel, lit("text")) ? "sms:" : "tel:", number);
}

static struct help_line line_of(struct request *r, const struct pack_row *row)
{
    return (struct help_line){
        .label = tr(r->language, str_c(r->arena, pack_cell(row, HOTLINE_LABEL))),
        .number = spoken(r->arena, pack_cell(row, HOTLINE_NUMBER)),
        .link = link_of(r->arena, row),
        .note = tr(r->language, str_c(r->arena, pack_cell(row, HOTLINE_HOURS))),
    };
}

/* Rows of one conflict group and channel are alternatives: the first that was confirmed is shown. */
static bool shown_before(const struct pack_rows *rows, ptrdiff_t at)
{
    str group = pack_cell(rows->at[at], HOTLINE_CONFLICT_GROUP), channel = pack_cell(rows->at[at], HOTLINE_CHANNEL);
    for (ptrdiff_t i = 0; i < at && group.len; i++)
        if (is_public(rows->at[i]) && str_equal(pack_cell(rows->at[i], HOTLINE_CONFLICT_GROUP), group)
            && str_equal(pack_cell(rows->at[i], HOTLINE_CHANNEL), channel))
            return true;
    return false;
}

static struct line_groups lines_in(struct request *r, const struct grouping *groups, ptrdiff_t n)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("hotlines"), day_of(r->now));
    struct line_groups out = { arena_new(r->arena, struct line_group, n), 0 };
    for (ptrdiff_t g = 0; g < n; g++) {
        struct help_lines lines = { arena_new(r->arena, struct help_line, rows.len), 0 };
        for (ptrdiff_t i = 0; i < rows.len; i++)
            if (is_public(rows.at[i]) && belongs(groups, n, g, pack_cell(rows.at[i], HOTLINE_PURPOSE)) && !shown_before(&rows, i))
                lines.at[lines.len++] = line_of(r, rows.at[i]);
        if (lines.len)
            out.at[out.len++] = (struct line_group){ str_of(groups[g].name), tr(r->language, groups[g].title), lines };
    }
    return out;
}

/* --- pages ----------------------------------------------------------------------------------------- */

static status show_home(struct request *r, struct response *w)
{
    struct home_page p = {
        .page = public_page(r, "Plainsight", lit("/")),
        .tip = public_path(r->arena, r->language, lit("/tip")),
        .come_back = public_path(r->arena, r->language, lit("/tip/return")),
        .who = public_who(r),
    };
    home_html(&w->body, r->language, &p);
    return OK;
}

static status show_report(struct request *r, struct response *w)
{
    struct report_page p = {
        .page = public_page(r, N_("Every way to report"), lit("/report")),
        .tip = public_path(r->arena, r->language, lit("/tip")),
        .come_back = public_path(r->arena, r->language, lit("/tip/return")),
        .who = public_who(r),
        .groups = lines_in(r, report_groups, countof(report_groups)),
    };
    p.none = !p.groups.len;
    report_html(&w->body, r->language, &p);
    return OK;
}

static status show_help(struct request *r, struct response *w)
{
    struct help_page p = {
        .page = public_page(r, N_("Get help"), lit("/help")),
        .tip = public_path(r->arena, r->language, lit("/tip")),
        .groups = lines_in(r, help_groups, countof(help_groups)),
    };
    p.none = !p.groups.len;
    help_html(&w->body, r->language, &p);
    return OK;
}

static void draw_closed(struct request *r, struct out *o, const char *heading, const char *message)
{
    struct closed_page p = { public_page(r, heading, lit("/")), tr(r->language, heading), tr(r->language, message) };
    p.page.problem = true;
    closed_html(o, r->language, &p);
}

void public_closed(struct request *r, struct response *w, int http_status, const char *heading, const char *message)
{
    w->status = http_status;
    draw_closed(r, &w->body, heading, message);
}

void public_draw_problem(struct request *r, int http_status, struct response *w)
{
    if (http_status == 404)
        public_closed(r, w, 404, N_("This page is not here"), N_("The address may be old or mistyped. These links lead on."));
    else if (http_status == 503 || http_status == 429)
        public_closed(r, w, http_status, N_("Not now"), N_("Many people are here at this moment. Please try again in a minute."));
    else if (http_status >= 500)
        public_closed(r, w, http_status, N_("Something failed here"), N_("It is our fault, not yours. Please try again in a minute."));
    else
        public_closed(r, w, http_status, N_("We could not read that"),
                    N_("What your browser sent did not arrive whole. Please go back and send it again."));
}

/* --- answers that come later ----------------------------------------------------------------------- */

struct parked public_parked(const struct request *r)
{
    return (struct parked){ .language = r->language, .services = r->services, .now = r->now, .secure = r->secure };
}

struct request public_later(const struct parked *p, struct arena *a)
{
    return (struct request){ .side = PUBLIC_SIDE, .language = p->language, .services = p->services, .now = p->now, .arena = a };
}

void public_unsure(struct request *r, struct http_response *w)
{
    w->status = 503;
    draw_closed(r, &w->body, N_("We cannot say whether it arrived"),
                N_("Please go back and press Send again. If it had arrived, it is not kept twice."));
}

void public_finish(const struct parked *p, struct http_response *w)
{
    if (!w->type.len)
        w->type = lit("text/html; charset=utf-8");
    web_headers(PUBLIC_SIDE, p->secure, w);
}

static void answer(void *server, struct http_place place, http_filler *fill, void *app, void *detail)
{
    http_answer(server, place, fill, app, detail);
}

static void pause_reading(void *server, bool paused)
{
    http_pause(server, paused);
}

static void stop(void *server)
{
    http_stop(server);
}

void public_open(struct services *services, struct http_server *server, int acceptor, struct chance *chance)
{
    struct post_line line = { server, answer, pause_reading, stop, services->monotonic_ms };
    services->post = post_open(acceptor, PARKED_BYTES_EACH, line, chance);
    http_watch(server, acceptor, post_ready, services->post);
    http_watch(server, -1, post_ready, services->post);
}
