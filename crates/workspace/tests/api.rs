//! The workspace over its routes: guard, studies, edits, runs, previews, files.

mod support;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use support::client::{Answer, Client, HOST};
use workspace::store::Place;

/// Data of the events of one name in a stream.
fn events(stream: &str, name: &str) -> Vec<Value> {
    let of = |event: &str| {
        let mut lines = event.lines();
        (lines.next()? == format!("event: {name}")).then_some(())?;
        serde_json::from_str(lines.next()?.strip_prefix("data: ")?).ok()
    };
    stream.split("\n\n").filter_map(of).collect()
}

/// A study that is quick to run.
const SHORT: &str = include_str!("short.toml");

async fn short_scenario(client: &Client) -> i64 {
    let body = json!({ "name": "Short", "text": SHORT });
    let made = client.post("/api/studies", body).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    made.json()["scenario"].as_i64().expect("a number")
}

/// What it is, method, headers, status.
type Asked<'a> = (&'a str, Method, &'a [(&'a str, &'a str)], u16);

#[tokio::test]
async fn foreign_hosts_sites_and_keys_are_refused() {
    let client = Client::new(None);
    let key = client.workspace.key().to_owned();
    let table: &[Asked<'_>] = &[
        ("our host", Method::GET, &[("host", HOST)], 200),
        ("by name", Method::GET, &[("host", "localhost:4178")], 200),
        ("no host", Method::GET, &[], 403),
        ("a name made to point here", Method::GET, &[("host", "evil.example:4178")], 403),
        ("another port", Method::GET, &[("host", "127.0.0.1:80")], 403),
        (
            "read by another site",
            Method::GET,
            &[("host", HOST), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")],
            403,
        ),
        (
            "a link from another site",
            Method::GET,
            &[("host", HOST), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
            200,
        ),
        ("no key", Method::POST, &[("host", HOST)], 403),
        ("a wrong key", Method::POST, &[("host", HOST), ("x-ironbelt-key", "0")], 403),
        (
            "another origin",
            Method::POST,
            &[("host", HOST), ("x-ironbelt-key", &key), ("origin", "http://evil.example")],
            403,
        ),
        (
            "our key and origin",
            Method::POST,
            &[("host", HOST), ("x-ironbelt-key", &key), ("origin", "http://127.0.0.1:4178")],
            400,
        ),
    ];
    for (what, method, headers, expected) in table {
        let answer = client.send(method.clone(), "/api/studies", headers, Body::empty()).await;
        assert_eq!(answer.status.as_u16(), *expected, "{what}: {}", answer.text());
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'"),
            "{what}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    }
}

#[test]
fn an_address_that_others_reach_is_refused_without_a_proxy() {
    let settings = workspace::Settings {
        address: "0.0.0.0:0".parse().expect("an address"),
        store: Place::File("never-made.sqlite".into()),
        proxy: None,
    };
    let refused = workspace::serve(&settings, |_| panic!("it must not listen"));
    assert!(matches!(refused, Err(workspace::ServeError::Open(_))), "{refused:?}");
    assert!(!std::path::Path::new("never-made.sqlite").exists());
}

#[tokio::test]
async fn the_page_is_whole() {
    let client = Client::new(None);
    let page = client.get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let mut open = vec!["/index.html".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        let file = client.get(&path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        let vendored = path.starts_with("/vendor");
        for quoted in file.text().split('"').skip(1).step_by(2).filter(|_| !vendored) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let named = match quoted.strip_prefix("./") {
                Some(rest) => format!("{folder}/{rest}"),
                None => match quoted.strip_prefix("../") {
                    Some(rest) => {
                        format!("{}/{rest}", folder.rsplit_once('/').map_or("", |(up, _)| up))
                    }
                    None => quoted.to_owned(),
                },
            };
            let is_file = [".js", ".css", ".svg"].iter().any(|end| named.ends_with(end));
            if named.starts_with('/') && is_file && !named.contains(' ') {
                open.push(named);
            }
        }
        let text = file.text().replace("http://www.w3.org/2000/svg", "");
        assert!(vendored || !text.contains("://"), "{path} names a foreign address");
        seen.push(path);
    }
    assert!(seen.len() >= 18, "{seen:?}");
}

#[tokio::test]
async fn a_scenario_is_changed_saved_undone_and_guarded_against_lost_changes() {
    let client = Client::new(None);
    let studies = client.get("/api/studies").await.json();
    assert_eq!(studies[0]["name"], "Liaoning 2018");
    let id = studies[0]["scenarios"][0]["id"].as_i64().expect("a number");
    let path = format!("/api/scenarios/{id}");
    let now = client.get(&path).await.json();
    assert_eq!(now["check"]["ok"], true);
    let levers = study::LIAONING.matches("\n[[lever.").count();
    assert_eq!(now["check"]["levers"].as_array().expect("cards").len(), levers);
    assert_eq!(now["check"]["study"]["levers"][0]["kind"], "investment project");
    let set = |literal: &str| json!({ "text": now["version"]["text"], "edit": { "do": "set", "lever": 0, "key": "amount", "literal": literal } });
    let edited = client.post("/api/edit", set("\"900 million CNY\"")).await.json();
    assert_eq!(edited["check"]["ok"], true);
    // A wrong value is answered with a finding at its place, and the text can still be kept.
    let wrong = client.post("/api/edit", set("\"900 million\"")).await.json();
    assert_eq!(wrong["check"]["ok"], false);
    let finding = &wrong["check"]["findings"][0];
    let field = &wrong["check"]["levers"][0]["fields"];
    let amount = field.as_array().expect("fields").iter().find(|each| each["key"] == "amount");
    let span = &amount.expect("the field")["span"];
    assert!(finding["place"]["start"].as_u64() >= span["start"].as_u64(), "{finding} {span}");
    assert!(finding["place"]["end"].as_u64() <= span["end"].as_u64(), "{finding} {span}");
    let refused = client.post("/api/edit", set("1\nname = \"x\"")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let save = json!({ "parent": 1, "text": edited["text"], "note": "larger plant" });
    let saved = client.change(Method::PUT, &path, &save).await;
    assert_eq!(saved.json()["version"]["number"], 2, "{}", saved.text());
    let late = client.change(Method::PUT, &path, &save).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.json()["details"]["head"], 2);
    let undone = client.post(&format!("{path}/undo"), json!(null)).await.json();
    assert_eq!(
        (&undone["version"]["number"], &undone["version"]["text"]),
        (&json!(1), &now["version"]["text"])
    );
    let redone = client.post(&format!("{path}/redo"), json!(null)).await.json();
    assert_eq!(redone["version"]["note"], "larger plant");
    let history = client.get(&format!("{path}/history")).await.json();
    let what: Vec<&str> =
        history.as_array().expect("list").iter().filter_map(|each| each["what"].as_str()).collect();
    assert_eq!(what, ["redo", "undo", "save", "save"]);

    // A study travels as files.
    let files = client.get("/api/studies/1/files").await.json();
    let mut copy = files.clone();
    let manifest = files["workspace.json"].as_str().expect("text").replace("Liaoning 2018", "Copy");
    copy["workspace.json"] = json!(manifest);
    let imported = client.post("/api/import", copy.clone()).await.json();
    let again = client.get(&format!("/api/studies/{}/files", imported["study"])).await.json();
    assert_eq!(again, copy);
    let zip = client.get("/api/studies/1/folder.zip").await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).expect("a zip");
    let names: BTreeSet<String> =
        zip.file_names().map(|name| name.expect("text").into_owned()).collect();
    assert_eq!(names, files.as_object().expect("files").keys().cloned().collect());
    let mut text = String::new();
    zip.by_name("workspace.json").expect("there").read_to_string(&mut text).expect("text");
    assert_eq!(text, files["workspace.json"]);
}

#[tokio::test]
async fn a_study_is_run_watched_and_handed_over() {
    let client = Client::new(None);
    let scenario = short_scenario(&client).await;
    let queued = client.post("/api/runs", json!({ "scenario": scenario, "kind": "study" })).await;
    assert_eq!(queued.status, StatusCode::OK, "{}", queued.text());
    let run = queued.json()["run"].as_i64().expect("a number");
    let stream = client.get(&format!("/api/runs/{run}/events")).await;
    assert_eq!(stream.header("content-type"), "text/event-stream");
    let told = events(stream.text(), "progress");
    assert_eq!(told.last().expect("an end")["state"], "done", "{told:?}");
    // Asked after the end, the stream says how it ended.
    let late = client.get(&format!("/api/runs/{run}/events")).await;
    assert_eq!(events(late.text(), "progress")[0]["state"], "done");
    let results = client.get(&format!("/api/runs/{run}/results")).await.json();
    assert_eq!(results["years"], json!([2017, 2018, 2019, 2020]));
    let report = client.get(&format!("/api/runs/{run}/files/report.html")).await;
    assert!(report.text().starts_with("<!DOCTYPE html>"));
    assert!(report.header("content-security-policy").contains("sandbox"));
    let table = client.get(&format!("/api/runs/{run}/files/targets.csv")).await;
    assert!(table.text().starts_with("name,indicator,"));
    let book = client.get(&format!("/api/runs/{run}/files/workbook.xlsx")).await;
    assert_eq!(&book.body[..2], b"PK");
    let memo = client.get(&format!("/api/runs/{run}/files/memo.docx")).await;
    assert_eq!(&memo.body[..2], b"PK");
    let memo = client.get(&format!("/api/runs/{run}/files/memo.html")).await;
    assert!(memo.text().contains("Battery plant"));

    // Why a number moved, followed to the terms of a term.
    let number = |follow: Value| json!({ "indicator": "gdp", "region": "Liaoning", "year": 2020, "follow": follow });
    let path = format!("/api/runs/{run}/why");
    let told = client.post(&path, number(json!([]))).await.json();
    let first = &told["steps"][0];
    let change = told["values"][1].as_f64().expect("x") - told["values"][0].as_f64().expect("x");
    let terms = first["terms"].as_array().expect("terms");
    let sum: f64 = terms.iter().filter_map(|term| term["contribution"].as_f64()).sum();
    assert!((sum - change).abs() <= 1e-9 * change.abs(), "{sum} {change}");
    let next = terms.iter().find(|term| term["follows"] == true).expect("one")["name"].clone();
    let told = client.post(&path, number(json!([next]))).await.json();
    assert_eq!(told["steps"][1]["of"], next);
    let unknown = client.post(&path, number(json!(["magic"]))).await;
    assert_eq!(unknown.json()["error"]["code"], "E2026", "{}", unknown.text());

    let named = json!({ "name": "first" });
    let named = client.change(Method::PUT, &format!("/api/runs/{run}"), &named).await;
    assert_eq!(named.json()["name"], "first");
    for name in ["secret", "..%2F..%2Fetc%2Fpasswd", "results.html"] {
        let answer = client.get(&format!("/api/runs/{run}/files/{name}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
    }
    let gone = client.change(Method::DELETE, &format!("/api/runs/{run}"), &json!(null)).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    assert_eq!(client.get(&format!("/api/runs/{run}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_cheapest_mix_is_found() {
    let client = Client::new(None);
    let scenario = short_scenario(&client).await;
    let run = client.post("/api/runs", json!({ "scenario": scenario, "kind": "mix" })).await;
    let run = run.json()["run"].clone();
    client.get(&format!("/api/runs/{run}/events")).await;
    let mix = client.get(&format!("/api/runs/{run}/results")).await.json();
    assert_eq!(mix["status"], "reached", "{mix}");
    let reached = mix["aims"][0]["reached"].as_f64().expect("a level");
    assert!(reached >= 6300.0 * (1.0 - 1e-4), "{reached}");
    let file = client.get(&format!("/api/runs/{run}/files/report.html")).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND, "only runs of a study have files");
}

#[tokio::test]
async fn of_one_window_the_newest_preview_counts_and_requests_do_not_wait_for_it() {
    let client = Arc::new(Client::new(None));
    let ask = |window: &'static str| {
        let client = client.clone();
        let body = json!({ "text": study::LIAONING }).to_string();
        tokio::spawn(async move {
            let key = client.workspace.key();
            let headers = [("host", HOST), ("x-ironbelt-key", key), ("x-ironbelt-window", window)];
            client.send(Method::POST, "/api/preview", &headers, body).await
        })
    };
    let first = ask("a");
    let other = ask("b");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    assert_eq!(client.get("/api/studies").await.status, StatusCode::OK);
    assert!(begun.elapsed() < Duration::from_millis(500), "answered while a path is solved");
    let newest = ask("a");
    let ended = |name: &str, answer: &Answer| events(answer.text(), name).len();
    let first = first.await.expect("an answer");
    assert_eq!((ended("solved", &first), ended("failed", &first)), (0, 0), "{}", first.text());
    for kept in [other, newest] {
        let kept = kept.await.expect("an answer");
        assert_eq!(ended("solved", &kept), 1, "{}", kept.text());
    }
}

#[tokio::test]
async fn a_preview_is_the_path_of_a_run_and_starts_near_the_last_one() {
    let client = Client::new(None);
    let scenario = short_scenario(&client).await;
    let run = client.post("/api/runs", json!({ "scenario": scenario, "kind": "study" })).await;
    let run = run.json()["run"].clone();
    client.get(&format!("/api/runs/{run}/events")).await;
    let results = client.get(&format!("/api/runs/{run}/results")).await.json();
    let text = json!({ "text": SHORT });
    for near in [false, true] {
        let stream = client.post("/api/preview", text.clone()).await;
        assert_eq!(events(stream.text(), "begun")[0]["near"], near);
        assert_eq!(events(stream.text(), "estimated").len(), usize::from(near));
        let solved = events(stream.text(), "solved");
        let rows = solved[0]["rows"].as_array().expect("rows");
        for row in rows {
            for scenario in ["baseline", "policy"] {
                let same = |each: &&Value| {
                    each["scenario"] == scenario
                        && each["variable"] == row["variable"]
                        && each["region"] == row["region"]
                        && each["industry"] == ""
                };
                let series = results["series"].as_array().expect("series").iter().find(same);
                let full = series.expect("the run has it")["values"].as_array().expect("values");
                for (full, quick) in full.iter().zip(row[scenario].as_array().expect("values")) {
                    let (full, quick) = (full.as_f64().expect("x"), quick.as_f64().expect("x"));
                    assert!((full - quick).abs() <= 1e-6 * full.abs().max(1.0), "{row}: {full}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_with_findings_and_a_run_can_be_cancelled() {
    let client = Client::new(None);
    let scenario = short_scenario(&client).await;
    let text = SHORT.replace("base = 2017", "base = 2016");
    let save = json!({ "parent": 1, "text": text });
    client.change(Method::PUT, &format!("/api/scenarios/{scenario}"), &save).await;
    let refused = client.post("/api/runs", json!({ "scenario": scenario, "kind": "study" })).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.json()["details"]["findings"].as_array().expect("findings").is_empty());
    let path = "accounts = \"../../etc\"";
    let elsewhere = SHORT.replace("accounts = \"liaoning-2017\"", path);
    let check = client.post("/api/check", json!({ "text": elsewhere })).await.json();
    let codes: Vec<_> = check["findings"]
        .as_array()
        .expect("list")
        .iter()
        .map(|each| each["code"].clone())
        .collect();
    assert!(codes.contains(&json!("E2009")), "{codes:?}");

    let body = json!({ "scenario": 1, "kind": "targets", "draws": 5000 });
    let run = client.post("/api/runs", body).await.json()["run"].clone();
    let stopped = client.post(&format!("/api/runs/{run}/cancel"), json!(null)).await.json();
    assert_eq!(stopped["cancelled"], true);
    let stream = client.get(&format!("/api/runs/{run}/events")).await;
    assert_eq!(events(stream.text(), "progress").last().expect("an end")["state"], "cancelled");
    assert_eq!(client.get(&format!("/api/runs/{run}")).await.json()["state"], "cancelled");
    let none = client.get(&format!("/api/runs/{run}/results")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    for draws in [0, 5001] {
        let body = json!({ "scenario": 1, "kind": "targets", "draws": draws });
        assert_eq!(client.post("/api/runs", body).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn requests_beyond_the_limits_are_refused() {
    let client = Client::new(None);
    let long = "#".repeat((1 << 20) + 1);
    let large = client.post("/api/check", json!({ "text": long })).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let larger = client.post("/api/check", json!({ "text": "#".repeat(5 << 20) })).await;
    assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(larger.json()["error"]["code"], "E2013");
    let deep = format!("accounts = \"liaoning-2017\"\nx = {}", "[".repeat(100_000));
    let checked = client.post("/api/check", json!({ "text": deep })).await.json();
    assert_eq!(checked["ok"], false);
    for (path, body) in [("/api/check", "{"), ("/api/check", "{\"text\": 1}"), ("/api/runs", "{}")]
    {
        let headers = [("host", HOST), ("x-ironbelt-key", client.workspace.key())];
        let answer = client.send(Method::POST, path, &headers, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body}");
        assert_eq!(answer.json()["error"]["code"], "E2003");
    }
    for path in ["/api/scenarios/x", "/api/runs/99", "/nothing", "/api/scenarios/99"] {
        assert_eq!(client.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
