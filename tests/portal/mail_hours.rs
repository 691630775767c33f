//! When a mail by role may come: hours, days and zones, those on which clocks turn included.

use chrono::{NaiveDateTime, Weekday};
use chrono_tz::Tz;
use portal::clock::Instant;
use portal::mail::hours::{Hours, Quiet, Rhythm};

/// Zone, digest hour, quiet hours, rhythm, queued at (UTC), waits until (UTC; empty: at once).
/// Worked out by hand from the IANA rules named beside each.
const CASES: &str = "
# Brussels: CET, UTC+1; from 26 March 2023 01:00 UTC CEST, UTC+2; until 29 October 2023 01:00 UTC.
Europe/Brussels 7 -     at_once   2023-03-20T12:00
Europe/Brussels 7 -     daily     2023-03-20T12:00 2023-03-21T06:00
Europe/Brussels 7 -     daily     2023-03-20T05:59 2023-03-20T06:00
Europe/Brussels 7 -     daily     2023-03-20T06:00 2023-03-21T06:00
Europe/Brussels 7 -     daily     2023-03-25T12:00 2023-03-26T05:00
Europe/Brussels 7 -     daily     2023-10-28T12:00 2023-10-29T06:00
Europe/Brussels 7 -     monday    2023-03-20T05:00 2023-03-20T06:00
Europe/Brussels 7 -     monday    2023-03-20T07:00 2023-03-27T05:00
Europe/Brussels 7 -     sunday    2023-03-20T07:00 2023-03-26T05:00
# 02:00 does not come on 26 March: it is 03:00 then.
Europe/Brussels 2 -     daily     2023-03-25T12:00 2023-03-26T01:00
Europe/Brussels 3 -     daily     2023-03-25T12:00 2023-03-26T01:00
Europe/Brussels 7 22-2  at_once   2023-03-25T23:00 2023-03-26T01:00
Europe/Brussels 7 20-7  at_once   2023-03-25T23:00 2023-03-26T05:00
# 02:00 comes twice on 29 October: the first counts, and counts once.
Europe/Brussels 2 -     daily     2023-10-28T12:00 2023-10-29T00:00
Europe/Brussels 2 -     daily     2023-10-29T00:30 2023-10-30T01:00
Europe/Brussels 2 -     daily     2023-10-29T01:30 2023-10-30T01:00
Europe/Brussels 7 22-2  at_once   2023-10-28T23:30 2023-10-29T00:00
Europe/Brussels 7 22-2  at_once   2023-10-29T01:30
Europe/Brussels 7 22-3  at_once   2023-10-29T00:30 2023-10-29T02:00
Europe/Brussels 7 22-3  at_once   2023-10-29T01:30 2023-10-29T02:00
Europe/Brussels 7 20-7  at_once   2023-10-28T20:00 2023-10-29T06:00
# Quiet hours within a day and over midnight; their ends.
Europe/Brussels 7 12-14 at_once   2023-06-01T09:59
Europe/Brussels 7 12-14 at_once   2023-06-01T10:00 2023-06-01T12:00
Europe/Brussels 7 12-14 at_once   2023-06-01T12:00
Europe/Brussels 7 20-7  at_once   2023-06-01T17:59
Europe/Brussels 7 20-7  at_once   2023-06-01T18:00 2023-06-02T05:00
Europe/Brussels 7 20-7  at_once   2023-06-01T23:59 2023-06-02T05:00
Europe/Brussels 7 20-7  at_once   2023-06-02T04:59 2023-06-02T05:00
Europe/Brussels 7 20-7  at_once   2023-06-02T05:00
Europe/Brussels 7 0-8   at_once   2023-06-01T22:00 2023-06-02T06:00
Europe/Brussels 7 20-0  at_once   2023-06-01T19:00 2023-06-01T22:00
# A digest whose hour is quiet comes when they end; that of a weekday may come on the next day.
Europe/Brussels 7 20-9  daily     2023-06-01T12:00 2023-06-02T07:00
Europe/Brussels 7 20-9  daily     2023-06-02T06:30 2023-06-02T07:00
Europe/Brussels 23 20-9 daily     2023-06-01T12:00 2023-06-02T07:00
Europe/Brussels 23 20-9 daily     2023-06-02T06:00 2023-06-02T07:00
Europe/Brussels 23 20-9 friday    2023-06-01T12:00 2023-06-03T07:00
# Sao Paulo: UTC-3; in 2018 from 4 November 03:00 UTC UTC-2, at midnight, so that 00:00 did not
# come; until 18 February 2018 02:00 UTC, so that 23:00 of the 17th came twice.
America/Sao_Paulo 7 -     daily   2018-11-03T12:00 2018-11-04T09:00
America/Sao_Paulo 0 -     daily   2018-11-03T12:00 2018-11-04T03:00
America/Sao_Paulo 7 20-0  at_once 2018-11-04T02:00 2018-11-04T03:00
America/Sao_Paulo 23 -    daily   2018-02-17T12:00 2018-02-18T01:00
America/Sao_Paulo 23 -    daily   2018-02-18T01:30 2018-02-19T02:00
America/Sao_Paulo 7 20-23 at_once 2018-02-18T00:30 2018-02-18T01:00
America/Sao_Paulo 7 20-23 at_once 2018-02-18T02:30
America/Sao_Paulo 7 20-0  at_once 2018-02-18T02:30 2018-02-18T03:00
America/Sao_Paulo 7 -     daily   2023-06-01T09:00 2023-06-01T10:00
# Kolkata: UTC+5:30, whatever the season.
Asia/Kolkata 7 -      daily       2023-06-01T01:29 2023-06-01T01:30
Asia/Kolkata 7 -      daily       2023-06-01T01:30 2023-06-02T01:30
Asia/Kolkata 7 21-8   at_once     2023-06-01T15:30 2023-06-02T02:30
Asia/Kolkata 7 21-8   daily       2023-06-01T15:30 2023-06-02T02:30
Asia/Kolkata 7 -      saturday    2023-06-02T20:00 2023-06-03T01:30
# Apia left out Friday, 30 December 2011: UTC-10, then UTC+14.
Pacific/Apia 7 -      daily       2011-12-29T20:00 2011-12-30T17:00
Pacific/Apia 7 -      friday      2011-12-29T20:00 2012-01-05T17:00
";

fn instant(text: &str) -> Instant {
    Instant::from_utc(NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap())
}

fn quiet(text: &str) -> Option<Quiet> {
    let (from, until) = text.split_once('-').filter(|_| text != "-")?;
    Some(Quiet { from: from.parse().unwrap(), until: until.parse().unwrap() })
}

#[test]
fn a_mail_waits_until_the_paper_says() {
    let cases: Vec<Vec<&str>> = CASES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert!(cases.len() > 45, "the cases were not read");
    for case in cases {
        let zone: Tz = case[0].parse().unwrap();
        let hours = Hours { zone, digest_hour: case[1].parse().unwrap(), quiet: quiet(case[2]) };
        let rhythm = Rhythm::parse(case[3]).unwrap();
        let until = case.get(5).map(|until| instant(until));
        assert_eq!(hours.wait(rhythm, instant(case[4])), until, "{case:?}");
    }
}

/// Hour by hour through a year with both turns of the clock, in many zones: a digest a day, each
/// on a day of its own, and quiet hours that end within a day and are quiet until then.
#[test]
fn every_day_has_one_digest_in_every_zone() {
    let zones = [
        "Europe/Brussels",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/New_York",
        "Pacific/Auckland",
        "Africa/Casablanca",
        "Asia/Tehran",
        "UTC",
    ];
    let begin = instant("2018-01-01T00:00");
    for name in zones {
        let zone: Tz = name.parse().unwrap();
        for digest_hour in [0, 1, 2, 3, 7, 23] {
            let hours = Hours { zone, digest_hour, quiet: None };
            let mut at = begin;
            for _ in 0..365 {
                let next = hours.next_digest(Rhythm::Daily, at);
                let days = (hours.day_of(next) - hours.day_of(at)).num_days();
                assert!(
                    next > at && (days == 1 || at == begin),
                    "{name} {digest_hour}: {at} {next}"
                );
                at = next;
            }
        }
        let quiet = Hours { zone, digest_hour: 7, quiet: Some(Quiet { from: 22, until: 6 }) };
        for step in 0..365 * 24 * 2 {
            let at = begin + chrono::Duration::minutes(step * 30);
            let hour = portal::calendar::hour_of(at.utc(), zone);
            match quiet.wait(Rhythm::AtOnce, at) {
                None => assert!((6..22).contains(&hour), "{name}: {at} is quiet"),
                Some(end) => {
                    assert!(!(6..22).contains(&hour), "{name}: {at} is not quiet");
                    let length = end.seconds_since(at);
                    assert!(length > 0 && length <= 9 * 3600, "{name}: {at} waits {length} s");
                    assert_eq!(quiet.wait(Rhythm::AtOnce, end), None, "{name}: {end} is quiet");
                }
            }
        }
    }
}

#[test]
fn a_weekly_digest_comes_on_its_weekday() {
    let hours = Hours { zone: Tz::Asia__Tokyo, digest_hour: 7, quiet: None };
    for (word, weekday) in [("monday", Weekday::Mon), ("sunday", Weekday::Sun)] {
        assert_eq!(Rhythm::parse(word), Some(Rhythm::Weekly(weekday)));
        let mut at = instant("2023-01-01T00:00");
        for _ in 0..60 {
            let next = hours.next_digest(Rhythm::Weekly(weekday), at);
            let day = chrono::Datelike::weekday(&hours.day_of(next));
            assert_eq!(day, weekday);
            assert!(next.seconds_since(at) <= 7 * 24 * 3600);
            at = next;
        }
    }
    let words: Vec<&str> = Rhythm::all().map(Rhythm::word).collect();
    assert_eq!(words.len(), 9);
    assert_eq!(Rhythm::parse("hourly"), None);
}
