/* A small ledger in a folder of its own, for the tests of its rules and of its crashes. */
#ifndef TESTS_LEDGER_MADE_H
#define TESTS_LEDGER_MADE_H
#include "figures/privacy/release.h"

extern struct arena space;             /* each test takes a copy */
extern char made_folder[64], made_path[96];

void made_sweep(void);                 /* takes all files of the folder away */
struct ledger_ask made_ask(const char *scope, const char *year, uint64_t rho, uint8_t request); /* rho 0: of the class suppression */
status made_open(struct arena *a, const char *given, struct ledger *l, struct said *said, struct said *note);
void made_with(struct arena *a, int n, struct ledger *l); /* n spendings of a hundredth rho on victims, 2024; it stays open */
uint64_t made_spent(const struct ledger_book *b);
str made_text(struct arena *a);        /* the file */
int made_set_up(void **state);
int made_tear_down(void **state);
#endif
