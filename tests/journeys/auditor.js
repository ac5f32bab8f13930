// An auditor sees who did what, and never what anybody wrote.
'use strict';

module.exports = {
  async 'who did what, and no content'(t) {
    t.allow(/status of 404/);
    const page = await t.signIn('auditor');
    const answer = await page.goto(t.house.staff + '/audit');
    t.equal(answer.status(), 200, 'the log is open to the auditor');
    const seen = await page.locator('main').innerText();
    t.check((await page.locator('main tbody tr').count()) > 0, 'the log has entries');
    t.check(!/Invented Road|locked in the room/.test(seen), 'no words of a tip stand in the log');
    await t.look(page, 'audit');
    await t.lookAtPseudo(page, t.house.staff + '/audit', 'audit');
    for (const path of ['/queue', '/people', '/settings']) {
      t.equal((await page.goto(t.house.staff + path)).status(), 404, `${path} for an auditor`);
    }
  },
};
