#include "linkage/heard.h"
#include "linkage/nicknames.h"
#include "linkage/sound.h"

_Static_assert(offsetof(struct value, text) + 1 > 4 * (HEARD_APART - 1), "two values would share a place");

bool heard_make(struct space *s, const struct values *v)
{
    str words[WORDS_MOST];
    if (!space_take(s, (v->used / 4 / HEARD_APART + 1) * sizeof(struct heard)))
        return false;
    for (uint32_t number = v->count ? values_first() : 0; number; number = values_after(v, number)) {
        str name = value_text(v, number);
        int n = name_words(name, words);
        *(struct heard *)(void *)(s->at + (size_t)(number / HEARD_APART) * sizeof(struct heard))
            = (struct heard){ sound_words(words, n), nickname_of(name), n != 1 || words[0].len != name.len };
    }
    return true;
}
