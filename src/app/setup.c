#include "app/setup.h"
#include "common/pack/pack.h"
#include "directory/office/office.h"
#include "lib/os/os.h"
#include "lib/store/copy.h"
#include "staff/account/account.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat s;
    return !stat(path, &s) && S_ISDIR(s.st_mode);
}

const char *setup_packs(struct arena *a, const char *given)
{
    if (given)
        return is_folder(given) ? given : NULL;
    char *self = arena_new(a, char, PATH_MAX);
    ssize_t n = readlink("/proc/self/exe", self, PATH_MAX - 1);
    str path = { self, n < 0 ? 0 : n };
    while (path.len && path.at[path.len - 1] != '/')
        path.len--;
    const char *beside = str_c(a, str_join(a, path, lit("../packs"))); /* build/plainsight in a checkout */
    if (is_folder(beside))
        return beside;
    return is_folder(PLAINSIGHT_PACKS) ? PLAINSIGHT_PACKS : NULL;
}

id setup_office(const struct setup *s)
{
    id i = { 0 };
    (void)id_read(s->values[HOUSE_OFFICE_ID], &i);
    return i;
}

static const char *people_fault(struct arena *a, const struct setup *s)
{
    str shown;
    if (s->people_count < 2 || strcmp(s->people[0].role->code, "administrator") || strcmp(s->people[1].role->code, "supervisor"))
        return "people: the first must be an administrator, the second a supervisor: they vouch for everybody else";
    for (ptrdiff_t i = 0; i < s->people_count; i++) {
        const struct setup_person *p = &s->people[i];
        if (!account_name_fits(p->name))
            return "people: a name has 2 to 64 lowercase letters, digits, dots, dashes or underscores, with a letter first";
        if (!utf8_nfkc(a, p->passphrase, &shown) || utf8_length(shown) < 15 || shown.len > 1024)
            return "people: a passphrase has 15 characters or more";
        for (ptrdiff_t k = 0; k < i; k++)
            if (str_equal(s->people[k].name, p->name))
                return "people: two have the same name";
    }
    return NULL;
}

const char *setup_fault(struct arena *a, struct setup *s)
{
    for (int i = 0; i < HOUSE_SETTINGS; i++) {
        const char *fault = s->values[i].len ? house_fault((enum house_setting)i, s->values[i]) : NULL;
        struct out o = { .arena = a };
        if (!fault)
            continue;
        out_str(&o, house_rules[i].name);
        out_str(&o, lit(": "));
        out_str(&o, str_of(fault));
        return str_c(a, out_view(&o));
    }
    static const enum house_setting needed[] = { HOUSE_LINE_NAME, HOUSE_LINE_IS_POLICE, HOUSE_LINE_SHARES_IMMIGRATION, HOUSE_OFFICE_NAME };
    for (ptrdiff_t i = 0; i < countof(needed); i++)
        if (!s->values[needed[i]].len)
            return str_c(a, str_join(a, house_rules[needed[i]].name, lit(": must be answered; the form is not served without it")));
    if (s->shares < 1 || s->shares > SHARES_MAX || s->need < 1 || s->need > s->shares)
        return "shares, need: for example 5 and 3; 1 and 1 for the smallest group";
    str shown;
    if (!s->demo && (!utf8_nfkc(a, s->house_passphrase, &shown) || utf8_length(shown) < 15))
        return "house_passphrase: 15 characters or more";
    if (!s->packs)
        return "packs: the folder of country data was not found; name it with --packs";
    return people_fault(a, s);
}

/* ---- the steps ---- */

static bool failed(const char *step, const char *where)
{
    complain("%s: %s failed", where, step);
    return false;
}

static bool is_made(const struct folder *f)
{
    return !access(f->secret, F_OK);
}

/* What an interrupted try left behind. */
static void clear(const struct folder *f)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char path[4200];
    unlink(f->anchor);
    unlink(f->databases);
    if (db_is_url(f->content))
        return;
    for (ptrdiff_t i = 0; i < countof(tails); i++) {
        snprintf(path, sizeof path, "%s%s", f->content, tails[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s%s", f->keys, tails[i]);
        unlink(path);
    }
}

/* A database of a server may be somebody's already: what is in it is never touched. */
static bool open_new(struct arena *a, const char *place, struct db **db)
{
    table_names tables;
    if (db_open(place, (struct db_options){ .create = true }, db) != OK)
        return false;
    if (db_tables(*db, a, &tables) == OK && !tables[0])
        return true;
    complain("a database of --db holds tables already. Drop it, when it is what an earlier try left (DROP DATABASE), or name another");
    db_close(*db);
    *db = NULL;
    return false;
}

static bool make_folder(const struct folder *f)
{
    if (mkdir(f->path, 0700) && errno != EEXIST)
        return failed("making the folder", f->path);
    if (is_made(f)) {
        complain("%s is a house already; nothing was changed", f->path);
        return false;
    }
    clear(f);
    if (chmod(f->path, 0700))
        return failed("closing the folder to others", f->path);
    return folder_keep(f) || failed("writing where its databases are", f->path);
}

static bool make_keys(struct arena *a, const struct folder *f, const struct setup *s, int64_t now, struct house_made *made)
{
    struct plan_person *people = arena_new(a, struct plan_person, s->people_count);
    struct chance chance = chance_system();
    struct db *db;
    for (ptrdiff_t i = 0; i < s->people_count; i++) {
        const struct role *role = s->people[i].role;
        people[i] = (struct plan_person){ s->people[i].name, { 0 }, role->class, role->powers, 0 };
        if (!utf8_nfkc(a, s->people[i].passphrase, &people[i].passphrase))
            return failed("reading a passphrase", f->path);
        people[i].rings = role->rings | (wall_allows(role->class, role->powers, SERVICE) ? 1u << SERVICE : 0);
    }
    str house_passphrase = { 0 };
    if (!s->demo && !utf8_nfkc(a, s->house_passphrase, &house_passphrase)) /* as unlock will read it */
        return failed("reading the house passphrase", f->path);
    struct house_plan plan = { .demo = s->demo, .no_escrow = s->no_escrow, .house_passphrase = house_passphrase,
                               .secret = SECRET_FULL, .cost = s->cost, .shares = s->shares, .need = s->need,
                               .office = setup_office(s), .people = people, .people_count = s->people_count };
    if (!open_new(a, f->keys, &db))
        return failed("making the keys database", f->path);
    status made_well = db_migrate(db, migrations_keys);
    if (made_well == OK)
        made_well = ceremony_make(db, &plan, &chance, now, made);
    db_close(db);
    return made_well == OK || failed("making the keys", f->path);
}

static bool load_pack(struct arena *a, struct db *db, const char *packs, str code, int64_t now)
{
    struct pack_problems problems = { 0 };
    str folder = str_join(a, str_join(a, str_of(packs), lit("/")), code);
    status s = pack_load(db, a, folder, day_of(now), &problems);
    for (ptrdiff_t i = 0; i < problems.len; i++)
        complain("%.*s:%lld: %.*s", (int)problems.at[i].file.len, problems.at[i].file.at, (long long)problems.at[i].line,
                 (int)problems.at[i].message.len, problems.at[i].message.at);
    return s == OK || failed("loading a pack", str_c(a, folder));
}

static bool keep_settings(struct arena *a, struct db *db, const struct setup *s, id install, int64_t now)
{
    for (int i = 0; i < HOUSE_SETTINGS; i++) {
        str value = i == HOUSE_INSTALL_ID ? id_text(a, install) : i == HOUSE_DEMO ? (s->demo ? lit("yes") : lit("no")) : s->values[i];
        if (value.len && house_set(db, a, house_rules[i].name, value, day_of(now)) != OK)
            return failed("keeping a setting", str_c(a, house_rules[i].name));
    }
    return true;
}

static bool add_account(struct db *db, id who, str name, const struct role *role, id office, int64_t now)
{
    struct account a = { .id = who, .office = office, .name = name, .role = str_of(role->code), .state = lit("active"),
                         .made_day = day_of(now) };
    return account_add(db, &a) == OK || failed("adding an account", "content.db");
}

static bool add_office(struct db *db, const struct setup *s, int64_t now)
{
    struct office o = { .id = setup_office(s), .code = lit("MAIN"), .name = s->values[HOUSE_OFFICE_NAME], .kind = lit("tip_line"),
                        .made_day = day_of(now) };
    return office_add(db, &o) == OK || failed("adding the office", "content.db");
}

static bool make_content(struct arena *a, const struct folder *f, const struct setup *s, int64_t now, const struct house_made *made,
                         struct db **content)
{
    str country = s->values[HOUSE_COUNTRY_PACK];
    if (!open_new(a, f->content, content) || db_migrate(*content, migrations_content) != OK)
        return failed("making the content database", f->path);
    if (!load_pack(a, *content, s->packs, lit("int"), now))
        return false;
    if (country.len && !str_equal(country, lit("int")) && !load_pack(a, *content, s->packs, country, now))
        return false;
    if (!add_office(*content, s, now))
        return false;
    for (ptrdiff_t i = 0; i < s->people_count; i++)
        if (!add_account(*content, made->people[i].principal, s->people[i].name, s->people[i].role, setup_office(s), now))
            return false;
    return add_account(*content, made->envelope_principal, lit("envelope"), role_find(lit("envelope")), setup_office(s), now)
        && keep_settings(a, *content, s, made->install, now);
}

static bool write_files(const struct folder *f, const struct house_made *made)
{
    if (file_create(f->anchor, (str){ (const char *)made->anchor, ANCHOR }) != OK)
        return failed("writing the anchor", f->path);
    return file_create(f->secret, (str){ (const char *)made->secret, SECRET_FILE }) == OK || failed("writing the house secret", f->path);
}

status setup_make(struct arena *a, const struct folder *f, const struct setup *s, int64_t now, struct house_made *made,
                  struct db **content)
{
    *content = NULL;
    bool good = make_folder(f) && make_keys(a, f, s, now, made) && make_content(a, f, s, now, made, content) && write_files(f, made);
    if (!good && *content) {
        db_close(*content);
        *content = NULL;
    }
    return good ? OK : FAULT;
}
