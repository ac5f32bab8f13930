/* Conditions of packs: any text is read or refused, and whatever was read can be asked. */
#include "common/condition/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    if (!whole.at)
        whole = arena_reserve(1 << 20);
    struct arena a = whole; /* a copy: every input starts with all of it */
    struct condition c;
    struct condition_fault fault;
    struct facts f = { .arena = &a };
    str text = { (const char *)data, (ptrdiff_t)size };
    facts_set(&f, lit("answer.minor"), lit("yes"));
    facts_set(&f, lit("count(strong)"), lit("2"));
    facts_set(&f, lit("weak"), lit("9223372036854775807"));
    if (condition_read(&a, text, &c, &fault) == OK) {
        must(c.len > 0);
        condition_holds(&c, &f);
    } else {
        must(fault.what && fault.at >= 0 && fault.at <= text.len);
    }
    return 0;
}
