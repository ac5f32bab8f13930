#include "keeper_world.h"
#include "engine.h"
#include <sys/mman.h>
#include <unistd.h>

#define PASS(n) LIT("an invented passphrase " n)
const struct plan_person world_people[PEOPLE] = {
    [ADA] = { LIT("ada"), PASS("ada"), CLASS_NONE, POWER_CERTIFY, 0 },
    [SAM] = { LIT("sam"), PASS("sam"), CLASS_ANALYST, 7, 1u << TIP | 1u << SOURCE | 1u << SERVICE },
    [LIN] = { LIT("lin"), PASS("lin"), CLASS_LINE, 0, 1u << TIP | 1u << SOURCE },
    [CAM] = { LIT("cam"), PASS("cam"), CLASS_CARE, 7, 1u << VICTIM },
    [AUD] = { LIT("aud"), PASS("aud"), CLASS_AUDITOR, 0, 1u << AUDIT },
    [OFFICER] = { LIT("officer"), PASS("officer"), CLASS_IMMIGRATION, 0, 0 },
    [IVY] = { LIT("ivy"), PASS("ivy"), CLASS_INVESTIGATOR, 0, 0 },
    [PAT] = { LIT("pat"), PASS("pat"), CLASS_PARTNER, 0, 0 },
};

const char *world_parent = "/tmp";
uint64_t world_seed;

/* As the program opens it: with the keeper's rights and no more. */
static void reopen(struct world *x)
{
    must(db_open(x->path, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &x->db) == OK);
}

static void keeper_up(struct world *x)
{
    must(core_open(x->db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)x->made.secret, SECRET_FILE }, x->chance, 8,
                   &x->core) == OK);
    core_set_time(x->core, x->now, x->now);
    if (x->node.number)
        core_be_node(x->core, x->node.number, str_of(x->node_name));
    must(core_start(x->core) == OK);
    x->staff = keeper_in_process(x->core, ROLE_STAFF);
    x->pub = keeper_in_process(x->core, ROLE_PUBLIC);
    x->acceptor = keeper_in_process(x->core, ROLE_ACCEPTOR);
    x->jobs = keeper_in_process(x->core, ROLE_JOBS);
    x->control = keeper_in_process(x->core, ROLE_CONTROL);
    x->engine = keeper_in_process(x->core, ROLE_ENGINE);
}

struct world *world_make(bool demo)
{
    return world_make_of(demo, world_people, PEOPLE);
}

struct world *world_make_of(bool demo, const struct plan_person *people, ptrdiff_t n)
{
    crypt_start();
    struct arena a = arena_reserve(8 << 20);
    struct world *x = arena_new(&a, struct world, 1);
    x->arena = a;
    x->chance = world_seed ? chance_seeded(world_seed) : chance_system();
    x->now = WORLD_NOW;
    x->office = (id){ { 0x0f, 1 } };
    x->people = people;
    snprintf(x->folder, sizeof x->folder, "%s/keeper-test-XXXXXX", world_parent);
    must(mkdtemp(x->folder));
    snprintf(x->path, sizeof x->path, "%s/keys.db", x->folder);
    must(db_open(x->path, (struct db_options){ .create = true, .busy_ms = 2000 }, &x->db) == OK);
    must(db_migrate(x->db, migrations_keys) == OK);
    struct house_plan plan = { .demo = demo, .house_passphrase = WORLD_HOUSE, .secret = SECRET_SMALL, .cost = { 1, 8 },
                               .shares = 5, .need = 3, .office = x->office, .people = people, .people_count = n };
    if (!demo)
        plan.cost = (struct stretch_cost){ 3, 64 * 1024 };
    must(ceremony_make(x->db, &plan, &x->chance, x->now, &x->made) == OK);
    db_close(x->db);
    reopen(x);
    keeper_up(x);
    return x;
}

struct node_made world_node(struct world *x, const char *name)
{
    struct node_made made;
    struct db *db;
    uint8_t stretched[KEY] = { 0 };
    struct secret_head head;
    str secret = { (char *)x->made.secret, SECRET_FILE };
    must(secret_head_read(secret, &head) && (head.version == SECRET_DEMO || stretch(WORLD_HOUSE, head.salt, head.cost, stretched) == OK));
    must(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db) == OK);
    assert_int_equal(node_make(db, (str){ (char *)x->made.anchor, ANCHOR }, secret, stretched, x->chance, x->now, str_of(name), &made), OK);
    db_close(db);
    return made;
}

void world_admit(struct world *x, const struct node_made *node)
{
    static const enum someone two[] = { ADA, SAM };
    uint32_t missing = 0;
    for (int i = 0; i < countof(two); i++) {
        struct signed_in in = world_in(x, two[i]);
        assert_int_equal(keeper_certify(x->staff, in.token, node->principal, node->fingerprint, &missing), OK);
    }
    assert_int_equal(missing, 0);
}

struct world *world_beside(struct world *x, const struct node_made *node, const char *name)
{
    struct arena a = arena_reserve(8 << 20);
    struct world *y = arena_new(&a, struct world, 1);
    *y = *x;
    y->arena = a;
    y->node = *node;
    snprintf(y->node_name, sizeof y->node_name, "%s", name);
    reopen(y);
    keeper_up(y);
    return y;
}

void world_part(struct world *x)
{
    db_close(x->db);
}

void world_restart(struct world *x)
{
    struct keeper_core gone = *x->core;
    core_close(x->core);
    must(!madvise(gone.memory, (size_t)(gone.turn.end - gone.memory), MADV_DONTNEED)); /* a process would have ended here */
    db_close(x->db);
    reopen(x);
    keeper_up(x);
}

void world_shut(struct world *x)
{
    db_close(x->db);
    x->db = NULL;
}

void world_reopen(struct world *x, const char *folder, bool fresh)
{
    must(strlen(folder) < sizeof x->folder);
    memmove(x->folder, folder, strlen(folder) + 1);
    snprintf(x->path, sizeof x->path, "%s/keys.db", x->folder);
    reopen(x);
    if (fresh)
        keeper_up(x);
    else
        x->core->db = x->db;
}

void world_end(struct world *x)
{
    db_close(x->db);
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (ptrdiff_t i = 0; i < countof(ends); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", x->path, ends[i]);
        unlink(path);
    }
    engine_remove(x->path);
    rmdir(x->folder);
}

void world_pass(struct world *x, int64_t seconds)
{
    x->now += seconds;
    core_set_time(x->core, x->now, x->now);
}

status world_unlock(struct world *x, str passphrase)
{
    struct secret_head head;
    uint8_t stretched[KEY];
    must(secret_head_read((str){ (char *)x->made.secret, SECRET_FILE }, &head));
    must(stretch(passphrase, head.salt, head.cost, stretched) == OK);
    return keeper_unlock(x->control, stretched);
}

status world_sign_in(struct world *x, str name, str passphrase, const uint8_t *otp_secret, struct signed_in *out)
{
    struct ticket t;
    uint8_t stretched[KEY];
    world_pass(x, 31);
    status s = keeper_begin(x->staff, name, x->device, &t);
    if (s != OK)
        return s;
    must(stretch(passphrase, t.salt, t.cost, stretched) == OK);
    return keeper_finish(x->staff, t.number, stretched, otp_secret ? totp_code(otp_secret, x->now) : 0, NULL, out);
}

struct signed_in world_in(struct world *x, enum someone who)
{
    struct signed_in in;
    assert_int_equal(world_sign_in(x, x->people[who].name, x->people[who].passphrase, x->made.people[who].otp_secret, &in), OK);
    assert_true(id_equal(in.principal, x->made.people[who].principal));
    return in;
}

status world_engine(struct world *x, token by, token *out)
{
    static uint8_t hello[KEEPER_MESSAGE_MAX];
    struct wire w = { hello, CHANNEL_HEADER + 24, sizeof hello, false };
    *out = (token){ { 0 } };
    status s = keeper_engine(x->staff, by);
    ptrdiff_t n = core_engine_hello(x->core, hello);
    if (n)
        memcpy(out->at, wire_get_bytes(&w, KEY), KEY);
    assert_true(!n || n == w.len);
    return s;
}

/* A thief's hand, with none of the keeper's rules. */
void world_sql(struct world *x, const char *text)
{
    assert_true(engine_tries(x->path, text, true));
}

bool world_sql_tries(struct world *x, const char *text)
{
    return engine_tries(x->path, text, false);
}

int64_t world_count(struct world *x, const char *text)
{
    struct arena a = x->arena;
    int64_t count = -1;
    str one;
    must(engine_rows(x->path, text, &a, &one, 1) == 1 && str_to_int(one, &count));
    return count;
}

struct row world_seal(struct world *x, enum scope_kind kind, id scope, enum compartment c, const char *text)
{
    struct ring_key key;
    struct row r = { chance_id(&x->chance, x->now * 1000, true), { 0 } };
    assert_int_equal(keeper_ring_key(x->pub, kind, scope, c, &key), OK);
    struct sealer *sealer = sealer_new();
    struct sealed_field field = { 1, str_of(text) };
    r.sealed = envelope_seal(sealer, 0, &x->arena, &key, TABLE_TIP, r.id, &field, 1);
    assert_true(r.sealed.len > KEYBOX);
    return r;
}

uint8_t world_open(struct world *x, token t, const struct row *r)
{
    struct open_row row = { .row = r->id, .keybox = (const uint8_t *)r->sealed.at };
    status s = keeper_open(x->staff, t, PURPOSE_READ, r->id, &row, 1);
    if (s != OK)
        return s == LIMIT ? CODE_LIMIT : s == LOCKED ? CODE_LOCKED : s == NOT_FOUND ? CODE_NONE : CODE_STORE;
    if (row.code != CODE_OK)
        return row.code;
    struct sealed_fields f;
    assert_true(envelope_open(&x->arena, row.key, TABLE_TIP, r->id, r->sealed, &f));
    return CODE_OK;
}

status world_ring(struct world *x, enum ring_verb verb, token t, id ring, enum someone member, struct ring_done *out)
{
    struct ring_act act = { .token = t, .ring = ring, .reason = "a test" };
    struct ring_done unread;
    if ((int)member < PLAN_PEOPLE)
        act.member = x->made.people[member].principal;
    return keeper_ring(x->staff, verb, &act, out ? out : &unread);
}

status world_make_ring(struct world *x, token t, enum scope_kind kind, id scope, enum compartment c, id *ring)
{
    struct ring_act act = { .token = t, .scope = scope, .kind = kind, .compartment = c };
    struct ring_done done;
    status s = keeper_ring(x->staff, RING_CREATE, &act, &done);
    *ring = done.ring;
    return s;
}

id world_ring_of(struct world *x, enum compartment c)
{
    struct ring_key key;
    must(keeper_ring_key(x->pub, SCOPE_OFFICE, x->office, c, &key) == OK);
    return key.ring;
}
