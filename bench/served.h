/* A demonstration house served by the program itself, as the benches see it from outside. Linux: read from /proc. */
#ifndef BENCH_SERVED_H
#define BENCH_SERVED_H
#include "lib/base/base.h"
#include <sys/types.h>

enum { SERVED_PROCESSES = 64, SERVED_NAME = 16 };
struct served {
    pid_t pid; /* of the supervisor; 0: not served now */
    int out;   /* where it says its addresses */
    int port;  /* of the public side, on 127.0.0.1 */
    struct served_process {
        pid_t pid;
        char role[SERVED_NAME];
    } processes[SERVED_PROCESSES];
    ptrdiff_t count;
};
/* Makes a demonstration house at folder, which must not exist; tips NULL: as many as the program likes. False: said on stderr. */
bool served_make(const char *program, const char *folder, const char *tips);
/* Serves it on that port (0: a free one); served_wait returns when every role is ready and their processes are known. */
void served_spawn(struct served *s, const char *program, const char *folder, int port);
bool served_wait(struct served *s);
void served_remove(const char *folder); /* with all in it */
void served_end(struct served *s);
/* Processor seconds, user and system, of all processes of that role since they started (/proc/PID/stat). */
double served_cpu(const struct served *s, const char *role);
/* Proportional set size of every process of that role, in bytes; NULL: of all. -1: only root may see it. */
int64_t served_pss(const struct served *s, const char *role);

double bench_seconds(void); /* monotonic */
double bench_cpu(void);     /* processor seconds of this process, user and system */
/* Sorts them in place; the value below which that share of them lies: 0.5, 0.99. */
double bench_part(double *at, int n, double share);
struct spread {
    double least, middle, most;
};
struct spread spread_of(const double *at, int n); /* n at most 64 */
#endif
