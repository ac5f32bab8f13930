/* Repeatable noise, for test programs alone: noise_seeded.c is in no library (src/figures/meson.build), so the program cannot have it. */
#ifndef FIGURES_PRIVACY_NOISE_SEEDED_H
#define FIGURES_PRIVACY_NOISE_SEEDED_H
#include "figures/privacy/noise.h"

void noise_seed(uint64_t seed); /* of all sources from here on; 0 at start */
#endif
