/* One release on its way: what privacy_tables and privacy_micro share. Inside this folder alone. */
#ifndef FIGURES_PRIVACY_WORK_H
#define FIGURES_PRIVACY_WORK_H
#include "figures/privacy/manifest.h"
#include "figures/privacy/micro.h"
#include "figures/privacy/page.h"
#include "figures/privacy/privacy.h"
#include "figures/privacy/tables.h"

struct work {
    const struct privacy_ask *ask;
    struct privacy_told *told;
    struct arena arena;
    struct codebook book;
    struct tables_spec tables;
    struct micro micro;
    const int *header; /* of microdata: the columns as the data have them */
    int header_columns;
    str codebook_text, tables_text, year, name, scope;
    enum ledger_class class;
    uint64_t rho, cap; /* rho is 0 in the class of suppression */
    struct manifest_keys keys;
    struct rows rows;
    struct ledger ledger;
};
/* How a kind of release is made. */
struct work_kind {
    const char *mechanism;
    bool (*read)(struct work *w);              /* what else the command names, and the plan */
    str (*terms)(struct work *w);              /* for the ledger */
    int64_t (*bytes)(struct work *w);          /* no more than so many bytes will the files be */
    /* Measures, ends release and rows, and makes the files, the page too, each in no order. Room for those of the manifest is left. */
    void (*make)(struct work *w, struct release *r, struct release_files *files);
    const char *what; /* "tables", for people */
    status (*prepare)(struct work *w);         /* what can still say no before the ledger's line, or NULL */
};
void work_note(struct privacy_told *t, const char *what);
bool work_text(struct work *w, const char *path, ptrdiff_t most, str *out); /* the file, or told->failed */
bool work_words(struct work *w, const char *mechanism);
status work_ledger(struct work *w);
/* What the page says of ledger and codebook, once the release is spent. */
struct page_terms work_terms(struct work *w, const struct release *r);
/* The folder that ask->out names. */
status work_run(struct work *w, const struct work_kind *kind, const char *folder);
extern const ptrdiff_t work_memory; /* address space of one job */
#endif
