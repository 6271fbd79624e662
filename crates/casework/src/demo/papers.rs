//! Two files in the first child's record, sent the way that people send them: a drawing, and an order of a court.

use bytes::Bytes;
use record::{Moment, RecordId, Typed, typed::Name};
use store::{Actor, Db};

use super::Invented;
use crate::{
    attaching::{self, Said},
    desk::{CaseError, Desk},
    recording,
};

/// How many entries they make.
pub(super) const ENTRIES: usize = 2;

/// A file with its question and what the form says beside it.
struct Paper {
    form: &'static str,
    question: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    says: &'static str,
    answers: &'static [(&'static str, &'static str)],
}

/// Sends both and completes their entries, as the worker of the first family.
pub(super) async fn attach(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let child = invented.stories.first().and_then(|story| story.children.first());
    let worker = invented.cast.staff.iter().find(|staff| staff.username == Some("sam"));
    let (Some(child), Some(worker)) = (child, worker) else { return Ok(()) };
    let desk = Desk::new(db.clone(), Actor::Person(worker.person), now);
    for paper in [drawing(), order()] {
        file(&desk, child.record, paper).await?;
    }
    Ok(())
}

async fn file(desk: &Desk, record: RecordId, paper: Paper) -> Result<(), CaseError> {
    let draft = recording::begin(desk, record, paper.form, None).await?;
    let mut coming = attaching::begin(desk, draft, Name::of(paper.question), None).await?;
    coming.take(Bytes::from(paper.bytes)).await?;
    let said = Said { name: paper.name.to_owned(), says: paper.says.to_owned(), others: "no".to_owned() };
    attaching::finish(desk, coming, &said, None).await?;
    let open = recording::open(desk, draft).await?;
    let Some(text) = open.texts.last() else { return Err(CaseError::DraftEnded) };
    let typed = paper.answers.iter().fold(text.typed.clone(), |typed: Typed, (name, value)| typed.with(name, *value));
    recording::complete(desk, draft, text.n, &typed).await.map(|_| ())
}

fn drawing() -> Paper {
    Paper {
        form: "keepsake",
        question: "copy",
        name: "our house.png",
        bytes: files::paint(320, 220, house),
        says: "A house with a red roof, four people in front of it and a large sun. She said: that is me and Gran at the door.",
        answers: &[
            ("kind", "drawing"),
            ("story", "She drew it at the kitchen table while the kettle boiled, and said who everybody was."),
            ("original", "child"),
        ],
    }
}

/// Sky, grass, sun, a house with its roof and door, four people.
fn house(x: u32, y: u32) -> [u8; 3] {
    const PEOPLE: [(u32, u32, [u8; 3]); 4] =
        [(60, 34, [200, 60, 120]), (85, 46, [90, 60, 160]), (235, 40, [220, 130, 40]), (262, 26, [40, 120, 150])];
    let within = |from: u32, to: u32, at: u32| (from..to).contains(&at);
    let round = |cx: u32, cy: u32, r: u32| x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) <= r * r;
    let ground = 190;
    let person = PEOPLE.iter().find_map(|(at, height, coat)| {
        let head = ground - height - 7;
        let body = within(at - 5, at + 5, x) && within(ground - height, ground, y);
        (round(*at, head, 8)).then_some([235, 190, 150]).or(body.then_some(*coat))
    });
    let things = [
        (round(280, 35, 22), [250, 210, 60]),
        (within(150, 172, x) && within(140, ground, y), [110, 70, 40]),
        (within(110, 212, x) && within(100, ground, y), [240, 225, 190]),
        (within(50, 100, y) && x.abs_diff(161) + 44 <= y, [190, 50, 45]),
        (y >= ground, [120, 180, 90]),
    ];
    let thing = things.into_iter().find_map(|(here, colour)| here.then_some(colour));
    person.or(thing).unwrap_or([205, 228, 245])
}

fn order() -> Paper {
    Paper {
        form: "document",
        question: "papers",
        name: "child arrangements order.pdf",
        bytes: pdf(&[
            "IN THE FAMILY COURT (invented)",
            "CHILD ARRANGEMENTS ORDER",
            "The child shall live with the mother, Sana Ali.",
            "Nothing in this paper is real.",
        ]),
        says: "Child arrangements order of the family court, one page: she lives with her mother.",
        answers: &[
            ("kind", "order"),
            ("from", "The family court"),
            (
                "gist",
                "She lives with her mother. Nobody may take her out of the country without the court\u{2019}s leave.",
            ),
        ],
    }
}

/// A PDF of one page with these lines.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let shown: Vec<_> = lines.iter().map(|line| ["(", &line.replace(['(', ')'], ""), ") Tj T*"].concat()).collect();
    let page = ["BT /F1 14 Tf 22 TL 72 760 Td ", &shown.join(" "), " ET"].concat();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let (mut text, mut places) = ("%PDF-1.4\n".to_owned(), Vec::new());
    for (number, object) in (1..).zip(&objects) {
        places.push(format!("{:010} 00000 n \n", text.len()));
        text = [text, number.to_string(), " 0 obj\n".to_owned(), object.clone(), "\nendobj\n".to_owned()].concat();
    }
    let end = format!(
        "xref\n0 6\n0000000000 65535 f \n{}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n",
        places.concat(),
        text.len()
    );
    [text, end].concat().into_bytes()
}
