/* `key`: what was asked for on the command line, between key.c (which reads it) and key_ceremony.c (which does it). */
#ifndef APP_KEY_H
#define APP_KEY_H
#include "app/command.h"
#include "lib/store/db.h"

enum { KEY_TASKS = 64 };
enum key_task_kind { KEY_GIVE, KEY_CERTIFY, KEY_NEW };
struct key_task {
    enum key_task_kind kind;
    const char *name, *role, *office, *one_case; /* NULL: not said */
    bool log;                                    /* the keys of the log */
};
struct key_wish {
    struct folder house;
    const char *shares, *answers, *list; /* files; list is made */
    struct key_task tasks[KEY_TASKS];
    int count;
};
/* Both databases of a house that is not served; a line on stderr says what is in the way. */
struct key_house {
    struct db *keys, *content;
    str anchor, secret;
};
/* Whoever got keys of a case or a file of care is put on its list, for without that no page shows it. Neither is there: OK, nothing is done. */
status key_put_on(struct arena *a, struct db *content, id scope, id who, int64_t today) MUST_CHECK;
bool key_house_open(struct arena *a, const struct folder *f, struct key_house *out);
void key_house_close(struct key_house *h);
int key_ceremony(struct arena *a, const struct key_wish *w);
#endif
