//! Sending to http(s) addresses, with the same bounds as fetching: time, sizes, and no private network unless it is allowed.

use std::net::{IpAddr, Ipv4Addr};

use url::Host;

use crate::address::is_public;
use crate::fetch::{FetchError, agent, explained, parsed};
use crate::limits::Network;

/// Sends a body to an address, once, and follows no redirect.
///
/// # Errors
/// When it is no address, leads to a private network, is not reached in time, or answers with a status outside of 200 to 299.
pub fn post(network: &Network, address: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<(), FetchError> {
    let url = parsed(address)?;
    let mut request = agent(network).post(url.as_str());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let status = request.send(body).map_err(|error| explained(&error))?.status().as_u16();
    if (200..300).contains(&status) { Ok(()) } else { Err(FetchError::Status { status, retry_after: None }) }
}

/// Looks at an address before anything is sent to it: whether it is one, and, where its host is written as a number, whether that is
/// allowed. Names are looked at again each time they are resolved.
///
/// # Errors
/// When it is no http(s) address, or leads where nothing may be sent.
pub fn check_address(network: &Network, address: &str) -> Result<(), FetchError> {
    let url = parsed(address)?;
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(name)) if name.eq_ignore_ascii_case("localhost") => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => None,
    };
    match literal {
        Some(at) if !network.allow_private && !is_public(at) => {
            Err(FetchError::Private(format!("{at} is an address of a private network or of this machine")))
        }
        _ => Ok(()),
    }
}
