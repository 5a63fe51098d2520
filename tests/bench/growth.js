// What a person costs as people grow in number, and an indicator or a breakdown as those do: of the
// program alone, hot, without events. Every size has a process of its own, and they take turns, so
// that whatever else the machine is doing falls upon all of them alike. Each table ends with what is
// asked for and whether it is so.
'use strict';

const fs = require('fs');
const path = require('path');
const {spawnSync} = require('child_process');
const {HERE, HOME, SCPC, Server, THREADS, median, minimum, table} = require('./tools.js');

const TASKS = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6'];
const TURNS = 9; // each size, or each plan, has in a sitting; medians are of that many
const SPREAD_BAR = 1.2; // the dearest person beside the cheapest
const BREAKDOWNS = ['place', 'neighbourhood', 'imd', 'sex', 'ethnicity', 'segment', 'age_band',
    'gp_practice'];

const yes = (holds) => holds ? 'yes' : 'no';

function build(folder, plan) {
    const out = plan.replace(/\.scp$/, '.scpb');
    const files = ['areas', 'practices', 'neighbourhoods'].flatMap((name) =>
        ['--data', `${name}=${path.join(folder, `${name}.csv`)}`]);
    const built = spawnSync(SCPC, ['build', plan, '--quiet', ...files, '-o', out],
        {encoding: 'utf8'});
    if (built.status !== 0) throw new Error(built.stderr);
    return out;
}

function plansOf(folder) {
    const plans = path.join(folder, 'growth');
    fs.rmSync(plans, {recursive: true, force: true});
    fs.cpSync(path.join(HERE, 'workload'), plans, {recursive: true});
    return plans;
}

async function start(folder, modules) {
    const server = new Server(path.join(HOME, 'hot'), [THREADS, `people=${folder}/persons.csv`,
        ...Object.entries(modules).map(([name, file]) => `${name}=${file}`)]);
    await server.line();
    return server;
}

// Seconds of counting by server and by what is asked, after a turn that does not count.
async function takeTurns(servers, asked) {
    const taken = servers.map(() => Object.fromEntries(asked.map((what) => [what, []])));
    for (let turn = -1; turn < TURNS; turn++)
        for (const what of asked)
            for (let s = 0; s < servers.length; s++) {
                const [seconds] = await servers[s].ask(what);
                if (turn >= 0) taken[s][what].push(seconds);
            }
    await Promise.all(servers.map((server) => server.stop()));
    return taken;
}

// The most of some numbers beside the least.
const spread = (xs) => Math.max(...xs) / minimum(xs);

async function people(home, sizes) {
    const folders = sizes.map((size) => path.join(home, size));
    const servers = [];
    for (const folder of folders) {
        const plans = plansOf(folder);
        servers.push(await start(folder, Object.fromEntries(TASKS.map((task) =>
            [task, build(folder, path.join(plans, `${task.toLowerCase()}.scp`))]))));
    }
    const taken = await takeTurns(servers, TASKS);
    const each = (s, task, of) => of(taken[s][task]) * 1e9 / Number(sizes[s]);
    const all = (s, of) => TASKS.reduce((sum, task) => sum + each(s, task, of), 0);
    const row = (of) => sizes.map((size, s) => [size,
        ...TASKS.map((task) => each(s, task, of)), all(s, of)]);
    const show = (what, of) => {
        const rows = row(of), columns = TASKS.length + 1;
        const spreads = [...Array(columns).keys()].map((i) => spread(rows.map((r) => r[i + 1])));
        console.log(`Nanoseconds a person as people grow in number, two threads, ${what} of ` +
                    `${TURNS} turns taken in turn`);
        table(['people', ...TASKS, 'all'], [
            ...rows.map(([size, ...costs]) => [size, ...costs.map((cost) => cost.toFixed(2))]),
            ['dearest / cheapest', ...spreads.map((x) => x.toFixed(2))],
            ['within 20%', ...spreads.map((x) => yes(x <= SPREAD_BAR))]]);
    };
    show('medians', median);
    show('minima', minimum);
    // Between two sizes only what grows with people differs: what does not (threads that begin,
    // cells that are put together) falls out.
    const seconds = (s, of) => [...TASKS.map((task) => of(taken[s][task])),
        TASKS.reduce((sum, task) => sum + of(taken[s][task]), 0)];
    for (const [what, of] of [['medians', median], ['minima', minimum]]) {
        const further = sizes.slice(1).map((size, s) => seconds(s + 1, of).map((more, i) =>
            (more - seconds(s, of)[i]) * 1e9 / (Number(size) - Number(sizes[s]))));
        const spreads = further[0].map((_, i) => spread(further.map((row) => row[i])));
        console.log(`Nanoseconds that each further person costs, ${what}`);
        table(['people', ...TASKS, 'all'], [
            ...further.map((costs, s) => [`${sizes[s]} to ${sizes[s + 1]}`,
                ...costs.map((cost) => cost.toFixed(2))]),
            ['dearest / cheapest', ...spreads.map((x) => x.toFixed(2))],
            ['within 20%', ...spreads.map((x) => yes(x <= SPREAD_BAR))]]);
    }
}

// Plans of so many indicators by so many breakdowns, over one file of people.
function writePlans(folder) {
    const plans = plansOf(folder), modules = {}, asked = [];
    const flags = ['diabetes', 'copd', 'chf', 'chd', 'hypertension', 'asthma', 'ckd', 'dementia',
        'depression', 'smi', 'cancer', 'stroke'];
    const write = (indicators, breakdowns, grows) => {
        const lines = ['use "plan.scp"', ''];
        for (let i = 0; i < indicators; i++)
            for (let b = 0; b < breakdowns; b++)
                lines.push(`let n_${i}_${b} by ${BREAKDOWNS[b]} = ` +
                           `count(people where ${flags[i % flags.length]} and age >= ${i})`);
        const name = `n${indicators}x${breakdowns}`, file = path.join(plans, `${name}.scp`);
        fs.writeFileSync(file, `${lines.join('\n')}\n`);
        modules[name] = build(folder, file);
        asked.push({name, indicators, breakdowns, grows});
    };
    for (const indicators of [1, 4, 16, 64]) write(indicators, 4, 'indicators');
    for (const breakdowns of [1, 2, 4, 8]) write(17, breakdowns, 'breakdowns');
    return {modules, asked};
}

async function parts(home, size) {
    const folder = path.join(home, size), {modules, asked} = writePlans(folder);
    const [taken] = await takeTurns([await start(folder, modules)], Object.keys(modules));
    const show = (grows, unit) => {
        const rows = asked.filter((one) => one.grows === grows);
        const costs = rows.map(({name, indicators, breakdowns}) =>
            [median, minimum].map((of) => of(taken[name]) * 1e3 /
                (grows === 'indicators' ? indicators : indicators * breakdowns)));
        const falls = (of) => costs.every((cost, i) => !i || cost[of] < costs[i - 1][of]);
        console.log(`Milliseconds as ${grows} grow in number, ${size} people`);
        table(['indicators', 'breakdowns', 'all, median', unit, '(minimum)'], [
            ...rows.map(({name, indicators, breakdowns}, i) => [indicators, breakdowns,
                (median(taken[name]) * 1e3).toFixed(2), ...costs[i].map((x) => x.toFixed(4))]),
            ['falling', '', '', yes(falls(0)), yes(falls(1))]]);
    };
    show('indicators', 'an indicator');
    show('breakdowns', 'an indicator by a breakdown');
}

async function main() {
    const [home, ...sizes] = process.argv.slice(2);
    await people(home, sizes);
    await parts(home, sizes.includes('1000000') ? '1000000' : sizes[sizes.length - 1]);
}

main().catch((error) => {
    console.error(`strata: ${error.message}`);
    process.exit(1);
});
