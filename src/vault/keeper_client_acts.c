#include "vault/keeper_client.h"

/* People, notes, mail and the log: the rest of the calls of keeper.h. */

status keeper_principal(struct keeper *k, token t, str name, enum wall_class class, uint8_t powers, uint32_t not_after_day,
                        id *principal, uint8_t code[20])
{
    struct wire *w = keeper_ask(k);
    if (name.len > 64 || !name.len)
        return INVALID;
    wire_bytes(w, t.at, KEY);
    wire_put_padded(w, name, 64);
    wire_u8(w, (uint8_t)class);
    wire_u8(w, powers);
    wire_u16(w, 0);
    wire_u32(w, not_after_day);
    status s = keeper_send(k, 13);
    if (s == OK) {
        wire_take(&k->in, principal->at, 16);
        wire_take(&k->in, code, 20);
    }
    return keeper_done(k, s);
}

static status enrol(struct keeper *k, const uint8_t code[20], uint32_t flags, uint64_t ticket, const uint8_t stretched[32], struct enrolled *out)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, code, 20);
    wire_u32(w, flags);
    wire_u64(w, ticket);
    wire_bytes(w, stretched, KEY);
    status s = keeper_send(k, 14);
    if (s == OK) {
        wire_take(&k->in, out->principal.at, 16);
        wire_take(&k->in, out->otp_secret, 20);
        wire_take(&k->in, out->recovery, 20);
        wire_take(&k->in, out->fingerprint, 24);
    }
    return keeper_done(k, s);
}

status keeper_enrol(struct keeper *k, const uint8_t code[20], uint64_t ticket, const uint8_t stretched[32], struct enrolled *out)
{
    return enrol(k, code, 0, ticket, stretched, out);
}

status keeper_enrol_key(struct keeper *k, const uint8_t code[20], struct enrolled *out)
{
    static const uint8_t nothing[32];
    return enrol(k, code, ENROL_KEY, 0, nothing, out);
}

status keeper_key(struct keeper *k, id principal, const uint8_t key[20], struct signed_in *out)
{
    struct wire *w = keeper_ask(k);
    *out = (struct signed_in){ .class = CLASS_NONE };
    wire_bytes(w, principal.at, 16);
    wire_bytes(w, key, 20);
    wire_u32(w, 0);
    status s = keeper_send(k, 34);
    if (s == OK) {
        wire_take(&k->in, out->token.at, sizeof out->token.at);
        wire_take(&k->in, out->principal.at, 16);
        out->class = wire_get_u8(&k->in);
        out->powers = wire_get_u8(&k->in);
        out->flags = wire_get_u16(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_certify(struct keeper *k, token t, id principal, const char fingerprint[24], uint32_t *missing)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, principal.at, 16);
    wire_bytes(w, fingerprint, 24);
    status s = keeper_send(k, 15);
    if (s == OK) {
        *missing = wire_get_u32(&k->in);
        wire_get_u64(&k->in);
    }
    return keeper_done(k, s);
}

static status ask_term(struct keeper *k, uint16_t message, token t, id principal, struct person_term *out)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, principal.at, 16);
    status s = keeper_send(k, message);
    if (s == OK) {
        out->until_day = wire_get_u32(&k->in);
        out->missing = wire_get_u8(&k->in);
        out->signed_by_asker = wire_get_u8(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_term(struct keeper *k, token t, id principal, struct person_term *out)
{
    return ask_term(k, 31, t, principal, out);
}

status keeper_renew(struct keeper *k, token t, id principal, struct person_term *out)
{
    return ask_term(k, 32, t, principal, out);
}

status keeper_ending(struct keeper *k, token t, uint32_t before_day, struct person_ending *out, ptrdiff_t *n)
{
    struct wire *w = keeper_ask(k);
    *n = 0;
    wire_bytes(w, t.at, KEY);
    wire_u32(w, before_day);
    status s = keeper_send(k, 33);
    if (s == OK) {
        *n = wire_get_u16(&k->in);
        if (*n > ENDING_PEOPLE)
            return keeper_done(k, FAULT);
        for (ptrdiff_t i = 0; i < *n; i++) {
            wire_take(&k->in, out[i].principal.at, 16);
            out[i].until_day = wire_get_u32(&k->in);
        }
    }
    return keeper_done(k, s);
}

status keeper_revoke(struct keeper *k, token t, id principal, str reason, uint64_t *gen)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, principal.at, 16);
    wire_put_padded(w, reason, 32);
    status s = keeper_send(k, 16);
    if (s == OK) {
        wire_get_u32(&k->in);
        *gen = wire_get_u64(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_slot(struct keeper *k, const struct slot_change *change, uint8_t recovery[20])
{
    static const uint8_t zeros[3];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, change->token.at, KEY);
    wire_bytes(w, change->principal.at, 16);
    wire_u8(w, change->kind);
    wire_bytes(w, zeros, 3);
    wire_u32(w, change->otp);
    wire_bytes(w, change->old, KEY);
    wire_u64(w, change->ticket);
    wire_bytes(w, change->fresh, KEY);
    status s = keeper_send(k, 17);
    if (s == OK)
        wire_take(&k->in, recovery, 20);
    return keeper_done(k, s);
}

status keeper_note(struct keeper *k, const token *t, enum audit_action action, uint32_t count, id object,
                   const uint8_t digest[32], uint64_t *seq)
{
    static const token none;
    static const uint8_t zeros[3];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t ? t->at : none.at, KEY);
    wire_u8(w, (uint8_t)action);
    wire_bytes(w, zeros, 3);
    wire_u32(w, count);
    wire_bytes(w, object.at, 16);
    wire_bytes(w, digest, 32);
    status s = keeper_send(k, 18);
    if (s == OK)
        *seq = wire_get_u64(&k->in);
    return keeper_done(k, s);
}

status keeper_blind(struct keeper *k, token t, uint16_t field, enum compartment c, const str *values, ptrdiff_t n,
                    uint8_t (*out)[16])
{
    struct wire *w = keeper_ask(k);
    must(n > 0 && n <= ROWS);
    wire_bytes(w, t.at, KEY);
    wire_u16(w, field);
    wire_u8(w, (uint8_t)c);
    wire_u8(w, (uint8_t)n);
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t length = values[i].len < 63 ? values[i].len : 63;
        wire_u8(w, (uint8_t)length);
        wire_put_padded(w, values[i], 63);
    }
    status s = keeper_send(k, 19);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        wire_take(&k->in, out[i], 16);
    return keeper_done(k, s);
}

status keeper_receipts(struct keeper *k, ptrdiff_t n, struct receipt *out)
{
    must(n > 0 && n <= ROWS);
    wire_u8(keeper_ask(k), (uint8_t)n);
    status s = keeper_send(k, 20);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        wire_take(&k->in, out[i].digits, 24);
        out[i].pepper = wire_get_u32(&k->in);
        wire_take(&k->in, out[i].locator, 16);
        wire_take(&k->in, out[i].secret, 32);
    }
    return keeper_done(k, s);
}

status keeper_mail(struct keeper *k, const char digits[24], struct locator *locators, ptrdiff_t *locator_count,
                   struct open_row *rows, ptrdiff_t n)
{
    struct wire *w = keeper_ask(k);
    must(n >= 0 && n <= ROWS);
    wire_u8(w, 1);
    wire_u8(w, (uint8_t)n);
    wire_u16(w, 0);
    wire_put_padded(w, (str){ digits, 24 }, KEY);
    wire_put_rows(w, rows, n);
    status s = keeper_send(k, 21);
    if (s != OK)
        return keeper_done(k, s);
    ptrdiff_t m = wire_get_u16(&k->in);
    if (m > LOCATORS)
        return keeper_done(k, FAULT);
    for (ptrdiff_t i = 0; i < m; i++) {
        wire_take(&k->in, locators[i].at, 16);
        locators[i].pepper = wire_get_u32(&k->in);
    }
    if (!n)
        *locator_count = m;
    wire_take_keys(&k->in, rows, n);
    return keeper_done(k, OK);
}

status keeper_head(struct keeper *k, struct arena *a, str *checkpoint)
{
    keeper_ask(k);
    status s = keeper_send(k, 26);
    if (s == OK) {
        ptrdiff_t n = k->in.cap - k->in.len;
        *checkpoint = str_copy(a, (str){ (const char *)wire_get_bytes(&k->in, n), n });
    }
    return keeper_done(k, s);
}

status keeper_witness(struct keeper *k, struct arena *a, str checkpoint, uint64_t *seq, str *line)
{
    static const uint8_t zeros[CHECKPOINT_MOST];
    struct wire *w = keeper_ask(k);
    if (checkpoint.len > CHECKPOINT_MOST)
        return INVALID;
    wire_bytes(w, checkpoint.at, checkpoint.len);
    wire_bytes(w, zeros, CHECKPOINT_MOST - checkpoint.len);
    status s = keeper_send(k, 27);
    if (s == OK) {
        *seq = wire_get_u64(&k->in);
        ptrdiff_t n = k->in.cap - k->in.len;
        *line = n ? str_copy(a, (str){ (const char *)wire_get_bytes(&k->in, n), n }) : (str){ 0 };
    }
    return keeper_done(k, s);
}

status keeper_state(struct keeper *k, struct keeper_state *out)
{
    keeper_ask(k);
    status s = keeper_send(k, 35);
    if (s == OK) {
        out->open = wire_get_u32(&k->in) == 1;
        out->backup_day = wire_get_u32(&k->in);
        out->engine_open = wire_get_u32(&k->in) == 1;
    }
    return keeper_done(k, s);
}

status keeper_nodes(struct keeper *k, struct keeper_nodes *out)
{
    keeper_ask(k);
    status s = keeper_send(k, 48);
    if (s == OK) {
        out->own = wire_get_u32(&k->in);
        out->admitted = wire_get_u32(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_expire(struct keeper *k, enum expire_verb verb, const struct expire_ask *ask, struct keep_answer *out)
{
    struct wire *w = keeper_ask(k);
    *out = (struct keep_answer){ .state = KEEP_NOT };
    wire_u8(w, (uint8_t)ask->kind);
    wire_u8(w, (uint8_t)ask->compartment);
    wire_u16(w, (uint16_t)verb);
    wire_u32(w, ask->epoch);
    wire_bytes(w, ask->scope.at, 16);
    status s = keeper_send(k, 37);
    if (s == OK) {
        out->state = wire_get_u32(&k->in);
        out->day = wire_get_u32(&k->in);
        wire_take(&k->in, out->ring.at, 16);
    }
    return keeper_done(k, s);
}

status keeper_forgotten(struct keeper *k, uint32_t count, const uint8_t digest[32], uint64_t *seq)
{
    struct wire *w = keeper_ask(k);
    *seq = 0;
    wire_u32(w, count);
    wire_u32(w, 0);
    wire_bytes(w, digest, 32);
    status s = keeper_send(k, 43);
    if (s == OK)
        *seq = wire_get_u64(&k->in);
    return keeper_done(k, s);
}

status keeper_hold(struct keeper *k, const struct hold_act *act)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, act->token.at, KEY);
    wire_bytes(w, act->ring.at, 16);
    wire_bytes(w, act->hold.at, 16);
    wire_bytes(w, act->about.at, 16);
    wire_u32(w, act->epoch);
    wire_u32(w, act->until_day);
    wire_bytes(w, act->reason, sizeof act->reason);
    status s = keeper_send(k, 38);
    if (s == OK)
        wire_get_u32(&k->in);
    return keeper_done(k, s);
}

status keeper_lift(struct keeper *k, const struct hold_act *act)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, act->token.at, KEY);
    wire_bytes(w, act->second.at, KEY);
    wire_bytes(w, act->hold.at, 16);
    wire_bytes(w, act->about.at, 16);
    wire_bytes(w, act->reason, sizeof act->reason);
    status s = keeper_send(k, 39);
    if (s == OK)
        wire_get_u32(&k->in);
    return keeper_done(k, s);
}

static void take_line(struct wire *w, struct log_line *out)
{
    struct audit_record r = { 0 };
    uint8_t record[AUDIT_RECORD];
    *out = (struct log_line){ .seq = wire_get_u64(w) };
    wire_take(w, record, AUDIT_RECORD);
    w->bad |= !audit_record_read(record, &r);
    out->action = r.action;
    out->purpose = r.purpose;
    out->result = r.result;
    out->count = r.count;
    out->day = r.day;
    out->gen = r.gen;
    out->opened = wire_get_u8(w);
    out->time = (int64_t)wire_get_u64(w);
    out->compartment = wire_get_u8(w);
    wire_take(w, out->principal.at, 16);
    wire_take(w, out->about.at, 16);
    wire_take(w, out->ring.at, 16);
    wire_take(w, out->reason, sizeof out->reason);
}

static status take_lines(struct keeper *k, uint16_t message, struct log_line *out, ptrdiff_t *n)
{
    status s = keeper_send(k, message);
    *n = 0;
    if (s == OK) {
        *n = wire_get_u16(&k->in);
        wire_get_u16(&k->in);
        if (*n > LOG_LINES)
            return keeper_done(k, FAULT);
        for (ptrdiff_t i = 0; i < *n; i++)
            take_line(&k->in, &out[i]);
    }
    return keeper_done(k, s);
}

status keeper_log(struct keeper *k, token t, bool own, uint64_t from, struct log_line *out, ptrdiff_t *n)
{
    static const uint8_t zeros[7];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_u8(w, own);
    wire_bytes(w, zeros, 7);
    wire_u64(w, from);
    return take_lines(k, 28, out, n);
}

static status ask_acts(struct keeper *k, token t, enum acts_of which, id key, uint64_t skip, struct log_line *out, ptrdiff_t *n)
{
    static const uint8_t zeros[7];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_u8(w, (uint8_t)which);
    wire_bytes(w, zeros, 7);
    wire_u64(w, skip);
    wire_bytes(w, key.at, 16);
    return take_lines(k, 42, out, n);
}

status keeper_on_me(struct keeper *k, token t, uint64_t skip, struct log_line *out, ptrdiff_t *n)
{
    return ask_acts(k, t, ACTS_ON_ME, (id){ { 0 } }, skip, out, n);
}

status keeper_of_key(struct keeper *k, token t, id key, uint64_t skip, struct log_line *out, ptrdiff_t *n)
{
    return ask_acts(k, t, ACTS_OF_KEY, key, skip, out, n);
}

status keeper_sheet(struct keeper *k, token t, id office, enum compartment ring, id who, struct sheet *out)
{
    static const uint8_t zeros[3];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, office.at, 16);
    wire_bytes(w, who.at, 16);
    wire_u8(w, (uint8_t)ring);
    wire_bytes(w, zeros, 3);
    status s = keeper_send(k, 41);
    if (s == OK) {
        out->whole = wire_get_u32(&k->in);
        for (int week = 0; week < SHEET_WEEKS; week++)
            for (int m = 0; m < SHEET_MEASURES; m++)
                out->at[week][m] = wire_get_u32(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_budget(struct keeper *k, token t, token second, enum compartment c, uint32_t hour_rows, uint32_t day_rows)
{
    static const uint8_t zeros[3];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_bytes(w, second.at, KEY);
    wire_u8(w, (uint8_t)c);
    wire_bytes(w, zeros, 3);
    wire_u32(w, hour_rows);
    wire_u32(w, day_rows);
    return keeper_done(k, keeper_send(k, 29));
}

status keeper_budgets(struct keeper *k, token t, struct opening_budget out[COMPARTMENTS + 1])
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    status s = keeper_send(k, 30);
    for (int c = TIP; s == OK && c <= COMPARTMENTS; c++) {
        out[c].hour_rows = wire_get_u32(&k->in);
        out[c].day_rows = wire_get_u32(&k->in);
    }
    return keeper_done(k, s);
}

status keeper_unlock(struct keeper *k, const uint8_t stretched[32])
{
    wire_bytes(keeper_ask(k), stretched, KEY);
    return keeper_done(k, keeper_send(k, 40));
}
