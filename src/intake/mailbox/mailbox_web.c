#include "intake/mailbox/mailbox_web.h"
#include "common/clock/clock.h"
#include "common/house/house.h"
#include "common/services.h"
#include "intake/tip/tip.h"
#include "added_html.h"
#include "mailbox_html.h"
#include "return_html.h"

static handler show_return, open_mailbox;
static const struct route table[] = {
    { PUBLIC_SIDE, GET,  "/tip/return", ANYONE, NOTHING, show_return },
    { PUBLIC_SIDE, POST, "/tip/return", ANYONE, FORM,    open_mailbox },
};
const struct routes mailbox_routes = { table, countof(table) };

/* --- pages ----------------------------------------------------------------------------------------- */

/*
 * receipt: shown again, so that nobody types 24 digits twice. Words that were to be added come back too: text is
 * never lost because the house is busy, locked, or knows no such number.
 */
static void draw_return(struct request *r, struct response *w, str receipt, str problem, str notice)
{
    struct return_page p = {
        .page = public_page(r, N_("Come back"), lit("/tip/return")),
        .action = public_path(r->arena, r->language, lit("/tip/return")),
        .tip = public_path(r->arena, r->language, lit("/tip")),
        .receipt = receipt,
        .receipt_problem = problem,
        .notice = notice,
        .message = public_typed(r, lit("message")),
        .key = public_typed(r, lit("key")),
    };
    if (p.message.len)
        p.receipt = public_typed(r, lit("receipt"));
    p.page.problem = problem.len > 0;
    return_html(&w->body, r->language, &p);
    public_pad(&w->body);
}

static status show_return(struct request *r, struct response *w)
{
    draw_return(r, w, (str){ 0 }, (str){ 0 }, (str){ 0 });
    return OK;
}

static str count_problem(struct request *r, const struct receipt_typed *look)
{
    struct out found = { .arena = r->arena }, off = { .arena = r->arena };
    ptrdiff_t missing = RECEIPT_DIGITS - look->found;
    if (look->other_characters)
        return tr(r->language, "Your number has digits only. Please look again.");
    out_int(&found, look->found);
    out_int(&off, missing < 0 ? -missing : missing);
    str arguments[] = { out_view(&found), out_view(&off) };
    str text = missing == 1   ? tr(r->language, "This number has %1 digits. One is missing: please look again.")
               : missing > 1  ? tr(r->language, "This number has %1 digits. %2 are missing: please look again.")
               : missing == -1 ? tr(r->language, "This number has %1 digits. That is one too many: please look again.")
                               : tr(r->language, "This number has %1 digits. That is %2 too many: please look again.");
    return tr_fill(r->arena, text, arguments, countof(arguments));
}

static struct paragraphs paragraphs_of(struct arena *a, str text)
{
    ptrdiff_t lines = 1;
    for (ptrdiff_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    struct paragraphs p = { arena_new(a, struct paragraph, lines), 0 };
    str line;
    while (str_split(&text, '\n', &line))
        if (str_trim(line).len)
            p.at[p.len++].text = str_trim(line);
    return p;
}

static struct mail_answers answers_of(struct request *r, const struct visit *v)
{
    struct mail_answers m = { arena_new(r->arena, struct mail_answer, v->replies.len), 0 };
    for (ptrdiff_t i = 0; i < v->replies.len; i++)
        if (v->opened[i].len)
            m.at[m.len++] = (struct mail_answer){
                .day = day_text(r->arena, v->replies.at[i].day),
                .paragraphs = paragraphs_of(r->arena, sealed_field(&v->opened[i], REPLY_TEXT)),
            };
    return m;
}

static void draw_mailbox(struct request *r, struct response *w, const struct visit *v, str problem)
{
    struct mailbox_page p = {
        .page = public_page(r, N_("Messages"), lit("/tip/return")),
        .answers = answers_of(r, v),
        .action = public_path(r->arena, r->language, lit("/tip/return")),
        .receipt = str_copy(r->arena, (str){ v->digits, RECEIPT_DIGITS }),
        .key = public_fresh_key(r),
        .keep_days = house_number(r->services->house, HOUSE_MAILBOX_DAYS),
        .message = problem.len ? public_typed(r, lit("message")) : (str){ 0 },
        .message_problem = problem,
        .locked = v->locked,
        .older = v->replies.older,
    };
    p.page.problem = problem.len > 0;
    mailbox_html(&w->body, r->language, &p);
    public_pad(&w->body);
}

/* --- finding and opening --------------------------------------------------------------------------- */

/* Every candidate is looked up, whether an earlier one was found or not. */
static status find_box(struct request *r, struct visit *v, const struct locator *locators, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        struct mailbox box;
        status s = mailbox_find(r->db, &locators[i], day_of(r->now), &box);
        if (s != OK && s != NOT_FOUND)
            return s;
        if (s == OK) {
            v->box = box;
            v->there = true;
        }
    }
    return OK;
}

/* A row that no key opens, in place of answers: a miss asks the keeper as often as a hit. */
static struct open_row decoy(struct request *r, uint8_t keybox[KEYBOX])
{
    r->chance->fill(r->chance, keybox, KEYBOX);
    return (struct open_row){ .row = chance_id(r->chance, r->now * 1000, true), .keybox = keybox };
}

static void open_reply(struct request *r, struct visit *v, ptrdiff_t i, const struct open_row *row)
{
    const struct reply *reply = &v->replies.at[i];
    if (row->code == 0 && !envelope_open(r->arena, row->key, TABLE_REPLY, reply->id, reply->sealed, &v->opened[i]))
        v->opened[i] = (struct sealed_fields){ 0 };
}

static status open_replies(struct request *r, struct visit *v)
{
    uint8_t nothing[KEYBOX];
    struct locator locators[LOCATORS];
    ptrdiff_t locator_count = 0, n = v->replies.len;
    struct open_row *rows = arena_new(r->arena, struct open_row, n + 1);
    v->opened = arena_new(r->arena, struct sealed_fields, n + 1);
    for (ptrdiff_t i = 0; i < n; i++)
        rows[i] = (struct open_row){ .row = v->replies.at[i].id, .keybox = (const uint8_t *)v->replies.at[i].sealed.at };
    if (!n)
        rows[0] = decoy(r, nothing);
    status s = keeper_mail(r->services->keeper, v->digits, locators, &locator_count, rows, n ? n : 1);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        open_reply(r, v, i, &rows[i]);
    if (s == LOCKED && n)
        v->locked = true;
    return s == LOCKED || s == NOT_FOUND ? OK : s;
}

status mailbox_look(struct request *r, struct visit *v)
{
    struct locator locators[LOCATORS];
    ptrdiff_t n = 0;
    status s = keeper_mail(r->services->keeper, v->digits, locators, &n, NULL, 0);
    bool locked = s == LOCKED;
    if (s != OK && s != LOCKED && s != NOT_FOUND)
        return s;
    s = find_box(r, v, locators, s == OK ? n : 0);
    if (s == OK)
        s = reply_list(r->db, r->arena, v->box.locator, day_of(r->now), &v->replies);
    if (s == OK)
        s = open_replies(r, v);
    v->locked = v->locked || (locked && !v->there);
    return s;
}

/* First shown today: the days of each answer begin, and the mailbox stays longer. */
static void tell_visit(struct request *r, const struct visit *v)
{
    struct submission m = { .type = SUBMIT_VISIT, .locator = v->box.locator, .pepper = v->box.pepper, .day = day_of(r->now),
                            .keep_days = (int)house_number(r->services->house, HOUSE_MAILBOX_DAYS) };
    for (ptrdiff_t i = 0; i < v->replies.len && m.seen_count < SUBMISSION_SEEN; i++)
        if (!v->replies.at[i].read_day && v->opened[i].len)
            m.seen[m.seen_count++] = v->replies.at[i].id;
    post_tell(r->services->post, submission_write(r->arena, &m));
}

/* --- more words, less sharing ---------------------------------------------------------------------- */

static void draw_added(const struct parked *p, struct arena *a, struct http_response *w)
{
    struct request r = public_later(p, a);
    const char *heading = p->flag ? N_("We erased the way to reach you. What happened stays.") : N_("Received. Thank you.");
    const char *message = p->flag ? N_("From now on nothing about you is passed on. What was passed on before cannot be called back. You can still read our answers with your number.")
                                  : N_("Your words are locked and stand beside your report. They do not show here again.");
    struct added_page page = {
        .page = public_page(&r, N_("Messages"), lit("/tip/return")),
        .heading = tr(p->language, heading),
        .message = tr(p->language, message),
        .come_back = public_path(a, p->language, lit("/tip/return")),
    };
    added_html(&w->body, p->language, &page);
    public_pad(&w->body);
}

static void write_added(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w)
{
    struct request r = public_later(p, a);
    w->body.arena = a;
    if (v->code == CODE_OK) {
        w->status = 200;
        draw_added(p, a, w);
    } else {
        public_unsure(&r, w);
    }
    public_finish(p, w);
}

/* Of the page's key and the body: the same page sent twice is one addition. */
static id addition_id(struct request *r)
{
    uint8_t key[KEY], random[16];
    plain_hash(public_typed(r, lit("key")), key, sizeof key);
    keyed_hash(key, "addition", r->http->body, random, sizeof random);
    wipe(key, sizeof key);
    return id_make(random, r->now * 1000, true);
}

static void add_clock(struct request *r, struct submission *m)
{
    struct facts f = { .arena = r->arena };
    struct clock_starts starts = { .len = 0 };
    clocks_started(r->services->clocks, lit("mailbox.message_in"), &f, r->now, &starts);
    if (starts.len)
        m->clocks[m->clock_count++] = starts.at[0];
}

/* To the office that has the tip now. */
static str seal_addition(struct request *r, id row, id office, str words)
{
    uint8_t time[8];
    struct ring_key ring;
    struct services *with = r->services;
    for (int i = 0; i < 8; i++)
        time[i] = (uint8_t)((uint64_t)r->now >> (8 * i));
    const struct sealed_field fields[] = { { ADDITION_TEXT, words }, { ADDITION_AT, { (const char *)time, sizeof time } } };
    status s = supply_ring(post_supply(with->post), with->keeper, with->monotonic_ms(), SCOPE_OFFICE, office, TIP, &ring);
    if (s != OK)
        return (str){ 0 };
    return envelope_seal(with->sealer, with->monotonic_ms(), r->arena, &ring, TABLE_TIP_ADDITION, row, fields, countof(fields));
}

static status send_addition(struct request *r, const struct visit *v, bool less, str words)
{
    struct parked later = public_parked(r);
    struct submission m = { .type = less ? SUBMIT_LESS : SUBMIT_ADDITION, .locator = v->box.locator, .tip = v->box.tip,
                            .addition = addition_id(r), .day = day_of(r->now) };
    m.office = id_is_zero(v->box.office) ? public_office(r) : v->box.office;
    m.sealed = seal_addition(r, m.addition, m.office, words);
    if (!m.sealed.len)
        return BUSY;
    add_clock(r, &m);
    later.flag = less;
    return post_send(r->services->post, r->place, submission_write(r->arena, &m), &later, write_added);
}

static status add(struct request *r, struct response *w, const struct visit *v, bool less)
{
    struct form f = form_read(r);
    str words = less ? (str){ 0 } : form_text(&f, lit("message"), 1, ADDITION_MOST);
    status s = form_ok(&f) ? send_addition(r, v, less, words) : INVALID;
    if (s == WAIT)
        return WAIT;
    if (s == BUSY)
        form_note(&f, lit("message"),
                  tr(r->language, "We could not take it just now. Your words are still here: please press Send again in a minute."));
    w->status = s == BUSY ? 503 : 422;
    draw_mailbox(r, w, v, f.problems.len ? f.problems.at[0].message : (str){ 0 });
    return OK;
}

/* --- the one door ---------------------------------------------------------------------------------- */

static status answer_visit(struct request *r, struct response *w, struct visit *v)
{
    str wish = public_typed(r, lit("do"));
    if (!v->there) {
        draw_return(r, w, (str){ 0 }, (str){ 0 },
                    v->locked ? tr(r->language, "Our answers are locked at this hour. Please come back later today.")
                              : tr(r->language, "We find no answers under this number. Please compare it digit by digit. A number "
                                                "that was not used for a long time is gone."));
        return OK;
    }
    if (str_equal(wish, lit("add")) || str_equal(wish, lit("less")))
        return add(r, w, v, str_equal(wish, lit("less")));
    tell_visit(r, v);
    draw_mailbox(r, w, v, (str){ 0 });
    return OK;
}

/* The house cannot look now: number and words stay on the page. */
static void answer_busy(struct request *r, struct response *w)
{
    bool words = public_typed(r, lit("message")).len > 0;
    w->status = 503;
    draw_return(r, w, public_typed(r, lit("receipt")), (str){ 0 },
                words ? tr(r->language, "We could not take it just now. Your words are still here: please press Send again in a minute.")
                      : tr(r->language, "Many people are here at this moment. Please try again in a minute."));
    set_header(w, lit("Retry-After"), lit("5"));
}

static status open_mailbox(struct request *r, struct response *w)
{
    struct visit v = { 0 };
    struct receipt_typed typed = receipt_look(public_typed(r, lit("receipt")), v.digits);
    if (!typed.good) {
        w->status = 422;
        draw_return(r, w, public_typed(r, lit("receipt")), count_problem(r, &typed), (str){ 0 });
        return OK;
    }
    status s = mailbox_look(r, &v);
    if (s == OK) {
        s = answer_visit(r, w, &v);
    } else {
        answer_busy(r, w);
        s = OK;
    }
    wipe(v.digits, sizeof v.digits);
    return s;
}
