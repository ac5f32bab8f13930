/* Short and pet forms of given names, as data (data/nicknames.txt). */
#ifndef LINKAGE_NICKNAMES_H
#define LINKAGE_NICKNAMES_H
#include "lib/base/base.h"

/* The number of a name that has other forms, for nicknames_meet; 0 for any other text. name is plain (normal.h). */
uint16_t nickname_of(str name);
/* Whether two numbers are forms of one name. Never for 0. */
bool nicknames_meet(uint16_t a, uint16_t b);
#endif
