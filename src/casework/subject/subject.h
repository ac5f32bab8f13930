/* Subjects of a case: the persons it is about. Sealed to the case's CASE ring; named by their number, which is never used again. */
#ifndef CASEWORK_SUBJECT_SUBJECT_H
#define CASEWORK_SUBJECT_SUBJECT_H
#include "lib/store/db.h"
#include "lib/web/web.h"
#include "vault/keeper.h"

enum subject_tag { SUBJECT_NAME = 1, SUBJECT_ABOUT, SUBJECT_AT }; /* text, text, exact time (8 bytes) */
enum { SUBJECT_NAME_MOST = 300, SUBJECT_ABOUT_MOST = 8192, SUBJECTS_MOST = 64 };

struct subject {
    id root, id, author;
    int64_t number, version, day;
    str sealed;
    str name, about; /* filled by subject_open */
};
struct subjects {
    struct subject *at;
    ptrdiff_t len;
};
/* The next number of the case is given to s. Inside the caller's transaction. LIMIT: the case has SUBJECTS_MOST. */
status subject_add(struct db *db, struct subject *s) MUST_CHECK;
/* A further version of number; s->version is the one it was made from. CONFLICT: somebody else changed it meanwhile. */
status subject_change(struct db *db, struct subject *s) MUST_CHECK;
/* The newest version of each, by number; sealed. */
status subject_list(struct db *db, struct arena *a, id root, struct subjects *out) MUST_CHECK;
/* The same, opened. One that does not open is absent. */
status subject_open(struct request *r, id root, enum purpose why, struct subjects *out) MUST_CHECK;
str subject_number(struct arena *a, int64_t number); /* "1": how entries name one */
#endif
