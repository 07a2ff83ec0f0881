//! Every trick we know by which a customer's URL could reach what it must not, against real sockets.
//!
//! `127.0.0.2` plays the public internet (it is allow-listed) and `127.0.0.1` the private network:
//! nothing may ever connect to the latter.

mod literals;

use super::{
    loopback::{Names, Receiver, Script, Still, install_tls},
    *,
};
use literals::LITERALS;
use reqwest::header::HeaderMap;
use std::{io, net::IpAddr, sync::Arc};
use tokio::net::TcpListener;

/// A public and a private receiver on the same port, and the policy that tells them apart.
struct Stage {
    public: Receiver,
    private: Receiver,
    port: u16,
}

impl Stage {
    async fn set(public: Script) -> Self {
        let (one, two) = same_port().await;
        let port = one.local_addr().unwrap().port();
        let private = Receiver::on(one, Script::answer("200 OK", "", "the crown jewels"));
        Self { public: Receiver::on(two, public), private, port }
    }

    async fn ok() -> Self {
        Self::set(Script::answer("200 OK", "", "hello")).await
    }

    fn client(names: Arc<dyn NameLookup>) -> OutboundClient {
        install_tls();
        let settings = OutboundSettings { policy: Self::policy(), ..OutboundSettings::default() };
        OutboundClient::new(settings, names, Arc::new(Still(0))).unwrap()
    }

    fn policy() -> UrlPolicy {
        UrlPolicy { guard: AddressGuard::allowing(["127.0.0.2/32".parse().unwrap()]), allow_http: true }
    }

    fn url(&self, host: &str) -> CustomerUrl {
        CustomerUrl::from_stored(&format!("http://{host}:{}/hook", self.port)).unwrap()
    }

    fn assert_private_untouched(&self) {
        assert_eq!(self.private.seen().connections, 0);
    }
}

/// Two listeners on one port of `127.0.0.1` and `127.0.0.2`; another process may hold the second.
async fn same_port() -> (TcpListener, TcpListener) {
    loop {
        let one = TcpListener::bind("127.0.0.1:0").await.unwrap();
        match TcpListener::bind(("127.0.0.2", one.local_addr().unwrap().port())).await {
            Ok(two) => return (one, two),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::AddrInUse),
        }
    }
}

async fn post(client: &OutboundClient, url: &CustomerUrl) -> Result<u16, PostErrorKind> {
    let outcome = client.post(url, HeaderMap::new(), "{}").await;
    outcome.result.map(|answer| answer.status).map_err(|error| error.kind)
}

#[test]
fn no_way_to_write_a_private_address_is_accepted_as_an_endpoint() {
    for host in LITERALS {
        let error = CustomerUrl::parse("url", &format!("http://{host}/"), &Stage::policy()).unwrap_err();
        assert_eq!(error.code, "not_allowed", "{host}");
    }
}

#[tokio::test]
async fn no_way_to_write_a_private_address_is_dialled() {
    let stage = Stage::ok().await;
    let client = Stage::client(Arc::new(SystemLookup));
    for host in LITERALS {
        let outcome = post(&client, &stage.url(host)).await;
        assert_eq!(outcome, Err(PostErrorKind::ForbiddenAddress), "{host}");
    }
    stage.assert_private_untouched();
}

#[test]
fn urls_that_hide_their_host_are_refused_or_read_as_what_is_dialled() {
    for url in [
        "http://good.example@127.0.0.1/",
        "http://good.example:pw@127.0.0.1/",
        "http://127.0.0.1#@good.example/",
        "http://127.0.0.1?@good.example/",
        "http://127.0.0.1\\@good.example/",
        "http://good.example\\@127.0.0.1/",
        "http:127.0.0.1/",
        "http:/127.0.0.1/",
        "http:///127.0.0.1/",
        "http://127.0.0.1\t.good.example/",
        "http://127.0.0.1\n/",
        "http://127.0.0.1 .good.example/",
        "http://[::1%25lo]/",
        "http://[fe80::1%eth0]/",
        "http://256.256.256.256/",
        "http://127.0.0.0x1/",
        "http://localhost/",
        "http://loc\u{ad}alhost/",
        "http://\u{24db}ocalhost/",
        "http://LOCALHOST./",
        "http://x.localhost/",
        "//127.0.0.1/",
        "unix:///var/run/docker.sock",
        "file://127.0.0.1/etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "dict://127.0.0.1:11211/stats",
        "data:text/plain,x",
    ] {
        assert!(CustomerUrl::parse("url", url, &Stage::policy()).is_err(), "{url:?}");
    }
}

#[tokio::test]
async fn a_public_name_is_delivered_to() {
    let stage = Stage::ok().await;
    let client = Stage::client(Names::of("hook.example", &[&["127.0.0.2"]]));
    assert_eq!(post(&client, &stage.url("hook.example")).await, Ok(200));
    assert_eq!(stage.public.seen().requests.len(), 1);
    let (head, _) = &stage.public.seen().requests[0];
    assert!(head.contains(&format!("host: hook.example:{}", stage.port)), "{head}");
}

#[tokio::test]
async fn a_name_that_resolves_to_something_private_is_refused() {
    let stage = Stage::ok().await;
    for address in [
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "255.255.255.255",
    ] {
        let client = Stage::client(Names::of("evil.example", &[&[address]]));
        let outcome = post(&client, &stage.url("evil.example")).await;
        assert_eq!(outcome, Err(PostErrorKind::ForbiddenAddress), "{address}");
    }
    stage.assert_private_untouched();
}

#[tokio::test]
async fn a_private_address_beside_a_public_one_refuses_the_name_in_any_order() {
    let stage = Stage::ok().await;
    for turn in [&["127.0.0.2", "127.0.0.1"] as &[&str], &["127.0.0.1", "127.0.0.2"], &["127.0.0.2", "::1"]] {
        let client = Stage::client(Names::of("mixed.example", &[turn]));
        let outcome = post(&client, &stage.url("mixed.example")).await;
        assert_eq!(outcome, Err(PostErrorKind::ForbiddenAddress), "{turn:?}");
    }
    stage.assert_private_untouched();
    assert_eq!(stage.public.seen().connections, 0);
}

#[tokio::test]
async fn a_name_that_turns_private_after_the_check_is_dialled_where_it_was_checked() {
    let stage = Stage::ok().await;
    let names = Names::of("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let client = Stage::client(Arc::clone(&names) as Arc<dyn NameLookup>);
    // A client that asked once to check and again to connect would connect to the private receiver.
    assert_eq!(post(&client, &stage.url("rebind.example")).await, Ok(200));
    assert_eq!((names.lookups(), stage.public.seen().requests.len()), (1, 1));
    stage.assert_private_untouched();
}

#[tokio::test]
async fn a_name_that_turned_private_is_refused_at_the_next_connection() {
    let stage =
        Stage::set(Script::RawThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec()))
            .await;
    let names = Names::of("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"], &["127.0.0.2", "127.0.0.1"]]);
    let client = Stage::client(Arc::clone(&names) as Arc<dyn NameLookup>);
    let url = stage.url("rebind.example");
    assert_eq!(post(&client, &url).await, Ok(200));
    assert_eq!(post(&client, &url).await, Err(PostErrorKind::ForbiddenAddress));
    assert_eq!(post(&client, &url).await, Err(PostErrorKind::ForbiddenAddress));
    stage.assert_private_untouched();
}

#[tokio::test]
async fn a_redirect_to_something_private_is_not_followed() {
    for (status, target) in [
        ("301 Moved", "http://127.0.0.1:PORT/"),
        ("302 Found", "http://127.0.0.1:PORT/"),
        ("303 See Other", "http://localhost:PORT/"),
        ("307 Temporary", "http://2130706433:PORT/"),
        ("308 Permanent", "//127.0.0.1:PORT/"),
    ] {
        // The port is known only after the receivers listen, so the private one is found by its own.
        let lure = Stage::ok().await;
        let location = target.replace("PORT", &lure.port.to_string());
        let stage = Stage::set(Script::answer(status, &format!("location: {location}\r\n"), "")).await;
        let client = Stage::client(Names::of("hook.example", &[&["127.0.0.2"]]));
        let outcome = post(&client, &stage.url("hook.example")).await.unwrap();
        assert_eq!(outcome.to_string(), status[..3], "{location}");
        lure.assert_private_untouched();
        stage.assert_private_untouched();
    }
}

#[tokio::test]
async fn other_ways_to_point_elsewhere_are_not_followed() {
    let lure = Stage::ok().await;
    let port = lure.port;
    for header in [
        format!("refresh: 0; url=http://127.0.0.1:{port}/\r\n"),
        format!("alt-svc: http/1.1=\"127.0.0.1:{port}\"; ma=86400\r\n"),
        format!("link: <http://127.0.0.1:{port}/>; rel=preload\r\n"),
        format!("content-location: http://127.0.0.1:{port}/\r\n"),
    ] {
        let stage = Stage::set(Script::answer("200 OK", &header, "")).await;
        let client = Stage::client(Names::of("hook.example", &[&["127.0.0.2"]]));
        for _ in 0..2 {
            assert_eq!(post(&client, &stage.url("hook.example")).await, Ok(200));
        }
        lure.assert_private_untouched();
    }
}

#[tokio::test]
async fn the_same_refusal_holds_for_https() {
    let stage = Stage::ok().await;
    let client = Stage::client(Names::of("evil.example", &[&["127.0.0.1"]]));
    for host in ["127.0.0.1", "[::1]", "0x7f.1", "evil.example"] {
        let url = CustomerUrl::from_stored(&format!("https://{host}:{}/", stage.port)).unwrap();
        assert_eq!(post(&client, &url).await, Err(PostErrorKind::ForbiddenAddress), "{host}");
    }
    stage.assert_private_untouched();
}

#[tokio::test]
async fn a_stored_url_is_refused_once_the_policy_forbids_it() {
    install_tls();
    let stage = Stage::ok().await;
    let settings = OutboundSettings::default();
    let client = OutboundClient::new(settings, Arc::new(SystemLookup), Arc::new(Still(0))).unwrap();
    assert_eq!(post(&client, &stage.url("127.0.0.2")).await, Err(PostErrorKind::ForbiddenAddress));
    assert_eq!(stage.public.seen().connections, 0);
}

#[tokio::test]
async fn a_refusal_does_not_tell_what_the_name_resolves_to() {
    let stage = Stage::ok().await;
    let client = Stage::client(Names::of("evil.example", &[&["10.20.30.40"]]));
    let outcome = client.post(&stage.url("evil.example"), HeaderMap::new(), "{}").await;
    assert!(!outcome.result.unwrap_err().to_string().contains("10.20"));
}

#[tokio::test]
async fn the_system_resolver_is_guarded_too() {
    let stage = Stage::ok().await;
    let client = Stage::client(Arc::new(SystemLookup));
    assert_eq!(post(&client, &stage.url("localhost")).await, Err(PostErrorKind::ForbiddenAddress));
    stage.assert_private_untouched();
}

#[test]
fn the_table_has_no_repeats() {
    let mut hosts = LITERALS.to_vec();
    hosts.sort_unstable();
    hosts.dedup();
    assert_eq!(hosts.len(), LITERALS.len());
    assert!(hosts.len() >= 40);
    assert!(Stage::policy().guard.check(IpAddr::from([127, 0, 0, 2])).is_ok());
}
