//! `whimbrel account`: who may come in to the desk of a ledger, from the command line.

use std::io::Read as _;

use anyhow::{Context, bail};
use ledger::{Account, Ledger, Moment, Role};

use crate::args::{AccountArgs, AccountVerb, RoleWord};
use crate::{Outcome, output};

/// As whom the command line stands in the log.
const BY: &str = "command line";

fn now() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}

/// Runs the verb.
pub(crate) fn run(args: &AccountArgs) -> anyhow::Result<Outcome> {
    match &args.verb {
        AccountVerb::Add { name, role, password_stdin, at } => {
            let mut ledger = Ledger::open(&at.ledger)?;
            let name = desk::account_name(name)?;
            let (password, is_made) = password(*password_stdin)?;
            let role = match role {
                RoleWord::Reader => Role::Reader,
                RoleWord::Editor => Role::Editor,
                RoleWord::Admin => Role::Admin,
            };
            ledger.open_account(now(), &name, role, &desk::hash_password(&password)?)?;
            ledger.log(now(), BY, "account opened", &format!("{name} ({})", role.word()), None)?;
            told(&name, &password, is_made);
        }
        AccountVerb::Password { name, password_stdin, at } => {
            let mut ledger = Ledger::open(&at.ledger)?;
            let account = account(&ledger, name)?;
            let (password, is_made) = password(*password_stdin)?;
            ledger.set_password(account.account_id, &desk::hash_password(&password)?)?;
            ledger.log(now(), BY, "password changed", &account.name, None)?;
            told(&account.name, &password, is_made);
        }
        AccountVerb::Close { name, at } => {
            let mut ledger = Ledger::open(&at.ledger)?;
            let account = account(&ledger, name)?;
            ledger.close_account(now(), account.account_id)?;
            ledger.log(now(), BY, "account closed", &account.name, None)?;
            output::message(&format!("{} is closed; its sessions and tokens are worth nothing", account.name));
        }
        AccountVerb::List { at } => {
            for account in Ledger::open(&at.ledger)?.accounts()? {
                output::message(&format!("{}  {}", account.name, account.role.word()));
            }
        }
        AccountVerb::Token { name, scopes, called, at } => {
            let mut ledger = Ledger::open(&at.ledger)?;
            let account = account(&ledger, name)?;
            let secret = desk::new_secret()?;
            let words: Vec<&str> = scopes.iter().map(String::as_str).collect();
            ledger.add_token(now(), account.account_id, called, &desk::hash_secret(&secret), &words.join(" "))?;
            ledger.log(now(), BY, "token made", &format!("{called} of {}", account.name), None)?;
            output::message("the token, shown this once:");
            output::message(&secret);
        }
    }
    Ok(Outcome::Fine)
}

fn account(ledger: &Ledger, name: &str) -> anyhow::Result<Account> {
    if let Some(account) = ledger.account(name)? {
        return Ok(account);
    }
    let names: Vec<String> = ledger.accounts()?.into_iter().map(|account| account.name).collect();
    bail!("no account `{name}`; there {}", if names.is_empty() { "are none".to_owned() } else { format!("are {}", names.join(", ")) })
}

/// The password from standard input, or a new one; and whether it is new.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((desk::new_secret()?, true));
    }
    let mut password = String::new();
    std::io::stdin().take(4096).read_to_string(&mut password).context("no password on standard input")?;
    Ok((password.trim_end_matches(['\r', '\n']).to_owned(), false))
}

fn told(name: &str, password: &str, is_made: bool) {
    if is_made {
        output::message(&format!("the password of {name}, shown this once:"));
        output::message(password);
    } else {
        output::message(&format!("{name} logs in with the password given"));
    }
}
