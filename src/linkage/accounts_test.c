/* Mailboxes, handles, addresses of the web and plates: known answers, and that what came out stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/accounts.h"
#include "linkage/compare.h"
#include "linkage/extract_parts.h"
#include "linkage/likeness.h"
#include "linkage/normal.h"
#include "linkage/services.h"

static void assert_becomes(enum field_kind kind, const char *text, const char *want)
{
    char to[VALUE_MOST], again[VALUE_MOST];
    ptrdiff_t n = normal_value(kind, str_of(text), to);
    if (!str_equal((str){ to, n }, str_of(want)))
        fail_msg("%s: %.*s, not %s", text, (int)n, to, want);
    assert_int_equal(normal_value(kind, (str){ to, n }, again), n);
    assert_memory_equal(to, again, (size_t)n);
}

static void known_texts_have_known_forms(void **state)
{
    (void)state;
    static const struct {
        enum field_kind kind;
        const char *text, *want;
    } known[] = {
        { KIND_EMAIL, "A.B+news@Gmail.com", "ab@gmail.com" }, { KIND_EMAIL, "a.b@googlemail.com", "ab@gmail.com" }, { KIND_EMAIL, "a.b@example.org", "a.b@example.org" },
        { KIND_EMAIL, "Jane Doe <Jane+x@example.org>", "jane@example.org" }, { KIND_EMAIL, "mailto:jane@example.org", "jane@example.org" },
        { KIND_EMAIL, "m.ailto:x@gmail.com", "x@gmail.com" }, { KIND_EMAIL, "no mail", "no mail" }, { KIND_EMAIL, "a<<b@c.org>>", "b@c.org" },
        { KIND_EMAIL, "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<b@c.org>", "b@c.org" },
        { KIND_HANDLE, "@Jane_Doe", "jane_doe" }, { KIND_HANDLE, "IG: @Jane_Doe", "instagram:jane_doe" }, { KIND_HANDLE, "https://www.instagram.com/Jane_Doe/?hl=en", "instagram:jane_doe" },
        { KIND_HANDLE, "instagram.com/jane_doe", "instagram:jane_doe" }, { KIND_HANDLE, "instagram jane_doe", "instagram:jane_doe" }, { KIND_HANDLE, "t.me/jane", "telegram:jane" },
        { KIND_HANDLE, "https://m.facebook.com/profile.php?id=1000123&x=1", "facebook:1000123" }, { KIND_HANDLE, "facebook.com/jane.doe.5", "facebook:jane.doe.5" },
        { KIND_HANDLE, "https://www.tiktok.com/@jane?lang=es", "tiktok:jane" }, { KIND_HANDLE, "line-dancer", "line-dancer" }, { KIND_HANDLE, "snap: jane", "snapchat:jane" },
        { KIND_HANDLE, "@", "@" }, { KIND_HANDLE, "instagram.com/", "instagram.com/" }, { KIND_HANDLE, "telegram:jane", "telegram:jane" }, { KIND_HANDLE, "@@ig:jane", "instagram:jane" },
        { KIND_URL, "HTTPS://WWW.Example.COM/Path/", "example.com/Path" }, { KIND_URL, "http://example.com:80/a?utm_source=x&id=5&fbclid=Iw#top", "example.com/a?id=5" },
        { KIND_URL, "example.com", "example.com" }, { KIND_URL, "https://xn--bcher-kva.example/", "bucher.example" }, { KIND_URL, "https://example.com/?", "example.com" },
        { KIND_URL, "https://example.com.:443/x//", "example.com/x" }, { KIND_URL, "//example.com/a?b=1&&c=2", "example.com/a?b=1&c=2" }, { KIND_URL, "ＷＷＷ.example.com", "example.com" },
        { KIND_URL, "https://example.com/?UTM_medium=x", "example.com" }, { KIND_URL, "", "" },
        { KIND_HANDLE, "instagram.com/p/Cx91", "instagram.com/p/cx91" }, { KIND_HANDLE, "facebook.com/groups/77", "facebook.com/groups/77" }, { KIND_HANDLE, "m.me/jane.doe", "facebook:jane.doe" },
        { KIND_HANDLE, "facebook.com/people/Jane-Doe/1000123/", "facebook:1000123" }, { KIND_HANDLE, "ok.ru/profile/55501", "odnoklassniki:55501" }, { KIND_HANDLE, "ok: jane", "odnoklassniki:jane" },
        { KIND_URL, "https://m.facebook.com/Some.One?ref=x", "facebook:some.one" }, { KIND_URL, "instagram.com", "" }, { KIND_URL, "https://newyork.craigslist.org/", "" },
        { KIND_URL, "https://example.com/a?ref=x", "example.com/a" }, { KIND_URL, "https://example.com/a?ref=123456", "example.com/a?ref=123456" }, { KIND_URL, "signal:80", "signal:80" },
        { KIND_PLATE, "AB 10-OI 2", "ab10012" }, { KIND_PLATE, "А 123 ВС 77", "a123bc77" }, { KIND_PLATE, "ΙΚΑ-1234", "1ka1234" }, { KIND_PLATE, "B·MW 12", "bmw12" },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        assert_becomes(known[i].kind, known[i].text, known[i].want);
}

enum verdict { SAME, PAGE, OTHER, NOTHING }; /* one address; one page asked in other words; two; an address that says nothing */

static enum verdict verdict_of(const char *a, const char *b)
{
    char x[VALUE_MOST], y[VALUE_MOST];
    str one = { x, normal_value(KIND_URL, str_of(a), x) }, other = { y, normal_value(KIND_URL, str_of(b), y) };
    bool page = account_same_page(one, other);
    assert_true(page == account_same_page(other, one));
    return !one.len || !other.len ? NOTHING : str_equal(one, other) ? SAME : page ? PAGE : OTHER;
}

static void links_that_are_one_and_links_that_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        enum verdict verdict;
    } pairs[] = {
        /* profiles of services */
        { "https://m.facebook.com/some.one?ref=x", "facebook.com/some.one", SAME }, { "https://es-la.facebook.com/some.one/", "https://www.facebook.com/some.one/photos", SAME },
        { "https://facebook.com/profile.php?id=1000123&sk=about", "facebook.com/people/Jane-Doe/1000123/", SAME }, { "m.me/jane.doe", "fb.com/jane.doe", SAME },
        { "https://www.instagram.com/Jane_Doe/?hl=es", "instagram.com/jane_doe", SAME }, { "https://instagram.com/stories/jane/311/", "instagram.com/jane", SAME },
        { "https://mobile.twitter.com/jane/status/12", "x.com/jane", SAME }, { "https://www.tiktok.com/%40jane", "tiktok.com/@jane", SAME }, { "t.me/s/night_jobs", "telegram.me/night_jobs", SAME },
        { "https://api.whatsapp.com/send?phone=447700900123&text=hi", "wa.me/447700900123", SAME }, { "uk.linkedin.com/in/jane-doe", "https://www.linkedin.com/in/Jane-Doe/", SAME },
        { "facebook.com/some.one", "facebook.com/some.two", OTHER }, { "instagram.com/jane", "facebook.com/jane", OTHER }, { "facebook.com/profile.php?id=1000123", "facebook.com/profile.php?id=1000124", OTHER },
        { "instagram.com/p/Cx91", "instagram.com/p/Cx92", OTHER }, { "instagram.com/p/Cx91", "instagram.com/p/Cx91/?igsh=a", SAME }, { "youtube.com/watch?v=abc", "youtube.com/watch?v=abd", OTHER },
        { "https://www.youtube.com/watch?v=abc&feature=share", "m.youtube.com/watch?v=abc", SAME }, { "facebook.com/groups/77", "facebook.com/groups/78", OTHER }, { "t.me/+AbCd", "t.me/+AbCe", OTHER },
        /* a host that everybody shares */
        { "https://www.facebook.com/", "facebook.com", NOTHING }, { "instagram.com/explore/", "instagram.com/explore", NOTHING }, { "https://m.facebook.com/login", "facebook.com", NOTHING },
        { "google.com", "https://www.google.com/?hl=en", NOTHING }, { "facebook.com/login/?next=x", "facebook.com", NOTHING }, { "boston.craigslist.org", "craigslist.org", NOTHING },
        { "mycraigslist.org", "https://mycraigslist.org/", SAME },
        /* any other host */
        { "HTTP://www.Night.example/ad/7/", "https://night.example/ad/7", SAME }, { "m.night.example/ad/7", "mobile.night.example/ad/7#top", SAME }, { "night.example:443/ad/7", "//night.example./ad/7", SAME },
        { "night.example/ad/7", "night.example/AD/7", OTHER }, { "night.example/ad/7", "night.example/ad/8", OTHER }, { "night.example", "night.example/ad/7", OTHER }, { "m.example", "example", OTHER },
        { "night.example/ad/1234567.html?city=3", "night.example/ad/1234567.html", SAME }, { "night.example/view.php?id=1234567", "night.example/view.php?id=1234568", OTHER },
        { "night.example/show12345.php?id=1", "night.example/show12345.php?id=2", OTHER }, { "night.example/rosa?city=3", "night.example/rosa", PAGE }, { "night.example/rosa?city=3", "night.example/rosa?page=2", PAGE },
        { "night.example/rosa?city=3", "night.example/rosa?city=4", OTHER }, { "night.example/?ad=3", "night.example/?ad=4", OTHER }, { "night.example?ad=3", "night.example", OTHER },
        { "night.example/a?x=1&y=2", "night.example/a?y=2&x=1", PAGE }, { "night.example/#!/ad/7", "night.example/#!/ad/8", OTHER }, { "night.example/#!/ad/7", "night.example#!/ad/7", SAME },
        /* codes */
        { "night.example/%7Erosa/%61d", "night.example/~rosa/ad", SAME }, { "night.example/a%2fb", "night.example/a%2Fb", SAME }, { "night.example/a%2Fb", "night.example/a/b", OTHER },
        { "night.example/%D0%BB%D0%B8%D0%BB%D0%B8%D1%8F", "night.example/лилия", SAME }, { "night.example/100%", "night.example/100%25", SAME },
        { "night.example/%", "night.example/%zz", OTHER }, { "night.example/%2561d", "night.example/ad", OTHER }, { "night.example/%e2%80%8fa", "night.example/a", OTHER }, { "night.example/%c0%af", "night.example//", OTHER },
        { "night.example/a?q=%41", "night.example/a?q=A", SAME }, { "night.example/a?q=%26b", "night.example/a?q=&b", OTHER },
        /* names of hosts in other letters */
        { "https://xn--80ak6aa92e.com/a", "https://аррӏе.com/a", SAME }, { "https://xn--80ak6aa92e.com/a", "https://apple.example/a", OTHER }, { "https://аpple.example", "https://apple.example", OTHER },
        { "https://xn--90ais.xn--p1ai/x", "https://бел.рф/x", SAME }, { "XN--BCHER-KVA.example", "BÜCHER.example", SAME }, { "ｎight.example", "night.example", SAME },
        { "xn--fiqs8s.example", "中国.example", SAME }, { "xn--.example", "xn--a.example", OTHER }, { "xn--99999999.example", "xn--99999998.example", OTHER },
    };
    for (ptrdiff_t i = 0; i < countof(pairs); i++)
        if (verdict_of(pairs[i].a, pairs[i].b) != pairs[i].verdict)
            fail_msg("%s and %s: %d", pairs[i].a, pairs[i].b, verdict_of(pairs[i].a, pairs[i].b));
}

/* RFC 3492, 7.1: samples of one script and of several, those that fit a label and have no capitals. */
static void names_of_hosts_are_read_as_the_standard_has_them(void **state)
{
    (void)state;
    static const char *const samples[][2] = {
        { "xn--ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文" }, { "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l", "почемужеонинеговорятпорусски" },
        { "xn--egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟" }, { "xn--4dbcagdahymbxekheh6e0a7fei0b", "למההםפשוטלאמדבריםעברית" },
        { "xn--2-u9tlzr9756bt3uc0v", "ひとつ屋根の下2" }, { "xn--d9juau41awczczp", "そのスピードで" },
    };
    for (ptrdiff_t i = 0; i < countof(samples); i++)
        if (verdict_of(samples[i][0], samples[i][1]) != SAME)
            fail_msg("%s", samples[i][0]);
}

/* One table for names, links and texts: each service that texts are searched for has its own name there, if it is there at all. */
static void services_have_one_name(void **state)
{
    (void)state;
    int known = 0;
    static const char *const services[] = { SERVICES(AS_TEXT) };
    for (ptrdiff_t i = 1; i < countof(services); i++) {
        char text[64];
        struct profile p;
        snprintf(text, sizeof text, "%s:jane", services[i]);
        bool named = service_named(str_of(text), &p);
        assert_true(!named || str_equal(p.service, str_of(services[i])));
        assert_true(named == service_is(str_of(services[i])));
        known += named;
    }
    assert_true(known > 20);
}

/* What somebody may send to break it: each form is short, whole letters, and stays. */
static void hostile_links_do_no_harm(void **state)
{
    (void)state;
    static const char *const heads[] = { "", "http://", "https://xn--", "https://www.", "m.", "facebook.com/people/", "instagram.com/", "night.example/a?", "night.example/#!/", "а.xn--80ak6aa92e." };
    static const char *const parts[] = { "%", "%2", "%25", "%e2%80", "%ff", "a", "9", "z", "-", ".", "/", "?", "&", "@", ":", "xn--", "www.", "m.", "а", "\xef\xbc\x8f", "\xcc\x81", "\xe2\x80\xae", "*", "//", "%D0%B9", "=1&" };
    static char text[200000];
    char once[VALUE_MOST], twice[VALUE_MOST];
    for (ptrdiff_t h = 0; h < countof(heads); h++)
        for (ptrdiff_t p = 0; p < countof(parts); p++)
            for (ptrdiff_t q = 0; q < countof(parts); q++)
                for (ptrdiff_t most = 61; most < (ptrdiff_t)sizeof text - 8; most = most * 4 + (most > 60000 ? 0 : 7)) {
                    ptrdiff_t n = (ptrdiff_t)strlen(heads[h]), a = (ptrdiff_t)strlen(parts[p]), b = (ptrdiff_t)strlen(parts[q]);
                    memcpy(text, heads[h], (size_t)n);
                    while (n + a + b < most) {
                        memcpy(text + n, parts[p], (size_t)a);
                        memcpy(text + n + a, parts[q], (size_t)b);
                        n += a + b;
                    }
                    ptrdiff_t len = normal_value(KIND_URL, (str){ text, n }, once);
                    assert_true(len >= 0 && len <= VALUE_MOST && utf8_valid((str){ once, len }));
                    ptrdiff_t again = normal_value(KIND_URL, (str){ once, len }, twice);
                    if (!str_equal((str){ once, len }, (str){ twice, again }))
                        fail_msg("%s and %s behind %s, %d bytes: %.*s became %.*s", parts[p], parts[q], heads[h], (int)n, (int)len, once, (int)again, twice);
                    if (most > 2000 && (p + q) % 23)
                        break; /* the longest of some */
                }
}

/* As long as a value may be, to the byte: what is longer is cut, and what was cut once is not cut again. */
static void a_form_of_full_length_stays(void **state)
{
    (void)state;
    char once[VALUE_MOST], twice[VALUE_MOST], quick[VALUE_MOST];
    static const char *const heads[] = { "", "instagram.com/", "ig ", "12 s. ", "x, 1 ", "a+", "x@", "Ð¸ ", "https://night.example/%" };
    for (ptrdiff_t h = 0; h < countof(heads); h++)
        for (ptrdiff_t len = 230; len < 270; len++)
            for (int kind = 0; kind < FIELD_KINDS; kind++) {
                char text[300];
                memset(text, 'q', sizeof text);
                memcpy(text, heads[h], strlen(heads[h]));
                text[len - 7] = ' ';
                ptrdiff_t n = normal_value((enum field_kind)kind, (str){ text, len }, once);
                str again = { twice, normal_value((enum field_kind)kind, (str){ once, n }, twice) };
                if (!str_equal((str){ once, n }, again) || !str_equal(normal_text((enum field_kind)kind, (str){ text, len }, quick), again))
                    fail_msg("%s: %d bytes behind %s became %d, then %d", field_kind_names[kind], (int)len, heads[h], (int)n, (int)again.len);
            }
}

static void a_handle_without_service_is_the_same_name(void **state)
{
    (void)state;
    assert_true(account_same_name(lit("instagram:jane"), lit("jane")));
    assert_true(account_same_name(lit("jane"), lit("instagram:jane")));
    assert_false(account_same_name(lit("instagram:jane"), lit("telegram:jane")));
    assert_false(account_same_name(lit("instagram:jane"), lit("jan")));
    assert_false(account_same_name(lit("jane"), lit("jane")));
}

static int level_of(const char *left, const char *right)
{
    int field = 0;
    struct word_value a, b;
    struct comparison c = comparison_of(lit("handle"), KIND_HANDLE, &field, 1);
    int level = value_level(&c, word_as_value(str_of(left), &a), word_as_value(str_of(right), &b));
    assert_int_equal(value_level(&c, word_as_value(str_of(right), &a), word_as_value(str_of(left), &b)), level);
    return level;
}

/* Level 1 is alike, 2 is else. */
static void names_of_one_service_are_compared_without_it(void **state)
{
    (void)state;
    assert_int_equal(level_of("odnoklassniki:jane", "odnoklassniki:mila"), 2); /* whole, the two are alike to 0.93 */
    assert_int_equal(level_of("instagram:jo99", "instagram:jo17"), 2);
    assert_int_equal(level_of("instagram:mila_rose88", "instagram:mila_rose8"), 1);
    assert_int_equal(level_of("instagram:", "instagram:jane"), 2);
    assert_int_equal(level_of("instagram:jane", "jane"), 1);
    assert_int_equal(level_of("instagram:jane", "telegram:jane"), 2);
    assert_int_equal(level_of("instagram:jane", "instagram2:jane"), 1); /* of two services as ever: whole */
    assert_int_equal(level_of("mila_rose88", "mila_rose8"), 1);
    assert_int_equal(account_same_service(lit("instagram:jane"), lit("instagram:lola")), 10);
    assert_int_equal(account_same_service(lit("instagram:jane"), lit("telegram:jane")), 0);
    assert_int_equal(account_same_service(lit("jane"), lit("jane")), 0);
    assert_int_equal(account_same_service(lit("ig:jane"), lit("ig")), 0);
}

/* Out of pieces that mean something in one kind or another, and letters that change under folding. */
static void what_came_out_stays(void **state)
{
    (void)state;
    static const char *const pieces[] = { "www.", "http://", "@", "+", ".", "gmail.com", "ig", ":", " ", "/", "?", "&", "#", "=", "%", "25", "D0%B9", "xn--", "m.", "#!", "utm_x", "a", "Ω", "ß", "ﬁ", "İ", "ｗ", "王", "é", "instagram.com/",
                                          "t.me/", "mailto:", "<", ">", ":80", "и", "й", "ё", "-", "'", "١", "0", "8", "+44", "st.", "street", "apt 3", ",", "\xe2\x84\xa6", "e\xcc\x81", "한", "が", "ู", "ी" };
    struct chance c = chance_seeded(9);
    for (int round = 0; round < 15000; round++) {
        char text[600], once[VALUE_MOST], twice[VALUE_MOST];
        uint8_t r[40];
        ptrdiff_t n = 0;
        c.fill(&c, r, sizeof r);
        for (int i = 0; i < 1 + r[0] % 39; i++) {
            const char *piece = pieces[r[1 + i] % countof(pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += (ptrdiff_t)strlen(piece);
        }
        for (int kind = 0; kind < FIELD_KINDS; kind++) {
            ptrdiff_t len = normal_value((enum field_kind)kind, (str){ text, n }, once);
            assert_true(len >= 0 && utf8_valid((str){ once, len }));
            ptrdiff_t again = normal_value((enum field_kind)kind, (str){ once, len }, twice);
            if (!str_equal((str){ once, len }, (str){ twice, again }))
                fail_msg("%s: %.*s became %.*s, then %.*s", field_kind_names[kind], (int)n, text, (int)len, once, (int)again, twice);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_known_forms),
        cmocka_unit_test(links_that_are_one_and_links_that_are_not),
        cmocka_unit_test(names_of_hosts_are_read_as_the_standard_has_them),
        cmocka_unit_test(services_have_one_name),
        cmocka_unit_test(hostile_links_do_no_harm),
        cmocka_unit_test(a_form_of_full_length_stays),
        cmocka_unit_test(a_handle_without_service_is_the_same_name),
        cmocka_unit_test(names_of_one_service_are_compared_without_it),
        cmocka_unit_test(what_came_out_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
