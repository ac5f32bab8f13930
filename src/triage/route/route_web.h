#ifndef TRIAGE_ROUTE_ROUTE_WEB_H
#define TRIAGE_ROUTE_ROUTE_WEB_H
#include "staff/page/page.h"

struct route_choice {
    str value, label;
    bool chosen;
};
struct route_choices {
    struct route_choice *at;
    ptrdiff_t len;
};
struct route_page {
    struct staff_page page;
    str name, tip, place;       /* of the tip; place: in the words of who wrote */
    str path, token;
    str state, county, postal, reason;
    bool looked, disputed, confirmed;
    str advice, advice_name;    /* "Georgia is the area of HSI-ATL.", "" when no area fits */
    struct route_choices offices;
    struct problems problems;
    str office_problem, reason_problem, confirmed_problem;
};
extern const struct routes route_routes;
#endif
