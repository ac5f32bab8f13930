/* The engine waits for somebody who certifies: their sign-in opens it, and so does their first page when it lost its keys since (keys.md 7). */
#include "common/engine/engine.h"
#include "common/services.h"
#include "staff/session/session_web.h"

/* Nobody's sign-in fails for it: what waits says so by itself. */
bool session_open_engine(struct request *r, const struct signed_in *in)
{
    return (in->powers & POWER_CERTIFY) && keeper_engine(r->services->keeper, in->token) == OK;
}

static bool open_again(struct request *r)
{
    const struct role *role = role_find(r->caller.role);
    token t = caller_token(r);
    bool good = role && wall_allows(role->class, role->powers, SERVICE) && keeper_engine(r->services->keeper, t) == OK;
    wipe(&t, sizeof t);
    return good;
}

status session_next_engine(struct request *r, struct next_items *to)
{
    struct engine_standing now;
    if (engine_standing(r->services->engine, &now) != OK || now.open || open_again(r))
        return OK; /* ready, or nobody knows: a hint is not worth a guess */
    struct next_item item = { .what = tr(r->language, N_("Search and look-alikes wait for a supervisor")),
                              .why = tr(r->language, N_("They open when somebody who vouches for people signs in. Tips and cases are worked as always.")),
                              .href = lit("/directory") };
    next_add(to, &item);
    return OK;
}
