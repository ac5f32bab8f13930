#include "vault/keeper.h"

/* keys.md 1.2, row by class, a bit a compartment. The CHECK of table member says the same. */
#define HOLDS(c) (1u << (c))
static const unsigned may_hold[] = {
    [CLASS_NONE] = 0,
    [CLASS_LINE] = HOLDS(TIP) | HOLDS(SOURCE),
    [CLASS_ANALYST] = HOLDS(TIP) | HOLDS(SOURCE) | HOLDS(CASE) | HOLDS(EVIDENCE) | HOLDS(SHARED) | HOLDS(SERVICE),
    [CLASS_INVESTIGATOR] = HOLDS(TIP) | HOLDS(SOURCE) | HOLDS(CASE) | HOLDS(EVIDENCE) | HOLDS(SHARED) | HOLDS(SERVICE),
    [CLASS_CARE] = HOLDS(TIP) | HOLDS(VICTIM) | HOLDS(LOCATION) | HOLDS(FUND) | HOLDS(SHARED) | HOLDS(SERVICE),
    [CLASS_IMMIGRATION] = HOLDS(CASE) | HOLDS(EVIDENCE),
    [CLASS_PARTNER] = HOLDS(SHARED),
    [CLASS_ENGINE] = HOLDS(TIP) | HOLDS(CASE),
    [CLASS_AUDITOR] = HOLDS(AUDIT),
    [CLASS_ROOT] = HOLDS(TIP) | HOLDS(SOURCE) | HOLDS(CASE) | HOLDS(VICTIM) | HOLDS(LOCATION) | HOLDS(EVIDENCE) |
                   HOLDS(FUND) | HOLDS(SHARED) | HOLDS(AUDIT) | HOLDS(SERVICE),
};

bool wall_allows(enum wall_class class, uint8_t powers, enum compartment compartment)
{
    if ((unsigned)class >= countof(may_hold) || compartment < TIP || compartment > COMPARTMENTS)
        return false;
    if (compartment == SERVICE && class != CLASS_ROOT && !(powers & POWER_CERTIFY))
        return false;
    return may_hold[class] & HOLDS(compartment);
}

bool wall_allows_ring(enum scope_kind kind, enum wall_class class, uint8_t powers, enum compartment compartment)
{
    bool across = kind == SCOPE_INSTALLATION && compartment == SHARED;
    return wall_allows(class, powers, compartment) && (!across || class == CLASS_PARTNER || class == CLASS_ROOT);
}

/* Readers of cases, and none that the wall keeps from the tips of a case: 8 U.S.C. 1367 leaves no key to enforcement's systems. */
bool wall_lets_key(enum wall_class class)
{
    return class == CLASS_ANALYST || class == CLASS_INVESTIGATOR;
}

/* Never TIP to CASE: an immigration officer may hold CASE, and a tip is shut to that class wherever it goes (ADR 19). */
static const struct {
    enum compartment from, to;
} ways[] = { { TIP, VICTIM }, { TIP, SHARED }, { CASE, SHARED }, { EVIDENCE, SHARED }, { VICTIM, SHARED } };

bool wall_lets_share(enum compartment from, enum compartment to)
{
    if (from == to)
        return from >= TIP && from <= SHARED;
    for (ptrdiff_t i = 0; i < countof(ways); i++)
        if (ways[i].from == from && ways[i].to == to)
            return true;
    return false;
}
