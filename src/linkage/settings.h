/* The settings of a run as JSON: what --settings takes, and what a run shows that it guessed (docs/link.md). */
#ifndef LINKAGE_SETTINGS_H
#define LINKAGE_SETTINGS_H
#include "linkage/plan.h"

enum { SETTINGS_BYTES = 1 << 20 };
/* INVALID: *why (in a) names the member and the mend. Texts of the plan live as long as a. */
status settings_read(struct arena *a, str json, struct plan *out, str *why) MUST_CHECK;
struct json_value;
status settings_of(struct arena *a, const struct json_value *all, struct plan *out, str *why) MUST_CHECK; /* the same of a value within a document */
/* A document that settings_read reads to the same plan. */
void settings_write(struct out *o, const struct plan *p);
struct json;
void settings_json(struct json *to, const struct plan *p); /* as a value within another document */
#endif
