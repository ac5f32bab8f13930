#include "intake/tip/tip.h"
#include "common/rules/rules.h"
#include <stddef.h>

/* The plain text fields: tag and place. */
struct text_field {
    uint16_t tag;
    ptrdiff_t at;
};
static const struct text_field tip_texts[] = {
    { TIP_NARRATIVE, offsetof(struct tip, narrative) },     { TIP_LANGUAGE, offsetof(struct tip, language) },
    { TIP_CHANNEL, offsetof(struct tip, channel) },         { TIP_DANGER, offsetof(struct tip, danger) },
    { TIP_HAPPENING, offsetof(struct tip, happening) },     { TIP_WHEN, offsetof(struct tip, when) },
    { TIP_MINOR, offsetof(struct tip, minor) },             { TIP_PLACE, offsetof(struct tip, place) },
    { TIP_VENUE, offsetof(struct tip, venue) },             { TIP_INDUSTRY, offsetof(struct tip, industry) },
    { TIP_PEOPLE, offsetof(struct tip, people) },           { TIP_IDENTIFIERS, offsetof(struct tip, identifiers) },
    { TIP_SIGNS, offsetof(struct tip, signs) },             { TIP_PROXIMITY, offsetof(struct tip, proximity) },
    { TIP_REPORTER, offsetof(struct tip, reporter) },       { TIP_PARTNER, offsetof(struct tip, partner) },
    { TIP_CONSENT, offsetof(struct tip, consent) },         { TIP_REASONS, offsetof(struct tip, reasons) },
};
static const struct text_field source_texts[] = {
    { SOURCE_METHOD, offsetof(struct source, method) },         { SOURCE_ADDRESS, offsetof(struct source, address) },
    { SOURCE_SAFE_WHEN, offsetof(struct source, safe_when) },   { SOURCE_CODE_WORD, offsetof(struct source, code_word) },
    { SOURCE_MESSAGE, offsetof(struct source, message) },
};

static ptrdiff_t write_texts(const void *from, const struct text_field *fields, ptrdiff_t n, struct sealed_field *to)
{
    ptrdiff_t written = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        str s = *(const str *)(const void *)((const char *)from + fields[i].at);
        if (s.len)
            to[written++] = (struct sealed_field){ fields[i].tag, s };
    }
    return written;
}

static void read_texts(const struct sealed_fields *f, const struct text_field *fields, ptrdiff_t n, void *to)
{
    for (ptrdiff_t i = 0; i < n; i++)
        *(str *)(void *)((char *)to + fields[i].at) = sealed_field(f, fields[i].tag);
}

static str time_bytes(struct arena *a, int64_t seconds)
{
    uint8_t *at = arena_new(a, uint8_t, 8);
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)((uint64_t)seconds >> (8 * i));
    return (str){ (const char *)at, 8 };
}

static int64_t time_from(str bytes)
{
    uint64_t n = 0;
    for (ptrdiff_t i = 0; bytes.len == 8 && i < 8; i++)
        n |= (uint64_t)(uint8_t)bytes.at[i] << (8 * i);
    return (int64_t)n;
}

bool source_is_empty(const struct source *s)
{
    return !s->address.len && !s->safe_when.len && !s->code_word.len && !s->message.len && !s->method.len;
}

ptrdiff_t tip_write(struct arena *a, const struct tip *t, struct sealed_field to[TIP_FIELDS])
{
    ptrdiff_t n = write_texts(t, tip_texts, countof(tip_texts), to);
    to[n++] = (struct sealed_field){ TIP_RECEIVED, time_bytes(a, t->received) };
    to[n++] = (struct sealed_field){ TIP_PRIORITY, int_text(a, t->priority) };
    to[n++] = (struct sealed_field){ TIP_MAILBOX, { (const char *)t->mailbox, KEY } };
    if (t->how_many > 0)
        to[n++] = (struct sealed_field){ TIP_HOW_MANY, int_text(a, t->how_many) };
    if (t->do_not_contact)
        to[n++] = (struct sealed_field){ TIP_DO_NOT_CONTACT, lit("yes") };
    return n;
}

ptrdiff_t source_write(const struct source *s, struct sealed_field to[SOURCE_FIELDS])
{
    return write_texts(s, source_texts, countof(source_texts), to);
}

void tip_read(const struct sealed_fields *f, struct tip *out)
{
    int64_t n;
    *out = (struct tip){ .received = time_from(sealed_field(f, TIP_RECEIVED)) };
    read_texts(f, tip_texts, countof(tip_texts), out);
    if (str_to_int(sealed_field(f, TIP_HOW_MANY), &n))
        out->how_many = n;
    if (str_to_int(sealed_field(f, TIP_PRIORITY), &n) && n >= 0 && n <= 4)
        out->priority = (int)n;
    out->do_not_contact = sealed_field(f, TIP_DO_NOT_CONTACT).len > 0;
    str key = sealed_field(f, TIP_MAILBOX);
    if (key.len == KEY)
        memcpy(out->mailbox, key.at, KEY);
}

void source_read(const struct sealed_fields *f, struct source *out)
{
    *out = (struct source){ 0 };
    read_texts(f, source_texts, countof(source_texts), out);
}

static void set_said(struct facts *f, const char *name, str value)
{
    if (value.len)
        facts_set(f, str_of(name), value);
}

struct facts tip_rule_facts(struct arena *a, const struct tip *t)
{
    struct facts f = { .arena = a };
    str signs = t->signs, code;
    set_said(&f, "answer.in_danger", t->danger);
    set_said(&f, "answer.happening_now", t->happening);
    set_said(&f, "answer.minor", t->minor);
    set_said(&f, "reporter.proximity", t->proximity);
    set_said(&f, "reporter.kind", t->reporter);
    facts_set(&f, lit("answer.place_known"), t->place.len ? lit("yes") : lit("no"));
    facts_set(&f, lit("answer.people_known"), t->identifiers.len || t->people.len ? lit("yes") : lit("no"));
    if (t->how_many > 0)
        facts_set_int(&f, lit("answer.how_many"), t->how_many);
    while (str_split(&signs, '\n', &code))
        if (code.len)
            facts_set(&f, str_join(a, lit("indicator."), code), lit("yes"));
    return f;
}

bool tip_judge(const struct pack_rules *rules, struct tip *t, struct facts *f)
{
    struct urgency u = urgency_of(rules, f);
    bool known = u.priority.len == 2 && u.priority.at[0] == 'P' && u.priority.at[1] >= '0' && u.priority.at[1] <= '4';
    t->priority = known ? u.priority.at[1] - '0' : 3;
    t->reasons = u.reason;
    return u.alert;
}
