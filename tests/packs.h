/* The packs of the tree, read from their folders, for tests. Tests run in the build folder: paths are relative to this file. */
#ifndef TESTS_PACKS_H
#define TESTS_PACKS_H
#include "common/pack/pack.h"

static inline str packs_folder(struct arena *a, const char *name)
{
    str here = str_of(__FILE__);
    while (here.len && here.at[here.len - 1] != '/')
        here.len--;
    return str_join(a, str_join(a, here, lit("../packs/")), str_of(name));
}

static inline void packs_add(struct arena *a, struct pack *p, str folder)
{
    struct pack_draft draft;
    struct pack_problems problems;
    status s = pack_read(a, folder, p, &draft, &problems);
    for (ptrdiff_t i = 0; i < problems.len; i++)
        fprintf(stderr, "%.*s:%d: %.*s: %.*s\n", (int)problems.at[i].file.len, problems.at[i].file.at, (int)problems.at[i].line,
                (int)problems.at[i].column.len, problems.at[i].column.at, (int)problems.at[i].message.len,
                problems.at[i].message.at);
    must(s == OK);
    struct pack_row *rows = arena_new(a, struct pack_row, p->len + draft.len);
    if (p->len)
        memcpy(rows, p->rows, (size_t)p->len * sizeof *rows);
    memcpy(rows + p->len, draft.rows, (size_t)draft.len * sizeof *rows);
    *p = pack_of(rows, p->len + draft.len);
}

/* int, and us on top of it when asked for. */
static inline struct pack packs_of_the_tree(struct arena *a, bool with_us)
{
    struct pack p = { 0 };
    packs_add(a, &p, packs_folder(a, "int"));
    if (with_us)
        packs_add(a, &p, packs_folder(a, "us"));
    return p;
}
#endif
