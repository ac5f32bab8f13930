/*
 * A carer at work, for tests: the house of the access matrix, two offices, and a file of its own ("Cedar") whose pages are asked as a
 * browser asks. Everything in it is invented.
 */
#ifndef TESTS_CARE_DESK_H
#define TESTS_CARE_DESK_H
#include "matrix.h"

struct care_desk {
    struct matrix *m;
    const struct matrix_caller *carer, *colleague, *officer;
    struct arena a;
    char file[80];  /* "/victims/ID" */
    int64_t packets, requests; /* that the house has already */
};
extern struct care_desk care_desk;
int care_desk_open(void **state);
int care_desk_close(void **state);

str care_ask(const struct matrix_caller *who, enum method method, const char *path, const char *body);
/* POST of an entry; when it is out of its order, again by who has seen the warning. */
str care_ask_sure(const struct matrix_caller *who, const char *path, const char *body);
const char *care_under(const char *end); /* a path of the file */
bool care_says(str page, const char *words);
int64_t care_sql_count(const char *sql);
/* What follows the words in a page, up to the next quote; they must stand there. */
const char *care_after(str page, const char *words);
int64_t care_today(void);
const char *care_day_words(int64_t day);
/* Adds an entry to the file that must be taken; %s in format is a day. */
void care_enter(const char *format, const char *day);
#endif
