//! The kinds of values that settings have, each read from one text.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use url::Url;
use wagate_model::NodeId;

/// A value that can be switched off with `off` or an empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switchable<T>(pub Option<T>);

impl<T: FromStr> FromStr for Switchable<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text {
            "" | "off" => Ok(Self(None)),
            text => text.parse().map(|value| Self(Some(value))),
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people, in colours on a terminal.
    Pretty,
    /// One JSON object per line.
    Json,
}

/// Networks in CIDR notation, separated by commas; a bare address is a network of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CidrList(pub Vec<IpNet>);

impl FromStr for CidrList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        items(text).map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_neither| format!("`{text}` is neither a network such as 10.0.0.0/8 nor an address"))
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// A database's address; its password is never printed.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The whole address, password included.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The file of an SQLite database; none for MySQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.expose().strip_prefix("sqlite:")?;
        Some(PathBuf::from(rest.strip_prefix("//").unwrap_or(rest)))
    }

    pub(super) fn replacing(&self, placeholder: &str, text: &str) -> Self {
        Self(self.expose().replace(placeholder, text).into())
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mysql = text.strip_prefix("mysql:").is_some() && Url::parse(text).is_ok_and(|url| url.has_host());
        let sqlite = text.strip_prefix("sqlite:").is_some_and(is_file);
        if mysql || sqlite {
            Ok(Self(text.into()))
        } else {
            Err("`sqlite:FILE` (without options) or `mysql://USER:PASSWORD@HOST:PORT/NAME` was expected")
        }
    }
}

/// A database in memory would lose what was acknowledged, and options would be read as part of a name.
fn is_file(text: &str) -> bool {
    let file = text.trim_start_matches('/');
    !file.is_empty() && !file.starts_with(':') && !file.contains('?')
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::redact::url(self.expose()))
    }
}

/// One master key as configured: checked for its form, and in memory still as text.
#[derive(Debug, Clone)]
pub struct MasterKeyText {
    /// Names the key in what it seals.
    pub id: String,
    /// `ID:KEY`, as the sealing reads it.
    pub text: SecretString,
}

/// The master keys; the first one seals.
#[derive(Debug, Clone, Default)]
pub struct MasterKeys(pub Vec<MasterKeyText>);

impl FromStr for MasterKeys {
    type Err = String;

    /// The errors never repeat a key.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut keys: Vec<MasterKeyText> = Vec::new();
        for (index, item) in items(text).enumerate() {
            let key = master_key(item).map_err(|reason| format!("key {}: {reason}", index + 1))?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(format!("key {}: the id `{}` is there twice", index + 1, key.id));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }
}

fn master_key(item: &str) -> Result<MasterKeyText, &'static str> {
    let (id, key) = item.split_once(':').ok_or("`ID:KEY` was expected")?;
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if id.is_empty() || id.len() > 32 || !id.bytes().all(allowed) {
        return Err("an id has 1 to 32 characters out of a-z, 0-9, `-` and `_`");
    }
    match BASE64_STANDARD.decode(key) {
        Ok(bytes) if bytes.len() == 32 => Ok(MasterKeyText { id: id.to_owned(), text: item.into() }),
        Ok(_) => Err("the key is not 32 bytes long"),
        Err(_) => Err("the key is not base64"),
    }
}

/// The operator's bearer token, of at least 16 printable characters.
#[derive(Debug, Clone)]
pub struct OperatorToken(pub SecretString);

impl FromStr for OperatorToken {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() >= 16 && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.into()))
        } else {
            Err("at least 16 characters without spaces were expected")
        }
    }
}

/// Levels by part of the gateway. A lone word that is no level is refused: it would be taken for the
/// name of a part, and everything else would fall silent.
pub(super) fn log_levels(text: &str) -> Result<Targets, String> {
    let is_level = |word: &&str| word.parse::<LevelFilter>().is_ok();
    match items(text).filter(|item| !item.contains('=')).find(|item| !is_level(item)) {
        Some(word) => Err(format!("`{word}` is none of error, warn, info, debug, trace and off")),
        None => text.parse().map_err(|error: ParseError| error.to_string()),
    }
}

/// Where files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaStore {
    /// In this directory.
    Directory(PathBuf),
    /// In this bucket.
    Bucket(String),
}

impl MediaStore {
    pub(super) fn replacing(&self, placeholder: &str, text: &str) -> Self {
        match self {
            Self::Directory(path) => Self::Directory(path.to_string_lossy().replace(placeholder, text).into()),
            Self::Bucket(_) => self.clone(),
        }
    }
}

impl FromStr for MediaStore {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_bucket = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
        match text.strip_prefix("s3://") {
            Some(bucket) if !bucket.is_empty() && bucket.bytes().all(is_bucket) => Ok(Self::Bucket(bucket.to_owned())),
            None if !text.is_empty() && !text.contains("://") => Ok(Self::Directory(text.into())),
            _ => Err("a directory or `s3://BUCKET` was expected"),
        }
    }
}

/// The server of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Endpoint(pub String);

impl FromStr for S3Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.query().is_none() =>
            {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err("`https://HOST` or `http://HOST:PORT` was expected"),
        }
    }
}

/// The access key of a bucket.
#[derive(Debug, Clone)]
pub struct S3Credentials {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

impl FromStr for S3Credentials {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() => {
                Ok(Self { id: id.to_owned(), secret: secret.into() })
            }
            _ => Err("`ID:SECRET` was expected"),
        }
    }
}

/// The node's id, or the wish for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeName {
    /// One that is made once and kept in the data directory.
    Auto,
    /// This one.
    Id(NodeId),
}

impl FromStr for NodeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            text => {
                text.parse().map(Self::Id).map_err(|error: wagate_model::id::InvalidId| format!("`auto`, or {error}"))
            }
        }
    }
}

/// The address of a trace collector.
#[derive(Clone, PartialEq, Eq)]
pub struct CollectorUrl(Url);

impl fmt::Debug for CollectorUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::redact::url(self.0.as_str()))
    }
}

impl CollectorUrl {
    /// Where traces are posted.
    pub fn traces(&self) -> String {
        let base = self.0.as_str().trim_end_matches('/');
        if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") }
    }
}

impl FromStr for CollectorUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() => Ok(Self(url)),
            _ => Err("`http://HOST:PORT` or `https://HOST:PORT` was expected"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn networks_are_read_with_and_without_a_length() {
        let list: CidrList = "10.0.0.0/8, ::1,192.0.2.7".parse().unwrap();
        let texts: Vec<_> = list.0.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        assert_eq!("".parse(), Ok(CidrList::default()));
        assert!("10.0.0.0/33".parse::<CidrList>().unwrap_err().contains("10.0.0.0/33"));
        assert!("localhost".parse::<CidrList>().is_err());
    }

    #[test]
    fn the_first_master_key_is_the_current_one_and_errors_name_none() {
        let keys: MasterKeys = format!("b:{KEY}, a:{KEY}").parse().unwrap();
        assert_eq!(keys.0.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        for bad in [KEY, "a:short", "a:QUJD", "A:AAAA", &format!("a:{KEY},a:{KEY}"), &format!(":{KEY}")] {
            let error = bad.parse::<MasterKeys>().unwrap_err();
            assert!(error.starts_with("key "), "{error}");
            assert!(!error.contains(KEY) && !error.contains("QUJD") && !error.contains("short"), "{error}");
        }
        assert!(!format!("{keys:?}").contains("AAEC"));
    }

    #[test]
    fn a_database_is_sqlite_or_mysql() {
        for good in ["sqlite:a.db", "sqlite:///tmp/a.db", "sqlite:{data}/a.db", "mysql://u:p@h:3306/n"] {
            good.parse::<DatabaseUrl>().unwrap();
        }
        for bad in [
            "",
            "a.db",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:a.db?x=y",
            "mysql:",
            "postgres://h/n",
            "mysql://",
        ] {
            bad.parse::<DatabaseUrl>().unwrap_err();
        }
    }

    #[test]
    fn the_file_of_an_sqlite_database_is_known() {
        let file = |text: &str| text.parse::<DatabaseUrl>().unwrap().sqlite_file();
        assert_eq!(file("sqlite:./data/a.db"), Some("./data/a.db".into()));
        assert_eq!(file("sqlite:///tmp/a.db"), Some("/tmp/a.db".into()));
        assert_eq!(file("sqlite:/tmp/a.db"), Some("/tmp/a.db".into()));
        assert_eq!(file("mysql://u:p@h/n"), None);
    }

    #[test]
    fn traces_go_to_their_path_below_the_collector() {
        for text in ["http://h:4318", "http://h:4318/", "http://h:4318/v1/traces"] {
            assert_eq!(text.parse::<CollectorUrl>().unwrap().traces(), "http://h:4318/v1/traces");
        }
        assert!("h:4318".parse::<CollectorUrl>().is_err());
    }
}
