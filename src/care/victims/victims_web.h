/* The carers' pages: one's own people, the in-tray, a file, its entries. */
#ifndef CARE_VICTIMS_VICTIMS_WEB_H
#define CARE_VICTIMS_VICTIMS_WEB_H
#include "care/desk/desk.h"
#include "staff/page/page.h"

struct victim_card {
    str href, alias, language;
    struct care_due due;   /* the first thing; label empty: nothing */
};
struct victim_cards {
    struct victim_card *at;
    ptrdiff_t len;
};
struct tray_row {
    str id, about, from, when, by, police_case, words, suggested, why, open;
};
struct tray_rows {
    struct tray_row *at;
    ptrdiff_t len;
};
struct victims_page {
    struct staff_page page;
    bool may_open, on_ring; /* on_ring: the caller reads the office's in-tray */
    struct victim_cards cards;
    str next;
    struct tray_rows tray;
    str tray_next, tray_token, done;
};

struct colleague_box { /* carers of the office on duty, without the caller, and whom the roster suggests */
    struct choices choices;
    str suggested, why;
};

struct new_victim_page {
    struct staff_page page;
    struct problems problems;
    str token, alias, alias_problem, say, age, about, name, born, status, a_number, born_problem, police_case, request, asked;
    struct choices foreign, languages, countries;
    struct colleague_box who;
};

struct victim_fact {
    str label, value;
};
struct victim_facts {
    struct victim_fact *at;
    ptrdiff_t len;
};
struct victim_entry {
    str kind, day, author, note, correct, id; /* note: what became of it; correct: the form's address, empty when it cannot be */
    struct entry_facts facts;
    bool gone;                                /* superseded or withdrawn */
};
struct victim_entries {
    struct victim_entry *at;
    ptrdiff_t len;
};
struct victim_place {
    str id, kind, day;
    bool current;
};
struct victim_places {
    struct victim_place *at;
    ptrdiff_t len;
};
struct victim_line { /* a release, a packet, a reveal */
    str id, words, day;
};
struct victim_lines {
    struct victim_line *at;
    ptrdiff_t len;
};
struct rule_box { /* how the person may be contacted; shown above everything that could contact them */
    bool known, never_call, voicemail;
    str method, from, to, zone, language, day;
};
struct victim_page {
    struct staff_page page;
    str alias, done, problem;
    struct victim_facts about;
    str asked;
    struct care_dues due;
    struct rule_box rule;
    bool may_write, may_locate, may_open;
    struct choices kinds;
    struct colleague_box who;
    str path_entry, path_packet;
    str hold, path_hold;          /* words about holds and the end, or empty; empty: not for the caller */
    str path_reseal;              /* empty: not for the caller */
    str path_name, token_name, path_place, token_place, path_done, token_done, path_withdraw, token_withdraw, path_colleague, token_colleague;
    str path_end, token_end;
    struct victim_facts name;     /* only after asking */
    bool name_known, name_shown;
    struct victim_places places;
    struct entry_facts place;     /* only after asking */
    str place_kind;
    struct victim_entries entries;
    str older;
    struct victim_lines packets, releases, reveals, holders;
};

struct victim_entry_page {
    struct staff_page page;
    struct problems problems;
    str alias, back, path, token, kind, kind_label, corrects, happened, happened_problem, warning;
    str sure;                      /* what the warning is about: sent with the form, it says that the warning was seen */
    bool contact, correcting;      /* contact: the rule stands above the fields */
    struct rule_box rule;
    struct entry_form form;
};

/* What usually comes before an entry and does not stand in the file. words empty: nothing is missing, or nobody can tell. */
struct victim_order {
    str of, words;                 /* of: the kind, or the step of a relief */
};
status victim_order(struct request *r, const struct care_head *h, const struct kind *k, const struct entry_values *v, struct victim_order *out) MUST_CHECK;
status victim_colleagues(struct request *r, str chosen, str language, struct colleague_box *out) MUST_CHECK;
/* The account of one of them; zero and OK for an empty text, NOT_FOUND: none of them. */
status victim_colleague_of(struct request *r, str chosen, id *out) MUST_CHECK;
/* Rings of the file a colleague is put on: made by the caller when they are not there yet. */
status victim_ring(struct request *r, id file, enum compartment c, id colleague) MUST_CHECK;
/* Takes the colleague off that ring of the file; it turns, so what is written from now on is sealed to who stays. OK when they are not on it. */
status victim_ring_leave(struct request *r, id file, enum compartment c, id colleague) MUST_CHECK;
struct rule_box rule_box_of(const struct request *r, const struct care_rule *rule);
handler victims_new, victims_open, victim_show, victim_name, victim_place_show, victim_done, victim_colleague, victim_entry_form,
    victim_entry_add, victim_withdraw, victim_hold, victim_reseal;
extern const struct routes victims_routes;
#endif
