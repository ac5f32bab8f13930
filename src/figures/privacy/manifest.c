#include "figures/privacy/manifest.h"
#include "lib/os/os.h"
#include "lib/web/html.h"

enum { KEY_TEXT = 2 * KEY };

bool manifest_keys_read(struct arena *a, const char *const *paths, int n, struct manifest_keys *out, struct said *said)
{
    *out = (struct manifest_keys){ .len = n };
    for (int i = 0; i < n; i++) {
        uint8_t seed[KEY];
        str text;
        status s = file_read(a, paths[i], KEY_TEXT + 2, &text);
        if (s != OK || !hex_read(str_trim(text), seed, KEY))
            return say(said, "%s is no key to sign with: plainsight release key %s makes one where there is none", paths[i], paths[i]);
        sign_pair_from(seed, &out->at[i]);
        wipe(seed, sizeof seed);
        wipe((char *)(uintptr_t)text.at, text.len);
        for (int j = 0; j < i; j++)
            if (same_bytes(out->at[j].open, out->at[i].open, KEY))
                return say(said, "--sign names one key twice: two persons sign, each with a key of their own");
    }
    return true;
}

status privacy_key(const char *path, struct privacy_told *told)
{
    struct arena a = arena_reserve(1 << 16);
    uint8_t seed[KEY];
    struct sign_pair pair;
    struct out text = { .arena = &a }, open = { .arena = &a };
    crypt_random(seed, sizeof seed);
    sign_pair_from(seed, &pair);
    out_hex(&text, seed, KEY);
    out_char(&text, '\n');
    out_hex(&open, pair.open, KEY);
    status s = file_create(path, out_view(&text));
    wipe(text.at, text.len);
    wipe(seed, sizeof seed);
    wipe(&pair, sizeof pair);
    if (s == OK)
        say(&told->done, "%s: a key to sign releases with, for one person alone. Its public half, for everybody: %.*s", path,
            SHOWN(out_view(&open)));
    else
        say(&told->failed, s == CONFLICT ? "%s is there already" : "cannot write %s", path);
    return s == CONFLICT ? INVALID : s;
}

static int by_name(const void *x, const void *y)
{
    const struct release_file *a = x, *b = y;
    return str_compare(a->name, b->name);
}

static str hex_of(struct arena *a, const uint8_t *bytes, ptrdiff_t n)
{
    struct out o = { .arena = a };
    out_hex(&o, bytes, n);
    return out_view(&o);
}

static void member(struct json *j, const char *name, str value)
{
    json_key(j, str_of(name));
    json_str(j, value);
}

static void write_files(struct json *j, struct arena *a, const struct release_files *f)
{
    json_key(j, lit("files"));
    json_open(j, '[');
    for (ptrdiff_t i = 0; i < f->len; i++) {
        uint8_t hash[32];
        sha256(f->at[i].content, hash);
        json_open(j, '{');
        member(j, "name", f->at[i].name);
        json_key(j, lit("bytes"));
        json_int(j, f->at[i].content.len);
        member(j, "sha256", hex_of(a, hash, sizeof hash));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static str text_of(struct arena *a, const struct manifest *m, const struct release_files *f)
{
    struct out o = { .arena = a };
    struct json j = { .o = &o };
    json_open(&j, '{');
    json_key(&j, lit("manifest"));
    json_int(&j, 1);
    member(&j, "mechanism", m->mechanism);
    member(&j, "terms", m->terms);
    member(&j, "neighbours", lit("one person more or less"));
    member(&j, "name", m->name);
    member(&j, "scope", m->scope);
    member(&j, "year", m->year);
    member(&j, "rho", m->rho);
    json_key(&j, lit("codebook"));
    json_open(&j, '{');
    member(&j, "name", m->codebook);
    member(&j, "version", m->version);
    member(&j, "blake2b", hex_of(a, m->codebook_hash, LEDGER_HASH));
    json_close(&j, '}');
    json_key(&j, lit("ledger"));
    json_open(&j, '{');
    json_key(&j, lit("line"));
    json_int(&j, m->spend);
    member(&j, "head", m->head);
    member(&j, "request", hex_of(a, m->request, LEDGER_HASH));
    json_close(&j, '}');
    write_files(&j, a, f);
    json_close(&j, '}');
    out_char(&o, '\n');
    return out_view(&o);
}

static void add(struct release_files *f, const char *name, str content)
{
    f->at[f->len++] = (struct release_file){ str_of(name), content };
    qsort(f->at, (size_t)f->len, sizeof *f->at, by_name);
}

void manifest_add(struct arena *a, const struct manifest *m, str codebook_text, const struct manifest_keys *keys,
                  struct release_files *files)
{
    add(files, "codebook.json", codebook_text);
    str text = text_of(a, m, files);
    add(files, "manifest.json", text);
    struct out o = { .arena = a };
    for (int i = 0; i < keys->len; i++) {
        uint8_t signature[64];
        sign_bytes(&keys->at[i], text, signature);
        out_str(&o, lit("ed25519 "));
        out_hex(&o, keys->at[i].open, KEY);
        out_char(&o, ' ');
        out_hex(&o, signature, sizeof signature);
        out_char(&o, '\n');
    }
    if (keys->len)
        add(files, "manifest.sig", out_view(&o));
}
