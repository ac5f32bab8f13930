/* Measures of likeness against the plainest form of their definition, on known pairs and on random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/likeness.h"

static struct values pool;
static struct chance chance;

static const struct value *value(str text)
{
    assert_true(values_room(&pool, 1));
    char padded[VALUE_MOST + 8] = { 0 };
    memcpy(padded, text.at, (size_t)text.len);
    return value_of(&pool, values_put(&pool, padded, text.len, hash_bytes(padded, text.len)));
}

/* Jaro and Winkler as the papers write them, in floating point. */
static double plain_jaro_winkler(str a, str b)
{
    bool of_a[64] = { 0 }, of_b[64] = { 0 };
    ptrdiff_t reach = (a.len > b.len ? a.len : b.len) / 2 - 1, same = 0, moved = 0, prefix = 0;
    reach = reach < 0 ? 0 : reach;
    for (ptrdiff_t j = 0; j < b.len; j++)
        for (ptrdiff_t i = j - reach < 0 ? 0 : j - reach; i <= j + reach && i < a.len; i++)
            if (!of_a[i] && a.at[i] == b.at[j]) {
                of_a[i] = of_b[j] = true;
                same++;
                break;
            }
    if (!same)
        return 0;
    for (ptrdiff_t i = 0, j = 0; i < a.len; i++) {
        if (!of_a[i])
            continue;
        while (!of_b[j])
            j++;
        moved += a.at[i] != b.at[j++];
    }
    double m = (double)same, jaro = (m / (double)a.len + m / (double)b.len + (m - (double)(moved / 2)) / m) / 3;
    while (prefix < 4 && prefix < a.len && prefix < b.len && a.at[prefix] == b.at[prefix])
        prefix++;
    return jaro > 0.7 ? jaro + 0.1 * (double)prefix * (1 - jaro) : jaro;
}

static int plain_distance(str a, str b)
{
    int d[66][66];
    for (int i = 0; i <= a.len; i++)
        for (int j = 0; j <= b.len; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            int least = d[i - 1][j - 1] + (a.at[i - 1] != b.at[j - 1]);
            least = d[i - 1][j] + 1 < least ? d[i - 1][j] + 1 : least;
            least = d[i][j - 1] + 1 < least ? d[i][j - 1] + 1 : least;
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] && d[i - 2][j - 2] + 1 < least)
                least = d[i - 2][j - 2] + 1;
            d[i][j] = least;
        }
    return d[a.len][b.len];
}

/* In thousandths, rounded down: by asking for each. */
static int measured(const struct value *a, const struct value *b)
{
    int low = 0, high = 1001;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (jaro_winkler_reaches(a, b, &middle, 1))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void jaro_winkler_gives_the_published_figures(void **state)
{
    (void)state;
    static const struct {
        str a, b;
        int thousandths;
    } known[] = { { LIT("martha"), LIT("marhta"), 961 }, { LIT("dixon"), LIT("dicksonx"), 813 }, { LIT("dwayne"), LIT("duane"), 840 },
                  { LIT("abc"), LIT("xyz"), 0 }, { LIT("same"), LIT("same"), 1000 }, { LIT("a"), LIT("b"), 0 } };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        assert_int_equal(measured(value(known[i].a), value(known[i].b)), known[i].thousandths);
        assert_int_equal(measured(value(known[i].b), value(known[i].a)), known[i].thousandths);
    }
}

static str random_text(char *to, int letters, int most)
{
    uint8_t bytes[64];
    chance.fill(&chance, bytes, sizeof bytes);
    ptrdiff_t n = 1 + bytes[63] % most;
    for (ptrdiff_t i = 0; i < n; i++)
        to[i] = (char)('a' + bytes[i] % letters);
    return (str){ to, n };
}

/* A copy with up to three letters changed, left out or turned. */
static str slipped(str from, char *to)
{
    uint8_t bytes[8];
    chance.fill(&chance, bytes, sizeof bytes);
    ptrdiff_t n = from.len;
    memcpy(to, from.at, (size_t)n);
    for (int k = 0; k < bytes[0] % 4 && n > 2; k++) {
        ptrdiff_t at = bytes[1 + k] % (n - 1);
        char turned = to[at];
        switch (bytes[4 + k] % 3) {
        case 0:
            to[at] = (char)('a' + bytes[7] % 4);
            break;
        case 1:
            to[at] = to[at + 1];
            to[at + 1] = turned;
            break;
        default:
            memmove(to + at, to + at + 1, (size_t)(n - at - 1));
            n--;
        }
    }
    return (str){ to, n };
}

static void both_measures_agree_with_their_plain_form_on_random_texts(void **state)
{
    (void)state;
    int near = 0;
    for (int i = 0; i < 20000; i++) {
        char x[64], y[64];
        str a = random_text(x, 2 + i % 9, 1 + i % 40), b = i % 2 ? slipped(a, y) : random_text(y, 2 + i % 9, 1 + i % 40);
        const struct value *va = value(a), *vb = value(b);
        double jaro = plain_jaro_winkler(a, b) * 1000;
        static const int asked[] = { 700, 800, 920 };
        int reached = jaro_winkler_reaches(va, vb, asked, 3), distance = plain_distance(a, b);
        for (int k = 0; k < 3; k++)
            if (jaro - asked[k] > 1e-6 || asked[k] - jaro > 1e-6) /* on the threshold only whole numbers decide */
                assert_int_equal(reached > k, jaro > asked[k]);
        for (int limit = 1; limit <= 3; limit++)
            assert_int_equal(edit_distance(va, vb, limit), distance <= limit ? distance : limit + 1);
        assert_int_equal(edit_distance(va, vb, 3), edit_distance(vb, va, 3));
        near += distance <= 3;
    }
    assert_true(near > 5000); /* else nothing was tried */
}

static void values_keep_their_number_and_are_counted(void **state)
{
    (void)state;
    struct values v;
    enum { DIFFERENT = 100000 };
    static uint32_t numbers[DIFFERENT];
    assert_true(values_open(&v));
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < DIFFERENT; i++) {
            char text[40] = { 0 };
            int n = snprintf(text, sizeof text, "%d of a long text that is cut by nobody", i);
            n = i % 3 ? n : n % 12;
            assert_true(values_room(&v, 1));
            uint32_t number = values_put(&v, text, n < 30 ? n : 30, hash_bytes(text, n < 30 ? n : 30));
            if (round)
                assert_int_equal(number, numbers[i]);
            numbers[i] = number;
        }
    assert_true(v.filled == 3 * DIFFERENT);
    uint64_t seen = 0, count = 0;
    for (uint32_t number = values_first(); number; number = values_after(&v, number), count++)
        seen += value_of(&v, number)->seen;
    assert_true(seen == v.filled && count == v.count);
    values_close(&v);
}

int main(void)
{
    chance = chance_seeded(5);
    must(values_open(&pool));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jaro_winkler_gives_the_published_figures),
        cmocka_unit_test(both_measures_agree_with_their_plain_form_on_random_texts),
        cmocka_unit_test(values_keep_their_number_and_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
