#include "intake/tip/tip_api.h"
#include "intake/tip/tip_web.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "intake/public/public.h"
#include "intake/tip/idem.h"
#include "intake/tip/submit.h"
#include "lib/web/json_in.h"
#include "staff/role/role.h"
#include <stddef.h>

enum { API_DEPTH = 4, API_LIST_MOST = 100, BODY_MOST = 262144 };

/* One submission while it is read. The first fault stops the reading; it names the member. */
struct reading {
    struct request *r;
    struct tip tip;
    struct source source;
    str fault_at;      /* "contact.method" */
    const char *fault; /* NULL: none */
};

static bool refuse(struct reading *g, str at, const char *why)
{
    if (!g->fault) {
        g->fault_at = at;
        g->fault = why;
    }
    return false;
}

/* --- what a member may be -------------------------------------------------------------------------- */

struct member;
typedef bool reader(struct reading *g, str at, const struct member *m, const struct json_value *v);
struct member {
    const char *name;
    reader *read;
    ptrdiff_t place, most;      /* offset into struct reading; characters at most, as JSON Schema counts; the body bounds the bytes */
    const char *const *choices; /* of read_choice; NULL ends */
    const char *file, *list;    /* of read_code: a code list of the pack, and the list inside it */
    const struct member *inside; /* of read_object */
};

static str *place_of(struct reading *g, const struct member *m)
{
    return (str *)(void *)((char *)g + m->place);
}

static bool read_text(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind != JSON_IS_TEXT)
        return refuse(g, at, "must be text");
    if (utf8_length(v->text) > m->most)
        return refuse(g, at, "is too long");
    *place_of(g, m) = str_trim(v->text);
    return true;
}

static bool read_choice(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind == JSON_IS_TEXT)
        for (ptrdiff_t i = 0; m->choices[i]; i++)
            if (str_equal(v->text, str_of(m->choices[i]))) {
                *place_of(g, m) = v->text;
                return true;
            }
    return refuse(g, at, "is not one of its choices");
}

/* Keys of contact_types.csv bear their list in front: "proximity.observed". */
static bool code_known(struct reading *g, const struct member *m, str code)
{
    str key = m->list ? str_join(g->r->arena, str_of(m->list), code) : code;
    return code.len && pack_find(g->r->services->pack, str_of(m->file), key, day_of(g->r->now)) != NULL;
}

static bool read_code(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind != JSON_IS_TEXT || !code_known(g, m, v->text))
        return refuse(g, at, "is not a code of its list");
    *place_of(g, m) = v->text;
    return true;
}

/* A list becomes lines; with a code list, each must stand in it. */
static bool read_lines(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    struct out lines = { .arena = g->r->arena };
    if (v->kind != JSON_IS_LIST || v->count > API_LIST_MOST)
        return refuse(g, at, "must be a list of at most 100 texts");
    for (const struct json_value *one = v->first; one; one = one->next) {
        if (one->kind != JSON_IS_TEXT || utf8_length(one->text) > TIP_LINE_MOST || str_find(one->text, '\n') >= 0)
            return refuse(g, at, "must be a list of texts, each one line of at most 300 characters");
        if (m->file && !code_known(g, m, one->text))
            return refuse(g, at, "has a code that is not of its list");
        out_str(&lines, one->text);
        out_char(&lines, '\n');
    }
    *place_of(g, m) = str_trim(out_view(&lines));
    return true;
}

static bool read_how_many(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    /* 6.0 is a whole number too (RFC 8259 knows one kind), and some languages write no other. */
    double n = v->kind == JSON_IS_INT ? (double)v->number : v->kind == JSON_IS_REAL ? v->real : -1;
    if (!(n >= 0 && n <= TIP_PEOPLE_MOST) || n != (double)(int64_t)n)
        return refuse(g, at, "must be a whole number from 0 to 100000");
    g->tip.how_many = (int64_t)n;
    return true;
}

static bool read_message(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    if (v->kind != JSON_IS_BOOL)
        return refuse(g, at, "must be true or false");
    g->source.message = v->number ? lit("yes") : lit("no");
    return true;
}

static bool read_none(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    if (v->kind != JSON_IS_BOOL)
        return refuse(g, at, "must be true or false");
    g->tip.do_not_contact = v->number != 0;
    return true;
}

static bool read_members(struct reading *g, str at, const struct member *members, const struct json_value *v)
{
    if (v->kind != JSON_IS_OBJECT)
        return refuse(g, at, "must be an object");
    for (const struct json_value *one = v->first; one; one = one->next) {
        const struct member *m = members;
        str path = at.len ? str_join(g->r->arena, str_join(g->r->arena, at, lit(".")), one->name) : one->name;
        while (m->name && !str_equal(one->name, str_of(m->name)))
            m++;
        if (!m->name)
            return refuse(g, path, "is not a field of a tip");
        if (one->kind != JSON_IS_NULL && !m->read(g, path, m, one))
            return false;
    }
    return true;
}

static bool read_object(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    return read_members(g, at, m->inside, v);
}


/* --- the table ------------------------------------------------------------------------------------- */

static const char *const answers[] = { "yes", "no", "not_sure", NULL };
static const char *const consents[] = { "share", "confidential", "anonymous", NULL };
static const char *const methods[] = { "phone", "text", "mail", "other", NULL };
#define of_tip(member) .place = offsetof(struct reading, tip.member)
#define of_source(member) .place = offsetof(struct reading, source.member)

static const struct member place_members[] = {
    { "text", read_text, of_tip(place), .most = TIP_PLACE_MOST },
    { "kind", read_code, of_tip(venue), .file = "venues" },
    { "industry", read_code, of_tip(industry), .file = "industries" },
    { 0 },
};
static const struct member contact_members[] = {
    { "method", read_choice, of_source(method), .choices = methods },
    { "address", read_text, of_source(address), .most = TIP_LINE_MOST },
    { "when", read_text, of_source(safe_when), .most = TIP_LINE_MOST },
    { "code_word", read_text, of_source(code_word), .most = TIP_LINE_MOST },
    { "message", read_message },
    { "none", read_none },
    { 0 },
};
static const struct member tip_members[] = {
    { "narrative", read_text, of_tip(narrative), .most = TIP_NARRATIVE_MOST },
    { "language", read_code, of_tip(language), .file = "languages" },
    { "danger", read_choice, of_tip(danger), .choices = answers },
    { "happening_now", read_choice, of_tip(happening), .choices = answers },
    { "minor", read_choice, of_tip(minor), .choices = answers },
    { "place", read_object, .inside = place_members },
    { "when", read_text, of_tip(when), .most = TIP_LINE_MOST },
    { "how_many", read_how_many },
    { "people", read_lines, of_tip(people) },
    { "identifiers", read_lines, of_tip(identifiers) },
    { "indicators", read_lines, of_tip(signs), .file = "indicators" },
    { "proximity", read_code, of_tip(proximity), .file = "contact_types", .list = "proximity." },
    { "reporter", read_code, of_tip(reporter), .file = "contact_types", .list = "reporter." },
    { "contact", read_object, .inside = contact_members },
    { "consent", read_choice, of_tip(consent), .choices = consents },
    { 0 },
};

static bool read_tip(struct reading *g, const struct json_value *v)
{
    g->tip = (struct tip){ .language = lit("en"), .channel = lit("api"), .consent = lit("anonymous") };
    if (!read_members(g, (str){ 0 }, tip_members, v))
        return false;
    if (!g->tip.narrative.len)
        return refuse(g, lit("narrative"), "is required");
    if (str_equal(g->tip.proximity, lit("is_victim")) && !g->tip.reporter.len)
        g->tip.reporter = lit("victim");
    return true;
}

/* --- answers --------------------------------------------------------------------------------------- */

static void receipt_json(const char digits[ANSWER], struct out *o)
{
    struct json j = { .o = o };
    json_open(&j, '{');
    json_key(&j, lit("receipt"));
    json_str(&j, (str){ digits, ANSWER });
    json_key(&j, lit("status_url"));
    json_str(&j, lit("/tip/return"));
    json_close(&j, '}');
}

static void later_problem(struct http_response *w, int http_status, const char *detail, const char *field)
{
    w->status = http_status;
    w->type = lit("application/problem+json");
    web_problem_json(&w->body, http_status, str_of(detail), str_of(field));
}

static void write_answer(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w)
{
    char digits[ANSWER];
    w->body.arena = a;
    if (v->code != CODE_OK) {
        later_problem(w, 503, "It is not known whether the tip was stored. Send it again with the same key.", "");
    } else if (!idem_answer_open(p->answer_key, p->idem, v->answer, digits)) {
        later_problem(w, 422, "This Idempotency-Key was used with another body. Nothing was stored; use a new key.", "Idempotency-Key");
    } else {
        w->status = 201;
        w->type = lit("application/json");
        receipt_json(digits, &w->body);
    }
    wipe(digits, sizeof digits);
    public_finish(p, w);
}

static str joined(struct arena *a, str at, const char *why)
{
    return str_join(a, str_join(a, at, lit(" ")), str_of(why));
}

static status submit(struct request *r, struct response *w, str channel)
{
    struct reading g = { .r = r };
    uint8_t key[16];
    const struct json_value *v;
    if (!house_may_serve_form(r->services->house))
        return web_problem(w, 503, lit("This line has not yet said who reads its reports."), (str){ 0 });
    if (r->query.len)
        return web_problem(w, 422, lit("This address takes no parameter."), r->query.at[0].name);
    if (!idem_uuid_read(http_header(r->http, lit("Idempotency-Key")), key))
        return web_problem(w, 400, lit("The header Idempotency-Key must hold a UUID."), lit("Idempotency-Key"));
    if (json_in_read(r->arena, r->http->body, (struct json_limits){ BODY_MOST, API_DEPTH }, &v) != OK)
        return web_problem(w, 400, lit("The body is not one JSON object in UTF-8."), (str){ 0 });
    if (!read_tip(&g, v))
        return web_problem(w, 400, joined(r->arena, g.fault_at, g.fault), g.fault_at);
    g.tip.channel = channel;
    g.tip.partner = caller_may(r, API_TIPS) || caller_may(r, API_CALLS) ? r->caller.name : (str){ 0 };
    status done = tip_submit(r, &g.tip, &g.source, key, public_parked(r), write_answer);
    if (done == WAIT)
        return WAIT;
    return web_problem(w, 503, lit("Nothing was stored. Send it again with the same key."), (str){ 0 });
}

/* Who shows a key for tips hands them in under its name; everybody else is a stranger, as on the form. */
status tip_api_submit(struct request *r, struct response *w)
{
    return submit(r, w, caller_may(r, API_TIPS) ? lit("partner") : lit("api"));
}

status call_api_submit(struct request *r, struct response *w)
{
    return submit(r, w, lit("phone"));
}

/* --- the description, of the same table ------------------------------------------------------------ */

static void open_type(struct json *j, const char *type, bool required)
{
    json_open(j, '{');
    json_key(j, lit("type"));
    if (required) {
        json_str(j, str_of(type));
        return;
    }
    json_open(j, '[');
    json_str(j, str_of(type));
    json_str(j, lit("null"));
    json_close(j, ']');
}

static void text_members(struct json *j, ptrdiff_t most, const char *pattern)
{
    json_member_int(j, "maxLength", most);
    json_member(j, "pattern", str_of(pattern));
}

/* Codes of a list of the pack that is loaded, without the name of a list inside it. */
static void code_members(const struct request *r, const struct member *m, struct json *j, bool or_null)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, str_of(m->file), day_of(r->now));
    str list = m->list ? str_of(m->list) : (str){ 0 };
    json_key(j, lit("enum"));
    json_open(j, '[');
    for (ptrdiff_t i = 0; i < rows.len; i++)
        if (str_starts(rows.at[i]->key, list))
            json_str(j, str_part(rows.at[i]->key, list.len, rows.at[i]->key.len));
    if (or_null)
        json_nothing(j);
    json_close(j, ']');
}

static void choice_members(const struct member *m, struct json *j)
{
    json_key(j, lit("enum"));
    json_open(j, '[');
    for (ptrdiff_t i = 0; m->choices[i]; i++)
        json_str(j, str_of(m->choices[i]));
    json_nothing(j);
    json_close(j, ']');
}

static void line_members(const struct request *r, const struct member *m, struct json *j)
{
    json_member_int(j, "maxItems", API_LIST_MOST);
    json_key(j, lit("items"));
    open_type(j, "string", true);
    if (m->file)
        code_members(r, m, j, false);
    else
        text_members(j, TIP_LINE_MOST, "^[^\\u0000\\n]*$");
    json_close(j, '}');
}

static void members_schema(const struct request *r, const struct member *members, struct json *j);

static void member_schema(const struct request *r, const struct member *m, struct json *j)
{
    bool required = m->place == offsetof(struct reading, tip.narrative);
    bool text = m->read == read_text || m->read == read_choice || m->read == read_code;
    open_type(j, text                       ? "string"
                 : m->read == read_lines    ? "array"
                 : m->read == read_how_many ? "integer"
                 : m->read == read_object   ? "object"
                                            : "boolean", required && text);
    if (m->read == read_text)
        text_members(j, m->most, required ? "^[^\\u0000]*[!-~][^\\u0000]*$" : "^[^\\u0000]*$");
    if (m->read == read_choice)
        choice_members(m, j);
    if (m->read == read_code)
        code_members(r, m, j, true);
    if (m->read == read_lines)
        line_members(r, m, j);
    if (m->read == read_how_many) {
        json_member_int(j, "minimum", 0);
        json_member_int(j, "maximum", TIP_PEOPLE_MOST);
    }
    if (m->read == read_object)
        members_schema(r, m->inside, j);
    json_close(j, '}');
}

static void members_schema(const struct request *r, const struct member *members, struct json *j)
{
    json_member_bool(j, "additionalProperties", false);
    json_key(j, lit("properties"));
    json_open(j, '{');
    for (const struct member *m = members; m->name; m++) {
        json_key(j, str_of(m->name));
        member_schema(r, m, j);
    }
    json_close(j, '}');
}

static void tip_schema(const struct request *r, struct json *j)
{
    open_type(j, "object", true);
    json_key(j, lit("required"));
    json_open(j, '[');
    json_str(j, lit("narrative"));
    json_close(j, ']');
    members_schema(r, tip_members, j);
    json_close(j, '}');
}

static void receipt_schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "receipt status_url");
    schema_member(j, "receipt", "string", "With it answers are read; nobody can look it up again.", "^[0-9]{24}$");
    schema_member(j, "status_url", "string", "Where the receipt is typed in; holds no receipt.", "^/");
    schema_object_end(j);
}

static const struct api_operation operations[] = {
    { PUBLIC_SIDE, POST, "/api/v1/tips", "handInTip", "Hand in a tip", NULL, NULL, 0, tip_schema, receipt_schema, 201 },
    { PUBLIC_SIDE, POST, "/api/v1/calls", "handInCall", "Hand in a call that was taken elsewhere: it becomes a tip", "calls", NULL, 0,
      tip_schema, receipt_schema, 201 },
};
const struct api_operations tip_operations = { operations, countof(operations) };
