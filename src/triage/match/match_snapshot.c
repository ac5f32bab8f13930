/*
 * All that the engine knows as bytes, and back. Who writes such bytes is ourselves, under a key of the keeper's; and yet each is looked at: a service that
 * was read can be asked and forgets each tip as one that was walked, whatever the bytes were.
 */
#include "triage/match/match_service.h"

enum { VERSION = 3 };
struct service_head {
    uint32_t version, groups, marks, unused;
};

bool match_service_write(const struct match_service *m, bool (*put)(void *context, const void *bytes, size_t n), void *context)
{
    struct service_head head = { VERSION << 16 | MATCH_VERSION, m->group_count, m->index.count + 1, 0 };
    return put(context, &head, sizeof head) && put(context, m->groups, m->group_count * sizeof *m->groups) &&
           put(context, m->marks, (size_t)head.marks * sizeof *m->marks) && index_write(&m->index, put, context) && words_write(&m->words, put, context);
}

/* Cases have one ring and are of no group of tips; there are as many as may be. */
static bool sound_groups(struct match_service *m)
{
    static const id none[MATCH_RINGS];
    for (uint32_t i = 0; i < m->group_count; i++) {
        const struct match_group *g = &m->groups[i];
        if (g->file > 1 || (g->file && memcmp(g->rings + 1, none + 1, sizeof none - sizeof *none) != 0))
            return false;
        m->file_count += g->file;
    }
    return m->file_count <= MATCH_FILES_MOST;
}

/* A document stands in a group and has a mark; of tips near copies are those of one office. What is gone has nothing. */
static bool sound_document(struct match_service *m, uint32_t number)
{
    static const struct match_mark none;
    const struct index_entry *e = index_entry(&m->index, number);
    if (!e->live)
        return !memcmp(&m->marks[number], &none, sizeof none);
    if (e->group >= m->group_count)
        return false;
    const struct match_group *g = &m->groups[e->group];
    m->marks[number].walk = 0;
    if (g->file)
        return !e->apart && !e->sketched;
    return e->apart < m->group_count && !m->groups[e->apart].file && id_equal(m->groups[e->apart].office, g->office);
}

/* Each group has as many as it says. The room for copies is nobody's as long as no question is asked. */
static bool sound_counts(const struct match_service *m)
{
    uint32_t *tips = m->copies;
    bool fine = true;
    memset(tips, 0, m->group_count * sizeof *tips);
    for (uint32_t i = 1; i <= m->index.count; i++)
        tips[index_entry(&m->index, i)->group] += index_entry(&m->index, i)->live;
    for (uint32_t i = 0; i < m->group_count; i++)
        fine = fine && tips[i] == m->groups[i].tips;
    return fine;
}

/* Words are of tips that stand, and go with them. */
static bool sound_words(const struct match_service *m)
{
    if (m->words.last > m->index.count)
        return false;
    for (uint32_t i = 1; i <= m->words.last; i++) {
        const struct words_entry *w = words_entry(&m->words, i);
        const struct index_entry *e = index_entry(&m->index, i);
        if (w->bytes && (!e->live || w->group != e->group || m->groups[e->group].file))
            return false;
    }
    return true;
}

static bool sound(struct match_service *m)
{
    for (uint32_t i = 0; i <= m->index.count; i++)
        if (!sound_document(m, i))
            return false;
    return sound_counts(m) && sound_words(m);
}

status match_service_read(struct match_service *m, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct service_head head;
    if (!get(context, &head, sizeof head) || head.version != (VERSION << 16 | MATCH_VERSION) || head.groups > MATCH_GROUPS_MOST || head.unused ||
        (size_t)head.marks * sizeof *m->marks > m->mark_space.size)
        return INVALID;
    if (!get(context, m->groups, head.groups * sizeof *m->groups) || !get(context, m->marks, (size_t)head.marks * sizeof *m->marks))
        return INVALID;
    m->group_count = head.groups;
    if (!sound_groups(m))
        return INVALID;
    status s = index_read(&m->index, get, context);
    if (s == OK)
        s = words_read(&m->words, get, context);
    return s == OK && (m->index.count + 1 != head.marks || !sound(m)) ? INVALID : s;
}
