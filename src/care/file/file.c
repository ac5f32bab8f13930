#include "care/file/file.h"

enum head_tag {
    HEAD_ALIAS = 1, HEAD_SAY, HEAD_AGE, HEAD_LANGUAGE, HEAD_ABOUT, HEAD_ASKED, HEAD_CASE, HEAD_OFFICE, HEAD_OPENED, HEAD_ENDED,
    HEAD_RULE = 16, /* its place and day; the seven texts follow */
    HEAD_DUE = 32, HEAD_SUPERSEDED, HEAD_COUNTED, HEAD_PLACES, HEAD_RELEASES, HEAD_PACKETS, HEAD_REVEALS
};
enum { LISTS = 7, RULE_TEXTS = 7, TEXTS = 7, ITEM = 48, ROOM_FIRST = 8 };

static void put_number(char *to, int64_t n)
{
    for (int i = 0; i < 8; i++)
        to[i] = (char)((uint64_t)n >> (8 * i));
}

static int64_t number_at(const char *at)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n |= (uint64_t)(uint8_t)at[i] << (8 * i);
    return (int64_t)n;
}

static str item_bytes(struct arena *a, const struct care_item *i)
{
    char *p = arena_new(a, char, ITEM + i->text.len);
    memcpy(p, i->id.at, 16);
    memcpy(p + 16, i->other.at, 16);
    put_number(p + 32, i->a);
    put_number(p + 40, i->b);
    if (i->text.len)
        memcpy(p + ITEM, i->text.at, (size_t)i->text.len);
    return (str){ p, ITEM + i->text.len };
}

static bool item_read(str s, struct care_item *out)
{
    if (s.len < ITEM)
        return false;
    *out = (struct care_item){ .a = number_at(s.at + 32), .b = number_at(s.at + 40), .text = str_part(s, ITEM, s.len) };
    memcpy(out->id.at, s.at, 16);
    memcpy(out->other.at, s.at + 16, 16);
    return true;
}

void care_add(struct arena *a, struct care_items *list, struct care_item item)
{
    if (list->len == list->cap) {
        ptrdiff_t cap = list->cap ? 2 * list->cap : ROOM_FIRST;
        struct care_item *more = arena_new(a, struct care_item, cap);
        if (list->len)
            memcpy(more, list->at, (size_t)list->len * sizeof *more);
        list->at = more;
        list->cap = cap;
    }
    list->at[list->len++] = item;
}

void care_drop(struct care_items *list, id item)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < list->len; i++)
        if (!id_equal(list->at[i].id, item))
            list->at[n++] = list->at[i];
    list->len = n;
}

const struct care_item *care_look(const struct care_items *list, id item)
{
    for (ptrdiff_t i = 0; i < list->len; i++)
        if (id_equal(list->at[i].id, item))
            return &list->at[i];
    return NULL;
}

/* The texts and the lists of a head, in the order of their tags: one list for writing and for reading. */
static void texts_of(struct care_head *h, str *to[TEXTS])
{
    str *all[TEXTS] = { &h->alias, &h->say, &h->age, &h->language, &h->about, &h->asked, &h->police_case };
    memcpy(to, all, sizeof all);
}

static void rule_of(struct care_rule *r, str *to[RULE_TEXTS])
{
    str *all[RULE_TEXTS] = { &r->method, &r->from, &r->to, &r->zone, &r->language, &r->voicemail, &r->never_call };
    memcpy(to, all, sizeof all);
}

static void lists_of(struct care_head *h, struct care_items *to[LISTS])
{
    struct care_items *all[LISTS] = { &h->due, &h->superseded, &h->counted, &h->places, &h->releases, &h->packets, &h->reveals };
    memcpy(to, all, sizeof all);
}

struct sealed_field *care_head_write(struct arena *a, const struct care_head *head, ptrdiff_t *n)
{
    struct care_head h = *head;
    str *texts[TEXTS], *rule[RULE_TEXTS];
    struct care_items *lists[LISTS];
    texts_of(&h, texts);
    rule_of(&h.rule, rule);
    lists_of(&h, lists);
    ptrdiff_t room = TEXTS + RULE_TEXTS + 4;
    for (int i = 0; i < LISTS; i++)
        room += lists[i]->len;
    struct sealed_field *f = arena_new(a, struct sealed_field, room);
    *n = 0;
    for (int i = 0; i < TEXTS; i++)
        if (texts[i]->len)
            f[(*n)++] = (struct sealed_field){ (uint16_t)(HEAD_ALIAS + i), *texts[i] };
    f[(*n)++] = (struct sealed_field){ HEAD_OFFICE, item_bytes(a, &(struct care_item){ .id = h.office }) };
    f[(*n)++] = (struct sealed_field){ HEAD_OPENED, item_bytes(a, &(struct care_item){ .a = h.opened }) };
    if (h.ended)
        f[(*n)++] = (struct sealed_field){ HEAD_ENDED, item_bytes(a, &(struct care_item){ .a = h.ended }) };
    f[(*n)++] = (struct sealed_field){ HEAD_RULE, item_bytes(a, &(struct care_item){ .id = h.rule.place, .a = h.rule.day }) };
    for (int i = 0; i < RULE_TEXTS; i++)
        if (rule[i]->len)
            f[(*n)++] = (struct sealed_field){ (uint16_t)(HEAD_RULE + 1 + i), *rule[i] };
    for (int i = 0; i < LISTS; i++)
        for (ptrdiff_t k = 0; k < lists[i]->len; k++)
            f[(*n)++] = (struct sealed_field){ (uint16_t)(HEAD_DUE + i), item_bytes(a, &lists[i]->at[k]) };
    return f;
}

void care_head_read(struct arena *a, const struct sealed_fields *f, struct care_head *out)
{
    str *texts[TEXTS], *rule[RULE_TEXTS];
    struct care_items *lists[LISTS];
    *out = (struct care_head){ 0 };
    texts_of(out, texts);
    rule_of(&out->rule, rule);
    lists_of(out, lists);
    for (ptrdiff_t i = 0; i < f->len; i++) {
        uint16_t tag = f->at[i].tag;
        struct care_item item = { 0 };
        if (tag >= HEAD_ALIAS && tag < HEAD_ALIAS + TEXTS)
            *texts[tag - HEAD_ALIAS] = f->at[i].bytes;
        else if (tag > HEAD_RULE && tag <= HEAD_RULE + RULE_TEXTS)
            *rule[tag - HEAD_RULE - 1] = f->at[i].bytes;
        else if (!item_read(f->at[i].bytes, &item))
            continue;
        else if (tag == HEAD_OFFICE)
            out->office = item.id;
        else if (tag == HEAD_OPENED)
            out->opened = item.a;
        else if (tag == HEAD_ENDED)
            out->ended = item.a;
        else if (tag == HEAD_RULE)
            out->rule.place = item.id, out->rule.day = item.a;
        else if (tag >= HEAD_DUE && tag < HEAD_DUE + LISTS)
            care_add(a, lists[tag - HEAD_DUE], item);
    }
}

int64_t care_due_hour(const struct care_head *h)
{
    int64_t first = CARE_NO_DUE;
    for (ptrdiff_t i = 0; i < h->due.len; i++)
        if (first == CARE_NO_DUE || h->due.at[i].b / 60 < first)
            first = h->due.at[i].b / 60;
    return first;
}
