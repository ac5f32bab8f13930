#include "staff/session/passphrase.h"

#define N_(s) s

/* Phrases that meet the length and are in every cracking list; compared without spaces and case. */
static const char *const common[] = {
    "passwordpassword", "password123456789", "123456789012345", "1234567890123456", "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl", "aaaaaaaaaaaaaaa", "correcthorsebatterystaple", "letmeinletmeinletmein",
    "administrator123", "iloveyouiloveyou", "trustno1trustno1", "welcomewelcome1", "thequickbrownfox",
};

static bool is_common(struct arena *a, str s)
{
    struct out o = { .arena = a };
    bool one_letter = true;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c != ' ')
            out_char(&o, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
        one_letter &= c == s.at[0];
    }
    for (ptrdiff_t i = 0; i < countof(common); i++)
        if (str_equal(out_view(&o), str_of(common[i])))
            return true;
    return one_letter;
}

enum passphrase_fault passphrase_read(struct arena *a, str typed, str *out)
{
    if (typed.len > PASSPHRASE_MOST)
        return PASSPHRASE_LONG;
    if (!utf8_nfkc(a, typed, out))
        return PASSPHRASE_GARBLED;
    if (out->len > PASSPHRASE_MOST)
        return PASSPHRASE_LONG;
    if (utf8_length(*out) < PASSPHRASE_LEAST)
        return PASSPHRASE_SHORT;
    return is_common(a, *out) ? PASSPHRASE_COMMON : PASSPHRASE_FITS;
}

const char *passphrase_words(enum passphrase_fault f)
{
    switch (f) {
    case PASSPHRASE_FITS:    return "";
    case PASSPHRASE_SHORT:   return N_("The passphrase needs 15 characters or more.");
    case PASSPHRASE_LONG:    return N_("The passphrase is too long: 1,024 bytes at most.");
    case PASSPHRASE_GARBLED: return N_("The passphrase holds characters that are not text.");
    case PASSPHRASE_COMMON:  return N_("This passphrase is among those tried first. Choose words of your own.");
    }
    return "";
}

status passphrase_stretch(struct keeper *k, str name, const uint8_t device[32], str passphrase, struct stretched *out)
{
    struct ticket t;
    status s = keeper_begin(k, name, device, &t);
    if (s == OK)
        s = stretch(passphrase, t.salt, t.cost, out->at);
    out->ticket = t.number;
    if (passphrase.len)
        wipe((void *)(uintptr_t)passphrase.at, passphrase.len); /* our own NFKC copy */
    return s;
}
