//! What `wagate dev` shows a person once it listens.

use super::demo::Demo;

/// The banner: where things are, and a first message to paste.
pub(super) fn text(url: &str, demo: &Demo) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let number = demo.account.phone_number.as_ref().map_or("no number yet", |number| number.as_str());
    format!(
        r#"
  Wagate {version}, for development: one demo workspace on a simulated network.

    API         {url}/v1
    Docs        {url}/docs
    Account     {account}  {number}  {status}
    API key     {key}

  Send a first message, and see it read within two seconds:

    curl -s {url}/v1/messages \
      -H 'Authorization: Bearer {key}' \
      -H 'Content-Type: application/json' -H 'Prefer: wait=5' \
      -d '{{"to":"+15550100001","type":"text","text":{{"body":"Hello!"}}}}'

  Ctrl-C stops it. Everything is kept in the data directory.
"#,
        account = demo.account.id,
        status = demo.account.status,
        key = demo.key,
    )
}
