/* Seeded sequences of entries, corrections and withdrawals by carers of two offices, replayed with the keys open. */
#include "care_desk.h"
#include "care/effect/effect.h"
#include "common/tally/tally.h"

/* ---- the property: a tally is what the opened entries say ---- */

enum { FILES = 3, ENTRIES_MOST = 400, OPS = 240 };
struct property {
    id file[FILES];
    const struct matrix_caller *carers[2]; /* of two offices, both on every file */
    struct care_entry entries[ENTRIES_MOST];
    ptrdiff_t count;
    struct tallies before;
};

/* All entries of a file, opened with the carer's keys as the program's own pages open them. */
static void open_entries(struct property *p, id file)
{
    struct care_rows rows;
    struct world *x = care_desk.m->app->keys;
    must(care_entry_list(care_desk.m->app->content, &care_desk.a, file, NULL, ENTRIES_MOST, &rows) == OK);
    for (ptrdiff_t from = 0; from < rows.len; from += 64) {
        struct open_row asked[64];
        ptrdiff_t n = rows.len - from < 64 ? rows.len - from : 64;
        for (ptrdiff_t i = 0; i < n; i++)
            asked[i] = (struct open_row){ .row = rows.at[from + i].id, .keybox = (const uint8_t *)rows.at[from + i].sealed.at };
        must(keeper_open(x->staff, p->carers[0]->token, PURPOSE_READ, file, asked, n) == OK);
        for (ptrdiff_t i = 0; i < n; i++) {
            struct sealed_fields f;
            must(!asked[i].code && envelope_open(&care_desk.a, asked[i].key, TABLE_CARE_ENTRY, asked[i].row, rows.at[from + i].sealed, &f));
            must(p->count < ENTRIES_MOST && care_entry_read(&f, asked[i].row, &p->entries[p->count++]));
        }
    }
}

static bool stands(const struct property *p, const struct care_entry *e)
{
    for (ptrdiff_t i = 0; i < p->count; i++)
        if (id_equal(p->entries[i].corrects, e->id))
            return false;
    return !e->withdrawn;
}

static int64_t in_list(const struct tallies *t, str measure, id office, int64_t month)
{
    for (ptrdiff_t i = 0; i < t->len; i++)
        if (str_equal(t->at[i].measure, measure) && id_equal(t->at[i].office, office) && t->at[i].month == month)
            return t->at[i].n;
    return 0;
}

/* Another standing entry of the file that counts the same person in that measure, office and year, and comes before e. */
static bool counted_before(const struct care_rules *w, const struct property *p, const struct care_entry *e, str measure)
{
    for (ptrdiff_t i = 0; i < p->count; i++) {
        const struct care_entry *o = &p->entries[i];
        if (o == e || !stands(p, o) || !list_has(o->kind->measures, measure) || !care_counts(w, o->kind, &o->values, measure, o->day)
            || !id_equal(o->office, e->office) || care_year(w, o->day) != care_year(w, e->day))
            continue;
        if (o->day < e->day || (o->day == e->day && o < e))
            return true;
    }
    return false;
}

static void add_counts(const struct care_rules *w, const struct property *p, struct tallies *to)
{
    for (ptrdiff_t i = 0; i < p->count; i++) {
        const struct care_entry *e = &p->entries[i];
        str all = e->kind->measures;
        for (str measure; stands(p, e) && str_split(&all, ';', &measure);) {
            int64_t n = care_counts(w, e->kind, &e->values, measure, e->day), month = tally_month(e->day);
            if (!n || (care_counts_persons(w->pack, measure, e->day) && counted_before(w, p, e, measure)))
                continue;
            ptrdiff_t k = 0;
            while (k < to->len && !(str_equal(to->at[k].measure, measure) && id_equal(to->at[k].office, e->office) && to->at[k].month == month))
                k++;
            if (k == to->len)
                to->at[to->len++] = (struct tally){ measure, e->office, month, 0 };
            to->at[k].n += n;
        }
    }
}

static void list_tallies(struct tallies *out)
{
    must(tally_list(care_desk.m->app->content, &care_desk.a, 0, 1 << 20, out) == OK);
}

/* Returns how many tallies are not what the opened entries say. */
static int compare(struct property *p, const struct care_rules *w, ptrdiff_t *seen)
{
    struct tallies now, made = { .at = arena_new(&care_desk.a, struct tally, 4 * ENTRIES_MOST) };
    int wrong = 0;
    for (int f = 0; f < FILES; f++) {
        p->count = 0;
        open_entries(p, p->file[f]);
        add_counts(w, p, &made);
    }
    list_tallies(&now);
    for (ptrdiff_t i = 0; i < now.len; i++) {
        const struct tally *t = &now.at[i];
        wrong += t->n - in_list(&p->before, t->measure, t->office, t->month) != in_list(&made, t->measure, t->office, t->month);
    }
    for (ptrdiff_t i = 0; i < made.len; i++)
        wrong += made.at[i].n != in_list(&now, made.at[i].measure, made.at[i].office, made.at[i].month)
                               - in_list(&p->before, made.at[i].measure, made.at[i].office, made.at[i].month);
    *seen = made.len;
    return wrong;
}

static uint32_t draw_below(struct chance *c, uint32_t n)
{
    uint32_t drawn;
    c->fill(c, &drawn, sizeof drawn);
    return drawn % n;
}

/* Days of two fiscal years, some beside the first of October. */
static const char *draw_day(struct chance *c)
{
    static const int near[] = { 0, 1, 354, 355, 356, 357, 30, 200 };
    return care_day_words(care_today() - near[draw_below(c, countof(near))]);
}

static const char *draw_fields(struct chance *c, const char *kind)
{
    static const struct {
        const char *kind, *fields;
    } rows[] = {
        { "service", "service=safety_planning&mode=direct&units=1&outcome=completed" },
        { "service", "service=safety_planning&mode=direct&units=1&outcome=declined" },
        { "victim_status", "status=identified&decided_by=DECIDED" }, { "victim_status", "status=possible&decided_by=DECIDED" },
        { "enrolment", "programme=invented&kind=new" }, { "interpreter", "language=es&hours=1.25&chosen_by_person=yes&how=phone" },
        { "relief_step", "relief=CP&step=CP%7Crequested" }, { "relief_step", "relief=CP&step=CP%7Cconsidered" },
        { "relief_step", "relief=T1&step=T1%7Cfiled" }, { "victim_declined", "what=contact" },
    };
    for (;;) {
        uint32_t i = draw_below(c, countof(rows));
        if (*kind && strcmp(rows[i].kind, kind))
            continue;
        struct out o = { .arena = &care_desk.a };
        out_str(&o, lit("_kind="));
        out_str(&o, str_of(rows[i].kind));
        out_char(&o, '&');
        out_str(&o, str_of(rows[i].fields));
        return str_c(&care_desk.a, out_view(&o));
    }
}

static void one_act(struct property *p, struct chance *c, const char *decided)
{
    char path[96], body[512], fields[256];
    uint32_t f = draw_below(c, FILES), what = draw_below(c, 10);
    const struct matrix_caller *who = p->carers[draw_below(c, 2)];
    str text = id_text(&care_desk.a, p->file[f]);
    p->count = 0;
    open_entries(p, p->file[f]);
    const struct care_entry *old = NULL;
    for (int i = 0; what >= 5 && p->count && !old && i < 20; i++) {
        const struct care_entry *e = &p->entries[draw_below(c, (uint32_t)p->count)];
        old = stands(p, e) ? e : NULL;
    }
    snprintf(path, sizeof path, "/victims/%.*s/%s", (int)text.len, text.at, old && what >= 8 ? "withdraw" : "entry");
    str entry = old ? id_text(&care_desk.a, old->id) : (str){ 0 };
    const char *drawn = draw_fields(c, old ? str_c(&care_desk.a, old->kind->code) : "");
    const char *mark = strstr(drawn, "DECIDED");
    snprintf(fields, sizeof fields, "%.*s%s", mark ? (int)(mark - drawn) : (int)strlen(drawn), drawn, mark ? decided : "");
    if (old && what >= 8)
        snprintf(body, sizeof body, "entry=%.*s&reason=not+so", (int)entry.len, entry.at);
    else
        snprintf(body, sizeof body, "%s&happened=%s&_corrects=%.*s", fields, draw_day(c), (int)entry.len, entry.at);
    str page = care_ask_sure(who, path, body);
    if (!care_says(page, "303"))
        print_error("%s %s\n%.*s\n", path, body, (int)page.len, page.at);
    assert_true(care_says(page, "303"));
}

static void make_files(struct property *p)
{
    struct care_rows mine;
    struct world *x = care_desk.m->app->keys;
    p->carers[0] = care_desk.carer;
    p->carers[1] = matrix_find(care_desk.m, "specialist", ELSEWHERE);
    must(keeper_budget(x->staff, care_desk.m->administrator.token, care_desk.m->supervisor.token, VICTIM, 1000000, 1000000) == OK);
    for (int f = 0; f < FILES; f++)
        assert_true(care_says(care_ask(care_desk.carer, POST, "/victims/new", f ? "alias=Willow" : "alias=Aspen"), "303"));
    must(care_file_list(care_desk.m->app->content, &care_desk.a, care_desk.carer->account, NULL, 50, &mine) == OK);
    int n = 0;
    for (ptrdiff_t i = 0; i < mine.len && n < FILES; i++) {
        struct ring_key ring;
        if (id_equal(mine.at[i].id, care_desk.m->victim[0]))
            continue;
        p->file[n++] = mine.at[i].id;
        must(keeper_ring_key(x->staff, SCOPE_CASE, mine.at[i].id, VICTIM, &ring) == OK);
        must(world_ring(x, RING_ADD, care_desk.carer->token, ring.ring, (enum someone)(p->carers[1] - care_desk.m->callers), NULL) == OK);
        must(caseload_add(care_desk.m->app->content, p->carers[1]->account, mine.at[i].id) == OK);
    }
    must(n == FILES);
}

static void every_tally_is_what_the_opened_entries_say(void **state)
{
    (void)state;
    struct property *p = arena_new(&care_desk.a, struct property, 1);
    struct chance c = chance_seeded(8842);
    struct care_rules w = { &care_desk.a, &care_desk.m->app->pack, &care_desk.m->app->clocks, care_desk.m->app->keys->now };
    ptrdiff_t seen = 0;
    const struct pack_row *decided = NULL;
    struct pack_rows lists = pack_list(w.pack, &care_desk.a, lit("htcds_lists"), care_today());
    for (ptrdiff_t i = 0; i < lists.len && !decided; i++)
        decided = str_equal(pack_cell(lists.at[i], 1), lit("DecisionOrg")) ? lists.at[i] : NULL;
    must(decided);
    make_files(p);
    list_tallies(&p->before);
    for (int i = 0; i < OPS; i++) {
        struct arena mark = care_desk.a;
        one_act(p, &c, str_c(&care_desk.a, decided->key));
        if (i % 10 == 0)
            assert_int_equal(compare(p, &w, &seen), 0);
        care_desk.a = mark;
    }
    assert_int_equal(compare(p, &w, &seen), 0);
    assert_true(seen > 20);
    /* Control: one count behind the program's back is found. */
    app_break(care_desk.m->app, "UPDATE tally SET n = n + 1 WHERE rowid = (SELECT max(rowid) FROM tally)");
    assert_true(compare(p, &w, &seen) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_tally_is_what_the_opened_entries_say, care_desk_open, care_desk_close),
    };
    return cmocka_run_group_tests_name("care_tally", tests, NULL, NULL);
}
