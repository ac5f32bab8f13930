// An administrator brings somebody in, two people vouch, and the person leaves. Everybody is invented.
'use strict';
const { press } = require('./lib');
const { freshCode } = require('./house');

const stamp = Date.now() % 1000000;
const newcomer = { role: 'call taker', name: `new.${stamp}`, passphrase: 'invented lantern river copper moss' };

// pseudo: the answer comes in the pseudo-language, here and below.
async function invite(t, admin, name, role, pseudo = false) {
  await admin.goto(t.house.staff + '/people');
  await admin.fill('[name=name]', name);
  await admin.check(`[name=role][value=${role}]`, { force: true });
  if (pseudo) await t.answerInPseudo(admin, 'form[action="/people"]');
  await press(admin, 'form[action^="/people"] button');
  return (await admin.locator('#code').innerText()).trim();
}

async function enrol(t, page, name, code, passphrase, pseudo = false) {
  await page.goto(t.house.staff + '/enrol');
  await t.passGate(page, async () => {
    await page.fill('[name=name]', name);
    await page.fill('[name=code]', code);
    await page.fill('[name=pass]', passphrase);
    await page.fill('[name=pass2]', passphrase);
    if (pseudo) await t.answerInPseudo(page, 'main form');
  });
}

async function openPerson(t, page, name) {
  await page.goto(t.house.staff + '/people');
  await press(page, `main table a:text-is("${name}")`);
}

async function vouch(t, page, name, fingerprint) {
  await openPerson(t, page, name);
  await page.fill('[name=fingerprint]', fingerprint);
  await press(page, 'form[action$="/certify"] button');
}

async function refused(t, account, words) {
  const page = await t.visitor();
  await page.goto(t.house.staff + '/sign-in');
  await t.passGate(page, async () => {
    await page.fill('[name=name]', account.name);
    await page.fill('[name=pass]', account.passphrase);
    await page.fill('[name=code]', await freshCode(account));
  });
  t.check((await page.locator('#failure').count()) === 1 && new URL(page.url()).pathname === '/sign-in', words);
}

async function opensNothing(t, page, path, words) {
  const answer = await page.goto(t.house.staff + path);
  const open = answer.status() === 200 && new URL(page.url()).pathname === path;
  t.check(!open && (await page.locator('.words').count()) === 0, `${words}: ${answer.status()} at ${new URL(page.url()).pathname}`);
}

async function signInAs(t, account) {
  const page = await t.visitor();
  await page.goto(t.house.staff + '/sign-in');
  await t.fillSignIn(page, account);
  return page;
}

module.exports = {
  async 'somebody new, from the code to the departure'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.staff('administrator'), supervisor = await t.staff('supervisor');
    await admin.goto(t.house.staff + '/people');
    await t.look(admin, 'people');
    await admin.fill('[name=name]', 'Not A Name');
    await press(admin, 'form[action="/people"] button');
    t.check((await admin.title()).startsWith('Problem:'), 'a name that does not fit is refused');
    t.equal(await admin.inputValue('[name=name]'), 'Not A Name', 'and kept in the field');
    await t.look(admin, 'people-error');
    const code = await invite(t, admin, newcomer.name, 'call_taker');
    t.equal(code.replace(/[\s-]/g, '').length, 32, 'a code to hand over');
    await t.look(admin, 'invited');

    const self = await t.visitor();
    await enrol(t, self, newcomer.name, code, 'short');
    t.check((await self.title()).startsWith('Problem:'), 'a short passphrase is refused');
    t.equal(await self.inputValue('[name=name]'), newcomer.name, 'and the name is kept');
    await t.look(self, 'enrol-error');
    await enrol(t, self, newcomer.name, code, newcomer.passphrase);
    newcomer.secret = (await self.locator('#otp-secret').innerText()).replace(/\s/g, '');
    newcomer.recovery = (await self.locator('#recovery').innerText()).trim();
    const fingerprint = (await self.locator('#fingerprint').innerText()).replace(/\D/g, '');
    t.equal(newcomer.secret.length, 32, 'a key for the authenticator');
    t.equal(newcomer.recovery.replace(/\s/g, '').length, 32, 'a recovery code');
    t.equal(fingerprint.length, 24, 'a fingerprint of 24 digits');
    const box = await self.locator('svg.qr').boundingBox();
    t.check(box && box.width >= 120 && Math.abs(box.width - box.height) < 2, `a code to scan: ${JSON.stringify(box)}`);
    await t.look(self, 'enrolled');
    const twice = await t.visitor();
    await enrol(t, twice, newcomer.name, code, 'another invented passphrase');
    t.check((await twice.title()).startsWith('Problem:'), 'the code makes keys once');

    await vouch(t, admin, newcomer.name, '000000000000000000000000');
    t.check((await admin.title()).startsWith('Problem:'), 'a wrong fingerprint is refused');
    await t.look(admin, 'vouch-error');
    await vouch(t, admin, newcomer.name, fingerprint);
    t.check(!(await admin.title()).startsWith('Problem:'), 'the administrator vouches');
    await vouch(t, admin, newcomer.name, fingerprint);
    t.check(/must vouch/.test(await admin.locator('.title').innerText()), 'but counts once');
    await vouch(t, supervisor, newcomer.name, fingerprint.replace(/(.{4})/g, '$1 '));
    t.check(!(await supervisor.title()).startsWith('Problem:'), 'the supervisor vouches');
    await openPerson(t, supervisor, newcomer.name);
    await t.look(supervisor, 'person');
    await t.lookAtPseudo(supervisor, supervisor.url(), 'person');

    const page = await signInAs(t, newcomer);
    const tip = await page.locator('[data-row] a').first().getAttribute('href');
    t.equal((await page.goto(t.house.staff + tip)).status(), 404, 'without the keys of the job no tip opens');
    await openPerson(t, supervisor, newcomer.name);
    await press(supervisor, 'form[action$="/admit"] button');
    t.check(!(await supervisor.title()).startsWith('Problem:'), 'the supervisor gives the keys');
    t.equal((await page.goto(t.house.staff + tip)).status(), 200, 'the newcomer opens what came before');
    t.check((await page.locator('.words').first().innerText()).length > 10, 'and reads it');

    newcomer.passphrase = 'invented amber window harbour step';
    const lost = await t.visitor();
    const recover = async (recovery, pseudo = false) => {
      await lost.goto(t.house.staff + '/recover');
      await t.passGate(lost, async () => {
        await lost.fill('[name=name]', newcomer.name);
        await lost.fill('[name=code]', recovery);
        await lost.fill('[name=otp]', await freshCode(newcomer));
        await lost.fill('[name=pass]', newcomer.passphrase);
        await lost.fill('[name=pass2]', newcomer.passphrase);
        if (pseudo) await t.answerInPseudo(lost, 'main form');
      });
    };
    await recover(newcomer.recovery.replace(/[0-9A-Z]/g, '0'));
    t.check((await lost.title()).startsWith('Problem:'), 'a wrong recovery code is refused');
    await t.look(lost, 'recover-error');
    await recover(newcomer.recovery);
    const next = (await lost.locator('#recovery').innerText()).trim();
    t.check(next.replace(/\s/g, '').length === 32 && next !== newcomer.recovery, 'the recovery code gives a new one');
    await t.look(lost, 'recovered');
    await recover(next, true);
    t.check((await lost.locator('#recovery').innerText()).trim() !== next, 'and the new one another');
    await t.lookPseudo(lost, 'recovered');
    await opensNothing(t, page, tip, 'the sign-ins from before have ended');

    const back = await signInAs(t, newcomer);
    t.equal((await back.goto(t.house.staff + tip)).status(), 200, 'the new passphrase opens the same keys');
    await openPerson(t, admin, newcomer.name);
    await press(admin, 'form[action$="/depart"] button');
    t.check(/ended|left/i.test(await admin.locator('main').innerText()), 'the departure is told');
    await t.look(admin, 'person-left');
    await opensNothing(t, back, tip, 'after the departure the cookie opens nothing');
    await refused(t, newcomer, 'and the passphrase with a fresh code signs nobody in');
  },

  async 'nobody is vouched for before they have made their keys'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.staff('administrator');
    const code = await invite(t, admin, `later.${stamp}`, 'auditor', true);
    await t.lookPseudo(admin, 'invited');
    await openPerson(t, admin, `later.${stamp}`);
    t.equal(await admin.locator('[name=fingerprint]').count(), 0, 'no field to vouch');
    const self = await t.visitor();
    await enrol(t, self, `later.${stamp}`, code, newcomer.passphrase, true);
    await t.lookPseudo(self, 'enrolled');
    await openPerson(t, admin, `later.${stamp}`);
    t.equal(await admin.locator('[name=fingerprint]').count(), 1, 'and then there is one');
    await admin.goto(t.house.staff + '/people');
    await admin.fill('[name=name]', `later.${stamp}`);
    await admin.check('[name=role][value=auditor]', { force: true });
    await press(admin, 'form[action="/people"] button');
    t.check((await admin.title()).startsWith('Problem:'), 'a name that is taken is refused');
  },

  async 'a passphrase is changed by its owner'(t) {
    t.allow(/status of 4\d\d/);
    const account = { ...t.house.account('call taker', 1) };
    const page = await signInAs(t, account);
    const other = await signInAs(t, account);
    const change = async (old, fresh, again) => {
      await page.goto(t.house.staff + '/own');
      await page.fill('[name=old]', old);
      await page.fill('[name=otp]', await freshCode(account));
      await page.fill('[name=pass]', fresh);
      await page.fill('[name=pass2]', again);
      await press(page, 'form[action="/own/passphrase"] button');
    };
    const fresh = 'invented copper meadow under snow';
    await change('an invented wrong passphrase', fresh, fresh);
    t.check((await page.title()).startsWith('Problem:'), 'the passphrase of now is asked for');
    await t.look(page, 'own-error');
    await change(account.passphrase, fresh, fresh);
    t.equal(await page.locator('.box.good').count(), 1, `the change is told: ${await page.locator('main').innerText().then((s) => s.slice(0, 200))}`);
    await refused(t, account, 'the old passphrase signs nobody in');
    const back = await signInAs(t, { ...account, passphrase: fresh });
    t.equal(new URL(back.url()).pathname, '/queue', 'the new one does');
    const tip = await back.locator('[data-row] a').first().getAttribute('href');
    t.equal((await back.goto(t.house.staff + tip)).status(), 200, 'and opens the same keys');
    await opensNothing(t, other, tip, 'the other sign-ins have ended');
    t.house.account('call taker', 1).passphrase = fresh;
  },

  async 'reads no tip'(t) {
    t.allow(/status of 404/);
    const admin = await t.staff('administrator');
    const taker = await t.staff('call taker');
    const tip = await taker.locator('[data-row] a').first().getAttribute('href');
    const bytes = async (answer) => (await answer.text()).replace(/name="_token" value="[^"]*"/g, '');
    const absent = await bytes(await admin.goto(t.house.staff + '/nothing-here'));
    for (const path of ['/queue', '/audit', tip]) {
      const answer = await admin.goto(t.house.staff + path);
      t.equal(answer.status(), 404, `${path} for an administrator`);
      t.check(await bytes(answer) === absent, `${path} is what is not there, byte for byte`);
    }
    await t.lookAtPseudo(admin, t.house.staff + '/people', 'people');
  },
};
