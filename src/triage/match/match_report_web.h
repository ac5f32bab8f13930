/*
 * What people decided of the pairs that were proposed to them, beside what the weights promised: how good the proposals are, by how likely they were said
 * to be and by what the two had in common. Of the asker's own office, from the acts that the asker's keys open; counts alone.
 */
#ifndef TRIAGE_MATCH_MATCH_REPORT_WEB_H
#define TRIAGE_MATCH_MATCH_REPORT_WEB_H
#include "staff/page/page.h"

struct match_report_row {
    str words, promise, share; /* share: "92 % (81 to 97 %)", or that there are too few */
    int64_t same, different, later;
};
struct match_report_rows {
    struct match_report_row *at;
    ptrdiff_t len;
};
struct match_report_page {
    struct staff_page page;
    str summary;
    bool cut, shut;            /* older decisions, and some that do not open, are not counted */
    struct match_report_rows bands, kinds;
};
/*
 * n of `of` in whole percent, and the range of the true share, 19 times in 20: the score interval (E. B. Wilson, Probable Inference,
 * Journal of the American Statistical Association 22, 1927). of > 0.
 */
void match_share(int64_t n, int64_t of, int *percent, int *least, int *most);
extern const struct routes match_report_routes;
#endif
