//! Orders: the list, one of them, and how a quote becomes one.

use actix_web::web::Path;
use serde::Deserialize;

use crate::orders::export::OrdersFile;
use crate::orders::model::OrderQuery;
use crate::orders::pages::order::OrderPage;
use crate::orders::pages::orders::ListPage;
use crate::orders::placing;
use crate::pricing::quotes::Shown;
use crate::web::downloads::send_list;
use crate::web::{Flash, Form, Query, Reply, Visit, page};

/// The program and the record of the address.
type Address = Path<(String, String)>;

pub(in crate::orders) async fn index(visit: Visit, Query(query): Query<OrderQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::orders) async fn download(visit: Visit, Query(query): Query<OrderQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(OrdersFile { query })).await
}

pub(in crate::orders) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        OrderPage::read(visit, scope, &reference, Default::default(), conn)
    });
    page(&built.await?)
}

/// What the reseller was looking at when it accepted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::orders) struct AcceptanceForm {
    number: String,
    revision: String,
}

pub(in crate::orders) async fn accept(
    visit: Visit,
    address: Address,
    Form(form): Form<AcceptanceForm>,
) -> Reply {
    let (_, quote) = address.into_inner();
    let placed = visit.write(move |visit, scope, conn| {
        let shown = Shown::sent(&form.number, &form.revision);
        let order = placing::place(scope, &quote, shown, visit.site(), visit.now(), conn)?;
        Ok((scope.path(&format!("/orders/{order}")), order))
    });
    let (path, order) = placed.await?;
    Ok(visit.go(&path, &Flash::success(format!("The quote is accepted: order {order} is placed."))))
}
