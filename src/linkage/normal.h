/* A value as it is compared: what people write in many ways is brought to one. */
#ifndef LINKAGE_NORMAL_H
#define LINKAGE_NORMAL_H
#include "linkage/plan.h"
#include "linkage/values.h"

/*
 * Writes at most VALUE_MOST bytes to `to`; returns how many, 0 when nothing is left that says anything, -1 when text is
 * not UTF-8.
 */
ptrdiff_t normal_value(enum field_kind kind, str text, char *to);
/* The same without a copy where text is plain already; scratch takes VALUE_MOST bytes. A length of -1: not UTF-8. */
str normal_text(enum field_kind kind, str text, char *scratch);
/* A value of a field of the plan, without a copy where it can; of a name also how it is written (normal_written). scratch takes VALUE_MOST bytes. */
str normal_field(const struct plan *p, int field, str text, char *scratch, uint32_t *written);
/* A telephone number, dialled within a country of phone_country (0: not known); to takes VALUE_MOST bytes. normal_value knows no country. */
ptrdiff_t normal_phone(str text, int country, char *to);
/*
 * A number of how a name in other letters than Latin is written: case, marks that are often left out, and blanks aside. 0: its letters are Latin
 * alone. text is UTF-8.
 */
uint32_t normal_written(str text);
#endif
