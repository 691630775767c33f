//! A statement with its values, read back from what the observer was told, and asked again.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, HasSqlType, Nullable, SqlType, Text, Timestamp, Untyped,
};
use diesel::{QueryResult, RunQueryDsl, serialize::ToSql};
use serde::{Deserialize, Serialize};

/// A value that was bound.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Bind {
    Null,
    Number(i64),
    Bool(bool),
    Text(String),
    Date(NaiveDate),
    At(NaiveDateTime),
    Numbers(Vec<i64>),
    Texts(Vec<String>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Statement {
    /// The text between the places of the values: one piece more than places.
    pieces: Vec<String>,
    /// Which value stands at each place: one may stand at several.
    places: Vec<usize>,
    binds: Vec<Bind>,
}

impl Statement {
    /// Reads `SELECT … -- binds: […]`.
    pub(crate) fn read(observed: &str) -> Self {
        let (sql, binds) = observed.split_once(" -- binds: ").unwrap_or((observed, "[]"));
        let binds = split(inside(binds.trim())).iter().map(|text| bind(text)).collect::<Vec<_>>();
        let (pieces, places) = cut_at_places(sql);
        let values = places.iter().max().map_or(0, |last| last + 1);
        assert_eq!(values, binds.len(), "values and places differ: {observed}");
        Self { pieces, places, binds }
    }

    pub(crate) fn is_question(&self) -> bool {
        self.pieces[0].contains("SELECT")
    }
}

/// The text without its brackets.
fn inside(list: &str) -> &str {
    list.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(list)
}

/// Cuts a list at the commas that stand in no brackets and no quotes.
fn split(list: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for letter in list.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts
}

/// A value as `Debug` writes it. Words of our own are snake case in the database.
fn bind(text: &str) -> Bind {
    let wrapped = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(some) = wrapped("Some") {
        return bind(some);
    }
    if let Some(at) = wrapped("Instant") {
        return Bind::At(at.parse().expect("an instant"));
    }
    if text == "None" {
        return Bind::Null;
    }
    if let Ok(number) = text.parse() {
        return Bind::Number(number);
    }
    if let Ok(yes) = text.parse() {
        return Bind::Bool(yes);
    }
    if text.starts_with('"') {
        return Bind::Text(serde_json::from_str(text).expect("a text"));
    }
    if let Ok(day) = text.parse() {
        return Bind::Date(day);
    }
    if let Ok(at) = text.parse() {
        return Bind::At(at);
    }
    if text.starts_with('[') {
        let parts: Vec<Bind> = split(inside(text)).iter().map(|part| bind(part)).collect();
        return match parts.first() {
            None | Some(Bind::Number(_)) => Bind::Numbers(parts.iter().map(number).collect()),
            Some(_) => Bind::Texts(parts.iter().map(word).collect()),
        };
    }
    Bind::Text(snake_case(text))
}

fn number(bind: &Bind) -> i64 {
    let Bind::Number(number) = bind else { panic!("{bind:?} among numbers") };
    *number
}

fn word(bind: &Bind) -> String {
    let Bind::Text(word) = bind else { panic!("{bind:?} among words") };
    word.clone()
}

fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The text round each `?` or `$1`, and which value stands there.
fn cut_at_places(sql: &str) -> (Vec<String>, Vec<usize>) {
    let (mut pieces, mut piece, mut quoted) = (Vec::new(), String::new(), false);
    let mut places = Vec::new();
    let mut letters = sql.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => quoted = !quoted,
            '?' | '$' if !quoted => {
                let mut number = String::new();
                while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                places.push(number.parse::<usize>().map_or(places.len(), |number| number - 1));
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            _ => {}
        }
        piece.push(letter);
    }
    pieces.push(piece);
    (pieces, places)
}

/// Kept prepared by its text, as the portal's own statements are.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for Statement {}

/// Binds a list, where the engine knows lists; elsewhere each value has a place of its own.
pub(crate) trait BindLists: Backend {
    fn numbers<'b>(list: &'b [i64], out: AstPass<'_, 'b, Self>) -> QueryResult<()>;
    fn words<'b>(list: &'b [String], out: AstPass<'_, 'b, Self>) -> QueryResult<()>;
}

impl BindLists for diesel::pg::Pg {
    fn numbers<'b>(list: &'b [i64], mut out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_bind_param::<Array<BigInt>, _>(list)
    }

    fn words<'b>(list: &'b [String], mut out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_bind_param::<Array<Text>, _>(list)
    }
}

impl BindLists for diesel::sqlite::Sqlite {
    fn numbers<'b>(_: &'b [i64], _: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        unreachable!("SQLite has no lists")
    }

    fn words<'b>(_: &'b [String], _: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        unreachable!("SQLite has no lists")
    }
}

impl<DB> QueryFragment<DB> for Statement
where
    DB: BindLists
        + HasSqlType<BigInt>
        + HasSqlType<Bool>
        + HasSqlType<Text>
        + HasSqlType<Date>
        + HasSqlType<Timestamp>,
    i64: ToSql<BigInt, DB>,
    bool: ToSql<Bool, DB>,
    String: ToSql<Text, DB>,
    NaiveDate: ToSql<Date, DB>,
    NaiveDateTime: ToSql<Timestamp, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
    Text: SqlType,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (piece, place) in self.pieces.iter().zip(&self.places) {
            out.push_sql(piece);
            match &self.binds[*place] {
                Bind::Null => out.push_bind_param::<Nullable<Text>, _>(&None::<String>)?,
                Bind::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                Bind::Bool(yes) => out.push_bind_param::<Bool, _>(yes)?,
                Bind::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Bind::Date(day) => out.push_bind_param::<Date, _>(day)?,
                Bind::At(at) => out.push_bind_param::<Timestamp, _>(at)?,
                Bind::Numbers(list) => DB::numbers(list, out.reborrow())?,
                Bind::Texts(list) => DB::words(list, out.reborrow())?,
            }
        }
        if let Some(rest) = self.pieces.last() {
            out.push_sql(rest);
        }
        Ok(())
    }
}
