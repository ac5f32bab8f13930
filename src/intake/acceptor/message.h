/*
 * What public workers tell the acceptor and what it answers: the layouts, written and read in one
 * place. The reader is strict: what is not exactly right is refused whole. Integers little-endian.
 *
 *   TIP       idem[16] tip[16] office[16] day u32 priority u8 n u8 language[n] n u8 channel[n]
 *             locator[16] pepper u32 open[32] keep u16 clocks u8 (n u8 code[n] minute u64)*
 *             len u32 tip[len] len u32 source[len] len u32 answer[len]
 *   ADDITION  locator[16] tip[16] addition[16] office[16] day u32 clocks u8 (n u8 code[n] minute u64)* len u32 sealed[len]
 *   LESS      as ADDITION
 *   VISIT     locator[16] pepper u32 day u32 keep u16 n u8 (reply[16])*
 *   HELLO     (acceptor, unasked, after its start) nothing
 *   verdict   type, code and serial in the head; TIP already there: len u32 answer[len]
 */
#ifndef INTAKE_ACCEPTOR_MESSAGE_H
#define INTAKE_ACCEPTOR_MESSAGE_H
#include "common/clock/clock.h"
#include "lib/os/channel.h"
#include "vault/envelope.h"

enum submission_type { SUBMIT_HELLO, SUBMIT_TIP, SUBMIT_ADDITION, SUBMIT_LESS, SUBMIT_VISIT };
enum { SUBMISSION_CLOCKS = CLOCK_MOST_STARTED, SUBMISSION_SEEN = 64, ANSWER_BOX_MOST = 1024, CLOCK_CODE_MOST = 32 };

struct submission {
    enum submission_type type;
    id tip, office, addition; /* office: to whose ring it is sealed; words for an office that no longer has the tip are refused */
    int64_t day;
    int priority;
    int keep_days;  /* of the mailbox, from day on */
    str language, channel;
    const uint8_t *idem, *locator, *open; /* 16, 16, 32 bytes */
    uint32_t pepper;
    struct clock_start clocks[SUBMISSION_CLOCKS]; /* ADDITION and LESS: at most one */
    ptrdiff_t clock_count;
    str sealed, source, answer; /* source empty: nobody is named */
    id seen[SUBMISSION_SEEN];
    ptrdiff_t seen_count;
};
/* A whole message, its serial 0, in arena memory. Dies when the submission breaks a rule of the reader. */
str submission_write(struct arena *a, const struct submission *s);
/* False: refused. What it points to stays inside message. */
bool submission_read(str message, struct submission *out) MUST_CHECK;

struct verdict {
    uint16_t type, code; /* CODE_OK, or why not; CODE_BAD: the message broke a rule */
    uint64_t serial;
    bool already;        /* this submission was taken before; answer is what it got then */
    str answer;
};
str verdict_write(struct arena *a, const struct verdict *v);
bool verdict_read(str message, struct verdict *out) MUST_CHECK;
#endif
