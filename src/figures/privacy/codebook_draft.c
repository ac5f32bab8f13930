/* A first codebook out of the data. A person decides what of it may be public. */
#include "figures/privacy/codebook.h"
#include "figures/privacy/rows.h"
#include "lib/web/html.h"

struct values {
    str *at; /* sorted by their bytes */
    ptrdiff_t len;
    bool many;
};

static void note(struct values *v, str value)
{
    ptrdiff_t low = 0, high = v->len;
    while (low < high) {
        ptrdiff_t middle = low + (high - low) / 2;
        int order = str_compare(value, v->at[middle]);
        if (!order)
            return;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    v->many = v->len == DRAFT_CODES_MOST;
    if (v->many)
        return;
    memmove(v->at + low + 1, v->at + low, (size_t)(v->len - low) * sizeof *v->at);
    v->at[low] = value;
    v->len++;
}

static void write_text(struct out *o, str s)
{
    struct json j = { .o = o };
    json_str(&j, s);
}

static void write_column(struct out *o, str name, const struct values *v, bool first)
{
    out_str(o, first ? lit("\n    {\"name\": ") : lit(",\n    {\"name\": "));
    write_text(o, name);
    out_str(o, lit(", \"codes\": ["));
    for (ptrdiff_t i = 0; i < v->len; i++) {
        if (i)
            out_str(o, lit(", "));
        write_text(o, v->at[i]);
    }
    out_str(o, lit("]}"));
}

static str written(struct arena *a, const struct csv *data, const struct values *v)
{
    struct out o = { .arena = a };
    bool first = true;
    out_str(&o, lit("{\n  \"codebook\": \"draft\",\n  \"version\": \"0\",\n  \"confirmed\": \"\",\n"
                    "  \"about\": \"Values were taken from the data, so this draft is not private. Make each list what may occur, not what "
                        "did; then fill in "
                    "codebook, version and confirmed.\",\n  \"columns\": ["));
    for (ptrdiff_t i = 0; i < data->at[0].len; i++)
        if (!v[i].many) {
            write_column(&o, data->at[0].cells[i], &v[i], first);
            first = false;
        }
    out_str(&o, lit("\n  ],\n  \"ignored\": ["));
    first = true;
    for (ptrdiff_t i = 0; i < data->at[0].len; i++)
        if (v[i].many) {
            if (!first)
                out_str(&o, lit(", "));
            write_text(&o, data->at[0].cells[i]);
            first = false;
        }
    out_str(&o, lit("],\n  \"impossible\": []\n}\n"));
    return out_view(&o);
}

bool codebook_draft(struct arena *a, const char *path, str text, str *out, struct said *said)
{
    struct csv data;
    if (!text.len)
        return say(said, "%s is empty; it wants a header, and a row for each person", path);
    if (csv_read(a, text, &data) != OK)
        return say(said, "%s:%lld: %s; mend that row", path, (long long)data.fault_line, data.fault);
    if (rows_one_cell(&data.at[0]))
        return say(said, "%s:1: the header is one cell, \"%.*s\"; part cells by commas, not by semicolons or tabs", path, SHOWN(data.at[0].cells[0]));
    struct values *v = arena_new(a, struct values, data.at[0].len);
    for (ptrdiff_t i = 0; i < data.at[0].len; i++) {
        v[i].at = arena_new(a, str, DRAFT_CODES_MOST + 1);
        for (ptrdiff_t r = 1; r < data.len && !v[i].many; r++)
            note(&v[i], data.at[r].cells[i]);
    }
    *out = written(a, &data, v);
    return true;
}
