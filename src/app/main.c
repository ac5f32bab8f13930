#include "app/command.h"
#include "lib/crypt/crypt.h"

/* clang-format off */
static const struct {
    const char *name;
    command *run;
    const char *usage, *about;
} commands[] = {
    { "init",   command_init,   "init DIR [--answers FILE.json] [--packs FOLDER]", "makes a data folder: keys, first accounts, recovery shares" },
    { "serve",  command_serve,  "serve DIR [--listen ADDR:PORT] [--listen-staff ADDR:PORT] [--listen-metrics ADDR:PORT] [--secure] [--no-sandbox]",
      "runs the program on a data folder" },
    { "unlock", command_unlock, "unlock DIR", "opens a started house with the house passphrase" },
    { "demo",   command_demo,   "demo DIR [--tips N] [--cases N] [--seed S] [--packs FOLDER]", "makes a data folder with two invented years of work" },
    { "pack",   command_pack,   "pack load DIR PACK_FOLDER | pack confirm DIR FILE KEY --source TEXT",
      "loads the data of a country; notes that a person has checked a row" },
    { "audit",  command_audit,  "audit DIR export FILE [--log N] | audit DIR mail | audit DIR witness FILE | audit verify FILE [--node KEY] [--seen CHECKPOINTS]...",
      "writes and proves the log, sends a checkpoint of it, takes one that a witness kept" },
    { "node", command_node, "node DIR add --name NAME --to FOLDER | node DIR list", "adds a further machine to a house on PostgreSQL; says which there are" },
    { "backup", command_backup, "backup DIR --to FOLDER [--recipient AGE1...]...", "copies a served house into three sealed sets" },
    { "restore", command_restore, "restore DIR --content FILE --keys FILE --log FILE --identity KEYFILE [--seen FILE]... "
      "[--answers FILE.json] [--accept-older]", "brings a house back from three sets" },
    { "key", command_key, "key ceremony DIR [--new NAME --role ROLE [--office CODE]]... [--certify NAME]... [--give NAME "
      "[--office CODE | --case ID | --log]]... --list FILE [--shares FILE] [--answers FILE.json] | key bring DIR FILE",
      "gives keys by the root key's shares, on a copy; brings what it gave to the house" },
    { "link", command_link, "link dedupe FILE.csv [OPTION]... | link match A.csv B.csv [OPTION]... | link texts FILE.tsv --id COLUMN --text COLUMN [OPTION]...\n"
      "        | link extract FILE --id COLUMN --text COLUMN [--country XX] [--out FINDINGS.csv]\n"
      "        options: [--id COLUMN] [--settings FILE.json] [--out PAIRS.csv] [--clusters FILE.csv] [--model FILE.json] [--report FILE.html] [--threads N]\n"
      "        [--block N] [--keep P] [--join P] [--alike P]", "finds records that are one person, texts that are one text, and what texts name" },
    { "release", command_release, "release tables FILE.csv --ledger FILE [--codebook FILE.json --tables FILE.json --rho RHO --out DIR] [--cap RHO] [--scope NAME] "
      "[--year YEAR] [--name NAME] [--head LINE:HASH] [--sign KEY]... | release microdata FILE.csv --ledger FILE [--codebook FILE.json --rho RHO --out OUT.csv] "
      "[--dial T] [--workload FILE] [the same] | release suppress FILE.csv --ledger FILE [--codebook FILE.json --tables FILE.json --k K --out DIR] [--round B] [the same] | "
      "release verify DIR [--ledger FILE] | release key FILE | release ledger show FILE [--head LINE:HASH] | "
      "release ledger verify FILE [--head LINE:HASH] | release ledger cap FILE --scope NAME --cap RHO [--year YEAR] [--head LINE:HASH]",
      "publishes tables of people with noise, or exact ones with holes, or invented rows, as a ledger allows" },
    { "doctor", command_doctor, "doctor DIR", "says what is missing or weak on this machine" },
    { "routes", command_routes, "routes", "prints every page with the permission it needs" },
    { "openapi", command_openapi, "openapi DIR [--staff]", "prints the description of the interface for machines (OpenAPI)" },
    { "role",   command_role,   NULL, NULL }, /* started by serve, not by people */
};
/* clang-format on */

static int help(FILE *to)
{
    fputs("plainsight: from the first tip to an answer\n\nusage:\n", to);
    for (ptrdiff_t i = 0; i < countof(commands); i++)
        if (commands[i].usage)
            fprintf(to, "  plainsight %s\n        %s\n", commands[i].usage, commands[i].about);
    fputs("\nEach command has a manual page: man plainsight\n", to);
    return to == stdout ? EXIT_DONE : EXIT_USAGE;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help"))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    crypt_start();
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
        return help(argc < 2 ? stderr : stdout);
    if (!strcmp(argv[1], "--version")) {
        puts("plainsight " PLAINSIGHT_VERSION);
        return EXIT_DONE;
    }
    for (ptrdiff_t i = 0; i < countof(commands); i++) {
        if (strcmp(argv[1], commands[i].name))
            continue;
        if (commands[i].usage && asks_help(argc - 1, argv + 1)) {
            printf("usage: plainsight %s\n%s\n", commands[i].usage, commands[i].about);
            return EXIT_DONE;
        }
        int code = commands[i].run(argc - 1, argv + 1);
        if (code == EXIT_USAGE && commands[i].usage)
            fprintf(stderr, "usage: plainsight %s\n", commands[i].usage);
        return code;
    }
    complain("no such command: %s", argv[1]);
    return help(stderr);
}
