/* `unlock`: reads the house passphrase on the terminal, stretches it here, and hands the result to the keeper. */
#include "app/command.h"
#include "app/terminal.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "vault/keeper.h"
#include "vault/keys.h"
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static const char *words_of(status s)
{
    switch (s) {
    case NOT_FOUND: return "this is not the house passphrase";
    case BUSY:      return "the keeper is busy or starting; try again in a moment";
    case CONFLICT:  return "this node is not admitted, or was taken out: two people who vouch sign for it at /people";
    default:        return "the keeper refused; see its log";
    }
}

static int hand_over(int fd, const uint8_t stretched[KEY])
{
    status s = keeper_unlock(keeper_on_channel(fd, PATIENCE_MS), stretched);
    if (s == OK) {
        puts("The house is open.");
        return EXIT_DONE;
    }
    complain("%s", words_of(s));
    return EXIT_FAILED;
}

static bool knock(const struct folder *f, int *fd)
{
    if (socket_connect_local(f->control, fd) == OK)
        return true;
    complain("nothing serves %s; start it first: plainsight serve %s", f->path, f->path);
    return false;
}

int command_unlock(int argc, char **argv)
{
    struct option options[] = { { NULL, false, NULL } };
    struct arena a = arena_reserve(1 << 20);
    struct folder f;
    struct secret_head head;
    str file, passphrase;
    uint8_t stretched[KEY];
    int rest, fd;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &f))
        return EXIT_USAGE;
    os_no_dump();
    if (file_read(&a, f.secret, SECRET_FILE, &file) != OK || !secret_head_read(file, &head)) {
        complain("%s holds no house secret; is it a data folder made by init or demo?", argv[1]);
        return EXIT_FAILED;
    }
    if (!knock(&f, &fd))
        return EXIT_FAILED;
    close(fd); /* the house listens; it is not kept waiting for a person who types */
    if (!terminal_secret(&a, "House passphrase: ", &passphrase) || !utf8_nfkc(&a, passphrase, &passphrase)
        || stretch(passphrase, head.salt, head.cost, stretched) != OK) {
        complain("no passphrase was read");
        return EXIT_FAILED;
    }
    if (!knock(&f, &fd)) {
        wipe(stretched, sizeof stretched);
        return EXIT_FAILED;
    }
    int code = hand_over(fd, stretched);
    wipe(stretched, sizeof stretched);
    close(fd);
    return code;
}
