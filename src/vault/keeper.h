/*
 * The keeper as its clients see it: one call a message of docs/keys.md 4.3. The transport is a
 * channel in the program and a plain function in tests (vault/keeper_core.h), with the same bytes.
 */
#ifndef VAULT_KEEPER_H
#define VAULT_KEEPER_H
#include "lib/base/base.h"
#include "lib/os/channel.h"
#include "vault/envelope.h"

enum wall_class {
    CLASS_NONE, CLASS_LINE, CLASS_ANALYST, CLASS_INVESTIGATOR, CLASS_CARE, CLASS_IMMIGRATION, CLASS_PARTNER,
    CLASS_ENGINE, CLASS_AUDITOR, CLASS_ROOT
};
enum power { POWER_GRANT = 1, POWER_CERTIFY = 2, POWER_APPROVE = 4 };
/* May this class ever hold this compartment? The fixed table of keys.md 1.2. */
bool wall_allows(enum wall_class class, uint8_t powers, enum compartment compartment);
/*
 * The same of one ring. SHARED of the installation is the ring of deconfliction (ADR 44): on it are people of a class that opens no tip and
 * no case whatever it is given, and root; never who reads either.
 */
bool wall_allows_ring(enum scope_kind kind, enum wall_class class, uint8_t powers, enum compartment compartment);
/* May this class ever have a key of the API? Those that read cases and no other: immigration enforcement never (keys.md 1.8). */
bool wall_lets_key(enum wall_class class);
/* May a row key be boxed from one kind of ring to another? (keys.md 4.3) SHARED also needs a release. */
bool wall_lets_share(enum compartment from, enum compartment to);

/* Audit actions (keys.md 5) and purposes (pack code list; 0 none). */
enum audit_action {
    ACT_OPEN = 1, ACT_SHARE, ACT_REFUSED, ACT_LOGIN, ACT_LOGIN_FAILED, ACT_END, ACT_RING = 10, ACT_ADD, ACT_REMOVE,
    ACT_ROTATE, ACT_SHRED, ACT_HOLD, ACT_LIFT, ACT_TELL, ACT_PRINCIPAL = 20, ACT_CERTIFY, ACT_REVOKE, ACT_SLOT, ACT_WRITE = 30, ACT_EXPORT,
    ACT_RELEASE, ACT_BREAK_GLASS, ACT_SETTING, ACT_BLIND, ACT_BACKUP, ACT_ERASE, ACT_FORGET, ACT_DECONFLICT, ACT_START = 40, ACT_STOP, ACT_ENGINE, ACT_WITNESS, ACT_CEREMONY
};
enum purpose { PURPOSE_NONE, PURPOSE_LIST, PURPOSE_READ, PURPOSE_EDIT, PURPOSE_PRINT, PURPOSE_LINK, PURPOSE_INDEX };

/* Who speaks: known by the channel's descriptor, never by what a message says (keys.md 4.1). */
enum keeper_role { ROLE_PUBLIC, ROLE_STAFF, ROLE_ACCEPTOR, ROLE_ENGINE, ROLE_JOBS, ROLE_WATCH, ROLE_CONTROL };
struct keeper; /* one channel or one in-process core; one request in flight */
struct keeper *keeper_on_channel(int fd, int wait_ms);
struct keeper_core;
struct keeper *keeper_in_process(struct keeper_core *core, enum keeper_role role); /* tests: the same bytes, no socket */

typedef struct { uint8_t at[32]; } token;
enum { FINISH_ONCE = 1, ENROL_KEY = 1 }; /* asked of FINISH; of ENROL */
enum { SESSIONS_A_PERSON = 3 }; /* a fourth ends the oldest */

struct ticket { uint64_t number; uint8_t salt[16]; struct stretch_cost cost; };
/* Statuses: OK; LOCKED (house); NOT_FOUND (code NONE or WALL); LIMIT; BUSY; INVALID (code BAD); FAULT (STORE). */
status keeper_begin(struct keeper *k, str name, const uint8_t device[32], struct ticket *out) MUST_CHECK;
enum { SIGNED_IN_ENVELOPE = 1, SIGNED_IN_KEY = 2 }; /* flags: the printed envelope was used; say so on the front page */
struct signed_in { token token; id principal; uint8_t class, powers; uint16_t flags; uint8_t device[32]; };
/*
 * otp may be 0 when old is a session of the same person that this keeper shut for idleness.
 * The envelope (name "envelope") gives its 20-byte code, zeros after it, in place of stretched; it has no otp.
 * NOT_FOUND: name, passphrase or code is wrong. LIMIT: this name and device must wait (15 min, doubling).
 */
status keeper_finish(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, const token *old,
                     struct signed_in *out) MUST_CHECK;
/* The same for one act of a second person: a place beside the three, which ends none of them; it ends after a minute, or by keeper_end. */
status keeper_finish_once(struct keeper *k, uint64_t ticket, const uint8_t stretched[32], uint32_t otp, struct signed_in *out) MUST_CHECK;
status keeper_end(struct keeper *k, token t) MUST_CHECK;
struct who { id principal; uint8_t class, powers; uint32_t idle_seconds, envelope_day, backup_day, ceremony_day; }; /* the days the envelope was last used, the last backup made, acts of the root key last found, or 0 */
status keeper_who(struct keeper *k, token t, struct who *out) MUST_CHECK; /* LOCKED: known, but keys are shut */

/* One message, one audit record, up to 64 rows. Per row: 0 opened, else the code; the key is zero then. */
struct open_row { id row; const uint8_t *keybox; uint8_t code; uint8_t key[ROW_KEY]; };
status keeper_open(struct keeper *k, token t, enum purpose why, id about, struct open_row *rows, ptrdiff_t n) MUST_CHECK;
status keeper_share(struct keeper *k, token t, enum purpose why, id about, id target_ring, id release, struct open_row *rows,
                    ptrdiff_t n, uint8_t (*keyboxes)[KEYBOX]) MUST_CHECK;
status keeper_ring_key(struct keeper *k, enum scope_kind kind, id scope, enum compartment c, struct ring_key *out) MUST_CHECK;

struct ring_act {
    token token, second; id ring, member, scope; enum scope_kind kind; enum compartment compartment;
    uint32_t epoch, until_day, flags; char reason[32];
};
enum ring_verb { RING_CREATE = 8, RING_ADD, RING_REMOVE, RING_ROTATE, RING_SHRED };
struct ring_done { id ring; uint32_t epoch; uint64_t gen; };
status keeper_ring(struct keeper *k, enum ring_verb verb, const struct ring_act *act, struct ring_done *out) MUST_CHECK;

status keeper_principal(struct keeper *k, token t, str name, enum wall_class class, uint8_t powers, uint32_t not_after_day,
                        id *principal, uint8_t code[20]) MUST_CHECK;
struct enrolled { id principal; uint8_t otp_secret[20], recovery[20]; char fingerprint[24]; };
/* Ticket from keeper_begin with the name of the newcomer. */
status keeper_enrol(struct keeper *k, const uint8_t code[20], uint64_t ticket, const uint8_t stretched[32],
                    struct enrolled *out) MUST_CHECK;
/* The keys of a system that speaks over the API: no passphrase, no TOTP; recovery is its key. NOT_FOUND also: its class may have none. */
status keeper_enrol_key(struct keeper *k, const uint8_t code[20], struct enrolled *out) MUST_CHECK;
/*
 * A key of the API in place of passphrase and TOTP: the session it opened before, or a new one. The token follows from key and
 * principal, so every worker that is shown the key names the same session. NOT_FOUND: ended, not vouched for, past its day, or wrong.
 */
status keeper_key(struct keeper *k, id principal, const uint8_t key[20], struct signed_in *out) MUST_CHECK;
status keeper_certify(struct keeper *k, token t, id principal, const char fingerprint[24], uint32_t *missing) MUST_CHECK;
/*
 * Certificates end after CERT_DAYS and are renewed in their last RENEW_DAYS, or later, by two holders of CERTIFY, each in a session of
 * their own and neither for themselves. What keeper_term says is for holders of CERTIFY; NOT_FOUND: no such person, or one who is gone.
 */
enum { RENEW_DAYS = 60 };
struct person_term {
    uint32_t until_day;   /* the last day of what is certified */
    uint8_t missing;      /* signatures that the renewal still needs; 0: there is none to sign now */
    bool signed_by_asker; /* one of those that it has */
};
status keeper_term(struct keeper *k, token t, id principal, struct person_term *out) MUST_CHECK;
/* Signs the renewal, which the first of the two begins. Done before, or not due yet: says so and adds nothing (missing 0). */
status keeper_renew(struct keeper *k, token t, id principal, struct person_term *out) MUST_CHECK;
/* Whose certificates end before that day, those with the earliest first certificate first; at most ENDING_PEOPLE. */
enum { ENDING_PEOPLE = 64 };
struct person_ending { id principal; uint32_t until_day; };
status keeper_ending(struct keeper *k, token t, uint32_t before_day, struct person_ending *out, ptrdiff_t *n) MUST_CHECK;
status keeper_revoke(struct keeper *k, token t, id principal, str reason, uint64_t *gen) MUST_CHECK;
/* Change of passphrase (old stretch) or recovery (code, TOTP): new slot, and a new code when one was used. */
struct slot_change { token token; id principal; uint8_t kind; uint32_t otp; uint8_t old[32]; uint64_t ticket; uint8_t fresh[32]; };
status keeper_slot(struct keeper *k, const struct slot_change *change, uint8_t recovery[20]) MUST_CHECK;
/* Records an act with the digest of what was written; seq after the commit. */
status keeper_note(struct keeper *k, const token *t, enum audit_action action, uint32_t count, id object,
                   const uint8_t digest[32], uint64_t *seq) MUST_CHECK;
status keeper_blind(struct keeper *k, token t, uint16_t field, enum compartment c, const str *values, ptrdiff_t n,
                    uint8_t (*out)[16]) MUST_CHECK;

struct receipt { char digits[24]; uint32_t pepper; uint8_t locator[16], secret[32]; };
status keeper_receipts(struct keeper *k, ptrdiff_t n, struct receipt *out) MUST_CHECK; /* n <= 64 */
struct locator { uint8_t at[16]; uint32_t pepper; };
/* n rows 0: the candidate locators of the digits (room for LOCATORS); else opens reply rows for them. */
enum { LOCATORS = 800 };
status keeper_mail(struct keeper *k, const char digits[24], struct locator *locators, ptrdiff_t *locator_count,
                   struct open_row *rows, ptrdiff_t n) MUST_CHECK;
/*
 * ROLE_JOBS alone: the time that a ring is kept is over. Asked the first time, the log says that it will be destroyed after NOTICE_DAYS;
 * asked again after that, it is. epoch: of an office's ring, this one and all before it; 0: the ring of a case, file or packet whole.
 * GONE also for a ring that is not there. BUSY: the clock jumped. EXPIRE_NOT takes the saying back.
 */
enum { NOTICE_DAYS = 30, HOLD_DAYS_MOST = 3653 };
enum expire_verb { EXPIRE, EXPIRE_NOT };
enum keep_state { KEEP_NOT, KEEP_TOLD, KEEP_GONE, KEEP_HELD };
struct expire_ask { enum scope_kind kind; id scope; enum compartment compartment; uint32_t epoch; };
struct keep_answer { enum keep_state state; uint32_t day; id ring; }; /* TOLD: destroyed from that day on; HELD: the last day of the longest hold */
status keeper_expire(struct keeper *k, enum expire_verb verb, const struct expire_ask *ask, struct keep_answer *out) MUST_CHECK;
/*
 * ROLE_JOBS alone: the engine has nothing more of count records that were erased, nor has its file (common/engine). The key of every file that
 * it wrote goes in the transaction of the record that says so; digest: SHA-256 of their ids. seq: of that record. Asked again, a further record.
 */
status keeper_forgotten(struct keeper *k, uint32_t count, const uint8_t digest[32], uint64_t *seq) MUST_CHECK;
/*
 * A hold: nobody destroys that ring, from the epoch on (0: at all), until a day, that day included. A member with GRANT sets it, and sets
 * it again to prolong it; hold is its id on every ring it lies on. INVALID: no day after today, one beyond HOLD_DAYS_MOST, or one before
 * the day it has. To lift it takes a second person with APPROVE.
 */
struct hold_act { token token, second; id ring, hold, about; uint32_t epoch, until_day; char reason[32]; };
status keeper_hold(struct keeper *k, const struct hold_act *act) MUST_CHECK;
status keeper_lift(struct keeper *k, const struct hold_act *act) MUST_CHECK; /* ring, epoch, until_day are not looked at */
/*
 * ROLE_JOBS alone. own: the number of this node. admitted: a bit (1u << number) for each node that may serve; 0 of a locked house, which does
 * not know.
 */
struct keeper_nodes { uint32_t own, admitted; };
status keeper_nodes(struct keeper *k, struct keeper_nodes *out) MUST_CHECK;
struct keeper_state { bool open, engine_open; uint32_t backup_day; }; /* backup_day 0: none was recorded; engine_open: its seed was opened */
status keeper_state(struct keeper *k, struct keeper_state *out) MUST_CHECK; /* ROLE_JOBS, ROLE_WATCH and ROLE_CONTROL alone; of a locked house too */
status keeper_head(struct keeper *k, struct arena *a, str *checkpoint) MUST_CHECK;
/*
 * A checkpoint, its three lines, that somebody outside kept. Of this house's own log it is compared with the log: NOT_FOUND, on record too, when
 * the log is shorter or another. Of another house's log it is recorded, and line is this node's signature under it; else line is empty.
 */
enum { CHECKPOINT_MOST = 256 };
status keeper_witness(struct keeper *k, struct arena *a, str checkpoint, uint64_t *seq, str *line) MUST_CHECK;

/*
 * The log as people may read it, newest first: records below before (0: from the newest). own: the asker's
 * records, with their time; otherwise members of the AUDIT ring alone, with opened details, and the reading
 * is itself a record.
 */
enum { LOG_LINES = 64 };
struct log_line {
    uint64_t seq, gen; /* gen: the wall's generation then */
    uint8_t action;
    uint16_t purpose, result, count;
    uint32_t day;
    bool opened;           /* what follows was readable for the asker */
    int64_t time;
    uint8_t compartment;   /* 0: not about rows */
    id principal, about, ring; /* zero in one's own list */
    char reason[32];
};
/*
 * Newest first, LOG_LINES of them. Of the log, from: those below that number; 0: from the newest. Of one's own, from: how many of the
 * newest to pass over, since the numbers of the log would say how busy the others were.
 */
status keeper_log(struct keeper *k, token t, bool own, uint64_t from, struct log_line *out, ptrdiff_t *n) MUST_CHECK;
/*
 * What others did to the asker's account (vouching, renewing, counting their week, what root gave), and failed sign-ins under its name: principal
 * is who did it, zero where nobody knows. Keys given and taken stand as records about a ring and are not among them.
 */
status keeper_on_me(struct keeper *k, token t, uint64_t skip, struct log_line *out, ptrdiff_t *n) MUST_CHECK;
/* What a system did whose key of the API the asker made; principal is the system. NOT_FOUND: no such key, or another's. */
status keeper_of_key(struct keeper *k, token t, id key, uint64_t skip, struct log_line *out, ptrdiff_t *n) MUST_CHECK;
/*
 * The weekly sheet: what the log says of one person of an office, in counts and nothing else, for this week and the SHEET_WEEKS - 1 before
 * it (vault/sheet.h, docs/keys.md 5). For who leads others (CERTIFY and APPROVE; in care GRANT) and is on that ring of the office, of
 * who is on it too, or left. Each asking is a record about that person. NOT_FOUND: not to be told, or no such person.
 */
enum {
    SHEET_WEEKS = 5,
    SHEET_WEEK_DAYS = 7,
    SHEET_RECORDS = 16384,     /* read of one person, the newest; weeks that lie further back are not whole */
    SHEET_QUICK_SECONDS = 15
};
enum sheet_measure {
    SHEET_ENTRIES,             /* records of the person at all: 0, they were not there */
    SHEET_ROWS, SHEET_THINGS,  /* rows opened; different tips, cases and files opened to be read */
    SHEET_GUARDED,             /* rows of who told us and of safe places */
    SHEET_HOURS,               /* openings at hours not theirs; of week 0 alone */
    SHEET_QUICK,               /* opened, and another one within SHEET_QUICK_SECONDS, nothing done */
    SHEET_REFUSED, SHEET_EXPORTED,
    SHEET_FAILED,              /* failed sign-ins under their name, by whomever */
    SHEET_BUDGET,              /* the most of any day's budget, in percent of what it is now */
    SHEET_MEASURES
};
struct sheet {
    uint32_t whole;            /* so many weeks, from week 0 on, were read to their beginning */
    uint32_t at[SHEET_WEEKS][SHEET_MEASURES];
};
status keeper_sheet(struct keeper *k, token t, id office, enum compartment ring, id who, struct sheet *out) MUST_CHECK;
/* Rows a person may open in an hour and a day; two persons (CERTIFY, APPROVE) change it and the log says so. */
status keeper_budget(struct keeper *k, token t, token second, enum compartment c, uint32_t hour_rows, uint32_t day_rows) MUST_CHECK;
/* What they are now, by compartment (out[0] stays as it is); for holders of CERTIFY. */
struct opening_budget { uint32_t hour_rows, day_rows; };
status keeper_budgets(struct keeper *k, token t, struct opening_budget out[COMPARTMENTS + 1]) MUST_CHECK;
/*
 * The engine (keys.md 7). A certifier who is on the SERVICE ring opens its seed, when it is not open: its process is told a token by HELLO.
 * NOT_FOUND: not on that ring, or the engine's certificate is over. Whoever certifies signs its renewal with this when it is due. LIMIT: as often as SERVICE may be opened in an hour.
 */
status keeper_engine(struct keeper *k, token t) MUST_CHECK;
enum engine_result { ENGINE_UNLOCKED, ENGINE_SNAPSHOT_NEW, ENGINE_SNAPSHOT_READ, ENGINE_SEED_GIVEN, ENGINE_SEED_TAKEN }; /* of an ENGINE record */
/* For one search of one person, a minute long; says nothing and opens nothing by itself. */
enum { SEARCH_TICKET = 48, RINGS_A_PAGE = 512 };
struct search_ticket { uint8_t at[SEARCH_TICKET]; };
status keeper_search_ticket(struct keeper *k, token t, struct search_ticket *out) MUST_CHECK;
/* ROLE_ENGINE from here. The rings of TIP and CASE that the person of the ticket opens now, by id; fewer than a page: the last. LOCKED: it is over. */
status keeper_rings(struct keeper *k, const struct search_ticket *ticket, uint32_t page, uint64_t *gen, id out[RINGS_A_PAGE], ptrdiff_t *n) MUST_CHECK;
/* Whether the person of the ticket is on the ring of deconfliction now. NOT_FOUND: no, or there is no such ring. LOCKED: the ticket is over. */
status keeper_deconfliction(struct keeper *k, const struct search_ticket *ticket) MUST_CHECK;
/* The key of this node's snapshot. fresh: a new one, and what was written under the old does not open any more. NOT_FOUND: there is none. */
/*
 * ROLE_ENGINE: with its token it has the seed boxed for engines of other nodes that wait for theirs; without one (zeros) it asks for it, and a HELLO
 * with a token follows the answer that took it. *others: this house has further nodes; asked again in a while either way. LOCKED: the house, or the token.
 */
status keeper_engine_seed(struct keeper *k, token t, bool *others) MUST_CHECK;
status keeper_snapshot_key(struct keeper *k, token t, bool fresh, uint8_t key[32]) MUST_CHECK;
/* A process that began anew has no token: ends whatever session the engine had. LOCKED: it had none. */
status keeper_engine_begins(struct keeper *k) MUST_CHECK;
/* What a keeper said unasked since this was last asked, read now without waiting. open: token is good from now on; else there is none. */
struct keeper_greeting { bool open; token token; uint64_t gen; };
bool keeper_greeted(struct keeper *k, struct keeper_greeting *out) MUST_CHECK;
int keeper_fd(const struct keeper *k); /* to wait on for a greeting */
/* ROLE_CONTROL alone: the stretched house passphrase opens the house. NOT_FOUND: it is wrong. */
status keeper_unlock(struct keeper *k, const uint8_t stretched[32]) MUST_CHECK;
#endif
