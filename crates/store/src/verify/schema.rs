//! The database's own structure: tables, columns, constraints, indexes, and the triggers that keep what is frozen.
//!
//! What it should be comes from the program's own migrations, run in an empty database in memory. SQLite keeps the
//! text of everything, which is compared as it stands; PostgreSQL does not, so there names, columns, constraints and
//! the text of functions are compared, and whether anything is switched off.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::SchemaProblem;
use crate::{
    engine::{Conn, Engine, StoreError, args},
    migrate::{self, STEPS},
};

type Objects = BTreeMap<(String, String), String>;

/// Whether with this problem nothing else can be read.
pub(super) fn stops_reading(problem: &SchemaProblem) -> bool {
    matches!(problem, SchemaProblem::Missing(what) if what.starts_with("table") || what.starts_with("column"))
}

/// Everything that is wrong with the structure.
pub(crate) async fn check(engine: &Engine, conn: &mut Conn) -> Result<Vec<SchemaProblem>, StoreError> {
    let mut problems = Vec::new();
    check_steps(conn, &mut problems).await?;
    let scratch = Engine::in_memory().await?;
    migrate::migrate(&scratch).await?;
    let mut model = scratch.begin_writing().await?;
    match engine {
        Engine::Sqlite { .. } => {
            let version = conn
                .query_opt("select sqlite_version()", args![])
                .await?
                .map(|row| row.text(0))
                .transpose()?
                .unwrap_or_default();
            if !crate::engine::is_safe_sqlite(&version) {
                problems.push(SchemaProblem::Engine(version));
            }
            let [wanted, found] = [sqlite_objects(&mut model).await?, sqlite_objects(conn).await?];
            compare(&wanted, &found, &mut problems);
        }
        Engine::Postgres { .. } => check_postgres(&mut model, conn, &mut problems).await?,
    }
    model.rollback().await?;
    scratch.close().await;
    Ok(problems)
}

async fn check_steps(conn: &mut Conn, problems: &mut Vec<SchemaProblem>) -> Result<(), StoreError> {
    // What is being restored has a mark among its steps; it is verified before the mark goes.
    let rows = conn.query("select n, name from step where n <> $1 order by n", args![migrate::RESTORING]).await?;
    let mut known = (1_i64..).zip(STEPS.iter().map(|step| step.name)).collect::<BTreeMap<_, _>>();
    for row in rows {
        let n = row.int(0)?;
        if known.remove(&n) != Some(row.text(1)?.as_str()) {
            problems.push(SchemaProblem::Step(n));
        }
    }
    problems.extend(known.into_keys().map(SchemaProblem::Step));
    Ok(())
}

/// Everything that SQLite keeps the text of. What it makes by itself has none and is left out.
async fn sqlite_objects(conn: &mut Conn) -> Result<Objects, StoreError> {
    let mut objects = Objects::new();
    // `sqlite_stat1` and its like come from `analyze`.
    let sql =
        "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\'";
    for row in conn.query(sql, args![]).await? {
        objects.insert((row.text(0)?, row.text(1)?), row.text(2)?);
    }
    Ok(objects)
}

fn compare(wanted: &Objects, found: &Objects, problems: &mut Vec<SchemaProblem>) {
    let name = |(kind, name): &(String, String)| format!("{kind} {name}");
    for (object, text) in wanted {
        match found.get(object) {
            None => problems.push(SchemaProblem::Missing(name(object))),
            Some(other) if other != text => problems.push(SchemaProblem::Changed(name(object))),
            Some(_) => {}
        }
    }
    problems.extend(
        found.keys().filter(|object| !wanted.contains_key(*object)).map(|object| SchemaProblem::Unknown(name(object))),
    );
}

async fn check_postgres(
    model: &mut Conn,
    conn: &mut Conn,
    problems: &mut Vec<SchemaProblem>,
) -> Result<(), StoreError> {
    let [wanted, mut found] = [names(model, MODEL).await?, names(conn, POSTGRES).await?];
    // The index of words stands apart from the record: it may be there or not, and is made anew at will.
    found.retain(|what| !what.contains(" words_"));
    problems.extend(wanted.difference(&found).cloned().map(SchemaProblem::Missing));
    problems.extend(found.difference(&wanted).cloned().map(SchemaProblem::Unknown));
    let wanted = postgres_triggers();
    let found = names(conn, POSTGRES_TRIGGERS).await?;
    problems.extend(wanted.difference(&found).cloned().map(SchemaProblem::Missing));
    problems.extend(found.difference(&wanted).cloned().map(SchemaProblem::Unknown));
    problems.extend(names(conn, POSTGRES_OFF).await?.into_iter().map(SchemaProblem::Off));
    for row in conn.query(POSTGRES_FUNCTIONS, args![]).await? {
        let body = row.text(1)?;
        if !STEPS.iter().any(|step| step.postgres.contains(&body)) {
            problems.push(SchemaProblem::Changed(format!("function {}", row.text(0)?)));
        }
    }
    Ok(())
}

async fn names(conn: &mut Conn, sql: &'static str) -> Result<BTreeSet<String>, StoreError> {
    conn.query(sql, args![]).await?.iter().map(|row| row.text(0)).collect()
}

/// The triggers that the migrations make, from their own text: `create trigger NAME … on TABLE`.
fn postgres_triggers() -> BTreeSet<String> {
    let lines = STEPS.iter().flat_map(|step| step.postgres.lines());
    lines
        .filter_map(|line| {
            let mut words = line.strip_prefix("create trigger ")?.split_whitespace();
            let name = words.next()?;
            let table = words.skip_while(|word| *word != "on").nth(1)?;
            Some(format!("trigger {name} on {table}"))
        })
        .collect()
}

/// Tables, columns, named indexes, foreign keys and what is unique, as the model in memory has them. (An index that
/// SQLite makes by itself for a constraint is counted with its table, not by its name.)
const MODEL: &str = "
    select 'table ' || name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'
    union all
    select 'column ' || m.name || '.' || c.name || case when c.\"notnull\" = 1 or c.pk > 0 then ' (required)' else '' end
    from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'
    union all
    select 'index ' || name || ' on ' || tbl_name from sqlite_master where type = 'index' and sql is not null
    union all
    select 'reference from ' || m.name || '.' || f.\"from\" || ' to ' || f.\"table\"
    from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'
    union all
    select 'key of ' || m.name || ': ' || (select group_concat(name, ',') from (select c.name from pragma_table_info(m.name) c where c.pk > 0 order by c.pk))
    from sqlite_master m where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'
    union all
    select 'uniqueness of ' || m.name || '.' || (select group_concat(name, ',') from pragma_index_info(i.name))
    from sqlite_master m, pragma_index_list(m.name) i where m.type = 'table' and i.origin = 'u'";

/// The same from PostgreSQL's catalogue.
const POSTGRES: &str = "
    select 'table ' || relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select 'column ' || c.relname || '.' || a.attname || case when a.attnotnull then ' (required)' else '' end
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
    union all
    select 'index ' || i.relname || ' on ' || c.relname from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    where c.relnamespace = current_schema()::regnamespace and not exists (select 1 from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u'))
    union all
    select 'reference from ' || c.relname || '.' || a.attname || ' to ' || f.relname
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where c.relnamespace = current_schema()::regnamespace and k.contype = 'f' and k.convalidated
    union all
    select case k.contype when 'p' then 'key of ' || c.relname || ': ' else 'uniqueness of ' || c.relname || '.' end
        || (select string_agg(a.attname, ',' order by at.n) from unnest(k.conkey) with ordinality as at (num, n)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = at.num)
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = current_schema()::regnamespace and k.contype in ('p', 'u')
    union all
    select 'rule ' || r.rulename || ' on ' || c.relname from pg_rewrite r join pg_class c on c.oid = r.ev_class
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'";

const POSTGRES_TRIGGERS: &str = "
    select 'trigger ' || t.tgname || ' on ' || c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal";

const POSTGRES_OFF: &str = "
    select case when t.tgisinternal then 'constraint' else 'trigger ' || t.tgname end || ' on ' || c.relname
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = current_schema()::regnamespace and t.tgenabled not in ('O', 'A')
    union all
    select 'checking of triggers' where current_setting('session_replication_role') <> 'origin'";

const POSTGRES_FUNCTIONS: &str = "
    select distinct p.proname::text, p.prosrc from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal";
