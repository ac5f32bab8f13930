/* `node`: admits a further machine to a house whose databases are a server's, and says which there are. */
#include "app/node.h"
#include "app/terminal.h"
#include "common/house/house.h"
#include "lib/os/os.h"
#include "staff/account/account.h"
#include "vault/keeper_main.h"
#include "vault/keeper_store.h"
#include "vault/node.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, NODE_BYTES = 512 << 20, SMALL_FILE = 16384 };

/* ---- which there are ---- */

static const char *state_word(enum person_state state)
{
    return state == PERSON_ACTIVE ? "admitted" : state == PERSON_REVOKED ? "taken out" : "waits for two who vouch";
}

static bool open_keys(const struct folder *f, const struct db_right *rights, struct db **db)
{
    if (db_open(f->keys, (struct db_options){ .rights = rights, .busy_ms = BUSY_MS }, db) == OK)
        return true;
    complain("the keys database of %s cannot be opened; does its server run?", f->path);
    return false;
}

static int list(const struct folder *f)
{
    static const struct db_right rights[] = { { "node", DB_READ }, { "principal", DB_READ }, { "loghead", DB_READ }, { NULL, 0 } };
    struct arena a = arena_reserve(1 << 16);
    struct node nodes[NODES];
    struct db *db;
    int n = 0;
    if (!open_keys(f, rights, &db))
        return EXIT_FAILED;
    status s = node_list(db, &a, nodes, &n);
    for (int i = 0; s == OK && i < n; i++) {
        struct node_standing at;
        s = node_standing(db, nodes[i].name, &at);
        if (s == OK)
            printf("%2u  %-32.*s  %s, %llu entries\n", nodes[i].number, (int)nodes[i].name.len, nodes[i].name.at, state_word(at.state),
                   (unsigned long long)at.entries);
    }
    db_close(db);
    if (s != OK)
        complain("the nodes of %s cannot be read; start it once with this version first", f->path);
    return s == OK ? EXIT_DONE : EXIT_FAILED;
}

/* ---- one more ---- */

struct adding {
    struct folder house;
    struct arena a;
    const char *name, *to;
    str anchor, secret;
    uint8_t stretched[KEY];
    struct node_made made;
};

static bool read_house(struct adding *x)
{
    struct secret_head head;
    str passphrase;
    if (file_read(&x->a, x->house.anchor, SMALL_FILE, &x->anchor) != OK || file_read(&x->a, x->house.secret, SMALL_FILE, &x->secret) != OK ||
        !secret_head_read(x->secret, &head)) {
        complain("%s holds no house secret; is it a data folder made by init or demo?", x->house.path);
        return false;
    }
    if (head.version == SECRET_DEMO)
        return true;
    if (terminal_secret(&x->a, "House passphrase: ", &passphrase) && utf8_nfkc(&x->a, passphrase, &passphrase) &&
        stretch(passphrase, head.salt, head.cost, x->stretched) == OK)
        return true;
    complain("no passphrase was read");
    return false;
}

/* It stands among the accounts, where those who certify look: two compare the digits there, and one ends it there. */
static status put_account(struct adding *x, struct db *content)
{
    struct house house;
    struct account a = { .id = x->made.principal, .name = str_of(x->name), .role = lit("node"), .state = lit("pending"), .made_day = day_of(os_now()) };
    status s = house_load(content, &x->a, &house);
    if (s == OK && !house_id(&house, HOUSE_OFFICE_ID, &a.office))
        s = FAULT;
    return s == OK ? account_add(content, &a) : s;
}

static const char *words_of(status s)
{
    switch (s) {
    case NOT_FOUND: return "this is not the house passphrase; nothing was done";
    case CONFLICT:  return "that name is taken, or was used before: choose another; nothing was done";
    case LIMIT:     return "this house has as many nodes as there are numbers for; nothing was done";
    case INVALID:   return "anchor and secret of this folder are not good; nothing was done";
    default:        return "the databases could not be written; nothing was done";
    }
}

/* Keys first: an account without keys would wait for ever, and keys without an account open nothing. */
static bool put_rows(struct adding *x)
{
    static const struct db_right rights[] = { { "account", DB_READ | DB_INSERT }, { "setting", DB_READ }, { NULL, 0 } };
    struct db *keys, *content;
    struct account there;
    if (!open_keys(&x->house, NULL, &keys))
        return false;
    status s = db_migrate(keys, migrations_keys);
    if (s == OK)
        s = db_open(x->house.content, (struct db_options){ .rights = rights, .busy_ms = BUSY_MS }, &content);
    if (s != OK) {
        db_close(keys);
        complain("%s", words_of(FAULT));
        return false;
    }
    s = account_find_name(content, &x->a, str_of(x->name), &there);
    s = s == OK ? CONFLICT : s == NOT_FOUND ? OK : s;
    if (s == OK)
        s = node_make(keys, x->anchor, x->secret, x->stretched, chance_system(), os_now(), str_of(x->name), &x->made);
    if (s == OK && put_account(x, content) != OK)
        complain("its keys were made, and its account was not: it can never be admitted; begin again with another name");
    else if (s == OK) {
        db_close(content);
        db_close(keys);
        return true;
    } else {
        complain("%s", words_of(s));
    }
    db_close(content);
    db_close(keys);
    return false;
}

static bool write_file(struct adding *x, const char *name, str bytes)
{
    str path = str_join(&x->a, str_join(&x->a, str_of(x->to), lit("/")), str_of(name));
    if (file_create(str_c(&x->a, path), bytes) == OK)
        return true;
    complain("cannot write %s/%s; mend that, and begin again with another name", x->to, name);
    return false;
}

/* What the other machine needs, and nothing that opens anything without the house passphrase. */
static bool write_folder(struct adding *x)
{
    str databases;
    if (file_read(&x->a, x->house.databases, SMALL_FILE, &databases) != OK) {
        complain("cannot read %s", x->house.databases);
        return false;
    }
    return write_file(x, "databases", databases) && write_file(x, KEEPER_ANCHOR, x->anchor) && write_file(x, KEEPER_SECRET, x->secret) &&
           write_file(x, "node", str_join(&x->a, str_of(x->name), lit("\n")));
}

static int add(struct adding *x)
{
    x->a = arena_reserve(NODE_BYTES);
    if (!db_is_url(x->house.content)) {
        complain("%s keeps its databases in files, which one machine has; a further node needs PostgreSQL (docs/postgres.md)", x->house.path);
        return EXIT_FAILED;
    }
    if (!folder_node_fits(str_of(x->name)) || !account_name_fits(str_of(x->name)) || !strcmp(x->name, FOLDER_FIRST)) {
        complain("a node's name has 2 to 32 of a-z, 0-9 and -, begins with a letter, and is not \"" FOLDER_FIRST "\"");
        return EXIT_FAILED;
    }
    if (mkdir(x->to, 0700)) {
        complain("cannot make the folder %s (%s); it must be a new one", x->to, strerror(errno));
        return EXIT_FAILED;
    }
    bool good = read_house(x) && put_rows(x);
    if (!good)
        rmdir(x->to);
    good = good && write_folder(x);
    wipe(x->stretched, KEY);
    wipe((char *)(uintptr_t)x->secret.at, x->secret.len);
    if (!good)
        return EXIT_FAILED;
    printf("Node %u, %s. Fingerprint of its keys:\n  ", x->made.number, x->name);
    for (int i = 0; i < 24; i += 4)
        printf("%.4s%s", x->made.fingerprint + i, i < 20 ? " " : "\n");
    printf("Next: two people who vouch compare these digits at /people (its account is called %s). Then bring the folder %s to the other\n"
           "machine, and there: plainsight serve FOLDER, then plainsight unlock FOLDER\n", x->name, x->to);
    return EXIT_DONE;
}

int command_node(int argc, char **argv)
{
    static struct adding x; /* large */
    struct option options[] = { { "name", true, NULL }, { "to", true, NULL }, { NULL, false, NULL } };
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 2 || !folder_name(argv[1], &x.house))
        return EXIT_USAGE;
    os_no_dump();
    x.name = option_value(options, "name");
    x.to = option_value(options, "to");
    if (!strcmp(argv[2], "list") && !x.name && !x.to)
        return list(&x.house);
    return !strcmp(argv[2], "add") && x.name && x.to ? add(&x) : EXIT_USAGE;
}

/* ---- may it serve ---- */

static const char *refusal(struct db *db, const struct folder *f, uint32_t *number)
{
    struct node_standing at = { .number = LOG_NUMBER };
    status s = folder_is_first(f) ? OK : node_standing(db, str_of(f->node_name), &at);
    if (s == NOT_FOUND)
        return "this house has no node of that name";
    if (s != OK)
        return "the nodes of this house cannot be read";
    if (!folder_is_first(f) && at.state != PERSON_ACTIVE)
        return at.state == PERSON_REVOKED ? "this node was taken out of the house" : "this node is not admitted yet: two people who vouch must sign for it at /people";
    *number = at.number;
    s = db_claim(db, (int)at.number);
    return s == CONFLICT ? "another program serves the house as this node, on this machine or another" : s == OK ? NULL : "the keys database does not answer";
}

bool node_may_serve(const struct folder *f, uint32_t *number)
{
    static const struct db_right rights[] = { { "node", DB_READ }, { "principal", DB_READ }, { "loghead", DB_READ }, { NULL, 0 } };
    struct db *db;
    *number = LOG_NUMBER;
    if (!db_is_url(f->keys)) {
        if (!folder_is_first(f))
            complain("%s: a further node needs a house on PostgreSQL; this one keeps its databases in files (docs/postgres.md)", f->node_name);
        return folder_is_first(f);
    }
    if (!open_keys(f, rights, &db))
        return false;
    const char *why = refusal(db, f, number);
    db_close(db); /* the keeper claims it for itself */
    if (why)
        complain("%s: %s; nothing was started", f->node_name, why);
    return !why;
}
