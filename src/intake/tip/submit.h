/* From a validated tip to the acceptor: urgency and clocks, receipt, seal, message, parked. */
#ifndef INTAKE_TIP_SUBMIT_H
#define INTAKE_TIP_SUBMIT_H
#include "intake/post/post.h"
#include "intake/tip/tip.h"
#include "lib/web/web.h"

/*
 * Sends t and, unless consent is anonymous, source s. t gains urgency, exact time and mailbox key.
 * WAIT: parked, fill writes the answer. BUSY: not taken, nothing is kept; the page keeps the words.
 * NOT_FOUND: the keeper refuses a ring's key, so nothing may be sealed.
 */
status tip_submit(struct request *r, struct tip *t, const struct source *s, const uint8_t key[16], struct parked how,
                  post_filler *fill) MUST_CHECK;
#endif
