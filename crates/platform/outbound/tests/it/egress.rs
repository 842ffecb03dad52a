//! However an address inside is written, named or hidden behind a name, nobody connects to it.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use tenon_outbound::{
    Egress, EgressConfig, EgressFault, ForbiddenUrl, Lookup, Network, SystemLookup,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Listens on a loopback address, counts who comes, and answers as told.
struct Canary {
    address: SocketAddr,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    async fn on(address: IpAddr, port: u16, answer: &'static str) -> io::Result<Self> {
        let listener = TcpListener::bind((address, port)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut request = [0; 4_096];
                    drop(stream.read(&mut request).await);
                    drop(stream.write_all(answer.as_bytes()).await);
                });
            }
        });
        Ok(Self { address, seen })
    }

    async fn start(answer: &'static str) -> Self {
        Self::on(Ipv4Addr::LOCALHOST.into(), 0, answer)
            .await
            .expect("a port is free")
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

const OK: &str = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Names with what they stand for, one answer after another; the last one stays.
#[derive(Default)]
struct Names(Mutex<BTreeMap<&'static str, Vec<Vec<IpAddr>>>>);

impl Names {
    fn of(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let parse = |texts: &&[&str]| texts.iter().map(|it| it.parse().expect("good")).collect();
        let names = names
            .iter()
            .map(|(name, answers)| (*name, answers.iter().map(parse).collect()));
        Arc::new(Self(Mutex::new(names.collect())))
    }
}

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().expect("no test panics here");
        let Some(answers) = names.get_mut(name) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if answers.len() > 1 {
            return Ok(answers.remove(0));
        }
        Ok(answers[0].clone())
    }
}

fn egress(port: u16, allowed: &[&str], lookup: Arc<dyn Lookup>) -> Egress {
    let config = EgressConfig {
        user_agent: "test".to_owned(),
        timeout: Duration::from_secs(2),
        allow_http: true,
        further_ports: vec![port],
        allowed_networks: allowed
            .iter()
            .map(|it| it.parse::<Network>().expect("good"))
            .collect(),
    };
    Egress::new(config, lookup).expect("TLS is there")
}

async fn post(egress: &Egress, url: &str) -> Result<u16, EgressFault> {
    let answer = egress.post(url, HeaderMap::new(), b"{}".to_vec()).await?;
    Ok(answer.status.as_u16())
}

/// Ways to write an address inside; `PORT` is one on which somebody listens, and which is allowed.
const FORMS: &[&str] = &[
    "http://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.000.000.001:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://127.1.:PORT/",
    "http://2130706433:PORT/",
    "http://2130706433.:PORT/",
    "http://0x7f000001:PORT/",
    "http://0X7F.1:PORT/",
    "http://0x7f.0x0.0x0.0x1:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0177.0.0.01:PORT/",
    "http://017700000001:PORT/",
    "http://0177.1:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://00:PORT/",
    "http://0x0:PORT/",
    "http://127.255.255.254:PORT/",
    "http://127.0.0.2:PORT/",
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    " http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\t/",
    "http://12\t7.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127%2e0%2e0%2e1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127.0.0.1:PORT",
    "http://127.0.0.1:PORT/?a=b#c",
    "http://public.test@127.0.0.1:PORT/",
    "http://user:pass@127.0.0.1:PORT/",
    "http://:@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT@public.test/",
    "http://127.0.0.1:PORT#@public.test/",
    "http://127.0.0.1:PORT\\@public.test/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[0000::0001]:PORT/",
    "http://[::]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::FFFF:7F00:0001]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2002:7f00:0001::1]:PORT/",
    "http://[2001:0:7f00:1::]:PORT/",
    "http://[fe80::1%25lo]:PORT/",
    "http://[::1%25lo]:PORT/",
    "http://[fd00:ec2::254]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://[::1]:PORT@public.test/",
    "http://169.254.169.254:PORT/latest/meta-data/",
    "http://0xa9fea9fe:PORT/",
    "http://2852039166:PORT/",
    "http://[::ffff:a9fe:a9fe]:PORT/",
    "http://100.100.100.200:PORT/",
    "http://168.63.129.16:PORT/",
    "http://192.0.0.192:PORT/",
    "http://10.0.0.1:PORT/",
    "http://192.168.0.1:PORT/",
    "http://255.255.255.255:PORT/",
    "http://localhost:PORT/",
    "http://localhost.:PORT/",
    "http://LOCALHOST:PORT/",
    "http://loc%61lhost:PORT/",
    "http://ⓛocalhost:PORT/",
    "http://loopback.test:PORT/",
    "http://loopback.test.:PORT/",
    "http://LOOPBACK.test:PORT/",
    "http://loopback6.test:PORT/",
    "http://mapped.test:PORT/",
    "http://metadata.test:PORT/",
    "http://nat64.test:PORT/",
    "http://unspecified.test:PORT/",
    "http://xn--lpback-wta.test:PORT/",
    "http://lööpback.test:PORT/",
    "ftp://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_GET",
    "unix:/var/run/docker.sock",
    "data:text/plain,hello",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT",
    "",
];

fn inside() -> Arc<Names> {
    Names::of(&[
        ("localhost", &[&["127.0.0.1", "::1"]]),
        ("localhost.", &[&["127.0.0.1", "::1"]]),
        ("loopback.test", &[&["127.0.0.1"]]),
        ("loopback.test.", &[&["127.0.0.1"]]),
        ("loopback6.test", &[&["::1"]]),
        ("mapped.test", &[&["::ffff:127.0.0.1"]]),
        ("metadata.test", &[&["169.254.169.254", "fd00:ec2::254"]]),
        ("nat64.test", &[&["64:ff9b::7f00:1"]]),
        ("unspecified.test", &[&["0.0.0.0", "::"]]),
        ("xn--lpback-wta.test", &[&["127.0.0.1"]]),
        ("xn--lpback-wtab.test", &[&["127.0.0.1"]]),
        ("public.test", &[&["127.0.0.1"]]),
    ])
}

#[tokio::test]
async fn no_way_to_write_an_address_leads_inside() {
    let canary = Canary::start(OK).await;
    let port = canary.address.port();
    // Where the machine has no IPv6 there is nobody to be reached by it.
    let canary6 = Canary::on(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1_u16]), port, OK).await;
    let guarded = egress(port, &[], inside());
    assert!(FORMS.len() >= 80);
    for form in FORMS {
        let url = form.replace("PORT", &port.to_string());
        let outcome = post(&guarded, &url).await;
        assert!(outcome.is_err(), "{url}: {outcome:?}");
    }
    // Who is let in does get in: by address, and by name. Connections are seen in their order.
    let open = egress(port, &["127.0.0.0/8"], inside());
    for form in ["http://127.1:PORT/", "http://loopback.test:PORT/"] {
        let url = form.replace("PORT", &port.to_string());
        assert_eq!(post(&open, &url).await, Ok(204), "{url}");
    }
    assert_eq!(canary.seen(), 2);
    if let Ok(canary6) = canary6 {
        let url = format!("http://[::1]:{port}/");
        let open = egress(port, &["::1/128"], inside());
        assert_eq!(post(&open, &url).await, Ok(204));
        assert_eq!(canary6.seen(), 1);
    }
}

/// A name that was public when it was registered, and when it was asked for the first time.
#[tokio::test]
async fn a_name_that_turns_inward_is_not_followed() {
    let canary = Canary::start(OK).await;
    let port = canary.address.port();
    let names = || {
        Names::of(&[(
            "rebinding.test",
            &[&["192.0.2.1"], &["127.0.0.1"], &["::ffff:127.0.0.1"]],
        )])
    };
    let url = format!("http://rebinding.test:{port}/");
    // The documentation network stands for the public: it may be reached, and nobody is there.
    let guarded = egress(port, &["192.0.2.0/24"], names());
    assert_eq!(guarded.check(&url), Ok(()), "as when it is registered");
    let first = post(&guarded, &url).await;
    assert!(
        matches!(first, Err(EgressFault::Timeout | EgressFault::Connection)),
        "{first:?}"
    );
    for _ in 0..3 {
        let later = post(&guarded, &url).await;
        let refused = EgressFault::Forbidden(ForbiddenUrl::Address);
        assert_eq!(later, Err(refused));
    }
    assert_eq!(canary.seen(), 0);
}

/// Of a name's addresses only those are tried that may be.
#[tokio::test]
async fn one_bad_address_among_good_ones_is_left_out() {
    let port = {
        let canary = Canary::start(OK).await;
        canary.address.port()
    };
    let outer = Canary::on(Ipv4Addr::new(127, 0, 0, 2).into(), port, OK)
        .await
        .expect("free");
    let inner = Canary::on(Ipv4Addr::new(127, 0, 0, 3).into(), port, OK)
        .await
        .expect("free");
    let names = Names::of(&[("mixed.test", &[&["127.0.0.3", "127.0.0.2"]])]);
    let guarded = egress(port, &["127.0.0.2/32"], names);
    let url = format!("http://mixed.test:{port}/");
    assert_eq!(post(&guarded, &url).await, Ok(204));
    assert_eq!((outer.seen(), inner.seen()), (1, 0));
}

#[tokio::test]
async fn redirects_are_answers_and_nobody_follows_them() {
    let inner = Canary::start(OK).await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        inner.address
    );
    let outer = Canary::start(answer.leak()).await;
    let guarded = egress(
        outer.address.port(),
        &["127.0.0.0/8"],
        Arc::new(SystemLookup),
    );
    let url = format!("http://{}/", outer.address);
    assert_eq!(post(&guarded, &url).await, Ok(307));
    assert_eq!((outer.seen(), inner.seen()), (1, 0));
}

/// Ten gigabytes are announced; who hangs up early has the status all the same.
#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let mut answer =
        "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\nconnection: close\r\n\r\n".to_owned();
    answer.push_str(&"x".repeat(200 * 1024));
    let long = Canary::start(answer.leak()).await;
    let guarded = egress(
        long.address.port(),
        &["127.0.0.0/8"],
        Arc::new(SystemLookup),
    );
    let url = format!("http://{}/", long.address);
    assert_eq!(post(&guarded, &url).await, Ok(200));
}

/// A document is whole or none; a redirect of it leads nowhere.
#[tokio::test]
async fn a_document_is_read_whole_or_not_at_all() {
    let of = |body: &str| {
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        &*(head + body).leak()
    };
    let get = async |answer: &'static str| {
        let canary = Canary::start(answer).await;
        let port = canary.address.port();
        let open = egress(port, &["127.0.0.0/8"], Arc::new(SystemLookup));
        let url = format!("http://{}/", canary.address);
        let got = open.get(&url, HeaderMap::new()).await;
        let sent = open.submit(&url, HeaderMap::new(), "a=b".to_owned()).await;
        assert_eq!(got, sent);
        let guarded = egress(port, &[], Arc::new(SystemLookup));
        let refused = EgressFault::Forbidden(ForbiddenUrl::Address);
        assert_eq!(guarded.get(&url, HeaderMap::new()).await, Err(refused));
        assert_eq!(canary.seen(), 2);
        got.map(|document| (document.status.as_u16(), document.body.len()))
    };
    assert_eq!(get(of("{}")).await, Ok((200, 2)));
    assert_eq!(get(of(&"x".repeat(64 * 1024))).await, Ok((200, 65_536)));
    assert_eq!(
        get(of(&"x".repeat(64 * 1024 + 1))).await,
        Err(EgressFault::TooLong)
    );
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    assert_eq!(get(redirect).await, Ok((302, 0)));
    // Half of it, and then nothing: there is no half of a document.
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n12345";
    assert_eq!(get(half).await, Err(EgressFault::Connection));
}

#[tokio::test]
async fn only_encrypted_web_servers_on_their_ports_are_called_unless_said() {
    let config = EgressConfig {
        user_agent: "test".to_owned(),
        timeout: Duration::from_secs(1),
        allow_http: false,
        further_ports: Vec::new(),
        allowed_networks: Vec::new(),
    };
    let strict = Egress::new(config, inside()).expect("TLS is there");
    for (url, expected) in [
        ("https://hooks.example.com/a?b=c", Ok(())),
        ("https://hooks.example.com:8443/", Ok(())),
        ("https://1.1.1.1/", Ok(())),
        ("http://hooks.example.com/", Err(ForbiddenUrl::Scheme)),
        ("https://hooks.example.com:22/", Err(ForbiddenUrl::Port)),
        ("https://hooks.example.com:80/", Err(ForbiddenUrl::Port)),
        (
            "https://ada@hooks.example.com/",
            Err(ForbiddenUrl::Credentials),
        ),
        ("https://[fd00::1]/", Err(ForbiddenUrl::Address)),
        ("https:///", Err(ForbiddenUrl::NotAUrl)),
        ("hooks.example.com", Err(ForbiddenUrl::NotAUrl)),
    ] {
        assert_eq!(strict.check(url), expected, "{url}");
    }
    let long = format!("https://hooks.example.com/{}", "a".repeat(2_048));
    assert_eq!(strict.check(&long), Err(ForbiddenUrl::NotAUrl));
}
