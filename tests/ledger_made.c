#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <unistd.h>
#include "ledger_made.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

enum { ARENA = 64 << 20 };
struct arena space;
char made_folder[64], made_path[96];

void made_sweep(void)
{
    DIR *d = opendir(made_folder);
    for (struct dirent *e; (e = readdir(d));) {
        char name[400];
        snprintf(name, sizeof name, "%s/%s", made_folder, e->d_name);
        if (e->d_name[0] != '.' || e->d_name[1] > '.')
            unlink(name);
    }
    closedir(d);
}

struct ledger_ask made_ask(const char *scope, const char *year, uint64_t rho, uint8_t request)
{
    return (struct ledger_ask){ .class = rho ? LEDGER_NOISE : LEDGER_SUPPRESSION, .scope = str_of(scope), .year = str_of(year), .rho = rho,
                                .name = lit("r"), .mechanism = lit("tables"), .terms = lit("t:50/1:1"), .request = { request } };
}

status made_open(struct arena *a, const char *given, struct ledger *l, struct said *said, struct said *note)
{
    struct ledger_how how = { made_path, 2 * NANO, str_of(given) };
    bool made;
    *said = (struct said){ 0 };
    *note = (struct said){ 0 };
    return ledger_open(a, &how, l, &made, said, note);
}

/* A ledger with n spendings of a hundredth each. */
void made_with(struct arena *a, int n, struct ledger *l)
{
    struct said said, note;
    struct release r;
    made_sweep();
    assert_int_equal(made_open(a, NULL, l, &said, &note), OK);
    for (int i = 0; i < n; i++) {
        struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, (uint8_t)(i + 1));
        assert_int_equal(release_begin(l, &ask, &r, &said), OK);
    }
}

uint64_t made_spent(const struct ledger_book *b)
{
    uint64_t sum = 0;
    for (ptrdiff_t i = 0; i < b->account_count; i++)
        sum += b->accounts[i].spent;
    return sum;
}

str made_text(struct arena *a)
{
    str text;
    assert_int_equal(file_read(a, made_path, LEDGER_BYTES_MOST, &text), OK);
    return text;
}

int made_set_up(void **state)
{
    (void)state;
    crypt_start();
    space = arena_reserve(ARENA);
    snprintf(made_folder, sizeof made_folder, "/tmp/ledger_test.XXXXXX");
    if (!mkdtemp(made_folder))
        return 1;
    snprintf(made_path, sizeof made_path, "%s/ledger", made_folder);
    return 0;
}

int made_tear_down(void **state)
{
    (void)state;
    made_sweep();
    return rmdir(made_folder);
}
