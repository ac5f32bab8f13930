/* Cases, care and figures of the demonstration. Everybody and everything in them is invented. */
#ifndef APP_DEMO_DEMO_LIFE_H
#define APP_DEMO_DEMO_LIFE_H
#include "app/demo/demo_tips.h"

/* That many cases over the two years, as many as may be from leads; each lives as far as its days reach. False: said on stderr. */
bool demo_cases(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct demo_leads *leads, int64_t cases);
/* Four care files for every three cases, requests in the tray and packets for the investigator. */
bool demo_care(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t cases);
/* Publishes the figures. */
bool demo_publish(struct demo_line *l, const struct demo_house *h);
#endif
