//! `whimbrel serve`: the desk over a ledger, with the reader of this program behind it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use codebook::{Codebook, Coding};
use desk::{Desk, Hosts, Mail, Settings};
use text::{Document, Metadata};
use whimbrel::Reader;

use crate::args::{ResolveArgs, ServeArgs};
use crate::read::reader;
use crate::{Outcome, output, settle};

/// Reads and settles for the desk.
struct Program(Reader);

impl desk::Reader for Program {
    fn codebook(&self) -> &Codebook {
        self.0.codebook()
    }

    fn model_name(&self) -> &str {
        self.0.model_name()
    }

    fn read(&self, text: String, metadata: Metadata) -> (Document, Coding) {
        let reading = self.0.read(text, metadata);
        (reading.document, reading.coding)
    }

    fn settle(&self, ledger: &Path) -> Result<(), String> {
        let args = ResolveArgs { ledger: ledger.to_path_buf(), rebuild: false };
        settle::run(&args).map(|_| ()).map_err(|error| format!("{error:#}"))
    }
}

/// Runs the verb.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<Outcome> {
    let reader = reader(args.weights.as_deref(), args.data.as_deref())?;
    let host = args.public.as_deref().and_then(|public| public.split("://").nth(1));
    let hosts = match host {
        _ if args.any_host => Hosts::Any,
        Some(host) => Hosts::Named(vec![host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned()]),
        None if args.addr.ip().is_loopback() => Hosts::Loopback,
        None if args.addr.ip().is_unspecified() => Hosts::Any,
        None => Hosts::Named(vec![args.addr.ip().to_string()]),
    };
    let settings = Settings {
        hosts,
        public: args.public.clone(),
        allow_private: args.allow_private,
        mail: mail()?,
        digest_hour: args.digest_hour,
        ..Settings::new(args.ledger.clone())
    };
    let desk = Desk::open(settings, Arc::new(Program(reader)))?;
    desk::serve(
        &desk,
        args.addr,
        |address| output::message(&format!("the desk is at http://{address} (Ctrl-C ends it)")),
        |error| output::message(&format!("error: {error}")),
    )?;
    Ok(Outcome::Fine)
}

/// The mail server, from the environment: its address may hold a password, which no command line should.
fn mail() -> anyhow::Result<Option<Mail>> {
    let Ok(server) = std::env::var("WHIMBREL_SMTP") else { return Ok(None) };
    let from = std::env::var("WHIMBREL_MAIL_FROM").context("WHIMBREL_SMTP is set, WHIMBREL_MAIL_FROM is not")?;
    Ok(Some(Mail::new(&server, &from)?))
}
