/* `release verify`: is a folder what its manifest says, who signed it, and does the ledger know it? */
#include "figures/privacy/codebook.h"
#include "figures/privacy/manifest.h"
#include "lib/os/os.h"
#include "lib/web/json_in.h"
#include <dirent.h>

enum { SIGNATURES_BYTES = 4096, FILE_MOST = 1 << 30 };

struct checking {
    struct arena *a;
    const char *folder;
    const struct json_value *top;
    struct said *failed;
};

static bool read_file(struct checking *c, str name, ptrdiff_t most, str *out)
{
    const char *path = str_c(c->a, str_join(c->a, str_join(c->a, str_of(c->folder), lit("/")), name));
    return file_read(c->a, path, most, out) == OK || say(c->failed, "%s is missing, or cannot be read", path);
}

/* A name of the manifest is one of its folder, and leads nowhere else. */
static bool is_plain(str name)
{
    return name.len > 0 && name.at[0] != '.' && str_find(name, '/') < 0 && str_find(name, 0) < 0;
}

static bool check_file(struct checking *c, const struct json_value *v)
{
    struct checking one = *c;
    struct arena scratch = *c->a;
    const struct json_value *bytes = json_in_member(v, lit("bytes"));
    uint8_t hash[32], wanted[32];
    str name, sha, content;
    if (v->kind != JSON_IS_OBJECT || !json_in_text(v, lit("name"), &name) || !is_plain(name) || !json_in_text(v, lit("sha256"), &sha)
        || !hex_read(sha, wanted, sizeof wanted) || !bytes || bytes->kind != JSON_IS_INT)
        return say(c->failed, "%s/manifest.json: a file of its list has no name, bytes and sha256", c->folder);
    one.a = &scratch;
    if (!read_file(&one, name, FILE_MOST, &content))
        return false;
    sha256(content, hash);
    return (content.len == bytes->number && same_bytes(hash, wanted, sizeof hash))
           || say(c->failed, "%s/%.*s is not what the manifest says: it was changed", c->folder, SHOWN(name));
}

static bool is_listed(const struct json_value *list, str name)
{
    str other;
    if (str_equal(name, lit("manifest.json")) || str_equal(name, lit("manifest.sig")))
        return true;
    for (const struct json_value *v = list->first; v; v = v->next)
        if (json_in_text(v, lit("name"), &other) && str_equal(name, other))
            return true;
    return false;
}

static bool check_files(struct checking *c)
{
    const struct json_value *list = json_in_member(c->top, lit("files"));
    if (!list || list->kind != JSON_IS_LIST || !list->count)
        return say(c->failed, "%s/manifest.json names no files", c->folder);
    for (const struct json_value *v = list->first; v; v = v->next)
        if (!check_file(c, v))
            return false;
    DIR *d = opendir(c->folder);
    bool good = d || say(c->failed, "cannot read the folder %s", c->folder);
    for (struct dirent *e; good && (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && !is_listed(list, str_of(e->d_name)))
            good = say(c->failed, "%s/%s is not in the manifest", c->folder, e->d_name);
    if (d)
        closedir(d);
    return good;
}

static bool check_codebook(struct checking *c)
{
    const struct json_value *book = json_in_member(c->top, lit("codebook"));
    uint8_t hash[LEDGER_HASH], wanted[LEDGER_HASH];
    str hex, text;
    if (!book || book->kind != JSON_IS_OBJECT || !json_in_text(book, lit("blake2b"), &hex) || !hex_read(hex, wanted, LEDGER_HASH))
        return say(c->failed, "%s/manifest.json does not say which codebook", c->folder);
    if (!read_file(c, lit("codebook.json"), CODEBOOK_BYTES, &text))
        return false;
    plain_hash(text, hash, sizeof hash);
    return same_bytes(hash, wanted, sizeof hash) || say(c->failed, "%s/codebook.json is not the one of the manifest", c->folder);
}

/* The signatures, each by another key; *n of them. None is no fault. */
static bool check_signatures(struct checking *c, str manifest, struct out *who, int *n)
{
    struct arena scratch = *c->a;
    str text, line, word, met = { 0 };
    const char *path = str_c(&scratch, str_join(&scratch, str_of(c->folder), lit("/manifest.sig")));
    status s = file_read(c->a, path, SIGNATURES_BYTES, &text);
    *n = 0;
    if (s == NOT_FOUND)
        return true;
    if (s != OK)
        return say(c->failed, "cannot read %s", path);
    while (str_split(&text, '\n', &line)) {
        uint8_t open[KEY], signature[64];
        str rest = line, key;
        if (!line.len)
            continue;
        if (!str_split(&rest, ' ', &word) || !str_equal(word, lit("ed25519")) || !str_split(&rest, ' ', &key) || !hex_read(key, open, KEY)
            || !hex_read(rest, signature, sizeof signature) || !sign_check(open, manifest, signature))
            return say(c->failed, "%s: signature %d is not one of this manifest", path, *n + 1);
        if (str_equal(met, key) || *n == SIGNS_MOST)
            return say(c->failed, "%s: one key signs twice, or more than %d do", path, SIGNS_MOST);
        met = key;
        out_str(who, *n ? lit(" and ") : lit(", signed by "));
        out_str(who, key);
        ++*n;
    }
    return *n > 0 || say(c->failed, "%s is empty", path);
}

/* The ledger's line of the spending says the same request, codebook and rho. */
static bool line_fits(struct checking *c, str ledger, int64_t number, str request)
{
    const struct json_value *book = json_in_member(c->top, lit("codebook"));
    uint64_t rho;
    str line, hash, typed;
    if (!json_in_text(c->top, lit("rho"), &typed) || !nano_read(typed, &rho) || !json_in_text(book, lit("blake2b"), &hash))
        return false;
    struct out want = { .arena = c->a }, cost = { .arena = c->a };
    out_str(&want, lit("codebook="));
    out_str(&want, hash);
    out_str(&want, lit(" request="));
    out_str(&want, request);
    out_str(&cost, lit(" rho="));
    out_int(&cost, (int64_t)rho);
    out_char(&cost, ' ');
    for (int64_t i = 0; str_split(&ledger, '\n', &line); i++)
        if (i == number)
            return strstr(str_c(c->a, line), str_c(c->a, out_view(&want))) && strstr(str_c(c->a, line), str_c(c->a, out_view(&cost)));
    return false;
}

static bool check_ledger(struct checking *c, const char *path)
{
    const struct json_value *in = json_in_member(c->top, lit("ledger")), *line = in ? json_in_member(in, lit("line")) : NULL;
    struct ledger_book b;
    ptrdiff_t torn;
    str head, request, text;
    if (!line || line->kind != JSON_IS_INT || !json_in_text(in, lit("head"), &head) || !json_in_text(in, lit("request"), &request)
        || !head.len || request.len != 2 * LEDGER_HASH)
        return say(c->failed, "%s/manifest.json does not say which line of the ledger paid", c->folder);
    if (!path)
        return true;
    if (ledger_look(c->a, path, head, &text, &torn, &b, c->failed) != OK)
        return false;
    return line_fits(c, text, line->number, request)
           || say(c->failed, "%s: its line %lld is not what the manifest of %s says was paid", path, (long long)line->number, c->folder);
}

status privacy_verify(const char *folder, const char *ledger, struct privacy_told *told)
{
    struct arena a = arena_reserve((ptrdiff_t)2 << 30);
    struct checking c = { .a = &a, .folder = folder, .failed = &told->failed };
    struct out who = { .arena = &a };
    int signatures;
    str manifest;
    if (!read_file(&c, lit("manifest.json"), MANIFEST_BYTES, &manifest))
        return INVALID;
    if (json_in_read(&a, manifest, (struct json_limits){ MANIFEST_BYTES, 6 }, &c.top) != OK || c.top->kind != JSON_IS_OBJECT)
        return say(&told->failed, "%s/manifest.json is no manifest", folder) ? OK : INVALID;
    if (!check_files(&c) || !check_codebook(&c) || !check_ledger(&c, ledger) || !check_signatures(&c, manifest, &who, &signatures))
        return INVALID;
    say(&told->done, "%s: every file is what the manifest says%s%.*s", folder, ledger ? ", and the ledger has its line" : "",
        (int)(signatures ? who.len : 10), signatures ? who.at : ", unsigned");
    return OK;
}
