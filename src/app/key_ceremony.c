/* The ceremony itself: shares until they give root, the house passphrase, then each task on the copy. */
#include "app/key.h"
#include "app/terminal.h"
#include "directory/office/office.h"
#include "lib/os/os.h"
#include "lib/web/json_in.h"
#include "staff/account/account.h"
#include "staff/role/role.h"
#include "vault/recovery.h"
#include <unistd.h>

enum { SMALL_FILE = 65536, SHARES_TYPED = 10 };

struct sitting {
    struct arena *a;
    const struct key_wish *wish;
    struct key_house house;
    struct recovery *root;
    const struct json_value *answers;
    uint8_t shares[SHARES_TYPED][SHARE];
    int count;
};

/* ---- shares ---- */

/* A line as init printed it: the number may stand before the letters. */
static bool read_share(str line, uint8_t to[SHARE])
{
    line = str_trim(line);
    ptrdiff_t from = line.len;
    while (from && line.at[from - 1] != ' ' && line.at[from - 1] != '\t')
        from--;
    return base32_read(str_part(line, from, line.len), to, SHARE);
}

/*
 * The newest share with any of the others: how many are needed nobody asks, and one that is mistyped among enough good ones does no
 * harm. What they give is compared with the root key of the anchor.
 */
static bool gives_root(struct sitting *s)
{
    for (unsigned others = 0; others < 1u << (s->count - 1); others++) {
        uint8_t chosen[SHARES_TYPED][SHARE];
        int n = 0;
        memcpy(chosen[n++], s->shares[s->count - 1], SHARE);
        for (int i = 0; i < s->count - 1; i++)
            if (others & 1u << i)
                memcpy(chosen[n++], s->shares[i], SHARE);
        bool good = recovery_root(s->root, (const uint8_t(*)[SHARE])chosen, n) == OK;
        wipe(chosen, sizeof chosen);
        if (good)
            return true;
    }
    return false;
}

/* True: the root key is there. */
static bool add_share(struct sitting *s, str line)
{
    if (!read_share(line, s->shares[s->count])) {
        complain("this is no share: 53 letters and digits in groups of four, as they were printed");
        return false;
    }
    s->count++;
    return gives_root(s);
}

static bool shares_of_file(struct sitting *s)
{
    str text, line;
    if (file_read(s->a, s->wish->shares, SMALL_FILE, &text) != OK) {
        complain("cannot read %s", s->wish->shares);
        return false;
    }
    bool good = false;
    for (str rest = text; !good && s->count < SHARES_TYPED && str_split(&rest, '\n', &line);)
        good = str_trim(line).len && line.at[0] != '#' && add_share(s, line);
    wipe((char *)(uintptr_t)text.at, text.len);
    if (!good)
        complain("%d shares were read, and they do not give the root key of this house: they are too few, one is mistyped, or they are of another house",
                 s->count);
    return good;
}

static bool shares_typed(struct sitting *s)
{
    char question[64];
    str line;
    fputs("\nThe shares of the root key, one a line, in any order; an empty line gives up.\n", stderr);
    while (s->count < SHARES_TYPED) {
        snprintf(question, sizeof question, "Share (%d so far): ", s->count);
        if (!terminal_secret(s->a, question, &line) || !str_trim(line).len)
            break;
        bool good = add_share(s, line);
        wipe((char *)(uintptr_t)line.at, line.len);
        if (good)
            return true;
        if (s->count >= 3)
            fputs("  These do not give the root key of this house: they are too few yet, one is mistyped, or they are of another house.\n", stderr);
    }
    complain("the root key was not put together; nothing was done");
    return false;
}

/* ---- secrets from a file ---- */

static bool read_answers(struct sitting *s)
{
    str text;
    if (!s->wish->answers)
        return true;
    if (file_read(s->a, s->wish->answers, SMALL_FILE, &text) == OK
        && json_in_read(s->a, text, (struct json_limits){ SMALL_FILE, 4 }, &s->answers) == OK && s->answers->kind == JSON_IS_OBJECT)
        return true;
    complain("%s is not a JSON object; man plainsight-key shows one", s->wish->answers);
    return false;
}

/* From the file under that name, or typed. */
static bool secret_of(struct sitting *s, const char *name, const char *question, bool twice, str *to)
{
    str again;
    if (s->wish->answers) {
        *to = (str){ 0 };
        if (json_in_text(s->answers, str_of(name), to) && to->len && utf8_nfkc(s->a, *to, to))
            return true;
        complain("%s holds no %s", s->wish->answers, name);
        return false;
    }
    for (;;) {
        if (!terminal_secret(s->a, question, to) || (twice && !terminal_secret(s->a, "  once more: ", &again)))
            return false;
        if ((!twice || str_equal(*to, again)) && utf8_nfkc(s->a, *to, to))
            return true;
        fputs("  The two are not the same.\n", stderr);
    }
}

static bool open_house(struct sitting *s)
{
    struct secret_head head;
    uint8_t stretched[KEY] = { 0 };
    str passphrase;
    if (!key_house_open(s->a, &s->wish->house, &s->house))
        return false;
    if (!secret_head_read(s->house.secret, &head)) {
        complain("the house secret cannot be read");
        return false;
    }
    if (head.version != SECRET_DEMO
        && (!secret_of(s, "house_passphrase", "House passphrase: ", false, &passphrase)
            || stretch(passphrase, head.salt, head.cost, stretched) != OK)) {
        complain("no passphrase was read");
        return false;
    }
    status opened = recovery_open(s->house.keys, s->house.anchor, s->house.secret, stretched, chance_system(), os_now(), &s->root);
    wipe(stretched, sizeof stretched);
    if (opened == OK && db_begin(s->house.content) != OK) {
        str none;
        opened = recovery_end(s->root, BUSY, s->a, &none);
    }
    if (opened != OK)
        complain("%s", opened == BUSY ? "another process has a database of this folder" : opened == NOT_FOUND ? "this is not the house passphrase of this folder" : "the log of this folder is not whole, or not signed by this house");
    return opened == OK;
}

/* ---- tasks ---- */

static bool find_office(struct sitting *s, const char *code, id *to)
{
    struct office office;
    struct offices all;
    if (code && office_find_code(s->house.content, s->a, str_of(code), &office) == OK) {
        *to = office.id;
        return true;
    }
    if (!code && office_list(s->house.content, s->a, (str){ 0 }, 2, &all) == OK && all.len == 1) {
        *to = all.at[0].id;
        return true;
    }
    complain(code ? "there is no office %s" : "this house has several offices: say which with --office CODE%s", code ? code : "");
    return false;
}

static bool make_person(struct sitting *s, const struct key_task *t)
{
    const struct role *role = role_find(str_of(t->role));
    struct account account = { .name = str_of(t->name), .role = str_of(t->role), .state = lit("active"), .made_day = day_of(os_now()) };
    struct made_person made = { 0 };
    struct plan_person plan = { .name = account.name };
    char question[160];
    if (!role || !role->invited || !account_name_fits(account.name)) {
        complain(role && role->invited ? "a name has 2 to 64 lowercase letters, digits, dots, dashes or underscores, with a letter first: %s"
                                       : "there is no such role: %s", role && role->invited ? t->name : t->role);
        return false;
    }
    snprintf(question, sizeof question, "Passphrase of %.64s (let them type it): ", t->name);
    if (!find_office(s, t->office, &account.office) || !secret_of(s, t->name, question, true, &plan.passphrase))
        return false;
    if (utf8_length(plan.passphrase) < 15 || plan.passphrase.len > 1024) {
        complain("a passphrase has 15 characters or more: four or five words one can picture");
        return false;
    }
    plan.class = role->class;
    plan.powers = role->powers;
    status done = recovery_person(s->root, &plan, &made);
    if (done == OK) {
        account.id = made.principal;
        done = account_add(s->house.content, &account);
    }
    if (done != OK) {
        complain(done == CONFLICT ? "the name %s is taken, or was used before" : "%s could not be made", t->name);
        return false;
    }
    struct out line = { .arena = s->a };
    out_str(&line, lit("account "));
    out_str(&line, id_text(s->a, account.id));
    out_char(&line, ' ');
    out_str(&line, id_text(s->a, account.office));
    out_char(&line, ' ');
    out_str(&line, account.role);
    out_char(&line, ' ');
    out_str(&line, account.name);
    recovery_note(s->root, out_view(&line));
    str otp = base32_rfc_text(s->a, made.otp_secret, sizeof made.otp_secret), code = ceremony_code_text(s->a, made.recovery, sizeof made.recovery);
    printf("\n%s (%s), certified by root. Shown once:\n  authenticator key  %.*s\n  recovery code      %.*s\n", t->name, role->label, (int)otp.len,
           otp.at, (int)code.len, code.at);
    wipe(&made, sizeof made);
    return true;
}

static bool certify(struct sitting *s, const struct key_task *t, const struct account *who)
{
    uint32_t until = 0;
    if (recovery_certify(s->root, who->id, &until) != OK) {
        complain("%s has left, or has made no keys yet", t->name);
        return false;
    }
    str day = day_text(s->a, until);
    printf("%s: certified by root until %.*s\n", t->name, (int)day.len, day.at);
    return true;
}

struct getting {
    struct sitting *s;
    id who;
    status done;
};

/* Keys of a case without a place on its list find no page. */
static void put_on(void *with, const struct ring *ring)
{
    struct getting *g = with;
    struct arena *a = g->s->a;
    if (ring->scope_kind != SCOPE_CASE || g->done != OK)
        return;
    g->done = key_put_on(a, g->s->house.content, ring->scope, g->who, day_of(os_now()));
    struct out line = { .arena = a };
    out_str(&line, lit("case "));
    out_str(&line, id_text(a, ring->scope));
    out_char(&line, ' ');
    out_str(&line, id_text(a, g->who));
    recovery_note(g->s->root, out_view(&line));
}

static bool give(struct sitting *s, const struct key_task *t, const struct account *who)
{
    struct recovery_rings which = { .only = t->log ? AUDIT : 0 };
    struct recovery_given given;
    if (t->office && !find_office(s, t->office, &which.scope))
        return false;
    if (t->one_case && !id_read(str_of(t->one_case), &which.scope)) {
        complain("%s is not the id of a case: 32 digits, as they stand in the address of its page", t->one_case);
        return false;
    }
    which.kind = t->office ? SCOPE_OFFICE : t->one_case ? SCOPE_CASE : 0;
    struct getting getting = { s, who->id, OK };
    status done = recovery_give(s->root, who->id, &which, put_on, &getting, &given);
    if (done == OK && getting.done != OK)
        done = FAULT;
    if (done != OK) {
        complain(done == NOT_FOUND ? "%s is not certified today, or has left: certify them first (--certify), or make somebody new (--new)"
                 : done == INVALID ? "there is no key ring of that kind that the job of %s may hold"
                                   : "the keys of %s could not be written", t->name);
        return false;
    }
    printf("%s: keys of %lld rings given, %lld were there", t->name, (long long)given.given, (long long)given.had);
    if (given.closed)
        printf(", %lld cannot be opened by the root key (made without escrow, or shredded)", (long long)given.closed);
    putchar('\n');
    return true;
}

static bool do_task(struct sitting *s, const struct key_task *t)
{
    struct account who;
    if (t->kind == KEY_NEW)
        return make_person(s, t);
    if (account_find_name(s->house.content, s->a, str_of(t->name), &who) != OK) {
        complain("there is no account of the name %s", t->name);
        return false;
    }
    return t->kind == KEY_CERTIFY ? certify(s, t, &who) : give(s, t, &who);
}

/* What a ceremony shows once left the program: else whom it is for never gets it. */
static bool printed(void)
{
    if (!fflush(stdout) && !ferror(stdout))
        return true;
    complain("what is shown once could not be printed, so nothing was done; hold the ceremony again");
    return false;
}

/* The list must be there before the copy is changed for good: without it the house itself learns nothing. */
static bool finish(struct sitting *s, bool good)
{
    str list;
    status done = db_end(s->house.content, good ? OK : NOT_FOUND);
    done = recovery_end(s->root, good ? done : NOT_FOUND, s->a, &list);
    if (good && done == OK)
        done = file_create(s->wish->list, list);
    if (good && done != OK)
        complain(done == CONFLICT ? "%s is there already; hold the ceremony again on a fresh copy, with another name"
                                  : "%s could not be written; hold the ceremony again on a fresh copy", s->wish->list);
    return good && done == OK;
}

int key_ceremony(struct arena *a, const struct key_wish *w)
{
    static struct sitting s; /* large; wiped below */
    s.a = a;
    s.wish = w;
    fputs("Do this on a machine without a network, on a copy of the house that restore made.\n", stderr);
    if (!access(w->list, F_OK)) {
        complain("%s is there already", w->list);
        return EXIT_FAILED;
    }
    if (!read_answers(&s) || !open_house(&s))
        return EXIT_FAILED;
    bool good = w->shares ? shares_of_file(&s) : shares_typed(&s);
    for (int i = 0; good && i < w->count; i++)
        good = do_task(&s, &w->tasks[i]);
    good = finish(&s, good && printed());
    key_house_close(&s.house);
    wipe(s.shares, sizeof s.shares);
    if (!good)
        return EXIT_FAILED;
    printf("\nDone on this copy, and written to %s. Bring that file to the house, stop it, and there: plainsight key bring DIR FILE\n", w->list);
    return EXIT_DONE;
}
