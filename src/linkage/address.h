/*
 * Addresses, parsed well enough to compare. Not to be written on a letter: the words of several languages are one, and the number of the house
 * stands first.
 */
#ifndef LINKAGE_ADDRESS_H
#define LINKAGE_ADDRESS_H
#include "lib/base/base.h"

/*
 * text is plain in Latin letters: a street with its number, a whole line, a town or a postcode; to takes VALUE_MOST bytes and is not text.
 * Number, words in their long forms, then parts of the building (apartment, floor) as #a 4 and the postcode of a line as @62704. What says a
 * postcode alone loses its blanks. Stable: what came out goes in and out again.
 */
ptrdiff_t address_plain(str text, char *to);
/* True: address_plain gives the same text. False: it may not. */
bool address_settled(str text);
/*
 * Two texts of address_plain that are not the same: the same house, as far as said, in a street whose words are alike to a slip each. Kinds of
 * streets, parts of the building that one does not say, and postcodes do not count.
 */
bool address_near(str a, str b);
#endif
