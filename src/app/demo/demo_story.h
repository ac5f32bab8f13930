/* Invented tips for the demonstration and for tests: never a real person, place or number (555-01xx). */
#ifndef APP_DEMO_STORY_H
#define APP_DEMO_STORY_H
#include "lib/base/base.h"

enum { STORY_SIGNS = 3 };
struct story {
    bool spanish;
    str narrative, place, identifiers, contact;
    const char *venue, *industry, *signs[STORY_SIGNS]; /* codes of the int pack; NULL: not ticked */
    const char *danger, *when, *minor, *consent;       /* "yes" "no" "not_sure"; "now" "month" "before"; ... */
    int people;
};
/* The same chance gives the same story. Text lives in a. */
struct story demo_story(struct arena *a, struct chance *c);
/* What somebody is called who is known by no other name. */
str demo_nickname(struct chance *c);
int demo_pick(struct chance *c, int n);        /* 0 to n-1 */
bool demo_of_hundred(struct chance *c, int n); /* true n times of a hundred */
/* An invented answer of the line to such a tip. */
str demo_answer(struct chance *c, bool spanish);
#endif
