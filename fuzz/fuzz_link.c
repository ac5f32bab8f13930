/* A file of records, and settings: whatever comes, it is read or refused with words. */
#include "fuzz.h"
#include "lib/web/json_in.h"
#include "linkage/learnt.h"
#include "linkage/settings.h"
#include "linkage/table.h"
#include "linkage/texts.h"
#include "linkage/verdicts.h"
#include <sys/mman.h>
#include <unistd.h>

static void read_table(const uint8_t *data, size_t size)
{
    static struct table t;
    int fd = memfd_create("records", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size && !lseek(fd, 0, SEEK_SET));
    status s = table_read(&t, &fd, 1, NULL, NULL);
    must(s == OK || (s == INVALID && t.complaint[0]));
    for (uint32_t i = 0; s == OK && i < t.count; i++)
        for (int f = 0; f < t.plan.field_count; f++) {
            uint32_t number = table_row(&t, i)[f];
            must(!number || (value_text(&t.values[f], number).len > 0 && utf8_valid(value_text(&t.values[f], number))));
        }
    table_close(&t);
    close(fd);
}

/* As verdicts of a small table. */
static void read_verdicts(const uint8_t *data, size_t size)
{
    static struct table t;
    static const char people[] = "id,name\na,x\nb,y\n1,z\n";
    char complaint[COMPLAINT] = "";
    struct verdicts v;
    int fd = memfd_create("records", MFD_CLOEXEC), said = memfd_create("verdicts", MFD_CLOEXEC);
    must(fd >= 0 && said >= 0 && write(fd, people, sizeof people - 1) == sizeof people - 1 && !lseek(fd, 0, SEEK_SET));
    must(write(said, data, size) == (ssize_t)size && !lseek(said, 0, SEEK_SET));
    must(table_read(&t, &fd, 1, NULL, NULL) == OK);
    status s = verdicts_read(&v, said, &t, complaint);
    must(s == OK || complaint[0]);
    for (uint32_t i = 0; s == OK && i < v.count; i++)
        must(v.at[i].a < v.at[i].b && v.at[i].b < t.count);
    verdicts_close(&v);
    table_close(&t);
    close(fd);
    close(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    if (!whole.at) {
        json_start();
        whole = arena_reserve(256 << 20);
    }
    struct arena a = whole;
    struct plan plan, again;
    struct sketch sketch;
    str why = { 0 }, text = { (const char *)data, (ptrdiff_t)size };
    if (settings_read(&a, text, &plan, &why) == OK) { /* what reads is written so that it reads again */
        struct out o = { .arena = &a };
        settings_write(&o, &plan);
        must(settings_read(&a, out_view(&o), &again, &why) == OK && again.rule_count == plan.rule_count);
    } else {
        must(why.len > 0);
    }
    static struct learnt learnt;
    must(learnt_read(&a, text, &learnt, &why) == OK || why.len > 0);
    (void)!sketch_make(text, &sketch);
    read_verdicts(data, size);
    read_table(data, size);
    return 0;
}
