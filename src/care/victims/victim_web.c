/* One file: head, timeline, and what is shown only when asked for. */
#include "care/victims/victims_web.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "staff/hold/hold.h"
#include "victim_html.h"

enum { ENTRIES = 40, DUES = 8, REVEALS = 5, REVEALS_KEPT = 50, WHY = 200 };

/* What a page is drawn from. */
struct drawn {
    struct care_opened file;
    struct care_rows rows;
    struct care_entry *entries; /* kind NULL: did not open */
    ptrdiff_t entry_count;      /* without the one that tells there are more */
    struct sealed_fields name;
    bool name_known, name_shown;
    struct care_entry place;    /* kind NULL: none was asked for */
};

/* Head and entries in one message, so that a page is one record. */
static status load(struct request *r, enum purpose why, struct drawn *d)
{
    struct sealed_row rows[1 + ENTRIES];
    struct sealed_fields head, fields[ENTRIES];
    id before;
    str sealed;
    bool older = id_read(query_text(r, lit("older")), &before);
    status s = care_file_find(r->db, r->arena, r->id, r->caller.account, &d->file.row);
    if (s == NOT_FOUND)
        return sealed_refuse(r, why, r->id);
    if (s == OK)
        s = care_entry_list(r->db, r->arena, r->id, older ? &before : NULL, ENTRIES + 1, &d->rows);
    if (s != OK)
        return s;
    d->entry_count = d->rows.len < ENTRIES ? d->rows.len : ENTRIES;
    rows[0] = (struct sealed_row){ .id = r->id, .table = TABLE_CARE_FILE, .sealed = d->file.row.sealed, .needed = true, .to = &head };
    for (ptrdiff_t i = 0; i < d->entry_count; i++)
        rows[i + 1] = (struct sealed_row){ .id = d->rows.at[i].id, .table = TABLE_CARE_ENTRY, .sealed = d->rows.at[i].sealed, .to = &fields[i] };
    s = sealed_open(r, why, r->id, rows, 1 + d->entry_count);
    if (s != OK)
        return s;
    care_head_read(r->arena, &head, &d->file.head);
    s = care_mend_end(r, &d->file.row, &d->file.head);
    if (s != OK)
        return s;
    d->entries = arena_new(r->arena, struct care_entry, d->entry_count + 1);
    for (ptrdiff_t i = 0; i < d->entry_count; i++)
        if (!rows[i + 1].opened || !care_entry_read(&fields[i], d->rows.at[i].id, &d->entries[i]))
            d->entries[i] = (struct care_entry){ .id = d->rows.at[i].id };
    s = care_name_find(r->db, r->arena, r->id, &sealed);
    d->name_known = s == OK;
    return s == NOT_FOUND ? OK : s;
}

/* ---- drawing ---- */

struct rule_box rule_box_of(const struct request *r, const struct care_rule *rule)
{
    str key = str_join(r->arena, lit("channel."), rule->method);
    const struct pack_row *row = rule->method.len ? pack_find(r->services->pack, lit("contact_types"), key, day_of(r->now)) : NULL;
    if (!row)
        row = rule->method.len ? pack_find(r->services->pack, lit("contact_types"), rule->method, day_of(r->now)) : NULL;
    return (struct rule_box){
        .known = !id_is_zero(rule->place),
        .never_call = str_equal(rule->never_call, lit("yes")),
        .voicemail = str_equal(rule->voicemail, lit("yes")),
        .method = row ? tr(r->language, str_c(r->arena, pack_cell(row, CONTACT_LABEL))) : rule->method,
        .from = rule->from, .to = rule->to, .zone = rule->zone,
        .language = care_language(r, rule->language),
        .day = day_text(r->arena, rule->day),
    };
}

static str author_name(struct request *r, id author)
{
    struct account a;
    return account_find(r->db, r->arena, author, &a) == OK ? a.name : (str){ 0 };
}

static int entry_order(const void *left, const void *right)
{
    const struct care_entry *a = left, *b = right;
    int d = (a->day < b->day) - (a->day > b->day);
    return d ? d : (a->written < b->written) - (a->written > b->written);
}

static str correct_link(const struct request *r, const struct care_entry *e)
{
    struct out o = { .arena = r->arena };
    out_str(&o, care_path(r, r->id, "/entry?kind="));
    out_str(&o, e->kind->code);
    out_str(&o, lit("&corrects="));
    out_str(&o, id_text(r->arena, e->id));
    return out_view(&o);
}

static struct victim_entry row_of(struct request *r, const struct drawn *d, const struct entry_words *w, const struct care_entry *e)
{
    if (!e->kind)
        return (struct victim_entry){
            .kind = tr(r->language, N_("This cannot be opened: it was changed, or its key is gone. Tell your administrator.")), .gone = true
        };
    bool gone = care_look(&d->file.head.superseded, e->id) != NULL;
    struct victim_entry row = { .kind = tr(r->language, str_c(r->arena, e->kind->label)), .day = day_text(r->arena, e->day),
                                .author = author_name(r, e->author), .gone = gone || e->withdrawn };
    if (e->withdrawn)
        row.note = str_join(r->arena, tr(r->language, N_("Withdrawn. Reason: ")), e->reason);
    else if (gone)
        row.note = tr(r->language, N_("A later entry takes the place of this one."));
    else if (!id_is_zero(e->corrects))
        row.note = tr(r->language, N_("Takes the place of an earlier entry."));
    row.facts = entry_facts(r->arena, w, e->kind, &e->values);
    if (!row.gone && caller_may(r, care_permission(e->kind))) {
        row.correct = correct_link(r, e);
        row.id = id_text(r->arena, e->id);
    }
    return row;
}

static void draw_entries(struct request *r, const struct drawn *d, const struct entry_words *w, struct victim_page *page)
{
    struct care_entry *sorted = arena_new(r->arena, struct care_entry, d->entry_count + 1);
    page->entries.at = arena_new(r->arena, struct victim_entry, d->entry_count + 1);
    if (d->entry_count) {
        memcpy(sorted, d->entries, (size_t)d->entry_count * sizeof *sorted);
        qsort(sorted, (size_t)d->entry_count, sizeof *sorted, entry_order);
    }
    for (ptrdiff_t i = 0; i < d->entry_count; i++)
        page->entries.at[page->entries.len++] = row_of(r, d, w, &sorted[i]);
    if (d->rows.len > ENTRIES)
        page->older = str_join(r->arena, care_path(r, r->id, "?older="), id_text(r->arena, d->rows.at[ENTRIES - 1].id));
}

static void add_fact(const struct request *r, struct victim_facts *list, const char *label, str value)
{
    if (value.len)
        list->at[list->len++] = (struct victim_fact){ tr(r->language, label), value };
}

static void draw_about(struct request *r, const struct drawn *d, struct victim_page *page)
{
    const struct care_head *h = &d->file.head;
    const struct pack_row *country = pack_find(r->services->pack, lit("countries"), sealed_field(&d->name, NAME_COUNTRY), day_of(r->now));
    page->about.at = arena_new(r->arena, struct victim_fact, 8);
    add_fact(r, &page->about, N_("Say"), h->say);
    add_fact(r, &page->about, N_("Age"), h->age);
    add_fact(r, &page->about, N_("Language"), care_language(r, h->language));
    add_fact(r, &page->about, N_("To know"), h->about);
    add_fact(r, &page->about, N_("Case of the police"), h->police_case);
    add_fact(r, &page->about, N_("File opened"), day_text(r->arena, day_of(h->opened)));
    page->name.at = arena_new(r->arena, struct victim_fact, 5);
    add_fact(r, &page->name, N_("Name"), sealed_field(&d->name, NAME_FULL));
    add_fact(r, &page->name, N_("Date of birth"), sealed_field(&d->name, NAME_BORN));
    add_fact(r, &page->name, N_("Nationality"), country ? tr(r->language, str_c(r->arena, pack_cell(country, COUNTRY_LABEL))) : (str){ 0 });
    add_fact(r, &page->name, N_("Immigration status"), sealed_field(&d->name, NAME_STATUS));
    add_fact(r, &page->name, N_("A-number"), sealed_field(&d->name, NAME_A_NUMBER));
}

static void draw_places(struct request *r, const struct care_head *h, struct victim_page *page)
{
    page->places.at = arena_new(r->arena, struct victim_place, h->places.len + 1);
    for (ptrdiff_t i = h->places.len - 1; i >= 0; i--) {
        const struct care_item *p = &h->places.at[i];
        const struct kind *k = kind_find(p->text);
        page->places.at[page->places.len++] = (struct victim_place){ id_text(r->arena, p->id), k ? tr(r->language, str_c(r->arena, k->label)) : p->text,
                                                                     day_text(r->arena, p->a), id_equal(p->id, h->rule.place) };
    }
}

static status draw_lines(struct request *r, const struct care_head *h, struct victim_page *page)
{
    id holders[HOLDERS_MOST];
    ptrdiff_t n = 0, shown = 0;
    int64_t today = day_of(r->now);
    page->packets.at = arena_new(r->arena, struct victim_line, h->packets.len + 1);
    page->releases.at = arena_new(r->arena, struct victim_line, h->releases.len + 1);
    page->reveals.at = arena_new(r->arena, struct victim_line, REVEALS);
    page->holders.at = arena_new(r->arena, struct victim_line, HOLDERS_MOST);
    for (ptrdiff_t i = 0; i < h->packets.len; i++)
        if (h->packets.at[i].a >= today)
            page->packets.at[page->packets.len++] = (struct victim_line){ id_text(r->arena, h->packets.at[i].id), h->packets.at[i].text,
                                                                          day_text(r->arena, h->packets.at[i].a) };
    for (ptrdiff_t i = 0; i < h->releases.len; i++)
        if (h->releases.at[i].a >= today)
            page->releases.at[page->releases.len++] = (struct victim_line){ .day = day_text(r->arena, h->releases.at[i].a) };
    for (ptrdiff_t i = h->reveals.len - 1; i >= 0 && shown < REVEALS; i--, shown++)
        page->reveals.at[page->reveals.len++] = (struct victim_line){ author_name(r, h->reveals.at[i].id), h->reveals.at[i].text,
                                                                      staff_time(r->arena, h->reveals.at[i].a) };
    status s = caseload_list(r->db, r->id, holders, &n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        page->holders.at[page->holders.len++] = (struct victim_line){
            id_equal(holders[i], r->caller.account) ? (str){ 0 } : id_text(r->arena, holders[i]), author_name(r, holders[i]), { 0 } };
    return s;
}

static struct choices kind_choices(const struct request *r)
{
    struct choices list = { .at = arena_new(r->arena, struct choice, kind_count) };
    for (ptrdiff_t i = 0; i < kind_count; i++)
        if (caller_may(r, care_permission(&kinds[i])))
            list.at[list.len++] = (struct choice){ kinds[i].code, tr(r->language, str_c(r->arena, kinds[i].label)), false };
    return list;
}

static const char *done_words(const struct request *r)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        { "opened", N_("The file is open. It stands among your people.") }, { "saved", N_("The entry is saved.") },
        { "withdrawn", N_("The entry is withdrawn; it stays to be seen, and counts no more.") }, { "done", N_("Taken off the list.") },
        { "colleague", N_("Your colleague can read this file from now on.") }, { "off", N_("Your colleague can read what is new in this file no more.") },
        { "packet", N_("The packet is sealed. The officer can read it now.") },
        { "reason", N_("Nothing was withdrawn. Please say why it did not happen.") },
        { "ended", N_("The packet is taken back. The officer can read it no more.") },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(query_text(r, lit("done")), str_of(rows[i].code)))
            return rows[i].words;
    return NULL;
}

static void add_paths(struct request *r, struct victim_page *page)
{
    struct {
        str *path, *token;
        const char *act;
    } rows[] = {
        { &page->path_name, &page->token_name, "/name" },          { &page->path_place, &page->token_place, "/place" },
        { &page->path_done, &page->token_done, "/done" },          { &page->path_withdraw, &page->token_withdraw, "/withdraw" },
        { &page->path_colleague, &page->token_colleague, "/colleague" }, { &page->path_end, &page->token_end, "/packet-end" },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++) {
        *rows[i].path = care_path(r, r->id, rows[i].act);
        *rows[i].token = form_token(r, *rows[i].path);
    }
    page->path_entry = care_path(r, r->id, "/entry");
    page->path_packet = care_path(r, r->id, "/packet");
    page->path_hold = caller_may(r, CARE_HOLD) ? care_path(r, r->id, "/hold") : (str){ 0 };
    page->path_reseal = caller_may(r, CARE_RESEAL) ? care_path(r, r->id, "/reseal") : (str){ 0 };
}

static status draw(struct request *r, struct response *w, const struct drawn *d, const char *problem)
{
    struct entry_words words;
    const struct care_head *h = &d->file.head;
    const char *done = *problem || d->name_shown || d->place.kind ? NULL : done_words(r);
    struct victim_page page = {
        .page = staff_page(r, N_("Person")), .alias = h->alias, .asked = h->asked, .done = done ? tr(r->language, done) : (str){ 0 },
        .due = care_due_list(r, h, DUES), .rule = rule_box_of(r, &h->rule), .may_write = caller_may(r, VICTIM_WRITE),
        .may_locate = caller_may(r, LOCATION_READ), .may_open = caller_may(r, VICTIM_OPEN), .kinds = kind_choices(r),
        .name_known = d->name_known, .name_shown = d->name_shown,
        .problem = *problem ? tr(r->language, problem) : (str){ 0 },
    };
    status s = care_words(r, &words);
    if (s == OK)
        s = victim_colleagues(r, (str){ 0 }, h->language, &page.who);
    if (s == OK)
        s = draw_lines(r, h, &page);
    if (s == OK)
        s = hold_words(r, r->id, &page.hold);
    if (s != OK)
        return s;
    page.page.problem = *problem;
    add_paths(r, &page);
    draw_about(r, d, &page);
    draw_places(r, h, &page);
    draw_entries(r, d, &words, &page);
    if (d->place.kind) {
        page.place = entry_facts(r->arena, &words, d->place.kind, &d->place.values);
        page.place_kind = tr(r->language, str_c(r->arena, d->place.kind->label));
    }
    victim_html(&w->body, r->language, &page);
    return *problem ? INVALID : OK;
}

status victim_show(struct request *r, struct response *w)
{
    struct drawn d = { 0 };
    status s = load(r, PURPOSE_READ, &d);
    return s == OK ? draw(r, w, &d, "") : s;
}

/* ---- only when asked for ---- */

/* Who saw what, when and why is kept in the file itself, for the person to ask. */
static status note_reveal(struct request *r, struct drawn *d, id place, str why)
{
    struct care_items *list = &d->file.head.reveals;
    if (list->len >= REVEALS_KEPT) {
        memmove(list->at, list->at + 1, (size_t)(list->len - 1) * sizeof *list->at);
        list->len--;
    }
    care_add(r->arena, list, (struct care_item){ .id = r->caller.account, .other = place, .a = r->now, .text = why });
    status s = care_change_begin(r, &d->file, NULL, 0);
    return s == OK ? db_end(r->db, OK) : s;
}

static status open_name(struct request *r, struct drawn *d)
{
    struct sealed_row row = { .id = r->id, .table = TABLE_CARE_NAME, .needed = true, .to = &d->name };
    status s = care_name_find(r->db, r->arena, r->id, &row.sealed);
    if (s == OK)
        s = sealed_open(r, PURPOSE_READ, r->id, &row, 1);
    d->name_shown = s == OK;
    return s;
}

static status open_place(struct request *r, id place, struct drawn *d)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = place, .table = TABLE_CARE_PLACE, .needed = true, .to = &fields };
    status s = care_place_find(r->db, r->arena, r->id, place, &row.sealed);
    if (s == OK)
        s = sealed_open(r, PURPOSE_READ, r->id, &row, 1);
    if (s == OK && !care_entry_read(&fields, place, &d->place))
        return NOT_FOUND;
    return s;
}

static status reveal(struct request *r, struct response *w, bool name)
{
    struct form f = form_read(r);
    str why = form_text(&f, lit("why"), 1, WHY);
    id place = { 0 };
    if (!name && !id_read(form_text(&f, lit("place"), 0, 32), &place))
        return NOT_FOUND;
    status s = CONFLICT;
    struct drawn d;
    for (int i = 0; s == CONFLICT && i < CARE_TRIES; i++) {
        d = (struct drawn){ 0 };
        s = load(r, PURPOSE_READ, &d);
        if (s == OK && !form_ok(&f))
            return draw(r, w, &d, N_("Please say why you need it. The person can ask who saw it."));
        if (s == OK && (name ? !d.name_known : !care_look(&d.file.head.places, place)))
            return NOT_FOUND;
        if (s == OK)
            s = note_reveal(r, &d, place, why);
    }
    if (s == OK)
        s = name ? open_name(r, &d) : open_place(r, place, &d);
    return s == OK ? draw(r, w, &d, "") : s;
}

status victim_name(struct request *r, struct response *w)
{
    return reveal(r, w, true);
}

status victim_place_show(struct request *r, struct response *w)
{
    return reveal(r, w, false);
}

/* ---- small acts ---- */

static void take_off(struct care_items *due, str code, id entry, int64_t before)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < due->len; i++)
        if (!str_equal(due->at[i].text, code) || !id_equal(due->at[i].id, entry) || due->at[i].a != before)
            due->at[n++] = due->at[i];
    due->len = n;
}

status victim_done(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str code = form_text(&f, lit("code"), 0, 64);
    int64_t before;
    id entry;
    if (!id_read(form_text(&f, lit("entry"), 0, 32), &entry) || !str_to_int(form_text(&f, lit("before"), 0, 8), &before))
        return NOT_FOUND;
    status s = CONFLICT;
    for (int i = 0; s == CONFLICT && i < CARE_TRIES; i++) {
        struct care_opened o;
        s = care_open(r, PURPOSE_EDIT, r->id, &o);
        if (s != OK)
            return s;
        take_off(&o.head.due, code, entry, before);
        s = care_change_begin(r, &o, NULL, 0);
        if (s == OK)
            s = db_end(r->db, OK);
    }
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=done"));
    return s;
}

/* Never oneself: somebody must stay who can read it, and who is left can always be sure that the other is gone. */
static status take_colleague_off(struct request *r, struct response *w, str chosen)
{
    id colleague, holders[HOLDERS_MOST];
    ptrdiff_t n = 0;
    bool on = false;
    status s = caseload_list(r->db, r->id, holders, &n);
    if (s != OK || !id_read(chosen, &colleague))
        return s == OK ? NOT_FOUND : s;
    for (ptrdiff_t i = 0; i < n; i++)
        on = on || id_equal(holders[i], colleague);
    if (!on || id_equal(colleague, r->caller.account))
        return NOT_FOUND;
    s = victim_ring_leave(r, r->id, LOCATION, colleague);
    if (s == OK)
        s = victim_ring_leave(r, r->id, VICTIM, colleague);
    if (s == OK)
        s = caseload_end(r->db, colleague, r->id);
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=off"));
    return s;
}

/* One grant and one wrap in each of the two rings, however much is in the file. */
status victim_colleague(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct care_opened o;
    id colleague;
    status s = care_open(r, PURPOSE_EDIT, r->id, &o);
    if (s == OK && form_has(&f, lit("do"), lit("remove")))
        return take_colleague_off(r, w, form_text(&f, lit("colleague"), 0, 32));
    if (s == OK)
        s = victim_colleague_of(r, form_text(&f, lit("colleague"), 0, 32), &colleague);
    if (s != OK || id_is_zero(colleague))
        return s == OK ? NOT_FOUND : s;
    s = victim_ring(r, r->id, VICTIM, colleague);
    if (s == OK)
        s = victim_ring(r, r->id, LOCATION, colleague);
    if (s == OK)
        s = caseload_add(r->db, colleague, r->id);
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=colleague"));
    return s;
}
