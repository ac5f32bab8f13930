/* Kinds of work in the outbox: what the jobs role does for whom. Numbers are stored; never reused. */
#ifndef COMMON_EFFECTS_H
#define COMMON_EFFECTS_H
enum effect {
    EFFECT_URGENT_TIP = 1, /* about: a tip of priority 0: tell everybody of its office who reads tips */
    EFFECT_WITNESS_MAIL = 2, /* about nothing: the checkpoint of the log to those who keep it; one row waits for the next day */
};
#endif
