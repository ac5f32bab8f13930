/* What the people of a house may ask of its pages, drawn by a seeded chance: the same askings each time, in every house. */
#ifndef TESTS_SILENT_ASKING_H
#define TESTS_SILENT_ASKING_H
#include "two_worlds.h"

struct asker {
    const struct matrix *m;             /* its routes */
    const struct matrix_caller *caller;
    const struct things *own, *hidden;  /* what every house has; what only one has */
    struct chance chance;
    int turn;
};
struct asking {
    enum method method;
    str path, body;
    bool names_hidden; /* the path, its query or the body has the id of something hidden */
};
/* The next one, in a. Four of five are pages the caller's job has, the fifth is an act. */
struct asking asking_next(struct asker *x, struct arena *a);
#endif
