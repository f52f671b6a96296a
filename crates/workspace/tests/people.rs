//! Logging in, roles, and what is answered to whom: on a file and on a real `PostgreSQL` server.

mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use support::client::{Answer, Client, HOST};
use support::postgres::Server;
use workspace::Proxy;
use workspace::store::{Role, Store, hash};

const PASSWORD: &str = "four plain little words";

/// A request of somebody with a cookie.
async fn asked(client: &Client, cookie: &str, method: Method, path: &str, body: Value) -> Answer {
    let headers = [("host", HOST), ("x-ironbelt-key", client.workspace.key()), ("cookie", cookie)];
    client.send(method, path, &headers, body.to_string()).await
}

/// Logs in; gives the cookie.
async fn logged_in(client: &Client, name: &str, password: &str) -> String {
    let body = json!({ "name": name, "password": password });
    let answer = client.post("/api/login", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn with_people(mut store: Store) -> Client {
    let kept = hash("x", PASSWORD).expect("hashed");
    for (name, role) in
        [("wang", Role::Administrator), ("li", Role::Analyst), ("沈 阳", Role::Viewer)]
    {
        store.add_person(name, role, &kept, "test").expect("added");
    }
    Client::over(store, None)
}

/// Everything below, of a store with three people.
async fn everything_holds(client: &Client) {
    nobody_sees_anything_before_logging_in(client).await;
    each_role_may_what_it_may(client).await;
    administrators_manage_users(client).await;
    a_password_is_changed_by_its_owner(client).await;
    guessing_is_slowed_down(client).await;
}

async fn nobody_sees_anything_before_logging_in(client: &Client) {
    let session = client.get("/api/session").await.json();
    assert_eq!((&session["person"], &session["may"]["change"]), (&Value::Null, &json!(false)));
    assert_eq!(client.get("/").await.status, StatusCode::OK, "the page itself is no secret");
    let described = client.get("/api/openapi.json").await.json();
    let open = ["/api/session", "/api/openapi.json", "/api/login"];
    for (path, methods) in described["paths"].as_object().expect("paths") {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        for method in methods.as_object().expect("methods").keys() {
            if open.contains(&path.as_str()) {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let answer = asked(client, "ironbelt-4178=guess", method, &path, json!({})).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {}", answer.text());
            assert_eq!(answer.json()["error"]["code"], "E2017");
        }
    }
    let wrong = json!({ "name": "wang", "password": "five plain little words" });
    let refused = client.post("/api/login", wrong).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("set-cookie"), "");
}

async fn each_role_may_what_it_may(client: &Client) {
    let scenario = "/api/scenarios/1";
    let save = |parent: i64| json!({ "parent": parent, "text": "draft" });
    let run = json!({ "scenario": 1, "kind": "targets", "draws": 0 });
    // What it is, method, path, body, answers to viewer, analyst, administrator.
    let table = [
        ("look", Method::GET, scenario, json!(null), [200, 200, 200]),
        ("try out", Method::POST, "/api/check", json!({ "text": "" }), [200, 200, 200]),
        ("save", Method::PUT, scenario, save(9), [403, 404, 404]),
        ("undo", Method::POST, "/api/scenarios/1/undo", json!(null), [403, 409, 409]),
        ("run", Method::POST, "/api/runs", run, [403, 400, 400]),
        ("delete a run", Method::DELETE, "/api/runs/9", json!(null), [403, 404, 404]),
        ("list users", Method::GET, "/api/users", json!(null), [403, 403, 200]),
        ("remove users", Method::DELETE, "/api/users/nobody", json!(null), [403, 403, 404]),
        ("read the audit", Method::GET, "/api/audit", json!(null), [403, 403, 200]),
        ("what is not there", Method::GET, "/api/nothing", json!(null), [404, 404, 404]),
    ];
    for (at, name) in ["沈 阳", "li", "wang"].into_iter().enumerate() {
        let cookie = logged_in(client, name, PASSWORD).await;
        for (what, method, path, body, expected) in &table {
            let answer = asked(client, &cookie, method.clone(), path, body.clone()).await;
            assert_eq!(answer.status.as_u16(), expected[at], "{name}, {what}: {}", answer.text());
            if expected[at] == 403 {
                assert_eq!(answer.json()["error"]["code"], "E2019");
            }
        }
        // The cookie alone changes nothing: another site cannot make a browser send the key.
        let headers = [("host", HOST), ("cookie", cookie.as_str())];
        let forged = client.send(Method::POST, "/api/logout", &headers, Body::empty()).await;
        assert_eq!(
            (forged.status, &forged.json()["error"]["code"]),
            (StatusCode::FORBIDDEN, &json!("E2003"))
        );
        // The person who is logged in is the author, whatever a header claims.
        if name == "li" {
            let headers = [
                ("host", HOST),
                ("x-ironbelt-key", client.workspace.key()),
                ("cookie", cookie.as_str()),
                ("x-ironbelt-user", "wang"),
            ];
            let body = json!({ "parent": 1, "text": "draft" }).to_string();
            let saved = client.send(Method::PUT, scenario, &headers, body).await;
            assert_eq!(saved.json()["version"]["author"], "li", "{}", saved.text());
            asked(client, &cookie, Method::POST, "/api/scenarios/1/undo", json!(null)).await;
        }
        let out = asked(client, &cookie, Method::POST, "/api/logout", json!(null)).await;
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        let after = asked(client, &cookie, Method::GET, scenario, json!(null)).await;
        assert_eq!(after.status, StatusCode::UNAUTHORIZED, "the session has ended");
    }
}

async fn administrators_manage_users(client: &Client) {
    let wang = logged_in(client, "wang", PASSWORD).await;
    let new = |password: &str| json!({ "name": "zhao", "role": "viewer", "password": password });
    let short = asked(client, &wang, Method::POST, "/api/users", new("short")).await;
    assert_eq!((short.status.as_u16(), &short.json()["error"]["code"]), (422, &json!("E2020")));
    let added = asked(client, &wang, Method::POST, "/api/users", new(PASSWORD)).await;
    assert_eq!(added.json().as_array().expect("users").len(), 4, "{}", added.text());
    let zhao = logged_in(client, "zhao", PASSWORD).await;
    let role = json!({ "role": "analyst" });
    let changed = asked(client, &wang, Method::PUT, "/api/users/zhao", role).await;
    assert_eq!(changed.json()[3]["role"], "analyst");
    let after = asked(client, &zhao, Method::GET, "/api/studies", json!(null)).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "a new role begins with a new session");
    let last = json!({ "role": "viewer" });
    let refused = asked(client, &wang, Method::PUT, "/api/users/wang", last).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]["code"]), (409, &json!("E2021")));
    let removed = asked(client, &wang, Method::DELETE, "/api/users/zhao", json!(null)).await;
    assert_eq!(removed.json().as_array().expect("users").len(), 3);
    let audit = asked(client, &wang, Method::GET, "/api/audit", json!(null)).await.json();
    let told: Vec<String> = audit
        .as_array()
        .expect("lines")
        .iter()
        .take(5)
        .map(|line| format!("{} {} {}", line["person"], line["what"], line["subject"]))
        .collect();
    let expected = [
        r#""wang" "remove user" "zhao""#,
        r#""wang" "make analyst" "zhao""#,
        r#""zhao" "log in" """#,
        r#""wang" "add viewer" "zhao""#,
        r#""wang" "log in" """#,
    ];
    assert_eq!(told, expected);
    let of_li = audit
        .as_array()
        .expect("lines")
        .iter()
        .find(|line| line["person"] == "li" && line["what"] == "save");
    assert_eq!(of_li.expect("kept")["subject"], "Liaoning 2018, Programme, version 2");
    let bad = asked(client, &wang, Method::GET, "/api/audit?before=x", json!(null)).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

async fn a_password_is_changed_by_its_owner(client: &Client) {
    let li = logged_in(client, "li", PASSWORD).await;
    let other = logged_in(client, "li", PASSWORD).await;
    let new = "another four little words";
    let wrong = json!({ "old": "not the old password", "new": new });
    let refused = asked(client, &li, Method::PUT, "/api/password", wrong).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let right = json!({ "old": PASSWORD, "new": new });
    let changed = asked(client, &li, Method::PUT, "/api/password", right).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let ended = asked(client, &other, Method::GET, "/api/studies", json!(null)).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED, "other sessions end");
    logged_in(client, "li", new).await;
}

async fn guessing_is_slowed_down(client: &Client) {
    let wrong = json!({ "name": "沈 阳", "password": "wrong wrong wrong" });
    for _ in 0..5 {
        let refused = client.post("/api/login", wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    let right = json!({ "name": "沈 阳", "password": PASSWORD });
    let refused = client.post("/api/login", right).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());
    logged_in(client, "wang", PASSWORD).await;
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn people_log_in_to_a_file() {
    let client = with_people(Store::in_memory().expect("memory"));
    runtime().block_on(everything_holds(&client));
}

#[test]
fn people_log_in_to_an_office_server() {
    let Some(server) = Server::start("people") else { return };
    let client = with_people(Store::open(&server.database()).expect("opened"));
    runtime().block_on(everything_holds(&client));
}

#[test]
fn with_the_first_user_people_log_in() {
    let client = Client::new(None);
    runtime().block_on(async {
        let session = client.get("/api/session").await.json();
        assert_eq!(session["person"]["name"], "local");
        let user = json!({ "name": "wang", "role": "administrator", "password": PASSWORD });
        assert_eq!(client.post("/api/users", user).await.status, StatusCode::OK);
        assert_eq!(client.get("/api/studies").await.status, StatusCode::UNAUTHORIZED);
        logged_in(&client, "wang", PASSWORD).await;
    });
}

fn behind(names_people: bool) -> Client {
    let origin = "https://plans.example".to_owned();
    let proxy = Proxy { origin, secret: "s3cret".to_owned(), names_people };
    let mut store = Store::in_memory().expect("memory");
    let kept = hash("wang", PASSWORD).expect("hashed");
    store.add_person("wang", Role::Administrator, &kept, "test").expect("added");
    Client::over(store, Some(proxy))
}

#[test]
fn behind_a_proxy_only_the_proxy_is_answered() {
    let client = behind(true);
    let host = ("host", "plans.example");
    let secret = ("x-ironbelt-proxy", "s3cret");
    let wang = ("x-ironbelt-user", "wang");
    let get = async |headers: &[(&str, &str)]| {
        client.send(Method::GET, "/api/studies", headers, Body::empty()).await
    };
    runtime().block_on(async {
        for (what, headers, expected) in [
            ("past the proxy", vec![host, wang], 403),
            ("by address", vec![("host", HOST), secret, wang], 403),
            ("a user", vec![host, secret, wang], 200),
            ("no user", vec![host, secret, ("x-ironbelt-user", "li")], 403),
            ("nobody named", vec![host, secret], 401),
        ] {
            let answer = get(&headers).await;
            assert_eq!(answer.status.as_u16(), expected, "{what}: {}", answer.text());
        }
        let key = client.workspace.key();
        let headers =
            [host, secret, wang, ("origin", "https://plans.example"), ("x-ironbelt-key", key)];
        let body = json!({ "name": "Mine" }).to_string();
        let made = client.send(Method::POST, "/api/studies", &headers, body).await;
        let path = format!("/api/scenarios/{}/history", made.json()["scenario"]);
        let history = client.send(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(history.json()[0]["author"], "wang");
    });
}

#[test]
fn a_proxy_that_does_not_ask_who_people_are_names_nobody() {
    let client = behind(false);
    let headers = [("host", "plans.example"), ("x-ironbelt-proxy", "s3cret")];
    runtime().block_on(async {
        let claimed = [&headers[..], &[("x-ironbelt-user", "wang")]].concat();
        let answer = client.send(Method::GET, "/api/studies", &claimed, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "the header is ignored");
        let key = client.workspace.key();
        let headers = [&headers[..], &[("x-ironbelt-key", key)]].concat();
        let body = json!({ "name": "wang", "password": PASSWORD }).to_string();
        let answer = client.send(Method::POST, "/api/login", &headers, body).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-ironbelt=") && cookie.contains("; Secure"), "{cookie}");
    });
}

#[test]
fn beyond_this_machine_a_store_without_administrator_is_not_served() {
    let settings = workspace::Settings {
        address: "0.0.0.0:0".parse().expect("an address"),
        store: workspace::store::Place::Memory,
        proxy: Some(Proxy {
            origin: "https://plans.example".to_owned(),
            secret: "s3cret".to_owned(),
            names_people: true,
        }),
    };
    let refused = workspace::serve(&settings, |_| panic!("it must not listen"));
    assert!(matches!(refused, Err(workspace::ServeError::NoAdministrator)), "{refused:?}");
}
