/* Mailboxes, names on services, addresses of the web and plates as they are compared. Each is stable: what came out goes in and out again. */
#ifndef LINKAGE_ACCOUNTS_H
#define LINKAGE_ACCOUNTS_H
#include "lib/base/base.h"

/*
 * text is plain (one case, single blanks), to takes VALUE_MOST bytes and is not text; each returns the bytes written.
 * A mailbox: without mailto:, brackets, and what follows a plus; without points where the provider does not read them (gmail, which
 * googlemail.com is, too).
 */
ptrdiff_t account_email(str text, char *to);
/* A name on a service, as instagram:jane where the service is known by a word before it or by the address of the profile; else the name alone. */
ptrdiff_t account_handle(str text, char *to);
/* Whether two handles are one name, of which one does not say its service. */
bool account_same_name(str a, str b);
/*
 * An address of the web, not folded before: without scheme, www, the scheme's port, fragment, parameters that only trace, and slashes at the end;
 * the host in one case, in the letters it has (punycode stays).
 */
ptrdiff_t account_url(str text, char *to);
/* A plate or number of a document: letters and digits alone, O as 0, I as 1, and Cyrillic and Greek capitals as the Latin ones they look like. */
ptrdiff_t account_plate(str text, char *to);
#endif
