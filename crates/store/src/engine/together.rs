//! Statements that go to the engine together: the way to it and back costs more than most of them do.

use super::{Arg, Expects, Piece, Statement};

/// The most arguments of statements that go together.
const TOGETHER: usize = 400;

/// The same where they become one statement.
const AT_ONCE: usize = 1_600;

/// Statements that may go together, in order. `at_once`: they do not see what the others of their group do, so no two
/// of a group may touch the same row, and what reads goes alone.
pub(super) fn groups(statements: Vec<Statement>, at_once: bool) -> Vec<Vec<Statement>> {
    let most = if at_once { AT_ONCE } else { TOGETHER };
    let mut groups: Vec<Vec<Statement>> = Vec::new();
    let (mut args, mut closed, mut tables) = (0, true, Vec::<(String, bool, Option<Piece>)>::new());
    for statement in statements {
        let touches = touched(&statement.sql);
        let plain = statement.expects != Expects::Something;
        // Rows that nobody asked for would be taken for answers.
        let answers = plain && statement.sql.starts_with("select");
        let reads = plain && statement.sql.contains("select");
        let in_the_way = |(table, adds, piece): &(String, bool, Option<Piece>)| {
            let apart = piece.zip(statement.piece).is_some_and(|(one, other)| one.is_apart_from(other));
            *table == touches.0 && !(*adds && touches.1) && !apart
        };
        let alone = statement.args.len() > most || answers || at_once && reads;
        if closed || alone || args + statement.args.len() > most || at_once && tables.iter().any(in_the_way) {
            groups.push(Vec::new());
            args = 0;
            tables.clear();
        }
        args += statement.args.len();
        closed = alone;
        tables.push((touches.0, touches.1, statement.piece));
        if let Some(group) = groups.last_mut() {
            group.push(statement);
        }
    }
    groups
}

/// The table that a statement changes, and whether it only adds to it. Blank for a select.
fn touched(sql: &str) -> (String, bool) {
    let mut words = sql.split_whitespace();
    let adds = match words.next() {
        Some("insert") => true,
        Some("update") => return (words.next().unwrap_or_default().to_owned(), false),
        Some("delete") => false,
        _ => return (String::new(), true),
    };
    // `into` or `from` stands before it; of an upsert, which changes as well, the table is not only added to.
    (words.nth(1).unwrap_or_default().to_owned(), adds && !sql.contains("on conflict"))
}

/// The statement with its arguments numbered from here on; where it must find something, it gives its own number back.
fn numbered(n: usize, statement: &Statement, from: usize) -> (String, bool) {
    let mut sql = String::with_capacity(statement.sql.len() + 32);
    let mut pieces = statement.sql.split('$');
    sql.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = piece[..digits].parse().unwrap_or_default();
        sql.push('$');
        sql.push_str(&(number + from).to_string());
        sql.push_str(&piece[digits..]);
    }
    match statement.expects {
        Expects::Anything => (sql, false),
        Expects::OneRow => (format!("{sql} returning cast({n} as bigint) as n"), true),
        Expects::Something => (format!("select cast({n} as bigint) as n where exists ({sql})"), true),
    }
}

/// One text of several statements. sqlx runs them one after the other, on SQLite alone.
pub(super) fn one_after_another(group: Vec<Statement>) -> (String, Vec<Arg>, Vec<i64>) {
    let (mut text, mut args, mut expected) = (String::new(), Vec::new(), Vec::new());
    for (n, statement) in group.into_iter().enumerate() {
        let (sql, expects) = numbered(n, &statement, args.len());
        if expects {
            expected.extend(i64::try_from(n));
        }
        text.push_str(&sql);
        text.push_str(";\n");
        args.extend(statement.args);
    }
    (text, args, expected)
}

/// One statement that holds several, on PostgreSQL, and gives the numbers of those that found what they expect.
pub(super) fn all_in_one(group: Vec<Statement>) -> (String, Vec<Arg>, Vec<i64>) {
    let (parts, found, args, expected) = in_parts(group);
    (format!("with {parts} {found}"), args, expected)
}

/// The same, but a statement that does not find what it expects is a division by zero, which undoes all of them: an
/// act that needs no transaction around it.
pub(super) fn all_or_nothing(group: Vec<Statement>) -> (String, Vec<Arg>) {
    let (parts, found, args, expected) = in_parts(group);
    let all = format!("count(*) = {0} and count(distinct n) = {0}", expected.len());
    (format!("with {parts}, found as ({found}) select 1 / (case when {all} then 1 else 0 end) from found"), args)
}

/// PostgreSQL's word for a division by zero.
pub(super) const DIVISION_BY_ZERO: &str = "22012";

fn in_parts(group: Vec<Statement>) -> (String, String, Vec<Arg>, Vec<i64>) {
    let (mut parts, mut args, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    let mut found = vec!["select cast(0 as bigint) as n where false".to_owned()];
    for (n, statement) in group.into_iter().enumerate() {
        let (sql, expects) = numbered(n, &statement, args.len());
        if expects {
            expected.extend(i64::try_from(n));
            found.push(format!("select n from s{n}"));
        }
        parts.push(format!("s{n} as ({sql})"));
        args.extend(statement.args);
    }
    (parts.join(", "), found.join(" union all "), args, expected)
}
