//! `operation.resolve`: a person says how a step in doubt ended. The request itself is the record of
//! who said so, why, and what was known.

use crate::domain::doubt::Doubt;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::rejection::Rejection;
use crate::domain::request::Resolution;

pub(super) fn admit(draft: &Draft<'_>, wish: &Resolution) -> Result<Vec<Entry>, Rejection> {
    let books = draft.before();
    let doubt = books
        .operations
        .get(&wish.operation)
        .and_then(|operation| Doubt::of(books, operation))
        .ok_or(Rejection::NotInDoubt)?;
    if doubt.evidence() != wish.evidence {
        return Err(Rejection::EvidenceChanged);
    }
    Ok(Vec::new())
}
