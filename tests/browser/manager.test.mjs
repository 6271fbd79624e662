// What a manager and an administrator do, and what a worker of another team does not see.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, signIn, useApp } from './harness.mjs';
import { begin, complete, daysBefore, firstPassword, recordOf } from './steps.mjs';

describe('Managing', () => {
  const app = useApp();
  // A family name of their own each, so that neither is found by what is known of the other.
  const NAMES = ['Wren Hollowell', 'Rory Tansley'];
  const BORN = [['3', '4', '2019'], ['21', '8', '2016']];
  const TEAM = '/team/children?whose=team&show=all';
  const group = (page, name) => page.getByRole('group', { name, exact: true });
  const answer = (page, question, choice) =>
    group(page, question).getByRole('radio', { name: choice, exact: true }).check();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };
  const noProblem = async (page) => {
    const problems = page.locator('.govuk-error-summary');
    assert.equal(await problems.count(), 0, (await problems.count()) > 0 ? await problems.innerText() : '');
  };

  test('R-PPL-01 R-BAS-01 search first, then open a record; an error clears nothing', async () => {
    const page = await app.open('grace');
    for (const [nth, name] of NAMES.entries()) {
      await page.goto('/people');
      await page.getByLabel('Name, or the beginning of it').fill(name);
      for (const [at, part] of ['Day', 'Month', 'Year'].entries()) {
        await page.getByLabel(part, { exact: true }).fill(BORN[nth][at]);
      }
      await press(page, 'Search');
      // Somebody born on the same day may be shown, and is somebody else.
      await page.getByRole('heading', { name: /found$/ }).waitFor();
      assert.equal(await page.locator('main').getByText(name).count(), 0);
      await press(page, 'Open a record for a new child');
      await page.getByRole('heading', { level: 1, name: 'Open a record' }).waitFor();
      const given = page.getByLabel('First names');
      const family = page.getByLabel('Family name');
      const carried = async () => {
        assert.equal(await given.inputValue(), name.split(' ')[0]);
        assert.equal(await family.inputValue(), name.split(' ')[1]);
        assert.equal(await group(page, 'Date of birth (optional)').getByLabel('Year').inputValue(), BORN[nth][2]);
      };
      await carried();
      await page.getByLabel('Why is a record opened?').fill('The nursery asked us to help with food and heating.');
      await page.getByLabel('Who asked us to help?').selectOption({ index: 1 });
      await page.getByLabel('Which team takes it?').selectOption({ label: 'North team' });
      if (name === NAMES[0]) {
        await press(page, 'Open the record');
        await page.getByRole('alert').waitFor();
        assert.match(await page.title(), /^Error: /);
        await carried();
        assert.match(await page.getByLabel('Why is a record opened?').inputValue(), /^The nursery/);
        await axe(page);
        await picture(page, 'open-record-errors');
      }
      await answer(page, 'Have the child and family been told that we keep a record, why, and that they may see it?', 'No');
      await page.getByLabel('Why have they not been told yet?').fill('The first visit is tomorrow.');
      await answer(page, 'Have these details been checked with the person?', 'No');
      await press(page, 'Open the record');
      await noProblem(page);
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
  });

  test('R-PPL-11 children with nobody allocated are allocated in one act', async () => {
    const page = await app.open('grace');
    await page.goto('/team');
    await page.getByRole('link', { name: 'Children with nobody allocated' }).click();
    await page.getByRole('heading', { level: 1, name: 'Children with nobody allocated' }).waitFor();
    for (const name of NAMES) await page.getByLabel(`Allocate ${name}`).check();
    await axe(page);
    await picture(page, 'unallocated');
    await page.getByLabel('Which team?').selectOption({ label: 'North team' });
    await answer(page, 'Is there a worker?', 'Yes');
    const worker = page.getByLabel('Who?', { exact: true });
    await worker.selectOption({ label: 'Katya Novak (Social worker)' });
    // Without an answer to the last question nothing is allocated, and the ticks stay.
    await press(page, 'Allocate');
    await page.getByRole('alert').waitFor();
    for (const name of NAMES) assert.ok(await page.getByLabel(`Allocate ${name}`).isChecked());
    await answer(page, 'Does this worker hold the case file?', 'Yes');
    await press(page, 'Allocate');
    await noProblem(page);
    await page.getByRole('heading', { level: 1, name: 'My team' }).waitFor();
    const katya = page.getByRole('row').filter({ hasText: 'Katya Novak' });
    assert.ok(Number(await katya.locator('[data-label="Children"] a').innerText().then((text) => text.match(/^\d+/)[0])) >= NAMES.length);
    await picture(page, 'team');
    await axe(page);
    await page.getByRole('link', { name: 'All children' }).click();
    await page.getByRole('heading', { level: 1, name: 'Children' }).waitFor();

    const columns = await page.getByRole('columnheader').allInnerTexts();
    for (const column of ['Child', 'Last seen', 'Last seen alone', 'Next visit']) assert.ok(columns.includes(column), column);
    for (const name of NAMES) {
      const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
      assert.match(await row.innerText(), /Katya Novak/);
      assert.match(await row.locator('[data-label="Last seen"]').innerText(), /never recorded/);
    }
    const mimi = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Mimi', exact: true }) });
    assert.match(await mimi.innerText(), /Sam Okafor/);
    for (const label of ['Last seen', 'Last seen alone']) {
      assert.match(await mimi.locator(`[data-label="${label}"]`).innerText(), /^\d+ [A-Z]/);
    }
    await picture(page, 'team-children');
  });

  test('R-ACC-02 an administrator adds a team and a member of staff, who chooses a password of their own', async () => {
    const page = await app.open('admin');
    await page.goto('/organisation');
    await page.getByRole('link', { name: 'Add a team' }).click();
    await page.getByLabel('Name', { exact: true }).fill('East team');
    await page.getByLabel('Service', { exact: true }).fill('Help and protection');
    await press(page, 'Save');
    await noProblem(page);
    await page.getByRole('link', { name: 'East team' }).waitFor();

    await page.getByRole('link', { name: 'Add a member of staff' }).click();
    await page.getByLabel('Full name').fill('Tamsin Rourke');
    await page.getByLabel('Designation').fill('Social worker');
    await page.getByLabel('Team (optional)').selectOption({ label: 'East team' });
    await group(page, 'What may they do here?').getByLabel('Social Worker', { exact: true }).check();
    await press(page, 'Save');
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByLabel('Full name').inputValue(), 'Tamsin Rourke', 'what was typed stays');
    await axe(page);
    await page.getByLabel('Username', { exact: true }).fill('tamsin.rourke');
    await press(page, 'Save');
    await noProblem(page);
    const first = await firstPassword(page);
    await axe(page);
    await picture(page, 'first-password');
    await page.getByRole('link', { name: 'Staff, teams and accounts' }).last().click();
    const row = page.getByRole('row').filter({ hasText: 'Tamsin Rourke' });
    assert.match(await row.innerText(), /Social worker\s+East team\s+tamsin\.rourke\s+open/);
    await picture(page, 'organisation');

    const new_ = await app.visitor();
    await new_.goto('/');
    await signIn(new_, 'tamsin.rourke', first);
    await new_.getByRole('heading', { level: 1, name: 'Choose a new password' }).waitFor();
    await new_.goto('/my-work');
    await new_.getByRole('heading', { level: 1, name: 'Choose a new password' }).waitFor();
    await new_.getByLabel('Your password now').fill(first);
    await new_.getByRole('textbox', { name: 'New password', exact: true }).fill('tern lantern gravel');
    await press(new_, 'Change password');
    await new_.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
    assert.match(await new_.locator('main').innerText(), /No child is allocated to you/);
    await press(new_, 'Sign out');
    await signIn(new_, 'tamsin.rourke', first);
    await new_.getByRole('alert').waitFor();
    await signIn(new_, 'tamsin.rourke', 'tern lantern gravel');
    await new_.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
  });

  test('R-BAS-06 R-DEC-01 R-DEC-02 R-STD-07 a manager’s decision stands out by its words and its green edge', async () => {
    const page = await app.open('grace');
    const record = await recordOf(page, 'Noor Ali', TEAM);
    await begin(page, record, "Manager's decision");
    const yesterday = await daysBefore(page, 1);
    for (const part of ['Day', 'Month', 'Year']) {
      await group(page, 'When did it happen?').getByLabel(part).fill(yesterday[part.toLowerCase()]);
    }
    await page.getByLabel('Time', { exact: true }).fill('11:20');
    await page.getByLabel('What was decided?').fill('The nursery place is paid for until summer.');
    await group(page, 'Who decided?').getByRole('textbox', { name: 'Other person 1: name' }).fill('Grace Whitlock');
    await group(page, 'Who decided?').getByRole('textbox', { name: 'Other person 1: who they are' }).fill('team manager');
    await answer(page, 'Where was it made?', 'Supervision');
    await page.getByLabel('Why?', { exact: true }).fill('Noor eats there every day.');
    await page.getByLabel('What else was considered, and why not?').fill('Fewer hours, which would not have been enough.');
    await page.getByLabel('What is the risk, and how was it weighed?').fill('That the place is not used; the nursery rings us.');
    await complete(page);
    await page.getByRole('link', { name: 'Noor Ali’s entry' }).click();
    const entry = page.getByRole('article');
    await entry.getByText("Manager's decision", { exact: true }).first().waitFor();
    const text = await entry.innerText();
    for (const part of ['The nursery place is paid', 'Grace Whitlock (team manager)', 'Noor eats there', 'Fewer hours', 'That the place is not used']) {
      assert.ok(text.includes(part), part);
    }
    const edge = await entry.evaluate((element) => {
      const { borderLeftWidth, borderLeftStyle, borderLeftColor } = getComputedStyle(element);
      return [borderLeftWidth, borderLeftStyle, borderLeftColor];
    });
    assert.deepEqual(edge, ['8px', 'solid', 'rgb(15, 122, 82)']);
    await axe(page);
    await picture(page, 'decision');
    await page.goto(`${record}/story?end=yes`);
    const told = page.getByRole('article').filter({ hasText: 'The nursery place is paid for until summer.' });
    assert.match(await told.getAttribute('class'), /ls-edge-green/);
  });

  test('R-ACC-01 a record of another team looks as if it did not exist', async () => {
    const sam = await app.open('sam');
    const mimi = await recordOf(sam, 'Mimi');
    await sam.goto(`${mimi}/chronology`);
    const entry = await sam.locator('main').getByRole('listitem').first().getByRole('link').getAttribute('href');

    const tom = await app.open('tom');
    const seen = async (path) => {
      const answered = await tom.goto(path);
      return [answered.status(), await tom.title(), await tom.locator('body').innerHTML()];
    };
    // The last character of an id that is there, changed: there is no such record.
    const missing = mimi.slice(0, -1) + (mimi.endsWith('0') ? '1' : '0');
    const nothing = await seen(missing);
    assert.equal(nothing[0], 404);
    for (const path of [mimi, `${mimi}/chronology`, `${mimi}/story`, `${mimi}/family`, `${mimi}/new`, entry]) {
      assert.deepEqual(await seen(path), nothing, path);
    }
    await axe(tom);
    await picture(tom, 'refused');
    await tom.goto('/people');
    await tom.getByLabel('Name, or the beginning of it').fill('Amira Ali');
    await press(tom, 'Search');
    assert.equal(await tom.locator('main a[href^="/records/"]').count(), 0, 'the search leads tom to no record of the Alis');
    await tom.goto('/my-work');
    assert.doesNotMatch(await tom.locator('main').innerText(), /Mimi|Ali\b/);
  });
});
