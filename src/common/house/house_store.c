#include "common/house/house.h"
#include "house_sql.h"

static enum house_setting setting_of(str name)
{
    int i = 0;
    while (i < HOUSE_SETTINGS && !str_equal(house_rules[i].name, name))
        i++;
    return (enum house_setting)i;
}

/* set: which of them stand in the table. */
static status read_settings(struct db *db, struct arena *a, struct house *out, bool set[HOUSE_SETTINGS])
{
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        out->values[i] = house_rules[i].otherwise;
    struct query q = db_query(db, &sql_setting_list);
    while (query_next(&q)) {
        enum house_setting s = setting_of(read_str(&q, setting_list_col_name, a));
        str value = read_str(&q, setting_list_col_value, a);
        if (s == HOUSE_SETTINGS || house_fault(s, value))
            continue; /* of another version of the program, or changed by hand */
        out->values[s] = value;
        set[s] = true;
    }
    return query_end(&q, OK);
}

status house_load(struct db *db, struct arena *a, struct house *out)
{
    bool set[HOUSE_SETTINGS] = { false };
    return read_settings(db, a, out, set);
}

status house_set(struct db *db, struct arena *a, str name, str value, int64_t today)
{
    enum house_setting s = setting_of(name);
    struct house house;
    bool set[HOUSE_SETTINGS] = { false };
    if (s == HOUSE_SETTINGS)
        return NOT_FOUND;
    if (house_fault(s, value))
        return INVALID;
    status read = read_settings(db, a, &house, set);
    if (read != OK)
        return read;
    if (house_rules[s].fixed && set[s])
        return str_equal(house.values[s], value) ? OK : CONFLICT;
    struct query q = db_query(db, &sql_setting_put);
    bind_str(&q, setting_put_name, name);
    bind_str(&q, setting_put_value, value);
    bind_int(&q, setting_put_day, today);
    return query_run(&q);
}
