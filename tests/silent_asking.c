#include "silent_asking.h"

enum { ROUTES_MOST = 200, PATTERN_MOST = 64 };

/* Parts of an address that pages read; %s: an id. */
/* clang-format off */
static const struct {
    const char *route, *query;
} queries[] = {
    { "/queue", "?p=0" }, { "/queue", "?p=3&l=es" }, { "/queue", "?s=closed" }, { "/queue", "?w=me" }, { "/queue", "?w=none&p=1" },
    { "/queue", "?after=1.20717.%s" }, { "/queue", "?after=2.20717.%s&w=none" }, { "/queue", "?done=3&left=2" }, { "/queue", "?sent=HSI-ATL" },
    { "/queue", "?q=" HIDDEN_WORD }, { "/queue", "?q=%s" },
    { "/tips/:id", "?older=0" }, { "/tips/:id", "?older=1" }, { "/tips/:id", "?done=note" }, { "/tips/:id/route", "?office=%s" },
    { "/tips/:id/group", "?from=20" }, { "/cases", "?s=open" }, { "/cases", "?s=closed" }, { "/cases", "?s=open&after=9223372036854775807.20717.%s" },
    { "/cases", "?after=0.20717.%s" }, { "/cases", "?q=" HIDDEN_WORD }, { "/cases/new", "?tip=%s" }, { "/cases/new", "?tip=%s&into=%s" },
    { "/cases/:id", "?kind=note" }, { "/cases/:id", "?kind=note&after=20717.1.%s" }, { "/cases/:id", "?kind=arrest" },
    { "/cases/:id", "?done=open" }, { "/cases/:id/add", "?kind=note" }, { "/cases/:id/add", "?kind=interview&subject=%s" },
    { "/cases/:id/correct", "?entry=%s" }, { "/cases/:id/csv", "?kind=note" }, { "/cases/:id/json", "?kind=indictment" },
    { "/cases/:id/subject", "?number=1" }, { "/cases/:id/subject", "?number=%s" },
    { "/victims", "?after=9223372036854775807.%s" }, { "/victims", "?after=497232.%s" }, { "/victims", "?tray=%s" },
    { "/victims", "?done=tray" }, { "/victims/new", "?request=%s" }, { "/victims/:id", "?older=%s" },
    { "/victims/:id/entry", "?kind=safety_plan" }, { "/victims/:id/entry", "?kind=safety_plan&corrects=%s" },
    { "/victims/:id/entry", "?kind=placement&corrects=%s" }, { "/packets", "?before=%s" }, { "/ask-help", "?case=%s&language=es" },
    { "/ask-help", "?office=%s" }, { "/ask-help", "?done=sent" }, { "/directory", "?after=HSI" }, { "/directory", "?after=%s" },
    { "/people", "?after=investigator" }, { "/people", "?after=%s" }, { "/measures", "?office=%s" }, { "/measures", "?office=0f010000000000000000000000000000" },
    { "/measures/:word", "?fy=FY2026" }, { "/measures/:word", "?fy=FY2026&office=0f010000000000000000000000000000" },
    { "/measures/:word", "?after=20717.%s" }, { "/audit", "?before=40" }, { "/own", "?before=40" }, { "/own", "?skip=20" }, { "/own", "?done=passphrase" },
    { "/settings", "?done=saved" }, { "/retention", "?from=3" }, { "/cases/:id/reseal", "?done=stuck" }, { "/victims/:id/reseal", "?done=stuck" },
};
/* Acts and what is sent with them; %s: an id. */
static const struct {
    const char *route, *body;
} bodies[] = {
    { "/tips/:id/note", "note=looking" }, { "/tips/:id/answer", "answer=looking" }, { "/tips/:id/assign", "who=me" }, { "/tips/:id/assign", "who=%s" },
    { "/tips/:id/urgency", "level=1&urgency_reason=looking" }, { "/tips/:id/dispose", "code=no_such&close_reason=looking" },
    { "/tips/:id/reopen", "reopen_reason=looking" }, { "/tips/:id/route", "do=find&state=GA" }, { "/tips/:id/route", "do=send&office=HSI-ATL&reason=x" },
    { "/tips/:id/clock", "clock=MINOR_REPORT&reference=looking" }, { "/tips/:id/names", "turn=0&n0=right" },
    { "/queue/chosen", "do=assign&id=%s&id=%s" }, { "/queue/chosen", "do=dispose&code=tip_acted&reason=looking&id=%s" }, { "/queue/filters/delete", "name=" HIDDEN_WORD "+0" },
    { "/cases/new", "title=looking&tip=%s" }, { "/cases/new", "do=link&tip=%s&into=%s" }, { "/cases/new", "title=looking&case=%s&made=0000" },
    { "/cases/:id/add", "_kind=note&_day=2026-09-01&text=looking" }, { "/cases/:id/add", "_kind=note&_day=2026-09-01&text=looking&_entry=%s" },
    { "/cases/:id/add", "_kind=indictment&_day=2026-09-01&subject=%s&statutes=US-18-1589" }, { "/cases/:id/correct", "_kind=note&_corrects=%s&_day=2026-09-02&_why=x&text=y" },
    { "/cases/:id/subject", "name=looking&subject=%s" }, { "/cases/:id/subject", "name=looking&number=1&version=9" }, { "/cases/:id/people", "do=add&person=%s" },
    { "/cases/:id/people", "do=remove&person=%s" }, { "/cases/:id/offices", "office=%s" }, { "/cases/:id/clock", "clock=NONE_SUCH" },
    { "/ask-help", "office=%s&about=assist&words=looking" }, { "/victims/tray", "request=%s" }, { "/victims/new", "alias=looking&request=%s" },
    { "/victims/new", "alias=looking&colleague=%s" }, { "/victims/:id/name", "why=looking" }, { "/victims/:id/place", "place=%s&why=looking" },
    { "/victims/:id/done", "code=NONE_SUCH&entry=%s&before=0" }, { "/victims/:id/colleague", "colleague=%s" },
    { "/victims/:id/entry", "_kind=need&happened=2026-09-01&service=safety_planning&urgent=no" },
    { "/victims/:id/entry", "_kind=need&happened=2026-09-01&service=safety_planning&urgent=no&_corrects=%s" }, { "/victims/:id/withdraw", "entry=%s&reason=looking" },
    { "/victims/:id/packet", "officer=investigator.member&purpose=safety&until=2026-12-20&basis=law&law=looking&field=%s.0" }, { "/victims/:id/packet-end", "packet=%s" },
    { "/victims/:id/reseal", "do=go" }, { "/victims/:id/reseal", "do=begin&reason=looking" }, { "/cases/:id/reseal", "do=go" },
    { "/people", "name=looking&role=call_taker&office=%s" }, { "/directory", "code=HSI-BAL&known=%s" }, { "/roster", "account=%s&duty=intake&from=2026-09-01" },
};
/* clang-format on */
/* Not asked for: they end the session, or stretch a passphrase, which is what timing_test.c is about. */
static const char *const passed_over[] = { "/sign-out", "/sign-in", "/own/passphrase", "/enrol", "/recover" };

static uint32_t draw(struct asker *x, uint32_t below)
{
    uint8_t at[2];
    x->chance.fill(&x->chance, at, sizeof at);
    return (uint32_t)(at[0] << 8 | at[1]) % below;
}

static bool may(const struct asker *x, const struct route *t)
{
    for (ptrdiff_t i = 0; i < countof(passed_over); i++)
        if (t->method == POST && !strcmp(t->path, passed_over[i]))
            return false;
    return t->side == STAFF_SIDE && (t->needs == ANYONE || t->needs == SIGNED_IN || role_holds(x->caller->role, t->needs));
}

/* The routes of the caller's job, in the order of the tables; by turns, so that none is left out. */
static const struct route *route_of_turn(struct asker *x, enum method method)
{
    const struct route *list[ROUTES_MOST];
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < x->m->set_count; i++)
        for (ptrdiff_t k = 0; k < x->m->table[i].len; k++)
            if (x->m->table[i].at[k].method == method && may(x, &x->m->table[i].at[k])) {
                must(n < ROUTES_MOST);
                list[n++] = &x->m->table[i].at[k];
            }
    /* Every fifth turn is an act: by the turns alone a job with five, ten or fifteen pages would never be asked for some of them. */
    return n ? list[(method == GET ? x->turn - x->turn / 5 : x->turn / 5) % n] : NULL;
}

static id any_of(struct asker *x, const struct things *from, int kind)
{
    while (!from->len[kind])
        kind = (kind + 1) % THINGS;
    return from->at[kind][draw(x, (uint32_t)from->len[kind])];
}

static int kind_named(const char *route)
{
    return str_starts(str_of(route), lit("/tips/:id")) ? A_TIP : str_starts(str_of(route), lit("/cases/:id")) ? A_CASE : A_FILE;
}

/* An id as a page may be asked for it. kind: what belongs there. only_strange: none of the own, which an act would use up. */
static str some_id(struct asker *x, struct arena *a, int kind, bool only_strange, bool *hidden)
{
    uint32_t dice = draw(x, 8);
    if (dice < 3 && !only_strange)
        return id_text(a, any_of(x, x->own, kind));
    if (dice == 6)
        return id_text(a, chance_id(&x->chance, x->m->app->keys->now * 1000, true));
    if (dice == 7)
        return draw(x, 2) ? lit("0123456789abcdef0123456789abcdeX") : lit("00000000000070008000000000000001");
    *hidden = true;
    return id_text(a, any_of(x, x->hidden, dice == 5 ? (int)draw(x, THINGS) : kind));
}

/* %s by ids, each of any kind. */
static str filled(struct asker *x, struct arena *a, const char *pattern, bool *hidden)
{
    struct out o = { .arena = a };
    for (const char *p = pattern; *p; p++)
        if (p[0] == '%' && p[1] == 's') {
            out_str(&o, some_id(x, a, (int)draw(x, THINGS), false, hidden));
            p++;
        } else {
            out_char(&o, *p);
        }
    return out_view(&o);
}

static str word_of(struct asker *x)
{
    static const char *const words[] = { "arrests",            "indictments", "cases_opened", "victims_identified",
                                         "services_delivered", "line_name",   HIDDEN_WORD };
    return str_of(words[draw(x, countof(words))]);
}

static str path_of(struct asker *x, struct arena *a, const struct route *t, bool *hidden)
{
    str whole = str_of(t->path), name;
    ptrdiff_t colon = str_find(whole, ':'), end = colon;
    if (colon < 0)
        return whole;
    while (end < whole.len && whole.at[end] != '/')
        end++;
    bool of_people = str_starts(whole, lit("/people/")) || str_starts(whole, lit("/roster/"));
    if (str_starts(str_part(whole, colon, end), lit(":word")))
        name = t->method == GET ? word_of(x) : some_id(x, a, A_CASE, true, hidden);
    else
        name = some_id(x, a, kind_named(t->path), of_people, hidden);
    return str_join(a, str_join(a, str_part(whole, 0, colon), name), str_part(whole, end, whole.len));
}

/* One of what the tables above have for this route; NULL: nothing, or this time none. */
static const char *addition(struct asker *x, const struct route *t)
{
    const char *list[PATTERN_MOST];
    uint32_t n = 0;
    if (t->method == GET) {
        for (ptrdiff_t i = 0; i < countof(queries); i++)
            if (!strcmp(queries[i].route, t->path))
                list[n++] = queries[i].query;
        return n && draw(x, 4) ? list[draw(x, n)] : NULL;
    }
    for (ptrdiff_t i = 0; i < countof(bodies); i++)
        if (!strcmp(bodies[i].route, t->path))
            list[n++] = bodies[i].body;
    return n ? list[draw(x, n)] : NULL;
}

struct asking asking_next(struct asker *x, struct arena *a)
{
    struct asking q = { .method = x->turn % 5 == 4 ? POST : GET };
    const struct route *t = route_of_turn(x, q.method);
    if (!t) {
        q.method = GET;
        t = route_of_turn(x, GET);
    }
    must(t);
    x->turn++;
    q.path = path_of(x, a, t, &q.names_hidden);
    const char *more = addition(x, t);
    str text = more ? filled(x, a, more, &q.names_hidden) : (str){ 0 };
    if (q.method == GET)
        q.path = str_join(a, q.path, text);
    else
        q.body = text;
    return q;
}
