#include "app/demo/demo_house.h"
#include "common/services.h"
#include "directory/office/office.h"
#include "lib/os/os.h"
#include "staff/account/account.h"
#include "staff/passphrase/passphrase.h"
#include "staff/roster/roster.h"

enum { CERTIFICATE_DAYS = 400 };

static const struct {
    const char *role, *name, *passphrase;
} people[DEMO_STAFF] = {
    [DEMO_ADMINISTRATOR] = { "administrator", "m.castellano", "invented lantern harbor maple" },
    [DEMO_SUPERVISOR] = { "supervisor", "j.okafor", "invented copper meadow violin" },
    [DEMO_TAKER] = { "call_taker", "r.adeyemi", "invented winter pocket bridge" },
    [DEMO_SECOND_TAKER] = { "call_taker", "l.novak", "invented garden thunder ribbon" },
    [DEMO_AUDITOR] = { "auditor", "t.lindqvist", "invented marble compass orchard" },
    [DEMO_ANALYST] = { "analyst", "e.marsh", "invented velvet anchor summit" },
    [DEMO_INVESTIGATOR] = { "investigator", "t.brandt", "invented silver canyon whistle" },
    [DEMO_COORDINATOR] = { "coordinator", "p.sandoval", "invented willow harvest lamp" },
    [DEMO_SPECIALIST] = { "specialist", "i.haddad", "invented cotton window river" },
    [DEMO_STATISTICIAN] = { "statistician", "e.brandt", "invented pebble signal cedar" },
    [DEMO_DECONFLICTION] = { "deconfliction_officer", "s.varga", "invented birch lighthouse comet" },
    [DEMO_FIELD_SUPERVISOR] = { "supervisor", "d.whitlock", "invented amber staircase heron" },
    [DEMO_FIELD_INVESTIGATOR] = { "investigator", "k.osei", "invented bronze kettle meadow" },
};
/* Codes of the country's pack, so that the area of a place finds them; the offices themselves are invented. */
static const struct {
    const char *code, *name, *city, *state;
} offices[DEMO_OFFICES] = {
    { "MAIN", "", "", "" }, /* made with the house */
    { "HSI-ATL", "Lantern Line, Georgia (invented)", "Atlanta", "GA" },
    { "HSI-CHI", "Lantern Line, Illinois (invented)", "Chicago", "IL" },
    { "HSI-HOU", "Lantern Line, Texas (invented)", "Houston", "TX" },
    { "HSI-MIA", "Lantern Line, Florida (invented)", "Miami", "FL" },
    { "HSI-PHX", "Lantern Line, Arizona (invented)", "Phoenix", "AZ" },
};
enum { FIELD_OFFICE = 1 }; /* where the two last work */

static bool failed(const char *what)
{
    complain("demo: %s failed", what);
    return false;
}

/* Texts of this house. 555-01xx numbers reach nobody. */
void demo_house_plan(struct arena *a, struct setup *s, struct chance *chance)
{
    s->demo = true;
    s->shares = 5;
    s->need = 3;
    s->cost = (struct stretch_cost){ 2, 64 * 1024 }; /* cheap on purpose; the keeper takes it in a demo alone */
    s->values[HOUSE_LINE_NAME] = lit("Lantern Line (a demonstration)");
    s->values[HOUSE_LINE_IS_POLICE] = lit("no");
    s->values[HOUSE_LINE_SHARES_IMMIGRATION] = lit("no");
    s->values[HOUSE_LINE_PHONE] = lit("+18005550142");
    s->values[HOUSE_EMERGENCY_NUMBER] = lit("911");
    s->values[HOUSE_LEAVE_URL] = lit("https://www.weather.gov/");
    s->values[HOUSE_LANGUAGES] = lit("en;es");
    s->values[HOUSE_OFFICE_NAME] = lit("Lantern Line, main office");
    s->values[HOUSE_COUNTRY_PACK] = lit("us");
    s->values[HOUSE_OFFICE_ID] = id_text(a, chance_id(chance, os_now() * 1000, true));
    for (int i = 0; i < DEMO_FIELD_SUPERVISOR; i++)
        s->people[s->people_count++] = (struct setup_person){ str_of(people[i].name), str_of(people[i].passphrase),
                                                              role_find(str_of(people[i].role)) };
}

void demo_house_print(struct arena *a, const struct demo_house *h)
{
    for (int i = 0; i < DEMO_STAFF; i++) {
        str otp = base32_rfc_text(a, h->otp[i], sizeof h->otp[i]);
        printf("%s\t%s\t%s\t%.*s\n", people[i].role, people[i].name, people[i].passphrase, (int)otp.len, otp.at);
    }
}

static bool sign_in(struct demo_line *l, struct arena *a, struct demo_house *h, int who)
{
    status s = demo_sign_in(l, a, str_of(people[who].name), str_of(people[who].passphrase), h->otp[who], &h->people[who]);
    return s == OK || failed("signing somebody in");
}

static bool add_offices(struct demo_line *l, struct arena *a, struct demo_house *h)
{
    h->offices[0] = l->office;
    for (int i = 1; i < DEMO_OFFICES; i++) {
        struct out form = { .arena = a };
        struct office made;
        demo_field(&form, "code", str_of(offices[i].code));
        demo_field(&form, "name", str_of(offices[i].name));
        demo_field(&form, "city", str_of(offices[i].city));
        demo_field(&form, "state", str_of(offices[i].state));
        if (!demo_post(l, &h->people[DEMO_ADMINISTRATOR], lit("/directory"), out_view(&form), NULL))
            return false;
        if (office_find_code(l->content, a, str_of(offices[i].code), &made) != OK)
            return failed("finding an office");
        h->offices[i] = made.id;
    }
    return true;
}

/* A code is handed over, keys are made, two people vouch: what two pages and a handshake do. */
static status hire(struct demo_line *l, struct arena *a, struct demo_house *h, int who)
{
    struct keeper *k = l->services->keeper;
    const struct role *role = role_find(str_of(people[who].role));
    const uint8_t device[32] = { 0 };
    str name = str_of(people[who].name);
    uint8_t code[20];
    struct stretched st;
    struct enrolled e;
    uint32_t missing;
    struct account account = { .name = name, .role = str_of(role->code), .state = lit("active"), .office = h->offices[FIELD_OFFICE],
                               .made_day = l->from };
    status s = keeper_principal(k, h->people[DEMO_ADMINISTRATOR].token, name, role->class, role->powers,
                                (uint32_t)(l->to - DEMO_EARLIER / 86400 + CERTIFICATE_DAYS), &account.id, code);
    if (s == OK)
        s = passphrase_stretch(k, name, device, str_copy(a, str_of(people[who].passphrase)), &st);
    if (s == OK)
        s = keeper_enrol(k, code, st.ticket, st.at, &e);
    if (s == OK)
        s = keeper_certify(k, h->people[DEMO_ADMINISTRATOR].token, account.id, e.fingerprint, &missing);
    if (s == OK)
        s = keeper_certify(k, h->people[DEMO_SUPERVISOR].token, account.id, e.fingerprint, &missing);
    if (s == OK)
        memcpy(h->otp[who], e.otp_secret, sizeof h->otp[who]);
    wipe(&e, sizeof e);
    return s == OK ? account_add(l->content, &account) : s;
}

static bool on_duty(struct demo_line *l, struct arena *a, const struct demo_house *h, int who, const char *duty, const char *language)
{
    const struct demo_person *by = &h->people[DEMO_SUPERVISOR];
    struct out form = { .arena = a };
    enum { DAYS = 60 };
    demo_field(&form, "account", str_of(people[who].name));
    demo_field(&form, "duty", str_of(duty));
    demo_field(&form, "language", str_of(language));
    demo_field(&form, "from", day_text(a, l->to - DAYS));
    demo_field(&form, "to", day_text(a, l->to + DAYS));
    return demo_post(l, by, lit("/roster"), out_view(&form), NULL);
}

static bool field_office(struct demo_line *l, struct arena *a, struct demo_house *h)
{
    if (hire(l, a, h, DEMO_FIELD_SUPERVISOR) != OK || hire(l, a, h, DEMO_FIELD_INVESTIGATOR) != OK)
        return failed("letting somebody in");
    if (!sign_in(l, a, h, DEMO_FIELD_SUPERVISOR) || !sign_in(l, a, h, DEMO_FIELD_INVESTIGATOR))
        return false;
    struct out path = { .arena = a };
    out_str(&path, lit("/people/"));
    out_str(&path, id_text(a, h->people[DEMO_FIELD_INVESTIGATOR].account));
    out_str(&path, lit("/admit"));
    return demo_post(l, &h->people[DEMO_FIELD_SUPERVISOR], out_view(&path), (str){ 0 }, NULL);
}

bool demo_house_settle(struct demo_line *l, struct arena *a, const struct house_made *made, struct demo_house *out)
{
    static const struct {
        int who;
        const char *duty, *language;
    } duties[] = {
        { DEMO_TAKER, "intake", "" },          { DEMO_SECOND_TAKER, "intake", "es" },           { DEMO_SUPERVISOR, "supervisor", "" },
        { DEMO_INVESTIGATOR, "investigation", "" }, { DEMO_COORDINATOR, "victim_assistance", "es" }, { DEMO_SPECIALIST, "victim_assistance", "ar" },
    };
    for (int i = 0; i < DEMO_FIELD_SUPERVISOR; i++) {
        memcpy(out->otp[i], made->people[i].otp_secret, sizeof out->otp[i]);
        if (i != DEMO_AUDITOR && !sign_in(l, a, out, i))
            return false;
    }
    if (!add_offices(l, a, out) || !field_office(l, a, out))
        return false;
    for (ptrdiff_t i = 0; i < countof(duties); i++)
        if (!on_duty(l, a, out, duties[i].who, duties[i].duty, duties[i].language))
            return false;
    return true;
}

bool demo_house_budgets(struct demo_line *l, const struct demo_house *h, bool open)
{
    static struct opening_budget before[COMPARTMENTS + 1];
    struct keeper *k = l->services->keeper;
    token one = h->people[DEMO_ADMINISTRATOR].token, other = h->people[DEMO_SUPERVISOR].token;
    status s = open ? keeper_budgets(k, one, before) : OK;
    for (int c = 1; s == OK && c <= COMPARTMENTS; c++)
        s = open ? keeper_budget(k, one, other, (enum compartment)c, INT32_MAX, INT32_MAX)
                 : keeper_budget(k, one, other, (enum compartment)c, before[c].hour_rows, before[c].day_rows);
    return s == OK || failed("setting a budget");
}
