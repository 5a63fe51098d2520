// The workload once more, for the peers: the columns with their types, the twenty indicators, and
// each task as SQL. workload/*.scp says the same in the language of plans; compare.js holds the
// answers of the two against each other.
'use strict';

const CONDITIONS = ['diabetes', 'copd', 'chf', 'chd', 'hypertension', 'asthma', 'ckd', 'dementia',
    'depression', 'smi', 'cancer', 'stroke'];
const COSTS = ['cost_acute', 'cost_community', 'cost_mental', 'cost_primary', 'cost_social'];
const TOTAL = `(${COSTS.join(' + ')})`;
const LTC = `(${CONDITIONS.join(' + ')})`;
const FRAIL = "frailty IN ('moderate', 'severe')";
const CATEGORIES = ['sex', 'ethnicity', 'lsoa', 'gp_practice', 'neighbourhood', 'place', 'segment',
    'frailty'];
const BREAKDOWNS = ['place', 'neighbourhood', 'imd_decile', 'sex', 'ethnicity'];

// Who is below the line, who of them is above it, and what is summed of those: 1 counts people.
const INDICATORS = [
    ['age >= 17', 'diabetes = 1', '1'],
    [null, 'hypertension = 1', '1'],
    ['age >= 18', 'copd = 1', '1'],
    [null, 'smi = 1', '1'],
    ['age >= 65', 'dementia = 1', '1'],
    ['age BETWEEN 50 AND 79', `${LTC} >= 3`, '1'],
    ['age >= 65 AND frailty_known', FRAIL, '1'],
    [null, null, 'em_adm'],
    [`age >= 65 AND ${FRAIL}`, null, 'em_adm'],
    ['age < 5', null, 'ed_att'],
    [null, 'ed_att >= 4', '1'],
    ['copd = 1', null, 'em_adm'],
    ['diabetes = 1', null, 'em_adm'],
    ['asthma = 1 AND age < 18', null, 'em_adm'],
    [`${LTC} >= 1`, null, 'gp_contacts'],
    [null, null, 'cost_acute'],
    [null, null, 'cost_community'],
    [FRAIL, null, TOTAL],
    ['age < 75', 'died', '1'],
    ['risk >= 0.3', 'gp_contacts = 0', '1'],
];

// The standard population of Europe, 2013, by band of age.
const STANDARD = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000,
    5500, 5000, 4000, 2500, 1500, 1000];

// How one database spells what others spell otherwise. `missing` and `known` are whether a
// column has a value, `rollUp` the grouping of sums of sums.
const DUCKDB = {
    band: 'least(age // 5, 18)',
    quintile: '(imd_decile + 1) // 2',
    countIf: (condition) => `count_if(${condition})`,
    sumIf: (value, condition) => `sum(if(${condition}, ${value}, 0))`,
    frailtyKnown: 'frailty IS NOT NULL',
    died: 'death_year IS NOT NULL',
    deprivationKnown: 'imd_decile IS NOT NULL',
    grouping: (names) => `grouping(${names}) AS g, `,
    quantiles: (list) => `quantile_disc(risk, [${list}])`,
    above: (i) => `(risk > qs[${i}])::int`,
    distinct: (name) => `count(DISTINCT ${name})`,
};

// Missing is 0 or the empty text, which costs ClickHouse less than a column that may be null.
const CLICKHOUSE = {
    band: 'least(intDiv(age, 5), 18)',
    quintile: 'intDiv(imd_decile + 1, 2)',
    countIf: (condition) => `countIf(${condition})`,
    sumIf: (value, condition) => `sumIf(${value}, ${condition})`,
    frailtyKnown: "frailty != ''",
    died: 'death_year != 0',
    deprivationKnown: 'imd_decile != 0',
    grouping: () => '',
    quantiles: (list) => `quantilesExactLow(${list})(risk)`,
    above: (i) => `(risk > qs[${i}])`,
    distinct: (name) => `uniqExact(${name})`,
};

function spelt(condition, dialect) {
    return condition && condition.replace('frailty_known', dialect.frailtyKnown)
        .replace('died', dialect.died);
}

// Below and above the line of each indicator, as aggregates named d1, n1, d2, …
function aggregates(dialect) {
    return INDICATORS.map(([of, having, value], i) => {
        const below = spelt(of, dialect), narrower = spelt(having, dialect);
        const both = [below, narrower].filter(Boolean).map((x) => `(${x})`).join(' AND ');
        const count = below ? dialect.countIf(below) : 'count(*)';
        const sum = both ? dialect.sumIf(value, both) : `sum(${value})`;
        const above = value !== '1' ? sum : both ? dialect.countIf(both) : 'count(*)';
        return `${count} AS d${i + 1}, ${above} AS n${i + 1}`;
    }).join(', ');
}

function indicatorQueries(dialect) {
    const names = BREAKDOWNS.join(', ');
    const sets = `GROUPING SETS ((), ${BREAKDOWNS.map((x) => `(${x})`).join(', ')})`;
    const sums = INDICATORS.map((_, i) => `sum(d${i + 1}) AS sd${i + 1}, sum(n${i + 1}) AS sn${i + 1}`);
    const cube = `SELECT ${names}, ${aggregates(dialect)} FROM people GROUP BY ${names}`;
    return {
        'cube': `WITH c AS (${cube}) SELECT ${dialect.grouping(names)}${names}, ${sums.join(', ')}
                 FROM c GROUP BY ${sets}`,
        'grouping sets': `SELECT ${dialect.grouping(names)}${names}, ${aggregates(dialect)}
                          FROM people GROUP BY ${sets}`,
    };
}

function standardisedQuery(dialect) {
    return `WITH s AS (SELECT place, imd_decile, ${dialect.band} AS band, count(*) AS n,
                              sum(em_adm) AS e
                       FROM people WHERE ${dialect.deprivationKnown}
                       GROUP BY place, imd_decile, band)
            SELECT place, imd_decile, sum(w * e / n) AS rate, sum(w * w * e / (n * n)) AS variance
            FROM s JOIN standard ON s.band = standard.band GROUP BY place, imd_decile`;
}

function tenthsQuery(dialect) {
    const ninths = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const tenth = `1 + ${ninths.map(dialect.above).join(' + ')}`;
    return `WITH q AS (SELECT place, ${dialect.quantiles(ninths.map((x) => x / 10))} AS qs
                       FROM people WHERE risk IS NOT NULL GROUP BY place)
            SELECT p.place AS place, ${tenth} AS tenth, count(*) AS n, sum(em_adm) AS e,
                   sum(${TOTAL}) AS c
            FROM people p JOIN q ON p.place = q.place WHERE risk IS NOT NULL
            GROUP BY p.place, tenth`;
}

function eventQueries(dialect) {
    return {
        'join, then group':
            `SELECT p.place AS place, p.imd_decile AS imd_decile, e.event_type AS event_type,
                    count(*) AS n, ${dialect.distinct('e.person_id')} AS people, sum(e.cost) AS c
             FROM events e JOIN people p ON p.id = e.person_id
             GROUP BY p.place, p.imd_decile, e.event_type`,
        'group by person, join, group':
            `WITH x AS (SELECT person_id, event_type, count(*) AS en, sum(cost) AS ec FROM events
                        GROUP BY person_id, event_type)
             SELECT p.place AS place, p.imd_decile AS imd_decile, x.event_type AS event_type,
                    sum(en) AS n, count(*) AS people, sum(ec) AS c
             FROM x JOIN people p ON p.id = x.person_id
             GROUP BY p.place, p.imd_decile, x.event_type`,
    };
}

// Of each task its queries by idiom; all give the same rows.
function queries(dialect) {
    return {
        W1: {plain: `SELECT place, neighbourhood, ${dialect.quintile} AS quintile,
                            ${dialect.band} AS band, sex, count(*) AS n
                     FROM people GROUP BY place, neighbourhood, quintile, band, sex`},
        W2: {plain: `SELECT place, imd_decile, count(*) AS n, sum(${TOTAL}) AS s, avg(${TOTAL}) AS m
                     FROM people
                     WHERE age >= 65 AND ${FRAIL} AND (diabetes = 1 OR copd = 1 OR chf = 1)
                     GROUP BY place, imd_decile`},
        W3: indicatorQueries(dialect),
        W4: {plain: standardisedQuery(dialect)},
        W5: {plain: tenthsQuery(dialect)},
        W6: {plain: `SELECT lsoa, ${dialect.band} AS band, sex, count(*) AS n, sum(em_adm) AS e,
                            sum(${TOTAL}) AS c
                     FROM people GROUP BY lsoa, band, sex`},
        W7: eventQueries(dialect),
    };
}

module.exports = {BREAKDOWNS, CATEGORIES, CLICKHOUSE, CONDITIONS, COSTS, DUCKDB, INDICATORS,
    STANDARD, queries};
