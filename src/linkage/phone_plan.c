#include "linkage/phone_plan.h"
#include "linkage/data.h"
#include <pthread.h>

enum { COUNTRIES_MOST = 260, CODES = 1000, LETTERS = 26, CELLS = 9 };

static struct phone_plan plans[COUNTRIES_MOST]; /* from 1 */
static int count;
static struct phone_plan of_code[CODES]; /* code 0: none */
static uint16_t of_letters[LETTERS * LETTERS];

static int letters_at(str alpha2)
{
    if (alpha2.len != 2)
        return -1;
    int first = (alpha2.at[0] | 32) - 'a', second = (alpha2.at[1] | 32) - 'a';
    return first >= 0 && first < LETTERS && second >= 0 && second < LETTERS ? first * LETTERS + second : -1;
}

static void copy_prefix(char to[PHONE_PREFIX_MOST], str from)
{
    must(from.len < PHONE_PREFIX_MOST);
    if (from.len)
        memcpy(to, from.at, (size_t)from.len);
}

static int cell_number(str cell, int unless_told)
{
    int64_t number = unless_told;
    must(!cell.len || (str_to_int(cell, &number) && number >= 0 && number < CODES));
    return (int)number;
}

static void share_code(const struct phone_plan *p)
{
    struct phone_plan *all = &of_code[p->code];
    if (!all->code)
        *all = *p;
    all->least = p->least < all->least ? p->least : all->least;
    all->most = p->most > all->most ? p->most : all->most;
    all->usual_least = p->usual_least < all->usual_least ? p->usual_least : all->usual_least;
    all->usual_most = p->usual_most > all->usual_most ? p->usual_most : all->usual_most;
}

static void read_plan(str line)
{
    str cells[CELLS];
    for (int i = 0; i < CELLS; i++)
        must(str_split(&line, ',', &cells[i]));
    int letters = letters_at(cells[0]);
    must(count + 1 < COUNTRIES_MOST && letters >= 0 && cells[1].len && cells[4].len && cells[5].len);
    struct phone_plan *p = &plans[++count];
    *p = (struct phone_plan){ .country = { cells[0].at[0], cells[0].at[1] }, .code = cell_number(cells[1], 0), .bare = cell_number(cells[6], 0) };
    p->least = cell_number(cells[4], 0);
    p->most = cell_number(cells[5], 0);
    p->usual_least = cell_number(cells[7], p->least);
    p->usual_most = cell_number(cells[8], p->most);
    copy_prefix(p->trunk, cells[2]);
    copy_prefix(p->international, cells[3]);
    must(p->code > 0 && p->least <= p->usual_least && p->usual_least <= p->usual_most && p->usual_most <= p->most && p->most <= E164_MOST);
    of_letters[letters] = (uint16_t)count;
    share_code(p);
}

static void read_plans(void)
{
    str rest = { data_calling_codes, data_calling_codes_size }, line;
    for (bool header = true; data_line(&rest, &line); header = false)
        if (!header)
            read_plan(line);
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_plans);
}

int phone_country(str alpha2)
{
    int at = letters_at(alpha2);
    start();
    return at < 0 ? 0 : of_letters[at];
}

str phone_country_letters(int country)
{
    start();
    return (str){ plans[country].country, country ? 2 : 0 };
}

const struct phone_plan *phone_plan(int country)
{
    start();
    return &plans[country];
}

const struct phone_plan *phone_plan_of_code(str digits, str *national)
{
    int code = 0;
    start();
    for (ptrdiff_t i = 0; i < 3 && i < digits.len; i++) {
        code = code * 10 + digits.at[i] - '0';
        if (code && of_code[code].code == code) {
            *national = str_part(digits, i + 1, digits.len);
            return &of_code[code];
        }
    }
    return NULL;
}

bool phone_plan_allows(const struct phone_plan *p, str national)
{
    return p->code != 1 || (national.at[0] > '1' && national.at[3] > '1');
}
