// Whether what the plans of the workload gave (`scpc run --internal --format json`) is what a
// peer's queries gave, on every group. People whose group is missing are in no cell of a plan; a
// peer gives them a row of nulls, which is passed over.
'use strict';

const {BREAKDOWNS, INDICATORS} = require('./workload.js');

// A band is known by where it starts, whatever its label.
const start = (label) => String(parseInt(label, 10));
const STARTS = {age_band: start, imd: start, imd_quintile: start, tenth: start};

const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
const exactly = (a, b) => a === b;
const toThePenny = (a, b) => Math.round(a * 100) === Math.round(b * 100);
const posted = (a, b) => Math.abs(a - b) < 0.0051;

// The cells of results of one shape, by key: a number for each result, null where it is absent.
function cellsOf(results) {
    const cells = new Map();
    results.forEach((result, i) => {
        for (const cell of result.cells) {
            const key = result.dimensions.map((name) => (STARTS[name] || String)(cell[name])).join(' ');
            if (!cells.has(key)) cells.set(key, []);
            cells.get(key)[i] = cell.value === null ? null : Number(cell.value);
        }
    });
    return cells;
}

// What differs, as sentences. `ours` and `theirs`: key → numbers; `equal`: how each is compared.
// A cell that is absent agrees with nothing unless it is excused.
function differences(task, ours, theirs, equal, excused) {
    const found = [];
    for (const [key, wanted] of theirs) {
        const got = ours.get(key);
        const same = got && wanted.every((value, i) =>
            got[i] === null ? excused(key) : equal[i](got[i], value));
        if (!same) found.push(`${task}: ${key}: ${got} where ${wanted} is right`);
    }
    for (const [key, got] of ours)
        if (!theirs.has(key) && got.some((value) => value))
            found.push(`${task}: ${key}: ${got} where there is nobody`);
    return found;
}

function grouped(rows, keys, values) {
    const groups = new Map();
    for (const row of rows) {
        const key = keys.map((name) => typeof name === 'function' ? name(row) : row[name]);
        if (key.some((part) => part === null || Number.isNaN(part))) continue;
        groups.set(key.join(' '), values.map((name) => Number(row[name])));
    }
    return groups;
}

const band = (row) => row.band * 5;
const quintile = (row) => row.quintile === null ? null : row.quintile * 2 - 1;
const CUBES = {
    W1: {lets: ['w1_n'], keys: ['place', 'neighbourhood', quintile, band, 'sex'], values: ['n'],
        equal: [exactly]},
    W2: {lets: ['w2_n', 'w2_sum', 'w2_mean'], keys: ['place', 'imd_decile'],
        values: ['n', 's', 'm'], equal: [exactly, toThePenny, posted]},
    W4: {lets: ['w4_dsr', 'w4_variance'], keys: ['place', 'imd_decile'],
        values: ['rate', 'variance'], equal: [near, near]},
    W5: {lets: ['w5_n', 'w5_em', 'w5_cost'], keys: ['place', 'tenth'], values: ['n', 'e', 'c'],
        equal: [exactly, exactly, toThePenny]},
    W6: {lets: ['w6_n', 'w6_em', 'w6_cost'], keys: ['lsoa', band, 'sex'], values: ['n', 'e', 'c'],
        equal: [exactly, exactly, toThePenny]},
    W7: {lets: ['w7_n', 'w7_people', 'w7_cost'], keys: ['place', 'imd_decile', 'event_type'],
        values: ['n', 'people', 'c'], equal: [exactly, exactly, toThePenny]},
};

// A standardised rate is absent where a band of age has nobody; the query leaves that band out.
function emptyBands(lets) {
    const empty = new Set();
    for (const cell of lets.get('w4_people').cells)
        if (!cell.value) empty.add(`${cell.place} ${start(cell.imd)}`);
    return empty;
}

// Indicators that come with counts are compared by them, the others by their value.
function indicatorDifferences(run, rows) {
    const found = [];
    let groups = 0;
    run.kpis.forEach((kpi, i) => kpi.results.forEach((result) => {
        const name = result.dimensions[0];
        const column = name === 'imd' ? 'imd_decile' : name;
        const mask = (1 << BREAKDOWNS.length) - 1 -
            (name ? 1 << (BREAKDOWNS.length - 1 - BREAKDOWNS.indexOf(column)) : 0);
        const theirs = new Map(rows.filter((row) => row.g === mask && (!name || row[column] !== null))
            .map((row) => [name ? String(row[column]) : '', row]));
        for (const cell of result.cells) {
            groups++;
            const key = name ? (STARTS[name] || String)(cell[name]) : '';
            const row = theirs.get(key);
            const above = row ? row[`sn${i + 1}`] : 0, below = row ? row[`sd${i + 1}`] : 0;
            const same = cell.denominator === undefined ? near(Number(cell.value), above / below)
                : cell.denominator === below && cell.numerator === above;
            if (!same) found.push(`W3: ${kpi.name} ${key}: ${JSON.stringify(cell)} where ` +
                                  `${above} of ${below} is right`);
        }
    }));
    if (run.kpis.length !== INDICATORS.length) found.push('W3: not all indicators are there');
    return {groups, found};
}

// `run`: the JSON of the plan; `rows`: the rows of the peer. How many groups were compared, and
// what was found, as sentences.
function disagreements(task, run, rows) {
    if (task === 'W3') return indicatorDifferences(run, rows);
    const lets = new Map(run.lets.map((one) => [one.name, one]));
    const cube = CUBES[task];
    const ours = cellsOf(cube.lets.map((name) => lets.get(name)));
    const theirs = grouped(rows, cube.keys, cube.values);
    const empty = task === 'W4' ? emptyBands(lets) : null;
    const excused = (key) => Boolean(empty) && empty.has(key);
    return {groups: theirs.size, found: differences(task, ours, theirs, cube.equal, excused)};
}

module.exports = {disagreements};
