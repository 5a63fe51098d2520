// The example at its real size: all of Northshire's people through examples/northshire, beside the
// same aggregates by DuckDB (northshire.sql). `northshire.js FOLDER`, which has the CSV.
'use strict';

const fs = require('fs');
const path = require('path');
const {HERE, ROOT, SCPC, THREADS, measure, printWhole} = require('./tools.js');

const [folder] = process.argv.slice(2);
const RUNS = 3;
const FILES = {residents: 'residents', emergency_admissions: 'admissions', falls: 'falls',
    ed_attendances: 'ed_attendances', places: 'places'};

// Of indicators that are shares or rates: the statement, what is above and below the line.
const COUNTS = {
    frailty_review: ['people', 'reviewed', 'frail'],
    dementia_diagnosis: ['people', 'diagnosed', 'dementia'],
    bp_control: ['people', 'controlled', 'pressure'],
    diabetes_review: ['people', 'sugar_reviewed', 'sugar'],
    copd_flu: ['people', 'vaccinated', 'lung'],
    smi_checks: ['people', 'smi_checked', 'smi'],
    learning_disability_checks: ['people', 'ld_checked', 'ld'],
    smoking: ['people', 'smokers', 'adults'],
    carer_assessments: ['people', 'assessed', 'carers'],
    avoidable_admissions: ['admissions', 'avoidable', null],
    emergency_admission_rate: ['admissions', 'n', null],
    ed_attendance_rate: ['attendances', 'n', null],
    falls_rate: ['falls', 'n', null],
};
const GROUPS = {
    people: ['neighbourhood', 'place', 'quintile', 'band', 'sex', 'ethnicity'],
    admissions: ['place', 'quintile', 'band', 'sex'],
    attendances: ['place', 'quintile'],
    falls: ['place', 'quintile', 'band'],
};

// The row of a statement for one member of one dimension, or for all.
function rowOf(answers, statement, dimension, member) {
    const groups = GROUPS[statement], at = groups.indexOf(dimension);
    const mask = (1 << groups.length) - 1 - (dimension ? 1 << (groups.length - 1 - at) : 0);
    return answers[statement].find((row) => row.g === mask &&
        (!dimension || String(row[dimension]) === member));
}

function member(cell, dimension) {
    if (dimension !== 'imd_quintile') return cell[dimension];
    return String((parseInt(cell.imd_quintile, 10) + 1) / 2);
}

// Which indicators differ, in the groups that both give; how many groups were compared.
function compare(run, answers) {
    let groups = 0;
    for (const kpi of run.kpis.filter(({name}) => COUNTS[name])) {
        const [statement, above, below] = COUNTS[kpi.name];
        for (const {dimensions: [dimension], cells} of kpi.results) {
            const column = dimension === 'imd_quintile' ? 'quintile' : dimension;
            if (column && !answers[statement].some((row) => column in row)) continue;
            for (const cell of cells) {
                const row = rowOf(answers, statement, column, member(cell, dimension));
                if (!row && kpi.name === 'falls_rate') continue; /* rates only as a whole */
                groups++;
                if (cell.numerator === row[above] && (!below || cell.denominator === row[below]))
                    continue;
                throw new Error(`${kpi.name}: ${JSON.stringify(cell)} where ${row[above]} is right`);
            }
        }
    }
    return groups;
}

function main() {
    const ours = [], theirs = [];
    const run = path.join(folder, 'run.json'), rows = path.join(folder, 'rows.json');
    const files = Object.entries(FILES).flatMap(([name, file]) =>
        ['--data', `${name}=${path.join(folder, `${file}.csv`)}`]);
    for (let i = 0; i < RUNS; i++) {
        ours.push(measure(SCPC, ['run', path.join(ROOT, 'examples/northshire/plan.scp'), '--internal',
            '--quiet', '--threads', THREADS, '--format', 'json', '-o', run, ...files]));
        theirs.push(measure('node', [path.join(HERE, 'peer_northshire.js'), folder, THREADS, rows]));
    }
    const groups = compare(JSON.parse(fs.readFileSync(run, 'utf8')),
        JSON.parse(fs.readFileSync(rows, 'utf8')));
    console.log(`Counts equal DuckDB's in all ${groups} groups compared.\n`);
    printWhole('Northshire from CSV: the whole plan, against its aggregates alone', ours, theirs);
}

main();
