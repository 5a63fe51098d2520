// A peer's side of the comparison: it reads its data once, then answers each line of standard
// input by a line of seconds, measured here, within the process that does the work.
'use strict';

const readline = require('readline');

async function seconds(work) {
    const begun = process.hrtime.bigint();
    await work();
    return Number(process.hrtime.bigint() - begun) / 1e9;
}

// The idiom that is fastest here and now, each tried after one run to warm up.
async function fastest(idioms, run) {
    let best = null;
    for (const [name, idiom] of Object.entries(idioms)) {
        await run(idiom);
        const took = Math.min(await seconds(() => run(idiom)), await seconds(() => run(idiom)));
        if (!best || took < best.took) best = {name, idiom, took};
    }
    return best;
}

// `commands` by name, each a function that may return the seconds itself.
async function serve(commands, ready) {
    console.log(`ready ${ready}`);
    for await (const line of readline.createInterface({input: process.stdin})) {
        const [name, ...rest] = line.split(' ');
        let itself;
        const took = await seconds(async () => { itself = await commands[name](...rest); });
        console.log(typeof itself === 'number' ? itself : took);
    }
}

module.exports = {fastest, seconds, serve};
