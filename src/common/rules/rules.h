/*
 * How urgent a tip is, and why: the signs are counted, the rules of the pack are asked in their order, the first that holds wins. Set
 * before the tip is sealed, in the public worker, because a locked house cannot read (DESIGN 11). The rules see answers
 * and signs only: no narrative, no nationality, race, language or neighbourhood comes near them.
 */
#ifndef COMMON_RULES_RULES_H
#define COMMON_RULES_RULES_H
#include "common/condition/condition.h"
#include "common/pack/pack.h"

struct sign {
    str fact; /* "indicator.CODE" */
    str dimension;
    enum { WEAK, MEDIUM, STRONG } strength;
    bool scored, for_child, for_adult;
};
struct sign_rule {
    struct condition condition;
    str result;
    bool person;              /* else of one dimension */
    bool for_child, for_adult;
};
struct urgency_rule {
    struct condition condition;
    int64_t pos;
    str code, priority, reason, clock;
    bool alert, lowerable;
};
/* Compiled once when a worker starts; text points into the pack. */
struct pack_rules {
    struct sign *signs;
    struct sign_rule *sign_rules;
    struct urgency_rule *urgency;
    ptrdiff_t sign_count, sign_rule_count, urgency_count;
};
/* INVALID: a condition of the pack does not read (pack_load refuses such a pack, so the database was changed by hand). */
status rules_compile(struct arena *a, const struct pack *p, int64_t day, struct pack_rules *out) MUST_CHECK;

struct urgency {
    str priority;   /* P0 .. P4; empty when no rule holds (a pack without a last rule "always") */
    str rule, reason, clock;
    bool alert;     /* a supervisor is told */
    bool lowerable; /* staff may lower it with a reason */
    str result;     /* of the signs: strong_indication, ..., or empty; indicators present, never a verdict */
};
/*
 * Facts in: answer.*, indicator.CODE (yes, no, not_sure), contact.kind, reporter.kind, reporter.proximity, and of later readers
 * topic.viral, text.first_hand, situation.*, match.*. Out: also sets result, count(strong), count(medium), count(weak), priority.
 * A person is a child when answer.minor is yes or likely.
 */
struct urgency urgency_of(const struct pack_rules *rules, struct facts *f);
#endif
