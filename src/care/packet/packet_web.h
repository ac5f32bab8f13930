/* Sealing a packet to an officer, taking it back, and what the officer reads. */
#ifndef CARE_PACKET_PACKET_WEB_H
#define CARE_PACKET_PACKET_WEB_H
#include "care/desk/desk.h"
#include "care/packet/packet.h"
#include "staff/page/page.h"

struct packet_pick {        /* one named field */
    str code, label, value; /* value empty: hidden until it is sealed */
    bool chosen;
};
struct packet_picks {
    struct packet_pick *at;
    ptrdiff_t len;
};
struct packet_group {
    str title;
    struct packet_picks picks;
};
struct packet_groups {
    struct packet_group *at;
    ptrdiff_t len;
};
struct packet_form_page {
    struct staff_page page;
    struct problems problems;
    str alias, back, path, token;
    str officer, words, until, law, police_case;
    str officer_problem, until_problem, basis_problem, law_problem, fields_problem, purpose_problem;
    struct choices purposes;
    bool by_release, by_law;
    str release_until;      /* the last day a release of the person holds; empty: none does */
    struct packet_groups groups;
};
struct packet_facts {
    struct packet_fact *at;
    ptrdiff_t len;
};
struct packet_shown {
    str id, from, purpose, when, until, words, police_case, basis;
    struct packet_facts facts;
};
struct packets_shown {
    struct packet_shown *at;
    ptrdiff_t len;
};
struct packets_page {
    struct staff_page page;
    bool may_ask;
    struct packets_shown packets;
    str next;
};
/* Whether a field's value is a code of a list, or yes and no: it crosses so, and is said in words only where it is read. */
bool packet_crosses_as_code(const struct kind_field *f);
/* As the officer reads it, all in the language of who asks; words of care_words. A code that its list does not know any more is shown as it is. */
struct packet_shown packet_shown_of(struct request *r, const struct entry_words *words, struct packet *p);
extern const struct routes packet_routes;
#endif
