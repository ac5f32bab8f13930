/*
 * The logs of the house, one a node (docs/keys.md 4.5). A start reads them all, and they must be whole; the opening of the house asks whether the
 * nodes signed them. When another hand moved the wall, and once a minute, what the others wrote since is read on, so that who left there has left
 * here too; and a node that was itself taken out ends.
 */
#include "lib/log/log.h"
#include "vault/keeper_core.h"

enum { FOLLOW_SECONDS = 60 };

struct scan {
    struct keeper_core *core;
    struct log_read *log;
};

/* What a locked house writes behind its START, without a signature. */
static bool of_locked(uint8_t action)
{
    return action == ACT_START || action == ACT_REFUSED || action == ACT_BACKUP || action == ACT_ERASE || log_of_writing(action);
}

static void scan_signature(struct log_read *log, const struct leaf *l, const struct audit_record *r)
{
    static const uint8_t none[SIGNATURE];
    struct signed_head *head = &log->signed_head;
    bool signature = memcmp(l->signature, none, SIGNATURE) != 0;
    if (signature) {
        memcpy(head->signature, l->signature, SIGNATURE);
        log->tail_good = true;
    } else if (log->signed_last || !l->seq) {
        head->size = log->tree.size; /* so far: the root is made once a stretch, not once a record */
        audit_tree_root(&log->tree, head->root);
        log->tail_good = r->action == ACT_START;
    } else {
        log->tail_good &= of_locked(r->action);
    }
    log->signed_last = signature;
}

static void scan_leaf(void *to, const struct leaf *l)
{
    struct scan *scan = to;
    struct keeper_core *c = scan->core;
    struct audit_record r;
    if (l->seq != scan->log->tree.size || !audit_record_read(l->record, &r) || r.seq != l->seq) {
        scan->log->broken = true;
        return;
    }
    scan_signature(scan->log, l, &r);
    audit_tree_add(&scan->log->tree, (str){ (const char *)l->record, AUDIT_RECORD });
    if (r.action == ACT_REVOKE)
        trust_add_revoked(c, r.object);
    if (r.action == ACT_LOGIN && (r.result & SIGNED_IN_ENVELOPE) && r.day > c->envelope_day)
        c->envelope_day = r.day;
    if (r.action == ACT_BACKUP && r.day > c->backup_day)
        c->backup_day = r.day;
    if (r.action == ACT_CEREMONY && r.day > c->ceremony_day)
        c->ceremony_day = r.day;
}

static status read_on(struct keeper_core *c, uint32_t number)
{
    struct scan scan = { c, &c->logs[number - 1] };
    return leaf_scan(c->db, number, scan.log->tree.size, scan_leaf, &scan);
}

/* Numbers, roots and head agree. A node that was admitted and never served has no log yet; the first has one since the house was made. */
static status check_log(struct keeper_core *c, uint32_t number)
{
    struct log_read *log = &c->logs[number - 1];
    struct audit_tree stored;
    uint64_t size = 0;
    uint8_t root[32], head[32], last[32] = { 0 };
    status s = loghead_find(c->db, number, &stored);
    if (s == NOT_FOUND && !log->tree.size && number != LOG_NUMBER)
        return OK;
    if (s == OK)
        s = leaf_last_root(c->db, number, &size, last);
    if (s != OK)
        return FAULT;
    audit_tree_root(&log->tree, root);
    audit_tree_root(&stored, head);
    if (log->signed_last) {
        log->signed_head.size = size;
        memcpy(log->signed_head.root, root, sizeof root);
    }
    bool good = !log->broken && log->tail_good && size == log->tree.size && stored.size == size && same_bytes(root, last, sizeof root) &&
                same_bytes(root, head, sizeof root);
    return good ? OK : FAULT;
}

/* A number never changes hands, and no log is nobody's. */
static status know_nodes(struct keeper_core *c)
{
    struct arena mark = c->arena;
    struct node nodes[NODES];
    int n = 0;
    int64_t orphans = 0;
    status s = node_list(c->db, &c->arena, nodes, &n);
    if (s == OK)
        s = log_orphans(c->db, &orphans);
    bool good = !orphans;
    for (int i = 0; s == OK && i < n; i++) {
        struct log_read *log = &c->logs[nodes[i].number - 1];
        good &= id_is_zero(log->node) || id_equal(log->node, nodes[i].principal);
        log->node = nodes[i].principal;
    }
    c->arena = mark;
    return s == OK && !good ? FAULT : s;
}

bool node_has_log(const struct keeper_core *c, uint32_t number)
{
    return !id_is_zero(c->logs[number - 1].node);
}

static bool is_other(const struct keeper_core *c, uint32_t number)
{
    return number != c->log && node_has_log(c, number);
}

bool node_is_one(const struct keeper_core *c, id who)
{
    for (int i = 0; i < NODES; i++)
        if (!id_is_zero(who) && id_equal(c->logs[i].node, who))
            return true;
    return false;
}

bool node_has_others(const struct keeper_core *c)
{
    for (uint32_t number = 1; number <= NODES; number++)
        if (is_other(c, number))
            return true;
    return false;
}

/* Each is read without the writers' lock, however long it is; what came in the meantime is read with it. */
static status read_others(struct keeper_core *c)
{
    status s = node_has_others(c) ? db_begin(c->db) : NOT_FOUND;
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    for (uint32_t number = 1; s == OK && number <= NODES; number++) {
        if (!is_other(c, number))
            continue;
        s = read_on(c, number);
        if (s == OK)
            s = check_log(c, number);
    }
    return db_end(c->db, s);
}

status log_start(struct keeper_core *c)
{
    status s = know_nodes(c);
    if (s == OK && !node_has_log(c, c->log))
        s = FAULT; /* this house has no such node */
    for (uint32_t number = 1; s == OK && number <= NODES; number++)
        if (node_has_log(c, number))
            s = read_on(c, number);
    if (s == OK)
        s = check_log(c, c->log);
    if (s == OK)
        s = read_others(c);
    c->tree = c->logs[c->log - 1].tree;
    c->followed = c->mono;
    return s == OK || s == BUSY ? s : FAULT;
}

/*
 * The last signature answers for the root under it and the root for every record before it, each departure included:
 * one is enough to know that nobody but the node wrote them. Which single entry was edited is what `audit verify` says.
 */
static bool is_signed(struct keeper_core *c, uint32_t number, const uint8_t node[KEY])
{
    const struct signed_head *h = &c->logs[number - 1].signed_head;
    if (!h->size)
        return number != LOG_NUMBER; /* the first signed its first record; another may have been locked ever since */
    return sign_check(node, audit_checkpoint(&c->arena, c->anchor.install, number, h->size, h->root), h->signature);
}

/* A node is certified for ever by what was signed when it came; nothing asks for its last day (docs/keys.md 1.3). */
status node_find_certified(struct keeper_core *c, id node, struct principal *out)
{
    bool good = false;
    status s = principal_find(c->db, node, out);
    if (s == OK)
        s = trust_certified(c, out, out->not_before, &good);
    return s == OK && !good ? NOT_FOUND : s;
}

static status check_other(struct keeper_core *c, uint32_t number)
{
    struct principal p;
    if (!c->logs[number - 1].tree.size)
        return OK;
    status s = node_find_certified(c, c->logs[number - 1].node, &p);
    if (s == OK)
        s = is_signed(c, number, p.sign) ? OK : NOT_FOUND;
    return s;
}

static status check_others(struct keeper_core *c)
{
    status s = OK;
    for (uint32_t number = 1; s == OK && number <= NODES; number++)
        if (is_other(c, number))
            s = check_other(c, number);
    return s;
}

status node_find_admitted(struct keeper_core *c, id node, struct principal *out)
{
    status s = node_find_certified(c, node, out);
    return s == OK && (out->state != PERSON_ACTIVE || trust_revoked(c, node)) ? NOT_FOUND : s;
}

/* NOT_FOUND: it is none of the house's, or not any more. */
static status check_self(struct keeper_core *c)
{
    struct principal p;
    return id_equal(c->node_id, c->logs[c->log - 1].node) ? node_find_admitted(c, c->node_id, &p) : NOT_FOUND;
}

status node_judge_all(struct keeper_core *c)
{
    status s = check_self(c);
    if (s == NOT_FOUND)
        return CONFLICT;
    if (s == OK && !is_signed(c, c->log, c->node.sign.open))
        s = NOT_FOUND;
    if (s == OK)
        s = check_others(c);
    return s == NOT_FOUND ? INVALID : s;
}

status node_follow(struct keeper_core *c, uint64_t known_gen)
{
    if (c->gen == known_gen && c->mono - c->followed < FOLLOW_SECONDS)
        return OK;
    status s = know_nodes(c);
    for (uint32_t number = 1; s == OK && number <= NODES; number++) {
        if (!is_other(c, number))
            continue;
        s = read_on(c, number);
        if (s == OK)
            s = check_log(c, number);
    }
    if (s == OK && c->house.open)
        s = check_others(c);
    if (s == OK && c->house.open)
        s = check_self(c);
    if (s == NOT_FOUND || s == FAULT)
        log_event(LOG_KEEPER_NOT_WHOLE, s, c->log);
    c->followed = c->mono;
    return s == OK || s == BUSY ? s : FAULT;
}

/* By which name the keeper finds a node: no account can bear it (account_name_fits), and nobody is invited by it. */
str node_principal_name(struct arena *a, uint32_t number, str name)
{
    return number == LOG_NUMBER ? lit("node") : str_join(a, lit(NODE_PREFIX), name);
}

status node_may_start(struct keeper_core *c)
{
    struct principal p;
    status s = c->log == LOG_NUMBER ? OK : principal_find(c->db, c->logs[c->log - 1].node, &p);
    if (s != OK || c->log == LOG_NUMBER || p.state == PERSON_ACTIVE)
        return s;
    log_event(LOG_NODE_STRANGE, c->log, 0);
    return CONFLICT;
}

void core_be_node(struct keeper_core *c, uint32_t number, str name)
{
    must(number >= 1 && number <= NODES && name.len <= NODE_NAME);
    c->log = number;
    memcpy(c->name, name.at, (size_t)name.len);
    c->name[name.len] = 0;
}

status judge_nodes(struct keeper_core *c, struct asked *q)
{
    uint32_t admitted = 0;
    status s = c->house.open ? know_nodes(c) : OK; /* a locked house knows nobody by name */
    for (uint32_t number = 1; s == OK && c->house.open && number <= NODES; number++) {
        struct principal p;
        s = node_has_log(c, number) ? node_find_admitted(c, c->logs[number - 1].node, &p) : NOT_FOUND;
        admitted |= s == OK ? 1u << number : 0;
        s = s == NOT_FOUND ? OK : s;
    }
    wire_u32(&q->out, c->log);
    wire_u32(&q->out, admitted);
    return s;
}
