/* `link texts`: near copies of a text, under the first of them. */
#include "app/command.h"
#include "app/link/link.h"
#include "linkage/texts.h"

struct run {
    struct texts texts;
    uint32_t next;
    str *names;
};

static bool take_text(void *context, str name, str text)
{
    struct run *r = context;
    (void)name;
    return texts_add(&r->texts, text);
}

static bool take_name(void *context, str name, str text)
{
    struct run *r = context;
    (void)text;
    r->names[r->next++] = name;
    return true;
}

static bool write_clusters(struct run *r, struct link_input *in, const char *path)
{
    struct target t;
    struct arena memory = arena_reserve(16 << 20);
    r->names = arena_new(&in->a, str, r->texts.count + 1);
    if (!link_each_text(in, take_name, r) || !target_open(&t, path))
        return false;
    fputs("id,cluster_id\r\n", t.to);
    for (uint32_t i = 0; i < r->texts.count; i++) {
        struct arena a = memory;
        struct out o = { .arena = &a };
        csv_cell(&o, r->names[i], false);
        csv_cell(&o, r->names[r->texts.cluster[i]], true);
        fwrite(o.at, 1, (size_t)o.len, t.to);
    }
    return target_close(&t);
}

int link_texts(const char *path)
{
    static struct run r;
    struct link_input in = { .path = path };
    double alike = 0.2;
    if (!link_share("alike", &alike) || !link_open(&in))
        return EXIT_FAILED;
    if (!texts_open(&r.texts) || !link_each_text(&in, take_text, &r))
        return EXIT_FAILED;
    if (!texts_join(&r.texts, (int)(alike * 1000))) {
        complain("%s: not enough memory", path);
        return EXIT_FAILED;
    }
    const char *clusters = link_option("clusters");
    bool good = !clusters || write_clusters(&r, &in, clusters);
    printf("%u texts, %u groups of near copies, the largest of %u, %u too short to tell\n", r.texts.count, r.texts.many, r.texts.largest, r.texts.empty);
    return good ? EXIT_DONE : EXIT_FAILED;
}
