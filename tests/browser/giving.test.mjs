// What must not be shared with the child, and what somebody outside is given from a record.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { complete } from './steps.mjs';

describe('What is kept back, and what is given', () => {
  const app = useApp();
  const press = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  };
  const ownChild = async (page) => {
    await page.goto('/my-work');
    const child = await page.locator('main a[href^="/records/"]').first().getAttribute('href');
    return child.split('?')[0].split('/').slice(0, 3).join('/');
  };

  test('R-CNF-01 R-CNF-04 a note is kept in the confidential section, and a manager asks about it', async () => {
    const tom = await app.open('tom');
    const record = await ownChild(tom);
    await tom.goto(`${record}/new/confidential-note`);
    await axe(tom);
    await tom.locator('[name="note.0.text"]').fill('His uncle told us of the marigolds.');
    await tom.getByRole('radio', { name: /health would be seriously harmed/ }).check();
    await tom.getByLabel(/What makes that so/).fill('The uncle lives with them.');
    await tom.getByLabel(/Whose information is it/).fill('The uncle, by telephone in the evening');
    await picture(tom, 'confidential-note');
    await complete(tom);
    await tom.goto(`${record}/story?kind=confidential-note`);
    await tom.getByText('Kept in the confidential section').first().waitFor();
    assert.ok(!(await tom.content()).includes('marigolds'));
    await picture(tom, 'confidential-story');
    await tom.goto(record);
    await tom.getByRole('link', { name: 'Confidential section' }).click();
    await tom.getByText('The uncle lives with them.').waitFor();
    await axe(tom);
    await picture(tom, 'confidential-section');
    await tom.getByRole('link', { name: /Note for the confidential section of/ }).click();
    await tom.getByText('You read this in the confidential section').waitFor();
    await axe(tom);
    await picture(tom, 'confidential-entry');

    const helen = await app.open(app.someone('head'));
    await helen.goto(`${record}/confidential`);
    await helen.getByRole('button', { name: /Look at it again/ }).click();
    await helen.getByRole('group', { name: /Must it still be kept from the child/ }).getByRole('radio', { name: 'No', exact: true }).check();
    await helen.getByRole('radio', { name: 'Yes, and they answered' }).check();
    await helen.getByLabel(/When and how did you ask/).fill('Rang on Tuesday.');
    await helen.getByLabel(/What do they think and wish/).fill('He agrees.');
    await helen.getByLabel(/Why is it shared now/).fill('He has moved away.');
    await helen.getByRole('radio', { name: 'It stands with the rest of the record' }).check();
    await axe(helen);
    await picture(helen, 'confidential-review');
    await complete(helen);
    await tom.goto(`${record}/story?kind=confidential-note`);
    await tom.getByText('His uncle told us of the marigolds.').waitFor();
  });

  test('R-SHR-09 a paper is made for one person, with what is left out marked, and somebody else agrees', async () => {
    const tom = await app.open('tom');
    const record = await ownChild(tom);
    await tom.goto(`${record}/new/sharing`);
    await tom.getByRole('radio', { name: 'Another organisation asks' }).check();
    await tom.getByLabel(/Who is to have it/).fill('The school');
    await tom.getByLabel(/What would they have/).fill('How the child is.');
    await tom.getByLabel(/What do they need it for/).fill('The plan at school.');
    await tom.getByRole('group', { name: /Has whom it is about consented/ }).getByRole('radio', { name: 'No', exact: true }).check();
    await tom.getByRole('radio', { name: 'Concern for somebody’s safety' }).check();
    await tom.getByRole('group', { name: /Does it name, or lead to/ }).getByRole('radio', { name: 'No', exact: true }).check();
    await tom.getByRole('group', { name: /Were you in doubt/ }).getByRole('radio', { name: 'No', exact: true }).check();
    await tom.getByRole('radio', { name: 'It is given', exact: true }).check();
    await tom.getByLabel(/Who decided/).selectOption({ index: 1 });
    await tom.getByLabel('Why?', { exact: true }).fill('It helps the child.');
    await complete(tom);

    await tom.goto(record);
    await tom.getByRole('link', { name: 'Give something from this record' }).click();
    await press(tom, 'Go on to what is left out');
    await tom.getByRole('alert').waitFor();
    await axe(tom);
    await picture(tom, 'giving-problems');
    await tom.getByLabel(/Where was it decided/).selectOption({ index: 1 });
    await tom.getByLabel(/Who gets it/).selectOption({ index: 2 });
    await tom.getByLabel(/In what capacity/).fill('Headteacher');
    await tom.getByLabel('Kind of entry').selectOption('case-note');
    await press(tom, 'Show these');
    await tom.getByRole('checkbox', { name: /Case note|Contact/ }).first().check();
    await picture(tom, 'giving-choose');
    await press(tom, 'Go on to what is left out');
    await axe(tom);
    await tom.getByRole('group', { name: /Leave out/ }).getByRole('checkbox').first().check();
    await tom.getByLabel(/Why is it left out/).selectOption({ index: 2 });
    await picture(tom, 'giving-parts');
    await press(tom, 'Make the paper');
    await tom.getByText('It does not count yet').waitFor();
    await axe(tom);
    await picture(tom, 'giving-made');

    const helen = await app.open(app.someone('head'));
    await helen.goto('/my-work');
    await helen.getByRole('link', { name: /“What somebody is given from the record”.*to be authorised/ }).first().click();
    await helen.getByRole('radio', { name: 'Yes', exact: true }).check();
    await press(helen, 'Answer');
    await helen.getByText(/Authorised on/).waitFor();
    await picture(helen, 'giving-authorised');
  });

  test('R-SHR-03 others are asked on a consent in writing, which is offered where it fits', async () => {
    const tom = await app.open('tom');
    const record = await ownChild(tom);
    const begin = async () => {
      await tom.goto(`${record}/new/information-sought`);
      await tom.getByLabel(/Of whom are they asked to tell/).selectOption({ index: 1 });
      await tom.getByLabel(/Who is asked/).fill('The health visitor');
      await tom.getByLabel(/What are they asked/).fill('How the last two checks went.');
      await tom.getByRole('group', { name: /Have they consented to it in writing/ }).getByRole('radio', { name: 'Yes', exact: true }).check();
    };
    await begin();
    await tom.getByText('This record has no entry that holds and in which «What for?» is «To ask others what they know»').waitFor();
    await axe(tom);
    await picture(tom, 'asking-without');

    await tom.goto(`${record}/new/consent`);
    await tom.getByLabel(/Who was asked/).selectOption({ index: 1 });
    await tom.getByRole('radio', { name: 'A parent' }).check();
    await tom.getByRole('radio', { name: 'To ask others what they know' }).check();
    await tom.getByLabel(/What, and with whom or from whom/).fill('From the health visitor: the last two checks.');
    await tom.getByRole('group', { name: /What did they say/ }).getByRole('radio', { name: 'Yes', exact: true }).check();
    await tom.getByRole('radio', { name: 'In writing' }).check();
    await complete(tom);

    await begin();
    const consent = tom.getByLabel(/Where is that recorded/);
    assert.ok((await consent.innerText()).includes('From the health visitor: the last two checks.'));
    await consent.selectOption({ index: 1 });
    await axe(tom);
    await picture(tom, 'asking-with');
    await complete(tom);
  });
});
