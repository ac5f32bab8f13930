/* `key`: the root ceremony on a copy of the house, and its list brought to the house itself. */
#include "app/key.h"
#include "care/file/file.h"
#include "casework/casefile/casefile.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "staff/account/account.h"
#include "staff/role/role.h"
#include "vault/keeper_store.h"
#include "vault/recovery.h"

enum { LIST_MOST = 1 << 30, BUSY_MS = 2000 };

static const struct db_right content_rights[] = { { "account", DB_READ | DB_INSERT }, { "office", DB_READ }, { "casefile", DB_READ },
    { "case_person", DB_READ | DB_INSERT | DB_UPDATE }, { "care_file", DB_READ }, { "caseload", DB_READ | DB_INSERT }, { NULL, 0 } };

static bool open_up_to_date(const char *path, struct migrations m, const struct db_right *rights, struct db **out)
{
    struct db *db;
    if (db_open(path, (struct db_options){ .busy_ms = BUSY_MS }, &db) != OK)
        return false;
    status s = db_migrate(db, m);
    db_close(db);
    return s == OK && db_open(path, (struct db_options){ .rights = rights, .busy_ms = BUSY_MS }, out) == OK;
}

status key_put_on(struct arena *a, struct db *content, id scope, id who, int64_t today)
{
    struct casefile found;
    id holders[HOLDERS_MOST];
    ptrdiff_t n = 0;
    status s = casefile_find_mine(content, a, scope, who, &found);
    if (s != NOT_FOUND)
        return s; /* on it already */
    s = casefile_find(content, a, scope, &found);
    if (s == OK)
        return casefile_person_add(content, scope, who, lit("member"), today);
    if (s == NOT_FOUND)
        s = caseload_list(content, scope, holders, &n);
    return s == OK && n ? caseload_add(content, who, scope) : s;
}

/* On a server the folder's lock says nothing of other machines: each node has claimed its number while it serves. */
static bool nobody_serves(const struct folder *f)
{
    static const struct db_right rights[] = { { "node", DB_READ }, { NULL, 0 } };
    struct db *db;
    status s = OK;
    if (!db_is_url(f->keys) || db_open(f->keys, (struct db_options){ .rights = rights, .busy_ms = BUSY_MS }, &db) != OK)
        return true; /* that it does not open is told below */
    for (int number = 1; s == OK && number <= NODES; number++)
        s = db_claim(db, number);
    db_close(db);
    return s != CONFLICT;
}

bool key_house_open(struct arena *a, const struct folder *f, struct key_house *out)
{
    *out = (struct key_house){ 0 };
    status s = folder_lock(f->lock);
    if (s != OK) {
        complain(s == CONFLICT ? "%s is being served; stop it first" : "cannot open %s; is it a data folder?", f->path);
        return false;
    }
    if (!nobody_serves(f)) {
        complain("a node of this house is being served; stop all of them first");
        return false;
    }
    if (file_read(a, f->anchor, ANCHOR, &out->anchor) == OK && file_read(a, f->secret, SECRET_FILE, &out->secret) == OK
        && open_up_to_date(f->keys, migrations_keys, keeper_rights, &out->keys)
        && open_up_to_date(f->content, migrations_content, content_rights, &out->content))
        return true;
    if (db_is_url(f->content))
        complain("the databases named in %s cannot be opened, or are of another version; does their server run?", f->databases);
    else
        complain("%s is not a whole data folder of this version", f->path);
    key_house_close(out);
    return false;
}

void key_house_close(struct key_house *h)
{
    if (h->content)
        db_close(h->content);
    if (h->keys)
        db_close(h->keys);
    wipe((char *)(uintptr_t)h->secret.at, h->secret.len);
}

/* ---- bring ---- */

struct bringing {
    struct arena *a;
    struct db *content;
    int64_t today;
    int made;
};

/* "case SCOPE ACCOUNT" */
static status put_on_case(struct bringing *b, str line)
{
    str word[3] = { { 0 } };
    id scope, who;
    for (int i = 0; i < 3; i++)
        if (!str_split(&line, ' ', &word[i]))
            return INVALID;
    return id_read(word[1], &scope) && id_read(word[2], &who) ? key_put_on(b->a, b->content, scope, who, b->today) : INVALID;
}

/* "account ID OFFICE ROLE NAME": of somebody whom root made. Again when the second database failed: it stands there already. */
static status take_note(void *with, str line)
{
    struct bringing *b = with;
    if (str_starts(line, lit("case ")))
        return put_on_case(b, line);
    struct account account = { .state = lit("active"), .made_day = b->today }, there;
    str word[5] = { { 0 } };
    for (int i = 0; i < 5; i++)
        if (!str_split(&line, ' ', &word[i]))
            return INVALID;
    account.role = word[3];
    account.name = word[4];
    if (!str_equal(word[0], lit("account")) || !id_read(word[1], &account.id) || !id_read(word[2], &account.office) || !role_find(account.role) || !account_name_fits(account.name))
        return INVALID;
    b->made++;
    status s = account_add(b->content, &account);
    if (s != CONFLICT)
        return s;
    return account_find(b->content, b->a, account.id, &there) == OK ? OK : CONFLICT;
}

static status bring_both(struct arena *a, const struct key_house *h, str list, struct recovery_brought *out, int *made)
{
    struct bringing b = { a, h->content, day_of(os_now()), 0 };
    status s = db_begin(h->keys);
    if (s != OK)
        return s;
    s = db_begin(h->content);
    if (s != OK)
        return db_end(h->keys, s);
    s = recovery_bring(h->keys, h->anchor, list, take_note, &b, out);
    s = db_end(h->content, s); /* first: an account without keys opens nothing, and the list can be brought again */
    *made = b.made;
    return db_end(h->keys, s);
}

static int bring(struct arena *a, const struct folder *f, const char *path)
{
    struct key_house h;
    struct recovery_brought out = { 0 };
    str list;
    int made = 0;
    if (file_read(a, path, LIST_MOST, &list) != OK) {
        complain("cannot read %s", path);
        return EXIT_FAILED;
    }
    if (!key_house_open(a, f, &h))
        return EXIT_FAILED;
    status s = bring_both(a, &h, list, &out, &made);
    key_house_close(&h);
    if (s != OK) {
        complain("%s", s == INVALID ? "this is no list of this house's root key, or it was changed on its way; nothing was done"
                     : s == CONFLICT ? "this list was brought before, or the house has changed since the copy it was made on; nothing was done. Hold the ceremony again on a newer copy"
                                     : "the databases could not be written; nothing was done");
        return EXIT_FAILED;
    }
    printf("Brought: %lld acts of the root key, %d new accounts.\n", (long long)out.acts, made);
    if (out.stale)
        printf("%lld key rings have turned since the copy: these keys open them from their next turn on, or after another ceremony on a newer copy.\n",
               (long long)out.stale);
    printf("Next: plainsight serve %s, then plainsight unlock %s. The log names each act then, and the pages of staff say so for 30 days.\n", f->path, f->path);
    return EXIT_DONE;
}

/* ---- the command line ---- */

static struct key_task *new_task(struct key_wish *w, enum key_task_kind kind, const char *name)
{
    if (w->count == KEY_TASKS)
        return NULL;
    w->tasks[w->count] = (struct key_task){ .kind = kind, .name = name };
    return &w->tasks[w->count++];
}

/* What has a value. --role, --office and --case are of the task before them. */
static bool take_value(struct key_wish *w, const char *word, const char *value)
{
    struct key_task *last = w->count ? &w->tasks[w->count - 1] : NULL;
    const struct {
        const char *word, **to;
    } values[] = { { "--shares", &w->shares },
                   { "--answers", &w->answers },
                   { "--list", &w->list },
                   { "--role", last && last->kind == KEY_NEW ? &last->role : NULL },
                   { "--office", last && last->kind != KEY_CERTIFY ? &last->office : NULL },
                   { "--case", last && last->kind == KEY_GIVE ? &last->one_case : NULL } };
    if (!strcmp(word, "--give"))
        return new_task(w, KEY_GIVE, value) != NULL;
    if (!strcmp(word, "--certify"))
        return new_task(w, KEY_CERTIFY, value) != NULL;
    if (!strcmp(word, "--new"))
        return new_task(w, KEY_NEW, value) != NULL;
    for (ptrdiff_t i = 0; i < countof(values); i++)
        if (!strcmp(word, values[i].word) && values[i].to) {
            *values[i].to = value;
            return true;
        }
    return false;
}

static bool read_wish(int argc, char **argv, struct key_wish *w)
{
    const char *dir = NULL;
    for (int i = 2; i < argc; i++) {
        if (!strcmp(argv[i], "--log") && w->count && w->tasks[w->count - 1].kind == KEY_GIVE)
            w->tasks[w->count - 1].log = true;
        else if (argv[i][0] != '-' && !dir)
            dir = argv[i];
        else if (i + 1 < argc && take_value(w, argv[i], argv[i + 1]))
            i++;
        else
            return false;
    }
    for (int i = 0; i < w->count; i++) {
        const struct key_task *t = &w->tasks[i];
        if ((t->kind == KEY_NEW && !t->role) || (t->kind == KEY_GIVE && (t->office != NULL) + (t->one_case != NULL) + t->log > 1))
            return false;
    }
    return dir && w->count && w->list && folder_name(dir, &w->house);
}

int command_key(int argc, char **argv)
{
    static struct key_wish w; /* large */
    struct arena a = arena_reserve((ptrdiff_t)4 << 30);
    os_no_dump();
    if (argc == 4 && !strcmp(argv[1], "bring") && argv[2][0] != '-' && folder_name(argv[2], &w.house))
        return bring(&a, &w.house, argv[3]);
    if (argc < 3 || strcmp(argv[1], "ceremony") || !read_wish(argc, argv, &w))
        return EXIT_USAGE;
    return key_ceremony(&a, &w);
}
