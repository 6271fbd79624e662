// Who looked at a child, readings that somebody is asked about, and what a record was used for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { recordOf } from './steps.mjs';

describe('Who looked', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };

  test('R-ACC-08 R-CRT-07 by day and person, how they stood to the child, and what the record was used for', async () => {
    const page = await app.open('grace');
    const record = await recordOf(page, 'Mimi', '/team/children?whose=team&show=all');
    await page.goto(`${record.split('?')[0]}/readings`);
    await page.getByRole('heading', { level: 1, name: 'Who has looked' }).waitFor();
    await page.getByText('Data Protection Act 2018').first().waitFor();
    await axe(page);
    await picture(page, 'who-looked');
    await page.getByText('Show only some').click();
    await page.getByLabel('How', { exact: true }).selectOption({ label: 'Was refused' });
    await press(page, 'Show these');
    const tom = page.locator('details.ls-brief').filter({ hasText: 'Tom Ferris' }).first();
    await tom.locator('summary').click();
    await tom.getByText('the child is not theirs').first().waitFor();
    await axe(page);
    await picture(page, 'who-looked-refused');
  });

  test('R-ACC-07 R-ACC-08 information governance asks, writes down what came of it, and is not asked again', async () => {
    const page = await app.open('ig');
    await page.goto('/my-work');
    await page.getByRole('link', { name: 'Readings to ask about' }).click();
    await page.getByRole('heading', { level: 1, name: 'Readings to ask about' }).waitFor();
    const sam = page.getByRole('row').filter({ hasText: 'Sam Okafor' }).filter({ hasText: 'in one night' });
    await sam.waitFor();
    assert.match(await sam.innerText(), /child of a colleague/);
    assert.equal(await page.getByRole('row').filter({ hasText: 'Ines Duarte' }).count(), 0, 'her own are for somebody else');
    await axe(page);
    await picture(page, 'readings-to-ask-about');
    const before = await page.getByRole('row').count();
    await sam.getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'A reading to ask about' }).waitFor();
    await press(page, 'Record the answer');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await axe(page);
    await picture(page, 'reading-to-ask-about');
    await page.getByRole('radio', { name: 'Yes, their work needed it' }).check();
    await page.getByLabel('What did they say, and how do you know?').fill('He covers for her when she is in court. Grace confirmed it.');
    await press(page, 'Record the answer');
    await page.getByRole('heading', { level: 1, name: 'Readings to ask about' }).waitFor();
    assert.equal(await page.getByRole('row').count(), before - 1);
  });

  test('R-REP-09 readings and refusals are counted', async () => {
    const page = await app.open('ig');
    await page.goto('/counts/readings');
    await page.getByRole('heading', { level: 1, name: 'Readings, and refusals' }).waitFor();
    await page.getByText('Somebody asks for their own record').first().waitFor();
    await axe(page);
    await picture(page, 'counts-readings');
  });
});
