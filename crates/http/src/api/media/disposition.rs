//! The name under which a download is saved (RFC 6266): nothing in it can end the header or name a
//! directory.

use wagate_model::Media;

/// `attachment` with the file's name, once as plain ASCII and once as it is.
pub(super) fn attachment(media: &Media) -> String {
    let fallback = media.id.to_string();
    let name = media.filename.as_deref().unwrap_or(&fallback);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " !#$&+-.^_`{}~()[]@=,".contains(c);
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut text = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push('%');
                text.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    text
}
