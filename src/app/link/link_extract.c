/* `link extract`: what texts name, each finding with its place. */
#include "app/command.h"
#include "app/link/link.h"
#include "linkage/extract.h"

struct extraction {
    struct target target;
    struct arena memory;
    str country;
    bool writes;
    struct findings found;
    int64_t texts, kinds[FOUND_KINDS], cut, unread;
};

/* id,kind,begin,end,text,normal: begin and end are bytes of the text, from 0. */
static void write_finding(struct extraction *e, str name, str text, const struct finding *f)
{
    struct arena a = e->memory;
    struct out o = { .arena = &a }, number = { .arena = &a };
    csv_cell(&o, name, false);
    csv_cell(&o, str_of(finding_words[f->kind]), false);
    out_int(&number, f->begin);
    csv_cell(&o, out_view(&number), false);
    number.len = 0;
    out_int(&number, f->end);
    csv_cell(&o, out_view(&number), false);
    csv_cell(&o, str_part(text, f->begin, f->end), false);
    csv_cell(&o, finding_normal(f), true);
    fwrite(o.at, 1, (size_t)o.len, e->target.to);
}

static bool take_narrative(void *context, str name, str text)
{
    struct extraction *e = context;
    e->texts++;
    e->unread += !extract(text, e->country, &e->found);
    e->cut += e->found.full;
    for (ptrdiff_t i = 0; i < e->found.len; i++) {
        e->kinds[e->found.at[i].kind]++;
        if (e->writes)
            write_finding(e, name, text, &e->found.at[i]);
    }
    return true;
}

static void tell(const struct extraction *e)
{
    printf("%lld texts", (long long)e->texts);
    for (int k = 0; k < FOUND_KINDS; k++)
        if (e->kinds[k])
            printf(", %s %lld", finding_words[k], (long long)e->kinds[k]);
    putchar('\n');
    if (e->cut)
        fprintf(stderr, "%lld texts name more than %d things: what comes after those was not read\n", (long long)e->cut, FINDINGS_MOST);
    if (e->unread)
        fprintf(stderr, "%lld texts are not UTF-8: nothing was found there\n", (long long)e->unread);
}

int link_extract(const char *path)
{
    static struct extraction e;
    struct link_input in = { .path = path };
    const char *country = link_option("country"), *out = link_option("out");
    e.country = str_of(country);
    if (country && (e.country.len != 2 || country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z')) {
        complain("link: --country is two capitals, as in US");
        return EXIT_FAILED;
    }
    e.memory = arena_reserve(16 << 20);
    e.writes = out;
    if (!link_open(&in) || (out && !target_open(&e.target, out)))
        return EXIT_FAILED;
    if (out)
        fputs("id,kind,begin,end,text,normal\r\n", e.target.to);
    bool good = link_each_text(&in, take_narrative, &e);
    if (out && !good)
        target_drop(&e.target);
    else if (out)
        good = target_close(&e.target);
    if (good)
        tell(&e);
    return good ? EXIT_DONE : EXIT_FAILED;
}
