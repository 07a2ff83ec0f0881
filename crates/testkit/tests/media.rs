//! Files: uploaded, stored once, read in parts, kept apart and deleted.

use std::{io::Write as _, time::Duration};
use wagate_testkit::{Method, TestApp, TestWorkspace, Value, form, json, on_both};

mod hostile;
mod messages;
pub(crate) mod samples;

use samples::{jpeg, pdf, png};

/// How many objects lie in the store.
fn objects(app: &TestApp) -> usize {
    fn count(directory: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.media_path())
}

async fn content(ws: &TestWorkspace, id: &str, range: &str) -> wagate_testkit::Answer {
    let request = ws.request(Method::GET, &format!("/v1/media/{id}/content"));
    if range.is_empty() { request.send().await } else { request.header("range", range).send().await }
}

on_both! {
    async fn a_file_comes_back_byte_for_byte(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let mut large = pdf();
        large.splice(20..20, (0..6_000_000_u32).map(|number| u8::try_from(number % 251).unwrap()));
        for (name, bytes, mime_type, kind) in
            [("photo.jpg", jpeg(), "image/jpeg", "image"), ("large.pdf", large, "application/pdf", "document")]
        {
            let media = ws.upload(name, &bytes).await;
            assert_eq!(media.status, 201, "{}", media.json);
            assert_eq!((&media["mime_type"], &media["kind"]), (&json!(mime_type), &json!(kind)));
            assert_eq!((&media["size"], &media["filename"], &media["state"]), (&json!(bytes.len()), &json!(name), &json!("ready")));
            assert_eq!(media["sha256"], hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes)));
            assert_eq!(ws.get(&format!("/v1/media/{}", media.text("id"))).await.ok(), media.json);
            let whole = content(&ws, &media.text("id"), "").await;
            assert!(whole.bytes == bytes, "{name} came back otherwise");
            assert_eq!((whole.header("content-type"), whole.header("x-content-type-options")), (mime_type, "nosniff"));
            assert_eq!(whole.header("content-disposition"), format!("attachment; filename=\"{name}\""));
            assert!(whole.header("content-security-policy").contains("sandbox"));
        }
    }

    async fn a_part_of_a_file_is_read_by_its_range(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let id = ws.upload("a.txt", b"0123456789").await.text("id");
        for (range, part, says) in [("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=-2", "89", "bytes 8-9/10"), ("bytes=7-", "789", "bytes 7-9/10")] {
            let answer = content(&ws, &id, range).await;
            assert_eq!((answer.status, answer.header("content-range")), (206, says));
            assert_eq!((answer.bytes.as_slice(), answer.header("accept-ranges")), (part.as_bytes(), "bytes"));
        }
        let beyond = content(&ws, &id, "bytes=10-").await;
        assert_eq!(beyond.header("content-range"), "bytes */10");
        beyond.problem(416, "range_not_satisfiable");
        assert_eq!(content(&ws, &id, "bytes=0-1,4-5").await.bytes, b"0123456789");
    }

    async fn the_same_bytes_lie_once_for_each_workspace(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        let (one, two) = (ws.upload("a.png", &png()).await, ws.upload("b.png", &png()).await);
        assert_ne!(one["id"], two["id"]);
        assert_eq!((&one["sha256"], &two["filename"]), (&two["sha256"], &json!("b.png")));
        assert_eq!(objects(app), 1);
        other.upload("a.png", &png()).await;
        assert_eq!(objects(app), 2);
        ws.delete(&format!("/v1/media/{}", one.text("id"))).await.ok();
        assert_eq!(content(&ws, &two.text("id"), "").await.bytes, png());
        ws.delete(&format!("/v1/media/{}", two.text("id"))).await.ok();
        assert_eq!(objects(app), 1);
        content(&ws, &two.text("id"), "").await.problem(404, "not_found");
    }

    async fn many_upload_the_same_bytes_at_once(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let mut uploads = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let ws = ws.clone();
            uploads.spawn(async move { ws.upload("a.png", &png()).await });
        }
        while let Some(answer) = uploads.join_next().await {
            let answer = answer.unwrap();
            assert_eq!(answer.status, 201, "{}", answer.json);
            assert_eq!(content(&ws, &answer.text("id"), "").await.bytes, png());
        }
        assert_eq!(objects(app), 1);
    }

    async fn an_upload_is_repeated_by_its_key(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let upload = |key: &str, bytes: &[u8]| ws.request(Method::POST, "/v1/media").header("idempotency-key", key).file("a.txt", bytes).send();
        let first = upload("one", b"first").await;
        let again = upload("one", b"first").await;
        assert_eq!((again.status, again.is_replayed(), &again.json), (201, true, &first.json));
        upload("one", b"another").await.problem(422, "idempotency_key_reused");
        assert_ne!(upload("two", b"first").await["id"], first["id"]);
        let other_boundary = String::from_utf8(form("file", "a.txt", b"first")).unwrap().replace("x-wagate-x", "y-y");
        let request = ws.request(Method::POST, "/v1/media").header("idempotency-key", "one");
        let same = request.header("content-type", "multipart/form-data; boundary=y-y").bytes(other_boundary).send().await;
        assert_eq!((same.status, same.is_replayed()), (201, true));
        assert_eq!(objects(app), 1);
    }

    async fn what_is_no_form_with_one_file_is_refused_by_name(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let post = || ws.request(Method::POST, "/v1/media");
        ws.post("/v1/media", json!({"file": "x"})).await.problem(415, "unsupported_media_type");
        post().send().await.problem(415, "unsupported_media_type");
        post().header("content-type", "multipart/form-data").bytes("x").send().await.problem(415, "unsupported_media_type");
        post().multipart(b"nothing of a form".to_vec()).send().await.problem(400, "invalid_multipart");
        let whole = form("file", "a.txt", b"some text");
        post().multipart(whole[..whole.len() - 30].to_vec()).send().await.problem(400, "invalid_multipart");
        for (body, field, code) in [
            (form("document", "a.txt", b"x"), "document", "unknown_field"),
            (form("a/b", "a.txt", b"x"), "a~1b", "unknown_field"),
            (form("file", "a.txt", b""), "file", "invalid_format"),
            (b"--x-wagate-x--\r\n".to_vec(), "file", "required"),
        ] {
            let answer = post().multipart(body).send().await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{}", answer.json);
        }
        assert_eq!(objects(app), 0);
    }

    async fn names_are_kept_without_paths_and_tricks(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (given, kept) in [
            ("../../etc/passwd", json!("passwd")),
            ("C:\\Windows\\system.ini", json!("system.ini")),
            ("..", json!(null)),
            ("invoice\u{202e}fdp.exe", json!("invoicefdp.exe")),
            ("a\u{85}b\u{200b}c\t.txt", json!("abc.txt")),
            ("Räksmörgås 漢字.txt", json!("Räksmörgås 漢字.txt")),
            (".hidden ", json!("hidden")),
        ] {
            let media = ws.upload(given, b"text").await;
            assert_eq!(media["filename"], kept, "{given:?}");
            let disposition = content(&ws, &media.text("id"), "").await;
            let disposition = disposition.header("content-disposition");
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{disposition}");
            assert!(!disposition.contains(['\r', '\n', '/', '\\']), "{disposition}");
        }
        for no_header in ["a\u{7}b.txt", "a\0b.txt", "\u{1b}[2J"] {
            let answer = ws.upload(no_header, b"text").await;
            assert!(matches!(answer.status, 400 | 422), "{no_header:?}: {}", answer.json);
            answer.is_problem();
        }
        let long = "漢".repeat(1_000);
        let name = ws.upload(&long, b"text").await.text("filename");
        assert!(name.len() <= 255 && long.starts_with(&name));
    }

    async fn what_a_crash_left_is_swept_and_nothing_else(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let media = ws.upload("a.png", &png()).await;
        let directory = app.media_path().join(&ws.id);
        let orphan = directory.join("01jd0c2q4w8v7h3n5k6m9p0r1s");
        let unfinished = directory.join("01jd0c2q4w8v7h3n5k6m9p0r1t#1");
        let recent = directory.join("01jd0c2q4w8v7h3n5k6m9p0r1v");
        for path in [&orphan, &unfinished, &recent] {
            std::fs::File::create(path).unwrap().write_all(b"left behind").unwrap();
        }
        let at = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for path in [&orphan, &unfinished] {
            std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
        }
        // The row's own bytes are as old.
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path != recent {
                std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
            }
        }
        assert_eq!(app.sweep_media().await, 2);
        assert!(!orphan.exists() && !unfinished.exists() && recent.exists());
        assert_eq!(content(&ws, &media.text("id"), "").await.bytes, png());
        assert_eq!(app.sweep_media().await, 0);
    }

    async fn a_file_belongs_to_its_workspace_and_mode(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        let id = ws.upload("a.txt", b"a private word").await.text("id");
        for stranger in [&other, &live] {
            for path in [format!("/v1/media/{id}"), format!("/v1/media/{id}/content")] {
                stranger.get(&path).await.problem(404, "not_found");
            }
            stranger.delete(&format!("/v1/media/{id}")).await.problem(404, "not_found");
        }
        let read_only = ws.key(json!({"scopes": ["messages:read"]})).await;
        assert_eq!(content(&read_only, &id, "").await.bytes, b"a private word");
        read_only.upload("a.txt", b"x").await.problem(403, "forbidden");
        read_only.delete(&format!("/v1/media/{id}")).await.problem(403, "forbidden");
        let audit = ws.audit().await;
        ws.delete(&format!("/v1/media/{id}")).await.ok();
        assert_eq!(ws.audit().await.len(), audit.len() + 1);
        assert_eq!(Value::Null, ws.delete(&format!("/v1/media/{id}")).await.problem(404, "not_found")["errors"]);
    }
}
