// Two programs serve one house on PostgreSQL, each with a folder, a keeper, an engine and a log of its own. All names and texts are invented.
// Runs under tests/with_postgres.sh.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { Hand } = require('../journeys/hand');
const { House, freePorts } = require('../journeys/house');
const { Journey, openBrowser } = require('../journeys/lib');
const { check, walk, answersWith } = require('../restore/house_made');

const lin = { name: 'lin', role: 'call_taker', passphrase: 'nine invented buckets by the well' };
const answers = answersWith(lin);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function within(seconds, that) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(200)) if (await that()) return true;
  return false;
}

// The URL of two fresh databases on the cluster of with_postgres.sh.
function databases(name) {
  for (const each of [name, `${name}_keys`]) {
    const said = spawnSync('psql', ['-qc', `CREATE DATABASE ${each}`], { encoding: 'utf8' });
    if (said.status !== 0) throw new Error(said.stderr);
  }
  return process.env.PLAINSIGHT_TEST_POSTGRES.replace('%s', name);
}

// The same house on another folder: another machine, as far as one machine can play two.
async function machine(house, data) {
  const other = Object.assign(new House(), { program: house.program, folder: fs.mkdtempSync(path.join(process.env.CHECK_LOGS || os.tmpdir(), 'node-')),
    data, words: house.words, accounts: house.accounts });
  [other.publicPort, other.staffPort] = await freePorts();
  other.public = `http://127.0.0.1:${other.publicPort}`;
  other.staff = `http://127.0.0.1:${other.staffPort}`;
  return other;
}

const unlock = (house, passphrase) => house.run(['unlock', house.data], (passphrase || answers.house_passphrase) + '\n');
const serves = (house, data) => house.run(['serve', data, '--listen', '127.0.0.1:0']);

async function tip(house, narrative) {
  const sent = await fetch(house.public + '/api/v1/tips', { method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ narrative, language: 'en' }) });
  check(sent.status === 201, `a tip was answered ${sent.status}`);
}

async function tipsOf(hand) {
  return [...new Set([...(await hand.get('/queue')).body.matchAll(/href="(\/tips\/[0-9a-f]{32})"/g)].map((m) => m[1]))];
}

function refusedOnFiles(house) {
  const data = path.join(house.folder, 'files');
  check(house.run(['demo', data, '--seed', '1', '--tips', '1', '--cases', '0']).status === 0, 'a demo was not made');
  const said = house.run(['node', data, 'add', '--name', 'north', '--to', path.join(house.folder, 'never')]);
  check(said.status === 1 && /needs PostgreSQL/.test(said.stderr), `a further node of a house in files: ${said.status} ${said.stderr}`);
  fs.writeFileSync(path.join(data, 'node'), 'north\n');
  const served = serves(house, data);
  check(served.status === 1 && /needs a house on PostgreSQL/.test(served.stderr), `it was served: ${served.status} ${served.stderr}`);
}

function add(house, to) {
  const never = path.join(house.folder, 'never');
  for (const [name, passphrase, wanted] of [['north', 'not the passphrase of it', /not the house passphrase/], ['first', answers.house_passphrase, /a node's name/],
    ['ada', answers.house_passphrase, /is taken/], ['North', answers.house_passphrase, /a node's name/]]) {
    const said = house.run(['node', house.data, 'add', '--name', name, '--to', never], passphrase + '\n');
    check(said.status === 1 && wanted.test(said.stderr) && !fs.existsSync(never), `node add ${name}: ${said.status} ${said.stderr}`);
  }
  const made = house.run(['node', house.data, 'add', '--name', 'north', '--to', to], answers.house_passphrase + '\n');
  check(made.status === 0, `node add: ${made.stderr}`);
  const again = house.run(['node', house.data, 'add', '--name', 'north', '--to', never], answers.house_passphrase + '\n');
  check(again.status === 1 && /is taken/.test(again.stderr), `node add twice: ${again.status} ${again.stderr}`);
  const fingerprint = (/^ {2}((\d{4} ?){6})$/m.exec(made.stdout) || [])[1];
  check(fingerprint, `no fingerprint: ${made.stdout}`);
  const early = serves(house, to);
  check(early.status === 1 && /not admitted yet/.test(early.stderr), `served before anybody vouched: ${early.status} ${early.stderr}`);
  return fingerprint;
}

async function vouch(who, fingerprint) {
  const person = (/href="(\/people\/[0-9a-f]{32})"[^>]*>north</.exec((await who.get('/people')).body) || [])[1];
  const page = await who.get(person);
  check(page.body.includes('Vouch for this machine'), 'the page of the machine does not ask to vouch for it');
  await who.fill(`${person}/certify`, { fingerprint }, person);
  return person;
}

// What a browser shows of it to whom hand signed in, at every width and for everybody's eyes (tests/journeys/lib.js).
async function look(hand, address, name) {
  const browser = await openBrowser(), shots = process.env.SHOTS === '1', journey = new Journey('nodes', hand.house, browser, { shots, looks: true, seen: new Set() });
  try {
    const page = await journey.visitor(), cookies = hand.cookie.split('; ').map((pair) => pair.split('='));
    await page.context().addCookies(cookies.map(([key, value]) => ({ name: key, value, url: hand.house.staff })));
    check((await page.goto(hand.house.staff + address)).status() === 200, `${address} is not shown to ${hand.account.name}`);
    await journey.look(page, name);
    await journey.lookAtPseudo(page, hand.house.staff + address, name);
    check(!journey.failures.length && journey.passed > 0, journey.failures.join('; '));
  } finally {
    await browser.close();
  }
}

function proves(house, number, key) {
  const file = path.join(house.folder, `log-${number}`);
  fs.rmSync(file, { force: true });
  const said = house.run(['audit', house.data, 'export', file, '--log', String(number)]);
  check(said.status === 0, `log ${number} cannot be exported: ${said.stderr}`);
  const proof = house.run(['audit', 'verify', file, ...(key ? ['--node', key] : [])]);
  return proof.status === 0 && new RegExp(`^log ${number}$`, 'm').test(fs.readFileSync(file, 'utf8'));
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', answers, db: databases('house') });
  let other;
  const abandon = () => { for (const h of [house, other]) if (h && h.process) h.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    check(unlock(house).status === 0, 'the new house does not open');
    refusedOnFiles(house);
    const to = path.join(house.folder, 'north'), fingerprint = add(house, to);
    const ada = await Hand.of(house, house.account('administrator')), sam = await Hand.of(house, house.account('supervisor'));
    await look(sam, await vouch(ada, fingerprint), 'machine-new');
    const early = serves(house, to);
    check(early.status === 1 && /not admitted yet/.test(early.stderr), `served when one had vouched: ${early.status} ${early.stderr}`);
    const north = await vouch(sam, fingerprint);
    await sam.get('/queue');

    other = await machine(house, to);
    await other.serve();
    check(unlock(other, 'not the passphrase of it').status === 1, 'another passphrase opened the second node');
    check(unlock(other).status === 0, `the second node does not open: ${other.log()}`);
    for (const data of [house.data, to]) {
      const copy = path.join(house.folder, `copy-of-${path.basename(data)}`);
      fs.mkdirSync(copy);
      for (const f of ['anchor', 'keeper.secret', 'databases', 'node']) if (fs.existsSync(path.join(data, f))) fs.copyFileSync(path.join(data, f), path.join(copy, f));
      const twice = serves(house, copy);
      check(twice.status === 1 && /another program serves the house as this node/.test(twice.stderr), `a copy of a folder was served: ${twice.status} ${twice.stderr}`);
    }
    const listed = house.run(['node', house.data, 'list']);
    check(listed.status === 0 && /^ 1 {2}first .*admitted/m.test(listed.stdout) && /^ 2 {2}north .*admitted/m.test(listed.stdout), `node list: ${listed.stdout}${listed.stderr}`);

    // Nobody who certifies signs in there: the seed comes from the first, which looks each minute whether it is alone.
    check(await within(90, () => /"engine_keys","level":"note","open":1/.test(other.log())), `the second engine was given no seed: ${other.log()}`);
    const taker = house.account('call taker'), there = await Hand.of(other, taker), here = await Hand.of(house, taker);
    await tip(house, 'He answers at 202-555-0143, an invented number.');
    await tip(other, 'An invented girl named 202-555-0143 as well.');
    check(await within(20, async () => (await tipsOf(there)).length === 2), 'the second node does not show both tips');
    const [one, two] = await tipsOf(there);
    for (const [hand, name] of [[there, 'second'], [here, 'first']])
      check(await within(30, async () => (await hand.get(`${one}/alike`)).body.includes(`"${two}"`)), `the ${name} engine does not find what came in through the other`);

    const moved = Object.assign(Object.create(Hand.prototype), { house: other, account: taker, tokens: new Map(), cookie: here.cookie });
    check((await moved.get('/queue')).status === 423 && (await here.get('/queue')).status === 200, 'a session of the first node is not locked on the second, or is lost on the first');

    // Taken out on the first, refused on the second, with the next message.
    check((await there.get(one)).status === 200, 'lin does not read the tip on the second node');
    const hers = (/href="(\/people\/[0-9a-f]{32})"[^>]*>lin</.exec((await ada.get('/people')).body) || [])[1];
    await ada.fill(`${hers}/depart`, { reason: 'an invented reason' }, hers);
    const after = await there.get(one);
    check(after.status !== 200 && !after.body.includes('202-555-0143'), `who left reads on: ${after.status}`);

    check(proves(house, 1, house.printed.trim().split(/\s+/).pop()), 'the first log does not verify');
    check(proves(house, 2), 'the second log does not verify');
    check(!proves(house, 2, house.printed.trim().split(/\s+/).pop()), 'the second log verifies under the key of the first node');
    const backup = other.run(['backup', other.data, '--to', house.folder, '--recipient', 'age1invented']);
    check(backup.status !== 0, 'a backup was made on the second node');

    // Its keeper dies; the next claims its number again, and is opened again.
    for (const pid of other.roles('keeper')) process.kill(pid, 'SIGKILL');
    check(await within(30, () => unlock(other).status === 0), `the second node does not come back: ${other.log()}`);
    check(await within(90, () => other.log().split('"engine_keys","level":"note","open":1').length >= 3), 'its engine was not given the seed again');

    const page = await ada.get(north);
    check(page.body.includes('This machine leaves'), 'the machine cannot be taken out');
    await look(ada, north, 'machine');
    await ada.fill(`${north}/depart`, { reason: 'an invented reason' }, north);
    check(await within(90, () => /"keeper_store_failed"/.test(other.log())), `the keeper of a machine that was taken out goes on: ${other.log()}`);
    check(unlock(other).status !== 0, 'it was opened again');
    await other.stop();
    const late = serves(other, to);
    check(late.status === 1 && /was taken out/.test(late.stderr), `it was served again: ${late.status} ${late.stderr}`);
    await house.stop();
    await house.serve();
    check(unlock(house).status === 0, 'the house does not open with the log of a machine that is gone');
    check(proves(house, 2), 'the log of the machine that was taken out does not verify');
    for (const h of [house, other]) check(!/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(h.log()), `the program broke:\n${h.log().slice(-4000)}`);
  } finally {
    for (const h of [house, other]) if (h) { await h.stop(); h.remove(); }
  }
}

walk(main);
