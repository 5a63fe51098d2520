// Runs the comparison that `strata` set up: sees that the answers are equal, then times. Each
// peer is kept hot in a process of its own, times itself, and takes turns with `hot`; what is
// printed are seconds of medians and minima over those turns, never of different sittings.
'use strict';

const fs = require('fs');
const path = require('path');
const {spawnSync} = require('child_process');
const {disagreements} = require('./agree.js');
const {HERE, HOME, SCPC, Server, THREADS, geometricMean, measure, median, minimum, printWhole, table,
    times, verdict} = require('./tools.js');

const TASKS = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7'];
const CATEGORIES = ['areas', 'practices', 'neighbourhoods'];

// How many times faster than the best peer it must be, hot; than one peer, at reading CSV; and
// from CSV to the last answer than DuckDB, with what share of its memory, and from own files.
const HOT_BARS = {W1: 15, W2: 6, W3: 6, W4: 10, W5: 6, W6: 8, W7: 20};
const INGEST_BARS = {polars: 2.5, DuckDB: 4};
const WALL_BAR = 6, MEMORY_BAR = 0.35, OWN_WALL_BAR = 8;
// Seconds to open a snapshot.
const OPEN_BAR = 0.002;
// All people of England: seconds to load and to count, bytes at most.
const ENGLAND_BARS = {load: 15, tasks: 2.5, peak: 4e9};
const TURNS = 7; // each side has in a sitting

const PEERS = {
    DuckDB: (folder) => ['node', [path.join(HERE, 'peer_duckdb.js'), 'hot', folder, THREADS]],
    chDB: (folder) => ['node', [path.join(HERE, 'peer_chdb.js'), folder, THREADS]],
    'chDB, texts': (folder) => ['node', [path.join(HERE, 'peer_chdb.js'), folder, THREADS, 'texts']],
    polars: (folder) => ['node', [path.join(HERE, 'peer_polars.js'), folder]],
    'data.table': (folder) => ['Rscript', [path.join(HERE, 'peer_datatable.R'), folder, THREADS]],
};

// ---- The plan -------------------------------------------------------------------------------------

function data(folder, names) {
    const files = {people: 'persons.csv', contacts_made: 'events.csv'};
    return names.flatMap((name) =>
        ['--data', `${name}=${path.join(folder, files[name] || `${name}.csv`)}`]);
}

// The plans and their modules in FOLDER/plans; the tasks that the language can say.
function compile(folder, tasks) {
    const plans = path.join(folder, 'plans');
    fs.rmSync(plans, {recursive: true, force: true});
    fs.cpSync(path.join(HERE, 'workload'), plans, {recursive: true});
    const accepted = tasks.filter((task) => {
        const plan = path.join(plans, `${task.toLowerCase()}.scp`);
        const built = spawnSync(SCPC, ['build', plan, '--quiet', ...data(folder, CATEGORIES), '-o',
            path.join(plans, `${task}.scpb`)], {encoding: 'utf8'});
        if (built.status === 0) return true;
        console.log(`${task} is skipped, its plan does not compile: ` +
                    built.stderr.split('\n').find((line) => line.startsWith('error')));
        return false;
    });
    fs.writeFileSync(path.join(plans, 'all.scp'),
        accepted.map((task) => `use "${task.toLowerCase()}.scp"\n`).join(''));
    return accepted;
}

const fromCsv = (folder) => data(folder, ['people', 'contacts_made', ...CATEGORIES]);

// All tasks as one plan, from whatever `files` says, to answers.json: as its standard output, for
// the peers do not wait either until their answers are on the disk.
function runAll(folder, files) {
    return [SCPC, ['run', path.join(folder, 'plans/all.scp'), '--quiet', '--internal', '--threads',
        THREADS, '--format', 'json', ...files], path.join(folder, 'answers.json')];
}

function duckdb(mode, folder, tasks) {
    const out = path.join(folder, 'out');
    fs.mkdirSync(out, {recursive: true});
    return ['node', [path.join(HERE, 'peer_duckdb.js'), mode, folder, THREADS, tasks.join(','), out]];
}

function startHot(folder, tasks) {
    const modules = tasks.map((task) => `${task}=${path.join(folder, 'plans', `${task}.scpb`)}`);
    const files = `people=${folder}/persons.csv,contacts_made=${folder}/events.csv`;
    return new Server(path.join(HOME, 'hot'), [THREADS, files, ...modules]);
}

// ---- Comparisons ----------------------------------------------------------------------------------

async function checkAnswers(folder, tasks) {
    const answers = path.join(folder, 'answers.json'), rows = path.join(folder, 'rows.json');
    measure(...runAll(folder, fromCsv(folder)));
    const run = JSON.parse(fs.readFileSync(answers, 'utf8'));
    const peer = new Server(...PEERS.DuckDB(folder));
    await peer.line();
    let bad = 0, all = 0;
    for (const task of tasks) {
        await peer.ask(`answers ${task} ${rows}`);
        const {groups, found} = disagreements(task, run, JSON.parse(fs.readFileSync(rows, 'utf8')));
        all += groups;
        found.slice(0, 5).forEach((line) => console.log(line));
        bad += found.length;
    }
    await peer.stop();
    if (bad) throw new Error(`the answers differ in ${bad} groups`);
    console.log(`Answers equal DuckDB's in all ${all} groups of ${tasks.join(', ')}.\n`);
}

// Turns of one peer with ours: task → {ours, computing, theirs}.
async function alternate(folder, tasks, peer, asked, pairs) {
    const theirs = new Server(...PEERS[peer](folder));
    const ours = startHot(folder, tasks);
    const taken = {};
    try {
        await Promise.all([theirs.line(), ours.line()]);
        for (const what of asked) {
            await ours.ask(what);
            await theirs.ask(what);
            const turns = taken[what] = {ours: [], computing: [], theirs: []};
            for (let i = 0; i < pairs; i++) {
                const [counting, computing] = await ours.ask(what);
                turns.ours.push(counting);
                turns.computing.push(computing);
                turns.theirs.push((await theirs.ask(what))[0]);
            }
        }
    } finally {
        await Promise.all([theirs.stop(), ours.stop()]);
    }
    return taken;
}

// The peers that are there, with what they took; what is missing is named.
async function alternateAll(folder, tasks, peers, asked, pairs) {
    const taken = {};
    for (const peer of peers) {
        try {
            taken[peer] = await alternate(folder, tasks, peer, asked, pairs);
        } catch (error) {
            console.log(`${peer} is skipped: ${error.message}`);
        }
    }
    return taken;
}

function printHot(tasks, taken) {
    const peers = Object.keys(taken), worst = {ratio: Infinity}, ratios = [];
    const rows = tasks.map((task) => {
        const fastest = (peer) => minimum(taken[peer][task].theirs);
        const best = peers.reduce((a, b) => fastest(b) < fastest(a) ? b : a);
        const turns = taken[best][task];
        const ratio = median(turns.theirs) / median(turns.ours);
        const least = minimum(turns.theirs) / minimum(turns.ours);
        ratios.push(ratio);
        if (ratio < worst.ratio) Object.assign(worst, {ratio, task});
        return [task, times(turns.ours), times(turns.computing),
            ...peers.map((peer) => times(taken[peer][task].theirs)), best, ratio.toFixed(1),
            least.toFixed(1), HOT_BARS[task], verdict(ratio, HOT_BARS[task])];
    });
    console.log('Hot, milliseconds, minimum / median. Ratio: best peer / ours, of medians and of minima.');
    console.log('Computing is what comes after counting; it is part of no ratio.');
    table(['task', 'ours', '(computing)', ...peers, 'best', 'ratio', '(minima)', 'bar', 'reached'], rows);
    return `worst ratio ${worst.ratio.toFixed(1)} at ${worst.task}; ` +
        `geometric mean ${geometricMean(ratios).toFixed(1)}`;
}

function printIngest(taken) {
    const rows = Object.entries(taken).map(([peer, {ingest}]) => {
        const ratio = median(ingest.theirs) / median(ingest.ours), bar = INGEST_BARS[peer];
        return [peer, times(ingest.ours), times(ingest.theirs), ratio.toFixed(1), bar || '',
            bar ? verdict(ratio, bar) : ''];
    });
    console.log('People from CSV into typed memory, milliseconds, minimum / median');
    table(['peer', 'ours', 'theirs', 'ratio', 'bar', 'reached'], rows);
}

function duckdbOnce(folder, tasks, from) {
    const out = path.join(folder, 'out');
    fs.mkdirSync(out, {recursive: true});
    return ['node', [path.join(HERE, 'peer_duckdb.js'), from, folder, THREADS, tasks.join(','), out]];
}

function pack(folder) {
    const snapshot = path.join(folder, 'people.scps');
    const packed = measure(SCPC, ['data', 'pack', path.join(folder, 'plans/all.scp'), '--quiet',
        '--threads', THREADS, '-o', snapshot, ...fromCsv(folder)]);
    return {snapshot, packed};
}

// Opening a snapshot: header, directory and dictionaries read, verified and held against the plan,
// the file mapped; columns are verified when they are used.
async function timeOpen(folder) {
    const {snapshot} = pack(folder), turns = [];
    const module = path.join(folder, 'plans/W7.scpb');
    const server = new Server(path.join(HOME, 'hot'),
        [THREADS, `people=${snapshot}`, `W7=${module}`]);
    await server.line();
    for (let i = 0; i < 4 * TURNS; i++) turns.push((await server.ask('open'))[0]);
    await server.stop();
    const size = (fs.statSync(snapshot).size / 1e6).toFixed(0);
    console.log(`Opening a snapshot of ${size} MB, milliseconds`);
    table(['', 'minimum', 'median', 'bar', 'reached'], [['ours',
        (minimum(turns) * 1e3).toFixed(3), (median(turns) * 1e3).toFixed(3), OPEN_BAR * 1e3,
        verdict(-median(turns), -OPEN_BAR)]]);
}

// From files to the last answer, one process each: from CSV, and from what each packed before.
function compareWhole(folder, tasks, pairs) {
    const title = `${tasks[0]} to ${tasks[tasks.length - 1]}, one process, answers to files, from`;
    const csv = {ours: [], theirs: []}, own = {ours: [], theirs: []};
    for (let i = 0; i < pairs; i++) {
        csv.ours.push(measure(...runAll(folder, fromCsv(folder))));
        csv.theirs.push(measure(...duckdb('once', folder, tasks)));
    }
    printWhole(`${title} CSV`, csv.ours, csv.theirs, {wall: WALL_BAR, memory: MEMORY_BAR});
    const {snapshot, packed} = pack(folder);
    const stored = measure(...duckdb('store', folder, tasks));
    for (let i = 0; i < pairs; i++) {
        own.ours.push(measure(...runAll(folder, ['--data', snapshot, ...data(folder, CATEGORIES)])));
        own.theirs.push(measure(...duckdb('stored', folder, tasks)));
    }
    const written = (x) => `${x.wall.toFixed(1)} s`;
    printWhole(`${title} their own files (written in ${written(packed)} and ${written(stored)})`,
        own.ours, own.theirs, {wall: OWN_WALL_BAR});
}

// ---- England --------------------------------------------------------------------------------------

// Reads the people from one file, then counts each task once, in one process.
function loadAndCount(folder, tasks, file) {
    const script = path.join(folder, 'tasks');
    fs.writeFileSync(script, tasks.map((task) => `${task}\n`).join(''));
    const modules = tasks.map((task) => `${task}=${path.join(folder, 'plans', `${task}.scpb`)}`);
    const hot = [path.join(HOME, 'hot'), '--once', THREADS, `people=${file}`, ...modules];
    const run = measure('sh', ['-c', '"$@" < "$0"', script, ...hot]);
    const lines = run.out.trim().split('\n').map((line) => line.replace('ready ', '').split(' '));
    const counting = lines.slice(1).reduce((sum, line) => sum + Number(line[0]), 0);
    return {load: Number(lines[0][0]), tasks: counting, peak: run.peak};
}

// As many people as England has, without events: from CSV, from what was packed of it, and DuckDB
// from CSV, each once.
async function compareEngland(folder, part) {
    const wanted = (name) => part === 'all' || part === name;
    const tasks = compile(folder, TASKS.filter((task) => task !== 'W7'));
    const rows = [];
    const add = (name, {load, tasks: counting, peak}, ours) => rows.push([name, load.toFixed(1),
        counting.toFixed(2), (peak / 1e9).toFixed(2), !ours ? '' : load <= ENGLAND_BARS.load &&
        counting <= ENGLAND_BARS.tasks && peak <= ENGLAND_BARS.peak ? 'yes' : 'no']);
    if (wanted('csv')) add('ours, from CSV', loadAndCount(folder, tasks, `${folder}/persons.csv`), true);
    const file = path.join(folder, 'people.scps');
    if (wanted('pack') || (wanted('packed') && !fs.existsSync(file))) {
        const packed = measure(SCPC, ['data', 'pack', path.join(folder, 'plans/w1.scp'), '--quiet',
            '--threads', THREADS, '-o', file, ...data(folder, ['people', ...CATEGORIES])]);
        console.log(`Packed in ${packed.wall.toFixed(1)} s, ${(packed.peak / 1e9).toFixed(2)} GB ` +
            `at the most; the file has ${(fs.statSync(file).size / 1e9).toFixed(2)} GB.`);
    }
    if (wanted('packed')) add('ours, packed', loadAndCount(folder, tasks, file), true);
    if (wanted('duckdb')) {
        const theirs = measure(...duckdb('once', folder, tasks));
        const [load, counting] = theirs.out.trim().split(' ').map(Number);
        add('DuckDB, from CSV', {load, tasks: counting, peak: theirs.peak}, false);
    }
    if (!rows.length) return;
    const {load, tasks: counting, peak} = ENGLAND_BARS;
    rows.push(['bar', load, counting, peak / 1e9, '']);
    console.log(`Reading all people, then ${tasks.join(', ')} once each`);
    table(['', 'load, s', 'tasks, s', 'peak GB', 'reached'], rows);
}

// ---- All of it ------------------------------------------------------------------------------------

async function main() {
    const [mode, folder, part] = process.argv.slice(2);
    if (mode === 'england') return compareEngland(folder, part);
    const quick = mode === 'quick', wanted = (name) => part === 'all' || part === name;
    const peers = quick ? ['DuckDB'] : Object.keys(PEERS);
    const tasks = compile(folder, TASKS);
    if (part !== 'open') await checkAnswers(folder, tasks);
    let summary = '';
    if (wanted('hot'))
        summary = printHot(tasks, await alternateAll(folder, tasks, peers, tasks, TURNS));
    if (!quick && wanted('ingest'))
        printIngest(await alternateAll(folder, tasks, peers.filter((peer) => !peer.includes('texts')),
            ['ingest'], TURNS));
    if (!quick && wanted('open')) await timeOpen(folder);
    if (!quick && wanted('whole')) compareWhole(folder, tasks, TURNS);
    if (summary) console.log(summary);
    return undefined;
}

main().catch((error) => {
    console.error(`strata: ${error.message}`);
    process.exit(1);
});
