/* `demo`: a data folder with invented people, tips, cases and care, made through the same steps as a real one. */
#include "app/demo/demo_tips.h"
#include "app/demo/demo_life.h"
#include "lib/os/os.h"

enum { DEMO_BYTES = 512 << 20, DEFAULT_TIPS = 5000, DEFAULT_CASES = 300, MOST_TIPS = 100000, MOST_CASES = 10000 };

static bool read_number(const struct option *options, const char *name, int64_t most, int64_t *to)
{
    const char *value = option_value(options, name);
    if (value && (!str_to_int(str_of(value), to) || *to < 0 || *to > most)) {
        complain("demo: --%s takes a number up to %lld", name, (long long)most);
        return false;
    }
    return true;
}

/* Everything that happened before today, then figures of it. */
static bool fill(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t tips, int64_t cases)
{
    struct demo_leads leads;
    return demo_house_budgets(l, h, true) && demo_tips(l, a, h, tips, cases - (cases + 3) / 4, &leads) && demo_cases(l, a, h, &leads, cases)
        && demo_care(l, a, h, cases) && (!cases || demo_publish(l, h)) && demo_house_budgets(l, h, false);
}

int command_demo(int argc, char **argv)
{
    struct option options[] = { { "tips", true, NULL }, { "cases", true, NULL }, { "seed", true, NULL }, { "packs", true, NULL },
                                { "db", true, NULL }, { "db-keys", true, NULL }, { NULL, false, NULL } };
    struct arena a = arena_reserve(DEMO_BYTES);
    struct chance chance = chance_system();
    static struct house_made made; /* large; wiped below */
    static struct demo_house house;
    struct setup s = { 0 };
    struct folder f;
    struct db *content;
    int64_t tips = DEFAULT_TIPS, cases = DEFAULT_CASES, seed = 1;
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &f)
        || !folder_use(&f, option_value(options, "db"), option_value(options, "db-keys"))
        || !read_number(options, "tips", MOST_TIPS, &tips) || !read_number(options, "cases", MOST_CASES, &cases)
        || !read_number(options, "seed", INT32_MAX, &seed))
        return EXIT_USAGE;
    os_no_dump();
    demo_house_plan(&a, &s, &chance);
    s.packs = setup_packs(&a, option_value(options, "packs"));
    const char *fault = setup_fault(&a, &s);
    if (fault) {
        complain("%s", fault);
        return EXIT_FAILED;
    }
    if (setup_make(&a, &f, &s, os_now() - DEMO_EARLIER, &made, &content) != OK)
        return EXIT_FAILED;
    db_close(content);
    struct chance stories = chance_seeded((uint64_t)seed);
    struct demo_line *line = demo_line_open(&a, &f, &stories, day_of(os_now()));
    bool good = demo_house_settle(line, &a, &made, &house) && fill(line, &a, &house, tips, cases) && demo_line_close(line, &f);
    wipe(&made, sizeof made);
    if (good)
        demo_house_print(&a, &house);
    return good ? EXIT_DONE : EXIT_FAILED;
}
