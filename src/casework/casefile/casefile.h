/*
 * Cases: who is on one, which offices, which tips. What a case says is sealed to its own CASE ring (what is evidence to its EVIDENCE
 * ring); the rows here find one's own cases, and give nobody anything to read.
 */
#ifndef CASEWORK_CASEFILE_CASEFILE_H
#define CASEWORK_CASEFILE_CASEFILE_H
#include "lib/store/db.h"
#include "lib/web/web.h"
#include "vault/keeper.h"

enum casefile_tag { CASE_TITLE = 1, CASE_SUMMARY, CASE_AT }; /* of the sealed row: text, text, exact time (8 bytes) */
enum { CASE_TITLE_MOST = 300, CASE_SUMMARY_MOST = 8192, CASE_PEOPLE_MOST = 100, CASE_OFFICES_MOST = 50, CASE_TIPS_MOST = 13 };

struct casefile {
    id id, office;
    str status;                     /* open, closed */
    int64_t opened_day, closed_day; /* closed_day 0 while open */
    str sealed;
    int64_t due;                    /* minute of the next deadline; CASE_NO_CLOCK. Of casefile_list_mine only */
};
#define CASE_NO_CLOCK INT64_MAX
struct casefiles {
    struct casefile *at;
    ptrdiff_t len;
};
struct case_person {
    id account;
    str part;                       /* lead, member */
    int64_t since_day;
    str name, role, state;          /* of the account */
};
struct case_people {
    struct case_person *at;
    ptrdiff_t len;
};
struct case_office {
    id office;
    int64_t since_day;
};
struct case_offices {
    struct case_office *at;
    ptrdiff_t len;
};
struct case_tip {
    id tip, office;                 /* whose tip it is */
    int64_t day;                    /* of the link */
    str sealed;                     /* the tip's own row */
};
struct case_tips {
    struct case_tip *at;
    ptrdiff_t len;
};

/* Opens with status open. CONFLICT: the id is taken. Inside the caller's transaction, as all that writes here. */
status casefile_add(struct db *db, const struct casefile *c) MUST_CHECK;
status casefile_find(struct db *db, struct arena *a, id root, struct casefile *out) MUST_CHECK;
/* The same for who is on it. NOT_FOUND: there is none, or account is not on it; both in the same time. */
status casefile_find_mine(struct db *db, struct arena *a, id root, id account, struct casefile *out) MUST_CHECK;
/* Cases account is on: next deadline first, then newest. wanted: open, closed, or empty for all. after: last of the page before, or NULL. */
status casefile_list_mine(struct db *db, struct arena *a, id account, str wanted, const struct casefile *after, int64_t limit,
                          struct casefiles *out) MUST_CHECK;
/* Open and closed cases that both account and former are on, and newcomer is not; newest first. */
status casefile_list_shared(struct db *db, struct arena *a, id account, id former, id newcomer, int64_t limit, struct casefiles *out) MUST_CHECK;
status casefile_close(struct db *db, id root, int64_t day) MUST_CHECK;
status casefile_reopen(struct db *db, id root) MUST_CHECK;

/* Puts a person on it, or on it again. */
status casefile_person_add(struct db *db, id root, id account, str part, int64_t day) MUST_CHECK;
status casefile_person_end(struct db *db, id root, id account, int64_t day) MUST_CHECK; /* NOT_FOUND: not on it */
/* Who is on it now, the lead first; at most CASE_PEOPLE_MOST. */
status casefile_people(struct db *db, struct arena *a, id root, struct case_people *out) MUST_CHECK;
status casefile_office_add(struct db *db, id root, id office, int64_t day) MUST_CHECK; /* OK also when it stands there */
status casefile_offices(struct db *db, struct arena *a, id root, struct case_offices *out) MUST_CHECK;
status casefile_tip_add(struct db *db, id root, id tip, id author, int64_t day) MUST_CHECK;
/* Newest link first; at most CASE_TIPS_MOST. */
status casefile_tips(struct db *db, struct arena *a, id root, struct case_tips *out) MUST_CHECK;

/* A case as its people see it. */
struct opened_case {
    struct casefile row;
    str title, summary;
};
/*
 * The one entrance of every page of a case. NOT_FOUND: there is none, or the caller is not on it or holds no key of it; nobody outside can
 * tell which, by no byte and no time, and the log has the attempt.
 */
status casefile_open(struct request *r, id root, enum purpose why, struct opened_case *out) MUST_CHECK;
/* "/cases/ID" and what comes after. */
str casefile_path(struct arena *a, id root, const char *after);
#endif
