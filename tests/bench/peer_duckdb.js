// DuckDB's side of the comparison: `peer_duckdb.js hot FOLDER THREADS` serves (see serve.js),
// `peer_duckdb.js once FOLDER THREADS TASKS OUT` reads the CSV, writes the answers of the tasks
// into OUT, prints the seconds of reading and of answering, and ends; `store` writes people.duckdb
// beside the CSV, and `stored` does as `once` from that.
'use strict';

const fs = require('fs');
const path = require('path');
const {DuckDBInstance} = require('@duckdb/node-api');
const {fastest, seconds, serve} = require('./serve.js');
const {CATEGORIES, DUCKDB, STANDARD, queries} = require('./workload.js');

const [mode, folder, threads, ...rest] = process.argv.slice(2);
const QUERIES = queries(DUCKDB);

// Its own guess of the types is as fast as being told them.
async function readCsv(connection, table, file) {
    await connection.run(`CREATE OR REPLACE TABLE ${table} AS
                          SELECT * FROM read_csv('${path.join(folder, file)}')`);
}

async function addStandard(connection) {
    const rows = STANDARD.map((weight, band) => `(${band}, ${weight}.0)`);
    await connection.run(`CREATE TABLE standard AS
                          SELECT * FROM (VALUES ${rows.join(', ')}) AS s(band, w)`);
}

// Categories as ENUM group faster than texts.
async function addEnums(connection) {
    for (const name of CATEGORIES)
        await connection.run(`CREATE TYPE e_${name} AS ENUM
                              (SELECT DISTINCT ${name} FROM people WHERE ${name} IS NOT NULL)`);
    const casts = CATEGORIES.map((name) => `${name}::e_${name} AS ${name}`).join(', ');
    await connection.run(`CREATE OR REPLACE TABLE people AS SELECT * REPLACE (${casts}) FROM people`);
    await connection.run(`CREATE TYPE e_type AS ENUM (SELECT DISTINCT event_type FROM events)`);
    await connection.run(`CREATE OR REPLACE TABLE events AS
                          SELECT * REPLACE (event_type::e_type AS event_type) FROM events`);
}

async function answers(connection, task, file) {
    const reader = await connection.runAndReadAll(Object.values(QUERIES[task])[0]);
    const names = reader.columnNames();
    const plain = (value) => typeof value === 'bigint' ? Number(value)
        : value !== null && typeof value === 'object' ? Number(value.toString()) : value;
    const rows = reader.getRows().map((row) =>
        Object.fromEntries(row.map((value, i) => [names[i], plain(value)])));
    fs.writeFileSync(file, JSON.stringify(rows));
}

async function hot(connection) {
    await addStandard(connection);
    const ready = await seconds(async () => {
        await readCsv(connection, 'people', 'persons.csv');
        await readCsv(connection, 'events', 'events.csv');
    });
    await addEnums(connection);
    const chosen = {};
    const run = async (task) => {
        if (!chosen[task]) chosen[task] = await fastest(QUERIES[task], (sql) => connection.run(sql));
        return seconds(() => connection.run(chosen[task].idiom));
    };
    const commands = {
        ingest: () => readCsv(connection, 'again', 'persons.csv'),
        answers: (task, file) => answers(connection, task, file),
    };
    for (const task of Object.keys(QUERIES)) commands[task] = () => run(task);
    await serve(commands, ready);
}

// The idioms that win when hot.
const ONCE = {W3: 'cube', W7: 'group by person, join, group'};

async function answer(connection, tasks, out) {
    for (const task of tasks) {
        const sql = QUERIES[task][ONCE[task] || 'plain'];
        await connection.run(`COPY (${sql}) TO '${path.join(out, `${task}.csv`)}'`);
    }
}

async function once(connection, tasks, out) {
    const reading = await seconds(async () => {
        await addStandard(connection);
        await readCsv(connection, 'people', 'persons.csv');
        if (tasks.includes('W7')) await readCsv(connection, 'events', 'events.csv');
    });
    console.log(`${reading} ${await seconds(() => answer(connection, tasks, out))}`);
}

async function store(connection) {
    await addStandard(connection);
    await readCsv(connection, 'people', 'persons.csv');
    await readCsv(connection, 'events', 'events.csv');
    await addEnums(connection);
}

const STORED = path.join(folder, 'people.duckdb');

async function main() {
    if (mode === 'store') fs.rmSync(STORED, {force: true});
    const own = mode === 'store' || mode === 'stored';
    const instance = await DuckDBInstance.create(own ? STORED : ':memory:', {threads});
    const connection = await instance.connect();
    const tasks = rest[0] ? rest[0].split(',') : [];
    if (mode === 'hot') await hot(connection);
    else if (mode === 'once') await once(connection, tasks, rest[1]);
    else if (mode === 'store') await store(connection);
    else await answer(connection, tasks, rest[1]);
    connection.closeSync();
    instance.closeSync();
}

main().catch((error) => { console.error(error); process.exit(1); });
