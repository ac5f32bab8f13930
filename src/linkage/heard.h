/* What is known of each name beside its letters: how it sounds, and of which names it is a short form. */
#ifndef LINKAGE_HEARD_H
#define LINKAGE_HEARD_H
#include "linkage/values.h"

struct heard {
    uint32_t sound;    /* sound_name; 0: of no word */
    uint16_t nickname; /* nickname_of */
    bool parted;       /* of several words, or with signs or particles: it is compared word by word, too */
};

struct heard heard_now(const struct value *v);
/* Of all values, which are names in plain Latin letters. False: no memory. */
bool heard_make(struct space *s, const struct values *v) MUST_CHECK;

enum { HEARD_APART = VALUES_APART };
static inline const struct heard *heard_of(const struct space *s, uint32_t number)
{
    return (const struct heard *)(const void *)s->at + number / HEARD_APART;
}
#endif
