/*
 * Witnesses: places outside the data folder that keep the signed checkpoints of the log (docs/operations.md, The log). Who they are
 * stands in DIR/witnesses, which the operator writes; the program only reads it.
 */
#ifndef APP_WITNESS_H
#define APP_WITNESS_H
#include "app/command.h"
#include "common/effects.h"
#include "lib/store/outbox.h"

enum { WITNESS_PEOPLE = 8, WITNESS_NAME = 254 };
struct witnesses {
    char file[4096];                                   /* "": none. Checkpoints are appended to it */
    char relay[80];                                    /* "127.0.0.1:25": where mail is handed over */
    char from[WITNESS_NAME + 1], to[WITNESS_PEOPLE][WITNESS_NAME + 1];
    int to_count;                                      /* 0: no mail */
    struct {
        char name[WITNESS_NAME + 1];
        uint8_t key[32];
    } signers[WITNESS_PEOPLE];                         /* whose signature a checkpoint must bear to come home */
    int signer_count;
};
/* What stands in DIR/witnesses; without that file there is none. False, and a line on stderr: it does not read. */
bool witnesses_read(const struct folder *f, struct witnesses *out);
/*
 * The file for appending, made when it is not there. -1, and a line on stderr, when it cannot be opened: the house is served all the
 * same, for a tip line must not wait for a second disk.
 */
int witness_open(const struct witnesses *w);
/* One checkpoint, on the disk when it returns OK. FAULT: it is not there, or in part; errno says why. */
status witness_append(int fd, str checkpoint);
/* The newest checkpoint in the file. NOT_FOUND: none, or no such file. FAULT: it cannot be read. */
struct audit_seen;
status witness_last(const struct witnesses *w, struct audit_seen *out);
/* Of one line of the settings: an address that can stand in a mail and in its envelope. */
bool witness_is_address(str s);

/* `audit DIR export FILE` and `audit DIR mail`: exit codes. */
int audit_export(const struct folder *f, uint32_t log, const char *path); /* log 0: that of this folder's node */
int audit_mail(const struct folder *f);
/* `audit DIR witness FILE`: the newest checkpoint in FILE goes to the keeper of the served house. */
int audit_witness(const struct folder *f, const char *path);

/* The text of a mail with that checkpoint: one fixed sentence, no name, no count of anything but the log. In a. */
str mail_text(struct arena *a, const struct witnesses *w, str checkpoint, int64_t now);
/*
 * Hands one mail over by SMTP on a connection that stands, and closes it. INVALID: the relay refused it. BUSY: it was silent, or went
 * away. What it says is read for its three digits alone.
 */
status mail_send(int fd, const struct witnesses *w, str text);
#endif
