// What is wrong in a record is put right: an entry amended and compared, a note on the wrong sibling moved, a request.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { begin, complete, recordOf } from './steps.mjs';

describe('Putting right', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };
  const follow = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('link', { name, exact: true }).first().click()]);
  };

  // A note of a call in this child's record; gives its address.
  const note = async (page, record, account, time) => {
    await begin(page, record, 'Case note');
    await page.getByLabel('Time', { exact: true }).fill(time);
    await page.locator('[name="type"]').selectOption('telephone');
    await page.locator('[name="where"]').fill('The office');
    await page.locator('[name="people.0.name"]').fill('Mr Boyle');
    await page.locator('[name="people.0.role"]').fill('swimming teacher');
    await page.locator('[name="purpose"]').fill('The club rang');
    await page.locator('[name="interpreter"][value="no"]').check();
    await page.locator('[name="account.0.text"]').fill(account);
    await page.locator('[name="outcome"]').fill('Noted');
    await complete(page);
    return page.getByRole('link', { name: /entry$/ }).first().getAttribute('href');
  };

  test('R-INT-05 a note is amended by the manager, and the two are compared', async () => {
    const sam = await app.open('sam');
    const record = await recordOf(sam, 'Mimi');
    const at = await note(sam, record, 'The aunt will fetch her on Friday.', '00:01');
    await sam.goto(at);
    assert.equal(await sam.getByRole('link', { name: 'Put this entry right' }).count(), 0);
    await axe(sam);

    const grace = await app.open('grace');
    await grace.goto(at);
    await follow(grace, 'Put this entry right');
    await grace.getByRole('heading', { level: 1, name: 'Put right: case note' }).waitFor();
    await axe(grace);
    await picture(grace, 'amending');
    await grace.locator('[name="account.0.text"]').fill('Gran will fetch her on Friday.');
    await press(grace, 'Complete');
    await grace.getByRole('alert').getByText('Say why it is put right').waitFor();
    await axe(grace);
    await grace.getByLabel('Why is it put right?').fill('It is Gran who fetches her.');
    await Promise.all([grace.waitForNavigation(), grace.getByRole('button', { name: 'Complete', exact: true }).click()]);
    await grace.getByRole('table', { name: 'What it changes' }).getByText('Gran will fetch her on Friday.').waitFor();
    await axe(grace);
    await picture(grace, 'amendment-check');
    await press(grace, 'Record it');
    await Promise.all([grace.waitForNavigation(), grace.getByRole('link', { name: /entry$/ }).first().click()]);
    const table = grace.getByRole('table', { name: 'What was put right' });
    await table.getByText('The aunt will fetch her on Friday.').waitFor();
    await table.getByText('Gran will fetch her on Friday.').waitFor();
    await axe(grace);
    await picture(grace, 'amended');
    await sam.goto(at);
    await sam.getByText(/^Put right on .* by Grace Whitlock/).waitFor();
    await axe(sam);
    await sam.goto(`${record}/story?end=yes`);
    await sam.getByText(/^Put right on .* by Grace Whitlock/).first().waitFor();
    await axe(sam);
    await picture(sam, 'story-amended');
  });

  test('R-INT-05 a note on the wrong sibling is moved', async () => {
    const sam = await app.open('sam');
    const record = await recordOf(sam, 'Mimi');
    const at = await note(sam, record, 'He swam a whole zeppelin of lengths.', '00:02');
    const grace = await app.open('grace');
    await grace.goto(at);
    await follow(grace, 'Move it to another child’s record');
    await axe(grace);
    await picture(grace, 'move');
    await press(grace, 'Go on');
    await grace.getByRole('alert').getByText('Choose whose record it belongs to').waitFor();
    await axe(grace);
    await grace.getByRole('radio', { name: 'Bilal Ali', exact: true }).check();
    await grace.getByLabel('Why is it moved?').fill('Written on a sister by mistake.');
    await press(grace, 'Go on');
    await grace.getByText('Nothing has been moved yet.').waitFor();
    await axe(grace);
    await picture(grace, 'move-check');
    await press(grace, 'Move it');
    await grace.getByText('Written on a sister by mistake.').first().waitFor();
    await axe(grace);
    await picture(grace, 'moved-marker');
    await follow(grace, 'It stands now in Bilal Ali’s record');
    await grace.getByText('He swam a whole zeppelin of lengths.').waitFor();
    await grace.getByText(/^Moved here on/).waitFor();
    await axe(grace);
    await picture(grace, 'moved-here');
    await sam.goto(`${record}/story?end=yes`);
    assert.equal(await sam.getByText('zeppelin').count(), 0);
    await axe(sam);
    // The trace, for whoever answers for information.
    const ines = await app.open('ig');
    await ines.goto(at);
    await follow(ines, 'Read what it said here');
    await ines.getByText('He swam a whole zeppelin of lengths.').waitFor();
    await axe(ines);
  });

  test('R-INT-07 a request waits on My work and is answered', async () => {
    const grace = await app.open('grace');
    await grace.goto('/my-work');
    await axe(grace);
    await picture(grace, 'my-work-requests');
    const asked = grace.getByRole('link', { name: /^Priya Raman asked .* for something to be put right/ });
    await Promise.all([grace.waitForNavigation(), asked.first().click()]);
    await axe(grace);
    await Promise.all([grace.waitForNavigation(), grace.getByRole('button', { name: 'Answer this request' }).click()]);
    await grace.getByText('The day: the letter from the dentist says the 15th.').waitFor();
    await axe(grace);
    await picture(grace, 'answer-request');
    await grace.getByRole('radio', { name: 'It stays as it is' }).check();
    await press(grace, 'Answer');
    await grace.getByRole('alert').getByText('Say why: whoever asked will read it').waitFor();
    await axe(grace);
    await grace.getByLabel('Why?', { exact: true }).fill('I rang the dentist: it is the 14th. The letter is of last year.');
    await press(grace, 'Answer');
    const priya = await app.open('priya');
    await priya.goto('/my-work');
    await priya.getByText('answered', { exact: true }).waitFor();
    await axe(priya);
  });
});
