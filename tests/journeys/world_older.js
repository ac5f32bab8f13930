// A house of an older program: serve brings it up to date before anything is served. Killed in the middle, half done, newer than we are, or
// with keys that cannot be brought along: the rows stay whole, every page stays calm, and no typed word is lost.
'use strict';
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { House, top } = require('./house');
const { World, routesOf, absentId } = require('./world');
const { ask, post, Hand } = require('./hand');
const seed = require('./seed');

const words = 'Invented: men sleep in the car wash. <b>&amp; "quoted"</b>';
const BACK = 6; // so many migrations the earlier program does not know
const STEP_BYTES = 20000, LEAST_STEP = 1000, MOST_BYTES = 2000000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function sqlite(house, name, text) {
  const said = spawnSync('sqlite3', ['-bail', path.join(house.data, name)], { input: text, encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`sqlite3: ${said.stderr} ${text}`);
  return said.stdout.trim();
}

// The migrations of content.db, oldest first.
function migrationsOf() {
  const folder = path.join(top, 'migrations', 'content');
  return fs.readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()
    .map((name) => ({ number: Number(name.slice(0, 4)), text: fs.readFileSync(path.join(folder, name), 'utf8') }));
}

const tablesOf = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migration' ORDER BY name;";
const schemaOf = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name <> 'schema_migration' ORDER BY name;";

// The schema after so many of them, as sqlite3 makes it.
function schemaAfter(migrations) {
  const said = spawnSync('sqlite3', ['-bail', ':memory:'], { input: migrations.map((m) => m.text).join('\n') + '\n' + schemaOf, encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`sqlite3: ${said.stderr}`);
  return said.stdout.trim();
}

// content.db as the program before had it: made by its migrations alone, with the rows that have a place there.
function takeBack(house, migrations) {
  const now = path.join(house.data, 'content.db'), old = path.join(house.folder, 'older.db');
  fs.rmSync(old, { force: true });
  sqlite(house, '../older.db', migrations.map((m) => m.text).join('\n'));
  const columns = (name, table) => sqlite(house, name, `SELECT name FROM pragma_table_info('${table}');`).split('\n');
  const copies = sqlite(house, '../older.db', tablesOf).split('\n').map((table) => {
    const there = new Set(columns('content.db', table)), both = columns('../older.db', table).filter((column) => there.has(column)).join(', ');
    return `DELETE FROM ${table}; INSERT INTO ${table} (${both}) SELECT ${both} FROM now.${table};`;
  });
  sqlite(house, '../older.db', `PRAGMA journal_mode = WAL; ATTACH '${now}' AS now; CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
    BEGIN; ${copies.join('\n')} INSERT INTO schema_migration SELECT * FROM now.schema_migration WHERE number <= ${migrations.at(-1).number}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);`);
  for (const tail of ['-wal', '-shm']) fs.rmSync(now + tail, { force: true });
  fs.renameSync(old, now);
  for (const tail of ['-wal', '-shm']) fs.rmSync(old + tail, { force: true });
}

// The schema is that of the migrations which are noted, no more and no less; resolves to how many they are.
function standing(t, house, migrations, label) {
  t.equal(sqlite(house, 'content.db', 'PRAGMA integrity_check;'), 'ok', `${label}: the database is whole`);
  const noted = sqlite(house, 'content.db', 'SELECT number FROM schema_migration ORDER BY number;').split('\n').map(Number);
  t.equal(noted.join(), migrations.slice(0, noted.length).map((m) => m.number).join(), `${label}: none before another`);
  t.equal(sqlite(house, 'content.db', schemaOf), schemaAfter(migrations.slice(0, noted.length)), `${label}: each stands whole or not at all`);
  return noted.length;
}

async function wholeAgain(t, house, receipt, label) {
  await house.serve();
  const answer = await post(house.public, '/tip/return', { receipt });
  t.check(answer.status === 200 && /There is no answer yet/.test(answer.body), `${label}: the number from before opens its mailbox: ${answer.status}`);
  t.equal((await ask(house.public, '/tip')).status, 200, `${label}: the form is there`);
  await house.stop();
}

async function ended(child) {
  while (child.exitCode === null && child.signalCode === null) await pause(5);
  return child.exitCode;
}

// Killed as soon as so many bytes of the migrations lie in the log beside the database, or as soon as it serves.
async function killAt(house, bytes) {
  const child = house.begin(), wal = path.join(house.data, 'content.db-wal'), late = Date.now() + 20000;
  const size = () => { try { return fs.statSync(wal).size; } catch { return 0; } };
  let serves = false;
  child.stdout.once('data', () => { serves = true; });
  while (size() < bytes && child.exitCode === null && Date.now() < late && !serves) if (!(Date.now() % 5)) await new Promise(setImmediate);
  child.kill('SIGKILL');
  await ended(child);
}

// From the first byte on in small steps until a kill comes too late; in smaller ones again when none fell between two migrations, as on a
// machine where the kill comes late and the migrations are quick.
async function killed(t, house, migrations, receipt) {
  const seen = new Set(), middle = () => [...seen].some((n) => n > migrations.length - BACK && n < migrations.length);
  for (let step = STEP_BYTES; !middle() && step >= LEAST_STEP; step /= 4) {
    seen.delete(migrations.length);
    for (let bytes = 1; !seen.has(migrations.length) && bytes < MOST_BYTES; bytes += step) {
      takeBack(house, migrations.slice(0, -BACK));
      t.equal(standing(t, house, migrations, 'before'), migrations.length - BACK, 'the schema of an earlier program');
      await killAt(house, bytes);
      seen.add(standing(t, house, migrations, `killed at ${bytes} bytes`));
    }
  }
  t.check(middle(), `killed in the middle too: ${[...seen]} of ${migrations.length} stood`);
  await wholeAgain(t, house, receipt, 'started again after the last kill');
  t.equal(standing(t, house, migrations, 'after'), migrations.length, 'all of them stand');
}

// Somebody else holds the database: nothing is served meanwhile, and after a while serve says so and ends.
async function held(t, house, migrations, receipt) {
  takeBack(house, migrations.slice(0, -1));
  const other = spawn('sqlite3', [path.join(house.data, 'content.db')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const began = new Promise((done) => other.stdout.once('data', done));
  other.stdin.write('BEGIN IMMEDIATE;\nSELECT 1;\n');
  await began;
  const child = house.begin();
  await pause(1500);
  t.equal(child.exitCode, null, 'serve waits');
  t.check(await ask(house.public, '/').then(() => false, () => true), 'and nothing is served on an older database');
  t.equal(await ended(child), 1, 'then it gives up');
  t.check(/content\.db was not brought up to date, so nothing was started; it is as it was/.test(house.log()), 'and says so in words');
  other.stdin.end();
  await new Promise((done) => other.once('exit', done));
  await wholeAgain(t, house, receipt, 'once the other has gone');
}

async function newer(t, house, receipt) {
  sqlite(house, 'content.db', "INSERT INTO schema_migration (number, name, checksum) VALUES (9999, 'of a later program', 0);");
  t.equal(await ended(house.begin()), 1, 'a database of a later program is not served');
  t.check(/migration_newer/.test(house.log()), 'and the log names the reason');
  sqlite(house, 'content.db', 'DELETE FROM schema_migration WHERE number = 9999;');
  await wholeAgain(t, house, receipt, 'with its own program');
}

function calm(t, answer, label, side) {
  t.check([200, 303, 404, 423, 503].includes(answer.status), `${label}: ${answer.status}`);
  if (!answer.type.startsWith('text/html') || answer.status === 303) return;
  t.check(!/sqlite|SQL|FAULT|no such (table|column)|assert/.test(answer.body), `${label} tells no inner word`);
  if (side === 'public') t.check(/href="tel:911"/.test(answer.body), `${label} shows the emergency number`);
}

// content.db is up to date and keys.db is not: the keeper cannot start. Every page is asked, as a stranger and in a session from before.
async function halfDone(t, house, hands, receipt) {
  sqlite(house, 'keys.db', "INSERT INTO schema_migration (number, name, checksum) VALUES (9999, 'of a later program', 0);");
  house.begin();
  for (let i = 0; i < 200 && await ask(house.public, '/').then(() => false, () => true); i++) await pause(100);
  const world = new World(t, house);
  const routes = routesOf(house), pathOf = (route) => route.path.replace(':word', 'arrests').replace(':id', absentId);
  // In a session from before each page waits for the keys until it gives up: so all at once.
  const inside = routes.filter((route) => route.side === 'staff').filter((route, i) => world.full || i % 4 === 0).map(async (route, i) => {
    const hand = hands[i % hands.length];
    calm(t, await hand.get(pathOf(route)), `${route.name} for ${hand.account.role}, with half a house`, 'staff');
  });
  for (const route of routes) {
    const at = pathOf(route);
    for (const lang of route.side === 'public' ? ['en', 'es'] : ['en']) {
      const answer = await ask(house[route.side], `${at}?lang=${lang}`);
      calm(t, answer, `${route.name} in ${lang}, with half a house`, route.side);
      if (route.side === 'public' && answer.type.startsWith('text/html')) t.check(answer.body.includes(`<html lang="${lang}"`), `${route.name} speaks ${lang}`);
    }
  }
  await Promise.all(inside);
  const page = await world.pageOf('stranger');
  await page.goto(house.public + '/tip');
  await page.fill('[name=narrative]', words);
  await page.fill('[name=place]', 'Invented Road 12');
  const key = await page.inputValue('[name=key]');
  await Promise.all([page.waitForEvent('load'), page.locator('main form.tip button.main').press('Enter')]);
  t.check((await page.title()).startsWith('Problem:'), 'a tip cannot be taken, and the page says so');
  t.equal(await page.inputValue('[name=narrative]'), words, 'and every word is there');
  t.equal(await page.inputValue('[name=place]'), 'Invented Road 12', 'the place too');
  t.equal(await page.inputValue('[name=key]'), key, 'under the key of this sending, so that it counts once');
  await world.fits(page, 'a tip that could not be taken');
  await t.axe(page, 'a tip that could not be taken');
  await t.picture(page, 'older-tip-kept');
  t.equal((await post(house.public, '/tip/return', { receipt })).status, 503, 'a mailbox asks to come back later');
  return page;
}

module.exports = {
  async 'a house of an older program'(t) {
    t.allow(/status of (4\d\d|503)/);
    const migrations = migrationsOf(), house = await House.make({ tips: 6 });
    t.alsoAt(house);
    try {
      const receipt = await seed.tip(house, { narrative: 'Invented: sent to the program before.' });
      const hands = await Promise.all(['call taker', 'administrator', 'investigator'].map((role) => Hand.of(house, house.account(role))));
      await house.stop();
      await killed(t, house, migrations, receipt);
      await held(t, house, migrations, receipt);
      await newer(t, house, receipt);
      const page = await halfDone(t, house, hands, receipt);
      await house.stop();
      sqlite(house, 'keys.db', 'DELETE FROM schema_migration WHERE number = 9999;');
      await house.serve();
      await Promise.all([page.waitForEvent('load'), page.locator('main form.tip button.main').press('Enter')]);
      t.check(/^\d{24}$/.test((await page.locator('.digits').innerText()).replace(/\D/g, '')), 'sent once more by the right program, the tip is taken');
    } finally {
      await house.leave(t);
    }
  },
};
