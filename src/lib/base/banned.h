/* Calls that have no place here: unbounded copies, hidden state, hidden allocation of formats. */
#ifndef LIB_BASE_BANNED_H
#define LIB_BASE_BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* glibc makes macros of these two for clang with _FORTIFY_SOURCE; a macro cannot be banned. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok asctime ctime
#pragma GCC poison tmpnam tempnam mktemp rand srand atoi atol atof system popen
#endif
