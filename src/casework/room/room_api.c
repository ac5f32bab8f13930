#include "casework/room/room_web.h"
#include "casework/casefile/casefile.h"
#include "casework/timeline/timeline.h"
#include "common/services.h"
#include "lib/crypt/crypt.h"
#include "staff/account/account.h"
#include "staff/role/role.h"
#include "staff/sealed/sealed.h"

static handler list, show, entries;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/api/v1/cases",             API_CASES, NOTHING, list    },
    { STAFF_SIDE, GET, "/api/v1/cases/:id",         API_CASES, NOTHING, show    },
    { STAFF_SIDE, GET, "/api/v1/cases/:id/entries", API_CASES, NOTHING, entries },
};
/* clang-format on */
const struct routes case_api_routes = { table, countof(table) };

enum { CASES_PAGE = 50, ENTRIES_PAGE = 64, CURSOR = 8 + 8 + 16, CURSOR_DIGITS = 2 * CURSOR };
static const char *const states[] = { "open", "closed", NULL };
static const struct api_query case_query[] = {
    { "status", "Only open, or only closed ones.", API_CHOICE, 0, 0, states },
    { "limit", "How many at most; 50 when absent.", API_NUMBER, 1, CASES_PAGE, NULL },
    { "after", "From the member next of the page before.", API_HEX, 0, CURSOR_DIGITS, NULL },
};
static const struct api_query entry_query[] = {
    { "kind", "Only entries of this kind.", API_WORD, 0, 0, NULL },
    { "limit", "How many at most; 64 when absent.", API_NUMBER, 1, ENTRIES_PAGE, NULL },
    { "after", "From the member next of the page before.", API_HEX, 0, CURSOR_DIGITS, NULL },
};

/* ---- cursors: two numbers and an id, as the row they end with is ordered ---- */

static void put_number(uint8_t *to, int64_t n)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
}

static int64_t take_number(const uint8_t *from)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | from[i];
    return (int64_t)n;
}

static str cursor_text(struct arena *a, int64_t first, int64_t second, id last)
{
    struct out o = { .arena = a };
    uint8_t bytes[CURSOR];
    put_number(bytes, first);
    put_number(bytes + 8, second);
    memcpy(bytes + 16, last.at, sizeof last.at);
    out_hex(&o, bytes, sizeof bytes);
    return out_view(&o);
}

static bool cursor_read(const struct request *r, int64_t *first, int64_t *second, id *last)
{
    uint8_t bytes[CURSOR];
    if (!hex_read(query_text(r, lit("after")), bytes, sizeof bytes))
        return false;
    *first = take_number(bytes);
    *second = take_number(bytes + 8);
    memcpy(last->at, bytes + 16, sizeof last->at);
    return true;
}

/* What a system reads leaves the house: the log has it with the digest of the bytes, as of every export. */
static status record_export(struct request *r, const struct response *w, id about, ptrdiff_t n)
{
    uint8_t digest[32];
    uint64_t seq;
    sha256(out_view(&w->body), digest);
    token t = caller_token(r);
    status s = keeper_note(r->services->keeper, &t, ACT_EXPORT, (uint32_t)n, about, digest, &seq);
    wipe(&t, sizeof t);
    return s;
}

/* ---- the list ---- */

static void case_members(struct request *r, struct json *j, const struct casefile *c, str title)
{
    json_member(j, "id", id_text(r->arena, c->id));
    json_member(j, "title", title);
    json_member(j, "status", c->status);
    json_member(j, "office", id_text(r->arena, c->office));
    json_member(j, "opened", day_text(r->arena, c->opened_day));
    if (c->closed_day)
        json_member(j, "closed", day_text(r->arena, c->closed_day));
}

/* One opening for all titles. A case whose title does not open is not the system's any more: it is absent. */
static status list_json(struct request *r, struct json *j, const struct casefiles *found, ptrdiff_t n)
{
    struct sealed_fields fields[CASES_PAGE];
    struct sealed_row rows[CASES_PAGE];
    must(n <= CASES_PAGE);
    for (ptrdiff_t i = 0; i < n; i++)
        rows[i] = (struct sealed_row){ .id = found->at[i].id, .table = TABLE_CASE, .sealed = found->at[i].sealed, .to = &fields[i] };
    status s = sealed_open(r, PURPOSE_LIST, (id){ 0 }, rows, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (rows[i].opened) {
            json_open(j, '{');
            case_members(r, j, &found->at[i], sealed_field(&fields[i], CASE_TITLE));
            json_close(j, '}');
        }
    return s;
}

static status list(struct request *r, struct response *w)
{
    struct casefile after = { 0 };
    struct casefiles found;
    struct json j = { .o = &w->body };
    if (!api_query_fits(r, w, case_query, countof(case_query)))
        return OK;
    int64_t limit = api_query_number(r, "limit", CASES_PAGE);
    bool later = cursor_read(r, &after.due, &after.opened_day, &after.id);
    status s = casefile_list_mine(r->db, r->arena, r->caller.account, query_text(r, lit("status")), later ? &after : NULL, limit + 1, &found);
    if (s != OK)
        return s;
    bool more = found.len > limit;
    ptrdiff_t n = more ? (ptrdiff_t)limit : found.len;
    const struct casefile *last = more ? &found.at[limit - 1] : NULL;
    json_open(&j, '{');
    json_key(&j, lit("cases"));
    json_open(&j, '[');
    s = list_json(r, &j, &found, n);
    json_close(&j, ']');
    api_next(&j, r, last ? cursor_text(r->arena, last->due, last->opened_day, last->id) : (str){ 0 });
    json_close(&j, '}');
    w->type = lit("application/json");
    return s == OK && n ? record_export(r, w, r->caller.account, n) : s;
}

/* ---- one case ---- */

static status show(struct request *r, struct response *w)
{
    struct opened_case c;
    struct subjects subjects;
    struct json j = { .o = &w->body };
    status s = casefile_open(r, r->id, PURPOSE_READ, &c);
    if (s == OK && !api_query_fits(r, w, NULL, 0))
        return OK;
    if (s == OK)
        s = subject_open(r, r->id, PURPOSE_READ, &subjects);
    if (s != OK)
        return s;
    json_open(&j, '{');
    case_members(r, &j, &c.row, c.title);
    json_member(&j, "summary", c.summary);
    json_key(&j, lit("subjects"));
    json_open(&j, '[');
    for (ptrdiff_t i = 0; i < subjects.len; i++) {
        json_open(&j, '{');
        json_member_int(&j, "number", subjects.at[i].number);
        json_member(&j, "name", subjects.at[i].name);
        json_member(&j, "about", subjects.at[i].about);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    w->type = lit("application/json");
    return record_export(r, w, r->id, 1);
}

/* ---- its entries ---- */

static str state_of(const struct timeline_entry *e)
{
    if (!id_is_zero(e->later.id))
        return e->later.withdrawn ? lit("withdrawn") : lit("corrected");
    return e->withdrawn ? lit("withdrawal") : lit("stands");
}

static status entry_object(struct request *r, struct json *j, const struct timeline_entry *e, const struct kind *k)
{
    struct account author = { 0 };
    status s = account_find(r->db, r->arena, e->author, &author);
    json_open(j, '{');
    json_member(j, "id", id_text(r->arena, e->id));
    json_member_int(j, "number", e->number);
    json_member(j, "day", day_text(r->arena, e->day));
    json_member(j, "written", day_text(r->arena, e->written_day));
    json_member(j, "kind", e->kind);
    json_member(j, "author", author.name);
    json_member(j, "state", state_of(e));
    if (!id_is_zero(e->corrects))
        json_member(j, "corrects", id_text(r->arena, e->corrects));
    if (e->reason.len)
        json_member(j, "reason", e->reason);
    json_key(j, lit("values"));
    entry_json(j, k, &e->values);
    json_close(j, '}');
    return s == NOT_FOUND ? OK : s;
}

static status entries(struct request *r, struct response *w)
{
    struct opened_case c;
    struct timeline_entry after = { 0 };
    struct timeline_entries found;
    struct json j = { .o = &w->body };
    bool limited = false;
    int64_t limit = api_query_number(r, "limit", ENTRIES_PAGE);
    status s = casefile_open(r, r->id, PURPOSE_READ, &c);
    if (s == OK && !api_query_fits(r, w, entry_query, countof(entry_query)))
        return OK;
    bool later = cursor_read(r, &after.day, &after.number, &after.id);
    if (s == OK)
        s = timeline_list(r->db, r->arena, r->id, query_text(r, lit("kind")), later ? &after : NULL, limit + 1, &found);
    bool more = s == OK && found.len > limit;
    if (more)
        found.len = (ptrdiff_t)limit;
    if (s == OK)
        s = timeline_open(r, r->id, PURPOSE_READ, &found, &limited);
    if (s != OK || limited)
        return s == OK ? LIMIT : s; /* an answer with holes would be taken for the whole */
    json_open(&j, '{');
    json_key(&j, lit("entries"));
    json_open(&j, '[');
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++) {
        const struct kind *k = kind_find(found.at[i].kind);
        if (k && found.at[i].opened)
            s = entry_object(r, &j, &found.at[i], k);
    }
    json_close(&j, ']');
    const struct timeline_entry *last = more ? &found.at[found.len - 1] : NULL;
    api_next(&j, r, last ? cursor_text(r->arena, last->day, last->number, last->id) : (str){ 0 });
    json_close(&j, '}');
    w->type = lit("application/json");
    return s == OK ? record_export(r, w, r->id, found.len) : s;
}

/* ---- the description ---- */

static void case_schema_members(struct json *j)
{
    schema_member(j, "id", "string", "", api_id_pattern);
    schema_member(j, "title", "string", "", "");
    schema_member(j, "status", "string", "open or closed.", "^(open|closed)$");
    schema_member(j, "office", "string", "Whose case it is.", api_id_pattern);
    schema_member(j, "opened", "string", "", api_day_pattern);
    schema_member(j, "closed", "string", "Absent while it is open.", api_day_pattern);
}

static void list_schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "cases next");
    schema_list(j, "cases", CASES_PAGE);
    schema_object(j, "id title status office opened");
    case_schema_members(j);
    schema_object_end(j);
    json_close(j, '}');
    schema_next(j);
    schema_object_end(j);
}

static void case_schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "id title status office opened summary subjects");
    case_schema_members(j);
    schema_member(j, "summary", "string", "", "");
    schema_list(j, "subjects", SUBJECTS_MOST);
    schema_object(j, "number name about");
    schema_member(j, "number", "integer", "How entries of the case name the person.", "");
    schema_member(j, "name", "string", "", "");
    schema_member(j, "about", "string", "", "");
    schema_object_end(j);
    json_close(j, '}');
    schema_object_end(j);
}

/* As entry_json writes it. */
static void field_schema(struct json *j, const struct kind_field *f)
{
    const char *pattern = f->type == FIELD_DATE                                  ? api_day_pattern
                          : f->type == FIELD_MONEY || f->type == FIELD_DECIMAL ? "^[0-9]+[.][0-9]{2}$"
                                                                               : "";
    json_key(j, f->name);
    json_open(j, '{');
    json_member(j, "type", f->type == FIELD_MULTI  ? lit("array")
                           : f->type == FIELD_INT  ? lit("integer")
                           : f->type == FIELD_BOOL ? lit("boolean")
                                                   : lit("string"));
    json_member(j, "title", f->label);
    if (*pattern)
        json_member(j, "pattern", str_of(pattern));
    if (f->type == FIELD_MULTI) {
        json_key(j, lit("items"));
        json_open(j, '{');
        json_member(j, "type", lit("string"));
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void kind_schema(struct json *j, const struct kind *k)
{
    schema_object(j, "id number day written kind author state values");
    schema_member(j, "id", "string", "", api_id_pattern);
    schema_member(j, "number", "integer", "In the order of writing.", "");
    schema_member(j, "day", "string", "When it happened.", api_day_pattern);
    schema_member(j, "written", "string", "When it was written down.", api_day_pattern);
    json_key(j, lit("kind"));
    json_open(j, '{');
    json_member(j, "const", k->code);
    json_member(j, "title", k->label);
    json_close(j, '}');
    schema_member(j, "author", "string", "A work name.", "");
    schema_member(j, "state", "string", "stands, corrected, withdrawn, or withdrawal of another.", "^(stands|corrected|withdrawn|withdrawal)$");
    schema_member(j, "corrects", "string", "The entry whose place it takes.", api_id_pattern);
    schema_member(j, "reason", "string", "Why it does.", "");
    json_key(j, lit("values"));
    schema_object(j, "");
    for (ptrdiff_t i = 0; i < k->field_count; i++)
        field_schema(j, &k->fields[i]);
    schema_object_end(j);
    schema_object_end(j);
}

static void entries_schema(const struct request *r, struct json *j)
{
    (void)r;
    schema_object(j, "entries next");
    schema_list(j, "entries", ENTRIES_PAGE);
    json_open(j, '{');
    json_key(j, lit("oneOf"));
    json_open(j, '[');
    for (ptrdiff_t i = 0; i < kind_count; i++)
        if (kinds[i].area == KIND_CASEWORK)
            kind_schema(j, &kinds[i]);
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, '}');
    schema_next(j);
    schema_object_end(j);
}

static const struct api_operation operations[] = {
    { STAFF_SIDE, GET, "/api/v1/cases", "listCases", "Cases that the key's system was put on", "cases", case_query, countof(case_query), NULL,
      list_schema, 200 },
    { STAFF_SIDE, GET, "/api/v1/cases/:id", "getCase", "One case and its subjects", "cases", NULL, 0, NULL, case_schema, 200 },
    { STAFF_SIDE, GET, "/api/v1/cases/:id/entries", "listEntries", "The timeline of a case, newest first", "cases", entry_query,
      countof(entry_query), NULL, entries_schema, 200 },
};
const struct api_operations case_operations = { operations, countof(operations) };
