/* What the files of accounts share. */
#ifndef LINKAGE_ACCOUNTS_PARTS_H
#define LINKAGE_ACCOUNTS_PARTS_H
#include "linkage/accounts.h"

/* As much as has room, whole letters. */
ptrdiff_t account_copied(str text, char *to, ptrdiff_t room);
/* Until nothing changes any more: what one reading laid bare, as www behind a scheme in odd letters, the next one takes. */
ptrdiff_t account_stable(ptrdiff_t (*once)(str, char *), str text, char *to);
#endif
