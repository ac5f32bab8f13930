#include "common/house/house.h"
#include "lib/web/language.h"

/* clang-format off */
const struct house_rule house_rules[HOUSE_SETTINGS] = {
    [HOUSE_LINE_NAME]               = { LIT("line_name"), HOUSE_TEXT, { 0 }, 2, 120, false, N_("Who runs the line"),
        N_("Shown before the form, which stays closed without it: the name of the organization whose people read the tips.") },
    [HOUSE_LINE_IS_POLICE]          = { LIT("line_is_police"), HOUSE_YES_NO, { 0 }, 0, 0, false, N_("Is the line run by police?"),
        N_("Shown before the form, which stays closed without an answer.") },
    [HOUSE_LINE_SHARES_IMMIGRATION] = { LIT("line_shares_immigration"), HOUSE_YES_NO, { 0 }, 0, 0, false, N_("Does the line share with immigration authorities?"),
        N_("Shown before the form, which stays closed without an answer. Say yes if anyone at the line may pass a tip on to them.") },
    [HOUSE_LINE_PHONE]              = { LIT("line_phone"), HOUSE_TEXT, { 0 }, 2, 40, false, N_("Telephone number of the line"),
        N_("For people who would rather talk. Shown on every public page.") },
    [HOUSE_EMERGENCY_NUMBER]        = { LIT("emergency_number"), HOUSE_TEXT, { 0 }, 2, 20, false, N_("Emergency number"),
        N_("Shown first on every public page, to somebody in danger.") },
    [HOUSE_LEAVE_URL]               = { LIT("leave_url"), HOUSE_HTTPS, LIT("https://www.wikipedia.org/"), 9, 200, false, N_("Where “Leave now” goes"),
        N_("A neutral page, such as an encyclopedia. It begins with https://") },
    [HOUSE_LANGUAGES]               = { LIT("languages"), HOUSE_LANGUAGES_LIST, LIT("en;es"), 2, 200, false, N_("Languages of the public pages"),
        N_("Codes with ; between them, such as en;es. Nobody is served another; the default language is always one of them.") },
    [HOUSE_DEFAULT_LANGUAGE]        = { LIT("default_language"), HOUSE_LANGUAGE, LIT("en"), 2, 8, false, N_("Default language"),
        N_("The code of the language for a visitor who asks for none of ours.") },
    [HOUSE_INSTALL_ID]              = { LIT("install_id"), HOUSE_ID, { 0 }, 0, 0, true, N_("This installation"),
        N_("Names this installation in keys and backups. Set once.") },
    [HOUSE_OFFICE_ID]               = { LIT("office_id"), HOUSE_ID, { 0 }, 0, 0, true, N_("The office that receives tips"),
        N_("What the public sends is sealed for this office. Set once.") },
    [HOUSE_OFFICE_NAME]             = { LIT("office_name"), HOUSE_TEXT, { 0 }, 2, 120, false, N_("Name of the office"),
        N_("As the people who work here know it: it stands at the top of their pages.") },
    [HOUSE_COUNTRY_PACK]            = { LIT("country_pack"), HOUSE_CODE, LIT("int"), 2, 16, true, N_("Country pack"),
        N_("The code of the country whose laws, numbers and deadlines are used; int when there is none. Set once."), true },
    [HOUSE_DEMO]                    = { LIT("demo"), HOUSE_YES_NO, LIT("no"), 0, 0, true, N_("Demonstration"),
        N_("Invented data under a banner, never real tips. Set once.") },
    [HOUSE_MAILBOX_DAYS]            = { LIT("mailbox_days"), HOUSE_NUMBER, LIT("180"), 30, 3650, false, N_("Days a mailbox is kept"),
        N_("30 to 3,650. So long after the last visit a person can still read our answers with their number.") },
    [HOUSE_DECONFLICTION_PHONE]     = { LIT("deconfliction_phone"), HOUSE_TEXT, { 0 }, 2, 40, false, N_("Telephone of the deconfliction officer"),
        N_("Shown to the owners of a tip or a case that somebody else has too: whom to call before they act.") },
};
/* clang-format on */

static bool is_code(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= 'a' && s.at[i] <= 'z') || (s.at[i] >= 'A' && s.at[i] <= 'Z') || (s.at[i] >= '0' && s.at[i] <= '9')
              || s.at[i] == '-' || s.at[i] == '_'))
            return false;
    return s.len > 0;
}

static bool is_language(str code)
{
    const struct language *l = language_find(code);
    return l && l->offered;
}

static bool all_languages(str list)
{
    str code;
    while (str_split(&list, ';', &code))
        if (!is_language(code))
            return false;
    return true;
}

/* One line that can stand on a page: no control character, no spaces at the ends. */
static bool is_line(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 127)
            return false;
    return utf8_valid(s) && str_equal(str_trim(s), s);
}

static bool is_https(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ' || (unsigned char)s.at[i] >= 127 || memchr("\"'<>\\", s.at[i], 5))
            return false;
    return str_starts(s, lit("https://"));
}

const char *house_fault(enum house_setting s, str value)
{
    const struct house_rule *rule = &house_rules[s];
    int64_t n = 0;
    id i;
    if (!is_line(value))
        return N_("Write one line of plain text.");
    switch (rule->type) {
    case HOUSE_YES_NO: return str_equal(value, lit("yes")) || str_equal(value, lit("no")) ? NULL : N_("Choose yes or no.");
    case HOUSE_NUMBER: return str_to_int(value, &n) && n >= rule->least && n <= rule->most ? NULL : N_("Write a number within the limits given above.");
    case HOUSE_ID:     return id_read(value, &i) ? NULL : N_("Write 32 hexadecimal digits.");
    case HOUSE_TEXT:   break;
    case HOUSE_HTTPS:
        if (!is_https(value))
            return N_("Write an address that begins with https://");
        break;
    case HOUSE_CODE:
        if (!is_code(value))
            return N_("Write one code, such as en.");
        break;
    case HOUSE_LANGUAGE:
        if (!is_language(value))
            return N_("Write the code of one language that these pages have, such as en.");
        break;
    case HOUSE_LANGUAGES_LIST:
        if (!all_languages(value))
            return N_("Write codes of languages that these pages have, with ; between them, such as en;es.");
        break;
    }
    n = utf8_length(value);
    return n < rule->least ? N_("This is too short.") : n > rule->most ? N_("This is too long.") : NULL;
}

str house_text(const struct house *h, enum house_setting s)
{
    return h->values[s];
}

bool house_yes(const struct house *h, enum house_setting s)
{
    return str_equal(h->values[s], lit("yes"));
}

int64_t house_number(const struct house *h, enum house_setting s)
{
    int64_t n = 0;
    must(house_rules[s].type == HOUSE_NUMBER && str_to_int(h->values[s], &n));
    return n;
}

bool house_id(const struct house *h, enum house_setting s, id *out)
{
    return id_read(h->values[s], out);
}

bool house_may_serve_form(const struct house *h)
{
    return h->values[HOUSE_LINE_NAME].len && h->values[HOUSE_LINE_IS_POLICE].len && h->values[HOUSE_LINE_SHARES_IMMIGRATION].len;
}
