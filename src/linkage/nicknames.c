#include "linkage/nicknames.h"
#include "linkage/data.h"
#include "linkage/values.h"
#include <pthread.h>

enum { SLOTS = 8192, NAMES_MOST = 5000, GROUPS_MOST = 10, NAME_MOST = 24 };

static struct {
    char text[NAME_MOST];
    uint8_t len, groups;
    uint16_t group[GROUPS_MOST]; /* the lines that have it, rising */
} names[NAMES_MOST];
static uint16_t slots[SLOTS], count; /* numbers of names; 0: free */

static size_t find(str name)
{
    size_t at = (size_t)hash_bytes(name.at, name.len) % SLOTS;
    while (slots[at] && !str_equal((str){ names[slots[at]].text, names[slots[at]].len }, name))
        at = (at + 1) % SLOTS;
    return at;
}

static void add(str word, uint16_t group)
{
    char name[NAME_MOST];
    must(word.len > 0 && word.len <= NAME_MOST);
    for (ptrdiff_t i = 0; i < word.len; i++)
        name[i] = word.at[i] == '-' ? ' ' : word.at[i]; /* maria-luisa: two words */
    size_t at = find((str){ name, word.len });
    if (!slots[at]) {
        must(count + 1 < NAMES_MOST);
        slots[at] = ++count;
        memcpy(names[count].text, name, (size_t)word.len);
        names[count].len = (uint8_t)word.len;
    }
    uint16_t number = slots[at];
    must(names[number].groups < GROUPS_MOST);
    names[number].group[names[number].groups++] = group;
}

static void read_names(void)
{
    str rest = { data_nicknames, data_nicknames_size }, line, word;
    for (uint16_t group = 1; data_line(&rest, &line); group++)
        while (str_split(&line, ' ', &word))
            add(word, group);
}

uint16_t nickname_of(str name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!name.len || name.len > NAME_MOST)
        return 0;
    pthread_once(&once, read_names);
    return slots[find(name)];
}

bool nicknames_meet(uint16_t a, uint16_t b)
{
    for (int x = 0, y = 0; x < names[a].groups && y < names[b].groups;) {
        uint16_t one = names[a].group[x], other = names[b].group[y];
        if (one == other)
            return true;
        if (one < other)
            x++;
        else
            y++;
    }
    return false;
}
