/* `audit` of a house: writes its log to a file, hurries the mail to its witnesses. */
#include "app/witness.h"
#include "lib/os/os.h"
#include "vault/audit.h"
#include "vault/keeper_store.h"
#include "vault/log_export.h"
#include <fcntl.h>
#include <unistd.h>

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

/* The number that the folder's node has. */
static status own_log(struct db *keys, struct arena a, const struct folder *f, uint32_t *log)
{
    struct node nodes[NODES];
    int n = 0;
    status s = node_list(keys, &a, nodes, &n);
    for (int i = 0; s == OK && i < n; i++)
        if (str_equal(nodes[i].name, str_of(f->node_name)))
            *log = nodes[i].number;
    return s == OK && !*log ? NOT_FOUND : s;
}

int audit_export(const struct folder *f, uint32_t log, const char *path)
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
    status s = log ? OK : own_log(keys, a, f, &log);
    if (s == OK)
        s = log_export(keys, anchor, log, &a, write_piece, &fd, &entries);
    bool good = s == OK && !fsync(fd);
    close(fd);
    db_close(keys);
    if (!good) {
        unlink(path);
        complain(s == NOT_FOUND ? "this house has no such log; nothing was written to %s" : "the log could not be written to %s", path);
        return EXIT_FAILED;
    }
    printf("%llu entries written to %s. Prove them: plainsight audit verify %s\n", (unsigned long long)entries, path, path);
    return EXIT_DONE;
}

/* The row that waits for tomorrow is due now; jobs sees it at once. */
int audit_mail(const struct folder *f)
{
    static const struct db_right rights[] = { { "outbox", DB_READ | DB_UPDATE }, { NULL, 0 } };
    struct outbox_item item;
    struct witnesses w;
    struct db *db;
    int64_t due, dead;
    if (!witnesses_read(f, &w))
        return EXIT_FAILED;
    if (!w.to_count) {
        complain("%s/witnesses names nobody to send a checkpoint to", f->path);
        return EXIT_FAILED;
    }
    if (db_open(f->content, (struct db_options){ .rights = rights, .busy_ms = 10000 }, &db) != OK) {
        complain("%s is not a data folder, or is not yours to read", f->path);
        return EXIT_FAILED;
    }
    status s = outbox_find(db, EFFECT_WITNESS_MAIL, &item, &due, &dead);
    if (s == OK)
        s = outbox_hurry(db, EFFECT_WITNESS_MAIL, os_now());
    db_close(db);
    if (s != OK)
        complain("no mail waits in %s: it was not served since it has an address", f->path);
    else
        puts("A checkpoint goes by mail within a minute, if the house is served and unlocked.");
    return s == OK ? EXIT_DONE : EXIT_FAILED;
}
