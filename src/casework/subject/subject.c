#include "casework/subject/subject.h"
#include "staff/sealed/sealed.h"

_Static_assert((int)SUBJECTS_MOST <= (int)SEALED_ROWS_MOST, "all subjects of a case are one opening");

status subject_open(struct request *r, id root, enum purpose why, struct subjects *out)
{
    status s = subject_list(r->db, r->arena, root, out);
    struct sealed_fields *fields = arena_new(r->arena, struct sealed_fields, out->len + 1);
    struct sealed_row *rows = arena_new(r->arena, struct sealed_row, out->len + 1);
    for (ptrdiff_t i = 0; i < out->len; i++)
        rows[i] = (struct sealed_row){ .id = out->at[i].id, .table = TABLE_SUBJECT, .sealed = out->at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, why, root, rows, out->len);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; s == OK && i < out->len; i++) {
        struct subject one = out->at[i];
        one.name = sealed_field(&fields[i], SUBJECT_NAME);
        one.about = sealed_field(&fields[i], SUBJECT_ABOUT);
        if (rows[i].opened)
            out->at[n++] = one;
    }
    out->len = n;
    return s;
}

str subject_number(struct arena *a, int64_t number)
{
    struct out o = { .arena = a };
    out_int(&o, number);
    return out_view(&o);
}
