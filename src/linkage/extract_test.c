/* What is found in sentences of which it is known, and what must hold of any text. All numbers are of ranges kept for fiction or invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "linkage/extract_parts.h"

static struct findings found;

/* "phone 702-555-0123 = +17025550123; age 16 yo = 16" of what is found. */
static const char *read_text(const char *text, const char *country)
{
    static char said[4096];
    size_t n = 0;
    said[0] = 0;
    assert_true(extract(str_of(text), str_of(country), &found));
    for (ptrdiff_t i = 0; i < found.len; i++) {
        const struct finding *f = &found.at[i];
        n += (size_t)snprintf(said + n, sizeof said - n, "%s%s %.*s = %.*s", i ? "; " : "", finding_words[f->kind], (int)(f->end - f->begin),
                              text + f->begin, (int)f->normal_len, f->normal);
        assert_true(n < sizeof said);
    }
    return said;
}

struct known {
    const char *country, *text, *said;
};

static void check_all(const struct known *k, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        assert_string_equal(read_text(k[i].text, k[i].country), k[i].said);
}

static void telephones_are_found_however_they_are_written(void **state)
{
    (void)state;
    static const struct known k[] = {
        { "US", "call (702) 555-0123 now", "phone (702) 555-0123 = +17025550123" },
        { "US", "seven0two, 5five5 oh one two three", "phone seven0two, 5five5 oh one two three = +17025550123" },
        { "US", "7O2-555-Ol23 thx", "phone 7O2-555-Ol23 = +17025550123" },
        { "", "7\xef\xb8\x8f\xe2\x83\xa3" "0\xef\xb8\x8f\xe2\x83\xa3" "2\xef\xb8\x8f\xe2\x83\xa3 555 0123", "phone 7\xef\xb8\x8f\xe2\x83\xa3" "0\xef\xb8\x8f\xe2\x83\xa3"
          "2\xef\xb8\x8f\xe2\x83\xa3 555 0123 = 7025550123" },
        { "GB", "07700 900123 or +44 (0)7700 900456", "phone 07700 900123 = +447700900123; phone +44 (0)7700 900456 = +447700900456" },
        { "FR", "le zéro six trente-neuf quatre-vingt-dix-huit douze soixante et onze", "phone zéro six trente-neuf quatre-vingt-dix-huit douze soixante et onze = +33639981271" },
        { "RU", "тел. 8 (255) 012-34-56", "phone 8 (255) 012-34-56 = +72550123456" },
        { "SA", "جوال ٠٥٢ ١٢٣ ٤٥٦٧", "phone ٠٥٢ ١٢٣ ٤٥٦٧ = +966521234567" },
        { "ES", "a 512089051 o cinco dos cuatro cuatro cero tres nueve uno siete", "phone 512089051 = +34512089051; phone cinco dos cuatro cuatro cero tres nueve uno siete = +34524403917" },
        { "US", "double seven is no area: double five five five", "" },
        { "MX", "wa.me/447700900123", "phone wa.me/447700900123 = +447700900123" },
        { "HU", "hívd: 06 30 123 4567", "phone 06 30 123 4567 = +36301234567" }, /* the prefix has two digits there, and in Belarus */
        { "BY", "8 (029) 123-45-67", "phone 8 (029) 123-45-67 = +375291234567" },
        { "ZM", "ring 0955 123456", "phone 0955 123456 = +260955123456" },
        { "CN", "138 1234 5678", "phone 138 1234 5678 = +8613812345678" }, /* no prefix before a mobile's number, but before one of a town */
        { "DE", "0171 1234567 18 Uhr", "phone 0171 1234567 = +491711234567" }, /* longer ones are of extensions */
    };
    check_all(k, countof(k));
}

static void what_only_looks_like_one_is_left(void **state)
{
    (void)state;
    static const struct known k[] = {
        { "US", "room 305, 24/7, 911, 5'4\", 120 lbs, at 10:30 pm in 2019, flight AA 1234", "" },
        { "US", "my order number is 4821399210, case number 2023-004512", "" },
        { "US", "he worked there 2015-2019; IP 192.0.2.14, version 2.0.1, the score was 3-2", "" },
        { "ES", "ES91 2100 0418 4502 0005 1332", "" },
        { "US", "one of the two girls, no one, fifty fifty", "" },
        { "", "home.She left. see notes.txt, e.g. IMG_1234.jpg, meet @ the bar", "" },
        { "ES", "trabajé ahí durante 12 años, hace 3 años", "" },
        { "GB", "5 girls walk the street; 3 men drive around", "" },
        { "", "a may 5 b", "" },
        { "KW", "4821399 or 0482139", "" }, /* seven digits are those of services there */
        { "CN", "it reads 512 345 678", "" }, /* of a town, whose number is not dialled without the prefix */
        { "GB", "+0632122330792", "" }, /* no code begins with nought */
    };
    check_all(k, countof(k));
}

static void each_kind_has_its_form(void **state)
{
    (void)state;
    static const struct known k[] = {
        { "", "write Mila.Rose(at)example[dot]com", "email Mila.Rose(at)example[dot]com = mila.rose@example.com" },
        { "", "lola arroba mail punto example punto org", "email lola arroba mail punto example punto org = lola@mail.example.org" },
        { "", "see https://www.Lila.Example.com/Ad/77/.", "url https://www.Lila.Example.com/Ad/77/ = lila.example.com/Ad/77" },
        { "", "my ig is Mila_Rose88, same on telegram: @mila.rose", "handle Mila_Rose88 = instagram:mila_rose88; handle @mila.rose = telegram:mila.rose" },
        { "", "t.me/mila_rose and https://www.tiktok.com/@mila?x=1", "handle t.me/mila_rose = telegram:mila_rose; handle https://www.tiktok.com/@mila?x=1 = tiktok:mila" },
        { "", "https://m.facebook.com/Some.One?ref=x", "handle https://m.facebook.com/Some.One?ref=x = facebook:some.one" },
        { "", "es-la.facebook.com/people/Lola-Ruiz/1000123 and threads.net/@lola.r", "handle es-la.facebook.com/people/Lola-Ruiz/1000123 = facebook:1000123; handle threads.net/@lola.r = threads:lola.r" },
        { "", "facebook.com/groups/nightjobs, instagram.com/p/Cx91 and linkedin.com/company/nova", "url facebook.com/groups/nightjobs = facebook.com/groups/nightjobs; "
          "url instagram.com/p/Cx91 = instagram.com/p/Cx91; url linkedin.com/company/nova = linkedin.com/company/nova" },
        { "", "смотри https://Example.com/лилия/5, и https://бюро-лилия.рф/x, xn--90ais.xn--p1ai/7.", "url https://Example.com/лилия/5 = example.com/лилия/5; url https://бюро-лилия.рф/x = бюро-лилия.рф/x; url xn--90ais.xn--p1ai/7 = xn--90ais.xn--p1ai/7" },
        { "", "see https://example.com/ad/5。好, example.com/5» или https://example.com.Это", "url https://example.com/ad/5 = example.com/ad/5; url example.com/5 = example.com/5; url https://example.com = example.com" },
        { "", "plate 7ABC123 and la placa abc 123 y siempre", "plate 7ABC123 = 7ABC123; plate abc 123 = ABC123" },
        { "", "госномер т990нс 31", "plate т990нс 31 = Т990НС31" },
        { "US", "$1,500.50, $2k and 300 bucks", "money $1,500.50 = USD 1500.50; money $2k = USD 2000; money 300 bucks = USD 300" },
        { "MX", "$500 o 30 mil pesos", "money $500 = MXN 500; money 30 mil pesos = MXN 30000" },
        { "FR", "12\xc2\xa0" "500,50\xc2\xa0\xe2\x82\xac", "money 12\xc2\xa0" "500,50\xc2\xa0\xe2\x82\xac = EUR 12500.50" },
        { "", "quatre-vingt-dix euros, twenty-five hundred dollars", "money quatre-vingt-dix euros = EUR 90; money twenty-five hundred dollars = USD 2500" },
        { "US", "03/04/2024", "date 03/04/2024 = 2024-03-04" },
        { "GB", "03/04/2024, 5th of March", "date 03/04/2024 = 2024-04-03; date 5th of March = --03-05" },
        { "", "5 de marzo del 2022; 23 كانون الثاني 2022", "date 5 de marzo del 2022 = 2022-03-05; date 23 كانون الثاني 2022 = 2022-01-23" },
        { "", "she looks 15, he says she's 16 y/o, tiene diecisiete años", "age 15 = 15; age 16 y/o = 16; age diecisiete años = 17" },
        { "", "at 221 Old Quarry Street, Apt 4B.", "address 221 Old Quarry Street, Apt 4B = 221 old quarry street, apt 4b" },
        { "", "Calle Olmo nº 12; 8 bis, rue des Lilas; ул. Лесная, д. 3, кв. 7", "address Calle Olmo nº 12 = calle olmo nº 12; address 8 bis, rue des Lilas = 8 bis, rue des lilas; "
          "address ул. Лесная, д. 3, кв. 7 = ул. лесная, д. 3, кв. 7" },
        { "", "post id 9689123352, anuncio nº EV-55398", "ad 9689123352 = 9689123352; ad EV-55398 = ev-55398" },
    };
    check_all(k, countof(k));
}

/* A table is searched by halves, in folded words: both are easily spoilt by hand. */
static void the_words_are_folded_and_in_order(void **state)
{
    (void)state;
    const struct word *w;
    ptrdiff_t n = 0;
    char folded[64];
    for (int language = 0; (w = words_table(language, &n)); language++)
        for (ptrdiff_t i = 0; i < n; i++) {
            ptrdiff_t len = utf8_fold(str_of(w[i].text), folded, sizeof folded);
            assert_true(str_equal((str){ folded, len }, str_of(w[i].text)));
            assert_true(w[i].class < WORD_CLASSES && (!i || str_compare(str_of(w[i - 1].text), str_of(w[i].text)) <= 0));
            assert_non_null(word_first(language, str_of(w[i].text)));
        }
    assert_null(word_first(0, lit("zzz")));
}

static void more_than_fits_is_told(void **state)
{
    (void)state;
    static char text[FINDINGS_MOST * 16 + 64];
    size_t n = 0;
    for (int i = 0; i < FINDINGS_MOST; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "$%d and ", 1000 + i);
    assert_true(extract((str){ text, (ptrdiff_t)n }, lit("US"), &found));
    assert_true(found.len == FINDINGS_MOST && !found.full);
    n += (size_t)snprintf(text + n, sizeof text - n, "$9");
    assert_true(extract((str){ text, (ptrdiff_t)n }, lit("US"), &found));
    assert_true(found.len == FINDINGS_MOST && found.full);
    assert_false(extract(lit("\xff 702 555 0123"), lit("US"), &found));
    assert_int_equal(found.len, 0);
}

static void a_form_that_is_too_long_is_none(void **state)
{
    (void)state;
    static char text[600] = "https://example.com/";
    memset(text + strlen(text), 'a', 400);
    assert_true(extract(str_of(text), lit(""), &found));
    assert_true(found.len == 1 && found.at[0].normal_len == 0 && found.at[0].end == (ptrdiff_t)strlen(text));
}

/* ---- what must hold of any text ---- */

static const char *const pieces[] = { "702-555-0123 ", "seven ", "0two", "call ", "@mila_rose ", "(at)", "example", ".com ", "$", "500 ", "euros ", "plate ", "7ABC123 ", "5 de marzo ", "2024",
                                      "/03/", "16 años ", "Calle Mayor ", "14, ", "ad # ", "лет ", "тел. ", "٠٥٢", "\xef\xb8\x8f\xe2\x83\xa3", ". ", "\n", "- ", "+", "(", "o ", "rue des ", "y/o" };

static ptrdiff_t invent(struct chance *c, char *to, ptrdiff_t most, int count)
{
    ptrdiff_t n = 0;
    for (int i = 0; i < count; i++) {
        uint32_t x;
        c->fill(c, &x, sizeof x);
        const char *piece = pieces[x % countof(pieces)];
        ptrdiff_t len = (ptrdiff_t)strlen(piece);
        if (n + len > most)
            break;
        memcpy(to + n, piece, (size_t)len);
        n += len;
    }
    return n;
}

static void findings_lie_in_order_within_the_text(void **state)
{
    (void)state;
    struct chance c = chance_seeded(11);
    char text[512];
    int64_t all = 0;
    for (int round = 0; round < 3000; round++) {
        ptrdiff_t n = invent(&c, text, sizeof text, 1 + round % 40), end = 0;
        assert_true(extract((str){ text, n }, round % 3 ? lit("US") : lit(""), &found));
        for (ptrdiff_t i = 0; i < found.len; i++) {
            const struct finding *f = &found.at[i];
            assert_true(f->begin >= end && f->end > f->begin && f->end <= n && f->kind < FOUND_KINDS && f->normal_len > 0);
            assert_true(utf8_valid(finding_normal(f)) && utf8_valid(str_part((str){ text, n }, f->begin, f->end)));
            end = f->end;
        }
        all += found.len;
    }
    assert_true(all > 3000);
}

/* Two paragraphs far apart: whatever the first says, the second names the same. Also over the edge of the window of tokens. */
static void what_is_far_away_changes_nothing(void **state)
{
    (void)state;
    static char text[200000];
    static struct findings alone;
    struct chance c = chance_seeded(12);
    char far[256];
    for (int round = 0; round < 40; round++) {
        ptrdiff_t filler = 0, tail = invent(&c, far, sizeof far, 12);
        assert_true(extract((str){ far, tail }, lit("US"), &alone));
        filler = invent(&c, text, 300, 20);
        text[filler++] = '\n';
        for (int i = 0; i < 300 + round * 400; i++) /* nothing that is named, and more tokens than a window */
            filler += snprintf(text + filler, 16, "lorem%s", i % 7 ? " " : ".\n");
        filler += snprintf(text + filler, 16, "ipsum.\n\n");
        memcpy(text + filler, far, (size_t)tail);
        assert_true(extract((str){ text, filler + tail }, lit("US"), &found));
        ptrdiff_t first = found.len - alone.len;
        assert_true(first >= 0);
        for (ptrdiff_t i = 0; i < alone.len; i++) {
            const struct finding *f = &found.at[first + i], *g = &alone.at[i];
            assert_true(f->kind == g->kind && f->begin == g->begin + filler && f->end == g->end + filler && str_equal(finding_normal(f), finding_normal(g)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telephones_are_found_however_they_are_written),
        cmocka_unit_test(what_only_looks_like_one_is_left),
        cmocka_unit_test(each_kind_has_its_form),
        cmocka_unit_test(the_words_are_folded_and_in_order),
        cmocka_unit_test(more_than_fits_is_told),
        cmocka_unit_test(a_form_that_is_too_long_is_none),
        cmocka_unit_test(findings_lie_in_order_within_the_text),
        cmocka_unit_test(what_is_far_away_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
