// What has been kept its time is erased while the engine, the jobs role and the keeper are killed: the erasure is reported when the index has said that
// it forgot it and the key of its file is gone, and not before. Usage: node forget.js ROUNDS; the program is $PLAINSIGHT, else build/plainsight.
'use strict';
const crypto = require('crypto');
const path = require('path');
const { spawnSync } = require('child_process');
const { House } = require('../journeys/house');
const { Hand } = require('../journeys/hand');
const { ask, pause, processes } = require('./lib');

const rounds = Number(process.argv[2] || 1), each = 4, killsARound = 8;
const failures = [];
let passed = 0;
const check = (that, words) => { if (that) passed++; else failures.push(words); };

function sql(house, file, text) {
  const said = spawnSync('sqlite3', ['-cmd', '.timeout 5000', path.join(house.data, file), text], { encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`sqlite3: ${said.stderr}`);
  return said.stdout.trim();
}
const reports = (house) => Number(sql(house, 'keys.db', "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'26';"));
const key = (house) => sql(house, 'keys.db', 'SELECT hex(box) FROM engine_snapshot;');
const waiting = (house) => Number(ask(house, 'SELECT count(*) FROM forget;'));

// A sweep that found the keeper killed a moment ago comes again after a minute: what waits for one waits longer.
async function until(what, ms = 100000) {
  for (const end = Date.now() + ms; Date.now() < end; await pause(100)) {
    try {
      if (await what()) return true;
    } catch { /* a role that was killed a moment ago */ }
  }
  return false;
}

async function kill(house, role) {
  let one;
  await until(() => (one = processes(house).find((p) => p.role === role)), 5000);
  process.kill(one.pid, 'SIGKILL');
}

// Some tips that no case has come to the end of their time; their ids. The jobs role sweeps when it begins.
async function end(house) {
  const ids = ask(house, `SELECT hex(id) FROM tip WHERE id NOT IN (SELECT tip FROM case_tip) ORDER BY id LIMIT ${each};`).split('\n');
  const list = ids.map((i) => `x'${i}'`).join(',');
  sql(house, 'content.db', `DELETE FROM mailbox WHERE tip IN (${list}); UPDATE tip SET state = 'closed', disposition = 'tip_thin', closed_day = 1 WHERE id IN (${list});`);
  await kill(house, 'jobs');
  return list;
}

const gone = (house, list) => ask(house, `SELECT count(*) FROM tip WHERE id IN (${list});`) === '0';

async function killedAtEachStep(house) {
  check(await until(async () => { await Hand.of(house, house.account('supervisor')); return key(house); }, 150000), 'the index was never written'); // a minute after it forgot, if it was not killed
  const before = key(house), told = reports(house);
  const list = await end(house);
  for (let i = 0; i < killsARound; i++) {
    await pause(50 + Math.random() * 600);
    await kill(house, ['engine', 'jobs', 'keeper'][crypto.randomInt(3)]);
  }
  check(await until(() => gone(house, list) && !waiting(house)), 'what was erased was never reported as done');
  check(reports(house) > told, 'no record says that it is done');
  check(key(house) !== before, 'the key of the file of before is there still');
}

// An engine that says nothing: the rows are gone, and nobody reports it.
async function waitsForTheEngine(house) {
  const told = reports(house);
  let engine;
  await until(() => (engine = processes(house).find((p) => p.role === 'engine')), 10000); // it was killed a moment ago, perhaps
  process.kill(engine.pid, 'SIGSTOP');
  const list = await end(house);
  check(await until(() => gone(house, list)), 'the rows did not go');
  await pause(4000);
  check(waiting(house) === each && reports(house) === told, 'an erasure was reported that the engine did not hear of');
  const reader = await Hand.of(house, house.account('auditor'));
  check((await reader.get('/retention')).body.includes('is not done yet'), 'the page does not say that it waits');
  process.kill(engine.pid, 'SIGCONT');
  check(await until(() => !waiting(house)), 'what waited was never reported');
  check(reports(house) > told, 'no record says that it is done');
  check((await reader.get('/retention')).body.includes('Nothing waits for it now'), 'the page says that it waits still');
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', tips: 40 + each * rounds });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    for (let i = 0; i < rounds; i++) await killedAtEachStep(house);
    await waitsForTheEngine(house);
    const log = path.join(house.folder, 'log');
    for (const words of [[house.data, 'export', log], ['verify', log]]) {
      const said = spawnSync(house.program, ['audit', ...words], { encoding: 'utf8' });
      check(said.status === 0, `the log after the kills: ${said.stdout}${said.stderr}`);
    }
  } finally {
    await house.stop();
    house.remove();
  }
  for (const f of failures) console.log(`failed: ${f}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length ? 1 : 0);
}

main().catch((e) => { console.log(e.stack); console.log(`${passed} passed, ${failures.length + 1} failed`); process.exit(1); });
