//! How things are said on pages.

use jiff::civil::{Date, Time};
use policy::{Pack, form::Stands};
use record::{
    Moment,
    time::{age_on, day_in_words, time_in_words},
};
use store::{Brief, Person};

/// Who authorises what a form records, and who gets a copy, as the pack says; none where it says nothing.
pub fn afterwards(pack: &Pack, form: &policy::Form, needs: Option<Stands>) -> Option<String> {
    let roles: Vec<_> = form.authorised_by.iter().filter_map(|role| Some(pack.role(role)?.title.clone())).collect();
    // They stand within a sentence.
    let small = |label: &str| {
        let mut letters = label.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect::<String>())
    };
    let copies: Vec<_> = form.copies_to.iter().map(|code| small(pack.label("copy-to", code))).collect();
    let until = if needs == Some(Stands::Authorised) { " Until then it does not count." } else { "" };
    let authorised =
        (needs.is_some() && !roles.is_empty()).then(|| format!("To be authorised by: {}.{until}", list(&roles)));
    let copied = (!copies.is_empty()).then(|| format!("A copy goes to: {}.", list(&copies)));
    let said: Vec<_> = authorised.into_iter().chain(copied).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// «27 Feb» in the year of today, «27 Feb 2024» otherwise.
pub fn short_day(day: Date, today: Date) -> String {
    let whole = day_in_words(day);
    let mut parts = whole.split(' ');
    let (Some(number), Some(month)) = (parts.next(), parts.next()) else { return whole.clone() };
    let month: String = month.chars().take(3).collect();
    if day.year() == today.year() { format!("{number} {month}") } else { format!("{number} {month} {}", day.year()) }
}

/// A moment: «3 March 2026, 15:20».
pub fn moment(at: Moment) -> String {
    let local = at.london();
    format!("{}, {}", day_in_words(local.date()), time_in_words(local.time()))
}

/// A planned visit: «10 March 2026, 15:30»; «27 February 2026, not recorded yet» once its day has passed.
pub fn planned(day: Date, time: Option<Time>, today: Date) -> String {
    let time = time.map(|time| format!(", {}", time_in_words(time))).unwrap_or_default();
    let late = if day < today { ", not recorded yet" } else { "" };
    format!("{}{time}{late}", day_in_words(day))
}

/// How long ago: «12 minutes ago», «yesterday», «on 3 March 2026».
pub fn ago(at: Moment, now: Moment) -> String {
    let seconds = now.seconds_since(at).max(0);
    let days = at.day().until(now.day()).map_or(0, |span| span.get_days());
    match (days, seconds) {
        (_, 0..=59) => "just now".to_owned(),
        (_, 60..=119) => "a minute ago".to_owned(),
        (_, 120..=3_599) => format!("{} minutes ago", seconds / 60),
        (0, _) => format!("today at {}", time_in_words(at.london().time())),
        (1, _) => format!("yesterday at {}", time_in_words(at.london().time())),
        _ => format!("on {}", day_in_words(at.day())),
    }
}

/// A child's age and birth: «9, born 14 May 2016»; «expected 2 June 2026»; «died 3 March 2026, aged 9».
pub fn age_and_birth(who: &Person, today: Date) -> String {
    match (who.died, who.born, who.expected) {
        (Some(died), Some(born), _) => {
            let age = age_on(born, died).map(|age| format!(", aged {age}")).unwrap_or_default();
            format!("born {}, died {}{age}", day_in_words(born), day_in_words(died))
        }
        (Some(died), None, _) => format!("died {}", day_in_words(died)),
        (None, Some(born), _) => format!("{}, born {}", age(born, today), day_in_words(born)),
        (None, None, Some(expected)) => format!("expected {}", day_in_words(expected)),
        (None, None, None) => "date of birth not known".to_owned(),
    }
}

/// An age in years; months and weeks for the youngest.
pub fn age(born: Date, today: Date) -> String {
    match age_on(born, today) {
        Some(years) if years >= 2 => years.to_string(),
        Some(_) => {
            let days = born.until(today).map_or(0, |span| span.get_days());
            match days {
                0..=13 => format!("{days} days old"),
                14..=90 => format!("{} weeks old", days / 7),
                _ => format!("{} months old", days * 12 / 365),
            }
        }
        None => "not yet born".to_owned(),
    }
}

/// Initials: «AA».
pub fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).take(3).collect()
}

/// What names an entry: «Visit of 3 March 2026».
pub fn entry(pack: &Pack, brief: &Brief) -> String {
    let title = pack.form(&brief.form).map_or(brief.form.as_str(), |form| &form.title);
    format!("{title} of {}", day_in_words(brief.happened_on))
}

/// With a capital at the beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// «a, b and c».
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// «1 child», «3 children».
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A file's name with what it is and how large: «our house.png (PNG, 1.2 MB)».
pub fn file(sent: &record::answer::Sent) -> String {
    let end = sent.name.rsplit_once('.').map_or("", |(_, end)| end).to_uppercase();
    format!("{} ({end}, {})", sent.name, size(sent.bytes))
}

/// A number of bytes as people say it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ages_of_the_youngest_are_in_weeks_and_months() {
        let today = date(2026, 3, 3);
        assert_eq!(age(date(2026, 3, 1), today), "2 days old");
        assert_eq!(age(date(2026, 1, 3), today), "8 weeks old");
        assert_eq!(age(date(2025, 3, 3), today), "12 months old");
        assert_eq!(age(date(2016, 5, 14), today), "9");
    }

    #[test]
    fn lists_read_as_sentences() {
        let words = ["Amira", "Bilal", "Noor"].map(str::to_owned);
        assert_eq!(list(&words), "Amira, Bilal and Noor");
        assert_eq!(list(&words[..1]), "Amira");
        assert_eq!(initials("Sana Ali"), "SA");
    }
}
