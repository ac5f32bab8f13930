#include "app/witness.h"
#include "lib/os/os.h"
#include "vault/audit.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SETTINGS_MOST = 8192, FILE_MOST = 1 << 28 };

/* Letters that mean something to nobody on the way: no space, no control character, no bracket, no quote. */
bool witness_is_address(str s)
{
    ptrdiff_t at = str_find(s, '@');
    if (at < 1 || at + 1 >= s.len || s.len > WITNESS_NAME)
        return false;
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ' || (unsigned char)s.at[i] >= 127 || strchr("<>()[],;:\\\"", s.at[i]) || (s.at[i] == '@' && i != at))
            return false;
    return true;
}

static bool put(char *to, ptrdiff_t size, str value)
{
    if (!value.len || value.len >= size || *to)
        return false;
    memcpy(to, value.at, (size_t)value.len);
    to[value.len] = 0;
    return true;
}

/* "NAME HEX": no space in a name. */
static bool read_signer(struct witnesses *w, str value)
{
    str name;
    if (w->signer_count == WITNESS_PEOPLE || !str_split(&value, ' ', &name) || !hex_read(str_trim(value), w->signers[w->signer_count].key, 32))
        return false;
    return put(w->signers[w->signer_count++].name, sizeof w->signers[0].name, name);
}

/* "file PATH", "relay ADDR:PORT", "from ADDRESS", "to ADDRESS" and "key NAME HEX" (may stand several times). */
static bool read_line(struct witnesses *w, str line)
{
    str word;
    if (!str_split(&line, ' ', &word))
        return false;
    str value = str_trim(line);
    if (str_equal(word, lit("file")))
        return value.len && value.at[0] == '/' && put(w->file, sizeof w->file, value);
    if (str_equal(word, lit("relay")))
        return put(w->relay, sizeof w->relay, value);
    if (str_equal(word, lit("from")))
        return witness_is_address(value) && put(w->from, sizeof w->from, value);
    if (str_equal(word, lit("key")))
        return read_signer(w, value);
    return str_equal(word, lit("to")) && w->to_count < WITNESS_PEOPLE && witness_is_address(value)
           && put(w->to[w->to_count++], sizeof w->to[0], value);
}

bool witnesses_read(const struct folder *f, struct witnesses *out)
{
    struct arena a = arena_reserve(SETTINGS_MOST + 4096);
    char path[4200];
    str text, line;
    *out = (struct witnesses){ 0 };
    snprintf(path, sizeof path, "%s/witnesses", f->path);
    status s = file_read(&a, path, SETTINGS_MOST, &text);
    bool good = s == OK || s == NOT_FOUND;
    while (s == OK && good && str_split(&text, '\n', &line)) {
        line = str_trim(line);
        good = !line.len || line.at[0] == '#' || read_line(out, line);
    }
    good = good && (!out->to_count || *out->from);
    if (!good)
        complain("%s must hold lines like \"file /mnt/other/checkpoints\", \"relay 127.0.0.1:25\", \"from A@B\", \"to C@D\", \"key NAME HEX\"", path);
    if (!*out->relay)
        snprintf(out->relay, sizeof out->relay, "127.0.0.1:25");
    return good;
}

int witness_open(const struct witnesses *w)
{
    if (!*w->file)
        return -1;
    int fd = open(w->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (fd < 0)
        complain("the witness %s cannot be opened, so no checkpoint is kept there: %s", w->file, strerror(errno));
    return fd;
}

/* A newline before: what a full disk cut stays a line of its own, and the next one is whole. */
status witness_append(int fd, str checkpoint)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "\n%.*s", (int)checkpoint.len, checkpoint.at);
    if (n < 0 || n >= (int)sizeof text)
        return FAULT;
    errno = ENOSPC; /* of a short write, which says nothing */
    return write(fd, text, (size_t)n) == n && !fsync(fd) ? OK : FAULT;
}

status witness_last(const struct witnesses *w, struct audit_seen *out)
{
    struct arena a = arena_reserve(3 * (ptrdiff_t)FILE_MOST);
    struct audit_seen *all;
    str text;
    status s = file_read(&a, w->file, FILE_MOST, &text);
    ptrdiff_t n = s == OK ? audit_seen_all(&a, text, &all) : 0;
    if (n)
        *out = all[n - 1];
    return n ? OK : s == OK ? NOT_FOUND : s;
}
