#include "figures/privacy/said.h"
#include "lib/web/json_in.h"
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

bool said_members(struct said *s, const char *path, const struct json_value *object, const char *where, const char *const *known)
{
    for (const struct json_value *m = object->first; m; m = m->next) {
        const char *const *k = known;
        while (*k && !str_equal(m->name, str_of(*k)))
            k++;
        if (!*k)
            return say(s, "%s: %s: there is no member \"%.*s\"; take it out, or mend its name", path, where, SHOWN(m->name));
    }
    return true;
}
