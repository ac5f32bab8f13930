#include "folder.h"
#include "lib/base/base.h"
#include <dirent.h>
#include <unistd.h>

void folder_clear(const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));) {
        char name[500];
        snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        folder_clear(name);
        unlink(name);
        rmdir(name);
    }
    closedir(d);
}

const char *path_in(const char *folder, const char *name)
{
    static char paths[64][600];
    static int next;
    char *to = paths[next++ % 64];
    snprintf(to, sizeof *paths, "%s/%s", folder, name);
    return to;
}
