/* View of the page of a subject, for its template. */
#ifndef CASEWORK_SUBJECT_SUBJECT_WEB_H
#define CASEWORK_SUBJECT_SUBJECT_WEB_H
#include "casework/subject/subject.h"
#include "staff/page/page.h"

struct subject_page {
    struct staff_page page;
    str back, case_name, action, token, subject_id, number, version;
    str name, name_problem, about, about_problem;
    struct problems problems;
};
extern const struct routes subject_routes;
#endif
