//! What bytes are, by themselves: names and declared types are never believed.
//!
//! The first bytes say what a file claims to be; its structure must bear that out. What is none of
//! the types that networks show is a document; markup, scripts and SVG among it are called plain
//! text, so that nothing that shows a file ever runs it. Nothing is unpacked here.

mod boxes;
mod text;
mod zip;

use boxes::Boxes;
use std::collections::VecDeque;
use text::TextCheck;
use wagate_model::MediaKind;

/// How many of the first and of the last bytes are kept.
const HEAD: usize = 4096;
const TAIL: usize = 66 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Typed {
    /// Its media type.
    pub(crate) mime_type: &'static str,
    /// What it can be sent as, beside `document`.
    pub(crate) kind: MediaKind,
    /// Why nobody may hand it in, where nobody may.
    pub(crate) fault: Option<&'static str>,
}

/// Looks at bytes while they pass.
#[derive(Default)]
pub(crate) struct Sniffer {
    size: u64,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    text: TextCheck,
    boxes: Boxes,
}

impl Sniffer {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        let last = &bytes[bytes.len().saturating_sub(TAIL)..];
        let surplus = (self.tail.len() + last.len()).saturating_sub(TAIL);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend(last);
        self.text.feed(bytes);
        self.boxes.feed(bytes);
    }

    pub(crate) fn finish(mut self) -> Typed {
        let tail = std::mem::take(&mut self.tail);
        let tail = Vec::from(tail);
        if self.size == 0 {
            return refused("The file is empty.");
        }
        let claimed = infer::get(&self.head);
        let mime = claimed.map(|claimed| claimed.mime_type());
        match mime {
            Some("image/jpeg") => self.picture("image/jpeg", is_whole_jpeg(&tail), &tail),
            Some("image/png") => self.picture("image/png", is_whole_png(&self.head, &tail), &tail),
            Some("image/webp") => {
                let typed = self.picture("image/webp", is_whole_riff(&self.head, self.size), &tail);
                Typed { kind: MediaKind::Sticker, ..typed }
            }
            Some("application/pdf") => whole(document("application/pdf"), contains(&tail, b"%%EOF")),
            Some(
                "application/zip"
                | "application/epub+zip"
                | "application/java-archive"
                | ODT
                | ODS
                | ODP
                | DOCX
                | XLSX
                | PPTX,
            ) => zip::typed(&tail, self.size),
            Some("application/msword") => document("application/msword"),
            Some("application/vnd.ms-excel") => document("application/vnd.ms-excel"),
            Some("application/vnd.ms-powerpoint") => document("application/vnd.ms-powerpoint"),
            _ if self.head.starts_with(b"PK\x03\x04") => zip::typed(&tail, self.size),
            _ if is_program(&self.head) => refused("Programs are not taken."),
            _ => self.sound_or_other(mime, &tail),
        }
    }

    fn sound_or_other(self, mime: Option<&'static str>, tail: &[u8]) -> Typed {
        if let Some(typed) = self.boxes.typed(&self.head) {
            return clean(typed, &self.head, tail);
        }
        let typed = match mime {
            Some("audio/mpeg") => sound("audio/mpeg"),
            Some("audio/aac") => sound("audio/aac"),
            Some("audio/amr") => sound("audio/amr"),
            _ if self.head.starts_with(b"OggS") => ogg(&self.head),
            Some(
                mime @ ("image/gif"
                | "image/bmp"
                | "image/tiff"
                | "image/heif"
                | "image/avif"
                | "audio/x-wav"
                | "audio/x-flac"
                | "video/webm"
                | "video/x-matroska"
                | "video/quicktime"
                | "application/gzip"
                | "application/x-7z-compressed"
                | "application/vnd.rar"),
            ) => document(mime),
            Some("application/rtf" | "text/rtf") => document("application/rtf"),
            _ => return if self.text.is_text() { document("text/plain") } else { document(UNKNOWN) },
        };
        clean(typed, &self.head, tail)
    }

    fn picture(&self, mime_type: &'static str, is_whole: bool, tail: &[u8]) -> Typed {
        let typed = Typed { mime_type, kind: MediaKind::Image, fault: None };
        clean(whole(typed, is_whole), &self.head, tail)
    }
}

const UNKNOWN: &str = "application/octet-stream";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";

const fn document(mime_type: &'static str) -> Typed {
    Typed { mime_type, kind: MediaKind::Document, fault: None }
}

const fn sound(mime_type: &'static str) -> Typed {
    Typed { mime_type, kind: MediaKind::Audio, fault: None }
}

const fn refused(fault: &'static str) -> Typed {
    Typed { fault: Some(fault), ..document(UNKNOWN) }
}

/// Refuses a file that breaks off before its end.
fn whole(typed: Typed, is_whole: bool) -> Typed {
    if is_whole {
        typed
    } else {
        Typed { fault: Some("The file breaks off, or something stands behind its end."), ..typed }
    }
}

/// Refuses a file that is two things at once: pictures and sounds that begin as a page or a PDF does,
/// or end in an archive.
fn clean(typed: Typed, head: &[u8], tail: &[u8]) -> Typed {
    let start = head[..head.len().min(1024)].to_ascii_lowercase();
    let marks: [&[u8]; 7] = [b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"%pdf-", b"<iframe"];
    let is_two = marks.iter().any(|mark| contains(&start, mark)) || zip::ends_as_archive(tail);
    if is_two && typed.fault.is_none() {
        return Typed { fault: Some("The file is of two types at once."), ..typed };
    }
    typed
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Cameras write more behind the end mark, so it is looked for, not expected last.
fn is_whole_jpeg(tail: &[u8]) -> bool {
    contains(tail, b"\xff\xd9")
}

fn is_whole_png(head: &[u8], tail: &[u8]) -> bool {
    head.get(12..16) == Some(b"IHDR") && tail.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82")
}

fn is_whole_riff(head: &[u8], size: u64) -> bool {
    let stated = head.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    stated.is_some_and(|stated| (u64::from(stated) + 8..=u64::from(stated) + 9).contains(&size))
}

/// Opus is what networks play as a voice note; other sounds in OGG are documents.
fn ogg(head: &[u8]) -> Typed {
    let start = &head[..head.len().min(512)];
    if contains(start, b"OpusHead") {
        Typed { mime_type: "audio/ogg", kind: MediaKind::Voice, fault: None }
    } else {
        document("application/ogg")
    }
}

/// Programs of the usual systems.
fn is_program(head: &[u8]) -> bool {
    let marks: [&[u8]; 9] = [
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\0asm",
        b"dex\n",
        b"#!",
    ];
    marks.iter().any(|mark| head.starts_with(mark)) || is_windows_program(head)
}

fn is_windows_program(head: &[u8]) -> bool {
    let at = head.get(0x3c..0x40).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    // Without room for its header it is at most the text "MZ...".
    head.starts_with(b"MZ") && at.is_some_and(|at| at >= 0x40)
}
