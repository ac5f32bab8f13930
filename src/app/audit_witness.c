/* `audit DIR witness FILE`: a checkpoint of ours comes home from a witness, or another house's is recorded and signed. */
#include "app/witness.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "vault/audit.h"
#include "vault/keeper.h"
#include "vault/keys.h"
#include <unistd.h>

enum { NOTE_MOST = 1 << 20, PATIENCE_MS = 5000 };

/* A note: its three lines, and the lines of signatures under them. */
struct note {
    str body, signatures;
};

static str line_end(str rest)
{
    str line;
    (void)!str_split(&rest, '\n', &line);
    return rest;
}

/* The last whole checkpoint in a text, which may be a mail that was saved; its signatures are the lines behind it that begin like one. */
static bool find_note(struct arena *a, str text, struct note *out)
{
    struct audit_seen seen;
    bool found = false;
    for (str rest = text; rest.len;) {
        str next = line_end(rest);
        if (str_starts(rest, lit("plainsight/"))) {
            str behind = line_end(line_end(next));
            str body = str_part(rest, 0, rest.len - behind.len);
            if (audit_seen_read(a, body, &seen)) {
                out->body = body;
                out->signatures = behind.len && behind.at[0] == '\n' ? str_part(behind, 1, behind.len) : (str){ 0 };
                found = true;
                next = behind;
            }
        }
        rest = next;
    }
    return found;
}

/* Of our own log: by somebody whose key we know, when we know any. */
static bool is_signed(struct arena *a, const struct witnesses *w, const struct note *n)
{
    for (int i = 0; i < w->signer_count; i++)
        if (audit_note_signed(a, n->body, n->signatures, str_of(w->signers[i].name), w->signers[i].key)) {
            fprintf(stderr, "Signed by %s.\n", w->signers[i].name);
            return true;
        }
    if (!w->signer_count)
        fputs("Nobody's signature was asked for: no \"key NAME HEX\" stands in the list of witnesses.\n", stderr);
    return !w->signer_count;
}

static bool is_ours(struct arena *a, const struct folder *f, str body)
{
    struct anchor house;
    str anchor;
    if (file_read(a, f->anchor, 4096, &anchor) != OK || !anchor_read(anchor, &house))
        return false;
    str head = str_join(a, str_join(a, lit("plainsight/"), id_text(a, house.install)), lit("/"));
    return str_starts(body, head);
}

static const char *words_of(status s)
{
    switch (s) {
    case NOT_FOUND: return "the log of this house is NOT the one that was witnessed: it was changed, cut or brought back from a backup. Stop, copy everything, prove it with audit verify --seen";
    case INVALID:   return "this is no checkpoint of a house";
    case LOCKED:    return "the house is locked; open it first";
    case BUSY:      return "the keeper is busy or starting; try again in a moment";
    default:        return "the keeper refused; see its log";
    }
}

static int hand_over(struct arena *a, const struct folder *f, const struct note *n, bool ours)
{
    uint64_t seq;
    str line;
    int fd;
    if (socket_connect_local(f->control, &fd) != OK) {
        complain("nothing serves %s; start it first: plainsight serve %s", f->path, f->path);
        return EXIT_FAILED;
    }
    status s = keeper_witness(keeper_on_channel(fd, PATIENCE_MS), a, n->body, &seq, &line);
    close(fd);
    if (s != OK) {
        complain("%s", words_of(s));
        return EXIT_FAILED;
    }
    if (ours)
        printf("The log is the one that was witnessed. Entry %llu says so.\n", (unsigned long long)seq);
    else
        printf("%.*s\n%.*s%.*s", (int)n->body.len, n->body.at, (int)n->signatures.len, n->signatures.at, (int)line.len, line.at);
    return EXIT_DONE;
}

int audit_witness(const struct folder *f, const char *path)
{
    struct arena a = arena_reserve(16 << 20);
    struct witnesses w;
    struct note n = { { 0 }, { 0 } };
    str text;
    if (!witnesses_read(f, &w))
        return EXIT_FAILED;
    if (file_read(&a, path, NOTE_MOST, &text) != OK || !find_note(&a, text, &n)) {
        complain("%s holds no checkpoint (three lines: origin, size, root)", path);
        return EXIT_FAILED;
    }
    bool ours = is_ours(&a, f, n.body);
    if (ours && !is_signed(&a, &w, &n)) {
        complain("none of those whose keys stand in %s/witnesses signed this", f->path);
        return EXIT_FAILED;
    }
    return hand_over(&a, f, &n, ours);
}
