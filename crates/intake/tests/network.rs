//! What is fetched and what is not, against a server in this process; time is passed in and nothing waits.

mod server;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use whimbrel_intake::{
    Clock, Failure, FeedAddress, FetchError, Fetcher, Health, Network, Options, Stage, Stories, Story, Validators, Watch, WatchOptions,
};

use server::{Server, ok, rss, status};

/// A clock that stands still but for sleeps.
struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2026-11-02T08:00:00Z".parse().expect("it is a moment"))))
    }

    fn set(&self, moment: Timestamp) {
        *self.0.lock().expect("nobody panicked") = moment;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }

    fn sleep(&self, duration: Duration) {
        let mut now = self.0.lock().expect("nobody panicked");
        *now = now.checked_add(duration).expect("sleeps are short");
    }
}

fn network() -> Network {
    Network { allow_private: true, timeout: Duration::from_secs(5), ..Network::default() }
}

fn fetcher(network: Network) -> (Fetcher, Arc<ManualClock>) {
    let clock = ManualClock::new();
    (Fetcher::new(network, clock.clone()), clock)
}

fn get(fetcher: &mut Fetcher, url: &str) -> Result<String, FetchError> {
    fetcher.get(url, &Validators::default()).map(|answer| String::from_utf8_lossy(&answer.bytes).into_owned())
}

#[test]
fn this_machine_is_refused_unless_it_is_allowed() {
    let server = Server::new(&[("/", ok("", "secret"))]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"] {
        let url = format!("http://{host}:{}/", server.address.port());
        let error = get(&mut fetcher(Network::default()).0, &url).expect_err(host);
        assert!(matches!(error, FetchError::Private(_) | FetchError::Unreachable(_)), "{host}: {error:?}");
    }
    assert!(server.take_paths().is_empty(), "nothing may reach the server");
    assert_eq!(get(&mut fetcher(network()).0, &server.url("/")).as_deref(), Ok("secret"));
    for address in ["file:///etc/passwd", "ftp://h.example/", "http://", "gopher://h.example/"] {
        assert!(matches!(get(&mut fetcher(network()).0, address), Err(FetchError::Address(_))), "{address}");
    }
}

#[test]
fn redirects_are_checked_and_counted() {
    let server = Server::new(&[("/loop", status("302 Found", "Location: /loop\r\n")), ("/end", ok("", "there"))]);
    server.set("/once", status("301 Moved", "Location: end\r\n"));
    server.set("/inside", status("302 Found", &format!("Location: http://127.0.0.1:{}/end\r\n", server.address.port())));
    server.set("/file", status("302 Found", "Location: file:///etc/passwd\r\n"));
    assert_eq!(get(&mut fetcher(network()).0, &server.url("/once")).as_deref(), Ok("there"));
    assert_eq!(get(&mut fetcher(network()).0, &server.url("/loop")), Err(FetchError::Redirects(5)));
    assert!(matches!(get(&mut fetcher(network()).0, &server.url("/file")), Err(FetchError::Address(_))));
    // A host that may be asked sends the program to one that may not.
    server.take_paths();
    let trusted = Network { allow_private: false, private_hosts: vec!["localhost".to_owned()], ..network() };
    let url = format!("http://localhost:{}/inside", server.address.port());
    let error = get(&mut fetcher(trusted).0, &url).expect_err("127.0.0.1 is not `localhost`");
    assert!(matches!(error, FetchError::Private(_)), "{error:?}");
    assert_eq!(server.take_paths(), ["/inside"]);
}

#[test]
fn answers_are_bounded_in_size_and_time() {
    let server = Server::new(&[("/long", ok("", &"a".repeat(2000)))]);
    let small = Network { answer_bytes: 1000, ..network() };
    assert_eq!(get(&mut fetcher(small).0, &server.url("/long")), Err(FetchError::TooLong(1000)));
    // A host that takes the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}/", silent.local_addr().expect("it is bound"));
    let quick = Network { timeout: Duration::from_millis(200), ..network() };
    assert_eq!(get(&mut fetcher(quick).0, &url), Err(FetchError::Timeout));
}

#[test]
fn robots_are_asked_once_and_obeyed() {
    let robots = ok("", "User-agent: whimbrel\nDisallow: /private\nCrawl-delay: 7\n");
    let server = Server::new(&[("/robots.txt", robots), ("/a", ok("", "a")), ("/private/b", ok("", "b"))]);
    let (mut fetcher, clock) = fetcher(network());
    let begun = clock.now();
    assert!(get(&mut fetcher, &server.url("/a")).is_ok());
    assert!(matches!(get(&mut fetcher, &server.url("/private/b")), Err(FetchError::Robots(_))));
    assert!(get(&mut fetcher, &server.url("/a")).is_ok());
    assert_eq!(clock.now().duration_since(begun).as_secs(), 7, "the pause that the host asks for is kept");
    let n_robots = server.requests.lock().expect("nobody panicked").iter().filter(|it| it.path == "/robots.txt").count();
    assert_eq!(n_robots, 1);
    assert_eq!(server.take_paths(), ["/a", "/a"]);
    server.set("/robots.txt", status("503 Unavailable", ""));
    let (mut other, _) = self::fetcher(network());
    assert!(matches!(get(&mut other, &server.url("/a")), Err(FetchError::Robots(_))), "rules that cannot be had close a host");
}

const PAGE: &str = "<html><head><title>T</title></head><body><article><p>Kabul said on Monday that talks with its neighbour were off, after \
    weeks of shelling along the border between the two countries.</p><p>Officials in Islamabad, who had prepared for the visit, said that \
    they had not been told, and that the door was open.</p></article></body></html>";

fn ids(records: &[Result<Story, Failure>]) -> Vec<String> {
    records.iter().map(|it| it.as_ref().map_or_else(|failure| failure.reason.clone(), |story| story.metadata.id.clone())).collect()
}

#[test]
fn addresses_are_inputs_and_links_are_followed_only_when_asked() {
    let server = Server::new(&[("/story/1", ok("Content-Type: text/html; charset=utf-8\r\n", PAGE))]);
    server.set("/feed", ok("Content-Type: application/rss+xml\r\n", &rss(&server, &[1, 2])));
    let open = |path: &str, network: Network| -> Vec<Result<Story, Failure>> {
        let options = Options { network: Network { host_pause: Duration::ZERO, ..network }, ..Options::default() };
        Stories::open_with(&[PathBuf::from(server.url(path))], options).collect()
    };
    let taken = open("/story/1", network());
    let story = taken[0].as_ref().expect("the page is sound");
    assert!(story.text.contains("the door was open"), "{}", story.text);
    assert_eq!(story.metadata.url.as_deref(), Some(server.url("/story/1").as_str()));
    let taken = open("/feed", network());
    assert_eq!(taken[0].as_ref().expect("the entry is sound").text, "Story 1.");
    let taken = open("/feed", Network { follow_links: true, ..network() });
    let story = taken[0].as_ref().expect("the page is sound");
    assert!(story.text.contains("the door was open") && story.metadata.publisher.as_deref() == Some("The Paper"), "{story:?}");
    let failure = taken[1].as_ref().expect_err("there is no page");
    assert_eq!((failure.stage, failure.record), (Stage::Fetch, 2));
    assert!(failure.reason.contains("status 404"), "{failure}");
    let failure = open("/none", network()).remove(0).expect_err("there is no page");
    assert_eq!(failure.stage, Stage::Fetch);
}

fn watch(server: &Server, clock: &Arc<ManualClock>) -> Watch {
    let feeds = [FeedAddress { url: server.url("/feed"), title: None }];
    Watch::new(&feeds, WatchOptions { network: network(), ..WatchOptions::default() }, clock.clone())
}

#[test]
fn a_watch_gives_what_is_new_and_asks_only_for_changes() {
    let server = Server::new(&[]);
    let headers = "Content-Type: application/rss+xml\r\nETag: \"v1\"\r\nLast-Modified: Mon, 02 Nov 2026 07:00:00 GMT\r\n";
    server.set("/feed", ok(headers, &rss(&server, &[2, 1])));
    let clock = ManualClock::new();
    let mut watch = watch(&server, &clock);
    let round = watch.poll().expect("it is due at once");
    assert_eq!(ids(&round.records), ["g1", "g2"], "the oldest comes first");
    assert!(watch.poll().is_none(), "nothing is due before its time");
    let next = watch.next_due().expect("it will be asked again");
    let minutes = next.duration_since(clock.now()).as_secs() as f64 / 60.0;
    assert!((13.4..16.7).contains(&minutes), "15 minutes and a jitter of a tenth: {minutes}");
    server.set("/feed", status("304 Not Modified", ""));
    clock.set(next);
    let round = watch.poll().expect("it is due");
    assert!(round.is_unchanged && round.records.is_empty());
    let headers = server.last().headers;
    assert_eq!(headers.get("if-none-match").map(String::as_str), Some("\"v1\""));
    assert_eq!(headers.get("if-modified-since").map(String::as_str), Some("Mon, 02 Nov 2026 07:00:00 GMT"));
    server.set("/feed", ok("", &rss(&server, &[3, 2, 1])));
    clock.set(watch.next_due().expect("it will be asked again"));
    assert_eq!(ids(&watch.poll().expect("it is due").records), ["g3"]);
    // What is known can be stored, and a watch goes on with it.
    let stored = serde_json::to_string(watch.feeds()).expect("it is plain data");
    let feeds = serde_json::from_str(&stored).expect("it is what was written");
    clock.set(watch.next_due().expect("it will be asked again"));
    let mut resumed = Watch::resume(feeds, WatchOptions { network: network(), ..WatchOptions::default() }, clock.clone());
    assert_eq!(ids(&resumed.poll().expect("it is due").records), Vec::<String>::new());
}

#[test]
fn a_watch_backs_off_and_gives_up_what_is_gone() {
    let server = Server::new(&[("/feed", status("500 Broken", ""))]);
    let clock = ManualClock::new();
    let mut watch = watch(&server, &clock);
    let mut waits = Vec::new();
    for _ in 0..12 {
        let round = watch.poll().expect("it is due");
        assert!(round.records[0].as_ref().is_err_and(|it| it.stage == Stage::Fetch), "{round:?}");
        let next = round.next_due.expect("it will be asked again");
        waits.push(next.duration_since(clock.now()).as_secs());
        clock.set(next);
    }
    assert!(waits[1] > waits[0] * 3 / 2 && waits[2] > waits[1] * 3 / 2, "the wait doubles: {waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 27 * 3600), "and stays within about a day: {waits:?}");
    server.set("/feed", status("429 Too Many", "Retry-After: 200000\r\n"));
    let next = watch.poll().expect("it is due").next_due.expect("it will be asked again");
    assert!(next.duration_since(clock.now()).as_secs() >= 24 * 3600, "what the host asks for is kept, up to a day");
    clock.set(next);
    server.set("/feed", status("410 Gone", ""));
    assert_eq!(watch.poll().expect("it is due").next_due, None);
    assert_eq!(watch.next_due(), None);
}

#[test]
fn a_feed_that_moved_for_good_is_asked_where_it_is_now() {
    let server = Server::new(&[("/feed", status("301 Moved", "Location: /new\r\n"))]);
    server.set("/new", ok("", &rss(&server, &[1])));
    let clock = ManualClock::new();
    let mut watch = watch(&server, &clock);
    let round = watch.poll().expect("it is due");
    assert_eq!(ids(&round.records), ["g1"]);
    assert_eq!(round.feed.moved_to, Some(server.url("/new")));
    assert_eq!(round.feed.url, server.url("/feed"), "it keeps the name under which it is known");
    server.take_paths();
    clock.set(watch.next_due().expect("it will be asked again"));
    assert!(watch.poll().is_some_and(|round| round.records.is_empty()));
    assert_eq!(server.take_paths(), ["/new"]);
    // Where the new address fails, the old one is asked again.
    server.set("/new", status("404 Not Found", ""));
    server.set("/feed", ok("", &rss(&server, &[2])));
    clock.set(watch.next_due().expect("it will be asked again"));
    let round = watch.poll().expect("it is due");
    assert_eq!((round.feed.health(), round.feed.n_failures), (Health::Failing, 1));
    clock.set(watch.next_due().expect("it will be asked again"));
    assert_eq!(ids(&watch.poll().expect("it is due").records), ["g2"]);
    // Moved for a while is not moved.
    server.set("/feed", status("302 Found", "Location: /else\r\n"));
    server.set("/else", ok("", &rss(&server, &[])));
    clock.set(watch.next_due().expect("it will be asked again"));
    let round = watch.poll().expect("it is due");
    assert_eq!((round.feed.moved_to.as_deref(), round.feed.health()), (None, Health::Empty));
}

#[test]
fn an_entry_whose_page_is_down_is_tried_again_and_not_for_ever() {
    let server = Server::new(&[("/story/2", ok("Content-Type: text/html\r\n", PAGE))]);
    server.set("/feed", ok("ETag: \"v1\"\r\n", &rss(&server, &[2, 1])));
    let clock = ManualClock::new();
    let feeds = [FeedAddress { url: server.url("/feed"), title: None }];
    let network = Network { follow_links: true, host_pause: Duration::ZERO, ..network() };
    let mut watch = Watch::new(&feeds, WatchOptions { network, ..WatchOptions::default() }, clock.clone());
    let mut tries = Vec::new();
    for _ in 0..5 {
        let round = watch.poll().expect("it is due");
        tries.push(round.records.len());
        clock.set(watch.next_due().expect("it will be asked again"));
    }
    assert_eq!(tries, [2, 1, 1, 0, 0], "the page that was had is not asked for again, the other three times");
}

#[test]
fn a_cron_job_asks_what_no_failure_holds_back() {
    let server = Server::new(&[("/feed", status("429 Too Many", "Retry-After: 600\r\n"))]);
    server.set("/fine", ok("", &rss(&server, &[1])));
    let clock = ManualClock::new();
    let feeds = ["/feed", "/fine"].map(|path| FeedAddress { url: server.url(path), title: None });
    let mut watch = Watch::new(&feeds, WatchOptions { network: network(), ..WatchOptions::default() }, clock.clone());
    assert_eq!(watch.hasten(), 2);
    while watch.poll().is_some() {}
    assert_eq!(watch.hasten(), 1);
    assert_eq!(watch.poll().expect("it is due").feed.url, server.url("/fine"));
    assert!(watch.poll().is_none());
}
