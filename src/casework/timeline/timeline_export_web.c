/* A timeline as a file. What leaves is said by the log, with how many entries and the digest of the bytes. */
#include "casework/casefile/casefile.h"
#include "casework/timeline/timeline_web.h"
#include "common/services.h"
#include "lib/base/csv.h"
#include "lib/crypt/crypt.h"
#include "lib/web/html.h"
#include "staff/account/account.h"

enum { ENTRIES_MOST = 5000 };

struct whole {
    struct opened_case c;
    struct entry_words words;
    struct timeline_entries list;
};

static status open_whole(struct request *r, struct whole *x)
{
    struct subjects subjects;
    bool limited;
    status s = casefile_open(r, r->id, PURPOSE_PRINT, &x->c);
    if (s == OK)
        s = subject_open(r, r->id, PURPOSE_PRINT, &subjects);
    if (s == OK)
        s = timeline_words(r, r->id, &subjects, &x->words);
    if (s == OK)
        s = timeline_list(r->db, r->arena, r->id, query_text(r, lit("kind")), NULL, ENTRIES_MOST, &x->list);
    if (s == OK)
        s = timeline_open(r, r->id, PURPOSE_PRINT, &x->list, &limited);
    if (s != OK || limited)
        return s == OK ? LIMIT : s; /* a file with holes would be taken for the whole */
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < x->list.len; i++)
        if (x->list.at[i].opened && kind_find(x->list.at[i].kind))
            x->list.at[n++] = x->list.at[i];
    x->list.len = n;
    return OK;
}

static str state_of(const struct timeline_entry *e)
{
    if (!id_is_zero(e->later.id))
        return e->later.withdrawn ? lit("withdrawn") : lit("corrected");
    return e->withdrawn ? lit("withdrawal") : lit("stands");
}

static str name_of(struct request *r, id account)
{
    struct account a;
    return account_find(r->db, r->arena, account, &a) == OK ? a.name : (str){ 0 };
}

static status send(struct request *r, struct response *w, const struct whole *x, const char *ending, const char *type)
{
    uint8_t digest[32];
    uint64_t seq;
    struct sha256_state h;
    sha256_start(&h);
    sha256_more(&h, out_view(&w->body));
    sha256_end(&h, digest);
    token t = caller_token(r);
    status s = keeper_note(r->services->keeper, &t, ACT_EXPORT, (uint32_t)x->list.len, r->id, digest, &seq);
    wipe(&t, sizeof t);
    if (s != OK)
        return s;
    struct out name = { .arena = r->arena };
    out_str(&name, lit("attachment; filename=\"case-"));
    out_str(&name, id_short(r->arena, r->id));
    out_str(&name, str_of(ending));
    out_char(&name, '"');
    set_header(w, lit("Content-Disposition"), out_view(&name));
    w->type = str_of(type);
    return OK;
}

static void csv_entry(struct request *r, struct out *o, const struct whole *x, const struct timeline_entry *e)
{
    const struct kind *k = kind_find(e->kind);
    bool any = false;
    for (ptrdiff_t i = 0; i <= k->field_count; i++) {
        bool field = i < k->field_count && e->values.at[i].len;
        if (!field && (i < k->field_count || any))
            continue; /* an entry that says nothing more still has its line */
        any = true;
        csv_cell(o, subject_number(r->arena, e->number), false);
        csv_cell(o, day_text(r->arena, e->day), false);
        csv_cell(o, day_text(r->arena, e->written_day), false);
        csv_cell(o, e->kind, false);
        csv_cell(o, name_of(r, e->author), false);
        csv_cell(o, state_of(e), false);
        csv_cell(o, e->counted && id_is_zero(e->later.id) && k->measures.len ? lit("yes") : lit("no"), false);
        csv_cell(o, e->reason, false);
        csv_cell(o, field ? k->fields[i].name : (str){ 0 }, false);
        csv_cell(o, field ? e->values.at[i] : (str){ 0 }, false);
        csv_cell(o, field ? entry_show(r->arena, &x->words, &k->fields[i], e->values.at[i]) : (str){ 0 }, true);
    }
}

status timeline_csv(struct request *r, struct response *w)
{
    static const char *const head[] = { "number", "day", "written", "kind", "author", "state", "counts", "reason", "field", "value", "words" };
    struct whole x;
    status s = open_whole(r, &x);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; i < countof(head); i++)
        csv_cell(&w->body, str_of(head[i]), i == countof(head) - 1);
    for (ptrdiff_t i = 0; i < x.list.len; i++)
        csv_entry(r, &w->body, &x, &x.list.at[i]);
    return send(r, w, &x, ".csv", "text/csv; charset=utf-8; header=present");
}

static void json_text(struct json *j, const char *key, str value)
{
    json_key(j, str_of(key));
    json_str(j, value);
}

static void json_entry(struct request *r, struct json *j, const struct timeline_entry *e)
{
    const struct kind *k = kind_find(e->kind);
    json_open(j, '{');
    json_text(j, "id", id_text(r->arena, e->id));
    json_key(j, lit("number"));
    json_int(j, e->number);
    json_text(j, "day", day_text(r->arena, e->day));
    json_text(j, "written", day_text(r->arena, e->written_day));
    json_text(j, "kind", e->kind);
    json_text(j, "author", name_of(r, e->author));
    json_text(j, "state", state_of(e));
    json_key(j, lit("counts"));
    json_bool(j, e->counted && id_is_zero(e->later.id) && k->measures.len);
    if (!id_is_zero(e->corrects))
        json_text(j, "corrects", id_text(r->arena, e->corrects));
    if (e->reason.len)
        json_text(j, "reason", e->reason);
    json_key(j, lit("values"));
    entry_json(j, k, &e->values);
    json_close(j, '}');
}

status timeline_json(struct request *r, struct response *w)
{
    struct whole x;
    struct json j = { .o = &w->body };
    status s = open_whole(r, &x);
    if (s != OK)
        return s;
    json_open(&j, '{');
    json_text(&j, "case", id_text(r->arena, r->id));
    json_text(&j, "title", x.c.title);
    json_text(&j, "status", x.c.row.status);
    json_key(&j, lit("entries"));
    json_open(&j, '[');
    for (ptrdiff_t i = 0; i < x.list.len; i++)
        json_entry(r, &j, &x.list.at[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    return send(r, w, &x, ".json", "application/json");
}
