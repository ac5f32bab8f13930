/* Kinds of work in the outbox: what the jobs role does for whom. Numbers are stored; never reused. */
#ifndef COMMON_EFFECTS_H
#define COMMON_EFFECTS_H
enum effect {
    EFFECT_URGENT_TIP = 1, /* about: a tip of priority 0: tell everybody of its office who reads tips */
};
#endif
