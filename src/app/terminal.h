/* The person at the terminal of init and unlock. */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H
#include "lib/base/base.h"

/* Prints the question; one line without its end, into a. False at the end of input. */
bool terminal_line(struct arena *a, const char *question, str *out);
/* The same without showing what is typed. Reads a pipe too, for tests. */
bool terminal_secret(struct arena *a, const char *question, str *out);
#endif
