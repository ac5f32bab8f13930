/*
 * A telephone number as ITU-T E.164 has it: +, country code, national number. The plans (phone_plan.h) tell how long a number is, not whether it
 * is given out.
 */
#ifndef LINKAGE_PHONE_H
#define LINKAGE_PHONE_H
#include "linkage/phone_plan.h"

enum { PHONE_MOST = 24 };

/*
 * text is UTF-8 as a person writes it: with blanks, brackets, points, an extension, digits of other scripts, with + or the prefix dialled for
 * other countries, or as it is dialled within the country (phone_country; 0: none is known, then only the former are understood). Returns the bytes of
 * +442079460000 in out, at most 16, or 0 when the text is no number by the plans.
 */
ptrdiff_t phone_e164(str text, int country, char out[PHONE_MOST]);
/* The same, or where the plans have no such number its bare digits, with + if it was written for other countries: a value to compare. */
ptrdiff_t phone_plain(str text, int country, char out[PHONE_MOST]);
bool phone_settled(str text); /* true: phone_plain gives the same text, whatever the country */
#endif
