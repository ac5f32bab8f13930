/*
 * What each role may still do once its cage is shut: one row a role. A file that is not here cannot be opened, a call that is not in
 * lib/os/cage_calls.c cannot be made. SQLite opens its three files before; what stands here is for its flush of the folder, and for a
 * file that it opens again.
 */
#include "app/role.h"

#define MB ((int64_t)1 << 20)

static const struct cage_file content[] = {
    { "content.db", CAGE_READ | CAGE_WRITE },     { "content.db-wal", CAGE_READ | CAGE_WRITE },
    { "content.db-shm", CAGE_READ | CAGE_WRITE }, { "", CAGE_LIST },
    { NULL, 0 },
};
static const struct cage_file keys[] = {
    { "keys.db", CAGE_READ | CAGE_WRITE },     { "keys.db-wal", CAGE_READ | CAGE_WRITE },
    { "keys.db-shm", CAGE_READ | CAGE_WRITE }, { "", CAGE_LIST },
    { NULL, 0 },
};
/* A reader of SQLite marks in shared memory what it reads. Neither database nor write-ahead log can it open for writing. */
static const struct cage_file marks[] = { { "content.db-shm", CAGE_WRITE }, { NULL, 0 } };
/* The index on disk has a folder of its own: what may be made and renamed there may not be beside the databases. */
static const struct cage_file index_files[] = { { "engine", CAGE_READ | CAGE_WRITE | CAGE_MAKE }, { NULL, 0 } };
static const struct cage_file marks_and_index[] = {
    { "content.db-shm", CAGE_WRITE },
    { "engine", CAGE_WRITE | CAGE_MAKE },
    { NULL, 0 },
};
/* The program, its libraries and what the system says of itself are read; written is only inside the data folder. */
static const struct cage_file house[] = {
    { "/", CAGE_READ | CAGE_LIST | CAGE_RUN },
    { "/dev/null", CAGE_WRITE },
    { "", CAGE_READ | CAGE_WRITE | CAGE_LIST | CAGE_MAKE },
    { NULL, 0 },
};

static const struct cage cages[PROCESS_KINDS] = {
    [PROCESS_KEEPER] = { "keeper", CAGE_OPENS, keys, NULL, 8192 * MB, 0 },
    [PROCESS_ACCEPTOR] = { "acceptor", CAGE_OPENS, content, NULL, 4096 * MB, 0 },
    [PROCESS_WEB_PUBLIC] = { "web-public", CAGE_SERVES, NULL, marks, 4096 * MB, 1024 * MB },
    [PROCESS_WEB_STAFF] = { "web-staff", CAGE_SERVES | CAGE_OPENS, content, NULL, 4096 * MB, 0 },
    [PROCESS_JOBS] = { "jobs", CAGE_OPENS, content, NULL, 4096 * MB, 0 },
    [PROCESS_WATCH] = { "watch", CAGE_SERVES, NULL, marks, 2048 * MB, 64 * MB },
    [PROCESS_ENGINE] = { "engine", CAGE_KEEPS, index_files, marks_and_index, 32768 * MB, 8192 * MB },
};
const struct cage supervisor_cage = { "supervisor", CAGE_STARTS, house, NULL, 0, 0 };

const struct cage *role_cage(enum process_kind role)
{
    must((unsigned)role < PROCESS_KINDS);
    return &cages[role];
}
