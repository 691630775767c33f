//! A decision on many deals of the list.

use actix_web::http::StatusCode;

use super::deals::list_page;
use crate::deals::forms::{ManyForm, Refused};
use crate::deals::many;
use crate::error::Error;
use crate::web::{Flash, Form, Reply, Visit, list_address, page_with};

/// Where nothing came between, the list comes back; else it says what became of each.
pub(in crate::deals) async fn decide(visit: Visit, Form(form): Form<ManyForm>) -> Reply {
    let (sent, query) = (form.clone(), form.query());
    let decided = visit.write(move |visit, scope, conn| {
        let command = sent.parse()?;
        let answered = many::decide(scope, &command, Some(visit.site()), visit.now(), conn)?;
        let path = list_address(&scope.path("/deals"), &sent.query(), None);
        Ok((path, command.what, answered))
    });
    match decided.await {
        Ok((path, what, answered)) if answered.iter().all(|one| one.refused.is_none()) => {
            Ok(visit.go(&path, &Flash::success(many::sentence(what, answered.len()))))
        }
        Ok((_, what, answered)) => {
            let built = list_page(&visit, query, Refused::default(), Some((what, answered)));
            page_with(StatusCode::CONFLICT, &built.await?)
        }
        Err(Error::Invalid(errors)) => {
            let built = list_page(&visit, query, Refused { form, errors }, None).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
