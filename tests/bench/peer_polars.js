// polars' side of the comparison: `peer_polars.js FOLDER` serves (see serve.js); the number of
// threads is in POLARS_MAX_THREADS. The indicators are spelt here again: it has no SQL.
'use strict';

const path = require('path');
const pl = require('nodejs-polars');
const {fastest, seconds, serve} = require('./serve.js');
const {BREAKDOWNS, CONDITIONS, COSTS, STANDARD} = require('./workload.js');

const [folder] = process.argv.slice(2);
const col = pl.col;
const band = pl.when(col('age').gtEq(90)).then(pl.lit(18)).otherwise(col('age').div(5))
    .cast(pl.Int32).alias('band');
const total = COSTS.slice(1).reduce((sum, name) => sum.add(col(name)), col(COSTS[0]));
const ltc = CONDITIONS.slice(1).reduce((sum, name) => sum.add(col(name)), col(CONDITIONS[0]));
const frail = col('frailty').eq(pl.lit('moderate')).or(col('frailty').eq(pl.lit('severe')));
const has = (name) => col(name).eq(1);
const older = col('age').gtEq(65);

// As INDICATORS of workload.js: who is below the line, who of them above, what is summed.
const INDICATORS = [
    [col('age').gtEq(17), has('diabetes')],
    [null, has('hypertension')],
    [col('age').gtEq(18), has('copd')],
    [null, has('smi')],
    [older, has('dementia')],
    [col('age').gtEq(50).and(col('age').ltEq(79)), ltc.gtEq(3)],
    [older.and(col('frailty').isNotNull()), frail],
    [null, null, col('em_adm')],
    [older.and(frail), null, col('em_adm')],
    [col('age').lt(5), null, col('ed_att')],
    [null, col('ed_att').gtEq(4)],
    [has('copd'), null, col('em_adm')],
    [has('diabetes'), null, col('em_adm')],
    [has('asthma').and(col('age').lt(18)), null, col('em_adm')],
    [ltc.gtEq(1), null, col('gp_contacts')],
    [null, null, col('cost_acute')],
    [null, null, col('cost_community')],
    [frail, null, total],
    [col('age').lt(75), col('death_year').isNotNull()],
    [col('risk').gtEq(0.3), col('gp_contacts').eq(0)],
];

function aggregates() {
    return INDICATORS.flatMap(([below, narrower, value], i) => {
        const both = below && narrower ? below.and(narrower) : below || narrower;
        const above = !value ? both.sum() : both ? value.mul(both.cast(pl.Int64)).sum() : value.sum();
        return [(below ? below.sum() : pl.len()).alias(`d${i}`), above.alias(`n${i}`)];
    });
}

function people() {
    return pl.readCSV(path.join(folder, 'persons.csv'), {dtypes: {
        sex: pl.Categorical, ethnicity: pl.Categorical, lsoa: pl.Categorical,
        gp_practice: pl.Categorical, neighbourhood: pl.Categorical, place: pl.Categorical,
        segment: pl.Categorical, frailty: pl.Categorical}});
}

function indicators(frame) {
    const cube = frame.lazy().groupBy(BREAKDOWNS).agg(...aggregates()).collectSync();
    const sums = INDICATORS.flatMap((_, i) => [col(`d${i}`).sum(), col(`n${i}`).sum()]);
    return [cube.lazy().select(...sums), ...BREAKDOWNS.map((name) =>
        cube.lazy().groupBy([name]).agg(...sums))].map((lazy) => lazy.collectSync());
}

function standardised(frame, standard) {
    const w = col('w'), n = col('n'), e = col('e');
    return frame.lazy().filter(col('imd_decile').isNotNull()).withColumns(band)
        .groupBy(['place', 'imd_decile', 'band'])
        .agg(pl.len().alias('n'), col('em_adm').sum().alias('e'))
        .join(standard.lazy(), {on: 'band', how: 'inner'})
        .groupBy(['place', 'imd_decile'])
        .agg(w.mul(e).div(n).sum().alias('rate'),
            w.mul(w).mul(e).div(n.mul(n)).sum().alias('variance'))
        .collectSync();
}

// Tenths from ranks; ties share one.
function tenths(frame) {
    const rank = col('risk').rank('min').over('place').cast(pl.Float64);
    const count = pl.len().over('place');
    const above = count.add(1).sub(rank).mul(10).div(count).ceil();
    return frame.lazy().filter(col('risk').isNotNull())
        .withColumns(pl.lit(11).sub(above).alias('tenth'))
        .groupBy(['place', 'tenth'])
        .agg(pl.len().alias('n'), col('em_adm').sum().alias('e'), total.sum().alias('c'))
        .collectSync();
}

const EVENT_IDIOMS = {
    'join, then group': (frame, events) => events.lazy()
        .join(frame.lazy().select('id', 'place', 'imd_decile'),
            {leftOn: 'person_id', rightOn: 'id', how: 'inner'})
        .groupBy(['place', 'imd_decile', 'event_type'])
        .agg(pl.len().alias('n'), col('person_id').nUnique().alias('people'),
            col('cost').sum().alias('c'))
        .collectSync(),
    'group by person, join, group': (frame, events) => events.lazy()
        .groupBy(['person_id', 'event_type'])
        .agg(pl.len().alias('n'), col('cost').sum().alias('c'))
        .join(frame.lazy().select('id', 'place', 'imd_decile'),
            {leftOn: 'person_id', rightOn: 'id', how: 'inner'})
        .groupBy(['place', 'imd_decile', 'event_type'])
        .agg(col('n').sum(), pl.len().alias('people'), col('c').sum())
        .collectSync(),
};

function cohort(frame) {
    return frame.lazy()
        .filter(older.and(frail).and(has('diabetes').or(has('copd')).or(has('chf'))))
        .groupBy(['place', 'imd_decile'])
        .agg(pl.len().alias('n'), total.sum().alias('s'), total.mean().alias('m'))
        .collectSync();
}

async function main() {
    let frame, events;
    const ready = await seconds(() => {
        frame = people();
        events = pl.readCSV(path.join(folder, 'events.csv'), {dtypes: {event_type: pl.Categorical}});
    });
    const standard = pl.DataFrame({band: STANDARD.map((_, i) => i), w: STANDARD})
        .withColumn(col('band').cast(pl.Int32));
    const quintile = col('imd_decile').add(1).div(2).cast(pl.Int32).alias('quintile');
    const work = {
        W1: () => frame.lazy().withColumns(quintile, band)
            .groupBy(['place', 'neighbourhood', 'quintile', 'band', 'sex'])
            .agg(pl.len().alias('n')).collectSync(),
        W2: () => cohort(frame),
        W3: () => indicators(frame),
        W4: () => standardised(frame, standard),
        W5: () => tenths(frame),
        W6: () => frame.lazy().withColumns(band).groupBy(['lsoa', 'band', 'sex'])
            .agg(pl.len().alias('n'), col('em_adm').sum().alias('e'), total.sum().alias('c'))
            .collectSync(),
    };
    let chosen = null;
    const commands = {ingest: () => { people(); }};
    for (const [task, run] of Object.entries(work)) commands[task] = () => { run(); };
    commands.W7 = async () => {
        if (!chosen) chosen = await fastest(EVENT_IDIOMS, (idiom) => { idiom(frame, events); });
        return seconds(() => { chosen.idiom(frame, events); });
    };
    await serve(commands, ready);
}

main().catch((error) => { console.error(error); process.exit(1); });
