//! Invented pasts: one child's twenty years with 5,000 entries, and the many records around it.

use casework::past::Deed;
use jiff::{Span, civil::Date};
use record::PersonId;
use store::Past;

use crate::service::{Child, Service, at, new_child, note, on};

/// How many entries the long record has.
pub const LONG: usize = 5_000;
/// How many entries each of the other records has.
pub const OTHER: usize = 200;

/// Fills the database with other children's records until it holds so many entries. Two threads work records out
/// while one transaction after another takes them in.
pub async fn fill(service: &Service, from: usize, until: usize) -> anyhow::Result<()> {
    fill_with(service, from, until, other).await
}

/// The same with records that are made by `make`, of [`OTHER`] entries each.
pub async fn fill_with(
    service: &Service,
    from: usize,
    until: usize,
    make: fn(&Service, usize) -> anyhow::Result<Past>,
) -> anyhow::Result<()> {
    let records = until.saturating_sub(from) / OTHER;
    let (send, mut made) = tokio::sync::mpsc::channel::<anyhow::Result<Vec<Past>>>(2);
    let makers: Vec<_> = [0, 1]
        .map(|half| {
            let (service, send) = (service.clone(), send.clone());
            let mine = usize::midpoint(records, half);
            std::thread::spawn(move || {
                for first in (0..mine).step_by(10) {
                    let pasts = (first..mine.min(first + 10)).map(|nth| make(&service, nth)).collect();
                    if send.blocking_send(pasts).is_err() {
                        return;
                    }
                }
            })
        })
        .into();
    drop(send);
    let (mut done, began) = (from, std::time::Instant::now());
    while let Some(pasts) = made.recv().await {
        let pasts = pasts?;
        service.take_in(&pasts).await?;
        done += pasts.len() * OTHER;
        if done % 50_000 < 10 * OTHER {
            eprintln!("  {done} entries after {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    for maker in makers {
        maker.join().map_err(|_| anyhow::anyhow!("a thread that makes records has failed"))?;
    }
    Ok(())
}

/// A record of four years: short notes, now and then one for the chronology.
fn other(service: &Service, nth: usize) -> anyhow::Result<Past> {
    let child = new_child(service.db.now());
    let begins = day_before(service, 4 * 365);
    let mut deeds = Vec::with_capacity(OTHER);
    deeds.extend(service.beginning(child, nth, begins));
    for n in deeds.len()..OTHER {
        let day = plus(begins, n * 4 * 365 / OTHER);
        deeds.push(service.deed(child, "case-note", day, small_note(day, n)));
    }
    whole(service, child, &deeds)
}

/// Twenty years and 5,000 entries: visits, notes, placements, legal statuses, a family of four.
pub async fn long_life(service: &Service) -> anyhow::Result<Child> {
    let child = new_child(service.db.now());
    let begins = day_before(service, 20 * 365);
    let mut deeds: Vec<Deed> = service.beginning(child, 0, begins).into();
    for (nth, kind) in ["mother", "father", "sister", "brother"].into_iter().enumerate() {
        deeds.extend(relative(service, child, kind, nth, begins));
    }
    let rest = LONG - deeds.len();
    for n in 0..rest {
        let day = plus(begins, n * 20 * 365 / rest);
        let (form, typed) = match n {
            _ if n % 250 == 0 => ("placement", placement(day, n / 250)),
            _ if n % 500 == 1 => ("legal-status", legal_status(day, n)),
            _ if n % 6 == 2 => ("visit", visit(child, day, n)),
            _ => ("case-note", small_note(day, n)),
        };
        deeds.push(service.deed(child, form, day, typed));
    }
    service.take_in(&[whole(service, child, &deeds)?]).await?;
    Ok(child)
}

/// A whole record of its deeds.
pub fn whole(service: &Service, child: Child, deeds: &[Deed]) -> anyhow::Result<Past> {
    service.pasts(&[child], deeds)?.pop().ok_or_else(|| anyhow::anyhow!("no record came of the deeds"))
}

fn relative(service: &Service, child: Child, kind: &str, nth: usize, day: Date) -> [Deed; 2] {
    let person = PersonId::new(service.db.now(), &mut store::SystemChance).to_string();
    let details = on(day)
        .with("person", person.as_str())
        .with("given-names", format!("Relative{nth}"))
        .with("family-name", "Bench")
        .with("born", "yes")
        .with("confirmed", "no");
    let tie = on(day).with("person", person).with("kind", kind).with("parental-responsibility", "yes");
    [("person", details), ("relationship", tie)].map(|(form, typed)| service.deed(child, form, day, typed))
}

pub fn placement(day: Date, nth: usize) -> record::Typed {
    let begun = on(day)
        .with("type", if nth.is_multiple_of(2) { "U6" } else { "U4" })
        .with("provider", "PR1")
        .with("carers.0.name", format!("Carer {nth}"))
        .with("carers.0.role", "foster carer")
        .with("address.lines", format!("{} Larch Road", nth + 1))
        .with("address.town", "Harrowdale")
        .with("address.postcode", "ZZ1 1AA");
    if nth == 0 {
        begun.with("episode-reason", "S")
    } else {
        begun.with("episode-reason", "P").with("change-reason", "CARPL")
    }
}

fn legal_status(day: Date, n: usize) -> record::Typed {
    let status = on(day).with("status", if n == 1 { "C1" } else { "C2" });
    if n == 1 {
        status.with("episode-reason", "S").with("category-of-need", "N1")
    } else {
        status.with("episode-reason", "L")
    }
}

pub fn visit(child: Child, day: Date, n: usize) -> record::Typed {
    let part = |field: &str| format!("{field}@{}", child.record);
    let typed = at(day, slot(n))
        .with("kind", "cic")
        .with("purpose", "to see how things are")
        .with("result", "took-place")
        .with("place", "home")
        .with("present", child.person.to_string())
        .with(&part("seen"), "yes")
        .with(&part("seen-alone"), "yes")
        .with(&part("child-views"), "I like it here.")
        .with(&part("views-how"), "said")
        .with("interpreter", "no")
        .with("done-without", "no")
        .with("account.0.nature", "seen")
        .with("account.0.text", "The room was warm and tidy, and there was a new picture on the wall.")
        .with("exchanged", "We talked about the last weeks.")
        .with("circumstances", "no")
        .with("household", "no")
        .with("outcome", "Seen and well")
        .with("analysis", "The plan goes on as it is.");
    for_chronology(typed, n % 12 == 2, "Visit with news")
}

pub fn small_note(day: Date, n: usize) -> record::Typed {
    let typed = note(at(day, slot(n)), "The school wrote that the week went well and that there was nothing to add.");
    for_chronology(typed, n % 20 == 3, "Letter from the school")
}

fn for_chronology(typed: record::Typed, significant: bool, headline: &str) -> record::Typed {
    if significant { typed.with("significant", "yes").with("headline", headline) } else { typed }
}

/// A time of day, by number.
pub fn slot(n: usize) -> jiff::civil::Time {
    let hour = i8::try_from(9 + n % 8).unwrap_or(9);
    jiff::civil::time(hour, i8::try_from(n % 60).unwrap_or(0), 0, 0)
}

/// The day so many days ago.
pub fn day_before(service: &Service, days: i64) -> Date {
    service.db.now().day().saturating_sub(Span::new().days(days))
}

/// A day so many days on.
pub fn plus(day: Date, days: usize) -> Date {
    day.saturating_add(Span::new().days(i64::try_from(days).unwrap_or(0)))
}
