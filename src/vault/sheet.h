/*
 * The weekly sheet of a person: what the log says they did, in counts, beside their own weeks before (docs/keys.md 5). Pure: the
 * keeper reads the records, this counts them. A week is seven days of the log (UTC); week 0 ends today, week 1 ended a week ago.
 */
#ifndef VAULT_SHEET_H
#define VAULT_SHEET_H
#include "vault/keeper.h"

/* Of a record what may be counted. Time and compartment are 0 where nobody but an auditor can read them. */
struct sheet_act {
    int64_t time;          /* Unix seconds */
    uint32_t day;
    uint16_t purpose, count;
    uint8_t action, compartment;
    uint8_t object[16], session[8];
};

/*
 * Counts n acts of one person, oldest first, into out; SHEET_GUARDED, SHEET_FAILED, SHEET_BUDGET and whole are for others to fill. today: the last
 * day of week 0. nothing: the object of a record that is about no single thing. It may put the acts in another order.
 */
void sheet_count(struct sheet_act *acts, ptrdiff_t n, uint32_t today, const uint8_t nothing[16], struct sheet *out);
/* The week of a day, or -1: after today, or before the first of them. */
int sheet_week(uint32_t today, uint32_t day);
#endif
