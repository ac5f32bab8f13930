#include "linkage/texts.h"
#include "linkage/values.h"

enum { PIECE = 5, TEXTS_MOST = 1 << 30, LOOK_BACK = 4, EMPTY_MARK = 0 };

/* Lower-case letters and digits of ASCII as they are, each byte of another letter too, all else as one blank. */
static ptrdiff_t letters_of(str text, uint8_t *to, ptrdiff_t most)
{
    ptrdiff_t n = 0;
    bool blank = true;
    for (ptrdiff_t i = 0; i < text.len && n < most; i++) {
        uint8_t c = (uint8_t)text.at[i];
        c = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
        if (letter || !blank)
            to[n++] = letter ? c : ' ';
        blank = !letter;
    }
    return n && to[n - 1] == ' ' ? n - 1 : n;
}

/* The least hash that falls into each of the bins. */
static void fill_bins(const uint8_t *at, ptrdiff_t n, uint32_t bins[SKETCH])
{
    for (ptrdiff_t i = 0; i + PIECE <= n; i++) {
        uint64_t piece;
        memcpy(&piece, at + i, sizeof piece); /* the buffer is longer by a word */
        uint64_t h = hash_mix((piece << 24) ^ 0x2d358dccaa6c78a5u, 0x8bb84b93962eacc9u);
        uint32_t bin = (uint32_t)(h >> 57), least = (uint32_t)(h >> 8) | 1;
        bins[bin] = least < bins[bin] ? least : bins[bin];
    }
}

bool sketch_make(str text, struct sketch *out)
{
    enum { MOST = 1 << 16 }; /* what comes after 64 KiB of letters does not tell more */
    static _Thread_local uint8_t letters[MOST + 8];
    uint32_t bins[SKETCH], filled = 0;
    ptrdiff_t n = letters_of(text, letters, MOST);
    memset(bins, 0xff, sizeof bins);
    memset(out, EMPTY_MARK, sizeof *out);
    fill_bins(letters, n, bins);
    for (int i = 0; i < SKETCH; i++)
        filled += bins[i] != UINT32_MAX;
    if (!filled)
        return false;
    /* An empty bin takes what its next full one has, marked by how far it was fetched. */
    uint32_t last = 0, away = 0;
    for (int i = 2 * SKETCH - 1; i >= 0; i--) {
        if (bins[i % SKETCH] != UINT32_MAX) {
            last = bins[i % SKETCH];
            away = 0;
        } else {
            away++;
        }
        if (i < SKETCH)
            out->at[i] = (uint8_t)((last ^ away * 0x9e3779b1u) * 0x85ebca6bu >> 24);
    }
    return true;
}

int sketch_alike(const struct sketch *a, const struct sketch *b)
{
    int same = 0;
    for (int i = 0; i < SKETCH; i++)
        same += a->at[i] == b->at[i];
    /* One in 256 agrees by chance. */
    int alike = (same * 256 - SKETCH) * 1000 / (SKETCH * 255);
    return alike > 0 ? alike : 0;
}

bool texts_open(struct texts *t)
{
    *t = (struct texts){ 0 };
    return space_take(&t->sketches, (size_t)TEXTS_MOST * sizeof(struct sketch));
}

void texts_close(struct texts *t)
{
    space_give(&t->sketches);
    space_give(&t->clusters);
}

static struct sketch *sketches(const struct texts *t)
{
    return (struct sketch *)(void *)t->sketches.at;
}

bool texts_add(struct texts *t, str text)
{
    if (t->count == TEXTS_MOST)
        return false;
    t->empty += !sketch_make(text, &sketches(t)[t->count++]);
    return true;
}

/* Texts of one band, as they came: each is compared with the few before it, until it is known to be one of them. */
static void join_band(struct texts *t, const uint64_t *words, uint32_t n, int alike)
{
    uint32_t *up = t->cluster;
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t back = 1; back <= LOOK_BACK && back <= i; back++) {
            uint32_t x = (uint32_t)(words[i] & INT32_MAX), y = (uint32_t)(words[i - back] & INT32_MAX);
            uint32_t a = first_of(up, x), b = first_of(up, y);
            if (a == b)
                break;
            if (sketch_alike(&sketches(t)[x], &sketches(t)[y]) >= alike)
                up[a > b ? a : b] = a < b ? a : b;
        }
}

static uint32_t band_words(const struct texts *t, int band, uint64_t *words)
{
    static const struct sketch none;
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t key;
        memcpy(&key, sketches(t)[i].at + band * BAND, BAND);
        if (memcmp(&sketches(t)[i], &none, sizeof none) != 0)
            words[n++] = (uint64_t)key << 32 | i; /* equal keys stay as they came: the sort is by 33 bits, and i has 31 */
    }
    return n;
}

static void count_clusters(struct texts *t, uint32_t *sizes)
{
    for (uint32_t i = 0; i < t->count; i++) {
        t->cluster[i] = first_of(t->cluster, i);
        uint32_t size = ++sizes[t->cluster[i]];
        t->many += size == 2;
        t->largest = size > t->largest ? size : t->largest;
    }
}

bool texts_join(struct texts *t, int alike)
{
    struct space work, sizes;
    size_t n = (size_t)t->count + 1;
    if (!space_take(&t->clusters, n * sizeof(uint32_t)))
        return false;
    t->cluster = (uint32_t *)(void *)t->clusters.at;
    for (uint32_t i = 0; i < t->count; i++)
        t->cluster[i] = i;
    if (!space_take(&work, 2 * n * sizeof(uint64_t)))
        return false;
    for (int band = 0; band < SKETCH / BAND; band++) {
        uint64_t *words = (uint64_t *)(void *)work.at;
        uint32_t all = band_words(t, band, words);
        words = sort_words(words, words + n, all);
        for (uint32_t i = 0, end; i < all; i = end) {
            for (end = i + 1; end < all && words[end] >> 32 == words[i] >> 32;)
                end++;
            join_band(t, words + i, end - i, alike);
        }
    }
    space_give(&work);
    if (!space_take(&sizes, n * sizeof(uint32_t)))
        return false;
    count_clusters(t, (uint32_t *)(void *)sizes.at);
    space_give(&sizes);
    return true;
}
