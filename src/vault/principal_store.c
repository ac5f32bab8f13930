#include "vault/keeper_store.h"
#include "principal_sql.h"

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

static void read_principal(struct query *q, struct principal *out)
{
    *out = (struct principal){ .id = read_id(q, principal_find_col_id) };
    if (!read_null(q, principal_find_col_name))
        read_bytes(q, principal_find_col_name, out->name, sizeof out->name);
    out->class = (uint8_t)read_int(q, principal_find_col_class);
    out->powers = (uint8_t)read_int(q, principal_find_col_powers);
    out->serial = (uint16_t)read_int(q, principal_find_col_serial);
    out->not_before = (uint32_t)read_int(q, principal_find_col_not_before);
    out->not_after = (uint32_t)read_int(q, principal_find_col_not_after);
    out->state = (uint8_t)read_int(q, principal_find_col_state);
    if (!read_null(q, principal_find_col_xpub)) {
        read_bytes(q, principal_find_col_xpub, out->box, KEY);
        read_bytes(q, principal_find_col_epub, out->sign, KEY);
    }
}

/* principal_by_name names the same columns in the same order. */
_Static_assert((int)principal_find_col_epub == (int)principal_by_name_col_epub, "one reader for both");

static status find_one(struct query *q, struct principal *out)
{
    bool found = query_next(q);
    if (found)
        read_principal(q, out);
    return query_end(q, found ? OK : NOT_FOUND);
}

status principal_find(struct db *db, id who, struct principal *out)
{
    struct query q = db_query(db, &sql_principal_find);
    bind_id(&q, principal_find_id, who);
    return find_one(&q, out);
}

status principal_by_name(struct db *db, const uint8_t name[16], struct principal *out)
{
    struct query q = db_query(db, &sql_principal_by_name);
    bind_blob(&q, principal_by_name_name, view(name, 16));
    return find_one(&q, out);
}

status principal_insert(struct db *db, const struct principal *p)
{
    struct query q = db_query(db, &sql_principal_insert);
    bind_id(&q, principal_insert_id, p->id);
    bind_blob(&q, principal_insert_name, view(p->name, sizeof p->name));
    bind_int(&q, principal_insert_class, p->class);
    bind_int(&q, principal_insert_powers, p->powers);
    bind_int(&q, principal_insert_serial, p->serial);
    bind_int(&q, principal_insert_not_before, p->not_before);
    bind_int(&q, principal_insert_not_after, p->not_after);
    bind_int(&q, principal_insert_state, p->state);
    if (p->state == PERSON_INVITED) {
        bind_null(&q, principal_insert_xpub);
        bind_null(&q, principal_insert_epub);
    } else {
        bind_blob(&q, principal_insert_xpub, view(p->box, KEY));
        bind_blob(&q, principal_insert_epub, view(p->sign, KEY));
    }
    return query_run(&q);
}

status principal_enrol(struct db *db, const struct principal *p)
{
    struct query q = db_query(db, &sql_principal_enrol);
    bind_id(&q, principal_enrol_id, p->id);
    bind_blob(&q, principal_enrol_xpub, view(p->box, KEY));
    bind_blob(&q, principal_enrol_epub, view(p->sign, KEY));
    bind_int(&q, principal_enrol_not_before, p->not_before);
    return query_change(&q, NOT_FOUND);
}

status principal_activate(struct db *db, id who)
{
    struct query q = db_query(db, &sql_principal_activate);
    bind_id(&q, principal_activate_id, who);
    return query_run(&q);
}

status principal_free_name(struct db *db, const uint8_t name[16])
{
    struct query q = db_query(db, &sql_principal_free_name);
    bind_blob(&q, principal_free_name_name, view(name, 16));
    return query_run(&q);
}

/* A statement whose one parameter, number 1, is a principal. */
static status run_for(struct query q, id who)
{
    bind_id(&q, 1, who);
    return query_run(&q);
}

status principal_revoke(struct db *db, id who)
{
    status s = run_for(db_query(db, &sql_principal_revoke), who);
    if (s == OK)
        s = run_for(db_query(db, &sql_slot_delete), who);
    if (s == OK)
        s = run_for(db_query(db, &sql_factor_delete), who);
    if (s == OK)
        s = run_for(db_query(db, &sql_sign_in_delete), who);
    if (s == OK)
        s = run_for(db_query(db, &sql_api_slot_delete), who);
    return s == OK ? invite_delete(db, who) : s;
}

status api_slot_find(struct db *db, id who, uint8_t box[BOX])
{
    struct query q = db_query(db, &sql_api_slot_find);
    bind_id(&q, api_slot_find_principal, who);
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, api_slot_find_col_box, box, BOX);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status api_slot_insert(struct db *db, id who, int64_t class, const uint8_t box[BOX])
{
    struct query q = db_query(db, &sql_api_slot_insert);
    bind_id(&q, api_slot_insert_principal, who);
    bind_int(&q, api_slot_insert_class, class);
    bind_blob(&q, api_slot_insert_box, view(box, BOX));
    return query_run(&q);
}

status cert_list(struct db *db, id who, struct cert out[CERTS_READ], int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_cert_list);
    bind_id(&q, cert_list_principal, who);
    bind_int(&q, cert_list_count, CERTS_READ);
    while (query_next(&q)) {
        out[*n].signer = read_id(&q, cert_list_col_signer);
        read_bytes(&q, cert_list_col_sig, out[*n].signature, SIGNATURE);
        ++*n;
    }
    return query_end(&q, OK);
}

status cert_insert(struct db *db, id who, const struct cert *c)
{
    struct query q = db_query(db, &sql_cert_insert);
    bind_id(&q, cert_insert_principal, who);
    bind_id(&q, cert_insert_signer, c->signer);
    bind_blob(&q, cert_insert_sig, view(c->signature, SIGNATURE));
    return query_run(&q);
}

status term_list(struct db *db, id who, struct term out[TERMS_READ], int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_term_list);
    bind_id(&q, term_list_principal, who);
    bind_int(&q, term_list_count, TERMS_READ + 1);
    bool more = false;
    while (!more && query_next(&q)) {
        more = *n == TERMS_READ;
        if (!more)
            out[(*n)++] = (struct term){ (uint16_t)read_int(&q, term_list_col_serial), (uint32_t)read_int(&q, term_list_col_not_before),
                                         (uint32_t)read_int(&q, term_list_col_not_after), read_int(&q, term_list_col_whole) == 1 };
    }
    return query_end(&q, more ? FAULT : OK);
}

status term_insert(struct db *db, id who, const struct term *t)
{
    struct query q = db_query(db, &sql_term_insert);
    bind_id(&q, term_insert_principal, who);
    bind_int(&q, term_insert_serial, t->serial);
    bind_int(&q, term_insert_not_before, t->not_before);
    bind_int(&q, term_insert_not_after, t->not_after);
    return query_run(&q);
}

status term_set_whole(struct db *db, id who, uint16_t serial)
{
    struct query q = db_query(db, &sql_term_set_whole);
    bind_id(&q, term_set_whole_principal, who);
    bind_int(&q, term_set_whole_serial, serial);
    return query_run(&q);
}

status term_cert_list(struct db *db, id who, uint16_t serial, struct cert out[CERTS_READ], int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_term_cert_list);
    bind_id(&q, term_cert_list_principal, who);
    bind_int(&q, term_cert_list_serial, serial);
    bind_int(&q, term_cert_list_count, CERTS_READ);
    while (query_next(&q)) {
        out[*n].signer = read_id(&q, term_cert_list_col_signer);
        read_bytes(&q, term_cert_list_col_sig, out[*n].signature, SIGNATURE);
        ++*n;
    }
    return query_end(&q, OK);
}

status term_cert_insert(struct db *db, id who, uint16_t serial, const struct cert *c)
{
    struct query q = db_query(db, &sql_term_cert_insert);
    bind_id(&q, term_cert_insert_principal, who);
    bind_int(&q, term_cert_insert_serial, serial);
    bind_id(&q, term_cert_insert_signer, c->signer);
    bind_blob(&q, term_cert_insert_sig, view(c->signature, SIGNATURE));
    return query_run(&q);
}

status principal_ending(struct db *db, uint32_t before, struct ending *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_principal_ending);
    bind_int(&q, principal_ending_before, before);
    bind_int(&q, principal_ending_count, cap);
    while (query_next(&q))
        out[(*n)++] = (struct ending){ read_id(&q, principal_ending_col_id), (uint32_t)read_int(&q, principal_ending_col_not_after) };
    return query_end(&q, OK);
}

status principal_powers(struct db *db, id *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_principal_powers);
    bind_int(&q, principal_powers_count, cap);
    while (*n < cap && query_next(&q))
        out[(*n)++] = read_id(&q, principal_powers_col_id);
    return query_end(&q, OK);
}

status invite_insert(struct db *db, id who, const uint8_t code[16], int64_t until_day)
{
    struct query q = db_query(db, &sql_invite_insert);
    bind_id(&q, invite_insert_principal, who);
    bind_blob(&q, invite_insert_code, view(code, 16));
    bind_int(&q, invite_insert_until_day, until_day);
    return query_run(&q);
}

status invite_find(struct db *db, const uint8_t code[16], int64_t today, id *who)
{
    struct query q = db_query(db, &sql_invite_find);
    bind_blob(&q, invite_find_code, view(code, 16));
    bind_int(&q, invite_find_today, today);
    bool found = query_next(&q);
    if (found)
        *who = read_id(&q, invite_find_col_principal);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status invite_delete(struct db *db, id who)
{
    return run_for(db_query(db, &sql_invite_delete), who);
}

status slot_find(struct db *db, id who, enum slot_kind kind, struct slot *out)
{
    struct query q = db_query(db, &sql_slot_find);
    bind_id(&q, slot_find_principal, who);
    bind_int(&q, slot_find_kind, kind);
    bool found = query_next(&q);
    if (found) {
        out->kind = (uint8_t)kind;
        read_bytes(&q, slot_find_col_salt, out->salt, sizeof out->salt);
        out->cost.ops = (uint32_t)read_int(&q, slot_find_col_ops);
        out->cost.mem_kib = (uint32_t)read_int(&q, slot_find_col_mem_kib);
        read_bytes(&q, slot_find_col_box, out->box, BOX);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

/* sign_in_before names the same columns in the same order. */
_Static_assert((int)sign_in_after_col_mem_kib == (int)sign_in_before_col_mem_kib, "one reader for both");

status slot_nearest(struct db *db, const uint8_t name[16], uint8_t nearest[16], struct slot *out)
{
    struct query q = db_query(db, name[0] < 128 ? &sql_sign_in_after : &sql_sign_in_before);
    bind_blob(&q, sign_in_after_name, view(name, 16));
    bool found = query_next(&q);
    if (found) {
        read_bytes(&q, sign_in_after_col_name, nearest, 16);
        read_bytes(&q, sign_in_after_col_salt, out->salt, sizeof out->salt);
        out->cost.ops = (uint32_t)read_int(&q, sign_in_after_col_ops);
        out->cost.mem_kib = (uint32_t)read_int(&q, sign_in_after_col_mem_kib);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status slot_put(struct db *db, id who, const struct slot *slot)
{
    struct query q = db_query(db, &sql_slot_put);
    bind_id(&q, slot_put_principal, who);
    bind_int(&q, slot_put_kind, slot->kind);
    bind_blob(&q, slot_put_salt, view(slot->salt, sizeof slot->salt));
    bind_int(&q, slot_put_ops, slot->cost.ops);
    bind_int(&q, slot_put_mem_kib, slot->cost.mem_kib);
    bind_blob(&q, slot_put_box, view(slot->box, BOX));
    status s = query_run(&q);
    return s == OK && slot->kind == SLOT_PASSPHRASE ? run_for(db_query(db, &sql_sign_in_put), who) : s;
}

status factor_find(struct db *db, id who, uint8_t otp[20 + AEAD_MORE])
{
    struct query q = db_query(db, &sql_factor_find);
    bind_id(&q, factor_find_principal, who);
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, factor_find_col_otp, otp, 20 + AEAD_MORE);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status factor_insert(struct db *db, id who, const uint8_t otp[20 + AEAD_MORE])
{
    struct query q = db_query(db, &sql_factor_insert);
    bind_id(&q, factor_insert_principal, who);
    bind_blob(&q, factor_insert_otp, view(otp, 20 + AEAD_MORE));
    return query_run(&q);
}

status factor_step(struct db *db, id who, int64_t step)
{
    struct query q = db_query(db, &sql_factor_step);
    bind_id(&q, factor_step_principal, who);
    bind_int(&q, factor_step_step, step);
    return query_change(&q, NOT_FOUND);
}

status service_insert(struct db *db, id who, const uint8_t keybox[KEYBOX])
{
    struct query q = db_query(db, &sql_service_insert);
    bind_id(&q, service_insert_principal, who);
    bind_blob(&q, service_insert_keybox, view(keybox, KEYBOX));
    return query_run(&q);
}

status failure_find(struct db *db, const uint8_t name[16], const uint8_t device[16], struct failure *out)
{
    *out = (struct failure){ 0 };
    struct query q = db_query(db, &sql_failure_find);
    bind_blob(&q, failure_find_name, view(name, 16));
    bind_blob(&q, failure_find_device, view(device, 16));
    if (query_next(&q))
        *out = (struct failure){ read_int(&q, failure_find_col_tries), read_int(&q, failure_find_col_since),
                                 read_int(&q, failure_find_col_strikes), read_int(&q, failure_find_col_wait_until) };
    return query_end(&q, OK);
}

status failure_put(struct db *db, const uint8_t name[16], const uint8_t device[16], const struct failure *f)
{
    struct query q = db_query(db, &sql_failure_put);
    bind_blob(&q, failure_put_name, view(name, 16));
    bind_blob(&q, failure_put_device, view(device, 16));
    bind_int(&q, failure_put_tries, f->tries);
    bind_int(&q, failure_put_since, f->since);
    bind_int(&q, failure_put_strikes, f->strikes);
    bind_int(&q, failure_put_wait_until, f->wait_until);
    return query_run(&q);
}

status failure_delete(struct db *db, const uint8_t name[16], const uint8_t device[16])
{
    struct query q = db_query(db, &sql_failure_delete);
    bind_blob(&q, failure_delete_name, view(name, 16));
    bind_blob(&q, failure_delete_device, view(device, 16));
    return query_run(&q);
}

status failure_prune(struct db *db, int64_t before)
{
    struct query q = db_query(db, &sql_failure_prune);
    bind_int(&q, failure_prune_before, before);
    return query_run(&q);
}
