/*
 * The settings of the installation: one table says name, type, default, check and help; a settings page and the manual are generated
 * from it. Loaded once when a worker starts.
 */
#ifndef COMMON_HOUSE_HOUSE_H
#define COMMON_HOUSE_HOUSE_H
#include "lib/base/base.h"
#include "lib/store/db.h"

enum house_setting {
    HOUSE_LINE_NAME, HOUSE_LINE_IS_POLICE, HOUSE_LINE_SHARES_IMMIGRATION, HOUSE_LINE_PHONE, HOUSE_EMERGENCY_NUMBER, HOUSE_LEAVE_URL,
    HOUSE_LANGUAGES, HOUSE_DEFAULT_LANGUAGE, HOUSE_INSTALL_ID, HOUSE_OFFICE_ID, HOUSE_OFFICE_NAME, HOUSE_COUNTRY_PACK, HOUSE_DEMO,
    HOUSE_MAILBOX_DAYS, HOUSE_DECONFLICTION_PHONE,
    HOUSE_SETTINGS
};
enum house_type { HOUSE_TEXT, HOUSE_YES_NO, HOUSE_NUMBER, HOUSE_LANGUAGES_LIST, HOUSE_LANGUAGE, HOUSE_CODE, HOUSE_ID, HOUSE_HTTPS };
struct house_rule {
    str name;
    enum house_type type;
    str otherwise;         /* the default; empty: not set */
    int64_t least, most;   /* of a number its value, of a text its length in characters */
    bool fixed;            /* set once, by init */
    const char *label, *help; /* for the administrator: msgids */
    bool asked;            /* by init, though it is fixed */
};
extern const struct house_rule house_rules[HOUSE_SETTINGS];

struct house {
    str values[HOUSE_SETTINGS]; /* as set, else the default */
};
/* Pure reads. A value that no longer passes its check is left out, as if it were not set. */
status house_load(struct db *db, struct arena *a, struct house *out) MUST_CHECK;
str house_text(const struct house *h, enum house_setting s);
bool house_yes(const struct house *h, enum house_setting s);
int64_t house_number(const struct house *h, enum house_setting s);
bool house_id(const struct house *h, enum house_setting s, id *out);

/* Who reads the tips, whether that is police, whether it shares with immigration: until all three are said, there is no public form. */
bool house_may_serve_form(const struct house *h);

/* NULL: value fits the setting. Else what is wrong, in English (a msgid). */
const char *house_fault(enum house_setting s, str value);
/* Changes one setting. NOT_FOUND: no such name; INVALID: the value does not fit; CONFLICT: fixed and set already. */
status house_set(struct db *db, struct arena *a, str name, str value, int64_t today) MUST_CHECK;
#endif
