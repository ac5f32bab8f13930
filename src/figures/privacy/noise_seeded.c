#include "figures/privacy/noise_seeded.h"

static uint64_t noise_seeded_with;

void noise_seed(uint64_t seed)
{
    noise_seeded_with = seed;
}

static uint64_t mixed(uint64_t a, uint64_t b)
{
    struct chance c = chance_seeded(a * 0x9e3779b97f4a7c15u + b);
    uint64_t v;
    c.fill(&c, &v, sizeof v);
    return v;
}

/* From seed, stream and block alone, and not from what other sources drew: any number of threads gives the same. */
void noise_fetch(struct noise_source *s)
{
    struct chance c = chance_seeded(mixed(mixed(noise_seeded_with, s->stream), s->blocks));
    c.fill(&c, s->block, sizeof s->block);
}
