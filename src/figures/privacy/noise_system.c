/* The program's randomness. Alone in its file: a test program brings its own noise_fetch, and the linker then leaves this one out. */
#include "figures/privacy/noise.h"
#include "lib/crypt/crypt.h"

void noise_fetch(struct noise_source *s)
{
    crypt_random(s->block, sizeof s->block);
}
