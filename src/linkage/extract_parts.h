/* What the files of the extractor share: words with their meaning, the text as tokens, and one reader a kind. */
#ifndef LINKAGE_EXTRACT_PARTS_H
#define LINKAGE_EXTRACT_PARTS_H
#include "linkage/extract.h"

/* What a word may say; one word may say several things. The number beside it in its table is explained here. */
enum word_class {
    NUMBER,        /* its value; from 100 on it multiplies what stands before, where that is less */
    TWICE,         /* "double five": how many times */
    JOINED,        /* tens that take ones only over AND: "treinta y uno" */
    AND,           /* between the words of one number */
    IS,            /* between what is named and its value */
    MONTH,         /* 1 to 12 */
    ALSO_WORD,     /* a month's name that means something else too: a capital, a year or an "of" must say that it is one */
    MONTH_PAIR,    /* a month of two words, by FIRST and SECOND behind it: 1201 is December, January */
    FIRST,         /* 1 or 2 */
    ORDINAL,       /* glued to the day: 5th */
    OF,            /* between day, month and year, or before OF_AGE */
    YEARS,         /* an age, when OLD follows */
    OLD,
    AGED,          /* an age, unless it lasts (SPAN_CUE before, AFTER_SPAN behind) */
    OF_AGE,
    AGE_CUE,       /* 1: aged, turned; 2: she (is); 3: just, about (one word further back counts); 4: has */
    SPAN_CUE,
    AFTER_SPAN,
    STREET_BEFORE, /* Calle Mayor 14, 12 rue des Lilas */
    STREET_AFTER,  /* 221 Baker Street; 2: only with a capital */
    PARTICLE,      /* small words: within the name of a street, or what no name of a street begins with */
    HOUSE,         /* before the number of a house */
    FLAT,          /* before the number of a flat */
    BIS,           /* behind the number of a house */
    PLATE,
    PHONE,
    OTHER_NUMBER,  /* orders, cases, rooms: what follows is none of ours */
    AD,
    MARK,          /* number, id: between the word for a thing and its number */
    AT,
    DOT,
    MAIL,
    ON,            /* on telegram */
    UNIT,          /* what is counted or measured, so no age */
    CURRENCY,      /* enum currency */
    SERVICE,       /* enum service */
    WORD_CLASSES,
};

#define CURRENCIES(X) \
    X(NONE, "") X(USD_SIGN, "$") X(AED, "AED") X(AOA, "AOA") X(ARS, "ARS") X(AUD, "AUD") X(BRL, "BRL") X(BTC, "BTC") X(BYN, "BYN") X(CAD, "CAD") X(CHF, "CHF") \
    X(CLP, "CLP") X(CNY, "CNY") X(COP, "COP") X(DZD, "DZD") X(EGP, "EGP") X(EUR, "EUR") X(GBP, "GBP") X(GTQ, "GTQ") X(HNL, "HNL") X(INR, "INR") X(JOD, "JOD") \
    X(JPY, "JPY") X(KES, "KES") X(KGS, "KGS") X(KRW, "KRW") X(KWD, "KWD") X(KZT, "KZT") X(LBP, "LBP") X(MAD, "MAD") X(MXN, "MXN") X(MZN, "MZN") X(NGN, "NGN") \
    X(PEN, "PEN") X(PHP, "PHP") X(PLN, "PLN") X(QAR, "QAR") X(RON, "RON") X(RUB, "RUB") X(SAR, "SAR") X(THB, "THB") X(TRY, "TRY") X(UAH, "UAH") X(USDT, "USDT") \
    X(UZS, "UZS") X(VES, "VES") X(XOF, "XOF") X(ZAR, "ZAR") X(USD, "USD") X(DINAR, "dinar") X(DIRHAM, "dirham") X(LIRA, "lira") X(PESO, "peso") \
    X(POUND, "pound") X(RIYAL, "riyal") X(ILS, "ILS") X(VND, "VND")
#define SERVICES(X) \
    X(NONE, "") X(BIGO, "bigo") X(CASHAPP, "cashapp") X(DISCORD, "discord") X(FACEBOOK, "facebook") X(IMO, "imo") X(INSTAGRAM, "instagram") X(KIK, "kik") \
    X(LINE, "line") X(LINKEDIN, "linkedin") X(ODNOKLASSNIKI, "odnoklassniki") X(ONLYFANS, "onlyfans") X(PAYPAL, "paypal") X(PINTEREST, "pinterest") \
    X(REDDIT, "reddit") X(SESSION, "session") X(SIGNAL, "signal") X(SKYPE, "skype") X(SNAPCHAT, "snapchat") X(TELEGRAM, "telegram") X(THREEMA, "threema") \
    X(TIKTOK, "tiktok") X(TWITCH, "twitch") X(TWITTER, "twitter") X(VENMO, "venmo") X(VIBER, "viber") X(VK, "vk") X(WECHAT, "wechat") X(WICKR, "wickr") \
    X(YOUTUBE, "youtube") X(ZALO, "zalo") X(WHATSAPP, "whatsapp")
#define AS_CURRENCY(name, text) C_##name,
#define AS_SERVICE(name, text) S_##name,
#define AS_TEXT(name, text) text,
enum currency { CURRENCIES(AS_CURRENCY) };
enum service { SERVICES(AS_SERVICE) };
extern const char *const currency_names[], *const service_names[];
int currency_at(int said, const char country[3]); /* what a sign or word means there */

struct word {
    const char *text; /* as utf8_fold() writes it */
    uint8_t class;
    int16_t value;
};
const struct word *words_table(int language, ptrdiff_t *n); /* NULL: there is no further language */
const struct word *word_first(int language, str folded);    /* the first row of that word, its others follow; NULL: none */

/* ---- the text as tokens ---- */

enum token_kind { TOKEN_NONE, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN };
enum gap { GLUED, BLANK, NEW_LINE };

struct token {
    ptrdiff_t begin, end;
    uint64_t classes; /* a bit a word_class */
    uint32_t point;   /* of a sign, or of a word's first letter */
    int32_t number;   /* of a number of up to nine digits, or of a number word; else -1 */
    uint8_t kind, gap; /* gap: what stands before it */
    uint8_t digits;   /* of a number, at most 255 */
    uint8_t month, currency, service, cue, twice, first, street;
    int16_t month_pair;
    bool capital;     /* a word that begins with a capital, or of a script that has none */
};

enum { WINDOW = 1024, BEHIND = 64, AHEAD = 192, DIGIT_WORDS = 128, RUN_MOST = 40 };

/* A part of the text as tokens; it slides on, so that memory does not follow the text. */
struct reader {
    str text;
    char country[3];
    ptrdiff_t next;     /* the first byte that is no token yet */
    ptrdiff_t last_end; /* of the finding before */
    int count, digit_words;
    uint8_t gap;
    bool ended;
    const struct word *digit_word[DIGIT_WORDS]; /* from nought to nine, of every language */
    struct token at[WINDOW];
};
void reader_open(struct reader *r, str text, str country);
/* Sees to it that AHEAD tokens behind i are there, as far as the text goes. Gives i as it is numbered now. */
int reader_slide(struct reader *r, int i);
const struct token *token_at(const struct reader *r, int i); /* outside of the window: one of TOKEN_NONE */
bool is_sign(const struct reader *r, int i, uint32_t point);
bool is_word(const struct reader *r, int i, enum word_class c);
bool is_number(const struct reader *r, int i, int digits_least, int digits_most);
bool is_glued(const struct reader *r, int i); /* to the token before */
str token_text(const struct reader *r, int i);
uint32_t utf8_point(str s, ptrdiff_t at, ptrdiff_t *len); /* of valid text */
uint32_t point_small(uint32_t point);   /* Latin, Greek and Cyrillic; a digit of any script becomes one of ASCII */
uint32_t point_capital(uint32_t point);
bool point_in(uint32_t point, const char *ascii);          /* one of these signs */
int point_digit(uint32_t point);                          /* 0 to 9 in any of the usual scripts, or -1 */
/* The digits of a number in ASCII: how many were written. */
int token_digits(const struct reader *r, int i, char *to, int most);
/* How many words before i the nearest one of these classes stands, at most that many; 0: none in this sentence. */
int class_before(const struct reader *r, int i, uint64_t classes, int words);
int class_before_at(const struct reader *r, int i, uint64_t classes, int words, int *token); /* and which token it is */
#define BIT(c) (UINT64_C(1) << (c))

/* ---- one reader a kind: does one begin at i? Fills kind, begin, end and normal. ---- */

void finding_span(const struct reader *r, struct finding *f, enum finding_kind kind, int first, int last); /* tokens, both inside */
void finding_put(struct finding *f, str text);          /* behind what stands in the normal form */
void finding_fold(struct finding *f, str text);         /* the same, in small letters of ASCII; other letters as they are */
void finding_point(struct finding *f, uint32_t point);  /* not seen: left out */
bool find_link(const struct reader *r, int i, struct finding *f);    /* URLs, and links to profiles and telephones */
bool find_email(const struct reader *r, int i, struct finding *f);
bool find_handle(const struct reader *r, int i, struct finding *f);
bool find_money(const struct reader *r, int i, struct finding *f);
bool find_date(const struct reader *r, int i, struct finding *f);
bool find_age(const struct reader *r, int i, struct finding *f);
bool find_phone(const struct reader *r, int i, struct finding *f);
bool find_address(const struct reader *r, int i, struct finding *f);
bool find_plate(const struct reader *r, int i, struct finding *f);
bool find_ad(const struct reader *r, int i, struct finding *f);
/* The number said in words from i on ("two thousand five hundred"): how many tokens it takes, 0: none begins here. */
int number_words(const struct reader *r, int i, int64_t *value);
/*
 * +E.164 of a telephone's digits, or the digits where nobody can tell. international: a plus or 00 stood before (and is not among the digits).
 * False: no telephone of that country, or none that anybody could call. sure: the digits fit the plan of a country that is known.
 */
bool phone_normal(str digits, bool international, const char country[3], struct finding *f, bool *sure);
#endif
