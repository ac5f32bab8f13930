#include "intake/post/post.h"
#include "lib/log/log.h"

/* When less than this is free, sockets are no longer read; what was read already still fits. */
enum { ROOM_LEAST = 4 << 20, TABLE = POST_PARKED_MOST, FRESH_KEYS = 64 };

struct entry {
    ptrdiff_t at, len;     /* its message in the ring of bytes */
    int64_t sent_ms;       /* 0: waits for the channel */
    int64_t since_ms;      /* when it came */
    bool answered;
    struct http_place place;
    post_filler *fill;     /* NULL: nobody waits */
    struct parked detail;
};
/* Entries first..next live in a ring of their own, by serial; their bytes in a second ring, in the same order. */
struct post {
    int channel;
    uint64_t first, unsent, next;
    struct entry *entries;
    uint8_t *bytes;
    ptrdiff_t cap;
    bool paused;
    struct post_line line;
    struct supply supply;
    struct post_form forms[POST_FORMS];
    uint8_t *inbox;
    uint8_t keys[FRESH_KEYS][FORM_KEY];
    int keys_left;
};

struct filling {
    const struct entry *entry;
    const struct verdict *verdict;
};

static struct entry *entry_of(const struct post *p, uint64_t serial)
{
    return &p->entries[serial % TABLE];
}

struct supply *post_supply(struct post *p)
{
    return &p->supply;
}

ptrdiff_t post_waiting(const struct post *p)
{
    return (ptrdiff_t)(p->next - p->first);
}

/* Where n bytes in one piece may go, or -1. */
static ptrdiff_t find_room(const struct post *p, ptrdiff_t n)
{
    if (p->first == p->next)
        return n <= p->cap ? 0 : -1;
    const struct entry *oldest = entry_of(p, p->first), *newest = entry_of(p, p->next - 1);
    ptrdiff_t head = newest->at + newest->len, tail = oldest->at;
    if (head > tail)
        return p->cap - head >= n ? head : tail > n ? 0 : -1;
    return tail - head > n ? head : -1;
}

bool post_has_room(const struct post *p)
{
    ptrdiff_t least = p->cap / 4 < ROOM_LEAST ? p->cap / 4 : ROOM_LEAST;
    return post_waiting(p) < TABLE - 64 && find_room(p, least) >= 0;
}

static void pause_as_needed(struct post *p)
{
    bool pause = !post_has_room(p);
    if (pause == p->paused)
        return;
    p->paused = pause;
    p->line.pause(p->line.server, pause);
}

/* In order, until the channel is full; its next verdict or tick goes on from there. */
static void send_waiting(struct post *p)
{
    for (; p->unsent < p->next; p->unsent++) {
        struct entry *e = entry_of(p, p->unsent);
        if (e->answered)
            continue;
        if (channel_send(p->channel, (str){ (const char *)p->bytes + e->at, e->len }, 0) != OK)
            return;
        e->sent_ms = p->line.monotonic_ms();
    }
}

static status enqueue(struct post *p, struct http_place place, str message, const struct parked *detail, post_filler *fill)
{
    struct message_head head;
    must(message_head_read(message, &head));
    ptrdiff_t at = post_waiting(p) < TABLE ? find_room(p, message.len) : -1;
    if (at < 0)
        return BUSY;
    struct entry *e = entry_of(p, p->next);
    *e = (struct entry){ .at = at, .len = message.len, .since_ms = p->line.monotonic_ms(), .place = place, .fill = fill, .detail = *detail };
    memcpy(p->bytes + at, message.at, (size_t)message.len);
    head.serial = p->next++;
    message_head_write(p->bytes + at, head);
    send_waiting(p);
    pause_as_needed(p);
    return OK;
}

status post_send(struct post *p, struct http_place place, str message, const struct parked *detail, post_filler *fill)
{
    status s = enqueue(p, place, message, detail, fill);
    return s == OK ? WAIT : s;
}

void post_tell(struct post *p, str message)
{
    status s = post_has_room(p) ? enqueue(p, (struct http_place){ 0 }, message, &(struct parked){ 0 }, NULL) : BUSY;
    (void)s; /* a visit not noted keeps the mailbox no shorter than the visit before it */
}

static void fill_answer(void *app, struct arena *a, struct http_response *w, void *detail)
{
    (void)app;
    const struct filling *f = detail;
    f->entry->fill(&f->entry->detail, f->verdict, a, w);
}

/* Our own answer box, from the message as it was sent. */
static str own_answer(const struct post *p, const struct entry *e)
{
    struct submission s;
    str message = { (const char *)p->bytes + e->at, e->len };
    return submission_read(message, &s) ? s.answer : (str){ 0 };
}

static void finish(struct post *p, struct verdict *v)
{
    if (v->serial - p->first >= p->next - p->first)
        return; /* answered before, or meant for a predecessor */
    struct entry *e = entry_of(p, v->serial);
    if (e->answered)
        return;
    e->answered = true;
    if (e->fill) {
        if (!v->already)
            v->answer = own_answer(p, e);
        p->line.answer(p->line.server, e->place, fill_answer, p, &(struct filling){ e, v });
    }
    wipe(&e->detail, sizeof e->detail);
    while (p->first < p->next && entry_of(p, p->first)->answered)
        p->first++;
    if (p->unsent < p->first)
        p->unsent = p->first;
}

/* A new acceptor, or one that did not hear: everything unanswered is said again, in order. */
static void send_again(struct post *p)
{
    p->unsent = p->first;
    send_waiting(p);
}

static bool receive_one(struct post *p)
{
    ptrdiff_t n;
    struct verdict v;
    status s = channel_receive(p->channel, p->inbox, CHANNEL_HEADER + 4 + ANSWER_BOX_MOST, 0, &n);
    if (s == BUSY)
        return false;
    if (s == NOT_FOUND || s == FAULT) {
        p->line.stop(p->line.server);
        return false;
    }
    if (s != OK || !verdict_read((str){ (const char *)p->inbox, n }, &v)) {
        log_event(LOG_POST_REFUSED, s, 0);
        return true;
    }
    if (v.type == SUBMIT_HELLO)
        send_again(p);
    else
        finish(p, &v);
    return true;
}

/* An acceptor that ends at every start, a disk that takes nothing: nobody is left before a page that never comes. They came in order. */
static void give_up(struct post *p)
{
    struct message_head head;
    while (p->first < p->next && p->line.monotonic_ms() - entry_of(p, p->first)->since_ms > POST_GIVE_UP_MS) {
        const struct entry *e = entry_of(p, p->first);
        must(message_head_read((str){ (const char *)p->bytes + e->at, e->len }, &head));
        finish(p, &(struct verdict){ .type = head.type, .code = CODE_STORE, .serial = head.serial });
    }
}

static void tick(struct post *p)
{
    give_up(p);
    const struct entry *oldest = entry_of(p, p->first);
    if (p->first < p->next && oldest->sent_ms && p->line.monotonic_ms() - oldest->sent_ms > POST_AGAIN_MS)
        send_again(p);
}

void post_ready(void *post, int fd)
{
    struct post *p = post;
    while (receive_one(p))
        continue;
    if (fd < 0)
        tick(p);
    send_waiting(p);
    pause_as_needed(p);
}

struct post *post_open(int channel, ptrdiff_t parked_bytes, struct post_line line, struct chance *chance)
{
    must(parked_bytes >= 4 * ACCEPTOR_MESSAGE_MAX);
    struct arena process = arena_reserve((ptrdiff_t)sizeof(struct post) + CHANNEL_HEADER + 4 + ANSWER_BOX_MOST + 4096);
    struct post *p = arena_new(&process, struct post, 1);
    p->inbox = arena_new(&process, uint8_t, CHANNEL_HEADER + 4 + ANSWER_BOX_MOST);
    /* Reserved, not arena_new: pages are touched when a flood comes, not before. */
    p->entries = (struct entry *)(void *)arena_reserve(TABLE * (ptrdiff_t)sizeof(struct entry)).at;
    p->bytes = (uint8_t *)arena_reserve(parked_bytes).at;
    p->cap = parked_bytes;
    p->channel = channel;
    p->line = line;
    chance->fill(chance, &p->first, sizeof p->first);
    p->first >>= 1; /* far from the end, so that serials of one life never wrap */
    p->unsent = p->next = p->first;
    ptrdiff_t n;
    while (channel_receive(channel, p->inbox, CHANNEL_HEADER + 4 + ANSWER_BOX_MOST, 0, &n) == OK)
        continue;
    return p;
}

void post_fresh_key(struct post *p, struct chance *chance, uint8_t to[FORM_KEY])
{
    if (!p->keys_left) {
        chance->fill(chance, p->keys, sizeof p->keys);
        p->keys_left = FRESH_KEYS;
    }
    uint8_t *key = p->keys[--p->keys_left];
    memcpy(to, key, FORM_KEY);
    wipe(key, FORM_KEY);
}

struct post_form *post_form(struct post *p, const struct language *language, int64_t monotonic_ms)
{
    struct post_form *f = p->forms;
    while (f->language && f->language != language)
        f++;
    must(f < p->forms + POST_FORMS - 1); /* there are fewer languages than places */
    if (!f->language) {
        f->language = language;
        f->bytes = arena_reserve(POST_FORM_BYTES).at;
    }
    if (monotonic_ms - f->kept_ms >= POST_FORM_MS)
        f->len = 0;
    return f;
}

void post_form_keep(struct post_form *f, str html, str hole, int64_t monotonic_ms)
{
    const char *at = memmem(html.at, (size_t)html.len, hole.at, (size_t)hole.len);
    must(at && html.len <= POST_FORM_BYTES);
    memcpy(f->bytes, html.at, (size_t)html.len);
    f->len = html.len;
    f->hole = at - html.at;
    f->kept_ms = monotonic_ms;
}
