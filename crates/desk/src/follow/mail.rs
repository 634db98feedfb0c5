//! Letters by SMTP.

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};

use crate::error::Error;

/// A mail server, and who writes.
#[derive(Clone, Debug)]
pub struct Mail {
    server: SmtpTransport,
    from: Mailbox,
}

fn fault(field: &'static str, reason: impl std::fmt::Display) -> Error {
    Error::Field { field: field.into(), reason: reason.to_string() }
}

impl Mail {
    /// A server by its address (`smtps://user:password@mail.example`, `smtp://mail.example:587?tls=required`) and the sender of letters.
    ///
    /// # Errors
    /// When either is none.
    pub fn new(server: &str, from: &str) -> Result<Self, Error> {
        // The address may hold a password, so that it is not repeated.
        let server = SmtpTransport::from_url(server)
            .map_err(|_| fault("smtp", "is no mail server; write it as smtps://user:password@mail.example"))?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Self { server, from: mailbox(from)? })
    }

    /// Sends a letter of plain text.
    ///
    /// # Errors
    /// When an address is none, or the server does not take it.
    pub(crate) fn send(&self, to: &str, subject: &str, body: String) -> Result<(), Error> {
        let letter = Message::builder()
            .from(self.from.clone())
            .to(mailbox(to)?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|error| fault("mail", error))?;
        self.server.send(&letter).map(|_| ()).map_err(|error| fault("mail", error))
    }
}

/// Reads a mail address.
///
/// # Errors
/// When it is none.
pub(crate) fn mailbox(address: &str) -> Result<Mailbox, Error> {
    address.parse().map_err(|_| fault("mail", "is no mail address; write it as ada@example.org"))
}
