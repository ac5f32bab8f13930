/* The verifier: hashing and Ed25519, nothing of the house. Every root and every signature is checked. */
#include "vault/audit.h"
#include "vault/keeper.h"

struct head {
    id install;
    uint8_t node[KEY];
    int64_t log, size;
};
struct walk {
    struct head head;
    const uint8_t *node_key;
    const struct audit_seen *seen;
    ptrdiff_t seen_count, seen_at; /* seen_at: the first that the walk has not reached */
    struct audit_tree tree;
    bool signed_before;     /* the entry before this one bore a signature */
    uint64_t stretch_start; /* of the unsigned stretch we are in */
    struct audit_verdict verdict;
};

/* A line that must end in a newline; false at the end of the file or in a cut line. */
static bool line_next(str *rest, str *line)
{
    ptrdiff_t n = rest->len ? str_find(*rest, '\n') : -1;
    if (n < 0)
        return false;
    *line = str_part(*rest, 0, n);
    *rest = str_part(*rest, n + 1, rest->len);
    return true;
}

static bool line_value(str *rest, str name, str *value)
{
    str line;
    if (!line_next(rest, &line) || !str_starts(line, name))
        return false;
    *value = str_part(line, name.len, line.len);
    return true;
}

/* One text a value: lower case only, decimals without sign or leading zero. */
static bool hex_strict(str s, uint8_t *to, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (s.at[i] >= 'A' && s.at[i] <= 'F')
            return false;
    return hex_read(s, to, n);
}

static bool decimal_strict(str s, int64_t max, int64_t *out)
{
    if (!s.len || s.at[0] < '0' || s.at[0] > '9' || (s.len > 1 && s.at[0] == '0'))
        return false;
    return str_to_int(s, out) && *out <= max;
}

static bool head_read(str *rest, struct head *h)
{
    str s;
    return line_value(rest, lit("plainsight audit log 1"), &s) && !s.len && line_value(rest, lit("install "), &s) &&
           hex_strict(s, h->install.at, 16) && line_value(rest, lit("log "), &s) &&
           decimal_strict(s, UINT32_MAX, &h->log) && line_value(rest, lit("node "), &s) && hex_strict(s, h->node, KEY) &&
           line_value(rest, lit("size "), &s) && decimal_strict(s, INT64_MAX, &h->size);
}

static bool refuse(struct walk *w, uint64_t at, const char *why)
{
    w->verdict.bad_at = at;
    w->verdict.why = why;
    return false;
}

static bool signature_fits(const struct walk *w, const uint8_t root[32], const uint8_t signature[AUDIT_SIGNATURE])
{
    char room[2048];
    struct arena a = { room, room + sizeof room, NULL };
    str text = audit_checkpoint(&a, w->head.install, (uint32_t)w->head.log, w->tree.size, root);
    return sign_check(w->node_key, text, signature);
}

/*
 * A zero signature is a locked house's. A house is locked by a start and by nothing else, so the
 * first unsigned record is a START: whoever strips a signature in the middle is found.
 */
static bool signature_check(struct walk *w, const struct audit_record *r, const uint8_t root[32], const uint8_t *signature)
{
    static const uint8_t none[AUDIT_SIGNATURE];
    if (memcmp(signature, none, AUDIT_SIGNATURE)) {
        if (!signature_fits(w, root, signature))
            return refuse(w, r->seq, "the signature is not the node's");
        w->verdict.unsigned_stretches += r->seq && !w->signed_before;
        w->signed_before = true;
        return true;
    }
    if (w->signed_before || !r->seq) {
        if (r->action != ACT_START)
            return refuse(w, r->seq, "the signature is missing, and no start of a locked house explains it");
        w->stretch_start = r->seq;
    }
    w->signed_before = false;
    return true;
}

/* Several may be of one size, and of different roots: then one of them is always false. */
static bool seen_check(struct walk *w, const uint8_t root[32])
{
    for (; w->seen_at < w->seen_count && w->seen[w->seen_at].size == w->tree.size; w->seen_at++)
        if (memcmp(w->seen[w->seen_at].root, root, 32))
            return refuse(w, w->tree.size ? w->tree.size - 1 : 0, "here, or before, the log differs from a checkpoint kept outside");
    return true;
}

static bool entry_check(struct walk *w, str line)
{
    uint8_t entry[AUDIT_RECORD + 32 + AUDIT_SIGNATURE], root[32];
    struct audit_record r;
    uint64_t at = w->tree.size;
    if (!hex_strict(line, entry, sizeof entry))
        return refuse(w, at, "the line is no entry: 448 hexadecimal digits");
    if (!audit_record_read(entry, &r))
        return refuse(w, at, "the record is of an unknown version");
    if (r.seq != at)
        return refuse(w, at, "the number of the record is not the next one");
    audit_tree_add(&w->tree, (str){ (char *)entry, AUDIT_RECORD });
    audit_tree_root(&w->tree, root);
    if (memcmp(root, entry + AUDIT_RECORD, 32))
        return refuse(w, at, "record and root do not belong together");
    if (!signature_check(w, &r, root, entry + AUDIT_RECORD + 32) || !seen_check(w, root))
        return false;
    w->verdict.size = w->tree.size;
    return true;
}

static bool end_check(struct walk *w, str rest)
{
    str line;
    uint64_t size = w->tree.size;
    if (!line_next(&rest, &line) || !str_equal(line, lit("end")))
        return refuse(w, size, "the file has no end where its head says it ends");
    if (rest.len)
        return refuse(w, size, "something follows the end");
    if (w->seen_at < w->seen_count)
        return refuse(w, size, "entries that were seen outside are missing from here on");
    w->verdict.locked_end = size && !w->signed_before;
    if (w->verdict.locked_end)
        return refuse(w, w->stretch_start, "nothing is signed from here on: a house still locked, or a forged end");
    return true;
}

static bool log_check(struct walk *w, str file)
{
    uint8_t empty[32];
    str line;
    if (!head_read(&file, &w->head))
        return refuse(w, 0, "the head of the file cannot be read");
    if (w->node_key && memcmp(w->node_key, w->head.node, KEY))
        return refuse(w, 0, "the log names another node key than the one given");
    w->node_key = w->head.node;
    audit_tree_root(&w->tree, empty);
    if (!seen_check(w, empty))
        return false;
    while (w->tree.size < (uint64_t)w->head.size) {
        if (!line_next(&file, &line) || str_equal(line, lit("end")))
            return refuse(w, w->tree.size, "the file ends before the size in its head");
        if (!entry_check(w, line))
            return false;
    }
    return end_check(w, file);
}

struct audit_verdict audit_verify(str file, const uint8_t *node_key, const struct audit_seen *seen, ptrdiff_t n)
{
    struct walk w = { .node_key = node_key, .seen = seen, .seen_count = n, .verdict.why = "" };
    for (ptrdiff_t i = 1; i < n; i++)
        must(seen[i - 1].size <= seen[i].size);
    w.verdict.good = log_check(&w, file);
    return w.verdict;
}

/* The lines behind the origin: size and root. A mail may have come with carriage returns. */
static bool seen_take(struct arena *a, str *rest, struct audit_seen *out)
{
    str size, root, bytes;
    int64_t n;
    if (!line_next(rest, &size) || !decimal_strict(str_trim(size), INT64_MAX, &n) || !line_next(rest, &root)
        || !base64_read(a, str_trim(root), &bytes) || bytes.len != 32)
        return false;
    out->size = (uint64_t)n;
    memcpy(out->root, bytes.at, 32);
    return true;
}

bool audit_seen_read(struct arena *a, str checkpoint, struct audit_seen *out)
{
    str origin;
    return line_next(&checkpoint, &origin) && str_starts(origin, lit("plainsight/")) && seen_take(a, &checkpoint, out)
           && (!checkpoint.len || checkpoint.at[0] == '\n');
}

ptrdiff_t audit_seen_all(struct arena *a, str text, struct audit_seen **seen)
{
    ptrdiff_t origins = 0, n = 0;
    str rest = text, line;
    while (line_next(&rest, &line))
        origins += str_starts(line, lit("plainsight/"));
    *seen = arena_new(a, struct audit_seen, origins + 1);
    for (rest = text; line_next(&rest, &line);) {
        str behind = rest;
        if (!str_starts(line, lit("plainsight/")) || !seen_take(a, &behind, &(*seen)[n]))
            continue; /* what was cut may be followed by a whole one at once */
        rest = behind;
        n++;
    }
    return n;
}

static int by_size(const void *left, const void *right)
{
    const struct audit_seen *a = left, *b = right;
    return (a->size > b->size) - (a->size < b->size);
}

void audit_seen_sort(struct audit_seen *seen, ptrdiff_t n)
{
    if (n > 1)
        qsort(seen, (size_t)n, sizeof *seen, by_size);
}
