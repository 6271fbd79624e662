// A visit that is planned: by keyboard, for two children at once, moved, cancelled; and the way through a list.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { Keyboard, begin, complete, recordOf } from './steps.mjs';

describe('Planned visits', () => {
  const app = useApp();
  const group = (page, name) => page.getByRole('group', { name, exact: true });
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };
  // Some days from now, at the server's own today.
  const ahead = (days) => {
    const day = new Date(Date.now() + days * 86_400_000);
    return { Day: String(day.getDate()), Month: String(day.getMonth() + 1), Year: String(day.getFullYear()) };
  };
  const next = async (page, record) => {
    await page.goto(record);
    return page.locator('.ls-front > div', { hasText: /^Next visit/ }).innerText();
  };

  test('R-VIS-14 R-OBS-11 R-OBS-18 planned for two at once by keyboard, moved and cancelled with the reason', async () => {
    const page = await app.open('sam');
    const [bilal, noor] = [await recordOf(page, 'Bilal Ali'), await recordOf(page, 'Noor Ali')];
    await page.goto(`${bilal}/new/planned-visit`);
    const keys = new Keyboard(page);
    await keys.tick(group(page, 'Who is this about?').getByLabel('Noor Ali'));
    for (const [part, value] of Object.entries(ahead(9))) await keys.type(page.getByRole('textbox', { name: part, exact: true }), value);
    await keys.type(page.getByRole('textbox', { name: 'Time (if known)' }), '11:15');
    await keys.select(page.getByLabel('What kind of visit will it be?'), 'Child protection visit');
    await keys.select(page.getByLabel('Where?', { exact: true }), 'Home');
    assert.match(await page.getByLabel('Who will visit?').evaluate((select) => select.selectedOptions[0].label), /^Sam Okafor/);
    await keys.radio(group(page, 'Will anybody else who writes in this record come too?'), 'No');
    await axe(page);
    await picture(page, 'plan-draft');
    await keys.enter(page.getByRole('button', { name: 'Complete', exact: true }));
    await page.getByRole('heading', { level: 1, name: 'Planned visit completed' }).waitFor();
    for (const record of [bilal, noor]) assert.match(await next(page, record), /11:15, Sam Okafor/);

    await page.getByRole('link', { name: /11:15, Sam Okafor/ }).click();
    await page.getByRole('article').waitFor();
    await axe(page);
    await picture(page, 'plan-entry');
    await press(page, 'Planned visit moved');
    for (const [part, value] of Object.entries(ahead(10))) await page.getByRole('textbox', { name: part, exact: true }).fill(value);
    assert.equal(await page.getByLabel('What kind of visit will it be?').evaluate((select) => select.selectedOptions[0].label), 'Child protection visit');
    await page.getByLabel('Why is it moved?').fill('The school trip is on that day.');
    await axe(page);
    await press(page, 'Complete');
    await page.getByRole('heading', { level: 1, name: 'Planned visit moved completed' }).waitFor();
    await page.goto(bilal);
    await page.getByRole('link', { name: /11:15, Sam Okafor/ }).click();
    await press(page, 'Planned visit cancelled');
    await page.getByLabel('Why will it not be?').fill('They are away with their grandmother.');
    await press(page, 'Complete');
    for (const record of [bilal, noor]) assert.doesNotMatch(await next(page, record), /11:15/);
  });

  test('R-VIS-14 the visit of today is recorded from My work, filled with what was planned', async () => {
    const page = await app.open('sam');
    await page.goto('/my-work');
    await page.getByRole('link', { name: /^Record it ?: Visit to Mimi, Bilal Ali and Noor Ali/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Visit' }).waitFor();
    for (const name of ['Mimi', 'Bilal Ali', 'Noor Ali']) {
      assert.ok(await group(page, 'Who is this about?').getByLabel(name).isChecked(), name);
    }
    assert.equal(await page.getByRole('textbox', { name: 'Time', exact: true }).inputValue(), '15:30');
    assert.equal(await page.getByLabel('What was it for?').inputValue(), 'What is in the kitchen, and how the mornings go');
    // A visit that failed asks who, when, where, why nobody was seen, and what next; and nothing else.
    await page.getByRole('radio', { name: 'Nobody answered' }).check();
    for (const question of ['What was it for?', 'This is a significant event', 'Were you not there yourself? Say who told you']) {
      assert.ok(!(await page.getByLabel(question).isVisible()), question);
    }
    assert.ok(await page.getByLabel('What did you do then?').isVisible());
    await axe(page);
    await picture(page, 'visit-failed');
  });

  test('R-OBS-18 a manager works through a list, from one child to the next', async () => {
    const page = await app.open('grace');
    await page.goto('/team/children?whose=team&show=no-visit-planned');
    const children = await page.getByRole('rowheader').count();
    assert.ok(children > 0);
    await page.getByRole('link', { name: 'Work through this list, one child after the other' }).click();
    for (let left = children; left > 1; left--) {
      await page.getByText(`(${left - 1} to go)`).waitFor();
      if (left === children) await axe(page);
      await page.getByRole('link', { name: /^Next: / }).click();
    }
    await page.getByText('this is the last one').waitFor();
    await page.getByRole('link', { name: 'back to the list' }).click();
    await page.getByRole('heading', { level: 1, name: /Without a planned visit/ }).waitFor();
  });

  test('R-OBS-17 what a colleague wrote stands on My work until it has been opened', async () => {
    const priya = await app.open('priya');
    const record = await recordOf(priya, 'Noor Ali', '/team/children?whose=team&show=all');
    await begin(priya, record, 'Case note');
    const box = (name) => priya.locator(`[name="${name}"]`);
    await box('type').selectOption('telephone');
    for (const [name, text] of Object.entries({
      'happened.time': '00:05',
      where: 'The office',
      'people.0.name': 'Ms Carver',
      'people.0.role': 'health visitor',
      purpose: 'She rang back',
      'account.0.text': 'Pimpernel weighs as she should.',
      outcome: 'Noted for the social worker',
    })) {
      await box(name).fill(text);
    }
    await priya.locator('[name="interpreter"][value="no"]').check();
    await complete(priya);
    assert.match(await priya.locator('main').innerText(), /Sam Okafor will see on My work that you wrote this/);

    const page = await app.open('sam');
    await page.goto('/my-work');
    const news = page.getByRole('region', { name: /^While you were away/ });
    const item = news.getByRole('listitem').filter({ hasText: 'Priya Raman wrote “Case note” in Noor Ali’s record' });
    const before = await item.count();
    assert.ok(before > 0);
    await axe(page);
    await picture(page, 'my-work');
    await item.first().getByRole('link', { name: /^Read it/ }).click();
    await page.getByRole('article').waitFor();
    assert.match(await page.getByRole('article').innerText(), /Pimpernel weighs as she should/);
    await page.goto('/my-work');
    assert.equal(await item.count(), before - 1);
  });
});
