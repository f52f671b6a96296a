//! Requests made from `openapi.json`, right ones and wrong ones: each is answered as described, and
//! none by a fault of the program.

mod support;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use support::client::{Answer, Client, HOST};
use workspace::store::{Draft, Role, Store, hash};

/// Requests of each operation.
const REQUESTS: usize = 24;
/// Longest that one may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What `$ref` names, else the schema itself.
fn resolved<'a>(all: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => all.pointer(&name[1..]).expect("it is described"),
        None => schema,
    }
}

/// Texts that have broken programs before.
fn texts() -> BoxedStrategy<String> {
    let odd = [
        "",
        " ",
        "\0",
        "..",
        "../../etc/passwd",
        "' OR 1=1 --",
        "=1+1",
        "沈阳",
        "\u{202e}",
        "1e999",
        "-1",
    ];
    prop_oneof![
        prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        any::<String>(),
        "[a-z]{1,300}"
    ]
    .boxed()
}

fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(texts(), inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
    .boxed()
}

/// Values of a schema, and now and then something else.
fn values(all: &Value, schema: &Value) -> BoxedStrategy<Value> {
    let right = right_values(all, resolved(all, schema));
    prop_oneof![9 => right, 1 => anything()].boxed()
}

fn right_values(all: &Value, schema: &Value) -> BoxedStrategy<Value> {
    let schema = resolved(all, schema);
    if let Some(words) = schema["enum"].as_array() {
        return prop::sample::select(words.clone()).boxed();
    }
    if let Some(choices) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        let each: Vec<_> = choices.iter().map(|choice| values(all, choice)).collect();
        return proptest::strategy::Union::new(each).boxed();
    }
    match schema["type"].as_str() {
        Some("string") => texts().prop_map(Value::from).boxed(),
        Some("integer") => prop_oneof![0_i64..4, any::<i64>()].prop_map(Value::from).boxed(),
        Some("array") => {
            prop::collection::vec(values(all, &schema["items"]), 0..3).prop_map(Value::from).boxed()
        }
        Some("object") => {
            let mut object = Just(json!({})).boxed();
            for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                let name = name.clone();
                let field = prop::option::weighted(0.9, values(all, inner));
                object = (object, field)
                    .prop_map(move |(mut object, field)| {
                        if let Some(field) = field {
                            object[&name] = field;
                        }
                        object
                    })
                    .boxed();
            }
            object
        }
        _ => anything(),
    }
}

/// Where a value is not what a schema describes.
fn deviation(all: &Value, schema: &Value, value: &Value) -> Option<String> {
    let schema = resolved(all, schema);
    if let Some(choices) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        let none = choices.iter().all(|choice| deviation(all, choice, value).is_some());
        return none.then(|| format!("{value} is none of {choices:?}"));
    }
    if let Some(words) = schema["enum"].as_array() {
        return (!words.contains(value)).then(|| format!("{value} is not one of {words:?}"));
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        Value::Null => return None,
        kind => vec![kind.clone()],
    };
    let fits = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => false,
    };
    if !kinds.iter().any(fits) {
        return Some(format!("{value} is no {kinds:?}"));
    }
    let required = schema["required"].as_array().into_iter().flatten();
    if value.is_object()
        && let Some(name) =
            required.filter_map(Value::as_str).find(|name| value.get(name).is_none())
    {
        return Some(format!("{value} has no `{name}`"));
    }
    let fields = schema["properties"].as_object().into_iter().flatten();
    let mut inside = fields.filter_map(|(name, inner)| Some((inner, value.get(name)?)));
    let items = value.as_array().into_iter().flatten().map(|each| (&schema["items"], each));
    inside.find_map(|(inner, each)| deviation(all, inner, each)).or_else(|| {
        items
            .filter(|(inner, _)| !inner.is_null())
            .find_map(|(inner, each)| deviation(all, inner, each))
    })
}

/// A path segment or a query value, as a browser writes it.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

struct Fuzz {
    client: Client,
    described: Value,
    runner: TestRunner,
    cookie: String,
}

impl Fuzz {
    async fn log_in(&mut self) {
        let body = json!({ "name": "wang", "password": "four plain little words" });
        let answer = self.client.post("/api/login", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default()
            .clone_into(&mut self.cookie);
    }

    fn pick(&mut self, schema: &Value) -> Value {
        let strategy = values(&self.described, schema);
        strategy.new_tree(&mut self.runner).expect("a value").current()
    }

    async fn ask(&mut self, path: &str, method: &str, operation: &Value) -> (String, Answer) {
        let mut path = path.to_owned();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().cloned().unwrap_or_default() {
            let name = parameter["name"].as_str().expect("a name").to_owned();
            let value = as_text(&self.pick(&parameter["schema"]));
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &escaped(&value)),
                Some("query") => query.push(format!("{name}={}", escaped(&value))),
                _ => {}
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let schema = operation.pointer("/requestBody/content/application~1json/schema");
        let body = schema.cloned().map(|schema| self.pick(&schema).to_string()).unwrap_or_default();
        let headers = [
            ("host", HOST),
            ("x-ironbelt-key", self.client.workspace.key()),
            ("cookie", self.cookie.as_str()),
        ];
        let told = format!("{method} {path} {}", body.chars().take(300).collect::<String>());
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let asked = self.client.send(method, &path, &headers, Body::from(body));
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        (told.clone(), answer.unwrap_or_else(|_| panic!("{told} takes too long")))
    }

    fn check(&self, operation: &Value, asked: &str, answer: &Answer) {
        let kind = answer.header("content-type");
        let status = answer.status;
        assert!(status.as_u16() < 500, "{asked}: {status} {}", answer.text());
        let schema = if status.is_success() {
            assert_eq!(status, StatusCode::OK, "{asked}");
            let content = operation["responses"]["200"]["content"].as_object().expect("described");
            let (described, inner) = content.iter().next().expect("a type");
            assert!(kind.starts_with(described), "{asked}: {kind} is not {described}");
            inner["schema"].clone()
        } else {
            json!({ "$ref": "#/components/schemas/Error" })
        };
        if kind == "application/json" {
            let found = deviation(&self.described, &schema, &answer.json());
            assert_eq!(found, None, "{asked}: {status}");
        } else {
            assert!(status.is_success(), "{asked}: refused as {kind}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn every_operation_answers_as_it_is_described() {
    let mut store = Store::in_memory().expect("memory");
    // A text with errors: it is kept, checked and edited, and nothing of it is solved.
    let draft = Draft { text: "accounts = \"liaoning-2017\"\n", author: "me", ..Draft::default() };
    store.add_study("Draft", "main", &draft).expect("new");
    let kept = hash("wang", "four plain little words").expect("hashed");
    store.add_person("wang", Role::Administrator, &kept, "me").expect("added");
    let client = Client::over(store, None);
    let described = client.get("/api/openapi.json").await.json();
    let paths = described["paths"].as_object().expect("paths").clone();
    let (runner, cookie) = (TestRunner::deterministic(), String::new());
    let mut fuzz = Fuzz { client, described, runner, cookie };
    fuzz.log_in().await;
    let mut answered = 0;
    for (path, methods) in &paths {
        for (method, operation) in methods.as_object().expect("methods") {
            // Each takes as long as a password: a few are enough.
            let slow = path == "/api/login" || path == "/api/password" || path == "/api/accounts";
            for _ in 0..if slow { 4 } else { REQUESTS } {
                let (asked, answer) = fuzz.ask(path, method, operation).await;
                fuzz.check(operation, &asked, &answer);
                answered += usize::from(answer.status.is_success());
                if path == "/api/logout" {
                    fuzz.log_in().await;
                }
            }
        }
    }
    assert!(answered > 100, "only {answered} requests were right: nothing was tried");
}
