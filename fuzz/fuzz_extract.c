/* A narrative: whatever comes, findings lie in order within it, in whole letters, and their forms are UTF-8. */
#include "fuzz.h"
#include "linkage/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct findings found;
    static const str countries[] = { LIT(""), LIT("US"), LIT("FR"), LIT("RU") };
    str text = { (const char *)data, (ptrdiff_t)size };
    for (ptrdiff_t c = 0; c < countof(countries); c++) {
        ptrdiff_t end = 0;
        bool read = extract(text, countries[c], &found);
        must(read == utf8_valid(text) && (read || !found.len) && found.len <= FINDINGS_MOST);
        for (ptrdiff_t i = 0; i < found.len; i++) {
            const struct finding *f = &found.at[i];
            must(f->kind < FOUND_KINDS && f->begin >= end && f->end > f->begin && f->end <= text.len);
            must(utf8_valid(finding_normal(f)) && utf8_valid(str_part(text, f->begin, f->end)));
            end = f->end;
        }
    }
    return 0;
}
