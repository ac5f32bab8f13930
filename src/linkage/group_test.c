/* Groups: what people decided holds, large ones are parted where one fact alone holds them, and nothing else plays a part. Invented graphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "in_memory.h"
#include "linkage/group.h"
#include "linkage/space.h"

enum { LARGE = 40, PART = 3, ROUNDS = 400 };
static struct chance chance;

static uint32_t one_of(uint32_t n)
{
    uint32_t x;
    chance.fill(&chance, &x, sizeof x);
    return x % n;
}

struct net {
    struct group_graph g;
    struct group_hold holds[GROUP_HOLDS_MOST];
    struct group_decision decisions[GROUP_DECISIONS_MOST];
};

static void begin(struct net *n, uint32_t members)
{
    n->g = (struct group_graph){ .members = members, .holds = n->holds, .decisions = n->decisions, .large = LARGE, .part = PART };
}
/* Members from..to-1 all have one fact. */
static uint16_t share(struct net *n, uint32_t from, uint32_t to, int32_t weight)
{
    for (uint32_t m = from; m < to; m++)
        n->holds[n->g.hold_count++] = (struct group_hold){ (uint16_t)n->g.facts, (uint16_t)m, weight };
    return (uint16_t)n->g.facts++;
}
static void decide(struct net *n, uint32_t a, uint32_t b, bool same)
{
    n->decisions[n->g.decision_count++] = (struct group_decision){ (uint16_t)(a < b ? a : b), (uint16_t)(a < b ? b : a), same };
}
static void hold(struct net *n, uint16_t fact, uint32_t member, int32_t weight)
{
    n->holds[n->g.hold_count++] = (struct group_hold){ fact, (uint16_t)member, weight };
}

/* Twelve that have one number, thirty-one that have another, and a third number that one of these and three of those name. */
static uint16_t two_networks(struct net *n)
{
    begin(n, 43);
    share(n, 0, 12, 3000);
    share(n, 12, 43, 3000);
    uint16_t bridge = share(n, 11, 13, 3000);
    hold(n, bridge, 20, 3000);
    hold(n, bridge, 30, 3000);
    return bridge;
}

static void two_networks_joined_by_one_number_are_shown_apart(void **state)
{
    static struct net n;
    struct group_parts p;
    struct group_neighbour near[4];
    (void)state;
    uint16_t bridge = two_networks(&n);
    assert_true(group_part(&n.g, &p));
    for (int m = 0; m < 43; m++) {
        assert_int_equal(p.joined[m], 0);
        assert_int_equal(p.of[m], m < 12 ? 0 : 12);
    }
    assert_int_equal(group_neighbours(&n.g, &p, 0, near, 4), 1);
    assert_true(near[0].group == 12 && near[0].size == 31 && near[0].facts == 1 && near[0].fact == bridge && !near[0].decided);
    assert_true(near[0].own == 11 && near[0].other == 12);
    assert_int_equal(group_neighbours(&n.g, &p, 12, near, 4), 1);
    assert_true(near[0].group == 0 && near[0].size == 12 && near[0].own == 12 && near[0].other == 11);
    n.g.large = 43; /* the control: not too large */
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 0);
    n.g.large = LARGE;
    share(&n, 5, 6, 3000);
    hold(&n, (uint16_t)(n.g.facts - 1), 17, 3000); /* a second number across: neither holds them alone */
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 0);
}

/* One tip that names the numbers of both networks: it stays with one of them. A crowd around one number has no bridge. */
static void one_that_names_both_stays_with_one(void **state)
{
    static struct net n;
    struct group_parts p;
    (void)state;
    begin(&n, 60);
    share(&n, 0, 30, 3000);
    share(&n, 29, 60, 3000);
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[0], p.of[28]);
    assert_int_equal(p.of[30], p.of[59]);
    assert_int_not_equal(p.of[0], p.of[59]);
    begin(&n, 60);
    share(&n, 0, 60, 3000);
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[59], 0);
}

/* Of three networks in a row the weaker of two bridges goes first; the rest is small enough. And none is cut to two or one. */
static void the_weakest_goes_first_and_no_crumbs_are_cut_off(void **state)
{
    static struct net n;
    struct group_parts p;
    (void)state;
    begin(&n, 45);
    share(&n, 0, 15, 4000);
    share(&n, 15, 30, 4000);
    share(&n, 30, 45, 4000);
    share(&n, 14, 16, 1000);
    share(&n, 29, 31, 900);
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[29], 0);
    assert_int_equal(p.of[30], 30);
    begin(&n, 43);
    share(&n, 0, 41, 4000);
    share(&n, 40, 42, 10); /* one more hangs by this alone */
    share(&n, 41, 43, 10); /* and one by that */
    n.g.part = 4;
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 0);
    n.g.part = 2;
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 41);
}

static void decisions_win_and_say_where_they_cannot(void **state)
{
    static struct net n;
    struct group_parts p;
    struct group_neighbour near[4];
    (void)state;
    two_networks(&n);
    decide(&n, 3, 40, true); /* no fact joins these two, and none parts them now */
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 0);
    n.g.decision_count = 0;
    assert_true(group_part(&n.g, &p));
    assert_int_equal(p.of[42], 12); /* taken back: as before */
    begin(&n, 6);
    share(&n, 0, 2, 2000);
    share(&n, 1, 3, 1000); /* the weakest between 0 and 3 */
    share(&n, 2, 4, 3000);
    decide(&n, 0, 3, false);
    assert_true(group_part(&n.g, &p));
    assert_true(p.of[1] == 0 && p.of[2] == 2 && p.of[3] == 2);
    assert_int_equal(group_neighbours(&n.g, &p, 0, near, 4), 1);
    assert_true(near[0].decided && near[0].group == 2 && near[0].size == 2);
    decide(&n, 4, 5, true);
    decide(&n, 0, 4, true);
    decide(&n, 3, 5, true); /* 0 = 4 = 5 = 3, and 0 is not 3 */
    assert_true(group_part(&n.g, &p));
    assert_true(p.refused[1] && !p.refused[0] && !p.refused[2] && !p.refused[3]);
    assert_true(p.of[0] == 0 && p.of[4] == 0 && p.of[3] != 0);
}

static void the_walk_takes_the_strongest_first(void **state)
{
    static struct net n;
    struct group_parts p;
    struct group_step walk[GROUP_MEMBERS_MOST];
    (void)state;
    begin(&n, 5);
    uint16_t weak = share(&n, 0, 2, 500), strong = share(&n, 0, 1, 900);
    hold(&n, strong, 3, 900);
    uint16_t far = share(&n, 3, 5, 700);
    decide(&n, 2, 4, true);
    assert_true(group_part(&n.g, &p));
    assert_int_equal(group_walk(&n.g, &p, 0, walk), 5);
    assert_true(walk[1].member == 3 && walk[1].from == 0 && walk[1].fact == strong && walk[1].weight == 900);
    assert_true(walk[2].member == 4 && walk[2].from == 3 && walk[2].fact == far);
    assert_true(walk[3].member == 2 && walk[3].from == 4 && walk[3].fact == GROUP_NOBODY);
    assert_true(walk[4].member == 1 && walk[4].fact == weak);
}

static void without_memory_it_says_so(void **state)
{
    static struct net n;
    struct group_parts p, q;
    int nth = 1;
    (void)state;
    two_networks(&n);
    decide(&n, 3, 40, false);
    assert_true(group_part(&n.g, &p));
    for (;; nth++) {
        space_fail(nth);
        bool fine = group_part(&n.g, &q);
        space_fail(0);
        if (fine)
            break;
    }
    assert_true(nth > 3);
    assert_memory_equal(p.of, q.of, n.g.members * sizeof *p.of);
}

/* ---- properties, on nets made by chance ---- */

static void make(struct net *n)
{
    begin(n, 20 + one_of(180));
    n->g.large = 5 + one_of(30);
    for (uint32_t f = 0, facts = 10 + one_of(90); f < facts; f++) {
        uint32_t from = one_of(n->g.members - 1), to = from + 2 + one_of(one_of(4) ? 4 : 20);
        share(n, from, to < n->g.members ? to : n->g.members, (int32_t)(1000 + 100 * one_of(4)));
        if (!one_of(6))
            hold(n, (uint16_t)(n->g.facts - 1), from ? from - 1 : n->g.members - 1, 1100);
    }
    for (uint32_t d = one_of(24); d; d--) {
        uint32_t among = one_of(2) ? 6 : n->g.members, a = one_of(among), b = one_of(among);
        bool known = a == b;
        for (uint32_t i = 0; i < n->g.decision_count; i++)
            known = known || (n->decisions[i].a == (a < b ? a : b) && n->decisions[i].b == (a < b ? b : a));
        if (!known)
            decide(n, a, b, one_of(2));
    }
}

/* Whether what the others call the same would, with this one, join two that are different. */
static bool contradicted(const struct net *n, const struct group_parts *p, const struct group_decision *one)
{
    uint32_t up[GROUP_MEMBERS_MOST];
    for (uint32_t m = 0; m < n->g.members; m++)
        up[m] = m;
    for (uint32_t i = 0; i < n->g.decision_count; i++)
        if (n->decisions[i].same && !p->refused[i]) {
            uint32_t a = first_of(up, n->decisions[i].a), b = first_of(up, n->decisions[i].b);
            up[a > b ? a : b] = a < b ? a : b;
        }
    uint32_t a = first_of(up, one->a), b = first_of(up, one->b);
    bool found = false;
    for (uint32_t i = 0; i < n->g.decision_count; i++) {
        uint32_t x = first_of(up, n->decisions[i].a), y = first_of(up, n->decisions[i].b);
        found = found || (!n->decisions[i].same && ((x == a && y == b) || (x == b && y == a)));
    }
    return found;
}

static void no_decision_is_broken_and_none_is_lost_unsaid(void **state)
{
    static struct net n;
    struct group_parts p;
    uint32_t different = 0, same = 0, refused = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        make(&n);
        assert_true(group_part(&n.g, &p));
        for (uint32_t i = 0; i < n.g.decision_count; i++) {
            const struct group_decision *d = &n.decisions[i];
            assert_true(d->same || !p.refused[i]);
            if (p.refused[i]) {
                assert_true(contradicted(&n, &p, d));
                refused++;
                continue;
            }
            assert_int_equal(p.of[d->a] == p.of[d->b], d->same);
            same += d->same;
            different += !d->same;
        }
        for (uint32_t m = 0; m < n.g.members; m++)
            assert_true(p.of[m] <= m && p.of[p.of[m]] == p.of[m] && p.joined[p.of[m]] == p.joined[m]);
    }
    assert_true(same > 100 && different > 100 && refused > 20);
}

static void shuffle(struct net *n, struct net *to)
{
    uint16_t name[GROUP_FACTS_MOST];
    *to = *n;
    to->g.holds = to->holds;
    to->g.decisions = to->decisions;
    for (uint32_t i = 0; i < n->g.facts; i++)
        name[i] = (uint16_t)i;
    for (uint32_t i = n->g.facts; i > 1; i--) {
        uint32_t k = one_of(i);
        uint16_t x = name[i - 1];
        name[i - 1] = name[k];
        name[k] = x;
    }
    for (uint32_t i = 0; i < to->g.hold_count; i++)
        to->holds[i].fact = name[to->holds[i].fact];
    for (uint32_t i = to->g.hold_count; i > 1; i--) {
        uint32_t k = one_of(i);
        struct group_hold x = to->holds[i - 1];
        to->holds[i - 1] = to->holds[k];
        to->holds[k] = x;
    }
    for (uint32_t i = to->g.decision_count; i > 1; i--) {
        uint32_t k = one_of(i);
        struct group_decision x = to->decisions[i - 1];
        to->decisions[i - 1] = to->decisions[k];
        to->decisions[k] = x;
    }
}

static void neither_order_nor_what_is_elsewhere_counts(void **state)
{
    static struct net n, other;
    struct group_parts p, q;
    uint32_t cuts = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        make(&n);
        assert_true(group_part(&n.g, &p));
        shuffle(&n, &other);
        assert_true(group_part(&other.g, &q));
        assert_memory_equal(p.of, q.of, n.g.members * sizeof *p.of);
        assert_memory_equal(p.joined, q.joined, n.g.members * sizeof *p.of);
        cuts += memcmp(p.of, p.joined, sizeof p.of) != 0;
        /* some who came meanwhile, before all others by number, and have nothing in common with them */
        uint32_t more = 1 + one_of(50);
        other.g.members += more;
        for (uint32_t i = 0; i < other.g.hold_count; i++)
            other.holds[i].member += (uint16_t)more;
        for (uint32_t i = 0; i < other.g.decision_count; i++) {
            other.decisions[i].a += (uint16_t)more;
            other.decisions[i].b += (uint16_t)more;
        }
        share(&other, 0, more, 5000);
        assert_true(group_part(&other.g, &q));
        for (uint32_t m = 0; m < n.g.members; m++)
            assert_int_equal(p.of[m] + more, q.of[m + more]);
    }
    assert_true(cuts > ROUNDS / 4);
}

/* What is cut hung by one fact alone: whoever is in two groups of one net has at most one fact in common across. And the walk reaches all of a group. */
static void a_cut_goes_through_one_fact(void **state)
{
    static struct net n;
    static struct group_step walk[GROUP_MEMBERS_MOST];
    struct group_parts p;
    struct group_neighbour near[GROUP_MEMBERS_MOST];
    uint32_t seen = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        make(&n);
        n.g.decision_count = 0;
        assert_true(group_part(&n.g, &p));
        for (uint32_t m = 0; m < n.g.members; m++) {
            uint32_t size = 0;
            for (uint32_t k = 0; k < n.g.members; k++)
                size += p.of[k] == p.of[m];
            assert_true(one_of(8) || group_walk(&n.g, &p, (uint16_t)m, walk) == (int)size);
            assert_true(size >= PART || p.of[m] == p.joined[m]);
            int count = p.of[m] == m ? group_neighbours(&n.g, &p, (uint16_t)m, near, GROUP_MEMBERS_MOST) : 0;
            for (int i = 0; i < count; i++)
                assert_true(near[i].facts == 1 && !near[i].decided);
            seen += (uint32_t)count;
        }
    }
    assert_true(seen > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_networks_joined_by_one_number_are_shown_apart),
        cmocka_unit_test(one_that_names_both_stays_with_one),
        cmocka_unit_test(the_weakest_goes_first_and_no_crumbs_are_cut_off),
        cmocka_unit_test(decisions_win_and_say_where_they_cannot),
        cmocka_unit_test(the_walk_takes_the_strongest_first),
        cmocka_unit_test(without_memory_it_says_so),
        cmocka_unit_test(no_decision_is_broken_and_none_is_lost_unsaid),
        cmocka_unit_test(neither_order_nor_what_is_elsewhere_counts),
        cmocka_unit_test(a_cut_goes_through_one_fact),
    };
    chance = chance_seeded(11);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
