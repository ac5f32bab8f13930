/* A file of records, and settings: whatever comes, it is read or refused with words. */
#include "fuzz.h"
#include "lib/web/json_in.h"
#include "linkage/address.h"
#include "linkage/learnt.h"
#include "linkage/nicknames.h"
#include "linkage/normal.h"
#include "linkage/readings.h"
#include "linkage/settings.h"
#include "linkage/sound.h"
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

/* A value of any kind: what came out goes in and out again, and what is made of it stands no matter what it is. */
static void read_value(str text)
{
    char once[VALUE_MOST], twice[VALUE_MOST], quick[VALUE_MOST];
    str words[WORDS_MOST], beginning = str_part(text, 0, text.len / 2);
    for (int kind = 0; kind < FIELD_KINDS; kind++) {
        ptrdiff_t n = normal_value((enum field_kind)kind, text, once);
        must(n <= VALUE_MOST && (n >= 0) == utf8_valid(text));
        if (n < 0)
            continue;
        must(utf8_valid((str){ once, n }) && normal_value((enum field_kind)kind, (str){ once, n }, twice) == n && !memcmp(once, twice, (size_t)n));
        must(str_equal(normal_text((enum field_kind)kind, text, quick), (str){ once, n }));
        (void)sound_words(words, name_words((str){ once, n }, words));
        (void)nickname_of((str){ once, n });
        if (kind == KIND_ADDRESS && utf8_valid(beginning)) {
            str other = { quick, normal_value(KIND_ADDRESS, beginning, quick) };
            must(address_near((str){ once, n }, other) == address_near(other, (str){ once, n }));
        }
    }
    for (int country = 0; utf8_valid(text) && country < 244; country += 7) {
        ptrdiff_t n = normal_phone(text, country, once);
        must(normal_phone((str){ once, n }, country, twice) == n && !memcmp(once, twice, (size_t)n));
    }
}

/* How a name is read in Japan and Korea: plain, as it will be compared. */
static void read_readings(str text)
{
    struct reading said[READINGS];
    char plain[VALUE_MOST];
    for (int whole = 0; utf8_valid(text) && whole < 2; whole++) {
        bool any = readings_of(text, whole, said);
        for (int k = 0; k < READINGS; k++) {
            str one = { said[k].text, said[k].len };
            must(any || !one.len);
            must(utf8_valid(one) && str_equal(normal_text(KIND_NAME, one, plain), one));
        }
    }
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
    if (size < 2000)
        read_value(text);
    read_readings(text);
    return 0;
}
