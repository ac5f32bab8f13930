/* The files of texts that `link texts` and `link extract` read: a column has their names, another the texts. */
#include "app/command.h"
#include "app/link/link.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A column by its name in the header, or, of a file without one, by its number from 1. */
static bool column_of(const struct link_input *in, const str *header, ptrdiff_t n, const char *option, ptrdiff_t *out, bool *numbered)
{
    const char *given = link_option(option);
    int64_t number;
    *numbered = given && str_to_int(str_of(given), &number);
    *out = *numbered ? (ptrdiff_t)number - 1 : -1;
    for (ptrdiff_t i = 0; given && !*numbered && i < n; i++)
        if (str_equal(str_trim(header[i]), str_of(given)))
            *out = i;
    if (*out >= 0 && *out < n)
        return true;
    complain(given ? "%s: there is no column %s" : "%s: say with --%s which column it is", in->path, given ? given : option);
    return false;
}

static ptrdiff_t cells_of(str line, str *cells, ptrdiff_t most)
{
    ptrdiff_t n = 0;
    for (str cell; n < most && str_split(&line, '\t', &cell);)
        cells[n++] = cell;
    return n;
}

bool link_open(struct link_input *in)
{
    int fd = open(in->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        complain("%s: cannot be read, or is no file", in->path);
        return false;
    }
    void *at = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED) {
        complain("%s: %s", in->path, st.st_size ? "cannot be read" : "the file is empty");
        return false;
    }
    in->text = (str){ at, st.st_size };
    ptrdiff_t end = str_find(in->text, '\n');
    in->tabs = str_find(str_part(in->text, 0, end < 0 ? in->text.len : end), '\t') >= 0;
    in->a = arena_reserve(in->text.len * 24 + (1 << 20));
    if (in->tabs || csv_read(&in->a, in->text, &in->csv) == OK)
        return true;
    complain("%s: line %lld: %s", in->path, (long long)in->csv.fault_line, in->csv.fault);
    return false;
}

enum { COLUMNS = 256 };

bool link_each_text(struct link_input *in, bool (*take)(void *, str, str), void *context)
{
    str rest = in->text, line, cells[COLUMNS];
    int64_t number = 0, row = 0;
    bool named = false, other = false, good = true;
    while (good && (in->tabs ? str_split(&rest, '\n', &line) : row < in->csv.len)) {
        const str *at = in->tabs ? cells : in->csv.at[row].cells;
        if (in->tabs && line.len && line.at[line.len - 1] == '\r')
            line.len--;
        ptrdiff_t n = in->tabs ? cells_of(line, cells, COLUMNS) : in->csv.at[row].len;
        row++;
        number = in->tabs ? number + 1 : in->csv.at[row - 1].line;
        if (in->tabs && !line.len)
            continue;
        if (row == 1) {
            if (!column_of(in, at, n, "id", &in->id, &named) || !column_of(in, at, n, "text", &in->words, &other))
                return false;
            if (!named || !other)
                continue; /* that was the header */
        }
        if (n <= in->id || n <= in->words) {
            complain("%s: line %lld: fewer cells than the column that was asked for", in->path, (long long)number);
            return false;
        }
        good = take(context, at[in->id], at[in->words]);
    }
    return good;
}
