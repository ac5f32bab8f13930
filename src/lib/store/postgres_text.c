/*
 * One SQL text, two engines: statements are the same bytes on both, and so are migrations but for these words.
 * Text is compared byte by byte on both, whatever the cluster was made with.
 */
#include "lib/store/postgres.h"

static const struct {
    str sqlite, postgres;
} words[] = {
    { LIT("INTEGER"), LIT("BIGINT") },
    { LIT("BLOB"), LIT("BYTEA") },
    { LIT("REAL"), LIT("DOUBLE PRECISION") },
    { LIT("TEXT"), LIT("TEXT COLLATE \"C\"") },
    { LIT(") STRICT, WITHOUT ROWID"), LIT(")") },
    { LIT(") STRICT"), LIT(")") },
};
enum { LONGEST = 24 }; /* bytes that a word may grow by, with room */

static bool word_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The length of the word that stands at from, or 0. */
static ptrdiff_t word_at(str text, ptrdiff_t from, str word)
{
    if (!str_starts(str_part(text, from, text.len), word))
        return 0;
    bool starts = !from || !word_char(text.at[from - 1]) || !word_char(word.at[0]);
    bool ends = from + word.len == text.len || !word_char(text.at[from + word.len]);
    return starts && ends ? word.len : 0;
}

static str replacement(str text, ptrdiff_t from, ptrdiff_t *n)
{
    for (ptrdiff_t i = 0; i < countof(words); i++)
        if ((*n = word_at(text, from, words[i].sqlite)) > 0)
            return words[i].postgres;
    *n = 1;
    return str_part(text, from, from + 1);
}

/* Literals stay as they are. */
char *postgres_text(const char *sqlite)
{
    str text = str_of(sqlite);
    char *out = calloc((size_t)text.len + 1, LONGEST);
    must(out);
    char *to = out;
    bool quoted = false;
    for (ptrdiff_t i = 0, n; i < text.len; i += n) {
        quoted ^= text.at[i] == '\'';
        n = 1;
        str s = quoted ? str_part(text, i, i + 1) : replacement(text, i, &n);
        memcpy(to, s.at, (size_t)s.len);
        to += s.len;
    }
    return out;
}
