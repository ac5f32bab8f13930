/*
 * without WALL... -- COMMAND...: runs the command on a host that lacks these parts, as far as it can tell.
 *   landlock   the calls of landlock are not there (a kernel without it, or a container that forbids them)
 *   unused     landlock is in the kernel and switched off
 *   seccomp    no filter of system calls is taken
 * without only FILE -- COMMAND...: lets it make the system calls that FILE names, one a line, and refuses all others with EPERM, as a unit's
 * SystemCallFilter does. Names that this machine does not know are passed over.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int lack(scmp_filter_ctx filter, const char *wall)
{
    static const int landlock[] = { SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self) };
    if (!strcmp(wall, "seccomp"))
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 0)
               || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
    if (strcmp(wall, "landlock") && strcmp(wall, "unused"))
        return 1;
    for (size_t i = 0; i < sizeof landlock / sizeof *landlock; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(!strcmp(wall, "unused") ? EOPNOTSUPP : ENOSYS), landlock[i], 0))
            return 1;
    return 0;
}

static scmp_filter_ctx only(const char *path)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    FILE *names = fopen(path, "re");
    char name[100];
    if (!filter || !names)
        return NULL;
    while (fscanf(names, "%99s", name) == 1) {
        int call = seccomp_syscall_resolve_name(name);
        if (call >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0))
            return NULL;
    }
    fclose(names);
    return filter;
}

int main(int argc, char **argv)
{
    bool one_list = argc > 3 && !strcmp(argv[1], "only");
    scmp_filter_ctx filter = one_list ? only(argv[2]) : seccomp_init(SCMP_ACT_ALLOW);
    int at = one_list ? 3 : 1;
    for (; filter && at < argc && strcmp(argv[at], "--"); at++)
        if (lack(filter, argv[at]))
            filter = NULL;
    if (!filter || at + 1 >= argc || seccomp_load(filter)) {
        fputs("usage: without landlock|unused|seccomp... -- COMMAND... | without only FILE -- COMMAND...\n", stderr);
        return 2;
    }
    execvp(argv[at + 1], argv + at + 1);
    return 127;
}
