/* `audit`: writes the log to a file, and proves a file whole. The proof needs nothing but the file. */
#include "app/witness.h"
#include "lib/os/os.h"
#include "vault/audit.h"
#include "vault/keeper_store.h"

enum { FILE_MOST = 1 << 30, SEEN_FILES = 64, SEEN_MOST = 1 << 28 };

struct proof {
    const char *file;
    uint8_t node[KEY];
    bool node_given;
    struct {
        struct audit_seen *at;
        ptrdiff_t n;
    } files[SEEN_FILES]; /* of --seen, one after the other */
    ptrdiff_t file_count;
    struct audit_seen *seen; /* all of them */
    ptrdiff_t seen_count;
};

/* One checkpoint, or many: the file of a witness is taken as it is. */
static bool read_seen(struct arena *a, const char *path, struct proof *p)
{
    str text;
    if (p->file_count == SEEN_FILES) {
        complain("--seen may stand %d times; one file may hold many checkpoints", SEEN_FILES);
        return false;
    }
    if (file_read(a, path, SEEN_MOST, &text) != OK
        || !(p->files[p->file_count].n = audit_seen_all(a, text, &p->files[p->file_count].at))) {
        complain("%s holds no checkpoint (three lines: origin, size, root)", path);
        return false;
    }
    p->seen_count += p->files[p->file_count++].n;
    return true;
}

static void gather_seen(struct arena *a, struct proof *p)
{
    p->seen = arena_new(a, struct audit_seen, p->seen_count + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < p->file_count; i++) {
        memcpy(p->seen + n, p->files[i].at, (size_t)p->files[i].n * sizeof *p->seen);
        n += p->files[i].n;
    }
    audit_seen_sort(p->seen, n);
}

/* verify FILE [--node HEX] [--seen FILE]...: --seen may stand several times, so the common reader does not fit. */
static bool read_proof(struct arena *a, int argc, char **argv, struct proof *p)
{
    for (int i = 1; i < argc; i++) {
        bool last = i + 1 == argc;
        if (!strcmp(argv[i], "--node") && !last) {
            p->node_given = hex_read(str_of(argv[++i]), p->node, sizeof p->node);
            if (!p->node_given) {
                complain("--node takes the 64 hex digits that init printed");
                return false;
            }
        } else if (!strcmp(argv[i], "--seen") && !last) {
            if (!read_seen(a, argv[++i], p))
                return false;
        } else if (argv[i][0] != '-' && !p->file) {
            p->file = argv[i];
        } else {
            return false;
        }
    }
    return p->file != NULL;
}

static int verify(int argc, char **argv)
{
    struct arena a = arena_reserve((ptrdiff_t)FILE_MOST + 3 * (ptrdiff_t)SEEN_MOST);
    struct proof p = { 0 };
    str file;
    if (!read_proof(&a, argc, argv, &p))
        return EXIT_USAGE;
    if (file_read(&a, p.file, FILE_MOST, &file) != OK) {
        complain("cannot read %s", p.file);
        return EXIT_FAILED;
    }
    gather_seen(&a, &p);
    struct audit_verdict v = audit_verify(file, p.node_given ? p.node : NULL, p.seen, p.seen_count);
    if (!v.good) {
        complain("%s: entry %llu: %s", p.file, (unsigned long long)v.bad_at, v.why);
        return EXIT_FAILED;
    }
    printf("%llu entries, whole. %llu stretches were written by a locked house and are covered by a later signature.\n",
           (unsigned long long)v.size, (unsigned long long)v.unsigned_stretches);
    if (!p.node_given)
        puts("The node's key was taken from the file: give --node to prove whose log it is.");
    if (p.seen_count)
        printf("It agrees with %lld checkpoint%s kept elsewhere, the last of them of %llu entries.\n", (long long)p.seen_count,
               p.seen_count == 1 ? "" : "s", (unsigned long long)p.seen[p.seen_count - 1].size);
    else
        puts("No checkpoint kept elsewhere was given: a log cut at its end would look like this one.");
    return EXIT_DONE;
}

/* DIR export FILE [--log N] */
static int export(int argc, char **argv)
{
    struct option options[] = { { "log", true, NULL }, { NULL, false, NULL } };
    struct folder f;
    int rest;
    int64_t log = 0; /* of this folder's node */
    if (!options_read(argc, argv, options, &rest) || rest != 3 || !folder_name(argv[1], &f))
        return EXIT_USAGE;
    const char *given = option_value(options, "log");
    if (given && (!str_to_int(str_of(given), &log) || log < 1 || log > NODES)) {
        complain("--log takes the number of a log, 1 to %d", NODES);
        return EXIT_USAGE;
    }
    return audit_export(&f, (uint32_t)log, argv[3]);
}

int command_audit(int argc, char **argv)
{
    struct folder f;
    if (argc >= 3 && !strcmp(argv[1], "verify"))
        return verify(argc - 1, argv + 1);
    if (argc >= 3 && !strcmp(argv[2], "export"))
        return export(argc, argv);
    if (argc == 3 && !strcmp(argv[2], "mail") && folder_name(argv[1], &f))
        return audit_mail(&f);
    if (argc == 4 && !strcmp(argv[2], "witness") && folder_name(argv[1], &f))
        return audit_witness(&f, argv[3]);
    return EXIT_USAGE;
}
