/* Care of the demonstration: files, what is done for people, requests in the tray, packets; and the figures at the end. */
#include "app/demo/demo_life.h"
#include "app/demo/demo_script.h"
#include "app/demo/demo_story.h"
#include "lib/os/os.h"

enum { FILES_A_HUNDRED_CASES = 133, WAITING_REQUESTS = 4, PACKET_DAYS = 150, PACKETS_MOST = 12 };

/* clang-format off */
static const struct beat met[] = {
    { 0, 0,  99, false, "contact_attempt", "channel=channel.phone&safe_check=safe&reached=yes&message_left=no" },
    { 0, 1, 100, false, "consent", "points=interview&points=purpose&points=uses&how=spoken&language=%l&expires_on=%Y" },
    { 0, 1,  85, false, "safe_contact", "method=channel.text&value=555-0117&window_from=18:00&window_to=20:00&voicemail=no&never_call_back=no&language=%l" },
    { 0, 2,  90, false, "screening", "instrument=pack&answers=What the person chose to say. (invented)" },
    { 0, 3,  85, false, "victim_status", "status=identified&decided_by=DEC_NGO" },
    { 0, 2,  55, false, "placement", "kind=emergency_shelter&address=A house that does not exist (invented)&area=North&from_on=%D" },
};
static const struct beat helped[] = {
    { 1, 3, 100, false, "needs_assessment", "services=%S&text=In the order the person gave. (invented)" },
    { 1, 5, 100, false, "plan", "objectives=Papers, work, a room with a key. (invented)&agreed_by_person=yes" },
    { 1, 10, 90, false, "service", "service=%S&mode=direct&units=1.00&funding=TVAP&outcome=completed" },
    { 3, 15, 65, false, "service", "service=%S&mode=warm_handoff&units=2.00&funding=TVAP&outcome=completed" },
    { 0, 5,  40, false, "interpreter", "language=%l&hours=2.00&chosen_by_person=yes&how=person" },
    { 5, 10, 25, false, "service", "service=%S&mode=direct&units=1.00&funding=OFFICE_EF&outcome=waitlisted" },
    { 2, 5,  98, false, "safe_contact", "method=channel.text&value=555-0117&window_from=18:00&window_to=20:00&voicemail=no&never_call_back=no&language=%l" },
    { 20, 8, 98, false, "plan_review", "met=%n&text=What still counts for the person. (invented)" },
};
/* A relief that was asked for ends as it does: granted, and then replaced by a status of its own. */
static const struct beat foreign[] = {
    { 1, 6, 100, true,  "relief_step", "relief=CP&step=CP|considered" },
    { 1, 9,  45, true,  "relief_step", "relief=CP&step=CP|requested&by=HSI" },
    { 3, 9,  95, true,  "relief_step", "relief=CP&step=CP|submitted&by=HSI" },
    { 10, 30, 90, true, "relief_step", "relief=CP&step=CP|granted&by=CCHT&expires_on=%Y" },
    { 10, 10, 99, true, "relief_step", "relief=T1&step=T1|screening" },
    { 10, 20, 99, true, "relief_step", "relief=T1&step=T1|evidence" },
    { 20, 40, 99, true, "relief_step", "relief=T1&step=T1|filed" },
    { 60, 90, 99, true, "relief_step", "relief=CP&step=CP|converted&by=USCIS" },
};
static const struct beat went_on[] = {
    { 3, 20, 100, true, "care_closure", "reason=care_goals&living=own&relief_obtained=no&continued_elsewhere=no" },
};
static const char *const aliases[] = { "Heron", "Cedar", "Juniper", "Wren", "Marigold", "Otter", "Linden", "Plover", "Thistle", "Sparrow",
    "Aspen", "Lark", "Fennel", "Robin", "Willow", "Dove", "Clover", "Finch", "Rowan", "Swift" };
static const char *const colours[] = { "Blue", "Green", "Amber", "Grey", "Silver", "Copper", "Ivory", "Rose", "Slate", "Golden",
    "Pearl", "Indigo", "Russet", "Violet", "Scarlet", "Ochre", "Teal", "Umber", "Coral", "Sable" };
static const char *const services[] = { "crisis_intervention", "food", "clothing", "phone", "emergency_shelter", "counselling",
    "primary_care", "immigration_T", "interpretation", "transportation", "trauma_therapy", "documents_id" };
static const char *const ages[] = { "17", "19", "22", "26", "31", "38", "44" };
static const char *const spoken[] = { "es", "es", "en", "zh", "tl", "th", "ar" };
/* clang-format on */

struct one_file {
    const struct demo_person *by;
    str path;
    const char *language;
    int64_t day;
    bool foreign;
};

static str colour_and_bird(struct arena *a, int64_t i)
{
    return str_join(a, str_join(a, str_of(colours[i / countof(aliases) % countof(colours)]), lit(" ")), str_of(aliases[i % countof(aliases)]));
}

/* "/victims/ID?done=opened" without what follows the id. */
static str file_of(struct arena *a, str to)
{
    ptrdiff_t mark = str_find(to, '?');
    return str_copy(a, mark < 0 ? to : str_part(to, 0, mark));
}

static bool open_file(struct demo_line *l, struct arena *a, int64_t i, struct one_file *f)
{
    struct out form = { .arena = a };
    str to;
    demo_line_at(f->day * 86400 + 13 * 3600);
    demo_field(&form, "alias", colour_and_bird(a, i));
    demo_field(&form, "age", str_of(ages[demo_pick(l->stories, countof(ages))]));
    demo_field(&form, "language", str_of(f->language));
    demo_field(&form, "name", lit("Invented Person"));
    demo_field(&form, "foreign", f->foreign ? lit("yes") : lit("no"));
    if (!demo_post(l, f->by, lit("/victims/new"), out_view(&form), &to))
        return false;
    f->path = file_of(a, to);
    return true;
}

static bool help(struct demo_line *l, struct arena *a, const struct one_file *f)
{
    struct script s = { .by = f->by, .path = str_join(a, f->path, lit("/entry")), .day_field = "happened", .day = f->day,
                        .part = { .language = str_of(f->language), .services = services, .service_count = countof(services) } };
    if (!script_play(l, a, &s, met, countof(met)) || !script_play(l, a, &s, helped, countof(helped)))
        return false;
    if (f->foreign && !script_play(l, a, &s, foreign, countof(foreign)))
        return false;
    s.over = s.day > l->to; /* without relief, care goes on all the same */
    return script_play(l, a, &s, went_on, countof(went_on));
}

/* What an officer may know, for as long as it helps: two sealed sentences, and nothing else of the file. */
static bool send_packet(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct one_file *f)
{
    struct out form = { .arena = a };
    demo_line_at(os_now() - 3600);
    demo_field(&form, "officer", h->people[DEMO_INVESTIGATOR].name);
    demo_field(&form, "purpose", lit("safety"));
    demo_field(&form, "until", day_text(a, l->to + PACKET_DAYS));
    demo_field(&form, "basis", lit("law"));
    demo_field(&form, "law", lit("18 U.S.C. 3771"));
    demo_field(&form, "words", lit("Please write before you call, and only in the evening. (invented)"));
    return demo_post(l, f->by, str_join(a, f->path, lit("/packet")), out_view(&form), NULL);
}

static bool ask_for_help(struct demo_line *l, struct arena *a, const struct demo_house *h)
{
    struct out form = { .arena = a };
    demo_line_at(os_now() - 1800);
    demo_field(&form, "office", id_text(a, l->office));
    demo_field(&form, "about", lit("assist"));
    demo_field(&form, "words", lit("A person at the motel would like to talk with somebody who is not police. (invented)"));
    demo_field(&form, "by", day_text(a, l->to + 2));
    demo_field(&form, "language", lit("es"));
    return demo_post(l, &h->people[DEMO_INVESTIGATOR], lit("/ask-help"), out_view(&form), NULL);
}

bool demo_care(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t cases)
{
    int64_t files = cases * FILES_A_HUNDRED_CASES / 100 + (cases > 2);
    for (int64_t i = 0; i < files; i++) {
        struct arena one = *a;
        struct one_file f = { .by = &h->people[i % 2 ? DEMO_SPECIALIST : DEMO_COORDINATOR], .foreign = demo_of_hundred(l->stories, 65),
                              .language = spoken[demo_pick(l->stories, countof(spoken))], .day = l->from + (l->to - l->from) * i / files };
        if (!open_file(l, &one, i, &f) || !help(l, &one, &f))
            return false;
        if (i + PACKETS_MOST >= files && !send_packet(l, &one, h, &f))
            return false;
    }
    for (int i = 0; cases && i < WAITING_REQUESTS; i++) {
        struct arena one = *a;
        if (!ask_for_help(l, &one, h))
            return false;
    }
    return true;
}

bool demo_publish(struct demo_line *l, const struct demo_house *h)
{
    demo_line_at(os_now());
    return demo_post(l, &h->people[DEMO_STATISTICIAN], lit("/measures/publish"), (str){ 0 }, NULL);
}
