/* Makes the people of Northshire: four places, fourteen neighbourhoods, and as many invented
 * residents as asked for, with a year of emergency admissions, falls and attendances.
 *
 * Everything here is made up. The tables below are shaped like health data (they rise with age
 * and deprivation, and some people use far more than others) but were written by hand and fitted
 * to nothing; no figure says anything about a real place or person.
 *
 * Refuses to depend on the machine: integers only, no libm, no clock, no locale, so that the same
 * options give the same bytes everywhere. What a person is depends on the seed and their number
 * alone, so a smaller file is the beginning of a larger one. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BANDS   19 /* of five years, the last from 90 */
#define DECILES 10
#define PERIODS 24  /* half-months; chances of an event are per period */
#define DAYS    365 /* 1 April 2025 to 31 March 2026 */
#define MILLION 1000000

/* ---- The place ------------------------------------------------------------------------------- */

typedef enum { AGES_CITY, AGES_TOWN, AGES_COAST, AGES_RURAL, AGE_PROFILES } AgeProfile;
typedef enum { WEALTH_POOR, WEALTH_LOW, WEALTH_MIXED, WEALTH_HIGH, WEALTH_PROFILES } WealthProfile;
typedef enum { ORIGIN_DIVERSE, ORIGIN_MIXED, ORIGIN_MOSTLY_WHITE, ORIGIN_PROFILES } OriginProfile;

typedef struct {
    const char *name, *place;
    uint32_t people; /* per mille of Northshire */
    AgeProfile ages;
    WealthProfile wealth;
    OriginProfile origin;
    uint32_t quality; /* how often a check that is due is done, per mille of usual */
} Neighbourhood;

static const Neighbourhood NEIGHBOURHOODS[] = {
    {"Kingsford Centre", "Kingsford", 85, AGES_CITY, WEALTH_LOW, ORIGIN_DIVERSE, 960},
    {"Castle Hill", "Kingsford", 80, AGES_CITY, WEALTH_HIGH, ORIGIN_MIXED, 1060},
    {"Riverside", "Kingsford", 75, AGES_CITY, WEALTH_MIXED, ORIGIN_DIVERSE, 1010},
    {"Eastgate", "Kingsford", 70, AGES_CITY, WEALTH_POOR, ORIGIN_DIVERSE, 900},
    {"Old Harbour", "Westhaven", 60, AGES_COAST, WEALTH_POOR, ORIGIN_MOSTLY_WHITE, 880},
    {"North Strand", "Westhaven", 70, AGES_COAST, WEALTH_LOW, ORIGIN_MOSTLY_WHITE, 970},
    {"Saltmarsh", "Westhaven", 55, AGES_COAST, WEALTH_LOW, ORIGIN_MOSTLY_WHITE, 940},
    {"Cliff Gardens", "Westhaven", 65, AGES_COAST, WEALTH_HIGH, ORIGIN_MOSTLY_WHITE, 1080},
    {"Weavers Green", "Millbrook", 85, AGES_TOWN, WEALTH_POOR, ORIGIN_DIVERSE, 910},
    {"Canalside", "Millbrook", 80, AGES_TOWN, WEALTH_LOW, ORIGIN_MIXED, 980},
    {"Foundry Row", "Millbrook", 75, AGES_TOWN, WEALTH_MIXED, ORIGIN_MIXED, 1020},
    {"Ashdale Market", "Ashdale", 80, AGES_RURAL, WEALTH_MIXED, ORIGIN_MOSTLY_WHITE, 1050},
    {"Upper Dale", "Ashdale", 55, AGES_RURAL, WEALTH_HIGH, ORIGIN_MOSTLY_WHITE, 1070},
    {"Lower Dale", "Ashdale", 65, AGES_RURAL, WEALTH_HIGH, ORIGIN_MOSTLY_WHITE, 1100},
};
#define NEIGHBOURHOOD_COUNT (sizeof NEIGHBOURHOODS / sizeof NEIGHBOURHOODS[0])

/* Weights of the bands of age. */
static const uint32_t AGES[AGE_PROFILES][BANDS] = {
    [AGES_CITY] = {54, 55, 56, 62, 80, 78, 76, 72, 66, 60, 58, 54, 48, 42, 36, 30, 20, 12, 7},
    [AGES_TOWN] = {56, 58, 60, 57, 56, 61, 64, 63, 61, 60, 64, 65, 59, 52, 48, 40, 26, 16, 9},
    [AGES_COAST] = {40, 43, 46, 45, 40, 43, 46, 47, 49, 52, 63, 72, 76, 80, 82, 74, 50, 32, 19},
    [AGES_RURAL] = {42, 47, 52, 50, 38, 41, 46, 50, 54, 58, 68, 75, 76, 75, 74, 66, 44, 28, 16},
};

/* Weights of the deciles of deprivation, 1 the most deprived. */
static const uint32_t WEALTH[WEALTH_PROFILES][DECILES] = {
    [WEALTH_POOR] = {330, 220, 150, 100, 70, 50, 35, 25, 15, 5},
    [WEALTH_LOW] = {140, 150, 145, 130, 115, 100, 80, 60, 45, 35},
    [WEALTH_MIXED] = {50, 70, 90, 110, 125, 130, 125, 120, 100, 80},
    [WEALTH_HIGH] = {10, 15, 30, 50, 75, 105, 140, 175, 200, 200},
};

typedef enum {
    ETHNIC_ASIAN,
    ETHNIC_BLACK,
    ETHNIC_MIXED,
    ETHNIC_WHITE,
    ETHNIC_OTHER,
    ETHNIC_NOT_STATED,
    ETHNIC_GROUPS
} EthnicGroup;

static const char *const ETHNIC_CODES[ETHNIC_GROUPS] = {"asian", "black", "mixed",
                                                        "white", "other", "not_stated"};
static const uint32_t ORIGINS[ORIGIN_PROFILES][ETHNIC_GROUPS] = {
    [ORIGIN_DIVERSE] = {210, 105, 60, 510, 55, 60},
    [ORIGIN_MIXED] = {110, 50, 40, 710, 35, 55},
    [ORIGIN_MOSTLY_WHITE] = {30, 16, 20, 865, 19, 50},
};

/* ---- Health ---------------------------------------------------------------------------------- */

typedef enum {
    HAS_HYPERTENSION,
    HAS_DIABETES,
    HAS_COPD,
    HAS_SMI,
    HAS_LEARNING_DISABILITY,
    HAS_DEMENTIA,
    HAS_SMOKER,
    HAS_CARER,
    CONDITIONS
} Condition;

typedef struct {
    uint32_t chance[BANDS]; /* per 10,000, by band of age */
    int32_t gradient;       /* per mille more in decile 1, as much less in decile 10 */
    int32_t men;            /* per mille more among men, as much less among women */
    int32_t asian;          /* per mille more */
    bool counts;            /* a long-term condition, for frailty and use of services */
} ConditionTable;

/* clang-format off */
static const ConditionTable HEALTH[CONDITIONS] = {
    [HAS_HYPERTENSION] = {{0, 0, 0, 5, 30, 80, 180, 380, 700, 1150, 1750, 2400, 3100, 3900, 4650,
                           5300, 5700, 5800, 5500},
                          90, 40, 150, true},
    [HAS_DIABETES] = {{4, 12, 25, 35, 50, 80, 140, 250, 420, 640, 900, 1150, 1350, 1550, 1750,
                       1850, 1800, 1600, 1300},
                      260, 120, 900, true},
    [HAS_COPD] = {{0, 0, 0, 0, 0, 0, 10, 40, 90, 170, 290, 420, 560, 720, 850, 920, 880, 760, 600},
                  480, 60, -400, true},
    [HAS_SMI] = {{0, 0, 2, 25, 70, 95, 115, 125, 130, 135, 135, 130, 120, 110, 105, 110, 120, 130,
                  130},
                 380, 80, 0, false},
    [HAS_LEARNING_DISABILITY] = {{10, 45, 65, 80, 85, 80, 75, 65, 60, 55, 55, 52, 48, 38, 28, 20,
                                  14, 10, 6},
                                 220, 150, 0, false},
    [HAS_DEMENTIA] = {{0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 5, 12, 30, 150, 300, 620, 1180, 2050, 3100},
                      90, -90, 0, true},
    [HAS_SMOKER] = {{0, 0, 0, 210, 1450, 1700, 1800, 1780, 1700, 1620, 1580, 1500, 1350, 1080,
                     860, 650, 450, 300, 200},
                    560, 130, -150, false},
    [HAS_CARER] = {{0, 0, 15, 90, 180, 210, 260, 340, 450, 620, 800, 900, 860, 720, 640, 560, 430,
                    280, 120},
                   120, -180, 100, false},
};
/* clang-format on */

typedef enum { FRAIL_UNKNOWN, FRAIL_FIT, FRAIL_MILD, FRAIL_MODERATE, FRAIL_SEVERE } Frailty;

static const char *const FRAILTY_CODES[] = {"", "fit", "mild", "moderate", "severe"};

/* Per mille at ages 65-69 … 90+, before conditions and deprivation: severe, moderate, mild. */
static const uint32_t FRAILTY[6][3] = {{9, 50, 190},   {16, 80, 250},   {36, 130, 310},
                                       {75, 200, 340}, {130, 270, 330}, {215, 310, 280}};

/* ---- Use of services ------------------------------------------------------------------------- */

/* A year's emergency admissions other than falls, and attendances that end at home, per 1,000. */
static const uint32_t ADMISSIONS[BANDS] = {78, 30, 28, 42, 50,  52,  52,  50,  50, 54,
                                           58, 64, 74, 88, 110, 145, 190, 250, 310};
static const uint32_t ATTENDANCES[BANDS] = {560, 320, 310, 350, 380, 360, 330, 300, 280, 270,
                                            260, 250, 240, 245, 265, 320, 400, 490, 580};
/* A year's admissions after a fall, per 10,000, at ages 65-69 … 90+. */
static const uint32_t FALLS[6] = {160, 225, 340, 520, 740, 960};

/* How much one person uses beside the next who is alike, per mille; their mean is 1,000. */
static const uint32_t USE[16] = {60,  130, 200,  280,  360,  450,  550,  650,
                                 770, 900, 1050, 1230, 1450, 1750, 2250, 3920};

/* Winter and summer, per mille, by half-month from April; their mean is 1,000. */
static const uint32_t SEASON[PERIODS] = {980,  970,  960,  950,  950,  950,  960,  950,
                                         930,  930,  950,  970,  990,  1000, 1010, 1030,
                                         1070, 1110, 1130, 1100, 1060, 1030, 1020, 1000};

/* Nights in hospital, equally likely, before age and frailty. */
static const uint32_t NIGHTS[32] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 2,  2,  2,  2,  3,  3,  3,
                                    4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12, 14, 17, 21, 28, 45};

/* ---- Chance ---------------------------------------------------------------------------------- */

/* The generator of Steele, Lea and Flood (2014), "Fast splittable pseudorandom number
 * generators": one 64-bit word of state, every seed a good one. */
typedef struct {
    uint64_t state;
} Chance;

static uint64_t chance_next(Chance *chance) {
    uint64_t z = chance->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static Chance chance_of(uint64_t seed, uint64_t person) {
    Chance outer = {seed};
    Chance inner = {chance_next(&outer) ^ (person * UINT64_C(0xD1342543DE82EF95))};
    chance_next(&inner);
    return inner;
}

/* A whole number below `limit`; the bias of the multiplication is under one in four thousand
 * million. */
static uint32_t chance_below(Chance *chance, uint32_t limit) {
    return (uint32_t)(((chance_next(chance) >> 32) * limit) >> 32);
}

/* True `parts` times in a million. */
static bool chance_hits(Chance *chance, uint64_t parts) {
    return chance_below(chance, MILLION) < parts;
}

/* An index, each as likely as its weight. */
static uint32_t chance_weighted(Chance *chance, const uint32_t *weights, uint32_t count) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += weights[i];
    uint32_t at = chance_below(chance, total);
    uint32_t i = 0;
    while (at >= weights[i]) at -= weights[i++];
    return i;
}

/* ---- A person -------------------------------------------------------------------------------- */

typedef struct {
    uint64_t number;
    uint32_t neighbourhood, age, band, decile, use;
    bool male, decile_known;
    EthnicGroup ethnicity;
    Frailty frailty, recorded_frailty;
    bool has[CONDITIONS];
    uint32_t conditions; /* long-term ones */
    bool bp_controlled, diabetes_review, flu_vaccinated, health_check, annual_review;
    bool dementia_diagnosed, carer_assessed;
    uint64_t acute_cost, community_cost; /* pence */
} Person;

static bool person_older(const Person *person) {
    return person->age >= 65;
}

/* `value` times a slope along deprivation: `gradient` per mille more in decile 1, as much less
 * in decile 10, in a straight line. */
static uint64_t sloped(uint64_t value, const Person *person, int32_t gradient) {
    int64_t factor = 1000 + (int64_t)gradient * (11 - 2 * (int32_t)person->decile) / 9;
    return value * (uint64_t)factor / 1000;
}

static uint32_t draw_neighbourhood(Chance *chance) {
    uint32_t weights[NEIGHBOURHOOD_COUNT];
    for (uint32_t i = 0; i < NEIGHBOURHOOD_COUNT; i++) weights[i] = NEIGHBOURHOODS[i].people;
    return chance_weighted(chance, weights, NEIGHBOURHOOD_COUNT);
}

static uint32_t draw_age(Chance *chance, uint32_t band) {
    if (band < BANDS - 1) return band * 5 + chance_below(chance, 5);
    uint32_t age = 90;
    while (age < 104 && chance_hits(chance, 740000)) age++;
    return age;
}

static bool draw_male(Chance *chance, uint32_t age) {
    uint32_t parts = age < 25 ? 512 : age < 65 ? 497 : age < 80 ? 470 : age < 90 ? 410 : 320;
    return chance_hits(chance, parts * 1000);
}

static void draw_condition(Chance *chance, Person *person, Condition condition) {
    const ConditionTable *table = &HEALTH[condition];
    uint64_t parts = sloped((uint64_t)table->chance[person->band] * 100, person, table->gradient);
    parts = parts * (uint64_t)(1000 + (person->male ? table->men : -table->men)) / 1000;
    if (person->ethnicity == ETHNIC_ASIAN) parts = parts * (uint64_t)(1000 + table->asian) / 1000;
    if (parts > 900000) parts = 900000;
    person->has[condition] = chance_hits(chance, parts);
    if (condition == HAS_SMOKER && person->age < 16) person->has[condition] = false;
    if (condition == HAS_LEARNING_DISABILITY && person->age < 4) person->has[condition] = false;
    if (person->has[condition] && table->counts) person->conditions++;
}

static Frailty draw_frailty(Chance *chance, const Person *person) {
    if (!person_older(person)) return FRAIL_UNKNOWN;
    const uint32_t *row = FRAILTY[person->band - 13];
    uint64_t weight = sloped(700 + 190 * (uint64_t)person->conditions, person, 220);
    uint64_t at = chance_below(chance, 1000);
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t share = row[i] * weight / 1000;
        if (at < share) return (Frailty)(FRAIL_SEVERE - i);
        at -= share;
    }
    return FRAIL_FIT;
}

/* Whether a check that is due was done: `usual` per mille, sloped the other way (fewer where
 * there is more need), and better in some neighbourhoods than in others. */
static bool draw_done(Chance *chance, const Person *person, bool due, uint32_t usual) {
    uint64_t parts = sloped((uint64_t)usual * 1000, person, -90);
    parts = parts * NEIGHBOURHOODS[person->neighbourhood].quality / 1000;
    bool hit = chance_hits(chance, parts);
    return due && hit;
}

static void draw_care(Chance *chance, Person *person) {
    const bool *has = person->has;
    bool frail = person->frailty >= FRAIL_MODERATE;
    bool old = person_older(person), at_risk = has[HAS_COPD] || has[HAS_DIABETES];
    uint32_t control = person->age < 50 ? 560 : person->age < 80 ? 690 : 740;
    bool checked = has[HAS_SMI] || (has[HAS_LEARNING_DISABILITY] && person->age >= 14);
    person->bp_controlled = draw_done(chance, person, has[HAS_HYPERTENSION], control);
    person->diabetes_review = draw_done(chance, person, has[HAS_DIABETES], 550);
    person->flu_vaccinated = draw_done(chance, person, old || at_risk, old ? 740 : 460);
    person->health_check =
        draw_done(chance, person, checked, has[HAS_LEARNING_DISABILITY] ? 690 : 560);
    person->annual_review = draw_done(chance, person, frail, 590);
    person->dementia_diagnosed = draw_done(chance, person, has[HAS_DEMENTIA], 620);
    person->carer_assessed = draw_done(chance, person, has[HAS_CARER], 290);
}

static Person person_draw(Chance *chance, uint64_t number) {
    Person person = {.number = number};
    person.neighbourhood = draw_neighbourhood(chance);
    const Neighbourhood *home = &NEIGHBOURHOODS[person.neighbourhood];
    person.band = chance_weighted(chance, AGES[home->ages], BANDS);
    person.age = draw_age(chance, person.band);
    person.male = draw_male(chance, person.age);
    person.decile = 1 + chance_weighted(chance, WEALTH[home->wealth], DECILES);
    person.decile_known = !chance_hits(chance, 6000);
    person.ethnicity = (EthnicGroup)chance_weighted(chance, ORIGINS[home->origin], ETHNIC_GROUPS);
    person.use = USE[chance_below(chance, 16)];
    for (uint32_t i = 0; i < CONDITIONS; i++) draw_condition(chance, &person, (Condition)i);
    person.frailty = draw_frailty(chance, &person);
    person.recorded_frailty = chance_hits(chance, 40000) ? FRAIL_UNKNOWN : person.frailty;
    draw_care(chance, &person);
    return person;
}

/* ---- Events ---------------------------------------------------------------------------------- */

typedef struct {
    FILE *residents, *admissions, *falls, *attendances, *places;
} Files;

/* A day of the year as a date, counted from 1 April 2025. */
static void print_date(FILE *out, uint32_t day) {
    static const uint32_t lengths[12] = {30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31};
    uint32_t month = 0;
    while (day >= lengths[month]) day -= lengths[month++];
    bool next_year = month >= 9;
    fprintf(out, "%u-%02u-%02u", next_year ? 2026u : 2025u, next_year ? month - 8 : month + 4,
            day + 1);
}

/* A year's chance of an event as parts per million of this half-month. */
static uint64_t period_parts(uint64_t yearly_parts, const Person *person, uint32_t period) {
    uint64_t parts = yearly_parts * person->use / 1000 * SEASON[period] / 1000 / PERIODS;
    return parts > 800000 ? 800000 : parts;
}

static uint64_t admission_chance(const Person *person) {
    static const uint32_t frail[] = {1000, 850, 1150, 1600, 2100};
    uint64_t parts = (uint64_t)ADMISSIONS[person->band] * 1000;
    parts = sloped(parts, person, 300) * (1000 + 200 * person->conditions) / 1000;
    return parts * frail[person->frailty] / 1000;
}

static uint64_t fall_chance(const Person *person) {
    static const uint32_t frail[] = {1000, 600, 1100, 1900, 2700};
    if (!person_older(person)) return 0;
    uint64_t parts = (uint64_t)FALLS[person->band - 13] * 100;
    return sloped(parts, person, 150) * frail[person->frailty] / 1000;
}

static uint32_t draw_nights(Chance *chance, const Person *person, bool fall) {
    static const uint32_t frail[] = {1000, 900, 1050, 1250, 1400};
    uint32_t nights = NIGHTS[chance_below(chance, 32)];
    nights += chance_below(chance, nights / 3 + 1);
    uint32_t by_age = person->age < 18   ? 300
                      : person->age < 50 ? 450
                      : person->age < 65 ? 650
                      : person->age < 75 ? 850
                      : person->age < 85 ? 1050
                                         : 1200;
    nights = nights * by_age / 1000 * frail[person->frailty] / 1000;
    return fall ? nights + nights / 4 + chance_below(chance, 3) : nights;
}

/* Whether better care outside hospital might have avoided the admission. */
static bool draw_ambulatory(Chance *chance, const Person *person) {
    uint64_t parts = person->age < 5 ? 190 : 110;
    parts += person->has[HAS_COPD] ? 180 : 0;
    parts += person->has[HAS_DIABETES] ? 110 : 0;
    return chance_hits(chance, sloped(parts * 1000, person, 120));
}

static void attend(Chance *chance, const Files *files, Person *person, uint32_t day,
                   bool admitted) {
    uint32_t cost = 11000 + 100 * chance_below(chance, 240);
    person->acute_cost += cost;
    fprintf(files->attendances, "%" PRIu64 ",", person->number);
    print_date(files->attendances, day);
    fprintf(files->attendances, ",%d,%" PRIu32 "\n", admitted, cost);
}

static void admit(Chance *chance, const Files *files, Person *person, uint32_t day, bool fall) {
    uint32_t nights = draw_nights(chance, person, fall);
    uint32_t cost = 84000 + nights * 39000 + 100 * chance_below(chance, 700);
    bool ambulatory = draw_ambulatory(chance, person) && !fall;
    person->acute_cost += cost;
    fprintf(files->admissions, "%" PRIu64 ",", person->number);
    print_date(files->admissions, day);
    fprintf(files->admissions, ",%" PRIu32 ",%d,%" PRIu32 "\n", nights, ambulatory, cost);
    if (fall) {
        fprintf(files->falls, "%" PRIu64 ",", person->number);
        print_date(files->falls, day);
        fprintf(files->falls, ",%" PRIu32 "\n", nights);
    }
    if (chance_hits(chance, 720000)) attend(chance, files, person, day, true);
}

/* The year in half-months: over-dispersed across people by `use`, independent within one. */
static void person_live(Chance *chance, const Files *files, Person *person) {
    uint64_t admission = admission_chance(person), fall = fall_chance(person);
    uint64_t attendance = sloped((uint64_t)ATTENDANCES[person->band] * 1000, person, 300);
    for (uint32_t period = 0; period < PERIODS; period++) {
        uint32_t first = period * DAYS / PERIODS, next = (period + 1) * DAYS / PERIODS;
        bool admitted = chance_hits(chance, period_parts(admission, person, period));
        bool fell = chance_hits(chance, period_parts(fall, person, period));
        bool attended = chance_hits(chance, period_parts(attendance, person, period));
        uint32_t day = first + chance_below(chance, next - first);
        if (admitted) admit(chance, files, person, day, false);
        if (fell) admit(chance, files, person, day, true);
        if (attended) attend(chance, files, person, day, false);
    }
}

/* Planned hospital care, and community nursing and therapy: a chance and an amount. */
static void person_cost(Chance *chance, Person *person) {
    static const uint32_t visited[] = {18000, 60000, 240000, 620000, 860000};
    static const uint32_t visits[] = {9000, 14000, 42000, 118000, 236000};
    uint64_t planned = 140000 + 9000 * (uint64_t)person->band + 70000 * person->conditions;
    if (chance_hits(chance, planned)) {
        uint64_t pounds = 120 + (uint64_t)chance_below(chance, 2600) * person->use / 1000;
        person->acute_cost += 100 * pounds;
    }
    if (chance_hits(chance, visited[person->frailty])) {
        uint32_t usual = visits[person->frailty];
        person->community_cost = usual / 2 + 10 * (uint64_t)chance_below(chance, usual / 10);
    }
}

static void person_print(const Person *person, FILE *out) {
    const bool *has = person->has;
    fprintf(out, "%" PRIu64 ",%" PRIu32 ",%c,%s,%s,", person->number, person->age,
            person->male ? 'M' : 'F', NEIGHBOURHOODS[person->neighbourhood].name,
            ETHNIC_CODES[person->ethnicity]);
    if (person->decile_known) fprintf(out, "%" PRIu32, person->decile);
    fprintf(out, ",%s", FRAILTY_CODES[person->recorded_frailty]);
    for (uint32_t i = 0; i < CONDITIONS; i++) fprintf(out, ",%d", has[i]);
    fprintf(out, ",%d,%d,%d,%d,%d,%d,%d,%" PRIu64 ",%" PRIu64 "\n", person->dementia_diagnosed,
            person->bp_controlled, person->diabetes_review, person->flu_vaccinated,
            person->health_check, person->annual_review, person->carer_assessed, person->acute_cost,
            person->community_cost);
}

/* ---- Files ----------------------------------------------------------------------------------- */

typedef struct {
    const char *folder;
    uint64_t people, seed;
} Options;

static FILE *open_file(const char *folder, const char *name, const char *header) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = length > 0 && (size_t)length < sizeof path ? fopen(path, "wb") : NULL;
    if (!out) {
        fprintf(stderr, "make_data: cannot write %s/%s: %s\n", folder, name, strerror(errno));
        exit(EXIT_FAILURE);
    }
    fprintf(out, "%s\n", header);
    return out;
}

static void close_file(FILE *out) {
    bool bad = ferror(out) != 0;
    if (fclose(out) != 0 || bad) {
        fprintf(stderr, "make_data: a file could not be written whole\n");
        exit(EXIT_FAILURE);
    }
}

static Files open_files(const char *folder) {
    return (Files){
        .places = open_file(folder, "places.csv", "neighbourhood,place,system"),
        .residents = open_file(
            folder, "residents.csv",
            "person_id,age,sex,neighbourhood,ethnicity,imd_decile,frailty,hypertension,diabetes,"
            "copd,smi,learning_disability,dementia,smoker,carer,dementia_diagnosed,bp_controlled,"
            "diabetes_review_done,flu_vaccinated,health_check_done,annual_review_done,"
            "carer_assessed,acute_cost,community_cost"),
        .admissions =
            open_file(folder, "admissions.csv", "person_id,admitted,stay,ambulatory,cost"),
        .falls = open_file(folder, "falls.csv", "person_id,admitted,stay"),
        .attendances =
            open_file(folder, "ed_attendances.csv", "person_id,attended,admitted_after,cost"),
    };
}

static void close_files(const Files *files) {
    FILE *const all[] = {files->places, files->residents, files->admissions, files->falls,
                         files->attendances};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) close_file(all[i]);
}

static void write_all(const Options *options) {
    Files files = open_files(options->folder);
    for (size_t i = 0; i < NEIGHBOURHOOD_COUNT; i++) {
        fprintf(files.places, "%s,%s,Northshire\n", NEIGHBOURHOODS[i].name,
                NEIGHBOURHOODS[i].place);
    }
    for (uint64_t i = 0; i < options->people; i++) {
        Chance chance = chance_of(options->seed, i);
        Person person = person_draw(&chance, 1000001 + i);
        person_live(&chance, &files, &person);
        person_cost(&chance, &person);
        person_print(&person, files.residents);
    }
    close_files(&files);
}

static uint64_t whole_number(const char *text, uint64_t most) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || value > most) {
        fprintf(stderr, "make_data: `%s` is not a whole number up to %" PRIu64 "\n", text, most);
        exit(2);
    }
    return value;
}

static void usage(FILE *out) {
    fprintf(out, "usage: make_data [--people N] [--seed N] [--out FOLDER]\n"
                 "Writes places.csv, residents.csv, admissions.csv, falls.csv and\n"
                 "ed_attendances.csv (100000 people, seed 2026, this folder unless told).\n");
}

int main(int count, char **words) {
    Options options = {.folder = ".", .people = 100000, .seed = 2026};
    for (int i = 1; i < count; i++) {
        const char *word = words[i];
        if (strcmp(word, "--help") == 0) {
            usage(stdout);
            return EXIT_SUCCESS;
        }
        if (i + 1 == count) {
            usage(stderr);
            return 2;
        }
        const char *value = words[++i];
        if (strcmp(word, "--people") == 0) {
            options.people = whole_number(value, 100 * (uint64_t)MILLION);
        } else if (strcmp(word, "--seed") == 0) {
            options.seed = whole_number(value, UINT64_MAX);
        } else if (strcmp(word, "--out") == 0) {
            options.folder = value;
        } else {
            usage(stderr);
            return 2;
        }
    }
    write_all(&options);
    return EXIT_SUCCESS;
}
