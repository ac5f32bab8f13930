#include "figures/privacy/privacy.h"
#include "figures/privacy/tables.h"
#include "lib/os/os.h"

static const uint64_t cap_unless_told = 2 * NANO;
/* Address space, taken as it is used: enough for ALL_CELLS_MOST, so that memory does not end when the budget is spent. */
static const ptrdiff_t memory = (ptrdiff_t)4 << 30;

/* One release on its way. */
struct work {
    const struct privacy_ask *ask;
    struct privacy_told *told;
    struct arena arena;
    struct codebook book;
    struct tables_spec tables;
    str codebook_text, tables_text, year, name, scope;
    uint64_t rho, cap;
    struct rows rows;
    struct ledger ledger;
};

static void note(struct privacy_told *t, const char *what)
{
    if (what[0] && t->notes < LINES_MOST)
        say(&t->note[t->notes++], "%s", what);
}

static bool read_text(struct work *w, const char *path, ptrdiff_t most, str *out)
{
    status s = file_read(&w->arena, path, most, out);
    return s == OK || say(&w->told->failed, s == NOT_FOUND ? "there is no file %s" : s == LIMIT ? "%s is too long" : "cannot read %s",
                          path);
}

static bool read_words(struct work *w)
{
    const struct privacy_ask *ask = w->ask;
    struct said *failed = &w->told->failed;
    w->year = ask->year.len ? ask->year : lit("all");
    w->scope = ask->scope.len ? ask->scope : lit("people");
    w->name = ask->name.len ? ask->name : lit("release");
    w->cap = cap_unless_told;
    if (!nano_read(ask->rho, &w->rho))
        return say(failed, "--rho takes a number like 0.12, with at most nine decimals; not \"%.*s\"", SHOWN(ask->rho));
    if (ask->cap.len && (!nano_read(ask->cap, &w->cap) || !w->cap))
        return say(failed, "--cap takes a number above 0, like 2; not \"%.*s\"", SHOWN(ask->cap));
    struct ledger_ask words = { .scope = w->scope, .year = w->year, .rho = w->rho, .name = w->name, .mechanism = lit("tables"),
                                .terms = lit("0") };
    return ledger_ask_fits(&words, failed);
}

/* Everything that can be wrong with the inputs is found here, before there is a ledger. */
static bool read_inputs(struct work *w)
{
    struct said *failed = &w->told->failed;
    const struct privacy_ask *ask = w->ask;
    return read_words(w) && read_text(w, ask->codebook, CODEBOOK_BYTES, &w->codebook_text)
           && codebook_read(&w->arena, ask->codebook, w->codebook_text, &w->book, failed)
               && read_text(w, ask->tables, TABLES_BYTES, &w->tables_text)
           && tables_read(&w->arena, ask->tables, w->tables_text, &w->book, &w->tables, failed) && tables_plan(&w->tables, w->rho, failed)
           && rows_read(&w->book, ask->data, w->tables.person, w->year, &w->rows, failed);
}

static status open_ledger(struct work *w)
{
    struct ledger_how how = { w->ask->ledger, w->cap, w->ask->head };
    struct said torn = { 0 }, new = { 0 };
    bool made;
    status s = ledger_open(&w->arena, &how, &w->ledger, &made, &w->told->failed, &torn);
    note(w->told, torn.at);
    if (s == OK && made) {
        say(&new, "made the ledger %s: each scope and year may spend rho %.*s. It and the files beside it belong into the backup",
            w->ask->ledger,
            SHOWN(nano_text(&w->arena, w->cap)));
        note(w->told, new.at);
    } else if (s == OK && w->ask->cap.len && w->cap != w->ledger.book.cap) {
        say(&new, "--cap is for a ledger that is made; this one has its own: see plainsight release ledger cap");
        note(w->told, new.at);
    }
    return s;
}

static struct ledger_ask ask_of(struct work *w)
{
    struct ledger_ask ask = { .class = LEDGER_NOISE, .scope = w->scope, .year = w->year, .rho = w->rho, .name = w->name,
                              .mechanism = lit("tables") };
    ask.terms = tables_terms(&w->arena, &w->tables);
    memcpy(ask.codebook, w->book.hash, LEDGER_HASH);
    /* All that decides what comes out. The same files under another name are the same request. */
    str parts[] = { lit("tables 1"), w->scope, w->year, w->name, nano_text(&w->arena, w->rho), w->codebook_text, w->tables_text,
                    w->rows.text };
    release_request(&w->ledger, parts, countof(parts), ask.request);
    return ask;
}

static status bring_stored(struct work *w, const struct ledger_ask *ask)
{
    uint64_t left;
    const struct ledger_spend *before;
    struct release_files files;
    ledger_admit(&w->ledger.book, ask, &left, &before);
    status s = release_stored(&w->ledger, before, &files, &w->told->failed);
    if (s == OK)
        s = release_put(&w->arena, w->ask->out, &files, &w->told->failed);
    if (s == OK)
        say(&w->told->done, "%s: the same release as in line %lld of the ledger; nothing was spent", w->ask->out, (long long)before->line);
    return s;
}

/* From here on there are no records: the mapping is gone. */
static void make_files(struct work *w, int64_t *const *noisy, struct release_files *files)
{
    struct table_fit *fit = arena_new(&w->arena, struct table_fit, w->tables.len);
    struct table_tidy *tidy = arena_new(&w->arena, struct table_tidy, w->tables.len);
    tables_fit(&w->arena, &w->tables, noisy, fit);
    tables_tidy(&w->arena, &w->book, &w->tables, fit, tidy);
    tables_files(&w->arena, &w->book, &w->tables, noisy, fit, tidy, files);
}

static status measure(struct work *w, struct release *r)
{
    struct release_files files;
    int64_t **noisy = arena_new(&w->arena, int64_t *, w->tables.len);
    uint64_t left;
    const struct ledger_spend *before;
    for (ptrdiff_t i = 0; i < w->tables.len; i++)
        noisy[i] = arena_new(&w->arena, int64_t, w->tables.at[i].cells);
    tables_measure(r, &w->rows, &w->tables, noisy);
    release_end(r);
    rows_end(&w->rows);
    make_files(w, noisy, &files);
    status s = release_store(r, &files, &w->told->failed);
    if (s == OK)
        s = release_put(&w->arena, w->ask->out, &files, &w->told->failed);
    struct ledger_ask again = { .scope = w->scope, .year = w->year, .rho = 1 };
    ledger_admit(&w->ledger.book, &again, &left, &before);
    if (s == OK)
        say(&w->told->done, "%s: %lld tables for rho %.*s, line %lld of the ledger; left for %.*s, year %.*s: rho %.*s. Head: %.*s",
            w->ask->out,
            (long long)w->tables.len, SHOWN(nano_text(&w->arena, w->rho)), (long long)r->spend, SHOWN(w->scope), SHOWN(w->year),
            SHOWN(nano_text(&w->arena, left)), SHOWN(ledger_head_text(&w->arena, &w->ledger.book)));
    return s;
}

static status spend_and_measure(struct work *w)
{
    struct release r;
    struct ledger_ask ask = ask_of(w);
    uint64_t left;
    const struct ledger_spend *before;
    if (ledger_admit(&w->ledger.book, &ask, &left, &before) == LEDGER_STORED)
        return bring_stored(w, &ask);
    if (!release_room(&w->ledger, w->ask->out, tables_bytes_most(&w->book, &w->tables), &w->told->failed))
        return FAULT;
    status s = release_begin(&w->ledger, &ask, &r, &w->told->failed);
    if (s == OK)
        s = measure(w, &r);
    return s;
}

status privacy_tables(const struct privacy_ask *ask, struct privacy_told *told)
{
    struct work w = { .ask = ask, .told = told, .arena = arena_reserve(memory) };
    status s = read_inputs(&w) ? open_ledger(&w) : INVALID;
    if (s == OK) {
        s = spend_and_measure(&w);
        ledger_close(&w.ledger);
    }
    rows_end(&w.rows);
    return s;
}

status privacy_draft(const char *data, struct privacy_told *told)
{
    struct work w = { .told = told, .arena = arena_reserve(2 * memory) };
    str text, draft;
    if (!read_text(&w, data, ROWS_BYTES_MOST, &text) || !codebook_draft(&w.arena, data, text, &draft, &told->failed))
        return INVALID;
    const char *path = str_c(&w.arena, str_join(&w.arena, str_of(data), lit(".codebook.json")));
    status s = file_create(path, draft);
    if (s == CONFLICT)
        say(&told->failed, "%s is there already: confirm it, and give it with --codebook", path);
    else if (s != OK)
        say(&told->failed, "cannot write %s", path);
    else
        say(&told->done, "wrote %s, a draft for a person to confirm. Its values were taken from the data, so it is not private: make each "
            "list what may "
            "occur, fill in \"confirmed\", and give it with --codebook", path);
    return s == CONFLICT ? INVALID : s;
}

status privacy_ledger_verify(const char *ledger, str head, struct privacy_told *told)
{
    struct arena a = arena_reserve(memory);
    struct ledger_book b;
    str text;
    ptrdiff_t torn;
    struct said cut = { 0 };
    status s = ledger_look(&a, ledger, head, &text, &torn, &b, &told->failed);
    if (s == OK && torn)
        say(&cut, "behind the last line stand %lld bytes of one that a crash cut off; the next release takes them away", (long long)torn);
    note(told, cut.at);
    if (s == OK)
        say(&told->done, "%s: %lld lines, each bound to the one before. Head: %.*s", ledger, (long long)b.lines,
            SHOWN(ledger_head_text(&a, &b)));
    return s;
}

static void show_account(FILE *to, struct arena a, const struct ledger_book *b, const struct ledger_account *x)
{
    struct ledger_ask ask = { .class = x->suppression && !x->noise ? LEDGER_SUPPRESSION : LEDGER_NOISE, .scope = x->scope,
                              .year = x->year };
    uint64_t left;
    const struct ledger_spend *before;
    ledger_admit(b, &ask, &left, &before);
    str spent = nano_text(&a, x->spent), rest = nano_text(&a, left);
    fprintf(to, "%.*s, year %.*s: spent %.*s, left %.*s%s\n", SHOWN(x->scope), SHOWN(x->year), SHOWN(spent), SHOWN(rest),
            x->suppression ? ", protected by suppression" : "");
}

status privacy_ledger_show(const char *ledger, str head, FILE *to, struct privacy_told *told)
{
    struct arena a = arena_reserve(memory);
    struct ledger_book b;
    str text;
    ptrdiff_t torn;
    status s = ledger_look(&a, ledger, head, &text, &torn, &b, &told->failed);
    if (s != OK)
        return s;
    fprintf(to, "%.*s\n", (int)text.len, text.at);
    fprintf(to, "cap of each scope and year: rho %.*s\n", SHOWN(nano_text(&a, b.cap)));
    for (ptrdiff_t i = 0; i < b.account_count; i++)
        show_account(to, a, &b, &b.accounts[i]);
    return OK;
}

status privacy_ledger_cap(const struct privacy_ask *ask, struct privacy_told *told)
{
    struct work w = { .ask = ask, .told = told, .arena = arena_reserve(memory) };
    struct privacy_ask words = *ask;
    words.rho = ask->cap;
    w.ask = &words;
    if (!read_words(&w))
        return INVALID;
    struct ledger_how how = { ask->ledger, w.cap, ask->head };
    struct said torn = { 0 };
    struct ledger_book b;
    str text;
    ptrdiff_t cut;
    bool made;
    status s = ledger_look(&w.arena, ask->ledger, ask->head, &text, &cut, &b, &told->failed);
    if (s == OK)
        s = ledger_open(&w.arena, &how, &w.ledger, &made, &told->failed, &torn);
    note(told, torn.at);
    if (s != OK)
        return s;
    s = ledger_append(&w.ledger, ledger_line_cap(&w.ledger.book, os_now(), w.scope, w.year, w.cap), "the cap is as before", &told->failed);
    if (s == OK)
        say(&told->done, "%s: %.*s, year %.*s may spend rho %.*s. Head: %.*s", ask->ledger, SHOWN(w.scope), SHOWN(w.year),
            SHOWN(nano_text(&w.arena, w.cap)),
            SHOWN(ledger_head_text(&w.arena, &w.ledger.book)));
    ledger_close(&w.ledger);
    return s;
}
