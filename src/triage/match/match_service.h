/*
 * The engine's knowledge of tips: which facts each names, in memory alone. Tips are read as the engine's own principal, in small steps, and again
 * when something was added to them or they went to another office; what is no longer there is dropped. Questions are answered by ids and numbers:
 * whoever asks opens what they may see with their own keys.
 */
#ifndef TRIAGE_MATCH_MATCH_SERVICE_H
#define TRIAGE_MATCH_MATCH_SERVICE_H
#include "lib/store/db.h"
#include "linkage/words.h"
#include "triage/match/match.h"
#include "vault/keeper.h"

/* A tip as the walk meets it, or a case. */
struct match_tip {
    id id, office;
    uint32_t further;   /* rows that were added to it: words of its sender, marks of staff, boxes of its row for further rings; of a case entries and subjects */
};
/* At most limit of those behind that id, by id. */
status match_tips(struct db *db, id after, int64_t limit, struct match_tip *to, ptrdiff_t *n) MUST_CHECK;
status match_tip_sealed(struct db *db, struct arena *a, id tip, str *sealed) MUST_CHECK; /* empty: it is not there */
/* Further rings that its own row was boxed to; at most room. */
status match_tip_rings(struct db *db, id tip, id *to, ptrdiff_t room, ptrdiff_t *n) MUST_CHECK;
status match_on_case(struct db *db, id root, id tip, bool *on) MUST_CHECK; /* that tip was put on that case, and is on it still */

/* Cases, which stand in a folder above this one: their people write what they name, and whoever is on one asks for what names the same (match_file.h). */
struct match_feed_way {
    struct db *db;
    struct keeper *keeper;
    token who;
    str country;
};
struct match_feed {
    status (*list)(struct db *db, id after, int64_t limit, struct match_tip *to, ptrdiff_t *n); /* as match_tips */
    /*
     * What one of them names, and the ring of those who are on it. The text of the facts lies in *a. NOT_FOUND: it is not there, or opens for nobody.
     */
    status (*read)(const struct match_feed_way *way, id root, struct arena *a, struct match_facts *facts, id *ring);
};

enum { MATCH_GROUPS_MOST = 1 << 16, MATCH_FILES_MOST = MATCH_GROUPS_MOST / 2, MATCH_STEP = 32, MATCH_FILE_STEP = 4, MATCH_KIN_MOST = 50, MATCH_COPIES_MOST = 50, MATCH_FLOOD = 8 };

/*
 * Who may see some tips: those who hold one of the rings, at that office. Or a case: who holds its ring, whatever their office. Of MATCH_FILES_MOST cases
 * each has a group, and the others are left out, so that there is room for tips.
 */
enum { MATCH_RINGS = 4 };
struct match_group {
    id office, rings[MATCH_RINGS];
    uint32_t tips;
    uint32_t file;      /* 1: it is a case's */
};
/* What is known of a document beside its facts. */
struct match_mark {
    uint32_t walk;      /* the last one that met it */
    uint32_t further;   /* as struct match_tip */
};
/* Whether one of its rings is among these n. */
bool match_group_opens(const struct match_group *g, const id *rings, ptrdiff_t n);
struct match_service {
    struct index index;
    struct words words;           /* under the numbers and groups of the index; what is asked of them: triage/search */
    struct db *db;
    struct keeper *keeper;
    str country;
    struct space group_space, mark_space, fold_space, copy_space;
    struct match_group *groups;   /* by the group of a document in the index */
    uint32_t group_count, file_count;
    struct match_mark *marks;     /* of each document */
    struct match_fold *folds;     /* of each document, what the question of now knows of floods (match_flood.h) */
    uint32_t *copies;             /* room for as many numbers as there are documents */
    const struct match_feed *feed;/* NULL: tips alone */
    bool at_files;                /* the walk is through with the tips */
    id after, behind;             /* the walk goes on behind that one; it began behind that one */
    uint32_t walk;                /* how many walks over all tips were begun */
    bool over_all;                /* this walk is one of these */
    bool whole;                   /* one came to its end: all tips are here */
    bool changed, dropped;        /* since it was last written out; dropped: something is no longer to be there */
};
/* The database is read alone. False: no memory. country: as extract() takes it; must outlive the service. Then a feed may be set. */
bool match_service_open(struct match_service *m, struct db *db, struct keeper *keeper, str country) MUST_CHECK;
void match_service_close(struct match_service *m);
struct match_said;
/* What the walk does with each that it read, in place of what was known of it. said: NULL of a case, whose words are looked for by nobody here. FAULT: no memory. */
status match_service_put(struct match_service *m, const struct match_tip *met, uint32_t group, const struct match_facts *facts, const struct match_said *said) MUST_CHECK;
/* Begins a walk over the tips behind that id, then over such cases, or over all of them (zero): such a one also drops what is no longer there. */
void match_service_walk(struct match_service *m, id behind);
/*
 * One step of it: opens at most MATCH_STEP tips. OK: there is more to do. NOT_FOUND: the walk is at its end. Else what the keeper or the
 * database said; the same step comes again.
 */
status match_service_step(struct match_service *m, token t, struct arena scratch) MUST_CHECK;
/* Nothing of that tip is left. False: it was not there. */
bool match_service_forget(struct match_service *m, id tip);

struct match_found {
    id tip;
    int32_t weight;     /* in 1/256 bit */
    uint8_t same;       /* a bit a field (enum match_field): both name the same value */
};
struct match_crowd {
    uint32_t field;     /* enum match_field */
    uint32_t tips;
};
struct match_answer {
    bool known, whole;  /* the tip is in the index; all tips are */
    uint32_t among;     /* tips that the asker may see */
    uint32_t copies;    /* near copies at the same office that the asker may see, the tip itself among them */
    int32_t kin_count, copy_count, crowd_count;
    struct match_found kin[MATCH_KIN_MOST];  /* the likeliest first; of a flood who stands for it (match_flood.h), of the tip's own flood nobody */
    id copy[MATCH_COPIES_MOST];              /* those behind the skipped ones by id, without the tip itself */
    struct match_crowd crowd[CROWDED_MOST];
};
/* rings: those that the asker holds. A tip of another office than theirs, or of which they hold no ring, is not there. */
struct match_asker {
    id office;
    const id *rings;
    ptrdiff_t ring_count;
};
/* Which groups of tips the asker may see: a bit each. */
struct match_held {
    uint8_t group[MATCH_GROUPS_MOST / 8];
};
uint32_t match_note_held(const struct match_service *m, const struct match_asker *asker, struct match_held *h); /* how many tips that are */
bool match_may_see(void *held, uint32_t group); /* for struct index_wish */
/* skip: so many copies are left out, for the next page of them. */
void match_service_kin(const struct match_service *m, const struct match_asker *asker, id tip, uint32_t skip, struct match_answer *out);

/* The groups of tips that the asker may see: at most MATCH_GROUPS_MOST; how many. */
uint32_t match_service_groups(const struct match_service *m, const struct match_asker *asker, uint32_t *to);

/* Everything, for a snapshot, and back into a service just opened; as index_write and index_read. */
bool match_service_write(const struct match_service *m, bool (*put)(void *context, const void *bytes, size_t n), void *context) MUST_CHECK;
status match_service_read(struct match_service *m, bool (*get)(void *context, void *bytes, size_t n), void *context) MUST_CHECK;
#endif
