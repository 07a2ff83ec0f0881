//! Limits hold for all processes together: two real gateways on one MariaDB, 64 callers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "crash/gateway.rs"]
#[expect(dead_code, reason = "the crash tests kill and stop it")]
mod gateway;
#[path = "crash/mariadb.rs"]
#[expect(dead_code, reason = "the crash tests have servers of their own")]
mod mariadb;

/// What the crash tests' gateway says things with.
mod stage {
    #[expect(clippy::print_stderr, reason = "what was not tested must be seen")]
    pub(crate) fn say(text: &str) {
        eprintln!("{text}");
    }
}

use futures_util::{StreamExt as _, stream};
use gateway::{Gateway, lasting_port};
use mariadb::SharedServer;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use wagate_store::{Database, DatabaseOptions};

/// Any 32 bytes.
const MASTER_KEY: &str = "limits:Y3Jhc2gtdGVzdHMtc2VhbC13aXRoLXRoaXMta2V5ISE=";
/// How long a start may take.
const STARTS_WITHIN: Duration = Duration::from_mins(1);
/// How many ask at once.
const CALLERS: usize = 64;

/// Two gateways on one database, and a client.
struct Pair {
    gateways: [Gateway; 2],
    http: reqwest::Client,
    database: Database,
}

/// An answer: its status, the end of its minute, its body.
type Answer = (u16, String, Value);

impl Pair {
    async fn start(url: &str, directory: &Path) -> Self {
        wagate::tls::install_provider();
        let gateways = ["one", "two"].map(|name| new_gateway(&directory.join(name), url));
        gateways[0].run(&["migrate"]);
        let database = DatabaseOptions { url: url.to_owned(), connections: 1 };
        #[expect(clippy::disallowed_methods, reason = "a customer's client, to loopback alone")]
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut pair = Self { gateways, http, database: Database::connect(&database).await.unwrap() };
        for gateway in &mut pair.gateways {
            gateway.start();
        }
        for number in 0..2 {
            let began = Instant::now();
            while !matches!(pair.http.get(pair.url(number, "/health/ready")).send().await, Ok(answer) if answer.status() == 200)
            {
                assert!(began.elapsed() < STARTS_WITHIN, "gateway {number} is not ready");
                sleep(Duration::from_millis(50)).await;
            }
        }
        pair
    }

    /// A key for a new workspace of a tier.
    fn key(&self, tier: &str) -> String {
        let created = self.gateways[0].run(&["workspace", "create", "--name", "Acme", "--tier", tier]);
        let workspace = created.split_whitespace().next().unwrap();
        let key = ["key", "create", "--workspace", workspace, "--name", "Acme", "--mode", "test"];
        self.gateways[0].run(&key).trim().to_owned()
    }

    fn url(&self, number: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.gateways[number % 2].port)
    }

    async fn ask(&self, number: usize, key: &str, path: &str, body: Option<&Value>) -> Answer {
        let url = self.url(number, path);
        let request = match body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(url),
        };
        let answer = request.header("x-api-key", key).send().await.unwrap();
        let reset = answer.headers().get("x-ratelimit-reset").map_or("", |value| value.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), reset, answer.json().await.unwrap())
    }

    /// So many requests by all callers, every other one to the other gateway.
    async fn ask_often(&self, times: usize, key: &str, path: &str, body: Option<&Value>) -> Vec<Answer> {
        let asked = stream::iter(0..times).map(|number| self.ask(number, key, path, body));
        asked.buffer_unordered(CALLERS).collect().await
    }

    /// Waits until the database's minute lasts for a while.
    async fn in_a_minute_that_lasts(&self) {
        while self.database.now().await.unwrap().0 % 60_000 > 45_000 {
            sleep(Duration::from_millis(100)).await;
        }
    }
}

fn new_gateway(directory: &Path, url: &str) -> Gateway {
    std::fs::create_dir(directory).unwrap();
    let mut gateway = Gateway::new(lasting_port(), directory);
    gateway.variables = vec![
        ("WAGATE_DATABASE_URL", url.to_owned()),
        ("WAGATE_MASTER_KEYS", MASTER_KEY.to_owned()),
        ("WAGATE_TIER_FREE", "requests-per-minute=100".to_owned()),
        ("WAGATE_TIER_STARTER", "requests-per-minute=10000,messages-per-day=50,accounts=5".to_owned()),
    ];
    let listen = format!("127.0.0.1:{}", gateway.port);
    let arguments = ["serve", "--listen", &listen, "--metrics-listen", "off", "--log-level", "warn"];
    gateway.arguments = arguments.map(str::to_owned).to_vec();
    gateway
}

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.0 == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_keep_one_limit() {
    let Some(server) = SharedServer::find() else { return };
    let directory = tempfile::tempdir().unwrap();
    let pair = Pair::start(&server.new_database().await, directory.path()).await;
    requests_of_a_minute(&pair).await;
    messages_of_a_day_and_accounts(&pair).await;
    pair.database.close().await;
    drop(pair.gateways);
    server.drop_database().await;
}

async fn requests_of_a_minute(pair: &Pair) {
    for round in 0..3 {
        let key = pair.key("free");
        pair.in_a_minute_that_lasts().await;
        let answers = pair.ask_often(200, &key, "/v1/workspace", None).await;
        let mut minutes = BTreeMap::<&str, usize>::new();
        for (status, reset, body) in &answers {
            assert!(matches!(status, 200 | 429), "{status} {body}");
            *minutes.entry(reset).or_default() += usize::from(*status == 200);
        }
        assert_eq!(minutes.len(), 1, "the callers were not done within a minute");
        let granted = with_status(&answers, 200);
        stage::say(&format!("round {round}: {granted} of 100"));
        assert!((95..=100).contains(&granted), "{granted} of 100");
    }
}

async fn messages_of_a_day_and_accounts(pair: &Pair) {
    let key = pair.key("starter");
    let account = json!({"provider": "sandbox", "name": "x"});
    let answers = pair.ask_often(40, &key, "/v1/accounts", Some(&account)).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 403)), (5, 35));
    let id = &answers.iter().find(|answer| answer.0 == 201).unwrap().2["id"];
    let message = json!({"account_id": id, "to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
    let answers = pair.ask_often(200, &key, "/v1/messages", Some(&message)).await;
    assert_eq!((with_status(&answers, 202), with_status(&answers, 429)), (50, 150));
    let refused = answers.iter().find(|answer| answer.0 == 429).unwrap();
    assert_eq!(refused.2["code"], "quota_exceeded");
    let (_, _, usage) = pair.ask(1, &key, "/v1/workspace/usage", None).await;
    assert_eq!((&usage["messages_per_day"]["used"], &usage["accounts"]["used"]), (&json!(50), &json!(5)));
}
