/* The keeper as a real process: what its memory holds between turns, and what a kill leaves on disk. */
#include "keeper_world.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/os/os.h"
#include "vault/keeper_main.h"

enum { STAFF_FD = 10, PUBLIC_FD = 11, CONTROL_FD = 12, ENGINE_FD = 13, CHANNELS = 4 };

/* A world whose keeper is another process; the world's own core is closed. */
struct process {
    struct world *world;
    pid_t keeper;
    int staff, pub, control, engine; /* our ends */
    int theirs[CHANNELS];           /* kept, as the supervisor keeps them: a new keeper inherits the channels */
};

static void keeper_spawn(struct process *h)
{
    extern char **environ;
    static const enum keeper_role roles[CHANNELS] = { ROLE_STAFF, ROLE_PUBLIC, ROLE_CONTROL, ROLE_ENGINE };
    char text[CHANNELS][16];
    char *arguments[] = { "test_keeper_process", "keeper", h->world->folder, text[3], text[0], text[1], text[2], NULL }; /* the engine first: what is late is late by rule */
    for (int i = 0; i < CHANNELS; i++)
        snprintf(text[i], sizeof text[i], "%d:%d", STAFF_FD + i, roles[i]);
    posix_spawn_file_actions_t files;
    must(!posix_spawn_file_actions_init(&files));
    for (int i = 0; i < CHANNELS; i++)
        must(!posix_spawn_file_actions_adddup2(&files, h->theirs[i], STAFF_FD + i));
    must(!posix_spawn(&h->keeper, "/proc/self/exe", &files, NULL, arguments, environ));
    must(!posix_spawn_file_actions_destroy(&files));
}

/* HELLO must come on each channel before anything else. */
static void hear_hello(int fd)
{
    uint8_t in[KEEPER_MESSAGE_MAX];
    ptrdiff_t n;
    struct message_head head;
    assert_int_equal(channel_receive(fd, in, sizeof in, 10000, &n), OK);
    assert_true(message_head_read((str){ (char *)in, n }, &head));
    assert_int_equal(head.type, 0);
}

static void folder_file(struct process *h, const char *name, const uint8_t *bytes, ptrdiff_t n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", h->world->folder, name);
    assert_int_equal(file_replace(path, (str){ (const char *)bytes, n }), OK);
}

static int make_house(void **state)
{
    static struct process h;
    h = (struct process){ .world = world_make(true) };
    struct world *x = h.world;
    core_close(x->core);
    db_close(x->db);
    x->now = os_now();
    folder_file(&h, KEEPER_ANCHOR, x->made.anchor, ANCHOR);
    folder_file(&h, KEEPER_SECRET, x->made.secret, SECRET_FILE);
    int *ours[] = { &h.staff, &h.pub, &h.control, &h.engine };
    for (int i = 0; i < CHANNELS; i++) {
        int fds[2];
        assert_int_equal(channel_pair(fds), OK);
        *ours[i] = fcntl(fds[0], F_DUPFD_CLOEXEC, 40);
        h.theirs[i] = fcntl(fds[1], F_DUPFD_CLOEXEC, 60);
        close(fds[0]);
        close(fds[1]);
    }
    keeper_spawn(&h);
    for (int i = 0; i < CHANNELS; i++)
        hear_hello(*ours[i]);
    x->staff = keeper_on_channel(h.staff, 5000);
    x->pub = keeper_on_channel(h.pub, 5000);
    x->control = keeper_on_channel(h.control, 5000);
    x->engine = keeper_on_channel(h.engine, 5000);
    *state = &h;
    return 0;
}

static int end_house(void **state)
{
    struct process *h = *state;
    int ended;
    for (int i = 0; i < CHANNELS; i++)
        close(h->theirs[i]);
    close(h->engine);
    close(h->control);
    assert_int_equal(waitpid(h->keeper, &ended, 0), h->keeper);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    close(h->staff);
    close(h->pub);
    char path[128];
    static const char *const names[] = { KEEPER_ANCHOR, KEEPER_SECRET, "keys.db", "keys.db-wal", "keys.db-shm" };
    for (ptrdiff_t i = 0; i < countof(names); i++) {
        snprintf(path, sizeof path, "%s/%s", h->world->folder, names[i]);
        unlink(path);
    }
    rmdir(h->world->folder);
    return 0;
}

static status sign_in(struct process *h, enum someone who, struct signed_in *out)
{
    struct world *x = h->world;
    struct ticket t;
    uint8_t stretched[KEY];
    status s = keeper_begin(x->staff, world_people[who].name, x->device, &t);
    if (s != OK)
        return s;
    must(stretch(world_people[who].passphrase, t.salt, t.cost, stretched) == OK);
    return keeper_finish(x->staff, t.number, stretched, totp_code(x->made.people[who].otp_secret, os_now()), NULL, out);
}

/* --- memory ------------------------------------------------------------------------------------ */

struct memory {
    char *at;
    ptrdiff_t len;
};

/* Held in memory or in swap: pagemap's bits 63 and 62 (Linux, Documentation/admin-guide/mm/pagemap.rst). */
static bool page_there(int pagemap, unsigned long page)
{
    uint64_t bits = 0;
    return pread(pagemap, &bits, sizeof bits, (off_t)(page / 4096 * sizeof bits)) == sizeof bits && bits >> 62;
}

static int proc_open(pid_t pid, const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd >= 0);
    return fd;
}

/*
 * Every page of the process that can be written and was ever touched: heap, stack, anonymous memory. Untouched pages
 * are passed over, they would fill the room; and so is a mapping of terabytes, which is the sanitiser's shadow: it
 * holds a bit about each byte and no byte.
 */
static struct memory read_memory(pid_t pid, struct arena *a)
{
    enum { MOST = 384 << 20 };
    static const unsigned long shadow = 1ul << 40;
    struct memory m = { arena_new(a, char, MOST), 0 };
    char line[512];
    int fd = proc_open(pid, "mem"), pagemap = proc_open(pid, "pagemap");
    FILE *maps = fdopen(proc_open(pid, "maps"), "r");
    must(maps != NULL);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r' || rights[1] != 'w' || to - from > shadow)
            continue;
        for (; from < to; from += 4096) {
            if (!page_there(pagemap, from))
                continue;
            must(m.len + 4096 <= MOST); /* a page left out could be the one */
            ssize_t n = pread(fd, m.at + m.len, 4096, (off_t)from);
            m.len += n > 0 ? n : 0;
        }
    }
    fclose(maps);
    close(pagemap);
    close(fd);
    return m;
}

static int hits(const struct memory *m, const uint8_t *secret)
{
    int n = 0;
    for (char *at = m->at; at && (at = memmem(at, (size_t)(m->at + m->len - at), secret, KEY)); at++)
        n++;
    return n;
}

/* Secrets of a person, made again outside from what only a test knows: K0 and the passphrase. */
struct secrets {
    uint8_t seed[KEY], box[KEY], ring[KEY], session[KEY], stretched[KEY], token[KEY], kek[KEY];
};

static void secrets_of(struct world *x, enum someone who, token t, struct secrets *out)
{
    id me = x->made.people[who].principal;
    uint8_t k0[KEY], wrap[WRAP];
    struct house_keys house;
    struct slot slot;
    struct identity own;
    struct ring ring;
    struct db *db;
    assert_true(base32_read((str){ x->made.k0, K0_TEXT }, k0, KEY));
    house_from(k0, &house);
    memcpy(out->kek, house.kek, KEY);
    assert_int_equal(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db), OK);
    assert_int_equal(slot_find(db, me, SLOT_PASSPHRASE, &slot), OK);
    assert_int_equal(stretch(world_people[who].passphrase, slot.salt, slot.cost, out->stretched), OK);
    assert_true(slot_open(&house, me, SLOT_PASSPHRASE, (str){ (char *)out->stretched, KEY }, slot.box, out->seed));
    identity_from(out->seed, &own);
    memcpy(out->box, own.box.secret, KEY);
    assert_int_equal(ring_by_scope(db, SCOPE_OFFICE, x->office, TIP, &ring), OK);
    assert_int_equal(wrap_find(db, ring.id, me, ring.epoch, wrap), OK);
    assert_true(wrap_open(wrap, ring.id, ring.epoch, me, &own.box, out->ring));
    memcpy(out->token, t.at, KEY);
    keyed_hash(t.at, "session kek", lit(""), out->session, KEY);
    db_close(db);
}

/* The engine's secrets by way of whoever holds SERVICE. seed, box, session and token are filled in. */
static void secrets_of_engine(struct world *x, enum someone certifier, token t, struct secrets *out)
{
    struct secrets s;
    struct identity own;
    struct ring ring;
    struct box_pair pair;
    uint8_t wrap[WRAP], box[KEYBOX], secret[KEY];
    struct db *db;
    id me = x->made.people[certifier].principal;
    secrets_of(x, certifier, t, &s);
    identity_from(s.seed, &own);
    assert_int_equal(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db), OK);
    assert_int_equal(ring_by_scope(db, SCOPE_INSTALLATION, x->made.install, SERVICE, &ring), OK);
    assert_int_equal(wrap_find(db, ring.id, me, ring.epoch, wrap), OK);
    assert_true(wrap_open(wrap, ring.id, ring.epoch, me, &own.box, secret));
    assert_int_equal(service_find(db, x->made.engine, box), OK);
    box_pair_from(secret, &pair);
    assert_true(keybox_open(secret, pair.open, box, x->made.engine, out->seed));
    identity_from(out->seed, &own);
    memcpy(out->box, own.box.secret, KEY);
    memcpy(out->token, t.at, KEY);
    keyed_hash(t.at, "session kek", lit(""), out->session, KEY);
    db_close(db);
}

static token open_engine(struct process *h, token by)
{
    struct keeper_greeting g = { .open = false };
    assert_int_equal(keeper_engine(h->world->staff, by), OK);
    for (int i = 0; i < 200 && !(keeper_greeted(h->world->engine, &g) && g.open); i++)
        usleep(10000);
    assert_true(g.open);
    return g.token;
}

static void index_row(struct process *h, token t, const struct row *r)
{
    struct open_row row = { .row = r->id, .keybox = (const uint8_t *)r->sealed.at };
    assert_int_equal(keeper_open(h->world->engine, t, PURPOSE_INDEX, (id){ 0 }, &row, 1), OK);
    assert_int_equal(row.code, CODE_OK);
}

static void between_turns_the_keepers_memory_holds_no_secret_of_the_engine_either(void **state)
{
    struct process *h = *state;
    struct world *x = h->world;
    struct signed_in in;
    struct secrets s, sam;
    uint8_t snapshot[KEY];
    assert_int_equal(sign_in(h, SAM, &in), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    token t = open_engine(h, in.token);
    for (int i = 0; i < 5; i++)
        index_row(h, t, &tip);
    assert_int_equal(keeper_snapshot_key(x->engine, t, true, snapshot), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, t, false, snapshot), OK);
    secrets_of(x, SAM, in.token, &sam);
    secrets_of_engine(x, SAM, t, &s);
    struct arena a = arena_reserve(400 << 20);
    struct memory m = read_memory(h->keeper, &a);
    assert_true(hits(&m, sam.kek) > 0); /* the control: K_kek, which the keeper does keep */
    assert_int_equal(hits(&m, s.seed), 0);
    assert_int_equal(hits(&m, s.box), 0);
    assert_int_equal(hits(&m, s.session), 0);
    assert_int_equal(hits(&m, s.token), 0);
    assert_int_equal(hits(&m, snapshot), 0);
}

static pid_t in_child(void (*run)(struct process *h, token t, const struct row *r), struct process *h, token t, const struct row *r)
{
    pid_t child = fork();
    if (child == 0) {
        run(h, t, r);
        _exit(0);
    }
    must(child > 0);
    return child;
}

static void read_row(struct process *h, token t, const struct row *r)
{
    must(world_open(h->world, t, r) == CODE_OK);
}

/* It stands still: one that was told to and is still on its way may have looked at what lies there already. */
static void stop(pid_t keeper)
{
    int how = 0;
    assert_int_equal(kill(keeper, SIGSTOP), 0);
    assert_int_equal(waitpid(keeper, &how, WUNTRACED), keeper);
    assert_true(WIFSTOPPED(how));
}

/* What was sent at this end lies unread at the other: bytes that the kernel still counts as the sender's. */
static void wait_until_sent(int end)
{
    int unread = 0;
    for (int i = 0; i < 2000 && unread == 0; i++) {
        usleep(5000);
        assert_int_equal(ioctl(end, SIOCOUTQ, &unread), 0);
    }
    assert_true(unread > 0);
}

/* Both lie there when the keeper looks, the engine's in front: it is a turn later all the same. */
static void a_person_is_served_before_the_engine(void **state)
{
    struct process *h = *state;
    struct world *x = h->world;
    struct signed_in in;
    int ended;
    assert_int_equal(sign_in(h, SAM, &in), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    token t = open_engine(h, in.token);
    for (int i = 0; i < 5; i++) {
        world_sql(x, "CREATE TABLE IF NOT EXISTS seen (n INTEGER); DELETE FROM seen; INSERT INTO seen SELECT max(seq) FROM leaf");
        stop(h->keeper);
        pid_t both[] = { in_child(index_row, h, t, &tip), in_child(read_row, h, in.token, &tip) };
        wait_until_sent(h->engine);
        wait_until_sent(h->staff);
        assert_int_equal(kill(h->keeper, SIGCONT), 0);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(waitpid(both[k], &ended, 0), both[k]);
            assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
        }
        /* bytes 3 and 4 of a record: the purpose, 2 READ, 6 INDEX */
        assert_int_equal(world_count(x, "SELECT count(*) FROM leaf, seen WHERE seq = n + 1 AND substr(record, 3, 2) = x'0200'"), 1);
        assert_int_equal(world_count(x, "SELECT count(*) FROM leaf, seen WHERE seq = n + 2 AND substr(record, 3, 2) = x'0600'"), 1);
    }
}

/* A hello that its process did not live to read is for the one that comes after it. */
static void what_was_said_to_an_engine_that_died_is_heard_by_its_successor(void **state)
{
    struct process *h = *state;
    struct world *x = h->world;
    struct signed_in in;
    struct keeper_greeting g = { .open = false };
    assert_int_equal(sign_in(h, SAM, &in), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    assert_int_equal(keeper_engine(x->staff, in.token), OK);
    usleep(50000); /* the hello follows the answer */
    x->engine = keeper_on_channel(h->engine, 5000);
    assert_true(keeper_greeted(x->engine, &g) && g.open);
    index_row(h, g.token, &tip);
    assert_false(keeper_greeted(x->engine, &g));
    kill(h->keeper, SIGKILL);
    waitpid(h->keeper, NULL, 0);
    keeper_spawn(h);
    int ends[] = { h->pub, h->control, h->staff };
    for (int k = 0; k < 3; k++)
        hear_hello(ends[k]);
    for (int i = 0; i < 200 && !keeper_greeted(x->engine, &g); i++)
        usleep(10000);
    assert_false(g.open); /* a new keeper has no token for it, and says so */
}

static void between_turns_the_keepers_memory_holds_no_secret_of_a_person_but_its_own_are_found(void **state)
{
    struct process *h = *state;
    struct world *x = h->world;
    struct signed_in in;
    struct secrets s;
    assert_int_equal(sign_in(h, SAM, &in), OK);
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    for (int i = 0; i < 5; i++)
        assert_int_equal(world_open(x, in.token, &tip), CODE_OK);
    secrets_of(x, SAM, in.token, &s);
    struct arena a = arena_reserve(400 << 20);
    struct memory m = read_memory(h->keeper, &a);
    assert_true(m.len > 1 << 20);
    const struct {
        const char *what;
        const uint8_t *secret;
        bool found;
    } looked_for[] = { { "the control: K_kek, which the keeper does keep", s.kek, true }, { "seed", s.seed, false },
                       { "X25519 secret", s.box, false },   { "ring secret", s.ring, false },
                       { "session key", s.session, false }, { "stretched passphrase", s.stretched, false },
                       { "token", s.token, false } };
    for (ptrdiff_t i = 0; i < countof(looked_for); i++) {
        int n = hits(&m, looked_for[i].secret);
        if ((n > 0) != looked_for[i].found)
            fail_msg("%s: %d hits", looked_for[i].what, n);
    }
}

/* --- kills ------------------------------------------------------------------------------------- */

static int rounds(void)
{
    const char *asked = getenv("KEEPER_KILLS");
    int64_t n = 20;
    if (asked)
        must(str_to_int(str_of(asked), &n) && n > 0 && n < 100000);
    return (int)n;
}

/* Opens until the keeper is gone, from a thread of our own: a child that kills it after a moment. */
static pid_t kill_soon(pid_t keeper, unsigned microseconds)
{
    pid_t child = fork();
    if (child == 0) {
        usleep(microseconds);
        kill(keeper, SIGKILL);
        _exit(0);
    }
    return child;
}

static int open_until_gone(struct process *h, token t, const struct row *tip)
{
    int answered = 0, ended;
    while (waitpid(h->keeper, &ended, WNOHANG) == 0) {
        struct open_row row = { .row = tip->id, .keybox = (const uint8_t *)tip->sealed.at };
        struct keeper *k = h->world->staff;
        if (keeper_open(k, t, PURPOSE_READ, tip->id, &row, 1) != OK)
            break;
        assert_int_equal(row.code, CODE_OK);
        answered++;
    }
    if (kill(h->keeper, 0) == 0)
        waitpid(h->keeper, &ended, 0);
    return answered;
}

static void no_opening_is_answered_whose_record_a_kill_could_take_back(void **state)
{
    struct process *h = *state;
    struct world *x = h->world;
    int64_t answered = 0, kills = rounds();
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    for (int64_t i = 0; i < kills; i++) {
        struct signed_in in;
        x->staff = keeper_on_channel(h->staff, 500);
        /* A step of the clock is taken once: the factor's memory is set back behind the keeper's back, for this test alone. */
        world_sql(x, "UPDATE factor SET last_step = 0");
        assert_int_equal(sign_in(h, SAM, &in), OK);
        pid_t killer = kill_soon(h->keeper, (unsigned)(2000 + 1700 * (i % 20)));
        answered += open_until_gone(h, in.token, &tip);
        assert_int_equal(waitpid(killer, NULL, 0), killer);
        keeper_spawn(h);
        int ends[] = { h->pub, h->control, h->engine };
        for (int k = 0; k < 3; k++)
            hear_hello(ends[k]);
    }
    x->staff = keeper_on_channel(h->staff, 5000);
    /* action 1 is OPEN; the record's second byte */
    int64_t recorded = world_count(x, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'01'");
    assert_true(answered > kills / 2);
    assert_true(recorded >= answered);
    assert_true(recorded <= answered + kills); /* at most one asked and not answered a kill */
}

/* A keeper may not be read by its own user; this one may, so that the test needs no root (prctl(2), PR_SET_DUMPABLE). */
static void let_the_test_read(void *app)
{
    (void)app;
    must(!prctl(PR_SET_DUMPABLE, 1));
}

int main(int argc, char **argv)
{
    if (argc > 2 && str_equal(str_of(argv[1]), lit("keeper"))) {
        struct keeper_channel channels[CHANNELS];
        for (int i = 0; i < CHANNELS; i++)
            if (argc != 3 + CHANNELS || !keeper_channel_read(str_of(argv[3 + i]), &channels[i]))
                return 2;
        char database[256];
        snprintf(database, sizeof database, "%s/keys.db", argv[2]);
        return keeper_main(argv[2], database, lit(FIRST_NODE), channels, CHANNELS, let_the_test_read, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(between_turns_the_keepers_memory_holds_no_secret_of_a_person_but_its_own_are_found, make_house,
                                        end_house),
        cmocka_unit_test_setup_teardown(between_turns_the_keepers_memory_holds_no_secret_of_the_engine_either, make_house, end_house),
        cmocka_unit_test_setup_teardown(a_person_is_served_before_the_engine, make_house, end_house),
        cmocka_unit_test_setup_teardown(what_was_said_to_an_engine_that_died_is_heard_by_its_successor, make_house, end_house),
        cmocka_unit_test_setup_teardown(no_opening_is_answered_whose_record_a_kill_could_take_back, make_house, end_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
