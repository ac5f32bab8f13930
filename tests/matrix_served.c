/* The same requests over a real socket: our own reader and writer between the asker and the dispatcher. One thread. */
#include "matrix.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

static const char *const method_words[] = { [GET] = "GET", [POST] = "POST", [HEAD] = "HEAD", [OTHER_METHOD] = "BREW" };

/* What matrix_ask does when no socket lies between. */
static status handle(void *app, struct http_place place, const struct http_request *r, struct http_response *w)
{
    struct matrix_door *d = app;
    struct app *x = d->matrix->app;
    struct http_request copy = *r;
    (void)place;
    app_request(x, d->side == STAFF_SIDE ? &d->matrix->staff : &d->matrix->public, &copy);
    if (x->parked)
        app_settle(x);
    *w = x->w;
    return OK;
}

void matrix_serve(struct matrix *m)
{
    for (int side = 0; side < 2; side++) {
        struct matrix_door *d = &m->door[side];
        socklen_t length = sizeof d->address;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        *d = (struct matrix_door){ .matrix = m, .side = (enum side)side, .listening = fd, .address.sin_family = AF_INET };
        d->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        must(!bind(fd, (struct sockaddr *)&d->address, sizeof d->address) && !listen(fd, 16));
        must(!getsockname(fd, (struct sockaddr *)&d->address, &length));
        d->server = http_open(fd, (struct http_limits){ 0 }, handle, d);
    }
}

static str request_bytes(struct arena *a, const struct http_request *r)
{
    struct out o = { .arena = a };
    out_str(&o, str_of(method_words[r->method]));
    out_char(&o, ' ');
    out_str(&o, r->path);
    out_str(&o, lit(" HTTP/1.1\r\nConnection: close\r\n"));
    for (ptrdiff_t i = 0; i < r->header_count; i++) {
        out_str(&o, r->headers[i].name);
        out_str(&o, lit(": "));
        out_str(&o, r->headers[i].value);
        out_str(&o, lit("\r\n"));
    }
    if (r->method == POST) {
        out_str(&o, lit("Content-Length: "));
        out_int(&o, r->body.len);
        out_str(&o, lit("\r\n"));
    }
    out_str(&o, lit("\r\n"));
    out_str(&o, r->body);
    return out_view(&o);
}

/* Until the server has closed the connection. */
static str exchange(struct matrix_door *d, struct arena *a, str request)
{
    enum { ANSWER_MOST = 2 << 20, TURNS = 20000 };
    static char to[ANSWER_MOST];
    ptrdiff_t got = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(!connect(fd, (struct sockaddr *)&d->address, sizeof d->address));
    must(send(fd, request.at, (size_t)request.len, MSG_NOSIGNAL) == request.len);
    for (int i = 0; i < TURNS; i++) {
        must(http_step(d->server, 1));
        ssize_t n = recv(fd, to + got, (size_t)(ANSWER_MOST - got), MSG_DONTWAIT);
        if (!n) {
            close(fd);
            return str_copy(a, (str){ to, got });
        }
        got += n > 0 ? n : 0;
        must(got < ANSWER_MOST);
    }
    must(!"the server answers");
    return (str){ 0 };
}

static bool is_of_the_connection(str line)
{
    static const str names[] = { LIT("Date: "), LIT("Content-Length: "), LIT("Connection: ") };
    for (ptrdiff_t i = 0; i < countof(names); i++)
        if (str_starts(line, names[i]))
            return true;
    return false;
}

/* In the words of matrix_ask: status, type, headers, an empty line, body. */
static str unwrap(struct arena *a, str answer)
{
    struct out o = { .arena = a };
    str line, type = lit("Content-Type: ");
    must(str_starts(answer, lit("HTTP/1.1 ")) && str_split(&answer, '\n', &line) && line.len > 12);
    out_str(&o, str_part(line, 9, 12));
    bool typed = false;
    while (str_split(&answer, '\n', &line) && line.len > 1) {
        line = str_part(line, 0, line.len - 1);
        if (is_of_the_connection(line))
            continue;
        if (!typed)
            out_char(&o, '\n'); /* the type's line stands, empty or not */
        typed = true;
        if (str_starts(line, type)) {
            out_str(&o, str_part(line, type.len, line.len));
            continue;
        }
        out_char(&o, '\n');
        out_str(&o, line);
    }
    out_str(&o, typed ? lit("\n\n") : lit("\n\n\n"));
    out_str(&o, answer);
    return out_view(&o);
}

str matrix_ask_served(struct matrix *m, struct arena *a, enum side side, const struct http_request *r)
{
    return unwrap(a, exchange(&m->door[side], a, request_bytes(a, r)));
}
