// The harness itself: what it reads of the demonstration, and that axe would say something.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, launchChromium, readGreeting } from './harness.mjs';

describe('The harness', () => {
  test('reads the address and the sign-ins, but no half line', () => {
    const text = [
      'Made 12 children.',
      'Address: http://127.0.0.1:4321/',
      'Sign in: amy.shaw  k3-pass  (Amy Shaw, Team manager)',
      'Sign in: bo  x  (Bo (Jo) Day, Worker)',
      'Sign in: half  lin',
    ].join('\n');
    assert.deepEqual(readGreeting(text), {
      address: 'http://127.0.0.1:4321',
      people: [
        { username: 'amy.shaw', password: 'k3-pass', name: 'Amy Shaw', role: 'Team manager' },
        { username: 'bo', password: 'x', name: 'Bo (Jo) Day', role: 'Worker' },
      ],
    });
    assert.deepEqual(readGreeting('Addr'), { address: undefined, people: [] });
  });

  test('axe passes a good page and names the fault of a bad one', async () => {
    const browser = await launchChromium();
    try {
      const page = await (await browser.newContext()).newPage();
      const good = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1></main>';
      await page.setContent(good);
      await axe(page);
      await page.setContent(good.replace('</main>', '<input id="bare"></main>'));
      await assert.rejects(axe(page), /axe finds 1 on blank:\n {2}label \(critical\).*\n {4}#bare/);
    } finally {
      await browser.close();
    }
  });
});
