#include "staff/sheet/sheet.h"
#include "lib/web/language.h"

/* clang-format off */
const struct sheet_rule sheet_rules[SHEET_RULES] = {
    { SHEET_ROWS, "opened", N_("Opened"), N_("Everything opened, lists too: a page that shows fifty titles opened fifty."), 200, false },
    { SHEET_THINGS, "read", N_("Read one by one"), N_("Different tips, cases and files opened to be read, each once a week."), 20, false },
    { SHEET_QUICK, "quick", N_("Left at once"), N_("Opened to be read, and within 15 seconds another one, with nothing done in between."), 10, false },
    { SHEET_HOURS, "hours", N_("Other hours"), N_("Opened at an hour of the day (UTC; weekends by themselves) at which this person opened nothing in the four weeks before. Not counted of whoever has no weeks before."), 10, true },
    { SHEET_GUARDED, "guarded", N_("Who told us, safe places"), N_("Rows of the two kinds that are guarded most."), 10, false },
    { SHEET_REFUSED, "refused", N_("Refused"), N_("Asked for what is not theirs or not there, or beyond a limit. A wrong link counts like a try."), 10, true },
    { SHEET_EXPORTED, "exported", N_("Exported"), N_("Files of a case taken out, and packets sealed to an officer."), 3, true },
    { SHEET_FAILED, "failed", N_("Failed sign-ins"), N_("Under their name, whoever typed it. The log does not know who it was. Tries while the name has to wait are not recorded."), 5, true },
    { SHEET_BUDGET, "limit", N_("Of the day’s limit, %"), N_("The most that was opened on one day, of what one person may open on a day now."), 50, false },
};
/* clang-format on */

int64_t sheet_usual(const struct sheet *x, enum sheet_measure m)
{
    int64_t sum = 0, weeks = 0;
    for (int week = 1; week < SHEET_WEEKS && week < (int)x->whole; week++)
        if (x->at[week][SHEET_ENTRIES]) {
            sum += x->at[week][m];
            weeks++;
        }
    return weeks ? (sum + weeks / 2) / weeks : -1;
}

bool sheet_marked(const struct sheet *x, const struct sheet_rule *rule)
{
    int64_t usual = rule->measure == SHEET_HOURS ? 0 : sheet_usual(x, rule->measure), now = x->at[0][rule->measure];
    if (usual < 0 && !rule->rare)
        return false;
    return now >= rule->least && now > 2 * (usual < 0 ? 0 : usual);
}
