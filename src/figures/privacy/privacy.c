#include "figures/privacy/work.h"
#include "lib/os/os.h"
#include <errno.h>

static bool read_tables(struct work *w)
{
    struct said *failed = &w->told->failed;
    return work_text(w, w->ask->tables, TABLES_BYTES, &w->tables_text)
           && tables_read(&w->arena, w->ask->tables, w->tables_text, &w->book, &w->tables, failed)
           && tables_plan(&w->tables, w->rho, failed);
}

static str terms_of_tables(struct work *w)
{
    return tables_terms(&w->arena, &w->tables);
}

static int64_t bytes_of_tables(struct work *w)
{
    return tables_bytes_most(&w->book, &w->tables) + page_tables_bytes(&w->book, &w->tables);
}

static void make_tables(struct work *w, struct release *r, struct release_files *files)
{
    int64_t **noisy = arena_new(&w->arena, int64_t *, w->tables.len);
    for (ptrdiff_t i = 0; i < w->tables.len; i++)
        noisy[i] = arena_new(&w->arena, int64_t, w->tables.at[i].cells);
    tables_measure(r, &w->rows, &w->tables, noisy);
    release_end(r);
    rows_end(&w->rows);
    /* From here on there are no records: the mapping is gone. */
    struct table_fit *fit = arena_new(&w->arena, struct table_fit, w->tables.len);
    struct table_tidy *tidy = arena_new(&w->arena, struct table_tidy, w->tables.len);
    tables_fit(&w->arena, &w->tables, noisy, fit);
    tables_tidy(&w->arena, &w->book, &w->tables, fit, tidy);
    tables_files(&w->arena, &w->book, &w->tables, noisy, fit, tidy, files);
    struct page_terms terms = work_terms(w, r);
    files->at[files->len++] = (struct release_file){ lit(PAGE_NAME), page_of_tables(&w->arena, &terms, &w->tables, fit, tidy) };
}

status privacy_tables(const struct privacy_ask *ask, struct privacy_told *told)
{
    static const struct work_kind kind = { "tables", read_tables, terms_of_tables, bytes_of_tables, make_tables, "tables" };
    struct work w = { .ask = ask, .told = told, .arena = arena_reserve(work_memory) };
    return work_run(&w, &kind, ask->out);
}

status privacy_draft(const char *data, struct privacy_told *told)
{
    struct work w = { .told = told, .arena = arena_reserve(2 * work_memory) };
    str text, draft;
    if (!work_text(&w, data, ROWS_BYTES_MOST, &text) || !codebook_draft(&w.arena, data, rows_unmarked(text), &draft, &told->failed))
        return INVALID;
    const char *path = str_c(&w.arena, str_join(&w.arena, str_of(data), lit(".codebook.json")));
    status s = file_create(path, draft);
    if (s == CONFLICT)
        say(&told->failed, "%s is there already: confirm it, and give it with --codebook", path);
    else if (s != OK)
        say(&told->failed, "cannot write %s: %s", path, strerror(errno));
    else
        say(&told->done, "wrote %s, a draft for a person to confirm. Its values were taken from the data, so it is not private: make each "
            "list what may "
            "occur, fill in \"confirmed\", and give it with --codebook", path);
    return s == CONFLICT ? INVALID : s;
}

status privacy_ledger_verify(const char *ledger, str head, struct privacy_told *told)
{
    struct arena a = arena_reserve(work_memory);
    struct ledger_book b;
    str text;
    ptrdiff_t torn;
    struct said cut = { 0 };
    status s = ledger_look(&a, ledger, head, &text, &torn, &b, &told->failed);
    if (s == OK && torn)
        say(&cut, "behind the last line stand %lld bytes of one that a crash cut off; the next release takes them away", (long long)torn);
    work_note(told, cut.at);
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
    struct arena a = arena_reserve(work_memory);
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
    struct work w = { .ask = ask, .told = told, .arena = arena_reserve(work_memory) };
    struct privacy_ask words = *ask;
    words.rho = ask->cap;
    w.ask = &words;
    if (!work_words(&w, "tables"))
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
    work_note(told, torn.at);
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
