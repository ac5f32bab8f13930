#include "linkage/plan.h"

const char *const field_kind_names[FIELD_KINDS] = { "exact", "name", "date", "phone", "email", "plate", "address", "handle", "text", "number", "url" };

/* The parts that a person's record may have, by the words of headers; the first that fits a column takes it. */
enum part { GIVEN, SURNAME, FULL_NAME, BORN, TELEPHONE, MAIL, STREET, CITY, POSTCODE, CAR, ACCOUNT, DOCUMENT, PAGE, PARTS };
static const struct {
    enum field_kind kind;
    const char *words; /* of a folded header, without anything but letters; | between */
} parts[PARTS] = {
    [GIVEN] = { KIND_NAME, "given|givenname|firstname|first|forename|fname|prenom|vorname|nombre" },
    [SURNAME] = { KIND_NAME, "surname|lastname|last|familyname|family|lname|nom|nachname|apellido|apellidos" },
    [FULL_NAME] = { KIND_NAME, "name|fullname|personname" },
    [BORN] = { KIND_DATE, "dob|dateofbirth|birthdate|born|birthday|geburtsdatum|fechanacimiento" },
    [TELEPHONE] = { KIND_PHONE, "phone|telephone|tel|mobile|phonenumber|cell|telefono" },
    [MAIL] = { KIND_EMAIL, "email|emailaddress|mail|correo" },
    [STREET] = { KIND_ADDRESS, "street|address|streetaddress|addressline|line|calle" },
    [CITY] = { KIND_ADDRESS, "city|town|suburb|locality|place|ciudad" },
    [POSTCODE] = { KIND_ADDRESS, "postcode|zip|zipcode|postalcode|postal|plz" },
    [CAR] = { KIND_PLATE, "plate|licenseplate|licenceplate|numberplate|registration" },
    [DOCUMENT] = { KIND_PLATE, "ssn|socsecid|socialsecuritynumber|nationalid|passport|passportnumber|documentnumber" },
    [ACCOUNT] = { KIND_HANDLE, "handle|username|account|screenname|nick|instagram|telegram|facebook|snapchat|tiktok|perfil|usuario" },
    [PAGE] = { KIND_URL, "url|link|website|webpage|homepage|profileurl|advert|adurl" },
};

static bool listed(const char *words, str word)
{
    str rest = str_of(words), one;
    while (str_split(&rest, '|', &one))
        if (str_equal(one, word))
            return true;
    return false;
}

/* Letters alone, folded: "Date_of-Birth" and "dateofbirth" are one word. */
static str folded(str name, char *to, ptrdiff_t most)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < name.len && n < most; i++) {
        char c = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] + 32) : name.at[i];
        if (c >= 'a' && c <= 'z')
            to[n++] = c;
    }
    return (str){ to, n };
}

/* What lies between "the same" and "else": the weakest first. */
static const struct {
    int count, thresholds[BETWEEN_MOST];
} between[FIELD_KINDS] = {
    [KIND_NAME] = { 2, { 800, 920 } }, [KIND_EMAIL] = { 1, { 920 } }, [KIND_HANDLE] = { 1, { 920 } }, [KIND_TEXT] = { 2, { 800, 920 } },
    [KIND_DATE] = { 2, { 2, 1 } }, [KIND_PHONE] = { 2, { 2, 1 } }, [KIND_PLATE] = { 1, { 1 } }, [KIND_NUMBER] = { 1, { 1 } },
    [KIND_URL] = { 1, { 1 } }, /* the same page, asked in other words */
};

const uint32_t address_levels[COMPARED_MOST + 1][LEVELS_MOST] = {
    [1] = { 1, ADDRESS_NEAR },
    [2] = { 1 | 2, 1, ADDRESS_NEAR | 2, 2 },
    [3] = { 1 | 4, 1 | 2, ADDRESS_NEAR | 4, 4, 2 }, /* the same house, the same street of a city, nearly so, a postcode, a city */
};

void comparison_levels(struct comparison *c)
{
    c->levels = c->between + 2;
    if (c->kind == KIND_NAME)
        c->levels += 2 + c->swapped;
    for (int i = 0; c->kind == KIND_ADDRESS && address_levels[c->field_count][i]; i++)
        c->levels = i + 2;
}

int name_step(const struct comparison *c, enum name_step step)
{
    int alike = 2 + c->swapped;
    switch (step) {
    case STEP_WORDS:
        return 1;
    case STEP_SWAPPED:
        return 2;
    case STEP_ALIKE:
        return alike;
    case STEP_SOUND:
        return alike + (c->between > 0);
    default:
        return c->between > 1 ? c->levels - 2 : c->levels - 1;
    }
}

struct comparison comparison_of(str name, enum field_kind kind, const int *fields, int n)
{
    struct comparison c = { .name = name, .kind = kind, .field_count = n, .between = between[kind].count };
    memcpy(c.fields, fields, (size_t)n * sizeof *fields);
    memcpy(c.thresholds, between[kind].thresholds, sizeof c.thresholds);
    comparison_levels(&c);
    c.frequent = kind == KIND_NAME;
    c.shared = kind == KIND_ADDRESS || kind == KIND_PHONE;
    return c;
}

bool likeness_kind(enum field_kind kind)
{
    return kind == KIND_NAME || kind == KIND_EMAIL || kind == KIND_HANDLE || kind == KIND_TEXT;
}

static str column(const struct plan *p, const struct comparison *c, int i)
{
    return p->fields[c->fields[i]].column;
}

void level_words(struct out *o, const struct plan *p, const struct comparison *c, int level)
{
    if (level >= c->levels) {
        out_str(o, lit("missing"));
    } else if (level == c->levels - 1) {
        out_str(o, lit("different"));
    } else if (c->kind == KIND_ADDRESS && c->field_count > 1) {
        const char *before = "";
        if (address_levels[c->field_count][level] & ADDRESS_NEAR) {
            out_str(o, column(p, c, 0));
            before = " nearly and ";
        }
        for (int i = 0; i < c->field_count; i++)
            if (address_levels[c->field_count][level] >> i & 1) {
                out_str(o, str_of(before));
                out_str(o, column(p, c, i));
                before = " and ";
            }
        out_str(o, lit(" the same"));
    } else if (level == 0) {
        out_str(o, lit("the same"));
    } else if (c->kind == KIND_ADDRESS) {
        out_str(o, lit("nearly the same"));
    } else if (c->kind == KIND_URL) {
        out_str(o, lit("the same page"));
    } else if (c->kind == KIND_NAME && level == name_step(c, STEP_WORDS)) {
        out_str(o, lit("the same words"));
    } else if (c->swapped && level == name_step(c, STEP_SWAPPED)) {
        out_str(o, lit("swapped with "));
        out_str(o, p->fields[c->with - 1].column);
    } else if (c->kind == KIND_NAME && level == name_step(c, STEP_SOUND)) {
        out_str(o, lit("by ear, short form or initial"));
    } else {
        int threshold = c->thresholds[c->kind == KIND_NAME && level == name_step(c, STEP_ALIKE) ? c->between - 1 : c->levels - 2 - level];
        out_str(o, likeness_kind(c->kind) ? lit("alike to 0.") : lit("slips: "));
        if (likeness_kind(c->kind)) {
            out_char(o, (char)('0' + threshold / 100));
            out_char(o, (char)('0' + threshold / 10 % 10));
        } else {
            out_int(o, threshold);
        }
    }
}

void comparison_swap(struct plan *p, int leads, int other)
{
    struct comparison *a = &p->comparisons[leads], *b = &p->comparisons[other];
    a->with = b->fields[0] + 1;
    b->with = a->fields[0] + 1;
    a->swapped = true;
    comparison_levels(a);
}

static void compare(struct plan *p, str name, enum field_kind kind, const int *fields, int n)
{
    p->comparisons[p->comparison_count++] = comparison_of(name, kind, fields, n);
}

static void rule(struct plan *p, const int of[PARTS], const struct rule_part *wanted, int n)
{
    struct rule r = { .count = n };
    for (int i = 0; i < n; i++) {
        if (of[wanted[i].field] < 0)
            return;
        r.parts[i] = (struct rule_part){ of[wanted[i].field], wanted[i].first, wanted[i].sound };
    }
    p->rules[p->rule_count++] = r;
}

/* Two facts that seldom agree by chance, or one that never does; short beginnings and names by ear last, for what was misspelt. */
static void guess_rules(struct plan *p, const int of[PARTS])
{
    static const struct {
        struct rule_part parts[PARTS_MOST];
        int count;
    } wanted[] = {
        { { { GIVEN, 0 }, { SURNAME, 0 } }, 2 }, { { { FULL_NAME, 0 } }, 1 }, { { { GIVEN, 0 }, { BORN, 0 } }, 2 },
        { { { SURNAME, 0 }, { BORN, 0 } }, 2 }, { { { TELEPHONE, 0 } }, 1 }, { { { MAIL, 0 } }, 1 }, { { { CAR, 0 } }, 1 },
        { { { ACCOUNT, 0 } }, 1 }, { { { PAGE, 0 } }, 1 }, { { { DOCUMENT, 0 } }, 1 }, { { { POSTCODE, 0 }, { SURNAME, 0 } }, 2 }, { { { POSTCODE, 0 }, { GIVEN, 0 } }, 2 },
        { { { BORN, 0 }, { POSTCODE, 0 } }, 2 }, { { { BORN, 0 }, { CITY, 0 } }, 2 }, { { { STREET, 0 }, { CITY, 0 } }, 2 },
        { { { GIVEN, 3 }, { SURNAME, 3 }, { CITY, 0 } }, 3 }, { { { SURNAME, 4 }, { BORN, 7 } }, 2 },
        { { { GIVEN, .sound = true }, { SURNAME, .sound = true } }, 2 }, { { { FULL_NAME, .sound = true } }, 1 },
    };
    for (ptrdiff_t i = 0; i < countof(wanted); i++)
        rule(p, of, wanted[i].parts, wanted[i].count);
    if (!p->rule_count) /* one fact is all there is */
        for (int i = 0; i < p->field_count; i++)
            p->rules[p->rule_count++] = (struct rule){ { { i, 0 } }, 1 };
}

bool plan_guess(const str *columns, ptrdiff_t n, struct plan *out)
{
    int of[PARTS], address[COMPARED_MOST], lines = 0;
    char word[64];
    *out = (struct plan){ 0 };
    for (int part = 0; part < PARTS; part++) {
        of[part] = -1;
        if (part == FULL_NAME && of[GIVEN] >= 0 && of[SURNAME] >= 0)
            continue; /* the same words once more */
        for (ptrdiff_t i = 0; i < n && of[part] < 0; i++)
            if (listed(parts[part].words, folded(columns[i], word, sizeof word))) {
                of[part] = out->field_count;
                out->fields[out->field_count++] = (struct plan_field){ columns[i], parts[part].kind };
            }
    }
    for (ptrdiff_t i = 0; i < n && !out->id.len; i++)
        if (listed("id|recid|recordid|uniqueid|uid|key", folded(columns[i], word, sizeof word)))
            out->id = columns[i];
    for (int part = 0; part < PARTS; part++) {
        if (of[part] < 0)
            continue;
        if (parts[part].kind == KIND_ADDRESS)
            address[lines++] = of[part];
        else if (out->comparison_count + 1 < COMPARISONS_MOST) /* one is kept for the address; what comes last says least */
            compare(out, out->fields[of[part]].column, parts[part].kind, &of[part], 1);
        if (part == SURNAME)
            out->comparisons[out->comparison_count - 1].shared = true;
        if (part == SURNAME && of[GIVEN] >= 0)
            comparison_swap(out, out->comparison_count - 2, out->comparison_count - 1);
    }
    if (lines)
        compare(out, lit("address"), KIND_ADDRESS, address, lines);
    guess_rules(out, of);
    return out->comparison_count > 0;
}
