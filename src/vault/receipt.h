/* The 24 digits a person was given, as people type them again. */
#ifndef VAULT_RECEIPT_H
#define VAULT_RECEIPT_H
#include "lib/base/base.h"

enum { RECEIPT_DIGITS = 24 };

/*
 * Takes the digits out of what was typed: Western, Arabic-Indic, Persian and full-width ones,
 * between white space and dashes of any script. found is the number of digits, for a sentence such
 * as "This number has 23 digits. One is missing"; it is counted to the end even where there are too many.
 */
struct receipt_typed {
    bool good;             /* exactly 24 digits and nothing else */
    bool other_characters; /* a letter or sign that belongs to no receipt */
    ptrdiff_t found;
};
struct receipt_typed receipt_look(str typed, char digits[RECEIPT_DIGITS]);
/* The same in one word. digits is all '0' when false. The caller wipes it. */
bool receipt_read(str typed, char digits[RECEIPT_DIGITS]) MUST_CHECK;
#endif
