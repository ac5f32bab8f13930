/* What features lend each other in one process. Filled by app when a role starts; a member a role has no use for is NULL. */
#ifndef COMMON_SERVICES_H
#define COMMON_SERVICES_H
#include <stdint.h>

struct keeper;
struct sealer;
struct pack;
struct pack_rules;
struct pack_clocks;
struct house;
struct post;
struct engine_client;

struct services {
    struct keeper *keeper;
    struct sealer *sealer;
    const struct pack *pack;
    const struct pack_rules *rules;
    const struct pack_clocks *clocks;
    const struct house *house;
    struct post *post;              /* web-public: the way to the acceptor, and the stock of receipts */
    struct engine_client *engine;   /* web-staff: search and look-alikes (common/engine) */
    int64_t (*monotonic_ms)(void);
};
#endif
