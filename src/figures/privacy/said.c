#include "figures/privacy/said.h"
#include <stdarg.h>

bool say(struct said *s, const char *format, ...)
{
    if (!s->at[0]) {
        va_list list;
        va_start(list, format);
        vsnprintf(s->at, sizeof s->at, format, list);
        va_end(list);
        /* It is one line, whatever stood in what was quoted. */
        for (char *c = s->at; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127)
                *c = ' ';
    }
    return false;
}
