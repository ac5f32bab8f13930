/* The public form, its receipt, and the same for machines. */
#ifndef INTAKE_TIP_TIP_WEB_H
#define INTAKE_TIP_TIP_WEB_H
#include "lib/web/api.h"
#include "intake/public/public.h"

struct tip_choice {
    str value, label, hint;
    bool chosen;
};
struct tip_choices {
    struct tip_choice *at;
    ptrdiff_t len;
};
struct tip_form_page {
    struct public_page page;
    str who, action, key, problems_title;
    struct problems problems;
    str narrative, place, how_many, identifiers, contact, safe_when, code_word; /* as typed */
    str narrative_problem, place_problem, how_many_problem, identifiers_problem, contact_problem, safe_when_problem,
        code_word_problem;
    struct tip_choices dangers, venues, industries, whens, minors, signs, more_signs, proximities, consents, methods;
    bool kinds_chosen, more_chosen, message, no_contact;
};
struct digit_group {
    str text;
};
struct digit_groups {
    struct digit_group *at;
    ptrdiff_t len;
};
struct receipt_page {
    struct public_page page;
    struct digit_groups digits;
    bool source_dropped;
    str come_back, who;
};
extern const struct routes tip_routes;
extern const struct api_operations tip_operations; /* of tip_api.c */
#endif
