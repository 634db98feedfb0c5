//! XML elements, written one by one; nothing that a story says can close one.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::error::Error;

/// A document that is being written.
pub(super) struct Xml<'w>(Writer<&'w mut dyn Write>);

impl<'w> Xml<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Result<Self, Error> {
        let mut xml = Self(Writer::new_with_indent(out, b' ', 1));
        xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        Ok(xml)
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Error> {
        Ok(self.0.write_event(Event::Start(start(name, attributes)))?)
    }

    pub(super) fn close(&mut self, name: &str) -> Result<(), Error> {
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Error> {
        Ok(self.0.write_event(Event::Empty(start(name, attributes)))?)
    }

    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<(), Error> {
        self.open(name, attributes)?;
        // Control characters have no form in XML at all.
        self.0.write_event(Event::Text(BytesText::new(&text::one_line(text))))?;
        self.close(name)
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, text::one_line(value).as_str()));
    }
    start
}
