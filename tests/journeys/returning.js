// A tipster comes back: reads the reply, adds something. All texts are invented.
'use strict';
const { press, sendTip, receiptOn } = require('./lib');

const narrative = 'Invented for a test: two sisters from the blue house never leave it alone.';
const reply = 'Invented reply: thank you for writing. Do they come out at night?';

async function openMailbox(t, page, receipt) {
  await page.goto(t.house.public + '/tip/return');
  await page.fill('[name=receipt]', receipt);
  await press(page, 'main form button.main');
}

async function answerAsCallTaker(t, marker) {
  const page = await t.signIn('call taker');
  await page.goto(t.house.staff + '/queue');
  const rows = page.locator('[data-row] a[href^="/tips/"]');
  const links = [...new Set(await rows.evaluateAll((all) => all.map((a) => a.getAttribute('href').split('#')[0])))];
  for (const link of links.slice(0, 10)) {
    await page.goto(t.house.staff + link);
    if (!(await page.locator('main').innerText()).includes(marker)) continue;
    await page.fill('textarea[name=answer]', reply);
    await press(page, 'form:has(textarea[name=answer]) button');
    return true;
  }
  return false;
}

module.exports = {
  async 'reads the reply and adds to it'(t) {
    const marker = `marker ${Date.now()}`;
    const sent = await sendTip(t.house, { narrative: `${narrative} ${marker}`, language: 'en', consent: 'confidential' });
    t.equal(sent.status, 201, 'the interface for programs answers');
    const receipt = String(sent.body && sent.body.receipt).replace(/\D/g, '');
    t.check(/^\d{24}$/.test(receipt), 'it gives 24 digits');
    t.check(await answerAsCallTaker(t, marker), 'the call taker finds the tip and answers');

    const page = await t.visitor({ javaScriptEnabled: false });
    await openMailbox(t, page, receipt.replace(/(.{4})/g, '$1 '));
    const seen = await page.locator('main').innerText();
    t.check(seen.includes(reply), 'the reply is shown');
    t.check(!seen.includes('blue house') && !seen.includes(marker), 'what was sent is not shown');
    await page.fill('textarea[name=message]', 'Invented addition: yes, about three at night.');
    await press(page, 'form:has(textarea[name=message]) button');
    const after = await page.locator('main').innerText();
    t.check(!after.includes('three at night'), 'the addition is not shown either');
    t.check(after.includes(reply), 'the reply is still there');

    const again = await t.visitor();
    await openMailbox(t, again, receipt);
    await t.look(again, 'mailbox');
    await t.leavesNothing(again);
  },

  async 'a wrong number says nothing'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.visitor();
    const answers = [];
    for (const wrong of ['000000000000000000000000', '482109376650128477193046']) {
      await openMailbox(t, page, wrong);
      answers.push((await page.locator('main').innerText()).replace(/\d/g, ''));
    }
    t.equal(answers[0], answers[1], 'every wrong number gets the same page');
    await t.look(page, 'return-wrong');
    await openMailbox(t, page, '4821 0937 6650 1284 7719 304');
    t.check(/23|24/.test(await page.locator('main .error').first().innerText()), 'a digit too few is said in words');
    t.equal((await page.inputValue('[name=receipt]')).replace(/\D/g, ''), '48210937665012847719304', 'and the digits stay in the field');
  },

  async 'the receipt page works as a number'(t) {
    const page = await t.visitor();
    await page.goto(t.house.public + '/tip');
    await page.fill('[name=narrative]', narrative);
    await press(page, 'main form.tip button.main');
    await openMailbox(t, page, await receiptOn(page));
    t.check((await page.locator('textarea[name=message]').count()) === 1, 'the mailbox opens with the number just shown');
  },
};
