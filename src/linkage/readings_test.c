/* Names in Chinese characters as they are read in Japan and Korea: known answers, common surnames, and whom they meet in a file. All people are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/dedupe.h"
#include "linkage/normal.h"
#include "linkage/readings.h"
#include "linkage/sound.h"
#include <sys/mman.h>
#include <unistd.h>

/* All readings of a name, with bars. */
static const char *read_as(const char *text, bool whole)
{
    static char said[READINGS * (READING_MOST + 1)];
    struct reading out[READINGS];
    size_t n = 0;
    bool any = readings_of(str_of(text), whole, out);
    said[0] = 0;
    for (int k = 0; k < READINGS; k++)
        if (out[k].len)
            n += (size_t)snprintf(said + n, sizeof said - n, "%s%.*s", n ? "|" : "", (int)out[k].len, out[k].text);
    assert_int_equal(any, n > 0);
    return said;
}

static void names_have_their_readings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole;
        const char *said;
    } known[] = {
        { "田中", false, "tanaka" }, { "林", false, "hayashi|lim|im" }, { "金", false, "kim|gim" }, { "李", false, "yi|rhee" }, { "朴", false, "park|bak" },
        { "崔", false, "choi|choe" }, { "南宮", false, "namkoong|namgung" }, { "山崎", false, "yamazaki|yamasaki" }, { "佐々木", false, "sasaki" },
        { "正恩", false, "jeong eun|jung eun|jungeun|jeongeun" }, { "龍雄", false, "yong ung|yongung" }, { "烈", false, "yeol|yul|yeol" }, { "太郎", false, "taro|tae rang|taerang" },
        { "陽菜", false, "hina|haruna|yang chae|yangchae" },
        { "田中太郎", true, "tanaka taro" }, { "田中 太郎", true, "tanaka taro" }, { "田中　さくら", true, "tanaka sakura" }, { "林明", true, "hayashi akira|lim myeong|im myeong" },
        { "金正恩", true, "kim jeong eun|kim jung eun|kim jungeun|kim jeongeun|gim jeongeun" }, { "南宮民", true, "namkoong min|namgung min" }, { "五十嵐", true, "igarashi" },
        { "张伟", false, "" }, { "王小明", true, "wang so myeong|wang somyeong|wangsomyeong" }, { "tanaka", false, "" }, { "たなか", false, "" }, { "", false, "" }, { "김", false, "" },
        { "Kim 金", true, "" }, { "田中太郎田中太郎田", true, "" },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        if (strcmp(read_as(known[i].text, known[i].whole), known[i].said) != 0)
            fail_msg("%s: %s, not %s", known[i].text, read_as(known[i].text, known[i].whole), known[i].said);
}

/* ---- common surnames, as clerks write them ---- */

struct surname {
    const char *text, *latin;
};
static const struct surname japanese[] = {
    { "佐藤", "Sato" }, { "鈴木", "Suzuki" }, { "高橋", "Takahashi" }, { "田中", "Tanaka" }, { "伊藤", "Itoh" }, { "渡辺", "Watanabe" }, { "山本", "Yamamoto" }, { "中村", "Nakamura" },
    { "小林", "Kobayashi" }, { "加藤", "Katou" }, { "吉田", "Yoshida" }, { "山田", "Yamada" }, { "佐々木", "Sasaki" }, { "山口", "Yamaguchi" }, { "松本", "Matsumoto" }, { "井上", "Inoue" },
    { "木村", "Kimura" }, { "林", "Hayashi" }, { "斎藤", "Saitō" }, { "清水", "Shimizu" }, { "山崎", "Yamazaki" }, { "森", "Mori" }, { "池田", "Ikeda" }, { "橋本", "Hashimoto" },
    { "阿部", "Abe" }, { "石川", "Ishikawa" }, { "山下", "Yamashita" }, { "中島", "Nakajima" }, { "小川", "Ogawa" }, { "石井", "Ishii" }, { "長谷川", "Hasegawa" }, { "後藤", "Gotoh" },
    { "岡田", "Okada" }, { "近藤", "Kondo" }, { "前田", "Maeda" }, { "藤田", "Fujita" }, { "遠藤", "Endo" }, { "青木", "Aoki" }, { "坂本", "Sakamoto" }, { "村上", "Murakami" },
    { "太田", "Ota" }, { "金子", "Kaneko" }, { "藤井", "Fujii" }, { "福田", "Fukuda" }, { "西村", "Nishimura" }, { "三浦", "Miura" }, { "竹内", "Takeuchi" }, { "中川", "Nakagawa" },
    { "岡本", "Okamoto" }, { "松田", "Matsuda" }, { "原田", "Harada" }, { "中野", "Nakano" }, { "小野", "Ono" }, { "田村", "Tamura" }, { "藤原", "Fujiwara" }, { "中山", "Nakayama" },
    { "石田", "Ishida" }, { "小島", "Kojima" }, { "和田", "Wada" }, { "森田", "Morita" }, { "内田", "Uchida" }, { "柴田", "Shibata" }, { "酒井", "Sakai" }, { "原", "Hara" },
    { "高木", "Takagi" }, { "横山", "Yokoyama" }, { "安藤", "Ando" }, { "宮崎", "Miyazaki" }, { "上田", "Ueda" }, { "島田", "Shimada" }, { "工藤", "Kudo" }, { "大野", "Ohno" },
    /* less common ones, of which not all stand in the table */
    { "蛭田", "Hiruta" }, { "樋渡", "Hiwatashi" }, { "薬師寺", "Yakushiji" }, { "勅使河原", "Teshigawara" }, { "鬼頭", "Kito" }, { "比嘉", "Higa" }, { "榎本", "Enomoto" }, { "渡邉", "Watanabe" },
};
static const struct surname korean[] = {
    { "金", "Kim" }, { "李", "Lee" }, { "李", "Yi" }, { "李", "Rhee" }, { "朴", "Park" }, { "崔", "Choi" }, { "鄭", "Jung" }, { "鄭", "Jeong" }, { "姜", "Kang" }, { "趙", "Cho" }, { "尹", "Yoon" },
    { "張", "Jang" }, { "林", "Lim" }, { "林", "Im" }, { "韓", "Han" }, { "吳", "Oh" }, { "徐", "Seo" }, { "申", "Shin" }, { "權", "Kwon" }, { "黃", "Hwang" }, { "安", "Ahn" }, { "宋", "Song" },
    { "柳", "Yoo" }, { "柳", "Ryu" }, { "洪", "Hong" }, { "全", "Jeon" }, { "高", "Ko" }, { "文", "Moon" }, { "孫", "Son" }, { "梁", "Yang" }, { "裵", "Bae" }, { "白", "Baek" }, { "曺", "Cho" },
    { "許", "Heo" }, { "南", "Nam" }, { "沈", "Shim" }, { "盧", "Noh" }, { "盧", "Roh" }, { "河", "Ha" }, { "丁", "Jung" }, { "成", "Sung" }, { "郭", "Kwak" }, { "車", "Cha" }, { "朱", "Joo" },
    { "具", "Koo" }, { "嚴", "Eom" }, { "玄", "Hyun" }, { "南宮", "Namgung" }, { "皇甫", "Hwangbo" }, { "鮮于", "Sunwoo" },
    /* surnames of China that are seldom met in Korea, of which not all stand in the table */
    { "葛", "Gal" }, { "胡", "Ho" }, { "甘", "Gam" },
};

static uint32_t heard(str plain)
{
    str words[WORDS_MOST];
    return sound_words(words, name_words(plain, words));
}

/* Does a name sound as one of the readings of the text, Mandarin's among them? */
static bool meets(const char *text, const char *latin)
{
    char to[VALUE_MOST], mandarin[VALUE_MOST];
    struct reading out[READINGS];
    uint32_t wanted = heard((str){ to, normal_value(KIND_NAME, str_of(latin), to) });
    (void)readings_of(str_of(text), false, out);
    bool met = heard((str){ mandarin, normal_value(KIND_NAME, str_of(text), mandarin) }) == wanted;
    for (int k = 0; k < READINGS; k++)
        met = met || (out[k].len && heard((str){ out[k].text, out[k].len }) == wanted);
    return met;
}

/* How many meet their own Latin form, and how many pairs of others do. */
static int own_met(const struct surname *at, ptrdiff_t n, int *others)
{
    int met = 0;
    *others = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t k = 0; k < n; k++) {
            if (i != k && !strcmp(at[i].text, at[k].text))
                continue;
            bool is = meets(at[i].text, at[k].latin);
            met += i == k && is;
            *others += i != k && is;
        }
    return met;
}

static void common_surnames_meet_their_latin_form(void **state)
{
    (void)state;
    int others, met = own_met(japanese, countof(japanese), &others);
    print_message("Japanese: %d of %d by ear, and %d of %d other pairs\n", met, (int)countof(japanese), others, (int)(countof(japanese) * (countof(japanese) - 1)));
    assert_true(met >= 75 && others <= 30);
    met = own_met(korean, countof(korean), &others);
    print_message("Korean: %d of %d by ear, and %d of %d other pairs\n", met, (int)countof(korean), others, (int)(countof(korean) * (countof(korean) - 1)));
    assert_true(met >= 50 && others <= 200);
}

/* ---- in a file ---- */

static struct table t;

static int file_of(const char *people)
{
    int fd = memfd_create("people", MFD_CLOEXEC);
    ptrdiff_t n = (ptrdiff_t)strlen(people);
    must(write(fd, people, (size_t)n) == n && !lseek(fd, 0, SEEK_SET));
    return fd;
}

static void read_people(const char *people)
{
    int fd = file_of(people);
    assert_int_equal(table_read(&t, &fd, 1, NULL, NULL), OK);
    close(fd);
}

enum { PEOPLE = 400 };
static uint8_t met[PEOPLE][PEOPLE];

static void note_pairs(void *context, int thread, int part, const struct pair *lot, int n)
{
    (void)context, (void)thread, (void)part;
    for (int i = 0; i < n; i++) {
        struct pair p = lot[i];
        assert_true(p.a < p.b && p.b < t.count && t.count <= PEOPLE);
        pair_rows(&p, table_row(&t, p.a), table_row(&t, p.b), t.stride);
        assert_true(p.same == lot[i].same && p.both == lot[i].both);
        met[p.a][p.b]++;
    }
}

static bool go_on(void *context)
{
    (void)context;
    return true;
}

static void walk_blocks(uint32_t most, int one_in, struct rule_yield yields[RULES_MOST])
{
    struct pairs_wish wish = { most, one_in, go_on, 1, note_pairs, NULL, "comparing", NULL };
    memset(met, 0, sizeof met);
    assert_true(pairs_walk(&t, &wish, yields));
}

static void walk(int one_in, struct rule_yield yields[RULES_MOST])
{
    walk_blocks(1000, one_in, yields);
}

static int level(uint32_t a, uint32_t b, int comparison)
{
    struct pair p = { a, b, 0, 0 };
    struct patterns s;
    static struct comparer memory;
    uint32_t pattern;
    memset(&memory, 0, sizeof memory);
    pair_rows(&p, table_row(&t, a), table_row(&t, b), t.stride);
    assert_true(patterns_of(&t.plan, &s));
    compare_lot(&t, &s, &memory, &p, 1, &pattern);
    assert_int_equal(edge_pattern(&t, &s, &(struct edge){ a, b, 0 }), pattern);
    return pattern_level(&s, &t.plan, pattern, comparison);
}

static void who_is_read_so_is_met_and_compared(void **state)
{
    (void)state;
    enum { TANAKA, TANAKA_LATIN, KIM, KIM_APART, KIM_JOINED, KIM_HANGUL, SATO, SATO_TOO, SATO_LATIN, WANG, WANG_LATIN, ZHANG, JANG, TANAKA_KANA, COUNT };
    struct rule_yield yields[RULES_MOST];
    read_people("id,given,surname\n1,太郎,田中\n2,Taro,Tanaka\n3,正恩,金\n4,Jong-un,Kim\n5,Jeongeun,Kim\n6,정은,김\n7,花子,佐藤\n8,花子,佐藤\n9,Hanako,Satou\n"
                "10,明,王\n11,Ming,Wang\n12,伟,张\n13,偉,章\n14,たろう,タナカ\n");
    static const int pairs[][2] = { { TANAKA, TANAKA_LATIN }, { KIM, KIM_APART }, { KIM, KIM_JOINED }, { KIM, KIM_HANGUL }, { SATO, SATO_TOO }, { SATO, SATO_LATIN }, { SATO_TOO, SATO_LATIN },
                                    { WANG, WANG_LATIN }, { ZHANG, JANG }, { TANAKA, TANAKA_KANA }, { TANAKA_LATIN, TANAKA_KANA } };
    walk(1, yields);
    uint64_t sum = 0, all = 0;
    for (int a = 0; a < COUNT; a++)
        for (int b = a + 1; b < COUNT; b++) {
            bool wanted = false;
            for (ptrdiff_t i = 0; i < countof(pairs); i++)
                wanted = wanted || (pairs[i][0] == a && pairs[i][1] == b);
            if (met[a][b] != wanted)
                fail_msg("%d and %d: %d", a, b, met[a][b]);
            sum += wanted;
        }
    for (int i = 0; i < t.plan.rule_count; i++)
        all += yields[i].pairs;
    assert_int_equal(all, sum);
    enum { SAME, WORDS, SOUND = 4, ELSE = 6 };
    assert_int_equal(level(TANAKA, TANAKA_LATIN, 0), WORDS);
    assert_int_equal(level(TANAKA_LATIN, TANAKA, 1), WORDS);
    assert_int_equal(level(KIM, KIM_HANGUL, 0), WORDS);
    assert_int_equal(level(SATO, SATO_TOO, 0), SAME);
    assert_int_equal(level(WANG, WANG_LATIN, 0), WORDS);
    assert_true(level(TANAKA, KIM_JOINED, 0) >= SOUND && level(ZHANG, TANAKA_LATIN, 0) >= SOUND);
    table_close(&t);
}

static void whole_names_and_two_files(void **state)
{
    (void)state;
    struct rule_yield yields[RULES_MOST];
    int fds[] = { file_of("id,name\n1,田中太郎\n2,Kim Jong Un\n3,Taro Tanaka\n"), file_of("id,name\n1,Tanaka Tarou\n2,金正恩\n3,林 明\n") };
    assert_int_equal(table_read(&t, fds, 2, NULL, NULL), OK);
    walk(1, yields);
    for (int a = 0; a < 6; a++)
        for (int b = a + 1; b < 6; b++) /* 0 and 2 are of one file */
            assert_int_equal(met[a][b], (a == 0 && b == 3) || (a == 1 && b == 4) || (a == 2 && b == 3));
    enum { ALIKE = 2 };
    assert_true(level(0, 3, 0) <= ALIKE && level(1, 4, 0) <= ALIKE && level(2, 5, 0) > ALIKE);
    table_close(&t);
    close(fds[0]);
    close(fds[1]);
}

/* By the values themselves, one rule after another; sounds of the parts of a name in any order, or in their places. */
static bool obeyed(const uint32_t *x, const uint32_t *y, bool any_order)
{
    for (int i = 0; i < t.plan.rule_count; i++) {
        const struct rule *r = &t.plan.rules[i];
        uint32_t apart = 0;
        bool holds = true;
        for (int k = 0; k < r->count; k++) {
            const struct rule_part *p = &r->parts[k];
            uint32_t a = x[p->field], b = y[p->field];
            holds = holds && a && b;
            if (!holds)
                break;
            str one = value_text(&t.values[p->field], a), other = value_text(&t.values[p->field], b);
            if (p->sound && any_order)
                apart += heard(one) - heard(other);
            else if (p->sound)
                holds = heard(one) == heard(other);
            else
                holds = p->first ? str_equal(str_part(one, 0, one.len < p->first ? one.len : p->first), str_part(other, 0, other.len < p->first ? other.len : p->first)) : a == b;
        }
        if (holds && !apart)
            return true;
    }
    return false;
}

static bool in_characters(const char *text)
{
    return (unsigned char)text[0] >= 0xe4 && (unsigned char)text[0] < 0xea;
}

/* Of random people: those that a rule yields by their rows or by a reading, each once, whatever the sample. */
static void each_pair_comes_once(void **state)
{
    (void)state;
    static const char *const given[] = { "太郎", "Taro", "花子", "Hanako", "明", "Akira", "Ming", "正恩", "Jong-un", "정은", "陽菜", "Haruna", "" };
    static const char *const surname[] = { "田中", "Tanaka", "山崎", "Yamazaki", "Yamasaki", "金", "Kim", "김", "林", "Hayashi", "Lin", "Lim", "张", "" };
    static char people[PEOPLE * 80];
    static bool han[PEOPLE];
    struct rule_yield yields[RULES_MOST];
    struct chance c = chance_seeded(3);
    size_t n = (size_t)snprintf(people, sizeof people, "id,given,surname,born,city\n");
    for (int i = 0; i < PEOPLE; i++) {
        uint8_t r[4];
        c.fill(&c, r, sizeof r);
        const char *one = given[r[0] % countof(given)], *other = surname[r[1] % countof(surname)];
        han[i] = in_characters(one) || in_characters(other);
        n += (size_t)snprintf(people + n, sizeof people - n, "%d,%s,%s,19%02d-01-01,%s\n", i, one, other, 50 + r[2] % 40, r[3] % 2 ? "Osaka" : "Seoul");
    }
    read_people(people);
    assert_true(t.read.count > PEOPLE / 2);
    int by_reading = 0;
    for (int one_in = 1; one_in <= 4; one_in *= 4) {
        walk(one_in, yields);
        for (uint32_t a = 0; a < PEOPLE; a++)
            for (uint32_t b = a + 1; b < PEOPLE; b++) {
                bool plain = obeyed(table_row(&t, a), table_row(&t, b), true), read = false;
                const uint32_t *of = (const uint32_t *)(void *)t.read.of.at;
                for (uint32_t i = 0; i < t.read.count && han[a] != han[b]; i++)
                    read = read || (of[i] == (han[a] ? a : b) && obeyed(table_row(&t, t.count + i), table_row(&t, han[a] ? b : a), false));
                if (met[a][b] != (plain || read))
                    fail_msg("%u and %u: %d", a, b, met[a][b]);
                by_reading += read && !plain;
            }
    }
    assert_true(by_reading > 200);
    static uint8_t all[PEOPLE][PEOPLE];
    memcpy(all, met, sizeof met);
    uint64_t left_out = 0, pairs = 0;
    for (uint32_t most = 2; most <= 32; most *= 2) { /* of a block that was too large another one counts as the first, and it alone */
        uint64_t kept = 0;
        walk_blocks(most, 1, yields);
        for (int i = 0; i < t.plan.rule_count; i++)
            left_out += yields[i].dropped_blocks;
        for (uint32_t a = 0; a < PEOPLE; a++)
            for (uint32_t b = a + 1; b < PEOPLE; b++) {
                assert_true(met[a][b] <= all[a][b]);
                kept += met[a][b];
            }
        assert_true(kept >= pairs);
        pairs = kept;
    }
    assert_true(left_out > 0 && pairs > 0);
    table_close(&t);
}

static void assert_met_in_small_blocks(const char *people, int pairs)
{
    struct rule_yield yields[RULES_MOST];
    uint64_t left_out = 0;
    read_people(people);
    walk_blocks(8, 1, yields);
    for (int i = 0; i < t.plan.rule_count; i++)
        left_out += yields[i].dropped_blocks;
    assert_true(left_out > 0);
    for (int i = 0; i < pairs; i++)
        assert_int_equal(met[2 * i][2 * i + 1], 1);
    table_close(&t);
}

/* What one rule leaves out, since too many have it, is met by another: a name that all have, and then a day and a town, of the records themselves. */
static void what_a_rule_leaves_out_is_met_by_another(void **state)
{
    (void)state;
    static const struct surname given[] = { { "太郎", "Taro" }, { "花子", "Hanako" }, { "健一", "Kenichi" }, { "美咲", "Misaki" }, { "直樹", "Naoki" }, { "由美子", "Yumiko" }, { "達也", "Tatsuya" } };
    enum { MANY = 40 };
    char people[MANY * 80];
    size_t n = (size_t)snprintf(people, sizeof people, "id,given,surname,born\n");
    for (int i = 0; i < MANY; i++)
        n += (size_t)snprintf(people + n, sizeof people - n, "%d,太郎,田中,19%02d-01-01\n%d,Taro,Tanaka,19%02d-01-01\n", 2 * i, 50 + i, 2 * i + 1, 50 + i);
    assert_met_in_small_blocks(people, MANY);
    n = (size_t)snprintf(people, sizeof people, "id,given,surname,born,city\n");
    for (int i = 0; i < (int)countof(given); i++)
        n += (size_t)snprintf(people + n, sizeof people - n, "%d,%s,田中,1980-01-01,Osaka\n%d,%s,Tanaka,1980-01-01,Osaka\n", 2 * i, given[i].text, 2 * i + 1, given[i].latin);
    assert_met_in_small_blocks(people, countof(given));
}

/* Each person twice, in characters and in Latin letters, two of them born on a day. */
static void write_people(char *to, size_t most)
{
    static const struct surname given[] = { { "太郎", "Taro" }, { "花子", "Hanako" }, { "健一", "Kenichi" }, { "美咲", "Misaki" }, { "直樹", "Naoki" }, { "由美子", "Yumiko" }, { "達也", "Tatsuya" } };
    size_t n = (size_t)snprintf(to, most, "id,given,surname,born\n");
    for (int i = 0; i < PEOPLE; i++) {
        int who = i / 2, one = who % (int)countof(given), other = who % 72;
        n += (size_t)snprintf(to + n, most - n, "%d,%s,%s,19%02d-0%d-01\n", i, i % 2 ? given[one].latin : given[one].text, i % 2 ? japanese[other].latin : japanese[other].text, 50 + who / 2 % 40, 1 + who / 80);
        assert_true(n < most);
    }
}

/* The same to the byte for any number of threads, and most of them are found; a file in which nobody is read so has no further row. */
static void threads_change_nothing(void **state)
{
    (void)state;
    static char people[PEOPLE * 60];
    static struct dedupe one, four;
    write_people(people, sizeof people);
    for (int threads = 1; threads <= 4; threads += 3) {
        struct dedupe *d = threads == 1 ? &one : &four;
        struct dedupe_wish wish = { .threads = threads, .block_most = 1000, .cluster_most = 100, .keep = 0.5, .join = 0.95 };
        int fd = file_of(people);
        assert_int_equal(dedupe_files(d, &fd, 1, NULL, &wish), OK);
        close(fd);
    }
    assert_int_equal(one.edges.count, four.edges.count);
    assert_memory_equal(one.edges.at, four.edges.at, one.edges.count * sizeof(struct edge));
    int own = 0;
    for (size_t i = 0; i < one.edges.count; i++)
        own += one.edges.at[i].a % 2 == 0 && one.edges.at[i].b == one.edges.at[i].a + 1;
    print_message("%d of %d people, among %d pairs\n", own, PEOPLE / 2, (int)one.edges.count);
    assert_true(own >= 190 && one.edges.count <= 220);
    dedupe_close(&one);
    dedupe_close(&four);
    read_people("id,given,surname\n1,Taro,Tanaka\n2,たろう,タナカ\n3,정은,김\n4,Иван,Попов\n");
    assert_true(!t.read.count && !t.read.noted_count && !t.read.noted.at);
    table_close(&t);
}

static void short_memory_is_told(void **state)
{
    (void)state;
    static char people[PEOPLE * 60];
    int failed = 0;
    write_people(people, sizeof people);
    struct rule_yield yields[RULES_MOST];
    for (int nth = 1;; nth++) {
        int fd = file_of(people);
        space_fail(nth);
        status s = table_read(&t, &fd, 1, NULL, NULL);
        struct pairs_wish wish = { 1000, 1, go_on, 1, note_pairs, NULL, "comparing", NULL };
        bool fine = s == OK && pairs_walk(&t, &wish, yields);
        space_fail(0);
        assert_true(s == OK || s == FAULT);
        table_close(&t);
        close(fd);
        if (fine)
            break;
        failed = nth;
    }
    assert_true(failed > 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_their_readings),
        cmocka_unit_test(common_surnames_meet_their_latin_form),
        cmocka_unit_test(who_is_read_so_is_met_and_compared),
        cmocka_unit_test(whole_names_and_two_files),
        cmocka_unit_test(each_pair_comes_once),
        cmocka_unit_test(what_a_rule_leaves_out_is_met_by_another),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(short_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
