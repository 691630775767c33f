//! Whole tables, whatever their columns: read row by row and written again, on either engine.
//!
//! A row is the text of its cells in one canonical form, the same from both engines, so that a
//! table can be copied from one to the other and compared between them.

use diesel::backend::Backend;
use diesel::connection::DefaultLoadingMode;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::row::NamedRow;
use diesel::sql_types::{Array, Nullable, Text};

use super::connection::Conn;
use crate::error::{Error, Result};

/// Values that one statement binds at most, on SQLite.
const VALUES_PER_STATEMENT: usize = 4_000;

/// The cells of a row, in the order of the table's columns; `None` is NULL.
pub type Row = Vec<Option<String>>;

/// A table, as SQLite's tree of migrations makes it; PostgreSQL's makes the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
    /// Its place in the primary key, from 1; 0 outside.
    key: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Boolean,
    Text,
    Day,
    Instant,
    Bytes,
}

impl Kind {
    fn of(table: &str, column: &str, declared: &str) -> Result<Self> {
        Ok(match declared {
            "INTEGER" | "BIGINT" | "SMALLINT" => Self::Number,
            "BOOLEAN" => Self::Boolean,
            "TEXT" => Self::Text,
            "DATE" => Self::Day,
            "TIMESTAMP" => Self::Instant,
            "BLOB" => Self::Bytes,
            other => {
                return Err(Error::internal(format!(
                    "{table}.{column} is of a kind that cannot be copied: {other}"
                )));
            }
        })
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Declared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    key: i32,
}

/// All tables of an SQLite database, by name; without its own and the one of the migrations.
pub fn tables_of(conn: &mut SqliteConnection) -> Result<Vec<Table>> {
    let names: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
         ESCAPE '\\' AND name <> '__diesel_schema_migrations' ORDER BY name",
    )
    .load(conn)?;
    names.into_iter().map(|Name { name }| table(name, conn)).collect()
}

fn table(name: String, conn: &mut SqliteConnection) -> Result<Table> {
    let declared: Vec<Declared> =
        diesel::sql_query("SELECT name, type AS kind, pk AS key FROM pragma_table_info(?)")
            .bind::<Text, _>(&name)
            .load(conn)?;
    let columns = declared
        .into_iter()
        .map(|one| {
            let kind = Kind::of(&name, &one.name, &one.kind)?;
            Ok(Column { name: one.name, kind, key: one.key })
        })
        .collect::<Result<Vec<Column>>>()?;
    Ok(Table { name, columns })
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

impl Table {
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    pub fn count(&self, conn: &mut Conn) -> Result<u64> {
        let sql = format!("SELECT COUNT(*) AS count FROM {}", quoted(&self.name));
        let Count { count } = diesel::sql_query(sql).get_result(conn)?;
        u64::try_from(count).map_err(Error::internal)
    }

    /// Hands on every row in the order of the primary key, one at a time: a table of any size is
    /// never in memory.
    pub fn each_row(&self, conn: &mut Conn, mut take: impl FnMut(Row) -> Result<()>) -> Result<()> {
        match conn {
            Conn::Sqlite(conn) => {
                let query = diesel::sql_query(self.select(sqlite_read, ""));
                for row in query.load_iter::<Cells, DefaultLoadingMode>(conn)? {
                    take(self.canonical(row?.0))?;
                }
            }
            Conn::Postgres(conn) => {
                let query = diesel::sql_query(self.select(postgres_read, " COLLATE \"C\""));
                for row in query.load_iter::<Cells, PgRowByRowLoadingMode>(conn)? {
                    take(self.canonical(row?.0))?;
                }
            }
        }
        Ok(())
    }

    /// The order of keys is that of code points, whatever PostgreSQL's language is.
    fn select(&self, read: fn(&Column) -> String, by_code_points: &str) -> String {
        let cells: Vec<String> = self.columns.iter().map(read).collect();
        let mut key: Vec<&Column> = self.columns.iter().filter(|one| one.key > 0).collect();
        key.sort_by_key(|one| one.key);
        let table = quoted(&self.name);
        // With its table, or the name would mean the text that is selected.
        let order: Vec<String> = key
            .iter()
            .map(|one| match one.kind {
                Kind::Text => format!("{table}.{}{by_code_points}", quoted(&one.name)),
                _ => format!("{table}.{}", quoted(&one.name)),
            })
            .collect();
        let (cells, order) = (cells.join(", "), order.join(", "));
        format!("SELECT {cells} FROM {table} ORDER BY {order}")
    }

    /// Instants without the zeros at their end, of which the engines write different numbers.
    fn canonical(&self, mut row: Row) -> Row {
        for (cell, column) in row.iter_mut().zip(&self.columns) {
            if let (Some(at), Kind::Instant) = (cell, column.kind)
                && at.contains('.')
            {
                at.truncate(at.trim_end_matches('0').trim_end_matches('.').len());
            }
        }
        row
    }

    /// Writes rows as they were read.
    pub fn insert(&self, rows: Vec<Row>, conn: &mut Conn) -> Result<()> {
        match conn {
            Conn::Sqlite(conn) => self.insert_into_sqlite(rows, conn),
            Conn::Postgres(conn) => self.insert_into_postgres(rows, conn),
        }
    }

    fn insert_into_sqlite(&self, mut rows: Vec<Row>, conn: &mut SqliteConnection) -> Result<()> {
        for row in &mut rows {
            for (cell, column) in row.iter_mut().zip(&self.columns) {
                if let (Some(at), Kind::Instant) = (cell, column.kind) {
                    *at = as_diesel_writes(at);
                }
            }
        }
        let values: Vec<&str> = self.columns.iter().map(sqlite_write).collect();
        let values = format!("({})", values.join(", "));
        for some in rows.chunks((VALUES_PER_STATEMENT / self.columns.len()).max(1)) {
            let all = vec![values.as_str(); some.len()].join(", ");
            let sql = format!("INSERT INTO {} VALUES {all}", self.target());
            let mut query = diesel::sql_query(sql).into_boxed();
            for cell in some.iter().flatten() {
                query = query.bind::<Nullable<Text>, _>(cell.as_deref());
            }
            query.execute(conn)?;
        }
        Ok(())
    }

    fn insert_into_postgres(&self, rows: Vec<Row>, conn: &mut PgConnection) -> Result<()> {
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); self.columns.len()];
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.push(cell);
            }
        }
        let numbers = 1..=columns.len();
        let values: Vec<String> =
            self.columns.iter().zip(numbers.clone()).map(postgres_write).collect();
        let arrays: Vec<String> = numbers.clone().map(|number| format!("${number}")).collect();
        let names: Vec<String> = numbers.map(|number| format!("c{number}")).collect();
        let sql = format!(
            "INSERT INTO {} SELECT {} FROM unnest({}) AS given ({})",
            self.target(),
            values.join(", "),
            arrays.join(", "),
            names.join(", ")
        );
        let mut query = diesel::sql_query(sql).into_boxed();
        for column in columns {
            query = query.bind::<Array<Nullable<Text>>, _>(column);
        }
        query.execute(conn)?;
        Ok(())
    }

    fn target(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|one| quoted(&one.name)).collect();
        format!("{} ({})", quoted(&self.name), names.join(", "))
    }

    /// Whether PostgreSQL counts its ids.
    pub(super) fn has_counted_id(&self) -> bool {
        matches!(self.columns.as_slice(), [id, ..] if id.name == "id" && id.kind == Kind::Number)
    }
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn sqlite_read(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        // hex() makes an empty text of NULL.
        Kind::Bytes => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
        _ => format!("CAST({name} AS TEXT)"),
    }
}

fn postgres_read(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        Kind::Number | Kind::Text => format!("CAST({name} AS TEXT)"),
        Kind::Boolean => format!("CAST(CAST({name} AS INTEGER) AS TEXT)"),
        Kind::Day => format!("to_char({name}, 'YYYY-MM-DD')"),
        Kind::Instant => format!("to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US')"),
        Kind::Bytes => format!("encode({name}, 'hex')"),
    }
}

fn sqlite_write(column: &Column) -> &'static str {
    match column.kind {
        Kind::Number | Kind::Boolean => "CAST(? AS INTEGER)",
        Kind::Text | Kind::Day | Kind::Instant => "?",
        Kind::Bytes => "unhex(?)",
    }
}

fn postgres_write((column, number): (&Column, usize)) -> String {
    match column.kind {
        Kind::Number => format!("CAST(c{number} AS BIGINT)"),
        Kind::Boolean => format!("CAST(CAST(c{number} AS INTEGER) AS BOOLEAN)"),
        Kind::Text => format!("c{number}"),
        Kind::Day => format!("CAST(c{number} AS DATE)"),
        Kind::Instant => format!("CAST(c{number} AS TIMESTAMP)"),
        Kind::Bytes => format!("decode(c{number}, 'hex')"),
    }
}

/// SQLite compares instants as text, so they must stand there exactly as a query binds them: with
/// no fraction of a second, or three digits of it, or six.
fn as_diesel_writes(at: &str) -> String {
    match at.split_once('.') {
        None => at.to_owned(),
        Some((second, fraction)) => {
            let digits = fraction.len().next_multiple_of(3);
            format!("{second}.{fraction:0<digits$}")
        }
    }
}

struct Cells(Row);

impl<DB> QueryableByName<DB> for Cells
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        (0..row.field_count())
            .map(|cell| row.get_value::<Nullable<Text>, Option<String>, usize>(cell))
            .collect::<deserialize::Result<Row>>()
            .map(Self)
    }
}
