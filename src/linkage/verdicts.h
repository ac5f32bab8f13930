/*
 * What people say of pairs: same or different. As labels they tell how good the weights are, and are never learnt from; as decisions they win
 * over the weights.
 */
#ifndef LINKAGE_VERDICTS_H
#define LINKAGE_VERDICTS_H
#include "linkage/edges.h"

struct decision {
    uint32_t a, b; /* records, a < b */
    uint32_t line; /* of the file, from 1 */
    bool same;
};
struct verdicts {
    struct space space;
    struct decision *at; /* in the order of the file */
    uint32_t count, same;
};
/*
 * A CSV file with a header: the first two columns name two records of the table (of two files: one of the first, one of the second), the last
 * says same or different; where it is empty nothing is said. INVALID: complaint (COMPLAINT bytes) names the lines: of an unknown name, of
 * another word, of a pair that is called both. FAULT: it cannot be read, or memory is short. Close it in any case.
 */
status verdicts_read(struct verdicts *v, int fd, const struct table *t, char *complaint) MUST_CHECK;
void verdicts_close(struct verdicts *v);

/* Labelled pairs from a weight on: those that are linked and the same, linked and different, and the same but not linked. */
struct curve_point {
    int32_t weight;
    uint32_t right, wrong, missed;
};
enum { CURVE_POINTS = 16 };
extern const double curve_probabilities[CURVE_POINTS]; /* where the curve is told, rising */
struct curve {
    struct curve_point at[CURVE_POINTS], best; /* best: of the highest F1, at the weight of a labelled pair */
    uint32_t same, different;                  /* labels */
};
double curve_precision(const struct curve_point *p);
double curve_recall(const struct curve_point *p);
double curve_f1(const struct curve_point *p);
/* A labelled pair that was not kept is not linked at any weight. False: no memory. */
bool curve_draw(const struct verdicts *labels, const struct edges *edges, struct curve *out) MUST_CHECK;
#endif
