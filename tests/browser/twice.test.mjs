// A child who is made twice: found on the list, compared, joined, and parted again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';

describe('One person, made twice', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };

  const open = async (page, name) => {
    await page.goto('/people');
    await page.getByLabel('Name, or the beginning of it').fill(name);
    await page.getByLabel('Day', { exact: true }).fill('9');
    await page.getByLabel('Month', { exact: true }).fill('2');
    await page.getByLabel('Year', { exact: true }).fill('2017');
    await press(page, 'Search');
    await press(page, 'Open a record for a new child');
    await page.getByLabel('Why is a record opened?').fill('The school asked us to help.');
    await page.getByLabel('Who asked us to help?').selectOption({ index: 1 });
    await page.getByLabel('Which team takes it?').selectOption({ label: 'North team' });
    const told = page.getByRole('group', { name: /^Have the child and family been told/ });
    await told.getByRole('radio', { name: 'No', exact: true }).check();
    await page.getByLabel('Why have they not been told yet?').fill('Nobody was at home.');
    const checked = page.getByRole('group', { name: /^Have these details been checked/ });
    await checked.getByRole('radio', { name: 'No', exact: true }).check();
    await press(page, 'Open the record');
  };

  test('R-BAS-01 R-BAS-02 a duplicate is found, joined, read as one, and parted again', async () => {
    const page = await app.open('grace');
    await open(page, 'Catherine Quillwort');
    const first = new URL(page.url()).pathname;
    await open(page, 'Kathryn Quillwort');
    // Asked first: this child may have a record already.
    await page.getByRole('alert').getByText('This child may have a record already').waitFor();
    await axe(page);
    await picture(page, 'likely-known');
    await page.getByRole('checkbox', { name: /^Catherine Quillwort .* is somebody else$/ }).check();
    await press(page, 'Open the record');
    const second = new URL(page.url()).pathname;
    assert.notEqual(first, second);

    await page.goto('/people/twice');
    await axe(page);
    await picture(page, 'likely-duplicates');
    const pair = page.getByRole('listitem').filter({ hasText: 'Kathryn Quillwort' });
    await pair.getByText(/name sounds alike, same date of birth/i).waitFor();
    await Promise.all([page.waitForNavigation(), pair.getByRole('link', { name: /^Compare/ }).click()]);
    await page.getByRole('heading', { level: 1, name: 'Is this one person?' }).waitFor();
    await axe(page);
    await picture(page, 'compare');
    await page.getByRole('radio', { name: /^Catherine Quillwort/ }).check();
    await page.getByRole('radio', { name: 'Everybody who may read one of them may read the other' }).check();
    await page.getByLabel('How do you know that they are one person?').fill('One birth certificate.');
    await press(page, 'They are one person');
    await page.getByText('These two stand for one person.').waitFor();
    const compared = page.url();

    // An old link leads to the one, and its story says where each entry stands.
    await page.goto(second);
    assert.equal(new URL(page.url()).pathname, first);
    await page.getByText(/was made twice: record R-\d+ is read here as well/).waitFor();
    await axe(page);
    await picture(page, 'joined');
    await page.goto(`${first}/story`);
    // Entries that are told in one line say it inside; one of the others says it at once.
    await page.getByText(/stands in R-\d+/).locator('visible=true').first().waitFor();
    await axe(page);

    await page.goto(compared);
    await axe(page);
    await page.getByLabel('How do you know that they are two people?').fill('Two birth certificates.');
    await press(page, 'They are two people: part them');
    await page.getByText('It has been said that these are two people.').waitFor();
    await page.goto(second);
    assert.equal(new URL(page.url()).pathname, second);
  });

  test('R-ACC-01 the comparison is closed to who may not join people', async () => {
    const sam = await app.open('sam');
    assert.equal((await sam.goto('/people/twice')).status(), 403);
    await axe(sam);
  });
});
