// The example's aggregates by DuckDB: `peer_northshire.js FOLDER THREADS OUT` reads the CSV, runs
// northshire.sql, writes its rows as JSON to OUT.
'use strict';

const fs = require('fs');
const path = require('path');
const {DuckDBInstance} = require('@duckdb/node-api');

const [folder, threads, out] = process.argv.slice(2);
const plain = (value) => typeof value === 'bigint' ? Number(value) : value;

async function main() {
    const instance = await DuckDBInstance.create(':memory:', {threads});
    const connection = await instance.connect();
    for (const table of ['places', 'residents', 'admissions', 'falls', 'ed_attendances'])
        await connection.run(`CREATE TABLE ${table} AS
                              SELECT * FROM read_csv('${path.join(folder, `${table}.csv`)}')`);
    const answers = {};
    const text = fs.readFileSync(path.join(__dirname, 'northshire.sql'), 'utf8');
    for (const part of text.split('-- name: ').slice(1)) {
        const name = part.slice(0, part.indexOf('\n'));
        const reader = await connection.runAndReadAll(part.slice(name.length));
        answers[name] = reader.getRows().map((row) =>
            Object.fromEntries(row.map((value, i) => [reader.columnNames()[i], plain(value)])));
    }
    fs.writeFileSync(out, JSON.stringify(answers));
}

main().catch((error) => { console.error(error); process.exit(1); });
