/* The wall of system calls: the lists, and the one caller of libseccomp. For cage.c and its test. */
#ifndef LIB_OS_CAGE_CALLS_H
#define LIB_OS_CAGE_CALLS_H
#include "lib/base/base.h"

/* Loads the filter of a process with these calls (CAGE_SERVES and its neighbours); needs no_new_privs. False: none was loaded. */
bool cage_calls_shut(unsigned calls);
#endif
