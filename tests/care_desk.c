#include "care_desk.h"
#include "staff/roster/roster.h"

struct care_desk care_desk;

str care_ask(const struct matrix_caller *who, enum method method, const char *path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = str_of(path),
                                .type = lit("application/x-www-form-urlencoded"), .body = str_of(body), .caller = who };
    return matrix_ask(care_desk.m, &care_desk.a, &q);
}

const char *care_under(const char *end)
{
    return str_c(&care_desk.a, str_join(&care_desk.a, str_of(care_desk.file), str_of(end)));
}

bool care_says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

int64_t care_sql_count(const char *sql)
{
    return app_count(care_desk.m->app, sql);
}

/* What follows the words in a page, up to the next quote. */
const char *care_after(str page, const char *words)
{
    const char *at = memmem(page.at, (size_t)page.len, words, strlen(words));
    must(at);
    at += strlen(words);
    const char *end = memchr(at, '"', (size_t)(page.at + page.len - at));
    must(end);
    return str_c(&care_desk.a, (str){ at, end - at });
}

int64_t care_today(void)
{
    return day_of(care_desk.m->app->keys->now);
}

static void on_duty(const struct matrix_caller *who, uint8_t number, const char *language)
{
    struct duty d = { .office = care_desk.m->office[0], .id = { { number } }, .account = who->account, .duty = lit("victim_assistance"),
                      .language = str_of(language), .from_day = care_today() - 5, .to_day = care_today() + 50 };
    must(duty_add(care_desk.m->app->content, &d) == OK);
}

int care_desk_open(void **state)
{
    care_desk.m = matrix_make();
    care_desk.carer = matrix_find(care_desk.m, "specialist", MEMBER);
    care_desk.colleague = matrix_find(care_desk.m, "coordinator", MEMBER);
    care_desk.officer = matrix_find(care_desk.m, "investigator", MEMBER);
    care_desk.a = arena_reserve(256 << 20);
    app_break(care_desk.m->app, "INSERT INTO office (id, code, name, city, state, kind, made_day)"
                           " SELECT office, 'HERE', 'The first office', '', '', '', 1 FROM account WHERE name = 'specialist.member' ON CONFLICT DO NOTHING");
    on_duty(care_desk.colleague, 1, "es");
    str page = care_ask(care_desk.carer, POST, "/victims/new", "alias=Cedar&language=es&name=Invented+Person&a_number=A000&foreign=yes");
    must(care_says(page, "303"));
    str place = str_of(care_after(str_join(&care_desk.a, page, lit("\"")), "/victims/"));
    snprintf(care_desk.file, sizeof care_desk.file, "/victims/%.32s", place.at);
    care_desk.packets = app_count(care_desk.m->app, "SELECT count(*) FROM packet");
    care_desk.requests = app_count(care_desk.m->app, "SELECT count(*) FROM care_request");
    *state = &care_desk;
    return 0;
}

int care_desk_close(void **state)
{
    (void)state;
    matrix_end(care_desk.m);
    return 0;
}

const char *care_day_words(int64_t day)
{
    return str_c(&care_desk.a, day_text(&care_desk.a, day));
}

str care_ask_sure(const struct matrix_caller *who, const char *path, const char *body)
{
    char again[1024];
    str page = care_ask(who, POST, path, body);
    if (!care_says(page, "name=\"_sure\""))
        return page;
    snprintf(again, sizeof again, "%s&_sure=%s", body, care_after(page, "name=\"_sure\" value=\""));
    return care_ask(who, POST, path, again);
}

/* Adds an entry that must be taken. */
void care_enter(const char *format, const char *day)
{
    char body[1024];
    snprintf(body, sizeof body, format, day);
    str page = care_ask_sure(care_desk.carer, care_under("/entry"), body);
    if (!care_says(page, "303"))
        print_error("%.*s\n", (int)page.len, page.at);
    assert_true(care_says(page, "303"));
}
