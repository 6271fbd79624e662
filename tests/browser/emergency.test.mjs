// A record that is not somebody's, opened in an emergency and asked about; and a record that is open to few.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { recordOf } from './steps.mjs';

describe('In an emergency', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };

  test('R-ACC-08 a worker of another team opens a record, and a manager asks about it', async () => {
    const grace = await app.open('grace');
    const mimi = (await recordOf(grace, 'Mimi', '/team/children?whose=team&show=all')).split('?')[0];
    await grace.goto(mimi);
    const number = await grace.locator('.ls-bar__number').first().innerText();
    const tom = await app.open('tom');
    assert.equal((await tom.goto(mimi)).status(), 404);
    await tom.goto('/people');
    await tom.getByRole('link', { name: 'Open a record in an emergency' }).click();
    await tom.getByRole('heading', { level: 1, name: 'Open a record in an emergency' }).waitFor();
    await tom.getByLabel('Record number, or the child’s name').fill(number);
    await press(tom, 'Open the record');
    await tom.getByRole('alert').waitFor();
    await axe(tom);
    await picture(tom, 'emergency-errors');
    await tom.getByRole('radio', { name: 'A child is not safe now', exact: true }).check();
    await tom.getByLabel('What has happened?').fill('The school rang: nobody has come for her, and she is afraid to go home.');
    await picture(tom, 'emergency');
    await press(tom, 'Open the record');
    assert.equal(new URL(tom.url()).pathname, new URL(mimi, tom.url()).pathname);
    await picture(tom, 'emergency-opened');

    await grace.goto('/my-work');
    await picture(grace, 'emergency-my-work');
    await grace.getByRole('link', { name: /opened .*record in an emergency/ }).first().click();
    await grace.getByText('The school rang').waitFor();
    await axe(grace);
    await grace.getByRole('radio', { name: 'It was needed', exact: true }).check();
    await grace.getByLabel('How do you know?').fill('I asked Tom: he could not reach the duty team.');
    await picture(grace, 'emergency-review');
    await press(grace, 'Record the review');
    assert.equal((await tom.goto(mimi)).status(), 404, 'with the review it ends');
    await grace.goto(`${mimi}/readings`);
    await grace.locator('summary').filter({ hasText: 'in an emergency' }).first().waitFor();
    await picture(grace, 'emergency-who-looked');
  });

  test('R-ACC-03 R-ACC-05 a head of service restricts a record, and names who may open it', async () => {
    const helen = await app.open(app.someone('head'));
    const tom = await app.open('tom');
    const child = (await tom.goto('/my-work'), await tom.locator('main a[href^="/records/"]').first().getAttribute('href'));
    const record = child.split('?')[0].split('/').slice(0, 3).join('/');
    await helen.goto(record);
    await helen.getByRole('link', { name: 'Who may open this record' }).click();
    await picture(helen, 'restriction-none');
    await helen.getByRole('link', { name: 'Restrict it to few' }).click();
    await helen.getByLabel('What would happen otherwise?').fill('Her aunt works in the office next door.');
    await press(helen, 'Record it');
    await helen.getByRole('alert').waitFor();
    await axe(helen);
    await picture(helen, 'restriction-errors');
    await helen.getByRole('radio', { name: 'Employee of the service, or close to one', exact: true }).check();
    await press(helen, 'Record it');
    await helen.getByText('Restricted since').waitFor();
    await axe(helen);
    await picture(helen, 'restriction');
    assert.equal((await helen.goto(record)).status(), 404, 'whoever decides need not be one of the few');
    assert.equal((await tom.goto(record)).status(), 200, 'the worker still is');
    await helen.goto('/restricted');
    await axe(helen);
    await helen.locator('main table a').first().click();
    await helen.getByRole('link', { name: 'Lift the restriction' }).click();
    await helen.getByLabel('Why is it no longer needed?').fill('She has left.');
    await press(helen, 'Record it');
    await helen.getByText('It is not restricted').waitFor();
  });
});
