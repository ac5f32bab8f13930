/*
 * Services on which a person has a name, by words and by the addresses of their profiles. One table, data/services.txt, for handles, for addresses of
 * the web and for what is found in texts.
 */
#ifndef LINKAGE_SERVICES_H
#define LINKAGE_SERVICES_H
#include "lib/base/base.h"

struct profile {
    str service, name; /* of the table; of what was asked, as it stood there */
};
/*
 * The profile that an address of the web leads to, in any case, with or without a scheme, www or m, also of another language (es-la.facebook.com). False:
 * none, or a page of the service that is nobody's (instagram.com/p/...).
 */
bool service_profile(str address, struct profile *out);
/* "ig: jane", "instagram @jane": a name behind a word for its service. text is plain (normal.h). */
bool service_named(str text, struct profile *out);
bool service_is(str word); /* the name of a service, as the table has it */
/*
 * Whether the address says no more than which service it is: a host that everybody shares, alone or with one of its pages that are nobody's. address has
 * neither scheme nor www.
 */
bool service_alone(str address);
ptrdiff_t address_until(str text, const char *signs); /* bytes before the first of these signs */
#endif
