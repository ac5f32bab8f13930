#include "app/terminal.h"
#include <termios.h>
#include <unistd.h>

enum { LINE_MOST = 4096 };

/* Byte by byte: what follows the line belongs to the next question. */
static bool read_line(struct arena *a, str *out)
{
    char *p = arena_new(a, char, LINE_MOST);
    ptrdiff_t n = 0;
    for (char c; n < LINE_MOST;) {
        if (read(STDIN_FILENO, &c, 1) != 1)
            break;
        if (c == '\n') {
            *out = (str){ p, n };
            return true;
        }
        p[n++] = c;
    }
    *out = (str){ p, n };
    return n > 0 && n < LINE_MOST;
}

bool terminal_line(struct arena *a, const char *question, str *out)
{
    fputs(question, stderr);
    fflush(stderr);
    return read_line(a, out);
}

bool terminal_secret(struct arena *a, const char *question, str *out)
{
    struct termios before, quiet;
    bool is_terminal = !tcgetattr(STDIN_FILENO, &before);
    if (is_terminal) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool good = terminal_line(a, question, out);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return good;
}
