/* The operations: what people do by HTTP, and what commands do with files. */
#include "failures.h"
#include "commands.h"

#define READ(name, path, role) { name, STAFF_SIDE, GET, path, NULL, role, NULL, NULL, false }
#define SEND(name, path, body, role) { name, STAFF_SIDE, POST, path, body, role, NULL, NULL, false }
#define PARTS(name, path, body, role) { name, STAFF_SIDE, POST, path, body, role, NULL, NULL, true }
#define PUBLIC(name, method, path, body) { name, PUBLIC_SIDE, method, path, body, NULL, NULL, NULL, false }
#define FILES(name, run, whole) { name, PUBLIC_SIDE, OTHER_METHOD, NULL, NULL, NULL, run, whole, false }

const struct act acts[] = {
    PUBLIC("the form of a tip is read", GET, "/tip", NULL),
    PUBLIC("a tip comes by the form", POST, "/tip",
           "narrative=an+invented+house+{n}&danger=yes&consent=share&method=text&contact=555-0142"),
    PUBLIC("a tip comes by the API", POST, "/api/v1/tips", "{\"narrative\":\"an invented story\"}"),
    PUBLIC("a receipt is shown and answers are read", POST, "/tip/return", "receipt={receipt}"),
    PUBLIC("words are added to a tip", POST, "/tip/return", "receipt={receipt}&do=add&message=an+invented+addition"),
    PUBLIC("published figures are read", GET, "/figures", NULL),
    SEND("somebody signs in", "/sign-in", "name=call_taker.member&pass=an+invented+passphrase+of+the+matrix&code={code}", NULL),
    SEND("somebody signs out", "/sign-out", "", "call_taker"),
    READ("the queue is read as a first page", "/queue", "call_taker"),
    READ("the queue is read", "/queue?p=2", "call_taker"),
    READ("a tip is opened", "/tips/{tip}", "call_taker"),
    SEND("the source of a tip is opened", "/tips/{tip}/source", "", "call_taker"),
    SEND("a tip is answered", "/tips/{tip}/answer", "answer=an+invented+answer", "call_taker"),
    SEND("a note is put to a tip", "/tips/{tip}/note", "note=an+invented+note", "call_taker"),
    SEND("a tip is taken", "/tips/{tip}/assign", "who=me", "call_taker"),
    SEND("the urgency of a tip is changed", "/tips/{tip}/urgency", "level=1&urgency_reason=invented", "call_taker"),
    SEND("a tip is closed", "/tips/{tip}/dispose", "code=tip_acted&close_reason=an+invented+reason", "call_taker"),
    SEND("a clock of a tip is met", "/tips/{tip}/clock", "clock=MINOR_REPORT&reference=invented", "call_taker"),
    SEND("what a tip names is decided", "/tips/{tip}/names", "turn=0&n29=right", "call_taker"),
    PARTS("a tip is sent to another office", "/tips/{tip}/route", "do=send&state=GA&office=HSI-ATL", "supervisor"),
    SEND("a filter of the queue is kept", "/queue/filters", "name=invented+{n}&p=0", "call_taker"),
    READ("the list of cases is read", "/cases", "investigator"),
    PARTS("a case is made", "/cases/new", "title=an+invented+case&case={newcase}&tip={tip}", "investigator"),
    READ("a case is opened", "/cases/{case}", "investigator"),
    READ("a case is taken out as a table", "/cases/{case}/csv", "investigator"),
    READ("a case is taken out as JSON", "/cases/{case}/json", "investigator"),
    SEND("an entry is put to a case", "/cases/{case}/add", "_kind=note&_day=2026-09-01&text=an+invented+note", "investigator"),
    SEND("a subject is put to a case", "/cases/{case}/subject", "name=an+invented+name", "investigator"),
    PARTS("a colleague is taken off a case", "/cases/{case}/people", "do=remove&person={colleague}", "investigator"),
    READ("the files of care are read", "/victims", "specialist"),
    PARTS("a file of care is made", "/victims/new", "alias=Tree+{n}&name=an+invented+name", "specialist"),
    READ("a file of care is opened", "/victims/{file}", "specialist"),
    SEND("an entry is put to a file of care", "/victims/{file}/entry",
         "_kind=need&happened=2026-09-01&service=safety_planning&urgent=no", "specialist"),
    SEND("the name in a file of care is opened", "/victims/{file}/name", "why=a+form", "specialist"),
    PARTS("a file of care gets new keys", "/victims/{file}/reseal", "do=begin&reason=an+invented+reason", "coordinator"),
    READ("what is kept how long is read", "/retention", "investigator"),
    PARTS("an officer asks for help", "/ask-help", "office={office}&about=assist&words=an+invented+request", "investigator"),
    PARTS("a packet goes to an officer", "/victims/{file}/packet",
          "officer=investigator.member&purpose=safety&until=2026-12-20&basis=law&law=18+U.S.C.+3771&words=invented", "specialist"),
    PARTS("somebody is invited", "/people", "name=guest{n}&role=call_taker", "administrator"),
    PARTS("somebody leaves", "/people/{leaver}/depart", "reason=an+invented+reason", "administrator"),
    PARTS("a key of the API is made", "/keys", "name=system{n}&scope=tips&days=9&per_minute=9", "administrator"),
    SEND("a setting is changed", "/settings/line_name", "value=Another+Invented+Line", "administrator"),
    READ("the log is read", "/audit", "auditor"),
    READ("the measures are read", "/measures", "statistician"),
    SEND("figures are published", "/measures/publish", "", "statistician"),
    FILES("the stores are opened", open_all, NULL),
    FILES("a house is made", make_house, house_is_whole),
    FILES("a pack is loaded", load_pack, NULL),
    FILES("a backup is made", make_backup, backup_is_whole),
    FILES("a backup is brought back", bring_back, restored_is_whole),
    FILES("the log is written to a file", export_log, export_is_whole),
    FILES("keys are given by root", hold_ceremony, list_is_whole),
    FILES("what root gave is brought to the house", bring_list, NULL),
};
const int act_count = (int)countof(acts);

const struct act planted_acts[] = {
    FILES("a file is said to be written whatever the disk says", lie_of_a_file, lied_file_is_whole),
    FILES("an allocation is not looked at", trust_memory, NULL),
};
const int planted_count = (int)countof(planted_acts);
