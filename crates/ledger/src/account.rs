//! Who may do what: accounts with their roles, sessions, tokens, and the log of what was done.
//!
//! The ledger keeps hashes and never a password, a session's or a token's secret; making and checking them is its caller's.

use codebook::words;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::batch::Moment;
use crate::error::Error;
use crate::ledger::Ledger;

/// Tables that no question may read: they hold hashes, keys and addresses of people.
pub const PRIVATE_TABLES: [&str; 6] = ["accounts", "sessions", "tokens", "audit", "searches", "deliveries"];

words! {
    /// What an account may do; each may do what those before it may.
    Role {
        /// Ask.
        Reader = "reader", /// Add stories, notes and corrections.
        Editor = "editor", /// Open and close accounts.
        Admin = "admin",
    }
}

/// Someone who may come in: an open row of `accounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Key.
    pub account_id: i64,
    /// By which one logs in; unique among the open ones, whatever its case.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// Hash of the password, as a PHC string.
    pub password: String,
    /// Since when.
    pub opened_on: Moment,
}

impl Account {
    fn of(row: &Row<'_>) -> Result<Self, Error> {
        let account_id = row.get("account_id")?;
        let role: String = row.get("role")?;
        let bad = || Error::Value { table: "accounts", row: account_id, column: "role", value: role.clone() };
        Ok(Self {
            account_id,
            name: row.get("name")?,
            role: Role::from_word(&role).ok_or_else(bad)?,
            password: row.get("password")?,
            opened_on: Moment(row.get("opened_on")?),
        })
    }
}

/// A secret by which a program comes in: a row of `tokens`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Key.
    pub token_id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it allows, words between blanks.
    pub scopes: String,
    /// Since when.
    pub made_on: Moment,
    /// When it was used last, to within some minutes.
    pub used_on: Option<Moment>,
}

impl Token {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            token_id: row.get("token_id")?,
            name: row.get("name")?,
            scopes: row.get("scopes")?,
            made_on: Moment(row.get("made_on")?),
            used_on: row.get::<_, Option<i64>>("used_on")?.map(Moment),
        })
    }
}

/// Something that was done: a row of `audit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Key.
    pub audit_id: i64,
    /// When.
    pub done_on: Moment,
    /// By whom: an account's name.
    pub by: String,
    /// What.
    pub action: String,
    /// To what.
    pub target: String,
    /// From which address, where it came over a network.
    pub address: Option<String>,
}

/// Nobody reads what belongs to people alone, nor attaches another file.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Read { table_name, .. } if PRIVATE_TABLES.iter().any(|table| table.eq_ignore_ascii_case(table_name)) => {
            Authorization::Deny
        }
        AuthAction::Attach { .. } => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

impl Ledger {
    /// From here on no statement of this connection reads [`PRIVATE_TABLES`].
    ///
    /// # Errors
    /// When the database does not take the rule.
    pub fn keep_private(&mut self) -> Result<(), Error> {
        Ok(self.connection.authorizer(Some(authorize))?)
    }

    /// Whether anyone has to log in.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn has_accounts(&self) -> Result<bool, Error> {
        let mut statement = self.connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM accounts WHERE closed_on IS NULL)")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Opens an account; `password` is a hash. Gives its key.
    ///
    /// # Errors
    /// [`Error::Taken`] when an open account has the name.
    pub fn open_account(&mut self, now: Moment, name: &str, role: Role, password: &str) -> Result<i64, Error> {
        let sql = "INSERT INTO accounts (name, role, password, opened_on) VALUES (?1, ?2, ?3, ?4)";
        match self.connection.execute(sql, params![name, role.word(), password, now.0]) {
            Ok(_) => Ok(self.connection.last_insert_rowid()),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Err(Error::Taken { what: "account", name: name.to_owned() })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The open account of a name, whatever its case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn account(&self, name: &str) -> Result<Option<Account>, Error> {
        self.one_account("SELECT * FROM accounts WHERE name = ?1 COLLATE NOCASE AND closed_on IS NULL", params![name])
    }

    fn one_account(&self, sql: &str, values: impl rusqlite::Params) -> Result<Option<Account>, Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        rows.next()?.map(Account::of).transpose()
    }

    /// All open accounts, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM accounts WHERE closed_on IS NULL ORDER BY name COLLATE NOCASE")?;
        let mut rows = statement.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            accounts.push(Account::of(row)?);
        }
        Ok(accounts)
    }

    /// Gives an account another password, by its hash; all its sessions end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_password(&mut self, account_id: i64, password: &str) -> Result<(), Error> {
        self.with_sessions_ended(account_id, |connection| {
            connection.execute("UPDATE accounts SET password = ?2 WHERE account_id = ?1", params![account_id, password])
        })
    }

    /// Closes an account: its sessions end, its tokens are revoked, and what it follows is followed no more. What it did stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close_account(&mut self, now: Moment, account_id: i64) -> Result<(), Error> {
        self.with_sessions_ended(account_id, |connection| {
            let values = params![account_id, now.0];
            connection.execute("UPDATE tokens SET revoked_on = ?2 WHERE account_id = ?1 AND revoked_on IS NULL", values)?;
            connection.execute("UPDATE searches SET ended_on = ?2 WHERE account_id = ?1 AND ended_on IS NULL", values)?;
            connection.execute("UPDATE accounts SET closed_on = ?2 WHERE account_id = ?1 AND closed_on IS NULL", values)
        })
    }

    fn with_sessions_ended(
        &mut self,
        account_id: i64,
        change: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM sessions WHERE account_id = ?1", [account_id])?;
        change(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// Begins a session, known by the hash of its secret; sessions that ended go.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_session(&mut self, now: Moment, account_id: i64, hash: &[u8], ends_on: Moment) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM sessions WHERE ends_on <= ?1", [now.0])?;
        transaction.execute(
            "INSERT INTO sessions (hash, account_id, began_on, ends_on) VALUES (?1, ?2, ?3, ?4)",
            params![hash, account_id, now.0, ends_on.0],
        )?;
        Ok(transaction.commit()?)
    }

    /// Whose session it is, as long as it lasts.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn session(&self, now: Moment, hash: &[u8]) -> Result<Option<Account>, Error> {
        self.one_account(
            "SELECT a.* FROM sessions s JOIN accounts a USING (account_id)
             WHERE s.hash = ?1 AND s.ends_on > ?2 AND a.closed_on IS NULL",
            params![hash, now.0],
        )
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_session(&mut self, hash: &[u8]) -> Result<(), Error> {
        self.connection.execute("DELETE FROM sessions WHERE hash = ?1", [hash])?;
        Ok(())
    }

    /// Keeps a token, known by the hash of its secret; gives its key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_token(&mut self, now: Moment, account_id: i64, name: &str, hash: &[u8], scopes: &str) -> Result<i64, Error> {
        self.connection.execute(
            "INSERT INTO tokens (account_id, name, hash, scopes, made_on) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![account_id, name, hash, scopes, now.0],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Whose token it is, as long as it holds.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn token(&self, hash: &[u8]) -> Result<Option<(Account, Token)>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT *, account_id FROM tokens WHERE hash = ?1 AND revoked_on IS NULL")?;
        let found = statement.query_row([hash], |row| Ok((Token::of(row)?, row.get::<_, i64>("account_id")?))).optional()?;
        let Some((token, account_id)) = found else { return Ok(None) };
        let account =
            self.one_account("SELECT * FROM accounts WHERE account_id = ?1 AND closed_on IS NULL", params![account_id])?;
        Ok(account.map(|account| (account, token)))
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn touch_token(&mut self, now: Moment, token_id: i64) -> Result<(), Error> {
        self.connection.execute("UPDATE tokens SET used_on = ?2 WHERE token_id = ?1", params![token_id, now.0])?;
        Ok(())
    }

    /// The tokens of an account that hold, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn tokens(&self, account_id: i64) -> Result<Vec<Token>, Error> {
        let sql = "SELECT * FROM tokens WHERE account_id = ?1 AND revoked_on IS NULL ORDER BY token_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let tokens = statement.query_map([account_id], Token::of)?.collect::<Result<_, _>>()?;
        Ok(tokens)
    }

    /// Revokes a token of an account; gives whether there was one to revoke.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn revoke_token(&mut self, now: Moment, account_id: i64, token_id: i64) -> Result<bool, Error> {
        let n = self.connection.execute(
            "UPDATE tokens SET revoked_on = ?3 WHERE account_id = ?1 AND token_id = ?2 AND revoked_on IS NULL",
            params![account_id, token_id, now.0],
        )?;
        Ok(n == 1)
    }

    /// Logs what was done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn log(&mut self, now: Moment, by: &str, action: &str, target: &str, address: Option<&str>) -> Result<(), Error> {
        self.connection.execute(
            "INSERT INTO audit (done_on, by, action, target, address) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![now.0, by, action, target, address],
        )?;
        Ok(())
    }

    /// What was done, the newest first, before a key where one is given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn deeds(&self, before: Option<i64>, limit: u32) -> Result<Vec<Deed>, Error> {
        let sql = "SELECT * FROM audit WHERE audit_id < ?1 ORDER BY audit_id DESC LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let deed = |row: &Row<'_>| {
            Ok(Deed {
                audit_id: row.get("audit_id")?,
                done_on: Moment(row.get("done_on")?),
                by: row.get("by")?,
                action: row.get("action")?,
                target: row.get("target")?,
                address: row.get("address")?,
            })
        };
        let deeds = statement.query_map(params![before.unwrap_or(i64::MAX), limit], deed)?.collect::<Result<_, _>>()?;
        Ok(deeds)
    }
}
