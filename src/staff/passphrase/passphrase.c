#include "staff/passphrase/passphrase.h"

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
    case PASSPHRASE_LONG:    return N_("The passphrase is too long. Use fewer words.");
    case PASSPHRASE_GARBLED: return N_("The passphrase contains something that is not text.");
    case PASSPHRASE_COMMON:  return N_("This passphrase is one that attackers try first. Choose words of your own.");
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

str form_passphrase(struct form *f, struct arena *a)
{
    str typed = form_text(f, lit("pass"), 0, PASSPHRASE_MOST + 1), again = form_text(f, lit("pass2"), 0, PASSPHRASE_MOST + 1), pass = { 0 };
    enum passphrase_fault fault = passphrase_read(a, typed, &pass);
    if (fault != PASSPHRASE_FITS)
        form_note(f, lit("pass"), tr(f->r->language, passphrase_words(fault)));
    else if (!str_equal(typed, again))
        form_note(f, lit("pass"), tr(f->r->language, N_("The two passphrases are not the same.")));
    return pass;
}

const char *sign_in_words(status s, const char *no_match)
{
    switch (s) {
    case LIMIT:  return N_("Too many wrong tries. Wait 15 minutes or longer, or use the device you always use.");
    case BUSY:   return N_("Somebody else is signing in right now. Try again in a few seconds.");
    case LOCKED: return N_("The program has been locked since it last started. Whoever holds the house passphrase must unlock it first. New tips still come in and stay sealed.");
    case FAULT:  return N_("The key keeper does not answer. Try again in a moment; if it stays, tell your administrator.");
    default:     return no_match;
    }
}

uint32_t sign_in_code(str typed)
{
    uint32_t n = 0;
    int digits = 0;
    for (ptrdiff_t i = 0; i < typed.len; i++)
        if (typed.at[i] >= '0' && typed.at[i] <= '9' && digits++ < 9)
            n = n * 10 + (uint32_t)(typed.at[i] - '0');
    return digits == 6 ? n : UINT32_MAX;
}
