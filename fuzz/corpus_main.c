/* Runs a target over the kept inputs of its corpus, as a plain test under any compiler: program DIR. */
#include "fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INPUT_MAX = 1 << 20, GUARD = 1 << 16 };

/* Each input ends where a forbidden page begins: a byte read too far is seen without any sanitizer. */
static void try_file(int dir, const char *name, char *end)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    must(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    must(size >= 0 && size <= INPUT_MAX);
    must(pread(fd, end - size, (size_t)size, 0) == size);
    close(fd);
    LLVMFuzzerTestOneInput((const uint8_t *)end - size, (size_t)size);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIR\n", argv[0]);
        return 2;
    }
    DIR *d = opendir(argv[1]);
    must(d);
    char *end = arena_reserve(INPUT_MAX + GUARD).at + INPUT_MAX;
    must(mprotect(end, GUARD, PROT_NONE) == 0);
    int count = 0;
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            try_file(dirfd(d), e->d_name, end), count++;
    closedir(d);
    printf("%d inputs\n", count);
    return count ? 0 : 1; /* an empty corpus proves nothing */
}
