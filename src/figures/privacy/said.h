/* One clear line to a person: what is wrong, where, and the mend. */
#ifndef FIGURES_PRIVACY_SAID_H
#define FIGURES_PRIVACY_SAID_H
#include "lib/base/base.h"

enum { SAID_MOST = 600, KEY_BYTES = 32 };
struct said {
    char at[SAID_MOST]; /* ends with NUL; empty: nothing was said */
};
/* The first word counts: what is said already stays. Returns false, to be returned. */
bool say(struct said *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct json_value;
/* An object of the file path has no member but the known ones (NULL ends them); where: its place, for the word about another. */
bool said_members(struct said *s, const char *path, const struct json_value *object, const char *where, const char *const *known);
#define SHOWN(text) (int)((text).len < 120 ? (text).len : 120), (text).at /* for %.*s: a stranger's text, not without end */
#endif
