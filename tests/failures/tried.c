/* The house that is tried, and its operations by HTTP. */
#include "commands.h"
#include "lib/crypt/crypt.h"
#include "vault/keeper_core.h"
#include <sys/socket.h>

void tried_open(struct tried *s, bool fresh)
{
    matrix_reopen(s->m, s->at, fresh);
}

/* Somebody's keys are open again after a new start; and the two who vouch for others have theirs. */
void tried_sign_in(struct tried *s, const struct act *act)
{
    if (act->role)
        (void)matrix_open_keys(s->m, act->role, MEMBER);
}

bool tried_ended(const struct tried *s)
{
    const struct app *x = s->m->app;
    return x->keys->core->dead || db_broken(x->keys->db) || db_broken(x->acceptor) || db_broken(x->content) || db_broken(x->reader)
        || db_broken(s->m->staff_db) || db_broken(s->m->public_db);
}

/* The acceptor's own process, until the worker has said all; then the worker hears it. The next request has a channel of its own. */
static void settle(struct app *x)
{
    struct acceptor_place place = { .db = x->acceptor, .channels = &x->channel[1], .channel_count = 1, .keeper = x->keys->acceptor,
                                    .now = x->web.now, .monotonic_ms = x->services.monotonic_ms };
    must(!shutdown(x->channel[0], SHUT_WR));
    if (acceptor_main(&place))
        _exit(ROLE_ENDED);
    post_ready(x->services.post, x->channel[0]);
    close(x->channel[0]);
    close(x->channel[1]);
    app_new_channel(x);
}

/* ---- requests ---- */

static str case_and_proof(struct tried *s, const struct matrix_caller *lead)
{
    struct request r = { .arena = &s->a };
    str root = id_text(&s->a, (id){ { 0x0c, 0x77, (uint8_t)s->attempt } });
    memcpy(r.caller.form_key, lead->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(&s->a, lit("/cases/new/"), root));
    return str_join(&s->a, str_join(&s->a, root, lit("&made=")), proof);
}

static str number(struct tried *s)
{
    struct out o = { .arena = &s->a };
    out_int(&o, 1000 * s->attempt + ++s->drawn);
    return out_view(&o);
}

static str code_of(struct tried *s, const struct matrix_caller *who)
{
    struct world *x = s->m->app->keys;
    char text[8];
    world_pass(x, 31 * s->attempt); /* a code is taken once */
    snprintf(text, sizeof text, "%06u", totp_code(x->made.people[who - s->m->callers].otp_secret, x->now));
    return str_copy(&s->a, str_of(text));
}

static str word_for(struct tried *s, str word, const struct matrix_caller *who)
{
    struct matrix *m = s->m;
    struct arena *a = &s->a;
    if (str_equal(word, lit("tip")))
        return id_text(a, m->tip[0]);
    if (str_equal(word, lit("case")))
        return id_text(a, m->casefile[0]);
    if (str_equal(word, lit("file")))
        return id_text(a, m->victim[0]);
    if (str_equal(word, lit("office")))
        return id_text(a, m->office[0]);
    if (str_equal(word, lit("person")))
        return id_text(a, matrix_person(m, 0));
    if (str_equal(word, lit("colleague")))
        return id_text(a, matrix_find(m, "analyst", MEMBER)->account);
    if (str_equal(word, lit("receipt")))
        return str_of(m->receipt[0]);
    if (str_equal(word, lit("newcase")))
        return case_and_proof(s, who);
    if (str_equal(word, lit("n")))
        return number(s);
    if (str_equal(word, lit("code")))
        return code_of(s, matrix_find(m, "call_taker", MEMBER));
    if (str_equal(word, lit("leaver")))
        return id_text(a, matrix_find(m, "call_taker", REMOVED)->account);
    must(!"no such word");
    return (str){ 0 };
}

static str filled(struct tried *s, const char *text, const struct matrix_caller *who)
{
    struct out o = { .arena = &s->a };
    while (text && *text) {
        const char *open = strchr(text, '{'), *shut = open ? strchr(open, '}') : NULL;
        if (!shut || open[1] == '"') { /* JSON */
            out_str(&o, str_of(text));
            break;
        }
        out_str(&o, (str){ text, open - text });
        out_str(&o, word_for(s, (str){ open + 1, shut - open - 1 }, who));
        text = shut + 1;
    }
    return out_view(&o);
}

struct matrix_request tried_request(struct tried *s, const struct act *act)
{
    const struct matrix_caller *who = act->role ? matrix_find(s->m, act->role, MEMBER) : &s->m->callers[s->m->caller_count - 1];
    struct matrix_request q = { .side = act->side, .method = act->method, .caller = who };
    if (!act->path)
        return q;
    q.path = filled(s, act->path, who);
    q.body = filled(s, act->body, who);
    q.type = q.body.len && q.body.at[0] == '{' ? lit("application/json") : lit("application/x-www-form-urlencoded");
    return q;
}

static uint64_t hash(str s)
{
    uint64_t h = 1469598103934665603u;
    for (ptrdiff_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.at[i]) * 1099511628211u;
    return h;
}

struct said tried_do(struct tried *s, const struct act *act, const struct matrix_request *q)
{
    struct said said = { 0 };
    if (act->run) {
        said.done = act->run(s);
        said.code = said.done;
        return said;
    }
    matrix_ask(s->m, &s->a, q);
    said.code = s->m->app->w.status;
    said.done = said.code == 200 || said.code == 201 || said.code == 303;
    said.body = hash(app_body(s->m->app));
    return said;
}

void tried_make(struct tried *s)
{
    world_parent = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm"; /* what is flushed there costs nothing */
    s->m = matrix_make();
    s->a = arena_reserve((ptrdiff_t)1 << 30);
    snprintf(s->base, sizeof s->base, "%s", s->m->app->keys->folder);
    commands_prepare(s);
    s->m->app->settle = settle;
    matrix_shut(s->m);
}
