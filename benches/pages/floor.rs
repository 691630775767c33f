//! The floor: actix-web, a pool, the statements of a page in one blocking hop, and an askama
//! template that puts their values where they stand in it.

use std::collections::HashMap;
use std::marker::PhantomData;

use actix_web::http::header::ContentType;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use askama::Template;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::row::{Field, NamedRow};
use diesel::sql_types::{BigInt, Bool, Date, Integer, Text, Timestamp};
use diesel::sqlite::{Sqlite, SqliteType};
use r2d2::{ManageConnection, Pool};
use serde::{Deserialize, Serialize};

use crate::learned::Learned;
use crate::statement::Statement;

/// What the runner tells its child.
#[derive(Serialize, Deserialize)]
pub(crate) struct Script {
    pub(crate) database: String,
    pub(crate) connections: u32,
    pub(crate) port: u16,
    pub(crate) pages: Vec<Learned>,
}

/// A value as it came from the database.
pub(crate) enum Cell {
    Empty,
    Text(String),
    Number(#[expect(dead_code, reason = "read, because the portal reads it")] i64),
    Bool(#[expect(dead_code, reason = "read, because the portal reads it")] bool),
    Date(#[expect(dead_code, reason = "read, because the portal reads it")] NaiveDate),
    At(#[expect(dead_code, reason = "read, because the portal reads it")] NaiveDateTime),
}

impl Cell {
    pub(crate) fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }
}

/// Rows of an answer.
pub(crate) type Rows = Vec<Vec<Cell>>;

struct Row(Vec<Cell>);

/// Reads one value, whatever its type.
trait AnyValue: Backend {
    fn cell(value: Self::RawValue<'_>) -> deserialize::Result<Cell>;
}

impl AnyValue for Sqlite {
    fn cell(value: Self::RawValue<'_>) -> deserialize::Result<Cell> {
        Ok(match value.value_type() {
            None => Cell::Empty,
            Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                Cell::Number(FromSql::<BigInt, Self>::from_sql(value)?)
            }
            Some(_) => Cell::Text(FromSql::<Text, Self>::from_sql(value)?),
        })
    }
}

impl AnyValue for Pg {
    fn cell(value: Self::RawValue<'_>) -> deserialize::Result<Cell> {
        Ok(match value.get_oid().get() {
            16 => Cell::Bool(FromSql::<Bool, Self>::from_sql(value)?),
            20 => Cell::Number(FromSql::<BigInt, Self>::from_sql(value)?),
            23 => Cell::Number(<i32 as FromSql<Integer, Self>>::from_sql(value)?.into()),
            1082 => Cell::Date(FromSql::<Date, Self>::from_sql(value)?),
            1114 => Cell::At(FromSql::<Timestamp, Self>::from_sql(value)?),
            _ => Cell::Text(FromSql::<Text, Self>::from_sql(value)?),
        })
    }
}

impl<DB: AnyValue> QueryableByName<DB> for Row {
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let cells = (0..row.field_count()).map(|place| {
            let field = diesel::row::Row::get(row, place).ok_or("a column that is not there")?;
            field.value().map_or(Ok(Cell::Empty), DB::cell)
        });
        Ok(Self(cells.collect::<deserialize::Result<_>>()?))
    }
}

fn rows<C>(statement: &Statement, conn: &mut C) -> Rows
where
    C: Connection,
    Statement: for<'q> diesel::query_dsl::LoadQuery<'q, C, Row> + Clone,
{
    let rows: Vec<Row> = statement.clone().load(conn).expect("an answer");
    rows.into_iter().map(|row| row.0).collect()
}

/// One connection, for learning.
pub(crate) enum Asker {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Asker {
    pub(crate) fn connect(database: &str) -> Self {
        if is_postgres(database) {
            Self::Postgres(PgConnection::establish(database).unwrap())
        } else {
            Self::Sqlite(SqliteConnection::establish(database).unwrap())
        }
    }

    pub(crate) fn ask(&mut self, statement: &Statement) -> Rows {
        match self {
            Self::Sqlite(conn) => rows(statement, conn),
            Self::Postgres(conn) => rows(statement, conn),
        }
    }
}

fn is_postgres(database: &str) -> bool {
    database.starts_with("postgres")
}

/// Opens connections of one kind, with what the portal sets on those that read.
struct Connector<C> {
    address: String,
    set_up: &'static str,
    kind: PhantomData<fn() -> C>,
}

const SQLITE_SET_UP: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;";

impl<C: Connection + 'static> ManageConnection for Connector<C> {
    type Connection = C;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<C, Self::Error> {
        let mut conn = C::establish(&self.address)?;
        if !self.set_up.is_empty() {
            conn.batch_execute(self.set_up).expect("settings of a connection");
        }
        Ok(conn)
    }

    fn is_valid(&self, _: &mut C) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, _: &mut C) -> bool {
        false
    }
}

fn pool<C: Connection + 'static>(script: &Script, set_up: &'static str) -> Pool<Connector<C>> {
    let connector = Connector { address: script.database.clone(), set_up, kind: PhantomData };
    Pool::builder().max_size(script.connections).test_on_check_out(false).build(connector).unwrap()
}

enum Connections {
    Sqlite(Pool<Connector<SqliteConnection>>),
    Postgres(Pool<Connector<PgConnection>>),
}

impl Connections {
    fn open(script: &Script) -> Self {
        match is_postgres(&script.database) {
            true => Self::Postgres(pool(script, "")),
            false => Self::Sqlite(pool(script, SQLITE_SET_UP)),
        }
    }

    fn ask(&self, statements: &[Statement]) -> Vec<Rows> {
        match self {
            Self::Sqlite(pool) => {
                let mut conn = pool.get().unwrap();
                statements.iter().map(|one| rows(one, &mut *conn)).collect()
            }
            Self::Postgres(pool) => {
                let mut conn = pool.get().unwrap();
                statements.iter().map(|one| rows(one, &mut *conn)).collect()
            }
        }
    }
}

#[derive(Template)]
#[template(
    source = "{% for piece in page.pieces %}{{ piece.before|safe }}{{ answers[piece.statement][piece.row][piece.column].as_text() }}{% endfor %}{{ page.rest|safe }}",
    ext = "html"
)]
struct Page<'a> {
    page: &'a Learned,
    answers: Vec<Rows>,
}

struct Served {
    connections: Connections,
    /// By address and cookie: two people see different things at one address.
    pages: HashMap<(String, String), Learned>,
}

#[actix_web::main]
pub(crate) async fn serve(script: &str) {
    let script: Script = serde_json::from_str(&std::fs::read_to_string(script).unwrap()).unwrap();
    let connections = Connections::open(&script);
    let port = script.port;
    let pages =
        script.pages.into_iter().map(|page| ((page.path.clone(), page.cookie.clone()), page));
    let served = Data::new(Served { connections, pages: pages.collect() });
    HttpServer::new(move || App::new().app_data(served.clone()).default_service(web::to(answer)))
        .tcp_nodelay(true)
        .bind(("127.0.0.1", port))
        .unwrap()
        .run()
        .await
        .unwrap();
}

async fn answer(request: HttpRequest, served: Data<Served>) -> HttpResponse {
    let cookie = request.headers().get("cookie").and_then(|value| value.to_str().ok());
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let key = (address.to_owned(), cookie.unwrap_or_default().to_owned());
    if !served.pages.contains_key(&key) {
        return HttpResponse::NotFound().finish();
    }
    let body = web::block(move || {
        let page = &served.pages[&key];
        let answers = served.connections.ask(&page.statements);
        Page { page, answers }.render().unwrap()
    })
    .await
    .unwrap();
    HttpResponse::Ok().content_type(ContentType::html()).body(body)
}
