#include "linkage/names.h"
#include "linkage/likeness.h"
#include "linkage/nicknames.h"
#include "linkage/sound.h"

/* How near two words are. */
enum { APART, INITIAL, NEAR, EQUAL };

static bool same_sound(str a, str b)
{
    char x[SOUND_MOST], y[SOUND_MOST];
    ptrdiff_t n = sound_word(a, x), m = sound_word(b, y);
    return str_equal((str){ x, n }, (str){ y, m });
}

static int near_words(str a, str b)
{
    static const int alike[] = { 920 };
    struct word_value x, y;
    if (str_equal(a, b))
        return EQUAL;
    if (a.len == 1 || b.len == 1)
        return a.at[0] == b.at[0] ? INITIAL : APART;
    if (jaro_winkler_reaches(word_as_value(a, &x), word_as_value(b, &y), alike, 1))
        return NEAR;
    return same_sound(a, b) || nicknames_meet(nickname_of(a), nickname_of(b)) ? NEAR : APART;
}

/* Each word of the shorter name beside the nearest word of the other that is still free; the nearest first. */
static void match(const str *a, int n, const str *b, int m, int met[EQUAL + 1])
{
    uint32_t used_a = 0, used_b = 0;
    uint8_t near[WORDS_MOST][WORDS_MOST];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            near[i][j] = (uint8_t)near_words(a[i], b[j]);
    for (int wanted = EQUAL; wanted > APART; wanted--)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m && !(used_a >> i & 1); j++)
                if (near[i][j] == wanted && !(used_b >> j & 1)) {
                    used_a |= (uint32_t)1 << i;
                    used_b |= (uint32_t)1 << j;
                    met[wanted]++;
                }
}

static int words_level(const struct comparison *c, str left, str right)
{
    str a[WORDS_MOST], b[WORDS_MOST];
    int n = name_words(left, a), m = name_words(right, b), met[EQUAL + 1] = { 0 }, shorter = n < m ? n : m;
    if (n <= m)
        match(a, n, b, m, met);
    else
        match(b, m, a, n, met);
    int all = met[EQUAL] + met[NEAR] + met[INITIAL];
    if (n == m && met[EQUAL] == n && n)
        return name_step(c, STEP_WORDS);
    if (shorter > 1 && met[EQUAL] + met[NEAR] == shorter)
        return name_step(c, STEP_ALIKE);
    if (shorter > 1 && all == shorter)
        return name_step(c, STEP_SOUND);
    return all && all + 1 >= shorter && met[EQUAL] + met[NEAR] ? name_step(c, STEP_WEAK) : c->levels - 1;
}

int names_level(const struct comparison *c, const struct value *a, const struct value *b, const struct heard *x, const struct heard *y)
{
    int level = c->levels - 1, by_words = level;
    int reached = c->between ? jaro_winkler_reaches(a, b, c->thresholds, c->between) : 0;
    bool initial = (a->len == 1 || b->len == 1) && a->text[0] == b->text[0];
    if (reached == c->between && reached)
        level = name_step(c, STEP_ALIKE);
    else if ((x->sound && x->sound == y->sound) || initial || (x->nickname && y->nickname && nicknames_meet(x->nickname, y->nickname)))
        level = name_step(c, STEP_SOUND);
    else if (reached)
        level = name_step(c, STEP_SOUND) + c->between - reached;
    if (x->parted || y->parted)
        by_words = words_level(c, (str){ a->text, a->len }, (str){ b->text, b->len });
    return level < by_words ? level : by_words;
}
