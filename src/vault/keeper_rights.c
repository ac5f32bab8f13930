#include "vault/keeper_store.h"

/* What the keeper may do to its own tables: the log is never edited, not even by us. */
const struct db_right keeper_rights[] = {
    { "principal", DB_READ | DB_INSERT | DB_UPDATE },
    { "cert", DB_READ | DB_INSERT },
    { "term", DB_READ | DB_INSERT | DB_UPDATE },
    { "term_cert", DB_READ | DB_INSERT },
    { "root_act", DB_READ | DB_INSERT },
    { "invite", DB_READ | DB_INSERT | DB_DELETE },
    { "slot", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "api_slot", DB_READ | DB_INSERT | DB_DELETE },
    { "sign_in", DB_READ | DB_INSERT | DB_DELETE },
    { "factor", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "service", DB_READ },
    { "ring", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "ring_epoch", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "member", DB_READ | DB_INSERT | DB_DELETE },
    { "wrap", DB_READ | DB_INSERT | DB_DELETE },
    { "wall", DB_READ | DB_UPDATE },
    { "pepper", DB_READ | DB_INSERT },
    { "failure", DB_READ | DB_INSERT | DB_UPDATE | DB_DELETE },
    { "opened", DB_READ | DB_INSERT | DB_UPDATE },
    { "budget", DB_READ | DB_UPDATE },
    { "leaf", DB_READ | DB_INSERT },
    { "detail", DB_READ | DB_INSERT },
    { "loghead", DB_READ | DB_INSERT | DB_UPDATE },
    { NULL, 0 },
};
