#include "app/demo/demo_story.h"

/* One row a situation. %p place, %n number of people, %b nickname, %k plate, %t telephone. */
struct situation {
    const char *venue, *industry, *signs[STORY_SIGNS], *minor, *danger;
    const char *english[3], *spanish[3];
};
/* clang-format off */
static const struct situation situations[] = {
    { "farm_ranch", "NIEM-01", { "CD_DOCS", "CD_DEBT", "EX_PAY" }, "not_sure", "not_sure",
      { "About %n people pack tomatoes at %p. A man they call %b keeps all the passports. A white van, plate starts %k, brings them at five.",
        "My neighbor works at %p with %n others. They owe money for the trip and it never gets smaller. Ask for %b.",
        "I deliver boxes to %p. The workers sleep in a shed behind it and are told not to talk to me. Phone on the door: %t." },
      { "Unas %n personas empacan tomate en %p. Un hombre al que llaman %b guarda todos los pasaportes. Una camioneta blanca, placa %k, los trae a las cinco.",
        "Mi vecino trabaja en %p con otros %n. Deben dinero por el viaje y la deuda nunca baja. El jefe es %b.",
        "Entrego cajas en %p. Los trabajadores duermen en un galpón y les dicen que no hablen conmigo. En la puerta hay un teléfono: %t." } },
    { "construction_site", "NIEM-05", { "CD_WAGES", "EX_DANGER", "CD_THREAT" }, "no", "no",
      { "A crew of %n at the building site on %p has not been paid for five weeks. %b says he will report them if they ask.",
        "No helmets, no pay, %n men in two rooms near %p. The boss drives a truck with plate %k.",
        "My husband works for %b at %p. They took his phone. I can call only %t." },
      { "Una cuadrilla de %n en la obra de %p no cobra desde hace cinco semanas. %b dice que los va a denunciar si preguntan.",
        "Sin casco y sin pago, %n hombres en dos cuartos cerca de %p. El jefe maneja una camioneta con placa %k.",
        "Mi esposo trabaja para %b en %p. Le quitaron el teléfono. Solo puedo llamar al %t." } },
    { "relative_home", "NIEM-07", { "EX_HOMEWORK", "CD_LOCKED", "CD_PHONE" }, "not_sure", "not_sure",
      { "A young woman cleans and minds children in a house on %p. She is never alone and has one free hour a week.",
        "The lady next door at %p has a maid who cannot leave. She passed me a note with %t on it.",
        "I am the cook in a house at %p. They keep my papers. Please do not come to the door, %b will be angry." },
      { "Una joven limpia y cuida niños en una casa en %p. Nunca está sola y tiene una hora libre por semana.",
        "La señora de al lado, en %p, tiene una empleada que no puede salir. Me pasó un papel con el %t.",
        "Soy la cocinera de una casa en %p. Tienen mis papeles. Por favor no vengan a la puerta, %b se enoja." } },
    { "hotel_motel_based", "NIEM-13", { "CD_VIOLENCE", "CD_LOCKED", "CH_ALONE" }, "yes", "yes",
      { "Room at the motel on %p: a girl who looks fifteen, different men every hour. Car outside with plate %k.",
        "I clean rooms at the motel on %p. Four guests never leave. A man called %b pays in cash and stands in the hall.",
        "I heard screaming last night at the motel on %p. The front desk says it is nothing. The number in the ad is %t." },
      { "Cuarto del motel en %p: una chica que parece de quince años, hombres distintos cada hora. Afuera un carro con placa %k.",
        "Limpio cuartos en el motel de %p. Cuatro huéspedes nunca salen. Un hombre, %b, paga en efectivo y vigila el pasillo.",
        "Anoche oí gritos en el motel de %p. En recepción dicen que no es nada. El número del anuncio es %t." } },
    { "massage_parlor", "NIEM-15", { "CD_LOCKED", "CD_DEBT", "CD_LIE" }, "no", "no",
      { "The massage place at %p: the women sleep there, the door is opened from outside, new faces every two weeks.",
        "A customer here. One of them at %p asked me quietly for help. %b holds the money. Plate of his car: %k.",
        "They said it was office work. It is not. I am at %p, write to %t only in the morning." },
      { "El salón de masajes en %p: las mujeres duermen allí, la puerta se abre desde afuera, caras nuevas cada dos semanas.",
        "Fui cliente. Una de ellas, en %p, me pidió ayuda en voz baja. %b guarda el dinero. Placa de su carro: %k.",
        "Dijeron que era trabajo de oficina. No lo es. Estoy en %p, escriban al %t solo por la mañana." } },
    { "bar_cantina_restaurant", "NIEM-26", { "EX_HOURS", "EX_PAY", "CD_DOCS" }, "not_sure", "no",
      { "The kitchen at %p works %n people from ten in the morning to two at night. %b keeps the papers in the safe.",
        "The dishwasher at %p is about sixteen and lives above the kitchen. He said he may not go to school.",
        "Same van, plate %k, brings the same tired people to %p every day. Nobody is paid, they say tips only." },
      { "La cocina de %p tiene a %n personas desde las diez de la mañana hasta las dos de la noche. %b guarda los papeles en la caja fuerte.",
        "El lavaplatos de %p tiene unos dieciséis años y vive arriba de la cocina. Dijo que no lo dejan ir a la escuela.",
        "La misma camioneta, placa %k, trae a la misma gente cansada a %p todos los días. Dicen que solo les dan propinas." } },
    { "street_based", "NIEM-20", { "EX_BEG", "CH_WORK", "CD_FOOD" }, "yes", "not_sure",
      { "Children sell candy at the lights on %p until midnight. A car, plate %k, collects the money.",
        "The same girl, maybe ten, begs at %p with a baby that is always asleep. A man called %b watches from the corner.",
        "They are driven to %p at six and picked up at one. I counted %n. They looked hungry." },
      { "Unos niños venden dulces en el semáforo de %p hasta la medianoche. Un carro, placa %k, recoge el dinero.",
        "La misma niña, de unos diez años, pide en %p con un bebé que siempre duerme. Un hombre, %b, la vigila desde la esquina.",
        "Los llevan a %p a las seis y los recogen a la una. Conté %n. Se veían con hambre." } },
    { "webchat", "NIEM-25", { "VR_ONLINE", "CH_GIFTS", "CD_THREAT" }, "yes", "no",
      { "Somebody who calls himself %b writes to my daughter and sends her phones. He wants to meet at %p on Saturday.",
        "He has pictures of me and says he will send them to my school. He uses the name %b and the number %t.",
        "An account called %b offers modeling jobs to girls at our school, always a hotel near %p." },
      { "Alguien que se hace llamar %b le escribe a mi hija y le manda teléfonos. Quiere verla en %p el sábado.",
        "Tiene fotos mías y dice que las va a mandar a mi escuela. Usa el nombre %b y el número %t.",
        "Una cuenta llamada %b ofrece trabajo de modelo a las chicas de la escuela, siempre en un hotel cerca de %p." } },
};
static const char *const roads[] = { "Old Mill Road", "Cedar Fork Lane", "Harbor Street", "Quarry Hill", "Tanner Creek Road",
    "North Depot Street", "Pinelog Road", "Ferry Landing", "Sawyer Avenue", "Brickyard Lane", "Linden Court", "Turnpike Road" };
static const char *const towns[] = { "Carverton", "Eastmere", "Holloway Falls", "Marrow Bay", "Pellham", "Stonebridge Mills",
    "Tillery", "Wexcombe" };
static const char *const nicknames[] = { "Beto", "Boss Ray", "Auntie", "Mister D", "El Flaco", "Coach", "Nico", "The Uncle" };
static const char *const answers_en[] = {
    "Thank you for writing. A person has read it. Do you know at what time of day it happens? \"Not sure\" is a good answer.",
    "This helps. You need do nothing more. Please do not go closer or ask questions there: your safety comes first.",
    "We have passed on what matters, without anything about you. If the danger grows, call the emergency number.",
};
static const char *const answers_es[] = {
    "Gracias por escribir. Una persona lo ha leído. ¿Sabe a qué hora del día pasa? \"No lo sé\" es una buena respuesta.",
    "Esto ayuda. No tiene que hacer nada más. Por favor no se acerque ni pregunte allí: lo primero es su seguridad.",
    "Hemos pasado lo importante, sin nada sobre usted. Si el peligro crece, llame al número de emergencia.",
};
/* clang-format on */

int demo_pick(struct chance *c, int n)
{
    uint32_t x;
    c->fill(c, &x, sizeof x);
    return (int)(x % (uint32_t)n);
}

bool demo_of_hundred(struct chance *c, int n)
{
    return demo_pick(c, 100) < n;
}

str demo_nickname(struct chance *c)
{
    return str_of(nicknames[demo_pick(c, countof(nicknames))]);
}

static str format_number(struct arena *a, const char *pattern, int n)
{
    char b[64];
    int len = snprintf(b, sizeof b, "%s%02d", pattern, n);
    return str_copy(a, (str){ b, len });
}

struct details {
    str place, people, nickname, plate, telephone;
};

/* Area codes of North America: in each, 555-0100 to 555-0199 are kept for fiction. */
static const short area_codes[] = {
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239, 240, 248,
    251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316,
    317, 318, 319, 320, 321, 323, 325, 330, 331, 334, 336, 337, 339, 347, 351, 352, 360, 361, 386, 401, 402, 404, 405, 406, 407, 408,
    409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 430, 432, 434, 435, 440, 443, 469, 478, 479, 480, 484, 501, 502, 503, 504,
    505, 507, 508, 509, 510, 512, 513, 515, 516, 517, 518, 520, 530, 540, 541, 551, 559, 561, 562, 563, 567, 570, 571, 573, 574, 580,
    585, 586, 601, 602, 603, 605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619, 620, 623, 626, 630, 631, 636, 641, 646,
    650, 651, 660, 661, 662, 678, 682, 701, 702, 703, 704, 706, 707, 708, 712, 713, 714, 715, 716, 717, 718, 719, 720, 724, 727, 731,
    732, 734, 740, 754, 757, 760, 763, 765, 770, 772, 773, 774, 775, 781, 785, 786, 801, 802, 803, 804, 805, 806, 808, 810, 812, 813,
    814, 815, 816, 817, 818, 828, 830, 831, 832, 843, 845, 847, 848, 850, 856, 857, 858, 859, 860, 863, 864, 865, 870, 901, 903, 904,
    906, 907, 908, 909, 910, 912, 913, 914, 915, 916, 917, 918, 919, 920, 925, 928, 931, 936, 937, 940, 941, 947, 949, 951, 952, 954,
    956, 970, 971, 972, 973, 978, 979, 980, 985, 989,
};

/*
 * Most tips name a number that no other names; one in twelve takes one of a hundred that several name, so that what looks alike is rare, is there,
 * and means something.
 */
static str invent_telephone(struct arena *a, struct chance *c)
{
    int area = demo_pick(c, 12) ? area_codes[demo_pick(c, countof(area_codes))] : 213;
    struct out o = { .arena = a };
    out_int(&o, area);
    out_str(&o, lit("-555-01"));
    return format_number(a, str_c(a, out_view(&o)), demo_pick(c, 100));
}

/* No plate of a state looks so. */
static str invent_plate(struct arena *a, struct chance *c)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    const char start[] = { (char)('2' + demo_pick(c, 8)), letters[demo_pick(c, sizeof letters - 1)], letters[demo_pick(c, sizeof letters - 1)], 0 };
    return format_number(a, start, demo_pick(c, 100));
}

static struct details invent(struct arena *a, struct chance *c, int people)
{
    struct details d;
    struct out place = { .arena = a };
    out_int(&place, 10 + demo_pick(c, 890));
    out_char(&place, ' ');
    out_str(&place, str_of(roads[demo_pick(c, countof(roads))]));
    out_str(&place, lit(", "));
    out_str(&place, str_of(towns[demo_pick(c, countof(towns))]));
    d.place = out_view(&place);
    d.people = format_number(a, "", people);
    if (people < 10)
        d.people = str_part(d.people, 1, 2);
    d.nickname = demo_nickname(c);
    d.plate = invent_plate(a, c);
    d.telephone = invent_telephone(a, c);
    return d;
}

static str fill(struct arena *a, const char *pattern, const struct details *d)
{
    struct out o = { .arena = a };
    for (const char *p = pattern; *p; p++) {
        if (*p != '%') {
            out_char(&o, *p);
            continue;
        }
        switch (*++p) {
        case 'p': out_str(&o, d->place); break;
        case 'n': out_str(&o, d->people); break;
        case 'b': out_str(&o, d->nickname); break;
        case 'k': out_str(&o, d->plate); break;
        case 't': out_str(&o, d->telephone); break;
        default:  must(!"unknown hole in a story");
        }
    }
    return out_view(&o);
}

static str identifiers_of(struct arena *a, const char *pattern, const struct details *d)
{
    struct out o = { .arena = a };
    if (strstr(pattern, "%k")) {
        out_str(&o, d->plate);
        out_char(&o, '\n');
    }
    if (strstr(pattern, "%t")) {
        out_str(&o, d->telephone);
        out_char(&o, '\n');
    }
    return out_view(&o);
}

struct story demo_story(struct arena *a, struct chance *c)
{
    const struct situation *x = &situations[demo_pick(c, countof(situations))];
    static const char *const whens[] = { "now", "month", "before", "not_sure" };
    static const char *const consents[] = { "anonymous", "anonymous", "confidential", "share" };
    struct story s = { .spanish = demo_pick(c, 3) == 0, .people = 2 + demo_pick(c, 14) };
    struct details d = invent(a, c, s.people);
    const char *pattern = (s.spanish ? x->spanish : x->english)[demo_pick(c, 3)];
    s.narrative = fill(a, pattern, &d);
    s.place = d.place;
    s.identifiers = identifiers_of(a, pattern, &d);
    s.venue = x->venue;
    s.industry = x->industry;
    for (int i = 0; i < STORY_SIGNS; i++)
        s.signs[i] = demo_pick(c, 3) ? x->signs[i] : NULL;
    s.danger = x->danger;
    s.minor = x->minor;
    s.when = whens[demo_pick(c, countof(whens))];
    s.consent = consents[demo_pick(c, countof(consents))];
    if (strcmp(s.consent, "anonymous"))
        s.contact = str_join(a, s.spanish ? lit("Mensaje al ") : lit("Text to "), d.telephone);
    return s;
}

str demo_answer(struct chance *c, bool spanish)
{
    return str_of(spanish ? answers_es[demo_pick(c, countof(answers_es))] : answers_en[demo_pick(c, countof(answers_en))]);
}
