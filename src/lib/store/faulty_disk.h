/* For the tests of lib/store: a folder of their own, and a disk that fails when told. */
#ifndef LIB_STORE_FAULTY_DISK_H
#define LIB_STORE_FAULTY_DISK_H
#include "lib/store/db.h"

/* What the disk does: the count-th call of a kind (1 = the next one; 0 = never) meets its fate. */
struct faulty_disk {
    int sync_fails;   /* SQLITE_IOERR_FSYNC */
    int write_fails;  /* SQLITE_IOERR_WRITE */
    int write_kills;  /* the process dies by SIGKILL before the write */
    int write_full;   /* SQLITE_FULL */
    int syncs, writes; /* calls so far */
    int size_fails;   /* SQLITE_IOERR_FSTAT */
    int error;        /* what the system says beside write_fails and map_fails: an errno */
    int map_fails;    /* SQLITE_IOERR_SHMSIZE: the marks beside the log find no room */
    bool no_log;      /* a disk that knows no marks, so that SQLite keeps no write-ahead log */
    bool checkpointing; /* somebody else brings the log home: SQLITE_BUSY for who would too */
    bool no_room;     /* from now on SQLITE_FULL for whatever would make a file longer */
    bool only_database; /* count calls on the database file alone, not on its log */
};
extern struct faulty_disk faulty_disk;
/* From now on every database of this process lies on the faulty disk; it forgets its orders. */
void faulty_disk_use(void);

/* A path for a fresh database in a new folder under TMPDIR, and its removal. */
char *scratch_database(void);
void scratch_remove(char *path);
#endif
