//! A server of the test's own process: answers by path, and remembers what it was asked.

#![allow(dead_code, reason = "each test that includes this room uses its own part of it")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

/// A server of this process that answers by path until the test ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Server {
    pub(crate) fn new(answers: &[(&str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let answers = answers.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect();
        let answers: Arc<Mutex<BTreeMap<String, String>>> = Arc::new(Mutex::new(answers));
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (seen, given) = (Arc::clone(&requests), Arc::clone(&answers));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(&stream, &seen, &given);
            }
        });
        Self { address, requests, answers }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers a path with this from now on.
    pub(crate) fn set(&self, path: &str, answer: String) {
        self.answers.lock().expect("nobody panicked").insert(path.to_owned(), answer);
    }

    /// Paths that were asked for since the last call, robots.txt apart.
    pub(crate) fn take_paths(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.requests.lock().expect("nobody panicked"));
        requests.into_iter().map(|request| request.path).filter(|path| path != "/robots.txt").collect()
    }

    pub(crate) fn last(&self) -> Request {
        self.requests.lock().expect("nobody panicked").last().expect("there was a request").clone()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<Request>>, answers: &Mutex<BTreeMap<String, String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    seen.lock().expect("nobody panicked").push(Request { path: path.clone(), headers });
    let answer = answers.lock().expect("nobody panicked").get(&path).cloned();
    let answer = answer.unwrap_or_else(|| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    (&*stream).write_all(answer.as_bytes()).ok()
}

/// An answer with status 200; each header ends with `\r\n`.
pub(crate) fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// An answer of a status without a body.
pub(crate) fn status(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n")
}

/// A feed whose entries have these numbers.
pub(crate) fn rss(server: &Server, numbers: &[u32]) -> String {
    let items: String = numbers
        .iter()
        .map(|number| {
            let link = server.url(&format!("/story/{number}"));
            format!("<item><guid>g{number}</guid><title>T{number}</title><link>{link}</link><description>Story {number}.</description></item>")
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>The Paper</title>{items}</channel></rss>")
}
