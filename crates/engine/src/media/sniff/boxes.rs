//! The boxes that MP4, M4A and 3GP files are made of, counted while they pass.

use super::{Typed, refused};
use wagate_model::MediaKind;

/// More boxes at the top than any honest file has.
const MOST: u32 = 100_000;
const HEADER: usize = 8;
const LONG_HEADER: usize = 16;

/// How far a file was read.
#[derive(Default)]
pub(super) struct Boxes {
    header: Vec<u8>,
    /// How many bytes of the present box are to come.
    rest: u64,
    count: u32,
    has_index: bool,
    is_other: bool,
    /// The last box goes on to the end of the file.
    is_open: bool,
}

impl Boxes {
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.is_other && !self.is_open {
            if self.rest > 0 {
                let skipped = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
                bytes = &bytes[skipped..];
                self.rest -= skipped as u64;
                continue;
            }
            self.header.push(bytes[0]);
            bytes = &bytes[1..];
            self.read_header();
        }
    }

    fn read_header(&mut self) {
        let Some((size, name)) = self.header.first_chunk::<4>().zip(self.header.get(4..HEADER)) else { return };
        let size = u64::from(u32::from_be_bytes(*size));
        let (size, header) = match (size, self.header.len()) {
            (1, LONG_HEADER..) => {
                let long = self.header.last_chunk::<8>().copied().unwrap_or_default();
                (u64::from_be_bytes(long), LONG_HEADER)
            }
            (1, _) => return,
            (size, _) => (size, HEADER),
        };
        self.has_index |= name == b"moov";
        self.is_other = self.count == 0 && name != b"ftyp" || self.count > MOST;
        self.is_open = size == 0;
        self.count += 1;
        match size.checked_sub(header as u64) {
            Some(rest) => self.rest = rest,
            None => self.is_other |= !self.is_open,
        }
        self.header.clear();
    }

    /// What the file is, if it begins as such a file does.
    pub(super) fn typed(&self, head: &[u8]) -> Option<Typed> {
        if head.get(4..8) != Some(b"ftyp") {
            return None;
        }
        let (mime_type, kind) = match head.get(8..12)? {
            b"M4A " | b"M4B " => ("audio/mp4", MediaKind::Audio),
            brand if brand.starts_with(b"3gp") || brand.starts_with(b"3g2") => ("video/3gpp", MediaKind::Video),
            b"qt  " => ("video/quicktime", MediaKind::Document),
            b"heic" | b"heix" | b"mif1" | b"avif" => ("image/heif", MediaKind::Document),
            _ => ("video/mp4", MediaKind::Video),
        };
        if kind == MediaKind::Document {
            return Some(Typed { mime_type, kind, fault: None });
        }
        let is_whole = !self.is_other && self.has_index && (self.is_open || self.rest == 0 && self.header.is_empty());
        if is_whole {
            Some(Typed { mime_type, kind, fault: None })
        } else {
            Some(refused("The film or sound breaks off."))
        }
    }
}
