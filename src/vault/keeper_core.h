/*
 * The keeper without its sockets: core_turn takes what every channel sent, judges all, stages the records,
 * commits once, and only then computes row keys and answers (keys.md 4.1). Tests call it in process.
 *
 *   keeper_core.c    the turn and the table of messages      keeper_people.c  newcomers, certificates, departure
 *   keeper_trust.c   which rows are believed                 keeper_mail.c    receipts, mailboxes, blind keys
 *   keeper_session.c signing in and out                      keeper_log.c     records and their reading
 *   keeper_slot.c    enrolment, passphrase, recovery         keeper_open.c    row keys and budgets
 *   keeper_ring.c    rings, members, epochs             keeper_term.c    certificates renewed
 *   keeper_key.c     keys of the API                        keeper_sheet.c   a person's week in counts
 *   keeper_acts.c    what others did to one's account     keeper_witness.c  checkpoints of others, and of ours that come home
 *   keeper_keep.c    what ends, and holds                   keeper_engine.c  the engine's session, tickets of searches, its snapshot
 *   keeper_nodes.c   the logs of all nodes, read and judged   keeper_seed.c    the engine's seed from node to node
 */
#ifndef VAULT_KEEPER_CORE_H
#define VAULT_KEEPER_CORE_H
#include "vault/keeper_store.h"

enum {
    STARTED_UNLOCKED = 1, /* result of a START record: not the process began, the house was opened */
    CORE_MESSAGES = 64, /* of one turn */
    SESSIONS = 1024,
    HELD = 64,          /* ring secrets a session keeps */
    TICKETS = 64,
    PEPPERS = LOCATORS, /* live ones: as many as MAIL can answer with */
    MEMO = 65536,       /* of signatures found good: a search looks at a grant for each ring of who asks */
    REVOKED = 16384,
    ROWS = 64,          /* of one message */
    OPEN_ROW = 16 + KEYBOX,
    ENGINE_HOUR_ROWS = 20000000, ENGINE_DAY_ROWS = 60000000, /* of each kind: its own bucket */
    CODE_TAKEN = 8      /* after the codes of lib/os/channel.h: the name is in use */
};

_Static_assert(CHANNEL_HEADER + 2 + PEPPERS * (16 + 4) <= KEEPER_MESSAGE_MAX, "all locators fit an answer");

/* A ring secret under the session's key: at rest the keeper's memory opens nothing of a person's. */
struct held {
    id ring;
    uint32_t epoch, until;
    uint8_t compartment, open[KEY], secret[BOX];
};
/* Of a person; of a second person for one act, which ends by itself after a minute; of the engine, which ends with the keeper. */
enum session_kind { SESSION_PERSON, SESSION_ONCE, SESSION_SERVICE };
struct session {
    id id;              /* of the token; zero: free */
    id who;
    uint8_t class, powers;
    bool shut;          /* idle too long: known, its secrets wiped */
    enum session_kind kind;
    uint8_t seed[BOX];
    int64_t started, used; /* monotonic seconds */
    uint64_t gen;       /* of the wall, when the person was last checked */
    uint32_t day, not_after;
    int next_held;
    struct held held[HELD];
};
struct ticket_out {
    uint64_t number;    /* 0: free */
    uint32_t channel;
    int64_t until;      /* monotonic seconds */
    uint8_t name[16], device[16];
    bool envelope;      /* the name is "envelope" */
    uint8_t salt[16];
    struct stretch_cost cost;
};
struct pepper {
    uint32_t id;
    int64_t day;
    uint8_t key[KEY];
};

/* The last signed record, as the start read it: its signature answers for every record before it. */
struct signed_head {
    uint64_t size;      /* 0: nothing is signed */
    uint8_t root[32], signature[SIGNATURE];
};
/* How far the log of a node was read, and what was seen in it. */
struct log_read {
    id node;                /* who writes it; zero: there is no such node */
    struct audit_tree tree; /* of all that was read */
    struct signed_head signed_head;
    bool broken, signed_last;
    bool tail_good;         /* what stands behind the last signature is of a locked house's making */
};

struct keeper_core {
    struct db *db;
    struct arena arena;           /* of one turn */
    struct arena turn;            /* its start: arena is set back to it */
    char *memory;                 /* all of this, the core itself included */
    struct chance chance;
    struct anchor anchor;
    struct house_keys house;
    struct identity node;         /* once unlocked */
    id root, node_id;
    uint8_t boot[16], secret_file[SECRET_FILE], anchor_hash[32];
    int64_t now, mono;            /* Unix and monotonic seconds, set before each turn */
    int64_t wall_off;             /* how far the first was before the second when the time was first set */
    bool timed;
    uint64_t gen;                 /* of the wall, as read in this turn's transaction */
    bool dead;                    /* a commit failed: STORE to everybody, then exit */
    bool full;                    /* no room for records on the disk: only what leaves none is done, the rest is BUSY */
    int tickets_out;              /* how many may be out at a time to strangers; as many to known devices */
    uint32_t envelope_day;        /* when the envelope was last used; 0 never */
    uint32_t backup_day;          /* when the last backup was recorded; 0 never */
    uint32_t ceremony_day;        /* when acts of a root ceremony were last recorded; 0 never */
    double mail_credit;           /* lookups left this second */
    int64_t mail_at;
    uint32_t log;                 /* the number of this node and of the log it writes */
    char name[NODE_NAME + 1];     /* of this node */
    struct log_read logs[NODES];  /* by number less one; our own as the start read it */
    int64_t followed;             /* when the others' logs were last read on, monotonic seconds */
    struct audit_tree tree;       /* of our own log */
    bool tree_moved;
    struct sealer *sealer;
    struct ticket_out tickets[TICKETS];
    struct pepper peppers[PEPPERS]; /* newest first */
    int pepper_count;
    uint32_t pepper_newest;       /* id of the newest row that was read */
    uint8_t memo_key[KEY], (*memo)[16]; /* signatures found good */
    uint8_t (*revoked)[16];       /* pseudonyms out of the log: a deleted table row does not undo a departure */
    int revoked_count;
    struct box_pair boot_pair;    /* the engine's seed is boxed to it by another node; zero: none is asked for */
    uint8_t boot_box[KEYBOX];     /* of one turn: what was given */
    uint8_t engine_token[KEY];    /* made in this turn, for the engine's HELLO that follows it; else zero */
    struct session *sessions;
    struct asked *asked;
};

struct core_message {
    enum keeper_role role;
    uint32_t channel;
    str in;
    uint8_t out[KEEPER_MESSAGE_MAX];
    ptrdiff_t out_len;
};

/* One message under way. */
struct asked {
    enum keeper_role role;
    uint32_t channel;
    struct message_head head;
    struct wire in, out;
    uint16_t code;              /* set by who refuses with a code of its own, else it follows from the status */
    bool recorded;              /* this message has its record */
    struct session *session;    /* who asks, once known; another's by the time of the answer if session_id differs */
    id session_id, who;
    uint8_t key[KEY];           /* of the session; wiped with the turn */
    enum purpose why;
    id about;
    uint16_t n;
    uint8_t row_code[ROWS];
    const uint8_t *rows;        /* n x (row, keybox), inside the message */
    struct ring_key target;     /* of SHARE */
    int failed;                 /* rows whose box did not open after the commit: one more record */
    uint8_t snapshot[KEY];      /* of SNAP: the key that was made before the commit; wiped with the turn */
};

/* Judge stages, answer (after the commit) computes row keys. */
typedef status message_act(struct keeper_core *c, struct asked *q);
/*
 * What a message must look like and who may send it. length is of the body; each more bytes a counted item, whose
 * number stands at count_at (u8 or u16; count_bytes 0: no items). locked: also served before the house is unlocked. quiet: writes
 * nothing, so that it is served on a full disk too.
 */
struct message_rule {
    uint16_t type;
    unsigned roles;             /* a bit each: 1u << ROLE_STAFF */
    ptrdiff_t length, each;
    int count_at, count_bytes, least;
    bool locked;
    message_act *judge, *answer; /* answer NULL: nothing is computed after the commit */
    bool quiet;
};
const struct message_rule *core_rules(ptrdiff_t *n); /* all of them; tests and fuzzing go over them */

/* A keeper on an open, migrated keys database. Process lifetime. OK, or INVALID: the anchor or secret file is not good. */
status core_open(struct db *db, str anchor, str secret, struct chance chance, int cores, struct keeper_core **out) MUST_CHECK;
void core_close(struct keeper_core *c); /* wipes everything it knew; the memory stays reserved */
void core_set_time(struct keeper_core *c, int64_t unix_seconds, int64_t monotonic_seconds);
/* Checks the log, records START; opens the house of a demo. FAULT: the log is not whole, or not this house's. LIMIT: the disk is full. */
status core_start(struct keeper_core *c) MUST_CHECK;
/* Answers stand in each message's out. False: a commit failed, everybody got STORE, and the process must end. */
bool core_turn(struct keeper_core *c, struct core_message *messages, ptrdiff_t n);
ptrdiff_t core_hello(const struct keeper_core *c, uint8_t to[KEEPER_MESSAGE_MAX]);
/* The engine's HELLO with the token that this turn made for it, forgotten here with the call; 0: the turn made none. */
ptrdiff_t core_engine_hello(struct keeper_core *c, uint8_t to[KEEPER_MESSAGE_MAX]);
void core_engine_unheard(struct keeper_core *c); /* nobody took that HELLO: the session ends */
bool core_engine_open(const struct keeper_core *c); /* it has a session */
/* NOT_FOUND: another passphrase. INVALID: the log that was read at the start is not signed by this house; it stays locked. */
status core_unlock(struct keeper_core *c, const uint8_t stretched[KEY]) MUST_CHECK;

/* The rest is between the keeper's own files. */
uint32_t core_today(const struct keeper_core *c);
status core_refuse(struct asked *q, uint16_t code); /* sets the code; NOT_FOUND */
status core_wall_moved(struct keeper_core *c) MUST_CHECK;
/* The wall clock is more than a day off from where it was when this keeper began, by the monotonic clock: nothing ends by it. */
bool core_clock_jumped(const struct keeper_core *c);

/* Trust: rows of the database count only through these. */
bool trust_signature(struct keeper_core *c, const uint8_t open[KEY], str text, const uint8_t signature[SIGNATURE]);
/* Any principal by id; root out of the anchor. */
status trust_find(struct keeper_core *c, id who, struct principal *out) MUST_CHECK;
/* *good: enough certified signatures stand under the certificate, and it was valid on that day. */
status trust_certified(struct keeper_core *c, const struct principal *p, uint32_t day, bool *good) MUST_CHECK;
/* The last day of the newest certificate that is believed. */
status trust_end(struct keeper_core *c, const struct principal *p, uint32_t *end) MUST_CHECK;
/* Somebody certified today and not gone, with the certificate of today; else NOT_FOUND. */
status trust_person(struct keeper_core *c, id who, struct principal *out) MUST_CHECK;
/* How many distinct good signatures stand under the certificate that is in p, at most QUORUM; root's counts as QUORUM. */
status trust_signers(struct keeper_core *c, const struct principal *p, int depth, int *count) MUST_CHECK;
bool trust_revoked(const struct keeper_core *c, id who);
void trust_add_revoked(struct keeper_core *c, const uint8_t pseudonym[16]);
/* The acceptance rule of keys.md 2, wrap apart; NOT_FOUND when the grant is not believed. */
status trust_member(struct keeper_core *c, const struct ring *r, const struct member *m, struct principal *who) MUST_CHECK;
/*
 * The same when the person is trusted already: what is left of the rule is the grant. granters: GRANTERS places, zero at first, for who was
 * found to hold GRANT on a day, within one message; NULL: each is looked at.
 */
enum { GRANTERS = 64 };
struct granter {
    struct principal p; /* with the certificate of that day */
    uint32_t day;       /* 0: nobody yet */
    bool had;
};
status trust_grant(struct keeper_core *c, const struct ring *r, const struct member *m, const struct principal *who,
                   struct granter *granters) MUST_CHECK;
/* The ring's newest public half, its chain followed to root; NOT_FOUND when it does not hold. */
status trust_ring_key(struct keeper_core *c, const struct ring *r, struct ring_key *out) MUST_CHECK;
/* The same of an older epoch. */
status trust_epoch_key(struct keeper_core *c, const struct ring *r, uint32_t epoch, struct ring_key *out) MUST_CHECK;

/* Sessions. */
/* Finds the session, checks the person again if the wall moved, and the powers asked for. LOCKED or NOT_FOUND. */
status session_need(struct keeper_core *c, struct asked *q, const uint8_t cookie[KEY], uint8_t powers) MUST_CHECK;
/* The same for a second person; *who must differ from the asker. */
status session_second(struct keeper_core *c, struct asked *q, const uint8_t cookie[KEY], uint8_t powers, id *who) MUST_CHECK;
/* LOCKED: unknown (*out NULL), shut (*out is it), or of somebody who is not trusted any more. */
status session_live(struct keeper_core *c, const uint8_t cookie[KEY], struct session **out) MUST_CHECK;
struct session *session_make(struct keeper_core *c, const struct principal *p, const uint8_t seed[KEY], const uint8_t cookie[KEY],
                             enum session_kind kind, uint8_t key[KEY]);
bool session_identity(const struct session *s, const uint8_t key[KEY], struct identity *out) MUST_CHECK;
bool session_seed(const struct session *s, const uint8_t key[KEY], uint8_t seed[KEY]) MUST_CHECK; /* the caller wipes it */
/* A live session by its id, without its token; LOCKED: ended, or shut. */
status session_by_name(struct keeper_core *c, id session, struct session **out) MUST_CHECK;
void session_end(struct session *s);
struct session *engine_session(struct keeper_core *c); /* NULL: it has none */
bool ticket_take(struct keeper_core *c, const struct asked *q, uint64_t number, struct ticket_out *out) MUST_CHECK; /* it serves once */
/* Counts the failure against the pair of name and device, and records it. */
status session_login_failed(struct keeper_core *c, struct asked *q, const struct ticket_out *t) MUST_CHECK;
status session_must_wait(struct asked *q) MUST_CHECK; /* LIMIT, without a record */
status session_check_otp(struct keeper_core *c, id who, uint32_t otp) MUST_CHECK; /* NOT_FOUND: wrong, or this step was used */
/* The seed of the ticket's name by passphrase or code; NOT_FOUND for unknown and wrong alike. */
status session_open_seed(struct keeper_core *c, const struct ticket_out *t, enum slot_kind kind, const uint8_t secret[KEY],
                         struct principal *p, uint8_t seed[KEY]) MUST_CHECK;
void session_end_all(struct keeper_core *c, id who, const struct session *but);

/* The engine's certificate is renewed by those who open it: in its last days the asker signs the next, once. OK also when nothing is due. */
status term_renew_service(struct keeper_core *c, struct asked *q, id who) MUST_CHECK;

/* Keys of the API. Makes the keys of an invited system in the place of a newcomer's; CODE_WALL: its class may have none. */
status key_enrol(struct keeper_core *c, struct asked *q, struct principal *p) MUST_CHECK;

/* Rings. */
/* The asker's place in a ring: accepted, its newest secret held. NOT_FOUND: no member. */
status ring_hold(struct keeper_core *c, struct asked *q, id ring, struct held **out) MUST_CHECK;
/* The secret of any epoch by way of back. NOT_FOUND: it cannot be reached. */
status ring_secret(struct keeper_core *c, const struct asked *q, const struct held *h, uint32_t epoch, uint8_t secret[KEY],
                 uint8_t open[KEY]) MUST_CHECK;
/* Both of these for the epoch that the ring has now: *member says whether the asker reaches it. Not OK: the store failed, which is no answer. */
status ring_reach(struct keeper_core *c, struct asked *q, const struct ring *r, uint8_t secret[KEY], bool *member) MUST_CHECK;
/* A new epoch, wrapped to the accepted members only. before NULL: whoever rotates is no member, back stays empty. */
status ring_rotate(struct keeper_core *c, struct ring *r, id signer, const struct sign_pair *sign, const uint8_t *before) MUST_CHECK;
/* A grant of that ring, signed by the granter; no wrap yet. */
status ring_join(struct keeper_core *c, const struct ring *r, id granter, const struct sign_pair *sign, const struct principal *who,
                 uint32_t until) MUST_CHECK;
/* The engine's principal as the house knows it by name, whether its certificate stands or not. NOT_FOUND: there is none. */
status engine_principal(struct keeper_core *c, struct principal *out) MUST_CHECK;
bool engine_seed_is(const uint8_t seed[KEY], const struct principal *p); /* of that principal's keys */
status engine_is_open(struct keeper_core *c, bool *open) MUST_CHECK; /* it has a session, and its principal is trusted as it was then */
status engine_fail_after(struct asked *q, status s) MUST_CHECK; /* a refusal after the commit: one more record, and the code; a store that failed stays that */
/* Turns the page of office rings whose epoch is of an earlier month; *turned of them. */
status ring_turn_month(struct keeper_core *c, struct asked *q, int *turned) MUST_CHECK;

enum acts_of { ACTS_ON_ME = 1, ACTS_OF_KEY }; /* of message 42 */

/* The log: one record a message. */
struct entry {
    enum audit_action action;
    uint16_t purpose, result, count;
    id actor, session, object, about, ring;
    const char *object_kind;
    uint8_t compartment;
    const uint8_t *digest;      /* 32 bytes, or NULL */
    str reason;
    const uint8_t *rows;        /* n x OPEN_ROW; the last 8 bytes of each id go into the detail */
    uint16_t row_count;
};
status log_append(struct keeper_core *c, const struct entry *e) MUST_CHECK;
status log_asked(struct keeper_core *c, struct asked *q, struct entry e) MUST_CHECK; /* actor and session filled in */
status log_refusal(struct keeper_core *c, struct asked *q, uint16_t code) MUST_CHECK;
status log_start(struct keeper_core *c) MUST_CHECK; /* reads what stands and checks all that needs no key */
status log_root_acts(struct keeper_core *c) MUST_CHECK; /* records what root signed and no record names yet; the house is open */
bool log_of_writing(uint8_t action); /* what a note may be about: something was written, exported, released or set */

/* Nodes. Before core_start; without it the core is the first. The name is copied. */
#define FIRST_NODE "first"
#define NODE_PREFIX "node/"
void core_be_node(struct keeper_core *c, uint32_t number, str name);
str node_principal_name(struct arena *a, uint32_t number, str name); /* what house_name hashes for its principal */
status node_may_start(struct keeper_core *c) MUST_CHECK; /* CONFLICT: not admitted yet, or taken out */
/* With the keys of the house in c: CONFLICT: this node is not admitted; INVALID: a log is not signed by its node. */
status node_judge_all(struct keeper_core *c) MUST_CHECK;
/* In a turn's transaction, the wall read: reads on what other nodes wrote, when the wall moved or a minute passed. FAULT: a log is not whole, or this node was taken out. */
status node_follow(struct keeper_core *c, uint64_t known_gen) MUST_CHECK;
/* A node's row, certified when it came. NOT_FOUND: it is not; admitted also: it is not taken out. */
status node_find_certified(struct keeper_core *c, id node, struct principal *out) MUST_CHECK;
status node_find_admitted(struct keeper_core *c, id node, struct principal *out) MUST_CHECK;
bool node_is_one(const struct keeper_core *c, id who);
bool node_has_log(const struct keeper_core *c, uint32_t number); /* 1 to NODES: somebody writes the log of that number */
bool node_has_others(const struct keeper_core *c);

/* A page of the log as an answer: how many lines follow, then each. shown: time, compartment, principal, ref, ring, reason; zeros where not told. */
enum { LOG_SHOWN = 8 + 1 + 3 * 16 + 32 };
void log_write_head(struct wire *w, int n);
void log_write_line(struct wire *w, const struct leaf_row *l, bool opened, const uint8_t shown[LOG_SHOWN]);
/* Time and compartment of a record, out of what its actor may see of it. False: deleted, of another actor, or made in a locked house. */
bool log_own(struct keeper_core *c, id actor, str own, int64_t *time, uint8_t *compartment) MUST_CHECK;

/* Budgets: takes rows, or LIMIT. */
status budget_take(struct keeper_core *c, id who, enum compartment compartment, int64_t rows) MUST_CHECK;

status mail_unlock(struct keeper_core *c) MUST_CHECK; /* reads the peppers */

message_act judge_begin, judge_finish, judge_end, judge_who, judge_slot, judge_open, answer_open, judge_share, answer_share,
    judge_pub, judge_ring, judge_principal, judge_enrol, judge_certify, judge_revoke, judge_note, judge_blind, judge_receipt,
    judge_mail, answer_mail, judge_term, judge_renew, judge_ending, judge_head, judge_log, judge_budget, judge_budgets, judge_unlock, judge_key,
    judge_state, judge_sheet, judge_acts, judge_witness, judge_expire, judge_hold, judge_lift, judge_ticket, judge_rings, judge_deconfliction, judge_engine,
    answer_engine, judge_snapshot, answer_snapshot, judge_forgotten, judge_seed, answer_seed, judge_nodes;
#endif
