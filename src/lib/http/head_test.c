#include "lib/http/server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct arena memory;
static const struct http_limits small = { .head_bytes = 400, .header_count = 5, .body_bytes = 100 };

#define H "Host: tips.example\r\n"
enum { MORE = 0, DONE = 200 };
/* Doubtful messages and the verdict on each. */
static const struct {
    int expected;
    str message;
} messages[] = {
    /* plain ones */
    { DONE, LIT("GET / HTTP/1.1\r\n" H "\r\n") },
    { DONE, LIT("HEAD /tip?lang=es HTTP/1.1\r\n" H "\r\n") },
    { DONE, LIT("POST /tip HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\na=b") },
    { DONE, LIT("POST /tip HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n") },
    { DONE, LIT("PUT /tip HTTP/1.1\r\n" H "\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\nhOsT:tips.example\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\n" H "X:\t a\tb \t\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\n" H "X:\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\n" H "X: caf\xC3\xA9\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n") },
    { DONE, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 100\r\nExpect: 100-Continue\r\n\r\n") },
    { DONE, LIT("GET /a%20b%C3%a9/~x;y=1?q=a/b?c&d=%25 HTTP/1.1\r\n" H "\r\n") },
    /* line ends */
    { 400, LIT("GET / HTTP/1.1\n" H "\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: a\rb\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\r\n" H "\r\n") },
    { 400, LIT("\r\nGET / HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("\n") },
    /* request line */
    { 400, LIT("GET /\r\n" H "\r\n") },
    { 400, LIT("GET  / HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /  HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET / HTTP/1.1 \r\n" H "\r\n") },
    { 400, LIT(" GET / HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET\t/ HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("G(T / HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET / http/1.1\r\n" H "\r\n") },
    { 400, LIT("GET / HTTP/1.1x\r\n" H "\r\n") },
    { 400, LIT("GET / HTTP/11\r\n" H "\r\n") },
    { 505, LIT("GET / HTTP/1.0\r\n" H "\r\n") },
    { 505, LIT("GET / HTTP/2.0\r\n" H "\r\n") },
    { 505, LIT("PRI * HTTP/2.0\r\n\r\n") },
    { 400, LIT("\x16\x03\x01\x02\r\n") },
    /* target */
    { 400, LIT("GET http://tips.example/ HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("CONNECT tips.example:443 HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("OPTIONS * HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET tip HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET ?a HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /#a HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /% HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /%4 HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /%zz HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /?a=%2 HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /\xC3\xA9 HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /\"<> HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /a\\b HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /\0 HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("GET /\x7f HTTP/1.1\r\n" H "\r\n") },
    /* host */
    { 400, LIT("GET / HTTP/1.1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost:\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a:\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: :80\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: []\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n") },
    /* header lines */
    { 400, LIT("GET / HTTP/1.1\r\n" H "X : 1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H " X: 1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: 1\r\n 2\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: 1\r\n\t2\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H ": 1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X(: 1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X\xC3: 1\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: a\x1b[2J\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "X: \x7f\r\n\r\n") },
    { 431, LIT("GET / HTTP/1.1\r\n" H "a:1\r\nb:1\r\nc:1\r\nd:1\r\ne:1\r\n\r\n") },
    { DONE, LIT("GET / HTTP/1.1\r\n" H "a:1\r\nb:1\r\nc:1\r\nd:1\r\n\r\n") },
    /* framing */
    { 411, LIT("POST / HTTP/1.1\r\n" H "\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 5\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 4\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4, 4\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: +4\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x4\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4 4\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 04\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n") },
    { 400, LIT("POST / HTTP/1.1\r\n" H "Content-Length : 4\r\n\r\n") },
    { 413, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 101\r\n\r\n") },
    { 413, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551620\r\n\r\n") },
    { 413, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999999999999999999999999\r\n\r\n") },
    { 400, LIT("GET / HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx") },
    { 501, LIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n") },
    { 501, LIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n") },
    { 501, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n") },
    { 501, LIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\n") },
    { 501, LIT("GET / HTTP/1.1\r\n" H "transfer-encoding:\r\n\r\n") },
    { 417, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nExpect: cake\r\n\r\n") },
    { 413, LIT("POST / HTTP/1.1\r\n" H "Content-Length: 4000\r\nExpect: 100-continue\r\n\r\n") },
    /* not whole yet */
    { MORE, LIT("") },
    { MORE, LIT("GET / HTTP/1.1\r\n" H "\r") },
    { MORE, LIT("GET / HTTP/1.1") },
};

static int verdict_on(str bytes, struct http_head *head)
{
    struct arena a = memory;
    enum http_verdict v = http_head_read(&a, bytes, small, head);
    return v == HTTP_MORE ? MORE : v == HTTP_HEAD_DONE ? DONE : head->refusal;
}

static void each_doubtful_message_gets_its_verdict(void **state)
{
    (void)state;
    struct http_head head;
    for (ptrdiff_t i = 0; i < countof(messages); i++) {
        int got = verdict_on(messages[i].message, &head);
        if (got != messages[i].expected)
            fail_msg("row %td got %d, not %d: %s", i, got, messages[i].expected, messages[i].message.at);
    }
}

static void a_cut_message_waits_for_more_until_its_verdict_is_sure(void **state)
{
    (void)state;
    struct http_head head;
    for (ptrdiff_t i = 0; i < countof(messages); i++) {
        int before = MORE;
        for (ptrdiff_t n = 0; n <= messages[i].message.len; n++) {
            int got = verdict_on(str_part(messages[i].message, 0, n), &head);
            if (before != MORE && got != before)
                fail_msg("row %td changed from %d to %d at byte %td", i, before, got, n);
            if (before == MORE && got == DONE)
                assert_int_equal(head.head_bytes, n);
            before = got;
        }
        assert_int_equal(before, messages[i].expected);
    }
}

static void a_head_too_long_is_refused_before_it_ends(void **state)
{
    (void)state;
    struct http_head head;
    char bytes[500] = "GET /";
    memset(bytes + 5, 'a', sizeof bytes - 5);
    assert_int_equal(verdict_on((str){ bytes, 399 }, &head), MORE);
    assert_int_equal(verdict_on((str){ bytes, 400 }, &head), 414);
    assert_int_equal(verdict_on((str){ bytes, 500 }, &head), 414);
    memcpy(bytes, "GET / HTTP/1.1\r\nHost: ", 22);
    assert_int_equal(verdict_on((str){ bytes, 399 }, &head), MORE);
    assert_int_equal(verdict_on((str){ bytes, 400 }, &head), 431);
    memcpy(bytes + 396, "\r\n\r\n", 4);
    assert_int_equal(verdict_on((str){ bytes, 400 }, &head), DONE);
    memcpy(bytes + 396, "a\r\n\r\n", 5);
    assert_int_equal(verdict_on((str){ bytes, 401 }, &head), 431);
}

static void what_was_sent_is_found_where_it_stood(void **state)
{
    (void)state;
    struct http_head head;
    str message = lit("POST /tip/a%20b?x=1&y HTTP/1.1\r\nHost: t\r\nX-A:  one two \t\r\nx-a: second\r\n"
                      "Content-Length: 12\r\nConnection: keep-alive, Close\r\n\r\nbody");
    assert_int_equal(verdict_on(message, &head), DONE);
    assert_int_equal(head.request.method, POST);
    assert_true(str_equal(head.request.path, lit("/tip/a%20b")));
    assert_true(str_equal(head.request.query, lit("x=1&y")));
    assert_true(str_equal(http_header(&head.request, lit("x-A")), lit("one two")));
    assert_int_equal(http_header(&head.request, lit("x")).len, 0);
    assert_int_equal(head.request.header_count, 5);
    assert_int_equal(head.content_length, 12);
    assert_int_equal(head.head_bytes, message.len - 4);
    assert_false(head.keep_alive);
    assert_false(head.expects_continue);
}

static void the_date_is_written_as_the_rfc_has_it(void **state)
{
    (void)state;
    char date[29];
    http_date(date, 784111777); /* RFC 9110 5.6.7 */
    assert_memory_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT", 29);
    http_date(date, 951782400);
    assert_memory_equal(date, "Tue, 29 Feb 2000 00:00:00 GMT", 29);
}

int main(void)
{
    memory = arena_reserve(1 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_doubtful_message_gets_its_verdict),
        cmocka_unit_test(a_cut_message_waits_for_more_until_its_verdict_is_sure),
        cmocka_unit_test(a_head_too_long_is_refused_before_it_ends),
        cmocka_unit_test(what_was_sent_is_found_where_it_stood),
        cmocka_unit_test(the_date_is_written_as_the_rfc_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
