// What a person costs as people grow in number, and an indicator or a breakdown as those do: of the
// program alone, hot, without events. Work that grows as its data do shows as rows of equal numbers.
'use strict';

const fs = require('fs');
const path = require('path');
const {spawnSync} = require('child_process');
const {ENVIRONMENT, HERE, HOME, SCPC, THREADS, minimum, table} = require('./tools.js');

const TASKS = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6'];
const TURNS = 15;
const BREAKDOWNS = ['place', 'neighbourhood', 'imd', 'sex', 'ethnicity', 'segment', 'age_band',
    'gp_practice'];

function build(folder, plan) {
    const out = plan.replace(/\.scp$/, '.scpb');
    const files = ['areas', 'practices', 'neighbourhoods'].flatMap((name) =>
        ['--data', `${name}=${path.join(folder, `${name}.csv`)}`]);
    const built = spawnSync(SCPC, ['build', plan, '--quiet', ...files, '-o', out],
        {encoding: 'utf8'});
    if (built.status !== 0) throw new Error(built.stderr);
    return out;
}

// Seconds of counting of each module, the least of several turns.
function time(folder, modules) {
    const names = Object.keys(modules);
    const input = names.map((name) => `${name}\n`.repeat(TURNS)).join('');
    const run = spawnSync(path.join(HOME, 'hot'), [THREADS, `people=${folder}/persons.csv`,
        ...names.map((name) => `${name}=${modules[name]}`)],
    {input, encoding: 'utf8', env: ENVIRONMENT, maxBuffer: 1 << 26});
    if (run.status !== 0) throw new Error(run.stderr);
    const taken = run.stdout.trim().split('\n').slice(1).map((line) => Number(line.split(' ')[0]));
    return Object.fromEntries(names.map((name, i) =>
        [name, minimum(taken.slice(i * TURNS, (i + 1) * TURNS))]));
}

function plansOf(folder) {
    const plans = path.join(folder, 'growth');
    fs.rmSync(plans, {recursive: true, force: true});
    fs.cpSync(path.join(HERE, 'workload'), plans, {recursive: true});
    return plans;
}

function people(home, sizes) {
    const rows = sizes.map((size) => {
        const folder = path.join(home, size), plans = plansOf(folder);
        const taken = time(folder, Object.fromEntries(TASKS.map((task) =>
            [task, build(folder, path.join(plans, `${task.toLowerCase()}.scp`))])));
        return [size, ...TASKS.map((task) => (taken[task] * 1e9 / Number(size)).toFixed(2))];
    });
    console.log('Nanoseconds a person as people grow in number, two threads, the least of ' +
                `${TURNS} turns`);
    table(['people', ...TASKS], rows);
}

// Plans of so many indicators by so many breakdowns, over one file of people.
function parts(home, size) {
    const folder = path.join(home, size), plans = plansOf(folder), modules = {}, asked = [];
    const flags = ['diabetes', 'copd', 'chf', 'chd', 'hypertension', 'asthma', 'ckd', 'dementia',
        'depression', 'smi', 'cancer', 'stroke'];
    const write = (indicators, breakdowns) => {
        const lines = ['use "plan.scp"', ''];
        for (let i = 0; i < indicators; i++)
            for (let b = 0; b < breakdowns; b++)
                lines.push(`let n_${i}_${b} by ${BREAKDOWNS[b]} = ` +
                           `count(people where ${flags[i % flags.length]} and age >= ${i})`);
        const name = `n${indicators}x${breakdowns}`, file = path.join(plans, `${name}.scp`);
        fs.writeFileSync(file, `${lines.join('\n')}\n`);
        modules[name] = build(folder, file);
        asked.push({name, indicators, breakdowns});
    };
    for (const indicators of [1, 4, 16, 64]) write(indicators, 4);
    for (const breakdowns of [1, 2, 8]) write(16, breakdowns);
    const taken = time(folder, modules);
    console.log(`Milliseconds as indicators and breakdowns grow in number, ${size} people`);
    table(['indicators', 'breakdowns', 'all', 'an indicator', 'an indicator by a breakdown'],
        asked.map(({name, indicators, breakdowns}) => {
            const all = taken[name] * 1e3;
            return [indicators, breakdowns, all.toFixed(2), (all / indicators).toFixed(3),
                (all / indicators / breakdowns).toFixed(4)];
        }));
}

const [home, ...sizes] = process.argv.slice(2);
people(home, sizes);
parts(home, sizes.find((size) => size === '1000000'));
