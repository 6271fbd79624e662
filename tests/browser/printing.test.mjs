// Printing and counts, as a manager or a worker does them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { Keyboard, recordOf } from './steps.mjs';

describe('Printing', () => {
  const app = useApp();
  const REASON = 'What is the paper needed for?';

  // Presses Print by keyboard, and gives the file that comes.
  const printed = async (page, keyboard, reason) => {
    await keyboard.radio(page.getByRole('group', { name: REASON }), reason);
    await keyboard.to(page.getByRole('button', { name: 'Print', exact: true }));
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const file = await download.path();
    if (process.env.LIFESTORY_SCREENSHOTS) {
      await download.saveAs(`${process.env.LIFESTORY_SCREENSHOTS}/${download.suggestedFilename()}`);
    }
    return { name: download.suggestedFilename(), bytes: await readFile(file) };
  };

  for (const [what, open, name] of [
    ['an entry', async (page) => page.locator('.ls-chronology').getByRole('link', { name: /^visit/ }).first(), 'entry'],
    ['the chronology', async (page) => page.getByRole('link', { name: 'The whole chronology' }), 'chronology'],
    ['the front sheet', async (page) => page.getByRole('link', { name: 'File front sheet' }), 'front-sheet'],
  ]) {
    test(`R-ACC-10 R-ACC-11 ${what} is printed by keyboard, with a reason`, async () => {
      const page = await app.open('sam');
      await page.goto(await recordOf(page, 'Mimi'));
      await (await open(page)).click();
      await page.waitForLoadState();
      const keyboard = new Keyboard(page);
      await keyboard.enter(page.getByRole('link', { name: /^Print / }));
      await axe(page);
      await picture(page, `print-${name}`);
      // Without a reason nothing comes but the question.
      await keyboard.enter(page.getByRole('button', { name: 'Print', exact: true }));
      await page.getByRole('alert').getByRole('link', { name: 'Choose what the paper is needed for' }).waitFor();
      await axe(page);
      const file = await printed(page, keyboard, 'For a court or tribunal');
      assert.match(file.name, new RegExp(`^confidential-R-\\d+-${name}\\.pdf$`));
      assert.equal(file.bytes.subarray(0, 5).toString(), '%PDF-');
      assert.equal(file.bytes.subarray(-6).toString().trim(), '%%EOF');
    });
  }

  test('R-ACC-10 who has printed is seen among those who looked', async () => {
    const sam = await app.open('sam');
    const record = await recordOf(sam, 'Bilal Ali');
    await sam.goto(`${record}/front-sheet/print`);
    await printed(sam, new Keyboard(sam), 'To be signed');
    const grace = await app.open('grace');
    await grace.goto(`${record}/readings`);
    const sams = grace.locator('details').filter({ hasText: 'printed the front sheet: to be signed' }).first();
    assert.match(await sams.locator('summary').innerText(), /Sam Okafor/);
    await sams.locator('summary').click();
    await sams.getByRole('row').filter({ hasText: 'printed the front sheet: to be signed' }).waitFor();
  });
});

describe('Counts', () => {
  const app = useApp();

  test('R-REP-02 R-REP-01 R-REP-11 a manager counts, and opens what is behind a number', async () => {
    const page = await app.open('grace');
    await page.goto('/counts');
    await page.getByRole('heading', { level: 1, name: 'Recording in time' }).waitFor();
    assert.match(await page.locator('main').innerText(), /As of \d+ \w+ \d{4}, \d\d:\d\d: \d+ children and \d+ entries/);
    await page.getByLabel('Written in the last').selectOption({ label: '12 months' });
    await page.getByRole('button', { name: 'Count', exact: true }).click();
    const late = page.getByRole('link', { name: /written late/ }).first();
    const number = Number.parseInt(await late.innerText(), 10);
    await picture(page, 'counts-recording');
    await late.click();
    await page.getByRole('heading', { level: 1, name: /^Written late/ }).waitFor();
    const rest = page.getByText('their records are not open to you');
    const shown = await page.locator('.ls-list > li').count();
    assert.ok(shown === number || (shown < number && (await rest.count()) === 1), `${shown} of ${number}`);
    await axe(page);
    await page.getByRole('link', { name: 'Back to the counts' }).click();
    for (const name of ['Visits, and children seen', 'Children with nobody allocated', 'What the census lacks']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await axe(page);
      await picture(page, `counts-${name.toLowerCase().replaceAll(/\W+/g, '-')}`);
    }
  });
});
