/* `init`: the ceremony of a new house, on the terminal or from a file of answers. */
#include "app/setup.h"
#include "app/terminal.h"
#include "lib/os/os.h"
#include "lib/web/json_in.h"
#include "staff/account/account.h"
#include <unistd.h>

enum { ANSWERS_MOST = 65536, INIT_BYTES = 512 << 20 };

/* ---- from a file ---- */

static bool take_text(const struct json_value *v, str name, str *to)
{
    if (json_in_text(v, name, to))
        return true;
    complain("answers: %.*s must be text", (int)name.len, name.at);
    return false;
}

static bool take_number(const struct json_value *v, str name, int *to)
{
    const struct json_value *n = json_in_member(v, name);
    if (!n)
        return true;
    *to = n->kind == JSON_IS_INT && n->number >= 0 && n->number < 1000 ? (int)n->number : -1;
    return true;
}

static bool take_person(const struct json_value *v, struct setup *s)
{
    str role = { 0 };
    struct setup_person *p = &s->people[s->people_count];
    if (s->people_count == SETUP_PEOPLE || !take_text(v, lit("name"), &p->name) || !take_text(v, lit("passphrase"), &p->passphrase)
        || !take_text(v, lit("role"), &role))
        return false;
    p->role = role_find(role);
    if (!p->role || !p->role->invited) {
        complain("answers: no such role: %.*s", (int)role.len, role.at);
        return false;
    }
    s->people_count++;
    return true;
}

static bool is_asked(int setting)
{
    return !house_rules[setting].fixed || house_rules[setting].asked;
}

static bool is_known(str name)
{
    static const str own[] = { LIT("people"), LIT("house_passphrase"), LIT("shares"), LIT("need"), LIT("escrow") };
    for (ptrdiff_t i = 0; i < countof(own); i++)
        if (str_equal(own[i], name))
            return true;
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        if (is_asked(i) && str_equal(house_rules[i].name, name))
            return true;
    return false;
}

static bool take_answers(const struct json_value *v, struct setup *s)
{
    for (const struct json_value *m = v->first; m; m = m->next)
        if (!is_known(m->name)) {
            complain("answers: unknown name %.*s", (int)m->name.len, m->name.at);
            return false;
        }
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        if (is_asked(i) && !take_text(v, house_rules[i].name, &s->values[i]))
            return false;
    const struct json_value *people = json_in_member(v, lit("people")), *escrow = json_in_member(v, lit("escrow"));
    for (const struct json_value *p = people ? people->first : NULL; p; p = p->next)
        if (!take_person(p, s))
            return false;
    s->no_escrow = escrow && escrow->kind == JSON_IS_BOOL && !escrow->number;
    return take_text(v, lit("house_passphrase"), &s->house_passphrase) && take_number(v, lit("shares"), &s->shares)
        && take_number(v, lit("need"), &s->need);
}

static bool read_answers(struct arena *a, const char *path, struct setup *s)
{
    const struct json_value *v;
    str text;
    if (file_read(a, path, ANSWERS_MOST, &text) != OK) {
        complain("cannot read %s", path);
        return false;
    }
    if (json_in_read(a, text, (struct json_limits){ ANSWERS_MOST, 4 }, &v) != OK || v->kind != JSON_IS_OBJECT) {
        complain("%s is not a JSON object; man plainsight-init shows one", path);
        return false;
    }
    return take_answers(v, s);
}

/* ---- at the terminal ---- */

static bool ask(struct arena *a, const char *question, str otherwise, str *to)
{
    struct out o = { .arena = a };
    out_str(&o, str_of(question));
    if (otherwise.len) {
        out_str(&o, lit(" ["));
        out_str(&o, otherwise);
        out_char(&o, ']');
    }
    out_str(&o, lit(": "));
    if (!terminal_line(a, str_c(a, out_view(&o)), to))
        return false;
    *to = str_trim(*to);
    if (!to->len)
        *to = otherwise;
    return true;
}

/* Without these the house would not be made (setup_fault): asked again at once, not refused at the end. */
static bool is_needed(enum house_setting i)
{
    return i == HOUSE_LINE_NAME || i == HOUSE_LINE_IS_POLICE || i == HOUSE_LINE_SHARES_IMMIGRATION || i == HOUSE_OFFICE_NAME;
}

/* Asks until the value fits; an empty answer leaves an optional setting unset. */
static bool ask_setting(struct arena *a, enum house_setting i, struct setup *s)
{
    const struct house_rule *rule = &house_rules[i];
    fprintf(stderr, "\n%s\n%s%s\n", rule->label, rule->help, rule->type == HOUSE_YES_NO ? " Write yes or no." : "");
    for (;;) {
        str value;
        if (!ask(a, "Answer", rule->otherwise, &value))
            return false;
        const char *fault = value.len ? house_fault(i, value) : is_needed(i) ? "This one needs an answer." : NULL;
        if (!fault) {
            s->values[i] = value;
            return true;
        }
        fprintf(stderr, "  %s\n", fault);
    }
}

static bool ask_secret(struct arena *a, const char *question, str *to)
{
    for (;;) {
        str again, shown;
        if (!terminal_secret(a, question, to) || !terminal_secret(a, "Once more: ", &again))
            return false;
        if (!str_equal(*to, again))
            fputs("  The two are not the same.\n", stderr);
        else if (!utf8_nfkc(a, *to, &shown) || utf8_length(shown) < 15)
            fputs("  15 characters or more: four or five words you can picture.\n", stderr);
        else
            return true;
    }
}

static bool name_is_good(const struct setup *s, str name)
{
    for (ptrdiff_t i = 0; i < s->people_count; i++)
        if (str_equal(s->people[i].name, name)) {
            fputs("  This name is taken.\n", stderr);
            return false;
        }
    if (account_name_fits(name))
        return true;
    fputs("  2 to 64 lowercase letters, digits, dots, dashes or underscores, with a letter first.\n", stderr);
    return false;
}

static bool ask_person(struct arena *a, const char *role, const char *question, struct setup *s)
{
    struct setup_person *p = &s->people[s->people_count];
    p->role = role_find(str_of(role));
    do {
        if (!ask(a, question, (str){ 0 }, &p->name))
            return false;
    } while (!name_is_good(s, p->name));
    if (!ask_secret(a, "  their passphrase (let them type it): ", &p->passphrase))
        return false;
    s->people_count++;
    return true;
}

static bool ask_all(struct arena *a, struct setup *s)
{
    static const enum house_setting questions[] = { HOUSE_LINE_NAME, HOUSE_LINE_IS_POLICE, HOUSE_LINE_SHARES_IMMIGRATION,
        HOUSE_LINE_PHONE, HOUSE_EMERGENCY_NUMBER, HOUSE_LEAVE_URL, HOUSE_LANGUAGES, HOUSE_DEFAULT_LANGUAGE, HOUSE_OFFICE_NAME, HOUSE_COUNTRY_PACK };
    for (ptrdiff_t i = 0; i < countof(questions); i++)
        if (!ask_setting(a, questions[i], s))
            return false;
    fputs("\nTwo people vouch for everybody else. Both must be here now.\n", stderr);
    return ask_person(a, "administrator", "Work name of the administrator (reads no tip)", s)
        && ask_person(a, "supervisor", "Work name of the first supervisor", s)
        && ask_person(a, "auditor", "Work name of the auditor (reads the log, no tip)", s)
        && ask_secret(a, "House passphrase (typed after every start): ", &s->house_passphrase);
}

/* ---- what is shown once ---- */

static void print_person(struct arena *a, const struct setup_person *p, const struct made_person *m)
{
    str otp = base32_rfc_text(a, m->otp_secret, sizeof m->otp_secret), code = ceremony_code_text(a, m->recovery, sizeof m->recovery);
    printf("\n%.*s (%s)\n  authenticator key  %.*s\n  recovery code      %.*s\n", (int)p->name.len, p->name.at, p->role->label,
           (int)otp.len, otp.at, (int)code.len, code.at);
}

static str share_text(struct arena *a, const uint8_t share[SHARE])
{
    return ceremony_code_text(a, share, SHARE);
}

/* False: not all of it left the program, so nobody has it. */
static bool print_made(struct arena *a, const struct setup *s, const struct house_made *made)
{
    char node[2 * KEY];
    hex_write(node, made->node_sign, KEY);
    str envelope = ceremony_code_text(a, made->envelope, RECOVERY_CODE);
    puts("Everything below is shown once. Print or write it, then clear this screen.");
    printf("\nHouse key, for the day the machine is lost (keep it apart from the machine):\n  %.*s\n", K0_TEXT, made->k0);
    printf("\nRoot shares: any %d of %d bring everything back. One to each holder, in sealed envelopes:\n", s->need, s->shares);
    for (int i = 0; i < s->shares; i++) {
        str share = share_text(a, made->shares[i]);
        printf("  %d  %.*s\n", i + 1, (int)share.len, share.at);
    }
    printf("\nThe envelope (second person of a small house; it vouches and approves, reads nothing; sign in as \"envelope\"):\n  %.*s\n",
           (int)envelope.len, envelope.at);
    for (ptrdiff_t i = 0; i < s->people_count; i++)
        print_person(a, &s->people[i], &made->people[i]);
    printf("\nKey of this node, to prove the log later (not secret):\n  %.*s\n", 2 * KEY, node);
    return !fflush(stdout) && !ferror(stdout);
}

/* The only check that what was printed can be read again. */
static bool type_back(struct arena *a, const struct house_made *made)
{
    for (int tries = 0; tries < 3; tries++) {
        uint8_t share[SHARE];
        str typed;
        if (!terminal_line(a, "\nType share 1 back, to see that it was kept: ", &typed))
            return false;
        if (base32_read(str_trim(typed), share, SHARE) && same_bytes(share, made->shares[0], SHARE))
            return true;
        fputs("  This is not share 1.\n", stderr);
    }
    return false;
}

static bool gather(struct arena *a, const char *answers, struct setup *s)
{
    if (!(answers ? read_answers(a, answers, s) : ask_all(a, s)))
        return false;
    const char *fault = setup_fault(a, s);
    if (fault)
        complain("%s", fault);
    return !fault;
}

int command_init(int argc, char **argv)
{
    struct option options[] = { { "answers", true, NULL }, { "packs", true, NULL }, { "db", true, NULL }, { "db-keys", true, NULL },
                                { NULL, false, NULL } };
    struct arena a = arena_reserve(INIT_BYTES);
    struct chance chance = chance_system();
    static struct house_made made; /* large; wiped below */
    struct setup s = { .shares = 5, .need = 3, .cost = { 3, 256 * 1024 } };
    struct folder f;
    struct db *content;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &f)
        || !folder_use(&f, option_value(options, "db"), option_value(options, "db-keys")))
        return EXIT_USAGE;
    os_no_dump();
    const char *answers = option_value(options, "answers");
    s.packs = setup_packs(&a, option_value(options, "packs"));
    s.values[HOUSE_OFFICE_ID] = id_text(&a, chance_id(&chance, os_now() * 1000, true));
    if (!gather(&a, answers, &s) || setup_make(&a, &f, &s, os_now(), &made, &content) != OK)
        return EXIT_FAILED;
    db_close(content);
    bool shown = print_made(&a, &s, &made), kept = shown && (answers || type_back(&a, &made));
    wipe(&made, sizeof made);
    if (!kept) {
        unlink(f.secret);
        complain(shown ? "the share was not kept, so the house was not made; begin again"
                       : "what is shown once could not be printed, so the house was not made; begin again");
        return EXIT_FAILED;
    }
    fprintf(stderr, "\nMade. Next: plainsight serve %s, then plainsight unlock %s\n", argv[1], argv[1]);
    return EXIT_DONE;
}
