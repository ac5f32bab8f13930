#include "triage/mark/mark.h"
#include "staff/sealed/sealed.h"

static const str states[] = { LIT("open"), LIT("confirmed"), LIT("struck") };

/* ---- the list of a row ---- */

static bool state_of(str word, enum mark_state *out)
{
    for (int i = MARK_CONFIRMED; i <= MARK_STRUCK; i++)
        if (str_equal(word, states[i])) {
            *out = (enum mark_state)i;
            return true;
        }
    return false;
}

static bool kind_of(str word, enum finding_kind *out)
{
    for (int i = 0; i < FOUND_KINDS; i++)
        if (str_equal(word, str_of(finding_words[i]))) {
            *out = (enum finding_kind)i;
            return true;
        }
    return false;
}

/* Behind the text that came before, and within it: a row that was written by another program is no reason to read beyond the end. */
static bool read_mark(str line, ptrdiff_t from, ptrdiff_t most, struct mark *m)
{
    str word;
    int64_t begin = 0, end = 0;
    bool good = str_split(&line, ' ', &word) && state_of(word, &m->state) && str_split(&line, ' ', &word) && kind_of(word, &m->kind)
                && str_split(&line, ' ', &word) && str_to_int(word, &begin) && str_split(&line, ' ', &word) && str_to_int(word, &end);
    m->begin = (ptrdiff_t)begin;
    m->end = (ptrdiff_t)end;
    m->normal = line;
    return good && begin >= from && end > begin && end <= most;
}

str marks_write(struct arena *a, const struct marks *m)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < m->len; i++) {
        if (m->at[i].state == MARK_OPEN)
            continue;
        out_str(&o, states[m->at[i].state]);
        out_char(&o, ' ');
        out_str(&o, str_of(finding_words[m->at[i].kind]));
        out_char(&o, ' ');
        out_int(&o, m->at[i].begin);
        out_char(&o, ' ');
        out_int(&o, m->at[i].end);
        out_char(&o, ' ');
        out_str(&o, m->at[i].normal);
        out_char(&o, '\n');
    }
    return out_view(&o);
}

/* ---- what a narrative names ---- */

static struct marks read_decided(struct arena *a, str narrative, str decided)
{
    struct marks list = { .at = arena_new(a, struct mark, FINDINGS_MOST) };
    ptrdiff_t end = 0;
    for (str line; list.len < FINDINGS_MOST && str_split(&decided, '\n', &line);) {
        struct mark m;
        if (!read_mark(line, end, narrative.len, &m) || !utf8_valid(str_part(narrative, m.begin, m.end)))
            continue;
        end = m.end;
        list.at[list.len++] = m;
    }
    return list;
}

static bool touches_any(const struct marks *m, const struct finding *f)
{
    for (ptrdiff_t i = 0; i < m->len; i++)
        if (f->begin < m->at[i].end && m->at[i].begin < f->end)
            return true;
    return false;
}

struct marks marks_of(struct arena *a, str narrative, str country, str decided)
{
    struct marks list = read_decided(a, narrative, decided), known = list;
    struct findings *found = arena_new(a, struct findings, 1);
    if (!extract(narrative, country, found))
        return list;
    list.full = found->full;
    for (ptrdiff_t i = 0; i < found->len; i++) {
        const struct finding *f = &found->at[i];
        if (touches_any(&known, f))
            continue;
        if (list.len == FINDINGS_MOST) {
            list.full = true;
            break;
        }
        ptrdiff_t to = list.len++;
        for (; to > 0 && list.at[to - 1].begin > f->begin; to--)
            list.at[to] = list.at[to - 1];
        list.at[to] = (struct mark){ .kind = (enum finding_kind)f->kind, .begin = f->begin, .end = f->end, .normal = finding_normal(f) };
        known = list;
    }
    return list;
}

status tip_mark_make(struct request *r, id tip, int64_t turn, const struct marks *m, struct tip_mark *out)
{
    const struct sealed_field fields[] = { { MARK_LIST, marks_write(r->arena, m) }, { MARK_AT, sealed_time(r->arena, r->now) } };
    *out = (struct tip_mark){ .tip = tip, .id = chance_id(r->chance, r->now * 1000, true), .author = r->caller.account, .turn = turn, .day = day_of(r->now) };
    return sealed_make(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, TABLE_TIP_MARK, out->id, fields, countof(fields), &out->sealed);
}
