/*
 * The cheapest choice as an integer program. glpsol of GLPK solves it as a child (ADR 39): it reads one memory file and writes another, so
 * that no count ever lies on a disk; it has no environment, no other open file, and where the system allows it no network. What it
 * answers is a proposal for the audit, nothing more.
 */
#include "figures/privacy/suppress.h"
#include "lib/os/os.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNKNOWNS_MOST = 12000, PAIRS_MOST = 200, ROUNDS_MOST = 8, REACH = 3,
      SOLVER_IN = 3, SOLVER_OUT = 4, FREE_FROM = 10, ANSWER_MOST = 16 << 20, SOLVER_CPU = 60 };

static ptrdiff_t unsafe_count(const struct suppress *s)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s->cells; i++)
        n += suppress_unsafe(s, i);
    return n;
}

bool suppress_exact_fits(const struct suppress *s)
{
    ptrdiff_t n = unsafe_count(s);
    return n > 0 && 2 * n * s->cells <= UNKNOWNS_MOST;
}

/* Must the solver decide about it? The others are hidden anyway, or closed. */
static bool is_decided(const struct suppress *s, ptrdiff_t cell)
{
    return !s->closed[cell] && !suppress_unsafe(s, cell) && !s->sets[s->set_of_cell[cell]].hidden;
}

static void put(struct out *o, const char *format, ...)
{
    char text[200];
    va_list more;
    va_start(more, format);
    int n = vsnprintf(text, sizeof text, format, more);
    va_end(more);
    out_str(o, (str){ text, n });
}

/* One world: what it changes in each cell. It adds up, takes nobody from where nobody is, and changes what is hidden alone. */
static void put_world(struct out *o, const struct suppress *s, char way, ptrdiff_t p)
{
    int64_t reach = REACH * s->k;
    for (ptrdiff_t l = 0; l < s->link_count; l++) {
        const struct suppress_link *x = &s->links[l];
        const struct suppress_set *of = &s->sets[x->of], *to = &s->sets[x->to];
        for (ptrdiff_t e = 0; e < to->set.cells; e++) {
            put(o, " e%c%td_%td:", way, p, x->first + e);
            for (ptrdiff_t i = 0; i < of->set.cells; i++)
                if (x->cell[i] == e)
                    put(o, " + %c%td_%td\n", way, p, of->first + i);
            put(o, " - %c%td_%td = 0\n", way, p, to->first + e);
        }
    }
    for (ptrdiff_t i = 0; i < s->cells; i++)
        if (is_decided(s, i)) {
            put(o, " m%c%td_%td: %c%td_%td - %lld x%td <= 0\n", way, p, i, way, p, i, (long long)reach, i);
            put(o, " n%c%td_%td: %c%td_%td + %lld x%td >= 0\n", way, p, i, way, p, i,
                (long long)(s->count[i] < reach ? s->count[i] : reach), i);
        }
}

static void put_bounds(struct out *o, const struct suppress *s, char way, ptrdiff_t p, int32_t insider)
{
    int64_t reach = REACH * s->k;
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        int64_t low = s->count[i] < reach ? s->count[i] : reach;
        if (s->closed[i] || (insider >= 0 && s->insider_of[i] == insider + 1))
            put(o, " %c%td_%td = 0\n", way, p, i);
        else
            put(o, " -%lld <= %c%td_%td <= %lld\n", (long long)low, way, p, i, (long long)reach);
    }
}

/* Two worlds, and by how much the cell differs between them. */
static void put_worlds(struct out *o, const struct suppress *s, ptrdiff_t p, ptrdiff_t cell, int64_t want)
{
    put_world(o, s, 'u', p);
    put_world(o, s, 'd', p);
    put(o, " k%td: u%td_%td - d%td_%td >= %lld\n", p, p, cell, p, cell, (long long)want);
}

str suppress_exact_text(struct arena *a, const struct suppress *s, const struct suppress_pair *pairs, ptrdiff_t pair_count)
{
    struct out o = { .arena = a };
    ptrdiff_t n = unsafe_count(s);
    put(&o, "Minimize\n cost:");
    for (ptrdiff_t i = 0; i < s->cells; i++)
        if (is_decided(s, i))
            put(&o, " + %lld x%td\n", (long long)suppress_cost(s, i), i);
    put(&o, "Subject To\n");
    for (ptrdiff_t p = 0, i = 0; p < n; i++)
        if (suppress_unsafe(s, i))
            put_worlds(&o, s, p++, i, s->k);
    for (ptrdiff_t i = 0; i < pair_count; i++)
        put_worlds(&o, s, n + i, pairs[i].cell, 1);
    put(&o, "Bounds\n");
    for (ptrdiff_t p = 0; p < n + pair_count; p++) {
        put_bounds(&o, s, 'u', p, p < n ? -1 : pairs[p - n].insider);
        put_bounds(&o, s, 'd', p, p < n ? -1 : pairs[p - n].insider);
    }
    put(&o, "Binary\n");
    for (ptrdiff_t i = 0; i < s->cells; i++)
        if (is_decided(s, i))
            put(&o, " x%td\n", i);
    put(&o, "End\n");
    return out_view(&o);
}

static void limit(int what, rlim_t most)
{
    struct rlimit l = { most, most };
    setrlimit(what, &l);
}

/* In the child, which never returns. */
static void become(const char *solver, int in, int out)
{
    static char *const environment[] = { NULL };
    char name[] = "glpsol", lp[] = "--lp", w[] = "-w", from[] = "/proc/self/fd/3", to[] = "/proc/self/fd/4", time[] = "--tmlim",
         seconds[] = "20";
    char *const words[] = { name, lp, from, time, seconds, w, to, NULL };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    /* The first three before the others: null may have the number of one of these. */
    bool good = null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0 && dup2(in, SOLVER_IN) >= 0
                && dup2(out, SOLVER_OUT) >= 0 && !close_range(SOLVER_OUT + 1, ~0u, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, SOLVER_CPU);
    limit(RLIMIT_FSIZE, ANSWER_MOST);
    /* It asks for no network; where the system lets us, there is none. */
    int alone = unshare(CLONE_NEWUSER | CLONE_NEWNET);
    (void)alone;
    if (good)
        execve(solver, words, environment);
    _exit(127);
}

static int memory_file(const char *name)
{
    int low = memfd_create(name, MFD_CLOEXEC), fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FREE_FROM);
    if (low >= 0)
        close(low);
    return fd;
}

static bool write_all(int fd, str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.at, (size_t)text.len);
        if (n <= 0)
            return false;
        text = str_part(text, n, text.len);
    }
    return true;
}

static bool read_all(struct arena *a, int fd, str *out)
{
    off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0 || size > ANSWER_MOST)
        return false;
    char *to = arena_new(a, char, size);
    for (off_t at = 0; at < size;) {
        ssize_t n = pread(fd, to + at, (size_t)(size - at), at);
        if (n <= 0)
            return false;
        at += n;
    }
    *out = (str){ to, size };
    return true;
}

static bool solve(struct arena *a, const char *solver, str program, str *answer)
{
    int in = memory_file("in"), out = memory_file("out"), how = -1;
    bool good = in >= 0 && out >= 0 && write_all(in, program);
    pid_t child = good ? fork() : -1;
    if (!child)
        become(solver, in, out);
    good = child > 0 && waitpid(child, &how, 0) == child && how == 0 && read_all(a, out, answer);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return good;
}

/* "s mip ROWS COLUMNS o COST", and a line "j COLUMN VALUE" each; the decided cells are the first columns, in order. */
static enum suppress_answer read_answer(const struct suppress *s, str answer, bool *open)
{
    enum suppress_answer found = SUPPRESS_NONE;
    ptrdiff_t column = 0, cell = -1;
    str line, word, number;
    while (str_split(&answer, '\n', &line)) {
        int64_t n;
        if (str_starts(line, lit("s mip ")))
            for (int i = 0; i < 5 && str_split(&line, ' ', &word); i++)
                found = i < 4 ? found : str_equal(word, lit("o")) ? SUPPRESS_BEST : str_equal(word, lit("f")) ? SUPPRESS_GOOD : found;
        if (!found || !str_starts(line, lit("j ")) || !str_split(&line, ' ', &word) || !str_split(&line, ' ', &number))
            continue;
        do
            cell++;
        while (cell < s->cells && !is_decided(s, cell));
        if (cell >= s->cells)
            break;
        if (!str_to_int(number, &n) || n != ++column)
            return SUPPRESS_NONE;
        open[cell] = str_equal(line, lit("1"));
    }
    return found;
}

/* Adds the pairs in which an insider learns a cell of the choice. False: a cell has no proof by moves, so that nobody can say. */
static bool find_pairs(struct arena scratch, const struct suppress *s, const bool *open, struct suppress_pair *pairs, ptrdiff_t *n)
{
    struct suppress_work w = suppress_work_of(&scratch, s);
    struct suppress_box box = suppress_box_of(&scratch, s, open);
    int32_t *near = arena_new(&scratch, int32_t, s->insider_count + 1);
    int64_t *kept = arena_new(&scratch, int64_t, 2 * s->set_count);
    bool sure = true;
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        struct suppress_proof p, other;
        struct arena inner = scratch;
        if (!suppress_unsafe(s, i))
            continue;
        bool proved = suppress_prove(&w, &inner, &box, i, s->k, &p);
        ptrdiff_t count = proved ? suppress_near(s, &p, i, near) : 0;
        sure = sure && proved;
        for (ptrdiff_t k = 0; k < count && *n < PAIRS_MOST; k++) {
            suppress_know(s, box, near[k], kept);
            if (!suppress_prove(&w, &inner, &box, i, 1, &other))
                pairs[(*n)++] = (struct suppress_pair){ (int32_t)i, near[k] };
            suppress_forget(s, box, near[k], kept);
        }
    }
    return sure;
}

/* Round by round with those pairs that the last choice gave away: the first choice that gives none away is the cheapest of all such. */
enum suppress_answer suppress_exact(struct arena *a, const struct suppress *s, const char *solver, bool *open)
{
    struct suppress_pair *pairs = arena_new(a, struct suppress_pair, PAIRS_MOST);
    enum suppress_answer found = SUPPRESS_NONE;
    ptrdiff_t n = 0, before = -1;
    bool sure = true;
    if (!suppress_exact_fits(s) || access(solver, X_OK))
        return SUPPRESS_NONE;
    for (int round = 0; round < ROUNDS_MOST && n > before && 2 * (unsafe_count(s) + n) * s->cells <= UNKNOWNS_MOST; round++) {
        struct arena scratch = *a;
        str answer;
        if (!solve(&scratch, solver, suppress_exact_text(&scratch, s, pairs, n), &answer))
            return SUPPRESS_NONE;
        for (ptrdiff_t i = 0; i < s->cells; i++)
            open[i] = suppress_unsafe(s, i) || s->sets[s->set_of_cell[i]].hidden;
        found = read_answer(s, answer, open);
        before = n;
        if (found == SUPPRESS_BEST)
            sure = find_pairs(*a, s, open, pairs, &n);
    }
    return found == SUPPRESS_BEST && (n > before || !sure) ? SUPPRESS_GOOD : found;
}
