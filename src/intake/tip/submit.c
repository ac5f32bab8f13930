#include "intake/tip/submit.h"
#include "common/clock/clock.h"
#include "common/house/house.h"
#include "common/services.h"
#include "intake/public/public.h"
#include "intake/tip/idem.h"

struct rings {
    struct ring_key tip, source;
};

static status fetch_rings(struct request *r, bool with_source, struct rings *out)
{
    struct services *with = r->services;
    struct supply *supply = post_supply(with->post);
    int64_t now = with->monotonic_ms();
    status s = supply_ring(supply, with->keeper, now, SCOPE_OFFICE, public_office(r), TIP, &out->tip);
    if (s == OK && with_source)
        s = supply_ring(supply, with->keeper, now, SCOPE_OFFICE, public_office(r), SOURCE, &out->source);
    return s;
}

static str seal_tip(struct request *r, const struct rings *rings, id row, const struct tip *t)
{
    struct sealed_field fields[TIP_FIELDS];
    ptrdiff_t n = tip_write(r->arena, t, fields);
    return envelope_seal(r->services->sealer, r->services->monotonic_ms(), r->arena, &rings->tip, TABLE_TIP, row, fields, n);
}

static str seal_source(struct request *r, const struct rings *rings, id row, const struct source *s)
{
    struct sealed_field fields[SOURCE_FIELDS];
    ptrdiff_t n = source_write(s, fields);
    return envelope_seal(r->services->sealer, r->services->monotonic_ms(), r->arena, &rings->source, TABLE_TIP_SOURCE, row,
                         fields, n);
}

/* The clocks that start with a tip, before it is sealed: a locked house cannot read, but must be on time. */
static void add_clocks(struct request *r, const struct facts *f, bool alert, struct submission *m)
{
    struct clock_starts starts = { .len = 0 };
    clocks_of_tip(r->services->clocks, f, alert, r->now, &starts);
    for (ptrdiff_t i = 0; i < starts.len; i++)
        m->clocks[m->clock_count++] = starts.at[i];
}

static status send(struct request *r, struct tip *t, const struct source *s, const struct rings *rings,
                   struct supplied *receipt, const struct idem *idem, struct parked how, post_filler *fill)
{
    struct submission m = { .type = SUBMIT_TIP, .office = public_office(r), .day = day_of(r->now) };
    m.keep_days = (int)house_number(r->services->house, HOUSE_MAILBOX_DAYS);
    uint8_t box[ANSWER_BOX];
    struct facts f = tip_rule_facts(r->arena, t);
    m.tip = chance_id(r->chance, r->now * 1000, true);
    t->received = r->now;
    memcpy(t->mailbox, receipt->open, KEY);
    add_clocks(r, &f, tip_judge(r->services->rules, t, &f), &m);
    idem_answer_seal(idem, receipt->digits, box);
    m.priority = t->priority;
    m.language = t->language;
    m.channel = t->channel;
    m.idem = idem->name;
    m.locator = receipt->locator;
    m.open = receipt->open;
    m.pepper = receipt->pepper;
    m.answer = (str){ (const char *)box, sizeof box };
    m.sealed = seal_tip(r, rings, m.tip, t);
    m.source = s ? seal_source(r, rings, m.tip, s) : (str){ 0 };
    if (!m.sealed.len || (s && !m.source.len))
        return NOT_FOUND;
    return post_send(r->services->post, r->place, submission_write(r->arena, &m), &how, fill);
}

status tip_submit(struct request *r, struct tip *t, const struct source *s, const uint8_t key[16], struct parked how,
                  post_filler *fill)
{
    struct services *with = r->services;
    struct supply *supply = post_supply(with->post);
    struct rings rings;
    struct supplied receipt;
    bool named = !str_equal(t->consent, lit("anonymous")) && !source_is_empty(s);
    status done = fetch_rings(r, named, &rings);
    if (done == OK)
        done = supply_receipt(supply, with->keeper, with->monotonic_ms(), &receipt);
    if (done != OK)
        return done == NOT_FOUND ? NOT_FOUND : BUSY;
    struct idem idem = idem_of(key, r->http->body);
    memcpy(how.answer_key, idem.answer_key, sizeof how.answer_key);
    memcpy(how.idem, idem.name, sizeof how.idem);
    how.flag = !named && !source_is_empty(s);
    done = send(r, t, named ? s : NULL, &rings, &receipt, &idem, how, fill);
    wipe(&receipt, sizeof receipt);
    wipe(&idem, sizeof idem);
    supply_refill(supply, with->keeper, with->monotonic_ms());
    return done;
}
