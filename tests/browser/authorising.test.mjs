// A risk alert that a worker proposes and a head of service decides; and a protected address, shown to whoever says why.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { complete } from './steps.mjs';

describe('What must be known first', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };
  const ownChild = async (page) => {
    await page.goto('/my-work');
    const child = await page.locator('main a[href^="/records/"]').first().getAttribute('href');
    return child.split('?')[0].split('/').slice(0, 3).join('/');
  };

  test('R-ALR-02 R-ALR-05 an alert is proposed, returned, written again and decided', async () => {
    const tom = await app.open('tom');
    const record = await ownChild(tom);
    await tom.goto(`${record}/new/risk-alert`);
    await tom.getByRole('radio', { name: 'Dangerous animal', exact: true }).check();
    const since = tom.getByRole('group', { name: /When did it start/ });
    for (const [part, value] of [['Day', '1'], ['Month', '3'], ['Year', '2026']]) await since.getByLabel(part).fill(value);
    await tom.getByLabel(/What is the risk/).fill('The dog bites. Ring before you come.');
    await tom.getByLabel(/Which dated entries/).fill('Case note of 2 March 2026.');
    await axe(tom);
    await picture(tom, 'alert-form');
    await complete(tom);
    await tom.getByText('Until then it does not count').waitFor();
    await picture(tom, 'alert-done');

    const helen = await app.open(app.someone('head'));
    await helen.goto('/my-work');
    await helen.getByRole('link', { name: /“Risk alert”.*to be authorised/ }).first().click();
    await helen.getByText('It does not count yet').waitFor();
    await helen.getByRole('radio', { name: 'No, return it', exact: true }).check();
    await press(helen, 'Answer');
    await helen.getByRole('alert').waitFor();
    await axe(helen);
    await picture(helen, 'alert-to-authorise');
    await helen.getByLabel(/what must be changed/).fill('Say what breed it is.');
    await press(helen, 'Answer');

    await tom.goto('/my-work');
    await picture(tom, 'alert-returned-my-work');
    await tom.getByRole('link', { name: /“Risk alert” was returned to you/ }).first().click();
    await tom.getByText('Say what breed it is.').first().waitFor();
    await axe(tom);
    await picture(tom, 'alert-returned');
    await tom.getByRole('button', { name: 'Change it and complete it again' }).click();
    await tom.getByLabel(/What is the risk/).fill('The dog, an Alsatian, bites. Ring before you come.');
    await tom.getByLabel('What have you changed?').fill('The breed.');
    await picture(tom, 'alert-again');
    await complete(tom);

    await helen.goto('/my-work');
    await helen.getByRole('link', { name: /“Risk alert”.*to be authorised/ }).first().click();
    await helen.getByRole('radio', { name: 'Yes', exact: true }).check();
    await press(helen, 'Answer');
    await tom.goto(record);
    await tom.getByRole('link', { name: 'Risk alert: Dangerous animal' }).waitFor();
    await axe(tom);
    await picture(tom, 'alert-front-page');
  });

  test('R-ACC-08 a protected address is shown to whoever says what for', async () => {
    const tom = await app.open('tom');
    const record = await ownChild(tom);
    await tom.goto(`${record}/new/address`);
    for (const [part, value] of [['lines', '7 Quillwort Lane'], ['town', 'Rochdale'], ['postcode', 'OL16 1AA']]) {
      await tom.locator(`[name="address.${part}"]`).fill(value);
    }
    const kept = tom.getByRole('group', { name: /Must this address be kept/ });
    await kept.getByRole('radio', { name: 'Yes', exact: true }).check();
    await tom.getByLabel(/From whom, and why/).fill('From her father: a court order.');
    await complete(tom);
    await tom.goto(record);
    assert.ok(!(await tom.content()).includes('Quillwort'));
    await picture(tom, 'protected-front-page');
    await tom.getByRole('link', { name: /Show the address/ }).click();
    await press(tom, 'Show the addresses');
    await tom.getByRole('alert').waitFor();
    await axe(tom);
    await picture(tom, 'protected-ask');
    await tom.getByLabel(/What do you need them for/).fill('The visit this afternoon');
    await press(tom, 'Show the addresses');
    await tom.getByText('7 Quillwort Lane').waitFor();
    await axe(tom);
    await picture(tom, 'protected-shown');
  });
});
