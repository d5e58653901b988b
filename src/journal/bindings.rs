//! Whose tags are: a table made from the entries that say so, written in their transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Reader;
use super::error::JournalError;
use crate::domain::entry::Entry;
use crate::domain::tap::Identity;

/// Makes the table follow an entry.
pub(super) fn note(connection: &Connection, entry: &Entry) -> Result<(), JournalError> {
    let Entry::TagBound {
        identity,
        customer_reference,
        ..
    } = entry
    else {
        return Ok(());
    };
    match customer_reference {
        Some(reference) => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO bound_tag (identity, customer_reference) VALUES (?, ?)",
            )?
            .execute(params![identity.as_str(), reference])?,
        None => connection
            .prepare_cached("DELETE FROM bound_tag WHERE identity = ?")?
            .execute([identity.as_str()])?,
    };
    Ok(())
}

impl Reader {
    /// Whose a tag is, by the name that the system that makes orders has for the customer.
    pub fn bound_to(&self, identity: &Identity) -> Result<Option<String>, JournalError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT customer_reference FROM bound_tag WHERE identity = ?")?;
        let found = select.query_row([identity.as_str()], |row| row.get(0));
        Ok(found.optional()?)
    }
}

/// What the entries make of the table.
#[derive(Default)]
pub(super) struct Bindings(BTreeMap<Identity, String>);

impl Bindings {
    pub(super) fn apply(&mut self, entry: &Entry) {
        if let Entry::TagBound {
            identity,
            customer_reference,
            ..
        } = entry
        {
            match customer_reference {
                Some(reference) => self.0.insert(identity.clone(), reference.clone()),
                None => self.0.remove(identity),
            };
        }
    }

    /// How many tags are somebody's.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The tags whose row says something else, or is not there.
    pub(super) fn differing(&self, connection: &Connection) -> Result<Vec<String>, JournalError> {
        let mut select =
            connection.prepare("SELECT customer_reference FROM bound_tag WHERE identity = ?")?;
        let mut differing = Vec::new();
        for (identity, expected) in &self.0 {
            let found: Option<String> = select
                .query_row([identity.as_str()], |row| row.get(0))
                .optional()?;
            if found.as_ref() != Some(expected) {
                differing.push(identity.as_str().to_owned());
            }
        }
        Ok(differing)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Batch, open, verify};
    use super::*;
    use crate::domain::id::{OperationId, SealedToken, Timestamp};

    #[test]
    fn the_table_follows_the_entries_and_a_change_of_it_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let stamp = SealedToken::new("stamp".to_owned());
        let (mut writer, reader) = open(&path, &stamp).unwrap();
        let tag = |name: &str| Identity::new(name.to_owned());
        let bound = |name: &str, reference: Option<&str>| Entry::TagBound {
            operation: OperationId::new("op"),
            identity: tag(name),
            customer_reference: reference.map(str::to_owned),
        };
        let entries = vec![
            bound("a", Some("C-1")),
            bound("b", Some("C-2")),
            bound("a", Some("C-3")),
            bound("b", None),
        ];
        let batch = Batch {
            ticket: 1,
            at: Timestamp(1),
            entries,
            events: Vec::new(),
            payments: Vec::new(),
            orders: Vec::new(),
        };
        writer.write(&[batch]).unwrap();
        assert_eq!(reader.bound_to(&tag("a")).unwrap().as_deref(), Some("C-3"));
        assert_eq!(reader.bound_to(&tag("b")).unwrap(), None);
        assert_eq!(verify(&path, None).unwrap().findings, []);
        for change in [
            "UPDATE bound_tag SET customer_reference = 'C-9'",
            "DELETE FROM bound_tag",
            "INSERT INTO bound_tag VALUES ('c', 'C-3')",
        ] {
            let copy = directory.path().join("copy.db");
            let _ = std::fs::remove_file(&copy);
            super::super::backup(&path, &copy).unwrap();
            let changed = Connection::open(&copy).unwrap();
            changed.execute_batch(change).unwrap();
            drop(changed);
            assert_ne!(verify(&copy, None).unwrap().findings, [], "{change}");
        }
    }
}
