/* The rules of the ledger and its lines; no file is touched here (ledger_file.c). */
#include "figures/privacy/ledger.h"
#include "lib/crypt/crypt.h"

bool ledger_cost(uint64_t sensitivity2, struct ratio variance, uint64_t *nano)
{
    wide over, under = (wide)2 * variance.over;
    if (!variance.over || !variance.under || __builtin_mul_overflow((wide)NANO * sensitivity2, (wide)variance.under, &over))
        return false;
    wide cost = over / under + (over % under != 0);
    *nano = (uint64_t)cost;
    return cost <= UINT64_MAX;
}

bool ledger_variance(uint64_t sensitivity2, uint64_t rho, struct ratio *variance)
{
    struct ratio v;
    if (!rho || !sensitivity2 || __builtin_mul_overflow(sensitivity2, NANO, &v.over) || __builtin_mul_overflow(rho, UINT64_C(2), &v.under))
        return false;
    *variance = ratio_lowest(v);
    return true;
}

bool nano_read(str s, uint64_t *nano)
{
    uint64_t whole = 0, part = 0;
    int digits = 0, decimals = -1;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '.' && decimals < 0 && digits) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || ++digits > 13 || (decimals >= 0 && ++decimals > 9))
            return false;
        if (decimals < 0)
            whole = whole * 10 + (uint64_t)(c - '0');
        else
            part = part * 10 + (uint64_t)(c - '0');
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 9; i++)
        part *= 10;
    *nano = whole * NANO + part;
    return digits && decimals && whole <= 1000 && *nano <= 1000 * NANO;
}

str nano_text(struct arena *a, uint64_t nano)
{
    char text[40];
    int n = snprintf(text, sizeof text, "%llu.%09llu", (unsigned long long)(nano / NANO), (unsigned long long)(nano % NANO));
    while (text[n - 1] == '0' && text[n - 2] != '.')
        n--;
    return str_copy(a, (str){ text, n });
}

static bool all_of(str s, ptrdiff_t most, const char *more)
{
    bool good = s.len > 0 && s.len <= most;
    for (ptrdiff_t i = 0; good && i < s.len; i++) {
        char c = s.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(more, c));
    }
    return good;
}

bool ledger_word(str s)
{
    return all_of(s, LEDGER_WORD_MOST, "._-");
}

bool ledger_year(str s)
{
    int64_t year;
    return str_equal(s, lit("all")) || (s.len == 4 && s.at[0] != '-' && s.at[0] != '+' && str_to_int(s, &year));
}

bool ledger_ask_fits(const struct ledger_ask *ask, struct said *said)
{
    if (!ledger_word(ask->scope) || !ledger_word(ask->name) || !ledger_word(ask->mechanism))
        return say(said, "a scope and the name of a release are made of letters, digits and . _ -, at most %d", LEDGER_WORD_MOST);
    if (!ledger_year(ask->year))
        return say(said, "the year %.*s is neither four digits nor all", SHOWN(ask->year));
    if (!all_of(ask->terms, LEDGER_TERMS_MOST, "._-:/,=+"))
        return say(said, "so many tables do not fit one line of the ledger: make two releases of them");
    if (ask->class == LEDGER_NOISE && !ask->rho)
        return say(said, "a budget of zero buys nothing: --rho takes a number above 0, like 0.12");
    if (ask->rho > 1000 * NANO)
        return say(said, "a budget above 1000 protects nobody");
    return true;
}

/* Scope and year alike, "all" being alike to every year. */
static bool meets(const struct ledger_account *x, str scope, str year)
{
    return str_equal(x->scope, scope) && (str_equal(x->year, year) || str_equal(x->year, lit("all")) || str_equal(year, lit("all")));
}

static struct ledger_account *find(const struct ledger_book *b, str scope, str year)
{
    for (ptrdiff_t i = 0; i < b->account_count; i++)
        if (str_equal(b->accounts[i].scope, scope) && str_equal(b->accounts[i].year, year))
            return &b->accounts[i];
    return NULL;
}

uint64_t ledger_cap(const struct ledger_book *b, str scope, str year)
{
    const struct ledger_account *own = find(b, scope, year), *all = find(b, scope, lit("all"));
    return own && own->has_cap ? own->cap : all && all->has_cap ? all->cap : b->cap;
}

/* What a person of exactly that year can still lose. */
static uint64_t left_of(const struct ledger_book *b, str scope, str year)
{
    const struct ledger_account *own = find(b, scope, year), *all = find(b, scope, lit("all"));
    uint64_t cap = ledger_cap(b, scope, year), spent = own ? own->spent : 0;
    if (all && all != own && __builtin_add_overflow(spent, all->spent, &spent))
        return 0;
    return spent < cap ? cap - spent : 0;
}

static uint64_t left(const struct ledger_book *b, str scope, str year)
{
    uint64_t least = left_of(b, scope, year);
    for (ptrdiff_t i = 0; i < b->account_count; i++) {
        const struct ledger_account *x = &b->accounts[i];
        if (!meets(x, scope, year) || !str_equal(year, lit("all")))
            continue;
        uint64_t n = left_of(b, scope, x->year);
        least = n < least ? n : least;
    }
    return least;
}

static bool mixed(const struct ledger_book *b, const struct ledger_ask *ask)
{
    for (ptrdiff_t i = 0; i < b->account_count; i++) {
        const struct ledger_account *x = &b->accounts[i];
        if (meets(x, ask->scope, ask->year) && (ask->class == LEDGER_NOISE ? x->suppression : x->noise))
            return true;
    }
    return false;
}

/* Was suppression released about some of these people by another request? The same one may be made again after a crash. */
static bool again(const struct ledger_book *b, const struct ledger_ask *ask)
{
    bool found = false;
    for (ptrdiff_t i = 0; ask->class == LEDGER_SUPPRESSION && i < b->spend_count; i++)
        found = found || (b->spends[i].suppression && meets(&b->accounts[b->spends[i].account], ask->scope, ask->year)
                          && !same_bytes(b->spends[i].request, ask->request, LEDGER_HASH));
    return found;
}

enum ledger_verdict ledger_admit(const struct ledger_book *b, const struct ledger_ask *ask, uint64_t *rest,
                                 const struct ledger_spend **before)
{
    *rest = left(b, ask->scope, ask->year);
    *before = NULL;
    for (ptrdiff_t i = 0; i < b->spend_count; i++)
        if (b->spends[i].stored && same_bytes(b->spends[i].request, ask->request, LEDGER_HASH))
            *before = &b->spends[i];
    if (*before)
        return LEDGER_STORED;
    if (mixed(b, ask))
        return LEDGER_MIXED;
    if (again(b, ask))
        return LEDGER_AGAIN;
    return ask->rho > *rest ? LEDGER_OVER : LEDGER_GRANTED;
}

/* One line: number, time, what; the hash over the hash before and all of it closes it. */
struct line {
    struct ledger_book *book;
    struct out out;
};

static struct line begin(struct ledger_book *b, int64_t now, const char *kind)
{
    struct line l = { b, { .arena = b->arena } };
    out_hex(&l.out, b->head, LEDGER_HASH);
    out_int(&l.out, b->lines);
    out_char(&l.out, ' ');
    out_str(&l.out, time_text(b->arena, now));
    out_char(&l.out, ' ');
    out_str(&l.out, str_of(kind));
    return l;
}

static void field(struct line *l, const char *name, str value)
{
    out_char(&l->out, ' ');
    out_str(&l->out, str_of(name));
    out_char(&l->out, '=');
    out_str(&l->out, value);
}

static void field_int(struct line *l, const char *name, uint64_t value)
{
    must(value <= INT64_MAX);
    field(l, name, lit(""));
    out_int(&l->out, (int64_t)value);
}

static void field_hash(struct line *l, const char *name, const uint8_t value[LEDGER_HASH])
{
    field(l, name, lit(""));
    out_hex(&l->out, value, LEDGER_HASH);
}

static str end(struct line *l)
{
    uint8_t hash[LEDGER_HASH];
    plain_hash(out_view(&l->out), hash, LEDGER_HASH);
    out_char(&l->out, ' ');
    out_hex(&l->out, hash, LEDGER_HASH);
    out_char(&l->out, '\n');
    str all = out_view(&l->out);
    return str_part(all, 2 * LEDGER_HASH, all.len);
}

str ledger_line_open(struct ledger_book *b, int64_t now, uint64_t cap)
{
    struct line l = begin(b, now, "open");
    field(&l, "format", lit("1"));
    field_int(&l, "cap", cap);
    return end(&l);
}

str ledger_line_cap(struct ledger_book *b, int64_t now, str scope, str year, uint64_t cap)
{
    struct line l = begin(b, now, "cap");
    field(&l, "scope", scope);
    field(&l, "year", year);
    field_int(&l, "rho", cap);
    return end(&l);
}

static const str classes[] = { LIT("noise"), LIT("suppression") };

str ledger_line_spend(struct ledger_book *b, int64_t now, const struct ledger_ask *ask)
{
    struct line l = begin(b, now, "spend");
    field(&l, "class", classes[ask->class]);
    field(&l, "scope", ask->scope);
    field(&l, "year", ask->year);
    field_int(&l, "rho", ask->rho);
    field(&l, "name", ask->name);
    field(&l, "mechanism", ask->mechanism);
    field(&l, "terms", ask->terms);
    field_hash(&l, "codebook", ask->codebook);
    field_hash(&l, "request", ask->request);
    return end(&l);
}

str ledger_line_stored(struct ledger_book *b, int64_t now, int64_t spend, const uint8_t files[LEDGER_HASH])
{
    struct line l = begin(b, now, "stored");
    field_int(&l, "spend", (uint64_t)spend);
    field_hash(&l, "files", files);
    return end(&l);
}

str ledger_head_text(struct arena *a, const struct ledger_book *b)
{
    struct out o = { .arena = a };
    out_int(&o, b->lines - 1);
    out_char(&o, ':');
    out_hex(&o, b->head, LEDGER_HASH);
    return out_view(&o);
}
