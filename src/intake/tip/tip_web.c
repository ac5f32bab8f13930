#include "intake/tip/tip_web.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "intake/tip/idem.h"
#include "intake/tip/submit.h"
#include "intake/tip/tip_api.h"
#include "staff/role/role.h"
#include "tip_form_html.h"
#include "receipt_html.h"

enum { CHOICES_MOST = 64, FORM_SIGNS = 512 }; /* no form has more fields than 512 */
#define HOLE "holeholeholeholeholeholeholehole" /* as long as a key; where it stands in the rendered form, keys go */

static handler show_form, submit_form;
static const struct route table[] = {
    { PUBLIC_SIDE, GET,  "/tip",         ANYONE, NOTHING, show_form },
    { PUBLIC_SIDE, POST, "/tip",         ANYONE, FORM,    submit_form },
    { PUBLIC_SIDE, POST, "/api/v1/tips", ANYONE, JSON,    tip_api_submit },
    { PUBLIC_SIDE, POST, "/api/v1/calls", API_CALLS, JSON, call_api_submit },
};
const struct routes tip_routes = { table, countof(table) };

/* --- the choices of the form ----------------------------------------------------------------------- */

struct option {
    const char *value, *label, *hint;
};
static const struct option answers[] = { { "yes", N_("Yes"), "" }, { "no", N_("No"), "" }, { "not_sure", N_("Not sure"), "" } };
static const struct option whens[] = {
    { "now", N_("It goes on now"), "" },
    { "month", N_("In the last month"), "" },
    { "before", N_("Longer ago"), "" },
    { "not_sure", N_("Not sure"), "" },
};
static const struct option proximities[] = {
    { "is_victim", N_("It is happening to me"), "" },
    { "direct", N_("It happens to someone I know"), "" },
    { "observed", N_("I saw it or heard it"), "" },
    { "work", N_("I met it in my work"), "" },
    { "told", N_("Someone told me"), "" },
    { "online", N_("I saw it online"), "" },
    { "unsaid", N_("I would rather not say"), "" },
};
static const struct option consents[] = {
    { "anonymous", N_("Only what happened"), N_("We keep no way to reach you, even if you type one below. Please leave your name out of your words too.") },
    { "confidential", N_("You may know me, others may not"),
      N_("Our tip line can contact you. If we pass on what happened, your name and contact stay with us.") },
    { "share", N_("You may share it with those who act"),
      N_("An officer or a helper may contact you, in the way you say below.") },
};
static const struct option methods[] = {
    { "phone", N_("Call"), "" }, { "text", N_("Text"), "" }, { "mail", N_("E-mail"), "" }, { "other", N_("Another way"), "" },
};
#define options(table) table, countof(table)

static bool was_chosen(const struct request *r, str name, str value)
{
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        if (str_equal(r->form.at[i].name, name) && str_equal(r->form.at[i].value, value))
            return true;
    return false;
}

static struct tip_choices choices_of(const struct request *r, str name, const struct option *from, ptrdiff_t n, const char *first)
{
    struct tip_choices c = { arena_new(r->arena, struct tip_choice, n), n };
    for (ptrdiff_t i = 0; i < n; i++) {
        c.at[i].value = str_of(from[i].value);
        c.at[i].label = tr(r->language, from[i].label);
        c.at[i].hint = from[i].hint[0] ? tr(r->language, from[i].hint) : (str){ 0 };
        c.at[i].chosen = public_typed(r, name).len ? was_chosen(r, name, c.at[i].value) : first && !strcmp(first, from[i].value);
    }
    return c;
}

static str tr_str(const struct request *r, str s)
{
    return tr(r->language, str_c(r->arena, s));
}

/* Rows of a code list that public forms offer. */
struct offer {
    str file, field;
    ptrdiff_t label;
    bool (*offered)(const struct pack_row *row);
};

static bool venue_offered(const struct pack_row *row)
{
    str code = pack_cell(row, VENUE_CODE);
    return !str_equal(code, lit("unknown")) && !str_equal(code, lit("did_not_disclose"));
}

/* A kind of work that says "not known" is what skipping the question says. */
static bool industry_offered(const struct pack_row *row)
{
    return pack_cell_yes(row, INDUSTRY_PICK) && !str_starts(pack_cell(row, INDUSTRY_LABEL), lit("Not "));
}

/* The strongest signs stand open; the middling ones wait under "More signs"; the weak ones would make the page long. */
static bool strong_sign(const struct pack_row *row)
{
    return pack_cell_yes(row, INDICATOR_PUBLIC) && str_equal(pack_cell(row, INDICATOR_STRENGTH), lit("strong"));
}

static bool weaker_sign(const struct pack_row *row)
{
    return pack_cell_yes(row, INDICATOR_PUBLIC) && str_equal(pack_cell(row, INDICATOR_STRENGTH), lit("medium"));
}

static const struct offer venue_offer = { LIT("venues"), LIT("venue"), VENUE_LABEL, venue_offered };
static const struct offer industry_offer = { LIT("industries"), LIT("industry"), INDUSTRY_LABEL, industry_offered };
static const struct offer sign_offer = { LIT("indicators"), LIT("sign"), INDICATOR_ASK_OTHER, strong_sign };
static const struct offer more_offer = { LIT("indicators"), LIT("sign"), INDICATOR_ASK_OTHER, weaker_sign };

static struct tip_choices pack_choices(const struct request *r, const struct offer *o)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, o->file, day_of(r->now));
    struct tip_choices c = { .at = arena_new(r->arena, struct tip_choice, rows.len) };
    for (ptrdiff_t i = 0; i < rows.len; i++)
        if (o->offered(rows.at[i])) {
            str value = pack_cell(rows.at[i], 0);
            c.at[c.len++] = (struct tip_choice){ .value = value, .label = tr_str(r, pack_cell(rows.at[i], o->label)),
                                             .chosen = was_chosen(r, o->field, value) };
        }
    return c;
}

static bool any_chosen(const struct tip_choices *c)
{
    for (ptrdiff_t i = 0; i < c->len; i++)
        if (c->at[i].chosen)
            return true;
    return false;
}

/* --- the page -------------------------------------------------------------------------------------- */

static str problems_heading(const struct request *r, ptrdiff_t n)
{
    struct out number = { .arena = r->arena };
    out_int(&number, n);
    str text = tr_n(r->language, n, "One thing before we can send", "%1 things before we can send");
    return tr_fill(r->arena, text, (const str[]){ out_view(&number) }, 1);
}

static void fill_choices(struct request *r, struct tip_form_page *p)
{
    p->dangers = choices_of(r, lit("danger"), options(answers), NULL);
    p->whens = choices_of(r, lit("when"), options(whens), NULL);
    p->minors = choices_of(r, lit("minor"), options(answers), NULL);
    p->proximities = choices_of(r, lit("who"), options(proximities), NULL);
    p->consents = choices_of(r, lit("consent"), options(consents), "anonymous");
    p->methods = choices_of(r, lit("method"), options(methods), NULL);
    p->venues = pack_choices(r, &venue_offer);
    p->industries = pack_choices(r, &industry_offer);
    p->signs = pack_choices(r, &sign_offer);
    p->more_signs = pack_choices(r, &more_offer);
    p->kinds_chosen = any_chosen(&p->venues) || any_chosen(&p->industries);
    p->more_chosen = any_chosen(&p->more_signs);
}

static void draw_form(struct request *r, struct out *o, const struct problems *problems, str key)
{
    struct tip_form_page p = {
        .page = public_page(r, N_("Write to us"), lit("/tip")),
        .who = public_who(r),
        .action = public_path(r->arena, r->language, lit("/tip")),
        .key = key,
        .problems = *problems,
        .narrative = public_typed(r, lit("narrative")),
        .place = public_typed(r, lit("place")),
        .how_many = public_typed(r, lit("how_many")),
        .identifiers = public_typed(r, lit("identifiers")),
        .contact = public_typed(r, lit("contact")),
        .safe_when = public_typed(r, lit("safe_when")),
        .code_word = public_typed(r, lit("code_word")),
        .narrative_problem = problem_of(problems, lit("narrative")),
        .place_problem = problem_of(problems, lit("place")),
        .how_many_problem = problem_of(problems, lit("how_many")),
        .identifiers_problem = problem_of(problems, lit("identifiers")),
        .contact_problem = problem_of(problems, lit("contact")),
        .safe_when_problem = problem_of(problems, lit("safe_when")),
        .code_word_problem = problem_of(problems, lit("code_word")),
        .message = was_chosen(r, lit("message"), lit("yes")),
        .no_contact = was_chosen(r, lit("nocontact"), lit("yes")),
    };
    p.page.problem = problems->len > 0;
    p.problems_title = problems->len ? problems_heading(r, problems->len) : (str){ 0 };
    fill_choices(r, &p);
    tip_form_html(o, r->language, &p);
}

static status closed(struct request *r, struct response *w)
{
    public_closed(r, w, 503, N_("You cannot write to us here yet"),
                N_("This line has not yet said who reads its reports, so it may not take any. If you are in danger, call the "
                   "emergency number."));
    return OK;
}

/* Rendered once a minute and language; each response gets a key of its own in the hole. */
static status show_form(struct request *r, struct response *w)
{
    if (!house_may_serve_form(r->services->house))
        return closed(r, w);
    int64_t ms = r->services->monotonic_ms();
    struct post_form *f = post_form(r->services->post, r->language, ms);
    if (!f->len) {
        struct out o = { .arena = r->arena };
        draw_form(r, &o, &(struct problems){ 0 }, lit(HOLE));
        post_form_keep(f, out_view(&o), lit(HOLE), ms);
    }
    /* The page itself goes out, with the key written into it: this worker does one request at a time, and what the
     * socket does not take at once is copied before the next. */
    memcpy(f->bytes + f->hole, public_fresh_key(r).at, sizeof HOLE - 1);
    w->body = (struct out){ .at = f->bytes, .len = f->len, .cap = f->len, .arena = r->arena };
    return OK;
}

/* --- reading --------------------------------------------------------------------------------------- */

static str form_option(struct form *f, str name, const struct option *from, ptrdiff_t n)
{
    str values[CHOICES_MOST];
    for (ptrdiff_t i = 0; i < n; i++)
        values[i] = str_of(from[i].value);
    return form_choice(f, name, values, n);
}

/* The row of a code that this list offers, or NULL. Found by its key: a submission needs no labels. */
static const struct pack_row *offered_row(const struct request *r, const struct offer *o, str code)
{
    const struct pack_row *row = pack_find(r->services->pack, o->file, code, day_of(r->now));
    return row && o->offered(row) ? row : NULL;
}

static str form_pack_choice(struct form *f, const struct offer *o)
{
    str code = public_typed(f->r, o->field);
    return form_choice(f, o->field, &code, offered_row(f->r, o, code) ? 1 : 0);
}

static bool has_line(str lines, str line)
{
    str one;
    while (str_split(&lines, '\n', &one))
        if (str_equal(one, line))
            return true;
    return false;
}

/* Codes of the signs noticed, each once; a code the pack does not offer is not of our form and is left out. */
static str form_signs(struct form *f)
{
    struct out o = { .arena = f->r->arena };
    str codes[FORM_SIGNS];
    ptrdiff_t n = form_all(f, lit("sign"), codes, countof(codes));
    for (ptrdiff_t i = 0; i < n; i++)
        if ((offered_row(f->r, &sign_offer, codes[i]) || offered_row(f->r, &more_offer, codes[i])) && !has_line(out_view(&o), codes[i])) {
            out_str(&o, codes[i]);
            out_char(&o, '\n');
        }
    return str_trim(out_view(&o));
}

static int64_t form_how_many(struct form *f)
{
    int64_t n = 0;
    str s = form_text(f, lit("how_many"), 0, 12);
    if (s.len && (!str_to_int(s, &n) || n < 0 || n > TIP_PEOPLE_MOST))
        form_note(f, lit("how_many"), tr(f->r->language, "Write a number, such as 3, or leave it empty."));
    return n;
}

/* "I met it in my work" says two things: near, and who. */
static void set_proximity(struct tip *t, str who)
{
    bool work = str_equal(who, lit("work"));
    t->proximity = work ? lit("observed") : str_equal(who, lit("unsaid")) ? (str){ 0 } : who;
    if (work)
        t->reporter = lit("professional");
    else if (str_equal(who, lit("is_victim")))
        t->reporter = lit("victim");
}

static str happening_of(str when)
{
    if (str_equal(when, lit("now")))
        return lit("yes");
    return str_equal(when, lit("month")) || str_equal(when, lit("before")) ? lit("no") : when;
}

static void read_tip(struct form *f, struct tip *t)
{
    str narrative = form_text(f, lit("narrative"), 0, TIP_NARRATIVE_MOST);
    if (!narrative.len) /* noted first: it stands first on the page */
        form_note(f, lit("narrative"), tr(f->r->language, "Tell us what is happening. A few words are enough."));
    *t = (struct tip){
        .language = str_of(f->r->language->code),
        .channel = lit("web"),
        .narrative = narrative,
        .danger = form_option(f, lit("danger"), options(answers)),
        .minor = form_option(f, lit("minor"), options(answers)),
        .when = form_option(f, lit("when"), options(whens)),
        .place = form_text(f, lit("place"), 0, TIP_PLACE_MOST),
        .venue = form_pack_choice(f, &venue_offer),
        .industry = form_pack_choice(f, &industry_offer),
        .how_many = form_how_many(f),
        .identifiers = form_text(f, lit("identifiers"), 0, TIP_LIST_MOST),
        .signs = form_signs(f),
        .consent = form_option(f, lit("consent"), options(consents)),
        .do_not_contact = form_has(f, lit("nocontact"), lit("yes")),
    };
    t->happening = happening_of(t->when);
    set_proximity(t, form_option(f, lit("who"), options(proximities)));
    if (!t->consent.len)
        t->consent = lit("anonymous");
}

static void read_source(struct form *f, struct source *s)
{
    *s = (struct source){
        .method = form_option(f, lit("method"), options(methods)),
        .address = form_text(f, lit("contact"), 0, TIP_LINE_MOST),
        .safe_when = form_text(f, lit("safe_when"), 0, TIP_LINE_MOST),
        .code_word = form_text(f, lit("code_word"), 0, TIP_LINE_MOST),
    };
    if (form_has(f, lit("message"), lit("yes")))
        s->message = lit("yes");
}

/* --- sending and the answer ------------------------------------------------------------------------ */

static void draw_receipt(struct request *r, const char digits[ANSWER], bool source_dropped, struct out *o)
{
    struct digit_group groups[6];
    for (ptrdiff_t i = 0; i < 6; i++)
        groups[i].text = (str){ digits + 4 * i, 4 };
    struct receipt_page p = {
        .page = public_page(r, N_("Received"), lit("/tip")),
        .digits = { groups, 6 },
        .source_dropped = source_dropped,
        .come_back = public_path(r->arena, r->language, lit("/tip/return")),
        .who = public_who(r),
    };
    receipt_html(o, r->language, &p);
    public_pad(o);
}

/* The second small function: runs when the tip is on disk, knows the language and opens the answer box. */
static void write_receipt(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w)
{
    char digits[ANSWER] = { 0 };
    struct request r = public_later(p, a);
    w->body.arena = a;
    bool good = v->code == CODE_OK && idem_answer_open(p->answer_key, p->idem, v->answer, digits);
    if (good) {
        w->status = 201;
        draw_receipt(&r, digits, p->flag, &w->body);
    } else {
        public_unsure(&r, w);
    }
    public_finish(p, w);
    wipe(digits, sizeof digits);
}

static void page_key(struct request *r, uint8_t key[16])
{
    if (!hex_read(public_typed(r, lit("key")), key, 16))
        r->chance->fill(r->chance, key, 16);
}

static status redraw(struct request *r, struct response *w, struct form *f, int http_status)
{
    w->status = http_status;
    str key = public_typed(r, lit("key"));
    uint8_t unused[16];
    draw_form(r, &w->body, &f->problems, hex_read(key, unused, 16) ? key : public_fresh_key(r));
    return OK;
}

static status submit_form(struct request *r, struct response *w)
{
    struct tip t;
    struct source s;
    uint8_t page[16], key[16];
    struct form f = form_read(r);
    if (!house_may_serve_form(r->services->house))
        return closed(r, w);
    read_tip(&f, &t);
    read_source(&f, &s);
    if (!form_ok(&f))
        return redraw(r, w, &f, 422);
    page_key(r, page);
    idem_form_key(page, r->http->body, key);
    status done = tip_submit(r, &t, &s, key, public_parked(r), write_receipt);
    if (done == WAIT)
        return WAIT;
    form_note(&f, lit("narrative"),
              tr(r->language, "We could not take it just now. Your words are still here: please press Send again in a minute."));
    return redraw(r, w, &f, 503);
}
