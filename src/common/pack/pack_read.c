/* From a folder to a draft: every cell is looked at before anything is kept. */
#include "common/condition/condition.h"
#include "common/pack/pack.h"
#include "common/pack/pack_type.h"
#include "lib/base/csv.h"
#include "lib/os/os.h"
#include <dirent.h>

enum { MOST_FILE = 16 << 20, MOST_COLUMNS = 64, MOST_LED = 64, MOST_FILES = 200, TAIL_COLUMNS = 4 };
/* The last four columns of every file. */
enum { TAIL_BASIS = 4, TAIL_SOURCE = 3, TAIL_FROM = 2, TAIL_TO = 1 };

/* schema.csv, one row a column. */
enum { SCHEMA_PACK, SCHEMA_FILE, SCHEMA_POSITION, SCHEMA_COLUMN, SCHEMA_TYPE, SCHEMA_REQUIRED, SCHEMA_KEY, SCHEMA_LABEL,
       SCHEMA_REFERENCES, SCHEMA_CHOICES, SCHEMA_WIDTH = 11 };

struct column {
    str name, type, references, choices;
    bool required, key;
};
struct reading {
    struct arena *arena;
    str folder;
    struct csv schema;
    const struct pack *known;
    struct pack_draft *draft;
    ptrdiff_t room; /* rows that draft->rows can hold */
    struct pack_problems *problems;
    str file;       /* being looked at, without .csv */
    struct column columns[MOST_COLUMNS];
    ptrdiff_t column_count;
    struct led {                    /* where a reference led: of this pack, rows from to to; column -1: nowhere */
        str reference;
        ptrdiff_t column, from, to;
    } led[MOST_LED];
    ptrdiff_t led_count;
};

static void tell(struct reading *r, int64_t line, str column, const char *what, str value, const char *mend)
{
    if (r->problems->len == PACK_MOST_PROBLEMS)
        return;
    struct out o = { .arena = r->arena };
    if (value.len) {
        out_char(&o, '\'');
        out_str(&o, value);
        out_str(&o, lit("' "));
    }
    out_str(&o, str_of(what));
    out_str(&o, lit(": "));
    out_str(&o, str_of(mend));
    r->problems->at[r->problems->len++] =
        (struct pack_problem){ str_join(r->arena, r->file, lit(".csv")), line, column, out_view(&o) };
}

static char *path_of(struct arena *a, str folder, const char *between, str file)
{
    str path = str_join(a, folder, str_of(between));
    return str_c(a, str_join(a, str_join(a, path, file), lit(".csv")));
}

static status read_csv(struct reading *r, const char *path, struct csv *out)
{
    str text;
    status s = file_read(r->arena, path, MOST_FILE, &text);
    if (s == LIMIT)
        tell(r, 0, (str){ 0 }, "is longer than 16 MiB", (str){ 0 }, "a pack file holds one row a code; split the list");
    if (s != OK)
        return s == LIMIT ? INVALID : s;
    s = csv_read(r->arena, text, out);
    if (s == INVALID)
        tell(r, out->fault_line, (str){ 0 }, out->fault, (str){ 0 }, "save the file as CSV in UTF-8, quotes as in RFC 4180");
    return s;
}

static status read_schema(struct reading *r)
{
    r->file = lit("schema");
    status s = read_csv(r, path_of(r->arena, r->folder, "/", r->file), &r->schema);
    if (s == NOT_FOUND)
        s = read_csv(r, path_of(r->arena, r->folder, "/../", r->file), &r->schema);
    if (s == NOT_FOUND)
        tell(r, 0, (str){ 0 }, "is missing", (str){ 0 }, "put schema.csv into the folder or beside it");
    else if (s == OK && r->schema.at[0].len != SCHEMA_WIDTH)
        tell(r, 1, (str){ 0 }, "has not 11 columns", (str){ 0 }, "take the schema.csv that came with the program");
    return s == NOT_FOUND || (s == OK && r->schema.at[0].len != SCHEMA_WIDTH) ? INVALID : s;
}

/* Columns of file as the schema has them for that pack; an empty pack means the first that has the file. */
static ptrdiff_t schema_columns(const struct reading *r, str pack, str file, struct column *to)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 1; i < r->schema.len && n < MOST_COLUMNS; i++) {
        const str *c = r->schema.at[i].cells;
        if (!str_equal(c[SCHEMA_FILE], file) || (pack.len && !str_equal(c[SCHEMA_PACK], pack)))
            continue;
        pack = c[SCHEMA_PACK];
        to[n++] = (struct column){ c[SCHEMA_COLUMN], c[SCHEMA_TYPE], c[SCHEMA_REFERENCES], c[SCHEMA_CHOICES],
                                   str_equal(c[SCHEMA_REQUIRED], lit("yes")), str_equal(c[SCHEMA_KEY], lit("yes")) };
    }
    return n;
}

/* A country pack or an overlay may carry any file that the schema knows of another pack. */
static void find_columns(struct reading *r)
{
    r->column_count = schema_columns(r, r->draft->code, r->file, r->columns);
    if (!r->column_count)
        r->column_count = schema_columns(r, (str){ 0 }, r->file, r->columns);
}

static bool among(str values, str value)
{
    str v;
    while (str_split(&values, '|', &v))
        if (str_equal(v, value))
            return true;
    return false;
}

static bool tidy(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 127)
            return false;
    return str_equal(str_trim(s), s);
}

static void check_cell(struct reading *r, int64_t line, const struct column *c, str cell)
{
    if (!tidy(cell))
        tell(r, line, c->name, "has spaces at an end or a control character", (str){ 0 }, "one line of plain text");
    if (!cell.len) {
        if (c->required)
            tell(r, line, c->name, "is empty", (str){ 0 }, "this column must be filled");
        return;
    }
    const struct pack_type *type = pack_type_find(c->type);
    if (type && !type->fits(cell))
        tell(r, line, c->name, type->what, cell, type->mend);
    if (c->key && str_find(cell, '|') >= 0)
        tell(r, line, c->name, "has a '|' in a key", cell, "use another character");
    bool list = str_equal(c->type, lit("list")) || str_equal(c->type, lit("reflist"));
    str rest = cell, piece;
    while (str_split(&rest, list ? ';' : '\0', &piece)) {
        if (!piece.len || !str_equal(str_trim(piece), piece))
            tell(r, line, c->name, "is not a list", cell, "write values with ';' between them and no spaces");
        else if (c->choices.len && !among(c->choices, piece))
            tell(r, line, c->name, "is not one of the values of this column", piece, "see schema.csv, column choices");
    }
}

static enum pack_basis basis_of(str s)
{
    return str_equal(s, lit("verified")) ? BASIS_VERIFIED : str_equal(s, lit("excerpt")) ? BASIS_EXCERPT : BASIS_UNCONFIRMED;
}

static int64_t day_or_open(str s)
{
    int64_t day;
    return day_read(s, &day) ? day : PACK_NO_DAY;
}

static str key_of(struct reading *r, const struct csv_row *row)
{
    struct out o = { .arena = r->arena };
    for (ptrdiff_t i = 0; i < r->column_count; i++) {
        if (!r->columns[i].key)
            continue;
        if (o.len)
            out_char(&o, '|');
        out_str(&o, row->cells[i]);
    }
    return out_view(&o);
}

static void check_row(struct reading *r, const struct csv_row *row)
{
    for (ptrdiff_t i = 0; i < r->column_count; i++)
        check_cell(r, row->line, &r->columns[i], row->cells[i]);
    const str *tail = row->cells + row->len;
    struct pack_row made = { r->draft->code, r->file, key_of(r, row), row->cells, row->len, row->line,
                             day_or_open(tail[-TAIL_FROM]), day_or_open(tail[-TAIL_TO]), 0, 0, basis_of(tail[-TAIL_BASIS]) };
    if (made.valid_from != PACK_NO_DAY && made.valid_to != PACK_NO_DAY && made.valid_from > made.valid_to)
        tell(r, row->line, lit("valid_to"), "is before valid_from", tail[-TAIL_TO], "exchange the two days");
    must(r->draft->len < r->room);
    r->draft->rows[r->draft->len++] = made;
}

static bool header_fits(struct reading *r, const struct csv *c)
{
    static const str tail[TAIL_COLUMNS] = { LIT("basis"), LIT("source"), LIT("valid_from"), LIT("valid_to") };
    const struct csv_row *header = &c->at[0];
    bool fits = header->len == r->column_count && r->column_count > TAIL_COLUMNS;
    for (ptrdiff_t i = 0; fits && i < header->len; i++)
        fits = str_equal(header->cells[i], r->columns[i].name);
    for (ptrdiff_t i = 0; fits && i < TAIL_COLUMNS; i++)
        fits = str_equal(header->cells[header->len - TAIL_COLUMNS + i], tail[i]);
    if (!fits)
        tell(r, 1, (str){ 0 }, "has another header than schema.csv", (str){ 0 }, "same columns, same order");
    return fits;
}

static int by_key(const void *left, const void *right)
{
    const struct pack_row *a = *(const struct pack_row *const *)left, *b = *(const struct pack_row *const *)right;
    int d = str_compare(a->key, b->key);
    return d ? d : (a->position > b->position) - (a->position < b->position);
}

static void check_keys(struct reading *r, ptrdiff_t from)
{
    ptrdiff_t n = r->draft->len - from;
    const struct pack_row **rows = arena_new(r->arena, const struct pack_row *, n + 1);
    for (ptrdiff_t i = 0; i < n; i++)
        rows[i] = &r->draft->rows[from + i];
    qsort(rows, (size_t)n, sizeof *rows, by_key);
    for (ptrdiff_t i = 1; i < n; i++)
        if (str_equal(rows[i - 1]->key, rows[i]->key))
            tell(r, rows[i]->position, (str){ 0 }, "is a key that stands here twice", rows[i]->key, "keep one of the rows");
}

static status read_file(struct reading *r)
{
    struct csv c;
    status s = read_csv(r, path_of(r->arena, r->folder, "/", r->file), &c);
    find_columns(r);
    if (s == OK && !r->column_count)
        tell(r, 0, (str){ 0 }, "is not in schema.csv", (str){ 0 }, "mend the name of the file, or describe it there");
    if (s != OK || !r->column_count || !header_fits(r, &c))
        return s == FAULT ? FAULT : OK; /* told; go on and find what else is wrong */
    ptrdiff_t from = r->draft->len;
    struct pack_row *rows = arena_new(r->arena, struct pack_row, r->draft->len + c.len);
    if (r->draft->len)
        memcpy(rows, r->draft->rows, (size_t)r->draft->len * sizeof *rows);
    r->draft->rows = rows;
    r->room = r->draft->len + c.len;
    for (ptrdiff_t i = 1; i < c.len; i++)
        check_row(r, &c.at[i]);
    check_keys(r, from);
    return OK;
}

/* ---- across files */

static bool row_has(const struct pack_row *row, str file, ptrdiff_t column, str value)
{
    return str_equal(row->file, file) && column < row->cell_count && str_equal(row->cells[column], value);
}

static struct led led_to(const struct reading *r, str reference, str file)
{
    struct column columns[MOST_COLUMNS];
    struct led to = { .reference = reference, .column = -1 };
    str name = str_part(reference, str_find(reference, '.') + 1, reference.len);
    ptrdiff_t n = schema_columns(r, str_part(reference, 0, str_find(reference, '/')), file, columns);
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_equal(columns[i].name, name))
            to.column = i;
    while (to.from < r->draft->len && !str_equal(r->draft->rows[to.from].file, file))
        to.from++;
    for (to.to = to.from; to.to < r->draft->len && str_equal(r->draft->rows[to.to].file, file);)
        to.to++;
    return to;
}

/* A reference of the schema is followed once, not for each row. All rows of the pack are read by then, those of a file together. */
static const struct led *follow(struct reading *r, str reference, str file)
{
    for (ptrdiff_t i = 0; i < r->led_count; i++)
        if (r->led[i].reference.at == reference.at && r->led[i].reference.len == reference.len)
            return &r->led[i];
    struct led *to = &r->led[r->led_count < MOST_LED ? r->led_count++ : MOST_LED - 1];
    *to = led_to(r, reference, file);
    return to;
}

/* Does value stand in "pack/file.column", here or in a pack that is loaded already? */
static bool reference_stands(struct reading *r, str reference, str value)
{
    str file = str_part(reference, str_find(reference, '/') + 1, str_find(reference, '.'));
    const struct led *l = follow(r, reference, file);
    for (ptrdiff_t i = l->from; l->column >= 0 && i < l->to; i++)
        if (row_has(&r->draft->rows[i], file, l->column, value))
            return true;
    for (ptrdiff_t i = 0; l->column >= 0 && r->known && i < r->known->len; i++)
        if (!str_equal(r->known->rows[i].pack, r->draft->code) && row_has(&r->known->rows[i], file, l->column, value))
            return true;
    return false;
}

static void check_references(struct reading *r, const struct pack_row *row)
{
    for (ptrdiff_t i = 0; i < r->column_count; i++) {
        const struct column *c = &r->columns[i];
        str rest = row->cells[i], piece;
        if (!c->references.len || !rest.len)
            continue;
        while (str_split(&rest, str_equal(c->type, lit("reflist")) ? ';' : '\0', &piece))
            if (!reference_stands(r, c->references, piece))
                tell(r, row->position, c->name, "is not a code of the file this column refers to", piece,
                     "mend the code, or add the row there");
    }
}

/* A name of a condition: an answer or sign that exists, or one of the words the program itself provides. */
static bool name_stands(struct reading *r, str file, str name)
{
    static const str own[] = { LIT("result"), LIT("contact.kind"), LIT("reporter.kind"), LIT("reporter.proximity"),
                               LIT("topic.viral"), LIT("text.first_hand"), LIT("count(strong)"), LIT("count(medium)"),
                               LIT("count(weak)") };
    if (str_equal(file, lit("clocks")))
        return true; /* facts of the areas that start clocks; a missing one makes the test false */
    if (str_equal(file, lit("indicator_rules")))
        return str_equal(name, lit("strong")) || str_equal(name, lit("medium")) || str_equal(name, lit("weak"))
            || reference_stands(r, lit("int/indicators.dimension"), name);
    for (ptrdiff_t i = 0; i < countof(own); i++)
        if (str_equal(own[i], name))
            return true;
    if (str_starts(name, lit("answer.")))
        return reference_stands(r, lit("int/answers.code"), str_part(name, 7, name.len));
    if (str_starts(name, lit("indicator.")))
        return reference_stands(r, lit("int/indicators.code"), str_part(name, 10, name.len));
    return str_starts(name, lit("situation.")) || str_starts(name, lit("match."));
}

static void check_condition(struct reading *r, const struct pack_row *row, ptrdiff_t column)
{
    struct condition c;
    struct condition_fault fault;
    str text = row->cells[column], name;
    if (!text.len)
        return;
    if (condition_read(r->arena, text, &c, &fault) != OK) {
        tell(r, row->position, lit("condition"), fault.what, str_part(text, fault.at, text.len), "see packs/README.md");
        return;
    }
    for (ptrdiff_t i = 0; i < c.len; i++) {
        str names = c.at[i].left;
        while (names.len && str_split(&names, '+', &name))
            if (!name_stands(r, row->file, str_trim(name)))
                tell(r, row->position, lit("condition"), "is not a known name", str_trim(name),
                     "name an answer, a sign or a word of packs/README.md");
    }
}

static void check_special(struct reading *r, const struct pack_row *row)
{
    static const struct {
        str file;
        ptrdiff_t column;
    } conditions[] = { { LIT("clocks"), CLOCK_CONDITION },
                       { LIT("urgency_rules"), URGENCY_CONDITION },
                       { LIT("indicator_rules"), INDICATOR_RULE_CONDITION } };
    for (ptrdiff_t i = 0; i < countof(conditions); i++)
        if (str_equal(row->file, conditions[i].file))
            check_condition(r, row, conditions[i].column);
    if (str_equal(row->file, lit("clocks")) && pack_cell_yes(row, CLOCK_BUSINESS_DAYS)
        && !str_equal(pack_cell(row, CLOCK_UNIT), lit("day")))
        tell(r, row->position, lit("business_days"), "is yes for a clock in hours or minutes", (str){ 0 },
             "business days need the unit day");
}

static void check_across(struct reading *r)
{
    str before = { 0 };
    for (ptrdiff_t i = 0; i < r->draft->len; i++) {
        const struct pack_row *row = &r->draft->rows[i];
        r->file = row->file;
        if (!str_equal(before, row->file))
            find_columns(r);
        before = row->file;
        check_references(r, row);
        check_special(r, row);
    }
}

/* ---- the folder */

static int by_name(const void *left, const void *right)
{
    return str_compare(*(const str *)left, *(const str *)right);
}

/* Names of the CSV files of the folder without ".csv", in order, so that problems come in the same order everywhere. */
static status list_files(struct reading *r, str *names, ptrdiff_t *n)
{
    DIR *folder = opendir(str_c(r->arena, r->folder));
    if (!folder)
        return NOT_FOUND;
    for (struct dirent *e; (e = readdir(folder));) {
        str name = str_of(e->d_name);
        if (!str_ends(name, lit(".csv")) || str_equal(name, lit("schema.csv")) || *n == MOST_FILES)
            continue;
        names[(*n)++] = str_copy(r->arena, str_part(name, 0, name.len - 4));
    }
    closedir(folder);
    qsort(names, (size_t)*n, sizeof *names, by_name);
    return OK;
}

static void check_all_there(struct reading *r, const str *names, ptrdiff_t n)
{
    for (ptrdiff_t i = 1; i < r->schema.len; i++) {
        const str *c = r->schema.at[i].cells;
        if (!str_equal(c[SCHEMA_PACK], r->draft->code) || !str_equal(c[SCHEMA_POSITION], lit("1")))
            continue;
        bool there = false;
        for (ptrdiff_t k = 0; k < n; k++)
            there = there || str_equal(names[k], c[SCHEMA_FILE]);
        r->file = c[SCHEMA_FILE];
        if (!there)
            tell(r, 0, (str){ 0 }, "is missing", (str){ 0 }, "schema.csv lists it for this pack");
    }
}

/* The first file: who the pack is, and what it stands on. */
static status read_name(struct reading *r)
{
    struct csv c;
    r->file = lit("pack");
    status s = read_csv(r, path_of(r->arena, r->folder, "/", r->file), &c);
    if (s == NOT_FOUND) {
        tell(r, 0, (str){ 0 }, "is missing", (str){ 0 }, "a pack names itself there: code, version, requires");
        return INVALID;
    }
    if (s != OK)
        return s;
    find_columns(r);
    if (!header_fits(r, &c))
        return INVALID;
    if (c.len != 2) {
        tell(r, 0, (str){ 0 }, "has not one row", (str){ 0 }, "one folder is one pack");
        return INVALID;
    }
    const str *cells = c.at[1].cells;
    r->draft->code = cells[PACK_CODE];
    r->draft->version = cells[PACK_VERSION];
    r->draft->requires = cells[PACK_REQUIRES];
    return OK;
}

/* One above the highest pack it requires; told when one of them is not loaded. */
static int rank_of(struct reading *r)
{
    int rank = 0;
    str rest = r->draft->requires, piece;
    while (rest.len && str_split(&rest, ';', &piece)) {
        bool loaded = false;
        for (ptrdiff_t i = 0; r->known && i < r->known->len; i++) {
            const struct pack_row *row = &r->known->rows[i];
            if (!str_equal(row->pack, piece))
                continue;
            loaded = true;
            rank = row->rank + 1 > rank ? row->rank + 1 : rank;
        }
        r->file = lit("pack");
        if (!loaded)
            tell(r, 2, lit("requires"), "is not loaded", piece, "load that pack first");
    }
    return rank;
}

status pack_read(struct arena *a, str folder, const struct pack *known, struct pack_draft *out, struct pack_problems *problems)
{
    *out = (struct pack_draft){ 0 };
    *problems = (struct pack_problems){ arena_new(a, struct pack_problem, PACK_MOST_PROBLEMS), 0 };
    struct reading *r = arena_new(a, struct reading, 1);
    *r = (struct reading){ .arena = a, .folder = folder, .known = known, .draft = out, .problems = problems };
    str *names = arena_new(a, str, MOST_FILES);
    ptrdiff_t n = 0;
    status s = list_files(r, names, &n);
    if (s == OK)
        s = read_schema(r);
    if (s == OK)
        s = read_name(r);
    if (s != OK)
        return s;
    int rank = rank_of(r);
    check_all_there(r, names, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        r->file = names[i];
        s = read_file(r);
    }
    for (ptrdiff_t i = 0; i < out->len; i++)
        out->rows[i].rank = rank;
    if (s == OK && !problems->len)
        check_across(r); /* only of whole rows: a broken one would be told twice */
    return s == OK && problems->len ? INVALID : s;
}
