// Deconfliction: the officer sees that two tips of two offices name the same, by pointers; both owners are told by an act, and nothing of each other.
'use strict';
const { press } = require('./lib');

const row = 'li[data-row]', line = 'p.box[role=note]';

// The engine reads a new tip within a few seconds: the page is asked for until it shows that element.
async function lookUntil(page, address, selector) {
  for (let i = 0; i < 60; i++) {
    await page.goto(address);
    if (await page.locator(selector).count()) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`${address} never showed ${selector}: ${await page.locator('main').innerText()}`);
}

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
    await dee.goto(`${t.house.staff}/deconfliction?list=decided`);
    t.check((await dee.locator(row).first().innerText()).includes('both owners were told'), 'what was decided is listed');
    await t.look(dee, 'deconfliction-decided');
    await t.lookAtPseudo(dee, `${t.house.staff}/deconfliction?list=decided`, 'deconfliction-decided-pseudo');
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
