#include "served.h"
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

double bench_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bench_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

double bench_part(double *at, int n, double share)
{
    must(n > 0);
    qsort(at, (size_t)n, sizeof *at, by_size);
    return at[(int)((double)(n - 1) * share)];
}

struct spread spread_of(const double *at, int n)
{
    double sorted[64];
    must(n > 0 && n <= countof(sorted));
    memcpy(sorted, at, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    return (struct spread){ sorted[0], sorted[n / 2], sorted[n - 1] };
}

/* Starts the program with its standard output in a pipe; returns where that is read. */
static int start(const char *const *arguments, pid_t *pid)
{
    int out[2];
    must(pipe2(out, O_CLOEXEC) == 0);
    *pid = fork();
    must(*pid >= 0);
    if (!*pid) {
        dup2(out[1], 1);
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(out[1]);
    return out[0];
}

bool served_make(const char *program, const char *folder, const char *tips)
{
    const char *arguments[] = { program, "demo", folder, "--cases", "0", tips ? "--tips" : NULL, tips, NULL };
    pid_t pid;
    int how, fd = start(arguments, &pid);
    char ignored[4096];
    while (read(fd, ignored, sizeof ignored) > 0)
        continue;
    close(fd);
    bool good = waitpid(pid, &how, 0) == pid && WIFEXITED(how) && !WEXITSTATUS(how);
    if (!good)
        fprintf(stderr, "%s demo %s failed\n", program, folder);
    return good;
}

static str file_of(pid_t pid, const char *name, char *to, size_t cap)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, to, cap);
    if (fd >= 0)
        close(fd);
    return (str){ to, n > 0 ? n : 0 };
}

/* The second word of "plainsight role NAME ..."; the supervisor has another command. */
static void find_role(struct served_process *p)
{
    char bytes[4096];
    str line = file_of(p->pid, "cmdline", bytes, sizeof bytes), word[3] = { { 0 } };
    for (ptrdiff_t i = 0; i < countof(word) && str_split(&line, 0, &word[i]); i++)
        continue;
    str role = str_equal(word[1], lit("role")) ? word[2] : lit("supervisor");
    snprintf(p->role, sizeof p->role, "%.*s", (int)role.len, role.at);
}

static void find_processes(struct served *s)
{
    char bytes[1024], name[64];
    snprintf(name, sizeof name, "task/%d/children", (int)s->pid);
    str list = file_of(s->pid, name, bytes, sizeof bytes), one;
    s->processes[0] = (struct served_process){ .pid = s->pid };
    s->count = 1;
    for (int64_t pid; s->count < SERVED_PROCESSES && str_split(&list, ' ', &one);)
        if (str_to_int(one, &pid))
            s->processes[s->count++] = (struct served_process){ .pid = (pid_t)pid };
    for (ptrdiff_t i = 0; i < s->count; i++)
        find_role(&s->processes[i]);
}

/* "public http://127.0.0.1:PORT/" */
static bool read_port(str line, int *port)
{
    ptrdiff_t end = str_find(line, '\n'), from = end;
    int64_t n;
    if (end < 2)
        return false;
    while (from > 0 && line.at[from - 1] != ':')
        from--;
    if (!str_starts(line, lit("public http://")) || !str_to_int(str_part(line, from, end - 1), &n))
        return false;
    *port = (int)n;
    return true;
}

void served_spawn(struct served *s, const char *program, const char *folder, int port)
{
    char address[32];
    const char *arguments[] = { program, "serve", folder, "--listen", address, NULL };
    snprintf(address, sizeof address, "127.0.0.1:%d", port);
    *s = (struct served){ 0 };
    s->out = start(arguments, &s->pid);
}

bool served_wait(struct served *s)
{
    char bytes[256];
    ssize_t n, len = 0;
    while (len < (ssize_t)sizeof bytes && (n = read(s->out, bytes + len, sizeof bytes - (size_t)len)) > 0) {
        len += n;
        if (memmem(bytes, (size_t)len, "staff ", 6) && bytes[len - 1] == '\n')
            break;
    }
    if (!read_port((str){ bytes, len }, &s->port)) {
        fputs("serve did not say its address\n", stderr);
        return false;
    }
    find_processes(s);
    return true;
}

void served_end(struct served *s)
{
    if (s->pid) {
        kill(s->pid, SIGTERM);
        waitpid(s->pid, NULL, 0);
        close(s->out);
    }
    s->pid = 0;
}

static int remove_entry(const char *path, const struct stat *s, int type, struct FTW *f)
{
    (void)s, (void)type, (void)f;
    return remove(path);
}

void served_remove(const char *folder)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool is_of(const struct served_process *p, const char *role)
{
    return !role || !strcmp(p->role, role);
}

static double cpu_of(pid_t pid)
{
    char bytes[1024];
    str line = file_of(pid, "stat", bytes, sizeof bytes), word;
    ptrdiff_t end = line.len;
    while (end > 0 && line.at[end - 1] != ')') /* the name before it may hold anything */
        end--;
    line = str_part(line, end + 1, line.len);
    int64_t user = 0, kernel = 0;
    for (int i = 3; str_split(&line, ' ', &word); i++) /* field numbers of proc(5) */
        if ((i == 14 && !str_to_int(word, &user)) || (i == 15 && !str_to_int(word, &kernel)))
            return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

double served_cpu(const struct served *s, const char *role)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < s->count; i++)
        if (is_of(&s->processes[i], role))
            sum += cpu_of(s->processes[i].pid);
    return sum;
}

static int64_t pss_of(pid_t pid)
{
    char bytes[4096];
    str text = file_of(pid, "smaps_rollup", bytes, sizeof bytes), line;
    int64_t kilobytes;
    while (str_split(&text, '\n', &line))
        if (str_starts(line, lit("Pss:")) && str_ends(line, lit(" kB")) &&
            str_to_int(str_trim(str_part(line, 4, line.len - 3)), &kilobytes))
            return kilobytes * 1024;
    return -1;
}

int64_t served_pss(const struct served *s, const char *role)
{
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < s->count; i++) {
        int64_t one = is_of(&s->processes[i], role) ? pss_of(s->processes[i].pid) : 0;
        if (one < 0)
            return -1;
        sum += one;
    }
    return sum;
}
