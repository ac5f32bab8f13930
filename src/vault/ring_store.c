#include "vault/keeper_store.h"
#include "ring_sql.h"

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

/* A statement whose one parameter, number 1, is a ring. */
static status run_for(struct query q, id ring)
{
    bind_id(&q, 1, ring);
    return query_run(&q);
}

/* ring_by_scope names the same columns in the same order. */
_Static_assert((int)ring_find_col_epoch == (int)ring_by_scope_col_epoch, "one reader for both");

static status find_ring(struct query *q, struct ring *out)
{
    bool found = query_next(q);
    if (found) {
        *out = (struct ring){ .id = read_id(q, ring_find_col_id), .scope = read_id(q, ring_find_col_scope_id) };
        out->scope_kind = (uint8_t)read_int(q, ring_find_col_scope_kind);
        out->compartment = (uint8_t)read_int(q, ring_find_col_compartment);
        out->epoch = (uint32_t)read_int(q, ring_find_col_epoch);
    }
    return query_end(q, found ? OK : NOT_FOUND);
}

status ring_find(struct db *db, id ring, struct ring *out)
{
    struct query q = db_query(db, &sql_ring_find);
    bind_id(&q, ring_find_id, ring);
    return find_ring(&q, out);
}

status ring_by_scope(struct db *db, enum scope_kind kind, id scope, enum compartment c, struct ring *out)
{
    struct query q = db_query(db, &sql_ring_by_scope);
    bind_int(&q, ring_by_scope_scope_kind, kind);
    bind_id(&q, ring_by_scope_scope_id, scope);
    bind_int(&q, ring_by_scope_compartment, c);
    return find_ring(&q, out);
}

status ring_list(struct db *db, id after, struct ring *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_ring_list);
    bind_id(&q, ring_list_after, after);
    bind_int(&q, ring_list_count, cap);
    while (*n < cap && query_next(&q))
        out[(*n)++] = (struct ring){ .id = read_id(&q, ring_list_col_id), .scope = read_id(&q, ring_list_col_scope_id),
                                     .scope_kind = (uint8_t)read_int(&q, ring_list_col_scope_kind),
                                     .compartment = (uint8_t)read_int(&q, ring_list_col_compartment),
                                     .epoch = (uint32_t)read_int(&q, ring_list_col_epoch) };
    return query_end(&q, OK);
}

status root_act_new(struct db *db, id root, struct root_act *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_root_act_new);
    bind_id(&q, root_act_new_root, root);
    bind_int(&q, root_act_new_count, cap);
    while (*n < cap && query_next(&q)) {
        struct root_act *a = &out[(*n)++];
        *a = (struct root_act){ .who = read_id(&q, root_act_new_col_who), .ring = read_id(&q, root_act_new_col_ring) };
        read_bytes(&q, root_act_new_col_sig, a->signature, SIGNATURE);
    }
    return query_end(&q, OK);
}

status root_act_insert(struct db *db, const struct root_act *a)
{
    struct query q = db_query(db, &sql_root_act_insert);
    bind_id(&q, root_act_insert_who, a->who);
    bind_id(&q, root_act_insert_ring, a->ring);
    bind_blob(&q, root_act_insert_sig, view(a->signature, SIGNATURE));
    return query_run(&q);
}

status root_act_fill(struct db *db, id root)
{
    return run_for(db_query(db, &sql_root_act_fill), root);
}

status ring_insert(struct db *db, const struct ring *r)
{
    struct query q = db_query(db, &sql_ring_insert);
    bind_id(&q, ring_insert_id, r->id);
    bind_int(&q, ring_insert_scope_kind, r->scope_kind);
    bind_id(&q, ring_insert_scope_id, r->scope);
    bind_int(&q, ring_insert_compartment, r->compartment);
    return query_run(&q);
}

status ring_aged(struct db *db, int64_t before_day, id *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_ring_aged);
    bind_int(&q, ring_aged_before, before_day);
    bind_int(&q, ring_aged_count, cap);
    while (query_next(&q))
        out[(*n)++] = read_id(&q, ring_aged_col_id);
    return query_end(&q, OK);
}

status epoch_find(struct db *db, id ring, uint32_t epoch, struct ring_epoch *out)
{
    struct query q = db_query(db, &sql_epoch_find);
    bind_id(&q, epoch_find_ring, ring);
    bind_int(&q, epoch_find_epoch, epoch);
    bool found = query_next(&q);
    if (found) {
        *out = (struct ring_epoch){ .epoch = (uint32_t)read_int(&q, epoch_find_col_epoch),
                                    .signer = read_id(&q, epoch_find_col_signer),
                                    .day = (uint32_t)read_int(&q, epoch_find_col_day) };
        read_bytes(&q, epoch_find_col_pub, out->open, KEY);
        out->has_back = !read_null(&q, epoch_find_col_back);
        if (out->has_back)
            read_bytes(&q, epoch_find_col_back, out->back, BOX);
        read_bytes(&q, epoch_find_col_sig, out->signature, SIGNATURE);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status epoch_insert(struct db *db, id ring, const struct ring_epoch *e)
{
    struct query q = db_query(db, &sql_epoch_insert);
    bind_id(&q, epoch_insert_ring, ring);
    bind_int(&q, epoch_insert_epoch, e->epoch);
    bind_blob(&q, epoch_insert_pub, view(e->open, KEY));
    bind_id(&q, epoch_insert_signer, e->signer);
    bind_blob(&q, epoch_insert_sig, view(e->signature, SIGNATURE));
    bind_int(&q, epoch_insert_day, e->day);
    status s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_ring_advance);
    bind_id(&q, ring_advance_id, ring);
    bind_int(&q, ring_advance_epoch, e->epoch);
    return query_change(&q, CONFLICT);
}

status epoch_set_back(struct db *db, id ring, uint32_t epoch, const uint8_t back[BOX])
{
    struct query q = db_query(db, &sql_epoch_set_back);
    bind_id(&q, epoch_set_back_ring, ring);
    bind_int(&q, epoch_set_back_epoch, epoch);
    bind_blob(&q, epoch_set_back_back, view(back, BOX));
    return query_run(&q);
}

/* member_list names the same columns in the same order. */
_Static_assert((int)member_find_col_sig == (int)member_list_col_sig, "one reader for both");

static void read_member(struct query *q, struct member *out)
{
    *out = (struct member){ .ring = read_id(q, member_find_col_ring), .member = read_id(q, member_find_col_member),
                            .granter = read_id(q, member_find_col_granter) };
    out->compartment = (uint8_t)read_int(q, member_find_col_compartment);
    out->class = (uint8_t)read_int(q, member_find_col_class);
    out->since = (uint32_t)read_int(q, member_find_col_since_epoch);
    out->day = (uint32_t)read_int(q, member_find_col_day);
    out->until = (uint32_t)read_int(q, member_find_col_until_day);
    out->flags = (uint32_t)read_int(q, member_find_col_flags);
    read_bytes(q, member_find_col_sig, out->signature, SIGNATURE);
}

status member_find(struct db *db, id ring, id who, struct member *out)
{
    struct query q = db_query(db, &sql_member_find);
    bind_id(&q, member_find_ring, ring);
    bind_id(&q, member_find_member, who);
    bool found = query_next(&q);
    if (found)
        read_member(&q, out);
    return query_end(&q, found ? OK : NOT_FOUND);
}

enum { MEMBERS_OF_RING = 4096, RINGS_OF_MEMBER = 16384 }; /* ceilings of one answer; beyond them a FAULT, not a part */

status member_list(struct db *db, struct arena *a, id ring, struct members *out)
{
    *out = (struct members){ arena_new(a, struct member, MEMBERS_OF_RING), 0 };
    struct query q = db_query(db, &sql_member_list);
    bind_id(&q, member_list_ring, ring);
    while (out->len < MEMBERS_OF_RING && query_next(&q))
        read_member(&q, &out->at[out->len++]);
    return query_end(&q, out->len < MEMBERS_OF_RING ? OK : FAULT);
}

status member_insert(struct db *db, const struct member *m)
{
    struct query q = db_query(db, &sql_member_insert);
    bind_id(&q, member_insert_ring, m->ring);
    bind_id(&q, member_insert_member, m->member);
    bind_int(&q, member_insert_compartment, m->compartment);
    bind_int(&q, member_insert_class, m->class);
    bind_id(&q, member_insert_granter, m->granter);
    bind_int(&q, member_insert_since_epoch, m->since);
    bind_int(&q, member_insert_day, m->day);
    bind_int(&q, member_insert_until_day, m->until);
    bind_int(&q, member_insert_flags, m->flags);
    bind_blob(&q, member_insert_sig, view(m->signature, SIGNATURE));
    return query_run(&q);
}

status member_delete(struct db *db, id ring, id who)
{
    struct query q = db_query(db, &sql_wrap_delete);
    bind_id(&q, wrap_delete_ring, ring);
    bind_id(&q, wrap_delete_member, who);
    status s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_member_delete);
    bind_id(&q, member_delete_ring, ring);
    bind_id(&q, member_delete_member, who);
    return query_run(&q);
}

status member_rings(struct db *db, struct arena *a, id who, int compartment, struct ids *out)
{
    *out = (struct ids){ arena_new(a, id, RINGS_OF_MEMBER), 0 };
    struct query q = db_query(db, compartment ? &sql_member_rings_of : &sql_member_rings);
    bind_id(&q, member_rings_of_member, who);
    if (compartment)
        bind_int(&q, member_rings_of_compartment, compartment);
    while (out->len < RINGS_OF_MEMBER && query_next(&q))
        out->at[out->len++] = read_id(&q, member_rings_of_col_ring);
    return query_end(&q, out->len < RINGS_OF_MEMBER ? OK : FAULT);
}

status wrap_find(struct db *db, id ring, id who, uint32_t epoch, uint8_t wrap[WRAP])
{
    struct query q = db_query(db, &sql_wrap_find);
    bind_id(&q, wrap_find_ring, ring);
    bind_id(&q, wrap_find_member, who);
    bind_int(&q, wrap_find_epoch, epoch);
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, wrap_find_col_box, wrap, WRAP);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status wrap_insert(struct db *db, id ring, id who, uint32_t epoch, const uint8_t wrap[WRAP])
{
    struct query q = db_query(db, &sql_wrap_insert);
    bind_id(&q, wrap_insert_ring, ring);
    bind_id(&q, wrap_insert_member, who);
    bind_int(&q, wrap_insert_epoch, epoch);
    bind_blob(&q, wrap_insert_box, view(wrap, WRAP));
    return query_run(&q);
}

status wrap_delete_old(struct db *db, id ring, uint32_t before)
{
    struct query q = db_query(db, &sql_wrap_delete_old);
    bind_id(&q, wrap_delete_old_ring, ring);
    bind_int(&q, wrap_delete_old_before, before);
    return query_run(&q);
}

status ring_shred(struct db *db, id ring)
{
    status s = run_for(db_query(db, &sql_wrap_delete_all), ring);
    if (s == OK)
        s = run_for(db_query(db, &sql_member_delete_all), ring);
    if (s == OK)
        s = run_for(db_query(db, &sql_epoch_delete), ring);
    return s == OK ? run_for(db_query(db, &sql_ring_delete), ring) : s;
}

status ring_shred_until(struct db *db, id ring, uint32_t epoch)
{
    struct query q = db_query(db, &sql_epoch_cut);
    bind_id(&q, epoch_cut_ring, ring);
    bind_int(&q, epoch_cut_epoch, epoch);
    status s = query_run(&q);
    return s == OK ? wrap_delete_old(db, ring, epoch + 1) : s;
}

status wall_read(struct db *db, uint64_t *gen)
{
    struct query q = db_query(db, &sql_wall_read);
    bool found = query_next(&q);
    if (found)
        *gen = (uint64_t)read_int(&q, wall_read_col_gen);
    return query_end(&q, found ? OK : FAULT);
}

status wall_move(struct db *db)
{
    struct query q = db_query(db, &sql_wall_move);
    return query_run(&q);
}

status pepper_list(struct db *db, struct pepper_row *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_pepper_list);
    bind_int(&q, pepper_list_count, cap);
    while (query_next(&q)) {
        out[*n].id = (uint32_t)read_int(&q, pepper_list_col_id);
        out[*n].day = read_int(&q, pepper_list_col_day);
        read_bytes(&q, pepper_list_col_box, out[*n].box, PEPPER_BOX);
        ++*n;
    }
    return query_end(&q, OK);
}

status pepper_insert(struct db *db, const struct pepper_row *p)
{
    struct query q = db_query(db, &sql_pepper_insert);
    bind_int(&q, pepper_insert_id, p->id);
    bind_int(&q, pepper_insert_day, p->day);
    bind_blob(&q, pepper_insert_box, view(p->box, PEPPER_BOX));
    return query_run(&q);
}

status opened_find(struct db *db, id who, int64_t day, enum compartment c, struct opened *out)
{
    *out = (struct opened){ 0 };
    struct query q = db_query(db, &sql_opened_find);
    bind_id(&q, opened_find_principal, who);
    bind_int(&q, opened_find_day, day);
    bind_int(&q, opened_find_compartment, c);
    if (query_next(&q))
        *out = (struct opened){ read_int(&q, opened_find_col_day_rows), read_int(&q, opened_find_col_hour),
                                read_int(&q, opened_find_col_hour_rows) };
    return query_end(&q, OK);
}

status opened_since(struct db *db, id who, int64_t day, struct opened_day *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_opened_since);
    bind_id(&q, opened_since_principal, who);
    bind_int(&q, opened_since_day, day);
    bind_int(&q, opened_since_count, cap);
    while (*n < cap && query_next(&q))
        out[(*n)++] = (struct opened_day){ read_int(&q, opened_since_col_day), read_int(&q, opened_since_col_compartment),
                                           read_int(&q, opened_since_col_day_rows) };
    return query_end(&q, OK);
}

status opened_put(struct db *db, id who, int64_t day, enum compartment c, const struct opened *o)
{
    struct query q = db_query(db, &sql_opened_put);
    bind_id(&q, opened_put_principal, who);
    bind_int(&q, opened_put_day, day);
    bind_int(&q, opened_put_compartment, c);
    bind_int(&q, opened_put_day_rows, o->day_rows);
    bind_int(&q, opened_put_hour, o->hour);
    bind_int(&q, opened_put_hour_rows, o->hour_rows);
    return query_run(&q);
}

status budget_find(struct db *db, enum compartment c, struct budget *out)
{
    struct query q = db_query(db, &sql_budget_find);
    bind_int(&q, budget_find_compartment, c);
    bool found = query_next(&q);
    if (found)
        *out = (struct budget){ read_int(&q, budget_find_col_hour_rows), read_int(&q, budget_find_col_day_rows) };
    return query_end(&q, found ? OK : FAULT);
}

status budget_put(struct db *db, enum compartment c, const struct budget *b)
{
    struct query q = db_query(db, &sql_budget_put);
    bind_int(&q, budget_put_compartment, c);
    bind_int(&q, budget_put_hour_rows, b->hour_rows);
    bind_int(&q, budget_put_day_rows, b->day_rows);
    return query_run(&q);
}
