// Every page for everybody: axe, headings, titles, targets, focus, a narrow screen and 400% zoom.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { begin, daysBefore, recordOf } from './steps.mjs';

const WIDE = { width: 1280, height: 800 };
// A small telephone; and what a window of 1280 by 1024 shows at 400% zoom.
const NARROW = { width: 320, height: 256 };
const SMALLEST = 24; // WCAG 2.2, 2.5.8

// What is wrong with a page that axe has no rule for.
async function faults(page) {
  return page.evaluate((smallest) => {
    const found = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.govuk-visually-hidden');
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
      .filter((heading) => heading.checkVisibility())
      // The error summary and what somebody is told of their account stand above the heading.
      .filter((heading) => !heading.closest('[role="alert"], .govuk-notification-banner'));
    if (levels.filter((heading) => heading.tagName === 'H1').length !== 1) found.push('not one first heading');
    levels.reduce((last, heading) => {
      const level = Number(heading.tagName[1]);
      if (level > last + 1) found.push(`heading “${heading.innerText}” of level ${level} after level ${last}`);
      return level;
    }, 0);

    // Links within a sentence or a line of them have the height of the line; axe looks at what is between them.
    const boxes = 'button, input:not([type="hidden"]), select, textarea, summary, .govuk-button, nav a';
    for (const target of document.querySelectorAll(boxes)) {
      if (!shown(target) || target.matches('.govuk-skip-link, .govuk-visually-hidden')) continue;
      const { width, height } = target.getBoundingClientRect();
      if (width < smallest || height < smallest) {
        found.push(`target of ${Math.round(width)} × ${Math.round(height)}: ${target.outerHTML.replace(/\s+/g, ' ').slice(0, 120)}`);
      }
    }
    return found;
  }, SMALLEST);
}

async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((element) => {
      const { right } = element.getBoundingClientRect();
      return right > width + 1 && !element.closest('.govuk-visually-hidden');
    });
    return [`${document.documentElement.scrollWidth} px wide: ${wide.slice(-3).map((element) => element.outerHTML.slice(0, 160)).join(' | ')}`];
  });
}

describe('Every page', () => {
  const app = useApp();
  // Names that no title and no address may hold: children, families and staff of the demonstration.
  const names = () => {
    const staff = app.people.map((person) => person.name);
    return new RegExp(['Mimi', 'Amira', 'Bilal', 'Noor', 'Ali', ...staff].map((name) => `\\b${name}\\b`).join('|'), 'i');
  };

  // Looks at the page as it stands, wide and narrow.
  async function check(page, name) {
    const told = [];
    const look = async (at) => {
      try {
        await axe(page);
      } catch (error) {
        told.push(`${at}: ${error.message}`);
      }
    };
    await page.setViewportSize(WIDE);
    assert.doesNotMatch(await page.title(), names(), 'a title holds no name');
    assert.match(await page.title(), / – Lifestory$/);
    assert.doesNotMatch(decodeURIComponent(page.url()), names(), 'an address holds no name');
    await look('wide');
    told.push(...(await faults(page)));
    await picture(page, `wide-${name}`);
    await page.setViewportSize(NARROW);
    // The menu folds under a button.
    await page.waitForFunction(() => !document.querySelector('.govuk-js-service-navigation-toggle[hidden]'));
    told.push(...(await overflow(page)));
    told.push(...(await faults(page)).map((fault) => `narrow: ${fault}`));
    await look('narrow');
    await picture(page, `narrow-${name}`);
    assert.ok(told.length === 0, told.join('\n'));
  }

  // All faults of all pages at once, rather than the first.
  async function each(page, pages) {
    const failed = [];
    for (const [name, open] of Object.entries(pages)) {
      await page.setViewportSize(WIDE);
      if (typeof open === 'string') await page.goto(open);
      else await open();
      await check(page, name).catch((error) => failed.push(`${name}: ${error.message}`));
    }
    assert.equal(failed.length, 0, `\n${failed.join('\n\n')}`);
  }

  test('for anybody: signing in, and how accessible this is', async () => {
    const page = await app.visitor();
    await each(page, { 'sign-in': '/sign-in', 'sign-in-ended': '/sign-in?ended', accessibility: '/help/accessibility' });
  });

  test('for a worker: work, and reading a record', async () => {
    const page = await app.open('sam');
    const record = await recordOf(page, 'Mimi');
    const entry = async (kind) => {
      await page.goto(record);
      const link = page.locator('.ls-chronology').getByRole('link', { name: new RegExp(`^${kind}`) }).first();
      await page.goto(await link.getAttribute('href'));
    };
    await each(page, {
      'my-work': '/my-work',
      'front-page': record,
      'front-sheet': `${record}/front-sheet`,
      chronology: `${record}/chronology`,
      story: `${record}/story`,
      entry: () => entry('visit'),
      'decision-entry': () => entry("manager's decision"),
      decisions: `${record}/decisions`,
      words: `${record}/words`,
      workers: `${record}/workers`,
      family: `${record}/family`,
      'family-found': async () => {
        await page.goto(`${record}/family`);
        await page.getByLabel('Name, or the beginning of it').fill('Zebulon Nobody');
        await page.getByRole('button', { name: 'Search', exact: true }).click();
        await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
      },
      'new-entry': `${record}/new`,
      refused: `${record.slice(0, -1)}${record.endsWith('0') ? '1' : '0'}`,
      'no-such-page': '/no-such-page',
      'no-right': '/organisation',
    });
  });

  test('for a worker: writing', async () => {
    const page = await app.open('sam');
    const record = await recordOf(page, 'Noor Ali');
    let draft;
    let checked;
    const press = async (name) => {
      await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
    };
    await each(page, {
      'draft-empty': async () => (draft = await begin(page, record, 'Visit')),
      'draft-full': async () => {
        // With every question that can be asked.
        await page.getByRole('group', { name: 'Who is this about?' }).getByLabel('Bilal Ali').check();
        await page.getByRole('radio', { name: 'It took place' }).check();
        for (let round = 0; round < 2; round++) {
          for (const yes of await page.getByRole('radio', { name: 'Yes', exact: true }).all()) await yes.check();
        }
        for (const views of await page.getByLabel('What did the child say or show?').all()) {
          if (await views.isVisible()) await views.fill('A pheasant of a day.');
        }
        await page.getByRole('combobox', { name: 'What is paragraph 1?' }).selectOption({ label: 'I was told it' });
        await page.getByLabel('This is a significant event').check();
      },
      'draft-errors': () => press('Complete'),
      'draft-two-heads': async () => {
        const other = await page.context().newPage();
        await other.goto(draft);
        await other.getByLabel('What was it for?').fill('Typed in the other window');
        await Promise.all([other.waitForNavigation(), other.getByRole('button', { name: 'Save draft' }).click()]);
        await other.close();
        await page.getByLabel('What was it for?').fill('Typed in this window');
        await press('Save draft');
        await page.getByRole('region', { name: 'The same draft, saved elsewhere' }).waitFor();
      },
      'draft-aside': () => press('Put this draft aside'),
      'draft-ended': async () => {
        await press('Put it aside');
        await page.goto(draft);
      },
      check: async () => {
        await begin(page, record, 'Visit');
        const day = await daysBefore(page, 3);
        for (const part of ['Day', 'Month', 'Year']) await page.getByLabel(part, { exact: true }).fill(day[part.toLowerCase()]);
        await page.getByLabel('Time', { exact: true }).fill('09:10');
        await page.getByLabel('What kind of visit was it?').selectOption('Child protection visit');
        await page.getByLabel('What was it for?').fill('To bring the buggy');
        await page.getByRole('radio', { name: 'Nobody answered' }).check();
        await page.getByLabel('What did you do then?').fill('Left a card, and rang. I go again on Monday.');
        await page.getByLabel('Where?', { exact: true }).selectOption('Home');
        await press('Complete');
        await page.getByRole('heading', { level: 1, name: 'Check what will be recorded' }).waitFor();
        checked = page.url();
      },
      'plan-draft': () => begin(page, record, 'Planned visit'),
      'plan-errors': () => press('Complete'),
      'my-list': '/my-work/children?show=all',
      'my-owed': '/my-work/owed',
      'my-owed-by-child': '/my-work/owed?by=child',
      'my-owed-by-address': '/my-work/owed?by=address',
      'check-again': async () => {
        await page.goto(checked);
        await page.getByRole('heading', { level: 1, name: 'Check what will be recorded' }).waitFor();
      },
      done: async () => {
        await press('Record it');
        await page.getByRole('heading', { level: 1, name: 'Visit completed' }).waitFor();
      },
    });
  });

  test('R-GOV-03 R-GOV-01 for a head of service: the policy, what would change, approving it', async () => {
    const page = await app.open('helen');
    const follow = async (name) => {
      await Promise.all([page.waitForNavigation(), page.getByRole('link', { name }).first().click()]);
    };
    const press = async (name) => {
      await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
    };
    const policy = '/organisation/policy';
    let version;
    await each(page, {
      policy,
      'policy-version': async () => {
        await follow(/^Rochdale, version \d+$/);
        version = page.url();
      },
      'policy-form': () => page.goto(`${version}/forms/visit`),
      'policy-list': () => page.goto(`${version}/lists/contact-type`),
      'policy-changes': async () => {
        await page.goto(policy);
        await follow(/What would change, and approve it/);
        await page.getByRole('heading', { level: 1, name: 'What would change' }).waitFor();
      },
      'policy-errors': () => press('Approve this version'),
      'policy-approved': async () => {
        await page.getByLabel('Why is it approved?').fill('Agreed by the leadership team on Monday');
        await press('Approve this version');
        await page.getByRole('heading', { name: 'Approved for later' }).waitFor();
      },
    });
  });

  test('for a manager: the team, searching, opening a record, who has looked', async () => {
    const page = await app.open('grace');
    const record = await recordOf(page, 'Mimi', '/team/children?whose=team&show=all');
    const press = async (name) => {
      await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
    };
    const search = async (name) => {
      await page.goto('/people');
      await page.getByLabel('Name, or the beginning of it').fill(name);
      await press('Search');
    };
    await each(page, {
      team: '/team',
      'team-owed': '/team/owed?by=family',
      'record-owed': `${record}/owed`,
      'team-children': '/team/children?whose=team&show=all',
      'team-no-plan': '/team/children?whose=team&show=no-visit-planned',
      'team-unread': '/team/children?whose=team&show=unread',
      'team-drafts': '/team/children?whose=team&show=drafts',
      'team-to-check': '/team/to-check',
      through: `${record}?through=team.all`,
      unallocated: '/team/unallocated',
      counts: '/counts',
      'counts-visits': '/counts/visits',
      'counts-unallocated': '/counts/unallocated',
      'counts-census': '/counts/census',
      'counts-readings': '/counts/readings',
      looked: '/looked',
      print: `${record}/chronology/print`,
      search: '/people',
      'search-error': async () => {
        await page.goto('/people');
        await press('Search');
      },
      'search-found': () => search('Ali'),
      'open-record': async () => {
        await search('Zebulon Nobody');
        await press('Open a record for a new child');
      },
      'open-record-errors': () => press('Open the record'),
      'decision-draft': () => begin(page, record, "Manager's decision"),
      'decision-errors': () => press('Complete'),
      readings: `${record}/readings`,
      help: '/help',
      account: '/account',
      password: '/password',
      'password-error': async () => {
        await page.goto('/password');
        await press('Change password');
      },
    });
  });

  test('for an administrator: staff, teams and accounts', async () => {
    const page = await app.open('admin');
    const follow = async (name) => {
      await page.goto('/organisation');
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('button', { name: 'Save', exact: true }).waitFor();
    };
    const save = async () => {
      await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Save', exact: true }).click()]);
    };
    await each(page, {
      'admin-work': '/my-work',
      organisation: '/organisation',
      'staff-new': '/organisation/staff/new',
      'staff-errors': save,
      'staff-known': () => follow('Sam Okafor'),
      'team-new': '/organisation/teams/new',
      'team-errors': save,
      'team-known': () => follow('North team'),
    });
  });
});

describe('By keyboard', () => {
  const app = useApp();

  // How what has the focus looks, with the label that stands for a hidden box.
  const look = (page) =>
    page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      window.focused ??= [];
      const style = (of, pseudo) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor, borderWidth } = getComputedStyle(of, pseudo);
        return [outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor, borderWidth].join();
      };
      const looks = () => [style(element), element.labels?.[0] ? style(element.labels[0], '::before') : ''].join(' / ');
      if (window.focused.some((seen) => seen.element === element)) return 'again';
      window.focused.push({ element, looks, with: looks() });
      return 'new';
    });

  // Tabs through the page once; then no stop may look as it does without the focus.
  async function tabThrough(page) {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      if ((await look(page)) !== 'new') break;
    }
    return page.evaluate(() => {
      document.activeElement.blur();
      const unseen = window.focused.filter((stop) => stop.looks() === stop.with);
      return { stops: window.focused.length, unseen: unseen.map((stop) => stop.element.outerHTML.slice(0, 160)) };
    });
  }

  test('the focus can always be seen, and the first stop skips to the main content', async () => {
    const page = await app.open('sam');
    const record = await recordOf(page, 'Bilal Ali');
    const draft = await begin(page, record, 'Visit');
    await page.getByLabel('What was it for?').fill('To see the new beds');
    await page.keyboard.press('Control+s');
    await page.locator('[data-saved]').filter({ hasText: /^Saved/ }).waitFor();
    for (const path of ['/my-work', record, `${record}/family`, `${record}/new`, draft, '/people']) {
      await page.goto(path);
      const { stops, unseen } = await tabThrough(page);
      assert.ok(stops > 10, `${path}: ${stops} stops`);
      assert.deepEqual(unseen, [], path);
    }
    for (const path of ['/my-work', record, draft]) {
      await page.goto(path);
      await page.keyboard.press('Tab');
      const skip = page.getByRole('link', { name: 'Skip to main content' });
      assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().height > 20));
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'main-content');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.closest('main') !== null), path);
    }
  });
});
