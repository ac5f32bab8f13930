/* Runs a target over the kept inputs of its corpus, as a plain test under any compiler: program DIR. */
#include "fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum { INPUT_MAX = 1 << 20 };

static void try_file(int dir, const char *name, char *bytes)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    must(fd >= 0);
    ssize_t n = read(fd, bytes, INPUT_MAX);
    must(n >= 0 && n < INPUT_MAX);
    close(fd);
    char *exact = malloc((size_t)n + !n); /* its own size, so that the sanitizer sees an over-read */
    must(exact);
    memcpy(exact, bytes, (size_t)n);
    LLVMFuzzerTestOneInput((const uint8_t *)exact, (size_t)n);
    free(exact);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIR\n", argv[0]);
        return 2;
    }
    DIR *d = opendir(argv[1]);
    char *bytes = malloc(INPUT_MAX);
    int count = 0;
    must(d && bytes);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            try_file(dirfd(d), e->d_name, bytes), count++;
    closedir(d);
    free(bytes);
    printf("%d inputs\n", count);
    return count ? 0 : 1; /* an empty corpus proves nothing */
}
