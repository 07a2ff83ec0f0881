//! How flags, environment, file and defaults become settings, and what is refused. No test touches the
//! process's own environment.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{ffi::OsString, fs, path::PathBuf};
use wagate::{
    cli::Start,
    commands::config,
    settings::{NodeName, SettingsError, markdown},
};

use wagate_model::{
    Tier,
    tier::{Limits, Tiers},
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[derive(Default)]
struct Launch {
    variables: Vec<(OsString, OsString)>,
    directory: Option<tempfile::TempDir>,
}

impl Launch {
    fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn file(mut self, text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("wagate.toml");
        fs::write(&path, text).unwrap();
        self.directory = Some(directory);
        self.env("WAGATE_CONFIG", path.to_str().unwrap())
    }

    fn read(&self, line: &str) -> Result<Start, SettingsError> {
        let arguments = std::iter::once("wagate").chain(line.split_whitespace()).map(OsString::from);
        Start::read(arguments, self.variables.clone()).map(|start| start.expect("not a request for help"))
    }

    fn refused(&self, line: &str) -> String {
        match self.read(line).unwrap_err() {
            SettingsError::CommandLine(error) => error.render().to_string(),
            error => error.to_string(),
        }
    }
}

fn plain() -> Launch {
    Launch::default()
}

fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn without_anything_the_defaults_hold() {
    let start = plain().read("serve").unwrap();
    let settings = start.resolved.settings;
    assert_eq!(settings.database_url.expose(), "sqlite:./data/wagate.db");
    assert_eq!(settings.sandbox_journal, PathBuf::from("./data/sandbox-journal.jsonl"));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.metrics_listen.0.unwrap().to_string(), "127.0.0.1:9090");
    assert_eq!((settings.lease_seconds, settings.send_timeout_seconds, settings.clock_skew_seconds), (45, 20, 2));
    assert_eq!(settings.node_id, NodeName::Auto);
    assert!(settings.operator_token.0.is_none() && settings.otlp_endpoint.0.is_none());
    assert!(settings.trusted_proxies.0.is_empty() && !settings.webhook_allow_http);
    assert_eq!(settings.lock_files(), [PathBuf::from("./data/wagate.lock"), PathBuf::from("./data/wagate.db.lock")]);
}

#[test]
fn flags_go_before_the_environment_the_environment_before_the_file_the_file_before_the_default() {
    let file = plain().file("slow-query-ms = 1\nlease-seconds = 101\nshutdown-seconds = 11\n");
    let all = file.env("WAGATE_SLOW_QUERY_MS", "2").env("WAGATE_LEASE_SECONDS", "102");
    let start = all.read("--slow-query-ms 3 config").unwrap();
    let settings = &start.resolved.settings;
    assert_eq!((settings.slow_query_ms, settings.lease_seconds, settings.shutdown_seconds), (3, 102, 11));

    let listing = config::listing(&start.resolved);
    let line = |name: &str| listing.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_names(&line("slow-query-ms"), &["\"3\"", "# the command line"]);
    assert_names(&line("lease-seconds"), &["\"102\"", "# the environment variable WAGATE_LEASE_SECONDS"]);
    assert_names(&line("shutdown-seconds"), &["\"11\"", "wagate.toml"]);
    assert_names(&line("clock-skew-seconds"), &["\"2\"", "# the default"]);
}

#[test]
fn a_flag_may_stand_before_or_after_the_command() {
    for line in ["--listen 127.0.0.1:1 serve", "serve --listen 127.0.0.1:1"] {
        assert_eq!(plain().read(line).unwrap().resolved.settings.listen.port(), 1, "{line}");
    }
}

#[test]
fn the_data_directory_moves_what_lies_in_it() {
    let settings = plain().env("WAGATE_DATA", "/srv/wa").read("migrate").unwrap().resolved.settings;
    assert_eq!(settings.database_url.expose(), "sqlite:/srv/wa/wagate.db");
    assert_eq!(settings.sandbox_journal, PathBuf::from("/srv/wa/sandbox-journal.jsonl"));
}

#[test]
fn the_file_takes_tables_underscores_and_lists() {
    let file = "
        slow_query_ms = 7
        log-level = 'warn,wagate_store=debug'
        trusted-proxies = ['10.0.0.0/8', '::1']
        [webhook]
        allow-http = true
        timeout_seconds = 9
        [webhook.allow]
        private = ['127.0.0.0/8']
    ";
    let settings = plain().file(file).read("serve").unwrap().resolved.settings;
    assert_eq!((settings.slow_query_ms, settings.webhook_timeout_seconds), (7, 9));
    assert!(settings.webhook_allow_http);
    assert_eq!((settings.trusted_proxies.0.len(), settings.webhook_allow_private.0.len()), (2, 1));
}

#[test]
fn an_unknown_key_in_the_file_is_named() {
    assert_names(
        &plain().file("lease-second = 1").refused("serve"),
        &["wagate.toml", "`lease-second`", "no setting", "`lease-seconds`?"],
    );
    assert_names(&plain().file("[webhook]\nretries = 1").refused("serve"), &["`webhook.retries`"]);
    assert_names(&plain().file("[queue]\nx = 1").refused("serve"), &["`queue`", "no setting"]);
    assert_names(&plain().file("config = 'x'").refused("serve"), &["`config`", "no setting"]);
}

#[test]
fn each_limit_of_each_tier_can_be_set() {
    let file = "
        tier-starter = 'accounts=4,members=9'
        [tier.free]
        requests-per-minute = 100
        messages_per_day = 0
        [tier.enterprise]
        media-bytes = 1
    ";
    let launch = plain().file(file).env("WAGATE_TIER_PROFESSIONAL", "retention-days=3,endpoints=6");
    let tiers = launch.read("serve --tier-starter accounts=5").unwrap().resolved.settings.tiers();
    let free = Limits { requests_per_minute: 100, messages_per_day: 0, ..Tier::Free.limits() };
    assert_eq!(tiers.of(Tier::Free), free);
    assert_eq!(tiers.of(Tier::Starter), Limits { accounts: 5, ..Tier::Starter.limits() });
    let professional = Limits { retention_days: 3, endpoints: 6, ..Tier::Professional.limits() };
    assert_eq!(tiers.of(Tier::Professional), professional);
    assert_eq!(tiers.of(Tier::Enterprise).media_bytes, 1);
    assert_eq!(plain().read("serve").unwrap().resolved.settings.tiers(), Tiers::default());
}

#[test]
fn an_unknown_tier_or_limit_is_named() {
    assert_names(&plain().file("[tier.gold]\naccounts = 1").refused("serve"), &["`tier.gold`", "no setting"]);
    assert_names(&plain().file("[tier.free]\ndevices = 1").refused("serve"), &["`tier-free`", "`devices` is no limit"]);
    assert_names(&plain().file("[tier.free]\naccounts = 'x'").refused("serve"), &["`tier-free`", "`accounts`"]);
    assert_names(&plain().file("[tier.free]\naccounts = 1.5").refused("serve"), &["`tier.free`"]);
    assert_names(&plain().file("[tier.free]\naccounts = 1\n[tier]\nfree = 'x=1'").refused("serve"), &["wagate.toml"]);
    assert_names(&plain().env("WAGATE_TIER_GOLD", "accounts=1").refused("serve"), &["WAGATE_TIER_GOLD"]);
    assert_names(&plain().env("WAGATE_TIER_FREE", "devices=1").refused("serve"), &["`tier-free`", "`devices`"]);
    assert_names(&plain().file("[data]\nx = 1").refused("serve"), &["`data`"]);
}

#[test]
fn a_key_that_is_there_twice_or_of_the_wrong_kind_is_named() {
    let twice = "webhook-allow-http = true\n[webhook]\nallow_http = false";
    assert_names(&plain().file(twice).refused("serve"), &["webhook", "twice"]);
    assert_names(&plain().file("lease-seconds = 1.5").refused("serve"), &["`lease-seconds`"]);
    assert_names(&plain().file("[lease-seconds]\nx = 1").refused("serve"), &["`lease-seconds`"]);
    assert_names(&plain().file("trusted-proxies = [1]").refused("serve"), &["`trusted-proxies`"]);
}

#[test]
fn a_file_that_is_not_there_or_not_toml_is_named_and_not_quoted() {
    assert_names(&plain().refused("--config /nowhere/w.toml serve"), &["/nowhere/w.toml"]);
    let message = plain().file("slow-query-ms = 1\nmaster-keys = 'k:supersecret\n").refused("serve");
    assert_names(&message, &["wagate.toml, line 2"]);
    assert!(!message.contains("supersecret"), "{message}");
}

#[test]
fn the_flag_for_the_file_goes_before_the_variable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.toml");
    fs::write(&path, "slow-query-ms = 8").unwrap();
    let launch = plain().env("WAGATE_CONFIG", "/nowhere/w.toml");
    let start = launch.read(&format!("serve --config {}", path.display())).unwrap();
    assert_eq!(start.resolved.settings.slow_query_ms, 8);
}

#[test]
fn unknown_variables_are_named_and_other_programs_are_left_alone() {
    plain().env("PATH", "/bin").env("XWAGATE_LISTN", "x").read("serve").unwrap();
    let launch = plain().env("WAGATE_LISTN", "x").env("WAGATE_QUEUE", "y");
    assert_names(&launch.refused("serve"), &["WAGATE_LISTN", "WAGATE_QUEUE"]);
    assert_names(&plain().env("WAGATE_PORT", "tcp://10.0.0.1:80").refused("serve"), &["enableServiceLinks"]);
}

#[test]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;
    let mut launch = plain();
    launch.variables.push(("WAGATE_DATA".into(), OsString::from_vec(vec![0xff])));
    assert_names(&launch.refused("serve"), &["WAGATE_DATA", "UTF-8"]);
}

#[test]
fn a_bad_value_is_refused_with_its_setting_and_source() {
    for (name, value) in [
        ("LEASE_SECONDS", "0"),
        ("LEASE_SECONDS", "many"),
        ("LEASE_SECONDS", ""),
        ("LEASE_SECONDS", "99999999999999999999"),
        ("LISTEN", "localhost"),
        ("METRICS_LISTEN", "on"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("WEBHOOK_ALLOW_HTTP", "perhaps"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("DATABASE_URL", "postgres://h/n"),
        ("OTLP_ENDPOINT", "grpc://h"),
        ("NODE_ID", "acc_01jd0c2q4w8v7h3n5k6m9p0r1s"),
        ("OPERATOR_TOKEN", "short"),
        ("MASTER_KEYS", "k"),
        ("DATABASE_CONNECTIONS", "1"),
    ] {
        let setting = name.to_lowercase().replace('_', "-");
        let variable = format!("WAGATE_{name}");
        let message = plain().env(&variable, value).refused("serve");
        assert_names(&message, &[&format!("`{setting}`"), &variable]);
        let message = plain().file(&format!("{setting} = '{value}'")).refused("serve");
        assert_names(&message, &[&format!("`{setting}`"), "wagate.toml"]);
        assert_names(&plain().refused(&format!("serve --{setting}={value}")), &[&format!("--{setting}")]);
    }
}

#[test]
fn a_bad_value_is_refused_even_where_another_goes_before_it() {
    let launch = plain().file("lease-seconds = 'x'").env("WAGATE_LEASE_SECONDS", "60");
    assert_names(&launch.refused("serve --lease-seconds 50"), &["`lease-seconds`", "wagate.toml"]);
}

#[test]
fn values_that_do_not_go_together_are_refused_by_name() {
    let launch = plain().env("WAGATE_LEASE_SECONDS", "24");
    assert_names(&launch.refused("serve"), &["`lease-seconds` (24)", "`send-timeout-seconds`", "`clock-skew-seconds`"]);
    plain().env("WAGATE_LEASE_SECONDS", "25").read("serve").unwrap();
    let same = plain().refused("serve --metrics-listen 127.0.0.1:8080");
    assert_names(&same, &["`metrics-listen`", "`listen`"]);
    let keyless = plain().read("serve").unwrap().resolved.settings.check_for_serving().unwrap_err();
    assert_names(&keyless.to_string(), &["`master-keys`", "WAGATE_MASTER_KEYS"]);
    let keyed = plain().env("WAGATE_MASTER_KEYS", &format!("k1:{KEY}")).read("serve").unwrap();
    keyed.resolved.settings.check_for_serving().unwrap();
}

#[test]
fn what_can_be_switched_off_is_off_by_that_word_and_by_nothing() {
    for off in ["off", ""] {
        let launch = plain()
            .env("WAGATE_METRICS_LISTEN", off)
            .env("WAGATE_OTLP_ENDPOINT", off)
            .env("WAGATE_OPERATOR_TOKEN", off);
        let settings = launch.read("serve").unwrap().resolved.settings;
        assert!(settings.metrics_listen.0.is_none());
        assert!(settings.otlp_endpoint.0.is_none());
        assert!(settings.operator_token.0.is_none());
    }
}

#[test]
fn no_secret_is_printed() {
    let launch = plain()
        .env("WAGATE_MASTER_KEYS", &format!("k1:{KEY}"))
        .env("WAGATE_OPERATOR_TOKEN", "operator-token-of-mine")
        .env("WAGATE_DATABASE_URL", "mysql://wagate:pass%20word@db:3306/wagate")
        .env("WAGATE_OTLP_ENDPOINT", "http://me:pass%20word@otel:4318");
    let start = launch.read("config").unwrap();
    let shown = format!("{}{:?}", config::listing(&start.resolved), start);
    for secret in [KEY, "operator-token-of-mine", "pass%20word"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert_names(&shown, &["mysql://wagate:(hidden)@db:3306/wagate", "master-keys = \"(hidden)\""]);
}

#[test]
fn no_secret_is_in_a_refusal() {
    for (setting, value, secret) in [
        ("master-keys", "k1:c2VjcmV0c2VjcmV0", "c2VjcmV0"),
        ("operator-token", "hunter2", "hunter2"),
        ("database-url", "postgres://u:hunter2@h/n", "hunter2"),
        ("otlp-endpoint", "grpc://u:hunter2@h", "hunter2"),
    ] {
        let variable = format!("WAGATE_{}", setting.to_uppercase().replace('-', "_"));
        let messages = [
            plain().env(&variable, value).refused("serve"),
            plain().file(&format!("{setting} = '{value}'")).refused("serve"),
            plain().refused(&format!("serve --{setting} {value}")),
        ];
        for message in messages {
            assert!(message.contains(setting) && !message.contains(secret), "{message}");
        }
    }
}

#[test]
fn dev_is_lenient_and_on_loopback_alone() {
    let start = plain().env("WAGATE_LISTEN", "0.0.0.0:80").read("dev --port 0 --data /tmp/d").unwrap();
    let settings = &start.resolved.settings;
    assert_eq!(settings.listen.to_string(), "127.0.0.1:0");
    assert_eq!(settings.metrics_listen.0.unwrap().to_string(), "127.0.0.1:0");
    assert_eq!(settings.database_url.expose(), "sqlite:/tmp/d/wagate.db");
    assert!(settings.webhook_allow_http);
    assert_eq!(settings.webhook_allow_private.0.len(), 2);
    assert_names(&plain().refused("dev --listen 127.0.0.1:1"), &["`--port`"]);
    let strict = plain().env("WAGATE_WEBHOOK_ALLOW_HTTP", "false").read("dev").unwrap();
    assert!(!strict.resolved.settings.webhook_allow_http);
    assert_eq!(strict.resolved.settings.listen.port(), 8080);
}

#[test]
fn the_reference_has_a_row_with_a_meaning_for_every_setting() {
    let start = plain().read("config").unwrap();
    let page = markdown();
    for setting in &start.resolved.listed {
        let variable = format!("WAGATE_{}", setting.name.to_uppercase().replace('-', "_"));
        let row = format!("| `--{}` | `{variable}` | `{}` | ", setting.name, setting.name);
        let line = page.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("{row} in {page}"));
        let meaning = line.split(" | ").last().unwrap();
        assert!(meaning.len() > 20, "{line}");
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("| `--")).count(), start.resolved.listed.len());
}
