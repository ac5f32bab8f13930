/* `demo`: a data folder with invented people and tips, made through the same steps as a real one. */
#include "app/demo_line.h"
#include "app/demo_story.h"
#include "intake/tip/tip.h"
#include "lib/os/os.h"
#include <unistd.h>

enum { DEMO_BYTES = 512 << 20, ONE_TIP_BYTES = 1 << 20, DEFAULT_TIPS = 60, MOST_TIPS = 100000, ANSWERED = 6 };

static const struct {
    const char *role, *name, *passphrase;
} people[] = {
    { "administrator", "m.castellano", "invented lantern harbor maple" },
    { "supervisor", "j.okafor", "invented copper meadow violin" },
    { "call_taker", "r.adeyemi", "invented winter pocket bridge" },
    { "call_taker", "l.novak", "invented garden thunder ribbon" },
    { "auditor", "t.lindqvist", "invented marble compass orchard" },
    { "analyst", "e.marsh", "invented velvet anchor summit" },
    { "investigator", "t.brandt", "invented silver canyon whistle" },
    { "statistician", "e.brandt", "invented pebble signal cedar" },
};

/* Texts of this house. 555-01xx numbers reach nobody. */
static void fill_setup(struct arena *a, struct setup *s, struct chance *chance)
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
    for (ptrdiff_t i = 0; i < countof(people); i++)
        s->people[s->people_count++] = (struct setup_person){ str_of(people[i].name), str_of(people[i].passphrase),
                                                              role_find(str_of(people[i].role)) };
}

static void print_people(struct arena *a, const struct house_made *made)
{
    for (ptrdiff_t i = 0; i < countof(people); i++) {
        str otp = base32_rfc_text(a, made->people[i].otp_secret, sizeof made->people[i].otp_secret);
        printf("%s\t%s\t%s\t%.*s\n", people[i].role, people[i].name, people[i].passphrase, (int)otp.len, otp.at);
    }
}

/* ---- the form as a browser would send it ---- */

static void add_field(struct out *o, const char *name, str value)
{
    if (!value.len)
        return;
    if (o->len)
        out_char(o, '&');
    out_str(o, str_of(name));
    out_char(o, '=');
    for (ptrdiff_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (plain) {
            out_char(o, c);
        } else {
            out_char(o, '%');
            out_hex(o, &c, 1);
        }
    }
}

static str form_of(struct arena *a, const struct story *s)
{
    struct out o = { .arena = a }, people_text = { .arena = a };
    out_int(&people_text, s->people);
    add_field(&o, "narrative", s->narrative);
    add_field(&o, "danger", str_of(s->danger));
    add_field(&o, "place", s->place);
    add_field(&o, "venue", str_of(s->venue));
    add_field(&o, "industry", str_of(s->industry));
    add_field(&o, "when", str_of(s->when));
    add_field(&o, "minor", str_of(s->minor));
    add_field(&o, "how_many", out_view(&people_text));
    add_field(&o, "identifiers", s->identifiers);
    for (int i = 0; i < STORY_SIGNS; i++)
        add_field(&o, "sign", str_of(s->signs[i]));
    add_field(&o, "consent", str_of(s->consent));
    if (s->contact.len) {
        add_field(&o, "method", lit("text"));
        add_field(&o, "contact", s->contact);
        add_field(&o, "safe_when", s->spanish ? lit("por la mañana") : lit("in the morning"));
    }
    return out_view(&o);
}

static bool send_tips(struct demo_line *line, struct chance *stories, int64_t tips)
{
    struct arena one = arena_reserve(ONE_TIP_BYTES);
    for (int64_t i = 0; i < tips; i++) {
        struct arena a = one;
        str page;
        struct story s = demo_story(&a, stories);
        int code = demo_line_post(line, s.spanish ? lit("/tip?lang=es") : lit("/tip?lang=en"), form_of(&a, &s), &page);
        if (code != 200 && code != 201) {
            complain("demo: tip %lld was answered with %d", (long long)i + 1, code);
            return false;
        }
    }
    return true;
}

static bool answer_some(struct demo_line *line, struct arena *a, struct db *content, const struct setup *s, id author)
{
    struct tip_rows rows;
    struct tip_filter filter = { setup_office(s), -1, { 0 } };
    struct tip_place first = { 0 };
    if (tip_list(content, a, &filter, &first, ANSWERED * 3, &rows) != OK)
        return false;
    for (ptrdiff_t i = 0; i < rows.len; i += 3) /* the most urgent wait on purpose: somebody should try */
        if (i && demo_line_answer(line, rows.at[i].id, author, str_equal(rows.at[i].language, lit("es"))) != OK)
            return false;
    return true;
}

static bool read_number(const struct option *options, const char *name, int64_t most, int64_t *to)
{
    const char *value = option_value(options, name);
    if (value && (!str_to_int(str_of(value), to) || *to < 0 || *to > most)) {
        complain("demo: --%s takes a number up to %lld", name, (long long)most);
        return false;
    }
    return true;
}

int command_demo(int argc, char **argv)
{
    struct option options[] = { { "tips", true, NULL }, { "seed", true, NULL }, { "packs", true, NULL }, { NULL, false, NULL } };
    struct arena a = arena_reserve(DEMO_BYTES);
    struct chance chance = chance_system();
    static struct house_made made; /* large; wiped below */
    struct setup s = { 0 };
    struct folder f;
    struct db *content;
    int64_t tips = DEFAULT_TIPS, seed = 1;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &f)
        || !read_number(options, "tips", MOST_TIPS, &tips) || !read_number(options, "seed", INT32_MAX, &seed))
        return EXIT_USAGE;
    os_no_dump();
    fill_setup(&a, &s, &chance);
    s.packs = setup_packs(&a, option_value(options, "packs"));
    const char *fault = setup_fault(&a, &s);
    if (fault) {
        complain("%s", fault);
        return EXIT_FAILED;
    }
    if (setup_make(&a, &f, &s, os_now(), &made, &content) != OK)
        return EXIT_FAILED;
    print_people(&a, &made);
    id author = made.people[2].principal;
    wipe(&made, sizeof made);
    struct demo_line *line = demo_line_open(&a, &f, content, os_now);
    struct chance stories = chance_seeded((uint64_t)seed);
    return send_tips(line, &stories, tips) && answer_some(line, &a, content, &s, author) ? EXIT_DONE : EXIT_FAILED;
}
