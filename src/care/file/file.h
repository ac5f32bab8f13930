/*
 * Care files: help to one person who was harmed. A file is the scope of two rings of its own, VICTIM and LOCATION (SCOPE_CASE with the
 * file's id), and everything in it is sealed to them. Its head is one sealed row that says what pages need without opening more: alias,
 * what is due, how the person may be contacted, what was superseded and what was counted. It is changed in place with every entry, in
 * the entry's transaction; two who change it at once are told apart by its old bytes.
 */
#ifndef CARE_FILE_FILE_H
#define CARE_FILE_FILE_H
#include "lib/store/db.h"
#include "vault/envelope.h"

/* One line of a list in the head. What each part means is said at the list. */
struct care_item {
    id id, other;
    int64_t a, b;
    str text;
};
struct care_items {
    struct care_item *at;
    ptrdiff_t len, cap;
};
/* How the person may be contacted, without the number, the address or the code word. Empty texts: not said. */
struct care_rule {
    id place;                     /* row of care_place that holds the rest; zero: no safe contact is known */
    int64_t day;                  /* when it was said */
    str method, from, to, zone, language, voicemail, never_call; /* values of the kind safe_contact */
};
struct care_head {
    str alias, say, age, language, about; /* about: what a helper needs to know to be kind */
    str asked;                    /* the words of the request it was opened from */
    str police_case;              /* number or id of the police case, as the request or a carer gave it */
    id office;                    /* of who opened it */
    int64_t opened;               /* exact time */
    int64_t ended;                /* the day care ended; 0: it goes on */
    struct care_rule rule;
    struct care_items due;        /* id: the entry that started it, a: day, b: minute it is due, text: its code (clock or relief deadline) */
    struct care_items superseded; /* id: an entry another one took the place of, other: that one */
    struct care_items counted;    /* id: an entry that counts a person, other: its office, a: day, text: measure */
    struct care_items places;     /* id: row of care_place, a: day, text: kind */
    struct care_items releases;   /* id: entry, a: last day it holds */
    struct care_items packets;    /* id: packet, other: its holder, a: last day, text: name of the holder */
    struct care_items reveals;    /* id: who saw a name or a place, other: the place (zero: the name), a: exact time, text: why */
};
enum { CARE_ITEMS_MOST = 3000, CARE_NO_DUE = -1 };

/* The fields of the head, in a; *n of them. */
struct sealed_field *care_head_write(struct arena *a, const struct care_head *h, ptrdiff_t *n);
void care_head_read(struct arena *a, const struct sealed_fields *f, struct care_head *out);
void care_add(struct arena *a, struct care_items *list, struct care_item item);
void care_drop(struct care_items *list, id item);          /* every line of that id */
const struct care_item *care_look(const struct care_items *list, id item); /* NULL: not there */
/* The hour (since 1970) of what is due first: what stands in clear. CARE_NO_DUE: nothing. */
int64_t care_due_hour(const struct care_head *h);

/* Tags of care_name: who the person is. */
enum care_name_tag { NAME_FULL = 1, NAME_BORN, NAME_COUNTRY, NAME_STATUS, NAME_A_NUMBER };
/* Further tags of an entry's sealed bytes, beside those of common/entry. */
enum care_entry_tag { CARE_AUTHOR = 8, CARE_OFFICE, CARE_WITHDRAWN, CARE_REASON };

struct care_row {
    id root, id;
    int64_t due_hour; /* of a file: CARE_NO_DUE when nothing is due */
    int64_t end_day;  /* of a file: destroyed after that day, the first of a month; 0: care goes on, or no row of the pack says */
    str sealed;
};
struct care_rows {
    struct care_row *at;
    ptrdiff_t len;
};
status care_file_add(struct db *db, const struct care_row *file) MUST_CHECK;
/* NOT_FOUND: there is none, or it is not on the caseload of holder; both in the same time. */
status care_file_find(struct db *db, struct arena *a, id file, id holder, struct care_row *out) MUST_CHECK;
/* CONFLICT: somebody changed it since before was read. */
status care_file_change(struct db *db, const struct care_row *file, str before) MUST_CHECK;
/* Its end alone, as in struct care_row; CONFLICT: the head was changed since it was read. */
status care_file_end(struct db *db, const struct care_row *file, int64_t end_day) MUST_CHECK;
/* A person's files, the one due first in front, at most limit after the last of the page before (NULL: from the start). */
status care_file_list(struct db *db, struct arena *a, id holder, const struct care_row *after, int64_t limit, struct care_rows *out) MUST_CHECK;

status care_name_put(struct db *db, id root, str sealed) MUST_CHECK;
status care_name_find(struct db *db, struct arena *a, id root, str *sealed) MUST_CHECK;
status care_entry_add(struct db *db, const struct care_row *e) MUST_CHECK;
status care_entry_find(struct db *db, struct arena *a, id root, id entry, str *sealed) MUST_CHECK;
/* Newest day first, those before an id (NULL: from the newest). Ids hold the day alone, so the order inside a day is chance. */
status care_entry_list(struct db *db, struct arena *a, id root, const id *before, int64_t limit, struct care_rows *out) MUST_CHECK;
status care_place_add(struct db *db, const struct care_row *e) MUST_CHECK;
status care_place_find(struct db *db, struct arena *a, id root, id place, str *sealed) MUST_CHECK;

status caseload_add(struct db *db, id holder, id root) MUST_CHECK; /* OK also when it is theirs already */
status caseload_end(struct db *db, id holder, id root) MUST_CHECK; /* OK also when it is not theirs */
enum { HOLDERS_MOST = 20 };
status caseload_list(struct db *db, id root, id *holders, ptrdiff_t *n) MUST_CHECK; /* room for HOLDERS_MOST */
#endif
