#include "app/feature_list.h"
#include "app/openapi.h"
#include "care/ask/ask_web.h"
#include "care/packet/packet_web.h"
#include "care/victims/victims_web.h"
#include "casework/alike/alike_web.h"
#include "casework/room/room_web.h"
#include "casework/subject/subject_web.h"
#include "casework/timeline/timeline_web.h"
#include "figures/release/release_web.h"
#include "figures/table/table_web.h"
#include "intake/mailbox/mailbox_web.h"
#include "intake/public/public_web.h"
#include "intake/tip/tip_web.h"
#include "staff/directory/directory_web.h"
#include "staff/hold/hold.h"
#include "staff/key/key_web.h"
#include "staff/log/log.h"
#include "staff/own/own_web.h"
#include "staff/people/people_web.h"
#include "staff/retention/retention_web.h"
#include "staff/session/session_web.h"
#include "staff/settings/settings_web.h"
#include "staff/sheet/sheet_web.h"
#include "triage/match/match_across_web.h"
#include "triage/match/match_report_web.h"
#include "triage/match/match_web.h"
#include "triage/queue/queue_web.h"
#include "triage/review/review_web.h"
#include "triage/route/route_web.h"
#include "triage/search/search_web.h"

const struct routes *const feature_routes[] = { &public_routes, &tip_routes,    &mailbox_routes,  &session_routes, &queue_routes,
                                                &review_routes, &route_routes,  &match_routes, &match_across_routes, &match_report_routes,  &search_routes, &people_routes, &settings_routes, &own_routes,     &log_routes,
                                                &directory_routes, &room_routes, &alike_routes, &timeline_routes, &subject_routes,
                                                &measure_routes, &release_routes, &victims_routes, &packet_routes, &ask_routes,
                                                &key_routes, &sheet_routes, &retention_routes, &openapi_routes, &case_api_routes, &directory_api_routes, &figure_api_routes };
const ptrdiff_t feature_count = countof(feature_routes);

/* What the page of a tip offers beyond itself. */
static const struct tip_action tip_actions[] = {
    { CASE_OPEN, N_("Open a case"), "/cases/new?tip=", "" },
    { TIP_READ, N_("Perhaps the same"), "/tips/", "/alike" },
};

/* What the first page of each job says at its head, in this order. Cases, files of people and the log add theirs themselves: they have it open. */
static const struct next_row next_rows[] = {
    { "call_taker", queue_next_returned },    { "call_taker", queue_next_unowned },     { "call_taker", queue_next_duty },
    { "supervisor", queue_next_unowned },     { "supervisor", queue_next_late },        { "supervisor", queue_next_duty },
    { "supervisor", queue_next_returned },    { "supervisor", hold_next_ending },       { "supervisor", people_next_pending },       { "supervisor", sheet_next },           { "coordinator", sheet_next },
    { "coordinator", hold_next_ending },      { "specialist", hold_next_ending },
    { "supervisor", people_next_ending },     { "administrator", people_next_ending },  { "envelope", people_next_ending },    { "analyst", queue_next_unowned },
    { "analyst", queue_next_returned },       { "analyst", queue_next_duty },           { "statistician", table_next_release },
    { "supervisor", session_next_engine },    { "analyst", session_next_engine },         { "call_taker", session_next_engine },
    { "administrator", people_next_pending }, { "administrator", people_next_invited }, { "administrator", settings_next_backup },
    { "administrator", settings_next_lines }, { "administrator", people_next_alone },   { "envelope", people_next_pending },
};

ptrdiff_t features_collect(struct routes *to, ptrdiff_t most)
{
    review_offer(tip_actions, countof(tip_actions));
    next_offer(next_rows, countof(next_rows));
    must(feature_count <= most);
    for (ptrdiff_t i = 0; i < feature_count; i++)
        to[i] = *feature_routes[i];
    return feature_count;
}

/* clang-format off */
/* What strangers' worker reads: packs, settings, what was published, and mailboxes by their locator. It writes nothing. */
static const struct db_right public_rights[] = {
    { "pack_row", DB_READ }, { "pack_version", DB_READ }, { "pack_confirmation", DB_READ }, { "setting", DB_READ },
    { "mailbox", DB_READ }, { "reply", DB_READ }, { "figure_page", DB_READ }, { "figure_published", DB_READ },
    { "api_key", DB_READ }, { NULL, 0 },
};
/* The write path of everything the public submits. It never reads what a tip says, and could not. */
static const struct db_right acceptor_rights[] = {
    { "tip", DB_READ | DB_INSERT | DB_DELETE }, { "tip_source", DB_READ | DB_INSERT | DB_DELETE }, { "tip_addition", DB_READ | DB_INSERT },
    { "mailbox", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE }, { "reply", DB_READ | DB_UPDATE | DB_DELETE },
    { "idem", DB_READ | DB_INSERT | DB_DELETE }, { "clock", DB_READ | DB_INSERT | DB_UPDATE },
    { "outbox", DB_READ | DB_INSERT }, { "sweep_look", DB_READ | DB_INSERT | DB_UPDATE }, { NULL, 0 },
};
static const struct db_right staff_rights[] = {
    { "pack_row", DB_READ }, { "pack_version", DB_READ }, { "pack_confirmation", DB_READ },
    { "api_key", DB_READ | DB_INSERT | DB_UPDATE },
    { "setting", DB_READ | DB_INSERT | DB_UPDATE }, { "account", DB_READ | DB_INSERT | DB_UPDATE }, { "sheet_read", DB_READ | DB_INSERT },
    { "session", DB_READ | DB_INSERT | DB_DELETE }, { "notice", DB_READ | DB_UPDATE },
    { "office", DB_READ | DB_INSERT }, { "roster", DB_READ | DB_INSERT | DB_UPDATE },
    { "tip", DB_READ | DB_UPDATE }, { "tip_act", DB_READ | DB_INSERT }, { "tip_mark", DB_READ | DB_INSERT },
    { "tip_across", DB_READ | DB_INSERT | DB_UPDATE }, { "tip_told", DB_READ | DB_INSERT | DB_UPDATE },
    { "queue_filter", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE }, { "outbox", DB_READ | DB_INSERT },
    { "tip_source", DB_READ }, { "tip_addition", DB_READ }, { "tip_entry", DB_READ | DB_INSERT },
    { "mailbox", DB_READ | DB_UPDATE }, { "reply", DB_READ | DB_INSERT }, { "clock", DB_READ | DB_INSERT | DB_UPDATE },
    { "hold", DB_READ | DB_INSERT | DB_UPDATE }, { "expiry", DB_READ }, { "forget", DB_READ }, { "index_node", DB_READ },
    { "share", DB_READ | DB_INSERT | DB_UPDATE }, { "reseal", DB_READ | DB_INSERT | DB_UPDATE },
    { "casefile", DB_READ | DB_INSERT | DB_UPDATE }, { "case_person", DB_READ | DB_INSERT | DB_UPDATE },
    { "case_office", DB_READ | DB_INSERT }, { "case_tip", DB_READ | DB_INSERT | DB_UPDATE }, { "subject", DB_READ | DB_INSERT | DB_UPDATE },
    { "entry", DB_READ | DB_INSERT | DB_UPDATE }, { "entry_value", DB_READ | DB_INSERT }, { "tally", DB_READ | DB_INSERT | DB_UPDATE },
    { "figure_release", DB_READ | DB_INSERT }, { "figure_published", DB_READ | DB_INSERT }, { "figure_page", DB_READ | DB_INSERT },
    { "care_file", DB_READ | DB_INSERT | DB_UPDATE }, { "care_name", DB_READ | DB_INSERT | DB_UPDATE },
    { "care_entry", DB_READ | DB_INSERT | DB_UPDATE }, { "care_place", DB_READ | DB_INSERT | DB_UPDATE }, { "caseload", DB_READ | DB_INSERT | DB_DELETE },
    { "care_request", DB_READ | DB_INSERT | DB_DELETE }, { "packet", DB_READ | DB_INSERT | DB_DELETE }, { NULL, 0 },
};
/* What has been kept its time ends here, so this role may erase what it cannot read. It writes the box of a case over that of an office. */
static const struct db_right jobs_rights[] = {
    { "outbox", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE }, { "account", DB_READ }, { "notice", DB_READ | DB_INSERT | DB_DELETE },
    { "pack_row", DB_READ }, { "pack_confirmation", DB_READ }, { "setting", DB_READ }, { "office", DB_READ }, { "sweep_look", DB_READ },
    { "tip", DB_READ | DB_UPDATE | DB_DELETE }, { "tip_source", DB_READ | DB_DELETE }, { "tip_addition", DB_READ | DB_UPDATE | DB_DELETE },
    { "tip_entry", DB_READ | DB_UPDATE | DB_DELETE }, { "tip_act", DB_READ | DB_DELETE }, { "tip_mark", DB_READ | DB_DELETE },
    { "tip_across", DB_READ | DB_DELETE }, { "tip_told", DB_READ | DB_DELETE }, { "mailbox", DB_READ }, { "share", DB_READ | DB_DELETE },
    { "clock", DB_READ | DB_DELETE }, { "hold", DB_READ | DB_DELETE }, { "expiry", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "ring_cut", DB_READ | DB_INSERT | DB_UPDATE }, { "forget", DB_READ | DB_INSERT | DB_DELETE }, { "index_node", DB_READ | DB_DELETE }, { "lease", DB_READ | DB_INSERT | DB_UPDATE }, { "tally", DB_READ | DB_INSERT | DB_UPDATE }, { "reseal", DB_READ | DB_DELETE },
    { "casefile", DB_READ | DB_DELETE }, { "case_person", DB_READ | DB_DELETE }, { "case_office", DB_READ | DB_DELETE },
    { "case_tip", DB_READ | DB_DELETE }, { "subject", DB_READ | DB_DELETE }, { "entry", DB_READ | DB_DELETE },
    { "entry_value", DB_READ | DB_DELETE }, { "care_file", DB_READ | DB_DELETE }, { "care_name", DB_READ | DB_DELETE },
    { "care_entry", DB_READ | DB_DELETE }, { "care_place", DB_READ | DB_DELETE }, { "caseload", DB_READ | DB_DELETE },
    { "care_request", DB_READ }, { "packet", DB_READ | DB_DELETE }, { NULL, 0 },
};
/* What the index is made of: rows of tips and cases, whose words it opens with its own keys. Of who told us, of people helped and of accounts nothing. */
static const struct db_right engine_rights[] = {
    { "pack_row", DB_READ }, { "pack_version", DB_READ }, { "pack_confirmation", DB_READ }, { "setting", DB_READ },
    { "tip", DB_READ }, { "tip_addition", DB_READ }, { "tip_mark", DB_READ }, { "tip_entry", DB_READ }, { "share", DB_READ }, { "reseal", DB_READ },
    { "casefile", DB_READ }, { "case_tip", DB_READ }, { "subject", DB_READ }, { "entry", DB_READ }, { "entry_value", DB_READ },
    { NULL, 0 },
};
/* Counts alone, and the guard lets it count no more than these. */
static const struct db_right watch_rights[] = { { "outbox", DB_READ }, { "clock", DB_READ }, { NULL, 0 } };
/* clang-format on */

const struct db_right *role_rights(enum process_kind role)
{
    switch (role) {
    case PROCESS_WEB_PUBLIC: return public_rights;
    case PROCESS_WEB_STAFF:  return staff_rights;
    case PROCESS_ACCEPTOR:   return acceptor_rights;
    case PROCESS_JOBS:       return jobs_rights;
    case PROCESS_WATCH:      return watch_rights;
    case PROCESS_ENGINE:     return engine_rights;
    case PROCESS_KEEPER:
    case PROCESS_KINDS:      break;
    }
    must(!"a role without the content database");
    return NULL;
}
