/*
 * Keys with which systems of partners speak over /api/v1. A key is "psk_", 32 hex digits that name it, "_" and 32 signs that are 160
 * random bits; of those only a hash is kept. A key that reads cases is also a principal of the keeper (docs/adr/0023-api-keys.md):
 * its session opens what that principal was put on, and nothing else.
 */
#ifndef STAFF_KEY_KEY_H
#define STAFF_KEY_KEY_H
#include "staff/role/role.h"

/* What a key is for; bits, stored. */
enum key_scope { KEY_TIPS = 1, KEY_CALLS = 2, KEY_CASES = 4, KEY_FIGURES = 8, KEY_DIRECTORY = 16 };
enum { KEY_SECRET = 20, KEY_DAYS_MOST = 400, KEY_PER_MINUTE_MOST = 6000, KEYS_MOST = 500, KEY_OVERLAP_DAYS = 14 };

struct api_key {
    id id, office, maker, successor; /* successor zero: it was not renewed */
    str name;              /* of the partner's system; the account's too when it reads cases */
    uint8_t verifier[32];
    int64_t scopes, class, per_minute, made_day, until_day, ended_day; /* ended_day 0: not ended */
};
struct api_keys {
    struct api_key *at;
    ptrdiff_t len;
};

void key_verifier(id key, const uint8_t secret[KEY_SECRET], uint8_t to[32]);
str key_text(struct arena *a, id key, const uint8_t secret[KEY_SECRET]);
bool key_read(str text, id *key, uint8_t secret[KEY_SECRET]) MUST_CHECK;
/* The permissions that scopes stand for, a bit each. */
uint64_t key_held(int64_t scopes);

/* CONFLICT: the name was used before. INVALID: a class that may have no key. */
status key_add(struct db *db, const struct api_key *k) MUST_CHECK;
status key_find(struct db *db, struct arena *a, id key, struct api_key *out) MUST_CHECK;
/* Those in use first, then by name; at most KEYS_MOST. */
status key_list(struct db *db, struct arena *a, struct api_keys *out) MUST_CHECK;
status key_end(struct db *db, id key, int64_t day) MUST_CHECK; /* NOT_FOUND: none, or ended already */
/* Another follows it, and it lasts until that day. NOT_FOUND: none, ended, or renewed already. */
status key_succeed(struct db *db, id key, id successor, int64_t until_day) MUST_CHECK;
/* A name for what follows a key of that name: "county.records.2" after "county.records", then ".3". In a. */
str key_name_after(struct arena *a, str name);

/*
 * For struct web: fills r->caller under /api/ from the header Authorization, without a look at cookies; caller.refused when what was shown
 * is no key. LIMIT: it asked more often than it may this minute; what hands in a tip is never refused for that.
 * On the staff side a key for cases opens its session in the keeper, and elsewhere than under /api/ the cookie says who asks.
 */
status key_find_caller(struct request *r) MUST_CHECK;
#endif
