/*
 * The page of a release for everybody: what its figures protect and what not, in plain words. It is a file of the release, whole in itself.
 * Nothing here takes records or a struct release: what stands on the page is public, or follows from what is.
 *
 * A class of releases that is protected otherwise has a template of its own, and page_framed puts the same frame around it.
 */
#ifndef FIGURES_PRIVACY_PAGE_H
#define FIGURES_PRIVACY_PAGE_H
#include "figures/privacy/manifest.h"
#include "figures/privacy/micro.h"
#include "figures/privacy/tables.h"

#define PAGE_NAME "privacy.html" /* in the folder of a release */

/* What every page says, of the ledger and the codebook. */
struct page_terms {
    str name, scope, year, head;   /* head: of the ledger, LINE:HASH */
    int64_t line;                  /* of the ledger */
    uint64_t rho, spent, left, cap; /* nano-rho: of the release; of its scope and year with it; what may still be; what may be at all */
    const struct codebook *book;
    const struct manifest_keys *keys; /* their public halves are shown */
};

/* The view of privacy.html, and of exact.html. */
struct page_name {
    str name, text;
};
struct page_names {
    struct page_name *at;
    ptrdiff_t len;
};
struct page_measured {
    str name, columns, counts, rho, sd, estimate_within;
    int64_t most, cells, within;
};
struct page_measurements {
    struct page_measured *at;
    ptrdiff_t len;
};
struct privacy_page {
    bool micro, every_year, weak, adds_up, any_sets;
    str name, scope, year, person, codebook, version, head, rho, spent, left, cap, epsilon, spent_epsilon, cap_epsilon, odds, dial, rho_choice, choice_sd;
    int64_t line, guess, pairs, taken, sets, found, again, rows, choice_within, base, impossible, k, most;
    struct page_names keys, others, ignored;
    struct page_measurements measured, measured_pairs;
};

/* The page, in a. What it shows of figures is the plan, which is public, and what was measured with noise. */
str page_of_tables(struct arena *a, const struct page_terms *terms, const struct tables_spec *t, const struct table_fit *fit,
                   const struct table_tidy *tidy);
str page_of_micro(struct arena *a, const struct page_terms *terms, const struct micro *m, int64_t rows);
/* Of exact tables: few are fewer than k people; base: what numbers are rounded to, or 0. */
str page_of_exact(struct arena *a, const struct page_terms *terms, const struct tables_spec *t, int64_t k, int64_t base);
/* Such a page has at most so many bytes; the second is of exact tables too. */
int64_t page_micro_bytes(const struct micro *m);
int64_t page_tables_bytes(const struct codebook *book, const struct tables_spec *t);
/* Puts head, title and the sheets of the house's pages, written into it, around a body. */
str page_framed(struct arena *a, str title, str body);

/* The epsilon that rho means at delta = 1e-7: the smallest that the conversion of zCDP gives (Canonne, Kamath and Steinke 2020). */
double page_epsilon(double rho);
/* In how many of 100 tries the best attacker guesses whether a person is in the data, who was there in half of them. */
double page_guess(double rho);
#endif
