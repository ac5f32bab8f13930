#include "linkage/services.h"
#include "linkage/data.h"
#include <pthread.h>

enum { WORDS = 256, PAGES = 192, HOSTS = 64 };
static struct {
    str word, service;
} words[WORDS], addresses[WORDS], pages[PAGES]; /* a page without a service: of all of them */
static str hosts[HOSTS];
static int word_count, address_count, page_count, host_count;

static void read_word(str word, str service)
{
    bool page = word.at[0] == '!', address = str_find(word, '/') >= 0;
    must(word_count < WORDS && address_count < WORDS && page_count < PAGES);
    if (page) {
        pages[page_count].word = str_part(word, 1, word.len);
        pages[page_count++].service = service;
    } else if (address) {
        addresses[address_count].word = word;
        addresses[address_count++].service = service;
    } else {
        words[word_count].word = word;
        words[word_count++].service = service;
    }
}

static void read_table(void)
{
    str rest = { data_services, data_services_size }, line, word;
    while (data_line(&rest, &line)) {
        ptrdiff_t blank = str_find(line, ' ');
        str service = str_part(line, 0, blank < 0 ? line.len : blank);
        bool shared = str_equal(service, lit("-")), all = str_equal(service, lit("!"));
        if (shared || all)
            line = str_part(line, service.len + 1, line.len);
        while (str_split(&line, ' ', &word)) {
            if (shared) {
                must(host_count < HOSTS);
                hosts[host_count++] = word;
            } else if (all) {
                must(page_count < PAGES);
                pages[page_count++].word = word;
            } else {
                read_word(word, service);
            }
        }
    }
}

static void ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_table);
}

ptrdiff_t address_until(str text, const char *signs)
{
    ptrdiff_t n = 0;
    while (n < text.len && !(text.at[n] && strchr(signs, text.at[n])))
        n++;
    return n;
}

static bool starts_fold(str text, str prefix)
{
    return str_equal_fold(str_part(text, 0, prefix.len), prefix);
}

static str without_scheme(str address)
{
    ptrdiff_t colon = str_find(address, ':');
    return colon > 0 && colon < 8 && str_equal(str_part(address, colon, colon + 3), lit("://")) ? str_part(address, colon + 3, address.len) : address;
}

/* "www", "m" and the like, and a language or country: es, es-la. What they stand before is the same service. */
static bool says_nothing(str label)
{
    static const str known[] = { LIT("www"), LIT("m"), LIT("mobile"), LIT("web"), LIT("touch"), LIT("mbasic"), LIT("old"), LIT("new") };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        if (str_equal_fold(label, known[i]))
            return true;
    return label.len == 2 || (label.len == 5 && label.at[2] == '-');
}

/* Without its first label, where that says nothing. False: it stays. */
static bool shorten(str *address)
{
    ptrdiff_t dot = str_find(str_part(*address, 0, address_until(*address, "/?#")), '.');
    if (dot <= 0 || !says_nothing(str_part(*address, 0, dot)))
        return false;
    *address = str_part(*address, dot + 1, address->len);
    return true;
}

static bool is_page(str service, str page)
{
    for (int i = 0; i < page_count; i++)
        if ((!pages[i].service.len || str_equal(pages[i].service, service)) && str_equal_fold(pages[i].word, page))
            return true;
    return false;
}

/* What stands behind a pattern of the table, in which * is one step of the path; false: the address does not begin so. */
static bool behind(str address, str pattern, str *rest)
{
    ptrdiff_t star = str_find(pattern, '*');
    str head = str_part(pattern, 0, star < 0 ? pattern.len : star);
    if (!starts_fold(address, head))
        return false;
    *rest = str_part(address, head.len, address.len);
    if (star < 0)
        return true;
    ptrdiff_t step = address_until(*rest, "/?#");
    *rest = str_part(*rest, step, rest->len);
    return step > 0 && behind(*rest, str_part(pattern, star + 1, pattern.len), rest);
}

/* A name has two signs or more; what begins with + invites to a group. */
static bool find_profile(str address, struct profile *out)
{
    str name;
    for (int i = 0; i < address_count; i++) {
        if (!behind(address, addresses[i].word, &name))
            continue;
        name.len = address_until(name, "/?&# ");
        while (name.len && name.at[0] == '@')
            name = str_part(name, 1, name.len);
        if (name.len < 2 || name.at[0] == '+' || is_page(addresses[i].service, name))
            continue;
        *out = (struct profile){ addresses[i].service, name };
        return true;
    }
    return false;
}

bool service_profile(str address, struct profile *out)
{
    enum { LABELS = 4 };
    ready();
    address = without_scheme(address);
    for (int i = 0; i < LABELS; i++) {
        if (find_profile(address, out))
            return true;
        if (!shorten(&address))
            break;
    }
    return false;
}

bool service_named(str text, struct profile *out)
{
    ready();
    for (int i = 0; i < word_count; i++) {
        str word = words[i].word, name = str_part(text, word.len, text.len);
        if (!str_starts(text, word) || !name.len || !strchr(":@ /", name.at[0]))
            continue;
        while (name.len && strchr(":@ -/", name.at[0]))
            name = str_part(name, 1, name.len);
        *out = (struct profile){ words[i].service, name };
        if (name.len)
            return true;
    }
    return false;
}

bool service_is(str word)
{
    ready();
    for (int i = 0; i < word_count; i++)
        if (str_equal(words[i].service, word))
            return true;
    return false;
}

/* ---- hosts that everybody shares ---- */

/* Of the list; .example.org is also all that lies below it. */
static bool is_shared(str host)
{
    for (int i = 0; i < host_count; i++)
        if (hosts[i].at[0] == '.' ? str_equal_fold(host, str_part(hosts[i], 1, hosts[i].len)) || str_equal_fold(str_part(host, host.len - hosts[i].len, host.len), hosts[i])
                                  : str_equal_fold(host, hosts[i]))
            return true;
    return false;
}

/* The service whose profiles lie on that host; empty: none. */
static str service_of_host(str host)
{
    for (int i = 0; i < address_count; i++)
        if (str_equal_fold(host, str_part(addresses[i].word, 0, str_find(addresses[i].word, '/'))))
            return addresses[i].service;
    return (str){ 0 };
}

static bool alone(str address)
{
    ptrdiff_t host = address_until(address, "/?#");
    str name = str_part(address, 0, host), path = str_part(address, host, address.len), service = service_of_host(name);
    if (!service.len && !is_shared(name))
        return false;
    while (path.len && path.at[0] == '/')
        path = str_part(path, 1, path.len);
    str page = str_part(path, 0, address_until(path, "/?#"));
    str more = str_part(path, page.len, path.len);
    while (more.len && more.at[0] == '/')
        more = str_part(more, 1, more.len);
    return !page.len || (!more.len && is_page(service, page));
}

bool service_alone(str address)
{
    ready();
    do {
        if (alone(address))
            return true;
    } while (shorten(&address));
    return false;
}
