/* What one run learnt, for another: the settings and the model of a file that --model wrote. */
#ifndef LINKAGE_LEARNT_H
#define LINKAGE_LEARNT_H
#include "linkage/model.h"

enum { LEARNT_BYTES = 1 << 24 };
struct learnt {
    struct plan plan;
    struct model model;
    uint32_t records; /* of the table that it was learnt from */
};
/* INVALID: *why (in a) says what is wrong. Texts of the plan live as long as a. */
status learnt_read(struct arena *a, str json, struct learnt *out, str *why) MUST_CHECK;
/* The model for a table of so many records and pairs: of a person there are as many records as there were, so fewer pairs of all are one. */
struct model learnt_model(const struct learnt *l, uint32_t records, double pairs);
#endif
