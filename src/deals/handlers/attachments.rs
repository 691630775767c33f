//! Files of deals: added, taken away, and removed.

use actix_web::web::Path;

use super::deals::{Address, refuse_decision};
use crate::deals::attachments::{self, Attachment};
use crate::deals::files::NewFile;
use crate::deals::forms::DecisionForm;
use crate::deals::model::Deal;
use crate::deals::steps::Step;
use crate::error::Error;
use crate::web::downloads::attachment_named;
use crate::web::{Document, Flash, Form, Reply, Visit};

/// The program, the deal and the file of the address.
type FileAddress = Path<(String, String, String)>;

pub(in crate::deals) async fn attach(
    visit: Visit,
    address: Address,
    Document(upload): Document,
) -> Reply {
    let (_, reference) = address.into_inner();
    let file = NewFile::read(&upload.file_name, upload.bytes);
    let wanted = reference.clone();
    let attached = visit.write(move |visit, scope, conn| {
        let deal = Deal::find_for(scope, &wanted, conn)?;
        // Whether it may be done comes before what is wrong with the file.
        Step::Attach.allow(scope, &deal, deal.revision)?;
        let file = file.as_ref().map_err(|errors| Error::Invalid(errors.clone()))?;
        attachments::attach(scope, &deal, file, visit.now(), conn)?;
        Ok((deal.path(scope), format!("“{}” is added.", file.name)))
    });
    match attached.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            refuse_decision(&visit, reference, DecisionForm::default(), errors).await
        }
        Err(fault) => Err(fault),
    }
}

/// Never shown in the browser, whatever it is: somebody else's file is no page of ours.
pub(in crate::deals) async fn download(visit: Visit, address: FileAddress) -> Reply {
    let (_, deal, reference) = address.into_inner();
    let found =
        visit.read(move |_, scope, conn| Attachment::find_for(scope, &deal, &reference, conn));
    let (file, content) = found.await?;
    Ok(attachment_named(&file.name, file.kind.media_type()).body(content))
}

pub(in crate::deals) async fn detach(
    visit: Visit,
    address: FileAddress,
    Form(_): Form<DecisionForm>,
) -> Reply {
    let (_, deal, reference) = address.into_inner();
    let detached = visit.write(move |visit, scope, conn| {
        let deal = Deal::find_for(scope, &deal, conn)?;
        let name = attachments::detach(scope, &deal, &reference, visit.now(), conn)?;
        Ok((deal.path(scope), format!("“{name}” is removed.")))
    });
    let (path, sentence) = detached.await?;
    Ok(visit.go(&path, &Flash::success(sentence)))
}
