// Somebody of support: one record is opened to them, they read it and nothing else, and all who answer for it know.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, signIn, useApp } from './harness.mjs';
import { codeOf, firstPassword, halfMinute, recordOf } from './steps.mjs';

const OWN = 'tern lantern gravel';

describe('Support', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };

  test('R-ACC-01 R-ACC-08 a record is opened to somebody of support, read under a notice, and closed again', async () => {
    const admin = await app.open('admin');
    await admin.goto('/organisation');
    await admin.getByRole('link', { name: 'Add a person of support' }).click();
    await press(admin, 'Save');
    await admin.getByRole('alert').waitFor();
    await axe(admin);
    await picture(admin, 'support-person-errors');
    await admin.getByLabel('Full name').fill('Sol Vane');
    await admin.getByLabel('Who do they work for?').fill('Careware');
    await admin.getByLabel('Username', { exact: true }).fill('sol.vane');
    await press(admin, 'Save');
    const first = await firstPassword(admin);
    await axe(admin);
    await picture(admin, 'support-first-password');
    await admin.getByRole('link', { name: 'Staff, teams and accounts' }).last().click();
    await admin.getByRole('link', { name: 'Sol Vane' }).waitFor();
    await axe(admin);
    await picture(admin, 'support-organisation');

    const sol = await app.visitor();
    await sol.goto('/');
    await signIn(sol, 'sol.vane', first);
    await sol.getByLabel('Your password now').fill(first);
    await sol.getByRole('textbox', { name: 'New password', exact: true }).fill(OWN);
    await press(sol, 'Change password');
    assert.equal(new URL(sol.url()).pathname, '/account/ways', 'a password alone is not enough for support');
    await picture(sol, 'support-ways');
    await sol.goto('/account/code/new');
    const key = await sol.locator('.ls-key-in-letters').innerText();
    await sol.getByLabel('The six figures').fill(codeOf(key, halfMinute()));
    await press(sol, 'Add the code');
    await sol.getByText('you are asked for a code').waitFor();
    await sol.goto('/my-work');
    await sol.getByText('No record is open to you now').waitFor();
    await axe(sol);
    await picture(sol, 'support-nothing');

    const grace = await app.open('grace');
    const mimi = (await recordOf(grace, 'Mimi', '/team/children?whose=team&show=all')).split('?')[0];
    assert.equal((await sol.goto(mimi)).status(), 404);

    const ivy = await app.open(app.someone('information'));
    await ivy.goto(mimi);
    await ivy.getByRole('link', { name: 'Open to support' }).click();
    await press(ivy, 'Open it to support');
    await ivy.getByRole('alert').waitFor();
    await axe(ivy);
    await picture(ivy, 'support-open-errors');
    await ivy.getByLabel('To whom?').selectOption({ label: 'Sol Vane (support, of Careware)' });
    await ivy.getByLabel('What is the fault, and why must they see this record?').fill('The chronology stops in May.');
    await ivy.getByLabel('For how many hours?').fill('2');
    await press(ivy, 'Open it to support');
    await ivy.getByText('The chronology stops in May.').waitFor();
    await axe(ivy);
    await picture(ivy, 'support-open');
    await ivy.goto('/support');
    await axe(ivy);
    await picture(ivy, 'support-all');

    await sol.goto('/my-work');
    await axe(sol);
    await picture(sol, 'support-mine');
    await sol.locator('main a[href^="/records/"]').first().click();
    await sol.getByText('You are signed in as support').waitFor();
    await axe(sol);
    await picture(sol, 'support-front-page');
    assert.equal((await sol.goto(`${mimi}/new`)).status(), 404, 'nothing is written');

    await grace.goto(mimi);
    await grace.getByText('Sol Vane (support, of Careware)').first().waitFor();
    await axe(grace);
    await picture(grace, 'support-manager-sees');
    await grace.goto(`${mimi}/readings`);
    await grace.locator('summary').filter({ hasText: 'Sol Vane' }).first().waitFor();
    await picture(grace, 'support-who-looked');

    await ivy.goto(`${mimi}/support`);
    await ivy.getByLabel('What came of it?').fill('The fault is mended.');
    await press(ivy, 'Close it to them now');
    await ivy.getByRole('heading', { name: 'Open it to somebody' }).waitFor();
    assert.equal((await sol.goto(mimi)).status(), 404, 'it is closed again');
  });
});
