/*
 * Does the time of an answer tell what is there from what is not? After dudect (Reparaz, Balasch, Verbauwhede, 2017): samples of both
 * kinds in random order, the slow tail cropped, Welch's t over the means of the things of each kind. Processor time of this thread, so that a busy machine adds little. Every
 * question brings a control: the same asking with a fault that must be found.
 */
#ifndef TESTS_WELCH_H
#define TESTS_WELCH_H
#include <stdbool.h>

enum { WELCH_THINGS = 16 };
/* One asking of what is or is not: which of the WELCH_THINGS things of that kind. about is the caller's own. */
typedef void welch_ask(void *about, int which, bool is);
struct welch_question {
    const char *words;
    welch_ask *once, *leaky;      /* leaky: of what is, more is read */
    void (*between)(void *about); /* before each asking and not measured; NULL: nothing */
};
/* Before a world is made: its folder is in memory where it can be, since what is asked is what we do, not what the disk does. */
void welch_begin(void);
/* Fails the test when the two are told apart three times running, or when the control is not found. Prints what was measured. */
void welch_assert_alike(void *about, const struct welch_question *q);
#endif
