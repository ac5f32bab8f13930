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
/* How many bytes say the service, with its colon, when two handles are of the same one; 0: they are not, or do not say it. */
ptrdiff_t account_same_service(str a, str b);
/*
 * An address of the web, not folded before: without scheme, www, m, the scheme's port, fragment (but of a page that is a program: #!/), what only traces in
 * the query, all of the query where the path ends in a number of five digits, and slashes at the end; codes of letters as the letters (RFC 3986 6.2.2); the
 * host in one case and without marks, also where it is punycode (RFC 3492). The profile of a service is as account_handle has it. Nothing is left of what has no host, and of a
 * host that everybody shares, alone or with a page that is nobody's.
 */
ptrdiff_t account_url(str text, char *to);
/* Whether two such addresses are one page of a host, asked in other words, none of which says otherwise. Symmetric. */
bool account_same_page(str a, str b);
/* A plate or number of a document: letters and digits alone, O as 0, I as 1, and Cyrillic and Greek capitals as the Latin ones they look like. */
ptrdiff_t account_plate(str text, char *to);
#endif
