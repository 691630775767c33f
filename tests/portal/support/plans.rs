//! What pages ask the database, and how it means to answer.

use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use diesel::sql_types::Text;
use portal::db::{Conn, QueryObserver};

use super::database;

/// The statements of a portal that tells them to [`Seen::observer`].
#[derive(Default)]
pub struct Seen {
    statements: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    pub fn observer(&self) -> QueryObserver {
        let sink = Arc::clone(&self.statements);
        Arc::new(move |sql| sink.lock().unwrap().push(sql.to_owned()))
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.statements.lock().unwrap())
    }

    /// What was asked since, beside the session, and whether the server is still there.
    pub fn take_questions(&self) -> Vec<String> {
        let mut asked = self.take();
        asked.retain(|sql| sql.contains(" FROM ") && sql.contains("SELECT") && !is_session(sql));
        asked
    }
}

fn is_session(sql: &str) -> bool {
    sql.contains("FROM (\"sessions\"")
        || sql.contains("FROM ((\"sessions\"")
        || sql.contains("FROM (((\"sessions\"")
        || sql.contains("FROM (`sessions`")
        || sql.contains("FROM ((`sessions`")
        || sql.contains("FROM (((`sessions`")
}

/// A statement without the values that were bound.
pub fn shape(statement: &str) -> String {
    statement.split(" -- binds:").next().unwrap().trim().to_owned()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How a statement without its values is answered, step by step.
pub fn plan(statement: &str, conn: &mut Conn) -> Vec<String> {
    if database::is_postgres() {
        return postgres_plan(statement, conn);
    }
    let question = format!("EXPLAIN QUERY PLAN {statement}");
    let lines: Vec<Line> = diesel::sql_query(question).load(conn).unwrap();
    lines.into_iter().map(|line| line.detail).collect()
}

/// The plan for any values, with reading a whole table made the last resort.
fn postgres_plan(statement: &str, conn: &mut Conn) -> Vec<String> {
    let parameters = (1..100).take_while(|n| statement.contains(&format!("${n}"))).count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
    for set_up in [
        "SET enable_seqscan = off".to_owned(),
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        "DEALLOCATE ALL".to_owned(),
        format!("PREPARE asked AS {statement}"),
    ] {
        diesel::sql_query(set_up).execute(conn).unwrap();
    }
    #[derive(QueryableByName)]
    struct PlanLine {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        plan: String,
    }
    let lines: Vec<PlanLine> =
        diesel::sql_query(format!("EXPLAIN EXECUTE asked{arguments}")).load(conn).unwrap();
    lines.into_iter().map(|line| line.plan).collect()
}
