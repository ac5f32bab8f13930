#include "care/victims/victims_web.h"
#include "care/ask/ask.h"
#include "common/services.h"
#include "victims_html.h"

enum { PAGE = 60, TRAY = 20 };

static handler list, tray_done;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/victims",               VICTIM_READ,   NOTHING, list               },
    { STAFF_SIDE, POST, "/victims/tray",          VICTIM_READ,   FORM,    tray_done          },
    { STAFF_SIDE, GET,  "/victims/new",           VICTIM_OPEN,   NOTHING, victims_new        },
    { STAFF_SIDE, POST, "/victims/new",           VICTIM_OPEN,   FORM,    victims_open       },
    { STAFF_SIDE, GET,  "/victims/:id",           VICTIM_READ,   NOTHING, victim_show        },
    { STAFF_SIDE, POST, "/victims/:id/name",      VICTIM_READ,   FORM,    victim_name        },
    { STAFF_SIDE, POST, "/victims/:id/place",     LOCATION_READ, FORM,    victim_place_show  },
    { STAFF_SIDE, POST, "/victims/:id/done",      VICTIM_WRITE,  FORM,    victim_done        },
    { STAFF_SIDE, POST, "/victims/:id/colleague", VICTIM_OPEN,   FORM,    victim_colleague   },
    { STAFF_SIDE, GET,  "/victims/:id/entry",     VICTIM_WRITE,  NOTHING, victim_entry_form  },
    { STAFF_SIDE, POST, "/victims/:id/entry",     VICTIM_WRITE,  FORM,    victim_entry_add   },
    { STAFF_SIDE, POST, "/victims/:id/withdraw",  VICTIM_WRITE,  FORM,    victim_withdraw    },
    { STAFF_SIDE, GET,  "/victims/:id/hold",      CARE_HOLD,     NOTHING, victim_hold        },
    { STAFF_SIDE, POST, "/victims/:id/hold",      CARE_HOLD,     FORM,    victim_hold        },
    { STAFF_SIDE, GET,  "/victims/:id/reseal",    CARE_RESEAL,   NOTHING, victim_reseal      },
    { STAFF_SIDE, POST, "/victims/:id/reseal",    CARE_RESEAL,   FORM,    victim_reseal      },
};
/* clang-format on */
const struct routes victims_routes = { table, countof(table) };

/* "hour.id": the last card of the page before. */
static bool read_place(str s, struct care_row *out)
{
    str piece;
    *out = (struct care_row){ 0 };
    return str_split(&s, '.', &piece) && str_to_int(piece, &out->due_hour) && id_read(s, &out->id);
}

static str card_link(const struct request *r, const struct care_row *last)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/victims?after="));
    out_int(&o, last->due_hour);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

/* The first card has what is due first: it was opened for the list. */
static void add_next(const struct request *r, const struct victim_card *c, struct next_items *to)
{
    str due = c->due.state.len ? str_join(r->arena, c->due.day, str_join(r->arena, lit(" "), c->due.state)) : c->due.day;
    struct next_item item = { .what = c->due.label, .why = c->alias, .due_class = c->due.class, .due = due, .href = c->href };
    next_add(to, &item);
}

static struct victim_card card_of(const struct request *r, id file, const struct care_head *head)
{
    struct care_dues due = care_due_list(r, head, 1);
    struct victim_card c = { .href = care_path(r, file, ""), .alias = head->alias, .language = care_language(r, head->language) };
    if (due.len)
        c.due = due.at[0];
    return c;
}

/* One opening for all cards of the page; a card that does not open is absent. */
static status load_cards(struct request *r, struct victims_page *page)
{
    struct care_rows found;
    struct care_row after;
    bool later = read_place(query_text(r, lit("after")), &after);
    status s = care_file_list(r->db, r->arena, r->caller.account, later ? &after : NULL, PAGE + 1, &found);
    ptrdiff_t n = found.len < PAGE ? found.len : PAGE;
    struct sealed_row *rows = arena_new(r->arena, struct sealed_row, PAGE);
    struct sealed_fields *fields = arena_new(r->arena, struct sealed_fields, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_CARE_FILE, .sealed = found.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, r->caller.account, rows, n);
    page->cards.at = arena_new(r->arena, struct victim_card, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct care_head head;
        if (!rows[i].opened)
            continue;
        care_head_read(r->arena, &fields[i], &head);
        page->cards.at[page->cards.len++] = card_of(r, found.at[i].id, &head);
        s = care_mend_end(r, &found.at[i], &head);
    }
    if (s == OK && !later && page->cards.len && page->cards.at[0].due.label.len)
        add_next(r, &page->cards.at[0], &page->page.next.items);
    if (s == OK && found.len > PAGE)
        page->next = card_link(r, &found.at[PAGE - 1]);
    return s;
}

/* The first coordinator of an office who comes makes its in-tray: with root alone on it nobody could ever be let in. */
static status make_tray(struct request *r)
{
    struct ring_key key;
    struct ring_done made;
    status s = keeper_ring_key(r->services->keeper, SCOPE_OFFICE, r->caller.office, VICTIM, &key);
    /* Whoever makes it is alone on it: only one who may let others in does, or nobody could follow. */
    if (s != NOT_FOUND || !caller_may(r, PEOPLE_ADMIT))
        return s == NOT_FOUND ? OK : s;
    struct ring_act act = { .token = caller_token(r), .scope = r->caller.office, .kind = SCOPE_OFFICE, .compartment = VICTIM };
    return keeper_ring(r->services->keeper, RING_CREATE, &act, &made);
}

static str topic_words(const struct request *r, str code)
{
    for (ptrdiff_t i = 0; i < ask_topic_count; i++)
        if (str_equal(code, str_of(ask_topics[i].code)))
            return tr(r->language, ask_topics[i].label);
    return code;
}

static struct tray_row tray_row_of(const struct request *r, const struct ask *x)
{
    str text = id_text(r->arena, x->id);
    return (struct tray_row){
        .id = text,
        .about = topic_words(r, x->about),
        .from = x->name,
        .when = staff_time(r->arena, x->at),
        .by = x->by,
        .police_case = x->police_case,
        .words = x->words,
        .suggested = x->suggested,
        .why = !x->suggested.len                    ? (str){ 0 }
             : str_equal(x->why, lit("language")) ? tr(r->language, N_("on duty, and speaks the language"))
                                                    : tr(r->language, N_("on duty")),
        .open = str_join(r->arena, lit("/victims/new?request="), text),
    };
}

static status load_tray(struct request *r, struct victims_page *page)
{
    struct asks found;
    id before;
    bool later = id_read(query_text(r, lit("tray")), &before);
    status s = ask_list(r->db, r->arena, r->caller.office, later ? &before : NULL, TRAY + 1, &found);
    ptrdiff_t n = found.len < TRAY ? found.len : TRAY;
    struct sealed_row rows[TRAY];
    struct sealed_fields fields[TRAY];
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_CARE_REQUEST, .sealed = found.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, r->caller.office, rows, n);
    page->tray.at = arena_new(r->arena, struct tray_row, TRAY);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (!rows[i].opened)
            continue;
        ask_read(&fields[i], &found.at[i]);
        page->tray.at[page->tray.len++] = tray_row_of(r, &found.at[i]);
    }
    if (s == OK && found.len > TRAY)
        page->tray_next = str_join(r->arena, lit("/victims?tray="), id_text(r->arena, found.at[TRAY - 1].id));
    return s;
}

static status list(struct request *r, struct response *w)
{
    struct victims_page page = { .page = staff_page(r, N_("My people")), .may_open = caller_may(r, VICTIM_OPEN),
                                 .tray_token = form_token(r, lit("/victims/tray")) };
    status s = make_tray(r);
    if (s == OK)
        s = load_cards(r, &page);
    if (s == OK)
        s = load_tray(r, &page);
    if (s != OK)
        return s;
    if (str_equal(query_text(r, lit("done")), lit("tray")))
        page.done = tr(r->language, N_("The request has left the tray."));
    victims_html(&w->body, r->language, &page);
    return OK;
}

/* A request that needs no more leaves the tray. Only who can open it may say so. */
static status tray_done(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct sealed_fields fields;
    struct ask x;
    id which;
    if (!id_read(form_text(&f, lit("request"), 0, 32), &which))
        return NOT_FOUND;
    status s = ask_find(r->db, r->arena, r->caller.office, which, &x);
    if (s != OK)
        return s;
    struct sealed_row row = { .id = which, .table = TABLE_CARE_REQUEST, .sealed = x.sealed, .needed = true, .to = &fields };
    s = sealed_open(r, PURPOSE_EDIT, which, &row, 1);
    if (s == OK)
        s = sealed_record(r, which, &x.sealed, 1);
    if (s == OK)
        s = ask_remove(r->db, r->caller.office, which);
    if (s == OK)
        redirect(w, lit("/victims?done=tray"));
    return s;
}
