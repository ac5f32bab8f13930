/* `release`: public figures under a privacy budget. Works on files alone; no house is needed. */
#include "figures/privacy/privacy.h"
#include "app/command.h"
#include <signal.h>

static int told(const struct privacy_told *t, status s)
{
    for (int i = 0; i < t->notes; i++)
        complain("%s", t->note[i].at);
    if (s == OK && t->done.at[0])
        puts(t->done.at);
    if (s != OK)
        complain("%s", t->failed.at[0] ? t->failed.at : "it could not be done");
    return s == OK ? EXIT_DONE : EXIT_FAILED;
}

static str given(const struct option *options, const char *name)
{
    return str_of(option_value(options, name));
}

static struct privacy_ask ask_of(const struct option *options)
{
    return (struct privacy_ask){ .codebook = option_value(options, "codebook"), .tables = option_value(options, "tables"),
                                 .ledger = option_value(options, "ledger"),     .out = option_value(options, "out"),
                                 .rho = given(options, "rho"),                  .cap = given(options, "cap"),
                                 .scope = given(options, "scope"),              .year = given(options, "year"),
                                 .name = given(options, "name"),                .head = given(options, "head"),
                                 .dial = given(options, "dial"),                .k = given(options, "k"),
                                 .round = given(options, "round"),              .workload = option_value(options, "workload"),
                                 .tell = progress_tell };
}

/* What both commands ask for before they begin. */
static int began(const struct privacy_ask *ask, const char *data, struct privacy_told *t)
{
    if (!ask->ledger) {
        complain("release: --ledger FILE is required: nothing is published without a budget");
        return EXIT_USAGE;
    }
    if (ask->codebook)
        return EXIT_DONE;
    status s = privacy_draft(data, t);
    /* It is a failure all the same: no release was made. */
    return s == OK ? (complain("%s", t->done.at), EXIT_FAILED) : told(t, s);
}

static int microdata(struct privacy_ask ask, const char *data)
{
    struct privacy_told t = { 0 };
    ask.data = data;
    int code = began(&ask, data, &t);
    if (code != EXIT_DONE)
        return code;
    if (!ask.out || !ask.rho.len) {
        complain("release microdata: --rho and --out are required");
        return EXIT_USAGE;
    }
    status s = privacy_micro(&ask, &t);
    progress_end();
    return told(&t, s);
}

static int tables(struct privacy_ask ask, const char *data)
{
    struct privacy_told t = { 0 };
    ask.data = data;
    int code = began(&ask, data, &t);
    if (code != EXIT_DONE)
        return code;
    if (!ask.tables || !ask.out || !ask.rho.len) {
        complain("release tables: --tables, --rho and --out are required");
        return EXIT_USAGE;
    }
    return told(&t, privacy_tables(&ask, &t));
}

static int suppress(struct privacy_ask ask, const char *data)
{
    struct privacy_told t = { 0 };
    ask.data = data;
    int code = began(&ask, data, &t);
    if (code != EXIT_DONE)
        return code;
    if (!ask.tables || !ask.out || !ask.k.len || ask.rho.len) {
        complain("release suppress: --tables, --k and --out are required, and --rho is not for it");
        return EXIT_USAGE;
    }
    return told(&t, privacy_suppress(&ask, &t));
}

static int ledger(struct privacy_ask ask, const char *what, const char *path)
{
    struct privacy_told t = { 0 };
    ask.ledger = path;
    if (!strcmp(what, "show"))
        return told(&t, privacy_ledger_show(path, ask.head, stdout, &t));
    if (!strcmp(what, "verify"))
        return told(&t, privacy_ledger_verify(path, ask.head, &t));
    if (!strcmp(what, "cap") && ask.cap.len && ask.scope.len)
        return told(&t, privacy_ledger_cap(&ask, &t));
    return EXIT_USAGE;
}

static int verify(const struct privacy_ask *ask, const char *folder)
{
    struct privacy_told t = { 0 };
    return told(&t, privacy_verify(folder, ask->ledger, &t));
}

static int key(const char *path)
{
    struct privacy_told t = { 0 };
    return told(&t, privacy_key(path, &t));
}

/* --sign may stand twice, which the reader of options does not know: it is taken out before. Returns how many words are left, or -1. */
static int take_signs(int argc, char **argv, struct privacy_ask *ask)
{
    int kept = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--sign")) {
            argv[kept++] = argv[i];
            continue;
        }
        if (ask->signs == SIGNS_MOST || i + 1 == argc) {
            complain("release: --sign KEY stands at most twice");
            return -1;
        }
        ask->sign[ask->signs++] = argv[++i];
    }
    argv[kept] = NULL;
    return kept;
}

int command_release(int argc, char **argv)
{
    struct option options[] = { { "codebook", true, NULL }, { "tables", true, NULL }, { "ledger", true, NULL }, { "rho", true, NULL },
                                { "out", true, NULL },      { "cap", true, NULL },    { "scope", true, NULL },  { "year", true, NULL },
                                { "name", true, NULL },     { "head", true, NULL },   { "dial", true, NULL },
                                { "k", true, NULL },        { "round", true, NULL },  { "workload", true, NULL },
                                { NULL, false, NULL } };
    int rest;
    /* A file that may not grow is an error to be told, not a signal to die of. */
    signal(SIGXFSZ, SIG_IGN);
    struct privacy_ask ask = { 0 };
    argc = take_signs(argc, argv, &ask);
    if (argc < 0 || !options_read(argc, argv, options, &rest))
        return EXIT_USAGE;
    struct privacy_ask signs = ask;
    ask = ask_of(options);
    memcpy(ask.sign, signs.sign, sizeof ask.sign);
    ask.signs = signs.signs;
    if (rest == 2 && !strcmp(argv[1], "tables"))
        return tables(ask, argv[2]);
    if (rest == 2 && !strcmp(argv[1], "microdata"))
        return microdata(ask, argv[2]);
    if (rest == 2 && !strcmp(argv[1], "suppress"))
        return suppress(ask, argv[2]);
    if (rest == 2 && !strcmp(argv[1], "verify"))
        return verify(&ask, argv[2]);
    if (rest == 2 && !strcmp(argv[1], "key"))
        return key(argv[2]);
    if (rest == 3 && !strcmp(argv[1], "ledger"))
        return ledger(ask, argv[2], argv[3]);
    return EXIT_USAGE;
}
