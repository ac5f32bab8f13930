/*
 * A typed channel between two roles: SOCK_SEQPACKET, so a message is whole or absent.
 * Header 16 bytes: type u16 | code u16 | length u32 (= received size) | serial u64 (echoed), little-endian.
 */
#ifndef LIB_OS_CHANNEL_H
#define LIB_OS_CHANNEL_H
#include "lib/base/base.h"

enum { CHANNEL_HEADER = 16, KEEPER_MESSAGE_MAX = 16384, ACCEPTOR_MESSAGE_MAX = 393216 };
enum channel_code { CODE_OK, CODE_BAD, CODE_LOCKED, CODE_NONE, CODE_WALL, CODE_LIMIT, CODE_BUSY, CODE_STORE };

struct message_head {
    uint16_t type, code;
    uint32_t length; /* header included */
    uint64_t serial;
};
/* Writers and readers of a message body: they remember the first failure, so the middle needs no checks. */
struct wire {
    uint8_t *at;
    ptrdiff_t len, cap; /* writing: len bytes so far; reading: position len of cap */
    bool bad;
};
void wire_u8(struct wire *w, uint8_t n);
void wire_u16(struct wire *w, uint16_t n);
void wire_u32(struct wire *w, uint32_t n);
void wire_u64(struct wire *w, uint64_t n);
void wire_bytes(struct wire *w, const void *at, ptrdiff_t n);
uint8_t wire_get_u8(struct wire *w);
uint16_t wire_get_u16(struct wire *w);
uint32_t wire_get_u32(struct wire *w);
uint64_t wire_get_u64(struct wire *w);
const uint8_t *wire_get_bytes(struct wire *w, ptrdiff_t n); /* NULL and bad when there are fewer */
bool wire_done(const struct wire *w);                       /* all read, nothing bad */

bool message_head_read(str message, struct message_head *out); /* false: length differs from the head */
void message_head_write(uint8_t to[CHANNEL_HEADER], struct message_head h);

status channel_pair(int fds[2]) MUST_CHECK;
status channel_send(int fd, str message, int wait_ms) MUST_CHECK;     /* BUSY: not taken in time; NOT_FOUND: closed */
status channel_receive(int fd, uint8_t *to, ptrdiff_t cap, int wait_ms, ptrdiff_t *n) MUST_CHECK; /* BUSY: silence; NOT_FOUND: closed; INVALID: longer than cap, dropped */
#endif
