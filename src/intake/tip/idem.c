#include "intake/tip/idem.h"

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

struct idem idem_of(const uint8_t key[16], str body)
{
    struct idem i;
    uint8_t named[15 + 16] = "plainsight idem", keyed[17 + KEY] = "plainsight answer", hashed[KEY];
    memcpy(named + 15, key, 16);
    plain_hash(view(named, sizeof named), i.name, sizeof i.name);
    plain_hash(body, keyed + 17, KEY);
    plain_hash(view(key, 16), hashed, sizeof hashed);
    keyed_hash_bare(hashed, view(keyed, sizeof keyed), i.answer_key, sizeof i.answer_key);
    wipe(hashed, sizeof hashed);
    wipe(named, sizeof named);
    return i;
}

void idem_form_key(const uint8_t page_key[16], str body, uint8_t key[16])
{
    uint8_t wide[KEY];
    plain_hash(view(page_key, 16), wide, sizeof wide);
    keyed_hash(wide, "form", body, key, 16);
    wipe(wide, sizeof wide);
}

bool idem_uuid_read(str s, uint8_t key[16])
{
    char digits[32];
    ptrdiff_t n = 0;
    if (s.len != 36)
        return false;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (c == '-'))
            return false;
        if (!dash)
            digits[n++] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
    }
    return hex_read(view(digits, n), key, 16);
}

void idem_answer_seal(const struct idem *i, const char digits[ANSWER], uint8_t box[ANSWER_BOX])
{
    aead_seal(i->answer_key, view(digits, ANSWER), view(i->name, sizeof i->name), box);
}

bool idem_answer_open(const uint8_t answer_key[KEY], const uint8_t name[16], str box, char digits[ANSWER])
{
    return box.len == ANSWER_BOX && aead_open(answer_key, box, view(name, 16), (uint8_t *)digits);
}
