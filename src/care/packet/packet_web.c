#include "care/packet/packet_web.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "packet_form_html.h"
#include "packets_html.h"

enum { ENTRIES = 30, PAGE = 20, WORDS = 4000, LAW = 300 };

static handler form_page, seal, take_back, list;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/victims/:id/packet",     VICTIM_WRITE, NOTHING, form_page },
    { STAFF_SIDE, POST, "/victims/:id/packet",     VICTIM_WRITE, FORM,    seal      },
    { STAFF_SIDE, POST, "/victims/:id/packet-end", VICTIM_WRITE, FORM,    take_back },
    { STAFF_SIDE, GET,  "/packets",                PACKET_READ,  NOTHING, list      },
};
/* clang-format on */
const struct routes packet_routes = { table, countof(table) };

/* A field that can be named: where its value is. */
struct offered {
    str code, label, value; /* label: a msgid; value in the carer's words */
    str of, stored;         /* as in struct packet_fact: what crosses in place of value. Empty: value */
    bool identity;          /* of care_name: opened only when chosen */
    uint16_t tag;
};
struct desk {
    struct care_opened file;
    struct care_rows rows;
    struct care_entry entries[ENTRIES];
    ptrdiff_t entry_count;
    bool name_known;
    struct offered *fields;
    ptrdiff_t field_count;
    ptrdiff_t group_from[ENTRIES + 3]; /* where each group begins in fields; title of a group: titles */
    str titles[ENTRIES + 2];
    ptrdiff_t group_count;
};

static void begin_group(struct desk *d, str title)
{
    d->group_from[d->group_count] = d->field_count;
    d->titles[d->group_count++] = title;
    d->group_from[d->group_count] = d->field_count;
}

static void offer(struct desk *d, struct offered o)
{
    if (d->field_count < PACKET_FACTS_MOST && (o.value.len || o.identity))
        d->fields[d->field_count++] = o;
    d->group_from[d->group_count] = d->field_count;
}

static void offer_person(struct request *r, struct desk *d)
{
    static const struct {
        const char *code, *label;
        uint16_t tag;
        const char *of;
    } identity[] = {
        { "name.full", N_("Name"), NAME_FULL, "" },     { "name.born", N_("Date of birth"), NAME_BORN, "" },
        { "name.country", N_("Nationality"), NAME_COUNTRY, "countries" }, { "name.status", N_("Immigration status"), NAME_STATUS, "" },
        { "name.a", N_("A-number"), NAME_A_NUMBER, "" },
    };
    const struct care_head *h = &d->file.head;
    begin_group(d, tr(r->language, N_("Who the person is")));
    for (ptrdiff_t i = 0; d->name_known && i < countof(identity); i++)
        offer(d, (struct offered){ .code = str_of(identity[i].code), .label = str_of(identity[i].label), .identity = true,
                                   .tag = identity[i].tag, .of = str_of(identity[i].of) });
    offer(d, (struct offered){ .code = lit("head.alias"), .label = lit("Alias"), .value = h->alias });
    offer(d, (struct offered){ .code = lit("head.say"), .label = lit("Say"), .value = h->say });
    offer(d, (struct offered){ .code = lit("head.age"), .label = lit("Age"), .value = h->age });
    offer(d, (struct offered){ .code = lit("head.language"), .label = lit("Language"), .value = care_language(r, h->language),
                               .of = lit("languages"), .stored = h->language });
    offer(d, (struct offered){ .code = lit("head.about"), .label = lit("To know"), .value = h->about });
}

static str field_code(struct arena *a, const struct care_entry *e, ptrdiff_t i)
{
    struct out o = { .arena = a };
    out_str(&o, id_text(a, e->id));
    out_char(&o, '.');
    out_int(&o, i);
    return out_view(&o);
}

static void offer_field(struct request *r, struct desk *d, const struct entry_words *words, const struct care_entry *e, ptrdiff_t i)
{
    const struct kind_field *f = &e->kind->fields[i];
    struct offered o = { .code = field_code(r->arena, e, i), .label = f->label, .value = entry_show(r->arena, words, f, e->values.at[i]) };
    if (packet_crosses_as_code(f)) {
        o.of = str_join(r->arena, e->kind->code, str_join(r->arena, lit("."), f->name));
        o.stored = e->values.at[i];
    }
    offer(d, o);
}

/* The fields of what stands: superseded and withdrawn entries are not offered. */
static status offer_entries(struct request *r, struct desk *d)
{
    struct entry_words words;
    status s = care_words(r, &words);
    for (ptrdiff_t k = 0; s == OK && k < d->entry_count; k++) {
        const struct care_entry *e = &d->entries[k];
        if (!e->kind || e->withdrawn || care_look(&d->file.head.superseded, e->id))
            continue;
        str title = str_join(r->arena, tr(r->language, str_c(r->arena, e->kind->label)), str_join(r->arena, lit(" "), day_text(r->arena, e->day)));
        begin_group(d, title);
        for (ptrdiff_t i = 0; i < e->kind->field_count; i++)
            offer_field(r, d, &words, e, i);
    }
    return s;
}

static status load(struct request *r, enum purpose why, struct desk *d)
{
    struct sealed_row rows[1 + ENTRIES];
    struct sealed_fields head, fields[ENTRIES];
    str sealed;
    *d = (struct desk){ .fields = arena_new(r->arena, struct offered, PACKET_FACTS_MOST) };
    status s = care_file_find(r->db, r->arena, r->id, r->caller.account, &d->file.row);
    if (s == NOT_FOUND)
        return sealed_refuse(r, why, r->id);
    if (s == OK)
        s = care_entry_list(r->db, r->arena, r->id, NULL, ENTRIES, &d->rows);
    if (s != OK)
        return s;
    rows[0] = (struct sealed_row){ .id = r->id, .table = TABLE_CARE_FILE, .sealed = d->file.row.sealed, .needed = true, .to = &head };
    d->entry_count = d->rows.len;
    for (ptrdiff_t i = 0; i < d->entry_count; i++)
        rows[i + 1] = (struct sealed_row){ .id = d->rows.at[i].id, .table = TABLE_CARE_ENTRY, .sealed = d->rows.at[i].sealed, .to = &fields[i] };
    s = sealed_open(r, why, r->id, rows, 1 + d->entry_count);
    if (s != OK)
        return s;
    care_head_read(r->arena, &head, &d->file.head);
    for (ptrdiff_t i = 0; i < d->entry_count; i++)
        if (!rows[i + 1].opened || !care_entry_read(&fields[i], d->rows.at[i].id, &d->entries[i]))
            d->entries[i] = (struct care_entry){ 0 };
    s = care_name_find(r->db, r->arena, r->id, &sealed);
    d->name_known = s == OK;
    if (s == OK || s == NOT_FOUND) {
        offer_person(r, d);
        s = offer_entries(r, d);
    }
    return s;
}

/* The last day a release of the person holds; -1: none. */
static int64_t released_until(const struct care_head *h, int64_t today)
{
    int64_t best = -1;
    for (ptrdiff_t i = 0; i < h->releases.len; i++)
        if (h->releases.at[i].a >= today && h->releases.at[i].a > best)
            best = h->releases.at[i].a;
    return best;
}

struct asked {
    str officer, purpose, words, until, basis, law;
    id holder;
    str holder_name;
    int64_t until_day;
};

static struct packet_groups groups_of(struct request *r, const struct desk *d)
{
    struct packet_groups list = { .at = arena_new(r->arena, struct packet_group, d->group_count + 1) };
    for (ptrdiff_t g = 0; g < d->group_count; g++) {
        ptrdiff_t from = d->group_from[g], to = d->group_from[g + 1];
        struct packet_picks picks = { .at = arena_new(r->arena, struct packet_pick, to - from + 1) };
        for (ptrdiff_t i = from; i < to; i++) {
            const struct offered *o = &d->fields[i];
            bool chosen = false;
            for (ptrdiff_t k = 0; k < r->form.len; k++)
                chosen = chosen || (str_equal(r->form.at[k].name, lit("field")) && str_equal(r->form.at[k].value, o->code));
            picks.at[picks.len++] = (struct packet_pick){ o->code, tr(r->language, str_c(r->arena, o->label)), o->value, chosen };
        }
        if (picks.len)
            list.at[list.len++] = (struct packet_group){ d->titles[g], picks };
    }
    return list;
}

static status draw(struct request *r, struct response *w, const struct desk *d, const struct asked *x, const struct form *f)
{
    int64_t until = released_until(&d->file.head, day_of(r->now));
    struct packet_form_page page = {
        .page = staff_page(r, N_("Seal a packet")), .alias = d->file.head.alias, .back = care_path(r, r->id, ""),
        .path = care_path(r, r->id, "/packet"), .officer = x->officer, .words = x->words, .until = x->until, .law = x->law,
        .police_case = d->file.head.police_case, .by_release = str_equal(x->basis, lit("release")), .by_law = str_equal(x->basis, lit("law")),
        .release_until = until >= 0 ? day_text(r->arena, until) : (str){ 0 }, .groups = groups_of(r, d),
    };
    page.token = form_token(r, page.path);
    page.purposes.at = arena_new(r->arena, struct choice, packet_purpose_count);
    for (ptrdiff_t i = 0; i < packet_purpose_count; i++) {
        str code = str_of(packet_purposes[i].code);
        page.purposes.at[page.purposes.len++] = (struct choice){ code, tr(r->language, packet_purposes[i].label), str_equal(code, x->purpose) };
    }
    if (f) {
        page.problems = f->problems;
        page.officer_problem = problem_of(&f->problems, lit("officer"));
        page.until_problem = problem_of(&f->problems, lit("until"));
        page.basis_problem = problem_of(&f->problems, lit("basis"));
        page.law_problem = problem_of(&f->problems, lit("law"));
        page.fields_problem = problem_of(&f->problems, lit("fields"));
        page.purpose_problem = problem_of(&f->problems, lit("purpose"));
        page.page.problem = true;
    }
    packet_form_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

static status form_page(struct request *r, struct response *w)
{
    struct desk d;
    struct asked x = { 0 };
    status s = load(r, PURPOSE_READ, &d);
    return s == OK ? draw(r, w, &d, &x, NULL) : s;
}

/* ---- what the form must say ---- */

static void note(struct form *f, const char *field, const char *message)
{
    form_note(f, str_of(field), tr(f->r->language, message));
}

static void read_asked(struct form *f, struct asked *x)
{
    int64_t today = day_of(f->r->now);
    str purposes[16];
    must(packet_purpose_count <= countof(purposes));
    for (ptrdiff_t i = 0; i < packet_purpose_count; i++)
        purposes[i] = str_of(packet_purposes[i].code);
    const str bases[] = { lit("release"), lit("law") };
    x->officer = form_text(f, lit("officer"), 1, 64);
    x->purpose = form_choice(f, lit("purpose"), purposes, packet_purpose_count);
    x->words = form_text(f, lit("words"), 0, WORDS);
    x->until = form_text(f, lit("until"), 1, 10);
    x->basis = form_choice(f, lit("basis"), bases, countof(bases));
    x->law = form_text(f, lit("law"), 0, LAW);
    if (!x->purpose.len && !problem_of(&f->problems, lit("purpose")).len)
        note(f, "purpose", N_("Please choose one of these."));
    if (x->until.len && !day_read(x->until, &x->until_day))
        note(f, "until", N_("A date looks like 2026-11-24."));
    else if (x->until.len && (x->until_day < today || x->until_day > today + PACKET_DAYS_MOST))
        note(f, "until", N_("Choose a day from today on, at most 180 days ahead."));
}

/* Without the person's release that lasts as long, or a duty named by its law, nothing crosses. */
static void check_basis(struct form *f, const struct desk *d, const struct asked *x)
{
    int64_t until = released_until(&d->file.head, day_of(f->r->now));
    if (str_equal(x->basis, lit("release"))) {
        if (until < 0)
            note(f, "basis", N_("No release of this person holds. Ask, do not assume."));
        else if (x->until_day > until)
            note(f, "until", N_("The person’s release ends before this day."));
    } else if (!str_equal(x->basis, lit("law"))) {
        note(f, "basis", N_("Say what allows it: the person’s release, or the law that makes it a duty."));
    } else if (!x->law.len) {
        note(f, "law", N_("Name the law that makes it a duty."));
    }
}

static status find_officer(struct request *r, struct form *f, struct asked *x)
{
    struct account a;
    status s = x->officer.len ? account_find_name(r->db, r->arena, x->officer, &a) : NOT_FOUND;
    const struct role *role = s == OK ? role_find(a.role) : NULL;
    bool officer = role && (role->class == CLASS_INVESTIGATOR || role->class == CLASS_ANALYST)
                && role_holds(role, PACKET_READ) && str_equal(a.state, lit("active"));
    if (officer) {
        x->holder = a.id;
        x->holder_name = a.name;
    } else if (x->officer.len && (s == OK || s == NOT_FOUND)) {
        note(f, "officer", N_("No officer works here under this name."));
    }
    return s == NOT_FOUND ? OK : s;
}

/* ---- sealing ---- */

static bool wanted(const struct request *r, str code)
{
    for (ptrdiff_t i = 0; i < r->form.len; i++)
        if (str_equal(r->form.at[i].name, lit("field")) && str_equal(r->form.at[i].value, code))
            return true;
    return false;
}

/* Identity is a row of its own: opened now, on record, and only when one of its fields goes into the packet. */
static status open_name(struct request *r, struct sealed_fields *to)
{
    struct sealed_row row = { .id = r->id, .table = TABLE_CARE_NAME, .needed = true, .to = to };
    status s = care_name_find(r->db, r->arena, r->id, &row.sealed);
    return s == OK ? sealed_open(r, PURPOSE_LINK, r->id, &row, 1) : s;
}

static status gather(struct request *r, const struct desk *d, struct packet *p)
{
    struct sealed_fields name = { 0 };
    bool opened = false;
    status s = OK;
    p->facts = arena_new(r->arena, struct packet_fact, d->field_count + 1);
    for (ptrdiff_t i = 0; s == OK && i < d->field_count; i++) {
        const struct offered *o = &d->fields[i];
        if (!wanted(r, o->code))
            continue;
        if (o->identity && !opened)
            s = open_name(r, &name);
        opened = opened || o->identity;
        str value = o->identity ? sealed_field(&name, o->tag) : o->stored.len ? o->stored : o->value;
        if (s == OK && value.len)
            p->facts[p->fact_count++] = (struct packet_fact){ o->label, value, o->of };
    }
    return s;
}

static status make_ring(struct request *r, const struct packet *p)
{
    struct ring_done made;
    struct ring_act act = { .token = caller_token(r), .scope = p->id, .kind = SCOPE_RELEASE, .compartment = SHARED };
    status s = keeper_ring(r->services->keeper, RING_CREATE, &act, &made);
    if (s != OK)
        return s;
    struct ring_act join = { .token = act.token, .ring = made.ring, .member = p->holder, .until_day = (uint32_t)p->until_day };
    s = keeper_ring(r->services->keeper, RING_ADD, &join, &made);
    return s == CONFLICT ? OK : s;
}

/* The record says that something was released, before it is: which packet, how many fields, the digest of what will be stored. */
static status record_release(struct request *r, const struct packet *p)
{
    uint8_t digest[32];
    uint64_t seq;
    struct sha256_state h;
    token t = caller_token(r);
    sha256_start(&h);
    sha256_more(&h, p->sealed);
    sha256_end(&h, digest);
    return keeper_note(r->services->keeper, &t, ACT_RELEASE, (uint32_t)p->fact_count, p->id, digest, &seq);
}

/* The step of a relief that this packet is, as an entry; false: it is none, or not the caller's to write. */
static bool step_of(struct request *r, const struct packet *p, struct care_entry *e)
{
    const struct kind *k = kind_find(lit("relief_step"));
    str step = { 0 };
    for (ptrdiff_t i = 0; i < packet_purpose_count; i++)
        if (str_equal(p->purpose, str_of(packet_purposes[i].code)))
            step = str_of(packet_purposes[i].step);
    if (!step.len || !k || !caller_may(r, care_permission(k)) || !pack_find(r->services->pack, lit("relief_steps"), step, day_of(r->now)))
        return false;
    *e = (struct care_entry){ .author = r->caller.account, .office = r->caller.office, .kind = k, .day = day_of(r->now), .written = r->now };
    e->id = chance_id(r->chance, r->now * 1000, true);
    e->values.at[kind_field_find(k, lit("relief")) - k->fields] = str_part(step, 0, str_find(step, '|'));
    e->values.at[kind_field_find(k, lit("step")) - k->fields] = step;
    return true;
}

/* Packet, head and, where it is one, the step of the relief: all or nothing. */
static status store(struct request *r, struct desk *d, struct packet *p, str holder_name)
{
    ptrdiff_t n;
    struct care_entry e;
    struct care_row row = { .root = r->id };
    struct care_changes changes = { 0 };
    struct care_rules rules = care_rules_of(r);
    struct sealed_field *f = packet_write(r->arena, p, &n);
    status s = sealed_make(r, (struct sealed_place){ SCOPE_RELEASE, p->id, SHARED }, TABLE_PACKET, p->id, f, n, &p->sealed);
    bool step = step_of(r, p, &e);
    care_add(r->arena, &d->file.head.packets, (struct care_item){ .id = p->id, .other = p->holder, .a = p->until_day, .text = holder_name });
    if (step)
        care_apply(&rules, &e, NULL, &d->file.head, &changes);
    if (s == OK && step)
        s = care_seal_entry(r, &e, &row);
    if (s == OK)
        s = record_release(r, p);
    const str written[] = { p->sealed, row.sealed };
    if (s == OK)
        s = care_change_begin(r, &d->file, written, step ? 2 : 1);
    if (s != OK)
        return s;
    s = packet_add(r->db, p);
    if (s == OK && step)
        s = care_entry_store(r->db, &e, &row);
    if (s == OK)
        s = care_tally(r->db, &changes);
    return db_end(r->db, s);
}

static status seal(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct asked x = { 0 };
    struct desk d;
    read_asked(&f, &x);
    status s = load(r, PURPOSE_EDIT, &d);
    if (s == OK)
        s = find_officer(r, &f, &x);
    if (s != OK)
        return s;
    check_basis(&f, &d, &x);
    struct packet p = { .id = chance_id(r->chance, r->now * 1000, true), .holder = x.holder, .until_day = x.until_day, .at = r->now,
                        .from = r->caller.name, .purpose = x.purpose, .police_case = d.file.head.police_case, .words = x.words,
                        .basis = str_equal(x.basis, lit("law")) ? x.law : x.basis };
    if (form_ok(&f))
        s = gather(r, &d, &p);
    if (s == OK && form_ok(&f) && !p.fact_count && !x.words.len)
        note(&f, "fields", N_("Choose at least one field, or write some words."));
    if (s != OK || !form_ok(&f))
        return s == OK ? draw(r, w, &d, &x, &f) : s;
    s = make_ring(r, &p);
    if (s == OK)
        s = store(r, &d, &p, x.holder_name);
    for (int i = 1; s == CONFLICT && i < CARE_TRIES; i++) {
        s = load(r, PURPOSE_EDIT, &d);
        if (s == OK)
            s = store(r, &d, &p, x.holder_name);
    }
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=packet"));
    return s;
}

/* Its key is taken from the officer and the row is deleted. What was read is read. */
static status take_back(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct care_opened o;
    struct ring_key key;
    struct ring_done done;
    id which;
    if (!id_read(form_text(&f, lit("packet"), 0, 32), &which))
        return NOT_FOUND;
    status s = care_open(r, PURPOSE_EDIT, r->id, &o);
    const struct care_item *item = s == OK ? care_look(&o.head.packets, which) : NULL;
    if (s != OK || !item)
        return s == OK ? NOT_FOUND : s;
    s = keeper_ring_key(r->services->keeper, SCOPE_RELEASE, which, SHARED, &key);
    struct ring_act act = { .token = caller_token(r), .ring = key.ring, .member = item->other };
    if (s == OK)
        s = keeper_ring(r->services->keeper, RING_REMOVE, &act, &done);
    if (s != OK && s != NOT_FOUND) /* asked again after a crash, or the officer has left */
        return s;
    care_drop(&o.head.packets, which);
    s = care_change_begin(r, &o, NULL, 0);
    if (s != OK)
        return s;
    s = packet_end(r->db, which);
    s = db_end(r->db, s == NOT_FOUND ? OK : s);
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=ended"));
    return s;
}

/* ---- the officer ---- */

static status list(struct request *r, struct response *w)
{
    struct packets found;
    struct sealed_row rows[PAGE];
    struct sealed_fields fields[PAGE];
    id before;
    struct packets_page page = { .page = staff_page(r, N_("Packets")), .may_ask = caller_may(r, CASE_WRITE) };
    bool later = id_read(query_text(r, lit("before")), &before);
    struct entry_words words;
    status s = care_words(r, &words);
    if (s == OK)
        s = packet_list(r->db, r->arena, r->caller.account, day_of(r->now), later ? &before : NULL, PAGE + 1, &found);
    ptrdiff_t n = found.len < PAGE ? found.len : PAGE;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_PACKET, .sealed = found.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, r->caller.account, rows, n);
    page.packets.at = arena_new(r->arena, struct packet_shown, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (!rows[i].opened)
            continue;
        packet_read(r->arena, &fields[i], &found.at[i]);
        page.packets.at[page.packets.len++] = packet_shown_of(r, &words, &found.at[i]);
    }
    if (s != OK)
        return s;
    if (found.len > PAGE)
        page.next = str_join(r->arena, lit("/packets?before="), id_text(r->arena, found.at[PAGE - 1].id));
    packets_html(&w->body, r->language, &page);
    return OK;
}
