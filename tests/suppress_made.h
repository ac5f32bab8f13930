/* Invented people, tables of them, what is chosen to be hidden, and four attackers who know the published numbers and the rules. */
#ifndef TESTS_SUPPRESS_MADE_H
#define TESTS_SUPPRESS_MADE_H
#include "figures/privacy/suppress.h"

enum { COLUMNS = 4, TABLES = 4 };
extern struct arena made_space; /* each system takes a copy */
extern const struct codebook_rule *rules_of_made; /* three, or NULL */
struct made {
    struct arena arena;
    struct codebook book;
    struct tables_spec tables;
    struct table_spec table[TABLES];
    struct suppress s;
};
/* Tables by the bits of their columns; 0 ends them. Codes of a column grow rarer, so that some cells have few people and some many. */
struct shape {
    int size[COLUMNS];
    unsigned table[TABLES];
    int people, skew;
};

void make(struct made *m, const struct shape *x, uint32_t seed, int64_t k); /* the people of that seed; m->arena is there */
bool *primary(struct made *m); /* the small cells alone */
bool *chosen(struct made *m);  /* by the heuristic, or the test fails */
struct suppress_verdict judge(struct made *m, const bool *open);

/* How many small cells each attacker knows exactly, of what open[i] does not hide; bounds: to within less than width. */
int narrows(struct made *m, const bool *open, bool subtracts_only);
int eliminates(struct made *m, const bool *open);
int bounds(struct made *m, const bool *open, double width);
int insiders(struct made *m, bool *open);
#endif
