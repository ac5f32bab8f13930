#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>
#include "micro_made.h"
#include "figures/privacy/noise_seeded.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

#define COLUMNS "\"columns\": [{\"name\": \"sex\", \"codes\": [\"\", \"Man\", \"Woman\"], \"other\": \"\"}, " \
    "{\"name\": \"age\", \"codes\": [\"1\", \"2\", \"3\", \"4\"]}, {\"name\": \"place\", \"codes\": [\"X\", \"Y\", \"Z\", \"never\"]}, " \
    "{\"name\": \"help\", \"codes\": [\"0\", \"1\"]}]"
#define BOOK "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", " COLUMNS
const char micro_open_book[] = BOOK "}";
/* Two columns, and three. */
const char micro_ruled_book[] = BOOK ", \"impossible\": [{\"age\": \"1\", \"help\": \"1\"}, "
                                      "{\"sex\": \"Man\", \"age\": \"2\", \"place\": \"Y\"}]}";

struct codebook micro_book(struct arena *a, const char *text)
{
    struct said said = { 0 };
    struct codebook book;
    if (!codebook_read(a, "C.json", str_of(text), &book, &said))
        fail_msg("%s", said.at);
    return book;
}

struct rows micro_rows_of(const struct codebook *book, str text)
{
    struct said said = { 0 };
    struct rows rows;
    char path[] = "/tmp/micro_made.XXXXXX";
    int fd = mkstemp(path);
    must(fd >= 0 && !close(fd) && file_replace(path, text) == OK);
    bool good = rows_read(book, path, (str){ 0 }, lit("all"), &rows, &said);
    unlink(path);
    if (!good)
        fail_msg("%s", said.at);
    return rows;
}

str micro_people(struct arena *a, int n, const char *last)
{
    struct out o = { .arena = a };
    struct chance c = chance_seeded(5);
    out_str(&o, lit("sex,age,place,help\n"));
    for (int i = 0; i < n; i++) {
        uint8_t d[4];
        char row[40];
        c.fill(&c, d, sizeof d);
        int age = 1 + d[0] % 4, place = d[1] < 200 ? age % 3 : d[1] % 3, man = d[2] % 3 == 1 && !(age == 2 && place == 1);
        int len = snprintf(row, sizeof row, "%s,%d,%c,%d\n", man ? "Man" : d[2] % 3 ? "Woman" : "", age, "XYZ"[place],
                           age > 2 ? d[3] < 200 : age == 2 && d[3] < 30);
        out_str(&o, (str){ row, len });
    }
    out_str(&o, str_of(last));
    return out_view(&o);
}

const struct micro_workload micro_no_sets, micro_one_set = { { { 1, 2, 3 } }, 1 };

void micro_measured(struct arena *a, const struct codebook *book, const struct micro_workload *w, struct rows *rows, uint64_t budget,
                    uint64_t seed, struct micro *m)
{
    struct said said = { 0 };
    struct release r = { .rho = budget };
    if (!micro_plan(a, book, w, budget, 1.5, m, &said))
        fail_msg("%s", said.at);
    noise_seed(seed);
    noise_begin(&r.source, 0);
    micro_measure(&r, rows, m, a);
    assert_true(r.used <= budget && r.used + 20 > budget); /* what was paid is used, but for rounding */
    release_end(&r);
}

ptrdiff_t micro_cell(const struct micro *m, const struct micro_table *t, uint16_t **codes, ptrdiff_t row)
{
    ptrdiff_t cell = 0;
    for (int i = 0; i < t->columns; i++)
        cell = cell * m->one[t->column[i]].size + (codes[t->column[i]][row]);
    return cell;
}
