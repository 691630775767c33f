//! Price lists that are published in the tests.

use diesel::prelude::*;
use portal::db::schema::{price_lists, promotions};

use super::{Page, Portal};

pub const IMPORT: &str = "/p/shield/prices/import";

/// The list of the pack, as its file is.
pub const TODAYS: &str = "product,months,from_quantity,unit_price
ALARM-HUB,,1,48000
ALARM-CARE,3,1,3600
ALARM-CARE,6,1,6900
ALARM-CARE,12,1,12000
ALARM-CARE,24,1,21600
WATCH-SITE,3,1,9000
WATCH-SITE,6,1,17000
WATCH-SITE,12,1,30000
WATCH-SITE,24,1,55000
WATCH-SEAT,3,1,900
WATCH-SEAT,3,10,810
WATCH-SEAT,3,50,675
WATCH-SEAT,6,1,1700
WATCH-SEAT,6,10,1530
WATCH-SEAT,6,50,1275
WATCH-SEAT,12,1,3000
WATCH-SEAT,12,10,2700
WATCH-SEAT,12,50,2250
WATCH-SEAT,24,1,5500
WATCH-SEAT,24,10,4950
WATCH-SEAT,24,50,4125
WATCH-MAP,,1,64999
WATCH-HELP,12,1,25000
";

/// [`TODAYS`] with some of it changed.
pub fn priced(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(TODAYS.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from:?} stands once");
        text.replace(from, to)
    })
}

impl Portal {
    /// Sends a file of prices as the manager does; `more` are further fields of the form.
    pub async fn send_prices(&self, text: &str, more: &[(&str, &str)]) -> Page {
        let file = ("file", "prices.csv", text.as_bytes());
        self.manager().upload(IMPORT, file, more).await
    }

    /// Publishes a list in the program's currency.
    pub async fn publish(&self, text: &str, day: &str) -> Page {
        self.publish_in("JPY", text, day).await
    }

    pub async fn publish_in(&self, currency: &str, text: &str, day: &str) -> Page {
        let fields = [("currency", currency), ("effective_on", day), ("action", "publish")];
        self.send_prices(text, &fields).await
    }

    /// Asks what a list in the program's currency would change.
    pub async fn check_prices(&self, text: &str, day: &str) -> Page {
        let fields = [("currency", "JPY"), ("effective_on", day), ("action", "check")];
        self.send_prices(text, &fields).await
    }

    /// Publishes as somebody who has seen what a check said.
    pub async fn publish_seen(&self, text: &str, day: &str) -> Page {
        let checked = self.check_prices(text, day).await.is(200);
        let seen = checked.attributes("input[name=seen]", "value").remove(0);
        let fields = [
            ("currency", "JPY"),
            ("effective_on", day),
            ("seen", seen.as_str()),
            ("action", "publish"),
        ];
        self.send_prices(text, &fields).await
    }

    /// How many price lists there are in all programs.
    pub fn price_lists(&self) -> i64 {
        self.read(|conn| Ok(price_lists::table.count().get_result(conn)?))
    }

    /// The reference of a promotion.
    pub fn promotion(&self, code: &str) -> String {
        self.read(|conn| {
            Ok(promotions::table
                .filter(promotions::code.eq(code))
                .select(promotions::reference)
                .first(conn)?)
        })
    }
}
