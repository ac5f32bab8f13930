#include "lib/os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, char *to, ptrdiff_t cap, ptrdiff_t *n)
{
    for (*n = 0; *n < cap;) {
        ssize_t got = read(fd, to + *n, (size_t)(cap - *n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *n += got;
    }
    return true;
}

status file_read(struct arena *a, const char *path, ptrdiff_t ceiling, str *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT ? NOT_FOUND : FAULT;
    struct stat about;
    status s = fstat(fd, &about) || !S_ISREG(about.st_mode) ? FAULT : about.st_size > ceiling ? LIMIT : OK;
    if (s == OK) {
        /* One byte more than it said: a file that grows meanwhile must not be taken in part. */
        ptrdiff_t cap = about.st_size + 1, n;
        if (a->on_empty && a->end - a->at < cap)
            s = LIMIT; /* no jump out of here: the file would stay open */
        else {
            char *to = arena_new(a, char, cap);
            s = !read_all(fd, to, cap, &n) || n == cap ? FAULT : OK;
            *out = (str){ to, s == OK ? n : 0 };
        }
    }
    close(fd);
    return s;
}

static bool write_all(int fd, str content)
{
    while (content.len) {
        ssize_t n = write(fd, content.at, (size_t)content.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = str_part(content, n, content.len);
    }
    return true;
}

/* The folder of path, opened, and the name in it; -1 when there is no such folder. */
static int folder_open(const char *path, const char **name)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    ptrdiff_t n = slash ? slash - path + 1 : 0;
    if (!**name || n >= (ptrdiff_t)sizeof folder)
        return -1;
    memcpy(folder, n ? path : ".", (size_t)(n ? n : 1));
    folder[n ? n : 1] = 0;
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A new file in the folder with the content, on disk; its name goes to fresh. */
static bool write_beside(int folder, const char *name, str content, char fresh[300])
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return false;
    int n = snprintf(fresh, 300, ".%s.%016llx", name, (unsigned long long)random);
    if (n < 0 || n >= 256)
        return false;
    int fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_all(fd, content) && !fsync(fd);
    good = !close(fd) && good;
    if (!good)
        unlinkat(folder, fresh, 0);
    return good;
}

static status file_put(const char *path, str content, bool replace)
{
    const char *name;
    char fresh[300];
    int folder = folder_open(path, &name);
    if (folder < 0)
        return FAULT;
    status s = FAULT;
    if (write_beside(folder, name, content, fresh)) {
        if (!renameat2(folder, fresh, folder, name, replace ? 0 : RENAME_NOREPLACE)) {
            s = fsync(folder) ? FAULT : OK;
            if (s != OK && !replace)
                unlinkat(folder, name, 0); /* said to have failed: what is made by its name must not be there tomorrow, or after all */
        } else {
            s = errno == EEXIST ? CONFLICT : FAULT;
            unlinkat(folder, fresh, 0);
        }
    }
    close(folder);
    return s;
}

status file_replace(const char *path, str content)
{
    return file_put(path, content, true);
}

status file_create(const char *path, str content)
{
    return file_put(path, content, false);
}

status file_fresh(int folder, const char *fresh, const char *name, struct fresh_file *out)
{
    *out = (struct fresh_file){ folder, -1, fresh, name };
    if (file_remove_in(folder, fresh) != OK)
        return FAULT;
    out->fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return out->fd < 0 ? FAULT : OK;
}

status file_fresh_add(struct fresh_file *f, str bytes)
{
    return write_all(f->fd, bytes) ? OK : FAULT;
}

status file_fresh_done(struct fresh_file *f)
{
    bool good = !fsync(f->fd);
    good = !close(f->fd) && good;
    f->fd = -1;
    if (good && !renameat(f->folder, f->fresh, f->folder, f->name))
        return fsync(f->folder) ? FAULT : OK;
    file_fresh_drop(f);
    return FAULT;
}

void file_fresh_drop(struct fresh_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    unlinkat(f->folder, f->fresh, 0);
}

status file_open_in(int folder, const char *name, int *fd)
{
    *fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    return *fd >= 0 ? OK : errno == ENOENT ? NOT_FOUND : FAULT;
}

status file_read_some(int fd, void *to, ptrdiff_t cap, ptrdiff_t *n)
{
    return read_all(fd, to, cap, n) ? OK : FAULT;
}

status file_remove_in(int folder, const char *name)
{
    return unlinkat(folder, name, 0) && errno != ENOENT ? FAULT : OK;
}

status folder_open_for(const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return *fd >= 0 ? OK : errno == ENOENT ? NOT_FOUND : FAULT;
}
