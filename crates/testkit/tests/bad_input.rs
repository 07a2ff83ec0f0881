//! Bad input, wherever something is taken: refused with 4xx and the field's name, never a 500, and
//! the gateway works afterwards as before.

use crate::operations::{Of, Operation, Owner, operations};
use wagate_testkit::{Answer, Method, Request, TestApp, Value, json, on_both};

/// Texts that are no id, hardly a name, and a trap for whoever glues texts together.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        ".",
        "..",
        "../../etc/passwd",
        "..%2f..%2fetc",
        "a\0b",
        "\u{1}\u{7f}\u{85}",
        "line\nbreak\r\n",
        "\u{202e}drowssap\u{202c}",
        "Ωμέγα 漢字 العربية 🦐",
        "' OR 1=1; -- ",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "%00",
        "\\",
        "\"",
        "null",
        "\u{feff}",
        "e\u{301}",
        "msg_01jd0c2q4w8v7h3n5k6m9p0r1S",
        "acc_00000000000000000000000000",
        "ws_ilou",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(10_000));
    texts.push("漢".repeat(10_000));
    texts
}

/// Values of other types than texts, and values that hardly fit anywhere.
fn odd_values() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let wide: serde_json::Map<_, _> = (0..500).map(|number| (number.to_string(), json!(number))).collect();
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!([]),
        json!({}),
        json!([null]),
        json!([[]]),
        json!(["x", 1]),
        json!({"": ""}),
        json!({"a/b~c": 1}),
        deep,
        Value::Object(wide),
    ]
}

/// JSON that serde's values cannot hold, or that is none.
const ODD_JSON: &[&[u8]] = &[
    b"1e999",
    b"-1e999",
    b"99999999999999999999999999999999999999999999999999",
    b"0.0000000000000000000000000000000000000000001",
    b"\"\\ud800\"",
    b"\"\xff\xfe\"",
    b"\"\xc0\x80\"",
    b"\"\xed\xa0\x80\"",
    b"NaN",
    b"01",
    b"+1",
    b"'x'",
    b"\"\x01\"",
    b"\"unclosed",
];

const MARK: &str = "@@here@@";

struct Stage {
    owner: Owner,
    operations: Vec<Operation>,
}

impl Stage {
    async fn set(app: &TestApp) -> Self {
        Self { owner: Owner::new(app).await, operations: operations(app).await }
    }

    /// The operations that take a body, with one that is right.
    fn with_bodies(&self) -> impl Iterator<Item = (&Operation, Value)> {
        self.operations.iter().filter_map(|operation| Some((operation, operation.body()?)))
    }

    /// A request by whoever may do it, to what they own.
    fn request(&self, app: &TestApp, operation: &Operation) -> Request {
        let path = operation.path_with(self.owner.id(operation.case.of));
        self.request_to(app, operation, &path)
    }

    fn request_to(&self, app: &TestApp, operation: &Operation, path: &str) -> Request {
        if operation.is_operators() {
            app.operator(operation.method.clone(), path)
        } else {
            self.owner.ws.request(operation.method.clone(), path)
        }
    }

    /// Asserts that the gateway does its work still.
    async fn works(&self, app: &TestApp) {
        app.operator(Method::POST, &format!("/operator/v1/workspaces/{}/resume", self.owner.ws.id)).send().await.ok();
        app.anybody(Method::GET, "/health/ready").send().await.ok();
        let ws = app.workspace("After all that").await;
        ws.account().await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        app.leaves_work_behind();
    }
}

/// Asserts that an answer is no fault of the gateway, and if it is a refusal, a whole one.
#[track_caller]
fn is_taken_or_refused(answer: &Answer, what: &str) {
    if !(200..300).contains(&answer.status) {
        is_refused(answer, what);
    }
}

#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    let answer = &of_a_batch(answer);
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.json);
    answer.is_problem();
    if answer.json["code"] == "validation_failed" {
        assert!(!answer.faults().is_empty(), "{what}: {}", answer.json);
    }
    assert!(answer.bytes.len() < 20_000, "{what}: a refusal does not repeat what it refuses");
}

/// The refusal of a batch's only message as that of a request; any other answer as it is.
fn of_a_batch(answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    let problem = answer.json["data"][0]["problem"].clone();
    if problem.is_object() {
        answer.status = u16::try_from(problem["status"].as_u64().unwrap()).unwrap();
        answer.headers.insert("content-type", "application/problem+json".parse().unwrap());
        answer.json = problem;
        for error in answer.json["errors"].as_array_mut().into_iter().flatten() {
            let field = format!("messages/0/{}", error["field"].as_str().unwrap());
            error["field"] = json!(field.trim_end_matches('/'));
        }
    }
    answer
}

/// Asserts that a refusal names the field at this pointer, something in it, or what it is in.
#[track_caller]
fn names(answer: &Answer, pointer: &str, what: &str) {
    is_refused(answer, what);
    let answer = &of_a_batch(answer);
    assert_eq!(answer.status, 422, "{what}: {}", answer.json);
    let field = pointer.trim_start_matches('/');
    let faults = answer.faults();
    let is_named =
        |name: &str| name == field || field.starts_with(&format!("{name}/")) || name.starts_with(&format!("{field}/"));
    assert!(faults.iter().any(|(name, _)| is_named(name)), "{what}: {field} is not among {faults:?}");
}

/// The pointers of everything in a JSON value, without the root.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<_> = match value {
        Value::Object(object) => object.iter().map(|(key, child)| (format!("{at}/{key}"), child)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, child)| (format!("{at}/{index}"), child)).collect()
        }
        _ => Vec::new(),
    };
    for (pointer, child) in children {
        found.push(pointer.clone());
        pointers(child, &pointer, found);
    }
}

fn replaced(body: &Value, pointer: &str, by: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = by;
    body
}

/// Whether anything at all may stand there.
fn is_free(pointer: &str) -> bool {
    pointer.contains("/metadata/")
}

on_both! {
    async fn what_is_no_json_is_refused(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(10 * 1024 * 1024)).into_bytes();
        let deep = "[".repeat(200_000).into_bytes();
        let deep_objects = "{\"a\":".repeat(50_000).into_bytes();
        for (operation, body) in stage.with_bodies() {
            let text = body.to_string();
            let bodies: [(&str, Vec<u8>, &[u16]); 12] = [
                ("nothing", Vec::new(), &[400, 422]),
                ("half", text.as_bytes()[..text.len() / 2].to_vec(), &[400]),
                ("more behind it", format!("{text}{text}").into_bytes(), &[400]),
                ("bad UTF-8", [text.as_bytes(), b"\xff"].concat(), &[400]),
                ("a byte order mark", [b"\xef\xbb\xbf", text.as_bytes()].concat(), &[400]),
                ("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect(), &[400]),
                ("NUL", vec![0; 100], &[400]),
                ("deep lists", deep.clone(), &[400, 422]),
                ("deep objects", deep_objects.clone(), &[400, 422]),
                ("10 MB", huge.clone(), &[413]),
                ("a text", b"\"x\"".to_vec(), &[422]),
                ("a list", b"[]".to_vec(), &[422]),
            ];
            for (what, bytes, statuses) in bodies {
                let is_optional = operation.case.body.contains("overlap_seconds") && what == "nothing";
                let answer = stage.request(app, operation).body(bytes).send().await;
                let what = format!("{} with {what}", operation.id);
                is_taken_or_refused(&answer, &what);
                assert!(statuses.contains(&answer.status) || is_optional, "{what}: {} {}", answer.status, answer.json);
            }
            let plain = stage.request(app, operation).header("content-type", "text/plain").bytes(text.clone().into_bytes()).send().await;
            assert_eq!(plain.status, 415, "{}", operation.id);
            is_refused(&plain, &operation.id);
        }
        stage.works(app).await;
    }

    async fn wrong_types_are_refused_by_field(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        for (operation, body) in stage.with_bodies() {
            let mut all = Vec::new();
            pointers(&body, "", &mut all);
            for pointer in all.iter().filter(|pointer| !is_free(pointer)) {
                let right = body.pointer(pointer).unwrap();
                for wrong in [json!(true), json!(-7.5), json!("\0"), json!([[]]), json!({"no_such": 1}), json!([1]), json!(1e300)] {
                    let is_same_type = std::mem::discriminant(right) == std::mem::discriminant(&wrong);
                    let is_open = right.is_object() && wrong.is_object() && pointer.ends_with("/metadata");
                    if is_open || (is_same_type && right.is_boolean()) {
                        continue;
                    }
                    let answer = stage.request(app, operation).json(&replaced(&body, pointer, wrong.clone())).send().await;
                    names(&answer, pointer, &format!("{} with {pointer} = {wrong}", operation.id));
                }
            }
        }
        stage.works(app).await;
    }

    async fn unknown_fields_are_refused_by_name(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        for (operation, body) in stage.with_bodies() {
            let mut all = vec![String::new()];
            pointers(&body, "", &mut all);
            let objects = all.iter().filter(|pointer| body.pointer(pointer).unwrap().is_object());
            for pointer in objects.filter(|pointer| !["/metadata", "/headers", "/attributes"].iter().any(|free| pointer.ends_with(free))) {
                for name in ["no_such_field", "Name", "__proto__", "a/b", "räk", &"x".repeat(10_000)] {
                    let mut body = body.clone();
                    body.pointer_mut(pointer).unwrap()[name] = json!(1);
                    let answer = stage.request(app, operation).json(&body).send().await;
                    let what = format!("{} with another field in {pointer:?}", operation.id);
                    is_refused(&answer, &what);
                    let answer = of_a_batch(&answer);
                    let faults = answer.faults();
                    assert_eq!(answer.status, 422, "{what}");
                    assert!(faults.iter().any(|(_, code)| code == "unknown_field"), "{what}: {faults:?}");
                    let start = name.replace('/', "~1").chars().take(50).collect::<String>();
                    assert!(faults.iter().any(|(field, _)| field.contains(&start)), "{what}: {faults:?}");
                }
            }
        }
        stage.works(app).await;
    }

    async fn odd_values_are_taken_or_refused_wherever_one_is_taken(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        let values: Vec<_> = odd_values().into_iter().chain(odd_texts().into_iter().map(Value::String)).collect();
        for (operation, body) in stage.with_bodies() {
            let mut all = Vec::new();
            pointers(&body, "", &mut all);
            for pointer in &all {
                for value in &values {
                    let body = replaced(&body, pointer, value.clone());
                    let answer = stage.request(app, operation).json(&body).send().await;
                    let shown: String = value.to_string().chars().take(60).collect();
                    is_taken_or_refused(&answer, &format!("{} with {pointer} = {shown}", operation.id));
                    // The operator's bodies may just have suspended the workspace.
                    if operation.id == "operator_suspend_workspace" {
                        let path = format!("/operator/v1/workspaces/{}/resume", stage.owner.ws.id);
                        app.operator(Method::POST, &path).send().await.ok();
                    }
                }
            }
        }
        stage.works(app).await;
    }

    async fn odd_numbers_and_bytes_are_refused_wherever_one_is_taken(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        for (operation, body) in stage.with_bodies() {
            let mut all = Vec::new();
            pointers(&body, "", &mut all);
            for pointer in &all {
                let text = replaced(&body, pointer, json!(MARK)).to_string();
                let (before, after) = text.split_once(&format!("\"{MARK}\"")).unwrap();
                for odd in ODD_JSON {
                    let bytes = [before.as_bytes(), odd, after.as_bytes()].concat();
                    let answer = stage.request(app, operation).body(bytes).send().await;
                    let what = format!("{} with {pointer} = {}", operation.id, String::from_utf8_lossy(odd));
                    is_taken_or_refused(&answer, &what);
                    let answer = of_a_batch(&answer);
                    let may_be_a_number = is_free(pointer) || body.pointer(pointer).unwrap().is_number();
                    assert!(answer.status >= 400 || may_be_a_number, "{what}: {}", answer.status);
                }
            }
        }
        stage.works(app).await;
    }

    async fn odd_ids_in_paths_name_nothing(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        for operation in stage.operations.iter().filter(|one| one.case.of != Of::Nothing) {
            for odd in odd_texts().iter().filter(|odd| !matches!(odd.as_str(), "" | "." | "..")) {
                let path = operation.path_with(&percent_encoded(odd));
                let answer = operation.with_body(stage.request_to(app, operation, &path)).send().await;
                let shown: String = odd.chars().take(40).collect();
                assert_eq!(answer.status, 404, "{} of {shown:?}: {}", operation.id, answer.json);
                answer.problem(404, "not_found");
            }
        }
        stage.works(app).await;
    }

    async fn odd_queries_are_taken_or_refused_by_name(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        let mut odd: Vec<String> = odd_texts().iter().map(|text| percent_encoded(text)).collect();
        odd.extend(["%ff%fe", "%c0%80", "%", "%zz", "1e999", "-1", "0", "99999999999999999999", "1;2", "a,b,c", "true"].map(str::to_owned));
        for operation in stage.operations.iter().filter(|one| one.method == Method::GET) {
            let path = operation.path_with(stage.owner.id(operation.case.of));
            for name in &operation.query {
                for value in &odd {
                    let answer = stage.request_to(app, operation, &format!("{path}?{name}={value}")).send().await;
                    let what = format!("{}?{name}={:.60}", operation.id, value);
                    is_taken_or_refused(&answer, &what);
                    if answer.status == 422 {
                        names(&answer, name, &what);
                    }
                }
                let twice = stage.request_to(app, operation, &format!("{path}?{name}=1&{name}=2")).send().await;
                is_refused(&twice, &format!("{}?{name} twice", operation.id));
            }
            if !operation.query.is_empty() {
                let unknown = stage.request_to(app, operation, &format!("{path}?no_such=1")).send().await;
                assert_eq!((unknown.status, unknown.faults()), (422, vec![("no_such".to_owned(), "unknown_field".to_owned())]), "{}", operation.id);
            }
        }
        stage.works(app).await;
    }

    async fn odd_headers_are_ignored_or_refused(app: &mut TestApp) {
        let stage = Stage::set(app).await;
        for operation in stage.operations.iter().filter(|one| one.method == Method::POST && !one.is_operators()) {
            for odd in [&b""[..], b" ", b"a b", b"\xff\xfe", "räk".as_bytes(), "x".repeat(256).as_bytes(), "x".repeat(10_000).as_bytes()] {
                let answer = operation.with_body(stage.request(app, operation)).header("idempotency-key", odd).send().await;
                assert_eq!(answer.status, 400, "{} with the key {odd:?}: {}", operation.id, answer.json);
                answer.problem(400, "invalid_header");
            }
        }
        for odd in ["wait=", "wait=-1", "wait=99999999999999999999x", "respond-async, wait", "; ; ,=", &"wait=".repeat(1_000)] {
            let answer = stage.owner.ws.request(Method::POST, "/v1/messages").header("prefer", odd);
            let sent = answer.json(&json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}})).send().await;
            assert_eq!(sent.status, 202, "{odd}");
        }
        stage.works(app).await;
    }

    async fn what_is_not_there_is_a_problem_too(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for path in ["/", "/v1", "/v1/", "/v2/messages", "/v1/messages/", "/v1/nothing", "/operator", "/%00", "/v1/messages/a/b/c"] {
            let answer = ws.get(path).await;
            assert_eq!(answer.status, 404, "{path}");
            answer.is_problem();
        }
        for (method, path) in [(Method::PUT, "/v1/messages"), (Method::DELETE, "/v1/messages"), (Method::PATCH, "/v1/accounts"), (Method::TRACE, "/v1/workspace")] {
            let answer = ws.request(method, path).send().await;
            answer.problem(405, "method_not_allowed");
        }
    }

    async fn names_in_any_alphabet_are_kept_as_they_are(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        for name in ["Räksmörgås", "Ωμέγα", "漢字", "العربية", "🦐👩🏽‍🚀", "' OR 1=1 --", "\\\"%_", "../../etc/passwd", &"漢".repeat(100), "e\u{301}", "a\u{202e}b"] {
            let renamed = ws.patch(&format!("/v1/accounts/{}", account.id), json!({"name": name})).await.ok();
            assert_eq!(renamed["name"], name);
            assert_eq!(account.now().await["name"], name);
        }
        let body = format!("{}{}", "漢字 🦐 العربية\n\t\u{202e}", "x".repeat(3_000));
        account.play("scan").await.ok();
        account.is("connected").await;
        let read = ws.send_text("+15550100001", &body).await.becomes("read").await;
        assert_eq!(read["text"]["body"], body.as_str());
        assert_eq!(app.arrivals()[0].content["body"], body.as_str());
    }
}

/// A text for a URL, which clients and servers take up to 65,534 bytes of.
fn percent_encoded(text: &str) -> String {
    let most = if text.is_ascii() { 10_000 } else { 6_000 };
    let start: String = text.chars().take(most).collect();
    let escaped =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") };
    start.bytes().map(escaped).collect()
}
