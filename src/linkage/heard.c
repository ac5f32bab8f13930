#include "linkage/heard.h"
#include "linkage/nicknames.h"
#include "linkage/sound.h"

struct heard heard_now(const struct value *v)
{
    str words[WORDS_MOST], name = { v->text, v->len };
    int n = name_words(name, words);
    return (struct heard){ sound_words(words, n), nickname_of(name), n != 1 || words[0].len != name.len };
}

bool heard_make(struct space *s, const struct values *v)
{
    if (!space_take(s, (v->used / 4 / HEARD_APART + 1) * sizeof(struct heard)))
        return false;
    for (uint32_t number = v->count ? values_first() : 0; number; number = values_after(v, number))
        *(struct heard *)(void *)(s->at + (size_t)(number / HEARD_APART) * sizeof(struct heard)) = heard_now(value_of(v, number));
    return true;
}
