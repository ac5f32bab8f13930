/* Growing a group in the engine: who hangs together, in which order, how far; and that what is hidden changes no byte. Invented tips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "in_memory.h"
#include "triage/match/match_cluster.h"

enum { OURS, THEIRS, HIDDEN, GROUPS };
static struct match_service house;
static const id office = { { 1 } }, ring = { { 2 } };
static const struct match_asker asker = { .office = { { 1 } }, .rings = &ring, .ring_count = 1 };
static struct match_cluster grown;
static uint8_t wire_room[ENGINE_MESSAGE_MAX];

/* Groups: of the office and a ring of ours; of another office; of the office, and a ring that the asker has not. */
static int open_service(void **state)
{
    (void)state;
    assert_true(match_service_open(&house, NULL, NULL, lit("US")));
    house.groups[OURS] = (struct match_group){ .office = office, .rings = { ring } };
    house.groups[THEIRS] = (struct match_group){ .office = { { 9 } }, .rings = { ring } };
    house.groups[HIDDEN] = (struct match_group){ .office = office, .rings = { { { 8 } } } };
    house.group_count = GROUPS;
    return 0;
}

static int close_service(void **state)
{
    (void)state;
    match_service_close(&house);
    return 0;
}

static id id_of(uint32_t number)
{
    id out = { { 0 } };
    memcpy(out.at, &(uint32_t){ __builtin_bswap32(number) }, 4);
    return out;
}

/* Telephones by number; 0: none. Copies of a text are those of the office, whoever may see them. */
static void put_text(uint32_t tip, uint32_t group, uint32_t phone, uint32_t other, const char *text)
{
    char words[2][24];
    struct index_fact facts[2];
    uint32_t number, numbers[2] = { phone, other };
    int n = 0;
    for (int i = 0; i < 2; i++)
        if (numbers[i]) {
            int len = snprintf(words[n], sizeof words[n], "+1202%07u", numbers[i] * 7919 % 10000000);
            facts[n] = (struct index_fact){ MATCH_PHONE, { words[n], len } };
            n++;
        }
    struct index_document d = { .id = id_of(tip), .group = group, .apart = group == THEIRS, .facts = facts, .fact_count = n, .text = str_of(text) };
    match_service_forget(&house, d.id);
    assert_true(index_put(&house.index, &d, &number));
    house.groups[group].tips++;
}

static void put(uint32_t tip, uint32_t group, uint32_t phone, uint32_t other)
{
    put_text(tip, group, phone, other, "");
}

static void grow(uint32_t from)
{
    id seed = id_of(from);
    match_cluster_grow(&house, &asker, &seed, 1, &grown);
}

static str bytes_of(const struct match_cluster *c)
{
    struct wire w = { .at = wire_room, .cap = sizeof wire_room };
    match_cluster_write(c, &w);
    assert_false(w.bad);
    return (str){ (char *)wire_room, w.len };
}

static bool has(uint32_t tip)
{
    for (int i = 0; i < grown.members; i++) {
        id one = id_of(tip);
        if (id_equal(grown.member[i], one))
            return true;
    }
    return false;
}

static int parts(struct group_parts *p)
{
    struct group_graph g = { .members = grown.members, .facts = grown.facts, .holds = grown.hold, .hold_count = grown.holds, .large = MATCH_LARGE, .part = MATCH_PART };
    int n = 0;
    assert_true(group_part(&g, p));
    for (int i = 0; i < grown.members; i++)
        n += p->of[i] == i;
    return n;
}

/* Two networks around a telephone each, and a third telephone that one tip of each names: by it they hang together, and by it they are parted. */
static void two_networks_are_grown_as_one_and_parted_at_the_telephone(void **state)
{
    struct group_parts p;
    (void)state;
    for (uint32_t i = 1; i <= 30; i++)
        put(i, OURS, 1, i == 30 ? 3 : 0);
    for (uint32_t i = 31; i <= 80; i++)
        put(i, OURS, 2, i == 31 ? 3 : 0);
    for (uint32_t i = 1000; i < 1300; i++) /* and many that have nothing to do with it */
        put(i, OURS, 100 + i / 2, 0);
    grow(5);
    assert_true(grown.known && !grown.more);
    assert_int_equal(grown.members, 80);
    assert_int_equal(grown.facts, 3);
    assert_int_equal(grown.holds, 82);
    assert_int_equal(parts(&p), 2);
    struct match_cluster first = grown;
    grow(80); /* from the other side: the same ones, and the same cut */
    assert_int_equal(grown.members, 80);
    assert_int_equal(parts(&p), 2);
    for (int i = 0; i < grown.members; i++)
        assert_true(has((uint32_t)first.member[i].at[3]));
    match_service_forget(&house, id_of(31)); /* the control: without it they are two */
    grow(5);
    assert_int_equal(grown.members, 30);
    put(31, OURS, 2, 3);
    grow(1000);
    assert_int_equal(grown.members, 2);
}

/* What the asker may not see, or another office has, is no bridge, no member and no number. */
static void what_is_hidden_changes_no_byte(void **state)
{
    static const uint32_t walls[] = { THEIRS, HIDDEN };
    char before[4096];
    (void)state;
    for (uint32_t i = 1; i <= 10; i++)
        put(i, OURS, 1, 0);
    for (uint32_t i = 11; i <= 20; i++)
        put(i, OURS, 2, 0);
    grow(3);
    str said = bytes_of(&grown);
    assert_true(said.len < (ptrdiff_t)sizeof before);
    memcpy(before, said.at, (size_t)said.len);
    for (ptrdiff_t w = 0; w < countof(walls); w++) {
        for (uint32_t i = 0; i < 100; i++)
            put(500 + i, walls[w], 1, 2); /* each would join both, and make a crowd of them */
        grow(3);
        str now = bytes_of(&grown);
        assert_int_equal(now.len, said.len);
        assert_memory_equal(now.at, before, now.len);
        grow(500);
        assert_false(grown.known || grown.members);
        for (uint32_t i = 0; i < 100; i++)
            match_service_forget(&house, id_of(500 + i));
    }
    id seeds[] = { id_of(3), id_of(500) };
    put(500, HIDDEN, 1, 2);
    match_cluster_grow(&house, &asker, seeds, 2, &grown); /* nor when it is asked for by its id */
    assert_int_equal(bytes_of(&grown).len, said.len);
    put(500, OURS, 1, 2); /* the control: seen, it joins them */
    grow(3);
    assert_int_equal(grown.members, 21);
}

static void a_crowd_joins_nobody_and_shows_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= MATCH_CROWD + 10; i++)
        put(i, OURS, 1, i <= 4 ? 2 : 0);
    grow(1);
    assert_int_equal(grown.members, 4); /* by the second number; the first one, which they have too, is a helpline */
    assert_int_equal(grown.facts, 1);
    grow(60);
    assert_int_equal(grown.members, 1);
    assert_int_equal(grown.holds, 0);
}

static void it_ends_at_its_ceilings_and_says_so(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 3000; i++)
        put(i, OURS, i, i + 1); /* a chain */
    grow(1500);
    assert_int_equal(grown.members, GROUP_MEMBERS_MOST);
    assert_true(grown.more);
    id seed = grown.member[0];
    assert_memory_equal(seed.at, id_of(1500).at, sizeof(id));
    struct match_cluster read;
    str said = bytes_of(&grown);
    struct wire w = { .at = wire_room, .cap = said.len };
    assert_true(match_cluster_read(&w, &read));
    assert_memory_equal(&read, &grown, sizeof read);
    static struct match_cluster again;
    again = grown;
    grow(1500);
    assert_memory_equal(&again, &grown, sizeof again);
    /* each names two hundred numbers of one list: too many links to tell them all */
    struct index_fact facts[200];
    static char words[200][24];
    uint32_t number;
    for (int k = 0; k < 200; k++) {
        int len = snprintf(words[k], sizeof words[k], "+1404%07d", 1000000 + k * 7919);
        facts[k] = (struct index_fact){ MATCH_PHONE, { words[k], len } };
    }
    for (uint32_t i = 5001; i <= 5060; i++) {
        struct index_document d = { .id = id_of(i), .group = OURS, .apart = OURS, .facts = facts, .fact_count = 200 };
        assert_true(index_put(&house.index, &d, &number));
        house.groups[OURS].tips++;
    }
    grow(5001);
    assert_true(grown.more && grown.members >= 2 && grown.holds <= GROUP_HOLDS_MOST && grown.facts == 200);
    (void)bytes_of(&grown);
}

static void a_seed_elsewhere_is_grown_too(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 10; i++)
        put(i, OURS, 1 + i / 6, 0);
    id seeds[] = { id_of(1), id_of(9) };
    match_cluster_grow(&house, &asker, seeds, 1, &grown);
    assert_int_equal(grown.members, 5);
    match_cluster_grow(&house, &asker, seeds, 2, &grown);
    assert_int_equal(grown.members, 10);
    assert_true(has(9) && grown.member[1].at[3] == 9);
}

static const char rumour[] = "Forwarded many times: a white van takes children at the market of the old town, share before they delete this";

/* A rumour of as many copies that name telephone 1, which its first one does too; copy 50 names telephone 2 besides. And three tips of their own words. */
static void put_flood(uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++)
        put_text(i, OURS, 1, i == 50 ? 2 : 0, rumour);
    put(900, OURS, 1, 0);
    put(901, OURS, 1, 0);
    put(902, OURS, 2, 0);
}

static void a_flood_is_one_member_and_who_names_more(void **state)
{
    static struct match_cluster again;
    (void)state;
    put_flood(11, 510);
    grow(11);
    assert_true(grown.known && !grown.more); /* 500 copies: more than a group has room for, and than a fact that links may have */
    assert_int_equal(grown.members, 5);
    assert_true(has(11) && has(50) && has(900) && has(901) && has(902));
    assert_int_equal(grown.floods, 1);
    id last = id_of(510), lead = id_of(11);
    assert_memory_equal(&grown.member[grown.flood[0].member], &lead, sizeof lead);
    assert_int_equal(grown.flood[0].copies, 500);
    assert_int_equal(grown.flood[0].folded, 498);
    assert_memory_equal(&grown.flood[0].last, &last, sizeof last);
    assert_int_equal(grown.folded, 498);
    again = grown;
    grow(300); /* a copy that is folded is answered as who stands for it */
    assert_memory_equal(&grown, &again, sizeof grown);
    struct match_cluster read;
    str said = bytes_of(&grown);
    struct wire w = { .at = wire_room, .cap = said.len };
    assert_true(match_cluster_read(&w, &read));
    assert_memory_equal(&read, &grown, sizeof read);
    grow(902);
    assert_int_equal(grown.members, 5);
    const id decided[] = { id_of(11), id_of(300), id_of(301) }; /* of which people said something: they stand beside it */
    match_cluster_grow(&house, &asker, decided, 3, &grown);
    assert_true(grown.members == 7 && has(300) && has(301));
    assert_true(grown.flood[0].copies == 500 && grown.flood[0].folded == 496);
    /* the control: eight are no flood, and each stands for itself */
    for (uint32_t i = 19; i <= 510; i++)
        match_service_forget(&house, id_of(i));
    grow(11);
    assert_int_equal(grown.members, MATCH_FLOOD + 2);
    assert_true(!grown.floods && !grown.folded);
}

/* In whichever order they came: each node answers with the same bytes. */
static void a_flood_is_told_alike_however_it_came_in(void **state)
{
    static uint8_t first[ENGINE_MESSAGE_MAX];
    (void)state;
    put_flood(11, 110);
    grow(60);
    str said = bytes_of(&grown);
    memcpy(first, said.at, (size_t)said.len);
    for (uint32_t i = 11; i <= 110; i++)
        match_service_forget(&house, id_of(i));
    for (uint32_t i = 110; i >= 11; i--)
        put_text(i, OURS, 1, i == 50 ? 2 : 0, rumour);
    grow(60);
    str now = bytes_of(&grown);
    assert_int_equal(now.len, said.len);
    assert_memory_equal(now.at, first, now.len);
}

/* Hidden copies are not counted, stand for nobody, and hold nobody together: three texts of five thirds, of which the middle one is like both others. */
static void a_hidden_copy_changes_no_byte_of_a_flood(void **state)
{
    static const char *const parts[] = { "A woman at the laundry asked in a whisper for somebody who speaks her language. ", "The foreman said that nobody is to leave before noon, and he has all of their papers. ",
                                         "Behind the blue gate stands a bus without plates, each morning at a quarter to five. ", "Eight mattresses lie in the cellar below the kitchen, and one window is nailed shut. ",
                                         "His brother collects what they owe on Fridays, with a dog, and writes it into a green book. " };
    static uint8_t first[ENGINE_MESSAGE_MAX];
    char text[3][600];
    struct match_answer kin;
    (void)state;
    for (int i = 0; i < 3; i++)
        snprintf(text[i], sizeof text[i], "%s%s%s", parts[i], parts[i + 1], parts[i + 2]);
    for (uint32_t i = 0; i < 12; i++) {
        put_text(100 + i, OURS, 1, 0, text[0]);
        put_text(200 + i, OURS, 1, 0, text[2]);
    }
    grow(105);
    assert_true(grown.members == 2 && grown.floods == 2 && grown.flood[0].copies == 12 && grown.flood[1].copies == 12);
    str said = bytes_of(&grown);
    memcpy(first, said.at, (size_t)said.len);
    put_text(50, HIDDEN, 1, 2, text[0]);
    for (uint32_t i = 0; i < 20; i++)
        put_text(300 + i, HIDDEN, 1, 2, text[1]);
    grow(105);
    str now = bytes_of(&grown);
    assert_int_equal(now.len, said.len);
    assert_memory_equal(now.at, first, now.len);
    match_service_kin(&house, &asker, id_of(105), 0, &kin);
    assert_int_equal(kin.copies, 12);
    house.groups[HIDDEN].rings[0] = ring; /* the control: seen, they are one flood, and another stands for it */
    grow(105);
    assert_true(grown.floods == 1 && grown.flood[0].copies == 45 && has(50));
    match_service_kin(&house, &asker, id_of(105), 0, &kin);
    assert_int_equal(kin.copies, 45);
}

static void bytes_that_no_engine_wrote_stay_within_bounds(void **state)
{
    struct chance chance = chance_seeded(6);
    static struct match_cluster c;
    int read = 0;
    (void)state;
    for (uint32_t i = 1; i <= 10; i++)
        put(i, OURS, 1, 0);
    grow(1);
    str said = bytes_of(&grown);
    uint8_t good[4096];
    memcpy(good, said.at, (size_t)said.len);
    for (int i = 0; i < 20000; i++) {
        memcpy(wire_room, good, (size_t)said.len);
        for (int k = 0; k < 3; k++)
            chance.fill(&chance, wire_room + below(&chance, (uint32_t)said.len), 1);
        struct wire w = { .at = wire_room, .cap = i % 4 ? said.len : (ptrdiff_t)below(&chance, (uint32_t)said.len) };
        if (!match_cluster_read(&w, &c))
            continue;
        read++;
        struct group_graph g = { .members = c.members, .facts = c.facts, .holds = c.hold, .hold_count = c.holds, .large = 4, .part = 2 };
        struct group_parts p;
        assert_true(group_part(&g, &p)); /* and what is read of them can be parted */
    }
    assert_true(read > 1000);
}

int main(void)
{
#define SERVICE(test) cmocka_unit_test_setup_teardown(test, open_service, close_service)
    const struct CMUnitTest tests[] = {
        SERVICE(two_networks_are_grown_as_one_and_parted_at_the_telephone),
        SERVICE(what_is_hidden_changes_no_byte),
        SERVICE(a_crowd_joins_nobody_and_shows_nothing),
        SERVICE(it_ends_at_its_ceilings_and_says_so),
        SERVICE(a_seed_elsewhere_is_grown_too),
        SERVICE(a_flood_is_one_member_and_who_names_more),
        SERVICE(a_flood_is_told_alike_however_it_came_in),
        SERVICE(a_hidden_copy_changes_no_byte_of_a_flood),
        SERVICE(bytes_that_no_engine_wrote_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
