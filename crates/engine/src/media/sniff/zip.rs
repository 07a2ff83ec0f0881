//! Archives by their table of contents, which stands at their end. Nothing is unpacked.

use super::{DOCX, ODP, ODS, ODT, PPTX, Typed, XLSX, document, refused};

/// How much larger than the file its contents may say to be, beyond [`SMALL`].
const MOST_RATIO: u64 = 200;
/// Contents of this many bytes harm nobody.
const SMALL: u64 = 100 * 1024 * 1024;

const END_MARK: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const ENTRY_MARK: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;

/// What an archive of `size` bytes is that ends in `tail`.
pub(super) fn typed(tail: &[u8], size: u64) -> Typed {
    let Some(end) = end(tail) else { return refused("The archive breaks off.") };
    let entries = entries(tail, end);
    let unpacked = entries.iter().fold(0_u64, |sum, (_, size)| sum.saturating_add(*size));
    if unpacked > SMALL && unpacked / size.max(1) > MOST_RATIO {
        return refused("The archive's contents are far larger than itself.");
    }
    let has = |start: &str| entries.iter().any(|(name, _)| name.starts_with(start.as_bytes()));
    if has("AndroidManifest.xml") || has("META-INF/MANIFEST.MF") {
        return refused("Programs are not taken.");
    }
    let is_office = has("[Content_Types].xml");
    match () {
        () if is_office && has("word/") => document(DOCX),
        () if is_office && has("xl/") => document(XLSX),
        () if is_office && has("ppt/") => document(PPTX),
        () if contains_type(tail, ODT) => document(ODT),
        () if contains_type(tail, ODS) => document(ODS),
        () if contains_type(tail, ODP) => document(ODP),
        () => document("application/zip"),
    }
}

/// Small `OpenDocument` files hold their type as their first entry, unpacked.
fn contains_type(tail: &[u8], mime_type: &str) -> bool {
    tail.get(30..)
        .and_then(|rest| rest.strip_prefix(b"mimetype"))
        .is_some_and(|rest| rest.starts_with(mime_type.as_bytes()))
}

/// Whether a file ends as an archive does: with the mark, and a comment that reaches to the end.
pub(super) fn ends_as_archive(tail: &[u8]) -> bool {
    end(tail).is_some()
}

fn end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_LENGTH)?;
    (0..=last).rev().find(|at| {
        tail[*at..].starts_with(END_MARK)
            && number::<2>(tail, at + 20).is_some_and(|comment| at + END_LENGTH + comment == tail.len())
    })
}

/// The names and unpacked sizes in the table, as far as it lies within `tail`.
fn entries(tail: &[u8], end: usize) -> Vec<(&[u8], u64)> {
    let mut found = Vec::new();
    let Some(mut at) = number::<4>(tail, end + 12).and_then(|length| end.checked_sub(length)) else { return found };
    while tail.get(at..).is_some_and(|rest| rest.starts_with(ENTRY_MARK)) {
        let field = |offset| number::<2>(tail, at + offset).unwrap_or(0);
        let (name, extra, comment) = (field(28), field(30), field(32));
        let Some(text) = tail.get(at + ENTRY_LENGTH..at + ENTRY_LENGTH + name) else { break };
        found.push((text, number::<4>(tail, at + 24).unwrap_or(0) as u64));
        at += ENTRY_LENGTH + name + extra + comment;
    }
    found
}

/// A little-endian number of `N` bytes.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = bytes.get(at..at + N)?;
    Some(digits.iter().rev().fold(0, |number, digit| number << 8 | usize::from(*digit)))
}
