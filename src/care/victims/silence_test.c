/*
 * Non-interference: two worlds that differ only in hidden people. Every page that an investigator, an analyst, a supervisor and others
 * outside care can see is the same bytes in both: no count, no date, no order says that a colleague helps somebody.
 */
#include "care_desk.h"

enum { PAGES_MOST = 400, HIDDEN = 4 };
struct pages {
    str path[PAGES_MOST], bytes[PAGES_MOST];
    ptrdiff_t len;
};
static const char *const outside[] = { "investigator", "analyst", "supervisor", "statistician", "call_taker", "administrator" };

static const struct matrix_caller *caller_of(const char *role)
{
    struct matrix *m = care_desk.m;
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (m->callers[i].role && !strcmp(m->callers[i].role->code, role) && m->callers[i].standing == MEMBER)
            return &m->callers[i];
    return NULL; /* a role that does not stand yet */
}

/* What :word may stand for: measures of hidden people, and one that is none. */
static const char *const named_words[] = { "victims_identified", "clients_served", "services_delivered", "line_name" };

static str path_with(const char *pattern, id object, ptrdiff_t number)
{
    str whole = str_of(pattern);
    ptrdiff_t colon = str_find(whole, ':'), end = colon;
    if (colon < 0)
        return whole;
    while (end < whole.len && whole.at[end] != '/')
        end++;
    str word = str_starts(str_part(whole, colon, end), lit(":id")) ? id_text(&care_desk.a, object) : str_of(named_words[number]);
    return str_join(&care_desk.a, str_join(&care_desk.a, str_part(whole, 0, colon), word), str_part(whole, end, whole.len));
}

/* One's own list of records grows by its own reading. It holds one's own acts alone; here its lines are left out. */
static bool is_own_log(str path)
{
    return str_equal(path, lit("/own")) || str_equal(path, lit("/own/log"));
}

/* Nor is a week in counts the same twice: it counts its reader's looks. That carers move nothing on it: sheet_test.c. */
static bool is_sheet(str path)
{
    return str_equal(path, lit("/sheet")) || str_equal(path, lit("/sheet.csv"));
}

/* Pages that open a case or add a subject choose an id afresh each time they are drawn; here that value, and the proof of it, are left out. */
static str without_fresh(str page)
{
    static const char *const fields[] = { "name=\"case\" value=\"", "name=\"made\" value=\"", "name=\"subject\" value=\"" };
    for (ptrdiff_t i = 0; i < countof(fields); i++) {
        str field = str_of(fields[i]);
        char *at = memmem(page.at, (size_t)page.len, field.at, (size_t)field.len);
        for (char *p = at ? at + field.len : NULL; p && p < page.at + page.len && *p != '"'; p++)
            *p = '.';
    }
    return page;
}

static void look(const struct matrix_caller *c, struct pages *out)
{
    struct matrix *m = care_desk.m;
    id objects[] = { m->tip[0], c->account, m->casefile[0], m->victim[0] };
    must(countof(objects) == countof(named_words));
    out->len = 0;
    for (ptrdiff_t i = 0; i < m->set_count; i++)
        for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
            const struct route *t = &m->table[i].at[k];
            bool named = strchr(t->path, ':') != NULL;
            for (ptrdiff_t o = 0; t->side == STAFF_SIDE && t->method == GET && o < (named ? countof(objects) : 1); o++) {
                must(out->len < PAGES_MOST);
                str path = path_with(t->path, objects[o], o);
                if (is_own_log(path) || is_sheet(path))
                    continue;
                out->path[out->len] = path;
                out->bytes[out->len++] = without_fresh(care_ask(c, GET, str_c(&care_desk.a, path), ""));
            }
        }
}

static int differing(const struct pages *a, const struct pages *b)
{
    int n = 0;
    must(a->len == b->len);
    for (ptrdiff_t i = 0; i < a->len; i++)
        if (!str_equal(a->bytes[i], b->bytes[i])) {
            print_message("differs: %.*s\n", (int)a->path[i].len, a->path[i].at);
            n++;
        }
    return n;
}

/* What carers do all day, for people nobody outside knows of. */
static void help_hidden_people(void)
{
    const char *day = care_day_words(care_today());
    char body[512];
    for (int i = 0; i < HIDDEN; i++) {
        snprintf(body, sizeof body, "alias=Hidden+%d&foreign=yes&language=es&name=Hidden+Person", i);
        assert_true(care_says(care_ask(care_desk.carer, POST, "/victims/new", body), "303"));
    }
    care_enter("_kind=service&happened=%s&service=safety_planning&mode=direct&units=1&outcome=completed", day);
    care_enter("_kind=victim_status&happened=%s&status=identified&decided_by=DEC_NGO", day);
    care_enter("_kind=placement&happened=%s&kind=safety_planning&address=a+hidden+door&from_on=2026-09-01", day);
    care_enter("_kind=relief_step&happened=%s&relief=CP&step=CP%%7Crequested", day);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/name"), "why=a+form"), "Invented Person"));
    snprintf(body, sizeof body, "officer=investigator.elsewhere&purpose=safety&until=%s&basis=law&law=a+law&field=name.full", day);
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/packet"), body), "303"));
}

static void nothing_outside_care_changes_when_hidden_people_are_helped(void **state)
{
    (void)state;
    static struct pages before[countof(outside)], again, after;
    int looked = 0;
    for (ptrdiff_t i = 0; i < countof(outside); i++) {
        const struct matrix_caller *c = caller_of(outside[i]);
        if (!c)
            continue;
        look(c, &before[i]); /* the first look acknowledges what is new */
        look(c, &before[i]);
        look(c, &again);
        assert_int_equal(differing(&before[i], &again), 0);
        looked++;
    }
    assert_true(looked >= 4);
    help_hidden_people();
    for (ptrdiff_t i = 0; i < countof(outside); i++) {
        const struct matrix_caller *c = caller_of(outside[i]);
        if (!c)
            continue;
        look(c, &after);
        if (differing(&before[i], &after))
            fail_msg("%s can tell the two worlds apart", outside[i]);
        str file = care_ask(c, GET, care_desk.file, "");
        assert_true(str_equal(file, care_ask(c, GET, "/nowhere", "")));
    }
    /* Control: what is not hidden is seen by the same comparison. */
    const struct matrix_caller *c = caller_of("investigator");
    char body[256];
    snprintf(body, sizeof body, "officer=investigator.member&purpose=safety&until=%s&basis=law&law=a+law&words=for+you", care_day_words(care_today()));
    assert_true(care_says(care_ask(care_desk.carer, POST, care_under("/packet"), body), "303"));
    look(c, &after);
    assert_true(differing(&before[0], &after) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_outside_care_changes_when_hidden_people_are_helped, care_desk_open, care_desk_close),
    };
    return cmocka_run_group_tests_name("care_silence", tests, NULL, NULL);
}
