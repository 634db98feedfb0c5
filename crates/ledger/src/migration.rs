//! How an old ledger becomes a new one: each step in one transaction with its version.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// `WHMB`: tells a ledger from other SQLite files.
pub(crate) const APPLICATION_ID: i32 = 0x5748_4d42;

/// The steps, oldest first; a ledger's version is how many of them it has taken. A step that was published never changes.
const STEPS: &[&str] =
    &[include_str!("schema.sql"), include_str!("schema-2.sql"), include_str!("people.sql"), include_str!("questions.sql")];

/// The version that this program writes.
pub(crate) const VERSION: u32 = STEPS.len() as u32;

/// The version of a ledger.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that are left.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    // Taken at once, so that two programs that open an old ledger take each step once.
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let from = version(&transaction)?;
    for step in STEPS.iter().skip(from as usize) {
        transaction.execute_batch(step)?;
    }
    if from < VERSION {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}
