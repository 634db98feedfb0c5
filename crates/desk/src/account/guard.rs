//! In front of all routes: which host is asked, how often, by whom, with what right, and whether another site sent it.
//!
//! What a request may do is decided here alone, by its method and path, so that no route can forget to ask.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Role;

use crate::account::secret::same;
use crate::account::visitor::{Visitor, Way, identify, is_bearer};
use crate::api::Problem;
use crate::desk::{Desk, Hosts};
use crate::error::Error;

/// The most bytes of a form.
const FORM: usize = 1 << 20;

/// The scopes of tokens, with what each allows.
pub const SCOPES: [(&str, &str); 3] = [
    ("read", "ask questions and have stories read"),
    ("add", "add stories to the ledger"),
    ("correct", "add notes and corrections"),
];

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Nothing: the way in, and what has a secret of its own.
    Nothing,
    /// An account of this role, or a token of this scope; `None` where no token will do.
    Role(Role, Option<&'static str>),
}

/// What a request needs, by its method and path.
fn need(method: &Method, path: &str) -> Need {
    let is_asking = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match path {
        "/login" | "/api/v1/health" | "/api/v1/openapi.json" | "/favicon.ico" => Need::Nothing,
        _ if below("/assets") || below("/feeds") => Need::Nothing,
        _ if below("/admin") || below("/api/v1/audit") => Need::Role(Role::Admin, None),
        _ if below("/account") => Need::Role(Role::Reader, None),
        _ if is_asking => Need::Role(Role::Reader, Some("read")),
        "/logout" => Need::Role(Role::Reader, None),
        "/api/v1/read" | "/api/v1/sql" => Need::Role(Role::Reader, Some("read")),
        "/api/v1/stories" => Need::Role(Role::Editor, Some("add")),
        _ if below("/follow") || below("/api/v1/follow") => Need::Role(Role::Reader, None),
        _ if below("/corrections") || below("/api/v1/corrections") => Need::Role(Role::Editor, Some("correct")),
        _ => Need::Role(Role::Editor, None),
    }
}

/// Lets a request through to its route, or says why not.
pub(crate) async fn guard(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    match admit(&desk, &mut request).await {
        Ok(()) if uri.path().starts_with("/api/") => told_to_program(next.run(request).await).await,
        Ok(()) => next.run(request).await,
        Err(error) => refuse(&uri, request.method(), error),
    }
}

/// The most bytes of a reason that is told again.
const REASON: usize = 4 << 10;

/// An error that was told in plain words, as by what reads bodies and paths, in the form that programs expect.
async fn told_to_program(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || kind.starts_with("application/") {
        return response;
    }
    let reason = axum::body::to_bytes(response.into_body(), REASON).await.unwrap_or_default();
    Problem(Error::Told(status, String::from_utf8_lossy(&reason).into_owned())).into_response()
}

/// A refusal in the form that the path's readers expect.
fn refuse(uri: &Uri, method: &Method, error: Error) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem(error).into_response();
    }
    if matches!(error, Error::NotIn(_)) && *method == Method::GET {
        let whole = uri.path_and_query().map_or("/", |whole| whole.as_str());
        let next: String = form_urlencoded::byte_serialize(whole.as_bytes()).collect();
        return Redirect::to(&format!("/login?next={next}")).into_response();
    }
    error.into_response()
}

async fn admit(desk: &Desk, request: &mut Request) -> Result<(), Error> {
    check_host(desk, request)?;
    let peer = peer(request);
    if let (Some(rate), Some(address)) = (desk.rate(), peer)
        && !address.is_loopback()
        && !rate.allows(address)
    {
        return Err(Error::TooOften(std::time::Duration::from_secs(1)));
    }
    let need = need(request.method(), request.uri().path());
    // A wrong token is no reason to keep someone from logging in.
    let visitor = match identify(desk, request.headers()) {
        Err(Error::NotIn(_)) if need == Need::Nothing => None,
        other => other?,
    };
    let is_unsafe = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_unsafe {
        let by_token = visitor.as_ref().is_some_and(|visitor| matches!(visitor.way, Way::Token(_)));
        if !by_token {
            check_site(request.headers(), desk.public())?;
        }
    }
    if let Need::Role(role, scope) = need {
        let visitor = visitor.as_ref().ok_or(Error::NotIn("log in, or send a token as `authorization: bearer …`"))?;
        check_right(visitor, role, scope)?;
        if is_unsafe {
            check_form(visitor, request).await?;
        }
    }
    if let Some(visitor) = visitor {
        request.extensions_mut().insert(visitor);
    }
    Ok(())
}

/// The address of whoever asks.
fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// That the host asked for is ours: a name that was made to lead to this machine is not (DNS rebinding).
fn check_host(desk: &Desk, request: &Request) -> Result<(), Error> {
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(axum::http::uri::Authority::as_str).or(header).unwrap_or("");
    let name = host_name(host).to_ascii_lowercase();
    let is_loopback = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_ours = match desk.hosts() {
        Hosts::Any => !name.is_empty(),
        Hosts::Loopback => is_loopback,
        Hosts::Named(names) => is_loopback || names.iter().any(|ours| ours.eq_ignore_ascii_case(&name)),
    };
    if is_ours { Ok(()) } else { Err(Error::OtherHost(host.to_owned())) }
}

/// A host without its port, an IPv6 address without its brackets.
fn host_name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

/// That a browser sends it from a page of ours; a proxy may have changed the host that we hear.
fn check_site(headers: &HeaderMap, public: Option<&str>) -> Result<(), Error> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Error::Forged);
    }
    if let Some(origin) = text("origin") {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let is_ours = public == Some(origin) || authority.is_some() && authority == text("host");
        if !is_ours {
            return Err(Error::Forged);
        }
    }
    Ok(())
}

fn check_right(visitor: &Visitor, role: Role, scope: Option<&'static str>) -> Result<(), Error> {
    if visitor.role < role {
        return Err(Error::Forbidden(format!("it takes the role {}, and {} is {}", role.word(), visitor.name, visitor.role.word())));
    }
    if let Way::Token(scopes) = &visitor.way {
        let Some(scope) = scope else { return Err(Error::Forbidden("no token will do; log in".to_owned())) };
        if !scopes.split_whitespace().any(|own| own == scope) {
            return Err(Error::Forbidden(format!("it takes a token of the scope `{scope}`, and this one has `{scopes}`")));
        }
    }
    Ok(())
}

/// That a form or a script gives back what only a page of ours could have told it.
async fn check_form(visitor: &Visitor, request: &mut Request) -> Result<(), Error> {
    let is_browser = request.headers().contains_key("origin") || request.headers().contains_key("sec-fetch-site");
    match &visitor.way {
        // Browsers send what basic authentication has by themselves, also for other sites.
        Way::Token(_) if !is_bearer(request.headers()) => return Err(Error::Forbidden("send the token as a bearer".to_owned())),
        Way::Token(_) => return Ok(()),
        // Without accounts there is no cookie that another site could ride on; a program need not fetch a page first.
        Way::Open if !is_browser => return Ok(()),
        Way::Open | Way::Session(_) => {}
    }
    if let Some(given) = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok()) {
        return if same(given, &visitor.csrf) { Ok(()) } else { Err(Error::Forged) };
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::Forged);
    }
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let bytes = axum::body::to_bytes(body, FORM).await.map_err(|_| Error::TooLong(FORM))?;
    let is_ours = form_urlencoded::parse(&bytes).any(|(key, value)| key == "csrf" && same(&value, &visitor.csrf));
    *request.body_mut() = Body::from(bytes);
    if is_ours { Ok(()) } else { Err(Error::Forged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_needs_more_than_asking() {
        let role = |method: Method, path: &str| need(&method, path);
        assert_eq!(role(Method::GET, "/agenda"), Need::Role(Role::Reader, Some("read")));
        assert_eq!(role(Method::POST, "/whatever/comes"), Need::Role(Role::Editor, None));
        assert_eq!(role(Method::GET, "/admin"), Need::Role(Role::Admin, None));
        assert_eq!(role(Method::GET, "/admin/accounts"), Need::Role(Role::Admin, None));
        assert_eq!(role(Method::GET, "/administration"), Need::Role(Role::Reader, Some("read")));
        assert_eq!(role(Method::POST, "/login"), Need::Nothing);
        assert_eq!(role(Method::POST, "/loginx"), Need::Role(Role::Editor, None));
    }

    #[test]
    fn hosts_are_told_from_ports() {
        for (host, name) in [("localhost:80", "localhost"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("desk", "desk"), ("", "")] {
            assert_eq!(host_name(host), name);
        }
    }
}
