// Two supervisors of a house are gone; the root key's shares make others, on a copy, and the house takes what root signed. All texts are invented.
// Under tests/with_postgres.sh the house and its copy have their databases there.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { Hand } = require('../journeys/hand');
const { House, freshCode } = require('../journeys/house');
const seed = require('../journeys/seed');
const { check, walk, answersWith } = require('./house_made');

const answers = answersWith({ name: 'cam', role: 'coordinator', passphrase: 'three invented shawls on a fence' });
const copyPassphrase = 'an invented bridge over cold water';
const nellPassphrase = 'eleven invented oars by the door', ruePassphrase = 'two invented lanterns in the fog';

function tool(name, words) {
  const said = spawnSync(name, words, { encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`${name} ${words.join(' ')}: ${said.stderr || said.error}`);
  return said.stdout;
}

// The URL of two fresh databases of that name on the cluster of with_postgres.sh; undefined: files.
function databases(name) {
  const pattern = process.env.PLAINSIGHT_TEST_POSTGRES;
  if (!pattern) return undefined;
  for (const each of [name, `${name}_keys`]) tool('psql', ['-qc', `CREATE DATABASE ${each}`]);
  return pattern.replace('%s', name);
}

const unlock = (house, passphrase) => house.run(['unlock', house.data], passphrase + '\n').status;

class Staff {
  constructor(house) { this.house = house; }

  async ask(place, fields) {
    const headers = { Origin: this.house.staff, ...(this.cookie ? { Cookie: this.cookie } : {}) };
    const answer = await fetch(this.house.staff + place, { method: fields ? 'POST' : 'GET', body: fields && new URLSearchParams(fields), headers, redirect: 'manual' });
    const cookies = answer.headers.getSetCookie().map((c) => c.split(';')[0]);
    if (cookies.length) this.cookie = cookies.join('; ');
    return { status: answer.status, text: await answer.text() };
  }

  async signIn(account) {
    const answer = await this.ask('/sign-in', { name: account.name, pass: account.passphrase, code: await freshCode(account) });
    return answer.status === 303;
  }
}

function copyOf(house, letters) {
  const folder = path.join(house.folder, 'sets'), key = path.join(house.folder, 'offline.key'), file = path.join(house.folder, 'restore.json');
  fs.mkdirSync(folder);
  tool('age-keygen', ['-o', key]);
  const recipient = tool('age-keygen', ['-y', key]).trim();
  const made = house.run(['backup', house.data, '--to', folder, '--recipient', recipient]);
  check(made.status === 0, `backup: ${made.stderr}`);
  const stamp = /manifest-(\d{8}T\d{6}Z)\.txt/.exec(fs.readdirSync(folder).join('\n'))[1];
  const copy = path.join(house.folder, 'copy');
  fs.writeFileSync(file, JSON.stringify({ house_key: letters, house_passphrase: copyPassphrase }), { mode: 0o600 });
  const set = (k) => path.join(folder, `${k}-${stamp}.age`);
  const db = databases('copy'), words = db ? ['--db', db] : [];
  const back = house.run(['restore', copy, ...words, '--content', set('content'), '--keys', set('keys'), '--log', set('log'), '--identity', key, '--answers', file]);
  check(back.status === 0, `restore: ${back.stderr}`);
  return copy;
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', answers, db: databases('house') });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    const letters = /House key[^\n]*\n\s+([0-9A-Za-z]{52})\n/.exec(house.printed)[1];
    const shares = [...house.printed.matchAll(/^ {2}[1-5] {2}([0-9A-Z-]{60,})$/gm)].map((m) => m[1]);
    check(shares.length === 5, `init printed ${shares.length} shares`);
    check(unlock(house, answers.house_passphrase) === 0, 'the new house does not open');
    const sent = await fetch(house.public + '/api/v1/tips', {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify({ narrative: 'Invented tip from before the ceremony.', language: 'en' }),
    });
    check(sent.status === 201, 'the tip was not taken');
    const [sam, cam] = [await Hand.of(house, house.account('supervisor')), await Hand.of(house, house.account('coordinator'))];
    await seed.openCase(sam, { title: 'The invented case of before' });
    await seed.openFile(cam, { alias: 'Juniper' });
    const copy = copyOf(house, letters);
    const files = [copy, house.data].filter((folder) => fs.existsSync(path.join(folder, 'content.db'))).length;
    check(files === (process.env.PLAINSIGHT_TEST_POSTGRES ? 0 : 2), `${files} databases are files`);

    const list = path.join(house.folder, 'acts'), file = path.join(house.folder, 'shares'), json = path.join(house.folder, 'ceremony.json');
    fs.writeFileSync(json, JSON.stringify({ house_passphrase: copyPassphrase, nell: nellPassphrase, rue: ruePassphrase }), { mode: 0o600 });
    const ceremony = (given, more = []) => {
      fs.writeFileSync(file, given.join('\n') + '\n', { mode: 0o600 });
      return house.run(['key', 'ceremony', copy, '--new', 'nell', '--role', 'supervisor', '--give', 'nell',
        '--new', 'rue', '--role', 'specialist', '--give', 'rue', '--list', list, '--shares', file, '--answers', json, ...more]);
    };
    const mistyped = shares[2].slice(0, 20) + (shares[2][20] === '7' ? '8' : '7') + shares[2].slice(21);
    for (const [what, given, wanted] of [
      ['two shares', shares.slice(0, 2), /2 shares were read.*too few/],
      ['a share that is mistyped', [shares[0], shares[1], mistyped], /3 shares were read/],
      ['no share', ['four words and no share'], /this is no share/],
    ]) {
      const said = ceremony(given);
      check(said.status === 1 && wanted.test(said.stderr) && !fs.existsSync(list), `${what}: ${said.status} ${said.stderr}`);
    }
    const served = house.run(['key', 'ceremony', house.data, '--give', 'sam', '--list', list, '--shares', file, '--answers', json]);
    check(served.status === 1 && /is being served/.test(served.stderr), `on a served house: ${served.stderr}`);
    const wrong = house.run(['key', 'ceremony', copy, '--give', 'sam', '--list', list, '--shares', file], 'not the passphrase of it\n');
    check(wrong.status === 1 && /not the house passphrase/.test(wrong.stderr), `another house passphrase: ${wrong.stderr}`);
    check(house.run(['key', 'ceremony', copy, '--list', list]).status === 2, 'a ceremony without a task');

    // Four shares, one of them mistyped, in the order somebody found them.
    const done = ceremony([shares[4], mistyped, shares[0], `  4  ${shares[3].toLowerCase()}`]);
    check(done.status === 0 && /^nell: keys of 5 rings given/m.test(done.stdout) && /^rue: keys of 4 rings given/m.test(done.stdout), `the ceremony: ${done.stdout}${done.stderr}`);
    const nell = { name: 'nell', passphrase: nellPassphrase, secret: (/^nell \([^\n]*\n +authenticator key +([A-Z2-7]+)/m.exec(done.stdout) || [])[1] };
    const rue = { name: 'rue', passphrase: ruePassphrase, secret: (/^rue \([^\n]*\n +authenticator key +([A-Z2-7]+)/m.exec(done.stdout) || [])[1] };
    check(house.run(['key', 'bring', house.data, list]).status === 1, 'a list was brought to a served house');
    await house.stop();
    const bytes = fs.readFileSync(list, 'utf8');
    fs.writeFileSync(list + '.changed', bytes.replace(/^m ../m, (m) => m.slice(0, 2) + (m.slice(2) === '00' ? '01' : '00')));
    const changed = house.run(['key', 'bring', house.data, list + '.changed']);
    check(changed.status === 1 && /no list of this house/.test(changed.stderr), `a changed list: ${changed.stderr}`);
    const brought = house.run(['key', 'bring', house.data, list]);
    check(brought.status === 0 && /2 new accounts/.test(brought.stdout), `bring: ${brought.stdout}${brought.stderr}`);
    const again = house.run(['key', 'bring', house.data, list]);
    check(again.status === 1 && /brought before/.test(again.stderr), `brought twice: ${again.stderr}`);

    await house.serve();
    check(unlock(house, answers.house_passphrase) === 0, 'the house does not open after the ceremony');
    const staff = new Staff(house);
    check(nell.secret && await staff.signIn(nell), 'who was made by root cannot sign in');
    const queue = await staff.ask('/queue');
    const tip = (/href="(\/tips\/[0-9a-f]{32})"/.exec(queue.text) || [])[1];
    check(tip && (await staff.ask(tip)).text.includes('Invented tip from before the ceremony.'), 'the tip of before is not read with the keys that root gave');
    check(/Acts of the root key were found on/.test(queue.text), 'the first page does not say that the root key was used');
    check((await staff.ask('/cases')).text.includes('The invented case of before'), 'the case is not among those of who got its keys');
    const carer = new Staff(house);
    check(rue.secret && await carer.signIn(rue) && (await carer.ask('/victims')).text.includes('Juniper'), 'the file is not among those of the carer who got its keys');
    const log = path.join(house.folder, 'log');
    check(house.run(['audit', house.data, 'export', log]).status === 0, 'the log cannot be exported');
    const node = house.printed.trim().split(/\s+/).pop();
    check(house.run(['audit', 'verify', log, '--node', node]).status === 0, 'the log does not verify after the ceremony');

    // Shares typed at the terminal, until they are enough.
    const typed = house.run(['key', 'ceremony', copy, '--certify', 'ada', '--list', list + '2'], [copyPassphrase, ...shares.slice(0, 4)].join('\n') + '\n');
    check(typed.status === 0 && /ada: certified by root until/.test(typed.stdout), `typed shares: ${typed.stdout}${typed.stderr}`);
    const db = path.join(copy, 'databases'), gone = fs.existsSync(db);
    if (gone) fs.writeFileSync(db, fs.readFileSync(db, 'utf8').replaceAll('/copy', '/nobody'));
    else fs.rmSync(path.join(copy, 'content.db'));
    const half = house.run(['key', 'ceremony', copy, '--certify', 'ada', '--list', list + '3', '--shares', file, '--answers', json]);
    check(half.status === 1 && (gone ? /does their server run/ : /not a whole data folder/).test(half.stderr), `without its databases: ${half.stderr}`);
    check(!/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(house.log()), `the program broke:\n${house.log().slice(-4000)}`);
  } finally {
    await house.stop();
    house.remove();
  }
}

walk(main);
