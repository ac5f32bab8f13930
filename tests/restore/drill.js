// The drill of docs/operations.md on an empty folder, with somebody watching the clock: a house as large as years make it is backed up,
// deleted, restored, unlocked, and a mailbox is opened with a receipt that was kept for it. DRILL_MIB says how large (default 5,120). The
// bulk is rows of the size of a sealed tip that open for nobody: restore copies and proves them like all others. All texts are invented.
'use strict';
const fs = require('fs');
const path = require('path');
const { spawn, spawnSync } = require('child_process');
const { House } = require('../journeys/house');
const { check, walk, answersWith } = require('./house_made');

const mib = Number(process.env.DRILL_MIB || 5120), goalSeconds = 15 * 60;
const answers = answersWith();
const newPassphrase = 'an invented bridge over cold water';

// Hours, if it must be: House.run stops after three minutes.
function run(program, words, input) {
  const child = spawn(program, words), started = Date.now();
  let said = '';
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => { said += chunk; });
  child.stdin.end(input || '');
  return new Promise((done) => child.once('close', (status) => done({ status, said, seconds: (Date.now() - started) / 1000 })));
}

function fill(house) {
  const rows = Math.ceil(mib * 1048576 / 2370), part = 100000;
  for (let from = 0; from < rows; from += part) {
    const sql = `PRAGMA synchronous=OFF; WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${Math.min(from + part, rows)})
      INSERT INTO tip (id, office, priority, day, language, channel, sealed) SELECT CAST(printf('%016d', i) AS BLOB), (SELECT office FROM tip LIMIT 1), 4, 20000, 'en', 'web', randomblob(1576) FROM n;`;
    const said = spawnSync('sqlite3', [path.join(house.data, 'content.db'), sql], { encoding: 'utf8' });
    if (said.status !== 0) throw new Error(said.stderr);
  }
  spawnSync('sqlite3', [path.join(house.data, 'content.db'), 'PRAGMA wal_checkpoint(TRUNCATE);']);
}

async function boxOpens(house, receipt) {
  const answer = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt }) });
  return (await answer.text()).includes('name="message"');
}

async function main() {
  const house = await House.make({ answers, program: process.env.DRILL_PROGRAM });
  try {
    const letters = /House key[^\n]*\n\s+([0-9A-Za-z]{52})\n/.exec(house.printed)[1];
    const folder = path.join(house.folder, 'sets'), identity = path.join(house.folder, 'offline.key');
    fs.mkdirSync(folder);
    spawnSync('age-keygen', ['-o', identity]);
    const recipient = spawnSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).stdout.trim();
    const sent = await fetch(house.public + '/api/v1/tips', { method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': '7d444840-9dc0-11d1-b245-5ffdce74fad2' }, body: JSON.stringify({ narrative: 'An invented tip.' }) });
    const receipt = String((await sent.json()).receipt).replace(/\D/g, '');
    await house.stop();
    fill(house);
    const size = fs.statSync(path.join(house.data, 'content.db')).size;
    check(size > mib * 1048576 * 0.95, `the content is only ${size} bytes`);
    await house.serve();
    check(house.run(['unlock', house.data], answers.house_passphrase + '\n').status === 0, 'the house opens');
    const made = await run(house.program, ['backup', house.data, '--to', folder, '--recipient', recipient]);
    check(made.status === 0, `backup: ${made.said}`);
    await house.stop();
    fs.rmSync(house.data, { recursive: true });
    const stamp = /manifest-(\d{8}T\d{6}Z)\.txt/.exec(fs.readdirSync(folder).join('\n'))[1];
    const file = path.join(house.folder, 'restore.json');
    fs.writeFileSync(file, JSON.stringify({ house_key: letters, house_passphrase: newPassphrase }), { mode: 0o600 });

    const started = Date.now();
    house.data = path.join(house.folder, 'elsewhere');
    const set = (kind) => path.join(folder, `${kind}-${stamp}.age`);
    const back = await run(house.program, ['restore', house.data, '--content', set('content'), '--keys', set('keys'), '--log', set('log'), '--identity', identity, '--answers', file]);
    check(back.status === 0, `restore: ${back.said}`);
    await house.serve();
    check(house.run(['unlock', house.data], newPassphrase + '\n').status === 0, 'the new house passphrase does not open the house');
    check(await boxOpens(house, receipt), 'the receipt kept for the drill opens nothing');
    const seconds = (Date.now() - started) / 1000;
    check(!await boxOpens(house, '000000000000000000000000'), 'any receipt opens: the drill proves nothing');
    check(seconds <= goalSeconds, `the drill took ${seconds.toFixed(0)} s`);
    console.log(`content of ${(size / 1073741824).toFixed(2)} GiB: backup ${made.seconds.toFixed(1)} s, restore ${back.seconds.toFixed(1)} s, from nothing to an open mailbox ${seconds.toFixed(1)} s (goal ${goalSeconds})`);
  } finally {
    await house.stop();
    house.remove();
  }
}

walk(main);
