/* One mail to the relay of the house: SMTP (RFC 5321) over a connection that was made before the cage shut. */
#include "app/witness.h"
#include "lib/os/os.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 15000, QUOTED_LINE = 72, REPLY_MOST = 8192 };

/* Quoted-printable (RFC 2045, 6.7): the dash of a signed note is no ASCII, and its last line is longer than a mail's may be. */
static void out_quoted(struct out *o, str text)
{
    ptrdiff_t column = 0;
    for (ptrdiff_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '\n') {
            out_str(o, lit("\r\n"));
            column = 0;
            continue;
        }
        bool plain = c > ' ' && c < 127 && c != '=' && c != '.'; /* a point at the start of a line ends a mail */
        bool inner = c == ' ' && i + 1 < text.len && text.at[i + 1] != '\n';
        if (column >= QUOTED_LINE) {
            out_str(o, lit("=\r\n"));
            column = 0;
        }
        if (plain || inner) {
            out_char(o, (char)c);
            column++;
        } else {
            static const char digits[] = "0123456789ABCDEF";
            out_char(o, '=');
            out_char(o, digits[c >> 4]);
            out_char(o, digits[c & 15]);
            column += 3;
        }
    }
}

/* RFC 5322; the hour is left at midnight: what is in the mail was true that day. */
static void out_date(struct out *o, int64_t now)
{
    static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct civil c = civil_from(now);
    char text[64];
    snprintf(text, sizeof text, "Date: %s, %d %s %d 00:00:00 +0000\r\n", days[day_of(now) % 7], c.day, months[c.month - 1], c.year);
    out_str(o, str_of(text));
}

str mail_text(struct arena *a, const struct witnesses *w, str checkpoint, int64_t now)
{
    struct out o = { .arena = a };
    out_date(&o, now);
    out_str(&o, lit("From: "));
    out_str(&o, str_of(w->from));
    for (int i = 0; i < w->to_count; i++) {
        out_str(&o, i ? lit(",\r\n ") : lit("\r\nTo: "));
        out_str(&o, str_of(w->to[i]));
    }
    out_str(&o, lit("\r\nSubject: Checkpoint of a log\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\nAuto-Submitted: auto-generated\r\n\r\n"));
    out_quoted(&o, lit("Keep this mail: with it, anybody can show later that the log was not changed or cut.\n\n"));
    out_quoted(&o, checkpoint);
    return out_view(&o);
}

/* A conversation, and when patience ends with all of it: word of an urgent tip waits behind it. */
struct line {
    int fd;
    int64_t end;
};

static bool wait_for(const struct line *l, short what)
{
    struct pollfd p = { l->fd, what, 0 };
    int64_t left = l->end - os_monotonic_ms();
    return left > 0 && poll(&p, 1, (int)left) > 0;
}

static bool say(const struct line *l, str text)
{
    while (text.len) {
        ssize_t n = send(l->fd, text.at, (size_t)text.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            text = str_part(text, n, text.len);
            continue;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR) || !wait_for(l, POLLOUT))
            return false;
    }
    return true;
}

/* A whole reply, of one line or several: its first digit. 0: silence, the end, or no SMTP. */
static int hear(const struct line *l)
{
    char line[512];
    ptrdiff_t n = 0;
    for (int total = 0; total < REPLY_MOST; total++) {
        char c;
        if (!wait_for(l, POLLIN) || recv(l->fd, &c, 1, 0) != 1)
            return 0;
        if (c != '\n') {
            if (n < (ptrdiff_t)sizeof line)
                line[n++] = c;
            continue;
        }
        if (n < 3 || line[0] < '2' || line[0] > '5')
            return 0;
        if (n == 3 || line[3] != '-')
            return line[0] - '0';
        n = 0;
    }
    return 0;
}

static status ask(const struct line *l, int wanted, const char *format, const char *value)
{
    char line[WITNESS_NAME + 64];
    int n = snprintf(line, sizeof line, format, value);
    if (n < 0 || n >= (int)sizeof line)
        return INVALID;
    if (n && !say(l, (str){ line, n }))
        return BUSY;
    int heard = hear(l);
    return heard == wanted ? OK : heard > 3 ? INVALID : BUSY;
}

static status talk(const struct line *l, const struct witnesses *w, str text)
{
    status s = ask(l, 2, "%s", "");
    if (s == OK)
        s = ask(l, 2, "EHLO %s\r\n", "localhost");
    if (s == OK)
        s = ask(l, 2, "MAIL FROM:<%s>\r\n", w->from);
    for (int i = 0; s == OK && i < w->to_count; i++)
        s = ask(l, 2, "RCPT TO:<%s>\r\n", w->to[i]);
    if (s == OK)
        s = ask(l, 3, "%s", "DATA\r\n");
    if (s == OK)
        s = say(l, text) ? ask(l, 2, "%s", "\r\n.\r\n") : BUSY;
    if (s == OK)
        (void)say(l, lit("QUIT\r\n")); /* it has the mail: what it answers changes nothing */
    return s;
}

status mail_send(int fd, const struct witnesses *w, str text)
{
    struct line l = { fd, os_monotonic_ms() + PATIENCE_MS };
    status s = talk(&l, w, text);
    close(fd);
    return s;
}
