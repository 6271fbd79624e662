// A visit to three siblings, by keyboard alone, and what becomes of it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { ALI, Keyboard, daysBefore, recordOf } from './steps.mjs';

// For each child: words that no other child's pages may show.
const PLANTED = {
  Mimi: ['Zebrapalm says the bus was late'],
  'Bilal Ali': ['Quokkahill is where the dinosaurs sleep', 'Heronbrook stayed beside Gran'],
  'Noor Ali': ['Lanternfish means more milk', 'Ottermoss slept through the afternoon', 'Curlewbay is a cot by the window'],
};
const HEADLINE = 'Kestrelwick: a full fridge at last';
const SEEN = 'The fridge was full and the washing was dry.';
const TOLD = 'There was money for the meter until Friday.';
const OPINION = 'The week looks easier than the last one.';

describe('A visit to three siblings by keyboard alone', () => {
  const app = useApp();
  let records; // name → path, for the tests after the first
  let day;

  test('R-VIS-01 R-VIS-02 R-VIS-03 R-VIS-04 R-VIS-05 R-VIS-07 R-STD-01 R-STD-02 R-OBS-01 R-VOI-01 R-INT-02 one act records it', async () => {
    const page = await app.visitor();
    const keys = new Keyboard(page);
    await page.goto('/');
    await keys.type(page.getByLabel('Username', { exact: true }), 'sam');
    await keys.type(page.getByRole('textbox', { name: 'Password', exact: true }), app.password('sam'));
    await keys.enter(page.getByRole('button', { name: 'Sign in', exact: true }));
    await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
    records = Object.fromEntries(
      await Promise.all(
        ALI.map(async (name) => {
          const link = page.getByRole('rowheader').getByRole('link', { name, exact: true });
          return [name, await link.getAttribute('href')];
        }),
      ),
    );
    await keys.enter(page.getByRole('link', { name: 'Record something for Mimi' }));
    await keys.enter(page.getByRole('link', { name: 'Visit', exact: true }));
    await page.getByRole('heading', { level: 1, name: 'Visit' }).waitFor();

    const box = (name) => page.getByRole('textbox', { name, exact: true });
    const group = (name, within = page) => within.getByRole('group', { name, exact: true });

    const about = group('Who is this about?');
    assert.ok(await about.getByLabel('Mimi').isChecked(), 'the child in front is ticked');
    await keys.tick(about.getByLabel('Bilal Ali'));
    await keys.tick(about.getByLabel('Noor Ali'));
    day = await daysBefore(page, 1);
    await keys.type(box('Day'), day.day);
    await keys.type(box('Month'), day.month);
    await keys.type(box('Year'), day.year);
    await keys.type(box('Time'), '15:30');
    await keys.select(page.getByLabel('What kind of visit was it?'), 'Child protection visit');
    await keys.radio(group('What came of it?'), 'It took place');
    await keys.type(box('What was it for?'), 'To see how the week had gone');
    await keys.select(page.getByLabel('Where?', { exact: true }), 'Home');
    const present = group('Who was there?');
    for (const name of ['Sana Ali', 'Amira Ali', 'Bilal Ali', 'Noor Ali']) await keys.tick(present.getByLabel(name));
    await keys.type(present.getByRole('textbox', { name: 'Other person 1: name' }), 'Mrs Patel');
    await keys.type(present.getByRole('textbox', { name: 'Other person 1: who they are' }), 'neighbour');

    for (const name of ALI) {
      const child = group(name);
      await keys.radio(group('Seen?', child), 'Yes');
      if (name === 'Mimi') {
        await keys.radio(group('Seen alone?', child), 'Yes');
      } else {
        await keys.radio(group('Seen alone?', child), 'No');
        await keys.type(child.getByLabel('Why was the child not seen alone?'), PLANTED[name][1]);
      }
      await keys.type(child.getByLabel('What did the child say or show?'), PLANTED[name][0]);
      await keys.tick(group('How did they tell you?', child).getByLabel('Said it'));
    }

    await keys.radio(group('Was there an interpreter?'), 'No');
    await keys.radio(group('Did anybody need an interpreter or other help to communicate, and not have it?'), 'No');

    const passage = async (nth, nature, text, { who, only } = {}) => {
      await keys.select(page.getByRole('combobox', { name: `What is paragraph ${nth}?` }), nature);
      if (who) await keys.type(page.getByRole('textbox', { name: `Who said paragraph ${nth}?` }), who);
      if (only) await keys.select(page.getByRole('combobox', { name: `For whom is paragraph ${nth}?` }), only);
      await keys.type(page.getByRole('textbox', { name: `Paragraph ${nth}`, exact: true }), text);
    };
    await passage(1, 'Fact: I saw or heard it', SEEN);
    await passage(2, 'I was told it', TOLD, { who: 'Sana Ali' });
    await passage(3, 'Opinion', OPINION);
    // A fourth row by the button; the focus goes into it.
    await keys.to(page.getByRole('button', { name: 'Add another paragraph' }));
    await page.keyboard.press('Enter');
    const fourth = page.getByRole('combobox', { name: 'What is paragraph 4?' });
    await fourth.waitFor();
    assert.ok(await fourth.evaluate((select) => select === document.activeElement));
    await keys.select(page.getByRole('combobox', { name: 'For whom is paragraph 4?' }), 'Only Noor Ali');
    await keys.type(page.getByRole('textbox', { name: 'Paragraph 4', exact: true }), PLANTED['Noor Ali'][2]);

    await keys.type(page.getByLabel('What did you tell them, and they you?'), 'The date of the next core group.');
    await keys.radio(group('Has anything important changed for the child or family?'), 'No');
    await keys.radio(group('Has anybody moved in or out?'), 'No');
    await keys.type(page.getByRole('textbox', { name: 'In a sentence, what came out of the visit?', exact: true }), 'Food and warmth for the week.');
    await keys.type(page.getByRole('textbox', { name: /^What does it mean, for the plan/ }), 'The first step of the plan holds.');
    await keys.type(page.getByRole('textbox', { name: 'Action 1: what' }), 'Ring the school');
    await keys.type(page.getByRole('textbox', { name: 'Action 1: who' }), 'Sam Okafor');
    await keys.tick(page.getByLabel('This is a significant event'));
    await keys.type(page.getByRole('textbox', { name: 'Headline for the chronology', exact: true }), HEADLINE);
    // Not the page's address: who types this fast is done before the first save, which is what gives the draft its own.
    const draft = `/drafts/${await page.locator('form[data-draft]').getAttribute('data-draft')}`;
    await picture(page, 'visit-filled');
    await axe(page);
    await keys.enter(page.getByRole('button', { name: 'Complete', exact: true }));

    // What will stand in each record, once, before it is frozen: each child's part in the child's own entry.
    await page.getByRole('heading', { level: 1, name: 'Check what will be recorded' }).waitFor();
    for (const name of ALI) {
      const part = await page.getByRole('region', { name: `${name}’s record` }).innerText();
      for (const other of ALI) {
        for (const words of PLANTED[other]) assert.equal(part.includes(words), other === name, `${words} in ${name}’s part`);
      }
    }
    await picture(page, 'visit-check');
    await axe(page);
    await keys.enter(page.getByRole('button', { name: 'Record it', exact: true }));
    await page.getByRole('heading', { level: 1, name: 'Visit completed' }).waitFor();
    for (const name of ALI) assert.equal(await page.getByRole('link', { name: `${name}’s entry` }).count(), 1);
    await picture(page, 'visit-done');
    assert.equal((await page.goto(draft)).status(), 410, 'what is completed cannot be written on');
  });

  test('R-CHR-01 R-CHR-04 R-GOV-07 it stands in each child’s chronology, and each row opens the child’s own entry', async () => {
    const page = await app.open('sam');
    for (const name of ALI) {
      await page.goto(`${records[name]}/chronology`);
      const row = page.locator('main').getByRole('listitem').filter({ hasText: HEADLINE });
      assert.equal(await row.count(), 1);
      assert.match(await row.innerText(), new RegExp(`^${day.words}`));
      await row.getByRole('link').click();
      await page.getByRole('article').waitFor();
      assert.ok(new URL(page.url()).pathname.startsWith(`${records[name]}/entries/`));
      const text = await page.getByRole('article').innerText();
      for (const words of [...PLANTED[name], SEEN, TOLD, OPINION]) assert.ok(text.includes(words), `${name}: ${words}`);
      assert.match(text, /written .* by Sam Okafor, Social worker, North team/);
      const margins = await page.locator('.ls-margin').allInnerTexts();
      for (const word of ['seen', 'told by Sana Ali', 'opinion', "Child's words"]) assert.ok(margins.includes(word), word);
      if (name === 'Bilal Ali') await picture(page, 'entry');
    }
  });

  test('R-STD-07 the child’s own words are in italic, and a word says whose they are', async () => {
    const page = await app.open('sam');
    for (const name of ALI) {
      await page.goto(`${records[name]}/chronology`);
      await page.getByRole('listitem').filter({ hasText: HEADLINE }).getByRole('link').click();
      const said = page.locator('.ls-paragraph').filter({ hasText: PLANTED[name][0] });
      assert.equal(await said.locator('.ls-margin').innerText(), "Child's words");
      const style = (locator) => locator.evaluate((element) => getComputedStyle(element).fontStyle);
      assert.equal(await style(said.locator('.ls-text')), 'italic');
      assert.equal(await style(page.locator('.ls-text', { hasText: SEEN })), 'normal');
      await page.goto(records[name]);
      const words = page.getByRole('blockquote');
      assert.ok((await words.innerText()).includes(PLANTED[name][0]), 'the latest words stand on the front page');
      assert.equal(await style(words.locator('p')), 'italic');
    }
  });

  test('R-VIS-04 the front page tells when last seen, and last seen alone', async () => {
    const page = await app.open('sam');
    for (const name of ALI) {
      await page.goto(records[name]);
      const seen = await page.locator('.ls-front > div', { hasText: /^Last seen/ }).innerText();
      assert.ok(seen.includes(`Last seen ${day.words}`), seen);
      assert.equal(seen.includes(`Last seen alone ${day.words}`), name === 'Mimi', seen);
    }
  });

  test('R-BAS-01 R-BAS-12 R-BAS-20 words of one child are on no page of another', async () => {
    const page = await app.open('sam');
    const read = async (path) => (await page.request.get(path)).text();
    for (const name of ALI) {
      const own = records[name];
      const tabs = ['', '/chronology', '/story', '/family', '/front-sheet', '/new'];
      const waiting = tabs.map((tab) => own + tab);
      const known = new Set(waiting);
      const others = ALI.filter((other) => other !== name).flatMap((other) => PLANTED[other]);
      let found = 0;
      while (waiting.length > 0) {
        // A few at a time: the server has more to do than this.
        const some = waiting.splice(0, 4);
        for (const [path, html] of await Promise.all(some.map(async (path) => [path, await read(path)]))) {
          for (const words of others) assert.ok(!html.includes(words), `${path} of ${name} shows “${words}”`);
          if (PLANTED[name].every((words) => html.includes(words))) found += 1;
          for (const [, href] of html.matchAll(/href="([^"#]+)"/g)) {
            const next = href.replaceAll('&amp;', '&');
            if (!next.startsWith(`${own}/`) || next.includes('/readings') || known.has(next)) continue;
            known.add(next);
            waiting.push(next);
          }
        }
      }
      assert.ok(found >= 2, `${name}’s own words are in the story and the entry, found ${found} times`);
    }
    for (const path of ['/my-work', '/team', '/people', '/help', '/account']) {
      const html = await read(path);
      for (const words of Object.values(PLANTED).flat()) assert.ok(!html.includes(words), `${path} shows “${words}”`);
    }
    await page.goto('/people');
    await page.getByLabel('Name, or the beginning of it').fill('Ali');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('status').waitFor();
    const answer = await page.content();
    for (const words of Object.values(PLANTED).flat()) assert.ok(!answer.includes(words), `the search shows “${words}”`);
  });

  test('R-INT-02 the database verifies after it', async () => {
    const { code, said } = await app.command('verify');
    assert.equal(code, 0, said);
    assert.match(said, /Nothing is wrong/);
  });
});
