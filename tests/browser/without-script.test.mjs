// The same work in a browser without JavaScript.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { picture, useApp } from './harness.mjs';
import { begin, complete, daysBefore, recordOf } from './steps.mjs';

describe('Without JavaScript', () => {
  const app = useApp();

  // ASVS 3.7.5
  test('R-VIS-01 R-BAS-12 a visit to two siblings is recorded and completed', async () => {
    const page = await app.open('sam', { javaScriptEnabled: false });
    const mimi = await recordOf(page, 'Mimi');
    const noor = await recordOf(page, 'Noor Ali');
    const draft = await begin(page, mimi, 'Visit');
    const press = async (name) => {
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForLoadState();
    };
    const group = (name, within = page) => within.getByRole('group', { name, exact: true });
    const day = await daysBefore(page, 2);

    // Enter in a box of one line saves the draft, and no more.
    await page.getByLabel('What was it for?').fill('To bring the coats');
    await page.getByLabel('What was it for?').press('Enter');
    await page.waitForLoadState();
    assert.equal(new URL(page.url()).pathname, draft);
    assert.equal(await page.getByLabel('What was it for?').inputValue(), 'To bring the coats');
    assert.match(await page.locator('[data-saved]').innerText(), /^Saved \d\d:\d\d:\d\d$/);

    // Completing what is not ready says each thing that is missing, and each line leads to its box.
    await group('Who is this about?').getByLabel('Noor Ali').check();
    await group('What came of it?').getByLabel('It took place').check();
    await press('Complete');
    const summary = page.getByRole('alert');
    await summary.waitFor();
    assert.match(await page.title(), /^Error: /);
    const links = await summary.getByRole('link').all();
    assert.ok(links.length > 5);
    for (const link of links) {
      const box = page.locator(`[id="${(await link.getAttribute('href')).slice(1)}"]`);
      assert.equal(await box.count(), 1, await link.innerText());
      assert.ok(await box.isVisible(), await link.innerText());
    }
    await summary.getByRole('link', { name: /“Where\?”/ }).click();
    assert.ok(await page.getByLabel('Where?', { exact: true }).evaluate((box) => box === document.activeElement));
    assert.equal(await page.getByLabel('What was it for?').inputValue(), 'To bring the coats', 'what was typed stays');
    await picture(page, 'without-script-errors');

    // More rows by the button, after which what was typed stands where it stood.
    const rows = page.getByRole('textbox', { name: /^Paragraph \d+$/ });
    const before = await rows.count();
    for (let row = 0; row < before; row++) await rows.nth(row).fill(`Paragraph of the coats ${row + 1}`);
    await press('Add another paragraph');
    assert.ok((await rows.count()) > before);
    for (let row = 0; row < before; row++) {
      assert.equal(await rows.nth(row).inputValue(), `Paragraph of the coats ${row + 1}`);
    }
    await rows.nth(before).fill('One paragraph more than there were rows');

    await page.getByLabel('Day', { exact: true }).fill(day.day);
    await page.getByLabel('Month', { exact: true }).fill(day.month);
    await page.getByLabel('Year', { exact: true }).fill(day.year);
    await page.getByLabel('Time', { exact: true }).fill('10:05');
    await page.getByLabel('What kind of visit was it?').selectOption('Child protection visit');
    await page.getByLabel('Where?', { exact: true }).selectOption('Home');
    await group('Who was there?').getByLabel('Sana Ali').check();
    for (const name of ['Mimi', 'Noor Ali']) {
      const child = group(name);
      await group('Seen?', child).getByRole('radio', { name: 'No', exact: true }).check();
      await child.getByLabel('Why was the child not seen?').fill(`${name} was at the park with Gran`);
    }
    await group('Was there an interpreter?').getByRole('radio', { name: 'No', exact: true }).check();
    await group('Did anybody need an interpreter or other help to communicate, and not have it?').getByRole('radio', { name: 'No', exact: true }).check();
    await page.getByLabel('What did you tell them, and they you?').fill('Coats for all three were left.');
    await group('Has anything important changed for the child or family?').getByRole('radio', { name: 'No', exact: true }).check();
    await group('Has anybody moved in or out?').getByRole('radio', { name: 'No', exact: true }).check();
    await page.getByRole('textbox', { name: 'In a sentence, what came out of the visit?', exact: true }).fill('Coats delivered.');
    await page.getByRole('textbox', { name: /^What does it mean, for the plan/ }).fill('One thing less to worry about this winter.');
    await complete(page);
    await page.getByRole('heading', { level: 1, name: 'Visit completed' }).waitFor();
    for (const [name, record] of [['Mimi', mimi], ['Noor Ali', noor]]) {
      const href = await page.getByRole('link', { name: `${name}’s entry` }).getAttribute('href');
      assert.ok(href.startsWith(record), href);
      const entry = await (await page.request.get(href)).text();
      assert.ok(entry.includes('One paragraph more than there were rows'));
      assert.ok(entry.includes(`${name} was at the park with Gran`));
    }

    await press('Sign out');
    await page.getByText('You have signed out.').waitFor();
  });
});
