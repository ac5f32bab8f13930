/*
 * Requests for help: what a colleague outside the wall asks of the carers of an office. Sealed to the office's VICTIM ring by whoever
 * asks; read by its carers alone. The one who asked sees nothing of it again.
 */
#ifndef CARE_ASK_ASK_H
#define CARE_ASK_ASK_H
#include "lib/store/db.h"
#include "vault/envelope.h"

enum { ASK_WORDS_MOST = 4096, ASK_CASE_MOST = 64 };
struct ask {
    id office, id, from;            /* from: the account that asks */
    str name;                       /* of who asks */
    str police_case, about, words;  /* about: a code of ask_topics */
    str by;                         /* a day, or empty */
    str language;
    str suggested, why;             /* whom the roster names, and because of what (code: language, duty); may be empty */
    int64_t at;                     /* exact time */
    str sealed;                     /* as stored */
};
struct asks {
    struct ask *at;
    ptrdiff_t len;
};
extern const struct ask_topic {
    const char *code, *label;
} ask_topics[];
extern const ptrdiff_t ask_topic_count;

enum { ASK_FIELDS = 10 };
ptrdiff_t ask_write(struct arena *a, const struct ask *x, struct sealed_field *to); /* room for ASK_FIELDS */
void ask_read(const struct sealed_fields *f, struct ask *out);                       /* leaves office, id and sealed */

status ask_add(struct db *db, const struct ask *x) MUST_CHECK;
/* Newest day first, at most limit, those before an id (NULL: from the newest). Only office, id and sealed are filled. */
status ask_list(struct db *db, struct arena *a, id office, const id *before, int64_t limit, struct asks *out) MUST_CHECK;
status ask_find(struct db *db, struct arena *a, id office, id request, struct ask *out) MUST_CHECK;
status ask_remove(struct db *db, id office, id request) MUST_CHECK; /* NOT_FOUND: a colleague was faster */
#endif
