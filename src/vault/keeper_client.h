/* Between the files of the client: a request is asked, sent, read and done. */
#ifndef VAULT_KEEPER_CLIENT_H
#define VAULT_KEEPER_CLIENT_H
#include "vault/keeper_core.h"

/* One request in flight: its buffers live here and are wiped when the answer was read. */
struct keeper {
    int fd, wait_ms;
    struct keeper_core *core; /* in process: no socket */
    enum keeper_role role;
    uint32_t channel;
    uint64_t serial;
    struct wire out, in;
    bool greeted;                      /* a keeper said hello, and nobody was told yet */
    struct keeper_greeting greeting;
    uint8_t request[KEEPER_MESSAGE_MAX];
    struct core_message message;
};

struct wire *keeper_ask(struct keeper *k);                              /* an empty body to write */
status keeper_send(struct keeper *k, uint16_t type) MUST_CHECK;         /* the answer's body then stands in k->in */
status keeper_done(struct keeper *k, status so_far) MUST_CHECK;         /* wipes it; FAULT when it was not read to its end */
void wire_take(struct wire *w, void *to, ptrdiff_t n);                  /* zeros when there are fewer */
void wire_put_padded(struct wire *w, str text, ptrdiff_t width);        /* cut or filled with zeros; width <= 64 */
void wire_put_rows(struct wire *w, const struct open_row *rows, ptrdiff_t n);
void wire_take_keys(struct wire *w, struct open_row *rows, ptrdiff_t n);
#endif
