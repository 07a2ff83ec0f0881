//! Everything that a crash test needs, put together: gateway, receiver, workspace, account, key.

use crate::{
    api::Api,
    gateway::{Gateway, lasting_port},
    listener::Listener,
    load::Load,
    receiver::Receiver,
    said::Memory,
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    path::PathBuf,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::sleep;

/// How many times something is killed unless `CRASH_ROUNDS` says otherwise.
const ROUNDS: u32 = 3;
/// Any 32 bytes.
const MASTER_KEY: &str = "crash:Y3Jhc2gtdGVzdHMtc2VhbC13aXRoLXRoaXMta2V5ISE=";
/// How long the first start may take.
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// How long things take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Short timeouts, and leases of so many seconds.
    Short(u32),
    /// The usual timeouts, and leases that outlast the test.
    Usual,
}

impl Pace {
    fn flags(self) -> Vec<String> {
        let (lease, send, webhook) = match self {
            Self::Short(lease) => (lease, 3, 3),
            Self::Usual => (600, 20, 15),
        };
        let values = [("lease", lease), ("send-timeout", send), ("webhook-timeout", webhook), ("clock-skew", 1)];
        values.iter().map(|(name, seconds)| format!("--{name}-seconds={seconds}")).collect()
    }
}

/// The gateway and all that is around it.
pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    pub(crate) api: Api,
    pub(crate) receiver: Receiver,
    pub(crate) listener: Listener,
    pub(crate) memory: Memory,
    pub(crate) dice: StdRng,
    /// The account that sends.
    account: String,
    /// The number of the last event from before the receiver was known.
    pub(crate) silent_until: i64,
    seed: u64,
    pub(crate) directory: TempDir,
    /// Its backlog takes connections; nobody ever reads them.
    hanging: Option<TcpListener>,
}

impl Stage {
    /// `wagate dev` as a person would start it, with short times.
    pub(crate) async fn on_sqlite() -> Self {
        let (mut gateway, directory) = new_gateway();
        gateway.arguments = arguments(&["dev", "--port", &gateway.port.to_string()], Pace::Short(12));
        gateway.start();
        let began = Instant::now();
        let key = loop {
            let printed = gateway.printed();
            if let Some(key) = printed.lines().find_map(|line| line.strip_prefix("key: ")) {
                break key.to_owned();
            }
            assert!(began.elapsed() < STARTS_WITHIN, "`wagate dev` did not print a key");
            sleep(Duration::from_millis(50)).await;
        };
        Self::ready(gateway, directory, &key).await
    }

    /// `wagate serve` on a new database, with a workspace and key from the command line.
    pub(crate) async fn on_mysql(url: &str, pace: Pace) -> Self {
        let (mut gateway, directory) = new_gateway();
        gateway.variables.push(("WAGATE_DATABASE_URL", url.to_owned()));
        gateway.variables.push(("WAGATE_MASTER_KEYS", MASTER_KEY.to_owned()));
        gateway.variables.push(("WAGATE_TIER_ENTERPRISE", "requests-per-minute=1000000".to_owned()));
        gateway.run(&["migrate"]);
        let created = gateway.run(&["workspace", "create", "--name", "Crash", "--tier", "enterprise"]);
        let workspace = created.split_whitespace().next().unwrap();
        let key = gateway.run(&["key", "create", "--workspace", workspace, "--name", "Crash", "--mode", "test"]);
        let listen = format!("127.0.0.1:{}", gateway.port);
        let journal = directory.path().join("journal.jsonl").display().to_string();
        let serve = ["serve", "--listen", &listen, "--metrics-listen", "off", "--sandbox-journal", &journal];
        gateway.arguments = arguments(&serve, pace);
        gateway
            .arguments
            .extend(["--webhook-allow-private", "127.0.0.0/8", "--webhook-allow-http=true"].map(str::to_owned));
        gateway.start();
        Self::ready(gateway, directory, key.trim()).await
    }

    async fn ready(gateway: Gateway, directory: TempDir, key: &str) -> Self {
        let seed =
            std::env::var_os("CRASH_SEED").and_then(|seed| seed.to_str()?.parse().ok()).unwrap_or_else(rand::random);
        say(&format!("CRASH_SEED={seed}"));
        let api = Api::new(gateway.port, key);
        api.ready().await;
        let account = connected_account(&api).await;
        let silent_until = api.events().await.last().map_or(0, |(event, _)| event["sequence"].as_i64().unwrap());
        let receiver = Receiver::listen().await;
        api.must_post("/v1/webhooks", &json!({"url": format!("http://{}/hook", receiver.address)})).await;
        let (memory, dice) = (Memory::default(), StdRng::seed_from_u64(seed));
        let listener = Listener::begin(&api);
        Self { gateway, api, receiver, listener, memory, dice, account, silent_until, seed, directory, hanging: None }
    }

    /// One more endpoint, which takes connections and never answers.
    pub(crate) async fn add_hanging_receiver(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        self.api.must_post("/v1/webhooks", &json!({"url": url})).await;
        self.hanging = Some(listener);
    }

    /// How long each send takes from now on.
    pub(crate) async fn slow_the_network_to(&self, latency_ms: u32) {
        self.api.ready().await;
        let path = format!("/v1/sandbox/accounts/{}/settings", self.account);
        let began = Instant::now();
        // While the account is being started there is nothing to slow: 409.
        while !matches!(self.api.post(&path, &json!({"latency_ms": latency_ms}), None).await, Ok((200, _))) {
            assert!(began.elapsed() < STARTS_WITHIN, "the network could not be slowed");
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) fn begin_load(&self) -> Load {
        Load::begin(&self.api, &self.account, &self.memory, self.seed)
    }

    /// How many messages were answered 202 so far.
    pub(crate) fn accepted(&self) -> usize {
        self.memory.lock().sent.accepted.len()
    }

    /// A little more load after the last blow, then everybody stops.
    pub(crate) async fn end_load(&self, load: Load) {
        self.api.ready().await;
        sleep(Duration::from_secs(1)).await;
        load.end().await;
    }

    /// The next start is another node's: it has a data directory and a name of its own, and shares
    /// only the database and the network's journal.
    pub(crate) fn become_another_node(&mut self) {
        self.gateway.variables.push(("WAGATE_DATA", self.directory.path().join("other").display().to_string()));
    }

    /// What reached the sandbox's network.
    pub(crate) fn journal(&self) -> PathBuf {
        let of_serve = self.directory.path().join("journal.jsonl");
        if of_serve.exists() { of_serve } else { self.directory.path().join("data/sandbox-journal.jsonl") }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("CRASH_SEED={}", self.seed));
            if std::env::var_os("CRASH_KEEP").is_some() {
                self.directory.disable_cleanup(true);
                say(&format!("kept: {}", self.directory.path().display()));
            }
        }
    }
}

/// How many times something is killed.
pub(crate) fn rounds() -> u32 {
    std::env::var_os("CRASH_ROUNDS").and_then(|rounds| rounds.to_str()?.parse().ok()).unwrap_or(ROUNDS)
}

/// Says something to whoever reads the test's output.
#[expect(clippy::print_stderr, reason = "seeds, counts and what was not tested must be seen")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

fn new_gateway() -> (Gateway, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let gateway = Gateway::new(lasting_port(), directory.path());
    (gateway, directory)
}

/// The command with times that fit a test, and its data beside its logs.
fn arguments(command: &[&str], pace: Pace) -> Vec<String> {
    let logs = ["--log-level", "warn", "--log-format", "json"];
    command.iter().chain(&logs).map(|argument| (*argument).to_owned()).chain(pace.flags()).collect()
}

/// The sandbox account, connected: that of `dev`, or a new one.
async fn connected_account(api: &Api) -> String {
    let listed: Value = serde_json::from_str(&api.must_get("/v1/accounts").await).unwrap();
    if let Some(id) = listed["data"][0]["id"].as_str() {
        return id.to_owned();
    }
    let account = api.must_post("/v1/accounts", &json!({"provider": "sandbox", "name": "Crash"})).await;
    let id = account["id"].as_str().unwrap().to_owned();
    let began = Instant::now();
    loop {
        let account: Value = serde_json::from_str(&api.must_get(&format!("/v1/accounts/{id}")).await).unwrap();
        match account["status"].as_str().unwrap() {
            "connected" => return id,
            "qr" => drop(api.must_post(&format!("/v1/sandbox/accounts/{id}/scan"), &json!({})).await),
            _ => {}
        }
        assert!(began.elapsed() < STARTS_WITHIN, "the account did not connect: {account}");
        sleep(Duration::from_millis(50)).await;
    }
}
