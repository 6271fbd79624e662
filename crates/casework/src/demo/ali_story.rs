//! The story of the Ali children: half a year from a call by school to a plan that is beginning to work.

use jiff::civil::{Date, time};

use super::{
    alis::{OPENED, PLAN_SINCE},
    family::plus,
    sheet::Sheet,
    teller::{Teller, by, records},
};

/// One visit to Amira, Bilal and Noor, written out.
struct Visit {
    days_ago: i32,
    at: (i8, i8),
    kind: &'static str,
    purpose: &'static str,
    with_gran: bool,
    /// What each said; why not alone, if not.
    words: [Option<(&'static str, &'static str)>; 3],
    not_alone: [Option<&'static str>; 3],
    /// Nature, from whom, text, for which child alone.
    account: &'static [(&'static str, Option<&'static str>, &'static str, Option<usize>)],
    exchanged: &'static str,
    family: &'static str,
    outcome: &'static str,
    analysis: &'static str,
    headline: Option<&'static str>,
    action: (&'static str, &'static str, i32),
}

const TODDLER: Option<&str> = Some("Two years old; stayed on her grandmother's knee and was watched at play.");

const VISITS: &[Visit] = &[
    Visit {
        days_ago: OPENED - 4,
        at: (15, 40),
        kind: "assessment",
        purpose: "First visit of the assessment: to meet everybody and say why I came",
        with_gran: false,
        words: [
            Some(("\"Are you the lady from school? Oh. You are not a lady.\"", "said")),
            Some(("\"I have got a tooth coming.\"", "said")),
            None,
        ],
        not_alone: [
            None,
            Some("Wanted Amira to stay with him while we talked."),
            Some("Asleep on the sofa; looked well."),
        ],
        account: &[
            (
                "seen",
                None,
                "The house was cool and tidy at the front, and full of washing at the back. There was bread, milk and a bag of onions.",
                None,
            ),
            (
                "told",
                Some("Sana Ali"),
                "Sana has cleaned offices from four to eight in the morning since spring. Until her mother-in-law gets up, Amira is in charge.",
                None,
            ),
            ("seen", None, "Amira knew where everything was, and what there was none of.", Some(0)),
        ],
        exchanged: "I explained what school had told us. Sana had not known about the sandwiches.",
        family: "Sana: \"She never said. She never says.\"",
        outcome: "Met everybody. The mornings are where it goes wrong",
        analysis: "A hard-working mother and a gap of four hours that a nine-year-old fills. The assessment should begin with money, shifts and food.",
        headline: Some("Amira looks after Bilal and Noor before school"),
        action: ("Ask school about the breakfast club", "Sam Okafor", 5),
    },
    Visit {
        days_ago: 131,
        at: (16, 10),
        kind: "cin",
        purpose: "Child in need visit: how the plan is going",
        with_gran: true,
        words: [
            Some(("\"Breakfast club has the good cereal. Bilal goes in first because he is little.\"", "said")),
            Some(("\"I can spell my name backwards. Labil.\"", "said")),
            None,
        ],
        not_alone: [None, None, TODDLER],
        account: &[
            (
                "seen",
                None,
                "There was rice and tea in the cupboard and nothing else. Sana was paid two days ago.",
                None,
            ),
            ("told", Some("Sana Ali"), "A loan from last winter takes most of the pay on the day it comes in.", None),
            (
                "seen",
                None,
                "Bilal's trousers end above his ankles. He has an inhaler in his bag and showed me how it works; it was empty.",
                Some(1),
            ),
        ],
        exchanged: "I told Sana what I saw. She told me about the loan, which she had told nobody.",
        family: "Gran: \"In my day we would have come to one another, not to the council.\"",
        outcome: "Food short again; a debt that nobody knew about",
        analysis: "Help came to the mornings and not to the money. Twice in a month there was no food on a visit. I shall ask Grace about a strategy discussion.",
        headline: Some("Kitchen almost empty; a loan comes to light"),
        action: ("Go with Sana to the advice centre", "Sam Okafor", 7),
    },
    Visit {
        days_ago: 67,
        at: (15, 30),
        kind: "cp",
        purpose: "Child protection visit under the plan",
        with_gran: true,
        words: [
            Some(("\"I am not in charge on Tuesdays and Thursdays now. I do not know what to do with it.\"", "said")),
            Some(("\"Dad's house has a fish.\"", "said")),
            None,
        ],
        not_alone: [None, None, TODDLER],
        account: &[
            (
                "seen",
                None,
                "Everybody ate together: dhal, rice and an orange each. The shopping list hung on the fridge with ticks on it.",
                None,
            ),
            (
                "told",
                Some("Sana Ali"),
                "The loan is being paid back in small amounts since the advice centre rang the lender.",
                None,
            ),
            ("seen", None, "Noor spoke in sentences of three words, to the orange.", Some(2)),
            ("opinion", None, "Sana looked less tired than I have seen her.", None),
        ],
        exchanged: "We went through the plan line by line. Two of five lines are done.",
        family: "Sana: \"The list helps. It was my idea, put that down.\"",
        outcome: "Better: food, debt and two mornings covered",
        analysis: "The plan works where it takes the morning off Amira. The core group asked for all five mornings; two are covered.",
        headline: None,
        action: ("Ask Imran Ali about Wednesday and Friday mornings", "Sam Okafor", 10),
    },
    Visit {
        days_ago: 46,
        at: (16, 0),
        kind: "cp",
        purpose: "Child protection visit, not announced",
        with_gran: false,
        words: [Some(("\"I wrote a list for the fairy but it is really for the shop.\"", "written")), None, None],
        not_alone: [None, Some("Had a friend in the garden and would not come in."), Some("Asleep after nursery.")],
        account: &[
            (
                "seen",
                None,
                "The heating was off. Sana put it on when I came in, and said that she saves it for the evening.",
                None,
            ),
            ("seen", None, "Amira helped Bilal with his coat and her own homework lay open beside the stove.", Some(0)),
        ],
        exchanged: "I told Sana about the fuel voucher. She told me that Gran is away at a wedding until Sunday.",
        family: "Sana agrees with the plan and thinks that visits that are not announced say: we do not believe you.",
        outcome: "Steady, and thin when Gran is away",
        analysis: "All rests on Gran. That is the next thing that the plan has to solve.",
        headline: None,
        action: ("Apply for the fuel voucher", "Sam Okafor", 2),
    },
    Visit {
        days_ago: 25,
        at: (15, 45),
        kind: "cp",
        purpose: "Child protection visit, and to prepare for the core group",
        with_gran: true,
        words: [
            Some(("\"When Gran is here nobody has to remember everything.\"", "said")),
            Some(("\"My wobbly tooth came out and I did not cry, only a bit.\"", "said")),
            Some(("Brought me her cup, said «tea for man», and laughed when I drank.", "play")),
        ],
        not_alone: [None, None, TODDLER],
        account: &[
            (
                "seen",
                None,
                "The kitchen cupboards held tea, rice and half a bag of flour. There was no bread and no milk at four o'clock.",
                None,
            ),
            ("told", Some("Sana Ali"), "Her hours were cut without notice and the pay is a week late.", None),
            ("child", Some("Bilal"), "He slept in Gran's room because it is warm there.", Some(1)),
        ],
        exchanged: "I gave Sana the voucher. She told me that she had gone without lunch since Monday so that there would be something left.",
        family: "Sana: \"I do not want them to think that it is them who cost too much.\"",
        outcome: "Food short after the hours were cut; voucher given",
        analysis: "Not a slip in care but in pay. The effect on the children is the same, and so is what the plan has to do.",
        headline: Some("Kitchen with almost no food"),
        action: ("Ring the employer with Sana about the pay", "Sam Okafor", 3),
    },
    Visit {
        days_ago: 4,
        at: (15, 20),
        kind: "cp",
        purpose: "Child protection visit at tea time",
        with_gran: true,
        words: [
            Some(("\"I like it when Gran makes the tea because then there is tea.\"", "said")),
            Some(("\"I helped. I did the spoons.\"", "said")),
            Some(("Held out both arms to Gran, said «up», and fell asleep on her shoulder.", "behaviour")),
        ],
        not_alone: [None, Some("Would not leave Gran. I shall see him at school next week."), TODDLER],
        account: &[
            (
                "seen",
                None,
                "The kitchen cupboards were empty but for tea and rice, for the second visit running. Gran had brought a pot of stew, and there were six bowls on the table.",
                None,
            ),
            (
                "told",
                Some("Sana Ali"),
                "She had been paid that afternoon and would shop tonight. The new hours begin on Monday: nine to two.",
                None,
            ),
            (
                "seen",
                None,
                "Amira set the table, then sat down and let Gran do the rest. I had not seen her sit down before the others until today.",
                Some(0),
            ),
            ("seen", None, "Bilal kept hold of Gran's sleeve while he ate.", Some(1)),
            (
                "opinion",
                None,
                "Nobody was surprised that there was nothing in the house. That worries me more than the cupboard does.",
                None,
            ),
        ],
        exchanged: "I told Sana that I shall look into the cupboards at each visit until the core group. She asked me to look into hers first and her face second.",
        family: "Sana: \"From Monday I am home when they go and home when they come. Ask me in four weeks.\"\n\nGran: \"I am sixty-four and I have knees. It cannot be me for ever.\"",
        outcome: "No food for the second visit running; new working hours from Monday may change it",
        analysis: "The conference asked for regular meals, and that is not met. The cause is pay that comes late to somebody with nothing put by. The new hours answer the mornings. The core group has to answer the weeks before pay day.",
        headline: Some("Kitchen had no food for the second visit running"),
        action: ("See Bilal alone at school", "Sam Okafor", 9),
    },
];

impl Teller<'_> {
    /// The whole story of the Alis.
    pub fn alis(&mut self) {
        for visit in VISITS {
            let when = self.ali_when(visit.days_ago, visit.at);
            self.take(when);
        }
        self.opening();
        let all: Vec<_> = self.family.children.iter().collect();
        let today = self.today;
        let ago = |days: i32| plus(today, -days);
        let (opened, plan) = (ago(OPENED), ago(PLAN_SINCE));
        let (enquiry, months, weeks) = (plus(plan, -12), ago(60), ago(18));
        self.decide(opened, "decide-assess", &all, Some("School is worried; an assessment begins"));
        self.decide(plus(opened, 42), "decide-cin", &all, Some("Child in need plan agreed"));
        self.decide(enquiry, "decide-47", &all, Some("Enquiry into significant harm (section 47)"));
        self.plan(plan);
        self.dog(plus(plan, 5));
        self.decide(months, "decide-supervision", &all, None);
        self.decide(weeks, "decide-supervision", &all, None);
        for (days, who, section) in [
            (168, 0, "note-school"),
            (160, 2, "note-nursery"),
            (149, 0, "note-parent"),
            (140, 1, "note-school"),
            (118, 0, "note-parent"),
            (104, 0, "note-core"),
            (96, 2, "note-nursery"),
            (83, 0, "note-father"),
            (72, 0, "note-school"),
            (62, 0, "note-core"),
            (53, 1, "note-school"),
            (40, 0, "note-meeting"),
            (33, 0, "note-parent"),
            (20, 0, "note-core"),
            (13, 0, "note-father"),
            (8, 0, "note-school"),
        ] {
            let child = &self.family.children[who];
            self.note_of(section, ago(days), child, &all);
        }
        self.review(plus(plan, 84), &all);
        self.before();
        for visit in VISITS {
            self.ali_visit(visit);
        }
    }

    fn ali_when(&self, days_ago: i32, (hour, minute): (i8, i8)) -> super::teller::When {
        // The last visit must be one that has happened: on a day before a long weekend, if need be.
        let mut day = plus(self.today, -days_ago);
        while !self.pack.calendar().is_working(day) {
            day = plus(day, -1);
        }
        (day, time(hour, minute, 0, 0))
    }

    fn plan(&mut self, plan: Date) {
        let all: Vec<_> = self.family.children.iter().collect();
        let Some(when) = self.slot(plan, (11, 13)) else { return };
        let manager = self.manager(when.0);
        let [amira, bilal, _] = [0, 1, 2].map(|at| self.family.children[at].record);
        let sheet = Sheet::at(when)
            .put("decision", "Amira, Bilal and Noor have a child protection plan from today, for neglect. The conference was of one mind.")
            .person("decided-by", manager.person)
            .named("decided-by", "Mrs Ahearne", "chair of the conference")
            .put("made-in", "meeting")
            .put("reasons", "Food and mornings have failed three times since summer although Sana wanted and used the help. Amira does what an adult should do. The health visitor, school and Sana herself said so in the meeting.")
            .put("options", "Going on with the child in need plan was considered. It had brought help to the mornings and none to the money, and there were two visits without food in a month.")
            .put("risk", "Of going hungry, and of a childhood spent in charge. Likely at the end of each month. What weighs against it: Sana's honesty, Gran, and a school that notices.")
            .each(amira, "child-wish", "\"I want Mum to sleep and me to be late because of ME for once.\"")
            .each(bilal, "child-wish", "Wants Gran to live with them and the dog to be allowed on the sofa.")
            .put("family-wish", "Sana agrees with the plan and not with the word neglect. Imran would have liked the children to come to him for a month; they did not want that.")
            .headline("Child protection plan: neglect");
        self.keep("decision", &records(&all), manager, when, sheet);
    }

    fn dog(&mut self, day: Date) {
        let all: Vec<_> = self.family.children.iter().collect();
        let Some(when) = self.slot(day, (13, 15)) else { return };
        let worker = self.worker(when.0);
        let sheet = Sheet::on(when.0)
            .passage("summary", ("assessment", None), "The risk is of going short: of food in the last week of the month, and of an adult in the early morning. It is likely each month and its harm adds up.", None)
            .passage("summary", ("assessment", None), "Amira is nine and carries the others. She is proud of it, and she is tired.", Some(all[0].record))
            .passage("summary", ("assessment", None), "Bilal has asthma. An empty inhaler on a cold night is the most serious single thing that could happen to him.", Some(all[1].record))
            .put("strengths", "Sana tells the truth, also when it does her no good. Gran comes without being asked. Fernside notices. The children love one another.")
            .put("health-safety", "There is a dog at the address, Bruno. He belongs to the neighbour, lives here half of the time and does not like bags: keep to the front room.")
            .day("next-review", by(when.0, 182));
        self.keep("risk-assessment", &records(&all), worker, when, sheet);
    }

    fn ali_visit(&mut self, visit: &Visit) {
        let when = self.ali_when(visit.days_ago, visit.at);
        let family = self.family;
        let all: Vec<_> = family.children.iter().collect();
        let worker = self.worker(when.0);
        let mut sheet = Sheet::at(when)
            .put("kind", visit.kind)
            .put("purpose", visit.purpose)
            .put("result", "took-place")
            .put("place", "home")
            .person("present", family.adults[0].person);
        if visit.with_gran {
            sheet = sheet.person("present", family.adults[2].person);
        }
        for (nth, child) in all.iter().enumerate() {
            sheet = sheet.person("present", child.person).each(child.record, "seen", "yes");
            sheet = match visit.not_alone[nth] {
                None => sheet.each(child.record, "seen-alone", "yes"),
                Some(why) => sheet.each(child.record, "seen-alone", "no").each_reason(child.record, "seen-alone", why),
            };
            if let Some((words, how)) = visit.words[nth] {
                sheet = sheet.each(child.record, "child-views", words).each(child.record, "views-how", how);
            }
        }
        sheet = sheet.yes("interpreter", false).yes("done-without", false);
        for (nature, who, text, only) in visit.account {
            sheet = sheet.passage("account", (nature, *who), *text, only.map(|nth| all[nth].record));
        }
        sheet = sheet
            .put("exchanged", visit.exchanged)
            .put("family-views", visit.family)
            .yes("circumstances", false)
            .yes("household", false)
            .put("outcome", visit.outcome)
            .put("analysis", visit.analysis)
            .action(visit.action.0, visit.action.1, by(when.0, visit.action.2));
        if let Some(headline) = visit.headline {
            sheet = sheet.headline(headline);
        }
        self.keep("visit", &records(&all), worker, when, sheet);
    }
}
