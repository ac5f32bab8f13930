/* What the files of the command `link` share. */
#ifndef APP_LINK_LINK_H
#define APP_LINK_LINK_H
#include "lib/base/csv.h"
#include "linkage/dedupe.h"

const char *link_option(const char *name); /* NULL: not given */
/* *out is left as it was where the option was not given. False, and a line on stderr: out of the range. */
bool link_number(const char *name, int64_t least, int64_t most, int64_t *out) MUST_CHECK;
bool link_share(const char *name, double *out) MUST_CHECK; /* between 0 and 1, both left out */

/* A whole file or none; false, and a line on stderr, when it cannot be written. */
bool link_write_pairs(struct dedupe *d, const char *path) MUST_CHECK;    /* id_a,id_b,weight,probability: the surest first */
bool link_write_clusters(const struct dedupe *d, const char *path) MUST_CHECK; /* id,cluster_id */
bool link_write_model(const struct dedupe *d, const char *path) MUST_CHECK;    /* JSON */
bool link_write_report(struct dedupe *d, const char *path, double join) MUST_CHECK; /* HTML, one page */

/* A file of texts, CSV or with tabs. */
struct link_input {
    const char *path;
    str text;
    struct arena a;
    struct csv csv; /* of a file with commas */
    bool tabs;      /* else */
    ptrdiff_t id, words;
};
bool link_open(struct link_input *in) MUST_CHECK; /* in->path; false, and a line on stderr */
/* Calls take for each text, with its name, of the columns of --id and --text. False, and a line on stderr, where the file does not hold them; or take said so. */
bool link_each_text(struct link_input *in, bool (*take)(void *context, str name, str text), void *context) MUST_CHECK;

int link_texts(const char *path);   /* the exit status */
int link_extract(const char *path); /* the same */

/* A new file beside the wanted one, which takes its name at the end: it is there whole, or not at all. */
struct target {
    const char *path;
    char beside[4096];
    FILE *to;
};
bool target_open(struct target *t, const char *path) MUST_CHECK;  /* false, and a line on stderr */
bool target_close(struct target *t) MUST_CHECK;                   /* false: what was written is gone, what stood there stands */
void target_drop(struct target *t); /* in place of target_close: as if nothing had been written */
#endif
