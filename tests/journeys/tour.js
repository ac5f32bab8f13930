// The tip form on a phone beside the queue on a desk, in one picture: docs/tour.png.
'use strict';
const path = require('path');
const { House, top } = require('./house');
const { openBrowser, Journey } = require('./lib');

async function main() {
  const house = await House.make({ tips: 24 });
  const browser = await openBrowser();
  const t = new Journey('tour', house, browser, { shots: false, looks: false });
  try {
    const phone = await t.visitor({ viewport: { width: 390, height: 760 } });
    await phone.goto(house.public + '/tip');
    const form = (await phone.screenshot()).toString('base64');
    const desk = await t.signIn('call taker', { viewport: { width: 1200, height: 760 } });
    const queue = (await desk.screenshot()).toString('base64');
    const sheet = await browser.newPage({ viewport: { width: 1660, height: 800 } });
    await sheet.setContent(`<body style="margin:20px;display:flex;gap:30px;background:#e8ecef">
      <img src="data:image/png;base64,${form}"><img src="data:image/png;base64,${queue}"></body>`);
    await sheet.waitForFunction(() => [...document.images].every((i) => i.complete));
    await sheet.screenshot({ path: path.join(top, 'docs', 'tour.png') });
    for (const f of t.failures) console.error(f);
    process.exitCode = t.failures.length ? 1 : 0;
  } finally {
    await browser.close();
    await house.stop();
    house.remove();
  }
}

main().catch((e) => {
  console.error(e.stack || e);
  process.exit(1);
});
