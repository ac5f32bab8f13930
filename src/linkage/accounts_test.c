/* Mailboxes, handles, addresses of the web and plates: known answers, and that what came out stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/accounts.h"
#include "linkage/normal.h"

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
        { KIND_HANDLE, "@Jane_Doe", "jane_doe" }, { KIND_HANDLE, "IG: @Jane_Doe", "instagram:jane_doe" }, { KIND_HANDLE, "https://www.instagram.com/Jane_Doe/?hl=en", "instagram:jane_doe" },
        { KIND_HANDLE, "instagram.com/jane_doe", "instagram:jane_doe" }, { KIND_HANDLE, "instagram jane_doe", "instagram:jane_doe" }, { KIND_HANDLE, "t.me/jane", "telegram:jane" },
        { KIND_HANDLE, "https://m.facebook.com/profile.php?id=1000123&x=1", "facebook:1000123" }, { KIND_HANDLE, "facebook.com/jane.doe.5", "facebook:jane.doe.5" },
        { KIND_HANDLE, "https://www.tiktok.com/@jane?lang=es", "tiktok:jane" }, { KIND_HANDLE, "line-dancer", "line-dancer" }, { KIND_HANDLE, "snap: jane", "snapchat:jane" },
        { KIND_HANDLE, "@", "@" }, { KIND_HANDLE, "instagram.com/", "instagram.com/" }, { KIND_HANDLE, "telegram:jane", "telegram:jane" }, { KIND_HANDLE, "@@ig:jane", "instagram:jane" },
        { KIND_URL, "HTTPS://WWW.Example.COM/Path/", "example.com/Path" }, { KIND_URL, "http://example.com:80/a?utm_source=x&id=5&fbclid=Iw#top", "example.com/a?id=5" },
        { KIND_URL, "example.com", "example.com" }, { KIND_URL, "https://xn--bcher-kva.example/", "xn--bcher-kva.example" }, { KIND_URL, "https://example.com/?", "example.com" },
        { KIND_URL, "https://example.com.:443/x//", "example.com/x" }, { KIND_URL, "//example.com/a?b=1&&c=2", "example.com/a?b=1&c=2" }, { KIND_URL, "ＷＷＷ.example.com", "example.com" },
        { KIND_URL, "https://example.com/?UTM_medium=x", "example.com" }, { KIND_URL, "", "" },
        { KIND_PLATE, "AB 10-OI 2", "ab10012" }, { KIND_PLATE, "А 123 ВС 77", "a123bc77" }, { KIND_PLATE, "ΙΚΑ-1234", "1ka1234" }, { KIND_PLATE, "B·MW 12", "bmw12" },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        assert_becomes(known[i].kind, known[i].text, known[i].want);
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

/* Out of pieces that mean something in one kind or another, and letters that change under folding. */
static void what_came_out_stays(void **state)
{
    (void)state;
    static const char *const pieces[] = { "www.", "http://", "@", "+", ".", "gmail.com", "ig", ":", " ", "/", "?", "&", "#", "=", "utm_x", "a", "Ω", "ß", "ﬁ", "İ", "ｗ", "王", "é", "instagram.com/",
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
        cmocka_unit_test(a_handle_without_service_is_the_same_name),
        cmocka_unit_test(what_came_out_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
