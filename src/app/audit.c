/* `audit`: writes the log to a file, and proves a file whole. The proof needs nothing but the file. */
#include "app/command.h"
#include "lib/os/os.h"
#include "vault/audit.h"
#include "vault/log_export.h"
#include <fcntl.h>
#include <unistd.h>

enum { SEEN_MOST = 64, FILE_MOST = 1 << 30, SEEN_FILE_MOST = 4096 };

struct proof {
    const char *file;
    uint8_t node[KEY];
    bool node_given;
    struct audit_seen seen[SEEN_MOST];
    ptrdiff_t seen_count;
};

static bool read_seen(struct arena *a, const char *path, struct proof *p)
{
    str text;
    if (p->seen_count == SEEN_MOST || file_read(a, path, SEEN_FILE_MOST, &text) != OK
        || !audit_seen_read(a, text, &p->seen[p->seen_count])) {
        complain("%s is not a checkpoint (three lines: origin, size, root)", path);
        return false;
    }
    p->seen_count++;
    return true;
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
    struct arena a = arena_reserve((ptrdiff_t)FILE_MOST + (1 << 20));
    struct proof p = { 0 };
    str file;
    if (!read_proof(&a, argc, argv, &p))
        return EXIT_USAGE;
    if (file_read(&a, p.file, FILE_MOST, &file) != OK) {
        complain("cannot read %s", p.file);
        return EXIT_FAILED;
    }
    struct audit_verdict v = audit_verify(file, p.node_given ? p.node : NULL, p.seen, p.seen_count);
    if (!v.good) {
        complain("%s: entry %llu: %s", p.file, (unsigned long long)v.bad_at, v.why);
        return EXIT_FAILED;
    }
    printf("%llu entries, whole. %llu stretches were written by a locked house and are covered by a later signature.\n",
           (unsigned long long)v.size, (unsigned long long)v.unsigned_stretches);
    if (!p.node_given)
        puts("The node's key was taken from the file: give --node to prove whose log it is.");
    if (!p.seen_count)
        puts("No checkpoint kept elsewhere was given: a log cut at its end would look like this one.");
    return EXIT_DONE;
}

static status write_piece(void *to, str piece)
{
    for (int fd = *(int *)to; piece.len;) {
        ssize_t n = write(fd, piece.at, (size_t)piece.len);
        if (n <= 0)
            return FAULT;
        piece = str_part(piece, n, piece.len);
    }
    return OK;
}

static int export(const struct folder *f, const char *path)
{
    struct arena a = arena_reserve(16 << 20);
    uint64_t entries = 0;
    struct db *keys;
    str anchor;
    if (file_read(&a, f->anchor, 4096, &anchor) != OK || db_open(f->keys, (struct db_options){ .busy_ms = 10000 }, &keys) != OK) {
        complain("%s is not a data folder, or is not yours to read", f->path);
        return EXIT_FAILED;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        complain("%s exists already, or cannot be made", path);
        db_close(keys);
        return EXIT_FAILED;
    }
    status s = log_export(keys, anchor, &a, write_piece, &fd, &entries);
    bool good = s == OK && !fsync(fd);
    close(fd);
    db_close(keys);
    if (!good) {
        unlink(path);
        complain("the log could not be written to %s", path);
        return EXIT_FAILED;
    }
    printf("%llu entries written to %s. Prove them: plainsight audit verify %s\n", (unsigned long long)entries, path, path);
    return EXIT_DONE;
}

int command_audit(int argc, char **argv)
{
    struct folder f;
    if (argc >= 3 && !strcmp(argv[1], "verify"))
        return verify(argc - 1, argv + 1);
    if (argc == 4 && !strcmp(argv[2], "export") && folder_name(argv[1], &f))
        return export(&f, argv[3]);
    return EXIT_USAGE;
}
