#include "figures/privacy/release.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

void release_request(const struct ledger *l, const str *parts, ptrdiff_t n, uint8_t to[LEDGER_HASH])
{
    struct arena scratch = *l->arena;
    struct out all = { .arena = &scratch };
    for (ptrdiff_t i = 0; i < n; i++) {
        uint8_t hash[LEDGER_HASH];
        plain_hash(parts[i], hash, LEDGER_HASH);
        out_hex(&all, hash, LEDGER_HASH);
    }
    keyed_hash(l->key, "release", out_view(&all), to, LEDGER_HASH);
    wipe(all.at, all.len);
}

/* Refusals name both numbers: what was asked, and what is left. */
static status refuse(const struct ledger *l, const struct ledger_ask *ask, enum ledger_verdict v, uint64_t left, struct said *said)
{
    str wanted = nano_text(l->arena, ask->rho), rest = nano_text(l->arena, left);
    if (v == LEDGER_OVER)
        say(said, "asked: rho %.*s; left for %.*s, year %.*s: rho %.*s. Nothing was spent", SHOWN(wanted), SHOWN(ask->scope),
            SHOWN(ask->year), SHOWN(rest));
    else if (v == LEDGER_AGAIN)
        say(said, "a table protected by suppression was released about %.*s, year %.*s: another one of the same people tells by the "
            "difference what each hides. The same request brings what is stored. Nothing was spent", SHOWN(ask->scope), SHOWN(ask->year));
    else
        say(said, "%s was released about %.*s, year %.*s: the two are never mixed for the same people. Nothing was spent",
            ask->class == LEDGER_NOISE ? "a table protected by suppression" : "a table protected by noise", SHOWN(ask->scope),
                SHOWN(ask->year));
    return LIMIT;
}

status release_begin(struct ledger *l, const struct ledger_ask *ask, struct release *out, struct said *said)
{
    uint64_t left;
    const struct ledger_spend *before;
    *out = (struct release){ .ledger = l };
    memcpy(out->request, ask->request, LEDGER_HASH);
    if (!ledger_ask_fits(ask, said))
        return INVALID;
    enum ledger_verdict v = ledger_admit(&l->book, ask, &left, &before);
    if (v == LEDGER_STORED) {
        out->spend = before->line;
        return CONFLICT;
    }
    if (v != LEDGER_GRANTED)
        return refuse(l, ask, v, left, said);
    out->spend = l->book.lines;
    status s = ledger_append(l, ledger_line_spend(&l->book, os_now(), ask), "nothing was spent", said);
    if (s != OK)
        return s;
    out->rho = ask->rho;
    noise_begin(&out->source, 0);
    return OK;
}

void release_noise(struct release *r, struct ratio variance, uint64_t sensitivity2, int64_t *cells, ptrdiff_t n)
{
    uint64_t cost;
    must(ledger_cost(sensitivity2, variance, &cost) && cost <= r->rho - r->used);
    r->used += cost;
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t noise;
        must(noise_gaussian(&r->source, variance, &noise) == OK);
        cells[i] += noise;
    }
}

void release_end(struct release *r)
{
    noise_end(&r->source);
    r->used = r->rho;
}
