#ifndef CARE_ASK_ASK_WEB_H
#define CARE_ASK_ASK_WEB_H
#include "care/ask/ask.h"
#include "care/desk/desk.h"
#include "staff/page/page.h"

struct ask_page {
    struct staff_page page;
    struct problems problems;
    str token, police_case, words, by, done;
    str office_problem, about_problem, words_problem, by_problem, case_problem;
    struct choices offices, topics, languages;
    str suggested, why; /* whom the roster of the chosen office names, and why */
    bool looked;        /* an office was chosen, so nobody means nobody */
};
extern const struct routes ask_routes;
#endif
