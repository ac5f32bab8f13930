/* The smallest program on lib/http: one file, from memory, at every path. For bench/pages.py: pages_server FILE PORT */
#include "lib/http/http.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* As many headers as the program's own pages bear. */
static const struct header headers[] = {
    { LIT("Content-Security-Policy"), LIT("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'") },
    { LIT("X-Content-Type-Options"), LIT("nosniff") },
    { LIT("Referrer-Policy"), LIT("no-referrer") },
    { LIT("Cross-Origin-Opener-Policy"), LIT("same-origin") },
    { LIT("Cache-Control"), LIT("no-store") },
};

static status serve_page(void *app, struct http_place place, const struct http_request *r, struct http_response *w)
{
    const str *page = app;
    (void)place, (void)r;
    w->status = 200;
    w->type = lit("text/html; charset=utf-8");
    memcpy(w->headers, headers, sizeof headers);
    w->header_count = countof(headers);
    w->fixed = page->at;
    w->fixed_len = page->len;
    return OK;
}

static int listen_on(int64_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0);
    must(bind(fd, (struct sockaddr *)&to, sizeof to) == 0 && listen(fd, 511) == 0);
    return fd;
}

int main(int argc, char **argv)
{
    int64_t port;
    if (argc != 3 || !str_to_int(str_of(argv[2]), &port) || port < 1 || port > 65535) {
        fprintf(stderr, "usage: %s FILE PORT\n", argv[0]);
        return 2;
    }
    struct arena a = arena_reserve(1 << 20);
    int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    must(file >= 0);
    char *bytes = arena_new(&a, char, 1 << 19);
    str page = { bytes, read(file, bytes, 1 << 19) };
    must(page.len > 0);
    close(file);
    return http_run(http_open(listen_on(port), (struct http_limits){ 0 }, serve_page, &page));
}
