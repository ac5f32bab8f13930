/*
 * See failures.h. failures [--points N] [--only WORDS] [--kind KIND] ends with the line of counts. N points of each of nine ways to fail, 0: all
 * there are (hours). Without it: one point of two of the ways, others for each operation.
 */
#include "commands.h"
#include "lib/crypt/crypt.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { HANG_SECONDS = 60, SHOWN_MOST = 6, SAMPLE = -1 };
static const char *const kind_words[FAULT_KINDS] = { "memory", "arena", "EIO", "ENOSPC", "EINTR", "short" };

/* What the child that was disturbed tells, and the one that looked afterwards. In memory that they share with their parent. */
struct told {
    bool answered;          /* it came as far as an answer */
    struct said said, again; /* again: the same in the same process, undisturbed, when the first was not done */
    bool ended, retried;
    int64_t calls[FAULT_KINDS], struck;
    struct marks after;     /* right after the first */
    struct marks found;     /* by who looked afterwards */
    bool whole, own_whole, fresh_tried;
    struct said fresh;
};
static struct told *told;
static struct tried house;

struct reference {
    struct said said;
    struct marks before, after;
    bool same[MARKS_MOST]; /* two runs agree on it */
    bool same_body;
    int64_t calls[FAULT_KINDS];
};

/* ---- folders ---- */

static void clear_folder(const char *path)
{
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0)) {
            char inner[512];
            snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
            clear_folder(inner);
        }
    }
    if (d)
        closedir(d);
    rmdir(path);
}

static void copy_bytes(const char *from, const char *to)
{
    static char bytes[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    must(in >= 0 && out >= 0);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) != 0;)
        must(n > 0 && write(out, bytes, (size_t)n) == n);
    close(in);
    close(out);
}

/* What only commands want. */
static bool is_of_commands(const char *name)
{
    return !strcmp(name, "sets") || !strncmp(name, "ceremony", 8);
}

static void copy_folder(const char *from, const char *to, bool all)
{
    must(!mkdir(to, 0700));
    DIR *d = opendir(from);
    must(d);
    for (struct dirent *e; (e = readdir(d));) {
        char a[512], b[512];
        struct stat about;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || (!all && is_of_commands(e->d_name)))
            continue;
        snprintf(a, sizeof a, "%s/%s", from, e->d_name);
        snprintf(b, sizeof b, "%s/%s", to, e->d_name);
        must(!stat(a, &about));
        if (S_ISDIR(about.st_mode))
            copy_folder(a, b, all);
        else
            copy_bytes(a, b);
    }
    closedir(d);
}

/* ---- children ---- */

extern void __gcov_dump(void) __attribute__((weak)); /* of a build for coverage */
enum end { ENDED_WELL, ENDED_BY_ITSELF, CRASHED, HUNG };

/* What a child wrote to its standard error. */
static str last_words(int fd)
{
    static char text[2][1 << 16];
    static int turn;
    turn = !turn; /* those of the child before it are still wanted */
    ssize_t n = pread(fd, text[turn], sizeof text[turn], 0);
    return (str){ text[turn], n > 0 ? n : 0 };
}

static bool says(str text, const char *words)
{
    return text.len && memmem(text.at, (size_t)text.len, words, strlen(words)) != NULL;
}

/* By itself: `must` says which promise could not be kept and aborts, or a role ends with a fault; its parent starts another. All else crashed. */
static enum end run_child(void (*run)(const struct act *, struct fault_order), const struct act *act, struct fault_order order, str *words)
{
    int how, said = memfd_create("said", MFD_CLOEXEC);
    fflush(stdout);
    pid_t child = fork();
    must(child >= 0 && said >= 0);
    if (!child) {
        int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nothing, 1);
        dup2(said, 2);
        alarm(HANG_SECONDS);
        run(act, order);
        if (__gcov_dump)
            __gcov_dump();
        _exit(0);
    }
    must(waitpid(child, &how, 0) == child);
    *words = last_words(said);
    close(said);
    if (WIFEXITED(how) && !WEXITSTATUS(how))
        return ENDED_WELL;
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGALRM)
        return HUNG;
    bool sanitiser = says(*words, "Sanitizer") || says(*words, "runtime error");
    bool promise = WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT && says(*words, "broken_promise");
    bool role = WIFEXITED(how) && WEXITSTATUS(how) == ROLE_ENDED;
    return !sanitiser && (promise || role) ? ENDED_BY_ITSELF : CRASHED;
}

static void disturbed(const struct act *act, struct fault_order order)
{
    struct tried *s = &house;
    s->attempt = 1;
    tried_open(s, false);
    struct matrix_request q = tried_request(s, act);
    fault_arm(order);
    struct said said = tried_do(s, act, &q);
    told->struck = fault_disarm(told->calls);
    told->said = said;
    told->answered = true;
    told->ended = tried_ended(s);
    must(marks_take(s->at, &told->after));
    if (said.done || told->ended)
        return;
    s->attempt = 2;
    q = tried_request(s, act);
    told->again = tried_do(s, act, &q);
    told->retried = true;
}

static void looked_at(const struct act *act, struct fault_order order)
{
    struct tried *s = &house;
    s->no_way_back = order.all;
    s->done_again = told->again.done;
    bool done = told->said.done;
    s->attempt = 3;
    tried_open(s, true);
    must(marks_take(s->at, &told->found));
    told->whole = stores_whole(s);
    told->own_whole = !act->whole || act->whole(s, done);
    if (done || told->again.done)
        return;
    tried_sign_in(s, act);
    struct matrix_request q = tried_request(s, act);
    told->fresh = tried_do(s, act, &q);
    told->fresh_tried = true;
}

static enum end try_once(const struct act *act, struct fault_order order, str *words)
{
    memset(told, 0, sizeof *told);
    snprintf(house.at, sizeof house.at, "%s-t", house.base);
    clear_folder(house.at);
    copy_folder(house.base, house.at, act->run != NULL);
    return run_child(disturbed, act, order, words);
}

/* ---- judging ---- */

static bool agrees(const struct reference *ref, const struct marks *now, const struct marks *then, bool content)
{
    int from = content ? 0 : then->content, to = content ? then->content : then->all;
    if (now->all != then->all)
        return false;
    for (int i = from; i < to; i++)
        if (ref->same[i] && (content ? now->at[i] != then->at[i] : then->counts[i] && now->at[i] < then->at[i]))
            return false;
    return true;
}

/* NULL: all is well. */
static const char *fault_of(const struct act *act, const struct reference *ref)
{
    const struct marks *found = told->retried ? &told->after : &told->found;
    bool as_before = agrees(ref, found, &ref->before, true), as_done = agrees(ref, found, &ref->after, true);
    if (!told->whole)
        return "the databases do not hold together";
    if (!told->own_whole)
        return "what it left is not whole";
    if (told->said.done && told->said.code != ref->said.code)
        return "it says done in another way";
    if (told->said.done && ref->same_body && told->said.body != ref->said.body)
        return "it shows something else and says done";
    if (told->said.done && !as_done)
        return "it says done, and the content is not there";
    if (told->said.done && !agrees(ref, found, &ref->after, false))
        return "it says done, and the keys or the log do not know it";
    if (!told->said.done && !act->loose && !as_before && !as_done)
        return "it was done by half";
    if (told->answered && !act->run && !told->said.done && told->said.code >= 400 && told->said.code < 500)
        return "it lays its own failure on the one who asked";
    if (told->retried && !told->again.done && as_before)
        return "the same process cannot do it any more";
    if (told->fresh_tried && !told->fresh.done && as_before)
        return "a new start cannot do it";
    return NULL;
}

static bool control; /* what is tried now must be found: it is not told as a fault */
static int64_t passed, failed, tries, deliberate, answered, refused;

static void say_fault(const struct act *act, struct fault_order o, const char *what, str words)
{
    static int shown;
    if (control)
        return;
    if (shown++ < 40 || getenv("FAULTS_SHOW"))
        printf("    %s, %s %lld%s: %s (answered %d, again %d, afresh %d)\n%.*s\n", act->name, kind_words[o.kind], (long long)o.at,
               o.all ? " and all after" : "", what, told->said.code, told->again.code, told->fresh.code,
               (int)(words.len < 3000 || getenv("FAULTS_SHOW") ? words.len : 3000), words.at);
}

/* One try with its look afterwards; false: a fault was found. *over: nothing failed any more. */
static bool one_try(const struct act *act, const struct reference *ref, struct fault_order order, bool *over)
{
    str words;
    const char *what = NULL;
    enum end end = try_once(act, order, &words);
    tries++;
    *over = told->answered && !told->struck;
    deliberate += end == ENDED_BY_ITSELF;
    answered += told->said.done;
    refused += told->answered && !told->said.done;
    if (end == CRASHED || end == HUNG)
        what = end == HUNG ? "it hangs" : "it crashes";
    str later = { 0 };
    if (!what && run_child(looked_at, act, order, &later) != ENDED_WELL) {
        what = "a new start fails";
        words = later;
    }
    if (!what)
        what = fault_of(act, ref);
    if (what)
        say_fault(act, order, what, words);
    return !what;
}

/* Undisturbed, twice: what it does, what of it is the same each time, and how many calls it makes. */
static bool refer(const struct act *act, struct reference *ref)
{
    struct fault_order none = { 0 };
    str words;
    must(marks_take(house.base, &ref->before));
    for (int i = 0; i < 2; i++) {
        if (try_once(act, none, &words) != ENDED_WELL || !told->said.done) {
            say_fault(act, none, "undisturbed, it is not done", words);
            return false;
        }
        for (int k = 0; k < MARKS_MOST; k++)
            ref->same[k] = i == 0 || ref->after.at[k] == told->after.at[k];
        ref->same_body = i && ref->said.body == told->said.body;
        ref->after = told->after;
        ref->said = told->said;
        memcpy(ref->calls, told->calls, sizeof ref->calls);
    }
    if (run_child(looked_at, act, none, &words) != ENDED_WELL || fault_of(act, ref)) {
        say_fault(act, none, "undisturbed, it is not whole", words);
        return false;
    }
    return true;
}

/* points 0: each n until nothing fails. Else so many, spread over all there are, another set for each act. */
static int64_t try_kind(const struct act *act, const struct reference *ref, struct fault_order order, int64_t points, uint64_t *dice)
{
    int64_t wrong = 0, calls = ref->calls[order.kind];
    bool over = false;
    for (int64_t n = 1; !over && (!points || n <= (calls < points ? calls : points)); n++) {
        *dice = *dice * 6364136223846793005u + 1442695040888963407u;
        order.at = !points || calls <= points ? n : 1 + (calls * (n - 1) + (int64_t)((*dice >> 33) % (uint64_t)calls)) / points;
        wrong += !one_try(act, ref, order, &over);
        if (wrong > SHOWN_MOST)
            break;
    }
    return wrong;
}

/* For who looks for a fault: one point of one kind. */
static bool at_one_point(const struct act *act, const struct reference *ref, struct fault_order order, int64_t *wrong)
{
    bool over;
    str at = str_of(getenv("FAULTS_AT"));
    if (!str_to_int(at, &order.at))
        return false;
    *wrong += !one_try(act, ref, order, &over);
    return true;
}

static int64_t try_act(const struct act *act, int64_t points, const char *only_kind)
{
    static const struct fault_order orders[] = { { FAULT_MEMORY, 0, false }, { FAULT_MEMORY, 0, true }, { FAULT_ARENA, 0, false },
                                                 { FAULT_EIO, 0, false },    { FAULT_EIO, 0, true },    { FAULT_ENOSPC, 0, false },
                                                 { FAULT_ENOSPC, 0, true },  { FAULT_EINTR, 0, false }, { FAULT_SHORT, 0, false } };
    static struct reference ref;
    int64_t wrong = 0, before = tries;
    time_t began = time(NULL);
    uint64_t dice = (uint64_t)(act - acts) + 1;
    ref = (struct reference){ 0 };
    if (!refer(act, &ref))
        return 1;
    for (ptrdiff_t i = 0; i < countof(orders); i++)
        if (points == SAMPLE && (i + 2 * (act - acts)) % 5)
            continue;
        else if ((!only_kind || !strcmp(only_kind, kind_words[orders[i].kind])) && !at_one_point(act, &ref, orders[i], &wrong))
            wrong += try_kind(act, &ref, orders[i], points == SAMPLE ? 1 : points, &dice);
    if (control)
        return wrong;
    printf("%s: %s (%lld tries, %lld s)\n", wrong ? "not ok" : "ok", act->name, (long long)(tries - before),
           (long long)(time(NULL) - began));
    fflush(stdout);
    return wrong;
}

static const char *value_of(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], name))
            return argv[i + 1];
    return NULL;
}

int main(int argc, char **argv)
{
    const char *only = value_of(argc, argv, "--only"), *kind = value_of(argc, argv, "--kind"), *points = value_of(argc, argv, "--points");
    int64_t most = SAMPLE;
    if (points && !str_to_int(str_of(points), &most))
        return 2;
    crypt_start();
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(told != MAP_FAILED);
    tried_make(&house);
    for (int i = 0; i < planted_count && !only; i++) {
        control = true;
        int64_t wrong = try_act(&planted_acts[i], 1, NULL);
        control = false;
        printf("%s: the control is found: %s\n", wrong ? "ok" : "not ok", planted_acts[i].name);
        passed += wrong > 0;
        failed += !wrong;
    }
    for (int i = 0; i < act_count; i++) {
        if (only && !strstr(acts[i].name, only))
            continue;
        int64_t wrong = try_act(&acts[i], most, kind);
        passed += !wrong;
        failed += wrong > 0;
    }
    printf("%lld tries: %lld answered as done, %lld refused, %lld ended a process by its own word\n", (long long)tries, (long long)answered,
           (long long)refused, (long long)deliberate);
    clear_folder(house.at);
    clear_folder(house.base);
    printf("%lld passed, %lld failed\n", (long long)passed, (long long)failed);
    return failed || !passed;
}
