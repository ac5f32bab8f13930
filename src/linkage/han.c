#include "linkage/han.h"
#include "linkage/data.h"
#include <pthread.h>

enum { FIRST = 0x4e00, LAST = 0x9fff, SYLLABLES_MOST = 512, FIRST_MOST = 64, DOUBLE_MOST = 64 };

static char syllables[SYLLABLES_MOST][8]; /* 0: none */
static uint16_t reading[LAST - FIRST + 1];
static struct {
    uint32_t point;
    uint16_t syllable;
} as_first[FIRST_MOST];
static uint32_t doubles[DOUBLE_MOST][2];
static uint8_t surname[(LAST - FIRST + 8) / 8]; /* a bit a character */
static int syllable_count, first_count, double_count;

static uint32_t next_point(str *s)
{
    must(s->len >= 3); /* all of them have three bytes */
    const unsigned char *c = (const unsigned char *)s->at;
    uint32_t point = (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (uint32_t)(c[2] & 63);
    *s = str_part(*s, 3, s->len);
    must(is_han(point));
    return point;
}

static void read_line(str line)
{
    ptrdiff_t blank = str_find(line, ' ');
    str name = str_part(line, 0, blank), points = str_part(line, blank + 1, line.len);
    bool first = name.at[0] == '^';
    must(blank > 0 && name.len < 8 && syllable_count + 1 < SYLLABLES_MOST);
    name = first ? str_part(name, 1, name.len) : name;
    memcpy(syllables[++syllable_count], name.at, (size_t)name.len);
    while (points.len) {
        uint32_t point = next_point(&points);
        if (str_equal(name, lit("+"))) {
            surname[(point - FIRST) / 8] |= (uint8_t)(1 << (point - FIRST) % 8);
        } else if (str_equal(name, lit("++"))) {
            must(double_count < DOUBLE_MOST);
            doubles[double_count][0] = point;
            doubles[double_count++][1] = next_point(&points);
        } else if (first) {
            must(first_count < FIRST_MOST);
            as_first[first_count].point = point;
            as_first[first_count++].syllable = (uint16_t)syllable_count;
        } else {
            reading[point - FIRST] = (uint16_t)syllable_count;
        }
    }
}

static void read_table(void)
{
    str rest = { data_han, data_han_size }, line;
    while (data_line(&rest, &line))
        read_line(line);
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_table);
}

const char *han_reading(uint32_t point, bool first)
{
    start();
    for (int i = 0; first && i < first_count; i++)
        if (as_first[i].point == point)
            return syllables[as_first[i].syllable];
    return is_han(point) && reading[point - FIRST] ? syllables[reading[point - FIRST]] : NULL;
}

int han_surname(const uint32_t *points, ptrdiff_t n)
{
    start();
    for (int i = 0; n > 2 && i < double_count; i++)
        if (doubles[i][0] == points[0] && doubles[i][1] == points[1])
            return 2;
    return n > 1 && is_han(points[0]) && surname[(points[0] - FIRST) / 8] >> (points[0] - FIRST) % 8 & 1;
}
