/* Makes linked people and events for the bench, as CSV: `gen PEOPLE SEED FOLDER EVENTS` writes
 * persons.csv, events.csv (EVENTS for each person on average) and the members of what they are
 * grouped by: areas.csv, practices.csv, neighbourhoods.csv. A row depends on the seed and its
 * number only, the number of areas and practices on how many people there are.
 *
 * The people are invented, shaped like a linked health record (illness rises with age and
 * deprivation, fields are missing where they would be) and fitted to nothing. Refuses to be
 * pretty data: it is there to be counted. The example's own people are made elsewhere. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BANDS = 19,
    CONDITIONS = 12,
    ETHNICITIES = 16,
    NEIGHBOURHOODS = 60,
    PLACE_SIZE = 6, /* neighbourhoods of a place */
    CHUNK = 8 << 20,
    ROW_LIMIT = 1024,
    MOST_EVENTS = 1000 /* of one person: who means all of them would fill a disk */
};

static const double AGE_WEIGHTS[BANDS] = {5.4, 5.9, 6.1, 5.8, 6.0, 6.6, 7.0, 6.7, 6.3, 6.2,
                                          6.8, 6.7, 5.8, 4.9, 4.9, 3.9, 2.5, 1.6, 0.9};
static const char ETHNICITY_CODES[] = "ABCDEFGHJKLMNPRS";
static const double ETHNICITY_SHARES[ETHNICITIES] = {
    .735, .009, .055, .008, .004, .009, .009, .032, .028, .011, .017, .012, .026, .006, .007, .032};
static const char *const FRAILTY[] = {"fit", "mild", "moderate", "severe"};

typedef enum {
    HEALTHY,
    MATERNAL_CHILD,
    AT_RISK,
    SINGLE_LTC,
    MULTI_LTC,
    MENTAL_HEALTH,
    FRAIL,
    END_OF_LIFE
} Segment;
static const char *const SEGMENTS[] = {"healthy",   "maternal_child", "at_risk", "single_ltc",
                                       "multi_ltc", "mental_health",  "frailty", "end_of_life"};

/* Of each condition: how common, how steeply it rises with age, and what brings the average over
 * ages back to how common it is. */
enum { HYPERTENSION = 4, ASTHMA = 5, DEPRESSION = 8, SMI = 9, CANCER = 10 };
static const double PREVALENCE[CONDITIONS] = {.075, .022,  .011, .031,  .145, .07,
                                              .042, .0085, .125, .0095, .034, .019};
static const double STEEPNESS[CONDITIONS] = {3.2, 4.0, 6.0, 5.0, 3.2, 0.2,
                                             5.5, 9.5, 0.3, 0.3, 4.0, 5.0};
static const double LEVEL[CONDITIONS] = {.33, .27, .20, .22, .33, .86,
                                         .21, .13, .82, .82, .27, .22};

static const char *const EVENT_TYPES[] = {"ed",         "emergency", "elective",
                                          "outpatient", "gp",        "community"};
static const double EVENT_COSTS[] = {140, 2100, 1500, 110, 35, 60};

/* ---- Chance ---------------------------------------------------------------------------------- */

typedef struct {
    uint64_t state;
} Random;

static uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next(Random *random) {
    uint64_t z = mix(random->state);
    random->state += 0x9E3779B97F4A7C15u;
    return z;
}

static double uniform(Random *random) {
    return (double)(next(random) >> 11) * 0x1p-53;
}

/* Knuth's multiplication; at most 59. */
static int poisson(Random *random, double mean) {
    double least = exp(-mean), product = 1;
    int count = 0;
    do {
        count++;
        product *= uniform(random);
    } while (product > least && count < 60);
    return count - 1;
}

/* ---- Writing --------------------------------------------------------------------------------- */

typedef struct {
    FILE *file;
    char *chunk, *at;
} Writer;

static void writer_open(Writer *writer, const char *folder, const char *name) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    writer->file = length > 0 && (size_t)length < sizeof path ? fopen(path, "wb") : NULL;
    writer->at = writer->chunk = malloc(CHUNK);
    if (writer->file && writer->chunk) return;
    perror(path);
    exit(1);
}

static void writer_flush(Writer *writer) {
    size_t size = (size_t)(writer->at - writer->chunk);
    if (fwrite(writer->chunk, 1, size, writer->file) != size) {
        perror("gen");
        exit(1);
    }
    writer->at = writer->chunk;
}

static void writer_close(Writer *writer) {
    writer_flush(writer);
    if (fclose(writer->file)) {
        perror("gen");
        exit(1);
    }
    free(writer->chunk);
}

static void put(Writer *writer, char c) {
    *writer->at++ = c;
}

static void put_text(Writer *writer, const char *text) {
    while (*text) put(writer, *text++);
}

static void put_number(Writer *writer, uint64_t value) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count) put(writer, digits[--count]);
}

static void put_padded(Writer *writer, uint64_t value, int width) {
    for (int i = width - 1; i >= 0; i--) {
        writer->at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    writer->at += width;
}

static void put_money(Writer *writer, double pounds) {
    uint64_t pence = (uint64_t)(pounds * 100 + 0.5);
    put_number(writer, pence / 100);
    if (!(pence % 100)) return;
    put(writer, '.');
    put_padded(writer, pence % 100, 2);
}

static void end_row(Writer *writer) {
    put(writer, '\n');
    if (writer->at - writer->chunk > CHUNK - ROW_LIMIT) writer_flush(writer);
}

/* ---- The place ------------------------------------------------------------------------------- */

typedef struct {
    uint64_t people, seed;
    uint32_t areas, practices;
    uint8_t *decile;         /* of deprivation, of each area */
    double *diversity;       /* of each area */
    double age_share[BANDS]; /* cumulative */
} World;

static uint32_t between(uint64_t value, uint32_t low, uint32_t high) {
    return value < low ? low : value > high ? high : (uint32_t)value;
}

static void make_area(World *world, uint32_t area) {
    Random random = {mix(world->seed * 77 + area)};
    uint32_t neighbourhood = area % NEIGHBOURHOODS;
    double spread = uniform(&random);
    spread += uniform(&random);
    spread += uniform(&random);
    double level = 5.5 + ((int)(neighbourhood * 7 % 11) - 5) * 0.5 + (spread - 1.5) * 5.2;
    int decile = (int)floor(level + .5);
    decile = decile < 1 ? 1 : decile > 10 ? 10 : decile;
    world->decile[area] = (uint8_t)decile;
    double first = uniform(&random), second = uniform(&random);
    world->diversity[area] = 0.35 + 1.5 * first * second * (11 - decile) / 5.;
}

static void make_world(World *world) {
    world->areas = between(world->people / 1700, NEIGHBOURHOODS, 33755);
    world->practices = between(world->people / 9000, NEIGHBOURHOODS, 6400);
    world->decile = malloc(world->areas);
    world->diversity = malloc(world->areas * sizeof *world->diversity);
    if (!world->decile || !world->diversity) {
        perror("gen");
        exit(1);
    }
    for (uint32_t area = 0; area < world->areas; area++) make_area(world, area);
    double total = 0;
    for (int i = 0; i < BANDS; i++) world->age_share[i] = total += AGE_WEIGHTS[i];
    for (int i = 0; i < BANDS; i++) world->age_share[i] /= total;
}

static void put_area(Writer *writer, const World *world, uint32_t area) {
    uint32_t step = 33755 / world->areas;
    put_text(writer, "E01");
    put_padded(writer, 1000 + (uint64_t)area * (step ? step : 1), 6);
}

static void put_practice(Writer *writer, uint32_t practice) {
    put(writer, "ABCEFGHJKLMNPWY"[practice % 15]);
    put_padded(writer, 80000 + practice, 5);
}

static void put_neighbourhood(Writer *writer, uint32_t neighbourhood) {
    put_text(writer, "NB");
    put_padded(writer, neighbourhood + 1, 3);
}

/* Scatters numbers, so that keys do not come in order: a Feistel network, hence one to one. */
static uint64_t key_of(uint64_t person) {
    uint32_t left = (uint32_t)person >> 16, right = (uint32_t)person & 0xffff;
    for (uint64_t round = 0; round < 4; round++) {
        uint32_t mixed = (uint32_t)(mix((round << 40) ^ right ^ 0xABCDEFu) >> 20) & 0xffff;
        uint32_t old = left;
        left = right;
        right = old ^ mixed;
    }
    return UINT64_C(4000000000) + ((left << 16) | right);
}

/* ---- A person -------------------------------------------------------------------------------- */

typedef struct {
    uint32_t area, neighbourhood;
    int decile, age, ethnicity, conditions, frailty, attendances, admissions, contacts;
    double deprivation, risk;
    double acute, community, mental, primary, social;
    unsigned has; /* conditions, a bit each */
    Segment segment;
    bool female, died;
    bool no_area, no_ethnicity, no_risk, no_sex, no_frailty; /* fields that are missing */
} Person;

static bool has(const Person *p, int condition) {
    return p->has >> condition & 1;
}

static void draw_person(Random *random, const World *world, Person *p) {
    p->area = (uint32_t)(next(random) % world->areas);
    p->neighbourhood = p->area % NEIGHBOURHOODS;
    p->decile = world->decile[p->area];
    p->deprivation = 1 + 0.07 * (5.5 - p->decile);
    double u = uniform(random);
    int band = 0;
    while (u > world->age_share[band]) band++;
    if (band < BANDS - 1)
        p->age = band * 5 + (int)(uniform(random) * 5);
    else
        p->age = 90 + (int)(-log(1 - uniform(random) * 0.9995) * 2.6);
    if (p->age > 110) p->age = 110;
    p->female = uniform(random) < (p->age > 84 ? 0.62 : 0.505);
    p->no_area = uniform(random) < 0.01;
    p->no_ethnicity = uniform(random) < 0.06;
    p->no_risk = uniform(random) < 0.02;
    p->no_sex = uniform(random) < 0.0005;
    p->no_frailty = uniform(random) < 0.03;
}

static void draw_ethnicity(Random *random, const World *world, Person *p) {
    double u = uniform(random), first = ETHNICITY_SHARES[0], sum = 0;
    if (u < 0.05 * world->diversity[p->area] * 4) u = first + uniform(random) * (1 - first);
    for (p->ethnicity = 0; p->ethnicity < ETHNICITIES - 1; p->ethnicity++) {
        sum += ETHNICITY_SHARES[p->ethnicity];
        if (u < sum) break;
    }
    uniform(random); /* one draw that nothing uses, so that older files come out the same */
}

static void draw_conditions(Random *random, Person *p) {
    double age = p->age / 100.0;
    for (int k = 0; k < CONDITIONS; k++) {
        double by_age = exp(STEEPNESS[k] * (age - 0.4)) * LEVEL[k];
        double chance = PREVALENCE[k] * by_age * (k == CANCER ? 1.0 : p->deprivation) *
                        (p->conditions ? 1.35 : 0.9);
        if (p->age < 18 && k != ASTHMA && k != DEPRESSION) chance *= 0.08;
        if (chance > 0.75) chance = 0.75;
        if (uniform(random) >= chance) continue;
        p->has |= 1u << k;
        p->conditions++;
    }
}

static void draw_prospects(Random *random, Person *p) {
    double age = p->age / 100.0;
    double index = (p->age > 49 ? (p->age - 50) * 0.012 : 0) + p->conditions * 0.055 +
                   (uniform(random) - 0.5) * 0.30 + (p->deprivation - 1) * 0.3 - 0.12;
    p->frailty = index < 0.24 ? 0 : index < 0.42 ? 1 : index < 0.60 ? 2 : 3;
    double noise = uniform(random);
    noise += uniform(random);
    double odds = -4.6 + 2.6 * age + 0.42 * p->conditions + 0.45 * p->frailty +
                  1.2 * (p->deprivation - 1) + (noise - 1) * 0.9;
    p->risk = 1 / (1 + exp(-odds));
    double ageing = p->age > 50 ? 0.0009 * exp(0.085 * (p->age - 50)) * 0.6 : 0;
    p->died = uniform(random) < 0.0006 + ageing * (p->frailty > 1 ? 1.9 : 0.8);
}

static Segment draw_segment(Random *random, const Person *p) {
    if (p->died || (p->frailty == 3 && p->age > 85 && uniform(random) < 0.2)) return END_OF_LIFE;
    if (p->frailty >= 2) return FRAIL;
    if (has(p, SMI)) return MENTAL_HEALTH;
    if (p->conditions >= 2) return MULTI_LTC;
    if (p->conditions == 1) return has(p, DEPRESSION) ? MENTAL_HEALTH : SINGLE_LTC;
    if (p->age < 5 || (p->female && p->age > 20 && p->age < 40 && uniform(random) < 0.07))
        return MATERNAL_CHILD;
    return p->decile <= 2 || p->risk > 0.04 ? AT_RISK : HEALTHY;
}

static double acute_cost(Random *random, const Person *p) {
    double cost = p->admissions * (1900 + 3400 * uniform(random));
    cost += p->attendances * (120 + 160 * uniform(random));
    return cost + (uniform(random) < 0.22 ? 150 + 900 * uniform(random) : 0);
}

static double mental_cost(Random *random, const Person *p) {
    if (has(p, SMI)) return 2500 + 4000 * uniform(random);
    if (!has(p, DEPRESSION)) return 0;
    return uniform(random) < 0.3 ? 200 + 700 * uniform(random) : 0;
}

static void draw_use(Random *random, Person *p) {
    bool infant = p->age < 5;
    p->attendances = poisson(random, 0.22 + 2.2 * p->risk + 0.25 * infant);
    p->admissions = poisson(random, 0.02 + 0.95 * p->risk);
    p->contacts = poisson(random, 1.4 + 4.2 * (p->age / 100.0) + 1.1 * p->conditions + infant * 2);
    p->acute = acute_cost(random, p);
    p->community = p->frailty > 1 || uniform(random) < 0.08
                       ? 60 + 1500 * uniform(random) * (1 + p->frailty) * 0.5
                       : 0;
    p->mental = mental_cost(random, p);
    p->primary = p->contacts * (31 + uniform(random) * 8);
    p->primary += p->conditions * (20 + 70 * uniform(random));
    if (p->age > 64 && uniform(random) < 0.03 + 0.07 * p->frailty)
        p->social = 2500 + 15000 * uniform(random);
    else
        p->social = uniform(random) < 0.006 ? 9000 + 20000 * uniform(random) : 0;
}

static void put_record(Writer *out, const World *world, uint32_t practice, const Person *p) {
    if (!p->no_sex) put(out, p->female ? 'F' : 'M');
    put(out, ',');
    if (!p->no_area) put_number(out, (uint64_t)p->decile);
    put(out, ',');
    if (!p->no_ethnicity) put(out, ETHNICITY_CODES[p->ethnicity]);
    put(out, ',');
    if (!p->no_area) put_area(out, world, p->area);
    put(out, ',');
    put_practice(out, practice);
    put(out, ',');
    put_neighbourhood(out, p->neighbourhood);
    put_text(out, ",PL");
    put_padded(out, p->neighbourhood / PLACE_SIZE + 1, 2);
    put(out, ',');
    put_text(out, SEGMENTS[p->segment]);
    put(out, ',');
    if (!p->no_frailty) put_text(out, FRAILTY[p->frailty]);
    put(out, ',');
    for (int k = 0; k < CONDITIONS; k++) {
        put(out, has(p, k) ? '1' : '0');
        put(out, ',');
    }
}

static void put_use(Writer *out, const Person *p) {
    const int counts[] = {p->attendances, p->admissions, p->contacts};
    const double costs[] = {p->acute, p->community, p->mental, p->primary, p->social};
    if (!p->no_risk) {
        put_text(out, "0.");
        put_padded(out, (uint64_t)(p->risk * 1e6 + .5), 6);
    }
    put(out, ',');
    for (int i = 0; i < 3; i++) {
        put_number(out, (uint64_t)counts[i]);
        put(out, ',');
    }
    for (int i = 0; i < 5; i++) {
        put_money(out, costs[i]);
        put(out, ',');
    }
    if (p->died) put_text(out, "2025");
}

static uint32_t draw_practice(Random *random, const World *world, const Person *p) {
    if (uniform(random) >= 0.9) return (uint32_t)(next(random) % world->practices);
    uint32_t near = world->practices / NEIGHBOURHOODS;
    return p->neighbourhood + NEIGHBOURHOODS * (uint32_t)(next(random) % near);
}

static void write_person(Writer *out, const World *world, uint64_t number) {
    Random random = {mix(world->seed ^ mix(number))};
    Person p = {0};
    draw_person(&random, world, &p);
    draw_ethnicity(&random, world, &p);
    draw_conditions(&random, &p);
    draw_prospects(&random, &p);
    p.segment = draw_segment(&random, &p);
    draw_use(&random, &p);
    put_number(out, key_of(number));
    put(out, ',');
    put_number(out, (uint64_t)p.age);
    put(out, ',');
    put_record(out, world, draw_practice(&random, world, &p), &p);
    put_use(out, &p);
    end_row(out);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void write_people(const char *folder, const World *world) {
    Writer out;
    writer_open(&out, folder, "persons.csv");
    put_text(&out, "id,age,sex,imd_decile,ethnicity,lsoa,gp_practice,neighbourhood,place,segment,"
                   "frailty,diabetes,copd,chf,chd,hypertension,asthma,ckd,dementia,depression,smi,"
                   "cancer,stroke,risk,ed_att,em_adm,gp_contacts,cost_acute,cost_community,"
                   "cost_mental,cost_primary,cost_social,death_year\n");
    for (uint64_t i = 0; i < world->people; i++) write_person(&out, world, i);
    writer_close(&out);
}

/* One event in four is of a few people who have many. */
static uint64_t draw_who(Random *random, const World *world) {
    double people = (double)world->people, u = uniform(random);
    bool evenly = next(random) & 3;
    uint64_t person = (uint64_t)(evenly ? uniform(random) * people : u * u * u * people);
    return person < world->people ? person : world->people - 1;
}

static void put_date(Writer *out, int day) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;
    while (day >= days[month]) day -= days[month++];
    put_text(out, "2025-");
    put_padded(out, (uint64_t)month + 1, 2);
    put(out, '-');
    put_padded(out, (uint64_t)day + 1, 2);
}

static void write_events(const char *folder, const World *world, double each) {
    Writer out;
    uint64_t count = (uint64_t)((double)world->people * each);
    writer_open(&out, folder, "events.csv");
    put_text(&out, "event_id,person_id,event_date,event_type,cost\n");
    for (uint64_t e = 0; e < count; e++) {
        Random random = {mix((world->seed + 1) ^ mix(e + 0x5555))};
        put_number(&out, e + 1);
        put(&out, ',');
        put_number(&out, key_of(draw_who(&random, world)));
        put(&out, ',');
        put_date(&out, (int)(e * 365 / count));
        double first = uniform(&random), second = uniform(&random);
        int type = 5 - (int)(first * second * 6);
        put(&out, ',');
        put_text(&out, EVENT_TYPES[type]);
        put(&out, ',');
        put_money(&out, EVENT_COSTS[type] * (0.6 + uniform(&random)));
        end_row(&out);
    }
    writer_close(&out);
}

static void write_members(const char *folder, const World *world) {
    Writer out;
    writer_open(&out, folder, "areas.csv");
    put_text(&out, "lsoa\n");
    for (uint32_t i = 0; i < world->areas; i++) {
        put_area(&out, world, i);
        end_row(&out);
    }
    writer_close(&out);
    writer_open(&out, folder, "practices.csv");
    put_text(&out, "gp_practice\n");
    for (uint32_t i = 0; i < world->practices; i++) {
        put_practice(&out, i);
        end_row(&out);
    }
    writer_close(&out);
    writer_open(&out, folder, "neighbourhoods.csv");
    put_text(&out, "neighbourhood\n");
    for (uint32_t i = 0; i < NEIGHBOURHOODS; i++) {
        put_neighbourhood(&out, i);
        end_row(&out);
    }
    writer_close(&out);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fputs("usage: gen PEOPLE SEED FOLDER EVENTS\n", stderr);
        return 2;
    }
    double events = strtod(arguments[4], NULL);
    if (!(events >= 0 && events <= MOST_EVENTS)) {
        fprintf(stderr, "gen: EVENTS are those of one person, from 0 to %d\n", MOST_EVENTS);
        return 2;
    }
    World world = {.people = strtoull(arguments[1], NULL, 10),
                   .seed = strtoull(arguments[2], NULL, 10)};
    make_world(&world);
    write_members(arguments[3], &world);
    write_people(arguments[3], &world);
    write_events(arguments[3], &world, events);
    free(world.decile);
    free(world.diversity);
    return 0;
}
