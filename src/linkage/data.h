/* Tables that stand in the program, compiled at build from src/linkage/data and the pack `int` (tools/datagen.c): UTF-8, ended by NUL. */
#ifndef LINKAGE_DATA_H
#define LINKAGE_DATA_H
#include "lib/base/base.h"

extern const char data_han[], data_japanese[], data_korean[], data_nicknames[], data_particles[], data_addresses[], data_calling_codes[], data_services[];
extern const ptrdiff_t data_han_size, data_japanese_size, data_korean_size, data_nicknames_size, data_particles_size, data_addresses_size, data_calling_codes_size, data_services_size;

/* The next line that is neither empty nor begins with #. False: there is none. */
static inline bool data_line(str *rest, str *line)
{
    while (str_split(rest, '\n', line)) {
        if (line->len && line->at[line->len - 1] == '\r')
            line->len--;
        if (line->len && line->at[0] != '#')
            return true;
    }
    return false;
}
#endif
