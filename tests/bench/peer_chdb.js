// ClickHouse's side of the comparison, as chDB: `peer_chdb.js FOLDER THREADS` serves (see
// serve.js); with `texts` behind them it keeps categories as the texts that its CSV reader gives,
// as one would who has not written down every member.
'use strict';

const fs = require('fs');
const path = require('path');
const {Session} = require('chdb');
const {fastest, seconds, serve} = require('./serve.js');
const {CATEGORIES, CLICKHOUSE, CONDITIONS, COSTS, STANDARD, queries} = require('./workload.js');

const [folder, threads, texts] = process.argv.slice(2);
const QUERIES = queries(CLICKHOUSE);
const SETTINGS = `SETTINGS max_threads = ${threads}`;
const EVENTS = `event_id UInt64, person_id UInt64, event_date Date,
                event_type LowCardinality(String), cost Float64`;

function members(file) {
    return fs.readFileSync(path.join(folder, file), 'utf8').trim().split('\n').slice(1);
}

const CLOSED = {
    sex: ['F', 'M'],
    ethnicity: [...'ABCDEFGHJKLMNPRS'],
    lsoa: members('areas.csv'),
    gp_practice: members('practices.csv'),
    neighbourhood: members('neighbourhoods.csv'),
    place: Array.from({length: 10}, (_, i) => `PL${String(i + 1).padStart(2, '0')}`),
    segment: ['healthy', 'maternal_child', 'at_risk', 'single_ltc', 'multi_ltc', 'mental_health',
        'frailty', 'end_of_life'],
    frailty: ['fit', 'mild', 'moderate', 'severe'],
};

// Closed sets group several times faster as Enum than as LowCardinality(String).
function enumOf(codes) {
    const pairs = codes.map((code, i) => `'${code}' = ${i + 1}`);
    return `Enum${codes.length > 126 ? 16 : 8}('' = 0, ${pairs.join(', ')})`;
}

function columns(category) {
    const types = {id: 'UInt64', age: 'UInt8', sex: 0, imd_decile: 'UInt8', ethnicity: 0, lsoa: 0,
        gp_practice: 0, neighbourhood: 0, place: 0, segment: 0, frailty: 0};
    for (const name of CATEGORIES) types[name] = category(CLOSED[name]);
    for (const name of CONDITIONS) types[name] = 'UInt8';
    Object.assign(types, {risk: 'Nullable(Float64)', ed_att: 'UInt16', em_adm: 'UInt16',
        gp_contacts: 'UInt16'});
    for (const name of COSTS) types[name] = 'Float64';
    types.death_year = 'UInt16';
    return Object.entries(types).map(([name, type]) => `${name} ${type}`).join(', ');
}

async function main() {
    const session = new Session();
    const run = (sql) => session.query(`${sql} ${SETTINGS}`, 'Null');
    const read = (table, file, schema, target) => {
        session.query(`DROP TABLE IF EXISTS ${table}`);
        session.query(`CREATE TABLE ${table} (${target}) ENGINE = Memory`);
        run(`INSERT INTO ${table} SELECT * FROM
             file('${path.join(folder, file)}', 'CSVWithNames', '${schema}')`);
    };
    const loose = columns(() => 'LowCardinality(String)');
    const kept = texts ? loose : columns(enumOf);
    const readPeople = (table) => read(table, 'persons.csv', loose, kept);
    const ready = await seconds(() => {
        readPeople('people');
        read('events', 'events.csv', EVENTS, EVENTS);
    });
    const rows = STANDARD.map((weight, band) => `(${band}, ${weight})`);
    session.query('CREATE TABLE standard (band UInt8, w Float64) ENGINE = Memory');
    session.query(`INSERT INTO standard
                   SELECT * FROM values('band UInt8, w Float64', ${rows.join(', ')})`);
    const chosen = {};
    const commands = {ingest: () => readPeople('again')};
    for (const task of Object.keys(QUERIES))
        commands[task] = async () => {
            if (!chosen[task]) chosen[task] = await fastest(QUERIES[task], run);
            return seconds(() => run(chosen[task].idiom));
        };
    await serve(commands, ready);
    session.cleanup();
}

main().catch((error) => { console.error(error); process.exit(1); });
