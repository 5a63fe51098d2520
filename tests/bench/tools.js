// What the comparisons share: where things are, running a command and what it cost, and tables.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const {spawn, spawnSync} = require('child_process');

const HERE = __dirname, ROOT = path.join(HERE, '..', '..'), HOME = path.join(ROOT, 'build/bench');
const SCPC = path.join(ROOT, 'build/release/scpc');
const THREADS = '2';
const ENVIRONMENT = {...process.env, NODE_PATH: path.join(HOME, 'node_modules'),
    POLARS_MAX_THREADS: THREADS};

// A process that answers each line by a line of numbers.
class Server {
    constructor(command, args) {
        this.child = spawn(command, args, {stdio: ['pipe', 'pipe', 'pipe'], env: ENVIRONMENT});
        this.errors = '';
        this.waiting = [];
        this.child.stderr.on('data', (text) => { this.errors += text; });
        this.child.on('error', (error) => { this.errors += error.message; });
        this.child.stdin.on('error', () => {});
        readline.createInterface({input: this.child.stdout}).on('line', (line) => {
            const waiter = this.waiting.shift();
            if (waiter) waiter.resolve(line);
        });
        this.ended = new Promise((resolve) => this.child.on('close', resolve));
        this.ended.then(() => this.waiting.forEach((waiter) =>
            waiter.reject(new Error(this.errors.trim().split('\n')[0] || 'ended'))));
    }

    line() {
        return new Promise((resolve, reject) => this.waiting.push({resolve, reject}));
    }

    async ask(what) {
        const line = this.line();
        this.child.stdin.write(`${what}\n`);
        return (await line).trim().split(' ').map(Number);
    }

    async stop() {
        this.child.stdin.end();
        await this.ended;
    }
}

// Runs a command to its end, its output into the file `out` if one is named: what it cost.
function measure(command, args, out) {
    const costs = path.join(HOME, 'costs');
    const stdout = out ? fs.openSync(out, 'w') : 'pipe';
    const ran = spawnSync(path.join(HOME, 'measure'), [costs, command, ...args], {encoding: 'utf8',
        maxBuffer: 1 << 30, env: ENVIRONMENT, stdio: ['ignore', stdout, 'pipe']});
    if (out) fs.closeSync(stdout);
    if (ran.status !== 0) throw new Error(`${command}: ${ran.stderr || ran.error}`);
    const [wall, processor, peak] = fs.readFileSync(costs, 'utf8').trim().split(' ').map(Number);
    return {wall, processor, peak, out: ran.stdout};
}

const minimum = (xs) => Math.min(...xs);
const median = (xs) => {
    const sorted = [...xs].sort((a, b) => a - b), middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const geometricMean = (xs) => Math.exp(xs.reduce((sum, x) => sum + Math.log(x), 0) / xs.length);
const milliseconds = (s) => (s * 1000).toFixed(s < 0.1 ? 1 : 0);
const times = (xs) => `${milliseconds(minimum(xs))} / ${milliseconds(median(xs))}`;

function table(head, rows) {
    const all = [head, ...rows];
    const widths = head.map((_, i) => Math.max(...all.map((row) => String(row[i]).length)));
    for (const row of all)
        console.log(row.map((cell, i) => i ? String(cell).padStart(widths[i])
            : String(cell).padEnd(widths[i])).join('  ').trimEnd());
    console.log();
}

const verdict = (ratio, bar) => ratio >= bar ? 'yes' : 'no';

// Wall time and memory of two programs that did the same, each some times: a table, and the ratios.
function printWhole(title, ours, theirs, bars = {}) {
    const wall = median(theirs.map((x) => x.wall)) / median(ours.map((x) => x.wall));
    const peak = median(ours.map((x) => x.peak)) / median(theirs.map((x) => x.peak));
    const seconds = (runs) => `${minimum(runs.map((x) => x.wall)).toFixed(2)} / ` +
        `${median(runs.map((x) => x.wall)).toFixed(2)}`;
    const memory = (runs) => (median(runs.map((x) => x.peak)) / 1e6).toFixed(0);
    console.log(title);
    table(['', 'ours', 'DuckDB', 'ratio', 'bar', 'reached'], [
        ['seconds', seconds(ours), seconds(theirs), wall.toFixed(1), bars.wall || '',
            bars.wall ? verdict(wall, bars.wall) : ''],
        ['peak MB', memory(ours), memory(theirs), peak.toFixed(2), bars.memory || '',
            bars.memory ? verdict(-peak, -bars.memory) : '']]);
}

module.exports = {HERE, HOME, ROOT, SCPC, Server, THREADS, geometricMean, measure, median,
    milliseconds, minimum, printWhole, table, times, verdict};
