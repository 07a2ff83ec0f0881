//! What `wagate dev` asks for and changes: loopback only, a master key of its own, lenient webhooks.

mod banner;
mod demo;

use crate::{
    data_lock::make_directory,
    exit::Failure,
    print,
    runtime::block_on,
    server::Server,
    settings::{Layer, MasterKeys, Resolved, Settings, SettingsError},
    telemetry::Telemetry,
    wiring::{Gateway, take_node},
};
use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// The file in the data directory that keeps the master key of `dev`.
const KEY_FILE: &str = "dev-master-key";

/// The arguments of `wagate dev`; `--data DIR` is a setting.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct DevArgs {
    /// Port of the REST API on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value = "8080")]
    pub port: u16,
}

impl DevArgs {
    /// The defaults that `dev` has in place of the settings' own.
    pub fn layer() -> Layer {
        Layer::of_command(
            "dev",
            &[
                ("metrics_listen", "127.0.0.1:0"),
                ("webhook_allow_private", "127.0.0.0/8,::1/128"),
                ("webhook_allow_http", "true"),
                ("log_format", "pretty"),
            ],
        )
    }

    /// Sets the address to the port on loopback, whatever environment and file say: a server with such
    /// lenient settings is not for other machines.
    pub fn apply(self, resolved: &mut Resolved) -> Result<(), SettingsError> {
        if resolved.is_flag("listen") {
            return Err(SettingsError::Together(
                "`dev` listens on 127.0.0.1 only: give `--port` in place of `--listen`, or use `serve`".to_owned(),
            ));
        }
        resolved.settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        Ok(())
    }
}

/// Runs the demo gateway until a signal asks to stop. Once it listens, stdout has its address and
/// key, each on a line of its own.
pub fn run(_: DevArgs, settings: &Settings) -> Result<(), Failure> {
    let (locks, node) = take_node(settings)?;
    let keys = master_keys(settings, rand::random())?;
    block_on(async {
        let telemetry = Telemetry::install(settings, &node.to_string())?;
        let gateway = Gateway::open(settings, &keys, locks, node).await?;
        let server = Server::bind(settings, gateway, telemetry).await?;
        let engine = &server.gateway().engine;
        engine.run();
        let demo = demo::ready(engine, &settings.data).await?;
        let url = format!("http://{}", server.address()?);
        print::line(&format!("url: {url}"))?;
        print::line(&format!("key: {}", demo.key))?;
        print::note(&banner::text(&url, &demo));
        server.run(settings).await
    })??;
    Ok(())
}

/// The configured master keys, or the one that is kept in the data directory (mode 0600) and made
/// where it is missing. `random` are 32 fresh random bytes. Call it while holding the directory's lock.
pub fn master_keys(settings: &Settings, random: [u8; 32]) -> anyhow::Result<MasterKeys> {
    if !settings.master_keys.0.is_empty() {
        return Ok(settings.master_keys.clone());
    }
    let path = settings.data.join(KEY_FILE);
    let text = kept_or_made(&path, || format!("dev:{}\n", BASE64_STANDARD.encode(random)))
        .with_context(|| format!("cannot keep a master key in {}", path.display()))?;
    let keys = text.trim().parse::<MasterKeys>();
    let keys = keys.and_then(|keys| if keys.0.is_empty() { Err("the file is empty".to_owned()) } else { Ok(keys) });
    keys.map_err(anyhow::Error::msg).with_context(|| format!("no master key in {}", path.display()))
}

/// The text that a file of the data directory keeps; made, with mode 0600, where it is missing.
fn kept_or_made(path: &Path, make: impl FnOnce() -> String) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let text = make();
    keep(path, &text)?;
    Ok(text)
}

fn keep(path: &Path, text: &str) -> io::Result<()> {
    make_directory(path.parent().unwrap_or(Path::new("")))?;
    // Written whole under another name first: half a key would lock the data for good.
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Start;
    use secrecy::ExposeSecret as _;
    use std::os::unix::fs::PermissionsExt as _;

    fn settings(line: &[&str]) -> Settings {
        let arguments = line.iter().map(Into::into);
        Start::read(arguments, []).unwrap().unwrap().resolved.settings
    }

    fn text(keys: &MasterKeys) -> String {
        keys.0[0].text.expose_secret().to_owned()
    }

    #[test]
    fn the_master_key_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let settings = settings(&["wagate", "dev", "--data", data.to_str().unwrap()]);
        let first = text(&master_keys(&settings, [1; 32]).unwrap());
        assert_eq!(text(&master_keys(&settings, [2; 32]).unwrap()), first);
        assert!(first.starts_with("dev:AQEB"), "{first}");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&data), mode(&data.join(KEY_FILE))), (0o700, 0o600));
    }

    #[test]
    fn configured_master_keys_go_before_the_kept_one() {
        let key = format!("mine:{}", BASE64_STANDARD.encode([9; 32]));
        let settings = settings(&["wagate", "dev", "--data", "/nowhere/at/all", "--master-keys", &key]);
        assert_eq!(text(&master_keys(&settings, [1; 32]).unwrap()), key);
    }

    #[test]
    fn a_damaged_key_file_is_named_and_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(KEY_FILE);
        fs::write(&path, "dev:half").unwrap();
        let settings = settings(&["wagate", "dev", "--data", data.path().to_str().unwrap()]);
        let error = format!("{:#}", master_keys(&settings, [1; 32]).unwrap_err());
        assert!(error.contains(KEY_FILE) && !error.contains("half"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "dev:half");
    }
}
