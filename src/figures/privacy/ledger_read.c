/* Reading a ledger back: strictly, so that one text has one meaning. */
#include "figures/privacy/ledger.h"
#include "lib/crypt/crypt.h"

/* Twice the room when it is full; what was there is copied, the arena keeps both. */
static void *grown(struct arena *a, void *at, ptrdiff_t count, ptrdiff_t *room, ptrdiff_t size)
{
    if (count < *room)
        return at;
    *room = *room ? 2 * *room : 16;
    void *fresh = arena_take(a, size, _Alignof(struct ledger_spend), *room);
    if (count)
        memcpy(fresh, at, (size_t)(count * size));
    return fresh;
}

static struct ledger_account *account(struct ledger_book *b, str scope, str year)
{
    for (ptrdiff_t i = 0; i < b->account_count; i++)
        if (str_equal(b->accounts[i].scope, scope) && str_equal(b->accounts[i].year, year))
            return &b->accounts[i];
    b->accounts = grown(b->arena, b->accounts, b->account_count, &b->account_room, sizeof *b->accounts);
    struct ledger_account *x = &b->accounts[b->account_count++];
    *x = (struct ledger_account){ .scope = str_copy(b->arena, scope), .year = str_copy(b->arena, year) };
    return x;
}

/* The next word must be NAME=VALUE. */
static bool field(str *rest, const char *name, str *value)
{
    str word, want = str_of(name);
    if (!str_split(rest, ' ', &word) || !str_starts(word, want) || word.len <= want.len || word.at[want.len] != '=')
        return false;
    *value = str_part(word, want.len + 1, word.len);
    return true;
}

static bool field_int(str *rest, const char *name, uint64_t *value)
{
    str text;
    int64_t n;
    if (!field(rest, name, &text) || !str_to_int(text, &n) || n < 0 || (text.len > 1 && text.at[0] == '0') || text.at[0] == '-')
        return false;
    *value = (uint64_t)n;
    return true;
}

static bool field_hash(str *rest, const char *name, uint8_t value[LEDGER_HASH])
{
    str text;
    return field(rest, name, &text) && hex_read(text, value, LEDGER_HASH);
}

static bool field_word(str *rest, const char *name, str *value)
{
    return field(rest, name, value) && ledger_word(*value);
}

static bool people(str *rest, str *scope, str *year)
{
    return field_word(rest, "scope", scope) && field(rest, "year", year) && ledger_year(*year);
}

static const char *add_open(struct ledger_book *b, str rest)
{
    str format;
    uint64_t cap;
    if (b->lines)
        return "a ledger is opened once, in its first line";
    if (!field(&rest, "format", &format) || !str_equal(format, lit("1")))
        return "this program reads format 1";
    if (!field_int(&rest, "cap", &cap) || rest.len)
        return "an opening that does not read";
    b->cap = cap;
    return NULL;
}

static const char *add_cap(struct ledger_book *b, str rest)
{
    str scope, year;
    uint64_t cap;
    if (!people(&rest, &scope, &year) || !field_int(&rest, "rho", &cap) || rest.len)
        return "a cap that does not read";
    struct ledger_account *x = account(b, scope, year);
    x->cap = cap;
    x->has_cap = true;
    return NULL;
}

static const char *add_spend(struct ledger_book *b, str rest)
{
    str class, scope, year, name, mechanism, terms;
    uint64_t rho, sum;
    uint8_t codebook[LEDGER_HASH];
    struct ledger_spend s = { .line = b->lines };
    if (!field(&rest, "class", &class) || !people(&rest, &scope, &year) || !field_int(&rest, "rho", &rho)
        || !field_word(&rest, "name", &name) || !field_word(&rest, "mechanism", &mechanism) || !field(&rest, "terms", &terms)
        || !field_hash(&rest, "codebook", codebook) || !field_hash(&rest, "request", s.request) || rest.len)
        return "a spending that does not read";
    bool noise = str_equal(class, lit("noise"));
    if (!noise && !str_equal(class, lit("suppression")))
        return "a class that is neither noise nor suppression";
    struct ledger_account *x = account(b, scope, year);
    if (__builtin_add_overflow(x->spent, rho, &sum))
        return "more than can be counted";
    s.account = x - b->accounts;
    s.suppression = !noise;
    x->spent = sum;
    x->noise = x->noise || noise;
    x->suppression = x->suppression || !noise;
    b->spends = grown(b->arena, b->spends, b->spend_count, &b->spend_room, sizeof *b->spends);
    b->spends[b->spend_count++] = s;
    return NULL;
}

static const char *add_stored(struct ledger_book *b, str rest)
{
    uint64_t line;
    uint8_t files[LEDGER_HASH];
    if (!field_int(&rest, "spend", &line) || !field_hash(&rest, "files", files) || rest.len)
        return "a note of what was stored that does not read";
    for (ptrdiff_t i = b->spend_count - 1; i >= 0; i--) {
        struct ledger_spend *s = &b->spends[i];
        if (s->line != (int64_t)line || s->stored)
            continue;
        memcpy(s->files, files, LEDGER_HASH);
        s->stored = true;
        return NULL;
    }
    return "it names no spending, or one that is stored already";
}

static const char *add(struct ledger_book *b, str body)
{
    static const struct {
        str kind;
        const char *(*add)(struct ledger_book *b, str rest);
    } kinds[] = { { LIT("open"), add_open }, { LIT("cap"), add_cap }, { LIT("spend"), add_spend }, { LIT("stored"), add_stored } };
    str number, time, kind;
    int64_t n;
    if (!str_split(&body, ' ', &number) || !str_split(&body, ' ', &time) || !str_split(&body, ' ', &kind) || time.len != 20)
        return "a line that does not read";
    if (!str_to_int(number, &n) || n != b->lines)
        return "its number does not follow the one before";
    if (!b->lines && !str_equal(kind, lit("open")))
        return "a ledger begins with its opening";
    for (ptrdiff_t i = 0; i < countof(kinds); i++)
        if (str_equal(kind, kinds[i].kind))
            return kinds[i].add(b, body);
    return "a kind of line that this program does not know";
}

const char *ledger_add(struct ledger_book *b, str line)
{
    uint8_t hash[LEDGER_HASH], said[LEDGER_HASH];
    ptrdiff_t cut = line.len - 2 * LEDGER_HASH - 1;
    if (cut < 1 || line.at[cut] != ' ' || !hex_read(str_part(line, cut + 1, line.len), said, LEDGER_HASH))
        return "it does not end with its hash";
    struct arena scratch = *b->arena;
    struct out all = { .arena = &scratch };
    out_hex(&all, b->head, LEDGER_HASH);
    out_str(&all, str_part(line, 0, cut));
    plain_hash(out_view(&all), hash, LEDGER_HASH);
    if (!same_bytes(hash, said, LEDGER_HASH))
        return "its hash is of another text: this line or one before was changed";
    const char *fault = add(b, str_part(line, 0, cut));
    if (fault)
        return fault;
    memcpy(b->head, hash, LEDGER_HASH);
    b->lines++;
    return NULL;
}

bool ledger_read(struct arena *a, str text, struct ledger_book *b, ptrdiff_t *whole, int64_t *line, const char **fault)
{
    *b = (struct ledger_book){ .arena = a };
    *fault = NULL;
    *whole = 0;
    for (*line = 1; !*fault; ++*line) {
        str rest = str_part(text, *whole, text.len);
        ptrdiff_t n = str_find(rest, '\n');
        if (n < 0)
            break;
        *fault = ledger_add(b, str_part(rest, 0, n));
        if (*fault)
            return false;
        *whole += n + 1;
    }
    if (!b->lines)
        *fault = "it has no line";
    return !*fault;
}
