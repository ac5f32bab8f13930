#include "common/house/house.h"
#include "common/services.h"
#include "staff/notice/notice.h"
#include "staff/page/page.h"
#include "staff_problem_html.h"

/* One row an area: shown to whoever holds the permission of its first page. */
static const struct {
    const char *href, *label;
    permission needs;
} all_areas[] = {
    { "/queue", N_("Queue"), QUEUE_READ },
    { "/cases", N_("Cases"), CASE_READ },
    { "/packets", N_("Packets"), PACKET_READ },
    { "/victims", N_("My people"), VICTIM_READ },
    { "/measures", N_("Measures"), FIGURE_READ },
    { "/directory", N_("Directory"), DIRECTORY_READ },
    { "/people", N_("People"), PEOPLE_READ },
    { "/sheet", N_("Week"), SHEET_READ },
    { "/keys", N_("Keys"), KEY_MAKE },
    { "/settings", N_("Settings"), SETTING_READ },
    { "/audit", N_("Log"), AUDIT_READ },
    { "/own", N_("My account"), SIGNED_IN },
};

static struct area_list areas_of(struct request *r)
{
    struct area_list list = { .at = arena_new(r->arena, struct area, countof(all_areas)) };
    for (ptrdiff_t i = 0; r->caller.signed_in && i < countof(all_areas); i++) {
        permission p = all_areas[i].needs;
        if (p != SIGNED_IN && !caller_may(r, p))
            continue;
        str href = str_of(all_areas[i].href);
        list.at[list.len++] = (struct area){ href, tr(r->language, all_areas[i].label), str_starts(r->path, href) };
    }
    return list;
}

/* Each use of the envelope and of the root key stands on the front page of everybody (docs/keys.md 1.3, 1.5), long enough to be seen after a holiday. */
static str alarm_words(const struct request *r, int64_t day)
{
    enum { SHOWN_DAYS = 30 };
    return day && day_of(r->now) - day <= SHOWN_DAYS ? day_text(r->arena, day) : (str){ 0 };
}

static str office_words(const struct request *r)
{
    const struct house *h = r->services->house;
    id office;
    bool ours = r->caller.signed_in && house_id(h, HOUSE_OFFICE_ID, &office) && id_equal(office, r->caller.office);
    return ours ? house_text(h, HOUSE_OFFICE_NAME) : (str){ 0 };
}

struct staff_page staff_page(struct request *r, const char *title)
{
    const struct role *role = r->caller.signed_in ? role_find(r->caller.role) : NULL;
    int64_t notices = 0;
    if (role && role_holds(role, TIP_READ) && notice_count(r->db, r->caller.account, &notices) != OK)
        notices = 0; /* a badge is not worth a failed page */
    return (struct staff_page){
        .notices = notices,
        .next.items = next_of(r),
        .envelope = alarm_words(r, r->caller.alarm_day),
        .root_key = alarm_words(r, r->caller.root_day),
        .title = tr(r->language, title),
        .signed_in = r->caller.signed_in,
        .locked = r->caller.locked,
        .demo = house_yes(r->services->house, HOUSE_DEMO),
        .code = str_of(r->language->code),
        .direction = r->language->right_to_left ? lit("rtl") : lit("ltr"),
        .name = r->caller.name,
        .role = role ? tr(r->language, role->label) : (str){ 0 },
        .office = office_words(r),
        .areas = areas_of(r),
        .may_search = r->caller.signed_in && caller_may(r, TIP_READ),
        .sign_out_token = r->caller.signed_in ? form_token(r, lit("/sign-out")) : (str){ 0 },
    };
}

str staff_time(struct arena *a, int64_t unix_seconds)
{
    str t = time_text(a, unix_seconds);
    struct out o = { .arena = a };
    out_str(&o, str_part(t, 0, 10));
    out_char(&o, ' ');
    out_str(&o, str_part(t, 11, 16));
    out_str(&o, lit(" UTC"));
    return out_view(&o);
}

/* One row a status: what happened and what to do, in words that name nobody and nothing. */
static const struct {
    int status;
    const char *title, *message, *link, *label;
} words[] = {
    { 404, N_("Not here"), N_("There is no such page, or your job does not include it."), "/", N_("To the start") },
    { 409, N_("Changed meanwhile"),
      N_("Somebody else changed this at the same time. Go back, load the page again and check."), "/", N_("To the start") },
    { 423, N_("Your keys are shut"),
      N_("You are still signed in, and what you saved is safe. To read on, give your passphrase and code again."),
      "/sign-in", N_("Open my keys") },
    { 429, N_("Enough for now"),
      N_("You have opened as much as one person may in an hour or a day. Ask a colleague to take over what cannot wait."), "/",
      N_("To the start") },
    { 503, N_("One moment"), N_("The program is busy. Nothing is lost. Try again in a few seconds."), "", "" },
    { 500, N_("Our fault"), N_("Something failed on our side and was written down. Try again; if it stays, tell your administrator."),
      "/", N_("To the start") },
    { 400, N_("Not understood"), N_("The browser sent something this page cannot use. Go back and try again."), "/",
      N_("To the start") },
};

void staff_draw_problem(struct request *r, int http_status, struct response *w)
{
    ptrdiff_t i = 0;
    while (i < countof(words) - 1 && words[i].status != http_status)
        i++;
    struct staff_problem_page page = { staff_page(r, words[i].title), tr(r->language, words[i].message),
                                       str_of(words[i].link), tr(r->language, words[i].label) };
    page.page.problem = true;
    page.kept = kept_of(r);
    if (page.kept.fields.len)
        page.token = form_token(r, lit("/sign-in"));
    for (ptrdiff_t k = 0; k < page.page.areas.len; k++)
        page.page.areas.at[k].current = false; /* the page is nowhere: the same bytes whatever address was tried */
    staff_problem_html(&w->body, r->language, &page);
}
