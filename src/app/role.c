#include "app/role.h"

static const char *const names[PROCESS_KINDS] = { "keeper", "acceptor", "web-public", "web-staff", "jobs", "watch", "engine" };

const char *role_name(enum process_kind role)
{
    return names[role];
}

struct role_start role_start(enum process_kind role)
{
    return (struct role_start){ .role = role, .listen = -1, .keeper = -1, .acceptor = -1, .ready = -1, .board = -1, .witness = -1, .engine = -1 };
}

void role_add_client(struct role_start *s, int fd, int role)
{
    must(s->client_count < ROLE_CLIENTS);
    s->clients[s->client_count] = fd;
    s->client_roles[s->client_count++] = role;
}

/* One row a number that travels: its word and its place. */
static const struct {
    const char *word;
    ptrdiff_t offset;
    bool is_fd;
} numbers[] = {
    { "number", offsetof(struct role_start, number), false },    { "listen", offsetof(struct role_start, listen), true },
    { "keeper", offsetof(struct role_start, keeper), true },     { "acceptor", offsetof(struct role_start, acceptor), true },
    { "ready", offsetof(struct role_start, ready), true },       { "board", offsetof(struct role_start, board), true },
    { "witness", offsetof(struct role_start, witness), true },   { "engine", offsetof(struct role_start, engine), true },
};

static int *place_of(struct role_start *s, ptrdiff_t i)
{
    return (int *)(void *)((char *)s + numbers[i].offset);
}

ptrdiff_t role_arguments(const struct role_start *s, const char *folder, char text[ROLE_ARGUMENTS][64],
                         const char *arguments[ROLE_ARGUMENTS], int keep[ROLE_FDS])
{
    struct role_start copy = *s;
    ptrdiff_t n = 0, fds = 0;
    arguments[n++] = "plainsight";
    arguments[n++] = "role";
    arguments[n++] = names[s->role];
    arguments[n++] = folder;
    for (ptrdiff_t i = 0; i < countof(numbers); i++) {
        int value = *place_of(&copy, i);
        if (value < 0)
            continue;
        snprintf(text[n], 64, "%s=%d", numbers[i].word, value);
        arguments[n] = text[n];
        n++;
        if (numbers[i].is_fd)
            keep[fds++] = value;
    }
    if (s->secure)
        arguments[n++] = "secure=1";
    if (s->uncaged)
        arguments[n++] = "uncaged=1";
    for (int i = 0; i < s->client_count; i++) {
        snprintf(text[n], 64, "client=%d:%d", s->clients[i], s->client_roles[i]);
        arguments[n] = text[n];
        n++;
        keep[fds++] = s->clients[i];
    }
    arguments[n] = NULL;
    return fds;
}

static bool read_word(struct role_start *s, str word, str value)
{
    int64_t n, role;
    if (str_equal(word, lit("client"))) {
        ptrdiff_t colon = str_find(value, ':');
        if (colon < 0 || s->client_count == ROLE_CLIENTS || !str_to_int(str_part(value, 0, colon), &n)
            || !str_to_int(str_part(value, colon + 1, value.len), &role))
            return false;
        role_add_client(s, (int)n, (int)role);
        return true;
    }
    if (!str_to_int(value, &n))
        return false;
    if (str_equal(word, lit("secure"))) {
        s->secure = n == 1;
        return true;
    }
    if (str_equal(word, lit("uncaged"))) {
        s->uncaged = n == 1;
        return true;
    }
    for (ptrdiff_t i = 0; i < countof(numbers); i++)
        if (str_equal(word, str_of(numbers[i].word))) {
            *place_of(s, i) = (int)n;
            return true;
        }
    return false;
}

bool role_read(int argc, char **argv, struct role_start *out, const char **folder)
{
    int kind = 0;
    if (argc < 3)
        return false;
    while (kind < PROCESS_KINDS && strcmp(argv[1], names[kind]))
        kind++;
    if (kind == PROCESS_KINDS)
        return false;
    *out = role_start((enum process_kind)kind);
    *folder = argv[2];
    for (int i = 3; i < argc; i++) {
        str s = str_of(argv[i]);
        ptrdiff_t equals = str_find(s, '=');
        if (equals < 0 || !read_word(out, str_part(s, 0, equals), str_part(s, equals + 1, s.len)))
            return false;
    }
    return true;
}
