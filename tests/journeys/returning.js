// A tipster comes back: reads the reply, adds something, shares less. All texts are invented.
'use strict';
const { press, sendTip, receiptOn, openWhatComes } = require('./lib');

const narrative = 'Invented for a test: two sisters from the blue house never leave it alone.';
const reply = 'Invented reply: thank you for writing. Do they come out at night?';

async function openMailbox(t, page, receipt) {
  await page.goto(t.house.public + '/tip/return');
  await page.fill('[name=receipt]', receipt);
  await press(page, 'main form button.main');
}

// Sends a tip as a person does, with a way to reach them; resolves to its receipt and its address on the staff side.
async function sendWithContact(t, staff, marker) {
  const page = await t.visitor();
  let receipt;
  const link = await openWhatComes(t, staff, marker, async () => {
    await page.goto(t.house.public + '/tip');
    await page.fill('[name=narrative]', `${narrative} ${marker}`);
    await page.check('[name=consent][value=confidential]', { force: true });
    await page.fill('[name=contact]', 'text 555-0143');
    await press(page, 'main form.tip button.main');
    receipt = await receiptOn(page);
  });
  return { receipt, link };
}

async function bytesFor(t, receipt) {
  const answer = await fetch(t.house.public + '/tip/return', {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ receipt }),
    headers: { Origin: t.house.public, 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  return { status: answer.status, text: await answer.text() };
}

module.exports = {
  async 'reads the reply and adds to it'(t) {
    const marker = `marker ${Date.now()}`;
    const staff = await t.staff('call taker');
    const { receipt, link } = await sendWithContact(t, staff, marker);

    const page = await t.visitor({ javaScriptEnabled: false });
    await openMailbox(t, page, receipt);
    t.check(/no answer yet/.test(await page.locator('main').innerText()), 'before the answer the page says that there is none');
    await staff.fill('textarea[name=answer]', reply);
    await press(staff, 'form:has(textarea[name=answer]) button');

    await openMailbox(t, page, receipt.replace(/(.{4})/g, '$1 '));
    const seen = await page.content();
    t.check(seen.includes(reply), 'the reply is shown');
    t.check(!seen.includes('blue house') && !seen.includes(marker) && !seen.includes('555-0143'), 'what was sent is not shown');
    await page.fill('textarea[name=message]', 'Invented addition: yes, about three at night.');
    await press(page, 'button[value=add]');
    t.check(!(await page.content()).includes('three at night'), 'the addition is not shown either');
    await openMailbox(t, page, receipt);
    const after = await page.content();
    t.check(after.includes(reply) && !after.includes('three at night'), 'coming back shows the reply alone');

    await staff.goto(t.house.staff + link);
    t.check((await staff.locator('main').innerText()).includes('about three at night'), 'the call taker reads the addition');

    const again = await t.visitor();
    await openMailbox(t, again, receipt);
    await t.look(again, 'mailbox');
    await t.leavesNothing(again);
    await again.fill('textarea[name=message]', 'Invented: one more thing.');
    await press(again, 'button[value=add]');
    await t.look(again, 'added');
  },

  async 'an empty addition is said, and nothing is sent'(t) {
    t.allow(/status of 4\d\d/);
    const sent = await sendTip(t.house, { narrative, language: 'en' });
    t.equal(sent.status, 201, 'the interface for programs takes a tip');
    const receipt = String(sent.body && sent.body.receipt).replace(/\D/g, '');
    t.check(/^\d{24}$/.test(receipt), 'it gives 24 digits');
    const page = await t.visitor();
    await openMailbox(t, page, receipt);
    await press(page, 'button[value=add]');
    t.check((await page.title()).startsWith('Problem:'), 'the title says there is a problem');
    t.check((await page.locator('#message-error').innerText()).length > 5, 'beside the field');
    await t.look(page, 'mailbox-error');
  },

  async 'shares less, and who told us is gone'(t) {
    const marker = `marker less ${Date.now()}`;
    const staff = await t.staff('call taker');
    const { receipt, link } = await sendWithContact(t, staff, marker);
    t.equal(await staff.locator('#source').count(), 1, 'the tip says that there is a way to reach them');
    const page = await t.visitor();
    await openMailbox(t, page, receipt);
    await press(page, 'button[value=less]');
    t.check(/erased/.test(await page.locator('main h1').innerText()), 'it is told to be done');
    await t.look(page, 'shared-less');
    await staff.goto(t.house.staff + link);
    t.check((await staff.locator('main').innerText()).includes(marker), 'what happened stays');
    t.equal(await staff.locator('#source').count(), 0, 'who told us is gone');
  },

  async 'a wrong number says nothing'(t) {
    t.allow(/status of 4\d\d/);
    const wrong = [];
    for (const receipt of ['000000000000000000000000', '482109376650128477193046', '999999999999999999999999']) wrong.push(await bytesFor(t, receipt));
    t.check(wrong.every((w) => w.text === wrong[0].text && w.status === wrong[0].status), 'every number that opens nothing gets the same bytes');
    t.check(!/482109376650/.test(wrong[1].text), 'and the number is not repeated');
    const page = await t.visitor();
    await openMailbox(t, page, '000000000000000000000000');
    t.check((await page.locator('main .box').first().innerText()).length > 10, 'it is said in words');
    await t.look(page, 'return-wrong');
    await openMailbox(t, page, '4821 0937 6650 1284 7719 304');
    t.check(/23.*missing/.test(await page.locator('main .error').first().innerText()), 'a digit too few is said in words');
    t.equal((await page.inputValue('[name=receipt]')).replace(/\D/g, ''), '48210937665012847719304', 'and the digits stay in the field');
    await t.look(page, 'return-short');
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
