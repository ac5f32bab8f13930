#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "lib/web/json_in.h"
#include "places_html.h"

enum { ROOM = 1 << 15 };

static struct out fresh(void)
{
    static struct arena a;
    if (!a.at)
        a = arena_reserve(256 << 20);
    struct arena *own = arena_new(&a, struct arena, 1);
    char *at = arena_new(&a, char, ROOM);
    *own = (struct arena){ at, at + ROOM, NULL };
    return (struct out){ .arena = own };
}

static void assert_out(const struct out *o, const char *wanted)
{
    if (!str_equal(out_view(o), str_of(wanted)))
        print_error("%.*s\n", (int)o->len, o->at);
    assert_true(str_equal(out_view(o), str_of(wanted)));
}

static void a_page_comes_out_as_written_with_its_indentation_gone(void **state)
{
    (void)state;
    struct place_row rows[] = { { lit("a<b"), { { 1 } }, true }, { lit("c"), { { 2 } }, false } };
    struct places v = { .text = lit("/it's"), .count = -7, .rows = { rows, 2 } };
    struct out o = fresh();
    places_html(&o, languages[0], &v);
    assert_out(&o,
        "<!doctype html>\n<html lang=\"en\">\n<title>/it&#39;s</title>\n"
        "<p class=\"a /it&#39;s\" title=\"/it&#39;s\">/it&#39;s</p>\n"
        "<a href=\"/it&#39;s\">whole</a> <a href=\"/x/%2Fit%27s?q=%2Fit%27s#%2Fit%27s\">parts</a>\n"
        "<form action=\"/it&#39;s\" method=\"post\"><textarea>\n/it&#39;s</textarea></form>\n"
        "<input value=\"a&lt;b\" checked> 01000000000000000000000000000000\n"
        "<input value=\"c\"  disabled> 02000000000000000000000000000000\n"
        "<i title=\"Please fill this in.\">-7</i>\n"
        "<pre>\n  /it&#39;s\n    kept</pre>\n</html>\n");
}

static void an_empty_list_and_an_equal_text_take_their_branches(void **state)
{
    (void)state;
    struct out o = fresh();
    places_html(&o, language_find(lit("es")), &(struct places){ .text = lit("plain") });
    assert_non_null(memmem(o.at, (size_t)o.len, "<p>None</p>\n<b>Complete este campo.</b>\n", 39));
    o = fresh();
    places_html(&o, language_find(lit("qps")), &(struct places){ 0 });
    assert_non_null(memmem(o.at, (size_t)o.len, "<html lang=\"qps\" dir=\"rtl\">", 27));
    assert_null(memmem(o.at, (size_t)o.len, "<i title", 8));
}

static ptrdiff_t count_of(const struct out *o, char c)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < o->len; i++)
        n += o->at[i] == c;
    return n;
}

/* What a browser does before it looks for a scheme: white space and controls fall out, case is folded. */
static bool browser_would_run(str url)
{
    char plain[64];
    size_t n = 0;
    for (ptrdiff_t i = 0; i < url.len && n < sizeof plain - 1; i++)
        if ((unsigned char)url.at[i] > ' ')
            plain[n++] = (char)(url.at[i] | (url.at[i] >= 'A' && url.at[i] <= 'Z' ? 32 : 0));
    plain[n] = 0;
    for (size_t i = 0; plain[i]; i++)
        if (plain[i] == '\\')
            plain[i] = '/';
    return !strncmp(plain, "javascript:", 11) || !strncmp(plain, "data:", 5) || !strncmp(plain, "vbscript:", 9)
        || !strncmp(plain, "//", 2);
}

static str value_after(const struct out *o, const char *mark)
{
    const char *p = memmem(o->at, (size_t)o->len, mark, strlen(mark));
    assert_non_null(p);
    p += strlen(mark);
    return (str){ p, (const char *)memchr(p, '"', (size_t)(o->at + o->len - p)) - p };
}

static void assert_harmless(str payload)
{
    struct place_row row = { .name = payload };
    struct place_row tame_row = { .name = lit("x") };
    struct out o = fresh(), tame = fresh();
    places_html(&o, languages[0], &(struct places){ .text = payload, .rows = { &row, 1 } });
    places_html(&tame, languages[0], &(struct places){ .text = lit("/x"), .rows = { &tame_row, 1 } });
    assert_int_equal(count_of(&o, '<'), count_of(&tame, '<'));
    assert_int_equal(count_of(&o, '>'), count_of(&tame, '>'));
    assert_int_equal(count_of(&o, '"'), count_of(&tame, '"'));
    assert_int_equal(count_of(&o, '\''), 0);
    assert_int_equal(count_of(&o, 0), 0);
    assert_false(browser_would_run(value_after(&o, "<a href=\"")));
    assert_false(browser_would_run(value_after(&o, "<form action=\"")));
    str part = value_after(&o, "<a href=\"/x/");
    for (ptrdiff_t i = 0; i < part.len; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_%?=#", part.at[i]));
}

/* 25 ways to break out, before 20 things to do outside: 500 strings. */
static void five_hundred_hostile_texts_stay_text_in_every_place(void **state)
{
    (void)state;
    static const str outs[] = { LIT(""), LIT("\""), LIT("'"), LIT("\">"), LIT("'>"), LIT("</p>"), LIT("</textarea>"),
        LIT("</title>"), LIT("</pre>"), LIT("-->"), LIT("]]>"), LIT("&quot;>"), LIT("&#34;>"), LIT("\t"), LIT("\n"),
        LIT("\0"), LIT(" "), LIT("\\"), LIT("/\\"), LIT("//"), LIT("/\t/"), LIT("\x01"), LIT("\xc0\xbc"), LIT("`"), LIT("\" x=\"") };
    static const str then[] = { LIT("<script>alert(1)</script>"), LIT("javascript:alert(1)"), LIT("JaVaScRiPt:alert(1)"),
        LIT("java\nscript:alert(1)"), LIT("java\tscript:alert(1)"), LIT("data:text/html,<script>alert(1)</script>"),
        LIT("vbscript:msgbox(1)"), LIT("<img src=x onerror=alert(1)>"), LIT("<svg/onload=alert(1)>"),
        LIT("onmouseover=alert(1) "), LIT("style=x:expression(alert(1))"), LIT("<a href=javascript:alert(1)>x</a>"),
        LIT("//evil.example/x"), LIT("\\\\evil.example"), LIT("<!--<img src=\"--><img src=x onerror=alert(1)//\">"),
        LIT("<iframe srcdoc='<script>alert(1)</script>'>"), LIT("{{constructor.constructor('alert(1)')()}}"),
        LIT("%3Cscript%3Ealert(1)%3C/script%3E"), LIT("&lt;script&gt;"), LIT("<math><mtext><style><img title=\"</style>\">") };
    int tried = 0;
    for (ptrdiff_t i = 0; i < countof(outs); i++)
        for (ptrdiff_t k = 0; k < countof(then); k++, tried++)
            assert_harmless(str_join(fresh().arena, outs[i], then[k]));
    assert_int_equal(tried, 500);
}

static void only_known_schemes_are_whole_urls(void **state)
{
    (void)state;
    static const char *const kept[] = { "/tip", "/", "#a", "?q=1", "https://a.example/", "HTTP://a.example", "tel:911",
        "mailto:a@b.example", "sms:911" };
    static const char *const dropped[] = { "", "//a", "/\\a", "tip", "ftp://a", "javascript:1", "tel:", " /a", "/a b", "/a\n" };
    for (ptrdiff_t i = 0; i < countof(kept); i++) {
        struct out o = fresh();
        html_url(&o, kept[i]);
        assert_out(&o, kept[i]);
    }
    for (ptrdiff_t i = 0; i < countof(dropped); i++) {
        struct out o = fresh();
        html_url(&o, dropped[i]);
        assert_out(&o, "#");
    }
}

static void a_message_takes_its_arguments_where_they_belong_and_escapes_both(void **state)
{
    (void)state;
    struct out o = fresh();
    html_text_filled(&o, lit("%2 < %1, 100% %3"), (const str[]){ lit("<1>"), lit("%1") }, 2);
    assert_out(&o, "%1 &lt; &lt;1&gt;, 100% %3");
}

static void json_is_written_with_commas_and_nothing_that_html_would_read(void **state)
{
    (void)state;
    struct out o = fresh();
    struct json j = { .o = &o };
    json_open(&j, '{');
    json_key(&j, lit("a"));
    json_open(&j, '[');
    json_int(&j, INT64_MIN);
    json_bool(&j, false);
    json_nothing(&j);
    json_open(&j, '{');
    json_close(&j, '}');
    json_close(&j, ']');
    json_key(&j, lit("b\"\\"));
    json_str(&j, lit("</x>&\n\t\x01\xff" "é\xed\xa0\x80"));
    json_close(&j, '}');
    assert_out(&o, "{\"a\":[-9223372036854775808,false,null,{}],\"b\\\"\\\\\":\"\\u003c/x\\u003e\\u0026\\n\\t\\u0001"
        "\xef\xbf\xbd" "é\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}");
}

static void json_of_a_stranger_is_read_strictly(void **state)
{
    (void)state;
    static const str bad[] = { LIT(""), LIT("{"), LIT("{\"a\":1,\"a\":2}"), LIT("[1,]"), LIT("\"\xff\""), LIT("\"\\u0000\""),
        LIT("\"\\ud800\""), LIT("[[[[1]]]]"), LIT("99999999999999999999"), LIT("{} {}"), LIT("'a'"), LIT("nul"), LIT("[1]x"),
        LIT("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1}") };
    const struct json_limits limits = { 100, 3 };
    const struct json_value *v;
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        if (json_in_read(fresh().arena, bad[i], limits, &v) != INVALID)
            print_error("%s\n", bad[i].at);
        assert_int_equal(json_in_read(fresh().arena, bad[i], limits, &v), INVALID);
        assert_null(v);
    }
    str s, text = lit("{\"n\":\"]]]]\\u00e9\",\"l\":[1,-2.5,true,null],\"x\":{\"y\":[]}}");
    assert_int_equal(json_in_read(fresh().arena, text, limits, &v), OK);
    assert_true(json_in_text(v, lit("n"), &s) && str_equal(s, lit("]]]]é")));
    assert_true(json_in_text(v, lit("absent"), &s) && !s.len);
    assert_false(json_in_text(v, lit("l"), &s));
    const struct json_value *l = json_in_member(v, lit("l"));
    assert_int_equal(l->count, 4);
    assert_int_equal(l->first->number, 1);
    assert_true(l->first->next->real == -2.5);
    assert_int_equal(l->first->next->next->kind, JSON_IS_BOOL);
    assert_int_equal(json_in_member(json_in_member(v, lit("x")), lit("y"))->count, 0);
}

static void json_too_large_for_the_arena_jumps_to_the_boundary_that_was_set(void **state)
{
    (void)state;
    struct arena a = *fresh().arena;
    const struct json_value *v;
    jmp_buf empty;
    a.end = a.at + 300;
    a.on_empty = &empty;
    if (!setjmp(empty)) {
        (void)!json_in_read(&a, lit("[1,2,3,4,5,6,7,8,9]"), (struct json_limits){ 100, 3 }, &v);
        fail_msg("the arena should have been empty");
    }
    assert_ptr_equal(a.on_empty, &empty);
}

static void the_language_follows_the_query_then_the_browser_then_english(void **state)
{
    (void)state;
    static const struct {
        str query, accept;
        const char *wanted;
    } cases[] = {
        { LIT("es"), LIT("en"), "es" },     { LIT(""), LIT("es-MX,en;q=0.8"), "es" }, { LIT("xx"), LIT(""), "en" },
        { LIT("qps"), LIT(""), "qps" },     { LIT(""), LIT("qps"), "en" },            { LIT(""), LIT("de, es;q=0.1"), "es" },
        { LIT(""), LIT("en;q=0.3,es;q=0.31"), "es" }, { LIT(""), LIT("es;q=0"), "en" }, { LIT(""), LIT("es;q=x,,;;"), "en" },
    };
    for (ptrdiff_t i = 0; i < countof(cases); i++)
        assert_string_equal(language_choose(&(struct language_offer){ 0 }, cases[i].query, cases[i].accept)->code, cases[i].wanted);
}

static void a_house_offers_what_it_chose_and_answers_others_in_its_default(void **state)
{
    (void)state;
    static const struct {
        str codes, otherwise, query, accept;
        const char *wanted;
    } cases[] = {
        { LIT("en;es"), LIT("es"), LIT(""), LIT("de"), "es" },  { LIT("en;es"), LIT("es"), LIT(""), LIT("en"), "en" },
        { LIT("en;es"), LIT("es"), LIT("xx"), LIT(""), "es" },  { LIT("en"), LIT("en"), LIT("es"), LIT("es"), "en" },
        { LIT("en"), LIT("en"), LIT("es"), LIT("es-MX"), "en" }, { LIT("es"), LIT("es"), LIT("en"), LIT("en"), "es" },
        { LIT("en"), LIT("es"), LIT(""), LIT(""), "es" },       { LIT("xx"), LIT("yy"), LIT(""), LIT("es"), "en" },
        { LIT(""), LIT("es"), LIT("en"), LIT(""), "en" },       { LIT(""), LIT("es"), LIT(""), LIT("qps"), "es" },
        { LIT("es"), LIT("es"), LIT("qps"), LIT(""), "qps" },   { LIT("qps;es"), LIT("qps"), LIT(""), LIT("qps"), "en" },
    };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        struct language_offer o = language_offer(cases[i].codes, cases[i].otherwise);
        assert_string_equal(language_choose(&o, cases[i].query, cases[i].accept)->code, cases[i].wanted);
    }
}

static void every_language_is_sorted_and_has_a_form_for_every_number(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; languages[i]; i++) {
        const struct language *l = languages[i];
        for (ptrdiff_t k = 1; k < l->message_count; k++)
            assert_true(strcmp(l->messages[k - 1].source, l->messages[k].source) < 0);
        for (ptrdiff_t k = 0; k < l->message_count; k++)
            assert_true(l->messages[k].forms[0].len && str_equal(tr(l, l->messages[k].source), l->messages[k].forms[0]));
        for (int64_t n = 0; n < 300; n++)
            assert_true(tr_n(l, n, "%1 nowhere translated", "%1 nowhere translated at all").len > 0 && l->plural(n) < 4);
    }
}

static void a_static_file_is_found_by_its_hashed_url_only(void **state)
{
    (void)state;
    const struct asset *a = asset_find(asset_url("base.css"));
    assert_non_null(a);
    assert_true(a->len > 1000 && strlen(a->url) == strlen("/static/base.3f9c1a20.css"));
    assert_null(asset_find(lit("/static/base.css")));
    assert_null(asset_find(lit("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_comes_out_as_written_with_its_indentation_gone),
        cmocka_unit_test(an_empty_list_and_an_equal_text_take_their_branches),
        cmocka_unit_test(five_hundred_hostile_texts_stay_text_in_every_place),
        cmocka_unit_test(only_known_schemes_are_whole_urls),
        cmocka_unit_test(a_message_takes_its_arguments_where_they_belong_and_escapes_both),
        cmocka_unit_test(json_is_written_with_commas_and_nothing_that_html_would_read),
        cmocka_unit_test(json_of_a_stranger_is_read_strictly),
        cmocka_unit_test(json_too_large_for_the_arena_jumps_to_the_boundary_that_was_set),
        cmocka_unit_test(the_language_follows_the_query_then_the_browser_then_english),
        cmocka_unit_test(a_house_offers_what_it_chose_and_answers_others_in_its_default),
        cmocka_unit_test(every_language_is_sorted_and_has_a_form_for_every_number),
        cmocka_unit_test(a_static_file_is_found_by_its_hashed_url_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
