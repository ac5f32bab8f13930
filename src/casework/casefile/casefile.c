#include "casework/casefile/casefile.h"
#include "staff/sealed/sealed.h"

status casefile_open(struct request *r, id root, enum purpose why, struct opened_case *out)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = root, .table = TABLE_CASE, .needed = true, .to = &fields };
    *out = (struct opened_case){ 0 };
    status s = casefile_find_mine(r->db, r->arena, root, r->caller.account, &out->row);
    if (s == NOT_FOUND)
        return sealed_refuse(r, why, root);
    row.sealed = out->row.sealed;
    if (s == OK)
        s = sealed_open(r, why, root, &row, 1);
    if (s != OK)
        return s;
    out->title = sealed_field(&fields, CASE_TITLE);
    out->summary = sealed_field(&fields, CASE_SUMMARY);
    return OK;
}

str casefile_path(struct arena *a, id root, const char *after)
{
    struct out o = { .arena = a };
    out_str(&o, lit("/cases/"));
    out_str(&o, id_text(a, root));
    out_str(&o, str_of(after));
    return out_view(&o);
}
