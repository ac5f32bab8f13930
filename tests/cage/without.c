/*
 * without WALL... -- COMMAND...: runs the command on a host that lacks these parts, as far as it can tell.
 *   landlock   the calls of landlock are not there (a kernel without it, or a container that forbids them)
 *   unused     landlock is in the kernel and switched off
 *   seccomp    no filter of system calls is taken
 */
#include <errno.h>
#include <seccomp.h>
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

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int at = 1;
    for (; filter && at < argc && strcmp(argv[at], "--"); at++)
        if (lack(filter, argv[at]))
            filter = NULL;
    if (!filter || at + 1 >= argc || seccomp_load(filter)) {
        fputs("usage: without landlock|unused|seccomp... -- COMMAND...\n", stderr);
        return 2;
    }
    execvp(argv[at + 1], argv + at + 1);
    return 127;
}
