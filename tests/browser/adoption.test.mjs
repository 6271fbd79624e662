// Adoption: a record is matched, the order is made, and the few go from the record before to the one after.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';

describe('Adoption', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };

  test('R-ACC-04 R-ACC-05 whoever has both records goes from one to the other, and says why', async () => {
    const helen = await app.open('helen');
    await helen.goto('/restricted');
    const row = helen.locator('tbody tr').filter({ hasText: 'Adoption' });
    assert.equal(await row.count(), 2, 'the child before and the child after');
    const records = [];
    for (const at of [0, 1]) {
      const href = await row.nth(at).getByRole('link').first().getAttribute('href');
      records.push(href.match(/\/records\/[0-9a-z]{26}/)[0]);
    }
    const grace = await app.open('grace');
    await grace.goto(records[1]);
    await grace.getByText('Robin Fairweather').first().waitFor();
    await axe(grace);
    await picture(grace, 'adoption-after');
    await grace.getByRole('link', { name: 'The record before the adoption' }).click();
    await axe(grace);
    await picture(grace, 'adoption-follow');
    await press(grace, 'Go there');
    await grace.getByRole('alert').waitFor();
    await axe(grace);
    await picture(grace, 'adoption-follow-errors');
    await grace.getByLabel('The adopted person asks about their life').check();
    await press(grace, 'Go there');
    assert.equal(new URL(grace.url()).pathname, records[0]);
    assert.equal(await grace.getByText('Fairweather').count(), 0, 'nothing of the record after is here');
    await axe(grace);
    await picture(grace, 'adoption-before');
    await grace.getByRole('link', { name: 'The record after the adoption' }).waitFor();
    for (const page of ['', '/adoption/after', '/story']) {
      assert.equal((await helen.goto(`${records[0]}${page}`)).status(), 404);
    }
  });

  test('R-ACC-04 an order is recorded with all that is missing said at once', async () => {
    const grace = await app.open('grace');
    await grace.goto('/team/children?whose=team&show=all');
    // A child of whom no other journey tells: her record closes.
    const child = grace.locator('main a[href^="/records/"]').filter({ hasText: 'Maja' }).first();
    const record = (await child.getAttribute('href')).split('?')[0];
    const helen = await app.open('helen');
    await helen.goto(`${record}/restriction/restrict`);
    await helen.getByLabel('Adoption', { exact: true }).check();
    await helen.getByLabel('What would happen otherwise?').fill('She is matched with adopters.');
    await press(helen, 'Record it');

    await grace.goto(record);
    await grace.getByRole('link', { name: 'Record an adoption order' }).click();
    await axe(grace);
    await picture(grace, 'adoption-order');
    await press(grace, 'Record the order');
    await grace.getByRole('alert').waitFor();
    await axe(grace);
    await picture(grace, 'adoption-order-errors');
    const when = grace.getByRole('group', { name: 'On which day was the order made?' });
    const born = grace.getByRole('group', { name: 'Date of birth' });
    for (const [group, day, month, year] of [[when, '2', '6', '2025'], [born, '21', '6', '2023']]) {
      await group.getByLabel('Day').fill(day);
      await group.getByLabel('Month').fill(month);
      await group.getByLabel('Year').fill(year);
    }
    await grace.getByLabel('What was done for the child, and how did it come to the adoption?').fill('She lived with Gran, and then with carers.');
    await grace.getByLabel('What goes on for the birth family, and who passes letters on?').fill('A letter in June.');
    await grace.getByLabel('First names from now on').fill('Maja');
    await grace.getByLabel('Family name from now on').fill('Petrauskas');
    await grace.getByLabel('Which team works with the child and the adoptive family?').selectOption({ label: 'Children in Care team' });
    await grace.getByLabel('What is this record for?').fill('Help in the first years.');
    await press(grace, 'Record the order');
    await grace.getByRole('link', { name: /This is the child’s name in the record before/ }).waitFor();
    await grace.getByLabel('Family name from now on').fill('Summerhayes');
    await press(grace, 'Record the order');
    assert.equal(new URL(grace.url()).pathname, record);
    await grace.getByText('closed', { exact: false }).first().waitFor();
    assert.equal(await grace.getByRole('link', { name: 'The record after the adoption' }).count(), 0, 'it is another team’s');
    await axe(grace);
    await picture(grace, 'adoption-order-made');
  });
});
