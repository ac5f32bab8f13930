#include "figures/privacy/work.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

static const uint64_t cap_unless_told = 2 * NANO;
/* Address space, taken as it is used: enough for ALL_CELLS_MOST, so that memory does not end when the budget is spent. */
const ptrdiff_t work_memory = (ptrdiff_t)4 << 30;

void work_note(struct privacy_told *t, const char *what)
{
    if (what[0] && t->notes < LINES_MOST)
        say(&t->note[t->notes++], "%s", what);
}

bool work_text(struct work *w, const char *path, ptrdiff_t most, str *out)
{
    status s = file_read(&w->arena, path, most, out);
    return s == OK || say(&w->told->failed, s == NOT_FOUND ? "there is no file %s" : s == LIMIT ? "%s is too long" : "cannot read %s",
                          path);
}

bool work_words(struct work *w, const char *mechanism)
{
    const struct privacy_ask *ask = w->ask;
    struct said *failed = &w->told->failed;
    w->year = ask->year.len ? ask->year : lit("all");
    w->scope = ask->scope.len ? ask->scope : lit("people");
    w->name = ask->name.len ? ask->name : lit("release");
    w->cap = cap_unless_told;
    if (w->class == LEDGER_NOISE && !nano_read(ask->rho, &w->rho))
        return say(failed, "--rho takes a number above 0 and at most 1000, like 0.12, with at most nine decimals; not \"%.*s\"", SHOWN(ask->rho));
    if (ask->cap.len && (!nano_read(ask->cap, &w->cap) || !w->cap))
        return say(failed, "--cap takes a number above 0 and at most 1000, like 2; not \"%.*s\"", SHOWN(ask->cap));
    struct ledger_ask words = { .class = w->class, .scope = w->scope, .year = w->year, .rho = w->rho, .name = w->name,
                                .mechanism = str_of(mechanism), .terms = lit("0") };
    return ledger_ask_fits(&words, failed) && manifest_keys_read(&w->arena, ask->sign, ask->signs, &w->keys, failed);
}

status work_ledger(struct work *w)
{
    struct ledger_how how = { w->ask->ledger, w->cap, w->ask->head };
    struct said torn = { 0 }, new = { 0 };
    bool made;
    status s = ledger_open(&w->arena, &how, &w->ledger, &made, &w->told->failed, &torn);
    work_note(w->told, torn.at);
    if (s == OK && made) {
        say(&new, "made the ledger %s: each scope and year may spend rho %.*s. It and the files beside it belong into the backup",
            w->ask->ledger,
            SHOWN(nano_text(&w->arena, w->cap)));
        work_note(w->told, new.at);
    } else if (s == OK && w->ask->cap.len && w->cap != w->ledger.book.cap) {
        say(&new, "--cap is for a ledger that is made; this one has its own: see plainsight release ledger cap");
        work_note(w->told, new.at);
    }
    return s;
}

/* Everything that can be wrong with the inputs is found here, before there is a ledger. */
static bool read_inputs(struct work *w, const struct work_kind *kind)
{
    struct said *failed = &w->told->failed;
    const struct privacy_ask *ask = w->ask;
    return work_words(w, kind->mechanism) && work_text(w, ask->codebook, CODEBOOK_BYTES, &w->codebook_text)
           && codebook_read(&w->arena, ask->codebook, w->codebook_text, &w->book, failed) && kind->read(w)
           && rows_read(&w->book, ask->data, w->tables.person, w->year, &w->rows, failed);
}

static struct ledger_ask ask_of(struct work *w, const struct work_kind *kind)
{
    struct ledger_ask ask = { .class = w->class, .scope = w->scope, .year = w->year, .rho = w->rho, .name = w->name,
                              .mechanism = str_of(kind->mechanism), .terms = kind->terms(w) };
    memcpy(ask.codebook, w->book.hash, LEDGER_HASH);
    /* All that decides what comes out. The same files under another name are the same request. */
    str parts[] = { str_join(&w->arena, str_of(kind->mechanism), lit(" 1")), w->scope, w->year, w->name, nano_text(&w->arena, w->rho),
                    w->codebook_text, w->tables_text, w->rows.text };
    release_request(&w->ledger, parts, countof(parts), ask.request);
    return ask;
}

static status bring_stored(struct work *w, const struct ledger_ask *ask, const char *folder)
{
    uint64_t left;
    const struct ledger_spend *before;
    struct release_files files;
    ledger_admit(&w->ledger.book, ask, &left, &before);
    status s = release_stored(&w->ledger, before, &files, &w->told->failed);
    /* It may stand there already, from a run that ended before it had said so. */
    if (s == OK && !release_is_put(&w->arena, folder, &files))
        s = release_put(&w->arena, folder, &files, &w->told->failed);
    if (s == OK)
        say(&w->told->done, "%s: the same release as in line %lld of the ledger; nothing was spent", w->ask->out, (long long)before->line);
    return s;
}

/* What was spent on these people: a year's own, and what was spent on all years. */
static uint64_t spent_on(const struct work *w)
{
    uint64_t sum = 0;
    for (ptrdiff_t i = 0; i < w->ledger.book.account_count; i++) {
        const struct ledger_account *x = &w->ledger.book.accounts[i];
        if (str_equal(x->scope, w->scope) && (str_equal(x->year, w->year) || str_equal(x->year, lit("all"))))
            sum += x->spent;
    }
    return sum;
}

struct page_terms work_terms(struct work *w, const struct release *r)
{
    struct ledger_ask again = { .scope = w->scope, .year = w->year, .rho = 1 };
    struct page_terms t = { .name = w->name, .scope = w->scope, .year = w->year, .head = ledger_head_text(&w->arena, &w->ledger.book),
                            .line = r->spend, .rho = w->rho, .spent = spent_on(w), .cap = ledger_cap(&w->ledger.book, w->scope, w->year), .book = &w->book, .keys = &w->keys };
    const struct ledger_spend *before;
    ledger_admit(&w->ledger.book, &again, &t.left, &before);
    return t;
}

static struct manifest manifest_of(struct work *w, const struct ledger_ask *ask, const struct release *r)
{
    return (struct manifest){ .mechanism = ask->mechanism, .name = w->name, .scope = w->scope, .year = w->year, .terms = ask->terms,
                              .codebook = w->book.name, .version = w->book.version, .rho = nano_text(&w->arena, w->rho),
                              .head = ledger_head_text(&w->arena, &w->ledger.book), .codebook_hash = w->book.hash, .request = r->request,
                              .spend = r->spend };
}

static status measure(struct work *w, const struct work_kind *kind, const struct ledger_ask *ask, struct release *r, const char *folder)
{
    struct release_files files;
    uint64_t left;
    const struct ledger_spend *before;
    kind->make(w, r, &files);
    must(!w->rows.map);
    struct manifest m = manifest_of(w, ask, r);
    manifest_add(&w->arena, &m, w->codebook_text, &w->keys, &files);
    status s = release_store(r, &files, &w->told->failed);
    if (s == OK)
        s = release_put(&w->arena, folder, &files, &w->told->failed);
    struct ledger_ask again = { .scope = w->scope, .year = w->year, .rho = 1 };
    ledger_admit(&w->ledger.book, &again, &left, &before);
    if (s == OK && w->class == LEDGER_SUPPRESSION)
        say(&w->told->done, "%s: %s, line %lld of the ledger. About %.*s, year %.*s nothing else can be released. Head: %.*s", w->ask->out,
            kind->what, (long long)r->spend, SHOWN(w->scope), SHOWN(w->year), SHOWN(ledger_head_text(&w->arena, &w->ledger.book)));
    else if (s == OK)
        say(&w->told->done, "%s: %s for rho %.*s, line %lld of the ledger; left for %.*s, year %.*s: rho %.*s. Head: %.*s", w->ask->out,
            kind->what, SHOWN(nano_text(&w->arena, w->rho)), (long long)r->spend, SHOWN(w->scope), SHOWN(w->year),
            SHOWN(nano_text(&w->arena, left)), SHOWN(ledger_head_text(&w->arena, &w->ledger.book)));
    return s;
}

static status spend_and_measure(struct work *w, const struct work_kind *kind, const char *folder)
{
    struct release r;
    struct ledger_ask ask = ask_of(w, kind);
    uint64_t left;
    const struct ledger_spend *before;
    enum ledger_verdict v = ledger_admit(&w->ledger.book, &ask, &left, &before);
    if (v == LEDGER_STORED)
        return bring_stored(w, &ask, folder);
    status prepared = v == LEDGER_GRANTED && kind->prepare ? kind->prepare(w) : OK;
    if (prepared != OK)
        return prepared;
    if (!release_room(&w->ledger, folder, kind->bytes(w) + w->codebook_text.len + MANIFEST_BYTES, &w->told->failed))
        return FAULT;
    status s = release_begin(&w->ledger, &ask, &r, &w->told->failed);
    if (s == OK)
        s = measure(w, kind, &ask, &r, folder);
    return s;
}

status work_run(struct work *w, const struct work_kind *kind, const char *folder)
{
    status s = read_inputs(w, kind) ? work_ledger(w) : INVALID;
    if (s == OK) {
        s = spend_and_measure(w, kind, folder);
        ledger_close(&w->ledger);
    }
    rows_end(&w->rows);
    wipe(&w->keys, sizeof w->keys);
    return s;
}
