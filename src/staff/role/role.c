#include "staff/role/role.h"

#define MAY(p) ((uint64_t)1 << (p))
#define ON(c)  (1u << (c))
/* Work on one's own cases: which those are, the keys say. */
#define CASEWORK (MAY(CASE_READ) | MAY(CASE_OPEN) | MAY(CASE_WRITE) | MAY(CASE_GRANT) | MAY(EVIDENCE_WRITE))
/* clang-format off */
const struct role roles[] = {
    { "call_taker", N_("Call taker"), CLASS_LINE, 0,
      MAY(QUEUE_READ) | MAY(TIP_READ) | MAY(SOURCE_READ) | MAY(TIP_REPLY) | MAY(TIP_NOTE) | MAY(TIP_ASSIGN) | MAY(TIP_DISPOSE)
      | MAY(DIRECTORY_READ),
      .rings = ON(TIP) | ON(SOURCE), .invited = true, .start = "/queue" },
    { "supervisor", N_("Supervisor"), CLASS_ANALYST, POWER_GRANT | POWER_CERTIFY | POWER_APPROVE,
      MAY(QUEUE_READ) | MAY(TIP_READ) | MAY(SOURCE_READ) | MAY(TIP_REPLY) | MAY(TIP_NOTE) | MAY(TIP_ACKNOWLEDGE)
      | MAY(TIP_ROUTE)        | MAY(TIP_ASSIGN)    | MAY(TIP_DISPOSE)
      | MAY(PEOPLE_READ)      | MAY(PEOPLE_INVITE) | MAY(PEOPLE_CERTIFY) | MAY(PEOPLE_ADMIT) | MAY(PEOPLE_DEPART)
      | MAY(DIRECTORY_READ)   | MAY(ROSTER_WRITE)  | MAY(FIGURE_READ) | MAY(PACKET_READ) | MAY(KEY_MAKE) | CASEWORK
      | MAY(CASE_RESEAL)      | MAY(HOLD_SET) | MAY(SHEET_READ),
      .rings = ON(TIP) | ON(SOURCE), .invited = true, .start = "/queue" },
    { "analyst", N_("Analyst"), CLASS_ANALYST, POWER_GRANT,
      MAY(QUEUE_READ) | MAY(TIP_READ) | MAY(SOURCE_READ) | MAY(TIP_REPLY) | MAY(TIP_NOTE) | MAY(TIP_ROUTE) | MAY(TIP_ASSIGN)
      | MAY(TIP_DISPOSE) | MAY(PACKET_READ) | MAY(DIRECTORY_READ) | CASEWORK,
      .rings = ON(TIP) | ON(SOURCE), .invited = true, .start = "/cases" },
    { "investigator", N_("Investigator"), CLASS_INVESTIGATOR, POWER_GRANT,
      MAY(QUEUE_READ) | MAY(TIP_READ) | MAY(TIP_NOTE) | MAY(PACKET_READ) | MAY(DIRECTORY_READ) | CASEWORK,
      .rings = ON(TIP), .invited = true, .start = "/cases" },
    { "statistician", N_("Statistician"), CLASS_NONE, 0, MAY(FIGURE_READ) | MAY(FIGURE_PUBLISH), .invited = true, .start = "/measures" },
    { "auditor", N_("Auditor"), CLASS_AUDITOR, 0, MAY(AUDIT_READ) | MAY(FIGURE_READ),
      .rings = ON(AUDIT), .invited = true, .start = "/audit" },
    { "specialist", N_("Victim assistance specialist"), CLASS_CARE, POWER_GRANT,
      MAY(VICTIM_READ) | MAY(VICTIM_OPEN) | MAY(VICTIM_WRITE) | MAY(LOCATION_READ) | MAY(LOCATION_WRITE) | MAY(RELIEF_WRITE) | MAY(DIRECTORY_READ)
      | MAY(CARE_HOLD),
      .rings = ON(VICTIM), .invited = true, .start = "/victims" },
    { "coordinator", N_("Victim assistance coordinator"), CLASS_CARE, POWER_GRANT,
      MAY(VICTIM_READ) | MAY(VICTIM_OPEN) | MAY(VICTIM_WRITE) | MAY(LOCATION_READ) | MAY(LOCATION_WRITE) | MAY(RELIEF_WRITE) | MAY(DIRECTORY_READ)
      | MAY(PEOPLE_READ) | MAY(PEOPLE_ADMIT) | MAY(CARE_HOLD) | MAY(CARE_RESEAL) | MAY(SHEET_READ),
      .rings = ON(VICTIM), .invited = true, .start = "/victims" },
    /* Of a class that opens no tip and no case whatever it is given (ADR 44). */
    { "deconfliction_officer", N_("Deconfliction officer"), CLASS_PARTNER, POWER_GRANT,
      MAY(DECONFLICT) | MAY(PEOPLE_READ) | MAY(PEOPLE_ADMIT) | MAY(DIRECTORY_READ),
      .rings = ON(SHARED), .invited = true, .start = "/deconfliction" },
    { "administrator", N_("Administrator"), CLASS_NONE, POWER_CERTIFY,
      MAY(PEOPLE_READ) | MAY(PEOPLE_INVITE) | MAY(PEOPLE_CERTIFY) | MAY(PEOPLE_DEPART) | MAY(SETTING_READ) | MAY(SETTING_WRITE)
      | MAY(DIRECTORY_READ) | MAY(DIRECTORY_WRITE) | MAY(KEY_MAKE),
      .invited = true, .start = "/people" },
    /* A machine: made at /keys, speaks by its key alone, has no passphrase. */
    { "system", N_("System of a partner"), CLASS_INVESTIGATOR, 0, MAY(API_CASES), .start = "/" },
    { "node", N_("Machine that serves this house"), CLASS_NONE, 0, 0, .node = true, .start = "/" },
    { "envelope", N_("Sealed envelope"), CLASS_NONE, POWER_CERTIFY | POWER_APPROVE,
      MAY(PEOPLE_READ) | MAY(PEOPLE_CERTIFY), .start = "/people" },
};
const ptrdiff_t role_count = countof(roles);

static const char *const names[PERMISSION_END] = {
    [NOBODY] = "NOBODY", [ANYONE] = "ANYONE", [SIGNED_IN] = "SIGNED_IN", [QUEUE_READ] = "QUEUE_READ",
    [TIP_READ] = "TIP_READ", [SOURCE_READ] = "SOURCE_READ", [TIP_REPLY] = "TIP_REPLY", [TIP_NOTE] = "TIP_NOTE", [TIP_ACKNOWLEDGE] = "TIP_ACKNOWLEDGE",
    [PEOPLE_READ] = "PEOPLE_READ", [PEOPLE_INVITE] = "PEOPLE_INVITE", [PEOPLE_CERTIFY] = "PEOPLE_CERTIFY",
    [PEOPLE_ADMIT] = "PEOPLE_ADMIT", [PEOPLE_DEPART] = "PEOPLE_DEPART", [SHEET_READ] = "SHEET_READ", [SETTING_READ] = "SETTING_READ",
    [SETTING_WRITE] = "SETTING_WRITE", [AUDIT_READ] = "AUDIT_READ", [HOLD_SET] = "HOLD_SET", [CARE_HOLD] = "CARE_HOLD", [CARE_RESEAL] = "CARE_RESEAL", [TIP_ROUTE] = "TIP_ROUTE", [TIP_ASSIGN] = "TIP_ASSIGN",
    [TIP_DISPOSE] = "TIP_DISPOSE", [CASE_READ] = "CASE_READ", [CASE_OPEN] = "CASE_OPEN", [CASE_WRITE] = "CASE_WRITE",
    [CASE_GRANT] = "CASE_GRANT", [CASE_RESEAL] = "CASE_RESEAL", [EVIDENCE_WRITE] = "EVIDENCE_WRITE", [PACKET_READ] = "PACKET_READ", [VICTIM_READ] = "VICTIM_READ",
    [VICTIM_OPEN] = "VICTIM_OPEN", [VICTIM_WRITE] = "VICTIM_WRITE", [LOCATION_READ] = "LOCATION_READ",
    [LOCATION_WRITE] = "LOCATION_WRITE", [RELIEF_WRITE] = "RELIEF_WRITE", [DIRECTORY_READ] = "DIRECTORY_READ",
    [DIRECTORY_WRITE] = "DIRECTORY_WRITE", [ROSTER_WRITE] = "ROSTER_WRITE", [FIGURE_READ] = "FIGURE_READ",
    [FIGURE_PUBLISH] = "FIGURE_PUBLISH", [DECONFLICT] = "DECONFLICT", [KEY_MAKE] = "KEY_MAKE", [API_TIPS] = "API_TIPS", [API_CALLS] = "API_CALLS", [API_CASES] = "API_CASES",
    [API_FIGURES] = "API_FIGURES", [API_DIRECTORY] = "API_DIRECTORY",
};
/* clang-format on */

const struct role *role_find(str code)
{
    for (ptrdiff_t i = 0; i < role_count; i++)
        if (str_equal(str_of(roles[i].code), code))
            return &roles[i];
    return NULL;
}

const char *permission_name(permission p)
{
    return p < PERMISSION_END ? names[p] : "?";
}

bool role_holds(const struct role *r, permission p)
{
    return p < PERMISSIONS && (r->held & MAY(p));
}

bool role_reads_cases(const struct role *r)
{
    return (role_holds(r, CASE_READ) || role_holds(r, API_CASES)) && wall_allows(r->class, r->powers, CASE);
}

bool role_on_ring(const struct role *r, enum compartment c)
{
    return r->rings & ON(c);
}

token caller_token(const struct request *r)
{
    token t;
    memcpy(t.at, r->caller.token, sizeof t.at);
    return t;
}

bool caller_may(const struct request *r, permission p)
{
    return p < PERMISSIONS && (r->caller.held & MAY(p));
}
