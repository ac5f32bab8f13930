/* Names of sets, and the manifest: lines of a word and its value, then the checkpoint of the log as others keep it. */
#include "vault/backup.h"
#include "vault/keeper_core.h"

const char *const set_kinds[SETS] = { [SET_KEYS] = "keys", [SET_CONTENT] = "content", [SET_LOG] = "log" };
static const char *const log_tables[] = { "leaf", "detail", "loghead", NULL };
const table_names backup_log_tables = log_tables;

status backup_keys_tables(struct db *db, struct arena *a, table_names *out)
{
    table_names all;
    status s = db_tables(db, a, &all);
    if (s != OK)
        return s;
    const char **kept = arena_new(a, const char *, 256);
    int n = 0;
    for (; *all; all++) {
        bool of_log = false;
        for (int i = 0; log_tables[i]; i++)
            of_log |= !strcmp(log_tables[i], *all);
        if (!of_log)
            kept[n++] = *all;
    }
    *out = kept;
    return OK;
}

void backup_stamp(int64_t now, char to[STAMP + 1])
{
    struct civil c = civil_from(now);
    char text[80];
    int n = snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
    must(n == STAMP);
    memcpy(to, text, STAMP + 1);
}

static bool stamp_read(str s, int64_t *made)
{
    static const char shape[] = "99999999T999999Z";
    int n[14] = { 0 }, k = 0;
    char again[STAMP + 1];
    if (s.len != STAMP)
        return false;
    for (int i = 0; i < STAMP; i++) {
        if (shape[i] != '9' ? s.at[i] != shape[i] : s.at[i] < '0' || s.at[i] > '9')
            return false;
        if (shape[i] == '9')
            n[k++] = s.at[i] - '0';
    }
    struct civil c = { n[0] * 1000 + n[1] * 100 + n[2] * 10 + n[3], n[4] * 10 + n[5], n[6] * 10 + n[7],
                       n[8] * 10 + n[9],                             n[10] * 10 + n[11], n[12] * 10 + n[13] };
    *made = civil_to(c);
    backup_stamp(*made, again); /* the 31st of February comes back as another day */
    return str_equal(s, str_of(again));
}

bool backup_name_read(str name, const char *kind, const char *ending, int64_t *made)
{
    str k = str_of(kind), e = str_of(ending);
    if (name.len != k.len + 1 + STAMP + e.len || !str_starts(name, k) || name.at[k.len] != '-' || !str_ends(name, e))
        return false;
    return stamp_read(str_part(name, k.len + 1, k.len + 1 + STAMP), made);
}

str manifest_text(struct arena *a, const struct manifest *m)
{
    struct out o = { .arena = a };
    out_str(&o, lit("plainsight backup 1\nmade "));
    out_str(&o, str_of(m->stamp));
    for (int i = 0; i < SETS; i++) {
        out_char(&o, '\n');
        out_str(&o, str_of(set_kinds[i]));
        out_char(&o, ' ');
        out_str(&o, str_of(m->sets[i].name));
        out_char(&o, ' ');
        out_hex(&o, m->sets[i].sha256, 32);
        out_char(&o, ' ');
        out_int(&o, m->sets[i].bytes);
    }
    out_str(&o, lit("\nwall "));
    out_int(&o, (int64_t)m->gen);
    out_str(&o, lit("\ncheckpoint\n"));
    out_str(&o, audit_checkpoint(a, m->install, LOG_NUMBER, m->entries, m->root));
    return out_view(&o);
}

static bool take_line(str *rest, const char *name, str *value)
{
    str line, word = str_of(name);
    if (!str_split(rest, '\n', &line) || !str_starts(line, word))
        return false;
    *value = str_part(line, word.len, line.len);
    return true;
}

static bool set_read(str line, const char *kind, struct set *out)
{
    str name, sha;
    int64_t made;
    if (!str_split(&line, ' ', &name) || !str_split(&line, ' ', &sha) || !backup_name_read(name, kind, ".age", &made)
        || name.len >= SET_NAME || !hex_read(sha, out->sha256, 32))
        return false;
    memcpy(out->name, name.at, (size_t)name.len);
    out->name[name.len] = 0;
    return str_to_int(line, &out->bytes);
}

bool manifest_read(str text, struct manifest *out)
{
    static const char *const words[SETS] = { "keys ", "content ", "log " };
    char memory[4096];
    struct arena a = { memory, memory + sizeof memory, NULL };
    struct audit_seen seen;
    str rest = text, value;
    int64_t made, gen;
    *out = (struct manifest){ 0 };
    if (!take_line(&rest, "plainsight backup 1", &value) || value.len || !take_line(&rest, "made ", &value) || !stamp_read(value, &made))
        return false;
    memcpy(out->stamp, value.at, STAMP);
    for (int i = 0; i < SETS; i++)
        if (!take_line(&rest, words[i], &value) || !set_read(value, set_kinds[i], &out->sets[i]))
            return false;
    if (!take_line(&rest, "wall ", &value) || !str_to_int(value, &gen) || gen < 0 || !take_line(&rest, "checkpoint", &value) || value.len)
        return false;
    str origin = str_part(rest, lit("plainsight/").len, lit("plainsight/").len + 32);
    if (rest.len > 1024 || !audit_seen_read(&a, rest, &seen) || !id_read(origin, &out->install))
        return false;
    out->gen = (uint64_t)gen;
    out->entries = seen.size;
    memcpy(out->root, seen.root, 32);
    return true;
}
