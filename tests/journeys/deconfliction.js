// Deconfliction: the officer sees that two tips of two offices name the same, by pointers; both owners are told by an act, and nothing of each other.
'use strict';
const { press, lookBoth, lookUntil, sendTip, openWhatComes } = require('./lib');

const row = 'li[data-row]', line = 'p.box[role=note]';

module.exports = {
  async 'the officer tells both owners, and neither of the other'(t) {
    const sam = await t.staff('supervisor'), dee = await t.staff('deconfliction officer');
    await lookUntil(dee, `${t.house.staff}/deconfliction`, row); // what the demonstration has of it
    const text = await dee.locator('main').innerText();
    t.check(/Telephone/.test(text) && /Lantern Line, Georgia/.test(text), 'kinds of facts and offices are told');
    t.check(!/555/.test(text), 'and no telephone number');
    for (const p of ['/queue', '/cases', '/measures', '/audit']) {
      t.allow(/status of 404/);
      t.equal((await dee.goto(t.house.staff + p)).status(), 404, `${p} for an officer of deconfliction`);
    }
    await dee.goto(`${t.house.staff}/deconfliction`);
    await t.look(dee, 'deconfliction');
    const first = dee.locator(row).first();
    const [own, other] = [await first.locator('[name=own]').inputValue(), await first.locator('[name=other]').inputValue()];
    const pages = async (person) => {
      const found = [];
      for (const id of [own, other]) {
        const answer = await person.goto(`${t.house.staff}/tips/${id}`);
        if (answer.status() === 200) found.push([id, await person.locator(line).count()]);
      }
      return found;
    };
    const before = await pages(sam);
    t.check(before.length === 1 && before[0][1] === 0, `the line reads one of them, and nothing of it: ${before}`);
    await press(dee, `${row} >> nth=0 >> button[value=told]`);
    t.equal(await dee.locator('main .box.good').innerText(), 'Both owners are told.', 'the act is said to be done');
    t.equal(await dee.locator(`[name=own][value="${own}"]`).count(), 0, 'the pair is not asked about again');
    await t.look(dee, 'deconfliction-told');
    const after = await pages(sam);
    t.check(after[0][1] === 1, 'the line reads that someone else has this');
    await sam.goto(`${t.house.staff}/tips/${after[0][0]}`);
    const said = await sam.locator(line).innerText();
    t.check(said.startsWith('Someone else has this: Telephone') && said.includes('s.varga') && !said.includes('Georgia'), `by kind and with whom to speak: ${said}`);
    await t.look(sam, 'tip-told');
    await lookUntil(sam, `${t.house.staff}/tips/${after[0][0]}/alike`, line);
    await t.look(sam, 'alike-told');
    const ivy = await t.staff('investigator'); // the line goes along with the tip, to whoever is on the case
    await ivy.goto(`${t.house.staff}/cases/new?tip=${after[0][0]}`);
    await ivy.fill('[name=title]', 'Toll Bridge');
    await press(ivy, 'main form button.main');
    t.equal(await ivy.locator(`section:has(#tips) ${line}`).innerText(), said, 'the people of its case read the same beside the tip');
    t.equal(await ivy.locator(`${line} a[href="#tips"]`).count(), 1, 'and are led there from the head of the page');
    await lookBoth(t, ivy, 'case-tip-told');
    await dee.goto(`${t.house.staff}/deconfliction?list=decided`);
    t.check((await dee.locator(row).first().innerText()).includes('both owners were told'), 'what was decided is listed');
    await t.look(dee, 'deconfliction-decided');
    await t.lookAtPseudo(dee, `${t.house.staff}/deconfliction?list=decided`, 'deconfliction-decided-pseudo');
  },

  async 'who is on a case is told of a tip of another office'(t) {
    const phone = '202-555-0177', marker = `marker-${Date.now()}`, setting = '+1 202-555-0199';
    const admin = await t.staff('administrator'), sam = await t.staff('supervisor'), ivy = await t.staff('investigator'), dee = await t.staff('deconfliction officer');
    await admin.goto(`${t.house.staff}/settings`);
    await admin.fill('#v-deconfliction_phone', setting);
    await press(admin, 'form:has(#v-deconfliction_phone) button');
    await ivy.goto(`${t.house.staff}/cases/new`);
    await ivy.fill('[name=title]', 'Ferry Road');
    await ivy.fill('[name=summary]', `Invented. They are told to call ${phone}.`);
    await press(ivy, 'main form button.main');
    const at = ivy.url().replace(/\?.*/, '');
    const link = await openWhatComes(t, sam, marker, async () => {
      const sent = await sendTip(t.house, { narrative: `Invented for a test: the number on the door is ${phone}. ${marker}`, language: 'en' });
      t.equal(sent.status, 201, 'a tip comes in');
    });
    await sam.goto(`${t.house.staff}${link}/route`);
    await sam.fill('[name=state]', 'Georgia');
    await press(sam, 'button[value=find]');
    await sam.selectOption('[name=office]', { label: (await sam.locator('#office option', { hasText: 'Georgia' }).first().innerText()) });
    await press(sam, 'button[value=send]');
    const mine = `${row}:has([value="${new URL(at).pathname.slice(7)}"])`;
    await lookUntil(dee, `${t.house.staff}/deconfliction`, mine);
    await t.look(dee, 'deconfliction-case');
    await press(dee, `${mine} >> nth=0 >> button[value=told]`);
    await lookUntil(ivy, at, line); // the pages of the staff read a setting anew within seconds
    await lookUntil(ivy, at, `${line}:has-text("${setting}")`);
    const said = await ivy.locator(line).innerText();
    t.check(said.startsWith('Someone else has this: Telephone') && said.includes('s.varga') && !/Georgia/.test(said) && !said.includes(phone), `by kind and with whom to speak: ${said}`);
    await lookBoth(t, ivy, 'case-told');
  },

  async 'what is put aside tells nobody, and an empty page says so'(t) {
    const dee = await t.staff('deconfliction officer');
    await dee.goto(`${t.house.staff}/deconfliction`);
    for (let i = 0; i < 20 && await dee.locator(`${row} button[value=nothing]`).count(); i++) { // what chance has put beside the pair above
      await press(dee, `${row} >> nth=0 >> button[value=nothing]`);
      t.equal(await dee.locator('main .box.good').innerText(), 'Put aside.', 'it is put aside');
    }
    t.equal(await dee.locator('#none').innerText(), 'Nothing to decide here', 'nothing is left');
    await t.look(dee, 'deconfliction-empty');
  },
};
