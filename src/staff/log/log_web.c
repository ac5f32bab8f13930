#include "common/services.h"
#include "staff/account/account.h"
#include "staff/log/log.h"
#include "log_html.h"

static handler show;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/audit", AUDIT_READ, NOTHING, show },
};

/* Words for what a record says was done (docs/keys.md 5). */
static const struct { uint8_t action; const char *words; } actions[] = {
    { ACT_OPEN, N_("opened") }, { ACT_SHARE, N_("shared") }, { ACT_REFUSED, N_("was refused") }, { ACT_LOGIN, N_("signed in") },
    { ACT_LOGIN_FAILED, N_("failed to sign in") }, { ACT_END, N_("signed out") }, { ACT_RING, N_("made a key ring") },
    { ACT_ADD, N_("gave keys") }, { ACT_REMOVE, N_("took keys back") }, { ACT_ROTATE, N_("changed the keys of a key ring") },
    { ACT_SHRED, N_("destroyed a key ring") }, { ACT_HOLD, N_("set a legal hold") }, { ACT_LIFT, N_("lifted a legal hold") },
    { ACT_TELL, N_("said of a key ring whether it will be destroyed") }, { ACT_PRINCIPAL, N_("made an account") }, { ACT_CERTIFY, N_("vouched") },
    { ACT_REVOKE, N_("ended an account") }, { ACT_SLOT, N_("changed a passphrase") }, { ACT_WRITE, N_("wrote") },
    { ACT_EXPORT, N_("exported") }, { ACT_RELEASE, N_("released") }, { ACT_BREAK_GLASS, N_("used emergency access") },
    { ACT_SETTING, N_("changed a setting") }, { ACT_BLIND, N_("compared hidden values") }, { ACT_BACKUP, N_("made a backup") }, { ACT_ERASE, N_("erased what had been kept its time") },
    { ACT_FORGET, N_("found nothing more of erased tips in the index, and destroyed the key of its file") },
    { ACT_DECONFLICT, N_("decided on two beyond a wall that name the same") },
    { ACT_START, N_("the program started") },
    { ACT_CEREMONY, N_("the root key gave keys, or certified") }, { ACT_STOP, N_("the program stopped") }, { ACT_ENGINE, N_("opened the search engine") }, { ACT_WITNESS, N_("a witness signed") },
};
static const char *const purposes[] = { "", N_("to list"), N_("to read"), N_("to work on it"), N_("to print"), N_("to link"), N_("to index") };
static const char *const compartments[] = { "", N_("tip"), N_("who told us"), N_("case"), N_("victim"), N_("safe place"), N_("evidence"),
    N_("fund"), N_("shared packet"), N_("log"), N_("service") };
/* clang-format on */
const struct routes log_routes = { table, countof(table) };

static str action_words(const struct request *r, uint8_t action)
{
    for (ptrdiff_t i = 0; i < countof(actions); i++)
        if (actions[i].action == action)
            return tr(r->language, actions[i].words);
    return (str){ 0 };
}

static str with_count(const struct request *r, str words, uint16_t count)
{
    struct out o = { .arena = r->arena };
    out_str(&o, words);
    if (count > 1) {
        out_str(&o, lit(" ("));
        out_int(&o, count);
        out_char(&o, ')');
    }
    return out_view(&o);
}

/* Of other records the same bytes say something else: a class, a kind of slot, the number of a certificate. */
static str purpose_words(const struct request *r, const struct log_line *l)
{
    bool has = l->action == ACT_OPEN || l->action == ACT_SHARE || l->action == ACT_REFUSED;
    return has && l->purpose && l->purpose < countof(purposes) ? tr(r->language, purposes[l->purpose]) : (str){ 0 };
}

/* One name is looked up once a page at most: lines of one person follow each other. */
struct name_memory {
    id who;
    str name;
};
static str name_of(struct request *r, id who, struct name_memory *m)
{
    struct account a;
    if (id_is_zero(who))
        return (str){ 0 };
    if (!id_equal(who, m->who))
        *m = (struct name_memory){ who, account_find(r->db, r->arena, who, &a) == OK ? a.name : id_short(r->arena, who) };
    return m->name;
}

struct log_rows log_words(struct request *r, const struct log_line *lines, ptrdiff_t n)
{
    struct log_rows list = { .at = arena_new(r->arena, struct log_row, n + 1) };
    struct name_memory memory = { 0 };
    for (ptrdiff_t i = 0; i < n; i++) {
        const struct log_line *l = &lines[i];
        str about = l->compartment && l->compartment < countof(compartments) ? tr(r->language, compartments[l->compartment]) : (str){ 0 };
        if (l->opened && !id_is_zero(l->about)) {
            about = about.len ? str_join(r->arena, about, lit(" ")) : about;
            about = str_join(r->arena, about, id_short(r->arena, l->about));
        }
        list.at[list.len++] = (struct log_row){
            .seq = (int64_t)l->seq,
            .when = l->opened ? staff_time(r->arena, l->time) : day_text(r->arena, l->day),
            .who = name_of(r, l->principal, &memory),
            .what = with_count(r, action_words(r, l->action), l->count),
            .why = purpose_words(r, l),
            .about = about,
            .result = l->result ? tr(r->language, N_("refused")) : (str){ 0 },
        };
    }
    return list;
}

static str next_link(struct request *r, const struct log_line *lines, ptrdiff_t n)
{
    struct out o = { .arena = r->arena };
    if (n < LOG_LINES || !lines[n - 1].seq)
        return (str){ 0 };
    out_str(&o, lit("/audit?before="));
    out_int(&o, (int64_t)lines[n - 1].seq);
    return out_view(&o);
}

uint64_t log_from(const struct request *r, str name)
{
    int64_t n;
    return str_to_int(query_text(r, name), &n) && n > 0 ? (uint64_t)n : 0;
}

/* The auditor's own look is a record too, made after its lines were read: what stands above the newest one is new. */
static bool is_my_look(const struct request *r, const struct log_line *l)
{
    return l->action == ACT_OPEN && l->compartment == AUDIT && id_equal(l->principal, r->caller.account);
}

static str number(struct request *r, int64_t n, bool more)
{
    struct out o = { .arena = r->arena };
    out_int(&o, n);
    if (more)
        out_char(&o, '+');
    return out_view(&o);
}

/* Out of the lines that the page shows anyway: what is new, and what of it went wrong. */
static void add_new(struct request *r, const struct log_line *lines, ptrdiff_t n, struct next_items *to)
{
    ptrdiff_t at = 0, fresh = 0, wrong = 0;
    for (; at < n && !is_my_look(r, &lines[at]); at++, fresh++)
        wrong += lines[at].result || lines[at].action == ACT_LOGIN_FAILED || lines[at].action == ACT_BREAK_GLASS;
    struct next_item item = { .what = next_words(r, N_("Entries since you last looked: %1"), number(r, fresh, at == n && n == LOG_LINES)),
                              .why = next_words(r, N_("Of them refused, failed or by emergency access: %1. Each should have an explanation."), number(r, wrong, false)),
                              .href = lit("#log") };
    if (fresh)
        next_add(to, &item);
}

/* Nobody here can know whether it was done: it is done outside, on a machine that is not this one. */
static void add_proof(struct request *r, struct next_items *to)
{
    struct civil c = civil_from(r->now);
    struct civil next = { .year = c.month == 12 ? c.year + 1 : c.year, .month = c.month == 12 ? 1 : c.month + 1, .day = 1 };
    struct next_item item = { .what = tr(r->language, N_("Prove the log of this month")), .href = lit("#proof"),
                              .why = tr(r->language, N_("Have it exported, verify it on your own machine, and keep the file and its checkpoint.")) };
    next_due_day(r, &item, day_of(civil_to(next)) - 1);
    next_add(to, &item);
}

static status show(struct request *r, struct response *w)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    token t = caller_token(r);
    status s = keeper_log(r->services->keeper, t, false, log_from(r, lit("before")), lines, &n);
    wipe(&t, sizeof t);
    if (s != OK)
        return s;
    struct log_page page = { staff_page(r, N_("Log")), log_words(r, lines, n), next_link(r, lines, n),
                             lit("plainsight audit verify") };
    if (!log_from(r, lit("before"))) {
        add_new(r, lines, n, &page.page.next.items);
        add_proof(r, &page.page.next.items);
    }
    log_html(&w->body, r->language, &page);
    return OK;
}
