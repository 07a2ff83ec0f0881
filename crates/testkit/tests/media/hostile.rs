//! A hundred files that are not what they say, and what becomes of each: refused by name, or kept as
//! something that nobody runs.

use super::{
    content,
    samples::{docx, jpeg, mp3, mp4, opus, pdf, png, webp, zip},
};
use wagate_testkit::on_both;

enum Fate {
    Refused,
    /// Kept under this type.
    Is(&'static str),
}
use Fate::{Is, Refused};

const TEXT: &str = "text/plain";
const ANY: &str = "application/octet-stream";

fn cut(bytes: &[u8], at: usize) -> Vec<u8> {
    bytes[..at.min(bytes.len())].to_vec()
}

fn with(before: &[u8], after: &[u8]) -> Vec<u8> {
    [before, after].concat()
}

/// Name, bytes, fate.
#[expect(clippy::too_many_lines, reason = "a table of files")]
fn hostile() -> Vec<(String, Vec<u8>, Fate)> {
    let mut files: Vec<(String, Vec<u8>, Fate)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>, fate: Fate| files.push((name.to_owned(), bytes, fate));
    // Pages, pictures and scripts that a browser would run.
    for (name, text) in [
        ("svg with script.jpg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("svg with onload.svg", "<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>"),
        ("svg after a comment.svg", "<!-- -->\n\n<svg><foreignObject/></svg>"),
        ("xml bomb.xml", "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>"),
        ("xxe.xml", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"),
        ("page.html", "<!DOCTYPE html><html><script>alert(1)</script></html>"),
        ("page.png", "<html><body onload=alert(1)></body></html>"),
        ("page without head.txt", "<script>alert(1)</script>"),
        ("php.jpg", "<?php system($_GET['c']);"),
        ("javascript.js", "alert(document.cookie)"),
        ("css.css", "body{background:url(javascript:alert(1))}"),
        ("formula.csv", "=cmd|' /C calc'!A0,1\n"),
        ("latex.tex", "\\input{/etc/passwd}"),
        ("vbs.vbs", "CreateObject(\"WScript.Shell\").Run \"calc\""),
        ("bat.bat", "@echo off\r\ndel *.*"),
        ("eicar.com", "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
        ("rtl \u{202e}gpj.txt", "right to left"),
        ("lone mz.txt", "MZ is how this text begins"),
    ] {
        add(name, text.as_bytes().to_vec(), Is(TEXT));
    }
    // Programs.
    let windows = with(b"MZ", &[&[0_u8; 0x3a][..], &[0x80, 0, 0, 0], &[0; 200]].concat());
    for (name, bytes) in [
        ("elf", with(b"\x7fELF\x02\x01\x01", &[0; 100])),
        ("windows", windows.clone()),
        ("mach-o", with(b"\xcf\xfa\xed\xfe", &[0; 100])),
        ("fat mach-o or class", with(b"\xca\xfe\xba\xbe", &[0; 100])),
        ("wasm", with(b"\0asm\x01\0\0\0", &[0; 50])),
        ("dex", with(b"dex\n035\0", &[0; 100])),
        ("shell", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("python", b"#!/usr/bin/env python3\n".to_vec()),
        ("apk", zip(&[("AndroidManifest.xml", 10), ("classes.dex", 10)])),
        ("jar", zip(&[("META-INF/MANIFEST.MF", 10), ("A.class", 10)])),
    ] {
        for extension in ["jpg", "pdf"] {
            add(&format!("{name}.{extension}"), bytes.clone(), Refused);
        }
    }
    // Broken off.
    for (name, whole, lengths) in [
        ("cut.jpg", jpeg(), vec![4, 100, 400]),
        ("cut.png", png(), vec![9, 20, 40]),
        ("cut.webp", webp(), vec![13, 30, 39]),
        ("cut.mp4", mp4(), vec![20, 60, 200, 300]),
        ("cut.pdf", pdf(), vec![9, 30, 43]),
        ("cut.docx", docx(), vec![30, 100, 200]),
    ] {
        for length in lengths {
            add(&format!("{length} {name}"), cut(&whole, length), Refused);
        }
    }
    add("empty.png", Vec::new(), Refused);
    // More behind the end, and two at once.
    add("more.png", with(&png(), b"more"), Refused);
    add("more.webp", with(&webp(), &[0; 100]), Refused);
    add("png and zip.png", with(&png(), &docx()), Refused);
    add("jpeg and zip.jpg", with(&jpeg(), &docx()), Refused);
    add("jpeg and jar.jpg", with(&jpeg(), &zip(&[("META-INF/MANIFEST.MF", 1)])), Refused);
    add("mp3 and zip.mp3", with(&mp3(), &docx()), Refused);
    add("opus and zip.ogg", with(&opus(), &docx()), Refused);
    add("gif and zip.gif", with(b"GIF89a\x01\0\x01\0\0\0\0;", &docx()), Refused);
    let jpeg_head = cut(&jpeg(), 20);
    for inside in [
        "<script>alert(1)</script>",
        "<HTML>",
        "<svg onload=x>",
        "<?php ?>",
        "%PDF-1.4",
        "<!DOCTYPE html>",
        "<iframe src=x>",
    ] {
        add(
            &format!("jpeg and {}.jpg", &inside[1..4]),
            with(&jpeg_head, &with(inside.as_bytes(), &jpeg()[20..])),
            Refused,
        );
        add(&format!("gif and {}.gif", &inside[1..4]), with(b"GIF89a=1;", inside.as_bytes()), Refused);
    }
    add("mp3 and html.mp3", with(&cut(&mp3(), 10), &with(b"<html>", &mp3()[10..])), Refused);
    // Archives that unpack to far more than themselves.
    add("bomb.zip", zip(&[("a", u32::MAX)]), Refused);
    add("bomb.docx", zip(&[("[Content_Types].xml", 1), ("word/document.xml", 4_000_000_000)]), Refused);
    add("bomb of many.zip", zip(&[("a", 60_000_000); 100]), Refused);
    add(
        "overlong table.zip",
        with(&cut(&zip(&[("a", 1)]), 80), b"PK\x05\x06\0\0\0\0\x01\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0"),
        Is("application/zip"),
    );
    // Boxes that lie about their length.
    add("boxes without end.mp4", with(b"\0\0\0\x10ftypisom\0\0\0\0", &[0xff; 64]), Refused);
    add("box of no length.mp4", with(b"\0\0\0\x10ftypisom\0\0\0\0", b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x01"), Refused);
    add("short box.mp4", with(b"\0\0\0\x10ftypisom\0\0\0\0", b"\0\0\0\x03moov"), Refused);
    add("only a beginning.mp4", b"\0\0\0\x10ftypisom\0\0\0\0".to_vec(), Refused);
    // What they are not, by name and declared type.
    add("text.jpg", b"just words".to_vec(), Is(TEXT));
    add("pdf.jpg", pdf(), Is("application/pdf"));
    add("png.jpg", png(), Is("image/png"));
    add("jpeg.png", jpeg(), Is("image/jpeg"));
    add("zip.docx", zip(&[("a", 1)]), Is("application/zip"));
    add("docx.zip", docx(), Is("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
    add(
        "vorbis.ogg",
        with(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis", &[5; 200]),
        Is("application/ogg"),
    );
    // Bytes that are nothing.
    add("latin1.txt", b"caf\xe9".to_vec(), Is(ANY));
    add("nul.txt", b"a\0b".to_vec(), Is(ANY));
    add("utf16.txt", "words".encode_utf16().flat_map(u16::to_le_bytes).collect(), Is(ANY));
    add("half a letter.txt", b"caf\xc3".to_vec(), Is(ANY));
    add("escapes.txt", b"\x1b[2J\x1b]0;title\x07".to_vec(), Is(ANY));
    add(
        "noise.bin",
        (0..5_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect(),
        Is(ANY),
    );
    files
}

on_both! {
    async fn hostile_files_are_refused_or_kept_as_something_harmless(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let files = hostile();
        assert!(files.len() >= 100, "{}", files.len());
        for (name, bytes, fate) in files {
            let answer = ws.upload(&name, &bytes).await;
            match fate {
                Refused => {
                    assert_eq!(answer.status, 422, "{name}: {}", answer.json);
                    assert_eq!(answer.faults(), [("file".to_owned(), "invalid_format".to_owned())], "{name}");
                }
                Is(mime_type) => {
                    assert_eq!((answer.status, answer["mime_type"].as_str()), (201, Some(mime_type)), "{name}: {}", answer.json);
                    let read = content(&ws, &answer.text("id"), "").await;
                    assert!(read.bytes == bytes, "{name}");
                    assert_eq!((read.header("content-type"), read.header("x-content-type-options")), (mime_type, "nosniff"));
                    assert!(read.header("content-disposition").starts_with("attachment"));
                }
            }
        }
        assert_eq!(i64::try_from(crate::media::objects(app)).unwrap(), app.count("media_objects").await);
    }

    async fn honest_files_are_known_for_what_they_are(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (bytes, mime_type, kind) in [
            (jpeg(), "image/jpeg", "image"),
            (png(), "image/png", "image"),
            (webp(), "image/webp", "sticker"),
            (mp4(), "video/mp4", "video"),
            (mp3(), "audio/mpeg", "audio"),
            (opus(), "audio/ogg", "voice"),
            (pdf(), "application/pdf", "document"),
            (b"Gr\xc3\xbc\xc3\x9fe\r\n\ta,b\n".to_vec(), "text/plain", "document"),
        ] {
            let answer = ws.upload("no name.bin", &bytes).await;
            assert_eq!((answer["mime_type"].as_str(), answer["kind"].as_str()), (Some(mime_type), Some(kind)), "{}", answer.json);
        }
    }
}
